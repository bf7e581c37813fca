//! Tax ids: CPF, CNPJ (numeric and alphanumeric) with their check digits; others as text.
//!
//! Sources: Receita Federal; for letters in a CNPJ, registered since July 2026, Instrução Normativa RFB 2.229/2024
//! (Anexo XV). Deliberately absent: whether an id is registered, which only the tax office knows.

use std::fmt;

use crate::words::text_enum;

text_enum! {
    /// What sort of tax id it is.
    TaxIdKind, "tax id" { Cpf = "cpf", Cnpj = "cnpj", Other = "other" }
}

/// A tax id in its normal form: no punctuation, upper case, check digits right.
///
/// ```
/// # use regua_core::party::TaxId;
/// let id = TaxId::parse("529.982.247-25", "BR")?;
/// assert_eq!((id.as_str(), id.masked().as_str()), ("52998224725", "***.982.247-**"));
/// # Ok::<(), regua_core::party::tax_id::BadTaxId>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct TaxId {
    text: Box<str>,
    kind: TaxIdKind,
}

/// Letters and digits of a foreign id: loose bounds that keep out noise, not mistakes.
const OTHER_LENGTHS: std::ops::RangeInclusive<usize> = 4..=28;

impl TaxId {
    /// Reads a tax id as it is written in a country (ISO 3166 code), punctuation or not.
    ///
    /// In `BR` it is a CPF or CNPJ; a text that begins with two letters and has not a CNPJ's length is a foreign
    /// number. Elsewhere it is kept as text.
    ///
    /// # Errors
    /// [`BadTaxId`] says what is wrong; a lost leading zero is named, never added.
    pub fn parse(text: &str, country: &str) -> Result<Self, BadTaxId> {
        let normal = normal(text)?;
        let foreign = normal.len() != CNPJ_LEN && normal.bytes().take(2).all(|b| b.is_ascii_uppercase());
        if !country.eq_ignore_ascii_case("BR") || foreign {
            return Self::other(normal);
        }
        match normal.len() {
            CPF_LEN => checked(normal, TaxIdKind::Cpf),
            CNPJ_LEN => checked(normal, TaxIdKind::Cnpj),
            len => Err(BadTaxId::Length(len)),
        }
    }

    fn other(normal: String) -> Result<Self, BadTaxId> {
        if !OTHER_LENGTHS.contains(&normal.len()) {
            return Err(BadTaxId::OtherLength(normal.len()));
        }
        Ok(Self { text: normal.into(), kind: TaxIdKind::Other })
    }

    /// The id without punctuation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What sort it is.
    #[must_use]
    pub const fn kind(&self) -> TaxIdKind {
        self.kind
    }

    /// With the punctuation of its kind: `529.982.247-25`, `12.ABC.345/01DE-35`.
    #[must_use]
    pub fn to_formatted(&self) -> String {
        punctuated(&self.text, self.kind)
    }

    /// For eyes that need to recognise it, not to know it: `***.982.247-**`, `**.222.333/0001-**`, `*****6789`.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = match self.kind {
            TaxIdKind::Cpf => 3..9,
            TaxIdKind::Cnpj => 2..12,
            TaxIdKind::Other => self.text.len() - self.text.len().min(4).min(self.text.len() / 2)..self.text.len(),
        };
        let hidden: String = self.text.char_indices().map(|(place, c)| if shown.contains(&place) { c } else { '*' }).collect();
        punctuated(&hidden, self.kind)
    }
}

/// Shows the kind only: a tax id is personal data.
impl fmt::Debug for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(***)", self.kind)
    }
}

const CPF_LEN: usize = 11;
const CNPJ_LEN: usize = 14;

/// Upper case, without the punctuation that people write.
fn normal(text: &str) -> Result<String, BadTaxId> {
    let mut normal = String::with_capacity(CNPJ_LEN);
    for c in text.trim().chars() {
        match c {
            '.' | '-' | '/' | ' ' => {}
            c if c.is_ascii_alphanumeric() => normal.push(c.to_ascii_uppercase()),
            c => return Err(BadTaxId::Character(c)),
        }
    }
    if normal.is_empty() { Err(BadTaxId::Empty) } else { Ok(normal) }
}

fn checked(normal: String, kind: TaxIdKind) -> Result<TaxId, BadTaxId> {
    let (base, check) = normal.split_at(normal.len() - 2);
    let digits_only = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits_only(check) || (kind == TaxIdKind::Cpf && !digits_only(base)) {
        return Err(BadTaxId::Letter(kind));
    }
    if normal.bytes().all(|b| normal.starts_with(char::from(b))) {
        return Err(BadTaxId::Repeated(kind));
    }
    // The weights of a CPF run on to 11, those of a CNPJ begin again after 9.
    let weight_max = if kind == TaxIdKind::Cpf { 11 } else { 9 };
    let first = check_digit(base.bytes(), weight_max);
    let second = check_digit(base.bytes().chain([first]), weight_max);
    if check.as_bytes() != [first, second] {
        return Err(BadTaxId::CheckDigits(kind));
    }
    Ok(TaxId { text: normal.into(), kind })
}

