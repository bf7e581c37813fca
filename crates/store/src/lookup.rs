//! Finding things by what their source calls them, for imports and commands.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::bank;
use crate::db::{StoreError, Tx, Value};
use crate::due::{customer, receivable};
use crate::statements::Statement;

const CUSTOMERS: &str = "
    SELECT customer, external_id FROM customers WHERE tenant = $1 AND external_id IN /*+list*/ ($2)";
const RECEIVABLES: &str = "
    SELECT receivable, customer, external_id FROM receivables WHERE tenant = $1 AND external_id IN /*+list*/ ($2)";
const CUSTOMERS_BEGIN: &str = "
    SELECT customer, external_id FROM customers
     WHERE tenant = $1 AND external_id >= $2 AND external_id < $3 ORDER BY external_id LIMIT $4";
const RECEIVABLES_BEGIN: &str = "
    SELECT receivable, customer, external_id FROM receivables
     WHERE tenant = $1 AND external_id >= $2 AND external_id < $3 ORDER BY external_id LIMIT $4";
// Each customer's come by their index; a limit of all would let a planner look elsewhere for them.
const OF_CUSTOMER: &str = "SELECT receivable FROM receivables WHERE tenant = $1 AND customer = $2 LIMIT $3";
const AS_TOLD: &str = "
    SELECT r.external_id, c.external_id, r.currency, r.amount, r.issued_on, r.due_on, r.method FROM receivables r
      JOIN customers c ON c.tenant = r.tenant AND c.customer = r.customer
     WHERE r.tenant = $1 AND r.external_id IN /*+list*/ ($2)";
const RECEIVABLE_OF: &str = "SELECT customer, external_id FROM receivables WHERE tenant = $1 AND receivable = $2";
const CUSTOMER_OF: &str = "SELECT external_id FROM customers WHERE tenant = $1 AND customer = $2";
const PAYMENTS: &str = "
    SELECT receivable, external_id, amount, paid_on, known_at FROM payments
     WHERE tenant = $1 AND receivable IN /*+list*/ ($2)
     ORDER BY receivable, external_id";
const PAGE: &str = "
    SELECT customer, external_id FROM customers
     WHERE tenant = $1 AND customer > $2
     ORDER BY customer LIMIT $3";
const PARKED: &str = "
    SELECT c.external_id, f.parked FROM customer_facts f
      JOIN customers c ON c.tenant = f.tenant AND c.customer = f.customer
     WHERE f.tenant = $1 AND f.parked IS NOT NULL
     ORDER BY f.customer LIMIT $2";
const AWAITING: &str = "
    SELECT customer FROM customer_facts WHERE tenant = $1 AND awaits_release ORDER BY customer LIMIT $2";
const AWAITING_AFTER: &str = "
    SELECT customer FROM customer_facts WHERE tenant = $1 AND awaits_release AND customer > $2 ORDER BY customer LIMIT $3";
const DUE_BEFORE: &str = "
    SELECT customer FROM customer_facts
     WHERE tenant = $1 AND wake_at < $2 AND live > 0
     ORDER BY wake_at, customer LIMIT $3";
const COUNTS: &str = "
    SELECT (SELECT COUNT(*) FROM customers WHERE tenant = $1),
           (SELECT COUNT(*) FROM receivables WHERE tenant = $1),
           (SELECT COUNT(*) FROM receivables WHERE tenant = $1 AND resting = FALSE)";

const CUSTOMERS_MARKED: &str = "
    SELECT customer FROM customer_marks
     WHERE tenant = $1 AND mark = $2 AND customer < $4
       AND ($3 = $2 OR EXISTS (SELECT 1 FROM customer_marks s WHERE s.tenant = $1 AND s.mark = $3 AND s.customer = customer_marks.customer))
     ORDER BY customer DESC LIMIT $5";
