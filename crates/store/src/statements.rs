//! Every statement of the store by name, so that a test can prepare each on both databases and look at its plan.

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
        due::STATEMENTS,
        log::STATEMENTS,
        lookup::STATEMENTS,
        outbox::STATEMENTS,
        person::STATEMENTS,
        reports::STATEMENTS,
        tenants::STATEMENTS,
    ]
    .concat()
}

/// Every bulk insert.
#[must_use]
pub fn inserts() -> Vec<&'static Insert> {
    [account::INSERTS, bank::INSERTS, batch::INSERTS, billing::INSERTS, outbox::INSERTS].concat()
}
