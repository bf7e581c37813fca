//! A company whose customers pay, too much and too little, and what its tables say of it.

use regua_core::currency::Currency;
use regua_core::facts::Channels;
use regua_core::ids::ReceivableId;
use regua_core::ledger::StoredEntry;
use regua_core::money::Money;
use regua_core::time::{Instant, LocalTime, Zone};
use regua_core::words::Channel;
use regua_engine::commands::account::{Booking, Moved, Payment};
use regua_engine::commands::tell::About;
use regua_engine::commands::tenant::FILES;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::replay::{MoneyLine, Verdict, verify};
use regua_engine::{Engine, Result};
use regua_store::db::Scope;
use regua_store::person::{self, OwedRow, StoredDecision};
use regua_store::seal::MasterKey;
use regua_store::{account, due, lookup};
use regua_wire::files::portfolio::{Portfolio, ReceivableRow, When};

use crate::common::{Company1, POLICY, act, customer, day, open};

/// The example's policy, with a fee of 5.00 that is announced.
pub(crate) fn policy() -> String {
    let fee = "    - { id: fee,      at: D+24,  do: fee, amount: 5.00 }\n    - { id: end, ";
    let policy = POLICY.replace("announces: [suspend]", "announces: [suspend, fee]").replacen("    - { id: end, ", fee, 1);
    assert!(policy.contains("do: fee"), "{policy}");
    policy
}

/// Takes every mail.
struct Taker;

impl Courier for Taker {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
    }
}

/// A moment of a day in São Paulo.
pub(crate) fn hour(text: &str, hour: u16) -> Instant {
    Zone::parse("America/Sao_Paulo").unwrap().at(day(text), LocalTime::hour(hour))
}

pub(crate) fn rcv(id: &str) -> About {
    About::Receivable(id.to_owned())
}

pub(crate) fn cus(id: &str) -> About {
    About::Customer(id.to_owned())
}

pub(crate) fn company(url: &str) -> Company1 {
    Company1::with(Engine::new(open(url), MasterKey::new([7; 32])), &policy())
}

impl Company1 {
    /// A bill of a customer becomes known.
    pub(crate) fn issue(&mut self, who: &str, id: &str, (issued, due): (&str, &str), amount: Money, now: Instant) {
        let row = ReceivableRow { id: id.into(), customer: 0, issued: When::On(day(issued)), due_on: day(due), amount, method: None };
        let portfolio = Portfolio { customers: vec![customer(who)], receivables: vec![row], payments: Vec::new() };
        let done = self.import(&portfolio, now);
        assert!(done.refused.is_empty(), "{:?}", done.refused);
    }

    pub(crate) fn pays(&self, about: &About, amount: Money, on: Option<&str>, now: Instant) -> Result<Moved> {
        let payment = Payment { amount, on: on.map(day), named: &[], id: None };
        self.engine.pay(self.tenant, about, payment, &act(), now)
    }

    pub(crate) fn books(&self, id: &str, what: Booking, now: Instant) -> Result<Moved> {
        self.engine.book(self.tenant, &rcv(id), what, None, &act(), now)
    }

    pub(crate) fn refunds(&self, about: &About, amount: Option<Money>, now: Instant) -> Result<Moved> {
        self.engine.refund(self.tenant, about, (amount, Currency::BRL), None, &act(), now)
    }

    /// The source is read, everything due is decided and sent.
    pub(crate) fn pass(&self, now: Instant) {
        self.engine.source_read(self.tenant, FILES, now).unwrap();
        self.decide(now);
    }

    /// As [`Company1::pass`], with sources as they were read last.
    pub(crate) fn decide(&self, now: Instant) {
        let paper = crate::common::stationery();
        self.engine.pass(&|| now, 1, &mut Taker, &paper, Sending::default(), &|_| {}).unwrap();
    }

    /// Everything that is stored of a customer's money.
    pub(crate) fn books_of(&self, who: &str) -> Books {
        let found = self.engine.db().read(Scope::Tenant(self.tenant), |tx| {
            let Some((id, _)) = lookup::customers(tx, self.tenant, &[who])?.pop() else { return Ok(Books::default()) };
            let owed = person::receivables(tx, self.tenant, id)?;
            let ids: Vec<[u8; 16]> = owed.iter().map(|row| row.receivable.to_bytes()).collect();
            let currency = |id: ReceivableId| owed.iter().find(|row| row.receivable == id).and_then(|row| Currency::parse(&row.currency));
            let entries = due::entries(tx, self.tenant, &ids, currency)?;
            let decisions = person::decisions(tx, self.tenant, id)?;
            Ok::<_, regua_store::StoreError>(Books { owed, entries, account: account::of(tx, self.tenant, id)?, decisions })
        });
        found.unwrap()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let scratch = tempfile::tempdir().unwrap();
        verify(&self.engine, self.tenant, scratch.path(), &mut |_, _| {}).unwrap()
    }

    /// Nothing is wrong; the money in the company's currency.
    pub(crate) fn clean(&self) -> MoneyLine {
        let verdict = self.verdict();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
        verdict.money.into_iter().find(|line| line.currency == "BRL").unwrap_or_default()
    }
}

/// What the tables say of one customer.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) owed: Vec<OwedRow>,
    pub(crate) entries: Vec<(ReceivableId, StoredEntry)>,
    pub(crate) account: Vec<account::AccountRow>,
    pub(crate) decisions: Vec<StoredDecision>,
}

impl Books {
    pub(crate) fn row(&self, id: &str) -> &OwedRow {
        self.owed.iter().find(|row| row.external_id == id).unwrap()
    }

    /// The entries of a receivable behind its charge: `kind amount`.
    pub(crate) fn told(&self, id: &str) -> String {
        let receivable = self.row(id).receivable;
        let own = self.entries.iter().filter(|(of, _)| *of == receivable).skip(1);
        own.map(|(_, entry)| format!("{} {}", entry.kind, entry.amount.minor())).collect::<Vec<_>>().join(", ")
    }

    /// The entries of the account: `kind amount`.
    pub(crate) fn credits(&self) -> String {
        self.account.iter().map(|row| format!("{} {}", row.kind, row.amount)).collect::<Vec<_>>().join(", ")
    }

    /// Every balance is the sum of its entries.
    pub(crate) fn add_up(&self) {
        for row in &self.owed {
            let own = self.entries.iter().filter(|(id, _)| *id == row.receivable);
            let sum: i64 = own.map(|(_, entry)| entry.amount.minor()).sum();
            assert_eq!(row.balance, sum, "{}: {}", row.external_id, self.told(&row.external_id));
        }
    }
}
