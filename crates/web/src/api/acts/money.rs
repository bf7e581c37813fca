//! Money that somebody enters: payments, what goes back, reductions, fees, credit that pays, and receivables that end.

use regua_core::money::Money;
use regua_engine::commands::account::{Booking, Moved, Payment};
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::shared::{REASON, above_zero, customer_of_path, maybe_above_zero, of_path, placed, receivable_now};

/// What moved.
pub(super) static MOVED: Schema = Schema {
    name: "Moved",
    doc: "What an act moved.",
    fields: &[
        must(
            "parts",
            Kind::List(
                &Kind::Object(&[
                    must("receivable", Kind::Name, "What its source calls the receivable."),
                    must("amount", Kind::Money, "How much of it."),
                    must("due", Kind::Money, "What settles it today, afterwards."),
                ]),
                100_000,
            ),
            "Receivables that took part of it.",
        ),
        must("rest", Kind::Money, "What no receivable took, or the credit that was paid out."),
        must("credit", Kind::Money, "The customer's credit in this currency, afterwards."),
        must("known", Kind::Bool, "Whether it was known, so that nothing was changed."),
    ],
};

const ON: Field = may("on", Kind::Day, "The day for which it counts; today when nothing is said.");
const AMOUNT: Field = must("amount", Kind::Money, "How much.");
const ALL_OR: Field = may("amount", Kind::Money, "How much; all that is left of the newest payment when nothing is said.");
const CREDIT_OR: Field = may("amount", Kind::Money, "How much at most; all of the credit when nothing is said.");
const CURRENCY: Field = may("currency", Kind::Currency, "The currency of the credit; the company's when nothing is said.");

