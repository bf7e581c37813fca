//! The gate: every check of the project behind one command, and the rules that no compiler knows.
//!
//! Deliberately absent: anything that ships. Nothing of ours depends on this crate and it depends on nothing
//! of ours, so that the checks can be trusted when the code is broken.

pub mod gate;
pub mod licences;
pub mod metadata;
pub mod servers;
pub mod tidy;
pub mod witnesses;

use std::path::PathBuf;

/// The folder that holds the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}
