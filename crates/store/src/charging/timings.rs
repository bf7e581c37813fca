//! What was learnt of when retries succeed, and what it is learnt from.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::statements::Statement;

/// Weights that were learnt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimingRow {
    /// From 1; the newest counts.
    pub version: i64,
    /// JSON.
    pub body: String,
    /// Of how many attempts.
    pub attempts: i64,
    /// When.
    pub learnt_at: Instant,
}

/// A retry whose moment was chosen, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutcomeRow {
    /// What the chooser saw of the moment, JSON.
    pub features: String,
    /// The share of such choices, in hundredths of a percent.
    pub propensity: i64,
    /// Whether the money was taken.
    pub settled: bool,
}

const NEWEST: &str = "SELECT version, body, attempts, learnt_at FROM timings WHERE tenant = $1 ORDER BY version DESC LIMIT 1";
const ADD: &str = "INSERT INTO timings (tenant, version, body, attempts, learnt_at) VALUES ($1, $2, $3, $4, $5)";
// A choice stands with the attempt that failed before it; what came of it is the next occurrence of its step.
const OUTCOMES: &str = "
    SELECT a.features, a.propensity, b.status FROM charges a
      JOIN charges b ON b.tenant = a.tenant AND b.customer = a.customer AND b.receivable = a.receivable AND b.cycle = a.cycle
                    AND b.step = a.step AND b.occurrence = a.occurrence + 1
     WHERE a.tenant = $1 AND a.customer IN /*+list*/ ($2) AND a.features IS NOT NULL AND b.status IN ('settled', 'declined')
     ORDER BY a.customer, a.ordered_at";
const CUSTOMERS: &str = "
    SELECT DISTINCT customer FROM charges WHERE tenant = $1 AND customer > $2 ORDER BY customer LIMIT $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("timings.newest", NEWEST), ("timings.add", ADD), ("timings.outcomes", OUTCOMES), ("timings.customers", CUSTOMERS)];

/// The weights that count now.
///
/// # Errors
/// Whatever the database says.
pub fn newest(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<TimingRow>, StoreError> {
    tx.one(NEWEST, &[own.into()], |row| {
        Ok(TimingRow { version: row.int(0)?, body: row.text(1)?, attempts: row.int(2)?, learnt_at: row.at(3)? })
    })
}

/// Adds weights: they count from now on.
///
/// # Errors
/// [`StoreError::Unique`] when the version is there; whatever else the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, new: &TimingRow) -> Result<(), StoreError> {
    let values = [own.into(), new.version.into(), Value::Text(&new.body), new.attempts.into(), new.learnt_at.into()];
    tx.execute(ADD, &values).map(drop)
}

fn outcome(row: &Row<'_>) -> Result<OutcomeRow, StoreError> {
    Ok(OutcomeRow { features: row.text(0)?, propensity: row.int(1)?, settled: row.str(2)? == "settled" })
}

/// Up to `limit` customers with attempts, behind one, by id.
///
/// # Errors
/// Whatever the database says.
pub fn customers(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(CUSTOMERS, &[own.into(), Value::Id(after), limit.into()], |row| row.id(0))
}

/// What came of retries of these customers whose moments were chosen.
///
/// # Errors
/// Whatever the database says.
pub fn outcomes(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<OutcomeRow>, StoreError> {
    tx.rows(OUTCOMES, &[own.into(), Value::List(customers)], outcome)
}
