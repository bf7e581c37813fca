//! Runs targets: workers that mutate, a watch over them, panics that are caught, made small and saved.
//!
//! Deliberately absent: coverage, which needs another compiler; a new kind of answer stands in for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::mutate::mutate;
use crate::random::{Random, hash};
use crate::target::Target;

/// Inputs that a worker keeps beside its seeds.
const KEPT_MAX: usize = 1_024;
/// Kinds of answers that a worker remembers.
const KINDS_MAX: usize = 8_192;
/// Executions between two questions whether the time is up.
const BETWEEN_LOOKS: u64 = 64;
/// How long one execution may take before the run is ended: a hang, or a cost that grows faster than its input.
const HANG: Duration = Duration::from_secs(10);
/// Runs that making an input smaller may cost.
const SHRINK_RUNS_MAX: usize = 4_000;
/// Faults of one place in the code that are saved; more tell nothing new.
const SAME_PLACE_MAX: usize = 1;

/// When a target has run enough.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// After some time.
    Time(Duration),
    /// After some executions, shared by the workers.
    Executions(u64),
}

/// How targets are run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// When each target has run enough.
    pub budget: Budget,
    /// Workers at once.
    pub threads: usize,
    /// What the inputs follow from.
    pub seed: u64,
    /// Where inputs are saved that a target failed on.
    pub save: PathBuf,
}

/// An input that a target failed on.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What the panic said, with its place.
    pub message: String,
    /// The input, made as small as it got.
    pub input: Vec<u8>,
    /// Where it was saved.
    pub path: PathBuf,
}

/// What a target's run came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How often it was executed.
    pub executions: u64,
    /// How long that took.
    pub time: Duration,
    /// Kinds of answers that were seen, of one worker.
    pub kinds: usize,
    /// The longest execution.
    pub slowest: Duration,
    /// What it failed on, one for each place in the code.
    pub faults: Vec<Fault>,
}

/// What a worker is doing, for the watch.
#[derive(Default)]
struct Watched {
    input: Mutex<Vec<u8>>,
    /// Milliseconds after the beginning when the execution began; 0 between two.
    since: AtomicU64,
}

thread_local! {
    /// The last panic of this thread: a decoder may catch its own, so it is told only when it reaches us.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
    /// Whether this thread is running a target.
    static RUNS: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what panics of targets say instead of printing it. To be called once, before any target runs.
pub fn quiet_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !RUNS.get() {
            return before(panic);
        }
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("a panic without a text");
        LAST.with_borrow_mut(|last| *last = format!("{place}: {text}"));
    }));
}

/// Runs a target once; what it panicked with, if it did.
///
/// # Errors
/// The place and the text of the panic.
pub fn once(target: &Target, input: &[u8]) -> Result<u64, String> {
    RUNS.set(true);
    let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    RUNS.set(false);
    match ended {
        Ok(kind) => Ok(kind),
        // What was thrown is text at best, which the hook has with its place.
        Err(_) => Err(LAST.with_borrow_mut(std::mem::take)),
    }
}

/// Runs a target as planned. A fault is told at once on standard error, and the run goes on.
///
/// # Errors
/// When an input cannot be saved.
pub fn run(target: &Target, corpus: &[Vec<u8>], plan: &Plan) -> io::Result<Outcome> {
    let threads = plan.threads.max(1);
    let begun = Instant::now();
    let watched: Vec<Watched> = (0..threads).map(|_| Watched::default()).collect();
    let (done, ended) = mpsc::channel();
    let workers = std::thread::scope(|scope| {
        for (number, watched) in watched.iter().enumerate() {
            let done = done.clone();
            scope.spawn(move || {
                let worker = Worker { target, corpus, plan, number, threads, watched, begun };
                // The receiver lives until every worker has answered.
                let _ = done.send(worker.work());
            });
        }
        drop(done);
        watch(target, &watched, &ended, plan, begun)
    });
    let mut outcome = Outcome { time: begun.elapsed(), ..Outcome::default() };
    for worker in workers {
        outcome.executions += worker.executions;
        outcome.kinds = outcome.kinds.max(worker.kinds);
        outcome.slowest = outcome.slowest.max(worker.slowest);
        for (message, input) in worker.faults {
            if outcome.faults.iter().filter(|fault| place(&fault.message) == place(&message)).count() < SAME_PLACE_MAX {
                outcome.faults.push(report(target, message, &input, plan)?);
            }
        }
    }
    Ok(outcome)
}

