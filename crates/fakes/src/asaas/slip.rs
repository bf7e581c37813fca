//! The barcode and line of a slip, by the bank's own rules: written again here, apart from `wire`.
//!
//! Deliberately absent: reading one.

use crate::clock::day;

/// The bank that Asaas's slips are drawn on, and reais.
const BANK: &str = "4619";

/// Barcode and line of a slip: due on a day counted from 1970, with an amount in cents and a number of at most 25 digits.
pub(crate) fn slip(due: i64, cents: i64, number: &str) -> (String, String) {
    let free = format!("{number:0>25}");
    let rest = format!("{:04}{:010}{free}", factor(due), cents.clamp(0, 9_999_999_999));
    let check = general(&format!("{BANK}{rest}"));
    let bar = format!("{BANK}{check}{rest}");
    let part = |from: usize, until: usize| free.get(from..until).unwrap_or_default().to_owned();
    let with_check = |field: String| format!("{field}{}", ten(&field));
    let (one, two, three) = (with_check(format!("{BANK}{}", part(0, 5))), with_check(part(5, 15)), with_check(part(15, 25)));
    let line = format!("{one}{two}{three}{check}{}", rest.get(0..14).unwrap_or_default());
    (bar, line)
}

/// Days since the base date; it begins again at 1000 on 2025-02-22.
fn factor(due: i64) -> i64 {
    let old = due - day(1997, 10, 7);
    if old <= 9_999 { old.max(0) } else { 1_000 + (due - day(2025, 2, 22)) % 9_000 }
}

fn general(digits: &str) -> u32 {
    let sum: u32 = digits.bytes().rev().zip((2..=9).cycle()).map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    match 11 - sum % 11 {
        10 | 11 => 1,
        check => check,
    }
}

fn ten(digits: &str) -> u32 {
    let one = |(byte, weight): (u8, u32)| {
        let product = u32::from(byte.wrapping_sub(b'0')) * weight;
        product / 10 + product % 10
    };
    (10 - digits.bytes().rev().zip([2, 1].into_iter().cycle()).map(one).sum::<u32>() % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_due_date_factor_begins_again_where_the_banks_say() {
        assert_eq!(factor(day(2025, 2, 21)), 9_999);
        assert_eq!(factor(day(2025, 2, 22)), 1_000);
        assert_eq!(factor(day(2026, 12, 10)), 1_656);
    }

    #[test]
    fn the_check_digits_are_those_of_a_known_slip() {
        // Bank 237, due 2026-12-10, R$ 219.90.
        assert_eq!(general("2379165600000219901234091234567890100123450"), 1);
        assert_eq!(ten("237912340"), 5);
        assert_eq!(ten("9123456789"), 8);
        assert_eq!(ten("0100123450"), 7);
    }
}
