//! An Asaas of our own: an account behind HTTP that behaves as its documentation says, in which a request sent twice is done
//! twice.
//!
//! Deliberately absent: transfers, invoices of the tax office, credit bureaus, marketplaces.

mod customers;
mod decimal;
mod hooks;
mod payments;
mod slip;
mod state;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use hooks::Target;
pub use state::{CardScript, Uses};

use crate::client::{Client, PATIENCE};
use crate::clock::Clock;
use crate::faults::{Faults, Rule};
use crate::hooks::{Hook, Order, Sent};
use crate::ledger::Ledger;
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use state::{State, Wrong, absent, fields, page, wrong};

/// The key of the account, unless a script says others.
pub const API_KEY: &str = "$aact_fake";

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// The account's keys.
    pub keys: Vec<String>,
    /// Where webhooks go.
    pub targets: Vec<Target>,
    /// How stored cards behave, by token.
    pub cards: Vec<(String, CardScript)>,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            keys: vec![API_KEY.to_owned()],
            targets: Vec::new(),
            cards: Vec::new(),
            faults: Faults::default(),
        }
    }
}

/// What happened in a fake, counted apart from its answers.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Money by `externalReference`; by payment where there is none.
    pub ledger: Ledger,
    /// How often each key asked.
    pub uses: BTreeMap<String, Uses>,
    /// Every request.
    pub log: Log,
    /// Customers, duplicates too.
    pub customers: usize,
    /// Payments, deleted ones too.
    pub payments: usize,
    /// Webhooks that wait.
    pub waiting: usize,
    /// Customers to whom Asaas would write by itself.
    pub notified: usize,
}

/// A running fake.
#[derive(Debug)]
pub struct FakeAsaas {
    server: Server<State>,
}

impl FakeAsaas {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let mut state = State::new(clock.clone(), script.keys, script.targets);
        state.cards = script.cards.into_iter().map(|(token, card)| (token, (card, 0))).collect();
        Ok(Self { server: Server::start(script.port, state, script.faults, clock, None)? })
    }

    /// `http://127.0.0.1:port`; paths begin with `/v3`.
    #[must_use]
    pub fn base(&self) -> String {
        self.server.base()
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Its clock. [`FakeAsaas::advance_to`] also lets happen what happens on the way.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.server.clock()
    }

    /// One more thing that goes wrong.
    pub fn fault(&self, rule: Rule) {
        self.server.faults(|faults| faults.add(rule));
    }

    /// Changes what goes wrong.
    pub fn faults<R>(&self, work: impl FnOnce(&mut Faults) -> R) -> R {
        self.server.faults(work)
    }

    /// What happened so far.
    #[must_use]
    pub fn inspect(&self) -> Inspection {
        let log = self.server.log();
        self.server.with(|state| Inspection {
            ledger: state.ledger.clone(),
            uses: state.uses.clone(),
            log,
            customers: state.customers.len(),
            payments: state.payments.len(),
            waiting: state.hooks.waiting(),
            notified: state.customers.values().filter(|customer| customer["notificationDisabled"] != true).count(),
        })
    }

    /// Sends webhooks to one more place from now on.
    pub fn target(&self, target: Target) {
        self.server.with(|state| state.targets.push(target));
    }

    /// From now on a stored card behaves so.
    pub fn card(&self, token: &str, script: CardScript) {
        self.server.with(|state| state.cards.insert(token.to_owned(), (script, 0)));
    }

    /// The payer pays a payment by its slip or Pix: cents, which may hold fine and interest.
    ///
    /// # Errors
    /// What Asaas would say of a payment that cannot be paid.
    pub fn pay(&self, payment: &str, cents: i64) -> Result<Value, String> {
        self.server
            .with(|state| payments::confirm(state, payment, cents))
            .map_err(|refused| String::from_utf8_lossy(&refused.body).into_owned())
    }

    /// Moves the clock; what is past due by then is overdue, what was confirmed is credited.
    pub fn advance_to(&self, moment: i64) {
        self.server.clock().set(moment);
        self.server.with(payments::turn);
    }

    /// What is past due by now is overdue: for a clock that goes on by itself.
    pub fn turn(&self) {
        self.server.with(payments::turn);
    }

    /// A payment as the account holds it.
    #[must_use]
    pub fn payment(&self, id: &str) -> Option<Value> {
        self.server.with(|state| payments::find(state, id).ok())
    }

    /// Keeps a subscription as it is given, with its id: for an account that is mirrored.
    pub fn keep_subscription(&self, subscription: Value) {
        let id = subscription["id"].as_str().unwrap_or_default().to_owned();
        self.server.with(|state| state.subscriptions.insert(id, subscription));
    }

    /// From now on a payment belongs to a subscription.
    pub fn belongs(&self, payment: &str, subscription: &str) {
        self.server.with(|state| {
            if let Some(found) = state.payments.get_mut(payment) {
                found.subscription = Some(subscription.to_owned());
            }
        });
    }

    /// An event about a payment, for what nothing here brings about, such as `PAYMENT_CHARGEBACK_REQUESTED`; with the status
    /// that the payment has then, if another.
    pub fn emit(&self, event: &str, payment: &str, status: Option<&str>) {
        self.server.with(|state| {
            if let Some(found) = state.payments.get_mut(payment) {
                if let Some(status) = status {
                    status.clone_into(&mut found.status);
                }
                let found = found.clone();
                state.emit(event, &found);
            }
        });
    }

    /// Sends the webhooks that are due, and tells what was answered.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn deliver(&self, order: Order) -> Result<Vec<Sent>, String> {
        Ok(hooks::deliver(&self.server, &Client::plain(PATIENCE)?, order))
    }

    /// Every webhook waits again.
    pub fn deliver_again(&self) {
        let now = self.server.clock().now();
        self.server.with(|state| state.hooks.again(now));
    }

    /// Every webhook there was.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        self.server.with(|state| state.hooks.all().to_vec())
    }
}

