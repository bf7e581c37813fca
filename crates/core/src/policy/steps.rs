//! Ladders and their steps.

use super::contact::{contact, terms};
use super::finding::{Complaint, Mark};
use super::keys::{self, Verb};
use super::program::{Act, Anchor, At, Every, Offset, Step};
use super::read::{Fields, Reader};
use super::yaml::{Body, Key, Node};
use super::{near, units};
use crate::money::Money;
use crate::words::AccessState;

/// Ladders of one policy.
const LADDERS_MAX: usize = 50;
/// Most occurrences of a repeated step: more than a year of days.
pub(super) const OCCURRENCES_MAX: u16 = 366;

/// A ladder as read: its steps stand beside the places where they were written.
pub(super) struct LadderDraft<'n> {
    pub(super) name: String,
    pub(super) mark: Mark,
    pub(super) steps: Vec<StepDraft<'n>>,
    /// Whether `steps` has all of them; indices in `after` and `announces` count those of the file.
    complete: bool,
    /// The ids that any step announces, also one that could not be read.
    pub(super) announced: Vec<&'n str>,
}

/// A step as read; without `step` when something in it was wrong.
pub(super) struct StepDraft<'n> {
    pub(super) id: String,
    pub(super) fields: Fields<'n>,
    pub(super) step: Option<Step>,
}

impl LadderDraft<'_> {
    /// The steps that were read.
    pub(super) fn good(&self) -> impl Iterator<Item = (&StepDraft<'_>, &Step)> {
        self.steps.iter().filter_map(|draft| draft.step.as_ref().map(|step| (draft, step)))
    }

    /// All steps, unless one could not be read.
    pub(super) fn whole(&self) -> Option<Vec<(&StepDraft<'_>, &Step)>> {
        let all = self.steps.iter().map(|draft| draft.step.as_ref().map(|step| (draft, step)));
        if self.complete { all.collect() } else { None }
    }
}

/// Reads all ladders.
pub(super) fn ladders<'n>(reader: &mut Reader<'_>, node: &'n Node) -> Vec<LadderDraft<'n>> {
    let entries = reader.map(node, "`ladders`").unwrap_or_default();
    if entries.is_empty() && matches!(node.body, Body::Map(_)) {
        reader.error(node.mark, "`ladders` is empty", "add a ladder named `default`");
    }
    if entries.len() > LADDERS_MAX {
        reader.error(node.mark, format!("more than {LADDERS_MAX} ladders"), "split the policy");
        return Vec::new();
    }
    entries.iter().map(|(key, node)| ladder(reader, key, node)).collect()
}

fn ladder<'n>(reader: &mut Reader<'_>, key: &Key, node: &'n Node) -> LadderDraft<'n> {
    reader.is_id(&key.text, key.mark);
    let items = if node.is_empty() {
        reader.error(key.mark, format!("ladder `{}` has no steps", key.text), "add at least one, or remove the ladder");
        &[]
    } else {
        reader.list(node, &key.text)
    };
    let mut ids: Vec<Name<'n>> = Vec::new();
    for item in items {
        ids.push(name(reader, item, &ids));
    }
    let mut steps = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some((verb, fields)) = verb(reader, item) else { continue };
        let place = Place { ids: &ids, index };
        let step = step(reader, fields, verb, place);
        steps.push(StepDraft { id: place.id().to_owned(), fields, step });
    }
    let complete = steps.len() == items.len();
    let announced = items.iter().filter_map(|item| item.get("announces")).flat_map(texts).collect();
    LadderDraft { name: key.text.clone(), mark: key.mark, steps, complete, announced }
}

/// The texts of a list.
fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let items = if let Body::List(items) = &node.body { items.as_slice() } else { &[] };
    items.iter().filter_map(|item| if let Body::Scalar(text, _) = &item.body { Some(text.as_str()) } else { None })
}

/// A step's id and what its `after` says.
#[derive(Clone, Copy)]
struct Name<'n> {
    id: &'n str,
    after: &'n str,
}

/// Where a step stands among the others of its ladder.
#[derive(Clone, Copy)]
struct Place<'a, 'n> {
    ids: &'a [Name<'n>],
    index: usize,
}

impl Place<'_, '_> {
    fn id(&self) -> &str {
        self.ids.get(self.index).map_or("", |name| name.id)
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.ids.iter().position(|name| name.id == id && !id.is_empty())
    }

    /// The steps that lead from `later` back to this one, when they do.
    fn cycle(&self, later: usize) -> Option<String> {
        let mut path = vec![self.id()];
        let mut index = later;
        while path.len() <= self.ids.len() {
            let name = self.ids.get(index)?;
            path.push(name.id);
            if index == self.index {
                return Some(path.join(" → "));
            }
            let (before, ..) = units::after(name.after, |id| self.find(id).is_some()).ok()?;
            index = self.find(before)?;
        }
        None
    }

    fn known(&self) -> Vec<&str> {
        self.ids.iter().map(|name| name.id).filter(|id| !id.is_empty()).collect()
    }
}

