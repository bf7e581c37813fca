//! Bytes to text whatever the header claims, and text to words. Deliberately absent: formats.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// Most letters that are kept of what a bank wrote beside a line.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// The text of a file. Each line is UTF-8 if it can be, whatever the header says, else what the header says, else
/// Windows-1252 (Latin-1 as it is really written): a byte sequence that is UTF-8 by chance is rarer than a header that lies.
///
/// * `label` — the encoding that the file claims, as it names it.
pub(super) fn decode<'b>(bytes: &'b [u8], label: Option<&str>) -> Cow<'b, str> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, marks)) => encoding.decode_without_bom_handling(bytes.get(marks..).unwrap_or_default()).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(by_line(bytes, fallback(label))),
        },
    };
    // Some systems end lines with CR alone, and then nothing would have a place.
    if text.contains('\r') && !text.contains('\n') { Cow::Owned(text.replace('\r', "\n")) } else { text }
}

fn by_line(bytes: &[u8], fallback: &'static Encoding) -> String {
    let mut text = String::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.push_str(&fallback.decode_without_bom_handling(line).0),
        }
    }
    text
}

/// The single-byte encoding that a header names: `1252`, `ISO-8859-1`, `CP850` … What is not known is Windows-1252.
fn fallback(label: Option<&str>) -> &'static Encoding {
    let Some(label) = label.map(str::trim) else { return WINDOWS_1252 };
    let named = if label.len() == 4 && label.starts_with("125") {
        Encoding::for_label(format!("windows-{label}").as_bytes())
    } else {
        Encoding::for_label(label.as_bytes())
    };
    named.filter(|encoding| encoding.is_single_byte()).unwrap_or(WINDOWS_1252)
}

/// Which line a place of a text is in. Places must be asked in rising order; then the whole text is walked once.
#[derive(Debug)]
pub(super) struct LineCount {
    at: usize,
    line: u32,
}

impl LineCount {
    /// At the beginning.
    pub(super) const fn new() -> Self {
        Self { at: 0, line: 1 }
    }

    /// The line (from 1) in which byte `to` is.
    pub(super) fn of(&mut self, text: &str, to: usize) -> u32 {
        let passed = text.as_bytes().get(self.at..to).unwrap_or_default();
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.at = self.at.max(to);
        self.line
    }
}

/// A text for a person: one blank between words, no control characters, at most [`TEXT_CHARS_MAX`] letters.
pub(super) fn clean(text: &str) -> Box<str> {
    let mut clean = String::with_capacity(text.len().min(TEXT_CHARS_MAX));
    let letters = text.chars().map(|letter| if letter.is_control() || letter == '\u{FEFF}' { ' ' } else { letter });
    let mut kept = 0;
    for letter in letters {
        if kept == TEXT_CHARS_MAX {
            break;
        }
        if !letter.is_whitespace() {
            clean.push(letter);
            kept += 1;
        } else if !clean.is_empty() && !clean.ends_with(' ') {
            clean.push(' ');
            kept += 1;
        }
    }
    clean.truncate(clean.trim_end().len());
    clean.into_boxed_str()
}

/// A name or number, cleaned; none where it is empty or all zeros, as files write "nothing".
pub(super) fn word(text: &str) -> Option<Box<str>> {
    let word = clean(text);
    (!word.trim_matches(['0', ' ']).is_empty()).then_some(word)
}

/// Most pieces that are put together; each is compared with those before it.
const PIECES_MAX: usize = 64;

/// Pieces with a separator between them; empty ones, and those that an earlier one begins with, are left out.
pub(super) fn joined<'p>(pieces: impl IntoIterator<Item = &'p str>, separator: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for piece in pieces {
        if all.len() == PIECES_MAX {
            break;
        }
        if !piece.is_empty() && !all.iter().any(|known| known.starts_with(piece)) {
            all.push(piece);
        }
    }
    all.join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_lies_is_not_believed() {
        assert_eq!(decode("CARTÃO".as_bytes(), Some("1252")), "CARTÃO");
        assert_eq!(decode(b"CART\xC3O", Some("UTF-8")), "CARTÃO");
        assert_eq!(decode(b"CART\xC3O\nD\xC3\x89B", None), "CARTÃO\nDÉB");
        assert_eq!(decode(b"\xEF\xBB\xBFa", None), "a");
        assert_eq!(decode(b"\xFF\xFEa\0b\0", None), "ab");
        assert_eq!(decode(b"\xB1", Some("1250")), "±");
        assert_eq!(decode(b"\xB9", Some("1250")), "ą");
        assert_eq!(decode(b"a\rb", None), "a\nb");
    }

    #[test]
    fn texts_are_one_line_of_bounded_length() {
        assert_eq!(&*clean("  IOF\t\n  ADICIONAL \u{0}"), "IOF ADICIONAL");
        assert_eq!(clean(&"é".repeat(9_999)).chars().count(), TEXT_CHARS_MAX);
        assert_eq!(word("000"), None);
        assert_eq!(word(" "), None);
        assert_eq!(word("0012").as_deref(), Some("0012"));
        assert_eq!(joined(["NAME", "", "NA", "MEMO"], " / "), "NAME / MEMO");
    }
}
