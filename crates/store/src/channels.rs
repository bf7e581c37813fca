//! Channels: messages with their carriers, what people answered, addresses that are left alone, whom a channel reached within a
//! day, and what carriers tell of themselves.
//!
//! Addresses stand here as marks, which nobody reads without the installation's key. Deliberately absent: what follows from any of
//! it, and the words of answers, which are sealed.

use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::customer;
use crate::outbox::message;
use crate::statements::Statement;

/// A message with whoever carries it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CarriageRow {
    /// Over which channel.
    pub channel: String,
    /// The carrier's name of it.
    pub reference: String,
    /// Ours.
    pub message: MessageId,
    /// To whom.
    pub customer: CustomerId,
    /// A keyed hash of the address.
    pub mark: [u8; 16],
    /// taken, sent, failed, delivered, read.
    pub standing: String,
    /// The carrier's code of why it did not arrive.
    pub code: Option<String>,
    /// When it was handed over.
    pub sent_at: Instant,
    /// When its standing was last told.
    pub changed_at: Instant,
    /// When its link was first followed.
    pub clicked_at: Option<Instant>,
}

/// What somebody wrote to us.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplyRow {
    /// Which.
    pub reply: [u8; 16],
    /// Over which channel.
    pub channel: String,
    /// Who wrote, when the address is a customer's.
    pub customer: Option<CustomerId>,
    /// A keyed hash of the address.
    pub mark: [u8; 16],
    /// The message of ours that it answers.
    pub message: Option<MessageId>,
    /// stop, start, help.
    pub wish: Option<String>,
    /// When it came.
    pub received_at: Instant,
    /// open, done.
    pub status: String,
    /// When somebody was done with it.
    pub done_at: Option<Instant>,
    /// Who.
    pub done_by: Option<String>,
    /// Address and words, sealed.
    pub sealed: Vec<u8>,
}

/// The newest that came from an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConversationRow {
    /// Over which channel.
    pub channel: String,
    /// A keyed hash of the address.
    pub mark: [u8; 16],
    /// Who writes, when the address is a customer's.
    pub customer: Option<CustomerId>,
    /// When they wrote last.
    pub wrote_at: Instant,
}

/// An address that is left alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuppressionRow {
    /// On which channel.
    pub channel: String,
    /// A keyed hash of the address.
    pub mark: [u8; 16],
    /// bounced, complaint, opted_out, person.
    pub why: String,
    /// Who had the address then.
    pub customer: Option<CustomerId>,
    /// Since when.
    pub begun_at: Instant,
}

/// What a carrier tells of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateRow {
    /// Of which channel.
    pub channel: String,
    /// template, category, number, tier, trouble.
    pub kind: String,
    /// Of what: a template with its language, a number.
    pub name: String,
    /// The carrier's word.
    pub state: String,
    /// What else it says.
    pub detail: Option<String>,
    /// Since when.
    pub at: Instant,
}

/// The columns of a carriage.
macro_rules! carriage {
    ($rest:literal) => {
        concat!(
            "SELECT channel, reference, message, customer, mark, standing, code, sent_at, changed_at, clicked_at FROM carriages
              WHERE tenant = $1 ",
            $rest
        )
    };
}
/// The columns of an answer.
macro_rules! reply {
    ($rest:literal) => {
        concat!(
            "SELECT reply, channel, customer, mark, message, wish, received_at, status, done_at, done_by, sealed FROM replies
              WHERE tenant = $1 ",
            $rest
        )
    };
}

