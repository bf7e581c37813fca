//! What an ID token says, and whether it is meant for us, now (OpenID Connect Core 1.0 §2 and §3.1.3.7).
//!
//! Deliberately absent: `acr`, `amr` and `auth_time`: how a person proved who they are is the provider's business.

use regua_core::time::Instant;
use serde::Deserialize;
use serde_json::Value;

use super::{SECS_MAX, SKEW_SECS, What, Wrong, json, text};

/// Bytes of an issuer or a client's id.
const WORD_BYTES_MAX: usize = 2_048;
/// Bytes of a subject, by the specification.
const SUBJECT_BYTES_MAX: usize = 255;
/// Audiences of a token.
const AUDIENCES_MAX: usize = 32;
/// Bytes of an e-mail address.
const EMAIL_BYTES_MAX: usize = 254;
/// Bytes of a name.
const NAME_BYTES_MAX: usize = 400;

/// What is told of a person. It does not show.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The e-mail address, if the provider says that it was verified; an address that was not is not kept.
    pub email: Option<String>,
    /// The name, as it is shown.
    pub name: Option<String>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Profile")
    }
}

/// What an ID token says. The person does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct IdToken {
    /// Who says it.
    pub issuer: String,
    /// The person's id at the issuer, which stays.
    pub subject: String,
    /// For whom.
    pub audience: Vec<String>,
    /// To whom it was given (`azp`).
    pub party: Option<String>,
    /// Until when it is good.
    pub expires: Instant,
    /// When it was made.
    pub issued: Instant,
    /// From when it is good, if it says so.
    pub not_before: Option<Instant>,
    /// Of which sign-in.
    pub nonce: Option<String>,
    /// The person.
    pub profile: Profile,
}

impl std::fmt::Debug for IdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdToken({})", self.issuer)
    }
}

/// What a token must be.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// Whose, to the letter.
    pub issuer: &'a str,
    /// For whom: our id at the issuer.
    pub client: &'a str,
    /// Of which sign-in.
    pub nonce: &'a str,
    /// What time it is.
    pub now: Instant,
}

#[derive(Deserialize)]
struct Raw {
    iss: Option<Value>,
    sub: Option<Value>,
    aud: Option<Value>,
    azp: Option<Value>,
    exp: Option<Value>,
    iat: Option<Value>,
    nbf: Option<Value>,
    nonce: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
    name: Option<Value>,
}

impl IdToken {
    /// Reads what a token says. Only [`Token::claims`](super::Token::claims) does, behind the signature.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let raw: Raw = json(What::IdToken, bytes)?;
        let missing = |field| Wrong::Field { what: What::IdToken, field };
        let needed = |value: Option<&Value>, field| moment(value).ok_or(missing(field));
        Ok(Self {
            issuer: text(raw.iss.as_ref(), WORD_BYTES_MAX).ok_or(missing("iss"))?,
            subject: subject(raw.sub.as_ref()).ok_or(missing("sub"))?,
            audience: audience(raw.aud.as_ref()).ok_or(missing("aud"))?,
            party: optional(raw.azp.as_ref(), |value| text(value, WORD_BYTES_MAX)).ok_or(missing("azp"))?,
            expires: needed(raw.exp.as_ref(), "exp")?,
            issued: needed(raw.iat.as_ref(), "iat")?,
            not_before: optional(raw.nbf.as_ref(), moment).ok_or(missing("nbf"))?,
            nonce: optional(raw.nonce.as_ref(), |value| text(value, WORD_BYTES_MAX)).ok_or(missing("nonce"))?,
            profile: profile(raw.email.as_ref(), raw.email_verified.as_ref(), raw.name.as_ref()),
        })
    }

    /// Whether it is the issuer's, for us, of this sign-in, and good now. Clocks may be [`SKEW_SECS`] apart.
    ///
    /// # Errors
    /// [`Wrong`] says which of them it is not.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), Wrong> {
        if self.issuer != expected.issuer {
            return Err(Wrong::Issuer);
        }
        if !self.audience.iter().any(|audience| audience == expected.client) {
            return Err(Wrong::Audience);
        }
        // For several it must say to which of them it was given.
        match &self.party {
            Some(party) if party != expected.client => return Err(Wrong::AuthorisedParty),
            None if self.audience.len() > 1 => return Err(Wrong::AuthorisedParty),
            Some(_) | None => {}
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err(Wrong::Nonce);
        }
        let now = expected.now.secs();
        if now >= self.expires.secs().saturating_add(SKEW_SECS) {
            return Err(Wrong::Expired);
        }
        let from = self.not_before.map_or(self.issued, |from| from.max(self.issued));
        if from.secs() > now.saturating_add(SKEW_SECS) { Err(Wrong::Future) } else { Ok(()) }
    }
}

/// A subject: at most 255 bytes.
pub(super) fn subject(value: Option<&Value>) -> Option<String> {
    text(value, SUBJECT_BYTES_MAX)
}

/// The person, of whom an e-mail address counts when it was verified; some providers write that as a text.
pub(super) fn profile(email: Option<&Value>, verified: Option<&Value>, name: Option<&Value>) -> Profile {
    let verified = matches!(verified, Some(Value::Bool(true))) || verified.and_then(Value::as_str) == Some("true");
    let email = text(email, EMAIL_BYTES_MAX).filter(|email| {
        let whole = !email.chars().any(char::is_whitespace) && email.matches('@').count() == 1;
        verified && whole && !email.starts_with('@') && !email.ends_with('@')
    });
    let name = text(name, NAME_BYTES_MAX).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    Profile { email, name }
}

