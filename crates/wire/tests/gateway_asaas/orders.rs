//! Orders as requests: each by its verb, path and body, and each that is refused by what it lacks.

use proptest::prelude::*;
use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::words::Rail;
use regua_wire::gateways::asaas::{Dialect, customer as customers, notification};
use regua_wire::gateways::{ChargeOrder, CustomerOrder, InstrumentOrder, Payer, RefundOrder, Request, Trouble, Verb};
use serde_json::Value;

use super::{at, charge, customer, day, dialect, instrument, payer, reais, refund, reply, shown};

fn code<T: std::fmt::Debug>(answer: Result<T, Trouble>) -> String {
    match answer.unwrap_err() {
        Trouble::Refused { code, why } => {
            assert!(!why.contains("5299"), "no document is shown: {why}");
            code
        }
        other @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::NotFound) => panic!("{other:?}"),
    }
}

#[test]
fn a_customer_is_looked_for_and_made_with_the_messages_of_asaas_off() {
    let find = dialect().find_customer(&customer(None));
    assert_eq!(shown(&find), "GET /customers?externalReference=cus_01kb7z8s9ceq4tqv7e3k5m6n7p&offset=0&limit=100");
    let make = dialect().make_customer(&customer(Some("529.982.247-25"))).unwrap();
    assert!(!make.repeatable, "sent twice it makes two");
    assert_eq!(
        shown(&make),
        "POST /customers {\"name\":\"Maria Silva\",\"cpfCnpj\":\"52998224725\",\"email\":\"maria@example.com\",\
         \"externalReference\":\"cus_01kb7z8s9ceq4tqv7e3k5m6n7p\",\"notificationDisabled\":true}"
    );
    assert_eq!(shown(&customers::silence("cus_1")), "PUT /customers/cus_1 {\"notificationDisabled\":true}");
    assert_eq!(code(dialect().make_customer(&customer(None))), "payer-document");
    assert_eq!(code(dialect().make_customer(&customer(Some("529.982.247-26")))), "payer-document");
    let nameless = CustomerOrder { payer: Payer { name: String::new(), ..payer(Some("52998224725")) }, ..customer(None) };
    assert_eq!(code(dialect().make_customer(&nameless)), "payer-name");
}

#[test]
fn a_card_is_charged_by_its_token_and_named_by_the_attempt() {
    let request = dialect().charge(&charge()).unwrap();
    assert!(!request.repeatable);
    assert_eq!(
        shown(&request),
        "POST /payments {\"customer\":\"cus_000005219613\",\"billingType\":\"CREDIT_CARD\",\"value\":219.90,\"dueDate\":\"2026-11-30\",\
         \"description\":\"Mensalidade\",\"externalReference\":\"chg_01kb7z8s9ceq4tqv7e3k5m6n7p\",\
         \"creditCardToken\":\"a75a1d98-c52d-4a6b-a413-71e00b193c99\"}"
    );
    let ip = Dialect { remote_ip: Some("203.0.113.7".to_owned()) };
    assert!(shown(&ip.charge(&charge()).unwrap()).ends_with(",\"remoteIp\":\"203.0.113.7\"}"));
    let find = "GET /payments?externalReference=chg_01kb7z8s9ceq4tqv7e3k5m6n7p&offset=0&limit=100";
    assert_eq!(shown(&dialect().ask(&charge(), None)), find);
    assert_eq!(shown(&dialect().ask(&charge(), Some("pay_1"))), "GET /payments/pay_1");
    for (order, want) in [
        (ChargeOrder { scheme: Scheme::PixAutomatico, ..charge() }, "scheme"),
        (ChargeOrder { scheme: Scheme::Sepa, ..charge() }, "scheme"),
        (ChargeOrder { amount: reais(0), ..charge() }, "amount"),
        (ChargeOrder { amount: Money::new(100, Currency::USD), ..charge() }, "amount"),
    ] {
        assert_eq!(code(dialect().charge(&order)), want);
    }
}

#[test]
fn an_instrument_is_a_payment_of_its_rail_with_the_rates_that_asaas_adds() {
    let today = day("2026-12-01");
    assert_eq!(
        shown(&dialect().issue(&instrument(Rail::Boleto, "2026-12-15"), today).unwrap()),
        "POST /payments {\"customer\":\"cus_000005219613\",\"billingType\":\"BOLETO\",\"value\":219.90,\"dueDate\":\"2026-12-15\",\
         \"description\":\"Mensalidade de dezembro\",\"externalReference\":\"rcv01kb7z8s9ceq4tqv7e3k5m6n7px0\",\
         \"daysAfterDueDateToRegistrationCancellation\":30,\"interest\":{\"value\":1.00},\"fine\":{\"value\":2.00,\
         \"type\":\"PERCENTAGE\"}}"
    );
    // What is overdue is ordered with all that was added, and due today.
    let late: Value = serde_json::from_slice(&dialect().issue(&instrument(Rail::Pix, "2026-11-01"), today).unwrap().body).unwrap();
    assert_eq!((&late["dueDate"], &late["billingType"]), (&Value::from("2026-12-01"), &Value::from("PIX")));
    assert!(late.get("fine").is_none() && late.get("daysAfterDueDateToRegistrationCancellation").is_none());
    for (rail, kind) in [(Rail::Card, "CREDIT_CARD"), (Rail::Other, "UNDEFINED")] {
        let text = shown(&dialect().issue(&instrument(rail, "2026-12-15"), today).unwrap());
        assert!(text.contains(&format!("\"billingType\":\"{kind}\"")), "{text}");
    }
    assert_eq!(code(dialect().issue(&instrument(Rail::Sepa, "2026-12-15"), today)), "rail");
    let stranger = InstrumentOrder { customer_token: None, ..instrument(Rail::Pix, "2026-12-15") };
    assert_eq!(code(dialect().issue(&stranger, today)), "customer");
}

