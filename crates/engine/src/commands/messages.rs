//! Messages as people look at them: those on their way, those that need a person, one with its text; and what a person
//! says of one whose fate nobody else can know.

use std::collections::BTreeMap;

use regua_core::ids::{MessageId, ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::channels;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::opens::{self, OpenRow};
use regua_store::outbox::{self, MessageState, Overview};

use crate::Engine;
use crate::commands::tell::{self, About};
use crate::error::{Error, Result};
use crate::log::{self, Act, Kept, MessageNote};
use crate::order::Plan;
use crate::{blob, case, look, profile};

/// Which messages are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listed<'a> {
    /// Those on their way.
    Waiting,
    /// Those that a person must look at.
    Needing,
    /// All to a customer, by our id or by what its source calls it.
    To(&'a str),
}

/// A message with all that is kept of it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// As a list shows it.
    pub overview: Overview,
    /// What it is about, the most severe first: receivable, as its source calls it, and step.
    pub items: Vec<(String, String)>,
    /// What it announces: receivable, step and day.
    pub announces: Vec<(String, String, regua_core::time::Day)>,
    /// What fell out of it: receivable, step, reason and when.
    pub dropped: Vec<(String, String, String, Instant)>,
    /// As it was sent; nothing before that, and once the person is erased.
    pub letter: Option<Letter>,
    /// Whether it was seen to be opened, where e-mails hold a picture for that.
    pub opens: OpenRow,
    /// When its link was first followed.
    pub clicked_at: Option<Instant>,
}

/// A message as it was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// What carried it.
    pub channel: Channel,
    /// The address.
    pub to: String,
    /// The subject, on channels that have one.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
}

/// What a person found out of a message that was `unknown`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settled {
    /// It arrived.
    Sent,
    /// It did not arrive: it goes out again.
    Again,
    /// It did not arrive and shall not: what it announced was not announced.
    Failed,
}

impl Engine {
    /// Up to `limit` messages.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a customer; whatever the database says.
    pub fn messages(&self, tenant: TenantId, which: Listed<'_>, limit: i64) -> Result<Vec<Overview>> {
        self.db.read(Scope::Tenant(tenant), |tx| match which {
            Listed::Waiting => outbox::waiting(tx, tenant, limit).map_err(Error::from),
            Listed::Needing => outbox::needing(tx, tenant, limit).map_err(Error::from),
            Listed::To(id) => {
                let found = tell::find(tx, tenant, &About::Customer(id.to_owned()))?;
                outbox::written_to(tx, tenant, found.customer, limit).map_err(Error::from)
            }
        })
    }

