//! Contacts of a ladder: order, windows, and every reason against one (SPEC §3.3, §3.5, §3.6, §3.11).

use crate::decide::voice::{Candidate, Key};
use crate::decide::wait::{Wait, ended};
use crate::decide::{Decisions, Tick, View};
use crate::facts::{Channels, Deferral, Facts, Slot, SlotKind, Stand, Walk};
use crate::policy::Verdict;
use crate::policy::program::{Contact, Offset, Step};
use crate::rulebook::{Class, Permit, Rule};
use crate::time::{Instant, LocalTime};
use crate::words::{DeferReason, SkipReason};

/// What becomes of an undecided contact whose instant has come.
pub(super) enum Finding {
    /// Finally not.
    Skip(SkipReason, Option<&'static Rule>),
    /// Not yet.
    Wait(Wait),
    /// Now, over these channels.
    Go(Channels, Permit),
}

impl Finding {
    /// Whether facts hold the contact up, which comes before everything else that can.
    const fn is_frozen(&self) -> bool {
        matches!(self, Self::Wait(Wait { reason: DeferReason::Frozen | DeferReason::InFlight | DeferReason::StaleSource, .. }))
    }
}

impl Tick<'_> {
    /// Goes through the contacts of a receivable from the latest to the earliest: a later one closes the window of those before it.
    pub(super) fn look_at_contacts(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        if facts.walks[walk].closed.is_some() {
            return;
        }
        self.skip_orphans(facts, walk, out);
        let receivable = &facts.walks[walk];
        let come = receivable.order.partition_point(|&index| receivable.slots[usize::from(index)].raw <= self.now);
        if let Some(&next) = receivable.order.get(come) {
            let at = receivable.slots[usize::from(next)].raw;
            facts.walks[walk].wake(at);
        }
        let mut closers = Closers::default();
        for place in (0..come).rev() {
            let receivable = &facts.walks[walk];
            let index = usize::from(receivable.order[place]);
            let slot = self.slot(receivable, index);
            if slot.kind != SlotKind::Contact {
                continue;
            }
            let state = receivable.slots[index];
            let shadow = self.is_shadow(facts, receivable, slot);
            match state.stand {
                // An `if` that was false closes no window.
                Stand::Skipped(SkipReason::Condition | SkipReason::Currency, _) => continue,
                Stand::Done(_) | Stand::Skipped(..) => {
                    closers.close(state.raw, state.shadow);
                    continue;
                }
                Stand::Open if state.settled_before => {
                    closers.close(state.raw, state.shadow);
                    continue;
                }
                Stand::Open => {}
            }
            let closer = closers.of(shadow);
            let end = self.window_end(facts, receivable, slot, state.raw, closer);
            match self.judge_contact(facts, receivable, slot, index, end, closer) {
                Finding::Skip(reason, rule) => {
                    self.skip(facts, walk, index, reason, rule, out);
                    if matches!(reason, SkipReason::Condition | SkipReason::Currency) {
                        continue;
                    }
                }
                Finding::Wait(wait) => {
                    self.wait(facts, walk, index, wait, out);
                    facts.walks[walk].wake(end);
                    self.wake_for_condition(facts, walk, slot);
                }
                Finding::Go(channels, permit) => {
                    let candidate = self.candidate(facts, walk, slot, index, channels, end, permit);
                    out.candidates.push(candidate);
                }
            }
            closers.close(state.raw, shadow);
        }
    }

    /// What a condition reads changes with facts and at local midnight, so a waiting step with one is looked at then.
    ///
    /// Not for ever: a step that nothing but a fact can free is judged again when that fact comes.
    pub(super) fn wake_for_condition(self, facts: &mut Facts<'_>, walk: usize, slot: Slot) {
        const DAYS_MAX: i32 = 400;
        let receivable = &facts.walks[walk];
        let fresh = self.today.since(receivable.due.max(facts.zone.day_of(receivable.entered_at))) < DAYS_MAX;
        if fresh && receivable.step(self.policies, slot).condition.is_some() {
            let midnight = facts.zone.midnight(self.today.plus(1));
            facts.walks[walk].wake(midnight);
        }
    }

