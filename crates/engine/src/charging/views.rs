//! What people see of attempts, second payments, refunds and codes that nobody knows.

use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};
use regua_store::charging::charges::{self, Overview};
use regua_store::charging::payments::{self, PaymentRow};
use regua_store::charging::{codes, gateways};
use regua_store::db::Scope;

use crate::Engine;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::Act;

/// An attempt as a list shows it.
pub type Attempt = Overview;

/// A payment that came when nothing was owed any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Second {
    /// The gateway.
    pub gateway: String,
    /// Its name of the payment.
    pub reference: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The payer's day.
    pub paid_on: Day,
    /// credited, refunding, refunded, charged_back.
    pub fate: String,
}

impl From<PaymentRow> for Second {
    fn from(row: PaymentRow) -> Self {
        let PaymentRow { gateway, reference, amount, currency, paid_on, fate, .. } = row;
        Self { gateway, reference, amount, currency, paid_on, fate }
    }
}

impl Engine {
    /// Adds a gateway by its name, or leaves it; whether it is new.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn add_gateway(&self, tenant: TenantId, name: &str, kind: &str, role: &str, _act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let (gateway, kind, role) = (name.to_owned(), kind.to_owned(), role.to_owned());
            let new = gateways::GatewayRow { gateway, kind, role, added_at: now, listed_at: now, place: None };
            gateways::add(tx, tenant, &new).map_err(Error::from)
        })
    }

    /// The tenant's gateways.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn gateways(&self, tenant: TenantId) -> Result<Vec<gateways::GatewayRow>> {
        self.db.read(Scope::Tenant(tenant), |tx| gateways::all(tx, tenant).map_err(Error::from))
    }

    /// The newest attempts of a customer, those under way, or those that a person must look at.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn attempts(&self, tenant: TenantId, about: Option<&About>, needing: bool, limit: i64) -> Result<Vec<Attempt>> {
        self.db.read(Scope::Tenant(tenant), |tx| match about {
            Some(about) => {
                let found = find(tx, tenant, about)?;
                let all = charges::of_customer(tx, tenant, found.customer, limit)?;
                Ok(all.into_iter().filter(|one| found.receivable.is_none_or(|id| one.row.receivable == id)).collect())
            }
            None if needing => charges::needing(tx, tenant, limit).map_err(Error::from),
            None => charges::waiting(tx, tenant, limit).map_err(Error::from),
        })
    }

    /// Second payments, the newest first.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn second_payments(&self, tenant: TenantId, limit: i64) -> Result<Vec<Second>> {
        self.db.read(Scope::Tenant(tenant), |tx| Ok(payments::seconds(tx, tenant, limit)?.into_iter().map(Second::from).collect()))
    }

    /// Codes of failed attempts that no row of the table fits.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn unmapped_codes(&self, tenant: TenantId, limit: i64) -> Result<Vec<codes::CodeRow>> {
        self.db.read(Scope::Tenant(tenant), |tx| codes::list(tx, tenant, limit).map_err(Error::from))
    }

    /// When something of gateways is due next.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn next_charge_due(&self) -> Result<Instant> {
        self.db.read(Scope::Claim, |tx| {
            let charges = charges::next_due(tx)?;
            let instruments = regua_store::charging::instruments::next_due(tx)?;
            Ok(charges.min(instruments).min(regua_store::charging::refunds::next_due(tx)?))
        })
    }
}
