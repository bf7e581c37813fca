//! A biller's account as a mirror needs it: customers, invoices, subscriptions, and every attempt that was made, of any version.
//!
//! Attempts are charges. `attempt_count` of an invoice is for people: Stripe raises it by its own retries alone, also by those
//! that it never sends, and not by a payment made by hand.
//!
//! Deliberately absent: writing, of anything; lines, taxes and discounts of invoices.

mod acts;
mod objects;

use regua_core::charging::{Scheme, Signal};
use regua_core::ids::ChargeId;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use serde_json::Value;

pub use self::acts::{Acts, SWITCH_FAILED_MAILS, SWITCH_INVOICE, SWITCH_REMINDERS, SWITCH_RETRIES, biller_acts};
pub use self::objects::{attempt, customer, invoice, invoice_payment, subscription};
use super::super::{Response, Settlement, Trouble, Verb};
use super::errors::{Answer, unreadable};
use super::read::own_name;
use super::replies::Page;

/// What a mirror calls a customer.
pub const CUSTOMER: &str = "customer";
/// What a mirror calls an invoice.
pub const INVOICE: &str = "invoice";
/// What a mirror calls a subscription.
pub const SUBSCRIPTION: &str = "subscription";

/// A customer of the biller. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct MirroredCustomer {
    /// Stripe's name of it.
    pub reference: String,
    /// Our key of it, when we made it.
    pub key: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone, as it was typed.
    pub phone: Option<String>,
    /// Country of the address, two letters.
    pub country: Option<String>,
    /// Languages, the preferred first (RFC 5646).
    pub locales: Vec<String>,
    /// The method that invoices are charged to.
    pub default_method: Option<String>,
    /// What the account of credit holds: negative is credit of the customer.
    pub balance: Option<Money>,
    /// Whether its newest invoice failed.
    pub delinquent: bool,
    /// Whether it was deleted; then nothing else is told.
    pub deleted: bool,
    /// Since when it is known.
    pub created_at: Option<Instant>,
}

impl std::fmt::Debug for MirroredCustomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MirroredCustomer({})", self.reference)
    }
}

/// Where an invoice stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvoiceStatus {
    /// Not issued yet.
    Draft,
    /// Owed.
    Open,
    /// Paid.
    Paid,
    /// Given up: it may still be paid.
    Uncollectible,
    /// Taken back.
    Void,
}

/// How the biller collects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Collection {
    /// By charging the stored method.
    Charges,
    /// By sending the invoice.
    Sends,
}

/// A payment on an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoicePayment {
    /// The intent, else the charge.
    pub payment: String,
    /// Whether it paid the invoice, as the biller says.
    pub paid: bool,
    /// How much it paid.
    pub amount: Option<Money>,
    /// When.
    pub paid_at: Option<Instant>,
}

/// An invoice of the biller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MirroredInvoice {
    /// Stripe's name of it.
    pub reference: String,
    /// Its number, once it is issued.
    pub number: Option<String>,
    /// Stripe's name of who owes.
    pub customer: Option<String>,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// How the biller collects it.
    pub collection: Collection,
    /// What was owed when it was issued.
    pub amount_due: Money,
    /// What was paid.
    pub amount_paid: Money,
    /// What is still owed.
    pub amount_remaining: Money,
    /// The day from which it counts.
    pub issued_on: Day,
    /// The due date; none for one that is charged at once.
    pub due_on: Option<Day>,
    /// How often the biller says that it tried. For people; budgets count charges.
    pub attempt_count: Option<i64>,
    /// Whether it tried at all.
    pub attempted: bool,
    /// When the biller tries next.
    pub next_payment_attempt: Option<Instant>,
    /// Whether it goes its way without anybody's doing; none where the version does not say.
    pub auto_advance: Option<bool>,
    /// What was tried on it: of older versions the newest alone.
    pub payments: Vec<InvoicePayment>,
    /// The subscription that it belongs to.
    pub subscription: Option<String>,
    /// The page where the payer sees and pays it.
    pub link: Option<String>,
}

