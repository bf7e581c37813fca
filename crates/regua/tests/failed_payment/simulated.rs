//! The same under a simulated clock: everything in this process, and each moment set by the test.

use std::net::TcpListener;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::facts::Channels;
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::party::{ContactPoint, Customer, Email};
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::{Channel, Language, Mode};
use regua_engine::adapters::gateways::{Sandbox, Stripe, StripeSettings};
use regua_engine::adapters::http;
use regua_engine::charging::{Charging, Gateways, NewMethod};
use regua_engine::commands::import::{Doing, Import};
use regua_engine::commands::tell::About;
use regua_engine::commands::tenant::FILES;
use regua_engine::hooks::{self, Acted, Hook, Kept};
use regua_engine::in_app::State;
use regua_engine::letters::Company;
use regua_engine::outbox::Sending;
use regua_engine::people::{self, Scopes};
use regua_engine::ports::{Courier, Parcel, Rng, Sent};
use regua_engine::replay::verify;
use regua_engine::secret::Secret;
use regua_engine::stationery::Stationery;
use regua_engine::{Act, Engine};
use regua_store::db::{Db, Options};
use regua_store::seal::MasterKey;
use regua_web::{Hooks, Host, Settings, Stop, Taken, serve_api};
use regua_wire::channels::mime::Brand;
use regua_wire::files::portfolio::{CustomerRow, Portfolio, ReceivableRow, When};
use regua_wire::gateways::stripe;
use regua_wire::messages::{Line, Link, Templates, samples};
use serde_json::Value;

use crate::far::{Far, HOOK_SECRET, KEY, PATH, POLICY, TOLD};
use crate::page;

/// Random bytes that are the same in every run.
struct Counting(u64);

impl Rng for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// Takes every mail and keeps what it says.
struct Taker(Arc<Mutex<Vec<String>>>);

impl Courier for Taker {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        let mut kept = self.0.lock().unwrap();
        kept.extend(parcels.iter().map(|parcel| format!("{}\n{}", parcel.subject.as_deref().unwrap_or_default(), parcel.text)));
        parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
    }
}

/// The program around the server.
struct Program {
    engine: Engine,
    tenant: TenantId,
    now: AtomicI64,
    streams: AtomicU64,
}

impl Hooks for Program {
    fn take(&self, _tenant: &str, gateway: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Taken {
        let hook = Hook { gateway, path, headers, body };
        let taken = self.engine.take_hook(self.tenant, &hook, self.now(), &|hook, now| {
            let signature = hook.headers.iter().find(|(name, _)| name == "stripe-signature").map(|(_, value)| value.as_str());
            stripe::webhook::verify(signature, hook.body, HOOK_SECRET, now)?;
            stripe::webhook::hear(hook.body, zone())
        });
        match taken {
            Ok(hooks::Taken::Stored) => Taken::Stored,
            Ok(hooks::Taken::Known) => Taken::Known,
            Ok(hooks::Taken::Refused(_)) => Taken::Refused,
            Ok(hooks::Taken::TooLarge) => Taken::TooLarge,
            Ok(hooks::Taken::NoGateway) => Taken::NotFound,
            Err(_) => Taken::Busy,
        }
    }

    fn ready(&self) -> bool {
        true
    }
}

impl Host for Program {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn now(&self) -> Instant {
        Instant::from_micros(self.now.load(Ordering::SeqCst))
    }

