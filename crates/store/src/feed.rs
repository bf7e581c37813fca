//! The feed of a tenant: what the log says, in one order, made after the fact from pages that are not in it yet.
//!
//! Pages come in the order of their numbers. A transaction gets a page's number while it holds the locks of the page's chains,
//! so whoever sees a page sees, or has fed, every earlier page of these chains. Deliberately absent: what an event says
//! outside, which the engine knows.

use regua_core::ids::{ChargeId, ReceivableId, TenantId};
use regua_core::time::Instant;

use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{hash, receivable, tenant};
use crate::statements::Statement;

/// A page of the log that is not in the feed yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnfedPage {
    /// Its number.
    pub number: i64,
    /// Names it.
    pub digest: [u8; 32],
    /// Which events; see [`crate::chain::Page::read`].
    pub runs: Vec<u8>,
}

/// An event of the log without what is sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// Whose chain.
    pub stream: [u8; 16],
    /// Its place there.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What sort.
    pub kind: String,
    /// What happened, JSON.
    pub payload: String,
}

/// What the feed needs to know of a receivable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owed {
    /// Which.
    pub receivable: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// ISO 4217.
    pub currency: String,
    /// What was billed, in minor units.
    pub amount: i64,
    /// What is left, in minor units.
    pub balance: i64,
}

/// What the feed needs to know of an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Which.
    pub charge: ChargeId,
    /// Of which receivable.
    pub receivable: ReceivableId,
    /// By which gateway.
    pub gateway: String,
    /// ISO 4217.
    pub currency: String,
    /// How much, in minor units.
    pub amount: i64,
}

/// An entry of the feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedRow {
    /// Its place in the feed, from 1.
    pub position: i64,
    /// The chain of the event that says it.
    pub stream: [u8; 16],
    /// Its place there.
    pub seq: i64,
    /// Which of the things that the event says, from 0.
    pub part: i64,
    /// The word of its type.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
    /// JSON.
    pub data: String,
}

static FEED: Insert = Insert::new(
    "feed",
    &[
        ("tenant", Type::Id),
        ("position", Type::Int),
        ("stream", Type::Id),
        ("seq", Type::Int),
        ("part", Type::Int),
        ("type", Type::Text),
        ("at", Type::At),
        ("data", Type::Text),
    ],
);

/// The columns of an entry.
macro_rules! entry {
    ($rest:literal) => {
        concat!("SELECT position, stream, seq, part, type, at, data FROM feed ", $rest)
    };
}

const NEXT_TENANT: &str = "
    SELECT tenant FROM log_pages WHERE unfed IS NOT NULL AND tenant > $1 ORDER BY tenant LIMIT 1";
const BEGIN: &str = "INSERT INTO feeds (tenant, position) VALUES ($1, 0) ON CONFLICT (tenant) DO NOTHING";
const LOCK: &str = "SELECT position FROM feeds WHERE tenant = $1 /*+skip_locked*/";
const LATEST: &str = "SELECT position FROM feeds WHERE tenant = $1";
const ADVANCE: &str = "UPDATE feeds SET position = $2 WHERE tenant = $1";
const UNFED: &str = "
    SELECT unfed, digest, runs FROM log_pages
     WHERE tenant = $1 AND unfed IS NOT NULL
     ORDER BY unfed LIMIT $2 /*+skip_locked*/";
const COUNT: &str = "
    SELECT COUNT(*) FROM
        (SELECT unfed FROM log_pages WHERE tenant = $1 AND unfed IS NOT NULL AND unfed <= $2 ORDER BY unfed LIMIT $3) AS those";
const FED: &str = "
    UPDATE log_pages SET unfed = NULL
      FROM /*+rows: digest bytes*/ AS v
     WHERE log_pages.tenant = $1 AND log_pages.digest = v.digest";
const SAID: &str = "
    SELECT stream, seq, at, kind, payload FROM events
     WHERE tenant = $1 AND stream IN /*+list*/ ($2) AND seq >= $3 AND seq < $4";
