//! Amounts as files write them, in integers only, and how a column's decimal mark is found out.

use std::cmp::Ordering;

use regua_core::currency::Currency;

use super::options::DecimalMark;
use super::rows::Kind;

/// The largest amount, in minor units: far beyond any debt, and sums of millions of it still fit.
const MINOR_MAX: i64 = 1_000_000_000_000_000;

/// How a column writes its amounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct AmountFormat {
    /// The decimal mark; none while no value had one, and then each value must be clear by itself.
    pub(super) mark: Option<DecimalMark>,
    /// The user said so: `1.234` is then no longer in doubt.
    pub(super) told: bool,
    /// The sample held both marks: `1.234` is rejected.
    pub(super) mixed: bool,
}

/// Why a text is not an amount: reason (to follow the quoted text) and mend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NoAmount(pub(super) String, pub(super) &'static str);

impl NoAmount {
    fn new(reason: &str, mend: &'static str) -> Self {
        Self(reason.to_owned(), mend)
    }
}

const WRITE: &str = "write the amount with its decimals, as in 1234.56";
const NOT_POSITIVE: &str = "a receivable or payment is more than zero: enter credits and refunds on their own, or take the row out";

/// A number taken apart: `digits` with the last `scale` of them behind the mark.
struct Parts {
    negative: bool,
    digits: i128,
    scale: usize,
}

/// What a text's separators say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// No mark: 1234 or 1 234.
    Whole,
    /// Only one mark is possible.
    Clear(DecimalMark),
    /// `1.234`: thousands or three decimals.
    Doubtful(DecimalMark),
    /// Not a number.
    Not,
}

const fn other(mark: DecimalMark) -> DecimalMark {
    match mark {
        DecimalMark::Point => DecimalMark::Comma,
        DecimalMark::Comma => DecimalMark::Point,
    }
}

const fn mark_of(letter: char) -> Option<DecimalMark> {
    match letter {
        '.' => Some(DecimalMark::Point),
        ',' => Some(DecimalMark::Comma),
        _ => None,
    }
}

const fn letter(mark: DecimalMark) -> char {
    match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    }
}

/// Signs of currencies, and the currencies that each may stand for (an empty list: many).
const SIGNS: &[(&str, &[&str])] = &[("R$", &["BRL"]), ("US$", &["USD"]), ("€", &["EUR"]), ("£", &["GBP"]), ("$", &[])];

/// The number without sign and currency: `(rest, negative, sign of a currency)`.
fn bare(text: &str) -> (&str, bool, Option<&'static (&'static str, &'static [&'static str])>) {
    let (mut rest, mut negative, mut sign) = (text, false, None);
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (rest, negative) = (inner.trim(), true); // accountants' minus
    }
    for _ in 0..2 {
        if let Some(after) = rest.strip_prefix(['-', '\u{2212}']) {
            (rest, negative) = (after.trim_start(), true);
        } else if let Some(after) = rest.strip_prefix('+') {
            rest = after.trim_start();
        }
        if sign.is_none()
            && let Some((found, after)) = SIGNS.iter().find_map(|found| Some((found, rest.strip_prefix(found.0)?)))
        {
            (rest, sign) = (after.trim_start(), Some(found));
        }
    }
    if let Some(before) = rest.strip_suffix('-') {
        (rest, negative) = (before.trim_end(), true);
    }
    if let (None, Some((found, before))) = (sign, SIGNS.iter().find_map(|found| Some((found, rest.strip_suffix(found.0)?)))) {
        (rest, sign) = (before.trim_end(), Some(found));
    }
    (rest, negative, sign)
}

