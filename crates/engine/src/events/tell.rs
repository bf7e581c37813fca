//! What an event of the log says outside: nothing, one thing or several.
//!
//! Kinds and facts that say nothing stand here with why, and a test holds the lists against the program: what is added to the
//! log is told, or somebody has said why not. Deliberately absent: who acted and their reasons, which are people's words.

use std::collections::BTreeMap;

use regua_core::charging::MethodStatus;
use regua_core::facts::{Cause, Fact};
use regua_core::ids::{CustomerId, PaymentMethodId, TenantId};
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::{DeferReason, Mode};
use regua_store::feed::{Attempt, Owed, Said};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::types::Type;
use crate::bank::row::SlipNote;
use crate::billing::events::{BilledNote, CreditedNote, SubscriptionNote, VoidedNote, What};
use crate::channels::{DeliveryNote, ReplyNote};
use crate::commands::days::DaySealed;
use crate::log::{Became, ChargeNote, Decided, MessageNote, Told, ToldFact};

/// Kinds of events of the log that say something outside.
#[cfg(test)]
const TOLD: &[&str] = &[
    "told",
    "decided",
    "message",
    "delivery",
    "reply",
    "charge",
    "subscription",
    "billed",
    "invoice_voided",
    "invoice_credited",
    "slip",
    "erased",
    "asked",
    "policy_published",
    "plan_published",
    "mode_set",
    "paused",
    "resumed",
    "bank_file_read",
    "day_sealed",
    "endpoint_disabled",
    "endpoint_tested",
];

/// Kinds that do not, and why.
#[cfg(test)]
const LEFT: &[(&str, &str)] = &[
    ("tenant_added", "there is nobody yet who could hear it"),
    ("bank_account_added", "a setting; who has to know it has made it"),
    ("bank_line_set_aside", "work on a list of the company's own"),
    ("endpoint_added", "a setting; a test says that it works"),
    ("endpoint_changed", "a setting"),
    ("endpoint_paused", "a setting"),
    ("endpoint_resumed", "a setting"),
    ("endpoint_removed", "a setting"),
    ("endpoint_rotated", "a setting"),
    ("endpoint_replayed", "what is told again is told under its own id"),
    ("source_read", "how far a source was read is of the program's own"),
    ("hook_replayed", "what it brings about is told"),
    ("billed_again", "what it brings about is told"),
    ("gateway_added", "a setting"),
    ("gateway_role_set", "a setting; that another system hands over is known to who asked for it"),
    ("retries_learnt", "an aid to choose by"),
    ("held_act", "who waits for it looks at the act"),
    ("links_revoked", "who took them back has done so; whoever shows one is told"),
    ("task", "work on a list of the company's own; the promise or dispute that came of it is told"),
    ("note", "words of the company's own about a person"),
    ("request_closed", "work on a list of the company's own"),
    ("brand_put", "a setting"),
    ("text_published", "a setting"),
    ("brand_default", "a setting"),
    ("brand_removed", "a setting"),
    ("suppression_added", "a list of addresses; that a contact point is left alone is told of its customer"),
    ("suppression_lifted", "as when it was added"),
    ("in_app_secret_made", "a setting"),
    ("in_app_secrets_ended", "a setting"),
];

/// What kinds begin with that do not either, and why.
#[cfg(test)]
const LEFT_ALL: &[(&str, &str)] = &[
    ("person_", "people of the company: who may come in is read in the audit, by those who may"),
    ("key_", "keys of programs, as for people"),
];

/// What rows say of what drafts name.
pub(super) struct Known {
    pub(super) owed: BTreeMap<[u8; 16], Owed>,
    pub(super) attempts: BTreeMap<[u8; 16], Attempt>,
    pub(super) methods: BTreeMap<[u8; 16], Instant>,
}

/// An event of the feed before rows were asked.
pub(super) struct Draft {
    kind: Type,
    at: Instant,
    data: Map<String, Value>,
    /// The receivable whose external id is told beside it.
    pub(super) receivable: Option<[u8; 16]>,
    /// The attempt whose receivable and amount are.
    pub(super) charge: Option<[u8; 16]>,
    /// The stored method that is new or known.
    pub(super) method: Option<[u8; 16]>,
}

impl Draft {
    fn new(kind: Type, at: Instant) -> Self {
        Self { kind, at, data: Map::new(), receivable: None, charge: None, method: None }
    }

