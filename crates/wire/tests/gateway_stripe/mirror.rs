//! A biller's objects before and since March 2025, and whether the biller still acts on them.

use regua_core::time::{Day, Instant};
use regua_wire::gateways::stripe::mirror::{self, CameTo, Collection, InvoiceStatus, SubscriptionStatus};
use serde_json::{Value, json};

use super::{brl, response, signals, vector, zone};

fn object(event: &[u8]) -> Value {
    serde_json::from_slice::<Value>(event).unwrap()["data"]["object"].clone()
}

#[test]
fn an_invoice_is_the_same_in_both_generations() {
    let old = mirror::invoice(&object(vector!("event_invoice_old")), zone()).unwrap();
    assert_eq!((old.reference.as_str(), old.number.as_deref(), old.customer.as_deref()), ("in_1Old", Some("A-1"), Some("cus_1Ana")));
    assert_eq!((old.status, old.collection), (InvoiceStatus::Open, Collection::Charges));
    assert_eq!((old.amount_due, old.amount_paid, old.amount_remaining), (brl(21_990), brl(0), brl(21_990)));
    assert_eq!((old.issued_on, old.due_on), (Day::parse("2025-11-24").unwrap(), None));
    assert_eq!((old.attempt_count, old.attempted, old.auto_advance), (Some(2), true, Some(true)));
    assert_eq!(old.next_payment_attempt, Some(Instant::from_secs(1_764_763_200)));
    assert_eq!(old.payments.iter().map(|payment| (payment.payment.as_str(), payment.paid)).collect::<Vec<_>>(), [("pi_1Old", false)]);
    assert_eq!(old.subscription.as_deref(), Some("sub_1Old"));
    assert_eq!(old.link.as_deref(), Some("https://invoice.stripe.com/i/acct_1/test_1"));

    let new = mirror::invoice(&object(vector!("event_invoice_new")), zone()).unwrap();
    assert_eq!((new.status, new.collection, new.next_payment_attempt), (InvoiceStatus::Open, Collection::Sends, None));
    assert_eq!((new.issued_on, new.due_on), (Day::parse("2025-11-24").unwrap(), Some(Day::parse("2025-12-01").unwrap())));
    assert_eq!(new.payments.iter().map(|payment| (payment.payment.as_str(), payment.paid)).collect::<Vec<_>>(), [("pi_1New", false)]);
    assert_eq!(new.subscription.as_deref(), Some("sub_1New"));

    let list = [&br#"{"data":["#[..], &serde_json::to_vec(&object(vector!("event_invoice_payment_paid"))).unwrap(), b"]}"].concat();
    let paid = mirror::page(&response(200, &list), mirror::invoice_payment).unwrap();
    assert_eq!((paid.items[0].payment.as_str(), paid.items[0].paid, paid.items[0].amount), ("pi_1New", true, Some(brl(21_990))));
}

#[test]
fn an_invoice_from_before_there_was_a_status_is_read_by_its_switches() {
    let invoice = |extra: Value| {
        let mut value =
            json!({ "id": "in_1", "currency": "jpy", "total": 500, "date": 1_380_933_505, "attempted": true, "billing": "send_invoice" });
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        mirror::invoice(&value, zone()).unwrap()
    };
    for (extra, status, remaining, advances) in [
        (json!({ "paid": false, "closed": false }), InvoiceStatus::Open, 500, Some(true)),
        (json!({ "paid": true, "closed": true }), InvoiceStatus::Paid, 0, Some(false)),
        (json!({ "forgiven": true, "closed": true }), InvoiceStatus::Uncollectible, 500, Some(false)),
        (json!({ "deleted": true }), InvoiceStatus::Void, 500, None),
        (json!({ "status": "of another year" }), InvoiceStatus::Open, 500, None),
    ] {
        let read = invoice(extra.clone());
        assert_eq!((read.status, read.amount_remaining.minor(), read.auto_advance), (status, remaining, advances), "{extra}");
        assert_eq!((read.collection, read.issued_on), (Collection::Sends, Day::parse("2013-10-04").unwrap()));
    }
}

#[test]
fn a_biller_acts_until_its_switches_are_turned() {
    let acts = |status: &str, collection: &str, advances: Value, next: Value| {
        let value = json!({ "id": "in_1", "status": status, "collection_method": collection, "auto_advance": advances, "amount_due": 1,
            "currency": "brl", "created": 1_764_504_000, "next_payment_attempt": next });
        mirror::biller_acts(&mirror::invoice(&value, zone()).unwrap()).map(|acts| (acts.charges, acts.reminds, acts.switches.len()))
    };
    let (charges, sends, later) = ("charge_automatically", "send_invoice", json!(1_764_763_200));
    let rows = [
        ("open", charges, json!(true), later.clone(), Some((true, true, 3))),
        // Not tried yet, or tried for the last time: it still advances.
        ("open", charges, json!(true), json!(null), Some((true, true, 3))),
        // A planned attempt is one, whatever else is said.
        ("open", charges, json!(false), later.clone(), Some((true, true, 3))),
        ("open", charges, json!(false), json!(null), None),
        // What is not told counts as acting.
        ("open", charges, json!(null), json!(null), Some((true, true, 3))),
        ("draft", charges, json!(true), json!(null), Some((true, true, 3))),
        ("draft", charges, json!(false), json!(null), None),
        ("open", sends, json!(true), json!(null), Some((false, true, 2))),
        ("open", sends, json!(false), json!(null), None),
        ("paid", charges, json!(true), json!(null), None),
        ("void", charges, json!(true), later.clone(), None),
        ("uncollectible", charges, json!(true), json!(null), None),
    ];
    for (status, collection, advances, next, expected) in rows {
        assert_eq!(acts(status, collection, advances.clone(), next.clone()), expected, "{status} {collection} {advances} {next}");
    }
}

#[test]
fn a_subscription_is_read_in_both_generations() {
    let old = json!({ "id": "sub_1", "status": "past_due", "customer": "cus_1", "current_period_end": 1_764_504_000,
        "cancel_at_period_end": false, "default_source": "card_1", "latest_invoice": { "id": "in_1" }, "billing": "charge_automatically" });
    let new = json!({ "id": "sub_1", "status": "past_due", "customer": "cus_1", "cancel_at_period_end": false,
        "default_payment_method": "card_1", "latest_invoice": "in_1", "collection_method": "charge_automatically",
        "items": { "data": [{ "current_period_end": 1_764_504_000 }, { "current_period_end": 1_764_000_000 }] } });
    let (old, new) = (mirror::subscription(&old).unwrap(), mirror::subscription(&new).unwrap());
    assert_eq!(old, new);
    assert_eq!((old.status, old.current_period_end), (SubscriptionStatus::PastDue, Some(Instant::from_secs(1_764_504_000))));
    let ended = json!({ "id": "sub_1", "status": "canceled", "ended_at": 1_764_504_000, "cancellation_details": { "reason": "payment_failed" },
        "pause_collection": { "behavior": "void" } });
    let ended = mirror::subscription(&ended).unwrap();
    assert_eq!((ended.ended_why.as_deref(), ended.pause.as_deref()), (Some("payment_failed"), Some("void")));
    let odd = mirror::subscription(&json!({ "id": "sub_1", "status": "hibernating" })).unwrap();
    assert_eq!(odd.status, SubscriptionStatus::Other("hibernating".to_owned()));
}

#[test]
fn each_charge_is_an_attempt_and_one_that_stripe_stopped_uses_up_no_budget() {
    let charge = |extra: Value| {
        let mut value = json!({ "id": "ch_1", "amount": 21_990, "currency": "brl", "created": 1_764_504_000, "customer": "cus_1",
            "payment_intent": "pi_1", "payment_method": "pm_1", "status": "failed", "failure_code": "card_declined",
            "payment_method_details": { "type": "card", "card": { "brand": "visa", "network": "visa", "fingerprint": "f", "exp_month": 2, "exp_year": 2028 } },
            "outcome": { "type": "issuer_declined", "network_status": "declined_by_network", "reason": "do_not_honor", "network_decline_code": "05" } });
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        mirror::attempt(&value, zone()).unwrap()
    };
    let failed = charge(json!({}));
    assert_eq!((failed.reference.as_str(), failed.payment.as_str(), failed.amount), ("ch_1", "pi_1", brl(21_990)));
    assert_eq!((failed.fingerprint.as_deref(), failed.expires_on), (Some("f"), Day::parse("2028-02-29").ok()));
    assert!(failed.reached_network && failed.ours.is_none());
    let CameTo::Failed(told) = &failed.came_to else { panic!("{failed:?}") };
    assert_eq!(signals(told), "[stripe:do_not_honor visa:05]");
    let stopped =
        charge(json!({ "outcome": { "type": "blocked", "network_status": "not_sent_to_network", "reason": "highest_risk_level" } }));
    assert!(!stopped.reached_network);
    assert!(matches!(charge(json!({ "status": "succeeded", "paid": true })).came_to, CameTo::Settled(_)));
    assert!(matches!(charge(json!({ "status": "pending" })).came_to, CameTo::Pending));
}

#[test]
fn one_object_that_cannot_be_read_does_not_hold_up_a_page() {
    let page =
        br#"{"data":[{"id":"cus_1","email":"ana@example.com","preferred_locales":["pt-BR"],"balance":-500,"currency":"brl"},{"name":"?"},
        {"id":"cus_2","deleted":true}],"has_more":true}"#;
    let read = mirror::page(&response(200, page), mirror::customer).unwrap();
    assert_eq!(read.items.iter().map(|customer| customer.reference.as_str()).collect::<Vec<_>>(), ["cus_1", "cus_2"]);
    assert_eq!(read.unreadable, [("without a name".to_owned(), "a customer without a name")]);
    assert_eq!(read.next.as_deref(), Some("cus_2"));
    assert_eq!(
        (read.items[0].balance, read.items[0].locales.as_slice(), read.items[1].deleted),
        (Some(brl(-500)), &["pt-BR".to_owned()][..], true)
    );
    // Whoever logs it shows no person.
    assert_eq!(format!("{:?}", read.items[0]), "MirroredCustomer(cus_1)");
}
