//! Attempts to take money: found when due, taken by one worker at a time, and what became of each.
//!
//! An attempt is its own outbox entry: `due_at` is when somebody looks at it next, and none when it is finished. At most one
//! of a receivable is under way; the index `charges_under_way` keeps it so, whoever orders. What counts against a budget is
//! asked by credential or by customer.

use regua_core::charging::{Reason, Scheme, Trigger};
use regua_core::ids::{ChargeId, CustomerId, PaymentMethodId, ReceivableId, TenantId};
use regua_core::time::Instant;

use super::{all_of, methods, opt_word, word};
use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{customer, receivable, tenant};
use crate::statements::Statement;

/// An attempt as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChargeRow {
    /// Which: also the idempotency key.
    pub charge: ChargeId,
    /// Whose money.
    pub customer: CustomerId,
    /// What it pays.
    pub receivable: ReceivableId,
    /// By which gateway.
    pub gateway: String,
    /// With which method; none when another system made it with one that we do not know.
    pub method: Option<PaymentMethodId>,
    /// Whose rules bind it.
    pub scheme: Scheme,
    /// What the scheme counts by.
    pub credential: [u8; 16],
    /// What made somebody try.
    pub trigger: Trigger,
    /// The step, when a decision ordered it.
    pub step: Option<String>,
    /// The step's place.
    pub cycle: i64,
    /// The step's place.
    pub occurrence: i64,
    /// The try of the same thing, from 0.
    pub retry: i64,
    /// What makes it the same thing for a scheme.
    pub series: [u8; 16],
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// ordered, sending, pending, unknown; settled, declined, dropped, lost.
    pub status: String,
    /// The gateway's name of it.
    pub reference: Option<String>,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// When somebody looks at it next.
    pub due_at: Option<Instant>,
    /// How often it was sent or asked about.
    pub tries: i64,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// Every code that came with it, JSON.
    pub signals: Option<String>,
    /// Why it was dropped, or what the gateway said.
    pub said: Option<String>,
    /// The share of tries at that moment that the chooser would have made, in hundredths of a percent.
    pub propensity: Option<i64>,
    /// What the chooser saw of the moment, JSON.
    pub features: Option<String>,
    /// What the progressive discount took off; minor units.
    pub discount: i64,
}

/// An attempt that is due, of whichever tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub charge: ChargeId,
    /// Of whom.
    pub customer: CustomerId,
    /// Since when.
    pub due_at: Instant,
}

/// An attempt as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overview {
    /// Whose, as the source calls it.
    pub customer: String,
    /// What it pays, as the source calls it.
    pub receivable: String,
    /// The attempt.
    pub row: ChargeRow,
}

static CHARGES: Insert = Insert::new(
    "charges",
    &[
        ("tenant", Type::Id),
        ("charge", Type::Id),
        ("customer", Type::Id),
        ("receivable", Type::Id),
        ("gateway", Type::Text),
        ("method", Type::Id),
        ("scheme", Type::Text),
        ("credential", Type::Id),
        ("trigger", Type::Text),
        ("step", Type::Text),
        ("cycle", Type::Int),
        ("occurrence", Type::Int),
        ("retry", Type::Int),
        ("series", Type::Id),
        ("currency", Type::Text),
        ("amount", Type::Int),
        ("status", Type::Text),
        ("reference", Type::Text),
        ("ordered_at", Type::At),
        ("sent_at", Type::At),
        ("due_at", Type::At),
        ("tries", Type::Int),
        ("finished_at", Type::At),
        ("reason", Type::Text),
        ("signals", Type::Text),
        ("said", Type::Text),
        ("propensity", Type::Int),
        ("features", Type::Text),
        ("discount", Type::Int),
    ],
);

/// The columns of an attempt.
macro_rules! charge {
    ($($rest:literal),+) => {
        concat!(
            "SELECT h.charge, h.customer, h.receivable, h.gateway, h.method, h.scheme, h.credential, h.trigger, h.step, h.cycle, ",
            "h.occurrence, h.retry, h.series, h.currency, h.amount, h.status, h.reference, h.ordered_at, h.sent_at, h.due_at, h.tries, ",
            "h.finished_at, h.reason, h.signals, h.said, h.propensity, h.features, h.discount",
            $($rest),+
        )
    };
}
/// The same, and behind it what sources call customer and receivable.
macro_rules! overview {
    ($which:literal) => {
        charge!(
            ", c.external_id, r.external_id FROM charges h
      JOIN customers c ON c.tenant = h.tenant AND c.customer = h.customer
      JOIN receivables r ON r.tenant = h.tenant AND r.receivable = h.receivable
     WHERE ",
            $which
        )
    };
}

