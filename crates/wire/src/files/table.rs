//! A file as a table: opened, its columns understood from the first rows, then read row by row.

use std::io::Read;

use super::columns::Columns;
use super::customer::FIELD_BYTES_MAX;
use super::delimited::Delimited;
use super::header::Content;
use super::json_lines::JsonLines;
use super::mapping::Filter;
use super::open::{Opened, open};
use super::options::{Delimiter, Options};
use super::refused::{Refused, RefusedKind};
use super::reject::{Fault, Reject, Rejects};
use super::report::Report;
use super::rows::{Row, Rows};
use super::workbook::Workbook;

/// How many rows, and how many bytes of them, are looked at before the first is taken.
const SAMPLE_ROWS: usize = 2_000;
const SAMPLE_BYTES: usize = 256 * 1024;

/// What takes a file's rows in.
pub(super) trait Taker {
    /// Takes one row.
    ///
    /// # Errors
    /// Why it is rejected; nothing of it may then have been taken.
    fn take(&mut self, row: &Row, report: &mut Report) -> Result<(), Fault>;

    /// Learns that the file has got further columns.
    fn grown(&mut self, columns: &Columns, headers: &[String], report: &mut Report);
}

/// A file whose first rows were looked at.
pub(super) struct Table<'r> {
    pub(super) file: String,
    format: String,
    rows: Box<dyn Rows + 'r>,
    sample: Vec<Row>,
    pub(super) columns: Columns,
    filters: Vec<Filter>,
}

impl<'r> Table<'r> {
    /// Opens a file and finds out what its columns mean and how they are written.
    ///
    /// # Errors
    /// When the file as a whole cannot be read, or two readings are possible.
    pub(super) fn open(input: impl Read + 'r, file: &str, options: &Options, content: Content) -> Result<Self, Refused> {
        let mapping = options.mapping.as_ref().filter(|mapping| mapping.covers(content));
        let options = &mapping.map_or_else(|| options.clone(), |mapping| mapping.options(options));
        let known = |header: &str| mapping.map_or_else(|| content.field(header).is_some(), |mapping| mapping.uses(header));
        let (mut rows, format): (Box<dyn Rows + 'r>, String) = match open(input, file, options)? {
            Opened::Delimited(text) => {
                let encoding = text.encoding_name;
                let rows = Delimited::open(text, file, options, &known)?;
                let separator = match rows.delimiter {
                    Delimiter::Comma => "commas",
                    Delimiter::Semicolon => "semicolons",
                    Delimiter::Tab => "tabs",
                };
                (Box::new(rows), format!("delimited by {separator}, {encoding}"))
            }
            Opened::JsonLines(text) => (Box::new(JsonLines::new(text, file)), "JSON Lines".to_owned()),
            Opened::Workbook(bytes) => {
                let (rows, sheet) = Workbook::open(bytes, file, &known)?;
                (Box::new(rows), format!("XLSX, sheet `{sheet}`"))
            }
            Opened::Parquet(bytes) => (parquet(bytes, file)?, "Parquet".to_owned()),
        };
        let sample = sample(rows.as_mut())?;
        let (mut columns, filters) = match mapping {
            Some(mapping) => mapping.columns(content, rows.headers(), file)?,
            None => (Columns::assign(content, rows.headers(), file)?, Vec::new()),
        };
        columns.detect(&sample, options, rows.headers(), file)?;
        if sample.is_empty() {
            let mend = "give a file with at least one row below its header";
            return Err(Refused::new(file, RefusedKind::Empty, "the file has a header and no rows", mend));
        }
        Ok(Self { file: file.to_owned(), format, rows, sample, columns, filters })
    }

    /// The headers seen so far.
    pub(super) fn headers(&self) -> &[String] {
        self.rows.headers()
    }

