//! Drawing up what is due of one subscription: the same when it is billed and when the log is replayed.
//!
//! Deliberately absent: facts and the database. Ids follow from what they name and from the moment, so that a replay and
//! another node come to the same.

use regua_core::billing::{DocumentKind, DraftInvoice, Subscription};
use regua_core::ids::{CustomerId, InvoiceId, ReceivableId, SubscriptionId, TenantId};
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::Rail;
use regua_store::billing::{BillingRows, InvoiceRow, PartRow, SubscriptionRow};
use sha2::{Digest as _, Sha256};

use super::refused;
use crate::blob;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log::json;

/// A document with the ids that it and its parts have.
pub(crate) struct Drawn {
    /// Its id.
    pub(crate) invoice: InvoiceId,
    /// What it says.
    pub(crate) draft: DraftInvoice,
    /// Per instalment: its receivable.
    pub(crate) receivables: Vec<ReceivableId>,
}

/// Makes every document that is due of a subscription by a day; the row moves on.
pub(crate) fn draw_up(
    tenant: TenantId,
    row: &SubscriptionRow,
    zone: Zone,
    issued_on: Day,
    now: Instant,
) -> Result<(SubscriptionRow, Subscription, Vec<Drawn>)> {
    let mut subscription: Subscription = blob::decode(&row.body, "a subscription")?;
    let mut drawn = Vec::new();
    while let Some(draft) = subscription.bill(issued_on).map_err(|why| refused(&row.external_id, &why))? {
        let name = draft.key.to_string();
        let invoice = document_id(tenant, &name, now);
        let receivables =
            (1..).take(draft.instalments.len()).map(|part| ReceivableId::new(millis(now), bits(tenant, &name, part))).collect();
        drawn.push(Drawn { invoice, draft, receivables });
    }
    let moved = row_of(row, &subscription, zone, issued_on)?;
    if moved.bill_at <= now {
        return Err(Error::bug("billing_stuck", format!("{}: billing does not move on; this is a bug, please report it", row.external_id)));
    }
    Ok((moved, subscription, drawn))
}

/// The row of a subscription as it is now; what never changes is that of `row`.
pub(crate) fn row_of(row: &SubscriptionRow, subscription: &Subscription, zone: Zone, on: Day) -> Result<SubscriptionRow> {
    let next = subscription.next_billing().map_err(|why| refused(&row.external_id, &why))?;
    Ok(SubscriptionRow {
        plan: subscription.plan(on).key().to_owned(),
        bill_at: next.map_or(Instant::NEVER, |day| zone.midnight(day)),
        renews_on: subscription.renewal_on(on).map_err(|why| refused(&row.external_id, &why))?,
        body: blob::encode(subscription)?,
        ..row.clone()
    })
}

/// The row of a subscription that begins.
pub(crate) fn first_row(
    (id, customer): (SubscriptionId, CustomerId),
    subscription: &Subscription,
    method: Option<Rail>,
    zone: Zone,
    (on, now): (Day, Instant),
) -> Result<SubscriptionRow> {
    let row = SubscriptionRow {
        subscription: id,
        customer,
        external_id: subscription.key().to_owned(),
        plan: String::new(),
        method: method.map(|rail| rail.as_str().to_owned()),
        bill_at: Instant::NEVER,
        renews_on: None,
        created_at: now,
        body: Vec::new(),
    };
    row_of(&row, subscription, zone, on)
}

impl Drawn {
    /// What a source would call a part: the key of its invoice, and which part it is where there are several.
    pub(crate) fn external_id(&self, part: usize) -> String {
        if self.draft.instalments.len() == 1 { self.draft.key.to_string() } else { format!("{}#{}", self.draft.key, part + 1) }
    }

    /// Minor units that it gives back; 0 of an invoice.
    pub(crate) fn credit(&self) -> i64 {
        match self.draft.kind {
            DocumentKind::Invoice => 0,
            DocumentKind::Credit => self.draft.total.saturating_neg(),
        }
    }

    /// Its rows; `left` is what of a credit is not applied.
    pub(crate) fn enter(&self, row: &SubscriptionRow, left: i64, now: Instant, rows: &mut BillingRows) -> Result<()> {
        let draft = &self.draft;
        rows.invoices.push(InvoiceRow {
            invoice: self.invoice,
            customer: row.customer,
            subscription: row.subscription,
            key: draft.key.to_string(),
            kind: draft.kind.as_str().to_owned(),
            currency: draft.currency.code().to_owned(),
            total: draft.total,
            credit_left: left,
            issued_on: draft.issued_on,
            due_on: draft.due_on,
            voided_at: None,
            body: json(draft)?,
            created_at: now,
        });
        let parts = self.receivables.iter().zip(1..);
        rows.parts.extend(parts.map(|(&receivable, number)| PartRow { invoice: self.invoice, number, receivable }));
        Ok(())
    }
}

/// The id of a document with a key, made at a moment.
pub(super) fn document_id(tenant: TenantId, key: &str, now: Instant) -> InvoiceId {
    InvoiceId::new(millis(now), bits(tenant, key, 0))
}

/// Bits for the id of a document (0) or of one of its parts.
fn bits(tenant: TenantId, key: &str, part: u32) -> [u8; 10] {
    let mut hash = Sha256::new();
    hash.update(b"regua invoice 1");
    hash.update(tenant.to_bytes());
    hash.update(part.to_be_bytes());
    hash.update(key);
    let mut bits = [0; 10];
    for (bit, byte) in bits.iter_mut().zip(hash.finalize()) {
        *bit = byte;
    }
    bits
}
