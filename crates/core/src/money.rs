//! Exact amounts: integer minor units with their currency.
//!
//! Deliberately absent: `Add`, `Sub`, `Ord` and floats. Sums and comparisons across currencies cannot be written
//! without an answer to what happens then.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU16;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::currency::Currency;
use crate::policy::program::Rounding;
use crate::rate::Rate;

/// An amount in minor units (cents) of one currency.
///
/// ```
/// # use regua_core::{currency::Currency, money::Money, policy::program::Rounding, rate::Rate};
/// let billed = Money::parse("219.90", Currency::BRL)?;
/// let fine = billed.times(Rate::from_bps(200), Rounding::HalfUp)?;
/// assert_eq!(billed.plus(fine)?.to_string(), "BRL 224.30");
/// # Ok::<(), regua_core::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of `minor` units, e.g. cents.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Minor units, e.g. cents.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Parses `1234.56`: a decimal point and exactly the digits of the currency, or a whole amount without a point.
    ///
    /// Decimal commas and thousands separators are for the readers of files; here they are refused, and so is
    /// `1.5` for a currency with two digits, which might be a thousand and a half.
    ///
    /// # Errors
    /// [`MoneyError::Text`] names what was expected; [`MoneyError::Overflow`] when it does not fit.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let bad = || MoneyError::Text { text: text.to_owned(), currency, digits: currency.digits() };
        let digits = currency.digits();
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if u32::try_from(fraction.len()) == Ok(digits) && digits > 0 => (whole, fraction),
            Some(_) => return Err(bad()),
            None => (text, ""),
        };
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        if unsigned.is_empty() || !unsigned.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let scale = if fraction.is_empty() { 10_i64.checked_pow(digits).ok_or(MoneyError::Overflow)? } else { 1 };
        let minor = format!("{whole}{fraction}").parse::<i64>().or(Err(MoneyError::Overflow))?;
        Ok(Self::new(minor.checked_mul(scale).ok_or(MoneyError::Overflow)?, currency))
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::Currencies`] or [`MoneyError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.minor.checked_add(other.minor).map(|minor| Self::new(minor, self.currency)).ok_or(MoneyError::Overflow)
    }

    /// The difference of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::Currencies`] or [`MoneyError::Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.minor.checked_sub(other.minor).map(|minor| Self::new(minor, self.currency)).ok_or(MoneyError::Overflow)
    }

    /// A share of this amount, rounded once to whole minor units.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the result does not fit.
    pub fn times(self, rate: Rate, rounding: Rounding) -> Result<Self, MoneyError> {
        // Two i64 always fit an i128.
        let exact = i128::from(self.minor) * i128::from(rate.units());
        let minor = div_round(exact, i128::from(Rate::ONE), rounding);
        i64::try_from(minor).map(|minor| Self::new(minor, self.currency)).or(Err(MoneyError::Overflow))
    }

    /// `n` parts that differ by at most one minor unit and sum to this amount, the larger ones first.
    ///
    /// ```
    /// # use std::num::NonZeroU16;
    /// # use regua_core::{currency::Currency, money::Money};
    /// let parts = Money::new(10_000, Currency::BRL).split(NonZeroU16::new(3).unwrap());
    /// assert_eq!(parts.iter().map(|part| part.minor()).collect::<Vec<_>>(), [3_334, 3_333, 3_333]);
    /// ```
    #[must_use]
    pub fn split(self, n: NonZeroU16) -> Vec<Self> {
        let n = i64::from(n.get());
        let (share, rest) = (self.minor / n, self.minor % n);
        let part = |place: i64| share + if place < rest.abs() { rest.signum() } else { 0 };
        (0..n).map(|place| Self::new(part(place), self.currency)).collect()
    }

    /// The order of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError::Currencies`]: amounts of two currencies have no order.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.same(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::Currencies(self.currency, other.currency)) }
    }
}

/// `BRL 1234.56`; signs stand before the digits.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.digits();
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        match 10_u64.checked_pow(digits) {
            Some(one) if digits > 0 => {
                let width = usize::try_from(digits).unwrap_or(0);
                write!(f, "{} {sign}{}.{:0width$}", self.currency, minor / one, minor % one)
            }
            _ => write!(f, "{} {sign}{minor}", self.currency),
        }
    }
}

