//! Money entered by hand: what ledgers and accounts say of it, and that the books close whatever happens.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod acts;
mod bank;
#[path = "../common/mod.rs"]
mod common;
mod house;
mod month;
mod random;
mod statements;
