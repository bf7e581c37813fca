//! Lines of a file of fixed columns, numbered as a person's editor numbers them, and one line as columns.
//!
//! A line ends with LF, CR LF, or CR alone where a file has no LF. Blank lines and the ^Z that DOS wrote behind the last one
//! are lines without columns. One byte is one column, except in a line that somebody turned into UTF-8. Deliberately
//! absent: refusing a line for what is in it.

use std::borrow::Cow;

use regua_core::time::Day;

use super::column::{Column, DayForm};

/// The byte order mark of UTF-8, which editors put in front.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One line as it stands in the file.
///
/// The bytes of all lines with their endings, behind the byte order mark if there is one, are the file again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// Its bytes without the ending.
    pub raw: &'a [u8],
    /// What ends it; empty for a last line that nothing ends.
    pub ending: &'a [u8],
}

/// The lines of a file, in order, nothing left out.
///
/// ```
/// # use regua_wire::fixed::Lines;
/// let numbers: Vec<u32> = Lines::of(b"one\r\n\r\nthree").map(|line| line.number).collect();
/// assert_eq!(numbers, [1, 2, 3]);
/// ```
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a [u8],
    number: u32,
    separator: u8,
}

impl<'a> Lines<'a> {
    /// Lines of all that stands behind a byte order mark.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        let rest = bytes.strip_prefix(BOM).unwrap_or(bytes);
        Self { rest, number: 0, separator: if rest.contains(&b'\n') { b'\n' } else { b'\r' } }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let next = self.rest.iter().position(|&byte| byte == self.separator).map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(next);
        self.rest = rest;
        self.number = self.number.saturating_add(1);
        let end = line.iter().rposition(|&byte| byte != b'\r' && byte != b'\n').map_or(0, |at| at + 1);
        let (raw, ending) = line.split_at(end);
        Some(Line { number: self.number, raw, ending })
    }
}

impl Line<'_> {
    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.raw.iter().all(|byte| matches!(byte, b' ' | b'\t' | 0 | 0x1A))
    }

    /// The line without the blanks, NULs and ^Z at its end.
    fn cut(&self) -> &[u8] {
        let end = self.raw.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | 0 | 0x1A)).map_or(0, |at| at + 1);
        self.raw.get(..end).unwrap_or_default()
    }

    /// The line as columns of a record that is `width` wide; what is missing at its end is blank.
    pub(crate) fn columns(&self, width: usize, letters: Letters) -> Result<Columns<'_>, String> {
        let cut = self.cut();
        let bytes = match std::str::from_utf8(cut) {
            Ok(text) if letters == Letters::Utf8 && !cut.is_ascii() => {
                Cow::Owned(text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect())
            }
            Ok(_) | Err(_) => Cow::Borrowed(cut),
        };
        if bytes.len() > width {
            return Err(too_long(bytes.len(), width));
        }
        // What was Unicode is now a byte for each letter, which is Latin-1.
        let letters = if letters == Letters::Utf8 { Letters::Latin1 } else { letters };
        Ok(Columns { number: self.number, bytes, letters })
    }
}

fn too_long(columns: usize, width: usize) -> String {
    format!("the line has {columns} columns and its record {width}; ask the bank for the file again, and send it unchanged")
}

/// How the letters beyond ASCII are written in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Letters {
    /// Windows-1252, which holds Latin-1.
    Latin1,
    /// The code page of DOS in Brazil.
    Cp850,
    /// UTF-8 of which a letter is a column: somebody opened the file and saved it.
    Utf8,
    /// UTF-8 of which a byte is a column: a program filled its columns by bytes.
    Utf8Bytes,
}

impl Letters {
    /// Finds how a file with records of `width` columns writes them, by all its bytes.
    ///
    /// A byte that is a letter only in CP850, between two letters, says CP850. Quotation marks and dashes of Windows-1252
    /// stand where CP850 has rare lower case letters, so these say nothing. In UTF-8 a line with such letters that still has
    /// `width` bytes says that bytes are columns.
    pub(crate) fn of(bytes: &[u8], width: usize) -> Self {
        if bytes.is_ascii() {
            return Self::Latin1;
        }
        if std::str::from_utf8(bytes).is_ok() {
            let exact = Lines::of(bytes).any(|line| line.raw.len() == width && !line.raw.is_ascii());
            return if exact { Self::Utf8Bytes } else { Self::Utf8 };
        }
        let letter = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80);
        let dos = |(at, byte): (usize, &u8)| {
            matches!(byte, 0x80 | 0x82..=0x84 | 0x87..=0x8A | 0x8E..=0x90 | 0x99 | 0x9A | 0xA1..=0xA5 | 0xB5..=0xB7)
                && at.checked_sub(1).is_some_and(letter)
                && letter(at + 1)
        };
        if bytes.iter().enumerate().any(dos) { Self::Cp850 } else { Self::Latin1 }
    }

    fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        if bytes.is_ascii() {
            return String::from_utf8_lossy(bytes);
        }
        match self {
            Self::Latin1 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
            Self::Utf8 | Self::Utf8Bytes => String::from_utf8_lossy(bytes),
            Self::Cp850 => bytes.iter().map(|&byte| cp850(byte)).collect(),
        }
    }
}

