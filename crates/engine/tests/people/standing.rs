//! Who may change whom.

use std::sync::Barrier;

use regua_core::ids::PersonId;
use regua_engine::Kind;
use regua_engine::people::{Caller, Change, External, Limit, Role, Scope, SignIn, Standing};

use crate::house::{ANA, ANA_WORD, BIA, BIA_WORD, CAIO, FROM, House, is_in, is_refused, now, on_houses, refused};

fn to_role(role: Role) -> Change<'static> {
    Change { role: Some(role), ..Change::default() }
}

fn id(caller: &Caller) -> PersonId {
    caller.person().unwrap()
}

#[test]
fn an_owner_changes_others_and_each_their_own_name() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Reader, None);
        let (ana, engine) = (house.ana(), &house.engine);
        let change = Change { name: Some(" Bia L. "), role: Some(Role::Collector), limit: Some(Limit::new(50_000)) };
        let changed = engine.change_person(&ana, id(&bia), change, now()).unwrap();
        assert_eq!((changed.name.as_str(), changed.role, changed.limit), ("Bia L.", Role::Collector, Limit::new(50_000)));
        // What she may is looked up each time.
        let bia = house.sign_in(BIA.email, BIA_WORD, now()).caller;
        assert!(bia.allows(Scope::MoneyAct) && bia.may(50_000) && bia.may(-50_000) && !bia.may(50_001));
        let engine = &house.engine;
        let own = Change { name: Some("Beatriz"), ..Change::default() };
        assert_eq!(engine.change_person(&bia, id(&bia), own, now()).unwrap().name, "Beatriz");
        assert_eq!(refused(engine.change_person(&bia, id(&ana), own, now())), "not_allowed");
        assert_eq!(refused(engine.change_person(&ana, id(&ana), to_role(Role::Manager), now())), "own_standing");
        let unlimited = Change { limit: Some(None), ..Change::default() };
        assert_eq!(refused(engine.change_person(&bia, id(&bia), unlimited, now())), "own_standing");
        assert_eq!(refused(engine.disable_person(&ana, id(&ana), now())), "own_standing");
        let nobody = PersonId::new(1, [1; 10]);
        assert_eq!(engine.change_person(&ana, nobody, own, now()).unwrap_err().kind, Kind::NotFound);
    });
}

#[test]
fn who_is_no_owner_invites_resets_and_disables_nobody() {
    on_houses(|house| {
        let manager = house.somebody(BIA, Role::Manager, None);
        let (ana, engine, rng) = (house.ana, &house.engine, &mut house.rng);
        let standing = Standing { role: Role::Reader, limit: None };
        assert_eq!(refused(engine.invite(&manager, CAIO, standing, now(), rng)), "not_allowed");
        assert_eq!(refused(engine.issue_reset(house.tenant, Some(&manager), ana, now(), rng)), "not_allowed");
        assert_eq!(refused(engine.disable_person(&manager, ana, now())), "not_allowed");
        assert_eq!(refused(engine.end_sessions(&manager, ana, None, now())), "not_allowed");
        assert_eq!(refused(engine.drop_second_factor(house.tenant, Some(&manager), ana, now())), "not_allowed");
        assert_eq!(refused(engine.unlink_identity(&manager, ana, "https://id.example", now())), "not_allowed");
    });
}

#[test]
fn nobody_gives_more_than_they_have() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Owner, Some(1_000));
        let (engine, rng) = (&house.engine, &mut house.rng);
        let standing = |role, limit| Standing { role, limit };
        assert_eq!(refused(engine.invite(&bia, CAIO, standing(Role::Collector, None), now(), rng)), "above_oneself");
        assert_eq!(refused(engine.invite(&bia, CAIO, standing(Role::Collector, Limit::new(1_001)), now(), rng)), "above_oneself");
        let (caio, _) = engine.invite(&bia, CAIO, standing(Role::Collector, Limit::new(1_000)), now(), rng).unwrap();
        let more = Change { limit: Some(None), ..Change::default() };
        assert_eq!(refused(engine.change_person(&bia, caio, more, now())), "above_oneself");
        let ana = house.ana();
        house.engine.change_person(&ana, caio, more, now()).unwrap();
    });
}

#[test]
fn a_disabled_person_is_out_at_once_and_comes_back_as_they_were() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Collector, None);
        let session = house.sign_in(BIA.email, BIA_WORD, now()).token;
        let ana = house.ana();
        let reset = house.engine.issue_reset(house.tenant, Some(&ana), id(&bia), now(), &mut house.rng).unwrap();
        assert!(house.engine.disable_person(&ana, id(&bia), now()).unwrap());
        assert!(!house.engine.disable_person(&ana, id(&bia), now()).unwrap());
        assert!(house.engine.session(session.expose(), now()).unwrap().is_none());
        assert_eq!(refused(house.engine.accept(reset.expose(), ANA_WORD, now(), &mut house.rng)), "bad_token");
        assert_eq!(refused(house.engine.issue_reset(house.tenant, None, id(&bia), now(), &mut house.rng)), "disabled");
        assert!(is_refused(&house.try_in(BIA.email, BIA_WORD, None, now())));
        // A caller that was looked up before is looked up again.
        let own = Change { name: Some("Beatriz"), ..Change::default() };
        assert_eq!(refused(house.engine.change_person(&bia, id(&bia), own, now())), "not_allowed");
        assert!(house.engine.enable_person(&ana, id(&bia), now()).unwrap());
        assert!(!house.engine.enable_person(&ana, id(&bia), now()).unwrap());
        assert!(house.engine.session(session.expose(), now()).unwrap().is_none(), "what ended has ended");
        assert!(is_in(&house.try_in(BIA.email, BIA_WORD, None, now())));
    });
}

