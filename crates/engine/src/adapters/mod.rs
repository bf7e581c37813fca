//! What stands behind the ports in production: sockets and folders.
//!
//! Deliberately absent: decisions. An adapter says exactly what happened, and what that means is decided elsewhere.

pub mod channels;
pub mod deliver;
pub mod gateways;
pub mod http;
pub mod mailbox;
mod net;
pub mod oidc;
pub mod post;
pub mod smtp;

pub use net::{Roots, Security};