const TO_MARK: &str = "SELECT behind FROM names_to_mark WHERE tenant = $1";
const MARKED_UNTIL: &str = "UPDATE names_to_mark SET behind = $2 WHERE tenant = $1";
const ALL_MARKED: &str = "DELETE FROM names_to_mark WHERE tenant = $1";
/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lookup.customers", CUSTOMERS),
    ("lookup.receivables", RECEIVABLES),
    ("lookup.customers_begin", CUSTOMERS_BEGIN),
    ("lookup.customers_marked", CUSTOMERS_MARKED),
    ("lookup.to_mark", TO_MARK),
    ("lookup.marked_until", MARKED_UNTIL),
    ("lookup.all_marked", ALL_MARKED),
    ("lookup.receivables_begin", RECEIVABLES_BEGIN),
    ("lookup.of_customer", OF_CUSTOMER),
    ("lookup.as_told", AS_TOLD),
    ("lookup.receivable_of", RECEIVABLE_OF),
    ("lookup.customer_of", CUSTOMER_OF),
    ("lookup.payments", PAYMENTS),
    ("lookup.page", PAGE),
    ("lookup.parked", PARKED),
    ("lookup.awaiting", AWAITING),
    ("lookup.awaiting_after", AWAITING_AFTER),
    ("lookup.due_before", DUE_BEFORE),
    ("lookup.counts", COUNTS),
];

/// A payment as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPayment {
    /// For which receivable.
    pub receivable: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// How much, in minor units.
    pub amount: Option<i64>,
    /// The payer's day.
    pub paid_on: Day,
    /// When it became known.
    pub known_at: Instant,
}

/// The customers with these external ids.
///
/// # Errors
/// Whatever the database says.
pub fn customers(tx: &mut Tx<'_>, own: TenantId, external: &[&str]) -> Result<Vec<(CustomerId, String)>, StoreError> {
    tx.rows(CUSTOMERS, &[own.into(), Value::Texts(external)], |row| Ok((customer(row, 0)?, row.text(1)?)))
}

/// The receivables with these external ids, and whose they are.
///
/// # Errors
/// Whatever the database says.
pub fn receivables(tx: &mut Tx<'_>, own: TenantId, external: &[&str]) -> Result<Vec<(ReceivableId, CustomerId, String)>, StoreError> {
    tx.rows(RECEIVABLES, &[own.into(), Value::Texts(external)], |row| Ok((receivable(row, 0)?, customer(row, 1)?, row.text(2)?)))
}

/// Up to `limit` customers whose external id begins so, in the order of these.
///
/// # Errors
/// Whatever the database says.
pub fn customers_begin(tx: &mut Tx<'_>, own: TenantId, with: &str, limit: i64) -> Result<Vec<(CustomerId, String)>, StoreError> {
    let end = end_of(with);
    let params = [own.into(), Value::Text(with), Value::Text(&end), limit.into()];
    tx.rows(CUSTOMERS_BEGIN, &params, |row| Ok((customer(row, 0)?, row.text(1)?)))
}

/// Up to `limit` customers before one that have both marks, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn customers_marked(
    tx: &mut Tx<'_>,
    own: TenantId,
    mark: [u8; 16],
    second: [u8; 16],
    before: [u8; 16],
    limit: i64,
) -> Result<Vec<[u8; 16]>, StoreError> {
    let params = [own.into(), Value::Id(mark), Value::Id(second), Value::Id(before), limit.into()];
    tx.rows(CUSTOMERS_MARKED, &params, |row| row.id(0))
}

/// Behind whom names are to be marked; nothing when all are.
///
/// # Errors
/// Whatever the database says.
pub fn to_mark(tx: &mut Tx<'_>, own: TenantId) -> Result<Option<[u8; 16]>, StoreError> {
    tx.one(TO_MARK, &[own.into()], |row| Ok(row.opt_id(0)?.unwrap_or_default()))
}

/// Adds marks of customers, and that names are marked up to one; nothing means all.
///
/// # Errors
/// Whatever the database says.
pub fn mark(tx: &mut Tx<'_>, own: TenantId, marks: &[([u8; 16], CustomerId)], until: Option<[u8; 16]>) -> Result<(), StoreError> {
    tx.insert(&bank::MARKS, marks.iter().map(|(mark, customer)| [own.into(), Value::Id(*mark), (*customer).into()]))?;
    match until {
        Some(last) => tx.execute(MARKED_UNTIL, &[own.into(), Value::Id(last)]).map(drop),
        None => tx.execute(ALL_MARKED, &[own.into()]).map(drop),
    }
}

/// Up to `limit` receivables whose external id begins so, in the order of these, and whose they are.
///
/// # Errors
/// Whatever the database says.
pub fn receivables_begin(
    tx: &mut Tx<'_>,
    own: TenantId,
    with: &str,
    limit: i64,
) -> Result<Vec<(ReceivableId, CustomerId, String)>, StoreError> {
    let end = end_of(with);
    let params = [own.into(), Value::Text(with), Value::Text(&end), limit.into()];
    tx.rows(RECEIVABLES_BEGIN, &params, |row| Ok((receivable(row, 0)?, customer(row, 1)?, row.text(2)?)))
}

