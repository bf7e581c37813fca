//! What the log says of people, and what it does not.

use regua_core::words::Mode;
use regua_engine::Act;
use regua_engine::people::{Caller, Change, NewKey, Role, Scope, Scopes, Who};
use regua_engine::replay::Sort;
use regua_store::db::Scope as Rows;

use crate::house::{ANA_WORD, BIA, House, now, on_houses};

fn kinds(house: &House) -> Vec<String> {
    house.engine.audit(house.tenant, None, None, 200).unwrap().into_iter().map(|one| one.kind).collect()
}

#[test]
fn the_audit_says_who_did_what_newest_first() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Reader, None);
        let ana = house.ana();
        let change = Change { name: Some("Beatriz"), role: Some(Role::Manager), ..Change::default() };
        house.engine.change_person(&ana, bia.person().unwrap(), change, now()).unwrap();
        house.engine.set_mode(house.tenant, Mode::Live, None, &ana.act(Some("we begin")), now()).unwrap();
        let all = house.engine.audit(house.tenant, None, None, 200).unwrap();
        let by = format!("Ana Souza ({})", house.ana);
        assert_eq!(
            (all[0].kind.as_str(), all[0].by.as_deref(), all[0].reason.as_deref()),
            ("mode_set", Some(by.as_str()), Some("we begin"))
        );
        assert_eq!((all[1].kind.as_str(), all[1].by.as_deref()), ("person_changed", Some(by.as_str())));
        let set_up = all.iter().find(|one| one.detail["founder"] == true).unwrap();
        assert_eq!((set_up.kind.as_str(), set_up.by.as_deref()), ("person_added", Some("machine")));
        let kinds: Vec<&str> = all.iter().map(|one| one.kind.as_str()).collect();
        for kind in ["person_invited", "person_password_set", "person_signed_in", "tenant_added"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        // Page by page it is the same.
        let mut paged = Vec::new();
        loop {
            let page = house.engine.audit(house.tenant, None, paged.last().map(|one: &regua_engine::people::Audited| one.seq), 3).unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);
        assert!(all.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1));
    });
}

#[test]
fn an_act_names_the_person_and_the_id() {
    let id = regua_core::ids::PersonId::new(1, [1; 10]);
    let caller = Caller {
        tenant: regua_core::ids::TenantId::new(1, [1; 10]),
        who: Who::Person(id),
        name: "Ana Souza".to_owned(),
        role: Some(Role::Reader),
        scopes: Role::Reader.scopes(),
        limit: None,
        csrf: Some([0xab; 32]),
        session: None,
    };
    assert_eq!(caller.act(None), Act { by: format!("Ana Souza ({id})"), reason: None });
    let shown = format!("{caller:?}");
    assert!(!shown.contains("171") && !shown.contains("Ana"), "{shown}");
    assert!(caller.need(Scope::MoneyRead).is_ok() && caller.need(Scope::MoneyAct).is_err() && caller.may(i64::MIN));
}

#[test]
fn the_log_has_neither_names_nor_addresses_nor_secrets() {
    on_houses(|house| {
        let bia = house.somebody(BIA, Role::Owner, None);
        let (_, codes) = house.second_factor(&bia, now());
        house.engine.change_person(&bia, house.ana, Change { name: Some("Ana S."), ..Change::default() }, now()).unwrap();
        let key = house.engine.create_key(
            &bia,
            NewKey { name: "ERP", scopes: Scopes::ALL, limit: None, expires_at: None },
            now(),
            &mut house.rng,
        );
        let secret = key.unwrap().secret;
        let sql = "SELECT payload FROM events WHERE tenant = $1";
        let rows = house.engine.db().read(Rows::Owner, |tx| tx.rows(sql, &[house.tenant.into()], |row| row.text(0))).unwrap();
        let all = rows.join("\n");
        for hidden in ["Ana", "Bia", "@", "ERP", ANA_WORD, codes[0].expose(), &secret.expose()[68..], "argon2"] {
            assert!(!all.contains(hidden), "{hidden}: {all}");
        }
        assert!(kinds(house).contains(&"key_made".to_owned()));
    });
}

#[test]
fn who_makes_themselves_an_owner_in_the_database_is_found() {
    on_houses(|house| {
        house.somebody(BIA, Role::Reader, Some(5));
        let made = {
            let ana = house.ana();
            house.engine.create_key(
                &ana,
                NewKey { name: "K", scopes: Scopes::of(&[Scope::MoneyRead]), limit: None, expires_at: None },
                now(),
                &mut house.rng,
            )
        };
        made.unwrap();
        house.assert_clean();
        for (change, back) in [
            ("UPDATE people SET role = 'owner' WHERE role = 'reader'", "UPDATE people SET role = 'reader' WHERE limit_minor = 5"),
            ("UPDATE people SET limit_minor = 500 WHERE limit_minor = 5", "UPDATE people SET limit_minor = 5 WHERE limit_minor = 500"),
            ("UPDATE api_keys SET scopes = 'money:read money:act'", "UPDATE api_keys SET scopes = 'money:read'"),
        ] {
            let run = |sql: &'static str| house.engine.db().write(Rows::Owner, |tx| tx.batch(sql)).unwrap();
            run(change);
            let verdict = house.verdict();
            let sorts: Vec<Sort> = verdict.findings.iter().map(|finding| finding.sort).collect();
            assert_eq!(sorts, [Sort::AlteredRow], "{change}: {:?}", verdict.findings);
            run(back);
        }
    });
}
