//! One-time codes and recovery codes.

use std::sync::Barrier;

use regua_engine::people::{Credentials, Role, SignIn};

use crate::common::Counting;
use crate::house::{ANA, ANA_WORD, BIA, BIA_WORD, FROM, code, is_in, is_refused, later, now, on_houses, refused};

#[test]
fn a_second_factor_counts_once_a_code_has_confirmed_it() {
    on_houses(|house| {
        let ana = house.ana();
        assert_eq!(refused(house.engine.confirm_second_factor(&ana, "123456", now(), &mut house.rng)), "not_enrolled");
        let first = house.engine.enrol_second_factor(&ana, now(), &mut house.rng).unwrap();
        assert!(first.uri.expose().starts_with("otpauth://totp/Nuvem:ana.souza%40nuvem.example?secret="), "{}", first.uri.expose());
        assert!(first.uri.expose().contains(first.secret.expose()));
        assert_eq!(format!("{first:?}"), "Enrolment(…)");
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, None, now())), "nothing is asked for yet");
        assert_eq!(refused(house.engine.confirm_second_factor(&ana, "000000", now(), &mut house.rng)), "wrong_code");
        let (secret, codes) = house.second_factor(&ana, now());
        assert_eq!(codes.len(), 10);
        assert_eq!(house.engine.recovery_left(&ana).unwrap(), 10);
        assert!(codes.iter().all(|code| code.expose().len() == 19 && format!("{code:?}") == "Secret(…)"));
        assert_eq!(refused(house.engine.enrol_second_factor(&ana, now(), &mut house.rng)), "second_factor_on");
        assert!(matches!(house.try_in(ANA.email, ANA_WORD, None, now()), SignIn::NeedsCode));
        assert!(matches!(house.try_in(ANA.email, ANA_WORD, Some("  "), now()), SignIn::NeedsCode));
        assert!(is_refused(&house.try_in(ANA.email, BIA_WORD, None, now())), "the password comes first");
        let at = later(now(), 30);
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, at)), at)));
        assert!(house.engine.person(house.tenant, house.ana).unwrap().second_factor);
    });
}

#[test]
fn a_code_is_good_once() {
    on_houses(|house| {
        let ana = house.ana();
        let (secret, _) = house.second_factor(&ana, now());
        assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, now())), now())), "it has confirmed");
        let (before, at, after) = (later(now(), 30), later(now(), 60), later(now(), 90));
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, at)), at)));
        for used in [at, before] {
            assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, used)), at)), "nor one before it");
        }
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(&code(&secret, after)), at)), "a clock may be half a minute ahead");
    });
}

#[test]
fn of_two_who_use_one_code_at_once_one_comes_in() {
    on_houses(|house| {
        let ana = house.ana();
        let (secret, codes) = house.second_factor(&ana, now());
        let at = later(now(), 60);
        for (typed, seed) in [(code(&secret, at), 2), (codes[3].expose().to_owned(), 4)] {
            let (engine, tenant, barrier, typed) = (&house.engine, house.tenant, &Barrier::new(2), typed.as_str());
            let came = std::thread::scope(|scope| {
                let threads: Vec<_> = (seed..seed + 2)
                    .map(|seed| {
                        scope.spawn(move || {
                            let typed = Credentials { email: ANA.email, password: ANA_WORD, code: Some(typed) };
                            barrier.wait();
                            is_in(&engine.sign_in(tenant, typed, FROM, at, &mut Counting(seed)).unwrap())
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).filter(|came| *came).count()
            });
            assert_eq!(came, 1);
        }
        assert_eq!(house.engine.recovery_left(&ana).unwrap(), 9);
    });
}

#[test]
fn a_recovery_code_is_good_once_however_it_is_typed() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Reader, None);
        let ana = house.ana();
        let (_, codes) = house.second_factor(&ana, now());
        house.second_factor(&bia, now());
        let typed = codes[0].expose().to_uppercase().replace('-', " ");
        assert!(is_refused(&house.try_in(BIA.email, BIA_WORD, Some(&typed), now())), "it is another's");
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(&typed), now())));
        assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, Some(&typed), now())));
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(codes[1].expose()), now())));
        assert_eq!(house.engine.recovery_left(&ana).unwrap(), 8);
        assert_eq!(refused(house.engine.renew_recovery(&ana, BIA_WORD, now(), &mut house.rng)), "wrong_password");
        let fresh = house.engine.renew_recovery(&ana, ANA_WORD, now(), &mut house.rng).unwrap();
        assert!(is_refused(&house.try_in(ANA.email, ANA_WORD, Some(codes[2].expose()), now())));
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, Some(fresh[2].expose()), now())));
    });
}

#[test]
fn it_is_removed_with_the_password_or_by_whoever_may_change_the_person() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Reader, None);
        let ana = house.ana();
        house.second_factor(&ana, now());
        house.second_factor(&bia, now());
        assert_eq!(refused(house.engine.remove_second_factor(&ana, BIA_WORD, now())), "wrong_password");
        assert_eq!(refused(house.engine.drop_second_factor(house.tenant, Some(&ana), house.ana, now())), "own_standing");
        house.engine.remove_second_factor(&ana, ANA_WORD, now()).unwrap();
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, None, now())));
        assert_eq!(house.engine.recovery_left(&ana).unwrap(), 0);
        assert_eq!(refused(house.engine.renew_recovery(&ana, ANA_WORD, now(), &mut house.rng)), "not_enrolled");
        house.engine.drop_second_factor(house.tenant, Some(&ana), bia.person().unwrap(), now()).unwrap();
        assert!(is_in(&house.try_in(BIA.email, BIA_WORD, None, now())));
        // And whoever has the machine.
        house.second_factor(&ana, later(now(), 60));
        house.engine.drop_second_factor(house.tenant, None, house.ana, now()).unwrap();
        assert!(is_in(&house.try_in(ANA.email, ANA_WORD, None, now())));
    });
}
