//! What a person may ask: everything that is held about them, and that it be erased.
//!
//! Erasing drops the key under which everything personal is sealed; the books and the chain of events stay, and nobody is
//! written to any more. Deliberately absent: erasing what others were sent, and backups, which age out on their own.

use std::collections::BTreeMap;

use regua_core::billing::Subscription;
use regua_core::currency::Currency;
use regua_core::decide::Outcome;
use regua_core::explain::{self, Telling};
use regua_core::facts::Channels;
use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::policy::program::Act as StepAct;
use regua_core::time::{Instant, Zone};
use regua_core::words::{Channel, SkipReason};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::person::{self, OwedRow, SentRow, StoredDecision};
use regua_store::{account, bank, billing, links, log as events, lookup, notes, tasks};
use serde_json::{Value, json};

use crate::Engine;
use crate::blob;
use crate::case;
use crate::commands::days::hex;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::profile;
use crate::tenancy::Tenancy;

/// Events that are read at once.
const PAGE: i64 = 1_000;

impl Engine {
    /// Everything that is held about a customer, as one JSON document.
    ///
    /// * `id` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn export(&self, tenant: TenantId, id: &str, now: Instant) -> Result<Value> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let row = person::person(tx, tenant, customer)?.ok_or_else(missing)?;
            let stored = due::customers(tx, tenant, &[customer.to_bytes()])?.pop().ok_or_else(missing)?;
            let key = stored.key.as_deref().map(|key| profile::unwrap(&self.master, tenant, customer, key)).transpose()?;
            let profile = key.as_ref().map(|key| profile::open(key, tenant, customer, &stored.profile)).transpose()?;
            let profile = profile.map(|known| serde_json::to_value(known.customer)).transpose();
            let profile = profile.map_err(|why| Error::bug("profile", format!("the profile cannot be written: {why}")))?;
            let owed = person::receivables(tx, tenant, customer)?;
            let decided = person::decisions(tx, tenant, customer)?;
            let messages = person::messages(tx, tenant, customer)?;
            let over: Over = messages.iter().map(|message| (message.message, channels(&message.channels))).collect();
            let messages = messages.iter().map(|message| {
                let open = |sealed: &[u8]| key.as_ref().map(|key| profile::open_message(key, tenant, customer, sealed)).transpose();
                Ok(sent(message, message.letter.as_deref().map(open).transpose()?.flatten()))
            });
            let messages = messages.collect::<Result<Vec<Value>>>()?;
            Ok(json!({
                "about": "everything that is held about one customer; moments are in UTC",
                "written_at": at(now),
                "held_by": tenancy.stored.name,
                "customer": row.external_id,
                "id": customer.to_string(),
                "source": row.source,
                "known_since": at(row.created_at),
                "erased": key.is_none(),
                "erased_at": row.erased_at.map(at),
                "profile": profile,
                "receivables": receivables(tx, tenant, &owed)?,
                "account": credit(tx, tenant, customer, &owed)?,
                "subscriptions": subscriptions(tx, tenant, customer)?,
                "invoices": invoices(tx, tenant, customer)?,
                "decisions": decisions(&tenancy, &owed, &decided, &over, customer),
                "effects": effects(tx, tenant, customer, &owed)?,
                "messages": messages,
                "bank": self.told_by_banks(tx, tenant, customer)?,
                "requests": self.asked_by(tx, tenant, customer)?,
                "notes": self.noted_of(tx, tenant, customer)?,
                "replies": self.written_by(tx, tenant, customer)?,
                "log": chain(tx, tenant, customer)?,
            }))
        })
    }

    /// What banks told of them.
    fn told_by_banks(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
        let rows = bank::of_customer(tx, tenant, customer)?.into_iter().map(|row| {
            let line = row.body.as_deref().map(|body| crate::bank::open(&self.master, tenant, &row.line, body)).transpose()?;
            Ok(json!({
                "account": row.account, "event": row.event, "amount": row.amount.map(|minor| money(minor, &row.currency)),
                "paid_on": row.paid_on.map(|day| day.to_string()), "posted_on": row.posted_on.map(|day| day.to_string()),
                "status": row.status, "line": line,
            }))
        });
        rows.collect()
    }

    /// Erases a person: nothing that is stored tells any more who they were, and nobody writes to them.
    ///
    /// What they owe stays in the books under an id of ours. A customer who owes something is refused unless `forced`: the
    /// law lets a debt be kept, and asking for it ends here.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer, [`crate::Kind::Refused`] while something is open or billed in
    /// cycles, or when it was done before.
    pub fn erase(&self, tenant: TenantId, id: &str, forced: bool, act: &Act, now: Instant) -> Result<CustomerId> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let open = person::open(tx, tenant, customer)?;
            if open > 0 && !forced {
                let what =
                    format!("{open} receivables of this customer are open; close them, or say that nobody shall be asked for them (force)");
                return Err(Error::refused("open_receivables", what));
            }
            let running = billing::of_customers(tx, tenant, &ids)?.iter().filter(|row| row.bill_at != Instant::NEVER).count();
            if running > 0 && !forced {
                let what =
                    format!("{running} subscriptions of this customer run; cancel them, or say that nothing shall be billed (force)");
                return Err(Error::refused("running_subscriptions", what));
            }
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let (_, case) = case::load(tx, &tenancy, &self.master, &ids, Which::All)?.pop().ok_or_else(missing)?;
            let mut case = case?;
            if case.key.is_none() {
                return Err(Error::refused("erased", "this customer was erased before"));
            }
            let mut batch = Batch::default();
            let payload = log::json(&json!({ "act": act, "forced": forced, "open": open }))?;
            case.note(&tenancy, now, "erased", (payload, None), &mut batch)?;
            case.awake();
            case.save(&tenancy, now, now, &mut batch)?;
            batch.write(tx, tenant)?;
            person::erase(tx, tenant, customer, &customer.to_string(), now)?;
            billing::rest(tx, tenant, customer)?;
            bank::forget(tx, tenant, customer)?;
            links::drop_files(tx, tenant, customer)?;
            notes::forget(tx, tenant, customer)?;
            tasks::end_all(tx, tenant, customer, now)?;
            Ok(customer)
        })
    }
}

