//! How real the company's decisions are, and what more of it would mean.

use regua_core::party::Email;
use regua_core::words::Mode;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::Reply;
use super::super::shape::{Kind, Schema, may, must};
use super::shared::{MODES, REASON, ground};
use regua_store::tenants;

/// Hours that the preview looks ahead at most, and when nothing is said.
const AHEAD_MAX: i64 = 24 * 14;
const AHEAD: i64 = 24;

static MODE: Schema = Schema {
    name: "ModeStanding",
    doc: "How real decisions are.",
    fields: &[
        must("mode", Kind::Word(MODES), "The mode."),
        may("redirect_to", Kind::Text(254), "Where everything goes in redirect mode."),
        must("moved", Kind::Int(0, i64::MAX), "Customers that were moved."),
    ],
};

static ENTERING: Schema = Schema {
    name: "ModePreview",
    doc: "What a mode would mean if nobody paid.",
    fields: &[
        must("customers", Kind::Int(0, i64::MAX), "Customers who owe something."),
        must("receivables", Kind::Int(0, i64::MAX), "Open receivables, which enter anew when the shadow is left."),
        must("messages", Kind::Int(0, i64::MAX), "Messages that would go out."),
        must(
            "steps",
            Kind::List(
                &Kind::Object(&[
                    must("step", Kind::Text(200), "The step."),
                    must("receivables", Kind::Int(0, i64::MAX), "Of how many receivables."),
                ]),
                10_000,
            ),
            "Steps that would be carried out.",
        ),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Put,
        path: "/mode",
        id: "set_mode",
        tag: "Settings",
        summary: "Set how real decisions are",
        doc: "`shadow` decides and shows and sends nothing, `redirect` sends every message to one address, `approve` does nothing before a \
              person has released it, `live` writes to customers and restricts them. Out of the shadow every open receivable enters \
              anew. POST /mode/preview shows before what that means.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[
            must("mode", Kind::Word(MODES), "The mode."),
            may("redirect_to", Kind::Text(254), "Where everything goes; of redirect mode, and only of that."),
            REASON,
        ]),
        answer: Answer::One(&MODE),
        run: set,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/mode/preview",
        id: "preview_mode",
        tag: "Settings",
        summary: "What a mode would mean",
        doc: "Nothing is changed.",
        needs: Needs::Scope(Scope::SettingsRead),
        body: Body::Json(&[
            must("mode", Kind::Word(MODES), "The mode."),
            may("hours", Kind::Int(1, AHEAD_MAX), "How far it looks ahead; 24 when nothing is said."),
        ]),
        answer: Answer::One(&ENTERING),
        run: preview,
        ..PLAIN
    },
];

fn mode(call: &Call<'_>) -> Result<Mode, Problem> {
    call.body.must_text("mode")?.parse().map_err(|_unknown| Problem::bug())
}

fn set(call: &Call<'_>) -> Result<Reply, Problem> {
    let mode = mode(call)?;
    let to = redirect(mode, call.body.text("redirect_to"))?;
    let missing = if mode == Mode::Shadow { Vec::new() } else { ground(call).lacks };
    if !missing.is_empty() {
        return Err(Problem::conflict("not_ready", format!("not ready: {}", missing.join("; "))));
    }
    let stored = call.read(|tx| tenants::one(tx, call.tenant))?.ok_or_else(|| Problem::not_found("company"))?;
    // Asked for once more it keeps the address, and moves those whom an earlier change that was cut off did not reach.
    let kept = stored.redirect_to.filter(|_| mode == Mode::Redirect).and_then(|bytes| String::from_utf8(bytes).ok());
    let to = to.map(|to| to.as_str().to_owned()).or(kept);
    if mode == Mode::Redirect && to.is_none() {
        let told = "redirect mode sends everything to one address; say which";
        return Err(Problem::field("/redirect_to", "required", told));
    }
    let moved = call.engine().set_mode(call.tenant, mode, to.as_deref(), &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::one(json!({"mode": mode.as_str(), "redirect_to": to, "moved": moved})))
}

/// The address of redirect mode, and only of that.
fn redirect(mode: Mode, to: Option<&str>) -> Result<Option<Email>, Problem> {
    match (mode, to) {
        (_, None) => Ok(None),
        (Mode::Redirect, Some(to)) => Email::parse(to).map(Some).map_err(|bad| Problem::field("/redirect_to", "text", bad.to_string())),
        (Mode::Shadow | Mode::Approve | Mode::Live, Some(_)) => {
            Err(Problem::field("/redirect_to", "only_redirect", "only redirect mode takes an address; leave it out"))
        }
    }
}

fn preview(call: &Call<'_>) -> Result<Reply, Problem> {
    let until = call.now.plus_hours(call.body.int("hours").unwrap_or(AHEAD));
    let found = call.engine().preview_mode(call.tenant, mode(call)?, call.now, until)?;
    let steps: Vec<Value> = found.steps.iter().map(|(step, count)| json!({"step": step, "receivables": count})).collect();
    Ok(Reply::one(json!({
        "customers": found.customers, "receivables": found.receivables, "messages": found.messages, "steps": steps,
    })))
}
