//! Stripe: webhooks, signatures, replies, refusals.

use regua_core::ids::ChargeId;
use regua_core::time::{Instant, Zone};
use regua_wire::gateways::stripe::{events, mirror, replies, webhook};
use regua_wire::gateways::{Charged, HookRefused, News, Response, Trouble, Verb};

use crate::random::hash;
use crate::target::{Target, kind};

const SECRET: &str = "whsec_test_secret";
/// 2025-11-30T12:00:00Z.
const NOW: i64 = 1_764_504_000;

/// A path below the vectors of the dialect.
macro_rules! vectors {
    ($($name:literal),+ $(,)?) => {
        &[$(concat!("crates/wire/src/gateways/stripe/vectors/", $name, ".json")),+]
    };
}

const WORDS: &str = "\"id\":\"¦\"object\":\"event\"¦\"type\":\"¦\"status\":\"succeeded\"¦\"amount\":¦\"amount_received\":¦\"currency\":\"jpy\"¦\
     \"created\":¦\"payment_intent\":¦\"charge\":¦\"metadata\":{¦\"data\":{\"object\":{¦null¦{}¦[]¦-1¦9223372036854775807¦1e400¦true¦\
     \"last_payment_error\":{¦\"payments\":{\"data\":[{¦invoice.payment_failed¦charge.refunded¦charge.dispute.closed¦mandate.updated¦\
     \"related_object\":{¦\"exp_month\":12¦\"exp_year\":32767";

