//! One customer on the way through time: facts become known, `decide` says what follows and when to look again.

use std::borrow::Cow;

use regua_core::decide::{Decisions, decide};
use regua_core::facts::{Approvals, Ending, Facts, Failure, NewWalk, Subscription};
use regua_core::ledger::Ledger;
use regua_core::money::Money;
use regua_core::party::{Consent, Health};
use regua_core::time::{Day, Instant};
use regua_core::words::Channel;

use super::index::row;
use super::timeline::{Fact, Timeline, What, day_of};
use super::{Backtest, Error, Paid, Reject, Resolved, Step, Watch};
use crate::facts_file::{Cause, Told};

/// Steps of one customer beyond which something goes round in circles: far above what a ladder of 366 occurrences,
/// looked at several times each, can need.
const STEPS_PER_FACT_MAX: usize = 20_000;

/// Walks customers one after the other; keeps its memory between them.
#[derive(Default)]
pub(super) struct Walker {
    timeline: Timeline,
    decisions: Decisions,
    /// Per receivable of the customer: its walk, once known and not refused.
    walks: Vec<Option<usize>>,
    /// Per walk: its receivable's row.
    receivables: Vec<u32>,
    /// What freezes without a known end: a walk, or with none the customer.
    frozen: Vec<(Option<usize>, Cause)>,
    pub(super) rejects: Vec<Reject>,
}

impl Walker {
    /// Walks one customer from the first fact to the end.
    pub(super) fn walk(&mut self, backtest: &Backtest<'_>, customer: u32, watch: &mut impl Watch) -> Result<(), Error> {
        let Some(file) = row(&backtest.portfolio.customers, customer) else { return Ok(()) };
        let zone = backtest.zone(customer);
        self.timeline.line_up(backtest, customer);
        self.walks.clear();
        self.walks.resize(self.timeline.entries.len(), None);
        self.receivables.clear();
        self.frozen.clear();
        let mut facts = Facts::new(Cow::Borrowed(&file.customer), zone);
        facts.approvals = Approvals::AtOnce;
        let mut next = Instant::NEVER;
        for _ in 0..self.timeline.len().saturating_add(1).saturating_mul(STEPS_PER_FACT_MAX) {
            let now = backtest.asleep.awake_at(self.timeline.next_at().min(next));
            if now == Instant::NEVER || backtest.until.is_some_and(|until| now >= until) {
                watch.ended(customer, &facts, &self.receivables);
                return Ok(());
            }
            while let Some(fact) = self.timeline.take(now) {
                self.apply(backtest, customer, fact, &mut facts, watch);
            }
            facts.source_read_at = backtest.asleep.source_read_at(now, zone, backtest.start, &self.timeline.silent);
            self.decisions.clear();
            next = decide(&mut facts, backtest.policies, now, &mut self.decisions);
            let (facts, receivables) = (&facts, self.receivables.as_slice());
            watch.decided(&Step { now, customer, facts, decisions: &self.decisions, receivables });
            if next <= now {
                return Err(Error::Stuck { customer: file.id.clone(), at: zone.rfc3339(now) });
            }
        }
        Err(Error::Endless { customer: file.id.clone() })
    }

    fn apply(&mut self, backtest: &Backtest<'_>, customer: u32, fact: Fact, facts: &mut Facts<'_>, watch: &mut impl Watch) {
        match fact.what {
            What::Enters(local) => self.enter(backtest, local, fact.at, facts),
            What::Pays(local, payment) => self.pay(backtest, local, payment, fact.at, facts, watch),
            What::Told(index) => {
                let Some(told) = backtest.told.get(index) else { return };
                if let Err(reason) = self.tell(backtest, told, fact.at, facts) {
                    self.rejects.push(Reject::of(told.event, reason));
                }
            }
            What::Breaks(walk, on) => {
                if facts.walks.get(walk).is_some_and(|walk| walk.closed.is_none()) {
                    facts.promise_broken(walk, on, fact.at, backtest.policies);
                }
            }
            What::Reads => facts.touch(),
        }
        watch.told(customer, fact.at);
    }

