//! What can be told: a closed list of types, each with its words and the fields of its data.
//!
//! Types and fields are added and never renamed: products read them. Deliberately absent: anything about persons. Data holds
//! ids, amounts, days and words.

use std::fmt;
use std::str::FromStr;

/// What a field holds, as JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// An id, with its prefix: `"cus_01jf…"`.
    Id(&'static str),
    /// `{"amount":"102.03","currency":"BRL"}`.
    Money,
    /// `"2026-12-24"`.
    Day,
    /// RFC 3339, UTC: `"2026-12-24T12:00:00Z"`.
    Instant,
    /// One word of a short list, in lower case with underscores.
    Word,
    /// A text of the tenant's own making: an id of another system, the name of a step.
    Text,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// A list of ids with this prefix.
    Ids(&'static str),
}

/// A field of the data of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether every event of the type has it.
    pub always: bool,
    /// What it holds.
    pub shape: Shape,
    /// What that is, in words.
    pub says: &'static str,
}

/// Every name that a field can have: what it holds and what that is, the same in all types.
const FIELDS: &[(&str, Shape, &str)] = &[
    ("account", Shape::Text, "the company's bank account, by its name in the settings"),
    ("amount", Shape::Money, "how much"),
    ("asks", Shape::Word, "what is asked: paid, split, question, dispute, pay_day, erase, not_me, survey"),
    ("cause", Shape::Word, "why: hold, pause, complaint, lawyer, insolvency, death, agreement"),
    ("channel", Shape::Word, "over which channel: email, sms, whatsapp, push, in_app, voice, letter"),
    ("charge", Shape::Id("chg"), "the attempt"),
    ("customer", Shape::Id("cus"), "the customer"),
    ("cycle", Shape::Int, "how often the receivable had been reopened"),
    ("day", Shape::Day, "the day of the log"),
    ("document", Shape::Id("inv"), "the credit note"),
    ("due_on", Shape::Day, "the due date as written"),
    ("endpoint", Shape::Id("end"), "the endpoint"),
    ("external_id", Shape::Text, "what its source calls the receivable"),
    ("format", Shape::Word, "the format of the file"),
    ("gateway", Shape::Text, "the gateway, by its name in the settings"),
    ("hash", Shape::Text, "the hash of the policy"),
    ("invoice", Shape::Id("inv"), "the invoice"),
    ("issued_on", Shape::Day, "the day of issue"),
    ("message", Shape::Id("msg"), "the message"),
    ("method", Shape::Id("mth"), "the stored way to charge"),
    ("mode", Shape::Word, "how real it is: shadow, redirect, approve, live"),
    ("name", Shape::Text, "its name"),
    ("needs_payer", Shape::Bool, "whether only the payer can mend it"),
    ("number", Shape::Text, "its number"),
    ("occurrence", Shape::Int, "which repetition of the step"),
    ("on", Shape::Day, "the day for which it counts"),
    ("pages", Shape::Int, "how many pages the root is over"),
    ("paid_on", Shape::Day, "the payer's day"),
    ("pause", Shape::Id("hld"), "the pause, where it is one of the tenant"),
    ("payment", Shape::Text, "what its source calls the payment"),
    ("plan", Shape::Text, "the plan, by its key"),
    ("policy", Shape::Int, "the number of the policy"),
    ("rail", Shape::Word, "the rail: pix, boleto, card and so on"),
    ("reason", Shape::Word, "why"),
    ("receivable", Shape::Id("rcv"), "the receivable"),
    ("receivables", Shape::Ids("rcv"), "the receivables that it became"),
    ("request", Shape::Text, "the request, by its id"),
    ("retry_at", Shape::Instant, "when it is tried again"),
    ("root", Shape::Text, "the root of the day, in hexadecimal digits"),
    ("scheme", Shape::Word, "whose rules bind it: visa, mastercard and so on"),
    ("segment", Shape::Text, "the segment of the policy, by its name"),
    ("share_bp", Shape::Int, "the share of customers that it covers, in hundredths of a percent"),
    ("source", Shape::Text, "what reports its payments"),
    ("state", Shape::Word, "where access stands now: active, grace, limited, suspended, cancelled"),
    ("status", Shape::Word, "where it stands now"),
    ("step", Shape::Text, "the step of the policy, by its id"),
    ("subscription", Shape::Id("sub"), "the subscription"),
    ("subscription_key", Shape::Text, "the subscription, by the key of its source"),
    ("total", Shape::Money, "what the document comes to"),
    ("until", Shape::Instant, "when it ends"),
    ("version", Shape::Int, "which version"),
    ("was", Shape::Word, "where access stood before"),
    ("was_amount", Shape::Money, "how much was told before"),
    ("was_on", Shape::Day, "the payer's day as it was told before"),
    ("what", Shape::Word, "what of it changed"),
];

