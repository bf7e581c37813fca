//! People of the company, as rows.

use std::fmt;

use regua_core::ids::{PersonId, TenantId};
use regua_core::time::Instant;

use super::person;
use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Who.
    pub person: PersonId,
    /// In lower case, one person each.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// owner, manager, collector, analyst, reader.
    pub role: String,
    /// How much they may decide alone, in minor units; none without limit.
    pub limit_minor: Option<i64>,
    /// Whether they are the first one.
    pub founder: bool,
    /// When they were set up or invited.
    pub created_at: Instant,
    /// Since when they may not sign in.
    pub disabled_at: Option<Instant>,
    /// The hash of the password, in PHC form; none until they chose one.
    pub password: Option<String>,
    /// The secret of one-time codes, sealed.
    pub totp: Option<Vec<u8>>,
    /// When a code confirmed it; it does not count before.
    pub totp_at: Option<Instant>,
    /// The last step of which a code was used.
    pub totp_step: i64,
}

/// Without anything that proves who somebody is, and without the person.
impl fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRow").field("person", &self.person).field("role", &self.role).finish_non_exhaustive()
    }
}

/// The columns of a person.
macro_rules! person {
    ($rest:literal) => {
        concat!(
            "SELECT person, email, name, role, limit_minor, founder, created_at, disabled_at, password, totp, totp_at, totp_step FROM people ",
            $rest
        )
    };
}

const ONE: &str = person!("WHERE tenant = $1 AND person = $2");
const BY_EMAIL: &str = person!("WHERE tenant = $1 AND email = $2");
const PAGE: &str = person!("WHERE tenant = $1 AND person > $2 ORDER BY person LIMIT $3");
const COUNT: &str = "SELECT COUNT(*) FROM people WHERE tenant = $1";
const OTHER_OWNERS: &str = "
    SELECT COUNT(*) FROM people p
     WHERE p.tenant = $1 AND p.person <> $2 AND p.role = 'owner' AND p.disabled_at IS NULL
       AND (p.password IS NOT NULL OR EXISTS (SELECT 1 FROM people_identities i WHERE i.tenant = p.tenant AND i.person = p.person))";
const ADD: &str = "
    INSERT INTO people (tenant, person, email, name, role, limit_minor, founder, created_at, disabled_at, password, totp, totp_at, totp_step)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const SET: &str = "UPDATE people SET name = $3, role = $4, limit_minor = $5, disabled_at = $6 WHERE tenant = $1 AND person = $2";
const SET_PASSWORD: &str = "UPDATE people SET password = $3 WHERE tenant = $1 AND person = $2";
const REHASH: &str = "UPDATE people SET password = $4 WHERE tenant = $1 AND person = $2 AND password = $3";
const SET_TOTP: &str = "UPDATE people SET totp = $3, totp_at = $4, totp_step = $5 WHERE tenant = $1 AND person = $2";
const USE_STEP: &str = "UPDATE people SET totp_step = $3 WHERE tenant = $1 AND person = $2 AND totp_step < $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("persons.one", ONE),
    ("persons.by_email", BY_EMAIL),
    ("persons.page", PAGE),
    ("persons.count", COUNT),
    ("persons.other_owners", OTHER_OWNERS),
    ("persons.add", ADD),
    ("persons.set", SET),
    ("persons.set_password", SET_PASSWORD),
    ("persons.rehash", REHASH),
    ("persons.set_totp", SET_TOTP),
    ("persons.use_step", USE_STEP),
];

fn stored(row: &Row<'_>) -> Result<PersonRow, StoreError> {
    Ok(PersonRow {
        person: person(row, 0)?,
        email: row.text(1)?,
        name: row.text(2)?,
        role: row.text(3)?,
        limit_minor: row.opt_int(4)?,
        founder: row.opt_int(5)?.is_some(),
        created_at: row.at(6)?,
        disabled_at: row.opt_at(7)?,
        password: row.opt_text(8)?,
        totp: row.opt_bytes(9)?,
        totp_at: row.opt_at(10)?,
        totp_step: row.int(11)?,
    })
}

/// A person.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<Option<PersonRow>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], stored)
}

/// The person with an address, which is in lower case.
///
/// # Errors
/// Whatever the database says.
pub fn by_email(tx: &mut Tx<'_>, own: TenantId, email: &str) -> Result<Option<PersonRow>, StoreError> {
    tx.one(BY_EMAIL, &[own.into(), Value::Text(email)], stored)
}

/// Up to `limit` people behind one, in the order in which they came.
///
/// # Errors
/// Whatever the database says.
pub fn page(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<PersonRow>, StoreError> {
    tx.rows(PAGE, &[own.into(), Value::Id(after), limit.into()], stored)
}

/// How many people there are, disabled ones too.
///
/// # Errors
/// Whatever the database says.
pub fn count(tx: &mut Tx<'_>, own: TenantId) -> Result<i64, StoreError> {
    Ok(tx.one(COUNT, &[own.into()], |row| row.int(0))?.unwrap_or(0))
}

/// How many owners besides one can sign in.
///
/// # Errors
/// Whatever the database says.
pub fn other_owners(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<i64, StoreError> {
    Ok(tx.one(OTHER_OWNERS, &[own.into(), id.into()], |row| row.int(0))?.unwrap_or(0))
}

/// Adds a person.
///
/// # Errors
/// [`StoreError::Unique`] when the address is taken, or when there is a first one already.
pub fn add(tx: &mut Tx<'_>, own: TenantId, new: &PersonRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        new.person.into(),
        Value::Text(&new.email),
        Value::Text(&new.name),
        Value::Text(&new.role),
        new.limit_minor.into(),
        new.founder.then_some(1_i64).into(),
        new.created_at.into(),
        new.disabled_at.into(),
        new.password.as_deref().into(),
        new.totp.as_deref().into(),
        new.totp_at.into(),
        new.totp_step.into(),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// Writes a person's name, role, limit and whether they may sign in.
///
/// # Errors
/// Whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, row: &PersonRow) -> Result<(), StoreError> {
    let values =
        [own.into(), row.person.into(), Value::Text(&row.name), Value::Text(&row.role), row.limit_minor.into(), row.disabled_at.into()];
    tx.execute(SET, &values).map(drop)
}

/// Writes the hash of a person's password.
///
/// # Errors
/// Whatever the database says.
pub fn set_password(tx: &mut Tx<'_>, own: TenantId, id: PersonId, hash: &str) -> Result<(), StoreError> {
    tx.execute(SET_PASSWORD, &[own.into(), id.into(), Value::Text(hash)]).map(drop)
}

/// Replaces the hash of a password by another of the same one, unless the password was changed meanwhile.
///
/// # Errors
/// Whatever the database says.
pub fn rehash(tx: &mut Tx<'_>, own: TenantId, id: PersonId, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(REHASH, &[own.into(), id.into(), Value::Text(old), Value::Text(new)]).map(drop)
}

/// Writes the secret of one-time codes, when it was confirmed, and the last step that was used.
///
/// # Errors
/// Whatever the database says.
pub fn set_totp(tx: &mut Tx<'_>, own: TenantId, row: &PersonRow) -> Result<(), StoreError> {
    let values = [own.into(), row.person.into(), row.totp.as_deref().into(), row.totp_at.into(), row.totp_step.into()];
    tx.execute(SET_TOTP, &values).map(drop)
}

/// Uses up the code of a step and those before it; whether that was still to be had.
///
/// # Errors
/// Whatever the database says.
pub fn use_step(tx: &mut Tx<'_>, own: TenantId, id: PersonId, step: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(USE_STEP, &[own.into(), id.into(), step.into()])? > 0)
}
