//! Amounts as Asaas writes them: JSON numbers in reais, read and written as text, never as a float.
//!
//! Deliberately absent: rounding. A number with a part of a cent is refused.

use std::fmt;

use regua_core::currency::Currency;
use regua_core::money::Money;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Characters of a number at most.
const TEXT_MAX: usize = 48;
/// Powers of ten at most, either way.
const EXPONENT_MAX: i32 = 40;
/// The first sum, in cents, that is no amount any more.
const CENTS_END: i64 = 1_000_000_000_000_000;

/// An amount in reais, or a percentage: hundredths.
///
/// ```
/// # use regua_wire::gateways::asaas::Reais;
/// let read = |text: &str| serde_json::from_str::<Reais>(text).map(|reais| reais.money().minor());
/// assert_eq!(read("19.99")?, 1_999);
/// assert_eq!(read("1e2")?, 10_000);
/// assert!(read("0.105").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reais(i64);

/// A number that is no amount. Never shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an amount must be a number of reais with at most two decimals")]
pub struct BadReais;

impl Reais {
    /// From money.
    ///
    /// # Errors
    /// [`BadReais`] when it is in another currency, below zero, or too much.
    pub fn of(money: Money) -> Result<Self, BadReais> {
        let good = money.currency() == Currency::BRL && (0..CENTS_END).contains(&money.minor());
        if good { Ok(Self(money.minor())) } else { Err(BadReais) }
    }

    /// A percentage, from hundredths of a percent.
    #[must_use]
    pub fn percent(bp: u32) -> Self {
        Self(i64::from(bp))
    }

    /// Reads a JSON number exactly.
    ///
    /// # Errors
    /// [`BadReais`] when it is no number, has a part of a cent, or is too much.
    pub fn parse(text: &str) -> Result<Self, BadReais> {
        if text.len() > TEXT_MAX {
            return Err(BadReais);
        }
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().or(Err(BadReais))?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let pointed = mantissa.contains('.');
        if whole.is_empty() || (pointed && fraction.is_empty()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadReais);
        }
        if exponent.abs() > EXPONENT_MAX {
            return Err(BadReais);
        }
        // Hundredths: the digits with the point moved two places further.
        let moved = exponent + 2 - i32::try_from(fraction.len()).or(Err(BadReais))?;
        let significant = digits.trim_end_matches('0');
        let zeros = i32::try_from(digits.len() - significant.len()).or(Err(BadReais))?;
        if significant.is_empty() {
            return Ok(Self(0));
        }
        let places = u32::try_from(moved + zeros).or(Err(BadReais))?;
        let number: i64 = significant.parse().or(Err(BadReais))?;
        let cents = 10_i64.checked_pow(places).and_then(|scale| number.checked_mul(scale)).ok_or(BadReais)?;
        if cents >= CENTS_END {
            return Err(BadReais);
        }
        Ok(Self(if negative { -cents } else { cents }))
    }

    /// As money.
    #[must_use]
    pub const fn money(self) -> Money {
        Money::new(self.0, Currency::BRL)
    }
}

impl fmt::Display for Reais {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl fmt::Debug for Reais {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As a number, digit by digit.
impl Serialize for Reais {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string()).map_err(S::Error::custom)?.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Reais {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(Box::<RawValue>::deserialize(from)?.get()).map_err(D::Error::custom)
    }
}

/// An amount that nothing depends on: none when it is no amount.
pub(super) fn loose<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Reais>, D::Error> {
    Ok(Option::<Box<RawValue>>::deserialize(from)?.and_then(|raw| Reais::parse(raw.get()).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_exactly_or_refused() {
        for (text, cents) in [
            ("0.1", Some(10)),
            ("1e2", Some(10_000)),
            ("1E+2", Some(10_000)),
            ("19.99", Some(1_999)),
            ("99999999.99", Some(9_999_999_999)),
            ("100", Some(10_000)),
            ("0", Some(0)),
            ("0e999", None),
            ("0.000", Some(0)),
            ("-3.5", Some(-350)),
            ("1.10000", Some(110)),
            ("1999e-2", Some(1_999)),
            ("19990e-3", Some(1_999)),
            ("0.105", None),
            ("1e-3", None),
            ("9999999999999.99", Some(999_999_999_999_999)),
            ("10000000000000.00", None),
            ("1e400", None),
            ("1.", None),
            (".5", None),
            ("", None),
            ("\"1.00\"", None),
            ("null", None),
            ("NaN", None),
        ] {
            assert_eq!(Reais::parse(text).ok().map(|reais| reais.0), cents, "{text}");
        }
    }

    #[test]
    fn an_amount_is_written_as_a_number_of_its_digits() {
        let of = |cents| serde_json::to_string(&Reais::of(Money::new(cents, Currency::BRL)).unwrap()).unwrap();
        assert_eq!((of(1_999), of(5), of(10_000)), ("19.99".to_owned(), "0.05".to_owned(), "100.00".to_owned()));
        assert!(Reais::of(Money::new(-1, Currency::BRL)).is_err());
        assert!(Reais::of(Money::new(1, Currency::USD)).is_err());
    }

    proptest! {
        #[test]
        fn an_amount_comes_back(cents in 0..CENTS_END) {
            let reais = Reais::of(Money::new(cents, Currency::BRL)).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Reais>(&serde_json::to_vec(&reais).unwrap()).unwrap(), reais);
        }

        #[test]
        fn any_text_is_answered(text in "[-+0-9.eE\"]{0,60}") {
            let _ = Reais::parse(&text);
        }
    }
}
