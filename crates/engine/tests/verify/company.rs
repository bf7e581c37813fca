//! A small company that lives through some weeks on a database, with everything that can be told of it.

use regua_core::facts::{Cause, Channels, Fact};
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::{Channel, Mode};
use regua_engine::commands::import::{Doing, Import};
use regua_engine::commands::messages::{Listed, Settled};
use regua_engine::commands::tell::About;
use regua_engine::commands::tenant::FILES;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Rng, Sent};
use regua_engine::replay::{Finding, Sort, Verdict, verify};
use regua_engine::{Act, Engine};
use regua_store::db::{Db, Options};
use regua_store::migrate::fingerprint;
use regua_store::migrations::MIGRATIONS;
use regua_store::seal::MasterKey;
use regua_testkit::Fresh;
use regua_wire::files::{Portfolio, RejectList, read_payments, read_receivables};

/// A far side with moods: one address bounces, one falls silent, one is busy at first.
#[derive(Default)]
struct Moods {
    seen: u64,
}

impl Courier for Moods {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        let mut answer = |parcel: &Parcel| {
            self.seen += 1;
            match (parcel.to.as_str(), self.seen % 5) {
                ("hugo@x.example", _) => Sent::Refused { code: Some(550), reply: format!("5.1.1 <{}> unknown", parcel.to) },
                ("eva@x.example", 0 | 1) => Sent::Unknown { why: "no answer".to_owned() },
                ("bruno@x.example", 1 | 2) => Sent::Later { code: Some(451), reply: "busy".to_owned() },
                _ => Sent::Accepted { reply: format!("queued for {}", parcel.to) },
            }
        };
        parcels.iter().map(|parcel| answer(parcel)).collect()
    }
}

/// Chance that comes out the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Rng for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            // Knuth's constants: any sequence will do that does not repeat soon.
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[1];
        }
    }
}

const POLICY: &str = include_str!("../../../../policies/spec-example.yaml");

const RECEIVABLES: &str = "\
receivable_id,customer_id,issued_on,due_on,amount,currency,method,name,email,phone,tier
R01,ana@x.example,2026-11-20,2026-12-12,100.00,BRL,boleto,Ana,ana@x.example,+5511987654321,
R02,ana@x.example,2026-11-25,2026-12-20,250.00,BRL,pix,Ana,ana@x.example,+5511987654321,
R03,C2,2026-11-01,2026-11-10,1500.00,BRL,boleto,Bruno,bruno@x.example,,
R04,C2,2026-11-20,2026-12-10,80.00,BRL,boleto,Bruno,bruno@x.example,,
R05,C3,2026-10-01,2026-10-10,60.00,BRL,pix,Clara,clara@x.example,,gold
R06,C4,2026-11-28,2026-12-05,200.00,BRL,boleto,Davi,,,
R07,C5,2026-11-28,2026-12-05,300.00,BRL,boleto,Eva,eva@x.example,,
R08,C5,2026-11-28,2026-12-07,310.00,BRL,boleto,Eva,eva@x.example,,
R09,C6,2026-11-28,2026-12-05,90.00,BRL,pix,Frei,frei@x.example,,
R10,C7,2026-11-28,2026-12-05,0.50,BRL,pix,Gil,gil@x.example,,
R11,C8,2026-11-15,2026-11-30,700.00,BRL,boleto,Hugo,hugo@x.example,,
";
const PAYMENTS: &str = "\
receivable_id,paid_on,amount
R05,2026-10-15,60.00
R11,2026-12-01,100.00
";

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// An hour of a day in São Paulo.
pub(crate) fn moment(text: &str, hour: u16) -> Instant {
    let zone = Zone::parse("America/Sao_Paulo").unwrap();
    zone.at(day(text), regua_core::time::LocalTime::hour(hour))
}

fn portfolio(receivables: &str, payments: &str) -> Portfolio {
    let (options, mut rejects) = (regua_wire::files::Options::default(), RejectList::new(9));
    let read = read_receivables(receivables.as_bytes(), "r.csv", &options, Portfolio::default(), &mut rejects).unwrap();
    let read = read_payments(payments.as_bytes(), "p.csv", &options, read.portfolio, &mut rejects).unwrap();
    assert!(rejects.rows.is_empty(), "{:?}", rejects.rows);
    read.portfolio
}

