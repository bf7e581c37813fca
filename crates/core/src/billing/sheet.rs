//! What some days of a period cost: the one place where prices meet days.
//!
//! A part of a period is the difference of two shares counted from the period's beginning, each rounded once. So the
//! parts of any split come to the whole exactly, and what was billed for a day is what is credited for it.

use super::invoice::sum;
use super::plan::{Aggregate, Kind, Timing};
use super::{BillingError, DiscountLine, Line, LineKind, Off, Period, Plan, Price, Subscription};
use crate::money::div_round;
use crate::policy::program::Rounding;
use crate::rate::Rate;
use crate::time::Day;

/// Lines, and what coupons take off them.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Line>,
    pub(super) discounts: Vec<DiscountLine>,
}

/// Days over which a price stays the same for the same quantity.
struct Stretch<'a> {
    plan: &'a Plan,
    price: &'a Price,
    quantity: u64,
    from: Day,
    to: Day,
}

impl Stretch<'_> {
    fn line(&self, kind: LineKind, quantity: u64, whole_days: i32, amount: i64) -> Line {
        Line {
            kind,
            plan: self.plan.key().into(),
            price: self.price.key.clone(),
            name: self.price.name.clone(),
            quantity,
            from: self.from,
            to: self.to,
            whole_days,
            amount,
        }
    }
}

/// The share of an amount for days of a whole.
fn share(amount: i64, whole: (Day, Day), days: (Day, Day), rounding: Rounding) -> i64 {
    let length = whole.1.since(whole.0);
    if length <= 0 {
        return 0;
    }
    let upto = |day: Day| {
        let days = day.since(whole.0).clamp(0, length);
        div_round(i128::from(amount) * i128::from(days), i128::from(length), rounding)
    };
    // Both are shares of the amount, so the difference fits.
    i64::try_from(upto(days.1) - upto(days.0)).unwrap_or(0)
}