/// Where a panic happened.
fn place(message: &str) -> &str {
    message.split(": ").next().unwrap_or_default()
}

/// Waits for the workers, and ends the process when one of them hangs: nothing else can stop a thread.
fn watch(target: &Target, watched: &[Watched], ended: &mpsc::Receiver<Worked>, plan: &Plan, begun: Instant) -> Vec<Worked> {
    let mut workers = Vec::new();
    loop {
        match ended.recv_timeout(Duration::from_millis(500)) {
            Ok(worker) => workers.push(worker),
            Err(RecvTimeoutError::Disconnected) => return workers,
            Err(RecvTimeoutError::Timeout) => {
                for worker in watched {
                    let since = worker.since.load(Ordering::Relaxed);
                    if since > 0 && begun.elapsed() > Duration::from_millis(since) + HANG {
                        let input = worker.input.lock().unwrap_or_else(PoisonError::into_inner).clone();
                        let message = format!("hang: longer than {} s", HANG.as_secs());
                        let told = report(target, message, &input, plan);
                        eprintln!("the run ends here{}", told.err().map(|error| format!(": {error}")).unwrap_or_default());
                        std::process::exit(1);
                    }
                }
            }
        }
    }
}

/// What a worker came to.
struct Worked {
    executions: u64,
    kinds: usize,
    slowest: Duration,
    faults: Vec<(String, Vec<u8>)>,
}

struct Worker<'a> {
    target: &'a Target,
    corpus: &'a [Vec<u8>],
    plan: &'a Plan,
    number: usize,
    threads: usize,
    watched: &'a Watched,
    begun: Instant,
}

impl Worker<'_> {
    fn work(&self) -> Worked {
        let mut worked = Worked { executions: 0, kinds: 0, slowest: Duration::ZERO, faults: Vec::new() };
        let mut random = Random::branch(self.plan.seed, self.target.name, self.number);
        let mut kept: Vec<Vec<u8>> = self.corpus.to_vec();
        let mut kinds = BTreeSet::new();
        let mut input = Vec::with_capacity(self.target.len_max);
        let words: Vec<&str> = self.target.words.split('¦').collect();
        while !self.is_over(worked.executions) {
            input.clear();
            let fresh = usize::try_from(worked.executions).ok().and_then(|place| self.corpus.get(place));
            match fresh {
                // Each seed as it is, before any is spoilt.
                Some(seed) => input.extend_from_slice(seed),
                None => {
                    input.extend_from_slice(random.pick(&kept).map_or(&[][..], |kept| kept));
                    mutate(&mut input, &kept, &words, self.target.len_max, &mut random);
                    if let Some(repair) = self.target.repair.filter(|_| random.one_in(2)) {
                        repair(&mut input);
                    }
                }
            }
            let answer = self.execute(&input, &mut worked);
            match answer {
                Ok(kind) if kinds.len() < KINDS_MAX && kinds.insert(kind) => {
                    if kept.len() < self.corpus.len() + KEPT_MAX {
                        kept.push(input.clone());
                    }
                }
                Ok(_) => {}
                Err(message) => {
                    if worked.faults.iter().filter(|fault| place(&fault.0) == place(&message)).count() < SAME_PLACE_MAX {
                        let small = shrink(self.target, &input, &message);
                        worked.faults.push((message, small));
                    }
                }
            }
        }
        worked.kinds = kinds.len();
        worked
    }

    fn execute(&self, input: &[u8], worked: &mut Worked) -> Result<u64, String> {
        {
            let mut current = self.watched.input.lock().unwrap_or_else(PoisonError::into_inner);
            current.clear();
            current.extend_from_slice(input);
        }
        let started = Instant::now();
        let millis = u64::try_from((started - self.begun).as_millis()).unwrap_or(u64::MAX);
        self.watched.since.store(millis.max(1), Ordering::Relaxed);
        let answer = once(self.target, input);
        worked.slowest = worked.slowest.max(started.elapsed());
        worked.executions += 1;
        answer
    }

    fn is_over(&self, executions: u64) -> bool {
        match self.plan.budget {
            Budget::Executions(all) => executions >= all.div_ceil(u64::try_from(self.threads).unwrap_or(1)),
            Budget::Time(time) => executions.is_multiple_of(BETWEEN_LOOKS) && self.begun.elapsed() >= time,
        }
    }
}

