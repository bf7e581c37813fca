//! What people and programs look at: customers and receivables as they stand, and lists by pages with what rows name.
//!
//! Nothing is locked and nothing written. Deliberately absent: how it is shown.

pub mod billing;
pub mod book;
pub mod customers;
pub mod debtors;
pub mod receivables;

use regua_core::calendar::Calendar;
use regua_core::ids::TenantId;
use regua_core::time::Zone;
use regua_store::db::{Scope, Tx};

use crate::Engine;
use crate::commands::tell::{About, Found, find};
use crate::error::Result;

impl Engine {
    /// What a command would be about.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such subject.
    pub fn found(&self, tenant: TenantId, about: &About) -> Result<Found> {
        self.db.read(Scope::Tenant(tenant), |tx: &mut Tx<'_>| find(tx, tenant, about))
    }

    /// The zone of days that are nobody's: that of the newest policy, and before there is one UTC.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn zone(&self, tenant: TenantId) -> Result<Zone> {
        match self.db.read(Scope::Tenant(tenant), |tx: &mut Tx<'_>| self.tenancies.read(tx, tenant)) {
            Ok(tenancy) => Ok(tenancy.published.zone()),
            Err(error) if error.code == "no_policy" => Ok(Zone::utc()),
            Err(error) => Err(error),
        }
    }

    /// The calendar by which due dates roll: that of the newest policy, and before there is one none, where every day is open.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn calendar(&self, tenant: TenantId) -> Result<Calendar> {
        match self.db.read(Scope::Tenant(tenant), |tx: &mut Tx<'_>| self.tenancies.read(tx, tenant)) {
            Ok(tenancy) => Ok(tenancy.published.calendar()),
            Err(error) if error.code == "no_policy" => Ok(Calendar::None),
            Err(error) => Err(error),
        }
    }
}
