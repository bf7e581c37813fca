//! Tax ids with right check digits, drawn by chance: whose they are, if anybody's, is not known here.

use crate::draw::Draw;

/// A CPF: nine digits and two check digits.
pub(super) fn cpf(draw: &mut Draw) -> String {
    let base = (0..9).map(|_| char::from_digit(digit(draw), 10).unwrap_or('0')).collect();
    checked(base, 11)
}

/// A company's CNPJ: eight digits (since July 2026 letters too), branch 0001 and two check digits.
pub(super) fn cnpj(draw: &mut Draw, letters: bool) -> String {
    let mut base = String::with_capacity(14);
    for place in 0..8 {
        let letter = letters && place >= 2 && draw.chance(30);
        base.push(if letter {
            LETTERS.get(usize::try_from(draw.below(26)).unwrap_or(0)).copied().map_or('A', char::from)
        } else {
            char::from_digit(digit(draw), 10).unwrap_or('0')
        });
    }
    base.push_str("0001");
    checked(base, 9)
}

const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn digit(draw: &mut Draw) -> u32 {
    u32::try_from(draw.below(10)).unwrap_or(0)
}

/// Adds two check digits modulo 11; weights rise from 2 at the right and start again after `weight_max`.
///
/// Source: Receita Federal; a letter counts as its ASCII code less 48 (IN RFB 2.229/2024, Anexo XV).
fn checked(mut base: String, weight_max: u32) -> String {
    for _ in 0..2 {
        let weights = (2..=weight_max).cycle();
        let sum: u32 = base.bytes().rev().zip(weights).map(|(byte, weight)| u32::from(byte).saturating_sub(48) * weight).sum();
        let rest = 11 - sum % 11;
        base.push(char::from_digit(if rest > 9 { 0 } else { rest }, 10).unwrap_or('0'));
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_core::party::TaxId;

    #[test]
    fn check_digits_are_right() {
        assert_eq!(checked("529982247".to_owned(), 11), "52998224725");
        assert_eq!(checked("12ABC34501DE".to_owned(), 9), "12ABC34501DE35");
        let mut draw = Draw::new(1);
        for _ in 0..200 {
            for id in [cpf(&mut draw), cnpj(&mut draw, false), cnpj(&mut draw, true)] {
                assert!(TaxId::parse(&id, "BR").is_ok(), "{id}");
            }
        }
    }
}
