//! What is different between two policies, for people.

use std::fmt;

use super::program::{
    Act, Blackout, ChannelChoice, Contact, DaysFrom, Ladder, LateCharges, Policy, Reaction, Retry, Rounding, Segment, Step, Terms,
};
use super::spell::{every, moment};
use crate::rate::Rate;

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// What it is about: `time`, `segment gold`, `ladder default`, `default/late5`, `reaction on.paid`.
    pub subject: String,
    /// The part of it: `at`, `template` … ; empty when the whole of it came or went.
    pub part: &'static str,
    /// How it was; nothing when it is new.
    pub before: Option<String>,
    /// How it is; nothing when it is gone.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, part) = (&self.subject, self.part);
        match (&self.before, &self.after) {
            (None, Some(after)) if part.is_empty() => write!(f, "+ {subject}: {after}"),
            (Some(before), None) if part.is_empty() => write!(f, "- {subject}: {before}"),
            (before, after) => {
                let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
                let space = if part.is_empty() { "" } else { " " };
                write!(f, "~ {subject}{space}{part}: {} → {}", shown(before), shown(after))
            }
        }
    }
}

/// Every difference between two policies; steps are the same when ladder and id are.
#[must_use]
pub fn diff(before: &Policy, after: &Policy) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    changes.parts("", &settings(before), &settings(after));
    changes.named("segment ", &before.segments, &after.segments, |segment| &segment.name, segment, (before, after));
    changes.ladders(before, after);
    for ladder in &before.ladders {
        if let Some(other) = after.ladders.iter().find(|other| other.name == ladder.name) {
            let prefix = format!("{}/", ladder.name);
            changes.named(&prefix, &ladder.steps, &other.steps, |step| &step.id, step, (ladder, other));
        }
    }
    changes.named(
        "reaction ",
        &before.reactions,
        &after.reactions,
        |reaction| &reaction.id,
        |reaction, _| self::reaction(reaction),
        (before, after),
    );
    changes.0
}

