//! Adverse steps are announced, then happen on a computed day (SPEC §3.4).

use crate::decide::contacts::{Asked, Finding};
use crate::decide::voice::{Candidate, Key};
use crate::decide::wait::Wait;
use crate::decide::{Decisions, Tick};
use crate::facts::{Deferral, Facts, Slot, SlotKind, Stand, Walk};
use crate::policy::Policy;
use crate::policy::program::{Act, Blackout, Step};
use crate::rulebook::RESTRICTION_HOURS;
use crate::time::{Day, Instant, LocalTime};
use crate::words::{DeferReason, SkipReason, Tone};

/// What becomes of an adverse step whose raw instant has come.
pub(super) enum AdverseFinding {
    Skip(SkipReason, Option<&'static crate::rulebook::Rule>),
    Wait(Wait),
    Go,
}

/// Longest search for a day that calendar and blackouts allow.
const DAYS_TRIED: i32 = 400;

impl Tick<'_> {
    /// Puts up the notices that undecided adverse steps ask for.
    pub(super) fn look_at_notices(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        if facts.walks[walk].closed.is_some() {
            return;
        }
        for place in 0..facts.walks[walk].order.len() {
            let receivable = &facts.walks[walk];
            let index = usize::from(receivable.order[place]);
            let (slot, state) = (self.slot(receivable, index), receivable.slots[index]);
            if state.raw > self.now {
                break;
            }
            if slot.kind != SlotKind::Adverse || !state.stand.is_open() || state.settled_before {
                continue;
            }
            let step = receivable.step(self.policies, slot);
            let goes_on = self.adverse_is_skipped(facts, receivable, slot, step, index).is_none();
            if goes_on && self.asks_notice(facts, receivable, slot, index) {
                self.look_at_notice(facts, walk, slot, index, out);
            }
        }
    }

    fn look_at_notice(self, facts: &mut Facts<'_>, walk: usize, slot: Slot, index: usize, out: &mut Decisions) {
        let receivable = &facts.walks[walk];
        let notice = self.notice_slot(receivable, slot);
        let raw = receivable.slots[index].raw;
        let stands_from = receivable.stands_from(&facts.freezes, self.now);
        match receivable.slots[notice].stand {
            Stand::Open => {}
            // Decided before a thaw or reopening: what it said stands no more, so it is said again.
            Stand::Done(at) | Stand::Skipped(_, at) if at < stands_from => {
                let state = &mut facts.walks[walk].slots[notice];
                state.again = state.again.saturating_add(1);
                state.stand = Stand::Open;
            }
            // A repeated step needs a notice for each occurrence.
            Stand::Done(at) | Stand::Skipped(_, at) if at < raw => {
                let state = &mut facts.walks[walk].slots[notice];
                state.again = state.again.saturating_add(1);
                state.stand = Stand::Open;
            }
            Stand::Done(_) | Stand::Skipped(..) => return,
        }
        let receivable = &facts.walks[walk];
        let hour = receivable.step(self.policies, slot).at.time;
        let (deferral, shadow) = (receivable.slots[notice].deferral, self.is_shadow(facts, receivable, slot));
        match self.may_contact(
            facts,
            receivable,
            Asked { contact: None, class: self.class(receivable), overdue: true, hour, deferral, shadow },
        ) {
            Finding::Skip(reason, rule) => self.skip(facts, walk, notice, reason, rule, out),
            Finding::Wait(wait) => self.wait(facts, walk, notice, wait, out),
            Finding::Go(channels, permit) => {
                out.candidates.push(Candidate {
                    walk,
                    key: Key::Slot(notice),
                    channels,
                    tone: Tone::Firm,
                    days_late: self.today.since(receivable.due),
                    order: u16::try_from(notice).unwrap_or(u16::MAX),
                    rank: receivable.rank,
                    hour,
                    end: Instant::NEVER,
                    alone: false,
                    own: false,
                    class: self.class(receivable),
                    mode: self.mode(facts, receivable, slot),
                    permit,
                });
            }
        }
    }

    /// The slot of an adverse step's own notice.
    fn notice_slot(self, receivable: &Walk, slot: Slot) -> usize {
        self.layout(receivable).first[slot.step]
    }

