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
    /// When the last one did.
    pub last_failed_at: Instant,
    /// Attempts of the series so far, the first included.
    pub attempts: u16,
    /// The customer's zone.
    pub zone: Zone,
    /// Whose business days count; `br-banking` adds the fifth business day to the paydays.
    pub calendar: Calendar,
}

/// Upper ends (exclusive) of the buckets of hours since the first failure; one more lies above.
const AGE_HOURS: [i64; 11] = [2, 6, 12, 24, 48, 72, 120, 168, 240, 336, 504];
/// First hour of each bucket of the local clock; the second is the night.
const CLOCK_FROM: [i64; 8] = [0, 1, 5, 8, 11, 14, 17, 20];
/// First day of each bucket of the month; its last day has a bucket of its own behind them.
const MONTH_FROM: [i32; 7] = [1, 2, 5, 10, 15, 16, 22];
/// First day after a payday of each bucket; bucket 0 is: none since the failure.
const PAYDAY_FROM: [i32; 4] = [0, 2, 5, 9];
/// Upper ends (exclusive) of the buckets of the amount, in whole units of the currency; one more lies above.
const AMOUNT_UNDER: [i64; 5] = [10, 50, 200, 1000, 5000];
/// Buckets of attempts: 0 to 7, the last for all above.
const ATTEMPTS: usize = 8;
const WEEKDAYS: usize = 7;

/// Upper ends (exclusive) of the buckets of hours since the last failure; one more lies above.
pub(super) const GAP_HOURS: [i64; 9] = [12, 24, 36, 60, 84, 132, 180, 264, 360];
/// Upper ends (exclusive) of the buckets of fresh money, in thousandths; one more lies above.
pub(super) const FRESH_UNDER: [i64; 21] =
    [30, 50, 70, 90, 110, 130, 150, 170, 190, 210, 240, 270, 300, 330, 370, 410, 450, 500, 550, 610, 680];
/// Days after which nothing is left of what came in.
const FRESH_DAYS: i32 = 28;
/// What a day leaves of fresh money, in thousandths: it lasts four days on average.
const LASTS: i64 = 779;

/// How many weights each block of the table has, in the order of [`Features::slots`].
const BLOCKS: [usize; Features::SLOTS] = [
    Reason::ALL.len(),
    Cause::ALL.len() * (AGE_HOURS.len() + 1),
    CLOCK_FROM.len(),
    Cause::ALL.len() * WEEKDAYS,
    MONTH_FROM.len() + 1,
    Cause::ALL.len() * (PAYDAY_FROM.len() + 1),
    Cause::ALL.len() * ATTEMPTS,
    AMOUNT_UNDER.len() + 1,
    Rail::ALL.len(),
    Funding::ALL.len(),
    Cause::ALL.len() * (GAP_HOURS.len() + 1),
    Cause::ALL.len() * (FRESH_UNDER.len() + 1),
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
    /// Hours since the last failure: 0 to 9.
    #[serde(default)]
    pub gap: u8,
    /// Money that may have come since the last failure and is still there, by the calendar: 0 none to 21.
    #[serde(default)]
    pub fresh: u8,
}

impl Features {
    /// How many weights add up for one moment.
    pub const SLOTS: usize = 12;

    /// How many weights a table has.
    pub const WIDTH: usize = {
        let (mut total, mut block) = (0, 0);
        while block < Self::SLOTS {
            total += BLOCKS[block];
            block += 1;
        }
        total
    };

    /// The features of a moment. The one function that makes them.
    ///
    /// ```
    /// # use regua_core::calendar::Calendar;
    /// # use regua_core::charging::Reason;
    /// # use regua_core::charging::timing::{Features, Funding, Situation};
    /// # use regua_core::{currency::Currency, money::Money, time::{Instant, Zone}, words::Rail};
    /// let situation = Situation {
    ///     reason: Reason::InsufficientFunds,
    ///     rail: Rail::Card,
    ///     funding: Funding::Unknown,
    ///     amount: Money::new(9900, Currency::parse("BRL").unwrap()),
    ///     first_failed_at: Instant::parse("2026-12-28T09:00:00-03:00")?,
    ///     last_failed_at: Instant::parse("2026-12-28T09:00:00-03:00")?,
    ///     attempts: 1,
    ///     zone: Zone::parse("America/Sao_Paulo")?,
    ///     calendar: Calendar::BrBanking,
    /// };
    /// let features = Features::of(&situation, Instant::parse("2027-01-01T09:00:00-03:00")?);
    /// assert_eq!((features.payday, features.weekday, features.clock), (1, 4, 3)); // the first of the month, a Friday, 09:00
    /// # Ok::<(), regua_core::time::BadTime>(())
    /// ```
    #[must_use]
    pub fn of(situation: &Situation, at: Instant) -> Self {
        Self::with(situation, at, fresh(situation, situation.zone.day_of(at)))
    }

