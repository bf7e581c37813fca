//! Gateways behind the port: each turns an order into requests of its dialect, carries them, and reads the answers back.
//!
//! Deliberately absent: bytes, which are `wire::gateways`', and decisions: a gateway says exactly what happened.

mod asaas;
mod asaas_biller;
mod manual;
mod pix;
mod sandbox;
mod stripe;
mod stripe_biller;

pub use asaas::{Asaas, AsaasSettings};
pub use asaas_biller::AsaasBiller;
pub use manual::Manual;
pub use pix::{Pix, PixSettings, Purse};
pub use sandbox::Sandbox;
pub use stripe::{Stripe, StripeSettings};
pub use stripe_biller::StripeBiller;

use regua_wire::gateways::Trouble;

/// A reply that leaves it open, settled by a question when that has an answer.
fn settle<A>(ordered: Result<A, Trouble>, ask: impl FnOnce() -> Result<A, Trouble>) -> Result<A, Trouble> {
    match ordered {
        Err(Trouble::Unknown { why }) => ask().or(Err(Trouble::Unknown { why })),
        Err(trouble @ (Trouble::Outage { .. } | Trouble::Refused { .. } | Trouble::NotFound)) => Err(trouble),
        Ok(answer) => Ok(answer),
    }
}

#[cfg(test)]
mod tests;