const TAKE: &str = "
    SELECT tenant, charge, customer, due_at FROM charges
     WHERE due_at IS NOT NULL AND due_at <= $1
     ORDER BY due_at, tenant, charge
     LIMIT $2 /*+skip_locked*/";
const NEXT: &str = "SELECT due_at FROM charges WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const LOAD: &str = charge!(" FROM charges h WHERE h.tenant = $1 AND h.charge IN /*+list*/ ($2)");
// The same terms as the index has, so that both databases see that it fits.
const UNDER_WAY: &str = charge!(
    " FROM charges h
     WHERE h.tenant = $1 AND h.receivable IN /*+list*/ ($2) AND h.status IN ('ordered', 'sending', 'pending', 'unknown')"
);
const BY_REFERENCE: &str = charge!(
    " FROM charges h
     WHERE h.tenant = $1 AND h.gateway = $2 AND h.reference IN /*+list*/ ($3) AND h.reference IS NOT NULL"
);
const OF_RECEIVABLE: &str = charge!(
    " FROM charges h
     WHERE h.tenant = $1 AND h.customer = $2 AND h.receivable = $3
     ORDER BY h.ordered_at DESC, h.charge DESC LIMIT $4"
);
const OF_CUSTOMERS: &str = charge!(
    " FROM charges h
     WHERE h.tenant = $1 AND h.customer IN /*+list*/ ($2) AND (h.sent_at IS NULL OR h.sent_at >= $3) AND h.status <> 'dropped'
     ORDER BY h.ordered_at DESC, h.charge DESC LIMIT $4"
);
const OF_CREDENTIALS: &str = charge!(
    " FROM charges h
     WHERE h.tenant = $1 AND h.credential IN /*+list*/ ($2) AND h.sent_at >= $3 AND h.sent_at IS NOT NULL
     ORDER BY h.sent_at DESC, h.charge DESC LIMIT $4"
);
const RENEW: &str = "
    UPDATE charges SET due_at = v.lease
      FROM /*+rows: charge id, tries int, lease at*/ AS v
     WHERE charges.tenant = $1 AND charges.charge = v.charge AND charges.status = 'sending' AND charges.tries = v.tries";
const SET: &str = "
    UPDATE charges
       SET status = v.status, reference = v.reference, sent_at = v.sent_at, due_at = v.due_at, tries = v.tries,
           finished_at = v.finished_at, reason = v.reason, signals = v.signals, said = v.said, amount = v.amount,
           propensity = v.propensity, features = v.features, discount = v.discount
      FROM /*+rows: charge id, status text, reference text, sent_at at, due_at at, tries int, finished_at at, reason text, signals text, said text, amount int, propensity int, features text, discount int*/ AS v
     WHERE charges.tenant = $1 AND charges.charge = v.charge
       AND (v.status <> 'sending' OR charges.status IN ('ordered', 'unknown'))
       AND (charges.status <> 'settled' OR v.status IN ('settled', 'declined'))";
// A range of one tenant: as an equality it would tempt a planner to read all attempts of the tenant.
const WAITING: &str = overview!("h.due_at <= $2 AND h.tenant BETWEEN $1 AND $1 ORDER BY h.due_at, h.tenant, h.charge LIMIT $3");
const NEEDING: &str = overview!("h.tenant = $1 AND h.status IN ('unknown', 'lost') ORDER BY h.ordered_at, h.charge LIMIT $2");
const OF_CUSTOMER: &str = overview!("h.tenant = $1 AND h.customer = $2 ORDER BY h.ordered_at DESC, h.charge DESC LIMIT $3");
const JUST: &str = overview!("h.tenant = $1 AND h.charge = $2");
// By the customers' index: what was ordered in a span is found for each of them.
const DISCOUNTED: &str = "
    SELECT currency, COUNT(*), CAST(SUM(discount) AS BIGINT), CAST(SUM(amount) AS BIGINT) FROM charges
     WHERE tenant = $1 AND discount > 0 AND status = 'settled' AND finished_at >= $2 AND finished_at < $3
     GROUP BY currency ORDER BY currency";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("charges.take", TAKE),
    ("charges.next", NEXT),
    ("charges.load", LOAD),
    ("charges.under_way", UNDER_WAY),
    ("charges.by_reference", BY_REFERENCE),
    ("charges.of_receivable", OF_RECEIVABLE),
    ("charges.of_customers", OF_CUSTOMERS),
    ("charges.of_credentials", OF_CREDENTIALS),
    ("charges.renew", RENEW),
    ("charges.set", SET),
    ("charges.waiting", WAITING),
    ("charges.needing", NEEDING),
    ("charges.of_customer", OF_CUSTOMER),
    ("charges.just", JUST),
    ("charges.discounted", DISCOUNTED),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&CHARGES];

