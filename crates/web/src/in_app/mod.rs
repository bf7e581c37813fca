//! What a company's own app asks from its customers' browsers: what to show, news of it, and that it was put away; and the
//! script that does all of this.
//!
//! Who asks is known by a token that the company's server signed, from pages whose origins the settings list, and sees what is
//! its own. Deliberately absent: cookies, so that no other page can ask in somebody's name, and everything that `engine` decides.

mod says;
mod stream;
mod words;

use std::sync::{Arc, LazyLock};
use std::time::Instant as Began;

use axum::body::to_bytes;
use axum::extract::{Request, State as With};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use regua_core::ids::CustomerId;
use regua_core::time::Instant;
use regua_engine::in_app::{Reader, State};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use crate::Host;
use crate::api::Problem;
use crate::api::answer::{self, Known};
use crate::headers::RequestId;
use crate::routes::Shared;

pub(crate) use stream::{open as open_stream, seats};

/// The script.
pub(crate) const SCRIPT: &str = include_str!("in-app.js");
/// How long an answer may be kept at most, in seconds: what becomes known is not foreseen.
const KEPT_MAX: i64 = 60;
/// The longest body that says what was put away, in bytes.
const BODY_MAX: usize = 1 << 10;
/// The longest token, in bytes; longer ones are not looked at.
const TOKEN_MAX: usize = 2_000;

/// What is said of the script so that browsers know it again.
pub(crate) struct Script {
    /// Where it is, under a name that changes with what is in it: `/in-app.0123456789abcdef.js`.
    pub(crate) path: String,
    /// What a page writes beside it so that its browser runs this and nothing else: `sha256-…`.
    pub(crate) integrity: String,
    etag: HeaderValue,
}

/// The script as it is served.
pub(crate) static SERVED: LazyLock<Script> = LazyLock::new(|| {
    let digest = Sha256::digest(SCRIPT.as_bytes());
    let hash = answer::hex(digest.get(..8).unwrap_or_default());
    let etag = HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or_else(|_no_value| HeaderValue::from_static("\"0\""));
    Script { path: format!("/in-app.{hash}.js"), integrity: format!("sha256-{}", BASE64.encode(digest)), etag }
});

/// The script under its plain name: kept for five minutes, so that a newer one comes soon.
pub(crate) async fn script(headers: HeaderMap) -> Response {
    if headers.get(header::IF_NONE_MATCH).is_some_and(|has| *has == SERVED.etag) {
        return file(StatusCode::NOT_MODIFIED, "public, max-age=300", "");
    }
    file(StatusCode::OK, "public, max-age=300", SCRIPT)
}

/// The script under the name of its content: it never changes.
pub(crate) async fn fixed_script() -> Response {
    file(StatusCode::OK, "public, max-age=31536000, immutable", SCRIPT)
}

fn file(status: StatusCode, kept: &'static str, body: &'static str) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, kept),
        // Pages of other origins run it, which is what it is for.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::ETAG, SERVED.etag.clone());
    response
}

/// What a browser asks before it asks: whether a page of its origin may.
pub(crate) async fn before(With(shared): With<Arc<Shared>>, headers: HeaderMap) -> Response {
    let Some(origin) = shared.host.as_ref().and_then(|host| listed(host.as_ref(), &headers)) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type, if-none-match"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    allow(headers, Some(origin));
    response
}

/// What to show now.
pub(crate) async fn feed(With(shared): With<Arc<Shared>>, request: Request) -> Response {
    let headers = request.headers().clone();
    answered(&shared, "in_app_feed", request, move |host, reader, now, _body| {
        let (value, until) = told(host, reader, now)?;
        let kept = until.secs().saturating_sub(now.secs()).clamp(0, KEPT_MAX);
        Ok(answer::cached(&value, u32::try_from(kept).unwrap_or(0), &headers))
    })
    .await
}

/// Something is put away until tomorrow.
pub(crate) async fn seen(With(shared): With<Arc<Shared>>, request: Request) -> Response {
    answered(&shared, "in_app_seen", request, |host, reader, now, body| {
        let told: Value = serde_json::from_slice(body).map_err(|_bad| Problem::new(400, "bad_json", "the body is no JSON"))?;
        let state = told.get("state").and_then(Value::as_str).and_then(State::parse);
        let state = state.filter(|state| state.can_be_put_away());
        let state = state.ok_or_else(|| Problem::field("/state", "word", "is notice or banner; nothing else can be put away"))?;
        let away = match reader.customer {
            Some(customer) => host.engine().put_in_app_away(reader.tenant, customer, state, now)?,
            None => false,
        };
        let mut response = json!({"put_away": away}).to_string().into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    })
    .await
}

/// What is shown to whoever holds a token, and until when that does not change by itself.
pub(super) fn told(host: &dyn Host, reader: &Reader, now: Instant) -> Result<(Value, Instant), Problem> {
    let Some(customer) = reader.customer else { return Ok((says::nothing(), Instant::NEVER)) };
    let shown = host.engine().in_app(reader.tenant, customer, host.language(), now)?;
    let link = host.portal_link(reader.tenant, customer, now);
    Ok((says::says(&shown, link.as_deref()), shown.until))
}