const OWED: &str = "
    SELECT receivable, external_id, currency, amount, balance FROM receivables WHERE tenant = $1 AND receivable IN /*+list*/ ($2)";
const ATTEMPTS: &str = "
    SELECT charge, receivable, gateway, currency, amount FROM charges WHERE tenant = $1 AND charge IN /*+list*/ ($2)";
const METHODS: &str = "SELECT method, added_at FROM methods WHERE tenant = $1 AND method IN /*+list*/ ($2)";
const AFTER: &str = entry!("WHERE tenant = $1 AND position > $2 ORDER BY position LIMIT $3");
const OF_STREAM: &str = entry!("WHERE tenant = $1 AND stream = $2 AND position > $3 ORDER BY stream, seq, part LIMIT $4");
const ONE: &str = entry!("WHERE tenant = $1 AND position = $2");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("feed.next_tenant", NEXT_TENANT),
    ("feed.begin", BEGIN),
    ("feed.lock", LOCK),
    ("feed.latest", LATEST),
    ("feed.advance", ADVANCE),
    ("feed.unfed", UNFED),
    ("feed.count", COUNT),
    ("feed.fed", FED),
    ("feed.said", SAID),
    ("feed.owed", OWED),
    ("feed.attempts", ATTEMPTS),
    ("feed.methods", METHODS),
    ("feed.after", AFTER),
    ("feed.of_stream", OF_STREAM),
    ("feed.one", ONE),
];

/// What this file inserts.
pub(crate) const INSERTS: &[&Insert] = &[&FEED];

fn entry(row: &Row<'_>) -> Result<FeedRow, StoreError> {
    Ok(FeedRow {
        position: row.int(0)?,
        stream: row.id(1)?,
        seq: row.int(2)?,
        part: row.int(3)?,
        kind: row.text(4)?,
        at: row.at(5)?,
        data: row.text(6)?,
    })
}

/// The first tenant behind `after`, in the order of ids, whose log has pages that are not in its feed yet. Call it in the scope
/// of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn next_tenant(tx: &mut Tx<'_>, after: [u8; 16]) -> Result<Option<TenantId>, StoreError> {
    tx.one(NEXT_TENANT, &[Value::Id(after)], |row| tenant(row, 0))
}

