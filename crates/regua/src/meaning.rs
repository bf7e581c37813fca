//! Reasons, facts and scenes in a few words each, for lists.

use regua_core::facts::Fact;
use regua_core::words::{DeferReason, SkipReason};
use regua_sim::demo::Scene;
use regua_sim::facts_file::Told;

use crate::why::day;

/// What a skip reason means.
pub(crate) const fn skipped(reason: SkipReason) -> &'static str {
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
pub(crate) const fn deferred(reason: DeferReason) -> &'static str {
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

/// What happens in a scene of the demo.
pub(crate) const fn scene(scene: Scene) -> &'static str {
    match scene {
        Scene::Dispute => "a bill is contested, and paid when that is settled",
        Scene::PromiseKept => "a promise to pay is kept",
        Scene::PromiseBroken => "a promise to pay is broken",
        Scene::Hold => "a person holds a bill for some days",
        Scene::Pause => "a customer is paused",
        Scene::ApprovalRejected => "the entry with the credit bureau is refused",
        Scene::ApprovalWithheld => "nobody answers the request to enter it",
        Scene::Bounced => "e-mails bounce, and there is no other way",
        Scene::Unreachable => "there is no address at all",
        Scene::Prescribed => "a debt is too old to be collected",
        Scene::Chargeback => "a card payment is charged back",
        Scene::Claimed => "the payer says that it was paid, and it was",
        Scene::FailedToArrive => "a payment is on its way and does not arrive",
        Scene::Complaint => "a complaint stops everything",
        Scene::Lawyer => "a lawyer speaks for the customer",
        Scene::Insolvency => "the customer becomes insolvent",
        Scene::Death => "the customer dies",
        Scene::OptOut => "the customer does not want WhatsApp any more",
        Scene::Suppressed => "the number is somebody else's",
        Scene::Small => "a few cents are not worth a message",
        Scene::Foreign => "a customer abroad is billed in dollars",
        Scene::Franchise => "six due dates, and the caps hold messages back",
        Scene::OnlyWhatsapp => "only WhatsApp, and carnival",
        Scene::Void => "a bill is cancelled",
        Scene::Strategic => "a strategic customer is late",
        Scene::SourceSilent => "for two days the bank tells nothing",
    }
}

/// A fact of the log, in words.
pub(crate) fn fact(fact: &Fact) -> String {
    let whole = |amount: &Option<regua_core::money::Money>| amount.map_or_else(|| "all of it".to_owned(), |amount| amount.to_string());
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

/// A fact that was told beside the files, in words.
pub(crate) fn told(told: &Told) -> String {
    let name = told.name().replace('_', " ");
    match told {
        Told::Promise(on) => format!("promise to pay on {}", day(*on)),
        Told::ChargeFailed { reason, needs_payer, .. } => {
            format!("charge failed: {}{}", reason.replace('_', " "), if *needs_payer { ", which only the payer can mend" } else { "" })
        }
        Told::ChargedBack(Some(amount)) => format!("charged back: {amount}"),
        Told::ApprovalRejected(step) | Told::ApprovalWithheld(step) => format!("{name}: {step}"),
        Told::OptOut(channel) | Told::Bounced(channel) | Told::Suppressed(channel) => format!("{name}: {channel}"),
        Told::PaymentInitiated(Some(rail)) => format!("{name} by {rail}"),
        Told::Subscription { plan: Some(plan), .. } => format!("{name}: {plan}"),
        Told::Subscription { plan: None, .. }
        | Told::Freezes(_)
        | Told::Lifts(_)
        | Told::PaymentInitiated(None)
        | Told::PaymentClaimed
        | Told::PaymentFailedToArrive
        | Told::ChargedBack(None)
        | Told::Void
        | Told::WrittenOff
        | Told::SourceSilent(_) => name,
    }
}
