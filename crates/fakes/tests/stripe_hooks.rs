//! Webhooks of the fake Stripe: signed, in both shapes, in any order, more than once, and again after a refusal.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod receiver;

use receiver::Receiver;
use regua_fakes::hooks::{Order, Standing};
use regua_fakes::stripe::{Behaviour, Bill, Decline, Endpoint, FakeStripe, Generation, Outcome, Script, signature};

fn fake(receiver: &Receiver, generation: Generation) -> FakeStripe {
    let endpoint = Endpoint { url: receiver.url("/hooks"), secret: "whsec_test_secret".to_owned(), generation, kinds: Vec::new() };
    FakeStripe::start(Script { endpoints: vec![endpoint], ..Script::default() }).unwrap()
}

fn billed(fake: &FakeStripe, behaviour: Behaviour) -> String {
    let customer = fake.customer("Ann", "ann@example.com", &[]);
    let _ = fake.card(&customer, "visa", "4242", behaviour);
    let bill = Bill { customer, amount: 1000, currency: "usd".to_owned(), subscription: Some("sub_1".to_owned()), ..Bill::default() };
    let invoice = fake.bill(&bill);
    fake.advance_to(fake.clock().now() + 7200);
    invoice
}

#[test]
fn every_webhook_carries_the_signature_of_its_body_at_the_moment_of_sending() {
    let receiver = Receiver::start();
    let fake = fake(&receiver, Generation::Basil);
    billed(&fake, Behaviour::always(Outcome::Succeeds));
    let sent = fake.deliver(Order::AsMade).unwrap();
    let got = receiver.taken();
    assert!(sent.len() > 5 && sent.iter().all(regua_fakes::hooks::Sent::taken), "{sent:?}");
    assert_eq!(sent.len(), got.len());
    for ask in got {
        let expected = signature("whsec_test_secret", fake.clock().now(), &ask.body);
        assert_eq!(ask.header("stripe-signature"), Some(expected.as_str()));
    }
    assert!(fake.deliver(Order::AsMade).unwrap().is_empty(), "what was taken is not sent again");
}

#[test]
fn both_generations_of_an_invoice_name_what_failed_in_their_own_way() {
    for generation in [Generation::Classic, Generation::Basil] {
        let receiver = Receiver::start();
        let fake = fake(&receiver, generation);
        billed(&fake, Behaviour::always(Outcome::Declines(Decline::of("insufficient_funds"))));
        fake.deliver(Order::AsMade).unwrap();
        let events = receiver.bodies();
        let of = |kind: &str| events.iter().find(|event| event["type"] == kind).unwrap()["data"]["object"].clone();
        let (invoice, intent) = (of("invoice.payment_failed"), of("payment_intent.payment_failed"));
        assert_eq!(intent["last_payment_error"]["decline_code"], "insufficient_funds");
        assert_eq!(events[0]["api_version"], generation.version());
        match generation {
            Generation::Classic => {
                assert_eq!((&invoice["payment_intent"], &invoice["subscription"]), (&intent["id"], &"sub_1".into()));
                assert_eq!(intent["invoice"], invoice["id"]);
                assert!(invoice.get("parent").is_none() && invoice.get("payments").is_none());
            }
            Generation::Basil => {
                assert!(["payment_intent", "charge", "subscription", "paid"].iter().all(|name| invoice.get(*name).is_none()));
                assert_eq!(invoice["payments"]["data"][0]["payment"]["payment_intent"], intent["id"]);
                assert_eq!(invoice["parent"]["subscription_details"]["subscription"], "sub_1");
                assert!(intent.get("invoice").is_none());
            }
        }
    }
}

#[test]
fn a_storm_sends_the_same_events_twice_in_another_order() {
    let receiver = Receiver::start();
    let fake = fake(&receiver, Generation::Basil);
    billed(&fake, Behaviour::always(Outcome::Succeeds));
    let made: Vec<String> = fake.hooks().into_iter().map(|hook| hook.event).collect();
    fake.deliver(Order::Storm(3)).unwrap();
    let mut got: Vec<String> = receiver.bodies().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    assert_ne!(got, made);
    got.sort();
    let mut twice = [made.clone(), made].concat();
    twice.sort();
    assert_eq!(got, twice);
}

#[test]
fn a_refused_webhook_comes_again_later_and_a_taken_one_does_not() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let fake = fake(&receiver, Generation::Basil);
    let _ = fake.customer("Ann", "ann@example.com", &[]);
    assert_eq!(fake.deliver(Order::AsMade).unwrap()[0].status, Some(500));
    assert!(fake.deliver(Order::AsMade).unwrap().is_empty(), "it waits");
    receiver.answer(200);
    fake.clock().advance(300);
    assert_eq!(fake.deliver(Order::AsMade).unwrap()[0].status, Some(200));
    assert_eq!(fake.hooks()[0].standing, Standing::Taken);
    fake.clock().advance(86_400);
    assert!(fake.deliver(Order::AsMade).unwrap().is_empty());
    fake.deliver_again();
    assert_eq!(fake.deliver(Order::AsMade).unwrap().len(), 1);
}
