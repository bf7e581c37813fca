//! The fake Stripe against what Stripe documents: keys, idempotency, declines, authentication, paging, refunds, its own biller.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::time::Duration;

use regua_fakes::client::{Answer, Client};
use regua_fakes::clock::DAY;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::stripe::{Behaviour, Bill, Card, Decline, FakeStripe, Outcome, READ_KEY, SECRET_KEY, Script};

const PATIENCE: Duration = Duration::from_secs(10);

fn fake() -> FakeStripe {
    FakeStripe::start(Script::default()).unwrap()
}

fn ask_with(
    fake: &FakeStripe,
    verb: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &[(&str, &str)],
    patience: Duration,
) -> Result<Answer, String> {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(form);
    let body = text.finish();
    let (url, sent) = match verb {
        "GET" => (format!("{}{path}?{body}", fake.base()), String::new()),
        _ => (format!("{}{path}", fake.base()), body),
    };
    let key = format!("Bearer {SECRET_KEY}");
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    if !headers.iter().any(|(name, _)| *name == "authorization") {
        all.push(("authorization", key.as_str()));
    }
    all.extend_from_slice(headers);
    Client::plain(patience).unwrap().send(verb, &url, &all, sent.as_bytes())
}

fn ask(fake: &FakeStripe, verb: &str, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Answer {
    ask_with(fake, verb, path, headers, form, PATIENCE).unwrap()
}

fn post(fake: &FakeStripe, path: &str, form: &[(&str, &str)]) -> Answer {
    ask(fake, "POST", path, &[], form)
}

fn get(fake: &FakeStripe, path: &str, form: &[(&str, &str)]) -> Answer {
    ask(fake, "GET", path, &[], form)
}

/// A customer with a card that behaves so.
fn payer(fake: &FakeStripe, behaviour: Behaviour) -> (String, String) {
    let customer = fake.customer("Ann", "ann@example.com", &[]);
    let card = fake.card(&customer, "visa", "4242", behaviour);
    (customer, card)
}

fn succeeding(fake: &FakeStripe) -> (String, String) {
    payer(fake, Behaviour::always(Outcome::Succeeds))
}

fn charge<'a>(customer: &'a str, card: &'a str, receivable: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("amount", "1000"),
        ("currency", "usd"),
        ("customer", customer),
        ("payment_method", card),
        ("confirm", "true"),
        ("off_session", "true"),
        ("metadata[receivable]", receivable),
    ]
}

#[test]
fn the_same_key_gives_the_same_answer_and_takes_the_money_once() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let form = charge(&customer, &card, "r1");
    let key = [("idempotency-key", "k1")];
    let first = ask(&fake, "POST", "/v1/payment_intents", &key, &form);
    let again = ask(&fake, "POST", "/v1/payment_intents", &key, &form);
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.body, again.body);
    assert_eq!(first.json()["status"], "succeeded");
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    // Without a key it is another payment: the fake counts it, and so would Stripe.
    post(&fake, "/v1/payment_intents", &form);
    let seen = fake.inspect();
    assert_eq!((seen.ledger.taken("r1"), seen.ledger.twice()), (2000, vec!["r1".to_owned()]));
}

#[test]
fn a_declined_answer_is_kept_under_its_key_too() {
    let fake = fake();
    let (customer, card) = payer(&fake, Behaviour::succeeds_on(2, &Decline::of("insufficient_funds")));
    let form = charge(&customer, &card, "r1");
    let key = [("idempotency-key", "k1")];
    let first = ask(&fake, "POST", "/v1/payment_intents", &key, &form);
    assert_eq!(first.status, 402);
    assert_eq!(ask(&fake, "POST", "/v1/payment_intents", &key, &form).body, first.body);
    let error = &first.json()["error"];
    let told = ["type", "code", "decline_code", "advice_code", "network_decline_code"].map(|name| error[name].clone());
    assert_eq!(told, ["card_error", "card_declined", "insufficient_funds", "try_again_later", "51"]);
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(ask(&fake, "POST", "/v1/payment_intents", &[("idempotency-key", "k2")], &form).json()["status"], "succeeded");
    assert_eq!(fake.inspect().ledger.taken("r1"), 1000);
}

