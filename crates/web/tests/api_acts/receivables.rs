//! Receivables entered, amended and held, one by one and many at once.

use serde_json::{Value, json};

use crate::common::{at, on_both};
use crate::desk::{Desk, reais};

#[test]
fn receivables_are_entered_amended_and_held() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let body = json!({
            "customer": {"id": "C7", "name": "Caio", "contacts": [{"channel": "email", "address": "caio@c.example"}]},
            "issued_on": "2026-01-02", "due_on": "2026-01-25", "amount": reais("300.00"), "method": "pix",
            "subscription": {"key": "s-7", "plan": "gold", "renewal_on": "2026-02-01"},
            "payments": [{"id": "p-1", "paid_on": "2026-01-02", "amount": reais("120.00")}],
        });
        let made = desk.is(201, "PUT", "/receivables/F-7", &body);
        assert_eq!((made["balance"].clone(), made["customer_external_id"].as_str()), (reais("180.00"), Some("C7")));
        assert_eq!(desk.is(200, "PUT", "/receivables/F-7", &body)["balance"], reais("180.00"), "told again it changes nothing");
        let mut other = body.clone();
        other["amount"] = reais("310.00");
        other["method"] = json!("boleto");
        assert_eq!(desk.is(200, "PUT", "/receivables/F-7", &other)["balance"], reais("190.00"));
        let told = |method: &str| {
            let mut record = other.clone();
            (record["id"], record["method"]) = (json!("F-7"), json!(method));
            desk.post("/imports/records", &json!({"records": [record], "only_look": true}))["receivables_same"].clone()
        };
        assert_eq!((told("boleto"), told("pix")), (json!(1), json!(0)), "how it is paid is kept though nothing else of it moved");
        // By our id the same one is meant.
        let id = made["id"].as_str().unwrap();
        assert_eq!(desk.is(200, "PUT", &format!("/receivables/{id}"), &other)["external_id"], json!("F-7"));
        other["customer"] = json!({"id": "C1"});
        assert_eq!(desk.ask("PUT", "/receivables/F-7", &other).code(), "refused");
        for (change, place) in [
            (json!({"issued_on": null}), "/issued_on"),
            (json!({"issued_at": "2026-01-02T10:00:00Z"}), "/issued_at"),
            (json!({"amount": reais("0.00")}), "/amount"),
            (json!({"amount": reais("-1.00")}), "/amount"),
            (json!({"amount": {"amount": "1.0", "currency": "BRL"}}), "/amount/amount"),
            (json!({"amount": {"amount": "1.00", "currency": "XXQ"}}), "/amount/currency"),
            (json!({"due_on": "2026-02-30"}), "/due_on"),
            (json!({"method": "barter"}), "/method"),
            (json!({"customer": {"id": "  "}}), "/customer/id"),
            (json!({"customer": {"name": "x"}}), "/customer/id"),
            (
                json!({"payments": [{"paid_on": "2026-01-03", "amount": {"amount": "1.00", "currency": "USD"}}]}),
                "/payments/0/amount/currency",
            ),
            (json!({"payments": [{"amount": reais("1.00")}]}), "/payments/0/paid_on"),
        ] {
            let mut wrong = body.clone();
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            assert_eq!(desk.wrong("PUT", "/receivables/F-8", &wrong).0, place, "{change}");
        }
        // What holds it.
        assert_eq!(desk.post("/receivables/F-1/hold", &json!({"cause": "complaint"}))["held_for"], json!(["complaint"]));
        assert_eq!(desk.post("/receivables/F-1/release", &json!({"cause": "complaint"}))["held_for"], json!([]));
        assert_eq!(desk.post("/receivables/F-1/pause", &json!({}))["held_for"], json!(["pause"]));
        assert_eq!(desk.post("/receivables/F-1/resume", &json!({}))["held_for"], json!([]));
        assert_eq!(desk.post("/receivables/F-1/dispute", &json!({"reason": "never ordered"}))["held_for"], json!(["dispute"]));
        assert_eq!(desk.post("/receivables/F-1/settle-dispute", &json!({}))["held_for"], json!([]));
        assert_eq!(desk.post("/receivables/F-1/promises", &json!({"on": "2026-01-28"}))["promised_on"], json!("2026-01-28"));
        let withdrawn = desk.post("/receivables/F-1/withdraw-promise", &json!({"on": "2026-01-28", "reason": "the wrong customer"}));
        assert_eq!((&withdrawn["promised_on"], &withdrawn["held_for"]), (&Value::Null, &json!([])));
        assert_eq!(desk.ask("POST", "/receivables/F-1/withdraw-promise", &json!({"on": "2026-01-28"})).code(), "does_not_fit");
        assert_eq!(desk.post("/receivables/F-1/promises", &json!({"on": "2026-01-28"}))["promised_on"], json!("2026-01-28"));
        assert_eq!(desk.wrong("POST", "/receivables/F-1/hold", &json!({"cause": "boredom"})).0, "/cause");
        assert_eq!(desk.wrong("POST", "/receivables/F-1/promises", &json!({})).0, "/on");
        assert_eq!(desk.ask("POST", "/receivables/F-1/approve", &json!({"step": "nothing"})).status, 422);
        assert_eq!(desk.ask("POST", "/receivables/F-99/dispute", &json!({})).status, 404);
        assert!(site.program.rung.load(std::sync::atomic::Ordering::SeqCst) > 8, "the workers are told");
        desk.assert_clean();
    });
}

