//! A handful of customers told by hand, and everything that a database holds of them as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use regua_core::facts::Fact;
use regua_core::time::{Instant, Zone};
use regua_engine::adapters::post::Memory;
use regua_engine::commands::import::{Doing, Import, Imported};
use regua_engine::commands::tell::About;
use regua_engine::commands::tenant::FILES;
use regua_engine::outbox::Sending;
use regua_engine::{Scratch, Ticked};
use regua_sim::live::Drawn;
use regua_store::db::{Scope, StoreError, Tx};
use regua_store::due::{self, Which};
use regua_store::reports::BroughtAbout;
use regua_store::{log, lookup, outbox, reports, tenants};
use regua_wire::files::{Options, Portfolio, RejectList, read_payments, read_receivables};

use crate::compare::{self, Rows};
use crate::world::{self, Living};

/// A local time of São Paulo, such as `2026-12-26 09:00`.
pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(&format!("{}:00-03:00", text.replace(' ', "T"))).unwrap()
}

pub(crate) fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

/// Files as a portfolio; every row must be good.
pub(crate) fn portfolio(receivables: &str, payments: &str) -> Portfolio {
    let (options, mut rejects) = (Options::default(), RejectList::new(3));
    let mut read =
        read_receivables(receivables.as_bytes(), "receivables.csv", &options, Portfolio::default(), &mut rejects).unwrap().portfolio;
    if !payments.is_empty() {
        read = read_payments(payments.as_bytes(), "payments.csv", &options, read, &mut rejects).unwrap().portfolio;
    }
    assert_eq!(rejects.count, 0, "{:?}", rejects.rows.first().map(|reject| reject.reason.to_string()));
    read
}

impl Living {
    pub(crate) fn import(&self, receivables: &str, payments: &str, now: Instant) -> Imported {
        self.take_in(&portfolio(receivables, payments), Doing::Write, now)
    }

    pub(crate) fn take_in(&self, portfolio: &Portfolio, doing: Doing, now: Instant) -> Imported {
        // Ids differ between imports of a moment, and are the same from run to run.
        let mut rng = Drawn::new(u64::try_from(now.micros()).unwrap() + u64::try_from(portfolio.receivables.len()).unwrap());
        self.engine.import(self.tenant, Import::of(portfolio, FILES), doing, now, &mut rng, &mut |_| ()).unwrap()
    }

    /// Tells a fact of a receivable.
    pub(crate) fn tell(&self, receivable: &str, fact: Fact, now: Instant) {
        self.engine.tell(self.tenant, &About::Receivable(receivable.to_owned()), fact, None, now).unwrap();
    }

    /// Tells a fact of a customer.
    pub(crate) fn tell_of(&self, customer: &str, fact: Fact, now: Instant) {
        self.engine.tell(self.tenant, &About::Customer(customer.to_owned()), fact, None, now).unwrap();
    }

    /// Decides everything that is due, and delivers it: what is not sent announces nothing.
    pub(crate) fn tick(&self, now: Instant) -> Ticked {
        let (mut scratch, mut all) = (Scratch::default(), Ticked::default());
        let (mut memory, stationery) = (Memory::default(), world::stationery());
        loop {
            let one = self.engine.tick(now, &mut scratch).unwrap();
            let sent = self.engine.dispatch(&|| now, &mut memory, &stationery, Sending::default(), &|_| true).unwrap();
            if one.customers == 0 && sent.taken == 0 {
                return all;
            }
            all.add(one);
        }
    }

    /// Lives from a moment until before another: from wake to wake, the source read at every local 00:00.
    pub(crate) fn go(&self, from: Instant, until: Instant) -> Ticked {
        let (mut now, mut all) = (from, Ticked::default());
        loop {
            all.add(self.tick(now));
            let wake = self.transact(|tx| due::next_wake(tx, self.tenant));
            let midnight = zone().midnight(zone().day_of(now).plus(1));
            now = wake.min(midnight);
            if now >= until {
                return all;
            }
            if now == midnight {
                self.read_source(now);
            }
        }
    }

    pub(crate) fn read_source(&self, now: Instant) {
        self.engine.source_read(self.tenant, FILES, now).unwrap();
    }

    /// Makes everybody due.
    pub(crate) fn wake_all(&self, now: Instant) {
        self.transact(|tx| tenants::wake_all(tx, self.tenant, now));
    }

