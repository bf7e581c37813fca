//! Sessions end by themselves, and are ended.

use regua_core::ids::{SessionId, TenantId};
use regua_engine::people::{Credentials, Role, SignIn, tenant_of};

use crate::house::{ANA, ANA_WORD, BIA, BIA_WORD, later, now, on_houses, refused};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

#[test]
fn a_session_ends_when_nobody_uses_it_and_after_thirty_days() {
    on_houses(|house| {
        let idle = house.sign_in(ANA.email, ANA_WORD, now());
        let found = |house: &crate::house::House, token: &str, secs| house.engine.session(token, later(now(), secs)).unwrap().is_some();
        assert!(found(house, idle.token.expose(), 0));
        assert!(!found(house, idle.token.expose(), 12 * HOUR));
        assert!(found(house, idle.token.expose(), 12 * HOUR - 1));
        // Which counts as a use.
        assert!(found(house, idle.token.expose(), 20 * HOUR));
        let mut at = 20 * HOUR;
        while at + 11 * HOUR < 30 * DAY {
            at += 11 * HOUR;
            assert!(found(house, idle.token.expose(), at), "{at}");
        }
        assert!(!found(house, idle.token.expose(), 30 * DAY));
    });
}

#[test]
fn sessions_that_nobody_uses_are_forgotten_a_few_at_a_time() {
    on_houses(|house| {
        house.somebody(BIA, Role::Collector, None);
        let busy = house.sign_in(ANA.email, ANA_WORD, now());
        for _ in 0..4 {
            house.sign_in(BIA.email, BIA_WORD, now());
        }
        let counted = |house: &crate::house::House| house.engine.sessions(house.tenant, house.ana, now()).unwrap().len();
        let ana = counted(house);
        let forget =
            |house: &crate::house::House, secs, limit| house.engine.forget_sessions(house.tenant, later(now(), secs), limit).unwrap();
        assert_eq!(forget(house, 12 * HOUR, 100), 0, "the last second is one of theirs");
        assert!(house.engine.session(busy.token.expose(), later(now(), 11 * HOUR)).unwrap().is_some());
        let all = ana + 5;
        let (mut gone, mut sweeps) = (0, 0);
        loop {
            let some = forget(house, 12 * HOUR + 1, 3);
            assert!(some <= 3);
            gone += usize::try_from(some).unwrap();
            sweeps += 1;
            if some == 0 {
                break;
            }
        }
        assert_eq!((gone, sweeps), (all - 1, (all - 1).div_ceil(3) + 1), "all but the one that is used");
        assert!(house.engine.session(busy.token.expose(), later(now(), 12 * HOUR)).unwrap().is_some());
        assert_eq!((forget(house, 40 * DAY, -1), forget(house, 40 * DAY, i64::MAX), counted(house)), (0, 1, 0));
    });
}

#[test]
fn when_it_was_last_seen_is_written_once_a_minute() {
    on_houses(|house| {
        let done = house.sign_in(ANA.email, ANA_WORD, now());
        for (secs, expected) in [(1, 0), (59, 0), (60, 60), (90, 60), (10, 60), (200, 200)] {
            assert!(house.engine.session(done.token.expose(), later(now(), secs)).unwrap().is_some());
            let seen = house.engine.sessions(house.tenant, house.ana, now()).unwrap();
            assert_eq!(seen[0].seen_at, later(now(), expected), "{secs}");
        }
    });
}

#[test]
fn signing_out_ends_one_session() {
    on_houses(|house| {
        let (one, two) = (house.sign_in(ANA.email, ANA_WORD, now()), house.sign_in(ANA.email, ANA_WORD, now()));
        assert!(house.engine.sign_out(one.token.expose(), now()).unwrap());
        assert!(!house.engine.sign_out(one.token.expose(), now()).unwrap());
        assert!(!house.engine.sign_out("rs_", now()).unwrap());
        assert!(house.engine.session(one.token.expose(), now()).unwrap().is_none());
        assert!(house.engine.session(two.token.expose(), now()).unwrap().is_some());
    });
}

#[test]
fn ones_own_sessions_are_listed_and_ended() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Collector, None);
        let id = bia.person().unwrap();
        let typed = Credentials { email: BIA.email, password: BIA_WORD, code: None };
        let SignIn::Done(away) = house.engine.sign_in(house.tenant, typed, "198.51.100.9", later(now(), 5), &mut house.rng).unwrap() else {
            panic!("she may come in");
        };
        let listed = house.engine.sessions(house.tenant, id, now()).unwrap();
        assert_eq!(listed.iter().map(|one| Some(one.session)).collect::<Vec<_>>(), [away.caller.session, bia.session]);
        assert_ne!(listed[0].place, listed[1].place, "another address is another place");
        assert!(!listed[0].place.contains("198"));
        assert!(house.engine.end_session(&bia, id, away.caller.session.unwrap(), now()).unwrap());
        assert!(!house.engine.end_session(&bia, id, away.caller.session.unwrap(), now()).unwrap());
        assert!(house.engine.session(away.token.expose(), now()).unwrap().is_none());
        let other = house.sign_in(BIA.email, BIA_WORD, now());
        assert_eq!(house.engine.end_sessions(&bia, id, bia.session, now()).unwrap(), 1);
        assert!(house.engine.session(other.token.expose(), now()).unwrap().is_none());
        assert_eq!(house.engine.sessions(house.tenant, id, now()).unwrap().len(), 1);
    });
}

#[test]
fn an_owner_ends_anybodys_and_nobody_elses_are_ended_by_others() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Collector, None);
        let (ana, theirs) = (house.ana(), bia.session.unwrap());
        assert_eq!(refused(house.engine.end_session(&bia, house.ana, ana.session.unwrap(), now())), "not_allowed");
        assert!(!house.engine.end_session(&ana, house.ana, theirs, now()).unwrap(), "it is not Ana's");
        assert_eq!(house.engine.end_sessions(&ana, bia.person().unwrap(), None, now()).unwrap(), 1);
        assert_eq!(house.engine.end_sessions(&ana, bia.person().unwrap(), None, now()).unwrap(), 0);
    });
}

#[test]
fn a_token_that_was_changed_or_moved_is_nobodys() {
    on_houses(|house| {
        let done = house.sign_in(ANA.email, ANA_WORD, now());
        let text = done.token.expose();
        assert_eq!(tenant_of(text), Some(house.tenant));
        let other = house.engine.add_tenant("Outra", now(), &mut house.rng).unwrap();
        for tenant in [other, TenantId::new(1, [9; 10])] {
            let digits: String = tenant.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(house.engine.session(&format!("rs_{digits}{}", &text[35..]), now()).unwrap().is_none());
        }
        for place in 0..text.len() {
            let mut changed: Vec<u8> = text.bytes().collect();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(house.engine.session(&changed, now()).unwrap().is_none(), "{place}");
        }
        assert!(house.engine.key(&text.replace("rs_", "rk_"), now()).unwrap().is_none());
        let nobodys = SessionId::new(1, [1; 10]);
        assert!(!house.engine.end_session(&done.caller, house.ana, nobodys, now()).unwrap());
    });
}
