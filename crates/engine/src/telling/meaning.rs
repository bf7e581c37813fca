//! Reasons and facts in a few words each.

use regua_core::facts::Fact;
use regua_core::money::Money;
use regua_core::words::{DeferReason, SkipReason};

use super::why::day;

/// What a skip reason means.
#[must_use]
pub const fn skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::BeforeEntry => "its moment was before the receivable became known",
        SkipReason::Closed => "paid, void or written off before its turn",
        SkipReason::NotBefore => "the segment is left alone that early",
        SkipReason::Condition => "its condition did not hold",
        SkipReason::Currency => "it compares amounts of two currencies",
        SkipReason::Superseded => "a later step took its place",
        SkipReason::Minimum => "too little is open to chase",
        SkipReason::Unreachable => "no usable address with consent",
        SkipReason::Forbidden => "the law forbids it",
        SkipReason::Rejected => "a person refused it",
        SkipReason::Frozen => "a dispute, promise, hold or pause lasted too long",
        SkipReason::NoLegalMoment => "no permitted hour in its time",
        SkipReason::Capped => "the caps left no room in its time",
        SkipReason::NotApproved => "nobody released it in time",
        SkipReason::Stale => "too late to be of use",
    }
}

/// What a defer reason means.
#[must_use]
pub const fn deferred(reason: DeferReason) -> &'static str {
    match reason {
        DeferReason::Frozen => "a dispute, promise, hold or pause",
        DeferReason::InFlight => "a payment is on its way",
        DeferReason::StaleSource => "payments of these days were not read yet",
        DeferReason::Unannounced => "must be announced first",
        DeferReason::Blackout => "blackout, or not a business day",
        DeferReason::NoLegalMoment => "outside permitted hours",
        DeferReason::Capped => "enough messages for one day or week",
        DeferReason::OnePerDay => "one restriction a day",
        DeferReason::Approval => "a person must release it",
    }
}

/// A fact of the log, in words.
#[must_use]
pub fn fact(fact: &Fact) -> String {
    let whole = |amount: &Option<Money>| amount.map_or_else(|| "all of it".to_owned(), |amount| amount.to_string());
    match fact {
        Fact::Entered(entry) => format!("becomes known: {}, issued {}, due {}", entry.amount, day(entry.issued_on), day(entry.due_on)),
        Fact::Paid { paid_on, amount } => {
            let amount = amount.map_or_else(|| "all that was due".to_owned(), |amount| amount.to_string());
            format!("{amount} paid on {}", day(*paid_on))
        }
        Fact::Corrected { was_on, was, paid_on, amount } => {
            format!("a payment was told wrongly: not {} on {} but {} on {}", whole(was), day(*was_on), whole(amount), day(*paid_on))
        }
        Fact::TaxWithheld { on, amount } => format!("tax of {amount} withheld by the payer, for {}", day(*on)),
        Fact::FeeAdded { on, amount } => format!("fee of {amount} for {}", day(*on)),
        Fact::Received { on, amount } => format!("{amount} paid on {} that no receivable takes: credit", day(*on)),
        Fact::CreditUsed { on, amount } => format!("{amount} of the customer's credit pays on it, for {}", day(*on)),
        Fact::CreditRefunded { on, amount } => format!("credit of {amount} paid out on {}", day(*on)),
        Fact::Credited { on, amount } => format!("credit of {amount} for {}", day(*on)),
        Fact::Refunded { on, amount } => format!("given back on {}: {}", day(*on), whole(amount)),
        Fact::ChargedBack { on, amount } => format!("charged back on {}: {}", day(*on), whole(amount)),
        Fact::Amended { issued_on, due_on, amount, .. } => {
            format!("is told otherwise: {amount}, issued {}, due {}", day(*issued_on), day(*due_on))
        }
        Fact::Subscribed(subscription) => {
            let plan = subscription.plan.as_deref().map(|plan| format!(" (plan {plan})")).unwrap_or_default();
            format!("bills the subscription {}{plan}", subscription.key)
        }
        Fact::Promised { on } => format!("promise to pay on {}", day(*on)),
        Fact::PromiseWithdrawn { on } => format!("the promise to pay on {} was taken back", day(*on)),
        Fact::PromiseBroken { on } => format!("the promise to pay on {} was not kept", day(*on)),
        Fact::Initiated { rail: Some(rail) } => format!("a payment is on its way by {rail}"),
        Fact::Initiated { rail: None } => "a payment is on its way".to_owned(),
        Fact::FlightFailed => "the payment on its way will not come".to_owned(),
        Fact::ChargeFailed { reason, needs_payer, .. } => {
            format!("charge failed: {}{}", reason.replace('_', " "), if *needs_payer { ", which only the payer can mend" } else { "" })
        }
        Fact::MethodKnown { method } => format!("a stored method ({}) is {}", method.scheme, method.status),
        Fact::Tried { tried } => format!("an attempt to take {} by {}", tried.amount, tried.trigger.as_str().replace('_', " ")),
        Fact::Taken { on, .. } => format!("an attempt took the money on {}", day(*on)),
        Fact::TryDropped { .. } => "an attempt was not made".to_owned(),
        Fact::Voided => "cancelled".to_owned(),
        Fact::WrittenOff => "written off".to_owned(),
        Fact::Rejected { step } => format!("`{step}` is refused"),
        Fact::Released { step } => format!("`{step}` is released"),
        Fact::Withheld { step } => format!("nobody answers for `{step}`"),
        Fact::Migrated { policy, .. } => format!("walks the policy {} from now on", policy.get(..8).unwrap_or(policy)),
        Fact::Froze { cause } => format!("stands still: {cause}"),
        Fact::Thawed { cause } => format!("goes on: {cause} is lifted"),
        Fact::WentTo { mode } => format!("is {mode} from now on"),
        Fact::Reannounced { step, named: Some(on), .. } => format!("`{step}` is announced for {} now", day(*on)),
        Fact::Reannounced { step, named: None, .. } => format!("`{step}` does not count as announced"),
        Fact::Recounted { now: Some(on), .. } => format!("a message counts for {} now", day(*on)),
        Fact::Recounted { now: None, .. } => "a message does not count: it was not sent".to_owned(),
        Fact::OptedOut { channel, .. } => format!("wants no messages by {channel}"),
        Fact::OptedIn { channel, .. } => format!("wants messages by {channel}"),
        Fact::Bounced { channel, .. } => format!("a message by {channel} came back"),
        Fact::Suppressed { channel, .. } => format!("the address for {channel} is not to be used"),
        Fact::Mended { channel, .. } => format!("messages by {channel} arrive again"),
        Fact::Profile(_) => "name, attributes or contact data change".to_owned(),
        Fact::SourceRead => "payments were read".to_owned(),
    }
}
