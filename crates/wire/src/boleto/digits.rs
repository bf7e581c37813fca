//! What the numbers of slips are made of: digits of a fixed count, and check digits by modulo 10 and modulo 11.
//!
//! There is one modulo 10 and there are two habits of modulo 11, which libraries confuse: [`mod11_bank`] is never 0,
//! [`mod11_utility`] is 0 for two remainders. What each notices, over the digits that it covers:
//!
//! - [`mod10`]: every altered digit, and every swap of neighbours but `09` for `90`;
//! - [`mod11_bank`]: every altered digit and every swap of neighbours, unless the remainder was 0, 1 or 10 and still is one
//!   of these, which share the check digit 1;
//! - [`mod11_utility`]: the same, but for remainders 0 and 1, which share the check digit 0.
//!
//! An altered check digit is noticed always. Deliberately absent: weights and mappings of single banks, see
//! [`super::banks`].
//!
//! Source: FEBRABAN's specifications of the boleto and of slips of utilities (arrecadação); the remainders are arithmetic.

use std::fmt;

/// A number of exactly `N` digits, zeros in front included.
///
/// ```
/// # use regua_wire::boleto::Digits;
/// assert_eq!(Digits::<3>::parse("033")?.as_str(), "033");
/// assert!(Digits::<3>::parse("33").is_err());
/// # Ok::<(), regua_wire::boleto::BadDigits>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits<const N: usize>([u8; N]);

impl<const N: usize> Digits<N> {
    /// Reads digits without punctuation.
    ///
    /// # Errors
    /// [`BadDigits::Count`] or [`BadDigits::Character`].
    pub fn parse(text: &str) -> Result<Self, BadDigits> {
        all_digits(text)?;
        <[u8; N]>::try_from(text.as_bytes()).map(Self).or(Err(BadDigits::Count { count: text.len(), expected: N }))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // `parse` let only ASCII digits in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Names the first character that is none of `0` to `9`.
pub(super) fn all_digits(text: &str) -> Result<(), BadDigits> {
    match text.chars().position(|c| !c.is_ascii_digit()) {
        Some(index) => Err(BadDigits::Character { place: index + 1 }),
        None => Ok(()),
    }
}

/// Values of the digits of a text from right to left; what is no digit counts as nothing.
fn from_right(digits: &str) -> impl Iterator<Item = u32> + '_ {
    digits.bytes().rev().map(|byte| u32::from(byte.saturating_sub(b'0')))
}

/// The check digit of a field of a line, and of a slip whose value id is 6 or 7: weights 2, 1, 2, 1 … from the right, digits
/// of the products added, what is missing to the next ten.
///
/// ```
/// # use regua_wire::boleto::mod10;
/// assert_eq!(mod10("237912340"), '5');
/// ```
#[must_use]
pub fn mod10(digits: &str) -> char {
    let product = |(digit, weight): (u32, u32)| digit * weight / 10 + digit * weight % 10;
    let sum: u32 = from_right(digits).zip([2, 1].into_iter().cycle()).map(product).sum();
    digit((10 - sum % 10) % 10)
}

/// The sum modulo 11 with weights 2 to `weight_max` from the right, beginning again at 2.
pub(super) fn rest11(digits: &str, weight_max: u32) -> u32 {
    from_right(digits).zip((2..=weight_max).cycle()).map(|(digit, weight)| digit * weight).sum::<u32>() % 11
}

/// The check digit of a bank's barcode: 11 less the remainder, and 1 where that is 10 or 11. Never 0.
///
/// ```
/// # use regua_wire::boleto::mod11_bank;
/// assert_eq!(mod11_bank("2379165600000219901234091234567890100123450"), '1');
/// ```
#[must_use]
pub fn mod11_bank(digits: &str) -> char {
    match rest11(digits, 9) {
        0 | 1 => '1',
        rest => digit(11 - rest),
    }
}

/// The check digit of a slip whose value id is 8 or 9: 11 less the remainder, and 0 where that is 10 or 11.
///
/// Banks use the same for much of their own, e.g. Caixa for its free field.
#[must_use]
pub fn mod11_utility(digits: &str) -> char {
    match rest11(digits, 9) {
        0 | 1 => '0',
        rest => digit(11 - rest),
    }
}

/// A value below ten as its digit.
pub(super) fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}

