//! Invitations, resets and recovery codes, each good once, as rows.

use std::fmt;

use regua_core::ids::{PersonId, TenantId};
use regua_core::time::Instant;

use crate::db::{Insert, StoreError, Tx, Type, Value};
use crate::statements::Statement;

/// An invitation or a reset. A person has one at most: a new one takes the place of the one before.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Whose.
    pub person: PersonId,
    /// invite or reset.
    pub kind: String,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// When it was made.
    pub made_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// Without its hash.
impl fmt::Debug for TokenRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRow").field("person", &self.person).field("kind", &self.kind).finish_non_exhaustive()
    }
}

static RECOVERY: Insert = Insert::new("people_recovery", &[("tenant", Type::Id), ("person", Type::Id), ("mark", Type::Id)]);

const ONE: &str = "SELECT person, kind, hash, made_at, expires_at FROM people_tokens WHERE tenant = $1 AND person = $2";
const PUT: &str = "
    INSERT INTO people_tokens (tenant, person, kind, hash, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant, person) DO UPDATE
       SET kind = excluded.kind, hash = excluded.hash, made_at = excluded.made_at, expires_at = excluded.expires_at";
const TAKE: &str = "DELETE FROM people_tokens WHERE tenant = $1 AND person = $2 AND hash = $3";
const DROP: &str = "DELETE FROM people_tokens WHERE tenant = $1 AND person = $2";
const USE_CODE: &str = "DELETE FROM people_recovery WHERE tenant = $1 AND person = $2 AND mark = $3";
const DROP_CODES: &str = "DELETE FROM people_recovery WHERE tenant = $1 AND person = $2";
const CODES: &str = "SELECT COUNT(*) FROM people_recovery WHERE tenant = $1 AND person = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("tokens.one", ONE),
    ("tokens.put", PUT),
    ("tokens.take", TAKE),
    ("tokens.drop", DROP),
    ("tokens.use_code", USE_CODE),
    ("tokens.drop_codes", DROP_CODES),
    ("tokens.codes", CODES),
];
/// What this file inserts in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&RECOVERY];

/// A person's open invitation or reset.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<Option<TokenRow>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], |row| {
        let (person, kind, hash) = (super::person(row, 0)?, row.text(1)?, row.bytes(2)?);
        Ok(TokenRow { person, kind, hash, made_at: row.at(3)?, expires_at: row.at(4)? })
    })
}

/// Writes an invitation or a reset, in the place of the one before.
///
/// # Errors
/// Whatever the database says.
pub fn put(tx: &mut Tx<'_>, own: TenantId, new: &TokenRow) -> Result<(), StoreError> {
    let values =
        [own.into(), new.person.into(), Value::Text(&new.kind), Value::Bytes(&new.hash), new.made_at.into(), new.expires_at.into()];
    tx.execute(PUT, &values).map(drop)
}

/// Uses one up; whether it was still there.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, own: TenantId, id: PersonId, hash: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute(TAKE, &[own.into(), id.into(), Value::Bytes(hash)])? > 0)
}

/// Ends a person's open invitation or reset, if there is one.
///
/// # Errors
/// Whatever the database says.
pub fn drop_of(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<(), StoreError> {
    tx.execute(DROP, &[own.into(), id.into()]).map(drop)
}

/// Writes a person's recovery codes, by their marks, in the place of those before.
///
/// # Errors
/// Whatever the database says.
pub fn put_codes(tx: &mut Tx<'_>, own: TenantId, id: PersonId, marks: &[[u8; 16]]) -> Result<(), StoreError> {
    drop_codes(tx, own, id)?;
    tx.insert(&RECOVERY, marks.iter().map(|mark| [own.into(), id.into(), Value::Id(*mark)])).map(drop)
}

/// Uses a recovery code up; whether it was still there.
///
/// # Errors
/// Whatever the database says.
pub fn use_code(tx: &mut Tx<'_>, own: TenantId, id: PersonId, mark: [u8; 16]) -> Result<bool, StoreError> {
    Ok(tx.execute(USE_CODE, &[own.into(), id.into(), Value::Id(mark)])? > 0)
}

/// Ends all recovery codes of a person.
///
/// # Errors
/// Whatever the database says.
pub fn drop_codes(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<(), StoreError> {
    tx.execute(DROP_CODES, &[own.into(), id.into()]).map(drop)
}

/// How many recovery codes a person has left.
///
/// # Errors
/// Whatever the database says.
pub fn codes(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<i64, StoreError> {
    Ok(tx.one(CODES, &[own.into(), id.into()], |row| row.int(0))?.unwrap_or(0))
}
