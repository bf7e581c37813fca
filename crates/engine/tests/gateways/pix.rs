//! A bank's Pix API as a gateway, against the fake of our own: OAuth and mutual TLS, charges, Pix Automático, refunds.

use std::time::Duration;

use regua_core::charging::{CodeSpace, Scheme};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::Rail;
use regua_engine::adapters::Roots;
use regua_engine::adapters::gateways::{Pix, PixSettings, Purse};
use regua_engine::adapters::http::{Identity, Settings};
use regua_engine::ports::Gateway;
use regua_engine::secret::Secret;
use regua_fakes::faults::{Fault, Faults, Rule};
use regua_fakes::pix::{Attempted, FakePix, KEY, Script};
use regua_wire::gateways::pix::rec::{self, Bond, Every, Rec, RecBody, RecCalendar, Retries};
use regua_wire::gateways::pix::{Account, AccountKind, Debtor};
use regua_wire::gateways::{ChargeOrder, Charged, InstrumentStanding, News, RefundStanding, Trouble};
use regua_wire::pix::BrCode;

use crate::orders::{self, HANGS};

const NOW: i64 = 1_796_040_000;
const DAY: i64 = 86_400;

fn settings(fake: &FakePix) -> PixSettings {
    let trust = fake.trust();
    let identity = Identity { chain: trust.client.certificate.clone().into_bytes(), key: Secret::new(&trust.client.key) };
    let api = Settings {
        roots: Roots::Pem(trust.authority.clone().into_bytes()),
        identity: Some(identity),
        whole: Duration::from_secs(3),
        ..orders::settings(&fake.base())
    };
    PixSettings {
        api,
        tokens_base: None,
        tokens_path: "/oauth/token".to_owned(),
        client_id: "fake-client".to_owned(),
        client_secret: Secret::new("fake-secret"),
        key: KEY.to_owned(),
        account: Some(Account { agencia: Some("0001".to_owned()), conta: "123456".to_owned(), tipo_conta: AccountKind::Current }),
    }
}

fn start() -> FakePix {
    FakePix::start(Script::default()).unwrap()
}

fn gateway(fake: &FakePix) -> Pix {
    let clock = fake.clock().clone();
    Pix::new(&settings(fake), &Purse::default(), move || Instant::from_secs(clock.now())).unwrap()
}

fn tokens(fake: &FakePix) -> usize {
    fake.inspect().log.seen.iter().filter(|seen| seen.path.ends_with("/oauth/token")).count()
}

#[test]
fn a_client_without_its_certificate_or_secret_is_not_let_in() {
    let fake = start();
    let mut gateway = gateway(&fake);
    assert!(gateway.check().unwrap().contains("Pix Automático"));
    let bare = PixSettings { api: Settings { identity: None, ..settings(&fake).api }, ..settings(&fake) };
    let clock = || Instant::from_secs(NOW);
    assert!(matches!(Pix::new(&bare, &Purse::default(), clock).unwrap().check(), Err(Trouble::Outage { .. })));
    let wrong = PixSettings { client_secret: Secret::new("wrong"), ..settings(&fake) };
    let trouble = Pix::new(&wrong, &Purse::default(), clock).unwrap().check().unwrap_err();
    assert!(matches!(&trouble, Trouble::Refused { why, .. } if why.contains("secret")), "{trouble:?}");
}

#[test]
fn one_token_serves_many_calls_and_a_void_one_is_renewed() {
    let fake = start();
    let mut gateway = gateway(&fake);
    let order = orders::instrument(NOW, 1, Rail::Pix, None, 0);
    gateway.issue(&order).unwrap();
    gateway.look(Rail::Pix, &order.key, None).unwrap();
    assert_eq!(tokens(&fake), 1);
    fake.forget_tokens();
    gateway.look(Rail::Pix, &order.key, None).unwrap();
    assert_eq!(tokens(&fake), 2);
    fake.clock().advance(2 * 3_600);
    gateway.look(Rail::Pix, &order.key, None).unwrap();
    assert_eq!(tokens(&fake), 3);
}

