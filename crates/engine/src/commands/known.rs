//! Receivables that are known, as rows of a file: what a payments file without its receivables is read against.

use regua_core::currency::Currency;
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::words::Rail;
use regua_store::db::Scope;
use regua_store::{due, lookup};
use regua_wire::files::{CustomerRow, Portfolio, ReceivableRow, When};

use crate::Engine;
use crate::error::{Error, Result};
use crate::profile;

/// Customers among whom one is looked for whose data are still there.
const CHECKED: i64 = 100;

/// Ids in one statement.
const IDS_MAX: usize = 2_000;

impl Engine {
    /// Whether the installation's key opens what is sealed, looked at with one customer; false when there is none.
    ///
    /// # Errors
    /// [`crate::Kind::Bug`] when it does not; whatever the database says.
    pub fn check_key(&self, tenant: TenantId) -> Result<bool> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let ids: Vec<[u8; 16]> = lookup::page(tx, tenant, [0; 16], CHECKED)?.iter().map(|(id, _)| id.to_bytes()).collect();
            for row in due::customers(tx, tenant, &ids)? {
                if let Some(wrapped) = row.key {
                    let key = profile::unwrap(&self.master, tenant, row.customer, &wrapped)?;
                    return profile::open(&key, tenant, row.customer, &row.profile).map(|_| true);
                }
            }
            Ok(false) // nobody, or all of the first erased
        })
    }

    /// Adds to a portfolio those of the named receivables that are known, as their source told them last.
    ///
    /// Of their customers only the ids: an import of such rows changes nobody. Returns how many were added.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn add_known(&self, tenant: TenantId, ids: &[&str], portfolio: &mut Portfolio) -> Result<usize> {
        let before = portfolio.receivables.len();
        let mut customers: std::collections::BTreeMap<Box<str>, u32> =
            portfolio.customers.iter().zip(0..).map(|(row, index)| (row.id.clone(), index)).collect();
        for ids in ids.chunks(IDS_MAX) {
            let told = self.db.read(Scope::Tenant(tenant), |tx| lookup::as_told(tx, tenant, ids).map_err(Error::from))?;
            for row in told {
                let unreadable = || Error::bug("receivable", format!("the receivable {} cannot be read", row.external_id));
                let currency = Currency::parse(&row.currency).ok_or_else(unreadable)?;
                let method: Option<Rail> = row.method.as_deref().map(str::parse).transpose().map_err(|_bad| unreadable())?;
                let next = u32::try_from(portfolio.customers.len()).unwrap_or(u32::MAX);
                let customer = *customers.entry(row.customer.as_str().into()).or_insert_with(|| {
                    portfolio.customers.push(CustomerRow { id: row.customer.as_str().into(), customer: Customer::default() });
                    next
                });
                portfolio.receivables.push(ReceivableRow {
                    id: row.external_id.into(),
                    customer,
                    issued: When::On(row.issued_on),
                    due_on: row.due_on,
                    amount: Money::new(row.amount, currency),
                    method,
                });
            }
        }
        Ok(portfolio.receivables.len() - before)
    }
}
