//! A Stripe of our own: an account behind HTTP that behaves as Stripe's pages say, with a clock that a test sets.
//!
//! Read from Stripe's documentation and from what its libraries do, not from `wire`. Deliberately absent: Connect, products,
//! and any parameter that nobody here sends: an unknown one is refused, as Stripe does.

mod cards;
mod checkout;
mod customers;
mod errors;
mod form;
mod hooks;
mod intents;
mod invoices;
mod keys;
mod money;
mod state;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use cards::{Behaviour, Card, Decline, Outcome};
pub use hooks::{Endpoint, signature};
pub use invoices::Bill;
pub use keys::{Access, Uses};
pub use state::Generation;

use crate::client::{Client, PATIENCE};
use crate::clock::Clock;
use crate::faults::{Faults, Rule};
use crate::hooks::{Hook, Order, Sent, send};
use crate::ledger::Ledger;
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use errors::{Wrong, unknown_path, wrong};
use form::Form;
use state::State;

/// The key that may do everything, unless a script says others.
pub const SECRET_KEY: &str = "sk_test_fake";
/// The restricted key that may only read, unless a script says others.
pub const READ_KEY: &str = "rk_test_fake_read";

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// Keys and what they may do.
    pub keys: Vec<(String, Access)>,
    /// In which shape it answers who names no version.
    pub generation: Generation,
    /// Where webhooks go.
    pub endpoints: Vec<Endpoint>,
    /// Cards besides those of Stripe's page, by token or number.
    pub cards: Vec<(String, Card)>,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            keys: vec![(SECRET_KEY.to_owned(), Access::Full), (READ_KEY.to_owned(), Access::Reads)],
            generation: Generation::Basil,
            endpoints: Vec::new(),
            cards: Vec::new(),
            faults: Faults::default(),
        }
    }
}

/// What happened in a fake, counted apart from its answers.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Money by `metadata[receivable]`, or a key that ends `_receivable`; by invoice or intent where there is none.
    pub ledger: Ledger,
    /// How often each key asked.
    pub uses: BTreeMap<String, Uses>,
    /// Every request.
    pub log: Log,
    /// Charges, failed ones too.
    pub charges: usize,
    /// Webhooks that wait.
    pub waiting: usize,
}

/// A running fake.
#[derive(Debug)]
pub struct FakeStripe {
    server: Server<State>,
}

