//! Scenes, and facts of files, in a few words each, for lists.

pub(crate) use regua_engine::telling::meaning::{deferred, fact, skipped};
use regua_sim::demo::Scene;
use regua_sim::facts_file::Told;

use crate::why::day;

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
