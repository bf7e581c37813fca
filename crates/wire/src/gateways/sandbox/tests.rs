//! The sandbox as its callers see it: each magic value, and that nothing is remembered or forgotten.

use proptest::prelude::*;
use regua_core::charging::{CodeSpace, Reason, Scheme, Signal};
use regua_core::currency::Currency;
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::Rail;

use super::super::{
    ChargeOrder, Charged, CustomerOrder, HookRefused, InstrumentOrder, InstrumentStanding, Late, News, Payer, RefundOrder, RefundStanding,
    Trouble,
};
use super::{Plan, ask, cancel, charge, charge_declined, charge_told, customer, hear, instrument_paid, issue, look, methods, refund, sign};
use crate::pix::{BrCode, Payment, Txid};

const MADE: u64 = 1_800_000_000_000;

fn made() -> Instant {
    Instant::from_secs(1_800_000_000)
}

fn order(token: &str) -> ChargeOrder {
    ChargeOrder {
        charge: ChargeId::new(MADE, [1; 10]),
        receivable: ReceivableId::new(MADE, [2; 10]),
        reference: "2026-17".to_owned(),
        method: PaymentMethodId::new(MADE, [3; 10]),
        scheme: Scheme::Mastercard,
        customer_token: "sbx_cus_1".to_owned(),
        method_token: token.to_owned(),
        amount: Money::new(21_990, Currency::BRL),
        description: "Invoice".to_owned(),
        on: Day::parse("2027-01-15").unwrap(),
        retry: 0,
        first: None,
    }
}

fn signals(token: &str) -> Vec<(CodeSpace, String)> {
    match charge(&order(token), made()).unwrap() {
        Charged::Declined { signals, .. } => signals.into_iter().map(|Signal { space, code }| (space, code.into())).collect(),
        other @ (Charged::Settled(_) | Charged::Pending { .. } | Charged::NeedsPayer { .. }) => panic!("{token}: {other:?}"),
    }
}

#[test]
fn a_decline_has_the_codes_of_its_token() {
    let code = |space, text: &str| (space, text.to_owned());
    for (token, expected) in [
        ("sandbox_decline_insufficient_funds", vec![code(CodeSpace::Stripe, "insufficient_funds")]),
        ("sandbox_decline_visa_51", vec![code(CodeSpace::Visa, "51")]),
        ("sandbox_decline_ach_R01", vec![code(CodeSpace::Ach, "R01")]),
        ("sandbox_decline_sepa-sdd_AM04", vec![code(CodeSpace::Sepa, "AM04")]),
        ("sandbox_decline_mastercard-mac_03", vec![code(CodeSpace::MastercardMac, "03")]),
        (
            "sandbox_decline_do_not_honor+mastercard_05+mastercard-mac_03",
            vec![code(CodeSpace::Stripe, "do_not_honor"), code(CodeSpace::Mastercard, "05"), code(CodeSpace::MastercardMac, "03")],
        ),
        ("sandbox_mac_03", vec![code(CodeSpace::Mastercard, "51"), code(CodeSpace::MastercardMac, "03")]),
        ("sandbox_reason_fraud", vec![code(CodeSpace::Sandbox, "fraud")]),
    ] {
        assert_eq!(signals(token), expected, "{token}");
    }
}

#[test]
fn each_reason_and_each_space_of_codes_is_within_reach() {
    for reason in Reason::ALL {
        let token = format!("sandbox_reason_{reason}");
        assert_eq!(signals(&token), [(CodeSpace::Sandbox, reason.as_str().to_owned())], "{token}");
    }
    for space in CodeSpace::ALL {
        let token = format!("sandbox_decline_{space}_x1");
        assert_eq!(signals(&token), [(*space, "x1".to_owned())], "{token}");
    }
}

#[test]
fn money_is_taken_under_one_name_however_often_and_whenever_it_is_asked() {
    let Charged::Settled(first) = charge(&order("sandbox_ok"), made()).unwrap() else { panic!() };
    assert_eq!((first.amount, first.rail, first.at), (Money::new(21_990, Currency::BRL), Rail::Card, Some(made())));
    let again = charge(&order("sandbox_ok"), made().plus_hours(100)).unwrap();
    assert_eq!(again, Charged::Settled(first.clone()));
    assert_eq!(ask(&order("sandbox_ok"), made().plus_hours(1)).unwrap(), again);
    let other = ChargeOrder { charge: ChargeId::new(MADE, [9; 10]), ..order("sandbox_ok") };
    let Charged::Settled(second) = charge(&other, made()).unwrap() else { panic!() };
    assert_ne!(first.reference, second.reference);
}

