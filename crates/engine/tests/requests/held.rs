//! Acts that wait for a second person.

use std::sync::Barrier;

use regua_core::ids::{ActId, KeyId, PersonId};
use regua_core::time::Instant;
use regua_engine::people::{Caller, Limit, Role, Scopes, Who};
use regua_engine::replay::verify;
use regua_engine::requests::{HeldAct, HeldState, WAITING_MAX};
use regua_store::db::Scope;

use crate::common::{Company1, at, brl, on_both};

const REQUEST: &[u8] = br#"{"path":["cus_maria"]}"#;

fn later(hours: i64) -> Instant {
    at("2026-03-02T09:00").plus_hours(hours)
}

fn minutes(count: i64) -> Instant {
    Instant::from_micros(later(0).micros() + count * 60_000_000)
}

fn caller(company: &Company1, who: Who, limit: Option<i64>) -> Caller {
    let limit = limit.map(|minor| Limit::new(minor).unwrap());
    let name = if matches!(who, Who::Person(_)) { "Ana" } else { "Shop" }.to_owned();
    Caller { tenant: company.tenant, who, name, role: Some(Role::Manager), scopes: Scopes::ALL, limit, csrf: None, session: None }
}

fn person(company: &Company1, seed: u8, limit: Option<i64>) -> Caller {
    caller(company, Who::Person(PersonId::new(1_700_000_000_000, [seed; 10])), limit)
}

fn key(company: &Company1) -> Caller {
    caller(company, Who::Key(KeyId::new(1_700_000_000_000, [9; 10])), Some(0))
}

fn hold(company: &mut Company1, by: &Caller, minor: i64, now: Instant) -> regua_engine::Result<ActId> {
    let Company1 { engine, tenant, rng } = company;
    engine.hold_act(*tenant, by, "make_refund", brl(minor), REQUEST, Some("double payment"), now, rng)
}

/// Every step in the tenant's chain, as its text.
fn steps(company: &Company1) -> Vec<String> {
    let sql = "SELECT payload FROM events WHERE kind = 'held_act' ORDER BY seq";
    let rows = company.engine.db().read(Scope::Owner, |tx| tx.rows(sql, &[], |row| row.text(0)));
    rows.map_err(|error: regua_store::StoreError| error.to_string()).unwrap()
}

fn states(company: &Company1) -> Vec<String> {
    let state = |text: &String| serde_json::from_str::<serde_json::Value>(text).unwrap()["state"].as_str().unwrap().to_owned();
    steps(company).iter().map(state).collect()
}

fn verified(company: &Company1) {
    let scratch = tempfile::tempdir().unwrap();
    let verdict = verify(&company.engine, company.tenant, scratch.path(), &mut |_, _| {}).unwrap();
    assert!(verdict.is_clean(), "{:?}", verdict.findings.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn an_act_waits_is_approved_by_another_and_is_done_once() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (ana, bob) = (person(&company, 1, Some(5_000)), person(&company, 2, Some(50_000)));
        let id = hold(&mut company, &ana, 20_000, later(0)).unwrap();
        let (engine, tenant) = (&company.engine, company.tenant);
        let waits = engine.held_act(tenant, id).unwrap();
        let said = (waits.by.as_str(), waits.reason.as_deref(), waits.stake, waits.state, waits.request.as_slice());
        assert_eq!(said, ("Ana", Some("double payment"), brl(20_000), HeldState::Waiting, REQUEST));
        assert_eq!((waits.expires_at, waits.decided_by, waits.answer), (later(7 * 24), None, None));

        let running = engine.approve_act(tenant, id, &bob, later(1)).unwrap();
        assert_eq!((running.state, running.decided_at, running.request.as_slice()), (HeldState::Running, Some(later(1)), REQUEST));
        let again = engine.approve_act(tenant, id, &bob, later(1)).unwrap_err();
        assert_eq!(again.code, "held_act_decided");
        engine.finish_act(tenant, id, 200, b"{\"refund\":1}", later(2)).unwrap();
        assert_eq!(engine.finish_act(tenant, id, 200, b"", later(2)).unwrap_err().code, "held_act_not_running");
        let done = engine.held_act(tenant, id).unwrap();
        assert_eq!((done.state, done.answer), (HeldState::Done, Some((200, b"{\"refund\":1}".to_vec()))));
        assert_eq!(states(&company), ["waiting", "running", "done"]);
        let told = steps(&company).concat();
        for words in ["Ana", "double payment", "cus_maria", "refund\":1"] {
            assert!(!told.contains(words), "{words}: {told}");
        }
        verified(&company);
    });
}