    /// A field, unless there is nothing in it.
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.data.insert(name.to_owned(), value);
        }
        self
    }

    fn text(self, name: &str, value: Option<impl ToString>) -> Self {
        let value = value.map(|value| value.to_string());
        self.with(name, value)
    }

    fn money(self, name: &str, value: Option<Money>) -> Self {
        self.with(name, value.map_or(Value::Null, money))
    }

    /// About a customer: events of its chain.
    fn of(self, customer: Option<CustomerId>) -> Self {
        self.text("customer", customer)
    }

    /// About a receivable.
    fn on(mut self, receivable: Option<&str>) -> Self {
        self.receivable = receivable.and_then(bytes_of::<regua_core::ids::ReceivableId>);
        self.text("receivable", receivable)
    }

    /// The type, the moment and the data, with what rows say.
    pub(super) fn finish(mut self, known: &Known) -> (Type, Instant, String) {
        if let Some(attempt) = self.charge.and_then(|charge| known.attempts.get(&charge)) {
            self.receivable = Some(attempt.receivable.to_bytes());
            self.put("receivable", attempt.receivable.to_string().into());
            self.put("gateway", attempt.gateway.clone().into());
            let amount = self.data.get("amount").and_then(Value::as_i64).unwrap_or(attempt.amount);
            let currency = regua_core::currency::Currency::parse(&attempt.currency);
            self.data.remove("amount");
            if let Some(currency) = currency {
                self.put("amount", money(Money::new(amount, currency)));
            }
        } else if self.charge.is_some() {
            self.data.remove("amount"); // of an unknown currency
        }
        if let Some(owed) = self.receivable.and_then(|receivable| known.owed.get(&receivable)) {
            self.put("external_id", owed.external_id.clone().into());
        }
        let added = self.method.and_then(|method| known.methods.get(&method));
        if self.kind == Type::MethodChanged && added == Some(&self.at) {
            self.kind = Type::MethodAdded;
        }
        (self.kind, self.at, Value::Object(self.data).to_string())
    }

    /// A field that is not there yet.
    fn put(&mut self, name: &str, value: Value) {
        self.data.entry(name).or_insert(value);
    }
}

/// An amount as the API writes it.
fn money(money: Money) -> Value {
    let text = money.to_string();
    let (currency, amount) = text.split_once(' ').unwrap_or(("", &text));
    json!({ "amount": amount, "currency": currency })
}

/// The bytes of an id.
fn bytes_of<T: std::str::FromStr + Bytes>(text: &str) -> Option<[u8; 16]> {
    text.parse().ok().map(|id: T| id.bytes())
}

trait Bytes {
    fn bytes(self) -> [u8; 16];
}

impl Bytes for regua_core::ids::ReceivableId {
    fn bytes(self) -> [u8; 16] {
        self.to_bytes()
    }
}

impl Bytes for regua_core::ids::ChargeId {
    fn bytes(self) -> [u8; 16] {
        self.to_bytes()
    }
}

