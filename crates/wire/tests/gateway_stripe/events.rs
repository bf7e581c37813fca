//! Webhooks and listings: what each event says, in both generations of payloads.

use regua_core::time::Instant;
use regua_wire::gateways::stripe::{events, webhook};
use regua_wire::gateways::{HookRefused, News};
use serde_json::{Value, json};

use super::{CHARGE, heard, response, vector, zone};

fn told(body: &[u8]) -> String {
    webhook::hear(body, zone()).map_or_else(|error| error.to_string(), |told| heard(&told))
}

fn event(kind: &str, object: &Value) -> Vec<u8> {
    json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_764_504_000, "data": { "object": object } })
        .to_string()
        .into_bytes()
}

#[test]
fn our_own_vectors_say_what_happened() {
    let ours = |told: &str| format!("charge pi_1Ana, {CHARGE}: {told}");
    let rows: &[(&[u8], String)] = &[
        (vector!("event_intent_succeeded"), ours("settled BRL 219.90 as pi_1Ana on 2025-11-30 by card")),
        (
            vector!("event_intent_failed"),
            ours("declined as pi_1Ana [stripe:insufficient_funds stripe-advice-code:try_again_later mastercard:51 mastercard-mac:24]"),
        ),
        // Not ours: named by its charge, and its invoice is read anew.
        (
            vector!("event_intent_of_biller"),
            "charge ch_2Ana, theirs: declined as pi_1Ana [stripe:insufficient_funds stripe-advice-code:try_again_later mastercard:51 \
             mastercard-mac:24]; mirror invoice in_1Old"
                .to_owned(),
        ),
        (vector!("event_invoice_old"), "mirror invoice in_1Old".to_owned()),
        (vector!("event_invoice_new"), "mirror invoice in_1New".to_owned()),
        (vector!("event_invoice_payment_paid"), "mirror invoice in_1New".to_owned()),
        (
            vector!("event_charge_2013"),
            "charge ch_1Old, theirs: declined as ch_1Old [stripe:card_declined]; mirror invoice in_1Old".to_owned(),
        ),
        (vector!("event_refund"), "refunded BRL 50.00 of pi_1Ana by re_1Ana on 2025-11-30".to_owned()),
        (vector!("event_charge_refunded_old"), "refunded BRL 50.00 of pi_1Ana by re_1Ana on 2025-11-30".to_owned()),
        (vector!("event_dispute"), "charged back BRL 219.90 of pi_1Ana by du_1Ana on 2025-11-30".to_owned()),
        (vector!("event_dispute_won"), "won BRL 219.90 of pi_1Ana by du_1Ana on 2026-01-01".to_owned()),
        (
            vector!("event_page_paid"),
            "instrument cs_1Ana, key ins01kbaa4ng0e00r60g30g2gc1r8: settled BRL 219.90 as pi_2Ana on 2025-11-30 by card".to_owned(),
        ),
        (vector!("event_method_updated"), "method pm_1Ana of cus_1Ana: mastercard Fp0123456789abcd 4444 to 2028-02-29, active".to_owned()),
        (vector!("event_mandate"), "method pm_1Sepa of -: sepa - - to -, gone".to_owned()),
        (vector!("event_thin"), "mirror invoice in_1New".to_owned()),
    ];
    for (body, expected) in rows {
        assert_eq!(&told(body), expected);
        let events = webhook::hear(body, zone()).unwrap();
        let seconds = events[0].at.map(Instant::secs);
        assert!(events.iter().all(|event| event.at.map(Instant::secs) == seconds && event.kind == events[0].kind));
        assert!(seconds.is_some(), "each says when it happened");
    }
}

#[test]
fn several_things_of_one_event_are_told_apart_and_stay_the_same() {
    let first = webhook::hear(vector!("event_intent_of_biller"), zone()).unwrap();
    assert_eq!(first.iter().map(|heard| heard.event.as_str()).collect::<Vec<_>>(), ["evt_3", "evt_3/1"]);
    assert_eq!(webhook::hear(vector!("event_intent_of_biller"), zone()).unwrap(), first);
}

