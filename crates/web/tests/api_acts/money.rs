//! Money as it is entered, and what waits for a second person.

use regua_engine::commands::tell::About;
use serde_json::json;

use crate::common::on_both;
use crate::desk::{Desk, reais};

#[test]
fn money_moves_as_it_is_entered() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let paid = desk.is(
            201,
            "POST",
            "/payments",
            &json!({"customer": "C1", "amount": reais("120.00"), "named": ["F-2", "F-1"], "id": "pix-1"}),
        );
        assert_eq!(paid["parts"].as_array().unwrap().len(), 2, "{paid}");
        assert_eq!((desk.balance("F-2"), desk.balance("F-1")), (0, 3_000));
        let again = desk.is(
            200,
            "POST",
            "/payments",
            &json!({"customer": "C1", "amount": reais("120.00"), "named": ["F-2", "F-1"], "id": "pix-1"}),
        );
        assert_eq!((again["known"].clone(), desk.balance("F-1")), (json!(true), 3_000));
        desk.is(201, "POST", "/payments", &json!({"receivable": "F-1", "amount": reais("40.00"), "on": "2026-01-02"}));
        let refund = desk.post("/receivables/F-2/refund", &json!({"amount": reais("20.00"), "reason": "returned one"}));
        assert_eq!((refund["parts"][0]["amount"].clone(), desk.balance("F-2")), (reais("20.00"), 2_000));
        // 10.00 of the second payment are credit.
        let used = desk.post("/receivables/F-2/apply-credit", &json!({"amount": reais("4.00")}));
        assert_eq!((used["credit"].clone(), desk.balance("F-2")), (reais("6.00"), 1_600));
        desk.post("/customers/C1/apply-credit", &json!({"amount": reais("1.00")}));
        assert_eq!(desk.post("/customers/C1/pay-out-credit", &json!({}))["rest"], reais("5.00"));
        assert_eq!(desk.wrong("POST", "/customers/C1/pay-out-credit", &json!({"amount": reais("5.00")})).0.as_str(), "");
        desk.post("/receivables/F-2/charge-back", &json!({"amount": reais("10.00")}));
        assert_eq!(desk.balance("F-2"), 2_500);
        desk.post("/receivables/F-2/reduce", &json!({"amount": reais("3.00"), "reason": "goodwill"}));
        desk.post("/receivables/F-2/withhold", &json!({"amount": reais("2.00")}));
        desk.post("/receivables/F-2/fee", &json!({"amount": reais("1.50"), "on": "2026-01-02"}));
        assert_eq!(desk.balance("F-2"), 2_150);
        desk.post("/receivables/F-2/write-off", &json!({"reason": "too small"}));
        desk.post("/receivables/F-3/void", &json!({}));
        let state = |id: &str| site.engine().receivable_state(site.tenant(), &About::Receivable(id.to_owned()), desk.now()).unwrap().status;
        assert_eq!((state("F-1"), state("F-2"), state("F-3")), ("paid", "written_off", "void"));
        // Mistakes.
        for (path, body, place, code) in [
            ("/payments", json!({"amount": reais("1.00")}), "/customer", "required"),
            ("/payments", json!({"customer": "C1", "receivable": "F-1", "amount": reais("1.00")}), "/customer", "twice"),
            ("/payments", json!({"customer": "nobody", "amount": reais("1.00")}), "/customer", "no_customer"),
            ("/payments", json!({"receivable": "nothing", "amount": reais("1.00")}), "/receivable", "no_receivable"),
            ("/payments", json!({"customer": "C1", "amount": reais("0.00")}), "/amount", "money"),
            ("/payments", json!({"customer": "C1", "amount": reais("1.00"), "on": "2026-01-03"}), "/on", "day_to_come"),
            ("/payments", json!({"customer": "C1", "amount": reais("1.00"), "named": ["F-3"]}), "/named", "another_customer"),
            ("/payments", json!({"customer": "C1", "amount": reais("9.00"), "id": "pix-1"}), "/id", "known_otherwise"),
            ("/receivables/F-1/reduce", json!({}), "/amount", "required"),
            ("/receivables/F-1/fee", json!({"amount": "1.00"}), "/amount", "money"),
            ("/receivables/F-1/fee", json!({"amount": {"amount": "1.00", "currency": "BRL", "of": 1}}), "/amount", "money"),
        ] {
            assert_eq!(desk.wrong("POST", path, &body), (place.to_owned(), code.to_owned()), "{path} {body}");
        }
        assert_eq!(desk.ask("POST", "/receivables/F-3/void", &json!({})).code(), "void");
        assert_eq!(desk.ask("POST", "/receivables/F-2/refund", &json!({"amount": reais("999.00")})).status, 422);
        desk.assert_clean();
    });
}

#[test]
fn what_is_beyond_a_limit_waits_and_changes_nothing() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        desk.is(201, "POST", "/payments", &json!({"receivable": "F-3", "amount": reais("60.00")}));
        let small = desk.limited(Some(1_000));
        let before = (desk.balance("F-1"), desk.balance("F-2"), desk.balance("F-3"));
        for (method, path, body) in [
            ("POST", "/payments", json!({"customer": "C1", "amount": reais("10.01")})),
            ("POST", "/receivables/F-1/reduce", json!({"amount": reais("10.01"), "reason": "kind"})),
            ("POST", "/receivables/F-1/withhold", json!({"amount": reais("10.01")})),
            ("POST", "/receivables/F-1/fee", json!({"amount": reais("10.01")})),
            ("POST", "/receivables/F-1/void", json!({})),
            ("POST", "/receivables/F-1/write-off", json!({})),
            ("POST", "/receivables/F-3/refund", json!({})),
            ("POST", "/receivables/F-3/charge-back", json!({})),
            ("POST", "/receivables/F-1/charges", json!({})),
            (
                "PUT",
                "/receivables/F-1",
                json!({
                    "customer": {"id": "C1"}, "issued_on": "2026-01-02", "due_on": "2026-01-20", "amount": reais("1.00"),
                }),
            ),
            (
                "POST",
                "/imports/records",
                json!({"records": [{
                    "id": "F-9", "customer": {"id": "C1"}, "issued_on": "2026-01-02", "due_on": "2026-01-20", "amount": reais("90.00"),
                    "payments": [{"paid_on": "2026-01-02"}],
                }]}),
            ),
        ] {
            let answer = site.act(&small, method, &format!("/v1{path}"), &body);
            assert_eq!(answer.status, 202, "{method} {path}: {}", answer.text());
            assert!(answer.json()["held_act"].as_str().is_some_and(|held| !held.is_empty()), "{path}");
        }
        assert_eq!((desk.balance("F-1"), desk.balance("F-2"), desk.balance("F-3")), before);
        assert_eq!(desk.ask("POST", "/receivables/F-9/dispute", &json!({})).status, 404);
        // Within it, it is done; and a limit of nothing leaves nothing.
        let answer = site.act(&small, "POST", "/v1/receivables/F-1/reduce", &json!({"amount": reais("10.00")}));
        assert_eq!((answer.status, desk.balance("F-1")), (200, before.0 - 1_000), "{}", answer.text());
        let none = desk.limited(Some(0));
        assert_eq!(site.act(&none, "POST", "/v1/receivables/F-1/fee", &json!({"amount": reais("0.01")})).status, 202);
        assert_eq!(site.act(&none, "POST", "/v1/receivables/F-1/dispute", &json!({})).status, 200, "no money is in it");
        desk.assert_clean();
    });
}
