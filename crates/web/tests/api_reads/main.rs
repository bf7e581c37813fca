//! Every look of the API over a company that lives: what it answers, by pages, to whom, and what it says when it cannot.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod book;
mod collected;
#[path = "../common/mod.rs"]
mod common;
mod company;
mod pages;

use std::collections::BTreeSet;

use common::{START, Site, act, at, hour, on_both};
use company::{looks, seed};
use regua_core::words::Mode;
use regua_engine::people::Scope;
use regua_web::api::{Method, Needs, Op, ops};
use serde_json::Value;

fn op(id: &str) -> &'static Op {
    ops().find(|op| op.id == id).unwrap_or_else(|| panic!("there is no operation {id}"))
}

#[test]
fn every_look_answers_with_what_there_is() {
    on_both(|site| {
        let seeded = seed(site);
        let master = site.master();
        for (id, path) in looks(&seeded) {
            let answer = site.get(&master, &format!("/v1{path}"));
            assert_eq!(answer.status, 200, "{id} {path}: {}", answer.text());
            let value = answer.json();
            if let Some(items) = value["items"].as_array() {
                assert!(!items.is_empty(), "{id} {path}: nothing is there");
            } else {
                assert!(value.as_object().is_some_and(|members| !members.is_empty()), "{id} {path}: {value}");
            }
        }
    });
}

#[test]
fn every_look_is_looked_at() {
    let known: BTreeSet<&str> = looks(&company::Seeded::default()).iter().map(|(id, _)| *id).collect();
    for id in &known {
        assert_eq!(op(id).method, Method::Get, "{id}");
    }
    // Those that need the program around have tests of their own.
    let others = |op: &Op| {
        let own = ["/customers", "/receivables", "/messages/{message}", "/subscriptions", "/invoices", "/plans", "/charges"];
        let also = ["/bank-", "/policies", "/company", "/sources", "/mirrors", "/reports", "/audit", "/tasks", "/approvals", "/refunds"];
        !own.iter().chain(&also).any(|path| op.path.starts_with(path))
    };
    // `channels.rs` has carriers that tell and people who write.
    let elsewhere = [
        "get_backtest",
        "print_invoice",
        "print_receipt",
        "print_statement",
        "print_slip",
        "plan_customer",
        "list_message_deliveries",
        "list_replies_of_customer",
    ];
    // What people do and note has tests of acts.
    let done = ["get_task", "list_notes"];
    // In a company where all goes well there is nothing in these.
    let empty = ["list_messages_in_need", "report_discounts", "list_parked_customers"];
    for op in ops().filter(|op| {
        op.method == Method::Get && !others(op) && !elsewhere.contains(&op.id) && !done.contains(&op.id) && !empty.contains(&op.id)
    }) {
        assert!(known.contains(op.id), "{} {} is not looked at", op.id, op.path);
    }
}

#[test]
fn calendars_tell_their_holidays() {
    on_both(|site| {
        let key = site.master();
        let year = site.ok(&key, "/v1/calendars/br-banking?year=2026");
        let holidays: Vec<&str> = year["holidays"].as_array().unwrap().iter().map(|day| day.as_str().unwrap()).collect();
        // Carnival's Monday and Tuesday, Good Friday, Corpus Christi; All Souls' on a Monday. 15 November is a Sunday.
        for day in ["2026-01-01", "2026-02-16", "2026-02-17", "2026-04-03", "2026-06-04", "2026-11-02", "2026-12-25"] {
            assert!(holidays.contains(&day), "{day} is not in {holidays:?}");
        }
        assert!(!holidays.contains(&"2026-11-15") && holidays.is_sorted(), "{holidays:?}");
        assert_eq!(site.ok(&key, "/v1/calendars/none?year=2026")["holidays"], serde_json::json!([]));
        assert_eq!(site.ok(&key, "/v1/calendars/us-federal")["year"], 2026, "this year");
        assert_eq!(site.get(&key, "/v1/calendars/mars").status, 404);
        assert_eq!(site.get(&key, "/v1/calendars/none?year=1").status, 422);
    });
}