#[test]
fn whoever_asked_a_key_and_who_may_decide_less_cannot_approve() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (ana, low, exact) = (person(&company, 1, None), person(&company, 2, Some(19_999)), person(&company, 3, Some(20_000)));
        let shop = key(&company);
        let id = hold(&mut company, &ana, 20_000, later(0)).unwrap();
        let of_key = hold(&mut company, &shop, 20_000, later(0)).unwrap();
        let (engine, tenant) = (&company.engine, company.tenant);
        for (who, code) in [(&ana, "own_act"), (&shop, "needs_person"), (&low, "beyond_limit")] {
            assert_eq!(engine.approve_act(tenant, id, who, later(1)).unwrap_err().code, code);
        }
        assert_eq!(engine.approve_act(tenant, of_key, &shop, later(1)).unwrap_err().code, "needs_person");
        assert_eq!(engine.approve_act(tenant, id, &exact, later(1)).unwrap().state, HeldState::Running);
        assert_eq!(engine.approve_act(tenant, of_key, &ana, later(1)).unwrap().state, HeldState::Running, "any person, for a key");
        let nobody = ActId::new(1_700_000_000_000, [8; 10]);
        assert_eq!(engine.approve_act(tenant, nobody, &ana, later(1)).unwrap_err().code, "no_held_act");
        assert_eq!(states(&company), ["waiting", "waiting", "running", "running"], "what was refused left nothing");
    });
}

#[test]
fn of_two_who_approve_at_once_one_does() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let asker = key(&company);
        for round in 0..5 {
            let id = hold(&mut company, &asker, 100, later(round)).unwrap();
            let people = [person(&company, 1, None), person(&company, 2, None), person(&company, 3, None)];
            let barrier = Barrier::new(people.len());
            let company = &company;
            let done: Vec<bool> = std::thread::scope(|threads| {
                let each = people.iter().map(|who| {
                    let barrier = &barrier;
                    threads.spawn(move || {
                        barrier.wait();
                        company.engine.approve_act(company.tenant, id, who, later(round)).is_ok()
                    })
                });
                let each: Vec<_> = each.collect();
                each.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
        }
        assert_eq!(states(&company).len(), 10);
        verified(&company);
    });
}

#[test]
fn an_act_that_was_refused_stays_refused_and_the_asker_may_take_it_back() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (ana, bob) = (person(&company, 1, Some(0)), person(&company, 2, None));
        let (refused, back) = (hold(&mut company, &ana, 1, later(0)).unwrap(), hold(&mut company, &ana, 2, later(0)).unwrap());
        let (engine, tenant) = (&company.engine, company.tenant);
        engine.refuse_act(tenant, refused, &bob, Some("not ours"), later(1)).unwrap();
        engine.refuse_act(tenant, back, &ana, None, later(1)).unwrap();
        let act = engine.held_act(tenant, refused).unwrap();
        assert_eq!((act.state, act.refused_because.as_deref(), act.decided_at), (HeldState::Refused, Some("not ours"), Some(later(1))));
        assert_eq!(engine.approve_act(tenant, refused, &bob, later(2)).unwrap_err().code, "held_act_decided");
        assert_eq!(engine.refuse_act(tenant, refused, &bob, None, later(2)).unwrap_err().code, "held_act_decided");
        assert_eq!(engine.finish_act(tenant, refused, 200, b"", later(2)).unwrap_err().code, "held_act_not_running");
        assert_eq!(states(&company), ["waiting", "waiting", "refused", "refused"]);
    });
}

#[test]
fn nobody_approves_after_a_week() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (ana, bob) = (person(&company, 1, Some(0)), person(&company, 2, None));
        let (found, swept) = (hold(&mut company, &ana, 1, later(0)).unwrap(), hold(&mut company, &ana, 2, later(0)).unwrap());
        let fresh = hold(&mut company, &ana, 3, later(1)).unwrap();
        let (engine, tenant) = (&company.engine, company.tenant);
        let week = later(7 * 24);
        assert_eq!(engine.expire_acts(tenant, Instant::from_micros(week.micros() - 1), 10).unwrap(), 0);
        assert_eq!(engine.approve_act(tenant, found, &bob, week).unwrap_err().code, "held_act_decided");
        assert_eq!(engine.held_act(tenant, found).unwrap().state, HeldState::Expired);
        assert_eq!([engine.expire_acts(tenant, week, 10).unwrap(), engine.expire_acts(tenant, week, 10).unwrap()], [1, 0]);
        let expired: Vec<ActId> = engine.held_acts(tenant, Some(HeldState::Expired), None, 10).unwrap().iter().map(|act| act.id).collect();
        assert_eq!(expired, [found.max(swept), found.min(swept)]);
        assert_eq!(engine.approve_act(tenant, fresh, &bob, week).unwrap().state, HeldState::Running);
        verified(&company);
    });
}