#[test]
fn a_key_is_for_one_set_of_parameters_and_a_day() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let mut form = charge(&customer, &card, "r1");
    let key = [("idempotency-key", "k1")];
    ask(&fake, "POST", "/v1/payment_intents", &key, &form);
    form[0].1 = "1001";
    let other = ask(&fake, "POST", "/v1/payment_intents", &key, &form);
    assert_eq!((other.status, other.json()["error"]["type"].clone()), (400, "idempotency_error".into()));
    fake.clock().advance(DAY);
    assert_eq!(ask(&fake, "POST", "/v1/payment_intents", &key, &form).status, 200);
    // Parameters that could not be read are not kept: the mended request may have the same key.
    let key = [("idempotency-key", "k2")];
    assert_eq!(ask(&fake, "POST", "/v1/payment_intents", &key, &[("currency", "usd")]).status, 400);
    assert_eq!(ask(&fake, "POST", "/v1/payment_intents", &key, &form).status, 200);
}

#[test]
fn a_key_in_use_is_refused_while_the_first_request_is_being_done() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let form = charge(&customer, &card, "r1");
    fake.fault(Rule::always(Fault::Delay(Duration::from_millis(800))).on("POST", "/v1/payment_intents").nth(1));
    let key = [("idempotency-key", "k1")];
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| ask(&fake, "POST", "/v1/payment_intents", &key, &form));
        while fake.inspect().uses.get(SECRET_KEY).is_none_or(|uses| uses.writes == 0) {
            std::thread::yield_now();
        }
        let quick = ask(&fake, "POST", "/v1/payment_intents", &key, &form);
        assert_eq!((quick.status, quick.json()["error"]["code"].clone()), (409, "idempotency_key_in_use".into()));
        assert_eq!(slow.join().unwrap().status, 200);
    });
    assert_eq!(fake.inspect().ledger.taken("r1"), 1000);
}

#[test]
fn a_read_only_key_writes_nothing_and_every_refusal_is_counted() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let bearer = format!("Bearer {READ_KEY}");
    let own = [("authorization", bearer.as_str())];
    assert_eq!(ask(&fake, "GET", "/v1/customers", &own, &[]).status, 200);
    assert_eq!(ask(&fake, "POST", "/v1/payment_intents", &own, &charge(&customer, &card, "r1")).status, 403);
    let seen = fake.inspect();
    let uses = seen.uses[READ_KEY];
    assert_eq!((uses.reads, uses.writes, uses.refused, seen.charges), (1, 0, 1, 0));
    assert_eq!(ask(&fake, "GET", "/v1/customers", &[("authorization", "Bearer sk_other")], &[]).status, 401);
    assert_eq!(ask(&fake, "GET", "/v1/customers", &[("authorization", "Basic c2tfdGVzdF9mYWtlOg==")], &[]).status, 200);
}

#[test]
fn every_fault_does_or_does_not_take_the_money_as_it_says() {
    let second = Duration::from_millis(300);
    let cases = [
        (Fault::CutBefore, 0),
        (Fault::CutAfter, 1000),
        (Fault::HangBefore(second), 0),
        (Fault::HangAfter(second), 1000),
        (Fault::ErrorBefore(500), 0),
        (Fault::ErrorAfter(500), 1000),
        (Fault::Busy(Some(7)), 0),
    ];
    for (fault, taken) in cases {
        let fake = fake();
        let (customer, card) = succeeding(&fake);
        let form = charge(&customer, &card, "r1");
        fake.fault(Rule::always(fault).on("POST", "/v1/payment_intents").times(1));
        let first = ask_with(&fake, "POST", "/v1/payment_intents", &[("idempotency-key", "k")], &form, PATIENCE);
        assert_eq!(fake.inspect().ledger.taken("r1"), taken, "{fault:?}");
        match fault {
            Fault::Busy(_) => {
                let first = first.unwrap();
                assert_eq!((first.status, first.header("retry-after")), (429, Some("7")));
            }
            Fault::ErrorBefore(_) | Fault::ErrorAfter(_) => assert_eq!(first.unwrap().status, 500),
            Fault::CutBefore | Fault::CutAfter | Fault::HangBefore(_) | Fault::HangAfter(_) | Fault::Delay(_) => {
                assert!(first.is_err(), "{fault:?}");
            }
        }
        // The same key again takes it once; a 500 that followed the deed is given again, as Stripe says that it is.
        let again = ask(&fake, "POST", "/v1/payment_intents", &[("idempotency-key", "k")], &form);
        assert_eq!(again.status, if matches!(fault, Fault::ErrorAfter(_)) { 500 } else { 200 }, "{fault:?}");
        assert_eq!(fake.inspect().ledger.taken("r1"), 1000, "{fault:?}");
    }
}