const KEEP: &str = "
    INSERT INTO carriages (tenant, channel, reference, message, customer, mark, standing, code, sent_at, changed_at, clicked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (tenant, channel, reference) DO NOTHING";
const CARRIAGE: &str = carriage!("AND channel = $2 AND reference = $3");
const OF_MESSAGE: &str = carriage!("AND message = $2 ORDER BY sent_at, channel, reference");
const STAND: &str = "
    UPDATE carriages SET standing = $4, code = $5, changed_at = $6 WHERE tenant = $1 AND channel = $2 AND reference = $3";
const CLICK: &str = "
    UPDATE carriages SET clicked_at = $4 WHERE tenant = $1 AND channel = $2 AND reference = $3 AND clicked_at IS NULL";
const WROTE_TO: &str = "
    SELECT customer FROM carriages WHERE tenant = $1 AND mark IN /*+list*/ ($2) ORDER BY sent_at DESC LIMIT 1";
const REPLY: &str = "
    INSERT INTO replies (tenant, reply, channel, customer, mark, message, wish, received_at, status, done_at, done_by, sealed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (tenant, reply) DO NOTHING";
const ONE_REPLY: &str = reply!("AND reply = $2");
const NEWEST_REPLIES: &str =
    reply!("AND (received_at, reply) < ($2, $3) AND received_at <= $2 ORDER BY received_at DESC, reply DESC LIMIT $4");
const OPEN_REPLIES: &str =
    reply!("AND status = 'open' AND (received_at, reply) < ($2, $3) AND received_at <= $2 ORDER BY received_at DESC, reply DESC LIMIT $4");
const REPLIES_OF: &str = reply!("AND customer = $2 AND customer IS NOT NULL ORDER BY received_at DESC LIMIT $3");
const DONE: &str = "
    UPDATE replies SET status = 'done', done_at = $3, done_by = $4 WHERE tenant = $1 AND reply = $2 AND status = 'open'";
const OPEN_COUNT: &str = "SELECT COUNT(*) FROM replies WHERE tenant = $1 AND status = 'open'";
const WROTE: &str = "
    INSERT INTO conversations (tenant, channel, mark, customer, wrote_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, channel, mark) DO UPDATE SET customer = excluded.customer, wrote_at = excluded.wrote_at
     WHERE conversations.wrote_at < excluded.wrote_at";
const CONVERSATIONS_WITH: &str = "
    SELECT channel, mark, customer, wrote_at FROM conversations WHERE tenant = $1 AND channel = $2 AND mark IN /*+list*/ ($3)";
const CONVERSATIONS: &str = "
    SELECT channel, mark, customer, wrote_at FROM conversations
     WHERE tenant = $1 AND (wrote_at, channel, mark) < ($2, $3, $4) AND wrote_at <= $2 ORDER BY wrote_at DESC, channel DESC, mark DESC LIMIT $5";
const CLOSE: &str = "DELETE FROM conversations WHERE tenant = $1 AND channel = $2 AND mark = $3";
const SUPPRESS: &str = "
    INSERT INTO suppressions (tenant, channel, mark, why, customer, begun_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant, channel, mark) DO UPDATE SET why = excluded.why, customer = excluded.customer, begun_at = excluded.begun_at
     WHERE (suppressions.why = 'bounced' AND excluded.why <> 'bounced')
        OR (suppressions.why = 'opted_out' AND excluded.why IN ('complaint', 'person'))";
const SUPPRESSED: &str = "
    SELECT channel, mark, why, customer, begun_at FROM suppressions WHERE tenant = $1 AND channel = $2 AND mark IN /*+list*/ ($3)";
const SUPPRESSIONS: &str = "
    SELECT channel, mark, why, customer, begun_at FROM suppressions
     WHERE tenant = $1 AND (begun_at, channel, mark) < ($2, $3, $4) AND begun_at <= $2 ORDER BY begun_at DESC, channel DESC, mark DESC LIMIT $5";
const LIFT: &str = "DELETE FROM suppressions WHERE tenant = $1 AND channel = $2 AND mark = $3";
const LIFT_FOR: &str = "DELETE FROM suppressions WHERE tenant = $1 AND channel = $2 AND mark = $3 AND why = $4";
const REACH: &str = "
    INSERT INTO reached (tenant, channel, mark, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, channel, mark) DO UPDATE SET at = excluded.at";
const REACHED: &str = "SELECT mark FROM reached WHERE tenant = $1 AND channel = $2 AND mark IN /*+list*/ ($3) AND at > $4";
const REACHED_COUNT: &str = "SELECT COUNT(*) FROM reached WHERE tenant = $1 AND channel = $2 AND at > $3";
const REACHED_FIRST: &str = "SELECT at FROM reached WHERE tenant = $1 AND channel = $2 AND at > $3 ORDER BY at LIMIT 1";
const FORGET_REACHED: &str = "DELETE FROM reached WHERE tenant = $1 AND channel = $2 AND at <= $3";
const STATES: &str = "SELECT channel, kind, name, state, detail, at FROM channel_states WHERE tenant = $1 ORDER BY channel, kind, name";
const SET_STATE: &str = "
    INSERT INTO channel_states (tenant, channel, kind, name, state, detail, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, channel, kind, name) DO UPDATE SET state = excluded.state, detail = excluded.detail, at = excluded.at
     WHERE channel_states.at <= excluded.at";
const END_STATE: &str = "DELETE FROM channel_states WHERE tenant = $1 AND channel = $2 AND kind = $3 AND name = $4";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("channels.keep", KEEP),
    ("channels.carriage", CARRIAGE),
    ("channels.of_message", OF_MESSAGE),
    ("channels.stand", STAND),
    ("channels.click", CLICK),
    ("channels.wrote_to", WROTE_TO),
    ("channels.reply", REPLY),
    ("channels.one_reply", ONE_REPLY),
    ("channels.newest_replies", NEWEST_REPLIES),
    ("channels.open_replies", OPEN_REPLIES),
    ("channels.replies_of", REPLIES_OF),
    ("channels.done", DONE),
    ("channels.open_count", OPEN_COUNT),
    ("channels.wrote", WROTE),
    ("channels.conversations_with", CONVERSATIONS_WITH),
    ("channels.conversations", CONVERSATIONS),
    ("channels.close", CLOSE),
    ("channels.suppress", SUPPRESS),
    ("channels.suppressed", SUPPRESSED),
    ("channels.suppressions", SUPPRESSIONS),
    ("channels.lift", LIFT),
    ("channels.lift_for", LIFT_FOR),
    ("channels.reach", REACH),
    ("channels.reached", REACHED),
    ("channels.reached_count", REACHED_COUNT),
    ("channels.reached_first", REACHED_FIRST),
    ("channels.forget_reached", FORGET_REACHED),
    ("channels.states", STATES),
    ("channels.set_state", SET_STATE),
    ("channels.end_state", END_STATE),
];

/// A place behind the newest of every list here.
pub const BEGINNING: (Instant, &str, [u8; 16]) = (Instant::NEVER, "", [0; 16]);

fn of_customer(row: &Row<'_>, column: usize) -> Result<Option<CustomerId>, StoreError> {
    if row.opt_id(column)?.is_some() { customer(row, column).map(Some) } else { Ok(None) }
}

fn of_message(row: &Row<'_>, column: usize) -> Result<Option<MessageId>, StoreError> {
    if row.opt_id(column)?.is_some() { message(row, column).map(Some) } else { Ok(None) }
}

fn carriage_row(row: &Row<'_>) -> Result<CarriageRow, StoreError> {
    Ok(CarriageRow {
        channel: row.text(0)?,
        reference: row.text(1)?,
        message: message(row, 2)?,
        customer: customer(row, 3)?,
        mark: row.id(4)?,
        standing: row.text(5)?,
        code: row.opt_text(6)?,
        sent_at: row.at(7)?,
        changed_at: row.at(8)?,
        clicked_at: row.opt_at(9)?,
    })
}

fn reply_row(row: &Row<'_>) -> Result<ReplyRow, StoreError> {
    Ok(ReplyRow {
        reply: row.id(0)?,
        channel: row.text(1)?,
        customer: of_customer(row, 2)?,
        mark: row.id(3)?,
        message: of_message(row, 4)?,
        wish: row.opt_text(5)?,
        received_at: row.at(6)?,
        status: row.text(7)?,
        done_at: row.opt_at(8)?,
        done_by: row.opt_text(9)?,
        sealed: row.bytes(10)?,
    })
}

fn conversation_row(row: &Row<'_>) -> Result<ConversationRow, StoreError> {
    Ok(ConversationRow { channel: row.text(0)?, mark: row.id(1)?, customer: of_customer(row, 2)?, wrote_at: row.at(3)? })
}

fn suppression_row(row: &Row<'_>) -> Result<SuppressionRow, StoreError> {
    Ok(SuppressionRow { channel: row.text(0)?, mark: row.id(1)?, why: row.text(2)?, customer: of_customer(row, 3)?, begun_at: row.at(4)? })
}

/// Keeps that a carrier has a message, or leaves what is kept; whether it is new.
///
/// # Errors
/// Whatever the database says.
pub fn keep(tx: &mut Tx<'_>, own: TenantId, row: &CarriageRow) -> Result<bool, StoreError> {
    let values = [
        own.into(),
        Value::Text(&row.channel),
        Value::Text(&row.reference),
        row.message.into(),
        row.customer.into(),
        Value::Id(row.mark),
        Value::Text(&row.standing),
        row.code.as_deref().into(),
        row.sent_at.into(),
        row.changed_at.into(),
        row.clicked_at.into(),
    ];
    Ok(tx.execute(KEEP, &values)? > 0)
}

/// A message by the carrier's name of it.
///
/// # Errors
/// Whatever the database says.
pub fn carriage(tx: &mut Tx<'_>, own: TenantId, channel: &str, reference: &str) -> Result<Option<CarriageRow>, StoreError> {
    tx.one(CARRIAGE, &[own.into(), Value::Text(channel), Value::Text(reference)], carriage_row)
}

/// The carriers of a message, the first first: as many as it had channels and addresses.
///
/// # Errors
/// Whatever the database says.
pub fn carriages_of(tx: &mut Tx<'_>, own: TenantId, id: MessageId) -> Result<Vec<CarriageRow>, StoreError> {
    tx.rows(OF_MESSAGE, &[own.into(), id.into()], carriage_row)
}

/// Writes how far a message came, with the carrier's code of why it came no further.
///
/// # Errors
/// Whatever the database says.
pub fn stand(
    tx: &mut Tx<'_>,
    own: TenantId,
    (channel, reference): (&str, &str),
    (standing, code): (&str, Option<&str>),
    at: Instant,
) -> Result<u64, StoreError> {
    tx.execute(STAND, &[own.into(), Value::Text(channel), Value::Text(reference), Value::Text(standing), code.into(), at.into()])
}

/// Writes that the link of a message was followed; whether it was the first time.
///
/// # Errors
/// Whatever the database says.
pub fn click(tx: &mut Tx<'_>, own: TenantId, (channel, reference): (&str, &str), at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(CLICK, &[own.into(), Value::Text(channel), Value::Text(reference), at.into()])? > 0)
}

/// The customer who was last written to at one of these addresses.
///
/// # Errors
/// Whatever the database says.
pub fn wrote_to(tx: &mut Tx<'_>, own: TenantId, marks: &[[u8; 16]]) -> Result<Option<CustomerId>, StoreError> {
    tx.one(WROTE_TO, &[own.into(), Value::List(marks)], |row| customer(row, 0))
}

/// Keeps what somebody wrote, or leaves it when it is known; whether it is new.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx<'_>, own: TenantId, row: &ReplyRow) -> Result<bool, StoreError> {
    let values = [
        own.into(),
        Value::Id(row.reply),
        Value::Text(&row.channel),
        row.customer.into(),
        Value::Id(row.mark),
        row.message.into(),
        row.wish.as_deref().into(),
        row.received_at.into(),
        Value::Text(&row.status),
        row.done_at.into(),
        row.done_by.as_deref().into(),
        Value::Bytes(&row.sealed),
    ];
    Ok(tx.execute(REPLY, &values)? > 0)
}