const fn is_gap(letter: char) -> bool {
    matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

/// What the separators of a bare number say.
fn shape(bare: &str) -> Shape {
    let mut marks = bare.char_indices().filter_map(|(at, letter)| Some((at, mark_of(letter)?)));
    let Some((at, first)) = marks.next() else {
        return if bare.chars().any(|letter| letter.is_ascii_digit()) { Shape::Whole } else { Shape::Not };
    };
    let Some((_, last)) = marks.next_back() else {
        let (before, after) = (bare.get(..at).unwrap_or_default(), bare.get(at + 1..).unwrap_or_default());
        let thousands = after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
        return if thousands { Shape::Doubtful(first) } else { Shape::Clear(first) };
    };
    Shape::Clear(if first == last { other(first) } else { last })
}

/// Reads a bare number whose decimal mark is known. Thousands must stand in groups of three.
fn parts(bare: &str, mark: Option<DecimalMark>, gaps: bool) -> Option<Parts> {
    let (mut digits, mut scale, mut count) = (0_i128, 0, 0_usize);
    let mut decimals = false;
    let mut group: Option<usize> = None; // digits since the last thousands mark
    let mut grouping: Option<char> = None;
    for letter_found in bare.chars() {
        if let Some(digit) = letter_found.to_digit(10) {
            digits = digits.checked_mul(10)?.checked_add(i128::from(digit))?;
            count += 1;
            if decimals {
                scale += 1;
            } else if let Some(len) = &mut group {
                *len += 1;
            }
            continue;
        }
        let is_decimal = mark.is_some_and(|mark| letter_found == letter(mark));
        let is_thousands = !is_decimal && (mark_of(letter_found).is_some() || (gaps && is_gap(letter_found)));
        if is_decimal && !decimals && group.is_none_or(|len| len == 3) {
            (decimals, group) = (true, None);
        } else if is_thousands && !decimals && *grouping.get_or_insert(letter_found) == letter_found {
            let sound = match group {
                Some(len) => len == 3,
                None => (1..=3).contains(&count),
            };
            if !sound {
                return None;
            }
            group = Some(0);
        } else {
            return None;
        }
    }
    (count > 0 && group.is_none_or(|len| len == 3)).then_some(Parts { negative: false, digits, scale })
}

impl AmountFormat {
    /// The format that a user's answer asks for.
    pub(super) const fn told(mark: DecimalMark) -> Self {
        Self { mark: Some(mark), told: true, mixed: false }
    }

    /// The amount of a text in minor units, more than zero.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn positive(self, text: &str, kind: Kind, currency: Currency, round: bool) -> Result<i64, NoAmount> {
        let minor = self.minor(text, kind, currency, round)?;
        match minor.cmp(&0) {
            Ordering::Greater => Ok(minor),
            Ordering::Equal => Err(NoAmount::new("is zero", NOT_POSITIVE)),
            Ordering::Less => Err(NoAmount::new("is negative", NOT_POSITIVE)),
        }
    }

    /// The amount of a text in minor units. With `round`, further decimals are rounded half away from zero.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn minor(self, text: &str, kind: Kind, currency: Currency, round: bool) -> Result<i64, NoAmount> {
        if let Some(minor) = fast(text, self.mark, currency) {
            return Ok(minor);
        }
        let (bare, negative, sign) = bare(text);
        if let Some(&(sign, currencies)) = sign
            && !currencies.is_empty()
            && !currencies.contains(&currency.code())
        {
            return Err(NoAmount(
                format!("has the sign {sign} and the currency is {currency}"),
                "write the amount without a sign, and its currency in the column for it",
            ));
        }
        let mut parts = self.parts(bare, kind).ok_or_else(|| self.refusal(bare))?;
        parts.negative = negative;
        let wanted = usize::try_from(currency.digits()).unwrap_or(0);
        if kind == Kind::Text && !self.told && !round && parts.scale == 3 && wanted < 3 {
            // A point (comma) before exactly three digits, where the others are decimals: 1.500 may be 1500.
            if let Shape::Doubtful(_) = shape(bare) {
                return Err(NoAmount(format!("has three decimals, and {currency} has {wanted}: a thousand, or a fraction?"), WRITE));
            }
        }
        to_minor(&parts, wanted, round).map_err(|too| match too {
            Too::Fine => {
                NoAmount(format!("has more decimals than {currency} has ({wanted})"), "round the amount to the currency's smallest unit")
            }
            Too::Large => NoAmount::new("is too large", "write an amount below ten trillion"),
        })
    }

    fn parts(self, bare: &str, kind: Kind) -> Option<Parts> {
        if kind != Kind::Text {
            return parts(bare, Some(DecimalMark::Point), false).filter(|_| !bare.contains(','));
        }
        match (shape(bare), self.mark) {
            (Shape::Not, _) => None,
            (Shape::Doubtful(_), None) => None,
            (Shape::Doubtful(_), Some(_)) if self.mixed => None,
            (Shape::Clear(mark), Some(column)) if mark != column => None,
            (Shape::Clear(mark), _) => parts(bare, Some(mark), true),
            (Shape::Whole | Shape::Doubtful(_), mark) => parts(bare, mark, true),
        }
    }

    /// Why a bare number could not be read.
    fn refusal(self, bare: &str) -> NoAmount {
        match (shape(bare), self.mark) {
            (Shape::Doubtful(_), mark) if mark.is_none() || self.mixed => {
                NoAmount::new("could be thousands or decimals", "write the amount as in 1234.56, or say `--decimal comma|point`")
            }
            (Shape::Clear(mark), Some(column)) if mark != column && parts(bare, Some(mark), true).is_some() => {
                let (has, of) = (name(mark), name(column));
                NoAmount(
                    format!("has a decimal {has}, and the column's decimal mark is the {of}"),
                    "write the amount as the column's others are written",
                )
            }
            _ => NoAmount::new("is not an amount", WRITE),
        }
    }
}

