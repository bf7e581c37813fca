//! Asaas as a gateway, against the fake of our own, in which a request sent twice is done twice.

use regua_core::charging::{CodeSpace, Scheme};
use regua_core::ids::ChargeId;
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_engine::adapters::gateways::{Asaas, AsaasSettings};
use regua_engine::adapters::http::{Http, ReadOnly};
use regua_engine::ports::Gateway;
use regua_engine::secret::Secret;
use regua_fakes::asaas::{API_KEY, CardScript, FakeAsaas, Script};
use regua_fakes::faults::{Fault, Faults, Rule};
use regua_wire::gateways::{ChargeOrder, Charged, CustomerOrder, InstrumentStanding, News, Payer, Trouble};

use crate::orders::{self, HANGS};

const NOW: i64 = 1_796_040_000;
const PAYMENTS: &str = "/v3/payments";

fn settings(fake: &FakeAsaas, key: &str) -> AsaasSettings {
    AsaasSettings { api: orders::settings(&format!("{}/v3", fake.base())), ..AsaasSettings::new(Secret::new(key)) }
}

/// A fake, a gateway to it, and a customer of it.
fn scene() -> (FakeAsaas, Asaas, String) {
    let fake = FakeAsaas::start(Script::default()).unwrap();
    let clock = fake.clock().clone();
    let mut gateway = Asaas::new(settings(&fake, API_KEY), move || Instant::from_secs(clock.now())).unwrap();
    let customer = gateway.customer(&known("rcus1")).unwrap();
    (fake, gateway, customer)
}

fn known(key: &str) -> CustomerOrder {
    CustomerOrder { key: key.to_owned(), payer: orders::payer() }
}

fn card(customer: &str) -> ChargeOrder {
    orders::charge(NOW, 1, Scheme::Visa, customer, "tok-1")
}

/// How many payments took money for a key.
fn taken(fake: &FakeAsaas, key: &str) -> usize {
    fake.inspect().ledger.payments(key).len()
}

#[test]
fn a_customer_is_made_once_and_asaas_itself_keeps_silent() {
    let (fake, mut gateway, customer) = scene();
    assert_eq!(gateway.customer(&known("rcus1")).unwrap(), customer);
    // One whose reply was lost is looked for, not made again.
    fake.fault(Rule::always(Fault::CutAfter).on("POST", "/v3/customers"));
    let second = gateway.customer(&known("rcus2")).unwrap();
    assert_ne!(second, customer);
    let seen = fake.inspect();
    assert_eq!((seen.customers, seen.notified), (2, 0));
    let nameless = CustomerOrder { key: "rcus3".to_owned(), payer: Payer::default() };
    assert!(matches!(gateway.customer(&nameless), Err(Trouble::Refused { .. })));
}

#[test]
fn an_attempt_takes_money_once_however_often_it_is_ordered_and_whatever_happens_on_the_way() {
    for fault in [None, Some(Fault::CutAfter), Some(Fault::HangAfter(HANGS)), Some(Fault::ErrorAfter(500))] {
        let (fake, mut gateway, customer) = scene();
        let order = card(&customer);
        assert_eq!(gateway.ask(&order, None), Err(Trouble::NotFound));
        if let Some(fault) = fault {
            fake.fault(Rule::always(fault).on("POST", PAYMENTS).times(1));
        }
        let Charged::Settled(settlement) = gateway.charge(&order).unwrap() else { panic!("{fault:?}") };
        assert_eq!((settlement.amount.minor(), settlement.rail), (21_990, Rail::Card));
        for again in [gateway.charge(&order), gateway.ask(&order, None), gateway.ask(&order, Some(&settlement.reference))] {
            assert!(matches!(again, Ok(Charged::Settled(same)) if same.reference == settlement.reference), "{fault:?}");
        }
        assert_eq!(taken(&fake, &order.charge.to_string()), 1, "{fault:?}");
    }
}

