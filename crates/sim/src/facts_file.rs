//! The facts file: what happened to receivables and customers that the canonical files cannot express.
//!
//! JSON Lines, one fact a line, in any order:
//!
//! ```json
//! {"at":"2026-03-02T14:30:00-03:00","receivable":"1042","event":"dispute_opened"}
//! {"at":"2026-03-05","receivable":"1042","event":"promise","on":"2026-03-13"}
//! {"at":"2026-04-01","customer":"c-7","event":"opt_out","channel":"whatsapp"}
//! ```
//!
//! `at` is an RFC 3339 time, or a date: then it is known from the policy's hour of that day in the customer's zone, as
//! a receivable is. A fact of a receivable that is not known yet holds from its entry.
//!
//! | event | of | further keys | meaning |
//! | --- | --- | --- | --- |
//! | `subscription` | receivable | `key`, `plan`, `collection`, `renewal_on` (each optional) | what it bills; the segment is chosen with it when it is known at entry |
//! | `dispute_opened`, `dispute_closed` | receivable | | freezes until closed |
//! | `hold`, `release` | either | | freezes until released |
//! | `pause`, `resume` | either | | freezes until resumed |
//! | `promise` | receivable | `on` | freezes until the end of the first business day after that date, then broken unless paid |
//! | `payment_initiated` | receivable | `method` (optional) | a payment is on its way: waits until it settles or its rail has cleared |
//! | `payment_claimed` | receivable | | the payer says that it was paid: waits in the same way |
//! | `payment_failed_to_arrive` | receivable | | it will not come |
//! | `charge_failed` | receivable | `reason`, `needs_payer`, `step` (optional: the charge step) | a charge failed |
//! | `charged_back` | receivable | `amount` (optional: all) | a payment came back: a new cycle begins |
//! | `void`, `written_off` | receivable | | ends without payment |
//! | `approval_rejected`, `approval_withheld` | receivable | `step` | refused, or never answered |
//! | `complaint`, `complaint_closed`, `lawyer`, `insolvency`, `death` | customer | | freezes everything of the customer |
//! | `opt_out`, `bounced`, `suppressed` | customer | `channel` | its contact points of that channel are not used any more |
//! | `source_silent` | customer | `until` | the source of payments cannot be read from `at` until then |
//!
//! Amounts are texts such as `"150.00"`, in the receivable's currency. A line that cannot be read is left out with
//! its number and the mend; the others hold.

use std::io::{self, BufRead, Write};

use regua_core::currency::Currency;
use regua_core::facts::{Fact, Subscription};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::{Channel, Rail};
use regua_wire::files::portfolio::When;
use serde_json::{Map, Value};

pub use regua_core::facts::Cause;

/// A fact of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactEvent {
    /// Its line in the file, from 1; 0 when it was not read from one.
    pub line: u32,
    /// When it became known.
    pub at: When,
    /// Whom or what it is about.
    pub about: About,
    /// What happened.
    pub told: Told,
}

/// Whom or what a fact is about, by the files' ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// One receivable.
    Receivable(Box<str>),
    /// A customer, with all receivables.
    Customer(Box<str>),
}

/// What happened. The table of this module says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// `subscription`
    Subscription {
        /// Names it among the customer's; empty for the only one.
        key: Box<str>,
        /// The plan.
        plan: Option<Box<str>>,
        /// `automatic` or `invoice`.
        collection: Option<Box<str>>,
        /// When it renews.
        renewal_on: Option<Day>,
    },
    /// `dispute_opened`, `hold`, `pause`, `complaint`, `lawyer`, `insolvency`, `death`
    Freezes(Cause),
    /// `dispute_closed`, `release`, `resume`, `complaint_closed`
    Lifts(Cause),
    /// `promise`: to pay on this date.
    Promise(Day),
    /// `payment_initiated`
    PaymentInitiated(Option<Rail>),
    /// `payment_claimed`
    PaymentClaimed,
    /// `payment_failed_to_arrive`
    PaymentFailedToArrive,
    /// `charge_failed`
    ChargeFailed {
        /// The normalised decline reason.
        reason: Box<str>,
        /// Whether only the payer can mend it.
        needs_payer: bool,
        /// The id of the charge step that ordered it.
        step: Option<Box<str>>,
    },
    /// `charged_back`: the amount as text, all of it when absent.
    ChargedBack(Option<Box<str>>),
    /// `void`
    Void,
    /// `written_off`
    WrittenOff,
    /// `approval_rejected`: of the step with this id.
    ApprovalRejected(Box<str>),
    /// `approval_withheld`: of the step with this id.
    ApprovalWithheld(Box<str>),
    /// `opt_out`
    OptOut(Channel),
    /// `bounced`
    Bounced(Channel),
    /// `suppressed`
    Suppressed(Channel),
    /// `source_silent`: until this moment.
    SourceSilent(When),
}

