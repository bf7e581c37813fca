//! The compiled policy: flat, typed, immutable. `compile` makes it from a checked file; `decide` walks it.
//!
//! Everything that a file names is an index here; every text that a decision does not need is left to messages.

use crate::calendar::Calendar;
use crate::currency::Currency;
use crate::money::Money;
use crate::policy::condition::Condition;
use crate::rate::Rate;
use crate::rulebook::RulebookName;
use crate::time::{LocalTime, Zone};
use crate::words::{AccessState, Channel, Rail, Role, SecondPayment, Tone};

/// One version of the régua file, named by its content hash.
#[derive(Clone, Debug)]
pub struct Policy {
    /// SHA-256 of the file's bytes, in lower-case hex.
    pub hash: String,
    /// What people call it.
    pub name: String,
    /// The currency of amounts without one.
    pub currency: Currency,
    /// The zone of customers who have none.
    pub zone: Zone,
    /// Business days; due dates on a closed day roll to the next open one.
    pub calendar: Calendar,
    /// The default local hour of a step.
    pub time: LocalTime,
    /// Civil days after which a contact is stale.
    pub max_delay_days: i32,
    /// Default notice before an adverse step.
    pub notice: Notice,
    /// Open amounts below these are not chased; at most one per currency.
    pub minimum: Vec<Money>,
    /// How long after its day a payment may still become known, per rail.
    pub clearing: Vec<(Rail, Delay)>,
    /// What lateness costs.
    pub late_charges: LateCharges,
    /// What paying early saves: dates ascending.
    pub early_discounts: Vec<EarlyDiscount>,
    /// Progressive discount for consecutive on-time automatic payments.
    pub autopay_discounts: Vec<Rate>,
    /// What is done with money that a gateway takes when nothing is owed any more.
    pub second_payment: SecondPayment,
    /// Hours, caps, channels, one voice.
    pub contact: ContactRules,
    /// Spans of the year in which something stops.
    pub blackouts: Vec<Blackout>,
    /// How failed charges are tried again.
    pub retry: Option<Retry>,
    /// First match wins.
    pub segments: Vec<Segment>,
    /// Each with its steps in file order.
    pub ladders: Vec<Ladder>,
    /// What follows an event.
    pub reactions: Vec<Reaction>,
}

/// A length counted in civil days or in open days of the policy's calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delay {
    /// Civil days, `3d`.
    Days(i32),
    /// Open days, `3bd`.
    OpenDays(i32),
}

/// How long before an adverse step it must have been announced. SPEC §2: default `3bd`.
pub type Notice = Delay;

/// What lateness costs (SPEC §6). All rates zero and no sums: nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LateCharges {
    /// Share of the principal unpaid at the first late day, once.
    pub fine: Rate,
    /// Simple interest per day on unpaid principal.
    pub interest: Interest,
    /// Fixed sums once per late receivable, e.g. 40 EUR (Directive 2011/7) or the UK's three tiers:
    /// the last entry whose `from` is at most the principal applies.
    pub fixed: Vec<FixedSum>,
    /// How fractions of a minor unit are rounded, once per charge.
    pub rounding: Rounding,
    /// From which date days late are counted.
    pub days_from: DaysFrom,
}

/// Simple interest: `rate` per `base_days` days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interest {
    /// The share of the principal per period.
    pub rate: Rate,
    /// Days in the period: 30 for a month, 365 or 360 for a year, 1 for a day.
    pub base_days: i32,
}

impl Default for Interest {
    fn default() -> Self {
        Self { rate: Rate::default(), base_days: 30 }
    }
}

/// A fixed compensation for principals of at least `from`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FixedSum {
    /// The smallest principal it applies to.
    pub from: Money,
    /// The compensation.
    pub sum: Money,
}

/// How a fraction of a minor unit is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half away from zero: the market's default.
    #[default]
    HalfUp,
    /// Half to the even neighbour.
    HalfEven,
    /// Towards zero.
    Truncate,
}

/// From which date days late are counted (facts: brazil.md §0).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DaysFrom {
    /// The due date rolled to an open day (the central bank's rule).
    #[default]
    Adjusted,
    /// The due date as written (some banks), once the rolled one has passed.
    Original,
}