impl FakeStripe {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let mut cards = cards::known();
        cards.extend(script.cards);
        let mut state = State::new(clock.clone(), script.generation, keys::Doors::new(script.keys), cards);
        state.endpoints = script.endpoints;
        Ok(Self { server: Server::start(script.port, state, script.faults, clock, None)? })
    }

    /// `http://127.0.0.1:port`; paths begin with `/v1`.
    #[must_use]
    pub fn base(&self) -> String {
        self.server.base()
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Its clock.
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
            uses: state.doors.uses().clone(),
            log,
            charges: state.all("charge").count(),
            waiting: state.hooks.waiting(),
        })
    }

    /// Sends webhooks to one more place from now on.
    pub fn endpoint(&self, endpoint: Endpoint) {
        self.server.with(|state| state.endpoints.push(endpoint));
    }

    /// Where webhooks go, in the order in which they were named: what a test may change in between.
    pub fn endpoints<R>(&self, work: impl FnOnce(&mut Vec<Endpoint>) -> R) -> R {
        self.server.with(|state| work(&mut state.endpoints))
    }

    /// Makes a customer; its id.
    #[must_use]
    pub fn customer(&self, name: &str, email: &str, metadata: &[(&str, &str)]) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("name", name).append_pair("email", email);
        for (key, value) in metadata {
            text.append_pair(&format!("metadata[{key}]"), value);
        }
        let ask = Ask {
            verb: "POST".to_owned(),
            path: String::new(),
            query: String::new(),
            headers: Vec::new(),
            body: text.finish().into_bytes(),
        };
        let made = self.server.with(|state| customers::create(state, &Form::of(&ask)));
        made.map_or_else(|_| String::new(), |customer| intents::text_of(&customer, "id"))
    }

    /// Stores a card of a customer as its default method, with how it behaves; its id.
    #[must_use]
    pub fn card(&self, customer: &str, brand: &str, last4: &str, behaviour: Behaviour) -> String {
        self.server.with(|state| {
            let method = customers::make(state, "card", &Card::new(brand, last4, behaviour));
            let id = intents::text_of(&method, "id");
            let _ = customers::attach_to(state, &id, customer);
            let mut settings = state.get("customer", customer).map(|customer| customer["invoice_settings"].clone()).unwrap_or_default();
            state::set(&mut settings, "default_payment_method", json!(id));
            state.change(customer, vec![("invoice_settings", settings)]);
            id
        })
    }

    /// From now on a method behaves so; its tries are counted anew.
    pub fn behave(&self, method: &str, behaviour: Behaviour) {
        self.server.with(|state| state.behaviours.insert(method.to_owned(), (behaviour, 0)));
    }

    /// The network updated a card's expiry: `payment_method.automatically_updated`.
    pub fn update_card(&self, method: &str, month: i64, year: i64) {
        self.server.with(|state| {
            let mut card = state.get("payment_method", method).map(|method| method["card"].clone()).unwrap_or_default();
            state::set(&mut card, "exp_month", json!(month));
            state::set(&mut card, "exp_year", json!(year));
            let method = state.change(method, vec![("card", card)]);
            state.emit("payment_method.automatically_updated", &method);
        });
    }

    /// Makes an open invoice, which the account's own biller charges unless it is sent; its id.
    #[must_use]
    pub fn bill(&self, bill: &Bill) -> String {
        self.server.with(|state| intents::text_of(&invoices::bill(state, bill), "id"))
    }

    /// Days between the tries of the account's own biller.
    pub fn biller_days(&self, days: Vec<i64>) {
        self.server.with(|state| state.biller_days = days);
    }

    /// Moves the clock to a moment; on the way, the biller charges what is due when it is due.
    pub fn advance_to(&self, moment: i64) {
        let clock = self.server.clock().clone();
        self.server.with(|state| {
            while let Some(next) = invoices::next(state).filter(|&next| next <= moment) {
                clock.set(clock.now().max(next));
                invoices::run(state);
            }
            clock.set(moment);
        });
    }

    /// The payer types a card in on a hosted page: pays there, or stores it. A decline leaves the page open.
    ///
    /// # Errors
    /// What Stripe says: also when the card is declined, or the page is closed.
    pub fn pay_page(&self, session: &str, card: &Card) -> Result<Value, String> {
        self.server.with(|state| told(checkout::pay(state, session, card)))
    }

    /// The biller charges what is due now: for a clock that goes on by itself.
    pub fn run_biller(&self) {
        self.server.with(invoices::run);
    }

    /// The payer authenticates an intent, or fails to.
    ///
    /// # Errors
    /// What Stripe says: also when the authentication failed.
    pub fn authenticate(&self, intent: &str, passed: bool) -> Result<Value, String> {
        self.server.with(|state| told(intents::authenticated(state, intent, passed)))
    }

    /// A bank debit that was on its way ends.
    ///
    /// # Errors
    /// What Stripe says: also when it is declined.
    pub fn settle(&self, intent: &str, failed: Option<&Decline>) -> Result<Value, String> {
        self.server.with(|state| told(intents::processed(state, intent, failed)))
    }

    /// The payer's bank takes a payment back; the dispute's id.
    ///
    /// # Errors
    /// When there is no such payment.
    pub fn dispute(&self, intent: &str, reason: &str) -> Result<String, String> {
        self.server.with(|state| told(money::dispute(state, intent, reason)).map(|dispute| intents::text_of(&dispute, "id")))
    }

    /// A dispute ends.
    ///
    /// # Errors
    /// When there is none that is open.
    pub fn close_dispute(&self, dispute: &str, won: bool) -> Result<Value, String> {
        self.server.with(|state| told(money::close_dispute(state, dispute, won)))
    }

    /// An object as the account holds it.
    #[must_use]
    pub fn object(&self, kind: &str, id: &str) -> Option<Value> {
        self.server.with(|state| state.get(kind, id).map(|object| state.show(object, state.generation)))
    }

    /// Keeps an object as it is given, such as a subscription of an account that is mirrored.
    pub fn keep(&self, object: Value) {
        self.server.with(|state| state.put(object));
    }

    /// An event of any kind about any object: for what no request here brings about.
    pub fn emit(&self, kind: &str, object: &Value) {
        self.server.with(|state| state.emit(kind, object));
    }

    /// Sends the webhooks that are due, each once, and tells what was answered. What was refused waits longer each time.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn deliver(&self, order: Order) -> Result<Vec<Sent>, String> {
        let client = Client::plain(PATIENCE)?;
        let now = self.server.clock().now();
        let due = self.server.with(|state| state.hooks.due(now, order));
        let mut sent = Vec::with_capacity(due.len());
        for hook in due {
            let secret = self.server.with(|state| state.endpoints.get(hook.target).map(|endpoint| endpoint.secret.clone()));
            let header = ("stripe-signature".to_owned(), signature(&secret.unwrap_or_default(), now, &hook.body));
            let one = send(&client, &hook, &[header]);
            self.server.with(|state| state.hooks.settle(hook.number, one.taken(), now));
            sent.push(one);
        }
        Ok(sent)
    }

    /// Every webhook waits again, as when somebody asks for all of them once more.
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

