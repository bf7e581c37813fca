//! What the events of billing say: everything that a replay needs, and nothing personal.

use regua_core::billing::{Change, CreditOf, NewSubscription};
use regua_core::decide::ENGINE_VERSION;
use regua_core::time::Day;
use regua_core::words::Rail;
use serde::{Deserialize, Serialize};

use super::draw::Drawn;
use crate::log::{Act, Seen};

/// The payload of an event of kind `subscription`: it begins, or something happens to it.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct SubscriptionNote {
    /// Which.
    pub(crate) subscription: String,
    /// The policies that there were: a customer without a time zone has that of the newest.
    pub(crate) seen: Seen,
    /// Who did it and why.
    pub(crate) act: Act,
    /// The customer's day for which it counts.
    pub(crate) on: Day,
    /// What.
    pub(crate) what: What,
}

/// What happened to a subscription.
#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// It begins.
    Begun {
        /// The rail on which its receivables are expected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<Rail>,
        /// How.
        new: Box<NewSubscription>,
    },
    /// It changes.
    Changed(Box<Change>),
}

/// The payload of an event of kind `billed`: the documents of a customer that were due together. The receivables that
/// they became, and what credits took off, are facts in the event before.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(crate) struct BilledNote {
    /// The version of the engine.
    pub(crate) engine: String,
    /// The policies that there were.
    pub(crate) seen: Seen,
    /// The day of issue.
    pub(crate) issued_on: Day,
    /// Every subscription that was looked at.
    pub(crate) subscriptions: Vec<Lapsed>,
    /// What credits took off receivables: credit, receivable, minor units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) applied: Vec<(String, String, i64)>,
}

/// A subscription whose time had come.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(crate) struct Lapsed {
    /// Which.
    pub(crate) subscription: String,
    /// Its documents, in order.
    pub(crate) documents: Vec<Document>,
}

/// A document that was made.
#[derive(Serialize, Deserialize, PartialEq, Eq, Debug)]
pub(crate) struct Document {
    /// Its id.
    pub(crate) invoice: String,
    /// What makes it the only one.
    pub(crate) key: String,
    /// What it comes to, with its currency.
    pub(crate) total: String,
    /// Its parts.
    pub(crate) receivables: Vec<String>,
}

/// The payload of an event of kind `invoice_voided`.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct VoidedNote {
    /// Which.
    pub(crate) invoice: String,
    /// Who did it and why.
    pub(crate) act: Act,
}

/// The payload of an event of kind `invoice_credited`: a person made a credit note. What it took off receivables are facts in
/// the event before.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct CreditedNote {
    /// Of which invoice.
    pub(crate) invoice: String,
    /// The credit note.
    pub(crate) document: String,
    /// What makes it the only one.
    pub(crate) key: String,
    /// The policies that there were.
    pub(crate) seen: Seen,
    /// The day of issue.
    pub(crate) on: Day,
    /// What was credited.
    pub(crate) what: CreditOf,
    /// What it comes to, with its currency.
    pub(crate) total: String,
    /// Who did it and why: the reason is what the customer reads.
    pub(crate) act: Act,
    /// What it took off receivables: credit, receivable, minor units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) applied: Vec<(String, String, i64)>,
}

impl BilledNote {
    pub(crate) fn new(seen: Seen, issued_on: Day) -> Self {
        Self { engine: ENGINE_VERSION.to_owned(), seen, issued_on, subscriptions: Vec::new(), applied: Vec::new() }
    }
}

impl Lapsed {
    pub(crate) fn of(subscription: String, drawn: &[Drawn]) -> Self {
        let document = |drawn: &Drawn| Document {
            invoice: drawn.invoice.to_string(),
            key: drawn.draft.key.to_string(),
            total: drawn.draft.amount().to_string(),
            receivables: drawn.receivables.iter().map(ToString::to_string).collect(),
        };
        Self { subscription, documents: drawn.iter().map(document).collect() }
    }
}
