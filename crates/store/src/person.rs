//! Everything that is held about one customer: for the person who asks, and for the end of it.

use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{StoreError, Tx, Value};
use crate::due::receivable;
use crate::outbox::message;
use crate::statements::Statement;

const PERSON: &str = "SELECT external_id, source, created_at, erased_at FROM customers WHERE tenant = $1 AND customer = $2";
const RECEIVABLES: &str = "
    SELECT receivable, external_id, currency, amount, issued_on, due_on, method, policy, status, balance, entered_at, closed_at
      FROM receivables
     WHERE tenant = $1 AND customer = $2";
// The joins are crossed so that SQLite begins with the few receivables of a customer.
const DECISIONS: &str = "
    SELECT d.receivable, d.mode, d.step, d.cycle, d.occurrence, d.outcome, d.decided_at, d.message, d.rule, d.policy, d.seq
      FROM receivables r CROSS JOIN decisions d
     WHERE r.tenant = $1 AND r.customer = $2 AND d.tenant = r.tenant AND d.receivable = r.receivable
     ORDER BY d.seq, d.receivable, d.mode, d.step, d.cycle, d.occurrence";
const EFFECTS: &str = "
    SELECT e.receivable, e.mode, e.step, e.kind, e.detail, e.at, e.status
      FROM receivables r CROSS JOIN effects e
     WHERE r.tenant = $1 AND r.customer = $2 AND e.tenant = r.tenant AND e.receivable = r.receivable
     ORDER BY e.at, e.receivable, e.mode, e.step, e.cycle, e.occurrence";
const MESSAGES: &str = "
    SELECT m.message, m.mode, m.channels, m.channel, m.tone, m.status, m.decided_at, m.finished_at, m.reply, l.sealed
      FROM messages m
      LEFT JOIN letters l ON l.tenant = m.tenant AND l.message = m.message
     WHERE m.tenant = $1 AND m.customer = $2
     ORDER BY m.decided_at, m.message";
const OPEN: &str = "SELECT COUNT(*) FROM receivables WHERE tenant = $1 AND customer = $2 AND status = 'open'";
const ERASE: &str = "UPDATE customers SET external_id = $3, erased_at = $4 WHERE tenant = $1 AND customer = $2";
const DROP_KEY: &str = "DELETE FROM customer_keys WHERE tenant = $1 AND customer = $2";
const FORGET: &str = "UPDATE messages SET reply = NULL WHERE tenant = $1 AND customer = $2";
const BURN: &str = "
    DELETE FROM letters
     WHERE tenant = $1 AND message IN (SELECT message FROM messages WHERE tenant = $1 AND customer = $2)";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("person.person", PERSON),
    ("person.receivables", RECEIVABLES),
    ("person.decisions", DECISIONS),
    ("person.effects", EFFECTS),
    ("person.messages", MESSAGES),
    ("person.open", OPEN),
    ("person.erase", ERASE),
    ("person.drop_key", DROP_KEY),
    ("person.forget", FORGET),
    ("person.burn", BURN),
];

/// A customer's own row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRow {
    /// What its source calls it; our id once it is erased.
    pub external_id: String,
    /// What reports its payments.
    pub source: String,
    /// When it became known.
    pub created_at: Instant,
    /// When it was erased.
    pub erased_at: Option<Instant>,
}

/// A customer's own row.
///
/// # Errors
/// Whatever the database says.
pub fn person(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Option<PersonRow>, StoreError> {
    tx.one(PERSON, &[own.into(), id.into()], |row| {
        Ok(PersonRow { external_id: row.text(0)?, source: row.text(1)?, created_at: row.at(2)?, erased_at: row.opt_at(3)? })
    })
}

/// A receivable as its customer may see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwedRow {
    /// Which.
    pub receivable: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// ISO 4217.
    pub currency: String,
    /// Billed, in minor units.
    pub amount: i64,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// The rail it is expected on.
    pub method: Option<String>,
    /// Number of the policy.
    pub policy: i64,
    /// Open, or how it ended.
    pub status: String,
    /// The balance, in minor units.
    pub balance: i64,
    /// When it entered.
    pub entered_at: Instant,
    /// When it ended.
    pub closed_at: Option<Instant>,
}

