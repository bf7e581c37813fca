//! What people and programs look at: customers and receivables as they stand, and lists by pages with what rows name.
//!
//! Nothing is locked and nothing written. Deliberately absent: how it is shown.

pub mod billing;
pub mod customers;
pub mod receivables;

use regua_store::db::{Scope, Tx};

use crate::Engine;
use crate::commands::tell::{About, Found, find};
use crate::error::Result;

impl Engine {
    /// What a command would be about.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such subject.
    pub fn found(&self, tenant: regua_core::ids::TenantId, about: &About) -> Result<Found> {
        self.db.read(Scope::Tenant(tenant), |tx: &mut Tx<'_>| find(tx, tenant, about))
    }
}
