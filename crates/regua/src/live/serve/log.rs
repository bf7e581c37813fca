//! What a server writes to standard error: what was asked of it by name, what could not be done; never whom it is about.

use tracing::Level;

use crate::config::Log;

/// Begins the log as the settings have it; a process has one.
pub(super) fn begin(how: Log) {
    let builder = tracing_subscriber::fmt().with_max_level(Level::INFO).with_writer(std::io::stderr).with_target(false);
    // One is set already where a test serves twice in a process; that one goes on.
    let _begun = match how {
        Log::Text => builder.with_ansi(false).try_init(),
        Log::Json => builder.json().flatten_event(true).try_init(),
        Log::Off => return crate::exit::keep_quiet(),
    };
    crate::exit::to_log();
}
