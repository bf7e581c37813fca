//! What Stripe answers when it does not do what is asked.
//!
//! Deliberately absent: declines of cards, which carry an intent and stand with the intents.

use serde_json::{Value, json};

use crate::serve::Reply;

/// An answer that is an error: `{"error": {…}}`.
pub(crate) type Wrong = Box<Reply>;

/// With a type, a code if any, the parameter it is about if any, and a text.
pub(crate) fn wrong(status: u16, kind: &str, code: &str, param: &str, message: &str) -> Wrong {
    let mut error = json!({"type": kind, "message": message});
    if let Value::Object(fields) = &mut error {
        if !code.is_empty() {
            fields.insert("code".to_owned(), json!(code));
        }
        if !param.is_empty() {
            fields.insert("param".to_owned(), json!(param));
        }
    }
    Box::new(Reply::json(status, &json!({ "error": error })))
}

/// A request that cannot be right.
pub(crate) fn invalid(code: &str, param: &str, message: &str) -> Wrong {
    wrong(400, "invalid_request_error", code, param, message)
}

/// A parameter that must be there.
pub(crate) fn missing(param: &str) -> Wrong {
    invalid("parameter_missing", param, &format!("Missing required param: {param}."))
}

/// Something that is not there.
pub(crate) fn no_such(kind: &str, id: &str, param: &str, status: u16) -> Wrong {
    wrong(status, "invalid_request_error", "resource_missing", param, &format!("No such {kind}: '{id}'"))
}

/// A path that Stripe does not have.
pub(crate) fn unknown_path(verb: &str, path: &str) -> Wrong {
    wrong(404, "invalid_request_error", "", "", &format!("Unrecognized request URL ({verb}: {path})."))
}

/// An answer that is not kept under an idempotency key: nothing had begun.
pub(crate) fn began(reply: &Reply) -> bool {
    if matches!(reply.status, 401 | 403 | 404 | 409 | 429) {
        return false;
    }
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = body["error"]["code"].as_str().unwrap_or_default();
    !matches!(code, "parameter_missing" | "parameter_unknown" | "parameter_invalid_integer" | "parameter_invalid_empty")
}
