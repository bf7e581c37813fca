//! Physical lines of a byte stream, with a limit on their length and a way to look further ahead.

use std::io::{self, Read};

/// The longest record, in bytes.
pub(super) const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Where a line ends, relative to the start of the record being built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Line {
    /// Ends at `end`; the next one begins at `next`.
    Ends { end: usize, next: usize },
    /// Is longer than [`LINE_BYTES_MAX`].
    TooLong,
    /// There is none: the file has ended.
    None,
}

/// Cuts a stream into lines. A record may take several of them.
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where the current record begins in `buffer`.
    start: usize,
    ended: bool,
    terminator: u8,
}

impl<R: Read> Lines<R> {
    /// Lines that end with `terminator`, LF or (on old Macintosh exports) CR.
    pub(super) const fn new(input: R, terminator: u8) -> Self {
        Self { input, buffer: Vec::new(), start: 0, ended: false, terminator }
    }

    /// The line that begins `from` bytes after the current record's start, without its line ending.
    pub(super) fn line(&mut self, from: usize) -> io::Result<Line> {
        let mut searched = from;
        loop {
            let rest = self.buffer.get(self.start + searched..).unwrap_or_default();
            if let Some(found) = rest.iter().position(|&byte| byte == self.terminator) {
                let next = searched + found + 1;
                let line = self.bytes(from, next - 1);
                let end = if line.last() == Some(&b'\r') { next - 2 } else { next - 1 };
                return Ok(if end - from > LINE_BYTES_MAX { Line::TooLong } else { Line::Ends { end, next } });
            }
            searched += rest.len();
            if searched - from > LINE_BYTES_MAX {
                return Ok(Line::TooLong);
            }
            if self.ended {
                return Ok(if searched == from { Line::None } else { Line::Ends { end: searched, next: searched } });
            }
            self.fill()?;
        }
    }

    /// Bytes of the current record.
    pub(super) fn bytes(&self, from: usize, end: usize) -> &[u8] {
        self.buffer.get(self.start + from..self.start + end).unwrap_or_default()
    }

    /// Ends the current record `len` bytes after its start.
    pub(super) fn advance(&mut self, len: usize) {
        self.start += len;
    }

    /// Drops the rest of a line that is too long.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            if let Some(found) = rest.iter().position(|&byte| byte == self.terminator) {
                self.start += found + 1;
                return Ok(());
            }
            self.start = self.buffer.len();
            if self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        const CHUNK: usize = 256 * 1024;
        self.buffer.drain(..self.start);
        self.start = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + CHUNK, 0);
        let read = loop {
            match self.input.read(self.buffer.get_mut(len..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.buffer.truncate(len + read);
        self.ended = read == 0;
        Ok(())
    }
}
