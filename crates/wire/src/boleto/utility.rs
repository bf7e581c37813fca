//! Slips of utilities and taxes (arrecadação): 44 digits in the barcode, 48 in the line.
//!
//! | barcode | content |
//! | --- | --- |
//! | 1 | `8`, which tells it from a boleto |
//! | 2 | segment |
//! | 3 | value id: 6 and 8 an amount in reais, 7 and 9 a quantity of something else; 6 and 7 check by modulo 10, 8 and 9 by 11 |
//! | 4 | general check digit over the other 43 |
//! | 5–15 | amount in cents, or the quantity |
//! | 16–19 | company; for segment 6 it is 16–23, the root of its CNPJ |
//! | the rest | the company's own |
//!
//! The line is four blocks of 11 digits of the barcode, each followed by its check digit of the same modulus. By modulo 10 each
//! altered digit is refused. By modulo 11 one may pass whose remainder stays among 0 and 1 in its block and in the whole at
//! once, see [`mod11_utility`]; so may one at 3 that changes the modulus, if five check digits happen to agree.
//! Deliberately absent: due dates, which companies put where they like; making such a slip, which companies like ours never do.
//!
//! Source: FEBRABAN's layout of arrecadação, as facts; worked examples in `tests/vectors/arrecadacao.json`.

use std::fmt;

use regua_core::currency::Currency;
use regua_core::money::Money;

use super::BadSlip;
use super::digits::{Digits, mod10, mod11_utility};

/// Digits of a barcode.
pub const BARCODE_LEN: usize = 44;
/// Digits of a line.
pub const LINE_LEN: usize = 48;
/// Digits of a block, and with its check digit.
const BLOCK: usize = 11;
const CHECKED_BLOCK: usize = BLOCK + 1;

/// Who collects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Segment {
    /// 1: municipalities.
    Municipality,
    /// 2: water and sewage.
    Sanitation,
    /// 3: electricity and gas.
    Energy,
    /// 4: telecommunications.
    Telecom,
    /// 5: other bodies of government.
    Government,
    /// 6: companies that are known by the root of their CNPJ.
    Company,
    /// 7: traffic fines.
    TrafficFine,
    /// 9: the bank itself.
    Bank,
}

/// What a utility's slip says.
///
/// ```
/// # use regua_wire::boleto::utility::{Segment, UtilitySlip};
/// let slip = UtilitySlip::parse_line("83620000001-3 50750123202-3 61210000000-1 00000012345-5")?;
/// assert_eq!((slip.segment(), slip.company()), (Segment::Energy, "0123"));
/// assert_eq!(slip.amount().map(|amount| amount.to_string()).as_deref(), Some("BRL 150.75"));
/// assert_eq!(slip.to_string(), "83620000001507501232026121000000000000012345");
/// # Ok::<(), regua_wire::boleto::BadSlip>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UtilitySlip {
    digits: Digits<BARCODE_LEN>,
    segment: Segment,
    value: ValueId,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum ValueId {
    Amount10,
    Quantity10,
    Amount11,
    Quantity11,
}

impl ValueId {
    fn check(self, digits: &str) -> char {
        match self {
            Self::Amount10 | Self::Quantity10 => mod10(digits),
            Self::Amount11 | Self::Quantity11 => mod11_utility(digits),
        }
    }
}

impl UtilitySlip {
    /// Reads the 44 digits of a barcode, with or without punctuation.
    ///
    /// # Errors
    /// [`BadSlip`] names the digits that are wrong.
    pub fn parse(text: &str) -> Result<Self, BadSlip> {
        Self::of_digits(&super::bare(text)?)
    }

