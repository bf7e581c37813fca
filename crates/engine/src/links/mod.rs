//! Links by which customers come in without a password, and what they do behind them.
//!
//! A link is a signed text that says whose it is, what it is for and until when, and nothing of the person. It is taken back with all
//! of its customer's by a counter, and alone by "this is not me": the contact point that it was sent to is used no more. What is done
//! behind one is done by the same commands as everything else and is in the customer's chain. Deliberately absent: pages.

mod acts;
mod ask;
mod letters;
mod mint;
mod open;
pub(crate) mod picture;
mod requests;
mod rule;
mod token;
mod view;

pub use acts::{PROMISE_DAYS_MAX, PROMISES_MAX};
pub use open::{Opened, Visitor};
pub use requests::{Asks, CustomerFile, CustomerRequest, DAY_MAX, FILE_MAX, FileKind, NewAsk, OPEN_MAX};
pub use rule::{Doing, Rule, RuleStep};
pub use token::Purpose;
pub use view::{Coming, Owed, Portal, PromiseRoom, Settled};

pub(crate) use mint::{Mint, epoch_of};
pub(crate) use open::westernmost;
pub(crate) use picture::Pictured;

use crate::log::Act;

/// Times a day that a customer may ask for a new link.
pub const ASKS_A_DAY: i64 = 3;

/// Who acts when a customer does: the log names nobody, since the chain says whose it is.
pub(crate) fn act() -> Act {
    Act { by: "the customer, by link".to_owned(), reason: None }
}
