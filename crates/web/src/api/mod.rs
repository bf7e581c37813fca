//! The API: one row per operation, one way from a request to its answer.
//!
//! `op` is what a row says, `shape` what bodies look like and how they are read, `input` what was read, `answer` the way through,
//! `reply` and `problem` the two ends of it, `openapi` the document, `docs` the page on it. The other modules hold the rows, by
//! noun. Deliberately absent: SQL, and rules; those are the store's and the engine's.

mod acts;
pub(crate) mod answer;
pub(crate) mod docs;
pub(crate) mod input;
pub(crate) mod op;
pub mod openapi;
pub(crate) mod problem;
pub(crate) mod reply;
pub(crate) mod shape;

mod asked;
mod brands;
mod counted;
mod document;
mod endpoints;
pub(crate) mod events;
mod factor;
mod held;
mod host;
mod host_channels;
mod host_documents;
mod host_gateways;
mod host_health;
mod host_trials;
mod in_app;
mod keys;
mod needs;
mod oidc;
mod people;
mod reads;
mod saved;
mod session;
mod tasks;
mod templates;

pub use oidc::CALLBACK as OIDC_CALLBACK;
pub use op::{Answer, Method, Needs, Op};
pub use problem::{FieldError, Problem};

/// Every operation, by noun.
const NOUNS: &[&[Op]] = &[
    document::OPS,
    counted::OPS,
    session::OPS,
    factor::OPS,
    oidc::OPS,
    people::OPS,
    keys::OPS,
    held::OPS,
    events::OPS,
    endpoints::OPS,
    asked::OPS,
    tasks::OPS,
    templates::OPS,
    needs::OPS,
    saved::OPS,
    brands::OPS,
    in_app::OPS,
    host_documents::OPS,
    host_channels::OPS,
    host_gateways::OPS,
    host_health::OPS,
    host_trials::OPS,
];

/// Every operation there is.
pub fn ops() -> impl Iterator<Item = &'static Op> {
    NOUNS.iter().chain(reads::NOUNS).chain(acts::NOUNS).flat_map(|ops| ops.iter())
}
