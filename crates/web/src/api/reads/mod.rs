//! Looks: everything that shows how things are and changes nothing, by noun.
//!
//! `page` holds what lists have in common, `parts` what several answers show. Deliberately absent: what needs the settings of the
//! program around, which is in `host_*`.

mod access;
mod accounts;
mod audit;
mod bank;
mod book;
pub(super) mod channels;
mod charges;
mod collected;
mod company;
mod customers;
mod invoices;
mod messages;
mod page;
mod parts;
mod plans;
mod policies;
mod receivables;
mod records;
mod reports;
mod stories;
mod subscriptions;
mod waiting;

use super::op::Op;

/// The looks, by noun.
pub(super) const NOUNS: &[&[Op]] = &[
    customers::OPS,
    accounts::OPS,
    access::OPS,
    receivables::OPS,
    records::OPS,
    stories::OPS,
    messages::OPS,
    channels::OPS,
    waiting::OPS,
    subscriptions::OPS,
    invoices::OPS,
    plans::OPS,
    charges::OPS,
    bank::OPS,
    policies::OPS,
    company::OPS,
    reports::OPS,
    collected::OPS,
    audit::OPS,
];
