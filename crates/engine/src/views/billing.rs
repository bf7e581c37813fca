//! Subscriptions and invoices by pages.
//!
//! Where one stands is read from its body or its parts, not from a column, so a page that asks for a state looks at a bounded
//! number of rows and may hold fewer than were asked for.

use regua_core::billing::{InvoiceStatus, Subscription};
use regua_core::ids::{InvoiceId, SubscriptionId, TenantId};
use regua_store::billing::{self, PartState};
use regua_store::billing_lists;
use regua_store::db::Scope;
use regua_store::lists::NEWEST;

use crate::Engine;
use crate::billing::{Listed, ListedInvoice, Of, Subscribed, invoiced, whose};
use crate::blob;
use crate::error::Result;

/// Rows that one page looks at, at most, while it looks for those that stand as is wanted.
const LOOKED_AT_MAX: i64 = 2_000;

/// A page: what was found, and behind which row the next begins, if there may be more.
#[derive(Clone, Debug)]
pub struct Page<T, Id> {
    /// What was found.
    pub items: Vec<T>,
    /// Where the next page begins; nothing when this is the last.
    pub next: Option<Id>,
}

impl Engine {
    /// Up to `limit` subscriptions before one that are wanted, newest first.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn subscriptions_page(
        &self,
        tenant: TenantId,
        of: Of<'_>,
        before: Option<[u8; 16]>,
        limit: usize,
        wanted: Option<&dyn Fn(&Listed) -> bool>,
    ) -> Result<Page<Listed, SubscriptionId>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (customer, only) = whose(tx, tenant, of)?;
            // Without a filter a page is what it asks for.
            let looked_at = if wanted.is_none() && only.is_none() { crate::case::count(limit) + 1 } else { LOOKED_AT_MAX };
            let rows = billing_lists::subscriptions(tx, tenant, customer, before.unwrap_or(NEWEST), looked_at)?;
            let full = crate::case::count(rows.len()) >= looked_at;
            let last = rows.last().map(|one| one.row.subscription).filter(|_| full);
            let mut page = Page { items: Vec::new(), next: last };
            for one in rows {
                let row = one.row;
                let id = row.subscription;
                let subscription: Subscription = blob::decode(&row.body, "a subscription")?;
                let subscribed = Subscribed { id, customer: row.customer, bill_at: row.bill_at, method: row.method, subscription };
                let listed = Listed { subscribed, customer: one.customer, parked: one.parked };
                let is_other = only.is_some_and(|only| *only != *listed.subscribed.subscription.key());
                if is_other || wanted.is_some_and(|wanted| !wanted(&listed)) {
                    continue;
                }
                if page.items.len() == limit {
                    page.next = page.items.last().map(|one: &Listed| one.subscribed.id);
                    break;
                }
                page.items.push(listed);
            }
            Ok(page)
        })
    }

    /// Up to `limit` invoices and credits before one that stand as is wanted, newest first.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer or subscription.
    pub fn invoices_page(
        &self,
        tenant: TenantId,
        of: Of<'_>,
        status: Option<InvoiceStatus>,
        before: Option<[u8; 16]>,
        limit: usize,
    ) -> Result<Page<ListedInvoice, InvoiceId>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (customer, only) = whose(tx, tenant, of)?;
            let only = only.map(|key| crate::billing::named(tx, tenant, key)).transpose()?.map(|row| row.subscription);
            // Without a filter a page is what it asks for.
            let looked_at = if status.is_none() && only.is_none() { crate::case::count(limit) + 1 } else { LOOKED_AT_MAX };
            let rows = billing_lists::invoices(tx, tenant, customer, before.unwrap_or(NEWEST), looked_at)?;
            let full = crate::case::count(rows.len()) >= looked_at;
            let mut page = Page { items: Vec::new(), next: rows.last().map(|(row, _)| row.invoice).filter(|_| full) };
            let ids: Vec<[u8; 16]> = rows.iter().map(|(row, _)| row.invoice.to_bytes()).collect();
            let parts = billing::parts(tx, tenant, &ids)?;
            for (row, customer) in rows {
                if only.is_some_and(|only| only != row.subscription) {
                    continue;
                }
                let from = parts.partition_point(|part| part.invoice < row.invoice);
                let own: Vec<PartState> = parts.iter().skip(from).take_while(|part| part.invoice == row.invoice).cloned().collect();
                let invoiced = invoiced(row, &own)?;
                if status.is_some_and(|status| status != invoiced.status) {
                    continue;
                }
                if page.items.len() == limit {
                    page.next = page.items.last().map(|one: &ListedInvoice| one.invoiced.row.invoice);
                    break;
                }
                page.items.push(ListedInvoice { invoiced, customer, parts: own });
            }
            Ok(page)
        })
    }
}
