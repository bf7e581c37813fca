//! What `verify` says: how much was looked at, and what was found wrong.

use std::fmt;

use regua_core::time::Day;

/// What was looked at, and what is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// Customers with a chain of events.
    pub customers: u64,
    /// Events whose place and hash were checked.
    pub events: u64,
    /// Rows that were compared.
    pub rows: u64,
    /// Customers that were erased: their chain is checked, and that their decisions are those of the log.
    pub erased: u64,
    /// Customers of whom another version of this program decided: checked as the erased ones.
    pub other_version: u64,
    /// Customers whose rows were not compared, since their log is broken or was not come to again.
    pub broken: u64,
    /// Pages of the log that were checked.
    pub pages: u64,
    /// The last day that has a root, and the root: write it down elsewhere, and nobody can change what it is over.
    pub root: Option<(Day, [u8; 32])>,
    /// The sums of the ledgers, by currency.
    pub money: Vec<MoneyLine>,
    /// What is wrong, the first [`FINDINGS_MAX`] of it.
    pub findings: Vec<Finding>,
    /// How much more is.
    pub more: u64,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Findings that are told; the others are counted.
pub const FINDINGS_MAX: usize = 200;

/// Sums over the ledgers of one currency, in minor units.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MoneyLine {
    /// ISO 4217.
    pub currency: String,
    /// What was billed.
    pub billed: i64,
    /// Money that came in: what is applied, credit, and what was given back.
    pub paid: i64,
    /// What of it stands on receivables.
    pub applied: i64,
    /// What of it is credit of customers.
    pub credit: i64,
    /// What of it was given or taken back.
    pub returned: i64,
    /// What is open.
    pub balance: i64,
}

/// What `verify` is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Events are checked and carried out again.
    Events,
    /// Rows are compared.
    Rows,
    /// Pages of the log are checked.
    Pages,
    /// Ledgers are summed.
    Sums,
}

/// Something that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Of what sort.
    pub sort: Sort,
    /// What and where, in words.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.sort.as_str(), self.what)
    }
}

/// Sorts of what can be wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sort {
    /// A row says something else than the log.
    AlteredRow,
    /// A row of which the log knows nothing.
    UnknownRow,
    /// A row that the log says should be there.
    MissingRow,
    /// An event that is not as it was written.
    AlteredEvent,
    /// A chain has a gap.
    MissingEvent,
    /// A chain ends before its head, or before what a page of the log says.
    CutOff,
    /// A chain that does not begin with its first event.
    NotFromOne,
    /// Events that are in no page of the log.
    UnknownEvent,
    /// A page that is not as it was written.
    WrongPage,
    /// A day's root is not that of its pages, or not the one that the log says.
    WrongRoot,
    /// The same facts are decided otherwise now.
    DecidedOtherwise,
    /// An event that cannot be carried out again.
    NotReplayed,
    /// A balance that is not the sum of its ledger.
    WrongSum,
    /// An adverse step was carried out that nobody had announced.
    Unannounced,
    /// A person's key is gone without an event that says so, or there in spite of one.
    Erasure,
}

impl Sort {
    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlteredRow => "altered row",
            Self::UnknownRow => "unknown row",
            Self::MissingRow => "missing row",
            Self::AlteredEvent => "altered event",
            Self::MissingEvent => "missing event",
            Self::CutOff => "chain cut short",
            Self::NotFromOne => "chain without beginning",
            Self::UnknownEvent => "unknown event",
            Self::WrongPage => "altered page of the log",
            Self::WrongRoot => "wrong root",
            Self::DecidedOtherwise => "decided otherwise",
            Self::NotReplayed => "not replayed",
            Self::WrongSum => "wrong sum",
            Self::Unannounced => "unannounced",
            Self::Erasure => "erasure",
        }
    }
}

/// Findings as they are gathered.
#[derive(Default)]
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
    pub(super) more: u64,
}

impl Report {
    pub(super) fn add(&mut self, sort: Sort, what: impl Into<String>) {
        self.put(Finding { sort, what: what.into() });
    }

    pub(super) fn put(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}
