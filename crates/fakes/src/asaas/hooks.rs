//! Webhooks of Asaas: targets with a shared token, a ladder of tries, and a queue that stops after fifteen failures.
//!
//! Deliberately absent: a signature. There is none.

use serde_json::{Map, Value, json};

use super::state::{State, Wrong, absent, fields, invalid, text};
use crate::client::Client;
use crate::clock::DAY;
use crate::hooks::{Hook, Order, Sent, Standing, send};
use crate::serve::{Ask, Server};

/// Seconds until each try: at once, 30 s, 1 min, 3.5, 5, 15 and 25 min, five hours, 2, 2 and 3 h.
pub(crate) const LADDER: &[i64] = &[0, 30, 60, 210, 300, 900, 1_500, 3_600, 3_600, 3_600, 3_600, 3_600, 7_200, 7_200, 10_800];
/// Most targets of an account.
const TARGETS_MAX: usize = 10;
/// How long an event waits for a queue that stands.
const KEPT: i64 = 14 * DAY;

/// Where webhooks go.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id; given when it is registered.
    pub id: String,
    /// The receiver.
    pub url: String,
    /// What is sent as `asaas-access-token`.
    pub token: String,
    /// Whether one that is refused holds all later ones up.
    pub sequential: bool,
    /// Only these events; empty for all.
    pub events: Vec<String>,
    /// Whether anything is put on its queue.
    pub enabled: bool,
    /// Whether the queue stands still.
    pub interrupted: bool,
}

impl Target {
    /// A target of all events whose queue is sequential.
    #[must_use]
    pub fn new(url: &str, token: &str) -> Self {
        Self {
            id: String::new(),
            url: url.to_owned(),
            token: token.to_owned(),
            sequential: true,
            events: Vec::new(),
            enabled: true,
            interrupted: false,
        }
    }

    pub(crate) fn wants(&self, event: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|wanted| wanted == event)
    }

    fn show(&self) -> Value {
        json!({
            "id": self.id, "name": "webhook", "url": self.url, "email": null, "enabled": self.enabled, "interrupted": self.interrupted,
            "apiVersion": 3, "hasAuthToken": !self.token.is_empty(),
            "sendType": if self.sequential { "SEQUENTIALLY" } else { "NON_SEQUENTIALLY" }, "events": self.events,
        })
    }
}

/// The token does not show.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.url)
    }
}

pub(crate) fn create(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    if state.targets.len() >= TARGETS_MAX {
        return Err(invalid("invalid_action", "O limite de webhooks foi atingido."));
    }
    let url = text(&said, "url").filter(|url| url.starts_with("http"));
    let url = url.ok_or_else(|| invalid("invalid_url", "A URL é inválida."))?.to_owned();
    let mut target = Target::new(&url, text(&said, "authToken").unwrap_or_default());
    target.id = state.id("whk");
    lay(&mut target, &said);
    let shown = target.show();
    state.targets.push(target);
    Ok(shown)
}

pub(crate) fn list(state: &State) -> Value {
    let shown: Vec<Value> = state.targets.iter().map(Target::show).collect();
    json!({"object": "list", "hasMore": false, "totalCount": shown.len(), "limit": 10, "offset": 0, "data": shown})
}

pub(crate) fn find(state: &State, id: &str) -> Result<Value, Wrong> {
    state.targets.iter().find(|target| target.id == id).map(Target::show).ok_or_else(absent)
}

pub(crate) fn update(state: &mut State, id: &str, ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let now = state.now();
    let place = state.targets.iter().position(|target| target.id == id).ok_or_else(absent)?;
    let target = state.targets.get_mut(place).ok_or_else(absent)?;
    let stood = target.interrupted;
    lay(target, &said);
    let (shown, goes) = (target.show(), stood && !target.interrupted);
    if goes {
        state.hooks.reopen(place, now);
    }
    Ok(shown)
}

pub(crate) fn delete(state: &mut State, id: &str) -> Result<Value, Wrong> {
    // It keeps its place: the queue knows targets by it.
    let target = state.targets.iter_mut().find(|target| target.id == id).ok_or_else(absent)?;
    (target.enabled, target.interrupted) = (false, true);
    target.id.clear();
    Ok(json!({"deleted": true, "id": id}))
}

fn lay(target: &mut Target, said: &Map<String, Value>) {
    let truth = |name: &str, have: bool| said.get(name).and_then(Value::as_bool).unwrap_or(have);
    target.enabled = truth("enabled", target.enabled);
    target.interrupted = truth("interrupted", target.interrupted);
    if let Some(url) = text(said, "url") {
        url.clone_into(&mut target.url);
    }
    if let Some(token) = text(said, "authToken") {
        token.clone_into(&mut target.token);
    }
    if let Some(kind) = text(said, "sendType") {
        target.sequential = kind == "SEQUENTIALLY";
    }
    if let Some(events) = said.get("events").and_then(Value::as_array) {
        target.events = events.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
}

/// Sends what is due: of a sequential queue up to the first that is refused.
pub(crate) fn deliver(server: &Server<State>, client: &Client, order: Order) -> Vec<Sent> {
    let now = server.clock().now();
    let due = server.with(|state| {
        state.hooks.purge(now - KEPT);
        state.hooks.due(now, order)
    });
    let mut sent = Vec::new();
    for hook in due {
        let Some(target) = server.with(|state| goes(state, &hook)) else { continue };
        let one = send(client, &hook, &[("asaas-access-token".to_owned(), target.token)]);
        server.with(|state| {
            state.hooks.settle(hook.number, one.taken(), now);
            let given_up = state.hooks.all().iter().any(|have| have.number == hook.number && have.standing == Standing::GivenUp);
            if let Some(target) = state.targets.get_mut(hook.target).filter(|_| given_up) {
                target.interrupted = true;
            }
        });
        sent.push(one);
    }
    sent
}

/// The target of a webhook, unless its queue stands or an earlier one holds this one up.
fn goes(state: &State, hook: &Hook) -> Option<Target> {
    let target = state.targets.get(hook.target).filter(|target| !target.interrupted)?;
    let waits = |have: &&Hook| have.target == hook.target && have.standing == Standing::Waiting && have.failures > 0;
    let held = target.sequential && state.hooks.all().iter().find(waits).is_some_and(|first| first.number != hook.number);
    (!held).then(|| target.clone())
}
