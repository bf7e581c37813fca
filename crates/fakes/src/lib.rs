//! Outside services for tests: gateways that behave as documented, errors and latency included, each also a program.
//!
//! They share no code with what they are asked by: a mistake in `wire` must not be made here too. Each counts for itself
//! what money it took ([`ledger`]), stands still until its clock is set ([`clock`]), and fails on demand ([`faults`]).
//! Deliberately absent: anything that ships.

pub mod args;
pub mod asaas;
pub mod client;
pub mod clock;
pub mod faults;
pub mod hooks;
pub mod ledger;
pub mod oracles;
pub mod pix;
pub mod serve;
pub mod stripe;
pub mod tls;
