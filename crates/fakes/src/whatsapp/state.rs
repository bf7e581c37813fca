//! What an account has: numbers, templates, windows, messages and what becomes of them.
//!
//! Deliberately absent: reading requests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{ACCOUNT, Script};
use crate::clock::Clock;
use crate::hooks::Hooks;
use crate::serve::Reply;

/// Seconds until each try of a webhook; Meta tries for seven days.
const LADDER: &[i64] = &[0, 30, 300, 3_600, 21_600, 86_400, 172_800, 259_200];
/// Seconds of a window.
pub(crate) const WINDOW: i64 = 86_400;

/// A number that sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    /// Its id.
    pub id: String,
    /// As people see it.
    pub display: String,
    /// What people think of what it sends: `GREEN`, `YELLOW`, `RED`.
    pub quality: String,
    /// How many it may write to: `TIER_250` and so on.
    pub tier: String,
}

impl Number {
    /// A number.
    #[must_use]
    pub fn new(id: &str, display: &str) -> Self {
        Self { id: id.to_owned(), display: display.to_owned(), quality: "GREEN".to_owned(), tier: "TIER_250".to_owned() }
    }
}

/// A template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// `pt_BR`
    pub language: String,
    /// `UTILITY`, `MARKETING`, `AUTHENTICATION`
    pub category: String,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`
    pub status: String,
    /// Parameters of its body.
    pub parameters: usize,
    /// Whether it has a button whose address ends in a parameter.
    pub button: bool,
}

impl Template {
    /// An approved template of the utility category.
    #[must_use]
    pub fn new(name: &str, language: &str, parameters: usize, button: bool) -> Self {
        let of = |text: &str| text.to_owned();
        Self { name: of(name), language: of(language), category: of("UTILITY"), status: of("APPROVED"), parameters, button }
    }

    pub(crate) fn shown(&self) -> Value {
        json!({"name": self.name, "language": self.language, "category": self.category, "status": self.status})
    }
}

/// A message as the account holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// `wamid.…`
    pub id: String,
    /// The id of the number that sent it.
    pub number: String,
    /// To whom: digits alone.
    pub to: String,
    /// The template's name; none for a text.
    pub template: Option<String>,
    /// The parameters, or the text.
    pub words: Vec<String>,
    /// What stands at the end of the button's address.
    pub button: Option<String>,
    /// What comes back with its statuses.
    pub tag: Option<String>,
    /// How far it came.
    pub status: String,
    /// Why not further.
    pub error: Option<u32>,
    /// When it was taken.
    pub at: i64,
    /// Whether the window was open.
    pub in_window: bool,
    /// The category of its template; `service` for a text.
    pub category: String,
    /// What it becomes, and when.
    pub(crate) future: Vec<(i64, &'static str, Option<u32>)>,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) token: String,
    pub(crate) secret: String,
    pub(crate) webhook: Option<String>,
    pub(crate) numbers: Vec<Number>,
    pub(crate) templates: Vec<Template>,
    pub(crate) latency: (i64, i64, Option<i64>),
    pub(crate) per_second: usize,
    pub(crate) per_pair: usize,
    pub(crate) messages: Vec<Message>,
    pub(crate) hooks: Hooks,
    /// When somebody last wrote to a number.
    pub(crate) wrote: BTreeMap<(String, String), i64>,
    pub(crate) no_offers: BTreeSet<String>,
    made: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, script: Script) -> Self {
        Self {
            clock,
            token: script.token,
            secret: script.secret,
            webhook: script.webhook,
            numbers: script.numbers,
            templates: script.templates,
            latency: script.latency,
            per_second: script.per_second,
            per_pair: script.per_pair,
            messages: Vec::new(),
            hooks: Hooks::new(LADDER),
            wrote: BTreeMap::new(),
            no_offers: BTreeSet::new(),
            made: 0,
        }
    }

    pub(crate) fn id(&mut self) -> String {
        self.made += 1;
        format!("wamid.FAKE{:024X}", self.made)
    }

    pub(crate) fn display(&self, number: &str) -> String {
        self.numbers.iter().find(|known| known.id == number).map(|known| digits(&known.display)).unwrap_or_default()
    }

    /// Whether somebody wrote to a number less than a day ago.
    pub(crate) fn in_window(&self, number: &str, to: &str) -> bool {
        let now = self.clock.now();
        self.wrote.get(&(number.to_owned(), wa_id(to))).is_some_and(|wrote| now - wrote < WINDOW)
    }

    /// Everything becomes what it is by now, and what is to be told is put on its way.
    pub(crate) fn advance(&mut self) {
        let now = self.clock.now();
        let mut told = Vec::new();
        for message in &mut self.messages {
            while let Some((at, status, error)) = message.future.first().copied().filter(|(at, ..)| *at <= now) {
                message.future.remove(0);
                // A status that is not told, as `delivered` may be left out before `read`.
                let (status, silent) = status.strip_prefix('-').map_or((status, false), |status| (status, true));
                status.clone_into(&mut message.status);
                message.error = error;
                if !silent {
                    told.push((at, message.number.clone(), status_of(message, at)));
                }
            }
        }
        told.sort_by_key(|(at, ..)| *at);
        for (_, number, status) in told {
            let value = self.about(&number, "statuses", status);
            self.tell("messages", &value);
        }
    }

    /// What a webhook says of a number.
    pub(crate) fn about(&self, number: &str, list: &str, one: Value) -> Value {
        let metadata = json!({"display_phone_number": self.display(number), "phone_number_id": number});
        let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata});
        if let Some(fields) = value.as_object_mut() {
            fields.insert(list.to_owned(), Value::Array(vec![one]));
        }
        value
    }

    /// Puts a webhook on its way.
    pub(crate) fn tell(&mut self, field: &str, value: &Value) {
        let Some(url) = self.webhook.clone() else { return };
        let change = json!({"value": value, "field": field});
        let body =
            json!({"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "time": self.clock.now(), "changes": [change]}]});
        let event = format!("{field}:{}", self.hooks.all().len());
        self.hooks.push(&event, &url, 0, body.to_string().into_bytes(), self.clock.now());
    }
}

fn status_of(message: &Message, at: i64) -> Value {
    let kind = if message.in_window && message.category != "marketing" { "free_customer_service" } else { "regular" };
    let pricing = json!({"billable": kind == "regular", "pricing_model": "PMP", "category": message.category, "type": kind});
    let mut status = json!({"id": message.id, "status": message.status, "timestamp": at.to_string(), "recipient_id": wa_id(&message.to)});
    if let Some(fields) = status.as_object_mut() {
        if let Some(error) = message.error {
            let told = json!([{"code": error, "title": "failed", "message": "failed", "error_data": {"details": "the fake was told to"}}]);
            fields.insert("errors".to_owned(), told);
        } else {
            fields.insert("pricing".to_owned(), pricing);
        }
        if let Some(tag) = &message.tag {
            fields.insert("biz_opaque_callback_data".to_owned(), json!(tag));
        }
    }
    status
}

pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Under which number somebody is known there: mobiles of Brazil outside the regions 11 to 28 without the ninth digit.
pub(crate) fn wa_id(number: &str) -> String {
    let number = digits(number);
    let region = number.get(2..4).and_then(|region| region.parse::<u8>().ok()).unwrap_or(0);
    match (number.get(..4), number.get(4..5), number.get(5..)) {
        (Some(region_of), Some("9"), Some(rest)) if number.starts_with("55") && number.len() == 13 && region >= 31 => {
            format!("{region_of}{rest}")
        }
        _ => number.clone(),
    }
}

/// A refusal as Meta words it.
pub(crate) fn wrong(status: u16, code: u32, title: &str, details: &str) -> Box<Reply> {
    let data = json!({"messaging_product": "whatsapp", "details": details});
    let message = format!("(#{code}) {title}");
    let error = json!({"message": message, "type": "OAuthException", "code": code, "error_data": data, "fbtrace_id": "AfakeTrace"});
    Box::new(Reply::json(status, &json!({"error": error})))
}
