//! Coupons: what they take off, and for how many periods.
//!
//! Deliberately absent: how often a coupon may be redeemed by all customers together; the caller counts that.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::BillingError;
use crate::money::Money;
use crate::rate::Rate;
use crate::time::Day;

/// A reduction with a code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Coupon {
    /// What the customer enters and the invoice shows.
    pub code: Box<str>,
    /// How much.
    pub off: Off,
    /// For how long.
    pub lasts: Lasts,
    /// The last day on which it can be applied; what was applied lasts on. None for ever.
    pub expires_on: Option<Day>,
}

/// What a coupon takes off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// A share of what is left after the coupons before it: 0 % to 100 %.
    Percent(Rate),
    /// A sum per period; at most what is left.
    Amount(Money),
}

/// For how long a coupon takes something off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lasts {
    /// The next period's invoice that has something to take it off.
    Once,
    /// So many periods' invoices.
    Periods(NonZeroU16),
    /// Every period's invoice.
    Forever,
}

impl Coupon {
    /// Refuses a share or a sum that cannot be.
    pub(super) fn check(&self) -> Result<(), BillingError> {
        match self.off {
            Off::Percent(rate) if !(0..=Rate::ONE).contains(&rate.units()) => Err(BillingError::Percentage(self.code.clone())),
            Off::Amount(sum) if sum.minor() < 0 => Err(BillingError::Negative(self.code.clone())),
            Off::Percent(_) | Off::Amount(_) => Ok(()),
        }
    }
}

/// A coupon on a subscription.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Redeemed {
    pub(super) code: Box<str>,
    pub(super) off: Off,
    /// From which day on; an invoice due before it is not reduced.
    pub(super) from: Day,
    /// From which day on it was taken away; an invoice due before it is still reduced, however late it is made.
    pub(super) until: Option<Day>,
    pub(super) left: Left,
}

/// What is left of a coupon.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Left {
    Once,
    Periods(u16),
    Forever,
}

impl Redeemed {
    pub(super) fn new(coupon: Coupon, from: Day) -> Self {
        let left = match coupon.lasts {
            Lasts::Once => Left::Once,
            Lasts::Periods(periods) => Left::Periods(periods.get()),
            Lasts::Forever => Left::Forever,
        };
        Self { code: coupon.code, off: coupon.off, from, until: None, left }
    }

    /// Whether it reduces an invoice due on a day.
    pub(super) fn reduces(&self, on: Day) -> bool {
        self.from <= on && self.until.is_none_or(|until| on < until)
    }

    /// What is left after one invoice, which it reduced or not; nothing when it is used up.
    pub(super) fn after(self, reduced: bool) -> Option<Self> {
        let left = match self.left {
            Left::Once if reduced => return None,
            Left::Periods(0 | 1) => return None,
            Left::Periods(periods) => Left::Periods(periods - 1),
            left @ (Left::Once | Left::Forever) => left,
        };
        Some(Self { left, ..self })
    }
}
