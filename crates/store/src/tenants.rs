//! Tenants with their policies, pauses and sources: few rows, read at the start of every batch.

use regua_core::ids::{HoldId, TenantId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::{hash, tenant};
use crate::statements::Statement;

/// A tenant as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredTenant {
    /// Its id.
    pub tenant: TenantId,
    /// What people call it.
    pub name: String,
    /// How real its decisions are.
    pub mode: String,
    /// Where everything goes in redirect mode, sealed.
    pub redirect_to: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Instant,
    /// Length of its own chain.
    pub seq: i64,
    /// Last hash of its own chain.
    pub head: [u8; 32],
}

/// A published version of the régua file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPolicy {
    /// Its place in the order of publication, from 1.
    pub number: i64,
    /// The hash of its text.
    pub hash: String,
    /// What people call it.
    pub name: String,
    /// The file.
    pub body: String,
    /// The share of customers that enter under it, in basis points.
    pub share_bp: i64,
    /// When it was published.
    pub published_at: Instant,
}

/// A pause of the whole tenant or of what a filter matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPause {
    /// Its id.
    pub pause: HoldId,
    /// The condition; none for all.
    pub filter: Option<String>,
    /// Why.
    pub reason: String,
    /// Its first moment.
    pub from_at: Instant,
    /// The first moment after it.
    pub until_at: Instant,
}

const ALL: &str = "SELECT tenant, name, mode, redirect_to, created_at, seq, head FROM tenants ORDER BY tenant LIMIT $1";
const ONE: &str = "SELECT tenant, name, mode, redirect_to, created_at, seq, head FROM tenants WHERE tenant = $1";
const LOCK: &str = "SELECT tenant, name, mode, redirect_to, created_at, seq, head FROM tenants WHERE tenant = $1 /*+for_update*/";
const ADD: &str = "INSERT INTO tenants (tenant, name, mode, redirect_to, created_at, seq, head) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SET: &str = "UPDATE tenants SET name = $2, mode = $3, redirect_to = $4, seq = $5, head = $6 WHERE tenant = $1";
const POLICIES: &str =
    "SELECT number, hash, name, body, share_bp, published_at FROM policies WHERE tenant = $1 AND number > $2 ORDER BY number";
const ADD_POLICY: &str =
    "INSERT INTO policies (tenant, number, hash, name, body, share_bp, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const PAUSES: &str = "SELECT pause, filter, reason, from_at, until_at FROM pauses WHERE tenant = $1 ORDER BY from_at, pause";
const ADD_PAUSE: &str = "INSERT INTO pauses (tenant, pause, filter, reason, from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)";
const END_PAUSE: &str = "UPDATE pauses SET until_at = $3 WHERE tenant = $1 AND pause = $2 AND until_at > $3";
const SOURCES: &str = "SELECT source, read_at FROM sources WHERE tenant = $1 ORDER BY source";
const READ: &str = "
    INSERT INTO sources (tenant, source, read_at) VALUES ($1, $2, $3)
    ON CONFLICT (tenant, source) DO UPDATE SET read_at = excluded.read_at WHERE sources.read_at < excluded.read_at";
const WAKE_READERS: &str = "
    UPDATE customer_facts SET wake_at = $2
     WHERE tenant = $1 AND awaits_source AND wake_at > $2 AND parked IS NULL";
const WAKE_ALL: &str = "UPDATE customer_facts SET wake_at = $2 WHERE tenant = $1 AND wake_at > $2 AND live > 0 AND parked IS NULL";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("tenants.all", ALL),
    ("tenants.one", ONE),
    ("tenants.lock", LOCK),
    ("tenants.add", ADD),
    ("tenants.set", SET),
    ("tenants.policies", POLICIES),
    ("tenants.add_policy", ADD_POLICY),
    ("tenants.pauses", PAUSES),
    ("tenants.add_pause", ADD_PAUSE),
    ("tenants.end_pause", END_PAUSE),
    ("tenants.sources", SOURCES),
    ("tenants.read", READ),
    ("tenants.wake_readers", WAKE_READERS),
    ("tenants.wake_all", WAKE_ALL),
];

fn stored(row: &Row<'_>) -> Result<StoredTenant, StoreError> {
    Ok(StoredTenant {
        tenant: tenant(row, 0)?,
        name: row.text(1)?,
        mode: row.text(2)?,
        redirect_to: row.opt_bytes(3)?,
        created_at: row.at(4)?,
        seq: row.int(5)?,
        head: hash(row, 6)?,
    })
}

/// Up to `limit` tenants. Only the owner's scope sees more than its own.
///
/// # Errors
/// Whatever the database says.
pub fn all(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<StoredTenant>, StoreError> {
    tx.rows(ALL, &[limit.into()], stored)
}

/// A tenant.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<StoredTenant>, StoreError> {
    tx.one(ONE, &[own.into()], stored)
}

