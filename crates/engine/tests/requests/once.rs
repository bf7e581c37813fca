//! Idempotency keys.

use std::sync::Barrier;

use regua_core::time::Instant;
use regua_engine::requests::Begun;
use regua_store::db::Scope;

use crate::common::{Company1, at, on_both};

const ANA: [u8; 16] = [1; 16];
const BOB: [u8; 16] = [2; 16];
const BODY: &[u8] = br#"{"name":"Maria da Silva"}"#;

fn later(seconds: i64) -> Instant {
    Instant::from_micros(at("2026-03-02T09:00").micros() + seconds * 1_000_000)
}

fn begun(company: &Company1, who: [u8; 16], key: &str, digest: u8, seconds: i64) -> Begun {
    company.engine.begin_request(company.tenant, who, key, &[digest; 32], later(seconds)).unwrap()
}

fn finish(company: &Company1, key: &str, seconds: i64) {
    company.engine.finish_request(company.tenant, ANA, key, 201, BODY, later(seconds)).unwrap();
}

fn answered() -> Begun {
    Begun::Answered { status: 201, body: BODY.to_vec() }
}

#[test]
fn an_answer_is_given_again_for_a_day_to_the_same_request_of_the_same_caller() {
    on_both(|url| {
        let company = Company1::new(url);
        assert_eq!(begun(&company, ANA, "k", 1, 0), Begun::New);
        assert_eq!(begun(&company, ANA, "k", 1, 1), Begun::UnderWay);
        finish(&company, "k", 2);
        assert_eq!(begun(&company, ANA, "k", 1, 3), answered());
        assert_eq!(begun(&company, ANA, "k", 2, 3), Begun::Other, "something else");
        assert_eq!(begun(&company, BOB, "k", 2, 3), Begun::New, "somebody else");
        assert_eq!(begun(&company, ANA, "K", 1, 3), Begun::New, "another key");
        assert_eq!(begun(&company, ANA, "k", 1, 86_399), answered());
        assert_eq!(begun(&company, ANA, "k", 2, 86_400), Begun::New, "a day later the key is free");
        assert_eq!(begun(&company, ANA, "k", 2, 86_401), Begun::UnderWay, "and what it was answered is gone");
    });
}

#[test]
fn what_began_and_was_never_answered_is_unknown_after_two_minutes() {
    on_both(|url| {
        let company = Company1::new(url);
        assert_eq!(begun(&company, ANA, "k", 1, 0), Begun::New);
        assert_eq!(begun(&company, ANA, "k", 1, 120), Begun::UnderWay);
        assert_eq!(begun(&company, ANA, "k", 1, 121), Begun::Unknown);
        assert_eq!(begun(&company, ANA, "k", 1, 86_399), Begun::Unknown);
        finish(&company, "k", 86_399);
        assert_eq!(begun(&company, ANA, "k", 1, 86_399), answered(), "an answer that comes late is better than none");
        assert_eq!(begun(&company, ANA, "k", 1, 86_400), Begun::New);
    });
}

#[test]
fn what_was_dropped_begins_anew_and_what_was_answered_is_not_dropped() {
    on_both(|url| {
        let company = Company1::new(url);
        let drop = || company.engine.drop_request(company.tenant, ANA, "k").unwrap();
        assert_eq!(begun(&company, ANA, "k", 1, 0), Begun::New);
        drop();
        assert_eq!(begun(&company, ANA, "k", 2, 1), Begun::New);
        finish(&company, "k", 2);
        drop();
        company.engine.finish_request(company.tenant, ANA, "k", 500, b"other", later(3)).unwrap();
        assert_eq!(begun(&company, ANA, "k", 2, 4), answered(), "the first answer stands");
        // One that was forgotten has nothing to keep, and that is no failure of what happened.
        finish(&company, "never begun", 5);
        assert_eq!(begun(&company, ANA, "never begun", 1, 6), Begun::New);
    });
}

#[test]
fn of_many_that_begin_at_once_one_is_new() {
    on_both(|url| {
        let company = Company1::new(url);
        for round in 0..5 {
            let (barrier, key) = (Barrier::new(6), format!("k{round}"));
            let found: Vec<Begun> = std::thread::scope(|threads| {
                let one = || {
                    barrier.wait();
                    begun(&company, ANA, &key, 1, 0)
                };
                let all: Vec<_> = (0..6).map(|_| threads.spawn(one)).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let count = |which: &Begun| found.iter().filter(|one| *one == which).count();
            assert_eq!((count(&Begun::New), count(&Begun::UnderWay)), (1, 5), "{found:?}");
        }
    });
}

#[test]
fn of_many_that_use_an_old_key_at_once_one_is_new() {
    on_both(|url| {
        let company = Company1::new(url);
        assert_eq!(begun(&company, ANA, "k", 1, 0), Begun::New);
        let barrier = Barrier::new(4);
        let found: Vec<Begun> = std::thread::scope(|threads| {
            let one = || {
                barrier.wait();
                begun(&company, ANA, "k", 1, 86_400)
            };
            let all: Vec<_> = (0..4).map(|_| threads.spawn(one)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(found.iter().filter(|one| **one == Begun::New).count(), 1, "{found:?}");
    });
}

#[test]
fn old_requests_are_forgotten_in_pieces() {
    on_both(|url| {
        let company = Company1::new(url);
        for number in 0..7_u8 {
            let who = if number % 2 == 0 { ANA } else { BOB };
            assert_eq!(begun(&company, who, &format!("k{number}"), 1, i64::from(number)), Begun::New);
        }
        let forget = |limit| company.engine.forget_requests(company.tenant, later(5), limit).unwrap();
        assert_eq!([forget(0), forget(2), forget(2), forget(2), forget(2)], [0, 2, 2, 1, 0]);
        assert_eq!(begun(&company, BOB, "k5", 1, 6), Begun::UnderWay, "it began at the moment, not before");
        assert_eq!(begun(&company, ANA, "k4", 9, 6), Begun::New);
    });
}

#[test]
fn neither_key_nor_answer_can_be_read_from_the_database_and_another_tenant_finds_nothing() {
    on_both(|url| {
        let mut company = Company1::new(url);
        assert_eq!(begun(&company, ANA, "maria@customer.example", 1, 0), Begun::New);
        finish(&company, "maria@customer.example", 1);
        let sql = "SELECT mark, body FROM requests";
        let rows = company.engine.db().read(Scope::Owner, |tx| tx.rows(sql, &[], |row| Ok((row.id(0)?, row.bytes(1)?))));
        let rows: Vec<([u8; 16], Vec<u8>)> = rows.map_err(|error: regua_store::StoreError| error.to_string()).unwrap();
        let [(_, body)] = rows.as_slice() else { panic!("{} rows", rows.len()) };
        assert!(!body.windows(5).any(|part| part == b"Maria"), "{body:?}");
        let other = company.engine.add_tenant("Other", later(2), &mut company.rng).unwrap();
        let key = "maria@customer.example";
        assert_eq!(company.engine.begin_request(other, ANA, key, &[1; 32], later(3)).unwrap(), Begun::New);
        assert!(!format!("{:?}", answered()).contains("Maria"));
    });
}
