//! Requests that may be sent again with their key, and acts that wait for a second person.
//!
//! That a request is carried out once is its key's doing: two that begin at once are one row. What an act comes to is a
//! conditional update: of two who decide at once one finds nothing to change. Deliberately absent: what a request says and
//! what it was answered, which are sealed.

use std::collections::BTreeMap;

use regua_core::ids::{ActId, TenantId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::hash;
use crate::statements::Statement;

/// Whose request, and which: the caller's id, and a keyed hash of the key that it chose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestKey {
    /// Whose data.
    pub tenant: TenantId,
    /// Who asks.
    pub caller: [u8; 16],
    /// Of the caller's key.
    pub mark: [u8; 16],
}

/// A request that has begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestRow {
    /// SHA-256 of what was asked for.
    pub digest: [u8; 32],
    /// When it began.
    pub begun_at: Instant,
    /// Its status and its body, sealed, once it is answered.
    pub answer: Option<(i64, Vec<u8>)>,
}

/// An act that waits for a second person, or did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldRow {
    /// Its id.
    pub act: ActId,
    /// The operation.
    pub operation: String,
    /// The currency of what is at stake.
    pub currency: String,
    /// What is at stake, in minor units.
    pub stake: i64,
    /// The person or key that asked.
    pub asked_by: [u8; 16],
    /// waiting, running, done, refused, expired.
    pub state: String,
    /// When it was asked for.
    pub created_at: Instant,
    /// The first moment at which nobody may approve it any more.
    pub expires_at: Instant,
    /// When somebody approved or refused it.
    pub decided_at: Option<Instant>,
    /// Who asked, and why; sealed.
    pub asked: Vec<u8>,
    /// Who decided, and why; sealed.
    pub decided: Option<Vec<u8>>,
    /// The request, sealed.
    pub request: Vec<u8>,
    /// Its status and its body, sealed, once it is answered.
    pub answer: Option<(i64, Vec<u8>)>,
}

/// The columns of a held act.
macro_rules! held {
    ($rest:literal) => {
        concat!(
            "SELECT act, operation, currency, stake, asked_by, state, created_at, expires_at, decided_at, asked, decided, request,
                    answer_status, answer FROM held_acts ",
            $rest
        )
    };
}

const BEGIN: &str = "
    INSERT INTO requests (tenant, caller, mark, digest, begun_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, caller, mark) DO NOTHING";
const ANEW: &str = "
    UPDATE requests SET digest = $4, begun_at = $5, finished_at = NULL, status = NULL, body = NULL
     WHERE tenant = $1 AND caller = $2 AND mark = $3 AND begun_at <= $6";
const FIND: &str = "
    SELECT digest, begun_at, status, body FROM requests WHERE tenant = $1 AND caller = $2 AND mark = $3 /*+for_update*/";
const FINISH: &str = "
    UPDATE requests SET finished_at = $4, status = $5, body = $6
     WHERE tenant = $1 AND caller = $2 AND mark = $3 AND finished_at IS NULL";
const DROP: &str = "DELETE FROM requests WHERE tenant = $1 AND caller = $2 AND mark = $3 AND finished_at IS NULL";
const OLD: &str = "SELECT caller, mark FROM requests WHERE tenant = $1 AND begun_at < $2 ORDER BY begun_at LIMIT $3";
const FORGET: &str = "DELETE FROM requests WHERE tenant = $1 AND caller = $2 AND mark IN /*+list*/ ($3) AND begun_at < $4";

const HOLD: &str = "
    INSERT INTO held_acts (tenant, act, operation, currency, stake, asked_by, state, created_at, expires_at, asked, request)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const HELD: &str = held!("WHERE tenant = $1 AND act = $2");
const LIST: &str = held!("WHERE tenant = $1 AND act < $2 ORDER BY act DESC LIMIT $3");
const LIST_OF: &str = held!("WHERE tenant = $1 AND state = $4 AND act < $2 ORDER BY act DESC LIMIT $3");
const WAITING: &str = "SELECT COUNT(*) FROM held_acts WHERE tenant = $1 AND state = 'waiting'";
const DECIDE: &str = "
    UPDATE held_acts SET state = $3, decided_at = $4, ended_at = $5, decided = $6
     WHERE tenant = $1 AND act = $2 AND state = 'waiting'";
const END: &str = "
    UPDATE held_acts SET state = 'done', ended_at = $3, answer_status = $4, answer = $5
     WHERE tenant = $1 AND act = $2 AND state = 'running'";
