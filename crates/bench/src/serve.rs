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
use regua_engine::people::Scope;
use regua_engine::ports::Rng;
use regua_engine::{Engine, people};
use regua_web::{Hooks, Host, Settings, Stop, Taken};

use crate::visits::Visits;
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
/// What callers call themselves: what no browser asks for is no visit.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
/// Seconds for which it is asked before anything is measured, and most seconds for which the floor is.
const WARM_UP: u64 = 4;
const FLOOR: u64 = 20;
/// A prime: what is counted up, times it, goes all over a range.
pub(crate) const SPREAD: u64 = 2_654_435_761;

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
    /// Pages of customers who come by the links of messages.
    Portal,
}

/// Something that is asked for: what it is, and the address that the request with a number asks for.
pub(crate) type Asking<'a> = (&'static str, Box<dyn Fn(u64) -> String + Sync + 'a>);

/// How many requests are sent, and how fast.
#[derive(Clone, Copy)]
struct Pace {
    per_second: u32,
    /// The number of the first request.
    from: u64,
    count: u64,
}

impl Size {
    /// Requests before anything is measured.
    pub(crate) fn warm_up(self) -> u64 {
        u64::from(self.per_second) * WARM_UP
    }

    /// Requests that are measured.
    pub(crate) fn measured(self) -> u64 {
        u64::from(self.per_second) * u64::from(self.seconds)
    }
}

/// What programs ask for, in turn.
fn api<'a>(customers: u32) -> Vec<Asking<'a>> {
    // Spread over all customers, none of whom is asked about twice soon.
    let customer = move |number: u64| format!("C{:07}", number.wrapping_mul(SPREAD) % u64::from(customers.max(1)));
    vec![
        ("list of receivables", Box::new(|_| "/v1/receivables?limit=50".to_owned())),
        ("list of customers", Box::new(|_| "/v1/customers?limit=50".to_owned())),
        ("a customer", Box::new(move |number| format!("/v1/customers/{}", customer(number)))),
        ("access of a customer", Box::new(move |number| format!("/v1/customers/{}/access", customer(number)))),
    ]
}

/// Measures one database that is filled.
pub(crate) fn measure(all: &[What], size: Size, name: &str, engine: Engine, tenant: TenantId) -> Result<()> {
    let visits = all.contains(&What::Portal).then(|| Visits::sent(&engine, size)).transpose()?;
    let scopes = people::Scopes::of(&[Scope::ReceivablesRead, Scope::CustomersRead, Scope::AccessRead]);
    let token = key(&engine, tenant, scopes)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let stop = Stop::default();
    let program = Arc::new(Program { engine, tenant });
    let host: Arc<dyn Host> = Arc::<Program>::clone(&program);
    std::thread::scope(|scope| {
        let settings = Settings { rate: None, pace: None, connection_time: Duration::from_secs(3_600), ..Settings::default() };
        let server = scope.spawn(|| regua_web::serve_api(listener, host, settings, &stop));
        let done = all.iter().try_for_each(|what| match (what, &visits) {
            (What::Api, _) => round((address, &token), size, (name, ""), &api(size.customers)),
            (What::Portal, None) => Ok(()),
            (What::Portal, Some(visits)) => {
                round((address, &token), size, (name, "portal: "), &visits.pages(size))?;
                visits.were_noted(&program.engine, tenant)
            }
        });
        stop.stop();
        let served = server.join().map_err(|_panic| anyhow::anyhow!("the server failed"))?;
        done?;
        served.context("serve")
    })
}

/// Asks for some things at the pace, beside the floor, and prints how long each took.
fn round((address, token): (SocketAddr, &str), size: Size, (name, of): (&str, &str), asked: &[Asking<'_>]) -> Result<()> {
    let paced = |from, count, asked: &[Asking<'_>]| paced(address, token, Pace { per_second: size.per_second, from, count }, asked);
    // Connections, statements and pages that everybody uses are there before anything is measured.
    paced(0, size.warm_up(), asked)?;
    let floor: [Asking<'_>; 1] = [("health", Box::new(|_| "/health".to_owned()))];
    let bare = paced(0, size.measured().min(u64::from(size.per_second) * FLOOR), &floor)?;
    let bare = bare.first().context("the floor was not measured")?;
    let floor = format!("{}/{}", millis(at(bare, 50)), millis(at(bare, 99)));
    let times = paced(size.warm_up(), size.measured(), asked)?;
    let mut every: Vec<Duration> = times.iter().flatten().copied().collect();
    every.sort_unstable();
    let named = asked.iter().map(|(what, _)| *what).zip(&times);
    for (what, times) in named.chain([("all of them", &every)]) {
        let [half, most, worst] = [50, 99, 100].map(|share| at(times, share));
        let title = format!("{of}{what}, p50/p99/max ms, {}/s", size.per_second);
        row(name, &title, format!("{}/{}/{}", millis(half), millis(most), millis(worst)), &floor, "");
    }
    Ok(())
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
/// sorted. An answer that is none, or another than 200, ends it.
fn paced(address: SocketAddr, token: &str, pace: Pace, asked: &[Asking<'_>]) -> Result<Vec<Vec<Duration>>> {
    let next = AtomicU64::new(0);
    let begun = Clock::now() + Duration::from_millis(200);
    let kinds = asked.len();
    let threads: Vec<Result<Vec<(usize, Duration)>>> = std::thread::scope(|scope| {
        let ask = || {
            let mut line = Line::open(address)?;
            let mut times = Vec::new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= pace.count {
                    return Ok(times);
                }
                let due = begun + Duration::from_micros(nth * 1_000_000 / u64::from(pace.per_second));
                if let Some(early) = due.checked_duration_since(Clock::now()) {
                    std::thread::park_timeout(early);
                }
                let number = pace.from + nth;
                let kind = usize::try_from(number)? % kinds;
                let (what, path) = asked.get(kind).context("one of the things that are asked for")?;
                line.ask(&path(number), token).with_context(|| format!("ask for {what}"))?;
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
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: {BROWSER}\r\nAuthorization: Bearer {token}\r\n\r\n");
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
