//! Looks on while customers are walked and gathers the numbers of a report.

use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::decide::Outcome;
use regua_core::facts::{Closed, Facts, Walk};
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::{DeferReason, SkipReason};

use super::{AGING, AgingLine, Cohort, CustomerLine, HORIZONS, LISTED, Month, Report, StepLine, Sums, Totals, basis_points, month_of};
use crate::backtest::{Backtest, Paid, Step, Summary, Watch};

/// Gathers a report; give one to [`Backtest::run`] for each batch and call [`Reporter::report`] on what it returns.
pub struct Reporter<'a> {
    backtest: &'a Backtest<'a>,
    within_days: i32,
    as_of: Instant,
    totals: Totals,
    /// Payments and amounts by the step that was the last contact before them.
    after: BTreeMap<String, (u64, Sums)>,
    aging: [(u64, Sums); AGING.len() + 1],
    cohorts: BTreeMap<(String, Currency), Collected>,
    months: BTreeMap<String, Month>,
    days: BTreeMap<Day, u64>,
    most_contacted: Vec<(u64, u32, Sums)>,
    most_overdue: Vec<(u64, u32, Sums)>,
    /// Of the customer being walked: contacts that went out, per receivable.
    contacts: Vec<Contacted>,
    messages: u64,
}

struct Contacted {
    receivable: u32,
    at: Instant,
    day: Day,
    step: String,
}

/// What a month's receivables brought.
#[derive(Clone, Default)]
struct Collected {
    receivables: u64,
    billed: i64,
    by: [i64; HORIZONS.len()],
    /// The latest D: a horizon is over when it lies behind it for all.
    last: Day,
}

impl<'a> Reporter<'a> {
    /// Tells of a backtest that ends at `as_of`; a payment follows a contact within `within_days` civil days.
    #[must_use]
    pub fn new(backtest: &'a Backtest<'a>, as_of: Instant, within_days: i32) -> Self {
        Self {
            backtest,
            within_days,
            as_of,
            totals: Totals::default(),
            after: BTreeMap::new(),
            aging: Default::default(),
            cohorts: BTreeMap::new(),
            months: BTreeMap::new(),
            days: BTreeMap::new(),
            most_contacted: Vec::new(),
            most_overdue: Vec::new(),
            contacts: Vec::new(),
            messages: 0,
        }
    }

    fn month(&mut self, day: Day) -> &mut Month {
        let name = month_of(day);
        self.months.entry(name.clone()).or_insert_with(|| Month { month: name, ..Month::default() })
    }

    /// The last contact about a receivable before a payment, if it was within the days.
    fn contact_before(&self, paid: &Paid, known_on: Day) -> Option<&Contacted> {
        // A date says no hour: a contact of that day may have come after the payment.
        let timed = known_on == paid.paid_on;
        let before = |contact: &&Contacted| contact.at <= paid.at && (contact.day < paid.paid_on || (timed && contact.day == paid.paid_on));
        let last = self.contacts.iter().rev().filter(|contact| contact.receivable == paid.receivable).find(before)?;
        (paid.paid_on.since(last.day) <= self.within_days).then_some(last)
    }

    /// Enters how a receivable stands in its month, its age and the totals.
    fn enter(&mut self, walk: &Walk, today: Day, overdue: &mut Sums) {
        let billed = walk.ledger.billed();
        self.totals.receivables += 1;
        self.totals.billed.add(billed);
        self.month(walk.due).billed.add(billed);
        self.receipts(walk);
        match walk.closed {
            // What was written off and paid after all is paid.
            Some(Closed::Paid(_) | Closed::WrittenOff(_)) if walk.ledger.is_paid() => {
                let late = walk.ledger.settled_on().map_or(0, |on| on.since(walk.due).max(0));
                self.totals.paid += 1;
                self.totals.paid_on_time += u64::from(late == 0);
                self.totals.days_late += u64::try_from(late).unwrap_or(0);
            }
            Some(Closed::Void(_)) => {
                self.totals.ended.add(lost(walk));
                return;
            }
            Some(Closed::Paid(_) | Closed::WrittenOff(_)) => self.totals.ended.add(lost(walk)),
            Some(Closed::Assigned(_)) | None => {
                let due = walk.ledger.amount_due(&walk.terms(self.backtest.policies()), today).total;
                let late = today.since(walk.due);
                let bucket = if late <= 0 { 0 } else { AGING.iter().position(|&to| late <= to).unwrap_or(AGING.len()) };
                if let Some((count, sums)) = self.aging.get_mut(bucket) {
                    *count += 1;
                    sums.add(due);
                }
                self.totals.open.add(due);
                if late > 0 {
                    self.totals.overdue.add(due);
                    overdue.add(due);
                }
            }
        }
        self.cohort(walk, billed);
    }

