//! Every statement of the store by name, so that a test can prepare each on both databases and look at its plan.

use crate::charging::{charges, codes, gateways, instruments, methods, mirrored, payments, refunds, timings, webhooks};
use crate::db::Insert;
use crate::{account, audit, bank, batch, billing, billing_lists, due, log, lookup, outbox, person, reports, tenants};

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
        charges::STATEMENTS,
        codes::STATEMENTS,
        due::STATEMENTS,
        gateways::STATEMENTS,
        instruments::STATEMENTS,
        log::STATEMENTS,
        lookup::STATEMENTS,
        methods::STATEMENTS,
        mirrored::STATEMENTS,
        outbox::STATEMENTS,
        payments::STATEMENTS,
        person::STATEMENTS,
        refunds::STATEMENTS,
        timings::STATEMENTS,
        reports::STATEMENTS,
        tenants::STATEMENTS,
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
        instruments::INSERTS,
        methods::INSERTS,
        mirrored::INSERTS,
        outbox::INSERTS,
        payments::INSERTS,
    ]
    .concat()
}
