//! Every act over HTTP: what it does is seen in the engine, what is wrong with its input is told with its place, what is beyond a
//! limit waits for a second person, and all of it is whole afterwards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod banks;
mod charging;
#[path = "../common/mod.rs"]
mod common;
mod customers;
mod desk;
mod ladder;
mod money;
mod receivables;
mod subscriptions;
mod texts;
mod work;

use common::{brl, on_both, on_one};
use desk::{Desk, key, reais};
use regua_engine::commands::tell::About;
use regua_web::api::{Method, Needs, ops};
use serde_json::json;

/// Something that fits every path: it is read before anything is looked for.
fn path_of(op: &regua_web::api::Op) -> String {
    let parts: Vec<String> =
        op.path.split('/').map(|part| if part.starts_with('{') { "x-1".to_owned() } else { part.to_owned() }).collect();
    format!("/v1{}", parts.join("/"))
}

#[test]
fn every_act_refuses_bodies_that_are_not_what_it_takes() {
    on_one(|site| {
        let desk = Desk::new(site);
        let mut seen = 0;
        for op in ops().filter(|op| matches!(op.needs, Needs::Scope(_)) && !op.method.is_safe()) {
            let send = |body: &str| {
                let bearer = format!("Bearer {}", desk.key);
                let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
                site.send(op.method.as_str(), &path_of(op), &headers, body.as_bytes())
            };
            let takes_json = !op.body_is_none() && !op.body_is_file();
            if op.body_is_none() {
                // What the query lacks is told as well.
                assert!(matches!(send("{\"surely_not_a_field\":1}").status, 400 | 422), "{}", op.id);
                continue;
            }
            if !takes_json {
                continue;
            }
            seen += 1;
            assert_eq!(send("{").status, 400, "{}", op.id);
            let answer = send("{\"surely_not_a_field\":1}");
            assert_eq!(answer.status, 422, "{}: {}", op.id, answer.text());
            let told = answer.json();
            let places: Vec<&str> = told["fields"].as_array().unwrap().iter().filter_map(|field| field["at"].as_str()).collect();
            assert!(places.contains(&"/surely_not_a_field"), "{}: {told}", op.id);
            assert_eq!(send("[]").status, 422, "{}", op.id);
            for body in ["{\"reason\":7}".to_owned(), format!("{{\"reason\":\"{}\"}}", "long ".repeat(500))] {
                let answer = send(&body);
                assert_eq!(answer.status, 422, "{}: {}", op.id, answer.text());
            }
        }
        assert!(seen > 50, "{seen} acts were tried");
    });
}

#[test]
fn another_companys_things_are_not_there() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let stranger = key(site, &site.keeper(site.other), None);
        let state = site.engine().receivable_state(site.tenant(), &About::Receivable("F-1".to_owned()), desk.now()).unwrap();
        let (receivable, customer) = (state.id.to_string(), state.customer.to_string());
        for (path, body) in [
            (format!("/receivables/{receivable}/dispute"), json!({})),
            ("/receivables/F-1/dispute".to_owned(), json!({})),
            (format!("/receivables/{receivable}/reduce"), json!({"amount": reais("1.00")})),
            (format!("/receivables/{receivable}/charges"), json!({})),
            (format!("/customers/{customer}/hold"), json!({"cause": "hold"})),
            (format!("/customers/{customer}/approve"), json!({})),
            (format!("/customers/{customer}/erase"), json!({"confirm": customer})),
            (format!("/customers/{customer}/contact-news"), json!({"channel": "email", "news": "opted_out"})),
        ] {
            let answer = site.act(&stranger, "POST", &format!("/v1{path}"), &body);
            assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        }
        let answer = site.act(&stranger, "PATCH", &format!("/v1/customers/{customer}"), &json!({"name": "x"}));
        assert_eq!(answer.status, 404, "{}", answer.text());
        let paid = site.act(&stranger, "POST", "/v1/payments", &json!({"receivable": receivable, "amount": reais("1.00")}));
        assert_eq!(paid.json()["fields"][0]["at"], json!("/receivable"), "{}", paid.text());
        assert_eq!(desk.balance("F-1"), brl(10_000).minor());
        desk.assert_clean();
    });
}

#[test]
fn the_rows_of_acts_are_whole() {
    let mut ids: Vec<&str> = ops().map(|op| op.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each operation has a name of its own");
    for op in ops().filter(|op| op.method != Method::Get) {
        assert!(!op.summary.is_empty() && !op.tag.is_empty(), "{}", op.id);
        assert!(op.path.starts_with('/') && !op.path.ends_with('/'), "{}", op.path);
    }
}
