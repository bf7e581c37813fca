//! Messages on their way: taken by one worker at a time, and what came of each.
//!
//! A message is its own outbox entry: `due_at` is when somebody looks at it next, and none when it is finished. While a
//! worker sends it, it is `sending` and due at the end of the lease: found so, nobody knows whether it went out.

use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::time::Instant;

use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{customer, tenant};
use crate::statements::Statement;

/// A message as stored.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub message: MessageId,
    /// To whom.
    pub customer: CustomerId,
    /// How real.
    pub mode: String,
    /// The channels it was decided for, joined by `;`.
    pub channels: String,
    /// What a last look needs.
    pub plan: Vec<u8>,
    /// Where it stands.
    pub status: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// How often it was tried.
    pub tries: i64,
}

/// Where a message stands now.
#[derive(Clone, Debug)]
pub struct MessageState {
    /// Which.
    pub message: MessageId,
    /// The channel that carried it.
    pub channel: Option<&'static str>,
    /// What a last look needs.
    pub plan: Vec<u8>,
    /// queued, sending, sent, failed, unknown, cancelled.
    pub status: &'static str,
    /// When somebody looks next.
    pub due_at: Option<Instant>,
    /// Until when a worker has it.
    pub lease_until: Option<Instant>,
    /// How often it was tried.
    pub tries: i64,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What the far side said.
    pub reply: Option<String>,
    /// As it is sent, sealed; kept beside the message, and from then on the same.
    pub letter: Option<Vec<u8>>,
}

/// An item that fell out of a message.
#[derive(Clone, Debug)]
pub struct DroppedRow {
    /// Of which message.
    pub message: MessageId,
    /// Which receivable.
    pub receivable: ReceivableId,
    /// Which step.
    pub step: String,
    /// Why.
    pub reason: &'static str,
    /// When.
    pub at: Instant,
}

const TAKE: &str = "
    SELECT tenant, message, customer, mode, channels, plan, status, decided_at, tries FROM messages
     WHERE due_at IS NOT NULL AND due_at <= $1
     ORDER BY due_at, tenant, message
     LIMIT $2 /*+skip_locked*/";
const NEXT: &str = "SELECT due_at FROM messages WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";
const ONE: &str = "
    SELECT tenant, message, customer, mode, channels, plan, status, decided_at, tries FROM messages
     WHERE tenant = $1 AND message = $2";
const OF_CUSTOMER: &str = "
    SELECT tenant, message, customer, mode, channels, plan, status, decided_at, tries FROM messages
     WHERE tenant = $1 AND customer = $2
     ORDER BY decided_at, message LIMIT $3";
const NEWEST_SENT: &str = "
    SELECT message, channel, finished_at FROM messages
     WHERE tenant = $1 AND customer = $2 AND status = 'sent' AND channel IS NOT NULL AND finished_at <= $3
     ORDER BY decided_at DESC, message DESC LIMIT 1";
const UNSENT: &str = "
    SELECT customer, plan FROM messages
     WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND status IN ('queued', 'sending', 'unknown')
     ORDER BY customer, message";
const LETTER: &str = "SELECT sealed FROM letters WHERE tenant = $1 AND message = $2";
const WRITE_ANEW: &str = "
    UPDATE letters SET sealed = v.sealed
      FROM /*+rows: message id, sealed bytes*/ AS v
     WHERE letters.tenant = $1 AND letters.message = v.message";
const STANDING: &str = "
    SELECT message, tries FROM messages
     WHERE tenant = $1 AND message IN /*+list*/ ($2) AND status = 'sending'";
const RENEW: &str = "
    UPDATE messages SET due_at = v.lease, lease_until = v.lease
      FROM /*+rows: message id, tries int, lease at*/ AS v
     WHERE messages.tenant = $1 AND messages.message = v.message AND messages.status = 'sending' AND messages.tries = v.tries";
const SET: &str = "
    UPDATE messages
       SET channel = v.channel, plan = v.plan, status = v.status, due_at = v.due_at, lease_until = v.lease_until,
           tries = v.tries, finished_at = v.finished_at, reply = v.reply
      FROM /*+rows: message id, channel text, plan bytes, status text, due_at at, lease_until at, tries int, finished_at at, reply text*/ AS v
     WHERE messages.tenant = $1 AND messages.message = v.message AND (v.status <> 'sending' OR messages.status = 'queued')";
