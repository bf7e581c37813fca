//! The shipped weights: what is believed before a tenant's own outcomes say better.
//!
//! Thousandths of log-odds. Derived from facts, international.md §3.1 (recoveries come 2 to 12 days after the failure, nights
//! are worse, paydays matter for a lack of funds) and from the proposed simulator of §3.3 (technical failures heal with a
//! half-life of 8 hours, limits with a third a day, an issuer's doubt fades by ×0.8 per attempt): the numbers are the log-odds
//! of its hazards at the middle of each bucket, rounded. They are assumptions, not measurements. Deliberately absent: weights
//! by weekday, by day of the month and by days since a payday, which nobody could trace to a study: they are learnt. What is
//! believed of paydays stands in `timing::income`.

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

/// By hours since the first failure: the longer it lasts, the fewer ever pay.
const fn age(cause: Cause) -> [i32; 12] {
    match cause {
        Cause::Funds => [150, 150, 150, 150, 150, 100, 50, 0, -80, -200, -350, -500],
        Cause::Generic => [75, 75, 75, 75, 75, 50, 25, 0, -40, -100, -175, -250],
        Cause::Technical => [-2450, -950, 60, 1100, 1800, 1500, 800, 300, 0, -300, -500, -800],
        Cause::Limit | Cause::Other => [0; 12],
    }
}

/// By hours since the last failure.
const fn gap(cause: Cause) -> [i32; 10] {
    match cause {
        Cause::Funds => [0, 0, 0, 0, 0, 0, 100, 200, 250, 300],
        Cause::Limit => [-2140, -960, -630, 250, 840, 1550, 2300, 2900, 3400, 3500],
        Cause::Technical | Cause::Generic | Cause::Other => [0; 10],
    }
}

/// By fresh money: the log-odds of 0.85 · (1 − exp(−x)) in the middle of each bucket, and of half of that with an issuer's
/// doubt beside it.
const fn fresh(cause: Cause) -> [i32; 22] {
    match cause {
        Cause::Funds => [
            -3160, -2170, -1760, -1460, -1230, -1040, -880, -740, -620, -500, -380, -240, -120, -10, 110, 230, 340, 450, 570, 690, 810,
            1010,
        ],
        Cause::Generic => {
            [-1010, -850, -730, -630, -540, -450, -380, -300, -240, -170, -100, -20, 50, 120, 190, 270, 340, 410, 490, 560, 640, 770]
        }
        Cause::Limit | Cause::Technical | Cause::Other => [0; 22],
    }
}

/// By the local clock: 00, 01 to 04, 05 to 07, then by three hours.
const CLOCK: [i32; 8] = [-50, -500, -50, 50, 50, 0, 0, -20];

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
    weights.extend(Cause::ALL.iter().flat_map(|_| [0; 7]));
    weights.extend([0; 8]);
    weights.extend(Cause::ALL.iter().flat_map(|_| [0; 5]));
    weights.extend(Cause::ALL.iter().flat_map(|cause| (0..8).map(|attempts: i32| -fatigue(*cause) * (attempts - 1).max(0))));
    weights.extend(AMOUNT);
    weights.extend(Rail::ALL.iter().map(|_| 0));
    weights.extend(Funding::ALL.iter().map(|of| funding(*of)));
    weights.extend(Cause::ALL.iter().flat_map(|cause| gap(*cause)));
    weights.extend(Cause::ALL.iter().flat_map(|cause| fresh(*cause)));
    weights
}
