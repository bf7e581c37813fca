//! The append-only log as it is read: chains of events, their heads, and the root of each day.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::{customer, hash};
use crate::statements::Statement;

/// An event as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    /// Whose chain.
    pub stream: [u8; 16],
    /// Its place, from 1.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What sort.
    pub kind: String,
    /// What happened, JSON.
    pub payload: String,
    /// Personal data, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Hash over it and the one before.
    pub hash: [u8; 32],
}

const OF: &str = "
    SELECT stream, seq, at, kind, payload, sealed, hash FROM events
     WHERE tenant = $1 AND stream = $2 AND seq > $3
     ORDER BY seq LIMIT $4";
const OF_MANY: &str = "
    SELECT stream, seq, at, kind, payload, sealed, hash FROM events
     WHERE tenant = $1 AND stream IN /*+list*/ ($2)
     ORDER BY stream, seq";
const STREAMS: &str = "
    SELECT stream, MAX(seq) FROM events WHERE tenant = $1 AND stream > $2 GROUP BY stream ORDER BY stream LIMIT $3";
const HEADS: &str = "
    SELECT customer, seq, head FROM customer_facts WHERE tenant = $1 AND customer > $2 ORDER BY customer LIMIT $3";
const ROOTS: &str = "SELECT day, heads, root FROM day_roots WHERE tenant = $1 ORDER BY day";
const LAST_ROOT: &str = "SELECT day, heads, root FROM day_roots WHERE tenant = $1 ORDER BY day DESC LIMIT 1";
const ADD_ROOT: &str = "
    INSERT INTO day_roots (tenant, day, heads, root) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, day) DO NOTHING";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("log.of", OF),
    ("log.of_many", OF_MANY),
    ("log.streams", STREAMS),
    ("log.heads", HEADS),
    ("log.roots", ROOTS),
    ("log.last_root", LAST_ROOT),
    ("log.add_root", ADD_ROOT),
];

fn stored(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        stream: row.id(0)?,
        seq: row.int(1)?,
        at: row.at(2)?,
        kind: row.text(3)?,
        payload: row.text(4)?,
        sealed: row.opt_bytes(5)?,
        hash: hash(row, 6)?,
    })
}

/// Up to `limit` events of a chain after its `after`-th, in order.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, stream: [u8; 16], after: i64, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    tx.rows(OF, &[own.into(), Value::Id(stream), after.into(), limit.into()], stored)
}

/// All events of some chains, one chain after the other.
///
/// # Errors
/// Whatever the database says.
pub fn of_many(tx: &mut Tx<'_>, own: TenantId, streams: &[[u8; 16]]) -> Result<Vec<StoredEvent>, StoreError> {
    tx.rows(OF_MANY, &[own.into(), Value::List(streams)], stored)
}

/// The next `limit` chains after one that have events, each with its last place.
///
/// # Errors
/// Whatever the database says.
pub fn streams(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<([u8; 16], i64)>, StoreError> {
    tx.rows(STREAMS, &[own.into(), Value::Id(after), limit.into()], |row| Ok((row.id(0)?, row.int(1)?)))
}

/// The next `limit` customers after one, each with the length and the last hash of its chain.
///
/// # Errors
/// Whatever the database says.
pub fn heads(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<(CustomerId, i64, [u8; 32])>, StoreError> {
    tx.rows(HEADS, &[own.into(), Value::Id(after), limit.into()], |row| Ok((customer(row, 0)?, row.int(1)?, hash(row, 2)?)))
}

/// Every day's root: day, number of heads, root.
///
/// # Errors
/// Whatever the database says.
pub fn roots(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<(Day, i64, [u8; 32])>, StoreError> {
    tx.rows(ROOTS, &[own.into()], |row| Ok((row.date(0)?, row.int(1)?, hash(row, 2)?)))
}

/// The last day's root.
///
/// # Errors
/// Whatever the database says.
pub fn last_root(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<(Day, i64, [u8; 32])>, StoreError> {
    tx.one(LAST_ROOT, &[own.into()], |row| Ok((row.date(0)?, row.int(1)?, hash(row, 2)?)))
}

/// Enters a day's root; a day that has one keeps it.
///
/// # Errors
/// Whatever the database says.
pub fn add_root(tx: &mut Tx<'_>, own: TenantId, day: Day, heads: i64, root: &[u8; 32]) -> Result<(), StoreError> {
    tx.execute(ADD_ROOT, &[own.into(), day.into(), heads.into(), Value::Bytes(root)]).map(drop)
}
