//! Over another biller: its account mirrored, its own doing respected, and control handed back.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod account;
mod asaas_fake;
#[path = "../common/mod.rs"]
mod common;
mod handing_back;
mod house;
mod once;
mod reading;
mod respect;
mod stripe_fake;
