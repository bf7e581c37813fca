//! What subscriptions are made of and what comes of them, as bodies say it and answers show it.

use regua_core::billing::{Attachment, Coupon, DraftInvoice, NewSubscription, State, Subscription, Terms};
use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::policy::{self, Names};
use regua_core::time::Day;
use regua_store::tenants;
use regua_wire::billing::{AnchorWords, TermsWords, coupon, net, net_words, tax};
use serde_json::{Value, json};

use super::super::input::Input;
use super::super::op::Call;
use super::super::problem::Problem;
use super::super::reply;
use super::super::shape::{Kind, Schema, may, must};
use super::shared::{at as at_place, ground};

/// On what terms something is invoiced.
pub(super) static TERMS: Schema = Schema {
    name: "Terms",
    doc: "On what terms something is invoiced. What is not said is that of the company's settings, or stays as it was.",
    fields: &[
        may("collection", Kind::Word(&["automatic", "invoice"]), "Whether it is charged to a stored method or sent to be paid."),
        may("net", Kind::Text(20), "When an invoice is due after its issue: 10d, 10bd (open days), 10d-open (on the next open day)."),
        may("instalments", Kind::Int(1, 120), "In how many monthly parts an invoice is due."),
        may("taxes", Kind::List(&Kind::Text(100), 20), "All taxes, such as ISS=5%:within or VAT=22%:exclusive; [] for none."),
        may("purchase_order", Kind::Text(100), "The customer's purchase-order number; null takes it away."),
        may("attachments", Kind::List(&Kind::Text(500), 20), "What goes with every invoice: https addresses."),
    ],
};

/// An invoice that is not made yet.
pub(super) static DRAFT: Schema = Schema {
    name: "DraftDocument",
    doc: "An invoice or a credit as it would be.",
    fields: &[
        must("key", Kind::Text(200), "What makes it the only one."),
        must("kind", Kind::Word(&["invoice", "credit"]), "Whether it asks for money or gives some back."),
        must("issued_on", Kind::Day, "The day of issue."),
        must("due_on", Kind::Day, "When it is due."),
        may("period_from", Kind::Day, "The first day of the period that it bills."),
        may("period_to", Kind::Day, "The first day after that."),
        must("total", Kind::Money, "What is owed; below zero what the customer gets as credit."),
        must(
            "lines",
            Kind::List(
                &Kind::Object(&[
                    must("kind", Kind::Word(&["charge", "credit", "usage", "minimum", "manual"]), "What it is."),
                    must("name", Kind::Text(400), "What the price is called."),
                    must("quantity", Kind::Int(0, i64::MAX), "How many."),
                    must("from", Kind::Day, "The first day."),
                    must("to", Kind::Day, "The first day that is not in it."),
                    must("amount", Kind::Money, "What it comes to."),
                ]),
                10_000,
            ),
            "What is billed and credited.",
        ),
        must(
            "discounts",
            Kind::List(
                &Kind::Object(&[must("code", Kind::Text(100), "The coupon."), must("amount", Kind::Money, "What it takes off.")]),
                1_000,
            ),
            "What coupons take off.",
        ),
        must(
            "taxes",
            Kind::List(
                &Kind::Object(&[
                    must("name", Kind::Text(100), "What it is called."),
                    must("rate", Kind::Text(40), "Its rate."),
                    must("mode", Kind::Text(40), "How the rate meets the price."),
                    must("amount", Kind::Money, "What it comes to."),
                ]),
                1_000,
            ),
            "The taxes.",
        ),
        must(
            "instalments",
            Kind::List(&Kind::Object(&[must("due_on", Kind::Day, "When it is due."), must("amount", Kind::Money, "How much.")]), 1_000),
            "The parts in which it is due.",
        ),
    ],
};

/// A subscription after an act.
pub(super) static SUBSCRIPTION: Schema = Schema {
    name: "SubscriptionStanding",
    doc: "How a subscription stands after an act.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("key", Kind::Name, "What it is called."),
        must("customer", Kind::Name, "Our id of its customer."),
        must("plan", Kind::Name, "The key of its plan."),
        must("quantity", Kind::Int(0, i64::MAX), "How many."),
        must("state", Kind::Word(&["upcoming", "trialing", "active", "paused", "ending", "ended"]), "Where it stands."),
        may("until", Kind::Day, "The day on which that changes by itself, where one is known."),
        may("method", Kind::Text(40), "How its receivables are expected to be paid."),
        must("coupons", Kind::List(&Kind::Text(100), 1_000), "Codes of coupons."),
        must("net", Kind::Text(20), "When an invoice is due after its issue."),
        must("collection", Kind::Word(&["automatic", "invoice"]), "How it is collected."),
    ],
};