    fn enter(&mut self, backtest: &Backtest<'_>, local: usize, at: Instant, facts: &mut Facts<'_>) {
        let Some(&entry) = self.timeline.entries.get(local) else { return };
        let Some(file) = row(&backtest.portfolio.receivables, entry.receivable) else { return };
        let told = entry.subscription.and_then(|index| backtest.told.get(index));
        let walk = Ledger::new(file.amount, entry.issued_on, at).map_err(|error| error.to_string()).and_then(|ledger| {
            let new = NewWalk {
                rank: u32::try_from(local).unwrap_or(u32::MAX),
                issued_on: entry.issued_on,
                due_on: file.due_on,
                ledger,
                method: file.method,
                subscription: told.and_then(|told| subscription(&told.event.told)),
            };
            let policies = backtest.policies;
            facts.enter(new, at, policies, policies.newest_index()).map_err(|error| error.to_string())
        });
        match walk {
            Ok(walk) => {
                if let Some(slot) = self.walks.get_mut(local) {
                    *slot = Some(walk);
                }
                self.receivables.push(entry.receivable);
            }
            Err(reason) => self.rejects.push(Reject { receivable: Some(file.id.clone()), line: None, reason }),
        }
    }

    fn pay(&mut self, backtest: &Backtest<'_>, local: usize, payment: u32, at: Instant, facts: &mut Facts<'_>, watch: &mut impl Watch) {
        let Some(walk) = self.walks.get(local).copied().flatten() else { return };
        let Some(file) = row(&backtest.portfolio.payments, payment) else { return };
        let paid_on = day_of(file.paid, facts.zone);
        match facts.pay(walk, paid_on, file.amount, at, backtest.policies) {
            Ok(receipt) => {
                let (receivable, settled) = (file.receivable, receipt.settled);
                watch.paid(&Paid { receivable, paid_on, at, amount: receipt.amount, credit: receipt.credit, settled });
            }
            Err(error) => {
                let id = row(&backtest.portfolio.receivables, file.receivable).map(|row| row.id.clone());
                self.rejects.push(Reject { receivable: id, line: None, reason: format!("a payment of {paid_on}: {error}") });
            }
        }
    }

    /// What a line of the facts file does; the reason when it cannot.
    fn tell(&mut self, backtest: &Backtest<'_>, resolved: &Resolved<'_>, at: Instant, facts: &mut Facts<'_>) -> Result<(), String> {
        let policies = backtest.policies;
        let told = &resolved.event.told;
        let walk = match resolved.receivable {
            None => None,
            Some(receivable) => match self.receivables.iter().position(|&known| known == receivable) {
                Some(walk) => Some(walk),
                // Refused at entry, which was told already.
                None => return Ok(()),
            },
        };
        match (told, walk) {
            (Told::Freezes(cause), target) => self.freeze(target, *cause, at, facts, backtest),
            (Told::Lifts(cause), target) => self.lift(target, *cause, at, facts),
            (Told::OptOut(channel), None) => contacts(facts, *channel, |point| point.consent = Consent::OptedOut),
            (Told::Bounced(channel), None) => contacts(facts, *channel, |point| point.health = Health::Bounced),
            (Told::Suppressed(channel), None) => contacts(facts, *channel, |point| point.health = Health::Suppressed),
            (Told::Subscription { .. }, Some(walk)) => {
                if let Some(subscription) = subscription(told) {
                    facts.subscribe(walk, subscription, policies);
                }
            }
            (Told::Promise(on), Some(walk)) => {
                let breaks = facts.promise(walk, *on, at, policies);
                // A promise for a day long past breaks as soon as it is made.
                self.timeline.follow(breaks.max(at), What::Breaks(walk, *on));
            }
            (Told::PaymentInitiated(rail), Some(walk)) => facts.initiated(walk, *rail, at, policies),
            (Told::PaymentClaimed, Some(walk)) => facts.initiated(walk, None, at, policies),
            (Told::PaymentFailedToArrive, Some(walk)) => facts.flight_failed(walk, at),
            (Told::ChargeFailed { reason, needs_payer, step }, Some(walk)) => {
                let step = step.as_ref().map(|step| step_of(backtest, facts, walk, step)).transpose()?;
                facts.charge_failed(walk, Failure { at, step, reason: reason.clone(), needs_payer: *needs_payer }, policies);
            }
            (Told::ChargedBack(amount), Some(walk)) => charge_back(backtest, facts, walk, amount.as_deref(), at)?,
            (Told::Void, Some(walk)) => facts.end(walk, Ending::Void, at),
            (Told::WrittenOff, Some(walk)) => facts.end(walk, Ending::WrittenOff, at),
            (Told::ApprovalRejected(step), Some(walk)) => {
                let step = step_of(backtest, facts, walk, step)?;
                verdict(facts, walk, |verdicts| verdicts.rejected.push(step));
            }
            (Told::ApprovalWithheld(step), Some(walk)) => {
                let step = step_of(backtest, facts, walk, step)?;
                verdict(facts, walk, |verdicts| verdicts.withheld.push(step));
            }
            // Readings are lined up as such; the reader of the file saw to it that everything else has its subject.
            (Told::SourceSilent(_), _) => {}
            (Told::OptOut(_) | Told::Bounced(_) | Told::Suppressed(_), Some(_)) => return Err("is told of a customer".to_owned()),
            (
                Told::Subscription { .. }
                | Told::Promise(_)
                | Told::PaymentInitiated(_)
                | Told::PaymentClaimed
                | Told::PaymentFailedToArrive
                | Told::ChargeFailed { .. }
                | Told::ChargedBack(_)
                | Told::Void
                | Told::WrittenOff
                | Told::ApprovalRejected(_)
                | Told::ApprovalWithheld(_),
                None,
            ) => return Err("is told of a receivable".to_owned()),
        }
        Ok(())
    }