#[test]
fn an_order_that_did_not_arrive_stays_in_doubt_and_is_not_sent_again_by_itself() {
    for fault in [Fault::CutBefore, Fault::HangBefore(HANGS), Fault::ErrorBefore(500)] {
        let (fake, mut gateway, customer) = scene();
        let order = card(&customer);
        fake.fault(Rule::always(fault).on("POST", PAYMENTS));
        assert!(matches!(gateway.charge(&order), Err(Trouble::Unknown { .. })), "{fault:?}");
        assert_eq!((taken(&fake, &order.charge.to_string()), fake.inspect().payments), (0, 0), "{fault:?}");
        assert!(!gateway.repeats_safely());
    }
}

#[test]
fn a_refused_card_says_so() {
    let (fake, mut gateway, customer) = scene();
    fake.card("tok-1", CardScript { refusals: vec!["invalid_creditCard".to_owned()] });
    let Charged::Declined { signals, .. } = gateway.charge(&card(&customer)).unwrap() else { panic!() };
    assert!(signals.iter().all(|signal| signal.space == CodeSpace::Asaas) && !signals.is_empty(), "{signals:?}");
    assert_eq!(fake.inspect().payments, 0);
}

#[test]
fn an_outage_did_nothing() {
    let (mut fake, mut gateway, customer) = scene();
    fake.fault(Rule::always(Fault::Busy(Some(9))).on("POST", PAYMENTS).times(1));
    assert!(matches!(gateway.charge(&card(&customer)), Err(Trouble::Outage { wait_secs: Some(9), .. })));
    fake.stop();
    assert!(matches!(gateway.charge(&card(&customer)), Err(Trouble::Outage { .. })));
}

#[test]
fn a_pix_and_a_slip_are_made_once_paid_and_taken_away() {
    for (nth, rail) in [(1, Rail::Pix), (2, Rail::Boleto), (3, Rail::Card)] {
        let (fake, mut gateway, customer) = scene();
        let order = orders::instrument(NOW, nth, rail, Some(&customer), 5);
        fake.fault(Rule::always(Fault::CutAfter).on("POST", PAYMENTS).times(1));
        let issued = gateway.issue(&order).unwrap();
        assert_eq!(issued.standing, InstrumentStanding::Open);
        assert_eq!((issued.brcode.is_some(), issued.boleto_line.is_some()), (rail == Rail::Pix, rail == Rail::Boleto), "{rail}");
        assert_eq!(gateway.issue(&order).unwrap(), issued, "{rail}");
        assert_eq!(gateway.look(rail, &order.key, None).unwrap(), issued, "{rail}");
        assert_eq!(fake.inspect().payments, 1, "{rail}");

        let closed = gateway.cancel(rail, &order.key, Some(&issued.reference)).unwrap();
        assert_eq!(closed.standing, InstrumentStanding::Closed, "{rail}");
        assert_eq!(gateway.cancel(rail, &order.key, Some(&issued.reference)).unwrap().standing, InstrumentStanding::Closed);

        let second = orders::instrument(NOW, nth + 10, rail, Some(&customer), 5);
        let issued = gateway.issue(&second).unwrap();
        fake.pay(&issued.reference, 21_990).unwrap();
        for standing in [
            gateway.look(rail, &second.key, None).unwrap().standing,
            gateway.cancel(rail, &second.key, Some(&issued.reference)).unwrap().standing,
        ] {
            assert!(
                matches!(&standing, InstrumentStanding::Paid(paid) if paid.len() == 1 && paid[0].amount.minor() == 21_990),
                "{standing:?}"
            );
        }
    }
    let (_fake, mut gateway, _) = scene();
    assert_eq!(gateway.look(Rail::Pix, "nobody", None), Err(Trouble::NotFound));
    assert!(matches!(gateway.issue(&orders::instrument(NOW, 1, Rail::Sepa, Some("c"), 5)), Err(Trouble::Refused { .. })));
}

