//! What may become known: the only things that change facts from outside, and what the log stores.
//!
//! As JSON a fact is one object that people can read, `{"fact":"paid","paid_on":"2026-12-15","amount":"BRL 102.03"}`;
//! that form is stored for good, so variants and keys are added and never renamed. A fact names steps by id and
//! policies by hash. Whom it is about and when it became known stand beside it. Deliberately absent: ids of anything,
//! and decisions, which `decide` enters by itself.

use serde::{Deserialize, Serialize};

use crate::charging::{Advice, Method, Tried};
use crate::facts::events::NoSegment;
use crate::facts::walk::Subscription;
use crate::ids::ChargeId;
use crate::ledger::{LedgerError, Receipt};
use crate::money::Money;
use crate::party::Customer;
use crate::time::{Day, Instant};
use crate::words::{Channel, Mode, Rail, text_enum};

/// Something that became known of a customer or of one receivable.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A receivable becomes known and takes its policy and segment for good. Told of the customer.
    Entered(Entry),
    /// Receivable: a payment on the payer's day; without an amount it settles in full.
    Paid {
        /// The payer's day.
        paid_on: Day,
        /// The money; all that is due when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// Receivable: a payment was told wrongly; it is as if it had always been told as it is now.
    Corrected {
        /// The payer's day, as it was told.
        was_on: Day,
        /// The money, as it was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Money>,
        /// The payer's day.
        paid_on: Day,
        /// The money; all that is due when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// Receivable: a credit note or a granted reduction.
    Credited {
        /// The day for which it counts.
        on: Day,
        /// By how much less is owed.
        amount: Money,
    },
    /// Receivable: a tax that the payer withheld and pays to the state.
    TaxWithheld {
        /// The day for which it counts.
        on: Day,
        /// By how much less is owed.
        amount: Money,
    },
    /// Receivable: a fee is added, on which nothing runs.
    FeeAdded {
        /// The day for which it counts.
        on: Day,
        /// How much.
        amount: Money,
    },
    /// Customer: money that no receivable takes: it is credit. What receivables take is told of each, as [`Fact::Paid`].
    Received {
        /// The payer's day.
        on: Day,
        /// How much.
        amount: Money,
    },
    /// Receivable: the customer's credit pays on it.
    CreditUsed {
        /// The day for which it counts.
        on: Day,
        /// How much.
        amount: Money,
    },
    /// Customer: credit was paid out.
    CreditRefunded {
        /// The day on which it was given back.
        on: Day,
        /// How much.
        amount: Money,
    },
    /// Receivable: money was given back, the newest payment first; it is owed again from that day on.
    Refunded {
        /// The day on which it was given back.
        on: Day,
        /// The money; all that is left of the newest payment when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// Receivable: money was taken back, the newest payment first; charges run as if it had never been paid.
    ChargedBack {
        /// The day on which it was taken back.
        on: Day,
        /// The money; all that is left of the newest payment when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// Receivable: its source tells it otherwise than before. Undecided steps get new instants, what was decided stays.
    Amended {
        /// Date of issue.
        issued_on: Day,
        /// Due date as written.
        due_on: Day,
        /// What was billed; the difference is entered.
        amount: Money,
        /// How it is expected to be paid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<Rail>,
    },
    /// Receivable: the subscription that it bills becomes known or changes.
    Subscribed(Subscription),
    /// Receivable: a promise to pay on a day.
    Promised {
        /// The day promised.
        on: Day,
    },
    /// Receivable: the promise for a day was not kept. Entered by whoever keeps time, see [`super::Facts::next_break`].
    PromiseBroken {
        /// The day promised.
        on: Day,
    },
    /// Receivable: the promise for a day is taken back, as if it had not been made: a mistake, or the payer thinks otherwise.
    PromiseWithdrawn {
        /// The day promised.
        on: Day,
    },
    /// Receivable: a payment is on its way, initiated or claimed by the payer.
    Initiated {
        /// Over which rail; the receivable's own when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rail: Option<Rail>,
    },
    /// Receivable: the payment on its way will not come.
    FlightFailed,
    /// Receivable: a charge failed.
    ChargeFailed {
        /// The normalised decline reason.
        reason: Box<str>,
        /// Whether only the payer can mend it.
        #[serde(default)]
        needs_payer: bool,
        /// The id of the `charge` step that ordered it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Box<str>>,
        /// The attempt, when it is known as one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<ChargeId>,
        /// What its codes mean.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advice: Option<Advice>,
        /// When it is tried again, where the policy has that chosen (`retry: { mode: smart }`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Instant>,
    },
    /// Customer: a stored method becomes known or changes.
    MethodKnown {
        /// As it is now.
        method: Method,
    },
    /// Receivable: somebody tried to take money outside the ladder's steps. While nobody knows what came of it, it is on its way.
    Tried {
        /// With what, when, how much.
        tried: Tried,
    },
    /// Receivable: an attempt took the money that is told next, as [`Fact::Paid`].
    Taken {
        /// Which.
        charge: ChargeId,
        /// The payer's day.
        on: Day,
    },
    /// Receivable: an attempt was never made, so no budget is used: its receivable was paid, frozen or closed meanwhile.
    TryDropped {
        /// Which.
        charge: ChargeId,
    },
    /// Receivable: cancelled as if never billed; what was paid on it is the customer's credit.
    Voided,
    /// Receivable: given up outside the ladder; what is paid on it from then on is a recovery.
    WrittenOff,
    /// Receivable: a person refused a step.
    Rejected {
        /// Its id.
        step: Box<str>,
    },
    /// Receivable: a person released a step.
    Released {
        /// Its id.
        step: Box<str>,
    },
    /// Receivable: nobody answers for a step, even where approvals are given at once.
    Withheld {
        /// Its id.
        step: Box<str>,
    },
    /// Receivable: it walks another policy version from now on. Steps with an id of the old one keep where they stand.
    Migrated {
        /// The hash of the policy.
        policy: Box<str>,
        /// The name of the segment; the first that matches when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment: Option<Box<str>>,
    },
    /// Either: something freezes without a known end. Several causes freeze as one.
    Froze {
        /// What.
        cause: Cause,
    },
    /// Either: a cause is lifted; the last one thaws. A hold is lifted by a person only: told of one that was not laid, it still
    /// says that charging may go on after a failure that stopped it.
    Thawed {
        /// Which.
        cause: Cause,
    },
    /// Either: the customer or the policy of one receivable is as real as this from now on. Out of shadow it is an
    /// entry of what is open (SPEC §3.13).
    WentTo {
        /// The mode.
        mode: Mode,
    },
    /// Receivable: what a message that named an adverse step said holds from now on, for another day or not at all.
    Reannounced {
        /// The id of the adverse step.
        step: Box<str>,
        /// Which of its occurrences.
        #[serde(default)]
        occurrence: u16,
        /// When it was said before.
        was: Instant,
        /// The day that it names now; nothing when the message was not delivered or does not speak of it any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<Day>,
    },
    /// Customer: a message that counted for a day under the caps counts for another, or was not sent at all.
    Recounted {
        /// The day for which it counted.
        was: Day,
        /// The channels it counted for.
        channels: Vec<Channel>,
        /// The day for which it counts now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        now: Option<Day>,
        /// The channels it went over; as before when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Vec<Channel>>,
    },
    /// Customer: does not want messages on a channel.
    OptedOut {
        /// The channel.
        channel: Channel,
        /// The place of one contact point among all of the customer's; every one of the channel when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<u16>,
    },
    /// Customer: wants messages on a channel.
    OptedIn {
        /// The channel.
        channel: Channel,
        /// As in [`Fact::OptedOut`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<u16>,
    },
    /// Customer: messages do not arrive.
    Bounced {
        /// The channel.
        channel: Channel,
        /// As in [`Fact::OptedOut`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<u16>,
    },
    /// Customer: the address is on a suppression list.
    Suppressed {
        /// The channel.
        channel: Channel,
        /// As in [`Fact::OptedOut`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<u16>,
    },
    /// Customer: messages arrive again.
    Mended {
        /// The channel.
        channel: Channel,
        /// As in [`Fact::OptedOut`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<u16>,
    },
    /// Customer: who it is and how to reach them, whole. Personal, see [`Fact::is_personal`].
    Profile(Box<Customer>),
    /// Customer: the source that reports payments was read.
    SourceRead,
}

/// How a receivable enters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// What was billed.
    pub amount: Money,
    /// How it is expected to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Rail>,
    /// What it bills, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Subscription>,
    /// The hash of the policy that it walks; the newest when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Box<str>>,
    /// How real that policy is for this customer.
    #[serde(default = "live", skip_serializing_if = "is_live")]
    pub mode: Mode,
}

const fn live() -> Mode {
    Mode::Live
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_live(mode: &Mode) -> bool {
    *mode == Mode::Live
}

text_enum! {
    /// What freezes without a known end (SPEC §3.5): the debt is contested, an agreement is in good standing, a person
    /// holds or pauses it, the customer complains, has a lawyer, is insolvent, has died.
    Cause, "cause" {
        Dispute = "dispute", Hold = "hold", Pause = "pause", Complaint = "complaint", Lawyer = "lawyer", Insolvency = "insolvency",
        Death = "death", Agreement = "agreement",
    }
}

/// Whom a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// The customer, with all receivables.
    Customer,
    /// One receivable.
    Receivable,
    /// Either.
    Either,
}

impl Fact {
    /// Whom it is about: [`super::Facts::apply`] refuses another.
    #[must_use]
    pub const fn about(&self) -> About {
        match self {
            Self::Entered(_)
            | Self::Received { .. }
            | Self::CreditRefunded { .. }
            | Self::Recounted { .. }
            | Self::OptedOut { .. }
            | Self::OptedIn { .. }
            | Self::Bounced { .. }
            | Self::Suppressed { .. }
            | Self::Mended { .. }
            | Self::MethodKnown { .. }
            | Self::Profile(_)
            | Self::SourceRead => About::Customer,
            Self::Froze { .. } | Self::Thawed { .. } | Self::WentTo { .. } => About::Either,
            Self::Paid { .. }
            | Self::Corrected { .. }
            | Self::Credited { .. }
            | Self::TaxWithheld { .. }
            | Self::FeeAdded { .. }
            | Self::CreditUsed { .. }
            | Self::Refunded { .. }
            | Self::ChargedBack { .. }
            | Self::Amended { .. }
            | Self::Subscribed(_)
            | Self::Promised { .. }
            | Self::PromiseBroken { .. }
            | Self::PromiseWithdrawn { .. }
            | Self::Initiated { .. }
            | Self::FlightFailed
            | Self::ChargeFailed { .. }
            | Self::Tried { .. }
            | Self::Taken { .. }
            | Self::TryDropped { .. }
            | Self::Voided
            | Self::WrittenOff
            | Self::Rejected { .. }
            | Self::Released { .. }
            | Self::Withheld { .. }
            | Self::Migrated { .. }
            | Self::Reannounced { .. } => About::Receivable,
        }
    }

    /// Whether it holds personal data, so that the log keeps it under the customer's key.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        matches!(self, Self::Profile(_))
    }
}

/// What a fact did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It is known now.
    Known,
    /// A receivable entered: its index in `walks`.
    Entered(usize),
    /// Money moved.
    Moved(Receipt),
}

