//! Which payments came soon after which contacts of one customer. A correlation: who would have paid anyway is unknown.

use std::collections::BTreeMap;

use regua_core::decide::StepRef;
use regua_core::time::{Day, Instant};
use regua_sim::backtest::Paid;

use super::WITHIN_DAYS;

/// Days within which a payment counts for the headline.
const HEADLINE_DAYS: i32 = 3;

/// A step of a ladder.
pub(in super::super) type Place = (usize, StepRef);

/// What followed one step.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Followed {
    /// Contacts that were the last before a payment.
    pub(in super::super) contacts: i64,
    /// What was paid then.
    pub(in super::super) paid_minor: i64,
}

impl Followed {
    /// Adds what followed with other customers.
    pub(super) fn absorb(&mut self, other: Self) {
        self.contacts += other.contacts;
        self.paid_minor = self.paid_minor.saturating_add(other.paid_minor);
    }
}

/// The contacts of the customer being walked.
#[derive(Default)]
pub(super) struct Follow {
    items: Vec<Item>,
    /// For each message, whether a payment followed within [`HEADLINE_DAYS`].
    messages: Vec<bool>,
}

/// One receivable of one message.
struct Item {
    receivable: u32,
    place: Place,
    at: Instant,
    day: Day,
    message: usize,
    followed: bool,
}

impl Follow {
    /// A receivable was named in the message being sent.
    pub(super) fn contacted(&mut self, receivable: u32, place: Place, at: Instant, day: Day) {
        self.items.push(Item { receivable, place, at, day, message: self.messages.len(), followed: false });
    }

    /// The message is complete.
    pub(super) fn message_ends(&mut self) {
        self.messages.push(false);
    }

    /// A payment became known; it is entered at the last contact about its receivable.
    pub(super) fn paid(&mut self, paid: &Paid, known_on: Day, kept_minor: i64, followed: &mut BTreeMap<Place, Followed>) {
        // A date says no hour: a contact of that day may have come after the payment.
        let timed = known_on == paid.paid_on;
        let before = |item: &&mut Item| item.at <= paid.at && (item.day < paid.paid_on || (timed && item.day == paid.paid_on));
        let Some(last) = self.items.iter_mut().rev().filter(|item| item.receivable == paid.receivable).find(before) else { return };
        let days = paid.paid_on.since(last.day);
        if days > WITHIN_DAYS {
            return;
        }
        let sum = followed.entry(last.place).or_default();
        sum.contacts += i64::from(!last.followed);
        sum.paid_minor = sum.paid_minor.saturating_add(kept_minor.max(0));
        last.followed = true;
        if days <= HEADLINE_DAYS
            && let Some(message) = self.messages.get_mut(last.message)
        {
            *message = true;
        }
    }

    /// Forgets the customer and says after how many messages a payment came soon.
    pub(super) fn customer_ends(&mut self) -> i64 {
        let followed = self.messages.iter().filter(|followed| **followed).count();
        self.items.clear();
        self.messages.clear();
        i64::try_from(followed).unwrap_or(i64::MAX)
    }
}
