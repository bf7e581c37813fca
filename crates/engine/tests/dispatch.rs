//! Groups of messages on their way: what is under way is written down before, is bounded, and is nobody else's.

mod common;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant as Clock};

use common::{Company1, at, customer, on_both, receivable, stationery};
use regua_core::facts::Channels;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_engine::commands::messages::Listed;
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::{Result, Scratch};
use regua_store::db::{Dialect, Scope};
use regua_store::outbox::{StoredMessage, of_customer};
use regua_wire::files::portfolio::Portfolio;

const CUSTOMERS: u32 = 23;
const GROUP: i64 = 4;
const MORNING: &str = "2026-03-01T09:00";

/// A company whose customers each have a message that is due.
fn many_queued(url: &str) -> Company1 {
    let mut company = Company1::new(url);
    let portfolio = Portfolio {
        customers: (0..CUSTOMERS).map(|one| customer(&format!("C{one}"))).collect(),
        receivables: (0..CUSTOMERS).map(|one| receivable(&format!("R{one}"), one, "2026-03-01", "2026-03-10", 10_000)).collect(),
        payments: vec![],
    };
    company.import(&portfolio, at(MORNING));
    let mut scratch = Scratch::default();
    while company.engine.tick(at(MORNING), &mut scratch).expect("a batch").customers > 0 {}
    company
}

fn dispatch(company: &Company1, now: Instant, courier: &mut dyn Courier, more: &dyn Fn(&Dispatched) -> bool) -> Result<Dispatched> {
    let sending = Sending { group: GROUP, ..Sending::default() };
    company.engine.dispatch(&|| now, courier, &stationery(), sending, more)
}

/// Every message.
fn all(company: &Company1) -> Vec<StoredMessage> {
    let tenant = company.tenant;
    let customers = regua_store::lookup::page;
    let read = company.engine.db().read(Scope::Tenant(tenant), |tx| {
        let mut all = Vec::new();
        for (customer, _) in customers(tx, tenant, [0; 16], 1_000)? {
            all.extend(of_customer(tx, tenant, customer, 10)?);
        }
        Ok::<_, regua_store::StoreError>(all)
    });
    read.expect("messages")
}

fn count(company: &Company1, status: &str) -> usize {
    all(company).iter().filter(|message| message.status == status).count()
}

/// A courier that asks something of each group before it says that it was accepted.
struct Asks<'a> {
    ask: &'a (dyn Fn(usize, &[&Parcel]) + Sync),
    groups: usize,
    wants: usize,
}

impl<'a> Asks<'a> {
    fn of(ask: &'a (dyn Fn(usize, &[&Parcel]) + Sync)) -> Self {
        Self { ask, groups: 0, wants: usize::MAX }
    }
}

impl Courier for Asks<'_> {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn at_a_time(&self) -> usize {
        self.wants
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        (self.ask)(self.groups, parcels);
        self.groups += 1;
        parcels.iter().map(|_| Sent::Accepted { reply: "ok".to_owned() }).collect()
    }
}

#[test]
fn what_the_courier_has_is_written_down_as_being_sent_and_never_more_than_two_groups_are() {
    on_both(|url| {
        let company = many_queued(url);
        let most = Mutex::new(0);
        let ask = |_: usize, parcels: &[&Parcel]| {
            let all = all(&company);
            let sending: BTreeSet<String> =
                all.iter().filter(|message| message.status == "sending").map(|message| message.message.to_string()).collect();
            for parcel in parcels {
                assert!(sending.contains(&parcel.key.0), "{} goes out and is not written down", parcel.key.0);
            }
            let mut most = most.lock().expect("nobody failed");
            *most = sending.len().max(*most);
        };
        let done = dispatch(&company, at(MORNING), &mut Asks::of(&ask), &|_| true).expect("a dispatch");
        assert_eq!((done.taken, done.sent), (u64::from(CUSTOMERS), u64::from(CUSTOMERS)), "{done:?}");
        let most = *most.lock().expect("nobody failed");
        assert!(most <= 8, "{most} messages were under way, in groups of {GROUP}");
    });
}

