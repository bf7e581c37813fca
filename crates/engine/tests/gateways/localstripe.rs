//! Stripe as a gateway, against `localstripe`, which others wrote: the program that `REGUA_PYTHON` can run.
//!
//! What it lacks, and so is not tried here: idempotency keys (the same order twice takes money twice), searching and filtering
//! lists, `expand` in lists, codes of networks and advice, events that can be listed, pages, restricted keys. Set and missing
//! fails; unset prints what was skipped.

#![expect(clippy::disallowed_methods, reason = "another's program: its clock is the machine's, and it is waited for")]
#![expect(clippy::print_stdout, reason = "what is skipped is said")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, SystemTime};

use regua_core::charging::{CodeSpace, Scheme};
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_engine::adapters::gateways::{Stripe, StripeSettings};
use regua_engine::ports::Gateway;
use regua_engine::secret::Secret;
use regua_fakes::oracles::Localstripe;
use regua_wire::gateways::stripe::{requests, webhook};
use regua_wire::gateways::{ChargeOrder, Charged, CustomerOrder, HookRefused, News, RefundStanding, Request, Trouble, Verb};

use crate::orders;

/// How long it may take to send a webhook.
const PATIENCE: Duration = Duration::from_secs(30);

fn start() -> Option<Localstripe> {
    let Ok(python) = std::env::var("REGUA_PYTHON") else {
        println!("skipped: REGUA_PYTHON is not set, Stripe is not tried against localstripe");
        return None;
    };
    Some(Localstripe::start(Path::new(&python)).unwrap_or_else(|error| panic!("REGUA_PYTHON: {error}")))
}

fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Instant::from_secs(i64::try_from(since.as_secs()).unwrap())
}

fn gateway(local: &Localstripe) -> Stripe {
    let api = orders::settings(&local.base());
    let settings =
        StripeSettings { api, dialect: requests::Dialect::Plain, ..StripeSettings::new(Secret::new("sk_test_local"), orders::zone()) };
    Stripe::new(settings, now).unwrap()
}

fn form(path: &str, body: &str) -> Request {
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    Request { method: Verb::Post, path: path.to_owned(), headers, body: body.as_bytes().to_vec(), repeatable: false }
}

fn said(gateway: &mut Stripe, request: &Request) -> serde_json::Value {
    let response = gateway.call(request).unwrap();
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    serde_json::from_slice(&response.body).unwrap()
}

fn text(value: &serde_json::Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {value}")).to_owned()
}

/// Stores a card of a number with a customer.
fn card(gateway: &mut Stripe, customer: &str, number: &str) -> String {
    let body = format!("type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
    let made = said(gateway, &form("/v1/payment_methods", &body));
    let method = text(&made, "id");
    said(gateway, &requests::attach(&method, customer));
    method
}

fn order(nth: u8, customer: &str, method: &str) -> ChargeOrder {
    orders::charge(now().secs(), nth, Scheme::Visa, customer, method)
}

fn customer(gateway: &mut Stripe, key: &str) -> String {
    gateway.customer(&CustomerOrder { key: key.to_owned(), payer: orders::payer() }).unwrap()
}

#[test]
fn customers_methods_attempts_and_refunds_go_by_a_stripe_that_others_wrote() {
    let Some(local) = start() else { return };
    let mut gateway = gateway(&local);
    let customer = customer(&mut gateway, "rcus1");
    let visa = card(&mut gateway, &customer, "4242424242424242");
    let methods = gateway.methods(&customer).unwrap();
    assert!(methods.iter().any(|method| method.method_token == visa && method.last4.as_deref() == Some("4242")), "{methods:?}");

    let first = order(1, &customer, &visa);
    let Charged::Settled(settlement) = gateway.charge(&first).unwrap() else { panic!() };
    assert_eq!((settlement.amount.minor(), settlement.rail), (21_990, Rail::Card));
    for asked in [gateway.ask(&first, Some(&settlement.reference)), gateway.ask(&first, None)] {
        assert!(matches!(asked, Ok(Charged::Settled(same)) if same.reference == settlement.reference));
    }
    assert_eq!(gateway.ask(&order(9, &customer, &visa), None), Err(Trouble::NotFound));
    let back = gateway.refund(&orders::refund("refund1", &settlement.reference, 5_000)).unwrap();
    assert_eq!(back.standing, RefundStanding::Done);

    let bad = card(&mut gateway, &customer, "4000000000000341");
    let second = order(2, &customer, &bad);
    for declined in [gateway.charge(&second), gateway.ask(&second, None)] {
        let Ok(Charged::Declined { signals, .. }) = &declined else { panic!("{declined:?}") };
        assert!(signals.iter().any(|signal| signal.space == CodeSpace::Stripe), "{signals:?}");
    }

    let asks = card(&mut gateway, &customer, "4000002500003155");
    let third = order(3, &customer, &asks);
    let Charged::NeedsPayer { reference, .. } = gateway.charge(&third).unwrap() else { panic!() };
    assert!(matches!(gateway.ask(&third, Some(&reference)), Ok(Charged::NeedsPayer { .. })));
    let intent = said(&mut gateway, &requests::intent(&reference, false));
    let secret = text(&intent, "client_secret");
    said(
        &mut gateway,
        &form(&format!("/v1/payment_intents/{reference}/_authenticate"), &format!("key=pk_test_1&client_secret={secret}&success=true")),
    );
    assert!(matches!(gateway.ask(&third, Some(&reference)), Ok(Charged::Settled(_))));
}

/// Reads one request and answers it.
fn take(stream: &mut TcpStream) -> (String, Vec<u8>) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|text| text.trim().parse::<usize>().unwrap()));
        let body = &bytes[end + 4..];
        if read == 0 || body.len() >= length.unwrap_or(0) {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            return (head, body.to_vec());
        }
    }
}

#[test]
fn a_webhook_that_others_signed_is_taken_and_says_what_was_paid() {
    let Some(local) = start() else { return };
    let mut gateway = gateway(&local);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port());
    let registered =
        gateway.call(&form("/_config/webhooks/one", &format!("url={url}&secret=whsec_test&events[]=payment_intent.succeeded"))).unwrap();
    assert_eq!(registered.status, 200, "{}", String::from_utf8_lossy(&registered.body));
    let customer = customer(&mut gateway, "rcus1");
    let visa = card(&mut gateway, &customer, "4242424242424242");
    let order = order(1, &customer, &visa);
    let Charged::Settled(settlement) = gateway.charge(&order).unwrap() else { panic!() };

    let (mut stream, _) = listener.accept().unwrap();
    let (head, body) = take(&mut stream);
    let signature = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("stripe-signature").then(|| value.trim().to_owned())
    });
    webhook::verify(signature.as_deref(), &body, "whsec_test", now()).unwrap();
    assert_eq!(webhook::verify(signature.as_deref(), &body, "whsec_other", now()), Err(HookRefused::Forged));
    let heard = webhook::hear(&body, orders::zone()).unwrap();
    let told = heard.iter().any(|heard| {
        matches!(&heard.news, News::Charge { charge, charged: Charged::Settled(told), .. }
            if *charge == Some(order.charge) && told.reference == settlement.reference)
    });
    assert!(told, "{heard:?}");
}
