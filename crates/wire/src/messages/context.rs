//! What a message says, in core types: names, amounts, dates and what comes next. No text of ours is in it.

use regua_core::charges::Due;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::AccessState;

use super::text::{Line, Link};

/// Everything that a template can print.
///
/// Lists may be empty and options absent: every shipped template renders with what is there.
///
/// Deliberately absent: the debtor's tax id, address and contact points, segment and risk.
#[derive(Clone, Debug)]
pub struct MessageContext {
    /// What the reader is called ([`Line::name`]); empty gives a greeting without a name.
    pub name: Line,
    /// Who writes.
    pub creditor: Creditor,
    /// Amounts past their due date.
    pub overdue: Vec<Item>,
    /// Amounts not yet due, due today included.
    pub upcoming: Vec<Item>,
    /// Amounts that the customer disputes: shown, never asked for.
    pub disputed: Vec<Item>,
    /// What happens next if nothing is paid or agreed, with the computed dates (SPEC §3.4).
    pub announced: Vec<Announced>,
    /// Terms offered.
    pub offer: Option<Offer>,
    /// What just failed.
    pub failure: Option<Failure>,
    /// The stored way to pay, as the reader knows it, e.g. `Visa •••• 4242`.
    pub method: Option<Line>,
    /// The last day on which the stored way to pay can be used.
    pub method_expires_on: Option<Day>,
    /// When the stored way to pay will be charged (again).
    pub charge_on: Option<Day>,
    /// What was just paid.
    pub payment: Option<Payment>,
    /// What the customer promised.
    pub promise: Option<Promise>,
    /// What renews.
    pub renewal: Option<Renewal>,
    /// What the customer may use now, if it changed.
    pub access: Option<Access>,
    /// Where to see, pay, dispute and answer.
    pub link: Link,
    /// Where to choose channel and language, or to stop reminders.
    pub preferences: Option<Link>,
}

impl MessageContext {
    /// A context with nothing but who writes and where to go.
    #[must_use]
    pub fn new(creditor: Creditor, link: Link) -> Self {
        Self {
            name: Line::default(),
            creditor,
            overdue: Vec::new(),
            upcoming: Vec::new(),
            disputed: Vec::new(),
            announced: Vec::new(),
            offer: None,
            failure: None,
            method: None,
            method_expires_on: None,
            charge_on: None,
            payment: None,
            promise: None,
            renewal: None,
            access: None,
            link,
            preferences: None,
        }
    }
}

/// Who writes. Brazil: name, address and tax id must stand on every collection document (CDC art. 42-A).
#[derive(Clone, Debug)]
pub struct Creditor {
    /// The name that the customer knows, with the legal one if it differs.
    pub name: Line,
    /// The postal address in one line.
    pub address: Line,
    /// The company's number with its label, e.g. `CNPJ 12.345.678/0001-95` or `VAT IT01234567890`.
    pub tax_id: Line,
    /// Where a person answers, e.g. an e-mail address or a phone number.
    pub contact: Line,
}

/// One amount due: an invoice or an instalment. What is zero is not printed.
#[derive(Clone, Debug)]
pub struct Item {
    /// The number or id that the customer finds on the document.
    pub label: Line,
    /// What it is for; may be empty.
    pub description: Line,
    /// The due date, rolled to an open day.
    pub due_on: Day,
    /// The amount due on the day of the message, with its parts.
    pub due: Due,
    /// What was already paid, for information; none when nothing was.
    pub paid: Option<Money>,
}

impl Item {
    /// An item without description and earlier payments.
    #[must_use]
    pub fn new(label: &str, due_on: Day, due: Due) -> Self {
        Self { label: Line::new(label), description: Line::default(), due_on, due, paid: None }
    }
}

/// A step that the message announces, with its date.
#[derive(Clone, Debug)]
pub struct Announced {
    /// What happens.
    pub what: Consequence,
    /// On which day it happens at the earliest.
    pub on: Day,
}

/// What may happen to a customer who neither pays nor answers: the adverse verbs of SPEC §2.
#[derive(Clone, Debug)]
pub enum Consequence {
    /// Access changes to this state.
    Access(AccessState),
    /// A fee is added.
    Fee(Money),
    /// The open amount is reported to this credit bureau.
    Report(Line),
    /// This agency takes over.
    Assign(Line),
}

/// Terms offered. One instalment is a settlement at once.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Number of payments, at least 1.
    pub instalments: u32,
    /// The first payment, or the whole settlement.
    pub first: Money,
    /// Each further payment, if there is one.
    pub further: Option<Money>,
    /// What the offer saves; zero when nothing.
    pub discount: Money,
    /// The last day on which it can be accepted.
    pub until: Option<Day>,
}

/// Why a charge failed, in words that a customer can act on.
///
/// Lost, stolen and fraud codes are [`Failure::Other`]: the message must not repeat them (facts/international.md §5.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Failure {
    /// No balance or limit at the moment.
    Funds,
    /// The bank wants the payer to confirm.
    Authentication,
    /// Expired, closed, cancelled: another card, account or mandate is needed.
    NewMethod,
    /// A number, name or date is wrong.
    Data,
    /// Nobody's fault; it will be tried again.
    Temporary,
    /// No reason that a message may give.
    Other,
}

impl Failure {
    /// Every kind, in order.
    pub const ALL: [Self; 6] = [Self::Funds, Self::Authentication, Self::NewMethod, Self::Data, Self::Temporary, Self::Other];

    /// The word in templates, e.g. `new_method`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Funds => "funds",
            Self::Authentication => "authentication",
            Self::NewMethod => "new_method",
            Self::Data => "data",
            Self::Temporary => "temporary",
            Self::Other => "other",
        }
    }
}

/// Money that arrived.
#[derive(Clone, Debug)]
pub struct Payment {
    /// How much.
    pub amount: Money,
    /// When the payer paid.
    pub on: Day,
    /// What it paid for.
    pub settled: Vec<Settled>,
}

/// One item that a payment went to.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The number or id that the customer finds on the document.
    pub label: Line,
    /// What it is for; may be empty.
    pub description: Line,
    /// The share of the payment.
    pub amount: Money,
}

/// A promise to pay.
#[derive(Clone, Debug)]
pub struct Promise {
    /// How much.
    pub amount: Money,
    /// By when.
    pub on: Day,
}

/// A subscription that renews.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The plan's name.
    pub plan: Line,
    /// When it renews.
    pub on: Day,
    /// The price of the new period.
    pub amount: Money,
}

/// What the customer may use.
#[derive(Clone, Debug)]
pub struct Access {
    /// The state now.
    pub state: AccessState,
    /// Since when.
    pub since: Day,
}
