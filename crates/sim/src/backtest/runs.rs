//! Decisions in any order go in, in the global order they come out: sorted runs, spilled to files over a budget.
//!
//! Deliberately absent: names of files. Runs live in one unnamed temporary file that vanishes with the process.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::record::{ALONE, RECORD_BYTES, Record};

/// How much memory decisions may take, and where they go beyond it.
#[derive(Clone, Debug)]
pub struct Spill {
    /// Bytes of decisions held in memory before sorted runs go to a file.
    pub budget_bytes: usize,
    /// An existing folder for an unnamed temporary file.
    pub dir: PathBuf,
}

impl Spill {
    /// 256 MiB in memory, then a file in `dir`: some 10 million decisions never touch a disk.
    #[must_use]
    pub fn to(dir: impl Into<PathBuf>) -> Self {
        Self { budget_bytes: 256 << 20, dir: dir.into() }
    }
}

/// Records of one run: sorted at once, 24 MB.
const RUN_RECORDS_MAX: usize = 1 << 20;
/// Bytes that reading spilled runs back may buffer, all runs together.
const READ_BYTES_MAX: usize = 1 << 24;

/// Takes decisions from many threads.
pub(crate) struct Sorter {
    spill: Spill,
    run_records: usize,
    shared: Mutex<Shared>,
    /// All spilled runs, one behind the other: a small budget must not need many open files.
    file: Mutex<Option<File>>,
}

#[derive(Default)]
struct Shared {
    filling: Vec<Record>,
    runs: Vec<Run>,
    held: usize,
    arena: Vec<u32>,
}

enum Run {
    Held(Vec<Record>),
    /// A part of the file, in bytes.
    Spilled(Range<u64>),
}

/// All decisions, ready to be read in the global order.
pub(crate) struct Sorted {
    runs: Vec<Run>,
    file: Option<File>,
    /// What [`Record::message`] points into.
    arena: Vec<u32>,
}

impl Sorter {
    pub(crate) fn new(spill: Spill) -> Self {
        // At least two runs fit the budget, else every spill would leave nothing to fill.
        let run_records = (spill.budget_bytes / RECORD_BYTES / 2).clamp(1, RUN_RECORDS_MAX);
        Self { spill, run_records, shared: Mutex::default(), file: Mutex::default() }
    }

    /// Takes a batch and empties it; records point into the batch's own part of the arena.
    pub(crate) fn take(&self, records: &mut Vec<Record>, arena: &mut Vec<u32>) -> io::Result<()> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let base = u32::try_from(shared.arena.len()).ok().filter(|base| u64::from(*base) + long(arena.len()) < u64::from(ALONE));
        let base = base.ok_or_else(|| io::Error::other("more merged messages than 32 bits can number; split the file by customers"))?;
        shared.arena.append(arena);
        let mut full = Vec::new();
        for record in records.drain(..) {
            if shared.filling.capacity() == 0 {
                shared.filling.reserve_exact(self.run_records);
            }
            // ALONE and NO_MESSAGE stay what they are.
            let message = if record.message < ALONE { record.message + base } else { record.message };
            shared.filling.push(Record { message, ..record });
            if shared.filling.len() >= self.run_records {
                full.push(std::mem::take(&mut shared.filling));
            }
        }
        drop(shared);
        full.into_iter().try_for_each(|run| self.close(run))
    }

    /// Sorts a full run, outside the lock, and keeps or spills it.
    fn close(&self, mut run: Vec<Record>) -> io::Result<()> {
        run.sort_unstable();
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        // One run's worth is always being filled.
        if (shared.held + run.len() + self.run_records) * RECORD_BYTES <= self.spill.budget_bytes {
            shared.held += run.len();
            shared.runs.push(Run::Held(run));
            return Ok(());
        }
        drop(shared);
        let spilled = self.write(&run)?;
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).runs.push(Run::Spilled(spilled));
        Ok(())
    }

    fn write(&self, run: &[Record]) -> io::Result<Range<u64>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match file.take() {
            Some(open) => open,
            None => tempfile::tempfile_in(&self.spill.dir)?,
        };
        let from = open.stream_position()?;
        let mut out = BufWriter::with_capacity(1 << 16, &mut open);
        run.iter().try_for_each(|record| out.write_all(&record.to_bytes()))?;
        out.flush()?;
        drop(out);
        *file = Some(open);
        Ok(from..from + long(run.len() * RECORD_BYTES))
    }

    pub(crate) fn finish(self) -> Sorted {
        let mut shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        shared.filling.sort_unstable();
        shared.runs.push(Run::Held(shared.filling));
        let file = self.file.into_inner().unwrap_or_else(PoisonError::into_inner);
        Sorted { runs: shared.runs, file, arena: shared.arena }
    }
}

