//! `regua bench`: decisions a second and a big backtest from file to file, each beside its floor in the same run.
//!
//! The floor is what reading the same input bytes and writing the same output bytes takes, and nothing else. It is
//! measured on the same files, right before and after, so that a busy machine shows in both.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use anyhow::Context as _;
use regua_core::facts::Policies;
use regua_sim::backtest::{Backtest, Span, Spill};
use regua_sim::world::{World, decide_all};
use regua_wire::files::{Options, Portfolio, read_receivables};

use crate::backtest::{in_pool, policies};
use crate::cli::BenchArgs;
use crate::exit::Exit;
use crate::output::{Format, Listing, Out, grouped};
use crate::rejects::RejectFile;
use crate::shipped;
use crate::source::{self, PolicyText};

/// Runs of everything small: the best is the figure, the worst shows the noise.
const RUNS: usize = 3;

/// Carries out `bench`.
pub(crate) fn run(args: &BenchArgs, surroundings: &crate::world::World, out: &mut Out) -> anyhow::Result<Exit> {
    let shipped = shipped::find(shipped::BRAZIL).context("the policy of the benchmark does not ship")?;
    let policy = source::compiled(&PolicyText { name: shipped.name.to_owned(), text: shipped.text.to_owned() })?;
    let policies = policies(&policy)?;
    let dir = tempfile::tempdir_in(&surroundings.temp_dir).context("failed to make a temporary folder")?;
    let small = deciding(&policies, args.decided, dir.path())?;
    let big = file_to_file(&policies, args.receivables, args.threads.map_or(surroundings.threads, usize::from), dir.path())?;
    let mut rows = Listing::new(&[
        ("what", "what"),
        ("figure", "figure"),
        ("floor", "floor"),
        ("times", "times the floor"),
        ("best", "best of 3"),
        ("worst", "worst of 3"),
    ]);
    rows.row([
        "decisions a second, one core".into(),
        grouped(small.per_second(small.runs.best)).into(),
        grouped(small.per_second(small.floor.best)).into(),
        times(small.runs.best, small.floor.best).into(),
        grouped(small.per_second(small.runs.best)).into(),
        grouped(small.per_second(small.runs.worst)).into(),
    ]);
    let what = format!("backtest of {} receivables, {} threads", grouped(big.receivables), big.threads);
    rows.row([
        what.into(),
        seconds(big.took).into(),
        seconds(big.floor.best).into(),
        times(big.took, big.floor.best).into(),
        "".into(),
        "".into(),
    ]);
    for (part, took) in &big.parts {
        rows.row([format!("  {part}").into(), seconds(*took).into(), "".into(), "".into(), "".into(), "".into()]);
    }
    rows.row([
        "  reading and writing its bytes".into(),
        "".into(),
        "".into(),
        "".into(),
        seconds(big.floor.best).into(),
        seconds(big.floor.worst).into(),
    ]);
    let peak = big.peak.map_or_else(|| "not told by this system".to_owned(), megabytes);
    rows.row(["peak memory of it all".into(), peak.into(), "".into(), "".into(), "".into(), "".into()]);
    out.listing(&rows, args.listing.format)?;
    if args.listing.format == Format::Table {
        out.gap()?;
        out.paragraph(
            0,
            &format!(
                "\"{}\": {} decisions of {} receivables walked in memory; {} decisions from a file of {} to one of {}. The floor reads and \
                 writes as many bytes and does nothing else.",
                policy.name,
                grouped(small.decisions),
                grouped(u64::from(args.decided)),
                grouped(big.decisions),
                megabytes(big.bytes_in),
                megabytes(big.bytes_out),
            ),
        )?;
    }
    Ok(Exit::Done)
}

/// The best and the worst of several runs.
#[derive(Clone, Copy)]
struct Runs {
    best: Duration,
    worst: Duration,
}

