//! An account at an Asaas of our own, read over real HTTP with a key of its own: the fake counts for itself that this key wrote
//! nothing. What people do at the account is done with another.

use std::time::Duration;

use regua_core::time::Instant;
use regua_engine::adapters::gateways::{AsaasBiller, AsaasSettings};
use regua_engine::adapters::http::Settings;
use regua_engine::overlay::{Synced, Syncing};
use regua_engine::secret::Secret;
use regua_fakes::asaas::{API_KEY, FakeAsaas, Script, Target};
use regua_fakes::client::Client;
use regua_fakes::clock::{DAY, date};
use regua_fakes::faults::{Fault, Rule};
use regua_wire::gateways::News;
use regua_wire::gateways::asaas::mirror;
use regua_wire::gateways::mirror::Switch;
use serde_json::{Value, json};

use crate::common::{Company1, on_both};
use crate::house::House;

/// What the mirror reads with.
const READER: &str = "$aact_reader";

fn account() -> FakeAsaas {
    FakeAsaas::start(Script { keys: vec![API_KEY.to_owned(), READER.to_owned()], ..Script::default() }).unwrap()
}

fn biller(fake: &FakeAsaas) -> AsaasBiller {
    let clock = fake.clock().clone();
    let settings = AsaasSettings { api: Settings::new(&format!("{}/v3", fake.base())), ..AsaasSettings::new(Secret::new(READER)) };
    AsaasBiller::new(settings, move || Instant::from_secs(clock.now())).unwrap()
}

fn now(fake: &FakeAsaas) -> Instant {
    Instant::from_secs(fake.clock().now())
}

fn sync(house: &mut House, fake: &FakeAsaas) -> Synced {
    let synced = house.sync_with(&mut biller(fake), Syncing::default(), now(fake)).unwrap();
    assert!(synced.refused.is_empty(), "{:?}", synced.refused);
    synced
}

