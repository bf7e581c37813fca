//! What gateways list: the second way in for whatever a webhook told, or should have.

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::charging::gateways;
use regua_store::db::Scope;
use regua_wire::gateways::Trouble;

use super::{Charging, Gateways};
use crate::Engine;
use crate::error::{Error, Kind, Result};

/// What a listing brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Listed {
    /// Pages read.
    pub pages: u64,
    /// Things told.
    pub heard: u64,
    /// Of these, about what is known here.
    pub known: u64,
}

/// Pages of one listing that are read at most in one call.
const PAGES_MAX: u64 = 1_000;
/// How far behind the last listing the next begins: clocks differ, and what is under way is listed late.
const OVERLAP_MICROS: i64 = 3_600_000_000;

impl Engine {
    /// Reads a gateway's listing since the last time, and takes in what it tells. Afterwards the gateway counts as read: steps
    /// on overdue amounts of customers whose payments it reports go on.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when there is no such gateway; [`Kind::Busy`] when it cannot be read now.
    pub fn list_gateway(&self, tenant: TenantId, name: &str, gateways: &mut Gateways, how: Charging, now: Instant) -> Result<Listed> {
        let row = self.db.read(Scope::Tenant(tenant), |tx| gateways::one(tx, tenant, name).map_err(Error::from))?;
        let missing = || Error::not_found("no_gateway", format!("no gateway `{name}`"));
        let row = row.ok_or_else(missing)?;
        let gateway = gateways.get(tenant, name).ok_or_else(missing)?;
        let since = Instant::from_micros(row.listed_at.micros().saturating_sub(OVERLAP_MICROS));
        let mut place = row.place.clone();
        let mut listed = Listed::default();
        loop {
            let page = gateway.list(since, now, place.as_deref()).map_err(|trouble| unreadable(name, &trouble))?;
            listed.pages += 1;
            for heard in &page.heard {
                listed.heard += 1;
                match self.hear(tenant, name, heard, how, now) {
                    Ok(known) => listed.known += u64::from(known),
                    // What came too early for what is known comes again with the next listing.
                    Err(error) if error.kind == Kind::Busy => {}
                    Err(error) => return Err(error),
                }
            }
            place.clone_from(&page.next);
            if place.is_none() || listed.pages >= PAGES_MAX {
                break;
            }
            self.db.write(Scope::Tenant(tenant), |tx| {
                gateways::set_listed(tx, tenant, name, row.listed_at, place.as_deref()).map_err(Error::from)
            })?;
        }
        if place.is_none() {
            self.db.write(Scope::Tenant(tenant), |tx| gateways::set_listed(tx, tenant, name, now, None).map_err(Error::from))?;
            self.source_read(tenant, name, now)?;
        }
        Ok(listed)
    }
}

fn unreadable(name: &str, trouble: &Trouble) -> Error {
    Error::busy("gateway", format!("gateway `{name}` cannot be listed: {trouble}"))
}
