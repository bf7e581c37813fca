//! Everything but contacts: adverse steps that may happen, tasks, write-offs (SPEC §3.4); charges are judged in `charge`.

use crate::decide::adverse::AdverseFinding;
use crate::decide::charge::Picked;
use crate::decide::wait::Wait;
use crate::decide::{Decisions, Tick};
use crate::facts::{Closed, Facts, Slot, SlotKind, Walk};
use crate::policy::program::Act;
use crate::rulebook::{Answer, Ask, Class, Rule};
use crate::words::{Channel, DeferReason, Mode, SkipReason};

pub(super) enum StepFinding {
    Skip(SkipReason, Option<&'static Rule>),
    Wait(Wait),
    Go,
    Charge(Picked),
}

impl From<AdverseFinding> for StepFinding {
    fn from(found: AdverseFinding) -> Self {
        match found {
            AdverseFinding::Skip(reason, rule) => Self::Skip(reason, rule),
            AdverseFinding::Wait(wait) => Self::Wait(wait),
            AdverseFinding::Go => Self::Go,
        }
    }
}

impl Tick<'_> {
    /// A write-off or an assignment that happens now comes before the contacts of that moment: nobody is written to about
    /// a debt that is given up or handed over in the same second.
    pub(super) fn look_at_end(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        for &index in &self.layout(&facts.walks[walk]).ends {
            let receivable = &facts.walks[walk];
            let (slot, state) = (self.slot(receivable, index), receivable.slots[index]);
            if receivable.closed.is_some() || state.raw > self.now || !state.stand.is_open() || state.settled_before {
                continue;
            }
            let found = match slot.kind {
                SlotKind::WriteOff => self.judge_neutral(facts, receivable, slot, index),
                SlotKind::Adverse => self.judge_adverse(facts, walk, slot, index).into(),
                SlotKind::Contact | SlotKind::Notice | SlotKind::Task | SlotKind::Charge => continue,
            };
            if matches!(found, StepFinding::Go) {
                self.done(facts, walk, index, None, None, out);
                self.take_effect(facts, walk, slot);
            }
        }
    }

    /// Goes through what has come, in order of instants.
    pub(super) fn look_at_steps(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        for place in 0..facts.walks[walk].order.len() {
            let receivable = &facts.walks[walk];
            if receivable.closed.is_some() {
                break;
            }
            let Some(&index) = receivable.order.get(place) else { break };
            let index = usize::from(index);
            let (slot, state) = (self.slot(receivable, index), receivable.slots[index]);
            if state.raw > self.now {
                break;
            }
            if !state.stand.is_open() || state.settled_before {
                continue;
            }
            let found = match slot.kind {
                SlotKind::Contact | SlotKind::Notice => continue,
                SlotKind::Adverse => self.judge_adverse(facts, walk, slot, index).into(),
                SlotKind::Task | SlotKind::WriteOff => self.judge_neutral(facts, receivable, slot, index),
                SlotKind::Charge => self.judge_charge(facts, receivable, slot, index),
            };
            match found {
                StepFinding::Skip(reason, rule) => self.skip(facts, walk, index, reason, rule, out),
                StepFinding::Wait(wait) => {
                    self.wait(facts, walk, index, wait, out);
                    self.wake_for_condition(facts, walk, slot);
                }
                StepFinding::Go => {
                    self.done(facts, walk, index, None, None, out);
                    self.take_effect(facts, walk, slot);
                }
                StepFinding::Charge(picked) => {
                    self.done(facts, walk, index, None, None, out);
                    self.order_charge(facts, walk, slot, picked, out);
                }
            }
        }
    }

