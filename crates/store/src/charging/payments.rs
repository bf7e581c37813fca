//! Money that gateways took: once each, by the gateway's name of it, whoever tells.

use std::collections::BTreeSet;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

use super::{all_of, word};
use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{customer, receivable};
use crate::statements::Statement;

/// A payment that a gateway took, as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentRow {
    /// Which gateway.
    pub gateway: String,
    /// The gateway's name of it.
    pub reference: String,
    /// Whose money.
    pub customer: CustomerId,
    /// What it was for.
    pub receivable: ReceivableId,
    /// Over which rail.
    pub rail: Rail,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// What the gateway keeps of it, when told.
    pub fee: Option<i64>,
    /// The payer's day.
    pub paid_on: Day,
    /// When it became known.
    pub known_at: Instant,
    /// kept: it pays. second: nothing was owed any more.
    pub kind: String,
    /// kept, credited, refunding, refunded, charged_back.
    pub fate: String,
    /// What of it went back until now.
    pub returned: i64,
}

static PAYMENTS: Insert = Insert::new(
    "gateway_payments",
    &[
        ("tenant", Type::Id),
        ("gateway", Type::Text),
        ("reference", Type::Text),
        ("customer", Type::Id),
        ("receivable", Type::Id),
        ("rail", Type::Text),
        ("currency", Type::Text),
        ("amount", Type::Int),
        ("fee", Type::Int),
        ("paid_on", Type::Date),
        ("known_at", Type::At),
        ("kind", Type::Text),
        ("fate", Type::Text),
        ("returned", Type::Int),
    ],
)
.or_leave();

/// The columns of a payment.
macro_rules! payment {
    ($rest:literal) => {
        concat!(
            "SELECT gateway, reference, customer, receivable, rail, currency, amount, fee, paid_on, known_at, kind, fate, returned ",
            "FROM gateway_payments ",
            $rest
        )
    };
}

const KNOWN: &str = "
    SELECT reference FROM gateway_payments WHERE tenant = $1 AND gateway = $2 AND reference IN /*+list*/ ($3)";
const BY_REFERENCE: &str = payment!("WHERE tenant = $1 AND gateway = $2 AND reference IN /*+list*/ ($3)");
const OF_RECEIVABLES: &str = payment!("WHERE tenant = $1 AND receivable IN /*+list*/ ($2) ORDER BY known_at, gateway, reference");
const SECONDS: &str = payment!("WHERE tenant = $1 AND kind = 'second' ORDER BY known_at DESC LIMIT $2");
const ADD_RETURNED: &str = "
    UPDATE gateway_payments SET returned = gateway_payments.returned + v.more, fate = v.fate
      FROM /*+rows: reference text, more int, fate text*/ AS v
     WHERE gateway_payments.tenant = $1 AND gateway_payments.gateway = $2 AND gateway_payments.reference = v.reference
       AND gateway_payments.returned + v.more BETWEEN 0 AND gateway_payments.amount";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("payments.known", KNOWN),
    ("payments.by_reference", BY_REFERENCE),
    ("payments.of_receivables", OF_RECEIVABLES),
    ("payments.seconds", SECONDS),
    ("payments.add_returned", ADD_RETURNED),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&PAYMENTS];

fn payment(row: &Row<'_>) -> Result<PaymentRow, StoreError> {
    Ok(PaymentRow {
        gateway: row.text(0)?,
        reference: row.text(1)?,
        customer: customer(row, 2)?,
        receivable: receivable(row, 3)?,
        rail: word(row, 4, "a payment rail")?,
        currency: row.text(5)?,
        amount: row.int(6)?,
        fee: row.opt_int(7)?,
        paid_on: row.date(8)?,
        known_at: row.at(9)?,
        kind: row.text(10)?,
        fate: row.text(11)?,
        returned: row.int(12)?,
    })
}

/// Enters payments that a gateway took; those that are known are left as they are. The references of the new ones, each once,
/// in the order given: only these may be booked.
///
/// All rows are of one gateway. Of two rows with one reference the first counts.
///
/// # Errors
/// [`StoreError::Busy`] when somebody else enters one of them at this moment: nothing was done, try again and it is known.
/// Whatever the database says.
pub fn enter(tx: &mut Tx<'_>, own: TenantId, gateway: &str, rows: &[PaymentRow]) -> Result<Vec<String>, StoreError> {
    let references: Vec<&str> = rows.iter().map(|row| row.reference.as_str()).collect();
    let known = tx.rows(KNOWN, &[own.into(), Value::Text(gateway), Value::Texts(&references)], |row| row.text(0))?;
    let mut seen: BTreeSet<String> = known.into_iter().collect();
    let new: Vec<&PaymentRow> = rows.iter().filter(|row| seen.insert(row.reference.clone())).collect();
    let values = new.iter().map(|row| {
        [
            own.into(),
            Value::Text(gateway),
            Value::Text(&row.reference),
            row.customer.into(),
            row.receivable.into(),
            row.rail.as_str().into(),
            Value::Text(&row.currency),
            row.amount.into(),
            row.fee.into(),
            row.paid_on.into(),
            row.known_at.into(),
            Value::Text(&row.kind),
            Value::Text(&row.fate),
            row.returned.into(),
        ]
    });
    // Left out between the look and the insert: which one, nobody can tell, so none of it is taken.
    if u64::try_from(new.len()) != Ok(tx.insert(&PAYMENTS, values)?) {
        return Err(StoreError::Busy { why: "somebody else takes the same payment in".to_owned() });
    }
    Ok(new.into_iter().map(|row| row.reference.clone()).collect())
}

/// The payments that a gateway calls so, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn by_reference(tx: &mut Tx<'_>, own: TenantId, gateway: &str, references: &[&str]) -> Result<Vec<PaymentRow>, StoreError> {
    tx.rows(BY_REFERENCE, &[own.into(), Value::Text(gateway), Value::Texts(references)], payment)
}

/// What gateways took for receivables, in the order in which it became known.
///
/// # Errors
/// Whatever the database says.
pub fn of_receivables(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<PaymentRow>, StoreError> {
    tx.rows(OF_RECEIVABLES, &[own.into(), Value::List(receivables)], payment)
}

/// Up to `limit` payments of what was paid already, the last known first.
///
/// # Errors
/// Whatever the database says.
pub fn seconds(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<PaymentRow>, StoreError> {
    tx.rows(SECONDS, &[own.into(), limit.into()], payment)
}

/// More of these payments of a gateway went back, or less where it is negative, and that is their fate now. Each stands once
/// in the list; an amount of 0 says the fate only.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there, or would have given back more than it was or less than nothing; whatever
/// the database says.
pub fn add_returned(tx: &mut Tx<'_>, own: TenantId, gateway: &str, rows: &[(&str, i64, &str)]) -> Result<(), StoreError> {
    let values = rows.iter().map(|(reference, more, fate)| [Value::Text(reference), (*more).into(), Value::Text(fate)]);
    all_of(tx.update(ADD_RETURNED, &[own.into(), Value::Text(gateway)], values)?, rows.len(), "gateway_payments")
}
