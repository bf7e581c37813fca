//! Charging: codes, budgets of the schemes, the choice of the next try.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod budgets;
mod choice;
mod harness;
mod props;
mod simulation;
mod table;
mod timing;
