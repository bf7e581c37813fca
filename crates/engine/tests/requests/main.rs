//! A request sent again is answered as before, and an act beyond somebody's limit is approved once, by somebody else.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../common/mod.rs"]
mod common;
mod held;
mod once;