/// A line that was left out.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BadLine {
    /// Its number in the file, from 1.
    pub line: u32,
    /// What is wrong and how to mend it.
    pub what: String,
}

/// Reads a facts file: the good lines in file order, and the bad ones with their mend.
///
/// # Errors
/// Only when the input cannot be read; what it says is never an error.
pub fn read(input: &mut impl BufRead) -> io::Result<(Vec<FactEvent>, Vec<BadLine>)> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let mut bytes = Vec::new();
    let mut line = 0_u32;
    loop {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok((good, bad));
        }
        line = line.saturating_add(1);
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| line == 1).unwrap_or(&bytes);
        let text = std::str::from_utf8(bytes).or(Err("not UTF-8; save the file as UTF-8".to_owned()));
        match text.map(str::trim).and_then(|text| if text.is_empty() { Ok(None) } else { parse(text, line).map(Some) }) {
            Ok(event) => good.extend(event),
            Err(what) => bad.push(BadLine { line, what }),
        }
    }
}

/// Writes facts as a file that [`read`] reads back, times to the second.
///
/// # Errors
/// When `out` does not take them.
pub fn write(events: &[FactEvent], out: &mut impl Write) -> io::Result<()> {
    for event in events {
        let mut keys = Map::new();
        keys.insert("at".to_owned(), when_text(event.at).into());
        match &event.about {
            About::Receivable(id) => keys.insert("receivable".to_owned(), (&**id).into()),
            About::Customer(id) => keys.insert("customer".to_owned(), (&**id).into()),
        };
        keys.insert("event".to_owned(), event.told.name().into());
        event.told.keys(&mut keys);
        serde_json::to_writer(&mut *out, &Value::Object(keys))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn when_text(when: When) -> String {
    match when {
        When::On(day) => day.to_string(),
        When::At(at) => regua_core::time::Zone::utc().rfc3339(at),
    }
}

/// The words of `event`, in the order of the table above, and whether it is told of a receivable or a customer.
const EVENTS: &[(&str, bool, bool)] = &[
    ("subscription", true, false),
    ("dispute_opened", true, false),
    ("dispute_closed", true, false),
    ("hold", true, true),
    ("release", true, true),
    ("pause", true, true),
    ("resume", true, true),
    ("promise", true, false),
    ("payment_initiated", true, false),
    ("payment_claimed", true, false),
    ("payment_failed_to_arrive", true, false),
    ("charge_failed", true, false),
    ("charged_back", true, false),
    ("void", true, false),
    ("written_off", true, false),
    ("approval_rejected", true, false),
    ("approval_withheld", true, false),
    ("complaint", false, true),
    ("complaint_closed", false, true),
    ("lawyer", false, true),
    ("insolvency", false, true),
    ("death", false, true),
    ("opt_out", false, true),
    ("bounced", false, true),
    ("suppressed", false, true),
    ("source_silent", false, true),
];

impl Told {
    /// The word of the file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Subscription { .. } => "subscription",
            Self::Freezes(cause) => match cause {
                Cause::Dispute => "dispute_opened",
                // The file has no word for an agreement: what it does is what a hold does.
                Cause::Hold | Cause::Agreement => "hold",
                Cause::Pause => "pause",
                Cause::Complaint => "complaint",
                Cause::Lawyer => "lawyer",
                Cause::Insolvency => "insolvency",
                Cause::Death => "death",
            },
            Self::Lifts(cause) => match cause {
                Cause::Dispute => "dispute_closed",
                Cause::Hold | Cause::Agreement => "release",
                Cause::Pause => "resume",
                // Of what freezes a whole customer only a complaint ends by itself.
                Cause::Complaint | Cause::Lawyer | Cause::Insolvency | Cause::Death => "complaint_closed",
            },
            Self::Promise(_) => "promise",
            Self::PaymentInitiated(_) => "payment_initiated",
            Self::PaymentClaimed => "payment_claimed",
            Self::PaymentFailedToArrive => "payment_failed_to_arrive",
            Self::ChargeFailed { .. } => "charge_failed",
            Self::ChargedBack(_) => "charged_back",
            Self::Void => "void",
            Self::WrittenOff => "written_off",
            Self::ApprovalRejected(_) => "approval_rejected",
            Self::ApprovalWithheld(_) => "approval_withheld",
            Self::OptOut(_) => "opt_out",
            Self::Bounced(_) => "bounced",
            Self::Suppressed(_) => "suppressed",
            Self::SourceSilent(_) => "source_silent",
        }
    }

    /// The subscription, when it tells one.
    pub(crate) fn subscription(&self) -> Option<Subscription> {
        let Self::Subscription { key, plan, collection, renewal_on } = self else { return None };
        Some(Subscription {
            key: key.clone(),
            plan: plan.clone(),
            collection: collection.clone(),
            renewal_on: *renewal_on,
            renewal_price: None,
        })
    }

    /// What it is to the core when it becomes known on a day; nothing for what concerns readings only.
    ///
    /// # Errors
    /// When an amount is none in the receivable's currency.
    pub(crate) fn fact(&self, on: Day, currency: Option<Currency>) -> Result<Option<Fact>, String> {
        Ok(Some(match self {
            Self::Subscription { .. } => return Ok(self.subscription().map(Fact::Subscribed)),
            Self::Freezes(cause) => Fact::Froze { cause: *cause },
            Self::Lifts(cause) => Fact::Thawed { cause: *cause },
            Self::Promise(on) => Fact::Promised { on: *on },
            Self::PaymentInitiated(rail) => Fact::Initiated { rail: *rail },
            Self::PaymentClaimed => Fact::Initiated { rail: None },
            Self::PaymentFailedToArrive => Fact::FlightFailed,
            Self::ChargeFailed { reason, needs_payer, step } => Fact::ChargeFailed {
                reason: reason.clone(),
                needs_payer: *needs_payer,
                step: step.clone(),
                charge: None,
                advice: None,
                retry_at: None,
            },
            Self::ChargedBack(amount) => {
                let amount = amount.as_deref().zip(currency).map(|(text, currency)| Money::parse(text, currency)).transpose();
                Fact::ChargedBack { on, amount: amount.map_err(|error| format!("`amount`: {error}"))? }
            }
            Self::Void => Fact::Voided,
            Self::WrittenOff => Fact::WrittenOff,
            Self::ApprovalRejected(step) => Fact::Rejected { step: step.clone() },
            Self::ApprovalWithheld(step) => Fact::Withheld { step: step.clone() },
            Self::OptOut(channel) => Fact::OptedOut { channel: *channel, point: None },
            Self::Bounced(channel) => Fact::Bounced { channel: *channel, point: None },
            Self::Suppressed(channel) => Fact::Suppressed { channel: *channel, point: None },
            Self::SourceSilent(_) => return Ok(None),
        }))
    }

    fn keys(&self, keys: &mut Map<String, Value>) {
        let mut add = |key: &str, value: Value| {
            keys.insert(key.to_owned(), value);
        };
        match self {
            Self::Subscription { key, plan, collection, renewal_on } => {
                if !key.is_empty() {
                    add("key", (&**key).into());
                }
                for (name, value) in [("plan", plan), ("collection", collection)] {
                    if let Some(value) = value {
                        add(name, (&**value).into());
                    }
                }
                if let Some(day) = renewal_on {
                    add("renewal_on", day.to_string().into());
                }
            }
            Self::Promise(on) => add("on", on.to_string().into()),
            Self::PaymentInitiated(Some(method)) => add("method", method.as_str().into()),
            Self::ChargeFailed { reason, needs_payer, step } => {
                add("reason", (&**reason).into());
                add("needs_payer", (*needs_payer).into());
                if let Some(step) = step {
                    add("step", (&**step).into());
                }
            }
            Self::ChargedBack(Some(amount)) => add("amount", (&**amount).into()),
            Self::ApprovalRejected(step) | Self::ApprovalWithheld(step) => add("step", (&**step).into()),
            Self::OptOut(channel) | Self::Bounced(channel) | Self::Suppressed(channel) => add("channel", channel.as_str().into()),
            Self::SourceSilent(until) => add("until", when_text(*until).into()),
            Self::Freezes(_)
            | Self::Lifts(_)
            | Self::PaymentInitiated(None)
            | Self::PaymentClaimed
            | Self::PaymentFailedToArrive
            | Self::ChargedBack(None)
            | Self::Void
            | Self::WrittenOff => {}
        }
    }
}