/// Types in the order of their words' topics. A field that not every event of the type has ends in a question mark.
macro_rules! types {
    ($($variant:ident = $word:literal, $says:literal, [$($field:literal),*];)+) => {
        /// A type of events.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Type { $(#[doc = $says] $variant),+ }

        impl Type {
            /// Every type, by topic.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word: `receivable.paid`.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// When it is told, in a sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says),+ }
            }

            /// The fields of its data, in order.
            #[must_use]
            pub fn fields(self) -> Vec<Field> {
                let names: &[&'static str] = match self { $(Self::$variant => &[$($field),*]),+ };
                names.iter().filter_map(|name| field(name)).collect()
            }
        }
    };
}

types! {
    CustomerCreated = "customer.created", "A customer becomes known.", ["customer", "source", "mode"];
    CustomerChanged = "customer.changed", "Who a customer is or how it is reached is told otherwise than before.", ["customer"];
    CustomerErased = "customer.erased", "A customer's personal data was erased.", ["customer"];
    ContactChanged = "contact.changed", "A customer does not want messages on a channel, wants them again, or they do not arrive: opted_out, opted_in, bounced, suppressed, mended.", ["customer", "what", "channel"];
    RequestMade = "request.made", "A customer asked something of a person, by the link of a message.", ["customer", "request", "asks", "receivable?", "external_id?"];

    ReceivableCreated = "receivable.created", "An amount that is due becomes known.", ["customer", "receivable", "external_id", "amount", "issued_on", "due_on", "rail?", "subscription_key?", "plan?", "mode"];
    ReceivableChanged = "receivable.changed", "What is owed or when changes: amended, credited, tax_withheld, fee_added, credit_used, subscription.", ["customer", "receivable", "external_id?", "what", "amount?", "on?", "issued_on?", "due_on?", "rail?", "subscription_key?", "plan?"];
    ReceivablePaid = "receivable.paid", "Nothing is owed any more: what was paid settles it.", ["customer", "receivable", "external_id?"];
    ReceivableClosed = "receivable.closed", "It ends without payment: void, written_off, assigned.", ["customer", "receivable", "external_id?", "reason"];
    ReceivableReopened = "receivable.reopened", "It was closed and is owed again.", ["customer", "receivable", "external_id?"];

    PaymentReceived = "payment.received", "Money came in. Without an amount all that was due; without a receivable it is the customer's credit.", ["customer", "receivable?", "external_id?", "amount?", "paid_on", "payment?"];
    PaymentCorrected = "payment.corrected", "A payment had been told wrongly.", ["customer", "receivable", "external_id?", "amount?", "paid_on", "was_amount?", "was_on", "payment?"];
    PaymentRefunded = "payment.refunded", "Money was given back. Without an amount all that was left of the newest payment; without a receivable it was the customer's credit.", ["customer", "receivable?", "external_id?", "amount?", "on"];
    PaymentReturned = "payment.returned", "Money was taken back: a chargeback, or a debit that was returned.", ["customer", "receivable", "external_id?", "amount?", "on"];
    PaymentInitiated = "payment.initiated", "The payer has begun to pay; the ladder waits.", ["customer", "receivable", "external_id?", "rail?"];
    PaymentFailed = "payment.failed", "A payment that was on its way will not come.", ["customer", "receivable", "external_id?"];

    StepDone = "step.done", "A step of a ladder was carried out, as really as the mode says.", ["customer", "receivable", "external_id?", "step", "cycle", "occurrence", "mode", "message?"];
    StepSkipped = "step.skipped", "A step of a ladder will not be carried out.", ["customer", "receivable", "external_id?", "step", "cycle", "occurrence", "mode", "reason"];

    MessageSent = "message.sent", "A message was handed over to whoever carries it.", ["customer", "message", "channel?"];
    MessageFailed = "message.failed", "A message reached nobody.", ["customer", "message", "channel?"];
    MessageUnknown = "message.unknown", "A message was sent or not; nobody knows, and it is not sent again.", ["customer", "message", "channel?"];
    MessageCancelled = "message.cancelled", "A message was not sent, since its reason was gone.", ["customer", "message", "channel?"];
    MessageDelivered = "message.delivered", "Whoever carries a message tells that it arrived.", ["customer", "message", "channel"];
    MessageUndelivered = "message.undelivered", "Whoever carries a message had taken it, and tells that it did not arrive; the next contact point is tried.", ["customer", "message", "channel"];
    MessageRead = "message.read", "A message was seen by its reader, as far as its channel shows it.", ["customer", "message", "channel"];
    MessageClicked = "message.clicked", "The link of a message was followed for the first time.", ["customer", "message", "channel"];
    MessageOpened = "message.opened", "The picture of an e-mail was fetched for the first time, by its reader as far as that can be told: no proof that it was read.", ["customer", "message", "channel"];
    MessagePrefetched = "message.prefetched", "The picture of an e-mail was fetched by a program before any reader did.", ["customer", "message", "channel"];
    MessageReplied = "message.replied", "A customer wrote to us; a person should look.", ["customer", "message?", "channel"];

    ChargeSucceeded = "charge.succeeded", "An attempt took money.", ["customer", "receivable?", "external_id?", "charge", "amount?", "gateway?"];
    ChargeFailed = "charge.failed", "An attempt took no money.", ["customer", "receivable", "external_id?", "charge?", "reason", "needs_payer", "retry_at?"];
    ChargeDropped = "charge.dropped", "An attempt was not made (dropped), or the gateway never had it (lost).", ["customer", "receivable?", "external_id?", "charge", "amount?", "gateway?", "reason"];
    MethodAdded = "method.added", "A stored way to charge becomes known.", ["customer", "method", "gateway", "scheme", "status"];
    MethodChanged = "method.changed", "A stored way to charge changes: active, pending, broken, dead.", ["customer", "method", "gateway", "scheme", "status"];
    MethodRemoved = "method.removed", "A stored way to charge is gone.", ["customer", "method", "gateway", "scheme", "status"];

    AccessChanged = "access.changed", "What a customer may use of a subscription changes; without a key, of what has no subscription.", ["customer", "subscription_key?", "was", "state", "receivable?", "external_id?"];

    PromiseMade = "promise.made", "The payer promised to pay on a day.", ["customer", "receivable", "external_id?", "on"];
    PromiseKept = "promise.kept", "What was promised was paid in time.", ["customer", "receivable", "external_id?", "on"];
    PromiseWithdrawn = "promise.withdrawn", "A promise was taken back.", ["customer", "receivable", "external_id?", "on"];
    PromiseBroken = "promise.broken", "What was promised was not paid in time.", ["customer", "receivable", "external_id?", "on"];
    DisputeOpened = "dispute.opened", "The debt is contested; its ladder waits.", ["customer", "receivable?", "external_id?"];
    DisputeSettled = "dispute.settled", "The debt is contested no more.", ["customer", "receivable?", "external_id?"];
    HoldPlaced = "hold.placed", "Something stops the ladders of a receivable, or of a customer, without a known end.", ["customer", "receivable?", "external_id?", "cause"];
    HoldReleased = "hold.released", "What stopped them is lifted.", ["customer", "receivable?", "external_id?", "cause"];
    PauseBegun = "pause.begun", "Somebody paused the tenant or whatever a filter matches (with a pause), a customer, or a receivable.", ["customer?", "receivable?", "external_id?", "pause?", "until?"];
    PauseEnded = "pause.ended", "Somebody ended a pause before its end.", ["customer?", "receivable?", "external_id?", "pause?"];

    ApprovalAwaited = "approval.awaited", "A step waits for a person to release it.", ["customer", "receivable", "external_id?", "step", "occurrence"];
    ApprovalGiven = "approval.given", "A person released a step.", ["customer", "receivable", "external_id?", "step"];
    ApprovalRefused = "approval.refused", "A person refused a step.", ["customer", "receivable", "external_id?", "step"];

    InvoiceIssued = "invoice.issued", "A document was made.", ["customer", "subscription", "invoice", "number", "total", "issued_on", "receivables"];
    InvoiceVoided = "invoice.voided", "A document was taken back whole.", ["customer", "invoice"];
    InvoiceCredited = "invoice.credited", "A person made a credit note.", ["customer", "invoice", "document", "total", "on"];
    SubscriptionCreated = "subscription.created", "A subscription begins.", ["customer", "subscription", "on", "rail?"];
    SubscriptionChanged = "subscription.changed", "Something happens to a subscription: quantity_changed, plan_changed, coupon_applied, coupon_removed, cancelled_now, cancelled_at_period_end, continued, paused, resumed, usage_reported, terms_changed.", ["customer", "subscription", "on", "what"];
    SlipIssued = "slip.issued", "A slip of the company's bank was made.", ["customer", "receivable", "external_id?", "account", "number", "amount", "due_on"];
    SlipChanged = "slip.changed", "A slip stands otherwise: registered, paid, rejected and so on.", ["customer", "account", "number", "status"];

    PolicyPublished = "policy.published", "A policy was published.", ["policy", "name", "hash", "share_bp"];
    PolicyMigrated = "policy.migrated", "A receivable walks another policy from now on.", ["customer", "receivable", "external_id?", "hash", "segment?"];
    PlanPublished = "plan.published", "A version of a plan was published.", ["plan", "version"];
    ModeChanged = "mode.changed", "How real the tenant's decisions are changed.", ["mode"];
    BankFileRead = "bank.file_read", "A file of a bank was taken in.", ["format"];
    DaySealed = "day.sealed", "A day of the log ended; keep its root elsewhere and nobody can change what was before.", ["day", "pages", "root"];
    EndpointDisabled = "endpoint.disabled", "Webhooks do not go to an endpoint any more: gone (it said so), failing (nothing arrived for five days).", ["endpoint", "reason"];
    EndpointTest = "endpoint.test", "Somebody asked for a webhook to see that it arrives. It goes to that endpoint whatever its filter.", ["endpoint"];
}

