//! Gateways by the name that people use: which there are, and up to where each one's listing was read.
//!
//! Deliberately absent: keys and secrets, which are settings.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A gateway as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GatewayRow {
    /// What people call it.
    pub gateway: String,
    /// sandbox, stripe, asaas, pix, manual.
    pub kind: String,
    /// owner: we charge by it. mirror: another system does, and we read it.
    pub role: String,
    /// When it was added.
    pub added_at: Instant,
    /// Its listing was read up to here.
    pub listed_at: Instant,
    /// The gateway's own place in what lies behind it.
    pub place: Option<String>,
}

const ALL: &str = "SELECT gateway, kind, role, added_at, listed_at, place FROM gateways WHERE tenant = $1 ORDER BY gateway";
const ONE: &str = "SELECT gateway, kind, role, added_at, listed_at, place FROM gateways WHERE tenant = $1 AND gateway = $2";
const ADD: &str = "
    INSERT INTO gateways (tenant, gateway, kind, role, added_at, listed_at, place) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, gateway) DO NOTHING";
const SET_LISTED: &str = "UPDATE gateways SET listed_at = $3, place = $4 WHERE tenant = $1 AND gateway = $2";
const SET_ROLE: &str = "UPDATE gateways SET role = $3 WHERE tenant = $1 AND gateway = $2";

const SYNC: &str = "SELECT synced_at, sync_place FROM gateways WHERE tenant = $1 AND gateway = $2";
const SET_SYNC: &str = "UPDATE gateways SET synced_at = $3, sync_place = $4 WHERE tenant = $1 AND gateway = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("gateways.all", ALL),
    ("gateways.one", ONE),
    ("gateways.add", ADD),
    ("gateways.set_listed", SET_LISTED),
    ("gateways.set_role", SET_ROLE),
    ("gateways.sync", SYNC),
    ("gateways.set_sync", SET_SYNC),
];

/// How far the mirror of a biller's account has got.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SyncRow {
    /// What changed until then is known; none before all of it was read once.
    pub synced_at: Option<Instant>,
    /// How far a reading has got that is not done, in the mirror's own words.
    pub place: Option<String>,
}

fn gateway(row: &Row<'_>) -> Result<GatewayRow, StoreError> {
    Ok(GatewayRow {
        gateway: row.text(0)?,
        kind: row.text(1)?,
        role: row.text(2)?,
        added_at: row.at(3)?,
        listed_at: row.at(4)?,
        place: row.opt_text(5)?,
    })
}

/// The tenant's gateways, by name: as many as its settings name, which are few.
///
/// # Errors
/// Whatever the database says.
pub fn all(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<GatewayRow>, StoreError> {
    tx.rows(ALL, &[own.into()], gateway)
}

/// A gateway.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, name: &str) -> Result<Option<GatewayRow>, StoreError> {
    tx.one(ONE, &[own.into(), Value::Text(name)], gateway)
}

/// Adds a gateway, or leaves the one of this name as it is; whether it is new.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, new: &GatewayRow) -> Result<bool, StoreError> {
    let values = [
        own.into(),
        Value::Text(&new.gateway),
        Value::Text(&new.kind),
        Value::Text(&new.role),
        new.added_at.into(),
        new.listed_at.into(),
        new.place.as_deref().into(),
    ];
    Ok(tx.execute(ADD, &values)? > 0)
}

/// Says up to where a gateway's listing was read.
///
/// # Errors
/// [`StoreError::Vanished`] when there is no such gateway; whatever the database says.
pub fn set_listed(tx: &mut Tx<'_>, own: TenantId, name: &str, listed_at: Instant, place: Option<&str>) -> Result<(), StoreError> {
    let rows = tx.execute(SET_LISTED, &[own.into(), Value::Text(name), listed_at.into(), place.into()])?;
    super::all_of(rows, 1, "gateways")
}

/// Says who charges by a gateway: `owner` or `mirror`.
///
/// # Errors
/// [`StoreError::Vanished`] when there is no such gateway; whatever the database says.
pub fn set_role(tx: &mut Tx<'_>, own: TenantId, name: &str, role: &str) -> Result<(), StoreError> {
    let rows = tx.execute(SET_ROLE, &[own.into(), Value::Text(name), Value::Text(role)])?;
    super::all_of(rows, 1, "gateways")
}

/// How far the mirror of a gateway has got; nothing when there is no such gateway.
///
/// # Errors
/// Whatever the database says.
pub fn sync(tx: &mut Tx<'_>, own: TenantId, name: &str) -> Result<Option<SyncRow>, StoreError> {
    tx.one(SYNC, &[own.into(), Value::Text(name)], |row| Ok(SyncRow { synced_at: row.opt_at(0)?, place: row.opt_text(1)? }))
}

/// Says how far the mirror of a gateway has got.
///
/// # Errors
/// [`StoreError::Vanished`] when there is no such gateway; whatever the database says.
pub fn set_sync(tx: &mut Tx<'_>, own: TenantId, name: &str, at: &SyncRow) -> Result<(), StoreError> {
    let rows = tx.execute(SET_SYNC, &[own.into(), Value::Text(name), at.synced_at.into(), at.place.as_deref().into()])?;
    super::all_of(rows, 1, "gateways")
}
