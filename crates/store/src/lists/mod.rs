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

/// The last so many ids before one, the newest first: for lists that are short as a whole.
pub(crate) fn last(mut ids: Vec<[u8; 16]>, before: [u8; 16], limit: i64) -> Vec<[u8; 16]> {
    ids.retain(|id| *id < before);
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(usize::try_from(limit).unwrap_or(0));
    ids
}
