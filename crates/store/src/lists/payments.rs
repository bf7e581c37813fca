//! Payments as their sources told them, and the entries of a ledger.

use regua_core::ids::{ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::receivable;
use crate::lookup::StoredPayment;
use crate::statements::Statement;

const NEWEST: &str = "
    SELECT receivable, external_id, amount, paid_on, known_at FROM payments
     WHERE tenant = $1 AND (known_at, receivable, external_id) < ($2, $3, $4) AND known_at <= $2
     ORDER BY known_at DESC, receivable DESC, external_id DESC LIMIT $5";
const OF: &str = "
    SELECT receivable, external_id, amount, paid_on, known_at FROM payments
     WHERE tenant = $1 AND receivable = $2 AND external_id > $3
     ORDER BY external_id LIMIT $4";
const ENTRIES: &str = "
    SELECT number, kind, amount, counts_on, known_at, origin FROM ledger_entries
     WHERE tenant = $1 AND receivable = $2 AND number > $3
     ORDER BY number LIMIT $4";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("lists_payments.newest", NEWEST), ("lists_payments.of", OF), ("lists_payments.entries", ENTRIES)];

/// The place of a payment in the list of all: when it became known, of which receivable, and what its source calls it.
pub type Place = (Instant, [u8; 16], String);

/// The payments before a place, those that became known last first.
///
/// # Errors
/// Whatever the database says.
pub fn newest(tx: &mut Tx<'_>, own: TenantId, before: Option<&Place>, limit: i64) -> Result<Vec<StoredPayment>, StoreError> {
    let (at, id, name) = before.map_or((Instant::NEVER, super::NEWEST, ""), |(at, id, name)| (*at, *id, name.as_str()));
    tx.rows(NEWEST, &[own.into(), at.into(), Value::Id(id), Value::Text(name), limit.into()], payment)
}

/// The payments of a receivable behind one, by what their source calls them.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, of: ReceivableId, after: &str, limit: i64) -> Result<Vec<StoredPayment>, StoreError> {
    tx.rows(OF, &[own.into(), of.into(), Value::Text(after), limit.into()], payment)
}

fn payment(row: &Row<'_>) -> Result<StoredPayment, StoreError> {
    Ok(StoredPayment {
        receivable: receivable(row, 0)?,
        external_id: row.text(1)?,
        amount: row.opt_int(2)?,
        paid_on: row.date(3)?,
        known_at: row.at(4)?,
    })
}

/// An entry of a ledger as it is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedEntry {
    /// Its place in the ledger.
    pub number: i64,
    /// What it is.
    pub kind: String,
    /// Minor units; what raises what is owed is positive.
    pub amount: i64,
    /// The day for which it counts.
    pub counts_on: Day,
    /// When it became known.
    pub known_at: Instant,
    /// 0: it happened; n: it happened to entry n - 1; nothing: it follows from the others and the terms.
    pub origin: Option<i64>,
}

/// The entries of a receivable's ledger behind one, in order.
///
/// # Errors
/// Whatever the database says.
pub fn entries(tx: &mut Tx<'_>, own: TenantId, of: ReceivableId, after: i64, limit: i64) -> Result<Vec<ListedEntry>, StoreError> {
    tx.rows(ENTRIES, &[own.into(), of.into(), after.into(), limit.into()], |row| {
        Ok(ListedEntry {
            number: row.int(0)?,
            kind: row.text(1)?,
            amount: row.int(2)?,
            counts_on: row.date(3)?,
            known_at: row.at(4)?,
            origin: row.opt_int(5)?,
        })
    })
}
