//! HTTP at our side: the API, and webhooks in. Deliberately absent: writing to the store, which `engine` does when asked, and a
//! clock that says what day it is: here time is only waited for.
//!
//! Whoever runs it implements [`Host`] and calls [`serve_api`] with a socket that listens; for webhooks alone [`Hooks`] and
//! [`serve()`] are enough. TLS, and the client certificates that
//! some gateways show, are the business of the proxy in front.

pub mod api;
mod captured;
mod console;
mod headers;
mod host;
mod in_app;
mod limit;
mod looks;
mod metrics;
pub mod office;
mod opens;
mod portal;
mod program;
mod routes;
mod serve;
mod stream;

pub use host::{CompanyLook, Host};
pub use limit::Rate;
pub use metrics::Standing;
pub use routes::{Listed, ROUTES, Route, To, listed};
pub use serve::{Settings, Stop, serve, serve_api};
pub use stream::Bell;

/// Takes webhooks in. Called on threads of its own, several at a time; it may wait for the database.
pub trait Hooks: Send + Sync {
    /// Verifies and stores a webhook. What it answers with [`Taken::Stored`] or [`Taken::Known`] is stored for good.
    ///
    /// * `tenant`, `gateway` — as the address names them; either may be nobody's.
    /// * `path` — what stands behind the gateway in the address, without its slash; often nothing.
    /// * `headers` — lower-case names; those whose values are no text are left out.
    /// * `body` — at most [`regua_engine::hooks::BODY_MAX`] bytes, as they came.
    fn take(&self, tenant: &str, gateway: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Taken;

    /// What to answer when a sender of webhooks asks whether an address is ours before it sends any; nothing for any other question.
    ///
    /// * `query` — of the request, as it came.
    fn challenge(&self, _tenant: &str, _name: &str, _query: &str) -> Option<String> {
        None
    }

    /// Whether a webhook that came now could be stored.
    fn ready(&self) -> bool;
}

/// What became of a webhook, as far as whoever sent it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// 200: it is stored for good.
    Stored,
    /// 200: it was stored before.
    Known,
    /// 401: it is not the gateway's. Why is not told: it would help whoever forges.
    Refused,
    /// 404: nobody has this tenant or this gateway, which of the two is not told.
    NotFound,
    /// 413: it is too long.
    TooLarge,
    /// 503: it could not be stored now and must be sent again.
    Busy,
}
