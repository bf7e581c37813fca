//! What changes the facts: entry, payment, failure, freeze, promise, verdict, reopening, and the reactions they start.

use crate::decide::View;
use crate::facts::plan::Policies;
use crate::facts::walk::{Closed, NewWalk, Promise, Span, Subscription, Walk};
use crate::facts::{Deferral, FactError, Facts, PaidFact, SlotKind, Stand};
use crate::ledger::{LedgerError, Receipt, Reversal};
use crate::money::Money;
use crate::policy::program::{Event, Offset};
use crate::policy::{Condition, Verdict};
use crate::time::{Day, Instant};
use crate::words::{AccessState, Mode, Rail, SkipReason};

/// A charge that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// When.
    pub at: Instant,
    /// The `charge` step that ordered it, if a step did.
    pub step: Option<usize>,
    /// The normalised decline reason.
    pub reason: Box<str>,
    /// Whether only the payer can mend it.
    pub needs_payer: bool,
    /// When it is tried again, where that is chosen and not the policy's own plan.
    pub retry_at: Option<Instant>,
}

/// What people said to requests for approval, per step of the ladder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdicts {
    /// Refused steps.
    pub rejected: Vec<usize>,
    /// Released steps.
    pub released: Vec<usize>,
    /// Steps that nobody answers, even where approvals are given at once.
    pub withheld: Vec<usize>,
}

/// A reaction that an event started on a receivable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reacting {
    /// Index into the policy's reactions.
    pub reaction: usize,
    /// The how-manieth subject of this event on this receivable, from 0: with it part of the key.
    pub subject: u16,
    /// The cycle in which it started.
    pub cycle: u16,
    /// The event's instant, or the reaction's `at` if later.
    pub raw: Instant,
    /// What was decided.
    pub stand: Stand,
    /// Why it waits.
    pub deferral: Option<Deferral>,
}

/// No segment of the policy matches: the receivable is refused at entry (SPEC §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no segment of the policy matches this receivable: end `segments` with one that has no `when`")]
pub struct NoSegment;

/// Why a receivable does not enter the ladder it was on any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Cancelled as if never billed.
    Void,
    /// Given up outside the ladder.
    WrittenOff,
}

