//! Lists of receivables as people ask for them: searched, filtered and sorted any way, with what is due and what holds each.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::{Site, customer, hour, on_both, payment, receivable};
use regua_engine::people::Scope;
use regua_store::db::{Scope as Reach, StoreError, Tx};
use regua_wire::files::portfolio::Portfolio;

/// Receivables of three customers, due on ten days, of as many amounts; every third is paid in part, every seventh in full.
fn book(site: &Site) {
    let customers = ["AB-1", "AB-2", "ZZ-9"].map(customer).into();
    let amounts = |n: u32| 1_000 + i64::from(n * 37 % 60) * 100;
    let one = |n: u32| receivable(&format!("N{n:03}"), n % 3, "2026-02-01", &format!("2026-02-{:02}", 5 + n * 3 % 10), amounts(n));
    let receivables = (0..60).map(one).collect();
    let paid = |n: u32| n.is_multiple_of(7).then(|| payment(n, "2026-02-03", Some(amounts(n))));
    let part = |n: u32| (n.is_multiple_of(3) && !n.is_multiple_of(7)).then(|| payment(n, "2026-02-03", Some(500)));
    let payments = (0..60).filter_map(|n| paid(n).or_else(|| part(n))).collect();
    let done = site.import_of(site.tenant(), &Portfolio { customers, receivables, payments }, hour("2026-02-04", 9));
    assert!(done.refused.is_empty(), "{:?}", done.refused);
}

fn text(item: &Value, member: &str) -> String {
    item[member].as_str().unwrap_or_else(|| panic!("{member} of {item}")).to_owned()
}

fn cents(item: &Value, member: &str) -> i64 {
    item[member]["amount"].as_str().unwrap_or_else(|| panic!("{member} of {item}")).replace('.', "").parse().unwrap()
}

#[test]
fn any_filter_goes_with_any_order() {
    on_both(|site| {
        book(site);
        let token = site.key(&[Scope::ReceivablesRead]);
        let all = site.all(&token, "/v1/receivables", 200);
        assert_eq!(all.len(), 60);
        type Filter = fn(&Value) -> bool;
        let filters: &[(&str, Filter)] = &[
            ("", |_| true),
            ("status=open", |one| one["status"] == "open"),
            ("status=paid&currency=BRL", |one| one["status"] == "paid"),
            ("due_from=2026-02-07&due_until=2026-02-11", |one| (7..=11).contains(&text(one, "due_on")[8..].parse::<u8>().unwrap())),
            ("currency=BRL&balance_from=20.00&balance_until=45.00", |one| (2_000..=4_500).contains(&cents(one, "balance"))),
            ("status=open&due_until=2026-02-09&currency=BRL&balance_from=30.01", |one| {
                one["status"] == "open" && text(one, "due_on").as_str() <= "2026-02-09" && cents(one, "balance") > 3_000
            }),
            ("q=N01", |one| text(one, "external_id").starts_with("N01")),
            ("q=ab-", |one| text(one, "customer_external_id").starts_with("AB-")),
            ("q=AB-2&status=open", |one| text(one, "customer_external_id") == "AB-2" && one["status"] == "open"),
            ("q=nothing", |_| false),
            ("customer=ZZ-9&due_from=2026-02-08", |one| {
                text(one, "customer_external_id") == "ZZ-9" && text(one, "due_on").as_str() >= "2026-02-08"
            }),
        ];
        for (filter, takes) in filters {
            let expected: BTreeSet<String> = all.iter().filter(|one| takes(one)).map(|one| text(one, "id")).collect();
            let counted = site.ok(&token, format!("/v1/receivables/count?{filter}").trim_end_matches('?'));
            assert_eq!(counted["count"], expected.len(), "{filter}");
            let open: i64 = all.iter().filter(|one| takes(one)).map(|one| cents(one, "balance")).sum();
            let told: i64 = counted["totals"].as_array().unwrap().iter().map(|one| cents(&serde_json::json!({"t": one}), "t")).sum();
            assert_eq!((told, &counted["about"]), (open, &Value::Bool(false)), "{filter}");
            for sort in ["newest", "due_on", "-due_on", "balance", "-balance"] {
                let path = format!("/v1/receivables?sort={sort}&{filter}");
                let path = path.trim_end_matches('&');
                let found = site.all(&token, path, 7);
                let ids: Vec<String> = found.iter().map(|one| text(one, "id")).collect();
                assert_eq!(ids.iter().cloned().collect::<BTreeSet<_>>(), expected, "{path}");
                assert_eq!(ids.len(), expected.len(), "{path}: something twice");
                assert_eq!(found, site.all(&token, path, 200), "{path}");
                let by = |one: &Value| match sort {
                    "newest" => (0, text(one, "id")),
                    "due_on" | "-due_on" => (text(one, "due_on").replace('-', "").parse().unwrap(), text(one, "id")),
                    _ => (cents(one, "balance"), text(one, "id")),
                };
                let down = sort == "newest" || sort.starts_with('-');
                let in_order = |pair: &[Value]| if down { by(&pair[0]) > by(&pair[1]) } else { by(&pair[0]) < by(&pair[1]) };
                assert!(found.windows(2).all(in_order), "{path}: {:?}", found.iter().map(by).collect::<Vec<_>>());
            }
        }
    });
}