/// A part's name and its text; `None` is the default that nobody wrote.
type Parts = Vec<(&'static str, Option<String>)>;

struct Changes(Vec<Change>);

impl Changes {
    /// Parts by name: those that one side lacks count as nothing.
    fn parts(&mut self, subject: &str, before: &Parts, after: &Parts) {
        let find = |parts: &Parts, name: &str| parts.iter().find(|(part, _)| *part == name).and_then(|(_, text)| text.clone());
        let names = before.iter().chain(after.iter().filter(|(name, _)| !before.iter().any(|(other, _)| other == name)));
        for (name, _) in names {
            let (old, new) = (find(before, name), find(after, name));
            if old != new {
                let (subject, part) = if subject.is_empty() { ((*name).to_owned(), "") } else { (subject.to_owned(), *name) };
                // A setting always stands somewhere, so a missing one is a change and not an arrival.
                let text = |text: Option<String>| if part.is_empty() { Some(text.unwrap_or_else(|| "none".to_owned())) } else { text };
                self.0.push(Change { subject, part, before: text(old), after: text(new) });
            }
        }
    }

    /// Ladders that came or went, told by their steps; those that stayed are told step by step.
    fn ladders(&mut self, before: &Policy, after: &Policy) {
        let gone = |list: &[Ladder], ladder: &Ladder| !list.iter().any(|other| other.name == ladder.name);
        let told = |ladder: &Ladder| Some(ladder.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>().join(", "));
        for ladder in before.ladders.iter().filter(|ladder| gone(&after.ladders, ladder)) {
            self.0.push(Change { subject: format!("ladder {}", ladder.name), part: "", before: told(ladder), after: None });
        }
        for ladder in after.ladders.iter().filter(|ladder| gone(&before.ladders, ladder)) {
            self.0.push(Change { subject: format!("ladder {}", ladder.name), part: "", before: None, after: told(ladder) });
        }
    }

    /// Things by name: which came, which went, and what changed in those that stayed.
    fn named<T, C>(
        &mut self,
        prefix: &str,
        before: &[T],
        after: &[T],
        name: impl Fn(&T) -> &String,
        parts: impl Fn(&T, &C) -> Parts,
        (old, new): (&C, &C),
    ) {
        let find = |list: &[T], wanted: &str| list.iter().position(|item| name(item) == wanted);
        let whole = |parts: Parts| {
            parts.into_iter().filter_map(|(name, text)| text.map(|text| format!("{name} {text}"))).collect::<Vec<_>>().join(", ")
        };
        for item in before {
            let subject = format!("{prefix}{}", name(item));
            match after.iter().find(|other| name(other) == name(item)) {
                Some(other) => self.parts(&subject, &parts(item, old), &parts(other, new)),
                None => self.0.push(Change { subject, part: "", before: Some(whole(parts(item, old))), after: None }),
            }
        }
        for item in after.iter().filter(|item| find(before, name(item)).is_none()) {
            let subject = format!("{prefix}{}", name(item));
            self.0.push(Change { subject, part: "", before: None, after: Some(whole(parts(item, new))) });
        }
        let stayed = |list: &[T], other: &[T]| {
            list.iter().map(|item| name(item).clone()).filter(|name| find(other, name).is_some()).collect::<Vec<_>>()
        };
        let (was, is) = (stayed(before, after), stayed(after, before));
        if was != is {
            let subject = prefix.trim_end_matches([' ', '/']).to_owned();
            self.0.push(Change { subject, part: "order", before: Some(was.join(", ")), after: Some(is.join(", ")) });
        }
    }
}

fn settings(policy: &Policy) -> Parts {
    let contact = &policy.contact;
    vec![
        ("name", Some(policy.name.clone())),
        ("currency", Some(policy.currency.to_string())),
        ("timezone", Some(policy.zone.name().to_owned())),
        ("calendar", Some(policy.calendar.to_string())),
        ("time", Some(policy.time.to_string())),
        ("max_delay", Some(format!("{}d", policy.max_delay_days))),
        ("notice", Some(policy.notice.to_string())),
        ("minimum", list(policy.minimum.iter().map(|money| money.to_string()))),
        ("clearing", list(policy.clearing.iter().map(|(rail, delay)| format!("{rail} {delay}")))),
        ("late_charges", late_charges(&policy.late_charges)),
        ("early_discount", list(policy.early_discounts.iter().map(|discount| format!("{} until D{}", discount.percent, discount.until)))),
        ("autopay_discount", list(policy.autopay_discounts.iter().map(|rate| rate.to_string()))),
        ("second_payment", Some(policy.second_payment.to_string())),
        ("contact.rulebook", Some(contact.rulebook.to_string())),
        ("contact.caps", Some(contact.caps.to_string())),
        ("contact.channels", list(contact.channels.iter().map(ToString::to_string))),
        ("contact.consolidate", Some(contact.consolidate.to_string())),
        ("blackouts", list(policy.blackouts.iter().map(blackout))),
        ("retry", policy.retry.as_ref().map(retry)),
    ]
}

fn segment(segment: &Segment, policy: &Policy) -> Parts {
    vec![
        ("when", segment.when.as_ref().map(|when| when.source().to_owned())),
        ("ladder", policy.ladders.get(segment.ladder).map(|ladder| ladder.name.clone())),
        ("not_before", segment.not_before.map(|offset| format!("D{offset}"))),
        ("late_charges", segment.late_charges.as_ref().and_then(late_charges)),
        ("caps", segment.caps.map(|caps| caps.to_string())),
    ]
}

fn step(step: &Step, ladder: &Ladder) -> Parts {
    let mut parts = vec![
        ("at", Some(moment(step.at, ladder))),
        ("repeats", step.every.map(|repeat| every(repeat, ladder))),
        ("if", step.condition.as_ref().map(|condition| condition.source().to_owned())),
    ];
    parts.extend(act(&step.act));
    let announced = step.announces.iter().filter_map(|index| ladder.steps.get(*index)).map(|step| step.id.clone());
    parts.push(("announces", list(announced)));
    parts.push(("notice", step.act.is_adverse().then(|| step.notice.to_string())));
    parts.push(("approval", step.approval.then(|| "true".to_owned())));
    parts.push(("mode", step.mode.map(|mode| mode.to_string())));
    parts
}

fn reaction(reaction: &Reaction) -> Parts {
    let none = Ladder { name: String::new(), steps: Vec::new(), end: None };
    let mut parts = vec![
        ("on", Some(reaction.on.to_string())),
        ("at", reaction.at.map(|at| moment(at, &none))),
        ("if", reaction.condition.as_ref().map(|condition| condition.source().to_owned())),
    ];
    parts.extend(act(&reaction.act));
    parts.push(("by_reason", reaction.by_reason.then(|| "true".to_owned())));
    parts
}

fn act(act: &Act) -> Parts {
    let mut parts = vec![("do", Some(act.verb().to_string()))];
    if let Some(contact) = act.contact() {
        parts.extend(message(contact));
    }
    match act {
        Act::Offer(_, terms) => parts.push(("terms", Some(self::terms(terms)))),
        Act::Access(state) => parts.push(("state", Some(state.to_string()))),
        Act::Fee(money) => parts.push(("amount", Some(money.to_string()))),
        Act::Report(bureau) => parts.push(("bureau", Some(bureau.clone()))),
        Act::Assign(agency) => parts.push(("agency", Some(agency.clone()))),
        Act::Task(queue) => parts.push(("queue", Some(queue.clone()))),
        Act::Notify(_) | Act::Charge | Act::WriteOff => {}
    }
    parts
}

fn message(contact: &Contact) -> Parts {
    let choice = |choice: &ChannelChoice| match choice {
        ChannelChoice::Preferred => "preferred".to_owned(),
        ChannelChoice::This(channel) => channel.to_string(),
    };
    vec![
        ("template", Some(contact.template.clone())),
        ("tone", Some(contact.tone.to_string())),
        ("channels", contact.channels.as_ref().and_then(|choices| list(choices.iter().map(choice)))),
        ("send", contact.send_all.then(|| "all".to_owned())),
        ("to", list(contact.to.iter().map(ToString::to_string))),
        ("cc", list(contact.cc.iter().map(ToString::to_string))),
    ]
}

fn terms(terms: &Terms) -> String {
    let share = |rate: Rate, what: &str| (rate != Rate::default()).then(|| format!("{} {what}", rate));
    let split = (terms.instalments > 1).then(|| format!("{} instalments", terms.instalments));
    let parts = [split, share(terms.discount, "discount"), share(terms.down_payment, "down")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn late_charges(charges: &LateCharges) -> Option<String> {
    if *charges == LateCharges::default() {
        return None;
    }
    let fixed = charges.fixed.iter().map(|fixed| format!("{} from {}", fixed.sum, fixed.from));
    let rounding = match charges.rounding {
        Rounding::HalfUp => None,
        Rounding::HalfEven => Some("rounded half to even".to_owned()),
        Rounding::Truncate => Some("rounded down".to_owned()),
    };
    let from = match charges.days_from {
        DaysFrom::Adjusted => None,
        DaysFrom::Original => Some("days from the date as written".to_owned()),
    };
    let interest = format!("interest {} per {} days", charges.interest.rate, charges.interest.base_days);
    list([format!("fine {}", charges.fine), interest].into_iter().chain(fixed).chain(rounding).chain(from))
}

fn blackout(blackout: &Blackout) -> String {
    let day = |(month, day): (i8, i8)| format!("{month:02}-{day:02}");
    let stops = [(blackout.adverse, "adverse"), (blackout.contacts, "contacts"), (blackout.charges, "charges")];
    let stops: Vec<&str> = stops.into_iter().filter(|(stops, _)| *stops).map(|(_, what)| what).collect();
    format!("{} to {} stops {}", day(blackout.from), day(blackout.to), stops.join(" and "))
}

fn retry(retry: &Retry) -> String {
    match retry {
        Retry::Fixed { at } => {
            let at: Vec<String> = at.iter().map(|at| format!("F{}", at.offset)).collect();
            format!("fixed at {}", at.join(", "))
        }
        Retry::Smart { window_days, max } => format!("smart, at most {max} in {window_days}d"),
    }
}

fn list(items: impl Iterator<Item = String>) -> Option<String> {
    let items: Vec<String> = items.collect();
    (!items.is_empty()).then(|| items.join(", "))
}