#[test]
fn a_client_that_gives_up_does_not_undo_what_is_being_done() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    fake.fault(Rule::always(Fault::Delay(Duration::from_millis(400))).times(1));
    let gone = ask_with(&fake, "POST", "/v1/payment_intents", &[], &charge(&customer, &card, "r1"), Duration::from_millis(100));
    assert!(gone.is_err());
    while fake.inspect().log.requests == 0 {
        std::thread::yield_now();
    }
    assert_eq!(fake.inspect().ledger.taken("r1"), 1000);
}

#[test]
fn an_outage_lasts_as_long_as_its_window_of_the_clock() {
    let fake = fake();
    let now = fake.clock().now();
    fake.faults(|faults| faults.outage(now, now + 3600));
    assert_eq!(get(&fake, "/v1/customers", &[]).status, 503);
    fake.clock().advance(3600);
    assert_eq!(get(&fake, "/v1/customers", &[]).status, 200);
}

#[test]
fn one_intent_takes_money_once_and_a_cancelled_one_never() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let intent = post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1")).json()["id"].as_str().unwrap().to_owned();
    let again = post(&fake, &format!("/v1/payment_intents/{intent}/confirm"), &[("payment_method", card.as_str())]);
    assert_eq!((again.status, again.json()["error"]["code"].clone()), (400, "payment_intent_unexpected_state".into()));
    assert_eq!(post(&fake, &format!("/v1/payment_intents/{intent}/cancel"), &[]).status, 400);
    let open =
        post(&fake, "/v1/payment_intents", &[("amount", "5"), ("currency", "usd"), ("customer", &customer), ("payment_method", &card)]);
    let open = open.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(post(&fake, &format!("/v1/payment_intents/{open}/cancel"), &[]).json()["status"], "canceled");
    assert_eq!(post(&fake, &format!("/v1/payment_intents/{open}/confirm"), &[]).status, 400);
    assert_eq!(fake.inspect().ledger.keys().collect::<Vec<_>>(), ["r1"]);
}

#[test]
fn authentication_is_declined_off_session_and_done_on_session() {
    let fake = fake();
    let (customer, card) = payer(&fake, Behaviour::always(Outcome::Authenticates));
    let declined = post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1"));
    assert_eq!((declined.status, declined.json()["error"]["code"].clone()), (402, "authentication_required".into()));
    let intent = declined.json()["error"]["payment_intent"]["id"].as_str().unwrap().to_owned();
    let on_session = post(&fake, &format!("/v1/payment_intents/{intent}/confirm"), &[("payment_method", card.as_str())]);
    assert_eq!(on_session.json()["status"], "requires_action");
    assert!(on_session.json()["next_action"]["redirect_to_url"]["url"].is_string());
    assert!(fake.authenticate(&intent, true).is_ok());
    assert!(fake.authenticate(&intent, true).is_err());
    assert_eq!(fake.inspect().ledger.taken("r1"), 1000);
}

#[test]
fn every_decline_code_comes_with_its_own_words() {
    let fake = fake();
    for code in ["do_not_honor", "lost_card", "expired_card", "processing_error", "fraudulent", "something_new"] {
        let (customer, card) = payer(&fake, Behaviour::always(Outcome::Declines(Decline::of(code).network("62", "24"))));
        let told = post(&fake, "/v1/payment_intents", &charge(&customer, &card, code));
        let error = &told.json()["error"];
        assert_eq!((told.status, error["decline_code"].clone()), (402, code.into()));
        assert_eq!((error["network_decline_code"].clone(), error["network_advice_code"].clone()), ("62".into(), "24".into()));
        let charge = get(&fake, &format!("/v1/charges/{}", error["charge"].as_str().unwrap()), &[]).json();
        assert_eq!(charge["outcome"]["network_decline_code"], "62");
        assert_eq!(charge["status"], "failed");
    }
    let blocked = Decline::of("generic_decline").blocked("previously_declined_do_not_retry");
    let (customer, card) = payer(&fake, Behaviour::always(Outcome::Declines(blocked)));
    let told = post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r"));
    let charge = get(&fake, "/v1/charges", &[("customer", &customer)]).json()["data"][0].clone();
    assert_eq!(told.status, 402);
    assert_eq!(
        ["network_status", "reason", "type"].map(|name| charge["outcome"][name].clone()),
        ["not_sent_to_network", "previously_declined_do_not_retry", "blocked"]
    );
    assert_eq!(fake.inspect().ledger.keys().count(), 0);
}

