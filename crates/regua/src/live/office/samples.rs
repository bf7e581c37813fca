//! Messages in the company's texts and brand about made-up facts or real customers, to look at; those about made-up facts can be
//! sent to one's own people.

use std::sync::Arc;

use anyhow::Context as _;
use regua_core::ids::MessageId;
use regua_core::party::Email;
use regua_core::time::{Instant, Zone};
use regua_core::words::{Channel, Language, Tone};
use regua_engine::Error;
use regua_engine::letters::Company;
use regua_engine::ports::{Courier as _, EffectKey, Outgoing, Parcel, Rng as _, Sent};
use regua_web::office::{Paperwork, Sample};
use regua_wire::channels::mime::{self, Brand, Mail};
use regua_wire::channels::shown;
use regua_wire::messages::{MessageContext, RenderError, Rendered, render, samples};
use serde_json::{Value, json};

use crate::exit::BadInput;
use crate::letters;
use crate::live::installation::Installation;
use crate::live::post::{Carrier, stationery, templates};
use crate::world::{SystemRng, clock};

/// A message, written.
pub(super) struct Written {
    template: String,
    language: Language,
    tone: Tone,
    text: Rendered,
    /// The customer, receivables and step that it is about, as their source calls them.
    about: Option<(String, Vec<String>, Option<String>)>,
    /// The whole e-mail, when it is one and there is somebody to send it.
    mail: Option<(String, Vec<u8>)>,
}

impl Written {
    /// As the API tells it.
    pub(super) fn json(&self) -> Value {
        let html = self.mail.as_ref().and_then(|(_, bytes)| shown::read(bytes)).and_then(|shown| shown.html);
        let (customer, receivables, step) = match &self.about {
            Some((customer, receivables, step)) => (Some(customer), receivables.as_slice(), step.as_ref()),
            None => (None, [].as_slice(), None),
        };
        json!({
            "template": self.template, "language": self.language.as_str(), "tone": self.tone.as_str(), "customer": customer,
            "receivables": receivables, "step": step, "subject": self.text.subject, "text": self.text.body, "html": html,
        })
    }
}

/// What a message is made of.
struct Made {
    context: MessageContext,
    template: String,
    language: Language,
    tone: Tone,
    zone: Zone,
    /// Who writes, where the customer's brand does.
    brand: Option<Brand>,
    about: Option<(String, Vec<String>, Option<String>)>,
}

/// The facts of the customer that is asked for, or made-up ones.
fn made(installation: &Installation, sample: &Sample, company: &Company, now: Instant) -> anyhow::Result<Made> {
    let Some(about) = &sample.about else {
        let language = sample.language.or(company.language).unwrap_or(Language::PtBr);
        let mut context = samples::full(language);
        (context.creditor, context.link) = (company.creditor.clone(), company.link.clone());
        let template = sample.template.clone().context(BadInput::new("say a template"))?;
        let tone = sample.tone.unwrap_or(Tone::Neutral);
        return Ok(Made { context, template, language, tone, zone: Zone::utc(), brand: None, about: None });
    };
    let wanted = (sample.template.as_deref(), sample.step.as_deref());
    let real = installation.engine.letter_about(installation.tenant, about, wanted, company, now)?;
    Ok(Made {
        context: real.context,
        template: real.template,
        language: sample.language.unwrap_or(real.language),
        tone: sample.tone.unwrap_or(real.tone),
        zone: real.zone,
        brand: real.mail,
        about: Some((real.customer, real.receivables, real.step)),
    })
}

/// The texts of an installation: what ships, its folder's over them, and what was published over those.
pub(super) fn paperwork(installation: &Installation) -> anyhow::Result<Paperwork> {
    let config = &installation.config;
    let company = config.company.as_ref().ok().cloned().unwrap_or_else(letters::example);
    Ok(Paperwork { company, templates: Arc::new(templates(&config.dir)?) })
}

