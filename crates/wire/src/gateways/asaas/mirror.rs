//! An existing account read as it is, for a company that lets Régua collect over Asaas: customers, payments, subscriptions.
//!
//! Every request here only reads. What is told of each is also whether Asaas itself still reminds or charges, and which switch
//! ends that: Régua does neither while Asaas does. Deliberately absent: turning the switch, which a person does, and what a
//! mirrored payment means to a policy.

use regua_core::money::Money;
use regua_core::time::{Day, Instant};

use super::customer::Customer;
use super::list::{self, Page};
use super::notification::Notification;
use super::payment::{Payment, Standing, returned};
use super::subscription::{self, Subscription};
use crate::gateways::br::{read, zone};
use crate::gateways::{Heard, HookRefused, News, Request, Settlement};

/// How to end Asaas's own messages to a customer.
pub const SWITCH_REMINDERS: &str = "Asaas still writes to this customer: in Asaas, open the customer and turn notifications off \
     (notificationDisabled), or all its messages to the customer one by one";
/// How to end Asaas's own charges of a card.
pub const SWITCH_CHARGES: &str = "Asaas still charges this card by its subscription: in Asaas, end the subscription or change its way of \
     payment to boleto or Pix";

/// A customer of the account. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct MirroredCustomer {
    /// Asaas's name.
    pub reference: String,
    /// The account owner's.
    pub external_reference: Option<String>,
    /// Who.
    pub name: Option<String>,
    /// CPF or CNPJ, as it stands there.
    pub tax_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Numbers, the mobile one first.
    pub phones: Vec<String>,
    /// Whether it was taken away.
    pub deleted: bool,
    /// Whether Asaas itself reminds.
    pub biller_reminds: bool,
}

impl std::fmt::Debug for MirroredCustomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MirroredCustomer {}", self.reference)
    }
}

/// Where a mirrored payment stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvoiceStatus {
    /// It is owed.
    Open,
    /// It was paid, at Asaas or in cash.
    Paid,
    /// It was paid and all of it given back.
    Refunded,
    /// The payer's bank took the money back, or tries to.
    Disputed,
    /// It was taken away.
    Voided,
}

/// A payment of the account, as something owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MirroredInvoice {
    /// Asaas's name.
    pub reference: String,
    /// The account owner's.
    pub external_reference: Option<String>,
    /// Asaas's name of the customer.
    pub customer: Option<String>,
    /// Asaas's name of the subscription.
    pub subscription: Option<String>,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// When it was due at first.
    pub due_on: Option<Day>,
    /// What was owed.
    pub amount: Money,
    /// What was paid.
    pub paid: Option<Settlement>,
    /// What went back for good.
    pub returned: Money,
    /// Its page.
    pub link: Option<String>,
    /// Whether Asaas itself tries to take it from a card: an unpaid one of a card, which it does on the due date.
    pub biller_charges: bool,
}

/// A subscription of the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MirroredSubscription {
    /// Asaas's name.
    pub reference: String,
    /// The account owner's.
    pub external_reference: Option<String>,
    /// Asaas's name of the customer.
    pub customer: String,
    /// Whether it makes payments still.
    pub active: bool,
    /// How much each time.
    pub amount: Money,
    /// Asaas's word for how often.
    pub cycle: Option<String>,
    /// When the next payment is due.
    pub next_due_on: Option<Day>,
    /// Until when.
    pub ends_on: Option<Day>,
    /// Whether Asaas itself charges a card by it.
    pub biller_charges: bool,
}

/// A page of customers.
#[must_use]
pub fn customers(offset: u32) -> Request {
    list::request("/customers", &[], offset)
}

/// A page of payments, all of them or those made from a day on.
#[must_use]
pub fn payments(created_from: Option<Day>, offset: u32) -> Request {
    match created_from {
        Some(day) => list::request("/payments", &[("dateCreated[ge]", day.to_string().as_str())], offset),
        None => list::request("/payments", &[], offset),
    }
}

/// A page of payments in one state, such as `PENDING` or `OVERDUE`: what is owed, whenever it was made.
#[must_use]
pub fn owed(status: &str, offset: u32) -> Request {
    list::request("/payments", &[("status", status)], offset)
}

/// A page of payments of which the money came in a time: how one that was made long ago is seen to be paid.
#[must_use]
pub fn paid(from: Instant, until: Instant, offset: u32) -> Request {
    let day = |at| zone().day_of(at).to_string();
    list::request("/payments", &[("paymentDate[ge]", day(from).as_str()), ("paymentDate[le]", day(until).as_str())], offset)
}

/// A page of subscriptions.
#[must_use]
pub fn subscriptions(offset: u32) -> Request {
    subscription::list(offset)
}

/// Reads a page of customers, and where the next begins.
///
/// # Errors
/// Where it cannot be read.
pub fn read_customers(body: &[u8]) -> Result<(Vec<MirroredCustomer>, Option<u32>), String> {
    let page: Page<Customer> = Page::read(body)?;
    Ok((page.data.iter().map(MirroredCustomer::of).collect(), page.next()))
}

