//! Links to customers: who can make one, what one is good for, how they end, and what follows from what is done behind one.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod acts;
mod asking;
#[path = "../common/mod.rs"]
mod common;
mod messages;
mod opening;

use common::{Company1, at, customer, receivable};
use regua_core::facts::Channels;
use regua_core::ids::ReceivableId;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_engine::links::{Opened, Purpose, Visitor};
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::replay::verify;
use regua_engine::stationery::Stationery;
use regua_wire::files::portfolio::Portfolio;
use regua_wire::messages::Link;

/// Where the portal of the tests is.
const PORTAL: &str = "https://portal.nuvem.example";

/// Takes every message and keeps address and text.
#[derive(Default)]
struct Kept(Vec<(String, String)>);

impl Courier for Kept {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email).with(Channels::of(Channel::Sms)).with(Channels::of(Channel::Whatsapp))
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.0.extend(parcels.iter().map(|parcel| (parcel.to.clone(), parcel.text.clone())));
        parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
    }
}

fn letterhead() -> Stationery {
    Stationery { portal: Some(Link::parse(PORTAL).unwrap()), ..common::stationery() }
}

/// A company with two customers; the bill of the first has been due for some days.
fn company(url: &str) -> Company1 {
    let mut company = Company1::new(url);
    let file = Portfolio {
        customers: vec![customer("C1"), customer("C2")],
        receivables: vec![receivable("R1", 0, "2026-03-01", "2026-03-10", 10_000), receivable("R2", 1, "2026-03-01", "2026-03-10", 20_000)],
        payments: vec![],
    };
    company.import(&file, now());
    company.engine.source_read(company.tenant, "files", now()).unwrap();
    company
}

/// Three days after the due date of the bills, a Friday.
fn now() -> Instant {
    at("2026-03-13T10:00")
}

fn pass(company: &Company1, courier: &mut Kept, when: Instant) {
    pass_with(company, courier, &letterhead(), when);
}

fn pass_with(company: &Company1, courier: &mut Kept, paper: &Stationery, when: Instant) {
    company.engine.source_read(company.tenant, "files", when).unwrap();
    company.engine.pass(&|| when, 1, courier, paper, Sending::default(), &|_| {}).unwrap();
}

/// The links of a text.
fn links(text: &str) -> Vec<String> {
    let begin = format!("{PORTAL}/p/");
    text.split(&begin).skip(1).map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
}

fn good(company: &Company1, token: &str, when: Instant) -> Option<Visitor> {
    match company.engine.open_link(company.tenant, token, when).unwrap() {
        Opened::Good(visitor) => Some(visitor),
        Opened::Stale | Opened::Unknown => None,
    }
}

/// A visitor of a customer by a fresh link that went to nobody.
fn visitor(company: &Company1, id: &str, when: Instant) -> Visitor {
    let token = company.engine.make_link(company.tenant, id, Purpose::Portal, when).unwrap();
    good(company, &token, when).unwrap()
}

/// A visitor of the first customer by the link of a message.
fn by_message(company: &Company1) -> (Visitor, String) {
    let mut courier = Kept::default();
    pass(company, &mut courier, now());
    let (_, text) = courier.0.iter().find(|(to, _)| to == "c1@customer.example").unwrap();
    let token = links(text).pop().unwrap();
    (good(company, &token, now()).unwrap(), token)
}

fn bill(company: &Company1, visitor: &Visitor, when: Instant) -> ReceivableId {
    company.engine.portal(visitor, when).unwrap().owed[0].receivable
}

/// How much is known of in the feed.
fn chain(company: &Company1) -> usize {
    company.engine.events(company.tenant, 0, &[], None, 1_000).unwrap().items.len()
}

/// The log says the same as the rows.
fn is_clean(company: &Company1) {
    let scratch = tempfile::tempdir().unwrap();
    let verdict = verify(&company.engine, company.tenant, scratch.path(), &mut |_, _| {}).unwrap();
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
}