fn told(done: Result<Value, Wrong>) -> Result<Value, String> {
    done.map_err(|reply| String::from_utf8_lossy(&reply.body).into_owned())
}

impl Service for State {
    fn begin(&mut self, ask: &Ask) -> Option<Reply> {
        if let Err(refused) = self.doors.enter(ask) {
            return Some(*refused);
        }
        let now = self.now();
        self.doors.before(ask, now)
    }

    fn answer(&mut self, ask: &Ask) -> Reply {
        let request = self.id("req");
        self.request = (Some(request.clone()), keys::Doors::idempotency(ask));
        let form = Form::of(ask);
        let generation = ask.header("stripe-version").map_or(self.generation, Generation::of);
        let reply = match act(self, ask, &form) {
            Ok(object) => {
                let shown = shown(self, &object, generation);
                Reply::json(200, &self.expanded(shown, &form, generation))
            }
            Err(refused) => *refused,
        };
        self.request = (None, None);
        let now = self.now();
        self.doors.after(ask, &reply, now);
        reply.with("request-id", &request)
    }

    fn replaced(&mut self, ask: &Ask, reply: &Reply) {
        // Stripe keeps a 500 under its key as any other answer: whoever asks again gets it again.
        let now = self.now();
        self.doors.after(ask, reply, now);
    }

    fn end(&mut self, ask: &Ask) {
        self.doors.end(ask);
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = *wrong(429, "invalid_request_error", "rate_limit", "", "Too many requests in too short a time.");
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(status) => *wrong(status, "api_error", "", "", "An error occurred on our side."),
        }
    }
}

/// A list shows each of its objects, an object itself.
fn shown(state: &State, object: &Value, generation: Generation) -> Value {
    if object["object"] != "list" && object["object"] != "search_result" {
        return state.show(object, generation);
    }
    let mut list = object.clone();
    let data = object["data"].as_array().into_iter().flatten().map(|item| state.show(item, generation)).collect();
    state::set(&mut list, "data", Value::Array(data));
    list
}

/// Which object a path speaks of.
const KINDS: [(&str, &str); 12] = [
    ("customers", "customer"),
    ("payment_methods", "payment_method"),
    ("payment_intents", "payment_intent"),
    ("charges", "charge"),
    ("refunds", "refund"),
    ("events", "event"),
    ("invoices", "invoice"),
    ("subscriptions", "subscription"),
    ("disputes", "dispute"),
    ("invoice_payments", "invoice_payment"),
    ("setup_intents", "setup_intent"),
    ("balance_transactions", "balance_transaction"),
];