impl Service for State {
    fn begin(&mut self, ask: &Ask) -> Option<Reply> {
        let Some(key) = ask.header("access_token").filter(|key| !key.is_empty()) else {
            return Some(*wrong(401, "access_token_not_found", "O cabeçalho de autenticação 'access_token' não foi encontrado."));
        };
        if !self.keys.iter().any(|have| have == key) {
            return Some(*wrong(401, "invalid_access_token", "A chave de API fornecida é inválida."));
        }
        if ask.header("user-agent").is_none_or(str::is_empty) {
            return Some(*wrong(403, "user_agent_not_found", "O cabeçalho 'User-Agent' é obrigatório."));
        }
        let uses = self.uses.entry(key.to_owned()).or_default();
        if ask.writes() {
            uses.writes += 1;
        } else {
            uses.reads += 1;
        }
        None
    }

    fn answer(&mut self, ask: &Ask) -> Reply {
        act(self, ask).map_or_else(|refused| *refused, |value| Reply::json(200, &value))
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = *wrong(429, "too_many_requests", "Limite de requisições atingido.");
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(status) => *wrong(status, "unknown_error", "Ocorreu um erro inesperado."),
        }
    }
}

fn act(state: &mut State, ask: &Ask) -> Result<Value, Wrong> {
    let parts = ask.parts();
    let path: Vec<&str> = parts.iter().map(String::as_str).collect();
    let Some(("v3", path)) = path.split_first().map(|(first, rest)| (*first, rest)) else { return Err(absent()) };
    match (ask.verb.as_str(), path) {
        ("POST", ["customers"]) => customers::create(state, ask),
        ("GET", ["customers"]) => customers::list(state, ask),
        ("GET", ["customers", id]) => customers::find(state, id),
        ("PUT" | "POST", ["customers", id]) => customers::update(state, id, ask),
        ("DELETE", ["customers", id]) => customers::set_deleted(state, id, true),
        ("POST", ["customers", id, "restore"]) => customers::set_deleted(state, id, false),
        ("GET", ["customers", id, "notifications"]) => customers::notifications(state, id, ask),
        ("PUT", ["notifications", "batch"]) => customers::change_notifications(state, ask),
        ("PUT", ["notifications", id]) => customers::change_notification(state, id, &fields(ask)?),
        ("GET", ["subscriptions"]) => {
            let found: Vec<&Value> = state.subscriptions.values().rev().collect();
            page(ask, &found, |subscription| (*subscription).clone())
        }
        ("GET", ["subscriptions", id]) => state.subscriptions.get(*id).cloned().ok_or_else(absent),
        ("GET", ["subscriptions", id, "payments"]) => {
            state.subscriptions.get(*id).ok_or_else(absent)?;
            payments::list(state, &Ask { query: format!("subscription={id}&{}", ask.query), ..ask.clone() })
        }
        ("POST", ["webhooks"]) => hooks::create(state, ask),
        ("GET", ["webhooks"]) => Ok(hooks::list(state)),
        ("GET", ["webhooks", id]) => hooks::find(state, id),
        ("PUT", ["webhooks", id]) => hooks::update(state, id, ask),
        ("DELETE", ["webhooks", id]) => hooks::delete(state, id),
        ("GET", ["myAccount"]) => Ok(json!({"object": "account", "name": "Fake", "personType": "JURIDICA"})),
        ("GET", ["finance", "balance"]) => Ok(json!({"balance": 0})),
        ("POST", ["creditCard", "tokenizeCreditCard" | "tokenize"]) => tokenize(ask),
        ("POST", ["sandbox", "payment", id, "confirm"]) => {
            let value = state.payments.get(*id).ok_or_else(absent)?.value;
            payments::confirm(state, id, value)
        }
        ("POST", ["sandbox", "payment", id, "overdue"]) => payments::overdue(state, id),
        (verb, ["payments", rest @ ..]) => of_payments(state, verb, rest, ask),
        _ => Err(absent()),
    }
}

