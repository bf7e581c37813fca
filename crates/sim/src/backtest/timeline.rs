//! What becomes known of one customer, in the order in which it does.

use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_wire::files::portfolio::{PaymentRow, When};

use super::index::row;
use super::{Backtest, Resolved};
use crate::facts_file::Told;

/// Something that becomes known at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) at: Instant,
    pub(crate) what: What,
    /// What decides among facts of one moment and kind.
    tie: (u32, i32, i64),
}

/// What becomes known. Receivables by their place among the customer's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// A receivable enters.
    Enters(usize),
    /// A payment arrives: index of the receivable here and of the payment's row.
    Pays(usize, u32),
    /// Something else is told: its index among the resolved facts.
    Told(usize),
    /// The source of payments can be read again.
    Reads,
}

impl What {
    /// The order at one moment; promises that break by themselves come last.
    pub(crate) const fn order(self) -> u8 {
        match self {
            Self::Enters(_) => 0,
            Self::Pays(..) => 1,
            Self::Told(_) => 2,
            Self::Reads => 3,
        }
    }
}

impl Line {
    fn key(&self) -> (Instant, u8, (u32, i32, i64)) {
        (self.at, self.what.order(), self.tie)
    }
}

/// The facts of one customer in order; kept between customers to keep its memory.
#[derive(Default)]
pub(crate) struct Timeline {
    facts: Vec<Line>,
    next: usize,
    /// Per receivable of the customer: when it becomes known, and the subscription known by then.
    pub(crate) entries: Vec<Entry>,
    /// When the source of payments could not be read.
    pub(crate) silent: Vec<(Instant, Instant)>,
}

/// How a receivable enters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Its row in the portfolio.
    pub(crate) receivable: u32,
    /// The day of issue in the customer's zone.
    pub(crate) issued_on: Day,
    at: Instant,
    /// Index of the resolved fact that tells its subscription at entry.
    pub(crate) subscription: Option<usize>,
}

impl Timeline {
    /// Lines up all that the files tell of a customer.
    pub(crate) fn line_up(&mut self, backtest: &Backtest<'_>, customer: u32) {
        self.facts.clear();
        self.entries.clear();
        self.silent.clear();
        self.next = 0;
        let zone = backtest.zone(customer);
        for (&receivable, local) in backtest.index.of_customer(customer).iter().zip(0..) {
            let Some(file) = row(&backtest.portfolio.receivables, receivable) else { continue };
            let at = backtest.known_at(file.issued, zone);
            let issued_on = day_of(file.issued, zone);
            self.entries.push(Entry { receivable, issued_on, at, subscription: None });
            self.push(at, What::Enters(local), (rank(local), 0, 0));
            for &payment in backtest.index.payments_of(receivable) {
                if let Some(paid) = row(&backtest.portfolio.payments, payment) {
                    let (seen, tie) = (seen_at(paid, zone), tie(rank(local), paid, zone));
                    self.push(seen.max(at), What::Pays(local, payment), tie);
                }
            }
        }
        for (index, told) in backtest.told_of(customer) {
            self.tell(backtest, zone, index, told);
        }
        self.facts.sort_by_key(Line::key);
    }

    fn tell(&mut self, backtest: &Backtest<'_>, zone: Zone, index: usize, resolved: &Resolved<'_>) {
        let at = backtest.known_at(resolved.event.at, zone);
        if let Told::SourceSilent(until) = resolved.event.told {
            let until = backtest.known_at(until, zone);
            self.silent.push((at, until));
            self.push(backtest.asleep.next_reading(until, zone), What::Reads, (0, 0, 0));
            return;
        }
        let entry = resolved.receivable.and_then(|receivable| self.entries.iter_mut().find(|entry| entry.receivable == receivable));
        let known = entry.as_ref().map_or(Instant::DAWN, |entry| entry.at);
        if let (Told::Subscription { .. }, Some(entry)) = (&resolved.event.told, entry)
            && at <= known
        {
            entry.subscription = Some(index);
            return;
        }
        // Told in one moment: in file order.
        self.push(at.max(known), What::Told(index), (rank(index), 0, 0));
    }

    fn push(&mut self, at: Instant, what: What, tie: (u32, i32, i64)) {
        self.facts.push(Line { at, what, tie });
    }

    /// When the next fact becomes known; [`Instant::NEVER`] when none is left.
    pub(crate) fn next_at(&self) -> Instant {
        self.facts.get(self.next).map_or(Instant::NEVER, |fact| fact.at)
    }

    /// Takes the next fact known by a moment.
    pub(crate) fn take(&mut self, by: Instant) -> Option<Line> {
        let fact = self.facts.get(self.next).copied().filter(|fact| fact.at <= by)?;
        self.next += 1;
        Some(fact)
    }

    /// All facts, in order.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.facts
    }

    /// How many facts there are in all.
    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }
}

/// Payments of one moment: those with amounts before one that settles the rest, so that the order of rows is nothing.
fn tie(rank: u32, payment: &PaymentRow, zone: Zone) -> (u32, i32, i64) {
    (rank, day_of(payment.paid, zone).epoch(), payment.amount.map_or(i64::MAX, Money::minor))
}

/// A payment by date is visible at 00:00 of the next local day, one with a time at that time (SPEC §17).
fn seen_at(payment: &PaymentRow, zone: Zone) -> Instant {
    match payment.paid {
        When::On(day) => zone.midnight(day.plus(1)),
        When::At(at) => at,
    }
}

/// The local day of a date or moment.
pub(crate) fn day_of(when: When, zone: Zone) -> Day {
    match when {
        When::On(day) => day,
        When::At(at) => zone.day_of(at),
    }
}

fn rank(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