    /// Several causes freeze as one: the last that is lifted thaws.
    fn freeze(&mut self, target: Option<usize>, cause: Cause, at: Instant, facts: &mut Facts<'_>, backtest: &Backtest<'_>) {
        if !self.frozen.iter().any(|&(known, _)| known == target) {
            facts.freeze(target, at, Instant::NEVER);
        }
        if let (Cause::Dispute, Some(walk)) = (cause, target) {
            facts.disputed(walk, at, backtest.policies);
        }
        self.frozen.push((target, cause));
    }

    fn lift(&mut self, target: Option<usize>, cause: Cause, at: Instant, facts: &mut Facts<'_>) {
        let before = self.frozen.len();
        self.frozen.retain(|known| *known != (target, cause));
        if self.frozen.len() < before && !self.frozen.iter().any(|&(known, _)| known == target) {
            facts.thaw(target, at);
        }
    }
}

fn subscription(told: &Told) -> Option<Subscription> {
    let Told::Subscription { key, plan, collection, renewal_on } = told else { return None };
    Some(Subscription { key: key.clone(), plan: plan.clone(), collection: collection.clone(), renewal_on: *renewal_on })
}

fn contacts(facts: &mut Facts<'_>, channel: Channel, change: impl Fn(&mut regua_core::party::ContactPoint)) {
    facts.customer.to_mut().contacts.iter_mut().filter(|point| point.channel == channel).for_each(change);
    facts.touch();
}

fn verdict(facts: &mut Facts<'_>, walk: usize, change: impl FnOnce(&mut regua_core::facts::Verdicts)) {
    if let Some(walk) = facts.walks.get_mut(walk) {
        change(&mut walk.verdicts);
        walk.touch();
    }
}

/// The place of a step in the ladder that a receivable walks.
fn step_of(backtest: &Backtest<'_>, facts: &Facts<'_>, walk: usize, id: &str) -> Result<usize, String> {
    let missing = || format!("the receivable's ladder has no step `{id}`; use the id of one of its steps");
    let walk = facts.walks.get(walk).ok_or_else(missing)?;
    let rules = backtest.policies.get(walk.policy);
    let ladder = rules.segments.get(walk.segment).and_then(|segment| rules.ladders.get(segment.ladder));
    ladder.and_then(|ladder| ladder.steps.iter().position(|step| step.id == id)).ok_or_else(missing)
}

fn charge_back(backtest: &Backtest<'_>, facts: &mut Facts<'_>, walk: usize, amount: Option<&str>, at: Instant) -> Result<(), String> {
    let Some(receivable) = facts.walks.get(walk) else { return Ok(()) };
    let currency = receivable.ledger.currency();
    let amount = amount.map(|text| Money::parse(text, currency)).transpose().map_err(|error| format!("`amount`: {error}"))?;
    let on: Day = facts.zone.day_of(at);
    facts.reopen(walk, amount, on, at, backtest.policies).map_err(|error| format!("cannot be charged back: {error}"))
}
