//! What a moment is worth for another try: its features, and an integer table of weights in thousandths of log-odds.
//!
//! [`Features::of`] is the one place where a moment is turned into features: the chooser and whoever learns weights from
//! outcomes both call it. The shipped weights stand in [`super::priors`]. Deliberately absent: which moments are lawful
//! (the rulebook), which of them is taken ([`super::choose`]), and how weights are learnt (crates/model). No floats.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::{Reason, priors};
use crate::calendar::Calendar;
use crate::money::Money;
use crate::time::{Day, Instant, Zone};
use crate::words::{Rail, text_enum};

text_enum! {
    /// Where the money of a method comes from, when somebody said so.
    Funding, "funding" { Unknown = "unknown", Credit = "credit", Debit = "debit", Prepaid = "prepaid", Account = "account" }
}

text_enum! {
    /// Reasons that behave alike over time.
    Cause, "cause" { Funds = "funds", Limit = "limit", Technical = "technical", Generic = "generic", Other = "other" }
}

impl Cause {
    /// The cause behind a reason.
    #[must_use]
    pub const fn of(reason: Reason) -> Self {
        match reason {
            Reason::InsufficientFunds => Self::Funds,
            Reason::Limit => Self::Limit,
            Reason::Technical => Self::Technical,
            Reason::Generic | Reason::Unknown => Self::Generic,
            Reason::Expired
            | Reason::WrongNumber
            | Reason::ClosedAccount
            | Reason::NewData
            | Reason::LostStolen
            | Reason::Restricted
            | Reason::NotPermitted
            | Reason::Fraud
            | Reason::Authentication
            | Reason::Security
            | Reason::Revoked
            | Reason::Duplicate
            | Reason::Format
            | Reason::Blocked
            | Reason::NoMethod => Self::Other,
        }
    }
}

/// What does not change between the moments that a try is weighed for.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Why the last attempt failed.
    pub reason: Reason,
    /// What the money moves on.
    pub rail: Rail,
    /// Where it comes from.
    pub funding: Funding,
    /// How much.
    pub amount: Money,
    /// When the first attempt of the series failed.
    pub first_failed_at: Instant,
    /// Attempts of the series so far, the first included.
    pub attempts: u16,
    /// The customer's zone.
    pub zone: Zone,
    /// Whose business days count; `br-banking` adds the fifth business day to the paydays.
    pub calendar: Calendar,
}

/// Upper ends (exclusive) of the buckets of hours since the first failure; one more lies above.
pub(super) const AGE_HOURS: [i64; 11] = [2, 6, 12, 24, 48, 72, 120, 168, 240, 336, 504];
/// First hour of each bucket of the local clock; the second is the night, which is never chosen.
pub(super) const CLOCK_FROM: [i64; 8] = [0, 1, 5, 8, 11, 14, 17, 20];
/// First day of each bucket of the month; the last day of a month has a bucket of its own behind them.
pub(super) const MONTH_FROM: [i8; 7] = [1, 2, 5, 10, 15, 16, 22];
/// First day after a payday of each bucket; bucket 0 is: none since the failure.
pub(super) const PAYDAY_FROM: [i32; 4] = [0, 2, 5, 9];
/// Upper ends (exclusive) of the buckets of the amount, in whole units of the currency.
pub(super) const AMOUNT_UNDER: [i64; 5] = [10, 50, 200, 1000, 5000];
/// The highest bucket of attempts.
pub(super) const ATTEMPTS_LAST: u16 = 7;

/// How many weights each block of the table has, in the order of [`Features::slots`].
const BLOCKS: [usize; Features::SLOTS] = [
    Reason::ALL.len(),
    Cause::ALL.len() * (AGE_HOURS.len() + 1),
    CLOCK_FROM.len(),
    Cause::ALL.len() * 7,
    MONTH_FROM.len() + 1,
    Cause::ALL.len() * (PAYDAY_FROM.len() + 1),
    Cause::ALL.len() * 8,
    AMOUNT_UNDER.len() + 1,
    Rail::ALL.len(),
    Funding::ALL.len(),
];

/// A candidate moment, as the estimate sees it: each field a small bucket.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Features {
    /// Why the last attempt failed.
    pub reason: Reason,
    /// Hours since the first failure: 0 to 11.
    pub age: u8,
    /// The local clock: 0 to 7, of which 1 is 01:00 to 04:59.
    pub clock: u8,
    /// 0 is Monday; Friday is the weekly payday.
    pub weekday: u8,
    /// The day of the month: 0 to 7, of which 7 is its last.
    pub month_day: u8,
    /// Days since a monthly payday that came after the failure: 0 none yet, 1 on it or the day after, to 4 long ago.
    pub payday: u8,
    /// Attempts of the series so far: 0 to 7.
    pub attempts: u8,
    /// The amount: 0 to 5.
    pub amount: u8,
    /// What the money moves on.
    pub rail: Rail,
    /// Where it comes from.
    pub funding: Funding,
}

impl Features {
    /// How many weights add up for one moment.
    pub const SLOTS: usize = 10;

    /// How many weights a table has.
    pub const WIDTH: usize = width();

    /// The features of a moment. The one function that makes them.
    #[must_use]
    pub fn of(situation: &Situation, at: Instant) -> Self {
        todo!()
    }

    /// The places of its weights in the flat table, one of each block: `log_odds` is their sum.
    #[must_use]
    pub fn slots(self) -> [usize; Self::SLOTS] {
        todo!()
    }
}

/// Weights in thousandths of log-odds: shipped, or learnt by a tenant. Stored as `{"weights": […]}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Timing {
    weights: Box<[i32]>,
    version: u64,
}

impl Timing {
    /// What is known before anything was learnt.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Timing> = OnceLock::new();
        SHIPPED.get_or_init(|| todo!())
    }

    /// A table of [`Features::WIDTH`] weights, each within ±[`Timing::WEIGHT_MAX`].
    ///
    /// # Errors
    /// [`BadTiming`] when there are more or fewer, or one is out of range.
    pub fn from_weights(weights: Vec<i32>) -> Result<Self, BadTiming> {
        todo!()
    }

    /// The weights, in the order of the blocks.
    #[must_use]
    pub fn weights(&self) -> &[i32] {
        &self.weights
    }

    /// A hash of the weights: part of what is logged with every choice.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Thousandths of log-odds of success.
    #[must_use]
    pub fn log_odds(&self, features: Features) -> i32 {
        todo!()
    }

    /// Estimated probability of success in basis points: 1 to 9999.
    #[must_use]
    pub fn probability_bp(&self, features: Features) -> u16 {
        logistic_bp(self.log_odds(features))
    }
}

/// `10000 / (1 + exp(-milli / 1000))`, rounded, held within 1 and 9999; monotone. Integers only.
#[must_use]
pub fn logistic_bp(milli: i32) -> u16 {
    todo!()
}
