//! Subscriptions live in the database, are billed once whatever happens, and follow from the log.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod access;
#[path = "../common/mod.rs"]
mod common;
mod credits;
mod events;
mod harness;
mod life;
mod once;
mod years;
