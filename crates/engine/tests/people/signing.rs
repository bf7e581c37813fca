//! Signing in by password.

use regua_core::ids::TenantId;
use regua_engine::Kind;
use regua_engine::people::{Credentials, Role};
use regua_store::db::{Scope, Value};

use crate::house::{ANA, ANA_WORD, BIA, BIA_WORD, FROM, House, is_in, is_refused, later, now, on_houses, refused};

/// The hash of Ana's password as it is stored.
fn stored(house: &House) -> String {
    let sql = "SELECT password FROM people WHERE tenant = $1 AND person = $2";
    let found = house.engine.db().read(Scope::Owner, |tx| tx.one(sql, &[house.tenant.into(), house.ana.into()], |row| row.text(0)));
    found.unwrap().unwrap()
}

#[test]
fn unknown_wrong_and_disabled_are_all_one() {
    on_houses(|house| {
        house.somebody(BIA, Role::Owner, None);
        let ana = house.ana();
        let bia = house.sign_in(BIA.email, BIA_WORD, now()).caller;
        house.engine.disable_person(&bia, house.ana, now()).unwrap();
        assert_eq!(refused(house.engine.enrol_second_factor(&ana, now(), &mut house.rng)), "not_allowed");
        for (email, password) in [
            (ANA.email, ANA_WORD),
            (BIA.email, ANA_WORD),
            ("nobody@nuvem.example", ANA_WORD),
            ("", ""),
            ("a\u{0}b", "c\u{0}d"),
            (&"x".repeat(100_000), &"y".repeat(100_000)),
            ("' OR 1=1 --", "' OR 1=1 --"),
        ] {
            assert!(is_refused(&house.try_in(email, password, None, now())), "{}", email.len());
        }
    });
}

#[test]
fn each_sign_in_is_a_session_of_its_own() {
    on_houses(|house| {
        let (one, two) = (house.sign_in(ANA.email, ANA_WORD, now()), house.sign_in(ANA.email, ANA_WORD, now()));
        assert_ne!(one.token.expose(), two.token.expose());
        assert_ne!(one.caller.csrf, two.caller.csrf);
        assert_eq!(one.expires_at, later(now(), 30 * 24 * 3_600));
        let found = house.engine.session(one.token.expose(), now()).unwrap().unwrap();
        assert_eq!(found, one.caller);
        assert_eq!((found.tenant, found.person(), found.name.as_str()), (house.tenant, Some(house.ana), "Ana Souza"));
    });
}

#[test]
fn nothing_secret_is_shown_or_stored() {
    on_houses(|house| {
        let done = house.sign_in(ANA.email, ANA_WORD, now());
        let secret = done.token.expose().rsplit('_').next().unwrap().to_owned();
        let csrf: String = done.caller.csrf.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = format!("{done:?} {:?}", Credentials { email: ANA.email, password: ANA_WORD, code: Some("123456") });
        for hidden in [secret.as_str(), &csrf, ANA_WORD, "123456", "Ana", "nuvem.example"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        assert!(!shown.contains("csrf: Some"), "{shown}");
        let sql = "SELECT hash FROM sessions WHERE tenant = $1";
        let hashes = house.engine.db().read(Scope::Owner, |tx| tx.rows(sql, &[house.tenant.into()], |row| row.bytes(0))).unwrap();
        let bytes: Vec<u8> =
            secret.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
        assert!(!hashes.is_empty() && hashes.iter().all(|hash| hash.len() == 32 && *hash != bytes));
        assert!(stored(house).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    });
}

#[test]
fn a_hash_of_another_cost_is_replaced_when_its_person_comes() {
    on_houses(|house| {
        // The reference implementation's, of `correct horse battery staple`, at a higher cost.
        let old = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg";
        let sql = "UPDATE people SET password = $3 WHERE tenant = $1 AND person = $2";
        let values = [house.tenant.into(), house.ana.into(), Value::Text(old)];
        assert_eq!(house.engine.db().write(Scope::Owner, |tx| tx.execute(sql, &values)), Ok(1));
        assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, None, now())));
        assert_eq!(stored(house), old);
        assert!(is_in(&house.try_in(ANA.email, BIA_WORD, None, now())));
        assert!(stored(house).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(is_in(&house.try_in(ANA.email, BIA_WORD, None, now())));
    });
}

#[test]
fn one_changes_ones_own_password_with_the_one_before() {
    on_houses(|house| {
        let (here, there) = (house.sign_in(ANA.email, ANA_WORD, now()), house.sign_in(ANA.email, ANA_WORD, now()));
        let reset = house.engine.issue_reset(house.tenant, None, house.ana, now(), &mut house.rng).unwrap();
        let (engine, rng) = (&house.engine, &mut house.rng);
        assert_eq!(refused(engine.change_password(&here.caller, BIA_WORD, BIA_WORD, now(), rng)), "wrong_password");
        assert_eq!(refused(engine.change_password(&here.caller, ANA_WORD, "short", now(), rng)), "password_length");
        engine.change_password(&here.caller, ANA_WORD, BIA_WORD, now(), rng).unwrap();
        assert!(engine.session(here.token.expose(), now()).unwrap().is_some());
        assert!(engine.session(there.token.expose(), now()).unwrap().is_none());
        assert_eq!(refused(engine.accept(reset.expose(), ANA_WORD, now(), rng)), "bad_token");
        // Guesses there are guesses all the same.
        for _ in 0..5 {
            assert_eq!(refused(engine.change_password(&here.caller, ANA_WORD, ANA_WORD, now(), rng)), "wrong_password");
        }
        assert_eq!(refused(engine.change_password(&here.caller, BIA_WORD, ANA_WORD, now(), rng)), "throttled");
    });
}

#[test]
fn without_a_company_nobody_signs_in() {
    on_houses(|house| {
        let typed = Credentials { email: ANA.email, password: ANA_WORD, code: None };
        let nowhere = TenantId::new(1, [9; 10]);
        let error = house.engine.sign_in(nowhere, typed, FROM, now(), &mut house.rng).unwrap_err();
        assert_eq!(error.kind, Kind::NotFound);
        let other = house.engine.add_tenant("Outra", now(), &mut house.rng).unwrap();
        assert!(is_refused(&house.engine.sign_in(other, typed, FROM, now(), &mut house.rng).unwrap()));
    });
}
