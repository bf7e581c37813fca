//! Failed payments with a hidden cause, and policies that try them again: the evidence for the choice of moments.
//!
//! `cause` holds every parameter, `payment` one failed payment, `paydays` when its payer has money, `chance` draws. `plans` are
//! the policies that are compared, `walk` takes one payment through one of them, under the rulebook or without; `tally` adds up
//! and pairs, `school` learns weights from one world to be judged in another, `control` reads attempts in which there is
//! nothing to learn. Deliberately absent: messages to payers and their effect, other methods, and any claim that the world is
//! like this: `docs/retries-evidence.md` says what is assumed.

pub mod cause;
mod chance;
pub mod control;
mod paydays;
mod payment;
pub mod plans;
pub mod school;
pub mod tally;
pub mod walk;

pub use payment::Payment;
