//! Asaas, API v3: requests and replies as bytes.
//!
//! [`Dialect`] turns orders into requests and replies into answers, [`verify`] and [`heard`] take webhooks, [`mirror`] reads an
//! account as it is. The rest is the API, object by object. Amounts are decimal numbers there and exact here ([`Reais`]); days
//! and hours have no zone and are those of São Paulo. Deliberately absent: sockets, the key of the account and the `User-Agent`
//! that Asaas wants, which the adapter sends; instalments, splits, credit bureaus, transfers, and numbers of cards.
//!
//! Source: Asaas documentation and its collection of requests, January 2026.

pub mod customer;
mod dialect;
pub mod errors;
mod list;
pub mod mirror;
pub mod notification;
pub mod payment;
mod reais;
pub mod subscription;
mod webhook;

pub use customer::Customer;
pub use dialect::Dialect;
pub use list::{OFFSET_MAX, PAGE_ITEMS, Page, moment};
pub use payment::Payment;
pub use reais::{BadReais, Reais};
pub use subscription::Subscription;
pub use webhook::{TOKEN_HEADER, heard, verify};
