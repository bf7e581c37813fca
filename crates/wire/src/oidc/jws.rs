//! A signed token in the compact form (RFC 7515): what was signed, by which key, and what it says once that holds.
//!
//! What a token says cannot be read before somebody answered for its signature ([`Token::claims`]). Deliberately absent: `none`
//! and every algorithm with a shared secret, so that a public key can never be taken for one; keys that a token brings along
//! (`jwk`, `jku`, `x5u`), which are not looked at.

use serde::Deserialize;
use serde_json::Value;

use super::claims::IdToken;
use super::{What, Wrong, decode, json};

/// Bytes of a token.
const TOKEN_BYTES_MAX: usize = 64 << 10;
/// Bytes of a header as it stands in the token.
const HEADER_BYTES_MAX: usize = 4_096;

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
}

impl Algorithm {
    /// By its name; none for all others.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// A token whose signature nobody has verified yet. It does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// The name of the key that signed it.
    pub key: Option<String>,
    /// The bytes that were signed.
    pub signed: &'a [u8],
    /// The signature; of ES256 both numbers of 32 bytes, one behind the other.
    pub signature: Vec<u8>,
    payload: Vec<u8>,
}

impl std::fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token({:?})", self.algorithm)
    }
}

#[derive(Deserialize)]
struct Header {
    alg: Option<Value>,
    kid: Option<Value>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// Reads the three parts.
    ///
    /// # Errors
    /// [`Wrong::NotAToken`], [`Wrong::Algorithm`], [`Wrong::Critical`], or that the header is no JSON.
    pub fn read(text: &'a str) -> Result<Self, Wrong> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Wrong::TooLong(What::IdToken));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Wrong::NotAToken)?;
        let (header, payload) = signed.split_once('.').ok_or(Wrong::NotAToken)?;
        if payload.contains('.') || header.len() > HEADER_BYTES_MAX {
            return Err(Wrong::NotAToken);
        }
        let part = |text: &str| decode(text).ok_or(Wrong::NotAToken);
        let header: Header = json(What::IdToken, &part(header)?)?;
        let algorithm = header.alg.as_ref().and_then(Value::as_str).and_then(Algorithm::parse).ok_or(Wrong::Algorithm)?;
        if header.crit.is_some() {
            return Err(Wrong::Critical);
        }
        let key = match header.kid {
            None => None,
            some => Some(super::text(some.as_ref(), HEADER_BYTES_MAX).ok_or(Wrong::Field { what: What::IdToken, field: "kid" })?),
        };
        Ok(Self { algorithm, key, signed: signed.as_bytes(), signature: part(signature)?, payload: part(payload)? })
    }

    /// What it says, if whoever has the keys says that its signature holds.
    ///
    /// # Errors
    /// [`Wrong::Signature`] when it does not; else as a token that says nothing that can be used.
    pub fn claims(&self, holds: impl FnOnce(&Self) -> bool) -> Result<IdToken, Wrong> {
        if holds(self) { IdToken::read(&self.payload) } else { Err(Wrong::Signature) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::encode;

    /// RFC 7515 appendix A.2.
    const A2: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    /// RFC 7515 appendix A.1, signed with a shared secret.
    const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn token(header: &str) -> String {
        format!("{}.{}.{}", encode(header.as_bytes()), encode(b"{}"), encode(&[1; 64]))
    }

    #[test]
    fn the_standards_example_is_taken_apart() {
        let token = Token::read(A2).unwrap();
        assert_eq!((token.algorithm, &token.key, token.signature.len()), (Algorithm::Rs256, &None, 256));
        assert_eq!(token.payload, b"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
        assert_eq!(A2.strip_prefix(std::str::from_utf8(token.signed).unwrap()).unwrap().find('.'), Some(0));
        assert_eq!(format!("{token:?}"), "Token(Rs256)");
    }

    #[test]
    fn every_other_algorithm_is_refused_whatever_the_signature() {
        assert_eq!(Token::read(A1), Err(Wrong::Algorithm));
        for name in ["none", "None", "HS256", "HS512", "RS384", "PS256", "ES384", "EdDSA", "rs256", "", "RS256 "] {
            assert_eq!(Token::read(&token(&format!(r#"{{"alg":"{name}"}}"#))), Err(Wrong::Algorithm), "{name}");
        }
        for header in ["{}", r#"{"alg":null}"#, r#"{"alg":["RS256"]}"#] {
            assert_eq!(Token::read(&token(header)), Err(Wrong::Algorithm), "{header}");
        }
        let unsigned = format!("{}.{}.", encode(br#"{"alg":"none"}"#), encode(b"{}"));
        assert_eq!(Token::read(&unsigned), Err(Wrong::Algorithm));
    }

    #[test]
    fn what_is_no_token_is_none() {
        assert_eq!(Token::read(&token(r#"{"alg":"RS256","crit":["b64"]}"#)), Err(Wrong::Critical));
        assert_eq!(Token::read(&token(r#"{"alg":"none","alg":"RS256"}"#)), Err(Wrong::NotJson(What::IdToken)));
        assert_eq!(Token::read(&token(r#"{"alg":"RS256","kid":7}"#)), Err(Wrong::Field { what: What::IdToken, field: "kid" }));
        let good = token(r#"{"alg":"ES256","kid":"k"}"#);
        assert_eq!(Token::read(&good).unwrap().key.as_deref(), Some("k"));
        for bad in ["", ".", "a.b", &good.replacen('.', "", 1), &format!("{good}.a"), &format!("{good}="), &format!(" {good}")] {
            assert_eq!(Token::read(bad), Err(Wrong::NotAToken), "{bad}");
        }
        assert_eq!(Token::read(&"a".repeat(TOKEN_BYTES_MAX + 1)), Err(Wrong::TooLong(What::IdToken)));
    }

    #[test]
    fn nothing_is_read_before_the_signature_holds() {
        let good = token(r#"{"alg":"ES256"}"#);
        let token = Token::read(&good).unwrap();
        assert_eq!(token.claims(|_| false), Err(Wrong::Signature));
        assert_eq!(token.claims(|_| true), Err(Wrong::Field { what: What::IdToken, field: "iss" }));
    }
}
