//! A chain of the log from its end: what the audit shows.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{StoreError, Tx, Value};
use crate::statements::Statement;

/// An event without its seal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrailRow {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What sort.
    pub kind: String,
    /// What happened, JSON.
    pub payload: String,
}

const BEFORE: &str = "
    SELECT seq, at, kind, payload FROM events
     WHERE tenant = $1 AND stream = $2 AND seq < $3
     ORDER BY seq DESC LIMIT $4";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[("trail.before", BEFORE)];

/// Up to `limit` events of a chain before a place, the last first.
///
/// # Errors
/// Whatever the database says.
pub fn before(tx: &mut Tx<'_>, own: TenantId, stream: [u8; 16], seq: i64, limit: i64) -> Result<Vec<TrailRow>, StoreError> {
    tx.rows(BEFORE, &[own.into(), Value::Id(stream), seq.into(), limit.into()], |row| {
        Ok(TrailRow { seq: row.int(0)?, at: row.at(1)?, kind: row.text(2)?, payload: row.text(3)? })
    })
}
