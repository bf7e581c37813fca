//! The periods of a subscription through changes of its cycle: one row of numbers without gap or overlap.

use serde::{Deserialize, Serialize};

use super::{Anchor, BillingError, Cycle, Period, Unit};
use crate::time::Day;

/// A time in which the cycle stays the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Era {
    /// The number of its first period.
    first: i32,
    /// Its first day.
    from: Day,
    anchor: Anchor,
    cycle: Cycle,
    /// The number that the cycle has for the first period.
    base: i32,
}

/// Eras in order; the last one does not end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Eras {
    first: Era,
    later: Vec<Era>,
}

impl Era {
    fn new(first: i32, from: Day, anchor: Anchor, cycle: Cycle) -> Result<Self, BillingError> {
        Ok(Self { first, from, anchor, cycle, base: cycle.index_at(anchor, from)? })
    }

    /// The anchor of another cycle from a day on, which lies in one of its periods.
    fn anchor_from(&self, from: Day, period: &Period) -> Result<Anchor, BillingError> {
        let aims_at_a_day = match self.cycle.unit {
            Unit::Month | Unit::Year => true,
            Unit::Day | Unit::Week => false,
        };
        if from == self.from {
            Ok(self.anchor)
        } else if from == period.whole_from && aims_at_a_day {
            Anchor::with_day(from, self.anchor.day_of_month())
        } else {
            Ok(Anchor::on(from))
        }
    }
}

impl Eras {
    pub(super) fn new(from: Day, anchor: Anchor, cycle: Cycle) -> Result<Self, BillingError> {
        Ok(Self { first: Era::new(0, from, anchor, cycle)?, later: Vec::new() })
    }

    /// The period with a number.
    pub(super) fn period(&self, index: i32) -> Result<Period, BillingError> {
        let place = self.later.iter().rposition(|era| era.first <= index);
        let era = place.and_then(|place| self.later.get(place)).unwrap_or(&self.first);
        let next = self.later.get(place.map_or(0, |place| place + 1));
        let k = index.checked_sub(era.first).and_then(|k| k.checked_add(era.base)).ok_or(BillingError::OutOfRange)?;
        let whole = era.cycle.period(era.anchor, k)?;
        let from = whole.from.max(era.from);
        let to = next.map_or(whole.to, |next| whole.to.min(next.from)).max(from);
        Ok(Period { index, from, to, ..whole })
    }

    /// The number of the period that holds a day; 0 for a day before the first.
    pub(super) fn index_at(&self, day: Day) -> Result<i32, BillingError> {
        let era = self.later.iter().rev().find(|era| era.from <= day).unwrap_or(&self.first);
        if day <= era.from {
            return Ok(era.first);
        }
        let k = era.cycle.index_at(era.anchor, day)?;
        k.checked_sub(era.base).and_then(|k| k.checked_add(era.first)).ok_or(BillingError::OutOfRange)
    }

    /// Another cycle from a day on, whatever was to come after it. Periods up to `billed` keep their numbers.
    pub(super) fn set(&mut self, from: Day, cycle: Cycle, billed: i32) -> Result<(), BillingError> {
        let index = self.index_at(from)?;
        let period = self.period(index)?;
        let old = *self.later.iter().rev().find(|era| era.first <= index).unwrap_or(&self.first);
        let first = if period.from == from && index >= billed { index } else { index.checked_add(1).ok_or(BillingError::OutOfRange)? };
        let era = Era::new(first, from, old.anchor_from(from, &period)?, cycle)?;
        self.later.retain(|era| era.first < first);
        if self.first.first >= first {
            self.first = era;
        } else if self.later.last().unwrap_or(&self.first).cycle != cycle {
            self.later.push(era);
        }
        Ok(())
    }

    /// Forgets the eras that end before a period.
    pub(super) fn forget_before(&mut self, index: i32) {
        let past = self.later.iter().take_while(|era| era.first <= index).count();
        if let Some(era) = self.later.drain(..past).next_back() {
            self.first = era;
        }
    }
}
