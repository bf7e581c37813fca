//! What a provider is asked: the address that a browser is sent to, and the form that changes a code for tokens.
//!
//! Deliberately absent: any flow but that of codes with PKCE (RFC 7636, S256).

use form_urlencoded::{Serializer, byte_serialize};
use sha2::{Digest as _, Sha256};

use super::{Address, encode};

/// A sign-in that begins.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// Our id at the provider.
    pub client: &'a str,
    /// Our return address.
    pub redirect: &'a str,
    /// By which the return is known again.
    pub state: &'a str,
    /// By which the ID token is known again.
    pub nonce: &'a str,
    /// The secret of PKCE, of which only a hash goes over the browser.
    pub verifier: &'a str,
}

impl SignIn<'_> {
    /// Where the browser is sent.
    #[must_use]
    pub fn url(&self, authorization: &Address) -> String {
        let mut url = authorization.whole();
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client)
            .append_pair("redirect_uri", self.redirect)
            .append_pair("scope", "openid email profile")
            .append_pair("state", self.state)
            .append_pair("nonce", self.nonce)
            .append_pair("code_challenge", &challenge(self.verifier))
            .append_pair("code_challenge_method", "S256")
            .finish();
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&query);
        url
    }
}

/// What is told of a verifier beforehand (RFC 7636 §4.2, S256).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    encode(&Sha256::digest(verifier.as_bytes()))
}

/// The form that changes a code for tokens. It holds secrets.
///
/// * `secret` — the client's, for a provider that takes it in the form.
#[must_use]
pub fn exchange(sign_in: &SignIn<'_>, code: &str, secret: Option<&str>) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", sign_in.redirect)
        .append_pair("code_verifier", sign_in.verifier);
    if let Some(secret) = secret {
        form.append_pair("client_id", sign_in.client).append_pair("client_secret", secret);
    }
    form.finish().into_bytes()
}

/// A client's id or secret as it stands in `Authorization: Basic`, where OAuth encodes each first (RFC 6749 §2.3.1).
#[must_use]
pub fn word(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_standards() {
        // RFC 7636 appendix B.
        assert_eq!(challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn what_is_asked_is_encoded_and_the_verifier_stays_here() {
        let sign_in = SignIn { client: "a b", redirect: "https://us/return?x=1", state: "s", nonce: "n", verifier: "secret" };
        let at = |path: &str| Address { origin: "https://a".to_owned(), path: path.to_owned() };
        let url = sign_in.url(&at("/authorize"));
        assert!(url.starts_with("https://a/authorize?response_type=code&client_id=a+b&redirect_uri=https%3A%2F%2Fus%2Freturn%3Fx%3D1&"));
        assert!(!url.contains("secret") && url.ends_with("&code_challenge_method=S256"), "{url}");
        assert!(sign_in.url(&at("/authorize?tenant=1")).starts_with("https://a/authorize?tenant=1&response_type=code&"));
        let form = String::from_utf8(exchange(&sign_in, "c&d", None)).unwrap();
        assert_eq!(form, "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fus%2Freturn%3Fx%3D1&code_verifier=secret");
        let form = String::from_utf8(exchange(&sign_in, "c", Some("p=q"))).unwrap();
        assert!(form.ends_with("&client_id=a+b&client_secret=p%3Dq"));
        assert_eq!(word("a:b c%"), "a%3Ab+c%25");
    }
}
