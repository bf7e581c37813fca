//! What the caller knows and a file may name.

use std::collections::BTreeMap;

use crate::words::Language;

/// The names that a tenant has; `None` means unknown, and then not checked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// The languages that the tenant writes in: every template must exist in each.
    pub languages: Vec<Language>,
    /// Templates by name with the languages they are written in.
    pub templates: Option<BTreeMap<String, Vec<Language>>>,
    /// Queues for tasks.
    pub queues: Option<Vec<String>>,
    /// Credit bureaus with an adapter.
    pub bureaus: Option<Vec<String>>,
    /// Agencies with an adapter.
    pub agencies: Option<Vec<String>>,
}

/// The templates that ship, all in every language.
pub const SHIPPED_TEMPLATES: [&str; 18] = [
    "invoice_issued",
    "upcoming",
    "due_today",
    "overdue",
    "final_notice",
    "adverse_notice",
    "upcoming_charge",
    "update_method",
    "payment_failed",
    "receipt",
    "promise_broken",
    "promise_kept",
    "offer",
    "promise_made",
    "dispute_opened",
    "access_limited",
    "access_restored",
    "renewal",
];

impl Names {
    /// Nothing is known, so no name is refused.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// A tenant that has the shipped templates and writes in these languages.
    #[must_use]
    pub fn shipped(languages: &[Language]) -> Self {
        let templates = SHIPPED_TEMPLATES.iter().map(|name| ((*name).to_owned(), Language::ALL.to_vec())).collect();
        Self { languages: languages.to_vec(), templates: Some(templates), ..Self::default() }
    }
}