#[test]
fn the_third_try_succeeds_where_the_token_says_so() {
    let nth = |retry, token: &str| charge(&ChargeOrder { retry, ..order(token) }, made()).unwrap();
    for retry in [0, 1] {
        assert!(matches!(nth(retry, "sandbox_recovers_after_3"), Charged::Declined { .. }), "{retry}");
    }
    for retry in [2, 3, u16::MAX] {
        assert!(matches!(nth(retry, "sandbox_recovers_after_3"), Charged::Settled(_)), "{retry}");
    }
    let Charged::Declined { signals, .. } = nth(0, "sandbox_recovers_after_2_decline_visa_91") else { panic!() };
    assert_eq!(signals, [Signal { space: CodeSpace::Visa, code: "91".into() }]);
}

#[test]
fn what_waits_is_open_until_its_hour_and_happened_then() {
    let token = "sandbox_pending_2h";
    let before = Instant::from_micros(made().plus_hours(2).micros() - 1);
    assert!(matches!(charge(&order(token), before).unwrap(), Charged::Pending { .. }));
    let Charged::Settled(settlement) = ask(&order(token), made().plus_hours(2)).unwrap() else { panic!() };
    assert_eq!(settlement.at, Some(made().plus_hours(2)));
    let declined = ask(&order("sandbox_pending_3d_decline_lost_card"), made().plus_hours(72)).unwrap();
    assert!(matches!(declined, Charged::Declined { .. }));

    assert!(matches!(ask(&order("sandbox_needs_payer"), Instant::NEVER).unwrap(), Charged::NeedsPayer { link: Some(_), .. }));
    assert!(matches!(charge(&order("sandbox_needs_payer_1h"), made()).unwrap(), Charged::NeedsPayer { .. }));
    assert!(matches!(ask(&order("sandbox_needs_payer_1h"), made().plus_hours(1)).unwrap(), Charged::Settled(_)));
}

#[test]
fn a_lost_answer_and_a_lost_order_look_alike_until_asked() {
    for token in ["sandbox_unknown", "sandbox_unknown_decline_visa_51", "sandbox_lost"] {
        assert!(matches!(charge(&order(token), made()), Err(Trouble::Unknown { .. })), "{token}");
    }
    assert!(matches!(ask(&order("sandbox_unknown"), made()), Ok(Charged::Settled(_))));
    assert!(matches!(ask(&order("sandbox_unknown_decline_visa_51"), made()), Ok(Charged::Declined { .. })));
    assert_eq!(ask(&order("sandbox_lost"), made()), Err(Trouble::NotFound));

    assert!(matches!(charge(&order("sandbox_outage"), Instant::NEVER), Err(Trouble::Outage { .. })));
    assert!(matches!(charge(&order("sandbox_outage_2h"), made()), Err(Trouble::Outage { .. })));
    assert!(matches!(charge(&order("sandbox_outage_2h"), made().plus_hours(2)), Ok(Charged::Settled(_))));
    assert!(matches!(charge(&order("sandbox_outage_1d_decline_visa_51"), made().plus_hours(24)), Ok(Charged::Declined { .. })));
}

#[test]
fn latency_stands_before_whatever_happens_then() {
    assert_eq!(Plan::of("sandbox_slow_1500").unwrap().slow_ms, 1_500);
    assert_eq!(Plan::of("sandbox_slow_1500_unknown").unwrap().outcome, Plan::of("sandbox_unknown").unwrap().outcome);
}

