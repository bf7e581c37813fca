//! Coming in: the first owner, signing in and out, one's sessions, one's password, invitations and resets.
//!
//! The token of a session is in a cookie that no script reads; in the body is what a form must repeat. Who is refused is told one
//! thing, whatever was wrong.

use regua_core::ids::SessionId;
use regua_engine::people::{Credentials, NewPerson, SessionView, SignIn, SignedIn};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::answer::{SESSION, hex};
use super::document::{CALLER, caller_view};
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::{self, Cookie, Reply};
use super::shape::{Field, Kind, Schema, may, must};

/// A password: as long as a page of a book, so that nobody makes us hash one.
pub(super) const fn password(name: &'static str, doc: &'static str) -> Field {
    must(name, Kind::Text(1_000), doc)
}

static SETUP: Schema = Schema {
    name: "Setup",
    doc: "Whether somebody must be set up.",
    fields: &[
        must("needed", Kind::Bool, "Whether there is nobody yet."),
        must("oidc", Kind::Bool, "Whether people can sign in with a provider of identities."),
    ],
};

pub(super) static SIGNED_IN: Schema = Schema {
    name: "Session",
    doc: "A session. Its token is in the cookie alone.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("csrf_token", Kind::Text(64), "Send it as X-CSRF-Token with everything that changes something."),
        may("expires_at", Kind::Moment, "When it ends, however busy it is; said when it begins."),
        must("caller", Kind::Of(&CALLER), "Who is signed in."),
    ],
};