fn at(moment: Instant) -> String {
    Zone::utc().rfc3339(moment)
}

fn money(minor: i64, currency: &str) -> String {
    Currency::parse(currency).map_or_else(|| minor.to_string(), |currency| Money::new(minor, currency).to_string())
}

fn receivables(tx: &mut Tx<'_>, tenant: TenantId, owed: &[OwedRow]) -> Result<Vec<Value>> {
    let ids: Vec<[u8; 16]> = owed.iter().map(|row| row.receivable.to_bytes()).collect();
    let currencies: BTreeMap<ReceivableId, Currency> =
        owed.iter().filter_map(|row| Some((row.receivable, Currency::parse(&row.currency)?))).collect();
    let mut ledgers: BTreeMap<ReceivableId, Vec<Value>> = BTreeMap::new();
    for (receivable, entry) in due::entries(tx, tenant, &ids, |id| currencies.get(&id).copied())? {
        ledgers.entry(receivable).or_default().push(json!({
            "kind": entry.kind.as_str(), "amount": entry.amount.to_string(), "counts_on": entry.on.to_string(), "known_at": at(entry.at),
        }));
    }
    let mut payments: BTreeMap<ReceivableId, Vec<Value>> = BTreeMap::new();
    for payment in lookup::payments(tx, tenant, &ids)? {
        let currency = owed.iter().find(|row| row.receivable == payment.receivable).map_or("", |row| &row.currency);
        payments.entry(payment.receivable).or_default().push(json!({
            "external_id": payment.external_id,
            "amount": payment.amount.map(|amount| money(amount, currency)),
            "paid_on": payment.paid_on.to_string(),
            "known_at": at(payment.known_at),
        }));
    }
    let value = |row: &OwedRow| {
        json!({
            "receivable": row.external_id,
            "id": row.receivable.to_string(),
            "billed": money(row.amount, &row.currency),
            "issued_on": row.issued_on.to_string(),
            "due_on": row.due_on.to_string(),
            "method": row.method,
            "status": row.status,
            "balance": money(row.balance, &row.currency),
            "entered_at": at(row.entered_at),
            "closed_at": row.closed_at.map(at),
            "ledger": ledgers.get(&row.receivable),
            "payments": payments.get(&row.receivable),
        })
    };
    Ok(owed.iter().map(value).collect())
}

/// What moved their credit.
fn credit(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId, owed: &[OwedRow]) -> Result<Vec<Value>> {
    let rows = account::of(tx, tenant, customer)?.into_iter().map(|row| {
        json!({
            "kind": row.kind, "amount": money(row.amount, &row.currency), "payment": row.payment,
            "receivable": row.receivable.map(|id| called(owed, id)), "counts_on": row.counts_on.to_string(), "known_at": at(row.known_at),
        })
    });
    Ok(rows.collect())
}

/// What its source calls a receivable.
pub(crate) fn called(owed: &[OwedRow], receivable: ReceivableId) -> String {
    owed.iter().find(|row| row.receivable == receivable).map_or_else(|| receivable.to_string(), |row| row.external_id.clone())
}

/// Messages and the channels that they were decided for.
pub(crate) type Over = BTreeMap<MessageId, Channels>;

/// Channels joined by `;`.
pub(crate) fn channels(joined: &str) -> Channels {
    joined.split(';').filter_map(|word| word.parse::<Channel>().ok()).collect()
}