fn of_payments(state: &mut State, verb: &str, path: &[&str], ask: &Ask) -> Result<Value, Wrong> {
    match (verb, path) {
        ("POST", []) => payments::create(state, ask),
        ("GET", []) => payments::list(state, ask),
        ("GET", [id]) => payments::find(state, id),
        ("PUT" | "POST", [id]) => payments::update(state, id, ask),
        ("DELETE", [id]) => payments::delete(state, id),
        ("POST", [id, "restore"]) => payments::restore(state, id),
        ("POST", [id, "refund"]) => payments::refund(state, id, ask),
        ("GET", [id, "refunds"]) => payments::find(state, id).map(|payment| json!({"object": "list", "data": payment["refunds"]})),
        ("POST", [id, "receiveInCash"]) => payments::in_cash(state, id, ask),
        ("POST", [id, "undoReceivedInCash"]) => payments::undo_in_cash(state, id),
        ("POST", [id, "payWithCreditCard"]) => payments::pay_with_card(state, id, ask),
        ("GET", [id, "identificationField"]) => payments::line(state, id),
        ("GET", [id, "pixQrCode"]) => payments::qr(state, id),
        ("GET", [id, "status"]) => payments::find(state, id).map(|payment| json!({"status": payment["status"]})),
        _ => Err(absent()),
    }
}

/// A token of a card: made of its number, so that the same card has the same.
fn tokenize(ask: &Ask) -> Result<Value, Wrong> {
    let said = fields(ask)?;
    let number = said.get("creditCard").and_then(|card| card["number"].as_str());
    let number = number.ok_or_else(|| state::invalid("invalid_creditCard", "Os dados do cartão devem ser informados."))?;
    let last = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
    Ok(json!({"creditCardNumber": last, "creditCardBrand": "VISA", "creditCardToken": format!("tok-{number}")}))
}