    /// Reads the 48 digits of a line, with or without punctuation.
    ///
    /// # Errors
    /// [`BadSlip`] names the digits that are wrong.
    pub fn parse_line(text: &str) -> Result<Self, BadSlip> {
        let line = super::bare(text)?;
        if line.len() != LINE_LEN {
            return Err(BadSlip::Length { count: line.len() });
        }
        let blocks: Vec<(&str, &str)> =
            (0..LINE_LEN / CHECKED_BLOCK).map(|block| line[block * CHECKED_BLOCK..][..CHECKED_BLOCK].split_at(BLOCK)).collect();
        let digits: String = blocks.iter().map(|(data, _)| *data).collect();
        let slip = Self::unchecked(&digits)?;
        for (field, (data, check)) in (1..).zip(blocks) {
            if !check.starts_with(slip.value.check(data)) {
                return Err(BadSlip::Field { field });
            }
        }
        slip.checked()
    }

    /// From the digits of a barcode.
    pub(super) fn of_digits(digits: &str) -> Result<Self, BadSlip> {
        Self::unchecked(digits)?.checked()
    }

    fn unchecked(digits: &str) -> Result<Self, BadSlip> {
        let digits = Digits::parse(digits).or(Err(BadSlip::Length { count: digits.len() }))?;
        let mut kinds = digits.as_str().bytes();
        if kinds.next() != Some(b'8') {
            return Err(BadSlip::Product);
        }
        let segment = match kinds.next() {
            Some(b'1') => Segment::Municipality,
            Some(b'2') => Segment::Sanitation,
            Some(b'3') => Segment::Energy,
            Some(b'4') => Segment::Telecom,
            Some(b'5') => Segment::Government,
            Some(b'6') => Segment::Company,
            Some(b'7') => Segment::TrafficFine,
            Some(b'9') => Segment::Bank,
            _ => return Err(BadSlip::Segment),
        };
        let value = match kinds.next() {
            Some(b'6') => ValueId::Amount10,
            Some(b'7') => ValueId::Quantity10,
            Some(b'8') => ValueId::Amount11,
            Some(b'9') => ValueId::Quantity11,
            _ => return Err(BadSlip::ValueId),
        };
        Ok(Self { digits, segment, value })
    }

    fn checked(self) -> Result<Self, BadSlip> {
        let (head, rest) = (self.col(1, 3), self.col(5, 44));
        if self.col(4, 4).starts_with(self.value.check(&[head, rest].concat())) { Ok(self) } else { Err(BadSlip::General) }
    }

    /// Columns from 1, both ends in.
    fn col(&self, from: usize, to: usize) -> &str {
        &self.digits.as_str()[from - 1..to]
    }

    /// Who collects.
    #[must_use]
    pub const fn segment(&self) -> Segment {
        self.segment
    }

    /// The company: the root of its CNPJ in the segment of companies, else four digits that FEBRABAN gave it.
    #[must_use]
    pub fn company(&self) -> &str {
        self.col(16, if self.segment == Segment::Company { 23 } else { 19 })
    }

    /// What the company wrote for itself, behind its own number.
    #[must_use]
    pub fn free(&self) -> &str {
        self.col(if self.segment == Segment::Company { 24 } else { 20 }, 44)
    }

    /// The amount, where the slip is in reais and says one.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        match self.value {
            ValueId::Amount10 | ValueId::Amount11 => self.figure().map(|cents| Money::new(cents, Currency::BRL)),
            ValueId::Quantity10 | ValueId::Quantity11 => None,
        }
    }

    /// The quantity of whatever the company reckons in, where the slip is not in reais and says one.
    #[must_use]
    pub fn quantity(&self) -> Option<i64> {
        match self.value {
            ValueId::Amount10 | ValueId::Amount11 => None,
            ValueId::Quantity10 | ValueId::Quantity11 => self.figure(),
        }
    }

    fn figure(&self) -> Option<i64> {
        self.col(5, 15).parse().ok().filter(|figure| *figure > 0)
    }

    /// The line as a slip prints it: four blocks, the check digit of each behind a hyphen.
    #[must_use]
    pub fn line(&self) -> String {
        let block = |data: &str| format!("{data}-{}", self.value.check(data));
        [self.col(1, 11), self.col(12, 22), self.col(23, 33), self.col(34, 44)].map(block).join(" ")
    }

    /// The line without punctuation, 48 digits.
    #[must_use]
    pub fn line_digits(&self) -> String {
        self.line().replace(['-', ' '], "")
    }
}

