//! SQLite and PostgreSQL behind one thin layer: one SQL text per statement.
//!
//! Deliberately absent: decisions, effects, a clock.

pub mod account;
pub mod audit;
pub mod backup;
pub mod bank;
pub mod batch;
pub mod billing;
pub mod billing_lists;
pub mod brands;
pub mod chain;
pub mod channels;
pub mod charging;
pub mod collected;
pub mod db;
pub mod due;
pub mod endpoints;
pub mod feed;
pub mod in_app;
pub mod links;
pub mod lists;
pub mod log;
pub mod lookup;
pub mod migrate;
pub mod migrations;
pub mod needs;
pub mod notes;
pub mod opens;
pub mod outbox;
pub mod people;
pub mod person;
pub mod reports;
pub mod requests;
pub mod saved;
pub mod seal;
pub mod statements;
pub mod tasks;
pub mod tenants;
pub mod texts;
pub mod waiting;

pub use db::StoreError;