#[test]
fn one_that_runs_for_long_is_shown_so_and_never_runs_again() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (ana, bob) = (person(&company, 1, Some(0)), person(&company, 2, None));
        let id = hold(&mut company, &ana, 1, minutes(0)).unwrap();
        let (engine, tenant) = (&company.engine, company.tenant);
        engine.approve_act(tenant, id, &bob, minutes(1)).unwrap();
        let act = engine.held_act(tenant, id).unwrap();
        assert_eq!((act.state, act.is_unknown(minutes(11)), act.is_unknown(minutes(12))), (HeldState::Running, false, true));
        assert_eq!(engine.approve_act(tenant, id, &bob, later(24)).unwrap_err().code, "held_act_decided");
        assert_eq!(engine.expire_acts(tenant, later(30 * 24), 10).unwrap(), 0, "it does not wait");
        assert_eq!(engine.forget_held_acts(tenant, later(300 * 24), 10).unwrap(), 0, "nor is it over");
    });
}

#[test]
fn no_more_than_a_thousand_wait() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let ana = person(&company, 1, Some(0));
        for _ in 0..WAITING_MAX {
            hold(&mut company, &ana, 1, later(0)).unwrap();
        }
        assert_eq!(hold(&mut company, &ana, 1, later(1)).unwrap_err().code, "many_held_acts");
        // What nobody decided over in time makes room.
        hold(&mut company, &ana, 1, later(7 * 24)).unwrap();
        let long = vec![b'x'; (1 << 20) + 1];
        let Company1 { engine, tenant, rng } = &mut company;
        let refused = engine.hold_act(*tenant, &ana, "op", brl(1), &long, None, later(1), rng).unwrap_err();
        assert_eq!(refused.code, "held_act_long");
    });
}

#[test]
fn acts_are_listed_newest_first_in_pages_and_forgotten_when_they_are_long_over() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (ana, bob) = (person(&company, 1, Some(0)), person(&company, 2, None));
        let ids: Vec<ActId> = (0..5).map(|hour| hold(&mut company, &ana, hour, later(hour)).unwrap()).collect();
        let (engine, tenant) = (&company.engine, company.tenant);
        let list = |state, before: Option<ActId>, limit| -> Vec<ActId> {
            let acts: Vec<HeldAct> = engine.held_acts(tenant, state, before.map(ActId::to_bytes), limit).unwrap();
            acts.iter().map(|act| act.id).collect()
        };
        assert_eq!(list(None, None, 2), [ids[4], ids[3]]);
        assert_eq!(list(None, Some(ids[3]), 10), [ids[2], ids[1], ids[0]]);
        engine.refuse_act(tenant, ids[1], &bob, None, later(6)).unwrap();
        engine.refuse_act(tenant, ids[2], &bob, None, later(7)).unwrap();
        assert_eq!(list(Some(HeldState::Waiting), None, 10), [ids[4], ids[3], ids[0]]);
        assert_eq!(list(Some(HeldState::Refused), Some(ids[2]), 10), [ids[1]]);
        assert_eq!(
            [engine.forget_held_acts(tenant, later(7), 10).unwrap(), engine.forget_held_acts(tenant, later(7), 10).unwrap()],
            [1, 0]
        );
        assert_eq!(engine.held_act(tenant, ids[1]).unwrap_err().code, "no_held_act");
        verified(&company);
    });
}

#[test]
fn what_was_asked_cannot_be_read_from_the_database() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let ana = person(&company, 1, Some(0));
        let id = hold(&mut company, &ana, 1, later(0)).unwrap();
        let sql = "SELECT asked, request FROM held_acts";
        let rows = company.engine.db().read(Scope::Owner, |tx| tx.rows(sql, &[], |row| Ok([row.bytes(0)?, row.bytes(1)?].concat())));
        let bytes = rows.map_err(|error: regua_store::StoreError| error.to_string()).unwrap().concat();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("Ana") && !text.contains("double") && !text.contains("maria"), "{text}");
        let shown = format!("{:?}", company.engine.held_act(company.tenant, id).unwrap());
        assert!(!shown.contains("Ana") && !shown.contains("double") && !shown.contains("maria"), "{shown}");
    });
}
