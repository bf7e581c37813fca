//! Plans and their prices: what one period costs for a quantity or for what was used.
//!
//! All amounts are minor units of the plan's currency. Deliberately absent: shares of periods, discounts and taxes.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{BillingError, Cycle};
use crate::currency::Currency;
use crate::money::div_round;
use crate::policy::program::Rounding;
use crate::words::text_enum;

/// What is sold: prices that are billed together in one currency and cycle. It never changes; another version is
/// another plan.
///
/// ```
/// # use regua_core::billing::{Cycle, Kind, Plan, Price, Timing};
/// # use regua_core::currency::Currency;
/// let fee = Price { key: "fee".into(), name: "Monthly fee".into(), kind: Kind::Flat { amount: 9_900, timing: Timing::Advance } };
/// let plan = Plan::new("basic", "Basic", Currency::BRL, Cycle::MONTHLY, vec![fee])?;
/// assert_eq!(plan.prices().len(), 1);
/// # Ok::<(), regua_core::billing::BillingError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawPlan", into = "RawPlan")]
pub struct Plan {
    key: Box<str>,
    name: Box<str>,
    currency: Currency,
    cycle: Cycle,
    prices: Vec<Price>,
}

/// One price of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Price {
    /// Names it among the prices of its plan.
    pub key: Box<str>,
    /// What the invoice calls it.
    pub name: Box<str>,
    /// What it costs.
    pub kind: Kind,
}

/// What a price counts and when it is billed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The same for every period, whatever the quantity.
    Flat {
        /// Minor units per period.
        amount: i64,
        /// Billed before or after the period.
        timing: Timing,
    },
    /// By the quantity of the subscription (seats, units).
    PerUnit {
        /// What a quantity costs per period.
        scale: Scale,
        /// Billed before or after the period.
        timing: Timing,
    },
    /// By what was used. Always billed after the period; what is wanted in advance is a flat price beside it.
    Metered {
        /// Names what is counted.
        meter: Box<str>,
        /// How the reports of one period become one number.
        aggregate: Aggregate,
        /// What it costs.
        scale: Scale,
        /// Minor units that a whole period costs at least; 0 for none.
        minimum: i64,
    },
}

text_enum! {
    /// Whether a price is billed at the beginning or at the end of its period.
    Timing, "timing" { Advance = "advance", Arrears = "arrears" }
}

text_enum! {
    /// How reports of usage become one number: their sum, the largest, or the last of the period.
    Aggregate, "aggregate" { Sum = "sum", Max = "max", Last = "last" }
}

/// What a quantity costs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scale {
    /// How many units the unit amounts are for: 15 cents per 100 calls is an amount of 15 per 100. The share is exact
    /// and rounded once per line.
    pub per: NonZeroU32,
    /// The amounts.
    pub rates: Rates,
}

/// One amount for all units, or tiers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rates {
    /// Every unit costs the same (minor units per [`Scale::per`]).
    Unit(i64),
    /// Each unit costs what its own tier says; the fixed amount of every tier that was reached is added.
    Graduated(Tiers),
    /// Every unit costs what the tier of the whole quantity says; only that tier's fixed amount is added.
    Volume(Tiers),
}

/// Tiers in rising order, the last without an end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawTiers", into = "RawTiers")]
pub struct Tiers {
    upto: Vec<(u64, Tier)>,
    above: Tier,
}

/// What one tier costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tier {
    /// Minor units per [`Scale::per`] units.
    pub unit: i64,
    /// Minor units once when the tier is reached.
    pub fixed: i64,
}

impl Tiers {
    /// Tiers up to and including a quantity each, and the one above them all.
    ///
    /// # Errors
    /// [`BillingError::Tiers`] unless the ends rise from above zero.
    pub fn new(upto: Vec<(u64, Tier)>, above: Tier) -> Result<Self, BillingError> {
        let mut before = 0;
        for &(end, _) in &upto {
            if end <= before {
                return Err(BillingError::Tiers(end));
            }
            before = end;
        }
        Ok(Self { upto, above })
    }

