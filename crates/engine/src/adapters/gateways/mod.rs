//! Gateways behind the port: each turns an order into requests of its dialect, carries them, and reads the answers back.
//!
//! Deliberately absent: bytes, which are `wire::gateways`', and decisions: a gateway says exactly what happened.

mod asaas;
mod manual;
mod pix;
mod sandbox;
mod stripe;

pub use asaas::{Asaas, AsaasSettings};
pub use manual::Manual;
pub use pix::{Pix, PixSettings, Purse};
pub use sandbox::Sandbox;
pub use stripe::{Stripe, StripeSettings};

#[cfg(test)]
mod tests;
