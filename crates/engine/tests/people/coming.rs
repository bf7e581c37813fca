//! The first owner, invitations and resets.

use std::sync::Barrier;

use regua_core::ids::PersonId;
use regua_engine::people::{NewPerson, Role, Standing};
use regua_store::StoreError;
use regua_store::db::Scope;
use regua_store::people::persons::{self, PersonRow};

use crate::common::{Counting, at, on_both};
use crate::house::{ANA, ANA_WORD, BIA, BIA_WORD, CAIO, engine, is_in, is_refused, later, now, on_houses, refused};

const READER: Standing = Standing { role: Role::Reader, limit: None };
const HOUR: i64 = 3_600;

#[test]
fn the_first_owner_is_set_up_once() {
    on_houses(|house| {
        let (engine, tenant) = (&house.engine, house.tenant);
        assert!(!engine.wants_set_up(tenant).unwrap());
        assert_eq!(refused(engine.set_up(tenant, BIA, BIA_WORD, now(), &mut house.rng)), "set_up_before");
        let people = engine.people(tenant, None, 50).unwrap();
        let [ana] = people.as_slice() else { panic!("{people:?}") };
        assert_eq!((ana.person, ana.role, ana.limit), (house.ana, Role::Owner, None));
        assert_eq!((ana.email.as_str(), ana.name.as_str()), ("ana.souza@nuvem.example", "Ana Souza"));
        assert!(ana.has_password && !ana.second_factor && ana.disabled_at.is_none());
    });
}

#[test]
fn of_two_who_set_up_at_once_one_is_first() {
    on_both(|url| {
        let engine = engine(url);
        let tenant = engine.add_tenant("Nuvem", at("2026-01-01T00:00"), &mut Counting(1)).unwrap();
        let barrier = Barrier::new(2);
        let done: Vec<&str> = std::thread::scope(|scope| {
            let one = |new: NewPerson<'static>, seed| {
                let (engine, barrier) = (&engine, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    refused(engine.set_up(tenant, new, "a sentence of my own", now(), &mut Counting(seed)))
                })
            };
            let threads = [one(ANA, 2), one(BIA, 3)];
            threads.map(|thread| thread.join().unwrap()).into()
        });
        assert!(done.contains(&"done") && done.contains(&"set_up_before"), "{done:?}");
        assert_eq!(engine.people(tenant, None, 50).unwrap().len(), 1);
    });
}

#[test]
fn a_second_first_one_is_against_the_table() {
    on_houses(|house| {
        let row = |founder| PersonRow {
            person: PersonId::new(1, [1; 10]),
            email: BIA.email.to_owned(),
            name: BIA.name.to_owned(),
            role: "owner".to_owned(),
            limit_minor: None,
            founder,
            created_at: now(),
            disabled_at: None,
            password: None,
            totp: None,
            totp_at: None,
            totp_step: 0,
        };
        let add = |founder| house.engine.db().write(Scope::Tenant(house.tenant), |tx| persons::add(tx, house.tenant, &row(founder)));
        let error = add(true).unwrap_err();
        assert!(matches!(&error, StoreError::Unique { constraint } if constraint.contains("founder")), "{error:?}");
        assert_eq!(format!("{:?}", row(true)), format!("PersonRow {{ person: {}, role: \"owner\", .. }}", row(true).person));
        // Another who is not the first is not against it, and the log, which does not know them, says so.
        add(false).unwrap();
        assert_eq!(house.verdict().findings.len(), 1);
        let gone = "DELETE FROM people WHERE founder IS NULL";
        house.engine.db().write(Scope::Owner, |tx| tx.batch(gone)).unwrap();
    });
}

#[test]
fn nobody_is_set_up_with_a_bad_name_address_or_password_or_nowhere() {
    on_both(|url| {
        let engine = engine(url);
        let mut rng = Counting(1);
        let tenant = engine.add_tenant("Nuvem", at("2026-01-01T00:00"), &mut rng).unwrap();
        assert!(engine.wants_set_up(tenant).unwrap());
        let with = |name, email| NewPerson { name, email };
        for (new, password, expected) in [
            (with(" ", ANA.email), ANA_WORD, "bad_name"),
            (with("Ana\u{0}", ANA.email), ANA_WORD, "bad_name"),
            (with("Ana", "ana"), ANA_WORD, "bad_email"),
            (with("Ana", "ana@nuvem.example\u{0}"), ANA_WORD, "bad_email"),
            (ANA, "short", "password_length"),
            (ANA, "Password2026!", "password_common"),
            (ANA, "ana.souza@nuvem.example", "password_personal"),
        ] {
            assert_eq!(refused(engine.set_up(tenant, new, password, now(), &mut rng)), expected);
        }
        let other = regua_core::ids::TenantId::new(1, [9; 10]);
        assert_eq!(refused(engine.set_up(other, ANA, ANA_WORD, now(), &mut rng)), "no_tenant");
        assert!(engine.wants_set_up(tenant).unwrap());
    });
}