fn id(row: &Row<'_>, column: usize) -> Result<ChargeId, StoreError> {
    ChargeId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of an attempt", "another"))
}

fn charge(row: &Row<'_>) -> Result<ChargeRow, StoreError> {
    Ok(ChargeRow {
        charge: id(row, 0)?,
        customer: customer(row, 1)?,
        receivable: receivable(row, 2)?,
        gateway: row.text(3)?,
        method: row.opt_id(4)?.map(|_| methods::id(row, 4)).transpose()?,
        scheme: word(row, 5, "a payment scheme")?,
        credential: row.id(6)?,
        trigger: word(row, 7, "a trigger")?,
        step: row.opt_text(8)?,
        cycle: row.int(9)?,
        occurrence: row.int(10)?,
        retry: row.int(11)?,
        series: row.id(12)?,
        currency: row.text(13)?,
        amount: row.int(14)?,
        status: row.text(15)?,
        reference: row.opt_text(16)?,
        ordered_at: row.at(17)?,
        sent_at: row.opt_at(18)?,
        due_at: row.opt_at(19)?,
        tries: row.int(20)?,
        finished_at: row.opt_at(21)?,
        reason: opt_word(row, 22, "a decline reason")?,
        signals: row.opt_text(23)?,
        said: row.opt_text(24)?,
        propensity: row.opt_int(25)?,
        features: row.opt_text(26)?,
        discount: row.int(27)?,
    })
}

fn overview(row: &Row<'_>) -> Result<Overview, StoreError> {
    Ok(Overview { customer: row.text(28)?, receivable: row.text(29)?, row: charge(row)? })
}

/// Enters attempts.
///
/// # Errors
/// [`StoreError::Unique`] when one is there already, or when another of the same receivable is under way: the constraint it
/// names is `charges(tenant, receivable)` then. Whatever the database says.
pub fn enter(tx: &mut Tx<'_>, own: TenantId, rows: &[ChargeRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            own.into(),
            row.charge.into(),
            row.customer.into(),
            row.receivable.into(),
            Value::Text(&row.gateway),
            row.method.into(),
            row.scheme.as_str().into(),
            Value::Id(row.credential),
            row.trigger.as_str().into(),
            row.step.as_deref().into(),
            row.cycle.into(),
            row.occurrence.into(),
            row.retry.into(),
            Value::Id(row.series),
            Value::Text(&row.currency),
            row.amount.into(),
            Value::Text(&row.status),
            row.reference.as_deref().into(),
            row.ordered_at.into(),
            row.sent_at.into(),
            row.due_at.into(),
            row.tries.into(),
            row.finished_at.into(),
            row.reason.map(Reason::as_str).into(),
            row.signals.as_deref().into(),
            row.said.as_deref().into(),
            row.propensity.into(),
            row.features.as_deref().into(),
            row.discount.into(),
        ]
    });
    tx.insert(&CHARGES, values).map(drop)
}

/// Takes up to `limit` attempts of any tenant that are due, the longest first; locked until the transaction ends. Call it in
/// the scope of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<Due>, StoreError> {
    tx.rows(TAKE, &[now.into(), limit.into()], |row| {
        Ok(Due { tenant: tenant(row, 0)?, charge: id(row, 1)?, customer: customer(row, 2)?, due_at: row.at(3)? })
    })
}

/// When the next attempt of any tenant is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// Loads attempts, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn load(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<ChargeRow>, StoreError> {
    tx.rows(LOAD, &[own.into(), Value::List(ids)], charge)
}

/// The attempts on these receivables that are under way, at most one each, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn under_way(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<ChargeRow>, StoreError> {
    tx.rows(UNDER_WAY, &[own.into(), Value::List(receivables)], charge)
}

/// The attempts that a gateway calls so, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn by_reference(tx: &mut Tx<'_>, own: TenantId, gateway: &str, references: &[&str]) -> Result<Vec<ChargeRow>, StoreError> {
    tx.rows(BY_REFERENCE, &[own.into(), Value::Text(gateway), Value::Texts(references)], charge)
}

