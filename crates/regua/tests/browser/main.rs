//! The pages of customers as a browser shows them.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../api/house.rs"]
mod house;
mod real_walks;