/// An answer.
///
/// # Errors
/// Whatever the database says.
pub fn reply(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<Option<ReplyRow>, StoreError> {
    tx.one(ONE_REPLY, &[own.into(), Value::Id(id)], reply_row)
}

/// Up to `limit` answers that came before a place, newest first: all, or those that a person shall look at.
///
/// # Errors
/// Whatever the database says.
pub fn replies(
    tx: &mut Tx<'_>,
    own: TenantId,
    open: bool,
    (before, id): (Instant, [u8; 16]),
    limit: i64,
) -> Result<Vec<ReplyRow>, StoreError> {
    let values = [own.into(), before.into(), Value::Id(id), limit.into()];
    tx.rows(if open { OPEN_REPLIES } else { NEWEST_REPLIES }, &values, reply_row)
}

/// Up to `limit` answers of a customer, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn replies_of(tx: &mut Tx<'_>, own: TenantId, of: CustomerId, limit: i64) -> Result<Vec<ReplyRow>, StoreError> {
    tx.rows(REPLIES_OF, &[own.into(), of.into(), limit.into()], reply_row)
}

/// Somebody is done with an answer; whether it was open.
///
/// # Errors
/// Whatever the database says.
pub fn done(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16], at: Instant, by: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DONE, &[own.into(), Value::Id(id), at.into(), Value::Text(by)])? > 0)
}

