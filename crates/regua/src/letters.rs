//! Messages as the debtor gets them, written from a walk through files.
//!
//! Deliberately absent: what a message says; `regua_engine::letters` writes those of files and those that are sent.

use std::fs;
use std::path::Path;

use regua_core::decide::Message;
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Tone};
use regua_engine::letters::{self, Asked, Company};
use regua_sim::facts_file::{About, FactEvent, Told};
use regua_wire::messages::context::Creditor;
use regua_wire::messages::{Line, Link, Templates, samples};
use serde::Deserialize;

use crate::exit::BadInput;
use crate::source::unreadable;
use crate::witness::Scene;

/// The file of `--company`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyFile {
    name: String,
    address: String,
    tax_id: String,
    contact: String,
    link: String,
    language: Option<String>,
}

/// Reads who signs messages from a file of `--company`.
pub(crate) fn company(path: &Path) -> anyhow::Result<Company> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let file: CompanyFile = serde_saphyr::from_str(&text)
        .map_err(|error| BadInput::new(format!("{name}: {error}; write name, address, tax_id, contact and link, each with a text")))?;
    let link = Link::parse(&file.link).map_err(|bad| BadInput::new(format!("{name}: link: {bad}")))?;
    let language = file.language.as_deref().map(str::parse::<Language>).transpose();
    let language = language.map_err(|bad| BadInput::new(format!("{name}: language: {bad}")))?;
    let creditor = Creditor {
        name: Line::name(&file.name),
        address: Line::new(&file.address),
        tax_id: Line::new(&file.tax_id),
        contact: Line::new(&file.contact),
    };
    Ok(Company { creditor, link, language })
}

/// A company for examples.
pub(crate) fn example() -> Company {
    Company { creditor: samples::creditor(), link: samples::link(), language: None }
}

/// A message as one channel carries it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Letter {
    pub(crate) channel: Channel,
    pub(crate) template: String,
    pub(crate) tone: Tone,
    /// Where it goes, masked: enough to recognise it.
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
}

/// Writes messages.
pub(crate) struct Letters<'a> {
    pub(crate) templates: &'a Templates,
    pub(crate) company: &'a Company,
    /// What was told beside the files: promises are kept nowhere else.
    pub(crate) events: &'a [FactEvent],
}

impl Letters<'_> {
    /// The message over each of its channels.
    ///
    /// # Errors
    /// Why it cannot be rendered, with the mend.
    pub(crate) fn write(&self, scene: &Scene<'_>, message: &Message) -> Result<Vec<Letter>, String> {
        let lead = scene.decisions.rows.get(message.lead).ok_or("the message has no lead")?;
        let today = scene.facts.zone.day_of(scene.now);
        let asked = Asked {
            facts: scene.facts,
            policies: scene.policies,
            items: &items(scene, message),
            lead: (lead.walk, lead.step),
            tone: message.tone,
            channels: message.channels,
            announces: &message.announces,
            label: &|walk| (scene.id)(walk).map(Line::new).unwrap_or_default(),
            promised: &|walk| {
                self.promised((scene.id)(walk)?, today).or_else(|| scene.facts.walks.get(walk)?.promises.last().map(|known| known.on))
            },
            now: scene.now,
        };
        let written = letters::write(&asked, self.company, self.templates)?;
        let letter = |letter: letters::Letter<'_>| Letter {
            channel: letter.channel,
            template: written.template.to_owned(),
            tone: message.tone,
            to: letter.recipients.to.first().map_or_else(String::new, |point| point.address.masked()),
            subject: letter.subject,
            body: letter.body,
        };
        Ok(written.letters.into_iter().map(letter).collect())
    }

    /// The day of the promise that the facts file told last.
    fn promised(&self, id: &str, today: Day) -> Option<Day> {
        let of_this = |event: &&FactEvent| matches!(&event.about, About::Receivable(about) if **about == *id);
        let promised =
            self.events.iter().filter(of_this).filter_map(|event| if let Told::Promise(on) = event.told { Some(on) } else { None });
        promised.filter(|on| *on <= today).max()
    }
}

/// The walks of the message's rows, each once, in the order of severity.
fn items(scene: &Scene<'_>, message: &Message) -> Vec<usize> {
    let mut items = Vec::new();
    for row in message.rows.iter().filter_map(|&row| scene.decisions.rows.get(row)) {
        if !items.contains(&row.walk) {
            items.push(row.walk);
        }
    }
    items
}

/// The row at a 32-bit place.
pub(crate) fn at<T>(rows: &[T], place: u32) -> Option<&T> {
    rows.get(usize::try_from(place).ok()?)
}