/// What an event of the log says outside, in order; nothing when this program cannot read it. One of a kind that this program
/// does not know says nothing: a newer program wrote it.
pub(super) fn tell(tenant: TenantId, event: &Said) -> Option<Vec<Draft>> {
    let customer = CustomerId::from_bytes(event.stream).ok().filter(|_| event.stream != tenant.to_bytes());
    let new = |kind: Type| Draft::new(kind, event.at).of(customer);
    Some(match event.kind.as_str() {
        "told" => told(&read(event)?, customer, event.at),
        "decided" => decided(&read(event)?, customer, event.at),
        "message" => message(&read(event)?, &new),
        "delivery" => delivery(&read(event)?, &new),
        "reply" => {
            let note: ReplyNote = read(event)?;
            vec![new(Type::MessageReplied).text("channel", Some(note.channel)).text("message", note.message)]
        }
        "charge" => charge(&read(event)?, &new),
        "subscription" => {
            let note: SubscriptionNote = read(event)?;
            let draft = |kind: Type| new(kind).with("subscription", note.subscription.as_str()).text("on", Some(note.on));
            vec![match &note.what {
                What::Begun { method, .. } => draft(Type::SubscriptionCreated).text("rail", *method),
                What::Changed(change) => draft(Type::SubscriptionChanged).with("what", tag(&serde_json::to_value(change).ok()?)?),
            }]
        }
        "billed" => billed(&read(event)?, &new),
        "invoice_voided" => {
            let note: VoidedNote = read(event)?;
            vec![new(Type::InvoiceVoided).with("invoice", note.invoice)]
        }
        "invoice_credited" => {
            let note: CreditedNote = read(event)?;
            let draft = new(Type::InvoiceCredited).with("invoice", note.invoice).with("document", note.document);
            vec![draft.with("total", written(&note.total)).text("on", Some(note.on))]
        }
        "slip" => slip(&read(event)?, &new),
        "erased" => vec![new(Type::CustomerErased)],
        "asked" => {
            let note: AskedNote = read(event)?;
            let draft = new(Type::RequestMade).with("request", note.request).with("asks", note.what);
            vec![draft.on(note.receivable.as_deref())]
        }
        "endpoint_disabled" => {
            let note: EndpointNote = read(event)?;
            vec![new(Type::EndpointDisabled).with("endpoint", note.endpoint).with("reason", note.reason.unwrap_or_default())]
        }
        "endpoint_tested" => {
            let note: EndpointNote = read(event)?;
            vec![new(Type::EndpointTest).with("endpoint", note.endpoint)]
        }
        kind => of_tenant(kind, event, &new)?,
    })
}

/// What endpoints' events say of them.
#[derive(Deserialize)]
struct EndpointNote {
    endpoint: String,
    #[serde(default)]
    reason: Option<String>,
}

/// What a customer asked by a link.
#[derive(Deserialize)]
struct AskedNote {
    request: String,
    what: String,
    #[serde(default)]
    receivable: Option<String>,
}

#[derive(Deserialize)]
struct PolicyPublished {
    number: i64,
    hash: String,
    name: String,
    share_bp: i64,
}

#[derive(Deserialize)]
struct PlanPublished {
    plan: String,
    version: i64,
}

#[derive(Deserialize)]
struct ModeSet {
    mode: String,
}

#[derive(Deserialize)]
struct Paused {
    pause: String,
    #[serde(default)]
    until: Option<Instant>,
}

#[derive(Deserialize)]
struct FileRead {
    format: String,
}

/// Events of the tenant's own chain.
fn of_tenant(kind: &str, event: &Said, new: &dyn Fn(Type) -> Draft) -> Option<Vec<Draft>> {
    Some(vec![match kind {
        "policy_published" => {
            let note: PolicyPublished = read(event)?;
            let draft = new(Type::PolicyPublished).with("policy", note.number).with("name", note.name);
            draft.with("hash", note.hash).with("share_bp", note.share_bp)
        }
        "plan_published" => {
            let note: PlanPublished = read(event)?;
            new(Type::PlanPublished).with("plan", note.plan).with("version", note.version)
        }
        "mode_set" => {
            let note: ModeSet = read(event)?;
            new(Type::ModeChanged).with("mode", note.mode)
        }
        "paused" => {
            let note: Paused = read(event)?;
            new(Type::PauseBegun).with("pause", note.pause).with("until", note.until.map_or(Value::Null, instant))
        }
        "resumed" => {
            let note: Paused = read(event)?;
            new(Type::PauseEnded).with("pause", note.pause)
        }
        "bank_file_read" => {
            let note: FileRead = read(event)?;
            new(Type::BankFileRead).with("format", note.format)
        }
        "day_sealed" => {
            let note: DaySealed = read(event)?;
            new(Type::DaySealed).text("day", Some(note.day)).with("pages", note.pages).with("root", note.root)
        }
        _ => return Some(Vec::new()),
    }])
}

fn read<T: DeserializeOwned>(event: &Said) -> Option<T> {
    serde_json::from_str(&event.payload).ok()
}

/// A moment as JSON.
fn instant(at: Instant) -> Value {
    serde_json::to_value(at).unwrap_or_default()
}

/// An amount that the log has as a text: `BRL 12.00`.
fn written(text: &str) -> Value {
    text.split_once(' ').map_or(Value::Null, |(currency, amount)| json!({ "amount": amount, "currency": currency }))
}

