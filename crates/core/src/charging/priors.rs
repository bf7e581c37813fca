//! The shipped weights: what is believed before a tenant's own outcomes say better.
//!
//! Thousandths of log-odds. Derived from facts, international.md §3.1 (recoveries come 2 to 12 days after the failure, nights
//! are worse, paydays matter for a lack of funds) and from the proposed simulator of §3.3 (technical failures heal with a
//! half-life of 8 hours, limits with a third a day, an issuer's doubt fades by ×0.8 per attempt): the numbers are the log-odds
//! of its hazards at the middle of each bucket, rounded. They are assumptions, not measurements. Deliberately absent: weights
//! by weekday but for the weekly payday, and by day of the month, which nobody could trace to a study: they are learnt.

use super::Reason;
use super::timing::{Cause, Funding};
use crate::words::Rail;

/// Before anything else is known.
const fn reason(reason: Reason) -> i32 {
    match reason {
        Reason::InsufficientFunds => -1200,
        Reason::Limit => -300,
        Reason::Technical => 0,
        Reason::Generic => -1700,
        Reason::Unknown => -2000,
        // Nothing but a mended method or an authentication helps.
        Reason::Expired
        | Reason::WrongNumber
        | Reason::ClosedAccount
        | Reason::NewData
        | Reason::LostStolen
        | Reason::Restricted
        | Reason::NotPermitted
        | Reason::Fraud
        | Reason::Authentication
        | Reason::Security
        | Reason::Revoked
        | Reason::Duplicate
        | Reason::Format
        | Reason::Blocked
        | Reason::NoMethod => -3500,
    }
}

/// By hours since the first failure.
const fn age(cause: Cause) -> [i32; 12] {
    match cause {
        Cause::Funds => [-3600, -2540, -2040, -1470, -770, -490, -100, 30, -60, 70, -520, -830],
        Cause::Limit => [-3700, -2300, -1500, -700, 100, 600, 900, 1000, 1000, 900, 800, 600],
        Cause::Technical => [-2450, -950, 60, 1100, 1800, 1500, 800, 300, 0, -300, -500, -800],
        Cause::Generic => [-1050, -950, -850, -650, -300, -150, 70, 120, 100, 130, -200, -400],
        Cause::Other => [0; 12],
    }
}

/// By the local clock: 00, 01 to 04, 05 to 07, then by three hours.
const CLOCK: [i32; 8] = [-50, -500, -50, 50, 50, 0, 0, -20];

/// By weekday from Monday: Friday is the weekly payday.
const fn weekday(cause: Cause) -> [i32; 7] {
    match cause {
        Cause::Funds => [0, 0, 0, 0, 150, 80, 0],
        Cause::Generic => [0, 0, 0, 0, 75, 40, 0],
        Cause::Limit | Cause::Technical | Cause::Other => [0; 7],
    }
}

/// By days since a payday that came after the failure: none yet, 0 to 1, 2 to 4, 5 to 8, more.
const fn payday(cause: Cause) -> [i32; 5] {
    match cause {
        Cause::Funds => [0, 500, 250, 0, -150],
        Cause::Generic => [0, 250, 125, 0, -75],
        Cause::Limit | Cause::Technical | Cause::Other => [0; 5],
    }
}

/// What each attempt after the first takes away.
const fn fatigue(cause: Cause) -> i32 {
    match cause {
        Cause::Funds => 100,
        Cause::Limit => 150,
        Cause::Technical => 300,
        // ln 0.8
        Cause::Generic | Cause::Other => 223,
    }
}

/// By amount: under 10, 50, 200, 1000, 5000 whole units, and above.
const AMOUNT: [i32; 6] = [100, 50, 0, -100, -250, -400];

/// By where the money comes from.
const fn funding(funding: Funding) -> i32 {
    match funding {
        Funding::Prepaid => -400,
        Funding::Unknown | Funding::Credit | Funding::Debit | Funding::Account => 0,
    }
}

/// The flat table, block after block as `Features::slots` numbers them.
pub(super) fn weights() -> Vec<i32> {
    let mut weights: Vec<i32> = Reason::ALL.iter().map(|of| reason(*of)).collect();
    weights.extend(Cause::ALL.iter().flat_map(|cause| age(*cause)));
    weights.extend(CLOCK);
    weights.extend(Cause::ALL.iter().flat_map(|cause| weekday(*cause)));
    weights.extend([0; 8]);
    weights.extend(Cause::ALL.iter().flat_map(|cause| payday(*cause)));
    weights.extend(Cause::ALL.iter().flat_map(|cause| (0..8).map(|attempts: i32| -fatigue(*cause) * (attempts - 1).max(0))));
    weights.extend(AMOUNT);
    weights.extend(Rail::ALL.iter().map(|_| 0));
    weights.extend(Funding::ALL.iter().map(|of| funding(*of)));
    weights
}