/// The keys of one line; what was not asked for in the end is unknown.
struct Line {
    keys: Map<String, Value>,
}

fn parse(text: &str, line: u32) -> Result<FactEvent, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}; write one object a line"))?;
    let Value::Object(keys) = value else {
        return Err("not an object; write {\"at\":…, \"receivable\":…, \"event\":…}".to_owned());
    };
    let mut keys = Line { keys };
    let at = keys.when("at")?.ok_or("`at` is missing; add the time or date at which it became known")?;
    let about = match (keys.text("receivable")?, keys.text("customer")?) {
        (Some(id), None) => About::Receivable(id),
        (None, Some(id)) => About::Customer(id),
        (None, None) => return Err("about nobody; add `receivable` or `customer` with the file's id".to_owned()),
        (Some(_), Some(_)) => return Err("`receivable` and `customer` together; keep the one that it is about".to_owned()),
    };
    let name = keys.text("event")?.ok_or_else(|| format!("`event` is missing; add one of {}", known()))?;
    let told = keys.told(&name)?;
    let fits = EVENTS.iter().any(|&(known, receivable, customer)| {
        known == told.name() && if matches!(about, About::Receivable(_)) { receivable } else { customer }
    });
    if !fits {
        let (is, not) = if matches!(about, About::Receivable(_)) { ("customer", "receivable") } else { ("receivable", "customer") };
        return Err(format!("`{name}` is told of a {is}; replace `{not}` with `{is}`"));
    }
    if let Some((unknown, _)) = keys.keys.iter().next() {
        return Err(format!("`{name}` has no `{unknown}`; remove it or correct its name"));
    }
    Ok(FactEvent { line, at, about, told })
}

