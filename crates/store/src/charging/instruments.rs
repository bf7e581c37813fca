//! What waits for the payer: a charge of a Pix, a boleto at a gateway, a page.
//!
//! Like an attempt it is its own outbox entry, from the order to issue it to its being paid or taken away. Several of one
//! receivable may be open beside each other, and beside an attempt: what is paid first is kept, by the ledger.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

use super::{all_of, word};
use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{customer, receivable, tenant};
use crate::statements::Statement;

/// Something to pay by, as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstrumentRow {
    /// Which.
    pub instrument: [u8; 16],
    /// Whose debt.
    pub customer: CustomerId,
    /// What it pays.
    pub receivable: ReceivableId,
    /// At which gateway.
    pub gateway: String,
    /// Pix, boleto or card.
    pub rail: Rail,
    /// Our idempotency key.
    pub key: String,
    /// The gateway's name of it.
    pub reference: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// Until when it can be paid.
    pub valid_until: Day,
    /// ordered, sending, open; closing; paid, closed, refused.
    pub status: String,
    /// When it was ordered.
    pub issued_at: Instant,
    /// When somebody looks at it next.
    pub due_at: Option<Instant>,
    /// How often it was sent or asked about.
    pub tries: i64,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What the gateway said.
    pub said: Option<String>,
    /// What it is paid by, sealed under the customer's key.
    pub body: Option<Vec<u8>>,
}

/// An instrument that is due, of whichever tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub instrument: [u8; 16],
    /// Of whom.
    pub customer: CustomerId,
    /// Since when.
    pub due_at: Instant,
}

/// An instrument as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overview {
    /// Whose, as the source calls it.
    pub customer: String,
    /// What it pays, as the source calls it.
    pub receivable: String,
    /// The instrument.
    pub row: InstrumentRow,
}

static INSTRUMENTS: Insert = Insert::new(
    "instruments",
    &[
        ("tenant", Type::Id),
        ("instrument", Type::Id),
        ("customer", Type::Id),
        ("receivable", Type::Id),
        ("gateway", Type::Text),
        ("rail", Type::Text),
        ("key", Type::Text),
        ("reference", Type::Text),
        ("currency", Type::Text),
        ("amount", Type::Int),
        ("valid_until", Type::Date),
        ("status", Type::Text),
        ("issued_at", Type::At),
        ("due_at", Type::At),
        ("tries", Type::Int),
        ("finished_at", Type::At),
        ("said", Type::Text),
        ("body", Type::Bytes),
    ],
);

/// The columns of an instrument.
macro_rules! instrument {
    ($($rest:literal),+) => {
        concat!(
            "SELECT i.instrument, i.customer, i.receivable, i.gateway, i.rail, i.key, i.reference, i.currency, i.amount, i.valid_until, ",
            "i.status, i.issued_at, i.due_at, i.tries, i.finished_at, i.said, i.body",
            $($rest),+
        )
    };
}
/// The same, and behind it what sources call customer and receivable.
macro_rules! overview {
    ($which:literal) => {
        instrument!(
            ", c.external_id, r.external_id FROM instruments i
      JOIN customers c ON c.tenant = i.tenant AND c.customer = i.customer
      JOIN receivables r ON r.tenant = i.tenant AND r.receivable = i.receivable
     WHERE ",
            $which
        )
    };
}

const TAKE: &str = "
    SELECT tenant, instrument, customer, due_at FROM instruments
     WHERE due_at IS NOT NULL AND due_at <= $1
     ORDER BY due_at, tenant, instrument
     LIMIT $2 /*+skip_locked*/";
const NEXT: &str = "SELECT due_at FROM instruments WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const LOAD: &str = instrument!(" FROM instruments i WHERE i.tenant = $1 AND i.instrument IN /*+list*/ ($2)");
const BY_REFERENCE: &str = instrument!(
    " FROM instruments i
     WHERE i.tenant = $1 AND i.gateway = $2 AND i.reference IN /*+list*/ ($3) AND i.reference IS NOT NULL"
);
const BY_KEY: &str = instrument!(" FROM instruments i WHERE i.tenant = $1 AND i.gateway = $2 AND i.key IN /*+list*/ ($3)");
const OF_RECEIVABLES: &str = instrument!(
    " FROM instruments i
     WHERE i.tenant = $1 AND i.receivable IN /*+list*/ ($2) AND i.status IN ('ordered', 'sending', 'open', 'closing')
     ORDER BY i.issued_at, i.key"
);
const ALL_OF: &str = instrument!(
    " FROM instruments i
     WHERE i.tenant = $1 AND i.receivable = $2 ORDER BY i.issued_at DESC, i.key LIMIT $3"
);
const RENEW: &str = "
    UPDATE instruments SET due_at = v.lease
      FROM /*+rows: instrument id, tries int, lease at*/ AS v
     WHERE instruments.tenant = $1 AND instruments.instrument = v.instrument AND instruments.status IN ('sending', 'closing')
       AND instruments.tries = v.tries";
const SET: &str = "
    UPDATE instruments
       SET status = v.status, reference = v.reference, due_at = v.due_at, tries = v.tries, finished_at = v.finished_at,
           said = v.said, body = v.body
      FROM /*+rows: instrument id, status text, reference text, due_at at, tries int, finished_at at, said text, body bytes*/ AS v
     WHERE instruments.tenant = $1 AND instruments.instrument = v.instrument
       AND (v.status <> 'sending' OR instruments.status IN ('ordered', 'sending'))
       AND (instruments.status <> 'paid' OR v.status = 'paid')";