/// How many answers a person shall look at.
///
/// # Errors
/// Whatever the database says.
pub fn open_replies(tx: &mut Tx<'_>, own: TenantId) -> Result<i64, StoreError> {
    Ok(tx.one(OPEN_COUNT, &[own.into()], |row| row.int(0))?.unwrap_or(0))
}

/// Somebody wrote from an address; of two the later counts, whatever their order.
///
/// # Errors
/// Whatever the database says.
pub fn wrote(tx: &mut Tx<'_>, own: TenantId, row: &ConversationRow) -> Result<u64, StoreError> {
    tx.execute(WROTE, &[own.into(), Value::Text(&row.channel), Value::Id(row.mark), row.customer.into(), row.wrote_at.into()])
}

/// When these addresses wrote last on a channel; those that never did are left out.
///
/// # Errors
/// Whatever the database says.
pub fn conversations_with(tx: &mut Tx<'_>, own: TenantId, channel: &str, marks: &[[u8; 16]]) -> Result<Vec<ConversationRow>, StoreError> {
    tx.rows(CONVERSATIONS_WITH, &[own.into(), Value::Text(channel), Value::List(marks)], conversation_row)
}

/// Up to `limit` conversations before a place, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn conversations(
    tx: &mut Tx<'_>,
    own: TenantId,
    (before, channel, mark): (Instant, &str, [u8; 16]),
    limit: i64,
) -> Result<Vec<ConversationRow>, StoreError> {
    tx.rows(CONVERSATIONS, &[own.into(), before.into(), Value::Text(channel), Value::Id(mark), limit.into()], conversation_row)
}