#[test]
fn what_is_not_there_is_not_found_nor_is_what_another_company_has() {
    on_both(|site| {
        let seeded = seed(site);
        let (own, other) = (site.master(), site.key_of(site.other, Scope::ALL));
        let mut asked = 0;
        for (id, path) in looks(&seeded) {
            let op = op(id);
            // A link to one thing: nobody's, and the other company's.
            let Some(parameter) = op.parameters().next() else { continue };
            let query = path.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
            for nobody in ["nobody", "cus_00000000000000000000000000", "%00", "..%2F..%2Fcus", "' OR 1=1 --"] {
                let path = op.path.replace(&format!("{{{parameter}}}"), &nobody.replace(' ', "%20"));
                let answer = site.get(&own, &format!("/v1{path}{query}"));
                assert_eq!(answer.status, 404, "{id} {path}: {}", answer.text());
                assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{id}");
            }
            // Policies are numbered in each company.
            if id != "get_policy" {
                let answer = site.get(&other, &format!("/v1{path}"));
                assert_eq!(answer.status, 404, "{id} {path} of another company: {}", answer.text());
            }
            asked += 1;
        }
        assert!(asked > 20, "{asked}");
        // Lists of the other company hold nothing of this one.
        for (id, path) in looks(&seeded).into_iter().filter(|(id, _)| op(id).parameters().next().is_none()) {
            let answer = site.get(&other, &format!("/v1{path}"));
            assert!(answer.status == 200 || answer.status == 404, "{id}: {}", answer.text());
            for own in [&seeded.customer, &seeded.receivable, &seeded.message, &"C1".to_owned(), &"R1".to_owned()] {
                assert!(!answer.text().contains(&format!("\"{own}\"")), "{id} tells the other company of {own}: {}", answer.text());
            }
        }
    });
}

#[test]
fn a_cursor_that_no_page_gave_is_told_as_such() {
    on_both(|site| {
        let seeded = seed(site);
        let master = site.master();
        let wrong = [
            "x",
            "zz",
            "00",
            "5b5d",
            "5b312c322c335d",
            "ffffffffffffffffffffffffffffffffff",
            "7b7d",
            "5b22ff225d",
            "6e756c6c",
            "5b225c7530303030225d",
        ];
        for (id, path) in looks(&seeded) {
            if !matches!(op(id).answer, regua_web::api::Answer::Page(_)) {
                continue;
            }
            let more = if path.contains('?') { '&' } else { '?' };
            for cursor in wrong {
                let answer = site.get(&master, &format!("/v1{path}{more}cursor={cursor}"));
                assert_eq!(answer.status, 422, "{id} {cursor}: {}", answer.text());
                assert_eq!(answer.json()["fields"][0]["at"], "query/cursor", "{id} {cursor}: {}", answer.text());
            }
            for limit in ["0", "201", "-1", "x", "99999999999999999999"] {
                let answer = site.get(&master, &format!("/v1{path}{more}limit={limit}"));
                assert_eq!((answer.status, &answer.json()["fields"][0]["at"]), (422, &Value::from("query/limit")), "{id} {limit}");
            }
            let answer = site.get(&master, &format!("/v1{path}{more}colour=red"));
            assert_eq!((answer.status, &answer.json()["fields"][0]["code"]), (422, &Value::from("unknown")), "{id}");
        }
    });
}