/// A discount while paid on or before a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EarlyDiscount {
    /// Share of the principal.
    pub percent: Rate,
    /// Last day, relative to the due date D (zero or negative).
    pub until: Offset,
}

/// Limits and preferences of contacts.
#[derive(Clone, Debug)]
pub struct ContactRules {
    /// Whose law and good practice applies.
    pub rulebook: RulebookName,
    /// Most contacts per customer.
    pub caps: Caps,
    /// Channels in order, when step and customer say nothing.
    pub channels: Vec<Channel>,
    /// Whether open contacts become one message.
    pub consolidate: bool,
}

/// Most contacts per customer, all channels together. Absent: no limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Caps {
    /// On one local date.
    pub per_day: Option<u16>,
    /// On a local date and the six before it.
    pub per_week: Option<u16>,
    /// On a local date and the twenty-nine before it.
    pub per_month: Option<u16>,
}

/// A span of the year, both dates included, in which some steps stop and are moved behind it.
#[derive(Clone, Debug)]
pub struct Blackout {
    /// First day, `(month, day)`.
    pub from: (i8, i8),
    /// Last day, `(month, day)`; before `from` when the span crosses new year.
    pub to: (i8, i8),
    /// Whether adverse steps stop.
    pub adverse: bool,
    /// Whether contacts stop.
    pub contacts: bool,
    /// Whether charges stop.
    pub charges: bool,
}

/// How a failed charge is tried again (SPEC §5).
#[derive(Clone, Debug)]
pub enum Retry {
    /// At given offsets from the first failure of the sequence.
    Fixed {
        /// Offsets from F, ascending.
        at: Vec<At>,
    },
    /// At moments chosen by estimated success.
    Smart {
        /// Civil days after the first failure in which tries are made.
        window_days: i32,
        /// Most tries.
        max: u16,
    },
}

impl Retry {
    /// Most retries of one charge.
    #[must_use]
    pub fn max(&self) -> u16 {
        match self {
            Self::Fixed { at } => u16::try_from(at.len()).unwrap_or(u16::MAX),
            Self::Smart { max, .. } => *max,
        }
    }
}

/// A group of customers or receivables and the ladder they walk.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Who belongs to it; everyone when absent.
    pub when: Option<Condition>,
    /// Index into [`Policy::ladders`].
    pub ladder: usize,
    /// Overdue contacts and adverse steps before this offset from D are skipped.
    pub not_before: Option<Offset>,
    /// Replaces the policy's late charges.
    pub late_charges: Option<LateCharges>,
    /// Replaces the policy's caps.
    pub caps: Option<Caps>,
}

/// The ordered steps of a segment.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Its name.
    pub name: String,
    /// Steps in file order.
    pub steps: Vec<Step>,
    /// The index of the `write_off` or `assign` that ends it, if any.
    pub end: Option<usize>,
}

/// When, if, do.
#[derive(Clone, Debug)]
pub struct Step {
    /// Unique within the ladder.
    pub id: String,
    /// When it happens.
    pub at: At,
    /// How it repeats.
    pub every: Option<Every>,
    /// Whether it happens, judged at decision time.
    pub condition: Option<Condition>,
    /// What happens.
    pub act: Act,
    /// Steps of the same ladder that this contact announces, as indices.
    pub announces: Vec<usize>,
    /// For adverse steps: how long before it must have been announced.
    pub notice: Notice,
    /// Whether a person must release it.
    pub approval: bool,
    /// Whose mode holds, when the step has one of its own.
    pub mode: Option<crate::words::Mode>,
}

/// What follows an event. Its step id is `on.<event>` unless it has one.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// `on.paid`, or the file's own id.
    pub id: String,
    /// The event.
    pub on: Event,
    /// When: the event's instant, or this if later.
    pub at: Option<At>,
    /// Whether it happens.
    pub condition: Option<Condition>,
    /// What happens.
    pub act: Act,
    /// One message per kind of failure instead of one for all.
    pub by_reason: bool,
}