/// A tenant, its row locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn lock(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<StoredTenant>, StoreError> {
    tx.one(LOCK, &[own.into()], stored)
}

/// Adds a tenant.
///
/// # Errors
/// [`StoreError::Unique`] when it is there already.
pub fn add(tx: &mut Tx<'_>, new: &StoredTenant) -> Result<(), StoreError> {
    let values = [
        new.tenant.into(),
        Value::Text(&new.name),
        Value::Text(&new.mode),
        new.redirect_to.as_deref().into(),
        new.created_at.into(),
        new.seq.into(),
        Value::Bytes(&new.head),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// Writes what may change of a tenant.
///
/// # Errors
/// Whatever the database says.
pub fn set(tx: &mut Tx<'_>, tenant: &StoredTenant) -> Result<(), StoreError> {
    let values = [
        tenant.tenant.into(),
        Value::Text(&tenant.name),
        Value::Text(&tenant.mode),
        tenant.redirect_to.as_deref().into(),
        tenant.seq.into(),
        Value::Bytes(&tenant.head),
    ];
    tx.execute(SET, &values).map(drop)
}

/// The policies published after the `after`-th, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn policies(tx: &mut Tx<'_>, own: TenantId, after: i64) -> Result<Vec<StoredPolicy>, StoreError> {
    tx.rows(POLICIES, &[own.into(), after.into()], |row| {
        Ok(StoredPolicy {
            number: row.int(0)?,
            hash: row.text(1)?,
            name: row.text(2)?,
            body: row.text(3)?,
            share_bp: row.int(4)?,
            published_at: row.at(5)?,
        })
    })
}

/// Adds a policy.
///
/// # Errors
/// [`StoreError::Unique`] when another was published under this number.
pub fn add_policy(tx: &mut Tx<'_>, own: TenantId, new: &StoredPolicy) -> Result<(), StoreError> {
    let values = [
        own.into(),
        new.number.into(),
        Value::Text(&new.hash),
        Value::Text(&new.name),
        Value::Text(&new.body),
        new.share_bp.into(),
        new.published_at.into(),
    ];
    tx.execute(ADD_POLICY, &values).map(drop)
}

/// Every pause there was: a thaw voids announcements, so ended ones matter too.
///
/// # Errors
/// Whatever the database says.
pub fn pauses(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<StoredPause>, StoreError> {
    tx.rows(PAUSES, &[own.into()], |row| {
        Ok(StoredPause {
            pause: HoldId::from_bytes(row.id(0)?).map_err(|_bad| row.bad(0, "the id of a pause", "another"))?,
            filter: row.opt_text(1)?,
            reason: row.text(2)?,
            from_at: row.at(3)?,
            until_at: row.at(4)?,
        })
    })
}

/// Adds a pause.
///
/// # Errors
/// [`StoreError::Unique`] when it is there already.
pub fn add_pause(tx: &mut Tx<'_>, own: TenantId, new: &StoredPause) -> Result<(), StoreError> {
    let values =
        [own.into(), new.pause.into(), new.filter.as_deref().into(), Value::Text(&new.reason), new.from_at.into(), new.until_at.into()];
    tx.execute(ADD_PAUSE, &values).map(drop)
}

/// Ends a pause; whether it was still running.
///
/// # Errors
/// Whatever the database says.
pub fn end_pause(tx: &mut Tx<'_>, own: TenantId, pause: HoldId, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(END_PAUSE, &[own.into(), pause.into(), at.into()])? > 0)
}

/// The sources of payments, and when each was last read.
///
/// # Errors
/// Whatever the database says.
pub fn sources(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<(String, Instant)>, StoreError> {
    tx.rows(SOURCES, &[own.into()], |row| Ok((row.text(0)?, row.at(1)?)))
}

/// A source was read at a moment.
///
/// # Errors
/// Whatever the database says.
pub fn read(tx: &mut Tx<'_>, own: TenantId, source: &str, at: Instant) -> Result<(), StoreError> {
    tx.execute(READ, &[own.into(), Value::Text(source), at.into()]).map(drop)
}

/// Wakes the customers of whom something waits for a source; how many.
///
/// # Errors
/// Whatever the database says.
pub fn wake_readers(tx: &mut Tx<'_>, own: TenantId, at: Instant) -> Result<u64, StoreError> {
    tx.execute(WAKE_READERS, &[own.into(), at.into()])
}

/// Wakes every customer who has something open: after what concerns all of them.
///
/// # Errors
/// Whatever the database says.
pub fn wake_all(tx: &mut Tx<'_>, own: TenantId, at: Instant) -> Result<u64, StoreError> {
    tx.execute(WAKE_ALL, &[own.into(), at.into()])
}