    /// The tiers in rising order, each with the last unit that it is for; the last has none.
    pub fn rows(&self) -> impl Iterator<Item = (Option<u64>, Tier)> {
        self.ranges().map(|(_, end, tier)| (end, tier))
    }

    /// The tiers with their first unit, less one, and the last unit; the last has none.
    fn ranges(&self) -> impl Iterator<Item = (u64, Option<u64>, Tier)> {
        let starts = std::iter::once(0).chain(self.upto.iter().map(|tier| tier.0));
        let ends = self.upto.iter().map(|&(end, tier)| (Some(end), tier)).chain(std::iter::once((None, self.above)));
        starts.zip(ends).map(|(start, (end, tier))| (start, end, tier))
    }

    fn all(&self) -> impl Iterator<Item = &Tier> {
        self.upto.iter().map(|tier| &tier.1).chain(std::iter::once(&self.above))
    }
}

impl Scale {
    /// Every unit costs `unit` minor units.
    #[must_use]
    pub const fn each(unit: i64) -> Self {
        Self { per: NonZeroU32::MIN, rates: Rates::Unit(unit) }
    }

    /// What a quantity costs for a whole period, summed exactly and rounded once.
    ///
    /// # Errors
    /// [`BillingError::Overflow`] when it does not fit.
    ///
    /// ```
    /// # use std::num::NonZeroU32;
    /// # use regua_core::{billing::{Rates, Scale, Tier, Tiers}, policy::program::Rounding};
    /// let tiers = Tiers::new(vec![(10, Tier { unit: 500, fixed: 0 })], Tier { unit: 300, fixed: 0 })?;
    /// let graduated = Scale { per: NonZeroU32::MIN, rates: Rates::Graduated(tiers.clone()) };
    /// let volume = Scale { per: NonZeroU32::MIN, rates: Rates::Volume(tiers) };
    /// assert_eq!(graduated.amount(12, Rounding::HalfEven)?, 10 * 500 + 2 * 300);
    /// assert_eq!(volume.amount(12, Rounding::HalfEven)?, 12 * 300);
    /// # Ok::<(), regua_core::billing::BillingError>(())
    /// ```
    pub fn amount(&self, quantity: u64, rounding: Rounding) -> Result<i64, BillingError> {
        let per = i128::from(self.per.get());
        let fixed = |tier: Tier| i128::from(tier.fixed) * per;
        let exact = match &self.rates {
            Rates::Unit(unit) => times(*unit, quantity),
            Rates::Volume(tiers) => {
                let fits = |&(_, end, _): &(u64, Option<u64>, Tier)| end.is_none_or(|end| quantity <= end);
                let tier = tiers.ranges().find(fits).map_or(tiers.above, |range| range.2);
                // Nothing was bought, so no tier was reached.
                times(tier.unit, quantity).and_then(|sum| sum.checked_add(if quantity == 0 { 0 } else { fixed(tier) }))
            }
            Rates::Graduated(tiers) => tiers
                .ranges()
                .take_while(|range| range.0 < quantity)
                .map(|(start, end, tier)| (end.map_or(quantity, |end| end.min(quantity)).saturating_sub(start), tier))
                .try_fold(0_i128, |sum, (units, tier)| sum.checked_add(times(tier.unit, units)?)?.checked_add(fixed(tier))),
        };
        i64::try_from(div_round(exact.ok_or(BillingError::Overflow)?, per, rounding)).or(Err(BillingError::Overflow))
    }

    fn is_negative(&self) -> bool {
        match &self.rates {
            Rates::Unit(unit) => *unit < 0,
            Rates::Graduated(tiers) | Rates::Volume(tiers) => tiers.all().any(|tier| tier.unit < 0 || tier.fixed < 0),
        }
    }
}

