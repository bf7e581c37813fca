//! What is known of a customer, changed by a person or a program: name, ways to reach them, attributes.
//!
//! Deliberately absent: consent and whether messages arrive, which are facts of their own ([`regua_core::facts::Fact::OptedIn`],
//! [`regua_core::facts::Fact::Mended`]) and stay with an address however the rest changes.

use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::party::Customer;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::db::Scope;

use crate::Engine;
use crate::channels::mark::mark;
use crate::channels::mended;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::Act;

/// What becomes known of a way to reach a customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContactNews {
    /// The person wants messages there.
    OptedIn,
    /// The person does not want messages there.
    OptedOut,
    /// Messages arrive again.
    Mended,
    /// Messages do not arrive.
    Bounced,
    /// It is on a suppression list.
    Suppressed,
}

impl ContactNews {
    const fn fact(self, channel: Channel, point: Option<u16>) -> Fact {
        match self {
            Self::OptedIn => Fact::OptedIn { channel, point },
            Self::OptedOut => Fact::OptedOut { channel, point },
            Self::Mended => Fact::Mended { channel, point },
            Self::Bounced => Fact::Bounced { channel, point },
            Self::Suppressed => Fact::Suppressed { channel, point },
        }
    }
}

impl Engine {
    /// Changes what is known of a customer; whether anything is different.
    ///
    /// * `change` — makes of what is known what shall be known, or says why it cannot.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer; [`crate::Kind::Refused`] when the person was erased, or as
    /// `change` says.
    pub fn change_customer(
        &self,
        tenant: TenantId,
        id: &str,
        change: &dyn Fn(&Customer) -> Result<Customer>,
        act: &Act,
        now: Instant,
    ) -> Result<(CustomerId, bool)> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &About::Customer(id.to_owned()))?;
            self.with_case(tx, tenant, found.customer, &[], now, |case, tenancy| {
                if case.key.is_none() {
                    return Err(Error::refused("erased", "this person was erased; nothing of them is kept any more"));
                }
                let changed = change(&case.facts.customer)?;
                if changed == *case.facts.customer {
                    return Ok((case.customer, false));
                }
                case.act = Some(act.clone());
                let told = case.tell(tenancy, None, Fact::Profile(Box::new(changed)), now);
                told.map_err(|bad| Error::bug("profile", bad.to_string()))?;
                Ok((case.customer, true))
            })
        })
    }

    /// Enters what became known of a customer's ways to be reached on a channel.
    ///
    /// * `address` — of one of them, as it is stored; of every one of the channel when absent.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer; [`crate::Kind::Refused`] when it cannot be reached so.
    pub fn tell_contact(
        &self,
        tenant: TenantId,
        id: &str,
        (channel, address): (Channel, Option<&str>),
        news: ContactNews,
        act: &Act,
        now: Instant,
    ) -> Result<CustomerId> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &About::Customer(id.to_owned()))?;
            let (customer, marks) = self.with_case(tx, tenant, found.customer, &[], now, |case, tenancy| {
                let contacts = &case.facts.customer.contacts;
                let meant =
                    contacts.iter().position(|point| point.channel == channel && address.is_none_or(|own| own == point.address.as_str()));
                let place = meant.ok_or_else(|| {
                    Error::refused("no_contact", format!("nothing is known of this customer on {channel} that is called so"))
                })?;
                let point = address.map(|_| u16::try_from(place)).transpose();
                let point = point.map_err(|_many| Error::refused("no_contact", "the customer has too many ways to be reached"))?;
                let meant =
                    contacts.iter().filter(|point| point.channel == channel && address.is_none_or(|own| own == point.address.as_str()));
                let marks: Vec<[u8; 16]> = meant.map(|point| mark(&self.master, tenant, point.address.as_str())).collect();
                case.act = Some(act.clone());
                let told = case.tell(tenancy, None, news.fact(channel, point), now);
                told.map_err(|bad| Error::refused("does_not_fit", bad.to_string()))?;
                Ok((case.customer, marks))
            })?;
            // What a person says of an address holds for the list of those that are left alone too.
            match news {
                ContactNews::Mended => mended(tx, tenant, channel, &marks, true)?,
                ContactNews::OptedIn => mended(tx, tenant, channel, &marks, false)?,
                ContactNews::OptedOut | ContactNews::Bounced | ContactNews::Suppressed => {}
            }
            Ok(customer)
        })
    }
}