#[test]
fn each_says_what_settles_it_today_how_late_it_is_and_what_holds_it() {
    on_both(|site| {
        book(site);
        site.program.set_now(hour("2026-02-20", 9));
        let (token, blind) = (site.master(), site.key(&[Scope::ReceivablesRead]));
        let before = site.all(&token, "/v1/receivables?status=open", 50);
        for item in &before {
            let name = text(item, "external_id");
            let one = site.ok(&token, &format!("/v1/receivables/{name}"));
            assert_eq!(item["due"], one["stands"]["due"]["total"], "{name}");
            assert_eq!(item["days_late"], one["stands"]["due"]["days_late"], "{name}");
            assert!(item["days_late"].as_i64().unwrap() > 0 && cents(item, "due") > cents(item, "balance"), "{item}");
            assert_eq!(item["held_for"], serde_json::json!([]), "{item}");
            assert_eq!(text(item, "customer_name"), format!("Cliente {}", text(item, "customer_external_id")));
        }
        for item in site.all(&token, "/v1/receivables?status=paid", 50) {
            assert!(item["due"].is_null() && item["days_late"] == 0, "{item}");
        }
        // Who may not read customers learns no names.
        assert!(site.all(&blind, "/v1/receivables", 50).iter().all(|one| one["customer_name"].is_null()));
        assert_eq!(site.all(&token, "/v1/receivables?overdue=true", 7).len(), before.len());
        site.program.set_now(hour("2026-02-09", 9));
        let overdue = site.all(&token, "/v1/receivables?overdue=true&sort=-balance", 7);
        assert!(!overdue.is_empty() && overdue.len() < before.len());
        assert!(overdue.iter().all(|one| one["status"] == "open" && text(one, "due_on").as_str() <= "2026-02-08"));

        let held = text(&before[0], "external_id");
        let of = text(&before[0], "customer_external_id");
        let act = site.act(&token, "POST", &format!("/v1/receivables/{held}/dispute"), &serde_json::json!({"reason": "wrong goods"}));
        assert!(act.status < 300, "{}", act.text());
        let act =
            site.act(&token, "POST", &format!("/v1/customers/{of}/hold"), &serde_json::json!({"cause": "lawyer", "reason": "a letter"}));
        assert!(act.status < 300, "{}", act.text());
        for item in site.all(&token, "/v1/receivables?status=open", 50) {
            let words: Vec<&str> = item["held_for"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            assert_eq!(words.contains(&"dispute"), text(&item, "external_id") == held, "{item}");
            assert_eq!(words.contains(&"lawyer"), text(&item, "customer_external_id") == of, "{item}");
        }
    });
}

#[test]
fn what_does_not_go_together_is_refused() {
    on_both(|site| {
        book(site);
        let token = site.key(&[Scope::ReceivablesRead]);
        for (query, at) in [
            ("balance_from=10.00", "query/balance_from"),
            ("currency=BRL&balance_until=ten", "query/balance_until"),
            ("q=N&customer=AB-1", "query/q"),
            ("overdue=true&status=paid", "query/overdue"),
            ("sort=name", "query/sort"),
            ("cursor=5b5d", "query/cursor"),
            ("sort=balance&cursor=00", "query/cursor"),
        ] {
            let answer = site.get(&token, &format!("/v1/receivables?{query}"));
            assert_eq!(answer.status, 422, "{query}: {}", answer.text());
            assert!(answer.text().contains(at), "{query}: {}", answer.text());
        }
    });
}

#[test]
fn customers_are_found_by_number_and_by_what_they_owe() {
    on_both(|site| {
        book(site);
        site.bill("PAID", "P1", ("2026-02-01", "2026-02-20"), 1_000, hour("2026-02-04", 9));
        let paid = Portfolio {
            customers: vec![customer("PAID")],
            receivables: vec![receivable("P1", 0, "2026-02-01", "2026-02-20", 1_000)],
            payments: vec![payment(0, "2026-02-04", Some(1_000))],
        };
        assert!(site.import_of(site.tenant(), &paid, hour("2026-02-04", 10)).refused.is_empty());
        site.program.set_now(hour("2026-02-20", 9));
        let token = site.master();
        let names = |query: &str| {
            let all = site.all(&token, &format!("/v1/customers{query}"), 2);
            let counted = site.ok(&token, &format!("/v1/customers/count{query}"));
            assert_eq!(counted, serde_json::json!({"count": all.len(), "about": false}), "{query}");
            let mut names: Vec<String> = all.iter().map(|one| text(one, "external_id")).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(""), ["AB-1", "AB-2", "PAID", "ZZ-9"]);
        assert_eq!(names("?owing=true"), ["AB-1", "AB-2", "ZZ-9"]);
        assert_eq!(names("?q=ab"), ["AB-1", "AB-2"]);
        assert_eq!(names("?q=P&owing=true"), Vec::<String>::new());
        assert_eq!(names("?q=P"), ["PAID"]);
        assert_eq!(names("?parked=true"), Vec::<String>::new());
        assert_eq!(site.get(&token, "/v1/customers?owing=true&parked=true").status, 422);
        assert_eq!(names("?erased=true"), Vec::<String>::new());
        let held = site.act(&token, "POST", "/v1/customers/AB-1/hold", &serde_json::json!({"cause": "lawyer", "reason": "a letter"}));
        assert!(held.status < 300, "{}", held.text());
        for one in site.all(&token, "/v1/customers", 50) {
            let name = text(&one, "external_id");
            let full = site.ok(&token, &format!("/v1/customers/{name}"));
            let due: Vec<Value> = full["balances"].as_array().unwrap().iter().map(|balance| balance["due"].clone()).collect();
            assert_eq!(one["due"], Value::Array(due), "{name}");
            assert_eq!(one["held_for"], if name == "AB-1" { serde_json::json!(["lawyer"]) } else { serde_json::json!([]) }, "{name}");
            assert_eq!(one["access"], site.ok(&token, &format!("/v1/customers/{name}/access"))["state"], "{name}");
        }
        let blind = site.key(&[Scope::CustomersRead]);
        assert!(site.all(&blind, "/v1/customers", 50).iter().all(|one| one["access"].is_null()));
        let erased =
            site.act(&token, "POST", "/v1/customers/PAID/erase", &serde_json::json!({"confirm": "PAID", "reason": "asked for it"}));
        assert!(erased.status < 300, "{}", erased.text());
        assert_eq!(names("?erased=true").len(), 1);
    });
}

#[test]
fn customers_are_found_by_their_names_by_whom_may_know_them() {
    on_both(|site| {
        book(site);
        site.program.set_now(hour("2026-02-20", 9));
        let token = site.master();
        for (name, called) in [("AB-1", "João Antônio da Silva"), ("AB-2", "Joana Silveira Ltda."), ("ZZ-9", "Li Wu")] {
            let put = site.act(&token, "PUT", &format!("/v1/customers/{name}"), &serde_json::json!({"name": called}));
            assert!(put.status < 300, "{}", put.text());
        }
        let found = |token: &str, list: &str, typed: &str, member: &str| -> BTreeSet<String> {
            let all = site.all(token, &format!("/v1/{list}?q={typed}"), 2);
            assert_eq!(site.ok(token, &format!("/v1/{list}/count?q={typed}"))["count"], all.len(), "{typed}");
            all.iter().map(|one| text(one, member)).collect()
        };
        let none = BTreeSet::new();
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        for (typed, expected) in [
            ("joao", &["AB-1"][..]),
            ("JO%C3%83O", &["AB-1"]),
            ("joa", &["AB-1", "AB-2"]),
            ("silv", &["AB-1", "AB-2"]),
            ("anto%20sil", &["AB-1"]),
            ("jo%20silvei", &["AB-2"]),
            // Two letters alone are looked for in no name; what is behind a marked beginning counts as well.
            ("li", &[]),
            ("joaquim", &[]),
        ] {
            assert_eq!(found(&token, "customers", typed, "external_id"), of(expected), "{typed}");
            assert_eq!(found(&token, "receivables", typed, "customer_external_id"), of(expected), "{typed}");
        }
        let blind = site.key(&[Scope::ReceivablesRead]);
        assert_eq!(found(&blind, "receivables", "joao", "customer_external_id"), none, "who may not read customers finds none by name");
        assert_eq!(found(&blind, "receivables", "ab-1", "customer_external_id"), of(&["AB-1"]));

        // A name that was changed is found no more, and nobody who was erased.
        let put = site.act(&token, "PUT", "/v1/customers/AB-1", &serde_json::json!({"name": "Pedro Souza"}));
        assert!(put.status < 300, "{}", put.text());
        assert_eq!(found(&token, "customers", "joao", "external_id"), none);
        assert_eq!(found(&token, "customers", "pedro", "external_id"), of(&["AB-1"]));
        let erased =
            site.act(&token, "POST", "/v1/customers/AB-2/erase", &serde_json::json!({"confirm": "AB-2", "reason": "asked for it"}));
        assert!(erased.status < 300, "{}", erased.text());
        assert_eq!(found(&token, "customers", "silv", "external_id"), none);
    });
}

#[test]
fn a_search_that_comes_by_more_than_it_shows_says_so() {
    on_both(|site| {
        book(site);
        let ids: Vec<String> = (0..505).map(|n| format!("S{n}")).collect();
        let many = Portfolio {
            customers: ids.iter().map(|id| customer(id)).collect(),
            receivables: (0..505_u32).map(|n| receivable(&format!("S-{n}"), n, "2026-02-01", "2026-02-20", 1_000)).collect(),
            payments: Vec::new(),
        };
        assert!(site.import_of(site.tenant(), &many, hour("2026-02-04", 10)).refused.is_empty());
        site.program.set_now(hour("2026-02-20", 9));
        let token = site.master();
        let counted = |path: &str| {
            let told = site.ok(&token, path);
            (told["count"].as_i64().unwrap(), told["about"].as_bool().unwrap())
        };
        for list in ["customers", "receivables"] {
            // By a name that all have, by the beginning of their numbers, and by one that few have.
            assert_eq!(counted(&format!("/v1/{list}/count?q=cliente")), (500, true), "{list}");
            assert!(counted(&format!("/v1/{list}/count?q=S")).1, "{list}");
            assert_eq!(counted(&format!("/v1/{list}/count?q=S49")), (11, false), "{list}");
        }
    });
}

#[test]
fn names_that_an_older_version_wrote_are_marked_bit_by_bit_and_nobodys_who_was_erased() {
    on_both(|site| {
        book(site);
        site.program.set_now(hour("2026-02-20", 9));
        let token = site.master();
        let sql = |sql: &'static str| {
            let done: Result<(), StoreError> = site.engine().db().write(Reach::Owner, |tx: &mut Tx<'_>| tx.batch(sql));
            done.unwrap();
        };
        let found = || site.all(&token, "/v1/customers?q=cliente", 50).len();
        assert_eq!((found(), site.engine().mark_names(site.tenant(), 2).unwrap()), (3, 0), "a new book has nothing to catch up with");
        let erased =
            site.act(&token, "POST", "/v1/customers/AB-2/erase", &serde_json::json!({"confirm": "AB-2", "reason": "asked for it"}));
        assert!(erased.status < 300, "{}", erased.text());

        // As an older version left it: no names are marked, and all are to be.
        sql("DELETE FROM customer_marks; INSERT INTO names_to_mark (tenant) SELECT tenant FROM tenants");
        assert_eq!(found(), 0);
        let mut steps = Vec::new();
        loop {
            let looked_at = site.engine().mark_names(site.tenant(), 2).unwrap();
            steps.push(looked_at);
            if looked_at == 0 {
                break;
            }
        }
        assert_eq!(steps, [2, 1, 0]);
        assert_eq!(found(), 2);
        assert_eq!(site.engine().mark_names(site.tenant(), 2).unwrap(), 0, "and that was all");
        // Of whoever was erased there is no mark.
        let count = "SELECT COUNT(*) FROM customer_marks m JOIN customers c ON c.tenant = m.tenant AND c.customer = m.customer
                      WHERE c.erased_at IS NOT NULL";
        let left: Result<Option<i64>, StoreError> =
            site.engine().db().read(Reach::Owner, |tx: &mut Tx<'_>| tx.one(count, &[], |row| row.int(0)));
        assert_eq!(left.unwrap(), Some(0));
    });
}