impl Runs {
    /// Of as many runs as everything small gets.
    fn of(mut run: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Self> {
        let mut runs = Self { best: Duration::MAX, worst: Duration::ZERO };
        for _ in 0..RUNS {
            let begin = Clock::now();
            run()?;
            let took = begin.elapsed();
            runs = Self { best: runs.best.min(took), worst: runs.worst.max(took) };
        }
        Ok(runs)
    }
}

/// What deciding alone takes.
struct Small {
    decisions: u64,
    runs: Runs,
    floor: Runs,
}

impl Small {
    fn per_second(&self, took: Duration) -> u64 {
        let nanos = took.as_nanos().max(1);
        u64::try_from(u128::from(self.decisions) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
    }
}

/// Walks a portfolio that is in memory on one thread.
fn deciding(policies: &Policies, receivables: u32, dir: &Path) -> anyhow::Result<Small> {
    let path = dir.join("small.csv");
    let bytes_in = write_world(receivables, &path)?;
    let portfolio = read(&path)?;
    let backtest = Backtest::new(policies, &portfolio, &[], &span())?;
    let mut decisions = 0;
    let runs = Runs::of(|| {
        decisions = decide_all(&backtest)?.decisions;
        Ok(())
    })?;
    // As many bytes as these decisions take in a file.
    let mut bytes_out = Vec::new();
    in_pool(1, || Ok(backtest.run(Spill::to(dir), || (), |_| ())?.write_csv(&mut bytes_out)?))?;
    let bytes_out = u64::try_from(bytes_out.len()).unwrap_or(u64::MAX);
    Ok(Small { decisions, runs, floor: floor(&path, bytes_in, bytes_out, dir)? })
}

/// What a backtest from file to file takes.
struct Big {
    receivables: u64,
    threads: usize,
    took: Duration,
    parts: Vec<(&'static str, Duration)>,
    floor: Runs,
    decisions: u64,
    bytes_in: u64,
    bytes_out: u64,
    /// Bytes; none where the system does not tell.
    peak: Option<u64>,
}

fn file_to_file(policies: &Policies, receivables: u32, threads: usize, dir: &Path) -> anyhow::Result<Big> {
    let path = dir.join("big.csv");
    let bytes_in = write_world(receivables, &path)?;
    let begin = Clock::now();
    let portfolio = read(&path)?;
    let has_read = begin.elapsed();
    let decisions_path = dir.join("decisions.csv");
    let mut has_walked = Duration::ZERO;
    let (decisions, bytes_out) = in_pool(threads, || {
        let backtest = Backtest::new(policies, &portfolio, &[], &span())?;
        let mut walked = backtest.run(Spill::to(dir), || (), |_| ())?;
        has_walked = begin.elapsed();
        let mut file = File::create(&decisions_path)?;
        let bytes = walked.write_csv(&mut file)?;
        Ok((walked.summary.decisions, bytes))
    })?;
    let took = begin.elapsed();
    let peak = peak_memory();
    drop(portfolio);
    Ok(Big {
        receivables: u64::from(receivables),
        threads,
        took,
        parts: vec![("reading", has_read), ("walking", has_walked.saturating_sub(has_read)), ("writing", took.saturating_sub(has_walked))],
        floor: floor(&path, bytes_in, bytes_out, dir)?,
        decisions,
        bytes_in,
        bytes_out,
        peak,
    })
}

fn span() -> Span {
    Span { until: Some(World::until()), down: Vec::new() }
}

/// Writes a world of so many receivables, four a customer.
fn write_world(receivables: u32, path: &Path) -> anyhow::Result<u64> {
    let world = World { customers: receivables.div_ceil(World::BENCH.receivables_each), ..World::BENCH };
    let wrong = || format!("failed to write {}", path.display());
    let mut file = File::create(path).with_context(wrong)?;
    world.write(&mut file).with_context(wrong)
}

fn read(path: &Path) -> anyhow::Result<Portfolio> {
    let file = File::open(path)?;
    let mut rejects = RejectFile::unwritten();
    let reading = read_receivables(file, "world.csv", &Options::default(), Portfolio::default(), &mut rejects)?;
    Ok(reading.portfolio)
}

/// Reads as many bytes and writes as many, in blocks, and nothing else.
fn floor(path: &Path, bytes_in: u64, bytes_out: u64, dir: &Path) -> anyhow::Result<Runs> {
    let copy = dir.join("floor.csv");
    let mut block = vec![b'0'; 1 << 16];
    let runs = Runs::of(|| {
        let mut from = File::open(path)?;
        let mut read = 0_u64;
        loop {
            let length = from.read(&mut block)?;
            if length == 0 {
                break;
            }
            read += u64::try_from(length).unwrap_or(0);
        }
        anyhow::ensure!(read == bytes_in, "{} has changed while it was measured", path.display());
        let mut to = File::create(&copy)?;
        let mut left = bytes_out;
        while left > 0 {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
            to.write_all(block.get(..length).unwrap_or_default())?;
            left -= u64::try_from(length).unwrap_or(left);
        }
        Ok(to.flush()?)
    })?;
    fs::remove_file(&copy)?;
    Ok(runs)
}

/// The most memory that this process has held, in bytes (`VmHWM`).
fn peak_memory() -> Option<u64> {
    let status: io::Result<String> = fs::read_to_string("/proc/self/status");
    let status = status.ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// `12.34 s`
fn seconds(took: Duration) -> String {
    let hundredths = took.as_millis() / 10;
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", grouped(bytes / 1_000_000))
}

/// How many times longer than the floor.
fn times(took: Duration, floor: Duration) -> String {
    let tenths = took.as_nanos() * 10 / floor.as_nanos().max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}
