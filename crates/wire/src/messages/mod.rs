//! Message templates by language, tone and channel: facts → text.
//!
//! A [`Templates`] holds the texts (shipped ones under `templates/`, a tenant's own over them), a [`MessageContext`]
//! what a message says, and [`render()`] puts the two together. [`lint()`] reads every text as a careful lawyer and a
//! translator would. Deliberately absent: sending, HTML, and any tax id of the person written to.

pub mod context;
pub mod forbidden;
pub mod lint;
pub mod locale;
mod render;
pub mod samples;
mod sections;
mod shipped;
pub mod sms;
mod store;
mod text;
mod view;

pub use context::MessageContext;
pub use lint::{LintFinding, LintRule, Remark, lint, remarks};
pub use render::{RenderError, Rendered, render};
pub use shipped::shipped_texts;
pub use store::{TemplateError, Templates};
pub use text::{BadLink, Line, Link};
