//! The far sides of channels: what each refuses, tells, and counts, asked by hand as the documentation says, without `wire`.

#![expect(clippy::unwrap_used, reason = "a test may stop at what must be there")]

#[path = "../receiver/mod.rs"]
mod receiver;

mod callback;
mod push;
mod sms;
mod whatsapp;

use std::time::Duration;

use regua_fakes::client::{Answer, Client};

/// Asks, and waits for the answer.
fn ask(verb: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    Client::plain(Duration::from_secs(5)).unwrap().send(verb, url, headers, body).unwrap()
}
