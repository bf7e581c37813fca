//! The token endpoint: a code for tokens, once, within its minute, to the client that it was made for (RFC 6749 §4.1.3).
//!
//! Deliberately absent: every other grant.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::CODE_SECS;
use super::keys::Made;
use super::people::told;
use super::state::{Access, Grant, Lie, State, field};
use crate::serve::{Ask, Reply};

/// How long an ID token is good for.
const ID_TOKEN_SECS: i64 = 300;
/// How long an access token is.
const ACCESS_SECS: i64 = 3_600;

pub(crate) fn answer(state: &mut State, ask: &Ask) -> Reply {
    let form = ask.header("content-type").unwrap_or_default().starts_with("application/x-www-form-urlencoded");
    if !form {
        return refused(400, "invalid_request");
    }
    let client = match client(state, ask) {
        Ok(client) => client,
        Err(reply) => return *reply,
    };
    if field(&ask.body, "grant_type").as_deref() != Some("authorization_code") {
        return refused(400, "unsupported_grant_type");
    }
    let Some(code) = field(&ask.body, "code") else { return refused(400, "invalid_request") };
    let Some(grant) = state.grants.get(&code).cloned() else { return refused(400, "invalid_grant") };
    if let Some(access) = &grant.spent {
        // Somebody else has the code too: what it was changed for is void (RFC 6749 §4.1.2).
        state.accesses.remove(access);
        return refused(400, "invalid_grant");
    }
    let late = state.now() >= grant.made + CODE_SECS;
    let elsewhere = field(&ask.body, "redirect_uri").as_deref() != Some(&grant.redirect);
    if late || elsewhere || grant.client != client || !proves(&grant, field(&ask.body, "code_verifier").as_deref()) {
        return refused(400, "invalid_grant");
    }
    let access = state.word("access");
    if let Some(grant) = state.grants.get_mut(&code) {
        grant.spent = Some(access.clone());
    }
    let until = state.now() + ACCESS_SECS;
    state.accesses.insert(access.clone(), Access { user: grant.user.clone(), scope: grant.scope.clone(), until });
    let Ok(id_token) = id_token(state, &grant, &access) else { return refused(500, "server_error") };
    let answer = json!({"access_token": access, "token_type": "Bearer", "expires_in": ACCESS_SECS,
        "scope": grant.scope.join(" "), "id_token": id_token});
    let answer = state.told(answer, |lie| if let Lie::Token(over) = lie { Some(over) } else { None });
    Reply::json(200, &answer).with("cache-control", "no-store").with("pragma", "no-cache")
}

/// Who asks, by one of the two ways that are offered, never by both.
fn client(state: &State, ask: &Ask) -> Result<String, Box<Reply>> {
    let unknown = || Box::new(refused(401, "invalid_client").with("www-authenticate", "Basic realm=\"fake\""));
    let offered = |way: &str| state.client_by.iter().any(|have| have == way);
    let by_form = field(&ask.body, "client_secret").map(|secret| (field(&ask.body, "client_id").unwrap_or_default(), secret));
    let (id, secret) = match (ask.header("authorization"), by_form) {
        (Some(_), Some(_)) => return Err(Box::new(refused(400, "invalid_request"))),
        (Some(header), None) if offered("client_secret_basic") => basic(header).ok_or_else(unknown)?,
        (None, Some(pair)) if offered("client_secret_post") => pair,
        _ => return Err(unknown()),
    };
    match state.client(&id) {
        Some(client) if client.secret == secret => Ok(id),
        _ => Err(unknown()),
    }
}

/// `Basic`, of which OAuth encodes each half as a form first (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let word = |text: &str| field(format!("word={text}").as_bytes(), "word");
    Some((word(id)?, word(secret)?))
}

/// Whether a verifier is the one whose hash was told before (RFC 7636 §4.6).
fn proves(grant: &Grant, verifier: Option<&str>) -> bool {
    match (&grant.challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len()) && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn id_token(state: &State, grant: &Grant, access: &str) -> Result<String, String> {
    let now = state.now();
    let digest = Sha256::digest(access);
    let mut claims = json!({"iss": state.issuer, "sub": grant.user.subject, "aud": grant.client, "exp": now + ID_TOKEN_SECS, "iat": now,
        "auth_time": grant.made, "at_hash": URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())});
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = json!(nonce);
    }
    if !state.thin {
        told(&mut claims, &grant.user, &grant.scope);
    }
    let claims = state.told(claims, |lie| if let Lie::Claims(over) = lie { Some(over) } else { None });
    let made = state.lies.iter().find_map(|lie| match lie {
        Lie::Unsigned => Some(Made::Unsigned),
        Lie::SignedWithThePublished => Some(Made::WithThePublished),
        Lie::KeyId(id) => Some(Made::Naming(id)),
        Lie::OtherKey => Some(Made::WithAnother),
        Lie::Discovery(_) | Lie::Claims(_) | Lie::Token(_) | Lie::Userinfo(_) | Lie::Tampered | Lie::Longer(..) => None,
    });
    let token = state.keys.token(&claims, made.unwrap_or(Made::Truly))?;
    if state.lies.contains(&Lie::Tampered) { tampered(&token, claims) } else { Ok(token) }
}

/// The same signature under other claims.
fn tampered(token: &str, mut claims: Value) -> Result<String, String> {
    claims["sub"] = json!("somebody-else");
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    *parts.get_mut(1).ok_or("a token has three parts")? = URL_SAFE_NO_PAD.encode(claims.to_string());
    Ok(parts.join("."))
}

pub(super) fn refused(status: u16, error: &str) -> Reply {
    Reply::json(status, &json!({"error": error})).with("cache-control", "no-store")
}
