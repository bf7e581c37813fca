//! What a fake Asaas account holds, and how lists and errors look.
//!
//! Deliberately absent: what requests do, which stands with customers, payments and webhooks.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::hooks::Target;
use super::payments::Payment;
use crate::clock::{Clock, date, date_time, day_of};
use crate::hooks::Hooks;
use crate::ledger::Ledger;
use crate::serve::{Ask, Reply};

/// Brazil's offset: Brasília has no summer time.
pub(crate) const OFFSET: i64 = -3 * 3600;
/// Most objects in an answer.
const PAGE_MAX: usize = 100;
/// How many when nobody says.
const PAGE: usize = 10;

/// An answer that is an error.
pub(crate) type Wrong = Box<Reply>;

/// `{"errors": [{"code", "description"}]}`.
pub(crate) fn wrong(status: u16, code: &str, text: &str) -> Wrong {
    Box::new(Reply::json(status, &json!({"errors": [{"code": code, "description": text}]})))
}

pub(crate) fn invalid(code: &str, text: &str) -> Wrong {
    wrong(400, code, text)
}

/// Asaas answers 404 without a body.
pub(crate) fn absent() -> Wrong {
    Box::new(Reply::empty(404))
}

/// How a stored card behaves: the codes of its next tries, none for success; the last holds on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CardScript {
    /// What is refused in turn; empty texts succeed.
    pub refusals: Vec<String>,
}

/// How often a key asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    /// Requests that change nothing.
    pub reads: u64,
    /// Requests that may have changed something.
    pub writes: u64,
}

/// The account.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) keys: Vec<String>,
    pub(crate) uses: BTreeMap<String, Uses>,
    pub(crate) customers: BTreeMap<String, Value>,
    pub(crate) notifications: BTreeMap<String, Value>,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) subscriptions: BTreeMap<String, Value>,
    pub(crate) cards: BTreeMap<String, (CardScript, usize)>,
    pub(crate) targets: Vec<Target>,
    pub(crate) hooks: Hooks,
    pub(crate) ledger: Ledger,
    made: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, keys: Vec<String>, targets: Vec<Target>) -> Self {
        Self {
            clock,
            keys,
            uses: BTreeMap::new(),
            customers: BTreeMap::new(),
            notifications: BTreeMap::new(),
            payments: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            cards: BTreeMap::new(),
            targets,
            hooks: Hooks::new(super::hooks::LADDER),
            ledger: Ledger::default(),
            made: 0,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Today's day in Brazil.
    pub(crate) fn today(&self) -> i64 {
        day_of(self.now(), OFFSET)
    }

    /// A new id whose order is the order of making.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{:012}", self.made)
    }

    /// What the next try with a card comes to; a card that nobody scripted succeeds.
    pub(crate) fn try_card(&mut self, token: &str) -> Result<(), Wrong> {
        let Some((script, tried)) = self.cards.get_mut(token) else { return Ok(()) };
        let last = script.refusals.len().saturating_sub(1);
        let refusal = script.refusals.get((*tried).min(last)).cloned().unwrap_or_default();
        *tried += 1;
        if refusal.is_empty() {
            Ok(())
        } else {
            Err(invalid(&refusal, "Transação não autorizada. Verifique os dados do cartão e tente novamente."))
        }
    }

    /// Writes an event on every target's queue.
    pub(crate) fn emit(&mut self, event: &str, payment: &Payment) {
        let id = format!("{}&{}", self.id("evt"), self.payments.len());
        let now = self.now();
        let body = json!({"id": id, "event": event, "dateCreated": date_time(now, OFFSET), "payment": payment.show()});
        let body = body.to_string().into_bytes();
        for (place, target) in self.targets.iter().enumerate() {
            if target.enabled && target.wants(event) {
                self.hooks.push(&id, &target.url, place, body.clone(), now);
            }
        }
    }
}

/// The fields of a body that must be an object.
pub(crate) fn fields(ask: &Ask) -> Result<Map<String, Value>, Wrong> {
    if ask.body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&ask.body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) | Err(_) => Err(invalid("invalid_object", "O corpo da requisição não é um JSON válido.")),
    }
}

/// A text of a body; an empty one is none.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A page, the newest first. `show` is called only for what is on it.
pub(crate) fn page<T>(ask: &Ask, all: &[T], show: impl Fn(&T) -> Value) -> Result<Value, Wrong> {
    let number = |name: &str, otherwise: usize| -> Result<usize, Wrong> {
        let Some(text) = ask.asked(name) else { return Ok(otherwise) };
        text.parse().map_err(|_bad: std::num::ParseIntError| invalid("invalid_action", &format!("O parâmetro {name} não é um número.")))
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", PAGE)?);
    if limit == 0 || limit > PAGE_MAX {
        return Err(invalid("invalid_action", "O limite deve ser de 1 a 100."));
    }
    let shown: Vec<Value> = all.iter().skip(offset).take(limit).map(show).collect();
    let more = offset.saturating_add(shown.len()) < all.len();
    Ok(json!({"object": "list", "hasMore": more, "totalCount": all.len(), "limit": limit, "offset": offset, "data": shown}))
}

/// A day as it is written, or null.
pub(crate) fn shown_day(day: Option<i64>) -> Value {
    day.map_or(Value::Null, |day| json!(date(day)))
}
