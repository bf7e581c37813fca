//! How much waits to be done, for whoever watches.

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::db::Scope;
use regua_store::waiting;

use crate::Engine;
use crate::error::Result;

pub use regua_store::waiting::Waiting;

/// Of each sort no more are counted.
const COUNTED_MAX: i64 = 100_000;

impl Engine {
    /// How much of a tenant waits: messages, customers, pages of the log, deliveries; of each up to a hundred thousand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn waiting(&self, tenant: TenantId, now: Instant) -> Result<Waiting> {
        Ok(self.db.read(Scope::Tenant(tenant), |tx| waiting::waiting(tx, tenant, now, COUNTED_MAX))?)
    }
}