    /// Money in and back, by the payers' days.
    fn receipts(&mut self, walk: &Walk) {
        for entry in walk.ledger.entries() {
            let received = Money::new(entry.amount.minor().saturating_neg(), entry.amount.currency());
            match entry.kind {
                EntryKind::Payment | EntryKind::Application | EntryKind::Overpayment | EntryKind::Refund | EntryKind::Chargeback => {
                    self.totals.received.add(received);
                    let late = entry.on > walk.due;
                    let month = self.month(entry.on);
                    month.received.add(received);
                    if late {
                        month.received_late.add(received);
                    }
                }
                EntryKind::Fine | EntryKind::Interest | EntryKind::Compensation => self.totals.late_charges.add(entry.amount),
                EntryKind::Charge
                | EntryKind::Fee
                | EntryKind::Discount
                | EntryKind::Withholding
                | EntryKind::Credit
                | EntryKind::WriteOff
                | EntryKind::Void => {}
            }
        }
        // What lateness cost and was given up was never earned.
        let charges = walk.ledger.written_off().minor().saturating_sub(walk.ledger.principal_lost().minor());
        if charges > 0 && !walk.ledger.is_void() {
            self.totals.late_charges.add(Money::new(-charges, walk.ledger.currency()));
        }
    }

    fn cohort(&mut self, walk: &Walk, billed: Money) {
        let cohort = self.cohorts.entry((month_of(walk.due), billed.currency())).or_default();
        cohort.receivables += 1;
        cohort.billed = cohort.billed.saturating_add(billed.minor());
        cohort.last = if cohort.receivables == 1 { walk.due } else { cohort.last.max(walk.due) };
        for (sum, horizon) in cohort.by.iter_mut().zip(HORIZONS) {
            let moves = walk.ledger.entries().filter(|entry| entry.on <= walk.due.plus(horizon));
            let paid: i64 = moves
                .filter(|entry| {
                    use EntryKind::{Application, Chargeback, Overpayment, Payment, Refund};
                    matches!(entry.kind, Payment | Application | Overpayment | Refund | Chargeback)
                })
                .map(|entry| entry.amount.minor().saturating_neg())
                .fold(0, i64::saturating_add);
            // Late charges are no part of what was billed, and no discount is a gap in it.
            let settled = walk.ledger.settled_on().is_some_and(|on| on <= walk.due.plus(horizon));
            let collected = if settled { billed.minor() } else { paid.clamp(0, billed.minor()) };
            *sum = sum.saturating_add(collected);
        }
    }

    /// The report, with what the backtest counted.
    #[must_use]
    pub fn report(self, summary: &Summary) -> Report {
        let policy = self.backtest.policies().newest();
        let today = policy.zone.day_of(self.as_of);
        let (steps, named) = (self.steps(summary), |list: &[(u64, u32, Sums)]| self.named(list));
        let (most_contacted, most_overdue) = (named(&self.most_contacted), named(&self.most_overdue));
        let cohorts = self.cohorts.into_iter().map(|((month, currency), of)| Cohort {
            month,
            currency,
            receivables: of.receivables,
            billed: of.billed,
            collected: std::array::from_fn(|place| {
                let over = HORIZONS.get(place).is_some_and(|&horizon| of.last.plus(horizon) < today);
                of.by.get(place).filter(|_| over).and_then(|&by| basis_points(by, of.billed))
            }),
        });
        Report {
            as_of: today,
            within_days: self.within_days,
            currency: policy.currency,
            cohorts: cohorts.collect(),
            totals: Totals { messages: summary.messages, ..self.totals },
            steps,
            aging: aging(self.aging),
            months: self.months.into_values().collect(),
            contacts_per_day: self.days,
            channels: summary.contacts.clone(),
            skipped: ranked(SkipReason::ALL.iter().map(|reason| reason.as_str()), &summary.total.skipped),
            deferred: ranked(DeferReason::ALL.iter().map(|reason| reason.as_str()), &summary.total.deferred),
            most_contacted,
            most_overdue,
        }
    }