/// Nothing stays nothing; what is there must be readable.
fn optional<T>(value: Option<&Value>, read: impl FnOnce(Option<&Value>) -> Option<T>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        some => read(some).map(Some),
    }
}

fn audience(value: Option<&Value>) -> Option<Vec<String>> {
    let Some(list) = value?.as_array() else { return text(value, WORD_BYTES_MAX).map(|one| vec![one]) };
    let few = !list.is_empty() && list.len() <= AUDIENCES_MAX;
    if few { list.iter().map(|one| text(Some(one), WORD_BYTES_MAX)).collect() } else { None }
}

/// Seconds since 1970, whose fraction is dropped: a few providers write one.
fn moment(value: Option<&Value>) -> Option<Instant> {
    let Value::Number(number) = value? else { return None };
    let secs = number.as_i64().or_else(|| {
        let text = number.to_string();
        text.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|byte| byte.is_ascii_digit()))?.0.parse().ok()
    })?;
    (0..=SECS_MAX).contains(&secs).then(|| Instant::from_secs(secs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_796_040_000;

    fn claims() -> Value {
        json!({"iss": "https://a", "sub": "1", "aud": "us", "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "email": "ana@example.com", "email_verified": true, "name": "Ana"})
    }

    fn with(field: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[field] = value;
        claims
    }

    fn judge(claims: &Value) -> Result<IdToken, Wrong> {
        let token = IdToken::read(claims.to_string().as_bytes())?;
        token.check(&Expected { issuer: "https://a", client: "us", nonce: "n", now: Instant::from_secs(NOW) })?;
        Ok(token)
    }

    #[test]
    fn a_true_token_is_taken_and_shows_nobody() {
        let token = judge(&claims()).unwrap();
        assert_eq!((token.subject.as_str(), token.profile.email.as_deref()), ("1", Some("ana@example.com")));
        assert_eq!(format!("{token:?} {:?}", token.profile), "IdToken(https://a) Profile");
        for good in [
            with("aud", json!(["us"])),
            with("azp", json!("us")),
            with("exp", json!(NOW - 119)),
            with("iat", json!(NOW + 120)),
            with("nbf", json!(NOW + 120)),
            with("iat", json!(1_796_040_000.25)),
            with("sub", json!("x".repeat(255))),
        ] {
            assert!(judge(&good).is_ok(), "{good}");
        }
        let mut several = with("aud", json!(["other", "us"]));
        several["azp"] = json!("us");
        assert!(judge(&several).is_ok());
    }

    #[test]
    fn each_lie_has_its_own_name() {
        for (claims, wrong) in [
            (with("iss", json!("https://a/")), Wrong::Issuer),
            (with("iss", json!("https://A")), Wrong::Issuer),
            (with("aud", json!("them")), Wrong::Audience),
            (with("aud", json!(["them", "us "])), Wrong::Audience),
            (with("aud", json!(["us", "them"])), Wrong::AuthorisedParty),
            (with("azp", json!("them")), Wrong::AuthorisedParty),
            (with("nonce", json!("m")), Wrong::Nonce),
            (with("nonce", json!(null)), Wrong::Nonce),
            (with("exp", json!(NOW - 120)), Wrong::Expired),
            (with("exp", json!(0)), Wrong::Expired),
            (with("iat", json!(NOW + 121)), Wrong::Future),
            (with("nbf", json!(NOW + 121)), Wrong::Future),
        ] {
            assert_eq!(judge(&claims), Err(wrong), "{claims}");
        }
    }

    #[test]
    fn a_claim_that_cannot_be_used_is_named() {
        for (field, value) in [
            ("iss", json!(null)),
            ("iss", json!("")),
            ("sub", json!(1)),
            ("sub", json!("x".repeat(256))),
            ("sub", json!("a\u{0}b")),
            ("aud", json!([])),
            ("aud", json!([7])),
            ("aud", json!({})),
            ("azp", json!([])),
            ("exp", json!("1796040300")),
            ("exp", json!(-1)),
            ("exp", json!(1e300)),
            ("iat", json!(null)),
            ("nbf", json!("x")),
            ("nonce", json!(7)),
        ] {
            assert_eq!(judge(&with(field, value.clone())), Err(Wrong::Field { what: What::IdToken, field }), "{field} {value}");
        }
        let doubled = claims().to_string().replacen('{', r#"{"sub":"2","#, 1);
        assert_eq!(IdToken::read(doubled.as_bytes()), Err(Wrong::NotJson(What::IdToken)));
    }

    #[test]
    fn an_address_counts_when_it_was_verified() {
        let email = |verified: Value| judge(&with("email_verified", verified)).unwrap().profile.email;
        for yes in [json!(true), json!("true")] {
            assert_eq!(email(yes).as_deref(), Some("ana@example.com"));
        }
        for no in [json!(false), json!("True"), json!("false"), json!(1), json!(null), json!([true])] {
            assert_eq!(email(no.clone()), None, "{no}");
        }
        for bad in ["ana", "@a", "a@", "a@b@c", "a b@c", ""] {
            assert_eq!(judge(&with("email", json!(bad))).unwrap().profile.email, None, "{bad}");
        }
    }
}
