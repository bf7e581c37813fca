//! The first invoices of a price before it is published.

use super::{BillingError, Change, DraftInvoice, Kind, NewSubscription, Outcome, Subscription};

/// The first three invoices that a customer would get: what publishing a price shows.
///
/// * `usage` — what is used of each meter in every period, to show metered prices with.
///
/// # Errors
/// [`BillingError`] when the price could not be billed.
///
/// ```
/// # use regua_core::billing::*;
/// # use regua_core::{currency::Currency, rate::Rate, time::Day};
/// let fee = Price { key: "fee".into(), name: "Fee".into(), kind: Kind::Flat { amount: 10_000, timing: Timing::Advance } };
/// let plan = Plan::new("basic", "Basic", Currency::BRL, Cycle::MONTHLY, vec![fee])?;
/// let off = Off::Percent(Rate::from_bps(5_000));
/// let half = Coupon { code: "HALF".into(), off, lasts: Lasts::Once, expires_on: None };
/// let invoices = preview(
///     NewSubscription {
///         key: "preview".into(), plan, quantity: 1, begins_on: Day::parse("2026-12-31").unwrap(), trial_until: None,
///         anchor: None, terms: Terms::default(), coupons: vec![half],
///     },
///     &[],
/// )?;
/// assert_eq!(invoices.each_ref().map(|invoice| invoice.total), [5_000, 10_000, 10_000]);
/// assert_eq!(invoices.map(|invoice| invoice.issued_on.to_string()), ["2026-12-31", "2027-01-31", "2027-02-28"]);
/// # Ok::<(), regua_core::billing::BillingError>(())
/// ```
pub fn preview(new: NewSubscription, usage: &[(Box<str>, u64)]) -> Result<[DraftInvoice; 3], BillingError> {
    let mut subscription = Subscription::new(new)?;
    let metered = |meter: &str| {
        let prices = subscription.plan(subscription.first_on).prices();
        prices.iter().any(|price| matches!(&price.kind, Kind::Metered { meter: own, .. } if **own == *meter))
    };
    let usage: Vec<_> = usage.iter().filter(|used| metered(&used.0)).collect();
    for index in 0..3 {
        let on = subscription.period(index)?.from;
        for (meter, quantity) in &usage {
            let change = Change::UsageReported { key: format!("{index}/{meter}").into(), meter: meter.clone(), quantity: *quantity };
            match subscription.apply(change, on)? {
                Outcome::Changed | Outcome::Unchanged => {}
            }
        }
    }
    let mut next = || {
        let on = subscription.next_billing()?.ok_or(BillingError::OutOfRange)?;
        subscription.bill(on)?.ok_or(BillingError::OutOfRange)
    };
    Ok([next()?, next()?, next()?])
}