/// Every receivable of a customer, by what its source calls it.
///
/// # Errors
/// Whatever the database says.
pub fn receivables(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<OwedRow>, StoreError> {
    let mut rows = tx.rows(RECEIVABLES, &[own.into(), id.into()], |row| {
        Ok(OwedRow {
            receivable: receivable(row, 0)?,
            external_id: row.text(1)?,
            currency: row.text(2)?,
            amount: row.int(3)?,
            issued_on: row.date(4)?,
            due_on: row.date(5)?,
            method: row.opt_text(6)?,
            policy: row.int(7)?,
            status: row.text(8)?,
            balance: row.int(9)?,
            entered_at: row.at(10)?,
            closed_at: row.opt_at(11)?,
        })
    })?;
    rows.sort_by(|a, b| a.external_id.cmp(&b.external_id));
    Ok(rows)
}

/// A final decision as stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct StoredDecision {
    /// The event with its receipt.
    pub seq: i64,
    /// Of which receivable.
    pub receivable: ReceivableId,
    /// How real.
    pub mode: String,
    /// The step's name.
    pub step: String,
    /// The cycle.
    pub cycle: i64,
    /// The occurrence.
    pub occurrence: i64,
    /// done, or why it was skipped.
    pub outcome: String,
    /// When.
    pub decided_at: Instant,
    /// Its message.
    pub message: Option<MessageId>,
    /// The rule of law behind it.
    pub rule: Option<String>,
    /// Number of the policy.
    pub policy: i64,
}

/// Every decision about a customer, in the order of the events that hold their receipts.
///
/// # Errors
/// Whatever the database says.
pub fn decisions(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<StoredDecision>, StoreError> {
    tx.rows(DECISIONS, &[own.into(), id.into()], |row| {
        let of = row.opt_id(7)?.map(MessageId::from_bytes).transpose();
        Ok(StoredDecision {
            receivable: receivable(row, 0)?,
            mode: row.text(1)?,
            step: row.text(2)?,
            cycle: row.int(3)?,
            occurrence: row.int(4)?,
            outcome: row.text(5)?,
            decided_at: row.at(6)?,
            message: of.map_err(|_bad| row.bad(7, "the id of a message", "another"))?,
            rule: row.opt_text(8)?,
            policy: row.int(9)?,
            seq: row.int(10)?,
        })
    })
}

/// Something else that a decision ordered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEffect {
    /// Of which receivable.
    pub receivable: ReceivableId,
    /// How real.
    pub mode: String,
    /// The step's name.
    pub step: String,
    /// What sort.
    pub kind: String,
    /// The state, queue, bureau …
    pub detail: String,
    /// When.
    pub at: Instant,
    /// Where it stands.
    pub status: String,
}

/// Every effect of decisions about a customer, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn effects(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<StoredEffect>, StoreError> {
    tx.rows(EFFECTS, &[own.into(), id.into()], |row| {
        Ok(StoredEffect {
            receivable: receivable(row, 0)?,
            mode: row.text(1)?,
            step: row.text(2)?,
            kind: row.text(3)?,
            detail: row.text(4)?,
            at: row.at(5)?,
            status: row.text(6)?,
        })
    })
}

/// A message to a customer, with what was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentRow {
    /// Which.
    pub message: MessageId,
    /// How real.
    pub mode: String,
    /// The channels it was decided for, joined by `;`.
    pub channels: String,
    /// The one that carried it last.
    pub channel: Option<String>,
    /// How it spoke.
    pub tone: String,
    /// Where it stands.
    pub status: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What the far side said.
    pub reply: Option<String>,
    /// As it was sent, sealed.
    pub letter: Option<Vec<u8>>,
}

/// Every message to a customer, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn messages(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<SentRow>, StoreError> {
    tx.rows(MESSAGES, &[own.into(), id.into()], |row| {
        Ok(SentRow {
            message: message(row, 0)?,
            mode: row.text(1)?,
            channels: row.text(2)?,
            channel: row.opt_text(3)?,
            tone: row.text(4)?,
            status: row.text(5)?,
            decided_at: row.at(6)?,
            finished_at: row.opt_at(7)?,
            reply: row.opt_text(8)?,
            letter: row.opt_bytes(9)?,
        })
    })
}

/// How many receivables of a customer are open.
///
/// # Errors
/// Whatever the database says.
pub fn open(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<i64, StoreError> {
    Ok(tx.one(OPEN, &[own.into(), id.into()], |row| row.int(0))?.unwrap_or(0))
}

/// Erases a person: the key goes, and with it everything that was sealed, and what far sides said of the addresses; the
/// books stay.
///
/// # Errors
/// Whatever the database says.
pub fn erase(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, now_called: &str, at: Instant) -> Result<(), StoreError> {
    tx.execute(ERASE, &[own.into(), id.into(), Value::Text(now_called), at.into()])?;
    tx.execute(FORGET, &[own.into(), id.into()])?;
    tx.execute(BURN, &[own.into(), id.into()])?;
    tx.execute(DROP_KEY, &[own.into(), id.into()]).map(drop)
}
