//! Subscriptions that begin, one or many, and one that is billed again once its trouble is mended.

use std::collections::BTreeMap;

use regua_core::billing::{NewSubscription, Subscription, preview};
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::words::Rail;
use regua_engine::billing::{Begun, SELF, Subscribe};
use regua_engine::people::Scope;
use regua_wire::files::portfolio::CustomerRow;
use serde_json::{Value, json};

use super::super::input::{Input, Parsed};
use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::{FieldError, Problem};
use super::super::reply::Reply;
use super::super::shape::{Field, Kind, Schema, may, must};
use super::contact;
use super::plans::FORESEEN;
use super::shared::{RAILS, REASON, external_id, placed};
use super::terms::{Desk, SUBSCRIPTION, TERMS, begins, desk, draft, due_by, refused, refused_at, standing};

/// Subscriptions of one batch.
const BATCH_MAX: usize = 200;

/// How a subscription begins, with more fields behind it.
macro_rules! with_subscription {
    ($($more:expr),* $(,)?) => {
        &[
            must("key", Kind::Text(100), "What it is called."),
            must("customer", Kind::Of(&contact::RECORD), "Whose it is; data of a known customer stay as they are."),
            must("plan", Kind::Name, "The key of a published plan."),
            may("quantity", Kind::Int(0, 1_000_000_000), "How many; 1 when nothing is said."),
            may("from", Kind::Day, "The first day; today when nothing is said."),
            may("trial_until", Kind::Day, "The first day that is billed, when a trial comes before it."),
            may("billed_from", Kind::Day, "The first day that is billed here, where others billed before."),
            may("anchor", Kind::Text(10), "Where periods begin: a day of the month, or a date."),
            may("coupons", Kind::List(&Kind::Text(100), 20), "Coupons, such as HALF=50%:once, TEN=10.00:3 or FRIEND=20%:forever."),
            may("method", Kind::Word(RAILS), "How its receivables are expected to be paid."),
            may("terms", Kind::Of(&TERMS), "On what terms."),
            $($more),*
        ]
    };
}

const NEW: &[Field] =
    with_subscription![may("bill_past", Kind::Bool, "Whether more than one period of the past may be billed at once."), REASON,];

static RECORD: Schema = Schema { name: "SubscriptionRecord", doc: "How a subscription begins.", fields: with_subscription![] };

static BEGUN: Schema = Schema {
    name: "BegunSubscriptions",
    doc: "What became of a batch.",
    fields: &[
        must("written", Kind::Bool, "Whether it was done; false when it was only looked at."),
        must("new", Kind::Int(0, i64::MAX), "Subscriptions that began."),
        must("same", Kind::Int(0, i64::MAX), "Subscriptions that there were already; they stay as they are."),
        must(
            "refused",
            Kind::List(
                &Kind::Object(&[
                    must("index", Kind::Int(0, i64::MAX), "The place among the subscriptions, from 0."),
                    must("at", Kind::Text(400), "A JSON pointer into the body."),
                    must("code", Kind::Text(60), "What sort of mistake."),
                    must("detail", Kind::Text(2_000), "What is wrong, and the mend."),
                ]),
                100_000,
            ),
            "What did not begin.",
        ),
    ],
};

