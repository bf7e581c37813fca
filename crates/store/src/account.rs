//! The credit of customers: balances for whoever loads them, entries for whoever shows them, sums for `verify`.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::customer;
use crate::statements::Statement;

/// A movement of a customer's credit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    /// Whose.
    pub customer: CustomerId,
    /// Its place, from 1.
    pub seq: i64,
    /// ISO 4217.
    pub currency: String,
    /// What it is.
    pub kind: String,
    /// Minor units; what gives more credit is positive.
    pub amount: i64,
    /// The receivable that was overpaid or that it paid on.
    pub receivable: Option<ReceivableId>,
    /// What its source calls the payment.
    pub payment: Option<String>,
    /// The local day for which it counts.
    pub counts_on: Day,
    /// When it became known.
    pub known_at: Instant,
}

/// The credit of a customer in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Balance {
    /// Whose.
    pub customer: CustomerId,
    /// ISO 4217.
    pub currency: String,
    /// How many entries made it.
    pub entries: i64,
    /// Minor units.
    pub amount: i64,
}

/// The sum of a customer's entries of one kind and currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KindSum {
    /// Whose.
    pub customer: CustomerId,
    /// ISO 4217.
    pub currency: String,
    /// What they are.
    pub kind: String,
    /// Minor units.
    pub amount: i64,
}

pub(crate) static ENTRIES: Insert = Insert::new(
    "account_entries",
    &[
        ("tenant", Type::Id),
        ("customer", Type::Id),
        ("seq", Type::Int),
        ("currency", Type::Text),
        ("kind", Type::Text),
        ("amount", Type::Int),
        ("receivable", Type::Id),
        ("payment", Type::Text),
        ("counts_on", Type::Date),
        ("known_at", Type::At),
    ],
);

const BALANCES: &str = "
    SELECT customer, currency, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM account_entries
     WHERE tenant = $1 AND customer IN /*+list*/ ($2)
     GROUP BY customer, currency
     ORDER BY customer, currency";
const OF: &str = "
    SELECT customer, seq, currency, kind, amount, receivable, payment, counts_on, known_at FROM account_entries
     WHERE tenant = $1 AND customer = $2
     ORDER BY seq";
const TOLD: &str = "
    SELECT p.amount, p.paid_on
      FROM receivables r CROSS JOIN payments p
     WHERE r.tenant = $1 AND r.customer = $2 AND p.tenant = r.tenant AND p.receivable = r.receivable AND p.external_id = $3";
const SUMS: &str = "
    SELECT customer, currency, kind, CAST(SUM(amount) AS BIGINT) FROM account_entries
     WHERE tenant = $1 AND customer > $2 AND customer <= $3
     GROUP BY customer, currency, kind
     ORDER BY customer, currency, kind";
const LEDGER_SUMS: &str = "
    SELECT r.customer, r.currency, e.kind, CAST(SUM(e.amount) AS BIGINT)
      FROM receivables r CROSS JOIN ledger_entries e
     WHERE r.tenant = $1 AND r.customer > $2 AND r.customer <= $3 AND e.tenant = r.tenant AND e.receivable = r.receivable
       AND e.kind IN ('payment', 'application', 'overpayment', 'refund', 'chargeback')
     GROUP BY r.customer, r.currency, e.kind
     ORDER BY r.customer, r.currency, e.kind";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("account.balances", BALANCES),
    ("account.of", OF),
    ("account.told", TOLD),
    ("account.sums", SUMS),
    ("account.ledger_sums", LEDGER_SUMS),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&ENTRIES];

impl AccountRow {
    /// As parameters of the insert, behind the tenant.
    pub(crate) fn values<'a>(&'a self, own: Value<'a>) -> [Value<'a>; 10] {
        [
            own,
            self.customer.into(),
            self.seq.into(),
            Value::Text(&self.currency),
            Value::Text(&self.kind),
            self.amount.into(),
            self.receivable.into(),
            self.payment.as_deref().into(),
            self.counts_on.into(),
            self.known_at.into(),
        ]
    }
}

/// The credit of these customers, of those who ever had any.
///
/// # Errors
/// Whatever the database says.
pub fn balances(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<Balance>, StoreError> {
    tx.rows(BALANCES, &[own.into(), Value::List(customers)], |row| {
        Ok(Balance { customer: customer(row, 0)?, currency: row.text(1)?, entries: row.int(2)?, amount: row.int(3)? })
    })
}

/// Every movement of a customer's credit, in order.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<AccountRow>, StoreError> {
    tx.rows(OF, &[own.into(), id.into()], |row| {
        Ok(AccountRow {
            customer: customer(row, 0)?,
            seq: row.int(1)?,
            currency: row.text(2)?,
            kind: row.text(3)?,
            amount: row.int(4)?,
            receivable: row.opt_id(5)?.map(|_| crate::due::receivable(row, 5)).transpose()?,
            payment: row.opt_text(6)?,
            counts_on: row.date(7)?,
            known_at: row.at(8)?,
        })
    })
}

/// What the receivables of a customer took of the payment with this key: money in minor units, and the payer's day.
///
/// # Errors
/// Whatever the database says.
pub fn told(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, key: &str) -> Result<Vec<(Option<i64>, Day)>, StoreError> {
    tx.rows(TOLD, &[own.into(), id.into(), Value::Text(key)], |row| Ok((row.opt_int(0)?, row.date(1)?)))
}

/// What accounts come to, by kind, of customers after one up to another.
///
/// # Errors
/// Whatever the database says.
pub fn sums(tx: &mut Tx<'_>, own: TenantId, (after, last): ([u8; 16], [u8; 16])) -> Result<Vec<KindSum>, StoreError> {
    tx.rows(SUMS, &[own.into(), Value::Id(after), Value::Id(last)], kind_sum)
}

/// As [`sums`], of the ledgers of their receivables: what is money or credit there.
///
/// # Errors
/// Whatever the database says.
pub fn ledger_sums(tx: &mut Tx<'_>, own: TenantId, (after, last): ([u8; 16], [u8; 16])) -> Result<Vec<KindSum>, StoreError> {
    tx.rows(LEDGER_SUMS, &[own.into(), Value::Id(after), Value::Id(last)], kind_sum)
}

fn kind_sum(row: &Row<'_>) -> Result<KindSum, StoreError> {
    Ok(KindSum { customer: customer(row, 0)?, currency: row.text(1)?, kind: row.text(2)?, amount: row.int(3)? })
}
