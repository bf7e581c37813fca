//! Acts on a customer: its data, consent, holds, everything that waits for a person, and its end.

use regua_core::facts::{Cause, Fact};
use regua_core::party::Customer;
use regua_core::words::Channel;
use regua_engine::commands::customer::ContactNews;
use regua_engine::commands::import::{Doing, Import};
use regua_engine::people::Scope;
use regua_wire::files::portfolio::{CustomerRow, Portfolio};
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::Reply;
use super::super::shape::{Kind, Schema, may, must};
use super::contact;
use super::records::source;
use super::shared::{CAUSES, CHANNELS, CUSTOMER, REASON, customer, customer_of_path, customer_stands, external_id, placed};

/// What was released.
static RELEASED: Schema = Schema {
    name: "ReleasedSteps",
    doc: "The steps of a customer that had waited for a person and are carried out now.",
    fields: &[
        must(
            "released",
            Kind::List(
                &Kind::Object(&[
                    must("receivable", Kind::Name, "What its source calls the receivable."),
                    must("step", Kind::Text(200), "The step."),
                ]),
                100_000,
            ),
            "What had waited.",
        ),
        must("customer", Kind::Of(&CUSTOMER), "How the customer stands now."),
    ],
};

const NEWS: &[&str] = &["opted_in", "opted_out", "arrives", "bounced", "suppressed"];

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Put,
        path: "/customers/{customer}",
        id: "put_customer",
        tag: "Customers",
        summary: "Enter a customer",
        doc: "By what your source calls it. A known one learns what is said; what is left out stays as it is. 201 when it is new.",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(contact::PUT),
        answer: Answer::Created(&CUSTOMER),
        run: put,
        ..PLAIN
    },
    Op {
        method: Method::Patch,
        path: "/customers/{customer}",
        id: "change_customer",
        tag: "Customers",
        summary: "Change what is known of a customer",
        doc: "What is left out stays; null takes away; `contacts` is the whole list as it shall be, and what is known of an address \
              (bounces, opt-outs) stays with it.",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(contact::CHANGE),
        answer: Answer::One(&CUSTOMER),
        run: change,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/contact-news",
        id: "tell_contact_news",
        tag: "Customers",
        summary: "Enter consent, or whether messages arrive",
        doc: "`opted_in` lifts an opt-out, `arrives` lifts a bounce or a suppression.",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(&[
            must("channel", Kind::Word(CHANNELS), "The channel."),
            may("address", Kind::Text(254), "One address on it, as it is stored; every one of the channel when nothing is said."),
            must("news", Kind::Word(NEWS), "What became known."),
            REASON,
        ]),
        answer: Answer::One(&CUSTOMER),
        run: contact_news,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/hold",
        id: "hold_customer",
        tag: "Customers",
        summary: "Let a customer stand still",
        doc: "With all receivables, until the cause is lifted. Messages on their way are held back too.",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(&[must("cause", Kind::Word(CAUSES), "What it stands still for."), REASON]),
        answer: Answer::One(&CUSTOMER),
        run: |call| freeze(call, true),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/release",
        id: "release_customer",
        tag: "Customers",
        summary: "Lift what a customer stands still for",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(&[must("cause", Kind::Word(CAUSES), "What is lifted."), REASON]),
        answer: Answer::One(&CUSTOMER),
        run: |call| freeze(call, false),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/pause",
        id: "pause_customer",
        tag: "Customers",
        summary: "Pause a customer until it is resumed",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&CUSTOMER),
        run: |call| tell(call, Fact::Froze { cause: Cause::Pause }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/resume",
        id: "resume_customer",
        tag: "Customers",
        summary: "Let a paused customer go on",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&CUSTOMER),
        run: |call| tell(call, Fact::Thawed { cause: Cause::Pause }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/approve",
        id: "approve_customer_steps",
        tag: "Customers",
        summary: "Release every step of a customer that waits for a person",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&RELEASED),
        run: approve,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/erase",
        id: "erase_customer",
        tag: "Customers",
        summary: "Erase a person",
        doc: "Name, addresses, attributes and messages are gone for good, and so is what the source calls this person. Nobody is asked \
              any more for what is open. Backups made before still hold the key: let them age out.",
        needs: Needs::Scope(Scope::PersonalErase),
        body: Body::Json(&[must("confirm", Kind::Name, "The id of the customer, typed again as it stands in the address."), REASON]),
        answer: Answer::One(&CUSTOMER),
        run: erase,
        ..PLAIN
    },
];

