//! What the store promises, on SQLite in memory, SQLite in a file and PostgreSQL: one suite for all.

mod audit;
mod backups;
mod charging;
mod common;
mod isolation;
mod migrating;
mod parity;
mod plans;
mod transactions;
mod values;