#[test]
fn what_is_paid_by_is_asked_for_looked_at_and_taken_away() {
    assert_eq!(dialect().code(Rail::Pix, "pay_1").map(|it| shown(&it)).as_deref(), Some("GET /payments/pay_1/pixQrCode"));
    assert_eq!(dialect().code(Rail::Boleto, "pay_1").map(|it| shown(&it)).as_deref(), Some("GET /payments/pay_1/identificationField"));
    assert_eq!(dialect().code(Rail::Card, "pay_1"), None);
    assert_eq!(shown(&dialect().look("k", Some("pay_1"))), "GET /payments/pay_1");
    assert_eq!(shown(&dialect().look("a b", None)), "GET /payments?externalReference=a+b&offset=0&limit=100");
    assert_eq!(shown(&dialect().cancel("pay/../1")), "DELETE /payments/pay%2F..%2F1");
}

#[test]
fn a_refund_carries_its_key_at_the_end_of_its_words() {
    let request = dialect().refund(&refund()).unwrap();
    assert!(!request.repeatable, "sent twice it gives back twice");
    let want = "POST /payments/pay_9/refund {\"value\":30.00,\"description\":\"pago duas vezes [rfd01kb7z8s9ceq4tqv7e3k5m6n7p]\"}";
    assert_eq!(shown(&request), want);
    let long = RefundOrder { description: "é".repeat(900), ..refund() };
    let body: Value = serde_json::from_slice(&dialect().refund(&long).unwrap().body).unwrap();
    let words = body["description"].as_str().unwrap();
    assert!(words.chars().count() <= 500 && words.ends_with("[rfd01kb7z8s9ceq4tqv7e3k5m6n7p]"));
    let silent = RefundOrder { description: String::new(), ..refund() };
    assert!(shown(&dialect().refund(&silent).unwrap()).contains("\"description\":\"[rfd01"));
}

#[test]
fn messages_that_reach_the_customer_are_turned_off_and_no_others() {
    let all = notification::read(include_bytes!("vectors/notifications.json")).unwrap();
    assert_eq!(all.iter().map(notification::Notification::speaks).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(shown(&notification::of("cus_1")), "GET /customers/cus_1/notifications");
    assert_eq!(
        shown(&notification::turn_off("cus_1", &all).unwrap()),
        "PUT /notifications/batch {\"customer\":\"cus_1\",\"notifications\":[{\"id\":\"not_1\",\"emailEnabledForCustomer\":false,\
         \"smsEnabledForCustomer\":false,\"phoneCallEnabledForCustomer\":false,\"whatsappEnabledForCustomer\":false}]}"
    );
    assert_eq!(notification::turn_off("cus_1", &all[1..]), None);
}

#[test]
fn every_order_but_a_question_says_whether_it_may_be_sent_twice() {
    let today = day("2026-12-01");
    let creates: [Request; 4] = [
        dialect().make_customer(&customer(Some("52998224725"))).unwrap(),
        dialect().charge(&charge()).unwrap(),
        dialect().issue(&instrument(Rail::Pix, "2026-12-15"), today).unwrap(),
        dialect().refund(&refund()).unwrap(),
    ];
    for request in creates {
        assert!(request.method == Verb::Post && !request.repeatable, "{request:?}");
    }
    for request in [dialect().find("k"), dialect().check(), dialect().cancel("pay_1"), customers::silence("cus_1")] {
        assert!(request.method != Verb::Post && request.repeatable, "{request:?}");
    }
}

#[test]
fn the_lists_follow_one_another_to_the_last() {
    let (since, until) = (at("2026-12-01T02:00:00Z"), at("2026-12-02T12:00:00Z"));
    let list = |place| dialect().list(since, until, place).map(|request| request.path);
    // 02:00 in UTC is the day before in Brazil.
    let first = "/payments?paymentDate%5Bge%5D=2026-11-30&paymentDate%5Ble%5D=2026-12-02&offset=0&limit=100";
    assert_eq!(list(None).as_deref(), Ok(first));
    let disputed = "/payments?status=CHARGEBACK_REQUESTED&dateCreated%5Bge%5D=2026-08-02&offset=200&limit=100";
    assert_eq!(list(Some("3:200")).as_deref(), Ok(disputed));
    for place in ["", "0", "6:0", "0:1000000", "-1:0", "0:0:0"] {
        assert_eq!(code(list(Some(place))), "place", "{place}");
    }
    let mut place = None;
    let empty = "{\"hasMore\":false,\"offset\":0,\"data\":[]}";
    let mut seen = 0;
    loop {
        place = dialect().listed(place.as_deref(), &reply(200, empty)).unwrap().next;
        seen += 1;
        if place.is_none() {
            break;
        }
    }
    assert_eq!(seen, 6);
    let more = include_str!("vectors/payments_page.json");
    assert_eq!(dialect().listed(Some("1:0"), &reply(200, more)).unwrap().next.as_deref(), Some("1:7"));
}

proptest! {
    #[test]
    fn an_amount_is_sent_to_the_cent(cents in 1..1_000_000_000_000_i64) {
        let order = ChargeOrder { amount: reais(cents), ..charge() };
        let text = shown(&dialect().charge(&order).unwrap());
        let want = format!("\"value\":{}.{:02},", cents / 100, cents % 100);
        prop_assert!(text.contains(&want), "{}", text);
    }
}