/// Takes the end of a tenant's feed, until the transaction ends: its last position. Nothing when somebody else has it.
///
/// # Errors
/// Whatever the database says.
pub fn lock(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<i64>, StoreError> {
    if latest(tx, own)?.is_none() {
        tx.execute(BEGIN, &[own.into()])?;
    }
    tx.one(LOCK, &[own.into()], |row| row.int(0))
}

/// The last position of a tenant's feed; nothing when it has none yet.
///
/// # Errors
/// Whatever the database says.
pub fn latest(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<i64>, StoreError> {
    tx.one(LATEST, &[own.into()], |row| row.int(0))
}

/// Takes up to `limit` pages that are not in the feed yet, in the order of their numbers, until the transaction ends. Nothing
/// when somebody else works on one of them: what comes behind it may not be fed before it.
///
/// Nobody is waited for, since whoever works on pages may wait for us. Call it with the end of the feed in hand.
///
/// # Errors
/// Whatever the database says.
pub fn unfed(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Option<Vec<UnfedPage>>, StoreError> {
    let pages = tx.rows(UNFED, &[own.into(), limit.into()], |row| {
        Ok(UnfedPage { number: row.int(0)?, digest: hash(row, 1)?, runs: row.bytes(2)? })
    })?;
    let until = if i64::try_from(pages.len()) == Ok(limit) { pages.last().map_or(0, |page| page.number) } else { i64::MAX };
    let there = tx.one(COUNT, &[own.into(), until.into(), limit.saturating_add(1).into()], |row| row.int(0))?;
    // More may have come meanwhile, which is as good as locked: next time.
    let all = there == i64::try_from(pages.len()).ok();
    Ok(all.then_some(pages))
}

/// Marks pages as fed.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there; whatever the database says.
pub fn fed(tx: &mut Tx<'_>, own: TenantId, pages: &[UnfedPage]) -> Result<(), StoreError> {
    let rows = tx.update(FED, &[own.into()], pages.iter().map(|page| [Value::Bytes(&page.digest)]))?;
    let wanted = pages.len();
    if u64::try_from(wanted) == Ok(rows) { Ok(()) } else { Err(StoreError::Vanished { table: "log_pages", wanted, rows }) }
}

/// The events of some chains whose places lie in `from..until`, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn said(tx: &mut Tx<'_>, own: TenantId, streams: &[[u8; 16]], from: i64, until: i64) -> Result<Vec<Said>, StoreError> {
    tx.rows(SAID, &[own.into(), Value::List(streams), from.into(), until.into()], |row| {
        Ok(Said { stream: row.id(0)?, seq: row.int(1)?, at: row.at(2)?, kind: row.text(3)?, payload: row.text(4)? })
    })
}

/// Receivables by id, in no order; those that are not there are left out.
///
/// # Errors
/// Whatever the database says.
pub fn owed(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<Owed>, StoreError> {
    tx.rows(OWED, &[own.into(), Value::List(receivables)], |row| {
        Ok(Owed {
            receivable: receivable(row, 0)?,
            external_id: row.text(1)?,
            currency: row.text(2)?,
            amount: row.int(3)?,
            balance: row.int(4)?,
        })
    })
}

/// Attempts by id, in no order; those that are not there are left out.
///
/// # Errors
/// Whatever the database says.
pub fn attempts(tx: &mut Tx<'_>, own: TenantId, charges: &[[u8; 16]]) -> Result<Vec<Attempt>, StoreError> {
    tx.rows(ATTEMPTS, &[own.into(), Value::List(charges)], |row| {
        let charge = ChargeId::from_bytes(row.id(0)?).map_err(|_bad| row.bad(0, "the id of an attempt", "another"))?;
        Ok(Attempt { charge, receivable: receivable(row, 1)?, gateway: row.text(2)?, currency: row.text(3)?, amount: row.int(4)? })
    })
}

/// When stored methods were added, by id, in no order; those that are not there are left out.
///
/// # Errors
/// Whatever the database says.
pub fn methods(tx: &mut Tx<'_>, own: TenantId, methods: &[[u8; 16]]) -> Result<Vec<([u8; 16], Instant)>, StoreError> {
    tx.rows(METHODS, &[own.into(), Value::List(methods)], |row| Ok((row.id(0)?, row.at(1)?)))
}

/// Adds to the end of a feed, and says where it ends then.
///
/// # Errors
/// [`StoreError::Unique`] when something is in it already; whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, rows: &[FeedRow]) -> Result<(), StoreError> {
    let Some(last) = rows.last() else { return Ok(()) };
    tx.insert(
        &FEED,
        rows.iter().map(|row| {
            [
                own.into(),
                row.position.into(),
                Value::Id(row.stream),
                row.seq.into(),
                row.part.into(),
                Value::Text(&row.kind),
                row.at.into(),
                Value::Text(&row.data),
            ]
        }),
    )?;
    tx.execute(ADVANCE, &[own.into(), last.position.into()]).map(drop)
}

/// Up to `limit` entries behind a position, in order.
///
/// # Errors
/// Whatever the database says.
pub fn after(tx: &mut Tx<'_>, own: TenantId, position: i64, limit: i64) -> Result<Vec<FeedRow>, StoreError> {
    tx.rows(AFTER, &[own.into(), position.into(), limit.into()], entry)
}

/// Up to `limit` entries of one chain behind a position, in order.
///
/// # Errors
/// Whatever the database says.
pub fn of_stream(tx: &mut Tx<'_>, own: TenantId, stream: [u8; 16], position: i64, limit: i64) -> Result<Vec<FeedRow>, StoreError> {
    tx.rows(OF_STREAM, &[own.into(), Value::Id(stream), position.into(), limit.into()], entry)
}

/// The entry at a position.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, position: i64) -> Result<Option<FeedRow>, StoreError> {
    tx.one(ONE, &[own.into(), position.into()], entry)
}