fn times(unit: i64, quantity: u64) -> Option<i128> {
    i128::from(unit).checked_mul(i128::from(quantity))
}

impl Price {
    /// When it is billed; what is metered always after the period.
    #[must_use]
    pub const fn timing(&self) -> Timing {
        match self.kind {
            Kind::Flat { timing, .. } | Kind::PerUnit { timing, .. } => timing,
            Kind::Metered { .. } => Timing::Arrears,
        }
    }

    /// Whether the quantity of the subscription matters to it.
    pub(super) const fn counts_quantity(&self) -> bool {
        match self.kind {
            Kind::PerUnit { .. } => true,
            Kind::Flat { .. } | Kind::Metered { .. } => false,
        }
    }

    /// What a whole period costs, for a quantity or for what was used.
    pub(super) fn amount(&self, quantity: u64, rounding: Rounding) -> Result<i64, BillingError> {
        match &self.kind {
            Kind::Flat { amount, .. } => Ok(*amount),
            Kind::PerUnit { scale, .. } | Kind::Metered { scale, .. } => scale.amount(quantity, rounding),
        }
    }

    fn is_negative(&self) -> bool {
        match &self.kind {
            Kind::Flat { amount, .. } => *amount < 0,
            Kind::PerUnit { scale, .. } => scale.is_negative(),
            Kind::Metered { scale, minimum, .. } => *minimum < 0 || scale.is_negative(),
        }
    }
}

impl Plan {
    /// A plan with its prices, in the order in which invoices list them.
    ///
    /// # Errors
    /// [`BillingError::NoPrice`], [`BillingError::TwicePrice`] or [`BillingError::Negative`].
    pub fn new(key: &str, name: &str, currency: Currency, cycle: Cycle, prices: Vec<Price>) -> Result<Self, BillingError> {
        if prices.is_empty() {
            return Err(BillingError::NoPrice(key.into()));
        }
        for (place, price) in prices.iter().enumerate() {
            if price.is_negative() {
                return Err(BillingError::Negative(price.key.clone()));
            }
            if prices.iter().take(place).any(|other| other.key == price.key) {
                return Err(BillingError::TwicePrice(price.key.clone()));
            }
        }
        Ok(Self { key: key.into(), name: name.into(), currency, cycle, prices })
    }

    /// Names it.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What the customer calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// How often it is billed.
    #[must_use]
    pub const fn cycle(&self) -> Cycle {
        self.cycle
    }

    /// Its prices, in the order in which invoices list them.
    #[must_use]
    pub fn prices(&self) -> &[Price] {
        &self.prices
    }

    /// Whether it has a price that is billed then.
    pub(super) fn bills(&self, timing: Timing) -> bool {
        self.prices.iter().any(|price| price.timing() == timing)
    }
}

/// A plan as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Plan")]
struct RawPlan {
    key: Box<str>,
    name: Box<str>,
    currency: Currency,
    cycle: Cycle,
    prices: Vec<Price>,
}

impl TryFrom<RawPlan> for Plan {
    type Error = BillingError;
    fn try_from(raw: RawPlan) -> Result<Self, BillingError> {
        Self::new(&raw.key, &raw.name, raw.currency, raw.cycle, raw.prices)
    }
}

impl From<Plan> for RawPlan {
    fn from(plan: Plan) -> Self {
        let Plan { key, name, currency, cycle, prices } = plan;
        Self { key, name, currency, cycle, prices }
    }
}

/// Tiers as they are stored.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Tiers")]
struct RawTiers {
    upto: Vec<(u64, Tier)>,
    above: Tier,
}

impl TryFrom<RawTiers> for Tiers {
    type Error = BillingError;
    fn try_from(raw: RawTiers) -> Result<Self, BillingError> {
        Self::new(raw.upto, raw.above)
    }
}

impl From<Tiers> for RawTiers {
    fn from(tiers: Tiers) -> Self {
        Self { upto: tiers.upto, above: tiers.above }
    }
}