const LATE: &str = held!("WHERE tenant = $1 AND state = 'waiting' AND expires_at <= $2 ORDER BY act LIMIT $3");
const EXPIRE: &str = "
    UPDATE held_acts SET state = 'expired', ended_at = $3 WHERE tenant = $1 AND act = $2 AND state = 'waiting' AND expires_at <= $3";
const ENDED: &str = "
    SELECT act FROM held_acts WHERE tenant = $1 AND ended_at < $2 AND ended_at IS NOT NULL ORDER BY ended_at LIMIT $3";
const FORGET_HELD: &str = "DELETE FROM held_acts WHERE tenant = $1 AND act IN /*+list*/ ($2)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("requests.begin", BEGIN),
    ("requests.anew", ANEW),
    ("requests.find", FIND),
    ("requests.finish", FINISH),
    ("requests.drop", DROP),
    ("requests.old", OLD),
    ("requests.forget", FORGET),
    ("requests.hold", HOLD),
    ("requests.held", HELD),
    ("requests.list", LIST),
    ("requests.list_of", LIST_OF),
    ("requests.waiting", WAITING),
    ("requests.decide", DECIDE),
    ("requests.end", END),
    ("requests.late", LATE),
    ("requests.expire", EXPIRE),
    ("requests.ended", ENDED),
    ("requests.forget_held", FORGET_HELD),
];

/// A status and what was sealed, when both are there.
fn answer(row: &Row<'_>, status: usize, body: usize) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    Ok(row.opt_int(status)?.zip(row.opt_bytes(body)?))
}

fn act(row: &Row<'_>, column: usize) -> Result<ActId, StoreError> {
    ActId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of an act", "another"))
}

fn held(row: &Row<'_>) -> Result<HeldRow, StoreError> {
    Ok(HeldRow {
        act: act(row, 0)?,
        operation: row.text(1)?,
        currency: row.text(2)?,
        stake: row.int(3)?,
        asked_by: row.id(4)?,
        state: row.text(5)?,
        created_at: row.at(6)?,
        expires_at: row.at(7)?,
        decided_at: row.opt_at(8)?,
        asked: row.bytes(9)?,
        decided: row.opt_bytes(10)?,
        request: row.bytes(11)?,
        answer: answer(row, 12, 13)?,
    })
}

impl RequestKey {
    const fn values(&self) -> [Value<'static>; 3] {
        [Value::Id(self.tenant.to_bytes()), Value::Id(self.caller), Value::Id(self.mark)]
    }
}

/// Begins a request; whether it is new. One that another transaction begins at this moment is waited for.
///
/// # Errors
/// Whatever the database says.
pub fn begin(tx: &mut Tx<'_>, key: &RequestKey, digest: &[u8; 32], now: Instant) -> Result<bool, StoreError> {
    let [tenant, caller, mark] = key.values();
    Ok(tx.execute(BEGIN, &[tenant, caller, mark, digest.into(), now.into()])? > 0)
}

/// Begins a request anew whose key was used at `until` or before; whether it was.
///
/// # Errors
/// Whatever the database says.
pub fn anew(tx: &mut Tx<'_>, key: &RequestKey, digest: &[u8; 32], now: Instant, until: Instant) -> Result<bool, StoreError> {
    let [tenant, caller, mark] = key.values();
    Ok(tx.execute(ANEW, &[tenant, caller, mark, digest.into(), now.into(), until.into()])? > 0)
}

/// A request that has begun, locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn find(tx: &mut Tx<'_>, key: &RequestKey) -> Result<Option<RequestRow>, StoreError> {
    tx.one(FIND, &key.values(), |row| Ok(RequestRow { digest: hash(row, 0)?, begun_at: row.at(1)?, answer: answer(row, 2, 3)? }))
}

/// Keeps the answer of a request that is under way, its body sealed; whether it was.
///
/// # Errors
/// Whatever the database says.
pub fn finish(tx: &mut Tx<'_>, key: &RequestKey, status: u16, body: &[u8], now: Instant) -> Result<bool, StoreError> {
    let [tenant, caller, mark] = key.values();
    Ok(tx.execute(FINISH, &[tenant, caller, mark, now.into(), status.into(), body.into()])? > 0)
}

