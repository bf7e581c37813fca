//! What a provider says of itself at `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0), and addresses.
//!
//! Deliberately absent: following what a document says anywhere but over https. Plain http is for a provider on this machine,
//! and only when the settings allow it and the issuer itself is there: a far provider cannot send us to our own network's
//! unprotected services.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::Value;

use super::{What, Wrong, json};

/// Bytes of an address.
const ADDRESS_BYTES_MAX: usize = 2_048;
/// What stands behind an issuer to find its document.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// Where something is asked for: `https://host`, and the path with its query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Scheme, host and port.
    pub origin: String,
    /// Begins with `/`, and may end in a query.
    pub path: String,
}

impl Address {
    /// Reads an address.
    ///
    /// * `plain` — whether `http://` is read too, for this machine alone.
    ///
    /// None when it is none, names a user, has a fragment, or is not protected.
    #[must_use]
    pub fn read(text: &str, plain: bool) -> Option<Self> {
        let graphic = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&byte));
        if !graphic || text.len() > ADDRESS_BYTES_MAX {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let host = host(authority)?;
        match scheme {
            "https" => {}
            "http" if plain && is_this_machine(host) => {}
            _ => return None,
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let address = Self { origin: format!("{scheme}://{authority}"), path };
        // With the `/` that a host without a path gets.
        (address.whole().len() <= ADDRESS_BYTES_MAX).then_some(address)
    }

    /// The whole of it.
    #[must_use]
    pub fn whole(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Whether it is protected by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

/// The host of `host`, `host:port` or `[::1]:port`.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(inner) => {
            let (host, port) = inner.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, port)
        }
        None => {
            let (host, port) = authority.split_at_checked(authority.find(':').unwrap_or(authority.len()))?;
            let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
            if host.is_empty() || host.starts_with(['-', '.']) || !host.bytes().all(word) {
                return None;
            }
            (host, port)
        }
    };
    if port.is_empty() {
        return Some(host);
    }
    let port = port.strip_prefix(':')?;
    let good = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    good.then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// How a client shows itself to the token endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientBy {
    /// `Authorization: Basic` (`client_secret_basic`).
    Basic,
    /// In the form (`client_secret_post`).
    Post,
}

/// What is used of a discovery document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Discovery {
    /// Where the browser is sent.
    pub authorization: Address,
    /// Where a code is changed for tokens.
    pub token: Address,
    /// Where the keys are.
    pub keys: Address,
    /// Where more is told of a person.
    pub userinfo: Option<Address>,
    /// How a client shows itself.
    pub client_by: ClientBy,
    /// Whether the browser always brings the issuer's name back (RFC 9207).
    pub returns_issuer: bool,
}

#[derive(Deserialize)]
struct Raw {
    issuer: Option<Value>,
    authorization_endpoint: Option<Value>,
    token_endpoint: Option<Value>,
    jwks_uri: Option<Value>,
    userinfo_endpoint: Option<Value>,
    id_token_signing_alg_values_supported: Option<Value>,
    token_endpoint_auth_methods_supported: Option<Value>,
    authorization_response_iss_parameter_supported: Option<Value>,
}

impl Discovery {
    /// Where the document of an issuer is.
    ///
    /// ```
    /// # use regua_wire::oidc::Discovery;
    /// let address = Discovery::address("https://login.example/realms/a", false)?;
    /// assert_eq!(address.whole(), "https://login.example/realms/a/.well-known/openid-configuration");
    /// # Ok::<(), regua_wire::oidc::Wrong>(())
    /// ```
    ///
    /// # Errors
    /// [`Wrong::BadIssuer`] for an issuer that is none.
    pub fn address(issuer: &str, plain: bool) -> Result<Address, Wrong> {
        if issuer.contains('?') || Address::read(issuer, plain).is_none() {
            return Err(Wrong::BadIssuer);
        }
        Address::read(&format!("{}{WELL_KNOWN}", issuer.strip_suffix('/').unwrap_or(issuer)), plain).ok_or(Wrong::BadIssuer)
    }

