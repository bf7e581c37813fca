//! How the process ends: four exit codes, and errors told in one place.

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU8, Ordering};

use regua_engine::Kind;

/// What the caller's shell sees (SPEC §17).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// 0: all done.
    Done,
    /// 1: failed for a reason that is not in the input.
    Failed,
    /// 2: bad usage or bad input.
    Input,
    /// 3: done, but some rows were rejected.
    Rejected,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Input => 2,
            Exit::Rejected => 3,
        })
    }
}

/// An error that the caller can mend: arguments or input. It ends the process with 2 instead of 1.
#[derive(Debug)]
pub(crate) struct BadInput(String);

impl BadInput {
    /// What is wrong, where, and the mend; lower case, no full stop.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// Tells an error on standard error and turns the outcome into the process's exit code.
pub(crate) fn code(outcome: anyhow::Result<Exit>) -> ExitCode {
    outcome.unwrap_or_else(|error| told(&error)).into()
}

/// How notes are told.
static NOTES: AtomicU8 = AtomicU8::new(PLAIN);
const PLAIN: u8 = 0;
const LOGGED: u8 = 1;
const QUIET: u8 = 2;

/// From now on notes go to the log of a server, so that every line of it reads the same.
pub(crate) fn to_log() {
    NOTES.store(LOGGED, Ordering::Relaxed);
}

/// From now on notes are not told.
pub(crate) fn keep_quiet() {
    NOTES.store(QUIET, Ordering::Relaxed);
}

/// Tells something on standard error that is no failure, where standard output is for a program.
pub(crate) fn note(text: &str) {
    match NOTES.load(Ordering::Relaxed) {
        LOGGED => return tracing::warn!("{}", crate::output::clean(text)),
        QUIET => return,
        _ => {}
    }
    // Nothing can be done about a standard error that takes nothing.
    let _unheard = writeln!(io::stderr(), "regua: {}", crate::output::clean(text));
}

fn told(error: &anyhow::Error) -> Exit {
    // Whoever reads our output has seen enough (`| head`): that is not an error.
    if error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)) {
        return Exit::Done;
    }
    // Why a server ends is told whatever becomes of its notes.
    NOTES.store(PLAIN, Ordering::Relaxed);
    note(&chain(error));
    let mended_by_caller = |cause: &(dyn std::error::Error + 'static)| {
        let engine = cause.downcast_ref::<regua_engine::Error>();
        cause.is::<BadInput>() || engine.is_some_and(|error| matches!(error.kind, Kind::NotFound | Kind::Refused | Kind::Stale))
    };
    if error.chain().any(mended_by_caller) { Exit::Input } else { Exit::Failed }
}

/// An error with its causes; one that only repeats what was said is left out.
fn chain(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}
