//! What went wrong, as RFC 9457 has it: a stable code, a sentence with the mend, and the places in the input.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use regua_engine::{Error, Kind};
use regua_store::StoreError;
use serde_json::{Value, json};

/// Where codes are explained.
pub(super) const DOCS: &str = "https://regua.dev/problems/";

/// Something wrong with one place of the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// A JSON pointer into the body, or `query/NAME`.
    pub at: String,
    /// What sort of mistake.
    pub code: &'static str,
    /// The mend.
    pub detail: String,
}

impl FieldError {
    /// Of a place.
    pub(super) fn new(at: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self { at: at.to_owned(), code, detail: detail.into() }
    }
}

/// Why a request was not answered with what it asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Names it; stable.
    pub code: String,
    /// What is wrong, and the mend.
    pub detail: String,
    /// The places in the input, if it is about the input.
    pub fields: Vec<FieldError>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem of a status.
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), detail: detail.into(), fields: Vec::new(), retry_after: None }
    }

    /// Several places of the input are wrong.
    pub(super) fn fields(fields: Vec<FieldError>) -> Self {
        let told = match fields.as_slice() {
            [only] => format!("{} {}", only.at, only.detail),
            several => format!("{} places of the input are wrong", several.len()),
        };
        Self { fields, ..Self::new(422, "invalid_input", told) }
    }

    /// One place of the input is wrong.
    pub fn field(at: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError::new(at, code, detail)])
    }

    /// It is not there.
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not_found", format!("there is no such {what}"))
    }

    /// It may not be done as things are.
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(409, code, detail)
    }

    /// Who asks may not.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, "forbidden", detail)
    }

    /// A mistake of ours; what it was goes to the log, not to the caller.
    pub fn bug() -> Self {
        Self::new(500, "internal", "this is a mistake of ours; it is in the log of the server")
    }

    /// Nobody can answer now.
    pub(crate) fn busy() -> Self {
        Self { retry_after: Some(1), ..Self::new(503, "busy", "the server is busy or its database cannot be reached; try again") }
    }

    fn title(&self) -> &'static str {
        StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Problem")
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        let fields: Vec<Value> =
            self.fields.iter().map(|field| json!({"at": field.at, "code": field.code, "detail": field.detail})).collect();
        json!({
            "type": format!("{DOCS}{}", self.code),
            "title": self.title(),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "fields": fields,
        })
    }

    /// As an answer.
    pub(crate) fn response(&self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error.kind {
            Kind::NotFound => Self::new(404, error.code, error.detail),
            Kind::Stale => Self::new(409, error.code, error.detail),
            // What the engine says about who asks, not about what.
            Kind::Refused if matches!(error.code, "not_allowed" | "owners_only" | "above_oneself") => {
                Self::new(403, error.code, error.detail)
            }
            Kind::Refused if error.code == "throttled" => Self { retry_after: Some(60), ..Self::new(429, error.code, error.detail) },
            Kind::Refused => Self::new(422, error.code, error.detail),
            Kind::Busy => Self { code: error.code.to_owned(), ..Self::busy() },
            Kind::Bug => {
                // Its text may hold what a customer wrote, so only its code is logged.
                tracing::error!(code = error.code, "a mistake of ours");
                Self::bug()
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from(Error::from(error))
    }
}
