//! Endpoints of a tenant's webhooks, and deliveries: what has to go to each.
//!
//! An endpoint is the entry of the queue and its deliveries stand behind it, so that one with many takes its turn like one with
//! a single one. A delivery that is being sent is due again when it is taken for lost. Deliberately absent: what a secret says.

use regua_core::ids::{EndpointId, TenantId};
use regua_core::time::Instant;

use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::tenant;
use crate::statements::Statement;

/// An endpoint as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct EndpointRow {
    /// Which.
    pub endpoint: EndpointId,
    /// Where it is.
    pub url: String,
    /// Words of types with blanks between; empty for everything.
    pub types: String,
    /// What people call it.
    pub description: String,
    /// active, paused, disabled, removed.
    pub state: String,
    /// Why it is disabled.
    pub reason: Option<String>,
    /// What signs, sealed.
    pub secret: Vec<u8>,
    /// What signed before, sealed, and until when it still does.
    pub old_secret: Option<Vec<u8>>,
    /// See [`EndpointRow::old_secret`].
    pub old_until: Option<Instant>,
    /// When it was added.
    pub added_at: Instant,
    /// When somebody changed it last.
    pub changed_at: Instant,
    /// Since when nothing arrived.
    pub failing_since: Option<Instant>,
    /// When somebody looks next at what has to go there.
    pub due_at: Option<Instant>,
}

/// Secrets do not show, not even sealed, nor an address that may hold one.
impl std::fmt::Debug for EndpointRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EndpointRow({}, {})", self.endpoint, self.state)
    }
}

/// A delivery as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryRow {
    /// To which endpoint.
    pub endpoint: EndpointId,
    /// What: its place in the feed.
    pub position: i64,
    /// The word of its type.
    pub kind: String,
    /// waiting, sending, delivered, failed.
    pub status: String,
    /// When it was ordered.
    pub created_at: Instant,
    /// When it goes next.
    pub due_at: Option<Instant>,
    /// How often it was tried.
    pub tries: i64,
    /// When it was tried last.
    pub tried_at: Option<Instant>,
    /// When it arrived, or was given up.
    pub finished_at: Option<Instant>,
    /// The status of the last answer.
    pub code: Option<i64>,
    /// Why there was no good one.
    pub error: Option<String>,
}

/// A delivery that goes out, with what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// Its place in the feed.
    pub position: i64,
    /// How often it was tried before.
    pub tries: i64,
    /// The word of its type.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
    /// JSON.
    pub data: String,
}

/// What became of a try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    /// To which endpoint.
    pub endpoint: EndpointId,
    /// What.
    pub position: i64,
    /// The number of the try: what became of an older one changes nothing any more.
    pub tries: i64,
    /// waiting, delivered, failed.
    pub status: &'static str,
    /// When it goes next.
    pub due_at: Option<Instant>,
    /// When it arrived, or was given up.
    pub finished_at: Option<Instant>,
    /// The status of the answer.
    pub code: Option<i64>,
    /// Why there was no good one.
    pub error: Option<&'static str>,
}

/// Deliveries of one endpoint that are read at a time: as many as may be under way.
pub const IN_FLIGHT: usize = 8;

static DELIVERIES: Insert = Insert::new(
    "deliveries",
    &[
        ("tenant", Type::Id),
        ("endpoint", Type::Id),
        ("position", Type::Int),
        ("status", Type::Text),
        ("created_at", Type::At),
        ("due_at", Type::At),
        ("tries", Type::Int),
    ],
)
.or_leave();

/// The columns of an endpoint.
macro_rules! endpoint {
    ($rest:literal) => {
        concat!(
            "SELECT endpoint, url, types, description, state, reason, secret, old_secret, old_until, added_at, changed_at, failing_since, due_at
               FROM endpoints ",
            $rest
        )
    };
}

/// The columns of a delivery.
macro_rules! delivery {
    ($rest:literal) => {
        concat!(
            "SELECT d.endpoint, d.position, f.type, d.status, d.created_at, d.due_at, d.tries, d.tried_at, d.finished_at, d.code, d.error
               FROM deliveries d JOIN feed f ON f.tenant = d.tenant AND f.position = d.position ",
            $rest
        )
    };
}