fn decisions(tenancy: &Tenancy, owed: &[OwedRow], decided: &[StoredDecision], over: &Over, customer: CustomerId) -> Vec<Value> {
    let mut items: BTreeMap<MessageId, usize> = BTreeMap::new();
    for message in decided.iter().filter_map(|row| row.message) {
        *items.entry(message).or_default() += 1;
    }
    let value = |row: &StoredDecision| {
        let together = row.message.and_then(|message| items.get(&message)).copied().unwrap_or(0);
        let over = row.message.and_then(|message| over.get(&message)).copied().unwrap_or_default();
        json!({
            "receivable": called(owed, row.receivable),
            "step": row.step,
            "cycle": row.cycle,
            "occurrence": row.occurrence,
            "mode": row.mode,
            "at": at(row.decided_at),
            "outcome": row.outcome,
            "says": sentence(tenancy, row, (over, together), customer),
            "rule": row.rule,
            "message": row.message.map(|message| message.to_string()),
            "event": row.seq,
        })
    };
    decided.iter().map(value).collect()
}

/// One sentence for a decision; nothing when its policy does not know the step.
pub(crate) fn sentence(
    tenancy: &Tenancy,
    row: &StoredDecision,
    (channels, items): (Channels, usize),
    customer: CustomerId,
) -> Option<String> {
    let policies = tenancy.policies(customer);
    let index =
        row.policy.checked_sub(1).and_then(|index| usize::try_from(index).ok()).filter(|&index| index < tenancy.published.rows.len())?;
    let rules = policies.get(index);
    let id = row.step.strip_suffix(".notice").unwrap_or(&row.step);
    let steps = rules.ladders.iter().flat_map(|ladder| &ladder.steps).filter(|step| step.id == id).map(|step| &step.act);
    let reactions = rules.reactions.iter().filter(|reaction| reaction.id == id).map(|reaction| &reaction.act);
    let act: &StepAct = steps.chain(reactions).next()?;
    let outcome = match row.outcome.as_str() {
        "done" => Outcome::Done,
        reason => Outcome::Skipped(reason.parse::<SkipReason>().ok()?),
    };
    Some(explain::decided(Telling { step: &row.step, act, channels, items, rule: None }, outcome))
}

/// What is billed to them in cycles.
fn subscriptions(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
    let rows = billing::of_customers(tx, tenant, &[customer.to_bytes()])?.into_iter().map(|row| {
        let body: Subscription = blob::decode(&row.body, "a subscription")?;
        Ok(json!({
            "subscription": row.external_id, "id": row.subscription.to_string(), "plan": row.plan, "method": row.method,
            "known_since": at(row.created_at), "renews_on": row.renews_on.map(|day| day.to_string()), "content": body,
        }))
    });
    rows.collect()
}

/// What they were invoiced.
fn invoices(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
    let rows = billing::invoices_of(tx, tenant, customer)?.into_iter().map(|row| {
        // What cannot be read as JSON is given as it stands.
        let body = serde_json::from_str(&row.body).unwrap_or(Value::String(row.body));
        json!({
            "invoice": row.key, "id": row.invoice.to_string(), "kind": row.kind, "total": money(row.total, &row.currency),
            "issued_on": row.issued_on.to_string(), "due_on": row.due_on.to_string(), "voided_at": row.voided_at.map(at),
            "credit_left": money(row.credit_left, &row.currency), "content": body,
        })
    });
    Ok(rows.collect())
}

fn effects(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId, owed: &[OwedRow]) -> Result<Vec<Value>> {
    let effects = person::effects(tx, tenant, customer)?.into_iter().map(|row| {
        json!({
            "receivable": called(owed, row.receivable), "step": row.step, "mode": row.mode, "kind": row.kind, "detail": row.detail,
            "at": at(row.at), "status": row.status,
        })
    });
    Ok(effects.collect())
}

/// A message with what was sent, if it was.
fn sent(row: &SentRow, opened: Option<Vec<u8>>) -> Value {
    let text = opened.map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    });
    json!({
        "message": row.message.to_string(),
        "mode": row.mode,
        "channels": row.channels,
        "channel": row.channel,
        "tone": row.tone,
        "status": row.status,
        "decided_at": at(row.decided_at),
        "finished_at": row.finished_at.map(at),
        "reply": row.reply,
        "sent": text,
    })
}

fn chain(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
    let (mut all, mut last) = (Vec::new(), 0);
    loop {
        let page = events::of(tx, tenant, customer.to_bytes(), last, PAGE)?;
        let Some(end) = page.last() else { return Ok(all) };
        last = end.seq;
        for event in page {
            // What cannot be read as JSON is given as it stands.
            let payload = serde_json::from_str(&event.payload).unwrap_or(Value::String(event.payload));
            all.push(json!({ "seq": event.seq, "at": at(event.at), "kind": event.kind, "what": payload, "hash": hex(&event.hash) }));
        }
    }
}
