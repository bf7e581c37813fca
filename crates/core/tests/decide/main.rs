//! The decision, driven as the live engine and the backtest drive it: from next instant to next instant.

mod access;
mod charging;
mod facts;
mod harness;
mod last_look;
mod modes;
mod properties;
mod table;
mod worked_example;