/// As it is displayed: `BRL 150.00`.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bad = || D::Error::custom(format!("`{text}` is not an amount such as BRL 150.00"));
        let (currency, amount) = text.split_once(' ').ok_or_else(bad)?;
        Self::parse(amount, Currency::parse(currency).ok_or_else(bad)?).map_err(D::Error::custom)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Divides exactly and rounds once; `by` is positive.
pub(crate) fn div_round(exact: i128, by: i128, rounding: Rounding) -> i128 {
    // Amounts of daily life fit 64 bits, where division is several times as fast.
    if let (Ok(exact), Ok(by)) = (i64::try_from(exact), i64::try_from(by)) {
        let (quotient, rest) = (exact / by, exact % by);
        return i128::from(quotient + away(quotient, i128::from(rest), i128::from(by), rounding));
    }
    let (quotient, rest) = (exact / by, exact % by);
    // Only the last bit of the quotient matters for rounding.
    quotient + i128::from(away(if quotient % 2 == 0 { 0 } else { 1 }, rest, by, rounding))
}

/// What rounding adds to a quotient that was cut towards zero.
fn away(quotient: i64, rest: i128, by: i128, rounding: Rounding) -> i64 {
    let up = match rounding {
        Rounding::Truncate => false,
        Rounding::HalfUp => rest.unsigned_abs() >= by.unsigned_abs() - rest.unsigned_abs(),
        Rounding::HalfEven => match rest.unsigned_abs().cmp(&(by.unsigned_abs() - rest.unsigned_abs())) {
            Ordering::Less => false,
            Ordering::Equal => quotient % 2 != 0,
            Ordering::Greater => true,
        },
    };
    match (up, rest < 0) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    }
}