#[test]
fn good_records_are_taken_beside_bad_ones() {
    on_both(|site| {
        let desk = Desk::new(site);
        site.program.set_now(at("2026-01-05T10:00"));
        let record = |id: &str, who: &str, amount: &str| json!({"id": id, "customer": {"id": who}, "issued_on": "2026-01-02", "due_on": "2026-02-02", "amount": reais(amount)});
        let mut bad = record("R-3", "K1", "10.00");
        bad["due_on"] = json!("tomorrow");
        bad["colour"] = json!("red");
        let body = json!({"records": [
            record("R-1", "K1", "10.00"), record("R-2", "K2", "20.00"), bad, record("R-1", "K1", "11.00"), record("R-4", "K2", "0.00"),
        ]});
        let mut look = body.clone();
        look["only_look"] = json!(true);
        let would = desk.post("/imports/records", &look);
        assert_eq!((would["written"].clone(), would["receivables_new"].clone()), (json!(false), json!(2)));
        assert_eq!(desk.ask("POST", "/receivables/R-1/dispute", &json!({})).status, 404, "nothing was written");
        let done = desk.post("/imports/records", &body);
        assert_eq!((done["customers_new"].clone(), done["receivables_new"].clone()), (json!(2), json!(2)));
        let refused: Vec<(i64, &str)> =
            done["refused"].as_array().unwrap().iter().map(|one| (one["index"].as_i64().unwrap(), one["at"].as_str().unwrap())).collect();
        assert_eq!(refused, [(2, "/records/2/colour"), (2, "/records/2/due_on"), (3, "/records/3/id"), (4, "/records/4/amount")]);
        assert_eq!((desk.balance("R-1"), desk.balance("R-2")), (1_000, 2_000));
        let again = desk.post("/imports/records", &body);
        assert_eq!((again["receivables_new"].clone(), again["receivables_same"].clone()), (json!(0), json!(2)));
        // Another customer's is refused by the engine, with its place.
        let done = desk
            .post("/imports/records", &json!({"records": [record("R-5", "K1", "1.00"), record("R-2", "K1", "20.00")], "complete": true}));
        assert_eq!((done["refused"][0]["index"].clone(), done["refused"][0]["code"].clone()), (json!(1), json!("refused")));
        assert_eq!(desk.wrong("POST", "/imports/records", &json!({"records": [record("", "K1", "1.00")]})).0, "/records/0/id");
        assert_eq!(desk.wrong("POST", "/imports/records", &json!({"records": "none"})), ("/records".to_owned(), "type".to_owned()));
        let many: Vec<Value> = (0..1_001).map(|n| json!({"id": n.to_string()})).collect();
        assert_eq!(desk.wrong("POST", "/imports/records", &json!({"records": many})).1, "too_many");
        // A source is known once something of it is, and is told to be read.
        assert_eq!(desk.ask("POST", "/sources/elsewhere/read", &json!({})).status, 404);
        assert_eq!(desk.post("/sources/api/read", &json!({"reason": "nightly job"}))["source"], json!("api"));
        assert!(desk.chain(site.tenant().to_bytes()).contains("nightly job"));
        desk.assert_clean();
    });
}
