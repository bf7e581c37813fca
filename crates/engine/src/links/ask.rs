//! Asking for a new link: it is sent to a contact point on file, and whoever asks learns nothing.

use regua_core::ids::{MessageId, TenantId};
use regua_core::party::{ContactPoint, Customer};
use regua_core::time::{Instant, Zone};
use regua_core::words::Channel;
use regua_store::db::Scope;
use regua_store::due;
use regua_store::links::{self, LetterRow, Standing};

use super::ASKS_A_DAY;
use super::token::{self, Claims};
use crate::Engine;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::ports::Rng;

impl Engine {
    /// Somebody who has a link that is good no more asks for a new one. It goes to the contact point that the old one was sent to, or
    /// to the first that can be written to, at most [`ASKS_A_DAY`] times a day. What comes of it is not told: the answer is the same
    /// for a text that is no link.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn ask_link(&self, tenant: TenantId, text: &str, now: Instant, rng: &mut dyn Rng) -> Result<()> {
        let Some(claims) = token::read(&self.master, text).filter(|claims| claims.tenant == tenant) else { return Ok(()) };
        let letter = MessageId::new(millis(now), rng.bytes()).to_bytes();
        let today = Zone::utc().day_of(now);
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = claims.customer;
            due::lock(tx, tenant, &[customer.to_bytes()])?;
            let Some(person) = self.person_behind(tx, tenant, customer)? else { return Ok(()) };
            let Some(point) = self.where_to(&claims, &person) else { return Ok(()) };
            let standing = links::one(tx, tenant, customer)?.unwrap_or_default();
            let asked = if standing.asked_on == Some(today) { standing.asked } else { 0 };
            if asked >= ASKS_A_DAY {
                return Ok(());
            }
            links::put(tx, tenant, customer, &Standing { asked_on: Some(today), asked: asked + 1, ..standing })?;
            let row = LetterRow { letter, customer, point: self.point_mark_of((tenant, customer), point) };
            links::add_letter(tx, tenant, &row, now).map_err(Error::from)
        })
    }

    /// Where a new link goes: mail and text messages need no permission of anybody else's.
    fn where_to<'p>(&self, claims: &Claims, person: &'p Customer) -> Option<&'p ContactPoint> {
        let own = self.point_of(claims, person).filter(|point| carries(point.channel) && point.is_usable());
        own.or_else(|| person.on(Channel::Email).chain(person.on(Channel::Sms)).find(|point| point.is_usable()))
    }
}

/// Whether a new link is sent over a channel.
pub(super) const fn carries(channel: Channel) -> bool {
    match channel {
        Channel::Email | Channel::Sms => true,
        Channel::Whatsapp | Channel::Push | Channel::InApp | Channel::Voice | Channel::Letter => false,
    }
}
