//! A company with the API in front of it: an engine over a fresh database, keys of programs, and a small client.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use regua_core::currency::Currency;
use regua_core::facts::Channels;
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::party::{ContactPoint, Customer, Email};
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::{Channel, Mode};
use regua_engine::adapters::oidc::Provider;
use regua_engine::commands::import::{Doing, Import, Imported};
use regua_engine::commands::tenant::FILES;
use regua_engine::letters::Company;
use regua_engine::outbox::Sending;
use regua_engine::people::{Caller, NewKey, NewPerson, Role, Scope, Scopes, Who};
use regua_engine::ports::{Courier, Parcel, Rng, Sent};
use regua_engine::stationery::Stationery;
use regua_engine::{Act, Engine};
use regua_store::db::{Db, Options};
use regua_store::seal::MasterKey;
use regua_web::{Bell, Hooks, Host, Settings, Stop, Taken, serve_api};
use regua_wire::channels::mime::Brand;
use regua_wire::files::portfolio::{CustomerRow, PaymentId, PaymentRow, Portfolio, ReceivableRow, When};
use regua_wire::messages::{Line, Templates, samples};
use serde_json::Value;

/// Random bytes that are the same in every run.
pub(crate) struct Counting(pub u64);

impl Rng for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// The example of SPEC §2, without what asks for approval.
pub(crate) const POLICY: &str = r#"
regua: 1
name: Test
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }
contact: { rulebook: br, caps: [1/day, 3/week], channels: [email], consolidate: true }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued,   at: I,     do: notify, template: invoice_issued, tone: friendly }
    - { id: upcoming, at: D-5,   do: notify, template: upcoming, tone: friendly }
    - { id: due,      at: D,     do: notify, template: due_today, tone: friendly }
    - { id: late2,    at: D+2,   do: notify, template: overdue, tone: friendly }
    - { id: call,     at: D+4,   do: task, queue: collections }
    - { id: late5,    at: D+5bd, do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: limit,    at: D+12,  do: access, state: limited }
    - { id: final,    at: D+15,  do: notify, template: final_notice, tone: firm, announces: [suspend] }
    - { id: suspend,  at: D+22,  do: access, state: suspended, approval: true }
    - { id: end,      at: D+90,  do: write_off }
reactions:
  - { on: paid, do: notify, template: receipt }
"#;

/// A time of São Paulo, `2026-01-01T09:00`.
pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(&format!("{text}:00-03:00")).expect("a time")
}

/// A day.
pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// An hour of a day in São Paulo.
pub(crate) fn hour(text: &str, hour: u16) -> Instant {
    Zone::parse("America/Sao_Paulo").expect("a zone").at(day(text), LocalTime::hour(hour))
}

/// Reais, in centavos.
pub(crate) fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

/// Who sets things up.
pub(crate) fn act() -> Act {
    Act { by: "test".to_owned(), reason: None }
}

/// Takes every mail.
pub(crate) struct Taker;

impl Courier for Taker {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
    }
}

/// What letters are written on.
pub(crate) fn stationery() -> Stationery {
    let company = Company { creditor: samples::creditor(), link: samples::link(), language: None };
    let sender = Email::parse("contas@nuvem.example").expect("an address");
    let brand = Brand { name: Line::name("Nuvem"), sender, reply_to: None, colour: None, logo: None };
    Stationery::new(company, Templates::shipped(), Some(brand))
}

/// A customer with an e-mail address.
pub(crate) fn customer(id: &str) -> CustomerRow {
    let email = Email::parse(&format!("{}@customer.example", id.to_lowercase())).expect("an address");
    let customer =
        Customer { name: Some(format!("Cliente {id}").into()), contacts: vec![ContactPoint::email(email)], ..Customer::default() };
    CustomerRow { id: id.into(), customer }
}

/// A receivable of the n-th customer of a file.
pub(crate) fn receivable(id: &str, customer: u32, issued: &str, due: &str, minor: i64) -> ReceivableRow {
    ReceivableRow { id: id.into(), customer, issued: When::On(day(issued)), due_on: day(due), amount: brl(minor), method: None }
}

/// A payment on the n-th receivable of a file.
pub(crate) fn payment(receivable: u32, paid: &str, minor: Option<i64>) -> PaymentRow {
    PaymentRow { receivable, paid: When::On(day(paid)), amount: minor.map(brl), id: PaymentId::Content }
}

/// The program around the API, as far as a test needs it.
pub(crate) struct Program {
    /// The engine.
    pub(crate) engine: Engine,
    /// The first company.
    pub(crate) tenant: TenantId,
    /// Micros of the clock.
    now: AtomicI64,
    /// Each stream of random bytes is another one.
    streams: AtomicU64,
    /// How often the workers were told that something happened.
    pub(crate) rung: AtomicU64,
    /// Who vouches for people, where a test has a provider.
    pub(crate) oidc: OnceLock<Provider>,
    /// Wakes event streams.
    pub(crate) bell: Bell,
    /// Whether it is kept that e-mails were opened.
    pub(crate) asks_opens: AtomicBool,
}