    fn rng(&self) -> Box<dyn Rng> {
        Box::new(Counting(self.streams.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn ring(&self) {}
}

/// A company, its server, its gateway, and their clock.
struct House {
    program: Arc<Program>,
    far: Far,
    paper: Stationery,
    mails: Arc<Mutex<Vec<String>>>,
    address: String,
    /// Of the API.
    key: String,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

fn act() -> Act {
    Act { by: "test".to_owned(), reason: None }
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

/// A moment of a day in São Paulo.
fn at(text: &str, hour: u16) -> Instant {
    zone().at(day(text), LocalTime::hour(hour))
}

fn customer() -> About {
    About::Customer("C-1".to_owned())
}

impl House {
    fn new() -> Self {
        let start = at("2026-01-01", 0);
        let db = Db::open("sqlite::memory:", &Options::default()).unwrap();
        db.migrate(start).unwrap();
        let engine = Engine::new(db, MasterKey::new([7; 32]));
        let mut rng = Counting(1);
        let tenant = engine.add_tenant("Acme", start, &mut rng).unwrap();
        engine.publish(tenant, "failed.yaml", POLICY, 10_000, &act(), start).unwrap();
        engine.set_mode(tenant, Mode::Live, None, &act(), start).unwrap();
        for gateway in ["stripe", "sandbox"] {
            engine.add_gateway(tenant, gateway, gateway, "owner", &act(), start).unwrap();
        }
        let key = key(&engine, tenant, start);
        let program = Arc::new(Program { engine, tenant, now: AtomicI64::new(start.micros()), streams: AtomicU64::new(1_000) });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let stop = Stop::default();
        let (host, own): (Arc<dyn Host>, Stop) = (Arc::<Program>::clone(&program), stop.clone());
        let settings = Settings { rate: None, pace: None, ..Settings::default() };
        let thread = std::thread::spawn(move || serve_api(listener, host, settings, &own).expect("it serves"));
        let company = Company { creditor: samples::creditor(), link: samples::link(), language: None };
        let sender = Email::parse("contas@acme.example").unwrap();
        let brand = Brand { name: Line::name("Acme"), sender, reply_to: None, colour: None, logo: None };
        let mut paper = Stationery::new(company, Templates::shipped(), Some(brand));
        paper.portal = Some(Link::parse("https://conta.acme.example").unwrap());
        let far = Far::new(start);
        far.tells(&address);
        Self { program, far, paper, mails: Arc::default(), address, key, stop, thread: Some(thread) }
    }

    fn engine(&self) -> &Engine {
        &self.program.engine
    }

    fn tenant(&self) -> TenantId {
        self.program.tenant
    }

    /// One bill of one customer, due on the twelfth.
    fn bill(&self) {
        let now = at("2026-01-02", 9);
        let email = Email::parse("ana@customer.example").unwrap();
        let known = Customer {
            name: Some("Ana Souza".into()),
            language: Some(Language::PtBr),
            contacts: vec![ContactPoint::email(email)],
            ..Customer::default()
        };
        let row = ReceivableRow {
            id: "R-1".into(),
            customer: 0,
            issued: When::On(day("2026-01-02")),
            due_on: day("2026-01-12"),
            amount: Money::new(10_000, Currency::BRL),
            method: None,
        };
        let customers = vec![CustomerRow { id: "C-1".into(), customer: known }];
        let portfolio = Portfolio { customers, receivables: vec![row], payments: Vec::new() };
        let done = self.engine().import(self.tenant(), Import::of(&portfolio, FILES), Doing::Write, now, &mut Counting(2), &mut |_| {});
        let refused = done.unwrap().refused;
        assert!(refused.is_empty(), "{refused:?}");
    }

    fn card(&self, token: &str, now: Instant) {
        let new = NewMethod {
            gateway: "stripe".to_owned(),
            customer_token: self.far.customer().to_owned(),
            token: token.to_owned(),
            scheme: Scheme::Visa,
            fingerprint: None,
            last4: Some("0001".to_owned()),
            expires_on: None,
            allows_retry: false,
            consent: None,
        };
        self.engine().add_method(self.tenant(), &customer(), &new, Some(&act()), now).unwrap();
    }

    /// Everything that is due at a moment: webhooks, decisions, charges, messages. What was sent.
    fn pass(&self, now: Instant) -> Vec<String> {
        self.set(now);
        let (engine, tenant, how) = (self.engine(), self.tenant(), Charging::default());
        engine.source_read(tenant, FILES, now).unwrap();
        let reader = |_: TenantId, _: &str, kept: &Kept| stripe::webhook::hear(&kept.body, zone());
        let worked = engine.work_hooks(now, 100, &reader, &mut |tx, tenant, gateway, heard| {
            let known = engine.hear_in(tx, tenant, gateway, heard, how, now)?;
            Ok(if known { Acted::Done } else { Acted::Nothing })
        });
        assert_eq!(worked.unwrap().failed, 0);
        let mut gateways = Gateways::default();
        let settings = StripeSettings { api: http::Settings::new(&self.far.base()), ..StripeSettings::new(Secret::new(KEY), zone()) };
        gateways.add(tenant, "stripe", Box::new(Stripe::new(settings, move || now).unwrap()));
        gateways.add(tenant, "sandbox", Box::new(Sandbox::waiting(move || now, |_| {})));
        let before = self.mails.lock().unwrap().len();
        let mut taker = Taker(Arc::clone(&self.mails));
        let courier: &mut dyn Courier = &mut taker;
        let post = (courier, &self.paper, Sending::default());
        engine.pass_charging(&|| now, 1, post, (&mut gateways, how), &|_| {}).unwrap();
        assert!((0..100).any(|_| engine.feed_due(now, 100).unwrap().is_still()), "the feed comes to rest");
        self.mails.lock().unwrap()[before..].to_vec()
    }

    /// What time it is, here and at the gateway.
    fn set(&self, now: Instant) {
        self.program.now.store(now.micros(), Ordering::SeqCst);
        self.far.set(now);
    }

    /// What the API says.
    fn get(&self, path: &str) -> Value {
        let answer = page::ask(&self.address, "GET", path, &[("Authorization", &format!("Bearer {}", self.key))], b"");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The attempts on the bill, the newest first: gateway, status and reason.
    fn attempts(&self) -> Vec<[String; 3]> {
        let all = self.get("/v1/charges?receivable=R-1");
        let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
        all["items"].as_array().unwrap().iter().map(|one| ["gateway", "status", "reason"].map(|name| text(one, name))).collect()
    }

    fn access(&self) -> String {
        self.get("/v1/customers/C-1/access")["state"].as_str().unwrap_or_default().to_owned()
    }

    fn shown(&self, now: Instant) -> State {
        let customer = self.engine().customer_state(self.tenant(), "C-1").unwrap().id;
        self.engine().in_app(self.tenant(), customer, None, now).unwrap().state
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// A key of the API that may do everything.
fn key(engine: &Engine, tenant: TenantId, now: Instant) -> String {
    let (email, password) = ("eva@acme.example", "tapir-lua-goiaba-7");
    engine.set_up(tenant, people::NewPerson { name: "Eva Lima", email }, password, now, &mut Counting(3)).unwrap();
    let typed = people::Credentials { email, password, code: None };
    let people::SignIn::Done(signed) = engine.sign_in(tenant, typed, "127.0.0.1", now, &mut Counting(4)).unwrap() else {
        panic!("the owner signs in")
    };
    let new = people::NewKey { name: "everything", scopes: Scopes::ALL, limit: None, expires_at: None };
    engine.create_key(&signed.caller, new, now, &mut Counting(5)).unwrap().secret.expose().to_owned()
}

#[test]
fn from_the_webhook_of_a_failed_charge_to_access_as_before() {
    let house = House::new();
    house.bill();
    house.card(&house.far.poor(), at("2026-01-03", 9));
    // The twelfth: the charge fails, a message says so, and the app shows a notice.
    let sent = house.pass(at("2026-01-12", 10));
    assert_eq!(house.attempts(), [["stripe", "declined", "insufficient_funds"]]);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(house.shown(at("2026-01-12", 11)), State::Notice);
    for on in 13..=21 {
        for hour in [10, 14] {
            house.pass(at(&format!("2026-01-{on}"), hour));
        }
    }
    assert_eq!((house.access().as_str(), house.shown(at("2026-01-21", 15))), ("limited", State::ReadOnly));
    // Another card, of which the gateway cannot say yet what becomes of it.
    let begun = at("2026-01-22", 9);
    house.card(&house.far.slow(), begun);
    assert!(house.pass(begun).is_empty());
    let newest = house.get("/v1/charges?receivable=R-1")["items"][0].clone();
    assert_eq!(newest["status"], "pending", "{newest}");
    // The webhook: it has expired. A message goes at once, with a link of the customer's own.
    let now = at("2026-01-22", 10);
    house.set(now);
    let before = newest_event(&house);
    house.far.declines(newest["reference"].as_str().unwrap(), now);
    let sent = house.pass(now);
    assert_eq!(house.attempts()[0], ["stripe", "declined", "expired"]);
    assert_eq!(sent.len(), 1, "{sent:?}");
    let link = page::link(&sent[0]);
    assert!(sent[0].contains("https://conta.acme.example/p/"), "{}", sent[0]);
    // Told once more nothing happens, and told by a stranger it is not taken.
    for ((signature, body), status) in house.far.again(now).iter().zip([401, 200]) {
        let answer = page::ask(&house.address, "POST", PATH, &[("Stripe-Signature", signature)], body);
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    assert!(house.pass(now).is_empty());
    // The portal: what is owed, and a card that pays.
    let owed = page::look(&house.address, &link);
    assert!(owed.contains("R-1") && owed.contains("100,00"), "{owed}");
    let card = [("number", "4242 4242 4242 4242"), ("expiry", "12/30"), ("consent", "1")];
    let after = page::send(&house.address, &format!("{link}/method"), "add", &card);
    assert!(after.contains("4242"), "{after}");
    // It is tried at once: a second later there is a receipt, and access as before.
    let soon = Instant::from_secs(now.secs() + 1);
    let sent = house.pass(soon);
    let attempts = [["sandbox", "settled", ""], ["stripe", "declined", "expired"], ["stripe", "declined", "insufficient_funds"]];
    assert_eq!(house.attempts(), attempts);
    assert_eq!(sent.len(), 1, "one receipt: {sent:?}");
    assert!(sent[0].contains("100,00"), "{}", sent[0]);
    assert_eq!((house.access().as_str(), house.shown(soon)), ("active", State::None));
    assert_eq!(house.get("/v1/receivables/R-1")["status"], "paid");
    let nothing = page::look(&house.address, &link);
    assert!(!nothing.contains("R-1"), "nothing is owed any more: {nothing}");
    // Whoever reads the feed was told of it all, and days later nothing was tried or sent again.
    assert_eq!(told_since(&house, before), TOLD);
    for on in 23..=30 {
        assert!(house.pass(at(&format!("2026-01-{on}"), 10)).is_empty());
    }
    assert_eq!(house.attempts(), attempts);
    assert_eq!(house.far.taken(), 0, "the gateway whose cards failed took nothing");
    let scratch = tempfile::tempdir().unwrap();
    let verdict = verify(house.engine(), house.tenant(), scratch.path(), &mut |_, _| {}).unwrap();
    assert!(verdict.is_clean(), "{:#?}", verdict.findings);
}

/// The position of the newest event.
fn newest_event(house: &House) -> i64 {
    let all = house.get("/v1/events?limit=200");
    all["items"].as_array().unwrap().last().expect("something happened")["position"].as_i64().unwrap()
}

/// The types of what the feed tells behind a position.
fn told_since(house: &House, position: i64) -> Vec<String> {
    let mut types = TOLD.to_vec();
    types.sort_unstable();
    types.dedup();
    let all = house.get(&format!("/v1/events?customer=C-1&cursor={position}&limit=200&types={}", types.join(",")));
    all["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}