    /// As [`Features::of`], with the fresh money of its day at hand.
    pub(super) fn with(situation: &Situation, at: Instant, fresh: i64) -> Self {
        let (day, secs) = situation.zone.local(at);
        let hours = at.secs().saturating_sub(situation.first_failed_at.secs()).div_euclid(3600);
        let (month_day, last) = month_place(day);
        let units = situation.amount.minor().saturating_abs() / 10_i64.pow(situation.amount.currency().digits().min(4));
        Self {
            reason: situation.reason,
            age: small(AGE_HOURS.partition_point(|end| *end <= hours)),
            clock: small(CLOCK_FROM.partition_point(|from| *from <= secs / 3600).saturating_sub(1)),
            weekday: small(usize::try_from(day.weekday()).unwrap_or(0)),
            month_day: if last {
                small(MONTH_FROM.len())
            } else {
                small(MONTH_FROM.partition_point(|from| *from <= month_day).saturating_sub(1))
            },
            payday: paid_since(situation, day),
            attempts: small(usize::from(situation.attempts).min(ATTEMPTS - 1)),
            amount: small(AMOUNT_UNDER.partition_point(|end| *end <= units)),
            rail: situation.rail,
            funding: situation.funding,
            gap: gap_bucket(at.secs().saturating_sub(situation.last_failed_at.secs()).div_euclid(3600)),
            fresh: fresh_bucket(fresh),
        }
    }

    /// The places of its weights in the flat table, one of each block: `log_odds` is their sum.
    ///
    /// Each is below [`Features::WIDTH`], whatever stands in the fields.
    #[must_use]
    pub fn slots(self) -> [usize; Self::SLOTS] {
        let cause = place(Cause::ALL, Cause::of(self.reason));
        let crossed = |field: u8, width: usize| cause * width + usize::from(field).min(width - 1);
        let within = [
            place(Reason::ALL, self.reason),
            crossed(self.age, AGE_HOURS.len() + 1),
            usize::from(self.clock),
            crossed(self.weekday, WEEKDAYS),
            usize::from(self.month_day),
            crossed(self.payday, PAYDAY_FROM.len() + 1),
            crossed(self.attempts, ATTEMPTS),
            usize::from(self.amount),
            place(Rail::ALL, self.rail),
            place(Funding::ALL, self.funding),
            crossed(self.gap, GAP_HOURS.len() + 1),
            crossed(self.fresh, FRESH_UNDER.len() + 1),
        ];
        let mut start = 0;
        let mut slots = [0; Self::SLOTS];
        for ((slot, place), width) in slots.iter_mut().zip(within).zip(BLOCKS) {
            *slot = start + place.min(width - 1);
            start += width;
        }
        slots
    }
}

/// Where a word stands in its list.
fn place<T: PartialEq>(all: &[T], word: T) -> usize {
    all.iter().position(|known| *known == word).unwrap_or(0)
}

/// A bucket's number.
fn small(bucket: usize) -> u8 {
    u8::try_from(bucket).unwrap_or(u8::MAX)
}

/// The day of the month, and whether it is its last.
fn month_place(day: Day) -> (i32, bool) {
    let civil = day.civil();
    (i32::from(civil.day()), civil.day() == civil.days_in_month())
}