    fn transact<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>) -> T {
        self.engine.db().write(Scope::Tenant(self.tenant), work).unwrap()
    }

    pub(crate) fn rows(&self) -> Rows {
        compare::lived(&self.engine, self.tenant)
    }

    pub(crate) fn effects(&self) -> Vec<BroughtAbout> {
        let mut all = Vec::new();
        self.transact(|tx| {
            reports::effects(tx, self.tenant, |row| {
                all.push(row);
                Ok(())
            })
        });
        all
    }

    /// Kinds of the tenant's own events.
    pub(crate) fn events(&self) -> Vec<String> {
        let events = self.transact(|tx| log::of(tx, self.tenant, self.tenant.to_bytes(), 0, 1_000));
        events.into_iter().map(|event| event.kind).collect()
    }

    /// Of each receivable by external id what a recomputation must give: its columns, ledger and walk, its customer's facts.
    pub(crate) fn states(&self) -> BTreeMap<String, String> {
        self.transact(|tx| {
            let ids: Vec<[u8; 16]> = lookup::page(tx, self.tenant, [0; 16], 100_000)?.iter().map(|(id, _)| id.to_bytes()).collect();
            let facts: BTreeMap<_, _> = due::customers(tx, self.tenant, &ids)?.into_iter().map(|row| (row.customer, row.facts)).collect();
            let mut states = BTreeMap::new();
            for row in due::receivables(tx, self.tenant, &ids, Which::All)? {
                let currency = regua_core::currency::Currency::parse(&row.currency);
                let entries = due::entries(tx, self.tenant, &[row.receivable.to_bytes()], |_| currency)?;
                let entries: Vec<_> = entries.into_iter().map(|(_, entry)| entry).collect();
                let balance: i64 = entries.iter().map(|entry| entry.amount.minor()).sum();
                let state = format!(
                    "{} of {} due {} balance {balance} resting {}\n{entries:?}\nwalk {:?}\nfacts {:?}",
                    row.status, row.amount, row.due_on, row.resting, row.walk, facts[&row.customer]
                );
                states.insert(row.external_id, state);
            }
            Ok(states)
        })
    }

    /// What the ledger of a receivable comes to, in minor units.
    pub(crate) fn balance(&self, receivable: &str) -> i64 {
        self.transact(|tx| {
            let found = lookup::receivables(tx, self.tenant, &[receivable])?;
            let ids: Vec<[u8; 16]> = found.iter().map(|(id, ..)| id.to_bytes()).collect();
            let brl = regua_core::currency::Currency::parse("BRL");
            Ok(due::entries(tx, self.tenant, &ids, |_| brl)?.iter().map(|(_, entry)| entry.amount.minor()).sum())
        })
    }

    /// Every row of the tenant's but when sources were read and when somebody is looked at again.
    pub(crate) fn dump(&self) -> String {
        let mut text = self.rows().into_iter().fold(String::new(), |mut text, row| {
            writeln!(text, "{row:?}").unwrap();
            text
        });
        for effect in self.effects() {
            writeln!(text, "{effect:?}").unwrap();
        }
        self.transact(|tx| {
            let ids: Vec<[u8; 16]> = lookup::page(tx, self.tenant, [0; 16], 100_000)?.iter().map(|(id, _)| id.to_bytes()).collect();
            for row in due::customers(tx, self.tenant, &ids)? {
                for message in outbox::of_customer(tx, self.tenant, row.customer, 10_000)? {
                    writeln!(text, "{message:?}").unwrap();
                }
                let row = due::StoredCustomer { source_read_at: Instant::DAWN, wake_at: Instant::DAWN, ..row };
                writeln!(text, "{row:?}").unwrap();
            }
            let receivables = due::receivables(tx, self.tenant, &ids, Which::All)?;
            let own: Vec<[u8; 16]> = receivables.iter().map(|row| row.receivable.to_bytes()).collect();
            let brl = regua_core::currency::Currency::parse("BRL");
            writeln!(
                text,
                "{receivables:?}\n{:?}\n{:?}",
                due::entries(tx, self.tenant, &own, |_| brl)?,
                lookup::payments(tx, self.tenant, &own)?
            )
            .unwrap();
            let streams: Vec<[u8; 16]> = ids.into_iter().chain([self.tenant.to_bytes()]).collect();
            for event in log::of_many(tx, self.tenant, &streams)? {
                writeln!(text, "{event:?}").unwrap();
            }
            Ok(())
        });
        text
    }
}

/// Fails with the first line that differs.
pub(crate) fn assert_unchanged(what: &str, before: &str, after: &str) {
    let differing = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    assert!(before == after, "{what}: something changed; first {differing:#?}");
}