/// The word of a variant as serde writes it: a text, or the only key of an object.
fn tag(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(word.clone()),
        Value::Object(map) => map.keys().next().cloned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

fn told(told: &Told, customer: Option<CustomerId>, at: Instant) -> Vec<Draft> {
    let mut drafts = Vec::new();
    if let Some(known) = &told.known {
        let draft = Draft::new(Type::CustomerCreated, at).of(customer);
        drafts.push(draft.with("source", known.source.as_str()).text("mode", Some(known.mode)));
    }
    for one in &told.facts {
        // That it becomes known says all that a first profile says.
        let first = told.known.is_some() && matches!(one.fact, Fact::Profile(_));
        drafts.extend(fact(one, customer).filter(|_| !first));
    }
    drafts.extend(told.became.iter().map(|became| followed(became, customer, at)));
    drafts
}

/// What a fact says; nothing of those that are told otherwise, or only matter to the program itself.
fn fact(told: &ToldFact, customer: Option<CustomerId>) -> Option<Draft> {
    let receivable = told.receivable.as_deref();
    let new = |kind: Type| {
        let draft = Draft::new(kind, told.at).of(customer).on(receivable);
        draft.text("external_id", told.external_id.as_deref()).text("payment", told.payment.as_deref())
    };
    let changed = |what: &str| new(Type::ReceivableChanged).with("what", what);
    let contact =
        |what: &str, channel: regua_core::words::Channel| Some(new(Type::ContactChanged).with("what", what).text("channel", Some(channel)));
    match &told.fact {
        Fact::Entered(entry) => {
            let draft = new(Type::ReceivableCreated).money("amount", Some(entry.amount)).text("issued_on", Some(entry.issued_on));
            let draft = draft.text("due_on", Some(entry.due_on)).text("rail", entry.method).text("mode", Some(entry.mode));
            Some(subscribed(draft, entry.subscription.as_ref()))
        }
        Fact::Paid { paid_on, amount } => Some(new(Type::PaymentReceived).money("amount", *amount).text("paid_on", Some(paid_on))),
        Fact::Received { on, amount } => Some(new(Type::PaymentReceived).money("amount", Some(*amount)).text("paid_on", Some(on))),
        Fact::Corrected { was_on, was, paid_on, amount } => {
            let draft = new(Type::PaymentCorrected).money("amount", *amount).text("paid_on", Some(paid_on));
            Some(draft.money("was_amount", *was).text("was_on", Some(was_on)))
        }
        Fact::Credited { on, amount } => Some(changed("credited").money("amount", Some(*amount)).text("on", Some(on))),
        Fact::TaxWithheld { on, amount } => Some(changed("tax_withheld").money("amount", Some(*amount)).text("on", Some(on))),
        Fact::FeeAdded { on, amount } => Some(changed("fee_added").money("amount", Some(*amount)).text("on", Some(on))),
        Fact::CreditUsed { on, amount } => Some(changed("credit_used").money("amount", Some(*amount)).text("on", Some(on))),
        Fact::CreditRefunded { on, amount } => Some(new(Type::PaymentRefunded).money("amount", Some(*amount)).text("on", Some(on))),
        Fact::Refunded { on, amount } => Some(new(Type::PaymentRefunded).money("amount", *amount).text("on", Some(on))),
        Fact::ChargedBack { on, amount } => Some(new(Type::PaymentReturned).money("amount", *amount).text("on", Some(on))),
        Fact::Amended { issued_on, due_on, amount, method } => {
            let draft = changed("amended").money("amount", Some(*amount)).text("issued_on", Some(issued_on));
            Some(draft.text("due_on", Some(due_on)).text("rail", *method))
        }
        Fact::Subscribed(subscription) => Some(subscribed(changed("subscription"), Some(subscription))),
        Fact::Promised { on } => Some(new(Type::PromiseMade).text("on", Some(on))),
        Fact::PromiseWithdrawn { on } => Some(new(Type::PromiseWithdrawn).text("on", Some(on))),
        Fact::PromiseBroken { on } => Some(new(Type::PromiseBroken).text("on", Some(on))),
        Fact::Initiated { rail } => Some(new(Type::PaymentInitiated).text("rail", *rail)),
        Fact::FlightFailed => Some(new(Type::PaymentFailed)),
        Fact::ChargeFailed { reason, needs_payer, step: _, charge, advice: _, retry_at } => {
            let draft = new(Type::ChargeFailed).text("charge", *charge).with("reason", &**reason).with("needs_payer", *needs_payer);
            Some(draft.with("retry_at", retry_at.map_or(Value::Null, instant)))
        }
        Fact::MethodKnown { method } => {
            let removed = method.status == MethodStatus::Removed;
            let kind = if removed { Type::MethodRemoved } else { Type::MethodChanged };
            let draft = new(kind).text("method", Some(method.id)).with("gateway", &*method.gateway);
            let draft = draft.text("scheme", Some(method.scheme)).text("status", Some(method.status));
            Some(Draft { method: Some(PaymentMethodId::to_bytes(method.id)), ..draft })
        }
        Fact::Rejected { step } => Some(new(Type::ApprovalRefused).with("step", &**step)),
        Fact::Released { step } => Some(new(Type::ApprovalGiven).with("step", &**step)),
        Fact::Migrated { policy, segment } => Some(new(Type::PolicyMigrated).with("hash", &**policy).text("segment", segment.as_deref())),
        Fact::Froze { cause } => Some(stands_still(&new, cause, [Type::DisputeOpened, Type::PauseBegun, Type::HoldPlaced])),
        Fact::Thawed { cause } => Some(stands_still(&new, cause, [Type::DisputeSettled, Type::PauseEnded, Type::HoldReleased])),
        Fact::OptedOut { channel, .. } => contact("opted_out", *channel),
        Fact::OptedIn { channel, .. } => contact("opted_in", *channel),
        Fact::Bounced { channel, .. } => contact("bounced", *channel),
        Fact::Suppressed { channel, .. } => contact("suppressed", *channel),
        Fact::Mended { channel, .. } => contact("mended", *channel),
        Fact::Profile(_) => Some(new(Type::CustomerChanged)),
        // That the receivable ended is told as what followed.
        Fact::Voided | Fact::WrittenOff => None,
        // What becomes of an attempt is told when it has ended, by the event of kind `charge`, and as the payment that it took.
        Fact::Tried { .. } | Fact::Taken { .. } | Fact::TryDropped { .. } => None,
        // The customer's part of what is told of the tenant or of the policy as a whole.
        Fact::WentTo { .. } => None,
        // Nobody answered, so that nothing happened: backtests have it.
        Fact::Withheld { .. } => None,
        // Books of the program's own: what was announced for when, what counts under which cap, how far a source was read.
        Fact::Reannounced { .. } | Fact::Recounted { .. } | Fact::SourceRead => None,
    }
}

/// That something begins or ends to stand still: what a dispute, a pause and any other cause are called then.
fn stands_still(new: &dyn Fn(Type) -> Draft, cause: &Cause, [dispute, pause, hold]: [Type; 3]) -> Draft {
    match cause {
        Cause::Dispute => new(dispute),
        Cause::Pause => new(pause),
        Cause::Hold | Cause::Complaint | Cause::Lawyer | Cause::Insolvency | Cause::Death | Cause::Agreement => {
            new(hold).text("cause", Some(cause))
        }
    }
}

fn subscribed(draft: Draft, subscription: Option<&regua_core::facts::Subscription>) -> Draft {
    let key = subscription.map(|sub| &*sub.key).filter(|key| !key.is_empty());
    draft.text("subscription_key", key).text("plan", subscription.and_then(|sub| sub.plan.as_deref()))
}

fn followed(became: &Became, customer: Option<CustomerId>, at: Instant) -> Draft {
    let new = |kind: Type, receivable: Option<&str>| Draft::new(kind, at).of(customer).on(receivable);
    match became {
        Became::Closed { receivable, how } if how == "paid" => new(Type::ReceivablePaid, Some(receivable)),
        Became::Closed { receivable, how } => new(Type::ReceivableClosed, Some(receivable)).with("reason", how.as_str()),
        Became::Reopened { receivable } => new(Type::ReceivableReopened, Some(receivable)),
        Became::Kept { receivable, on } => new(Type::PromiseKept, Some(receivable)).text("on", Some(on)),
        Became::Access { subscription, was, state, receivable } => {
            let key = subscription.as_deref().filter(|key| !key.is_empty());
            let draft = new(Type::AccessChanged, receivable.as_deref()).text("subscription_key", key);
            draft.text("was", Some(was)).text("state", Some(state))
        }
    }
}

fn decided(decided: &Decided, customer: Option<CustomerId>, at: Instant) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (place, (receivable, step, cycle, occurrence, outcome, message)) in decided.rows.iter().enumerate() {
        let done = outcome == "done";
        let mode = decided.modes.get(place).map_or(Mode::Live.as_str(), String::as_str);
        let draft = Draft::new(if done { Type::StepDone } else { Type::StepSkipped }, at).of(customer).on(Some(receivable));
        let draft = draft.with("step", step.as_str()).with("cycle", *cycle).with("occurrence", *occurrence).with("mode", mode);
        drafts.push(if done { draft.text("message", message.as_deref()) } else { draft.with("reason", outcome.as_str()) });
    }
    for (receivable, step, occurrence, reason, _until) in &decided.waits {
        if reason == DeferReason::Approval.as_str() {
            let draft = Draft::new(Type::ApprovalAwaited, at).of(customer).on(Some(receivable));
            drafts.push(draft.with("step", step.as_str()).with("occurrence", *occurrence));
        }
    }
    drafts.extend(decided.became.iter().map(|became| followed(became, customer, at)));
    drafts
}