fn field(written: &'static str) -> Option<Field> {
    let name = written.trim_end_matches('?');
    let (name, shape, says) = FIELDS.iter().find(|(known, _, _)| *known == name)?;
    Some(Field { name, always: !written.ends_with('?'), shape: *shape, says })
}

/// A word that is no type.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no event type `{0}`; docs/events.md lists them")]
pub struct UnknownType(pub String);

impl FromStr for Type {
    type Err = UnknownType;

    fn from_str(word: &str) -> Result<Self, UnknownType> {
        let cut = || word.chars().take(60).collect();
        Self::ALL.iter().copied().find(|known| known.word() == word).ok_or_else(|| UnknownType(cut()))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn words_are_topic_and_what_and_read_back() {
        let mut seen = BTreeSet::new();
        for kind in Type::ALL {
            let (topic, what) = kind.word().split_once('.').unwrap();
            assert!([topic, what].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
            assert!(seen.insert(kind.word()), "{kind} stands twice");
            assert_eq!(kind.word().parse(), Ok(*kind));
            assert!(kind.says().ends_with('.'), "{kind}");
        }
        assert!("receivable.payed".parse::<Type>().is_err());
    }

    #[test]
    fn the_reference_lists_every_type_with_its_words_and_fields_and_every_field() {
        let reference = include_str!("../../../../docs/events.md");
        for kind in Type::ALL {
            let fields: Vec<String> =
                kind.fields().iter().map(|field| format!("`{}{}`", field.name, if field.always { "" } else { "?" })).collect();
            let row = format!("| `{kind}` | {} | {} |", kind.says(), fields.join(", "));
            assert!(reference.contains(&row), "docs/events.md has not the row\n{row}");
        }
        for (name, _, says) in FIELDS {
            assert!(
                reference.lines().any(|line| line.starts_with(&format!("| `{name}` | ")) && line.ends_with(&format!(" | {says} |"))),
                "{name}"
            );
        }
    }

    #[test]
    fn every_field_is_known_and_every_known_field_is_used() {
        let mut used = BTreeSet::new();
        for kind in Type::ALL {
            let fields = kind.fields();
            assert!(!fields.is_empty(), "{kind}");
            used.extend(fields.iter().map(|field| field.name));
            let names: BTreeSet<&str> = fields.iter().map(|field| field.name).collect();
            assert_eq!(names.len(), fields.len(), "{kind}: a name stands twice, or is not in the list of names");
        }
        let known: BTreeSet<&str> = FIELDS.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(used, known);
    }
}
