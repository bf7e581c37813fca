//! One row of a file, whatever the format it came in.

use std::borrow::Cow;

use super::refused::Refused;
use super::reject::Fault;

/// What the format itself knows of a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Text: what it means is found out by reading it.
    Text,
    /// A number in plain decimal form, whatever the dialect of the file's texts.
    Number,
    /// A number of which the file no longer holds every digit (a spreadsheet keeps 15).
    Blurred,
    /// A date or time in ISO 8601.
    Moment,
    /// A list or an object.
    Nested,
}

/// A cell without its surrounding blanks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cell<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) kind: Kind,
}

impl<'a> Cell<'a> {
    pub(super) const fn text(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), kind: Kind::Text }
    }
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
    kind: Kind,
}

/// A row: one buffer of text and where each cell lies in it. Reused from row to row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// As a spreadsheet counts: the header is row 1.
    pub(super) number: u64,
    /// Why the row could not be cut into cells.
    pub(super) fault: Option<Fault>,
    /// The line as it stands in the file, then whatever cells needed unescaping.
    text: String,
    line_len: usize,
    spans: Vec<Span>,
}

impl Row {
    /// Empties the row for the next one.
    pub(super) fn clear(&mut self, number: u64) {
        self.number = number;
        self.fault = None;
        self.text.clear();
        self.line_len = 0;
        self.spans.clear();
    }

    /// Keeps the line as the file has it; cells may then be spans of it.
    pub(super) fn set_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.line_len = self.text.len();
    }

    /// The line of [`Row::set_line`].
    pub(super) fn line(&self) -> &str {
        self.text.get(..self.line_len).unwrap_or_default()
    }

    /// Adds a cell that is a part of the line, in bytes.
    pub(super) fn push_span(&mut self, start: usize, end: usize) {
        // Lines are at most a mebibyte long, so positions fit.
        let (start, end) = (u32::try_from(start).unwrap_or(0), u32::try_from(end).unwrap_or(0));
        self.spans.push(Span { start, end, kind: Kind::Text });
    }

    /// Adds a cell of its own.
    pub(super) fn push_cell(&mut self, text: &str, kind: Kind) {
        let start = self.text.len();
        self.text.push_str(text);
        let (start, end) = (u32::try_from(start).unwrap_or(0), u32::try_from(self.text.len()).unwrap_or(0));
        self.spans.push(Span { start, end, kind });
    }

    /// Puts a cell of its own at column `index`, with empty cells before it as needed.
    pub(super) fn put_cell(&mut self, index: usize, text: &str, kind: Kind) {
        while self.spans.len() <= index {
            self.spans.push(Span { start: 0, end: 0, kind: Kind::Text });
        }
        self.push_cell(text, kind);
        if let Some(span) = self.spans.pop()
            && let Some(slot) = self.spans.get_mut(index)
        {
            *slot = span;
        }
    }

    /// Drops empty cells at the end, as long as there are more than `columns`.
    pub(super) fn drop_empty(&mut self, columns: usize) {
        while self.len() > columns && self.cell(self.len() - 1).text.is_empty() {
            self.spans.pop();
        }
    }

    /// How many bytes the row holds.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// How many cells the row has.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell of column `index`, counted from 0; empty when the row has none.
    pub(super) fn cell(&self, index: usize) -> Cell<'_> {
        let Some(&Span { start, end, kind }) = self.spans.get(index) else { return Cell::text("") };
        let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
        Cell { text: Cow::Borrowed(self.text.get(start..end).unwrap_or_default().trim()), kind }
    }

    /// Whether every cell is empty, as the rows below a spreadsheet's table are.
    pub(super) fn is_blank(&self) -> bool {
        self.fault.is_none() && (0..self.len()).all(|index| self.cell(index).text.is_empty())
    }

    /// The row for the rejects file.
    pub(super) fn original(&self) -> String {
        const ORIGINAL_MAX: usize = 4096;
        let whole = if self.line_len > 0 {
            Cow::Borrowed(self.line())
        } else {
            Cow::Owned((0..self.len()).map(|index| self.cell(index).text).collect::<Vec<_>>().join(","))
        };
        if whole.len() <= ORIGINAL_MAX {
            return whole.into_owned();
        }
        let end = (0..=ORIGINAL_MAX).rev().find(|&end| whole.is_char_boundary(end)).unwrap_or(0);
        format!("{}…", whole.get(..end).unwrap_or_default())
    }
}

/// A file as rows.
pub(super) trait Rows {
    /// The header of each column; a format without a header row may add columns while it is read.
    fn headers(&self) -> &[String];

    /// Reads the next row into `row`; false at the end.
    ///
    /// # Errors
    /// When the file breaks off or breaks a limit as a whole.
    fn next(&mut self, row: &mut Row) -> Result<bool, Refused>;
}