fn message(note: &MessageNote, new: &dyn Fn(Type) -> Draft) -> Vec<Draft> {
    let kind = match note.status.as_str() {
        "sent" => Type::MessageSent,
        "failed" => Type::MessageFailed,
        "unknown" => Type::MessageUnknown,
        "cancelled" => Type::MessageCancelled,
        // Items fell out of one that is still to go.
        _ => return Vec::new(),
    };
    vec![new(kind).with("message", note.message.as_str()).text("channel", note.channel)]
}

/// How far a message came, as its carrier tells.
fn delivery(note: &DeliveryNote, new: &dyn Fn(Type) -> Draft) -> Vec<Draft> {
    let kind = match note.is.as_str() {
        "delivered" => Type::MessageDelivered,
        "read" => Type::MessageRead,
        "clicked" => Type::MessageClicked,
        "opened" => Type::MessageOpened,
        "prefetched" => Type::MessagePrefetched,
        "failed" => Type::MessageUndelivered,
        _ => return Vec::new(),
    };
    vec![new(kind).with("message", note.message.as_str()).text("channel", Some(note.channel))]
}

fn charge(note: &ChargeNote, new: &dyn Fn(Type) -> Draft) -> Vec<Draft> {
    let draft = |kind: Type| {
        let charge = bytes_of::<regua_core::ids::ChargeId>(&note.charge);
        // Minor units, until the row says of which currency.
        Draft { charge, ..new(kind).with("charge", note.charge.as_str()).with("amount", note.amount.map_or(Value::Null, Value::from)) }
    };
    match note.status.as_str() {
        "settled" => vec![draft(Type::ChargeSucceeded)],
        "dropped" | "lost" => vec![draft(Type::ChargeDropped).with("reason", note.status.as_str())],
        // A declined one is told by its fact, which says what can be done.
        _ => Vec::new(),
    }
}