const ADD: &str = "
    INSERT INTO endpoints (tenant, endpoint, url, types, description, state, reason, secret, old_secret, old_until, changed_at,
                           failing_since, due_at, added_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const SET: &str = "
    UPDATE endpoints
       SET url = $3, types = $4, description = $5, state = $6, reason = $7, secret = $8, old_secret = $9, old_until = $10,
           changed_at = $11, failing_since = $12, due_at = $13
     WHERE tenant = $1 AND endpoint = $2";
const ALL: &str = endpoint!("WHERE tenant = $1 ORDER BY endpoint");
const ONE: &str = endpoint!("WHERE tenant = $1 AND endpoint = $2");
const LOCK: &str = endpoint!("WHERE tenant = $1 AND endpoint IN /*+list*/ ($2) ORDER BY endpoint /*+for_update*/");
const LOCK_ALL: &str = endpoint!("WHERE tenant = $1 ORDER BY endpoint /*+for_update*/");
const REMOVE: &str = "DELETE FROM endpoints WHERE tenant = $1 AND endpoint = $2 AND state = 'removed'";
const TAKE: &str = "
    SELECT tenant, endpoint FROM endpoints
     WHERE due_at IS NOT NULL AND due_at <= $1
     ORDER BY due_at, tenant, endpoint
     LIMIT $2 /*+skip_locked*/";
const NEXT: &str = "SELECT due_at FROM endpoints WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const STAND: &str = "
    UPDATE endpoints SET due_at = v.due_at, failing_since = v.failing_since
      FROM /*+rows: endpoint id, due_at at, failing_since at*/ AS v
     WHERE endpoints.tenant = $1 AND endpoints.endpoint = v.endpoint AND endpoints.state = 'active'";

const SENDING: &str = "
    SELECT endpoint, due_at FROM deliveries
     WHERE tenant = $1 AND endpoint IN /*+list*/ ($2) AND status = 'sending' AND due_at > $3
     ORDER BY endpoint, due_at";
// As many as `IN_FLIGHT`; a number that is known lets the planner walk the index.
const DUE: &str = "
    SELECT d.position, d.tries, f.type, f.at, f.data
      FROM deliveries d JOIN feed f ON f.tenant = d.tenant AND f.position = d.position
     WHERE d.tenant = $1 AND d.endpoint = $2 AND d.due_at IS NOT NULL AND d.due_at <= $3
     ORDER BY d.due_at, d.position LIMIT 8";
const NEXT_OF: &str = "
    SELECT due_at FROM deliveries WHERE tenant = $1 AND endpoint = $2 AND due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const SEND: &str = "
    UPDATE deliveries SET status = 'sending', due_at = $3, tries = v.tries, tried_at = $2
      FROM /*+rows: endpoint id, position int, tries int*/ AS v
     WHERE deliveries.tenant = $1 AND deliveries.endpoint = v.endpoint AND deliveries.position = v.position";
const TRIED: &str = "
    UPDATE deliveries SET status = v.status, due_at = v.due_at, finished_at = v.finished_at, code = v.code, error = v.error
      FROM /*+rows: endpoint id, position int, tries int, status text, due_at at, finished_at at, code int, error text*/ AS v
     WHERE deliveries.tenant = $1 AND deliveries.endpoint = v.endpoint AND deliveries.position = v.position
       AND deliveries.status = 'sending' AND deliveries.tries = v.tries";
const AGAIN: &str = "
    UPDATE deliveries SET status = 'waiting', due_at = $3, tries = 0, finished_at = NULL, code = NULL, error = NULL
      FROM /*+rows: position int*/ AS v
     WHERE deliveries.tenant = $1 AND deliveries.endpoint = $2 AND deliveries.position = v.position AND deliveries.status <> 'sending'";
const LIST: &str = delivery!("WHERE d.tenant = $1 AND d.endpoint = $2 AND d.position < $3 ORDER BY d.position DESC LIMIT $4");
const LIST_STATUS: &str =
    delivery!("WHERE d.tenant = $1 AND d.endpoint = $2 AND d.status = $5 AND d.position < $3 ORDER BY d.position DESC LIMIT $4");
const ONE_DELIVERY: &str = delivery!("WHERE d.tenant = $1 AND d.endpoint = $2 AND d.position = $3");
const NTH_FINISHED: &str = "
    SELECT finished_at FROM deliveries
     WHERE tenant = $1 AND finished_at IS NOT NULL AND finished_at < $2
     ORDER BY finished_at LIMIT 1 OFFSET $3";
const FORGET: &str = "DELETE FROM deliveries WHERE tenant = $1 AND finished_at IS NOT NULL AND finished_at < $2";
const NTH_OF: &str = "
    SELECT position FROM deliveries WHERE tenant = $1 AND endpoint = $2 ORDER BY position LIMIT 1 OFFSET $3";
const FORGET_OF: &str = "
    DELETE FROM deliveries WHERE tenant = $1 AND endpoint = $2 AND position < $3 AND created_at < $4 AND status <> 'sending'";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("endpoints.add", ADD),
    ("endpoints.set", SET),
    ("endpoints.all", ALL),
    ("endpoints.one", ONE),
    ("endpoints.lock", LOCK),
    ("endpoints.lock_all", LOCK_ALL),
    ("endpoints.remove", REMOVE),
    ("endpoints.take", TAKE),
    ("endpoints.next", NEXT),
    ("endpoints.stand", STAND),
    ("endpoints.sending", SENDING),
    ("endpoints.due", DUE),
    ("endpoints.next_of", NEXT_OF),
    ("endpoints.send", SEND),
    ("endpoints.tried", TRIED),
    ("endpoints.again", AGAIN),
    ("endpoints.list", LIST),
    ("endpoints.list_status", LIST_STATUS),
    ("endpoints.one_delivery", ONE_DELIVERY),
    ("endpoints.nth_finished", NTH_FINISHED),
    ("endpoints.forget", FORGET),
    ("endpoints.nth_of", NTH_OF),
    ("endpoints.forget_of", FORGET_OF),
];

