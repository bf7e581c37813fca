//! Messages as the debtor gets them: facts and what a message is about → texts, and who they go to.
//!
//! The live run, the preview and the backtest write through [`write()`], so a preview shows what is sent. Deliberately
//! absent: sending, MIME, and ids (a receivable is called what its source calls it).

mod real;
mod recipients;
mod says;

use regua_core::decide::{Announced, StepRef};
use regua_core::facts::{Channels, Facts, Policies};
use regua_core::rulebook::RulebookName;
use regua_core::time::{Day, Instant};
use regua_core::words::{Channel, Language, Tone};
use regua_wire::messages::context::Creditor;
use regua_wire::messages::{Line, Link, MessageContext, Templates, render};

use crate::found;

pub use real::{ReadLetter, Released, Understood};
pub use recipients::{Recipients, recipients};

/// The template of a notice that an adverse step asks for: it has none of its own.
pub(crate) const NOTICE: &str = "adverse_notice";

/// Who writes, and where the reader goes to.
#[derive(Clone, Debug)]
pub struct Company {
    /// Who is owed.
    pub creditor: Creditor,
    /// Where to see, pay and answer.
    pub link: Link,
    /// The language of customers who stated none; without one, that of the rulebook's country.
    pub language: Option<Language>,
}

impl Company {
    /// What the company is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.creditor.name.as_str()
    }
}

/// A message to be written.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Of whom, as things stand now.
    pub facts: &'a Facts<'a>,
    /// The policies that the receivables walk.
    pub policies: &'a Policies,
    /// The receivables that it speaks of, the most severe first, each once.
    pub items: &'a [usize],
    /// The receivable and step of the most severe item: it gives template, roles and what else is told.
    pub lead: (usize, StepRef),
    /// How it is said.
    pub tone: Tone,
    /// Where it goes.
    pub channels: Channels,
    /// The adverse steps that it names, with their days.
    pub announces: &'a [Announced],
    /// What a receivable is called on the customer's document.
    pub label: &'a dyn Fn(usize) -> Line,
    /// The latest day for which payment of a receivable was promised.
    pub promised: &'a dyn Fn(usize) -> Option<Day>,
    /// When it is written: amounts are those of this moment's local day.
    pub now: Instant,
}

/// A message, written.
#[derive(Clone, Debug)]
pub struct Written<'a> {
    /// What it says, in types: whoever makes another form of it, such as HTML, says the same.
    pub context: MessageContext,
    /// The language it is in.
    pub language: Language,
    /// The template's name.
    pub template: &'a str,
    /// Its text for each channel.
    pub letters: Vec<Letter<'a>>,
}

/// A message as one channel carries it.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// The channel.
    pub channel: Channel,
    /// Who it goes to.
    pub recipients: Recipients<'a>,
    /// The subject, on channels that have one.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
}

/// Writes a message for each of its channels. The same arguments give the same bytes.
///
/// # Errors
/// Why it cannot be rendered, with the mend.
pub fn write<'a>(asked: &Asked<'a>, company: &Company, templates: &Templates) -> Result<Written<'a>, String> {
    let walk = asked.facts.walks.get(asked.lead.0);
    let lead = walk.and_then(|walk| Some((walk, found::find(asked.policies, walk, asked.lead.1)?)));
    let (walk, lead) = lead.ok_or("the message has no lead")?;
    let contact = lead.contact();
    let template = contact.map_or(NOTICE, |contact| &contact.template);
    let language = asked.facts.customer.language.or(company.language).unwrap_or_else(|| default_language(asked.policies));
    let context = says::context(asked, company, walk, lead);
    let letters = asked.channels.iter().map(|channel| {
        let rendered = render(templates, template, channel, language, asked.tone, &context).map_err(|error| error.to_string())?;
        let recipients = recipients(asked.facts, channel, contact);
        Ok(Letter { channel, recipients, subject: rendered.subject, body: rendered.body })
    });
    let letters = letters.collect::<Result<_, String>>()?;
    Ok(Written { context, language, template, letters })
}

/// The language of a customer who has none, where the company says none either: that of the rulebook's country.
#[must_use]
pub fn default_language(policies: &Policies) -> Language {
    match policies.newest().contact.rulebook {
        RulebookName::Br => Language::PtBr,
        RulebookName::Us | RulebookName::Eu | RulebookName::Uk | RulebookName::None => Language::En,
    }
}
