//! What comes next: the messages and steps of a span of days, if nobody pays.

use std::collections::BTreeMap;

use regua_core::decide::Outcome;
use regua_core::facts::Channels;
use regua_core::time::Instant;

use crate::backtest::{Decisions, Error};

/// A message or another step that will be carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Planned {
    /// When.
    pub at: Instant,
    /// Its receivables in the byte order of their ids, as indices into the portfolio.
    pub receivables: Vec<u32>,
    /// Its steps by name, each once, in the order of their rows.
    pub steps: Vec<String>,
    /// Where a message goes; none for a step without one.
    pub channels: Option<Channels>,
}

/// Collects what is done at or after `from`, in order; the backtest ends where the plan does.
///
/// # Errors
/// As the decisions'.
pub fn planned(decisions: Decisions<'_>, from: Instant) -> Result<Vec<Planned>, Error> {
    let mut planned: Vec<Planned> = Vec::new();
    let mut messages: BTreeMap<(u32, String, u16, u16), usize> = BTreeMap::new();
    for decision in decisions {
        let decision = decision?;
        if decision.at < from || decision.outcome != Outcome::Done {
            continue;
        }
        let step = decision.step.to_owned();
        let Some(message) = decision.message else {
            planned.push(Planned { at: decision.at, receivables: vec![decision.receivable], steps: vec![step], channels: None });
            continue;
        };
        let key = (message.receivable, message.step.to_owned(), message.cycle, message.occurrence);
        let place = *messages.entry(key).or_insert_with(|| {
            let receivables = message.items().collect();
            planned.push(Planned { at: decision.at, receivables, steps: Vec::new(), channels: Some(message.channels) });
            planned.len() - 1
        });
        if let Some(item) = planned.get_mut(place).filter(|item| !item.steps.contains(&step)) {
            item.steps.push(step);
        }
    }
    Ok(planned)
}
