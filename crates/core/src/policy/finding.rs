//! What is wrong with a régua file, where, and the mend.

use std::fmt;

/// A place in the file: line and column, both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Mark {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken, but its author should know.
    Warning,
}

/// One thing that is wrong with the file.
///
/// [`fmt::Display`] leaves the file's name out; [`Finding::in_file`] puts it in front.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Whether the file is refused for it.
    pub severity: Severity,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

impl Finding {
    /// `FILE:LINE:COL: error: …`, and the mend on a line of its own.
    #[must_use]
    pub fn in_file<'a>(&'a self, file: &'a str) -> impl fmt::Display + 'a {
        InFile { finding: self, file }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}: {severity}: {}\n  mend: {}", self.line, self.column, self.message, self.mend)
    }
}

struct InFile<'a> {
    finding: &'a Finding,
    file: &'a str,
}

impl fmt::Display for InFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.finding)
    }
}

/// What is wrong with one value and how to mend it, before anyone knows where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) mend: String,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { message: message.into(), mend: mend.into() }
    }
}

/// Findings as they are collected; bounded, and every place lies within the text.
#[derive(Debug)]
pub(super) struct Findings {
    /// Characters of each line.
    widths: Vec<usize>,
    found: Vec<Finding>,
    /// Whether there was an error, shown or beyond the bound.
    refused: bool,
}

/// More findings than this help nobody.
const FINDINGS_MAX: usize = 100;

impl Findings {
    pub(super) fn new(text: &str) -> Self {
        Self {
            widths: text.split('\n').map(|line| line.trim_end_matches('\r').chars().count()).collect(),
            found: Vec::new(),
            refused: false,
        }
    }

    pub(super) fn error(&mut self, at: Mark, message: impl Into<String>, mend: impl Into<String>) {
        self.add(at, Severity::Error, message.into(), mend.into());
    }

    pub(super) fn warning(&mut self, at: Mark, message: impl Into<String>, mend: impl Into<String>) {
        self.add(at, Severity::Warning, message.into(), mend.into());
    }

    pub(super) fn complain(&mut self, at: Mark, complaint: Complaint) {
        self.add(at, Severity::Error, complaint.message, complaint.mend);
    }

    /// Findings in the order of the file, and whether none of them is an error.
    pub(super) fn finish(mut self) -> (Vec<Finding>, bool) {
        self.found.sort_by_key(|finding| (finding.line, finding.column));
        (self.found, !self.refused)
    }

    fn add(&mut self, at: Mark, severity: Severity, message: String, mend: String) {
        self.refused |= severity == Severity::Error;
        if self.found.len() >= FINDINGS_MAX {
            return;
        }
        let line = at.line.clamp(1, self.widths.len().max(1));
        let width = self.widths.get(line - 1).copied().unwrap_or(0);
        let finding = Finding { line, column: at.column.clamp(1, width + 1), severity, message, mend };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }
}