/// Forgets a request that is under way; whether it was.
///
/// # Errors
/// Whatever the database says.
pub fn drop(tx: &mut Tx<'_>, key: &RequestKey) -> Result<bool, StoreError> {
    Ok(tx.execute(DROP, &key.values())? > 0)
}

/// Forgets up to `limit` requests that began before a moment, the longest ago first; how many.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, before: Instant, limit: i64) -> Result<u64, StoreError> {
    let old = tx.rows(OLD, &[own.into(), before.into(), limit.into()], |row| Ok((row.id(0)?, row.id(1)?)))?;
    let mut of: BTreeMap<[u8; 16], Vec<[u8; 16]>> = BTreeMap::new();
    for (caller, mark) in old {
        of.entry(caller).or_default().push(mark);
    }
    let mut gone = 0_u64;
    for (caller, marks) in &of {
        gone = gone.saturating_add(tx.execute(FORGET, &[own.into(), Value::Id(*caller), marks.into(), before.into()])?);
    }
    Ok(gone)
}

/// Adds an act that waits. What is set later stays empty, whatever the row says of it.
///
/// # Errors
/// [`StoreError::Unique`] when it is there already.
pub fn hold(tx: &mut Tx<'_>, own: TenantId, row: &HeldRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        row.act.into(),
        Value::Text(&row.operation),
        Value::Text(&row.currency),
        row.stake.into(),
        Value::Id(row.asked_by),
        Value::Text(&row.state),
        row.created_at.into(),
        row.expires_at.into(),
        Value::Bytes(&row.asked),
        Value::Bytes(&row.request),
    ];
    tx.execute(HOLD, &values).map(std::mem::drop)
}

/// One act.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: ActId) -> Result<Option<HeldRow>, StoreError> {
    tx.one(HELD, &[own.into(), id.into()], held)
}

/// Up to `limit` acts older than one, the newest first; of a state, or of all.
///
/// # Errors
/// Whatever the database says.
pub fn list(tx: &mut Tx<'_>, own: TenantId, state: Option<&str>, before: [u8; 16], limit: i64) -> Result<Vec<HeldRow>, StoreError> {
    match state {
        Some(state) => tx.rows(LIST_OF, &[own.into(), Value::Id(before), limit.into(), Value::Text(state)], held),
        None => tx.rows(LIST, &[own.into(), Value::Id(before), limit.into()], held),
    }
}

/// How many acts wait.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId) -> Result<i64, StoreError> {
    Ok(tx.one(WAITING, &[own.into()], |row| row.int(0))?.unwrap_or(0))
}

/// Decides over an act that waits: it is `running` or `refused`; whether it waited.
///
/// # Errors
/// Whatever the database says.
pub fn decide(tx: &mut Tx<'_>, own: TenantId, id: ActId, state: &str, decided: &[u8], now: Instant) -> Result<bool, StoreError> {
    let ended = (state != "running").then_some(now);
    let values = [own.into(), id.into(), Value::Text(state), now.into(), ended.into(), Value::Bytes(decided)];
    Ok(tx.execute(DECIDE, &values)? > 0)
}

/// An act that was running is done; whether it was running.
///
/// # Errors
/// Whatever the database says.
pub fn end(tx: &mut Tx<'_>, own: TenantId, id: ActId, status: u16, answer: &[u8], now: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(END, &[own.into(), id.into(), now.into(), status.into(), Value::Bytes(answer)])? > 0)
}

/// Up to `limit` acts that wait though their time is over, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn late(tx: &mut Tx<'_>, own: TenantId, now: Instant, limit: i64) -> Result<Vec<HeldRow>, StoreError> {
    tx.rows(LATE, &[own.into(), now.into(), limit.into()], held)
}

/// Ends an act whose time is over; whether it still waited.
///
/// # Errors
/// Whatever the database says.
pub fn expire(tx: &mut Tx<'_>, own: TenantId, id: ActId, now: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(EXPIRE, &[own.into(), id.into(), now.into()])? > 0)
}

/// Forgets up to `limit` acts that were over before a moment, the longest ago first; how many.
///
/// # Errors
/// Whatever the database says.
pub fn forget_held(tx: &mut Tx<'_>, own: TenantId, before: Instant, limit: i64) -> Result<u64, StoreError> {
    let ended = tx.rows(ENDED, &[own.into(), before.into(), limit.into()], |row| row.id(0))?;
    if ended.is_empty() { Ok(0) } else { tx.execute(FORGET_HELD, &[own.into(), (&ended).into()]) }
}
