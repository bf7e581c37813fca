//! Making links, opening them, and taking them back.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::party::{ContactPoint, Customer, Health};
use regua_core::time::{Day, Instant, Zone};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::links::{self, Standing};
use regua_wire::messages::Link;

use super::mint::{Mint, epoch_of};
use super::token::{self, Claims, Purpose};
use crate::Engine;
use crate::case;
use crate::commands::customer::ContactNews;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::profile;

/// Hours by which a day ends later than in UTC where it ends last.
const LAST_HOURS: i64 = 12;

/// The day where days begin last, so that a link that says its last day is good for the whole of it wherever its reader is.
pub(crate) fn westernmost(now: Instant) -> Day {
    Zone::utc().day_of(now.plus_hours(-LAST_HOURS))
}

/// Somebody who came by a good link. Nothing in it is of the person.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Whose customer.
    pub tenant: TenantId,
    /// Which.
    pub customer: CustomerId,
    /// What the link is for.
    pub purpose: Purpose,
    /// The last day on which it is good: until it is over everywhere.
    pub expires_on: Day,
    /// Whether it may be used for acts; paying, asking and stopping messages need no such.
    pub may_act: bool,
    /// Of the contact point that it was sent to.
    pub(super) point: Option<[u8; 4]>,
}

impl Visitor {
    /// The day (UTC) on which the link was made.
    #[must_use]
    pub fn made_on(&self) -> Day {
        self.expires_on.plus(-self.purpose.days())
    }

    /// Whether the link was sent to a contact point, so that the person there can say "this is not me".
    #[must_use]
    pub const fn came_by_message(&self) -> bool {
        self.point.is_some()
    }
}

/// What a text that came as a link is.
#[derive(Clone, Debug)]
pub enum Opened {
    /// A good link.
    Good(Visitor),
    /// It was one: it has ended or was taken back, or the person was erased. Whoever shows it is told the same as for none.
    Stale,
    /// None of this company's.
    Unknown,
}

impl Engine {
    /// The text of a link to a customer that goes to no contact point, e.g. for a person who asks on the telephone.
    ///
    /// * `id` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer; whatever the database says.
    pub fn make_link(&self, tenant: TenantId, id: &str, purpose: Purpose, now: Instant) -> Result<String> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let nowhere = Link::parse("https://portal.invalid").map_err(|bad| Error::bug("link_written", bad.to_string()))?;
            let mint = Mint::read(tx, &self.master, tenant, &nowhere, &[customer.to_bytes()], now)?;
            mint.token(customer, purpose, None)
        })
    }

    /// Opens a link.
    ///
    /// # Errors
    /// Whatever the database says. A link that is not good is no error.
    pub fn open_link(&self, tenant: TenantId, text: &str, now: Instant) -> Result<Opened> {
        let Some(claims) = token::read(&self.master, text).filter(|claims| claims.tenant == tenant) else { return Ok(Opened::Unknown) };
        let today = westernmost(now);
        self.db.read(Scope::Tenant(tenant), |tx| {
            let epoch = links::one(tx, tenant, claims.customer)?.map_or(Ok(0), |standing| epoch_of(standing.epoch))?;
            let person = self.person_behind(tx, tenant, claims.customer)?;
            let point = person.as_ref().and_then(|person| self.point_of(&claims, person));
            let has_point = claims.point != [0; 4];
            let lives =
                !has_point || point.is_some_and(|point| point.health != Health::Suppressed || claims.purpose == Purpose::Unsubscribe);
            let good = person.is_some() && lives && epoch == claims.epoch && today <= claims.expires_on;
            if !good {
                return Ok(Opened::Stale);
            }
            let made_on = claims.expires_on.plus(-claims.purpose.days());
            Ok(Opened::Good(Visitor {
                tenant,
                customer: claims.customer,
                purpose: claims.purpose,
                expires_on: claims.expires_on,
                may_act: today < made_on.plus(claims.purpose.days_to_act()),
                point: has_point.then_some(claims.point),
            }))
        })
    }

    /// Takes all links of a customer back that were made until now.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer; whatever the database says.
    pub fn revoke_links(&self, tenant: TenantId, id: &str, act: &Act, now: Instant) -> Result<CustomerId> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let standing = links::one(tx, tenant, customer)?.unwrap_or_default();
            let epoch = epoch_of(standing.epoch)?.checked_add(1);
            let epoch = epoch.ok_or_else(|| Error::refused("links_revoked", "the links of this customer were taken back too often"))?;
            links::put(tx, tenant, customer, &Standing { epoch: i64::from(epoch), ..standing })?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let (_, loaded) = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.pop().ok_or_else(missing)?;
            let mut case = loaded?;
            let mut batch = Batch::default();
            let payload = log::json(&serde_json::json!({ "epoch": epoch, "act": act }))?;
            case.note(&tenancy, now, "links_revoked", (payload, None), &mut batch)?;
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant)?;
            Ok(customer)
        })
    }

    /// Messages stop at the contact point that a link was sent to; whether there is one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn unsubscribe(&self, visitor: &Visitor, now: Instant) -> Result<bool> {
        let tenant = visitor.tenant;
        let found = self.db.read(Scope::Tenant(tenant), |tx| {
            let person = self.person_behind(tx, tenant, visitor.customer)?;
            let point = person.as_ref().and_then(|person| self.point_behind(visitor, person));
            Ok::<_, Error>(point.map(|point| (point.channel, point.address.as_str().to_owned())))
        })?;
        let Some((channel, address)) = found else { return Ok(false) };
        let id = visitor.customer.to_string();
        self.tell_contact(tenant, &id, (channel, Some(&address)), ContactNews::OptedOut, &super::act(), now)?;
        Ok(true)
    }

    /// By what a form behind a link proves that it came from our page: computed by nobody who has not the master key.
    ///
    /// * `what` — which form, and its number.
    #[must_use]
    pub fn form_mark(&self, link: &str, what: &str) -> [u8; 16] {
        token::form_mark(&self.master, link, what)
    }

    /// Who a customer is; nothing once the person is erased or when there is none.
    pub(crate) fn person_behind(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Option<Customer>> {
        let Some(stored) = due::customers(tx, tenant, &[customer.to_bytes()])?.pop() else { return Ok(None) };
        let key = stored.key.as_deref().map(|key| profile::unwrap(&self.master, tenant, customer, key)).transpose()?;
        let opened = key.map(|key| profile::open(&key, tenant, customer, &stored.profile)).transpose()?;
        Ok(opened.map(|opened| opened.customer))
    }

    /// The contact point that a link names, if it is still known.
    pub(super) fn point_of<'p>(&self, claims: &Claims, person: &'p Customer) -> Option<&'p ContactPoint> {
        self.marked((claims.tenant, claims.customer), claims.point, person)
    }

    /// The contact point that a visitor's link was sent to, if it is still known.
    pub(super) fn point_behind<'p>(&self, visitor: &Visitor, person: &'p Customer) -> Option<&'p ContactPoint> {
        self.marked((visitor.tenant, visitor.customer), visitor.point?, person)
    }

    fn marked<'p>(&self, whose: (TenantId, CustomerId), short: [u8; 4], person: &'p Customer) -> Option<&'p ContactPoint> {
        person.contacts.iter().find(|point| token::short(self.point_mark_of(whose, point)) == short)
    }

    /// By what a contact point is known again.
    pub(super) fn point_mark_of(&self, whose: (TenantId, CustomerId), point: &ContactPoint) -> [u8; 16] {
        token::point_mark(&self.master, whose, point.channel.as_str(), point.address.as_str())
    }
}
