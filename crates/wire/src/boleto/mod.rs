//! Boletos and slips of utilities: the number that is printed and typed, the barcode, and what they say.
//!
//! [`decode`] reads whatever a person pasted or a scanner read. [`Barcode`] and [`utility::UtilitySlip`] are the two kinds,
//! [`banks`] makes the part of a boleto that each bank lays out its own way, [`itf`] the bars.
//! Deliberately absent: guesses. A digit too few is not filled up, a bank that is not known is not imitated, and a slip
//! that does not check is refused with the digits that are wrong.

pub mod banks;
mod barcode;
mod digits;
mod due;
pub mod itf;
pub mod utility;

use regua_core::money::Money;
use regua_core::time::Day;

pub use barcode::{BankCode, Barcode, FreeField};
pub use digits::{BadDigits, Digits, mod10, mod11_bank, mod11_utility};
pub use due::DueFactor;
use utility::UtilitySlip;

/// Characters of a slip's number with all its punctuation; what is longer is something else.
const TEXT_MAX: usize = 120;

/// How a slip's number was written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Written {
    /// As the line that people type: 47 digits, of utilities 48.
    Line,
    /// As the barcode that machines read: 44 digits.
    Barcode,
}

/// A slip of either kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Slip {
    /// A boleto: a bank collects for a company.
    Bank(Barcode),
    /// A slip of a utility or an office.
    Utility(UtilitySlip),
}

/// A slip that was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decoded {
    /// What it is.
    pub slip: Slip,
    /// How it was written.
    pub written: Written,
    /// When it is due, if it is a boleto that says so; see [`DueFactor::day`].
    pub due_on: Option<Day>,
}

impl Decoded {
    /// The amount, where the slip says it.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        match &self.slip {
            Slip::Bank(slip) => slip.amount(),
            Slip::Utility(slip) => slip.amount(),
        }
    }
}

/// Reads a line or a barcode of either kind, with or without dots, hyphens and blanks.
///
/// * `reference`: the day from which a due date is seen, e.g. the day on which the slip was received.
///
/// A barcode whose very first digit was altered to or from 8 is read as the other kind, whose one check digit then decides
/// alone: modulo 10 lets one of ten pass. Lines differ in length and cannot be taken for each other.
///
/// # Errors
/// [`BadSlip`] names the digits that are wrong, never what stands there.
///
/// ```
/// # use regua_core::time::Day;
/// # use regua_wire::boleto::{self, Slip, Written};
/// let today = Day::parse("2026-11-21")?;
/// let read = boleto::decode("23791.23405 91234.567898 01001.234507 1 16560000021990", today)?;
/// assert_eq!((read.written, read.due_on), (Written::Line, Some(Day::parse("2026-12-10")?)));
/// assert!(matches!(read.slip, Slip::Bank(slip) if slip.bank().as_str() == "237"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decode(text: &str, reference: Day) -> Result<Decoded, BadSlip> {
    let digits = bare(text)?;
    let utility = digits.starts_with('8');
    let (slip, written) = match (digits.len(), utility) {
        (barcode::BARCODE_LEN, false) => (Slip::Bank(Barcode::of_digits(&digits)?), Written::Barcode),
        (barcode::LINE_LEN, false) => (Slip::Bank(Barcode::parse_line(&digits)?), Written::Line),
        (utility::BARCODE_LEN, true) => (Slip::Utility(UtilitySlip::of_digits(&digits)?), Written::Barcode),
        (utility::LINE_LEN, true) => (Slip::Utility(UtilitySlip::parse_line(&digits)?), Written::Line),
        (count, _) => return Err(BadSlip::Length { count }),
    };
    let due_on = match &slip {
        Slip::Bank(slip) => slip.due_on(reference),
        Slip::Utility(_) => None,
    };
    Ok(Decoded { slip, written, due_on })
}

