//! The names under which a company writes: few rows, read with each group of messages.
//!
//! That a key names one brand, and that one brand at most is the default, are keys of the table.

use regua_core::ids::{BrandId, TenantId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A brand as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrandRow {
    /// Its id.
    pub brand: BrandId,
    /// What a customer's attribute says to choose it.
    pub key: String,
    /// Whether it is the brand of customers that choose none.
    pub is_default: bool,
    /// When it was added.
    pub added_at: Instant,
    /// When its body last changed.
    pub changed_at: Instant,
    /// What it is: JSON.
    pub body: String,
}

const ALL: &str = "SELECT brand, key, standing, added_at, changed_at, body FROM brands WHERE tenant = $1 ORDER BY key";
const ADD: &str = "
    INSERT INTO brands (tenant, brand, key, standing, added_at, changed_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SET: &str = "UPDATE brands SET body = $3, changed_at = $4 WHERE tenant = $1 AND brand = $2";
const OTHERS: &str = "UPDATE brands SET standing = 'other' WHERE tenant = $1 AND standing = 'default' AND brand <> $2";
const DEFAULT: &str = "UPDATE brands SET standing = 'default' WHERE tenant = $1 AND brand = $2";
const REMOVE: &str = "DELETE FROM brands WHERE tenant = $1 AND brand = $2 AND standing <> 'default'";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("brands.all", ALL),
    ("brands.add", ADD),
    ("brands.set", SET),
    ("brands.others", OTHERS),
    ("brands.default", DEFAULT),
    ("brands.remove", REMOVE),
];

const fn standing(is_default: bool) -> &'static str {
    if is_default { "default" } else { "other" }
}

fn brand(row: &Row<'_>) -> Result<BrandRow, StoreError> {
    Ok(BrandRow {
        brand: BrandId::from_bytes(row.id(0)?).map_err(|_bad| row.bad(0, "the id of a brand", "another"))?,
        key: row.text(1)?,
        is_default: row.str(2)? == standing(true),
        added_at: row.at(3)?,
        changed_at: row.at(4)?,
        body: row.text(5)?,
    })
}

/// The brands of a tenant, by key.
///
/// # Errors
/// Whatever the database says.
pub fn all(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<BrandRow>, StoreError> {
    tx.rows(ALL, &[own.into()], brand)
}

/// Adds a brand.
///
/// # Errors
/// [`StoreError::Unique`] when there is one of this key, or another default.
pub fn add(tx: &mut Tx<'_>, own: TenantId, row: &BrandRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        row.brand.into(),
        Value::Text(&row.key),
        Value::Text(standing(row.is_default)),
        row.added_at.into(),
        row.changed_at.into(),
        Value::Text(&row.body),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// Writes what a brand is; whether it is there.
///
/// # Errors
/// Whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, id: BrandId, body: &str, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(SET, &[own.into(), id.into(), Value::Text(body), at.into()])? > 0)
}

/// Makes a brand the default, in place of whichever was; whether it is there.
///
/// # Errors
/// Whatever the database says.
pub fn make_default(tx: &mut Tx<'_>, own: TenantId, id: BrandId) -> Result<bool, StoreError> {
    tx.execute(OTHERS, &[own.into(), id.into()])?;
    Ok(tx.execute(DEFAULT, &[own.into(), id.into()])? > 0)
}

/// No brand is the default any more.
///
/// # Errors
/// Whatever the database says.
pub fn clear_default(tx: &mut Tx<'_>, own: TenantId) -> Result<(), StoreError> {
    // No brand has this id.
    tx.execute(OTHERS, &[own.into(), Value::Id([0; 16])]).map(drop)
}

/// Removes a brand that is not the default; whether it did.
///
/// # Errors
/// Whatever the database says.
pub fn remove(tx: &mut Tx<'_>, own: TenantId, id: BrandId) -> Result<bool, StoreError> {
    Ok(tx.execute(REMOVE, &[own.into(), id.into()])? > 0)
}