#[test]
fn a_token_that_is_no_magic_value_is_refused_and_not_shown() {
    for token in [
        "",
        "sandbox",
        "sandbox_",
        "pm_123",
        "sandbox_okay",
        "sandbox_slow_",
        "sandbox_slow_60001",
        "sandbox_slow_1500x",
        "sandbox_pending_2",
        "sandbox_pending_9999d",
        "sandbox_pending_99999999999h",
        "sandbox_recovers_after_0",
        "sandbox_recovers_after_70000",
        "sandbox_reason_bored",
        "sandbox_decline_",
        "sandbox_decline_visa_",
        "sandbox_decline_a+",
        "sandbox_mac_",
        "sandbox_needs_payerx",
        "sandbox_needs_payer_1h_ok",
        "sandbox_outage_ok",
        "sandbox_unknownx",
        "sandbox_unknown_unknown_unknown_unknown_unknown",
        "sandbox_decline_1+2+3+4+5+6+7+8+9",
    ] {
        let trouble = charge(&order(token), made()).unwrap_err();
        assert!(matches!(&trouble, Trouble::Refused { code, .. } if code == "sandbox_token"), "{token}: {trouble:?}");
        assert!(!trouble.to_string().contains("pm_123"));
    }
    let long = format!("sandbox_decline_{}", "x".repeat(300));
    assert!(Plan::of(&long).is_err());
}

fn instrument(rail: Rail, customer_token: Option<&str>) -> InstrumentOrder {
    InstrumentOrder {
        key: Txid::of("rcv_01jf2z8s9ceq4tqv7e3k5m6n7p", 0).unwrap().as_str().to_owned(),
        receivable: ReceivableId::new(MADE, [2; 10]),
        reference: "2026-17".to_owned(),
        rail,
        amount: Money::new(21_990, Currency::BRL),
        due_on: Day::parse("2027-01-20").unwrap(),
        valid_until: Day::parse("2027-02-20").unwrap(),
        late: Late::default(),
        payer: Payer::default(),
        customer_token: customer_token.map(str::to_owned),
        description: "Invoice".to_owned(),
    }
}

fn noon(day: &str) -> Instant {
    Zone::utc().at(Day::parse(day).unwrap(), LocalTime::hour(12))
}

#[test]
fn an_instrument_can_be_read_by_any_reader() {
    let pix = issue(&instrument(Rail::Pix, None), made()).unwrap();
    assert_eq!(pix.standing, InstrumentStanding::Open);
    let code = BrCode::decode(pix.brcode.as_deref().unwrap()).unwrap();
    assert!(matches!(code.payment, Payment::Dynamic(_)));
    let boleto = issue(&instrument(Rail::Boleto, None), made()).unwrap();
    let line = crate::boleto::decode(boleto.boleto_line.as_deref().unwrap(), Day::parse("2027-01-01").unwrap()).unwrap();
    assert_eq!(line.amount(), Some(Money::new(21_990, Currency::BRL)));
    assert!(boleto.brcode.is_some());
    let page = issue(&instrument(Rail::Card, None), made()).unwrap();
    assert!(page.link.is_some_and(|link| link.starts_with("https://")) && page.brcode.is_none() && page.boleto_line.is_none());
    for rail in [Rail::Transfer, Rail::Sepa, Rail::PixAutomatico] {
        assert!(matches!(issue(&instrument(rail, None), made()), Err(Trouble::Refused { .. })), "{rail}");
    }
    for order in [
        InstrumentOrder { key: "short".to_owned(), ..instrument(Rail::Pix, None) },
        InstrumentOrder { amount: Money::new(0, Currency::BRL), ..instrument(Rail::Pix, None) },
        InstrumentOrder { amount: Money::new(100, Currency::USD), ..instrument(Rail::Pix, None) },
    ] {
        assert!(matches!(issue(&order, made()), Err(Trouble::Refused { .. })));
    }
}