/// Writes a message about made-up facts, or a customer as they stand.
pub(super) fn written(installation: &Installation, sample: &Sample, to: &str, is_test: bool) -> anyhow::Result<Written> {
    let config = &installation.config;
    let Paperwork { company, templates: base } = paperwork(installation)?;
    let mut templates = installation.engine.texts(installation.tenant, &base)?;
    let now = clock();
    let Made { context, template, language, tone, zone, brand, about } = made(installation, sample, &company, now)?;
    if let Some(text) = &sample.text {
        if base.source(language, &template).is_none() {
            return Err(Error::not_found("no_template", format!("there is no template `{template}` in {language}")).into());
        }
        let own = [(format!("{language}/{template}.txt"), text.as_str())];
        templates = Arc::new(templates.over(own).map_err(|bad| BadInput::new(format!("line {}: {}", bad.line, bad.message)))?);
    }
    let mut text = render(&templates, &template, sample.channel, language, tone, &context).map_err(|error| match error {
        RenderError::Missing { .. } => anyhow::Error::from(Error::not_found("no_template", error.to_string())),
        RenderError::Failed { .. } | RenderError::BadSum { .. } => BadInput::new(error.to_string()).into(),
    })?;
    if is_test {
        let mark = test_mark(language);
        text.subject = text.subject.map(|subject| format!("[{mark}] {subject}"));
    }
    let brand = brand.or_else(|| stationery(config).ok().and_then(|stationery| stationery.brand));
    let mail = match brand.filter(|_| sample.channel == Channel::Email) {
        None => None,
        Some(brand) => {
            let to = Email::parse(to).map_err(|_bad| BadInput::new("that is no e-mail address"))?;
            let mut random = [0; 10];
            SystemRng.fill(&mut random);
            let id = MessageId::new(u64::try_from(now.micros() / 1_000).unwrap_or(0), random);
            let mail = Mail {
                id,
                brand: &brand,
                creditor: &context.creditor,
                to: &to,
                copies: &[],
                at: now,
                zone,
                language,
                text: &text,
                link: &context.link,
                preferences: None,
                unsubscribe: None,
                unsubscribe_by_mail: None,
                picture: None,
            };
            Some((id.to_string(), mime::write(&mail)))
        }
    };
    Ok(Written { template, language, tone, text, about, mail })
}

/// What a test is called in the language of the message.
const fn test_mark(language: Language) -> &'static str {
    match language {
        Language::PtBr => "Teste",
        Language::En | Language::De | Language::Fr => "Test",
        Language::Es => "Prueba",
        Language::It => "Prova",
    }
}

/// Tries e-mail out with a message about made-up facts: `{taken, said}`.
pub(super) fn tried(installation: &Installation, to: &str) -> anyhow::Result<Value> {
    let template = Some("upcoming".to_owned());
    let sample = Sample { template, text: None, about: None, step: None, language: None, tone: None, channel: Channel::Email };
    match send(installation, &sample, to) {
        Ok(()) => Ok(json!({ "taken": true, "said": "the mail server took it" })),
        Err(error) => match error.downcast_ref::<Error>() {
            Some(told) if matches!(told.code, "not_sent" | "not_known") => Ok(json!({ "taken": false, "said": told.to_string() })),
            Some(_) | None => Err(error),
        },
    }
}

/// Sends one to somebody who may sign in.
pub(super) fn send(installation: &Installation, sample: &Sample, to: &str) -> anyhow::Result<()> {
    if !installation.is_ours(to)? {
        let told = "tests go only to people who may sign in here; invite them first";
        return Err(Error::refused("not_ours", told).into());
    }
    let config = &installation.config;
    let written = written(installation, sample, to, true)?;
    let Some((id, bytes)) = written.mail else {
        return Err(BadInput::new("nobody is set as the sender; set company and email.from").into());
    };
    let from = config.email.from.as_ref().map(|from| from.address.as_str().to_owned()).unwrap_or_default();
    let key = || EffectKey(id.clone());
    let mail = Outgoing { key: key(), from, to: to.to_owned(), copies: Vec::new(), bytes };
    let Rendered { subject, body } = written.text;
    let parcel = Parcel {
        key: key(),
        channel: Channel::Email,
        to: to.to_owned(),
        subject,
        text: body,
        mail: Some(mail),
        template: None,
        whose: None,
    };
    match Carrier::of(config)?.send(&[&parcel]).pop() {
        Some(Sent::Accepted { .. }) => Ok(()),
        Some(Sent::Refused { reply, .. } | Sent::Later { reply, .. }) => {
            Err(Error::refused("not_sent", format!("it was not sent: {reply}")).into())
        }
        Some(Sent::Unknown { why }) => Err(Error::refused("not_known", format!("nobody knows whether it was sent: {why}")).into()),
        None => Err(anyhow::anyhow!("the courier answered nothing")),
    }
}
