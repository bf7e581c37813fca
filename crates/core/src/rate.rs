//! Exact rates: a share written in hundred-millionths.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share of an amount in units of 10⁻⁸: 2 % is 2,000,000.
///
/// ```
/// # use regua_core::rate::Rate;
/// let rate = Rate::parse("10.15%")?;
/// assert_eq!(rate.units(), 10_150_000);
/// assert_eq!(rate.to_string(), "10.15%");
/// # Ok::<(), regua_core::rate::BadRate>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

/// Units of 10⁻⁸ in one percent.
const PERCENT: i64 = 1_000_000;

/// Digits after the point that a percentage can have.
const PERCENT_DIGITS: usize = 6;

impl Rate {
    /// Units in the whole (100 %).
    pub const ONE: i64 = 100_000_000;

    /// From units of 10⁻⁸.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// From basis points: 100 bp is 1 %.
    #[must_use]
    pub const fn from_bps(bps: i32) -> Self {
        // Widening an i32 to i64 loses nothing; `From` is not const.
        #[expect(clippy::as_conversions, reason = "const widening")]
        Self(bps as i64 * 10_000)
    }

    /// Units of 10⁻⁸.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Parses a percentage such as `2%` or `0.033%`: a decimal point, at most six digits after it, no sign.
    ///
    /// # Errors
    /// [`BadRate`] when the text is something else, `0.02` included: whether that is two percent is not guessed.
    pub fn parse(text: &str) -> Result<Self, BadRate> {
        let bad = || BadRate(text.to_owned());
        let number = text.strip_suffix('%').ok_or_else(bad)?;
        let (whole, fraction) = match number.split_once('.') {
            Some((_, "")) => return Err(bad()),
            Some(parts) => parts,
            None => (number, ""),
        };
        let digits = whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || fraction.len() > PERCENT_DIGITS || !digits.into_iter().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        format!("{whole}{fraction:0<PERCENT_DIGITS$}").parse().map(Self).or(Err(bad()))
    }
}

/// As [`Rate::parse`] reads it, without needless zeros.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.unsigned_abs() / PERCENT.unsigned_abs(), self.0.unsigned_abs() % PERCENT.unsigned_abs());
        let text = format!("{sign}{whole}.{fraction:0PERCENT_DIGITS$}");
        write!(f, "{}%", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As it is displayed where people read it (`2%`), units of 10⁻⁸ in compact forms.
impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.collect_str(self) } else { to.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Self::parse(&String::deserialize(from)?).map_err(D::Error::custom);
        }
        i64::deserialize(from).map(Self)
    }
}

/// A text that is no percentage.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a percentage such as 2% or 0.033%: at most six digits after a decimal point, then the sign")]
pub struct BadRate(String);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percentages_are_read_exactly() {
        for (text, units) in
            [("2%", 2_000_000), ("0%", 0), ("0.000001%", 1), ("1.50%", 1_500_000), ("100%", Rate::ONE), ("007%", 7_000_000)]
        {
            assert_eq!(Rate::parse(text).map(Rate::units), Ok(units), "{text}");
        }
        for text in ["", "%", "2", "0.02", ".5%", "5.%", "2 %", "-2%", "+2%", "1,5%", "0.0000001%", "1e2%", "2%%", "99999999999999%"] {
            assert_eq!(Rate::parse(text), Err(BadRate(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn basis_points_are_hundredths_of_a_percent() {
        assert_eq!(Rate::from_bps(200), Rate::from_units(2_000_000));
        assert_eq!(Rate::from_bps(-1).to_string(), "-0.01%");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(units in 0..i64::MAX) {
            let rate = Rate::from_units(units);
            prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
        }
    }
}
