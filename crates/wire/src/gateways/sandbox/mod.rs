//! The built-in sandbox: a gateway whose answers are a function of what it is asked and of the time.
//!
//! What shall happen stands in the token of the method: a magic value ([`Plan`]). So the same order has the same answer, on any
//! machine and after any crash, and asking says what ordering did. Webhooks are signed as a gateway's are ([`sign`],
//! [`hear`]). Deliberately absent: memory. What was cancelled here is open again when it is looked at, and what
//! `instrument_paid` told is not known to [`look`]. Never in production: it takes no money.

mod hooks;
mod instruments;
mod plan;

use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;

pub use hooks::{SIGNATURE, charge_declined, charge_told, hear, instrument_paid, sign};
pub use instruments::{cancel, issue, look};
pub use plan::{BadToken, DELAY_HOURS_MAX, Outcome, Plan, SIGNALS_MAX, SLOW_MS_MAX};

use super::{ChargeOrder, Charged, CustomerOrder, MethodNews, MethodStanding, Refund, RefundOrder, RefundStanding, Settlement, Trouble};
use regua_core::charging::Scheme;

/// What names of payments begin with.
const PAYMENT: &str = "sbx_pay_";
/// What names of attempts that took no money begin with.
const ATTEMPT: &str = "sbx_try_";
/// What names of customers begin with.
const CUSTOMER: &str = "sbx_cus_";
/// A customer whose one method is what follows: `sandbox_with_decline_expired_card` has `sandbox_decline_expired_card`.
const WITH: &str = "sandbox_with_";
/// Where payers would go. No such host can be.
const PAGE: &str = "https://pay.sandbox.invalid";

/// Tries to take money. Also what asking about it says, except for [`Outcome::Unknown`], of which [`ask`] knows the end.
///
/// # Errors
/// [`Trouble::Refused`] for a token that is no magic value; otherwise as the token says.
///
/// ```
/// # use regua_core::{charging::Scheme, currency::Currency, ids::*, money::Money, time::{Day, Instant}};
/// # use regua_wire::gateways::{ChargeOrder, Charged, Trouble, sandbox};
/// let made = Instant::from_secs(1_800_000_000);
/// let mut order = ChargeOrder {
///     charge: ChargeId::new(1_800_000_000_000, [1; 10]),
///     receivable: ReceivableId::new(1_800_000_000_000, [2; 10]),
///     reference: "2026-17".to_owned(),
///     method: PaymentMethodId::new(1_800_000_000_000, [3; 10]),
///     scheme: Scheme::Visa,
///     customer_token: String::new(),
///     method_token: "sandbox_pending_2h".to_owned(),
///     amount: Money::new(21_990, Currency::BRL),
///     description: String::new(),
///     on: Day::parse("2027-01-15")?,
///     retry: 0,
///     first: None,
/// };
/// assert!(matches!(sandbox::charge(&order, made)?, Charged::Pending { .. }));
/// assert!(matches!(sandbox::ask(&order, made.plus_hours(2))?, Charged::Settled(_)));
/// order.method_token = "sandbox_unknown".to_owned();
/// assert!(matches!(sandbox::charge(&order, made), Err(Trouble::Unknown { .. })));
/// assert!(matches!(sandbox::ask(&order, made)?, Charged::Settled(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn charge(order: &ChargeOrder, now: Instant) -> Result<Charged, Trouble> {
    answer(order, &plan(&order.method_token)?.outcome, now, false)
}

/// What became of an attempt.
///
/// # Errors
/// [`Trouble::NotFound`] for `sandbox_lost`; otherwise as [`charge`].
pub fn ask(order: &ChargeOrder, now: Instant) -> Result<Charged, Trouble> {
    answer(order, &plan(&order.method_token)?.outcome, now, true)
}

fn plan(token: &str) -> Result<Plan, Trouble> {
    Plan::of(token).map_err(|bad| Trouble::Refused { code: "sandbox_token".to_owned(), why: bad.to_string() })
}

