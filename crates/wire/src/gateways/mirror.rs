//! What another biller's account says, whatever its dialect: customers, invoices, attempts, and the switches by which the
//! biller itself still charges or reminds.
//!
//! A dialect reads its objects straight into these; what needs more than one object is its adapter's. Deliberately absent:
//! prices, lines and taxes of invoices; what is owed is what an invoice says. Nothing here can change anything at the biller.

use regua_core::charging::{Scheme, Signal};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

use super::Settlement;

/// What a mirror calls a customer.
pub const CUSTOMER: &str = "customer";
/// What a mirror calls an invoice.
pub const INVOICE: &str = "invoice";
/// What a mirror calls a subscription.
pub const SUBSCRIPTION: &str = "subscription";

/// A page of what a biller has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Billed<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Names of those that could not be read, each with why.
    pub unreadable: Vec<(String, String)>,
    /// Where the next page begins, in the adapter's own words; none when this is the last.
    pub next: Option<String>,
}

/// A page without anything, and no other behind it.
impl<T> Default for Billed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), unreadable: Vec::new(), next: None }
    }
}

/// Something of a biller that was read by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BilledObject {
    /// A customer.
    Customer(BilledCustomer),
    /// An invoice.
    Invoice(BilledInvoice),
}

/// Who owes, as the biller knows it. Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BilledCustomer {
    /// The biller's name of it.
    pub reference: String,
    /// What the person or company is called.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Numbers as they were typed, the preferred first.
    pub phones: Vec<String>,
    /// A document as it stands there.
    pub tax_id: Option<String>,
    /// Country of address, document and phone (ISO 3166, two letters).
    pub country: Option<String>,
    /// Languages, the preferred first (RFC 5646).
    pub languages: Vec<String>,
    /// Whether it was taken away there.
    pub deleted: bool,
}

impl std::fmt::Debug for BilledCustomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BilledCustomer({})", self.reference)
    }
}

impl BilledCustomer {
    /// All that is known of it in one text, by which a change is seen. Personal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let told = [&self.name, &self.email, &self.tax_id, &self.country];
        let mut text = format!("{}|{}", self.reference, self.deleted);
        for part in told.into_iter().flatten().chain(&self.phones).chain(&self.languages) {
            text.push('|');
            text.push_str(&part.len().to_string());
            text.push(':');
            text.push_str(part);
        }
        // Which of the four are told: a name that becomes an address is a change.
        for part in told {
            text.push(if part.is_some() { '1' } else { '0' });
        }
        format!("{text}{}", self.phones.len())
    }
}

/// Where an invoice stands at the biller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BilledStatus {
    /// Not issued yet: nobody owes it.
    Draft,
    /// Owed.
    Open,
    /// Nothing is owed any more.
    Paid,
    /// Given up there: it may still be paid.
    Uncollectible,
    /// Taken back.
    Void,
}

/// How a biller collects an invoice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Collection {
    /// By charging a stored method.
    Automatic,
    /// By sending it.
    Invoice,
}

impl Collection {
    /// The word of policies (`subscription.collection`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Invoice => "invoice",
        }
    }
}

/// An invoice of the biller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BilledInvoice {
    /// The biller's name of it.
    pub reference: String,
    /// Its number, for people.
    pub number: Option<String>,
    /// The biller's name of who owes.
    pub customer: Option<String>,
    /// The biller's name of the subscription that it bills.
    pub subscription: Option<String>,
    /// Our key, when it is something to pay by that we made there: it is no invoice of the biller's.
    pub ours: Option<String>,
    /// Where it stands.
    pub status: BilledStatus,
    /// How the biller collects it.
    pub collection: Collection,
    /// What was owed when it was issued.
    pub amount: Money,
    /// The day from which it counts.
    pub issued_on: Day,
    /// The due date as written; of one that is charged at once the day of issue.
    pub due_on: Day,
    /// How it is expected to be paid.
    pub rail: Option<Rail>,
    /// What was tried on it, and what paid it.
    pub payments: Vec<BilledPayment>,
    /// What went back of these.
    pub returned: Vec<BilledReturn>,
    /// Whether the biller itself still acts on it.
    pub acts: Option<Acts>,
}

/// A payment on an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BilledPayment {
    /// The biller's name of it: what attempts are joined by.
    pub reference: String,
    /// The money, when it came. Its reference is the one that webhooks of the same gateway tell.
    pub settled: Option<Settlement>,
    /// What of it is fine and interest that the biller itself added to what was owed.
    pub added: Option<Money>,
}

/// Money of a payment that went back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BilledReturn {
    /// The payment.
    pub payment: String,
    /// The biller's name of what went back, the one that webhooks tell.
    pub reference: String,
    /// Whether the payer's bank took it back, or the company gave it.
    pub taken_back: bool,
    /// How much.
    pub amount: Money,
    /// On which day.
    pub on: Day,
}

