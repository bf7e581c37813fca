//! From a request to its answer: who asks, whether they may, what they said, whether it was said before; then the operation.

use std::collections::BTreeMap;
use std::time::Instant;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use regua_core::money::Money;
use regua_engine::people::{Caller, Who};
use regua_engine::requests::Begun;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::input::Input;
use super::op::{Answer, Body, Call, Needs, Op, PAGING};
use super::problem::{FieldError, Problem};
use super::reply::{Cookie, Reply};
use super::shape::{self, Field};
use crate::Host;
use crate::limit::{Pace, Rate};
use crate::metrics::Metrics;

/// The cookie of a session.
pub(crate) const SESSION: &str = "regua_session";
/// The header that proves that a page of ours asks, not another site.
pub(crate) const CSRF: &str = "x-csrf-token";
/// The header by which the same request sent again is known.
const KEY: &str = "idempotency-key";
/// The longest such key, in characters.
const KEY_MAX: usize = 200;
/// The longest token of a session or key, in bytes; longer ones are not looked up.
const TOKEN_MAX: usize = 300;

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

/// What requests share besides the program around.
pub(crate) struct Around {
    /// How much one person or key may ask for.
    pub(crate) pace: Pace,
    /// What is counted.
    pub(crate) metrics: Metrics,
}

impl Around {
    /// With so much for each.
    pub(crate) fn new(pace: Option<Rate>, now: Instant) -> Self {
        Self { pace: Pace::new(pace, now), metrics: Metrics::new() }
    }
}

/// The id of who asked, put beside an answer for the log.
#[derive(Clone, Debug)]
pub(crate) struct Known(pub(crate) String);

/// Answers a request; it may wait for the database.
pub(crate) fn answer(host: &dyn Host, around: &Around, op: &'static Op, asked: &Asked) -> Response {
    let caller = match admitted(host, around, op, asked) {
        Ok(caller) => caller,
        Err(problem) => return problem.response(),
    };
    let answered = read(host, around, op, asked, caller.as_ref()).and_then(|call| perform(op, &call, asked));
    let mut response = answered.unwrap_or_else(|problem| problem.response());
    if let Some(caller) = &caller {
        response.extensions_mut().insert(Known(caller.who.to_string()));
    }
    response
}

/// Who asks, when they may; nobody where nobody must be known.
pub(crate) fn admitted(host: &dyn Host, around: &Around, op: &'static Op, asked: &Asked) -> Result<Option<Caller>, Problem> {
    if op.needs == Needs::Nobody {
        if !op.method.is_safe() {
            same_site(&asked.headers)?;
        }
        return Ok(None);
    }
    let caller = authenticated(host, op, asked)?;
    paced(&around.pace, &caller)?;
    permitted(op, &caller)?;
    Ok(Some(caller))
}

/// What is asked for, read and checked.
pub(crate) fn read<'a>(
    host: &'a dyn Host,
    around: &'a Around,
    op: &'static Op,
    asked: &Asked,
    caller: Option<&'a Caller>,
) -> Result<Call<'a>, Problem> {
    let path: Vec<String> = op.parameters().map(|name| asked.path.get(name).cloned().unwrap_or_default()).collect();
    if path.iter().any(|part| part.is_empty() || part.chars().count() > shape::NAME_MAX || part.contains('\0')) {
        return Err(Problem::not_found("thing"));
    }
    let query = query(op, &asked.query)?;
    let (body, file) = body(op, asked)?;
    Ok(Call {
        host,
        around,
        caller,
        tenant: caller.map_or_else(|| host.tenant(), |caller| caller.tenant),
        now: host.now(),
        path,
        query,
        raw_query: asked.query.clone(),
        body,
        file,
        from: asked.from.clone(),
        cookies: cookies(&asked.headers).into_iter().chain(op.header_values(&asked.headers)).collect(),
    })
}

fn perform(op: &'static Op, call: &Call<'_>, asked: &Asked) -> Result<Response, Problem> {
    let key = idempotency_key(op, &asked.headers)?;
    match (key, call.caller) {
        (Some(key), Some(caller)) => once(op, call, asked, caller, key),
        (_, _) => render(op, &carry_out(op, call, asked)?, &asked.headers),
    }
}

