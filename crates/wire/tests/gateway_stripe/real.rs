//! Bodies of other projects' test suites and Stripe's own fixtures, read where `REGUA_DATA` says they are. Set and missing fails;
//! unset prints what was skipped. `real.txt` holds what every one of them says.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use regua_wire::gateways::mirror::{BilledInvoice, Collection};
use regua_wire::gateways::stripe::{methods, mirror, webhook};
use serde_json::{Value, json};

use super::{heard, method, response, zone};

fn data() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let path = std::env::var("REGUA_DATA");
    if path.is_err() {
        println!("skipped: REGUA_DATA is not set, the public bodies of Stripe's events are not read");
    }
    path.ok().map(|path| PathBuf::from(path).join("payment_events"))
}

/// Every file of a folder with its name, in order.
fn files(folder: &Path) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let body = std::fs::read(&path).unwrap();
        (name, serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    paths.into_iter().map(read).collect()
}

fn hear(body: &Value) -> String {
    webhook::hear(body.to_string().as_bytes(), zone()).map_or_else(|error| error.to_string(), |told| heard(&told))
}

/// What an object says: as what its reader takes, else within an event of a kind that fits.
fn read(name: &str, object: &Value) -> String {
    let kind = object["object"].as_str().unwrap();
    let wrapped = |kind: &str| {
        hear(&json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_764_504_000, "data": { "object": object } }))
    };
    match kind {
        "customer" => mirror::customer(object).map_or_else(str::to_owned, |read| {
            format!("customer {}, country {:?}, languages {:?}, deleted {}", read.reference, read.country, read.languages, read.deleted)
        }),
        "invoice" => mirror::invoice(object, zone()).map_or_else(str::to_owned, |read| invoice(&read.billed(None))),
        "subscription" => mirror::newest_invoice(object).map_or_else(str::to_owned, |newest| format!("subscription, invoice {newest:?}")),
        "charge" => mirror::attempt(object, zone()).map_or_else(str::to_owned, |read| {
            let payment = read.payment.as_deref().unwrap_or("-");
            format!("attempt {} of {payment}: {} {:?}, {:?}", read.reference, read.amount, read.scheme, read.outcome)
        }),
        "card" | "bank_account" | "payment_method" | "source" => {
            methods::method(object, false).map_or_else(|| "no method".to_owned(), |read| method(&read))
        }
        "invoice_payment" => {
            let of = json!({ "id": "in_1", "currency": "usd", "amount_due": 0, "created": 1_764_504_000 });
            let of = mirror::invoice(&of, zone()).unwrap();
            of.payment(object).map_or_else(str::to_owned, |read| format!("{read:?}"))
        }
        "dispute" if name.contains("reinstated") => wrapped("charge.dispute.funds_reinstated"),
        "dispute" => wrapped("charge.dispute.created"),
        "refund" => wrapped("refund.updated"),
        "payment_intent" => wrapped("payment_intent.payment_failed"),
        "checkout.session" => wrapped("checkout.session.completed"),
        "setup_intent" => wrapped("setup_intent.succeeded"),
        "event" => hear(object),
        kind => wrapped(&format!("{kind}.updated")),
    }
}

fn invoice(read: &BilledInvoice) -> String {
    let acts = read.acts.as_ref().map_or("acts on nothing", |acts| if acts.charges { "charges" } else { "reminds" });
    let payments: Vec<&str> = read.payments.iter().map(|payment| payment.reference.as_str()).collect();
    let settled = read.payments.iter().filter_map(|payment| payment.settled.as_ref());
    let open = settled.fold(read.amount, |open, settled| open.minus(settled.amount).unwrap());
    let collection = match read.collection {
        Collection::Automatic => "Charges",
        Collection::Invoice => "Sends",
    };
    format!(
        "invoice {} {:?} {collection}: {open} of {} owed since {}, payments {payments:?}, subscription {:?}, biller {acts}",
        read.reference, read.status, read.amount, read.issued_on, read.subscription
    )
}

