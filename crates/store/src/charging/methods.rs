//! Stored ways to charge, and what gateways call our customers. Tokens are sealed; a keyed hash of each finds it again.

use regua_core::charging::{MethodStatus, Scheme};
use regua_core::ids::{CustomerId, PaymentMethodId, TenantId};
use regua_core::time::{Day, Instant};

use super::{all_of, word};
use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::customer;
use crate::statements::Statement;

/// What a gateway calls a customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GatewayCustomerRow {
    /// Which gateway.
    pub gateway: String,
    /// A keyed hash of the token.
    pub mark: [u8; 16],
    /// Who.
    pub customer: CustomerId,
    /// The token, sealed under the customer's key.
    pub token: Vec<u8>,
}

/// A stored method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MethodRow {
    /// Which.
    pub method: PaymentMethodId,
    /// Whose.
    pub customer: CustomerId,
    /// The gateway that holds it.
    pub gateway: String,
    /// A keyed hash of the token.
    pub mark: [u8; 16],
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// What the scheme counts by.
    pub credential: [u8; 16],
    /// Whether it can be charged.
    pub status: MethodStatus,
    /// The last day of its validity.
    pub expires_on: Option<Day>,
    /// When it became known.
    pub added_at: Instant,
    /// When anything of it changed.
    pub changed_at: Instant,
    /// Token, last digits, consent: sealed under the customer's key.
    pub body: Vec<u8>,
}

static CUSTOMERS: Insert = Insert::new(
    "gateway_customers",
    &[("tenant", Type::Id), ("gateway", Type::Text), ("mark", Type::Id), ("customer", Type::Id), ("token", Type::Bytes)],
)
.or_leave();
static METHODS: Insert = Insert::new(
    "methods",
    &[
        ("tenant", Type::Id),
        ("method", Type::Id),
        ("customer", Type::Id),
        ("gateway", Type::Text),
        ("mark", Type::Id),
        ("scheme", Type::Text),
        ("credential", Type::Id),
        ("status", Type::Text),
        ("expires_on", Type::Date),
        ("added_at", Type::At),
        ("changed_at", Type::At),
        ("body", Type::Bytes),
    ],
);

/// The columns of a method.
macro_rules! method {
    ($rest:literal) => {
        concat!(
            "SELECT method, customer, gateway, mark, scheme, credential, status, expires_on, added_at, changed_at, body FROM methods ",
            $rest
        )
    };
}

const CUSTOMERS_BY_MARKS: &str = "
    SELECT gateway, mark, customer, token FROM gateway_customers WHERE tenant = $1 AND gateway = $2 AND mark IN /*+list*/ ($3)";
const CUSTOMERS_OF: &str = "
    SELECT gateway, mark, customer, token FROM gateway_customers
     WHERE tenant = $1 AND customer IN /*+list*/ ($2)
     ORDER BY customer, gateway";
const OF_CUSTOMERS: &str = method!("WHERE tenant = $1 AND customer IN /*+list*/ ($2) ORDER BY customer, added_at, method");
const BY_MARKS: &str = method!("WHERE tenant = $1 AND gateway = $2 AND mark IN /*+list*/ ($3)");
const ONE: &str = method!("WHERE tenant = $1 AND method = $2");
const SET: &str = "
    UPDATE methods
       SET status = v.status, expires_on = v.expires_on, credential = v.credential, body = v.body, changed_at = v.changed_at
      FROM /*+rows: method id, status text, expires_on date, credential id, body bytes, changed_at at*/ AS v
     WHERE methods.tenant = $1 AND methods.method = v.method";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("methods.customers_by_marks", CUSTOMERS_BY_MARKS),
    ("methods.customers_of", CUSTOMERS_OF),
    ("methods.of_customers", OF_CUSTOMERS),
    ("methods.by_marks", BY_MARKS),
    ("methods.one", ONE),
    ("methods.set", SET),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&CUSTOMERS, &METHODS];