static AGAIN: Schema = Schema {
    name: "BilledAgain",
    doc: "Whether a subscription had been set aside.",
    fields: &[
        must("was_set_aside", Kind::Bool, "Whether it had been; then the next pass bills it again."),
        must("subscription", Kind::Of(&SUBSCRIPTION), "How it stands."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/subscriptions",
        id: "begin_subscription",
        tag: "Billing",
        summary: "Begin a subscription",
        doc: "Its customer becomes known if it is not. It is billed by the next pass. What coupons take off its first invoice counts \
              against an authority limit.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(NEW),
        answer: Answer::Created(&SUBSCRIPTION),
        stake: Some(stake),
        run: begin,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/subscriptions/preview",
        id: "preview_subscription",
        tag: "Billing",
        summary: "The first three invoices of a subscription",
        doc: "Nothing is changed.",
        needs: Needs::Scope(Scope::BillingRead),
        body: Body::Json(NEW),
        answer: Answer::One(&FORESEEN),
        run: foresee,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/subscriptions/batch",
        id: "begin_subscriptions",
        tag: "Billing",
        summary: "Begin up to 200 subscriptions at once",
        doc: "One that is known already, of the same customer, stays as it is. Good ones begin beside bad ones, and each bad one is told by \
              its place; when none is good the answer is 422.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(&[
            must("subscriptions", Kind::Rows(&RECORD, BATCH_MAX), "The subscriptions."),
            may("bill_past", Kind::Bool, "Whether more than one period of the past may be billed at once."),
            may("only_look", Kind::Bool, "Whether nothing is written and only told what would be."),
            REASON,
        ]),
        answer: Answer::One(&BEGUN),
        stake: Some(batch_stake),
        run: batch,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/subscriptions/{subscription}/bill-again",
        id: "bill_again",
        tag: "Billing",
        summary: "Bill a subscription again that was set aside",
        doc: "Once its trouble is mended.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&AGAIN),
        run: again,
        ..PLAIN
    },
];

/// What an input says: how it begins, whose it is, how it is paid.
struct Wanted {
    new: NewSubscription,
    customer: CustomerRow,
    method: Option<Rail>,
}

/// * `at` — where the input stands.
fn wanted(call: &Call<'_>, desk: &Desk, said: &Input, bill_past: bool, at: &str) -> Result<Wanted, Problem> {
    let own = said.object("customer").cloned().unwrap_or_default();
    let id = external_id(own.text("id").unwrap_or_default(), &format!("{at}/customer/id"))?;
    let customer = contact::over(&Customer::default(), &own, &format!("{at}/customer"))?;
    let new = begins(call, desk, said, at)?;
    let mut subscription = Subscription::new(new.clone()).map_err(|why| refused_at(why, &format!("{at}/from")))?;
    let past = due_by(&mut subscription, desk.today)?.len();
    if past > 1 && !bill_past && said.day("billed_from").is_none() {
        let told =
            format!("{past} invoices of the past would be made at once; say `billed_from` for the first day billed here, or `bill_past`");
        return Err(Problem::field(&format!("{at}/from"), "bills_past", told));
    }
    let method = said.text("method").and_then(|word| word.parse().ok());
    Ok(Wanted { new, customer: CustomerRow { id: id.into(), customer }, method })
}

fn subscribe(wanted: &Wanted) -> Subscribe<'_> {
    Subscribe { customer: &wanted.customer, source: SELF, new: wanted.new.clone(), method: wanted.method }
}

/// What coupons take off the first invoice.
fn off(new: &NewSubscription) -> Result<Option<Money>, Problem> {
    let currency = new.plan.currency();
    let [first, ..] = preview(new.clone(), &[]).map_err(refused)?;
    let sum = first.discounts.iter().fold(0_i64, |sum, off| sum.saturating_sub(off.amount));
    Ok((sum > 0).then(|| Money::new(sum, currency)))
}

fn stake(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if call.who()?.limit.is_none() {
        return Ok(None);
    }
    off(&begins(call, &desk(call)?, &call.body, "")?)
}

/// Of all that can begin; what cannot is told when it is tried.
fn batch_stake(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if call.who()?.limit.is_none() || call.body.is("only_look") {
        return Ok(None);
    }
    let desk = desk(call)?;
    let mut all: Option<Money> = None;
    for said in call.body.objects("subscriptions") {
        let Ok(new) = begins(call, &desk, said, "") else { continue };
        let Ok(Some(own)) = off(&new) else { continue };
        all = Some(all.map_or(own, |sum| Money::new(sum.minor().saturating_add(own.minor()), sum.currency())));
    }
    Ok(all)
}

