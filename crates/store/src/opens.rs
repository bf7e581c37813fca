//! E-mails that were seen to be opened, and addresses that did not take one for a reason that may pass.
//!
//! Deliberately absent: what follows from either, and addresses, which stand here as marks.

use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::time::Instant;

use crate::db::{StoreError, Tx, Value};
use crate::statements::Statement;

/// Whether an e-mail was seen to be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OpenRow {
    /// When its reader first fetched its picture, as far as that can be told.
    pub opened_at: Option<Instant>,
    /// When a program fetched it before any reader.
    pub prefetched_at: Option<Instant>,
}

const OPENED: &str = "SELECT opened_at, prefetched_at FROM opens WHERE tenant = $1 AND message = $2";
const OPEN: &str = "
    INSERT INTO opens (tenant, message, customer, opened_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, message) DO UPDATE SET opened_at = excluded.opened_at WHERE opens.opened_at IS NULL";
const PREFETCH: &str = "
    INSERT INTO opens (tenant, message, customer, prefetched_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, message) DO NOTHING";
const SOFT: &str = "SELECT count, counted_at FROM soft_bounces WHERE tenant = $1 AND mark = $2";
const SET_SOFT: &str = "
    INSERT INTO soft_bounces (tenant, mark, count, counted_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, mark) DO UPDATE SET count = excluded.count, counted_at = excluded.counted_at";
const FORGET_SOFT: &str = "DELETE FROM soft_bounces WHERE tenant = $1 AND mark IN /*+list*/ ($2)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("opens.opened", OPENED),
    ("opens.open", OPEN),
    ("opens.prefetch", PREFETCH),
    ("opens.soft", SOFT),
    ("opens.set_soft", SET_SOFT),
    ("opens.forget_soft", FORGET_SOFT),
];

/// Whether an e-mail was seen to be opened.
///
/// # Errors
/// Whatever the database says.
pub fn opened(tx: &mut Tx<'_>, own: TenantId, message: MessageId) -> Result<OpenRow, StoreError> {
    let row =
        tx.one(OPENED, &[own.into(), message.into()], |row| Ok(OpenRow { opened_at: row.opt_at(0)?, prefetched_at: row.opt_at(1)? }))?;
    Ok(row.unwrap_or_default())
}

/// An e-mail's reader fetched its picture; whether for the first time.
///
/// # Errors
/// Whatever the database says.
pub fn open(tx: &mut Tx<'_>, own: TenantId, (message, customer): (MessageId, CustomerId), at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(OPEN, &[own.into(), message.into(), customer.into(), at.into()])? > 0)
}

/// A program fetched an e-mail's picture; whether nobody had before.
///
/// # Errors
/// Whatever the database says.
pub fn prefetch(tx: &mut Tx<'_>, own: TenantId, (message, customer): (MessageId, CustomerId), at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(PREFETCH, &[own.into(), message.into(), customer.into(), at.into()])? > 0)
}

/// How often in a row an address did not take an e-mail, and when that was counted last.
///
/// # Errors
/// Whatever the database says.
pub fn soft(tx: &mut Tx<'_>, own: TenantId, mark: [u8; 16]) -> Result<Option<(i64, Instant)>, StoreError> {
    tx.one(SOFT, &[own.into(), Value::Id(mark)], |row| Ok((row.int(0)?, row.at(1)?)))
}

/// Writes how often that was.
///
/// # Errors
/// Whatever the database says.
pub fn set_soft(tx: &mut Tx<'_>, own: TenantId, mark: [u8; 16], count: i64, at: Instant) -> Result<u64, StoreError> {
    tx.execute(SET_SOFT, &[own.into(), Value::Id(mark), count.into(), at.into()])
}

/// These addresses work: nothing is counted of them any more.
///
/// # Errors
/// Whatever the database says.
pub fn forget_soft(tx: &mut Tx<'_>, own: TenantId, marks: &[[u8; 16]]) -> Result<u64, StoreError> {
    tx.execute(FORGET_SOFT, &[own.into(), Value::List(marks)])
}