/// The digits without the punctuation that slips and people write.
fn bare(text: &str) -> Result<String, BadSlip> {
    if text.len() > TEXT_MAX {
        return Err(BadSlip::Long);
    }
    let mut digits = String::with_capacity(utility::LINE_LEN);
    for (index, c) in text.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '.' | '-' | '\t' | '\r' | '\n' | '\u{a0}' => {}
            _ => return Err(BadSlip::Digits(BadDigits::Character { place: index + 1 })),
        }
    }
    Ok(digits)
}

/// Why a number is no slip's, or a slip cannot be made. Never shows the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadSlip {
    /// A character that does not belong there.
    #[error(transparent)]
    Digits(#[from] BadDigits),
    /// Far too long.
    #[error("a slip's number has at most {TEXT_MAX} characters with its punctuation: give one slip at a time")]
    Long,
    /// Neither a line nor a barcode.
    #[error(
        "a boleto's line has 47 digits, a utility's 48 with 8 in front, a barcode 44, and this has {count}: copy it again from the slip"
    )]
    Length {
        /// How many digits there are.
        count: usize,
    },
    /// A code that no bank has.
    #[error("digits 1 to 3 are not a bank's code: 000 is none, and 8 in front marks slips of utilities")]
    Bank,
    /// Not in reais.
    #[error("digit 4 is the currency, and 9, the real, is the only one that is used")]
    Currency,
    /// A check digit of a part of the line.
    #[error("the check digit of part {field} of the line is wrong: compare that part with the slip")]
    Field {
        /// Which part, from 1.
        field: u8,
    },
    /// The check digit of the whole.
    #[error("the general check digit is wrong, which covers the due date and the amount too: compare the number with the slip")]
    General,
    /// A factor out of its range.
    #[error("a due-date factor is 1000 to 9999")]
    Factor,
    /// A day that has no factor.
    #[error("{0} cannot be written on a boleto, whose due dates begin on 2000-07-03")]
    DueDay(Day),
    /// An amount that does not fit.
    #[error(
        "a boleto's amount is in BRL, above zero, and at most 99999999.99 (99999999999.99 without a due date): leave it out to say none"
    )]
    Amount,
    /// Not a utility's slip.
    #[error("the slip of a utility begins with 8")]
    Product,
    /// A segment that is not given out.
    #[error("digit 2 of a utility's slip is its segment: 1 to 7, or 9")]
    Segment,
    /// A value id that does not exist.
    #[error("digit 3 of a utility's slip says what its value is: 6 to 9")]
    ValueId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_kind_and_the_writing_are_told_apart() {
        let today = Day::parse("2026-11-21").unwrap();
        for (text, written, utility) in [
            ("23791.23405 91234.567898 01001.234507 1 16560000021990", Written::Line, false),
            ("  2379 1165 6000 0021 9901 2340 9123 4567 8901 0012 3450\n", Written::Barcode, false),
            ("83620000001-3 50750123202-3 61210000000-1 00000012345-5", Written::Line, true),
            ("83620000001507501232026121000000000000012345", Written::Barcode, true),
        ] {
            let read = decode(text, today).unwrap();
            assert_eq!((read.written, matches!(read.slip, Slip::Utility(_))), (written, utility), "{text}");
        }
    }

    #[test]
    fn what_is_no_slip_is_refused_without_showing_it() {
        let today = Day::parse("2026-11-21").unwrap();
        let long = "1".repeat(TEXT_MAX + 1);
        for (text, expected) in [
            ("", BadSlip::Length { count: 0 }),
            (long.as_str(), BadSlip::Long),
            ("2379a", BadSlip::Digits(BadDigits::Character { place: 5 })),
            ("83791.23405 91234.567898 01001.234507 1 16560000021990", BadSlip::Length { count: 47 }),
            ("236200000013507501232023612100000001000000123455", BadSlip::Length { count: 48 }),
        ] {
            assert_eq!(decode(text, today), Err(expected), "{text}");
        }
        assert_eq!(BadSlip::Digits(BadDigits::Character { place: 5 }).to_string(), "character 5 is not a digit 0 to 9");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,130}", digits in "[0-9 .-]{40,60}", day in any::<i32>()) {
            for text in [text, digits] {
                let _ = decode(&text, Day::from_epoch(day));
            }
        }
    }
}
