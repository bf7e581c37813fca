//! Cycles and the days on which their periods begin.
//!
//! A boundary is computed from the anchor and its number, never from the boundary before it, so the 31st that was
//! February the 28th is March the 31st again.

use std::num::NonZeroU16;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::BillingError;
use crate::time::Day;
use crate::words::text_enum;

text_enum! {
    /// What a cycle counts.
    Unit, "unit of a cycle" { Day = "day", Week = "week", Month = "month", Year = "year" }
}

/// How often something is billed: every so many days, weeks, months or years.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cycle {
    /// How many units one period has.
    pub every: NonZeroU16,
    /// Of what.
    pub unit: Unit,
}

/// Where the periods of a cycle begin: a date, and the day of the month that months and years aim at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Anchor {
    on: Day,
    day_of_month: u8,
}

/// One period: from a day up to, but not including, another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Period {
    /// Its number; of a cycle from the anchor on, of a subscription from its first billed period on.
    pub index: i32,
    /// The first day.
    pub from: Day,
    /// The first day that is not in it.
    pub to: Day,
    /// Where the cycle has the beginning; before `from` when only the rest of a period is used.
    pub whole_from: Day,
    /// Where the cycle has the end; after `to` when the period was cut short.
    pub whole_to: Day,
}

impl Anchor {
    /// Aims at the date's own day of the month.
    #[must_use]
    pub fn on(on: Day) -> Self {
        Self { on, day_of_month: on.civil().day().unsigned_abs() }
    }

    /// Aims at another day of the month than the date's own: from 28 February every 31st, or the last day there is.
    ///
    /// # Errors
    /// [`BillingError::DayOfMonth`] unless it is 1 to 31.
    pub fn with_day(on: Day, day_of_month: u8) -> Result<Self, BillingError> {
        if (1..=31).contains(&day_of_month) { Ok(Self { on, day_of_month }) } else { Err(BillingError::DayOfMonth(day_of_month)) }
    }

    /// The date.
    #[must_use]
    pub const fn date(self) -> Day {
        self.on
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day_of_month(self) -> u8 {
        self.day_of_month
    }
}

impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Anchor")]
        struct Raw {
            on: Day,
            day_of_month: u8,
        }
        let raw = Raw::deserialize(from)?;
        Self::with_day(raw.on, raw.day_of_month).map_err(D::Error::custom)
    }
}

impl Cycle {
    /// Every month.
    pub const MONTHLY: Self = Self::new(NonZeroU16::MIN, Unit::Month);
    /// Every year.
    pub const YEARLY: Self = Self::new(NonZeroU16::MIN, Unit::Year);

    /// Every so many units.
    #[must_use]
    pub const fn new(every: NonZeroU16, unit: Unit) -> Self {
        Self { every, unit }
    }

    /// The first day of period `k`, which may be negative: days and weeks are counted, in months and years the anchor's
    /// day of the month or, where a month has no such day, its last.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] outside the years 1900 to 2199.
    pub fn boundary(self, anchor: Anchor, k: i32) -> Result<Day, BillingError> {
        let steps = i64::from(k) * i64::from(self.every.get());
        match self.unit {
            Unit::Day => days_from(anchor.on, steps),
            Unit::Week => days_from(anchor.on, steps * 7),
            Unit::Month => day_in(months(anchor.on) + steps, anchor.day_of_month),
            Unit::Year => day_in(months(anchor.on) + steps * 12, anchor.day_of_month),
        }
    }

    /// Period `k` from the anchor on.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] outside the years 1900 to 2199.
    ///
    /// ```
    /// # use regua_core::{billing::{Anchor, Cycle}, time::Day};
    /// let anchor = Anchor::on(Day::parse("2027-01-31").unwrap());
    /// let days = |k| Cycle::MONTHLY.period(anchor, k).map(|period| (period.from.to_string(), period.to.to_string()));
    /// assert_eq!(days(1)?, ("2027-02-28".to_owned(), "2027-03-31".to_owned()));
    /// # Ok::<(), regua_core::billing::BillingError>(())
    /// ```
    pub fn period(self, anchor: Anchor, k: i32) -> Result<Period, BillingError> {
        let next = k.checked_add(1).ok_or(BillingError::OutOfRange)?;
        let (from, to) = (self.boundary(anchor, k)?, self.boundary(anchor, next)?);
        Ok(Period { index: k, from, to, whole_from: from, whole_to: to })
    }

    /// The number of the period that holds a day.
    ///
    /// # Errors
    /// [`BillingError::OutOfRange`] when its beginning lies before 1900.
    pub fn index_at(self, anchor: Anchor, day: Day) -> Result<i32, BillingError> {
        let every = i64::from(self.every.get());
        let guess = match self.unit {
            Unit::Day => i64::from(day.since(anchor.on)).div_euclid(every),
            Unit::Week => i64::from(day.since(anchor.on)).div_euclid(every * 7),
            Unit::Month => (months(day) - months(anchor.on)).div_euclid(every),
            Unit::Year => (months(day) - months(anchor.on)).div_euclid(every * 12),
        };
        let guess = i32::try_from(guess).or(Err(BillingError::OutOfRange))?;
        // In the month of a boundary the day may still lie before it.
        Ok(if self.boundary(anchor, guess)? > day { guess - 1 } else { guess })
    }
}

impl Period {
    /// Days in it.
    #[must_use]
    pub const fn days(&self) -> i32 {
        self.to.since(self.from)
    }

    /// Days that the cycle has for it.
    #[must_use]
    pub const fn whole_days(&self) -> i32 {
        self.whole_to.since(self.whole_from)
    }
}

/// Months since year 0.
fn months(day: Day) -> i64 {
    let date = day.civil();
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

fn days_from(day: Day, days: i64) -> Result<Day, BillingError> {
    let day = i64::from(day.epoch()) + days;
    let within = (i64::from(Day::MIN.epoch())..=i64::from(Day::MAX.epoch())).contains(&day);
    i32::try_from(day).ok().filter(|_| within).map(Day::from_epoch).ok_or(BillingError::OutOfRange)
}

/// A day of a month, or its last when it is shorter.
fn day_in(months: i64, day_of_month: u8) -> Result<Day, BillingError> {
    let year = i16::try_from(months.div_euclid(12)).ok();
    let month = i8::try_from(months.rem_euclid(12) + 1).ok();
    let wanted = i8::try_from(day_of_month).ok();
    let (Some(year), Some(month), Some(wanted)) = (year, month, wanted) else { return Err(BillingError::OutOfRange) };
    let first = jiff::civil::Date::new(year, month, 1).or(Err(BillingError::OutOfRange))?;
    Day::new(year, month, wanted.min(first.days_in_month())).ok_or(BillingError::OutOfRange)
}
