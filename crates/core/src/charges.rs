//! What lateness costs and what paying early saves.
//!
//! Money in integer minor units, days in whole days, products exact in `i128`, each charge rounded once.
//! Deliberately absent: monetary correction and rates that change with time; [`simple_interest`] takes one span per rate.
//!
//! Sources: for Brazil the central bank's rules of the due-dated Pix charge (due dates roll; amount = original + fine +
//! interest − discount) and Lei 7.089/1983; for the EU Directive 2011/7; for the UK the Late Payment of Commercial Debts
//! (Interest) Act 1998.

use crate::calendar::Calendar;
use crate::money::{Money, MoneyError, div_round};
use crate::policy::program::{DaysFrom, EarlyDiscount, Interest, LateCharges, Offset};
use crate::rate::Rate;
use crate::time::Day;

/// The conditions on which one receivable is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms<'a> {
    /// What lateness costs.
    pub late: &'a LateCharges,
    /// What paying early saves, dates ascending: the first tier whose date has not passed applies.
    pub early: &'a [EarlyDiscount],
    /// Which days are open.
    pub calendar: Calendar,
    /// The due date as written.
    pub due_on: Day,
    /// The due date rolled to an open day: D. Paid on or before it is not late.
    pub adjusted: Day,
}

impl<'a> Terms<'a> {
    /// The terms of a receivable due on a date, which rolls to the next open day.
    #[must_use]
    pub fn new(late: &'a LateCharges, early: &'a [EarlyDiscount], calendar: Calendar, due_on: Day) -> Self {
        Self { late, early, calendar, due_on, adjusted: calendar.roll(due_on) }
    }

    /// Days late when paid on `on`: 0 up to the rolled due date, then civil days from the date that the policy names.
    #[must_use]
    pub fn days_late(&self, on: Day) -> i32 {
        if on <= self.adjusted { 0 } else { on.since(self.late_from()) }
    }

    /// The date from which interest runs once the receivable is late.
    pub(crate) fn late_from(&self) -> Day {
        match self.late.days_from {
            DaysFrom::Adjusted => self.adjusted,
            DaysFrom::Original => self.due_on,
        }
    }

    /// The discount on a principal when everything is paid on `on`, with the last day it holds.
    pub(crate) fn early_discount(&self, principal: i64, on: Day) -> Option<(i64, Day)> {
        let tiers = self.early.iter().map(|tier| (tier.percent, self.last_day(tier.until)));
        let (percent, until) = tiers.into_iter().find(|(_, until)| on <= *until)?;
        Some((self.share(principal, percent).min(principal), until))
    }

    /// The fine on the principal unpaid at the first late day.
    pub(crate) fn fine(&self, principal: i64) -> i64 {
        self.share(principal, self.late.fine)
    }

    /// The fixed sum for the principal unpaid at the first late day: of the entries in its currency, the last whose `from` it reaches.
    pub(crate) fn fixed_sum(&self, principal: Money) -> i64 {
        let applies = |from: Money| principal.minor() > 0 && from.compare(principal).is_ok_and(std::cmp::Ordering::is_le);
        let fits = |sum: Money| sum.currency() == principal.currency();
        self.late.fixed.iter().rev().find(|fixed| applies(fixed.from) && fits(fixed.sum)).map_or(0, |fixed| fixed.sum.minor().max(0))
    }

    /// Interest on so many minor units times days.
    pub(crate) fn interest(&self, unit_days: i128) -> i64 {
        let Interest { rate, base_days } = self.late.interest;
        if base_days <= 0 {
            return 0;
        }
        let period = i128::from(Rate::ONE) * i128::from(base_days);
        held(div_round(unit_days.saturating_mul(i128::from(rate.units())), period, self.late.rounding))
    }

    /// A share of an amount of the receivable's currency.
    fn share(&self, minor: i64, rate: Rate) -> i64 {
        held(div_round(i128::from(minor) * i128::from(rate.units()), i128::from(Rate::ONE), self.late.rounding))
    }

