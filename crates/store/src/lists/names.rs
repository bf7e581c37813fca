//! What sources call the customers and receivables of a page.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};

use crate::db::{StoreError, Tx, Value};
use crate::due::customer;
use crate::outbox;
use crate::statements::Statement;

const CUSTOMERS: &str = "SELECT customer, external_id FROM customers WHERE tenant = $1 AND customer IN /*+list*/ ($2)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[("names.customers", CUSTOMERS)];

/// What their source calls these customers.
///
/// # Errors
/// Whatever the database says.
pub fn customers(
    tx: &mut Tx<'_>,
    own: TenantId,
    ids: impl IntoIterator<Item = CustomerId>,
) -> Result<BTreeMap<CustomerId, String>, StoreError> {
    let ids = once(ids.into_iter().map(|id| id.to_bytes()));
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = tx.rows(CUSTOMERS, &[own.into(), Value::List(&ids)], |row| Ok((customer(row, 0)?, row.text(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// What their source calls these receivables.
///
/// # Errors
/// Whatever the database says.
pub fn receivables(
    tx: &mut Tx<'_>,
    own: TenantId,
    ids: impl IntoIterator<Item = ReceivableId>,
) -> Result<BTreeMap<ReceivableId, String>, StoreError> {
    let ids = once(ids.into_iter().map(|id| id.to_bytes()));
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(outbox::names(tx, own, &ids)?.into_iter().collect())
}

fn once(ids: impl Iterator<Item = [u8; 16]>) -> Vec<[u8; 16]> {
    let mut ids: Vec<[u8; 16]> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