fn long(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Sorted {
    /// Reads from the beginning, in order; the arena is what [`Record::message`] points into.
    pub(crate) fn merge(&mut self) -> io::Result<(Merge<'_>, &[u32])> {
        let spilled = self.runs.iter().filter(|run| matches!(run, Run::Spilled(_))).count();
        let buffer = (READ_BYTES_MAX / spilled.max(1)).clamp(1 << 10, 1 << 18) / RECORD_BYTES * RECORD_BYTES;
        let mut merge = Merge { file: self.file.as_mut(), sources: Vec::with_capacity(self.runs.len()), heads: BinaryHeap::new() };
        for run in &self.runs {
            let mut source = match run {
                Run::Held(records) => Source::Held(records.iter()),
                Run::Spilled(part) => Source::Spilled { part: part.clone(), bytes: vec![0; buffer], filled: 0, next: 0 },
            };
            if let Some(first) = source.next(merge.file.as_deref_mut())? {
                merge.heads.push(Reverse((first, merge.sources.len())));
            }
            merge.sources.push(source);
        }
        Ok((merge, &self.arena))
    }
}

enum Source<'a> {
    Held(std::slice::Iter<'a, Record>),
    Spilled {
        /// What is not read yet.
        part: Range<u64>,
        bytes: Vec<u8>,
        filled: usize,
        next: usize,
    },
}

impl Source<'_> {
    fn next(&mut self, file: Option<&mut File>) -> io::Result<Option<Record>> {
        let (part, bytes, filled, next) = match self {
            Self::Held(records) => return Ok(records.next().copied()),
            Self::Spilled { part, bytes, filled, next } => (part, bytes, filled, next),
        };
        if *next >= *filled {
            let Some(file) = file.filter(|_| part.start < part.end) else { return Ok(None) };
            let length = usize::try_from(part.end - part.start).unwrap_or(usize::MAX).min(bytes.len());
            file.seek(SeekFrom::Start(part.start))?;
            file.read_exact(bytes.get_mut(..length).unwrap_or_default())?;
            part.start += long(length);
            (*filled, *next) = (length, 0);
        }
        let record = bytes.get(*next..).and_then(|rest| rest.first_chunk());
        *next += RECORD_BYTES;
        Ok(record.map(|bytes| Record::from_bytes(*bytes)))
    }
}

/// The runs merged.
pub(crate) struct Merge<'a> {
    file: Option<&'a mut File>,
    sources: Vec<Source<'a>>,
    heads: BinaryHeap<Reverse<(Record, usize)>>,
}

impl Iterator for Merge<'_> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut head = self.heads.peek_mut()?;
        let Reverse((record, source)) = *head;
        match self.sources.get_mut(source).map_or(Ok(None), |run| run.next(self.file.as_deref_mut())) {
            Ok(Some(next)) => *head = Reverse((next, source)),
            Ok(None) => {
                PeekMut::pop(head);
            }
            Err(error) => {
                PeekMut::pop(head);
                return Some(Err(error));
            }
        }
        Some(Ok(record))
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::NO_MESSAGE;
    use super::*;
    use proptest::prelude::*;

    fn record(at: i64, rank: u32, message: u32) -> Record {
        Record { at, rank, message, step: 0, cycle: 0, occurrence: 0, outcome: 0, channels: 0 }
    }

    proptest! {
        #[test]
        fn any_budget_gives_the_same_order(
            batches in proptest::collection::vec(proptest::collection::vec((0..50_i64, 0..9_u32), 0..40), 0..12),
            budget_records in 0..60_usize,
        ) {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let sorter = Sorter::new(Spill { budget_bytes: budget_records * RECORD_BYTES, dir: dir.path().into() });
            let mut expected = Vec::new();
            for batch in &batches {
                let mut records: Vec<Record> = batch.iter().map(|&(at, rank)| record(at, rank, NO_MESSAGE)).collect();
                expected.extend_from_slice(&records);
                sorter.take(&mut records, &mut Vec::new()).expect("room");
                prop_assert!(records.is_empty());
            }
            expected.sort_unstable();
            let mut sorted = sorter.finish();
            for _ in 0..2 {
                let (merge, _) = sorted.merge().expect("readable");
                prop_assert_eq!(merge.collect::<io::Result<Vec<_>>>().expect("readable"), expected.clone());
            }
        }
    }

    #[test]
    fn messages_keep_pointing_at_their_items() {
        let sorter = Sorter::new(Spill { budget_bytes: 0, dir: std::env::temp_dir() });
        sorter.take(&mut vec![record(1, 0, 0), record(3, 2, ALONE)], &mut vec![10, 11]).expect("room");
        sorter.take(&mut vec![record(2, 1, 1), record(4, 3, NO_MESSAGE)], &mut vec![20, 21]).expect("room");
        let mut sorted = sorter.finish();
        assert!(sorted.runs.iter().any(|run| matches!(run, Run::Spilled(_))), "nothing fits a budget of nothing");
        let (merge, arena) = sorted.merge().expect("readable");
        let messages: Vec<u32> = merge.map(|record| record.expect("readable").message).collect();
        assert_eq!(messages, [0, 3, ALONE, NO_MESSAGE]);
        assert_eq!(arena, [10, 11, 20, 21]);
    }
}
