//! One's second factor: an authenticator, and codes for who has lost it.

use serde_json::{Value, json};

use super::op::{Answer, Body, Method, Needs, Op, PLAIN};
use super::reply::Reply;
use super::session::password;
use super::shape::{Kind, Schema, must};
use regua_engine::secret::Secret;

static ENROLMENT: Schema = Schema {
    name: "Enrolment",
    doc: "What an authenticator is given: it is shown this once.",
    fields: &[must("uri", Kind::Text(2_000), "As an address, for a QR code."), must("secret", Kind::Text(100), "To be typed.")],
};

static CODES: Schema = Schema {
    name: "RecoveryCodes",
    doc: "Codes for who has lost the authenticator, each good once: they are shown this once.",
    fields: &[must("codes", Kind::List(&Kind::Text(100), 100), "The codes.")],
};

static LEFT: Schema =
    Schema { name: "RecoveryCodesLeft", doc: "How many codes are left.", fields: &[must("left", Kind::Int(0, 100), "How many.")] };

pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/second-factor",
        id: "enrol_second_factor",
        tag: "Signing in",
        summary: "Begin with an authenticator",
        doc: "It counts once a code has confirmed it.",
        needs: Needs::Person,
        answer: Answer::One(&ENROLMENT),
        run: |call| {
            let mut rng = call.host.rng();
            let made = call.engine().enrol_second_factor(call.who()?, call.now, rng.as_mut())?;
            Ok(Reply::one(json!({"uri": made.uri.expose(), "secret": made.secret.expose()})))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/second-factor/confirm",
        id: "confirm_second_factor",
        tag: "Signing in",
        summary: "Confirm the authenticator by a code of it",
        doc: "From now on a code is asked for. The recovery codes are shown this once.",
        needs: Needs::Person,
        body: Body::Json(&[must("code", Kind::Text(20), "The code that it shows now.")]),
        answer: Answer::One(&CODES),
        run: |call| {
            let mut rng = call.host.rng();
            let codes = call.engine().confirm_second_factor(call.who()?, call.body.must_text("code")?, call.now, rng.as_mut())?;
            Ok(Reply::one(shown(&codes)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/second-factor/remove",
        id: "remove_second_factor",
        tag: "Signing in",
        summary: "Remove the second factor",
        needs: Needs::Person,
        body: Body::Json(&[password("password", "Your password.")]),
        answer: Answer::Nothing,
        problems: &[429],
        run: |call| {
            call.engine().remove_second_factor(call.who()?, call.body.must_text("password")?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        path: "/second-factor/recovery-codes",
        id: "count_recovery_codes",
        tag: "Signing in",
        summary: "How many recovery codes are left",
        needs: Needs::Person,
        answer: Answer::One(&LEFT),
        run: |call| Ok(Reply::one(json!({"left": call.engine().recovery_left(call.who()?)?}))),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/second-factor/recovery-codes",
        id: "renew_recovery_codes",
        tag: "Signing in",
        summary: "Other recovery codes in the place of those that there are",
        needs: Needs::Person,
        body: Body::Json(&[password("password", "Your password.")]),
        answer: Answer::One(&CODES),
        problems: &[429],
        run: |call| {
            let mut rng = call.host.rng();
            let codes = call.engine().renew_recovery(call.who()?, call.body.must_text("password")?, call.now, rng.as_mut())?;
            Ok(Reply::one(shown(&codes)))
        },
        ..PLAIN
    },
];

fn shown(codes: &[Secret]) -> Value {
    json!({"codes": codes.iter().map(Secret::expose).collect::<Vec<_>>()})
}
