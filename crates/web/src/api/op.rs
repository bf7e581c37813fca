//! One row per operation: the router, the checks, the OpenAPI document, the access matrix and the page of the docs are all made
//! of these rows, so that none of them can say something else.

use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_engine::people::{Caller, Scope};
use regua_engine::{Act, Engine};
use regua_store::db::{self, Tx};

use super::answer::Around;
use super::input::Input;
use super::problem::Problem;
use super::reply::Reply;
use super::shape::{Field, Kind, Schema};
use crate::Host;
use crate::office::Office;

/// How it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Looks.
    Get,
    /// Makes or does something.
    Post,
    /// Puts something in its place as a whole.
    Put,
    /// Changes what is given.
    Patch,
    /// Takes away.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether asking changes nothing.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get)
    }
}

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Whoever has this scope.
    Scope(Scope),
    /// Whoever is signed in or has a key.
    Anybody,
    /// People who are signed in; no key.
    Person,
    /// Everybody: signing in, the document itself.
    Nobody,
}

/// What is answered when it went well.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// 200 with an object.
    One(&'static Schema),
    /// 200 with an object that may be kept: ETag and `Cache-Control`; 304 when it is the one that the caller has.
    Cached(&'static Schema),
    /// 201 with an object.
    Created(&'static Schema),
    /// 200 with a part of a list.
    Page(&'static Schema),
    /// 204.
    Nothing,
    /// 200 with a file of a media type.
    File(&'static str),
    /// 200 with events as they come (`text/event-stream`); not answered by `run`.
    Stream,
    /// 302 to elsewhere.
    Redirect,
}

/// What a body is.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// None.
    None,
    /// An object with these members.
    Json(&'static [Field]),
    /// A file as it is, of at most so many bytes; `Call::file` has it.
    File(usize),
}

/// What an act puts at stake: beyond a person's authority limit a second person decides.
pub(crate) type Stake = fn(&Call<'_>) -> Result<Option<Money>, Problem>;

/// An operation.
pub struct Op {
    /// How.
    pub method: Method,
    /// Where, below `/v1`, with parameters in braces: `/receivables/{receivable}/promises`.
    pub path: &'static str,
    /// Its name, unique: `promise_receivable`.
    pub id: &'static str,
    /// Under which heading it stands.
    pub tag: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What else there is to say; may be empty.
    pub doc: &'static str,
    /// Who may.
    pub needs: Needs,
    /// What can be said in the query, besides `cursor` and `limit` of a page.
    pub query: &'static [Field],
    /// What it takes.
    pub body: Body,
    /// What it answers.
    pub answer: Answer,
    /// Problems of its own besides those that every operation can have: statuses.
    pub problems: &'static [u16],
    /// What it puts at stake; none where there is no money in it.
    pub stake: Option<Stake>,
    /// Does it.
    pub run: fn(&Call<'_>) -> Result<Reply, Problem>,
}

/// What a row is made of when nothing else is said.
pub(crate) const PLAIN: Op = Op {
    method: Method::Get,
    path: "",
    id: "",
    tag: "",
    summary: "",
    doc: "",
    needs: Needs::Anybody,
    query: &[],
    body: Body::None,
    answer: Answer::Nothing,
    problems: &[],
    stake: None,
    run: |_| Ok(Reply::Nothing),
};

impl Op {
    /// The path as it is asked for.
    #[must_use]
    pub fn full_path(&self) -> String {
        format!("/v1{}", self.path)
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// Whether it takes no body.
    #[must_use]
    pub const fn body_is_none(&self) -> bool {
        matches!(self.body, Body::None)
    }

    /// Whether its body is a file as it is.
    #[must_use]
    pub const fn body_is_file(&self) -> bool {
        matches!(self.body, Body::File(_))
    }

    /// The longest body that it takes, in bytes.
    #[must_use]
    pub const fn body_max(&self) -> usize {
        match self.body {
            Body::None => 0,
            Body::Json(_) => JSON_MAX,
            Body::File(max) => max,
        }
    }
}

/// The longest body of JSON, in bytes.
pub(crate) const JSON_MAX: usize = 1 << 20;
/// Entries of a page at most, and when nothing is said.
pub(crate) const PAGE_MAX: i64 = 200;
const PAGE: i64 = 50;

/// What can be said of every page.
pub(super) const PAGING: &[Field] = &[
    super::shape::may("cursor", Kind::Text(4_000), "Where the page before ended, as its `next` said."),
    super::shape::may("limit", Kind::Int(1, PAGE_MAX), "How many at most; 50 when nothing is said."),
];

/// A request that may be carried out: who asks, when, and what for.
pub struct Call<'a> {
    /// What the program around knows.
    pub(crate) host: &'a dyn Host,
    /// What requests share.
    pub(crate) around: &'a Around,
    /// Who asks; nobody for operations that anybody may ask for.
    pub(crate) caller: Option<&'a Caller>,
    /// Whose rows are meant.
    pub(crate) tenant: TenantId,
    /// When.
    pub(crate) now: Instant,
    /// Parameters of the path, in order.
    pub(crate) path: Vec<String>,
    /// The query.
    pub(crate) query: Input,
    /// The query as it came.
    pub(crate) raw_query: String,
    /// The body, when it is JSON.
    pub(crate) body: Input,
    /// The body, when it is a file.
    pub(crate) file: Vec<u8>,
    /// From which address it is asked, as far as is known.
    pub(crate) from: String,
    /// Cookies and other headers that few operations look at.
    pub(crate) cookies: Vec<(String, String)>,
}

impl Call<'_> {
    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        self.host.engine()
    }

    /// What the program around does with its settings, which are one company's: nobody else is offered it.
    pub(crate) fn office(&self) -> Option<&dyn Office> {
        if self.tenant == self.host.tenant() { self.host.office() } else { None }
    }

    /// Who asks.
    pub(crate) fn who(&self) -> Result<&Caller, Problem> {
        self.caller.ok_or_else(|| Problem::new(401, "unauthenticated", "sign in, or send a key"))
    }

    /// Who does it, and why, for the record: the body's `reason`.
    pub(crate) fn act(&self) -> Result<Act, Problem> {
        Ok(self.who()?.act(self.body.text("reason")))
    }

    /// The n-th parameter of the path; empty when there is none.
    pub(crate) fn at(&self, n: usize) -> &str {
        self.path.get(n).map_or("", String::as_str)
    }

    /// The n-th parameter of the path as an id of ours.
    pub(crate) fn id<T: std::str::FromStr>(&self, n: usize, what: &str) -> Result<T, Problem> {
        self.at(n).parse().map_err(|_not_ours| Problem::not_found(what))
    }

    /// How many entries a page has at most.
    pub(crate) fn limit(&self) -> i64 {
        self.query.int("limit").unwrap_or(PAGE).clamp(1, PAGE_MAX)
    }

    /// Where the page begins: the text that the page before gave, or nothing.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.query.text("cursor")
    }

    /// The cursor as bytes that were made with [`cursor_of`].
    pub(crate) fn cursor_bytes(&self) -> Result<Option<Vec<u8>>, Problem> {
        self.cursor().map(|text| unhex(text).ok_or_else(bad_cursor)).transpose()
    }

    /// The cursor as an id's bytes.
    pub(crate) fn cursor_id(&self) -> Result<Option<[u8; 16]>, Problem> {
        self.cursor_bytes()?.map(|bytes| <[u8; 16]>::try_from(bytes).map_err(|_bytes| bad_cursor())).transpose()
    }

    /// Reads rows of the tenant.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, regua_store::StoreError>) -> Result<T, Problem> {
        Ok(self.engine().db().read(db::Scope::Tenant(self.tenant), work)?)
    }
}

/// A place in a list as a cursor: what sorts it, as bytes.
pub(crate) fn cursor_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The problem with a cursor that we did not write.
pub(crate) fn bad_cursor() -> Problem {
    Problem::field("query/cursor", "cursor", "is not one that a page of this list gave")
}

/// Bytes that [`cursor_of`] wrote.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