const fn name(mark: DecimalMark) -> &'static str {
    match mark {
        DecimalMark::Point => "point",
        DecimalMark::Comma => "comma",
    }
}

/// Digits, at most one mark, not more decimals than the currency has: nearly every amount of nearly every file.
fn fast(text: &str, mark: Option<DecimalMark>, currency: Currency) -> Option<i64> {
    if text.len() > 15 {
        return None;
    }
    let mark = letter(mark?);
    let (mut minor, mut decimals) = (0_i64, None);
    for byte in text.bytes() {
        match (byte, &mut decimals) {
            (b'0'..=b'9', seen) => {
                minor = minor * 10 + i64::from(byte - b'0');
                if let Some(count) = seen {
                    *count += 1;
                }
            }
            (_, None) if char::from(byte) == mark && minor_started(text, byte) => decimals = Some(0_u32),
            _ => return None,
        }
    }
    let wanted = currency.digits();
    let scale = decimals.unwrap_or(0);
    if text.is_empty() || scale > wanted || decimals == Some(0) || scale == 3 {
        return None;
    }
    minor.checked_mul(10_i64.checked_pow(wanted - scale)?).filter(|&minor| minor <= MINOR_MAX)
}

/// Whether digits stand before the mark (`.5` takes the slow way).
fn minor_started(text: &str, mark: u8) -> bool {
    !text.as_bytes().starts_with(&[mark])
}

enum Too {
    Fine,
    Large,
}

fn to_minor(parts: &Parts, wanted: usize, round: bool) -> Result<i64, Too> {
    let mut digits = parts.digits;
    let mut scale = parts.scale;
    while scale > wanted && digits % 10 == 0 {
        (digits, scale) = (digits / 10, scale - 1);
    }
    if scale > wanted {
        if !round {
            return Err(Too::Fine);
        }
        let unit = u32::try_from(scale - wanted).ok().and_then(|places| 10_i128.checked_pow(places)).ok_or(Too::Fine)?;
        digits = (digits + unit / 2) / unit; // half away from zero: the sign comes later
        scale = wanted;
    }
    let unit = u32::try_from(wanted - scale).ok().and_then(|places| 10_i128.checked_pow(places)).ok_or(Too::Large)?;
    let minor =
        digits.checked_mul(unit).and_then(|minor| i64::try_from(minor).ok()).filter(|&minor| minor <= MINOR_MAX).ok_or(Too::Large)?;
    Ok(if parts.negative { -minor } else { minor })
}

