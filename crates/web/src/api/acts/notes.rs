//! What people note of customers.

use regua_engine::people::Scope;
use regua_engine::work::{NewNote, Note};
use serde_json::{Value, json};

use super::super::asked::hex;
use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, may, must};
use super::super::tasks::name_of;
use super::shared::placed;

static NOTE: Schema = Schema {
    name: "Note",
    doc: "Something that a person noted of a customer. It is kept sealed and goes when the person is erased.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("customer", Kind::Name, "Our id of the customer."),
        may("receivable", Kind::Name, "Our id of the receivable that it is about."),
        must("at", Kind::Moment, "When."),
        must("by", Kind::Text(400), "Who noted it."),
        may("text", Kind::Text(4_000), "What."),
        may("follow_up_on", Kind::Day, "The day on which somebody is to look again."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/customers/{customer}/notes",
        id: "list_notes",
        tag: "Customers",
        summary: "What was noted of a customer",
        doc: "The newest first.",
        needs: Needs::Scope(Scope::CustomersRead),
        answer: Answer::Page(&NOTE),
        run: |call| {
            let notes = call.engine().notes_of(call.tenant, call.at(0), call.cursor_id()?, call.limit())?;
            let whole = i64::try_from(notes.len()) == Ok(call.limit());
            let next = notes.last().filter(|_| whole).map(|last| cursor_of(&last.note));
            Ok(Reply::Page(notes.iter().map(view).collect(), next))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/customers/{customer}/notes",
        id: "add_note",
        tag: "Customers",
        summary: "Note something of a customer",
        doc: "It is told in the timeline and is part of what is exported for the person: write what they may read.",
        needs: Needs::Scope(Scope::CustomersAct),
        body: Body::Json(&[
            must("text", Kind::Text(4_000), "What."),
            may("receivable", Kind::Name, "The receivable that it is about, by our id or what its source calls it."),
            may("follow_up_on", Kind::Day, "The day on which somebody is to look again: until then a task waits."),
        ]),
        answer: Answer::Created(&NOTE),
        run: add,
        ..PLAIN
    },
];

fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let new = NewNote {
        text: call.body.must_text("text")?,
        receivable: call.body.text("receivable"),
        follow_up_on: call.body.day("follow_up_on"),
    };
    let mut rng = call.host.rng();
    let noted = call.engine().add_note(call.tenant, call.at(0), new, &call.act()?, call.now, rng.as_mut());
    let places = [("no_receivable", "/receivable"), ("empty_note", "/text"), ("long_note", "/text"), ("follow_up_day", "/follow_up_on")];
    Ok(Reply::created(view(&noted.map_err(|error| placed(error, &places))?)))
}

fn view(note: &Note) -> Value {
    json!({
        "id": hex(&note.note),
        "customer": note.customer.to_string(),
        "receivable": note.receivable.map(|id| id.to_string()),
        "at": reply::moment(note.at),
        "by": name_of(&note.by),
        "text": note.text,
        "follow_up_on": reply::opt_day(note.follow_up_on),
    })
}
