//! One customer on the way through time: facts become known, `decide` says what follows and when to look again.

use std::borrow::Cow;

use regua_core::decide::{Decisions, decide};
use regua_core::facts::{Applied, Approvals, Break, Entry, Fact, Facts};
use regua_core::time::Instant;
use regua_core::words::Mode;

use super::index::row;
use super::timeline::{Line, Timeline, What, day_of};
use super::{Backtest, Error, Paid, Reject, Resolved, Step, Watch};

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
        let mut facts = Facts::new(Cow::Borrowed(&file.customer), zone);
        facts.approvals = Approvals::AtOnce;
        facts.step_modes = false;
        let mut next = Instant::NEVER;
        for _ in 0..self.timeline.len().saturating_add(1).saturating_mul(STEPS_PER_FACT_MAX) {
            let now = backtest.asleep.awake_at(self.timeline.next_at().min(next));
            if now == Instant::NEVER || backtest.until.is_some_and(|until| now >= until) {
                watch.ended(customer, &facts, &self.receivables);
                return Ok(());
            }
            self.catch_up(backtest, customer, now, &mut facts, watch);
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

    /// Enters what became known by now, and the promises that broke by themselves, in order.
    fn catch_up(&mut self, backtest: &Backtest<'_>, customer: u32, now: Instant, facts: &mut Facts<'_>, watch: &mut impl Watch) {
        loop {
            let broken = facts.next_break().filter(|broken| broken.at <= now);
            // A payment at the moment at which a promise breaks keeps it.
            let by = broken.map_or(now, |broken| broken.at);
            if let Some(line) = self.timeline.take(by) {
                self.enter(backtest, customer, line, facts, watch);
            } else if let Some(Break { at, walk, on }) = broken {
                // The receivable is known and open, so this cannot be refused.
                let _ = facts.apply(Some(walk), &Fact::PromiseBroken { on }, at, backtest.policies);
                watch.told(customer, at);
            } else {
                return;
            }
        }
    }

    fn enter(&mut self, backtest: &Backtest<'_>, customer: u32, line: Line, facts: &mut Facts<'_>, watch: &mut impl Watch) {
        match line.what {
            What::Enters(local) => self.take_in(backtest, local, line.at, facts),
            What::Pays(local, payment) => self.pay(backtest, local, payment, line.at, facts, watch),
            What::Told(index) => {
                let Some(told) = backtest.told.get(index) else { return };
                if let Err(reason) = self.tell(backtest, told, line.at, facts) {
                    self.rejects.push(Reject::of(told.event, reason));
                }
            }
            What::Reads => facts.touch(),
        }
        watch.told(customer, line.at);
    }

    fn take_in(&mut self, backtest: &Backtest<'_>, local: usize, at: Instant, facts: &mut Facts<'_>) {
        let Some(&known) = self.timeline.entries.get(local) else { return };
        let Some(file) = row(&backtest.portfolio.receivables, known.receivable) else { return };
        let told = known.subscription.and_then(|index| backtest.told.get(index));
        let entry = Fact::Entered(Entry {
            issued_on: known.issued_on,
            due_on: file.due_on,
            amount: file.amount,
            method: file.method,
            subscription: told.and_then(|told| told.event.told.subscription()),
            policy: None,
            mode: Mode::Live,
        });
        match facts.apply(None, &entry, at, backtest.policies) {
            Ok(Applied::Entered(walk)) => {
                facts.rank(walk, u32::try_from(local).unwrap_or(u32::MAX));
                if let Some(slot) = self.walks.get_mut(local) {
                    *slot = Some(walk);
                }
                self.receivables.push(known.receivable);
            }
            Ok(Applied::Known | Applied::Moved(_)) => {}
            Err(error) => self.rejects.push(Reject { receivable: Some(file.id.clone()), line: None, reason: error.to_string() }),
        }
    }

    fn pay(&mut self, backtest: &Backtest<'_>, local: usize, payment: u32, at: Instant, facts: &mut Facts<'_>, watch: &mut impl Watch) {
        let Some(walk) = self.walks.get(local).copied().flatten() else { return };
        let Some(file) = row(&backtest.portfolio.payments, payment) else { return };
        let paid_on = day_of(file.paid, facts.zone);
        match facts.apply(Some(walk), &Fact::Paid { paid_on, amount: file.amount }, at, backtest.policies) {
            Ok(Applied::Moved(receipt)) => {
                let (receivable, settled) = (file.receivable, receipt.settled);
                watch.paid(&Paid { receivable, paid_on, at, amount: receipt.amount, credit: receipt.credit, settled });
            }
            Ok(Applied::Known | Applied::Entered(_)) => {}
            Err(error) => {
                let id = row(&backtest.portfolio.receivables, file.receivable).map(|row| row.id.clone());
                self.rejects.push(Reject { receivable: id, line: None, reason: format!("a payment of {paid_on}: {error}") });
            }
        }
    }

    /// What a line of the facts file does; the reason when it cannot.
    fn tell(&mut self, backtest: &Backtest<'_>, resolved: &Resolved<'_>, at: Instant, facts: &mut Facts<'_>) -> Result<(), String> {
        let told = &resolved.event.told;
        let walk = match resolved.receivable {
            None => None,
            Some(receivable) => match self.receivables.iter().position(|&known| known == receivable) {
                Some(walk) => Some(walk),
                // Refused at entry, which was told already.
                None => return Ok(()),
            },
        };
        let currency = walk.and_then(|walk| facts.walks.get(walk)).map(|walk| walk.ledger.currency());
        // Readings are lined up as such.
        let Some(fact) = told.fact(facts.zone.day_of(at), currency)? else { return Ok(()) };
        match facts.apply(walk, &fact, at, backtest.policies) {
            Ok(_) => Ok(()),
            Err(error) if matches!(fact, Fact::ChargedBack { .. }) => Err(format!("cannot be charged back: {error}")),
            Err(error) => Err(error.to_string()),
        }
    }
}
