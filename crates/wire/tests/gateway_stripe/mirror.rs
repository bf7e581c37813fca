//! A biller's objects before and since March 2025, and whether the biller still acts on them.

use regua_core::time::Day;
use regua_core::words::Rail;
use regua_wire::gateways::mirror::{BilledInvoice, BilledPayment, BilledStatus, Collection, Outcome, Switch};
use regua_wire::gateways::stripe::mirror;
use serde_json::{Value, json};

use super::{brl, response, settlement, signals, vector, zone};

fn object(event: &[u8]) -> Value {
    serde_json::from_slice::<Value>(event).unwrap()["data"]["object"].clone()
}

fn billed(value: &Value) -> BilledInvoice {
    mirror::invoice(value, zone()).unwrap().billed(None)
}

/// Each payment with the money that came by it.
fn paid(payments: &[BilledPayment]) -> Vec<String> {
    let told = |payment: &BilledPayment| {
        assert_eq!(payment.added, None, "Stripe adds no fines");
        format!("{}: {}", payment.reference, payment.settled.as_ref().map_or_else(|| "-".to_owned(), settlement))
    };
    payments.iter().map(told).collect()
}

#[test]
fn an_invoice_is_the_same_in_both_generations() {
    let old = billed(&object(vector!("event_invoice_old")));
    assert_eq!((old.reference.as_str(), old.number.as_deref(), old.customer.as_deref()), ("in_1Old", Some("A-1"), Some("cus_1Ana")));
    assert_eq!((old.status, old.collection, old.rail), (BilledStatus::Open, Collection::Automatic, Some(Rail::Card)));
    let issued = Day::parse("2025-11-24").unwrap();
    assert_eq!((old.amount, old.issued_on, old.due_on), (brl(21_990), issued, issued), "what is charged at once is due at once");
    assert_eq!(paid(&old.payments), ["pi_1Old: -"]);
    assert_eq!((old.subscription.as_deref(), old.ours, old.returned), (Some("sub_1Old"), None, Vec::new()));

    let new = mirror::invoice(&object(vector!("event_invoice_new")), zone()).unwrap();
    assert_eq!((new.reference(), new.may_have_more()), ("in_1New", false));
    let list = [&br#"{"data":["#[..], &serde_json::to_vec(&object(vector!("event_invoice_payment_paid"))).unwrap(), b"]}"].concat();
    let listed = mirror::page(&response(200, &list), |value| new.payment(value)).unwrap();
    assert_eq!(paid(&listed.items), ["pi_1New: settled BRL 219.90 as pi_1New on 2025-11-30 by other"]);

    let shown = new.clone().billed(None);
    assert_eq!((shown.status, shown.collection, shown.rail), (BilledStatus::Open, Collection::Invoice, None));
    assert_eq!((shown.issued_on, shown.due_on), (issued, Day::parse("2025-12-01").unwrap()));
    assert_eq!(paid(&shown.payments), ["pi_1New: -"]);
    assert_eq!(shown.subscription.as_deref(), Some("sub_1New"));
    // What was listed stands for what was shown, and for nothing else.
    let all = listed.items.clone();
    assert_eq!(new.billed(Some(listed.items)), BilledInvoice { payments: all, ..shown });
}

#[test]
fn an_invoice_says_what_paid_it_also_when_stripe_did_not_see_it() {
    let invoice = |extra: Value| {
        let mut value = json!({ "id": "in_1", "status": "paid", "currency": "brl", "amount_due": 500, "amount_paid": 400,
            "created": 1_764_504_000, "status_transitions": { "paid_at": 1_764_763_200 } });
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        mirror::invoice(&value, zone()).unwrap()
    };
    let payment = |status: &str, amount: Value| json!({ "payment": { "payment_intent": "pi_1" }, "status": status, "amount_paid": amount, "currency": "brl" });
    let outside = "in_1:outside: settled BRL 4.00 as in_1:outside on 2025-11-30 by other";
    for (extra, told) in [
        (json!({ "payment_intent": "pi_1", "charge": "ch_1" }), vec!["pi_1: settled BRL 4.00 as pi_1 on 2025-12-03 by card"]),
        (json!({ "charge": "ch_1" }), vec!["ch_1: settled BRL 4.00 as ch_1 on 2025-12-03 by card"]),
        (json!({ "payments": [payment("paid", json!(300))] }), vec!["pi_1: settled BRL 3.00 as pi_1 on 2025-11-30 by card"]),
        (json!({ "payments": [payment("paid", json!(null))] }), vec!["pi_1: settled BRL 4.00 as pi_1 on 2025-11-30 by card"]),
        (json!({ "payments": [payment("open", json!(null))] }), vec!["pi_1: -", outside]),
        (json!({}), vec![outside]),
        (json!({ "amount_paid": 0 }), vec![]),
        (json!({ "status": "open" }), vec![]),
    ] {
        assert_eq!(paid(&invoice(extra.clone()).billed(None).payments), told, "{extra}");
    }
    assert_eq!(paid(&invoice(json!({})).billed(Some(Vec::new())).payments), [outside]);
    for (shown, may_have_more) in [(9, false), (10, true)] {
        assert_eq!(invoice(json!({ "payments": vec![payment("open", json!(null)); shown] })).may_have_more(), may_have_more);
    }
}

#[test]
fn an_invoice_from_before_there_was_a_status_is_read_by_its_switches() {
    let invoice = |extra: Value| {
        let mut value =
            json!({ "id": "in_1", "currency": "jpy", "total": 500, "date": 1_380_933_505, "attempted": true, "billing": "send_invoice" });
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        billed(&value)
    };
    for (extra, status, settled, acts) in [
        (json!({ "paid": false, "closed": false }), BilledStatus::Open, None, true),
        (json!({ "paid": true, "closed": true }), BilledStatus::Paid, Some(500), false),
        (json!({ "forgiven": true, "closed": true }), BilledStatus::Uncollectible, None, false),
        (json!({ "deleted": true }), BilledStatus::Void, None, false),
        // What is not told counts as acting; what is closed does not advance.
        (json!({ "status": "of another year" }), BilledStatus::Open, None, true),
        (json!({ "status": "of another year", "closed": true }), BilledStatus::Open, None, false),
    ] {
        let read = invoice(extra.clone());
        let money = read.payments.iter().find_map(|payment| payment.settled.as_ref().map(|settled| settled.amount.minor()));
        assert_eq!((read.status, money, read.acts.is_some()), (status, settled, acts), "{extra}");
        assert_eq!((read.collection, read.issued_on), (Collection::Invoice, Day::parse("2013-10-04").unwrap()));
        assert_eq!((read.amount.minor(), read.due_on), (500, read.issued_on));
    }
}

#[test]
fn a_biller_acts_until_its_switches_are_turned() {
    let acts = |status: &str, collection: &str, advances: Value, next: Value| {
        let value = json!({ "id": "in_1", "status": status, "collection_method": collection, "auto_advance": advances, "amount_due": 1,
            "currency": "brl", "created": 1_764_504_000, "next_payment_attempt": next });
        billed(&value).acts.map(|acts| (acts.charges, acts.reminds, acts.switches))
    };
    let charged = || Some((true, true, vec![Switch::StripeInvoice, Switch::StripeRetries, Switch::StripeFailedMails]));
    let sent = || Some((false, true, vec![Switch::StripeInvoice, Switch::StripeReminders]));
    let (charges, sends, later) = ("charge_automatically", "send_invoice", json!(1_764_763_200));
    let rows = [
        ("open", charges, json!(true), later.clone(), charged()),
        // Not tried yet, or tried for the last time: it still advances.
        ("open", charges, json!(true), json!(null), charged()),
        // A planned attempt is one, whatever else is said.
        ("open", charges, json!(false), later.clone(), charged()),
        ("open", charges, json!(false), json!(null), None),
        // What is not told counts as acting.
        ("open", charges, json!(null), json!(null), charged()),
        ("draft", charges, json!(true), json!(null), charged()),
        ("draft", charges, json!(false), json!(null), None),
        ("open", sends, json!(true), json!(null), sent()),
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
fn a_subscription_names_its_newest_invoice_alone_or_expanded() {
    let subscription = |latest: Value| mirror::newest_invoice(&json!({ "id": "sub_1", "status": "past_due", "latest_invoice": latest }));
    assert_eq!(subscription(json!({ "id": "in_1" })), Ok(Some("in_1".to_owned())));
    assert_eq!(subscription(json!("in_1")), Ok(Some("in_1".to_owned())));
    assert_eq!(subscription(json!(null)), Ok(None));
    assert!(mirror::newest_invoice(&json!({ "id": "sub_1" })).is_err());
    assert!(mirror::newest_invoice(&json!({ "status": "of another year" })).is_err());
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
    assert_eq!((failed.reference.as_str(), failed.payment.as_deref(), failed.amount), ("ch_1", Some("pi_1"), brl(21_990)));
    assert_eq!((failed.fingerprint.as_deref(), failed.expires_on), (Some("f"), Day::parse("2028-02-29").ok()));
    assert!(failed.reached_scheme && !failed.ours);
    assert_eq!(failed.method.as_deref(), Some("pm_1"));
    let Outcome::Failed(told) = &failed.outcome else { panic!("{failed:?}") };
    assert_eq!(signals(told), "[stripe:do_not_honor visa:05]");
    let stopped =
        charge(json!({ "outcome": { "type": "blocked", "network_status": "not_sent_to_network", "reason": "highest_risk_level" } }));
    assert!(!stopped.reached_scheme);
    assert_eq!(charge(json!({ "status": "succeeded", "paid": true })).outcome, Outcome::Settled);
    assert_eq!(charge(json!({ "status": "pending" })).outcome, Outcome::Pending);
    assert!(charge(json!({ "metadata": { "regua_charge": super::CHARGE } })).ours);
}

#[test]
fn one_object_that_cannot_be_read_does_not_hold_up_a_page() {
    let page =
        br#"{"data":[{"id":"cus_1","email":"ana@example.com","preferred_locales":["pt-BR"],"phone":"+551199","address":{"country":"BR"}},{"name":"?"},
        {"id":"cus_2","deleted":true}],"has_more":true}"#;
    let read = mirror::page(&response(200, page), mirror::customer).unwrap();
    assert_eq!(read.items.iter().map(|customer| customer.reference.as_str()).collect::<Vec<_>>(), ["cus_1", "cus_2"]);
    assert_eq!(read.unreadable, [("without a name".to_owned(), "a customer without a name".to_owned())]);
    assert_eq!(read.next.as_deref(), Some("cus_2"));
    let ana = &read.items[0];
    assert_eq!((ana.email.as_deref(), ana.country.as_deref(), ana.deleted), (Some("ana@example.com"), Some("BR"), false));
    assert_eq!((ana.languages.as_slice(), ana.phones.as_slice()), (&["pt-BR".to_owned()][..], &["+551199".to_owned()][..]));
    assert!(read.items[1].deleted);
    // Whoever logs it shows no person.
    assert_eq!(format!("{ana:?}"), "BilledCustomer(cus_1)");
}
