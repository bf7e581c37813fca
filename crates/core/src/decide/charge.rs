//! Charges: whether one may be made now, with which stored method, and for how much (SPEC §5).
//!
//! Methods are tried in their order, and the next only when the one before it cannot work. One that has to wait is waited
//! for: another would be charged for what the first may still pay. Deliberately absent: when a failed charge is tried
//! again, which is chosen as it fails.

use crate::charging::discounts;
use crate::charging::{Reason, Tried, Trigger};
use crate::decide::steps::StepFinding;
use crate::decide::wait::{Wait, ended};
use crate::decide::{Charge, Decisions, Tick};
use crate::facts::{Facts, Slot, Walk};
use crate::money::Money;
use crate::policy::program::Retry;
use crate::rulebook::{self, ChargeAnswer, ChargePermit, Rule};
use crate::time::LocalTime;
use crate::words::{DeferReason, Mode, SkipReason};

/// With what a charge is made.
pub(super) enum Picked {
    /// Nothing real happens: the charge is recorded.
    Recorded,
    /// No stored method can be charged. Where there are gateways it fails without an attempt; elsewhere it is recorded.
    NoMethod,
    /// This one, by its place among the customer's.
    Method(usize, ChargePermit),
}

impl Tick<'_> {
    pub(super) fn judge_charge(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, index: usize) -> StepFinding {
        let (step, state) = (receivable.step(self.policies, slot), receivable.slots[index]);
        if let Some(reason) = self.refused_by_condition(facts, receivable, step.condition.as_ref()) {
            return StepFinding::Skip(reason, None);
        }
        let rules = receivable.rules(self.policies);
        if self.is_small(receivable) {
            return StepFinding::Skip(SkipReason::Minimum, None);
        }
        if receivable.verdicts.rejected.contains(&slot.step) {
            return StepFinding::Skip(SkipReason::Rejected, None);
        }
        let hour = self.hour(facts, step, state.raw);
        let days = match &rules.retry {
            Some(Retry::Smart { window_days, .. }) => *window_days,
            Some(Retry::Fixed { .. }) | None => rules.max_delay_days,
        };
        let end = facts.zone.at(facts.zone.day_of(state.raw).plus(days), hour);
        if end <= self.now {
            return StepFinding::Skip(ended(state.deferral), None);
        }
        let wait = |wait: Wait| StepFinding::Wait(Wait { until: wait.until.min(end), ..wait });
        if let Some(found) = self.freeze(facts, receivable, hour) {
            return wait(found);
        }
        if Self::is_asked(state.deferral) && self.awaits_release(facts, receivable, slot.step, step.approval, step.mode) {
            return StepFinding::Wait(Wait::new(DeferReason::Approval, end));
        }
        if let Some(found) = self.put_off(facts, state.deferral, hour) {
            return wait(found);
        }
        if let Some(day) = rules.blackout_ends(self.today, |blackout| blackout.charges) {
            return wait(Wait::new(DeferReason::Blackout, facts.zone.at(day, hour)));
        }
        if let Some(held) = self.held_to_hour(facts, state.deferral, hour) {
            return wait(held);
        }
        let picked = match self.pick(facts, receivable, slot, hour) {
            Ok(picked) => picked,
            Err(StepFinding::Wait(until)) => return wait(until),
            Err(other) => return other,
        };
        if self.awaits_release(facts, receivable, slot.step, step.approval, step.mode) {
            return StepFinding::Wait(Wait::new(DeferReason::Approval, end));
        }
        StepFinding::Charge(picked)
    }

    /// The first method that can work. Of a retry that no method can work for, the rule that forbids it.
    fn pick(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, hour: LocalTime) -> Result<Picked, StepFinding> {
        let mode = self.mode(facts, receivable, slot);
        if matches!(mode, Mode::Shadow | Mode::Redirect) {
            return Ok(Picked::Recorded);
        }
        if facts.methods.is_empty() {
            // That there is none was told by the first attempt: telling it again with each retry helps nobody.
            let told = receivable.failures.last().is_some_and(|last| *last.reason == *Reason::NoMethod.as_str());
            let again = slot.occurrence > 0 && told;
            return if again { Err(StepFinding::Skip(SkipReason::Forbidden, Some(&rulebook::STATUS))) } else { Ok(Picked::NoMethod) };
        }
        let (due, discount) = self.to_charge(facts, receivable);
        let amount = due.minus(discount).unwrap_or(due);
        let mut forbidden: Option<&'static Rule> = None;
        for (place, method) in facts.methods.iter().enumerate() {
            let trigger = if slot.occurrence == 0 { Trigger::Schedule } else { Trigger::Retry };
            let ask = facts.ask(receivable, method, &facts.tried, (amount, trigger), self.now);
            match rulebook::charge(ask) {
                ChargeAnswer::Allowed(permit) => return Ok(Picked::Method(place, permit)),
                ChargeAnswer::Until(until, rule) => {
                    let until = self.at_hour(facts, until, hour);
                    return Err(StepFinding::Wait(Wait::new(DeferReason::NoLegalMoment, until).by(rule)));
                }
                ChargeAnswer::Never(rule) => forbidden = forbidden.or(Some(rule)),
            }
        }
        match forbidden {
            Some(rule) if slot.occurrence > 0 => Err(StepFinding::Skip(SkipReason::Forbidden, Some(rule))),
            Some(_) | None => Ok(Picked::NoMethod),
        }
    }

    /// What is due today, and what of it the progressive discount for automatic payment takes off.
    pub(super) fn to_charge(self, facts: &Facts<'_>, receivable: &Walk) -> (Money, Money) {
        let due = receivable.ledger.amount_due(&receivable.terms(self.policies), self.today).total;
        if self.today > receivable.due {
            return (due, Money::zero(due.currency()));
        }
        (due, discounts::of(receivable.autopay_discounts(self.policies), facts.autopaid, due))
    }

    /// Orders the attempt of a charge that was just entered as done: from now on its receivable is in flight.
    pub(super) fn order_charge(self, facts: &mut Facts<'_>, walk: usize, slot: Slot, picked: Picked, out: &mut Decisions) {
        let row = out.rows.len().saturating_sub(1);
        let receivable = &facts.walks[walk];
        let (due, discount) = self.to_charge(facts, receivable);
        let amount = due.minus(discount).unwrap_or(due);
        let (method, permit) = match picked {
            Picked::Recorded => return,
            Picked::NoMethod => (None, None),
            Picked::Method(place, permit) => (Some(place), Some(permit)),
        };
        let trigger = if slot.occurrence == 0 { Trigger::Schedule } else { Trigger::Retry };
        if let Some(known) = method.and_then(|place| facts.methods.get(place)) {
            let series = receivable.series;
            let tried =
                Tried { charge: None, credential: known.credential, at: self.now, amount, trigger, failed: None, series, settled: false };
            facts.set_off(walk, tried, self.now);
        }
        out.charges.push(Charge { row, walk, method, permit, amount, discount, trigger });
    }
}
