//! Messages, the newest first. A filter beside the one that an index walks by is looked at row by row, within bounds.

use std::cmp::Reverse;
use std::collections::BTreeMap;

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
            "SELECT message, customer, status, mode, channels, channel, tone, class, decided_at, due_at, tries, finished_at, reply, step, plan
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
const STEP: &str = message!("AND step = $4 AND message < $2 ORDER BY message DESC LIMIT $3");
const CHANNEL: &str = message!("AND channel = $4 AND channel IS NOT NULL AND message < $2 ORDER BY message DESC LIMIT $3");
const STANDING: &str = "SELECT message, standing FROM carriages WHERE tenant = $1 AND message IN /*+list*/ ($2)";
const THESE: &str = message!("AND message IN /*+list*/ ($2)");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_messages.newest", NEWEST),
    ("lists_messages.sent", SENT),
    ("lists_messages.ended", ENDED),
    ("lists_messages.of", OF),
    ("lists_messages.on_their_way", ON_THEIR_WAY),
    ("lists_messages.step", STEP),
    ("lists_messages.channel", CHANNEL),
    ("lists_messages.standing", STANDING),
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
    /// The step that leads it.
    pub step: Option<String>,
    /// What was decided of it, as the engine keeps it.
    pub plan: Vec<u8>,
    /// How far it came with its carriers; nothing where none has told. Filled by [`page`].
    pub standing: Option<&'static str>,
}

/// How far a message came, the least first.
pub const REACHED: &[&str] = &["failed", "taken", "sent", "delivered", "read"];

/// Which messages are listed.
#[derive(Clone, Copy, Default, Debug)]
pub struct Wanted<'a> {
    /// To whom.
    pub of: Option<CustomerId>,
    /// Where they stand.
    pub status: Option<&'a str>,
    /// The step that leads them.
    pub step: Option<&'a str>,
    /// The channel that carried them.
    pub channel: Option<&'a str>,
    /// How far they came with their carriers.
    pub standing: Option<&'a str>,
    /// Not those made before this id.
    pub from: Option<[u8; 16]>,
}

/// Messages that one page looks at, at most.
const LOOKED_AT_MAX: i64 = 5_000;
/// Rows that are read at once.
const CHUNK: i64 = 500;

impl Wanted<'_> {
    fn fits(&self, one: &ListedMessage) -> bool {
        self.status.is_none_or(|status| one.status == status)
            && self.step.is_none_or(|step| one.step.as_deref() == Some(step))
            && self.channel.is_none_or(|channel| one.channel.as_deref() == Some(channel))
            && self.standing.is_none_or(|standing| one.standing == Some(standing))
    }
}

/// The lowest id that a message of a moment can have: its milliseconds since 1970 come first (RFC 9562 §5.7).
#[must_use]
pub fn edge(at: Instant) -> [u8; 16] {
    let millis = u64::try_from(at.micros().div_euclid(1_000)).unwrap_or(0).min((1 << 48) - 1);
    let mut id = [0; 16];
    for (place, byte) in id.iter_mut().zip(millis.to_be_bytes().into_iter().skip(2)) {
        *place = byte;
    }
    id
}

/// The messages before an id, newest first, as far as they are wanted: at most `limit`, and the id from which the next page goes back,
/// when there may be more. A page may hold fewer, or none, and not be the last.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: &Wanted<'_>,
    before: [u8; 16],
    limit: i64,
) -> Result<(Vec<ListedMessage>, Option<[u8; 16]>), StoreError> {
    let most = usize::try_from(limit).unwrap_or(0);
    let mut found = Vec::new();
    let (mut place, mut looked_at) = (before, 0);
    // What fits seldom is read in larger parts.
    let is_narrow = wanted.standing.is_some() || [wanted.status, wanted.step, wanted.channel].iter().flatten().count() > 1;
    let chunk = if is_narrow { CHUNK } else { limit.saturating_add(1).min(CHUNK) };
    loop {
        let mut rows = walk(tx, own, wanted, place, chunk)?;
        let is_last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < chunk;
        reach(tx, own, &mut rows)?;
        for row in rows {
            let id = row.message.to_bytes();
            if wanted.from.is_some_and(|from| id < from) {
                return Ok((found, None));
            }
            looked_at += 1;
            if wanted.fits(&row) {
                if found.len() == most {
                    return Ok((found, Some(place)));
                }
                found.push(row);
            }
            place = id;
        }
        if is_last {
            return Ok((found, None));
        }
        if looked_at >= LOOKED_AT_MAX {
            return Ok((found, Some(place)));
        }
    }
}

/// By the filter that leaves the fewest and has an index.
fn walk(tx: &mut Tx<'_>, own: TenantId, wanted: &Wanted<'_>, before: [u8; 16], limit: i64) -> Result<Vec<ListedMessage>, StoreError> {
    let few = wanted.status.filter(|status| *status != "sent");
    match (wanted.of, few, wanted.step, wanted.channel) {
        (Some(of), ..) => newest(tx, own, (Some(of), wanted.status), before, limit),
        (None, Some(status), ..) => newest(tx, own, (None, Some(status)), before, limit),
        (None, None, Some(step), _) => tx.rows(STEP, &[own.into(), Value::Id(before), limit.into(), Value::Text(step)], listed),
        (None, None, None, Some(channel)) => tx.rows(CHANNEL, &[own.into(), Value::Id(before), limit.into(), Value::Text(channel)], listed),
        (None, None, None, None) => newest(tx, own, (None, wanted.status), before, limit),
    }
}

/// Looks up how far each came.
fn reach(tx: &mut Tx<'_>, own: TenantId, rows: &mut [ListedMessage]) -> Result<(), StoreError> {
    let ids: Vec<[u8; 16]> = rows.iter().map(|row| row.message.to_bytes()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut furthest: BTreeMap<[u8; 16], usize> = BTreeMap::new();
    for (id, standing) in tx.rows(STANDING, &[own.into(), Value::List(&ids)], |row| Ok((row.id(0)?, row.text(1)?)))? {
        let place = REACHED.iter().position(|word| *word == standing).unwrap_or(0);
        let known = furthest.entry(id).or_default();
        *known = place.max(*known);
    }
    for row in rows {
        row.standing = furthest.get(&row.message.to_bytes()).and_then(|place| REACHED.get(*place)).copied();
    }
    Ok(())
}

/// The messages before an id, newest first: all, a customer's, those that stand so, or both.
fn newest(
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
        step: row.opt_text(13)?,
        plan: row.bytes(14)?,
        standing: None,
    })
}
