//! Webhooks: signed, posted over loopback by several connections, and answered when they are stored for good.
//!
//! The floor is what the same database takes for the same rows, one commit each, by as many threads, and nothing else: no HTTP,
//! no signature, no seal. Rounds of both alternate, so that a slow minute of the machine is not held against one of them.
//! Deliberately absent: a gateway's own dialect; the signature is the usual one, HMAC-SHA256 over time and body.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use anyhow::{Context as _, Result, ensure};
use hmac::{Hmac, KeyInit as _, Mac as _};
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_engine::hooks::{Acted, Hook, Kept, Worked};
use regua_engine::{Engine, hooks};
use regua_store::charging::gateways::{self, GatewayRow};
use regua_store::charging::webhooks::{self, HookRow};
use regua_store::db::{Db, Scope, Tx};
use regua_web::{Hooks, Settings, Stop, Taken};
use regua_wire::gateways::{Heard, HookRefused, News};
use sha2::Sha256;

use crate::{System, open, rate, row, world};

/// Connections, each with a thread that posts one webhook after the other.
const CONNECTIONS: u32 = 8;
/// Rounds of each.
const ROUNDS: u32 = 3;
/// Bytes of a body: those of an event about a payment.
const BODY: usize = 2_048;
const SECRET: &[u8] = b"whsec_made_up_for_the_bench";
const GATEWAY: &str = "cards";
const NAME: &str = "bench";

/// Takes webhooks in, as the binary does.
struct Intake {
    engine: Engine,
    tenant: TenantId,
}

