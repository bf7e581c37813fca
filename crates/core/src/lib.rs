//! What is owed, by whom, until when, and what the collection rule does about it.
//!
//! Everything here is a pure function of its arguments. Deliberately absent: I/O, async, a clock,
//! randomness and floats. Time is an argument, a seed would stand in the facts, and scores arrive as
//! integers. See `ARCHITECTURE.md` for the map.

pub mod account;
pub mod bank;
pub mod billing;
pub mod calendar;
pub mod charges;
pub mod charging;
pub mod currency;
pub mod decide;
pub mod explain;
pub mod facts;
pub mod ids;
pub mod ledger;
pub mod money;
pub mod party;
pub mod policy;
pub mod rate;
pub mod rulebook;
pub mod time;
pub mod words;
