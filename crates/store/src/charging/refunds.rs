//! Money that goes back, ordered by us or told by the gateway: once each, and ours as outbox entries of their own.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use super::all_of;
use crate::db::{Row, StoreError, Tx, Value};
use crate::due::{customer, receivable, tenant};
use crate::statements::Statement;

/// Money that goes back, as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundRow {
    /// Which: also the idempotency key. Of what a gateway told it is made of its name.
    pub refund: [u8; 16],
    /// At which gateway.
    pub gateway: String,
    /// The gateway's name of the payment.
    pub payment: String,
    /// The gateway's name of the refund or dispute.
    pub reference: Option<String>,
    /// Whose money.
    pub customer: CustomerId,
    /// What it was for.
    pub receivable: ReceivableId,
    /// refund, chargeback, dispute_won.
    pub kind: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// The local day for which it counts.
    pub counts_on: Day,
    /// ordered, sending, pending, unknown; done, refused.
    pub status: String,
    /// When it was ordered or told.
    pub ordered_at: Instant,
    /// When somebody looks at it next.
    pub due_at: Option<Instant>,
    /// How often it was sent or asked about.
    pub tries: i64,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What the gateway said.
    pub said: Option<String>,
}

/// A refund that is due, of whichever tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub refund: [u8; 16],
    /// Of whom.
    pub customer: CustomerId,
    /// Since when.
    pub due_at: Instant,
}

/// A refund as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overview {
    /// Whose, as the source calls it.
    pub customer: String,
    /// What it was for, as the source calls it.
    pub receivable: String,
    /// The refund.
    pub row: RefundRow,
}

/// The columns of a refund.
macro_rules! refund {
    ($($rest:literal),+) => {
        concat!(
            "SELECT b.refund, b.gateway, b.payment, b.reference, b.customer, b.receivable, b.kind, b.currency, b.amount, b.counts_on, ",
            "b.status, b.ordered_at, b.due_at, b.tries, b.finished_at, b.said",
            $($rest),+
        )
    };
}

const ENTER: &str = "
    INSERT INTO refunds (tenant, refund, gateway, payment, reference, customer, receivable, kind, currency, amount, counts_on, status,
                         ordered_at, due_at, tries, finished_at, said)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT DO NOTHING";
const TAKE: &str = "
    SELECT tenant, refund, customer, due_at FROM refunds
     WHERE due_at IS NOT NULL AND due_at <= $1
     ORDER BY due_at, tenant, refund
     LIMIT $2 /*+skip_locked*/";
const NEXT: &str = "SELECT due_at FROM refunds WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const LOAD: &str = refund!(" FROM refunds b WHERE b.tenant = $1 AND b.refund IN /*+list*/ ($2)");
const OF_PAYMENT: &str = refund!(
    " FROM refunds b
     WHERE b.tenant = $1 AND b.gateway = $2 AND b.payment = $3 ORDER BY b.ordered_at, b.kind LIMIT $4"
);
const BY_REFERENCE: &str = refund!(
    " FROM refunds b
     WHERE b.tenant = $1 AND b.gateway = $2 AND b.kind = $3 AND b.reference IN /*+list*/ ($4) AND b.reference IS NOT NULL"
);
const RENEW: &str = "
    UPDATE refunds SET due_at = v.lease
      FROM /*+rows: refund id, tries int, lease at*/ AS v
     WHERE refunds.tenant = $1 AND refunds.refund = v.refund AND refunds.status = 'sending' AND refunds.tries = v.tries";
const SET: &str = "
    UPDATE refunds
       SET status = v.status, reference = v.reference, due_at = v.due_at, tries = v.tries, finished_at = v.finished_at, said = v.said
      FROM /*+rows: refund id, status text, reference text, due_at at, tries int, finished_at at, said text*/ AS v
     WHERE refunds.tenant = $1 AND refunds.refund = v.refund
       AND (v.status <> 'sending' OR refunds.status IN ('ordered', 'unknown'))
       AND (refunds.status <> 'done' OR v.status = 'done')";
const LIST: &str = refund!(
    ", c.external_id, r.external_id FROM refunds b
      JOIN customers c ON c.tenant = b.tenant AND c.customer = b.customer
      JOIN receivables r ON r.tenant = b.tenant AND r.receivable = b.receivable
     WHERE b.tenant = $1 AND b.refund < $2 ORDER BY b.refund DESC LIMIT $3"
);

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("refunds.enter", ENTER),
    ("refunds.take", TAKE),
    ("refunds.next", NEXT),
    ("refunds.load", LOAD),
    ("refunds.of_payment", OF_PAYMENT),
    ("refunds.by_reference", BY_REFERENCE),
    ("refunds.renew", RENEW),
    ("refunds.set", SET),
    ("refunds.list", LIST),
];