/// Compares with `real.txt`, one line for each body.
fn same(part: &str, told: &str) {
    let known = include_str!("real.txt");
    let (_, known) =
        known.split_once(&format!("== {part}\n")).unwrap_or_else(|| panic!("no part {part} in real.txt; what it says now:\n{told}"));
    let known = known.split_once("== ").map_or(known, |(known, _)| known);
    assert!(known == told, "{part}: real.txt says\n{known}\nand now it is\n{told}");
}

#[test]
fn the_events_of_stripe_ruby_mock_say_what_the_table_says() {
    let Some(data) = data() else { return };
    let mut told = String::new();
    for (name, body) in files(&data.join("stripe-ruby-mock")) {
        writeln!(told, "{name}: {}", hear(&body)).unwrap();
        let object = &body["data"]["object"];
        if object["object"] == "invoice" {
            writeln!(told, "  {}", read(&name, object)).unwrap();
        }
    }
    same("stripe-ruby-mock", &told);
}

#[test]
fn the_objects_and_events_of_dj_stripe_say_what_the_table_says() {
    let Some(data) = data() else { return };
    let mut told = String::new();
    for (name, body) in files(&data.join("dj-stripe")) {
        writeln!(told, "{name}: {}", read(&name, &body)).unwrap();
    }
    same("dj-stripe", &told);
}

#[test]
fn the_bodies_of_pay_say_what_the_table_says() {
    let Some(data) = data() else { return };
    let mut told = String::new();
    for (name, data) in files(&data.join("pay/stripe")) {
        // The files are what stands in `data` of an event of this kind.
        let kind = if name.starts_with("subscription.") { format!("customer.{name}") } else { name.clone() };
        let event = json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_764_504_000, "data": data });
        writeln!(told, "{name}: {}", hear(&event)).unwrap();
    }
    same("pay", &told);
}

/// Stripe's own fixtures: one of each object there is.
fn fixtures(data: &Path) -> serde_json::Map<String, Value> {
    let file = std::fs::File::open(data.join("stripe-openapi/fixtures3.json.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut fixtures: Value = serde_json::from_str(&text).unwrap();
    fixtures["resources"].as_object_mut().map(std::mem::take).unwrap()
}

#[test]
fn the_objects_of_today_are_read() {
    let Some(data) = data() else { return };
    let mut told = String::new();
    for (name, object) in fixtures(&data) {
        if object["object"].is_string() {
            let said = read(&name, &object);
            if said != "nothing" {
                writeln!(told, "{name}: {said}").unwrap();
            }
        }
    }
    same("fixtures3", &told);
}

#[test]
fn any_object_of_today_within_any_event_is_answered() {
    let Some(data) = data() else { return };
    let kinds = [
        "payment_intent.succeeded",
        "charge.refunded",
        "charge.failed",
        "refund.created",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
        "payment_method.attached",
        "payment_method.detached",
        "customer.source.expiring",
        "mandate.updated",
        "setup_intent.succeeded",
        "checkout.session.completed",
        "customer.updated",
        "customer.subscription.updated",
        "invoice.paid",
        "invoice_payment.paid",
        "subscription_schedule.updated",
        "charge.expired",
        "of.another.year",
    ];
    let (mut answered, mut refused) = (0, 0);
    for (_, object) in fixtures(&data) {
        for kind in kinds {
            let event = json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_764_504_000, "data": { "object": object } });
            match webhook::hear(event.to_string().as_bytes(), zone()) {
                Ok(_) => answered += 1,
                Err(_) => refused += 1,
            }
        }
        // Nor does a list of the wrong things stop anybody.
        let page = json!({ "object": "list", "data": [object], "has_more": true }).to_string();
        let page = response(200, page.as_bytes());
        let _ = (mirror::page(&page, mirror::customer), mirror::page(&page, |value| mirror::invoice(value, zone())));
        let _ = (mirror::page(&page, mirror::newest_invoice), mirror::page(&page, |value| mirror::attempt(value, zone())));
    }
    assert_eq!(answered + refused, 176 * kinds.len());
    assert!(answered > refused, "{answered} answered, {refused} refused");
}