/// Why an amount could not be read or reckoned.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("{0} and {1} are different currencies: convert one first, sums across currencies do not exist")]
    Currencies(Currency, Currency),
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// The text is no amount.
    #[error("`{text}` is not an amount of {currency}: write it with a decimal point and {digits} digits after it, or without both")]
    Text {
        /// What was written.
        text: String,
        /// The currency it should be of.
        currency: Currency,
        /// How many digits that currency has after the point.
        digits: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency in a test")
    }

    #[test]
    fn amounts_are_read_and_written_with_the_digits_of_their_currency() {
        for (text, code, shown) in [
            ("1234.56", "BRL", "BRL 1234.56"),
            ("-0.05", "BRL", "BRL -0.05"),
            ("10", "BRL", "BRL 10.00"),
            ("007.00", "USD", "USD 7.00"),
            ("1500", "JPY", "JPY 1500"),
            ("1.234", "KWD", "KWD 1.234"),
            ("92233720368547758.07", "EUR", "EUR 92233720368547758.07"),
            ("-92233720368547758.08", "EUR", "EUR -92233720368547758.08"),
        ] {
            assert_eq!(Money::parse(text, currency(code)).map(|money| money.to_string()).as_deref(), Ok(shown), "{text}");
        }
    }

    #[test]
    fn texts_that_might_mean_something_else_are_refused() {
        for text in ["", "-", ".", "1.5", "1.234", "1,50", "1.234,56", "1 000", "+1.00", "--1", "1.-5", "1.00 ", "R$ 1", "1e3", "٣", "12a"]
        {
            assert!(matches!(Money::parse(text, Currency::BRL), Err(MoneyError::Text { .. })), "{text}");
        }
        assert!(matches!(Money::parse("1.0", currency("JPY")), Err(MoneyError::Text { .. })));
        assert_eq!(Money::parse("92233720368547758.08", Currency::BRL), Err(MoneyError::Overflow));
        let error = Money::parse("1.5", Currency::BRL).unwrap_err().to_string();
        assert_eq!(error, "`1.5` is not an amount of BRL: write it with a decimal point and 2 digits after it, or without both");
    }

    #[test]
    fn currencies_do_not_mix_and_nothing_wraps() {
        let (real, dollar) = (Money::new(1, Currency::BRL), Money::new(1, Currency::USD));
        let mixed = Err(MoneyError::Currencies(Currency::BRL, Currency::USD));
        assert_eq!(real.plus(dollar), mixed);
        assert_eq!(real.minus(dollar), mixed);
        assert!(real.compare(dollar).is_err());
        let most = Money::new(i64::MAX, Currency::BRL);
        assert_eq!(most.plus(real), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MIN, Currency::BRL).minus(real), Err(MoneyError::Overflow));
        assert_eq!(most.times(Rate::from_bps(20_000), Rounding::Truncate), Err(MoneyError::Overflow));
        assert_eq!(most.times(Rate::from_bps(10_000), Rounding::HalfUp), Ok(most));
    }

    #[test]
    fn halves_round_by_the_chosen_rule() {
        for (exact, half_up, half_even, truncate) in [
            (5, 1, 0, 0),
            (15, 2, 2, 1),
            (25, 3, 2, 2),
            (24, 2, 2, 2),
            (26, 3, 3, 2),
            (-5, -1, 0, 0),
            (-15, -2, -2, -1),
            (-26, -3, -3, -2),
            (0, 0, 0, 0),
        ] {
            let rounded = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Truncate].map(|rounding| div_round(exact, 10, rounding));
            assert_eq!(rounded, [half_up, half_even, truncate], "{exact} / 10");
        }
    }

    /// Long multiplication and long division in decimal digits: slow and plainly right.
    fn slow_half_up(minor: i64, units: i64) -> String {
        let digits = |n: i64| n.unsigned_abs().to_string().bytes().rev().map(|b| u32::from(b - b'0')).collect::<Vec<_>>();
        let (a, b) = (digits(minor), digits(units));
        let mut product = vec![0_u32; a.len() + b.len() + 9];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                product[i + j] += x * y;
            }
        }
        product[7] += 5; // half of 10^8
        for i in 0..product.len() - 1 {
            product[i + 1] += product[i] / 10;
            product[i] %= 10;
        }
        let text: String = product[8..].iter().rev().map(u32::to_string).collect();
        let text = text.trim_start_matches('0');
        let sign = if (minor < 0) != (units < 0) && !text.is_empty() { "-" } else { "" };
        if text.is_empty() { "0".to_owned() } else { format!("{sign}{text}") }
    }

    proptest! {
        #[test]
        fn a_share_is_exact(minor in any::<i64>(), units in -1_000_000_000..1_000_000_000_i64) {
            let expected = slow_half_up(minor, units);
            match Money::new(minor, Currency::BRL).times(Rate::from_units(units), Rounding::HalfUp) {
                Ok(share) => prop_assert_eq!(share.minor().to_string(), expected),
                Err(_) => prop_assert!(expected.parse::<i64>().is_err()),
            }
        }

        #[test]
        fn parts_sum_back_and_differ_by_at_most_one_unit(minor in any::<i64>(), n in 1..400_u16) {
            let parts = Money::new(minor, Currency::BRL).split(NonZeroU16::new(n).unwrap());
            prop_assert_eq!(parts.len(), usize::from(n));
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.minor())).sum::<i128>(), i128::from(minor));
            let (least, most) = (parts.iter().map(|p| p.minor()).min().unwrap(), parts.iter().map(|p| p.minor()).max().unwrap());
            prop_assert!(most - least <= 1);
        }

        #[test]
        fn what_is_written_is_read_back(minor in any::<i64>(), which in 0..3_usize) {
            let money = Money::new(minor, currency(["BRL", "JPY", "KWD"][which]));
            let text = money.to_string();
            prop_assert_eq!(Money::parse(&text[4..], money.currency()), Ok(money));
        }

        #[test]
        fn narrow_and_wide_division_agree(exact in any::<i64>(), by in 1..i64::MAX, which in 0..3_usize) {
            let rounding = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Truncate][which];
            let narrow = div_round(i128::from(exact), i128::from(by), rounding);
            let (wide_exact, wide_by) = (i128::from(exact) * (1 << 60), i128::from(by) * (1 << 60));
            prop_assert_eq!(narrow, div_round(wide_exact, wide_by, rounding));
        }
    }
}
