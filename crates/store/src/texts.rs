//! Texts of templates of a company's own: versions, of which the newest counts.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// A version of a template's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextRow {
    /// Its place among all of the tenant's, from 1.
    pub number: i64,
    /// The word of its language.
    pub language: String,
    /// The template's name.
    pub name: String,
    /// The file; nothing when from then on the text that ships counts again.
    pub body: Option<String>,
    /// Who published it.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub published_at: Instant,
}

/// The columns of a version.
macro_rules! text {
    ($rest:literal) => {
        concat!("SELECT number, language, name, body, by_whom, reason, published_at FROM template_texts WHERE tenant = $1 ", $rest)
    };
}

const LAST: &str = "SELECT number FROM template_texts WHERE tenant = $1 ORDER BY number DESC LIMIT 1";
const AFTER: &str = text!("AND number > $2 ORDER BY number LIMIT $3");
const OF: &str = text!("AND language = $2 AND name = $3 AND number < $4 ORDER BY number DESC LIMIT $5");
const NEWEST: &str =
    text!("AND number IN (SELECT MAX(number) FROM template_texts WHERE tenant = $1 GROUP BY language, name) ORDER BY language, name");
const ADD: &str = "
    INSERT INTO template_texts (tenant, number, language, name, body, by_whom, reason, published_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("texts.last", LAST), ("texts.after", AFTER), ("texts.of", OF), ("texts.newest", NEWEST), ("texts.add", ADD)];

fn text(row: &Row<'_>) -> Result<TextRow, StoreError> {
    Ok(TextRow {
        number: row.int(0)?,
        language: row.text(1)?,
        name: row.text(2)?,
        body: row.opt_text(3)?,
        by: row.text(4)?,
        reason: row.opt_text(5)?,
        published_at: row.at(6)?,
    })
}

/// The number of the newest version of all; 0 when there is none.
///
/// # Errors
/// Whatever the database says.
pub fn last(tx: &mut Tx<'_>, own: TenantId) -> Result<i64, StoreError> {
    Ok(tx.one(LAST, &[own.into()], |row| row.int(0))?.unwrap_or(0))
}

/// Up to `limit` versions of everything behind a number, in order.
///
/// # Errors
/// Whatever the database says.
pub fn after(tx: &mut Tx<'_>, own: TenantId, number: i64, limit: i64) -> Result<Vec<TextRow>, StoreError> {
    tx.rows(AFTER, &[own.into(), number.into(), limit.into()], text)
}

/// Up to `limit` versions of one file before a number, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, (language, name): (&str, &str), before: i64, limit: i64) -> Result<Vec<TextRow>, StoreError> {
    tx.rows(OF, &[own.into(), Value::Text(language), Value::Text(name), before.into(), limit.into()], text)
}

/// The newest version of each file, those that gave way to what ships included; at most as many as there are templates.
///
/// # Errors
/// Whatever the database says.
pub fn newest(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<TextRow>, StoreError> {
    tx.rows(NEWEST, &[own.into()], text)
}

/// Adds a version.
///
/// # Errors
/// [`StoreError::Unique`] when there is one of this number.
pub fn add(tx: &mut Tx<'_>, own: TenantId, row: &TextRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        row.number.into(),
        Value::Text(&row.language),
        Value::Text(&row.name),
        row.body.as_deref().into(),
        Value::Text(&row.by),
        row.reason.as_deref().into(),
        row.published_at.into(),
    ];
    tx.execute(ADD, &values).map(drop)
}