fn known(row: &Row<'_>) -> Result<GatewayCustomerRow, StoreError> {
    Ok(GatewayCustomerRow { gateway: row.text(0)?, mark: row.id(1)?, customer: customer(row, 2)?, token: row.bytes(3)? })
}

fn method(row: &Row<'_>) -> Result<MethodRow, StoreError> {
    Ok(MethodRow {
        method: id(row, 0)?,
        customer: customer(row, 1)?,
        gateway: row.text(2)?,
        mark: row.id(3)?,
        scheme: word(row, 4, "a payment scheme")?,
        credential: row.id(5)?,
        status: word(row, 6, "a method's status")?,
        expires_on: row.opt_date(7)?,
        added_at: row.at(8)?,
        changed_at: row.at(9)?,
        body: row.bytes(10)?,
    })
}

/// A method's id in a column.
pub(super) fn id(row: &Row<'_>, column: usize) -> Result<PaymentMethodId, StoreError> {
    PaymentMethodId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a method", "another"))
}

/// Enters what gateways call customers; a token that is known stays whose it was. How many are new.
///
/// # Errors
/// [`StoreError::Foreign`] when there is no such gateway or customer; whatever the database says.
pub fn enter_customers(tx: &mut Tx<'_>, own: TenantId, rows: &[GatewayCustomerRow]) -> Result<u64, StoreError> {
    let values =
        rows.iter().map(|row| [own.into(), Value::Text(&row.gateway), Value::Id(row.mark), row.customer.into(), Value::Bytes(&row.token)]);
    tx.insert(&CUSTOMERS, values)
}

/// Whom a gateway's tokens are of, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn customers_by_marks(
    tx: &mut Tx<'_>,
    own: TenantId,
    gateway: &str,
    marks: &[[u8; 16]],
) -> Result<Vec<GatewayCustomerRow>, StoreError> {
    tx.rows(CUSTOMERS_BY_MARKS, &[own.into(), Value::Text(gateway), Value::List(marks)], known)
}

/// What gateways call these customers, by customer and gateway.
///
/// # Errors
/// Whatever the database says.
pub fn customers_of(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<GatewayCustomerRow>, StoreError> {
    tx.rows(CUSTOMERS_OF, &[own.into(), Value::List(customers)], known)
}

/// Enters methods.
///
/// # Errors
/// [`StoreError::Unique`] when one is there already; whatever the database says.
pub fn enter(tx: &mut Tx<'_>, own: TenantId, rows: &[MethodRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            own.into(),
            row.method.into(),
            row.customer.into(),
            Value::Text(&row.gateway),
            Value::Id(row.mark),
            row.scheme.as_str().into(),
            Value::Id(row.credential),
            row.status.as_str().into(),
            row.expires_on.into(),
            row.added_at.into(),
            row.changed_at.into(),
            Value::Bytes(&row.body),
        ]
    });
    tx.insert(&METHODS, values).map(drop)
}

/// Says how methods stand now: status, validity, credential, body, and when that changed.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there; whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, rows: &[MethodRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            row.method.into(),
            row.status.as_str().into(),
            row.expires_on.into(),
            Value::Id(row.credential),
            Value::Bytes(&row.body),
            row.changed_at.into(),
        ]
    });
    all_of(tx.update(SET, &[own.into()], values)?, rows.len(), "methods")
}

/// The methods of customers, by customer and age, those that are gone too.
///
/// # Errors
/// Whatever the database says.
pub fn of_customers(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<MethodRow>, StoreError> {
    tx.rows(OF_CUSTOMERS, &[own.into(), Value::List(customers)], method)
}

/// The methods that a gateway's tokens are of, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn by_marks(tx: &mut Tx<'_>, own: TenantId, gateway: &str, marks: &[[u8; 16]]) -> Result<Vec<MethodRow>, StoreError> {
    tx.rows(BY_MARKS, &[own.into(), Value::Text(gateway), Value::List(marks)], method)
}

/// A method.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, which: PaymentMethodId) -> Result<Option<MethodRow>, StoreError> {
    tx.one(ONE, &[own.into(), which.into()], method)
}
