//! The régua file: text with line numbers → checked tree → flat, typed program.
//!
//! [`compile()`] is the way in. `yaml` reads the text into a tree with places; `read` and `units` turn values
//! into types; `settings`, `steps`, `segments`, `reactions` and `contact` read one part of the file each, by the
//! keys of `keys`; `checks` refuses what cannot be right as a whole. Everything that is wrong becomes a
//! [`Finding`], and all of them are shown at once.

mod checks;
mod compile;
pub mod condition;
mod contact;
mod diff;
mod finding;
mod keys;
mod names;
mod near;
pub mod program;
mod reactions;
mod read;
mod schema;
mod segments;
mod settings;
pub mod spell;
mod steps;
mod units;
mod yaml;

pub use compile::{Outcome, check, compile, hash};
pub use condition::{Condition, Kind, Problem, Value, Var, Vars, Verdict, VocabularyRow, vocabulary};
pub use diff::{Change, diff};
pub use finding::{Finding, Mark, Severity};
pub use keys::Verb;
pub use names::{Names, SHIPPED_TEMPLATES};
pub use near::nearest;
pub use program::Policy;
pub use schema::schema;
