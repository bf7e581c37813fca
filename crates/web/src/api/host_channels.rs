//! Channels of the settings besides e-mail: whether each can be used, and a message that tries one out.

use regua_core::words::Channel;
use regua_engine::people::Scope;

use super::host::office;
use super::op::{Answer, Body, Method, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::Reply;
use super::shape::{Kind, Schema, must};

/// Channels that a message can try out.
const TRIED: &[&str] = &["email", "sms", "whatsapp", "push", "voice", "letter"];

static CHANNEL: Schema = Schema {
    name: "ChannelOfSettings",
    doc: "A channel of the settings besides e-mail.",
    fields: &[
        must("channel", Kind::Word(&["sms", "whatsapp", "push", "callback"]), "Which; `callback` is a program of the company's own."),
        must("works", Kind::Bool, "Whether it can be used."),
        must("found", Kind::Text(2_000), "What it said, or why not and the mend."),
        must("per_second", Kind::Int(0, i64::MAX), "How many messages it takes a second; 0 means any number."),
    ],
};

static TRIAL: Schema = Schema {
    name: "ChannelTrial",
    doc: "What became of a message that tried a channel out.",
    fields: &[must("taken", Kind::Bool, "Whether its carrier took it."), must("said", Kind::Text(2_000), "What the carrier said.")],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/channels",
        id: "list_channels",
        tag: "Messages",
        summary: "The channels of the settings besides e-mail",
        doc: "Each is asked whether it can be used, and none is sent to; all of them, in one page.",
        needs: Needs::Scope(Scope::SettingsRead),
        answer: Answer::Page(&CHANNEL),
        problems: &[409],
        run: |call| Ok(Reply::Page(office(call)?.channels()?, None)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/channels/{channel}/test",
        id: "test_channel",
        tag: "Messages",
        summary: "Send a message that tries a channel out",
        doc: "E-mail goes only to people who may sign in here, and its subject says that it is a test.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[must("to", Kind::Text(4_000), "To which address.")]),
        answer: Answer::One(&TRIAL),
        problems: &[404, 409, 422],
        run: |call| {
            let known = TRIED.contains(&call.at(0));
            let channel: Channel = call.at(0).parse().ok().filter(|_| known).ok_or_else(|| Problem::not_found("channel"))?;
            Ok(Reply::one(office(call)?.test_channel(channel, call.body.must_text("to")?)?))
        },
        ..PLAIN
    },
];