fn billed(note: &BilledNote, new: &dyn Fn(Type) -> Draft) -> Vec<Draft> {
    let of = |subscription: &str, document: &crate::billing::events::Document| {
        let draft = new(Type::InvoiceIssued).with("subscription", subscription).with("invoice", document.invoice.as_str());
        let draft = draft.with("number", document.key.as_str()).with("total", written(&document.total));
        draft.text("issued_on", Some(note.issued_on)).with("receivables", document.receivables.clone())
    };
    let all = note.subscriptions.iter();
    all.flat_map(|one| one.documents.iter().map(move |document| (&one.subscription, document)))
        .map(|(subscription, document)| of(subscription, document))
        .collect()
}

fn slip(note: &SlipNote, new: &dyn Fn(Type) -> Draft) -> Vec<Draft> {
    let named = |draft: Draft| draft.with("account", note.account.as_str()).with("number", note.number.as_str());
    vec![match &note.issued {
        Some(issued) => {
            let draft = named(new(Type::SlipIssued)).on(Some(&issued.receivable)).text("due_on", Some(issued.due_on));
            draft.money("amount", Some(Money::new(issued.amount, regua_core::currency::Currency::BRL)))
        }
        None => named(new(Type::SlipChanged)).with("status", note.status.as_str()),
    }]
}

#[cfg(test)]
mod tests;