fn answer(order: &ChargeOrder, outcome: &Outcome, now: Instant, asked: bool) -> Result<Charged, Trouble> {
    let reference = format!("{ATTEMPT}{}", order.charge);
    let made = made(order);
    match outcome {
        Outcome::Settles => Ok(Charged::Settled(settled(order, made))),
        Outcome::Declines(signals) => Ok(Charged::Declined { reference: Some(reference), signals: signals.clone() }),
        Outcome::RecoversAfter { tries, before } => {
            let nth = order.retry.saturating_add(1);
            answer(order, if nth >= *tries { &Outcome::Settles } else { before }, now, asked)
        }
        Outcome::Pending { hours, then } => {
            if now < made.plus_hours(i64::from(*hours)) {
                Ok(Charged::Pending { reference })
            } else {
                answer(order, then, now, asked).map(|charged| later(charged, made.plus_hours(i64::from(*hours))))
            }
        }
        Outcome::NeedsPayer { signals, done_after } => match done_after {
            Some(hours) if now >= made.plus_hours(i64::from(*hours)) => {
                Ok(Charged::Settled(settled(order, made.plus_hours(i64::from(*hours)))))
            }
            Some(_) | None => {
                let link = Some(format!("{PAGE}/authenticate/{}", order.charge));
                Ok(Charged::NeedsPayer { reference, link, signals: signals.clone() })
            }
        },
        Outcome::Unknown { then } if asked => answer(order, then, now, asked),
        Outcome::Lost if asked => Err(Trouble::NotFound),
        Outcome::Unknown { .. } | Outcome::Lost => {
            Err(Trouble::Unknown { why: "the sandbox gives no answer, as its token says".to_owned() })
        }
        Outcome::Outage { hours, then } => match hours {
            Some(hours) if now >= made.plus_hours(i64::from(*hours)) => answer(order, then, now, asked),
            Some(_) | None => Err(Trouble::Outage { why: "the sandbox is out, as its token says".to_owned(), wait_secs: None }),
        },
    }
}

/// When an attempt was made stands in its id.
fn made(order: &ChargeOrder) -> Instant {
    let micros = i64::try_from(order.charge.millis()).unwrap_or(i64::MAX).saturating_mul(1000);
    Instant::from_micros(micros)
}

fn settled(order: &ChargeOrder, at: Instant) -> Settlement {
    payment(&order.charge.to_string(), order.amount, order.scheme.rail(), at)
}

/// A settlement of what waited happened when the wait was over.
fn later(charged: Charged, at: Instant) -> Charged {
    match charged {
        Charged::Settled(settlement) => Charged::Settled(Settlement { paid_on: Zone::utc().day_of(at), at: Some(at), ..settlement }),
        Charged::Pending { .. } | Charged::Declined { .. } | Charged::NeedsPayer { .. } => charged,
    }
}

fn payment(of: &str, amount: Money, rail: Rail, at: Instant) -> Settlement {
    let reference = format!("{PAYMENT}{of}");
    Settlement { reference, amount, paid_on: Zone::utc().day_of(at), at: Some(at), rail, fee: None }
}

/// Gives money of a payment back, at once.
///
/// # Errors
/// [`Trouble::NotFound`] when the payment is not the sandbox's.
pub fn refund(order: &RefundOrder) -> Result<Refund, Trouble> {
    if !order.payment.starts_with(PAYMENT) {
        return Err(Trouble::NotFound);
    }
    Ok(Refund { reference: format!("sbx_ref_{}", order.key), standing: RefundStanding::Done })
}

/// The sandbox's name of a customer.
#[must_use]
pub fn customer(order: &CustomerOrder) -> String {
    format!("{CUSTOMER}{}", order.key)
}

/// The one method of a customer: of `sandbox_with_…` that one, of any other `sandbox_ok`.
///
/// # Errors
/// [`Trouble::NotFound`] when the customer is not the sandbox's; [`Trouble::Refused`] when what follows is no magic value.
pub fn methods(customer_token: &str) -> Result<Vec<MethodNews>, Trouble> {
    let method_token = match customer_token.strip_prefix(WITH) {
        Some(rest) => format!("sandbox_{rest}"),
        None if customer_token.starts_with(CUSTOMER) => "sandbox_ok".to_owned(),
        None => return Err(Trouble::NotFound),
    };
    plan(&method_token)?;
    Ok(vec![MethodNews {
        customer_token: Some(customer_token.to_owned()),
        fingerprint: Some(format!("sbx_fp_{customer_token}_{method_token}")),
        method_token,
        scheme: Scheme::Visa,
        last4: Some("4242".to_owned()),
        expires_on: None,
        standing: MethodStanding::Active,
        allows_retry: false,
    }])
}

#[cfg(test)]
mod tests;
