//! What events say, and how they are chained. Payloads are JSON that a person can read; they hold ids and, of people,
//! nothing: that is sealed beside them.

use regua_core::charging::{Reason, Scheme};
use regua_core::decide::ENGINE_VERSION;
use regua_core::facts::Fact;
use regua_core::ids::{PaymentMethodId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};
use regua_core::words::{AccessState, Channel, Mode};
use regua_store::batch::EventRow;
use regua_store::chain;
use regua_store::charging::charges::ChargeRow;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ports::Parcel;

/// Something that happened in this transaction.
pub(crate) struct Noted {
    /// Of which receivable, if one.
    pub(crate) receivable: Option<ReceivableId>,
    /// What its source calls it, when it enters.
    pub(crate) external_id: Option<String>,
    /// What its source calls the payment.
    pub(crate) key: Option<String>,
    /// What its row says of an attempt besides the fact.
    pub(crate) attempt: Option<AttemptNote>,
    /// When it became known.
    pub(crate) at: Instant,
    /// What.
    pub(crate) fact: Fact,
}

/// The payload of an event of kind `told`: facts that became known together.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Told {
    /// Only where the customer becomes known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) known: Option<Known>,
    /// Who did it and why, for acts of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Act>,
    /// The policies that there were.
    #[serde(flatten)]
    pub(crate) seen: Seen,
    /// The facts, in order.
    pub(crate) facts: Vec<ToldFact>,
    /// What followed from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) became: Vec<Became>,
}

/// What followed from facts or from a decision and others act on, said so that nobody has to work it out again. A replay does
/// not read it: it follows.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Became {
    /// A receivable ended: paid, void, written_off, assigned.
    Closed {
        /// Which.
        receivable: String,
        /// How.
        how: String,
    },
    /// A receivable that had ended is owed again.
    Reopened {
        /// Which.
        receivable: String,
    },
    /// What was promised was paid in time.
    Kept {
        /// Of which receivable.
        receivable: String,
        /// The day promised.
        on: Day,
    },
    /// What may be used of a subscription changed.
    Access {
        /// Its key; none for what receivables without a subscription share.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscription: Option<String>,
        /// Where it stood.
        was: AccessState,
        /// Where it stands.
        state: AccessState,
        /// The receivable that brought it about, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receivable: Option<String>,
    },
}

/// The policies that a customer's facts met: what a replay needs, since policies are published beside its chain.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Seen {
    /// The number of the newest that covers the customer.
    pub(crate) policy: i64,
    /// How many were published.
    pub(crate) published: i64,
}

/// How a customer becomes known.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    /// What reports its payments.
    pub(crate) source: String,
    /// How real the tenant's decisions are then.
    pub(crate) mode: Mode,
}

/// An act of a person or of a program on its behalf.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// Who, as the caller names them.
    pub by: String,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A fact in the log.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct ToldFact {
    /// Of which receivable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receivable: Option<String>,
    /// What its source calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
    /// What its source calls the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payment: Option<String>,
    /// Of an attempt that no decision ordered: what its row says besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attempt: Option<AttemptNote>,
    /// When it became known.
    pub(crate) at: Instant,
    /// What. A profile is empty here: the sealed bytes hold it.
    #[serde(flatten)]
    pub(crate) fact: Fact,
}

/// The payload of an event of kind `decided`: a pass over the customer, with what a replay needs to come to the same.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Decided {
    /// The version of the engine.
    pub(crate) engine: String,
    /// The version of the rulebooks.
    pub(crate) rulebook: String,
    /// The number of the newest policy that covers the customer.
    pub(crate) policy: i64,
    /// When the source of payments was last read.
    pub(crate) read_at: Instant,
    /// Whether everything was released at once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) at_once: bool,
    /// The pauses that lay over receivables, by receivable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) paused: Vec<(String, Instant, Instant)>,
    /// Whether charges without a stored method became attempts, which fail: the tenant had a gateway of its own.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) attempted: bool,
    /// Final decisions: receivable, step, cycle, occurrence, outcome, message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rows: Vec<(String, String, i64, i64, String, Option<String>)>,
    /// How real each of the rows is, where one is not live.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) modes: Vec<String>,
    /// Steps that wait: receivable, step, occurrence, reason, until.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) waits: Vec<(String, String, u16, String, Instant)>,
    /// What followed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) became: Vec<Became>,
}

/// The payload of an event of kind `message`: what became of one. What the far side said is sealed beside it, since it
/// may repeat the address.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct MessageNote {
    /// Which.
    pub(crate) message: String,
    /// Where it stands: sent, unknown, failed, cancelled; `queued` while items only fell out of it.
    pub(crate) status: String,
    /// The channel that carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Channel>,
    /// Who said so and why, when it was a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Act>,
    /// Items that fell out: receivable, step, reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) dropped: Vec<(String, String, String)>,
}

