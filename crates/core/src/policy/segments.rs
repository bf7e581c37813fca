//! Segments: who walks which ladder.

use super::keys;
use super::near;
use super::program::Segment;
use super::read::Reader;
use super::settings::{caps, late_charges};
use super::steps::LadderDraft;
use super::yaml::Node;

/// The ladder of segments that name none and have none of their own.
const DEFAULT: &str = "default";

/// Reads the segments and finds each one's ladder.
pub(super) fn segments(reader: &mut Reader<'_>, node: &Node, ladders: &[LadderDraft<'_>]) -> Vec<Segment> {
    let items = reader.list(node, "segments");
    let mut segments = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut all_read = true;
    for (index, item) in items.iter().enumerate() {
        let Some(fields) = reader.fields(item, &keys::SEGMENT) else {
            all_read = false;
            continue;
        };
        let name = fields.get("name").and_then(|node| reader.id(node, "name"));
        if let Some(name) = name {
            if names.contains(&name) {
                reader.error(fields.mark("name"), format!("a second segment `{name}`"), "give each segment a name of its own");
            }
            names.push(name);
        }
        let when = fields.get("when").map(|node| reader.condition(node, "when"));
        if when.is_none() && index + 1 < items.len() {
            let message = format!("segment `{}` matches everyone, so none behind it is ever reached", name.unwrap_or_default());
            reader.error(fields.start(), message, "give it a `when`, or move it to the end");
        }
        let not_before = reader.optional(fields, "not_before", |reader, node| reader.due_offset(node, "not_before", "D+10"));
        let late_charges = reader.optional(fields, "late_charges", late_charges);
        let caps = fields.get("caps").map(|node| caps(reader, node));
        let named = fields.get("ladder").map(|node| (node.mark, reader.id(node, "ladder")));
        let find = |wanted: &str| ladders.iter().position(|ladder| ladder.name == wanted);
        let ladder = match (named, name) {
            (Some((mark, Some(ladder))), _) => find(ladder).or_else(|| {
                let known: Vec<&str> = ladders.iter().map(|ladder| ladder.name.as_str()).collect();
                reader.error(mark, format!("unknown ladder `{ladder}`"), near::mend(ladder, &known));
                None
            }),
            (Some((_, None)), _) => None,
            (None, Some(name)) => find(name).or_else(|| find(DEFAULT)).or_else(|| {
                let mend = format!("add a ladder `{name}` or `{DEFAULT}`, or name one with `ladder:`");
                reader.error(fields.start(), format!("segment `{name}` has no ladder"), mend);
                None
            }),
            (None, None) => None,
        };
        match (name, ladder) {
            (Some(name), Some(ladder)) => {
                segments.push(Segment { name: name.to_owned(), when: when.flatten(), ladder, not_before, late_charges, caps });
            }
            _ => all_read = false,
        }
    }
    // With a segment unread, which ladders it would reach is not known.
    if all_read {
        unreached(reader, &segments, ladders);
    }
    segments
}

fn unreached(reader: &mut Reader<'_>, segments: &[Segment], ladders: &[LadderDraft<'_>]) {
    for (index, ladder) in ladders.iter().enumerate() {
        if !segments.iter().any(|segment| segment.ladder == index) {
            let mend = format!("add a segment `{}`, name it with `ladder:`, or remove it", ladder.name);
            reader.error(ladder.mark, format!("no segment reaches ladder `{}`", ladder.name), mend);
        }
    }
}
