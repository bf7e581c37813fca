//! Guessing is made slow, and keeps nobody out for good.

use std::sync::Barrier;

use regua_core::time::Instant;
use regua_engine::people::{Credentials, SignIn};

use crate::common::Counting;
use crate::house::{ANA, ANA_WORD, FROM, House, code, is_in, is_refused, later, now, on_houses};

const MINUTE: i64 = 60;

fn until(done: SignIn) -> Option<Instant> {
    match done {
        SignIn::Throttled { until } => Some(until),
        SignIn::Done(_) | SignIn::NeedsCode | SignIn::Refused => None,
    }
}

fn guess(house: &mut House, email: &str, at: Instant) -> Option<Instant> {
    until(house.try_in(email, "not the word at all", None, at))
}

#[test]
fn after_five_failures_the_wait_doubles_to_a_quarter_of_an_hour() {
    on_houses(|house| {
        // Whether or not anybody has the address, and however it is written.
        for (email, again) in [("ana.souza@nuvem.example", "ANA.Souza@nuvem.example "), ("nobody@nuvem.example", "Nobody@nuvem.example")] {
            let mut at = now();
            for _ in 0..5 {
                assert_eq!(guess(house, email, at), None);
            }
            for minutes in [1, 2, 4, 8, 15, 15] {
                let end = later(at, minutes * MINUTE);
                assert_eq!(guess(house, again, at), Some(end), "{minutes}");
                assert_eq!(guess(house, email, later(end, -1)), Some(end), "what is not looked at is not counted");
                at = end;
                assert_eq!(guess(house, email, at), None);
            }
        }
    });
}

#[test]
fn the_right_password_waits_too_and_clears_the_count() {
    on_houses(|house| {
        for _ in 0..5 {
            guess(house, ANA.email, now());
        }
        assert_eq!(until(house.try_in(ANA.email, ANA_WORD, None, now())), Some(later(now(), MINUTE)));
        let at = later(now(), MINUTE);
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, None, at)));
        for _ in 0..5 {
            assert_eq!(guess(house, ANA.email, at), None, "it counts from nothing again");
        }
        assert!(guess(house, ANA.email, at).is_some());
    });
}

#[test]
fn a_day_later_the_count_is_forgotten() {
    on_houses(|house| {
        for _ in 0..5 {
            guess(house, ANA.email, now());
        }
        let at = later(now(), 24 * 60 * MINUTE);
        for _ in 0..5 {
            assert_eq!(guess(house, ANA.email, at), None);
        }
    });
}

#[test]
fn counts_that_count_no_more_are_forgotten_a_few_at_a_time() {
    on_houses(|house| {
        for n in 0..5 {
            guess(house, &format!("nobody-{n}@nuvem.example"), now());
        }
        guess(house, ANA.email, later(now(), 60 * MINUTE));
        let day = 24 * 60 * MINUTE;
        let forget = |secs, limit| house.engine.forget_failed_sign_ins(house.tenant, later(now(), secs), limit).unwrap();
        assert_eq!(forget(2 * day, 100), 0);
        let swept: Vec<u64> = (0..4).map(|_| forget(2 * day + 1, 2)).collect();
        assert_eq!(swept, [2, 2, 1, 0], "what is younger stays");
        assert_eq!((forget(3 * day, -1), forget(3 * day, i64::MAX)), (0, 1));
    });
}

#[test]
fn another_machines_clock_locks_nobody_out_for_longer_than_a_quarter_of_an_hour() {
    on_houses(|house| {
        let ahead = later(now(), 40 * 24 * 60 * MINUTE);
        for _ in 0..5 {
            guess(house, ANA.email, ahead);
        }
        let end = later(now(), 15 * MINUTE);
        assert_eq!(until(house.try_in(ANA.email, ANA_WORD, None, now())), Some(end));
        assert_eq!(until(house.try_in(ANA.email, ANA_WORD, None, later(end, -1))), Some(end), "and the wait does not move");
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, None, end)));
    });
}

#[test]
fn many_guesses_at_once_are_no_way_around() {
    on_houses(|house| {
        let (engine, tenant, barrier) = (&house.engine, house.tenant, &Barrier::new(12));
        let looked_at = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..12)
                .map(|seed| {
                    scope.spawn(move || {
                        let typed = Credentials { email: ANA.email, password: "not the word at all", code: None };
                        barrier.wait();
                        let done = engine.sign_in(tenant, typed, FROM, now(), &mut Counting(seed)).unwrap();
                        is_refused(&done)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|refused| *refused).count()
        });
        assert_eq!(looked_at, 5);
    });
}

#[test]
fn guessing_codes_counts_and_asking_for_one_does_not() {
    on_houses(|house| {
        let ana = house.ana();
        let (secret, _) = house.second_factor(&ana, now());
        let at = later(now(), 10 * MINUTE);
        // Whoever has the password and no code is asked for one, as often as they like.
        for _ in 0..12 {
            assert!(matches!(house.try_in(ANA.email, ANA_WORD, None, at), SignIn::NeedsCode));
        }
        for place in 0..5 {
            assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, Some("000000"), at)), "{place}");
            if place < 4 {
                assert!(matches!(house.try_in(ANA.email, ANA_WORD, None, at), SignIn::NeedsCode), "which takes nothing back");
            }
        }
        let wait = later(at, MINUTE);
        assert_eq!(until(house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, at)), at)), Some(wait));
        assert_eq!(until(house.try_in(ANA.email, ANA_WORD, None, at)), Some(wait));
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, wait)), wait)));
    });
}
