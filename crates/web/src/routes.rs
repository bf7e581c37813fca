//! What can be asked for, as one table, and how it is answered. To a gateway an answer is a status and nothing else: a reason
//! would help whoever forges, and gateways do not read one. What the API answers is in `api`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use regua_engine::hooks::BODY_MAX;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::api::answer::{self, Around, Asked, Known};
use crate::api::{self, Answer, Needs, Op, Problem};
use crate::headers::{RequestId, RequestIds};
use crate::limit::{Limiter, Pace};
use crate::stream::{self, Lasting, Seats};
use crate::{Hooks, Host, Settings, Taken, captured, console, in_app, metrics, opens, portal};

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
    /// A sender of webhooks is told that the address is ours.
    Challenge,
    /// The process lives.
    Health,
    /// The process can store something.
    Ready,
    /// The page that explains the API.
    Docs,
    /// What is counted, where the program around shows it to everybody.
    Metrics,
    /// The script that companies put into their apps.
    InAppScript,
    /// What an app shows to a customer.
    InAppFeed,
    /// The same, as it changes.
    InAppStream,
    /// What a customer puts away.
    InAppSeen,
    /// Where a customer's link leads.
    Portal,
    /// A page behind it.
    PortalPage,
    /// What is done where it leads: a mail program's own button, or asking for a new one.
    PortalAct,
    /// What is done on a page behind it.
    PortalPageAct,
    /// The picture by which an e-mail is seen to be opened.
    Picture,
    /// The messages that a demo captured.
    Captured,
    /// One of them.
    CapturedOne,
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
    Route {
        method: "GET",
        path: "/webhooks/{tenant}/{gateway}",
        to: To::Challenge,
        what: "a question of whoever sends webhooks: whether the address is ours",
    },
    Route { method: "GET", path: "/health", to: To::Health, what: "whether the process lives" },
    Route { method: "GET", path: "/ready", to: To::Ready, what: "whether it can store what comes" },
    Route { method: "GET", path: "/v1/docs", to: To::Docs, what: "the API explained on a page" },
    Route { method: "GET", path: "/metrics", to: To::Metrics, what: "counts and gauges, where the settings show them to whoever comes" },
    Route { method: "GET", path: "/in-app.js", to: To::InAppScript, what: "the script for apps; also under a name of its content" },
    Route { method: "GET", path: "/in-app/feed", to: To::InAppFeed, what: "what an app shows to a customer, by a signed token" },
    Route { method: "GET", path: "/in-app/stream", to: To::InAppStream, what: "the same as it changes" },
    Route { method: "POST", path: "/in-app/seen", to: To::InAppSeen, what: "what a customer puts away until tomorrow" },
    Route { method: "GET", path: "/p/{token}", to: To::Portal, what: "where a customer's link leads" },
    Route { method: "POST", path: "/p/{token}", to: To::PortalAct, what: "a mail program's button, or asking for a new link" },
    Route { method: "GET", path: "/p/{token}/{page}", to: To::PortalPage, what: "a page of the portal" },
    Route { method: "POST", path: "/p/{token}/{page}", to: To::PortalPageAct, what: "what a customer does there" },
    Route { method: "GET", path: "/o/{picture}", to: To::Picture, what: "the picture by which an e-mail is seen to be opened" },
    Route { method: "GET", path: "/captured", to: To::Captured, what: "messages that were captured, in a demo" },
    Route { method: "GET", path: "/captured/{name}", to: To::CapturedOne, what: "one of them" },
];

/// A route and who may ask for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The method.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Who may ask: [`Needs::Nobody`] for what is open to everybody.
    pub needs: Needs,
}

/// Everything that answers, from the tables that the router is made of.
#[must_use]
pub fn listed() -> Vec<Listed> {
    let plain = ROUTES.iter().map(|route| Listed { method: route.method, path: route.path.to_owned(), needs: Needs::Nobody });
    plain.chain(api::ops().map(|op| Listed { method: op.method.as_str(), path: op.full_path(), needs: op.needs })).collect()
}

/// The longest name of a tenant or gateway, and the longest path behind it, in bytes.
const NAME_MAX: usize = 128;

