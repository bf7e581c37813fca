//! Looking at what is billed: plans, subscriptions and invoices, newest first.

use regua_core::billing::{InvoiceStatus, Plan, Subscription};
use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;
use regua_store::billing::{self, PartState};
use regua_store::billing_lists::{self, NEWEST};
use regua_store::db::{Scope, Tx};
use regua_store::lookup;

use super::subscriptions::{invoice_of, invoiced, named};
use super::{Invoiced, Subscribed};
use crate::Engine;
use crate::blob;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};

/// Rows that are read at a time while something is looked for among them.
const PAGE: i64 = 500;

/// A published version of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// What it says.
    pub plan: Plan,
    /// Its place among the versions, from 1.
    pub version: i64,
    /// When it was published.
    pub at: Instant,
}

/// Whose rows are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of<'a> {
    /// Everybody's.
    All,
    /// A customer's, by our id or what its source calls it.
    Customer(&'a str),
    /// Those of one subscription.
    Subscription(&'a str),
}

/// A subscription in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What it is.
    pub subscribed: Subscribed,
    /// What its customer is called.
    pub customer: String,
    /// Why it could not be billed, if so.
    pub parked: Option<String>,
}

/// An invoice in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedInvoice {
    /// What it is.
    pub invoiced: Invoiced,
    /// What its customer is called.
    pub customer: String,
    /// Its parts with where they stand, in their order.
    pub parts: Vec<PartState>,
}

impl Engine {
    /// Every version of every plan, by key and version.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn plans(&self, tenant: TenantId) -> Result<Vec<Published>> {
        let stored = self.db.read(Scope::Tenant(tenant), |tx| billing::plans(tx, tenant))?;
        let read = |stored: billing::StoredPlan| {
            let unread = |why| Error::bug("plan_read", format!("the plan `{}` cannot be read: {why}", stored.plan));
            let plan = serde_json::from_str(&stored.body).map_err(unread)?;
            Ok(Published { plan, version: stored.version, at: stored.published_at })
        };
        stored.into_iter().map(read).collect()
    }

    /// Up to `limit` subscriptions that are wanted, newest first.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer or subscription.
    pub fn subscriptions(&self, tenant: TenantId, of: Of<'_>, limit: usize, wanted: &dyn Fn(&Listed) -> bool) -> Result<Vec<Listed>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (customer, only) = whose(tx, tenant, of)?;
            let (mut found, mut before) = (Vec::new(), NEWEST);
            loop {
                let page = billing_lists::subscriptions(tx, tenant, customer, before, PAGE)?;
                let Some(last) = page.last() else { return Ok(found) };
                before = last.row.subscription.to_bytes();
                for one in page {
                    let row = one.row;
                    let subscription: Subscription = blob::decode(&row.body, "a subscription")?;
                    let method = row.method;
                    let subscribed =
                        Subscribed { id: row.subscription, customer: row.customer, bill_at: row.bill_at, method, subscription };
                    let listed = Listed { subscribed, customer: one.customer, parked: one.parked };
                    if only.is_none_or(|only| *only == *listed.subscribed.subscription.key()) && wanted(&listed) {
                        found.push(listed);
                    }
                    if found.len() >= limit {
                        return Ok(found);
                    }
                }
            }
        })
    }

    /// Up to `limit` invoices and credits that stand as is wanted, newest first.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer or subscription.
    pub fn invoices_listed(&self, tenant: TenantId, of: Of<'_>, status: Option<InvoiceStatus>, limit: usize) -> Result<Vec<ListedInvoice>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (customer, only) = whose(tx, tenant, of)?;
            let subscription = only.map(|key| named(tx, tenant, key)).transpose()?.map(|row| row.subscription);
            let (mut found, mut before) = (Vec::new(), NEWEST);
            loop {
                let page = billing_lists::invoices(tx, tenant, customer, before, PAGE)?;
                let Some((last, _)) = page.last() else { return Ok(found) };
                before = last.invoice.to_bytes();
                let ids: Vec<[u8; 16]> = page.iter().map(|(row, _)| row.invoice.to_bytes()).collect();
                let parts = billing::parts(tx, tenant, &ids)?;
                for (row, customer) in page {
                    if subscription.is_some_and(|only| only != row.subscription) {
                        continue;
                    }
                    let own: Vec<PartState> = parts.iter().filter(|part| part.invoice == row.invoice).cloned().collect();
                    let invoiced = invoiced(row, &own)?;
                    if status.is_none_or(|status| status == invoiced.status) {
                        found.push(ListedInvoice { invoiced, customer, parts: own });
                    }
                    if found.len() >= limit {
                        return Ok(found);
                    }
                }
            }
        })
    }

    /// An invoice with where it stands.
    ///
    /// * `name` — its id or its key.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none.
    pub fn invoice(&self, tenant: TenantId, name: &str) -> Result<ListedInvoice> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (invoiced, parts) = invoice_of(tx, tenant, name)?;
            let customer = lookup::customer_of(tx, tenant, invoiced.row.customer)?.unwrap_or_default();
            Ok(ListedInvoice { invoiced, customer, parts })
        })
    }
}

/// The customer whose rows are meant, and the subscription, if only one.
pub(crate) fn whose<'o>(tx: &mut Tx<'_>, tenant: TenantId, of: Of<'o>) -> Result<(Option<CustomerId>, Option<&'o str>)> {
    match of {
        Of::All => Ok((None, None)),
        Of::Customer(name) => Ok((Some(find(tx, tenant, &About::Customer(name.to_owned()))?.customer), None)),
        Of::Subscription(key) => Ok((Some(named(tx, tenant, key)?.customer), Some(key))),
    }
}
