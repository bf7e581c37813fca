//! The API, or the portal, asked at a steady pace: requests leave on time whether or not the ones before were answered, so that a slow answer
//! makes those behind it late too, as it would for real callers (an open loop).
//!
//! The floor is the same pace of `/health`, which asks no database: the network, the threads and the machine's noise. Server and
//! callers share this process and its two cores. Deliberately absent: acts, whose speed is that of the engine.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant as Clock};

use anyhow::{Context as _, Result, ensure};
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_engine::links::Purpose;
use regua_engine::people::Scope;
use regua_engine::ports::Rng;
use regua_engine::{Engine, people};
use regua_web::{Hooks, Host, Settings, Stop, Taken};

use crate::{System, row, world};

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Requests a second.
    pub(crate) per_second: u32,
    /// For how long.
    pub(crate) seconds: u32,
    /// Customers to ask about, each with four receivables.
    pub(crate) customers: u32,
}

/// Connections of the callers: more than answers are ever under way, so that no request waits for a connection.
const CONNECTIONS: u32 = 64;
/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program around the API with nothing to do besides.
struct Program {
    engine: Engine,
    tenant: TenantId,
}

impl Hooks for Program {
    fn take(&self, _: &str, _: &str, _: &str, _: &[(String, String)], _: &[u8]) -> Taken {
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
        world::ALL_DUE
    }

    fn rng(&self) -> Box<dyn Rng> {
        Box::new(System)
    }

    fn tenant(&self) -> TenantId {
        self.tenant
    }

    fn ring(&self) {}
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    /// What programs ask for.
    Api,
    /// Pages of customers, behind links of their own.
    Portal,
}

/// Something that is asked for: what it is, and its address for a customer.
type Asking<'a> = (&'static str, Box<dyn Fn(u32) -> String + Sync + 'a>);

/// Links that are made before anything is measured: customers beyond them share theirs.
const LINKS_MAX: u32 = 20_000;

/// What programs ask for, in turn.
fn api<'a>() -> Vec<Asking<'a>> {
    vec![
        ("list of receivables", Box::new(|_| "/v1/receivables?limit=50".to_owned())),
        ("list of customers", Box::new(|_| "/v1/customers?limit=50".to_owned())),
        ("a customer", Box::new(|customer| format!("/v1/customers/C{customer:07}"))),
        ("access of a customer", Box::new(|customer| format!("/v1/customers/C{customer:07}/access"))),
    ]
}

/// What customers ask for, in turn: the first page as often as all others together.
fn portal(links: &[String]) -> Vec<Asking<'_>> {
    let pages = [("what is owed", ""), ("the months to come", "/months"), ("what is owed, again", ""), ("the rule in words", "/policy")];
    let page = |(what, page): (&'static str, &'static str)| -> Asking<'_> {
        (what, Box::new(move |customer| format!("/p/{}{page}", link(links, customer))))
    };
    pages.into_iter().map(page).collect()
}

fn link(links: &[String], customer: u32) -> &str {
    let place = usize::try_from(customer).unwrap_or(0) % links.len().max(1);
    links.get(place).map_or("", String::as_str)
}

/// Links of customers, spread over all.
fn links(size: Size, engine: &Engine, tenant: TenantId) -> Result<Vec<String>> {
    let count = size.customers.min(LINKS_MAX);
    let step = size.customers.checked_div(count).unwrap_or(1);
    let one = |nth: u32| engine.make_link(tenant, &format!("C{:07}", nth * step), Purpose::Portal, world::ALL_DUE);
    (0..count).map(|nth| one(nth).map_err(anyhow::Error::from)).collect()
}

