//! The append-only log as it is read: chains of events, their heads, its pages and the root of each day.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::{Day, Instant};

use crate::chain::Run;
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
const AFTER: &str = "
    SELECT stream, seq, at, kind, payload, sealed, hash FROM events
     WHERE tenant = $1 AND (stream, seq) > ($2, $3)
     ORDER BY stream, seq LIMIT $4";
const HASHES: &str = "
    SELECT hash FROM events WHERE tenant = $1 AND stream = $2 AND seq >= $3 AND seq < $4 ORDER BY seq";
const HEADS: &str = "
    SELECT customer, seq, head FROM customer_facts WHERE tenant = $1 AND customer > $2 ORDER BY customer LIMIT $3";
const KEYS: &str = "SELECT customer, wrapped FROM customer_keys WHERE tenant = $1 AND customer IN /*+list*/ ($2) ORDER BY customer";
const ROOTS: &str = "SELECT day, pages, root FROM day_roots WHERE tenant = $1 ORDER BY day";
const ROOTS_BEFORE: &str = "SELECT day, pages, root FROM day_roots WHERE tenant = $1 AND day < $2 ORDER BY day DESC LIMIT $3";
const BEFORE: &str = "
    SELECT stream, seq, at, kind, payload, sealed, hash FROM events
     WHERE tenant = $1 AND stream = $2 AND seq < $3
     ORDER BY seq DESC LIMIT $4";
const LAST_ROOT: &str = "SELECT day, pages, root FROM day_roots WHERE tenant = $1 ORDER BY day DESC LIMIT 1";
const ADD_ROOT: &str = "INSERT INTO day_roots (tenant, day, pages, root) VALUES ($1, $2, $3, $4)";
const END_DAY: &str = "UPDATE log_pages SET day = $2 WHERE tenant = $1 AND day IS NULL RETURNING digest";
const OF_DAY: &str = "SELECT digest FROM log_pages WHERE tenant = $1 AND day = $2 ORDER BY digest";
const PAGES: &str = "
    SELECT digest, runs, day FROM log_pages WHERE tenant = $1 AND digest > $2 ORDER BY digest LIMIT $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("log.of", OF),
    ("log.of_many", OF_MANY),
    ("log.after", AFTER),
    ("log.before", BEFORE),
    ("log.hashes", HASHES),
    ("log.heads", HEADS),
    ("log.keys", KEYS),
    ("log.roots", ROOTS),
    ("log.roots_before", ROOTS_BEFORE),
    ("log.last_root", LAST_ROOT),
    ("log.add_root", ADD_ROOT),
    ("log.end_day", END_DAY),
    ("log.of_day", OF_DAY),
    ("log.pages", PAGES),
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

/// Up to `limit` events of a chain before its `before`-th, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn before(tx: &mut Tx<'_>, own: TenantId, stream: [u8; 16], before: i64, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    tx.rows(BEFORE, &[own.into(), Value::Id(stream), before.into(), limit.into()], stored)
}

/// All events of some chains, one chain after the other.
///
/// # Errors
/// Whatever the database says.
pub fn of_many(tx: &mut Tx<'_>, own: TenantId, streams: &[[u8; 16]]) -> Result<Vec<StoredEvent>, StoreError> {
    tx.rows(OF_MANY, &[own.into(), Value::List(streams)], stored)
}

/// Up to `limit` events behind a place of a chain: the rest of that chain, then the next chains, each from its beginning.
///
/// # Errors
/// Whatever the database says.
pub fn after(tx: &mut Tx<'_>, own: TenantId, (stream, seq): ([u8; 16], i64), limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    tx.rows(AFTER, &[own.into(), Value::Id(stream), seq.into(), limit.into()], stored)
}

/// The hashes of the events of a run that are there.
///
/// # Errors
/// Whatever the database says.
pub fn hashes(tx: &mut Tx<'_>, own: TenantId, run: &Run) -> Result<Vec<[u8; 32]>, StoreError> {
    let end = run.first.saturating_add(i64::from(run.count));
    tx.rows(HASHES, &[own.into(), Value::Id(run.stream), run.first.into(), end.into()], |row| hash(row, 0))
}