/// What every request shares.
pub(crate) struct Shared {
    pub(crate) hooks: Arc<dyn Hooks>,
    /// What the API asks; none where only webhooks are taken in.
    pub(crate) host: Option<Arc<dyn Host>>,
    /// What requests share that are answered.
    pub(crate) around: Arc<Around>,
    pub(crate) settings: Settings,
    pub(crate) limiter: Arc<Limiter>,
    /// Calls that may wait for the database at the same time.
    pub(crate) hops: Arc<Semaphore>,
    /// Whether it is to end.
    pub(crate) stop: watch::Receiver<bool>,
    /// Numbers of requests.
    pub(crate) ids: RequestIds,
    /// Event streams that are open.
    pub(crate) seats: Arc<Seats>,
    /// Streams of apps that are open.
    pub(crate) in_app_seats: Arc<Seats>,
    /// How much may be asked for behind a customer's link.
    pub(crate) gates: portal::Gates,
    /// How often one picture of an e-mail may be fetched.
    pub(crate) pictures: Pace,
}

impl Shared {
    /// Calls what may wait for the database on a thread that may wait; nothing when no thread became free or it took too
    /// long. What was begun goes on to its end all the same.
    async fn hop<T: Send + 'static>(&self, work: impl FnOnce(&dyn Hooks) -> T + Send + 'static) -> Option<T> {
        let hooks = Arc::clone(&self.hooks);
        self.wait_for(move || work(hooks.as_ref())).await
    }

    /// As [`Shared::hop`], for whatever waits.
    pub(crate) async fn wait_for<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let hops = Arc::clone(&self.hops);
        let call = async move {
            let permit = hops.acquire_owned().await.ok()?;
            let done = tokio::task::spawn_blocking(move || {
                let done = work();
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
            To::Challenge => get(challenge),
            To::Health => get(health),
            To::Ready => get(ready),
            To::Docs if shared.host.is_some() => get(docs),
            To::Metrics if shared.host.as_ref().is_some_and(|host| host.shows_metrics()) => get(counted),
            To::InAppScript if shared.host.is_some() => get(in_app::script),
            To::InAppFeed if shared.host.is_some() => get(in_app::feed).options(in_app::before),
            To::InAppStream if shared.host.is_some() => get(in_app::open_stream).options(in_app::before),
            To::InAppSeen if shared.host.is_some() => post(in_app::seen).options(in_app::before),
            To::Portal if shared.host.is_some() => get(portal_first),
            To::PortalAct if shared.host.is_some() => post(portal_first),
            To::PortalPage if shared.host.is_some() => get(portal_page),
            To::PortalPageAct if shared.host.is_some() => post(portal_page),
            To::Picture if shared.host.is_some() => get(opens::picture),
            To::Captured if shared.host.as_ref().is_some_and(|host| host.captured().is_some()) => get(captured_list),
            To::CapturedOne if shared.host.as_ref().is_some_and(|host| host.captured().is_some()) => get(captured_one),
            To::Docs | To::Metrics | To::InAppScript | To::InAppFeed | To::InAppStream | To::InAppSeen => continue,
            To::Portal | To::PortalAct | To::PortalPage | To::PortalPageAct | To::Picture | To::Captured | To::CapturedOne => continue,
        };
        router = router.route(route.path, answer);
    }
    if let Some(host) = &shared.host {
        router = router.route(&in_app::SERVED.path, get(in_app::fixed_script));
        for op in api::ops() {
            router = router.route(&op.full_path(), asking(op, host));
        }
    }
    router.fallback(nothing).method_not_allowed_fallback(no_method).with_state(shared)
}

/// What answers an operation: one function for all of them, so that it is compiled once.
fn asking(op: &'static Op, host: &Arc<dyn Host>) -> MethodRouter<Arc<Shared>> {
    let host = Arc::clone(host);
    let filter = match op.method {
        api::Method::Get => MethodFilter::GET,
        api::Method::Post => MethodFilter::POST,
        api::Method::Put => MethodFilter::PUT,
        api::Method::Patch => MethodFilter::PATCH,
        api::Method::Delete => MethodFilter::DELETE,
    };
    on(filter, move |state: State<Arc<Shared>>, named: Result<Path<BTreeMap<String, String>>, PathRejection>, request: Request| {
        ask(op, Arc::clone(&host), state.0, named.map(|named| named.0).ok(), request)
    })
}