/// Up to `limit` attempts on a customer's receivable, the last ordered first.
///
/// # Errors
/// Whatever the database says.
pub fn of_receivable(
    tx: &mut Tx<'_>,
    own: TenantId,
    of: CustomerId,
    which: ReceivableId,
    limit: i64,
) -> Result<Vec<ChargeRow>, StoreError> {
    tx.rows(OF_RECEIVABLE, &[own.into(), of.into(), which.into(), limit.into()], charge)
}

/// Up to `limit` attempts on customers that were sent at or after a moment or will be, the last ordered first. Whoever gets as
/// many as the limit knows too few: a budget counts as used up then.
///
/// # Errors
/// Whatever the database says.
pub fn of_customers(
    tx: &mut Tx<'_>,
    own: TenantId,
    customers: &[[u8; 16]],
    since: Instant,
    limit: i64,
) -> Result<Vec<ChargeRow>, StoreError> {
    tx.rows(OF_CUSTOMERS, &[own.into(), Value::List(customers), since.into(), limit.into()], charge)
}

/// Up to `limit` attempts with credentials, whosever, that were sent at or after a moment, the last sent first. As for
/// [`of_customers`], the limit reached means that too few are known.
///
/// # Errors
/// Whatever the database says.
pub fn of_credentials(
    tx: &mut Tx<'_>,
    own: TenantId,
    credentials: &[[u8; 16]],
    since: Instant,
    limit: i64,
) -> Result<Vec<ChargeRow>, StoreError> {
    tx.rows(OF_CREDENTIALS, &[own.into(), Value::List(credentials), since.into(), limit.into()], charge)
}

/// Whoever sends these attempts, each with the number of its try, has them until `lease`; of how many that is still so.
///
/// # Errors
/// Whatever the database says.
pub fn renew(tx: &mut Tx<'_>, own: TenantId, ids: &[(ChargeId, i64)], lease: Instant) -> Result<u64, StoreError> {
    tx.update(RENEW, &[own.into()], ids.iter().map(|&(id, tries)| [id.into(), tries.into(), lease.into()]))
}

/// Writes where attempts stand: status, reference, moments, tries, and why one failed. Only what is ordered, or what nobody
/// knows anything of, can be sent, so that two senders never meet; what is settled does not become unsettled by an old event.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there or not as that demands; [`StoreError::Unique`] when one would be under way
/// beside another of its receivable; whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, rows: &[ChargeRow]) -> Result<(), StoreError> {
    let values = rows.iter().map(|row| {
        [
            row.charge.into(),
            Value::Text(&row.status),
            row.reference.as_deref().into(),
            row.sent_at.into(),
            row.due_at.into(),
            row.tries.into(),
            row.finished_at.into(),
            row.reason.map(Reason::as_str).into(),
            row.signals.as_deref().into(),
            row.said.as_deref().into(),
            row.amount.into(),
            row.propensity.into(),
            row.features.as_deref().into(),
            row.discount.into(),
        ]
    });
    all_of(tx.update(SET, &[own.into()], values)?, rows.len(), "charges")
}

/// Up to `limit` attempts under way, the first one due first.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(WAITING, &[own.into(), Instant::NEVER.into(), limit.into()], overview)
}

/// Up to `limit` attempts of which nobody knows what became of them, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn needing(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(NEEDING, &[own.into(), limit.into()], overview)
}

/// Up to `limit` attempts on a customer, the last ordered first.
///
/// # Errors
/// Whatever the database says.
pub fn of_customer(tx: &mut Tx<'_>, own: TenantId, of: CustomerId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(OF_CUSTOMER, &[own.into(), of.into(), limit.into()], overview)
}

/// One attempt as a list shows it.
///
/// # Errors
/// Whatever the database says.
pub fn just(tx: &mut Tx<'_>, own: TenantId, which: ChargeId) -> Result<Option<Overview>, StoreError> {
    tx.one(JUST, &[own.into(), which.into()], overview)
}

/// What a discount cost in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Discounted {
    /// ISO 4217.
    pub currency: String,
    /// How many payments got it.
    pub payments: i64,
    /// What it took off, minor units.
    pub discount: i64,
    /// What was paid with it, minor units.
    pub paid: i64,
}

/// What the progressive discount cost in a span, by currency.
///
/// # Errors
/// Whatever the database says.
pub fn discounted(tx: &mut Tx<'_>, own: TenantId, from: Instant, until: Instant) -> Result<Vec<Discounted>, StoreError> {
    tx.rows(DISCOUNTED, &[own.into(), from.into(), until.into()], |row| {
        Ok(Discounted { currency: row.text(0)?, payments: row.int(1)?, discount: row.int(2)?, paid: row.int(3)? })
    })
}