/// The 44 digits.
impl fmt::Display for UtilitySlip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.digits, f)
    }
}

impl fmt::Debug for UtilitySlip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A slip with the right general digit.
    fn made(head: &str, rest: &str) -> UtilitySlip {
        let sum = format!("{head}{rest}");
        let check = if head.ends_with(['6', '7']) { mod10(&sum) } else { mod11_utility(&sum) };
        UtilitySlip::parse(&format!("{head}{check}{rest}")).unwrap()
    }

    #[test]
    fn each_wrong_digit_is_named() {
        for (line, expected) in [
            ("83620000001-3 50750123202-3 61210000000-1 00000012345-5", None),
            ("83620000001-4 50750123202-3 61210000000-1 00000012345-5", Some(BadSlip::Field { field: 1 })),
            ("83620000001-3 50750123202-3 61210000000-1 00000012346-5", Some(BadSlip::Field { field: 4 })),
            ("83630000001-2 50750123202-3 61210000000-1 00000012345-5", Some(BadSlip::General)),
            ("80620000001-3 50750123202-3 61210000000-1 00000012345-5", Some(BadSlip::Segment)),
            ("88620000001-3 50750123202-3 61210000000-1 00000012345-5", Some(BadSlip::Segment)),
            ("83520000001-3 50750123202-3 61210000000-1 00000012345-5", Some(BadSlip::ValueId)),
            ("73620000001-3 50750123202-3 61210000000-1 00000012345-5", Some(BadSlip::Product)),
            ("83620000001-3 50750123202-3 61210000000-1 00000012345", Some(BadSlip::Length { count: 47 })),
        ] {
            assert_eq!(UtilitySlip::parse_line(line).err(), expected, "{line}");
        }
    }

    #[test]
    fn a_quantity_is_no_amount_and_nothing_is_neither() {
        let rest = "00000012345".to_owned() + &"0".repeat(29);
        assert_eq!((made("847", &rest).amount(), made("849", &rest).quantity()), (None, Some(12_345)));
        assert_eq!((made("846", &rest).quantity(), made("848", &rest).amount().map(Money::minor)), (None, Some(12_345)));
        assert_eq!(made("846", &"0".repeat(40)).amount(), None);
    }

    fn any_slip() -> impl Strategy<Value = UtilitySlip> {
        ("8[1-79][6-9]", "[0-9]{40}").prop_map(|(head, rest)| made(&head, &rest))
    }

    proptest! {
        #[test]
        fn line_and_barcode_say_the_same(slip in any_slip()) {
            prop_assert_eq!(UtilitySlip::parse(&slip.to_string()), Ok(slip));
            prop_assert_eq!(UtilitySlip::parse_line(&slip.line()), Ok(slip));
            prop_assert_eq!(UtilitySlip::parse_line(&slip.line_digits()), Ok(slip));
            prop_assert_eq!(slip.company().len() + slip.free().len(), 29);
        }

        #[test]
        fn an_altered_digit_of_a_line_is_noticed_but_for_the_blind_spots_of_modulo_11(
            slip in any_slip(), place in 0..LINE_LEN, by in 1..10_u8,
        ) {
            let mut line = slip.line_digits().into_bytes();
            line[place] = b'0' + (line[place] - b'0' + by) % 10;
            let read = UtilitySlip::parse_line(&String::from_utf8(line).unwrap());
            let by_11 = matches!(slip.value, ValueId::Amount11 | ValueId::Quantity11);
            prop_assert!(read.is_err() || by_11 || place == 2, "{place}: {read:?}");
            // A block's own check digit is noticed always, and so is data whose block's digit is not the shared one.
            let shared = slip.line_digits().as_bytes()[place / CHECKED_BLOCK * CHECKED_BLOCK + BLOCK] == b'0';
            prop_assert!(read.is_err() || place == 2 || (shared && place % CHECKED_BLOCK != BLOCK), "{place}: {read:?}");
        }
    }
}
