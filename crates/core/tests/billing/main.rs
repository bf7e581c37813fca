//! Recurring billing: properties over random lives, and examples whose sums are written out.

mod changes;
mod coupons;
mod credit;
mod cycles;
mod harness;
mod invoices;
mod prices;
mod speed;
mod stored;
mod walk;
