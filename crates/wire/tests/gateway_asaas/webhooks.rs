//! Webhooks: whether Asaas sent one, and what it says.

use std::path::PathBuf;

use proptest::prelude::*;
use regua_core::words::Rail;
use regua_wire::gateways::asaas::{heard, verify};
use regua_wire::gateways::{Charged, HookRefused, InstrumentStanding, News};

use super::{at, charge_id, day, reais, signal};

/// An event about a payment.
fn event(name: &str, payment: &str) -> String {
    format!("{{\"id\":\"evt_1&2\",\"event\":\"{name}\",\"dateCreated\":\"2026-12-02 09:00:00\",\"payment\":{{{payment}}}}}")
}

const INSTRUMENT: &str = "\"id\":\"pay_1\",\"value\":19.99,\"billingType\":\"PIX\",\"dueDate\":\"2026-12-10\",\
                          \"externalReference\":\"rcv01kb7z8s9ceq4tqv7e3k5m6n7px0\",\"status\":";
const CHARGE: &str = "\"id\":\"pay_1\",\"value\":19.99,\"billingType\":\"CREDIT_CARD\",\"dueDate\":\"2026-12-10\",\
                      \"externalReference\":\"chg_01kb7z8s9ceq4tqv7e3k5m6n7p\",\"status\":";

fn first(body: &str) -> News {
    heard(body.as_bytes()).unwrap().remove(0).news
}

#[test]
fn only_our_token_lets_a_webhook_in() {
    assert_eq!(verify(Some("a-long-token"), "a-long-token"), Ok(()));
    for (token, secret) in [("a-long-toke", "a-long-token"), ("a-long-token ", "a-long-token"), ("", "a-long-token"), ("", ""), ("x", "")] {
        assert_eq!(verify(Some(token), secret), Err(HookRefused::Forged), "{token} {secret}");
    }
    assert_eq!(verify(None, "a-long-token"), Err(HookRefused::Unsigned));
}

#[test]
fn a_state_is_told_of_the_attempt_or_of_the_instrument_that_our_reference_names() {
    let key = Some("rcv01kb7z8s9ceq4tqv7e3k5m6n7px0".to_owned());
    let of = |standing| News::Instrument { reference: "pay_1".to_owned(), key: key.clone(), standing };
    assert_eq!(first(&event("PAYMENT_CREATED", &format!("{INSTRUMENT}\"PENDING\""))), of(InstrumentStanding::Open));
    assert_eq!(first(&event("PAYMENT_OVERDUE", &format!("{INSTRUMENT}\"OVERDUE\""))), of(InstrumentStanding::Open));
    assert_eq!(first(&event("PAYMENT_DELETED", &format!("{INSTRUMENT}\"PENDING\""))), of(InstrumentStanding::Closed));
    let News::Instrument { standing: InstrumentStanding::Paid(money), .. } =
        first(&event("PAYMENT_RECEIVED", &format!("{INSTRUMENT}\"RECEIVED\",\"paymentDate\":\"2026-12-02\"")))
    else {
        panic!("paid")
    };
    assert_eq!((money[0].paid_on, money[0].rail, money[0].amount), (day("2026-12-02"), Rail::Pix, reais(1_999)));
    // A payment without any day of payment was paid when it was told.
    let told = first(&event("PAYMENT_CONFIRMED", &format!("{CHARGE}\"CONFIRMED\"")));
    let News::Charge { charge, charged: Charged::Settled(money), .. } = told else { panic!("settled") };
    assert_eq!((charge, money.paid_on), (Some(charge_id()), day("2026-12-02")));
    for (name, code) in [
        ("PAYMENT_CREDIT_CARD_CAPTURE_REFUSED", "CREDIT_CARD_CAPTURE_REFUSED"),
        ("PAYMENT_REPROVED_BY_RISK_ANALYSIS", "REPROVED_BY_RISK_ANALYSIS"),
    ] {
        let charged = Charged::Declined { reference: Some("pay_1".to_owned()), signals: vec![signal(code)] };
        let want = News::Charge { charge: Some(charge_id()), reference: "pay_1".to_owned(), charged };
        assert_eq!(first(&event(name, &format!("{CHARGE}\"PENDING\""))), want);
        let open = first(&event(name, &format!("{INSTRUMENT}\"PENDING\"")));
        assert_eq!(open, of(InstrumentStanding::Open), "a payer may try another card");
    }
}

