//! Stripe's form encoding: `application/x-www-form-urlencoded`, a key in a key between brackets.
//!
//! Deliberately absent: JSON bodies, which only Stripe's second API takes.

use form_urlencoded::Serializer;

/// A body or a query while it is written. What is written first stands first: the same order gives the same bytes, which an
/// idempotency key demands.
pub(super) struct Form(Serializer<'static, String>);

impl Form {
    pub(super) fn new() -> Self {
        Self(Serializer::new(String::new()))
    }

    /// A key and its value.
    pub(super) fn put(mut self, key: &str, value: &str) -> Self {
        self.0.append_pair(key, value);
        self
    }

    /// A value below keys: `["metadata", "order"]` is written `metadata[order]`.
    pub(super) fn nest(self, path: &[&str], value: &str) -> Self {
        let mut keys = path.iter();
        let mut key = (*keys.next().unwrap_or(&"")).to_owned();
        for inner in keys {
            key.push('[');
            key.push_str(inner);
            key.push(']');
        }
        self.put(&key, value)
    }

    /// A key, if there is a value for it.
    pub(super) fn maybe(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    /// What shall come whole instead of by name.
    pub(super) fn expand(self, path: &str) -> Self {
        self.put("expand[]", path)
    }

    /// As a body.
    pub(super) fn body(mut self) -> Vec<u8> {
        self.0.finish().into_bytes()
    }

    /// Behind a path.
    pub(super) fn behind(mut self, path: &str) -> String {
        let query = self.0.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// A name as one segment of a path: nothing in it can lead elsewhere.
pub(super) fn segment(name: &str) -> String {
    use std::fmt::Write as _;
    // An empty one would make the path of a list; this one is nobody's.
    if name.is_empty() {
        return "_".to_owned();
    }
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') {
            path.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_keys_stand_between_brackets_in_the_order_of_writing() {
        let form = Form::new().put("amount", "21990").nest(&["metadata", "regua_charge"], "chg_1").nest(&["items", "0", "price"], "p");
        let body = form.expand("latest_charge").maybe("none", None).put("description", "Fatura nº 7 & mais").body();
        assert_eq!(
            String::from_utf8(body.clone()).unwrap(),
            "amount=21990&metadata%5Bregua_charge%5D=chg_1&items%5B0%5D%5Bprice%5D=p&expand%5B%5D=latest_charge&\
             description=Fatura+n%C2%BA+7+%26+mais"
        );
        let read: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        assert_eq!(read[1], ("metadata[regua_charge]".to_owned(), "chg_1".to_owned()));
        assert_eq!(read[4].1, "Fatura nº 7 & mais");
    }

    #[test]
    fn a_name_of_a_path_cannot_lead_elsewhere() {
        for (name, path) in
            [("pi_1-A", "pi_1-A"), ("../v1/refunds", "%2E%2E%2Fv1%2Frefunds"), ("a?b#c", "a%3Fb%23c"), ("é", "%C3%A9"), ("", "_")]
        {
            assert_eq!(segment(name), path);
        }
        assert_eq!(Form::new().behind("/v1/events"), "/v1/events");
        assert_eq!(Form::new().put("limit", "1").behind("/v1/events"), "/v1/events?limit=1");
    }
}
