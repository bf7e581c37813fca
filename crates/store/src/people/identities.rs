//! What other systems call our people, as rows.

use regua_core::ids::{PersonId, TenantId};
use regua_core::time::Instant;

use super::person;
use crate::db::{StoreError, Tx, Value};
use crate::statements::Statement;

/// A person at an issuer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityRow {
    /// Whose word it is: the issuer's address.
    pub issuer: String,
    /// What the issuer calls them.
    pub subject: String,
    /// Who that is.
    pub person: PersonId,
    /// Since when we know.
    pub linked_at: Instant,
}

const ONE: &str = "SELECT person FROM people_identities WHERE tenant = $1 AND issuer = $2 AND subject = $3";
const OF: &str = "SELECT issuer, subject, person, linked_at FROM people_identities WHERE tenant = $1 AND person = $2 ORDER BY issuer";
const ADD: &str = "INSERT INTO people_identities (tenant, issuer, subject, person, linked_at) VALUES ($1, $2, $3, $4, $5)";
const REMOVE: &str = "DELETE FROM people_identities WHERE tenant = $1 AND person = $2 AND issuer = $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("identities.one", ONE), ("identities.of", OF), ("identities.add", ADD), ("identities.remove", REMOVE)];

/// Whom an issuer calls so.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, issuer: &str, subject: &str) -> Result<Option<PersonId>, StoreError> {
    tx.one(ONE, &[own.into(), Value::Text(issuer), Value::Text(subject)], |row| person(row, 0))
}

/// The identities of a person: as many as there are issuers, which are settings.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, id: PersonId) -> Result<Vec<IdentityRow>, StoreError> {
    tx.rows(OF, &[own.into(), id.into()], |row| {
        Ok(IdentityRow { issuer: row.text(0)?, subject: row.text(1)?, person: person(row, 2)?, linked_at: row.at(3)? })
    })
}

/// Adds an identity.
///
/// # Errors
/// [`StoreError::Unique`] when the subject is somebody, or the person has another subject there.
pub fn add(tx: &mut Tx<'_>, own: TenantId, new: &IdentityRow) -> Result<(), StoreError> {
    let values = [own.into(), Value::Text(&new.issuer), Value::Text(&new.subject), new.person.into(), new.linked_at.into()];
    tx.execute(ADD, &values).map(drop)
}

/// Forgets what an issuer calls a person; whether it was known.
///
/// # Errors
/// Whatever the database says.
pub fn remove(tx: &mut Tx<'_>, own: TenantId, id: PersonId, issuer: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(REMOVE, &[own.into(), id.into(), Value::Text(issuer)])? > 0)
}
