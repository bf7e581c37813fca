//! From a request to its answer: who asks, whether they may, what they said, whether it was said before; then the operation.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use regua_core::ids::TenantId;
use regua_engine::people::{Caller, Who};
use regua_engine::requests::Begun;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::input::Input;
use super::op::{Answer, Body, Call, Needs, Op, PAGING};
use super::problem::{FieldError, Problem};
use super::reply::{Cookie, Reply};
use super::shape::{self, Field};
use crate::Host;
use crate::limit::Pace;

/// The cookie of a session.
pub const SESSION: &str = "regua_session";
/// The header that proves that a page of ours asks, not another site.
pub const CSRF: &str = "x-csrf-token";
/// The header by which the same request sent again is known.
const KEY: &str = "idempotency-key";
/// The longest such key, in characters.
const KEY_MAX: usize = 200;

/// A request as it came.
pub(crate) struct Asked {
    /// Parameters of the path by name.
    pub(crate) path: BTreeMap<String, String>,
    /// The query, undecoded.
    pub(crate) query: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// From where.
    pub(crate) from: String,
}

/// Answers a request; it may wait for the database.
pub(crate) fn answer(host: &dyn Host, pace: &Pace, op: &'static Op, asked: &Asked) -> Response {
    match try_answer(host, pace, op, asked) {
        Ok(response) => response,
        Err(problem) => problem.response(),
    }
}

fn try_answer(host: &dyn Host, pace: &Pace, op: &'static Op, asked: &Asked) -> Result<Response, Problem> {
    let now = host.now();
    let cookies = cookies(&asked.headers);
    let caller = if op.needs == Needs::Nobody { None } else { Some(authenticated(host, op, asked, &cookies)?) };
    let tenant = caller.as_ref().map_or_else(|| host.tenant(), |caller| caller.tenant);
    if let Some(caller) = &caller {
        paced(pace, caller)?;
        permitted(op, caller)?;
    }
    let (body, file) = body(op, asked)?;
    let path = op.parameters().map(|name| asked.path.get(name).cloned().unwrap_or_default()).collect();
    let query = query(op, &asked.query)?;
    let call = Call {
        host,
        caller: caller.as_ref(),
        tenant,
        now,
        path,
        query,
        body,
        file,
        from: asked.from.clone(),
        cookies: cookies.into_iter().chain(op.header_values(&asked.headers)).collect(),
    };
    if let Some(problem) = call.path.iter().find(|part| part.is_empty() || part.chars().count() > shape::NAME_MAX || part.contains('\0')) {
        tracing::debug!(length = problem.len(), "a parameter that is none");
        return Err(Problem::not_found("thing"));
    }
    let key = idempotency_key(op, &asked.headers)?;
    let (Some(key), Some(caller)) = (key, caller.as_ref()) else { return render(op, &carry_out(op, &call, asked)?, &asked.headers) };
    once(op, &call, asked, caller, key)
}

impl Op {
    /// Headers that operations without a caller look at; few.
    fn header_values(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        if self.needs == Needs::Nobody || self.needs == Needs::Person {
            let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
            agent.map(|agent| ("user-agent".to_owned(), agent.chars().take(200).collect())).into_iter().collect()
        } else {
            Vec::new()
        }
    }
}