    fn steps(&self, summary: &Summary) -> Vec<StepLine> {
        let mut lines = Vec::new();
        for name in self.backtest.step_names() {
            let Some(counts) = summary.steps.get(name).filter(|counts| counts.decisions() + counts.deferred_total > 0) else { continue };
            if lines.iter().any(|line: &StepLine| line.step == name) {
                continue;
            }
            let top = ranked(SkipReason::ALL.iter().map(|reason| reason.as_str()), &counts.skipped).first().map(|(reason, _)| *reason);
            let (payments_after, received_after) = self.after.get(name).cloned().unwrap_or_default();
            lines.push(StepLine {
                step: name.to_owned(),
                done: counts.done,
                skipped: counts.skipped_total,
                deferred: counts.deferred_total,
                top_skip: top,
                payments_after,
                received_after,
            });
        }
        lines
    }

    fn named(&self, list: &[(u64, u32, Sums)]) -> Vec<CustomerLine> {
        let line = |(messages, customer, overdue): &(u64, u32, Sums)| {
            let place = usize::try_from(*customer).ok()?;
            let row = self.backtest.portfolio().customers.get(place)?;
            Some(CustomerLine {
                customer: *customer,
                id: row.id.to_string(),
                name: row.customer.name.as_deref().map(str::to_owned),
                messages: *messages,
                overdue: overdue.clone(),
            })
        };
        list.iter().filter_map(line).collect()
    }

    /// Keeps the customers that will be listed.
    fn prune(&mut self) {
        let currency = self.backtest.policies().newest().currency;
        self.most_contacted.sort_by_key(|(messages, customer, _)| (std::cmp::Reverse(*messages), *customer));
        self.most_contacted.truncate(LISTED);
        self.most_overdue.sort_by_key(|(_, customer, overdue)| (std::cmp::Reverse(overdue.of(currency).minor()), *customer));
        self.most_overdue.truncate(LISTED);
    }
}

