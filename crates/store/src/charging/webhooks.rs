//! What gateways told: stored before it is acknowledged, then processed apart, and kept as poison when it cannot be.
//!
//! A row is its own queue entry: `due_at` is when somebody looks at it next, and none when it is done or poison. That the same
//! event twice is one row is its key. Deliberately absent: what a body says, which is sealed for the tenant.

use std::collections::BTreeMap;

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use super::all_of;
use crate::db::{Row, StoreError, Tx, Value};
use crate::due::tenant;
use crate::statements::Statement;

/// A webhook as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HookRow {
    /// From which gateway.
    pub gateway: String,
    /// Made of the gateway's id of the event.
    pub hook: [u8; 16],
    /// The gateway's id of the event.
    pub event: String,
    /// The gateway's word for its kind.
    pub kind: String,
    /// When it came.
    pub received_at: Instant,
    /// waiting, done, nothing, poison.
    pub status: String,
    /// When somebody looks at it next.
    pub due_at: Option<Instant>,
    /// How often it could not be processed.
    pub tries: i64,
    /// When it was processed.
    pub done_at: Option<Instant>,
    /// Why it is poison, or what went wrong last.
    pub said: Option<String>,
    /// As it came, sealed for the tenant; gone once it is done.
    pub body: Option<Vec<u8>>,
}

/// A webhook that is due, of whichever tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// Whose.
    pub tenant: TenantId,
    /// From which gateway.
    pub gateway: String,
    /// Which.
    pub hook: [u8; 16],
    /// Since when.
    pub due_at: Instant,
}

/// How many webhooks of a gateway stand so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// The gateway.
    pub gateway: String,
    /// waiting, done, nothing, poison.
    pub status: String,
    /// How many.
    pub count: i64,
}

/// The columns of a webhook.
macro_rules! hook {
    ($rest:literal) => {
        concat!("SELECT gateway, hook, event, kind, received_at, status, due_at, tries, done_at, said, body FROM webhooks ", $rest)
    };
}

const RECEIVE: &str = "
    INSERT INTO webhooks (tenant, gateway, hook, event, kind, received_at, status, due_at, tries, done_at, said, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (tenant, gateway, hook) DO NOTHING";
const TAKE: &str = "
    SELECT tenant, gateway, hook, due_at FROM webhooks
     WHERE due_at IS NOT NULL AND due_at <= $1
     ORDER BY due_at, tenant, gateway, hook
     LIMIT $2 /*+skip_locked*/";
const NEXT: &str = "SELECT due_at FROM webhooks WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const LOAD: &str = hook!("WHERE tenant = $1 AND gateway = $2 AND hook IN /*+list*/ ($3)");
const SET: &str = "
    UPDATE webhooks
       SET status = v.status, due_at = v.due_at, tries = v.tries, done_at = v.done_at, said = v.said,
           body = CASE WHEN v.status IN ('done', 'nothing') THEN NULL ELSE webhooks.body END
      FROM /*+rows: hook id, status text, due_at at, tries int, done_at at, said text*/ AS v
     WHERE webhooks.tenant = $1 AND webhooks.gateway = $2 AND webhooks.hook = v.hook AND webhooks.status = 'waiting'";
const POISON: &str = hook!(
    "WHERE tenant = $1 AND status = 'poison' AND (received_at, gateway, hook) > ($2, $3, $4) AND received_at >= $2
     ORDER BY received_at, gateway, hook LIMIT $5"
);
const REPLAY: &str = "
    UPDATE webhooks SET status = 'waiting', due_at = $4, tries = 0, said = NULL
     WHERE tenant = $1 AND gateway = $2 AND hook = $3 AND status = 'poison'";
const COUNTS: &str = "
    SELECT gateway, status, COUNT(*) FROM webhooks WHERE tenant = $1 GROUP BY gateway, status ORDER BY gateway, status";
const OLD: &str = "
    SELECT gateway, hook FROM webhooks WHERE tenant = $1 AND done_at < $2 AND done_at IS NOT NULL ORDER BY done_at LIMIT $3";
const FORGET: &str = "DELETE FROM webhooks WHERE tenant = $1 AND gateway = $2 AND hook IN /*+list*/ ($3)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("webhooks.receive", RECEIVE),
    ("webhooks.take", TAKE),
    ("webhooks.next", NEXT),
    ("webhooks.load", LOAD),
    ("webhooks.set", SET),
    ("webhooks.poison", POISON),
    ("webhooks.replay", REPLAY),
    ("webhooks.counts", COUNTS),
    ("webhooks.old", OLD),
    ("webhooks.forget", FORGET),
];