#[test]
fn every_kind_that_matters_is_heard_and_every_other_one_is_nothing() {
    let invoice = json!({ "id": "in_1", "object": "invoice" });
    for kind in [
        "created",
        "finalized",
        "finalization_failed",
        "updated",
        "will_be_due",
        "overdue",
        "sent",
        "paid",
        "payment_succeeded",
        "payment_failed",
        "payment_action_required",
        "payment_attempt_required",
        "marked_uncollectible",
        "voided",
        "deleted",
        "overpaid",
    ] {
        assert_eq!(told(&event(&format!("invoice.{kind}"), &invoice)), "mirror invoice in_1", "{kind}");
    }
    assert_eq!(told(&event("invoice.upcoming", &invoice)), "nothing");
    let subscription = json!({ "id": "sub_1", "object": "subscription" });
    for kind in ["created", "updated", "deleted", "paused", "resumed", "trial_will_end", "pending_update_applied", "pending_update_expired"]
    {
        assert_eq!(told(&event(&format!("customer.subscription.{kind}"), &subscription)), "mirror subscription sub_1", "{kind}");
    }
    let customer = json!({ "id": "cus_1" });
    for kind in ["created", "updated", "deleted"] {
        assert_eq!(told(&event(&format!("customer.{kind}"), &customer)), "mirror customer cus_1", "{kind}");
    }
    let schedule = json!({ "id": "sub_sched_1", "subscription": { "id": "sub_1" } });
    assert_eq!(told(&event("subscription_schedule.updated", &schedule)), "mirror subscription sub_1");
    assert_eq!(told(&event("invoice_payment.paid", &json!({ "id": "inpay_1", "invoice": "in_1" }))), "mirror invoice in_1");
    for (kind, object) in [
        ("payment_intent.created", json!({ "id": "pi_1", "status": "requires_confirmation" })),
        ("payment_intent.amount_capturable_updated", json!({ "id": "pi_1", "status": "requires_capture" })),
        ("payment_intent.partially_funded", json!({ "id": "pi_1" })),
        ("setup_intent.succeeded", json!({ "id": "seti_1", "payment_method": "pm_1" })),
        ("setup_intent.setup_failed", json!({ "id": "seti_1" })),
        ("radar.early_fraud_warning.created", json!({ "id": "issfr_1", "charge": "ch_1" })),
        ("product.updated", json!({ "id": "prod_1" })),
        ("of.another.year", json!({})),
    ] {
        assert_eq!(told(&event(kind, &object)), "nothing", "{kind}");
    }
}

#[test]
fn only_what_became_a_charge_is_an_attempt_of_somebody_else() {
    let ours = json!({ "regua_charge": CHARGE });
    let intent = |status: &str, metadata: &Value| json!({ "id": "pi_1", "status": status, "metadata": metadata });
    for (kind, status) in [("canceled", "canceled"), ("requires_action", "requires_action"), ("processing", "processing")] {
        let kind = format!("payment_intent.{kind}");
        assert_eq!(told(&event(&kind, &intent(status, &json!({})))), "nothing", "{kind}");
        assert!(told(&event(&kind, &intent(status, &ours))).starts_with(&format!("charge pi_1, {CHARGE}: ")), "{kind}");
    }
    // What looks like our id and is none is somebody else's.
    let odd = json!({ "id": "ch_1", "payment_intent": "pi_1", "status": "failed", "metadata": { "regua_charge": "chg_1" } });
    assert_eq!(told(&event("charge.failed", &odd)), "charge ch_1, theirs: declined as pi_1 []");
    let held =
        json!({ "id": "ch_1", "status": "succeeded", "paid": true, "captured": false, "amount": 1, "currency": "brl", "created": 1 });
    assert_eq!(told(&event("charge.succeeded", &held)), "charge ch_1, theirs: pending as ch_1");
    assert_eq!(told(&event("charge.expired", &held)), "charge ch_1, theirs: declined as ch_1 []");
}

#[test]
fn a_page_of_ours_is_told_by_its_key_and_a_failed_try_on_it_counts() {
    let page = |status: &str, paid: &str| {
        json!({ "id": "cs_1", "mode": "payment", "status": status, "payment_status": paid, "client_reference_id": "K", "amount_total": 100,
            "currency": "brl", "payment_intent": "pi_1" })
    };
    for (kind, object, expected) in [
        ("completed", page("complete", "unpaid"), "nothing"),
        ("async_payment_succeeded", page("complete", "paid"), "instrument cs_1, key K: settled BRL 1.00 as pi_1 on 2025-11-30 by card"),
        ("async_payment_failed", page("complete", "unpaid"), "instrument cs_1, key K: closed"),
        ("expired", page("expired", "unpaid"), "instrument cs_1, key K: closed"),
        ("completed", json!({ "id": "cs_1", "payment_status": "paid", "mode": "payment" }), "nothing"),
    ] {
        assert_eq!(told(&event(&format!("checkout.session.{kind}"), &object)), expected, "{kind}");
    }
    let intent = |status: &str| {
        json!({ "id": "pi_1", "status": status, "amount": 100, "amount_received": 100, "currency": "brl", "latest_charge": "ch_1",
            "metadata": { "regua_instrument": "K" }, "last_payment_error": { "code": "expired_card" } })
    };
    assert_eq!(
        told(&event("payment_intent.succeeded", &intent("succeeded"))),
        "instrument pi_1, key K: settled BRL 1.00 as pi_1 on 2025-11-30 by card"
    );
    assert_eq!(
        told(&event("payment_intent.payment_failed", &intent("requires_payment_method"))),
        "charge ch_1, theirs: declined as pi_1 [stripe:expired_card]"
    );
}

