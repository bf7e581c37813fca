//! The demo's story: what happened up to today and what comes next week, under one policy.

use regua_core::facts::Policies;
use regua_core::time::Instant;
use regua_wire::files::Portfolio;

use super::{Planned, Report, Reporter, planned};
use crate::backtest::{Backtest, Error, Span, Spill, Summary};
use crate::facts_file::FactEvent;

/// How many days after a contact a payment counts as following it.
const WITHIN_DAYS: i32 = 7;

/// What a backtest tells up to a moment, and what comes after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// What was decided before the moment.
    pub summary: Summary,
    /// Its numbers.
    pub report: Report,
    /// What will be done from the moment on, if nobody pays.
    pub plan: Vec<Planned>,
}

/// Why a story cannot be told.
pub type StoryError = Error;

impl Story {
    /// Tells of a portfolio up to `now`, and plans the `days` days after it.
    ///
    /// # Errors
    /// As [`Backtest::new`] and [`Backtest::run`].
    pub fn tell(
        policies: &Policies,
        portfolio: &Portfolio,
        facts: &[FactEvent],
        now: Instant,
        days: i32,
        spill: &Spill,
    ) -> Result<Self, StoryError> {
        let past = Backtest::new(policies, portfolio, facts, &Span { until: Some(now), down: Vec::new() })?;
        let walked = past.run(spill.clone(), || Reporter::new(&past, now, WITHIN_DAYS), |_| ())?;
        let report = walked.watch.report(&walked.summary);
        let zone = policies.newest().zone;
        let until = zone.midnight(zone.day_of(now).plus(days));
        let coming = Backtest::new(policies, portfolio, facts, &Span { until: Some(until), down: Vec::new() })?;
        let plan = planned(coming.run(spill.clone(), || (), |_| ())?.decisions()?, now)?;
        Ok(Self { summary: walked.summary, report, plan })
    }
}