    /// The first undecided occurrence of a step, in file order.
    pub(super) fn next_of(self, receivable: &Walk, step: usize) -> Option<usize> {
        let layout = self.layout(receivable);
        let open = |index: &usize| {
            let state = &receivable.slots[*index];
            layout.slots[*index].kind == SlotKind::Adverse && state.stand.is_open() && !state.settled_before && state.raw != Instant::NEVER
        };
        (layout.first[step]..layout.slots.len()).take_while(|&index| layout.slots[index].step == step).find(open)
    }

    /// Judges an adverse step whose raw instant has come.
    pub(super) fn judge_adverse(self, facts: &Facts<'_>, walk: usize, slot: Slot, index: usize) -> AdverseFinding {
        let receivable = &facts.walks[walk];
        let step = receivable.step(self.policies, slot);
        if let Some(found) = self.adverse_is_skipped(facts, receivable, slot, step, index) {
            return found;
        }
        let hour = restricted_hour(step);
        if let Some(wait) = self.freeze(facts, receivable, hour) {
            return AdverseFinding::Wait(wait);
        }
        if let Some(wait) = self.stale_source(facts, receivable, hour) {
            return AdverseFinding::Wait(wait);
        }
        let deferral = receivable.slots[index].deferral;
        let freed = |known: &Deferral| matches!(known.reason, DeferReason::Frozen | DeferReason::InFlight | DeferReason::StaleSource);
        if let Some(wait) = self.held_to_hour(facts, deferral.filter(freed), hour) {
            return AdverseFinding::Wait(wait);
        }
        if Self::is_asked(deferral) && self.awaits_release(facts, receivable, slot.step, step.approval, step.mode) {
            return self.await_release(facts, receivable, index, hour);
        }
        let standing = self.standing(facts, receivable, index);
        let Some(announced) = standing.clone().map(|known| known.at).min() else {
            // Its notice or a contact of the ladder waits, was just decided or is not sent yet; the announcement wakes it.
            return AdverseFinding::Wait(Wait::new(DeferReason::Unannounced, Instant::NEVER));
        };
        let rules = receivable.rules(self.policies);
        let noticed = facts.zone.at(rules.delay_day(facts.zone.day_of(announced), step.notice), hour);
        let day = self.adverse_day(facts, walk, index, self.today);
        let until = facts.zone.at(day, hour);
        let wait = |reason| AdverseFinding::Wait(Wait::new(reason, until.max(self.now_or_next(facts, hour))));
        let named = standing.map(|known| known.named).max().unwrap_or(day);
        if self.now < noticed {
            return wait(DeferReason::Unannounced);
        }
        if rules.blackout_ends(self.today, |blackout| blackout.adverse).is_some() {
            return wait(DeferReason::Blackout);
        }
        if !self.hours_allow(facts, rules, step) {
            return wait(DeferReason::NoLegalMoment);
        }
        let shadow = self.is_shadow(facts, receivable, slot);
        let taken = receivable.adverse_on == Some(self.today) || (shadow && receivable.shadow_adverse_on == Some(self.today));
        if taken || self.earlier_waits(facts, receivable, index, shadow) {
            return wait(DeferReason::OnePerDay);
        }
        if self.today < named {
            return wait(DeferReason::Unannounced); // a later date was named, for a reason that has gone
        }
        if self.now < facts.zone.at(self.adverse_day(facts, walk, index, Day::MIN), hour) {
            return wait(DeferReason::NoLegalMoment); // its day has come, not yet its hour
        }
        if let Some(wait) = self.held_to_hour(facts, receivable.slots[index].deferral, hour) {
            return AdverseFinding::Wait(wait);
        }
        if self.awaits_release(facts, receivable, slot.step, step.approval, step.mode) {
            return self.await_release(facts, receivable, index, hour);
        }
        AdverseFinding::Go
    }

    /// Whether no announcement is made or open, so that a notice of its own goes out; once asked for, only a message makes it
    /// needless. One that waits to be sent does too: a second would say the same.
    fn asks_notice(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, index: usize) -> bool {
        let told = self.made(facts, receivable, index).next().is_some();
        let asked = receivable.slots[self.notice_slot(receivable, slot)].deferral.is_some();
        !told && (asked || !self.announcer_is_open(facts, receivable, slot))
    }

