//! What a fake Stripe account holds: objects by id in the order they were made, events, and how they are shown.
//!
//! Objects are kept in the newest shape; fields that begin with `_` are the fake's own and are never shown. Deliberately
//! absent: what requests do, which stands with each kind of object.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cards::{Behaviour, Card, Outcome};
use super::errors::{Wrong, invalid, no_such};
use super::form::Form;
use super::hooks::Endpoint;
use super::keys::Doors;
use crate::clock::Clock;
use crate::hooks::Hooks;
use crate::ledger::Ledger;

/// Which shape objects are shown in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Generation {
    /// Before 2025-03-31: an invoice names its intent, charge and subscription, an intent its invoice and charges.
    Classic,
    /// Since 2025-03-31: an invoice has payments and a parent, and none of those.
    Basil,
}

impl Generation {
    /// Of a version of the API such as `2024-06-20`.
    #[must_use]
    pub fn of(version: &str) -> Self {
        if version.get(0..10).unwrap_or_default() >= "2025-03-31" { Self::Basil } else { Self::Classic }
    }

    /// The version that its events carry.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::Classic => "2024-06-20",
            Self::Basil => "2026-07-29.dahlia",
        }
    }
}

/// The account.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) generation: Generation,
    pub(crate) doors: Doors,
    pub(crate) cards: BTreeMap<String, Card>,
    /// How each method behaves, and how often it was tried.
    pub(crate) behaviours: BTreeMap<String, (Behaviour, usize)>,
    pub(crate) ledger: Ledger,
    pub(crate) hooks: Hooks,
    pub(crate) endpoints: Vec<Endpoint>,
    /// Days between the tries of the account's own biller.
    pub(crate) biller_days: Vec<i64>,
    /// Of the request that is being done: its id and idempotency key.
    pub(crate) request: (Option<String>, Option<String>),
    objects: BTreeMap<String, Value>,
    order: BTreeMap<String, Vec<String>>,
    made: u64,
}

/// Most objects in an answer.
const PAGE_MAX: i64 = 100;
/// How many when nobody says.
const PAGE: i64 = 10;
/// How deep an expansion goes.
const EXPAND_DEPTH: usize = 4;

