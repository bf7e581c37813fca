//! Recurring billing in the living system: plans that are published, subscriptions in the database, invoices in their time.
//!
//! What an invoice says is `core::billing`'s; here it is drawn up once, under the customer's lock, and its parts enter the
//! collection rule as receivables in the same transaction. Everything is an event of the customer's chain, from which
//! `verify` draws it up again. Deliberately absent: an account of a customer's credit. A document below zero lowers what is
//! open of its own subscription, the newest part first; what is left of it waits for the subscription's next invoice.

mod crediting;
mod draw;
pub(crate) mod events;
mod looking;
mod plans;
mod run;
mod subscriptions;
mod taking_back;

pub use crediting::Credited;
pub(crate) use crediting::{note_again, noted_row};
pub(crate) use draw::{Drawn, draw_up, first_row, row_of};
pub(crate) use events::{BilledNote, CreditedNote, Lapsed, SubscriptionNote, VoidedNote, What};
pub(crate) use looking::whose;
pub use looking::{Listed, ListedInvoice, Of, Published};
pub use run::{Billed, Wrote};
pub use subscriptions::{Begun, Invoiced, Subscribe, Subscribed};
pub(crate) use subscriptions::{invoiced, named};

use regua_core::billing::BillingError;

use crate::error::Error;

/// Reports the payments of customers who pay through this system: what is paid, it knows at once, and nothing waits for it to
/// be read. Who pays elsewhere has the source that tells of it, such as [`crate::commands::tenant::FILES`].
pub const SELF: &str = "self";

/// What core refuses, with whose it is.
fn refused(whose: &str, why: &BillingError) -> Error {
    Error::refused("cannot_bill", format!("{whose}: {why}"))
}
