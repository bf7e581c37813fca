//! A ladder that charges by itself does not ask to pay what it is about to charge (SPEC §2).

use super::Steps;
use super::span::Span;
use crate::policy::program::{Act, Anchor, Contact};
use crate::policy::read::Reader;
use crate::policy::steps::LadderDraft;

/// The shipped templates that ask the reader to pay now, with a document to pay by.
///
/// Every `offer` asks too. Templates of the tenant's own are not known to ask, so they are not refused.
const ASKS_TO_PAY: [&str; 4] = ["upcoming", "due_today", "overdue", "final_notice"];

/// Refuses a contact that asks to pay at issue, or on or before D (or the first charge, if that is later), in a ladder
/// with a `charge` step. After it the charge may have failed, and asking is right.
pub(super) fn no_pay_request(reader: &mut Reader<'_>, ladder: &LadderDraft<'_>, steps: &Steps<'_>) {
    let charges = steps.iter().enumerate().filter(|(_, (_, step))| step.act == Act::Charge);
    let spans: Vec<Span> = charges.map(|(index, _)| Span::of(steps, index)).collect();
    let Some(first) = spans.iter().filter(|span| span.anchor == Anchor::Due).map(|span| span.earliest).min().or(spans.first().map(|_| 0))
    else {
        return;
    };
    for (index, (draft, step)) in steps.iter().enumerate() {
        let asks = match &step.act {
            Act::Offer(..) => Some("an offer".to_owned()),
            Act::Notify(Contact { template, .. }) => ASKS_TO_PAY.contains(&template.as_str()).then(|| format!("`{template}`")),
            Act::Charge | Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_) | Act::Task(_) | Act::WriteOff => None,
        };
        let Some(asks) = asks else { continue };
        let span = Span::of(steps, index);
        let before = match span.anchor {
            Anchor::Due => span.latest.is_some_and(|latest| latest <= first.max(0)),
            Anchor::Issue => span.latest.is_some_and(|latest| latest <= 0),
            Anchor::Failed | Anchor::Promise | Anchor::Expiry | Anchor::Renewal | Anchor::After(_) => false,
        };
        if before {
            let key = if draft.fields.get("template").is_some() { "template" } else { "do" };
            let message = format!("{asks} asks to pay what ladder `{}` charges by itself", ladder.name);
            reader.error(
                draft.fields.mark(key),
                message,
                "use `upcoming_charge`, or ask after the charge has failed, as in `after: charge+2d`",
            );
        }
    }
}
