//! Refusals of Asaas: `{"errors":[{"code","description"}]}`.
//!
//! A card that is refused while a payment is made is told as such a refusal, and no payment is left behind. Deliberately absent:
//! the words of a description as anything but words.

use regua_core::charging::Signal;
use serde::Deserialize;

use super::payment::signal;
use crate::gateways::br::{self, BODY_MAX, code, said};
use crate::gateways::{Response, Trouble};

/// Errors that are shown.
const SHOWN_MAX: usize = 3;
/// A refused card, in the words that Asaas has for it everywhere else.
const REFUSED_CARD: &str = "CREDIT_CARD_CAPTURE_REFUSED";

#[derive(Deserialize, Default)]
struct Errors {
    #[serde(default)]
    errors: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    code: String,
    #[serde(default)]
    description: String,
}

fn errors(body: &[u8]) -> Vec<One> {
    if body.len() > BODY_MAX { Vec::new() } else { serde_json::from_slice::<Errors>(body).unwrap_or_default().errors }
}

/// What a reply that is no success means.
#[must_use]
pub fn trouble(response: &Response, only_reads: bool) -> Trouble {
    let errors = errors(&response.body);
    let first = errors.first().map(|error| code(&error.code)).filter(|code| !code.is_empty());
    let mut why = format!("status {}", response.status);
    for error in errors.iter().take(SHOWN_MAX) {
        why.push_str(&format!("; {}: {}", code(&error.code), said(&error.description)));
    }
    match response.status {
        401 => why.push_str("; compare the API key and the address of the settings: keys of the sandbox are for the sandbox alone"),
        403 => why.push_str("; the account's list of addresses, or the key's rights, do not let this machine in"),
        _ => {}
    }
    br::trouble(response, only_reads, first.unwrap_or_else(|| response.status.to_string()), why)
}

/// The codes of a refused card, when that is what a reply says.
#[must_use]
pub fn declined(response: &Response) -> Option<Vec<Signal>> {
    if !matches!(response.status, 400 | 402 | 422) {
        return None;
    }
    let card = |code: &str| code.to_ascii_lowercase().replace('_', "").contains("creditcard");
    let mut signals: Vec<Signal> = errors(&response.body)
        .iter()
        .filter(|error| card(&error.code))
        // This one word stands for whatever the card's bank said.
        .map(|error| signal(if error.code == "invalid_creditCard" { REFUSED_CARD } else { &error.code }))
        .collect();
    signals.sort();
    signals.dedup();
    (!signals.is_empty()).then_some(signals)
}

/// Whether what was to be taken away cannot be, since it was paid or is gone.
#[must_use]
pub fn is_too_late(response: &Response) -> bool {
    matches!(response.status, 400 | 409 | 422)
}
