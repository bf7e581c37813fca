//! A policy over a portfolio: every decision that would have been made, in one global order.
//!
//! Each customer is walked alone, from fact to fact and from `decide`'s next instant to the next, so that customers
//! share nothing and can be walked by any number of threads. What a customer's walk concludes becomes records of 24
//! bytes, sorted in runs and merged: the result is the same to the byte for any number of threads, any memory budget
//! and any order of the file's rows.
//!
//! Deliberately absent: effects. A message counts as delivered when it is decided, approvals are given at once,
//! charges never bring money, and a fact keeps its own moment even when the engine slept through it (SPEC §17).

pub(crate) mod asleep;
mod collect;
mod csv;
mod decisions;
pub(crate) mod index;
mod record;
mod runs;
mod steps;
mod summary;
pub(crate) mod timeline;
mod walker;

use std::collections::BTreeMap;
use std::io;

use rayon::prelude::*;
use regua_core::decide::Decisions as Decided;
use regua_core::facts::{Facts, Policies};
use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_wire::files::portfolio::{Portfolio, When};

use crate::facts_file::{About, FactEvent};
use asleep::Asleep;
use collect::Collector;
use index::Index;
use runs::{Sorted, Sorter};
use steps::StepTable;
use walker::Walker;

pub use decisions::{Decision, Decisions, Message};
pub use runs::Spill;
pub use summary::{Counts, Summary};

/// When a backtest ends and when the engine slept.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// Nothing is decided at or after this moment.
    pub until: Option<Instant>,
    /// Spans in which the engine sleeps, each from its first moment to before its last, in any order.
    pub down: Vec<(Instant, Instant)>,
}

/// A portfolio made ready to be walked under policies.
pub struct Backtest<'a> {
    policies: &'a Policies,
    portfolio: &'a Portfolio,
    index: Index,
    steps: StepTable,
    pub(crate) told: Vec<Resolved<'a>>,
    refused: Vec<Reject>,
    pub(crate) asleep: Asleep,
    pub(crate) until: Option<Instant>,
    start: Instant,
}

/// A fact of the facts file with whom it is about.
pub(crate) struct Resolved<'a> {
    pub(crate) customer: u32,
    pub(crate) receivable: Option<u32>,
    pub(crate) event: &'a FactEvent,
}

/// A row that the backtest could not use; the run goes on without it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reject {
    /// The line of the facts file it is about, from 1, when it is one.
    pub line: Option<u32>,
    /// The receivable it is about.
    pub receivable: Option<Box<str>>,
    /// Why, and what to do.
    pub reason: String,
}

impl Reject {
    /// A fact that could not be used.
    pub(crate) fn of(event: &FactEvent, reason: String) -> Self {
        let receivable = match &event.about {
            About::Receivable(id) => Some(id.clone()),
            About::Customer(_) => None,
        };
        Self { receivable, line: (event.line > 0).then_some(event.line), reason }
    }
}

/// Why a backtest cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The portfolio is too big.
    #[error("more than 4294967295 receivables or payments; split the file by customers")]
    TooManyRows,
    /// The policy is too big.
    #[error("more than 32767 steps in one policy; split it")]
    TooManySteps,
    /// `decide` asked to be called again at or before the moment it was called at.
    #[error("customer `{customer}`: the decision of {at} does not move on; this is a bug, please report it with the customer's rows")]
    Stuck {
        /// The file's id.
        customer: Box<str>,
        /// The moment, RFC 3339.
        at: String,
    },
    /// A customer is decided again and again.
    #[error(
        "customer `{customer}`: decided so often that it goes round in circles; this is a bug, please report it with the customer's rows"
    )]
    Endless {
        /// The file's id.
        customer: Box<str>,
    },
    /// Temporary files cannot be used.
    #[error("failed to keep decisions in a temporary file: {0}; free space there, or name another folder")]
    Spill(#[source] io::Error),
    /// The decisions cannot be written.
    #[error("failed to write the decisions: {0}")]
    Write(#[source] io::Error),
}

/// What was concluded for one customer at one moment.
pub struct Step<'s> {
    /// The moment.
    pub now: Instant,
    /// Index into [`Portfolio::customers`].
    pub customer: u32,
    /// Everything known, the decisions included.
    pub facts: &'s Facts<'s>,
    /// The decisions of this moment.
    pub decisions: &'s Decided,
    /// Per walk of the facts: its index into [`Portfolio::receivables`].
    pub receivables: &'s [u32],
}

/// A payment that became known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paid {
    /// Index into [`Portfolio::receivables`].
    pub receivable: u32,
    /// The payer's day.
    pub paid_on: Day,
    /// When it became known.
    pub at: Instant,
    /// The money that moved.
    pub amount: Money,
    /// The part of it that nothing was owed for.
    pub credit: Money,
    /// Whether nothing is open now.
    pub settled: bool,
}

