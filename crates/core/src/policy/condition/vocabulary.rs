//! What a condition can read: the one list behind the compiler, its errors and the published table.

use super::Var;
use crate::currency::Currency;
use crate::words::{Channel, Language, Rail};

/// What kind of value a name has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A fixed-point number with six decimals.
    Number,
    /// An amount with its currency.
    Money,
    /// A text.
    Text,
    /// A date.
    Date,
    /// Whatever the customer's file held: true or false, a number or a text. Known only at decision time.
    Attribute,
}

impl Kind {
    /// The word for it in documents and errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Number => "number",
            Self::Money => "money",
            Self::Text => "text",
            Self::Date => "date",
            Self::Attribute => "attribute",
        }
    }
}

impl Kind {
    /// One of it, in a sentence.
    pub(super) const fn one(self) -> &'static str {
        match self {
            Self::Bool => "a truth value",
            Self::Number => "a number",
            Self::Money => "an amount",
            Self::Text => "a text",
            Self::Date => "a date",
            Self::Attribute => "an attribute",
        }
    }
}

/// One name that conditions can read.
#[derive(Clone, Debug)]
pub struct VocabularyRow {
    /// As written in a condition; `<key>` stands for any key.
    pub name: &'static str,
    /// What kind of value it has.
    pub kind: Kind,
    /// What it says, as of when.
    pub meaning: &'static str,
    /// The only texts it can have, when they are a closed list.
    pub words: Words,
    pub(super) var: Var,
}

/// The closed list that a text comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Words {
    /// Any text.
    Open,
    /// A payment rail.
    Rail,
    /// A channel.
    Channel,
    /// A language.
    Language,
    /// `automatic` or `invoice`.
    Collection,
    /// An ISO 4217 code.
    Currency,
}

impl Words {
    /// Why `text` can never be the value, with what it could be.
    pub(super) fn refuse(self, text: &str) -> Option<(&'static str, Vec<&'static str>)> {
        let (what, known) = match self {
            Self::Open => return None,
            Self::Currency => {
                return Currency::parse(text).is_none().then(|| ("a currency", vec!["BRL", "USD", "EUR", "GBP"]));
            }
            Self::Rail => ("a payment rail", Rail::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()),
            Self::Channel => ("a channel", Channel::ALL.iter().map(|word| word.as_str()).collect()),
            Self::Language => ("a language", Language::ALL.iter().map(|word| word.as_str()).collect()),
            Self::Collection => ("a way of collecting", vec!["automatic", "invoice"]),
        };
        (!known.contains(&text)).then_some((what, known))
    }
}

/// Where the attributes of a customer start.
pub(super) const ATTRIBUTES: &str = "customer.attributes";

const fn row(name: &'static str, kind: Kind, words: Words, var: Var, meaning: &'static str) -> VocabularyRow {
    VocabularyRow { name, kind, meaning, words, var }
}

static ROWS: [VocabularyRow; 25] = [
    row("customer.language", Kind::Text, Words::Language, Var::Language, "the language of the customer's messages, now"),
    row("customer.state", Kind::Text, Words::Open, Var::State, "ISO 3166-2 subdivision without its country, e.g. `SP`, now"),
    row("customer.preferred_channel", Kind::Text, Words::Channel, Var::PreferredChannel, "the channel that the customer chose, now"),
    row("customer.open_count", Kind::Number, Words::Open, Var::OpenCount, "receivables of the customer known, open and not ended, now"),
    row("customer.open_amount", Kind::Money, Words::Open, Var::OpenAmount, "their amounts due in the receivable's currency, now"),
    row("subscription.plan", Kind::Text, Words::Open, Var::Plan, "the plan of the receivable's subscription, now"),
    row(
        "subscription.collection",
        Kind::Text,
        Words::Collection,
        Var::Collection,
        "`automatic` (a stored method is charged) or `invoice`, now",
    ),
    row("subscription.renewal_on", Kind::Date, Words::Open, Var::RenewalOn, "the next renewal, as known now"),
    row("receivable.amount", Kind::Money, Words::Open, Var::Amount, "what was billed"),
    row(
        "receivable.amount_due",
        Kind::Money,
        Words::Open,
        Var::AmountDue,
        "the balance plus fine and interest accrued to now, less discounts open now",
    ),
    row("receivable.balance", Kind::Money, Words::Open, Var::Balance, "the sum of the ledger entries known now"),
    row("receivable.method", Kind::Text, Words::Rail, Var::Method, "the payment rail, now"),
    row("receivable.sequence", Kind::Number, Words::Open, Var::Sequence, "the how-manieth receivable of the customer by entry, from 1"),
    row("receivable.days_late", Kind::Number, Words::Open, Var::DaysLate, "civil days from D to the local date of now; 0 on and before D"),
    row("receivable.currency", Kind::Text, Words::Currency, Var::CurrencyCode, "ISO 4217 code of the receivable"),
    row("history.paid_count", Kind::Number, Words::Open, Var::PaidCount, "receivables of the customer known now to be paid"),
    row("history.late_count", Kind::Number, Words::Open, Var::LateCount, "of those, paid after their D"),
    row(
        "history.late_rate_12m",
        Kind::Number,
        Words::Open,
        Var::LateRate12m,
        "share paid late of those paid in the 365 days before now, 0 to 1; absent when none",
    ),
    row("history.average_days_late", Kind::Number, Words::Open, Var::AverageDaysLate, "average days late over all paid; absent when none"),
    row("history.broken_promises", Kind::Number, Words::Open, Var::BrokenPromises, "promises of the customer broken until now"),
    row(
        "last_failure.needs_payer",
        Kind::Bool,
        Words::Open,
        Var::FailureNeedsPayer,
        "whether the last failed charge needs the payer to act; absent without one",
    ),
    row(
        "last_failure.reason",
        Kind::Text,
        Words::Open,
        Var::FailureReason,
        "the normalised reason of the last failed charge; absent without one",
    ),
    row("last_failure.count", Kind::Number, Words::Open, Var::FailureCount, "failed charges of this receivable until now"),
    row("risk.late", Kind::Number, Words::Open, Var::RiskLate, "probability of being late, 0 to 1, as scored last; absent without a model"),
    row(
        "risk.self_cure",
        Kind::Number,
        Words::Open,
        Var::RiskSelfCure,
        "probability of paying unasked, 0 to 1, as scored last; absent without a model",
    ),
];

/// Every name that a condition can read, with its type and its meaning as of the decision.
///
/// Besides these, `customer.attributes.<key>` (also `customer.attributes['Any key']`) reads a further
/// column of the customer's file: true or false, a number or a text, absent when there is none.
#[must_use]
pub fn vocabulary() -> &'static [VocabularyRow] {
    &ROWS
}

/// The row of a dotted name.
pub(super) fn lookup(name: &str) -> Option<&'static VocabularyRow> {
    ROWS.iter().find(|row| row.name == name)
}

impl Var {
    /// Its name in a condition.
    ///
    /// ```
    /// # use regua_core::policy::Var;
    /// assert_eq!(Var::AmountDue.name(), "receivable.amount_due");
    /// assert_eq!(Var::Attribute("tier".into()).name(), "customer.attributes.tier");
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        if let Self::Attribute(key) = self {
            return format!("{ATTRIBUTES}.{key}");
        }
        // Every other variable has its row: a test says so.
        ROWS.iter().find(|row| row.var == *self).map_or_else(String::new, |row| row.name.to_owned())
    }
}
