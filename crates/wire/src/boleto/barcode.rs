//! The barcode of a boleto, 44 digits, and the line of 47 that says the same to people.
//!
//! | barcode | content |
//! | --- | --- |
//! | 1–3 | bank |
//! | 4 | currency, `9` is the real |
//! | 5 | general check digit, modulo 11 over the other 43 |
//! | 6–9 | due-date factor, first digit 1 to 9; a first digit 0 means no due date, and the amount is 6–19 |
//! | 10–19 | amount in cents; all zeros mean that the slip does not say |
//! | 20–44 | free field, the bank's own, see [`super::banks`] |
//!
//! | line | content |
//! | --- | --- |
//! | 1–10 | barcode 1–4, 20–24, check digit by modulo 10 |
//! | 11–21 | barcode 25–34, check digit by modulo 10 |
//! | 22–32 | barcode 35–44, check digit by modulo 10 |
//! | 33 | barcode 5 |
//! | 34–47 | barcode 6–19 |
//!
//! What is altered in one digit is refused, but in 6–19 of the barcode (34–47 of the line) where the remainder of modulo 11
//! stays among 0, 1 and 10; in a barcode, which lacks the modulo 10, the same holds for each of the 43. See
//! [`mod11_bank`]. Deliberately absent: whether the slip is registered, and what it costs on a day; only banks know.
//!
//! Source: FEBRABAN's specification of the barcode; worked examples in `tests/vectors/boleto.json`.

use std::fmt;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

use super::digits::{Digits, mod10, mod11_bank};
use super::{BadSlip, DueFactor};

/// A bank's three digits in the clearing system.
pub type BankCode = Digits<3>;
/// The 25 digits whose meaning each bank chooses.
pub type FreeField = Digits<25>;

/// Digits of a barcode.
pub(super) const BARCODE_LEN: usize = 44;
/// Digits of a line.
pub(super) const LINE_LEN: usize = 47;
/// The currency digit of the real.
const REAL: &str = "9";
/// What amounts stay below, in cents: ten digits beside a due date, thirteen without one, since the first of the fourteen is 0.
const DATED_CENTS_END: u64 = 10_000_000_000;
const UNDATED_CENTS_END: u64 = 10_000_000_000_000;

/// What a boleto's barcode says.
///
/// ```
/// # use regua_core::{currency::Currency, money::Money, time::Day};
/// # use regua_wire::boleto::{BankCode, Barcode, FreeField};
/// let free = FreeField::parse("1234091234567890100123450")?;
/// let amount = Money::parse("219.90", Currency::BRL)?;
/// let slip = Barcode::new(BankCode::parse("237")?, Some(Day::parse("2026-12-10")?), Some(amount), free)?;
/// assert_eq!(slip.to_string(), "23791165600000219901234091234567890100123450");
/// assert_eq!(slip.line(), "23791.23405 91234.567898 01001.234507 1 16560000021990");
/// assert_eq!(Barcode::parse_line(&slip.line())?, slip);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Barcode {
    bank: BankCode,
    due: Option<DueFactor>,
    cents: u64,
    free: FreeField,
}

impl Barcode {
    /// The barcode of a slip that is made.
    ///
    /// * `amount`: none leaves it open for the payer, or for the bank's register.
    ///
    /// # Errors
    /// [`BadSlip::Bank`] for a code that no bank can have; [`BadSlip::DueDay`] before 2000-07-03; [`BadSlip::Amount`] when it
    /// is in another currency, not above zero, or longer than the slip has digits for: 99,999,999.99 with a due date.
    pub fn new(bank: BankCode, due_on: Option<Day>, amount: Option<Money>, free: FreeField) -> Result<Self, BadSlip> {
        let due = due_on.map(DueFactor::of).transpose()?;
        let end = if due.is_some() { DATED_CENTS_END } else { UNDATED_CENTS_END };
        let cents = match amount {
            None => 0,
            Some(amount) => u64::try_from(amount.minor())
                .ok()
                .filter(|cents| amount.currency() == Currency::BRL && (1..end).contains(cents))
                .ok_or(BadSlip::Amount)?,
        };
        Ok(Self { bank: bank_of_slips(bank)?, due, cents, free })
    }

    /// Reads the 44 digits of a barcode, with or without punctuation.
    ///
    /// # Errors
    /// [`BadSlip`] names the digits that are wrong.
    pub fn parse(text: &str) -> Result<Self, BadSlip> {
        let digits = super::bare(text)?;
        if digits.len() != BARCODE_LEN {
            return Err(BadSlip::Length { count: digits.len() });
        }
        Self::of_digits(&digits)
    }

