//! The facts of one customer: all that [`crate::decide::decide`] may look at.
//!
//! A store, a file or a simulation fills them; commands and payments change them through the methods
//! here; `decide` enters its own decisions. Deliberately absent: ids (a receivable is known by the rank of its id
//! among the customer's, which is all that an order needs) and anything that happens after `now`.

mod apply;
mod charging;
mod copy;
mod credit;
mod events;
mod fact;
mod moves;
mod plan;
pub mod saved;
mod walk;

use std::borrow::Cow;

use crate::account::Account;
use crate::charging::{Method, Tried};
use crate::party::Customer;
use crate::time::{Day, Instant, Zone};
use crate::words::{AccessState, Channel, DeferReason, Mode, SkipReason};

pub use copy::SecondCopy;
pub use events::{Ending, Failure, NoSegment, Reacting, Verdicts};
pub use fact::{About, Applied, Cause, Entry, Fact, FactError};
pub use moves::Break;
pub(crate) use plan::Layout;
pub use plan::{Policies, Slot, SlotKind};
pub use walk::{Announcement, Closed, NewWalk, Promise, SlotState, Span, Subscription, Walk};

/// Everything known of one customer at the moment of decision.
///
/// Methods take a receivable by its index in `walks`, which is what [`Facts::enter`] returned; any other number is a
/// mistake of the caller's and panics.
#[derive(Clone)]
pub struct Facts<'a> {
    /// Who owes.
    pub customer: Cow<'a, Customer>,
    /// Where the customer's local time is read: the customer's zone, else the policy's.
    pub zone: Zone,
    /// How real the decisions are; part of every decision's key.
    pub mode: Mode,
    /// Whether steps that name a mode of their own have it, or all are as real as their scope (backtest).
    pub step_modes: bool,
    /// Whether a person releases what asks for approval, or everything is released at once (backtest).
    pub approvals: Approvals,
    /// When the source that reports this customer's payments was last read. A tenant's own ledger: [`Instant::NEVER`].
    pub source_read_at: Instant,
    /// The receivables known so far, each walking its ladder.
    pub walks: Vec<Walk>,
    /// Counted contacts of the last thirty days, oldest first.
    pub contacts: Vec<Contacted>,
    /// What the customer paid, in the order in which it became known.
    pub history: Vec<PaidFact>,
    /// The customer's credit, by currency.
    pub account: Account,
    /// Promises that were not kept.
    pub broken_promises: u32,
    /// What holds for all receivables of the customer: pause, hold, complaint, lawyer, insolvency, death.
    pub freezes: Vec<Span>,
    /// What freezes the customer without a known end; while there is any, the last of `freezes` is open.
    pub causes: Vec<Cause>,
    /// The moments of messages that were decided and of which nobody knows yet that they were sent: what they announce does
    /// not stand (SPEC §18.4), and is not announced a second time. Where a message counts as delivered when it is decided
    /// (backtest), there are none.
    pub unsent: Vec<Instant>,
    /// The stored methods of the customer, in the order in which they are tried.
    pub methods: Vec<Method>,
    /// Attempts that the budgets of schemes may still count, oldest first, whoever made them.
    pub tried: Vec<Tried>,
    /// How many automatic payments in a row came on time (progressive discount).
    pub autopaid: u16,
    /// When a person last released the whole customer: charging may go on after a failure that stopped it.
    pub released_at: Option<Instant>,
    /// Per subscription: the renewal that a receivable of it looks forward to, see [`Facts::look_forward`].
    pub(crate) renewals: Vec<(Box<str>, Day)>,
    /// How many receivables entered, those that are not in `walks` included.
    pub entered: u32,
    /// Indices of `walks` in the order of their ids.
    pub(crate) by_rank: Vec<usize>,
}

/// Who releases what asks for approval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approvals {
    /// Given at the moment they are asked for, unless a verdict says otherwise.
    AtOnce,
    /// A person decides.
    Asked,
}

