//! A ledger as rows: its entries out, and in again.

use super::{Entry, EntryKind, Ledger, LedgerError, Moved, Origin, last_day, replay};
use crate::charges::Terms;
use crate::money::Money;
use crate::time::{Day, Instant};

/// An entry as a store keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredEntry {
    /// What it is.
    pub kind: EntryKind,
    /// Signed: what raises the balance is positive.
    pub amount: Money,
    /// The local day for which it counts.
    pub on: Day,
    /// When it became known.
    pub at: Instant,
    /// 0 when it happened, n when it undoes the payment with number n, nothing when it follows from the others.
    pub origin: Option<i64>,
}

impl Ledger {
    /// Every entry, the charge first.
    pub fn stored(&self) -> impl Iterator<Item = StoredEntry> {
        self.entries().map(|entry| StoredEntry {
            kind: entry.kind,
            amount: entry.amount,
            on: entry.on,
            at: entry.at,
            origin: match entry.origin {
                Origin::Given => Some(0),
                Origin::Reverses(payment) => i64::try_from(payment).ok(),
                Origin::Computed => None,
            },
        })
    }

    /// The ledger as it was known before a moment; nothing when the receivable was not known yet.
    #[must_use]
    pub fn known_before(&self, terms: &Terms<'_>, before: Instant) -> Option<Self> {
        // Entries stand in the order of becoming known.
        let known = self.stored().take_while(|entry| entry.at < before);
        Self::restore(known, terms).ok()
    }

    /// The ledger with these entries, the charge first, under the terms by which they were reckoned.
    ///
    /// # Errors
    /// [`LedgerError::Amount`] when the first is no charge that a ledger could begin with, [`LedgerError::Currency`] when
    /// one is in another currency.
    ///
    /// ```
    /// # use regua_core::{calendar::Calendar, charges::Terms, currency::Currency, ledger::Ledger, money::Money};
    /// # use regua_core::{policy::program::LateCharges, time::{Day, Instant}};
    /// let late = LateCharges::default();
    /// let terms = Terms::new(&late, &[], Calendar::BrBanking, Day::parse("2026-12-12")?);
    /// let mut ledger = Ledger::new(Money::new(10_000, Currency::BRL), Day::parse("2026-12-01")?, Instant::default())?;
    /// ledger.pay(&terms, Day::parse("2026-12-10")?, Some(Money::new(4_000, Currency::BRL)), Instant::default())?;
    /// assert_eq!(Ledger::restore(ledger.stored(), &terms)?, ledger);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(entries: impl IntoIterator<Item = StoredEntry>, terms: &Terms<'_>) -> Result<Self, LedgerError> {
        let mut entries = entries.into_iter();
        let nothing = || LedgerError::Amount(Money::new(0, crate::currency::Currency::BRL));
        let first = entries.next().ok_or_else(nothing)?;
        if first.kind != EntryKind::Charge {
            return Err(LedgerError::Amount(first.amount));
        }
        let mut ledger = Self::new(first.amount, first.on, first.at)?;
        let mut moved = Vec::new();
        for stored in entries {
            if stored.amount.currency() != ledger.currency() {
                return Err(LedgerError::Currency { amount: stored.amount, currency: ledger.currency() });
            }
            let origin = match stored.origin {
                None => Origin::Computed,
                Some(0) => Origin::Given,
                Some(payment) => Origin::Reverses(usize::try_from(payment).or(Err(LedgerError::NotAPayment(0)))?),
            };
            moved.push(Entry { kind: stored.kind, amount: stored.amount, on: stored.on, at: stored.at, origin });
        }
        if moved.is_empty() {
            return Ok(ledger);
        }
        let last = last_day(&moved);
        let standing = replay(ledger.charge.amount, terms, &moved, Day::MAX);
        ledger.moved = Some(Box::new(Moved { entries: moved, standing, last }));
        Ok(ledger)
    }
}