    /// Steps `after` a step that was skipped are skipped: condition (SPEC §2).
    fn skip_orphans(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        let receivable = &facts.walks[walk];
        let layout = self.layout(receivable);
        if !layout.dynamic {
            return;
        }
        for index in 0..layout.slots.len() {
            let receivable = &facts.walks[walk];
            let slot = layout.slots[index];
            let state = receivable.slots[index];
            let crate::policy::program::Anchor::After(before) = receivable.step(self.policies, slot).at.anchor else {
                continue;
            };
            if slot.kind == SlotKind::Notice || !state.stand.is_open() || state.settled_before || state.raw != Instant::NEVER {
                continue;
            }
            let first = layout.first[before];
            let first = if layout.slots[first].kind == SlotKind::Notice { first + 1 } else { first };
            if matches!(receivable.slots[first].stand, Stand::Skipped(..))
                && receivable.last_done(before, receivable.step(self.policies, slot).mode, self.policies).is_none()
            {
                self.skip(facts, walk, index, SkipReason::Condition, None, out);
                facts.walks[walk].touch();
            }
        }
    }

    /// The earliest of the next contact's instant, the local hour `max_delay` days later, and the end of day D.
    fn window_end(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, raw: Instant, closer: Option<Instant>) -> Instant {
        let delayed = self.delay_end(facts, receivable, slot, raw);
        let end = closer.map_or(delayed, |closer| closer.min(delayed));
        if raw < receivable.due_ends { end.min(receivable.due_ends) } else { end }
    }

    fn delay_end(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, raw: Instant) -> Instant {
        let day = facts.zone.day_of(raw).plus(receivable.rules(self.policies).max_delay_days);
        facts.zone.at(day, self.hour(facts, receivable.step(self.policies, slot), raw))
    }

    /// The step's local hour; of a step that counts hours from an event, the hour of its instant.
    pub(super) fn hour(self, facts: &Facts<'_>, step: &Step, raw: Instant) -> LocalTime {
        match step.at.offset {
            Offset::Days(_) | Offset::OpenDays(_) => step.at.time,
            Offset::Hours(_) => local_time(facts, raw),
        }
    }

    fn judge_contact(
        self,
        facts: &Facts<'_>,
        receivable: &Walk,
        slot: Slot,
        index: usize,
        end: Instant,
        closer: Option<Instant>,
    ) -> Finding {
        let (step, state) = (receivable.step(self.policies, slot), receivable.slots[index]);
        let overdue = state.raw >= receivable.due_ends;
        if overdue && state.raw < receivable.not_before {
            return Finding::Skip(SkipReason::NotBefore, None);
        }
        if !receivable.judged.contains(&index)
            && let Some(reason) = self.refused_by_condition(facts, receivable, step.condition.as_ref())
        {
            return Finding::Skip(reason, None);
        }
        if closer.is_some_and(|closer| closer <= self.delay_end(facts, receivable, slot, state.raw)) {
            return Finding::Skip(SkipReason::Superseded, None);
        }
        if self.is_small(receivable) {
            return Finding::Skip(SkipReason::Minimum, None);
        }
        let Some(contact) = step.act.contact() else {
            return Finding::Skip(SkipReason::Condition, None); // a contact slot always has one
        };
        let hour = self.hour(facts, step, state.raw);
        let shadow = self.is_shadow(facts, receivable, slot);
        let class = self.class(receivable);
        let asked = Asked { contact: Some(contact), class, overdue, hour, deferral: state.deferral, shadow };
        let found = self.may_contact(facts, receivable, asked);
        if let Finding::Skip(..) = found {
            return found;
        }
        if receivable.verdicts.rejected.contains(&slot.step) {
            return Finding::Skip(SkipReason::Rejected, None);
        }
        if end <= self.now {
            return Finding::Skip(ended(state.deferral), None);
        }
        let awaits = self.awaits_release(facts, receivable, slot.step, step.approval, step.mode);
        let asked = awaits && Self::is_asked(state.deferral) && !found.is_frozen();
        if !asked && !matches!(found, Finding::Go(..)) {
            return found;
        }
        if awaits {
            return Finding::Wait(Wait::new(DeferReason::Approval, end));
        }
        found
    }

