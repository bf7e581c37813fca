//! All that becomes known of all customers, in one order: collected once, sorted once.

use std::collections::BTreeMap;

use regua_core::time::Instant;

use crate::backtest::Backtest;
use crate::backtest::timeline::{Timeline, What};

/// Something that becomes known of a customer at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) at: Instant,
    /// Entries, payments, the rest, readings.
    order: u8,
    /// By index into the portfolio.
    pub(super) customer: u32,
    pub(super) what: Item,
}

/// What becomes known, by places in the backtest's lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Item {
    /// A receivable enters, with the fact that tells its subscription by then.
    Enters { receivable: u32, subscription: Option<usize> },
    /// A payment arrives.
    Pays { payment: u32 },
    /// Something else is told.
    Told { fact: usize },
    /// The customer's source can be read again.
    Reads,
}

/// The whole story.
pub(super) struct Script {
    pub(super) lines: Vec<Line>,
    /// Customers whose source cannot be read at times, and when.
    pub(super) silent: BTreeMap<u32, Vec<(Instant, Instant)>>,
}

impl Script {
    pub(super) fn of(backtest: &Backtest<'_>, customers: &[u32]) -> Self {
        let (mut lines, mut silent) = (Vec::new(), BTreeMap::new());
        let mut timeline = Timeline::default();
        for &customer in customers {
            timeline.line_up(backtest, customer);
            for line in timeline.lines() {
                let what = match line.what {
                    What::Enters(local) => {
                        let Some(entry) = timeline.entries.get(local) else { continue };
                        Item::Enters { receivable: entry.receivable, subscription: entry.subscription }
                    }
                    What::Pays(_, payment) => Item::Pays { payment },
                    What::Told(fact) => Item::Told { fact },
                    What::Reads => Item::Reads,
                };
                lines.push(Line { at: line.at, order: line.what.order(), customer, what });
            }
            if !timeline.silent.is_empty() {
                silent.insert(customer, timeline.silent.clone());
            }
        }
        // Stable: of one customer and kind the order of the timeline stays.
        lines.sort_by_key(|line| (line.at, line.order));
        Self { lines, silent }
    }
}