fn act(state: &mut State, ask: &Ask, form: &Form) -> Result<Value, Wrong> {
    let parts = ask.parts();
    let path: Vec<&str> = parts.iter().map(String::as_str).collect();
    let kind = path.get(1).and_then(|name| KINDS.iter().find(|(have, _)| have == name)).map(|(_, kind)| *kind);
    match (ask.verb.as_str(), path.as_slice()) {
        ("POST", ["v1", "customers"]) => customers::create(state, form),
        ("POST", ["v1", "customers", id]) => customers::update(state, id, form),
        ("DELETE", ["v1", "customers", id]) => customers::delete(state, id),
        ("GET", ["v1", "customers", id, "payment_methods"]) => {
            customers::need(state, id)?;
            let wanted = form.text("type").unwrap_or("card");
            state.page("payment_method", &ask.path, form, |method| method["customer"] == *id && method["type"] == wanted)
        }
        ("GET", ["v1", "customers", id, "payment_methods", method]) => state
            .find("payment_method", method)
            .and_then(|found| if found["customer"] == *id { Ok(found) } else { Err(errors::no_such("payment_method", method, "id", 404)) }),
        ("POST", ["v1", "payment_methods"]) => customers::create_method(state, form),
        ("POST", ["v1", "payment_methods", id, "attach"]) => customers::attach(state, id, form),
        ("POST", ["v1", "payment_methods", id, "detach"]) => customers::detach(state, id),
        ("POST", ["v1", "payment_intents"]) => intents::create(state, form),
        ("POST", ["v1", "payment_intents", id]) => intents::update(state, id, form),
        ("POST", ["v1", "payment_intents", id, "confirm"]) => intents::confirm(state, id, form),
        ("POST", ["v1", "payment_intents", id, "cancel"]) => intents::cancel(state, id, form),
        ("POST", ["v1", "refunds"]) => money::refund(state, form),
        ("POST", ["v1", "invoices", id]) => invoices::update(state, id, form),
        ("POST", ["v1", "invoices", id, "pay"]) => invoices::pay(state, id, form),
        ("POST", ["v1", "invoices", id, "void"]) => invoices::void(state, id),
        ("POST", ["v1", "invoices", id, "mark_uncollectible"]) => invoices::uncollectible(state, id),
        ("POST", ["v1", "checkout", "sessions"]) => checkout::create(state, form),
        ("POST", ["v1", "checkout", "sessions", id, "expire"]) => checkout::expire(state, id),
        ("GET", ["v1", "checkout", "sessions"]) => {
            checkout::lapse(state);
            list(state, "checkout.session", ask, form)
        }
        ("GET", ["v1", "checkout", "sessions", id]) => {
            checkout::lapse(state);
            state.find("checkout.session", id)
        }
        ("GET", ["v1", _, "search"]) if kind.is_some() => checkout::search(state, kind.unwrap_or_default(), &ask.path, form),
        ("GET", ["v1", "account"]) => Ok(json!({
            "id": "acct_1Fake", "object": "account", "charges_enabled": true, "country": "US", "default_currency": "usd",
            "details_submitted": true, "livemode": false, "payouts_enabled": true, "type": "standard",
        })),
        ("GET", ["v1", "balance"]) => Ok(json!({"object": "balance", "available": [], "livemode": false, "pending": []})),
        ("GET", ["v1", _]) if kind.is_some() => list(state, kind.unwrap_or_default(), ask, form),
        ("GET", ["v1", _, id]) if kind.is_some() => state.find(kind.unwrap_or_default(), id),
        (verb, _) => Err(unknown_path(verb, &ask.path)),
    }
}

/// Filters that lists know: the parameter and the field that it must equal.
const FILTERS: [&str; 9] =
    ["customer", "payment_intent", "charge", "type", "status", "email", "collection_method", "subscription", "invoice"];

fn list(state: &State, kind: &str, ask: &Ask, form: &Form) -> Result<Value, Wrong> {
    form.only(&[&FILTERS[..], &["limit", "starting_after", "ending_before", "created", "types", "delivery_success", "payment"]].concat())?;
    let types = form.list("types");
    state.page(kind, &ask.path, form, |object| {
        let fits =
            |name: &&str| match form.text(name).or_else(|| form.text(&format!("payment[{name}]")).filter(|_| *name == "payment_intent")) {
                None => true,
                // A star at the end stands for any ending.
                Some(wanted) if kind == "event" && *name == "type" => {
                    let have = object["type"].as_str().unwrap_or_default();
                    wanted.strip_suffix('*').map_or(have == wanted, |begin| have.starts_with(begin))
                }
                Some(wanted) if kind == "invoice" && *name == "subscription" => {
                    object["parent"]["subscription_details"]["subscription"] == wanted
                }
                Some(wanted) if kind == "invoice_payment" && *name == "payment_intent" => object["payment"]["payment_intent"] == wanted,
                Some("all") if kind == "subscription" && *name == "status" => true,
                Some(wanted) => object[*name] == wanted,
            };
        FILTERS.iter().all(fits) && (types.is_empty() || types.iter().any(|kind| object["type"] == **kind))
    })
}