/// Modulo 11 over ASCII codes less 48, so that `A` counts 17; weights 2, 3, … from the right. Returns an ASCII digit.
fn check_digit(base: impl DoubleEndedIterator<Item = u8>, weight_max: u32) -> u8 {
    let weights = (2..=weight_max).cycle();
    let sum: u32 = base.rev().zip(weights).map(|(code, weight)| u32::from(code.saturating_sub(b'0')) * weight).sum();
    let digit = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    b'0' + u8::try_from(digit).unwrap_or(0)
}

/// Puts a kind's punctuation between the characters; a text of another length stays as it is.
fn punctuated(text: &str, kind: TaxIdKind) -> String {
    let pattern = match kind {
        TaxIdKind::Cpf => "___.___.___-__",
        TaxIdKind::Cnpj => "__.___.___/____-__",
        TaxIdKind::Other => return text.to_owned(),
    };
    let mut chars = text.chars();
    pattern.chars().filter_map(|c| if c == '_' { chars.next() } else { Some(c) }).collect()
}

/// Why a text is no tax id. Never shows the text: it may be a person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadTaxId {
    /// Nothing but punctuation.
    #[error("the tax id is empty")]
    Empty,
    /// A character that no tax id has.
    #[error("a tax id has letters, digits and `. - /`, not `{0}`")]
    Character(char),
    /// Neither a CPF's length nor a CNPJ's.
    #[error("a CPF has 11 digits and a CNPJ 14 characters, not {0}: was a leading zero lost, or is it a foreign number?")]
    Length(usize),
    /// Too short or too long for any country.
    #[error("a tax id has 4 to 28 letters and digits, not {0}")]
    OtherLength(usize),
    /// A letter where only digits stand.
    #[error("a {0} cannot have a letter there")]
    Letter(TaxIdKind),
    /// One digit all over, which passes the arithmetic and is never issued.
    #[error("a {0} of one repeated digit does not exist")]
    Repeated(TaxIdKind),
    /// Mistyped.
    #[error("the check digits of this {0} are wrong: compare it with the document")]
    CheckDigits(TaxIdKind),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_mistake_has_its_reason() {
        use TaxIdKind::{Cnpj, Cpf};
        for (text, expected) in [
            ("529.982.247-26", BadTaxId::CheckDigits(Cpf)),
            ("000.000.000-00", BadTaxId::Repeated(Cpf)),
            ("1114447773A", BadTaxId::Letter(Cpf)),
            ("12ABC34501DEAB", BadTaxId::Letter(Cnpj)),
            ("00000000000000", BadTaxId::Repeated(Cnpj)),
            ("11222333000182", BadTaxId::CheckDigits(Cnpj)),
            ("5299822472", BadTaxId::Length(10)),
            ("1234567890123456", BadTaxId::Length(16)),
            (" . ", BadTaxId::Empty),
            ("529\u{2011}982", BadTaxId::Character('\u{2011}')),
            ("IT1", BadTaxId::OtherLength(3)),
        ] {
            assert_eq!(TaxId::parse(text, "BR"), Err(expected), "{text}");
        }
        assert_eq!(
            TaxId::parse("5299822472", "BR").unwrap_err().to_string(),
            "a CPF has 11 digits and a CNPJ 14 characters, not 10: was a leading zero lost, or is it a foreign number?"
        );
    }

    #[test]
    fn foreign_numbers_are_kept_as_text() {
        for (text, country, normal) in [
            ("12-3456789", "US", "123456789"),
            ("IT 12345678901", "BR", "IT12345678901"),
            ("esx1234567x", "br", "ESX1234567X"),
            ("11111111111", "IT", "11111111111"),
        ] {
            let id = TaxId::parse(text, country).unwrap();
            assert_eq!((id.as_str(), id.kind(), id.to_formatted().as_str()), (normal, TaxIdKind::Other, normal));
        }
        assert!(TaxId::parse("ABCDEFGHIJKL80", "BR").is_ok_and(|id| id.kind() == TaxIdKind::Cnpj), "letters only, a CNPJ's length");
    }

    #[test]
    fn little_is_shown_of_an_id() {
        for (text, country, masked) in [
            ("52998224725", "BR", "***.982.247-**"),
            ("11222333000181", "BR", "**.222.333/0001-**"),
            ("12ABC34501DE35", "BR", "**.ABC.345/01DE-**"),
            ("123456789", "US", "*****6789"),
            ("1234", "US", "**34"),
        ] {
            let id = TaxId::parse(text, country).unwrap();
            assert_eq!(id.masked(), masked);
            assert!(!format!("{id:?}").contains(['1', '2', '5']), "{id:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}") {
            let _ = TaxId::parse(&text, "BR");
        }

        #[test]
        fn a_changed_digit_is_noticed(base in 1..99_999_999_u32, place in 0..11_usize, by in 1..10_u8) {
            let base = format!("{:09}", base);
            let first = check_digit(base.bytes(), 11);
            let second = check_digit(base.bytes().chain([first]), 11);
            let good = format!("{base}{}{}", char::from(first), char::from(second));
            prop_assert!(TaxId::parse(&good, "BR").is_ok());
            let mut bad = good.into_bytes();
            bad[place] = b'0' + (bad[place] - b'0' + by) % 10;
            // Remainders 0 and 1 share the check digit 0, so one change in eleven of a digit may pass one of the two.
            let bad = String::from_utf8(bad).unwrap();
            let passes = TaxId::parse(&bad, "BR").is_ok();
            prop_assert!(!passes || bad.ends_with('0') || bad.as_bytes()[9] == b'0');
        }
    }
}