#[test]
fn a_death_with_the_groups_under_way_leaves_no_more_than_two_of_them_unknown_and_sends_nothing_twice() {
    on_both(|url| {
        let company = many_queued(url);
        let sent = Mutex::new(Vec::new());
        let dies = |group: usize, parcels: &[&Parcel]| {
            assert!(group < 2, "the process ends here");
            sent.lock().expect("nobody failed").extend(parcels.iter().map(|parcel| parcel.to.clone()));
        };
        let died =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&company, at(MORNING), &mut Asks::of(&dies), &|_| true)));
        assert!(died.is_err(), "a courier's panic is its caller's");
        let under_way = count(&company, "sending");
        assert!((1..=8).contains(&under_way), "{under_way} were under way, in groups of {GROUP}");
        let takes =
            |_: usize, parcels: &[&Parcel]| sent.lock().expect("nobody failed").extend(parcels.iter().map(|parcel| parcel.to.clone()));
        let later = at(MORNING).plus_hours(1);
        let done = dispatch(&company, later, &mut Asks::of(&takes), &|_| true).expect("a dispatch");
        assert_eq!(done.unknown, u64::try_from(under_way).expect("few"), "{done:?}");
        assert_eq!(count(&company, "unknown") + count(&company, "sent"), usize::try_from(CUSTOMERS).expect("few"));
        let mut to = sent.lock().expect("nobody failed").clone();
        to.sort();
        let arrived = to.len();
        to.dedup();
        assert_eq!(to.len(), arrived, "nobody gets it twice");
    });
}

#[test]
fn groups_are_no_larger_than_the_courier_wants_them() {
    on_both(|url| {
        let company = many_queued(url);
        let sizes = Mutex::new(Vec::new());
        let ask = |_: usize, parcels: &[&Parcel]| sizes.lock().expect("nobody failed").push(parcels.len());
        let done = dispatch(&company, at(MORNING), &mut Asks { wants: 3, ..Asks::of(&ask) }, &|_| true).expect("a dispatch");
        assert_eq!(done.sent, u64::from(CUSTOMERS));
        assert_eq!(*sizes.lock().expect("nobody failed"), [3, 3, 3, 3, 3, 3, 3, 2]);
    });
}

#[test]
fn whoever_is_told_to_stop_finishes_what_is_under_way_and_takes_no_more() {
    on_both(|url| {
        let company = many_queued(url);
        let done = dispatch(&company, at(MORNING), &mut Asks::of(&|_, _| {}), &|done| done.taken < 10).expect("a dispatch");
        assert_eq!((done.taken, done.sent), (12, 12), "{done:?}");
        assert_eq!((count(&company, "sent"), count(&company, "sending")), (12, 0));
    });
}

/// What a last look needs of the last message is damaged: its group cannot be taken. What was handed over before is known.
#[test]
fn a_group_that_cannot_be_taken_makes_nothing_unknown() {
    on_both(|url| {
        let company = many_queued(url);
        let last = all(&company).into_iter().max_by_key(|message| message.message).expect("messages").message;
        let hex: String = last.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        // Somebody else's words: statements of ours live in the store.
        let (bytes, id) = match company.engine.db().dialect() {
            Dialect::Sqlite => ("x'00'", format!("x'{hex}'")),
            Dialect::Postgres => ("'\\x00'", format!("'{hex}'")),
        };
        let sql = ["UPDATE", "messages", "SET plan =", bytes, "WHERE message =", &id].join(" ");
        company.engine.db().write(Scope::Owner, |tx| tx.batch(&sql)).expect("an update");
        let error = dispatch(&company, at(MORNING), &mut Asks::of(&|_, _| {}), &|_| true).expect_err("it cannot be read");
        assert_eq!(error.code, "blob_read", "{error}");
        assert_eq!((count(&company, "sent"), count(&company, "sending"), count(&company, "queued")), (20, 0, 3));
    });
}