    /// The last day of a discount. Hours have no meaning for a date: whole days of them count.
    fn last_day(&self, until: Offset) -> Day {
        match until {
            Offset::Days(days) => self.adjusted.plus(days),
            Offset::OpenDays(days) => self.calendar.add_open_days(self.adjusted, days),
            Offset::Hours(hours) => self.adjusted.plus(hours.div_euclid(24)),
        }
    }
}

/// Charges are never negative, and a rate that no policy may have ends at the largest amount instead of wrapping.
fn held(minor: i128) -> i64 {
    i64::try_from(minor.max(0)).unwrap_or(i64::MAX)
}

/// The amount due on a day: what message, document and portal show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Unpaid principal.
    pub principal: Money,
    /// Unpaid fine, entered or accrued.
    pub fine: Money,
    /// Unpaid interest, entered or accrued.
    pub interest: Money,
    /// Unpaid fixed compensation and fees.
    pub fixed: Money,
    /// What settling on this day saves.
    pub discount: Money,
    /// What settles the receivable on this day; never negative.
    pub total: Money,
    /// Days late; 0 when nothing is due.
    pub days_late: i32,
    /// The last day on which this total settles, if nothing else happens. [`Day::MAX`] when it does not change.
    pub valid_until: Day,
}

/// Simple interest on a principal over spans with a rate each, summed exactly and rounded once.
///
/// # Errors
/// [`MoneyError::Overflow`] when the result does not fit.
///
/// ```
/// # use regua_core::{charges::simple_interest, currency::Currency, money::Money, rate::Rate};
/// # use regua_core::policy::program::{Interest, Rounding};
/// // Directive 2011/7: EUR 1,000.00 for 30 days of the first half of 2025 and 45 of the second.
/// let yearly = |bps| Interest { rate: Rate::from_bps(bps), base_days: 365 };
/// let owed = Money::new(100_000, Currency::EUR);
/// let interest = simple_interest(owed, &[(yearly(1_115), 30), (yearly(1_015), 45)], Rounding::HalfUp)?;
/// assert_eq!(interest.minor(), 2_168);
/// # Ok::<(), regua_core::money::MoneyError>(())
/// ```
pub fn simple_interest(
    principal: Money,
    spans: &[(Interest, i32)],
    rounding: crate::policy::program::Rounding,
) -> Result<Money, MoneyError> {
    let mut exact: i128 = 0;
    let mut per: i128 = i128::from(Rate::ONE);
    for &(Interest { rate, base_days }, days) in spans {
        // a/b + c/(ONE·d) on the common denominator b·d.
        let base = i128::from(base_days.max(1));
        let term = i128::from(principal.minor()).checked_mul(i128::from(rate.units())).and_then(|term| term.checked_mul(i128::from(days)));
        let term = term.and_then(|term| term.checked_mul(per / i128::from(Rate::ONE)));
        exact = exact.checked_mul(base).zip(term).and_then(|(sum, term)| sum.checked_add(term)).ok_or(MoneyError::Overflow)?;
        per = per.checked_mul(base).ok_or(MoneyError::Overflow)?;
    }
    i64::try_from(div_round(exact, per, rounding)).map(|minor| Money::new(minor, principal.currency())).or(Err(MoneyError::Overflow))
}

/// A discount as payment rails write it; a policy file has only percentages until a date ([`EarlyDiscount`]).
///
/// Source: the `desconto` modalities of the central bank's Pix API; Asaas's `dueDateLimitDays` is `until` = due − n.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Discount {
    /// A sum when paid on or before a date.
    FixedUntil(Money, Day),
    /// A share of the principal when paid on or before a date.
    PercentUntil(Rate, Day),
    /// A sum per day ahead of the due date.
    FixedPerDay(Money, DaysAhead),
    /// A share of the principal per day ahead of the due date.
    PercentPerDay(Rate, DaysAhead),
}

/// Which days ahead of a due date count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DaysAhead {
    /// Civil days.
    Civil,
    /// Open days of the calendar.
    Open,
}

