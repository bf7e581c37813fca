//! The gateways that need no network: the sandbox with a clock of the test's, and transfers by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_wire::gateways::{ChargeOrder, Charged, InstrumentOrder, InstrumentStanding, Late, Payer, RefundOrder, Trouble};

use super::{Manual, Sandbox};
use crate::ports::Gateway;

const MADE: u64 = 1_800_000_000_000;

fn order(token: &str) -> ChargeOrder {
    ChargeOrder {
        charge: ChargeId::new(MADE, [1; 10]),
        receivable: ReceivableId::new(MADE, [2; 10]),
        reference: "2026-17".to_owned(),
        method: PaymentMethodId::new(MADE, [3; 10]),
        scheme: Scheme::Visa,
        customer_token: String::new(),
        method_token: token.to_owned(),
        amount: Money::new(21_990, Currency::BRL),
        description: String::new(),
        on: Day::parse("2027-01-15").unwrap(),
        retry: 0,
        first: None,
    }
}

fn transfer(rail: Rail) -> InstrumentOrder {
    InstrumentOrder {
        key: "rcv01jf2z8s9ceq4tqv7e3k5m6n7px0".to_owned(),
        receivable: ReceivableId::new(MADE, [2; 10]),
        reference: "2026-17".to_owned(),
        rail,
        amount: Money::new(21_990, Currency::EUR),
        due_on: Day::parse("2027-01-20").unwrap(),
        valid_until: Day::parse("2027-02-20").unwrap(),
        late: Late::default(),
        payer: Payer::default(),
        customer_token: None,
        description: String::new(),
    }
}

#[test]
fn the_sandbox_takes_the_time_and_the_hour_that_it_is_given() {
    let now = Arc::new(Mutex::new(Instant::from_secs(1_800_000_000)));
    let waits = Arc::new(Mutex::new(Vec::new()));
    let (clock, waited) = (Arc::clone(&now), Arc::clone(&waits));
    let mut sandbox = Sandbox::waiting(move || *clock.lock().unwrap(), move |wait| waited.lock().unwrap().push(wait));
    assert!(matches!(sandbox.charge(&order("sandbox_slow_1500")), Ok(Charged::Settled(_))));
    assert!(matches!(sandbox.charge(&order("sandbox_ok")), Ok(Charged::Settled(_))));
    assert_eq!(*waits.lock().unwrap(), [Duration::from_millis(1_500)]);

    assert!(matches!(sandbox.charge(&order("sandbox_pending_2h")), Ok(Charged::Pending { .. })));
    *now.lock().unwrap() = Instant::from_secs(1_800_000_000).plus_hours(2);
    // Another sandbox, as after a restart, says the same.
    let clock = Arc::clone(&now);
    let mut another = Sandbox::new(move || *clock.lock().unwrap());
    assert_eq!(another.ask(&order("sandbox_pending_2h"), None), sandbox.ask(&order("sandbox_pending_2h"), None));
    assert!(matches!(another.ask(&order("sandbox_pending_2h"), None), Ok(Charged::Settled(_))));
    assert!(sandbox.repeats_safely());
}

#[test]
fn a_manual_gateway_waits_for_a_transfer_and_does_nothing_else() {
    let mut manual = Manual { page: Some("https://example.com/how-to-pay".to_owned()) };
    assert!(matches!(manual.charge(&order("x")), Err(Trouble::Refused { .. })));
    assert_eq!(manual.ask(&order("x"), None), Err(Trouble::NotFound));
    let refund =
        RefundOrder { key: "r1".to_owned(), payment: "p1".to_owned(), amount: Money::new(1, Currency::EUR), description: String::new() };
    assert!(matches!(manual.refund(&refund), Err(Trouble::Refused { .. })));
    let instrument = manual.issue(&transfer(Rail::Transfer)).unwrap();
    assert_eq!((instrument.standing, instrument.link.as_deref()), (InstrumentStanding::Open, Some("https://example.com/how-to-pay")));
    assert!(matches!(manual.issue(&transfer(Rail::Pix)), Err(Trouble::Refused { .. })));
    let closed = manual.cancel(Rail::Transfer, "rcv01jf2z8s9ceq4tqv7e3k5m6n7px0", None).unwrap();
    assert_eq!((closed.standing, closed.reference), (InstrumentStanding::Closed, instrument.reference));
}
