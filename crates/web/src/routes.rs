//! What can be asked for, as one table, and how it is answered. An answer is a status and, but for the two that say how the
//! process is, nothing else: a reason would help whoever forges, and gateways do not read one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use regua_engine::hooks::BODY_MAX;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::limit::Limiter;
use crate::{Hooks, Settings, Taken};

/// Something that can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Route {
    /// The method; any other is answered with 405.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// What answers.
    pub to: To,
    /// What it is for.
    pub what: &'static str,
}

/// What answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    /// A webhook is stored.
    Hook,
    /// The process lives.
    Health,
    /// The process can store something.
    Ready,
}

/// Everything that can be asked for.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/webhooks/{tenant}/{gateway}", to: To::Hook, what: "a webhook of a gateway" },
    Route {
        method: "POST",
        path: "/webhooks/{tenant}/{gateway}/{*rest}",
        to: To::Hook,
        what: "the same, for gateways that put a word of their own behind the address: pix, rec, cobr",
    },
    Route { method: "GET", path: "/health", to: To::Health, what: "whether the process lives" },
    Route { method: "GET", path: "/ready", to: To::Ready, what: "whether it can store what comes" },
];

/// The longest name of a tenant or gateway, and the longest path behind it, in bytes.
const NAME_MAX: usize = 128;

/// What every request shares.
pub(crate) struct Shared {
    pub(crate) hooks: Arc<dyn Hooks>,
    pub(crate) settings: Settings,
    pub(crate) limiter: Arc<Limiter>,
    /// Calls that may wait for the database at the same time.
    pub(crate) hops: Arc<Semaphore>,
}

impl Shared {
    /// Calls what may wait for the database on a thread that may wait; nothing when no thread became free or it took too
    /// long. What was begun goes on to its end all the same.
    async fn hop<T: Send + 'static>(&self, work: impl FnOnce(&dyn Hooks) -> T + Send + 'static) -> Option<T> {
        let (hops, hooks) = (Arc::clone(&self.hops), Arc::clone(&self.hooks));
        let call = async move {
            let permit = hops.acquire_owned().await.ok()?;
            let done = tokio::task::spawn_blocking(move || {
                let done = work(hooks.as_ref());
                drop(permit);
                done
            });
            done.await.ok()
        };
        timeout(self.settings.hop_time, call).await.ok().flatten()
    }
}

/// The table as something that answers.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let answer: MethodRouter<Arc<Shared>> = match route.to {
            To::Hook => post(hook),
            To::Health => get(health),
            To::Ready => get(ready),
        };
        router = router.route(route.path, answer);
    }
    router.fallback(nothing).with_state(shared)
}

async fn nothing() -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn health() -> &'static str {
    "ok\n"
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    match shared.hop(|hooks| hooks.ready()).await {
        Some(true) => "ready\n".into_response(),
        Some(false) | None => again(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn hook(
    State(shared): State<Arc<Shared>>,
    named: Result<Path<BTreeMap<String, String>>, PathRejection>,
    request: Request,
) -> Response {
    let Ok(Path(mut named)) = named else { return StatusCode::NOT_FOUND.into_response() };
    let mut name = |what: &str| named.remove(what).unwrap_or_default();
    let (tenant, gateway, path) = (name("tenant"), name("gateway"), name("rest"));
    if [&tenant, &gateway, &path].iter().any(|name| name.len() > NAME_MAX) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if declared(request.headers()).is_some_and(|length| length > BODY_MAX) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let headers = texts(request.headers());
    let body = match timeout(shared.settings.body_time, to_bytes(request.into_body(), BODY_MAX)).await {
        Ok(Ok(body)) => body,
        // Longer than was said, or the line broke: then nobody reads this.
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let taken = shared.hop(move |hooks| hooks.take(&tenant, &gateway, &path, &headers, &body)).await;
    match taken {
        Some(Taken::Stored | Taken::Known) => StatusCode::OK.into_response(),
        Some(Taken::Refused) => StatusCode::UNAUTHORIZED.into_response(),
        Some(Taken::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Some(Taken::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        // Nobody knows whether it was stored; when it comes again, it is known.
        Some(Taken::Busy) | None => again(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Not taken, and when the far side should come again.
pub(crate) fn again(status: StatusCode) -> Response {
    (status, [(header::RETRY_AFTER, "1")]).into_response()
}

/// How long a body is, as its header says.
fn declared(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Headers as texts; those that are none are left out, since no signature is such.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))).collect()
}
