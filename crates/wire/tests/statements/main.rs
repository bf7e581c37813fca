//! Statements of accounts and returns of the ACH network: files of ours, files that are out there, and what holds for any.
#![expect(clippy::unwrap_used, reason = "what a test builds itself does not fail")]

mod properties;
mod real;
mod shown;
mod vectors;

use regua_core::bank::BankFile;
use regua_wire::statements::{Unreadable, camt, mt940, nacha, ofx};

/// A reader of one format.
type Read = fn(&[u8]) -> Result<BankFile, Unreadable>;

/// Each reader with the folder that its files are in.
const READERS: [(&str, Read); 4] = [("ofx", ofx::read), ("camt", camt::read), ("mt940", mt940::read), ("nacha", nacha::read)];