/// What this file inserts.
pub(crate) const INSERTS: &[&Insert] = &[&DELIVERIES];

fn id(row: &Row<'_>, column: usize) -> Result<EndpointId, StoreError> {
    EndpointId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of an endpoint", "another"))
}

fn endpoint(row: &Row<'_>) -> Result<EndpointRow, StoreError> {
    Ok(EndpointRow {
        endpoint: id(row, 0)?,
        url: row.text(1)?,
        types: row.text(2)?,
        description: row.text(3)?,
        state: row.text(4)?,
        reason: row.opt_text(5)?,
        secret: row.bytes(6)?,
        old_secret: row.opt_bytes(7)?,
        old_until: row.opt_at(8)?,
        added_at: row.at(9)?,
        changed_at: row.at(10)?,
        failing_since: row.opt_at(11)?,
        due_at: row.opt_at(12)?,
    })
}

fn delivery(row: &Row<'_>) -> Result<DeliveryRow, StoreError> {
    Ok(DeliveryRow {
        endpoint: id(row, 0)?,
        position: row.int(1)?,
        kind: row.text(2)?,
        status: row.text(3)?,
        created_at: row.at(4)?,
        due_at: row.opt_at(5)?,
        tries: row.int(6)?,
        tried_at: row.opt_at(7)?,
        finished_at: row.opt_at(8)?,
        code: row.opt_int(9)?,
        error: row.opt_text(10)?,
    })
}

/// Which endpoint, and all of it that can change, as [`ADD`] and [`SET`] number it.
fn changing(own: TenantId, row: &EndpointRow) -> [Value<'_>; 13] {
    [
        own.into(),
        row.endpoint.into(),
        Value::Text(&row.url),
        Value::Text(&row.types),
        Value::Text(&row.description),
        Value::Text(&row.state),
        row.reason.as_deref().into(),
        Value::Bytes(&row.secret),
        row.old_secret.as_deref().into(),
        row.old_until.into(),
        row.changed_at.into(),
        row.failing_since.into(),
        row.due_at.into(),
    ]
}