impl Watch for Reporter<'_> {
    fn paid(&mut self, paid: &Paid) {
        let Some(row) = usize::try_from(paid.receivable).ok().and_then(|place| self.backtest.portfolio().receivables.get(place)) else {
            return;
        };
        let known_on = self.backtest.zone_of(row.customer).day_of(paid.at);
        let Some(kept) = paid.amount.minus(paid.credit).ok().filter(|kept| kept.minor() > 0) else { return };
        let Some(step) = self.contact_before(paid, known_on).map(|contact| contact.step.clone()) else { return };
        let (count, sums) = self.after.entry(step).or_default();
        *count += 1;
        sums.add(kept);
        if paid.paid_on > self.backtest.policies().newest().calendar.roll(row.due_on) {
            self.totals.followed.add(kept);
        }
    }

    fn decided(&mut self, step: &Step<'_>) {
        if step.decisions.messages.is_empty() {
            return;
        }
        let day = step.facts.zone.day_of(step.now);
        let sent = u64::try_from(step.decisions.messages.len()).unwrap_or(0);
        self.messages += sent;
        *self.days.entry(day).or_default() += sent;
        self.month(day).messages += sent;
        for row in step.decisions.rows.iter().filter(|row| row.message.is_some() && row.outcome == Outcome::Done) {
            let Some((walk, &receivable)) = step.facts.walks.get(row.walk).zip(step.receivables.get(row.walk)) else { continue };
            let rules = self.backtest.policies().get(walk.policy);
            let ladder = rules.segments.get(walk.segment).map_or(0, |segment| segment.ladder);
            let name = self.backtest.step_name(ladder, row.step).to_owned();
            self.contacts.push(Contacted { receivable, at: step.now, day, step: name });
        }
    }

    fn ended(&mut self, customer: u32, facts: &Facts<'_>, _receivables: &[u32]) {
        let today = facts.zone.day_of(self.as_of);
        let mut overdue = Sums::default();
        for walk in &facts.walks {
            self.enter(walk, today, &mut overdue);
        }
        self.totals.customers += u64::from(!facts.walks.is_empty());
        self.totals.contacted += u64::from(self.messages > 0);
        if self.messages > 0 {
            self.most_contacted.push((self.messages, customer, overdue.clone()));
        }
        if !overdue.is_zero() {
            self.most_overdue.push((self.messages, customer, overdue));
        }
        self.contacts.clear();
        self.messages = 0;
        if self.most_contacted.len() + self.most_overdue.len() > 100 * LISTED {
            self.prune();
        }
    }

    fn absorb(&mut self, other: Self) {
        self.totals.absorb(&other.totals);
        for (step, (count, sums)) in other.after {
            let mine = self.after.entry(step).or_default();
            mine.0 += count;
            mine.1.absorb(&sums);
        }
        for (mine, (count, sums)) in self.aging.iter_mut().zip(other.aging) {
            mine.0 += count;
            mine.1.absorb(&sums);
        }
        for (key, of) in other.cohorts {
            self.cohorts.entry(key).or_insert_with(|| Collected { last: of.last, ..Collected::default() }).absorb(&of);
        }
        for (name, month) in other.months {
            self.months.entry(name.clone()).or_insert_with(|| Month { month: name, ..Month::default() }).absorb(&month);
        }
        for (day, count) in other.days {
            *self.days.entry(day).or_default() += count;
        }
        self.most_contacted.extend(other.most_contacted);
        self.most_overdue.extend(other.most_overdue);
        self.prune();
    }
}

impl Collected {
    fn absorb(&mut self, other: &Self) {
        self.receivables += other.receivables;
        self.billed = self.billed.saturating_add(other.billed);
        self.last = self.last.max(other.last);
        for (mine, other) in self.by.iter_mut().zip(other.by) {
            *mine = mine.saturating_add(other);
        }
    }
}

impl Month {
    fn absorb(&mut self, other: &Self) {
        self.billed.absorb(&other.billed);
        self.received.absorb(&other.received);
        self.received_late.absorb(&other.received_late);
        self.messages += other.messages;
    }
}

impl Totals {
    fn absorb(&mut self, other: &Self) {
        let mine = [&mut self.billed, &mut self.received, &mut self.late_charges, &mut self.open, &mut self.overdue, &mut self.ended];
        let theirs = [&other.billed, &other.received, &other.late_charges, &other.open, &other.overdue, &other.ended];
        mine.into_iter().zip(theirs).for_each(|(mine, theirs)| mine.absorb(theirs));
        self.followed.absorb(&other.followed);
        self.customers += other.customers;
        self.receivables += other.receivables;
        self.paid += other.paid;
        self.paid_on_time += other.paid_on_time;
        self.days_late += other.days_late;
        self.messages += other.messages;
        self.contacted += other.contacted;
    }
}

fn aging(buckets: [(u64, Sums); AGING.len() + 1]) -> Vec<AgingLine> {
    let line = |(place, (receivables, due)): (usize, (u64, Sums))| {
        let from = place.checked_sub(1).and_then(|before| AGING.get(before)).map(|&last| last + 1);
        AgingLine { from_days: from, to_days: AGING.get(place).copied(), receivables, due }
    };
    buckets.into_iter().enumerate().map(line).collect()
}

/// What occurred, the most frequent first; in the order of the list among equals.
fn ranked(words: impl Iterator<Item = &'static str>, counts: &BTreeMap<&'static str, u64>) -> Vec<(&'static str, u64)> {
    let mut ranked: Vec<_> = words.filter_map(|word| counts.get(word).filter(|count| **count > 0).map(|count| (word, *count))).collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}

/// The principal that nobody paid before the receivable ended.
fn lost(walk: &Walk) -> Money {
    let (open, lost) = (walk.ledger.principal_open(), walk.ledger.principal_lost());
    Money::new(open.minor().saturating_add(lost.minor()), open.currency())
}
