//! Ways in which people look at lists, saved under a name: few rows each.
//!
//! That a name is one view of a person's on a page is a key of the table.

use regua_core::ids::{PersonId, TenantId, ViewId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A view as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ViewRow {
    /// Its id.
    pub view: ViewId,
    /// Whose it is.
    pub person: PersonId,
    /// What that person was called when it was saved.
    pub by: String,
    /// Of which page.
    pub page: String,
    /// Its name.
    pub name: String,
    /// Whether everybody of the company sees it.
    pub shared: bool,
    /// Filters and columns: JSON.
    pub body: String,
    /// When it was last saved.
    pub saved_at: Instant,
}

/// The columns of a view.
macro_rules! view {
    ($rest:literal) => {
        concat!("SELECT view, person, by_whom, page, name, shared, body, saved_at FROM saved_views WHERE tenant = $1 ", $rest)
    };
}

const OWN: &str = view!("AND person = $2 ORDER BY page, name LIMIT $3");
const SHARED: &str = view!("AND shared ORDER BY view LIMIT $2");
const ONE: &str = view!("AND view = $2");
const ADD: &str = "
    INSERT INTO saved_views (tenant, view, person, by_whom, page, name, shared, body, saved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const SET: &str = "UPDATE saved_views SET name = $3, shared = $4, body = $5, saved_at = $6 WHERE tenant = $1 AND view = $2";
const REMOVE: &str = "DELETE FROM saved_views WHERE tenant = $1 AND view = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("saved.own", OWN), ("saved.shared", SHARED), ("saved.one", ONE), ("saved.add", ADD), ("saved.set", SET), ("saved.remove", REMOVE)];

fn view(row: &Row<'_>) -> Result<ViewRow, StoreError> {
    Ok(ViewRow {
        view: ViewId::from_bytes(row.id(0)?).map_err(|_bad| row.bad(0, "the id of a view", "another"))?,
        person: PersonId::from_bytes(row.id(1)?).map_err(|_bad| row.bad(1, "the id of a person", "another"))?,
        by: row.text(2)?,
        page: row.text(3)?,
        name: row.text(4)?,
        shared: row.bool(5)?,
        body: row.text(6)?,
        saved_at: row.at(7)?,
    })
}

/// Up to `limit` views of a person's own, by page and name.
///
/// # Errors
/// Whatever the database says.
pub fn own(tx: &mut Tx<'_>, tenant: TenantId, person: PersonId, limit: i64) -> Result<Vec<ViewRow>, StoreError> {
    tx.rows(OWN, &[tenant.into(), person.into(), limit.into()], view)
}

/// Up to `limit` views that everybody of a company sees, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn shared(tx: &mut Tx<'_>, tenant: TenantId, limit: i64) -> Result<Vec<ViewRow>, StoreError> {
    tx.rows(SHARED, &[tenant.into(), limit.into()], view)
}

/// A view.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, tenant: TenantId, id: ViewId) -> Result<Option<ViewRow>, StoreError> {
    tx.one(ONE, &[tenant.into(), id.into()], view)
}

/// Adds a view.
///
/// # Errors
/// [`StoreError::Unique`] when its person has one of this name on this page.
pub fn add(tx: &mut Tx<'_>, tenant: TenantId, row: &ViewRow) -> Result<(), StoreError> {
    let values = [
        tenant.into(),
        row.view.into(),
        row.person.into(),
        Value::Text(&row.by),
        Value::Text(&row.page),
        Value::Text(&row.name),
        row.shared.into(),
        Value::Text(&row.body),
        row.saved_at.into(),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// Writes a view's name, body, and who sees it.
///
/// # Errors
/// [`StoreError::Unique`] when its person has another of this name on its page.
pub fn set(tx: &mut Tx<'_>, tenant: TenantId, row: &ViewRow) -> Result<(), StoreError> {
    let values = [tenant.into(), row.view.into(), Value::Text(&row.name), row.shared.into(), Value::Text(&row.body), row.saved_at.into()];
    tx.execute(SET, &values).map(drop)
}

/// Removes a view.
///
/// # Errors
/// Whatever the database says.
pub fn remove(tx: &mut Tx<'_>, tenant: TenantId, id: ViewId) -> Result<(), StoreError> {
    tx.execute(REMOVE, &[tenant.into(), id.into()]).map(drop)
}
