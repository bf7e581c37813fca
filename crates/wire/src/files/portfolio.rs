//! What a receivables file and a payments file hold, once read: compact, in file order, nothing decided yet.

use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

/// Everything that was read.
#[derive(Default)]
pub struct Portfolio {
    /// In order of first appearance.
    pub customers: Vec<CustomerRow>,
    /// In file order, good rows only; ids are unique.
    pub receivables: Vec<ReceivableRow>,
    /// In file order: the payments file's rows and `paid_on`/`paid_at` of the receivables file.
    pub payments: Vec<PaymentRow>,
}

/// A customer of the file.
pub struct CustomerRow {
    /// The file's id, as text.
    pub id: Box<str>,
    /// What the file says of the customer (the first non-empty value of each column wins; later differences are warnings).
    pub customer: Customer,
}

/// One amount due on one date.
pub struct ReceivableRow {
    /// The file's id, as text.
    pub id: Box<str>,
    /// Index into [`Portfolio::customers`].
    pub customer: u32,
    /// When it became known: a date is known from the policy's hour of that day in the customer's zone.
    pub issued: When,
    /// The due date as written, before any roll.
    pub due_on: Day,
    /// What was billed.
    pub amount: Money,
    /// The payment rail, when the file names one.
    pub method: Option<Rail>,
}

/// A payment of a receivable.
pub struct PaymentRow {
    /// Index into [`Portfolio::receivables`].
    pub receivable: u32,
    /// When the payer paid: a date becomes visible at 00:00 of the next local day, a time at that time.
    pub paid: When,
    /// How much, in the receivable's currency; none settles in full.
    pub amount: Option<Money>,
    /// By what it is known again in a later file.
    pub id: PaymentId,
}

/// By what a payment is known again when a file is read once more (SPEC §17).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PaymentId {
    /// By nothing but what it says: the k-th that says the same is the k-th payment.
    Content,
    /// By the receivable's own row, which says how much has been paid on it altogether, and when last.
    Row,
    /// By an id of the source's.
    Own(Box<str>),
}

/// A date or a moment, as the file gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// A civil date, of the customer's place.
    On(Day),
    /// A moment.
    At(Instant),
}