/// A conversation is over, as the far side says; whether it was thought to go on.
///
/// # Errors
/// Whatever the database says.
pub fn close(tx: &mut Tx<'_>, own: TenantId, channel: &str, mark: [u8; 16]) -> Result<bool, StoreError> {
    Ok(tx.execute(CLOSE, &[own.into(), Value::Text(channel), Value::Id(mark)])? > 0)
}

/// Leaves an address alone from now on; whether it was not already, or for a reason that passes sooner.
///
/// # Errors
/// Whatever the database says.
pub fn suppress(tx: &mut Tx<'_>, own: TenantId, row: &SuppressionRow) -> Result<bool, StoreError> {
    let values =
        [own.into(), Value::Text(&row.channel), Value::Id(row.mark), Value::Text(&row.why), row.customer.into(), row.begun_at.into()];
    Ok(tx.execute(SUPPRESS, &values)? > 0)
}

/// Which of these addresses are left alone on a channel.
///
/// # Errors
/// Whatever the database says.
pub fn suppressed(tx: &mut Tx<'_>, own: TenantId, channel: &str, marks: &[[u8; 16]]) -> Result<Vec<SuppressionRow>, StoreError> {
    tx.rows(SUPPRESSED, &[own.into(), Value::Text(channel), Value::List(marks)], suppression_row)
}

