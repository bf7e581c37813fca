//! What moves a receivable as a whole: amendment, credit, another policy, out of shadow; and promises that break.

use crate::facts::fact::FactError;
use crate::facts::plan::Policies;
use crate::facts::walk::{Closed, NewWalk, Parted, PartedKey, Walk};
use crate::facts::{Facts, PaidFact, Slot, SlotKind};
use crate::ledger::{EntryKind, LedgerError, Receipt};
use crate::money::Money;
use crate::policy::Policy;
use crate::time::{Day, Instant};
use crate::words::{AccessState, Mode, Rail};

/// A promise that breaks by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    /// When.
    pub at: Instant,
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// The day promised.
    pub on: Day,
}

impl Facts<'_> {
    /// The promise of an open receivable that breaks next: enter [`super::Fact::PromiseBroken`] at that moment, after
    /// what else became known by then and before `decide`, whose next instant includes it.
    #[must_use]
    pub fn next_break(&self) -> Option<Break> {
        let open = self.walks.iter().enumerate().filter(|(_, walk)| walk.closed.is_none() && !walk.promises.is_empty());
        let pending =
            open.flat_map(|(walk, known)| known.promises.iter().map(move |promise| Break { at: promise.breaks, walk, on: promise.on }));
        pending.min_by_key(|pending| (pending.at, pending.walk))
    }

    /// A credit note: who then owes nothing has paid, or, without any payment, never had to.
    ///
    /// # Errors
    /// [`LedgerError`] when the amount is of another currency or more than is due.
    pub fn credit(&mut self, walk: usize, amount: Money, on: Day, at: Instant, policies: &Policies) -> Result<Receipt, LedgerError> {
        let receivable = &mut self.walks[walk];
        let terms = receivable.terms(policies);
        let receipt = receivable.ledger.credit(&terms, amount, on, at)?;
        self.lowered(walk, at, policies);
        Ok(receipt)
    }

    /// The source tells a receivable otherwise than before.
    ///
    /// # Errors
    /// [`LedgerError`] when the amount is of another currency or absurd.
    pub fn amend(
        &mut self,
        walk: usize,
        (issued_on, due_on): (Day, Day),
        amount: Money,
        method: Option<Rail>,
        at: Instant,
        policies: &Policies,
    ) -> Result<Receipt, LedgerError> {
        let (zone, today) = (self.zone, self.zone.day_of(at));
        let receivable = &mut self.walks[walk];
        let before = (receivable.issued_on, receivable.due_on, receivable.method);
        (receivable.issued_on, receivable.due_on, receivable.method) = (issued_on, due_on, method);
        receivable.schedule(zone, policies);
        let was_settled = receivable.ledger.is_settled();
        let terms = receivable.terms(policies);
        let receipt = match receivable.ledger.amend(&terms, amount, today, at) {
            Ok(receipt) => receipt,
            Err(error) => {
                (receivable.issued_on, receivable.due_on, receivable.method) = before;
                receivable.schedule(zone, policies);
                return Err(error);
            }
        };
        receivable.place(zone, policies);
        if was_settled && !receipt.settled && matches!(receivable.closed, Some(Closed::Paid(_))) {
            self.renew(walk, at, policies);
        }
        self.lowered(walk, at, policies);
        self.touch();
        Ok(receipt)
    }

    /// Closes what nothing is owed for any more, though no payment came now.
    pub(super) fn lowered(&mut self, walk: usize, at: Instant, policies: &Policies) {
        let receivable = &mut self.walks[walk];
        if !receivable.has_ended() && receivable.ledger.is_settled() {
            let pays = |kind: EntryKind| matches!(kind, EntryKind::Payment | EntryKind::Application | EntryKind::Withholding);
            let paid = receivable.ledger.entries().any(|entry| pays(entry.kind));
            receivable.closed = Some(if paid { Closed::Paid(at) } else { Closed::Void(at) });
            if let Some(paid_on) = receivable.ledger.settled_on().filter(|_| paid) {
                self.history.push(PaidFact { paid_on, days_late: paid_on.since(receivable.due).max(0) });
            }
            self.restore_access(walk, at, policies);
        }
        self.touch();
    }

    /// Moves an open receivable to another policy version; to see what that would do, move a copy and `decide` it.
    ///
    /// Steps with an id of the old ladder keep where they stand, also when the new one lacks them and a later move brings
    /// them back. Announcements before it do not stand (SPEC §3.4).
    ///
    /// # Errors
    /// [`FactError::Closed`], or [`FactError::NoSegment`] when none is given and none matches.
    pub fn migrate(
        &mut self,
        walk: usize,
        policy: usize,
        segment: Option<usize>,
        at: Instant,
        policies: &Policies,
    ) -> Result<(), FactError> {
        if self.walks[walk].has_ended() {
            return Err(FactError::Closed);
        }
        let before = (self.walks[walk].policy, self.walks[walk].segment);
        (self.walks[walk].policy, self.walks[walk].segment) = (policy, 0);
        let chosen = segment.or_else(|| self.segment_of(walk, at, policies));
        (self.walks[walk].policy, self.walks[walk].segment) = before;
        let segment = chosen.ok_or(super::NoSegment)?;
        let zone = self.zone;
        let receivable = &mut self.walks[walk];
        receivable.move_to(policy, segment, at, policies);
        receivable.schedule(zone, policies);
        receivable.place(zone, policies);
        // Late charges are those of the policy it walks now: what follows from its entries is reckoned anew.
        let terms = receivable.terms(policies);
        let billed = receivable.ledger.billed();
        receivable.ledger.amend(&terms, billed, zone.day_of(at), at)?;
        self.lowered(walk, at, policies);
        Ok(())
    }

    /// Makes the whole customer as real as a mode. Out of shadow it is an entry of its open receivables (SPEC §3.13).
    pub fn go_to(&mut self, mode: Mode, at: Instant, policies: &Policies) {
        let enters = self.mode == Mode::Shadow && mode != Mode::Shadow;
        self.mode = mode;
        if enters {
            self.contacts.retain(|known| !known.shadow);
            for walk in 0..self.walks.len() {
                if self.walks[walk].mode != Mode::Shadow {
                    self.go_live(walk, at, policies);
                }
            }
        }
        self.touch();
    }

    /// As [`Facts::go_to`], of the policy that one receivable walks.
    pub fn walk_goes_to(&mut self, walk: usize, mode: Mode, at: Instant, policies: &Policies) {
        let enters = self.walks[walk].mode == Mode::Shadow && mode != Mode::Shadow;
        self.walks[walk].mode = mode;
        if enters && self.mode != Mode::Shadow {
            self.go_live(walk, at, policies);
        }
        self.touch();
    }
}