impl Op {
    /// Headers that operations without a caller look at; few.
    fn header_values(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        if self.needs == Needs::Nobody || self.needs == Needs::Person {
            let looked_at = [("user-agent", header::USER_AGENT), ("accept", header::ACCEPT)];
            let sent = |name| headers.get(name).and_then(|value| value.to_str().ok());
            let said =
                looked_at.into_iter().filter_map(|(as_name, name)| Some((as_name.to_owned(), sent(name)?.chars().take(200).collect())));
            said.collect()
        } else {
            Vec::new()
        }
    }
}

/// Who asks, by key or session.
pub(crate) fn authenticated(host: &dyn Host, op: &Op, asked: &Asked) -> Result<Caller, Problem> {
    let nobody =
        || Problem::new(401, "unauthenticated", "send `Authorization: Bearer rk_…`, or sign in; the key or session may have ended");
    let engine = host.engine();
    let bearer = asked.headers.get(header::AUTHORIZATION).map(|value| value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")));
    if let Some(bearer) = bearer {
        let token = bearer.map(str::trim).filter(|token| token.len() <= TOKEN_MAX).ok_or_else(nobody)?;
        return engine.key(token, host.now())?.ok_or_else(nobody);
    }
    let cookies = cookies(&asked.headers);
    let token = cookies.iter().find(|(name, _)| name == SESSION).map(|(_, value)| value.as_str());
    let token = token.filter(|token| token.len() <= TOKEN_MAX).ok_or_else(nobody)?;
    let caller = engine.session(token, host.now())?.ok_or_else(nobody)?;
    if !op.method.is_safe() {
        same_site(&asked.headers)?;
        // A page of another site can send our cookie, and cannot read our token nor set a header without being asked about.
        let sent = asked.headers.get(CSRF).map(HeaderValue::as_bytes).unwrap_or_default();
        let expected = caller.csrf.map(|token| hex(&token)).unwrap_or_default();
        if expected.is_empty() || !bool::from(sent.ct_eq(expected.as_bytes())) {
            return Err(Problem::new(403, "csrf", "send the header X-CSRF-Token with the token that signing in gave"));
        }
    }
    Ok(caller)
}

/// Refuses what a browser says comes from a page of another site.
fn same_site(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Problem::new(403, "csrf", "a page of another site may not do this")),
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
        serde_json::from_slice(&asked.body)
            .map_err(|bad| Problem::new(400, "bad_json", format!("the body is no JSON: line {}, column {}", bad.line(), bad.column())))?
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
            // Whoever sends browsers to us adds what it likes.
            if matches!(op.answer, Answer::Redirect) {
                continue;
            }
            let known: Vec<&str> = op.query.iter().chain(paging).map(|field| field.name).collect();
            let told = if known.is_empty() {
                "no parameters are expected".to_owned()
            } else {
                format!("no such parameter; there are {}", known.join(", "))
            };
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
            return Err(Problem::new(
                422,
                "idempotency_other",
                "this Idempotency-Key was used for another request; use a new one for each",
            ));
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
    // The line to the database broke, perhaps while it committed: nobody knows, and that is what the key says from now on.
    if matches!(&done, Err(problem) if problem.code == "database_gone") {
        return render(op, &done?, &asked.headers);
    }
    let again = match &done {
        Ok(Reply::Json(..) | Reply::Nothing) => Some(kept(&done)),
        Err(problem) if problem.status < 500 && problem.status != 429 => Some(kept(&done)),
        // A file is made anew, and what failed on our side may be tried again.
        Ok(_) | Err(_) => None,
    };
    match again {
        Some((status, body)) => engine.finish_request(call.tenant, id, key, status, body.as_bytes(), call.host.now())?,
        None => engine.drop_request(call.tenant, id, key)?,
    }
    render(op, &done?, &asked.headers)
}

