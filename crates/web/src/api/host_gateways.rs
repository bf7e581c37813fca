//! Gateways: what is known of them, billers mirrored and handed back, authorisations of payers, the sandbox.

use regua_core::ids::PaymentMethodId;
use regua_core::time::Instant;
use regua_engine::hooks::Poison;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::host::office;
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, bad_cursor, cursor_of, unhex};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};
use crate::office::Authorising;

static GATEWAY: Schema = Schema {
    name: "Gateway",
    doc: "A gateway of the settings.",
    fields: &[
        must("gateway", Kind::Name, "What the settings call it."),
        must("role", Kind::Word(&["owner", "mirror"]), "owner: Régua charges by it. mirror: another system does, and Régua reads it."),
        may("listed_until", Kind::Moment, "Up to when its listing was read."),
        may("synced_until", Kind::Moment, "Of a mirror: what changed until then is known."),
        may("trouble", Kind::Text(1_000), "Of a mirror: why the last reading could not go on."),
    ],
};

static CHECKED: Schema = Schema {
    name: "GatewayCheck",
    doc: "Whether a gateway can be used.",
    fields: &[
        must("gateway", Kind::Name, "Which."),
        must("works", Kind::Bool, "Whether it can."),
        must("found", Kind::Text(1_000), "What it said, or why not and the mend."),
    ],
};

static LISTED: Schema = Schema {
    name: "GatewayRead",
    doc: "What a gateway listed.",
    fields: &[
        must("heard", Kind::Int(0, i64::MAX), "How much it told."),
        must("known", Kind::Int(0, i64::MAX), "How much of that is about what is known here."),
    ],
};

static FAILED: Schema = Schema {
    name: "FailedWebhook",
    doc: "A webhook that was verified and stored, and could not be processed.",
    fields: &[
        must("gateway", Kind::Name, "Which gateway sent it."),
        must("webhook", Kind::Name, "Names it."),
        must("kind", Kind::Text(200), "The gateway's word for what it is."),
        must("received_at", Kind::Moment, "When it came."),
        must("tries", Kind::Int(0, i64::MAX), "How often it was tried."),
        must("why", Kind::Text(2_000), "Why it could not be processed."),
    ],
};

static REPLAYED: Schema = Schema {
    name: "ReplayedWebhook",
    doc: "What became of a webhook that was tried again.",
    fields: &[must("processed", Kind::Bool, "Whether it could be processed."), may("why", Kind::Text(2_000), "Why not.")],
};

const SWITCH: &[Field] = &[
    must("switch", Kind::Text(100), "Which switch of the biller."),
    must("receivables", Kind::Int(0, i64::MAX), "On how many receivables the biller still acts by it."),
    must("off", Kind::Text(2_000), "How to turn it off."),
];

const TOLD: &[Field] = &[
    must("new", Kind::Int(0, i64::MAX), "That were not known."),
    must("changed", Kind::Int(0, i64::MAX), "That are otherwise than before."),
    must("same", Kind::Int(0, i64::MAX), "That are as before."),
    must("left", Kind::Int(0, i64::MAX), "That are none of ours."),
];

static SYNCED: Schema = Schema {
    name: "Synced",
    doc: "What a reading of a biller's account brought.",
    fields: &[
        must("written", Kind::Bool, "Whether it was taken in; false for a dry run."),
        must("full", Kind::Bool, "Whether all of it is read, not what changed only."),
        must("resumed", Kind::Bool, "Whether it went on where an earlier reading had stopped."),
        must("more", Kind::Bool, "Whether there is more: ask again."),
        must("pages", Kind::Int(0, i64::MAX), "Pages that were read."),
        must("customers", Kind::Object(TOLD), "Customers."),
        must("invoices", Kind::Object(TOLD), "Invoices."),
        must("attempts", Kind::Object(TOLD), "Attempts to charge."),
        must("payments", Kind::Int(0, i64::MAX), "Payments that came in."),
        must("methods", Kind::Int(0, i64::MAX), "Stored methods that came in."),
        must("paused", Kind::Int(0, i64::MAX), "Receivables that stand still: the biller acts on them."),
        must("released", Kind::Int(0, i64::MAX), "Receivables that go on: it acts on them no more."),
        must("switches", Kind::List(&Kind::Object(SWITCH), 20), "By which switches the biller still acts."),
        must(
            "refused",
            Kind::List(
                &Kind::Object(&[
                    must("object", Kind::Text(100), "Which sort of thing."),
                    must("reference", Kind::Text(400), "What the biller calls it."),
                    must("reason", Kind::Text(1_000), "Why it could not be taken in."),
                ]),
                1_000,
            ),
            "The first that could not be taken in.",
        ),
        must("refusals", Kind::Int(0, i64::MAX), "How many could not be taken in."),
    ],
};

