//! Good replies: what became of what was asked.

use regua_wire::gateways::stripe::replies;
use regua_wire::gateways::{RefundStanding, Verb};

use super::{CHARGE, charged, instrument, method, order, page_order, response, vector, zone};

#[test]
fn an_intent_says_what_became_of_an_attempt() {
    let rows: &[(&[u8], &str)] = &[
        (vector!("intent_succeeded"), "settled BRL 219.90 as pi_1Ana on 2025-11-30 by card less BRL 8.77"),
        (vector!("intent_processing"), "pending as pi_1Sepa"),
        (vector!("intent_action"), "needs the payer as pi_1Ana at https://hooks.stripe.com/redirect/authenticate/src_1 []"),
        (
            vector!("intent_failed"),
            "declined as pi_1Ana [stripe:insufficient_funds stripe-advice-code:try_again_later mastercard:51 mastercard-mac:24]",
        ),
        (br#"{"id":"pi_1","status":"requires_payment_method"}"#, "declined as pi_1 []"),
        (br#"{"id":"pi_1","status":"requires_capture"}"#, "pending as pi_1"),
        // At nine in the evening in São Paulo it is already tomorrow in Greenwich: the payer's day counts.
        (
            br#"{"id":"pi_1","status":"succeeded","amount":500,"currency":"jpy","created":1764547200}"#,
            "settled JPY 500 as pi_1 on 2025-11-30 by card",
        ),
        (
            br#"{"id":"pi_1","status":"succeeded","amount":500,"amount_received":400,"currency":"brl","created":1764504000,
                "payment_method_types":["boleto"]}"#,
            "settled BRL 4.00 as pi_1 on 2025-11-30 by boleto",
        ),
        // A link that does not go to a page over TLS is none.
        (
            br#"{"id":"pi_1","status":"requires_action","next_action":{"redirect_to_url":{"url":"javascript:alert(1)"}}}"#,
            "needs the payer as pi_1 at - []",
        ),
    ];
    for (body, expected) in rows.iter().copied() {
        let response = response(200, body);
        assert_eq!(charged(&replies::charged(&response, zone()).unwrap()), expected);
        assert_eq!(charged(&replies::asked(&response, zone()).unwrap()), expected);
    }
}

#[test]
fn our_attempt_is_found_among_others_and_what_took_money_stands_first() {
    let page = replies::found(&response(200, vector!("intents")), order().charge, zone()).unwrap();
    assert_eq!(order().charge.to_string(), CHARGE);
    let told: Vec<String> = page.items.iter().map(charged).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], "settled BRL 219.90 as pi_1Ana on 2025-11-30 by card");
    assert!(told[1].starts_with("declined as pi_1Ana"));
    assert_eq!(page.next.as_deref(), Some("pi_1Ana"));
    let nobody = regua_core::ids::ChargeId::new(1, [0; 10]);
    assert!(replies::found(&response(200, vector!("intents")), nobody, zone()).unwrap().items.is_empty());
}

#[test]
fn refunds_customers_methods_and_pages_are_read() {
    let refund = replies::refunded(&response(200, vector!("refund"))).unwrap();
    assert_eq!((refund.reference.as_str(), refund.standing), ("re_1Ana", RefundStanding::Pending));
    let found = replies::refund_found(&response(200, vector!("refunds")), "R1").unwrap();
    assert_eq!(found.items.len(), 1);
    assert_eq!(found.items[0].standing, RefundStanding::Refused { why: "expired_or_canceled_card".to_owned() });

    let key = "cus_01kbaa4ng0e00r60g30g2gc1r8";
    let found = replies::customer_found(&response(200, vector!("customers")), key).unwrap();
    assert_eq!((found.items, found.next.as_deref()), (vec!["cus_1Ana".to_owned()], Some("WzE=")));
    assert_eq!(replies::customer(&response(200, br#"{"id":"cus_1Ana"}"#)).unwrap(), "cus_1Ana");

    let methods = replies::methods(&response(200, vector!("methods"))).unwrap();
    assert_eq!(
        methods.items.iter().map(method).collect::<Vec<_>>(),
        [
            "method pm_1Ana of cus_1Ana: mastercard Fp0123456789abcd 4444 to 2028-02-29, active",
            "method pm_1Sepa of cus_1Ana: sepa s 3000 to -, active",
            "method pm_1Ach of cus_1Ana: ach u 6789 to -, gone",
        ]
    );
    assert_eq!(methods.next, None);
    assert_eq!(replies::set_up(&response(200, br#"{"id":"seti_1","payment_method":null}"#)).unwrap(), None);

    let page = replies::pay_page(&response(200, vector!("page")), Verb::Post, zone()).unwrap();
    assert_eq!(instrument(&page), "page cs_1Ana at https://checkout.stripe.com/c/pay/cs_1Ana#fid: open");
    let list = [&br#"{"data":["#[..], vector!("page"), br#"],"has_more":false}"#].concat();
    let found = replies::page_found(&response(200, &list), &page_order().key, zone()).unwrap();
    assert_eq!(found.items, [page]);
    assert!(replies::page_found(&response(200, &list), "another", zone()).unwrap().items.is_empty());
    let rows: &[(&[u8], &str)] = &[
        (br#"{"id":"cs_1","mode":"payment","status":"expired","payment_status":"unpaid"}"#, "page cs_1 at -: closed"),
        (
            br#"{"id":"cs_1","mode":"payment","status":"complete","payment_status":"paid","amount_total":1,"currency":"brl","created":1764504000,
                "payment_intent":{"id":"pi_1","status":"succeeded","amount":21990,"currency":"brl","created":1764504000}}"#,
            "page cs_1 at -: settled BRL 219.90 as pi_1 on 2025-11-30 by card",
        ),
        // Stored a card, or pays by and by: no money yet.
        (br#"{"id":"cs_1","mode":"setup","status":"complete","payment_status":"no_payment_required"}"#, "page cs_1 at -: open"),
        (br#"{"id":"cs_1","mode":"payment","status":"complete","payment_status":"unpaid"}"#, "page cs_1 at -: open"),
    ];
    for (body, expected) in rows.iter().copied() {
        assert_eq!(instrument(&replies::pay_page(&response(200, body), Verb::Get, zone()).unwrap()), expected);
    }
}
