//! Keys of programs.

use regua_engine::people::{Caller, Change, Limit, NewKey, Role, Scope, Scopes, Standing};
use regua_store::db::Scope as Rows;

use crate::house::{ANA, ANA_WORD, BIA, CAIO, House, later, now, on_houses, refused};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const READS: Scopes = Scopes::of(&[Scope::CustomersRead, Scope::MoneyRead]);

fn new(scopes: Scopes) -> NewKey<'static> {
    NewKey { name: "ERP", scopes, limit: None, expires_at: None }
}

fn found(house: &House, secret: &str, secs: i64) -> Option<Caller> {
    house.engine.key(secret, later(now(), secs)).unwrap()
}

#[test]
fn a_key_is_shown_once_and_may_what_it_was_made_for() {
    on_houses(|house| {
        let ana = house.ana();
        let new = NewKey { limit: Limit::new(10_000), expires_at: Some(later(now(), DAY)), ..new(READS) };
        let made = house.engine.create_key(&ana, new, now(), &mut house.rng).unwrap();
        let caller = found(house, made.secret.expose(), 0).unwrap();
        assert_eq!((caller.tenant, caller.name.as_str(), caller.role, caller.scopes), (house.tenant, "ERP", None, READS));
        assert_eq!((caller.limit, caller.csrf, caller.session, caller.person()), (Limit::new(10_000), None, None, None));
        assert!(caller.may(10_000) && !caller.may(10_001) && !caller.is_owner());
        assert_eq!(caller.act(Some("sync")).by, format!("ERP ({})", made.key));
        assert!(found(house, made.secret.expose(), DAY - 1).is_some());
        assert!(found(house, made.secret.expose(), DAY).is_none());
        let listed = house.engine.keys(house.tenant, None, 50, now()).unwrap();
        let [key] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((key.key, key.name.as_str(), key.scopes, key.now, key.person), (made.key, "ERP", READS, READS, house.ana));
        assert_eq!(&house.engine.key_view(house.tenant, made.key, now()).unwrap(), key);
        let nobodys = regua_core::ids::KeyId::new(1, [1; 10]);
        assert_eq!(refused(house.engine.key_view(house.tenant, nobodys, now())), "no_key");
        let secret = made.secret.expose();
        assert!(secret.starts_with(&key.prefix) && secret.len() == key.prefix.len() + 64);
        let hidden = &secret[key.prefix.len()..];
        assert!(!format!("{made:?} {listed:?} {caller:?}").contains(hidden));
        let sql = "SELECT hash FROM api_keys WHERE tenant = $1";
        let stored = house.engine.db().read(Rows::Owner, |tx| tx.one(sql, &[house.tenant.into()], |row| row.bytes(0))).unwrap().unwrap();
        let hex: String = stored.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hex.len() == 64 && hex != hidden);
    });
}

#[test]
fn a_key_that_opens_nothing_has_ended_or_is_above_its_maker_is_not_made() {
    on_houses(|house| {
        let manager = house.somebody(BIA, Role::Manager, Some(500));
        let ana = house.ana();
        let (engine, rng) = (&house.engine, &mut house.rng);
        assert_eq!(refused(engine.create_key(&ana, new(Scopes::NONE), now(), rng)), "no_scopes");
        assert_eq!(refused(engine.create_key(&ana, NewKey { name: "", ..new(READS) }, now(), rng)), "bad_name");
        assert_eq!(refused(engine.create_key(&ana, NewKey { expires_at: Some(now()), ..new(READS) }, now(), rng)), "expired");
        let limited = |limit| NewKey { limit, ..new(READS) };
        assert_eq!(refused(engine.create_key(&manager, limited(None), now(), rng)), "above_oneself");
        assert_eq!(refused(engine.create_key(&manager, limited(Limit::new(501)), now(), rng)), "above_oneself");
        for scope in [Scope::SettingsAct, Scope::PersonalErase] {
            let new = NewKey { scopes: READS.and(Scopes::of(&[scope])), ..limited(Limit::new(500)) };
            assert_eq!(refused(engine.create_key(&manager, new, now(), rng)), "above_oneself");
        }
        let people = NewKey { scopes: Scopes::of(&[Scope::PeopleAct]), ..limited(Limit::new(500)) };
        assert_eq!(refused(engine.create_key(&manager, people, now(), rng)), "owners_only");
        engine.create_key(&manager, limited(Limit::new(500)), now(), rng).unwrap();
        // A program makes no keys, whatever it may.
        let all = engine.create_key(&ana, new(Scopes::ALL), now(), rng).unwrap();
        let program = engine.key(all.secret.expose(), now()).unwrap().unwrap();
        assert_eq!(refused(engine.create_key(&program, new(READS), now(), rng)), "keys_make_no_keys");
        assert_eq!(refused(engine.rotate_key(&program, all.key, 0, now(), rng)), "keys_make_no_keys");
        assert_eq!(refused(engine.enrol_second_factor(&program, now(), rng)), "not_allowed");
    });
}

