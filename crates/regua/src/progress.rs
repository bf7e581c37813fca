//! How far long work has come, on standard error of a terminal; in a pipe, and while it is still quick, nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that ends sooner needs no bar.
const QUIET: Duration = Duration::from_millis(400);

/// A bar that appears when work takes long.
pub(crate) struct Progress {
    bar: ProgressBar,
    begin: Instant,
    shown: AtomicBool,
}

impl Progress {
    /// Bytes that are read.
    pub(crate) fn of_bytes(message: String, length: Option<u64>) -> Self {
        match length {
            Some(length) => Self::new(message, Some(length), "{msg} {wide_bar:.dim} {bytes}/{total_bytes}"),
            None => Self::new(message, None, "{msg} {bytes}"),
        }
    }

    /// Customers that are walked.
    pub(crate) fn of_customers(message: &str, count: usize) -> Self {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        Self::new(message.to_owned(), Some(count), "{msg} {wide_bar:.dim} {human_pos}/{human_len} customers, {eta} left")
    }

    /// Messages that are written.
    pub(crate) fn of_messages(message: &str, count: u64) -> Self {
        Self::new(message.to_owned(), Some(count), "{msg} {wide_bar:.dim} {human_pos}/{human_len} messages, {eta} left")
    }

    /// Things of which nobody knows how many there are.
    pub(crate) fn of_count(message: &str, what: &str) -> Self {
        Self::new(message.to_owned(), None, &format!("{{msg}} {{human_pos}} {what}"))
    }

    fn new(message: String, length: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(message);
        Self { bar, begin: Instant::now(), shown: AtomicBool::new(false) }
    }

    /// So much more is done; may be told from any thread.
    pub(crate) fn advance(&self, by: u64) {
        self.bar.inc(by);
        self.show();
    }

    /// So much is done in all.
    pub(crate) fn reach(&self, count: u64) {
        self.bar.set_position(count);
        self.show();
    }

    fn show(&self) {
        if self.begin.elapsed() > QUIET && !self.shown.swap(true, Ordering::Relaxed) {
            // Draws on a terminal only, some ten times a second.
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
