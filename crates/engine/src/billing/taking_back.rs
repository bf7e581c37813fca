//! Voiding an invoice: it stays, with its key, and nothing of it is owed any more.
//!
//! Deliberately absent: voiding what a credit was applied to, which would have to give the credit back.

use regua_core::billing::void;
use regua_core::facts::{Fact, Walk};
use regua_core::ids::TenantId;
use regua_core::ledger::EntryKind;
use regua_core::time::Instant;
use regua_store::batch::Batch;
use regua_store::billing::BillingRows;
use regua_store::db::Scope;
use regua_store::due::{self, Which};

use super::VoidedNote;
use super::subscriptions::invoice_of;
use crate::Engine;
use crate::case;
use crate::error::{Error, Result};
use crate::log::{self, Act};

/// What a customer has paid on a receivable and not got back.
const PAID: [EntryKind; 6] =
    [EntryKind::Payment, EntryKind::Application, EntryKind::Withholding, EntryKind::Overpayment, EntryKind::Refund, EntryKind::Chargeback];

impl Engine {
    /// Takes an invoice back as a whole, which nobody has paid anything on.
    ///
    /// * `name` — its id or its key.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none; [`crate::Kind::Refused`] when something was paid or credited on it.
    pub fn void_invoice(&self, tenant: TenantId, name: &str, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = invoice_of(tx, tenant, name)?.0.row.customer;
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let (invoice, parts) = invoice_of(tx, tenant, name)?; // as it is under the lock
            let tenancy = self.tenancies.read(tx, tenant)?;
            let about: Vec<[u8; 16]> = parts.iter().map(|part| part.receivable.to_bytes()).collect();
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let (_, case) = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)?.pop().ok_or_else(missing)?;
            let mut case = case?;
            let walks: Vec<usize> = parts.iter().filter_map(|part| case.walk_of(part.receivable)).collect();
            let sum = |kinds: &[EntryKind]| {
                walks.iter().filter_map(|&walk| case.facts.walks.get(walk)).map(|walk| moved(walk, kinds)).sum::<i64>()
            };
            if sum(&[EntryKind::Credit]) != 0 {
                let told = format!("a credit was applied to the invoice {}; it cannot be voided", invoice.row.key);
                return Err(Error::refused("credited", told));
            }
            let paid = -sum(&PAID);
            let reason = act.reason.clone().unwrap_or_default();
            void(&invoice.draft, invoice.status, paid, &[], case.facts.zone.day_of(now), &reason)
                .map_err(|why| Error::refused("cannot_void", format!("{}: {why}", invoice.row.key)))?;
            case.act = Some(act.clone());
            for walk in walks {
                if case.facts.walks.get(walk).is_some_and(|walk| walk.closed.is_none()) {
                    case.tell(&tenancy, Some(walk), Fact::Voided, now).map_err(|bad| Error::refused("does_not_fit", bad.to_string()))?;
                }
            }
            let note = VoidedNote { invoice: invoice.row.invoice.to_string(), act: act.clone() };
            let mut batch = Batch::default();
            case.note(&tenancy, now, "invoice_voided", (log::json(&note)?, None), &mut batch)?;
            case.save(&tenancy, now, now, &mut batch)?;
            batch.write(tx, tenant)?;
            let rows = BillingRows { voided: vec![(invoice.row.invoice, now)], ..BillingRows::default() };
            rows.write(tx, tenant).map_err(Error::from)
        })
    }
}

/// What entries of some kinds come to, in minor units.
fn moved(walk: &Walk, kinds: &[EntryKind]) -> i64 {
    walk.ledger.entries().filter(|entry| kinds.contains(&entry.kind)).map(|entry| entry.amount.minor()).sum()
}