/// What makes a request the same: operation, path, query and body.
fn digest(op: &Op, call: &Call<'_>, asked: &Asked) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in
        [op.id.as_bytes(), asked.query.as_bytes(), asked.body.as_slice()].into_iter().chain(call.path.iter().map(|part| part.as_bytes()))
    {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn again(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_client_error() { "application/problem+json" } else { "application/json" };
    let mut response =
        if body.is_empty() { status.into_response() } else { (status, [(header::CONTENT_TYPE, kind)], body).into_response() };
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Does it, unless it is beyond the caller's limit: then it waits for a second person.
fn carry_out(op: &'static Op, call: &Call<'_>, asked: &Asked) -> Result<Reply, Problem> {
    let done = match (op.stake, call.caller) {
        (Some(stake), Some(caller)) => match stake(call)? {
            Some(money) if !caller.may(money.minor()) => hold(op, call, asked, caller, money)?,
            Some(_) | None => (op.run)(call)?,
        },
        (_, _) => (op.run)(call)?,
    };
    if !op.method.is_safe() {
        call.host.ring();
    }
    Ok(done)
}

/// Lets an act wait for a second person.
fn hold(op: &'static Op, call: &Call<'_>, asked: &Asked, caller: &Caller, money: Money) -> Result<Reply, Problem> {
    let body =
        std::str::from_utf8(&asked.body).map_err(|_bytes| Problem::forbidden("a file above your limit must be sent by somebody else"))?;
    let request = json!({"by": caller.who.to_string(), "path": call.path, "query": asked.query, "body": body});
    let (reason, mut rng) = (call.body.text("reason"), call.host.rng());
    let request = request.to_string();
    let held = call.engine().hold_act(call.tenant, caller, op.id, money, request.as_bytes(), reason, call.now, rng.as_mut())?;
    let told = format!("{money} is above your limit: it waits for a second person to approve it");
    Ok(Reply::Json(202, json!({"held_act": held.to_string(), "detail": told})))
}

/// Who asked for an act that waits, and what it was, as [`hold`] wrote it.
fn stored(request: &[u8]) -> Result<(String, Vec<String>, Asked), Problem> {
    let stored: Value = serde_json::from_slice(request).map_err(|_bad| Problem::bug())?;
    let text = |name: &str| stored.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let path = stored.get("path").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let path = path.iter().filter_map(|part| part.as_str().map(str::to_owned)).collect();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let asked = Asked { path: BTreeMap::new(), query: text("query"), headers, body: text("body").into_bytes(), from: String::new() };
    Ok((text("by"), path, asked))
}

/// What was asked for, as people look at it: without whose it is, and with the body as JSON.
pub(crate) fn shown(request: &[u8]) -> Value {
    let stored: Value = serde_json::from_slice(request).unwrap_or_default();
    let part = |name: &str| stored.get(name).cloned().unwrap_or_default();
    let body: Value = stored.get("body").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    json!({"path": part("path"), "query": part("query"), "body": body})
}

/// Carries out what waited for a second person, as it was asked for. The record names both: who approved it, for whom.
///
/// * `asker` — what the record calls whoever asked.
pub(crate) fn replay(call: &Call<'_>, op: &'static Op, asker: &str, request: &[u8]) -> Result<Reply, Problem> {
    let approver = call.who()?;
    let (by, path, asked) = stored(request)?;
    let who = match (by.parse(), by.parse()) {
        (Ok(person), _) => Who::Person(person),
        (_, Ok(key)) => Who::Key(key),
        (Err(_), Err(_)) => return Err(Problem::bug()),
    };
    let name = format!("{} ({}) for {asker}", approver.name, approver.who);
    let caller = Caller { who, name, ..approver.clone() };
    let (body, file) = body(op, &asked)?;
    let again = Call {
        host: call.host,
        around: call.around,
        caller: Some(&caller),
        tenant: caller.tenant,
        now: call.host.now(),
        path,
        query: query(op, &asked.query)?,
        raw_query: String::new(),
        body,
        file,
        from: String::new(),
        cookies: Vec::new(),
    };
    (op.run)(&again)
}

/// Status and body of what was answered, as it is kept.
pub(crate) fn kept(done: &Result<Reply, Problem>) -> (u16, String) {
    match done {
        Ok(Reply::Json(status, value)) => (*status, value.to_string()),
        Ok(Reply::Cached(value, _)) => (200, value.to_string()),
        Ok(Reply::Page(items, next)) => (200, json!({"items": items, "next": next}).to_string()),
        Ok(Reply::Nothing | Reply::File { .. } | Reply::WithCookie(..) | Reply::Redirect(..)) => (204, String::new()),
        Err(problem) => (problem.status, problem.json().to_string()),
    }
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
pub(crate) fn cached(value: &Value, seconds: u32, asked: &HeaderMap) -> Response {
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
    let object = |schema: &'static shape::Schema, value: &Value| {
        shape::unlike(&shape::Kind::Json, value, "").or_else(|| unlike_schema(schema, value))
    };
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
