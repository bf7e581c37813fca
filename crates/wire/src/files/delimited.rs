//! Delimited text (RFC 4180 and what spreadsheets make of it) as rows.
//!
//! Our own reader and not the `csv` crate's, because a spoilt row must never take good ones with it: a quote that
//! is opened and not closed would swallow the rows up to the next quote. Here a record that spans several lines
//! stands only if it closes properly and has the header's number of columns; else its first line alone is
//! rejected and reading goes on with the next one. The original line is kept for the rejects file too.
//! A test compares this reader with the `csv` crate on well-formed files.

use std::io::Read;

use super::decode::decode;
use super::lines::{LINE_BYTES_MAX, Line, Lines};
use super::open::{Text, broken};
use super::options::{Delimiter, Encoding, Options};
use super::refused::{Refused, RefusedKind};
use super::reject::Fault;
use super::rows::{Row, Rows};

/// Most columns of a file.
pub(super) const COLUMNS_MAX: usize = 512;

/// A delimited file behind its header.
pub(super) struct Delimited<'r> {
    file: String,
    lines: Lines<Box<dyn Read + 'r>>,
    pub(super) delimiter: Delimiter,
    encoding: Option<Encoding>,
    headers: Vec<String>,
    /// The header's cells, empty ones at its end too.
    width: usize,
    number: u64,
}

impl<'r> Delimited<'r> {
    /// Finds the delimiter and reads the header. `known` says whether a header has a meaning of its own.
    ///
    /// # Errors
    /// When no delimiter fits or the header is beyond the limits.
    pub(super) fn open(text: Text<'r>, file: &str, options: &Options, known: &dyn Fn(&str) -> bool) -> Result<Self, Refused> {
        let terminator = if text.head.contains(&b'\n') || !text.head.contains(&b'\r') { b'\n' } else { b'\r' };
        let head = Head { bytes: &text.head, terminator, encoding: text.encoding };
        let declared = head.declared();
        let delimiter = match options.delimiter.or(declared) {
            Some(delimiter) => delimiter,
            None => head.delimiter(known).ok_or_else(|| {
                Refused::new(
                    file,
                    RefusedKind::Ambiguous,
                    "the header fits several column separators",
                    "say which: `--delimiter comma|semicolon|tab`",
                )
            })?,
        };
        let encoding = text.encoding;
        let mut opened = Self {
            file: file.to_owned(),
            lines: Lines::new(text.bytes, terminator),
            delimiter,
            encoding,
            headers: Vec::new(),
            width: 0,
            number: 0,
        };
        let mut row = Row::default();
        if declared.is_some() {
            opened.record(&mut row)?;
        }
        while opened.record(&mut row)? {
            if let Some(fault) = &row.fault {
                return Err(Refused::new(file, RefusedKind::NoHeader, format!("the header row: {}", fault.reason), fault.mend.clone()));
            }
            if !row.is_blank() {
                break;
            }
        }
        if row.len() > COLUMNS_MAX {
            return Err(Refused::new(
                file,
                RefusedKind::TooLarge,
                format!("the header has {} columns", row.len()),
                format!("give at most {COLUMNS_MAX}"),
            ));
        }
        opened.headers = (0..row.len()).map(|index| row.cell(index).text.into_owned()).collect();
        opened.width = opened.headers.len();
        while opened.headers.last().is_some_and(String::is_empty) {
            opened.headers.pop(); // many exports end every line, or only the header, with a separator
        }
        Ok(opened)
    }

    /// Reads the next record, blank ones too; false at the end of the file.
    fn record(&mut self, row: &mut Row) -> Result<bool, Refused> {
        self.read_record(row).map_err(|error| broken(&self.file, &error))
    }