/// Adds an endpoint.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, row: &EndpointRow) -> Result<(), StoreError> {
    tx.execute(ADD, &[&changing(own, row)[..], &[row.added_at.into()]].concat()).map(drop)
}

/// Writes what of an endpoint can change.
///
/// # Errors
/// Whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, row: &EndpointRow) -> Result<(), StoreError> {
    tx.execute(SET, &changing(own, row)).map(drop)
}

/// Every endpoint of a tenant, those that are removed and not yet gone included, in the order in which they were added.
///
/// # Errors
/// Whatever the database says.
pub fn all(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<EndpointRow>, StoreError> {
    tx.rows(ALL, &[own.into()], endpoint)
}

/// As [`all`], locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn lock_all(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<EndpointRow>, StoreError> {
    tx.rows(LOCK_ALL, &[own.into()], endpoint)
}

/// One endpoint.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: EndpointId) -> Result<Option<EndpointRow>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], endpoint)
}

/// Endpoints by id, in the order of ids, locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn lock(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<EndpointRow>, StoreError> {
    tx.rows(LOCK, &[own.into(), Value::List(ids)], endpoint)
}

/// Takes up to `limit` endpoints of any tenant that have something due, the longest first; locked until the transaction ends.
/// Call it in the scope of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<(TenantId, EndpointId)>, StoreError> {
    tx.rows(TAKE, &[now.into(), limit.into()], |row| Ok((tenant(row, 0)?, id(row, 1)?)))
}

/// When the next endpoint of any tenant is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// Writes where active endpoints stand: when somebody looks next, and since when nothing arrived.
///
/// # Errors
/// Whatever the database says.
pub fn stand(tx: &mut Tx<'_>, own: TenantId, rows: &[(EndpointId, Option<Instant>, Option<Instant>)]) -> Result<(), StoreError> {
    let values = rows.iter().map(|(endpoint, due_at, failing)| [(*endpoint).into(), (*due_at).into(), (*failing).into()]);
    tx.update(STAND, &[own.into()], values).map(drop)
}

/// The deliveries of endpoints that are under way at `now`: of each when it is taken for lost, in the order of endpoints.
///
/// # Errors
/// Whatever the database says.
pub fn sending(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]], now: Instant) -> Result<Vec<(EndpointId, Instant)>, StoreError> {
    tx.rows(SENDING, &[own.into(), Value::List(ids), now.into()], |row| Ok((id(row, 0)?, row.at(1)?)))
}

/// Up to [`IN_FLIGHT`] deliveries of an endpoint that are due, the longest first.
///
/// # Errors
/// Whatever the database says.
pub fn due(tx: &mut Tx<'_>, own: TenantId, endpoint: EndpointId, now: Instant) -> Result<Vec<Outgoing>, StoreError> {
    tx.rows(DUE, &[own.into(), endpoint.into(), now.into()], |row| {
        Ok(Outgoing { position: row.int(0)?, tries: row.int(1)?, kind: row.text(2)?, at: row.at(3)?, data: row.text(4)? })
    })
}

/// When the next delivery of an endpoint is due, or one under way taken for lost.
///
/// # Errors
/// Whatever the database says.
pub fn next_of(tx: &mut Tx<'_>, own: TenantId, endpoint: EndpointId) -> Result<Option<Instant>, StoreError> {
    tx.one(NEXT_OF, &[own.into(), endpoint.into()], |row| row.at(0))
}

/// Deliveries go out: endpoint, place in the feed, number of the try. They are taken for lost at `lost_at`.
///
/// # Errors
/// Whatever the database says.
pub fn send(tx: &mut Tx<'_>, own: TenantId, now: Instant, lost_at: Instant, rows: &[(EndpointId, i64, i64)]) -> Result<(), StoreError> {
    let values = rows.iter().map(|(endpoint, position, tries)| [(*endpoint).into(), (*position).into(), (*tries).into()]);
    tx.update(SEND, &[own.into(), now.into(), lost_at.into()], values).map(drop)
}

