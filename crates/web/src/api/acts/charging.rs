//! Charging: now, by a person's wish; stored methods; something to pay by.
//!
//! What a gateway is asked is ordered here and carried out by the workers.

use regua_core::charging::{Scheme, Trigger};
use regua_core::ids::PaymentMethodId;
use regua_core::money::Money;
use regua_core::words::Rail;
use regua_engine::charging::{Asking, NewMethod};
use regua_engine::people::Scope;
use serde_json::json;

use super::super::host::office;
use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, may, must};
use super::shared::{REASON, customer_of_path, of_path, placed, receivable_now};

const SCHEMES: &[&str] = &[
    "visa",
    "mastercard",
    "amex",
    "elo",
    "hipercard",
    "discover",
    "diners",
    "jcb",
    "unionpay",
    "other_card",
    "ach",
    "sepa",
    "sepa_b2b",
    "bacs",
    "becs",
    "pad",
    "pix_automatico",
    "debit150",
];

static ORDERED: Schema = Schema {
    name: "OrderedCharge",
    doc: "A charge that was ordered; the workers carry it out.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("receivable", Kind::Name, "Our id of the receivable."),
        must("amount", Kind::Money, "What was due on it."),
        must("status", Kind::Word(&["ordered"]), "Where it stands."),
    ],
};

static STORED: Schema = Schema {
    name: "StoredMethod",
    doc: "A way to charge a customer.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("gateway", Kind::Name, "The gateway that holds it."),
        must("scheme", Kind::Word(SCHEMES), "Whose rules bind it."),
        may("last4", Kind::Text(10), "The last four characters."),
        may("expires_on", Kind::Day, "The last day of its validity."),
        must("status", Kind::Text(40), "Whether it can be charged."),
        must("added_at", Kind::Moment, "When it became known."),
    ],
};

static ASKED: Schema = Schema {
    name: "AskedInstrument",
    doc: "Something to pay by that was asked for; the workers have the gateway make it.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("gateway", Kind::Name, "The gateway."),
        must("rail", Kind::Word(&["pix", "boleto", "card"]), "By what it is paid."),
        must("status", Kind::Text(40), "Where it stands."),
        must("amount", Kind::Money, "What it is over."),
        must("valid_until", Kind::Day, "Until when it can be paid."),
        may("brcode", Kind::Text(2_000), "The text of a Pix's QR code, once it is made."),
        may("boleto_line", Kind::Text(200), "The line of a boleto, once it is made."),
        may("link", Kind::Text(2_000), "Its page, once it is made."),
    ],
};

static LEARNT: Schema = Schema {
    name: "LearntRetries",
    doc: "What was learnt from the company's own retries.",
    fields: &[
        must("retries", Kind::Int(0, i64::MAX), "From how many."),
        must("furthest", Kind::Text(40), "How far a weight moved at most, in log-odds."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/charges",
        id: "charge_now",
        tag: "Charging",
        summary: "Charge a receivable now",
        doc: "By a stored method: the one that is said, else the first that may be charged.",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[may("method", Kind::Name, "The id of a stored method."), REASON]),
        answer: Answer::Created(&ORDERED),
        stake: Some(|call| Ok(Some(receivable_now(call)?.due))),
        run: charge,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/methods",
        id: "add_method",
        tag: "Charging",
        summary: "Store a way to charge a customer",
        doc: "By the gateway's token, never a card number. Failed charges are tried again at once.",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[
            must("gateway", Kind::Name, "The gateway that holds it, by its name in the settings."),
            must("token", Kind::Text(300), "The gateway's name of the method. Never a card number."),
            may("customer_token", Kind::Text(300), "The gateway's name of the customer, where it needs one."),
            must("scheme", Kind::Word(SCHEMES), "Whose rules bind it."),
            may("fingerprint", Kind::Text(200), "What tells the same card or account from another; the token when nothing is said."),
            may("last4", Kind::Text(4), "The last four characters, for people."),
            may("expires_on", Kind::Day, "The last day of its validity."),
            may("allows_retry", Kind::Bool, "Of Pix Automático: whether the authorisation allows three further tries in seven days."),
            may("consent", Kind::Text(2_000), "How the customer agreed that it is charged by itself."),
            REASON,
        ]),
        answer: Answer::Created(&STORED),
        run: add,
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/methods/{method}",
        id: "remove_method",
        tag: "Charging",
        summary: "Take a stored method away",
        doc: "It is charged no more. The gateway keeps it until it is detached there.",
        needs: Needs::Scope(Scope::ChargingAct),
        answer: Answer::Nothing,
        run: remove,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/instruments",
        id: "ask_instrument",
        tag: "Charging",
        summary: "Have something made to pay a receivable by",
        doc: "A Pix code, a boleto, or a page that takes a card. What is out over another amount is taken away.",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[
            must("gateway", Kind::Name, "The gateway, by its name in the settings."),
            must("rail", Kind::Word(&["pix", "boleto", "card"]), "By what it is paid."),
            may("valid_until", Kind::Day, "Until when it can be paid."),
            REASON,
        ]),
        answer: Answer::Created(&ASKED),
        run: ask,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/retries/learn",
        id: "learn_retries",
        tag: "Charging",
        summary: "Learn from your own retries when a charge succeeds",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&LEARNT),
        problems: &[501],
        run: |call| Ok(Reply::one(office(call)?.learn_retries(&call.act()?)?)),
        ..PLAIN
    },
];