/// Up to `limit` receivables of a customer, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn of_customer(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, limit: i64) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(OF_CUSTOMER, &[own.into(), id.into(), limit.into()], |row| row.id(0))
}

/// A text behind every one that begins so: both databases compare names by their bytes.
fn end_of(begins: &str) -> String {
    format!("{begins}{}", char::MAX)
}

/// A receivable as its source told it last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToldReceivable {
    /// What its source calls it.
    pub external_id: String,
    /// What its source calls the customer.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// Billed, in minor units.
    pub amount: i64,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// The rail.
    pub method: Option<String>,
}

/// The receivables with these external ids, as their source told them.
///
/// # Errors
/// Whatever the database says.
pub fn as_told(tx: &mut Tx<'_>, own: TenantId, external: &[&str]) -> Result<Vec<ToldReceivable>, StoreError> {
    tx.rows(AS_TOLD, &[own.into(), Value::Texts(external)], |row| {
        Ok(ToldReceivable {
            external_id: row.text(0)?,
            customer: row.text(1)?,
            currency: row.text(2)?,
            amount: row.int(3)?,
            issued_on: row.date(4)?,
            due_on: row.date(5)?,
            method: row.opt_text(6)?,
        })
    })
}

/// Whose a receivable is, and what its source calls it.
///
/// # Errors
/// Whatever the database says.
pub fn receivable_of(tx: &mut Tx<'_>, own: TenantId, id: ReceivableId) -> Result<Option<(CustomerId, String)>, StoreError> {
    tx.one(RECEIVABLE_OF, &[own.into(), id.into()], |row| Ok((customer(row, 0)?, row.text(1)?)))
}

/// What its source calls a customer.
///
/// # Errors
/// Whatever the database says.
pub fn customer_of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Option<String>, StoreError> {
    tx.one(CUSTOMER_OF, &[own.into(), id.into()], |row| row.text(0))
}

/// The payments of receivables, as their source told them.
///
/// # Errors
/// Whatever the database says.
pub fn payments(tx: &mut Tx<'_>, own: TenantId, of: &[[u8; 16]]) -> Result<Vec<StoredPayment>, StoreError> {
    tx.rows(PAYMENTS, &[own.into(), Value::List(of)], |row| {
        Ok(StoredPayment {
            receivable: receivable(row, 0)?,
            external_id: row.text(1)?,
            amount: row.opt_int(2)?,
            paid_on: row.date(3)?,
            known_at: row.at(4)?,
        })
    })
}

/// The next `limit` customers after one, in the order of their ids.
///
/// # Errors
/// Whatever the database says.
pub fn page(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<(CustomerId, String)>, StoreError> {
    tx.rows(PAGE, &[own.into(), Value::Id(after), limit.into()], |row| Ok((customer(row, 0)?, row.text(1)?)))
}

/// Up to `limit` parked customers in the order of their ids, and why.
///
/// # Errors
/// Whatever the database says.
pub fn parked(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    tx.rows(PARKED, &[own.into(), limit.into()], |row| Ok((row.text(0)?, row.text(1)?)))
}

/// Up to `limit` customers of whom something waits for a person.
///
/// # Errors
/// Whatever the database says.
pub fn awaiting(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<CustomerId>, StoreError> {
    tx.rows(AWAITING, &[own.into(), limit.into()], |row| customer(row, 0))
}

/// Up to `limit` customers behind one of whom something waits for a person, in the order of their ids.
///
/// # Errors
/// Whatever the database says.
pub fn awaiting_after(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<CustomerId>, StoreError> {
    tx.rows(AWAITING_AFTER, &[own.into(), Value::Id(after), limit.into()], |row| customer(row, 0))
}

/// Up to `limit` customers who want to be looked at before a moment, the first one first.
///
/// # Errors
/// Whatever the database says.
pub fn due_before(tx: &mut Tx<'_>, own: TenantId, before: Instant, limit: i64) -> Result<Vec<CustomerId>, StoreError> {
    tx.rows(DUE_BEFORE, &[own.into(), before.into(), limit.into()], |row| customer(row, 0))
}

/// Customers, receivables, and how many of these something can happen to.
///
/// # Errors
/// Whatever the database says.
pub fn counts(tx: &mut Tx<'_>, own: TenantId) -> Result<(i64, i64, i64), StoreError> {
    Ok(tx.one(COUNTS, &[own.into()], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?.unwrap_or_default())
}
