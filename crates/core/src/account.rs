//! A customer's account of credit: what was paid too much or without a receivable to take it, what of it paid on
//! receivables, and what was given back. One balance for each currency, the sum of its entries; none is ever changed.
//!
//! What a receivable was paid too much is here as long as its ledger says so: a payment that is taken back takes it
//! away again, and may take the account below zero where it was used in between. Credit pays on receivables only where
//! somebody says so. Deliberately absent: ids; a receivable is known by its place among the customer's.

use crate::currency::Currency;
use crate::money::Money;
use crate::time::{Day, Instant};
use crate::words::text_enum;

text_enum! {
    /// What an entry of an account is.
    AccountKind, "account entry" {
        Overpaid = "overpaid", Received = "received", Applied = "applied", Refunded = "refunded",
    }
}

/// An immutable movement of a customer's credit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountEntry {
    /// What it is.
    pub kind: AccountKind,
    /// Signed: what gives the customer more credit is positive.
    pub amount: Money,
    /// The receivable that it came from or paid on.
    pub walk: Option<usize>,
    /// The local day for which it counts.
    pub on: Day,
    /// When it became known.
    pub at: Instant,
}

/// The credit of one customer, and what moved it since it was loaded.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    credit: Vec<(Currency, i64)>,
    moved: Vec<AccountEntry>,
}

impl Account {
    /// An account with these balances.
    #[must_use]
    pub fn restore(credit: impl IntoIterator<Item = Money>) -> Self {
        Self { credit: credit.into_iter().map(|money| (money.currency(), money.minor())).collect(), moved: Vec::new() }
    }

    /// The credit in a currency; below zero when what was used is not there any more.
    #[must_use]
    pub fn credit(&self, currency: Currency) -> Money {
        let known = self.credit.iter().find(|(known, _)| *known == currency);
        Money::new(known.map_or(0, |(_, minor)| *minor), currency)
    }

    /// Enters a movement.
    pub fn enter(&mut self, entry: AccountEntry) {
        let (currency, minor) = (entry.amount.currency(), entry.amount.minor());
        match self.credit.iter_mut().find(|(known, _)| *known == currency) {
            Some((_, credit)) => *credit = credit.saturating_add(minor),
            None => self.credit.push((currency, minor)),
        }
        self.moved.push(entry);
    }

    /// What moved, for whoever stores it.
    pub fn take_moved(&mut self) -> Vec<AccountEntry> {
        std::mem::take(&mut self.moved)
    }

    /// How much moved since it was loaded.
    #[must_use]
    pub const fn moved(&self) -> usize {
        self.moved.len()
    }
}

/// A receivable that money may pay on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open {
    /// Its place among the customer's.
    pub walk: usize,
    /// The due date rolled to an open day.
    pub due: Day,
    /// Its place in the order of ids.
    pub rank: u32,
    /// What settles it on the payer's day.
    pub owes: Money,
}

/// Where money goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// Receivables by place, and what each takes.
    pub parts: Vec<(usize, Money)>,
    /// What none takes: credit.
    pub rest: Money,
}

/// Divides money over receivables (SPEC §6): what the payer named, in that order; without any name the oldest due date
/// first, then the order of ids. No receivable takes more than settles it, none in another currency takes any, and what
/// was paid for something is not used for anything else.
///
/// ```
/// # use regua_core::{account::{Open, allocate}, currency::Currency, money::Money, time::Day};
/// let real = |minor| Money::new(minor, Currency::BRL);
/// let open = |walk, due, owes| Open { walk, due, rank: 0, owes: real(owes) };
/// let open = [open(0, Day::parse("2026-12-20")?, 5_000), open(1, Day::parse("2026-12-10")?, 3_000)];
/// let oldest = allocate(&open, &[], real(4_000));
/// assert_eq!((oldest.parts, oldest.rest), (vec![(1, real(3_000)), (0, real(1_000))], real(0)));
/// let named = allocate(&open, &[0], real(6_000));
/// assert_eq!((named.parts, named.rest), (vec![(0, real(5_000))], real(1_000)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn allocate(open: &[Open], named: &[usize], amount: Money) -> Allocation {
    let mut order: Vec<&Open> = if named.is_empty() {
        open.iter().collect()
    } else {
        named.iter().filter_map(|walk| open.iter().find(|one| one.walk == *walk)).collect()
    };
    if named.is_empty() {
        order.sort_by_key(|one| (one.due, one.rank));
    }
    let (mut parts, mut left): (Vec<(usize, Money)>, i64) = (Vec::new(), amount.minor());
    for one in order.into_iter().filter(|one| one.owes.currency() == amount.currency()) {
        let part = left.min(one.owes.minor());
        // Named twice is named once.
        if part > 0 && !parts.iter().any(|(walk, _)| *walk == one.walk) {
            parts.push((one.walk, Money::new(part, amount.currency())));
            left -= part;
        }
    }
    Allocation { parts, rest: Money::new(left, amount.currency()) }
}
