//! Rows that were left out: all of them in `rejects.csv`, the first few in memory for the screen.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

use regua_wire::files::{Reject, Rejects};

use crate::output::{Cell, Listing};

/// Rejects kept for the screen.
const SHOWN_MAX: usize = 5;

/// Collects the rejects of all files of a run.
pub(crate) struct RejectFile {
    /// Where they are written; none when nothing is to be written.
    path: Option<PathBuf>,
    csv: Option<csv::Writer<BufWriter<File>>>,
    file: String,
    shown: Vec<(String, Reject)>,
    /// How many of them are kept to be shown.
    shown_max: usize,
    count: u64,
}

impl RejectFile {
    /// Writes to a file that is made with the first reject.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path: Some(path), csv: None, file: String::new(), shown: Vec::new(), shown_max: SHOWN_MAX, count: 0 }
    }

    /// Writes nothing.
    pub(crate) const fn unwritten() -> Self {
        Self { path: None, csv: None, file: String::new(), shown: Vec::new(), shown_max: SHOWN_MAX, count: 0 }
    }

    /// Writes nothing, and keeps so many to be shown.
    pub(crate) fn keeping(shown_max: usize) -> Self {
        let mut file = Self::unwritten();
        file.shown_max = shown_max;
        file
    }

    /// Those that are kept, in the order of their files.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Reject> {
        self.shown.iter().map(|(_, reject)| reject)
    }

    /// Names the file whose rows follow.
    pub(crate) fn begin(&mut self, file: &str) {
        file.clone_into(&mut self.file);
    }

    /// How many there were.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// When the file does not take it.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.csv.as_mut().map_or(Ok(()), csv::Writer::flush)
    }

    /// The first rejects as a listing.
    pub(crate) fn listing(&self) -> Listing {
        let mut rows = Listing::new(&[("file", "file"), ("row", "row"), ("column", "column"), ("reason", "reason"), ("mend", "mend")]);
        for (file, reject) in &self.shown {
            let row = if reject.row == 0 { Cell::Empty } else { Cell::Count(reject.row) };
            rows.row([
                file.as_str().into(),
                row,
                reject.column.as_str().into(),
                reject.reason.as_str().into(),
                reject.mend.as_str().into(),
            ]);
        }
        rows
    }
}

impl Rejects for RejectFile {
    fn reject(&mut self, reject: Reject) -> io::Result<()> {
        self.count += 1;
        if let (None, Some(path)) = (&self.csv, &self.path) {
            let file = BufWriter::new(File::create(path)?);
            let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(file);
            csv.write_record(["file", "row", "column", "reason", "mend", "original"])?;
            self.csv = Some(csv);
        }
        if let Some(csv) = &mut self.csv {
            let row = if reject.row == 0 { String::new() } else { reject.row.to_string() };
            csv.write_record([&self.file, &row, &reject.column, &reject.reason, &reject.mend, &reject.original])?;
        }
        if self.shown.len() < self.shown_max {
            self.shown.push((self.file.clone(), reject));
        }
        Ok(())
    }
}

impl Drop for RejectFile {
    fn drop(&mut self) {
        // Who cares about errors calls `finish`; after a failure the rows written so far are still worth having.
        let _unwritten = self.finish();
    }
}
