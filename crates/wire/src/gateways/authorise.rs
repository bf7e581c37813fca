//! Authorisations that a payer is asked for, to be charged by itself from then on: what is asked, and where one stands.
//!
//! An authorisation is a stored method that waits for its payer. Deliberately absent: an end of it that is agreed before, and
//! changes: where terms change, a new one is asked for.

use regua_core::money::Money;
use regua_core::time::{Day, Instant};

use super::pix::rec::Every;
use super::{MethodNews, Payer};

/// What a payer is asked to authorise. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorise {
    /// Ours, by which the customer is told: the number of the contract.
    pub key: String,
    /// Who pays.
    pub payer: Payer,
    /// What for, as the payer reads it.
    pub what: String,
    /// The first day on which money may be asked for.
    pub from: Day,
    /// How often.
    pub every: Every,
    /// How much each time, minor units; what comes, up to the payer's own limit, when absent.
    pub fixed: Option<Money>,
    /// Whether a charge that failed may be tried again, three times in seven days.
    pub retries: bool,
    /// Where the payer banks, to be asked there by a notice; without it a code is made that asks.
    pub notice: Option<Notice>,
}

impl std::fmt::Debug for Authorise {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorise")
    }
}

/// The payer's account, as the payer told it, and until when the notice can be answered. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// The bank: its eight characters in the payments system (ISPB).
    pub bank: String,
    /// Branch, when the account has one.
    pub branch: Option<String>,
    /// Account.
    pub account: String,
    /// Until when the payer can answer.
    pub until: Instant,
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notice")
    }
}

/// An authorisation as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authorised {
    /// As a stored method: whether it can be charged.
    pub method: MethodNews,
    /// The text of the code that asks for it, while it waits.
    pub brcode: Option<String>,
    /// The code of why it was refused or ended.
    pub why: Option<String>,
}