#[test]
fn a_look_needs_its_scope() {
    common::on_one(|site: &Site| {
        let seeded = seed(site);
        for (id, path) in looks(&seeded) {
            // Whoever works with a company may know how real its decisions are.
            match op(id).needs {
                Needs::Scope(needed) => assert!(needed.reads() || needed == Scope::PersonalExport, "{id} needs {}", needed.word()),
                Needs::Anybody => assert_eq!(id, "get_company"),
                Needs::Person | Needs::Nobody => panic!("{id} needs no scope"),
            }
            let url = format!("/v1{path}");
            assert_eq!(site.send("GET", &url, &[], b"").status, 401, "{id}");
            assert_eq!(site.get("rk_1", &url).status, 401, "{id}");
        }
        let few = site.key(&[Scope::AccessRead]);
        let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::PersonalExport).collect();
        let most = site.key(&others);
        for (id, path) in looks(&seeded) {
            let allowed = matches!(op(id).needs, Needs::Scope(Scope::AccessRead) | Needs::Anybody);
            assert_eq!(site.get(&few, &format!("/v1{path}")).status, if allowed { 200 } else { 403 }, "{id}");
            let personal = op(id).needs == Needs::Scope(Scope::PersonalExport);
            assert_eq!(site.get(&most, &format!("/v1{path}")).status, if personal { 403 } else { 200 }, "{id}");
        }
    });
}

#[test]
fn what_a_customer_owes_and_may_use_is_the_same_wherever_it_is_told() {
    on_both(|site| {
        let seeded = seed(site);
        let master = site.master();
        let customer = site.ok(&master, "/v1/customers/C1");
        assert_eq!(customer["id"], seeded.customer.as_str());
        assert_eq!(customer["profile"]["name"], "Cliente C1");
        assert_eq!(customer["profile"]["contacts"][0]["address"], "c1@customer.example");
        assert_eq!(customer["profile"]["contacts"][0]["consent"], "contract");
        assert_eq!(site.ok(&master, &format!("/v1/customers/{}", seeded.customer)), customer);
        // What settles its receivables one by one is what settles all of them.
        let copies = site.all(&master, "/v1/customers/C1/second-copies", 2);
        let cents = |value: &Value| value["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let sum: i64 = copies.iter().map(|copy| cents(&copy["due"]["total"])).sum();
        assert_eq!(cents(&customer["balances"][0]["due"]), sum, "{customer}");
        let statement = site.ok(&master, "/v1/customers/C1/statement");
        assert_eq!(cents(&statement["accounts"][0]["due"]), sum, "{statement}");
        let receivable = site.ok(&master, "/v1/receivables/R1");
        let copy = site.ok(&master, "/v1/receivables/R1/second-copy");
        assert_eq!(receivable["stands"]["due"], copy["due"]);
        assert!(cents(&copy["due"]["interest"]) > 0 && copy["due"]["days_late"].as_i64().unwrap() > 20, "{copy}");
        assert_eq!((&receivable["id"], &receivable["customer"]), (&Value::from(seeded.receivable.as_str()), &customer["id"]));
        assert_eq!(receivable["stands"]["last_step"]["step"], "final", "{receivable}");
        assert_eq!(receivable["stands"]["next_step"]["waits"], "approval", "{receivable}");
        let approvals = site.all(&master, "/v1/approvals", 1);
        assert!(approvals.iter().any(|one| one["receivable_external_id"] == "R1" && one["step"] == "suspend"), "{approvals:?}");
        // The entries of the ledger come to the balance.
        let entries = site.all(&master, "/v1/receivables/R1/entries", 1);
        assert_eq!(entries.iter().map(|entry| cents(&entry["amount"])).sum::<i64>(), cents(&receivable["balance"]));
        let explained = site.ok(&master, "/v1/receivables/R1/explain");
        let past = explained["past"].as_array().unwrap();
        assert!(past.iter().any(|line| line["step"] == "limit" && line["kind"] == "done"), "{explained}");
        assert!(past.iter().all(|line| line["receivable_external_id"].is_null() || line["receivable_external_id"] == "R1"));
        assert_eq!(explained["past_ends"], Value::Null);
        let one = site.ok(&master, "/v1/receivables/R1/explain?step=limit");
        assert!(one["past"].as_array().unwrap().iter().all(|line| line["step"] == "limit"), "{one}");
        assert_eq!(site.get(&master, "/v1/receivables/R1/explain?step=nope").status, 422);
    });
}

#[test]
fn access_is_kept_until_it_can_change_and_known_again_by_its_tag() {
    on_both(|site| {
        seed(site);
        let key = site.key(&[Scope::AccessRead]);
        let answer = site.get(&key, "/v1/customers/C1/access");
        let value = answer.json();
        assert_eq!(value["state"], "limited", "{value}");
        let shared = value["access"].as_array().unwrap().iter().find(|one| one["subscription"].is_null()).unwrap();
        assert_eq!((&shared["because"]["step"], &shared["next"]["state"]), (&Value::from("limit"), &Value::from("suspended")), "{value}");
        let seconds = |answer: &common::Answer| {
            let control = answer.header("cache-control").unwrap_or_default().to_owned();
            control.strip_prefix("private, max-age=").and_then(|rest| rest.parse::<u64>().ok()).unwrap_or_else(|| panic!("{control}"))
        };
        assert!(seconds(&answer) <= 60);
        let tag = answer.header("etag").unwrap().to_owned();
        let bearer = format!("Bearer {key}");
        let again = site.send("GET", "/v1/customers/C1/access", &[("Authorization", &bearer), ("If-None-Match", &tag)], b"");
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())));
        let other = site.send("GET", "/v1/customers/C1/access", &[("Authorization", &bearer), ("If-None-Match", "\"0\"")], b"");
        assert_eq!(other.status, 200);
        // Something became known that is not decided yet: it may change at once.
        assert_eq!(seconds(&answer), 0);
        site.pass(common::hour("2026-02-05", 13));
        // Seconds before the customer's midnight, after which other amounts are owed.
        site.program.set_now(common::at("2026-02-05T23:59"));
        assert_eq!(seconds(&site.get(&key, "/v1/customers/C1/access")), 60);
        let last = regua_core::time::Instant::from_secs(common::at("2026-02-06T00:00").secs() - 7);
        site.program.set_now(last);
        assert_eq!(seconds(&site.get(&key, "/v1/customers/C1/access")), 7);
        // Nobody knows of anything that would restrict it.
        let free = site.ok(&key, "/v1/customers/C9/access");
        assert_eq!((&free["state"], free["access"][0]["owed"].as_array().unwrap().len()), (&Value::from("active"), 0), "{free}");
        let timeline = site.all(&key, "/v1/customers/C1/access/timeline", 1);
        assert_eq!(timeline.last().unwrap()["state"], "limited", "{timeline:?}");
    });
}

