//! People of the company who sign in, their sessions, and keys of programs.
//!
//! Whoever asks becomes a [`Caller`]: a tenant, a name for the log, a set of scopes and a limit. Every change is one transaction
//! that holds the tenant's row and adds an event to the tenant's own chain; events name people by id only. Passwords are
//! checked outside of transactions, since that is slow on purpose. Deliberately absent: HTTP, cookies, and who may call what
//! address; which scope an operation needs is said where the operation is.

mod caller;
mod role;
mod scope;

pub use caller::{Caller, Limit, Who};
pub use role::Role;
pub use scope::{Scope, Scopes};
