//! What a company's own app shows: the secret with which its server signs for its customers, and where the script is.

use regua_engine::in_app::{OVERLAP_SECS_MAX, SECRETS_MAX, SecretView};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::reply::{self, Reply};
use super::shape::{Kind, Schema, may, must};
use crate::in_app::SERVED;

/// Seconds for which the secret before counts when nothing is said: a day.
const OVERLAP_SECS: i64 = 24 * 60 * 60;

static SECRET: Schema = Schema {
    name: "InAppSecret",
    doc: "A secret that counts. It was shown once.",
    fields: &[
        must("begins", Kind::Text(100), "How its text begins, which is no secret."),
        must("made_at", Kind::Moment, "When it was made."),
        may("ends_at", Kind::Moment, "Until when it counts; null for the one that signs now."),
    ],
};

static IN_APP: Schema = Schema {
    name: "InApp",
    doc: "What a company's app needs to show what is owed.",
    fields: &[
        must("script", Kind::Text(200), "Where the script is, under a name that changes with what is in it."),
        must("integrity", Kind::Text(100), "The `integrity` of that script, so that browsers run it and nothing else under its name."),
        must("origins", Kind::List(&Kind::Text(300), 100), "The origins of pages that may ask, as the settings list them."),
        must("secrets", Kind::List(&Kind::Of(&SECRET), SECRETS_MAX), "The secrets that count, the oldest first."),
    ],
};

static NEW: Schema = Schema {
    name: "NewInAppSecret",
    doc: "A secret with its text, which is shown this once.",
    fields: &[
        must("about", Kind::Of(&SECRET), "What is seen of it from now on."),
        must("secret", Kind::Text(200), "`is_<company>_<secret>_<key>`: keep it on your server. docs/in-app.md says how it signs."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/in-app",
        id: "get_in_app",
        tag: "In-app",
        summary: "The script, the pages that may ask, and the secrets that count",
        needs: Needs::Scope(Scope::SettingsRead),
        answer: Answer::One(&IN_APP),
        run: |call| {
            let secrets = call.engine().in_app_secrets(call.tenant, call.now)?;
            Ok(Reply::one(json!({
                "script": SERVED.path,
                "integrity": SERVED.integrity,
                "origins": call.host.in_app_origins().iter().take(100).collect::<Vec<_>>(),
                "secrets": secrets.iter().map(view).collect::<Vec<_>>(),
            })))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/in-app/secret",
        id: "make_in_app_secret",
        tag: "In-app",
        summary: "Make a secret with which your server signs for its customers",
        doc: "It is shown this once, and signs from now on; those before it count for a while, so that a server can change over.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[may(
            "overlap_seconds",
            Kind::Int(0, 604_800),
            "For how many seconds those before count; a day when nothing is said.",
        )]),
        answer: Answer::Created(&NEW),
        run: |call| {
            let overlap = call.body.int("overlap_seconds").unwrap_or(OVERLAP_SECS);
            let overlap = u32::try_from(overlap).unwrap_or(OVERLAP_SECS_MAX);
            let (act, mut rng) = (call.act()?, call.host.rng());
            let (about, secret) = call.engine().make_in_app_secret(call.tenant, overlap, &act, call.now, rng.as_mut())?;
            Ok(Reply::created(json!({"about": view(&about), "secret": secret.expose()})))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/in-app/secret",
        id: "end_in_app_secrets",
        tag: "In-app",
        summary: "End every secret at once",
        doc: "No token that was signed is good any more, and apps show nothing until there is another secret.",
        needs: Needs::Scope(Scope::SettingsAct),
        answer: Answer::Nothing,
        run: |call: &Call<'_>| {
            call.engine().end_in_app_secrets(call.tenant, &call.act()?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

fn view(secret: &SecretView) -> Value {
    json!({"begins": secret.begins, "made_at": reply::moment(secret.made_at), "ends_at": reply::opt_moment(secret.ends_at)})
}
