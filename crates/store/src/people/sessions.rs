//! People at browsers, as rows.

use std::fmt;

use regua_core::ids::{PersonId, SessionId, TenantId};
use regua_core::time::Instant;

use super::person;
use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Which.
    pub session: SessionId,
    /// Whose.
    pub person: PersonId,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// When it began.
    pub made_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// When it ends, however busy it is.
    pub expires_at: Instant,
    /// A keyed hash of day and address.
    pub place: [u8; 16],
}

/// Without its hash.
impl fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRow").field("session", &self.session).field("person", &self.person).finish_non_exhaustive()
    }
}

const ONE: &str = "
    SELECT session, person, hash, made_at, seen_at, expires_at, place FROM sessions WHERE tenant = $1 AND session = $2";
const OF: &str = "
    SELECT session, person, hash, made_at, seen_at, expires_at, place FROM sessions
     WHERE tenant = $1 AND person = $2 ORDER BY seen_at DESC, session DESC LIMIT $3";
const ADD: &str = "
    INSERT INTO sessions (tenant, session, person, hash, made_at, seen_at, expires_at, place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const SEE: &str = "UPDATE sessions SET seen_at = $3 WHERE tenant = $1 AND session = $2 AND seen_at < $3";
const END: &str = "DELETE FROM sessions WHERE tenant = $1 AND session = $2 AND person = $3";
const END_ALL: &str = "DELETE FROM sessions WHERE tenant = $1 AND person = $2";
const END_OTHERS: &str = "DELETE FROM sessions WHERE tenant = $1 AND person = $2 AND session <> $3";
const END_OLD: &str = "DELETE FROM sessions WHERE tenant = $1 AND person = $2 AND (seen_at < $3 OR expires_at < $4)";
const OLD: &str = "SELECT session FROM sessions WHERE tenant = $1 AND seen_at < $2 ORDER BY seen_at LIMIT $3";
const FORGET: &str = "DELETE FROM sessions WHERE tenant = $1 AND session IN /*+list*/ ($2) AND seen_at < $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("sessions.one", ONE),
    ("sessions.of", OF),
    ("sessions.add", ADD),
    ("sessions.see", SEE),
    ("sessions.end", END),
    ("sessions.end_all", END_ALL),
    ("sessions.end_others", END_OTHERS),
    ("sessions.end_old", END_OLD),
    ("sessions.old", OLD),
    ("sessions.forget", FORGET),
];

fn stored(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        session: SessionId::from_bytes(row.id(0)?).map_err(|_bad| row.bad(0, "the id of a session", "another"))?,
        person: person(row, 1)?,
        hash: row.bytes(2)?,
        made_at: row.at(3)?,
        seen_at: row.at(4)?,
        expires_at: row.at(5)?,
        place: row.id(6)?,
    })
}

/// A session.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], stored)
}

/// Up to `limit` sessions of a person, the last used first.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, id: PersonId, limit: i64) -> Result<Vec<SessionRow>, StoreError> {
    tx.rows(OF, &[own.into(), id.into(), limit.into()], stored)
}

/// Adds a session.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, new: &SessionRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        new.session.into(),
        new.person.into(),
        Value::Bytes(&new.hash),
        new.made_at.into(),
        new.seen_at.into(),
        new.expires_at.into(),
        Value::Id(new.place),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// A session was used at a moment.
///
/// # Errors
/// Whatever the database says.
pub fn see(tx: &mut Tx<'_>, own: TenantId, id: SessionId, at: Instant) -> Result<(), StoreError> {
    tx.execute(SEE, &[own.into(), id.into(), at.into()]).map(drop)
}

/// Ends a person's session; whether there was one.
///
/// # Errors
/// Whatever the database says.
pub fn end(tx: &mut Tx<'_>, own: TenantId, of: PersonId, id: SessionId) -> Result<bool, StoreError> {
    Ok(tx.execute(END, &[own.into(), id.into(), of.into()])? > 0)
}

/// Ends all sessions of a person, or all but one; how many.
///
/// # Errors
/// Whatever the database says.
pub fn end_all(tx: &mut Tx<'_>, own: TenantId, of: PersonId, but: Option<SessionId>) -> Result<u64, StoreError> {
    match but {
        None => tx.execute(END_ALL, &[own.into(), of.into()]),
        Some(but) => tx.execute(END_OTHERS, &[own.into(), of.into(), but.into()]),
    }
}

/// Clears away a person's sessions that were last seen before a moment or ended before another.
///
/// # Errors
/// Whatever the database says.
pub fn end_old(tx: &mut Tx<'_>, own: TenantId, of: PersonId, seen_before: Instant, ended_before: Instant) -> Result<(), StoreError> {
    tx.execute(END_OLD, &[own.into(), of.into(), seen_before.into(), ended_before.into()]).map(drop)
}

/// Forgets up to `limit` sessions of anybody that were last seen before a moment, the oldest first; how many.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, seen_before: Instant, limit: i64) -> Result<u64, StoreError> {
    let old = tx.rows(OLD, &[own.into(), seen_before.into(), limit.into()], |row| row.id(0))?;
    if old.is_empty() { Ok(0) } else { tx.execute(FORGET, &[own.into(), (&old).into(), seen_before.into()]) }
}
