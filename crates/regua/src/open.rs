//! Shows a file in the system's own program for it.

use std::path::Path;
use std::process::{Command, Stdio};

/// Opens a file; says whether anything took it.
pub(crate) fn open(path: &Path) -> bool {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer"
    } else {
        "xdg-open"
    };
    let quiet = Command::new(program).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    quiet.is_ok()
}