    /// Waits for a person, at most thirty days for a step without a window (SPEC §2).
    pub(super) fn await_release(self, facts: &Facts<'_>, receivable: &Walk, index: usize, hour: LocalTime) -> AdverseFinding {
        const APPROVAL_DAYS: i32 = 30;
        let asked = match receivable.slots[index].deferral {
            Some(known) if known.reason == DeferReason::Approval => known.since,
            Some(_) | None => self.now,
        };
        let until = facts.zone.at(facts.zone.day_of(asked).plus(APPROVAL_DAYS), hour);
        if until <= self.now {
            return AdverseFinding::Skip(SkipReason::NotApproved, None);
        }
        AdverseFinding::Wait(Wait::new(DeferReason::Approval, until))
    }

    fn adverse_is_skipped(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, step: &Step, index: usize) -> Option<AdverseFinding> {
        let raw = receivable.slots[index].raw;
        let skip = |reason| Some(AdverseFinding::Skip(reason, None));
        if self.precedes_entry(receivable, slot, raw) {
            return skip(SkipReason::BeforeEntry);
        }
        if raw < receivable.not_before {
            return skip(SkipReason::NotBefore);
        }
        if let Some(reason) = self.refused_by_condition(facts, receivable, step.condition.as_ref()) {
            return skip(reason);
        }
        if let Act::Access(state) = step.act
            && state <= facts.access_seen(receivable.subscription.as_ref(), self.is_shadow(facts, receivable, slot))
        {
            return skip(SkipReason::Superseded);
        }
        if self.is_small(receivable) {
            return skip(SkipReason::Minimum);
        }
        if let Err(rule) = self.policies.rulebook().act(receivable.due, self.today) {
            return Some(AdverseFinding::Skip(SkipReason::Forbidden, Some(rule)));
        }
        if receivable.verdicts.rejected.contains(&slot.step) {
            return skip(SkipReason::Rejected);
        }
        None
    }

    /// Whether a contact that announces this step is open: come, undecided and, since contacts were looked at first, in its window.
    fn announcer_is_open(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot) -> bool {
        let shadow = self.is_shadow(facts, receivable, slot);
        let layout = self.layout(receivable);
        layout.announcers[slot.step].iter().any(|&step| {
            let of_step = (layout.first[step]..layout.slots.len()).take_while(|&index| layout.slots[index].step == step);
            of_step.into_iter().any(|index| {
                let state = &receivable.slots[index];
                let seen = self.is_seen(facts, receivable, layout.slots[index], shadow);
                seen && state.stand.is_open() && !state.settled_before && state.raw <= self.now
            })
        })
    }

    /// Whether an adverse step before this one is undecided and waits for anything but approval.
    fn earlier_waits(self, facts: &Facts<'_>, receivable: &Walk, index: usize, shadow: bool) -> bool {
        receivable
            .order
            .iter()
            .map(|&other| usize::from(other))
            .take_while(|&other| other != index)
            .filter(|&other| self.slot(receivable, other).kind == SlotKind::Adverse)
            .filter(|&other| self.is_seen(facts, receivable, self.slot(receivable, other), shadow))
            .map(|other| &receivable.slots[other])
            .any(|state| {
                let approval = state.deferral.is_some_and(|known| known.reason == DeferReason::Approval);
                state.stand.is_open() && !state.settled_before && !approval && state.raw <= self.now
            })
    }

    fn hours_allow(self, facts: &Facts<'_>, rules: &Policy, step: &Step) -> bool {
        let (from, to) = RESTRICTION_HOURS;
        let at = |time| facts.zone.at(self.today, time);
        rules.calendar.is_open(self.today) && (!matches!(step.act, Act::Access(_)) || (at(from) <= self.now && self.now < at(to)))
    }

    /// Now if the local hour has come today, else that hour today.
    fn now_or_next(self, facts: &Facts<'_>, hour: LocalTime) -> Instant {
        let at = facts.zone.at(self.today, hour);
        if self.now < at { at } else { facts.zone.at(self.today.plus(1), hour) }
    }

