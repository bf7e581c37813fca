//! A company that bills, and what is asked of it.

use regua_core::billing::{Change, Cycle, Kind, NewSubscription, Outcome, Plan, Price, Scale, Terms, Timing};
use regua_core::currency::Currency;
use regua_core::time::{Instant, LocalTime, Zone};
use regua_engine::billing::{Billed, Invoiced, SELF, Subscribe};
use regua_engine::letters::Company;
use regua_engine::replay::{Verdict, verify};
use regua_engine::stationery::Stationery;
use regua_engine::{Engine, Result};
use regua_wire::messages::{Templates, samples};

use crate::common::{Company1, act, customer, day};

/// An hour of a day in São Paulo.
pub(crate) fn hour(text: &str, hour: u16) -> Instant {
    Zone::parse("America/Sao_Paulo").unwrap().at(day(text), LocalTime::hour(hour))
}

/// A flat fee in advance.
pub(crate) fn flat(key: &str, amount: i64, cycle: Cycle) -> Plan {
    let fee = Price { key: "fee".into(), name: "Mensalidade".into(), kind: Kind::Flat { amount, timing: Timing::Advance } };
    Plan::new(key, key, Currency::BRL, cycle, vec![fee]).unwrap()
}

/// So much for each seat, in advance.
pub(crate) fn seats(key: &str, each: i64) -> Plan {
    let seat =
        Price { key: "seat".into(), name: "Usuário".into(), kind: Kind::PerUnit { scale: Scale::each(each), timing: Timing::Advance } };
    Plan::new(key, key, Currency::BRL, Cycle::MONTHLY, vec![seat]).unwrap()
}

pub(crate) fn new(key: &str, plan: Plan, begins: &str) -> NewSubscription {
    NewSubscription {
        key: key.into(),
        plan,
        quantity: 1,
        begins_on: day(begins),
        trial_until: None,
        anchor: None,
        terms: Terms::default(),
        coupons: Vec::new(),
    }
}

/// What the letters of these tests are written on: who writes and in what words matters to none of them.
pub(crate) fn letterhead() -> Stationery {
    let company = Company { creditor: samples::creditor(), link: samples::link(), language: None };
    Stationery::new(company, Templates::shipped(), None)
}

impl Company1 {
    /// Publishes its plan and begins a subscription, as the customer of this name.
    pub(crate) fn subscribe(&mut self, who: &str, new: NewSubscription, now: Instant) {
        self.engine.publish_plan(self.tenant, &new.plan, &act(), now).unwrap();
        let subscribe = Subscribe { customer: &customer(who), source: SELF, new, method: None };
        self.engine.subscribe(self.tenant, &subscribe, &act(), now, &mut self.rng).unwrap();
    }

    pub(crate) fn change(&self, key: &str, change: Change, now: Instant) -> Result<Outcome> {
        self.engine.change_subscription(self.tenant, key, &change, None, &act(), now)
    }

    pub(crate) fn bill(&self, now: Instant) -> Billed {
        self.engine.bill_due(now, 1).unwrap()
    }

    pub(crate) fn invoices(&self, who: &str) -> Vec<Invoiced> {
        self.engine.invoices(self.tenant, who).unwrap()
    }

    /// Key, day of issue, total and status of each invoice.
    pub(crate) fn listed(&self, who: &str) -> Vec<String> {
        let line = |one: &Invoiced| format!("{} {} {} {}", one.row.key, one.row.issued_on, one.row.total, one.status);
        self.invoices(who).iter().map(line).collect()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        verdict(&self.engine, self)
    }

    /// Nothing is wrong, and the ledgers have what the invoices say.
    pub(crate) fn assert_clean(&self) -> Verdict {
        let verdict = self.verdict();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
        verdict
    }
}

fn verdict(engine: &Engine, company: &Company1) -> Verdict {
    let scratch = tempfile::tempdir().unwrap();
    verify(engine, company.tenant, scratch.path(), &mut |_, _| {}).unwrap()
}
