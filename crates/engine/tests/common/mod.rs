//! A small company for the engine's tests: one tenant, one policy, customers with e-mail addresses.

#![expect(dead_code, reason = "each test binary uses a part of it")]

use regua_core::currency::Currency;
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::party::{ContactPoint, Customer, Email};
use regua_core::time::{Day, Instant};
use regua_core::words::Mode;
use regua_engine::commands::import::{Doing, Import, Imported};
use regua_engine::letters::Company;
use regua_engine::ports::Rng;
use regua_engine::stationery::Stationery;
use regua_engine::{Act, Engine};
use regua_store::db::{Db, Options};
use regua_store::seal::MasterKey;
use regua_wire::channels::mime::Brand;
use regua_wire::files::portfolio::{CustomerRow, PaymentId, PaymentRow, Portfolio, ReceivableRow, When};
use regua_wire::messages::{Line, Templates, samples};

/// Random bytes that are the same in every run.
pub(crate) struct Counting(pub(crate) u64);

impl Rng for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(&format!("{text}:00-03:00")).expect("a time")
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

pub(crate) fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

pub(crate) fn act() -> Act {
    Act { by: "test".to_owned(), reason: None }
}

/// The example of SPEC §2, without what asks for approval.
pub(crate) const POLICY: &str = r#"
regua: 1
name: Test
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }
contact: { rulebook: br, caps: [1/day, 3/week], channels: [email], consolidate: true }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued,   at: I,     do: notify, template: invoice_issued, tone: friendly }
    - { id: upcoming, at: D-5,   do: notify, template: upcoming, tone: friendly }
    - { id: due,      at: D,     do: notify, template: due_today, tone: friendly }
    - { id: late2,    at: D+2,   do: notify, template: overdue, tone: friendly }
    - { id: late5,    at: D+5bd, do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: limit,    at: D+12,  do: access, state: limited }
    - { id: final,    at: D+15,  do: notify, template: final_notice, tone: firm, announces: [suspend] }
    - { id: suspend,  at: D+22,  do: access, state: suspended }
    - { id: end,      at: D+90,  do: write_off }
reactions:
  - { on: paid, do: notify, template: receipt }
"#;

/// An engine on a fresh database with a live tenant under [`POLICY`].
pub(crate) struct Company1 {
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    pub(crate) rng: Counting,
}

pub(crate) fn open(url: &str) -> Db {
    // A database in memory is another one each time it is opened.
    let db = Db::open(url, &Options::default()).expect("the kit's databases open");
    db.migrate(at("2026-01-01T00:00")).expect("the steps run");
    db
}

pub(crate) fn migrate(url: &str) {
    drop(open(url));
}

/// Runs a test on SQLite in memory, on a SQLite file and on PostgreSQL.
pub(crate) fn on_both(test: impl Fn(&str)) {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    regua_testkit::on_both(&format!("engine-{key}"), migrate, test);
}

impl Company1 {
    pub(crate) fn new(url: &str) -> Self {
        Self::with(Engine::new(open(url), MasterKey::new([7; 32])), POLICY)
    }

    pub(crate) fn with(engine: Engine, policy: &str) -> Self {
        let mut rng = Counting(1);
        let start = at("2026-01-01T00:00");
        let tenant = engine.add_tenant("Nuvem", start, &mut rng).expect("a tenant");
        engine.publish(tenant, "test.yaml", policy, 10_000, &act(), start).expect("a policy");
        engine.set_mode(tenant, Mode::Live, None, &act(), start).expect("live");
        Self { engine, tenant, rng }
    }

    pub(crate) fn import(&mut self, portfolio: &Portfolio, now: Instant) -> Imported {
        self.engine.import(self.tenant, Import::of(portfolio, "files"), Doing::Write, now, &mut self.rng, &mut |_| {}).expect("an import")
    }
}

pub(crate) fn customer(id: &str) -> CustomerRow {
    let email = Email::parse(&format!("{}@customer.example", id.to_lowercase())).expect("an address");
    CustomerRow {
        id: id.into(),
        customer: Customer {
            name: Some(format!("Cliente {id}").into()),
            contacts: vec![ContactPoint::email(email)],
            ..Customer::default()
        },
    }
}

pub(crate) fn receivable(id: &str, customer: u32, issued: &str, due: &str, minor: i64) -> ReceivableRow {
    ReceivableRow { id: id.into(), customer, issued: When::On(day(issued)), due_on: day(due), amount: brl(minor), method: None }
}

pub(crate) fn payment(receivable: u32, paid: &str, minor: Option<i64>) -> PaymentRow {
    PaymentRow { receivable, paid: When::On(day(paid)), amount: minor.map(brl), id: PaymentId::Content }
}

pub(crate) fn stationery() -> Stationery {
    let company = Company { creditor: samples::creditor(), link: samples::link(), language: None };
    let sender = Email::parse("contas@nuvem.example").expect("an address");
    Stationery::new(
        company,
        Templates::shipped(),
        Some(Brand { name: Line::name("Nuvem"), sender, reply_to: None, colour: None, logo: None }),
    )
}
