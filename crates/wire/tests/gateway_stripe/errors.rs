//! Refusals: what may be done next after each.

use regua_wire::gateways::stripe::{mirror, replies};
use regua_wire::gateways::{Trouble, Verb};

use super::{charged, response, vector, zone};

fn trouble(told: &Trouble) -> String {
    match told {
        Trouble::Outage { .. } => "outage".to_owned(),
        Trouble::Unknown { .. } => "unknown".to_owned(),
        Trouble::Refused { code, .. } => format!("refused {code}"),
        Trouble::NotFound => "not found".to_owned(),
    }
}

fn ordered(status: u16, body: &[u8]) -> String {
    replies::charged(&response(status, body), zone()).map_or_else(|error| trouble(&error), |told| charged(&told))
}

#[test]
fn a_declined_charge_tells_every_signal_and_its_intent() {
    assert_eq!(
        ordered(402, vector!("error_declined")),
        "declined as pi_1Ana [stripe:insufficient_funds stripe-advice-code:try_again_later mastercard:51 mastercard-mac:24]"
    );
    assert_eq!(ordered(402, vector!("error_authentication")), "needs the payer as pi_1Ana at - [stripe:authentication_required]");
    // As a stand-in answers: neither intent nor decline code.
    let plain = br#"{"error":{"type":"invalid_request_error","code":"card_declined","charge":"ch_1","message":"Your card was declined."}}"#;
    assert_eq!(ordered(402, plain), "declined as - [stripe:card_declined]");
}

#[test]
fn an_order_whose_end_nobody_knows_is_unknown_and_never_a_decline() {
    let rows: &[(u16, &[u8])] = &[
        (500, b"{}"),
        (502, b"<html>bad gateway</html>"),
        (503, vector!("error_declined")),
        (504, b""),
        (400, vector!("error_idempotency")),
        (409, vector!("error_idempotency")),
        (200, b"{\"id\":\"pi_1\",\"status\":\"succ"),
        (200, b"[]"),
        (200, b"{}"),
        (200, br#"{"id":"pi_1","status":"succeeded"}"#),
        (402, b"{"),
    ];
    for (status, body) in rows.iter().copied() {
        assert_eq!(ordered(status, body), "unknown", "{status} {}", String::from_utf8_lossy(body));
    }
    assert_eq!(ordered(429, b"{}"), "outage");
    assert_eq!(ordered(404, b"{}"), "refused not_found");
    assert_eq!(ordered(403, vector!("error_rights")), "refused invalid_request_error");
}

#[test]
fn what_only_reads_is_asked_again_and_never_unknown() {
    let rows: &[(u16, &[u8], &str)] = &[
        (500, b"", "outage"),
        (200, b"<html>", "outage"),
        (404, b"{}", "not found"),
        (401, b"{}", "refused none"),
        (409, b"{}", "outage"),
        (403, vector!("error_rights"), "refused invalid_request_error"),
    ];
    for (status, body, expected) in rows.iter().copied() {
        let response = response(status, body);
        let told = replies::asked(&response, zone()).map_or_else(|error| trouble(&error), |told| charged(&told));
        assert_eq!(told, expected, "{status}");
        let told = replies::readable(&response).map_or_else(|error| trouble(&error), |()| "readable".to_owned());
        assert_eq!(told, expected, "{status}");
        let told = mirror::one(&response, mirror::customer).map_or_else(|error| trouble(&error), |_| "read".to_owned());
        assert_eq!(told, expected, "{status}");
    }
}

#[test]
fn a_payer_who_was_faster_than_a_cancellation_is_seen() {
    let told = replies::cancelled(&response(400, vector!("error_cancel_too_late")), zone()).unwrap();
    assert_eq!(charged(&told), "settled BRL 219.90 as pi_1Ana on 2025-11-30 by card less BRL 8.77");
    let told = replies::cancelled(&response(200, br#"{"id":"pi_1","status":"canceled"}"#), zone()).unwrap();
    assert_eq!(charged(&told), "declined as pi_1 []");
    let told = replies::cancelled(&response(400, br#"{"error":{"code":"payment_intent_unexpected_state"}}"#), zone()).unwrap_err();
    assert_eq!(trouble(&told), "refused payment_intent_unexpected_state");
    // Whatever state a refusal holds, what took money is never called declined.
    let taken = br#"{"error":{"type":"card_error","code":"card_declined","payment_intent":{"id":"pi_1","status":"processing"}}}"#;
    assert_eq!(ordered(402, taken), "pending as pi_1");
    let told = replies::pay_page(&response(400, br#"{"error":{"code":"x"}}"#), Verb::Post, zone()).unwrap_err();
    assert_eq!(trouble(&told), "refused x");
}