#[test]
fn an_invitation_is_good_once_and_for_three_days() {
    on_houses(|house| {
        let ana = house.ana();
        let (id, token) = house.engine.invite(&ana, BIA, READER, now(), &mut house.rng).unwrap();
        assert!(is_refused(&house.try_in(BIA.email, BIA_WORD, None, now())), "she has not accepted");
        assert_eq!(
            refused(house.engine.invite(&ana, NewPerson { email: "BIA@nuvem.example", ..CAIO }, READER, now(), &mut house.rng)),
            "email_taken"
        );
        assert_eq!(refused(house.engine.accept(token.expose(), "bia lima bia", now(), &mut house.rng)), "password_personal");
        let end = later(now(), 72 * HOUR);
        assert_eq!(refused(house.engine.accept(token.expose(), BIA_WORD, end, &mut house.rng)), "bad_token");
        assert_eq!(house.engine.accept(token.expose(), BIA_WORD, later(end, -1), &mut house.rng).unwrap(), id);
        assert_eq!(refused(house.engine.accept(token.expose(), BIA_WORD, now(), &mut house.rng)), "bad_token");
        let bia = house.sign_in("  Bia@NUVEM.example ", BIA_WORD, end).caller;
        assert_eq!((bia.role, bia.person()), (Some(Role::Reader), Some(id)));
        assert_eq!(refused(house.engine.invite_again(&ana, id, now(), &mut house.rng)), "accepted_before");
    });
}

#[test]
fn another_invitation_or_reset_ends_the_one_before() {
    on_houses(|house| {
        let ana = house.ana();
        let (id, first) = house.engine.invite(&ana, BIA, READER, now(), &mut house.rng).unwrap();
        let second = house.engine.invite_again(&ana, id, now(), &mut house.rng).unwrap();
        assert_eq!(refused(house.engine.accept(first.expose(), BIA_WORD, now(), &mut house.rng)), "bad_token");
        let third = house.engine.issue_reset(house.tenant, None, id, now(), &mut house.rng).unwrap();
        assert_eq!(refused(house.engine.accept(second.expose(), BIA_WORD, now(), &mut house.rng)), "bad_token");
        assert_eq!(refused(house.engine.accept(third.expose(), BIA_WORD, later(now(), HOUR), &mut house.rng)), "bad_token");
        house.engine.accept(third.expose(), BIA_WORD, later(now(), HOUR - 1), &mut house.rng).unwrap();
    });
}

#[test]
fn a_reset_ends_all_sessions_and_lets_in_who_was_locked_out() {
    on_houses(|house| {
        let old = house.sign_in(ANA.email, ANA_WORD, now());
        for _ in 0..5 {
            house.try_in(ANA.email, "not the word at all", None, now());
        }
        let token = house.engine.issue_reset(house.tenant, None, house.ana, now(), &mut house.rng).unwrap();
        house.engine.accept(token.expose(), BIA_WORD, now(), &mut house.rng).unwrap();
        assert!(house.engine.session(old.token.expose(), now()).unwrap().is_none());
        assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, None, now())));
        assert!(is_in(&house.try_in(ANA.email, BIA_WORD, None, now())));
    });
}

#[test]
fn of_two_who_use_one_invitation_at_once_one_has_used_it() {
    on_houses(|house| {
        let ana = house.ana();
        let (_, token) = house.engine.invite(&ana, BIA, READER, now(), &mut house.rng).unwrap();
        let (engine, token, barrier) = (&house.engine, token.expose(), &Barrier::new(2));
        let words = ["the first of two sentences", "the second of two sentences"];
        let done: Vec<&str> = std::thread::scope(|scope| {
            let threads: Vec<_> = words
                .iter()
                .zip(2..)
                .map(|(word, seed)| {
                    scope.spawn(move || {
                        barrier.wait();
                        refused(engine.accept(token, word, now(), &mut Counting(seed)))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(done.contains(&"done") && done.contains(&"bad_token"), "{done:?}");
        let won = words[done.iter().position(|done| *done == "done").unwrap()];
        assert!(is_in(&house.try_in(BIA.email, won, None, now())));
    });
}

#[test]
fn no_token_of_another_sort_or_company_is_taken() {
    on_houses(|house| {
        let session = house.sign_in(ANA.email, ANA_WORD, now()).token;
        let token = house.engine.issue_reset(house.tenant, None, house.ana, now(), &mut house.rng).unwrap();
        let other = house.engine.add_tenant("Outra", now(), &mut house.rng).unwrap();
        let digits: String = other.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let moved = format!("rt_{digits}{}", &token.expose()[35..]);
        for bad in [session.expose(), &moved, "", "rt_", &token.expose().replace("rt_", "rs_")] {
            assert_eq!(refused(house.engine.accept(bad, BIA_WORD, now(), &mut house.rng)), "bad_token", "{bad}");
        }
        assert_eq!(refused(house.engine.issue_reset(other, None, house.ana, now(), &mut house.rng)), "no_person");
    });
}
