//! Objects of a biller that is mirrored: what the mirror knows of each, and whether the biller itself still acts on it.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::Instant;

use super::{all_of, opt_customer, opt_receivable};
use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::hash;
use crate::statements::Statement;

/// An object of a biller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MirroredRow {
    /// customer, invoice, subscription.
    pub object: String,
    /// The biller's name of it.
    pub reference: String,
    /// Who it is of, once known.
    pub customer: Option<CustomerId>,
    /// What it is here, once entered.
    pub receivable: Option<ReceivableId>,
    /// Whether the biller itself still charges or reminds for it.
    pub biller_acts: bool,
    /// SHA-256 of what was understood.
    pub digest: [u8; 32],
    /// When it was last seen.
    pub seen_at: Instant,
}

/// How many objects there are of a kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// The biller.
    pub gateway: String,
    /// The kind.
    pub object: String,
    /// Whether the biller still acts on them.
    pub biller_acts: bool,
    /// How many.
    pub count: i64,
}

static MIRRORED: Insert = Insert::new(
    "mirrored",
    &[
        ("tenant", Type::Id),
        ("gateway", Type::Text),
        ("object", Type::Text),
        ("reference", Type::Text),
        ("customer", Type::Id),
        ("receivable", Type::Id),
        ("biller_acts", Type::Bool),
        ("digest", Type::Bytes),
        ("seen_at", Type::At),
    ],
)
.or_leave();

/// The columns of an object.
macro_rules! mirrored {
    ($rest:literal) => {
        concat!("SELECT object, reference, customer, receivable, biller_acts, digest, seen_at FROM mirrored ", $rest)
    };
}

const OF: &str = mirrored!("WHERE tenant = $1 AND gateway = $2 AND object = $3 AND reference IN /*+list*/ ($4)");
const SET: &str = "
    UPDATE mirrored
       SET customer = v.customer, receivable = v.receivable, biller_acts = v.biller_acts, digest = v.digest, seen_at = v.seen_at
      FROM /*+rows: object text, reference text, customer id, receivable id, biller_acts bool, digest bytes, seen_at at*/ AS v
     WHERE mirrored.tenant = $1 AND mirrored.gateway = $2 AND mirrored.object = v.object AND mirrored.reference = v.reference";
const ACTING: &str = mirrored!(
    "WHERE tenant = $1 AND gateway = $2 AND object = $3 AND reference > $4 AND biller_acts
     ORDER BY reference LIMIT $5"
);
const ACTING_ON: &str = mirrored!("WHERE tenant = $1 AND receivable IN /*+list*/ ($2) AND receivable IS NOT NULL AND biller_acts");
const OF_CUSTOMERS: &str = mirrored!("WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND customer IS NOT NULL");
const PAGE: &str = mirrored!("WHERE tenant = $1 AND gateway = $2 AND object = $3 AND reference > $4 ORDER BY reference LIMIT $5");
const COUNTS: &str = "
    SELECT gateway, object, biller_acts, COUNT(*) FROM mirrored
     WHERE tenant = $1
     GROUP BY gateway, object, biller_acts
     ORDER BY gateway, object, biller_acts";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("mirrored.of", OF),
    ("mirrored.set", SET),
    ("mirrored.acting", ACTING),
    ("mirrored.acting_on", ACTING_ON),
    ("mirrored.of_customers", OF_CUSTOMERS),
    ("mirrored.page", PAGE),
    ("mirrored.counts", COUNTS),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&MIRRORED];

fn mirrored(row: &Row<'_>) -> Result<MirroredRow, StoreError> {
    Ok(MirroredRow {
        object: row.text(0)?,
        reference: row.text(1)?,
        customer: opt_customer(row, 2)?,
        receivable: opt_receivable(row, 3)?,
        biller_acts: row.bool(4)?,
        digest: hash(row, 5)?,
        seen_at: row.at(6)?,
    })
}

/// What the mirror knows of a biller's objects of one kind, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, (gateway, object): (&str, &str), references: &[&str]) -> Result<Vec<MirroredRow>, StoreError> {
    tx.rows(OF, &[own.into(), Value::Text(gateway), Value::Text(object), Value::Texts(references)], mirrored)
}

/// Writes what the mirror knows of a biller's objects now, of those it knew and of new ones. Each stands once in the list.
///
/// # Errors
/// [`StoreError::Foreign`] when there is no such gateway; whatever the database says.
pub fn put(tx: &mut Tx<'_>, own: TenantId, gateway: &str, rows: &[MirroredRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            own.into(),
            Value::Text(gateway),
            Value::Text(&row.object),
            Value::Text(&row.reference),
            row.customer.into(),
            row.receivable.into(),
            row.biller_acts.into(),
            Value::Bytes(&row.digest),
            row.seen_at.into(),
        ]
    });
    let new = tx.insert(&MIRRORED, values)?;
    if u64::try_from(rows.len()) == Ok(new) {
        return Ok(());
    }
    let values = rows.iter().map(|row| {
        [
            Value::Text(&row.object),
            Value::Text(&row.reference),
            row.customer.into(),
            row.receivable.into(),
            row.biller_acts.into(),
            Value::Bytes(&row.digest),
            row.seen_at.into(),
        ]
    });
    all_of(tx.update(SET, &[own.into(), Value::Text(gateway)], values)?, rows.len(), "mirrored")
}

/// Up to `limit` objects of one kind behind a name on which the biller itself still acts, by name.
///
/// # Errors
/// Whatever the database says.
pub fn acting(
    tx: &mut Tx<'_>,
    own: TenantId,
    (gateway, object): (&str, &str),
    after: &str,
    limit: i64,
) -> Result<Vec<MirroredRow>, StoreError> {
    tx.rows(ACTING, &[own.into(), Value::Text(gateway), Value::Text(object), Value::Text(after), limit.into()], mirrored)
}

/// Up to `limit` objects of one kind behind a name, by name.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    tx: &mut Tx<'_>,
    own: TenantId,
    (gateway, object): (&str, &str),
    after: &str,
    limit: i64,
) -> Result<Vec<MirroredRow>, StoreError> {
    tx.rows(PAGE, &[own.into(), Value::Text(gateway), Value::Text(object), Value::Text(after), limit.into()], mirrored)
}

/// Those of these receivables on which a biller still acts: what it knows of each, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn acting_on(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<MirroredRow>, StoreError> {
    tx.rows(ACTING_ON, &[own.into(), Value::List(receivables)], mirrored)
}

/// What the mirror knows of customers: every object that is theirs, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn of_customers(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<MirroredRow>, StoreError> {
    tx.rows(OF_CUSTOMERS, &[own.into(), Value::List(customers)], mirrored)
}

/// How many objects there are, by biller, kind and whether the biller acts. It counts all: for a person who asks.
///
/// # Errors
/// Whatever the database says.
pub fn counts(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<Count>, StoreError> {
    tx.rows(COUNTS, &[own.into()], |row| {
        Ok(Count { gateway: row.text(0)?, object: row.text(1)?, biller_acts: row.bool(2)?, count: row.int(3)? })
    })
}
