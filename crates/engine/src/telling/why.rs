//! Why a step was skipped or waits, in one sentence each, with the numbers of the moment.
//!
//! Deliberately absent: deciding. The reason is given; the sentence only says what it rests on.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regua_core::decide::View;
use regua_core::facts::{Closed, Facts, Policies, Walk};
use regua_core::money::Money;
use regua_core::policy::program::{Act, Anchor};
use regua_core::policy::{Condition, Value, Var, Vars};
use regua_core::rulebook::Rule;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::{DeferReason, SkipReason};

use crate::found::{Found, Place, Sort};

/// What a sentence can speak of.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The policies as the customer's decisions see them.
    pub policies: &'a Policies,
    /// Everything known.
    pub facts: &'a Facts<'a>,
    /// The receivable.
    pub walk: &'a Walk,
    /// The step.
    pub found: Found<'a>,
    /// The moment.
    pub now: Instant,
    /// The rule of law that was looked at.
    pub rule: Option<&'static Rule>,
}

/// Days of the week as tables have them.
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `Mon 2027-01-04`
#[must_use]
pub fn day(day: Day) -> String {
    let name = usize::try_from(day.weekday()).ok().and_then(|place| WEEKDAYS.get(place)).copied().unwrap_or_default();
    format!("{name} {day}")
}

/// `Mon 2027-01-04 09:00`, in a zone.
#[must_use]
pub fn moment(zone: Zone, at: Instant) -> String {
    let (date, secs) = zone.local(at);
    format!("{} {:02}:{:02}", day(date), secs / 3600, secs / 60 % 60)
}

