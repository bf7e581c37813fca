//! People of the company: listed, invited, changed, disabled, let in again.

use regua_core::ids::PersonId;
use regua_engine::people::{Change, Limit, NewPerson, Person, Role, Scope, Standing};
use regua_engine::secret::Secret;
use serde_json::{Value, json};

use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, bad_cursor, cursor_of};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Kind, Schema, may, must};

pub(super) const ROLES: &[&str] = &["owner", "manager", "collector", "analyst", "reader"];
const LIMIT: Kind = Kind::Int(0, i64::MAX);
const LIMIT_DOC: &str = "How much they may move alone, in minor units of whatever currency an act is in; null is without limit.";

static PERSON: Schema = Schema {
    name: "Person",
    doc: "Somebody of the company.",
    fields: &[
        must("id", Kind::Name, "Their id."),
        must("email", Kind::Text(254), "Their address."),
        must("name", Kind::Text(100), "Their name."),
        must("role", Kind::Word(ROLES), "What they are to the company."),
        may("limit", LIMIT, LIMIT_DOC),
        must("state", Kind::Word(&["invited", "active", "disabled"]), "Whether they may come in; invited: they chose no password yet."),
        must("second_factor", Kind::Bool, "Whether they sign in with one-time codes as well."),
        must("created_at", Kind::Moment, "Since when they are known."),
        may("disabled_at", Kind::Moment, "Since when they may not come in any more."),
        may("token_until", Kind::Moment, "Until when their invitation or reset can be used."),
        must("issuers", Kind::List(&Kind::Text(512), 100), "Providers of identities whose word is taken for them."),
    ],
};

