//! Outside services for tests: gateways that behave as documented, errors and latency included, each also a program.
//!
//! They share no code with what they are asked by: a mistake in `wire` must not be made here too. Each counts for itself
//! what money it took ([`ledger`]), stands still until its clock is set ([`clock`]), and fails on demand ([`faults`]).
//! Deliberately absent: anything that ships.

// `json!` goes one step deeper with each field, and an invoice has many.
#![recursion_limit = "256"]

pub mod args;
pub mod asaas;
pub mod callback;
pub mod client;
pub mod clock;
pub mod faults;
pub mod hooks;
pub mod ledger;
pub mod oidc;
pub mod oracles;
pub mod pix;
pub mod push;
pub mod serve;
pub mod sms;
pub mod stripe;
pub mod tls;
pub mod whatsapp;
