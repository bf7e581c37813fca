//! Adverse steps are announced, and nothing else is (SPEC §2, §3.4).

use super::Steps;
use super::span::Span;
use crate::policy::read::Reader;
use crate::policy::steps::LadderDraft;

/// Refuses an adverse step that no step announces.
pub(super) fn adverse_steps(reader: &mut Reader<'_>, ladder: &LadderDraft<'_>) {
    for (draft, step) in ladder.good() {
        if step.act.is_adverse() && !ladder.announced.contains(&step.id.as_str()) {
            let mend = format!("add `announces: [{}]` to an earlier notify or offer step of this ladder", step.id);
            reader.error(draft.fields.start(), format!("no step announces `{}`, which {}", step.id, worse(step.act.verb())), mend);
        }
    }
}

/// Refuses an announcement of what is not adverse, and warns of one that comes too late.
pub(super) fn announcements(reader: &mut Reader<'_>, steps: &Steps<'_>) {
    for (index, (draft, step)) in steps.iter().enumerate() {
        for (position, &target) in step.announces.iter().enumerate() {
            let (Some((_, announced)), Some(mark)) = (steps.get(target), draft.fields.item("announces", position)) else { continue };
            if !announced.act.is_adverse() {
                let message = format!("`{}` is a {} step, which needs no announcement", announced.id, announced.act.verb());
                reader.error(mark, message, "remove it; access, fee, report and assign are announced");
            } else if Span::of(steps, index).only_after(Span::of(steps, target)) {
                // Not an error: the step's own notice goes out instead, and a step that waits can still be announced.
                let mend = format!("announce it from a step before `{}`, or move it behind this one", announced.id);
                let message = format!("announces `{}`, which lies before it: a notice of its own will go out", announced.id);
                reader.findings.warning(mark, message, mend);
            }
        }
    }
}

/// What an adverse step does to the debtor, for a sentence.
const fn worse(verb: crate::policy::Verb) -> &'static str {
    use crate::policy::Verb;
    match verb {
        Verb::Access => "restricts access",
        Verb::Fee => "adds a fee",
        Verb::Report => "reports to a bureau",
        Verb::Assign => "hands over to an agency",
        Verb::Notify | Verb::Offer | Verb::Charge | Verb::Task | Verb::WriteOff => "is adverse",
    }
}
