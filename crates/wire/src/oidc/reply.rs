//! The answer to a code, and what the userinfo endpoint tells.
//!
//! Deliberately absent: refresh tokens. Whoever signed in has a session of ours, and the provider is asked again at the next.

use serde::Deserialize;
use serde_json::Value;

use super::claims::{Profile, profile, subject};
use super::{What, Wrong, json, text};

/// Bytes of a token.
const TOKEN_BYTES_MAX: usize = 64 << 10;

/// Tokens for a code. They do not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Says who the person is, once its signature is verified.
    pub id_token: String,
    /// Opens the userinfo endpoint, if it is one to be borne.
    pub access_token: Option<String>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply")
    }
}

#[derive(Deserialize)]
struct Raw {
    id_token: Option<Value>,
    access_token: Option<Value>,
    token_type: Option<Value>,
}

#[derive(Deserialize)]
struct RawError {
    error: Option<Value>,
}

impl Reply {
    /// Reads the answer of the token endpoint: 200 with tokens, or a refusal with a word (RFC 6749 §5.2).
    ///
    /// None for a status that says nothing of the code, such as 500.
    ///
    /// # Errors
    /// [`Wrong::Code`], [`Wrong::Client`] or [`Wrong::Refused`] for a refusal; else what is wrong with the answer.
    pub fn read(status: u16, bytes: &[u8]) -> Option<Result<Self, Wrong>> {
        match status {
            200 => Some(Self::tokens(bytes)),
            400..=499 => Some(Err(refusal(status, bytes))),
            _ => None,
        }
    }

    fn tokens(bytes: &[u8]) -> Result<Self, Wrong> {
        let raw: Raw = json(What::Reply, bytes)?;
        let id_token = text(raw.id_token.as_ref(), TOKEN_BYTES_MAX).ok_or(Wrong::NoIdToken)?;
        let bears = raw.token_type.as_ref().and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        let access_token = text(raw.access_token.as_ref(), TOKEN_BYTES_MAX);
        // It goes into a header.
        let access_token = access_token.filter(|token| bears && token.bytes().all(|byte| byte.is_ascii_graphic()));
        Ok(Self { id_token, access_token })
    }
}

fn refusal(status: u16, bytes: &[u8]) -> Wrong {
    let raw: Option<RawError> = json(What::Reply, bytes).ok();
    let word = raw.as_ref().and_then(|raw| raw.error.as_ref()).and_then(Value::as_str);
    match (word, status) {
        (Some("invalid_grant"), _) => Wrong::Code,
        (Some("invalid_client"), _) | (None, 401) => Wrong::Client,
        (word, _) => Wrong::refused(word.unwrap_or_default()),
    }
}

/// What the userinfo endpoint tells. It does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Userinfo {
    /// Of whom. It is used only when the ID token says the same.
    pub subject: String,
    /// The person.
    pub profile: Profile,
}

impl std::fmt::Debug for Userinfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Userinfo")
    }
}

#[derive(Deserialize)]
struct RawUserinfo {
    sub: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
    name: Option<Value>,
}

impl Userinfo {
    /// Reads the answer.
    ///
    /// # Errors
    /// That it is no JSON, as a signed one is not, or names nobody.
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let raw: RawUserinfo = json(What::Userinfo, bytes)?;
        let subject = subject(raw.sub.as_ref()).ok_or(Wrong::Field { what: What::Userinfo, field: "sub" })?;
        Ok(Self { subject, profile: profile(raw.email.as_ref(), raw.email_verified.as_ref(), raw.name.as_ref()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<Reply, Wrong> {
        Reply::read(status, body.as_bytes()).expect("the status says something")
    }

    #[test]
    fn tokens_are_taken_and_do_not_show() {
        // The example of OpenID Connect Core 1.0 §3.1.3.3, its ID token cut short.
        let reply =
            read(200, r#"{"access_token":"SlAV32hkKG","token_type":"Bearer","refresh_token":"8x","expires_in":3600,"id_token":"eyJ.x.y"}"#);
        let reply = reply.unwrap();
        assert_eq!((reply.id_token.as_str(), reply.access_token.as_deref()), ("eyJ.x.y", Some("SlAV32hkKG")));
        assert_eq!(format!("{reply:?}"), "Reply");
        for other in
            [r#"{"access_token":"a","token_type":"DPoP","id_token":"x"}"#, r#"{"access_token":"a b","token_type":"bearer","id_token":"x"}"#]
        {
            assert_eq!(read(200, other).unwrap().access_token, None, "{other}");
        }
        assert_eq!(read(200, r#"{"access_token":"a","token_type":"Bearer"}"#), Err(Wrong::NoIdToken));
        assert_eq!(read(200, "ok"), Err(Wrong::NotJson(What::Reply)));
    }

    #[test]
    fn a_refusal_is_told_by_its_word() {
        assert_eq!(read(400, r#"{"error":"invalid_grant","error_description":"Ana"}"#), Err(Wrong::Code));
        assert_eq!(read(401, r#"{"error":"invalid_client"}"#), Err(Wrong::Client));
        assert_eq!(read(401, ""), Err(Wrong::Client));
        assert_eq!(read(400, r#"{"error":"unauthorized_client"}"#), Err(Wrong::Refused("unauthorized_client".to_owned())));
        // What a provider writes freely is not repeated.
        for odd in [r#"{"error":"<b>Ana</b>"}"#, r#"{"error":7}"#, "no"] {
            assert_eq!(read(403, odd), Err(Wrong::Refused("unknown".to_owned())), "{odd}");
        }
        for status in [204, 302, 500, 503] {
            assert_eq!(Reply::read(status, b"{}"), None, "{status}");
        }
    }

    #[test]
    fn userinfo_names_somebody() {
        let told = Userinfo::read(br#"{"sub":"1","email":"ana@example.com","email_verified":"true"}"#).unwrap();
        assert_eq!((told.subject.as_str(), told.profile.email.as_deref()), ("1", Some("ana@example.com")));
        assert_eq!(Userinfo::read(b"{}"), Err(Wrong::Field { what: What::Userinfo, field: "sub" }));
        assert_eq!(Userinfo::read(b"eyJ.x.y"), Err(Wrong::NotJson(What::Userinfo)));
    }
}
