//! Messages: template, tone, channels and roles of a step or a reaction, and the terms of an offer.

use super::finding::Mark;
use super::program::{ChannelChoice, Contact, Terms};
use super::read::{Fields, Reader};
use super::yaml::Node;
use super::{keys, near};
use crate::rate::Rate;
use crate::words::{Channel, Language, Tone};

/// The message's part of a step or reaction; `template` is the one used when the file names none.
pub(super) fn contact(reader: &mut Reader<'_>, fields: Fields<'_>, template: Option<&str>) -> Option<Contact> {
    let named = reader.optional(fields, "template", |reader, node| reader.text(node, "template"));
    let template = named.or_else(|| template.map(str::to_owned));
    if let Some(name) = &template {
        known_template(reader, name, fields.mark("template"));
    }
    let tone = reader.optional(fields, "tone", |reader, node| reader.word(node, "tone"));
    let channels = fields.get("channels").map(|node| choices(reader, node));
    let send = reader.optional(fields, "send", |reader, node| reader.choice(node, "send", &["first", "all"]));
    let to = fields.get("to").map(|node| reader.words(node, "to")).unwrap_or_default();
    let cc = fields.get("cc").map(|node| reader.words(node, "cc")).unwrap_or_default();
    Some(Contact { template: template?, tone: tone.unwrap_or(Tone::Friendly), channels, send_all: send == Some("all"), to, cc })
}

fn choices(reader: &mut Reader<'_>, node: &Node) -> Vec<ChannelChoice> {
    let mut choices = Vec::new();
    for item in reader.list(node, "channels") {
        let preferred = reader.scalar(item, "channels") == Some("preferred");
        let choice =
            if preferred { Some(ChannelChoice::Preferred) } else { reader.word::<Channel>(item, "channels").map(ChannelChoice::This) };
        if let Some(choice) = choice {
            reader.once(&mut choices, choice, item, "channels");
        }
    }
    choices
}

/// Refuses a template that the tenant does not have in every language.
pub(super) fn known_template(reader: &mut Reader<'_>, name: &str, at: Mark) {
    let Some(templates) = &reader.names.templates else { return };
    let Some(languages) = templates.get(name) else {
        let known: Vec<&str> = templates.keys().map(String::as_str).collect();
        reader.error(at, format!("unknown template `{name}`"), near::mend(name, &known));
        return;
    };
    let lacks = |language: &&Language| !languages.contains(language);
    let missing: Vec<String> = reader.names.languages.iter().filter(lacks).map(|language| format!("`{language}`")).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let mend = format!("write its text for {missing}, or use a template that every language of the tenant has");
        reader.error(at, format!("template `{name}` is missing in language {missing}"), mend);
    }
}

/// What an offer offers.
pub(super) fn terms(reader: &mut Reader<'_>, node: &Node) -> Option<Terms> {
    let fields = reader.fields(node, &keys::TERMS)?;
    let instalments = reader.optional(fields, "instalments", |reader, node| reader.whole(node, "instalments", 2, 120));
    let discount = reader.optional(fields, "discount", |reader, node| reader.percent(node, "discount"));
    let down_payment = reader.optional(fields, "down_payment", |reader, node| reader.percent(node, "down_payment"));
    if fields.get("instalments").is_none() && fields.get("discount").is_none() {
        reader.error(fields.start(), "the offer offers nothing", "add `instalments: 3` or `discount: 10%`");
    }
    for key in ["discount", "down_payment"] {
        let rate = if key == "discount" { discount } else { down_payment };
        if rate.is_some_and(|rate| rate.units() == 0 || rate.units() == Rate::ONE) {
            reader.error(fields.mark(key), format!("a {key} of all or nothing is not an offer"), "between the two, as in `10%`");
        }
    }
    if fields.get("down_payment").is_some() && fields.get("instalments").is_none() {
        reader.error(fields.mark("down_payment"), "a down payment without instalments", "add `instalments: 3`");
    }
    Some(Terms {
        instalments: instalments.unwrap_or(1),
        discount: discount.unwrap_or_default(),
        down_payment: down_payment.unwrap_or_default(),
    })
}
