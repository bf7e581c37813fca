//! What keeps two processes on one PostgreSQL apart: the row lock of a claim, and behind it keys and statuses.
//!
//! The statements are the registered ones. To see what the lock is for, a test runs a copy of one without its marker: then two
//! processes do take the same rows, and the second wall shows.

mod common;

use std::sync::Barrier;

use common::{Company1, at, customer, migrate, open, receivable};
use regua_core::ids::{CustomerId, MessageId};
use regua_core::time::Instant;
use regua_engine::Scratch;
use regua_store::batch::{Batch, EventRow, FactsRow};
use regua_store::db::{Scope, StoreError, Tx};
use regua_store::outbox::{self, MessageState};
use regua_store::{due, statements};
use regua_testkit::Fresh;
use regua_wire::files::portfolio::Portfolio;

/// Rows that one claim takes, of twice as many.
const LIMIT: i64 = 3;
const MORNING: &str = "2026-03-01T09:00";

/// A statement of the store by its name.
fn registered(name: &str) -> &'static str {
    statements::all().into_iter().find(|(known, _)| *known == name).expect("a registered statement").1
}

/// The same without its lock.
fn unlocked(name: &str) -> &'static str {
    let locked = registered(name);
    let text = locked.replace("/*+skip_locked*/", "");
    assert_ne!(text, locked, "{name} has a lock");
    Box::leak(text.into_boxed_str())
}

/// A live company with six customers who are due, on a PostgreSQL of its own.
fn company() -> (Fresh, Company1) {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    let fresh = Fresh::postgres(&format!("engine-{key}"), migrate);
    let mut company = Company1::new(fresh.url());
    let names: Vec<String> = (1..=6).map(|number| format!("C{number}")).collect();
    let portfolio = Portfolio {
        customers: names.iter().map(|name| customer(name)).collect(),
        receivables: (0..6).map(|of| receivable(&format!("R{of}"), of, "2026-03-01", "2026-03-10", 10_000)).collect(),
        payments: vec![],
    };
    company.import(&portfolio, at(MORNING));
    (fresh, company)
}

/// Two processes at once, each with a database of its own; what they come to. `work` meets the other one at the barrier.
fn both<T: Send>(url: &str, work: impl Fn(&mut Tx<'_>, &Barrier) -> Result<T, StoreError> + Sync) -> [Result<T, StoreError>; 2] {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let one = || open(url).write(Scope::Claim, |tx| work(tx, &barrier));
        let threads = [scope.spawn(one), scope.spawn(one)];
        threads.map(|thread| thread.join().expect("no panic"))
    })
}

/// The ids that each of two claims took, while both held what they took.
fn claimed(url: &str, sql: &'static str, now: Instant) -> [Vec<[u8; 16]>; 2] {
    let taken = both(url, |tx, barrier| {
        barrier.wait();
        let mine = tx.rows(sql, &[now.into(), LIMIT.into()], |row| row.id(1));
        barrier.wait();
        mine
    });
    taken.map(|taken| taken.expect("a claim"))
}

fn shared([a, b]: &[Vec<[u8; 16]>; 2]) -> usize {
    a.iter().filter(|id| b.contains(id)).count()
}

#[test]
fn the_row_lock_is_what_keeps_two_claims_apart() {
    let (fresh, company) = company();
    let now = at(MORNING);
    let apart = claimed(fresh.url(), registered("due.claim"), now);
    assert_eq!((apart[0].len(), apart[1].len(), shared(&apart)), (3, 3, 0), "each has its own");
    let together = claimed(fresh.url(), unlocked("due.claim"), now);
    assert_eq!((together[0].len(), shared(&together)), (3, 3), "without the lock both have the same");
    // And messages.
    let mut scratch = Scratch::default();
    while company.engine.tick(now, &mut scratch).expect("a batch").customers > 0 {}
    let apart = claimed(fresh.url(), registered("outbox.take"), now);
    assert_eq!((apart[0].len(), apart[1].len(), shared(&apart)), (3, 3, 0), "each has its own");
    let together = claimed(fresh.url(), unlocked("outbox.take"), now);
    assert_eq!((together[0].len(), shared(&together)), (3, 3), "without the lock both have the same");
}

/// The next event of a customer, as a decision writes it: with its place in the chain.
fn next_event(tx: &mut Tx<'_>, company: &Company1, customer: CustomerId, meet: &Barrier) -> Result<(), StoreError> {
    let known = due::customers(tx, company.tenant, &[customer.to_bytes()])?.pop().expect("it is there");
    meet.wait();
    let (seq, hash) = (known.seq + 1, [9; 32]);
    let facts = FactsRow {
        customer,
        wake_at: Instant::NEVER,
        live: 1,
        awaits_source: false,
        awaits_release: false,
        facts: known.facts,
        seq,
        head: hash,
        parked: None,
    };
    let payload = "{}".to_owned();
    let event = EventRow { stream: customer.to_bytes(), seq, at: at(MORNING), kind: "decided", payload, sealed: None, hash };
    Batch { facts: vec![facts], events: vec![event], ..Batch::default() }.write(tx, company.tenant)
}

#[test]
fn without_the_lock_the_place_in_the_chain_lets_only_one_decision_stand() {
    let (fresh, company) = company();
    let claim = unlocked("due.claim");
    let done = both(fresh.url(), |tx, barrier| {
        barrier.wait();
        let mine = tx.rows(claim, &[at(MORNING).into(), 1_i64.into()], |row| row.id(1))?;
        tx.scope(Scope::Tenant(company.tenant))?;
        let customer = CustomerId::from_bytes(mine[0]).expect("a customer");
        next_event(tx, &company, customer, barrier)
    });
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    let error = done.iter().find_map(|done| done.as_ref().err()).expect("the other fails");
    assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
}

#[test]
fn without_the_lock_only_what_is_queued_can_be_sent() {
    let (fresh, company) = company();
    let now = at(MORNING);
    let mut scratch = Scratch::default();
    while company.engine.tick(now, &mut scratch).expect("a batch").customers > 0 {}
    let take = unlocked("outbox.take");
    let done = both(fresh.url(), |tx, barrier| {
        let mine = tx.rows(take, &[now.into(), 1_i64.into()], |row| row.id(1))?;
        barrier.wait();
        tx.scope(Scope::Tenant(company.tenant))?;
        let message = MessageId::from_bytes(mine[0]).expect("a message");
        let plan = outbox::one(tx, company.tenant, message)?.expect("it is there").plan;
        let lease = Some(now.plus_hours(1));
        let (channel, status, finished_at, reply, letter) = (Some("email"), "sending", None, None, None);
        let state =
            MessageState { message, channel, plan, status, due_at: lease, lease_until: lease, tries: 1, finished_at, reply, letter };
        outbox::set(tx, company.tenant, &[state])
    });
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    let error = done.iter().find_map(|done| done.as_ref().err()).expect("the other fails");
    assert!(matches!(error, StoreError::Vanished { .. }), "{error:?}");
}