static ISSUED: Schema = Schema {
    name: "PersonToken",
    doc: "Somebody, and the token with which they choose a password: it is shown this once.",
    fields: &[
        must("person", Kind::Of(&PERSON), "Who."),
        must("token", Kind::Text(300), "Give it to them alone: `/invitations/accept` or `/password/reset` takes it, once."),
        may("expires_at", Kind::Moment, "Until when."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/people",
        id: "list_people",
        tag: "People",
        summary: "People of the company",
        doc: "In the order in which they came.",
        needs: Needs::Scope(Scope::PeopleRead),
        answer: Answer::Page(&PERSON),
        run: |call| {
            let people = call.engine().people(call.tenant, after(call)?, call.limit())?;
            let whole = i64::try_from(people.len()) == Ok(call.limit());
            let next = people.last().filter(|_| whole).map(|last| cursor_of(&last.person.to_bytes()));
            Ok(Reply::Page(people.iter().map(view).collect(), next))
        },
        ..PLAIN
    },
    Op {
        path: "/people/{person}",
        id: "get_person",
        tag: "People",
        summary: "One of them",
        needs: Needs::Scope(Scope::PeopleRead),
        answer: Answer::One(&PERSON),
        run: |call| Ok(Reply::one(view(&call.engine().person(call.tenant, person(call)?)?))),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/people",
        id: "invite_person",
        tag: "People",
        summary: "Invite somebody",
        doc: "Nobody gives a role, or a limit, above their own. The invitation is good for 72 hours.",
        needs: Needs::Scope(Scope::PeopleAct),
        body: Body::Json(&[
            must("email", Kind::Text(254), "Their address."),
            must("name", Kind::Text(100), "Their name."),
            must("role", Kind::Word(ROLES), "What they are to the company."),
            may("limit", LIMIT, LIMIT_DOC),
        ]),
        answer: Answer::Created(&ISSUED),
        run: |call| {
            let new = NewPerson { name: call.body.must_text("name")?, email: call.body.must_text("email")? };
            let standing = Standing { role: role(call)?.ok_or_else(Problem::bug)?, limit: limit(call) };
            let mut rng = call.host.rng();
            let (id, token) = call.engine().invite(call.who()?, new, standing, call.now, rng.as_mut())?;
            issued(call, id, &token)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/people/{person}/invite",
        id: "invite_person_again",
        tag: "People",
        summary: "Invite somebody again, who has not accepted",
        doc: "The invitation before ends.",
        needs: Needs::Scope(Scope::PeopleAct),
        answer: Answer::Created(&ISSUED),
        run: |call| {
            let (id, mut rng) = (person(call)?, call.host.rng());
            let token = call.engine().invite_again(call.who()?, id, call.now, rng.as_mut())?;
            issued(call, id, &token)
        },
        ..PLAIN
    },
    Op {
        path: "/me/person",
        id: "get_own_person",
        tag: "Self",
        summary: "Yourself, as the company knows you",
        needs: Needs::Person,
        answer: Answer::One(&PERSON),
        run: |call| Ok(Reply::one(view(&call.engine().person(call.tenant, own(call)?)?))),
        ..PLAIN
    },
    Op {
        method: Method::Patch,
        path: "/me/person",
        id: "change_own_name",
        tag: "Self",
        summary: "Change your name",
        doc: "Role and limit are others' to change.",
        needs: Needs::Person,
        body: Body::Json(&[must("name", Kind::Text(100), "Your name.")]),
        answer: Answer::One(&PERSON),
        run: |call| {
            let change = Change { name: Some(call.body.must_text("name")?), role: None, limit: None };
            Ok(Reply::one(view(&call.engine().change_person(call.who()?, own(call)?, change, call.now)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Patch,
        path: "/people/{person}",
        id: "change_person",
        tag: "People",
        summary: "Change somebody's name, role or limit",
        doc: "What is not said stays; a limit of null is without limit.",
        needs: Needs::Scope(Scope::PeopleAct),
        body: Body::Json(&[
            may("name", Kind::Text(100), "Their name."),
            may("role", Kind::Word(ROLES), "What they are to the company."),
            may("limit", LIMIT, LIMIT_DOC),
        ]),
        answer: Answer::One(&PERSON),
        run: |call| {
            let limit = call.body.has("limit").then(|| limit(call));
            let change = Change { name: call.body.text("name"), role: role(call)?, limit };
            Ok(Reply::one(view(&call.engine().change_person(call.who()?, person(call)?, change, call.now)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/people/{person}/disable",
        id: "disable_person",
        tag: "People",
        summary: "Somebody may not come in any more",
        doc: "Their sessions end, and their keys do not work as long as it lasts. The last owner stays.",
        needs: Needs::Scope(Scope::PeopleAct),
        answer: Answer::One(&PERSON),
        run: |call| {
            let id = person(call)?;
            call.engine().disable_person(call.who()?, id, call.now)?;
            Ok(Reply::one(view(&call.engine().person(call.tenant, id)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/people/{person}/enable",
        id: "enable_person",
        tag: "People",
        summary: "Somebody may come in again",
        needs: Needs::Scope(Scope::PeopleAct),
        answer: Answer::One(&PERSON),
        run: |call| {
            let id = person(call)?;
            call.engine().enable_person(call.who()?, id, call.now)?;
            Ok(Reply::one(view(&call.engine().person(call.tenant, id)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/people/{person}/reset",
        id: "reset_person",
        tag: "People",
        summary: "Let somebody choose a password anew",
        doc: "With a token that is good for an hour. Their second factor stays.",
        needs: Needs::Scope(Scope::PeopleAct),
        answer: Answer::Created(&ISSUED),
        run: |call| {
            let (id, mut rng) = (person(call)?, call.host.rng());
            let token = call.engine().issue_reset(call.tenant, Some(call.who()?), id, call.now, rng.as_mut())?;
            issued(call, id, &token)
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/people/{person}/sessions",
        id: "end_sessions_of_person",
        tag: "People",
        summary: "End all sessions of somebody",
        needs: Needs::Scope(Scope::PeopleAct),
        answer: Answer::Nothing,
        run: |call| {
            call.engine().end_sessions(call.who()?, person(call)?, None, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/people/{person}/issuers",
        id: "unlink_person",
        tag: "People",
        summary: "Take no provider's word for somebody any more",
        doc: "The next time the provider vouches for their address, it is linked anew.",
        needs: Needs::Scope(Scope::PeopleAct),
        query: &[must("issuer", Kind::Text(512), "The provider, as `issuers` names it.")],
        answer: Answer::Nothing,
        run: |call| {
            let issuer = call.query.must_text("issuer")?;
            if !call.engine().unlink_identity(call.who()?, person(call)?, issuer, call.now)? {
                return Err(Problem::not_found("issuer of this person"));
            }
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/people/{person}/second-factor",
        id: "remove_second_factor_of_person",
        tag: "People",
        summary: "Take somebody's second factor away, who has lost it",
        needs: Needs::Scope(Scope::PeopleAct),
        answer: Answer::Nothing,
        run: |call| {
            call.engine().drop_second_factor(call.tenant, Some(call.who()?), person(call)?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

/// Who asks, of whom the router made sure that it is a person.
fn own(call: &Call<'_>) -> Result<PersonId, Problem> {
    call.who()?.person().ok_or_else(Problem::bug)
}

fn person(call: &Call<'_>) -> Result<PersonId, Problem> {
    call.id(0, "person")
}

/// Behind whom a page begins.
fn after(call: &Call<'_>) -> Result<Option<PersonId>, Problem> {
    call.cursor_id()?.map(|bytes| PersonId::from_bytes(bytes).map_err(|_no_id| bad_cursor())).transpose()
}

/// The answer that shows a token, once.
fn issued(call: &Call<'_>, id: PersonId, token: &Secret) -> Result<Reply, Problem> {
    let person = call.engine().person(call.tenant, id)?;
    let until = reply::opt_moment(person.token_until);
    Ok(Reply::created(json!({"person": view(&person), "token": token.expose(), "expires_at": until})))
}

fn role(call: &Call<'_>) -> Result<Option<Role>, Problem> {
    call.body.text("role").map(|word| Role::parse(word).ok_or_else(Problem::bug)).transpose()
}

/// The limit that was said; none is without limit.
pub(super) fn limit(call: &Call<'_>) -> Option<Limit> {
    call.body.int("limit").and_then(Limit::new)
}

fn view(person: &Person) -> Value {
    let state = match (person.disabled_at, person.has_password) {
        (Some(_), _) => "disabled",
        (None, true) => "active",
        (None, false) => "invited",
    };
    json!({
        "id": person.person.to_string(),
        "email": person.email,
        "name": person.name,
        "role": person.role.word(),
        "limit": person.limit.map(|limit| limit.minor),
        "state": state,
        "second_factor": person.second_factor,
        "created_at": reply::moment(person.created_at),
        "disabled_at": reply::opt_moment(person.disabled_at),
        "token_until": reply::opt_moment(person.token_until),
        "issuers": person.issuers,
    })
}