/// Writes what became of tries; one that was taken for lost and has begun again is left as it is.
///
/// # Errors
/// Whatever the database says.
pub fn tried(tx: &mut Tx<'_>, own: TenantId, rows: &[Tried]) -> Result<u64, StoreError> {
    tx.update(
        TRIED,
        &[own.into()],
        rows.iter().map(|row| {
            [
                row.endpoint.into(),
                row.position.into(),
                row.tries.into(),
                row.status.into(),
                row.due_at.into(),
                row.finished_at.into(),
                row.code.into(),
                row.error.into(),
            ]
        }),
    )
}

/// Orders deliveries, by endpoint and place in the feed; those that were ordered before are left as they are. How many are new.
///
/// # Errors
/// Whatever the database says.
pub fn order(tx: &mut Tx<'_>, own: TenantId, rows: &[(EndpointId, i64)], now: Instant) -> Result<u64, StoreError> {
    tx.insert(
        &DELIVERIES,
        rows.iter().map(|(endpoint, position)| {
            [own.into(), (*endpoint).into(), (*position).into(), "waiting".into(), now.into(), now.into(), 0_i64.into()]
        }),
    )
}

/// Lets deliveries of an endpoint go once more, as if they had never been tried; those under way are left. How many.
///
/// # Errors
/// Whatever the database says.
pub fn again(tx: &mut Tx<'_>, own: TenantId, endpoint: EndpointId, positions: &[i64], now: Instant) -> Result<u64, StoreError> {
    tx.update(AGAIN, &[own.into(), endpoint.into(), now.into()], positions.iter().map(|position| [Value::Int(*position)]))
}

/// Up to `limit` deliveries of an endpoint before a place of the feed, the newest first; those in one status when it is named.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    tx: &mut Tx<'_>,
    own: TenantId,
    endpoint: EndpointId,
    status: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<DeliveryRow>, StoreError> {
    match status {
        None => tx.rows(LIST, &[own.into(), endpoint.into(), before.into(), limit.into()], delivery),
        Some(status) => tx.rows(LIST_STATUS, &[own.into(), endpoint.into(), before.into(), limit.into(), status.into()], delivery),
    }
}

/// One delivery.
///
/// # Errors
/// Whatever the database says.
pub fn one_delivery(tx: &mut Tx<'_>, own: TenantId, endpoint: EndpointId, position: i64) -> Result<Option<DeliveryRow>, StoreError> {
    tx.one(ONE_DELIVERY, &[own.into(), endpoint.into(), position.into()], delivery)
}

/// Forgets about `limit` deliveries that ended before a moment, the longest ago first; how many.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, before: Instant, limit: i64) -> Result<u64, StoreError> {
    let nth = tx.one(NTH_FINISHED, &[own.into(), before.into(), limit.into()], |row| row.at(0))?;
    // Many may have ended at one moment, so that it is let go with them.
    let until = nth.map_or(before, |nth| Instant::from_micros(nth.micros().saturating_add(1)).min(before));
    tx.execute(FORGET, &[own.into(), until.into()])
}

/// Forgets up to `limit` deliveries of an endpoint that were ordered before a moment, whatever became of them; how many.
///
/// # Errors
/// Whatever the database says.
pub fn forget_of(tx: &mut Tx<'_>, own: TenantId, endpoint: EndpointId, before: Instant, limit: i64) -> Result<u64, StoreError> {
    let nth = tx.one(NTH_OF, &[own.into(), endpoint.into(), limit.into()], |row| row.int(0))?;
    tx.execute(FORGET_OF, &[own.into(), endpoint.into(), nth.unwrap_or(i64::MAX).into(), before.into()])
}

/// Takes away an endpoint that was removed and has no deliveries any more.
///
/// # Errors
/// [`StoreError::Foreign`] while it has deliveries; whatever the database says.
pub fn remove(tx: &mut Tx<'_>, own: TenantId, endpoint: EndpointId) -> Result<(), StoreError> {
    tx.execute(REMOVE, &[own.into(), endpoint.into()]).map(drop)
}
