//! Ways in which people look at lists, saved under a name.

use std::collections::BTreeMap;

use regua_core::ids::ViewId;
use regua_engine::people::Caller;
use regua_engine::saved::{Changes, SavedView, Shows};
use serde_json::{Value, json};

use super::acts::shared::placed;
use super::input::Input;
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};

/// Filters of a view, and columns.
const FILTERS_MAX: usize = 20;
const COLUMNS: Kind = Kind::List(&Kind::Text(40), 40);

/// The lists that have views, and by what each is narrowed and sorted. Whose something is, and what is searched for, is no part of a
/// view: nothing of a customer is kept in one.
const PAGES: &[(&str, &[&str])] = &[
    ("receivables", &["status", "age", "from", "until", "currency", "least", "most", "sort"]),
    ("messages", &["status", "step", "channel", "standing", "from", "until"]),
];
const PAGE_WORDS: &[&str] = &["receivables", "messages"];

const NAME: Field = must("name", Kind::Text(60), "Its name; one of a person's views of a page has it.");
const SHARED: Field = may("shared", Kind::Bool, "Whether everybody of the company sees it.");

static VIEW: Schema = Schema {
    name: "SavedView",
    doc: "A way in which somebody looks at a list of the console.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("page", Kind::Word(PAGE_WORDS), "Of which list."),
        NAME,
        must("shared", Kind::Bool, "Whether everybody of the company sees it."),
        must("filters", Kind::Texts(FILTERS_MAX), "Filters by their names in the address of the page."),
        must("columns", COLUMNS, "Columns; none means those that the page has by itself."),
        must("by", Kind::Text(300), "Who saved it."),
        must("own", Kind::Bool, "Whether that was you."),
        must("changeable", Kind::Bool, "Whether you may change it."),
        must("saved_at", Kind::Moment, "When it was last saved."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/views",
        id: "list_views",
        tag: "Self",
        summary: "Ways in which you look at lists, and those that others share",
        doc: "Your own by page and name, at most 100; then at most 200 that others of the company share.",
        needs: Needs::Person,
        answer: Answer::Page(&VIEW),
        run: |call| Ok(Reply::Page(call.engine().views(caller(call)?)?.iter().map(view).collect(), None)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/views",
        id: "save_view",
        tag: "Self",
        summary: "Save a way in which you look at a list",
        doc: "Filters are those of the console's address; whose something is and what is searched for is no part of a view.",
        needs: Needs::Person,
        body: Body::Json(&[
            must("page", Kind::Word(PAGE_WORDS), "Of which list."),
            NAME,
            SHARED,
            may("filters", Kind::Texts(FILTERS_MAX), "Filters by their names in the address of the page."),
            may("columns", COLUMNS, "Columns; none means those that the page has by itself."),
        ]),
        answer: Answer::Created(&VIEW),
        run: |call| {
            let page = call.body.must_text("page")?;
            let shows = Shows { filters: filters(&call.body, page)?.unwrap_or_default(), columns: call.body.texts_of("columns") };
            let named = (page, call.body.must_text("name")?);
            let mut rng = call.host.rng();
            let saved = call.engine().save_view(caller(call)?, named, call.body.is("shared"), shows, call.now, rng.as_mut());
            Ok(Reply::created(view(&saved.map_err(name_taken)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Patch,
        path: "/views/{view}",
        id: "change_view",
        tag: "Self",
        summary: "Change a view",
        doc: "Its author may, and of one that is shared whoever may change settings. What is not said stays.",
        needs: Needs::Person,
        body: Body::Json(&[
            may("name", Kind::Text(60), "Its name."),
            SHARED,
            may("filters", Kind::Texts(FILTERS_MAX), "Filters, in place of those that it has."),
            may("columns", COLUMNS, "Columns, in place of those that it has."),
        ]),
        answer: Answer::One(&VIEW),
        run: |call| {
            let (by, id) = (caller(call)?, id(call)?);
            let known = call.engine().views(by)?.into_iter().find(|view| view.row.view == id);
            let known = known.ok_or_else(|| Problem::not_found("view"))?;
            let changes = Changes {
                name: call.body.text("name"),
                shared: call.body.said("shared"),
                filters: filters(&call.body, &known.row.page)?,
                columns: call.body.has("columns").then(|| call.body.texts_of("columns")),
            };
            Ok(Reply::one(view(&call.engine().change_view(by, id, &changes, call.now).map_err(name_taken)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/views/{view}",
        id: "delete_view",
        tag: "Self",
        summary: "Delete a view",
        doc: "Its author may, and of one that is shared whoever may change settings.",
        needs: Needs::Person,
        answer: Answer::Nothing,
        run: |call| {
            call.engine().delete_view(caller(call)?, id(call)?)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

fn caller<'a>(call: &'a Call<'_>) -> Result<&'a Caller, Problem> {
    call.caller.ok_or_else(Problem::bug)
}

fn id(call: &Call<'_>) -> Result<ViewId, Problem> {
    call.at(0).parse().map_err(|_bad| Problem::not_found("view"))
}

/// The filters that were said, each of which the page has.
fn filters(body: &Input, page: &str) -> Result<Option<BTreeMap<String, String>>, Problem> {
    let Some(said) = body.by_name("filters") else { return Ok(None) };
    let known = PAGES.iter().find(|(name, _)| *name == page).map_or(&[][..], |(_, filters)| *filters);
    for (name, text) in said {
        if !known.contains(&name.as_str()) {
            let told = format!("is no filter of this list; it has {}", known.join(", "));
            return Err(Problem::field(&format!("/filters/{name}"), "unknown_member", told));
        }
        if text.chars().count() > 60 {
            return Err(Problem::field(&format!("/filters/{name}"), "too_long", "a filter has at most 60 characters"));
        }
    }
    Ok(Some(said.iter().cloned().collect()))
}

fn name_taken(error: regua_engine::Error) -> Problem {
    placed(error, &[("view_name", "/name")])
}

fn view(saved: &SavedView) -> Value {
    let row = &saved.row;
    json!({
        "id": row.view.to_string(),
        "page": row.page,
        "name": row.name,
        "shared": row.shared,
        "filters": saved.shows.filters,
        "columns": saved.shows.columns,
        "by": row.by,
        "own": saved.own,
        "changeable": saved.changeable,
        "saved_at": reply::moment(row.saved_at),
    })
}