/// The bucket of days since the last payday that came after the failure.
///
/// Paydays are the 1st, the 15th and the last day of a month and, where the calendar is Brazil's, the fifth business day
/// (facts, international.md §3.1). The weekly one, Friday, is told by the weekday.
fn paid_since(situation: &Situation, day: Day) -> u8 {
    let failed = situation.zone.day_of(situation.first_failed_at);
    let (month_day, last) = month_place(day);
    let first = day.plus(1 - month_day);
    let mut days = [Some(first.plus(-1)), Some(first), Some(first.plus(14)), last.then_some(day), None];
    if situation.calendar == Calendar::BrBanking
        && let Some(place) = days.last_mut()
    {
        *place = Some(Calendar::BrBanking.add_open_days(first.plus(-1), 5));
    }
    let latest = days.into_iter().flatten().filter(|payday| failed < *payday && *payday <= day).max();
    latest.map_or(0, |payday| small(PAYDAY_FROM.partition_point(|from| *from <= day.since(payday))))
}

/// The bucket of hours since the last failure.
pub(super) fn gap_bucket(hours: i64) -> u8 {
    small(GAP_HOURS.partition_point(|end| *end <= hours))
}

/// The bucket of fresh money.
pub(super) fn fresh_bucket(thousandths: i64) -> u8 {
    small(FRESH_UNDER.partition_point(|end| *end <= thousandths))
}

/// Fresh money a day later, with what comes in on that day.
pub(super) const fn fresher(fresh: i64, income: i64) -> i64 {
    fresh * LASTS / 1000 + income
}

/// How often money comes in on a day where there was none, in thousandths of payers.
///
/// Source: facts, international.md §3.3: weekly .324, biweekly .365, twice a month .198, monthly .113 of payers, and deposits at
/// any time .045 a day. Which weekday and which date is not known: three payers in ten are believed to be paid where a
/// calendar puts it (Fridays, some Thursdays; the 15th, the last and the first), the others on any day. Brazil: CLT, art. 459
/// (salaries by the fifth business day), in place of weekly pay.
pub(super) fn income(calendar: Calendar, day: Day) -> i64 {
    let (month_day, last) = month_place(day);
    let fifth = calendar == Calendar::BrBanking && Calendar::BrBanking.add_open_days(day.plus(-month_day), 5) == day;
    let weekly = match day.weekday() {
        _ if calendar == Calendar::BrBanking => 0,
        4 => 114,
        3 => 38,
        _ => 0,
    };
    let monthly = if month_day == 15 {
        59
    } else if last || month_day == 1 {
        47
    } else {
        0
    };
    108 + weekly + monthly + if fifth { 150 } else { 0 }
}

/// Money that came after the day of the last failure up to a day and is still there, in thousandths.
pub(super) fn fresh(situation: &Situation, day: Day) -> i64 {
    let failed = situation.zone.day_of(situation.last_failed_at);
    let days = day.since(failed).clamp(0, FRESH_DAYS);
    (0..days).rev().fold(0, |fresh, back| fresher(fresh, income(situation.calendar, day.plus(-back))))
}

/// Weights in thousandths of log-odds: shipped, or learnt by a tenant. Stored as `{"weights": […]}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Timing {
    weights: Box<[i32]>,
    version: u64,
}

impl Timing {
    /// The largest weight, either way.
    pub const WEIGHT_MAX: i32 = 20_000;

    /// What is known before anything was learnt.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Timing> = OnceLock::new();
        SHIPPED.get_or_init(|| Self::hashed(priors::weights().into()))
    }

    /// A table of [`Features::WIDTH`] weights, each within ±[`Timing::WEIGHT_MAX`].
    ///
    /// # Errors
    /// [`BadTiming`] when there are more or fewer, or one is out of range.
    pub fn from_weights(weights: Vec<i32>) -> Result<Self, BadTiming> {
        if weights.len() != Features::WIDTH {
            return Err(BadTiming::Width(weights.len()));
        }
        match weights.iter().position(|weight| !(-Self::WEIGHT_MAX..=Self::WEIGHT_MAX).contains(weight)) {
            Some(at) => Err(BadTiming::Weight(at)),
            None => Ok(Self::hashed(weights.into())),
        }
    }

    /// FNV-1a over the weights: equal tables have one version on every machine.
    fn hashed(weights: Box<[i32]>) -> Self {
        let bytes = weights.iter().flat_map(|weight| weight.to_be_bytes());
        let version = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self { weights, version }
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
        features.slots().into_iter().filter_map(|slot| self.weights.get(slot)).sum()
    }

    /// Estimated probability of success in basis points: 1 to 9999.
    #[must_use]
    pub fn probability_bp(&self, features: Features) -> u16 {
        logistic_bp(self.log_odds(features))
    }
}