    /// Reads the document of an issuer.
    ///
    /// * `plain` — whether this installation may speak http with a provider on this machine.
    ///
    /// # Errors
    /// [`Wrong`]: another issuer's, an endpoint that is not https, nothing that we can verify or show ourselves by.
    pub fn read(bytes: &[u8], issuer: &str, plain: bool) -> Result<Self, Wrong> {
        // Plain endpoints are for a plain issuer alone.
        let plain = !Self::address(issuer, plain)?.is_secure();
        let raw: Raw = json(What::Discovery, bytes)?;
        if raw.issuer.as_ref().and_then(Value::as_str) != Some(issuer) {
            return Err(Wrong::IssuerOfDiscovery);
        }
        let needed = |value: Option<Value>, field: &'static str| {
            let text = value.as_ref().and_then(Value::as_str).ok_or(Wrong::Field { what: What::Discovery, field })?;
            Address::read(text, plain).ok_or(Wrong::Endpoint(field))
        };
        let userinfo = match raw.userinfo_endpoint {
            None => None,
            some => Some(needed(some, "userinfo_endpoint")?),
        };
        // Who does not say how it signs is asked all the same: what counts is how the token is signed.
        if raw.id_token_signing_alg_values_supported.is_some_and(|said| !names(&said, "RS256") && !names(&said, "ES256")) {
            return Err(Wrong::NoAlgorithm);
        }
        let client_by = match &raw.token_endpoint_auth_methods_supported {
            None => ClientBy::Basic,
            Some(said) if names(said, "client_secret_basic") => ClientBy::Basic,
            Some(said) if names(said, "client_secret_post") => ClientBy::Post,
            Some(_) => return Err(Wrong::NoClientBy),
        };
        Ok(Self {
            authorization: needed(raw.authorization_endpoint, "authorization_endpoint")?,
            token: needed(raw.token_endpoint, "token_endpoint")?,
            keys: needed(raw.jwks_uri, "jwks_uri")?,
            userinfo,
            client_by,
            returns_issuer: raw.authorization_response_iss_parameter_supported == Some(Value::Bool(true)),
        })
    }
}

