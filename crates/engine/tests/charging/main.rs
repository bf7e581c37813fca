//! Charging by itself: attempts, what waits for the payer, second payments, and every fault in between.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod acts;
mod authorise;
#[path = "../common/mod.rs"]
mod common;
mod far;
mod faults;
mod house;
mod tampering;
