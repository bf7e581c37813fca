//! What people and programs ask for: one file a verb.

pub mod access;
pub mod account;
pub mod ahead;
pub mod awaiting;
pub mod customer;
pub(crate) mod days;
pub mod explain;
pub mod history;
pub mod import;
pub mod known;
pub mod messages;
pub mod pause;
pub(crate) mod payments;
pub mod person;
pub mod policy;
pub mod preview;
pub mod second_copy;
pub mod state;
pub mod statement;
pub mod tell;
pub mod tenant;
pub mod waiting;

/// Customers in one transaction of an act that concerns all.
pub(crate) const PAGE: i64 = 200;
