//! The fake Asaas against what Asaas documents: no idempotency, decimals, offsets, notifications, queues of webhooks.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod receiver;

use std::time::Duration;

use receiver::Receiver;
use regua_fakes::asaas::{API_KEY, CardScript, FakeAsaas, Script, Target};
use regua_fakes::client::{Answer, Client};
use regua_fakes::clock::{DAY, date};
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order;
use serde_json::{Value, json};

fn fake() -> FakeAsaas {
    FakeAsaas::start(Script::default()).unwrap()
}

fn try_ask(fake: &FakeAsaas, verb: &str, path: &str, body: &Value) -> Result<Answer, String> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [("access_token", API_KEY), ("user-agent", "regua"), ("content-type", "application/json")];
    let client = Client::plain(Duration::from_secs(10)).unwrap();
    client.send(verb, &format!("{}/v3{path}", fake.base()), &headers, text.as_bytes())
}

fn ask(fake: &FakeAsaas, verb: &str, path: &str, body: &Value) -> Answer {
    try_ask(fake, verb, path, body).unwrap()
}

fn get(fake: &FakeAsaas, path: &str) -> Value {
    ask(fake, "GET", path, &Value::Null).json()
}

fn customer(fake: &FakeAsaas) -> String {
    let made = ask(fake, "POST", "/customers", &json!({"name": "Ana", "cpfCnpj": "529.982.247-25", "externalReference": "c1"}));
    made.json()["id"].as_str().unwrap().to_owned()
}

/// Ten days ahead in Brazil.
fn due(fake: &FakeAsaas) -> String {
    date((fake.clock().now() - 3 * 3600).div_euclid(DAY) + 10)
}