#[test]
fn a_program_that_may_change_people_makes_and_touches_no_owner() {
    on_houses(|house| {
        let ana = house.ana();
        let (engine, rng) = (&house.engine, &mut house.rng);
        let made = engine.create_key(&ana, new(Role::Reader.scopes().and(Scopes::of(&[Scope::PeopleAct]))), now(), rng).unwrap();
        let program = engine.key(made.secret.expose(), now()).unwrap().unwrap();
        let standing = |role| Standing { role, limit: None };
        assert_eq!(refused(engine.invite(&program, BIA, standing(Role::Owner), now(), rng)), "owners_make_owners");
        assert_eq!(refused(engine.invite(&program, BIA, standing(Role::Collector), now(), rng)), "above_oneself");
        assert_eq!(refused(engine.disable_person(&program, house.ana, now())), "above_oneself");
        assert_eq!(refused(engine.issue_reset(house.tenant, Some(&program), house.ana, now(), rng)), "above_oneself");
        let (bia, _) = engine.invite(&program, BIA, standing(Role::Reader), now(), rng).unwrap();
        let more = Change { role: Some(Role::Analyst), ..Change::default() };
        assert_eq!(refused(engine.change_person(&program, bia, more, now())), "above_oneself");
        let (caio, _) = engine.invite(&ana, CAIO, standing(Role::Manager), now(), rng).unwrap();
        assert_eq!(refused(engine.disable_person(&program, caio, now())), "above_oneself");
        assert!(engine.disable_person(&program, bia, now()).unwrap());
    });
}

#[test]
fn a_key_shrinks_with_its_maker_and_sleeps_while_they_are_out() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Manager, None);
        let ana = house.ana();
        let id = bia.person().unwrap();
        let scopes = READS.and(Scopes::of(&[Scope::PolicyAct]));
        let made = house.engine.create_key(&bia, new(scopes), now(), &mut house.rng).unwrap();
        let secret = made.secret.expose();
        assert_eq!(found(house, secret, 0).unwrap().scopes, scopes);
        let less = Change { role: Some(Role::Reader), limit: Some(Limit::new(7)), ..Change::default() };
        house.engine.change_person(&ana, id, less, now()).unwrap();
        let caller = found(house, secret, 0).unwrap();
        assert_eq!((caller.scopes, caller.limit), (READS, Limit::new(7)));
        house.engine.disable_person(&ana, id, now()).unwrap();
        assert!(found(house, secret, 0).is_none());
        let view = |house: &House| house.engine.keys(house.tenant, None, 1, now()).unwrap()[0].clone();
        assert_eq!((view(house).scopes, view(house).now), (scopes, Scopes::NONE));
        house.engine.enable_person(&ana, id, now()).unwrap();
        assert_eq!(found(house, secret, 0).unwrap().scopes, READS);
        // Whoever rotates it answers for it.
        let fresh = house.engine.rotate_key(&ana, made.key, 0, now(), &mut house.rng).unwrap();
        house.engine.disable_person(&ana, id, now()).unwrap();
        assert!(found(house, secret, 0).is_none());
        assert_eq!(found(house, fresh.secret.expose(), 0).unwrap().scopes, scopes);
        assert_eq!(view(house).person, house.ana);
    });
}

