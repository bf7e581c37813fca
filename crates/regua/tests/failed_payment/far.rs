//! The gateway's side: a Stripe of our own behind HTTP, the cards that it holds, and the webhooks that it sends.

use regua_core::time::Instant;
use regua_fakes::hooks::Order;
use regua_fakes::stripe::{Behaviour, Decline, Endpoint, FakeStripe, Outcome, SECRET_KEY, Script};
use regua_wire::gateways::stripe::webhook;
use serde_json::Value;

/// With what Stripe signs its webhooks.
pub(crate) const HOOK_SECRET: &str = "whsec_of_the_test";
/// The key of the account.
pub(crate) const KEY: &str = SECRET_KEY;

/// Charges on the due day and never by itself again; restricts a week later.
pub(crate) const POLICY: &str = "\
regua: 1
name: Failed payment
currency: BRL
timezone: America/Sao_Paulo
contact: { rulebook: none, channels: [email] }
segments: [{ name: default }]
ladders:
  default:
    - { id: charge, at: D, do: charge }
    - { id: late,   at: D+1, do: notify, template: overdue, announces: [limit] }
    - { id: limit,  at: D+6, do: access, state: limited }
reactions:
  - { on: payment_failed, do: notify, template: payment_failed, by_reason: true }
  - { on: paid, do: notify, template: receipt }
";

/// What whoever reads the feed is told from the webhook on, in this order; types that are not asked for are left out.
pub(crate) const TOLD: [&str; 7] =
    ["charge.failed", "message.sent", "method.added", "receivable.paid", "access.changed", "charge.succeeded", "message.sent"];

/// An account with one customer, and a clock that is set.
pub(crate) struct Far {
    fake: FakeStripe,
    customer: String,
}

impl Far {
    pub(crate) fn new(now: Instant) -> Self {
        let fake = FakeStripe::start(Script { now: now.secs(), ..Script::default() }).unwrap();
        let customer = fake.customer("Ana Souza", "ana@customer.example", &[]);
        Self { fake, customer }
    }

    /// Where its API is.
    pub(crate) fn base(&self) -> String {
        self.fake.base()
    }

    /// What it calls the customer.
    pub(crate) fn customer(&self) -> &str {
        &self.customer
    }

    /// What time it is there.
    pub(crate) fn set(&self, now: Instant) {
        self.fake.clock().set(now.secs());
    }

    /// A card that lacks funds whenever it is charged.
    pub(crate) fn poor(&self) -> String {
        self.fake.card(&self.customer, "visa", "0341", Behaviour::always(Outcome::Declines(Decline::of("insufficient_funds"))))
    }

    /// A card that can be charged, of which nobody can say for hours whether it was.
    pub(crate) fn slow(&self) -> String {
        self.fake.card(&self.customer, "visa", "0002", Behaviour::always(Outcome::Processes))
    }

    /// From now on what happens is told to a server.
    pub(crate) fn tells(&self, address: &str) {
        let generation = Script::default().generation;
        let url = format!("http://{address}{PATH}");
        self.fake.endpoint(Endpoint { url, secret: HOOK_SECRET.to_owned(), generation, kinds: Vec::new() });
    }

    /// The issuer says of a payment under way that the card has expired. All that is to be told is told twice and in no order;
    /// each time it must be taken.
    pub(crate) fn declines(&self, payment: &str, now: Instant) {
        self.set(now);
        let told = self.fake.settle(payment, Some(&Decline::of("expired_card")));
        assert!(told.is_err_and(|told| told.contains("expired_card")));
        let sent = self.fake.deliver(Order::Storm(8)).unwrap();
        assert!(sent.len() >= 4, "the try that began and that it failed, twice each: {sent:?}");
        assert!(sent.iter().all(regua_fakes::hooks::Sent::taken), "{sent:?}");
    }

    /// The webhook of the decline once more, as it was sent and as a stranger would sign it: headers and body.
    pub(crate) fn again(&self, now: Instant) -> [(String, Vec<u8>); 2] {
        let hooks = self.fake.hooks();
        let told = hooks.iter().rfind(|hook| kind(&hook.body) == "payment_intent.payment_failed");
        let body = told.expect("it was told").body.clone();
        ["whsec_of_somebody_else", HOOK_SECRET].map(|secret| (webhook::sign(secret, now.secs(), &body), body.clone()))
    }

    /// Payments that it took.
    pub(crate) fn taken(&self) -> usize {
        let ledger = self.fake.inspect().ledger;
        let keys: Vec<String> = ledger.keys().map(str::to_owned).collect();
        keys.iter().map(|key| ledger.payments(key).len()).sum()
    }
}

/// Where webhooks of Stripe are taken.
pub(crate) const PATH: &str = "/webhooks/acme/stripe";

fn kind(body: &[u8]) -> String {
    serde_json::from_slice::<Value>(body).unwrap()["type"].as_str().unwrap_or_default().to_owned()
}