#[test]
fn there_is_always_an_owner_who_can_sign_in() {
    on_houses(|house| {
        let ana = house.ana();
        let owner = Standing { role: Role::Owner, limit: None };
        // Bia was invited and has not come: she does not count.
        let (bia, token) = house.engine.invite(&ana, BIA, owner, now(), &mut house.rng).unwrap();
        let caio = house.somebody(CAIO, Role::Owner, None);
        assert!(house.engine.disable_person(&caio, house.ana, now()).unwrap());
        assert_eq!(refused(house.engine.disable_person(&caio, id(&caio), now())), "own_standing");
        house.engine.accept(token.expose(), BIA_WORD, now(), &mut house.rng).unwrap();
        let bia_in = house.sign_in(BIA.email, BIA_WORD, now()).caller;
        house.engine.change_person(&bia_in, id(&caio), to_role(Role::Manager), now()).unwrap();
        // Bia is the last one: a key of hers, which is not herself, cannot end that either.
        assert_eq!(refused(house.engine.disable_person(&caio, bia, now())), "not_allowed");
        assert!(house.engine.enable_person(&bia_in, house.ana, now()).unwrap());
        let ana = house.ana();
        house.engine.change_person(&ana, bia, to_role(Role::Reader), now()).unwrap();
    });
}

#[test]
fn an_owner_whom_only_an_issuer_knows_is_not_unlinked_as_the_last_one() {
    on_houses(|house| {
        let ana = house.ana();
        let owner = Standing { role: Role::Owner, limit: None };
        let (bia, _) = house.engine.invite(&ana, BIA, owner, now(), &mut house.rng).unwrap();
        let word = External { issuer: "https://id.example", subject: "b", email_verified: Some(BIA.email) };
        let SignIn::Done(done) = house.engine.sign_in_external(house.tenant, word, FROM, now(), &mut house.rng).unwrap() else { panic!() };
        assert!(house.engine.disable_person(&done.caller, house.ana, now()).unwrap());
        assert_eq!(refused(house.engine.unlink_identity(&done.caller, bia, word.issuer, now())), "last_owner");
    });
}

/// Two owners, each about to end the other's.
fn at_once(house: &mut House, end: impl Fn(&House, &Caller, PersonId) -> &'static str + Sync) -> Vec<&'static str> {
    let bia = house.somebody(BIA, Role::Owner, None);
    let ana = house.ana();
    let (house, end, barrier) = (&*house, &end, &Barrier::new(2));
    std::thread::scope(|scope| {
        let pairs = [(ana.clone(), id(&bia)), (bia.clone(), id(&ana))];
        let threads = pairs.map(|(by, of)| {
            scope.spawn(move || {
                barrier.wait();
                end(house, &by, of)
            })
        });
        threads.map(|thread| thread.join().unwrap()).into()
    })
}

#[test]
fn two_last_owners_who_demote_each_other_leave_one() {
    on_houses(|house| {
        let done = at_once(house, |house, by, of| refused(house.engine.change_person(by, of, to_role(Role::Reader), now())));
        assert!(done.contains(&"done") && done.contains(&"not_allowed"), "{done:?}");
        let owners = house.engine.people(house.tenant, None, 50).unwrap();
        assert_eq!(owners.iter().filter(|person| person.role == Role::Owner).count(), 1);
    });
}

#[test]
fn two_last_owners_who_disable_each_other_leave_one() {
    on_houses(|house| {
        let done = at_once(house, |house, by, of| refused(house.engine.disable_person(by, of, now())));
        assert!(done.contains(&"done") && done.contains(&"not_allowed"), "{done:?}");
        let people = house.engine.people(house.tenant, None, 50).unwrap();
        assert_eq!(people.iter().filter(|person| person.disabled_at.is_none()).count(), 1);
    });
}

#[test]
fn people_are_listed_page_by_page_and_shown_one_by_one() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Analyst, None);
        let ana = house.ana();
        let standing = Standing { role: Role::Reader, limit: Limit::new(0) };
        let (caio, _) = house.engine.invite(&ana, CAIO, standing, now(), &mut house.rng).unwrap();
        let mut listed = Vec::new();
        while let [one] = house.engine.people(house.tenant, listed.last().copied(), 1).unwrap().as_slice() {
            listed.push(one.person);
        }
        let mut expected = vec![house.ana, id(&bia), caio];
        expected.sort_unstable();
        assert_eq!(listed, expected);
        let shown = house.engine.person(house.tenant, caio).unwrap();
        assert_eq!((shown.has_password, shown.limit, shown.token_until.is_some()), (false, Limit::new(0), true));
        assert_eq!(format!("{shown:?}"), format!("Person {{ person: {caio}, role: Reader, .. }}"));
        assert_eq!(format!("{ANA:?}"), "NewPerson(…)");
    });
}