/// Looks on while customers are walked: one per batch of customers, put together at the end in the file's order.
pub trait Watch: Send {
    /// A fact of the customer was entered at a moment.
    fn told(&mut self, _customer: u32, _at: Instant) {}
    /// A payment became known.
    fn paid(&mut self, _paid: &Paid) {}
    /// Something was concluded, or nothing was.
    fn decided(&mut self, _step: &Step<'_>) {}
    /// The walk of a customer ended; per walk of the facts, its index into [`Portfolio::receivables`].
    fn ended(&mut self, _customer: u32, _facts: &Facts<'_>, _receivables: &[u32]) {}
    /// Takes up what another saw of the customers after one's own.
    fn absorb(&mut self, other: Self)
    where
        Self: Sized;
}

/// Nobody looks on.
impl Watch for () {
    fn absorb(&mut self, (): Self) {}
}

/// A finished backtest.
pub struct Walked<'a, W> {
    backtest: &'a Backtest<'a>,
    sorted: Sorted,
    /// What was counted.
    pub summary: Summary,
    /// Rows that could not be used, in order of line and receivable.
    pub rejects: Vec<Reject>,
    /// Who looked on.
    pub watch: W,
}

/// Customers walked between two looks at progress.
const BATCH_CUSTOMERS: usize = 64;

impl<'a> Backtest<'a> {
    /// Makes a portfolio ready. Receivables enter under the newest policy.
    ///
    /// # Errors
    /// [`Error::TooManyRows`] and [`Error::TooManySteps`].
    pub fn new(policies: &'a Policies, portfolio: &'a Portfolio, events: &'a [FactEvent], span: &Span) -> Result<Self, Error> {
        let policy = policies.newest();
        let index = Index::new(portfolio, policy.zone).map_err(|index::TooManyRows| Error::TooManyRows)?;
        let steps = StepTable::new(policy).ok_or(Error::TooManySteps)?;
        let mut backtest = Self {
            policies,
            portfolio,
            index,
            steps,
            told: Vec::new(),
            refused: Vec::new(),
            asleep: Asleep::new(&span.down),
            until: span.until,
            start: Instant::NEVER,
        };
        backtest.start = backtest.first_known();
        backtest.resolve(events);
        Ok(backtest)
    }

    fn first_known(&self) -> Instant {
        let known = self.portfolio.receivables.par_iter().map(|row| self.known_at(row.issued, self.zone(row.customer)));
        known.min().unwrap_or(Instant::NEVER)
    }

    fn resolve(&mut self, events: &'a [FactEvent]) {
        let customers: BTreeMap<&str, u32> = match events {
            [] => BTreeMap::new(),
            _ => self.portfolio.customers.iter().zip(0..).map(|(row, number)| (&*row.id, number)).collect(),
        };
        for event in events {
            let found = match &event.about {
                About::Customer(id) => customers.get(&**id).map(|&customer| (customer, None)),
                About::Receivable(id) => self.index.find(self.portfolio, id).and_then(|receivable| {
                    let customer = index::row(&self.portfolio.receivables, receivable)?.customer;
                    Some((customer, Some(receivable)))
                }),
            };
            match found {
                Some((customer, receivable)) => self.told.push(Resolved { customer, receivable, event }),
                None => {
                    let (what, id) = match &event.about {
                        About::Customer(id) => ("customer", id),
                        About::Receivable(id) => ("receivable", id),
                    };
                    let reason = format!("no {what} `{id}` in the files; correct the id or remove the line");
                    self.refused.push(Reject::of(event, reason));
                }
            }
        }
        // Stable: the facts of a customer stay in file order.
        self.told.sort_by_key(|told| told.customer);
    }

    /// The facts of a customer, each with its place among all.
    fn told_of(&self, customer: u32) -> impl Iterator<Item = (usize, &Resolved<'a>)> {
        let from = self.told.partition_point(|told| told.customer < customer);
        self.told.iter().enumerate().skip(from).take_while(move |(_, told)| told.customer == customer)
    }

    /// The customer's zone, else the policy's.
    fn zone(&self, customer: u32) -> Zone {
        self.index.zones.get(self.index.zone_of(customer)).copied().unwrap_or(self.policies.newest().zone)
    }

    /// What is known by date is known from the policy's hour of that day (SPEC §17).
    fn known_at(&self, when: When, zone: Zone) -> Instant {
        match when {
            When::On(day) => zone.at(day, self.policies.newest().time),
            When::At(at) => at,
        }
    }

    /// The first moment at which a receivable is known; [`Instant::NEVER`] without receivables.
    #[must_use]
    pub const fn start(&self) -> Instant {
        self.start
    }