#[test]
fn a_charge_due_today_or_later_is_made_once_whatever_happens_on_the_way() {
    for (nth, days) in [(1, 0), (2, 10)] {
        for fault in [None, Some(Fault::CutBefore), Some(Fault::CutAfter), Some(Fault::HangAfter(HANGS)), Some(Fault::ErrorAfter(500))] {
            let fake = start();
            let mut gateway = gateway(&fake);
            let order = orders::instrument(NOW, nth, Rail::Pix, None, days);
            if let Some(fault) = fault {
                fake.fault(Rule::always(fault).on("PUT", "/cob").times(1));
            }
            let issued = gateway.issue(&order).unwrap();
            assert_eq!((&issued.reference, issued.standing.clone()), (&order.key, InstrumentStanding::Open), "{fault:?}");
            assert!(BrCode::decode(issued.brcode.as_deref().unwrap()).is_ok());
            assert_eq!(gateway.look(Rail::Pix, &order.key, None).unwrap(), issued, "{fault:?}");
            assert_eq!(gateway.issue(&order).unwrap().reference, issued.reference, "{fault:?}");
            assert_eq!(fake.inspect().charges, 1, "{fault:?}");
        }
    }
}

#[test]
fn a_charge_is_paid_or_taken_away_and_the_first_of_the_two_counts() {
    let fake = start();
    let mut gateway = gateway(&fake);
    for (nth, days) in [(1, 0), (2, 10)] {
        let order = orders::instrument(NOW, nth, Rail::Pix, None, days);
        gateway.issue(&order).unwrap();
        let end = fake.pay(&order.key, 21_990, fake.clock().now() + 60).unwrap();
        for standing in
            [gateway.look(Rail::Pix, &order.key, None).unwrap().standing, gateway.cancel(Rail::Pix, &order.key, None).unwrap().standing]
        {
            assert!(matches!(&standing, InstrumentStanding::Paid(paid) if paid.len() == 1 && paid[0].reference == end), "{standing:?}");
        }
        let other = orders::instrument(NOW, nth + 10, Rail::Pix, None, days);
        gateway.issue(&other).unwrap();
        assert_eq!(gateway.cancel(Rail::Pix, &other.key, None).unwrap().standing, InstrumentStanding::Closed);
        assert_eq!(gateway.look(Rail::Pix, &other.key, None).unwrap().standing, InstrumentStanding::Closed);
        assert!(fake.pay(&other.key, 21_990, fake.clock().now() + 60).is_err());
    }
    let nobody = orders::instrument(NOW, 99, Rail::Pix, None, 0);
    assert_eq!(gateway.look(Rail::Pix, &nobody.key, None), Err(Trouble::NotFound));
    assert_eq!(gateway.cancel(Rail::Pix, &nobody.key, None), Err(Trouble::NotFound));
}

#[test]
fn a_bank_that_is_away_or_busy_did_nothing() {
    let mut fake = start();
    let mut gateway = gateway(&fake);
    let order = orders::instrument(NOW, 1, Rail::Pix, None, 0);
    fake.fault(Rule::always(Fault::Busy(Some(5))).on("PUT", "/cob").times(1));
    assert!(matches!(gateway.issue(&order), Err(Trouble::Outage { wait_secs: Some(5), .. })));
    assert_eq!(fake.inspect().charges, 0);
    fake.stop();
    assert!(matches!(gateway.issue(&order), Err(Trouble::Outage { .. })));
}

#[test]
fn a_refund_gives_back_once_and_says_when_it_waits() {
    for fault in [None, Some(Fault::CutAfter), Some(Fault::ErrorAfter(500))] {
        let fake = start();
        let mut gateway = gateway(&fake);
        let order = orders::instrument(NOW, 1, Rail::Pix, None, 0);
        gateway.issue(&order).unwrap();
        let payment = fake.pay(&order.key, 21_990, NOW + 60).unwrap();
        if let Some(fault) = fault {
            fake.fault(Rule::always(fault).on("PUT", "/pix").times(1));
        }
        let refund = orders::refund("refund1", &payment, 5_000);
        let first = gateway.refund(&refund).unwrap();
        assert_eq!(first.standing, RefundStanding::Done, "{fault:?}");
        assert_eq!(gateway.refund(&refund).unwrap().reference, first.reference, "{fault:?}");
        assert_eq!(fake.inspect().ledger.returned(&order.key), 5_000, "{fault:?}");
        fake.refunds_wait(true);
        assert_eq!(gateway.refund(&orders::refund("refund2", &payment, 100)).unwrap().standing, RefundStanding::Pending);
    }
}

/// An authorisation that the payer gave, with three further tries.
fn authorised(fake: &FakePix, gateway: &mut Pix) -> String {
    let body = RecBody {
        vinculo: Bond { contrato: "C1".to_owned(), devedor: Debtor::of_rec(&orders::payer()).unwrap(), objeto: None },
        calendario: RecCalendar {
            data_inicial: orders::zone().day_of(Instant::from_secs(NOW)).plus(1),
            data_final: None,
            periodicidade: Every::Month,
        },
        valor: None,
        politica_retentativa: Retries::ThreeInSeven,
        loc: None,
        ativacao: None,
    };
    let response = gateway.call(&rec::create(&body)).unwrap();
    assert_eq!(response.status, 201, "{}", String::from_utf8_lossy(&response.body));
    let id = Rec::read(&response.body).unwrap().id_rec;
    fake.approve(&id);
    id
}

