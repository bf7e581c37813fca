//! The living system measured beside its floor, on both databases in one run.
//!
//! The floor is what the same database takes to bulk-write the same rows, with the same indexes, durability and
//! transactions, and nothing else: every batch that the engine commits is written into a copy of its database right
//! after, and both are timed. Deliberately absent: anything that ships.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

mod bank;
mod billing;
mod channels;
mod hooks;
mod retries;
mod serve;
#[cfg(test)]
mod tests;
mod visits;
mod world;

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant as Clock};

use anyhow::{Context as _, Result};
use clap::Parser;
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::adapters::Security;
use regua_engine::adapters::post::Post;
use regua_engine::adapters::smtp::{Settings, Smtp};
use regua_engine::commands::import::{Doing, Import};
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::{Mailer, Rng};
use regua_engine::{Act, Engine, Scratch, Ticked};
use regua_store::db::{self, Db, Scope, StoreError, Tx};
use regua_store::seal::MasterKey;
use regua_testkit::postgres::{Kind, cluster};
use regua_testkit::smtp::{Keep, Options, Sink};

/// Measures the living system.
#[derive(Parser)]
struct Args {
    /// Open receivables, four for each customer
    #[arg(long, default_value_t = 1_000_000)]
    receivables: u32,
    /// Receivables due in the second run
    #[arg(long, default_value_t = 100_000)]
    due: u32,
    /// Mails handed to the local mail server
    #[arg(long, default_value_t = 100_000)]
    mails: u64,
    /// Subscriptions that are billed in cycles; none leaves billing out
    #[arg(long, default_value_t = 20_000)]
    subscriptions: u32,
    /// Only billing
    #[arg(long)]
    only_billing: bool,
    /// Only files of banks
    #[arg(long)]
    only_bank: bool,
    /// Failed payments that each plan of retries is tried on
    #[arg(long, default_value_t = 60_000)]
    failed: u64,
    /// Seeds that they are spread over
    #[arg(long, default_value_t = 3)]
    seeds: u64,
    /// Only retries, for which there is no database
    #[arg(long)]
    only_retries: bool,
    /// Webhooks posted to the server
    #[arg(long, default_value_t = 24_000)]
    hooks: u32,
    /// Only webhooks
    #[arg(long)]
    only_hooks: bool,
    /// Requests a second that the API is asked
    #[arg(long, default_value_t = 200)]
    requests: u32,
    /// For so many seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Only the API among so many receivables
    #[arg(long)]
    only_serve: bool,
    /// Only pages of the portal among so many receivables, at the same pace
    #[arg(long)]
    only_portal: bool,
    /// Messages handed over on each channel
    #[arg(long, default_value_t = 6_000)]
    messages: u32,
    /// Only channels, for which there is no database
    #[arg(long)]
    only_channels: bool,
    /// Only this database: sqlite or postgresql
    #[arg(long)]
    only: Option<String>,
    /// Only import, and look at a database where nothing is due yet: for more receivables than a run is patient for
    #[arg(long)]
    idle: bool,
    /// Look at a database where nothing is due, and end: how the cold process is measured
    #[arg(long, hide = true)]
    cold: Option<String>,
    /// Be the mail server until the input ends: it has a process of its own, whose memory and time are not the sender's
    #[arg(long, hide = true)]
    sink: bool,
}

impl Args {
    /// Subscriptions that are billed.
    const fn billed(&self) -> u32 {
        if self.only_bank || self.idle { 0 } else { self.subscriptions }
    }

    /// How much is measured of retries.
    const fn retries(&self) -> retries::Size {
        retries::Size { failed: self.failed, seeds: self.seeds, learnt: 5_000 }
    }

    /// When nothing is due: once everything is done, or before anything begins.
    const fn moment(&self) -> Instant {
        if self.idle { world::BEFORE } else { world::TENTH_DUE }
    }
}

/// Random bytes of the system.
struct System;

impl Rng for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        // Without random bytes there are no keys, and nothing to measure.
        getrandom::fill(bytes).expect("the system has random bytes");
    }
}