/// Why a table of weights was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadTiming {
    /// It has so many weights.
    #[error("a table of {0} weights instead of {width}: it was learnt by another version; learn it anew", width = Features::WIDTH)]
    Width(usize),
    /// The weight at this place is out of range.
    #[error("the weight at place {0} is beyond ±{max}: learn the table anew", max = Timing::WEIGHT_MAX)]
    Weight(usize),
}

/// How a table is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    weights: Vec<i32>,
}

impl TryFrom<Stored> for Timing {
    type Error = BadTiming;
    fn try_from(stored: Stored) -> Result<Self, BadTiming> {
        Self::from_weights(stored.weights)
    }
}

impl From<Timing> for Stored {
    fn from(timing: Timing) -> Self {
        Self { weights: timing.weights.into() }
    }
}

/// `exp(-2^k / 1000)` for k from 0, with 32 binary places.
const EXP_NEG: [u64; 14] = [
    4_290_674_475,
    4_286_385_946,
    4_277_821_741,
    4_260_744_631,
    4_226_794_655,
    4_159_704_096,
    4_028_700_796,
    3_778_941_489,
    3_324_914_438,
    2_573_955_809,
    1_542_560_875,
    554_019_132,
    71_464_385,
    1_189_103,
];
/// One, with 32 binary places.
const ONE: u64 = 1 << 32;
/// Beyond it the probability is held: 9999 to 1.
const MILLI_MAX: u32 = 9210;

/// `10000 / (1 + exp(-milli / 1000))`, rounded and held within 1 and 9999. Monotone; integers only.
///
/// ```
/// # use regua_core::charging::timing::logistic_bp;
/// assert_eq!((logistic_bp(0), logistic_bp(1000), logistic_bp(-1000)), (5000, 7311, 2689));
/// ```
#[must_use]
pub fn logistic_bp(milli: i32) -> u16 {
    // exp(-|x|) is the product of the powers that the bits of |x| name; each product is below 2^64.
    let size = milli.unsigned_abs().min(MILLI_MAX);
    let named = EXP_NEG.iter().zip(0..).filter(|(_, bit)| (size >> bit) & 1 == 1);
    let exp = named.fold(ONE, |exp, (factor, _)| (exp * factor) >> 32);
    let share = if milli < 0 { exp } else { ONE };
    let whole = ONE + exp;
    u16::try_from((10_000 * share + whole / 2) / whole).unwrap_or(9999).clamp(1, 9999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logistic_agrees_with_values_computed_elsewhere() {
        // python: round(10000 / (1 + math.exp(-x / 1000)))
        for (milli, expected) in [
            (0, 5000),
            (1, 5003),
            (100, 5250),
            (-100, 4750),
            (250, 5622),
            (500, 6225),
            (1386, 8000),
            (2197, 9000),
            (-2197, 1000),
            (3000, 9526),
            (-3000, 474),
            (4595, 9900),
            (-4595, 100),
            (-7777, 4),
            (9000, 9999),
            (-9000, 1),
            (20_000, 9999),
            (i32::MIN, 1),
            (i32::MAX, 9999),
        ] {
            let found = i32::from(logistic_bp(milli));
            assert!((found - expected).abs() <= 1, "{milli}: {found}, not {expected}");
        }
    }

    #[test]
    fn the_logistic_is_monotone_and_symmetric() {
        for milli in -12_000..12_000 {
            assert!(logistic_bp(milli) <= logistic_bp(milli + 1), "{milli}");
            let both = i32::from(logistic_bp(milli)) + i32::from(logistic_bp(-milli));
            assert!((9999..=10_001).contains(&both), "{milli}: {both}");
        }
    }

    #[test]
    fn the_shipped_table_has_the_width_that_slots_need() {
        let shipped = Timing::shipped();
        assert_eq!(shipped.weights().len(), Features::WIDTH);
        assert_eq!(Timing::from_weights(shipped.weights().to_vec()).unwrap(), *shipped);
    }
}