const BY_STATUS: &str = "
    SELECT status, COUNT(*) FROM messages
     WHERE tenant = $1 AND status IN ('unknown', 'failed') GROUP BY status ORDER BY status";
const TROUBLED: &str = "
    SELECT m.message, c.external_id, m.status, m.channel, m.decided_at, m.reply FROM messages m
      JOIN customers c ON c.tenant = m.tenant AND c.customer = m.customer
     WHERE m.tenant = $1 AND m.status IN ('unknown', 'failed')
     ORDER BY m.decided_at, m.message LIMIT $2";

const RECEIVE: &str = "
    INSERT INTO inbox (tenant, digest, received_at, kind, message, outcome) VALUES ($1, $2, $3, $4, $5, 'taken')
    ON CONFLICT (tenant, digest) DO NOTHING";
/// What a list of messages says of each.
macro_rules! overview {
    ($which:literal) => {
        concat!(
            "
    SELECT m.message, c.external_id, m.status, m.mode, m.channels, m.channel, m.tone, m.decided_at, m.due_at, m.tries,
           m.finished_at, m.reply FROM messages m
      JOIN customers c ON c.tenant = m.tenant AND c.customer = m.customer
     WHERE ",
            $which
        )
    };
}
// A range of one tenant: as an equality it would tempt a planner to read all messages of the tenant.
const WAITING: &str = overview!("m.due_at <= $2 AND m.tenant BETWEEN $1 AND $1 ORDER BY m.due_at, m.tenant, m.message LIMIT $3");
const NEEDING: &str = overview!("m.tenant = $1 AND m.status IN ('unknown', 'failed') ORDER BY m.decided_at, m.message LIMIT $2");
const WRITTEN_TO: &str = overview!("m.tenant = $1 AND m.customer = $2 ORDER BY m.decided_at, m.message LIMIT $3");
const JUST: &str = overview!("m.tenant = $1 AND m.message = $2");
const DROPPED_OF: &str = "
    SELECT r.external_id, d.step, d.reason, d.at FROM dropped_items d
      JOIN receivables r ON r.tenant = d.tenant AND r.receivable = d.receivable
     WHERE d.tenant = $1 AND d.message = $2 ORDER BY r.external_id, d.step";
const NAMES: &str = "SELECT receivable, external_id FROM receivables WHERE tenant = $1 AND receivable IN /*+list*/ ($2)";

static DROPPED: Insert = Insert::new(
    "dropped_items",
    &[
        ("tenant", Type::Id),
        ("message", Type::Id),
        ("receivable", Type::Id),
        ("step", Type::Text),
        ("reason", Type::Text),
        ("at", Type::At),
    ],
);

/// A message that goes out a second time, over another channel or to another address, has its letter already.
static LETTERS: Insert = Insert::new("letters", &[("tenant", Type::Id), ("message", Type::Id), ("sealed", Type::Bytes)]).or_leave();

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("outbox.take", TAKE),
    ("outbox.next", NEXT),
    ("outbox.one", ONE),
    ("outbox.of_customer", OF_CUSTOMER),
    ("outbox.newest_sent", NEWEST_SENT),
    ("outbox.unsent", UNSENT),
    ("outbox.letter", LETTER),
    ("outbox.write_anew", WRITE_ANEW),
    ("outbox.standing", STANDING),
    ("outbox.renew", RENEW),
    ("outbox.set", SET),
    ("outbox.receive", RECEIVE),
    ("outbox.by_status", BY_STATUS),
    ("outbox.troubled", TROUBLED),
    ("outbox.waiting", WAITING),
    ("outbox.needing", NEEDING),
    ("outbox.written_to", WRITTEN_TO),
    ("outbox.just", JUST),
    ("outbox.dropped_of", DROPPED_OF),
    ("outbox.names", NAMES),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&DROPPED, &LETTERS];

fn stored(row: &Row<'_>) -> Result<StoredMessage, StoreError> {
    Ok(StoredMessage {
        tenant: tenant(row, 0)?,
        message: message(row, 1)?,
        customer: customer(row, 2)?,
        mode: row.text(3)?,
        channels: row.text(4)?,
        plan: row.bytes(5)?,
        status: row.text(6)?,
        decided_at: row.at(7)?,
        tries: row.int(8)?,
    })
}

