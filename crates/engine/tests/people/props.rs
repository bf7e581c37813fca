//! Whatever is asked for, nobody and no key may more than who gave it.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use regua_engine::people::{Change, Limit, NewKey, NewPerson, Role, Scope, Scopes, Standing};

use crate::common::on_both;
use crate::house::{ANA, ANA_WORD, House, later, now};

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL)
}

fn scopes() -> impl Strategy<Value = Scopes> {
    prop_oneof![
        prop::collection::vec(prop::sample::select(Scope::ALL), 1..6).prop_map(|scopes| scopes.into_iter().collect()),
        role().prop_map(Role::scopes),
    ]
}

fn limit() -> impl Strategy<Value = Option<Limit>> {
    prop_oneof![Just(None), (0..3_i64).prop_map(Limit::new)]
}

proptest! {
    #[test]
    fn sets_are_sets(a in scopes(), b in scopes(), one in prop::sample::select(Scope::ALL)) {
        prop_assert_eq!(a.and(b).has(one), a.has(one) || b.has(one));
        prop_assert_eq!(a.both(b).has(one), a.has(one) && b.has(one));
        prop_assert_eq!(a.without(b).has(one), a.has(one) && !b.has(one));
        prop_assert_eq!(a.within(b), a.iter().all(|scope| b.has(scope)));
        let words = a.words();
        prop_assert_eq!(Scopes::parse(&words), Ok(a));
        prop_assert_eq!(a.iter().collect::<Scopes>(), a);
    }

    #[test]
    fn limits_are_an_order(a in limit(), b in limit(), amount in -4..4_i64) {
        let may = |limit: Option<Limit>| limit.is_none_or(|limit| limit.allows(amount));
        prop_assert!(!Limit::within(a, b) || !may(a) || may(b));
        prop_assert_eq!(may(Limit::narrower(a, b)), may(a) && may(b));
        prop_assert_eq!(may(a), a.is_none_or(|limit| amount.abs() <= limit.minor));
    }
}

/// What somebody tries, and how the maker stands afterwards.
type Tried = (Scopes, Option<Limit>, Role, Option<Limit>);

fn tries() -> impl Strategy<Value = Vec<Tried>> {
    prop::collection::vec((scopes(), limit(), role(), limit()), 1..12)
}

#[test]
fn a_key_never_may_more_than_its_maker() {
    on_both(|url| {
        let mut house = House::new(url);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut number = 0;
        let ana = house.sign_in(ANA.email, ANA_WORD, now()).caller;
        let mut refused = 0;
        for _ in 0..12 {
            let tried = tries().new_tree(&mut runner).unwrap().current();
            number += 1;
            let email = format!("maker{number}@nuvem.example");
            let (standing_role, standing_limit) = (tried[0].2, tried[0].3);
            let standing = Standing { role: standing_role, limit: standing_limit };
            let new = NewPerson { name: "Maker", email: &email };
            let (maker, _) = house.engine.invite(&ana, new, standing, now(), &mut house.rng).unwrap();
            let mut made = Vec::new();
            for (scopes, limit, role, own_limit) in tried {
                let change = Change { role: Some(role), limit: Some(own_limit), ..Change::default() };
                house.engine.change_person(&ana, maker, change, now()).unwrap();
                let caller = house.caller(maker, role, own_limit);
                let key = NewKey { name: "K", scopes, limit, expires_at: None };
                let may = scopes.within(role.scopes()) && Limit::within(limit, own_limit);
                let done = house.engine.create_key(&caller, key, now(), &mut house.rng);
                assert_eq!(done.is_ok(), may, "{role} {scopes:?} {limit:?}");
                match done {
                    Ok(key) => made.push((key, scopes, limit)),
                    Err(_) => refused += 1,
                }
                for (key, scopes, limit) in &made {
                    let found = house.engine.key(key.secret.expose(), later(now(), 1)).unwrap().unwrap();
                    assert_eq!(found.scopes, scopes.both(role.scopes()));
                    assert_eq!(found.limit, Limit::narrower(*limit, own_limit));
                    assert!(found.scopes.within(role.scopes()) && Limit::within(found.limit, own_limit));
                    assert!(!found.allows(Scope::PeopleAct) || role == Role::Owner);
                }
            }
        }
        assert!(refused > 10, "{refused}");
        house.assert_clean();
    });
}