pub(super) const TARGETS: &[Target] = &[
    Target::new("stripe_webhook", hook, &[r#"{"id":"evt_1","object":"event","type":"a","data":{"object":{}}}"#])
        .files(vectors!(
            "event_intent_succeeded",
            "event_intent_failed",
            "event_intent_of_biller",
            "event_invoice_old",
            "event_invoice_new",
            "event_invoice_payment_paid",
            "event_charge_2013",
            "event_refund",
            "event_charge_refunded_old",
            "event_dispute",
            "event_dispute_won",
            "event_page_paid",
            "event_method_updated",
            "event_mandate",
            "event_thin",
        ))
        .data(&["payment_events/stripe-ruby-mock"])
        .words(WORDS)
        .len_max(4_000),
    Target::new(
        "stripe_signature",
        signature,
        &["t=1764504000,v1=0c8670ed117751cc551a20e35839447075c42800ea3cf3e8a2fbda99cd1e6edd", "t=1764504000,v1=,v0=0"],
    )
    .made(|| vec![webhook::sign(SECRET, NOW, b"{}").into_bytes(), webhook::sign(SECRET, NOW - 301, b"{}").into_bytes()])
    .words("t=¦,v1=¦,v0=¦1764504000¦-1¦+1¦99999999999999999999¦="),
    Target::new("stripe_reply", reply, &["{}", "[]", r#"{"data":[{}],"has_more":true}"#])
        .files(vectors!(
            "intent_succeeded",
            "intent_processing",
            "intent_action",
            "intent_failed",
            "intents",
            "refund",
            "refunds",
            "methods",
            "page",
            "customers",
        ))
        .words(WORDS)
        .len_max(4_000),
    Target::new("stripe_error", refusal, &[r#"{"error":{}}"#, "<html>"])
        .files(vectors!("error_declined", "error_authentication", "error_cancel_too_late", "error_idempotency", "error_rights"))
        .words(WORDS)
        .len_max(4_000),
];

fn response(status: u16, body: &[u8]) -> Response {
    Response { status, headers: vec![("retry-after".to_owned(), String::from_utf8_lossy(body).into_owned())], body: body.to_vec() }
}

/// What was read once is read the same again, is named, and money is more than nothing.
fn hook(body: &[u8]) -> u64 {
    let heard = webhook::hear(body, Zone::utc());
    assert_eq!(webhook::hear(body, Zone::utc()), heard, "the same body says the same");
    if let Ok(heard) = &heard {
        assert!(!heard.is_empty(), "an event says something, if only nothing");
        for (place, one) in heard.iter().enumerate() {
            assert!(
                !one.event.is_empty() && heard.iter().skip(place + 1).all(|other| other.event != one.event),
                "each has a name of its own"
            );
            if let News::Charge { reference, charged, .. } = &one.news {
                assert!(!reference.is_empty(), "an attempt has a name");
                if let Charged::Settled(settlement) = charged {
                    assert!(!settlement.reference.is_empty(), "a payment has a name");
                }
            }
        }
        let list = [b"{\"data\":[", body, b"]}"].concat();
        if let Ok(listing) = events::listed(&response(200, &list), Zone::utc()) {
            assert_eq!(&listing.heard, heard, "a listing tells the same");
        }
        if heard.iter().any(|one| one.news != News::Nothing) {
            let kinds: Vec<_> = heard.iter().map(|one| (std::mem::discriminant(&one.news), one.kind.split('.').next())).collect();
            return hash(format!("{kinds:?}").as_bytes());
        }
    }
    kind(&heard)
}

fn signature(header: &[u8]) -> u64 {
    let header = String::from_utf8_lossy(header);
    let now = Instant::from_secs(NOW);
    let answer = webhook::verify(Some(&header), b"{}", SECRET, now);
    if answer.is_ok() {
        assert!(webhook::verify(Some(&header), b"{} ", SECRET, now).is_err(), "a signature is of one body");
        assert!(webhook::verify(Some(&header), b"{}", "whsec_other", now).is_err(), "a signature is of one secret");
        let later = Instant::from_secs(NOW + 2 * webhook::TOLERANCE_SECS + 1);
        assert_eq!(webhook::verify(Some(&header), b"{}", SECRET, later), Err(HookRefused::Stale), "a signature ends");
    }
    kind(&answer)
}

fn reply(body: &[u8]) -> u64 {
    let (response, zone) = (response(200, body), Zone::utc());
    let charged = replies::charged(&response, zone);
    assert!(!matches!(charged, Err(Trouble::NotFound | Trouble::Outage { .. })), "an order that was answered with 200 is done or unknown");
    let charge = ChargeId::new(0, [0; 10]);
    let kinds = [
        kind(&charged),
        kind(&replies::asked(&response, zone)),
        kind(&replies::found(&response, charge, zone)),
        kind(&replies::refunded(&response)),
        kind(&replies::refund_found(&response, "R1")),
        kind(&replies::customer(&response)),
        kind(&replies::methods(&response)),
        kind(&replies::pay_page(&response, Verb::Get, zone)),
        kind(&mirror::page(&response, mirror::customer)),
        kind(&mirror::page(&response, |value| mirror::invoice(value, zone))),
        kind(&mirror::page(&response, mirror::newest_invoice)),
        kind(&mirror::page(&response, |value| mirror::attempt(value, zone))),
        kind(&mirror::one(&response, |value| mirror::invoice(value, zone).map(|shown| shown.billed(None)))),
    ];
    if let Ok(Charged::Settled(_)) = charged { 1 } else { hash(format!("{kinds:?}").as_bytes()) }
}

fn refusal(body: &[u8]) -> u64 {
    let zone = Zone::utc();
    let (mut kinds, mut is_declined) = (Vec::new(), false);
    for status in [400, 401, 402, 403, 404, 409, 429, 500, 503] {
        let charged = replies::charged(&response(status, body), zone);
        if status >= 500 {
            assert!(matches!(charged, Err(Trouble::Unknown { .. })), "after a 5xx nobody knows");
        }
        if let Ok(Charged::Settled(_)) = &charged {
            assert!(status == 400 || status == 402, "only a decline holds an intent");
        }
        is_declined |= matches!(charged, Ok(Charged::Declined { .. }));
        if let Err(Trouble::Refused { code, why }) = &charged {
            assert!(code.len() <= 80 && why.len() <= 800 && why.is_ascii(), "what is shown is short and of safe letters");
        }
        kinds.push(kind(&charged));
        kinds.push(kind(&replies::cancelled(&response(status, body), zone)));
    }
    if is_declined { 1 } else { hash(format!("{kinds:?}").as_bytes()) }
}
