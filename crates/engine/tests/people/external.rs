//! Coming in on the word of another system.

use regua_engine::people::{External, Role, SignIn, Standing};

use crate::house::{ANA, BIA, CAIO, FROM, House, is_refused, now, on_houses};

const ISSUER: &str = "https://id.nuvem.example";

fn word<'a>(subject: &'a str, email: Option<&'a str>) -> External<'a> {
    External { issuer: ISSUER, subject, email_verified: email }
}

fn come(house: &mut House, word: External<'_>) -> SignIn {
    house.engine.sign_in_external(house.tenant, word, FROM, now(), &mut house.rng).unwrap()
}

/// Who came.
fn came(done: &SignIn) -> Option<&str> {
    match done {
        SignIn::Done(done) => Some(&done.caller.name),
        SignIn::NeedsCode | SignIn::Refused | SignIn::Throttled { .. } => None,
    }
}

#[test]
fn somebody_known_is_linked_by_a_verified_address_and_then_by_the_subject() {
    on_houses(|house| {
        assert_eq!(came(&come(house, word("a-1", None))), None, "nobody vouches for an address");
        assert_eq!(came(&come(house, word("a-1", Some("nobody@nuvem.example")))), None, "nobody is made");
        assert_eq!(came(&come(house, word("a-1", Some("ANA.souza@nuvem.EXAMPLE")))), Some("Ana Souza"));
        assert_eq!(came(&come(house, word("a-1", None))), Some("Ana Souza"));
        assert_eq!(came(&come(house, word("a-1", Some(BIA.email)))), Some("Ana Souza"), "the subject counts, not the address");
        assert_eq!(house.engine.person(house.tenant, house.ana).unwrap().issuers, [ISSUER]);
        assert_eq!(house.engine.people(house.tenant, None, 50).unwrap().len(), 1);
    });
}

#[test]
fn an_address_that_went_to_somebody_else_brings_nobody_with_it() {
    on_houses(|house| {
        assert!(came(&come(house, word("a-1", Some(ANA.email)))).is_some());
        assert!(is_refused(&come(house, word("a-2", Some(ANA.email)))));
        let other = External { issuer: "https://other.example", ..word("a-2", Some(ANA.email)) };
        assert_eq!(came(&come(house, other)), Some("Ana Souza"), "another issuer is another matter");
        // An owner can undo it.
        let bia = house.somebody(BIA, Role::Owner, None);
        assert!(house.engine.unlink_identity(&bia, house.ana, ISSUER, now()).unwrap());
        assert!(!house.engine.unlink_identity(&bia, house.ana, ISSUER, now()).unwrap());
        assert_eq!(came(&come(house, word("a-2", Some(ANA.email)))), Some("Ana Souza"));
    });
}

#[test]
fn whoever_was_invited_may_come_and_whoever_is_disabled_may_not() {
    on_houses(|house| {
        let ana = house.ana();
        let standing = Standing { role: Role::Collector, limit: None };
        let (caio, _) = house.engine.invite(&ana, CAIO, standing, now(), &mut house.rng).unwrap();
        assert_eq!(came(&come(house, word("c", Some(CAIO.email)))), Some("Caio Reis"));
        house.engine.disable_person(&ana, caio, now()).unwrap();
        assert!(is_refused(&come(house, word("c", Some(CAIO.email)))));
    });
}

#[test]
fn what_is_no_issuer_or_subject_is_refused() {
    on_houses(|house| {
        let long = "x".repeat(256);
        for subject in ["", "a\u{0}b", long.as_str()] {
            assert!(is_refused(&come(house, word(subject, Some(ANA.email)))));
        }
        let bad = External { issuer: "", ..word("a", Some(ANA.email)) };
        assert!(is_refused(&come(house, bad)));
        assert_eq!(format!("{:?}", word("subject", Some(ANA.email))), format!("External {{ issuer: {ISSUER:?}, .. }}"));
    });
}