/// Reads a step's id; a missing or wrong one is empty.
fn name<'n>(reader: &mut Reader<'_>, item: &'n Node, before: &[Name<'_>]) -> Name<'n> {
    let after = match item.get("after").map(|node| &node.body) {
        Some(Body::Scalar(text, _)) => text,
        Some(Body::List(_) | Body::Map(_)) | None => "",
    };
    let Some(node) = item.get("id").filter(|node| !node.is_empty()) else { return Name { id: "", after } };
    let id = reader.id(node, "id").unwrap_or("");
    if before.iter().any(|other| other.id == id && !id.is_empty()) {
        reader.error(node.mark, format!("a second step `{id}` in this ladder"), "give each step an id of its own");
    }
    Name { id, after }
}

/// The verb of a step and its keys checked against it.
fn verb<'n>(reader: &mut Reader<'_>, item: &'n Node) -> Option<(Verb, Fields<'n>)> {
    reader.map(item, "a step")?;
    let Some(node) = item.get("do") else {
        let verbs: Vec<&str> = Verb::ALL.iter().map(|verb| verb.as_str()).collect();
        reader.error(item.mark, "the step does nothing", format!("add `do: …`, one of {}", verbs.join(", ")));
        return None;
    };
    let verb: Verb = reader.word(node, "do")?;
    let explain = |key: &str| {
        let owners: Vec<&str> = Verb::ALL
            .iter()
            .filter(|other| keys::step(**other).keys().any(|known| known.name == key))
            .map(|other| other.as_str())
            .collect();
        (!owners.is_empty()).then(|| {
            Complaint::new(format!("`{key}` does not belong to `do: {verb}`"), format!("remove it; it belongs to {}", owners.join(", ")))
        })
    };
    reader.fields_or(item, keys::step(verb), explain).map(|fields| (verb, fields))
}

fn step(reader: &mut Reader<'_>, fields: Fields<'_>, verb: Verb, place: Place<'_, '_>) -> Option<Step> {
    let at = at(reader, fields, place);
    let every = every(reader, fields, at);
    let condition = fields.get("if").map(|node| reader.condition(node, "if"));
    let act = act(reader, fields, verb);
    let announces = fields.get("announces").map(|node| announces(reader, node, place)).unwrap_or_default();
    let notice = reader.optional(fields, "notice", |reader, node| reader.delay(node, "notice")).unwrap_or(reader.notice);
    let approval = reader.optional(fields, "approval", |reader, node| reader.yes(node, "approval")).unwrap_or(false);
    let mode = reader.optional(fields, "mode", |reader, node| reader.word(node, "mode"));
    let condition = match condition {
        Some(None) => return None,
        Some(Some(condition)) => Some(condition),
        None => None,
    };
    Some(Step { id: place.id().to_owned(), at: at?, every, condition, act: act?, announces, notice, approval, mode })
}

/// When a step happens: `at` or `after`, one of them.
fn at(reader: &mut Reader<'_>, fields: Fields<'_>, place: Place<'_, '_>) -> Option<At> {
    match (fields.get("at"), fields.get("after")) {
        (Some(node), None) => reader.moment(node, "at"),
        (None, Some(node)) => after(reader, node, place),
        (Some(_), Some(node)) => {
            reader.error(node.mark, "both `at` and `after`", "keep one of them");
            None
        }
        (None, None) => {
            reader.error(fields.start(), format!("step `{}` has no moment", place.id()), "add `at: D+5`, or `after: step+2d`");
            None
        }
    }
}

fn after(reader: &mut Reader<'_>, node: &Node, place: Place<'_, '_>) -> Option<At> {
    let text = reader.scalar(node, "after")?;
    let (name, offset, time) = match units::after(text, |id| place.find(id).is_some()) {
        Ok(parts) => parts,
        Err(complaint) => {
            reader.findings.complain(node.mark, complaint);
            return None;
        }
    };
    match place.find(name) {
        Some(step) if step < place.index => Some(At { anchor: Anchor::After(step), offset, time: time.unwrap_or(reader.time) }),
        Some(step) if step == place.index => {
            reader.error(node.mark, format!("step `{name}` follows itself"), "name an earlier step");
            None
        }
        Some(step) => {
            let message = match place.cycle(step) {
                Some(cycle) => format!("a cycle: {cycle}"),
                None => format!("step `{name}` stands later in the ladder"),
            };
            reader.error(node.mark, message, format!("move `{name}` before `{}`, or name an earlier step", place.id()));
            None
        }
        None => {
            reader.error(node.mark, format!("unknown step `{name}`"), near::mend(name, &place.known()));
            None
        }
    }
}

