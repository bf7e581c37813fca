//! How much waits, for whoever watches: counted up to a most, so that asking stays cheap when much does.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{StoreError, Tx};
use crate::statements::Statement;

const MESSAGES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM messages WHERE tenant = $1 AND status IN ('queued', 'sending', 'unknown') \
                        AND status <> 'unknown' LIMIT $2) waiting";
const CUSTOMERS: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM customer_facts WHERE wake_at <= $2 AND tenant = $1 LIMIT $3) waiting";
const PAGES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_pages WHERE tenant = $1 AND unfed IS NOT NULL LIMIT $2) waiting";
const DELIVERIES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM deliveries WHERE tenant = $1 AND due_at IS NOT NULL LIMIT $2) waiting";

pub(crate) const STATEMENTS: &[Statement] =
    &[("waiting.messages", MESSAGES), ("waiting.customers", CUSTOMERS), ("waiting.pages", PAGES), ("waiting.deliveries", DELIVERIES)];

/// How much of each sort waits, up to a most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waiting {
    /// Messages that are not sent yet.
    pub messages: i64,
    /// Customers whose moment has come.
    pub customers: i64,
    /// Pages of the log that are not in the feed yet.
    pub pages: i64,
    /// Deliveries to endpoints that are not over.
    pub deliveries: i64,
}

/// Counts what waits; of each sort at most `most`.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId, now: Instant, most: i64) -> Result<Waiting, StoreError> {
    let count = |tx: &mut Tx<'_>, statement: &'static str| {
        Ok::<_, StoreError>(tx.one(statement, &[own.into(), most.into()], |row| row.int(0))?.unwrap_or(0))
    };
    Ok(Waiting {
        messages: count(tx, MESSAGES)?,
        customers: tx.one(CUSTOMERS, &[own.into(), now.into(), most.into()], |row| row.int(0))?.unwrap_or(0),
        pages: count(tx, PAGES)?,
        deliveries: count(tx, DELIVERIES)?,
    })
}
