//! SQLite and PostgreSQL behind one thin layer: one SQL text per statement.
//!
//! Deliberately absent: decisions, effects, a clock.

pub mod db;
pub mod migrate;
pub mod migrations;