impl Facts<'_> {
    /// A receivable becomes known: it takes the policy version and the first segment that matches, for good.
    ///
    /// # Errors
    /// [`NoSegment`] when none matches.
    pub fn enter(&mut self, new: NewWalk, at: Instant, policies: &Policies, policy: usize) -> Result<usize, NoSegment> {
        let sequence = self.entered.saturating_add(1);
        // Conditions look at the receivable as it enters, so it stands among the others while they are judged.
        self.walks.push(Walk::new(new, sequence, at, self.zone, policies, policy, 0));
        let index = self.walks.len() - 1;
        let chosen = self.segment_of(index, at, policies);
        let entered = self.walks.pop().zip(chosen);
        let (walk, segment) = entered.ok_or(NoSegment)?;
        let walk = if segment == 0 { walk } else { Walk::new(walk.into_new(), sequence, at, self.zone, policies, policy, segment) };
        let place = self.by_rank.partition_point(|&other| self.walks[other].rank <= walk.rank);
        self.by_rank.insert(place, index);
        self.walks.push(walk);
        self.entered = sequence;
        self.look_forward(index, at, policies);
        Ok(index)
    }

    /// The first segment of its policy that matches a receivable.
    pub(super) fn segment_of(&self, walk: usize, at: Instant, policies: &Policies) -> Option<usize> {
        let receivable = &self.walks[walk];
        let view = View::new(self, receivable, policies, at);
        let matches = |when: &Option<Condition>| when.as_ref().is_none_or(|when| when.eval(&view) == Verdict::True);
        policies.get(receivable.policy).segments.iter().position(|segment| matches(&segment.when))
    }

    /// A payment becomes known at `at`: it counts for `paid_on`; without an amount it settles in full.
    ///
    /// The receipt says what of it nothing was owed for (credit).
    ///
    /// # Errors
    /// [`LedgerError`] when the amount is of another currency or does not fit.
    pub fn pay(
        &mut self,
        walk: usize,
        paid_on: Day,
        amount: Option<Money>,
        at: Instant,
        policies: &Policies,
    ) -> Result<Receipt, LedgerError> {
        let receivable = &mut self.walks[walk];
        let terms = receivable.terms(policies);
        let paid_before = receivable.ledger.is_paid();
        let receipt = receivable.ledger.pay(&terms, paid_on, amount, at)?;
        receivable.touch();
        for span in &mut receivable.in_flight {
            span.until = span.until.min(at);
        }
        if receivable.ledger.is_paid() && !paid_before {
            self.settle(walk, paid_on, at, policies);
        }
        Ok(receipt)
    }

    /// Nothing is open any more since a payment on a day.
    pub(super) fn settle(&mut self, walk: usize, paid_on: Day, at: Instant, policies: &Policies) {
        let zone = self.zone;
        let receivable = &mut self.walks[walk];
        self.history.push(PaidFact { paid_on, days_late: paid_on.since(receivable.due).max(0) });
        if !receivable.has_ended() {
            receivable.closed = Some(Closed::Paid(at));
        }
        receivable.start(Event::Paid, None, at, zone, policies);
        self.restore_access(walk, at, policies);
        self.touch();
    }

    /// A payment was told wrongly, and it becomes known at `at` what it was. One that settles as well as the wrong one did
    /// reopens nothing and thanks nobody again.
    ///
    /// # Errors
    /// [`LedgerError`] when no such payment is there, or when the right amount does not fit; nothing is changed then.
    pub fn correct(
        &mut self,
        walk: usize,
        was: (Day, Option<Money>),
        right: (Day, Option<Money>),
        at: Instant,
        policies: &Policies,
    ) -> Result<Receipt, LedgerError> {
        let receivable = &mut self.walks[walk];
        let terms = receivable.terms(policies);
        let before = receivable.ledger.settled_on();
        let mut ledger = receivable.ledger.clone();
        let receipt = ledger.correct(&terms, was, right, at)?;
        receivable.ledger = ledger;
        let (due, after) = (receivable.due, receivable.ledger.settled_on());
        receivable.touch();
        let known = self.history.iter().rposition(|paid| Some(paid.paid_on) == before);
        match (before, after) {
            (None, None) => {}
            (None, Some(on)) => self.settle(walk, on, at, policies),
            (Some(_), Some(on)) => {
                if let Some(paid) = known.and_then(|place| self.history.get_mut(place)) {
                    *paid = PaidFact { paid_on: on, days_late: on.since(due).max(0) };
                }
                self.touch();
            }
            (Some(_), None) => {
                if let Some(place) = known {
                    self.history.remove(place);
                }
                self.renew(walk, at, policies);
            }
        }
        Ok(receipt)
    }

    /// Money came back (returned, charged back), the newest payment first: the receivable is open again in a new cycle.
    ///
    /// # Errors
    /// [`LedgerError`] when the amount is of another currency or does not fit.
    pub fn reopen(&mut self, walk: usize, amount: Option<Money>, on: Day, at: Instant, policies: &Policies) -> Result<(), LedgerError> {
        self.take_back(walk, Reversal::Chargeback, amount, on, at, policies).map(|_| ())
    }

    /// As [`Facts::reopen`], in either way.
    ///
    /// # Errors
    /// [`LedgerError`] when the amount is of another currency or does not fit.
    pub fn take_back(
        &mut self,
        walk: usize,
        how: Reversal,
        amount: Option<Money>,
        on: Day,
        at: Instant,
        policies: &Policies,
    ) -> Result<Receipt, LedgerError> {
        let receivable = &mut self.walks[walk];
        let terms = receivable.terms(policies);
        let paid_on = receivable.ledger.settled_on();
        let receipt = receivable.ledger.take_back(&terms, how, amount, on, at)?;
        receivable.touch();
        let still_paid = receivable.ledger.is_paid();
        if how == Reversal::Chargeback {
            self.taken_back(walk);
        }
        if still_paid {
            return Ok(receipt);
        }
        self.was_not_paid(paid_on);
        // What was given up or cancelled stays so.
        if !receipt.settled {
            self.renew(walk, at, policies);
        }
        Ok(receipt)
    }

    /// A receivable that was paid on a day is not.
    pub(super) fn was_not_paid(&mut self, paid_on: Option<Day>) {
        if let Some(place) = self.history.iter().rposition(|paid| Some(paid.paid_on) == paid_on) {
            self.history.remove(place);
        }
    }

    /// A receivable is open again, in a new cycle.
    pub(super) fn renew(&mut self, walk: usize, at: Instant, policies: &Policies) {
        let receivable = &mut self.walks[walk];
        // What would have broken while nothing was owed has not been broken.
        receivable.promises.retain(|promise| promise.breaks >= at);
        receivable.cycle = receivable.cycle.saturating_add(1);
        receivable.closed = None;
        receivable.closed_in_shadow = false;
        receivable.closed_told = false;
        receivable.renewed_at = at;
        receivable.announcements.clear();
        receivable.failures.clear();
        let layout = policies.slots(receivable.policy, policies.get(receivable.policy).segments[receivable.segment].ladder);
        for (slot, state) in layout.iter().zip(&mut receivable.slots) {
            let done = matches!(state.stand, Stand::Done(_)) || state.settled_before;
            // A fee that was added still stands; contacts, charges and tasks are not repeated.
            let stays = match slot.kind {
                SlotKind::Contact | SlotKind::Charge | SlotKind::Task => done,
                SlotKind::Adverse => done && receivable_fee(policies, receivable.policy, receivable.segment, slot.step),
                SlotKind::Notice | SlotKind::WriteOff => false,
            };
            state.stand = Stand::Open;
            state.deferral = None;
            state.again = 0;
            state.settled_before = stays;
            state.shadow &= stays;
        }
        receivable.place(self.zone, policies);
        self.touch();
    }

    /// The receivable ends without payment, for the ledger too; what that moved. What was paid ends by a void only, which
    /// makes credit of it, and what is void or given up is so for good.
    pub fn end(&mut self, walk: usize, ending: Ending, at: Instant, policies: &Policies) -> Option<Receipt> {
        let today = self.zone.day_of(at);
        let receivable = &mut self.walks[walk];
        let (terms, paid_on) = (receivable.terms(policies), receivable.ledger.settled_on());
        let moved = match ending {
            Ending::Void => receivable.ledger.void(&terms, today, at),
            Ending::WrittenOff => receivable.ledger.write_off(&terms, today, at),
        };
        let paid = matches!(receivable.closed, Some(Closed::Paid(_)));
        match ending {
            Ending::Void => {
                receivable.closed = Some(Closed::Void(at));
                receivable.closed_in_shadow = false;
                self.restore_access(walk, at, policies);
                if paid {
                    self.was_not_paid(paid_on);
                }
            }
            Ending::WrittenOff if paid || matches!(receivable.closed, Some(Closed::Void(_))) => {}
            Ending::WrittenOff => {
                receivable.closed = Some(Closed::WrittenOff(at));
                receivable.closed_in_shadow = false;
            }
        }
        self.touch();
        moved.ok()
    }

    /// Something freezes a receivable, or with `None` the whole customer, until it is lifted or its end comes.
    pub fn freeze(&mut self, walk: Option<usize>, from: Instant, until: Instant) {
        match walk {
            Some(walk) => self.walks[walk].freezes.push(Span { from, until }),
            None => self.freezes.push(Span { from, until }),
        }
        self.touch();
    }

    /// Lifts what freezes a receivable, or with `None` the customer, without a known end.
    pub fn thaw(&mut self, walk: Option<usize>, at: Instant) {
        let spans = match walk {
            Some(walk) => &mut self.walks[walk].freezes,
            None => &mut self.freezes,
        };
        for span in spans.iter_mut().filter(|span| span.until == Instant::NEVER) {
            span.until = at.max(span.from);
        }
        self.touch();
    }

    /// A promise to pay on a day: freezes until the end of the first business day after it (SPEC §3.5).
    ///
    /// Returns the instant at which it breaks; see [`Facts::next_break`].
    pub fn promise(&mut self, walk: usize, on: Day, at: Instant, policies: &Policies) -> Instant {
        let calendar = self.walks[walk].rules(policies).calendar;
        let breaks = self.zone.midnight(calendar.add_open_days(on, 1).plus(1));
        self.freeze(Some(walk), at, breaks);
        // A promise for a day long past breaks as soon as it is made.
        self.walks[walk].promises.push(Promise { on, breaks: breaks.max(at) });
        self.walks[walk].start(Event::PromiseMade, Some(on), at, self.zone, policies);
        breaks
    }

    /// The promise to pay on a day was not kept; of a receivable that is closed, it is only forgotten.
    pub fn promise_broken(&mut self, walk: usize, on: Day, at: Instant, policies: &Policies) {
        let receivable = &mut self.walks[walk];
        if let Some(place) = receivable.promises.iter().position(|promise| promise.on == on) {
            receivable.promises.remove(place);
        }
        if receivable.closed.is_some() {
            return;
        }
        self.broken_promises = self.broken_promises.saturating_add(1);
        self.walks[walk].start(Event::PromiseBroken, Some(on), at, self.zone, policies);
        self.touch();
    }

    /// The promise to pay on a day is taken back: what it froze goes on, it is not counted as broken, and what follows a promise and
    /// was not decided yet does not happen.
    ///
    /// # Errors
    /// [`FactError::NoPromise`] when none for that day stands.
    pub(super) fn promise_withdrawn(&mut self, walk: usize, on: Day, at: Instant, policies: &Policies) -> Result<(), FactError> {
        let receivable = &mut self.walks[walk];
        let place = receivable.promises.iter().rposition(|promise| promise.on == on).ok_or(FactError::NoPromise(on))?;
        let promise = receivable.promises.remove(place);
        if let Some(span) = receivable.freezes.iter_mut().rfind(|span| span.until == promise.breaks && span.from <= at) {
            span.until = at.max(span.from);
        }
        let rules = policies.get(receivable.policy);
        for reacting in receivable.reactions.iter_mut().filter(|known| known.stand.is_open()) {
            if rules.reactions.get(reacting.reaction).is_some_and(|file| file.on == Event::PromiseMade) {
                reacting.stand = Stand::Skipped(SkipReason::Superseded, at);
            }
        }
        self.touch();
        Ok(())
    }

    /// A dispute was opened: starts what follows the event. What freezes is told by [`Facts::freeze`].
    pub fn disputed(&mut self, walk: usize, at: Instant, policies: &Policies) {
        self.walks[walk].start(Event::DisputeOpened, None, at, self.zone, policies);
    }

    /// A payment is on its way, initiated or claimed: it defers until it settles, fails or its rail has cleared.
    pub fn initiated(&mut self, walk: usize, rail: Option<Rail>, at: Instant, policies: &Policies) {
        let today = self.zone.day_of(at);
        let receivable = &mut self.walks[walk];
        let rules = receivable.rules(policies);
        let cleared = rail.or(receivable.method).map_or(today, |rail| rules.cleared_on(rail, today));
        let until = self.zone.midnight(cleared.plus(1));
        receivable.in_flight.push(Span { from: at, until });
        receivable.touch();
    }

    /// The payment on its way will not come.
    pub fn flight_failed(&mut self, walk: usize, at: Instant) {
        for span in &mut self.walks[walk].in_flight {
            span.until = span.until.min(at.max(span.from));
        }
        self.walks[walk].touch();
    }

    /// A charge failed.
    pub fn charge_failed(&mut self, walk: usize, failure: Failure, policies: &Policies) {
        let (zone, at) = (self.zone, failure.at);
        let receivable = &mut self.walks[walk];
        receivable.failures.push(failure);
        receivable.place(zone, policies);
        receivable.start(Event::PaymentFailed, None, at, zone, policies);
        receivable.touch();
    }

    /// The subscription that a receivable bills becomes known or changes.
    pub fn subscribe(&mut self, walk: usize, subscription: Subscription, at: Instant, policies: &Policies) {
        let zone = self.zone;
        let receivable = &mut self.walks[walk];
        receivable.subscription = Some(subscription);
        receivable.place(zone, policies);
        self.look_forward(walk, at, policies);
        self.touch();
    }

    /// What a receivable restricted is given back; of a subscription that nothing restricts any more, that is an event.
    pub(super) fn restore_access(&mut self, walk: usize, at: Instant, policies: &Policies) {
        let zone = self.zone;
        let (subscription, shadow) = (self.walks[walk].subscription.clone(), self.mode_of(&self.walks[walk]) == Mode::Shadow);
        let before = self.access_seen(subscription.as_ref(), shadow);
        let receivable = &mut self.walks[walk];
        receivable.closed_in_shadow = false;
        receivable.access = AccessState::Active;
        receivable.shadow_access = AccessState::Active;
        if before != AccessState::Active && self.access_seen(subscription.as_ref(), shadow) == AccessState::Active {
            self.walks[walk].start(Event::AccessRestored, None, at, zone, policies);
        }
    }

    /// The renewal of the subscription that a receivable bills starts what precedes it, once for each renewal: on whichever
    /// receivable tells of it first. What waits for a renewal that has moved or will not be is forgotten.
    fn look_forward(&mut self, walk: usize, at: Instant, policies: &Policies) {
        let (zone, today) = (self.zone, self.zone.day_of(at));
        let Some(told) = self.walks[walk].subscription.clone() else { return };
        let known = self.renewals.iter().position(|(key, _)| *key == told.key);
        if known.and_then(|place| self.renewals.get(place)).map(|(_, day)| *day) == told.renewal_on {
            return;
        }
        for other in self.walks.iter_mut().filter(|other| other.subscription.as_ref().is_some_and(|sub| sub.key == told.key)) {
            let rules = other.rules(policies);
            other.reactions.retain(|known| !known.stand.is_open() || rules.reactions[known.reaction].on != Event::Renewal);
        }
        if let Some(place) = known {
            self.renewals.remove(place);
        }
        if let Some(day) = told.renewal_on {
            self.renewals.push((told.key, day));
            if day > today {
                self.walks[walk].start(Event::Renewal, Some(day), at, zone, policies);
            }
        }
    }
}

