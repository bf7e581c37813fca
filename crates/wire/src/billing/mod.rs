//! Billing on paper: plan files, files of subscriptions, terms in words, and documents as their reader sees them.

mod document;
mod plan;
mod subscriptions;
mod terms;

pub use document::{Document, document};
pub use plan::{PlanError, parse_plan, plan_schema};
pub use subscriptions::{ReadError, SubscriptionRow, read_subscriptions};
pub use terms::{AnchorWords, BadTerm, TermsWords, coupon, cycle, net, net_words, tax};
