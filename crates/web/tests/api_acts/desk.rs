//! A company with a key that may do everything, and some bills.

use regua_core::time::Instant;
use regua_engine::commands::tell::About;
use regua_engine::people::{Caller, Limit, NewKey, Scopes};
use regua_engine::replay::verify;
use regua_store::db::Scope;
use regua_store::log;
use regua_web::Host as _;
use regua_wire::files::portfolio::Portfolio;
use serde_json::{Value, json};

use crate::common::{Answer, Site, at, customer, receivable};

/// A company whose owner made keys.
pub(crate) struct Desk<'s> {
    pub(crate) site: &'s Site,
    pub(crate) owner: Caller,
    /// A key that may do everything.
    pub(crate) key: String,
}

impl<'s> Desk<'s> {
    pub(crate) fn new(site: &'s Site) -> Self {
        let owner = site.keeper(site.tenant());
        let mut desk = Self { site, owner, key: String::new() };
        desk.key = desk.limited(None);
        desk
    }

    /// A key that may do everything up to an amount.
    pub(crate) fn limited(&self, minor: Option<i64>) -> String {
        key(self.site, &self.owner, minor)
    }

    pub(crate) fn now(&self) -> Instant {
        self.site.program.now()
    }

    /// Asks with the key that may do everything.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.site.act(&self.key, method, &format!("/v1{path}"), body)
    }

    /// The same, answered as it must be.
    pub(crate) fn is(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.is(200, "POST", path, body)
    }

    /// The place and code of the first thing that is wrong.
    pub(crate) fn wrong(&self, method: &str, path: &str, body: &Value) -> (String, String) {
        let answer = self.ask(method, path, body);
        assert_eq!(answer.status, 422, "{method} {path} {body}: {}", answer.text());
        let told = answer.json();
        let text = |name: &str| told["fields"][0][name].as_str().unwrap_or_default().to_owned();
        (text("at"), text("code"))
    }

    /// Bills of two customers: F-1 and F-2 of C1 over 100.00 and 50.00, F-3 of C2 over 80.00.
    pub(crate) fn with_bills(self) -> Self {
        let now = at("2026-01-02T10:00");
        self.site.program.set_now(now);
        let portfolio = Portfolio {
            customers: vec![customer("C1"), customer("C2")],
            receivables: vec![
                receivable("F-1", 0, "2026-01-02", "2026-01-20", 10_000),
                receivable("F-2", 0, "2026-01-02", "2026-02-20", 5_000),
                receivable("F-3", 1, "2026-01-02", "2026-01-20", 8_000),
            ],
            payments: Vec::new(),
        };
        assert!(self.site.import_of(self.site.tenant(), &portfolio, now).refused.is_empty());
        self
    }

    pub(crate) fn balance(&self, id: &str) -> i64 {
        let about = About::Receivable(id.to_owned());
        self.site.engine().receivable_state(self.site.tenant(), &about, self.now()).unwrap().balance.minor()
    }

    /// Ledger, log and decisions are whole.
    pub(crate) fn assert_clean(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(self.site.engine(), self.site.tenant(), scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }

    /// The log of the company's own chain, or of a customer's, as one text.
    pub(crate) fn chain(&self, stream: [u8; 16]) -> String {
        let tenant = self.site.tenant();
        let events = self.site.engine().db().read(Scope::Tenant(tenant), |tx| log::of(tx, tenant, stream, 0, 1_000)).unwrap();
        events.iter().map(|event| format!("{} {}\n", event.kind, event.payload)).collect()
    }
}

/// A key of somebody that may do everything up to an amount.
pub(crate) fn key(site: &Site, owner: &Caller, minor: Option<i64>) -> String {
    let mut rng = site.program.random();
    let new = NewKey { name: "robot", scopes: Scopes::ALL, limit: minor.and_then(Limit::new), expires_at: None };
    site.engine().create_key(owner, new, site.program.now(), &mut rng).unwrap().secret.expose().to_owned()
}

/// An amount as bodies have it.
pub(crate) fn reais(amount: &str) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}