impl State {
    pub(crate) fn new(clock: Clock, generation: Generation, doors: Doors, cards: BTreeMap<String, Card>) -> Self {
        Self {
            clock,
            generation,
            doors,
            cards,
            behaviours: BTreeMap::new(),
            ledger: Ledger::default(),
            hooks: Hooks::new(super::hooks::LADDER),
            endpoints: Vec::new(),
            biller_days: vec![3, 5, 7],
            request: (None, None),
            objects: BTreeMap::new(),
            order: BTreeMap::new(),
            made: 0,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A new id, the same on every run.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_1Fake{:018}", self.made)
    }

    /// Keeps an object; its `object` says of which kind it is.
    pub(crate) fn put(&mut self, object: Value) -> Value {
        let kind = object["object"].as_str().unwrap_or_default().to_owned();
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        if self.objects.insert(id.clone(), object.clone()).is_none() {
            self.order.entry(kind).or_default().push(id);
        }
        object
    }

    pub(crate) fn get(&self, kind: &str, id: &str) -> Option<&Value> {
        self.objects.get(id).filter(|object| object["object"] == kind)
    }

    /// The object that a path names: 404 when there is none.
    pub(crate) fn find(&self, kind: &str, id: &str) -> Result<Value, Wrong> {
        self.get(kind, id).cloned().ok_or_else(|| no_such(kind, id, "id", 404))
    }

    /// The object that a parameter names: 400 when there is none.
    pub(crate) fn named(&self, kind: &str, id: &str, param: &str) -> Result<Value, Wrong> {
        self.get(kind, id).cloned().ok_or_else(|| no_such(kind, id, param, 400))
    }

    /// All of a kind, as they were made.
    pub(crate) fn all<'a>(&'a self, kind: &str) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
        self.order.get(kind).map_or(&[][..], Vec::as_slice).iter().filter_map(|id| self.objects.get(id))
    }

    /// Sets fields of an object and gives it as it is then.
    pub(crate) fn change(&mut self, id: &str, fields: Vec<(&str, Value)>) -> Value {
        let Some(object) = self.objects.get_mut(id) else { return Value::Null };
        for (name, value) in fields {
            set(object, name, value);
        }
        object.clone()
    }

    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(object) = self.objects.remove(id)
            && let Some(order) = self.order.get_mut(object["object"].as_str().unwrap_or_default())
        {
            order.retain(|have| have != id);
        }
    }

    /// What the next try with a method comes to; an unknown method succeeds.
    pub(crate) fn try_method(&mut self, method: &str) -> Outcome {
        let now = self.now();
        let Some((behaviour, tried)) = self.behaviours.get_mut(method) else { return Outcome::Succeeds };
        let outcome = behaviour.outcome(*tried, now);
        *tried += 1;
        outcome
    }

    /// Writes an event down and puts a webhook for it on every endpoint's way.
    pub(crate) fn emit(&mut self, kind: &str, object: &Value) {
        let id = self.id("evt");
        let now = self.now();
        let wanted = self.endpoints.iter().filter(|endpoint| endpoint.wants(kind)).count();
        let (request, key) = self.request.clone();
        let event = json!({
            "id": id, "object": "event", "api_version": null, "created": now, "data": {"object": object}, "livemode": false,
            "pending_webhooks": wanted, "request": {"id": request, "idempotency_key": key}, "type": kind,
        });
        self.put(event.clone());
        for (target, endpoint) in self.endpoints.clone().into_iter().enumerate() {
            if endpoint.wants(kind) {
                let body = self.show(&event, endpoint.generation).to_string().into_bytes();
                self.hooks.push(&id, &endpoint.url, target, body, now);
            }
        }
    }

    /// An object as it is shown.
    pub(crate) fn show(&self, object: &Value, generation: Generation) -> Value {
        let mut shown = object.clone();
        match object["object"].as_str() {
            Some("event") => {
                set(&mut shown, "api_version", json!(generation.version()));
                let inner = self.show(&object["data"]["object"], generation);
                set(&mut shown, "data", json!({ "object": inner }));
            }
            Some("invoice") if generation == Generation::Classic => {
                let subscription = &object["parent"]["subscription_details"]["subscription"];
                set(&mut shown, "subscription", subscription.clone());
                set(&mut shown, "payment_intent", object["_intent"].clone());
                set(&mut shown, "charge", object["_charge"].clone());
                set(&mut shown, "paid", json!(object["status"] == "paid"));
                take(&mut shown, &["parent", "payments"]);
            }
            Some("payment_intent") if generation == Generation::Classic => {
                set(&mut shown, "invoice", object["_invoice"].clone());
                let own = self.all("charge").filter(|charge| charge["payment_intent"] == object["id"]);
                let own: Vec<Value> = own.map(|charge| self.show(charge, generation)).collect();
                set(&mut shown, "charges", json!({"object": "list", "data": own, "has_more": false}));
            }
            Some("charge") if generation == Generation::Classic => set(&mut shown, "invoice", object["_invoice"].clone()),
            Some(_) | None => {}
        }
        if let Value::Object(fields) = &mut shown {
            fields.retain(|name, _| !name.starts_with('_'));
        }
        shown
    }

    /// With the ids replaced by objects that `expand[]` asks for.
    pub(crate) fn expanded(&self, mut shown: Value, form: &Form, generation: Generation) -> Value {
        for path in form.list("expand") {
            let path: Vec<&str> = path.split('.').take(EXPAND_DEPTH).collect();
            self.expand(&mut shown, &path, generation);
        }
        shown
    }

    fn expand(&self, value: &mut Value, path: &[&str], generation: Generation) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.expand(item, path, generation)),
            Value::String(id) => {
                if let Some(object) = self.objects.get(id.as_str()) {
                    *value = self.show(object, generation);
                    self.expand(value, path, generation);
                }
            }
            Value::Object(fields) => {
                if let Some((head, rest)) = path.split_first()
                    && let Some(inner) = fields.get_mut(*head)
                {
                    self.expand(inner, rest, generation);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A page of a kind, the newest first, as `limit`, `starting_after`, `ending_before` and `created` ask.
    pub(crate) fn page(&self, kind: &str, path: &str, form: &Form, wanted: impl Fn(&Value) -> bool) -> Result<Value, Wrong> {
        let limit = form.whole("limit")?.unwrap_or(PAGE);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(invalid("parameter_invalid_integer", "limit", "limit must be between 1 and 100"));
        }
        let limit = usize::try_from(limit).unwrap_or(1);
        let mut bounds = Vec::new();
        for (name, fits) in CREATED {
            if let Some(bound) = form.whole(name)? {
                bounds.push((bound, fits));
            }
        }
        let fits = |object: &&Value| {
            let created = object["created"].as_i64().unwrap_or(0);
            bounds.iter().all(|(bound, fits)| fits(created, *bound)) && wanted(object)
        };
        let all: Vec<&Value> = self.all(kind).rev().filter(fits).collect();
        let place = |param: &str| -> Result<Option<usize>, Wrong> {
            let Some(id) = form.text(param) else { return Ok(None) };
            let found = all.iter().position(|object| object["id"] == id);
            found.map(Some).ok_or_else(|| no_such(kind, id, param, 400))
        };
        let (from, until) = match (place("starting_after")?, place("ending_before")?) {
            (Some(_), Some(_)) => return Err(invalid("", "ending_before", "Only one of starting_after and ending_before may be given.")),
            (Some(after), None) => (after + 1, (after + 1 + limit).min(all.len())),
            (None, Some(before)) => (before.saturating_sub(limit), before),
            (None, None) => (0, limit.min(all.len())),
        };
        let more = if form.text("ending_before").is_some() { from > 0 } else { until < all.len() };
        let shown = all.get(from..until).unwrap_or_default();
        Ok(json!({"object": "list", "url": path, "has_more": more, "data": shown}))
    }
}

type Fits = fn(i64, i64) -> bool;
const CREATED: [(&str, Fits); 5] = [
    ("created", |created, bound| created == bound),
    ("created[gte]", |created, bound| created >= bound),
    ("created[gt]", |created, bound| created > bound),
    ("created[lte]", |created, bound| created <= bound),
    ("created[lt]", |created, bound| created < bound),
];

/// Sets a field of an object.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = object {
        fields.insert(name.to_owned(), value);
    }
}

fn take(object: &mut Value, names: &[&str]) {
    if let Value::Object(fields) = object {
        for name in names {
            fields.remove(*name);
        }
    }
}