/// Where a subscription stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SubscriptionStatus {
    /// Its first invoice is not paid yet.
    Incomplete,
    /// Its first invoice was not paid in time.
    IncompleteExpired,
    /// Nothing is owed yet.
    Trialing,
    /// It runs.
    Active,
    /// Its newest invoice is not paid; the biller may still try.
    PastDue,
    /// The biller gave up trying; invoices are drafts.
    Unpaid,
    /// It ended.
    Canceled,
    /// It rests.
    Paused,
    /// A word that came later.
    Other(String),
}

/// A subscription of the biller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MirroredSubscription {
    /// Stripe's name of it.
    pub reference: String,
    /// Stripe's name of who has it.
    pub customer: Option<String>,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// How the biller collects its invoices.
    pub collection: Collection,
    /// The end of what is paid for; with several prices the latest.
    pub current_period_end: Option<Instant>,
    /// Whether it ends then.
    pub cancel_at_period_end: bool,
    /// When it ended or ends.
    pub ended_at: Option<Instant>,
    /// Why it ended, in Stripe's word: `payment_failed` when the biller ended it for debt.
    pub ended_why: Option<String>,
    /// What becomes of invoices while collection rests (`keep_as_draft`, `mark_uncollectible`, `void`).
    pub pause: Option<String>,
    /// The method that it is charged to, over the customer's.
    pub default_method: Option<String>,
    /// Its newest invoice.
    pub latest_invoice: Option<String>,
    /// Days to pay, where the biller sends invoices.
    pub days_until_due: Option<i64>,
    /// The end of its trial.
    pub trial_end: Option<Instant>,
    /// Since when it runs.
    pub created_at: Option<Instant>,
}

/// An attempt that somebody made: a charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MirroredAttempt {
    /// The charge.
    pub reference: String,
    /// The intent, else the charge: what its payment is named by.
    pub payment: String,
    /// The invoice, where an old version says so; since 2025 it is found by [`InvoicePayment::payment`].
    pub invoice: Option<String>,
    /// Ours, when we made it.
    pub ours: Option<ChargeId>,
    /// Stripe's name of who was charged.
    pub customer: Option<String>,
    /// Stripe's name of the method.
    pub method: Option<String>,
    /// The scheme of the method, when told.
    pub scheme: Option<Scheme>,
    /// What tells the same card or account from another.
    pub fingerprint: Option<String>,
    /// The last day of the card's validity then.
    pub expires_on: Option<Day>,
    /// When it was made.
    pub at: Instant,
    /// How much.
    pub amount: Money,
    /// Whether the network saw it. Stripe stops some by itself; those use up no budget.
    pub reached_network: bool,
    /// What it came to.
    pub came_to: CameTo,
}

/// What an attempt of somebody came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CameTo {
    /// Money.
    Settled(Settlement),
    /// Nobody knows yet.
    Pending,
    /// A failure, with every code.
    Failed(Vec<Signal>),
}

/// A page of a biller's objects. One that cannot be read is counted, and does not hold up the others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mirrored<T> {
    /// What was read, the newest first.
    pub items: Vec<T>,
    /// Names of those that could not be, with what each lacks.
    pub unreadable: Vec<(String, &'static str)>,
    /// Behind what the next page begins; none when this is the last.
    pub next: Option<String>,
}

/// Reads a page of one of the lists of [`super::reading`].
///
/// # Errors
/// [`Trouble::Outage`] when it cannot be read now; [`Trouble::Refused`] when the key lacks the right.
pub fn page<T>(response: &Response, read: impl Fn(&Value) -> Result<T, &'static str>) -> Result<Mirrored<T>, Trouble> {
    let page =
        Page::of(response, |value| Some(read(value).map_err(|lacks| (own_name(value).unwrap_or("without a name").to_owned(), lacks))))?;
    let mut mirrored = Mirrored { items: Vec::new(), unreadable: Vec::new(), next: page.next };
    for item in page.items {
        match item {
            Ok(item) => mirrored.items.push(item),
            Err(unreadable) => mirrored.unreadable.push(unreadable),
        }
    }
    Ok(mirrored)
}

/// Reads one object of [`super::reading`].
///
/// # Errors
/// [`Trouble::NotFound`] when Stripe does not have it any more.
pub fn one<T>(response: &Response, read: impl Fn(&Value) -> Result<T, &'static str>) -> Result<T, Trouble> {
    let value = Answer::of(response, Verb::Get).good()?;
    read(&value).map_err(|lacks| unreadable(Verb::Get, lacks))
}