fn payment(fake: &FakeAsaas, customer: &str, billing: &str, reference: &str) -> String {
    let body = json!({"customer": customer, "billingType": billing, "value": 94.51, "dueDate": due(fake), "externalReference": reference});
    ask(fake, "POST", "/payments", &body).json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_same_request_twice_makes_two_of_it() {
    let fake = fake();
    let one = customer(&fake);
    assert_ne!(one, customer(&fake));
    payment(&fake, &one, "PIX", "r1");
    payment(&fake, &one, "PIX", "r1");
    assert_eq!(get(&fake, "/payments?externalReference=r1")["totalCount"], 2);
    assert_eq!(get(&fake, "/customers?externalReference=c1")["totalCount"], 2);
    let found = get(&fake, "/payments?externalReference=r1&limit=1&offset=1");
    assert_eq!((found["hasMore"].clone(), found["data"].as_array().unwrap().len()), (false.into(), 1));
    assert_eq!(get(&fake, "/payments?externalReference=r2")["totalCount"], 0);
}

#[test]
fn an_answer_that_was_lost_left_a_payment_that_a_search_finds() {
    let fake = fake();
    let one = customer(&fake);
    fake.fault(Rule::always(Fault::CutAfter).on("POST", "/v3/payments").times(1));
    let body = json!({"customer": one, "billingType": "BOLETO", "value": 10, "dueDate": due(&fake), "externalReference": "r1"});
    assert!(try_ask(&fake, "POST", "/payments", &body).is_err());
    let found = get(&fake, "/payments?externalReference=r1");
    assert_eq!((found["totalCount"].clone(), found["data"][0]["value"].to_string()), (1.into(), "10".to_owned()));
}

#[test]
fn a_key_and_a_user_agent_are_asked_for() {
    let fake = fake();
    let client = Client::plain(Duration::from_secs(10)).unwrap();
    let url = format!("{}/v3/customers", fake.base());
    assert_eq!(client.send("GET", &url, &[], b"").unwrap().status, 401);
    let wrong = client.send("GET", &url, &[("access_token", "other")], b"").unwrap();
    assert_eq!((wrong.status, wrong.json()["errors"][0]["code"].clone()), (401, "invalid_access_token".into()));
    assert!(fake.inspect().uses.is_empty());
}

#[test]
fn notifications_are_on_until_they_are_switched_off() {
    let fake = fake();
    let one = customer(&fake);
    let own = get(&fake, &format!("/customers/{one}/notifications"));
    assert_eq!(own["totalCount"], 8);
    assert_eq!(fake.inspect().notified, 1);
    ask(&fake, "PUT", &format!("/customers/{one}"), &json!({"notificationDisabled": true}));
    assert_eq!(fake.inspect().notified, 0);
    let first = own["data"][0]["id"].as_str().unwrap();
    let changed = ask(&fake, "PUT", &format!("/notifications/{first}"), &json!({"enabled": false, "event": "OTHER"})).json();
    assert_eq!((changed["enabled"].clone(), changed["event"].clone()), (false.into(), own["data"][0]["event"].clone()));
}

#[test]
fn a_slip_is_confirmed_and_then_credited_and_a_pix_is_credited_at_once() {
    let fake = fake();
    let one = customer(&fake);
    let slip = payment(&fake, &one, "BOLETO", "r1");
    let pix = payment(&fake, &one, "PIX", "r2");
    let line = get(&fake, &format!("/payments/{slip}/identificationField"));
    assert_eq!((line["identificationField"].as_str().unwrap().len(), line["barCode"].as_str().unwrap().len()), (47, 44));
    assert!(line["barCode"].as_str().unwrap().contains("0000009451"));
    let code = get(&fake, &format!("/payments/{pix}/pixQrCode"));
    assert!(code["payload"].as_str().unwrap().starts_with("000201"));
    assert_eq!(fake.pay(&slip, 9_451).unwrap()["status"], "CONFIRMED");
    assert_eq!(fake.pay(&pix, 9_451).unwrap()["status"], "RECEIVED");
    assert!(fake.pay(&pix, 9_451).is_err(), "it is paid once");
    fake.advance_to(fake.clock().now() + DAY);
    assert_eq!(get(&fake, &format!("/payments/{slip}/status"))["status"], "RECEIVED");
    let seen = fake.inspect();
    assert_eq!((seen.ledger.taken("r1"), seen.ledger.taken("r2"), seen.ledger.twice().len()), (9_451, 9_451, 0));
}

#[test]
fn what_is_late_is_overdue_and_says_what_more_came() {
    let fake = fake();
    let slip = payment(&fake, &customer(&fake), "BOLETO", "r1");
    fake.advance_to(fake.clock().now() + 12 * DAY);
    assert_eq!(fake.payment(&slip).unwrap()["status"], "OVERDUE");
    let paid = fake.pay(&slip, 9_700).unwrap();
    assert_eq!(["value", "originalValue", "interestValue"].map(|name| paid[name].to_string()), ["97", "94.51", "2.49"]);
}

#[test]
fn a_refused_card_leaves_no_payment_and_a_good_one_is_charged_at_once() {
    let fake = fake();
    let one = customer(&fake);
    fake.card("tok-1", CardScript { refusals: vec!["invalid_creditCard".to_owned(), String::new()] });
    let body = json!({"customer": one, "billingType": "CREDIT_CARD", "value": 10.5, "dueDate": due(&fake), "externalReference": "r1",
        "creditCardToken": "tok-1"});
    let refused = ask(&fake, "POST", "/payments", &body);
    assert_eq!((refused.status, refused.json()["errors"][0]["code"].clone()), (400, "invalid_creditCard".into()));
    assert_eq!((fake.inspect().payments, fake.inspect().ledger.taken("r1")), (0, 0));
    assert_eq!(ask(&fake, "POST", "/payments", &body).json()["status"], "CONFIRMED");
    assert_eq!(fake.inspect().ledger.taken("r1"), 1_050);
}

#[test]
fn only_what_is_open_is_changed_or_taken_away_and_no_more_goes_back_than_came() {
    let fake = fake();
    let one = customer(&fake);
    let pix = payment(&fake, &one, "PIX", "r1");
    fake.pay(&pix, 9_451).unwrap();
    assert_eq!(ask(&fake, "DELETE", &format!("/payments/{pix}"), &Value::Null).status, 400);
    assert_eq!(ask(&fake, "PUT", &format!("/payments/{pix}"), &json!({"value": 5})).status, 400);
    assert_eq!(ask(&fake, "POST", &format!("/payments/{pix}/refund"), &json!({"value": 94.52})).status, 400);
    let part = ask(&fake, "POST", &format!("/payments/{pix}/refund"), &json!({"value": 50})).json();
    assert_eq!(part["status"], "RECEIVED");
    assert_eq!(ask(&fake, "POST", &format!("/payments/{pix}/refund"), &json!({})).json()["status"], "REFUNDED");
    assert_eq!(fake.inspect().ledger.kept("r1"), 0);
    let slip = payment(&fake, &one, "BOLETO", "r2");
    assert_eq!(ask(&fake, "DELETE", &format!("/payments/{slip}"), &Value::Null).json()["deleted"], true);
    assert!(fake.pay(&slip, 9_451).is_err());
    assert_eq!(get(&fake, &format!("/payments/{slip}"))["deleted"], true);
    ask(&fake, "POST", &format!("/payments/{slip}/restore"), &Value::Null);
    assert!(fake.pay(&slip, 9_451).is_ok());
}

#[test]
fn a_sandbox_payment_is_confirmed_or_overdue_when_it_is_told() {
    let fake = fake();
    let one = customer(&fake);
    let first = payment(&fake, &one, "PIX", "r1");
    let second = payment(&fake, &one, "BOLETO", "r2");
    assert_eq!(ask(&fake, "POST", &format!("/sandbox/payment/{first}/confirm"), &Value::Null).json()["status"], "RECEIVED");
    assert_eq!(ask(&fake, "POST", &format!("/sandbox/payment/{second}/overdue"), &Value::Null).json()["status"], "OVERDUE");
}

#[test]
fn wrong_fields_are_named() {
    let fake = fake();
    let one = customer(&fake);
    let cases = [
        (json!({"billingType": "PIX", "value": 1, "dueDate": due(&fake)}), "invalid_customer"),
        (json!({"customer": one, "value": 1, "dueDate": due(&fake)}), "invalid_billingType"),
        (json!({"customer": one, "billingType": "PIX", "value": 0, "dueDate": due(&fake)}), "invalid_value"),
        (json!({"customer": one, "billingType": "PIX", "value": "1.00", "dueDate": due(&fake)}), "invalid_value"),
        (json!({"customer": one, "billingType": "PIX", "value": 1, "dueDate": "2020-01-01"}), "invalid_dueDate"),
    ];
    for (body, code) in cases {
        let told = ask(&fake, "POST", "/payments", &body);
        assert_eq!((told.status, told.json()["errors"][0]["code"].clone()), (400, code.into()), "{body}");
    }
    assert_eq!(ask(&fake, "GET", "/payments/pay_none", &Value::Null).status, 404);
}

#[test]
fn a_refused_webhook_holds_the_queue_up_and_fifteen_stop_it() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let fake = fake();
    let body = json!({"name": "r", "url": receiver.url("/asaas"), "authToken": "secret-token", "enabled": true, "sendType": "SEQUENTIALLY",
        "apiVersion": 3, "events": ["PAYMENT_CREATED", "PAYMENT_RECEIVED"]});
    let hook = ask(&fake, "POST", "/webhooks", &body).json()["id"].as_str().unwrap().to_owned();
    let pix = payment(&fake, &customer(&fake), "PIX", "r1");
    fake.pay(&pix, 9_451).unwrap();
    let mut tries = 0;
    for _ in 0..20 {
        tries += fake.deliver(Order::AsMade).unwrap().len();
        fake.clock().advance(10_800);
    }
    assert_eq!(tries, 15, "the second event waits behind the first");
    assert_eq!(get(&fake, &format!("/webhooks/{hook}"))["interrupted"], true);
    receiver.answer(200);
    assert!(fake.deliver(Order::AsMade).unwrap().is_empty(), "the queue stands");
    ask(&fake, "PUT", &format!("/webhooks/{hook}"), &json!({"interrupted": false}));
    let sent = fake.deliver(Order::AsMade).unwrap();
    assert_eq!(sent.len(), 2);
    let got = receiver.taken();
    assert_eq!(got.last().unwrap().header("asaas-access-token"), Some("secret-token"));
    let last = receiver.bodies().pop().unwrap();
    assert_eq!((last["event"].clone(), last["payment"]["id"].clone()), ("PAYMENT_RECEIVED".into(), pix.as_str().into()));
    assert!(last["id"].as_str().unwrap().contains('&'));
}

#[test]
fn a_target_of_the_script_gets_every_event() {
    let receiver = Receiver::start();
    let fake = FakeAsaas::start(Script { targets: vec![Target::new(&receiver.url("/"), "t")], ..Script::default() }).unwrap();
    let pix = payment(&fake, &customer(&fake), "PIX", "r1");
    fake.emit("PAYMENT_CHARGEBACK_REQUESTED", &pix, Some("CHARGEBACK_REQUESTED"));
    fake.deliver(Order::Doubled).unwrap();
    let events: Vec<Value> = receiver.bodies().iter().map(|body| body["event"].clone()).collect();
    assert_eq!(events, ["PAYMENT_CREATED", "PAYMENT_CREATED", "PAYMENT_CHARGEBACK_REQUESTED", "PAYMENT_CHARGEBACK_REQUESTED"]);
}
