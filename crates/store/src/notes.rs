//! What people noted of customers. The text is sealed under the customer's key.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::customer;
use crate::statements::Statement;

/// A note as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteRow {
    /// Which.
    pub note: [u8; 16],
    /// Of whom.
    pub customer: CustomerId,
    /// About which receivable, if it is about one.
    pub receivable: Option<ReceivableId>,
    /// When.
    pub at: Instant,
    /// Who noted it, as the record names them.
    pub by: String,
    /// The day on which somebody is to look again.
    pub follow_up_on: Option<Day>,
    /// The text, sealed.
    pub body: Vec<u8>,
}

const ADD: &str = "
    INSERT INTO customer_notes (tenant, note, customer, receivable, at, by_whom, follow_up_on, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF: &str = "
    SELECT note, customer, receivable, at, by_whom, follow_up_on, body FROM customer_notes
     WHERE tenant = $1 AND customer = $2 AND note < $3 ORDER BY note DESC LIMIT $4";
const DROP: &str = "DELETE FROM customer_notes WHERE tenant = $1 AND customer = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[("notes.add", ADD), ("notes.of", OF), ("notes.drop", DROP)];

fn note(row: &Row<'_>) -> Result<NoteRow, StoreError> {
    let receivable = row.opt_id(2)?.map(ReceivableId::from_bytes).transpose();
    Ok(NoteRow {
        note: row.id(0)?,
        customer: customer(row, 1)?,
        receivable: receivable.map_err(|_bad| row.bad(2, "the id of a receivable", "another"))?,
        at: row.at(3)?,
        by: row.text(4)?,
        follow_up_on: row.opt_date(5)?,
        body: row.bytes(6)?,
    })
}

/// Keeps a note.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, row: &NoteRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        Value::Id(row.note),
        row.customer.into(),
        row.receivable.into(),
        row.at.into(),
        Value::Text(&row.by),
        row.follow_up_on.into(),
        Value::Bytes(&row.body),
    ];
    tx.execute(ADD, &values).map(drop)
}

/// A customer's notes before one, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, before: [u8; 16], limit: i64) -> Result<Vec<NoteRow>, StoreError> {
    tx.rows(OF, &[own.into(), id.into(), Value::Id(before), limit.into()], note)
}

/// Forgets what was noted of a customer.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<(), StoreError> {
    tx.execute(DROP, &[own.into(), id.into()]).map(drop)
}
