//! How much of what fell due in a month was paid by each day around the due date.

use std::collections::BTreeMap;

use regua_core::facts::Walk;
use regua_core::time::Day;

use super::super::data::{Cohort, Lang};
use super::moves_money;

/// Days around D that are kept.
const FROM: i32 = -10;
const TO: i32 = 90;
const DAYS: usize = 101;
/// More months than this are told by quarter, more quarters by year.
const MONTHS_MAX: usize = 8;
const QUARTERS_MAX: usize = 12;

/// Receivables by the month of D, counted from year 0.
#[derive(Default)]
pub(in super::super) struct Collection(BTreeMap<i32, Month>);

#[derive(Clone)]
struct Month {
    billed_minor: i64,
    /// What is collected more on each day than on the day before.
    more: [i64; DAYS],
    /// The latest D.
    last: Day,
}

impl Default for Month {
    fn default() -> Self {
        Self { billed_minor: 0, more: [0; DAYS], last: Day::MIN }
    }
}

impl Collection {
    /// Enters a receivable that is due.
    pub(super) fn enter(&mut self, walk: &Walk, today: Day) {
        if walk.due > today {
            return;
        }
        let billed = walk.ledger.billed().minor();
        let date = walk.due.civil();
        let month = self.0.entry(i32::from(date.year()) * 12 + i32::from(date.month()) - 1).or_default();
        month.billed_minor = month.billed_minor.saturating_add(billed);
        month.last = month.last.max(walk.due);
        let mut moves: Vec<(Day, i64)> =
            walk.ledger.entries().filter(|entry| moves_money(entry.kind)).map(|entry| (entry.on, entry.amount.minor())).collect();
        // What settles it without money, such as a discount, counts as collected: nothing is missing.
        moves.extend(walk.ledger.settled_on().map(|on| (on, 0)));
        moves.sort_by_key(|(on, _)| *on);
        let (mut paid, mut collected) = (0_i64, 0_i64);
        for (on, amount) in moves {
            paid = paid.saturating_sub(amount);
            let settled = walk.ledger.settled_on().is_some_and(|settled| settled <= on);
            let now = if settled { billed } else { paid.clamp(0, billed.max(0)) };
            let place = on.since(walk.due).clamp(FROM, TO.saturating_add(1)) - FROM;
            if let Some(more) = usize::try_from(place).ok().and_then(|place| month.more.get_mut(place)) {
                *more = more.saturating_add(now.saturating_sub(collected));
            }
            collected = now;
        }
    }

    /// Takes up what was gathered of other customers.
    pub(super) fn absorb(&mut self, other: Self) {
        for (month, of) in other.0 {
            self.0.entry(month).or_default().absorb(&of);
        }
    }

    /// The cohorts as of a day, oldest first: months, or quarters or years when there are many.
    pub(in super::super) fn cohorts(&self, today: Day, lang: Lang) -> Vec<Cohort> {
        let quarters = self.0.keys().map(|month| month / 3).collect::<std::collections::BTreeSet<_>>().len();
        let span = match self.0.len() {
            ..=MONTHS_MAX => 1,
            _ if quarters <= QUARTERS_MAX => 3,
            _ => 12,
        };
        let mut joined: BTreeMap<i32, Month> = BTreeMap::new();
        for (month, of) in &self.0 {
            joined.entry(month / span * span).or_default().absorb(of);
        }
        joined
            .iter()
            .map(|(month, of)| Cohort { label: label(*month, span, lang), billed_minor: of.billed_minor, paid: of.paid(today) })
            .collect()
    }
}

impl Month {
    fn absorb(&mut self, other: &Self) {
        self.billed_minor = self.billed_minor.saturating_add(other.billed_minor);
        self.last = self.last.max(other.last);
        for (mine, theirs) in self.more.iter_mut().zip(other.more) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// What was collected by each day that even the youngest receivable has lived.
    fn paid(&self, today: Day) -> Vec<(i32, i64)> {
        let lived = today.since(self.last);
        let mut sum = 0_i64;
        let days = (FROM..=TO).zip(self.more).map(|(day, more)| {
            sum = sum.saturating_add(more);
            (day, sum)
        });
        days.take_while(|(day, _)| *day <= lived).collect()
    }
}

/// `2026-03`, `2026 Q1` or `2026`.
fn label(month: i32, span: i32, lang: Lang) -> String {
    let (year, place) = (month / 12, month % 12);
    let quarter = match lang {
        Lang::PtBr => 'T',
        Lang::En => 'Q',
    };
    match span {
        1 => format!("{year}-{:02}", place + 1),
        3 => format!("{year} {quarter}{}", place / 3 + 1),
        _ => year.to_string(),
    }
}
