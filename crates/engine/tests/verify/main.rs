//! `verify` finds nothing where nothing is wrong, and names whatever somebody altered behind the engine's back.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../common/mod.rs"]
mod common;
mod company;
mod erasing;
mod tampering;
mod whole;
