//! Plans, subscriptions and invoices.

use serde_json::{Value, json};

use crate::common::{at, on_both};
use crate::desk::{Desk, reais};

const PLAN: &str = "plan: 1\nkey: team\nname: Team\ncurrency: BRL\ncycle: month\nprices:\n  - { key: seat, name: Seat, unit: 30.00 }\n  - { key: calls, name: Calls, meter: calls, unit: 0.10 }\n";

#[test]
fn subscriptions_begin_change_and_end_and_invoices_are_taken_back() {
    on_both(|site| {
        let desk = Desk::new(site);
        let now = at("2026-01-05T10:00");
        site.program.set_now(now);
        assert_eq!(desk.wrong("POST", "/plans", &json!({"text": "plan: 2"})), ("/text".to_owned(), "bad_plan".to_owned()));
        let made = desk.is(201, "POST", "/plans", &json!({"text": PLAN, "reason": "new prices"}));
        assert_eq!((made["version"].clone(), made["currency"].clone()), (json!(1), json!("BRL")));
        assert_eq!(desk.is(200, "POST", "/plans", &json!({"text": PLAN}))["unchanged"], json!(true));
        let seen = desk.post("/plans/preview", &json!({"plan": "team", "quantity": 2, "usage": [{"meter": "calls", "quantity": 50}]}));
        assert_eq!(seen["documents"][1]["total"], reais("65.00"), "{seen}");
        assert_eq!(
            desk.wrong("POST", "/plans/preview", &json!({"plan": "team", "usage": [{"meter": "x", "quantity": 1}]})).0,
            "/usage/0/meter"
        );
        assert_eq!(desk.wrong("POST", "/plans/preview", &json!({"plan": "none"})).0, "/plan");

        let new = json!({
            "key": "sub-1", "customer": {"id": "C1", "name": "Ana", "contacts": [{"channel": "email", "address": "ana@c.example"}]},
            "plan": "team", "quantity": 2, "terms": {"net": "10d", "taxes": ["ISS=5%:within"], "purchase_order": "PO-1"}, "reason": "signed",
        });
        assert_eq!(desk.post("/subscriptions/preview", &new)["documents"][0]["total"], reais("60.00"));
        let begun = desk.is(201, "POST", "/subscriptions", &new);
        assert_eq!((begun["state"].clone(), begun["quantity"].clone(), begun["net"].clone()), (json!("active"), json!(2), json!("10d")));
        assert_eq!(desk.wrong("POST", "/subscriptions", &new), ("/key".to_owned(), "subscription_known".to_owned()));
        for (change, place) in [
            (json!({"key": "a b"}), "/key"),
            (json!({"plan": "none"}), "/plan"),
            (json!({"terms": {"net": "soon"}}), "/terms/net"),
            (json!({"terms": {"taxes": ["5%"]}}), "/terms/taxes"),
            (json!({"terms": {"attachments": ["/etc/passwd"]}}), "/terms/attachments"),
            (json!({"coupons": ["HALF"]}), "/coupons"),
            (json!({"anchor": "32"}), "/anchor"),
            (json!({"from": "2025-09-01"}), "/from"),
            (json!({"quantity": -1}), "/quantity"),
            (json!({"customer": {"id": "C1", "tax_id": "1"}}), "/customer/tax_id"),
        ] {
            let mut wrong = new.clone();
            wrong["key"] = json!("sub-x");
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            assert_eq!(desk.wrong("POST", "/subscriptions", &wrong).0, place, "{change}");
        }
        let row = |key: &str, plan: &str| json!({"key": key, "customer": {"id": "C2", "name": "Bruno"}, "plan": plan});
        let done = desk.post(
            "/subscriptions/batch",
            &json!({"subscriptions": [row("b-1", "team"), row("b-2", "none"), row("b-1", "team"), {"key": 7}]}),
        );
        assert_eq!(
            (
                done["new"].clone(),
                done["refused"].as_array().unwrap().iter().map(|one| one["index"].as_i64().unwrap()).collect::<Vec<_>>().len()
            ),
            (json!(1), 5),
            "{done}"
        );
        assert_eq!(desk.post("/subscriptions/batch", &json!({"subscriptions": [row("b-1", "team")]}))["same"], json!(1));
        assert_eq!(desk.post("/subscriptions/b-1/bill-again", &json!({}))["was_set_aside"], json!(false));
        assert_eq!(desk.ask("POST", "/subscriptions/none/bill-again", &json!({})).status, 404);

        site.engine().bill_due(now, 1).unwrap();
        let change = |body: Value| desk.post("/subscriptions/sub-1/changes", &body);
        let more = json!({"what": "quantity", "quantity": 3});
        let seen = desk.post("/subscriptions/sub-1/changes/preview", &more);
        assert!(seen["at_once"][0]["total"]["amount"].as_str().is_some_and(|sum| sum != "0.00"), "{seen}");
        assert_eq!(change(more.clone())["subscription"]["quantity"], json!(3));
        assert_eq!(change(more)["changed"], json!(false));
        change(json!({"what": "quantity", "quantity": 4, "effect": "period_end"}));
        change(json!({"what": "plan", "plan": "team", "effect": "period_end"}));
        assert_eq!(change(json!({"what": "coupon", "coupon": "HALF=50%:once"}))["subscription"]["coupons"], json!(["HALF"]));
        change(json!({"what": "remove_coupon", "coupon": "HALF"}));
        assert_eq!(change(json!({"what": "terms", "terms": {"net": "30d"}}))["subscription"]["net"], json!("30d"));
        change(json!({"what": "usage", "meter": "calls", "quantity": 40, "report": "week-1"}));
        assert_eq!(change(json!({"what": "usage", "meter": "calls", "quantity": 40, "report": "week-1"}))["changed"], json!(false));
        change(json!({"what": "pause", "until": "2026-04-01"}));
        change(json!({"what": "resume", "settle": "next"}));
        assert_eq!(change(json!({"what": "cancel"}))["subscription"]["state"], json!("ending"));
        assert_eq!(change(json!({"what": "keep_running"}))["subscription"]["state"], json!("active"));
        for (body, place) in [
            (json!({"what": "quantity"}), "/quantity"),
            (json!({"what": "plan"}), "/plan"),
            (json!({"what": "plan", "plan": "none"}), "/plan"),
            (json!({"what": "coupon", "coupon": "X"}), "/coupon"),
            (json!({"what": "terms"}), "/terms"),
            (json!({"what": "terms", "terms": {}}), "/terms"),
            (json!({"what": "usage", "quantity": 1}), "/meter"),
            (json!({"what": "wish"}), "/what"),
            (json!({}), "/what"),
        ] {
            assert_eq!(desk.wrong("POST", "/subscriptions/sub-1/changes", &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", "/subscriptions/none/changes", &json!({"what": "cancel"})).status, 404);
        // What it gives back is beyond a small limit.
        let small = desk.limited(Some(100));
        let end = json!({"what": "cancel_now", "on": "2026-01-10"});
        assert_eq!(site.act(&small, "POST", "/v1/subscriptions/sub-1/changes", &end).status, 202);

        let cheap = json!({"key": "sub-2", "customer": {"id": "C1"}, "plan": "team", "coupons": ["FREE=100%:forever"]});
        assert_eq!(site.act(&small, "POST", "/v1/subscriptions", &cheap).status, 202);
        assert_eq!(site.act(&small, "POST", "/v1/subscriptions/batch", &json!({"subscriptions": [cheap]})).status, 202);

        // Invoices.
        let invoices = || site.engine().invoices(site.tenant(), "C1").unwrap();
        let first = invoices()[0].row.key.replace('/', "%2F");
        let amount = json!({"amount": reais("10.00"), "reason": "goodwill"});
        let would = desk.post(&format!("/invoices/{first}/credits/preview"), &amount);
        assert_eq!((would["made"].clone(), would["applied"].clone()), (json!(false), reais("10.00")));
        assert_eq!(site.act(&small, "POST", &format!("/v1/invoices/{first}/credits"), &amount).status, 202);
        assert_eq!(site.act(&small, "POST", &format!("/v1/invoices/{first}/void"), &json!({})).status, 202);
        let made = desk.is(201, "POST", &format!("/invoices/{first}/credits"), &amount);
        assert_eq!(made["invoice"]["open"], reais("50.00"));
        desk.is(
            201,
            "POST",
            &format!("/invoices/{first}/credits"),
            &json!({"lines": [{"line": 1, "amount": reais("5.00")}], "reason": "one day"}),
        );
        for (body, place) in [
            (json!({"amount": reais("1.00")}), "/reason"),
            (json!({"reason": "x"}), "/all"),
            (json!({"reason": "x", "all": true, "amount": reais("1.00")}), "/all"),
            (json!({"reason": "x", "amount": {"amount": "1.00", "currency": "USD"}}), "/amount/currency"),
            (json!({"reason": "x", "lines": [{"line": 99}]}), "/lines/0/line"),
        ] {
            assert_eq!(desk.wrong("POST", &format!("/invoices/{first}/credits"), &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", &format!("/invoices/{first}/void"), &json!({})).code(), "credited");
        let other = site.engine().invoices(site.tenant(), "C2").unwrap()[0].row.key.replace('/', "%2F");
        assert_eq!(desk.post(&format!("/invoices/{other}/void"), &json!({"reason": "wrong customer"}))["status"], json!("void"));
        assert_eq!(desk.ask("POST", "/invoices/none/void", &json!({})).status, 404);
        desk.post("/subscriptions/sub-1/changes", &json!({"what": "cancel_now", "credit": false}));
        desk.assert_clean();
    });
}
