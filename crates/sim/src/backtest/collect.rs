//! From what `decide` concluded to records, counts and whoever looks on.

use regua_core::decide::{Outcome, Row};
use regua_core::facts::{Channels, Facts};
use regua_core::time::Instant;
use regua_core::words::{Channel, DeferReason, SkipReason};

use super::index::row;
use super::record::{ALONE, NO_MESSAGE, Record, channel_bits, outcome_code};
use super::runs::Sorter;
use super::{Backtest, Error, Paid, Step, Watch};

/// Records passed on at once: enough that threads seldom meet.
const BATCH_RECORDS: usize = 1 << 15;

/// Collects the decisions of a batch of customers.
pub(super) struct Collector<'a, W> {
    backtest: &'a Backtest<'a>,
    sorter: &'a Sorter,
    records: Vec<Record>,
    /// First rows and items of messages with several rows: see [`Record::message`].
    arena: Vec<u32>,
    tally: Tally,
    watch: W,
}

/// What is counted.
#[derive(Clone, Default)]
pub(super) struct Tally {
    /// Per place of the policy.
    pub(super) steps: Vec<StepTally>,
    pub(super) messages: u64,
    /// Messages per channel, in the order of [`Channel::ALL`].
    pub(super) channels: [u64; Channel::ALL.len()],
    pub(super) first: Option<Instant>,
    pub(super) last: Option<Instant>,
}

/// What is counted of one step.
#[derive(Clone, Copy, Default)]
pub(super) struct StepTally {
    pub(super) done: u64,
    /// In the order of [`SkipReason::ALL`].
    pub(super) skipped: [u64; SkipReason::ALL.len()],
    /// Entries into a deferral, in the order of [`DeferReason::ALL`].
    pub(super) deferred: [u64; DeferReason::ALL.len()],
}

impl<'a, W: Watch> Collector<'a, W> {
    pub(super) fn new(backtest: &'a Backtest<'a>, sorter: &'a Sorter, watch: W) -> Self {
        let tally = Tally { steps: vec![StepTally::default(); backtest.steps.len()], ..Tally::default() };
        Self { backtest, sorter, records: Vec::new(), arena: Vec::new(), tally, watch }
    }

    /// Hands what has gathered to the sorter.
    pub(super) fn pass_on(&mut self) -> Result<(), Error> {
        if self.records.len() < BATCH_RECORDS {
            return Ok(());
        }
        self.sorter.take(&mut self.records, &mut self.arena).map_err(Error::Spill)
    }

    pub(super) fn finish(mut self) -> Result<(Tally, W), Error> {
        self.sorter.take(&mut self.records, &mut self.arena).map_err(Error::Spill)?;
        Ok((self.tally, self.watch))
    }

    fn place(&self, facts: &Facts<'_>, walk: usize, step: regua_core::decide::StepRef) -> u16 {
        let ladder = facts.walks.get(walk).and_then(|walk| {
            let rules = self.backtest.policies.get(walk.policy);
            rules.segments.get(walk.segment).map(|segment| segment.ladder)
        });
        self.backtest.steps.place(ladder.unwrap_or(0), step)
    }

    fn record(&self, step: &Step<'_>, decided: &Row) -> Record {
        let receivable = step.receivables.get(decided.walk).copied().unwrap_or(u32::MAX);
        let message = decided.message.and_then(|message| step.decisions.messages.get(message));
        let skipped = match decided.outcome {
            Outcome::Done => None,
            Outcome::Skipped(reason) => Some(reason),
        };
        Record {
            at: step.now.micros(),
            rank: self.backtest.index.rank(receivable),
            message: message.map_or(NO_MESSAGE, |_| ALONE),
            step: self.place(step.facts, decided.walk, decided.step),
            cycle: decided.cycle,
            occurrence: decided.occurrence,
            outcome: outcome_code(skipped),
            channels: channel_bits(message.map_or(Channels::default(), |message| message.channels)),
        }
    }

