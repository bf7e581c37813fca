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
    /// How much waits: messages, pages of the log and deliveries of a tenant, and customers of all; of each up to a hundred thousand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn waiting(&self, tenant: TenantId, now: Instant) -> Result<Waiting> {
        let own = self.db.read(Scope::Tenant(tenant), |tx| waiting::waiting(tx, tenant, COUNTED_MAX))?;
        let customers = self.db.read(Scope::Claim, |tx| waiting::due(tx, now, COUNTED_MAX))?;
        Ok(Waiting { customers, ..own })
    }
}
