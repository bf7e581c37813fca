//! Failed sign-ins, counted by what was typed, as rows.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{StoreError, Tx, Value};
use crate::statements::Statement;

/// How often it failed, and until when nobody is let try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FailuresRow {
    /// A keyed hash of what was typed.
    pub mark: [u8; 16],
    /// How often in a row.
    pub failures: i64,
    /// When the last one was.
    pub failed_at: Instant,
    /// Nobody is let try before.
    pub until_at: Instant,
}

const BEGIN: &str = "
    INSERT INTO people_failures (tenant, mark, failures, failed_at, until_at) VALUES ($1, $2, 0, $3, $3)
    ON CONFLICT (tenant, mark) DO NOTHING";
const LOCK: &str = "SELECT mark, failures, failed_at, until_at FROM people_failures WHERE tenant = $1 AND mark = $2 /*+for_update*/";
const SET: &str = "UPDATE people_failures SET failures = $3, failed_at = $4, until_at = $5 WHERE tenant = $1 AND mark = $2";
const TAKE_BACK: &str = "
    UPDATE people_failures SET failures = failures - 1, until_at = CASE WHEN failures = $3 THEN $4 ELSE until_at END
     WHERE tenant = $1 AND mark = $2 AND failures > 0";
const CLEAR: &str = "DELETE FROM people_failures WHERE tenant = $1 AND mark = $2";
const OLD: &str = "SELECT mark FROM people_failures WHERE tenant = $1 AND failed_at < $2 ORDER BY failed_at LIMIT $3";
const FORGET: &str = "DELETE FROM people_failures WHERE tenant = $1 AND mark IN /*+list*/ ($2) AND failed_at < $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("failures.begin", BEGIN),
    ("failures.lock", LOCK),
    ("failures.set", SET),
    ("failures.take_back", TAKE_BACK),
    ("failures.clear", CLEAR),
    ("failures.old", OLD),
    ("failures.forget", FORGET),
];

/// Locks the count of what was typed, which is there from now on.
///
/// # Errors
/// [`StoreError::Foreign`] without such a tenant; whatever the database says.
pub fn lock(tx: &mut Tx<'_>, own: TenantId, mark: [u8; 16], now: Instant) -> Result<FailuresRow, StoreError> {
    tx.execute(BEGIN, &[own.into(), Value::Id(mark), now.into()])?;
    let found = tx.one(LOCK, &[own.into(), Value::Id(mark)], |row| {
        Ok(FailuresRow { mark: row.id(0)?, failures: row.int(1)?, failed_at: row.at(2)?, until_at: row.at(3)? })
    })?;
    // Between the two statements it may have been cleared: then it counts from nothing.
    Ok(found.unwrap_or(FailuresRow { mark, failures: 0, failed_at: now, until_at: now }))
}

/// Writes a count.
///
/// # Errors
/// Whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, row: &FailuresRow) -> Result<(), StoreError> {
    tx.execute(SET, &[own.into(), Value::Id(row.mark), row.failures.into(), row.failed_at.into(), row.until_at.into()]).map(drop)
}

/// Takes one back that was counted ahead as the `counted`-th and did not fail; the wait becomes what it was, unless more have
/// been counted since.
///
/// # Errors
/// Whatever the database says.
pub fn take_back(tx: &mut Tx<'_>, own: TenantId, mark: [u8; 16], counted: i64, until_at: Instant) -> Result<(), StoreError> {
    tx.execute(TAKE_BACK, &[own.into(), Value::Id(mark), counted.into(), until_at.into()]).map(drop)
}

/// Forgets a count: the right person came.
///
/// # Errors
/// Whatever the database says.
pub fn clear(tx: &mut Tx<'_>, own: TenantId, mark: [u8; 16]) -> Result<(), StoreError> {
    tx.execute(CLEAR, &[own.into(), Value::Id(mark)]).map(drop)
}

/// Forgets up to `limit` counts whose last failure was before a moment, the oldest first; how many.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, before: Instant, limit: i64) -> Result<u64, StoreError> {
    let old = tx.rows(OLD, &[own.into(), before.into(), limit.into()], |row| row.id(0))?;
    if old.is_empty() { Ok(0) } else { tx.execute(FORGET, &[own.into(), (&old).into(), before.into()]) }
}