/// Places in the input that refusals of money are about.
const PLACES: &[(&str, &str)] = &[
    ("day_to_come", "/on"),
    ("currency", "/amount/currency"),
    ("credit_used", "/amount"),
    ("no_credit", "/amount"),
    ("known_otherwise", "/id"),
    ("another_customer", "/named"),
];

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/payments",
        id: "enter_payment",
        tag: "Money",
        summary: "Enter a payment",
        doc: "It pays on what it names, in that order, else on what is due for longest; what is left is the customer's credit. With an \
              `id` that is known nothing is changed, and the answer is 200. Say `receivable` or `customer`.",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[
            may("receivable", Kind::Name, "The receivable that is paid first."),
            may("customer", Kind::Name, "Who paid, where no receivable is said."),
            AMOUNT,
            may("on", Kind::Day, "The payer's day; today when nothing is said."),
            may("named", Kind::List(&Kind::Name, 200), "Receivables that the payer named, in that order."),
            may("id", Kind::Name, "What its source calls it: entered again under the same name it changes nothing."),
            REASON,
        ]),
        answer: Answer::Created(&MOVED),
        stake: Some(stated),
        run: pay,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/refund",
        id: "refund_receivable",
        tag: "Money",
        summary: "Enter that money was given back",
        doc: "Of what was paid on a receivable, the newest first; it is owed again.",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[ALL_OR, ON, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated_or_paid),
        run: |call| refund(call, &of_path(call)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/charge-back",
        id: "charge_back",
        tag: "Money",
        summary: "Enter that money was taken back",
        doc: "By the payer's bank; charges run as if it had never been paid.",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[ALL_OR, ON, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated_or_paid),
        run: |call| book(call, Booking::ChargedBack(maybe_above_zero(call)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/reduce",
        id: "reduce_receivable",
        tag: "Money",
        summary: "Enter that less is owed",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[AMOUNT, ON, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated),
        run: |call| book(call, Booking::Reduction(above_zero(call)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/withhold",
        id: "withhold_tax",
        tag: "Money",
        summary: "Enter a tax that the payer withheld",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[AMOUNT, ON, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated),
        run: |call| book(call, Booking::Withheld(above_zero(call)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/fee",
        id: "add_fee",
        tag: "Money",
        summary: "Add a fee",
        doc: "On which nothing runs.",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[AMOUNT, ON, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated),
        run: |call| book(call, Booking::Fee(above_zero(call)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/void",
        id: "void_receivable",
        tag: "Money",
        summary: "Cancel a receivable as if it had never been billed",
        doc: "What was paid on it is the customer's credit. A part of an invoice is cancelled with its invoice.",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(balance),
        run: |call| book(call, Booking::Void),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/write-off",
        id: "write_off_receivable",
        tag: "Money",
        summary: "Give a receivable up",
        doc: "What is paid on it from then on is a recovery.",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(balance),
        run: |call| book(call, Booking::WriteOff),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/apply-credit",
        id: "apply_credit_to_receivable",
        tag: "Money",
        summary: "Let the customer's credit pay on a receivable",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[CREDIT_OR, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated_or_balance),
        run: |call| apply_credit(call, &of_path(call)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/apply-credit",
        id: "apply_credit",
        tag: "Money",
        summary: "Let a customer's credit pay on what is due for longest",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[CREDIT_OR, CURRENCY, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated_or_credit),
        run: |call| apply_credit(call, &customer_of_path(call)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/pay-out-credit",
        id: "pay_out_credit",
        tag: "Money",
        summary: "Enter that a customer's credit was paid out",
        needs: Needs::Scope(Scope::MoneyAct),
        body: Body::Json(&[CREDIT_OR, CURRENCY, ON, REASON]),
        answer: Answer::One(&MOVED),
        stake: Some(stated_or_credit),
        run: |call| refund(call, &customer_of_path(call)),
        ..PLAIN
    },
];

/// What moved, as JSON.
pub(super) fn moved(moved: &Moved) -> Value {
    let parts = moved
        .parts
        .iter()
        .map(|part| json!({"receivable": part.receivable, "amount": reply::money(part.amount), "due": reply::money(part.due)}));
    json!({
        "parts": parts.collect::<Vec<_>>(),
        "rest": reply::money(moved.rest),
        "credit": reply::money(moved.credit),
        "known": moved.known,
    })
}

fn done(call: &Call<'_>, what: &Moved) -> Reply {
    call.host.ring();
    Reply::one(moved(what))
}

fn stated(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    above_zero(call).map(Some)
}

/// What is said, else all that was ever paid on it and is not given back: which of it the newest payment is, the engine finds.
fn stated_or_paid(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    maybe_above_zero(call)?.map_or_else(|| Ok(Some(receivable_now(call)?.paid)), |amount| Ok(Some(amount)))
}

fn stated_or_balance(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    maybe_above_zero(call)?.map_or_else(|| balance(call), |amount| Ok(Some(amount)))
}

fn balance(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    Ok(Some(receivable_now(call)?.balance))
}

/// What is said, else the credit that there is in the currency that is meant.
fn stated_or_credit(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if let Some(amount) = maybe_above_zero(call)? {
        return Ok(Some(amount));
    }
    let currency = currency(call, &customer_of_path(call))?;
    let state = call.engine().customer_state(call.tenant, call.at(0))?;
    Ok(state.credit.into_iter().find(|credit| credit.currency() == currency))
}

fn currency(call: &Call<'_>, about: &About) -> Result<regua_core::currency::Currency, Problem> {
    if let Some(amount) = call.body.money("amount") {
        return Ok(amount.currency());
    }
    match call.body.text("currency").and_then(regua_core::currency::Currency::parse) {
        Some(currency) => Ok(currency),
        None => Ok(call.engine().currency_of(call.tenant, about)?),
    }
}

fn pay(call: &Call<'_>) -> Result<Reply, Problem> {
    let about = match (call.body.text("receivable"), call.body.text("customer")) {
        (Some(receivable), None) => About::Receivable(receivable.to_owned()),
        (None, Some(customer)) => About::Customer(customer.to_owned()),
        (Some(_), Some(_)) => return Err(Problem::field("/customer", "twice", "say the receivable or the customer, not both")),
        (None, None) => return Err(Problem::field("/customer", "required", "say who paid: `customer`, or `receivable`")),
    };
    let named = call.body.texts_of("named");
    let payment = Payment { amount: above_zero(call)?, on: call.body.day("on"), named: &named, id: call.body.text("id") };
    let paid = call.engine().pay(call.tenant, &about, payment, &call.act()?, call.now);
    let places: &[(&str, &str)] = match about {
        About::Receivable(_) => &[("no_receivable", "/receivable")],
        About::Customer(_) => &[("no_customer", "/customer"), ("no_receivable", "/named")],
    };
    let places: Vec<(&str, &str)> = places.iter().chain(PLACES).copied().collect();
    let paid = paid.map_err(|error| placed(error, &places))?;
    call.host.ring();
    Ok(if paid.known { Reply::one(moved(&paid)) } else { Reply::created(moved(&paid)) })
}

fn refund(call: &Call<'_>, about: &About) -> Result<Reply, Problem> {
    let amount = maybe_above_zero(call)?;
    let currency = currency(call, about)?;
    let given = call.engine().refund(call.tenant, about, (amount, currency), call.body.day("on"), &call.act()?, call.now);
    Ok(done(call, &given.map_err(|error| placed(error, PLACES))?))
}

fn apply_credit(call: &Call<'_>, about: &About) -> Result<Reply, Problem> {
    let amount = maybe_above_zero(call)?;
    let currency = currency(call, about)?;
    let applied = call.engine().apply_credit(call.tenant, about, (amount, currency), &call.act()?, call.now);
    Ok(done(call, &applied.map_err(|error| placed(error, PLACES))?))
}

fn book(call: &Call<'_>, what: Booking) -> Result<Reply, Problem> {
    let on = call.body.day("on");
    let booked = call.engine().book(call.tenant, &of_path(call), what, on, &call.act()?, call.now);
    Ok(done(call, &booked.map_err(|error| placed(error, PLACES))?))
}
