//! Waiting: how deferrals are kept, when they end, and what freezes.

use crate::decide::{Decisions, Deferred, Tick};
use crate::facts::{Deferral, Facts, Span, Walk};
use crate::rulebook::Rule;
use crate::time::{Instant, LocalTime};
use crate::words::{DeferReason, SkipReason};

/// Why and until when a candidate waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    pub(super) reason: DeferReason,
    /// Already moved to the step's local hour of its day (SPEC §3.5, §3.6).
    pub(super) until: Instant,
    /// The rule of law behind it.
    pub(super) rule: Option<&'static Rule>,
}

impl Wait {
    pub(super) const fn new(reason: DeferReason, until: Instant) -> Self {
        Self { reason, until, rule: None }
    }

    pub(super) const fn by(self, rule: &'static Rule) -> Self {
        Self { rule: Some(rule), ..self }
    }
}

/// What becomes of the stored deferral of a step.
pub(super) fn defer(stored: &mut Option<Deferral>, wait: Wait, now: Instant) -> bool {
    if let Some(known) = stored
        && known.reason == wait.reason
    {
        known.until = wait.until;
        return false;
    }
    *stored = Some(Deferral { reason: wait.reason, until: wait.until, since: now });
    true
}

/// The skip reason of a step whose window ended while it waited (SPEC §3.11).
pub(super) fn ended(deferral: Option<Deferral>) -> SkipReason {
    match deferral.map(|deferral| deferral.reason) {
        Some(DeferReason::Frozen) => SkipReason::Frozen,
        Some(DeferReason::NoLegalMoment) => SkipReason::NoLegalMoment,
        Some(DeferReason::Capped) => SkipReason::Capped,
        Some(DeferReason::Approval) => SkipReason::NotApproved,
        Some(
            DeferReason::InFlight | DeferReason::StaleSource | DeferReason::Unannounced | DeferReason::Blackout | DeferReason::OnePerDay,
        )
        | None => SkipReason::Stale,
    }
}

impl Tick<'_> {
    /// Keeps a slot waiting, tells it when it is news, and makes the receivable wake when it ends.
    pub(super) fn wait(self, facts: &mut Facts<'_>, walk: usize, index: usize, wait: Wait, out: &mut Decisions) {
        let (step, occurrence) = self.named(&facts.walks[walk], index);
        let receivable = &mut facts.walks[walk];
        if defer(&mut receivable.slots[index].deferral, wait, self.now) {
            out.deferrals.push(Deferred { walk, step, occurrence, reason: wait.reason, until: wait.until, rule: wait.rule });
        } else if let Some(told) = out.deferrals.iter_mut().find(|told| (told.walk, told.step, told.occurrence) == (walk, step, occurrence))
        {
            told.until = wait.until; // what was said of it at this moment, a message of this moment has made more exact
        }
        receivable.wake(wait.until);
        // A debt grows too old at a midnight, whatever else it waits for.
        if self.now < receivable.prescribed_at {
            receivable.wake(receivable.prescribed_at);
        }
    }

    /// The end of a deferral, or the step's local hour of that day if later (SPEC §3.5).
    pub(super) fn at_hour(self, facts: &Facts<'_>, until: Instant, hour: LocalTime) -> Instant {
        if until == Instant::NEVER {
            return until;
        }
        until.max(facts.zone.at(facts.zone.day_of(until), hour))
    }

    /// A step that waited goes on at the end of its deferral, or, freed sooner, at its local hour.
    pub(super) fn held_to_hour(self, facts: &Facts<'_>, deferral: Option<Deferral>, hour: LocalTime) -> Option<Wait> {
        let known = deferral?;
        let at = facts.zone.at(self.today, hour);
        (self.now < known.until && self.now < at).then_some(Wait::new(known.reason, at))
    }

    /// A step that was put off until a computed moment waits for it: hours and caps of the time between do not matter.
    /// One that a fact freed goes on at its local hour of that day.
    pub(super) fn put_off(self, facts: &Facts<'_>, deferral: Option<Deferral>, hour: LocalTime) -> Option<Wait> {
        let known = deferral?;
        match known.reason {
            DeferReason::Blackout | DeferReason::NoLegalMoment | DeferReason::Capped => {
                (known.until != Instant::NEVER && self.now < known.until).then_some(Wait::new(known.reason, known.until))
            }
            DeferReason::Frozen
            | DeferReason::InFlight
            | DeferReason::StaleSource
            | DeferReason::Unannounced
            | DeferReason::OnePerDay
            | DeferReason::Approval => self.held_to_hour(facts, deferral, hour),
        }
    }

    /// Whether a person was asked and has not answered: the days and hours of the time between do not matter either.
    pub(super) fn is_asked(deferral: Option<Deferral>) -> bool {
        deferral.is_some_and(|known| known.reason == DeferReason::Approval)
    }

    /// What freezes a receivable now (SPEC §3.5); `in_flight` comes after `frozen`.
    pub(super) fn freeze(self, facts: &Facts<'_>, receivable: &Walk, hour: LocalTime) -> Option<Wait> {
        let held = |spans: &[Span]| spans.iter().filter(|span| span.holds(self.now)).map(|span| span.until).max();
        if let Some(until) = held(&receivable.freezes).max(held(&receivable.paused)).max(held(&facts.freezes)) {
            return Some(Wait::new(DeferReason::Frozen, self.at_hour(facts, until, hour)));
        }
        let until = held(&receivable.in_flight)?;
        Some(Wait::new(DeferReason::InFlight, self.at_hour(facts, until, hour)))
    }

    /// Whether the payment source has not yet been read since the payment could have become known (SPEC §3.5).
    pub(super) fn stale_source(self, facts: &Facts<'_>, receivable: &Walk, hour: LocalTime) -> Option<Wait> {
        let gate = receivable.overdue_from;
        if self.now < gate {
            return Some(Wait::new(DeferReason::StaleSource, self.at_hour(facts, gate, hour)));
        }
        // Only a reading, which is a fact, ends this.
        (facts.source_read_at < gate).then_some(Wait::new(DeferReason::StaleSource, Instant::NEVER))
    }
}

impl Facts<'_> {
    /// A thaw voids announcements at its own moment, whatever hour the steps then wait for. To one at rest it is nothing:
    /// who is not loaded wakes nobody.
    pub(super) fn wake_at_thaw(&mut self, walk: usize, now: Instant) {
        let Self { walks, freezes, .. } = self;
        let receivable = &mut walks[walk];
        if receivable.is_at_rest() {
            return;
        }
        let spans = receivable.freezes.iter().chain(&receivable.paused).chain(freezes.iter()).chain(&receivable.in_flight);
        let thaw = spans.map(|span| span.until).filter(|&until| until > now).min();
        if let Some(thaw) = thaw {
            receivable.wake(thaw);
        }
    }
}

impl Walk {
    /// Announcements before this do not stand: entry, reopening, migration, thaw (SPEC §3.4).
    pub(super) fn stands_from(&self, customer: &[Span], now: Instant) -> Instant {
        let thaws = self
            .freezes
            .iter()
            .chain(&self.paused)
            .chain(customer)
            .chain(&self.in_flight)
            .map(|span| span.until)
            .filter(|&until| until <= now);
        thaws.fold(self.entered_at.max(self.renewed_at), Instant::max)
    }

    /// Makes this receivable be looked at again at `at`, if not sooner.
    pub(super) fn wake(&mut self, at: Instant) {
        self.quiet_until = self.quiet_until.min(at);
    }
}