fn main() -> Result<()> {
    let args = Args::parse();
    if let Some(url) = &args.cold {
        return cold(url, args.moment());
    }
    if args.sink {
        return sink();
    }
    println!("{:<60} {:>16} {:>10} {:>7}", "what", "figure", "floor", "times");
    if let Some(measured) = alone(&args) {
        return measured;
    }
    if !args.idle && !args.only_billing && !args.only_bank {
        webhooks(&args)?;
    }
    if args.only_hooks {
        return Ok(());
    }
    if !args.idle && !args.only_billing {
        bank::files()?;
    }
    if args.only.as_deref() != Some("postgresql") {
        let dir = tempfile::tempdir()?;
        let (own, floor) = (dir.path().join("own.db"), dir.path().join("floor.db"));
        let url = |path: &Path| format!("sqlite:{}", path.display());
        if !args.idle && !args.only_billing {
            bank::booked("SQLite", &url(&dir.path().join("bank.db")))?;
        }
        if !args.only_billing && !args.only_bank {
            measure(&args, "SQLite", &url(&own), &url(&floor), || copied(&own, &floor))?;
        }
        let (own, floor) = (dir.path().join("billing.db"), dir.path().join("billing-floor.db"));
        billing::measure(args.billed(), "SQLite", &url(&own), &url(&floor), || copied(&own, &floor))?;
    }
    if args.only.as_deref() != Some("sqlite") {
        let cluster = cluster(Kind::Durable);
        let copied = |own: &str, floor: &str| {
            let mut client = cluster.superuser("postgres");
            client.batch_execute(&format!("DROP DATABASE \"{floor}\""))?;
            client.batch_execute(&format!("CREATE DATABASE \"{floor}\" TEMPLATE \"{own}\" OWNER regua"))?;
            Ok(())
        };
        let (own, floor) = (cluster.blank(), cluster.blank());
        if !args.idle && !args.only_billing {
            bank::booked("PostgreSQL", cluster.blank().url())?;
        }
        if !args.only_billing && !args.only_bank {
            measure(&args, "PostgreSQL", own.url(), floor.url(), || copied(own.name(), floor.name()))?;
        }
        let (own, floor) = (cluster.blank(), cluster.blank());
        billing::measure(args.billed(), "PostgreSQL", own.url(), floor.url(), || copied(own.name(), floor.name()))?;
    }
    if !args.idle && !args.only_billing && !args.only_bank {
        if args.only.is_none() {
            retries::measure(args.retries())?;
            channels::measure(args.messages)?;
        }
        served(&args, &[serve::What::Api, serve::What::Portal])?;
    }
    Ok(())
}

/// What is measured by itself when it is asked for.
fn alone(args: &Args) -> Option<Result<()>> {
    if args.only_retries {
        Some(retries::measure(args.retries()))
    } else if args.only_channels {
        Some(channels::measure(args.messages))
    } else if args.only_serve {
        Some(served(args, &[serve::What::Api]))
    } else if args.only_portal {
        Some(served(args, &[serve::What::Portal]))
    } else {
        None
    }
}

/// Webhooks on each database.
fn webhooks(args: &Args) -> Result<()> {
    if args.only.as_deref() != Some("postgresql") {
        let dir = tempfile::tempdir()?;
        let url = |file: &str| format!("sqlite:{}", dir.path().join(file).display());
        hooks::measure(args.hooks, "SQLite", &url("own.db"), &url("floor.db"))?;
    }
    if args.only.as_deref() != Some("sqlite") {
        let cluster = cluster(Kind::Durable);
        let (own, floor) = (cluster.blank(), cluster.blank());
        hooks::measure(args.hooks, "PostgreSQL", own.url(), floor.url())?;
    }
    Ok(())
}

/// The API and the portal on each database, over as many receivables as the rest is measured with.
fn served(args: &Args, all: &[serve::What]) -> Result<()> {
    let size = serve::Size { per_second: args.requests, seconds: args.seconds, customers: args.receivables / 4 };
    if size.per_second == 0 || size.seconds == 0 || size.customers == 0 {
        return Ok(());
    }
    let filled = |name: &str, url: &str| {
        let engine = open(url)?;
        let tenant = prepare(&engine)?;
        let east = if all.contains(&serve::What::Portal) { size.east() } else { 0 };
        import(args, name, &engine, tenant, east)?;
        serve::measure(all, size, name, engine, tenant)
    };
    if args.only.as_deref() != Some("postgresql") {
        let dir = tempfile::tempdir()?;
        filled("SQLite", &format!("sqlite:{}", dir.path().join("own.db").display()))?;
    }
    if args.only.as_deref() != Some("sqlite") {
        filled("PostgreSQL", cluster(Kind::Durable).blank().url())?;
    }
    Ok(())
}

/// A company that lives, in an empty database.
fn prepare(engine: &Engine) -> Result<TenantId> {
    engine.db().migrate(world::START)?;
    let tenant = engine.add_tenant("Bench", world::START, &mut System)?;
    let act = Act { by: "bench".to_owned(), reason: None };
    engine.publish(tenant, "bench.yaml", world::POLICY, 10_000, &act, world::START)?;
    engine.set_mode(tenant, Mode::Live, None, &act, world::START)?;
    Ok(tenant)
}

