//! Visits to the portal by customers who come by the link of a message. The messages are decided, written and sent as always, and
//! the links are read out of them, so that a first view also notes that the link was followed, as it would.
//!
//! Deliberately absent: what is measured of them, which `serve` does, and forms, which are acts.

use anyhow::{Result, bail, ensure};
use regua_core::facts::Channels;
use regua_core::ids::TenantId;
use regua_core::words::Channel;
use regua_engine::Engine;
use regua_engine::links::Opened;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_wire::messages::Link;

use crate::serve::{Asking, SPREAD, Size};
use crate::world;

/// Pages that a visitor opens, one after the other: what each is, and what stands behind the link.
const PAGES: [(&str, &str); 4] =
    [("owed, first view", ""), ("months to come", "/months"), ("owed, again", ""), ("rule in words", "/policy")];
/// How many those are.
const EACH: u64 = 4;

/// Links that were sent, each to a customer who has not followed it yet.
pub(crate) struct Visits {
    links: Vec<String>,
    /// Visitors who come.
    visitors: u64,
    /// Visitors before anything is measured.
    earlier: u64,
}

impl Size {
    /// Visitors who come.
    fn visitors(self) -> u64 {
        (self.warm_up() + self.measured()).div_ceil(EACH)
    }

    /// The share of customers who must get a message: every so-many-th, all over the database.
    pub(crate) fn east(self) -> u32 {
        u32::try_from(u64::from(self.customers) / (self.visitors() + 1)).unwrap_or(u32::MAX).max(1)
    }
}

impl Visits {
    /// Decides and sends what is due to those customers who live to the east, and keeps the links.
    /// There is one more than visitors who come.
    pub(crate) fn sent(engine: &Engine, size: Size) -> Result<Self> {
        let now = world::EAST_DUE;
        let ticked = engine.decide_due(now, 1, &|_| {})?;
        ensure!(ticked.parked == 0, "{} customers were parked", ticked.parked);
        let mut stationery = world::stationery();
        stationery.portal = Some(Link::parse("https://portal.bench.example").map_err(|bad| anyhow::anyhow!("{bad}"))?);
        let mut keeper = Keeper(Vec::new());
        let sent = engine.dispatch(&|| now, &mut keeper, &stationery, Sending::default(), &|_| true)?;
        let links: Vec<String> = keeper.0.iter().filter_map(|text| link(text)).collect();
        ensure!(u64::try_from(links.len())? == sent.sent, "{} messages were sent with {} links", sent.sent, links.len());
        let visitors = size.visitors();
        ensure!(sent.sent > visitors, "{} customers got a link and {visitors} are to come: more receivables, or fewer requests", sent.sent);
        Ok(Self { links, visitors, earlier: size.warm_up() / EACH })
    }

    /// The pages in turn: each visitor opens the first, and the others each a second later.
    pub(crate) fn pages(&self, size: Size) -> Vec<Asking<'_>> {
        let page = |((what, page), nth): ((&'static str, &'static str), u64)| -> Asking<'_> {
            let later = nth * u64::from(size.per_second) / EACH;
            (what, Box::new(move |number: u64| format!("/p/{}{page}", self.of((number / EACH).saturating_sub(later)))))
        };
        PAGES.into_iter().zip(0..).map(page).collect()
    }

    /// The link of a visitor: no two who come one after the other live near each other.
    fn of(&self, visitor: u64) -> &str {
        let count = u64::try_from(self.links.len()).unwrap_or(1).max(1);
        let place = usize::try_from(visitor.wrapping_mul(SPREAD) % count).unwrap_or(0);
        self.links.get(place).map_or("", String::as_str)
    }

    /// It was written down that a visitor came, and not that one did who stayed away.
    pub(crate) fn were_noted(&self, engine: &Engine, tenant: TenantId) -> Result<()> {
        for (visitor, came) in [(self.earlier, true), (self.visitors, false)] {
            let Opened::Good(who) = engine.open_link(tenant, self.of(visitor), world::ALL_DUE)? else { bail!("a link is not good") };
            let is_news = engine.followed(tenant, who.customer, who.made_on(), world::ALL_DUE)?;
            ensure!(is_news != came, "visitor {visitor} came: {came}; that it was not written down before: {is_news}");
        }
        Ok(())
    }
}

/// Takes every mail and keeps its text.
struct Keeper(Vec<String>);

impl Courier for Keeper {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.0.extend(parcels.iter().map(|parcel| parcel.text.clone()));
        parcels.iter().map(|_| Sent::Accepted { reply: "kept".to_owned() }).collect()
    }
}

/// The text of the link in a message.
fn link(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("/p/")?;
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next().map(str::to_owned)
}
