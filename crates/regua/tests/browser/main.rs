//! The pages of customers, and the console, as a browser shows them.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod console_walks;
#[path = "../api/house.rs"]
#[expect(dead_code, reason = "the house serves other tests too")]
mod house;
mod real_walks;