/// Why a text is not the digits that it should be. Never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadDigits {
    /// Not pairs of digits.
    #[error("a barcode has an even number of digits, from 2 to {max}, not {count}: put a 0 before an odd one")]
    Pairs {
        /// How many characters there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// Too few or too many.
    #[error("{expected} digits belong here, not {count}: zeros in front count")]
    Count {
        /// How many there are.
        count: usize,
        /// How many there must be.
        expected: usize,
    },
    /// Not a digit.
    #[error("character {place} is not a digit 0 to 9")]
    Character {
        /// Its place, from 1.
        place: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn altered(text: &str, place: usize, by: u8) -> String {
        text.bytes().enumerate().map(|(at, b)| char::from(if at == place { b'0' + (b - b'0' + by) % 10 } else { b })).collect()
    }

    #[test]
    fn digits_are_counted_with_their_zeros() {
        for (text, expected) in [
            ("0333", Err(BadDigits::Count { count: 4, expected: 3 })),
            ("3x3", Err(BadDigits::Character { place: 2 })),
            ("33\u{663}", Err(BadDigits::Character { place: 3 })),
            ("", Err(BadDigits::Count { count: 0, expected: 3 })),
            ("007", Ok("007")),
        ] {
            assert_eq!(Digits::<3>::parse(text).as_ref().map(Digits::as_str), expected.as_ref().copied(), "{text}");
        }
    }

    #[test]
    fn the_two_habits_of_modulo_11_differ_in_two_remainders() {
        // A lone digit weighs 2: 6 leaves 1, 0 leaves 0, 5 leaves 10, 1 leaves 2.
        for (digits, bank, utility) in [("6", '1', '0'), ("0", '1', '0'), ("5", '1', '1'), ("1", '9', '9')] {
            assert_eq!((mod11_bank(digits), mod11_utility(digits)), (bank, utility), "{digits}");
        }
    }

    #[test]
    fn modulo_10_misses_one_swap_of_neighbours_only() {
        for (a, b) in (0..10).flat_map(|a| (0..10).map(move |b| (a, b))).filter(|(a, b)| a != b) {
            let missed = mod10(&format!("{a}{b}")) == mod10(&format!("{b}{a}"));
            assert_eq!(missed, (a.min(b), a.max(b)) == (0, 9), "{a}{b}");
        }
    }

    proptest! {
        #[test]
        fn modulo_10_notices_every_altered_digit(digits in "[0-9]{1,44}", place in any::<prop::sample::Index>(), by in 1..10_u8) {
            prop_assert_ne!(mod10(&altered(&digits, place.index(digits.len()), by)), mod10(&digits));
        }

        #[test]
        fn modulo_11_notices_every_altered_digit_but_among_remainders_of_one_check_digit(
            digits in "[0-9]{1,44}", place in any::<prop::sample::Index>(), by in 1..10_u8,
        ) {
            let other = altered(&digits, place.index(digits.len()), by);
            let (was, is) = (rest11(&digits, 9), rest11(&other, 9));
            prop_assert_ne!(was, is, "the weights 2 to 9 share no divisor with 11");
            let one = |rest| matches!(rest, 0 | 1 | 10);
            prop_assert_eq!(mod11_bank(&digits) == mod11_bank(&other), one(was) && one(is));
            let zero = |rest| matches!(rest, 0 | 1);
            prop_assert_eq!(mod11_utility(&digits) == mod11_utility(&other), zero(was) && zero(is));
        }
    }
}
