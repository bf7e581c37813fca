//! The authorize page: whoever comes with a good request goes back at once with a code (RFC 6749 §4.1, RFC 7636, RFC 9207).
//!
//! Deliberately absent: a form to sign in with. `login_hint` says who it is, else it is the next person.

use form_urlencoded::Serializer;

use super::state::{Grant, State, field};
use crate::serve::{Ask, Reply};

pub(crate) fn answer(state: &mut State, ask: &Ask) -> Reply {
    let form = if ask.verb == "POST" { ask.body.clone() } else { ask.query.clone().into_bytes() };
    let said = |name: &str| field(&form, name);
    // Who cannot be trusted with a redirect gets a page.
    let Some(client) = said("client_id").and_then(|id| state.client(&id)).cloned() else {
        return page("there is no such client");
    };
    let Some(redirect) = said("redirect_uri").filter(|uri| client.redirects.contains(uri)) else {
        return page("the client has no such redirect_uri");
    };
    let (given, issuer) = (said("state"), state.issuer.clone());
    let back = |name: &str, value: &str| {
        let mut query = Serializer::new(String::new());
        query.append_pair(name, value);
        if let Some(given) = &given {
            query.append_pair("state", given);
        }
        query.append_pair("iss", &issuer);
        let mark = if redirect.contains('?') { '&' } else { '?' };
        Reply::empty(302).with("location", &format!("{redirect}{mark}{}", query.finish())).with("cache-control", "no-store")
    };
    if said("response_type").as_deref() != Some("code") {
        return back("error", "unsupported_response_type");
    }
    let scope: Vec<String> = said("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if !scope.iter().any(|scope| scope == "openid") {
        return back("error", "invalid_scope");
    }
    let challenge = said("code_challenge");
    let hashed = said("code_challenge_method").as_deref() == Some("S256");
    if challenge.as_ref().is_some_and(|challenge| !hashed || challenge.len() != 43) {
        return back("error", "invalid_request");
    }
    if said("prompt").as_deref() == Some("none") {
        return back("error", "login_required");
    }
    if state.declines {
        return back("error", "access_denied");
    }
    let hinted = said("login_hint").and_then(|hint| state.users.iter().find(|user| user.email == hint).cloned());
    let Some(user) = hinted.or_else(|| state.users.first().cloned()) else { return back("error", "access_denied") };
    let code = state.word("code");
    let made = state.now();
    let grant = Grant { client: client.id, redirect: redirect.clone(), scope, nonce: said("nonce"), challenge, user, made, spent: None };
    state.grants.insert(code.clone(), grant);
    back("code", &code)
}

fn page(why: &str) -> Reply {
    let body = format!("<!doctype html><title>Error</title><p>{why}</p>").into_bytes();
    Reply { status: 400, headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())], body }
}
