//! What tests and benchmarks need of the outside world: a PostgreSQL of their own, an SMTP sink.
//!
//! Deliberately absent: anything that ships.

mod databases;
pub mod pop3;
pub mod postgres;
pub mod smtp;
mod wire;

pub use databases::{Fresh, on_both};