    /// Hands every row to `taker`, and those it will not take to `rejects`.
    ///
    /// # Errors
    /// When the file breaks off or a reject cannot be written.
    pub(super) fn read(mut self, taker: &mut dyn Taker, rejects: &mut dyn Rejects) -> Result<Report, Refused> {
        let columns = self.columns.understood(self.rows.headers(), &self.sample);
        let mut report = Report { file: self.file.clone(), format: self.format.clone(), columns, ..Report::default() };
        let mut skipped = vec![0; self.filters.len()];
        for row in std::mem::take(&mut self.sample) {
            self.give(&row, taker, &mut report, rejects, &mut skipped)?;
        }
        let mut row = Row::default();
        let mut width = self.rows.headers().len();
        while self.rows.next(&mut row)? {
            if self.rows.headers().len() > width {
                width = self.rows.headers().len();
                self.columns.grow(self.rows.headers(), &self.file)?;
                taker.grown(&self.columns, self.rows.headers(), &mut report);
            }
            self.give(&row, taker, &mut report, rejects, &mut skipped)?;
        }
        let counted = self.filters.iter().zip(&skipped).filter(|(_, times)| **times > 0);
        report.skipped.extend(counted.map(|(filter, times)| (filter.because.clone(), *times)));
        if self.rows.headers().len() > report.columns.len() {
            report.columns = self.columns.understood(self.rows.headers(), &[]);
        }
        Ok(report)
    }

    /// Hands one row over, unless a filter leaves it out.
    fn give(
        &self,
        row: &Row,
        taker: &mut dyn Taker,
        report: &mut Report,
        rejects: &mut dyn Rejects,
        skipped: &mut [u64],
    ) -> Result<(), Refused> {
        report.counts.rows += 1;
        if row.fault.is_none()
            && let Some((_, times)) = self.filters.iter().zip(skipped).find(|(filter, _)| filter.hits(row))
        {
            *times += 1;
            report.counts.skipped += 1;
            return Ok(());
        }
        let taken = match &row.fault {
            Some(fault) => Err(fault.clone()),
            None => within_limits(row, report).and_then(|()| taker.take(row, report)),
        };
        let Err(fault) = taken else { return Ok(()) };
        reject(row, fault, report, rejects, &self.file)
    }
}

/// Hands a rejected row over.
///
/// # Errors
/// When it cannot be written.
pub(super) fn reject(row: &Row, fault: Fault, report: &mut Report, rejects: &mut dyn Rejects, file: &str) -> Result<(), Refused> {
    report.counts.rejected += 1;
    let Fault { column, reason, mend } = fault;
    let reject = Reject { row: row.number, column, reason, mend, original: row.original() };
    rejects.reject(reject).map_err(|error| {
        Refused::new(
            file,
            RefusedKind::Io,
            format!("a rejected row could not be written: {error}"),
            "make room where the rejects file goes",
        )
    })
}

/// Parquet, where this build reads it.
#[cfg(feature = "parquet")]
fn parquet<'r>(bytes: Vec<u8>, file: &str) -> Result<Box<dyn Rows + 'r>, Refused> {
    Ok(Box::new(super::columnar::Columnar::open(bytes, file)?))
}

/// Parquet, where this build does not read it.
#[cfg(not(feature = "parquet"))]
fn parquet<'r>(_bytes: Vec<u8>, file: &str) -> Result<Box<dyn Rows + 'r>, Refused> {
    let mend = "export the table as CSV, or use a build with the feature `parquet`";
    Err(Refused::new(file, RefusedKind::Unreadable, "the file is Parquet, which this build does not read", mend))
}

/// The first rows of a file.
fn sample(rows: &mut dyn Rows) -> Result<Vec<Row>, Refused> {
    let mut sample = Vec::new();
    let mut bytes = 0;
    let mut row = Row::default();
    while sample.len() < SAMPLE_ROWS && bytes < SAMPLE_BYTES && rows.next(&mut row)? {
        bytes += row.bytes();
        sample.push(std::mem::take(&mut row));
    }
    Ok(sample)
}

fn within_limits(row: &Row, report: &Report) -> Result<(), Fault> {
    if row.bytes() <= FIELD_BYTES_MAX {
        return Ok(());
    }
    let too_long = (0..row.len()).map(|index| (index, row.cell(index).text.len())).find(|&(_, len)| len > FIELD_BYTES_MAX);
    let Some((index, len)) = too_long else { return Ok(()) };
    let column = report.columns.get(index).map_or("", |column| &column.header);
    Err(Fault::at(column, format!("the value has {len} bytes, at most {FIELD_BYTES_MAX} are read"), "shorten it, or leave the column out"))
}
