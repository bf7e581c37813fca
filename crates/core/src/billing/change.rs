//! What may happen to a subscription, and the one way in for it.
//!
//! A change of something that was billed already is the difference of what the rest of the period cost before and what
//! it costs after: credit and charge lines that wait for an invoice.

use serde::{Deserialize, Serialize};

use super::coupon::Redeemed;
use super::sheet::add_discount;
use super::subscription::{End, Usage};
use super::{BillingError, Coupon, DiscountLine, Kind, Line, LineKind, Off, Plan, Price, Subscription, Terms};
use crate::time::Day;

/// Something that happened to a subscription on a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Another quantity. It takes the place of one that was to come later.
    QuantityChanged {
        /// How many.
        quantity: u64,
        /// From when.
        effect: Effect,
    },
    /// Another plan of the same currency. Another cycle begins on the day from which it holds, at a period's end
    /// without moving the day of the month. It takes the place of one that was to come later.
    PlanChanged {
        /// The plan.
        plan: Box<Plan>,
        /// From when.
        effect: Effect,
    },
    /// A coupon reduces the periods' invoices due from that day on.
    CouponApplied(Coupon),
    /// A coupon reduces no invoice due on that day or later.
    CouponRemoved {
        /// Its code.
        code: Box<str>,
    },
    /// It ends on that day.
    CancelledNow {
        /// Whether what was billed in advance for the days from then on is given back. If not, it is owed for the whole
        /// period even where it was not billed yet.
        credit: bool,
    },
    /// It ends with the period that holds the day, a trial with its last day.
    CancelledAtPeriodEnd,
    /// It does not end after all.
    Continued,
    /// Nothing is billed from then on; periods go on as they were.
    Paused {
        /// From when: now gives back the days that were billed.
        effect: Effect,
        /// The day on which it runs again by itself.
        until: Option<Day>,
    },
    /// It runs again from that day on, or is not paused after all; the days until the period's end are charged.
    Resumed {
        /// On which invoice.
        settle: Settle,
    },
    /// Something was used on that day. The same key again changes nothing. What is used in a trial is free.
    UsageReported {
        /// Names the report.
        key: Box<str>,
        /// What was counted.
        meter: Box<str>,
        /// How many.
        quantity: u64,
    },
    /// Other terms for the invoices to come.
    TermsChanged(Box<Terms>),
}

/// From when a change holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// From the day of the change on; days that were billed already are credited and charged anew.
    Now(Settle),
    /// From the end of the period that holds the day.
    PeriodEnd,
}

/// Where credits and charges of a change go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settle {
    /// Onto the invoice of the next period.
    NextInvoice,
    /// Onto an invoice of their own, on the day of the change.
    OwnInvoice,
}

/// What a change did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is known now.
    Changed,
    /// It was known already, or does not matter.
    Unchanged,
}

impl Subscription {
    /// Takes a change that happened on a local day. It can lie in the past as far as the last billed period reaches.
    ///
    /// # Errors
    /// [`BillingError`]; the subscription is then as it was.
    ///
    /// ```
    /// # use regua_core::billing::*;
    /// # use regua_core::{currency::Currency, time::Day};
    /// # let day = |text| Day::parse(text).unwrap();
    /// # let seat = Kind::PerUnit { scale: Scale::each(3_000), timing: Timing::Advance };
    /// # let seat = Price { key: "seat".into(), name: "Seat".into(), kind: seat };
    /// # let plan = Plan::new("team", "Team", Currency::BRL, Cycle::MONTHLY, vec![seat])?;
    /// # let mut subscription = Subscription::new(NewSubscription {
    /// #     key: "sub_a".into(), plan, quantity: 1, begins_on: day("2026-11-01"), trial_until: None, anchor: None,
    /// #     terms: Terms::default(), coupons: Vec::new(),
    /// # })?;
    /// subscription.bill(day("2026-11-01"))?; // one seat, BRL 30.00 for November
    /// let effect = Effect::Now(Settle::OwnInvoice);
    /// subscription.apply(Change::QuantityChanged { quantity: 3, effect }, day("2026-11-21"))?;
    /// let invoice = subscription.bill(day("2026-11-21"))?.unwrap();
    /// // Ten of thirty days: −10.00 for one seat, +30.00 for three.
    /// assert_eq!(invoice.lines.iter().map(|line| line.amount).collect::<Vec<_>>(), [-1_000, 3_000]);
    /// # Ok::<(), regua_core::billing::BillingError>(())
    /// ```
    pub fn apply(&mut self, change: Change, on: Day) -> Result<Outcome, BillingError> {
        if let Some(end) = self.end.filter(|end| end.on <= on) {
            return Err(BillingError::Ended(end.on));
        }
        if self.next > 0 {
            let from = self.eras.period(self.next - 1)?.from;
            if on < from {
                return Err(BillingError::TooEarly { on, from });
            }
        }
        match change {
            Change::CouponApplied(coupon) => self.redeem(coupon, on),
            Change::CouponRemoved { code } => self.remove_coupon(&code, on),
            Change::UsageReported { key, meter, quantity } => self.report(Usage { on, key, meter, quantity }),
            Change::TermsChanged(terms) => {
                terms.check()?;
                self.terms = *terms;
                Ok(Outcome::Changed)
            }
            Change::QuantityChanged { .. }
            | Change::PlanChanged { .. }
            | Change::CancelledNow { .. }
            | Change::CancelledAtPeriodEnd
            | Change::Continued
            | Change::Paused { .. }
            | Change::Resumed { .. } => {
                let mut after = self.clone();
                let settle = after.turn(change, on)?;
                if after == *self {
                    return Ok(Outcome::Unchanged);
                }
                self.difference(&mut after, on, settle)?;
                *self = after;
                Ok(Outcome::Changed)
            }
        }
    }

