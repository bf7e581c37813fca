//! Money that comes by the bank: the company's accounts, slips of receivables, and files of banks that are read, matched and
//! booked.
//!
//! A line is booked when an id of ours names its receivable, or when document, payer and amount leave no doubt; else a
//! person is asked. Deliberately absent: the bytes of files, which `regua-wire` reads and writes.

mod accounts;
mod candidates;
mod queue;
mod reading;
mod remit;
pub(crate) mod row;
mod slips;

pub use accounts::{Account, NamedAccount};
pub use queue::{Asked, Suggestion, line_of};
pub use reading::{BankRead, Reading, Refusal};
pub use remit::{Remittance, Wanted, beneficiary};
pub use slips::{Debtor, Slip};

pub(crate) use accounts::AccountAdded;
pub(crate) use candidates::marks;
pub use candidates::{receivable_of_txid, txid_of};
pub(crate) use row::{SlipNote, open};
