//! Sums per currency: amounts of different currencies never meet.

use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::money::Money;
use serde::{Serialize, Serializer};

/// Amounts summed per currency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sums(BTreeMap<Currency, i64>);

impl Sums {
    /// Adds an amount; a sum ends at the largest number instead of wrapping.
    pub fn add(&mut self, amount: Money) {
        let sum = self.0.entry(amount.currency()).or_default();
        *sum = sum.saturating_add(amount.minor());
    }

    /// Adds the sums of another.
    pub fn absorb(&mut self, other: &Self) {
        other.iter().for_each(|amount| self.add(amount));
    }

    /// The sum in a currency.
    #[must_use]
    pub fn of(&self, currency: Currency) -> Money {
        Money::new(self.0.get(&currency).copied().unwrap_or(0), currency)
    }

    /// The sums that are not nothing, by currency code.
    pub fn iter(&self) -> impl Iterator<Item = Money> {
        self.0.iter().filter(|(_, minor)| **minor != 0).map(|(currency, minor)| Money::new(*minor, *currency))
    }

    /// Whether every sum is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// `{"BRL": 123456}`: minor units per currency.
impl Serialize for Sums {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|amount| (amount.currency().code(), amount.minor())))
    }
}

/// A share in basis points, rounded down: 2500 is a quarter. None of nothing.
#[must_use]
pub fn basis_points(part: i64, whole: i64) -> Option<u32> {
    let share = i128::from(part).max(0) * 10_000 / if whole > 0 { i128::from(whole) } else { return None };
    u32::try_from(share).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_stay_apart() {
        let mut sums = Sums::default();
        sums.add(Money::new(100, Currency::BRL));
        sums.add(Money::new(50, Currency::USD));
        sums.add(Money::new(-100, Currency::BRL));
        assert_eq!(sums.iter().collect::<Vec<_>>(), [Money::new(50, Currency::USD)]);
        assert_eq!(serde_json::to_string(&sums).unwrap(), r#"{"USD":50}"#);
    }

    #[test]
    fn a_share_of_nothing_is_no_share() {
        assert_eq!(basis_points(1, 3), Some(3_333));
        assert_eq!(basis_points(3, 3), Some(10_000));
        assert_eq!(basis_points(-1, 3), Some(0));
        assert_eq!(basis_points(1, 0), None);
        assert_eq!(basis_points(i64::MAX, i64::MAX), Some(10_000));
    }
}
