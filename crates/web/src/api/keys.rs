//! Keys of programs: listed, made, rotated, revoked. A key's secret is shown once.

use regua_core::ids::KeyId;
use regua_engine::people::{KeyView, MadeKey, NewKey, OVERLAP_MAX, Scope, Scopes};
use serde_json::{Value, json};

use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, bad_cursor, cursor_of};
use super::people::limit;
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Kind, Schema, may, must};

/// Words of all scopes.
pub(super) static SCOPES: [&str; Scope::ALL.len()] = {
    let (mut words, mut at) = ([""; Scope::ALL.len()], 0);
    while at < words.len() {
        words[at] = Scope::ALL[at].word();
        at += 1;
    }
    words
};
static SCOPE: Kind = Kind::Word(&SCOPES);
/// Seconds in an hour; for how many hours the text before a rotation counts when nothing is said.
const HOUR: i64 = 60 * 60;
const OVERLAP: i64 = 24;

static KEY: Schema = Schema {
    name: "Key",
    doc: "What a program asks with. It never may more than the person who answers for it.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("name", Kind::Text(100), "What people call it."),
        must("begins", Kind::Text(200), "How its text begins, which is no secret."),
        must("scopes", Kind::List(&SCOPE, 100), "What it was made for."),
        must("scopes_now", Kind::List(&SCOPE, 100), "What it may do now: never more than its person, and nothing when it has ended."),
        may("limit", Kind::Int(0, i64::MAX), "How much it may move alone, in minor units; null is without limit."),
        must("person", Kind::Name, "Who answers for it."),
        must("state", Kind::Word(&["active", "expired", "revoked"]), "Whether it counts."),
        must("made_at", Kind::Moment, "When it was made."),
        may("expires_at", Kind::Moment, "When it ends."),
        may("revoked_at", Kind::Moment, "When somebody ended it."),
        may("used_at", Kind::Moment, "When it was last used, to the hour."),
        may("old_until", Kind::Moment, "Until when the text before the last rotation counts, too."),
    ],
};

static MADE: Schema = Schema {
    name: "NewKey",
    doc: "A key with its text, which is shown this once.",
    fields: &[must("key", Kind::Of(&KEY), "The key."), must("secret", Kind::Text(300), "Send it as `Authorization: Bearer …`.")],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/keys",
        id: "list_keys",
        tag: "Keys",
        summary: "Keys of programs",
        doc: "In the order in which they were made.",
        needs: Needs::Scope(Scope::PeopleRead),
        answer: Answer::Page(&KEY),
        run: |call| {
            let after = call.cursor_id()?.map(|bytes| KeyId::from_bytes(bytes).map_err(|_no_id| bad_cursor())).transpose()?;
            let keys = call.engine().keys(call.tenant, after, call.limit(), call.now)?;
            let whole = i64::try_from(keys.len()) == Ok(call.limit());
            let next = keys.last().filter(|_| whole).map(|last| cursor_of(&last.key.to_bytes()));
            Ok(Reply::Page(keys.iter().map(|key| view(call, key)).collect(), next))
        },
        ..PLAIN
    },
    Op {
        path: "/keys/{key}",
        id: "get_key",
        tag: "Keys",
        summary: "One of them",
        needs: Needs::Scope(Scope::PeopleRead),
        answer: Answer::One(&KEY),
        run: |call| Ok(Reply::one(one(call, key(call)?)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/keys",
        id: "create_key",
        tag: "Keys",
        summary: "Make a key",
        doc: "By a person, who answers for it; nobody makes one that may more than they may themselves.",
        needs: Needs::Person,
        body: Body::Json(&[
            must("name", Kind::Text(100), "What people call it."),
            must("scopes", Kind::List(&SCOPE, 100), "What it may do."),
            may("limit", Kind::Int(0, i64::MAX), "How much it may move alone, in minor units; null is without limit."),
            may("expires_at", Kind::Moment, "When it ends; null is never."),
        ]),
        answer: Answer::Created(&MADE),
        run: |call| {
            let scopes: Scopes = call.body.texts_of("scopes").iter().filter_map(|word| Scope::parse(word)).collect();
            let (name, expires_at) = (call.body.must_text("name")?, call.body.moment("expires_at"));
            let new = NewKey { name, scopes, limit: limit(call), expires_at };
            let mut rng = call.host.rng();
            made(call, &call.engine().create_key(call.who()?, new, call.now, rng.as_mut())?)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/keys/{key}/rotate",
        id: "rotate_key",
        tag: "Keys",
        summary: "Give a key another text",
        doc: "By a person, who answers for it from now on. The text before counts for a while, so that programs can change over.",
        needs: Needs::Person,
        body: Body::Json(&[may("overlap_hours", Kind::Int(0, OVERLAP_MAX / HOUR), "For how many hours; 24 when nothing is said.")]),
        answer: Answer::Created(&MADE),
        run: |call| {
            let overlap = call.body.int("overlap_hours").unwrap_or(OVERLAP).saturating_mul(HOUR);
            let mut rng = call.host.rng();
            made(call, &call.engine().rotate_key(call.who()?, key(call)?, overlap, call.now, rng.as_mut())?)
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/keys/{key}",
        id: "revoke_key",
        tag: "Keys",
        summary: "End a key",
        doc: "Your own, or anybody's with `people:act`.",
        needs: Needs::Anybody,
        answer: Answer::Nothing,
        run: |call| {
            call.engine().revoke_key(call.who()?, key(call)?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

fn key(call: &Call<'_>) -> Result<KeyId, Problem> {
    call.id(0, "key")
}

fn one(call: &Call<'_>, id: KeyId) -> Result<Value, Problem> {
    Ok(view(call, &call.engine().key_view(call.tenant, id, call.now)?))
}

/// The answer that shows a key's text, once.
fn made(call: &Call<'_>, made: &MadeKey) -> Result<Reply, Problem> {
    Ok(Reply::created(json!({"key": one(call, made.key)?, "secret": made.secret.expose()})))
}

fn view(call: &Call<'_>, key: &KeyView) -> Value {
    let state = match (key.revoked_at, key.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(until)) if until <= call.now => "expired",
        (None, _) => "active",
    };
    json!({
        "id": key.key.to_string(),
        "name": key.name,
        "begins": key.prefix,
        "scopes": key.scopes.iter().map(Scope::word).collect::<Vec<_>>(),
        "scopes_now": key.now.iter().map(Scope::word).collect::<Vec<_>>(),
        "limit": key.limit.map(|limit| limit.minor),
        "person": key.person.to_string(),
        "state": state,
        "made_at": reply::moment(key.made_at),
        "expires_at": reply::opt_moment(key.expires_at),
        "revoked_at": reply::opt_moment(key.revoked_at),
        "used_at": reply::opt_moment(key.used_at),
        "old_until": reply::opt_moment(key.old_until),
    })
}