/// The number of an attribute in millionths, when it is one and fits exactly: no signs, no gaps, at most 15
/// digits, no leading zeros (those are ids).
pub(super) fn millionths(text: &str, kind: Kind, mark: DecimalMark) -> Option<i64> {
    let (bare, negative) = text.strip_prefix('-').map_or((text, false), |bare| (bare, true));
    let bytes = bare.as_bytes();
    if !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() || bytes.iter().filter(|byte| byte.is_ascii_digit()).count() > 15
    {
        return None;
    }
    if bytes.first() == Some(&b'0') && bytes.get(1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let mark = if kind != Kind::Text { DecimalMark::Point } else { mark };
    let mut parts = parts(bare, Some(mark), false)?;
    if mark == DecimalMark::Point && bare.contains(',') {
        return None; // 1,234 with a decimal point is a text: lists look like that too
    }
    parts.negative = negative;
    let unit = u32::try_from(6_usize.checked_sub(parts.scale)?).ok().and_then(|places| 10_i128.checked_pow(places))?;
    let millionths = i64::try_from(parts.digits.checked_mul(unit)?).ok()?;
    Some(if negative { -millionths } else { millionths })
}

/// What the values of a column say about its decimal mark.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct AmountVotes {
    point: usize,
    comma: usize,
    /// A value that could be either, and how many there are.
    doubtful: Option<String>,
    /// Values that are no numbers.
    pub(super) other: usize,
}

impl AmountVotes {
    /// Looks at one value of the sample.
    pub(super) fn look(&mut self, text: &str) {
        let (bare, _, _) = bare(text);
        match shape(bare) {
            Shape::Whole if parts(bare, None, true).is_some() => {}
            Shape::Clear(mark) if parts(bare, Some(mark), true).is_some() => match mark {
                DecimalMark::Point => self.point += 1,
                DecimalMark::Comma => self.comma += 1,
            },
            Shape::Doubtful(mark) if parts(bare, Some(mark), true).is_some() => {
                self.doubtful.get_or_insert_with(|| text.to_owned());
            }
            Shape::Whole | Shape::Clear(_) | Shape::Doubtful(_) | Shape::Not => self.other += 1,
        }
    }

