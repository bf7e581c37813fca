//! What cannot be right although every value is: refusals that need more than one place of the file.

mod announced;
mod charging;
mod lawful;
mod span;

use super::contact::known_template;
use super::program::{Policy, Step};
use super::read::{Fields, Reader};
use super::steps::{LadderDraft, StepDraft};

/// The message of an adverse step that nobody announced in time (SPEC §3.4).
const NOTICE_TEMPLATE: &str = "adverse_notice";

/// Checks a policy whose ladders are still drafts.
pub(super) fn check(reader: &mut Reader<'_>, fields: Fields<'_>, policy: &Policy, ladders: &[LadderDraft<'_>]) {
    lawful::late_charges(reader, fields, policy);
    lawful::reactions(reader, fields, policy);
    let mut notice_known = false;
    for ladder in ladders {
        lawful::ladder(reader, fields, policy, ladder);
        announced::adverse_steps(reader, ladder);
        // With a step unread, where the others lie in time is not known.
        let Some(steps) = ladder.whole() else { continue };
        announced::announcements(reader, &steps);
        span::nothing_after_the_end(reader, &steps);
        charging::no_pay_request(reader, ladder, &steps);
        if let Some((draft, _)) = steps.iter().find(|(_, step)| step.act.is_adverse())
            && !std::mem::replace(&mut notice_known, true)
        {
            known_template(reader, NOTICE_TEMPLATE, draft.fields.start());
        }
    }
}

/// Steps beside the places where they were written.
type Steps<'d> = [(&'d StepDraft<'d>, &'d Step)];