/// Reads a page of payments, and where the next begins.
///
/// # Errors
/// Where it cannot be read.
pub fn read_payments(body: &[u8]) -> Result<(Vec<MirroredInvoice>, Option<u32>), String> {
    let page: Page<Payment> = Page::read(body)?;
    if !page.data.iter().all(Payment::is_sound) {
        return Err("an id in it has another form".to_owned());
    }
    Ok((page.data.iter().map(MirroredInvoice::of).collect(), page.next()))
}

/// Reads a page of subscriptions, and where the next begins.
///
/// # Errors
/// Where it cannot be read.
pub fn read_subscriptions(body: &[u8]) -> Result<(Vec<MirroredSubscription>, Option<u32>), String> {
    let page: Page<Subscription> = Page::read(body)?;
    Ok((page.data.iter().map(MirroredSubscription::of).collect(), page.next()))
}

impl MirroredCustomer {
    /// From what Asaas has.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let phones = [&customer.mobile_phone, &customer.phone].into_iter().flatten().filter(|phone| !phone.is_empty());
        Self {
            reference: customer.id.clone(),
            external_reference: customer.external_reference.clone(),
            name: customer.name.clone(),
            tax_id: customer.cpf_cnpj.clone(),
            email: customer.email.clone().filter(|email| !email.is_empty()),
            phones: phones.cloned().collect(),
            deleted: customer.deleted == Some(true),
            biller_reminds: customer.is_reminded(),
        }
    }

    /// Looked at closer: notifications are on, but perhaps none of them reaches the customer.
    #[must_use]
    pub fn with(mut self, notifications: &[Notification]) -> Self {
        self.biller_reminds = self.biller_reminds && notifications.iter().any(Notification::speaks);
        self
    }

    /// The switch to turn before Régua may remind.
    #[must_use]
    pub fn switch(&self) -> Option<&'static str> {
        self.biller_reminds.then_some(SWITCH_REMINDERS)
    }
}

impl MirroredInvoice {
    /// From what Asaas has.
    #[must_use]
    pub fn of(payment: &Payment) -> Self {
        let owed = payment.original_value.filter(|_| payment.standing() == Standing::Taken).unwrap_or(payment.value);
        let status = match (payment.status.as_str(), payment.standing()) {
            ("REFUNDED", _) => InvoiceStatus::Refunded,
            ("CHARGEBACK_REQUESTED" | "CHARGEBACK_DISPUTE" | "AWAITING_CHARGEBACK_REVERSAL", _) => InvoiceStatus::Disputed,
            (_, Standing::Taken) => InvoiceStatus::Paid,
            (_, Standing::Gone) => InvoiceStatus::Voided,
            (_, Standing::Open) => InvoiceStatus::Open,
        };
        Self {
            reference: payment.id.clone(),
            external_reference: payment.external_reference.clone(),
            customer: payment.customer.clone(),
            subscription: payment.subscription.clone(),
            status,
            due_on: payment.original_due_date.or(payment.due_date),
            amount: owed.money(),
            paid: payment.settlement(None),
            returned: returned(payment),
            link: payment.invoice_url.clone(),
            biller_charges: status == InvoiceStatus::Open && payment.billing_type.as_deref() == Some("CREDIT_CARD"),
        }
    }

    /// The switch to turn before Régua may charge.
    #[must_use]
    pub fn switch(&self) -> Option<&'static str> {
        self.biller_charges.then_some(SWITCH_CHARGES)
    }
}

impl MirroredSubscription {
    /// From what Asaas has.
    #[must_use]
    pub fn of(subscription: &Subscription) -> Self {
        let active = subscription.is_active();
        Self {
            reference: subscription.id.clone(),
            external_reference: subscription.external_reference.clone(),
            customer: subscription.customer.clone(),
            active,
            amount: subscription.value.money(),
            cycle: subscription.cycle.clone(),
            next_due_on: subscription.next_due_date,
            ends_on: subscription.end_date,
            biller_charges: active && matches!(subscription.billing_type.as_deref(), Some("CREDIT_CARD" | "DEBIT_CARD")),
        }
    }

    /// The switch to turn before Régua may charge.
    #[must_use]
    pub fn switch(&self) -> Option<&'static str> {
        self.biller_charges.then_some(SWITCH_CHARGES)
    }
}

/// Reads the body of a webhook of a mirrored account: what to read anew. Its token is checked before, by [`super::verify`].
///
/// # Errors
/// [`HookRefused::Unreadable`] with the place.
pub fn heard(body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let event: super::webhook::Event = read(body).map_err(HookRefused::Unreadable)?;
    let at = event.at();
    let objects = [("invoice", event.payment_id()), ("subscription", event.subscription_id()), ("customer", event.customer_id())];
    let named = objects.into_iter().find_map(|(object, id)| id.map(|id| (object, id)));
    let news = named.map_or(News::Nothing, |(object, reference)| News::Mirror { object: object.to_owned(), reference });
    Ok(vec![Heard { event: event.sound_id()?, kind: event.kind(), news, at }])
}
