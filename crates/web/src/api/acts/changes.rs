//! Changes of subscriptions: what each comes to is shown before it is made.

use regua_core::billing::{Change, DraftInvoice, Effect, Outcome, Settle, Subscription};
use regua_core::money::Money;
use regua_core::time::Day;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::Reply;
use super::super::shape::{Field, Kind, Schema, may, must};
use super::shared::{REASON, placed};
use super::terms::{DRAFT, Desk, SUBSCRIPTION, TERMS, desk, draft, due_by, next, read_coupon, refused, said, standing};

const WHATS: &[&str] =
    &["quantity", "plan", "coupon", "remove_coupon", "terms", "pause", "resume", "cancel", "cancel_now", "keep_running", "usage"];

static CHANGED: Schema = Schema {
    name: "ChangedSubscription",
    doc: "What became of a change.",
    fields: &[
        must("changed", Kind::Bool, "Whether anything is different; false when it was so already."),
        must("subscription", Kind::Of(&SUBSCRIPTION), "How it stands now."),
    ],
};

static FORESEEN: Schema = Schema {
    name: "ForeseenChange",
    doc: "What a change would come to.",
    fields: &[
        must("changes", Kind::Bool, "Whether anything would be different."),
        must("at_once", Kind::List(&Kind::Of(&DRAFT), 2_000), "What the next pass would make because of it."),
        may("next", Kind::Of(&DRAFT), "The next document after that; null when nothing is billed any more."),
        may("next_without", Kind::Of(&DRAFT), "What that would be without the change."),
    ],
};

const CHANGE: &[Field] = &[
    must(
        "what",
        Kind::Word(WHATS),
        "What changes; the fields that belong to it are `quantity`, `plan`, `coupon`, `terms`, `until`, `credit`, `meter` and `report`.",
    ),
    may("quantity", Kind::Int(0, 1_000_000_000_000), "How many, of `quantity` and `usage`."),
    may("plan", Kind::Name, "The key of a published plan, of `plan`."),
    may("coupon", Kind::Text(100), "A coupon such as HALF=50%:once, of `coupon`; its code alone, of `remove_coupon`."),
    may("terms", Kind::Of(&TERMS), "Terms for the invoices to come, of `terms`."),
    may("until", Kind::Day, "When it runs again by itself, of `pause`."),
    may("credit", Kind::Bool, "Whether what was billed in advance is given back, of `cancel_now`; yes when nothing is said."),
    may("meter", Kind::Name, "What was counted, of `usage`."),
    may("report", Kind::Name, "Names the report, of `usage`: the same again changes nothing; day and meter when nothing is said."),
    may(
        "effect",
        Kind::Word(&["now", "period_end"]),
        "From when `quantity`, `plan` and `pause` hold; now when nothing is said, and a pause from the period's end.",
    ),
    may("settle", Kind::Word(&["own", "next"]), "On which invoice a change that holds now is settled; its own when nothing is said."),
    may("on", Kind::Day, "The day on which it happens; today when nothing is said."),
    REASON,
];

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/subscriptions/{subscription}/changes",
        id: "change_subscription",
        tag: "Billing",
        summary: "Change a subscription",
        doc: "Quantity, plan, coupons, terms, pauses, its end, and what was used. What it gives back at once, and what a coupon takes off the \
              next invoice, counts against an authority limit.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(CHANGE),
        answer: Answer::One(&CHANGED),
        stake: Some(stake),
        run: change,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/subscriptions/{subscription}/changes/preview",
        id: "preview_change",
        tag: "Billing",
        summary: "What a change of a subscription would come to",
        doc: "Nothing is changed.",
        needs: Needs::Scope(Scope::BillingRead),
        body: Body::Json(CHANGE),
        answer: Answer::One(&FORESEEN),
        run: foresee,
        ..PLAIN
    },
];

/// A change as it was said, with the subscription that it is of.
struct Wanted {
    known: Subscription,
    change: Change,
    on: Day,
    desk: Desk,
}

fn missing(name: &str) -> Problem {
    Problem::field(&format!("/{name}"), "required", "is missing: this change needs it")
}

fn wanted(call: &Call<'_>) -> Result<Wanted, Problem> {
    let desk = desk(call)?;
    let known = call.engine().subscription(call.tenant, call.at(0))?.subscription;
    let on = call.body.day("on").unwrap_or(desk.today);
    let change = said_change(call, &desk, &known, on)?;
    Ok(Wanted { known, change, on, desk })
}