/// What a person does at the account.
fn act(fake: &FakeAsaas, verb: &str, path: &str, body: &Value) -> Value {
    let client = Client::plain(Duration::from_secs(10)).unwrap();
    let headers = [("access_token", API_KEY), ("user-agent", "person"), ("content-type", "application/json")];
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let answer = client.send(verb, &format!("{}/v3{path}", fake.base()), &headers, text.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{verb} {path}: {}", answer.json());
    answer.json()
}

fn customer(fake: &FakeAsaas, name: &str, silent: bool) -> String {
    let email = format!("{}@example.com", name.to_lowercase());
    let body = json!({"name": name, "cpfCnpj": "529.982.247-25", "email": email, "notificationDisabled": silent});
    act(fake, "POST", "/customers", &body)["id"].as_str().unwrap().to_owned()
}

/// So many days ahead in Brazil.
fn ahead(fake: &FakeAsaas, days: i64) -> String {
    date((fake.clock().now() - 3 * 3600).div_euclid(DAY) + days)
}

fn bill(fake: &FakeAsaas, customer: &str, billing: &str, cents: i64, days: i64) -> String {
    let value: Value = format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
    let body = json!({"customer": customer, "billingType": billing, "value": value, "dueDate": ahead(fake, days)});
    act(fake, "POST", "/payments", &body)["id"].as_str().unwrap().to_owned()
}

/// `status billed balance` of what a customer owes by the biller's name of it.
fn standing(house: &House, who: &str, payment: &str) -> String {
    let rows = house.owes(who);
    let row = rows.iter().find(|row| row.starts_with(payment));
    row.map_or_else(|| format!("{rows:?}"), |row| row.split(' ').skip(1).take(3).collect::<Vec<_>>().join(" "))
}

fn acts_on(synced: &Synced, switch: Switch) -> u64 {
    synced.switches.iter().find(|count| count.switch == switch).map_or(0, |count| count.receivables)
}

#[test]
fn an_account_is_mirrored_by_a_key_that_only_asks_and_nothing_at_all_is_written() {
    on_both(|url| {
        let fake = account();
        let (ana, bob) = (customer(&fake, "Ana", false), customer(&fake, "Bob", true));
        let slip = bill(&fake, &ana, "BOLETO", 10_000, 10);
        let (pix, paid) = (bill(&fake, &bob, "PIX", 5_000, 5), bill(&fake, &bob, "PIX", 7_000, 5));
        fake.pay(&paid, 7_000).unwrap();
        // A card that paid, and one that Asaas takes on its due date.
        let body =
            json!({"customer": bob, "billingType": "CREDIT_CARD", "value": 30, "dueDate": ahead(&fake, 1), "creditCardToken": "tok-1"});
        let carded = act(&fake, "POST", "/payments", &body)["id"].as_str().unwrap().to_owned();
        let card = bill(&fake, &bob, "CREDIT_CARD", 21_990, 10);
        let before = fake.inspect();
        let mut house = House::new(url);
        let synced = sync(&mut house, &fake);
        assert_eq!((synced.full, synced.customers.new, synced.invoices.new, synced.payments), (true, 2, 5, 2));
        assert_eq!((synced.attempts.new, synced.paused, synced.methods), (0, 2, 1));
        assert_eq!((acts_on(&synced, Switch::AsaasMessages), acts_on(&synced, Switch::AsaasCard)), (1, 1));
        assert_eq!(house.owes(&ana), [format!("{slip} open 10000 10000 {}", ahead(&fake, 10))]);
        let of_bob = [&pix, &paid, &carded, &card].map(|payment| standing(&house, &bob, payment));
        assert_eq!(of_bob, ["open 5000 5000", "paid 7000 0", "paid 3000 0", "open 21990 21990"]);
        let again = sync(&mut house, &fake);
        assert_eq!((again.full, again.invoices.new, again.invoices.changed, again.payments), (false, 0, 0, 0));
        // At the account the switches are turned, one payment comes in and one more is made: the next reading sees all of it.
        act(&fake, "PUT", &format!("/customers/{ana}"), &json!({"notificationDisabled": true}));
        act(&fake, "PUT", &format!("/payments/{card}"), &json!({"billingType": "PIX"}));
        fake.pay(&pix, 5_000).unwrap();
        let more = bill(&fake, &ana, "PIX", 1_200, 20);
        fake.clock().set(fake.clock().now() + 600);
        let synced = sync(&mut house, &fake);
        assert_eq!((synced.full, synced.released, synced.paused, synced.payments), (false, 2, 0, 1));
        assert_eq!((synced.customers.new, synced.invoices.new, synced.invoices.changed, synced.attempts.new), (0, 1, 3, 0));
        assert!(synced.switches.is_empty(), "{:?}", synced.switches);
        assert_eq!((standing(&house, &ana, &more), standing(&house, &bob, &pix)), ("open 1200 1200".into(), "paid 5000 0".into()));
        // What the fake says of who asked: our key read, and nothing else.
        let after = fake.inspect();
        let (uses, people) = (after.uses[READER], after.uses[API_KEY]);
        assert!(uses.reads >= 10, "{uses:?}");
        assert_eq!(uses.writes, 0, "{uses:?}");
        assert_eq!((after.log.writes, people.writes), (people.writes, before.uses[API_KEY].writes + 3));
        assert_eq!((after.customers, after.payments), (before.customers, before.payments + 1));
        house.clean();
    });
}

#[test]
fn one_of_several_messages_to_a_customer_is_enough_to_stay_silent_and_none_is_not() {
    let fake = account();
    let ana = customer(&fake, "Ana", false);
    let slip = bill(&fake, &ana, "BOLETO", 10_000, 10);
    let own = act(&fake, "GET", &format!("/customers/{ana}/notifications"), &Value::Null);
    let all: Vec<&str> = own["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    let (last, others) = all.split_last().unwrap();
    for id in others {
        act(&fake, "PUT", &format!("/notifications/{id}"), &json!({"enabled": false}));
    }
    let mut house = House::new("sqlite::memory:");
    assert_eq!(sync(&mut house, &fake).paused, 1);
    // Only messages to the company itself are left.
    let only_us = json!({"emailEnabledForCustomer": false, "smsEnabledForCustomer": false});
    act(&fake, "PUT", &format!("/notifications/{last}"), &only_us);
    fake.clock().set(fake.clock().now() + 600);
    let synced = sync(&mut house, &fake);
    assert_eq!((synced.released, acts_on(&synced, Switch::AsaasMessages)), (1, 0));
    assert_eq!(standing(&house, &ana, &slip), "open 10000 10000");
    assert_eq!(fake.inspect().uses[READER].writes, 0);
    house.clean();
}

#[test]
fn many_payments_are_read_page_by_page_and_a_reading_that_is_cut_off_goes_on_where_it_stopped() {
    let fake = account();
    let bob = customer(&fake, "Bob", true);
    for nth in 0..130 {
        bill(&fake, &bob, "PIX", 1_000 + nth, 5);
    }
    let mut house = House::new("sqlite::memory:");
    // The first page of payments is read, the second is not.
    fake.fault(Rule::always(Fault::ErrorBefore(503)).on("GET", "/v3/payments").nth(2).times(1));
    let stopped = house.sync_with(&mut biller(&fake), Syncing::default(), now(&fake)).unwrap_err();
    assert_eq!(stopped.kind, regua_engine::Kind::Busy, "{stopped}");
    assert_eq!(house.owes(&bob).len(), 100);
    let rest = sync(&mut house, &fake);
    assert_eq!((rest.resumed, rest.full, rest.customers.new, rest.invoices.new, rest.pages), (true, true, 0, 30, 2));
    assert_eq!(house.owes(&bob).len(), 130);
    assert_eq!(fake.inspect().uses[READER].writes, 0);
    house.clean();
}

#[test]
fn what_is_paid_late_given_back_or_taken_away_at_asaas_is_so_here() {
    on_both(|url| {
        let fake = account();
        fake.target(Target::new("http://127.0.0.1:9/hook", "token"));
        let bob = customer(&fake, "Bob", true);
        let (late, gone) = (bill(&fake, &bob, "PIX", 10_000, 1), bill(&fake, &bob, "PIX", 2_000, 20));
        let mut house = House::new(url);
        sync(&mut house, &fake);
        fake.advance_to(fake.clock().now() + 6 * DAY);
        assert_eq!(fake.payment(&late).unwrap()["status"], "OVERDUE");
        // With what Asaas itself adds for the delay, which is more than the policy's: nothing of it is too much.
        fake.pay(&late, 10_600).unwrap();
        let synced = sync(&mut house, &fake);
        assert_eq!((synced.payments, standing(&house, &bob, &late)), (1, "paid 10000 0".into()));
        assert_eq!(house.payments(&late), [format!("{late} 10600 kept kept")]);
        act(&fake, "POST", &format!("/payments/{late}/refund"), &json!({}));
        fake.clock().set(fake.clock().now() + 600);
        sync(&mut house, &fake);
        assert_eq!(house.payments(&late), [format!("{late} 10600 kept refunded")]);
        let events = house.events();
        fake.clock().set(fake.clock().now() + 600);
        sync(&mut house, &fake);
        assert_eq!(house.events(), events, "told again it is nothing new");
        // What was taken away is in no list: its webhook names it, and it is read anew.
        act(&fake, "DELETE", &format!("/payments/{gone}"), &Value::Null);
        let hook = fake.hooks().pop().unwrap();
        let heard = mirror::heard(&hook.body).unwrap().pop().unwrap();
        let News::Mirror { object, reference } = heard.news else { panic!("{heard:?}") };
        assert_eq!((object.as_str(), reference.as_str()), ("invoice", gone.as_str()));
        let at = now(&fake);
        let Company1 { engine, tenant, rng } = &mut house.company;
        assert!(engine.mirror_again(*tenant, "far", &mut biller(&fake), (&object, &reference), at, rng).unwrap());
        assert_eq!(standing(&house, &bob, &gone), "void 2000 0");
        assert_eq!(fake.inspect().uses[READER].writes, 0);
        house.clean();
    });
}
