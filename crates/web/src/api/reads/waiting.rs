//! What waits for a person's approval: steps to release or refuse, and what would be sent if they were released.

use regua_core::ids::CustomerId;
use regua_engine::commands::awaiting::Awaiting;
use regua_engine::commands::tell::About;
use regua_engine::letters::{ReadLetter, Released};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::host::paperwork;
use super::super::host_documents::LETTER;
use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, may, must};
use super::page::{self, cursor, hex};
use super::parts::moment;

/// Entries of a page whose letters are written.
const LETTERS_MAX: i64 = 50;
/// Entries of one customer.
const OF_CUSTOMER_MAX: usize = 1_000;
/// What steps do.
const VERBS: &[&str] = &["notify", "offer", "charge", "access", "fee", "report", "assign", "task", "write_off"];

static APPROVAL: Schema = Schema {
    name: "AwaitedApproval",
    doc: "A step that waits until a person releases or refuses it.",
    fields: &[
        must("receivable", Kind::Name, "Our id of the receivable."),
        must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("step", Kind::Text(100), "The step."),
        must("do", Kind::Word(VERBS), "What it does."),
        may("template", Kind::Text(200), "The template of its message, if it is one."),
        must("since", Kind::Moment, "Since when it waits."),
        may("until", Kind::Moment, "When waiting ends by itself; null when only a person, or another fact, ends it."),
        must("due", Kind::Money, "What settles the receivable now."),
        must(
            "letters",
            Kind::List(&Kind::Of(&LETTER), 10),
            "What would be sent if everything of this customer that waits were approved now; none unless `letters` asks for it, and none \
             for what sends nothing or is not sent within two weeks.",
        ),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[Op {
    path: "/approvals",
    id: "list_approvals",
    tag: "Work",
    summary: "Steps that wait for a person's approval",
    doc: "Customer by customer in the order of their ids. A page may hold fewer than were asked for, or none, and not be the last.",
    needs: Needs::Scope(Scope::ReceivablesRead),
    query: &[
        may("customer", Kind::Name, "Only those of a customer, all of them in one page: our id, or what its source calls it."),
        may("letters", Kind::Bool, "Whether what would be sent is written too; a page then holds at most 50."),
    ],
    answer: Answer::Page(&APPROVAL),
    run: approvals,
    ..PLAIN
}];

fn approvals(call: &Call<'_>) -> Result<Reply, Problem> {
    let place = page::place(call, 3)?;
    let after = place.map(|place| Ok::<_, Problem>((place.id(0)?, place.text(1)?, place.text(2)?))).transpose()?;
    let is_read = call.query.is("letters");
    let limit = if is_read { call.limit().min(LETTERS_MAX) } else { call.limit() };
    let limit = usize::try_from(limit).unwrap_or(1);
    let (found, next) = match call.query.text("customer") {
        Some(customer) => {
            let customer = call.engine().found(call.tenant, &About::Customer(customer.to_owned()))?.customer;
            let mut found = call.engine().awaiting_of(call.tenant, customer, call.now)?;
            found.truncate(OF_CUSTOMER_MAX);
            (found, None)
        }
        None => call.engine().awaiting_page(call.tenant, after.as_ref(), limit, call.now)?,
    };
    let mut letters = Released::new();
    if is_read && !found.is_empty() {
        let paper = paperwork(call)?;
        let templates = call.engine().texts(call.tenant, &paper.templates)?;
        let customers: Vec<CustomerId> = found.iter().map(|one| one.customer_id).collect();
        letters = call.engine().letters_if_released(call.tenant, &customers, (&paper.company, &templates), call.now)?;
    }
    let next = next.map(|(customer, receivable, step)| cursor(&json!([hex(&customer), receivable, step])));
    Ok(Reply::Page(found.into_iter().map(|one| approval(one, &mut letters)).collect(), next))
}

fn approval(one: Awaiting, letters: &mut Released) -> Value {
    let (receivable, step) = (one.receivable_id.to_string(), one.step.clone());
    let letters: Vec<Value> = letters.remove(&(one.receivable_id, one.step)).unwrap_or_default().iter().map(letter).collect();
    json!({
        "receivable": receivable,
        "receivable_external_id": one.receivable,
        "customer": one.customer_id.to_string(),
        "customer_external_id": one.customer,
        "step": step,
        "do": one.verb,
        "template": one.template,
        "since": moment(one.since),
        "until": moment(one.until),
        "due": reply::money(one.due),
        "letters": letters,
    })
}

fn letter(letter: &ReadLetter) -> Value {
    json!({
        "channel": letter.channel.as_str(),
        "template": letter.template,
        "tone": letter.tone.as_str(),
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
    })
}