static EJECTED: Schema = Schema {
    name: "HandedBack",
    doc: "What handing control back came to.",
    fields: &[
        must("written", Kind::Bool, "Whether it was done; false for a dry run."),
        must("already", Kind::Bool, "Whether the biller had control already."),
        must("open", Kind::Int(0, i64::MAX), "Open receivables of the biller's."),
        must("held", Kind::Int(0, i64::MAX), "How many stand still now."),
        must("held_before", Kind::Int(0, i64::MAX), "How many stood still before."),
        must(
            "under_way",
            Kind::List(
                &Kind::Object(&[
                    must("receivable", Kind::Name, "Which receivable."),
                    must("status", Kind::Text(40), "Where the attempt stands."),
                ]),
                1_000,
            ),
            "Attempts whose end is not known: while there is one, leave the biller's switches off and ask again.",
        ),
        must(
            "switches",
            Kind::List(
                &Kind::Object(&[must("switch", Kind::Text(100), "Which switch."), must("on", Kind::Text(2_000), "How to turn it on.")]),
                20,
            ),
            "What to turn on again at the biller when nothing is under way.",
        ),
    ],
};

static AUTHORISATION: Schema = Schema {
    name: "Authorisation",
    doc: "An authorisation of a payer to be debited.",
    fields: &[
        must("method", Kind::Name, "The stored method that it is."),
        must("reference", Kind::Text(400), "What the bank calls it."),
        must("state", Kind::Word(&["authorised", "pending", "ended"]), "Where it stands; it is charged only when authorised."),
        must("allows_retry", Kind::Bool, "Whether a debit that failed may be tried three times more in seven days."),
        may("pix_code", Kind::Text(2_000), "While it waits: the code by which the payer authorises."),
        may("why", Kind::Text(400), "The bank's code of why it was refused or ended."),
    ],
};

const NOTICE: &[Field] = &[
    must("bank", Kind::Text(8), "The payer's bank: its eight characters in the payments system (ISPB)."),
    may("branch", Kind::Text(10), "The payer's branch, when the account has one."),
    must("account", Kind::Text(20), "The payer's account."),
];

const REASON: Field = may("reason", Kind::Text(500), "Why; it is kept with the act.");

fn authorising(call: &Call<'_>) -> Result<Authorising, Problem> {
    let notice = call.body.object("notice").map(|notice| {
        let text = |name: &str| notice.text(name).map(str::to_owned);
        (text("bank").unwrap_or_default(), text("branch"), text("account").unwrap_or_default())
    });
    Ok(Authorising {
        customer: call.at(0).to_owned(),
        gateway: call.body.text("gateway").unwrap_or("pix").to_owned(),
        what: call.body.must_text("what")?.to_owned(),
        every: call.body.must_text("every")?.to_owned(),
        from: call.body.day("from"),
        fixed: call.body.money("fixed"),
        retries: call.body.is("allows_retry"),
        notice,
    })
}

