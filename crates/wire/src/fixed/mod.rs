//! Files of fixed columns, as banks in Brazil write them: lines, columns, and lines being written.
//!
//! A table of [`Column`]s is written once for each record and serves both directions. Deliberately absent: what any column
//! means, and whole files in memory beside the bytes that the caller holds.

mod column;
mod lines;
mod pen;

pub use lines::{Line, Lines};
pub use pen::BadField;

pub(crate) use column::Column;
pub(crate) use lines::{Columns, Letters};
pub(crate) use pen::{Pen, write_line};

use regua_core::bank::BadLine;

/// The longest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// How many lines a file may have.
pub const LINES_MAX: u32 = 2_000_000;

/// How many bad lines are told one by one; the rest is told as a number.
pub const REFUSED_MAX: usize = 10_000;

/// Why a file is not read at all.
///
/// ```
/// # use regua_wire::cnab;
/// let refused = cnab::read(b"Dear customer").unwrap_err();
/// assert!(refused.to_string().starts_with("not a return of CNAB 240 or 400"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{problem}; {mend}")]
pub struct BadFile {
    /// What is wrong, without anything that stands in the file.
    pub problem: String,
    /// What to do about it.
    pub mend: &'static str,
}

impl BadFile {
    /// A refusal of a whole file.
    pub(crate) fn new(problem: impl Into<String>, mend: &'static str) -> Self {
        Self { problem: problem.into(), mend }
    }
}

/// Refuses what is too big before a byte of it is read.
pub(crate) fn measure(bytes: &[u8]) -> Result<(), BadFile> {
    if bytes.len() > FILE_BYTES_MAX {
        let problem = format!("the file is longer than {} MiB", FILE_BYTES_MAX / (1024 * 1024));
        return Err(BadFile::new(problem, "ask the bank for it in parts, a day at a time"));
    }
    Ok(())
}

/// Too many lines.
pub(crate) fn too_many_lines() -> BadFile {
    BadFile::new(format!("the file has more than {LINES_MAX} lines"), "ask the bank for it in parts, a day at a time")
}

/// Bad lines, as many as a person can read, and how many there were beyond.
#[derive(Default)]
pub(crate) struct Refusals {
    told: Vec<BadLine>,
    more: u64,
}

impl Refusals {
    /// One more.
    pub(crate) fn push(&mut self, place: u32, what: String) {
        if self.told.len() < REFUSED_MAX {
            self.told.push(BadLine { place, what });
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// All of them; the last one stands for those beyond [`REFUSED_MAX`].
    pub(crate) fn end(mut self, place: u32) -> Vec<BadLine> {
        if self.more > 0 {
            let what = format!("{} more lines could not be read; ask the bank for the file again", self.more);
            self.told.push(BadLine { place, what });
        }
        self.told
    }
}
