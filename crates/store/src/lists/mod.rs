//! Lists by pages: each walks an index from where the page before ended, so that a page costs the same wherever it lies.
//!
//! A page is bounded by its `limit`. What a row names is looked up behind it by [`names`], since a join would let a planner
//! sort everything for one page. Deliberately absent: opening what is sealed, which is the engine's.

pub mod charges;
pub mod customers;
pub mod decisions;
pub mod messages;
pub mod names;
pub mod payments;
pub mod receivables;

/// The id after every other, from which a list of the newest goes back.
pub const NEWEST: [u8; 16] = [0xff; 16];
