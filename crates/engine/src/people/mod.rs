//! People of the company who sign in, their sessions, and keys of programs.
//!
//! Whoever asks becomes a [`Caller`]: a tenant, a name for the log, a set of scopes and a limit. Every change is one transaction
//! that holds the tenant's row and adds an event to the tenant's own chain; events name people by id only. Passwords are
//! checked outside of transactions, since that is slow on purpose. Deliberately absent: HTTP, cookies, and who may call what
//! address; which scope an operation needs is said where the operation is.

mod audit;
mod caller;
pub(crate) mod events;
mod key;
mod once;
mod password;
mod role;
mod scope;
mod second;
mod session;
mod sign_in;
mod staff;
mod throttle;
mod token;
mod totp;

pub use audit::Audited;
pub use caller::{Caller, Limit, Who};
pub use key::{KeyView, MadeKey, NewKey, OVERLAP_MAX};
pub use password::LENGTH as PASSWORD_LENGTH;
pub use role::Role;
pub use scope::{Scope, Scopes};
pub use second::Enrolment;
pub use session::{SessionView, SignedIn};
pub use sign_in::{Credentials, External, SignIn};
pub use staff::{Change, NewPerson, Person, Standing};
pub use token::tenant_of;