impl Program {
    /// The clock goes on to a moment.
    pub(crate) fn set_now(&self, now: Instant) {
        self.now.store(now.micros(), Ordering::SeqCst);
    }

    /// Another stream of random bytes than all before.
    pub(crate) fn random(&self) -> Counting {
        Counting(self.streams.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

impl Hooks for Program {
    fn take(&self, _tenant: &str, _gateway: &str, _path: &str, _headers: &[(String, String)], _body: &[u8]) -> Taken {
        Taken::NotFound
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
        Box::new(self.random())
    }

    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn ring(&self) {
        self.rung.fetch_add(1, Ordering::SeqCst);
    }

    fn setup_token(&self) -> Option<String> {
        Some("first-token".to_owned())
    }

    fn oidc(&self) -> Option<&Provider> {
        self.oidc.get()
    }

    fn bell(&self) -> Option<&Bell> {
        Some(&self.bell)
    }

    fn asks_opens(&self) -> bool {
        self.asks_opens.load(Ordering::SeqCst)
    }

    fn in_app_origins(&self) -> &[String] {
        static PAGES: OnceLock<Vec<String>> = OnceLock::new();
        PAGES.get_or_init(|| vec!["https://app.nuvem.example".to_owned()])
    }
}

/// A company's server on a port of its own, stopped when it is dropped.
pub(crate) struct Site {
    /// The program.
    pub(crate) program: Arc<Program>,
    /// Another company in the same database, with the same policy.
    pub(crate) other: TenantId,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    rng: Mutex<Counting>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

/// When the clock of a new site stands.
pub(crate) const START: &str = "2026-01-01T00:00";

fn open(url: &str) -> Db {
    // A database in memory is another one each time it is opened.
    let db = Db::open(url, &Options::default()).expect("the kit's databases open");
    db.migrate(at(START)).expect("the steps run");
    db
}

/// Runs a test on SQLite in memory, on a SQLite file and on PostgreSQL, each with a company of its own under [`POLICY`].
pub(crate) fn on_both(test: impl Fn(&Site)) {
    let key = regua_store::migrate::fingerprint(regua_store::migrations::MIGRATIONS);
    regua_testkit::on_both(&format!("web-{key}"), |url| drop(open(url)), |url| test(&Site::new(url)));
}

/// Runs a test on SQLite in memory alone: for what does not depend on the database.
pub(crate) fn on_one(test: impl Fn(&Site)) {
    test(&Site::new("sqlite::memory:"));
}

impl Site {
    /// Two live companies under [`POLICY`], and a server that limits nobody.
    pub(crate) fn new(url: &str) -> Self {
        Self::with(url, Settings { rate: None, pace: None, ..Settings::default() })
    }

    /// The same with settings of its own.
    pub(crate) fn with(url: &str, settings: Settings) -> Self {
        let engine = Engine::new(open(url), MasterKey::new([7; 32]));
        let mut rng = Counting(1);
        let start = at(START);
        let mut company = |name: &str| {
            let tenant = engine.add_tenant(name, start, &mut rng).expect("a tenant");
            engine.publish(tenant, "test.yaml", POLICY, 10_000, &act(), start).expect("a policy");
            engine.set_mode(tenant, Mode::Live, None, &act(), start).expect("live");
            tenant
        };
        let (tenant, other) = (company("Nuvem"), company("Outra"));
        let now = AtomicI64::new(start.micros());
        let program = Arc::new(Program {
            engine,
            tenant,
            now,
            streams: AtomicU64::new(1_000),
            rung: AtomicU64::new(0),
            oidc: OnceLock::new(),
            bell: Bell::default(),
            asks_opens: AtomicBool::new(false),
        });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = Stop::default();
        let (host, own): (Arc<dyn Host>, Stop) = (Arc::<Program>::clone(&program), stop.clone());
        let thread = std::thread::spawn(move || serve_api(listener, host, settings, &own).expect("it serves"));
        Self { program, other, address, rng: Mutex::new(rng), stop, thread: Some(thread) }
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.program.engine
    }

    /// The first company.
    pub(crate) fn tenant(&self) -> TenantId {
        self.program.tenant
    }

    /// The token of a new key with these scopes.
    pub(crate) fn key(&self, scopes: &[Scope]) -> String {
        self.key_of(self.tenant(), scopes)
    }

    /// The same, of a company.
    pub(crate) fn key_of(&self, tenant: TenantId, scopes: &[Scope]) -> String {
        let (mut rng, now) = (self.program.random(), self.program.now());
        let keeper = self.keeper(tenant);
        let new = NewKey { name: "test key", scopes: scopes.iter().copied().collect(), limit: None, expires_at: None };
        let made = self.engine().create_key(&keeper, new, now, &mut rng).expect("a key");
        made.secret.expose().to_owned()
    }

    /// The first owner of a company, who answers for its keys; somebody is set up when there is nobody.
    pub(crate) fn keeper(&self, tenant: TenantId) -> Caller {
        let (mut rng, now) = (self.program.random(), self.program.now());
        if self.engine().wants_set_up(tenant).expect("it is looked at") {
            let new = NewPerson { name: "Keeper", email: "keeper@nuvem.example" };
            self.engine().set_up(tenant, new, "tapir-lua-goiaba-7", now, &mut rng).expect("the first owner");
        }
        let people = self.engine().people(tenant, None, 200).expect("people");
        let owner = people.into_iter().find(|person| person.role == Role::Owner).expect("an owner");
        Caller {
            tenant,
            who: Who::Person(owner.person),
            name: owner.name,
            role: Some(Role::Owner),
            scopes: Scopes::ALL,
            limit: None,
            csrf: None,
            session: None,
        }
    }

    /// The token of a key that may do everything.
    pub(crate) fn master(&self) -> String {
        self.key(Scope::ALL)
    }

    /// A file of a company is taken in.
    pub(crate) fn import_of(&self, tenant: TenantId, portfolio: &Portfolio, now: Instant) -> Imported {
        let mut rng = self.rng.lock().expect("nobody panicked");
        let done = self.engine().import(tenant, Import::of(portfolio, FILES), Doing::Write, now, &mut *rng, &mut |_| {});
        done.expect("an import")
    }

    /// A bill of a customer of the first company becomes known.
    pub(crate) fn bill(&self, who: &str, id: &str, (issued, due): (&str, &str), minor: i64, now: Instant) {
        let row = receivable(id, 0, issued, due, minor);
        let portfolio = Portfolio { customers: vec![customer(who)], receivables: vec![row], payments: Vec::new() };
        let done = self.import_of(self.tenant(), &portfolio, now);
        assert!(done.refused.is_empty(), "{:?}", done.refused);
    }

    /// The source of payments is read, and everything due is decided and sent.
    pub(crate) fn pass(&self, now: Instant) {
        self.program.set_now(now);
        self.engine().source_read(self.tenant(), FILES, now).expect("it is read");
        self.engine().pass(&|| now, 1, &mut Taker, &stationery(), Sending::default(), &|_| {}).expect("a pass");
    }

    /// Every day from one to another, at nine.
    pub(crate) fn pass_days(&self, from: &str, until: &str) {
        let mut on = day(from);
        while on <= day(until) {
            self.pass(hour(&on.to_string(), 10));
            on = on.plus(1);
        }
    }

    /// Asks, with headers of one's own.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: regua.example\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || matches!(method, "POST" | "PUT" | "PATCH") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).expect("it takes the head");
        // Whoever is refused early may be cut off while it still sends.
        let _sent = stream.write_all(body);
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it answers");
        Answer::read(&bytes)
    }

    /// Looks, with a key.
    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        self.send("GET", path, &[("Authorization", &format!("Bearer {token}"))], b"")
    }

    /// Does something with a key: JSON in, JSON out.
    pub(crate) fn act(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        self.send(method, path, &headers, body.to_string().as_bytes())
    }

    /// Something that must be answered with 200, as JSON.
    pub(crate) fn ok(&self, token: &str, path: &str) -> Value {
        let answer = self.get(token, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// Everything of a list, page after page of so many.
    pub(crate) fn all(&self, token: &str, path: &str, limit: usize) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..10_000 {
            let more = if path.contains('?') { '&' } else { '?' };
            let from = cursor.as_ref().map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            let page = self.ok(token, &format!("{path}{more}limit={limit}{from}"));
            let own = page["items"].as_array().expect("items").clone();
            assert!(own.len() <= limit, "{path}: {} items where {limit} were asked for", own.len());
            items.extend(own);
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
        panic!("{path} never ends");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// What was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// Headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = std::str::from_utf8(&bytes[..end]).expect("text");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).expect("a status");
        let split = |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        let headers: Vec<(String, String)> = lines.filter_map(split).collect();
        let mut body = bytes[end + 4..].to_vec();
        if headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked") {
            body = unchunked(&body);
        }
        Self { status, headers, body }
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|bad| panic!("{bad}: {} {}", self.status, self.text()))
    }

    /// The code of a problem; empty when it is none.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let length = std::str::from_utf8(&bytes[..end]).ok().and_then(|text| usize::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
        if length == 0 {
            break;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 2 + length + 2..];
    }
    body
}