    fn read_record(&mut self, row: &mut Row) -> std::io::Result<bool> {
        self.number += 1;
        row.clear(self.number);
        let (first_end, first_next) = match self.lines.line(0)? {
            Line::None => return Ok(false),
            Line::TooLong => {
                let mend = "a quote may be missing; mend or take out the line";
                row.fault = Some(Fault::row("the line is longer than 1 MiB", mend));
                row.set_line(&String::from_utf8_lossy(self.lines.bytes(0, 1024)));
                self.lines.skip_line()?;
                return Ok(true);
            }
            Line::Ends { end, next } => (end, next),
        };
        let (end, next) = match self.extent(first_end, first_next)? {
            Some(extent) => extent,
            None => {
                row.set_line(&String::from_utf8_lossy(self.lines.bytes(0, first_end)));
                row.fault = Some(Fault::row(
                    "a quote is opened and not closed properly",
                    "put a closing quote before the next separator, and write a quote within a quoted text twice",
                ));
                self.lines.advance(first_next);
                return Ok(true);
            }
        };
        match decode(self.lines.bytes(0, end), &mut self.encoding) {
            Ok(line) => {
                row.set_line(&line);
                cut(row, self.delimiter.byte());
            }
            Err(fault) => {
                row.set_line(&String::from_utf8_lossy(self.lines.bytes(0, end)));
                row.fault = Some(fault);
            }
        }
        self.lines.advance(next);
        Ok(true)
    }
}

impl Delimited<'_> {
    /// Where the record ends that begins with the line `(end, next)`, quoted line breaks included; none when its quotes
    /// are not sound, and then only its first line may be taken for it.
    fn extent(&mut self, first_end: usize, first_next: usize) -> std::io::Result<Option<(usize, usize)>> {
        let separator = self.delimiter.byte();
        let (mut end, mut next) = (first_end, first_next);
        if !self.lines.bytes(0, end).contains(&b'"') {
            return Ok(Some((end, next)));
        }
        let mut quotes = Quotes::default();
        let mut scanned = 0;
        loop {
            match quotes.scan(self.lines.bytes(scanned, end), separator) {
                Scan::Closed if end == first_end || self.headers.is_empty() => return Ok(Some((end, next))),
                Scan::Closed => return Ok((quotes.fields == self.headers.len() || quotes.fields == self.width).then_some((end, next))),
                Scan::Broken => return Ok(None),
                Scan::Open => {}
            }
            scanned = end; // the line ending is part of the quoted text
            let from = next;
            match self.lines.line(from)? {
                Line::Ends { end: further, next: after } if further <= LINE_BYTES_MAX => (end, next) = (further, after),
                Line::Ends { .. } | Line::TooLong | Line::None => return Ok(None),
            }
            if self.is_row(self.lines.bytes(from, end), quotes.fields) {
                return Ok(None);
            }
        }
    }

    /// Whether a line within a quoted text, which began in the record's cell `column`, is a row by itself: it is as wide
    /// as the table, and when a quote ends the text in it, then in the column in which it began (one row lost its
    /// closing quote, a later one its opening quote).
    fn is_row(&self, line: &[u8], column: usize) -> bool {
        let separators = |line: &[u8]| line.iter().filter(|&&byte| byte == self.delimiter.byte()).count();
        let width = self.headers.len();
        let closes_in = line.iter().position(|&byte| byte == b'"').map(|quote| separators(line.get(..quote).unwrap_or_default()));
        width > 2 && separators(line) + 1 == width && closes_in.is_none_or(|closes_in| closes_in == column && column > 0)
    }
}

impl Rows for Delimited<'_> {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, Refused> {
        while self.record(row)? {
            if row.is_blank() {
                continue;
            }
            row.drop_empty(self.headers.len());
            let (columns, expected) = (row.len(), self.headers.len());
            if row.fault.is_none() && columns != expected {
                let (what, mend) = if columns > expected {
                    ("too many", "quote a text that holds the separator, or take the further cells out")
                } else {
                    ("too few", "give every column of the header, empty ones too")
                };
                row.fault = Some(Fault::row(
                    format!("{columns} columns where the header has {expected}: {} {what}", columns.abs_diff(expected)),
                    mend,
                ));
            }
            return Ok(true);
        }
        Ok(false)
    }
}