fn receivable_fee(policies: &Policies, policy: usize, segment: usize, step: usize) -> bool {
    let rules = policies.get(policy);
    let ladder = &rules.ladders[rules.segments[segment].ladder];
    matches!(ladder.steps[step].act, crate::policy::program::Act::Fee(_))
}

impl Walk {
    /// Starts the reactions of this receivable's policy to an event; `on` is the promise's or method's date.
    pub(crate) fn start(&mut self, event: Event, on: Option<Day>, at: Instant, zone: crate::time::Zone, policies: &Policies) {
        let rules = policies.get(self.policy);
        for (reaction, file) in rules.reactions.iter().enumerate().filter(|(_, file)| file.on == event) {
            let subject = self.reactions.iter().filter(|known| known.reaction == reaction && known.cycle == self.cycle).count();
            let wanted = file.at.map_or(at, |wanted| match (on, wanted.offset) {
                (Some(day), Offset::Days(_) | Offset::OpenDays(_)) => zone.at(rules.shift_day(day, wanted.offset), wanted.time),
                (Some(day), Offset::Hours(hours)) => zone.at(day, wanted.time).plus_hours(i64::from(hours)),
                (None, _) => self.anchored(wanted, None, zone, policies),
            });
            let raw = if wanted == Instant::NEVER { at } else { wanted.max(at) };
            self.reactions.push(Reacting {
                reaction,
                subject: u16::try_from(subject).unwrap_or(u16::MAX),
                cycle: self.cycle,
                raw,
                stand: Stand::Open,
                deferral: None,
            });
        }
        self.touch();
    }
}
