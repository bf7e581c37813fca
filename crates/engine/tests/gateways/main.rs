//! Gateways over real HTTP against programs that behave as theirs are documented to, and against one that others wrote.

#![expect(clippy::unwrap_used, reason = "tests")]

mod asaas;
mod localstripe;
mod orders;
mod pix;
mod stripe;
