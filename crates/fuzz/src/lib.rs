//! Spoilt input for every decoder, without end, on stable Rust. Not shipped.
//!
//! `make fuzz`, or `cargo run --release -p regua-fuzz -- --help`. A decoder is added with one row in [`targets`].
//! Deliberately absent: coverage, which another compiler would have to measure; instead kinds of answers tell inputs apart.

pub mod driver;
pub mod mutate;
pub mod random;
pub mod repair;
pub mod target;
pub mod targets;
