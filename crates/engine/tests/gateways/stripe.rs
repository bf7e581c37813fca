//! Stripe as a gateway, against the fake of our own: an attempt takes money at most once, whatever happens on the way.

use regua_core::charging::{CodeSpace, Scheme, Signal};
use regua_core::ids::ChargeId;
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_engine::adapters::gateways::{Stripe, StripeSettings};
use regua_engine::adapters::http::{Http, ReadOnly};
use regua_engine::ports::Gateway;
use regua_engine::secret::Secret;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::stripe::{Behaviour, Card, Decline, FakeStripe, Outcome, READ_KEY, SECRET_KEY, Script};
use regua_wire::gateways::stripe::requests::Return;
use regua_wire::gateways::{ChargeOrder, Charged, CustomerOrder, InstrumentStanding, News, RefundStanding, Trouble};

use crate::orders::{self, HANGS};

const NOW: i64 = 1_796_040_000;
const INTENTS: &str = "/v1/payment_intents";

fn settings(fake: &FakeStripe, key: &str) -> StripeSettings {
    StripeSettings { api: orders::settings(&fake.base()), ..StripeSettings::new(Secret::new(key), orders::zone()) }
}

fn gateway(fake: &FakeStripe) -> Stripe {
    let clock = fake.clock().clone();
    Stripe::new(settings(fake, SECRET_KEY), move || Instant::from_secs(clock.now())).unwrap()
}

/// A fake, a gateway to it, and an order for a card that behaves so.
fn scene(outcome: Outcome) -> (FakeStripe, Stripe, ChargeOrder) {
    let fake = FakeStripe::start(Script::default()).unwrap();
    let customer = fake.customer("Ana Souza", "ana@example.com", &[]);
    let card = fake.card(&customer, "visa", "4242", Behaviour::always(outcome));
    let gateway = gateway(&fake);
    let order = orders::charge(NOW, 1, Scheme::Visa, &customer, &card);
    (fake, gateway, order)
}

/// How many payments the fake counted for itself, and their sum.
fn taken(fake: &FakeStripe) -> (usize, i64) {
    let ledger = fake.inspect().ledger;
    let keys: Vec<String> = ledger.keys().map(str::to_owned).collect();
    (keys.iter().map(|key| ledger.payments(key).len()).sum(), keys.iter().map(|key| ledger.taken(key)).sum())
}

fn returned(fake: &FakeStripe) -> i64 {
    let ledger = fake.inspect().ledger;
    ledger.keys().map(|key| ledger.returned(key)).sum()
}

