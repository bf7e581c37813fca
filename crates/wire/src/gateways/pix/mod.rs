//! The Pix API of Brazil's central bank, as every bank there offers it: requests and replies as bytes.
//!
//! [`Dialect`] turns orders into requests and replies into answers; [`list`] and [`listed`] page through what changed,
//! [`Hook`] reads what a bank tells by itself, [`oauth`] gets the token. The rest is the API, object by object: [`cob`] and
//! [`cobv`] charges, [`cobr`] recurring ones, [`rec`] and [`solicrec`] authorisations, [`payments`] money that came and went
//! back. Deliberately absent: sockets, certificates, clocks, and what a bank adds to the API of its own.
//!
//! Source: Banco Central do Brasil, Pix API (OpenAPI 2.9.0).

mod amount;
pub mod cob;
pub mod cobr;
pub mod cobv;
mod dialect;
pub mod errors;
mod listing;
pub mod oauth;
mod payer;
pub mod payments;
pub mod rec;
pub mod solicrec;
mod webhook;
mod window;

pub use amount::Figure;
pub use cobv::{DueCalendar, DueValue};
pub use dialect::Dialect;
pub use listing::{CHARGES_BACK_HOURS, PAGES_MAX, RECS_BACK_HOURS, RETURNED_BACK_HOURS, list, listed};
pub use payer::{Account, AccountKind, Debtor};
pub use webhook::{Address, Hook};
pub use window::{PAGE_ITEMS, Window};
