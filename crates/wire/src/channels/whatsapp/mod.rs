//! WhatsApp by Meta's Cloud API, v23: what is sent, what is answered, what comes back.
//!
//! `errors` what each code means; `hooks` webhooks: statuses, messages of people, news of templates and numbers; `template` what a
//! template may look like before it is asked for. Deliberately absent: sockets and the bearer token, which the adapter has; pictures
//! and documents; making templates; offers.
//!
//! Source: Meta's documentation of the Cloud API; facts/brazil.md §8.1.

pub mod errors;
pub mod hooks;
pub mod template;

use regua_core::time::Instant;
use regua_core::words::Language;
use serde_json::{Value, json};

use super::answer::{Answer, Next, Refusal, name, wait};
use super::sms::{is_number, segment};
use crate::gateways::{Request, Response, Verb};

/// The version of the API, as its paths begin.
pub const VERSION: &str = "v23.0";
/// Characters of a text inside the window.
pub const TEXT_CHARS_MAX: usize = 4_096;
/// Characters of one parameter: with the template's own text no more than [`template::BODY_CHARS_MAX`] are sent.
pub const PARAMETER_CHARS_MAX: usize = 1_024;
/// Characters of what comes back with the statuses of a message.
pub const TAG_CHARS_MAX: usize = 512;
/// Seconds after a person's last message in which free text may be sent.
pub const WINDOW_SECS: i64 = 86_400;
/// Blanks of a parameter behind each other; more are refused.
const BLANKS_MAX: usize = 4;
/// Bytes of an answer that are read.
const BODY_MAX: usize = 1 << 20;

/// A message to be sent. Personal: it does not show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// The id of the number that sends, which is not the number.
    pub number: &'a str,
    /// To whom: a number of E.164, with its `+`.
    pub to: &'a str,
    /// What.
    pub content: Content<'a>,
    /// Ours, which comes back with its statuses.
    pub tag: Option<&'a str>,
}

impl std::fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Order")
    }
}

/// What is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// An approved template with what stands in its places: always allowed.
    Template {
        /// Its name.
        name: &'a str,
        /// Its language.
        language: Language,
        /// What stands in `{{1}}`, `{{2}}` … of its body.
        parameters: &'a [&'a str],
        /// What stands at the end of the address of its button.
        button: Option<&'a str>,
    },
    /// Free text, inside the window alone ([`window_open`]).
    Text(&'a str),
}

/// Whether free text may be sent: within 24 hours after the person's last message.
///
/// ```
/// use regua_core::time::Instant;
/// use regua_wire::channels::whatsapp::window_open;
/// let wrote = Instant::from_secs(1_000_000);
/// assert!(window_open(Some(wrote), Instant::from_secs(1_086_399)));
/// assert!(!window_open(Some(wrote), Instant::from_secs(1_086_400)));
/// assert!(!window_open(None, wrote));
/// ```
#[must_use]
pub fn window_open(wrote_at: Option<Instant>, now: Instant) -> bool {
    wrote_at.is_some_and(|wrote| now.secs().saturating_sub(wrote.secs()) < WINDOW_SECS)
}

/// How the API names a language.
#[must_use]
pub const fn language(language: Language) -> &'static str {
    match language {
        Language::PtBr => "pt_BR",
        Language::En => "en",
        Language::Es => "es",
        Language::It => "it",
        Language::Fr => "fr",
        Language::De => "de",
    }
}

/// The request that sends a message. It has no key by which the far side would know a second try.
///
/// # Errors
/// A [`Refusal`] with the code that the far side would answer, when it surely would.
pub fn send(order: &Order<'_>) -> Result<Request, Refusal> {
    if !is_number(order.to) {
        return Err(errors::refusal(131_026));
    }
    let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": order.to});
    let (kind, content) = match order.content {
        Content::Text(text) if text.trim().is_empty() => return Err(errors::refusal(131_008)),
        Content::Text(text) if text.chars().count() > TEXT_CHARS_MAX => return Err(errors::refusal(131_009)),
        Content::Text(text) => ("text", json!({"preview_url": false, "body": text})),
        Content::Template { name, language: of, parameters, button } => {
            let mut components = Vec::new();
            if !parameters.is_empty() {
                let parameters = parameters.iter().map(|text| parameter(text)).collect::<Result<Vec<_>, _>>()?;
                components.push(json!({"type": "body", "parameters": parameters}));
            }
            if let Some(button) = button {
                components.push(json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [parameter(button)?]}));
            }
            ("template", json!({"name": name, "language": {"code": language(of)}, "components": components}))
        }
    };
    if let Some(fields) = body.as_object_mut() {
        fields.insert("type".to_owned(), json!(kind));
        fields.insert(kind.to_owned(), content);
        if let Some(tag) = order.tag.filter(|tag| tag.chars().count() <= TAG_CHARS_MAX) {
            fields.insert("biz_opaque_callback_data".to_owned(), json!(tag));
        }
    }
    Ok(Request {
        method: Verb::Post,
        path: format!("/{VERSION}/{}/messages", segment(order.number)),
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        repeatable: false,
    })
}