    /// The column's format, or a value that could be read in two ways.
    pub(super) fn decide(&self) -> Result<AmountFormat, String> {
        let mixed = self.point > 0 && self.comma > 0;
        let mark = match self.point.cmp(&self.comma) {
            Ordering::Greater => Some(DecimalMark::Point),
            Ordering::Less => Some(DecimalMark::Comma),
            Ordering::Equal => None,
        };
        match (mark, &self.doubtful) {
            (None, Some(example)) => Err(example.clone()),
            (mark, _) => Ok(AmountFormat { mark, told: false, mixed }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn format(mark: Option<DecimalMark>) -> AmountFormat {
        AmountFormat { mark, told: false, mixed: false }
    }

    const POINT: Option<DecimalMark> = Some(DecimalMark::Point);
    const COMMA: Option<DecimalMark> = Some(DecimalMark::Comma);

    #[test]
    fn amounts_are_read_in_their_columns_dialect() {
        for (mark, text, expected) in [
            (POINT, "1234.56", Ok(123_456)),
            (POINT, "1,234.56", Ok(123_456)),
            (POINT, "1234", Ok(123_400)),
            (POINT, "1,234", Ok(123_400)),
            (POINT, "1182.0", Ok(118_200)),
            (POINT, "12.", Ok(1_200)),
            (POINT, ".5", Ok(50)),
            (POINT, "10.5000", Ok(1_050)),
            (POINT, "R$ 10.00", Ok(1_000)),
            (POINT, "10.00 R$", Ok(1_000)),
            (POINT, "-R$ 10.00", Err("is negative")),
            (POINT, "(10.00)", Err("is negative")),
            (POINT, "10.00-", Err("is negative")),
            (POINT, "0.00", Err("is zero")),
            (POINT, "0.001", Err("has more decimals than BRL has (2)")),
            (POINT, "12.345", Err("has three decimals, and BRL has 2: a thousand, or a fraction?")),
            (POINT, "1234.567", Err("has more decimals than BRL has (2)")),
            (POINT, "US$ 10.00", Err("has the sign US$ and the currency is BRL")),
            (POINT, "10,50", Err("has a decimal comma, and the column's decimal mark is the point")),
            (POINT, "1.234,56", Err("has a decimal comma, and the column's decimal mark is the point")),
            (POINT, "12,34,567.00", Err("is not an amount")),
            (POINT, "ten", Err("is not an amount")),
            (POINT, "1e3", Err("is not an amount")),
            (POINT, "NaN", Err("is not an amount")),
            (POINT, "99999999999999999999", Err("is too large")),
            (COMMA, "1.234,56", Ok(123_456)),
            (COMMA, "1.234", Ok(123_400)),
            (COMMA, "1 234,56", Ok(123_456)),
            (COMMA, "1\u{a0}234,56", Ok(123_456)),
            (COMMA, "1'234,56", Ok(123_456)),
            (COMMA, "1.234.567", Ok(123_456_700)),
            (COMMA, "10.50", Err("has a decimal point, and the column's decimal mark is the comma")),
            (None, "10.50", Ok(1_050)),
            (None, "10,50", Ok(1_050)),
            (None, "1,234", Err("could be thousands or decimals")),
            (None, "1,234.00", Ok(123_400)),
        ] {
            let found = format(mark).positive(text, Kind::Text, Currency::BRL, false).map_err(|no| no.0);
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
        assert_eq!(AmountFormat::told(DecimalMark::Point).positive("1.500", Kind::Text, Currency::BRL, false), Ok(150));
        assert_eq!(format(COMMA).positive("1.5", Kind::Number, Currency::BRL, false), Ok(150));
        assert_eq!(format(POINT).positive("2.675", Kind::Number, Currency::BRL, true), Ok(268));
        assert_eq!(format(POINT).positive("7821.114000000001", Kind::Text, Currency::USD, true), Ok(782_111));
    }

    #[test]
    fn a_column_decides_by_its_values() {
        let decide = |values: &[&str]| {
            let mut votes = AmountVotes::default();
            values.iter().for_each(|value| votes.look(value));
            votes.decide()
        };
        assert_eq!(decide(&["1", "2000"]), Ok(format(None)));
        assert_eq!(decide(&["1.234", "10.5"]), Ok(format(POINT)));
        assert_eq!(decide(&["1.234", "1.234.567"]), Ok(format(COMMA)));
        assert_eq!(decide(&["1.234", "10,50", "9.999,99"]), Ok(format(COMMA)));
        assert_eq!(decide(&["1.234", "100"]), Err("1.234".to_owned()));
        assert_eq!(decide(&["10.50", "9.99", "10,50"]), Ok(AmountFormat { mixed: true, ..format(POINT) }));
        assert_eq!(decide(&["10.50", "10,50", "1.234"]), Err("1.234".to_owned()));
    }

    #[test]
    fn numbers_of_attributes_are_exact_or_texts() {
        for (text, mark, expected) in [
            ("12", DecimalMark::Point, Some(12_000_000)),
            ("-1.5", DecimalMark::Point, Some(-1_500_000)),
            ("0.000001", DecimalMark::Point, Some(1)),
            ("0.0000001", DecimalMark::Point, None),
            ("12,5", DecimalMark::Comma, Some(12_500_000)),
            ("1,2", DecimalMark::Point, None),
            ("007", DecimalMark::Point, None),
            ("0", DecimalMark::Point, Some(0)),
            ("1234567890123456", DecimalMark::Point, None),
            ("1661240395903230676", DecimalMark::Point, None),
            ("1.2.3", DecimalMark::Point, None),
            ("2026-01-02", DecimalMark::Point, None),
            ("1 234", DecimalMark::Point, None),
            ("", DecimalMark::Point, None),
        ] {
            assert_eq!(millionths(text, Kind::Text, mark), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_amounts_read_back(minor in 1..=MINOR_MAX) {
            let (whole, cents) = (minor / 100, minor % 100);
            prop_assert_eq!(format(POINT).positive(&format!("{whole}.{cents:02}"), Kind::Text, Currency::BRL, false), Ok(minor));
            let mut grouped = String::new();
            for (place, digit) in whole.to_string().chars().rev().enumerate() {
                if place > 0 && place % 3 == 0 { grouped.insert(0, '.'); }
                grouped.insert(0, digit);
            }
            prop_assert_eq!(format(COMMA).positive(&format!("R$ {grouped},{cents:02}"), Kind::Text, Currency::BRL, false), Ok(minor));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let mut votes = AmountVotes::default();
            votes.look(&text);
            for mark in [None, POINT, COMMA] {
                let _any = (format(mark).positive(&text, Kind::Text, Currency::BRL, true), millionths(&text, Kind::Text, DecimalMark::Comma));
            }
        }
    }
}