impl Discount {
    /// What paying `principal` on `paid_on` saves; never more than the principal, nothing after D.
    ///
    /// # Errors
    /// [`MoneyError::Currencies`] when the sum is in another currency, [`MoneyError::Overflow`] when it does not fit.
    pub fn amount(self, principal: Money, terms: &Terms<'_>, paid_on: Day) -> Result<Money, MoneyError> {
        let none = Money::zero(principal.currency());
        let saved = match self {
            Self::FixedUntil(_, until) | Self::PercentUntil(_, until) if paid_on > until => none,
            Self::FixedUntil(sum, _) => sum,
            Self::PercentUntil(rate, _) => principal.times(rate, terms.late.rounding)?,
            Self::FixedPerDay(sum, days) => times_days(sum, days.count(terms, paid_on))?,
            Self::PercentPerDay(rate, days) => {
                let units = rate.units().checked_mul(days.count(terms, paid_on)).ok_or(MoneyError::Overflow)?;
                principal.times(Rate::from_units(units), terms.late.rounding)?
            }
        };
        Ok(if saved.compare(principal)?.is_gt() { principal } else { saved })
    }
}

impl DaysAhead {
    /// Days from `paid_on` to D; 0 when paid after it.
    fn count(self, terms: &Terms<'_>, paid_on: Day) -> i64 {
        let days = match self {
            Self::Civil => terms.adjusted.since(paid_on),
            Self::Open => terms.calendar.open_days_between(paid_on, terms.adjusted),
        };
        i64::from(days.max(0))
    }
}

fn times_days(sum: Money, days: i64) -> Result<Money, MoneyError> {
    sum.minor().checked_mul(days).map(|minor| Money::new(minor, sum.currency())).ok_or(MoneyError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::currency::Currency;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a date in a test")
    }

    #[test]
    fn a_discount_per_day_counts_the_days_ahead_of_the_rolled_due_date() {
        use DaysAhead::{Civil, Open};
        let real = |minor| Money::new(minor, Currency::BRL);
        let late = LateCharges::default();
        // Due Saturday 2026-12-12, which rolls to Monday the 14th.
        let terms = Terms::new(&late, &[], Calendar::BrBanking, day("2026-12-12"));
        for (discount, paid_on, expected) in [
            (Discount::FixedPerDay(real(50), Civil), "2026-12-04", 500),
            (Discount::FixedPerDay(real(50), Open), "2026-12-04", 300),
            (Discount::PercentPerDay(Rate::from_bps(10), Civil), "2026-12-04", 100),
            (Discount::PercentPerDay(Rate::from_bps(10), Open), "2026-12-04", 60),
            (Discount::FixedPerDay(real(50), Civil), "2026-12-14", 0),
            (Discount::FixedPerDay(real(50), Open), "2026-12-20", 0),
            (Discount::FixedPerDay(real(5_000), Civil), "2026-12-04", 10_000),
            (Discount::FixedUntil(real(300), day("2026-12-04")), "2026-12-05", 0),
            (Discount::PercentUntil(Rate::from_bps(100), day("2026-12-14")), "2026-12-14", 100),
        ] {
            assert_eq!(discount.amount(real(10_000), &terms, day(paid_on)), Ok(real(expected)), "{discount:?} on {paid_on}");
        }
        let dollars = Discount::FixedPerDay(Money::new(1, Currency::USD), Civil);
        assert!(dollars.amount(real(10_000), &terms, day("2026-12-04")).is_err());
    }

    #[test]
    fn spans_with_different_years_are_summed_exactly() {
        use crate::policy::program::Rounding;
        let span = |bps, base_days| Interest { rate: Rate::from_bps(bps), base_days };
        let owed = Money::new(100_000, Currency::EUR);
        // 1/3 + 1/6 of a cent and a half: 0.5 rounds up, although each span alone would round down.
        let spans = [(span(1, 30), 1), (span(1, 60), 1)];
        assert_eq!(simple_interest(owed, &spans, Rounding::HalfUp).map(Money::minor), Ok(1));
        assert_eq!(simple_interest(owed, &spans, Rounding::HalfEven).map(Money::minor), Ok(0));
        assert_eq!(simple_interest(owed, &[], Rounding::HalfUp).map(Money::minor), Ok(0));
        assert_eq!(simple_interest(owed, &[(span(i32::MAX, 1), i32::MAX); 9], Rounding::HalfUp), Err(MoneyError::Overflow));
    }
}