/// Days and calendar of the company: those of its newest policy that covers everybody.
pub(super) struct Desk {
    /// The day on which something is done.
    pub(super) today: Day,
    calendar: Calendar,
}

/// The desk at which a request is carried out.
pub(super) fn desk(call: &Call<'_>) -> Result<Desk, Problem> {
    const EVERYBODY_BP: i64 = 10_000;
    let published = call.read(|tx| tenants::policies(tx, call.tenant, 0))?;
    let newest = published.iter().rfind(|policy| policy.share_bp == EVERYBODY_BP);
    let newest = newest.ok_or_else(|| Problem::conflict("no_policy", "no policy is published; publish one first"))?;
    let compiled = policy::compile(&newest.body, &Names::any()).map_err(|_findings| Problem::bug())?;
    Ok(Desk { today: compiled.zone.day_of(call.now), calendar: compiled.calendar })
}

impl Desk {
    /// The terms of something that begins: what is said, else what the settings say.
    pub(super) fn terms(&self, call: &Call<'_>, said: TermsWords) -> Terms {
        said.or(ground(call).terms).over(Terms::default(), self.calendar)
    }

    /// What is said over the terms that something has.
    pub(super) fn over(&self, said: TermsWords, known: &Terms) -> Terms {
        said.over(known.clone(), self.calendar)
    }
}

/// Terms as they were said.
///
/// * `at` — where they stand.
pub(super) fn said(input: Option<&Input>, at: &str) -> Result<TermsWords, Problem> {
    let Some(input) = input else { return Ok(TermsWords::default()) };
    let bad = |name: &str, told: String| Problem::field(&format!("{at}/{name}"), "text", told);
    let taxes = input.texts_of("taxes");
    let taxes = taxes.iter().map(|text| tax(text).map_err(|why| bad("taxes", why.to_string()))).collect::<Result<Vec<_>, _>>()?;
    let attachments = input.texts_of("attachments");
    let attachments = attachments.iter().map(|text| attachment(text).ok_or_else(|| bad("attachments", "write https addresses".to_owned())));
    let attachments = attachments.collect::<Result<Vec<_>, _>>()?;
    let order = if input.is_null("purchase_order") { Some("") } else { input.text("purchase_order").map(str::trim) };
    let instalments = input.int("instalments").and_then(|count| u16::try_from(count).ok()).and_then(std::num::NonZeroU16::new);
    Ok(TermsWords {
        collection: input.text("collection").and_then(|word| word.parse().ok()),
        net: input.text("net").map(|text| net(text).map_err(|why| bad("net", why.to_string()))).transpose()?,
        instalments,
        taxes: input.has("taxes").then_some(taxes),
        purchase_order: order.map(Into::into),
        attachments: input.has("attachments").then_some(attachments),
    })
}

fn attachment(text: &str) -> Option<Attachment> {
    let place = text.trim();
    place.strip_prefix("https://").filter(|rest| !rest.is_empty())?;
    let name = place.trim_end_matches('/').rsplit('/').next().unwrap_or(place);
    Some(Attachment { name: name.into(), place: place.into(), sha256: None })
}

/// A coupon as it was said.
pub(super) fn read_coupon(text: &str, currency: Currency, place: &str) -> Result<Coupon, Problem> {
    coupon(text, currency).map_err(|why| Problem::field(place, "text", why.to_string()))
}

/// How a subscription begins, as an input says it.
///
/// * `at` — where that stands.
pub(super) fn begins(call: &Call<'_>, desk: &Desk, said_new: &Input, at: &str) -> Result<NewSubscription, Problem> {
    let key = said_new.must_text("key")?;
    let plan = call.engine().plan(call.tenant, said_new.must_text("plan")?);
    let plan = plan.map_err(|error| super::shared::placed(error, &[("no_plan", &format!("{at}/plan"))]))?;
    let coupons = said_new.texts_of("coupons");
    let coupons = coupons.iter().map(|text| read_coupon(text, plan.currency(), &format!("{at}/coupons"))).collect::<Result<Vec<_>, _>>()?;
    let from = said_new.day("from").unwrap_or(desk.today);
    let billed_from = said_new.day("billed_from");
    let trial_until = said_new.day("trial_until");
    let first_on = billed_from.into_iter().chain(trial_until).max();
    let anchor = said_new.text("anchor").map(AnchorWords::parse).transpose();
    let anchor = anchor.map_err(|why| Problem::field(&format!("{at}/anchor"), "text", why.to_string()))?;
    // What began elsewhere keeps the days on which its periods begin.
    let anchor = anchor.or_else(|| billed_from.map(|_| AnchorWords::On(from)));
    Ok(NewSubscription {
        key: key.into(),
        plan,
        quantity: said_new.int("quantity").and_then(|count| u64::try_from(count).ok()).unwrap_or(1),
        begins_on: from,
        trial_until: first_on,
        anchor: anchor.map(|anchor| anchor.anchor(first_on.unwrap_or(from))),
        terms: desk.terms(call, said(said_new.object("terms"), &format!("{at}/terms"))?),
        coupons,
    })
}