/// Cuts the row's line, whose quotes are known to be sound, into cells.
fn cut(row: &mut Row, separator: u8) {
    if !row.line().as_bytes().contains(&b'"') {
        let mut start = 0;
        let len = row.line().len();
        for at in 0..len {
            if row.line().as_bytes().get(at) == Some(&separator) {
                row.push_span(start, at);
                start = at + 1;
            }
        }
        row.push_span(start, len);
        return;
    }
    let line = row.line().to_owned();
    let mut rest = line.as_str();
    loop {
        let at = line.len() - rest.len();
        if let Some(quoted) = rest.strip_prefix('"') {
            let close = closing_quote(quoted.as_bytes());
            let inner = quoted.get(..close).unwrap_or(quoted);
            if inner.contains('"') {
                row.push_cell(&inner.replace("\"\"", "\""), super::rows::Kind::Text);
            } else {
                row.push_span(at + 1, at + 1 + close);
            }
            rest = quoted.get(close + 1..).unwrap_or_default();
        } else {
            let len = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
            row.push_span(at, at + len);
            rest = rest.get(len..).unwrap_or_default();
        }
        match rest.get(1..) {
            Some(further) => rest = further,
            None => return,
        }
    }
}

/// Where the quote stands that closes a quoted text.
fn closing_quote(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'"')) {
        if text.get(at + found + 1) != Some(&b'"') {
            return at + found;
        }
        at += found + 2;
    }
    text.len()
}

/// Where a scan for quotes stands between the lines of a record.
#[derive(Default)]
struct Quotes {
    place: Place,
    fields: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote within quoted text: it closes, or a second one makes it a letter.
    AfterQuote,
}

enum Scan {
    Closed,
    Open,
    Broken,
}

impl Quotes {
    /// Goes over the next bytes of a record, of which the last are the end of a line.
    fn scan(&mut self, bytes: &[u8], separator: u8) -> Scan {
        for &byte in bytes {
            self.place = match (self.place, byte) {
                (Place::FieldStart, b'"') | (Place::AfterQuote, b'"') => Place::Quoted,
                (Place::Quoted, b'"') => Place::AfterQuote,
                (Place::Quoted, _) => Place::Quoted,
                (Place::FieldStart | Place::Plain | Place::AfterQuote, _) if byte == separator => {
                    self.fields += 1;
                    Place::FieldStart
                }
                (Place::FieldStart | Place::Plain, _) => Place::Plain,
                (Place::AfterQuote, _) => return Scan::Broken,
            };
        }
        if self.place == Place::Quoted {
            return Scan::Open;
        }
        self.fields += 1;
        Scan::Closed
    }
}

/// The first bytes of a file, for finding its delimiter.
struct Head<'h> {
    bytes: &'h [u8],
    terminator: u8,
    encoding: Option<Encoding>,
}

impl Head<'_> {
    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes
            .split(|&byte| byte == self.terminator)
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .filter(|line| !line.is_empty())
    }

    /// What a first line `sep=;`, which spreadsheets understand, says.
    fn declared(&self) -> Option<Delimiter> {
        let byte = self.lines().next()?.strip_prefix(b"sep=")?;
        Delimiter::ALL.iter().copied().find(|delimiter| byte == [delimiter.byte()])
    }

    /// The delimiter under which most headers have a meaning, then under which most lines have the header's
    /// width, then with most columns; none when two are alike.
    fn delimiter(&self, known: &dyn Fn(&str) -> bool) -> Option<Delimiter> {
        let mut scores: Vec<((usize, usize, usize), Delimiter)> = Delimiter::ALL
            .iter()
            .map(|&delimiter| {
                let mut row = Row::default();
                let mut cells_of = |line: &[u8]| {
                    row.clear(0);
                    // Under a wrong delimiter quotes close in the middle of a cell.
                    let sound = matches!(Quotes::default().scan(line, delimiter.byte()), Scan::Closed);
                    if let (true, Ok(text)) = (sound, decode(line, &mut { self.encoding })) {
                        row.set_line(&text);
                        cut(&mut row, delimiter.byte());
                    }
                    (0..row.len()).map(|index| row.cell(index).text.into_owned()).collect::<Vec<_>>()
                };
                let headers = self.lines().next().map(&mut cells_of).unwrap_or_default();
                let alike =
                    self.lines().skip(1).take(100).filter(|line| headers.len() > 1 && cells_of(line).len() == headers.len()).count();
                ((headers.iter().filter(|header| known(header)).count(), alike, headers.len()), delimiter)
            })
            .collect();
        scores.sort_by_key(|&(score, _)| std::cmp::Reverse(score));
        match scores.as_slice() {
            [(best, _), (second, _), ..] if best == second && best.2 > 1 => None,
            [(_, delimiter), ..] => Some(*delimiter),
            [] => None,
        }
    }
}

#[cfg(test)]
mod tests;
