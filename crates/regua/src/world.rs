//! The real world: now, the environment and the terminal, read once and passed on as values.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};

use regua_core::time::Instant;
use regua_engine::ports::Rng;

use crate::config::Environment;

/// What the process found around itself when it started.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The moment of the start: the only reading of the clock.
    pub(crate) now: Instant,
    /// Whether a person sees standard output.
    pub(crate) terminal: bool,
    /// Whether standard output takes colours.
    pub(crate) colours: bool,
    /// Columns to fill: those of the terminal, 100 in a pipe.
    pub(crate) width: usize,
    /// Cores to work on.
    pub(crate) threads: usize,
    /// A folder for unnamed files.
    pub(crate) temp_dir: PathBuf,
    /// The variables that are ours.
    pub(crate) environment: Environment,
    /// Who uses this shell, as the log of acts names them.
    pub(crate) user: String,
    /// Whether a person can answer a question.
    pub(crate) asks: bool,
}

/// Columns of text where nobody says how many there are: what fits a window and still reads well.
const WIDTH: usize = 100;
/// Fewer columns than this are treated as this many: tables wrap instead of falling apart.
const WIDTH_MIN: usize = 60;

impl World {
    /// Looks around.
    #[expect(clippy::disallowed_methods, reason = "the binary is where the real clock and environment enter")]
    pub(crate) fn read() -> Self {
        let terminal = std::io::stdout().is_terminal();
        // https://no-color.org: any value but the empty one.
        let plain =
            std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty()) || std::env::var("TERM").is_ok_and(|term| term == "dumb");
        Self {
            now: clock(),
            terminal,
            colours: terminal && !plain,
            width: comfy_table::Table::new().width().map_or(WIDTH, |columns| usize::from(columns).clamp(WIDTH_MIN, WIDTH)),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            temp_dir: std::env::temp_dir(),
            environment: Environment::read(),
            user: ["USER", "LOGNAME", "USERNAME"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
                .unwrap_or_else(|| "nobody named".to_owned()),
            asks: terminal && std::io::stdin().is_terminal(),
        }
    }
}

/// How far a process that plays another day is from the real clock, in microseconds.
static PLAYED: AtomicI64 = AtomicI64::new(0);

/// Now, for work that lasts: each pass of a process that keeps running.
#[expect(clippy::disallowed_methods, reason = "the binary is where the real clock enters")]
pub(crate) fn clock() -> Instant {
    let real = jiff::Timestamp::now().as_microsecond();
    Instant::from_micros(real.saturating_add(PLAYED.load(Ordering::Relaxed)))
}

/// From now on this process plays that it is `now`, and time goes on from there: a demo is on the day of its company.
pub(crate) fn play(now: Instant) {
    let ahead = now.micros().saturating_sub(clock().micros());
    PLAYED.fetch_add(ahead, Ordering::Relaxed);
}

/// The system's random bytes.
pub(crate) struct SystemRng;

impl Rng for SystemRng {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives random bytes");
    }
}
