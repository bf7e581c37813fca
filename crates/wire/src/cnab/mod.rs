//! CNAB 240 and 400: what a bank in Brazil says of a company's slips, and what the company asks of it.
//!
//! [`read`] takes returns; [`remittance`] writes requests and reads them again; [`bank_side`] writes returns, for tests and
//! for a bank that is made up. A column table is written once for both directions. A bank's CNAB 400 is its own, so an
//! unknown bank is refused there; in CNAB 240 it is read by FEBRABAN's columns. Deliberately absent: check digits and free
//! fields of the nosso número (`boleto`), and what a line settles.
//!
//! The nosso número stands in [`regua_core::bank::Names::our_number`] without zeros in front, and without its check digit
//! where the bank's layout gives the digit a column of its own.

mod accounts;
pub mod bank_side;
mod batches;
mod occurrences;
pub mod remittance;
mod returns240;
mod returns400;
mod tables240;
mod tables400;
mod title;
mod told;

pub use crate::fixed::{BadField, BadFile};
pub use title::{Charge, Company, Discount, Fine, Instruction, Interest, InterestRate, Place, Title};

pub(crate) use returns240::tax_id;

use regua_core::bank::{BankFile, Format};

use crate::fixed::{Column, Letters, Line, Lines, measure};

/// How many lines are looked at to find the format and the bank.
const LOOKED_AT: usize = 16;

/// Which of the two formats a file has, by its first lines.
///
/// ```
/// # use regua_core::bank::Format;
/// # use regua_wire::cnab;
/// assert_eq!(cnab::sniff(b"02RETORNO01COBRANCA       "), Some(Format::Cnab400));
/// assert_eq!(cnab::sniff(b"<?xml version=\"1.0\"?>"), None);
/// ```
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    let first = first_lines(bytes);
    let head = first.first()?;
    if head.raw.starts_with(b"02RETORNO") || head.raw.starts_with(b"01REMESSA") {
        return Some(Format::Cnab400);
    }
    let records = first.iter().filter(|line| is_240(line)).count();
    (records * 2 > first.len()).then_some(Format::Cnab240)
}

/// Reads a return of either format.
///
/// A line that cannot be read is in `refused` with its columns and the mend, and loses no other line. What the trailers say
/// of counts and sums is in `checks` beside what was read.
///
/// # Errors
/// [`BadFile`] when it is no return, is a remittance, is too big, or is of a bank whose CNAB 400 is not known here.
///
/// ```
/// # use regua_core::bank::{Event, Format, Line, Names, Statement};
/// # use regua_core::{currency::Currency, time::Day};
/// # use regua_wire::cnab::{self, bank_side};
/// let statement = bank_side::example();
/// let file = cnab::read(&bank_side::write(Format::Cnab240, "ACME", &statement)?)?;
/// assert_eq!(file.statements[0].lines[0].event, Event::Paid);
/// assert!(file.checks.iter().all(|check| check.holds()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<BankFile, BadFile> {
    measure(bytes)?;
    let Some(format) = sniff(bytes) else {
        let mend = "send the file as the bank wrote it; OFX, camt and MT940 statements and direct debit (150 columns) have readers \
                    of their own";
        return Err(BadFile::new("not a return of CNAB 240 or 400", mend));
    };
    if format == Format::Cnab400 {
        returns400::read(bytes, Letters::of(bytes, tables400::WIDTH))
    } else {
        returns240::read(bytes, Letters::of(bytes, tables240::WIDTH))
    }
}

/// The first lines with something in them.
fn first_lines(bytes: &[u8]) -> Vec<Line<'_>> {
    // Blank lines are skipped without end, so the search is bounded by bytes too.
    const BYTES: usize = 64 * 1024;
    Lines::of(bytes.get(..BYTES).unwrap_or(bytes)).filter(|line| !line.is_blank()).take(LOOKED_AT).collect()
}

/// Whether a line looks like a record of CNAB 240: a bank, a batch, a kind of record.
fn is_240(line: &Line<'_>) -> bool {
    let digits = line.raw.get(..7).is_some_and(|start| start.iter().all(u8::is_ascii_digit));
    digits && line.raw.len() <= 242 && line.raw.get(7).is_some_and(|kind| b"01359".contains(kind))
}

/// The bank that most of the first lines name in the first three columns.
fn bank_240(bytes: &[u8]) -> String {
    let names: Vec<&[u8]> = first_lines(bytes).iter().filter(|line| is_240(line)).filter_map(|line| line.raw.get(..3)).collect();
    let most = names.iter().max_by_key(|name| names.iter().filter(|other| other == name).count());
    most.map_or_else(String::new, |name| String::from_utf8_lossy(name).into_owned())
}

/// The lines of a file are counted in one column of its last record.
const fn sequence_400() -> Column {
    Column::number(395, 400, "sequence")
}