#[test]
fn a_rotated_key_has_two_secrets_as_long_as_it_was_said() {
    on_houses(|house| {
        let ana = house.ana();
        let first = house.engine.create_key(&ana, new(READS), now(), &mut house.rng).unwrap();
        let rotate = |house: &mut House, secs| house.engine.rotate_key(&ana, first.key, secs, now(), &mut house.rng);
        assert_eq!(refused(rotate(house, 7 * DAY + 1)), "bad_overlap");
        assert_eq!(refused(rotate(house, -1)), "bad_overlap");
        let second = rotate(house, 7 * DAY).unwrap();
        assert!(found(house, first.secret.expose(), 7 * DAY - 1).is_some());
        assert!(found(house, first.secret.expose(), 7 * DAY).is_none());
        assert!(found(house, second.secret.expose(), 7 * DAY).is_some());
        let third = rotate(house, DAY).unwrap();
        assert!(found(house, first.secret.expose(), 0).is_none(), "two at a time");
        assert!(found(house, second.secret.expose(), 0).is_some());
        let fourth = rotate(house, 0).unwrap();
        for gone in [&first, &second, &third] {
            assert!(found(house, gone.secret.expose(), 0).is_none());
        }
        assert!(found(house, fourth.secret.expose(), 0).is_some());
        assert!(house.engine.revoke_key(&ana, first.key, now()).unwrap());
        assert!(!house.engine.revoke_key(&ana, first.key, now()).unwrap());
        assert!(found(house, fourth.secret.expose(), 0).is_none());
        assert_eq!(refused(rotate(house, 0)), "key_ended");
        assert_eq!(house.engine.keys(house.tenant, None, 50, now()).unwrap()[0].revoked_at, Some(now()));
    });
}

#[test]
fn ones_own_keys_are_ones_own_and_owners_end_anybodys() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Reader, None);
        let ana = house.sign_in(ANA.email, ANA_WORD, now()).caller;
        let (engine, rng) = (&house.engine, &mut house.rng);
        let hers = engine.create_key(&bia, new(READS), now(), rng).unwrap();
        let anas = engine.create_key(&ana, new(READS), now(), rng).unwrap();
        assert_eq!(refused(engine.revoke_key(&bia, anas.key, now())), "not_allowed");
        assert_eq!(refused(engine.rotate_key(&bia, anas.key, 0, now(), rng)), "not_allowed");
        assert!(engine.rotate_key(&bia, hers.key, 0, now(), rng).is_ok());
        assert!(engine.revoke_key(&ana, hers.key, now()).unwrap());
        let page = |after| engine.keys(house.tenant, after, 1, now()).unwrap().first().map(|key| key.key);
        let first = page(None).unwrap();
        let second = page(Some(first)).unwrap();
        assert_eq!((first.min(second), first.max(second)), (hers.key.min(anas.key), hers.key.max(anas.key)));
        assert_eq!(page(Some(second)), None);
    });
}

#[test]
fn when_a_key_was_used_is_written_once_an_hour() {
    on_houses(|house| {
        let ana = house.ana();
        let made = house.engine.create_key(&ana, new(READS), now(), &mut house.rng).unwrap();
        let used = |house: &House| house.engine.keys(house.tenant, None, 50, now()).unwrap()[0].used_at;
        assert_eq!(used(house), None);
        for (secs, expected) in [(5, 5), (HOUR, 5), (HOUR + 5, HOUR + 5), (10, HOUR + 5)] {
            assert!(found(house, made.secret.expose(), secs).is_some());
            assert_eq!(used(house), Some(later(now(), expected)), "{secs}");
        }
    });
}