/// An attempt that the biller made, or that we made by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BilledAttempt {
    /// The biller's name of it, one for each try.
    pub reference: String,
    /// The payment that it is a try of ([`BilledPayment::reference`]).
    pub payment: Option<String>,
    /// The invoice, where the biller says so.
    pub invoice: Option<String>,
    /// Whether we made it: it counts already.
    pub ours: bool,
    /// The biller's name of the method.
    pub method: Option<String>,
    /// Whose rules bound it, when told.
    pub scheme: Option<Scheme>,
    /// What tells the same card or account from another.
    pub fingerprint: Option<String>,
    /// The last day of the card's validity then.
    pub expires_on: Option<Day>,
    /// When it was made.
    pub at: Instant,
    /// How much.
    pub amount: Money,
    /// Whether the scheme saw it: what a biller stops by itself uses up no budget.
    pub reached_scheme: bool,
    /// What it came to.
    pub outcome: Outcome,
}

/// What an attempt came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Money.
    Settled,
    /// Nobody knows yet.
    Pending,
    /// A failure, with every code.
    Failed(Vec<Signal>),
}

/// How a biller still acts on an invoice by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acts {
    /// It charges.
    pub charges: bool,
    /// It writes to the payer.
    pub reminds: bool,
    /// What ends it: all of these.
    pub switches: Vec<Switch>,
}

/// A switch at a biller, by which it acts on invoices by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Switch {
    /// Stripe, of one invoice: automatic collection.
    StripeInvoice,
    /// Stripe, of the account: retries.
    StripeRetries,
    /// Stripe, of the account: mails about failed payments.
    StripeFailedMails,
    /// Stripe, of the account: mails about invoices.
    StripeReminders,
    /// Asaas, of one customer: messages.
    AsaasMessages,
    /// Asaas, of one subscription: its card.
    AsaasCard,
}

impl Switch {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::StripeInvoice, Self::StripeRetries, Self::StripeFailedMails, Self::StripeReminders, Self::AsaasMessages, Self::AsaasCard];

    /// Its name: that of the field or setting at the biller, where it has one.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StripeInvoice => "auto_advance",
            Self::StripeRetries => "retries",
            Self::StripeFailedMails => "failed_payment_mails",
            Self::StripeReminders => "invoice_mails",
            Self::AsaasMessages => "notifications",
            Self::AsaasCard => "subscription_card",
        }
    }

    /// Where it is, and how it is turned off.
    #[must_use]
    pub const fn off(self) -> &'static str {
        match self {
            Self::StripeInvoice => "in Stripe, stop automatic collection of the invoice (auto_advance = false)",
            Self::StripeRetries => "in Stripe under Settings, Billing, Revenue recovery, turn smart retries and every retry schedule off",
            Self::StripeFailedMails => {
                "in Stripe under Settings, Billing, Revenue recovery, Emails, turn mails about failed payments and expiring cards off"
            }
            Self::StripeReminders => "in Stripe under Settings, Billing, Invoices, turn the sending of invoices and of reminders off",
            Self::AsaasMessages => "in Asaas, turn the customer's notifications off (notificationDisabled)",
            Self::AsaasCard => "in Asaas, end the subscription by card, or change its way of payment to boleto or Pix",
        }
    }

    /// How it is turned on again, for a biller that collects once more.
    #[must_use]
    pub const fn on(self) -> &'static str {
        match self {
            Self::StripeInvoice => "in Stripe, start automatic collection of each open invoice (auto_advance = true)",
            Self::StripeRetries => "in Stripe under Settings, Billing, Revenue recovery, turn smart retries or a retry schedule on",
            Self::StripeFailedMails => "in Stripe under Settings, Billing, Revenue recovery, Emails, turn mails about failed payments on",
            Self::StripeReminders => "in Stripe under Settings, Billing, Invoices, turn the sending of invoices and of reminders on",
            Self::AsaasMessages => "in Asaas, turn the customers' notifications on (notificationDisabled = false)",
            Self::AsaasCard => "in Asaas, give subscriptions their card again",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_that_says_something_else_in_another_field_has_another_fingerprint() {
        let told = |name: Option<&str>, email: Option<&str>, phones: &[&str], languages: &[&str]| BilledCustomer {
            reference: "cus_1".into(),
            name: name.map(Into::into),
            email: email.map(Into::into),
            phones: phones.iter().map(|&phone| phone.into()).collect(),
            languages: languages.iter().map(|&language| language.into()).collect(),
            ..BilledCustomer::default()
        };
        let all = [
            told(Some("a"), None, &[], &[]),
            told(None, Some("a"), &[], &[]),
            told(None, None, &["a"], &[]),
            told(None, None, &[], &["a"]),
            told(Some("a"), Some("a"), &[], &[]),
            told(Some("a|1:a"), None, &[], &[]),
            BilledCustomer { deleted: true, ..told(Some("a"), None, &[], &[]) },
        ];
        for (place, one) in all.iter().enumerate() {
            for (other_place, other) in all.iter().enumerate() {
                assert_eq!(one.fingerprint() == other.fingerprint(), place == other_place, "{place} {other_place}");
            }
            assert!(!format!("{one:?}").contains("a@"), "a person does not show");
        }
    }

    #[test]
    fn every_switch_has_a_name_of_its_own_and_says_both_ways() {
        let names: std::collections::BTreeSet<&str> = Switch::ALL.iter().map(|switch| switch.as_str()).collect();
        assert_eq!(names.len(), Switch::ALL.len());
        assert!(Switch::ALL.iter().all(|switch| switch.off().starts_with("in ") && switch.on().starts_with("in ")));
    }
}
