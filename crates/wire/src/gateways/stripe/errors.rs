//! What an answer of Stripe's is before its object is read: good, a decline, or trouble.
//!
//! Whether something may have happened decides everything. Stripe keeps the first answer to an idempotency key once it began to
//! work on a request, also when that answer is a 500; so a 5xx to a request that changes something says nothing about the
//! money, and is unknown: ask, then send the same again with the same key. A 429 was turned away at the door. A key that is in
//! use, or was used with other fields, speaks of an earlier request of ours whose end is what we must learn.
//!
//! Deliberately absent: Stripe's messages. They may quote what we sent, such as an address; its code, the field and the number
//! of the request in its log are enough to find them. Only names of missing rights are taken over.

use serde_json::Value;

use super::super::{Response, Trouble, Verb};
use super::read::{object, text};

/// Seconds that are waited at most because the far side says so: a day.
const WAIT_MAX: u64 = 86_400;
/// Bytes of a code, a field or a number of a request that are shown.
const SHOWN_MAX: usize = 80;
/// Names of rights that are shown.
const RIGHTS_MAX: usize = 5;

/// An answer of Stripe's.
pub(super) enum Answer {
    /// The object that was asked for.
    Good(Value),
    /// The issuer, its network or Stripe refused the payment: `error`.
    Declined(Value),
    /// Nothing of both; with `error`, when there is one that can be read.
    Bad(Trouble, Option<Value>),
}

impl Answer {
    /// What an answer is to a request that was made with this verb.
    pub(super) fn of(response: &Response, verb: Verb) -> Self {
        let body = serde_json::from_slice::<Value>(&response.body).ok().filter(Value::is_object);
        if (200..300).contains(&response.status) {
            // A page of a proxy, or an answer that was cut off.
            return body.map_or_else(|| Self::Bad(unclear(verb, "the answer cannot be read", None), None), Self::Good);
        }
        let error = body.as_ref().and_then(|body| object(body, "error")).cloned();
        // With any other status it was not the card: a 429 or a 5xx stays what it is, whatever its body calls itself.
        let of_card = error.as_ref().is_some_and(|error| text(error, "type") == Some("card_error"));
        let declined = response.status == 402 || (response.status == 400 && of_card);
        match error {
            Some(error) if declined => Self::Declined(error),
            error => Self::Bad(trouble(response, error.as_ref(), verb), error),
        }
    }

    /// The object, where a decline is none of the answers.
    ///
    /// # Errors
    /// What else came.
    pub(super) fn good(self) -> Result<Value, Trouble> {
        match self {
            Self::Good(value) => Ok(value),
            Self::Declined(error) => Err(refused(402, Some(&error), None)),
            Self::Bad(trouble, _) => Err(trouble),
        }
    }
}

/// A good answer without what makes it one: the object came in another shape than asked for.
pub(super) fn unreadable(verb: Verb, what: &str) -> Trouble {
    unclear(verb, what, None)
}

fn trouble(response: &Response, error: Option<&Value>, verb: Verb) -> Trouble {
    let kind = error.and_then(|error| text(error, "type")).unwrap_or_default();
    let code = error.and_then(|error| text(error, "code")).unwrap_or_default();
    match response.status {
        429 => Trouble::Outage { why: format!("Stripe answers 429 ({})", shown(code, "rate_limit")), wait_secs: wait(response) },
        _ if kind == "idempotency_error" || code == "idempotency_key_in_use" => {
            unclear(verb, "Stripe holds an earlier request of ours with the same key", None)
        }
        409 => unclear(verb, "Stripe answers 409: another request is at the same object", wait(response)),
        404 => Trouble::NotFound,
        402 => unclear(verb, "Stripe answers 402, and the reason cannot be read", None),
        // 408 and 425: a proxy on the way gave up, and nobody knows how far it came.
        408 | 425 | 500.. => unclear(verb, &format!("Stripe answers {}", response.status), wait(response)),
        status => refused(status, error, header(response, "request-id")),
    }
}

/// Nobody knows of what changes something; what only reads is read again.
fn unclear(verb: Verb, why: &str, wait_secs: Option<u64>) -> Trouble {
    if verb.only_reads() { Trouble::Outage { why: why.to_owned(), wait_secs } } else { Trouble::Unknown { why: why.to_owned() } }
}

fn refused(status: u16, error: Option<&Value>, request: Option<&str>) -> Trouble {
    let code = error.and_then(|error| text(error, "code").or_else(|| text(error, "type")));
    let code = shown(code.unwrap_or_default(), "none").to_owned();
    let mut why = match status {
        401 => "the key is not accepted; put the secret or restricted key of this account into the settings".to_owned(),
        403 => {
            let rights = error.and_then(|error| text(error, "message")).map(rights).unwrap_or_default();
            let rights = if rights.is_empty() { String::new() } else { format!(" ({})", rights.join(", ")) };
            format!("the restricted key lacks a right{rights}; add it in Stripe's dashboard under API keys")
        }
        300..=399 => "Stripe's API does not redirect; look at the base address in the settings".to_owned(),
        status => format!("{status} {code}"),
    };
    if let Some(field) = error.and_then(|error| text(error, "param")) {
        why.push_str(&format!(" at `{}`", shown(field, "?")));
    }
    if let Some(request) = request {
        why.push_str(&format!("; the request is {} in Stripe's log", shown(request, "unnamed")));
    }
    Trouble::Refused { code, why }
}

