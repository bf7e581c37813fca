//! What a fake provider holds: clients, people, codes, tokens, and what it is to say that is not so.
//!
//! Deliberately absent: what requests do.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Script;
use super::keys::Keys;
use crate::clock::Clock;
use crate::faults::roll;
use crate::serve::Reply;

/// A client of the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Where browsers may be sent back to, each to the letter.
    pub redirects: Vec<String>,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            id: "fake-client".to_owned(),
            secret: "fake-secret: 100%".to_owned(),
            redirects: vec!["http://127.0.0.1:8080/openid/return".to_owned()],
        }
    }
}

/// The secret does not show.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.id)
    }
}

/// Somebody who can sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// The provider's id of the person.
    pub subject: String,
    /// The e-mail address.
    pub email: String,
    /// Whether it was verified.
    pub verified: bool,
    /// The name.
    pub name: String,
}

impl Default for User {
    fn default() -> Self {
        Self { subject: "248289761001".to_owned(), email: "ann@example.com".to_owned(), verified: true, name: "Ann Example".to_owned() }
    }
}

/// Something untrue that a provider, or somebody in its place, says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lie {
    /// Fields of the discovery document, laid over the true ones; null takes one away.
    Discovery(Value),
    /// Claims of the ID token, likewise.
    Claims(Value),
    /// Fields of the answer to a code, likewise.
    Token(Value),
    /// Fields of the userinfo answer, likewise.
    Userinfo(Value),
    /// The ID token is not signed: `alg` is `none`.
    Unsigned,
    /// The ID token is signed with HS256, and the secret is the published key.
    SignedWithThePublished,
    /// The ID token names a key that is not published.
    KeyId(String),
    /// The ID token is signed with another key than it names.
    OtherKey,
    /// A claim of the ID token was changed after it was signed.
    Tampered,
    /// An answer is so many bytes longer; `discovery`, `keys` or `token`.
    Longer(&'static str, usize),
}

/// What a code stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client: String,
    pub(crate) redirect: String,
    pub(crate) scope: Vec<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) user: User,
    pub(crate) made: i64,
    /// The access token that it was changed for.
    pub(crate) spent: Option<String>,
}

/// What an access token opens.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) user: User,
    pub(crate) scope: Vec<String>,
    pub(crate) until: i64,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) issuer: String,
    pub(crate) clients: Vec<Client>,
    pub(crate) users: Vec<User>,
    pub(crate) keys: Keys,
    pub(crate) thin: bool,
    pub(crate) client_by: Vec<String>,
    pub(crate) declines: bool,
    pub(crate) lies: Vec<Lie>,
    pub(crate) grants: BTreeMap<String, Grant>,
    pub(crate) accesses: BTreeMap<String, Access>,
    clock: Clock,
    dice: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, script: Script) -> Result<Self, String> {
        Ok(Self {
            issuer: String::new(),
            clients: script.clients,
            users: script.users,
            keys: Keys::new(script.signs)?,
            thin: script.thin,
            client_by: script.client_by,
            declines: false,
            lies: Vec::new(),
            grants: BTreeMap::new(),
            accesses: BTreeMap::new(),
            clock,
            dice: script.seed,
        })
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// A word that nobody guesses in a test.
    pub(crate) fn word(&mut self, begins: &str) -> String {
        format!("{begins}-{:016x}{:016x}", roll(&mut self.dice), roll(&mut self.dice))
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// A document with every lie about it laid over it.
    pub(crate) fn told(&self, mut document: Value, about: impl Fn(&Lie) -> Option<&Value>) -> Value {
        for over in self.lies.iter().filter_map(about).filter_map(Value::as_object) {
            let Some(fields) = document.as_object_mut() else { break };
            for (name, value) in over {
                if value.is_null() {
                    fields.remove(name);
                } else {
                    fields.insert(name.clone(), value.clone());
                }
            }
        }
        document
    }

    /// An answer that is as long as the script says.
    pub(crate) fn padded(&self, which: &str, mut reply: Reply) -> Reply {
        for lie in &self.lies {
            if let Lie::Longer(about, bytes) = lie
                && *about == which
            {
                reply.body.resize(reply.body.len() + bytes, b' ');
            }
        }
        reply
    }
}

/// A value of a form; none when it is absent or stands twice.
pub(crate) fn field(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form).filter(|(have, _)| have == name).map(|(_, value)| value.into_owned());
    let first = values.next();
    if values.next().is_some() { None } else { first }
}