    /// The day on which an adverse step happens, not before `from`: today for what will be, [`Day::MIN`] for what should have been.
    ///
    /// Raw date, then the `notice`-th day after the first standing announcement, then the next day that blackout, business
    /// day and one-per-day allow; never before a date that was named (SPEC §3.4).
    pub(super) fn adverse_day(self, facts: &Facts<'_>, walk: usize, index: usize, from: Day) -> Day {
        let receivable = &facts.walks[walk];
        let shadow = self.is_shadow(facts, receivable, self.slot(receivable, index));
        let mut taken: Vec<Day> = receivable.adverse_on.into_iter().chain(receivable.shadow_adverse_on.filter(|_| shadow)).collect();
        for &other in &receivable.order {
            let other = usize::from(other);
            let (slot, state) = (self.slot(receivable, other), &receivable.slots[other]);
            let done = slot.kind != SlotKind::Adverse || !state.stand.is_open() || state.settled_before;
            if other != index && (done || !self.is_seen(facts, receivable, slot, shadow)) {
                continue;
            }
            let step = receivable.step(self.policies, slot);
            let day = self.lone_day(facts, receivable, other, step, from, &taken);
            let waits = state.deferral.is_some_and(|known| known.reason == DeferReason::Approval);
            if other == index {
                return day;
            }
            // One that waits for approval does not hold up those behind it, nor does one that its entry precedes.
            if !waits && !self.precedes_entry(receivable, slot, state.raw) && state.raw != Instant::NEVER {
                taken.push(day);
            }
        }
        self.today
    }

    fn lone_day(self, facts: &Facts<'_>, receivable: &Walk, index: usize, step: &Step, not_before: Day, taken: &[Day]) -> Day {
        let rules = receivable.rules(self.policies);
        let zone = facts.zone;
        let standing = self.standing(facts, receivable, index);
        let first = standing.clone().map(|known| zone.day_of(known.at)).min();
        let raw = zone.day_of(receivable.slots[index].raw);
        // Not announced yet: at the earliest by a notice of its own at its raw instant or now.
        let first = first.unwrap_or_else(|| raw.max(self.today));
        let mut day = raw.max(rules.delay_day(first, step.notice)).max(not_before);
        day = standing.map(|known| known.named).fold(day, Day::max);
        let after = taken.iter().copied().max();
        if day == self.today && !self.still_possible_today(facts, step) {
            day = day.plus(1);
        }
        for _ in 0..DAYS_TRIED {
            let blocked = rules.blackout_ends(day, |blackout| blackout.adverse).is_some()
                || !rules.calendar.is_open(day)
                || after.is_some_and(|after| day <= after);
            if !blocked {
                break;
            }
            day = day.plus(1);
        }
        day
    }

    fn still_possible_today(self, facts: &Facts<'_>, step: &Step) -> bool {
        !matches!(step.act, Act::Access(_)) || self.now < facts.zone.at(self.today, RESTRICTION_HOURS.1)
    }
}

/// The local hour of an adverse step: a restriction of access waits for the opening of its hours.
fn restricted_hour(step: &Step) -> LocalTime {
    if matches!(step.act, Act::Access(_)) { step.at.time.max(RESTRICTION_HOURS.0) } else { step.at.time }
}

impl Policy {
    /// The first day after the blackout that holds on a day, if one does.
    pub(super) fn blackout_ends(&self, day: Day, stops: impl Fn(&Blackout) -> bool) -> Option<Day> {
        if self.blackouts.is_empty() {
            return None;
        }
        let held = |day: Day| {
            let date = day.civil();
            self.blackouts.iter().any(|blackout| stops(blackout) && blackout.holds((date.month(), date.day())))
        };
        held(day).then(|| (1..DAYS_TRIED).map(|ahead| day.plus(ahead)).find(|&day| !held(day)).unwrap_or(day))
    }
}

impl Blackout {
    /// Whether a date of the year, `(month, day)`, is inside; both ends are.
    #[must_use]
    pub fn holds(&self, date: (i8, i8)) -> bool {
        if self.from <= self.to { self.from <= date && date <= self.to } else { date >= self.from || date <= self.to }
    }
}