#[test]
fn looking_says_what_issuing_made_and_knows_when_it_is_paid() {
    for (token, paid_at, count) in [
        ("sandbox_pays_due", "2027-01-20", 1),
        ("sandbox_pays_early_3d", "2027-01-17", 1),
        ("sandbox_pays_late_3d", "2027-01-23", 1),
        ("sandbox_pays_twice", "2027-01-20", 2),
    ] {
        let issued = issue(&instrument(Rail::Pix, Some(token)), made()).unwrap();
        let at = noon(paid_at);
        assert_eq!(look(Some(&issued.reference), made()).unwrap(), issued, "{token}");
        let before = look(Some(&issued.reference), Instant::from_micros(at.micros() - 1)).unwrap();
        assert_eq!(before.standing, InstrumentStanding::Open, "{token}");
        let InstrumentStanding::Paid(paid) = look(Some(&issued.reference), at).unwrap().standing else { panic!("{token}") };
        assert_eq!(paid.len(), count, "{token}");
        assert_eq!(cancel(Some(&issued.reference), at).unwrap().standing, InstrumentStanding::Paid(paid));
        assert_eq!(cancel(Some(&issued.reference), made()).unwrap().standing, InstrumentStanding::Closed);
    }
    let open = issue(&instrument(Rail::Boleto, Some("sbx_cus_1")), made()).unwrap();
    assert_eq!(look(Some(&open.reference), noon("2027-02-20")).unwrap().standing, InstrumentStanding::Open);
    assert_eq!(look(Some(&open.reference), noon("2027-02-21")).unwrap().standing, InstrumentStanding::Closed);
    let late = issue(&instrument(Rail::Pix, Some("sandbox_pays_late_60d")), made()).unwrap();
    assert_eq!(look(Some(&late.reference), noon("2027-06-01")).unwrap().standing, InstrumentStanding::Closed, "nobody pays a dead code");
    let race = issue(&instrument(Rail::Pix, Some("sandbox_pays_at_cancel")), made()).unwrap();
    assert_eq!(race.standing, InstrumentStanding::Open);
    assert!(matches!(cancel(Some(&race.reference), made()).unwrap().standing, InstrumentStanding::Paid(_)));
    for name in [None, Some("sbx_ins_pix"), Some("pi_1")] {
        assert_eq!(look(name, made()), Err(Trouble::NotFound));
    }
}

#[test]
fn a_signed_webhook_says_what_was_paid_and_another_time_or_key_does_not() {
    let issued = issue(&instrument(Rail::Pix, None), made()).unwrap();
    let body = instrument_paid(&issued.reference, 0, None, made()).unwrap();
    assert_eq!(body, instrument_paid(&issued.reference, 0, None, made()).unwrap());
    let signature = sign(b"whsec", made(), &body);
    let heard = hear(&body, Some(&signature), b"whsec", made().plus_hours(0)).unwrap();
    let [heard] = heard.as_slice() else { panic!() };
    let News::Instrument { reference, key, standing: InstrumentStanding::Paid(paid) } = &heard.news else { panic!("{heard:?}") };
    assert_eq!((reference, key.as_deref()), (&issued.reference, Some("rcv01jf2z8s9ceq4tqv7e3k5m6n7px0")));
    assert_eq!(paid.iter().map(|paid| paid.amount.minor()).collect::<Vec<_>>(), [21_990]);
    let second = instrument_paid(&issued.reference, 1, Some(Money::new(5, Currency::BRL)), made()).unwrap();
    let [other]: [_; 1] = hear(&second, Some(&sign(b"whsec", made(), &second)), b"whsec", made()).unwrap().try_into().unwrap();
    assert_ne!(other.event, heard.event, "a second payment is another event");

    let mut forged = body.clone();
    forged.push(b' ');
    assert_eq!(hear(&forged, Some(&signature), b"whsec", made()), Err(HookRefused::Forged));
    assert_eq!(hear(&body, Some(&signature), b"other", made()), Err(HookRefused::Forged));
    assert_eq!(hear(&body, Some(&sign(b"", made(), &body)), b"", made()), Err(HookRefused::Forged));
    assert_eq!(hear(&body, Some(&signature), b"whsec", made().plus_hours(1)), Err(HookRefused::Stale));
    assert_eq!(hear(&body, Some(&signature), b"whsec", made().plus_hours(-1)), Err(HookRefused::Stale));
    for unsigned in [None, Some(""), Some("t=1"), Some("v1=00"), Some("t=x,v1=y")] {
        assert_eq!(hear(&body, unsigned, b"whsec", made()), Err(HookRefused::Unsigned), "{unsigned:?}");
    }
    let changing = format!("{signature},v1={}", "0".repeat(64));
    assert!(hear(&body, Some(&changing), b"whsec", made()).is_ok());
}