fn said_change(call: &Call<'_>, desk: &Desk, known: &Subscription, on: Day) -> Result<Change, Problem> {
    let body = &call.body;
    let settle = if body.text("settle") == Some("next") { Settle::NextInvoice } else { Settle::OwnInvoice };
    let effect = if body.text("effect") == Some("period_end") { Effect::PeriodEnd } else { Effect::Now(settle) };
    let quantity = || body.int("quantity").and_then(|count| u64::try_from(count).ok()).ok_or_else(|| missing("quantity"));
    let text = |name: &str| body.text(name).map(str::trim).ok_or_else(|| missing(name));
    Ok(match body.must_text("what")? {
        "quantity" => Change::QuantityChanged { quantity: quantity()?, effect },
        "plan" => {
            let plan = call.engine().plan(call.tenant, text("plan")?).map_err(|error| placed(error, &[("no_plan", "/plan")]))?;
            Change::PlanChanged { plan: Box::new(plan), effect }
        }
        "coupon" => Change::CouponApplied(read_coupon(text("coupon")?, known.plan(desk.today).currency(), "/coupon")?),
        "remove_coupon" => Change::CouponRemoved { code: text("coupon")?.into() },
        "terms" => {
            let said = said(Some(body.object("terms").ok_or_else(|| missing("terms"))?), "/terms")?;
            if said.is_empty() {
                return Err(Problem::field("/terms", "required", "no term is said to change"));
            }
            Change::TermsChanged(Box::new(desk.over(said, known.terms())))
        }
        "pause" => {
            let now = body.text("effect") == Some("now");
            let effect = if now { Effect::Now(Settle::OwnInvoice) } else { Effect::PeriodEnd };
            Change::Paused { effect, until: body.day("until") }
        }
        "resume" => Change::Resumed { settle },
        "cancel" => Change::CancelledAtPeriodEnd,
        "cancel_now" => Change::CancelledNow { credit: body.said("credit").unwrap_or(true) },
        "keep_running" => Change::Continued,
        _ => {
            let meter = text("meter")?;
            let key = body.text("report").map_or_else(|| format!("{on}/{meter}"), str::to_owned);
            Change::UsageReported { key: key.as_str().into(), meter: meter.into(), quantity: quantity()? }
        }
    })
}

/// What comes of a change: documents at once, and the next one with it and without it.
struct Foreseen {
    changes: bool,
    at_once: Vec<DraftInvoice>,
    next: Option<DraftInvoice>,
    without: Option<DraftInvoice>,
}

fn look(wanted: &Wanted) -> Result<Foreseen, Problem> {
    let (mut known, mut after) = (wanted.known.clone(), wanted.known.clone());
    let changes = match after.apply(wanted.change.clone(), wanted.on).map_err(refused)? {
        Outcome::Changed => true,
        Outcome::Unchanged => false,
    };
    let today = wanted.desk.today.max(wanted.on);
    // What is due without the change is made anyway.
    let anyway = due_by(&mut known, today)?;
    let at_once = due_by(&mut after, today)?.into_iter().filter(|draft| !anyway.contains(draft)).collect();
    Ok(Foreseen { changes, at_once, next: next(&after, today)?, without: next(&known, today)? })
}

/// What is given back at once, and what a coupon takes off the next document.
fn stake(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if call.who()?.limit.is_none() {
        return Ok(None);
    }
    let wanted = wanted(call)?;
    let foreseen = look(&wanted)?;
    let currency = wanted.known.plan(wanted.desk.today).currency();
    let back = foreseen.at_once.iter().map(|draft| draft.total.min(0).saturating_neg()).fold(0_i64, i64::saturating_add);
    let total = |draft: &Option<DraftInvoice>| draft.as_ref().map_or(0, |draft| draft.total);
    let off = match wanted.change {
        Change::CouponApplied(_) => total(&foreseen.without).saturating_sub(total(&foreseen.next)).max(0),
        Change::QuantityChanged { .. }
        | Change::PlanChanged { .. }
        | Change::CouponRemoved { .. }
        | Change::CancelledNow { .. }
        | Change::CancelledAtPeriodEnd
        | Change::Continued
        | Change::Paused { .. }
        | Change::Resumed { .. }
        | Change::UsageReported { .. }
        | Change::TermsChanged(_) => 0,
    };
    let sum = back.saturating_add(off);
    Ok((sum > 0).then(|| Money::new(sum, currency)))
}

fn change(call: &Call<'_>) -> Result<Reply, Problem> {
    let wanted = wanted(call)?;
    let outcome = call.engine().change_subscription(call.tenant, call.at(0), &wanted.change, Some(wanted.on), &call.act()?, call.now)?;
    call.host.ring();
    let changed = outcome == Outcome::Changed;
    Ok(Reply::one(json!({"changed": changed, "subscription": standing(call, call.at(0), wanted.desk.today)?})))
}

fn foresee(call: &Call<'_>) -> Result<Reply, Problem> {
    let foreseen = look(&wanted(call)?)?;
    let at_once: Vec<Value> = foreseen.at_once.iter().map(draft).collect();
    Ok(Reply::one(json!({
        "changes": foreseen.changes,
        "at_once": at_once,
        "next": foreseen.next.as_ref().map(draft),
        "next_without": foreseen.without.as_ref().map(draft),
    })))
}
