//! An e-mail is seen to be opened: the picture in it was fetched. Told at most once of its reader, and once of a program before that.
//!
//! It is no proof in either direction: programs fetch pictures before people do, and many people never fetch one. So it changes nothing
//! that is decided. Deliberately absent: who fetched it, which is kept nowhere.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::db::Scope;
use regua_store::due::{self, Which};
use regua_store::{links, opens, outbox};

use super::DeliveryNote;
use crate::Engine;
use crate::case;
use crate::error::{Error, Result};
use crate::links::{Pictured, epoch_of, picture, westernmost};
use crate::log;

/// Whoever fetches something of a mail within so many seconds after it was sent is a program that looks at mails before people do.
pub(super) const AT_ONCE_SECS: i64 = 10;

impl Engine {
    /// The picture of an e-mail was fetched; whether that is told now. A text that is none of ours, or counts no more, is no error
    /// and tells nothing.
    ///
    /// * `by_program` — whether whoever fetched it is known to be one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn mail_opened(&self, tenant: TenantId, text: &str, by_program: bool, now: Instant) -> Result<bool> {
        let Some(pictured) = picture::read(&self.master, text).filter(|pictured| pictured.tenant == tenant) else { return Ok(false) };
        let Some((customer, by_program)) = self.picture_seen(&pictured, by_program, now)? else { return Ok(false) };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let Some((_, case)) = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.pop() else { return Ok(false) };
            let mut case = case?;
            let of = (pictured.message, customer);
            // Of somebody who was erased nothing is kept any more.
            let is_new =
                case.key.is_some() && if by_program { opens::prefetch(tx, tenant, of, now)? } else { opens::open(tx, tenant, of, now)? };
            if !is_new {
                return Ok(false);
            }
            let is = if by_program { "prefetched" } else { "opened" };
            let note = DeliveryNote { message: pictured.message.to_string(), channel: Channel::Email, is: is.to_owned(), code: None };
            let mut batch = Batch::default();
            case.note(&tenancy, now, "delivery", (log::json(&note)?, None), &mut batch)?;
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant)?;
            Ok(true)
        })
    }

    /// Whose message it is and whether a program fetched it; nothing when there is nothing to tell.
    fn picture_seen(&self, pictured: &Pictured, by_program: bool, now: Instant) -> Result<Option<(CustomerId, bool)>> {
        let (tenant, message) = (pictured.tenant, pictured.message);
        if westernmost(now) > pictured.expires_on {
            return Ok(None);
        }
        self.db.read(Scope::Tenant(tenant), |tx| {
            let Some((overview, stored)) = outbox::just(tx, tenant, message)?.zip(outbox::one(tx, tenant, message)?) else {
                return Ok(None);
            };
            let epoch = links::one(tx, tenant, stored.customer)?.map_or(Ok(0), |standing| epoch_of(standing.epoch))?;
            let known = opens::opened(tx, tenant, message)?;
            // A mail that is not known to be sent was fetched before its server said that it has it.
            let at_once = overview.finished_at.is_none_or(|sent| now.micros() < sent.micros().saturating_add(AT_ONCE_SECS * 1_000_000));
            let by_program = by_program || at_once;
            let is_told = known.opened_at.is_some() || (by_program && known.prefetched_at.is_some());
            Ok::<_, Error>((epoch == pictured.epoch && !is_told).then_some((stored.customer, by_program)))
        })
    }
}
