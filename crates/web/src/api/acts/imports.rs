//! Records in batches: good rows are taken, each bad one is told by its place.

use regua_core::money::Money;
use regua_engine::commands::import::{Doing, Import};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::input::Parsed;
use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::{FieldError, Problem};
use super::super::reply::Reply;
use super::super::shape::{Field, Kind, Schema, may, must};
use super::records::{RECORD, Records, SOURCE, source};
use super::shared::REASON;

/// Records of one batch.
const RECORDS_MAX: usize = 1_000;

static REFUSED: Schema = Schema {
    name: "RefusedRecord",
    doc: "A record that was not taken in.",
    fields: &[
        must("index", Kind::Int(0, i64::MAX), "Its place among the records, from 0."),
        must("at", Kind::Text(400), "A JSON pointer into the body."),
        must("code", Kind::Text(60), "What sort of mistake."),
        must("detail", Kind::Text(2_000), "What is wrong, and the mend."),
    ],
};

const COUNT: Kind = Kind::Int(0, i64::MAX);

static IMPORTED: Schema = Schema {
    name: "ImportedRecords",
    doc: "What a batch of records did, or would do.",
    fields: &[
        must("written", Kind::Bool, "Whether it was done; false when it was only looked at."),
        must("customers_new", COUNT, "Customers that became known."),
        must("customers_changed", COUNT, "Customers whose data changed."),
        must("receivables_new", COUNT, "Receivables that entered."),
        must("receivables_changed", COUNT, "Receivables that are told otherwise than before."),
        must("receivables_same", COUNT, "Receivables that are as they were."),
        must("payments_new", COUNT, "Payments that became known."),
        must("payments_changed", COUNT, "Payments that are told otherwise than before."),
        must("payments_same", COUNT, "Payments that were known."),
        must("refused", Kind::List(&Kind::Of(&REFUSED), 100_000), "What was not taken in; one record may have several mistakes."),
    ],
};

const BATCH: &[Field] = &[
    must("records", Kind::Rows(&RECORD, RECORDS_MAX), "The receivables."),
    may("complete", Kind::Bool, "Whether this is all that the source had to tell by now, so that it counts as read."),
    may("only_look", Kind::Bool, "Whether nothing is written and only told what would be."),
    SOURCE,
    REASON,
];

/// The rows.
pub(super) const OPS: &[Op] = &[Op {
    method: Method::Post,
    path: "/imports/records",
    id: "import_records",
    tag: "Receivables",
    summary: "Enter up to 1000 receivables at once",
    doc: "With their customers and payments, as a file holds them. The same records again change nothing. Good records are taken in \
          beside bad ones, and each bad one is told by its place; when none is good the answer is 422.",
    needs: Needs::Scope(Scope::ReceivablesAct),
    body: Body::Json(BATCH),
    answer: Answer::One(&IMPORTED),
    stake: Some(stake),
    run,
    ..PLAIN
}];

/// A mistake and the record that has it.
struct Refused {
    index: usize,
    error: FieldError,
}

fn records(call: &Call<'_>) -> (Records, Vec<Refused>) {
    let (mut records, mut refused) = (Records::default(), Vec::new());
    for (index, row) in call.body.list("records").iter().enumerate() {
        if let Parsed::Wrong(errors) = row {
            refused.extend(errors.iter().cloned().map(|error| Refused { index, error }));
        }
        let Parsed::Object(said) = row else { continue };
        let id = said.text("id").unwrap_or_default();
        let wrong = records.take((index, id), said, &format!("/records/{index}")).err().unwrap_or_default();
        refused.extend(wrong.into_iter().map(|error| Refused { index, error }));
    }
    (records, refused)
}

fn stake(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if call.who()?.limit.is_none() || call.body.is("only_look") { Ok(None) } else { records(call).0.at_stake(call) }
}

fn run(call: &Call<'_>) -> Result<Reply, Problem> {
    let (records, mut refused) = records(call);
    if records.portfolio.receivables.is_empty() && !refused.is_empty() {
        return Err(Problem::fields(refused.into_iter().map(|one| one.error).collect()));
    }
    let (source, act) = (source(call)?, call.act()?);
    let import = Import {
        portfolio: &records.portfolio,
        source: &source,
        subscriptions: &records.subscriptions,
        reads: call.body.is("complete"),
        act: Some(&act),
    };
    let doing = if call.body.is("only_look") { Doing::DryRun } else { Doing::Write };
    let mut rng = call.host.rng();
    let done = call.engine().import(call.tenant, import, doing, call.now, rng.as_mut(), &mut |_| {})?;
    if doing == Doing::Write {
        call.host.ring();
    }
    refused.extend(done.refused.iter().map(|refusal| {
        let index = records.row_of(&refusal.receivable).unwrap_or_default();
        Refused { index, error: FieldError::new(&format!("/records/{index}"), "refused", refusal.reason.clone()) }
    }));
    refused.sort_by_key(|one| one.index);
    let refused: Vec<Value> = refused
        .iter()
        .map(|one| json!({"index": one.index, "at": one.error.at, "code": one.error.code, "detail": one.error.detail}))
        .collect();
    Ok(Reply::one(json!({
        "written": doing == Doing::Write,
        "customers_new": done.customers_new,
        "customers_changed": done.customers_changed,
        "receivables_new": done.receivables_new,
        "receivables_changed": done.receivables_changed,
        "receivables_same": done.receivables_same,
        "payments_new": done.payments_new,
        "payments_changed": done.payments_changed,
        "payments_same": done.payments_same,
        "refused": refused,
    })))
}
