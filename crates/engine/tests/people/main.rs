//! Who comes in, how they prove it, and what they and their programs may do: on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod coming;
#[path = "../common/mod.rs"]
mod common;
mod external;
mod guessing;
mod house;
mod keys;
mod props;
mod second;
mod sessions;
mod signing;
mod standing;
mod trail;
