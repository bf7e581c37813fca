//! Links for messages: each message gets its own, to the contact point that it goes to.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::party::ContactPoint;
use regua_core::time::{Day, Instant, Zone};
use regua_store::db::Tx;
use regua_store::links;
use regua_store::seal::MasterKey;
use regua_wire::messages::Link;

use super::picture::{self, Pictured};
use super::token::{self, Claims, Purpose};
use crate::error::{Error, Result};

/// Makes links of a tenant's customers, all read at once.
pub(crate) struct Mint {
    master: MasterKey,
    tenant: TenantId,
    /// Where the portal is, without a slash at its end.
    base: Box<str>,
    today: Day,
    epochs: BTreeMap<CustomerId, u16>,
}

impl Mint {
    /// For links of these customers that are made now.
    pub(crate) fn read(
        tx: &mut Tx<'_>,
        master: &MasterKey,
        tenant: TenantId,
        base: &Link,
        customers: &[[u8; 16]],
        now: Instant,
    ) -> Result<Self> {
        let epochs = links::epochs(tx, tenant, customers)?.into_iter().map(|(customer, epoch)| Ok((customer, epoch_of(epoch)?)));
        let epochs = epochs.collect::<Result<_>>()?;
        let base = base.as_str().trim_end_matches('/').into();
        Ok(Self { master: master.clone(), tenant, base, today: Zone::utc().day_of(now), epochs })
    }

    /// The text of a link.
    pub(crate) fn token(&self, customer: CustomerId, purpose: Purpose, point: Option<&ContactPoint>) -> Result<String> {
        let whose = (self.tenant, customer);
        let mark = point.map(|point| token::point_mark(&self.master, whose, point.channel.as_str(), point.address.as_str()));
        let claims = Claims {
            tenant: self.tenant,
            customer,
            purpose,
            expires_on: self.today.plus(purpose.days()),
            epoch: self.epochs.get(&customer).copied().unwrap_or(0),
            point: mark.map_or([0; 4], token::short),
        };
        token::write(&self.master, &claims).ok_or_else(|| Error::bug("link_day", "no link can be made for such a day"))
    }

    /// The address that a message shows.
    ///
    /// * `domain` — where the customer's brand has its portal, if that is a domain of its own.
    pub(crate) fn link(&self, customer: CustomerId, purpose: Purpose, point: &ContactPoint, domain: Option<&str>) -> Result<Link> {
        self.address(domain, &format!("p/{}", self.token(customer, purpose, Some(point))?))
    }

    /// The address of the picture by which an e-mail is seen to be opened. It counts for as long as the mail's links.
    pub(crate) fn picture(&self, customer: CustomerId, message: MessageId, domain: Option<&str>) -> Result<Link> {
        let pictured = Pictured {
            tenant: self.tenant,
            message,
            expires_on: self.today.plus(Purpose::Portal.days()),
            epoch: self.epochs.get(&customer).copied().unwrap_or(0),
        };
        let text = picture::write(&self.master, &pictured);
        let text = text.ok_or_else(|| Error::bug("link_day", "no picture can be made for such a day"))?;
        self.address(domain, &format!("o/{text}"))
    }

    fn address(&self, domain: Option<&str>, path: &str) -> Result<Link> {
        let address = match domain {
            Some(domain) => format!("https://{domain}/{path}"),
            None => format!("{}/{path}", self.base),
        };
        Link::parse(&address).map_err(|bad| Error::bug("link_written", format!("the address of the portal gives no link: {bad}")))
    }
}

/// A stored epoch as a link says it.
pub(crate) fn epoch_of(stored: i64) -> Result<u16> {
    u16::try_from(stored).map_err(|_many| Error::bug("link_epoch", "the links of a customer were taken back too often to be counted"))
}