/// A file of SQLite as it is when nobody has it open.
fn copied(own: &Path, floor: &Path) -> Result<()> {
    std::fs::copy(own, floor).map(drop).context("copy the database")
}

fn measure(args: &Args, name: &str, own: &str, floor: &str, copy: impl FnOnce() -> Result<()>) -> Result<()> {
    let engine = open(own)?;
    let tenant = prepare(&engine)?;
    import(args, name, &engine, tenant, 0)?;
    drop(engine);
    if args.idle {
        return nothing_due(args, name, own);
    }
    copy()?;
    let engine = open(own)?;
    let floor = Db::open(floor, &db::Options::default())?;
    run(name, "all due", &engine, &floor, world::ALL_DUE)?;
    row(name, "peak memory so far, MB", peak_kib()? / 1024, "", "");
    mails(args, name, &engine)?;
    run(name, "a tenth due", &engine, &floor, world::TENTH_DUE)?;
    engine.decide_due(world::TENTH_DUE, 1, &|_| {})?;
    nothing_due(args, name, own)?;
    row(name, "peak memory, MB", peak_kib()? / 1024, "", "");
    Ok(())
}

fn open(url: &str) -> Result<Engine> {
    Ok(Engine::new(Db::open(url, &db::Options::default())?, MasterKey::new([7; 32])))
}

fn import(args: &Args, name: &str, engine: &Engine, tenant: TenantId, east: u32) -> Result<()> {
    let customers = args.receivables / 4;
    let begun = Clock::now();
    let mut from = 0;
    while from < customers {
        let to = (from + 10_000).min(customers);
        let portfolio = world::portfolio(from..to, args.due / 4, east);
        // One file cannot be held whole by this process; each part is told a moment later, as its rows would be.
        let now = Instant::from_micros(world::START.micros() + i64::from(from));
        engine.import(tenant, Import::of(&portfolio, "files"), Doing::Write, now, &mut System, &mut |_| {})?;
        from = to;
    }
    row(name, &format!("import, receivables a second ({})", args.receivables), rate(args.receivables.into(), begun.elapsed()), "", "");
    Ok(())
}

fn run(name: &str, what: &str, engine: &Engine, floor: &Db, now: Instant) -> Result<()> {
    let (mut all, mut scratch) = (Ticked::default(), Scratch::default());
    let mut floor = Floor::of(floor);
    loop {
        let done = engine.tick_then(now, &mut scratch, &mut |tenant, batch| {
            floor.write(tenant, batch.rows(), |tx| batch.write(tx, tenant));
        })?;
        if done.customers == 0 {
            break;
        }
        all.add(done);
    }
    let Beside { own, bare, rows, times } = floor.end()?;
    row(name, &format!("{what}: {} decisions, {rows} rows", all.decisions), seconds(own), &seconds(bare), &times);
    anyhow::ensure!(all.parked == 0, "{} customers were parked", all.parked);
    Ok(())
}

/// The same rows in the same transactions, written into a copy of the database and nothing else.
struct Floor<'d> {
    db: &'d Db,
    begun: Clock,
    bare: Duration,
    rows: usize,
    failed: Option<StoreError>,
}

/// Our own time and that of the floor.
struct Beside {
    own: Duration,
    bare: Duration,
    rows: usize,
    /// How many times the floor ours is, in words.
    times: String,
}

impl<'d> Floor<'d> {
    fn of(db: &'d Db) -> Self {
        Self { db, begun: Clock::now(), bare: Duration::ZERO, rows: 0, failed: None }
    }

    fn write(&mut self, tenant: TenantId, rows: usize, write: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError>) {
        let begun = Clock::now();
        let wrote = self.db.write(Scope::Tenant(tenant), write);
        self.failed = self.failed.take().or(wrote.err());
        self.bare += begun.elapsed();
        self.rows += rows;
    }

    fn end(self) -> Result<Beside> {
        let Self { begun, bare, rows, failed, .. } = self;
        let own = begun.elapsed().saturating_sub(bare);
        failed.map_or(Ok(()), Err).context("write the floor")?;
        let times = own.as_millis() * 100 / bare.as_millis().max(1);
        Ok(Beside { own, bare, rows, times: format!("{}.{:02}", times / 100, times % 100) })
    }
}

