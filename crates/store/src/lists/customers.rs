//! Customers, newest first.

use std::cmp::Reverse;

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::customer;
use crate::statements::Statement;

/// The columns of a customer in a list.
macro_rules! customer {
    ($rest:literal) => {
        concat!(
            "SELECT c.customer, c.external_id, c.source, c.created_at, c.erased_at, c.profile, k.wrapped, f.live, f.parked, f.wake_at
               FROM customers c
               JOIN customer_facts f ON f.tenant = c.tenant AND f.customer = c.customer
               LEFT JOIN customer_keys k ON k.tenant = c.tenant AND k.customer = c.customer
              WHERE c.tenant = $1 ",
            $rest
        )
    };
}

const IDS: &str = "SELECT customer FROM customers WHERE tenant = $1 AND customer < $2 ORDER BY customer DESC LIMIT $3";
const THESE: &str = customer!("AND c.customer IN /*+list*/ ($2)");

const PARKED_IDS: &str = "
    SELECT customer FROM customer_facts
     WHERE tenant = $1 AND parked IS NOT NULL AND customer < $2 ORDER BY customer DESC LIMIT $3";
const ERASED_IDS: &str = "
    SELECT customer FROM customers
     WHERE tenant = $1 AND erased_at IS NOT NULL AND customer < $2 ORDER BY customer DESC LIMIT $3";
// One index has whoever owes in order, each as often as there are open receivables.
const OWING_IDS: &str = "
    SELECT DISTINCT customer FROM receivables
     WHERE tenant = $1 AND status = 'open' AND customer < $2 ORDER BY customer DESC LIMIT $3";
const OWED: &str = "
    SELECT customer, currency, CAST(SUM(balance) AS BIGINT) FROM receivables
     WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND status = 'open'
     GROUP BY customer, currency ORDER BY customer, currency";
const AT_REST: &str = "
    SELECT receivable FROM receivables
     WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND status = 'open' AND resting LIMIT $3";

const OPEN: &str = "
    SELECT currency, COUNT(*), CAST(SUM(balance) AS BIGINT) FROM receivables
     WHERE tenant = $1 AND customer = $2 AND status = 'open'
     GROUP BY currency ORDER BY currency";
const OPEN_IDS: &str = "SELECT receivable FROM receivables WHERE tenant = $1 AND customer = $2 AND status = 'open' AND resting";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_customers.ids", IDS),
    ("lists_customers.these", THESE),
    ("lists_customers.parked_ids", PARKED_IDS),
    ("lists_customers.erased_ids", ERASED_IDS),
    ("lists_customers.owing_ids", OWING_IDS),
    ("lists_customers.owed", OWED),
    ("lists_customers.at_rest", AT_REST),
    ("lists_customers.open", OPEN),
    ("lists_customers.open_ids", OPEN_IDS),
];

/// A customer in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedCustomer {
    /// Which.
    pub customer: CustomerId,
    /// What its source calls it; our id once it is erased.
    pub external_id: String,
    /// What reports its payments.
    pub source: String,
    /// When it became known.
    pub created_at: Instant,
    /// When it was erased.
    pub erased_at: Option<Instant>,
    /// Who it is, sealed.
    pub profile: Vec<u8>,
    /// The key of that, wrapped; none once the person is erased.
    pub key: Option<Vec<u8>>,
    /// Receivables that something can happen to.
    pub live: i64,
    /// Why nothing is decided of it, if so.
    pub parked: Option<String>,
    /// When it is looked at next.
    pub wake_at: Instant,
}

/// Which customers are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Everybody.
    All,
    /// Who has something open.
    Owing,
    /// Of whom nothing is decided until somebody looks.
    Parked,
    /// Who was erased.
    Erased,
}

/// The ids of the `limit` customers that are wanted before one, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn ids(tx: &mut Tx<'_>, own: TenantId, wanted: Wanted, before: [u8; 16], limit: i64) -> Result<Vec<[u8; 16]>, StoreError> {
    let text = match wanted {
        Wanted::All => IDS,
        Wanted::Owing => OWING_IDS,
        Wanted::Parked => PARKED_IDS,
        Wanted::Erased => ERASED_IDS,
    };
    tx.rows(text, &[own.into(), Value::Id(before), limit.into()], |row| row.id(0))
}

/// What is open of customers, by customer and currency: ISO 4217 and minor units.
///
/// # Errors
/// Whatever the database says.
pub fn owed(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<(CustomerId, String, i64)>, StoreError> {
    tx.rows(OWED, &[own.into(), Value::List(ids)], |row| Ok((customer(row, 0)?, row.text(1)?, row.int(2)?)))
}

/// Up to `limit` open receivables of customers to which nothing can happen by itself, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn at_rest(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]], limit: i64) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(AT_REST, &[own.into(), Value::List(ids), limit.into()], |row| row.id(0))
}

/// These customers, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn these(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<ListedCustomer>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = tx.rows(THESE, &[own.into(), Value::List(ids)], listed)?;
    rows.sort_by_key(|row| Reverse(row.customer));
    Ok(rows)
}

/// What is open of a customer, by currency: ISO 4217, how many receivables, and their balance in minor units.
///
/// # Errors
/// Whatever the database says.
pub fn open(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<(String, i64, i64)>, StoreError> {
    tx.rows(OPEN, &[own.into(), id.into()], |row| Ok((row.text(0)?, row.int(1)?, row.int(2)?)))
}

/// The open receivables of a customer to which nothing can happen by itself.
///
/// # Errors
/// Whatever the database says.
pub fn open_at_rest(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(OPEN_IDS, &[own.into(), id.into()], |row| row.id(0))
}

fn listed(row: &Row<'_>) -> Result<ListedCustomer, StoreError> {
    Ok(ListedCustomer {
        customer: customer(row, 0)?,
        external_id: row.text(1)?,
        source: row.text(2)?,
        created_at: row.at(3)?,
        erased_at: row.opt_at(4)?,
        profile: row.bytes(5)?,
        key: row.opt_bytes(6)?,
        live: row.int(7)?,
        parked: row.opt_text(8)?,
        wake_at: row.at(9)?,
    })
}