/// A message that counts under the caps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contacted {
    /// The customer's local date.
    pub day: Day,
    /// The channels it went over, as a set.
    pub channels: Channels,
    /// Whether it was decided in shadow, so that only shadow counts it.
    pub shadow: bool,
}

/// A receivable that was paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PaidFact {
    /// The day the payer paid.
    pub paid_on: Day,
    /// Civil days after D; 0 when in time.
    pub days_late: i32,
}

/// A set of channels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Channels(u8);

impl Channels {
    /// The set of one channel.
    #[must_use]
    pub const fn of(channel: Channel) -> Self {
        Self(match channel {
            Channel::Email => 1,
            Channel::Sms => 2,
            Channel::Whatsapp => 4,
            Channel::Push => 8,
            Channel::InApp => 16,
            Channel::Voice => 32,
            Channel::Letter => 64,
        })
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets share a channel.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set as a number to keep.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The set from a number that was kept.
    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Whether there is no channel.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The channels, in the order of [`Channel`].
    pub fn iter(self) -> impl Iterator<Item = Channel> {
        Channel::ALL.iter().copied().filter(move |&channel| self.meets(Self::of(channel)))
    }
}

impl std::fmt::Display for Channels {
    /// The words joined by `;`, as in `decisions.csv`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, channel) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(";")?;
            }
            f.write_str(channel.as_str())?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Channels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Where a step of one cycle stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stand {
    /// Nothing final yet.
    #[default]
    Open,
    /// Carried out.
    Done(Instant),
    /// Finally not carried out.
    Skipped(SkipReason, Instant),
}

impl Stand {
    /// Whether nothing final was decided.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }
}

/// Why and until when a step waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deferral {
    /// The first reason that applies.
    pub reason: DeferReason,
    /// When it ends; [`Instant::NEVER`] when only a fact can end it.
    pub until: Instant,
    /// When this reason began.
    pub since: Instant,
}

impl<'a> Facts<'a> {
    /// A customer of whom nothing is owed yet: live, approvals asked, own ledger.
    #[must_use]
    pub fn new(customer: Cow<'a, Customer>, zone: Zone) -> Self {
        Self {
            customer,
            zone,
            mode: Mode::Live,
            step_modes: true,
            approvals: Approvals::Asked,
            source_read_at: Instant::NEVER,
            walks: Vec::new(),
            contacts: Vec::new(),
            history: Vec::new(),
            account: Account::default(),
            broken_promises: 0,
            freezes: Vec::new(),
            causes: Vec::new(),
            unsent: Vec::new(),
            methods: Vec::new(),
            tried: Vec::new(),
            autopaid: 0,
            released_at: None,
            renewals: Vec::new(),
            entered: 0,
            by_rank: Vec::new(),
        }
    }

    /// The strictest access state that receivables of a subscription have brought about and payment has not lifted.
    ///
    /// Receivables without a subscription share the customer's one.
    #[must_use]
    pub fn access_in_force(&self, subscription: Option<&Subscription>) -> AccessState {
        let key = subscription.map(|sub| &sub.key);
        self.walks
            .iter()
            .filter(|walk| walk.subscription.as_ref().map(|sub| &sub.key) == key)
            .map(|walk| walk.access)
            .max()
            .unwrap_or(AccessState::Active)
    }

    /// As [`Facts::access_in_force`]; in shadow with what shadow has brought about.
    pub(crate) fn access_seen(&self, subscription: Option<&Subscription>, in_shadow: bool) -> AccessState {
        let real = self.access_in_force(subscription);
        if !in_shadow {
            return real;
        }
        let key = subscription.map(|sub| &sub.key);
        let same = self.walks.iter().filter(|walk| walk.subscription.as_ref().map(|sub| &sub.key) == key);
        same.map(|walk| walk.shadow_access).fold(real, AccessState::max)
    }

    /// Makes every receivable be looked at again: call it when a fact of the customer changed.
    pub fn touch(&mut self) {
        for walk in &mut self.walks {
            walk.touch();
        }
    }
}