impl Case<'_> {
    /// Why the step was finally not carried out.
    #[must_use]
    pub fn skipped(self, reason: SkipReason) -> String {
        let policy = self.policies.get(self.walk.policy);
        match reason {
            SkipReason::BeforeEntry => {
                format!("its moment was before the receivable became known, {}", moment(self.facts.zone, self.walk.entered_at))
            }
            SkipReason::Closed => self.closed(),
            SkipReason::NotBefore => {
                let segment = policy.segments.get(self.walk.segment);
                let offset = segment.and_then(|segment| Some((segment.name.as_str(), segment.not_before?)));
                offset.map_or_else(String::new, |(name, offset)| {
                    format!("the segment {name} leaves everything overdue alone before D{offset}")
                })
            }
            SkipReason::Condition => self.condition(),
            SkipReason::Currency => {
                format!("it compares with an amount in another currency than the receivable's, {}", self.walk.ledger.currency())
            }
            SkipReason::Superseded => match self.found.sort() {
                Sort::Contact => "a later contact took its place".to_owned(),
                Sort::Charge | Sort::Adverse | Sort::Neutral => {
                    "access was already as restricted, or the same had been done in an earlier cycle".to_owned()
                }
            },
            SkipReason::Minimum => {
                let currency = self.walk.ledger.currency();
                let minimum = policy.minimum.iter().find(|minimum| minimum.currency() == currency);
                minimum.map_or_else(String::new, |minimum| format!("less than the minimum of {minimum} is open"))
            }
            SkipReason::Unreachable => format!("no usable contact point with consent on {}", self.channels()),
            SkipReason::Forbidden => self.rule.map_or_else(|| "the rulebook forbids it".to_owned(), |rule| rule.says.to_owned()),
            SkipReason::Rejected => "a person refused it".to_owned(),
            SkipReason::Frozen => "it stood still for a dispute, a promise, a hold or a pause until its time was over".to_owned(),
            SkipReason::NoLegalMoment => {
                let why = self.rule.map_or(String::new(), |rule| format!(": {}", rule.says));
                format!("no permitted hour came before its time was over{why}")
            }
            SkipReason::Capped => format!("the caps ({}) left no room before its time was over", self.policies.newest().contact.caps),
            SkipReason::NotApproved => "nobody released it in time".to_owned(),
            SkipReason::Stale => match self.found.sort() {
                Sort::Charge => "its time was over: too late for this charge".to_owned(),
                Sort::Contact | Sort::Adverse | Sort::Neutral => {
                    format!("its time was over: nothing is sent more than {} late", days(policy.max_delay_days))
                }
            },
        }
    }

    /// Why the step waits.
    #[must_use]
    pub fn waits(self, reason: DeferReason) -> String {
        match reason {
            DeferReason::Frozen => "it stands still for a dispute, a promise, a hold or a pause".to_owned(),
            DeferReason::InFlight => "a payment is on its way".to_owned(),
            DeferReason::StaleSource => "payments up to its due date may still come to light".to_owned(),
            DeferReason::Unannounced => match self.found.place {
                Place::Step(step) | Place::Notice(step) => format!("it must have been announced {} before", step.notice),
                Place::Reaction(_) => "it must have been announced".to_owned(),
            },
            DeferReason::Blackout => "the policy's blackout, and restrictions only begin on business days".to_owned(),
            DeferReason::NoLegalMoment => self.rule.map_or_else(|| "outside the permitted hours".to_owned(), |rule| rule.says.to_owned()),
            DeferReason::Capped => format!("the caps ({}) leave no room today", self.policies.newest().contact.caps),
            DeferReason::OnePerDay => "one restriction a day, and others come first".to_owned(),
            DeferReason::Approval => "a person must release it".to_owned(),
        }
    }

    fn closed(self) -> String {
        let (what, at) = match self.walk.closed {
            Some(Closed::Paid(at)) => ("paid", at),
            Some(Closed::Void(at)) => ("void", at),
            Some(Closed::WrittenOff(at)) => ("written off", at),
            Some(Closed::Assigned(at)) => ("with an agency", at),
            None => return "the receivable was closed".to_owned(),
        };
        format!("the receivable is {what}, known {}; the steps behind it end with it", moment(self.facts.zone, at))
    }

    fn condition(self) -> String {
        if let Some(condition) = self.found.condition() {
            let read = self.read_by(condition);
            let read = if read.is_empty() { String::new() } else { format!("; {}", read.join(", ")) };
            return format!("its condition does not hold: {}{read}", condition.source());
        }
        if let Place::Step(step) = self.found.place
            && let Anchor::After(followed) = step.at.anchor
            && let Some(followed) = self.found.ladder.steps.get(followed)
        {
            return format!("{}, which it follows, was skipped", followed.id);
        }
        "its condition does not hold".to_owned()
    }

    /// What a condition looked at, with the values of the moment: `receivable.amount_due is BRL 102.03`.
    fn read_by(self, condition: &Condition) -> Vec<String> {
        let reads = Reads { view: View::new(self.facts, self.walk, self.policies, self.now), seen: RefCell::default() };
        let _verdict = condition.eval(&reads);
        reads.seen.into_inner().into_iter().map(|(name, value)| format!("{name} is {value}")).collect()
    }

    /// The channels that were tried, in words.
    fn channels(self) -> String {
        let contact = self.found.act().and_then(Act::contact);
        let own = contact.and_then(|contact| contact.channels.as_ref()).map(|choices| {
            let word = |choice: &regua_core::policy::program::ChannelChoice| match choice {
                regua_core::policy::program::ChannelChoice::Preferred => "the preferred channel",
                regua_core::policy::program::ChannelChoice::This(channel) => channel.as_str(),
            };
            choices.iter().map(word).collect::<Vec<_>>()
        });
        let all = || self.policies.newest().contact.channels.iter().map(|channel| channel.as_str()).collect();
        own.unwrap_or_else(all).join(", ")
    }
}

/// Notes what a condition reads.
struct Reads<'v> {
    view: View<'v>,
    seen: RefCell<BTreeMap<String, String>>,
}

impl Vars for Reads<'_> {
    fn get(&self, var: &Var) -> Value<'_> {
        let value = self.view.get(var);
        self.seen.borrow_mut().insert(var.name(), written(value));
        value
    }
}

/// A value as people write it.
fn written(value: Value<'_>) -> String {
    match value {
        Value::Absent => "not known".to_owned(),
        Value::Bool(holds) => holds.to_string(),
        Value::Number(millionths) => {
            let (whole, part) = (millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000);
            let sign = if millionths < 0 { "-" } else { "" };
            let part = format!("{part:06}");
            let part = part.trim_end_matches('0');
            if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
        }
        Value::Money { minor, currency } => Money::new(minor, currency).to_string(),
        Value::Text(text) => format!("'{text}'"),
        Value::Day(on) => on.to_string(),
    }
}

fn days(count: i32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        for (value, expected) in [
            (Value::Absent, "not known"),
            (Value::Bool(true), "true"),
            (Value::Number(3_000_000), "3"),
            (Value::Number(-500_000), "-0.5"),
            (Value::Number(333_333), "0.333333"),
            (Value::Money { minor: 10_203, currency: regua_core::currency::Currency::BRL }, "BRL 102.03"),
            (Value::Text("gold"), "'gold'"),
        ] {
            assert_eq!(written(value), expected);
        }
    }
}