/// A message's id in a column.
pub(crate) fn message(row: &Row<'_>, column: usize) -> Result<MessageId, StoreError> {
    MessageId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a message", "another"))
}

/// Takes up to `limit` messages that are due, the longest first; locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn take(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<StoredMessage>, StoreError> {
    tx.rows(TAKE, &[now.into(), limit.into()], stored)
}

/// When the next message is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// A message.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], stored)
}

/// Up to `limit` messages of a customer, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn of_customer(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, limit: i64) -> Result<Vec<StoredMessage>, StoreError> {
    tx.rows(OF_CUSTOMER, &[own.into(), id.into(), limit.into()], stored)
}

/// The newest message to a customer that was sent until a moment, the channel that carried it, and when.
///
/// # Errors
/// Whatever the database says.
pub fn newest_sent(
    tx: &mut Tx<'_>,
    own: TenantId,
    id: CustomerId,
    until: Instant,
) -> Result<Option<(MessageId, String, Instant)>, StoreError> {
    tx.one(NEWEST_SENT, &[own.into(), id.into(), until.into()], |row| Ok((message(row, 0)?, row.text(1)?, row.at(2)?)))
}

/// What a last look needs of each message to these customers of which nobody knows that it was sent.
///
/// # Errors
/// Whatever the database says.
pub fn unsent(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<(CustomerId, Vec<u8>)>, StoreError> {
    tx.rows(UNSENT, &[own.into(), Value::List(customers)], |row| Ok((customer(row, 0)?, row.bytes(1)?)))
}

/// The message as it was sent, sealed.
///
/// # Errors
/// Whatever the database says.
pub fn letter(tx: &mut Tx<'_>, own: TenantId, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
    tx.one(LETTER, &[own.into(), id.into()], |row| row.bytes(0))
}

/// Which of these messages are being sent, and the number of the try. Whoever holds their customers' locks keeps it so.
///
/// # Errors
/// Whatever the database says.
pub fn standing(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<(MessageId, i64)>, StoreError> {
    tx.rows(STANDING, &[own.into(), Value::List(ids)], |row| Ok((message(row, 0)?, row.int(1)?)))
}

/// Whoever sends these messages, each with the number of its try, has them until `lease`; of how many that is still so.
///
/// # Errors
/// Whatever the database says.
pub fn renew(tx: &mut Tx<'_>, own: TenantId, ids: &[(MessageId, i64)], lease: Instant) -> Result<u64, StoreError> {
    tx.update(RENEW, &[own.into()], ids.iter().map(|&(id, tries)| [id.into(), tries.into(), lease.into()]))
}

/// Writes where messages stand. Only what is queued can be sent: with the lock of [`take`] two senders never meet, and were
/// it not there, the second one would fail here before its first byte.
///
/// # Errors
/// [`StoreError::Vanished`] when one is not there, or one that is to be sent is not queued; whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, states: &[MessageState]) -> Result<(), StoreError> {
    let rows = tx.update(
        SET,
        &[own.into()],
        states.iter().map(|state| {
            [
                state.message.into(),
                state.channel.into(),
                Value::Bytes(&state.plan),
                state.status.into(),
                state.due_at.into(),
                state.lease_until.into(),
                state.tries.into(),
                state.finished_at.into(),
                state.reply.as_deref().into(),
            ]
        }),
    )?;
    if u64::try_from(states.len()) != Ok(rows) {
        return Err(StoreError::Vanished { table: "messages", wanted: states.len(), rows });
    }
    let letters = || states.iter().filter_map(|state| Some((state.message, state.letter.as_deref()?)));
    let new = tx.insert(&LETTERS, letters().map(|(message, sealed)| [own.into(), message.into(), Value::Bytes(sealed)]))?;
    if u64::try_from(letters().count()) != Ok(new) {
        tx.update(WRITE_ANEW, &[own.into()], letters().map(|(message, sealed)| [message.into(), Value::Bytes(sealed)]))?;
    }
    Ok(())
}

/// Takes a letter in, known by its digest; whether it was not taken in before.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx<'_>,
    own: TenantId,
    digest: &[u8; 32],
    at: Instant,
    kind: &str,
    about: Option<MessageId>,
) -> Result<bool, StoreError> {
    let values = [own.into(), Value::Bytes(digest), at.into(), kind.into(), about.into()];
    Ok(tx.execute(RECEIVE, &values)? > 0)
}

