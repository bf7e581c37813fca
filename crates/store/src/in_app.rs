//! What a company's own app shows: secrets that its server signs with, and what customers have put away.
//!
//! Deliberately absent: what a secret is, which is sealed, and what is shown, which is computed and stored nowhere.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A secret as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Which: it stands in every token that it signs.
    pub secret: [u8; 16],
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub made_at: Instant,
    /// The first moment at which it does not count any more; none for the one that signs now.
    pub ends_at: Option<Instant>,
}

/// Secrets do not show, not even sealed.
impl std::fmt::Debug for SecretRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretRow").field("made_at", &self.made_at).field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}

/// What a customer has put away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenRow {
    /// `notice` or `banner`.
    pub state: String,
    /// For which of its days.
    pub seen_on: Day,
}

const SECRETS: &str = "SELECT secret, sealed, made_at, ends_at FROM in_app_secrets WHERE tenant = $1 ORDER BY made_at, secret";
const SECRET: &str = "SELECT secret, sealed, made_at, ends_at FROM in_app_secrets WHERE tenant = $1 AND secret = $2";
const ADD: &str = "INSERT INTO in_app_secrets (tenant, secret, sealed, made_at, ends_at) VALUES ($1, $2, $3, $4, $5)";
const END: &str = "UPDATE in_app_secrets SET ends_at = $2 WHERE tenant = $1 AND (ends_at IS NULL OR ends_at > $2)";
const FORGET: &str = "DELETE FROM in_app_secrets WHERE tenant = $1 AND ends_at IS NOT NULL AND ends_at <= $2";
const SEEN: &str = "SELECT state, seen_on FROM in_app_seen WHERE tenant = $1 AND customer = $2";
const SEE: &str = "
    INSERT INTO in_app_seen (tenant, customer, state, seen_on) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, customer) DO UPDATE SET state = $3, seen_on = $4";
const MOVED: &str = "SELECT seq FROM customer_facts WHERE tenant = $1 AND customer = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("in_app.secrets", SECRETS),
    ("in_app.secret", SECRET),
    ("in_app.add", ADD),
    ("in_app.end", END),
    ("in_app.forget", FORGET),
    ("in_app.seen", SEEN),
    ("in_app.see", SEE),
    ("in_app.moved", MOVED),
];

fn secret_row(row: &Row<'_>) -> Result<SecretRow, StoreError> {
    Ok(SecretRow { secret: row.id(0)?, sealed: row.bytes(1)?, made_at: row.at(2)?, ends_at: row.opt_at(3)? })
}

/// The secrets of a tenant, the oldest first: a handful.
///
/// # Errors
/// Whatever the database says.
pub fn secrets(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<SecretRow>, StoreError> {
    tx.rows(SECRETS, &[own.into()], secret_row)
}

/// One of them.
///
/// # Errors
/// Whatever the database says.
pub fn secret(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<Option<SecretRow>, StoreError> {
    tx.one(SECRET, &[own.into(), Value::Id(id)], secret_row)
}

/// Adds a secret.
///
/// # Errors
/// [`StoreError::Unique`] when there is one of this id; whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, row: &SecretRow) -> Result<(), StoreError> {
    let values = [own.into(), Value::Id(row.secret), Value::Bytes(&row.sealed), row.made_at.into(), row.ends_at.into()];
    tx.execute(ADD, &values).map(drop)
}

/// Lets every secret end at a moment that does not end before it.
///
/// # Errors
/// Whatever the database says.
pub fn end(tx: &mut Tx<'_>, own: TenantId, at: Instant) -> Result<u64, StoreError> {
    tx.execute(END, &[own.into(), at.into()])
}

/// Forgets secrets that ended at a moment or before.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, at: Instant) -> Result<u64, StoreError> {
    tx.execute(FORGET, &[own.into(), at.into()])
}

/// What a customer has put away last.
///
/// # Errors
/// Whatever the database says.
pub fn seen(tx: &mut Tx<'_>, own: TenantId, customer: CustomerId) -> Result<Option<SeenRow>, StoreError> {
    tx.one(SEEN, &[own.into(), customer.into()], |row| Ok(SeenRow { state: row.text(0)?, seen_on: row.date(1)? }))
}

/// A customer puts something away, in place of what it put away before.
///
/// # Errors
/// [`StoreError::Foreign`] without such a customer; whatever the database says.
pub fn see(tx: &mut Tx<'_>, own: TenantId, customer: CustomerId, row: &SeenRow) -> Result<(), StoreError> {
    tx.execute(SEE, &[own.into(), customer.into(), Value::Text(&row.state), row.seen_on.into()]).map(drop)
}

/// How much has happened to a customer: another number means that something has. None without such a customer.
///
/// # Errors
/// Whatever the database says.
pub fn moved(tx: &mut Tx<'_>, own: TenantId, customer: CustomerId) -> Result<Option<i64>, StoreError> {
    tx.one(MOVED, &[own.into(), customer.into()], |row| row.int(0))
}
