//! Messages, the newest first.

use std::cmp::Reverse;

use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::time::Instant;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::customer;
use crate::outbox::message;
use crate::statements::Statement;

/// The columns of a message in a list.
macro_rules! message {
    ($rest:literal) => {
        concat!(
            "SELECT message, customer, status, mode, channels, channel, tone, class, decided_at, due_at, tries, finished_at, reply
               FROM messages WHERE tenant = $1 ",
            $rest
        )
    };
}

const NEWEST: &str = message!("AND message < $2 ORDER BY message DESC LIMIT $3");
const SENT: &str = message!("AND message < $2 AND status = 'sent' ORDER BY message DESC LIMIT $3");
const ENDED: &str = message!("AND message < $2 AND status = $4 AND status IN ('failed', 'cancelled') ORDER BY message DESC LIMIT $3");
// A customer's are sorted here: asked for in order, SQLite would walk everybody's.
const OF: &str = "SELECT message FROM messages WHERE tenant = $1 AND customer = $2 AND (status = $3 OR $3 IS NULL)";
// Few at any time, so that they are sorted here.
const ON_THEIR_WAY: &str = "
    SELECT message FROM messages
     WHERE tenant = $1 AND customer >= $2 AND status = $3 AND status IN ('queued', 'sending', 'unknown')";
const THESE: &str = message!("AND message IN /*+list*/ ($2)");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_messages.newest", NEWEST),
    ("lists_messages.sent", SENT),
    ("lists_messages.ended", ENDED),
    ("lists_messages.of", OF),
    ("lists_messages.on_their_way", ON_THEIR_WAY),
    ("lists_messages.these", THESE),
];

/// Every status that a message can be asked for by.
pub const STATUSES: &[&str] = &["queued", "sending", "sent", "failed", "unknown", "cancelled"];
/// Every status that one can have: in shadow mode messages are decided, and none of them leaves.
pub const STANDINGS: &[&str] = &["queued", "sending", "sent", "failed", "unknown", "cancelled", "shadow"];

/// A message in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedMessage {
    /// Which.
    pub message: MessageId,
    /// To whom.
    pub customer: CustomerId,
    /// Where it stands.
    pub status: String,
    /// How real.
    pub mode: String,
    /// The channels it was decided for, joined by `;`.
    pub channels: String,
    /// The one that carried it last.
    pub channel: Option<String>,
    /// How it speaks.
    pub tone: String,
    /// informative or collection.
    pub class: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// When somebody looks at it next.
    pub due_at: Option<Instant>,
    /// How often it was tried.
    pub tries: i64,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What the far side said.
    pub reply: Option<String>,
}

/// The messages before an id, newest first: all, a customer's, those that stand so, or both.
///
/// # Errors
/// Whatever the database says.
pub fn newest(
    tx: &mut Tx<'_>,
    own: TenantId,
    (of, status): (Option<CustomerId>, Option<&str>),
    before: [u8; 16],
    limit: i64,
) -> Result<Vec<ListedMessage>, StoreError> {
    let page = [own.into(), Value::Id(before), limit.into()];
    match (of, status) {
        (Some(of), status) => {
            let all = tx.rows(OF, &[own.into(), of.into(), status.into()], |row| row.id(0))?;
            these(tx, own, &super::last(all, before, limit))
        }
        (None, None) => tx.rows(NEWEST, &page, listed),
        (None, Some("sent")) => tx.rows(SENT, &page, listed),
        (None, Some(status @ ("failed" | "cancelled"))) => {
            let [own, before, limit] = page;
            tx.rows(ENDED, &[own, before, limit, Value::Text(status)], listed)
        }
        (None, Some(status)) => {
            let all = tx.rows(ON_THEIR_WAY, &[own.into(), Value::Id([0; 16]), Value::Text(status)], |row| row.id(0))?;
            these(tx, own, &super::last(all, before, limit))
        }
    }
}

fn these(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<ListedMessage>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = tx.rows(THESE, &[own.into(), Value::List(ids)], listed)?;
    rows.sort_by_key(|row| Reverse(row.message));
    Ok(rows)
}

fn listed(row: &Row<'_>) -> Result<ListedMessage, StoreError> {
    Ok(ListedMessage {
        message: message(row, 0)?,
        customer: customer(row, 1)?,
        status: row.text(2)?,
        mode: row.text(3)?,
        channels: row.text(4)?,
        channel: row.opt_text(5)?,
        tone: row.text(6)?,
        class: row.text(7)?,
        decided_at: row.at(8)?,
        due_at: row.opt_at(9)?,
        tries: row.int(10)?,
        finished_at: row.opt_at(11)?,
        reply: row.opt_text(12)?,
    })
}