/// Answers who may ask; it says so of itself to the page that asked, and to no other.
async fn answered(
    shared: &Arc<Shared>,
    operation: &'static str,
    request: Request,
    work: impl FnOnce(&dyn Host, &Reader, Instant, &[u8]) -> Result<Response, Problem> + Send + 'static,
) -> Response {
    let began = Began::now();
    let Some(host) = shared.host.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let (head, body) = request.into_parts();
    let id = head.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let origin = listed(host.as_ref(), &head.headers);
    let mut response = match timeout(shared.settings.body_time, to_bytes(body, BODY_MAX)).await {
        Ok(Ok(body)) => {
            let inner = Arc::clone(shared);
            let work = move || -> Result<Response, Problem> {
                let now = host.now();
                let reader = reader(host.as_ref(), &inner, &head.headers, now)?;
                let mut response = work(host.as_ref(), &reader, now, &body[..])?;
                response.extensions_mut().insert(Known(name(&reader)));
                Ok(response)
            };
            let done = shared.wait_for(work).await.unwrap_or_else(|| Err(Problem::busy()));
            done.unwrap_or_else(|problem| problem.response())
        }
        Ok(Err(_)) => Problem::new(413, "too_long", format!("the body has at most {BODY_MAX} bytes")).response(),
        Err(_) => Problem::new(408, "too_slow", "the body did not come in time").response(),
    };
    allow(response.headers_mut(), origin);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    shared.around.metrics.answered(operation, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let caller = response.extensions().get::<Known>().map_or("", |known| known.0.as_str());
    tracing::info!(request = id, operation, status, milliseconds, caller, "answered");
    response
}

/// Who asks: by its token, from a page that may, and not too often.
pub(super) fn reader(host: &dyn Host, shared: &Shared, headers: &HeaderMap, now: Instant) -> Result<Reader, Problem> {
    let from = headers.get(header::ORIGIN);
    if from.is_some() && listed(host, headers).is_none() {
        return Err(Problem::forbidden("pages of this origin may not ask; [in_app] origins in the settings lists those that may"));
    }
    let reader = token(headers).map_or(Ok(None), |token| host.engine().in_app_reader(token, now))?;
    let nobody = || Problem::new(401, "unauthenticated", "send `Authorization: Bearer ia_…`, signed by your server; it may be over");
    let reader = reader.ok_or_else(nobody)?;
    // A token for one page is good in no other, nor without one.
    if reader.origin.as_ref().is_some_and(|own| from.is_none_or(|from| from.as_bytes() != own.as_bytes())) {
        return Err(nobody());
    }
    let pace = reader.customer.map_or_else(|| reader.tenant.to_bytes(), CustomerId::to_bytes);
    if !shared.around.pace.admit(u128::from_be_bytes(pace)) {
        let told = "too many requests of one customer; ask less often";
        return Err(Problem { retry_after: Some(5), ..Problem::new(429, "too_many_requests", told) });
    }
    Ok(reader)
}

/// The token that a request shows.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim();
    (token.len() <= TOKEN_MAX).then_some(token)
}

/// The origin of the page that asks, when the settings list it.
pub(super) fn listed(host: &dyn Host, headers: &HeaderMap) -> Option<HeaderValue> {
    let from = headers.get(header::ORIGIN)?;
    host.in_app_origins().iter().any(|origin| origin.as_bytes() == from.as_bytes()).then(|| from.clone())
}

/// Says which page may read an answer.
pub(super) fn allow(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    // Always: an answer to one page is none to another, and none for a cache between.
    headers.insert(header::VARY, HeaderValue::from_static("authorization, origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag, retry-after"));
    }
}

/// Who asked, for the log: an id of ours, never what the company calls its customer.
fn name(reader: &Reader) -> String {
    reader.customer.map_or_else(|| reader.tenant.to_string(), |customer| customer.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_small_and_its_name_follows_its_content() {
        assert!(SCRIPT.len() < 10_000, "{} bytes", SCRIPT.len());
        assert!(SERVED.integrity.starts_with("sha256-") && SERVED.integrity.len() == 51, "{}", SERVED.integrity);
        assert!(SERVED.path.starts_with("/in-app.") && SERVED.path.ends_with(".js") && SERVED.path.len() == 27, "{}", SERVED.path);
        // What a strict policy of the page around would not run.
        for unsafe_word in ["eval(", "new Function", "innerHTML", "document.write", ".style.", "setAttribute(\"style\"", "cssText"] {
            assert!(!SCRIPT.contains(unsafe_word), "{unsafe_word}");
        }
    }

    #[tokio::test]
    async fn the_script_is_known_again() {
        let first = script(HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        let mut has = HeaderMap::new();
        has.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(script(has).await.status(), StatusCode::NOT_MODIFIED);
        assert!(fixed_script().await.headers()[header::CACHE_CONTROL].to_str().is_ok_and(|kept| kept.contains("immutable")));
    }
}