#[test]
fn once_a_person_is_erased_nothing_tells_who_it_was() {
    on_both(|site| {
        let seeded = seed(site);
        let master = site.master();
        assert!(site.get(&master, "/v1/customers/C1").text().contains("c1@customer.example"));
        let now = regua_web::Host::now(&*site.program);
        site.engine().erase(site.tenant(), "C1", true, &common::act(), now).unwrap();
        for (id, path) in looks(&seeded) {
            let path = path.replace("C1", &seeded.customer);
            let answer = site.get(&master, &format!("/v1{path}"));
            assert_eq!(answer.status, 200, "{id} {path}: {}", answer.text());
            for personal in ["Cliente C1", "c1@customer.example", "\"C1\""] {
                assert!(!answer.text().contains(personal), "{id} {path} tells {personal}: {}", answer.text());
            }
        }
    });
}

#[test]
fn a_message_of_the_shadow_is_shown_as_one() {
    on_both(|site| {
        site.engine().set_mode(site.tenant(), Mode::Shadow, None, &act(), at(START)).unwrap();
        site.bill("C1", "R1", ("2026-01-02", "2026-01-12"), 10_000, hour("2026-01-02", 9));
        site.pass_days("2026-01-02", "2026-01-20");
        site.program.set_now(hour("2026-01-20", 12));
        let master = site.master();
        for path in ["/v1/messages", "/v1/customers/C1/messages"] {
            let listed = site.ok(&master, path);
            assert!(!listed["items"].as_array().unwrap().is_empty(), "{path}");
            assert!(listed["items"].as_array().unwrap().iter().all(|one| one["status"] == "shadow"), "{path}: {listed}");
            let id = listed["items"][0]["id"].as_str().unwrap();
            assert_eq!(site.ok(&master, &format!("/v1/messages/{id}"))["status"], "shadow");
        }
    });
}
