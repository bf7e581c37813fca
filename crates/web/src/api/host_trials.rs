//! Backtests: a policy over the company's own past, begun here and looked at until it has ended.

use regua_core::time::Day;
use regua_engine::people::Scope;

use super::acts::policies::{SIDE as SIDES, text_of};
use super::host::office;
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::Reply;
use super::shape::{Kind, Schema, may, must};
use crate::office::Backtesting;

const COUNT: Kind = Kind::Int(0, i64::MAX);
const SUMS: Kind = Kind::List(&Kind::Money, 200);
/// Days of issue that are looked back when nothing is said.
const YEAR: i32 = 365;

const REASONS: Kind = Kind::List(&Kind::Object(&[must("reason", Kind::Text(100), "Why."), must("times", COUNT, "How often.")]), 200);

static SIDE: Schema = Schema {
    name: "BacktestedPolicy",
    doc: "What a policy would have done with the company's own receivables. What was paid is what was paid: whether other messages \
          would have brought more, no backtest knows.",
    fields: &[
        must("name", Kind::Text(300), "The policy's name."),
        must("hash", Kind::Text(64), "The hash of its text."),
        must("customers", COUNT, "Customers with a receivable."),
        must("receivables", COUNT, "Receivables."),
        must("rejected", COUNT, "Rows that could not be used."),
        must("messages", COUNT, "Messages that it would have sent."),
        must("contacted", COUNT, "Customers who would have got one."),
        must("paid", COUNT, "Receivables that were paid in full."),
        must("paid_on_time", COUNT, "Of them, on or before the due date."),
        must("billed", SUMS, "What was billed."),
        must("received", SUMS, "What was paid."),
        must("followed", SUMS, "Late money that came in within some days after a message of this policy: a correlation."),
        must("open", SUMS, "What would be due now, with the late charges of this policy."),
        must("overdue", SUMS, "Of it, what is late."),
        must(
            "steps",
            Kind::List(
                &Kind::Object(&[
                    must("step", Kind::Text(200), "The step."),
                    must("done", COUNT, "How often it was carried out."),
                    must("skipped", COUNT, "How often it was not, for good."),
                    must("deferred", COUNT, "How often it had to wait."),
                    may("top_skip", Kind::Text(100), "Why it was skipped most often."),
                    must("payments_after", COUNT, "Payments that came after it as the last message."),
                    must("received_after", SUMS, "What they brought: a correlation."),
                ]),
                100_000,
            ),
            "Steps of which something was decided, in the order of the text.",
        ),
        must(
            "months",
            Kind::List(
                &Kind::Object(&[
                    must("month", Kind::Text(7), "Which, such as 2026-03."),
                    must("billed", SUMS, "Due in it."),
                    must("received", SUMS, "Paid in it."),
                    must("received_late", SUMS, "Of it, after the due date."),
                    must("messages", COUNT, "Messages in it."),
                ]),
                10_000,
            ),
            "Month by month.",
        ),
        must(
            "days",
            Kind::List(&Kind::Object(&[must("day", Kind::Day, "Which."), must("messages", COUNT, "Messages on it.")]), 1_000),
            "The newest days with messages, in order.",
        ),
        must(
            "channels",
            Kind::List(&Kind::Object(&[must("channel", Kind::Text(20), "Which."), must("messages", COUNT, "Messages over it.")]), 20),
            "Channels; a message over several counts on each.",
        ),
        must("skipped", REASONS, "Why steps were skipped, the most frequent first."),
        must("deferred", REASONS, "Why steps waited, the most frequent first."),
    ],
};

static BACKTEST: Schema = Schema {
    name: "Backtest",
    doc: "Where a backtest stands, and what it found.",
    fields: &[
        must("running", Kind::Bool, "Whether one is under way."),
        must("done_bp", Kind::Int(0, 10_000), "How far it is, in basis points of the customers."),
        may("began_at", Kind::Moment, "When it began; null when there was none since the server began."),
        may("ended_at", Kind::Moment, "When it ended."),
        may("failed", Kind::Text(1_000), "Why it could not be carried out."),
        may(
            "result",
            Kind::Object(&[
                must("from", Kind::Day, "Receivables issued on this day or later were looked at."),
                must("until", Kind::Moment, "Up to when."),
                must("void", COUNT, "Cancelled receivables, which were left out."),
                must("within_days", COUNT, "How many days after a message a payment counts as following it."),
                must("policy", Kind::Of(&SIDE), "What the policy would have done."),
                may("against", Kind::Of(&SIDE), "What the other would have done, where one was named."),
            ]),
            "What it found.",
        ),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/policies/backtest",
        id: "begin_backtest",
        tag: "Policies",
        summary: "Begin a backtest of a policy on the company's own receivables",
        doc: "The same walk as `regua backtest`, over what is known here: receivables, payments, how customers can be reached. What \
              people said (disputes, promises, holds) is not told to it. One at a time, 200,000 receivables at most; what the last \
              one found is forgotten. Nothing is changed.",
        needs: Needs::Scope(Scope::ReportsRead),
        body: Body::Json(&[
            must("policy", SIDES, "The policy."),
            may("against", SIDES, "The other one, to compare."),
            may("from", Kind::Day, "Receivables issued on this day or later; the last 365 days when nothing is said."),
        ]),
        answer: Answer::One(&BACKTEST),
        problems: &[409, 422],
        run: begin,
        ..PLAIN
    },
    Op {
        path: "/policies/backtest",
        id: "get_backtest",
        tag: "Policies",
        summary: "Where the backtest stands, and what it found",
        needs: Needs::Scope(Scope::ReportsRead),
        answer: Answer::One(&BACKTEST),
        run: |call| Ok(Reply::one(office(call)?.backtested())),
        ..PLAIN
    },
];

fn begin(call: &Call<'_>) -> Result<Reply, Problem> {
    let text = side(call, "policy")?.ok_or_else(|| Problem::field("/policy", "required", "say which policy, by its hash or its text"))?;
    let zone = call.engine().zone(call.tenant)?;
    let from = call.body.day("from").unwrap_or_else(|| year_before(zone.day_of(call.now)));
    let asked = Backtesting { text, against: side(call, "against")?, from };
    if !office(call)?.backtest(&asked)? {
        return Err(Problem::conflict("busy_elsewhere", "another backtest is under way; look at it, and begin when it has ended"));
    }
    Ok(Reply::one(office(call)?.backtested()))
}

fn year_before(day: Day) -> Day {
    day.plus(-YEAR)
}

/// The text of a side, which is right.
fn side(call: &Call<'_>, name: &str) -> Result<Option<String>, Problem> {
    call.body.object(name).map(|said| text_of(call, said, name)).transpose()
}
