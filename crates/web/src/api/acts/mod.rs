//! Acts: everything that changes what is known, owed or sent, by noun.
//!
//! `shared` holds what several answer with. Deliberately absent: acts on people, keys, endpoints and brands, and those that talk to
//! a gateway or a courier while they are asked for.

mod approvals;
mod bank;
mod changes;
mod channels;
mod charging;
mod contact;
mod customers;
mod imports;
mod invoices;
mod messages;
mod mode;
mod money;
mod notes;
mod pauses;
mod plans;
pub(super) mod policies;
mod receivables;
mod records;
pub(super) mod shared;
mod sources;
mod subscriptions;
mod terms;

use super::op::Op;

/// The acts, by noun.
pub(super) const NOUNS: &[&[Op]] = &[
    customers::OPS,
    notes::OPS,
    receivables::OPS,
    imports::OPS,
    sources::OPS,
    money::OPS,
    pauses::OPS,
    messages::OPS,
    approvals::OPS,
    channels::OPS,
    mode::OPS,
    policies::OPS,
    plans::OPS,
    subscriptions::OPS,
    changes::OPS,
    invoices::OPS,
    charging::OPS,
    bank::OPS,
];