#[test]
fn events_in_any_order_come_to_the_same_money() {
    let confirmed = format!("{CHARGE}\"CONFIRMED\",\"confirmedDate\":\"2026-12-01\"");
    let received = format!("{CHARGE}\"RECEIVED\",\"confirmedDate\":\"2026-12-01\",\"paymentDate\":\"2027-01-02\"");
    let money = |name, payment: &str| first(&event(name, payment));
    assert_eq!(money("PAYMENT_CONFIRMED", &confirmed), money("PAYMENT_RECEIVED", &received));
    // An old event that carries the state of now says the state of now.
    assert_eq!(money("PAYMENT_CREATED", &received), money("PAYMENT_RECEIVED", &received));
}

#[test]
fn what_went_back_is_told_once_for_each_refund_that_is_done() {
    let heard = heard(include_bytes!("vectors/event_refunded.json")).unwrap();
    let refunded = News::Refunded {
        payment: "pay_9".to_owned(),
        refund: "pay_9/rfd01kb7z8s9ceq4tqv7e3k5m6n7p".to_owned(),
        amount: reais(3_000),
        on: day("2026-12-02"),
    };
    assert_eq!((heard.len(), &heard[1].news), (2, &refunded));
    assert_eq!(heard[0].event, "evt_0001&11");
    assert_eq!(heard[1].event, "evt_0001&11#pay_9/rfd01kb7z8s9ceq4tqv7e3k5m6n7p");
    assert_eq!(heard[0].at, Some(at("2026-12-02T09:00:00-03:00")));
    // All of it, with no list of refunds; and with one, told by that alone.
    let all = event("PAYMENT_REFUNDED", &format!("{INSTRUMENT}\"REFUNDED\",\"refunds\":null"));
    let want = News::Refunded { payment: "pay_1".to_owned(), refund: "pay_1/all".to_owned(), amount: reais(1_999), on: day("2026-12-02") };
    assert_eq!(regua_wire::gateways::asaas::heard(all.as_bytes()).unwrap()[1].news, want);
    let listed = all.replace("null", "[{\"dateCreated\":\"2026-12-01 10:00:00\",\"status\":\"DONE\",\"value\":19.99}]");
    let told = regua_wire::gateways::asaas::heard(listed.as_bytes()).unwrap();
    let want = News::Refunded {
        payment: "pay_1".to_owned(),
        refund: "pay_1/2026-12-01100000/1999".to_owned(),
        amount: reais(1_999),
        on: day("2026-12-01"),
    };
    assert_eq!((told.len(), &told[1].news), (2, &want));
}

#[test]
fn a_dispute_takes_back_and_gives_again_and_cash_that_was_undone_goes_back() {
    let heard = heard(include_bytes!("vectors/event_chargeback.json")).unwrap();
    let payment = "pay_080225913252".to_owned();
    let dispute = format!("{payment}/chargeback");
    let (amount, on) = (reais(21_990), day("2026-12-20"));
    assert_eq!(heard[1].news, News::ChargedBack { payment, dispute, amount, on });
    let second = |name: &str, status: &str| {
        regua_wire::gateways::asaas::heard(event(name, &format!("{INSTRUMENT}\"{status}\"")).as_bytes()).unwrap().remove(1).news
    };
    assert!(matches!(second("PAYMENT_AWAITING_CHARGEBACK_REVERSAL", "AWAITING_CHARGEBACK_REVERSAL"), News::DisputeWon { .. }));
    let undone = second("PAYMENT_RECEIVED_IN_CASH_UNDONE", "OVERDUE");
    assert!(matches!(undone, News::Refunded { refund, .. } if refund == "pay_1/undone"));
    let disputed = event("PAYMENT_CHARGEBACK_DISPUTE", &format!("{INSTRUMENT}\"CHARGEBACK_DISPUTE\""));
    assert_eq!(regua_wire::gateways::asaas::heard(disputed.as_bytes()).unwrap().len(), 1, "the money is gone already");
}

