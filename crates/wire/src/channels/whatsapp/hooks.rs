//! Webhooks: how far messages came, what people wrote, what became of templates and of our numbers; and whether it was Meta.
//!
//! Deliberately absent: remembering what was heard before. Everything comes in any order and twice; [`Standing::with`] joins
//! statuses, ids tell messages apart.

use hmac::{Hmac, KeyInit, Mac};
use regua_core::time::Instant;
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::super::answer::{Refusal, Standing, Unreadable, name};
use super::super::stop::{Wish, wish};
use super::errors;

/// Bytes of a body; the far side sends at most three megabytes.
pub const BODY_MAX: usize = 3 << 20;
/// Pieces of news in one body: the far side puts at most a thousand together.
const NEWS_MAX: usize = 2_000;
/// Characters of a person's message that are kept; the far side allows 4,096.
const TEXT_CHARS_MAX: usize = 4_096;

/// The header with the signature.
pub const SIGNATURE: &str = "x-hub-signature-256";

/// What was posted. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub enum News {
    /// How far a message of ours came.
    Status {
        /// The id of the number that sent it.
        number: String,
        /// The far side's name of the message.
        reference: String,
        /// How far.
        standing: Standing,
        /// When, by the far side's clock.
        at: Option<Instant>,
        /// What we sent with it to know it by.
        tag: Option<String>,
        /// The word of how it is billed: `regular`, `free_customer_service`, `free_entry_point`.
        billed: Option<String>,
        /// Why it did not arrive.
        refusal: Option<Refusal>,
    },
    /// Somebody wrote to us: from now on the window is open.
    Inbound(Inbound),
    /// A template is in another category, and costs and counts as such.
    Category {
        /// Its name.
        template: String,
        /// Its language, as the far side names it.
        language: String,
        /// The category that it has now: `MARKETING`, `UTILITY`, `AUTHENTICATION`.
        now: String,
    },
    /// What became of a template.
    Template {
        /// Its name.
        template: String,
        /// Its language, as the far side names it.
        language: String,
        /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED` and others.
        event: String,
        /// The word of why.
        why: Option<String>,
    },
    /// How many people a number may write to.
    Quality {
        /// The number as people see it, digits alone.
        number: String,
        /// `UPGRADE`, `DOWNGRADE`, `FLAGGED` and others.
        event: String,
        /// People in 24 hours; none for no limit. Absent when the far side does not say.
        limit: Option<Option<u32>>,
    },
    /// Something that we do not act on: the name of the field.
    Nothing(String),
}

impl std::fmt::Debug for News {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status { reference, standing, .. } => write!(f, "Status({reference} {standing:?})"),
            Self::Inbound(inbound) => write!(f, "Inbound({})", inbound.reference),
            Self::Category { template, now, .. } => write!(f, "Category({template} {now})"),
            Self::Template { template, event, .. } => write!(f, "Template({template} {event})"),
            Self::Quality { event, limit, .. } => write!(f, "Quality({event} {limit:?})"),
            Self::Nothing(field) => write!(f, "Nothing({field})"),
        }
    }
}

/// A message from somebody. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The far side's name of it, by which a second one is known.
    pub reference: String,
    /// The id of the number that it came to.
    pub number: String,
    /// Who wrote: digits of a number without `+`, or an id of the business's own where the person hides the number.
    pub from: String,
    /// When, by the far side's clock.
    pub at: Option<Instant>,
    /// The message of ours that it answers.
    pub answers: Option<String>,
    /// What.
    pub said: Said,
    /// What it asks for, when that is plain.
    pub wish: Option<Wish>,
}

/// What somebody sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    /// Words.
    Text(String),
    /// A button of ours was pressed: its text.
    Button(String),
    /// A sign on a message of ours; an empty one takes it back.
    Reaction(String),
    /// A picture, a place, a sound: the word of its kind. A person must look.
    Other(String),
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Button(_) => "Button",
            Self::Reaction(_) => "Reaction",
            Self::Other(_) => "Other",
        })
    }
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Inbound({} {:?})", self.reference, self.said)
    }
}

/// Whether Meta posted a body, by the app's secret. Compared in constant time.
///
/// * `header` — [`SIGNATURE`], when there is one: `sha256=` and lower-case hexadecimal.
///
/// ```
/// use regua_wire::channels::whatsapp::hooks::{sign, verify};
/// let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
/// let header = sign(body, "app_secret");
/// assert_eq!(header, "sha256=c236c758c9b2bd40b388a550eeca09eaca72384dd0aa5e7c31d19cddac5bba46");
/// assert!(verify(body, "app_secret", Some(&header)) && !verify(b"{}", "app_secret", Some(&header)));
/// ```
#[must_use]
pub fn verify(body: &[u8], secret: &str, header: Option<&str>) -> bool {
    // A secret that was left empty would let anybody sign.
    let expected = if secret.trim().is_empty() { String::new() } else { sign(body, secret) };
    header.is_some_and(|header| !expected.is_empty() && bool::from(header.as_bytes().ct_eq(expected.as_bytes())))
}

/// The header that Meta would send: for tests, and for stand-ins that play it.
#[must_use]
pub fn sign(body: &[u8], secret: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// What to answer when Meta asks whether the address is ours: the challenge, when the token is the one that was agreed on.
///
/// * `query` — of the request, as it came.
///
/// ```
/// use regua_wire::channels::whatsapp::hooks::challenge;
/// let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=agreed";
/// assert_eq!(challenge(query, "agreed").as_deref(), Some("1158201444"));
/// assert_eq!(challenge(query, "other"), None);
/// ```
#[must_use]
pub fn challenge(query: &str, token: &str) -> Option<String> {
    let value = |wanted: &str| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value);
    let agreed = value("hub.verify_token")?;
    let known = !token.trim().is_empty() && bool::from(agreed.as_bytes().ct_eq(token.as_bytes()));
    let challenge = value("hub.challenge")?;
    // It goes back into a page: nothing but letters and digits.
    let plain = !challenge.is_empty() && challenge.len() <= 100 && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (value("hub.mode")? == "subscribe" && known && plain).then(|| challenge.into_owned())
}

/// Everything that a body says; its signature was looked at before. What it says of things that we do not know is
/// [`News::Nothing`], so that one new field does not hold up the rest.
///
/// # Errors
/// [`Unreadable`] when it is no webhook of a WhatsApp account.
pub fn heard(body: &[u8]) -> Result<Vec<News>, Unreadable> {
    if body.len() > BODY_MAX {
        return Err(Unreadable("it is too long"));
    }
    let body: Value = serde_json::from_slice(body).or(Err(Unreadable("it is no JSON")))?;
    if body["object"] != "whatsapp_business_account" {
        return Err(Unreadable("it is not about a WhatsApp account"));
    }
    let entries = body["entry"].as_array().ok_or(Unreadable("it has no entries"))?;
    let mut news = Vec::new();
    for change in entries.iter().filter_map(|entry| entry["changes"].as_array()).flatten() {
        let (field, value) = (text(&change["field"]), &change["value"]);
        match field.as_str() {
            "messages" => messages(value, &mut news),
            "template_category_update" => news.push(News::Category {
                template: text(&value["message_template_name"]),
                language: text(&value["message_template_language"]),
                now: text(&value["new_category"]),
            }),
            "message_template_status_update" => news.push(News::Template {
                template: text(&value["message_template_name"]),
                language: text(&value["message_template_language"]),
                event: text(&value["event"]),
                why: Some(text(&value["reason"])).filter(|why| !why.is_empty() && why != "NONE"),
            }),
            "phone_number_quality_update" => news.push(News::Quality {
                number: value["display_phone_number"].as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).take(15).collect(),
                event: text(&value["event"]),
                limit: [&value["current_limit"], &value["max_daily_conversations_per_business"]]
                    .into_iter()
                    .find_map(|word| super::tier(word.as_str()?).ok()),
            }),
            _ => news.push(News::Nothing(field)),
        }
        if news.len() > NEWS_MAX {
            return Err(Unreadable("it says too much at once"));
        }
    }
    Ok(news)
}

