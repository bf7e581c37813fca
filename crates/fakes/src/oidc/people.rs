//! What is told of a person: in the ID token, and by the userinfo endpoint (Core 1.0 §5).
//!
//! Deliberately absent: signed answers.

use serde_json::{Value, json};

use super::state::{Lie, State, User};
use super::token::refused;
use crate::serve::{Ask, Reply};

/// Writes down what the scopes allow.
pub(crate) fn told(claims: &mut Value, user: &User, scope: &[String]) {
    let may = |name: &str| scope.iter().any(|have| have == name);
    if may("email") {
        claims["email"] = json!(user.email);
        claims["email_verified"] = json!(user.verified);
    }
    if may("profile") {
        claims["name"] = json!(user.name);
    }
}

pub(crate) fn answer(state: &State, ask: &Ask) -> Reply {
    let token = ask.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    let Some(access) = token.and_then(|token| state.accesses.get(token)).filter(|access| state.now() < access.until) else {
        return refused(401, "invalid_token").with("www-authenticate", "Bearer error=\"invalid_token\"");
    };
    let mut claims = json!({"sub": access.user.subject});
    told(&mut claims, &access.user, &access.scope);
    Reply::json(200, &state.told(claims, |lie| if let Lie::Userinfo(over) = lie { Some(over) } else { None }))
}