/// The names of rights in a message: the words that begin with `rak_`.
fn rights(message: &str) -> Vec<&str> {
    let words = message.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with("rak_") && word.len() <= SHOWN_MAX).take(RIGHTS_MAX).collect()
}

/// A word of Stripe's that is safe to show.
fn shown<'a>(word: &'a str, otherwise: &'a str) -> &'a str {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']');
    if word.is_empty() || word.len() > SHOWN_MAX || !word.bytes().all(safe) { otherwise } else { word }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
}

/// `Retry-After` in seconds; Stripe sends no dates there.
fn wait(response: &Response) -> Option<u64> {
    header(response, "retry-after").and_then(|secs| secs.trim().parse::<u64>().ok()).map(|secs| secs.min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response(status: u16, body: &Value, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: body.to_string().into_bytes() }
    }

    fn told(status: u16, body: &Value, verb: Verb) -> String {
        match Answer::of(&response(status, body, &[("retry-after", "7"), ("request-id", "req_1")]), verb) {
            Answer::Good(_) => "good".to_owned(),
            Answer::Declined(_) => "declined".to_owned(),
            Answer::Bad(trouble, _) => match trouble {
                Trouble::Outage { wait_secs, .. } => format!("outage {}", wait_secs.unwrap_or_default()),
                Trouble::Unknown { .. } => "unknown".to_owned(),
                Trouble::Refused { code, .. } => format!("refused {code}"),
                Trouble::NotFound => "not found".to_owned(),
            },
        }
    }

    fn error(kind: &str, code: &str) -> Value {
        json!({ "error": { "type": kind, "code": code, "message": "ana@example.com", "param": "email" } })
    }

    #[test]
    fn whether_something_may_have_happened_decides_what_an_answer_is() {
        let rows = [
            (200, json!({}), "good", "good"),
            (200, json!("cut off"), "unknown", "outage 0"),
            (402, error("card_error", "card_declined"), "declined", "declined"),
            // Stand-ins call it otherwise, and older versions answered 400.
            (402, error("invalid_request_error", "card_declined"), "declined", "declined"),
            (400, error("card_error", "incorrect_number"), "declined", "declined"),
            (402, json!({}), "unknown", "outage 0"),
            (400, error("invalid_request_error", "parameter_missing"), "refused parameter_missing", "refused parameter_missing"),
            (400, error("idempotency_error", ""), "unknown", "outage 0"),
            (409, error("idempotency_error", "idempotency_key_in_use"), "unknown", "outage 0"),
            (409, error("invalid_request_error", ""), "unknown", "outage 7"),
            (401, error("authentication_error", ""), "refused authentication_error", "refused authentication_error"),
            (403, error("invalid_request_error", ""), "refused invalid_request_error", "refused invalid_request_error"),
            (404, error("invalid_request_error", "resource_missing"), "not found", "not found"),
            (429, error("rate_limit_error", "rate_limit"), "outage 7", "outage 7"),
            (429, error("invalid_request_error", "lock_timeout"), "outage 7", "outage 7"),
            (500, error("api_error", ""), "unknown", "outage 7"),
            (503, json!(null), "unknown", "outage 7"),
            (429, error("card_error", "card_declined"), "outage 7", "outage 7"),
            (409, error("card_error", "card_declined"), "unknown", "outage 7"),
            (504, error("card_error", "card_declined"), "unknown", "outage 7"),
            (302, json!(null), "refused none", "refused none"),
        ];
        for (status, body, posted, read) in rows {
            assert_eq!(told(status, &body, Verb::Post), posted, "POST {status} {body}");
            assert_eq!(told(status, &body, Verb::Get), read, "GET {status} {body}");
        }
    }

    #[test]
    fn a_refusal_names_the_place_and_the_mend_and_nothing_of_a_person() {
        let refusal = |status, body: &Value| match Answer::of(&response(status, body, &[("request-id", "req_1")]), Verb::Post) {
            Answer::Bad(Trouble::Refused { why, .. }, _) => why,
            Answer::Good(_) | Answer::Declined(_) | Answer::Bad(..) => panic!("{status} {body}"),
        };
        let why = refusal(400, &error("invalid_request_error", "email_invalid"));
        assert_eq!(why, "400 email_invalid at `email`; the request is req_1 in Stripe's log");
        let body = json!({ "error": { "type": "invalid_request_error",
            "message": "The provided key 'rk_test_***abc' lacks permissions. Having the 'rak_charge_read' permission would allow it." } });
        let why = refusal(403, &body);
        assert!(why.starts_with("the restricted key lacks a right (rak_charge_read); add it"), "{why}");
        let odd = json!({ "error": { "code": "ana@example.com", "param": "<ana>" } });
        assert_eq!(refusal(400, &odd), "400 none at `?`; the request is req_1 in Stripe's log");
    }

    #[test]
    fn a_wait_is_whole_seconds_and_bounded() {
        for (value, expected) in [("7", Some(7)), ("99999999", Some(WAIT_MAX)), ("-1", None), ("Wed, 21 Oct 2026", None), ("", None)] {
            assert_eq!(wait(&response(429, &json!({}), &[("retry-after", value)])), expected, "{value}");
        }
    }
}
