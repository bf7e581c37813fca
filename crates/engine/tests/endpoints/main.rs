//! Webhooks out: commands on endpoints, what goes where and when, faults and crashes.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod commands;
#[path = "../common/mod.rs"]
mod common;
mod far;
mod history;
mod oracle;
mod simulation;
mod tries;

use regua_core::facts::Fact;
use regua_core::ids::{EndpointId, TenantId};
use regua_core::time::Instant;
use regua_engine::Engine;
use regua_engine::commands::tell::About;
use regua_engine::endpoints::{Delivered, Delivery, Endpoint, NewEndpoint, Reach};
use regua_engine::events::{Event, Type};
use regua_engine::replay::verify;
use regua_engine::secret::Secret;
use regua_wire::files::portfolio::Portfolio;
use regua_wire::webhooks_out::SigningKey;

use common::{Company1, act, at, brl, customer, day, receivable};
use far::Far;

const MORNING: &str = "2026-03-01T09:00";

/// A company with three customers who owe something, and a far side.
struct House {
    company: Company1,
    far: Far,
    now: Instant,
    fees: i64,
}

impl House {
    fn new(url: &str) -> Self {
        let mut company = Company1::new(url);
        let portfolio = Portfolio {
            customers: (0..3).map(|one| customer(&format!("C{one}"))).collect(),
            receivables: (0..3).map(|one| receivable(&format!("R{one}"), one, "2026-03-01", "2026-03-10", 10_000)).collect(),
            payments: vec![],
        };
        company.import(&portfolio, at(MORNING));
        let house = Self { company, far: Far::default(), now: at(MORNING), fees: 0 };
        house.feed();
        house
    }

    fn engine(&self) -> &Engine {
        &self.company.engine
    }

    fn tenant(&self) -> TenantId {
        self.company.tenant
    }

    /// Time passes.
    fn later(&mut self, secs: i64) {
        self.now = Instant::from_micros(self.now.micros() + secs * 1_000_000);
    }

    /// An endpoint by a name that stands in its address.
    fn add(&mut self, name: &str, types: &[Type]) -> (Endpoint, SigningKey) {
        let url = format!("https://{name}.example.com/hook");
        let new = NewEndpoint { url: &url, types, description: name };
        let (tenant, now) = (self.company.tenant, self.now);
        let (engine, rng) = (&self.company.engine, &mut self.company.rng);
        let (endpoint, secret): (Endpoint, Secret) = engine.add_endpoint(tenant, &new, Reach::Public, &act(), now, rng).unwrap();
        (endpoint, SigningKey::parse(secret.expose()).unwrap())
    }

    /// Something happens, once each time.
    fn happen(&mut self) {
        self.fees += 1;
        let fact = Fact::FeeAdded { on: day("2026-03-01"), amount: brl(self.fees) };
        let about = About::Receivable(format!("R{}", self.fees % 3));
        self.engine().tell(self.tenant(), &about, fact, Some(&act()), self.now).unwrap();
    }

    fn feed(&self) {
        while !self.engine().feed_due(self.now, 50).unwrap().is_still() {}
    }

    /// Feeds and delivers what is due now.
    fn deliver(&mut self) -> Delivered {
        self.feed();
        let now = self.now;
        self.company.engine.deliver_due(&|| now, &mut self.far, 10_000).unwrap()
    }

    fn events(&self) -> Vec<Event> {
        self.engine().events(self.tenant(), 0, &[], None, 1_000).unwrap().items
    }

    fn deliveries(&self, endpoint: EndpointId) -> Vec<Delivery> {
        self.engine().deliveries(self.tenant(), endpoint, None, None, 200).unwrap().items
    }

    fn endpoint(&self, id: EndpointId) -> Endpoint {
        self.engine().endpoint(self.tenant(), id, self.now).unwrap()
    }

    fn verify(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(self.engine(), self.tenant(), scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:?}", verdict.findings);
    }
}