static ONE_OF_MINE: Schema = Schema {
    name: "OwnSession",
    doc: "A browser in which you are signed in.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("current", Kind::Bool, "Whether it is this one."),
        must("made_at", Kind::Moment, "When it began."),
        must("seen_at", Kind::Moment, "When it was last used, to the minute."),
        must("expires_at", Kind::Moment, "When it ends, however busy it is."),
        must("place", Kind::Text(40), "Two that began on one day at one address share this word; the address itself is not kept."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/setup",
        id: "needs_setup",
        tag: "Signing in",
        summary: "Whether the first owner must be set up",
        needs: Needs::Nobody,
        answer: Answer::One(&SETUP),
        run: |call| Ok(Reply::one(json!({"needed": call.engine().wants_set_up(call.tenant)?, "oidc": call.host.oidc().is_some()}))),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/setup",
        id: "set_up",
        tag: "Signing in",
        summary: "Set the first owner up, and sign them in",
        doc: "Once, while there is nobody. The token is what `regua serve` wrote when it began.",
        needs: Needs::Nobody,
        body: Body::Json(&[
            must("token", Kind::Text(200), "What the server wrote when it began."),
            must("name", Kind::Text(100), "Your name."),
            must("email", Kind::Text(254), "Your address."),
            password("password", "Your password, of 12 characters or more."),
        ]),
        answer: Answer::One(&SIGNED_IN),
        problems: &[401, 429],
        run: |call| {
            let told = "the token is not the one that the server wrote when it began";
            let refused = || Problem::new(401, "setup_token", told);
            let expected = call.host.setup_token().ok_or_else(refused)?;
            if expected.is_empty() || !bool::from(call.body.must_text("token")?.as_bytes().ct_eq(expected.as_bytes())) {
                return Err(refused());
            }
            let (email, typed) = (call.body.must_text("email")?, call.body.must_text("password")?);
            let mut rng = call.host.rng();
            let new = NewPerson { name: call.body.must_text("name")?, email };
            call.engine().set_up(call.tenant, new, typed, call.now, rng.as_mut())?;
            signed_in(call, sign_in(call, Credentials { email, password: typed, code: None })?)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/session",
        id: "sign_in",
        tag: "Signing in",
        summary: "Sign in",
        doc: "Sets the cookie of a new session. 401 with the code `second_factor`: ask for a code, and send all of it again.",
        needs: Needs::Nobody,
        body: Body::Json(&[
            must("email", Kind::Text(254), "Your address."),
            password("password", "Your password."),
            may("code", Kind::Text(100), "A one-time code, or a recovery code."),
        ]),
        answer: Answer::One(&SIGNED_IN),
        problems: &[401, 429],
        run: |call| {
            let (email, password) = (call.body.must_text("email")?, call.body.must_text("password")?);
            signed_in(call, sign_in(call, Credentials { email, password, code: call.body.text("code") })?)
        },
        ..PLAIN
    },
    Op {
        path: "/session",
        id: "get_session",
        tag: "Signing in",
        summary: "The session in which you are",
        needs: Needs::Person,
        answer: Answer::One(&SIGNED_IN),
        run: |call| {
            let caller = call.who()?;
            let (session, csrf) = caller.session.zip(caller.csrf).ok_or_else(Problem::bug)?;
            let caller = caller_view(caller);
            Ok(Reply::one(json!({"id": session.to_string(), "csrf_token": hex(&csrf), "expires_at": null, "caller": caller})))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/session",
        id: "sign_out",
        tag: "Signing in",
        summary: "Sign out",
        needs: Needs::Person,
        answer: Answer::Nothing,
        run: |call| {
            end_shown(call)?;
            Ok(Reply::WithCookie(Value::Null, Cookie { name: SESSION, value: None, seconds: 0 }))
        },
        ..PLAIN
    },
    Op {
        path: "/sessions",
        id: "list_own_sessions",
        tag: "Signing in",
        summary: "Where you are signed in",
        doc: "The last used first, 200 at most.",
        needs: Needs::Person,
        answer: Answer::Page(&ONE_OF_MINE),
        run: |call| {
            let caller = call.who()?;
            let person = caller.person().ok_or_else(Problem::bug)?;
            let sessions = call.engine().sessions(call.tenant, person, call.now)?;
            Ok(Reply::Page(sessions.iter().map(|one| mine(one, caller.session)).collect(), None))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/sessions/{session}",
        id: "end_own_session",
        tag: "Signing in",
        summary: "End one of your sessions",
        needs: Needs::Person,
        answer: Answer::Nothing,
        run: |call| {
            let caller = call.who()?;
            let person = caller.person().ok_or_else(Problem::bug)?;
            let session: SessionId = call.id(0, "session")?;
            if !call.engine().end_session(caller, person, session, call.now)? {
                return Err(Problem::not_found("session"));
            }
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/password",
        id: "change_password",
        tag: "Signing in",
        summary: "Choose another password",
        doc: "Your other sessions end.",
        needs: Needs::Person,
        body: Body::Json(&[password("old", "The one that counts now."), password("new", "The new one, of 12 characters or more.")]),
        answer: Answer::Nothing,
        problems: &[429],
        run: |call| {
            let mut rng = call.host.rng();
            let (old, new) = (call.body.must_text("old")?, call.body.must_text("new")?);
            call.engine().change_password(call.who()?, old, new, call.now, rng.as_mut())?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/password/reset",
        id: "reset_password",
        tag: "Signing in",
        summary: "Choose a password with the token that somebody issued",
        doc: "All sessions of the person end. Sign in with it then.",
        needs: Needs::Nobody,
        body: Body::Json(&[must("token", Kind::Text(300), "The token."), password("password", "The password, of 12 characters or more.")]),
        answer: Answer::Nothing,
        run: |call| by_token(call),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/invitations/accept",
        id: "accept_invitation",
        tag: "Signing in",
        summary: "Accept an invitation, and choose a password",
        doc: "Sign in with it then.",
        needs: Needs::Nobody,
        body: Body::Json(&[must("token", Kind::Text(300), "The token."), password("password", "The password, of 12 characters or more.")]),
        answer: Answer::Nothing,
        run: |call| by_token(call),
        ..PLAIN
    },
];

fn by_token(call: &Call<'_>) -> Result<Reply, Problem> {
    let mut rng = call.host.rng();
    call.engine().accept(call.body.must_text("token")?, call.body.must_text("password")?, call.now, rng.as_mut())?;
    Ok(Reply::Nothing)
}

fn sign_in(call: &Call<'_>, typed: Credentials<'_>) -> Result<SignedIn, Problem> {
    let mut rng = call.host.rng();
    let came = call.engine().sign_in(call.tenant, typed, &call.from, call.now, rng.as_mut())?;
    admitted(call, came)
}

/// Who came in; why not otherwise. Who is refused learns nothing of why.
pub(super) fn admitted(call: &Call<'_>, came: SignIn) -> Result<SignedIn, Problem> {
    match came {
        SignIn::Done(done) => Ok(*done),
        SignIn::NeedsCode => Err(Problem::new(401, "second_factor", "send a one-time code, or a recovery code, as well")),
        SignIn::Refused => Err(Problem::new(401, "sign_in_refused", "nobody has this address, password and code together")),
        SignIn::Throttled { until } => {
            let seconds = until.micros().saturating_sub(call.now.micros()).div_euclid(1_000_000).saturating_add(1);
            let told = "too many have failed to sign in with this address; try again later";
            Err(Problem { retry_after: u64::try_from(seconds).ok(), ..Problem::new(429, "sign_in_throttled", told) })
        }
    }
}

/// The answer to who came in: the cookie of the new session. The one that the browser showed before is over.
fn signed_in(call: &Call<'_>, done: SignedIn) -> Result<Reply, Problem> {
    end_shown(call)?;
    let cookie = cookie(call, &done);
    let (session, csrf) = done.caller.session.zip(done.caller.csrf).ok_or_else(Problem::bug)?;
    let answer = json!({
        "id": session.to_string(),
        "csrf_token": hex(&csrf),
        "expires_at": reply::moment(done.expires_at),
        "caller": caller_view(&done.caller),
    });
    Ok(Reply::WithCookie(answer, cookie))
}

/// The cookie of a new session.
pub(super) fn cookie(call: &Call<'_>, done: &SignedIn) -> Cookie {
    let seconds = done.expires_at.micros().saturating_sub(call.now.micros()).div_euclid(1_000_000);
    Cookie { name: SESSION, value: Some(done.token.expose().to_owned()), seconds: u64::try_from(seconds).unwrap_or(0) }
}

/// Ends the session that the browser shows, if it shows one.
pub(super) fn end_shown(call: &Call<'_>) -> Result<(), Problem> {
    for (_, token) in call.cookies.iter().filter(|(name, _)| name == SESSION) {
        call.engine().sign_out(token, call.now)?;
    }
    Ok(())
}

fn mine(one: &SessionView, current: Option<SessionId>) -> Value {
    json!({
        "id": one.session.to_string(),
        "current": Some(one.session) == current,
        "made_at": reply::moment(one.made_at),
        "seen_at": reply::moment(one.seen_at),
        "expires_at": reply::moment(one.expires_at),
        "place": one.place,
    })
}