fn hook(row: &Row<'_>) -> Result<HookRow, StoreError> {
    Ok(HookRow {
        gateway: row.text(0)?,
        hook: row.id(1)?,
        event: row.text(2)?,
        kind: row.text(3)?,
        received_at: row.at(4)?,
        status: row.text(5)?,
        due_at: row.opt_at(6)?,
        tries: row.int(7)?,
        done_at: row.opt_at(8)?,
        said: row.opt_text(9)?,
        body: row.opt_bytes(10)?,
    })
}

/// Takes a webhook in, or leaves the one that is the same event; whether it is new.
///
/// # Errors
/// [`StoreError::Foreign`] when there is no such gateway; whatever the database says.
pub fn receive(tx: &mut Tx<'_>, own: TenantId, row: &HookRow) -> Result<bool, StoreError> {
    let values = [
        own.into(),
        Value::Text(&row.gateway),
        Value::Id(row.hook),
        Value::Text(&row.event),
        Value::Text(&row.kind),
        row.received_at.into(),
        Value::Text(&row.status),
        row.due_at.into(),
        row.tries.into(),
        row.done_at.into(),
        row.said.as_deref().into(),
        row.body.as_deref().into(),
    ];
    Ok(tx.execute(RECEIVE, &values)? > 0)
}

/// Takes up to `limit` webhooks of any tenant that are due, the longest first; locked until the transaction ends. Call it in
/// the scope of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<Due>, StoreError> {
    tx.rows(TAKE, &[now.into(), limit.into()], |row| {
        Ok(Due { tenant: tenant(row, 0)?, gateway: row.text(1)?, hook: row.id(2)?, due_at: row.at(3)? })
    })
}

/// When the next webhook of any tenant is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// Loads webhooks of a gateway, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn load(tx: &mut Tx<'_>, own: TenantId, gateway: &str, hooks: &[[u8; 16]]) -> Result<Vec<HookRow>, StoreError> {
    tx.rows(LOAD, &[own.into(), Value::Text(gateway), Value::List(hooks)], hook)
}

/// Writes where waiting webhooks of a gateway stand: status, when somebody looks next, tries, and what went wrong. The body of
/// what is done or nothing is dropped; that of any other stays as it is.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there or does not wait any more; whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, gateway: &str, rows: &[HookRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [Value::Id(row.hook), Value::Text(&row.status), row.due_at.into(), row.tries.into(), row.done_at.into(), row.said.as_deref().into()]
    });
    all_of(tx.update(SET, &[own.into(), Value::Text(gateway)], values)?, rows.len(), "webhooks")
}

/// Up to `limit` webhooks that could not be processed, oldest first, behind one of this moment, gateway and id.
///
/// # Errors
/// Whatever the database says.
pub fn poison(tx: &mut Tx<'_>, own: TenantId, after: (Instant, &str, [u8; 16]), limit: i64) -> Result<Vec<HookRow>, StoreError> {
    let (at, gateway, which) = after;
    tx.rows(POISON, &[own.into(), at.into(), Value::Text(gateway), Value::Id(which), limit.into()], hook)
}

/// Lets a webhook that is poison be processed once more, from `at` on; whether it was poison.
///
/// # Errors
/// Whatever the database says.
pub fn replay(tx: &mut Tx<'_>, own: TenantId, gateway: &str, which: [u8; 16], at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(REPLAY, &[own.into(), Value::Text(gateway), Value::Id(which), at.into()])? > 0)
}

/// How many webhooks there are of each gateway and status. It counts all that are kept: for a person who asks.
///
/// # Errors
/// Whatever the database says.
pub fn counts(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<Count>, StoreError> {
    tx.rows(COUNTS, &[own.into()], |row| Ok(Count { gateway: row.text(0)?, status: row.text(1)?, count: row.int(2)? }))
}

/// Forgets up to `limit` webhooks that were done before a moment, the longest ago first; how many. Later than any gateway
/// tells again: a forgotten one would be taken in anew.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, before: Instant, limit: i64) -> Result<u64, StoreError> {
    let old = tx.rows(OLD, &[own.into(), before.into(), limit.into()], |row| Ok((row.text(0)?, row.id(1)?)))?;
    let mut of: BTreeMap<&str, Vec<[u8; 16]>> = BTreeMap::new();
    for (gateway, hook) in &old {
        of.entry(gateway).or_default().push(*hook);
    }
    let mut gone = 0_u64;
    for (gateway, hooks) in &of {
        gone = gone.saturating_add(tx.execute(FORGET, &[own.into(), Value::Text(gateway), Value::List(hooks)])?);
    }
    Ok(gone)
}
