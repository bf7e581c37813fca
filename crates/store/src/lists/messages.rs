//! Messages, the newest first.

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
               FROM messages WHERE tenant = $1 AND message < $2 ",
            $rest,
            " ORDER BY message DESC LIMIT $3"
        )
    };
}

const NEWEST: &str = message!("");
const OF: &str = message!("AND customer = $4 AND ($5 IS NULL OR status = $5)");
const QUEUED: &str = message!("AND status = 'queued' AND status IN ('queued', 'sending', 'unknown')");
const SENDING: &str = message!("AND status = 'sending' AND status IN ('queued', 'sending', 'unknown')");
const UNKNOWN: &str = message!("AND status = 'unknown' AND status IN ('queued', 'sending', 'unknown')");
const FAILED: &str = message!("AND status = 'failed' AND status IN ('failed', 'cancelled')");
const CANCELLED: &str = message!("AND status = 'cancelled' AND status IN ('failed', 'cancelled')");
const SENT: &str = message!("AND status = 'sent'");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_messages.newest", NEWEST),
    ("lists_messages.of", OF),
    ("lists_messages.queued", QUEUED),
    ("lists_messages.sending", SENDING),
    ("lists_messages.unknown", UNKNOWN),
    ("lists_messages.failed", FAILED),
    ("lists_messages.cancelled", CANCELLED),
    ("lists_messages.sent", SENT),
];

/// Every status.
pub const STATUSES: &[&str] = &["queued", "sending", "sent", "failed", "unknown", "cancelled"];

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
            let [own, before, limit] = page;
            tx.rows(OF, &[own, before, limit, of.into(), status.into()], listed)
        }
        (None, None) => tx.rows(NEWEST, &page, listed),
        (None, Some("queued")) => tx.rows(QUEUED, &page, listed),
        (None, Some("sending")) => tx.rows(SENDING, &page, listed),
        (None, Some("unknown")) => tx.rows(UNKNOWN, &page, listed),
        (None, Some("failed")) => tx.rows(FAILED, &page, listed),
        (None, Some("cancelled")) => tx.rows(CANCELLED, &page, listed),
        (None, Some("sent")) => tx.rows(SENT, &page, listed),
        (None, Some(_)) => Ok(Vec::new()),
    }
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
