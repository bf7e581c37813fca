//! Credit notes that a person makes: documents of their own, which lower what is open and leave the rest as credit.
//!
//! The invoice's own open parts are lowered first, then what else is open of its subscription; what is left of the note
//! waits for the subscription's next invoice, as of every credit. Deliberately absent: paying it out, which is a refund.

use regua_core::billing::{CreditNote, CreditOf, DraftInvoice, InvoiceStatus};
use regua_core::ids::{InvoiceId, TenantId};
use regua_core::time::{Day, Instant};
use regua_store::batch::Batch;
use regua_store::billing::{self, BillingRows, InvoiceRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use serde::{Deserialize, Serialize};

use super::CreditedNote;
use super::draw::document_id;
use super::run::{Pool, apply};
use super::subscriptions::{ONLY_LOOKED, invoice_of};
use crate::Engine;
use crate::case;
use crate::error::{Error, Result};
use crate::log::{self, Act, json};

/// What is stored of a kind of document that a person makes.
const KIND: &str = "credit_note";

/// A credit note that was made, or would be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credited {
    /// What makes it the only one.
    pub key: String,
    /// What it says.
    pub document: DraftInvoice,
    /// Minor units that were taken off what is open.
    pub applied: i64,
    /// Minor units that are left as credit of the subscription.
    pub left: i64,
}

/// A credit note as it is stored: the document that its reader gets, and the note that later ones go by.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredNote {
    /// As every other document.
    #[serde(flatten)]
    pub(crate) document: DraftInvoice,
    /// The note.
    pub(crate) note: CreditNote,
}

impl Engine {
    /// Makes a credit note on an invoice, or shows what it would be.
    ///
    /// * `name` — the invoice's id or key.
    /// * `act` — its reason is what the customer reads.
    /// * `only_look` — nothing is written.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such invoice; [`crate::Kind::Refused`] when so much cannot be credited.
    pub fn credit_invoice(
        &self,
        tenant: TenantId,
        name: &str,
        what: &CreditOf,
        act: &Act,
        now: Instant,
        only_look: bool,
    ) -> Result<Credited> {
        let mut made = None;
        let done = self.db.write(Scope::Tenant(tenant), |tx| {
            let credited = self.credit_in(tx, tenant, name, what, act, now)?;
            made = Some(credited);
            // What is only looked at is undone with its transaction.
            if only_look { Err(Error::busy(ONLY_LOOKED, "nothing was to be written")) } else { Ok(()) }
        });
        match (done, made) {
            (Ok(()), Some(made)) => Ok(made),
            (Err(error), Some(made)) if error.code == ONLY_LOOKED => Ok(made),
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(Error::bug("credit", "a credit note was made and not kept")),
        }
    }

    fn credit_in(&self, tx: &mut Tx<'_>, tenant: TenantId, name: &str, what: &CreditOf, act: &Act, now: Instant) -> Result<Credited> {
        let reason = act.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let reason =
            reason.ok_or_else(|| Error::refused("no_reason", "a credit note says why; give a reason that the customer may read"))?;
        let customer = invoice_of(tx, tenant, name)?.0.row.customer;
        let ids = [customer.to_bytes()];
        due::lock(tx, tenant, &ids)?;
        let (invoice, parts) = invoice_of(tx, tenant, name)?; // as it is under the lock
        let row = &invoice.row;
        if invoice.status == InvoiceStatus::Void {
            return Err(Error::refused("voided", format!("the invoice {} is void: nothing of it is owed", row.key)));
        }
        let tenancy = self.tenancies.read(tx, tenant)?;
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let (_, case) = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.pop().ok_or_else(missing)?;
        let mut case = case?;
        if case.key.is_none() {
            return Err(Error::refused("erased", "this customer was erased; its documents stay as they are"));
        }
        let on = case.facts.zone.day_of(now);
        let again = note_again(tx, tenant, row, what.clone(), on, reason)?;
        let key = again.note.key();
        let document = document_id(tenant, &key, now);
        case.act = Some(act.clone());
        let subscription = billing::one(tx, tenant, row.subscription)?.ok_or_else(|| Error::bug("credit", "the subscription is gone"))?;
        let own: Vec<_> = parts.iter().map(|part| part.receivable).collect();
        let mut pool = [Pool::of(document, again.note.total, &row.currency)];
        let applied = apply(&mut case, &tenancy, (&subscription.external_id, &own), &mut pool, (on, now))?;
        let left = pool.iter().map(|credit| credit.left).sum::<i64>();
        let made = Credited { key, applied: again.note.total - left, left, document: again.document.clone() };
        let rows = BillingRows { invoices: vec![noted_row(row, document, &again, left, now)?], ..BillingRows::default() };
        let note = CreditedNote {
            invoice: row.invoice.to_string(),
            document: document.to_string(),
            key: made.key.clone(),
            seen: tenancy.seen(customer),
            on,
            what: what.clone(),
            total: made.document.amount().to_string(),
            act: act.clone(),
            applied,
        };
        let mut batch = Batch::default();
        case.note(&tenancy, now, "invoice_credited", (log::json(&note)?, None), &mut batch)?;
        case.save(&tenancy, now, now, &mut batch)?;
        batch.write(tx, tenant)?;
        rows.write(tx, tenant)?;
        Ok(made)
    }
}

/// The credit note on an invoice, after those that it has.
pub(crate) fn note_again(tx: &mut Tx<'_>, tenant: TenantId, of: &InvoiceRow, what: CreditOf, on: Day, reason: &str) -> Result<StoredNote> {
    let unread = |why: serde_json::Error| Error::bug("invoice_read", format!("the invoice {} cannot be read: {why}", of.key));
    let draft: DraftInvoice = serde_json::from_str(&of.body).map_err(unread)?;
    let refused = |why| Error::refused("cannot_credit", format!("{}: {why}", of.key));
    let mut before: Vec<CreditNote> = Vec::new();
    // Their keys count, so the next one is asked for until there is none.
    while let Some(known) = billing::invoice_named(tx, tenant, &format!("{}/credit-{}", of.key, before.len() + 1))? {
        before.push(serde_json::from_str::<StoredNote>(&known.body).map_err(unread)?.note);
    }
    let note = draft.credit_note(&before, what, on, reason).map_err(refused)?;
    Ok(StoredNote { document: note.document(&draft), note })
}

/// The row of a credit note; `left` is what of it is not applied.
pub(crate) fn noted_row(of: &InvoiceRow, document: InvoiceId, note: &StoredNote, left: i64, now: Instant) -> Result<InvoiceRow> {
    Ok(InvoiceRow {
        invoice: document,
        key: note.note.key(),
        kind: KIND.to_owned(),
        total: note.document.total,
        credit_left: left,
        issued_on: note.document.issued_on,
        due_on: note.document.due_on,
        voided_at: None,
        body: json(note)?,
        created_at: now,
        ..of.clone()
    })
}