/// Writes items that fell out of messages.
///
/// # Errors
/// [`StoreError::Unique`] when one fell out before.
pub fn drop_items(tx: &mut Tx<'_>, own: TenantId, rows: &[DroppedRow]) -> Result<(), StoreError> {
    let values = rows
        .iter()
        .map(|row| [own.into(), row.message.into(), row.receivable.into(), Value::Text(&row.step), row.reason.into(), row.at.into()]);
    tx.insert(&DROPPED, values).map(drop)
}

/// How many messages a person must look at: `unknown` ones and those that failed everywhere.
///
/// # Errors
/// Whatever the database says.
pub fn troubles(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<(String, i64)>, StoreError> {
    tx.rows(BY_STATUS, &[own.into()], |row| Ok((row.text(0)?, row.int(1)?)))
}

/// A message that a person must look at.
#[derive(Clone, Debug)]
pub struct Troubled {
    /// Which.
    pub message: MessageId,
    /// Whose, as the source calls it.
    pub customer: String,
    /// unknown or failed.
    pub status: String,
    /// The channel that was tried last.
    pub channel: Option<String>,
    /// When it was decided.
    pub decided_at: Instant,
    /// What the far side said.
    pub reply: Option<String>,
}

/// Up to `limit` messages that a person must look at, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn troubled(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<Troubled>, StoreError> {
    tx.rows(TROUBLED, &[own.into(), limit.into()], |row| {
        Ok(Troubled {
            message: message(row, 0)?,
            customer: row.text(1)?,
            status: row.text(2)?,
            channel: row.opt_text(3)?,
            decided_at: row.at(4)?,
            reply: row.opt_text(5)?,
        })
    })
}

/// A message as a list of messages shows it.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Which.
    pub message: MessageId,
    /// Whose, as the source calls it.
    pub customer: String,
    /// Where it stands.
    pub status: String,
    /// How real.
    pub mode: String,
    /// The channels it was decided for, joined by `;`.
    pub channels: String,
    /// The channel that carried it or was tried last.
    pub channel: Option<String>,
    /// How it speaks.
    pub tone: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// When somebody looks at it next; none when it is finished.
    pub due_at: Option<Instant>,
    /// How often it was tried.
    pub tries: i64,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What the far side said.
    pub reply: Option<String>,
}

fn overview(row: &Row<'_>) -> Result<Overview, StoreError> {
    Ok(Overview {
        message: message(row, 0)?,
        customer: row.text(1)?,
        status: row.text(2)?,
        mode: row.text(3)?,
        channels: row.text(4)?,
        channel: row.opt_text(5)?,
        tone: row.text(6)?,
        decided_at: row.at(7)?,
        due_at: row.opt_at(8)?,
        tries: row.int(9)?,
        finished_at: row.opt_at(10)?,
        reply: row.opt_text(11)?,
    })
}

/// Up to `limit` messages on their way, the first one due first.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(WAITING, &[own.into(), Instant::NEVER.into(), limit.into()], overview)
}

/// Up to `limit` messages that a person must look at, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn needing(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(NEEDING, &[own.into(), limit.into()], overview)
}

/// Up to `limit` messages to a customer, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn written_to(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, limit: i64) -> Result<Vec<Overview>, StoreError> {
    tx.rows(WRITTEN_TO, &[own.into(), id.into(), limit.into()], overview)
}

/// One message as a list shows it.
///
/// # Errors
/// Whatever the database says.
pub fn just(tx: &mut Tx<'_>, own: TenantId, id: MessageId) -> Result<Option<Overview>, StoreError> {
    tx.one(JUST, &[own.into(), id.into()], overview)
}

/// What fell out of a message: receivable, as its source calls it, step, reason and when.
///
/// # Errors
/// Whatever the database says.
pub fn dropped_of(tx: &mut Tx<'_>, own: TenantId, id: MessageId) -> Result<Vec<(String, String, String, Instant)>, StoreError> {
    tx.rows(DROPPED_OF, &[own.into(), id.into()], |row| Ok((row.text(0)?, row.text(1)?, row.text(2)?, row.at(3)?)))
}

/// What their source calls receivables.
///
/// # Errors
/// Whatever the database says.
pub fn names(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<(ReceivableId, String)>, StoreError> {
    tx.rows(NAMES, &[own.into(), Value::List(ids)], |row| Ok((crate::due::receivable(row, 0)?, row.text(1)?)))
}