fn put(call: &Call<'_>) -> Result<Reply, Problem> {
    let id = known_or_own(call)?;
    let row = CustomerRow { id: id.as_str().into(), customer: contact::over(&Customer::default(), &call.body, "")? };
    let portfolio = Portfolio { customers: vec![row], ..Portfolio::default() };
    let (source, act) = (source(call)?, call.act()?);
    let import = Import { reads: false, act: Some(&act), ..Import::of(&portfolio, &source) };
    let mut rng = call.host.rng();
    let done = call.engine().import(call.tenant, import, Doing::Write, call.now, rng.as_mut(), &mut |_| {})?;
    call.host.ring();
    let state = customer(&call.engine().customer_state(call.tenant, &id)?);
    Ok(if done.customers_new > 0 { Reply::created(state) } else { Reply::one(state) })
}

/// What the source calls the customer of the path; an id of ours names one that is known.
fn known_or_own(call: &Call<'_>) -> Result<String, Problem> {
    if call.at(0).parse::<regua_core::ids::CustomerId>().is_ok() {
        return Ok(call.engine().customer_state(call.tenant, call.at(0))?.external_id);
    }
    external_id(call.at(0), "path/customer")
}

fn change(call: &Call<'_>) -> Result<Reply, Problem> {
    // What is wrong with the words is told before anything is locked, and with its place.
    contact::over(&Customer::default(), &call.body, "")?;
    let over =
        |known: &Customer| contact::over(known, &call.body, "").map_err(|bad| regua_engine::Error::refused("invalid_input", bad.detail));
    let (id, _) = call.engine().change_customer(call.tenant, call.at(0), &over, &call.act()?, call.now)?;
    customer_stands(call, &id.to_string())
}

fn contact_news(call: &Call<'_>) -> Result<Reply, Problem> {
    let channel: Channel = call.body.must_text("channel")?.parse().map_err(|_unknown| Problem::bug())?;
    let news = match call.body.must_text("news")? {
        "opted_in" => ContactNews::OptedIn,
        "opted_out" => ContactNews::OptedOut,
        "arrives" => ContactNews::Mended,
        "bounced" => ContactNews::Bounced,
        _ => ContactNews::Suppressed,
    };
    let meant = (channel, call.body.text("address"));
    let told = call.engine().tell_contact(call.tenant, call.at(0), meant, news, &call.act()?, call.now);
    let place = if meant.1.is_some() { "/address" } else { "/channel" };
    let id = told.map_err(|error| placed(error, &[("no_contact", place)]))?;
    customer_stands(call, &id.to_string())
}

fn freeze(call: &Call<'_>, froze: bool) -> Result<Reply, Problem> {
    let cause: Cause = call.body.must_text("cause")?.parse().map_err(|_unknown| Problem::bug())?;
    tell(call, if froze { Fact::Froze { cause } } else { Fact::Thawed { cause } })
}

fn tell(call: &Call<'_>, fact: Fact) -> Result<Reply, Problem> {
    call.engine().tell(call.tenant, &customer_of_path(call), fact, Some(&call.act()?), call.now)?;
    customer_stands(call, call.at(0))
}

fn approve(call: &Call<'_>) -> Result<Reply, Problem> {
    let released = call.engine().release_all(call.tenant, call.at(0), &call.act()?, call.now)?;
    call.host.ring();
    let released: Vec<Value> = released.iter().map(|one| json!({"receivable": one.receivable, "step": one.step})).collect();
    let state = call.engine().customer_state(call.tenant, call.at(0))?;
    Ok(Reply::one(json!({"released": released, "customer": customer(&state)})))
}

fn erase(call: &Call<'_>) -> Result<Reply, Problem> {
    if call.body.must_text("confirm")? != call.at(0) {
        return Err(Problem::field("/confirm", "confirm", "type the customer's id again, as it stands in the address"));
    }
    // Who typed the id again has said that what is open is no hindrance.
    let id = call.engine().erase(call.tenant, call.at(0), true, &call.act()?, call.now)?;
    customer_stands(call, &id.to_string())
}