/// How a step repeats.
fn every(reader: &mut Reader<'_>, fields: Fields<'_>, at: Option<At>) -> Option<Every> {
    let step = reader.optional(fields, "every", |reader, node| reader.parsed(node, "every", units::every));
    let until = reader.optional(fields, "until", |reader, node| reader.moment(node, "until"));
    match (fields.get("every"), fields.get("until")) {
        (Some(node), None) => reader.error(node.mark, "`every` without an end", "add `until: D+60`"),
        (None, Some(node)) => reader.error(node.mark, "`until` without `every`", "add `every: 7d`, or remove it"),
        (Some(_), Some(_)) | (None, None) => {}
    }
    let (step, until, at) = (step?, until?, at?);
    if at.anchor != until.anchor {
        return Some(Every { step, until, max: OCCURRENCES_MAX });
    }
    // The longest the span can be, by the shortest the gap can be, and the occurrence at its start.
    let span = latest_days(until.offset).saturating_sub(earliest_days(at.offset));
    let gap = match step {
        Offset::Days(days) | Offset::OpenDays(days) => days.max(1),
        Offset::Hours(_) => 1,
    };
    if span < 0 {
        reader.error(fields.mark("until"), "the repetition ends before it starts", "an `until` on or after the step's own day");
        return None;
    }
    let count = span / gap + 1;
    if count > i32::from(OCCURRENCES_MAX) {
        reader.error(
            fields.mark("every"),
            format!("the step repeats more than {OCCURRENCES_MAX} times"),
            "repeat it less often or end it earlier",
        );
    }
    Some(Every { step, until, max: u16::try_from(count).unwrap_or(OCCURRENCES_MAX).min(OCCURRENCES_MAX) })
}

/// The fewest civil days that an offset can be.
pub(super) const fn earliest_days(offset: Offset) -> i32 {
    match offset {
        Offset::Days(days) => days,
        Offset::OpenDays(days) if days > 0 => days,
        Offset::OpenDays(days) => days * 3 - 14,
        Offset::Hours(hours) => hours / 24,
    }
}

/// The most civil days that an offset can be: weekends and the longest runs of holidays are allowed for.
pub(super) const fn latest_days(offset: Offset) -> i32 {
    match offset {
        Offset::Days(days) => days,
        Offset::OpenDays(days) if days > 0 => days * 3 + 14,
        Offset::OpenDays(days) => days,
        Offset::Hours(hours) => hours / 24 + 1,
    }
}

fn act(reader: &mut Reader<'_>, fields: Fields<'_>, verb: Verb) -> Option<Act> {
    Some(match verb {
        Verb::Notify => Act::Notify(contact(reader, fields, None)?),
        Verb::Offer => {
            let (contact, terms) = (contact(reader, fields, Some("offer")), reader.optional(fields, "terms", terms));
            Act::Offer(contact?, terms?)
        }
        Verb::Charge => Act::Charge,
        Verb::Access => Act::Access(reader.optional(fields, "state", state)?),
        Verb::Fee => Act::Fee(reader.optional(fields, "amount", fee)?),
        Verb::Report => Act::Report(place_of(reader, fields, "bureau", |names| names.bureaus.as_deref())?),
        Verb::Assign => Act::Assign(place_of(reader, fields, "agency", |names| names.agencies.as_deref())?),
        Verb::Task => Act::Task(place_of(reader, fields, "queue", |names| names.queues.as_deref())?),
        Verb::WriteOff => Act::WriteOff,
    })
}

fn state(reader: &mut Reader<'_>, node: &Node) -> Option<AccessState> {
    let state: AccessState = reader.word(node, "state")?;
    if state == AccessState::Active {
        let mend = format!("payment restores access by itself; a step restricts: {}", keys::restrictions().join(", "));
        reader.error(node.mark, "a step cannot restore access", mend);
        return None;
    }
    Some(state)
}

fn fee(reader: &mut Reader<'_>, node: &Node) -> Option<Money> {
    let fee = reader.money(node, "amount")?;
    if fee.minor() == 0 {
        reader.error(node.mark, "a fee of nothing", "name an amount, or remove the step");
    }
    Some(fee)
}

/// A bureau, agency or queue, checked when the caller knows them.
pub(super) fn place_of(
    reader: &mut Reader<'_>,
    fields: Fields<'_>,
    key: &'static str,
    known: impl Fn(&super::Names) -> Option<&[String]>,
) -> Option<String> {
    let node = fields.get(key)?;
    let name = reader.text(node, key)?;
    let names = reader.names;
    if let Some(known) = known(names)
        && !known.contains(&name)
    {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        reader.error(node.mark, format!("unknown {key} `{name}`"), near::mend(&name, &known));
        return None;
    }
    Some(name)
}

fn announces(reader: &mut Reader<'_>, node: &Node, place: Place<'_, '_>) -> Vec<usize> {
    let mut steps = Vec::new();
    for item in reader.list(node, "announces") {
        let Some(id) = reader.scalar(item, "announces") else { continue };
        match place.find(id) {
            Some(step) => reader.once(&mut steps, step, item, "announces"),
            None => reader.error(item.mark, format!("announces the unknown step `{id}`"), near::mend(id, &place.known())),
        }
    }
    steps
}
