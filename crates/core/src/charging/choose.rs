//! When the next try is: the best lawful hour, or with a small known share any lawful hour, so that something is learnt.
//!
//! SIGNATURES FIRST; features and weights stand in `charging/timing.rs`.
//! Deliberately absent: what is lawful (`rulebook::charge`), how weights are learnt.

use super::timing::{Features, Funding, Timing};
use crate::rulebook::ChargeAsk;
use crate::time::Instant;

/// A question for the moment of the next try of a series that failed.
#[derive(Clone, Copy, Debug)]
pub struct Choose<'a> {
    /// Method, attempts so far, amount, series, zone, calendar, now, limits: what the rulebook is asked with.
    pub ask: ChargeAsk<'a>,
    /// Where the money comes from, if known.
    pub funding: Funding,
    /// `retry.window` of the policy, in days after the first failure of the series.
    pub window_days: u16,
    /// `retry.max` of the policy.
    pub tries_max: u16,
    /// The weights to score by.
    pub timing: &'a Timing,
    /// The share of choices that are drawn from all admissible moments, in basis points.
    pub floor_bp: u16,
    /// Decides the draw.
    pub seed: u64,
}

/// The moment of the next try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// When: a whole local hour.
    pub at: Instant,
    /// The exact probability with which this moment was to be chosen, in basis points, at least 1.
    pub propensity_bp: u16,
    /// Thousandths of log-odds of success, as estimated.
    pub score: i32,
    /// Whether it was drawn, not best.
    pub explored: bool,
    /// What the estimate saw of it: to be stored with the attempt, and learnt from.
    pub features: Features,
}

/// The next try, if any is lawful and within the policy's window and number.
#[must_use]
pub fn choose(ask: Choose<'_>) -> Option<Chosen> {
    todo!()
}
