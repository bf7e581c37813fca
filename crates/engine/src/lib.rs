//! The one writer: commands, the tick, the outbox, and the ports where the world comes in.
//!
//! Every change goes the same way: lock the customer's row, load what is known, change it through `core`, write rows and
//! one event of the customer's chain, all in one transaction. Deliberately absent: SQL, HTTP server types, and a clock
//! of its own: now is an argument.

pub mod adapters;
mod error;
pub mod ports;
pub mod secret;

pub use error::{Error, Kind, Result};