/// Measures one database that is filled.
pub(crate) fn measure(what: What, size: Size, name: &str, engine: Engine, tenant: TenantId) -> Result<()> {
    let links = if what == What::Portal { links(size, &engine, tenant)? } else { Vec::new() };
    let asked = match what {
        What::Api => api(),
        What::Portal => portal(&links),
    };
    let floor: [Asking<'_>; 1] = [("health", Box::new(|_| "/health".to_owned()))];
    let scopes = people::Scopes::of(&[Scope::ReceivablesRead, Scope::CustomersRead, Scope::AccessRead]);
    let token = key(&engine, tenant, scopes)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let stop = Stop::default();
    let program: Arc<dyn Host> = Arc::new(Program { engine, tenant });
    std::thread::scope(|scope| {
        let settings = Settings { rate: None, pace: None, connection_time: Duration::from_secs(3_600), ..Settings::default() };
        let server = scope.spawn(|| regua_web::serve_api(listener, program, settings, &stop));
        let rounds = || {
            // Connections, statements and pages that everybody uses are there before anything is measured.
            paced(address, &token, Size { seconds: 3, ..size }, &asked)?;
            let bare = paced(address, &token, Size { seconds: size.seconds.min(20), ..size }, &floor)?;
            let bare = bare.first().context("the floor was not measured")?;
            let all = paced(address, &token, size, &asked)?;
            for ((what, _), times) in asked.iter().zip(&all) {
                let [half, most, worst] = [50, 99, 100].map(|share| at(times, share));
                let title = format!("{what}, p50/p99/max ms at {} a second", size.per_second);
                let figure = format!("{}/{}/{}", millis(half), millis(most), millis(worst));
                row(name, &title, figure, &format!("{}/{}", millis(at(bare, 50)), millis(at(bare, 99))), "");
            }
            anyhow::Ok(())
        };
        let done = rounds();
        stop.stop();
        let served = server.join().map_err(|_panic| anyhow::anyhow!("the server failed"))?;
        done?;
        served.context("serve")
    })
}

/// A key that may look, made by an owner.
fn key(engine: &Engine, tenant: TenantId, scopes: people::Scopes) -> Result<String> {
    let (email, password, now) = ("bench@bench.example", "quero-quero no brejo 9", world::ALL_DUE);
    engine.set_up(tenant, people::NewPerson { name: "Bench", email }, password, now, &mut System)?;
    let typed = people::Credentials { email, password, code: None };
    let people::SignIn::Done(signed) = engine.sign_in(tenant, typed, "127.0.0.1", now, &mut System)? else {
        anyhow::bail!("the owner could not sign in");
    };
    let new = people::NewKey { name: "bench", scopes, limit: None, expires_at: None };
    Ok(engine.create_key(&signed.caller, new, now, &mut System)?.secret.expose().to_owned())
}

/// Asks at a pace; for each thing that is asked for the times from when a request was to leave until its answer was there,
/// sorted.
fn paced(address: SocketAddr, token: &str, size: Size, asked: &[Asking<'_>]) -> Result<Vec<Vec<Duration>>> {
    let all = u64::from(size.per_second) * u64::from(size.seconds);
    let next = AtomicU64::new(0);
    let begun = Clock::now() + Duration::from_millis(200);
    let kinds = asked.len();
    let threads: Vec<Result<Vec<(usize, Duration)>>> = std::thread::scope(|scope| {
        let ask = || {
            let mut line = Line::open(address)?;
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= all {
                    return Ok(times);
                }
                let due = begun + Duration::from_micros(number * 1_000_000 / u64::from(size.per_second));
                if let Some(early) = due.checked_duration_since(Clock::now()) {
                    std::thread::park_timeout(early);
                }
                let kind = usize::try_from(number)? % kinds;
                // Spread over all customers, none of whom is asked about twice soon.
                let customer = u32::try_from(number.wrapping_mul(2_654_435_761) % u64::from(size.customers.max(1)))?;
                let (what, path) = asked.get(kind).context("one of the things that are asked for")?;
                line.ask(&path(customer), token).with_context(|| format!("ask for {what}"))?;
                times.push((kind, due.elapsed()));
            }
        };
        let running: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(ask)).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_panic| Err(anyhow::anyhow!("a caller failed")))).collect()
    });
    let mut sorted = vec![Vec::new(); kinds];
    for times in threads {
        for (kind, time) in times? {
            if let Some(times) = sorted.get_mut(kind) {
                times.push(time);
            }
        }
    }
    sorted.iter_mut().for_each(|times| times.sort_unstable());
    Ok(sorted)
}

/// One connection, kept.
struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Line {
    fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Asks, and reads the whole answer.
    fn ask(&mut self, path: &str, token: &str) -> Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n");
        self.stream.write_all(request.as_bytes())?;
        self.read.clear();
        let mut end = None;
        loop {
            if let Some(end) = end
                && self.read.len() >= end
            {
                return Ok(());
            }
            let mut part = [0; 16 << 10];
            let count = self.stream.read(&mut part)?;
            ensure!(count > 0, "the server closed the connection");
            self.read.extend(part.iter().take(count));
            if end.is_none()
                && let Some(head) = self.read.windows(4).position(|four| four == b"\r\n\r\n")
            {
                let text = String::from_utf8_lossy(self.read.get(..head).unwrap_or_default()).to_ascii_lowercase();
                ensure!(text.starts_with("http/1.1 200 "), "{path}: {}", text.lines().next().unwrap_or_default());
                let length = text.lines().find_map(|line| line.strip_prefix("content-length:")).context("an answer has a length")?;
                end = Some(head + 4 + length.trim().parse::<usize>()?);
            }
        }
    }
}

/// The time within which a share of the answers came, in percent; 100 is the slowest.
fn at(sorted: &[Duration], share: usize) -> Duration {
    let place = (sorted.len() * share).div_ceil(100).max(1) - 1;
    sorted.get(place).or(sorted.last()).copied().unwrap_or_default()
}

fn millis(time: Duration) -> String {
    let tenths = time.as_micros() / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}
