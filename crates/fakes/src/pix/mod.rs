//! A PSP of our own: the Pix API of the central bank's description, version 2.9, behind OAuth and mutual TLS.
//!
//! Read from that description, not from `wire`. Deliberately absent: batches, locations of charges, payloads for payers' banks.

mod auth;
mod brcode;
mod charges;
mod check;
mod cycles;
mod hooks;
mod received;
mod recurrence;
mod state;

use serde_json::{Value, json};

pub use brcode::brcode;
pub use state::{Attempted, Receiver};

use crate::client::{Client, PATIENCE};
use crate::clock::{Clock, DAY};
use crate::faults::{Faults, Rule};
use crate::hooks::{Hook, Order, Sent, send};
use crate::ledger::Ledger;
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use crate::tls::Trust;
use charges::Kind;
use check::{Wrong, problem};
use state::{OFFSET, State, show};

/// The Pix key of the receiver, unless a script says others.
pub const KEY: &str = "7d9f0335-8dcc-4054-9bf9-0dbd61d36906";
/// Every scope of the description that is answered here.
pub const SCOPES: [&str; 19] = [
    "cob.read",
    "cob.write",
    "cobv.read",
    "cobv.write",
    "cobr.read",
    "cobr.write",
    "rec.read",
    "rec.write",
    "solicrec.read",
    "solicrec.write",
    "payloadlocationrec.write",
    "pix.read",
    "pix.write",
    "webhook.read",
    "webhook.write",
    "webhookrec.read",
    "webhookrec.write",
    "webhookcobr.read",
    "webhookcobr.write",
];

impl Default for Receiver {
    fn default() -> Self {
        Self {
            cnpj: "12345678000195".to_owned(),
            name: "Empresa de Testes SA".to_owned(),
            keys: vec![KEY.to_owned()],
            ispb: "99999004".to_owned(),
            client_id: "fake-client".to_owned(),
            client_secret: "fake-secret".to_owned(),
            scopes: SCOPES.iter().map(|&scope| scope.to_owned()).collect(),
            token_life: 3_600,
        }
    }
}

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// Whether it speaks TLS and refuses who shows no certificate of its authority.
    pub secure: bool,
    /// Who receives.
    pub receiver: Receiver,
    /// An authority (PEM) that signed the receiver's own server, to which webhooks go over TLS.
    pub hook_authority: Option<String>,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            secure: true,
            receiver: Receiver::default(),
            hook_authority: None,
            faults: Faults::default(),
        }
    }
}

/// What happened in a fake, counted apart from its answers.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Money by txid; by the Pix's id where there is none.
    pub ledger: Ledger,
    /// Every request.
    pub log: Log,
    /// Charges of both kinds.
    pub charges: usize,
    /// Charges of cycles.
    pub cycles: usize,
    /// Webhooks that wait.
    pub waiting: usize,
}

/// A running fake.
#[derive(Debug)]
pub struct FakePix {
    server: Server<State>,
    trust: Trust,
    hook_authority: Option<String>,
}