crate::words::text_enum! {
    /// What a reaction follows.
    Event, "event" {
        PaymentFailed = "payment_failed", Paid = "paid", MethodExpiring = "method_expiring", PromiseBroken = "promise_broken",
        PromiseMade = "promise_made", DisputeOpened = "dispute_opened", AccessRestored = "access_restored", Renewal = "renewal",
    }
}

/// An anchor, an offset from it and a local hour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct At {
    /// What the offset counts from.
    pub anchor: Anchor,
    /// How far from it.
    pub offset: Offset,
    /// The local hour (the policy's when the file gives none).
    pub time: LocalTime,
}

/// What a step's instant counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// `I`: issue.
    Issue,
    /// `D`: due date after the calendar's roll.
    Due,
    /// `F`: failed charge; in `retry` the first of the sequence, elsewhere the last.
    Failed,
    /// `P`: promise date.
    Promise,
    /// `X`: expiry of the method.
    Expiry,
    /// `R`: renewal.
    Renewal,
    /// `after: step`: the local date on which that step (index in the same ladder) was last done.
    After(usize),
}

/// How far from an anchor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offset {
    /// Civil days, negative before.
    Days(i32),
    /// The Nth open day strictly after (before) the anchor's date; never 0.
    OpenDays(i32),
    /// Elapsed hours after the anchor's instant.
    Hours(i32),
}

/// Repetition: occurrences 1, 2, … at `at`, `at + step`, … up to `until` inclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Every {
    /// Between occurrences: positive [`Offset::Days`] or [`Offset::OpenDays`].
    pub step: Offset,
    /// The last date that may hold an occurrence (its hour is ignored).
    pub until: At,
    /// Most occurrences: what fits when `until` has the anchor of `at`, else 366.
    pub max: u16,
}

/// What a step does.
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// Sends a message.
    Notify(Contact),
    /// Sends a message with terms.
    Offer(Contact, Terms),
    /// Charges the stored method.
    Charge,
    /// Restricts access.
    Access(AccessState),
    /// Adds a fee.
    Fee(Money),
    /// Reports to a credit bureau.
    Report(String),
    /// Hands over to an agency.
    Assign(String),
    /// Puts work on a queue.
    Task(String),
    /// Gives the amount up.
    WriteOff,
}

impl Act {
    /// The message's part, for `notify` and `offer`.
    #[must_use]
    pub const fn contact(&self) -> Option<&Contact> {
        match self {
            Self::Notify(contact) | Self::Offer(contact, _) => Some(contact),
            Self::Charge | Self::Access(_) | Self::Fee(_) | Self::Report(_) | Self::Assign(_) | Self::Task(_) | Self::WriteOff => None,
        }
    }

    /// Whether the debtor is worse off for it, so that it must be announced (SPEC §2: access, fee, report, assign).
    #[must_use]
    pub const fn is_adverse(&self) -> bool {
        matches!(self, Self::Access(_) | Self::Fee(_) | Self::Report(_) | Self::Assign(_))
    }

    /// Whether the debtor sees nothing of it (SPEC §2: task, write_off).
    #[must_use]
    pub const fn is_neutral(&self) -> bool {
        matches!(self, Self::Task(_) | Self::WriteOff)
    }
}

/// How a message is written and where it goes.
#[derive(Clone, PartialEq, Debug)]
pub struct Contact {
    /// Which template.
    pub template: String,
    /// How it speaks.
    pub tone: Tone,
    /// Channels in fallback order; the policy's order when absent.
    pub channels: Option<Vec<ChannelChoice>>,
    /// Whether all channels are used instead of the first that works.
    pub send_all: bool,
    /// Roles addressed; owner and billing when empty.
    pub to: Vec<Role>,
    /// Roles copied.
    pub cc: Vec<Role>,
}

/// One entry of a step's `channels`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChannelChoice {
    /// What the customer chose.
    Preferred,
    /// This one.
    This(Channel),
}

/// What an offer offers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Terms {
    /// Number of equal parts, 1 when not split.
    pub instalments: u16,
    /// Discount for settling at once.
    pub discount: Rate,
    /// Share paid first.
    pub down_payment: Rate,
}
