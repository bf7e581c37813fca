//! The one way in: a fact changes the facts, in the backtest as in the living system, and again when the log is replayed.

use std::borrow::Cow;

use crate::account::{AccountEntry, AccountKind};
use crate::facts::fact::{About, Applied, Cause, Entry, Fact, FactError};
use crate::facts::plan::Policies;
use crate::facts::walk::{Announcement, Walk};
use crate::facts::{Channels, Contacted, Ending, Facts, Failure, NewWalk, SlotKind, Stand, Verdicts};
use crate::ledger::{Ledger, Reversal};
use crate::money::Money;
use crate::party::{Consent, ContactPoint, Customer, Health};
use crate::time::{Day, Instant};
use crate::words::{Channel, SkipReason};

impl Facts<'_> {
    /// Enters what became known at `at`, of one receivable or with `None` of the customer.
    ///
    /// Facts of one moment are applied in this order: entries, payments, the rest, promises that break by themselves
    /// ([`Facts::next_break`]); so a payment at the moment at which a promise breaks keeps it.
    ///
    /// # Errors
    /// [`FactError`]; then nothing has changed.
    pub fn apply(&mut self, walk: Option<usize>, fact: &Fact, at: Instant, policies: &Policies) -> Result<Applied, FactError> {
        match (fact.about(), walk) {
            (About::Customer, Some(_)) => return Err(FactError::OfCustomer),
            (About::Receivable, None) => return Err(FactError::OfReceivable),
            (_, Some(walk)) if walk >= self.walks.len() => return Err(FactError::OfReceivable),
            (About::Customer | About::Receivable | About::Either, _) => {}
        }
        let Some(walk) = walk else { return self.apply_to_customer(fact, at, policies) };
        let before = self.walks[walk].ledger.overpaid();
        let applied = self.apply_to_receivable(walk, fact, at, policies)?;
        self.overpaid(walk, before, at);
        Ok(applied)
    }

    /// What a receivable has too much, or does not have any more, moves to and from the customer's credit.
    fn overpaid(&mut self, walk: usize, before: Money, at: Instant) {
        let after = self.walks[walk].ledger.overpaid();
        let more = Money::new(after.minor() - before.minor(), after.currency());
        if !more.is_zero() {
            let on = self.walks[walk].ledger.entries().last().map_or_else(|| self.zone.day_of(at), |entry| entry.on);
            self.account.enter(AccountEntry { kind: AccountKind::Overpaid, amount: more, walk: Some(walk), on, at });
        }
    }

    fn apply_to_receivable(&mut self, walk: usize, fact: &Fact, at: Instant, policies: &Policies) -> Result<Applied, FactError> {
        match fact {
            Fact::Paid { paid_on, amount } => return Ok(Applied::Moved(self.pay(walk, *paid_on, *amount, at, policies)?)),
            Fact::Corrected { was_on, was, paid_on, amount } => {
                return Ok(Applied::Moved(self.correct(walk, (*was_on, *was), (*paid_on, *amount), at, policies)?));
            }
            Fact::Credited { on, amount } => return Ok(Applied::Moved(self.credit(walk, *amount, *on, at, policies)?)),
            Fact::TaxWithheld { on, amount } => return Ok(Applied::Moved(self.withhold(walk, *amount, *on, at, policies)?)),
            Fact::FeeAdded { on, amount } => return Ok(Applied::Moved(self.add_fee(walk, *amount, *on, at, policies)?)),
            Fact::CreditUsed { on, amount } => return Ok(Applied::Moved(self.use_credit(walk, *amount, *on, at, policies)?)),
            Fact::Refunded { on, amount } => {
                return Ok(Applied::Moved(self.take_back(walk, Reversal::Refund, *amount, *on, at, policies)?));
            }
            Fact::ChargedBack { on, amount } => {
                return Ok(Applied::Moved(self.take_back(walk, Reversal::Chargeback, *amount, *on, at, policies)?));
            }
            Fact::Amended { issued_on, due_on, amount, method } => {
                return Ok(Applied::Moved(self.amend(walk, (*issued_on, *due_on), *amount, *method, at, policies)?));
            }
            Fact::Subscribed(subscription) => self.subscribe(walk, subscription.clone(), at, policies),
            Fact::Promised { on } => {
                self.promise(walk, *on, at, policies);
            }
            Fact::PromiseBroken { on } => self.promise_broken(walk, *on, at, policies),
            Fact::PromiseWithdrawn { on } => self.promise_withdrawn(walk, *on, at, policies)?,
            Fact::Initiated { rail } => self.initiated(walk, *rail, at, policies),
            Fact::FlightFailed => self.flight_failed(walk, at),
            Fact::ChargeFailed { reason, needs_payer, step, charge, advice, retry_at } => {
                let step = step.as_deref().map(|id| self.step_of(walk, id, policies)).transpose()?;
                if let Some(charge) = charge {
                    self.try_failed(walk, *charge, *advice, at);
                }
                let (needs_payer, retry_at) = (*needs_payer, *retry_at);
                self.charge_failed(walk, Failure { at, step, reason: reason.clone(), needs_payer, retry_at }, policies);
            }
            Fact::Tried { tried } => self.tried(walk, *tried, at)?,
            Fact::Taken { charge, on } => self.taken(walk, *charge, *on, at),
            Fact::TryDropped { charge } => self.try_dropped(walk, *charge, at),
            Fact::Voided => return Ok(self.end(walk, Ending::Void, at, policies).map_or(Applied::Known, Applied::Moved)),
            Fact::WrittenOff => return Ok(self.end(walk, Ending::WrittenOff, at, policies).map_or(Applied::Known, Applied::Moved)),
            Fact::Rejected { step } => self.answer(walk, step, policies, |verdicts| &mut verdicts.rejected)?,
            Fact::Released { step } => self.answer(walk, step, policies, |verdicts| &mut verdicts.released)?,
            Fact::Withheld { step } => self.answer(walk, step, policies, |verdicts| &mut verdicts.withheld)?,
            Fact::Migrated { policy, segment } => {
                let policy = policies.find(policy).ok_or_else(|| FactError::NoPolicy(policy.clone()))?;
                let named = |name: &str| {
                    let place = policies.get(policy).segments.iter().position(|known| known.name == name);
                    place.ok_or_else(|| FactError::NoSuchSegment(name.into()))
                };
                let segment = segment.as_deref().map(named).transpose()?;
                self.migrate(walk, policy, segment, at, policies)?;
            }
            Fact::Froze { cause } => self.freeze_for(Some(walk), *cause, at, policies),
            Fact::Thawed { cause } => self.lift(Some(walk), *cause, at),
            Fact::WentTo { mode } => self.walk_goes_to(walk, *mode, at, policies),
            Fact::Reannounced { step, occurrence, was, named } => self.reannounce(walk, (step, *occurrence), *was, *named, at, policies)?,
            Fact::Entered(_)
            | Fact::Received { .. }
            | Fact::CreditRefunded { .. }
            | Fact::Recounted { .. }
            | Fact::OptedOut { .. }
            | Fact::OptedIn { .. }
            | Fact::Bounced { .. }
            | Fact::Suppressed { .. }
            | Fact::Mended { .. }
            | Fact::MethodKnown { .. }
            | Fact::Profile(_)
            | Fact::SourceRead => return Err(FactError::OfCustomer),
        }
        Ok(Applied::Known)
    }

    fn apply_to_customer(&mut self, fact: &Fact, at: Instant, policies: &Policies) -> Result<Applied, FactError> {
        match fact {
            Fact::Entered(entry) => return self.take_in(entry, at, policies).map(Applied::Entered),
            Fact::Received { on, amount } => self.receive(*amount, *on, at)?,
            Fact::CreditRefunded { on, amount } => self.refund_credit(*amount, *on, at)?,
            Fact::Froze { cause } => self.freeze_for(None, *cause, at, policies),
            Fact::Thawed { cause } => self.lift(None, *cause, at),
            Fact::WentTo { mode } => self.go_to(*mode, at, policies),
            Fact::Recounted { was, channels, now, over } => {
                self.recount((*was, channels.iter().copied().collect()), *now, over.as_ref().map(|over| over.iter().copied().collect()));
            }
            Fact::OptedOut { channel, point } => self.points(*channel, *point, |point| point.consent = Consent::OptedOut),
            Fact::Bounced { channel, point } => self.points(*channel, *point, |point| point.health = Health::Bounced),
            Fact::Suppressed { channel, point } => self.points(*channel, *point, |point| point.health = Health::Suppressed),
            Fact::OptedIn { channel, point } => {
                self.points(*channel, *point, |point| point.consent = Consent::OptedIn);
                self.ask_notices_again(policies);
            }
            Fact::Mended { channel, point } => {
                self.points(*channel, *point, |point| point.health = Health::Usable);
                self.ask_notices_again(policies);
            }
            Fact::MethodKnown { method } => self.method_known(method, at),
            Fact::Profile(customer) => self.become_known(customer, policies),
            Fact::SourceRead => {
                self.source_read_at = at;
                self.touch();
            }
            Fact::Paid { .. }
            | Fact::Corrected { .. }
            | Fact::Credited { .. }
            | Fact::TaxWithheld { .. }
            | Fact::FeeAdded { .. }
            | Fact::CreditUsed { .. }
            | Fact::Refunded { .. }
            | Fact::ChargedBack { .. }
            | Fact::Amended { .. }
            | Fact::Subscribed(_)
            | Fact::Promised { .. }
            | Fact::PromiseBroken { .. }
            | Fact::PromiseWithdrawn { .. }
            | Fact::Initiated { .. }
            | Fact::FlightFailed
            | Fact::ChargeFailed { .. }
            | Fact::Tried { .. }
            | Fact::Taken { .. }
            | Fact::TryDropped { .. }
            | Fact::Voided
            | Fact::WrittenOff
            | Fact::Rejected { .. }
            | Fact::Released { .. }
            | Fact::Withheld { .. }
            | Fact::Migrated { .. }
            | Fact::Reannounced { .. } => return Err(FactError::OfReceivable),
        }
        Ok(Applied::Known)
    }

    /// Its rank is the last; [`Facts::rank`] moves it.
    fn take_in(&mut self, entry: &Entry, at: Instant, policies: &Policies) -> Result<usize, FactError> {
        let policy = match &entry.policy {
            None => policies.newest_index(),
            Some(hash) => policies.find(hash).ok_or_else(|| FactError::NoPolicy(hash.clone()))?,
        };
        let last = self.by_rank.last().map(|&walk| self.walks[walk].rank);
        let new = NewWalk {
            rank: last.map_or(0, |rank| rank.saturating_add(1)),
            issued_on: entry.issued_on,
            due_on: entry.due_on,
            ledger: Ledger::new(entry.amount, entry.issued_on, at)?,
            method: entry.method,
            subscription: entry.subscription.clone(),
        };
        let walk = self.enter(new, at, policies, policy)?;
        self.walks[walk].mode = entry.mode;
        Ok(walk)
    }

    /// The place of a step in the ladder that a receivable walks.
    fn step_of(&self, walk: usize, id: &str, policies: &Policies) -> Result<usize, FactError> {
        let steps = &self.walks[walk].ladder(policies).steps;
        steps.iter().position(|step| step.id == id).ok_or_else(|| FactError::NoStep(id.into()))
    }

    fn answer(
        &mut self,
        walk: usize,
        step: &str,
        policies: &Policies,
        said: impl FnOnce(&mut Verdicts) -> &mut Vec<usize>,
    ) -> Result<(), FactError> {
        let reaction = |id: &str| {
            let receivable = &self.walks[walk];
            let place = receivable.rules(policies).reactions.iter().position(|reaction| reaction.id == id);
            place.map(|place| receivable.verdict_of_reaction(place, policies))
        };
        let step = self.step_of(walk, step, policies).or_else(|missing| reaction(step).ok_or(missing))?;
        let receivable = &mut self.walks[walk];
        let said = said(&mut receivable.verdicts);
        if !said.contains(&step) {
            said.push(step);
        }
        receivable.touch();
        Ok(())
    }

    /// Several causes freeze as one.
    fn freeze_for(&mut self, walk: Option<usize>, cause: Cause, at: Instant, policies: &Policies) {
        if self.causes(walk).is_empty() {
            self.freeze(walk, at, Instant::NEVER);
        }
        if let (Cause::Dispute, Some(walk)) = (cause, walk) {
            self.disputed(walk, at, policies);
        }
        let causes = self.causes(walk);
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }

    /// The last cause that is lifted thaws. Only a person lifts a hold, and says with it that charging may go on.
    fn lift(&mut self, walk: Option<usize>, cause: Cause, at: Instant) {
        if cause == Cause::Hold {
            self.released(walk, at);
        }
        let causes = self.causes(walk);
        let before = causes.len();
        causes.retain(|known| *known != cause);
        if causes.len() < before && causes.is_empty() {
            self.thaw(walk, at);
        }
    }

    fn causes(&mut self, walk: Option<usize>) -> &mut Vec<Cause> {
        match walk {
            Some(walk) => &mut self.walks[walk].causes,
            None => &mut self.causes,
        }
    }

    /// Changes one contact point by its place, or every one of a channel.
    fn points(&mut self, channel: Channel, point: Option<u16>, change: impl Fn(&mut ContactPoint)) {
        let meant = |place: usize| point.is_none_or(|point| usize::from(point) == place);
        let points = self.customer.to_mut().contacts.iter_mut().enumerate();
        points.filter(|(place, known)| known.channel == channel && meant(*place)).for_each(|(_, known)| change(known));
        self.touch();
    }

    /// What is known of an address stays known: a file that is read again does not undo a bounce or an opt-out.
    fn become_known(&mut self, customer: &Customer, policies: &Policies) {
        let mut customer = customer.clone();
        for point in &mut customer.contacts {
            let same = |old: &&ContactPoint| old.channel == point.channel && old.address == point.address;
            let Some(old) = self.customer.contacts.iter().find(same) else { continue };
            if old.health != Health::Usable {
                point.health = old.health;
            }
            if old.consent == Consent::OptedOut {
                point.consent = Consent::OptedOut;
            }
        }
        self.zone = customer.zone.unwrap_or(policies.newest().zone);
        self.customer = Cow::Owned(customer);
        let zone = self.zone;
        for walk in &mut self.walks {
            walk.schedule(zone, policies);
            walk.place(zone, policies);
        }
        self.ask_notices_again(policies);
        self.touch();
    }

    /// A notice that nobody could be reached with is tried again once the data is mended.
    fn ask_notices_again(&mut self, policies: &Policies) {
        for walk in self.walks.iter_mut().filter(|walk| walk.closed.is_none()) {
            let layout = policies.layout(walk.policy, policies.get(walk.policy).segments[walk.segment].ladder);
            for (slot, state) in layout.slots.iter().zip(&mut walk.slots) {
                if slot.kind == SlotKind::Notice && matches!(state.stand, Stand::Skipped(SkipReason::Unreachable, _)) {
                    state.again = state.again.saturating_add(1);
                    state.stand = Stand::Open;
                }
            }
        }
    }

    /// Takes an announcement back, and makes it anew when a day is named.
    fn reannounce(
        &mut self,
        walk: usize,
        (step, occurrence): (&str, u16),
        was: Instant,
        named: Option<Day>,
        at: Instant,
        policies: &Policies,
    ) -> Result<(), FactError> {
        let index = self.step_of(walk, step, policies)?;
        let receivable = &mut self.walks[walk];
        let slots = policies.slots(receivable.policy, policies.get(receivable.policy).segments[receivable.segment].ladder);
        let of_step = |slot: &super::Slot| slot.step == index && slot.occurrence == occurrence && slot.kind != SlotKind::Notice;
        let slot = slots.iter().position(of_step).ok_or_else(|| FactError::NoStep(step.into()))?;
        let known = receivable.announcements.iter().position(|known| known.slot == slot && known.at == was);
        if let Some(place) = known {
            let known = receivable.announcements.remove(place);
            match named {
                Some(named) => receivable.announcements.push(Announcement { at, named, ..known }),
                None => receivable.withdraw_notice(slots, index, at),
            }
        }
        receivable.touch();
        Ok(())
    }

    fn recount(&mut self, (day, channels): (Day, Channels), now: Option<Day>, over: Option<Channels>) {
        // Only what is sent is ever counted anew, and nothing in shadow is sent.
        let own = |known: &Contacted| !known.shadow && known.day == day && known.channels == channels;
        let Some(place) = self.contacts.iter().rposition(own) else { return };
        let known = self.contacts.remove(place);
        if let Some(day) = now {
            let place = self.contacts.partition_point(|known| known.day <= day);
            self.contacts.insert(place, Contacted { day, channels: over.unwrap_or(channels), ..known });
        }
        self.touch();
    }

    /// Takes a receivable's place in the order of ids: those of other receivables are as they were given.
    pub fn rank(&mut self, walk: usize, rank: u32) {
        self.by_rank.retain(|&other| other != walk);
        self.walks[walk].rank = rank;
        let place = self.by_rank.partition_point(|&other| self.walks[other].rank <= rank);
        self.by_rank.insert(place, walk);
    }
}

impl Walk {
    /// A notice of a step's own whose message did not reach anybody counts as one that could not: it is not repeated
    /// until a thaw or until the data is mended, and so the step waits.
    fn withdraw_notice(&mut self, slots: &[super::Slot], step: usize, at: Instant) {
        let notice = slots.iter().position(|slot| slot.step == step && slot.kind == SlotKind::Notice);
        let announced = self.announcements.iter().any(|known| slots.get(known.slot).is_some_and(|slot| slot.step == step));
        if let Some(state) = notice.and_then(|notice| self.slots.get_mut(notice))
            && matches!(state.stand, Stand::Done(_))
            && !announced
        {
            state.stand = Stand::Skipped(SkipReason::Unreachable, at);
        }
    }
}

impl FromIterator<Channel> for Channels {
    fn from_iter<I: IntoIterator<Item = Channel>>(channels: I) -> Self {
        channels.into_iter().fold(Self::default(), |set, channel| set.with(Self::of(channel)))
    }
}
