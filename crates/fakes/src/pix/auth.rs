//! Tokens: client credentials with scopes, good for a while, then 401.
//!
//! Deliberately absent: certificates, which the server asks for before a request is read.

use serde_json::json;

use super::check::{Wrong, problem};
use super::state::State;
use crate::serve::{Ask, Reply};

/// Answers `POST /oauth/token`.
pub(crate) fn token(state: &mut State, ask: &Ask) -> Reply {
    let form = |name: &str| form_urlencoded::parse(&ask.body).find(|(have, _)| have == name).map(|(_, value)| value.into_owned());
    let shown = ask.header("authorization").and_then(|header| header.strip_prefix("Basic ")).map(str::trim).map(str::to_owned);
    let wanted = encode64(format!("{}:{}", state.receiver.client_id, state.receiver.client_secret).as_bytes());
    let by_form = form("client_id").as_deref() == Some(&state.receiver.client_id)
        && form("client_secret").as_deref() == Some(&state.receiver.client_secret);
    if shown.as_deref() != Some(&wanted) && !by_form {
        return Reply::json(401, &json!({"error": "invalid_client"}));
    }
    if form("grant_type").as_deref() != Some("client_credentials") {
        return Reply::json(400, &json!({"error": "unsupported_grant_type"}));
    }
    let asked = form("scope").unwrap_or_else(|| state.receiver.scopes.join(" "));
    let asked: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
    if !asked.iter().all(|scope| state.receiver.scopes.contains(scope)) {
        return Reply::json(400, &json!({"error": "invalid_scope"}));
    }
    let token = format!("fake-token-{}", state.number(8));
    let life = state.receiver.token_life;
    state.tokens.insert(token.clone(), (asked.clone(), state.now() + life));
    let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": life, "scope": asked.join(" ")});
    Reply::json(200, &answer).with("cache-control", "no-store")
}

/// Refuses who shows no token, an old one, or one without the scope.
pub(crate) fn enter(state: &State, ask: &Ask, scope: &str) -> Result<(), Wrong> {
    let unknown = || problem(401, "AcessoNegado", "O token de acesso não existe ou expirou.", &[]);
    let token = ask.header("authorization").and_then(|header| header.strip_prefix("Bearer ")).ok_or_else(unknown)?;
    let (scopes, end) = state.tokens.get(token.trim()).ok_or_else(unknown)?;
    if state.now() >= *end {
        return Err(unknown());
    }
    if scopes.iter().any(|have| have == scope) {
        return Ok(());
    }
    Err(problem(403, "AcessoNegado", &format!("O token não tem o escopo {scope}."), &[]))
}

/// Base 64 with padding.
pub(crate) fn encode64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().chain([0, 0].iter()).take(3).fold(0_usize, |all, byte| all << 8 | usize::from(*byte));
        for place in 0..4 {
            let letter = LETTERS.get(group >> (18 - 6 * place) & 63).copied().unwrap_or(b'=');
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_pads_what_is_no_multiple_of_three() {
        assert_eq!(["", "f", "fo", "foo", "foob"].map(|text| encode64(text.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }
}
