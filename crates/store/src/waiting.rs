//! How much waits, for whoever watches: counted up to a most, so that asking stays cheap when much does.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{StoreError, Tx};
use crate::statements::Statement;

const MESSAGES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM messages WHERE tenant = $1 AND status IN ('queued', 'sending', 'unknown') \
                        AND status <> 'unknown' LIMIT $2) waiting";
/// Of every tenant: what is due is found by its moment, whoever it is of.
const CUSTOMERS: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM customer_facts WHERE wake_at <= $1 LIMIT $2) waiting";
const PAGES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM log_pages WHERE tenant = $1 AND unfed IS NOT NULL LIMIT $2) waiting";
const DELIVERIES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM deliveries WHERE tenant = $1 AND due_at IS NOT NULL LIMIT $2) waiting";

pub(crate) const STATEMENTS: &[Statement] =
    &[("waiting.messages", MESSAGES), ("waiting.customers", CUSTOMERS), ("waiting.pages", PAGES), ("waiting.deliveries", DELIVERIES)];

/// How much of each sort waits, up to a most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waiting {
    /// Messages that are not sent yet.
    pub messages: i64,
    /// Customers whose moment has come, of every tenant.
    pub customers: i64,
    /// Pages of the log that are not in the feed yet.
    pub pages: i64,
    /// Deliveries to endpoints that are not over.
    pub deliveries: i64,
}

/// Counts what waits of a tenant, but for its customers; of each sort at most `most`.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId, most: i64) -> Result<Waiting, StoreError> {
    let mut count =
        |statement: &'static str| Ok::<_, StoreError>(tx.one(statement, &[own.into(), most.into()], |row| row.int(0))?.unwrap_or(0));
    Ok(Waiting { messages: count(MESSAGES)?, customers: 0, pages: count(PAGES)?, deliveries: count(DELIVERIES)? })
}

/// How many customers, of whichever tenant, have a moment that has come; at most `most`. In the scope of claims.
///
/// # Errors
/// Whatever the database says.
pub fn due(tx: &mut Tx<'_>, now: Instant, most: i64) -> Result<i64, StoreError> {
    Ok(tx.one(CUSTOMERS, &[now.into(), most.into()], |row| row.int(0))?.unwrap_or(0))
}