pub(crate) fn master() -> MasterKey {
    MasterKey::new([7; 32])
}

/// The engine over a database that is there.
pub(crate) fn open(url: &str) -> Engine {
    let db = Db::open(url, &Options::default()).unwrap();
    db.migrate(Instant::from_secs(0)).unwrap();
    Engine::new(db, master())
}

/// A company and its engine.
pub(crate) struct Company {
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    dice: Dice,
    moods: Moods,
}

impl Company {
    pub(crate) fn new(url: &str) -> Self {
        let engine = open(url);
        let mut dice = Dice::new(1);
        let tenant = engine.add_tenant("Casa", moment("2026-12-01", 8), &mut dice).unwrap();
        Self { engine, tenant, dice, moods: Moods::default() }
    }

    /// One that [`Company::live`] has lived in, opened again.
    pub(crate) fn again(url: &str) -> Self {
        let engine = open(url);
        let tenant = engine.tenants().unwrap()[0].tenant;
        Self { engine, tenant, dice: Dice::new(2), moods: Moods::default() }
    }

    pub(crate) fn act() -> Act {
        Act { by: "test".to_owned(), reason: Some("a test".to_owned()) }
    }

    fn import(&mut self, receivables: &str, payments: &str, now: Instant) {
        let portfolio = portfolio(receivables, payments);
        let (engine, tenant) = (&self.engine, self.tenant);
        let done = engine.import(tenant, Import::of(&portfolio, FILES), Doing::Write, now, &mut self.dice, &mut |_| {}).unwrap();
        assert!(done.refused.is_empty(), "{:?}", done.refused);
    }

    pub(crate) fn tell(&self, receivable: &str, fact: Fact, now: Instant) {
        self.engine.tell(self.tenant, &About::Receivable(receivable.to_owned()), fact, Some(&Self::act()), now).unwrap();
    }

    pub(crate) fn tell_customer(&self, customer: &str, fact: Fact, now: Instant) {
        self.engine.tell(self.tenant, &About::Customer(customer.to_owned()), fact, Some(&Self::act()), now).unwrap();
    }

    /// Decides and sends everything due once a day, and seals each day.
    pub(crate) fn pass(&mut self, from: &str, until: &str) {
        let (mut today, last) = (day(from), day(until));
        while today < last {
            let now = moment(&today.to_string(), 9);
            self.engine.source_read(self.tenant, FILES, now).unwrap();
            let paper = crate::common::stationery();
            self.engine.pass(&|| now, 1, &mut self.moods, &paper, Sending::default(), &|_| {}).unwrap();
            self.engine.seal_day(self.tenant, now).unwrap();
            today = today.plus(1);
        }
    }

