//! Messages about made-up facts in the company's texts and brand: to look at, and to send to one's own people.

use regua_core::ids::MessageId;
use regua_core::party::Email;
use regua_core::time::Zone;
use regua_core::words::{Channel, Language, Tone};
use regua_engine::Error;
use regua_engine::ports::{Courier as _, EffectKey, Outgoing, Parcel, Rng as _, Sent};
use regua_web::office::Sample;
use regua_wire::channels::mime::{self, Mail};
use regua_wire::channels::shown;
use regua_wire::messages::{RenderError, Rendered, render, samples};
use serde_json::{Value, json};

use crate::config::Config;
use crate::exit::BadInput;
use crate::letters;
use crate::live::installation::Installation;
use crate::live::post::{Carrier, stationery, templates};
use crate::world::{SystemRng, clock};

/// A message, written.
pub(super) struct Written {
    template: String,
    language: Language,
    text: Rendered,
    /// The whole e-mail, when it is one and there is somebody to send it.
    mail: Option<(String, Vec<u8>)>,
}

impl Written {
    /// As the API tells it.
    pub(super) fn json(&self) -> Value {
        let html = self.mail.as_ref().and_then(|(_, bytes)| shown::read(bytes)).and_then(|shown| shown.html);
        json!({
            "template": self.template, "language": self.language.as_str(), "subject": self.text.subject, "text": self.text.body,
            "html": html,
        })
    }
}

/// Writes a message about made-up facts.
pub(super) fn written(config: &Config, sample: &Sample, to: &str) -> anyhow::Result<Written> {
    let templates = templates(&config.dir)?;
    let company = config.company.as_ref().ok().cloned().unwrap_or_else(letters::example);
    let language = sample.language.or(company.language).unwrap_or(Language::PtBr);
    let context = {
        let mut context = samples::full(language);
        (context.creditor, context.link) = (company.creditor.clone(), company.link.clone());
        context
    };
    let tone = sample.tone.unwrap_or(Tone::Neutral);
    let text = render(&templates, &sample.template, sample.channel, language, tone, &context).map_err(|error| match error {
        RenderError::Missing { .. } => anyhow::Error::from(Error::not_found("no_template", error.to_string())),
        RenderError::Failed { .. } | RenderError::BadSum { .. } => BadInput::new(error.to_string()).into(),
    })?;
    let brand = stationery(config).ok().and_then(|stationery| stationery.brand);
    let mail = match brand.filter(|_| sample.channel == Channel::Email) {
        None => None,
        Some(brand) => {
            let to = Email::parse(to).map_err(|_bad| BadInput::new("that is no e-mail address"))?;
            let mut random = [0; 10];
            SystemRng.fill(&mut random);
            let now = clock();
            let id = MessageId::new(u64::try_from(now.micros() / 1_000).unwrap_or(0), random);
            let mail = Mail {
                id,
                brand: &brand,
                creditor: &company.creditor,
                to: &to,
                copies: &[],
                at: now,
                zone: Zone::utc(),
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
    Ok(Written { template: sample.template.clone(), language, text, mail })
}

/// Sends one to somebody who may sign in.
pub(super) fn send(installation: &Installation, sample: &Sample, to: &str) -> anyhow::Result<()> {
    if !installation.is_ours(to)? {
        let told = "tests go only to people who may sign in here; invite them first";
        return Err(Error::refused("not_ours", told).into());
    }
    let config = &installation.config;
    let written = written(config, sample, to)?;
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
