//! What the rulebook would never let happen: hours and ceilings (SPEC §4).

use super::span::Span;
use crate::policy::Verb;
use crate::policy::finding::Mark;
use crate::policy::program::{Anchor, At, ChannelChoice, Contact, LateCharges, Offset, Policy};
use crate::policy::read::{Fields, Reader};
use crate::policy::steps::{LadderDraft, StepDraft};
use crate::rulebook::{RESTRICTION_HOURS, Rulebook, always_forbidden};
use crate::words::Channel;

/// Refuses contacts and restrictions at an hour that never comes.
///
/// An hour before the permitted ones is fine: the step waits for them. One behind them waits for ever.
pub(super) fn ladder(reader: &mut Reader<'_>, fields: Fields<'_>, policy: &Policy, ladder: &LadderDraft<'_>) {
    for (draft, step) in ladder.good() {
        let Some(hour) = hour(step.at) else { continue };
        let mark = own_hour(draft.fields, fields);
        if let Some(contact) = step.act.contact() {
            shown_only(reader, policy, contact, draft.fields);
            let overdue = ladder.whole().is_some_and(|steps| is_overdue(&steps, draft));
            contact_hour(reader, policy, contact, overdue, hour, mark);
        } else if step.act.verb() == Verb::Access && hour >= RESTRICTION_HOURS.1 {
            let (from, to) = RESTRICTION_HOURS;
            reader.error(
                mark,
                format!("access is never restricted at {hour}"),
                format!("an hour from {from} on and before {to}, as in `D+12 10:00`"),
            );
        }
    }
}

/// Refuses reactions with an hour of their own that never comes.
pub(super) fn reactions(reader: &mut Reader<'_>, fields: Fields<'_>, policy: &Policy) {
    let written: Vec<Fields<'_>> = fields.maps("reactions").collect();
    // One that could not be read is missing among the reactions, and then they stand beside other places.
    if written.len() != policy.reactions.len() {
        return;
    }
    for (item, reaction) in written.into_iter().zip(&policy.reactions) {
        if let (Some(hour), Some(contact)) = (reaction.at.and_then(hour), reaction.act.contact()) {
            contact_hour(reader, policy, contact, false, hour, own_hour(item, fields));
        }
    }
}

fn hour(at: At) -> Option<crate::time::LocalTime> {
    match at.offset {
        Offset::Hours(_) => None,
        Offset::Days(_) | Offset::OpenDays(_) => Some(at.time),
    }
}

/// Where a step's hour was written: in its moment, else in the policy's `time`.
fn own_hour(step: Fields<'_>, policy: Fields<'_>) -> Mark {
    let key = if step.get("at").is_some() { "at" } else { "after" };
    if step.written(key).contains(':') { step.mark(key) } else { policy.mark("time") }
}

/// Whether a step can only lie after D.
fn is_overdue(steps: &super::Steps<'_>, draft: &StepDraft<'_>) -> bool {
    let Some(index) = steps.iter().position(|(other, _)| other.id == draft.id) else { return false };
    let span = Span::of(steps, index);
    span.anchor == Anchor::Due && span.earliest > 0
}

fn contact_hour(reader: &mut Reader<'_>, policy: &Policy, contact: &Contact, overdue: bool, hour: crate::time::LocalTime, mark: Mark) {
    let rulebook = policy.contact.rulebook;
    let channels = possible(policy, contact);
    let why = always_forbidden(rulebook, &channels, overdue, hour);
    // What is not known to be overdue may be either, and is refused only when both never happen.
    let why = if overdue { why } else { why.filter(|_| always_forbidden(rulebook, &channels, true, hour).is_some()) };
    if let Some(says) = why {
        let names: Vec<&str> = channels.iter().map(|channel| channel.as_str()).collect();
        let message = format!("rulebook `{rulebook}` never allows a contact over {} at {hour}", names.join(", "));
        reader.error(mark, message, format!("an earlier hour, as in `D+2 10:00`: {says}"));
    }
}

/// Warns of a contact that could only go out in-app: that channel shows a state by itself and carries no messages (SPEC §3.9).
fn shown_only(reader: &mut Reader<'_>, policy: &Policy, contact: &Contact, fields: Fields<'_>) {
    if possible(policy, contact) == [Channel::InApp] {
        let message = "`in_app` shows by itself what is open and sends no message";
        reader.findings.warning(fields.mark("channels"), message, "add a channel that reaches the customer, as in `[email]`");
    }
}

/// Every channel that a contact may use. The customer's preference is one of the policy's channels here.
fn possible(policy: &Policy, contact: &Contact) -> Vec<Channel> {
    let mut channels = Vec::new();
    for choice in contact.channels.as_deref().unwrap_or(&[ChannelChoice::Preferred]) {
        match choice {
            ChannelChoice::Preferred => channels.extend(&policy.contact.channels),
            ChannelChoice::This(channel) => channels.push(*channel),
        }
    }
    let mut seen = Vec::new();
    channels.retain(|channel| {
        !seen.contains(channel) && {
            seen.push(*channel);
            true
        }
    });
    channels
}

/// Refuses a fine above the rulebook's ceiling and warns of interest above the usual.
pub(super) fn late_charges(reader: &mut Reader<'_>, fields: Fields<'_>, policy: &Policy) {
    if let Some(fields) = fields.map("late_charges") {
        ceilings(reader, fields, policy, &policy.late_charges);
    }
    for segment in fields.maps("segments") {
        let named = policy.segments.iter().find(|known| known.name == segment.written("name"));
        if let (Some(fields), Some(charges)) = (segment.map("late_charges"), named.and_then(|known| known.late_charges.as_ref())) {
            ceilings(reader, fields, policy, charges);
        }
    }
}

fn ceilings(reader: &mut Reader<'_>, fields: Fields<'_>, policy: &Policy, charges: &LateCharges) {
    let rulebook = Rulebook::named(policy.contact.rulebook);
    if let Some((ceiling, rule)) = rulebook.fine_ceiling
        && charges.fine > ceiling
    {
        let message = format!("a fine of {} is above the ceiling: {}", charges.fine, rule.says);
        reader.error(fields.mark("fine"), message, format!("write `fine: {}` or less ({})", ceiling, rule.source));
    }
    if let Some((usual, rule)) = rulebook.interest_warning {
        let monthly = i128::from(charges.interest.rate.units()) * 30;
        if monthly > i128::from(usual.units()) * i128::from(charges.interest.base_days) {
            let mend = format!("write {} a month or less ({})", usual, rule.source);
            reader.findings.warning(fields.mark("interest"), rule.says, mend);
        }
    }
}