fn begin(call: &Call<'_>) -> Result<Reply, Problem> {
    let desk = desk(call)?;
    let wanted = wanted(call, &desk, &call.body, call.body.is("bill_past"), "")?;
    let mut rng = call.host.rng();
    let begun = call.engine().subscribe(call.tenant, &subscribe(&wanted), &call.act()?, call.now, rng.as_mut());
    begun.map_err(|error| placed(error, &[("subscription_known", "/key"), ("bad_subscription", "/key"), ("no_plan", "/plan")]))?;
    call.host.ring();
    Ok(Reply::created(standing(call, &wanted.new.key, desk.today)?))
}

fn foresee(call: &Call<'_>) -> Result<Reply, Problem> {
    let desk = desk(call)?;
    let wanted = wanted(call, &desk, &call.body, true, "")?;
    let drafts: Vec<Value> = preview(wanted.new, &[]).map_err(refused)?.iter().map(draft).collect();
    Ok(Reply::one(json!({"documents": drafts})))
}

fn batch(call: &Call<'_>) -> Result<Reply, Problem> {
    let (desk, bill_past, only_look) = (desk(call)?, call.body.is("bill_past"), call.body.is("only_look"));
    let mut all: Vec<(usize, Wanted)> = Vec::new();
    let mut refused: Vec<(usize, FieldError)> = Vec::new();
    let mut keys: BTreeMap<Box<str>, usize> = BTreeMap::new();
    for (index, row) in call.body.list("subscriptions").iter().enumerate() {
        let at = format!("/subscriptions/{index}");
        if let Parsed::Wrong(errors) = row {
            refused.extend(errors.iter().cloned().map(|error| (index, error)));
        }
        let Parsed::Object(said) = row else { continue };
        match wanted(call, &desk, said, bill_past, &at) {
            Ok(one) if keys.contains_key(&one.new.key) => {
                refused.push((index, FieldError::new(&format!("{at}/key"), "twice", "is there already; name this one otherwise")));
            }
            Ok(one) => {
                keys.insert(one.new.key.clone(), index);
                all.push((index, one));
            }
            Err(problem) if problem.status < 500 => {
                let own = if problem.fields.is_empty() { vec![FieldError::new(&at, "refused", problem.detail)] } else { problem.fields };
                refused.extend(own.into_iter().map(|error| (index, error)));
            }
            Err(problem) => return Err(problem),
        }
    }
    if all.is_empty() && !refused.is_empty() {
        return Err(Problem::fields(refused.into_iter().map(|(_, error)| error).collect()));
    }
    let wanted: Vec<Subscribe<'_>> = all.iter().map(|(_, one)| subscribe(one)).collect();
    let mut rng = call.host.rng();
    let begun = call.engine().subscribe_all(call.tenant, &wanted, (&call.act()?, call.now, only_look), rng.as_mut())?;
    let (mut new, mut same) = (0_u64, 0_u64);
    for ((index, _), begun) in all.iter().zip(begun) {
        match begun {
            Ok(Begun::New(_)) => new += 1,
            Ok(Begun::Known(_)) => same += 1,
            Err(error) => refused.push((*index, FieldError::new(&format!("/subscriptions/{index}"), error.code, error.detail))),
        }
    }
    if !only_look {
        call.host.ring();
    }
    refused.sort_by_key(|(index, _)| *index);
    let refused: Vec<Value> =
        refused.iter().map(|(index, error)| json!({"index": index, "at": error.at, "code": error.code, "detail": error.detail})).collect();
    Ok(Reply::one(json!({"written": !only_look, "new": new, "same": same, "refused": refused})))
}

fn again(call: &Call<'_>) -> Result<Reply, Problem> {
    let today = desk(call)?.today;
    let subscription = standing(call, call.at(0), today)?;
    let was = call.engine().bill_again(call.tenant, call.at(0), &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::one(json!({"was_set_aside": was, "subscription": subscription})))
}