fn messages(value: &Value, news: &mut Vec<News>) {
    let before = news.len();
    let number = text(&value["metadata"]["phone_number_id"]);
    let list = |name: &str| value[name].as_array().into_iter().flatten();
    news.extend(list("statuses").filter_map(|status| of_status(status, &number)));
    news.extend(list("messages").filter_map(|message| of_message(message, &number)).map(News::Inbound));
    if news.len() == before {
        news.push(News::Nothing("messages".to_owned()));
    }
}

fn of_status(status: &Value, number: &str) -> Option<News> {
    let standing = match status["status"].as_str()? {
        "accepted" | "held_for_quality_assessment" => Standing::Taken,
        "sent" => Standing::Sent,
        "delivered" => Standing::Delivered,
        "read" | "played" => Standing::Read,
        "failed" => Standing::Failed,
        _ => return None,
    };
    let code = || status["errors"][0]["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or(131_000);
    let maybe = |value: &Value| Some(text(value)).filter(|text| !text.is_empty());
    Some(News::Status {
        number: number.to_owned(),
        reference: maybe(&status["id"])?,
        standing,
        at: at(&status["timestamp"]),
        tag: maybe(&status["biz_opaque_callback_data"]),
        billed: maybe(&status["pricing"]["type"]),
        refusal: (standing == Standing::Failed).then(|| errors::refusal(code())),
    })
}

fn of_message(message: &Value, number: &str) -> Option<Inbound> {
    let words = |value: &Value| value.as_str().unwrap_or_default().chars().take(TEXT_CHARS_MAX).collect::<String>();
    let (reference, from) = (text(&message["id"]), text(&message["from"]));
    let from = if from.is_empty() { text(&message["user_id"]) } else { from };
    if reference.is_empty() || from.is_empty() {
        return None;
    }
    let said = match message["type"].as_str().unwrap_or_default() {
        "text" => Said::Text(words(&message["text"]["body"])),
        "button" => Said::Button(words(&message["button"]["text"])),
        "interactive" => {
            let of = &message["interactive"];
            let title = ["button_reply", "list_reply"].into_iter().find_map(|kind| of[kind]["title"].as_str());
            title.map_or_else(|| Said::Other("interactive".to_owned()), |title| Said::Button(title.chars().take(TEXT_CHARS_MAX).collect()))
        }
        "reaction" => Said::Reaction(words(&message["reaction"]["emoji"])),
        other => Said::Other(name(other)),
    };
    let wish = match &said {
        Said::Text(text) | Said::Button(text) => wish(text),
        Said::Reaction(_) | Said::Other(_) => None,
    };
    let answers = [&message["context"]["id"], &message["reaction"]["message_id"]].into_iter().map(text).find(|id| !id.is_empty());
    Some(Inbound { reference, number: number.to_owned(), from, at: at(&message["timestamp"]), answers, said, wish })
}

/// A name or word of the far side.
fn text(value: &Value) -> String {
    value.as_str().map(name).unwrap_or_default()
}

/// Seconds after the epoch, as a text or a number.
fn at(value: &Value) -> Option<Instant> {
    let secs = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    (0..=253_402_300_799).contains(&secs).then(|| Instant::from_secs(secs))
}

#[cfg(test)]
mod tests;
