//! Charging by itself: attempts with stored methods, what waits for the payer, and money that gateways took, each once.
//!
//! An attempt is written down before its first byte goes out, with the key by which the gateway knows it again. What nobody
//! knows is asked with that key, never ordered anew. Whatever tells of money, an answer, a webhook, a listing, goes the same
//! way in, and the gateway's name of a payment is its key. Deliberately absent: sockets, which are the gateways' adapters,
//! and when a charge may be made, which `core` says.

mod answer;
mod authorise;
mod hear;
mod instruments;
mod listing;
mod methods;
mod money;
mod order;
mod refunds;
mod send;
mod views;

use std::collections::BTreeMap;

use regua_core::ids::TenantId;

use crate::ports::Gateway;

pub use authorise::Wanted;
pub use instruments::{Asking, Given};
pub use listing::Listed;
pub use methods::{NewMethod, Stored};
pub use views::{Attempt, RetryOutcome, Second};

pub(crate) use answer::Work;
pub(crate) use order::enter_charges;

/// The gateways that this process can reach, by tenant and by the name in its settings.
#[derive(Default)]
pub struct Gateways(BTreeMap<(TenantId, String), Box<dyn Gateway>>);

impl Gateways {
    /// Adds one.
    pub fn add(&mut self, tenant: TenantId, name: &str, gateway: Box<dyn Gateway>) {
        self.0.insert((tenant, name.to_owned()), gateway);
    }

    /// One, if this process can reach it.
    pub fn get(&mut self, tenant: TenantId, name: &str) -> Option<&mut (dyn Gateway + 'static)> {
        self.0.get_mut(&(tenant, name.to_owned())).map(Box::as_mut)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How work with gateways is done.
#[derive(Clone, Copy, Debug)]
pub struct Charging {
    /// Attempts that one transaction takes at most: what a crash leaves to be asked about.
    pub group: i64,
    /// Microseconds after which one that is still being sent is asked about.
    pub lease_micros: i64,
    /// Microseconds before something is tried or asked again, doubled each time.
    pub back_off_micros: i64,
    /// Longest wait between two tries or questions, in microseconds.
    pub back_off_max_micros: i64,
    /// After so many microseconds an attempt that the gateway does not know, and that cannot be sent again safely, is given
    /// up: a person is shown it.
    pub lost_micros: i64,
    /// The share of retries whose moment is drawn from all admissible ones, in basis points, so that something is learnt.
    pub explore_bp: u16,
}

const MINUTE_MICROS: i64 = 60 * 1_000_000;

impl Default for Charging {
    fn default() -> Self {
        Self {
            group: 16,
            lease_micros: 10 * MINUTE_MICROS,
            back_off_micros: MINUTE_MICROS,
            back_off_max_micros: 60 * MINUTE_MICROS,
            lost_micros: 24 * 60 * MINUTE_MICROS,
            explore_bp: 500,
        }
    }
}

impl Charging {
    /// How long to wait after so many tries.
    fn back_off(&self, tries: i64) -> i64 {
        self.back_off_micros.saturating_mul(1 << tries.clamp(1, 20).saturating_sub(1)).min(self.back_off_max_micros)
    }
}

/// What became of work with gateways.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Charged {
    /// Attempts looked at.
    pub taken: u64,
    /// Attempts that took the money.
    pub settled: u64,
    /// Attempts that failed.
    pub declined: u64,
    /// Put off: the gateway cannot be used now, or the attempt has to wait.
    pub later: u64,
    /// Not made: paid, closed or given up meanwhile.
    pub dropped: u64,
    /// Of which nobody knows yet what became of them.
    pub unknown: u64,
    /// Things to pay by that were made, looked at or taken away.
    pub instruments: u64,
    /// Refunds that were sent or asked about.
    pub refunds: u64,
}

impl Charged {
    /// Adds what became of others.
    pub fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.settled += other.settled;
        self.declined += other.declined;
        self.later += other.later;
        self.dropped += other.dropped;
        self.unknown += other.unknown;
        self.instruments += other.instruments;
        self.refunds += other.refunds;
    }

    /// Whether there was nothing to do.
    #[must_use]
    pub const fn is_still(&self) -> bool {
        self.taken == 0 && self.instruments == 0 && self.refunds == 0
    }
}