/// Who asks, by key or session.
fn authenticated(host: &dyn Host, op: &Op, asked: &Asked, cookies: &[(String, String)]) -> Result<Caller, Problem> {
    let nobody = || Problem::new(401, "unauthenticated", "send `Authorization: Bearer rk_…`, or sign in; the key or session may have ended");
    let engine = host.engine();
    let bearer = asked.headers.get(header::AUTHORIZATION).map(|value| value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")));
    if let Some(bearer) = bearer {
        let token = bearer.map(str::trim).filter(|token| token.len() <= 300).ok_or_else(nobody)?;
        return engine.key(token, host.now())?.ok_or_else(nobody);
    }
    let token = cookies.iter().find(|(name, _)| name == SESSION).map(|(_, value)| value.as_str()).ok_or_else(nobody)?;
    let (caller, csrf) = engine.session(token, host.now())?.ok_or_else(nobody)?;
    if !op.method.is_safe() {
        // A page of another site can send our cookie, and cannot read our token nor set a header without being asked about.
        let sent = asked.headers.get(CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !csrf.matches(sent) {
            return Err(Problem::new(403, "csrf", "send the header X-CSRF-Token with the token that signing in gave"));
        }
        if let Some(site) = asked.headers.get("sec-fetch-site")
            && site != "same-origin"
            && site != "none"
        {
            return Err(Problem::new(403, "csrf", "a page of another site may not do this"));
        }
    }
    Ok(caller)
}

fn paced(pace: &Pace, caller: &Caller) -> Result<(), Problem> {
    let id = match caller.who {
        Who::Person(id) => id.to_bytes(),
        Who::Key(id) => id.to_bytes(),
    };
    if pace.admit(u128::from_be_bytes(id)) {
        return Ok(());
    }
    let told = "too many requests of one key or person; send them more slowly";
    Err(Problem { retry_after: Some(1), ..Problem::new(429, "too_many_requests", told) })
}

fn permitted(op: &Op, caller: &Caller) -> Result<(), Problem> {
    let may = match op.needs {
        Needs::Nobody | Needs::Anybody => true,
        Needs::Person => matches!(caller.who, Who::Person(_)),
        Needs::Scope(scope) => caller.scopes.has(scope),
    };
    if may {
        return Ok(());
    }
    Err(match op.needs {
        Needs::Scope(scope) => Problem::forbidden(format!("this needs the scope {}; an owner can give it", scope.word())),
        Needs::Nobody | Needs::Anybody | Needs::Person => Problem::forbidden("this is for people who are signed in, not for keys"),
    })
}

/// The body, read and checked.
fn body(op: &'static Op, asked: &Asked) -> Result<(Input, Vec<u8>), Problem> {
    match op.body {
        Body::None if asked.body.is_empty() => Ok((Input::default(), Vec::new())),
        // Some clients send `{}` or `null` with everything.
        Body::None if matches!(asked.body.as_slice(), b"{}" | b"null") => Ok((Input::default(), Vec::new())),
        Body::None => Err(Problem::new(400, "no_body", "this takes no body")),
        Body::File(_) if asked.body.is_empty() => Err(Problem::new(400, "no_file", "send the file as the body")),
        Body::File(_) => Ok((Input::default(), asked.body.clone())),
        Body::Json(fields) => Ok((json_body(fields, asked)?, Vec::new())),
    }
}

fn json_body(fields: &'static [Field], asked: &Asked) -> Result<Input, Problem> {
    let kind = asked.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = kind.is_some_and(|kind| kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json"));
    if !is_json && !asked.body.is_empty() {
        return Err(Problem::new(415, "not_json", "send `Content-Type: application/json`"));
    }
    let value: Value = if asked.body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&asked.body).map_err(|bad| {
            Problem::new(400, "bad_json", format!("the body is no JSON: line {}, column {}", bad.line(), bad.column()))
        })?
    };
    let mut errors = Vec::new();
    let input = shape::read(fields, &value, "", &mut errors);
    if errors.is_empty() { Ok(input) } else { Err(Problem::fields(errors)) }
}

/// The query, read and checked.
fn query(op: &'static Op, text: &str) -> Result<Input, Problem> {
    let paging = if matches!(op.answer, Answer::Page(_)) { PAGING } else { &[] };
    let mut input = Input::default();
    let mut errors = Vec::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let at = format!("query/{name}");
        let Some(field) = op.query.iter().chain(paging).find(|field| field.name == name) else {
            let known: Vec<&str> = op.query.iter().chain(paging).map(|field| field.name).collect();
            let told = if known.is_empty() { "no parameters are expected".to_owned() } else { format!("no such parameter; there are {}", known.join(", ")) };
            errors.push(FieldError::new(&at, "unknown", told));
            continue;
        };
        if input.has(field.name) {
            errors.push(FieldError::new(&at, "twice", "is there twice"));
        } else if let Some(parsed) = shape::text(&field.kind, &value, &at, &mut errors) {
            input.put(field.name, parsed);
        }
    }
    for field in op.query.iter().filter(|field| field.required && !input.has(field.name)) {
        errors.push(FieldError::new(&format!("query/{}", field.name), "required", format!("is missing: {}", field.doc)));
    }
    if errors.is_empty() { Ok(input) } else { Err(Problem::fields(errors)) }
}

