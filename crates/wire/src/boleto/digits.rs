//! What the numbers of slips are made of: digits, and the check digits by modulo 10 and modulo 11.
//!
//! Two moduli with three habits, which libraries confuse: [`mod10`], [`mod11_bank`] (never 0) and [`mod11_utility`] (0 for two
//! remainders). Banks have further habits of their own, see [`super::banks`].
//!
//! What each notices, over the digits that it covers:
//! - modulo 10: every altered digit, and every swap of two neighbours but `09` with `90`;
//! - modulo 11 as banks write it in a barcode: every altered digit, but for those that move the remainder among 0, 1 and 10,
//!   which share the check digit 1. A line adds a modulo 10 to each of its three fields, and what these cover is noticed always;
//! - modulo 11 of utilities: the same, but for remainders 0 and 1, which share the check digit 0.
//!
//! Source: FEBRABAN's specifications of the boleto and of slips of utilities (arrecadação), as facts of `brazil.md` §4.1–4.4.

/// Why a text is not the digits that it should be. Never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadDigits {
    /// Not pairs of digits.
    #[error("a barcode has an even number of digits, from 2 to {max}, not {count}: put a 0 before an odd one")]
    PairsOfDigits {
        /// How many characters there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// Not a digit.
    #[error("character {place} is not a digit 0 to 9")]
    Character {
        /// Its place, from 1.
        place: usize,
    },
}