    /// Makes a change that may touch what was billed; says where the difference goes.
    fn turn(&mut self, change: Change, on: Day) -> Result<Settle, BillingError> {
        match change {
            Change::QuantityChanged { quantity, effect } => {
                let (day, settle) = self.effective(effect, on)?;
                self.quantities.set(day, quantity);
                self.check_amounts()?;
                Ok(settle)
            }
            Change::PlanChanged { plan, effect } => {
                let (day, settle) = self.effective(effect, on)?;
                let expected = self.plans.at(on).currency();
                if plan.currency() != expected {
                    return Err(BillingError::Currencies { expected, found: plan.currency() });
                }
                self.eras.set(day.max(self.first_on), plan.cycle(), self.next)?;
                self.plans.set(day, *plan);
                self.check_amounts()?;
                Ok(settle)
            }
            Change::CancelledNow { credit } => {
                let owed_to = if credit || on < self.first_on { on } else { self.period_at(on)?.to };
                self.end = Some(End { on, owed_to });
                Ok(Settle::NextInvoice)
            }
            Change::CancelledAtPeriodEnd => {
                let (day, settle) = self.effective(Effect::PeriodEnd, on)?;
                self.end = Some(End { on: day, owed_to: day });
                Ok(settle)
            }
            Change::Continued => {
                self.end = if self.end.is_some() { None } else { return Err(BillingError::NotEnding) };
                Ok(Settle::NextInvoice)
            }
            Change::Paused { effect, until } => self.pause(effect, until, on),
            Change::Resumed { settle } => {
                if *self.running.at(on) && self.running.after(on).next().is_none() {
                    return Err(BillingError::NotPaused);
                }
                self.running.set(on, true);
                Ok(settle)
            }
            Change::CouponApplied(_) | Change::CouponRemoved { .. } | Change::UsageReported { .. } | Change::TermsChanged(_) => {
                Ok(Settle::NextInvoice)
            }
        }
    }

    fn pause(&mut self, effect: Effect, until: Option<Day>, on: Day) -> Result<Settle, BillingError> {
        let (from, settle) = self.effective(effect, on)?;
        if !*self.running.at(from) {
            return Err(BillingError::Paused(self.running.since(from).unwrap_or(from)));
        }
        self.running.set(from, false);
        if let Some(until) = until {
            if until <= from {
                return Err(BillingError::PauseEnd { from, until });
            }
            self.running.set(until, true);
        }
        Ok(settle)
    }

    /// The day from which an effect holds, and where its difference goes.
    fn effective(&self, effect: Effect, on: Day) -> Result<(Day, Settle), BillingError> {
        match effect {
            Effect::Now(settle) => Ok((on, settle)),
            Effect::PeriodEnd if on < self.first_on => Ok((self.first_on, Settle::NextInvoice)),
            Effect::PeriodEnd => Ok((self.period_at(on)?.to, Settle::NextInvoice)),
        }
    }

    /// Refuses what could not be billed later.
    fn check_amounts(&self) -> Result<(), BillingError> {
        let days = self.plans.after(Day::MIN).chain([(Day::MIN, self.plans.at(Day::MIN))]);
        for (day, plan) in days {
            let quantities = self.quantities.after(day).map(|step| *step.1).chain([*self.quantities.at(day)]);
            for quantity in quantities {
                let priced = plan.prices().iter().filter(|price| price.counts_quantity());
                for price in priced {
                    price.amount(quantity, self.terms.rounding)?;
                }
            }
        }
        Ok(())
    }