#[test]
fn money_that_goes_back_is_told_once_it_moved() {
    let refund = |status: &str| json!({ "id": "re_1", "amount": 100, "currency": "brl", "charge": "ch_1", "status": status });
    for (kind, status, expected) in [
        ("refund.created", "pending", "nothing"),
        ("refund.updated", "succeeded", "refunded BRL 1.00 of ch_1 by re_1 on 2025-11-30"),
        ("refund.failed", "failed", "nothing"),
        ("charge.refund.updated", "canceled", "nothing"),
    ] {
        assert_eq!(told(&event(kind, &refund(status))), expected, "{kind} {status}");
    }
    // Since 2022 the charge does not list its refunds; they are told one by one.
    assert_eq!(told(&event("charge.refunded", &json!({ "id": "ch_1", "amount_refunded": 100 }))), "nothing");

    let dispute = |status: &str| json!({ "id": "du_1", "amount": 100, "currency": "brl", "charge": "ch_1", "status": status });
    let back = "charged back BRL 1.00 of ch_1 by du_1 on 2025-11-30";
    for (kind, status, expected) in [
        ("created", "needs_response", back),
        ("created", "warning_needs_response", "nothing"),
        ("created", "prevented", "nothing"),
        ("updated", "under_review", "nothing"),
        ("funds_withdrawn", "needs_response", back),
        ("funds_reinstated", "under_review", "won BRL 1.00 of ch_1 by du_1 on 2025-11-30"),
        ("closed", "won", "won BRL 1.00 of ch_1 by du_1 on 2025-11-30"),
        ("closed", "lost", back),
        ("closed", "warning_closed", "nothing"),
    ] {
        assert_eq!(told(&event(&format!("charge.dispute.{kind}"), &dispute(status))), expected, "{kind} {status}");
    }
}

#[test]
fn what_lacks_its_meaning_is_kept_for_a_person_and_shows_nothing_of_one() {
    for (body, expected) in [
        (b"ana@example.com".to_vec(), "the webhook cannot be read: no JSON at line 1, column 1"),
        (b"[]".to_vec(), "the webhook cannot be read: an event without a name"),
        (br#"{"id":"evt_1"}"#.to_vec(), "the webhook cannot be read: an event without a type"),
        (br#"{"id":"evt_1","type":"charge.failed"}"#.to_vec(), "the webhook cannot be read: charge.failed: no object"),
        (
            event(
                "payment_intent.succeeded",
                &json!({ "id": "pi_1", "status": "succeeded", "amount": "ana@example.com", "currency": "brl" }),
            ),
            "the webhook cannot be read: payment_intent.succeeded: a payment without an amount",
        ),
        (
            event("refund.created", &json!({ "id": "re_1", "amount": 1, "currency": "brl" })),
            "the webhook cannot be read: refund.created: a refund without its payment",
        ),
        (event("charge.failed", &json!({})), "the webhook cannot be read: charge.failed: a charge without a name"),
    ] {
        assert_eq!(told(&body), expected);
    }
    let long = vec![b' '; webhook::BODY_MAX + 1];
    assert!(matches!(webhook::hear(&long, zone()), Err(HookRefused::Unreadable(_))));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(webhook::hear(deep.as_bytes(), zone()), Err(HookRefused::Unreadable(_))));
}

#[test]
fn a_listing_tells_the_same_as_the_webhooks_and_one_bad_event_does_not_hold_up_the_others() {
    let events: Vec<Value> = [vector!("event_refund"), vector!("event_intent_of_biller"), vector!("event_dispute")]
        .into_iter()
        .map(|body| serde_json::from_slice(body).unwrap())
        .collect();
    let mut listed = events.clone();
    listed.insert(1, json!({ "id": "evt_bad", "type": "charge.failed", "created": 1_764_504_000, "data": {} }));
    let page = json!({ "object": "list", "data": listed, "has_more": true }).to_string();
    let listing = events::listed(&response(200, page.as_bytes()), zone()).unwrap();
    assert_eq!(listing.next.as_deref(), Some("evt_10"));
    let (bad, good): (Vec<_>, Vec<_>) = listing.heard.into_iter().partition(|heard| heard.event == "evt_bad");
    assert_eq!((bad[0].kind.as_str(), &bad[0].news), ("charge.failed (cannot be read)", &News::Nothing));
    let told: Vec<_> = events.iter().flat_map(|event| webhook::hear(event.to_string().as_bytes(), zone()).unwrap()).collect();
    assert_eq!(good, told);
}
