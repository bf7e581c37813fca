//! What every answer says besides its answer: how it may be used, and the number under which the log knows the request.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The header that carries a request's number.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest number of a request, in characters.
const ID_MAX: usize = 64;
/// What a browser may do with an answer that says nothing about it itself: show it, and nothing else.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Under which number the log knows a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives numbers to requests that bring none.
pub(crate) struct RequestIds {
    /// Tells one process from another.
    process: u64,
    count: AtomicU64,
}

impl RequestIds {
    /// For one process.
    pub(crate) fn new() -> Self {
        // Seeded by the system: two processes have different ones. Nothing depends on nobody guessing it.
        Self { process: RandomState::new().build_hasher().finish(), count: AtomicU64::new(0) }
    }

    /// The number that a request brought, when it can be one, or the next of ours.
    pub(crate) fn of(&self, headers: &HeaderMap) -> RequestId {
        let fits =
            |text: &&str| (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let brought = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(fits);
        let own = || format!("{:016x}-{:x}", self.process, self.count.fetch_add(1, Ordering::Relaxed));
        RequestId(brought.map_or_else(own, str::to_owned))
    }
}

/// Adds what every answer says. What an answer says itself stays.
pub(crate) fn complete(headers: &mut HeaderMap, id: &RequestId) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(HeaderName::from_static("cross-origin-resource-policy")).or_insert(HeaderValue::from_static("same-origin"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_can_be_one_is_kept_and_any_other_is_replaced() {
        let ids = RequestIds::new();
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(text).unwrap());
            ids.of(&headers).0
        };
        assert_eq!(of("a-1B"), "a-1B");
        let long = "a".repeat(65);
        for bad in ["", "a b", "a_b", "<script>", &long] {
            assert_ne!(of(bad), bad);
        }
        let (one, two) = (ids.of(&HeaderMap::new()).0, ids.of(&HeaderMap::new()).0);
        assert_ne!(one, two);
        assert_eq!(of(&one), one, "ours are such");
    }

    #[test]
    fn an_answer_keeps_its_own_policy() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        complete(&mut headers, &RequestId("a".to_owned()));
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'self'");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let mut headers = HeaderMap::new();
        complete(&mut headers, &RequestId("a".to_owned()));
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], POLICY);
    }
}