fn automatic(rec: &str, nth: u8, days: i32) -> ChargeOrder {
    let order = orders::charge(NOW, nth, Scheme::PixAutomatico, "C1", rec);
    ChargeOrder { on: order.on.plus(days), ..order }
}

#[test]
fn pix_automatico_is_ordered_days_ahead_and_paid_on_its_day() {
    for fault in [None, Some(Fault::CutAfter), Some(Fault::ErrorAfter(500))] {
        let fake = start();
        let mut gateway = gateway(&fake);
        let rec = authorised(&fake, &mut gateway);
        let order = automatic(&rec, 1, 7);
        assert_eq!(gateway.ask(&order, None), Err(Trouble::NotFound));
        if let Some(fault) = fault {
            fake.fault(Rule::always(fault).on("PUT", "/cobr").times(1));
        }
        assert!(matches!(gateway.charge(&order).unwrap(), Charged::Pending { .. }), "{fault:?}");
        assert!(matches!(gateway.charge(&order).unwrap(), Charged::Pending { .. }), "{fault:?}");
        assert_eq!(fake.inspect().cycles, 1, "{fault:?}");
        fake.advance_to(NOW + 12 * DAY);
        let Charged::Settled(settlement) = gateway.ask(&order, None).unwrap() else { panic!("{fault:?}") };
        assert_eq!(settlement.amount, Money::new(21_990, Currency::BRL));
        assert_eq!(settlement.rail, Rail::PixAutomatico);
    }
}

#[test]
fn a_try_of_pix_automatico_that_brings_nothing_is_tried_again_under_the_first() {
    let fake = start();
    let mut gateway = gateway(&fake);
    let rec = authorised(&fake, &mut gateway);
    fake.payer(&rec, vec![Attempted::Expires, Attempted::Pays]);
    let order = automatic(&rec, 1, 7);
    let Charged::Pending { reference } = gateway.charge(&order).unwrap() else { panic!() };
    fake.advance_to(NOW + 9 * DAY);
    let Charged::Declined { signals, .. } = gateway.ask(&order, None).unwrap() else { panic!() };
    assert!(signals.iter().all(|signal| signal.space == CodeSpace::PixAutomatico) && !signals.is_empty(), "{signals:?}");
    let again = ChargeOrder { retry: 1, first: Some(reference), ..automatic(&rec, 2, 11) };
    assert!(matches!(gateway.charge(&again).unwrap(), Charged::Pending { .. }));
    fake.advance_to(NOW + 15 * DAY);
    assert!(matches!(gateway.ask(&again, None).unwrap(), Charged::Settled(_)));
    assert_eq!(fake.inspect().cycles, 1);
}

#[test]
fn an_order_outside_of_the_window_is_refused_before_it_is_sent() {
    let fake = start();
    let mut gateway = gateway(&fake);
    let rec = authorised(&fake, &mut gateway);
    for days in [0, 30] {
        assert!(matches!(gateway.charge(&automatic(&rec, 1, days)), Err(Trouble::Refused { code, .. }) if code == "window"));
    }
    assert!(matches!(gateway.charge(&orders::charge(NOW, 1, Scheme::Visa, "c", "pm_1")), Err(Trouble::Refused { .. })));
    assert_eq!(fake.inspect().cycles, 0);
}

#[test]
fn the_lists_tell_what_came_in_page_by_page() {
    let fake = start();
    let mut gateway = gateway(&fake);
    let charges: u8 = 120;
    for nth in 0..charges {
        let order = orders::instrument(NOW, nth, Rail::Pix, None, 0);
        gateway.issue(&order).unwrap();
        fake.pay(&order.key, 21_990, NOW + i64::from(nth)).unwrap();
    }
    fake.faults(Faults::clear);
    let (mut place, mut pages, mut told) = (None, 0, std::collections::BTreeSet::new());
    loop {
        let page = gateway.list(Instant::from_secs(NOW - 60), Instant::from_secs(NOW + 3_600), place.as_deref()).unwrap();
        pages += 1;
        for heard in page.heard {
            if let News::Instrument { key: Some(key), standing: InstrumentStanding::Paid(_), .. } = heard.news {
                told.insert(key);
            }
        }
        place = page.next;
        if place.is_none() || pages > 50 {
            break;
        }
    }
    assert_eq!(told.len(), usize::from(charges));
    assert!((2..50).contains(&pages), "{pages}");
}
