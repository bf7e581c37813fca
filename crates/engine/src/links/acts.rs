//! What customers do behind a link that has limits of its own: promising.
//!
//! Everything else is done by the commands that people and programs use.

use regua_core::facts::{Fact, FactError};
use regua_core::ids::ReceivableId;
use regua_core::time::{Day, Instant};
use regua_store::db::Scope;

use super::act;
use super::open::Visitor;
use super::view::promise_room;
use crate::Engine;
use crate::error::{Error, Result};

/// Days ahead for which a customer may promise, at most: less where the rule ends the debt or hands it over before.
pub const PROMISE_DAYS_MAX: i32 = 30;
/// Promises for one receivable that may stand at a time, and that may have been broken before only a person takes another.
pub const PROMISES_MAX: u16 = 2;

impl Engine {
    /// A customer promises to pay on a day.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when the receivable is not this customer's; [`crate::Kind::Refused`]: `promise_day` for a day
    /// outside of what the rule leaves room for, `promises` when no more are taken, or why it does not fit.
    pub fn promise_by_link(&self, visitor: &Visitor, receivable: ReceivableId, on: Day, now: Instant) -> Result<()> {
        let (tenant, customer) = (visitor.tenant, visitor.customer);
        self.db.write(Scope::Tenant(tenant), |tx| {
            let fact = Fact::Promised { on };
            self.heed_biller(tx, tenant, Some(receivable), std::slice::from_ref(&fact))?;
            self.with_case(tx, tenant, customer, &[receivable], now, |case, tenancy| {
                let missing = || Error::not_found("no_receivable", "there is no such bill");
                let place = case.walk_of(receivable).ok_or_else(missing)?;
                let today = case.facts.zone.day_of(now);
                let walk = case.facts.walks.get(place).ok_or_else(missing)?;
                let room = promise_room(&case.facts, walk, tenancy.policies(case.customer), today);
                let room = room.ok_or_else(|| Error::refused("promises", "no further promise is taken here; ask a person"))?;
                if on < room.from || on > room.until {
                    return Err(Error::refused("promise_day", format!("promise a day from {} to {}", room.from, room.until)));
                }
                case.act = Some(act());
                let misfit = |bad: FactError| Error::refused("does_not_fit", bad.to_string());
                case.tell(tenancy, Some(place), fact, now).map(drop).map_err(misfit)
            })
        })
    }
}