/// The key by which the same request sent again is known, if there is one.
fn idempotency_key<'h>(op: &Op, headers: &'h HeaderMap) -> Result<Option<&'h str>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    if op.method.is_safe() {
        return Ok(None);
    }
    let told = format!("Idempotency-Key is 1 to {KEY_MAX} visible ASCII characters");
    let bad = || Problem::field("header/Idempotency-Key", "text", told.clone());
    let key = value.to_str().map_err(|_not_ascii| bad())?;
    if key.is_empty() || key.len() > KEY_MAX || key.chars().any(|c| !c.is_ascii_graphic()) { Err(bad()) } else { Ok(Some(key)) }
}

/// Carries a request out once, and answers the same when it is sent again with its key.
fn once(op: &'static Op, call: &Call<'_>, asked: &Asked, caller: &Caller, key: &str) -> Result<Response, Problem> {
    let id = match caller.who {
        Who::Person(id) => id.to_bytes(),
        Who::Key(id) => id.to_bytes(),
    };
    let digest = digest(op, call, asked);
    let engine = call.engine();
    match engine.begin_request(call.tenant, id, key, &digest, call.now)? {
        Begun::New => {}
        Begun::Answered { status, body } => return Ok(again(status, body)),
        Begun::Other => {
            return Err(Problem::new(422, "idempotency_other", "this Idempotency-Key was used for another request; use a new one for each"));
        }
        Begun::UnderWay => {
            let told = "the same request is being carried out now; ask again for its answer";
            return Err(Problem { retry_after: Some(1), ..Problem::conflict("idempotency_under_way", told) });
        }
        Begun::Unknown => {
            let told = "the server was cut off while it carried this request out, so it may have happened: look, then use a new key";
            return Err(Problem::conflict("idempotency_unknown", told));
        }
    }
    let done = carry_out(op, call, asked);
    let kept = match &done {
        Ok(Reply::Json(status, value)) => Some((*status, value.to_string())),
        Ok(Reply::Nothing) => Some((204, String::new())),
        Err(problem) if problem.status < 500 && problem.status != 429 => Some((problem.status, problem.json().to_string())),
        // A file is made anew, and what failed on our side may be tried again.
        Ok(_) | Err(_) => None,
    };
    match kept {
        Some((status, body)) => engine.finish_request(call.tenant, id, key, status, body.as_bytes(), call.host.now())?,
        None => engine.drop_request(call.tenant, id, key)?,
    }
    render(op, &done?, &asked.headers)
}