impl Walk {
    /// Takes another ladder, with what was decided.
    fn move_to(&mut self, policy: usize, segment: usize, at: Instant, policies: &Policies) {
        let (old, new) = (policies.get(self.policy), policies.get(policy));
        let old_ladder = &old.ladders[old.segments[self.segment].ladder];
        let new_ladder = &new.ladders[new.segments[segment].ladder];
        let old_slots = policies.slots(self.policy, old.segments[self.segment].ladder);
        let new_slots = policies.slots(policy, new.segments[segment].ladder);
        let mut known: Vec<Parted> = std::mem::take(&mut self.parted);
        for (slot, state) in old_slots.iter().zip(&self.slots) {
            if !state.stand.is_open() || state.settled_before || state.again > 0 {
                known.push(Parted { id: old_ladder.steps[slot.step].id.as_str().into(), key: PartedKey::of(*slot), state: *state });
            }
        }
        let take = |slot: &Slot, known: &mut Vec<Parted>| {
            let id = new_ladder.steps[slot.step].id.as_str();
            let place = known.iter().position(|parted| *parted.id == *id && parted.key == PartedKey::of(*slot));
            place.map_or_else(super::SlotState::blank, |place| super::SlotState { deferral: None, ..known.remove(place).state })
        };
        self.slots = new_slots.iter().map(|slot| take(slot, &mut known)).collect();
        let moved = |step: usize| new_ladder.steps.iter().position(|other| other.id == old_ladder.steps[step].id);
        let reacts = |place: usize| new.reactions.iter().position(|other| other.id == old.reactions[place].id);
        // Verdicts of reactions stand behind those of steps.
        let answered = |verdict: usize| match verdict.checked_sub(old_ladder.steps.len()) {
            None => moved(verdict),
            Some(place) => reacts(place).map(|place| new_ladder.steps.len() + place),
        };
        let verdicts = &mut self.verdicts;
        for said in [&mut verdicts.rejected, &mut verdicts.released, &mut verdicts.withheld] {
            *said = said.iter().filter_map(|&verdict| answered(verdict)).collect();
        }
        for failure in &mut self.failures {
            failure.step = failure.step.and_then(moved);
        }
        self.parted = known;
        self.move_reactions(old, new);
        self.announcements.clear();
        self.renewed_at = at;
        (self.policy, self.segment) = (policy, segment);
        self.touch();
    }

    /// Reactions that the new policy lacks are forgotten, but not which of their subjects were counted.
    fn move_reactions(&mut self, old: &Policy, new: &Policy) {
        self.reactions.retain_mut(|known| {
            let id = &old.reactions[known.reaction].id;
            if let Some(place) = new.reactions.iter().position(|other| other.id == *id) {
                known.reaction = place;
                return true;
            }
            let state = super::SlotState { stand: known.stand, raw: known.raw, ..super::SlotState::blank() };
            let key = PartedKey::Reaction { cycle: known.cycle, subject: known.subject };
            self.parted.push(Parted { id: id.as_str().into(), key, state });
            false
        });
    }

    /// What it entered with.
    pub(crate) fn into_new(self) -> NewWalk {
        let Self { rank, issued_on, due_on, ledger, method, subscription, .. } = self;
        NewWalk { rank, issued_on, due_on, ledger, method, subscription }
    }
}

impl PartedKey {
    fn of(slot: Slot) -> Self {
        match slot.kind {
            SlotKind::Notice => Self::Notice,
            SlotKind::Contact | SlotKind::Adverse | SlotKind::Task | SlotKind::WriteOff | SlotKind::Charge => Self::Step(slot.occurrence),
        }
    }
}

impl Facts<'_> {
    /// An entry of an open receivable at a moment (SPEC §3.13): what was decided in shadow is open again, and nothing was
    /// announced. What was decided before it went into shadow stays.
    fn go_live(&mut self, walk: usize, at: Instant, policies: &Policies) {
        let zone = self.zone;
        let receivable = &mut self.walks[walk];
        receivable.shadow_access = AccessState::Active;
        receivable.shadow_adverse_on = None;
        if receivable.has_ended() {
            return;
        }
        receivable.closed = None;
        receivable.closed_in_shadow = false;
        receivable.closed_told = false;
        receivable.entered_at = at;
        receivable.announcements.clear();
        for state in &mut receivable.slots {
            state.deferral = None;
            if state.shadow {
                *state = super::SlotState { again: state.again, ..super::SlotState::blank() };
            }
        }
        receivable.place(zone, policies);
        receivable.touch();
    }
}
