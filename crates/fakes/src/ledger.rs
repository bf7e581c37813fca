//! The money that a fake took, written down apart from the objects that it shows: what a test counts double payments by.
//!
//! Deliberately absent: what the fake's own answers say. A mistake in them does not reach this count.

use std::collections::BTreeMap;

/// One movement of money.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The fake's name of the payment.
    pub reference: String,
    /// Minor units.
    pub amount: i64,
    /// When, by the fake's clock.
    pub at: i64,
}

/// Money taken and given back, by the key that the payments carry for the thing paid: `metadata[receivable]`,
/// `externalReference`, txid.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    taken: BTreeMap<String, Vec<Taken>>,
    returned: BTreeMap<String, Vec<Taken>>,
}

impl Ledger {
    /// Money came in.
    pub fn take(&mut self, key: &str, reference: &str, amount: i64, at: i64) {
        self.taken.entry(key.to_owned()).or_default().push(Taken { reference: reference.to_owned(), amount, at });
    }

    /// Money of a payment went back.
    pub fn give_back(&mut self, key: &str, reference: &str, amount: i64, at: i64) {
        self.returned.entry(key.to_owned()).or_default().push(Taken { reference: reference.to_owned(), amount, at });
    }

    /// Every payment for a key.
    #[must_use]
    pub fn payments(&self, key: &str) -> &[Taken] {
        self.taken.get(key).map_or(&[], Vec::as_slice)
    }

    /// What came in for a key, given back or not.
    #[must_use]
    pub fn taken(&self, key: &str) -> i64 {
        self.payments(key).iter().map(|taken| taken.amount).sum()
    }

    /// What went back for a key.
    #[must_use]
    pub fn returned(&self, key: &str) -> i64 {
        self.returned.get(key).map_or(0, |returned| returned.iter().map(|taken| taken.amount).sum())
    }

    /// What is kept of a key.
    #[must_use]
    pub fn kept(&self, key: &str) -> i64 {
        self.taken(key) - self.returned(key)
    }

    /// Every key that money came in for.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.taken.keys().map(String::as_str)
    }

    /// The keys that were paid more than once.
    #[must_use]
    pub fn twice(&self) -> Vec<String> {
        self.taken.iter().filter(|(_, payments)| payments.len() > 1).map(|(key, _)| key.clone()).collect()
    }

    /// The keys of which more than one payment is kept: paid more than once, and not given back until one was left.
    #[must_use]
    pub fn kept_twice(&self) -> Vec<String> {
        let largest = |key: &str| self.payments(key).iter().map(|taken| taken.amount).max().unwrap_or(0);
        self.taken.keys().filter(|key| self.kept(key) > largest(key)).cloned().collect()
    }
}