/// What makes a request the same: operation, path, query and body.
fn digest(op: &Op, call: &Call<'_>, asked: &Asked) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [op.id.as_bytes(), asked.query.as_bytes(), asked.body.as_slice()].into_iter().chain(call.path.iter().map(|part| part.as_bytes())) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn again(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_client_error() { "application/problem+json" } else { "application/json" };
    let mut response = if body.is_empty() { status.into_response() } else { (status, [(header::CONTENT_TYPE, kind)], body).into_response() };
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Does it, unless it is beyond the caller's limit: then it waits for a second person.
fn carry_out(op: &'static Op, call: &Call<'_>, asked: &Asked) -> Result<Reply, Problem> {
    if let (Some(stake), Some(caller)) = (op.stake, call.caller)
        && let Some(money) = stake(call)?
        && !caller.may(money.minor())
    {
        let request = json!({"path": call.path, "query": asked.query, "body": String::from_utf8_lossy(&asked.body)});
        let reason = call.body.text("reason");
        let mut rng = call.host.rng();
        let held =
            call.engine().hold_act(call.tenant, caller, op.id, money, request.to_string().as_bytes(), reason, call.now, rng.as_mut())?;
        let told = format!("{money} is above your limit: it waits for a second person to approve it");
        return Ok(Reply::Json(202, json!({"held_act": held.to_string(), "detail": told})));
    }
    (op.run)(call)
}

/// Carries out what waited for a second person, as it was asked for, with the second person as who answers for it.
pub(crate) fn replay(host: &dyn Host, op: &'static Op, caller: &Caller, request: &[u8]) -> Result<Reply, Problem> {
    let stored: Value = serde_json::from_slice(request).map_err(|_bad| Problem::bug())?;
    let text = |name: &str| stored.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let path = stored.get("path").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let asked = Asked { path: BTreeMap::new(), query: text("query"), headers, body: text("body").into_bytes(), from: String::new() };
    let (body, file) = body(op, &asked)?;
    let call = Call {
        host,
        caller: Some(caller),
        tenant: caller.tenant,
        now: host.now(),
        path: path.iter().filter_map(|part| part.as_str().map(str::to_owned)).collect(),
        query: query(op, &asked.query)?,
        body,
        file,
        from: String::new(),
        cookies: Vec::new(),
    };
    (op.run)(&call)
}

/// An answer as bytes.
fn render(op: &'static Op, reply: &Reply, asked: &HeaderMap) -> Result<Response, Problem> {
    // What is not as described is a mistake of ours: tests and debug builds see it at once.
    if cfg!(debug_assertions)
        && let Some(unlike) = unlike(op, reply)
    {
        tracing::error!(operation = op.id, unlike, "an answer is not as it is described");
        return Err(Problem::bug());
    }
    let mut response = match reply {
        Reply::Json(status, value) => (StatusCode::from_u16(*status).unwrap_or(StatusCode::OK), json_text(value)).into_response(),
        Reply::Cached(value, seconds) => return Ok(cached(value, *seconds, asked)),
        Reply::Page(items, next) => json_text(&json!({"items": items, "next": next})).into_response(),
        Reply::Nothing => StatusCode::NO_CONTENT.into_response(),
        Reply::File { kind, name, bytes } => {
            let quoted: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
            let disposition = format!("attachment; filename=\"{quoted}\"");
            ([(header::CONTENT_TYPE, (*kind).to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes.clone()).into_response()
        }
        Reply::WithCookie(value, cookie) => {
            let mut response = if value.is_null() { StatusCode::NO_CONTENT.into_response() } else { json_text(value).into_response() };
            set(&mut response, cookie)?;
            response
        }
        Reply::Redirect(to, cookies) => {
            let to = HeaderValue::from_str(to).map_err(|_bad| Problem::bug())?;
            let mut response = (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
            for cookie in cookies {
                set(&mut response, cookie)?;
            }
            response
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn json_text(value: &Value) -> ([(header::HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string())
}

/// An answer that may be kept: with the ETag that the caller has, nothing more is sent.
fn cached(value: &Value, seconds: u32, asked: &HeaderMap) -> Response {
    let text = value.to_string();
    let digest = Sha256::digest(text.as_bytes());
    let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let has = |given: &HeaderValue| {
        given.to_str().is_ok_and(|given| given.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*"))
    };
    let mut response = if asked.get_all(header::IF_NONE_MATCH).iter().any(has) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], text).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Ok(control) = HeaderValue::from_str(&format!("private, max-age={seconds}")) {
        headers.insert(header::CACHE_CONTROL, control);
    }
    headers.insert(header::VARY, HeaderValue::from_static("authorization, cookie"));
    response
}

fn set(response: &mut Response, cookie: &Cookie) -> Result<(), Problem> {
    let (value, seconds) = cookie.value.as_deref().map_or(("", 0), |value| (value, cookie.seconds));
    // Browsers take a secure cookie from http://localhost too.
    let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax", cookie.name);
    let value = HeaderValue::from_str(&text).map_err(|_bad| Problem::bug())?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.take(50).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn unlike(op: &Op, reply: &Reply) -> Option<String> {
    let object = |schema: &'static shape::Schema, value: &Value| shape::unlike(&shape::Kind::Json, value, "").or_else(|| unlike_schema(schema, value));
    match (op.answer, reply) {
        (Answer::One(_) | Answer::Created(_) | Answer::Nothing, Reply::Json(202, _)) if op.stake.is_some() => None,
        (Answer::One(schema), Reply::Json(200, value) | Reply::WithCookie(value, _)) => object(schema, value),
        (Answer::Created(schema), Reply::Json(200 | 201, value) | Reply::WithCookie(value, _)) => object(schema, value),
        (Answer::Cached(schema), Reply::Cached(value, _)) => object(schema, value),
        (Answer::Page(schema), Reply::Page(items, _)) => items.iter().find_map(|item| object(schema, item)),
        (Answer::Nothing, Reply::Nothing) | (Answer::File(_), Reply::File { .. }) | (Answer::Redirect, Reply::Redirect(..)) => None,
        (Answer::Nothing, Reply::WithCookie(Value::Null, _)) => None,
        (_, other) => Some(format!("another sort of answer: {other:?}").chars().take(80).collect()),
    }
}

fn unlike_schema(schema: &'static shape::Schema, value: &Value) -> Option<String> {
    shape::unlike_object(schema.fields, value, schema.name)
}

/// Whose rows a request without a caller means.
pub(crate) fn own(host: &Arc<dyn Host>) -> TenantId {
    host.tenant()
}