    /// What the billed days from `on` cost before and after: the difference waits for an invoice.
    fn difference(&self, after: &mut Self, on: Day, settle: Settle) -> Result<(), BillingError> {
        if self.next == 0 {
            return Ok(());
        }
        let (old, new) = (self.eras.period(self.next - 1)?, after.eras.period(self.next - 1)?);
        let before = self.advance(&old, on.max(old.from), old.to, &self.used)?;
        // The whole of the period, not the part that is left of it, is what shares are shares of.
        let mut now = after.advance(&old, on.max(old.from), new.to, &self.used)?;
        for line in before.lines {
            match now.lines.iter().position(|same| *same == line) {
                Some(place) => drop(now.lines.remove(place)),
                None => wait(&mut after.pending, Line { kind: LineKind::Credit, amount: -line.amount, ..line }),
            }
        }
        for line in now.lines {
            wait(&mut after.pending, line);
        }
        after.pending.sort_by(|a, b| order(a).cmp(&order(b)));
        let taken_back = before.discounts.into_iter().map(|discount| DiscountLine { amount: -discount.amount, ..discount });
        for discount in taken_back.chain(now.discounts) {
            add_discount(&mut after.pending_discounts, discount)?;
        }
        after.pending_discounts.retain(|discount| discount.amount != 0);
        after.settle_on = match settle {
            _ if after.pending.is_empty() => None,
            Settle::NextInvoice => after.settle_on,
            Settle::OwnInvoice => Some(after.settle_on.map_or(on, |day| day.min(on))),
        };
        if after.pending.is_empty() {
            after.pending_discounts.clear();
        }
        Ok(())
    }

    /// Puts a coupon to the others.
    pub(super) fn redeem(&mut self, coupon: Coupon, on: Day) -> Result<Outcome, BillingError> {
        coupon.check()?;
        let expected = self.plans.at(on).currency();
        match coupon.off {
            Off::Amount(sum) if sum.currency() != expected => {
                return Err(BillingError::Currencies { expected, found: sum.currency() });
            }
            Off::Amount(_) | Off::Percent(_) => {}
        }
        if let Some(until) = coupon.expires_on.filter(|&until| until < on) {
            return Err(BillingError::Expired { code: coupon.code, until });
        }
        if self.coupons.iter().any(|other| other.code == coupon.code && other.until.is_none()) {
            return Err(BillingError::CouponTwice(coupon.code));
        }
        self.coupons.push(Redeemed::new(coupon, on));
        Ok(Outcome::Changed)
    }

    fn remove_coupon(&mut self, code: &str, on: Day) -> Result<Outcome, BillingError> {
        let found = self.coupons.iter_mut().find(|coupon| *coupon.code == *code && coupon.until.is_none());
        found.ok_or_else(|| BillingError::NoCoupon(code.into()))?.until = Some(on);
        Ok(Outcome::Changed)
    }

    fn report(&mut self, report: Usage) -> Result<Outcome, BillingError> {
        if let Some(known) = self.usage.iter().find(|known| known.key == report.key) {
            return if *known == report { Ok(Outcome::Unchanged) } else { Err(BillingError::UsageDiffers(report.key)) };
        }
        if report.on < self.first_on {
            return Ok(Outcome::Unchanged);
        }
        let counts = |price: &&Price| matches!(&price.kind, Kind::Metered { meter, .. } if *meter == report.meter);
        let mut prices = self.plans.at(report.on).prices().iter().filter(counts).peekable();
        if prices.peek().is_none() {
            return Err(BillingError::NoMeter(report.meter));
        }
        let known = self.usage.iter().filter(|known| known.meter == report.meter).map(|known| known.quantity);
        let all = known.chain([report.quantity]).try_fold(0_u64, u64::checked_add).ok_or(BillingError::Overflow)?;
        prices.try_for_each(|price| price.amount(all, self.terms.rounding).map(drop))?;
        if !*self.running.at(report.on) {
            return Err(BillingError::NotRunning(report.on));
        }
        let place = self.usage.partition_point(|known| (known.on, &known.key) < (report.on, &report.key));
        self.usage.insert(place, report);
        Ok(Outcome::Changed)
    }
}

/// In which order waiting lines stand: by days, credits first.
fn order(line: &Line) -> (Day, Day, bool, &str, &str, u64) {
    (line.from, line.to, line.amount > 0, &line.plan, &line.price, line.quantity)
}

/// Puts a line to those that wait, or takes away the one that it undoes.
fn wait(pending: &mut Vec<Line>, line: Line) {
    let undoes = |other: &Line| {
        (&other.plan, &other.price, other.quantity, other.from, other.to) == (&line.plan, &line.price, line.quantity, line.from, line.to)
            && other.amount == -line.amount
    };
    match pending.iter().position(undoes) {
        Some(place) => drop(pending.remove(place)),
        None if line.amount == 0 => {}
        None => pending.push(line),
    }
}