    /// Points the rows of a message at its first row and its receivables; `from` is where this moment's records begin.
    fn join(&mut self, rows: &[usize], from: usize) {
        let record = |row: &usize| self.records.get(from + row).copied();
        let Some(first) = rows.iter().filter_map(record).min() else { return };
        let mut items: Vec<u32> = rows.iter().filter_map(record).map(|record| record.rank).collect();
        items.sort_unstable();
        items.dedup();
        let message = u32::try_from(self.arena.len()).unwrap_or(NO_MESSAGE);
        let count = u32::try_from(items.len()).unwrap_or(0);
        let steps = u32::from(first.step) << 16 | u32::from(first.cycle);
        self.arena.extend([first.rank, steps, u32::from(first.occurrence), count]);
        self.arena.extend(items);
        for row in rows {
            if let Some(record) = self.records.get_mut(from + row) {
                record.message = message;
            }
        }
    }
}

impl<W: Watch> Watch for Collector<'_, W> {
    fn told(&mut self, customer: u32, at: Instant) {
        self.watch.told(customer, at);
    }

    fn paid(&mut self, paid: &Paid) {
        self.watch.paid(paid);
    }

    fn decided(&mut self, step: &Step<'_>) {
        let from = self.records.len();
        for decided in &step.decisions.rows {
            let record = self.record(step, decided);
            self.tally.count(record.step, decided.outcome, step.now);
            self.records.push(record);
        }
        for message in &step.decisions.messages {
            self.tally.messages += 1;
            for (count, channel) in self.tally.channels.iter_mut().zip(Channel::ALL) {
                *count += u64::from(message.channels.meets(Channels::of(*channel)));
            }
            if message.rows.len() > 1 {
                self.join(&message.rows, from);
            }
        }
        for deferred in &step.decisions.deferrals {
            let place = self.place(step.facts, deferred.walk, deferred.step);
            self.tally.defer(place, deferred.reason);
        }
        self.watch.decided(step);
    }

    fn ended(&mut self, customer: u32, facts: &Facts<'_>, receivables: &[u32]) {
        self.watch.ended(customer, facts, receivables);
    }

    fn absorb(&mut self, mut other: Self) {
        let base = u32::try_from(self.arena.len()).unwrap_or(u32::MAX);
        self.arena.append(&mut other.arena);
        let moved = |record: Record| {
            let message = if record.message < ALONE { record.message.saturating_add(base) } else { record.message };
            Record { message, ..record }
        };
        self.records.extend(other.records.into_iter().map(moved));
        self.tally.absorb(&other.tally);
        self.watch.absorb(other.watch);
    }
}

impl Tally {
    fn count(&mut self, place: u16, outcome: Outcome, now: Instant) {
        self.first = Some(self.first.map_or(now, |first| first.min(now)));
        self.last = Some(self.last.map_or(now, |last| last.max(now)));
        let Some(step) = self.steps.get_mut(usize::from(place)) else { return };
        match outcome {
            Outcome::Done => step.done += 1,
            Outcome::Skipped(reason) => add(&mut step.skipped, SkipReason::ALL, reason),
        }
    }

    fn defer(&mut self, place: u16, reason: DeferReason) {
        if let Some(step) = self.steps.get_mut(usize::from(place)) {
            add(&mut step.deferred, DeferReason::ALL, reason);
        }
    }

    fn absorb(&mut self, other: &Self) {
        for (step, other) in self.steps.iter_mut().zip(&other.steps) {
            step.absorb(other);
        }
        self.messages += other.messages;
        for (count, other) in self.channels.iter_mut().zip(other.channels) {
            *count += other;
        }
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }
}

impl StepTally {
    pub(super) fn absorb(&mut self, other: &Self) {
        self.done += other.done;
        for (count, other) in self.skipped.iter_mut().zip(other.skipped) {
            *count += other;
        }
        for (count, other) in self.deferred.iter_mut().zip(other.deferred) {
            *count += other;
        }
    }
}

/// Counts a word at its place in its list.
fn add<T: PartialEq>(counts: &mut [u64], words: &[T], word: T) {
    if let Some(count) = words.iter().position(|known| *known == word).and_then(|place| counts.get_mut(place)) {
        *count += 1;
    }
}

/// The items of a message in the arena: where they begin, and the message's first row.
pub(super) fn first_row(arena: &[u32], message: u32) -> Option<([u32; 4], &[u32])> {
    let from = usize::try_from(message).ok()?;
    let (head, rest) = arena.get(from..)?.split_first_chunk::<4>()?;
    let [_, _, _, count] = *head;
    let items = rest.get(..usize::try_from(count).ok()?)?;
    row(items, 0)?;
    Some((*head, items))
}