/// What core refuses, for the caller to mend.
pub(super) fn refused(why: impl std::fmt::Display) -> Problem {
    Problem::new(422, "does_not_fit", why.to_string())
}

/// The same, about a place.
pub(super) fn refused_at(why: impl std::fmt::Display, place: &str) -> Problem {
    at_place(refused(why), place, "does_not_fit")
}

/// Documents that are counted or shown at most: beyond them something is wrong with the days.
const DOCUMENTS_MAX: usize = 2_000;

/// What is due of a subscription by a day, in order; the subscription moves on.
pub(super) fn due_by(subscription: &mut Subscription, day: Day) -> Result<Vec<DraftInvoice>, Problem> {
    let mut due = Vec::new();
    while due.len() < DOCUMENTS_MAX {
        let Some(draft) = subscription.bill(day).map_err(refused)? else { break };
        due.push(draft);
    }
    Ok(due)
}

/// The next document of a subscription as it stands, made on its day or, when that has passed, today.
pub(super) fn next(subscription: &Subscription, today: Day) -> Result<Option<DraftInvoice>, Problem> {
    let mut copy = subscription.clone();
    let Some(on) = copy.next_billing().map_err(refused)? else { return Ok(None) };
    copy.bill(on.max(today)).map_err(refused)
}

/// A document as JSON.
pub(super) fn draft(draft: &DraftInvoice) -> Value {
    let money = |minor: i64| reply::money(Money::new(minor, draft.currency));
    let lines = draft.lines.iter().map(|line| {
        json!({
            "kind": line.kind.as_str(), "name": line.name, "quantity": i64::try_from(line.quantity).unwrap_or(i64::MAX),
            "from": reply::day(line.from), "to": reply::day(line.to), "amount": money(line.amount),
        })
    });
    let taxes = draft
        .taxes
        .iter()
        .map(|tax| json!({"name": tax.name, "rate": tax.rate.to_string(), "mode": tax.mode.as_str(), "amount": money(tax.amount)}));
    json!({
        "key": draft.key.to_string(),
        "kind": draft.kind.as_str(),
        "issued_on": reply::day(draft.issued_on),
        "due_on": reply::day(draft.due_on),
        "period_from": reply::opt_day(draft.period.map(|(from, _)| from)),
        "period_to": reply::opt_day(draft.period.map(|(_, to)| to)),
        "total": money(draft.total),
        "lines": lines.collect::<Vec<_>>(),
        "discounts": draft.discounts.iter().map(|off| json!({"code": off.code, "amount": money(off.amount)})).collect::<Vec<_>>(),
        "taxes": taxes.collect::<Vec<_>>(),
        "instalments": draft.instalments.iter()
            .map(|part| json!({"due_on": reply::day(part.due_on), "amount": money(part.amount)})).collect::<Vec<_>>(),
    })
}

/// How the subscription of this key stands.
pub(super) fn standing(call: &Call<'_>, key: &str, today: Day) -> Result<Value, Problem> {
    let known = call.engine().subscription(call.tenant, key)?;
    let subscription = &known.subscription;
    let (state, until) = match subscription.state(today) {
        State::Upcoming { from } => ("upcoming", Some(from)),
        State::Trialing { until } => ("trialing", Some(until)),
        State::Active => ("active", None),
        State::Paused { until } => ("paused", until),
        State::Ending { on } => ("ending", Some(on)),
        State::Ended { on } => ("ended", Some(on)),
    };
    Ok(json!({
        "id": known.id.to_string(),
        "key": subscription.key(),
        "customer": known.customer.to_string(),
        "plan": subscription.plan(today).key(),
        "quantity": i64::try_from(subscription.quantity(today)).unwrap_or(i64::MAX),
        "state": state,
        "until": reply::opt_day(until),
        "method": known.method,
        "coupons": subscription.coupons().collect::<Vec<_>>(),
        "net": net_words(subscription.terms().net),
        "collection": subscription.terms().collection.as_str(),
    }))
}
