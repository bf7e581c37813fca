//! The second copy (segunda via) of what a customer owes: always of today or a day to come, so that it is never out of date.

use regua_core::facts::SecondCopy;
use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};
use regua_store::db::Scope;
use regua_store::due::Which;

use crate::Engine;
use crate::case;
use crate::commands::tell::find;
use crate::error::{Error, Result};

impl Engine {
    /// What settles a receivable on a day, or each open one of a customer, by what its source calls it.
    ///
    /// * `id` — ours, or what its source calls it.
    /// * `on` — the customer's today when absent.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such thing, [`crate::Kind::Refused`] for a day that is past; whatever the
    /// database says.
    pub fn second_copy(&self, tenant: TenantId, id: &str, on: Option<Day>, now: Instant) -> Result<Vec<(String, SecondCopy)>> {
        let about = self.resolve(tenant, id)?;
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &about)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let (customer, also) = (found.customer.to_bytes(), found.receivable.map(|id| id.to_bytes()));
            let also: Vec<[u8; 16]> = also.into_iter().collect();
            let (_, loaded) = case::load_also(tx, &tenancy, &self.master, &[customer], Which::Live, &also)?.pop().ok_or_else(missing)?;
            let case = loaded?;
            let today = case.facts.zone.day_of(now);
            let on = on.unwrap_or(today);
            if on < today {
                let told = format!("a second copy is of today or later, and {on} is past; `regua statement` tells what was owed then");
                return Err(Error::refused("past", told));
            }
            let policies = tenancy.policies(found.customer);
            let asked = |held: &case::Held, closed: bool| found.receivable.map_or(!closed, |id| held.receivable == id);
            let own = case.facts.walks.iter().zip(&case.held).filter(|(walk, held)| asked(held, walk.closed.is_some()));
            Ok(own.map(|(walk, held)| (held.external_id.clone(), walk.second_copy(policies, on))).collect())
        })
    }
}
