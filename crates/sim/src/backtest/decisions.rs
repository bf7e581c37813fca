//! Decisions read back in the global order, with the rows they are about.

use regua_core::decide::{Outcome, StepRef};
use regua_core::facts::Channels;
use regua_core::time::Instant;

use super::collect::first_row;
use super::record::{ALONE, NO_MESSAGE, Record, channels_of, skip_reason};
use super::runs::{Merge, Sorted};
use super::{Backtest, Error};

/// One final decision.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Decision<'a> {
    /// The moment decided.
    pub at: Instant,
    /// Index into [`regua_wire::files::portfolio::Portfolio::receivables`].
    pub receivable: u32,
    /// The step's name as `decisions.csv` has it.
    pub step: &'a str,
    /// Index of its ladder in the policy; none for a reaction.
    pub ladder: Option<usize>,
    /// Its place in the ladder or among the reactions.
    pub step_ref: StepRef,
    /// 0 from entry, one more at each reopening.
    pub cycle: u16,
    /// 0 for a plain step.
    pub occurrence: u16,
    /// Done, or skipped and why.
    pub outcome: Outcome,
    /// The message it became part of.
    pub message: Option<Message<'a>>,
}

/// A message, as each of its decisions shows it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Message<'a> {
    /// The channels it went over.
    pub channels: Channels,
    /// The receivable of its first row in the global order; with the three that follow it names the message.
    pub receivable: u32,
    /// The step of its first row.
    pub step: &'a str,
    /// The cycle of its first row.
    pub cycle: u16,
    /// The occurrence of its first row.
    pub occurrence: u16,
    items: Items<'a>,
}

/// The receivables of a message.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Items<'a> {
    /// The one of the decision itself.
    One(u32),
    /// By rank, ascending.
    Ranks(&'a [u32], Ranks<'a>),
}

#[derive(Clone, Copy)]
struct Ranks<'a>(&'a Backtest<'a>);

impl PartialEq for Ranks<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl std::fmt::Debug for Ranks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ranks")
    }
}

impl<'a> Message<'a> {
    /// Its receivables in the byte order of their ids, each once, as indices into the portfolio.
    pub fn items(&self) -> impl Iterator<Item = u32> + use<'a> {
        let (one, ranks) = match self.items {
            Items::One(receivable) => (Some(receivable), None),
            Items::Ranks(ranks, of) => (None, Some((ranks, of.0))),
        };
        let many = ranks.into_iter().flat_map(|(ranks, backtest)| ranks.iter().map(|&rank| backtest.index.receivable(rank)));
        one.into_iter().chain(many)
    }
}

/// The decisions of a backtest in the global order: absolute instant, receivable id by bytes, file order, cycle,
/// occurrence.
pub struct Decisions<'a> {
    backtest: &'a Backtest<'a>,
    merge: Merge<'a>,
    arena: &'a [u32],
}

impl<'a> Decisions<'a> {
    pub(super) fn new(backtest: &'a Backtest<'a>, sorted: &'a mut Sorted) -> Result<Self, Error> {
        let (merge, arena) = sorted.merge().map_err(Error::Spill)?;
        Ok(Self { backtest, merge, arena })
    }

    fn resolve(&self, record: Record) -> Decision<'a> {
        let backtest = self.backtest;
        let receivable = backtest.index.receivable(record.rank);
        let place = backtest.steps.at(record.step);
        let step = place.map_or("", |place| &place.name);
        let alone = || Message {
            channels: channels_of(record.channels),
            receivable,
            step,
            cycle: record.cycle,
            occurrence: record.occurrence,
            items: Items::One(receivable),
        };
        let message = match record.message {
            NO_MESSAGE => None,
            ALONE => Some(alone()),
            message => Some(self.joined(message, record.channels).unwrap_or_else(alone)),
        };
        Decision {
            at: record.instant(),
            receivable,
            step,
            ladder: place.and_then(|place| place.ladder),
            step_ref: place.map_or(StepRef::Step(0), |place| place.step),
            cycle: record.cycle,
            occurrence: record.occurrence,
            outcome: skip_reason(record.outcome).map_or(Outcome::Done, Outcome::Skipped),
            message,
        }
    }

    fn joined(&self, message: u32, channels: u8) -> Option<Message<'a>> {
        let backtest = self.backtest;
        let ([rank, steps, occurrence, _], ranks) = first_row(self.arena, message)?;
        let [step, cycle] = [steps >> 16, steps & 0xffff].map(|half| u16::try_from(half).unwrap_or(0));
        Some(Message {
            channels: channels_of(channels),
            receivable: backtest.index.receivable(rank),
            step: backtest.steps.at(step).map_or("", |place| &place.name),
            cycle,
            occurrence: u16::try_from(occurrence).unwrap_or(0),
            items: Items::Ranks(ranks, Ranks(backtest)),
        })
    }
}

impl<'a> Iterator for Decisions<'a> {
    type Item = Result<Decision<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.merge.next()?;
        Some(record.map(|record| self.resolve(record)).map_err(Error::Spill))
    }
}
