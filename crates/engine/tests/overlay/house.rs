//! A company whose invoices another biller makes.

use std::sync::atomic::{AtomicU64, Ordering};

use regua_core::facts::Channels;
use regua_core::ids::ReceivableId;
use regua_core::time::{Instant, LocalTime, Zone};
use regua_core::words::{Channel, Mode};
use regua_engine::charging::Charging;
use regua_engine::commands::tell::About;
use regua_engine::outbox::Sending;
use regua_engine::overlay::{Synced, Syncing, source_of};
use regua_engine::ports::{Biller, Courier, Parcel, Sent};
use regua_engine::replay::verify;
use regua_engine::{Engine, Result};
use regua_store::charging::{charges, mirrored, payments};
use regua_store::db::Scope;
use regua_store::person::{self, OwedRow};
use regua_store::seal::MasterKey;
use regua_store::{due, lookup};

use crate::account::Account;
use crate::common::{Company1, Counting, POLICY, act, day, open};

pub(crate) fn hour(text: &str, hour: u16) -> Instant {
    Zone::parse("America/Sao_Paulo").unwrap().at(day(text), LocalTime::hour(hour))
}

pub(crate) fn rcv(id: &str) -> About {
    About::Receivable(id.to_owned())
}

/// Takes every mail, and counts them.
#[derive(Default)]
struct Taker(usize);

impl Courier for Taker {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.0 += parcels.len();
        parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
    }
}

pub(crate) struct House {
    pub(crate) company: Company1,
    pub(crate) account: Account,
}

impl House {
    pub(crate) fn new(url: &str) -> Self {
        // Several of a test may share a database: each has random bytes of its own.
        static HOUSES: AtomicU64 = AtomicU64::new(1);
        let (engine, start) = (Engine::new(open(url), MasterKey::new([7; 32])), hour("2026-01-01", 0));
        let mut rng = Counting(HOUSES.fetch_add(1, Ordering::Relaxed));
        let tenant = engine.add_tenant("Nuvem", start, &mut rng).unwrap();
        engine.publish(tenant, "test.yaml", POLICY, 10_000, &act(), start).unwrap();
        engine.set_mode(tenant, Mode::Live, None, &act(), start).unwrap();
        let company = Company1 { engine, tenant, rng };
        company.engine.add_gateway(company.tenant, "far", "stripe", "owner", &act(), hour("2026-01-01", 0)).unwrap();
        Self { company, account: Account::new() }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.company.engine
    }

    pub(crate) fn try_sync(&mut self, how: Syncing, now: Instant) -> Result<Synced> {
        let Company1 { engine, tenant, rng } = &mut self.company;
        engine.sync(*tenant, "far", &mut self.account, how, now, rng, &mut |_| {})
    }

    /// As [`House::try_sync`], of another account.
    pub(crate) fn sync_with(&mut self, biller: &mut dyn Biller, how: Syncing, now: Instant) -> Result<Synced> {
        let Company1 { engine, tenant, rng } = &mut self.company;
        engine.sync(*tenant, "far", biller, how, now, rng, &mut |_| {})
    }

    pub(crate) fn sync(&mut self, now: Instant) -> Synced {
        let synced = self.try_sync(Syncing::default(), now).unwrap();
        assert!(synced.refused.is_empty(), "{:?}", synced.refused);
        synced
    }

    /// Everything due is decided and sent; how many mails went.
    pub(crate) fn pass(&self, now: Instant) -> usize {
        let mut taker = Taker::default();
        let paper = crate::common::stationery();
        self.engine().source_read(self.company.tenant, &source_of("far"), now).unwrap();
        self.engine().pass(&|| now, 1, &mut taker, &paper, Sending::default(), &|_| {}).unwrap();
        taker.0
    }

    pub(crate) fn id(&self, receivable: &str) -> ReceivableId {
        let tenant = self.company.tenant;
        self.engine().db().read(Scope::Tenant(tenant), |tx| lookup::receivables(tx, tenant, &[receivable])).unwrap().pop().unwrap().0
    }

    /// `id status billed balance due` of everything that a customer owes, by id.
    pub(crate) fn owes(&self, who: &str) -> Vec<String> {
        let mut rows = self.rows(who);
        rows.sort_by(|a, b| a.external_id.cmp(&b.external_id));
        rows.iter().map(|row| format!("{} {} {} {} {}", row.external_id, row.status, row.amount, row.balance, row.due_on)).collect()
    }

    fn rows(&self, who: &str) -> Vec<OwedRow> {
        let tenant = self.company.tenant;
        let found = self.engine().db().read(Scope::Tenant(tenant), |tx| {
            let Some((customer, _)) = lookup::customers(tx, tenant, &[who])?.pop() else { return Ok(Vec::new()) };
            person::receivables(tx, tenant, customer)
        });
        found.unwrap()
    }

    /// How many events customers have together: what tells whether anything was written.
    pub(crate) fn events(&self) -> i64 {
        let tenant = self.company.tenant;
        let found = self.engine().db().read(Scope::Tenant(tenant), |tx| {
            let ids: Vec<[u8; 16]> = lookup::page(tx, tenant, [0; 16], 1_000)?.iter().map(|(id, _)| id.to_bytes()).collect();
            due::customers(tx, tenant, &ids)
        });
        found.unwrap().iter().map(|row| row.seq).sum()
    }

    pub(crate) fn payments(&self, receivable: &str) -> Vec<String> {
        let (tenant, ids) = (self.company.tenant, [self.id(receivable).to_bytes()]);
        let found = self.engine().db().read(Scope::Tenant(tenant), |tx| payments::of_receivables(tx, tenant, &ids)).unwrap();
        found.iter().map(|row| format!("{} {} {} {}", row.reference, row.amount, row.kind, row.fate)).collect()
    }

    pub(crate) fn attempts(&self, who: &str) -> Vec<charges::ChargeRow> {
        let about = About::Customer(who.to_owned());
        self.engine().attempts(self.company.tenant, Some(&about), false, 1_000).unwrap().into_iter().map(|one| one.row).collect()
    }

    /// How many objects of a kind the mirror knows.
    pub(crate) fn mirrored(&self, object: &str) -> i64 {
        let tenant = self.company.tenant;
        let counts = self.engine().db().read(Scope::Tenant(tenant), |tx| mirrored::counts(tx, tenant)).unwrap();
        counts.iter().filter(|count| count.object == object).map(|count| count.count).sum()
    }

    pub(crate) fn how(&self) -> Charging {
        Charging::default()
    }

    /// Nothing is wrong anywhere.
    pub(crate) fn clean(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(self.engine(), self.company.tenant, scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }
}