    /// What a step that was carried out changes at once.
    fn take_effect(self, facts: &mut Facts<'_>, walk: usize, slot: Slot) {
        let (today, now, policies) = (self.today, self.now, self.policies);
        let shadow = self.is_shadow(facts, &facts.walks[walk], slot);
        let whole = facts.mode_of(&facts.walks[walk]) == Mode::Shadow;
        let receivable = &mut facts.walks[walk];
        let step = receivable.step(self.policies, slot);
        if slot.kind == SlotKind::Adverse {
            let on = if shadow { &mut receivable.shadow_adverse_on } else { &mut receivable.adverse_on };
            *on = Some(today);
        }
        let ends = match &step.act {
            Act::Access(state) => {
                let access = if shadow { &mut receivable.shadow_access } else { &mut receivable.access };
                *access = (*access).max(*state);
                true // other receivables of the subscription are restricted no further
            }
            // A single step in shadow ends nothing that is real.
            Act::WriteOff | Act::Assign(_) if shadow && !whole => false,
            Act::WriteOff => {
                if !shadow {
                    let terms = receivable.terms(policies);
                    // What owes nothing has nothing to give up.
                    let _nothing_due = receivable.ledger.write_off(&terms, today, now);
                }
                // What it restricted stays restricted: only payment restores (SPEC §8).
                receivable.closed = Some(Closed::WrittenOff(now));
                receivable.closed_in_shadow = shadow;
                true
            }
            Act::Assign(_) => {
                receivable.closed = Some(Closed::Assigned(now));
                receivable.closed_in_shadow = shadow;
                receivable.closed_told = true;
                true
            }
            Act::Fee(fee) if !shadow => {
                let (terms, fee) = (receivable.terms(policies), *fee);
                // A fee in another currency than the receivable's is nothing that can be added to it.
                receivable.ledger.fee(&terms, fee, today, now).is_ok()
            }
            Act::Fee(_) | Act::Report(_) | Act::Task(_) | Act::Charge | Act::Notify(_) | Act::Offer(..) => false,
        };
        if ends {
            facts.touch();
        }
    }

    fn judge_neutral(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, index: usize) -> StepFinding {
        let (step, state) = (receivable.step(self.policies, slot), receivable.slots[index]);
        if self.precedes_entry(receivable, slot, state.raw) {
            return StepFinding::Skip(SkipReason::BeforeEntry, None);
        }
        if let Some(reason) = self.refused_by_condition(facts, receivable, step.condition.as_ref()) {
            return StepFinding::Skip(reason, None);
        }
        if self.is_small(receivable) {
            return StepFinding::Skip(SkipReason::Minimum, None);
        }
        if receivable.verdicts.rejected.contains(&slot.step) {
            return StepFinding::Skip(SkipReason::Rejected, None);
        }
        let hour = self.hour(facts, step, state.raw);
        if slot.kind == SlotKind::WriteOff {
            if let Some(wait) = self.freeze(facts, receivable, hour) {
                return StepFinding::Wait(wait);
            }
        } else if Self::is_asked(state.deferral) && self.awaits_release(facts, receivable, slot.step, step.approval, step.mode) {
            return self.await_release(facts, receivable, index, hour).into();
        } else if let Some(wait) = self.put_off(facts, state.deferral, hour) {
            return StepFinding::Wait(wait);
        } else if let Some(found) = self.call_hours(facts, receivable, hour) {
            return found;
        }
        if let Some(wait) = self.held_to_hour(facts, state.deferral, hour) {
            return StepFinding::Wait(wait);
        }
        if self.awaits_release(facts, receivable, slot.step, step.approval, step.mode) {
            return self.await_release(facts, receivable, index, hour).into();
        }
        StepFinding::Go
    }

    /// A task of a ladder is a task to call: the hours of calls bind it (SPEC §4).
    fn call_hours(self, facts: &Facts<'_>, receivable: &Walk, hour: crate::time::LocalTime) -> Option<StepFinding> {
        if self.class(receivable) == Class::Informative {
            return None;
        }
        let state = facts.customer.state.as_deref();
        let ask = Ask { class: Class::Collection, channel: Channel::Voice, state, zone: facts.zone, due: receivable.due, now: self.now };
        match self.policies.rulebook().contact(ask) {
            Answer::Allowed(_) => None,
            Answer::Forbidden(rule) => Some(StepFinding::Skip(SkipReason::Forbidden, Some(rule))),
            Answer::Until(until, rule) => {
                Some(StepFinding::Wait(Wait::new(DeferReason::NoLegalMoment, self.permitted_at(facts, ask, until, hour)).by(rule)))
            }
        }
    }
}
