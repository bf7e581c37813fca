//! Rows that are left out, each with the reason and the mend.

use std::io::{self, Write};

/// A row that was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reject {
    /// The row as a spreadsheet counts it: the header is row 1.
    pub row: u64,
    /// The header of the column at fault; empty when the row as a whole is.
    pub column: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub mend: String,
    /// The row as the file has it; for formats without lines, its cells joined by commas.
    pub original: String,
}

/// Where rejected rows go. They may be as many as the file has rows, so they are handed over one by one.
pub trait Rejects {
    /// Takes one rejected row.
    ///
    /// # Errors
    /// When it cannot be written; reading the file then stops.
    fn reject(&mut self, reject: Reject) -> io::Result<()>;
}

/// Keeps the first rejects and counts the rest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectList {
    /// The first rejects, in file order.
    pub rows: Vec<Reject>,
    /// Most rejects that are kept.
    pub rows_max: usize,
    /// All rejects, kept or not.
    pub count: u64,
}

impl RejectList {
    /// Keeps at most `rows_max` rejects.
    #[must_use]
    pub const fn new(rows_max: usize) -> Self {
        Self { rows: Vec::new(), rows_max, count: 0 }
    }
}

impl Rejects for RejectList {
    fn reject(&mut self, reject: Reject) -> io::Result<()> {
        self.count += 1;
        if self.rows.len() < self.rows_max {
            self.rows.push(reject);
        }
        Ok(())
    }
}

/// Writes rejects as CSV (UTF-8, LF, RFC 4180): `row,column,reason,mend,original`.
///
/// The header is written before the first reject, so that a file without rejects stays empty.
pub struct RejectWriter<W: Write> {
    csv: csv::Writer<W>,
    count: u64,
}

impl<W: Write> RejectWriter<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { csv: csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out), count: 0 }
    }

    /// How many rejects were written.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Flushes and gives the writer back.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.csv.flush()?;
        self.csv.into_inner().map_err(|failed| io::Error::other(failed.to_string()))
    }
}

impl<W: Write> Rejects for RejectWriter<W> {
    fn reject(&mut self, reject: Reject) -> io::Result<()> {
        if self.count == 0 {
            self.csv.write_record(["row", "column", "reason", "mend", "original"])?;
        }
        self.count += 1;
        let row = reject.row.to_string();
        self.csv.write_record([row.as_str(), &reject.column, &reject.reason, &reject.mend, &reject.original])?;
        Ok(())
    }
}

/// What is wrong with one cell or row, before it is known which row it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    /// The column, by its header; empty for the row as a whole.
    pub(super) column: String,
    pub(super) reason: String,
    pub(super) mend: String,
}

impl Fault {
    /// A fault of the row as a whole.
    pub(super) fn row(reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { column: String::new(), reason: reason.into(), mend: mend.into() }
    }

    /// A fault of one column.
    pub(super) fn at(column: &str, reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { column: column.to_owned(), reason: reason.into(), mend: mend.into() }
    }
}