fn refund(row: &Row<'_>) -> Result<RefundRow, StoreError> {
    Ok(RefundRow {
        refund: row.id(0)?,
        gateway: row.text(1)?,
        payment: row.text(2)?,
        reference: row.opt_text(3)?,
        customer: customer(row, 4)?,
        receivable: receivable(row, 5)?,
        kind: row.text(6)?,
        currency: row.text(7)?,
        amount: row.int(8)?,
        counts_on: row.date(9)?,
        status: row.text(10)?,
        ordered_at: row.at(11)?,
        due_at: row.opt_at(12)?,
        tries: row.int(13)?,
        finished_at: row.opt_at(14)?,
        said: row.opt_text(15)?,
    })
}

/// Enters money that goes back; whether it was not there before, by its id or by the gateway's name of it. Only a new one may
/// be booked.
///
/// One at a time, so that it is sure which one was new; they come one at a time.
///
/// # Errors
/// [`StoreError::Foreign`] when its payment is not there; whatever the database says.
pub fn enter(tx: &mut Tx<'_>, own: TenantId, row: &RefundRow) -> Result<bool, StoreError> {
    let values = [
        own.into(),
        Value::Id(row.refund),
        Value::Text(&row.gateway),
        Value::Text(&row.payment),
        row.reference.as_deref().into(),
        row.customer.into(),
        row.receivable.into(),
        Value::Text(&row.kind),
        Value::Text(&row.currency),
        row.amount.into(),
        row.counts_on.into(),
        Value::Text(&row.status),
        row.ordered_at.into(),
        row.due_at.into(),
        row.tries.into(),
        row.finished_at.into(),
        row.said.as_deref().into(),
    ];
    Ok(tx.execute(ENTER, &values)? > 0)
}

/// Takes up to `limit` refunds of any tenant that are due, the longest first; locked until the transaction ends. Call it in
/// the scope of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<Due>, StoreError> {
    tx.rows(TAKE, &[now.into(), limit.into()], |row| {
        Ok(Due { tenant: tenant(row, 0)?, refund: row.id(1)?, customer: customer(row, 2)?, due_at: row.at(3)? })
    })
}

/// When the next refund of any tenant is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// Loads refunds, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn load(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<RefundRow>, StoreError> {
    tx.rows(LOAD, &[own.into(), Value::List(ids)], refund)
}

/// Up to `limit` refunds, chargebacks and won disputes of a payment, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn of_payment(tx: &mut Tx<'_>, own: TenantId, gateway: &str, payment: &str, limit: i64) -> Result<Vec<RefundRow>, StoreError> {
    tx.rows(OF_PAYMENT, &[own.into(), Value::Text(gateway), Value::Text(payment), limit.into()], refund)
}

/// Those of a kind that a gateway calls so, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn by_reference(
    tx: &mut Tx<'_>,
    own: TenantId,
    (gateway, kind): (&str, &str),
    references: &[&str],
) -> Result<Vec<RefundRow>, StoreError> {
    tx.rows(BY_REFERENCE, &[own.into(), Value::Text(gateway), Value::Text(kind), Value::Texts(references)], refund)
}

/// Whoever sends these refunds, each with the number of its try, has them until `lease`; of how many that is still so.
///
/// # Errors
/// Whatever the database says.
pub fn renew(tx: &mut Tx<'_>, own: TenantId, ids: &[([u8; 16], i64)], lease: Instant) -> Result<u64, StoreError> {
    tx.update(RENEW, &[own.into()], ids.iter().map(|&(id, tries)| [Value::Id(id), tries.into(), lease.into()]))
}

/// Writes where refunds stand. Only what is ordered, or what nobody knows anything of, can be sent; what is done stays done.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there or not as that demands; [`StoreError::Unique`] when another has the
/// gateway's name of it; whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, rows: &[RefundRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            Value::Id(row.refund),
            Value::Text(&row.status),
            row.reference.as_deref().into(),
            row.due_at.into(),
            row.tries.into(),
            row.finished_at.into(),
            row.said.as_deref().into(),
        ]
    });
    all_of(tx.update(SET, &[own.into()], values)?, rows.len(), "refunds")
}

/// The `limit` refunds before an id, by id from the last: from [`NEWEST`](crate::billing_lists::NEWEST) on, page by page.
/// The id of one that a gateway told is made of its name, so that only ours stand in the order of time.
///
/// # Errors
/// Whatever the database says.
pub fn list(tx: &mut Tx<'_>, own: TenantId, before: [u8; 16], limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(LIST, &[own.into(), Value::Id(before), limit.into()], |row| {
        Ok(Overview { customer: row.text(16)?, receivable: row.text(17)?, row: refund(row)? })
    })
}