    /// Reads the 47 digits of a line, with or without punctuation.
    ///
    /// # Errors
    /// [`BadSlip`] names the digits that are wrong.
    pub fn parse_line(text: &str) -> Result<Self, BadSlip> {
        let line = super::bare(text)?;
        if line.len() != LINE_LEN {
            return Err(BadSlip::Length { count: line.len() });
        }
        // Columns from 1, both ends in; the text is 47 ASCII digits.
        let col = |from: usize, to: usize| &line[from - 1..to];
        for (field, data, check) in [(1, col(1, 9), col(10, 10)), (2, col(11, 20), col(21, 21)), (3, col(22, 31), col(32, 32))] {
            if !check.starts_with(mod10(data)) {
                return Err(BadSlip::Field { field });
            }
        }
        Self::of_digits(&[col(1, 4), col(33, 47), col(5, 9), col(11, 20), col(22, 31)].concat())
    }

    /// From 44 ASCII digits.
    pub(super) fn of_digits(digits: &str) -> Result<Self, BadSlip> {
        let col = |from: usize, to: usize| &digits[from - 1..to];
        let bank = bank_of_slips(Digits::parse(col(1, 3))?)?;
        if col(4, 4) != REAL {
            return Err(BadSlip::Currency);
        }
        if !col(5, 5).starts_with(mod11_bank(&[col(1, 4), col(6, 44)].concat())) {
            return Err(BadSlip::General);
        }
        let number = |text: &str| text.parse::<u64>().or(Err(BadSlip::Amount));
        let (due, cents) = if col(6, 6) == "0" {
            (None, number(col(6, 19))?)
        } else {
            let factor = col(6, 9).parse().or(Err(BadSlip::Factor))?;
            (Some(DueFactor::new(factor)?), number(col(10, 19))?)
        };
        Ok(Self { bank, due, cents, free: Digits::parse(col(20, 44))? })
    }

    /// The bank that issued the slip.
    #[must_use]
    pub const fn bank(&self) -> BankCode {
        self.bank
    }

    /// The due date as the slip has it.
    #[must_use]
    pub const fn due(&self) -> Option<DueFactor> {
        self.due
    }

    /// The due date, seen from a reference day; see [`DueFactor::day`].
    #[must_use]
    pub fn due_on(&self, reference: Day) -> Option<Day> {
        self.due.map(|due| due.day(reference))
    }

    /// The amount, where the slip says it.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        // At most thirteen digits.
        i64::try_from(self.cents).ok().filter(|cents| *cents > 0).map(|cents| Money::new(cents, Currency::BRL))
    }

    /// The bank's own part.
    #[must_use]
    pub const fn free(&self) -> FreeField {
        self.free
    }

    /// The general check digit.
    #[must_use]
    pub fn check_digit(&self) -> char {
        mod11_bank(&format!("{}{REAL}{}{}", self.bank, self.due_and_amount(), self.free))
    }

    /// The line as a slip prints it: `AAAAA.AAAAA BBBBB.BBBBBB CCCCC.CCCCCC D EEEEEEEEEEEEEE`.
    #[must_use]
    pub fn line(&self) -> String {
        let free = self.free.as_str();
        let first = format!("{}{REAL}{}", self.bank, &free[..5]);
        let field = |data: &str| format!("{}.{}{}", &data[..5], &data[5..], mod10(data));
        let fields = [field(&first), field(&free[5..15]), field(&free[15..])].join(" ");
        format!("{fields} {} {}", self.check_digit(), self.due_and_amount())
    }

    /// The line without punctuation, 47 digits.
    #[must_use]
    pub fn line_digits(&self) -> String {
        self.line().replace(['.', ' '], "")
    }

    fn due_and_amount(&self) -> String {
        match self.due {
            Some(due) => format!("{}{:010}", due.number(), self.cents),
            None => format!("{:014}", self.cents),
        }
    }
}

/// The 44 digits.
impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{REAL}{}{}{}", self.bank, self.check_digit(), self.due_and_amount(), self.free)
    }
}