#[test]
fn a_webhook_about_an_attempt_names_it() {
    let order = order("sandbox_pending_2h");
    let Charged::Settled(settlement) = ask(&order, made().plus_hours(2)).unwrap() else { panic!() };
    let body = charge_told(order.charge, &settlement, made().plus_hours(2));
    let now = made().plus_hours(2);
    let [heard]: [_; 1] = hear(&body, Some(&sign(b"k", now, &body)), b"k", now).unwrap().try_into().unwrap();
    assert!(matches!(&heard.news, News::Charge { charge: Some(charge), charged: Charged::Settled(told), .. }
        if *charge == order.charge && *told == settlement));
}

#[test]
fn a_webhook_about_a_declined_attempt_has_its_codes() {
    let order = order("sandbox_pending_2h_decline_expired_card");
    let Charged::Declined { signals, .. } = ask(&order, made().plus_hours(2)).unwrap() else { panic!() };
    let now = made().plus_hours(1);
    let body = charge_declined(order.charge, &signals, now);
    let [heard]: [_; 1] = hear(&body, Some(&sign(b"k", now, &body)), b"k", now).unwrap().try_into().unwrap();
    assert!(matches!(&heard.news, News::Charge { charge: Some(charge), charged: Charged::Declined { signals: told, .. }, .. }
        if *charge == order.charge && *told == signals));
    let settled = charge_told(order.charge, &settlement_of(&order), now);
    let [other]: [_; 1] = hear(&settled, Some(&sign(b"k", now, &settled)), b"k", now).unwrap().try_into().unwrap();
    assert_ne!(heard.event, other.event, "they are two events");
}

fn settlement_of(order: &ChargeOrder) -> super::super::Settlement {
    match ask(&ChargeOrder { method_token: "sandbox_ok".to_owned(), ..order.clone() }, made()) {
        Ok(Charged::Settled(settlement)) => settlement,
        other => panic!("{other:?}"),
    }
}

#[test]
fn refunds_and_customers_are_named_by_their_keys() {
    let order = RefundOrder {
        key: "r1".to_owned(),
        payment: "sbx_pay_1".to_owned(),
        amount: Money::new(1, Currency::BRL),
        description: String::new(),
    };
    assert_eq!(refund(&order).unwrap().standing, RefundStanding::Done);
    assert_eq!(refund(&order), refund(&order));
    assert_eq!(refund(&RefundOrder { payment: "pi_1".to_owned(), ..order }), Err(Trouble::NotFound));
    let token = customer(&CustomerOrder { key: "c1".to_owned(), payer: Payer::default() });
    assert_eq!(methods(&token).unwrap()[0].method_token, "sandbox_ok");
    assert_eq!(methods("sandbox_with_decline_visa_51").unwrap()[0].method_token, "sandbox_decline_visa_51");
    assert!(matches!(methods("sandbox_with_nonsense"), Err(Trouble::Refused { .. })));
    assert_eq!(methods("cus_1"), Err(Trouble::NotFound));
}

proptest! {
    #[test]
    fn any_text_has_an_answer(token in "(sandbox_)?[a-z0-9_+]{0,40}|\\PC{0,60}", secs in any::<i64>(), retry in any::<u16>()) {
        let order = ChargeOrder { retry, ..order(&token) };
        let now = Instant::from_secs(secs);
        prop_assert_eq!(charge(&order, now), charge(&order, now));
        let _asked = ask(&order, now);
        let _looked = (look(Some(&token), now), cancel(Some(&token), now), methods(&token));
        let _heard = hear(token.as_bytes(), Some(&token), b"k", now);
    }

    #[test]
    fn any_name_of_an_instrument_has_an_answer(
        made in "sbx_ins_(pix|boleto|card|x)\\.-?[0-9]{1,20}\\.(BRL|USD|X)",
        days in "-?[0-9]{1,11}\\.-?[0-9]{1,11}\\.(n|t|c|d-?[0-9]{1,12})\\.[a-z0-9]{20,40}",
        secs in any::<i64>(),
    ) {
        let name = format!("{made}.{days}");
        let now = Instant::from_secs(secs);
        let _looked = (look(Some(&name), now), cancel(Some(&name), now), instrument_paid(&name, 0, None, now));
    }
}
