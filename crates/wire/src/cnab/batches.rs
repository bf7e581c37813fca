//! Records of CNAB 240 that every file has, while they are written: batches and their trailers.
//!
//! Details are numbered with five digits within a batch, so many slips make several batches.

use super::tables240::{BANK, BATCH, END_BATCHES, END_LINES, KIND, TRAILER_LINES, TRAILER_TITLES, WIDTH};
use crate::fixed::{BadField, Pen, write_line};

/// How many slips a batch holds: three lines each at most, numbered with five digits.
pub(super) const BATCH_SLIPS_MAX: usize = 33_333;

/// A record of a batch; 0 is the file's header, 9999 its trailer.
pub(super) fn record(bank: &str, batch: i64, kind: &str) -> Result<Pen, BadField> {
    let mut pen = Pen::new(WIDTH);
    pen.text(BANK, bank)?.whole(BATCH, batch)?.text(KIND, kind)?;
    Ok(pen)
}

/// What was written so far.
#[derive(Default)]
pub(super) struct Written {
    pub(super) batches: i64,
    lines: i64,
}

impl Written {
    /// Ends a batch of so many details and slips, whose titles come to `sum` cents.
    pub(super) fn end_batch(&mut self, out: &mut Vec<u8>, bank: &str, details: i64, slips: usize, sum: i64) -> Result<(), BadField> {
        let mut pen = record(bank, self.batches, "5")?;
        pen.whole(TRAILER_LINES, details.saturating_add(2))?;
        for (at, (count, amount)) in TRAILER_TITLES.into_iter().enumerate() {
            let all = i64::try_from(slips).unwrap_or(i64::MAX);
            let (slips, sum) = if at == 0 { (all, sum) } else { (0, 0) };
            pen.whole(count, slips)?.whole(amount, sum)?;
        }
        write_line(out, &pen);
        self.lines = self.lines.saturating_add(details).saturating_add(2);
        Ok(())
    }

    /// Ends the file.
    pub(super) fn end(&self, out: &mut Vec<u8>, bank: &str) -> Result<(), BadField> {
        let mut pen = record(bank, 9999, "9")?;
        pen.whole(END_BATCHES, self.batches)?.whole(END_LINES, self.lines.saturating_add(2))?;
        write_line(out, &pen);
        Ok(())
    }
}

/// Slips by batches; one empty batch when there are none.
pub(super) fn batches<S>(slips: &[S]) -> impl Iterator<Item = &[S]> {
    let none = slips.is_empty().then_some(slips);
    none.into_iter().chain(slips.chunks(BATCH_SLIPS_MAX))
}
