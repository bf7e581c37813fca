//! Statements of accounts and returns of the ACH network: files of ours, files that are out there, and what holds for any.
#![expect(clippy::unwrap_used, reason = "what a test builds itself does not fail")]

mod properties;
#[cfg(test)]
mod real;
mod shown;
mod vectors;

use std::collections::BTreeMap;

use regua_core::bank::matching::identity;
use regua_core::bank::{BankFile, Statement};
use regua_wire::statements::{Unreadable, camt, mt940, nacha, ofx};

/// A reader of one format.
type Read = fn(&[u8]) -> Result<BankFile, Unreadable>;

/// Each reader with the folder that its files are in.
const READERS: [(&str, Read); 4] = [("ofx", ofx::read), ("camt", camt::read), ("mt940", mt940::read), ("nacha", nacha::read)];

/// What makes each line of a statement itself; equal ones are counted, as whoever keeps them does.
fn keys(statement: &Statement) -> Vec<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let key = |line| {
        let key = identity("account", line);
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        format!("{key}#{count}")
    };
    statement.lines.iter().map(key).collect()
}
