//! `summary.json`: what was decided, counted per step and in total, every reason listed even at zero.

use std::collections::BTreeMap;

use regua_core::decide::ENGINE_VERSION;
use regua_core::rulebook;
use regua_core::words::{Channel, DeferReason, SkipReason};
use serde::Serialize;

use super::Backtest;
use super::collect::{StepTally, Tally};

/// What a backtest concluded, in numbers. Serialized, its keys are sorted and stable.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Summary {
    /// Messages per channel; one over several channels counts on each.
    pub contacts: BTreeMap<&'static str, u64>,
    /// Customers of the portfolio.
    pub customers: usize,
    /// Final decisions.
    pub decisions: u64,
    /// The moment of the first decision, RFC 3339 in the policy's zone.
    pub first_instant: Option<String>,
    /// The moment of the last decision.
    pub last_instant: Option<String>,
    /// Messages sent.
    pub messages: u64,
    /// The policy's name.
    pub policy: String,
    /// SHA-256 of the policy's file.
    pub policy_hash: String,
    /// Receivables of the portfolio.
    pub receivables: usize,
    /// Rows that could not be used.
    pub rejected: usize,
    /// Counts per step, by its name in `decisions.csv`; steps of one name in several ladders together.
    pub steps: BTreeMap<String, Counts>,
    /// Counts over all steps.
    pub total: Counts,
    /// Versions of what decided.
    pub versions: BTreeMap<&'static str, String>,
}

/// Outcomes and deferrals, counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Counts {
    /// Entries into a deferral, per reason.
    pub deferred: BTreeMap<&'static str, u64>,
    /// Entries into any deferral.
    pub deferred_total: u64,
    /// Carried out.
    pub done: u64,
    /// Finally not carried out, per reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Finally not carried out, for any reason.
    pub skipped_total: u64,
}

impl Counts {
    fn new(tally: &StepTally) -> Self {
        let skipped = SkipReason::ALL.iter().map(|reason| reason.as_str()).zip(tally.skipped).collect();
        let deferred = DeferReason::ALL.iter().map(|reason| reason.as_str()).zip(tally.deferred).collect();
        Self { deferred, deferred_total: tally.deferred.iter().sum(), done: tally.done, skipped, skipped_total: tally.skipped.iter().sum() }
    }

    /// Final decisions.
    #[must_use]
    pub const fn decisions(&self) -> u64 {
        self.done + self.skipped_total
    }
}

impl Summary {
    pub(super) fn new(backtest: &Backtest<'_>, tally: &Tally, rejected: usize) -> Self {
        let mut steps: BTreeMap<&str, StepTally> = BTreeMap::new();
        let mut total = StepTally::default();
        for (place, counted) in backtest.steps.iter().zip(&tally.steps) {
            // A notice that no step ever needed is no step.
            let silent = counted.done == 0 && counted.skipped.iter().chain(&counted.deferred).all(|count| *count == 0);
            if silent && matches!(place.step, regua_core::decide::StepRef::Notice(_)) {
                continue;
            }
            steps.entry(&place.name).or_default().absorb(counted);
            total.absorb(counted);
        }
        let policy = backtest.policies.newest();
        let total = Counts::new(&total);
        Self {
            contacts: Channel::ALL.iter().map(|channel| channel.as_str()).zip(tally.channels).collect(),
            customers: backtest.portfolio.customers.len(),
            decisions: total.decisions(),
            first_instant: tally.first.map(|at| policy.zone.rfc3339(at)),
            last_instant: tally.last.map(|at| policy.zone.rfc3339(at)),
            messages: tally.messages,
            policy: policy.name.clone(),
            policy_hash: policy.hash.clone(),
            receivables: backtest.portfolio.receivables.len(),
            rejected,
            steps: steps.iter().map(|(name, tally)| ((*name).to_owned(), Counts::new(tally))).collect(),
            total,
            versions: BTreeMap::from([
                ("calendar", policy.calendar.as_str().to_owned()),
                ("engine", ENGINE_VERSION.to_owned()),
                ("rulebook", format!("{} {}", policy.contact.rulebook, rulebook::VERSION)),
            ]),
        }
    }

    /// The file's bytes: indented JSON that ends with a line feed.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Maps with text keys and numbers always serialize.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
