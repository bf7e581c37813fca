//! Reactions: what follows an event.

use super::contact::{contact, terms};
use super::finding::Mark;
use super::keys::{self, Verb};
use super::program::{Act, Anchor, Event, Reaction};
use super::read::{Fields, Reader};
use super::steps::{LadderDraft, place_of};
use super::yaml::Node;

/// Reads the reactions; their ids must not be those of steps.
pub(super) fn reactions(reader: &mut Reader<'_>, node: &Node, ladders: &[LadderDraft<'_>]) -> Vec<Reaction> {
    let mut reactions: Vec<Reaction> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for item in reader.list(node, "reactions") {
        let Some(fields) = reader.fields(item, &keys::REACTION) else { continue };
        let on: Option<Event> = reader.optional(fields, "on", |reader, node| reader.word(node, "on"));
        let own = fields.get("id").map(|node| (node.mark, reader.id(node, "id")));
        let at = reader.optional(fields, "at", |reader, node| reader.moment(node, "at"));
        if let (Some(on), Some(at)) = (on, at) {
            fitting_anchor(reader, on, at.anchor, fields.mark("at"));
        }
        let condition = fields.get("if").map(|node| reader.condition(node, "if"));
        let act = act(reader, fields);
        let by_reason = reader.optional(fields, "by_reason", |reader, node| reader.yes(node, "by_reason")).unwrap_or(false);
        if by_reason && on.is_some_and(|on| on != Event::PaymentFailed) {
            reader.error(fields.mark("by_reason"), "only a failed payment has a reason", "remove `by_reason`");
        }
        let Some(on) = on else { continue };
        let id = match own {
            Some((_, None)) => continue,
            Some((mark, Some(id))) => unique(reader, mark, id, &ids, ladders),
            None => first(reader, fields, on, &ids),
        };
        ids.push(id.clone());
        if let Some(act) = act {
            reactions.push(Reaction { id, on, at, condition: condition.flatten(), act, by_reason });
        }
    }
    reactions
}

/// An own id, which no step and no other reaction may have.
fn unique(reader: &mut Reader<'_>, mark: Mark, id: &str, ids: &[String], ladders: &[LadderDraft<'_>]) -> String {
    let taken = ladders.iter().find(|ladder| ladder.steps.iter().any(|step| step.id == id));
    if let Some(ladder) = taken {
        reader.error(mark, format!("`{id}` is a step of ladder `{}`", ladder.name), "give the reaction an id of its own");
    } else if ids.iter().any(|other| other == id) {
        reader.error(mark, format!("a second reaction `{id}`"), "give each reaction an id of its own");
    }
    id.to_owned()
}

/// The id of the first reaction to an event.
fn first(reader: &mut Reader<'_>, fields: Fields<'_>, on: Event, ids: &[String]) -> String {
    let id = format!("on.{on}");
    if ids.contains(&id) {
        reader.error(fields.start(), format!("a second reaction to `{on}`"), "give it an `id`");
    }
    id
}

/// The dates that an event's subject has.
fn fitting_anchor(reader: &mut Reader<'_>, on: Event, anchor: Anchor, at: Mark) {
    let (fits, known): (bool, &str) = match on {
        Event::MethodExpiring => (anchor == Anchor::Expiry, "X"),
        Event::Renewal => (anchor == Anchor::Renewal, "R"),
        Event::PromiseBroken | Event::PromiseMade => (matches!(anchor, Anchor::Promise | Anchor::Due | Anchor::Issue), "P, D, I"),
        Event::PaymentFailed => (matches!(anchor, Anchor::Failed | Anchor::Due | Anchor::Issue), "F, D, I"),
        Event::Paid | Event::DisputeOpened | Event::AccessRestored => (matches!(anchor, Anchor::Due | Anchor::Issue), "D, I"),
    };
    if !fits {
        reader.error(at, format!("`{on}` does not know this date"), format!("count from {known}"));
    }
}

fn act(reader: &mut Reader<'_>, fields: Fields<'_>) -> Option<Act> {
    let node = fields.get("do")?;
    let verb: Verb = reader.word(node, "do")?;
    let belongs: &[&str] = match verb {
        Verb::Notify => &["template", "tone", "channels", "send", "to", "cc", "by_reason"],
        Verb::Offer => &["template", "tone", "channels", "send", "to", "cc", "by_reason", "terms"],
        Verb::Task => &["queue"],
        Verb::Charge | Verb::Access | Verb::Fee | Verb::Report | Verb::Assign | Verb::WriteOff => {
            let known = keys::reaction_verbs().join(", ");
            reader.error(node.mark, format!("a reaction cannot `{verb}`"), format!("put the step into a ladder; a reaction does {known}"));
            return None;
        }
    };
    for key in ["template", "tone", "channels", "send", "to", "cc", "by_reason", "terms", "queue"] {
        if !belongs.contains(&key) && fields.get(key).is_some() {
            reader.error(fields.mark(key), format!("`{key}` does not belong to `do: {verb}`"), "remove it");
        }
    }
    let missing = |reader: &mut Reader<'_>, key: &str, example: &str| {
        if fields.get(key).is_none() {
            reader.error(fields.start(), format!("a reaction that does {verb} has no `{key}`"), format!("add `{key}: {example}`"));
        }
    };
    if verb == Verb::Notify {
        missing(reader, "template", "receipt");
        return contact(reader, fields, None).map(Act::Notify);
    }
    if verb == Verb::Offer {
        missing(reader, "terms", "{ instalments: 3 }");
        let (contact, terms) = (contact(reader, fields, Some("offer")), reader.optional(fields, "terms", terms));
        return Some(Act::Offer(contact?, terms?));
    }
    missing(reader, "queue", "collectors");
    place_of(reader, fields, "queue", |names| names.queues.as_deref()).map(Act::Task)
}