#[test]
fn a_payer_who_is_faster_than_the_cancellation_has_paid() {
    let (fake, mut gateway, customer) = scene();
    let order = orders::instrument(NOW, 1, Rail::Pix, Some(&customer), 5);
    let issued = gateway.issue(&order).unwrap();
    // The reply to the look is old by the time the deletion arrives.
    fake.fault(Rule::always(Fault::ErrorBefore(500)).on("DELETE", PAYMENTS));
    assert!(matches!(gateway.cancel(Rail::Pix, &order.key, Some(&issued.reference)), Err(Trouble::Unknown { .. })));
    fake.faults(Faults::clear);
    fake.pay(&issued.reference, 21_990).unwrap();
    let standing = gateway.cancel(Rail::Pix, &order.key, Some(&issued.reference)).unwrap().standing;
    assert!(matches!(standing, InstrumentStanding::Paid(_)), "{standing:?}");
}

#[test]
fn a_refund_gives_back_once() {
    for fault in [None, Some(Fault::CutAfter), Some(Fault::ErrorAfter(500))] {
        let (fake, mut gateway, customer) = scene();
        let order = card(&customer);
        let Charged::Settled(payment) = gateway.charge(&order).unwrap() else { panic!() };
        if let Some(fault) = fault {
            fake.fault(Rule::always(fault).on("POST", PAYMENTS).times(1));
        }
        let refund = orders::refund("refund1", &payment.reference, 5_000);
        let first = gateway.refund(&refund).unwrap();
        assert_eq!(gateway.refund(&refund).unwrap().reference, first.reference, "{fault:?}");
        assert_eq!(fake.inspect().ledger.returned(&order.charge.to_string()), 5_000, "{fault:?}");
    }
}

#[test]
fn the_lists_tell_every_payment_page_by_page() {
    let (_fake, mut gateway, customer) = scene();
    let attempts: u8 = 120;
    for nth in 0..attempts {
        let order = ChargeOrder { charge: ChargeId::new(1_796_040_000_000, [nth; 10]), ..card(&customer) };
        assert!(matches!(gateway.charge(&order), Ok(Charged::Settled(_))));
    }
    let (mut place, mut pages, mut told) = (None, 0, std::collections::BTreeSet::new());
    loop {
        let page = gateway.list(Instant::from_secs(NOW - 86_400), Instant::from_secs(NOW + 86_400), place.as_deref()).unwrap();
        pages += 1;
        told.extend(page.heard.into_iter().filter_map(|heard| match heard.news {
            News::Charge { charge: Some(charge), charged: Charged::Settled(_), .. } => Some(charge),
            News::Charge { .. }
            | News::Instrument { .. }
            | News::Refunded { .. }
            | News::ChargedBack { .. }
            | News::DisputeWon { .. }
            | News::Method(_)
            | News::Mirror { .. }
            | News::Channel(_)
            | News::Nothing => None,
        }));
        place = page.next;
        if place.is_none() || pages > 50 {
            break;
        }
    }
    assert_eq!(told.len(), usize::from(attempts));
    assert!((2..50).contains(&pages), "{pages}");
    let methods = gateway.methods(&customer).unwrap();
    assert_eq!(methods.len(), 1, "{methods:?}");
}

#[test]
fn no_write_reaches_asaas_through_the_switch_and_a_wrong_key_names_the_mend() {
    let (fake, _, customer) = scene();
    let by = settings(&fake, API_KEY);
    let carrier = ReadOnly(Http::new(&by.api).unwrap());
    let before = fake.inspect().uses.values().map(|uses| uses.writes).sum::<u64>();
    let mut mirror = Asaas::over(by, carrier, || Instant::from_secs(NOW));
    mirror.check().unwrap();
    assert!(matches!(mirror.charge(&card(&customer)), Err(Trouble::Refused { code, .. }) if code == "read_only"));
    assert!(matches!(mirror.customer(&known("rcus9")), Err(Trouble::Refused { .. })));
    assert_eq!(fake.inspect().uses.values().map(|uses| uses.writes).sum::<u64>(), before);

    let mut wrong = Asaas::new(settings(&fake, "$aact_wrong"), || Instant::from_secs(NOW)).unwrap();
    assert!(matches!(wrong.check(), Err(Trouble::Refused { why, .. }) if why.contains("key")));
    assert!(settings(&fake, "aact_no_dollar").check().is_err());
}