#[test]
fn a_card_that_paid_is_told_as_a_method() {
    let card =
        "\"creditCard\":{\"creditCardNumber\":\"8829\",\"creditCardBrand\":\"ELO\",\"creditCardToken\":\"tok-1\"},\"customer\":\"cus_1\",";
    let told = heard(event("PAYMENT_CONFIRMED", &format!("{card}{CHARGE}\"CONFIRMED\"")).as_bytes()).unwrap();
    let News::Method(method) = &told[1].news else { panic!("{told:?}") };
    assert_eq!((method.method_token.as_str(), method.customer_token.as_deref()), ("tok-1", Some("cus_1")));
    assert_eq!(told[1].event, "evt_1&2#method");
    let open = heard(event("PAYMENT_OVERDUE", &format!("{card}{CHARGE}\"OVERDUE\"")).as_bytes()).unwrap();
    assert_eq!(open.len(), 1, "one that did not pay may be broken");
}

#[test]
fn what_nobody_acts_on_says_nothing_and_what_cannot_be_read_is_kept_for_a_person() {
    let told = heard(b"{\"id\":\"evt_3\",\"event\":\"TRANSFER_CREATED\",\"transfer\":{\"id\":\"x\"}}").unwrap();
    assert_eq!((told.len(), &told[0].news, told[0].kind.as_str()), (1, &News::Nothing, "TRANSFER_CREATED"));
    for body in [
        "",
        "[]",
        "{\"event\":\"PAYMENT_RECEIVED\"}",
        "{\"id\":\"\",\"event\":\"PAYMENT_RECEIVED\"}",
        "{\"id\":\"a b\",\"event\":\"PAYMENT_RECEIVED\"}",
        "{\"id\":\"evt_1\",\"event\":\"PAYMENT_RECEIVED\",\"payment\":{\"id\":\"pay_1\",\"value\":\"x\",\"status\":\"RECEIVED\"}}",
        "{\"id\":\"evt_1\",\"event\":\"PAYMENT_RECEIVED\",\"payment\":{\"id\":\"\",\"value\":1,\"status\":\"RECEIVED\"}}",
    ] {
        assert!(matches!(heard(body.as_bytes()), Err(HookRefused::Unreadable(_))), "{body}");
    }
}

#[test]
fn the_sample_of_the_documentation_is_read() {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let path = std::env::var("REGUA_DATA");
    let Ok(path) = path else {
        println!("skipped: REGUA_DATA is not set, the sample of Asaas's documentation is not read");
        return;
    };
    let path = PathBuf::from(path).join("payment_events/asaas-docs/payment_received.json");
    let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let told = heard(&body).unwrap();
    assert_eq!(told[0].event, "evt_05b708f961d739ea7eba7e4db318f621&368604920");
    let News::Instrument { reference, key, standing: InstrumentStanding::Paid(money) } = &told[0].news else { panic!("{told:?}") };
    assert_eq!((reference.as_str(), key.as_deref()), ("pay_080225913252", Some("056984")));
    assert_eq!((money[0].amount, money[0].fee, money[0].rail), (reais(10_000), Some(reais(549)), Rail::Card));
    assert!(matches!(&told[1].news, News::Method(method) if method.last4.as_deref() == Some("8829")));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (heard(&body), regua_wire::gateways::asaas::mirror::heard(&body));
    }

    #[test]
    fn two_tokens_are_the_same_only_when_they_are(a in ".{0,8}", b in ".{0,8}") {
        prop_assert_eq!(verify(Some(&a), &b).is_ok(), a == b && !b.is_empty());
    }
}
