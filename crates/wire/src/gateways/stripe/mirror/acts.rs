//! Whether a biller still acts on an invoice by itself, and what ends that.
//!
//! Deliberately absent: turning the switches. Who runs the biller's account does that.

use super::{Collection, InvoiceStatus, MirroredInvoice};

/// Whether a biller still acts on an invoice by itself, and the switches that end it, in words for whoever may turn them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acts {
    /// It charges.
    pub charges: bool,
    /// It writes to the payer.
    pub reminds: bool,
    /// What to turn, in order.
    pub switches: Vec<&'static str>,
}

/// Ends it for one invoice.
pub const SWITCH_INVOICE: &str = "of this invoice turn automatic collection off: in Stripe's dashboard open the invoice and stop automatic collection (`auto_advance` = false)";
/// Ends retries for all.
pub const SWITCH_RETRIES: &str = "in Stripe's dashboard under Settings, Billing, Revenue recovery, Retries turn smart retries and every retry schedule off, and let \
     subscriptions and invoices stay past due after the last one";
/// Ends mails about failed payments for all.
pub const SWITCH_FAILED_MAILS: &str =
    "in Stripe's dashboard under Settings, Billing, Revenue recovery, Emails turn mails about failed payments and expiring cards off";
/// Ends mails about invoices that are sent, for all.
pub const SWITCH_REMINDERS: &str =
    "in Stripe's dashboard under Settings, Billing, Invoices turn the sending of finalised invoices and the reminders for unpaid ones off";

/// Whether the biller still acts on an invoice by itself; none when it does not.
///
/// What Stripe's API does not show counts as acting: whether retries or mails are on is a setting of the dashboard.
///
/// ```
/// # use regua_core::time::Zone;
/// use regua_wire::gateways::stripe::mirror::{biller_acts, invoice, SWITCH_INVOICE};
/// let mut open = serde_json::json!({ "id": "in_1", "status": "open", "collection_method": "charge_automatically",
///     "auto_advance": true, "amount_due": 21990, "currency": "brl", "created": 1_700_000_000 });
/// let acts = biller_acts(&invoice(&open, Zone::utc())?).expect("Stripe tries again by itself");
/// assert!(acts.charges && acts.switches.contains(&SWITCH_INVOICE));
/// open["auto_advance"] = false.into();
/// assert_eq!(biller_acts(&invoice(&open, Zone::utc())?), None);
/// # Ok::<(), &'static str>(())
/// ```
#[must_use]
pub fn biller_acts(invoice: &MirroredInvoice) -> Option<Acts> {
    match invoice.status {
        InvoiceStatus::Paid | InvoiceStatus::Void | InvoiceStatus::Uncollectible => return None,
        // A draft that does not advance stays one; any other is issued and collected within the hour.
        InvoiceStatus::Draft | InvoiceStatus::Open => {}
    }
    let advances = invoice.auto_advance != Some(false);
    match invoice.collection {
        // A planned attempt counts whenever it is planned for: one in the past is about to be made.
        Collection::Charges => (advances || invoice.next_payment_attempt.is_some()).then(|| Acts {
            charges: true,
            reminds: true,
            switches: vec![SWITCH_INVOICE, SWITCH_RETRIES, SWITCH_FAILED_MAILS],
        }),
        Collection::Sends => advances.then(|| Acts { charges: false, reminds: true, switches: vec![SWITCH_INVOICE, SWITCH_REMINDERS] }),
    }
}
