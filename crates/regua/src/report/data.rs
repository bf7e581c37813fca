//! What a report says, as plain data: amounts in minor units of one currency, days, counts, texts already chosen.
//!
//! Deliberately absent: how any of it is counted. Whoever fills this in decides; the page only draws.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, LocalTime};
use regua_core::words::{Channel, DeferReason, Language, SkipReason, Tone};

/// The languages that the report speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Lang {
    /// Brazilian Portuguese.
    #[default]
    PtBr,
    /// English.
    En,
}

impl Lang {
    /// The language of numbers and dates.
    pub(crate) const fn language(self) -> Language {
        match self {
            Self::PtBr => Language::PtBr,
            Self::En => Language::En,
        }
    }
}

impl From<Language> for Lang {
    /// Portuguese for Portuguese, English for everyone else.
    fn from(language: Language) -> Self {
        match language {
            Language::PtBr => Self::PtBr,
            Language::En | Language::Es | Language::It | Language::Fr | Language::De => Self::En,
        }
    }
}

/// Everything on the page, in the order of the page.
#[derive(Clone, Debug)]
pub(crate) struct ReportData {
    /// Language of every text that is not data.
    pub(crate) lang: Lang,
    /// Whose portfolio it is.
    pub(crate) title: String,
    /// First and last day, both included.
    pub(crate) period: (Day, Day),
    /// What people call the policy.
    pub(crate) policy: String,
    /// The policy's content hash, in hex.
    pub(crate) policy_hash: String,
    /// Of every amount.
    pub(crate) currency: Currency,
    /// Remarks above everything else, e.g. that another currency was left out.
    pub(crate) notes: Vec<String>,
    /// The headline.
    pub(crate) figures: Figures,
    /// Messages that only say that a payment arrived; no contacts.
    pub(crate) receipts: i64,
    /// The ladders walked, the one with most receivables first.
    pub(crate) ladders: Vec<Ladder>,
    /// How fast what was billed was paid, oldest cohort first.
    pub(crate) cohorts: Vec<Cohort>,
    /// What is open, by age.
    pub(crate) aging: Aging,
    /// Contacts per week, ascending; a week without any may be missing.
    pub(crate) weeks: Vec<Week>,
    /// Steps finally not carried out, in any order.
    pub(crate) skips: Vec<(SkipReason, i64)>,
    /// Entries into waiting, in any order.
    pub(crate) defers: Vec<(DeferReason, i64)>,
    /// What was paid soon after each step.
    pub(crate) recovered: Recovered,
    /// When contacts went out.
    pub(crate) hours: Hours,
    /// Who owes most that is late, largest first.
    pub(crate) debtors: Vec<Debtor>,
    /// What comes next.
    pub(crate) plan: Plan,
    /// Messages as their readers will get them; without any, the page has no such part.
    pub(crate) messages: Vec<Message>,
    /// Where the page comes from.
    pub(crate) origin: Origin,
}

/// The headline figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Figures {
    /// Receivables known.
    pub(crate) receivables: i64,
    /// Customers who owe them.
    pub(crate) customers: i64,
    /// Principal billed.
    pub(crate) billed_minor: i64,
    /// Payments received.
    pub(crate) collected_minor: i64,
    /// Not yet paid at the end of the period.
    pub(crate) open_minor: i64,
    /// The part of it that is past due.
    pub(crate) overdue_minor: i64,
    /// Messages sent, receipts not counted.
    pub(crate) contacts: i64,
    /// Restrictions, fees and reports carried out.
    pub(crate) adverse: i64,
    /// Contacts that were the last before a payment, and no more than three days before it.
    pub(crate) followed_by_payment: i64,
}

/// One segment's steps with what became of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ladder {
    /// Its name in the policy.
    pub(crate) name: String,
    /// Receivables that walked it.
    pub(crate) receivables: i64,
    /// Steps with a place along the due date, in file order.
    pub(crate) steps: Vec<Step>,
    /// What has no such place: reactions and notices of their own.
    pub(crate) floating: Vec<Floating>,
}

/// A step and its place on the rule.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// In plain words, e.g. `Lembrete de vencimento`.
    pub(crate) label: String,
    /// As the policy writes it, e.g. `D+5bd`.
    pub(crate) at: String,
    /// Civil days after (before) the due date where it is drawn.
    pub(crate) day: i32,
    /// How it repeats, if it does.
    pub(crate) repeat: Option<Repeat>,
    /// What it does to the customer.
    pub(crate) kind: Kind,
    /// What became of it.
    pub(crate) counts: Counts,
}

/// A repetition along the rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Repeat {
    /// Civil days between occurrences.
    pub(crate) every_days: i32,
    /// Civil days after the due date of the last one.
    pub(crate) until_day: i32,
}

/// What a step does to the customer; it decides colour, shape and side of the rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A message in this tone: above.
    Contact(Tone),
    /// A charge of the stored method: above.
    Charge,
    /// A restriction, a fee, a bureau, an agency: below.
    Adverse,
    /// A task or a write-off, which the customer does not see: below.
    Neutral,
}