    /// Some weeks in which everything happens that can.
    pub(crate) fn live(&mut self) {
        let (tenant, act) = (self.tenant, Self::act());
        let second = POLICY.replace("at: D+2,", "at: D+3,");
        self.engine.publish(tenant, "a.yaml", POLICY, 10_000, &act, moment("2026-12-01", 8)).unwrap();
        self.import(RECEIVABLES, PAYMENTS, moment("2026-12-01", 9));
        self.pass("2026-12-01", "2026-12-04"); // in shadow
        self.engine.set_mode(tenant, Mode::Redirect, Some("ops@x.example"), &act, moment("2026-12-04", 8)).unwrap();
        self.engine.set_mode(tenant, Mode::Live, None, &act, moment("2026-12-04", 9)).unwrap();
        self.pass("2026-12-04", "2026-12-08");
        self.tell("R09", Fact::Paid { paid_on: day("2026-12-07"), amount: None }, moment("2026-12-08", 8));
        self.tell("R07", Fact::Promised { on: day("2026-12-09") }, moment("2026-12-08", 8));
        self.tell("R04", Fact::Froze { cause: Cause::Dispute }, moment("2026-12-08", 10));
        self.tell_customer("C5", Fact::Bounced { channel: Channel::Email, point: Some(0) }, moment("2026-12-08", 11));
        self.engine.publish(tenant, "b.yaml", &second, 5_000, &act, moment("2026-12-09", 8)).unwrap();
        self.pass("2026-12-08", "2026-12-16");
        self.tell("R04", Fact::Thawed { cause: Cause::Dispute }, moment("2026-12-16", 8));
        self.tell("R09", Fact::ChargedBack { on: day("2026-12-15"), amount: None }, moment("2026-12-16", 8));
        self.tell("R01", Fact::Paid { paid_on: day("2026-12-15"), amount: Some(money("40.00")) }, moment("2026-12-16", 8));
        self.tell_customer("C5", Fact::Mended { channel: Channel::Email, point: None }, moment("2026-12-16", 8));
        let changed = RECEIVABLES.replace("R08,C5,2026-11-28,2026-12-07,310.00", "R08,C5,2026-11-28,2026-12-17,300.00");
        let changed = changed.replace("ana@x.example,+5511", "ana@y.example,+5511");
        let more = format!("{changed}R12,C9,2026-12-10,2026-12-28,45.00,BRL,pix,Iris,iris@x.example,,\n");
        self.import(&more, &format!("{PAYMENTS}R02,2026-12-15,250.00\n"), moment("2026-12-16", 9));
        self.pass("2026-12-16", "2026-12-21");
        let published = self.engine.publish(tenant, "b.yaml", &second, 10_000, &act, moment("2026-12-21", 8)).unwrap();
        self.engine.migrate_receivables(tenant, &published.hash, None, false, &act, moment("2026-12-21", 9)).unwrap();
        self.tell_customer("C8", Fact::Froze { cause: Cause::Hold }, moment("2026-12-21", 9));
        self.pass("2026-12-21", "2027-01-05");
        let pause =
            self.engine.pause(tenant, Some("receivable.amount_due > money('200.00')"), None, &act, moment("2027-01-05", 8), &mut self.dice);
        let until = Some(moment("2027-01-12", 8));
        self.engine.pause(tenant, None, until, &act, moment("2027-01-08", 8), &mut self.dice).unwrap();
        self.pass("2027-01-05", "2027-01-14");
        self.engine.resume(tenant, pause.unwrap(), &act, moment("2027-01-14", 8)).unwrap();
        self.pass("2027-01-14", "2027-01-20");
        let needing = self.engine.messages(tenant, Listed::Needing, 100).unwrap();
        let unknown: Vec<_> = needing.iter().filter(|one| one.status == "unknown").collect();
        for (one, settled) in unknown.iter().zip([Settled::Sent, Settled::Again, Settled::Failed]) {
            self.engine.settle(tenant, &one.message.to_string(), settled, &act, moment("2027-01-20", 7)).unwrap();
        }
        assert!(unknown.len() > 1 && unknown.len() < needing.len(), "some are unknown, some have failed");
        self.tell("R06", Fact::Voided, moment("2027-01-20", 8));
        self.pass("2027-01-20", "2027-02-10");
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(&self.engine, self.tenant, scratch.path(), &mut |_, _| {}).unwrap();
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "the second database is removed");
        verdict
    }
}

pub(crate) fn money(text: &str) -> Money {
    Money::parse(text, regua_core::currency::Currency::BRL).unwrap()
}

/// Runs a test on a SQLite file and on PostgreSQL, each with a company that has lived.
pub(crate) fn on_lived(test: impl Fn(&Fresh)) {
    let key = format!("verify_{}_{}", fingerprint(MIGRATIONS), std::process::id());
    for fresh in [Fresh::file(), Fresh::postgres(&key, |url| drop(open(url)))] {
        eprintln!("on {}", fresh.url());
        Company::new(fresh.url()).live();
        test(&fresh);
    }
}

/// What was found, one a line.
pub(crate) fn shown(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

/// Whether something of a sort was found about something.
pub(crate) fn found(findings: &[Finding], sort: Sort, about: &str) -> bool {
    findings.iter().any(|finding| finding.sort == sort && finding.what.contains(about))
}