async fn ask(
    op: &'static Op,
    host: Arc<dyn Host>,
    shared: Arc<Shared>,
    path: Option<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let response = match path {
        Some(path) => heard(op, host, &shared, path, request).await,
        None => Problem::not_found("thing").response(),
    };
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    shared.around.metrics.answered(op.id, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    // Never what was asked for: paths, queries and bodies name people.
    let caller = response.extensions().get::<Known>().map_or("", |known| known.0.as_str());
    if status >= 500 {
        tracing::warn!(request = id, operation = op.id, status, milliseconds, caller, "answered");
    } else {
        tracing::info!(request = id, operation = op.id, status, milliseconds, caller, "answered");
    }
    response
}

/// Reads a request to its end and answers it.
async fn heard(op: &'static Op, host: Arc<dyn Host>, shared: &Arc<Shared>, path: BTreeMap<String, String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // What takes no body reads a little, to say so.
    let max = op.body_max().max(1 << 10);
    let too_long = || Problem::new(413, "too_long", format!("the body has at most {max} bytes")).response();
    if declared(&head.headers).is_some_and(|length| length > max) {
        return too_long();
    }
    let body = match timeout(shared.settings.body_time, to_bytes(body, max)).await {
        Ok(Ok(body)) => body.to_vec(),
        Ok(Err(_)) => return too_long(),
        Err(_) => return Problem::new(408, "too_slow", "the body did not come in time").response(),
    };
    let query = head.uri.query().unwrap_or_default().to_owned();
    let from = head.extensions.get::<From>().map(|from| from.0.clone()).unwrap_or_default();
    let asked = Asked { path, query, headers: head.headers, body, from };
    if matches!(op.answer, Answer::Stream) {
        let lasting = head.extensions.get::<Lasting>().cloned().unwrap_or_default();
        return stream::open(op, host, shared, asked, &lasting).await;
    }
    let around = Arc::clone(&shared.around);
    let answered = shared.wait_for(move || answer::answer(host.as_ref(), &around, op, &asked)).await;
    answered.unwrap_or_else(|| Problem::busy().response())
}

/// From which address a request comes, as it is put beside it.
#[derive(Clone, Debug)]
pub(crate) struct From(pub(crate) String);

async fn docs() -> Response {
    api::docs::page()
}

async fn counted(State(shared): State<Arc<Shared>>) -> Response {
    let Some(host) = shared.host.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let around = Arc::clone(&shared.around);
    match shared.wait_for(move || around.metrics.text(host.standing())).await.flatten() {
        Some(text) => ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        None => again(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn captured_list(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after").map(|(_, value)| value.into_owned());
    captured_page(&shared, move |folder| captured::list(folder, after.as_deref())).await
}

async fn captured_one(State(shared): State<Arc<Shared>>, name: Result<Path<String>, PathRejection>) -> Response {
    let Ok(Path(name)) = name else { return StatusCode::NOT_FOUND.into_response() };
    captured_page(&shared, move |folder| captured::one(folder, &name)).await
}

async fn captured_page(shared: &Arc<Shared>, make: impl FnOnce(&std::path::Path) -> Response + Send + 'static) -> Response {
    let Some(folder) = shared.host.as_ref().and_then(|host| host.captured()) else { return StatusCode::NOT_FOUND.into_response() };
    shared.wait_for(move || make(&folder)).await.unwrap_or_else(|| again(StatusCode::SERVICE_UNAVAILABLE))
}

async fn portal_first(State(shared): State<Arc<Shared>>, named: Result<Path<String>, PathRejection>, request: Request) -> Response {
    let token = named.map(|named| named.0).unwrap_or_default();
    portal::answer(shared, token, String::new(), request).await
}

async fn portal_page(
    State(shared): State<Arc<Shared>>,
    named: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let (token, page) = named.map(|named| named.0).unwrap_or_default();
    portal::answer(shared, token, page, request).await
}

/// What no route answers: a file or an address of the console, or nothing.
async fn nothing(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/v1/") {
        return Problem::new(404, "no_route", "there is nothing at this address; /v1/docs lists what there is").response();
    }
    let console = shared.host.as_ref().and_then(|_| console::answer(request.method(), path, request.headers()));
    console.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

async fn no_method(request: Request) -> Response {
    if request.uri().path().starts_with("/v1/") {
        return Problem::new(405, "no_method", "this address has other methods; see the header Allow").response();
    }
    StatusCode::METHOD_NOT_ALLOWED.into_response()
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

async fn challenge(
    State(shared): State<Arc<Shared>>,
    named: Result<Path<BTreeMap<String, String>>, PathRejection>,
    request: Request,
) -> Response {
    let Ok(Path(mut named)) = named else { return StatusCode::NOT_FOUND.into_response() };
    let mut name = |what: &str| named.remove(what).unwrap_or_default();
    let (tenant, gateway) = (name("tenant"), name("gateway"));
    let query = request.uri().query().unwrap_or_default().to_owned();
    if tenant.len() > NAME_MAX || gateway.len() > NAME_MAX || query.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    match shared.hop(move |hooks| hooks.challenge(&tenant, &gateway, &query)).await {
        Some(Some(answer)) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], answer).into_response(),
        Some(None) => StatusCode::NOT_FOUND.into_response(),
        None => again(StatusCode::SERVICE_UNAVAILABLE),
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
