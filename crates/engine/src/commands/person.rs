//! All that is kept of one person, for whoever asks for it; and its end.
//!
//! Erasing takes away the customer's key: what was sealed under it, in tables and in the log, is noise from then on. What
//! the books need stays: ids, amounts, days, decisions, and a chain of events that is whole.

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::{log as events, lookup, outbox};
use serde_json::{Value, json};

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tell::{self, About};
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::profile;

/// Messages and events of one customer that are exported, each; nobody has more.
const ROWS_MAX: i64 = 1_000_000;

impl Engine {
    /// All that is kept of a customer: profile, receivables with their entries, messages with their texts, and the log.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a customer; whatever the database says.
    pub fn export(&self, tenant: TenantId, id: &str) -> Result<Value> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = tell::find(tx, tenant, &About::Customer(id.to_owned()))?;
            let ids = [found.customer.to_bytes()];
            let tenancy = self.tenancies.read(tx, tenant)?;
            let gone = || Error::not_found("no_customer", "the customer is not there any more");
            let (_, case) = case::load(tx, &tenancy, &self.master, &ids, Which::All)?.pop().ok_or_else(gone)?;
            let case = case?;
            let mut messages = Vec::new();
            for one in outbox::written_to(tx, tenant, case.customer, ROWS_MAX)? {
                let text = match (outbox::rendered(tx, tenant, one.message)?, &case.key) {
                    (Some(sealed), Some(key)) => parsed(&profile::open_message(key, tenant, case.customer, &sealed)?)?,
                    (_, _) => Value::Null,
                };
                messages.push(json!({
                    "message": one.message.to_string(), "status": one.status, "mode": one.mode, "channels": one.channels,
                    "tone": one.tone, "decided_at": one.decided_at, "ended_at": one.finished_at, "reply": one.reply, "sent": text,
                }));
            }
            let log = events::of(tx, tenant, case.customer.to_bytes(), 0, ROWS_MAX)?;
            let log = log.iter().map(|event| {
                Ok(json!({ "seq": event.seq, "at": event.at, "kind": event.kind, "what": parsed(event.payload.as_bytes())? }))
            });
            Ok(json!({
                "customer": case.external_id,
                "id": case.customer.to_string(),
                "erased": case.key.is_none(),
                "profile": &*case.facts.customer,
                "receivables": receivables(&case),
                "messages": messages,
                "log": log.collect::<Result<Vec<Value>>>()?,
            }))
        })
    }

    /// Erases a customer's personal data for good.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a customer, [`crate::Kind::Refused`] when it is erased already; whatever the
    /// database says.
    pub fn erase(&self, tenant: TenantId, id: &str, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = tell::find(tx, tenant, &About::Customer(id.to_owned()))?;
            let mut case = self.locked(tx, tenant, found.customer.to_bytes())?;
            if case.key.is_none() {
                return Err(Error::refused("erased", format!("{} is erased already", case.customer)));
            }
            let tenancy = self.tenancies.read(tx, tenant)?;
            let mut batch = Batch::default();
            case.note(&tenancy, now, "erased", log::json(&json!({ "act": act }))?, &mut batch)?;
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant)?;
            // What the source calls a person may be a tax id or an address.
            lookup::erase(tx, tenant, case.customer, &format!("erased-{}", case.customer), now).map_err(Error::from)
        })
    }

    fn locked(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: [u8; 16]) -> Result<Case> {
        due::lock(tx, tenant, &[customer])?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let gone = || Error::not_found("no_customer", "the customer is not there any more");
        case::load(tx, &tenancy, &self.master, &[customer], Which::All)?.pop().ok_or_else(gone)?.1
    }
}

fn receivables(case: &Case) -> Vec<Value> {
    let of = |(walk, held): (&regua_core::facts::Walk, &case::Held)| {
        let entries = walk.ledger.stored().map(|entry| {
            json!({ "kind": entry.kind.as_str(), "amount": entry.amount.to_string(), "on": entry.on.to_string(), "known_at": entry.at })
        });
        json!({
            "receivable": held.external_id,
            "id": held.receivable.to_string(),
            "billed": walk.ledger.billed().to_string(),
            "due": walk.due.to_string(),
            "closed": walk.closed.is_some(),
            "entries": entries.collect::<Vec<_>>(),
        })
    };
    case.facts.walks.iter().zip(&case.held).map(of).collect()
}

fn parsed(text: &[u8]) -> Result<Value> {
    serde_json::from_slice(text).map_err(|error| Error::bug("export", format!("what is kept cannot be read: {error}")))
}
