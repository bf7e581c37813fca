//! Signing in with a provider of identities: there, and back.
//!
//! What must be remembered meanwhile travels sealed in a cookie. Deliberately absent: people whom nobody invited; a provider's
//! word opens the door only to who is known here.

use regua_engine::adapters::oidc::{OidcError, Provider, TRIP_SECS};
use regua_engine::people::External;
use regua_wire::oidc::Callback;

use super::op::{Answer, Call, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::{Cookie, Reply};
use super::session::{admitted, cookie, end_shown};
use super::shape::{Kind, may};

/// The address to which a provider sends people back, behind the public address: it is to be registered there.
pub const CALLBACK: &str = "/v1/oidc/callback";
/// The cookie in which a sign-in travels.
const TRIP: &str = "regua_oidc";
/// The longest value of it that is looked at, in bytes.
const TRIP_MAX: usize = 4_096;

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/oidc/start",
        id: "start_oidc",
        tag: "Signing in",
        summary: "Sign in with the provider of identities",
        doc: "Sends the browser there. Only where the settings name a provider.",
        needs: Needs::Nobody,
        query: &[may("to", Kind::Text(1_000), "Where to go afterwards: a path of ours, beginning with one `/`.")],
        answer: Answer::Redirect,
        run: |call| {
            let (provider, mut rng) = (provider(call)?, call.host.rng());
            let to = call.query.text("to").unwrap_or("/");
            let begun = provider.begin(rng.as_mut(), to, call.now).map_err(|error| problem(&error))?;
            let seconds = u64::try_from(TRIP_SECS).unwrap_or(0);
            Ok(Reply::Redirect(begun.url, vec![Cookie { name: TRIP, value: Some(begun.sealed), seconds }]))
        },
        ..PLAIN
    },
    Op {
        path: "/oidc/callback",
        id: "finish_oidc",
        tag: "Signing in",
        summary: "Come back from the provider of identities",
        doc: "The provider sends the browser here, with a code and a state. Sets the cookie of a new session. Who is refused and takes \
              HTML is sent to a page that says why.",
        needs: Needs::Nobody,
        query: &[
            may("code", Kind::Text(4_000), "What the provider gave."),
            may("state", Kind::Text(4_000), "Which sign-in it is of."),
            may("error", Kind::Text(4_000), "Why the provider let nobody in."),
        ],
        answer: Answer::Redirect,
        problems: &[401],
        run: |call| came_back(call).or_else(|problem| refused(call, problem)),
        ..PLAIN
    },
];

fn came_back(call: &Call<'_>) -> Result<Reply, Problem> {
    let provider = provider(call)?;
    let sealed = call.cookies.iter().find(|(name, _)| name == TRIP).map_or("", |(_, value)| value.as_str());
    let callback = Callback::read(&call.raw_query).map_err(|wrong| problem(&wrong.into()))?;
    if sealed.is_empty() || sealed.len() > TRIP_MAX {
        return Err(problem(&OidcError::Sealed));
    }
    let came = provider.finish(sealed, &callback, call.now).map_err(|error| problem(&error))?;
    let who = &came.identity;
    let word = External { issuer: &who.issuer, subject: &who.subject, email_verified: who.email.as_deref() };
    let mut rng = call.host.rng();
    let done = call.engine().sign_in_external(call.tenant, word, &call.from, call.now, rng.as_mut())?;
    let done = admitted(call, done)?;
    end_shown(call)?;
    Ok(Reply::Redirect(came.return_to, vec![cookie(call, &done), gone()]))
}

/// A person with a browser is sent to a page that says it in words; a program is told the problem.
fn refused(call: &Call<'_>, problem: Problem) -> Result<Reply, Problem> {
    let html = call.cookies.iter().any(|(name, value)| name == "accept" && value.contains("text/html"));
    if html { Ok(Reply::Redirect(format!("/oidc-refused?code={}", problem.code), vec![gone()])) } else { Err(problem) }
}

/// The trip is over.
const fn gone() -> Cookie {
    Cookie { name: TRIP, value: None, seconds: 0 }
}

fn provider<'a>(call: &'a Call<'_>) -> Result<&'a Provider, Problem> {
    call.host.oidc().ok_or_else(|| Problem::new(404, "no_provider", "the settings name no provider of identities; sign in with a password"))
}

/// Why nobody came in. What is ours to mend goes to the log as well.
fn problem(error: &OidcError) -> Problem {
    if error.is_ours_to_mend() {
        tracing::warn!(code = error.code(), "a sign-in by the provider of identities failed: {error}");
    }
    match error {
        OidcError::Unreachable { .. } | OidcError::Answered { .. } => Problem {
            retry_after: Some(5),
            ..Problem::new(503, "provider_unreachable", "the provider of identities does not answer; try again")
        },
        OidcError::Redirected { .. }
        | OidcError::Sealed
        | OidcError::Late
        | OidcError::Used
        | OidcError::State
        | OidcError::UnknownKey
        | OidcError::Wrong(_) => Problem::new(401, &format!("oidc_{}", error.code()), error.to_string()),
    }
}