/// Up to `limit` addresses that are left alone, those since before a place, newest first.
///
/// # Errors
/// Whatever the database says.
pub fn suppressions(
    tx: &mut Tx<'_>,
    own: TenantId,
    (before, channel, mark): (Instant, &str, [u8; 16]),
    limit: i64,
) -> Result<Vec<SuppressionRow>, StoreError> {
    tx.rows(SUPPRESSIONS, &[own.into(), before.into(), Value::Text(channel), Value::Id(mark), limit.into()], suppression_row)
}

/// Leaves an address alone no more; whether it was.
///
/// # Errors
/// Whatever the database says.
pub fn lift(tx: &mut Tx<'_>, own: TenantId, channel: &str, mark: [u8; 16]) -> Result<bool, StoreError> {
    Ok(tx.execute(LIFT, &[own.into(), Value::Text(channel), Value::Id(mark)])? > 0)
}

/// Leaves an address alone no more, if it was for this reason: an opt-out that its person takes back, a number that works again.
///
/// # Errors
/// Whatever the database says.
pub fn lift_for(tx: &mut Tx<'_>, own: TenantId, channel: &str, mark: [u8; 16], why: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(LIFT_FOR, &[own.into(), Value::Text(channel), Value::Id(mark), Value::Text(why)])? > 0)
}

/// A channel wrote to an address outside a conversation.
///
/// # Errors
/// Whatever the database says.
pub fn reach(tx: &mut Tx<'_>, own: TenantId, channel: &str, mark: [u8; 16], at: Instant) -> Result<u64, StoreError> {
    tx.execute(REACH, &[own.into(), Value::Text(channel), Value::Id(mark), at.into()])
}

/// Which of these addresses a channel wrote to since a moment.
///
/// # Errors
/// Whatever the database says.
pub fn reached(tx: &mut Tx<'_>, own: TenantId, channel: &str, marks: &[[u8; 16]], since: Instant) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(REACHED, &[own.into(), Value::Text(channel), Value::List(marks), since.into()], |row| row.id(0))
}

/// How many addresses a channel wrote to since a moment, and when it wrote to the first of them.
///
/// # Errors
/// Whatever the database says.
pub fn reached_since(tx: &mut Tx<'_>, own: TenantId, channel: &str, since: Instant) -> Result<(i64, Option<Instant>), StoreError> {
    let values = [own.into(), Value::Text(channel), since.into()];
    let count = tx.one(REACHED_COUNT, &values, |row| row.int(0))?.unwrap_or(0);
    Ok((count, tx.one(REACHED_FIRST, &values, |row| row.at(0))?))
}

/// Forgets whom a channel wrote to until a moment: nobody counts that any more.
///
/// # Errors
/// Whatever the database says.
pub fn forget_reached(tx: &mut Tx<'_>, own: TenantId, channel: &str, until: Instant) -> Result<u64, StoreError> {
    tx.execute(FORGET_REACHED, &[own.into(), Value::Text(channel), until.into()])
}

/// What carriers told of themselves: a few rows for each channel.
///
/// # Errors
/// Whatever the database says.
pub fn states(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<StateRow>, StoreError> {
    tx.rows(STATES, &[own.into()], |row| {
        Ok(StateRow {
            channel: row.text(0)?,
            kind: row.text(1)?,
            name: row.text(2)?,
            state: row.text(3)?,
            detail: row.opt_text(4)?,
            at: row.at(5)?,
        })
    })
}

/// Writes what a carrier told of itself; what was told later stays. On PostgreSQL the row is locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn set_state(tx: &mut Tx<'_>, own: TenantId, row: &StateRow) -> Result<u64, StoreError> {
    let values = [
        own.into(),
        Value::Text(&row.channel),
        Value::Text(&row.kind),
        Value::Text(&row.name),
        Value::Text(&row.state),
        row.detail.as_deref().into(),
        row.at.into(),
    ];
    tx.execute(SET_STATE, &values)
}

/// Takes back what was told; whether anything was.
///
/// # Errors
/// Whatever the database says.
pub fn end_state(tx: &mut Tx<'_>, own: TenantId, (channel, kind, name): (&str, &str, &str)) -> Result<bool, StoreError> {
    Ok(tx.execute(END_STATE, &[own.into(), Value::Text(channel), Value::Text(kind), Value::Text(name)])? > 0)
}