fn settled(charged: Result<Charged, Trouble>) -> String {
    match charged {
        Ok(Charged::Settled(settlement)) => {
            assert_eq!((settlement.amount.minor(), settlement.rail), (21_990, Rail::Card));
            settlement.reference
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_attempt_takes_money_once_however_often_it_is_ordered_or_asked_about() {
    let (fake, mut gateway, order) = scene(Outcome::Succeeds);
    assert_eq!(gateway.ask(&order, None), Err(Trouble::NotFound));
    let reference = settled(gateway.charge(&order));
    assert_eq!(settled(gateway.charge(&order)), reference);
    assert_eq!(settled(gateway.ask(&order, Some(&reference))), reference);
    assert_eq!(settled(gateway.ask(&order, None)), reference);
    assert_eq!(taken(&fake), (1, 21_990));
    let second = ChargeOrder { charge: ChargeId::new(1_796_040_000_000, [9; 10]), ..order };
    assert_ne!(settled(gateway.charge(&second)), reference);
    assert_eq!(taken(&fake), (2, 43_980));
}

#[test]
fn a_decline_comes_with_every_code_that_was_told() {
    let decline = Decline::of("insufficient_funds").network("51", "24");
    let (fake, mut gateway, order) = scene(Outcome::Declines(decline));
    let signal = |space, code: &str| Signal { space, code: code.into() };
    for charged in [gateway.charge(&order).unwrap(), gateway.ask(&order, None).unwrap()] {
        let Charged::Declined { reference: Some(_), signals } = charged else { panic!("{charged:?}") };
        for expected in [
            signal(CodeSpace::Stripe, "insufficient_funds"),
            signal(CodeSpace::StripeAdvice, "try_again_later"),
            signal(CodeSpace::Visa, "51"),
        ] {
            assert!(signals.contains(&expected), "{expected:?} is missing in {signals:?}");
        }
    }
    assert_eq!(taken(&fake), (0, 0));
}

#[test]
fn a_card_that_wants_its_owner_says_so() {
    let (fake, mut gateway, order) = scene(Outcome::Authenticates);
    for charged in [gateway.charge(&order).unwrap(), gateway.ask(&order, None).unwrap()] {
        let Charged::NeedsPayer { signals, .. } = charged else { panic!("{charged:?}") };
        assert!(signals.iter().any(|signal| &*signal.code == "authentication_required"), "{signals:?}");
    }
    assert_eq!(taken(&fake), (0, 0));
}

#[test]
fn a_connection_cut_before_or_after_stripe_acted_costs_one_repeat_and_no_second_payment() {
    for fault in [Fault::CutBefore, Fault::CutAfter] {
        let (fake, mut gateway, order) = scene(Outcome::Succeeds);
        fake.fault(Rule::always(fault).on("POST", INTENTS).times(1));
        settled(gateway.charge(&order));
        assert_eq!(taken(&fake), (1, 21_990), "{fault:?}");
    }
}

#[test]
fn an_answer_that_never_comes_is_asked_about_and_not_ordered_again() {
    // It acted: asking finds it.
    let (fake, mut gateway, order) = scene(Outcome::Succeeds);
    fake.fault(Rule::always(Fault::HangAfter(HANGS)).on("POST", INTENTS));
    settled(gateway.charge(&order));
    assert_eq!(taken(&fake), (1, 21_990));
    // It did not: nobody knows, until the same order is sent again.
    let (fake, mut gateway, order) = scene(Outcome::Succeeds);
    fake.fault(Rule::always(Fault::HangBefore(HANGS)).on("POST", INTENTS));
    assert!(matches!(gateway.charge(&order), Err(Trouble::Unknown { .. })));
    assert_eq!(taken(&fake), (0, 0));
    fake.faults(regua_fakes::faults::Faults::clear);
    assert_eq!(gateway.ask(&order, None), Err(Trouble::NotFound));
    settled(gateway.charge(&order));
    assert_eq!(taken(&fake), (1, 21_990));
}

#[test]
fn a_failure_that_acted_all_the_same_is_found_and_one_that_did_not_stays_in_doubt() {
    let (fake, mut gateway, order) = scene(Outcome::Succeeds);
    fake.fault(Rule::always(Fault::ErrorAfter(500)).on("POST", INTENTS));
    settled(gateway.charge(&order));
    assert_eq!(taken(&fake), (1, 21_990));

    let (fake, mut gateway, order) = scene(Outcome::Succeeds);
    fake.fault(Rule::always(Fault::ErrorBefore(500)).on("POST", INTENTS));
    assert!(matches!(gateway.charge(&order), Err(Trouble::Unknown { .. })));
    assert_eq!(taken(&fake), (0, 0));
}

#[test]
fn a_gateway_that_is_away_or_busy_did_nothing() {
    let (mut fake, mut gateway, order) = scene(Outcome::Succeeds);
    fake.fault(Rule::always(Fault::Busy(Some(7))).on("POST", INTENTS).times(1));
    assert!(matches!(gateway.charge(&order), Err(Trouble::Outage { wait_secs: Some(7), .. })));
    settled(gateway.charge(&order));
    assert_eq!(taken(&fake), (1, 21_990));
    fake.stop();
    let other = ChargeOrder { charge: ChargeId::new(1_796_040_000_000, [8; 10]), ..order };
    assert!(matches!(gateway.charge(&other), Err(Trouble::Outage { .. })));
    assert!(matches!(gateway.ask(&other, None), Err(Trouble::Outage { .. })));
}

#[test]
fn a_refund_gives_back_once_and_is_found_again() {
    for fault in [None, Some(Fault::CutAfter), Some(Fault::HangAfter(HANGS)), Some(Fault::ErrorAfter(500))] {
        let (fake, mut gateway, order) = scene(Outcome::Succeeds);
        let payment = settled(gateway.charge(&order));
        let refund = orders::refund("refund1", &payment, 5_000);
        if let Some(fault) = fault {
            fake.fault(Rule::always(fault).on("POST", "/v1/refunds").times(1));
        }
        let first = gateway.refund(&refund).unwrap();
        assert_eq!(first.standing, RefundStanding::Done, "{fault:?}");
        assert_eq!(returned(&fake), 5_000, "{fault:?}");
        if !matches!(fault, Some(Fault::ErrorAfter(_))) {
            assert_eq!(gateway.refund(&refund).unwrap().reference, first.reference, "{fault:?}");
        }
        assert_eq!(returned(&fake), 5_000, "{fault:?}");
    }
}

#[test]
fn a_page_is_made_once_and_is_paid_or_closed_whichever_was_first() {
    for fault in [None, Some(Fault::CutAfter), Some(Fault::HangAfter(HANGS)), Some(Fault::ErrorAfter(500))] {
        let fake = FakeStripe::start(Script::default()).unwrap();
        let back = Return { done: "https://example.com/done".to_owned(), back: "https://example.com/back".to_owned() };
        let clock = fake.clock().clone();
        let by = StripeSettings { back: Some(back), ..settings(&fake, SECRET_KEY) };
        let mut gateway = Stripe::new(by, move || Instant::from_secs(clock.now())).unwrap();
        let order = orders::instrument(NOW, 1, Rail::Card, None, 5);
        if let Some(fault) = fault {
            fake.fault(Rule::always(fault).on("POST", "/v1/checkout/sessions").times(1));
        }
        let issued = gateway.issue(&order).unwrap();
        assert_eq!(issued.standing, InstrumentStanding::Open, "{fault:?}");
        assert!(issued.link.as_ref().is_some_and(|link| link.starts_with("https://")), "{issued:?}");
        assert_eq!(gateway.issue(&order).unwrap().reference, issued.reference, "{fault:?}");
        for reference in [None, Some(issued.reference.as_str())] {
            assert_eq!(gateway.look(Rail::Card, &order.key, reference).unwrap().reference, issued.reference, "{fault:?}");
        }
        assert_eq!(gateway.cancel(Rail::Card, &order.key, None).unwrap().standing, InstrumentStanding::Closed);
        assert_eq!(gateway.look(Rail::Card, &order.key, Some(&issued.reference)).unwrap().standing, InstrumentStanding::Closed);
        assert_eq!(gateway.cancel(Rail::Card, &order.key, Some(&issued.reference)).unwrap().standing, InstrumentStanding::Closed);

        let order = orders::instrument(NOW, 2, Rail::Card, None, 5);
        let issued = gateway.issue(&order).unwrap();
        fake.pay_page(&issued.reference, &Card::new("visa", "4242", Behaviour::always(Outcome::Succeeds))).unwrap();
        for standing in [
            gateway.look(Rail::Card, &order.key, None).unwrap().standing,
            gateway.look(Rail::Card, &order.key, Some(&issued.reference)).unwrap().standing,
            gateway.cancel(Rail::Card, &order.key, Some(&issued.reference)).unwrap().standing,
        ] {
            let InstrumentStanding::Paid(paid) = standing else { panic!("{fault:?}: {standing:?}") };
            assert_eq!(paid.iter().map(|paid| paid.amount.minor()).collect::<Vec<_>>(), [21_990]);
        }
        assert_eq!(taken(&fake), (1, 21_990));
        assert!(matches!(gateway.issue(&orders::instrument(NOW, 3, Rail::Pix, None, 5)), Err(Trouble::Refused { .. })));
    }
}

#[test]
fn customers_and_methods_are_found_again() {
    let fake = FakeStripe::start(Script::default()).unwrap();
    let mut gateway = gateway(&fake);
    let order = CustomerOrder { key: "cus_01jf2z8s9ceq4tqv7e3k5m6n7p".to_owned(), payer: orders::payer() };
    let customer = gateway.customer(&order).unwrap();
    assert_eq!(gateway.customer(&order).unwrap(), customer);
    assert!(gateway.methods(&customer).unwrap().is_empty());
    let card = fake.card(&customer, "mastercard", "4444", Behaviour::always(Outcome::Succeeds));
    let methods = gateway.methods(&customer).unwrap();
    let [method] = methods.as_slice() else { panic!("{methods:?}") };
    assert_eq!((method.method_token.as_str(), method.scheme, method.last4.as_deref()), (card.as_str(), Scheme::Mastercard, Some("4444")));
}

#[test]
fn the_list_of_events_tells_what_a_webhook_would_have_page_by_page() {
    let (fake, mut gateway, order) = scene(Outcome::Succeeds);
    let attempts: u8 = 60;
    for nth in 0..attempts {
        fake.clock().advance(1);
        settled(gateway.charge(&ChargeOrder { charge: ChargeId::new(1_796_040_000_000, [nth; 10]), ..order.clone() }));
    }
    let (mut place, mut pages, mut told) = (None, 0, std::collections::BTreeSet::new());
    loop {
        let page = gateway.list(Instant::from_secs(NOW - 60), Instant::from_secs(NOW + 3_600), place.as_deref()).unwrap();
        pages += 1;
        for heard in page.heard {
            if let News::Charge { charge: Some(charge), charged: Charged::Settled(_), .. } = heard.news {
                told.insert(charge);
            }
        }
        place = page.next;
        if place.is_none() {
            break;
        }
    }
    assert_eq!(told.len(), usize::from(attempts));
    assert!(pages > 1, "{pages}");
    // Nothing of another time.
    let none = gateway.list(Instant::from_secs(NOW + 7_200), Instant::from_secs(NOW + 9_000), None).unwrap();
    assert!(none.heard.is_empty() && none.next.is_none());
}

#[test]
fn a_key_that_only_reads_is_enough_to_look_and_no_write_reaches_stripe_through_the_switch() {
    let (fake, _, order) = scene(Outcome::Succeeds);
    let by = settings(&fake, READ_KEY);
    let carrier = ReadOnly(Http::new(&by.api).unwrap());
    let mut mirror = Stripe::over(StripeSettings { mirror: true, ..by }, carrier, || Instant::from_secs(NOW));
    assert!(mirror.check().unwrap().contains("Invoices"));
    assert!(mirror.list(Instant::from_secs(NOW - 60), Instant::from_secs(NOW + 60), None).is_ok());
    assert!(matches!(mirror.charge(&order), Err(Trouble::Refused { code, .. }) if code == "read_only"));
    assert!(matches!(mirror.refund(&orders::refund("r", "pi_1", 1)), Err(Trouble::Refused { .. })));
    let uses = fake.inspect().uses;
    assert_eq!(uses.values().map(|uses| uses.writes + uses.refused).sum::<u64>(), 0, "{uses:?}");
    assert!(uses.values().any(|uses| uses.reads > 0));
}

#[test]
fn a_key_that_is_not_taken_names_the_mend() {
    let fake = FakeStripe::start(Script::default()).unwrap();
    let mut wrong = Stripe::new(settings(&fake, "sk_test_wrong"), || Instant::from_secs(NOW)).unwrap();
    let trouble = wrong.check().unwrap_err();
    assert!(matches!(&trouble, Trouble::Refused { why, .. } if why.contains("key")), "{trouble:?}");
    for key in ["", "pk_test_1", "sk_test 1", "whsec_1"] {
        assert!(settings(&fake, key).check().is_err(), "{key}");
    }
}
