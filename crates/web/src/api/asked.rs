//! What customers ask of a person behind their links, and the links themselves.

use regua_engine::links::{CustomerRequest, Purpose};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::op::{Answer, Call, Method, Needs, Op, PLAIN, cursor_of};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Kind, Schema, may, must};

const ASKS: &[&str] = &["paid", "split", "question", "dispute", "pay_day", "erase", "not_me", "survey"];
const STATES: &[&str] = &["open", "done"];

static ASKED: Schema = Schema {
    name: "CustomerRequest",
    doc: "Something that a customer asked of a person, by the link of a message.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("customer", Kind::Name, "Whose."),
        may("receivable", Kind::Name, "About which receivable."),
        must("asks", Kind::Word(ASKS), "What is asked."),
        must("state", Kind::Word(STATES), "Whether it waits for a person."),
        must("asked_at", Kind::Moment, "When."),
        may("done_at", Kind::Moment, "When somebody was done with it."),
        may("wrote", Kind::Json, "What they wrote, by the fields of the form; nothing once the person is erased."),
        must(
            "files",
            Kind::List(
                &Kind::Object(&[
                    must("id", Kind::Name, "Its id."),
                    must("kind", Kind::Word(&["pdf", "png", "jpeg"]), "What it is."),
                    must("bytes", Kind::Int(0, i64::MAX), "How long it is."),
                ]),
                10,
            ),
            "What they sent with it.",
        ),
    ],
};

static LINK: Schema = Schema {
    name: "CustomerLink",
    doc: "A link by which a customer comes in without a password.",
    fields: &[
        must("link", Kind::Text(2_000), "Where it leads; a path where the settings say no public address."),
        must("days", Kind::Int(1, 366), "For how many days it is good."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/customer-requests",
        id: "list_customer_requests",
        tag: "Work",
        summary: "What customers asked of a person",
        doc: "The newest first; those that wait when nothing is said. list_tasks of the kind request tells who waits longest.",
        query: &[may("state", Kind::Word(STATES), "Only those that stand here.")],
        needs: Needs::Scope(Scope::CustomersRead),
        answer: Answer::Page(&ASKED),
        run: |call| {
            let open = call.query.text("state") != Some("done");
            let asked = call.engine().customer_requests(call.tenant, open, call.cursor_id()?, call.limit())?;
            let whole = i64::try_from(asked.len()) == Ok(call.limit());
            let next = asked.last().filter(|_| whole).map(|last| cursor_of(&last.request));
            Ok(Reply::Page(asked.iter().map(view).collect(), next))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customer-requests/{request}/close",
        id: "close_customer_request",
        tag: "Work",
        summary: "Say that a request was dealt with",
        needs: Needs::Scope(Scope::CustomersAct),
        answer: Answer::Nothing,
        run: |call| {
            call.engine().close_request(call.tenant, id_of(call, "request")?, &call.act()?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        path: "/customer-files/{file}",
        id: "get_customer_file",
        tag: "Customers",
        summary: "A file that a customer sent with a request",
        doc: "As it was sent: nobody has looked whether it does harm.",
        needs: Needs::Scope(Scope::CustomersRead),
        answer: Answer::File("application/octet-stream"),
        run: |call| {
            let file = call.engine().customer_file(call.tenant, id_of(call, "file")?)?;
            let name = format!("proof.{}", file.kind.as_str());
            Ok(Reply::File { kind: "application/octet-stream", name, bytes: file.bytes })
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/links",
        id: "make_customer_link",
        tag: "Customers",
        summary: "Make a link to the portal for a customer",
        doc: "For a person who asks, e.g. on the telephone. It goes to nobody by itself.",
        needs: Needs::Scope(Scope::CustomersAct),
        answer: Answer::Created(&LINK),
        run: |call| {
            let found = call.engine().customer_state(call.tenant, call.at(0))?;
            let text = call.engine().make_link(call.tenant, call.at(0), Purpose::Portal, call.now)?;
            // Where the portal has no address, messages lead to the company's own page, which is none of this customer.
            let own = call.host.portal_link(call.tenant, found.id, call.now).filter(|link| link.ends_with(&text));
            let link = own.unwrap_or_else(|| format!("/p/{text}"));
            Ok(Reply::created(json!({ "link": link, "days": Purpose::Portal.days() })))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/customers/{customer}/links",
        id: "revoke_customer_links",
        tag: "Customers",
        summary: "Take all links of a customer back",
        doc: "Those that were made until now. Whoever has one asks for another, which goes to the contact point on file.",
        needs: Needs::Scope(Scope::CustomersAct),
        answer: Answer::Nothing,
        run: |call| {
            call.engine().revoke_links(call.tenant, call.at(0), &call.act()?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

/// The id that the path names: 32 hexadecimal digits.
pub(super) fn id_of(call: &Call<'_>, what: &str) -> Result<[u8; 16], Problem> {
    let text = call.at(0);
    let digits = (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text);
    let number = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok());
    number.map(u128::to_be_bytes).ok_or_else(|| Problem::not_found(what))
}

pub(super) fn hex(id: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*id))
}

fn view(one: &CustomerRequest) -> Value {
    let files: Vec<Value> = one.files.iter().map(|(id, kind, bytes)| json!({ "id": hex(id), "kind": kind, "bytes": bytes })).collect();
    json!({
        "id": hex(&one.request),
        "customer": one.customer.to_string(),
        "receivable": one.receivable.map(|id| id.to_string()),
        "asks": one.what,
        "state": if one.is_open { "open" } else { "done" },
        "asked_at": reply::moment(one.asked_at),
        "done_at": reply::opt_moment(one.done_at),
        "wrote": one.words,
        "files": files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use regua_engine::links::Asks;

    #[test]
    fn the_words_are_the_engines() {
        assert_eq!(ASKS, Asks::ALL.map(Asks::as_str));
    }
}
