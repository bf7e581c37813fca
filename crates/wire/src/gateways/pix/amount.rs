//! Figures as the Pix API writes them: text of one to ten digits, a point and two digits; an amount in reais, or a percentage.
//!
//! Deliberately absent: percentages of more than two decimals, which the API cannot say: one percent per month is written as
//! such, never as 0.03 per day.

use std::fmt;

use regua_core::money::Money;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::pix::{Amount, BadPixId};

/// A figure of a charge (`valor`, `valorPerc`).
///
/// ```
/// # use regua_core::{currency::Currency, money::Money};
/// # use regua_wire::gateways::pix::Figure;
/// assert_eq!(Figure::of(Money::new(3_700, Currency::BRL))?.to_string(), "37.00");
/// assert_eq!(Figure::percent(100)?.to_string(), "1.00"); // 100 hundredths of a percent
/// # Ok::<(), regua_wire::pix::BadPixId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure(Amount);

impl Figure {
    /// An amount.
    ///
    /// # Errors
    /// [`BadPixId`] when it is not in reais, below zero, or too long.
    pub fn of(money: Money) -> Result<Self, BadPixId> {
        Amount::of(money).map(Self)
    }

    /// A percentage, from hundredths of a percent.
    ///
    /// # Errors
    /// None in practice: every `u32` has room.
    pub fn percent(bp: u32) -> Result<Self, BadPixId> {
        Amount::parse(&format!("{}.{:02}", bp / 100, bp % 100)).map(Self)
    }

    /// Reads `37.00`.
    ///
    /// # Errors
    /// [`BadPixId`] when it has another form.
    pub fn parse(text: &str) -> Result<Self, BadPixId> {
        Amount::parse(text).map(Self)
    }

    /// As money.
    #[must_use]
    pub const fn money(self) -> Money {
        self.0.money()
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As text: the API has no number for it.
impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_no_figure_and_neither_is_another_form() {
        assert!(serde_json::from_str::<Figure>("37.00").is_err());
        for text in ["37", "37,00", "12345678901.00", "-1.00", "1.0", ""] {
            assert!(serde_json::from_str::<Figure>(&format!("{text:?}")).is_err(), "{text}");
        }
        assert_eq!(Figure::percent(u32::MAX).map(|figure| figure.to_string()).as_deref(), Ok("42949672.95"));
    }
}
