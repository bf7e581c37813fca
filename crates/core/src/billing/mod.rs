//! Recurring billing: from a plan, a subscription and what happened to it to invoices, the same every time.
//!
//! A [`Subscription`] keeps what is true from which day on (plan, quantity, running or paused, its end) and how far it
//! was billed. [`Subscription::apply`] takes a [`Change`], [`Subscription::next_billing`] says when the next document
//! is due, [`Subscription::bill`] makes it. A period's money does not depend on whether it was billed before or after a
//! change became known: what was billed already is credited and charged anew in whole days.
//!
//! How the description is read where it is silent: parts of a period are counted in days, and the day of a change belongs
//! to what it changes to. Another cycle now begins on the day of the change, at a period's end it keeps the day of the
//! month. A pause stops what is billed, at once with the days given back, or from the period's end; periods go on under
//! it. A coupon that reduced a period reduces what is credited and charged of it. A document below zero is a credit to
//! the customer. What is metered is billed after its period, and a report for a period that is billed comes too late.
//!
//! Deliberately absent: the clock, hours (days are the tenant's local days; the caller turns them into instants),
//! numbers of invoices, what becomes of a customer's credit, how often a coupon may be redeemed in all, and storage.

mod bill;
mod change;
mod coupon;
mod credit;
mod cycle;
mod eras;
mod error;
mod invoice;
mod plan;
mod preview;
mod sheet;
mod subscription;
mod tax;
mod terms;
mod track;

pub use bill::Due;
pub use change::{Change, Effect, Outcome, Settle};
pub use coupon::{Coupon, Lasts, Off};
pub use credit::{CreditError, CreditNote, CreditOf, CreditShare, InvoiceMove, InvoiceStatus, NotAllowed, Voided, void};
pub use cycle::{Anchor, Cycle, Period, Unit};
pub use error::BillingError;
pub use invoice::{DiscountLine, DocumentKind, DraftInvoice, Head, Instalment, InvoiceKey, Line, LineKind, Purpose, TaxLine};
pub use plan::{Aggregate, Kind, Plan, Price, Rates, Scale, Tier, Tiers, Timing};
pub use preview::preview;
pub use subscription::{NewSubscription, State, Subscription};
pub use tax::{Tax, TaxMode};
pub use terms::{Attachment, Collection, Net, Terms};