impl fmt::Debug for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A first 8 marks slips of utilities, so no bank has it, nor is one called 000.
fn bank_of_slips(bank: BankCode) -> Result<BankCode, BadSlip> {
    if bank.as_str().starts_with('8') || bank.as_str() == "000" { Err(BadSlip::Bank) } else { Ok(bank) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn real(minor: i64) -> Option<Money> {
        Some(Money::new(minor, Currency::BRL))
    }

    fn free() -> FreeField {
        FreeField::parse("1234091234567890100123450").unwrap()
    }

    fn slip(bank: &str, due: Option<&str>, amount: Option<Money>) -> Result<Barcode, BadSlip> {
        Barcode::new(BankCode::parse(bank).unwrap(), due.map(|due| Day::parse(due).unwrap()), amount, free())
    }

    #[test]
    fn a_slip_without_a_due_date_has_room_for_a_longer_amount() {
        let long = slip("237", None, real(9_999_999_999_999)).unwrap();
        assert_eq!(&long.to_string()[5..19], "09999999999999");
        assert_eq!(Barcode::parse(&long.to_string()), Ok(long));
        assert_eq!(slip("237", None, real(10_000_000_000_000)), Err(BadSlip::Amount));
        assert!(slip("237", Some("2026-12-10"), real(9_999_999_999)).is_ok());
        assert_eq!(slip("237", Some("2026-12-10"), real(10_000_000_000)), Err(BadSlip::Amount));
    }

    #[test]
    fn what_no_slip_can_say_is_not_made() {
        for (made, expected) in [
            (slip("823", None, None), BadSlip::Bank),
            (slip("000", None, None), BadSlip::Bank),
            (slip("237", None, real(0)), BadSlip::Amount),
            (slip("237", None, real(-1)), BadSlip::Amount),
            (slip("237", None, Some(Money::new(100, Currency::USD))), BadSlip::Amount),
            (slip("237", Some("2000-07-02"), None), BadSlip::DueDay(Day::parse("2000-07-02").unwrap())),
        ] {
            assert_eq!(made, Err(expected));
        }
    }

    #[test]
    fn each_wrong_digit_is_named() {
        for (line, expected) in [
            ("23791.23405 91234.567898 01001.234507 1 16560000021990", None),
            ("23791.23406 91234.567898 01001.234507 1 16560000021990", Some(BadSlip::Field { field: 1 })),
            ("23791.23405 91234.567899 01001.234507 1 16560000021990", Some(BadSlip::Field { field: 2 })),
            ("23791.23405 91234.567898 01001.234508 1 16560000021990", Some(BadSlip::Field { field: 3 })),
            ("23791.23405 91234.567898 01001.234507 2 16560000021990", Some(BadSlip::General)),
            ("23791.23405 91234.567898 01001.234507 0 16560000021990", Some(BadSlip::General)),
            ("23701.23404 91234.567898 01001.234507 1 16560000021990", Some(BadSlip::Currency)),
            ("23791.23405 91234.567898 01001.234507 1 1656000002199", Some(BadSlip::Length { count: 46 })),
        ] {
            assert_eq!(Barcode::parse_line(line).err(), expected, "{line}");
        }
    }

    fn any_slip() -> impl Strategy<Value = Barcode> {
        let due = prop::option::of(11_141..84_000_i32);
        ("[1-79][0-9]{2}", due, prop::option::of(1..9_999_999_999_i64), "[0-9]{25}").prop_map(|(bank, due, cents, free)| {
            let (bank, free) = (BankCode::parse(&bank).unwrap(), FreeField::parse(&free).unwrap());
            Barcode::new(bank, due.map(Day::from_epoch), cents.and_then(real), free).unwrap()
        })
    }

    proptest! {
        #[test]
        fn line_and_barcode_say_the_same(slip in any_slip()) {
            prop_assert_eq!(Barcode::parse(&slip.to_string()), Ok(slip));
            prop_assert_eq!(Barcode::parse_line(&slip.line()), Ok(slip));
            prop_assert_eq!(Barcode::parse_line(&slip.line_digits()), Ok(slip));
            prop_assert_eq!((slip.to_string().len(), slip.line_digits().len()), (BARCODE_LEN, LINE_LEN));
        }

        #[test]
        fn an_altered_digit_of_a_line_is_noticed_but_for_the_blind_spot_of_modulo_11(
            slip in any_slip(), place in 0..LINE_LEN, by in 1..10_u8,
        ) {
            let mut line = slip.line_digits().into_bytes();
            line[place] = b'0' + (line[place] - b'0' + by) % 10;
            let read = Barcode::parse_line(&String::from_utf8(line).unwrap());
            // Only due date and amount, and only where the check digit is the one that three remainders share.
            prop_assert!(read.is_err() || (place >= 33 && slip.check_digit() == '1'), "{place}: {read:?}");
        }

        #[test]
        fn an_altered_digit_of_a_barcode_is_noticed_but_for_the_same(slip in any_slip(), place in 0..BARCODE_LEN, by in 1..10_u8) {
            let mut code = slip.to_string().into_bytes();
            code[place] = b'0' + (code[place] - b'0' + by) % 10;
            let read = Barcode::parse(&String::from_utf8(code).unwrap());
            prop_assert!(read.is_err() || (place != 3 && place != 4 && slip.check_digit() == '1'), "{place}: {read:?}");
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,60}", digits in "[0-9 .]{40,60}") {
            for text in [text, digits] {
                let _ = (Barcode::parse(&text), Barcode::parse_line(&text));
            }
        }
    }
}
