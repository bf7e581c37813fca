//! NACHA files of the ACH network of the United States: returns and notifications of change that a bank gives its customer.
//!
//! Each batch is a statement in dollars. Its account is the company as the network knows it: the bank of origin and the
//! company id, for a file names no account of the company's. What an entry becomes:
//!
//! | entry | event |
//! | --- | --- |
//! | with addenda 99 | `returned`; `names.of` is the original trace, `codes` the reason (`R01`) and the transaction code |
//! | with addenda 99 of R61 to R77 | `other`: a return that is disputed between banks |
//! | with addenda 98 | `changed`; `codes` are the change (`C01`), the corrected data, the transaction code |
//! | a debit | `pending`: in a file to be sent, or on its way |
//! | a credit, a prenote, an advice (ADV) | `other` |
//!
//! Deliberately absent: writing such files, and addenda that only banks act on. Lines are 94 columns of ASCII. Trailing blanks
//! are forgiven in two ways: behind column 94, and where the first and last record (1, 9) were cut off within their blank end.
//! A file without line ends is cut into lines. A line is found again by its trace (of a return: its own), which is
//! unique only within some days, so that day and amount always belong to it; see [`regua_core::bank::matching::identity`].
//! Columns stand in `records`. Where it is from: `SOURCE.md` beside the module.

mod batch;
mod records;

use regua_core::bank::{BankFile, Format};

use super::Unreadable;
use super::gather::Gathered;
use batch::Reader;
use records::COLUMNS;

/// Columns of the first record without the company's name and what is blank behind it.
const HEADER_NEEDED: usize = 63;
/// Columns of the last record up to its last sum.
const CONTROL_NEEDED: usize = 55;

/// Reads a NACHA file.
///
/// Lines that are not 94 columns of ASCII, or wrong in a column that matters, are refused one by one with their columns.
/// Counts, hashes and sums of the control records are checks.
///
/// # Errors
/// [`Unreadable`] when it is too large, or no line begins as a file or a batch does.
///
/// ```
/// # use regua_core::bank::Event;
/// let file = regua_wire::statements::nacha::read(
///     b"5200Company                             1234567890PPDPAYMENT         261130   1092221170000001\n\
///       62609222117212345678         0000010000ID             Jane Doe              DD1092221170000007\n\
///       799R01092221170000001      09222117                                            092221170000007\n\
///       820000000200092221170000000100000000000000001234567890                         092221170000001\n",
/// )?;
/// let line = &file.statements[0].lines[0];
/// assert_eq!((line.event, line.names.of.as_deref(), &*line.codes[0]), (Event::Returned, Some("092221170000001"), "R01"));
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<BankFile, Unreadable> {
    super::bounded(bytes)?;
    if !begins(bytes) {
        return Err(Unreadable::Not { format: Format::Nacha, looked_for: "a line that begins with `101` or `52` and has 94 columns" });
    }
    let mut gathered = Gathered::default();
    let mut reader = Reader::new(&mut gathered);
    let mut last = 1;
    for (line, place) in lines(bytes).zip(1_u32..).filter(|(line, _)| !line.is_empty()) {
        last = place;
        match text(line) {
            Ok(text) => reader.line(place, text),
            Err(what) => reader.refuse(place, line, what),
        }
    }
    reader.finish(last);
    Ok(gathered.into_file(Format::Nacha))
}

/// Whether the first lines are those of such a file; wider ones are of CNAB, where a bank's number may begin alike.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let starts = |line: &[u8]| {
        (50..150).contains(&line.len())
            && (line.starts_with(b"101 ") || line.starts_with(b"1011") || line.starts_with(b"1010") || batch(line))
    };
    lines(bytes.get(..4_096).unwrap_or(bytes)).take(4).any(starts)
}

/// Whether a line begins as a batch does: 5 and a service class, and letters for the class of entries.
fn batch(line: &[u8]) -> bool {
    let class = line.get(50..53).unwrap_or_default();
    let known: [&[u8]; 4] = [b"5200", b"5220", b"5225", b"5280"];
    line.len() >= COLUMNS
        && known.iter().any(|known| line.starts_with(known))
        && class.len() == 3
        && class.iter().all(u8::is_ascii_uppercase)
}

/// The lines of a file without their ends; one that has none is cut at every 94th byte.
fn lines(bytes: &[u8]) -> Box<dyn Iterator<Item = &[u8]> + '_> {
    let ended = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let ended = ended.strip_suffix(b"\r").unwrap_or(ended);
    if ended.len() > COLUMNS && !ended.iter().any(|byte| matches!(byte, b'\n' | b'\r')) && ended.len().is_multiple_of(COLUMNS) {
        return Box::new(ended.chunks(COLUMNS));
    }
    Box::new(bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
}

/// A line of 94 columns of ASCII; of record 1 and 9 what is blank at their end may be missing.
fn text(line: &[u8]) -> Result<&str, String> {
    if let Some(at) = line.iter().position(|byte| !byte.is_ascii() || byte.is_ascii_control()) {
        return Err(format!("column {}: not a printable letter of ASCII; the line is not read", at + 1));
    }
    let text = std::str::from_utf8(line).unwrap_or("");
    let (text, behind) = text.split_at_checked(COLUMNS).unwrap_or((text, ""));
    let needed = match text.bytes().next() {
        Some(b'1') => HEADER_NEEDED,
        Some(b'9') => CONTROL_NEEDED,
        _ => COLUMNS,
    };
    if text.len() >= needed && behind.trim_end().is_empty() {
        Ok(text)
    } else {
        Err(format!("{} columns instead of {COLUMNS}; the line is not read", line.len()))
    }
}
