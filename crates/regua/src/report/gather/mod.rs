//! Looks on while customers are walked and keeps what the page needs: sums and counts, never a row for each decision.
//!
//! Amounts are those of the policy's currency; receivables in others are counted and said to be left out.
//! Deliberately absent: words. They come when the numbers are known, in the reader's language.

mod collection;
mod follow;
mod numbers;

use std::collections::BTreeMap;

use regua_core::decide::{Message, Outcome, Row, StepRef};
use regua_core::facts::{Closed, Facts, Walk};
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::policy::program::{Act, Event, Ladder};
use regua_core::rulebook::Class;
use regua_core::time::{Day, Instant};
use regua_core::words::{Channel, DeferReason, SkipReason};
use regua_sim::backtest::{Backtest, Paid, Step, Watch};

use super::data::{Aging, Bucket, Counts, Debtor, Figures, Hours};
use collection::Collection;
use follow::{Follow, Followed};

/// Days after a contact within which a payment is said to follow a step.
pub(super) const WITHIN_DAYS: i32 = 7;
/// Customers listed.
const DEBTORS: usize = 10;

/// Gathers the numbers of the page: one per batch of customers for [`Backtest::run`], put together by it.
pub(crate) struct Gather<'a> {
    backtest: &'a Backtest<'a>,
    as_of: Instant,
    follow: Follow,
    numbers: Numbers,
}

/// What is gathered.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) figures: Figures,
    /// Receivables in another currency.
    pub(super) foreign: i64,
    /// Messages that only say that a payment arrived.
    pub(super) receipts: i64,
    /// The first and the last day on which something was decided.
    pub(super) days: Option<(Day, Day)>,
    pub(super) ladders: BTreeMap<usize, Walked>,
    pub(super) steps: BTreeMap<(usize, StepRef), Counts>,
    pub(super) followed: BTreeMap<(usize, StepRef), Followed>,
    pub(super) collection: Collection,
    pub(super) aging: Aging,
    /// By Monday, in the order of [`Channel::ALL`].
    pub(super) weeks: BTreeMap<Day, [i64; Channel::ALL.len()]>,
    pub(super) hours: Hours,
    pub(super) skips: BTreeMap<SkipReason, i64>,
    pub(super) defers: BTreeMap<DeferReason, i64>,
    pub(super) debtors: Vec<Debtor>,
}

/// Receivables of a ladder.
#[derive(Clone, Copy, Default)]
pub(super) struct Walked {
    pub(super) receivables: i64,
    /// Civil days from D back to the issue, all together.
    pub(super) issued_before: i64,
}

impl<'a> Gather<'a> {
    /// Tells of a backtest that ends at `as_of`: ages and open amounts are those of its day.
    pub(crate) fn new(backtest: &'a Backtest<'a>, as_of: Instant) -> Self {
        Self { backtest, as_of, follow: Follow::default(), numbers: Numbers::default() }
    }

    /// What was gathered, of which backtest and as of when.
    pub(super) fn finish(self) -> (&'a Backtest<'a>, Instant, Numbers) {
        (self.backtest, self.as_of, self.numbers)
    }

    fn ladder(&self, walk: &Walk) -> (usize, Option<&'a Ladder>) {
        let policy = self.backtest.policies().get(walk.policy);
        let ladder = policy.segments.get(walk.segment).map_or(0, |segment| segment.ladder);
        (ladder, policy.ladders.get(ladder))
    }

    fn row(&mut self, facts: &Facts<'_>, row: &Row) {
        let Some(walk) = facts.walks.get(row.walk) else { return };
        let (index, ladder) = self.ladder(walk);
        let counts = self.numbers.steps.entry((index, row.step)).or_default();
        match row.outcome {
            Outcome::Done => {
                counts.done += 1;
                let act = match row.step {
                    StepRef::Step(step) => ladder.and_then(|ladder| ladder.steps.get(step)).map(|step| &step.act),
                    StepRef::Notice(_) | StepRef::Reaction(_) => None,
                };
                self.numbers.figures.adverse += i64::from(act.is_some_and(Act::is_adverse));
            }
            Outcome::Skipped(reason) => {
                counts.skipped += 1;
                *self.numbers.skips.entry(reason).or_default() += 1;
            }
        }
    }

    /// Whether a message only says that a payment arrived.
    fn is_receipt(&self, step: &Step<'_>, message: &Message) -> bool {
        let lead = step.decisions.rows.get(message.lead);
        let reaction = lead.and_then(|row| match row.step {
            StepRef::Reaction(reaction) => {
                let walk = step.facts.walks.get(row.walk)?;
                self.backtest.policies().get(walk.policy).reactions.get(reaction)
            }
            StepRef::Step(_) | StepRef::Notice(_) => None,
        });
        reaction.is_some_and(|reaction| reaction.on == Event::Paid)
    }

    fn message(&mut self, step: &Step<'_>, message: &Message) {
        if self.is_receipt(step, message) {
            self.numbers.receipts += 1;
            return;
        }
        self.numbers.figures.contacts += 1;
        let (day, secs) = step.facts.zone.local(step.now);
        let hours = match message.class {
            Class::Collection => &mut self.numbers.hours.collection,
            Class::Informative => &mut self.numbers.hours.informative,
        };
        let cell = usize::try_from(day.weekday()).ok().and_then(|weekday| hours.get_mut(weekday));
        if let Some(count) = cell.zip(usize::try_from(secs / 3600).ok()).and_then(|(day, hour)| day.get_mut(hour)) {
            *count += 1;
        }
        let week = self.numbers.weeks.entry(day.plus(-day.weekday())).or_default();
        for (count, channel) in week.iter_mut().zip(Channel::ALL) {
            *count += i64::from(message.channels.iter().any(|used| used == *channel));
        }
        let rows = message.rows.iter().filter_map(|row| step.decisions.rows.get(*row));
        for row in rows {
            let place = step.facts.walks.get(row.walk).map(|walk| self.ladder(walk).0).zip(step.receivables.get(row.walk));
            if let Some((ladder, receivable)) = place {
                self.follow.contacted(*receivable, (ladder, row.step), step.now, day);
            }
        }
        self.follow.message_ends();
    }