impl Subscription {
    /// Days on which it runs, by price, in order of time.
    fn stretches(&self, from: Day, to: Day, timing: Timing) -> Vec<Stretch<'_>> {
        let mut stretches: Vec<Stretch<'_>> = Vec::new();
        for (from, to) in self.spans(from, to) {
            let plan = self.plans.at(from);
            for price in plan.prices().iter().filter(|price| price.timing() == timing) {
                let quantity = if price.counts_quantity() { *self.quantities.at(from) } else { 1 };
                let same = |last: &&mut Stretch<'_>| std::ptr::eq(last.price, price) && last.quantity == quantity && last.to == from;
                match stretches.iter_mut().rev().find(same) {
                    Some(last) => last.to = to,
                    None => stretches.push(Stretch { plan, price, quantity, from, to }),
                }
            }
        }
        stretches
    }

    /// Days on which it runs, cut where anything changes.
    fn spans(&self, from: Day, to: Day) -> Vec<(Day, Day)> {
        if from >= to {
            return Vec::new();
        }
        let mut cuts = vec![from];
        cuts.extend(self.plans.after(from).map(|step| step.0));
        cuts.extend(self.quantities.after(from).map(|step| step.0));
        cuts.extend(self.running.after(from).map(|step| step.0));
        cuts.retain(|&cut| cut < to);
        cuts.sort_unstable();
        cuts.dedup();
        let ends = cuts.iter().copied().skip(1).chain(std::iter::once(to));
        cuts.iter().copied().zip(ends).filter(|span| *self.running.at(span.0)).collect()
    }

    /// The first day of some on which something is billed in advance.
    pub(super) fn first_in_advance(&self, from: Day, to: Day) -> Option<Day> {
        let to = self.end.map_or(to, |end| to.min(end.owed_to));
        self.spans(from, to).into_iter().map(|span| span.0).find(|&day| self.plans.at(day).bills(Timing::Advance))
    }

    /// Whether something was used, or could have been, that is billed afterwards.
    pub(super) fn has_arrears(&self, from: Day, to: Day) -> bool {
        let to = self.end.map_or(to, |end| to.min(end.on));
        self.spans(from, to).into_iter().any(|span| self.plans.at(span.0).bills(Timing::Arrears))
    }

    /// What some days of a period cost in advance, with the coupons that reduce the period.
    pub(super) fn advance(&self, period: &Period, from: Day, to: Day, off: &[(Box<str>, Off)]) -> Result<Sheet, BillingError> {
        let rounding = self.terms.rounding;
        let end = self.end.map_or(to, |end| to.min(end.owed_to));
        let mut lines = Vec::new();
        for stretch in self.stretches(from, end, Timing::Advance) {
            let amount = stretch.price.amount(stretch.quantity, rounding)?;
            let part = share(amount, (period.whole_from, period.whole_to), (stretch.from, stretch.to), rounding);
            lines.push(stretch.line(LineKind::Charge, stretch.quantity, period.whole_days(), part));
        }
        let mut discounts = Vec::new();
        if !off.is_empty() {
            // Taken off between two changes at a time, so that a later change finds each part as it was given.
            for days in self.spans(from, end) {
                let base = self.advance_price(period, days)?;
                for discount in take_off(off, base, |_, amount| self.coupon_part(period, days, amount), rounding)? {
                    add_discount(&mut discounts, discount)?;
                }
            }
        }
        Ok(Sheet { lines, discounts })
    }

    /// What days between two changes cost in advance.
    fn advance_price(&self, period: &Period, days: (Day, Day)) -> Result<i64, BillingError> {
        let (plan, quantity, rounding) = (self.plans.at(days.0), *self.quantities.at(days.0), self.terms.rounding);
        let part = |price: &Price| Ok(share(price.amount(quantity, rounding)?, (period.whole_from, period.whole_to), days, rounding));
        let parts = plan.prices().iter().filter(|price| price.timing() == Timing::Advance).map(part);
        sum(parts.collect::<Result<Vec<_>, BillingError>>()?.into_iter())
    }

    /// What of a coupon's sum per period belongs to some of its days: those on which it runs.
    pub(super) fn coupon_part(&self, period: &Period, (from, to): (Day, Day), amount: i64) -> i64 {
        let to = self.end.map_or(to, |end| to.min(end.owed_to));
        let part = |days| share(amount, (period.from, period.to), days, self.terms.rounding);
        self.spans(from, to).into_iter().map(part).sum()
    }

    /// What a period costs afterwards.
    pub(super) fn arrears(&self, period: &Period, lines: &mut Vec<Line>) -> Result<(), BillingError> {
        let rounding = self.terms.rounding;
        let whole = (period.whole_from, period.whole_to);
        let to = self.end.map_or(period.to, |end| period.to.min(end.on));
        let mut metered: Vec<Vec<Stretch<'_>>> = Vec::new();
        for stretch in self.stretches(period.from, to, Timing::Arrears) {
            if let Kind::Metered { .. } = stretch.price.kind {
                // Tiers count all that one price saw in the period, pauses and other plans between or not.
                match metered.iter_mut().find(|same| same.iter().any(|other| other.price == stretch.price && other.plan == stretch.plan)) {
                    Some(same) => same.push(stretch),
                    None => metered.push(vec![stretch]),
                }
                continue;
            }
            let amount = stretch.price.amount(stretch.quantity, rounding)?;
            let part = share(amount, whole, (stretch.from, stretch.to), rounding);
            lines.push(stretch.line(LineKind::Charge, stretch.quantity, period.whole_days(), part));
        }
        for stretches in metered {
            self.metered(whole, &stretches, lines)?;
        }
        Ok(())
    }

    /// What was used of one price, and what is missing to its minimum.
    fn metered(&self, whole: (Day, Day), stretches: &[Stretch<'_>], lines: &mut Vec<Line>) -> Result<(), BillingError> {
        let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return Ok(()) };
        let Kind::Metered { meter, aggregate, minimum, .. } = &first.price.kind else { return Ok(()) };
        let rounding = self.terms.rounding;
        let within = |day: Day| stretches.iter().any(|days| days.from <= day && day < days.to);
        let mut reports = self.usage.iter().filter(|usage| usage.meter == *meter && within(usage.on)).map(|usage| usage.quantity);
        let used = match aggregate {
            Aggregate::Sum => reports.try_fold(0_u64, u64::checked_add).ok_or(BillingError::Overflow)?,
            Aggregate::Max => reports.max().unwrap_or(0),
            Aggregate::Last => reports.next_back().unwrap_or(0),
        };
        let amount = first.price.amount(used, rounding)?;
        let all = Stretch { to: last.to, ..*first };
        let whole_days = whole.1.since(whole.0);
        lines.push(all.line(LineKind::Usage, used, whole_days, amount));
        let least: i64 = stretches.iter().map(|days| share(*minimum, whole, (days.from, days.to), rounding)).sum();
        if amount < least {
            lines.push(all.line(LineKind::Minimum, 1, whole_days, least - amount));
        }
        Ok(())
    }
}

/// What coupons take off, one after the other, never more than there is.
///
/// * `part` — what of the sum of a coupon with this code belongs here.
pub(super) fn take_off(
    off: &[(Box<str>, Off)],
    base: i64,
    part: impl Fn(&str, i64) -> i64,
    rounding: Rounding,
) -> Result<Vec<DiscountLine>, BillingError> {
    let mut rest = base.max(0);
    let mut discounts = Vec::new();
    for (code, off) in off {
        let taken = match off {
            Off::Percent(rate) => {
                let exact = div_round(i128::from(rest) * i128::from(rate.units()), i128::from(Rate::ONE), rounding);
                i64::try_from(exact).or(Err(BillingError::Overflow))?
            }
            Off::Amount(sum) => part(code, sum.minor()),
        };
        let taken = taken.clamp(0, rest);
        if taken > 0 {
            rest -= taken;
            discounts.push(DiscountLine { code: code.clone(), amount: -taken });
        }
    }
    Ok(discounts)
}

/// Puts a discount to the others, one sum per coupon.
pub(super) fn add_discount(discounts: &mut Vec<DiscountLine>, discount: DiscountLine) -> Result<(), BillingError> {
    match discounts.iter_mut().find(|other| other.code == discount.code) {
        Some(other) => other.amount = other.amount.checked_add(discount.amount).ok_or(BillingError::Overflow)?,
        None => discounts.push(discount),
    }
    Ok(())
}