impl Hooks for Intake {
    fn take(&self, tenant: &str, gateway: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Taken {
        if tenant != NAME {
            return Taken::NotFound;
        }
        let hook = Hook { gateway, path, headers, body };
        match self.engine.take_hook(self.tenant, &hook, world::START, &verify) {
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

/// What the tag is made over.
fn mac(time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("a key of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

fn verify(hook: &Hook<'_>, _: Instant) -> Result<Vec<Heard>, HookRefused> {
    let signed = hook.headers.iter().find(|(name, _)| name == "x-signature").map(|(_, value)| value.as_str());
    let (time, tag) = signed.and_then(|signed| signed.strip_prefix("t=")?.split_once(",v1=")).ok_or(HookRefused::Unsigned)?;
    let tag = unhex(tag).ok_or(HookRefused::Forged)?;
    mac(time, hook.body).verify_slice(&tag).map_err(|_other| HookRefused::Forged)?;
    heard(hook.body)
}

fn heard(body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let text = std::str::from_utf8(body).ok().and_then(|text| text.strip_prefix("{\"id\":\"")?.split_once('"'));
    let (event, _) = text.ok_or_else(|| HookRefused::Unreadable("it is no event".to_owned()))?;
    let news = News::Mirror { object: "invoice".to_owned(), reference: event.to_owned() };
    Ok(vec![Heard { event: event.to_owned(), kind: "payment.paid".to_owned(), news, at: None }])
}

fn body(number: u32) -> Vec<u8> {
    let mut body = format!("{{\"id\":\"evt_{number}\",\"filler\":\"").into_bytes();
    body.resize(BODY - 2, b'x');
    body.extend_from_slice(b"\"}");
    body
}

/// Measures one database with `count` webhooks; the floor is another of its kind.
pub(crate) fn measure(count: u32, name: &str, own: &str, floor: &str) -> Result<()> {
    let each = count / ROUNDS / CONNECTIONS;
    if each == 0 {
        return Ok(());
    }
    let (engine, tenant) = prepared(own)?;
    let (bare, bare_tenant) = prepared(floor)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let stop = Stop::default();
    let intake = Arc::new(Intake { engine, tenant });
    let (mut posted, mut written) = (Duration::ZERO, Duration::ZERO);
    std::thread::scope(|scope| {
        let hooks: Arc<dyn Hooks> = intake.clone();
        let settings = Settings { rate: None, hops: usize::try_from(CONNECTIONS).unwrap_or(1), ..Settings::default() };
        let server = scope.spawn(|| regua_web::serve(listener, hooks, settings, &stop));
        let mut rounds = || {
            for round in 0..ROUNDS {
                let from = |thread: u32| (round * CONNECTIONS + thread) * each;
                posted += at_once(|thread| post(address, from(thread)..from(thread) + each))?;
                written += at_once(|thread| write(bare.db(), bare_tenant, from(thread)..from(thread) + each))?;
            }
            anyhow::Ok(())
        };
        let done = rounds();
        stop.stop();
        let served = server.join().map_err(|_panic| anyhow::anyhow!("the server failed"))?;
        done?;
        served.context("serve")
    })?;
    let all = u64::from(ROUNDS * CONNECTIONS * each);
    let times = posted.as_millis() * 100 / written.as_millis().max(1);
    let times = format!("{}.{:02}", times / 100, times % 100);
    let title = format!("webhooks a second, verified and durable, {CONNECTIONS} connections");
    row(name, &title, rate(all, posted), &rate(all, written), &times);
    let stored: i64 = intake.engine.count_hooks(tenant)?.iter().map(|count| count.count).sum();
    ensure!(u64::try_from(stored)? == all, "{all} webhooks were answered and {stored} are stored");
    processed(name, &intake.engine, all)
}

/// An engine on an empty database with a tenant and a gateway.
fn prepared(url: &str) -> Result<(Engine, TenantId)> {
    let engine = open(url)?;
    engine.db().migrate(world::START)?;
    let tenant = engine.add_tenant(NAME, world::START, &mut System)?;
    let gateway = GatewayRow {
        gateway: GATEWAY.to_owned(),
        kind: "sandbox".to_owned(),
        role: "owner".to_owned(),
        added_at: world::START,
        listed_at: world::START,
        place: None,
    };
    engine.db().write(Scope::Tenant(tenant), |tx| gateways::add(tx, tenant, &gateway))?;
    Ok((engine, tenant))
}

/// Runs what each connection does at the same time; how long until the last has ended.
fn at_once(work: impl Fn(u32) -> Result<()> + Sync) -> Result<Duration> {
    let begun = Clock::now();
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..CONNECTIONS).map(|thread| scope.spawn(move || work(thread))).collect();
        for thread in threads {
            thread.join().map_err(|_panic| anyhow::anyhow!("a thread failed"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(begun.elapsed())
}

/// Posts webhooks one after the other over one connection, each when the one before was answered.
fn post(address: SocketAddr, numbers: std::ops::Range<u32>) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut answer = Vec::new();
    for number in numbers {
        let body = body(number);
        let tag = hex(&mac("1772449200", &body).finalize().into_bytes());
        let mut request = format!(
            "POST /webhooks/{NAME}/{GATEWAY} HTTP/1.1\r\nHost: bench\r\nContent-Length: {}\r\nX-Signature: t=1772449200,v1={tag}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        stream.write_all(&request)?;
        answer.clear();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut part = [0; 512];
            let count = stream.read(&mut part)?;
            ensure!(count > 0, "the server closed the connection");
            answer.extend(part.iter().take(count));
        }
        ensure!(answer.starts_with(b"HTTP/1.1 200 "), "a webhook was not stored");
    }
    Ok(())
}

/// Writes rows like those of webhooks, one commit each.
fn write(db: &Db, tenant: TenantId, numbers: std::ops::Range<u32>) -> Result<()> {
    for number in numbers {
        let mut hook = [0; 16];
        // Spread like the hashes that stand there otherwise.
        hook[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
        let row = HookRow {
            gateway: GATEWAY.to_owned(),
            hook,
            event: format!("evt_{number}"),
            kind: "payment.paid".to_owned(),
            received_at: world::START,
            status: "waiting".to_owned(),
            due_at: Some(world::START),
            tries: 0,
            done_at: None,
            said: None,
            body: Some(body(number)),
        };
        let new = db.write(Scope::Tenant(tenant), |tx| webhooks::receive(tx, tenant, &row))?;
        ensure!(new, "a row was there already");
    }
    Ok(())
}

/// How fast what was stored is looked at and marked when acting on it takes no time.
fn processed(name: &str, engine: &Engine, all: u64) -> Result<()> {
    let reader = |_: TenantId, _: &str, kept: &Kept| heard(&kept.body);
    let begun = Clock::now();
    let mut act = |_: &mut Tx<'_>, _: TenantId, _: &str, _: &Heard| Ok(Acted::Done);
    let worked = engine.work_hooks(world::START, u64::MAX, &reader, &mut act)?;
    ensure!(worked == Worked { taken: all, done: all, ..Worked::default() }, "{worked:?}");
    row(name, "webhooks processed a second, one transaction each, by one", rate(all, begun.elapsed()), "", "");
    Ok(())
}