/// The payload of an event of kind `charge`: what became of an attempt. What the facts heard of it stands beside it.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct ChargeNote {
    /// Which.
    pub(crate) charge: String,
    /// settled, declined, dropped, lost.
    pub(crate) status: String,
    /// The normalised reason of a failed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Reason>,
    /// How much was asked for in the end, in minor units: less than was ordered when part of it was paid meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amount: Option<i64>,
    /// What the progressive discount took off, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) discount: Option<i64>,
    /// When it was first sent; none when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sent_at: Option<Instant>,
    /// The gateway's name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
}

/// What the log says of an attempt that no decision ordered, beside the fact that it was made: with both its row can be made
/// again. A decision's is made by deciding again.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub(crate) struct AttemptNote {
    /// By which gateway.
    pub(crate) gateway: String,
    /// With which method; none when another system used one that is not known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<PaymentMethodId>,
    /// Whose rules bind it.
    pub(crate) scheme: Scheme,
    /// The cycle of the receivable.
    pub(crate) cycle: i64,
    /// Which attempt of the receivable it is.
    pub(crate) occurrence: i64,
    /// The try of the same thing, from 0.
    pub(crate) retry: i64,
    /// Another system's name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
}

impl ChargeNote {
    /// That an attempt ended so, as its row says it.
    pub(crate) fn of(row: &ChargeRow, status: &str) -> Self {
        Self {
            charge: row.charge.to_string(),
            status: status.to_owned(),
            reason: row.reason,
            amount: Some(row.amount),
            discount: Some(row.discount),
            sent_at: row.sent_at,
            reference: row.reference.clone(),
        }
    }
}

impl AttemptNote {
    /// Of an attempt as its row says it.
    pub(crate) fn of(row: &ChargeRow) -> Self {
        Self {
            gateway: row.gateway.clone(),
            method: row.method,
            scheme: row.scheme,
            cycle: row.cycle,
            occurrence: row.occurrence,
            retry: row.retry,
            reference: row.reference.clone(),
        }
    }
}

/// A message as it was sent, for the record.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Kept {
    /// What carried it.
    pub(crate) channel: Channel,
    /// The address.
    pub(crate) to: String,
    /// The subject, on channels that have one.
    pub(crate) subject: Option<String>,
    /// The text.
    pub(crate) text: String,
}

/// What is kept of a parcel.
pub(crate) fn kept(parcel: &Parcel) -> Result<String> {
    json(&Kept { channel: parcel.channel, to: parcel.to.clone(), subject: parcel.subject.clone(), text: parcel.text.clone() })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Decided {
    /// A pass under the versions of this program.
    pub(crate) fn new(policy: i64, read_at: Instant, at_once: bool) -> Self {
        Self {
            engine: ENGINE_VERSION.to_owned(),
            rulebook: regua_core::rulebook::VERSION.to_owned(),
            policy,
            read_at,
            at_once,
            attempted: false,
            paused: Vec::new(),
            rows: Vec::new(),
            modes: Vec::new(),
            waits: Vec::new(),
            became: Vec::new(),
        }
    }
}

/// A chain of events as far as it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    /// Whose: a customer's id, or the tenant's.
    pub(crate) stream: [u8; 16],
    /// Its length.
    pub(crate) seq: i64,
    /// Its last hash.
    pub(crate) head: [u8; 32],
}

impl Chain {
    /// A chain without an event.
    pub(crate) const fn new(stream: [u8; 16]) -> Self {
        Self { stream, seq: 0, head: [0; 32] }
    }

    /// The next event.
    pub(crate) fn append(
        &mut self,
        tenant: TenantId,
        at: Instant,
        kind: &'static str,
        payload: String,
        sealed: Option<Vec<u8>>,
    ) -> EventRow {
        self.seq += 1;
        let link = chain::Link { tenant, stream: self.stream, seq: self.seq, at, kind, payload: &payload, sealed: sealed.as_deref() };
        self.head = chain::hash(&self.head, &link);
        EventRow { stream: self.stream, seq: self.seq, at, kind, payload, sealed, hash: self.head }
    }
}

/// The payload for facts that became known together.
pub(crate) fn told(known: Option<Known>, act: Option<&Act>, seen: Seen, noted: &[Noted], became: Vec<Became>) -> Result<String> {
    let fact = |noted: &Noted| ToldFact {
        receivable: noted.receivable.map(|id| id.to_string()),
        external_id: noted.external_id.clone(),
        payment: noted.key.clone(),
        attempt: noted.attempt.clone(),
        at: noted.at,
        fact: if noted.fact.is_personal() { Fact::Profile(Box::default()) } else { noted.fact.clone() },
    };
    json(&Told { known, act: act.cloned(), seen, facts: noted.iter().map(fact).collect(), became })
}

/// A payload as JSON.
pub(crate) fn json<T: Serialize>(payload: &T) -> Result<String> {
    serde_json::to_string(payload).map_err(|error| Error::bug("payload", format!("an event cannot be written: {error}")))
}