    /// Walks every customer on all threads of the current pool.
    ///
    /// `watch` makes who looks on at a batch of customers; `progress` is told how many customers were just walked, from
    /// any thread.
    ///
    /// # Errors
    /// [`Error::Spill`] when temporary files fail; [`Error::Stuck`] and [`Error::Endless`] name a bug.
    pub fn run<W: Watch>(
        &'a self,
        spill: Spill,
        watch: impl Fn() -> W + Sync + Send,
        progress: impl Fn(usize) + Sync + Send,
    ) -> Result<Walked<'a, W>, Error> {
        let customers: Vec<u32> = (0..).take(self.portfolio.customers.len()).collect();
        self.run_of(&customers, spill, watch, progress)
    }

    /// As [`Backtest::run`], of some customers only, by index; they are walked as they would be among all.
    ///
    /// # Errors
    /// As [`Backtest::run`].
    pub fn run_of<W: Watch>(
        &'a self,
        customers: &[u32],
        spill: Spill,
        watch: impl Fn() -> W + Sync + Send,
        progress: impl Fn(usize) + Sync + Send,
    ) -> Result<Walked<'a, W>, Error> {
        let sorter = Sorter::new(spill);
        let fresh = || (Walker::default(), Collector::new(self, &sorter, watch()));
        let walked = customers
            .par_chunks(BATCH_CUSTOMERS)
            .try_fold(fresh, |(mut walker, mut collector), batch| {
                for &customer in batch {
                    walker.walk(self, customer, &mut collector)?;
                    collector.pass_on()?;
                }
                progress(batch.len());
                Ok((walker, collector))
            })
            .try_reduce(fresh, |(mut walker, mut collector), (other, later)| {
                walker.rejects.extend(other.rejects);
                collector.absorb(later);
                Ok((walker, collector))
            });
        let (walker, collector) = walked?;
        let (tally, watch) = collector.finish()?;
        let mut rejects = walker.rejects;
        rejects.extend_from_slice(&self.refused);
        rejects.sort_unstable();
        let summary = Summary::new(self, &tally, rejects.len());
        Ok(Walked { backtest: self, sorted: sorter.finish(), summary, rejects, watch })
    }

    /// Walks one customer by index while `watch` looks on; nothing is kept.
    ///
    /// Returns the rows of this customer that could not be used.
    ///
    /// # Errors
    /// As [`Backtest::run`].
    pub fn walk(&self, customer: u32, watch: &mut impl Watch) -> Result<Vec<Reject>, Error> {
        let mut walker = Walker::default();
        walker.walk(self, customer, watch)?;
        Ok(walker.rejects)
    }

    /// Walks every customer on the current thread while `watch` looks on; nothing else is kept.
    ///
    /// # Errors
    /// As [`Backtest::run`].
    pub fn walk_all(&self, watch: &mut impl Watch) -> Result<Vec<Reject>, Error> {
        let mut walker = Walker::default();
        for customer in (0..).take(self.portfolio.customers.len()) {
            walker.walk(self, customer, watch)?;
        }
        Ok(walker.rejects)
    }

    /// The receivables of a customer, in the byte order of their ids, as indices into [`Portfolio::receivables`].
    #[must_use]
    pub fn receivables_of(&self, customer: u32) -> &[u32] {
        self.index.of_customer(customer)
    }

    /// The index of a receivable with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<u32> {
        self.index.find(self.portfolio, id)
    }

    /// The zone in which a customer's local time is read.
    #[must_use]
    pub fn zone_of(&self, customer: u32) -> Zone {
        self.zone(customer)
    }

    /// The portfolio.
    #[must_use]
    pub const fn portfolio(&self) -> &'a Portfolio {
        self.portfolio
    }

    /// The policies.
    #[must_use]
    pub const fn policies(&self) -> &'a Policies {
        self.policies
    }

    /// The names of all steps in file order: each ladder's, notices directly before their step, then reactions.
    pub fn step_names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|place| &*place.name)
    }

    /// The name of a step as `decisions.csv` has it, e.g. of a [`regua_core::decide::Row`].
    #[must_use]
    pub fn step_name(&self, ladder: usize, step: regua_core::decide::StepRef) -> &str {
        self.steps.at(self.steps.place(ladder, step)).map_or("", |place| &place.name)
    }
}

impl<'a, W> Walked<'a, W> {
    /// The decisions in the global order, from the beginning.
    ///
    /// # Errors
    /// [`Error::Spill`] when a temporary file cannot be read.
    pub fn decisions(&mut self) -> Result<Decisions<'_>, Error> {
        Decisions::new(self.backtest, &mut self.sorted)
    }

    /// Writes `decisions.csv` (SPEC §17) and returns its bytes. `out` needs no buffer of its own.
    ///
    /// # Errors
    /// [`Error::Write`] when `out` does not take it, [`Error::Spill`] when a temporary file cannot be read.
    pub fn write_csv(&mut self, out: &mut impl io::Write) -> Result<u64, Error> {
        csv::write(self.backtest, self.decisions()?, out)
    }
}
