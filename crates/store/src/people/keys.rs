//! Keys of programs, as rows.

use std::fmt;

use regua_core::ids::{KeyId, PersonId, TenantId};
use regua_core::time::Instant;

use super::person;
use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Which.
    pub key: KeyId,
    /// What people call it.
    pub name: String,
    /// What it may do, words with spaces between them.
    pub scopes: String,
    /// How much it may decide alone, in minor units; none without limit.
    pub limit_minor: Option<i64>,
    /// Who answers for it.
    pub person: PersonId,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// That of the secret before, while it still counts.
    pub old_hash: Option<Vec<u8>>,
    /// Until when that is.
    pub old_until: Option<Instant>,
    /// When it was made.
    pub made_at: Instant,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
    /// When somebody ended it.
    pub revoked_at: Option<Instant>,
    /// When it was last used, to the hour.
    pub used_at: Option<Instant>,
}

/// Without its hashes.
impl fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRow").field("key", &self.key).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// The columns of a key.
macro_rules! key {
    ($rest:literal) => {
        concat!(
            "SELECT api_key, name, scopes, limit_minor, person, hash, old_hash, old_until, made_at, expires_at, revoked_at, used_at FROM api_keys ",
            $rest
        )
    };
}

const ONE: &str = key!("WHERE tenant = $1 AND api_key = $2");
const PAGE: &str = key!("WHERE tenant = $1 AND api_key > $2 ORDER BY api_key LIMIT $3");
const ADD: &str = "
    INSERT INTO api_keys
           (tenant, api_key, name, scopes, limit_minor, person, hash, old_hash, old_until, made_at, expires_at, revoked_at, used_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const REVOKE: &str = "UPDATE api_keys SET revoked_at = $3 WHERE tenant = $1 AND api_key = $2 AND revoked_at IS NULL";
const ROTATE: &str = "UPDATE api_keys SET hash = $3, old_hash = $4, old_until = $5, person = $6 WHERE tenant = $1 AND api_key = $2";
const USE: &str = "UPDATE api_keys SET used_at = $3 WHERE tenant = $1 AND api_key = $2 AND (used_at IS NULL OR used_at < $3)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("keys.one", ONE), ("keys.page", PAGE), ("keys.add", ADD), ("keys.revoke", REVOKE), ("keys.rotate", ROTATE), ("keys.use", USE)];

fn stored(row: &Row<'_>) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        key: KeyId::from_bytes(row.id(0)?).map_err(|_bad| row.bad(0, "the id of a key", "another"))?,
        name: row.text(1)?,
        scopes: row.text(2)?,
        limit_minor: row.opt_int(3)?,
        person: person(row, 4)?,
        hash: row.bytes(5)?,
        old_hash: row.opt_bytes(6)?,
        old_until: row.opt_at(7)?,
        made_at: row.at(8)?,
        expires_at: row.opt_at(9)?,
        revoked_at: row.opt_at(10)?,
        used_at: row.opt_at(11)?,
    })
}

/// A key.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: KeyId) -> Result<Option<KeyRow>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], stored)
}

/// Up to `limit` keys behind one, in the order in which they were made.
///
/// # Errors
/// Whatever the database says.
pub fn page(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<KeyRow>, StoreError> {
    tx.rows(PAGE, &[own.into(), Value::Id(after), limit.into()], stored)
}

/// Adds a key.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, new: &KeyRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        new.key.into(),
        Value::Text(&new.name),
        Value::Text(&new.scopes),
        new.limit_minor.into(),
        new.person.into(),
        Value::Bytes(&new.hash),
        new.old_hash.as_deref().into(),
        new.old_until.into(),
        new.made_at.into(),
        new.expires_at.into(),
        new.revoked_at.into(),
        new.used_at.into(),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// Ends a key; whether it was still running.
///
/// # Errors
/// Whatever the database says.
pub fn revoke(tx: &mut Tx<'_>, own: TenantId, id: KeyId, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(REVOKE, &[own.into(), id.into(), at.into()])? > 0)
}

/// Writes a key's hashes and who answers for it.
///
/// # Errors
/// Whatever the database says.
pub fn rotate(tx: &mut Tx<'_>, own: TenantId, row: &KeyRow) -> Result<(), StoreError> {
    let values =
        [own.into(), row.key.into(), Value::Bytes(&row.hash), row.old_hash.as_deref().into(), row.old_until.into(), row.person.into()];
    tx.execute(ROTATE, &values).map(drop)
}

/// A key was used at a moment.
///
/// # Errors
/// Whatever the database says.
pub fn use_at(tx: &mut Tx<'_>, own: TenantId, id: KeyId, at: Instant) -> Result<(), StoreError> {
    tx.execute(USE, &[own.into(), id.into(), at.into()]).map(drop)
}
