//! The end of a day: a root over everything that the log gained, so that no chain can be cut short unnoticed.

use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant, Zone};
use regua_store::chain;
use regua_store::db::Scope;
use regua_store::log::{self, StoredRoot};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::json;

/// The payload of an event of kind `day_sealed`.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct DaySealed {
    /// The day.
    pub(crate) day: Day,
    /// How many pages of the log it is over.
    pub(crate) pages: i64,
    /// The root in hexadecimal digits.
    pub(crate) root: String,
}

impl Engine {
    /// Seals what has ended of every tenant's days; how many were sealed. Call it at the end of a run.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn seal_days(&self, now: Instant) -> Result<u64> {
        let mut sealed = 0;
        for known in self.tenants()? {
            sealed += u64::from(self.seal_day(known.tenant, now)?.is_some());
        }
        Ok(sealed)
    }

    /// Seals the day that has ended last, if it has no root yet: over what the log gained since the root before.
    ///
    /// Days are those of UTC, so that no change of a zone makes one twice. Costs one read when there is nothing to do.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn seal_day(&self, tenant: TenantId, now: Instant) -> Result<Option<StoredRoot>> {
        let day = Zone::utc().day_of(now).plus(-1);
        let last = self.db.read(Scope::Tenant(tenant), |tx| log::last_root(tx, tenant).map_err(Error::from))?;
        if last.is_some_and(|last| last.day >= day) {
            return Ok(None);
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let last = log::last_root(tx, tenant)?; // somebody may have been faster
            if last.is_some_and(|last| last.day >= day) {
                return Ok(None);
            }
            let pages = log::end_day(tx, tenant, day)?;
            let before = last.map_or([0; 32], |last| last.root);
            let count = crate::case::count(pages.len());
            let sealed = StoredRoot { day, pages: count, root: chain::root(&before, day, pages.into_iter()) };
            log::add_root(tx, tenant, &sealed)?;
            let payload = json(&DaySealed { day, pages: count, root: hex(&sealed.root) })?;
            note(tx, &mut stored, now, "day_sealed", payload)?;
            Ok(Some(sealed))
        })
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