    /// Reachable, not forbidden, then frozen, in flight, source, blackout and hours, in that order.
    pub(super) fn may_contact(self, facts: &Facts<'_>, receivable: &Walk, asked: Asked<'_>) -> Finding {
        let Asked { contact, class, overdue, hour, deferral, shadow } = asked;
        let channels = self.reach(facts, contact, class);
        if channels.is_empty() {
            return Finding::Skip(SkipReason::Unreachable, None);
        }
        let law = self.lawful(facts, (receivable, shadow), channels, class, hour);
        if let Finding::Skip(..) = law {
            return law;
        }
        if let Some(wait) = self.freeze(facts, receivable, hour) {
            return Finding::Wait(wait);
        }
        if overdue && let Some(wait) = self.stale_source(facts, receivable, hour) {
            return Finding::Wait(wait);
        }
        if let Some(wait) = self.put_off(facts, deferral, hour) {
            return Finding::Wait(wait);
        }
        let rules = receivable.rules(self.policies);
        if let Some(day) = rules.blackout_ends(self.today, |blackout| blackout.contacts) {
            let until = facts.zone.at(day, hour);
            return Finding::Wait(Wait::new(DeferReason::Blackout, until));
        }
        law
    }

    /// `condition` or `currency`, when the step's `if` says so.
    pub(super) fn refused_by_condition(
        self,
        facts: &Facts<'_>,
        receivable: &Walk,
        condition: Option<&crate::policy::Condition>,
    ) -> Option<SkipReason> {
        match condition?.eval(&View::new(facts, receivable, self.policies, self.now)) {
            Verdict::True => None,
            Verdict::False => Some(SkipReason::Condition),
            Verdict::AcrossCurrencies => Some(SkipReason::Currency),
        }
    }

    /// Whether the amount due is below the policy's minimum for its currency.
    pub(super) fn is_small(self, receivable: &Walk) -> bool {
        let minimum = receivable.rules(self.policies).minimum.iter();
        let mut of_currency = minimum.filter(|minimum| minimum.currency() == receivable.ledger.currency());
        of_currency.next().is_some_and(|minimum| receivable.due_now(self.policies, self.today) < minimum.minor())
    }

    pub(super) fn class(self, receivable: &Walk) -> Class {
        if self.now < receivable.due_ends { Class::Informative } else { Class::Collection }
    }

    #[expect(clippy::too_many_arguments, reason = "a candidate is exactly these")]
    fn candidate(
        self,
        facts: &Facts<'_>,
        walk: usize,
        slot: Slot,
        index: usize,
        channels: Channels,
        end: Instant,
        permit: Permit,
    ) -> Candidate {
        let receivable = &facts.walks[walk];
        let step = receivable.step(self.policies, slot);
        Candidate {
            walk,
            key: Key::Slot(index),
            channels,
            tone: step.act.contact().map_or(crate::words::Tone::Friendly, |contact| contact.tone),
            days_late: self.today.since(receivable.due),
            order: u16::try_from(index).unwrap_or(u16::MAX),
            rank: receivable.rank,
            hour: self.hour(facts, step, receivable.slots[index].raw),
            end,
            alone: false,
            own: false,
            class: self.class(receivable),
            mode: self.mode(facts, receivable, slot),
            permit,
        }
    }
}

/// What is asked about a contact.
pub(super) struct Asked<'a> {
    /// What the step says of it; nothing for a notice.
    pub(super) contact: Option<&'a Contact>,
    pub(super) class: Class,
    pub(super) overdue: bool,
    pub(super) hour: LocalTime,
    pub(super) deferral: Option<Deferral>,
    /// Whether it is decided in shadow.
    pub(super) shadow: bool,
}

/// The instants of the contacts that close windows, in either world (SPEC §3.3, §3.13).
#[derive(Default)]
struct Closers {
    real: Option<Instant>,
    any: Option<Instant>,
}

impl Closers {
    fn close(&mut self, raw: Instant, shadow: bool) {
        self.any = Some(raw);
        if !shadow {
            self.real = Some(raw);
        }
    }

    const fn of(&self, shadow: bool) -> Option<Instant> {
        if shadow { self.any } else { self.real }
    }
}

/// The local hour and minute of an instant.
pub(super) fn local_time(facts: &Facts<'_>, at: Instant) -> LocalTime {
    let minutes = facts.zone.local(at).1 / 60;
    u16::try_from(minutes).ok().and_then(|minutes| LocalTime::new(minutes / 60, minutes % 60)).unwrap_or(LocalTime::MIDNIGHT)
}