    /// One message with its text.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a message; whatever the database says.
    pub fn message(&self, tenant: TenantId, id: &str) -> Result<Shown> {
        let id = parse(id)?;
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (overview, stored) = outbox::just(tx, tenant, id)?.zip(outbox::one(tx, tenant, id)?).ok_or_else(|| missing(id))?;
            let plan: Plan = blob::decode(&stored.plan, "the plan of a message")?;
            let names = names(tx, tenant, &plan)?;
            let name = |receivable: &[u8; 16]| names.get(receivable).cloned().unwrap_or_default();
            let key = due::customers(tx, tenant, &[stored.customer.to_bytes()])?.pop().and_then(|row| row.key);
            let letter = match (outbox::letter(tx, tenant, id)?, key) {
                (Some(sealed), Some(wrapped)) => {
                    let key = profile::unwrap(&self.master, tenant, stored.customer, &wrapped)?;
                    Some(letter(&profile::open_message(&key, tenant, stored.customer, &sealed)?)?)
                }
                (_, _) => None,
            };
            Ok(Shown {
                overview,
                items: plan.items.iter().map(|item| (name(&item.receivable), item.step.clone())).collect(),
                announces: plan.announces.iter().map(|named| (name(&named.receivable), named.step.clone(), named.on)).collect(),
                dropped: outbox::dropped_of(tx, tenant, id)?,
                letter,
                opens: opens::opened(tx, tenant, id)?,
                clicked_at: channels::carriages_of(tx, tenant, id)?.iter().filter_map(|row| row.clicked_at).min(),
            })
        })
    }

    /// Enters what a person found out of a message that is `unknown`, or lets a failed one go out again.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a message, [`crate::Kind::Refused`] when it does not stand so; whatever the
    /// database says.
    pub fn settle(&self, tenant: TenantId, id: &str, as_what: Settled, act: &Act, now: Instant) -> Result<()> {
        let id = parse(id)?;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = outbox::one(tx, tenant, id)?.ok_or_else(|| missing(id))?.customer;
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            // Under the lock: another process may have settled it since.
            let stored = outbox::one(tx, tenant, id)?.ok_or_else(|| missing(id))?;
            let fits = stored.status == "unknown" || (stored.status == "failed" && as_what == Settled::Again);
            if !fits {
                let told = format!("{id} is {}; only an unknown message is settled, and only a failed one is sent again", stored.status);
                return Err(Error::refused("not_unknown", told));
            }
            let tenancy = self.tenancies.read(tx, tenant)?;
            let gone = || Error::not_found("no_customer", "the customer is not there any more");
            let (_, case) = case::load(tx, &tenancy, &self.master, &ids, Which::All)?.pop().ok_or_else(gone)?;
            let mut case = case?;
            case.act = Some(act.clone());
            let plan: Plan = blob::decode(&stored.plan, "the plan of a message")?;
            let mut batch = Batch::default();
            if as_what == Settled::Failed {
                look::undelivered(&mut case, &tenancy, &plan, now)?;
            }
            let (status, due_at) = match as_what {
                Settled::Sent => ("sent", None),
                Settled::Again => ("queued", Some(now)),
                Settled::Failed => ("failed", None),
            };
            let why = act.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let reply = format!("{} says so{why}", act.by);
            let note = MessageNote {
                message: id.to_string(),
                status: status.to_owned(),
                channel: plan.channels.first().copied(),
                act: Some(act.clone()),
                dropped: Vec::new(),
            };
            case.note(&tenancy, now, "message", (log::json(&note)?, Some(&reply)), &mut batch)?;
            case.awake(); // what it announces stands from now on, or does not any more
            let state = MessageState {
                message: id,
                channel: plan.channels.first().map(|channel| channel.as_str()),
                plan: stored.plan,
                status,
                due_at,
                lease_until: None,
                tries: if as_what == Settled::Again { 0 } else { stored.tries },
                finished_at: due_at.is_none().then_some(now),
                reply: Some(reply),
                letter: None,
            };
            outbox::set(tx, tenant, &[state])?;
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant).map_err(Error::from)
        })
    }
}

/// The receivables that a message of a list is about, the most severe first, each once.
///
/// # Errors
/// [`crate::Kind::Bug`] when the row cannot be read.
pub fn receivables_of(plan: &[u8]) -> Result<Vec<ReceivableId>> {
    let plan: Plan = blob::decode(plan, "the plan of a message")?;
    let mut found = Vec::new();
    for item in &plan.items {
        let id = ReceivableId::from_bytes(item.receivable).map_err(|bad| Error::bug("message", bad.to_string()))?;
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok(found)
}

fn parse(id: &str) -> Result<MessageId> {
    id.parse()
        .map_err(|_bad| Error::not_found("no_message", format!("`{id}` is no message; messages are called msg_…, see: regua messages")))
}

fn missing(id: MessageId) -> Error {
    Error::not_found("no_message", format!("no message {id}; see: regua messages"))
}

/// What their source calls the receivables of a message.
pub(crate) fn names(tx: &mut Tx<'_>, tenant: TenantId, plan: &Plan) -> Result<BTreeMap<[u8; 16], String>> {
    let mut ids: Vec<[u8; 16]> = plan.items.iter().map(|item| item.receivable).collect();
    ids.extend(plan.announces.iter().map(|named| named.receivable));
    ids.sort_unstable();
    ids.dedup();
    let named: Vec<(ReceivableId, String)> = outbox::names(tx, tenant, &ids)?;
    Ok(named.into_iter().map(|(id, name)| (id.to_bytes(), name)).collect())
}

fn letter(plain: &[u8]) -> Result<Letter> {
    let unreadable = |error: serde_json::Error| Error::bug("message", format!("a sent message cannot be read: {error}"));
    let Kept { channel, to, subject, text } = serde_json::from_slice(plain).map_err(unreadable)?;
    Ok(Letter { channel, to, subject, text })
}
