//! Replies as answers.

use proptest::prelude::*;
use regua_core::charging::Scheme;
use regua_core::words::Rail;
use regua_wire::gateways::asaas::{Payment, errors};
use regua_wire::gateways::{Charged, InstrumentStanding, MethodStanding, RefundStanding, Settlement, Trouble};

use super::{charge, customer, day, dialect, page, reais, refund, reply, signal};

/// A payment in a state, with more fields.
fn payment(kind: &str, status: &str, more: &str) -> String {
    format!("{{\"id\":\"pay_1\",\"value\":19.99,\"billingType\":\"{kind}\",\"status\":\"{status}\",\"dueDate\":\"2026-12-10\"{more}}}")
}

#[test]
fn a_confirmed_card_is_settled_on_the_payers_day_with_the_fee() {
    let charged = dialect().charged(&reply(200, include_str!("vectors/payment_card.json"))).unwrap();
    let want = Settlement {
        reference: "pay_080225913252".to_owned(),
        amount: reais(21_990),
        paid_on: day("2026-11-30"),
        at: None,
        rail: Rail::Card,
        fee: Some(reais(835)),
    };
    assert_eq!(charged, Charged::Settled(want));
}

#[test]
fn each_state_of_a_payment_says_what_became_of_an_attempt_and_of_an_instrument() {
    let paid = ",\"paymentDate\":\"2026-12-12\",\"clientPaymentDate\":\"2026-12-11\"";
    for (status, settled) in [
        ("PENDING", false),
        ("OVERDUE", false),
        ("AWAITING_RISK_ANALYSIS", false),
        ("AUTHORIZED", false),
        ("DUNNING_REQUESTED", false),
        ("A_NEW_WORD", false),
        ("CONFIRMED", true),
        ("RECEIVED", true),
        ("RECEIVED_IN_CASH", true),
        ("DUNNING_RECEIVED", true),
        ("REFUNDED", true),
        ("REFUND_REQUESTED", true),
        ("REFUND_IN_PROGRESS", true),
        ("CHARGEBACK_REQUESTED", true),
        ("CHARGEBACK_DISPUTE", true),
        ("AWAITING_CHARGEBACK_REVERSAL", true),
    ] {
        let body = payment("BOLETO", status, if settled { paid } else { "" });
        let rail = if status == "RECEIVED_IN_CASH" { Rail::Cash } else { Rail::Boleto };
        let instrument = dialect().looked("k", Some("pay_1"), &reply(200, &body)).unwrap();
        let charged = dialect().asked(&charge(), Some("pay_1"), &reply(200, &body)).unwrap();
        match (settled, instrument.standing, charged) {
            (true, InstrumentStanding::Paid(money), Charged::Settled(same)) => {
                assert_eq!(money, [same], "{status}");
                assert_eq!((money[0].paid_on, money[0].rail, money[0].amount), (day("2026-12-11"), rail, reais(1_999)), "{status}");
            }
            (false, InstrumentStanding::Open, Charged::Pending { reference }) => assert_eq!(reference, "pay_1"),
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[test]
fn a_payment_that_was_taken_away_is_closed_and_one_that_was_paid_before_is_paid() {
    let gone = ",\"deleted\":true";
    let look = |body: &str| dialect().looked("k", Some("pay_1"), &reply(200, body)).unwrap().standing;
    assert_eq!(look(&payment("PIX", "PENDING", gone)), InstrumentStanding::Closed);
    assert!(matches!(look(&payment("PIX", "RECEIVED", gone)), InstrumentStanding::Paid(_)));
    let asked = |body: &str| dialect().asked(&charge(), Some("pay_1"), &reply(200, body)).unwrap();
    let declined = |code| Charged::Declined { reference: Some("pay_1".to_owned()), signals: vec![signal(code)] };
    assert_eq!(asked(&payment("CREDIT_CARD", "PENDING", gone)), declined("DELETED"));
    assert_eq!(asked(&payment("CREDIT_CARD", "OVERDUE", "")), declined("CREDIT_CARD_CAPTURE_REFUSED"));
}

#[test]
fn a_refused_card_is_a_decline_and_no_trouble() {
    let declined = Charged::Declined { reference: None, signals: vec![signal("CREDIT_CARD_CAPTURE_REFUSED")] };
    assert_eq!(dialect().charged(&reply(400, include_str!("vectors/errors_card.json"))), Ok(declined));
    let token = "{\"errors\":[{\"code\":\"invalid_creditCardToken\",\"description\":\"x\"}]}";
    let declined = Charged::Declined { reference: None, signals: vec![signal("invalid_creditCardToken")] };
    assert_eq!(dialect().charged(&reply(400, token)), Ok(declined));
    let field = "{\"errors\":[{\"code\":\"invalid_value\",\"description\":\"O valor de 52998224725 é inválido\"}]}";
    let Err(Trouble::Refused { code, why }) = dialect().charged(&reply(400, field)) else { panic!("refused") };
    assert_eq!((code.as_str(), why.as_str()), ("invalid_value", "status 400; invalid_value: O valor de … é inválido"));
}

#[test]
fn a_lost_reply_is_open_and_is_asked_about_by_our_key() {
    for status in [500, 502, 504, 408] {
        assert!(matches!(dialect().charged(&reply(status, "")), Err(Trouble::Unknown { .. })), "{status}");
    }
    assert!(matches!(dialect().charged(&reply(200, "<html>")), Err(Trouble::Unknown { .. })));
    assert!(matches!(errors::trouble(&reply(429, ""), false), Trouble::Outage { .. }));
    let key = "\"externalReference\":\"chg_01kb7z8s9ceq4tqv7e3k5m6n7p\"";
    let ours = |status: &str, more: &str| payment("CREDIT_CARD", status, &format!(",{key}{more}"));
    let (open, gone, paid) = (ours("PENDING", ""), ours("PENDING", ",\"deleted\":true"), ours("CONFIRMED", ""));
    let other = payment("CREDIT_CARD", "CONFIRMED", ",\"externalReference\":\"chg_other\"");
    let asked = |items: &[&str]| dialect().asked(&charge(), None, &page(items));
    assert_eq!(asked(&[]), Err(Trouble::NotFound));
    assert_eq!(asked(&[&other]), Err(Trouble::NotFound), "a key that only begins the same is another's");
    assert!(matches!(asked(&[&gone, &open]), Ok(Charged::Pending { .. })));
    assert!(matches!(asked(&[&gone, &open, &paid]), Ok(Charged::Settled(_))), "money decides");
    assert!(matches!(asked(&[&gone]), Ok(Charged::Declined { .. })));
}

#[test]
fn a_code_and_a_line_are_put_into_their_instrument() {
    let instrument = dialect().issued(&reply(200, &payment("PIX", "PENDING", ",\"invoiceUrl\":\"https://www.asaas.com/i/1\""))).unwrap();
    assert_eq!(instrument.link.as_deref(), Some("https://www.asaas.com/i/1"));
    let pix = "{\"encodedImage\":\"aGk=\",\"payload\":\"000201\",\"expirationDate\":\"2027-12-10 23:59:59\"}";
    let with = dialect().with_code(instrument.clone(), Rail::Pix, &reply(200, pix)).unwrap();
    assert_eq!(with.brcode.as_deref(), Some("000201"));
    let line = "{\"identificationField\":\"23791\",\"nossoNumero\":\"1\",\"barCode\":\"2\"}";
    let with = dialect().with_code(instrument.clone(), Rail::Boleto, &reply(200, line)).unwrap();
    assert_eq!(with.boleto_line.as_deref(), Some("23791"));
    assert!(dialect().with_code(instrument, Rail::Pix, &reply(200, "{}")).is_err());
}

#[test]
fn what_was_not_taken_away_is_looked_at() {
    assert_eq!(dialect().cancelled(&reply(200, "{\"deleted\":true,\"id\":\"pay_1\"}")), Ok(()));
    let paid = "{\"errors\":[{\"code\":\"invalid_action\",\"description\":\"Cobrança já recebida\"}]}";
    assert!(matches!(dialect().cancelled(&reply(400, paid)), Err(Trouble::Unknown { .. })));
    assert!(matches!(dialect().cancelled(&reply(401, "")), Err(Trouble::Refused { .. })));
    assert_eq!(dialect().cancelled(&reply(404, "")), Err(Trouble::NotFound));
}

#[test]
fn a_refund_is_found_by_its_key_and_never_ordered_twice_for_want_of_a_reply() {
    let with = |description: &str, status: &str| {
        let refunds = format!(
            ",\"refunds\":[{{\"dateCreated\":\"2026-12-02 08:59:00\",\"status\":\"{status}\",\"value\":30.00,\
             \"description\":{description}}}]"
        );
        reply(200, &payment("PIX", "RECEIVED", &refunds).replace("pay_1", "pay_9"))
    };
    let ours = "\"pago duas vezes [rfd01kb7z8s9ceq4tqv7e3k5m6n7p]\"";
    let found = dialect().refunded(&refund(), &with(ours, "DONE"), false).unwrap();
    assert_eq!((found.reference.as_str(), found.standing), ("pay_9/rfd01kb7z8s9ceq4tqv7e3k5m6n7p", RefundStanding::Done));
    for (status, standing) in [("PENDING", RefundStanding::Pending), ("AWAITING_CUSTOMER_EXTERNAL_AUTHORIZATION", RefundStanding::Pending)]
    {
        assert_eq!(dialect().refunded(&refund(), &with(ours, status), true).unwrap().standing, standing);
    }
    assert!(matches!(dialect().refunded(&refund(), &with(ours, "CANCELLED"), true).unwrap().standing, RefundStanding::Refused { .. }));
    assert_eq!(dialect().refunded(&refund(), &with("null", "DONE"), true), Err(Trouble::NotFound));
    assert!(matches!(dialect().refunded(&refund(), &with("null", "DONE"), false), Err(Trouble::Unknown { .. })));
}

#[test]
fn a_customer_is_found_by_our_key_alone() {
    let mine = "{\"id\":\"cus_2\",\"externalReference\":\"cus_01kb7z8s9ceq4tqv7e3k5m6n7p\",\"notificationDisabled\":false}";
    let gone = mine.replace("cus_2", "cus_1").replace("\"notificationDisabled\":false", "\"deleted\":true");
    let found = dialect().found_customer(&customer(None), &page(&[&gone, mine])).unwrap();
    assert_eq!((found.id.as_str(), found.is_reminded()), ("cus_2", true), "to be silenced");
    assert_eq!(dialect().found_customer(&customer(None), &page(&["{\"id\":\"cus_9\"}"])), Err(Trouble::NotFound));
    assert!(matches!(dialect().made_customer(&reply(200, "{}")), Err(Trouble::Unknown { .. })));
}

#[test]
fn cards_are_found_in_the_payments_that_they_paid() {
    let body = include_str!("vectors/payment_card.json");
    let (methods, next) = dialect().listed_methods(&page(&[body, body])).unwrap();
    assert_eq!((methods.len(), next), (1, None));
    let method = &methods[0];
    assert_eq!((method.scheme, method.last4.as_deref(), method.standing), (Scheme::Mastercard, Some("8829"), MethodStanding::Active));
    assert_eq!(method.fingerprint.as_deref(), Some("cus_000005219613:MASTERCARD:8829"));
}

#[test]
fn amounts_in_a_payment_are_exact_or_refused() {
    for (text, cents) in [("0.1", 10), ("1e2", 10_000), ("19.99", 1_999), ("99999999.99", 9_999_999_999), ("100", 10_000)] {
        let body = payment("PIX", "PENDING", "").replace("19.99", text);
        assert_eq!(Payment::read(body.as_bytes()).unwrap().value.money(), reais(cents), "{text}");
    }
    for text in ["0.105", "\"19.99\"", "null", "1e99"] {
        let body = payment("PIX", "PENDING", "").replace("19.99", text);
        assert!(Payment::read(body.as_bytes()).is_err(), "{text}");
    }
    // What nothing depends on does not spoil the rest.
    let body = payment("PIX", "RECEIVED", ",\"netValue\":19.00001,\"originalValue\":null,\"paymentDate\":\"2026-12-12\"");
    assert_eq!(Payment::read(body.as_bytes()).unwrap().settlement(None).unwrap().fee, None);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..200), status in 100..600_u16) {
        let response = reply(status, &String::from_utf8_lossy(&body));
        let _ = (dialect().charged(&response), dialect().issued(&response), dialect().cancelled(&response));
        let _ = (dialect().asked(&charge(), None, &response), dialect().refunded(&refund(), &response, false));
        let _ = (dialect().listed(None, &response), dialect().listed_methods(&response), dialect().made_customer(&response));
    }
}