fn known() -> String {
    EVENTS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

impl Line {
    fn told(&mut self, name: &str) -> Result<Told, String> {
        Ok(match name {
            "subscription" => Told::Subscription {
                key: self.text("key")?.unwrap_or_default(),
                plan: self.text("plan")?,
                collection: self.text("collection")?,
                renewal_on: self.day("renewal_on")?,
            },
            "dispute_opened" => Told::Freezes(Cause::Dispute),
            "dispute_closed" => Told::Lifts(Cause::Dispute),
            "hold" => Told::Freezes(Cause::Hold),
            "release" => Told::Lifts(Cause::Hold),
            "pause" => Told::Freezes(Cause::Pause),
            "resume" => Told::Lifts(Cause::Pause),
            "complaint" => Told::Freezes(Cause::Complaint),
            "complaint_closed" => Told::Lifts(Cause::Complaint),
            "lawyer" => Told::Freezes(Cause::Lawyer),
            "insolvency" => Told::Freezes(Cause::Insolvency),
            "death" => Told::Freezes(Cause::Death),
            "promise" => Told::Promise(self.day("on")?.ok_or("`on` is missing; add the date promised")?),
            "payment_initiated" => Told::PaymentInitiated(self.word("method")?),
            "payment_claimed" => Told::PaymentClaimed,
            "payment_failed_to_arrive" => Told::PaymentFailedToArrive,
            "charge_failed" => Told::ChargeFailed {
                reason: self.text("reason")?.unwrap_or_else(|| "unknown".into()),
                needs_payer: self.flag("needs_payer")?,
                step: self.text("step")?,
            },
            "charged_back" => Told::ChargedBack(self.text("amount")?),
            "void" => Told::Void,
            "written_off" => Told::WrittenOff,
            "approval_rejected" => Told::ApprovalRejected(self.step()?),
            "approval_withheld" => Told::ApprovalWithheld(self.step()?),
            "opt_out" => Told::OptOut(self.channel()?),
            "bounced" => Told::Bounced(self.channel()?),
            "suppressed" => Told::Suppressed(self.channel()?),
            "source_silent" => Told::SourceSilent(self.when("until")?.ok_or("`until` is missing; add when it could be read again")?),
            _ => return Err(format!("`{name}` is not an event; use one of {}", known())),
        })
    }

    fn text(&mut self, key: &str) -> Result<Option<Box<str>>, String> {
        match self.keys.shift_remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.into())),
            // A number may have lost digits on its way (19-digit ids, cents): it is asked for as text.
            Some(other) => Err(format!("`{key}` is {other}; write it as a text in quotes")),
        }
    }

    fn step(&mut self) -> Result<Box<str>, String> {
        self.text("step")?.ok_or_else(|| "`step` is missing; add the step's id in the policy".to_owned())
    }

    fn flag(&mut self, key: &str) -> Result<bool, String> {
        match self.keys.shift_remove(key) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(format!("`{key}` is {other}; write true or false")),
        }
    }

    fn word<T: std::str::FromStr>(&mut self, key: &str) -> Result<Option<T>, String>
    where
        T::Err: std::fmt::Display,
    {
        let Some(text) = self.text(key)? else { return Ok(None) };
        text.parse().map(Some).map_err(|error| format!("`{key}`: {error}"))
    }

    fn channel(&mut self) -> Result<Channel, String> {
        self.word("channel")?.ok_or_else(|| "`channel` is missing; add email, sms, whatsapp, push, in_app, voice or letter".to_owned())
    }

    fn day(&mut self, key: &str) -> Result<Option<Day>, String> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        Day::parse(&text).map(Some).map_err(|error| format!("`{key}`: {error}"))
    }

    fn when(&mut self, key: &str) -> Result<Option<When>, String> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        if let Ok(day) = Day::parse(&text) {
            return Ok(Some(When::On(day)));
        }
        let at = Instant::parse(&text).map_err(|error| format!("`{key}`: {error}, nor a date such as 2026-12-31"))?;
        Ok(Some(When::At(at)))
    }
}

#[cfg(test)]
mod tests;