/// A parameter as the far side takes it: lines and tabs become blanks, and no more than four blanks stand together.
fn parameter(text: &str) -> Result<Value, Refusal> {
    let mut kept = String::with_capacity(text.len());
    let mut blanks = 0;
    for letter in text.trim().chars() {
        let letter = if letter.is_control() { ' ' } else { letter };
        blanks = if letter == ' ' { blanks + 1 } else { 0 };
        if blanks <= BLANKS_MAX {
            kept.push(letter);
        }
    }
    match kept.chars().count() {
        0 => Err(errors::refusal(131_008)),
        1..=PARAMETER_CHARS_MAX => Ok(json!({"type": "text", "text": kept})),
        _ => Err(errors::refusal(132_005)),
    }
}

/// What became of [`send`]: the far side's name of the message, and of the person (`wa_id`), who may have another number there.
#[must_use]
pub fn answer(response: &Response) -> (Answer, Option<String>) {
    let body: Option<Value> =
        (response.body.len() <= BODY_MAX).then(|| serde_json::from_slice(&response.body).ok()).flatten().filter(Value::is_object);
    let answer = match (response.status, &body) {
        (200..=299, Some(body)) => match body["messages"][0]["id"].as_str().map(name).filter(|id| !id.is_empty()) {
            // Held back until the far side has looked at the template; a status says what became of it.
            Some(reference) => Answer::Taken { reference },
            None => Answer::Unknown { why: "it was taken, and the answer does not name it".to_owned() },
        },
        (200..=299, None) => Answer::Unknown { why: "it was taken, and the answer cannot be read".to_owned() },
        (status, Some(body)) if body["error"]["code"].is_u64() => {
            let code = body["error"]["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or(u32::MAX);
            let mut refusal = errors::refusal(code);
            if let Next::Later { wait_secs } = &mut refusal.next {
                *wait_secs = wait(response).or(*wait_secs);
            }
            // A 5xx with a code that we do not know may have done it.
            if status >= 500 && !errors::known().any(|known| known == code) {
                Answer::Unknown { why: format!("the far side answered {status}") }
            } else {
                Answer::Refused(refusal)
            }
        }
        (503, _) => Answer::Refused(Refusal::new("503", Next::Later { wait_secs: wait(response) }, "the service is not available")),
        (status, _) if status < 500 => Answer::Refused(errors::of_status(status)),
        (status, _) => Answer::Unknown { why: format!("the far side answered {status}") },
    };
    let person = body.and_then(|body| body["contacts"][0]["wa_id"].as_str().map(name)).filter(|person| !person.is_empty());
    (answer, person)
}

/// Unique people in 24 hours whom a portfolio may write to outside their windows, by the word of its tier; none for no limit.
///
/// # Errors
/// The word, when it is not known.
///
/// ```
/// use regua_wire::channels::whatsapp::tier;
/// assert_eq!((tier("TIER_2K"), tier("TIER_UNLIMITED")), (Ok(Some(2_000)), Ok(None)));
/// ```
pub fn tier(word: &str) -> Result<Option<u32>, String> {
    match word {
        "TIER_50" => Ok(Some(50)),
        "TIER_250" => Ok(Some(250)),
        "TIER_1K" => Ok(Some(1_000)),
        "TIER_2K" => Ok(Some(2_000)),
        "TIER_10K" => Ok(Some(10_000)),
        "TIER_100K" => Ok(Some(100_000)),
        "TIER_UNLIMITED" => Ok(None),
        _ => Err(name(word)),
    }
}

#[cfg(test)]
mod tests;
