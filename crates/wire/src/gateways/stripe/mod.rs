//! The dialect of Stripe: requests and replies as bytes.
//!
//! Two rules hold everywhere. A payment is named by its intent (`pi_…`), or by its charge (`ch_…`) where an old one has no
//! intent: the reply to our own request names the intent at once, refunds, disputes and pages name it too, and it stays the
//! same over all its charges, so that money is booked once, whoever tells of it. An attempt of ours is found by our id in the
//! intent's metadata; an attempt of somebody else's is named by its charge, since one intent of a biller is tried many times
//! and each try counts.
//!
//! Deliberately absent: sockets, the secret key, Stripe's second API beyond its thin events, Connect, test clocks.

mod errors;
pub mod events;
mod forms;
mod intents;
pub mod methods;
pub mod mirror;
mod money;
mod read;
pub mod reading;
pub mod replies;
pub mod requests;
mod signals;
pub mod webhook;

/// The version that every request asks for, so that its reply has the shape that is read here. Events come in the version of
/// the account or endpoint whatever is asked; those are read in every shape.
pub const VERSION: &str = "2025-06-30.basil";

/// Our attempt, in the metadata of an intent.
pub const META_CHARGE: &str = "regua_charge";
/// What is paid for, in the metadata of an intent or a page.
pub const META_RECEIVABLE: &str = "regua_receivable";
/// Our key of a page, in the metadata of the page and of its intent.
pub const META_INSTRUMENT: &str = "regua_instrument";
/// Our key of a refund, in its metadata.
pub const META_REFUND: &str = "regua_refund";
/// Our key of a customer, in its metadata.
pub const META_CUSTOMER: &str = "regua_customer";