/// The smallest input found that fails at the same place: ever smaller pieces are left out.
fn shrink(target: &Target, input: &[u8], message: &str) -> Vec<u8> {
    let mut small = input.to_vec();
    let mut piece = small.len().div_ceil(2);
    let mut runs = 0;
    while piece > 0 {
        let mut from = 0;
        while from < small.len() && runs < SHRINK_RUNS_MAX {
            let to = (from + piece).min(small.len());
            let without = [&small[..from], &small[to..]].concat();
            runs += 1;
            match once(target, &without) {
                Err(other) if place(&other) == place(message) => small = without,
                _ => from = to,
            }
        }
        piece /= 2;
    }
    small
}

/// Tells a fault and saves its input.
fn report(target: &Target, message: String, input: &[u8], plan: &Plan) -> io::Result<Fault> {
    let folder = plan.save.join(target.name);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{:016x}.bin", hash(input)));
    std::fs::write(&path, input)?;
    let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
    eprintln!("FAULT {} seed {}\n  {message}\n  input {hex}\n  saved {}", target.name, plan.seed, path.display());
    eprintln!("  again: regua-fuzz --only {} --replay {}", target.name, path.display());
    Ok(Fault { message, input: input.to_vec(), path })
}

/// Runs targets one after the other, a share of the plan's budget each, and writes a table of what they came to. True when none
/// has a fault.
///
/// # Errors
/// When an input cannot be saved, or `out` fails.
pub fn all(targets: &[Target], plan: &Plan, data: Option<&Path>, out: &mut dyn io::Write) -> io::Result<bool> {
    let count = u32::try_from(targets.len().max(1)).unwrap_or(u32::MAX);
    let budget = match plan.budget {
        Budget::Time(time) => Budget::Time(time / count),
        Budget::Executions(executions) => Budget::Executions(executions / u64::from(count)),
    };
    let share = Plan { budget, ..plan.clone() };
    writeln!(out, "seed {}, {} threads, {} targets", plan.seed, plan.threads, targets.len())?;
    writeln!(out, "{:<14} {:>12} {:>10} {:>6} {:>11} {:>6}", "target", "executions", "a second", "kinds", "slowest µs", "faults")?;
    let (mut executions, mut faults) = (0, 0);
    for target in targets {
        let outcome = run(target, &target.corpus(root(), data), &share)?;
        let a_second = u128::from(outcome.executions) * 1_000_000 / outcome.time.as_micros().max(1);
        let (slowest, found) = (outcome.slowest.as_micros(), outcome.faults.len());
        writeln!(out, "{:<14} {:>12} {a_second:>10} {:>6} {slowest:>11} {found:>6}", target.name, outcome.executions, outcome.kinds)?;
        executions += outcome.executions;
        faults += found;
    }
    writeln!(out, "{executions} executions, {faults} faults, seed {}", plan.seed)?;
    Ok(faults == 0)
}

/// A seed that differs from run to run: that of the standard library's hash tables, which needs no clock.
#[must_use]
pub fn drawn_seed() -> u64 {
    RandomState::new().hash_one(()) >> 32
}

/// The folder of the repository, where seeds lie.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
