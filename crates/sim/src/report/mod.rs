//! What a founder reads after a backtest: who was contacted and why, what was skipped and why, what came in.
//!
//! Built while customers are walked, so that a portfolio of any size needs little memory. All arithmetic is on integers:
//! amounts in minor units, shares in basis points. Deliberately absent: lift. Money that came in after a contact is
//! stated as that and no more; what would have come in anyway a backtest cannot know.

mod coming;
mod gather;
mod story;
mod sums;

use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::time::Day;
use serde::{Serialize, Serializer};

pub use coming::{Planned, planned};
pub use gather::Reporter;
pub use story::{Story, StoryError};
pub use sums::{Sums, basis_points};

/// Days after the due date at which a month's collection is measured.
pub const HORIZONS: [i32; 6] = [0, 7, 15, 30, 60, 90];
/// Days late up to which a bucket of the aging reaches; the last bucket has no end.
pub const AGING: [i32; 6] = [0, 15, 30, 60, 90, 180];
/// Customers listed by name.
pub const LISTED: usize = 10;

/// The numbers of a backtest as of its end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// The last day of which it tells.
    #[serde(serialize_with = "day")]
    pub as_of: Day,
    /// How many days after a contact a payment counts as following it.
    pub within_days: i32,
    /// The policy's currency: what is compared and sorted is in it.
    #[serde(serialize_with = "code")]
    pub currency: Currency,
    /// Totals.
    pub totals: Totals,
    /// Steps with something decided, in the order of the policy's file.
    pub steps: Vec<StepLine>,
    /// Open amounts by days late.
    pub aging: Vec<AgingLine>,
    /// How much of each month's receivables was collected how soon, by due month.
    pub cohorts: Vec<Cohort>,
    /// What happened month by month.
    pub months: Vec<Month>,
    /// Messages per local day.
    #[serde(serialize_with = "days")]
    pub contacts_per_day: BTreeMap<Day, u64>,
    /// Messages per channel; one over several counts on each.
    pub channels: BTreeMap<&'static str, u64>,
    /// Skip reasons that occurred, the most frequent first.
    pub skipped: Vec<(&'static str, u64)>,
    /// Defer reasons that occurred, the most frequent first.
    pub deferred: Vec<(&'static str, u64)>,
    /// Customers with the most messages.
    pub most_contacted: Vec<CustomerLine>,
    /// Customers who owe the most that is late, in the policy's currency.
    pub most_overdue: Vec<CustomerLine>,
}

/// Totals of a report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Totals {
    /// Customers with a receivable.
    pub customers: u64,
    /// Receivables that became known.
    pub receivables: u64,
    /// What was billed.
    pub billed: Sums,
    /// What was paid, less what was charged back.
    pub received: Sums,
    /// Fine, interest and fixed sums within it.
    pub late_charges: Sums,
    /// What is open: amounts due on the last day.
    pub open: Sums,
    /// Of it, what is late.
    pub overdue: Sums,
    /// What was cancelled or given up, as billed.
    pub ended: Sums,
    /// Receivables paid in full.
    pub paid: u64,
    /// Of them, on or before D.
    pub paid_on_time: u64,
    /// Days late of all paid ones together.
    pub days_late: u64,
    /// Messages.
    pub messages: u64,
    /// Customers who got one.
    pub contacted: u64,
    /// Late money that came in within the days of [`Report::within_days`] after a contact: a correlation, not a lift.
    pub followed: Sums,
}

/// One step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StepLine {
    /// Its name in `decisions.csv`.
    pub step: String,
    /// Carried out.
    pub done: u64,
    /// Finally not carried out.
    pub skipped: u64,
    /// Entries into a deferral.
    pub deferred: u64,
    /// The most frequent skip reason.
    pub top_skip: Option<&'static str>,
    /// Payments that came within the days after this step as the last contact before them.
    pub payments_after: u64,
    /// What they brought: a correlation, not a lift.
    pub received_after: Sums,
}

/// Open receivables of one age.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AgingLine {
    /// Fewest days late; none for what is not late.
    pub from_days: Option<i32>,
    /// Most days late; none for the oldest.
    pub to_days: Option<i32>,
    /// How many.
    pub receivables: u64,
    /// What they come to on the last day.
    pub due: Sums,
}

/// What fell due in one month, in one currency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Cohort {
    /// `2026-03`
    pub month: String,
    /// The currency.
    #[serde(serialize_with = "code")]
    pub currency: Currency,
    /// Receivables.
    pub receivables: u64,
    /// What was billed, in minor units.
    pub billed: i64,
    /// Share of it collected by D plus each of [`HORIZONS`], in basis points; none while it is not over.
    pub collected: [Option<u32>; HORIZONS.len()],
}

/// One month.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Month {
    /// `2026-03`
    pub month: String,
    /// Due in it, as billed.
    pub billed: Sums,
    /// Paid in it, by the payers' days.
    pub received: Sums,
    /// Of it, after D.
    pub received_late: Sums,
    /// Messages sent in it.
    pub messages: u64,
}

/// One customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CustomerLine {
    /// Index into the portfolio's customers.
    #[serde(skip)]
    pub customer: u32,
    /// The file's id.
    pub id: String,
    /// The name, when the file has one.
    pub name: Option<String>,
    /// Messages.
    pub messages: u64,
    /// What is late on the last day.
    pub overdue: Sums,
}

impl Totals {
    /// Share of paid receivables that were paid on or before D, in basis points.
    #[must_use]
    pub fn on_time(&self) -> Option<u32> {
        basis_points(i64::try_from(self.paid_on_time).ok()?, i64::try_from(self.paid).ok()?)
    }

    /// Days late of a paid receivable on average, in tenths of a day.
    #[must_use]
    pub const fn days_late_tenths(&self) -> Option<u64> {
        self.days_late.saturating_mul(10).checked_div(self.paid)
    }
}

fn code<S: Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(currency.code())
}

fn day<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

fn days<S: Serializer>(days: &BTreeMap<Day, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(days.iter().map(|(day, count)| (day.to_string(), count)))
}

/// `2026-03`
fn month_of(day: Day) -> String {
    let date = day.civil();
    format!("{:04}-{:02}", date.year(), date.month())
}
