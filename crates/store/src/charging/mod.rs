//! Charging by itself: gateways, methods, attempts, what waits for the payer, money that gateways took, and what they tell.
//!
//! One file a noun. A row is loaded, changed and written back by the same struct; what says that something is due is found
//! across tenants by narrow rows, which the claim may see, and loaded within the tenant. Deliberately absent: what any of it
//! means, and locks of its own: whoever moves money holds the customer's row.

pub mod charges;
pub mod codes;
pub mod gateways;
pub mod instruments;
pub mod methods;
pub mod mirrored;
pub mod payments;
pub mod refunds;
pub mod timings;
pub mod webhooks;

use std::str::FromStr;

use crate::db::{Row, StoreError};
use crate::due::{customer, receivable};
use regua_core::ids::{CustomerId, ReceivableId};

/// A word of a closed list in a column.
fn word<T: FromStr>(row: &Row<'_>, column: usize, wanted: &'static str) -> Result<T, StoreError> {
    row.str(column)?.parse().map_err(|_unknown| row.bad(column, wanted, "another word"))
}

/// As [`word`], or nothing.
fn opt_word<T: FromStr>(row: &Row<'_>, column: usize, wanted: &'static str) -> Result<Option<T>, StoreError> {
    row.opt_str(column)?.map(str::parse).transpose().map_err(|_unknown| row.bad(column, wanted, "another word"))
}

/// A customer's id, or nothing.
fn opt_customer(row: &Row<'_>, column: usize) -> Result<Option<CustomerId>, StoreError> {
    row.opt_id(column)?.map(|_| customer(row, column)).transpose()
}

/// A receivable's id, or nothing.
fn opt_receivable(row: &Row<'_>, column: usize) -> Result<Option<ReceivableId>, StoreError> {
    row.opt_id(column)?.map(|_| receivable(row, column)).transpose()
}

/// Every row that was to be changed must have been: another count means that one is not there, or not as the guard wants it.
fn all_of(rows: u64, wanted: usize, table: &'static str) -> Result<(), StoreError> {
    if u64::try_from(wanted) == Ok(rows) { Ok(()) } else { Err(StoreError::Vanished { table, wanted, rows }) }
}
