//! How much waits for people: each sort counted up to a most, by an index that holds little else.

use regua_core::ids::TenantId;
use regua_core::time::Instant;

use crate::db::{StoreError, Tx, Value};
use crate::statements::Statement;

const HELD: &str = "SELECT operation, asked_by FROM held_acts WHERE tenant = $1 AND state = 'waiting' LIMIT $2";
const APPROVALS: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM customer_facts WHERE tenant = $1 AND awaits_release LIMIT $2) waiting";
const TASKS: &str = "
    SELECT COUNT(*) FROM (
        SELECT 1 AS one FROM tasks
         WHERE tenant = $1 AND state = 'open' AND kind = $3 AND due_at <= $4
           AND (claimed_until IS NULL OR claimed_until <= $4 OR claimed_by = $5) LIMIT $2) waiting";
const REPLIES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM replies WHERE tenant = $1 AND status = 'open' LIMIT $2) waiting";
const MESSAGES: &str = "
    SELECT COUNT(*) FROM (SELECT 1 AS one FROM messages WHERE tenant = $1 AND status IN ('unknown', 'failed') LIMIT $2) waiting";
const CHARGES: &str = "
    SELECT COUNT(*) FROM (SELECT 1 AS one FROM charges WHERE tenant = $1 AND status IN ('unknown', 'lost') LIMIT $2) waiting";
const BANK_LINES: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM bank_lines WHERE tenant = $1 AND status = 'waiting' LIMIT $2) waiting";
const WEBHOOKS: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM webhooks WHERE tenant = $1 AND status = 'poison' LIMIT $2) waiting";
const CHANNELS: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM channel_states WHERE tenant = $1 AND kind = 'trouble' LIMIT $2) waiting";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("needs.held", HELD),
    ("needs.approvals", APPROVALS),
    ("needs.tasks", TASKS),
    ("needs.replies", REPLIES),
    ("needs.messages", MESSAGES),
    ("needs.charges", CHARGES),
    ("needs.bank_lines", BANK_LINES),
    ("needs.webhooks", WEBHOOKS),
    ("needs.channels", CHANNELS),
];

/// What waits for people, but for held acts and tasks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sort {
    /// Customers with a step to release or refuse.
    Approvals,
    /// Answers of customers that nobody is done with.
    Replies,
    /// Messages that failed, or of which nobody knows whether they went.
    Messages,
    /// Attempts of which nobody knows what became of them.
    Charges,
    /// Lines of banks that nobody could match.
    BankLines,
    /// Webhooks that could not be processed.
    Webhooks,
    /// Troubles of channels, which stop them.
    Channels,
}

/// How much of a sort waits; at most `most`.
///
/// # Errors
/// Whatever the database says.
pub fn count(tx: &mut Tx<'_>, own: TenantId, sort: Sort, most: i64) -> Result<i64, StoreError> {
    let statement = match sort {
        Sort::Approvals => APPROVALS,
        Sort::Replies => REPLIES,
        Sort::Messages => MESSAGES,
        Sort::Charges => CHARGES,
        Sort::BankLines => BANK_LINES,
        Sort::Webhooks => WEBHOOKS,
        Sort::Channels => CHANNELS,
    };
    Ok(tx.one(statement, &[own.into(), most.into()], |row| row.int(0))?.unwrap_or(0))
}

/// How many tasks of a kind wait for somebody who is not taken to be at it: for anybody, or for whoever asks; at most `most`.
///
/// # Errors
/// Whatever the database says.
pub fn tasks(tx: &mut Tx<'_>, own: TenantId, kind: &str, who: [u8; 16], now: Instant, most: i64) -> Result<i64, StoreError> {
    let values = [own.into(), most.into(), Value::Text(kind), now.into(), Value::Id(who)];
    Ok(tx.one(TASKS, &values, |row| row.int(0))?.unwrap_or(0))
}

/// Acts that wait for a second person: which operation, and who asked; at most `most`.
///
/// # Errors
/// Whatever the database says.
pub fn held(tx: &mut Tx<'_>, own: TenantId, most: i64) -> Result<Vec<(String, [u8; 16])>, StoreError> {
    tx.rows(HELD, &[own.into(), most.into()], |row| Ok((row.text(0)?, row.id(1)?)))
}
