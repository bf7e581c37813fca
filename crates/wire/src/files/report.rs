//! What was understood of a file, and what is worth a second look.

use super::header::Field;
use super::portfolio::Portfolio;

/// A file that was read: what it holds and how it was understood.
pub struct Reading {
    /// Everything read so far, of this file and those before it.
    pub portfolio: Portfolio,
    /// How this file was understood.
    pub report: Report,
}

/// How one file was understood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The file's name.
    pub file: String,
    /// The format in words: `CSV, separator ; , UTF-8`.
    pub format: String,
    /// Every column of the file, in order.
    pub columns: Vec<ColumnUnderstood>,
    /// How many rows there were and what became of them.
    pub counts: Counts,
    /// Rows that the mapping's filters left out, by reason.
    pub skipped: Vec<(String, u64)>,
    /// The first warnings, in file order; [`Counts::warnings`] counts all.
    pub warnings: Vec<Warning>,
}

/// How many rows a file had and what became of them. Rows that are blank throughout do not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Rows below the header.
    pub rows: u64,
    /// Receivables added.
    pub receivables: u64,
    /// Customers added.
    pub customers: u64,
    /// Payments added.
    pub payments: u64,
    /// Rows left out by a filter of the mapping.
    pub skipped: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Warnings.
    pub warnings: u64,
}

/// How one column was understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnUnderstood {
    /// The header as the file has it.
    pub header: String,
    /// What it means.
    pub meaning: Meaning,
    /// How its values are written: `dates day-first`, `decimal comma`, `text` …
    pub format: String,
    /// The first value of the column.
    pub example: String,
}

/// What a column means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A field of the canonical file.
    Field(Field),
    /// The customer's attribute of this name.
    Attribute(String),
    /// What a mapping makes of it, in its words.
    Mapped(String),
    /// Nothing: the mapping does not use it.
    Unused,
}

impl std::fmt::Display for Meaning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(field) => f.pad(field.as_str()),
            Self::Attribute(name) => f.pad(&format!("attribute {name}")),
            Self::Mapped(text) => f.pad(text),
            Self::Unused => f.pad("not used"),
        }
    }
}

/// Something that was left out of a row that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// The row, as in [`super::Reject::row`]; the first one when it happened `times`.
    pub row: u64,
    /// The column's header.
    pub column: String,
    /// What is wrong and what was done about it.
    pub text: String,
    /// In how many rows.
    pub times: u64,
}

/// Most warnings kept in a report.
const WARNINGS_MAX: usize = 1_000;

impl Report {
    /// Notes a warning of one row.
    pub(super) fn warn(&mut self, row: u64, column: &str, text: String) {
        self.counts.warnings += 1;
        if self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(Warning { row, column: column.to_owned(), text, times: 1 });
        }
    }
}