/// A step without a place on the rule.
#[derive(Clone, Debug)]
pub(crate) struct Floating {
    /// In plain words.
    pub(crate) label: String,
    /// What became of it.
    pub(crate) counts: Counts,
}

/// What became of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    /// Carried out.
    pub(crate) done: i64,
    /// Finally not carried out.
    pub(crate) skipped: i64,
    /// Entries into waiting; one step may wait several times.
    pub(crate) deferred: i64,
}

/// Receivables that fell due together.
#[derive(Clone, Debug)]
pub(crate) struct Cohort {
    /// E.g. `2026 T1`.
    pub(crate) label: String,
    /// Principal billed.
    pub(crate) billed_minor: i64,
    /// Principal paid up to and including a day relative to the due date, days ascending. It ends where the youngest
    /// receivable of the cohort has not lived longer, so that a curve never sags for want of time.
    pub(crate) paid: Vec<(i32, i64)>,
}

/// Open amounts by age.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Aging {
    /// Not due, 1 to 30, 31 to 60, 61 to 90, more than 90 days late.
    pub(crate) buckets: [Bucket; 5],
}

/// One age of open amounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Bucket {
    /// Open.
    pub(crate) open_minor: i64,
    /// Receivables.
    pub(crate) receivables: i64,
}

/// Contacts of one week.
#[derive(Clone, Debug)]
pub(crate) struct Week {
    /// Its Monday.
    pub(crate) monday: Day,
    /// Messages by channel, each channel at most once.
    pub(crate) contacts: Vec<(Channel, i64)>,
}

/// Contacts by local weekday (Monday first) and local hour.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hours {
    /// Those that speak of anything overdue.
    pub(crate) collection: HourCounts,
    /// Those up to the due date.
    pub(crate) informative: HourCounts,
}

/// Counts by weekday, Monday first, and hour.
pub(crate) type HourCounts = [[i64; 24]; 7];

/// Payments that followed a step closely.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recovered {
    /// How closely, in civil days.
    pub(crate) within_days: i32,
    /// In the order of the rule.
    pub(crate) steps: Vec<RecoveredStep>,
}

/// What was paid soon after one step.
#[derive(Clone, Debug)]
pub(crate) struct RecoveredStep {
    /// In plain words.
    pub(crate) label: String,
    /// Times it was carried out.
    pub(crate) done: i64,
    /// How many of these were followed by a payment.
    pub(crate) followed: i64,
    /// What was paid then.
    pub(crate) paid_minor: i64,
}

/// What will happen next, if nobody pays.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// First and last day, both included.
    pub(crate) span: (Day, Day),
    /// Days on which something happens, ascending.
    pub(crate) days: Vec<PlanDay>,
}

/// What will happen on one day.
#[derive(Clone, Debug)]
pub(crate) struct PlanDay {
    /// The customers' local date.
    pub(crate) on: Day,
    /// How often each step happens, the most frequent first.
    pub(crate) steps: Vec<(String, i64)>,
    /// The weightiest rows, the weightiest first.
    pub(crate) rows: Vec<PlanRow>,
    /// All rows, those left out too.
    pub(crate) total: i64,
}

/// One planned step.
#[derive(Clone, Debug)]
pub(crate) struct PlanRow {
    /// The customer's local hour.
    pub(crate) at: LocalTime,
    /// Who.
    pub(crate) customer: String,
    /// What, in plain words.
    pub(crate) step: String,
    /// What it does to the customer.
    pub(crate) kind: Kind,
    /// Where, if it is a message.
    pub(crate) channel: Option<Channel>,
    /// What is due then.
    pub(crate) amount: Money,
}

/// A customer with something open.
#[derive(Clone, Debug)]
pub(crate) struct Debtor {
    /// Name or id.
    pub(crate) customer: String,
    /// Open receivables.
    pub(crate) receivables: i64,
    /// All that is open.
    pub(crate) open_minor: i64,
    /// The part of it that is past due.
    pub(crate) overdue_minor: i64,
    /// Days late of the oldest.
    pub(crate) oldest_days: i64,
}

/// A message as its reader got it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The reader's local date.
    pub(crate) on: Day,
    /// The reader's local hour.
    pub(crate) at: LocalTime,
    /// Where.
    pub(crate) channel: Channel,
    /// How it speaks.
    pub(crate) tone: Tone,
    /// Who sends.
    pub(crate) from: String,
    /// Who reads.
    pub(crate) to: String,
    /// Where there is one.
    pub(crate) subject: Option<String>,
    /// Lines and paragraphs as sent.
    pub(crate) body: String,
    /// Why it was sent, in one sentence.
    pub(crate) why: String,
}

/// Where the page comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// What was used, and in which version.
    pub(crate) versions: Vec<(String, String)>,
    /// What the portfolio was drawn from, if it was.
    pub(crate) seed: Option<u64>,
    /// What to type for the same page.
    pub(crate) commands: Vec<String>,
}
