//! Pages: everything exactly once, whatever is added meanwhile, in the order that is promised.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::{Site, customer, hour, on_both, payment, receivable};
use crate::company::{looks, seed};
use regua_engine::people::Scope;
use regua_web::api::Answer;
use regua_wire::files::portfolio::Portfolio;

/// So many customers from a number on, each with a bill that is partly paid; the days on which they are due repeat.
fn book(site: &Site, from: u32, count: u32) {
    let name = |n: u32, letter: char| format!("{letter}{n:04}");
    let customers = (from..from + count).map(|n| customer(&name(n, 'P'))).collect();
    let due = |n: u32| format!("2026-03-{:02}", 10 + n % 5);
    let receivables = (from..from + count).zip(0..).map(|(n, of)| receivable(&name(n, 'Q'), of, "2026-02-01", &due(n), 10_000)).collect();
    let payments = (0..count).map(|of| payment(of, "2026-02-03", Some(100))).collect();
    let done = site.import_of(site.tenant(), &Portfolio { customers, receivables, payments }, hour("2026-02-04", 9));
    assert!(done.refused.is_empty(), "{:?}", done.refused);
}

fn names(items: &[Value], member: &str) -> Vec<String> {
    items.iter().map(|item| item[member].as_str().unwrap_or_else(|| panic!("{item}")).to_owned()).collect()
}

/// Walks a list while more is added between its pages.
fn walk(site: &Site, token: &str, path: &str, member: &str, mut add: impl FnMut(u32)) -> Vec<String> {
    let (mut seen, mut cursor, mut page) = (Vec::new(), None::<String>, 0);
    let more = if path.contains('?') { '&' } else { '?' };
    loop {
        let from = cursor.as_ref().map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let answer = site.ok(token, &format!("{path}{more}limit=7{from}"));
        seen.extend(names(answer["items"].as_array().unwrap(), member));
        match answer["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return seen,
        }
        if page < 3 {
            add(page);
        }
        page += 1;
    }
}

#[test]
fn pages_hold_everything_once_while_more_is_added() {
    on_both(|site| {
        book(site, 0, 40);
        let token = site.key(&[Scope::CustomersRead, Scope::ReceivablesRead, Scope::MoneyRead]);
        let mut next = 1_000;
        for (path, member) in [
            ("/v1/customers", "external_id"),
            ("/v1/receivables", "external_id"),
            ("/v1/receivables?sort=due_on", "external_id"),
            ("/v1/receivables?status=open", "external_id"),
            ("/v1/receivables?status=open&currency=BRL&due_from=2026-03-11&due_until=2026-03-13", "external_id"),
            ("/v1/receivables?sort=-due_on", "external_id"),
            ("/v1/receivables?status=open&sort=newest", "external_id"),
            ("/v1/receivables?status=open&sort=balance", "external_id"),
            ("/v1/receivables?sort=-balance&due_until=2026-03-13", "external_id"),
            ("/v1/payments", "receivable_external_id"),
        ] {
            let before: BTreeSet<String> = names(&site.all(&token, path, 200), member).into_iter().collect();
            assert!(before.len() > 20, "{path}: {}", before.len());
            let seen = walk(site, &token, path, member, |_| {
                book(site, next, 3);
                next += 3;
            });
            let once: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "{path}: something twice");
            assert!(before.is_subset(&once), "{path}: not all: {:?}", before.difference(&once));
        }
    });
}

#[test]
fn receivables_come_as_they_are_asked_for() {
    on_both(|site| {
        book(site, 0, 30);
        seed(site);
        let token = site.key(&[Scope::ReceivablesRead]);
        let all = |path: &str| site.all(&token, path, 9);
        let newest = names(&all("/v1/receivables"), "id");
        assert!(newest.windows(2).all(|pair| pair[0] > pair[1]), "{newest:?}");
        let due = names(&all("/v1/receivables?sort=due_on"), "due_on");
        assert!(due.windows(2).all(|pair| pair[0] <= pair[1]) && due.len() == newest.len(), "{due:?}");
        let open = all("/v1/receivables?status=open");
        let paid = all("/v1/receivables?status=paid");
        assert_eq!(names(&paid, "external_id"), ["R3"]);
        assert_eq!(open.len() + paid.len(), newest.len());
        assert_eq!(all("/v1/receivables?currency=USD").len(), 0);
        let some = names(&all("/v1/receivables?due_from=2026-03-11&due_until=2026-03-12"), "due_on");
        assert!(!some.is_empty() && some.iter().all(|day| day == "2026-03-11" || day == "2026-03-12"), "{some:?}");
        assert_eq!(names(&all("/v1/receivables?external_id=R1"), "external_id"), ["R1"]);
        assert_eq!(all("/v1/receivables?external_id=R1&status=paid").len(), 0);
        let of_c1 = names(&all("/v1/receivables?customer=C1"), "external_id");
        assert_eq!(of_c1.len(), 3, "{of_c1:?}"); // R1, R2 and an invoice's
        assert_eq!(of_c1, names(&all("/v1/customers/C1/receivables"), "external_id"));
        assert_eq!(names(&all("/v1/customers/C1/receivables?sort=due_on&due_until=2026-01-31"), "external_id"), ["R1"]);
        assert_eq!(site.get(&token, "/v1/receivables?customer=nobody").status, 404);
        assert_eq!(site.get(&token, "/v1/receivables?status=lost").status, 422);
    });
}

#[test]
fn every_list_is_the_same_by_small_pages_and_by_large_ones() {
    on_both(|site| {
        let seeded = seed(site);
        let master = site.master();
        for (id, path) in looks(&seeded) {
            let path = format!("/v1{path}");
            if matches!(crate::op(id).answer, Answer::Page(_)) {
                assert_eq!(site.all(&master, &path, 1), site.all(&master, &path, 200), "{id}");
            }
        }
        for path in [
            "/v1/messages?status=sent",
            "/v1/messages?status=queued",
            "/v1/messages?status=failed",
            "/v1/messages?status=cancelled",
            "/v1/messages?status=unknown",
            "/v1/messages?status=sending",
            "/v1/messages?customer=C1&status=sent",
            "/v1/charges?standing=under_way",
            "/v1/charges?standing=needing",
            "/v1/charges?receivable=R4",
            "/v1/charges?customer=C4",
            "/v1/tasks?kind=mend",
            "/v1/invoices?status=open",
            "/v1/invoices?subscription=S1",
            "/v1/invoices?customer=C1",
            "/v1/subscriptions?state=active",
            "/v1/subscriptions?plan=basic&customer=C1",
            "/v1/plans?all_versions=true",
            "/v1/customers?external_id=C1",
            "/v1/parked-customers",
            "/v1/reports/messages-in-need",
            "/v1/reports/discounts?from=2026-01-01&until=2026-12-31",
        ] {
            assert_eq!(site.all(&master, path, 1), site.all(&master, path, 200), "{path}");
        }
        assert_eq!(site.all(&master, "/v1/charges?standing=under_way", 10).len(), 1);
        assert_eq!(site.all(&master, "/v1/charges?receivable=R4&customer=C4", 10).len(), 1);
        assert_eq!(site.get(&master, "/v1/charges?receivable=R4&customer=C1").status, 422);
        assert_eq!(site.all(&master, "/v1/subscriptions?state=ended", 10).len(), 0);
        assert_eq!(names(&site.all(&master, "/v1/customers?external_id=C1", 10), "name"), ["Cliente C1"]);
        let sent = site.all(&master, "/v1/messages?status=sent", 200);
        assert_eq!(sent.len(), site.all(&master, "/v1/messages", 200).len());
    });
}
