//! What tests and benchmarks need of the outside world: a PostgreSQL of their own, an SMTP sink.
//!
//! Deliberately absent: anything that ships.

pub mod smtp;