fn charge(call: &Call<'_>) -> Result<Reply, Problem> {
    let method = call.body.text("method").map(str::parse::<PaymentMethodId>).transpose();
    let method = method.map_err(|_bad| Problem::field("/method", "no_method", "is no id of a stored method"))?;
    let state = receivable_now(call)?;
    let id = call.engine().charge_now(call.tenant, &of_path(call), method, Trigger::Operator, &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::created(json!({
        "id": id.to_string(), "receivable": state.id.to_string(), "amount": reply::money(state.due), "status": "ordered",
    })))
}

/// Whether a text is what stands on a card: then it is not kept.
fn is_card_number(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    digits >= 12 && digits == token.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).count()
}

fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let body = &call.body;
    let token = body.must_text("token")?;
    if is_card_number(token) {
        return Err(Problem::field("/token", "card_number", "looks like a card number; store the card at the gateway and give its token"));
    }
    let scheme: Scheme = body.must_text("scheme")?.parse().map_err(|_unknown| Problem::bug())?;
    let new = NewMethod {
        gateway: body.must_text("gateway")?.to_owned(),
        customer_token: body.text("customer_token").unwrap_or_default().to_owned(),
        token: token.to_owned(),
        scheme,
        fingerprint: body.text("fingerprint").map(str::to_owned),
        last4: body.text("last4").map(str::to_owned),
        expires_on: body.day("expires_on"),
        allows_retry: body.is("allows_retry"),
        consent: body.text("consent").map(str::to_owned),
    };
    let about = customer_of_path(call);
    let id = call.engine().add_method(call.tenant, &about, &new, Some(&call.act()?), call.now);
    let id = id.map_err(|error| placed(error, &[("no_gateway", "/gateway")]))?;
    call.host.ring();
    let one = call.engine().methods(call.tenant, &about)?.into_iter().find(|one| one.method == id).ok_or_else(Problem::bug)?;
    Ok(Reply::created(json!({
        "id": id.to_string(),
        "gateway": one.gateway,
        "scheme": one.scheme.as_str(),
        "last4": one.last4,
        "expires_on": reply::opt_day(one.expires_on),
        "status": one.status.as_str(),
        "added_at": reply::moment(one.added_at),
    })))
}

fn remove(call: &Call<'_>) -> Result<Reply, Problem> {
    let method: PaymentMethodId = call.id(0, "method")?;
    call.engine().remove_method(call.tenant, method, &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::Nothing)
}

fn ask(call: &Call<'_>) -> Result<Reply, Problem> {
    let rail: Rail = call.body.must_text("rail")?.parse().map_err(|_unknown| Problem::bug())?;
    let asking = Asking { gateway: call.body.must_text("gateway")?.to_owned(), rail, valid_until: call.body.day("valid_until") };
    let id = call.engine().ask_instrument(call.tenant, &of_path(call), &asking, &call.act()?, call.now);
    let id = id.map_err(|error| placed(error, &[("no_gateway", "/gateway")]))?;
    call.host.ring();
    let (row, given) = call.engine().instrument(call.tenant, id)?;
    let given = given.unwrap_or_default();
    let currency = regua_core::currency::Currency::parse(&row.currency).ok_or_else(Problem::bug)?;
    Ok(Reply::created(json!({
        "id": cursor_of(&id),
        "gateway": row.gateway,
        "rail": row.rail.as_str(),
        "status": row.status,
        "amount": reply::money(Money::new(row.amount, currency)),
        "valid_until": reply::day(row.valid_until),
        "brcode": given.brcode,
        "boleto_line": given.boleto_line,
        "link": given.link,
    })))
}
