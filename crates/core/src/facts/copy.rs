//! The second copy (segunda via): what settles a receivable on a day, with its parts and the last day on which it does.
//!
//! The one function behind message, document and portal (SPEC §6), so that they cannot differ. Computed, never stored.

use crate::charges::Due;
use crate::facts::plan::Policies;
use crate::facts::walk::{Closed, Walk};
use crate::ledger::EntryKind;
use crate::money::Money;
use crate::time::Day;

/// A receivable as its debtor is shown it on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecondCopy {
    /// The day for which the amounts are.
    pub on: Day,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// D: the due date rolled to an open day.
    pub due: Day,
    /// What was billed, as last amended.
    pub billed: Money,
    /// What was paid and kept: less what was given or taken back, and less what was too much.
    pub paid: Money,
    /// By how much less is owed without money: credit notes, taxes withheld, discounts taken, what was given up.
    pub lowered: Money,
    /// What settles it on that day, by its parts.
    pub amount: Due,
    /// How it ended, if it did: then nothing is asked for.
    pub closed: Option<Closed>,
}

impl SecondCopy {
    /// The last day on which the amount settles, if nothing else happens; none when it does not change.
    #[must_use]
    pub fn valid_until(&self) -> Option<Day> {
        (self.amount.valid_until != Day::MAX).then_some(self.amount.valid_until)
    }
}

impl Walk {
    /// Its second copy for a day.
    ///
    /// For a day before the last movement the amounts are those of the day of that movement.
    #[must_use]
    pub fn second_copy(&self, policies: &Policies, on: Day) -> SecondCopy {
        let sum = |side: Side| {
            let own = self.ledger.entries().filter(|entry| Side::of(entry.kind) == side).map(|entry| entry.amount.minor());
            Money::new(own.fold(0, i64::saturating_sub), self.ledger.currency())
        };
        SecondCopy {
            on,
            issued_on: self.issued_on,
            due_on: self.due_on,
            due: self.due,
            billed: self.ledger.billed(),
            paid: sum(Side::Paid),
            lowered: sum(Side::Lowered),
            amount: self.ledger.amount_due(&self.terms(policies), on),
            closed: self.closed,
        }
    }
}

/// On which side of a second copy an entry stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// What is owed.
    Owed,
    /// Money, there and back.
    Paid,
    /// Less is owed, without money.
    Lowered,
}

impl Side {
    const fn of(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Charge | EntryKind::Fee | EntryKind::Interest | EntryKind::Fine | EntryKind::Compensation => Self::Owed,
            EntryKind::Payment | EntryKind::Application | EntryKind::Overpayment | EntryKind::Refund | EntryKind::Chargeback => Self::Paid,
            EntryKind::Discount | EntryKind::Withholding | EntryKind::Credit | EntryKind::WriteOff | EntryKind::Void => Self::Lowered,
        }
    }
}
