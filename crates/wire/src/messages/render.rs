//! One function: a template, a channel, a language, a tone and what there is to say → the text.

use regua_core::words::{Channel, Language, Tone};

use super::context::MessageContext;
use super::sections::Kind;
use super::sms;
use super::store::{Book, Templates};
use super::view;

/// The part that ends every SMS: how to opt out.
const SMS_END: &str = "sms_end";

/// A finished message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendered {
    /// The subject of an e-mail, the title of a letter, a push or an in-app message; the other channels have none.
    pub subject: Option<String>,
    /// Plain text: an e-mail in paragraphs divided by empty lines, anything else in one paragraph.
    pub body: String,
}

/// Why a message could not be written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RenderError {
    /// No such template in this language.
    #[error("there is no template `{template}` in {language}: add {language}/{template}.txt")]
    Missing {
        /// The template's name.
        template: String,
        /// The language.
        language: Language,
    },
    /// A template that fails on these facts: a misspelt name, a wrong filter, a loop without end.
    #[error("{path}:{line}: {message}")]
    Failed {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A sum does not fit.
    #[error("the amounts of `{label}` cannot be added to the others: the sum does not fit")]
    BadSum {
        /// The item's label.
        label: String,
    },
}

/// Writes one message. The same arguments give the same bytes.
///
/// The tone's own text is taken, else the template's text without a tone. SMS texts are folded to the GSM-7 alphabet
/// where that loses accents only: it halves their cost ([`sms::fold`]). A push text is neutral: it names neither amounts
/// nor announced steps, so a push alone announces nothing (SPEC §3.4).
///
/// # Errors
/// [`RenderError`] when the language lacks the template, or the template or the amounts are wrong. Shipped templates
/// fail on no context whose amounts add up.
pub fn render(
    templates: &Templates,
    template: &str,
    channel: Channel,
    language: Language,
    tone: Tone,
    context: &MessageContext,
) -> Result<Rendered, RenderError> {
    let missing = || RenderError::Missing { template: template.to_owned(), language };
    let book = templates.book(language).ok_or_else(missing)?;
    let values = view::values(channel, tone, context).map_err(|bad| RenderError::BadSum { label: bad.0.as_str().to_owned() })?;
    let kind = Kind::of(channel);
    let name = book.find(template, kind, tone).ok_or_else(missing)?;
    let mut body = tidy(language, kind, &run(book, &name, &values)?);
    if channel == Channel::Sms {
        if book.places.contains_key(SMS_END) {
            body = format!("{body} {}", tidy(language, kind, &run(book, SMS_END, &values)?));
        }
        body = sms::fold(&body);
    }
    let subject = if has_subject(channel) {
        let name = book.find(template, Kind::Subject, tone).ok_or_else(missing)?;
        Some(tidy(language, Kind::Subject, &run(book, &name, &values)?))
    } else {
        None
    };
    Ok(Rendered { subject, body })
}

const fn has_subject(channel: Channel) -> bool {
    match channel {
        Channel::Email | Channel::Push | Channel::InApp | Channel::Letter => true,
        Channel::Sms | Channel::Whatsapp | Channel::Voice => false,
    }
}

fn run(book: &Book, name: &str, values: &minijinja::Value) -> Result<String, RenderError> {
    let done = book.env.get_template(name).and_then(|template| template.render(values.clone()));
    done.map_err(|error| failed(book, name, &error))
}

/// Names the innermost place of a failure: the part, when a part failed.
fn failed(book: &Book, name: &str, error: &minijinja::Error) -> RenderError {
    let mut inner = error;
    while let Some(cause) = std::error::Error::source(inner).and_then(|cause| cause.downcast_ref::<minijinja::Error>()) {
        inner = cause;
    }
    let place = inner.name().and_then(|name| book.places.get(name)).or_else(|| book.places.get(name));
    let (path, start) = place.map_or((name, 1), |place| (place.path.as_str(), place.line));
    RenderError::Failed {
        path: path.to_owned(),
        line: start + inner.line().unwrap_or(1).saturating_sub(1),
        message: inner.detail().map_or_else(|| inner.kind().to_string(), |detail| format!("{}: {detail}", inner.kind())),
    }
}

/// White space as a reader expects it: one line where there is one, else paragraphs divided by one empty line.
fn tidy(language: Language, kind: Kind, text: &str) -> String {
    let spaced = if kind.is_one_line() {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        words.join(" ")
    } else {
        let mut out = String::with_capacity(text.len());
        let mut empty = 0;
        for line in text.lines().map(|line| line.trim_end_matches([' ', '\t', '\r'])) {
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty < 2 && !(out.is_empty() && line.is_empty()) {
                out.push_str(line);
                out.push('\n');
            }
        }
        out.truncate(out.trim_end_matches('\n').len());
        out
    };
    if language == Language::Fr { french(&spaced) } else { spaced }
}

/// French sets a space that does not break before double punctuation and inside guillemets.
fn french(text: &str) -> String {
    [(" :", "\u{a0}:"), (" ;", "\u{a0};"), (" ?", "\u{a0}?"), (" !", "\u{a0}!"), ("« ", "«\u{a0}"), (" »", "\u{a0}»")]
        .iter()
        .fold(text.to_owned(), |text, (plain, bound)| text.replace(plain, bound))
}