/// Why a fact was refused. The facts are as they were.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FactError {
    /// A fact of a customer was told of a receivable.
    #[error("is told of a customer")]
    OfCustomer,
    /// A fact of a receivable was told of a customer, or of a receivable that is not known.
    #[error("is told of a receivable")]
    OfReceivable,
    /// An attempt to take the same money is under way.
    #[error("an attempt to charge it is under way; wait until it is known what came of it")]
    UnderWay,
    /// The ladder has no such step.
    #[error("the receivable's ladder has no step `{0}`; use the id of one of its steps")]
    NoStep(Box<str>),
    /// There is no such promise any more.
    #[error("no promise to pay on {0} stands; it was broken, withdrawn or never made")]
    NoPromise(Day),
    /// The policy is not known.
    #[error("no policy `{0}` is published; publish it first")]
    NoPolicy(Box<str>),
    /// The policy has no such segment.
    #[error("the policy has no segment `{0}`; use the name of one of its segments")]
    NoSuchSegment(Box<str>),
    /// No segment matches.
    #[error(transparent)]
    NoSegment(#[from] NoSegment),
    /// The receivable has ended.
    #[error("the receivable is closed; only open ones are moved to another policy")]
    Closed,
    /// Something is charged on a receivable that is void or given up.
    #[error("the receivable is void or given up; nothing is charged on it any more")]
    Ended,
    /// More credit than there is.
    #[error("{asked} is more than the customer's credit of {credit}: use at most that")]
    Credit {
        /// What was to be used.
        asked: Money,
        /// What there is.
        credit: Money,
    },
    /// The ledger does not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
