//! Every statement of the store by name, so that a test can prepare each on both databases and look at its plan.

use crate::charging::{charges, codes, gateways, instruments, methods, mirrored, payments, refunds, timings, webhooks};
use crate::db::Insert;
use crate::people::{failures, identities, keys, persons, sessions, tokens, trail};
use crate::{
    account, audit, bank, batch, billing, billing_lists, brands, channels, collected, due, endpoints, feed, in_app, links, lists, log,
    lookup, needs, notes, opens, outbox, person, reports, requests, saved, tasks, tenants, texts, waiting,
};

/// A statement with its name, `file.what`.
pub type Statement = (&'static str, &'static str);

/// All of them.
#[must_use]
pub fn all() -> Vec<Statement> {
    [
        account::STATEMENTS,
        audit::STATEMENTS,
        bank::STATEMENTS,
        batch::STATEMENTS,
        billing::STATEMENTS,
        billing_lists::STATEMENTS,
        brands::STATEMENTS,
        channels::STATEMENTS,
        charges::STATEMENTS,
        codes::STATEMENTS,
        collected::STATEMENTS,
        due::STATEMENTS,
        failures::STATEMENTS,
        endpoints::STATEMENTS,
        feed::STATEMENTS,
        gateways::STATEMENTS,
        identities::STATEMENTS,
        in_app::STATEMENTS,
        instruments::STATEMENTS,
        keys::STATEMENTS,
        links::STATEMENTS,
        lists::charges::STATEMENTS,
        lists::customers::STATEMENTS,
        lists::decisions::STATEMENTS,
        lists::messages::STATEMENTS,
        lists::names::STATEMENTS,
        lists::payments::STATEMENTS,
        lists::receivables::STATEMENTS,
        log::STATEMENTS,
        lookup::STATEMENTS,
        methods::STATEMENTS,
        mirrored::STATEMENTS,
        needs::STATEMENTS,
        notes::STATEMENTS,
        opens::STATEMENTS,
        outbox::STATEMENTS,
        payments::STATEMENTS,
        person::STATEMENTS,
        persons::STATEMENTS,
        refunds::STATEMENTS,
        sessions::STATEMENTS,
        timings::STATEMENTS,
        tokens::STATEMENTS,
        trail::STATEMENTS,
        reports::STATEMENTS,
        requests::STATEMENTS,
        saved::STATEMENTS,
        tasks::STATEMENTS,
        tenants::STATEMENTS,
        texts::STATEMENTS,
        waiting::STATEMENTS,
        webhooks::STATEMENTS,
    ]
    .concat()
}

/// Every bulk insert.
#[must_use]
pub fn inserts() -> Vec<&'static Insert> {
    [
        account::INSERTS,
        bank::INSERTS,
        batch::INSERTS,
        billing::INSERTS,
        charges::INSERTS,
        codes::INSERTS,
        endpoints::INSERTS,
        feed::INSERTS,
        instruments::INSERTS,
        methods::INSERTS,
        mirrored::INSERTS,
        outbox::INSERTS,
        payments::INSERTS,
        tasks::INSERTS,
        tokens::INSERTS,
    ]
    .concat()
}
