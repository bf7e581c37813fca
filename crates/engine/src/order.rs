//! Messages that a decision ordered: their ids, made of what they are about, and what a last look needs to know.

use regua_core::decide::{Decisions, Message, Row, StepRef};
use regua_core::ids::{CustomerId, MessageId};
use regua_core::rulebook::Class;
use regua_core::time::{Day, Instant};
use regua_core::words::{Channel, Mode, Tone};
use regua_store::batch::{MessageRow, Name};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::blob;
use crate::case::Case;
use crate::channels::worth::{head_start, worth};
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

/// What was decided of a message, as its row keeps it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Its items; the first is the most severe.
    pub(crate) items: Vec<Item>,
    /// How it speaks.
    pub(crate) tone: Tone,
    /// The adverse steps that it names, with their days.
    pub(crate) announces: Vec<Named>,
    /// Contact points that it was tried at in vain, as places among the customer's.
    pub(crate) failed: Vec<u16>,
    /// When it was decided, or last looked at with another outcome.
    pub(crate) looked_at: Instant,
    /// The channels that it counts for.
    pub(crate) channels: Vec<Channel>,
    /// Channels that have carried it: one that goes over all is sent over each.
    pub(crate) carried: Vec<Channel>,
}

/// An item of a message: a decision.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Of which receivable.
    pub(crate) receivable: [u8; 16],
    /// The step's name, as its row has it.
    pub(crate) step: String,
    /// The receivable's cycle.
    pub(crate) cycle: u16,
    /// The occurrence.
    pub(crate) occurrence: u16,
}

/// An adverse step that a message names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    /// Of which receivable.
    pub(crate) receivable: [u8; 16],
    /// The step's id.
    pub(crate) step: String,
    /// The day named.
    pub(crate) on: Day,
}

/// The word for who sees a message in shadow: nobody.
const SHADOW: &str = "shadow";

/// A message with its row.
pub(crate) struct Order {
    /// Its id.
    pub(crate) id: MessageId,
    /// Its row.
    pub(crate) row: MessageRow,
}

/// The rows of the messages that a decision ordered, in its order.
pub(crate) fn messages(case: &Case, tenancy: &Tenancy, decisions: &Decisions, now: Instant) -> Result<Vec<Order>> {
    decisions.messages.iter().map(|message| order(case, tenancy, decisions, message, now)).collect()
}

fn order(case: &Case, tenancy: &Tenancy, decisions: &Decisions, message: &Message, now: Instant) -> Result<Order> {
    let missing = || Error::bug("message", "a message is about steps that its policy has not");
    let lead = message.rows.iter().position(|&row| row == message.lead).unwrap_or(0);
    let mut items = Vec::with_capacity(message.rows.len());
    for &row in &message.rows {
        items.push(item(case, tenancy, decisions.rows.get(row).ok_or_else(missing)?).ok_or_else(missing)?);
    }
    items.swap(0, lead);
    let announces = message.announces.iter().map(|named| {
        let receivable = case.held.get(named.walk)?.receivable.to_bytes();
        let step = name(case, tenancy, named.walk, StepRef::Step(named.step))?;
        Some(Named { receivable, step: step.to_string(), on: named.named })
    });
    let announces = announces.collect::<Option<Vec<_>>>().ok_or_else(missing)?;
    let mode = message.mode;
    let id = message_id(case.customer, mode, &items, now);
    let plan = Plan {
        items,
        tone: message.tone,
        announces,
        failed: Vec::new(),
        looked_at: now,
        channels: message.channels.iter().collect(),
        carried: Vec::new(),
    };
    // In shadow a message counts as delivered, and nobody gets it.
    let (status, due_at) = if mode == Mode::Shadow { (SHADOW, None) } else { ("queued", Some(due(case, &plan, now))) };
    let row = MessageRow {
        message: id,
        customer: case.customer,
        mode: mode.as_str(),
        channels: message.channels.to_string(),
        tone: message.tone.as_str(),
        class: match message.class {
            Class::Informative => "informative",
            Class::Collection => "collection",
        },
        step: plan.items.first().map(|item| item.step.clone()).unwrap_or_default(),
        plan: blob::encode(&plan)?,
        status,
        decided_at: now,
        due_at,
    };
    Ok(Order { id, row })
}

/// When the outbox takes a message. Where a channel may carry only so many, the most valuable of a moment come first; mails keep
/// the order in which they were decided.
fn due(case: &Case, plan: &Plan, now: Instant) -> Instant {
    let counted = plan.channels.iter().any(|channel| *channel != Channel::Email);
    let ahead = if counted { head_start(worth(case, plan.items.iter().map(|item| &item.receivable))) } else { 0 };
    Instant::from_micros(now.micros().saturating_sub(ahead))
}

fn item(case: &Case, tenancy: &Tenancy, row: &Row) -> Option<Item> {
    Some(Item {
        receivable: case.held.get(row.walk)?.receivable.to_bytes(),
        step: name(case, tenancy, row.walk, row.step)?.to_string(),
        cycle: row.cycle,
        occurrence: row.occurrence,
    })
}

/// The name of a step of a walk in hand.
pub(crate) fn name<'t>(case: &Case, tenancy: &'t Tenancy, walk: usize, step: StepRef) -> Option<&'t Name> {
    let walk = case.facts.walks.get(walk)?;
    tenancy.published.names.get(walk.policy)?.name(tenancy.policies(case.customer), walk, step)
}

/// The id of the message about these items decided at `now`: the same on every node and every replay.
///
/// It is the effect key of `ARCHITECTURE.md`: a hash of mode and of the sorted items, behind the moment and the customer's
/// place among those that were made with it, so that messages of a pass are written in the order of their customers.
fn message_id(customer: CustomerId, mode: Mode, items: &[Item], now: Instant) -> MessageId {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort();
    let mut hash = Sha256::new();
    hash.update(mode.as_str());
    for item in sorted {
        hash.update(item.receivable);
        hash.update(u64::try_from(item.step.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(&item.step);
        hash.update(item.cycle.to_be_bytes());
        hash.update(item.occurrence.to_be_bytes());
    }
    let digest = hash.finalize();
    let mut bits = [0; 10];
    let [_, _, _, _, _, _, place @ ..] = customer.to_bytes();
    for (bit, byte) in bits.iter_mut().zip(place.into_iter().take(4).chain(digest)) {
        *bit = byte;
    }
    MessageId::new(millis(now), bits)
}