fn names(list: &Value, name: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|have| have.as_str() == Some(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://login.example/a";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.example/a/authorize?tenant=1",
            "token_endpoint": "https://login.example/a/token",
            "jwks_uri": "https://keys.example:8443/a",
            "userinfo_endpoint": "https://login.example/a/me",
            "id_token_signing_alg_values_supported": ["HS256", "RS256"],
        })
    }

    fn read(document: &Value) -> Result<Discovery, Wrong> {
        Discovery::read(document.to_string().as_bytes(), ISSUER, false)
    }

    fn with(field: &str, value: Value) -> Value {
        let mut document = document();
        document[field] = value;
        document
    }

    #[test]
    fn a_document_is_read_and_what_it_leaves_out_has_its_default() {
        let read = read(&document()).unwrap();
        assert_eq!(read.authorization.path, "/a/authorize?tenant=1");
        assert_eq!(read.keys, Address { origin: "https://keys.example:8443".to_owned(), path: "/a".to_owned() });
        assert_eq!((read.client_by, read.returns_issuer), (ClientBy::Basic, false));
    }

    #[test]
    fn how_a_client_shows_itself_is_chosen_from_what_is_offered() {
        let by = |said: Value| read(&with("token_endpoint_auth_methods_supported", said)).map(|read| read.client_by);
        assert_eq!(by(json!(["client_secret_post", "client_secret_basic"])), Ok(ClientBy::Basic));
        assert_eq!(by(json!(["private_key_jwt", "client_secret_post"])), Ok(ClientBy::Post));
        assert_eq!(by(json!(["private_key_jwt"])), Err(Wrong::NoClientBy));
    }

    #[test]
    fn a_document_that_cannot_be_trusted_says_which_field() {
        for (document, wrong) in [
            (with("issuer", json!("https://login.example/a/")), Wrong::IssuerOfDiscovery),
            (with("issuer", json!(null)), Wrong::IssuerOfDiscovery),
            (with("token_endpoint", json!("http://login.example/token")), Wrong::Endpoint("token_endpoint")),
            (with("token_endpoint", json!("http://127.0.0.1/token")), Wrong::Endpoint("token_endpoint")),
            (with("jwks_uri", json!("file:///etc/passwd")), Wrong::Endpoint("jwks_uri")),
            (with("jwks_uri", json!("https://user@keys.example/")), Wrong::Endpoint("jwks_uri")),
            (with("userinfo_endpoint", json!("https://login.example/#me")), Wrong::Endpoint("userinfo_endpoint")),
            (with("authorization_endpoint", json!(7)), Wrong::Field { what: What::Discovery, field: "authorization_endpoint" }),
            (with("id_token_signing_alg_values_supported", json!(["none", "HS256"])), Wrong::NoAlgorithm),
        ] {
            assert_eq!(read(&document), Err(wrong));
        }
        assert_eq!(Discovery::read(b"<html>", ISSUER, false), Err(Wrong::NotJson(What::Discovery)));
        let doubled = br#"{"issuer":"https://login.example/a","issuer":"https://evil.example"}"#;
        assert_eq!(Discovery::read(doubled, ISSUER, false), Err(Wrong::NotJson(What::Discovery)));
        assert_eq!(Discovery::read(&vec![b' '; super::super::BODY_BYTES_MAX + 1], ISSUER, false), Err(Wrong::TooLong(What::Discovery)));
    }

    #[test]
    fn plain_http_is_for_a_provider_on_this_machine_that_is_allowed() {
        let local = "http://127.0.0.1:8080";
        let mut document = document();
        document["issuer"] = json!(local);
        for field in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            document[field] = json!(format!("{local}/{field}"));
        }
        let bytes = document.to_string();
        assert!(Discovery::read(bytes.as_bytes(), local, true).is_ok());
        assert_eq!(Discovery::read(bytes.as_bytes(), local, false), Err(Wrong::BadIssuer));
        // A far issuer does not get to send us to this machine, although the settings allow a local one.
        let far = with("token_endpoint", json!("http://127.0.0.1/token")).to_string();
        assert_eq!(Discovery::read(far.as_bytes(), ISSUER, true), Err(Wrong::Endpoint("token_endpoint")));
    }

    #[test]
    fn addresses_are_read_exactly_or_not_at_all() {
        for good in ["https://a", "https://a/", "https://a?b=c", "https://a.example:443/b?c=%20", "https://[2001:db8::1]:8443/x"] {
            assert!(Address::read(good, false).is_some(), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https:///x",
            "https://a:0/",
            "https://a:65536/",
            "https://a:+1/",
            "https://a b/",
            "https://a\\b/",
            "https://a@b/",
            "https://[a]/",
            "https://[::1]x/",
            "ftp://a/",
            "//a/",
            "http://a/",
            "http://127.0.0.1.example/",
            "https://é/",
            "https://a/\n",
        ] {
            assert_eq!(Address::read(bad, true), None, "{bad}");
        }
        let long = |begins: &str| format!("{begins}{}", "x".repeat(ADDRESS_BYTES_MAX - begins.len()));
        assert!(Address::read(&long("https://a/"), false).is_some());
        assert_eq!(Address::read(&long("https://a?"), false), None, "what was read is read again, its `/` included");
        for local in ["http://localhost:1/", "http://127.9.9.9/", "http://[::1]:8/"] {
            assert!(Address::read(local, true).is_some() && Address::read(local, false).is_none(), "{local}");
        }
        for issuer in ["https://a/?b", "a", "https://a/#b"] {
            assert_eq!(Discovery::address(issuer, false), Err(Wrong::BadIssuer), "{issuer}");
        }
        assert_eq!(Discovery::address("https://a/", false).unwrap().whole(), "https://a/.well-known/openid-configuration");
    }
}
