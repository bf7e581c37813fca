//! Two who look on at one walk.

use regua_core::facts::Facts;
use regua_core::time::Instant;
use regua_sim::backtest::{Paid, Step, Watch};

/// Both see everything.
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A: Watch, B: Watch> Watch for Both<A, B> {
    fn told(&mut self, customer: u32, at: Instant) {
        self.0.told(customer, at);
        self.1.told(customer, at);
    }

    fn paid(&mut self, paid: &Paid) {
        self.0.paid(paid);
        self.1.paid(paid);
    }

    fn decided(&mut self, step: &Step<'_>) {
        self.0.decided(step);
        self.1.decided(step);
    }

    fn ended(&mut self, customer: u32, facts: &Facts<'_>, receivables: &[u32]) {
        self.0.ended(customer, facts, receivables);
        self.1.ended(customer, facts, receivables);
    }

    fn absorb(&mut self, other: Self) {
        self.0.absorb(other.0);
        self.1.absorb(other.1);
    }
}
