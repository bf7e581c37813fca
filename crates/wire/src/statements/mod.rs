//! Statements of accounts and returns of the ACH network: OFX, camt, MT940, NACHA. Bytes in, `core::bank` out.
//!
//! Each format is a module with a `read`; [`read_any`] finds out which one it is by what is in the file. Every reader is
//! total: any bytes give a file or an error, within [`FILE_BYTES_MAX`], and a broken line costs no other. `bank_side` writes
//! statements, for tests and demonstrations. CNAB and FEBRABAN 150 are read by modules of
//! their own, which [`read_any`] asks. Deliberately absent: what a line is about.

pub mod bank_side;
pub mod camt;
pub mod mt940;
pub mod nacha;
pub mod ofx;

mod amount;
mod day;
mod gather;
mod pix;
mod text;

use regua_core::bank::{BankFile, Format};

use crate::fixed::BadFile;
use crate::{cnab, debit150};

pub use gather::REFUSED_MAX;
pub use text::TEXT_CHARS_MAX;

/// Most bytes of a file. A month of a busy account has some ten megabytes; nothing is read beyond this.
pub const FILE_BYTES_MAX: usize = 64 << 20;

/// How far into a file its format is looked for.
const LOOK_BYTES_MAX: usize = 16 << 10;

/// Why a file gives nothing at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// More than [`FILE_BYTES_MAX`].
    #[error("the file has {size} bytes and at most {FILE_BYTES_MAX} are read; ask the bank for shorter periods")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// It was read as a format that it is not.
    #[error("this is no {format} file: {looked_for} was looked for and is not there")]
    Not {
        /// As which format it was read.
        format: Format,
        /// What that format has and the file lacks.
        looked_for: &'static str,
    },
    /// No format fits.
    #[error(
        "`{name}` is of no format that is read here: neither `<OFX>`, nor `<BkToCstmr…>` of camt.052/053/054, nor a line \
         `:20:`, `:25:` or `:61:` of MT940, nor lines of 94 (NACHA), 150, 240 or 400 columns (FEBRABAN, CNAB); \
         ask the bank for one of these"
    )]
    Unclear {
        /// The file's name.
        name: String,
    },
    /// A file of fixed columns that cannot be read as a whole.
    #[error(transparent)]
    Columns(#[from] BadFile),
    /// An XML file with a document type, which no bank writes and which may make a reader look elsewhere.
    #[error("line {place}: the file has a document type (`<!DOCTYPE`), which a bank's file never has; it is not read")]
    DocumentType {
        /// The line.
        place: u32,
    },
}

/// Refuses a file that is too large before anything is done with it.
fn bounded(bytes: &[u8]) -> Result<(), Unreadable> {
    if bytes.len() > FILE_BYTES_MAX { Err(Unreadable::TooLarge { size: bytes.len() }) } else { Ok(()) }
}

/// Reads a bank's file of any format that is known, found by what is in it.
///
/// * `name_hint` — the file's name: it is named in errors, and its ending decides only where the content does not.
///
/// # Errors
/// [`Unreadable`]: too large, of no known format, or not to be read as the one that it is of.
///
/// ```
/// # use regua_core::bank::Format;
/// # use regua_wire::statements::{Unreadable, read_any};
/// let file = read_any(b":20:X\n:25:1\n:60F:C261130EUR1,00\n:61:2611301130C1,00NMSC\n:62F:C261130EUR2,00\n", "x.sta")?;
/// assert_eq!((file.format, file.checks.iter().all(|check| check.holds())), (Format::Mt940, true));
/// assert!(matches!(read_any(b"hello", "x.txt"), Err(Unreadable::Unclear { .. })));
/// # Ok::<(), Unreadable>(())
/// ```
pub fn read_any(bytes: &[u8], name_hint: &str) -> Result<BankFile, Unreadable> {
    bounded(bytes)?;
    match detect(bytes).or_else(|| by_name(name_hint)) {
        Some(Format::Ofx) => ofx::read(bytes),
        Some(Format::Camt) => camt::read(bytes),
        Some(Format::Mt940) => mt940::read(bytes),
        Some(Format::Nacha) => nacha::read(bytes),
        Some(Format::Cnab240 | Format::Cnab400) => Ok(cnab::read(bytes)?),
        Some(Format::Debit150) => Ok(debit150::read(bytes)?),
        None => Err(Unreadable::Unclear { name: text::clean(name_hint).into() }),
    }
}

/// The format of a file by its content, if one fits.
#[must_use]
pub fn detect(bytes: &[u8]) -> Option<Format> {
    let head = text::decode(bytes.get(..LOOK_BYTES_MAX).unwrap_or(bytes), None);
    if ofx::begins(&head) {
        return Some(Format::Ofx);
    }
    if camt::begins(&head) {
        return Some(Format::Camt);
    }
    if mt940::begins(&head) {
        return Some(Format::Mt940);
    }
    by_columns(bytes)
}

/// Formats of fixed columns by how their first lines begin.
fn by_columns(bytes: &[u8]) -> Option<Format> {
    if nacha::begins(bytes) {
        return Some(Format::Nacha);
    }
    cnab::sniff(bytes).or_else(|| debit150::sniff(bytes).then_some(Format::Debit150))
}

fn by_name(name: &str) -> Option<Format> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    match ending.as_str() {
        "ofx" | "qfx" => Some(Format::Ofx),
        "camt" | "c53" => Some(Format::Camt),
        "sta" | "mt940" | "940" | "942" => Some(Format::Mt940),
        "ach" => Some(Format::Nacha),
        _ => None,
    }
}