#[test]
fn a_card_may_succeed_from_a_moment_on() {
    let fake = fake();
    let payday = fake.clock().now() + 5 * DAY;
    let broke = Behaviour::always(Outcome::Declines(Decline::of("insufficient_funds"))).from(payday, Outcome::Succeeds);
    let (customer, card) = payer(&fake, broke);
    assert_eq!(post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1")).status, 402);
    fake.clock().set(payday);
    assert_eq!(post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1")).status, 200);
}

#[test]
fn lists_go_back_from_the_newest_and_every_page_follows_the_one_before() {
    let fake = fake();
    let made: Vec<String> = (0..25).map(|number| fake.customer(&format!("c{number}"), "a@example.com", &[])).collect();
    let (mut got, mut after) = (Vec::new(), String::new());
    loop {
        let mut form = vec![("limit", "10")];
        if !after.is_empty() {
            form.push(("starting_after", after.as_str()));
        }
        let page = get(&fake, "/v1/customers", &form).json();
        let ids: Vec<String> = page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        got.extend(ids.iter().cloned());
        after = ids.last().unwrap().clone();
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(got, made.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(get(&fake, "/v1/customers", &[("limit", "101")]).status, 400);
    assert_eq!(get(&fake, "/v1/customers", &[("starting_after", "cus_none")]).status, 400);
    let events = get(&fake, "/v1/events", &[("type", "customer.*"), ("limit", "100")]).json();
    assert_eq!(events["data"].as_array().unwrap().len(), 25);
}

#[test]
fn an_unknown_parameter_is_refused_as_stripe_does() {
    let fake = fake();
    let told = post(&fake, "/v1/customers", &[("name", "Ann"), ("nmae", "x")]);
    assert_eq!((told.status, told.json()["error"]["code"].clone()), (400, "parameter_unknown".into()));
    assert_eq!(get(&fake, "/v1/nothing", &[]).status, 404);
    assert_eq!(post(&fake, "/v1/payment_intents", &[("amount", "-5"), ("currency", "usd")]).status, 400);
    assert_eq!(get(&fake, "/v1/payment_intents/pi_none", &[]).status, 404);
}

#[test]
fn methods_are_attached_listed_taken_away_and_then_of_no_use() {
    let fake = fake();
    let customer = fake.customer("Ann", "ann@example.com", &[]);
    let attached = post(&fake, "/v1/payment_methods/pm_card_visa/attach", &[("customer", &customer)]).json();
    let card = attached["id"].as_str().unwrap().to_owned();
    let listed = get(&fake, "/v1/payment_methods", &[("customer", customer.as_str()), ("type", "card")]).json();
    assert_eq!(listed["data"][0]["id"], card.as_str());
    assert_eq!(listed["data"][0]["card"]["last4"], "4242");
    assert_eq!(post(&fake, &format!("/v1/payment_methods/{card}/detach"), &[]).json()["customer"], serde_json::Value::Null);
    assert_eq!(post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1")).status, 400);
    assert_eq!(post(&fake, &format!("/v1/payment_methods/{card}/attach"), &[("customer", &customer)]).status, 400);
    assert_eq!(fake.inspect().ledger.taken("r1"), 0);
}

#[test]
fn no_more_goes_back_than_came() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let intent = post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1")).json()["id"].as_str().unwrap().to_owned();
    let part = post(&fake, "/v1/refunds", &[("payment_intent", intent.as_str()), ("amount", "400")]).json();
    assert_eq!(part["status"], "succeeded");
    assert_eq!(post(&fake, "/v1/refunds", &[("payment_intent", intent.as_str()), ("amount", "601")]).status, 400);
    assert_eq!(post(&fake, "/v1/refunds", &[("payment_intent", intent.as_str())]).json()["amount"], 600);
    let again = post(&fake, "/v1/refunds", &[("payment_intent", intent.as_str())]);
    assert_eq!(again.json()["error"]["code"], "charge_already_refunded");
    assert_eq!(fake.inspect().ledger.kept("r1"), 0);
}

#[test]
fn a_won_dispute_is_not_counted_as_a_second_payment() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let intent = post(&fake, "/v1/payment_intents", &charge(&customer, &card, "r1")).json()["id"].as_str().unwrap().to_owned();
    let dispute = fake.dispute(&intent, "fraudulent").unwrap();
    assert_eq!(fake.inspect().ledger.kept("r1"), 0);
    assert_eq!(post(&fake, "/v1/refunds", &[("payment_intent", intent.as_str())]).json()["error"]["code"], "charge_disputed");
    fake.close_dispute(&dispute, true).unwrap();
    assert_eq!((fake.inspect().ledger.kept("r1"), fake.inspect().ledger.twice().len()), (1000, 0));
    assert!(fake.close_dispute(&dispute, true).is_err());
}

#[test]
fn the_accounts_own_biller_charges_by_its_clock_until_it_is_switched_off() {
    let fake = fake();
    let (customer, card) = payer(&fake, Behaviour::always(Outcome::Declines(Decline::of("insufficient_funds"))));
    let bill = Bill { customer: customer.clone(), amount: 1000, currency: "usd".to_owned(), ..Bill::default() };
    let invoice = fake.bill(&bill);
    let shown = |fake: &FakeStripe| get(fake, &format!("/v1/invoices/{invoice}"), &[]).json();
    let start = fake.clock().now();
    assert_eq!(shown(&fake)["next_payment_attempt"], start + 3600);
    fake.advance_to(start + 3600 + 3 * DAY);
    assert_eq!((shown(&fake)["attempt_count"].clone(), fake.inspect().charges), (2.into(), 2));
    let off = post(&fake, &format!("/v1/invoices/{invoice}"), &[("auto_advance", "false")]);
    assert_eq!(off.json()["next_payment_attempt"], serde_json::Value::Null);
    fake.advance_to(start + 60 * DAY);
    assert_eq!(fake.inspect().charges, 2);
    let refused = post(&fake, &format!("/v1/invoices/{invoice}/pay"), &[]);
    assert_eq!((refused.status, shown(&fake)["attempt_count"].clone()), (402, 2.into()));
    fake.behave(&card, Behaviour::always(Outcome::Succeeds));
    assert_eq!(post(&fake, &format!("/v1/invoices/{invoice}/pay"), &[]).json()["status"], "paid");
    assert_eq!(post(&fake, &format!("/v1/invoices/{invoice}/pay"), &[]).json()["error"]["code"], "invoice_already_paid");
    assert_eq!(fake.inspect().ledger.taken(&invoice), 1000);
}

#[test]
fn the_biller_does_not_charge_a_lost_card_again_and_still_counts() {
    let fake = fake();
    let (customer, _) = payer(&fake, Behaviour::always(Outcome::Declines(Decline::of("lost_card"))));
    let bill = Bill { customer: customer.clone(), amount: 1000, currency: "usd".to_owned(), ..Bill::default() };
    let invoice = fake.bill(&bill);
    fake.advance_to(fake.clock().now() + 4 * DAY);
    let shown = get(&fake, &format!("/v1/invoices/{invoice}"), &[]).json();
    assert_eq!((shown["attempt_count"].clone(), fake.inspect().charges), (2.into(), 1));
    let _ = fake.card(&customer, "visa", "1111", Behaviour::always(Outcome::Succeeds));
    fake.advance_to(fake.clock().now() + 6 * DAY);
    assert_eq!(get(&fake, &format!("/v1/invoices/{invoice}"), &[]).json()["status"], "paid");
}

#[test]
fn an_expansion_shows_the_object_in_place_of_its_id() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let mut form = charge(&customer, &card, "r1");
    form.push(("expand[]", "latest_charge"));
    assert_eq!(post(&fake, "/v1/payment_intents", &form).json()["latest_charge"]["status"], "succeeded");
    let listed = get(&fake, "/v1/payment_intents", &[("expand[]", "data.customer")]).json();
    assert_eq!(listed["data"][0]["customer"]["email"], "ann@example.com");
    assert!(listed["data"][0].get("_invoice").is_none(), "what is the fake's own is not shown");
}

#[test]
fn a_hosted_page_is_paid_once_and_closes_by_itself_after_a_day() {
    let fake = fake();
    let customer = fake.customer("Ann", "ann@example.com", &[]);
    let form = [
        ("mode", "payment"),
        ("customer", customer.as_str()),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "1000"),
        ("line_items[0][price_data][product_data][name]", "Service"),
        ("line_items[0][quantity]", "1"),
        ("payment_intent_data[metadata][regua_receivable]", "r1"),
        ("success_url", "https://example.com/done"),
    ];
    let page = post(&fake, "/v1/checkout/sessions", &form).json()["id"].as_str().unwrap().to_owned();
    let card = |outcome| Card::new("visa", "4242", Behaviour::always(outcome));
    assert!(fake.pay_page(&page, &card(Outcome::Declines(Decline::of("do_not_honor")))).is_err());
    assert_eq!(fake.pay_page(&page, &card(Outcome::Succeeds)).unwrap()["payment_status"], "paid");
    assert!(fake.pay_page(&page, &card(Outcome::Succeeds)).is_err());
    assert_eq!(post(&fake, &format!("/v1/checkout/sessions/{page}/expire"), &[]).status, 400);
    let shown = get(&fake, &format!("/v1/checkout/sessions/{page}"), &[("expand[]", "payment_intent.latest_charge")]).json();
    assert_eq!(shown["payment_intent"]["latest_charge"]["status"], "succeeded");
    assert_eq!(fake.inspect().ledger.taken("r1"), 1000);
    let other = post(&fake, "/v1/checkout/sessions", &form).json()["id"].as_str().unwrap().to_owned();
    fake.clock().advance(DAY);
    assert_eq!(get(&fake, &format!("/v1/checkout/sessions/{other}"), &[]).json()["status"], "expired");
    assert!(fake.pay_page(&other, &card(Outcome::Succeeds)).is_err());
}

#[test]
fn a_card_stored_on_a_page_is_a_method_of_its_customer() {
    let fake = fake();
    let customer = fake.customer("Ann", "ann@example.com", &[]);
    let form = [("mode", "setup"), ("customer", customer.as_str()), ("success_url", "https://example.com/done")];
    let page = post(&fake, "/v1/checkout/sessions", &form).json()["id"].as_str().unwrap().to_owned();
    let done = fake.pay_page(&page, &Card::new("mastercard", "4444", Behaviour::always(Outcome::Succeeds))).unwrap();
    let setup = get(&fake, &format!("/v1/setup_intents/{}", done["setup_intent"].as_str().unwrap()), &[("expand[]", "payment_method")]);
    assert_eq!(setup.json()["payment_method"]["card"]["last4"], "4444");
    assert_eq!(get(&fake, &format!("/v1/customers/{customer}/payment_methods"), &[]).json()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn a_search_does_not_know_what_was_made_in_the_last_minute() {
    let fake = fake();
    let customer = fake.customer("Ann", "ann@example.com", &[("ours", "c'1")]);
    let found = |fake: &FakeStripe| get(fake, "/v1/customers/search", &[("query", r"metadata['ours']:'c\'1'")]).json()["data"].clone();
    assert_eq!(found(&fake).as_array().unwrap().len(), 0);
    fake.clock().advance(60);
    assert_eq!(found(&fake)[0]["id"], customer.as_str());
    assert_eq!(get(&fake, "/v1/customers/search", &[("query", "metadata")]).status, 400);
}

#[test]
fn a_fee_is_told_with_the_balance_of_a_charge() {
    let fake = fake();
    let (customer, card) = succeeding(&fake);
    let mut form = charge(&customer, &card, "r1");
    form.push(("expand[]", "latest_charge.balance_transaction"));
    let paid = post(&fake, "/v1/payment_intents", &form).json();
    assert_eq!(paid["latest_charge"]["balance_transaction"]["fee"], 59);
}