/// The next `limit` customers after one, each with the length and the last hash of its chain.
///
/// # Errors
/// Whatever the database says.
pub fn heads(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<(CustomerId, i64, [u8; 32])>, StoreError> {
    tx.rows(HEADS, &[own.into(), Value::Id(after), limit.into()], |row| Ok((customer(row, 0)?, row.int(1)?, hash(row, 2)?)))
}

/// The wrapped keys of those of the customers who have one.
///
/// # Errors
/// Whatever the database says.
pub fn keys(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<(CustomerId, Vec<u8>)>, StoreError> {
    tx.rows(KEYS, &[own.into(), Value::List(customers)], |row| Ok((customer(row, 0)?, row.bytes(1)?)))
}

/// A day's root as stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredRoot {
    /// The day.
    pub day: Day,
    /// How many pages it is over.
    pub pages: i64,
    /// The root.
    pub root: [u8; 32],
}

fn stored_root(row: &Row<'_>) -> Result<StoredRoot, StoreError> {
    Ok(StoredRoot { day: row.date(0)?, pages: row.int(1)?, root: hash(row, 2)? })
}

/// Every day's root, in order.
///
/// # Errors
/// Whatever the database says.
pub fn roots(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<StoredRoot>, StoreError> {
    tx.rows(ROOTS, &[own.into()], stored_root)
}

/// Up to `limit` roots of days before one, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn roots_before(tx: &mut Tx<'_>, own: TenantId, day: Day, limit: i64) -> Result<Vec<StoredRoot>, StoreError> {
    tx.rows(ROOTS_BEFORE, &[own.into(), day.into(), limit.into()], stored_root)
}

/// The last day's root.
///
/// # Errors
/// Whatever the database says.
pub fn last_root(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<StoredRoot>, StoreError> {
    tx.one(LAST_ROOT, &[own.into()], stored_root)
}

/// Enters a day's root.
///
/// # Errors
/// [`StoreError::Unique`] when the day has one.
pub fn add_root(tx: &mut Tx<'_>, own: TenantId, new: &StoredRoot) -> Result<(), StoreError> {
    tx.execute(ADD_ROOT, &[own.into(), new.day.into(), new.pages.into(), Value::Bytes(&new.root)]).map(drop)
}

/// Puts every page that belongs to no day yet into this one; their digests, in order.
///
/// What other transactions have not committed yet comes into the next day.
///
/// # Errors
/// Whatever the database says.
pub fn end_day(tx: &mut Tx<'_>, own: TenantId, day: Day) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut digests = tx.rows(END_DAY, &[own.into(), day.into()], |row| hash(row, 0))?;
    digests.sort_unstable();
    Ok(digests)
}

/// The digests of a day's pages, in order.
///
/// # Errors
/// Whatever the database says.
pub fn of_day(tx: &mut Tx<'_>, own: TenantId, day: Day) -> Result<Vec<[u8; 32]>, StoreError> {
    tx.rows(OF_DAY, &[own.into(), day.into()], |row| hash(row, 0))
}

/// A page of the log as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPage {
    /// Over its events.
    pub digest: [u8; 32],
    /// Which events; see [`crate::chain::Page::read`].
    pub runs: Vec<u8>,
    /// The day whose root is over it.
    pub day: Option<Day>,
}

/// The next `limit` pages after a digest.
///
/// # Errors
/// Whatever the database says.
pub fn pages(tx: &mut Tx<'_>, own: TenantId, after: &[u8], limit: i64) -> Result<Vec<StoredPage>, StoreError> {
    tx.rows(PAGES, &[own.into(), Value::Bytes(after), limit.into()], |row| {
        Ok(StoredPage { digest: hash(row, 0)?, runs: row.bytes(1)?, day: row.opt_date(2)? })
    })
}
