//! A token for the API: asked for with client id and secret, worth something for a while.
//!
//! Deliberately absent: id and secret, which the adapter sends as `Authorization: Basic`, and the client certificate that most
//! banks want besides (mutual TLS).
//!
//! Source: RFC 6749 §4.4 and §5; the scopes are those of the Pix API 2.9.0.

use std::fmt;

use regua_core::time::Instant;
use serde::Deserialize;

use super::errors;
use crate::gateways::br::{read, unreadable};
use crate::gateways::{Request, Response, Trouble, Verb};

/// What charges that wait for the payer need: made, looked at, taken away, given back.
pub const SCOPES_CHARGES: &[&str] =
    &["cob.read", "cob.write", "cobv.read", "cobv.write", "pix.read", "pix.write", "webhook.read", "webhook.write"];
/// What Pix Automático needs besides.
pub const SCOPES_RECURRING: &[&str] = &[
    "rec.read",
    "rec.write",
    "solicrec.read",
    "solicrec.write",
    "cobr.read",
    "cobr.write",
    "payloadlocationrec.write",
    "webhookrec.read",
    "webhookrec.write",
    "webhookcobr.read",
    "webhookcobr.write",
];
/// A token is not used in its last seconds: the request that carries it takes its time.
const SPARE_SECS: i64 = 30;
/// How long a token without a word on that is used.
const DEFAULT_SECS: u32 = 300;
/// How long a token is used at most.
const SECS_MAX: u32 = 86_400;

/// A token. A secret: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// What goes behind `Bearer `.
    pub bearer: String,
    /// Until when it is used.
    pub until: Instant,
    /// What it is for, as the bank says; empty when it does not.
    pub scopes: Vec<String>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token until {}", self.until.secs())
    }
}

#[derive(Deserialize)]
struct Reply {
    access_token: String,
    token_type: String,
    #[serde(default)]
    expires_in: Option<u32>,
    #[serde(default)]
    scope: Option<String>,
}

/// Asks for a token, at a path of the bank's.
#[must_use]
pub fn request(path: &str, scopes: &[&str]) -> Request {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if !scopes.is_empty() {
        form.append_pair("scope", &scopes.join(" "));
    }
    Request {
        method: Verb::Post,
        path: path.to_owned(),
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: form.finish().into_bytes(),
        repeatable: true,
    }
}

impl Token {
    /// Reads the reply.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when id, secret, certificate or a scope is wrong; else as any question.
    pub fn read(response: &Response, now: Instant) -> Result<Self, Trouble> {
        if !(200..300).contains(&response.status) {
            return Err(errors::trouble(response, true));
        }
        let reply: Reply = read(&response.body).map_err(|why| unreadable(true, &why))?;
        let visible = !reply.access_token.is_empty() && reply.access_token.bytes().all(|b| b.is_ascii_graphic());
        if !visible || !reply.token_type.eq_ignore_ascii_case("bearer") {
            return Err(unreadable(true, "it has no bearer token"));
        }
        let secs = i64::from(reply.expires_in.unwrap_or(DEFAULT_SECS).min(SECS_MAX));
        let scopes = reply.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let until = Instant::from_secs(now.secs().saturating_add((secs - SPARE_SECS).max(0)));
        Ok(Self { bearer: reply.access_token, until, scopes })
    }

    /// Whether it can be used.
    #[must_use]
    pub fn holds(&self, now: Instant) -> bool {
        now < self.until
    }

    /// The scopes that were asked for and that the bank did not give; none when it does not say what it gave.
    #[must_use]
    pub fn lacks<'a>(&self, asked: &[&'a str]) -> Vec<&'a str> {
        if self.scopes.is_empty() {
            return Vec::new();
        }
        asked.iter().copied().filter(|scope| !self.scopes.iter().any(|given| given == scope)).collect()
    }
}