/// The letters of CP850 that stand in names; frames and fractions are none of these.
fn cp850(byte: u8) -> char {
    const LOW: [char; 38] = [
        'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', 'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö',
        'Ü', 'ø', '£', 'Ø', '×', 'ƒ', 'á', 'í', 'ó', 'ú', 'ñ', 'Ñ',
    ];
    match byte {
        0..=0x7F => char::from(byte),
        0x80..=0xA5 => LOW.get(usize::from(byte - 0x80)).copied().unwrap_or('?'),
        0xA6 => 'ª',
        0xA7 => 'º',
        0xB5 => 'Á',
        0xB6 => 'Â',
        0xB7 => 'À',
        0xC6 => 'ã',
        0xC7 => 'Ã',
        0xD2 => 'Ê',
        0xD3 => 'Ë',
        0xD4 => 'È',
        0xD6 => 'Í',
        0xD7 => 'Î',
        0xD8 => 'Ï',
        0xDE => 'Ì',
        0xE0 => 'Ó',
        0xE2 => 'Ô',
        0xE3 => 'Ò',
        0xE4 => 'õ',
        0xE5 => 'Õ',
        0xE9 => 'Ú',
        0xEA => 'Û',
        0xEB => 'Ù',
        0xEF => '\'',
        0xF8 => 'º',
        _ => '?',
    }
}

/// One line as columns.
pub(crate) struct Columns<'a> {
    number: u32,
    bytes: Cow<'a, [u8]>,
    letters: Letters,
}

impl Columns<'_> {
    /// The number of its line.
    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    /// The byte of a column, from 1; a blank beyond the end.
    pub(crate) fn byte(&self, column: usize) -> u8 {
        column.checked_sub(1).and_then(|at| self.bytes.get(at)).copied().unwrap_or(b' ')
    }

    fn of(&self, column: Column) -> &[u8] {
        let end = column.to().min(self.bytes.len());
        self.bytes.get(column.from().saturating_sub(1)..end).unwrap_or_default()
    }

    /// Refuses a line that ends before a column which is never blank: it was cut on its way.
    pub(crate) fn reach(&self, column: Column) -> Result<(), String> {
        if self.bytes.len() >= column.to() { Ok(()) } else { Err(column.bad("the line ends before it", "ask the bank for the file again")) }
    }

    /// What stands there, without blanks around it; signs that no letter is are blanks.
    pub(crate) fn text(&self, column: Column) -> String {
        let text = self.letters.decode(self.of(column));
        let clean = |letter: char| if letter.is_control() || letter == char::REPLACEMENT_CHARACTER { ' ' } else { letter };
        text.chars().map(clean).collect::<String>().trim().to_owned()
    }

    /// [`Columns::text`], and nothing where all of it is blank or zero.
    pub(crate) fn some(&self, column: Column) -> Option<Box<str>> {
        let text = self.text(column);
        if text.bytes().all(|byte| byte == b'0') { None } else { Some(text.into_boxed_str()) }
    }

    /// [`Columns::some`] without zeros in front.
    pub(crate) fn number_text(&self, column: Column) -> Option<Box<str>> {
        self.some(column).map(|text| text.trim_start_matches('0').into())
    }

    /// Digits as they stand; empty where all is blank.
    fn digits(&self, column: Column) -> Result<&str, String> {
        let bytes = self.of(column);
        let cut = column.from() <= self.bytes.len() && column.to() > self.bytes.len();
        let blank = |byte: &u8| matches!(byte, b' ' | 0);
        let from = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
        let digits = bytes.get(from..).unwrap_or_default();
        let end = digits.iter().rposition(|byte| !blank(byte)).map_or(0, |at| at + 1);
        let digits = digits.get(..end).unwrap_or_default();
        match std::str::from_utf8(digits) {
            Ok(digits) if !cut && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(digits),
            Ok(_) | Err(_) => Err(column.bad("not digits alone", "ask the bank for the file again")),
        }
    }

    /// A whole number; blanks are zero.
    pub(crate) fn whole(&self, column: Column) -> Result<i64, String> {
        let digits = self.digits(column)?;
        if digits.is_empty() {
            return Ok(0);
        }
        digits.parse().ok().ok_or_else(|| column.bad("a number that is too big", "ask the bank for the file again"))
    }

    /// A day; none where all is blank or zero.
    pub(crate) fn day(&self, column: Column) -> Result<Option<Day>, String> {
        let Some(form) = column.day_form() else { return Ok(None) };
        let digits = self.digits(column)?;
        if digits.bytes().all(|byte| byte == b'0') {
            return Ok(None);
        }
        let parts = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i16>().ok());
        let (year, month, day) = match form {
            // Files of the nineties are still around, those of the sixties are not.
            DayForm::Ddmmyy => (parts(4, 6).map(|year| if year >= 90 { 1900 + year } else { 2000 + year }), parts(2, 4), parts(0, 2)),
            DayForm::Ddmmyyyy => (parts(4, 8), parts(2, 4), parts(0, 2)),
            DayForm::Yyyymmdd => (parts(0, 4), parts(4, 6), parts(6, 8)),
        };
        let small = |part: Option<i16>| part.and_then(|part| i8::try_from(part).ok());
        let found = year.zip(small(month)).zip(small(day)).and_then(|((year, month), day)| Day::new(year, month, day));
        match found {
            Some(day) if digits.len() == form.len() => Ok(Some(day)),
            Some(_) | None => Err(column.bad(form.problem(), "ask the bank for the file again")),
        }
    }
}