impl FakePix {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had, or no certificates can be made.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let trust = Trust::make().map_err(std::io::Error::other)?;
        let state = State::new(clock.clone(), script.receiver);
        let server = Server::start(script.port, state, script.faults, clock, script.secure.then_some(&trust))?;
        Ok(Self { server, trust, hook_authority: script.hook_authority })
    }

    /// `https://127.0.0.1:port`, or http; paths begin with `/cob` and the like, tokens are at `/oauth/token`.
    #[must_use]
    pub fn base(&self) -> String {
        self.server.base()
    }

    /// Its authority, and the certificate that it gave the receiver.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Its clock. [`FakePix::advance_to`] also lets happen what happens on the way.
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
            log,
            charges: state.charges.len(),
            cycles: state.cycles.len(),
            waiting: state.hooks.waiting(),
        })
    }

    /// The payer pays a charge at a moment: cents. The Pix's id.
    ///
    /// # Errors
    /// Why the charge cannot be paid then.
    pub fn pay(&self, txid: &str, cents: i64, when: i64) -> Result<String, String> {
        self.server.clock().set(when);
        self.server.with(|state| charges::pay(state, txid, cents))
    }

    /// Money comes in without a charge, as by a static code: its txid, if it has one, was used before or never.
    #[must_use]
    pub fn receive(&self, txid: Option<&str>, cents: i64) -> String {
        self.server.with(|state| {
            let key = state.receiver.keys.first().cloned();
            received::receive(state, txid, key.as_deref(), cents, &Value::Null)
        })
    }

    /// The payer's bank approves an authorisation.
    pub fn approve(&self, recurrence: &str) {
        self.server.with(|state| recurrence::end(state, recurrence, "APROVADA", &Value::Null));
    }

    /// The payer rejects an authorisation, with a code such as `AP13`.
    pub fn reject(&self, recurrence: &str, code: &str) {
        let why = json!({"rejeicao": {"codigo": code}});
        self.server.with(|state| recurrence::end(state, recurrence, "REJEITADA", &why));
    }

    /// The payer takes an authorisation back.
    pub fn revoke(&self, recurrence: &str) {
        let why = json!({"cancelamento": {"solicitante": "USUARIO_PAGADOR", "codigo": "SLDB"}});
        self.server.with(|state| recurrence::end(state, recurrence, "CANCELADA", &why));
    }

    /// What the payer of an authorisation does with the next attempts; the last holds on. Unsaid, everything is paid.
    pub fn payer(&self, recurrence: &str, does: Vec<Attempted>) {
        self.server.with(|state| state.payers.insert(recurrence.to_owned(), does));
    }

    /// Moves the clock; at nine in the evening of each day on the way, what was to be settled on it is.
    pub fn advance_to(&self, moment: i64) {
        const EVENING: i64 = 21 * 3_600;
        let clock = self.server.clock().clone();
        self.server.with(|state| {
            let mut day = state.today();
            // The evening of today may be over already.
            if clock.now() >= day * DAY + EVENING - OFFSET {
                day += 1;
            }
            while day * DAY + EVENING - OFFSET <= moment {
                clock.set(day * DAY + EVENING - OFFSET);
                cycles::settle(state, day);
                day += 1;
            }
            clock.set(moment);
        });
    }

    /// What was to be settled before today is: for a clock that goes on by itself.
    pub fn turn(&self) {
        self.server.with(|state| {
            let before = state.today() - 1;
            cycles::settle(state, before);
        });
    }

    /// From now on refunds wait until [`FakePix::finish_refund`].
    pub fn refunds_wait(&self, wait: bool) {
        self.server.with(|state| state.refunds_wait = wait);
    }

    /// A refund that waits ends.
    ///
    /// # Errors
    /// When there is none.
    pub fn finish_refund(&self, pix: &str, refund: &str, done: bool) -> Result<(), String> {
        self.server.with(|state| received::finish(state, pix, refund, done)).map_err(|_absent| "no such refund".to_owned())
    }

    /// Every token is void from now on.
    pub fn forget_tokens(&self) {
        self.server.with(|state| state.tokens.clear());
    }

    /// A charge of any kind as the PSP holds it.
    #[must_use]
    pub fn charge(&self, txid: &str) -> Option<Value> {
        self.server.with(|state| state.charges.get(txid).or(state.cycles.get(txid)).map(show))
    }

    /// Sends the webhooks that are due, with the PSP's certificate where the receiver asks for one.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn deliver(&self, order: Order) -> Result<Vec<Sent>, String> {
        let client = Client::new(PATIENCE, self.hook_authority.as_deref(), Some(&self.trust.sender))?;
        let now = self.server.clock().now();
        let mut sent = Vec::new();
        for hook in self.server.with(|state| state.hooks.due(now, order)) {
            let one = send(&client, &hook, &[]);
            self.server.with(|state| state.hooks.settle(hook.number, one.taken(), now));
            sent.push(one);
        }
        Ok(sent)
    }

    /// Every webhook there was.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        self.server.with(|state| state.hooks.all().to_vec())
    }
}

impl Service for State {
    fn answer(&mut self, ask: &Ask) -> Reply {
        if ask.verb == "POST" && ask.path.ends_with("/oauth/token") {
            return auth::token(self, ask);
        }
        match act(self, ask) {
            Ok((status, Value::Null)) => Reply::empty(status),
            Ok((status, value)) => Reply::json(status, &show(&value)),
            Err(refused) => *refused,
        }
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = *problem(429, "RequisicaoInvalida", "Muitas requisições.", &[]);
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(503) => *problem(503, "ServicoIndisponivel", "Serviço não está disponível no momento.", &[]),
            Refusal::Broken(504) => *problem(504, "IndisponibilidadePorTempoEsgotado", "O serviço demorou além do esperado.", &[]),
            Refusal::Broken(status) => *problem(status, "ErroInternoDoServidor", "Condição inesperada ao processar requisição.", &[]),
        }
    }
}

type Done = Result<(u16, Value), Wrong>;

