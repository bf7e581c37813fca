//! Channels against programs that behave as their far sides are documented to: what is sent, what comes back in any order and twice,
//! and what follows.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod addresses;
mod carriers;
mod closed;
#[path = "../common/mod.rs"]
mod common;
mod house;
mod mails;
mod rates;
mod replies;
mod statuses;
