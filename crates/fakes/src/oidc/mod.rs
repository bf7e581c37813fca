//! An identity provider of our own: OpenID Connect Core 1.0 with discovery, the code flow, PKCE and userinfo.
//!
//! Read from the specifications, not from `wire`. Whoever is sent to its authorize page is signed in at once as the person whose
//! turn it is. Deliberately absent: a page to look at, consent, refresh tokens, encryption, TLS.

mod authorize;
mod keys;
mod people;
mod state;
mod token;

use std::time::Duration;

use serde_json::{Value, json};

pub use keys::Signs;
pub use state::{Client, Lie, User};

use crate::client;
use crate::clock::Clock;
use crate::faults::{Faults, Rule};
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use state::State;

/// How long a code is good for: RFC 6749 recommends ten minutes at most, and providers give about one.
pub const CODE_SECS: i64 = 60;

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// Who may ask.
    pub clients: Vec<Client>,
    /// Who can sign in; the first is next.
    pub users: Vec<User>,
    /// How ID tokens are signed.
    pub signs: Signs,
    /// Whether e-mail and name are told by the userinfo endpoint alone, as Core 1.0 §5.4 says of the code flow.
    pub thin: bool,
    /// Which ways of showing itself a client is offered.
    pub client_by: Vec<String>,
    /// Where codes and the like come from.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            clients: vec![Client::default()],
            users: vec![User::default()],
            signs: Signs::Rs256,
            thin: false,
            client_by: vec!["client_secret_basic".to_owned(), "client_secret_post".to_owned()],
            seed: 7,
            faults: Faults::default(),
        }
    }
}

/// A running fake.
#[derive(Debug)]
pub struct FakeOidc {
    server: Server<State>,
}

impl FakeOidc {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had, or no key can be made.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let (port, faults) = (script.port, script.faults.clone());
        let state = State::new(clock.clone(), script).map_err(std::io::Error::other)?;
        let server = Server::start(port, state, faults, clock, None)?;
        let base = server.base();
        server.with(|state| state.issuer = base);
        Ok(Self { server })
    }

    /// `http://127.0.0.1:port`, to the letter what its documents say.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.server.base()
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Its clock: codes and tokens end by it.
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

    /// Every request so far.
    #[must_use]
    pub fn log(&self) -> Log {
        self.server.log()
    }

    /// Who signs in next, and from then on.
    pub fn user(&self, user: User) {
        self.server.with(|state| state.users.insert(0, user));
    }

    /// Whether the person declines from now on.
    pub fn declines(&self, declines: bool) {
        self.server.with(|state| state.declines = declines);
    }

    /// A new key signs from now on. The old one is published until [`FakeOidc::withdraw`].
    ///
    /// # Errors
    /// When no key can be made.
    pub fn rotate(&self) -> Result<(), String> {
        self.server.with(|state| state.keys.rotate())
    }

    /// Only the key that signs is published from now on.
    pub fn withdraw(&self) {
        self.server.with(|state| state.keys.withdraw());
    }

    /// It says something untrue from now on, besides what it said so before.
    pub fn lie(&self, lie: Lie) {
        self.server.with(|state| state.lies.push(lie));
    }

    /// It says only what is true from now on.
    pub fn honest(&self) {
        self.server.with(|state| state.lies.clear());
    }

    /// Does what a browser does: goes to an address of the authorize page, and says where it is sent from there.
    ///
    /// # Errors
    /// When there is no answer, or a page instead of a redirect: its status and text.
    pub fn visit(&self, url: &str) -> Result<String, String> {
        let answer = client::Client::plain(Duration::from_secs(10))?.send("GET", url, &[], &[])?;
        let to = answer.header("location").map(str::to_owned);
        to.ok_or_else(|| format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)))
    }
}

impl Service for State {
    fn answer(&mut self, ask: &Ask) -> Reply {
        match (ask.verb.as_str(), ask.path.as_str()) {
            ("GET", "/.well-known/openid-configuration") => self.padded("discovery", Reply::json(200, &discovery(self))),
            ("GET", "/jwks") => {
                let set = self.keys.published();
                self.padded("keys", Reply::json(200, &set))
            }
            ("GET" | "POST", "/authorize") => authorize::answer(self, ask),
            ("POST", "/token") => {
                let reply = token::answer(self, ask);
                self.padded("token", reply)
            }
            ("GET" | "POST", "/userinfo") => people::answer(self, ask),
            (_, "/.well-known/openid-configuration" | "/jwks" | "/authorize" | "/token" | "/userinfo") => Reply::empty(405),
            _ => Reply::empty(404),
        }
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = Reply::json(429, &json!({"error": "temporarily_unavailable"}));
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(status) => Reply::json(status, &json!({"error": "server_error"})),
        }
    }
}

fn discovery(state: &State) -> Value {
    let issuer = &state.issuer;
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": ["openid", "email", "profile"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [state.keys.signs().name()],
        "token_endpoint_auth_methods_supported": state.client_by,
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "email", "email_verified", "name"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    state.told(document, |lie| if let Lie::Discovery(over) = lie { Some(over) } else { None })
}