fn act(state: &mut State, ask: &Ask) -> Done {
    let parts = ask.parts();
    let path: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (verb, head) = (ask.verb.as_str(), path.first().copied().unwrap_or_default());
    let reads = !ask.writes();
    let scope = match head {
        "cob" | "cobv" | "cobr" | "rec" | "solicrec" | "pix" | "webhook" | "webhookrec" | "webhookcobr" => {
            format!("{head}.{}", if reads { "read" } else { "write" })
        }
        "locrec" => "payloadlocationrec.write".to_owned(),
        _ => return Err(check::absent("NaoEncontrado")),
    };
    auth::enter(state, ask, &scope)?;
    match head {
        "cob" | "cobv" => of_charges(state, if head == "cob" { Kind::Cob } else { Kind::Cobv }, verb, &path, ask),
        "pix" => of_received(state, verb, &path, ask),
        "webhook" | "webhookrec" | "webhookcobr" => of_hooks(state, verb, &path, ask),
        _ => of_recurring(state, verb, &path, ask),
    }
}

fn of_charges(state: &mut State, kind: Kind, verb: &str, path: &[&str], ask: &Ask) -> Done {
    match (verb, path) {
        ("PUT", [_, txid]) => Ok((201, charges::put(state, kind, txid, ask)?)),
        ("PATCH", [_, txid]) => Ok((200, charges::patch(state, kind, txid, ask)?)),
        ("GET", [_, txid]) => Ok((200, charges::find(state, kind, txid)?)),
        ("POST", ["cob"]) => Ok((201, charges::post(state, ask)?)),
        ("GET", [_]) => Ok((200, charges::list(state, kind, ask)?)),
        _ => Err(check::absent("NaoEncontrado")),
    }
}

fn of_received(state: &mut State, verb: &str, path: &[&str], ask: &Ask) -> Done {
    match (verb, path) {
        ("GET", [_]) => Ok((200, received::list(state, ask)?)),
        ("GET", [_, id]) => Ok((200, received::find(state, id)?)),
        ("PUT", [_, id, "devolucao", refund]) => Ok((201, received::refund(state, id, refund, ask)?)),
        ("GET", [_, id, "devolucao", refund]) => Ok((200, received::find_refund(state, id, refund)?)),
        _ => Err(check::absent("NaoEncontrado")),
    }
}

fn of_recurring(state: &mut State, verb: &str, path: &[&str], ask: &Ask) -> Done {
    match (verb, path) {
        ("POST", ["locrec"]) => Ok((201, recurrence::place(state))),
        ("POST", ["rec"]) => Ok((201, recurrence::create(state, ask)?)),
        ("GET", ["rec"]) => Ok((200, recurrence::list(state, ask)?)),
        ("GET", ["rec", id]) => Ok((200, recurrence::find(state, id)?)),
        ("PATCH", ["rec", id]) => Ok((200, recurrence::revise(state, id, ask)?)),
        ("POST", ["solicrec"]) => Ok((201, recurrence::request(state, ask)?)),
        ("GET", ["solicrec", id]) => Ok((200, recurrence::find_request(state, id)?)),
        ("PATCH", ["solicrec", id]) => Ok((201, recurrence::cancel_request(state, id, ask)?)),
        ("POST", ["cobr"]) => Ok((201, cycles::create(state, None, ask)?)),
        ("PUT", ["cobr", txid]) => Ok((201, cycles::create(state, Some(txid), ask)?)),
        ("PATCH", ["cobr", txid]) => Ok((200, cycles::cancel(state, txid, ask)?)),
        ("GET", ["cobr", txid]) => Ok((200, cycles::find(state, txid)?)),
        ("GET", ["cobr"]) => Ok((200, cycles::list(state, ask)?)),
        ("POST", ["cobr", txid, "retentativa", day]) => Ok((201, cycles::retry(state, txid, day)?)),
        _ => Err(check::absent("NaoEncontrado")),
    }
}

fn of_hooks(state: &mut State, verb: &str, path: &[&str], ask: &Ask) -> Done {
    let name = match path {
        ["webhookrec"] => hooks::RECURRENCES,
        ["webhookcobr"] => hooks::CYCLES,
        ["webhook", key] => key,
        _ => return Err(check::absent("NaoEncontrado")),
    };
    match verb {
        "PUT" => Ok((200, hooks::register(state, name, ask)?)),
        "GET" => Ok((200, hooks::find(state, name)?)),
        "DELETE" => hooks::remove(state, name).map(|()| (204, Value::Null)),
        _ => Err(check::absent("NaoEncontrado")),
    }
}