/// Half of the mails by one dispatcher, half by two at once, as two processes on one database would.
fn mails(args: &Args, name: &str, engine: &Engine) -> Result<()> {
    let mut server = Server::start()?;
    let address = server.address;
    let connect = || {
        let settings = Settings::new(&address.ip().to_string(), address.port(), Security::Plain, "bench.example");
        Smtp::new(settings).map(|smtp| -> Box<dyn Mailer> { Box::new(smtp) })
    };
    let mut all = 0;
    for dispatchers in [1, 2] {
        let each = args.mails / 2 / dispatchers;
        let posts = (0..dispatchers).map(|_| Ok(Post::new(vec![connect()?, connect()?]))).collect::<Result<Vec<_>>>()?;
        let (begun, before) = (Clock::now(), worked()?);
        let mut done = Dispatched::default();
        std::thread::scope(|scope| {
            let send = |mut post: Post| {
                let more = |done: &Dispatched| done.taken < each;
                engine.dispatch(&|| world::ALL_DUE, &mut post, &world::stationery(), Sending::default(), &more)
            };
            let work: Vec<_> = posts.into_iter().map(|post| scope.spawn(move || send(post))).collect();
            for work in work {
                done.add(work.join().map_err(|_panic| anyhow::anyhow!("a dispatcher failed"))??);
            }
            anyhow::Ok(())
        })?;
        all += done.sent;
        let title = format!("mails a second by {dispatchers} ({} sent, {} others)", done.sent, done.taken - done.sent);
        row(name, &title, rate(done.sent, begun.elapsed()), "", "");
        let micros = worked()?.saturating_sub(before).as_micros() / u128::from(done.sent.max(1));
        row(name, "processor time of this process for a mail", format!("{micros} µs"), "", "");
    }
    let arrived = server.stop()?;
    anyhow::ensure!(arrived == all, "{all} mails were sent and {arrived} arrived");
    Ok(())
}

/// The mail server in its own process.
struct Server {
    process: Child,
    address: SocketAddr,
    told: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.arg("--sink").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start the mail server")?;
        let mut told = BufReader::new(process.stdout.take().context("hear the mail server")?);
        let mut line = String::new();
        told.read_line(&mut line)?;
        Ok(Self { process, address: line.trim().parse().context("read the mail server's address")?, told })
    }

    /// How many mails it has taken.
    fn stop(&mut self) -> Result<u64> {
        drop(self.process.stdin.take());
        let mut count = String::new();
        self.told.read_to_string(&mut count)?;
        self.process.wait()?;
        count.trim().parse().context("read what the mail server counted")
    }
}

fn sink() -> Result<()> {
    let sink = Sink::with(Options { keep: Keep::Nothing, ..Options::default() })?;
    println!("{}", sink.address());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{}", sink.counts().accepted);
    Ok(())
}

fn nothing_due(args: &Args, name: &str, url: &str) -> Result<()> {
    let own = std::env::current_exe()?;
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begun = Clock::now();
        let ended = Command::new(&own).args(["--cold", url]).args(args.idle.then_some("--idle")).status()?;
        anyhow::ensure!(ended.success(), "the cold process failed");
        best = best.min(begun.elapsed());
    }
    let micros = best.as_micros();
    let figure = format!("{}.{} ms", micros / 1000, micros % 1000 / 100);
    row(name, &format!("nothing due among {}, cold process", args.receivables), figure, "", "");
    Ok(())
}

fn cold(url: &str, now: Instant) -> Result<()> {
    let ticked = open(url)?.decide_due(now, 1, &|_| {})?;
    anyhow::ensure!(ticked.customers == 0, "{} customers were due", ticked.customers);
    Ok(())
}

fn row(name: &str, what: &str, figure: impl std::fmt::Display, floor: &str, times: &str) {
    println!("{:<60} {figure:>16} {floor:>10} {times:>7}", format!("{name}: {what}"));
}

fn rate(count: u64, time: Duration) -> String {
    let rate = u128::from(count) * 1000 / time.as_millis().max(1);
    rate.to_string()
}

fn seconds(time: Duration) -> String {
    format!("{}.{:02} s", time.as_secs(), time.subsec_millis() / 10)
}

/// Processor time that this process has had: on a machine that others share, firmer than the clock.
fn worked() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("read the process's own state")?;
    // The name, which may hold spaces, ends at the last bracket; times are in hundredths of a second.
    let (_, fields) = stat.rsplit_once(')').context("find the times in it")?;
    let times = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let ticks = times.sum::<Result<u64, _>>().context("read the times")?;
    Ok(Duration::from_millis(ticks * 10))
}

/// The most memory that this process has had, in KiB.
fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read the process's own state")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("find the peak in it")?;
    line.split_whitespace().next().context("read the peak")?.parse().context("read the peak")
}
