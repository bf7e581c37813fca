//! What people and programs decide about addresses and answers.

use regua_core::words::Channel;
use regua_engine::channels::{mark_of_text, normal};
use regua_engine::people::Scope;
use serde_json::json;

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reads::channels::{REPLY_FIELDS, reply};
use super::super::reply::Reply;
use super::super::shape::{Kind, Schema, may, must};
use super::shared::{CHANNELS, REASON};

static SUPPRESSED: Schema = Schema {
    name: "SuppressedAddress",
    doc: "An address that is left alone from now on.",
    fields: &[
        must("channel", Kind::Word(CHANNELS), "On which channel."),
        must("mark", Kind::Text(32), "What stands for the address in the list."),
        must("new", Kind::Bool, "Whether it was not left alone already."),
    ],
};

static ANSWERED: Schema = Schema { name: "ReplyAfterAct", doc: "An answer after somebody was done with it.", fields: REPLY_FIELDS };

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/suppressions",
        id: "suppress_address",
        tag: "Messages",
        summary: "Leave an address alone from now on",
        doc: "Whoever has it, now and later; messages that wait go to another address or channel.",
        needs: Needs::Scope(Scope::MessagesAct),
        body: Body::Json(&[
            must("channel", Kind::Word(CHANNELS), "On which channel."),
            must("address", Kind::Text(4_000), "The address; of a telephone with its country and `+`."),
            REASON,
        ]),
        answer: Answer::One(&SUPPRESSED),
        problems: &[422],
        run: suppress,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/suppressions/{channel}/{mark}/lift",
        id: "lift_suppression",
        tag: "Messages",
        summary: "Let an address be written to again",
        doc: "Only with a reason: its owner once wanted that nobody writes there.",
        needs: Needs::Scope(Scope::MessagesAct),
        body: Body::Json(&[must("reason", Kind::Text(500), "Why; it is kept with the act.")]),
        answer: Answer::Nothing,
        problems: &[404, 422],
        run: lift,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/replies/{reply}/done",
        id: "finish_reply",
        tag: "Messages",
        summary: "Say that an answer was looked at",
        needs: Needs::Scope(Scope::MessagesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&ANSWERED),
        problems: &[404],
        run: |call| {
            let id = mark_of_text(call.at(0)).ok_or_else(|| Problem::not_found("reply"))?;
            Ok(Reply::one(reply(&call.engine().reply_done(call.tenant, id, &call.act()?, call.now)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/channels/{channel}/mended",
        id: "mend_channel",
        tag: "Messages",
        summary: "Say that somebody has looked at what stopped a channel",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[may("reason", Kind::Text(500), "What was done.")]),
        answer: Answer::Nothing,
        problems: &[404],
        run: |call| {
            call.engine().channel_mended(call.tenant, channel(call, 0)?)?;
            call.host.ring();
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

/// The channel that a part of the path names.
fn channel(call: &Call<'_>, at: usize) -> Result<Channel, Problem> {
    call.at(at).parse().map_err(|_unknown| Problem::not_found("channel"))
}

fn suppress(call: &Call<'_>) -> Result<Reply, Problem> {
    let channel: Channel = call.body.must_text("channel")?.parse().map_err(|_unknown| Problem::not_found("channel"))?;
    let address = normal(channel, call.body.must_text("address")?)?;
    let new = call.engine().suppress(call.tenant, (channel, &address), "person", &call.act()?, call.now)?;
    call.host.ring();
    let mark: String = call.engine().mark_of(call.tenant, &address).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Reply::one(json!({ "channel": channel.as_str(), "mark": mark, "new": new })))
}

fn lift(call: &Call<'_>) -> Result<Reply, Problem> {
    let channel = channel(call, 0)?;
    // Addresses do not belong into paths: only what the list shows names one here.
    mark_of_text(call.at(1)).ok_or_else(|| Problem::not_found("suppression"))?;
    call.engine().lift_suppression(call.tenant, (channel, call.at(1)), &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::Nothing)
}