// A range of one tenant: as an equality it would tempt a planner to read all instruments of the tenant.
const WAITING: &str = overview!("i.due_at <= $2 AND i.tenant BETWEEN $1 AND $1 ORDER BY i.due_at, i.tenant, i.instrument LIMIT $3");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("instruments.take", TAKE),
    ("instruments.next", NEXT),
    ("instruments.load", LOAD),
    ("instruments.by_reference", BY_REFERENCE),
    ("instruments.by_key", BY_KEY),
    ("instruments.of_receivables", OF_RECEIVABLES),
    ("instruments.all_of", ALL_OF),
    ("instruments.renew", RENEW),
    ("instruments.set", SET),
    ("instruments.waiting", WAITING),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&INSTRUMENTS];

fn instrument(row: &Row<'_>) -> Result<InstrumentRow, StoreError> {
    Ok(InstrumentRow {
        instrument: row.id(0)?,
        customer: customer(row, 1)?,
        receivable: receivable(row, 2)?,
        gateway: row.text(3)?,
        rail: word(row, 4, "a payment rail")?,
        key: row.text(5)?,
        reference: row.opt_text(6)?,
        currency: row.text(7)?,
        amount: row.int(8)?,
        valid_until: row.date(9)?,
        status: row.text(10)?,
        issued_at: row.at(11)?,
        due_at: row.opt_at(12)?,
        tries: row.int(13)?,
        finished_at: row.opt_at(14)?,
        said: row.opt_text(15)?,
        body: row.opt_bytes(16)?,
    })
}

/// Enters instruments.
///
/// # Errors
/// [`StoreError::Unique`] when one, or its key, is there already; whatever the database says.
pub fn enter(tx: &mut Tx<'_>, own: TenantId, rows: &[InstrumentRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            own.into(),
            Value::Id(row.instrument),
            row.customer.into(),
            row.receivable.into(),
            Value::Text(&row.gateway),
            row.rail.as_str().into(),
            Value::Text(&row.key),
            row.reference.as_deref().into(),
            Value::Text(&row.currency),
            row.amount.into(),
            row.valid_until.into(),
            Value::Text(&row.status),
            row.issued_at.into(),
            row.due_at.into(),
            row.tries.into(),
            row.finished_at.into(),
            row.said.as_deref().into(),
            row.body.as_deref().into(),
        ]
    });
    tx.insert(&INSTRUMENTS, values).map(drop)
}

/// Takes up to `limit` instruments of any tenant that are due, the longest first; locked until the transaction ends. Call it
/// in the scope of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<Due>, StoreError> {
    tx.rows(TAKE, &[now.into(), limit.into()], |row| {
        Ok(Due { tenant: tenant(row, 0)?, instrument: row.id(1)?, customer: customer(row, 2)?, due_at: row.at(3)? })
    })
}

/// When the next instrument of any tenant is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// Loads instruments, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn load(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<InstrumentRow>, StoreError> {
    tx.rows(LOAD, &[own.into(), Value::List(ids)], instrument)
}

/// The instruments that a gateway calls so, in no order. Two of one name are possible: a name is not a key of ours.
///
/// # Errors
/// Whatever the database says.
pub fn by_reference(tx: &mut Tx<'_>, own: TenantId, gateway: &str, references: &[&str]) -> Result<Vec<InstrumentRow>, StoreError> {
    tx.rows(BY_REFERENCE, &[own.into(), Value::Text(gateway), Value::Texts(references)], instrument)
}

/// The instruments with these keys of ours, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn by_key(tx: &mut Tx<'_>, own: TenantId, gateway: &str, keys: &[&str]) -> Result<Vec<InstrumentRow>, StoreError> {
    tx.rows(BY_KEY, &[own.into(), Value::Text(gateway), Value::Texts(keys)], instrument)
}

/// The instruments of receivables that can still be paid, or of which nobody knows otherwise, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn of_receivables(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<InstrumentRow>, StoreError> {
    tx.rows(OF_RECEIVABLES, &[own.into(), Value::List(receivables)], instrument)
}

/// Up to `limit` instruments of a receivable, whatever became of them, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn every_of(tx: &mut Tx<'_>, own: TenantId, which: ReceivableId, limit: i64) -> Result<Vec<InstrumentRow>, StoreError> {
    tx.rows(ALL_OF, &[own.into(), which.into(), limit.into()], instrument)
}

/// Whoever sends these instruments, each with the number of its try, has them until `lease`; of how many that is still so.
///
/// # Errors
/// Whatever the database says.
pub fn renew(tx: &mut Tx<'_>, own: TenantId, ids: &[([u8; 16], i64)], lease: Instant) -> Result<u64, StoreError> {
    tx.update(RENEW, &[own.into()], ids.iter().map(|&(id, tries)| [Value::Id(id), tries.into(), lease.into()]))
}

/// Writes where instruments stand. One is sent when it is ordered, or again with the same key when its sender is gone; what
/// is paid stays paid.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there or not as that demands; whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, rows: &[InstrumentRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            Value::Id(row.instrument),
            Value::Text(&row.status),
            row.reference.as_deref().into(),
            row.due_at.into(),
            row.tries.into(),
            row.finished_at.into(),
            row.said.as_deref().into(),
            row.body.as_deref().into(),
        ]
    });
    all_of(tx.update(SET, &[own.into()], values)?, rows.len(), "instruments")
}

/// Up to `limit` instruments that somebody still looks after, the first one due first.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(WAITING, &[own.into(), Instant::NEVER.into(), limit.into()], |row| {
        Ok(Overview { customer: row.text(17)?, receivable: row.text(18)?, row: instrument(row)? })
    })
}