fn method(call: &Call<'_>) -> Result<PaymentMethodId, Problem> {
    call.id(0, "authorisation")
}

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/gateways",
        id: "list_gateways",
        tag: "Gateways",
        summary: "The gateways of the settings",
        doc: "In the order of the settings, and without asking them; all of them, in one page.",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&GATEWAY),
        run: |call| Ok(Reply::Page(office(call)?.gateways()?, None)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/gateways/{gateway}/check",
        id: "check_gateway",
        tag: "Gateways",
        summary: "Ask a gateway whether it can be used",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::One(&CHECKED),
        problems: &[404, 409],
        run: |call| Ok(Reply::one(office(call)?.check_gateway(call.at(0))?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/gateways/{gateway}/read",
        id: "read_gateway",
        tag: "Gateways",
        summary: "Read what a gateway lists since the last time",
        doc: "Payments, refunds and disputes that no webhook told of. It is done by itself now and then.",
        needs: Needs::Scope(Scope::ChargingAct),
        answer: Answer::One(&LISTED),
        problems: &[404, 409, 422],
        run: |call| {
            let told = office(call)?.read_gateway(call.at(0))?;
            call.host.ring();
            Ok(Reply::one(told))
        },
        ..PLAIN
    },
    Op {
        path: "/failed-webhooks",
        id: "list_failed_webhooks",
        tag: "Gateways",
        summary: "Webhooks of gateways that could not be processed",
        doc: "The oldest first.",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&FAILED),
        run: |call| {
            let before = call.cursor_bytes()?.map(|bytes| place_of(&bytes).ok_or_else(bad_cursor)).transpose()?;
            let after = before.as_ref().map(|(at, gateway, hook)| (*at, gateway.as_str(), *hook));
            let found = call.engine().poison_hooks(call.tenant, after, call.limit())?;
            let whole = i64::try_from(found.len()) == Ok(call.limit());
            let next = found.last().filter(|_| whole).map(|last| cursor_of(&place(last)));
            Ok(Reply::Page(found.iter().map(failed).collect(), next))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/gateways/{gateway}/failed-webhooks/{webhook}/replay",
        id: "replay_webhook",
        tag: "Gateways",
        summary: "Process such a webhook again",
        needs: Needs::Scope(Scope::ChargingAct),
        answer: Answer::One(&REPLAYED),
        problems: &[404, 409],
        run: |call| {
            let hook = unhex(call.at(1)).and_then(|bytes| bytes.try_into().ok());
            let hook: [u8; 16] = hook.ok_or_else(|| Problem::not_found("webhook"))?;
            let told = office(call)?.replay_webhook(call.at(0), hook, &call.act()?)?;
            call.host.ring();
            Ok(Reply::one(told))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/gateways/{gateway}/sync",
        id: "sync_gateway",
        tag: "Gateways",
        summary: "Read a biller's account that is mirrored",
        doc: "A few pages at a time: while `more` is true, ask again. Once it was begun it is also read by itself now and then.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[
            may("full", Kind::Bool, "Whether all of it is read anew, not what changed only."),
            may("dry_run", Kind::Bool, "Whether nothing is written."),
        ]),
        answer: Answer::One(&SYNCED),
        problems: &[404, 409, 422],
        run: |call| {
            let told = office(call)?.sync(call.at(0), call.body.is("full"), call.body.is("dry_run"))?;
            call.host.ring();
            Ok(Reply::one(told))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/gateways/{gateway}/take-over",
        id: "take_over_gateway",
        tag: "Gateways",
        summary: "Charge by a gateway what its biller does not charge itself",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[REASON]),
        answer: Answer::Nothing,
        problems: &[404, 422],
        run: |call| {
            office(call)?.take_over(call.at(0), &call.act()?)?;
            call.host.ring();
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/gateways/{gateway}/eject",
        id: "eject_gateway",
        tag: "Gateways",
        summary: "Hand control back to a biller",
        doc: "Régua charges by it no more, and every receivable of its own stands still. What the biller must know is in the handover.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[may("dry_run", Kind::Bool, "Whether nothing is changed."), REASON]),
        answer: Answer::One(&EJECTED),
        problems: &[404, 409, 422],
        run: |call| Ok(Reply::one(office(call)?.eject(call.at(0), call.body.is("dry_run"), &call.act()?)?)),
        ..PLAIN
    },
    Op {
        path: "/gateways/{gateway}/handover.csv",
        id: "gateway_handover",
        tag: "Gateways",
        summary: "What a biller must know when control is handed back",
        doc: "CSV, a line for each open invoice; nothing is changed by asking.",
        needs: Needs::Scope(Scope::SettingsRead),
        answer: Answer::File("text/csv"),
        problems: &[404, 409],
        run: |call| {
            let bytes = office(call)?.handover(call.at(0))?;
            Ok(Reply::File { kind: "text/csv", name: format!("{}-handover.csv", call.at(0)), bytes })
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/authorisations",
        id: "ask_authorisation",
        tag: "Gateways",
        summary: "Ask a customer to authorise debits",
        doc: "With a notice the payer's bank asks; without one a code is made by which the payer authorises. Until then the method is \
              pending, and it is never charged.",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[
            may("gateway", Kind::Name, "By which gateway; `pix` when nothing is said."),
            must("what", Kind::Text(35), "What for, as the payer reads it."),
            must("every", Kind::Word(&["week", "month", "quarter", "half-year", "year"]), "How often it is charged."),
            may("from", Kind::Day, "The first day on which money may be asked for; tomorrow when nothing is said."),
            may("fixed", Kind::Money, "The same amount each time; what comes, up to the payer's own limit, when nothing is said."),
            may("allows_retry", Kind::Bool, "Whether a debit that failed may be tried three times more in seven days."),
            may("notice", Kind::Object(NOTICE), "Where the payer's bank asks by a notice."),
            REASON,
        ]),
        answer: Answer::Created(&AUTHORISATION),
        problems: &[404, 409, 422],
        run: |call| Ok(Reply::created(office(call)?.authorise(&authorising(call)?, &call.act()?)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/authorisations/{method}/look",
        id: "look_authorisation",
        tag: "Gateways",
        summary: "Ask the bank where an authorisation stands",
        doc: "Given meanwhile, it is charged from now on.",
        needs: Needs::Scope(Scope::ChargingAct),
        answer: Answer::One(&AUTHORISATION),
        problems: &[404, 409, 422],
        run: |call| Ok(Reply::one(office(call)?.authorisation(method(call)?)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/authorisations/{method}/end",
        id: "end_authorisation",
        tag: "Gateways",
        summary: "End an authorisation at its bank",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[REASON]),
        answer: Answer::Nothing,
        problems: &[404, 409, 422],
        run: |call| {
            office(call)?.end_authorisation(method(call)?, &call.act()?)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/sandbox/pay",
        id: "sandbox_pay",
        tag: "Gateways",
        summary: "Pay something of the sandbox's, as a payer would",
        doc: "Only where the settings turn the sandbox on; no money moves.",
        needs: Needs::Scope(Scope::ChargingAct),
        body: Body::Json(&[must("receivable", Kind::Name, "The receivable whose open Pix, boleto or page is paid.")]),
        answer: Answer::Nothing,
        problems: &[404, 422],
        run: |call| {
            office(call)?.sandbox_pay(call.body.must_text("receivable")?)?;
            call.host.ring();
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

fn failed(one: &Poison) -> Value {
    json!({
        "gateway": one.gateway,
        "webhook": cursor_of(&one.hook),
        "kind": one.kind,
        "received_at": reply::moment(one.received_at),
        "tries": one.tries,
        "why": one.why,
    })
}

/// The place of one in the list: when it came, its id, its gateway.
fn place(one: &Poison) -> Vec<u8> {
    [&one.received_at.micros().to_be_bytes()[..], &one.hook, one.gateway.as_bytes()].concat()
}

/// What [`place`] wrote.
fn place_of(bytes: &[u8]) -> Option<(Instant, String, [u8; 16])> {
    let (at, rest) = bytes.split_first_chunk::<8>()?;
    let (hook, gateway) = rest.split_first_chunk::<16>()?;
    // A database takes neither a NUL in a text nor any number for a moment, and nobody else wrote such a place.
    let gateway = std::str::from_utf8(gateway).ok().filter(|name| !name.is_empty() && !name.contains(char::is_control))?;
    let at = i64::from_be_bytes(*at);
    (0..=LAST_MICROS).contains(&at).then(|| (Instant::from_micros(at), gateway.to_owned(), *hook))
}

/// The end of the year 9999, in microseconds.
const LAST_MICROS: i64 = 253_402_300_799_999_999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_is_read_as_it_was_written() {
        let one = Poison {
            gateway: "cartões".to_owned(),
            hook: [9; 16],
            event: String::new(),
            kind: String::new(),
            received_at: Instant::from_micros(1_770_000_000_123_456),
            tries: 8,
            why: String::new(),
        };
        assert_eq!(place_of(&place(&one)), Some((one.received_at, one.gateway.clone(), one.hook)));
        assert_eq!(place_of(&place(&one)[..23]), None);
        assert_eq!(place_of(&[&place(&one)[..], &[0xff]].concat()), None, "no text");
        assert_eq!(place_of(&[0; 25]), None, "no name of a gateway");
        assert_eq!(place_of(&[&[0xff; 8], &place(&one)[8..]].concat()), None, "before any");
        assert_eq!(place_of(&[&[0x7f; 8], &place(&one)[8..]].concat()), None, "behind any");
    }
}