    /// Enters how a receivable stands at the end.
    fn enter(&mut self, walk: &Walk, today: Day, debtor: &mut Debtor) {
        let ladder = self.numbers.ladders.entry(self.ladder(walk).0).or_default();
        ladder.receivables += 1;
        ladder.issued_before += i64::from(walk.due.since(walk.issued_on));
        self.numbers.figures.receivables += 1;
        let currency = self.backtest.policies().newest().currency;
        if walk.ledger.currency() != currency {
            self.numbers.foreign += 1;
            return;
        }
        let figures = &mut self.numbers.figures;
        figures.billed_minor = figures.billed_minor.saturating_add(walk.ledger.billed().minor());
        figures.collected_minor = figures.collected_minor.saturating_add(received(walk));
        match walk.closed {
            Some(Closed::Void(_)) => return,
            Some(Closed::Paid(_) | Closed::WrittenOff(_)) => {}
            Some(Closed::Assigned(_)) | None => {
                let due = walk.ledger.amount_due(&walk.terms(self.backtest.policies()), today).total.minor();
                let late = today.since(walk.due);
                figures.open_minor = figures.open_minor.saturating_add(due);
                let place = usize::try_from((late.clamp(0, 91) + 29) / 30).unwrap_or(0);
                if let Some(bucket) = self.numbers.aging.buckets.get_mut(place) {
                    *bucket = Bucket { open_minor: bucket.open_minor.saturating_add(due), receivables: bucket.receivables + 1 };
                }
                debtor.receivables += 1;
                debtor.open_minor = debtor.open_minor.saturating_add(due);
                if late > 0 {
                    figures.overdue_minor = figures.overdue_minor.saturating_add(due);
                    debtor.overdue_minor = debtor.overdue_minor.saturating_add(due);
                    debtor.oldest_days = debtor.oldest_days.max(i64::from(late));
                }
            }
        }
        self.numbers.collection.enter(walk, today);
    }

    fn name(&self, customer: u32) -> String {
        let row = usize::try_from(customer).ok().and_then(|place| self.backtest.portfolio().customers.get(place));
        row.map_or_else(String::new, |row| row.customer.name.as_deref().unwrap_or(&row.id).to_owned())
    }
}

/// Money in less money back, in minor units.
fn received(walk: &Walk) -> i64 {
    let moves = walk.ledger.entries().filter(|entry| moves_money(entry.kind));
    moves.fold(0, |sum, entry| sum.saturating_sub(Money::minor(entry.amount)))
}

/// Whether an entry is money that moved.
fn moves_money(kind: EntryKind) -> bool {
    use EntryKind::{Application, Chargeback, Overpayment, Payment, Refund};
    matches!(kind, Payment | Application | Overpayment | Refund | Chargeback)
}

impl Watch for Gather<'_> {
    fn paid(&mut self, paid: &Paid) {
        let row = usize::try_from(paid.receivable).ok().and_then(|place| self.backtest.portfolio().receivables.get(place));
        let Some(row) = row else { return };
        let known_on = self.backtest.zone_of(row.customer).day_of(paid.at);
        let foreign = paid.amount.currency() != self.backtest.policies().newest().currency;
        let kept = if foreign { 0 } else { paid.amount.minus(paid.credit).map_or(0, Money::minor) };
        self.follow.paid(paid, known_on, kept, &mut self.numbers.followed);
    }

    fn decided(&mut self, step: &Step<'_>) {
        let decisions = step.decisions;
        if decisions.rows.is_empty() && decisions.deferrals.is_empty() {
            return;
        }
        let today = step.facts.zone.day_of(step.now);
        let (first, last) = self.numbers.days.unwrap_or((today, today));
        self.numbers.days = Some((first.min(today), last.max(today)));
        decisions.rows.iter().for_each(|row| self.row(step.facts, row));
        for deferred in &decisions.deferrals {
            let Some(walk) = step.facts.walks.get(deferred.walk) else { continue };
            let place = (self.ladder(walk).0, deferred.step);
            self.numbers.steps.entry(place).or_default().deferred += 1;
            *self.numbers.defers.entry(deferred.reason).or_default() += 1;
        }
        decisions.messages.iter().for_each(|message| self.message(step, message));
    }

    fn ended(&mut self, customer: u32, facts: &Facts<'_>, _receivables: &[u32]) {
        let today = facts.zone.day_of(self.as_of);
        let mut debtor = Debtor { customer: String::new(), receivables: 0, open_minor: 0, overdue_minor: 0, oldest_days: 0 };
        facts.walks.iter().for_each(|walk| self.enter(walk, today, &mut debtor));
        self.numbers.figures.customers += i64::from(!facts.walks.is_empty());
        self.numbers.figures.followed_by_payment += self.follow.customer_ends();
        if debtor.overdue_minor > 0 {
            debtor.customer = self.name(customer);
            self.numbers.debtors.push(debtor);
            if self.numbers.debtors.len() > 50 * DEBTORS {
                self.numbers.prune();
            }
        }
    }

    fn absorb(&mut self, other: Self) {
        self.numbers.absorb(other.numbers);
    }
}