/// The mail server takes three times as long as a lease: whoever looks meanwhile finds nothing that is left alone.
#[test]
fn a_slow_server_does_not_let_leases_run_out() {
    on_both(|url| {
        let company = many_queued(url);
        let begun = Clock::now();
        let clock = || Instant::from_micros(at(MORNING).micros() + i64::try_from(begun.elapsed().as_micros()).expect("not long"));
        let sending = Sending { group: 100, lease_micros: 1_200_000, ..Sending::default() };
        let found = Mutex::new(Vec::new());
        let slow = |_: usize, _: &[&Parcel]| {
            let slow = Clock::now();
            while slow.elapsed() < Duration::from_millis(3_600) {
                std::thread::park_timeout(Duration::from_millis(300));
                let other = company.engine.dispatch(&clock, &mut Asks::of(&|_, _| {}), &stationery(), sending, &|_| true);
                found.lock().expect("nobody failed").push(other.expect("a dispatch"));
            }
        };
        let done = company.engine.dispatch(&clock, &mut Asks::of(&slow), &stationery(), sending, &|_| true).expect("a dispatch");
        assert_eq!((done.sent, done.unknown), (u64::from(CUSTOMERS), 0), "{done:?}");
        assert!(found.lock().expect("nobody failed").iter().all(|other| *other == Dispatched::default()));
    });
}

/// Somebody else found the messages after their lease, so they are unknown; the late answers change nothing.
#[test]
fn an_answer_that_comes_after_somebody_else_has_written_the_message_down_changes_nothing() {
    on_both(|url| {
        let company = many_queued(url);
        let taken_away = |group: usize, _: &[&Parcel]| {
            if group == 0 {
                let later = at(MORNING).plus_hours(1);
                let other = dispatch(&company, later, &mut Asks::of(&|_, _| {}), &|_| true).expect("a dispatch");
                assert!(other.unknown > 0, "{other:?}");
            }
        };
        let done = dispatch(&company, at(MORNING), &mut Asks::of(&taken_away), &|_| true).expect("a dispatch");
        let unknown = count(&company, "unknown");
        assert!(unknown >= 4, "{unknown}");
        assert_eq!(count(&company, "sent") + unknown, usize::try_from(CUSTOMERS).expect("few"));
        assert!(done.sent < u64::from(CUSTOMERS), "{done:?}");
        let dir = tempfile::tempdir().expect("a folder");
        let verdict = regua_engine::replay::verify(&company.engine, company.tenant, dir.path(), &mut |_, _| {}).expect("a verdict");
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    });
}

#[test]
fn the_letter_that_is_shown_is_the_one_that_was_accepted() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let mut portfolio = Portfolio {
            customers: vec![customer("C1")],
            receivables: vec![receivable("R1", 0, "2026-03-01", "2026-03-10", 10_000)],
            payments: vec![],
        };
        portfolio.customers[0].customer.contacts.extend(customer("C1b").customer.contacts);
        company.import(&portfolio, at(MORNING));
        let mut scratch = Scratch::default();
        while company.engine.tick(at(MORNING), &mut scratch).expect("a batch").customers > 0 {}
        let mut picky = Picky;
        assert_eq!(dispatch(&company, at(MORNING), &mut picky, &|_| true).expect("a dispatch").sent, 1);
        let listed = company.engine.messages(company.tenant, Listed::To("C1"), 10).expect("a list");
        let shown = company.engine.message(company.tenant, &listed[0].message.to_string()).expect("it is there");
        assert_eq!(shown.letter.expect("a letter").to, "c1b@customer.example");
    });
}

/// Takes nothing for the first address.
struct Picky;

impl Courier for Picky {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        let answer = |parcel: &&Parcel| match parcel.to.as_str() {
            "c1@customer.example" => Sent::Refused { code: Some(550), reply: "no such user".to_owned() },
            _ => Sent::Accepted { reply: "ok".to_owned() },
        };
        parcels.iter().map(answer).collect()
    }
}
