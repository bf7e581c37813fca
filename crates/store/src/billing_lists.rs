//! Subscriptions and invoices as they are listed: newest first, a page at a time, each with what its customer is called.

use std::cmp::Reverse;

use regua_core::ids::{CustomerId, TenantId};

use crate::billing::{InvoiceRow, SubscriptionRow, invoice_row, subscription_row};
use crate::db::{Row, StoreError, Tx, Value};
use crate::lists::last;
use crate::statements::Statement;

/// The id after every other, from which a list goes back.
pub const NEWEST: [u8; 16] = [0xff; 16];

/// The columns of a subscription, the customer's name behind them, and why it is set aside.
macro_rules! subscription {
    ($rest:literal) => {
        concat!(
            "SELECT s.subscription, s.customer, s.external_id, s.plan, s.method, s.bill_at, s.renews_on, s.created_at, s.body,
                    c.external_id, s.parked FROM subscriptions s
               JOIN customers c ON c.tenant = s.tenant AND c.customer = s.customer
              WHERE s.tenant = $1 ",
            $rest
        )
    };
}
/// The columns of an invoice, and the customer's name behind them.
macro_rules! invoice {
    ($rest:literal) => {
        concat!(
            "SELECT i.invoice, i.customer, i.subscription, i.key, i.kind, i.currency, i.total, i.credit_left, i.issued_on, i.due_on,
                    i.voided_at, i.body, i.created_at, c.external_id FROM invoices i
               JOIN customers c ON c.tenant = i.tenant AND c.customer = i.customer
              WHERE i.tenant = $1 ",
            $rest
        )
    };
}

const SUBSCRIPTIONS: &str = subscription!("AND s.subscription < $2 ORDER BY s.subscription DESC LIMIT $3");
// A customer's are sorted here: asked for in order, SQLite would walk everybody's.
const SUBSCRIPTIONS_OF: &str = "SELECT subscription FROM subscriptions WHERE tenant = $1 AND customer = $2";
const THESE_SUBSCRIPTIONS: &str = subscription!("AND s.subscription IN /*+list*/ ($2)");
const INVOICES: &str = invoice!("AND i.invoice < $2 ORDER BY i.invoice DESC LIMIT $3");
const INVOICES_OF: &str = "SELECT invoice FROM invoices WHERE tenant = $1 AND customer = $2";
const THESE_INVOICES: &str = invoice!("AND i.invoice IN /*+list*/ ($2)");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("billing_lists.subscriptions", SUBSCRIPTIONS),
    ("billing_lists.subscriptions_of", SUBSCRIPTIONS_OF),
    ("billing_lists.these_subscriptions", THESE_SUBSCRIPTIONS),
    ("billing_lists.invoices", INVOICES),
    ("billing_lists.invoices_of", INVOICES_OF),
    ("billing_lists.these_invoices", THESE_INVOICES),
];

/// A subscription in a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedSubscription {
    /// Its row.
    pub row: SubscriptionRow,
    /// What its customer is called.
    pub customer: String,
    /// Why it could not be billed, if so.
    pub parked: Option<String>,
}

/// The `limit` subscriptions before an id, newest first; all, or a customer's.
///
/// # Errors
/// Whatever the database says.
pub fn subscriptions(
    tx: &mut Tx<'_>,
    own: TenantId,
    of: Option<CustomerId>,
    before: [u8; 16],
    limit: i64,
) -> Result<Vec<ListedSubscription>, StoreError> {
    let read = |row: &Row<'_>| Ok(ListedSubscription { row: subscription_row(row)?, customer: row.text(9)?, parked: row.opt_text(10)? });
    match of {
        None => tx.rows(SUBSCRIPTIONS, &[own.into(), Value::Id(before), limit.into()], read),
        Some(of) => {
            let ids = last(tx.rows(SUBSCRIPTIONS_OF, &[own.into(), of.into()], |row| row.id(0))?, before, limit);
            let mut rows = tx.rows(THESE_SUBSCRIPTIONS, &[own.into(), Value::List(&ids)], read)?;
            rows.sort_by_key(|one| Reverse(one.row.subscription));
            Ok(rows)
        }
    }
}

/// The `limit` invoices before an id, newest first, each with what its customer is called; all, or a customer's.
///
/// # Errors
/// Whatever the database says.
pub fn invoices(
    tx: &mut Tx<'_>,
    own: TenantId,
    of: Option<CustomerId>,
    before: [u8; 16],
    limit: i64,
) -> Result<Vec<(InvoiceRow, String)>, StoreError> {
    let read = |row: &Row<'_>| Ok((invoice_row(row)?, row.text(13)?));
    match of {
        None => tx.rows(INVOICES, &[own.into(), Value::Id(before), limit.into()], read),
        Some(of) => {
            let ids = last(tx.rows(INVOICES_OF, &[own.into(), of.into()], |row| row.id(0))?, before, limit);
            let mut rows = tx.rows(THESE_INVOICES, &[own.into(), Value::List(&ids)], read)?;
            rows.sort_by_key(|(row, _)| Reverse(row.invoice));
            Ok(rows)
        }
    }
}
