//! The régua file: text with line numbers → checked tree → flat, typed program.

pub mod condition;
pub mod program;

pub use condition::{Condition, Value, Var, Vars, Verdict};
pub use program::Policy;
