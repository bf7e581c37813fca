//! The collection rule walked over real and seeded portfolios: backtest, demo, benchmark worlds, reports,
//! and failed payments tried again.
//!
//! Customers are simulated one by one on `decide`'s next instant and merged into one global order, so that the result
//! does not depend on threads, chunks or the order of rows. Deliberately absent: the real clock, sockets, randomness
//! without a seed, floats, and rules: what is decided is decided by `regua_core::decide` alone.

pub mod backtest;
pub mod demo;
pub mod draw;
pub mod facts_file;
pub mod failures;
pub mod live;
pub mod report;
pub mod world;
