//! Money that several ways tell of is booked once: a webhook, the reading of one object, the reading of all.

use regua_core::charging::Trigger;
use regua_core::words::Rail;
use regua_wire::gateways::mirror::{BilledStatus, Collection};
use regua_wire::gateways::{Charged, Heard, News, Settlement};

use crate::account::{paid, tried};
use crate::common::{act, brl, day, on_both};
use crate::house::{House, hour, rcv};

fn with_card(url: &str) -> House {
    let mut house = House::new(url);
    house.account.person("cus_a");
    house.account.card("cus_a", "pm_1");
    house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-02"), 10_000).collection = Collection::Automatic;
    house.sync(hour("2026-03-02", 9));
    house
}

fn settled(charge: Option<regua_core::ids::ChargeId>) -> Heard {
    let money =
        Settlement { reference: "pi_9".into(), amount: brl(10_000), paid_on: day("2026-03-02"), at: None, rail: Rail::Card, fee: None };
    let news = News::Charge { charge, reference: "pi_9".into(), charged: Charged::Settled(money) };
    Heard { event: "evt_1".into(), kind: "payment_intent.succeeded".into(), news, at: None }
}

fn pays_at_the_biller(house: &mut House) {
    let invoice = house.account.of("in_1");
    (invoice.status, invoice.payments) = (BilledStatus::Paid, vec![paid("pi_9", 10_000, "2026-03-02")]);
    house.account.changed.insert("in_1".into(), hour("2026-03-02", 11));
}

fn booked_once(house: &House) {
    assert_eq!(house.owes("cus_a"), ["in_1 paid 10000 0 2026-03-02"]);
    assert_eq!(house.payments("in_1"), ["pi_9 10000 kept kept"]);
    house.clean();
}

#[test]
fn an_attempt_of_ours_that_a_webhook_settles_is_not_booked_again_by_a_reading() {
    on_both(|url| {
        for webhook_first in [true, false] {
            let mut house = with_card(url);
            let (tenant, now) = (house.company.tenant, hour("2026-03-02", 10));
            let charge = house.engine().charge_now(tenant, &rcv("in_1"), None, Trigger::Operator, &act(), now).unwrap();
            let hear =
                |house: &House| house.engine().hear(tenant, "far", &settled(Some(charge)), house.how(), hour("2026-03-02", 12)).unwrap();
            if webhook_first {
                hear(&house);
            }
            pays_at_the_biller(&mut house);
            assert_eq!(house.sync(hour("2026-03-02", 13)).payments, u64::from(!webhook_first));
            hear(&house);
            hear(&house);
            booked_once(&house);
        }
    });
}

#[test]
fn a_webhook_makes_one_invoice_be_read_anew_and_the_next_reading_finds_it_as_it_is() {
    on_both(|url| {
        let mut house = with_card(url);
        pays_at_the_biller(&mut house);
        let again = |house: &mut House, object: &str, reference: &str| {
            let crate::common::Company1 { engine, tenant, rng } = &mut house.company;
            engine.mirror_again(*tenant, "far", &mut house.account, (object, reference), hour("2026-03-02", 12), rng).unwrap()
        };
        assert!(again(&mut house, "invoice", "in_1"));
        assert!(again(&mut house, "invoice", "in_1"));
        assert!(!again(&mut house, "invoice", "in_nobody"), "what is not there any more is nothing");
        assert!(!again(&mut house, "product", "prod_1"));
        let synced = house.sync(hour("2026-03-02", 13));
        assert_eq!((synced.payments, synced.invoices.same, synced.invoices.changed), (0, 1, 0));
        booked_once(&house);
    });
}

#[test]
fn a_webhook_of_an_invoice_that_nobody_knew_makes_its_customer_known_too() {
    on_both(|url| {
        let mut house = House::new(url);
        house.account.person("cus_new");
        let invoice = house.account.invoice("in_new", "cus_new", ("2026-02-10", "2026-03-20"), 4_000);
        invoice.payments = vec![tried("pi_1"), paid("pi_2", 1_000, "2026-02-20")];
        let crate::common::Company1 { engine, tenant, rng } = &mut house.company;
        assert!(engine.mirror_again(*tenant, "far", &mut house.account, ("invoice", "in_new"), hour("2026-03-02", 12), rng).unwrap());
        assert_eq!(house.owes("cus_new"), ["in_new open 4000 3000 2026-03-20"]);
        let synced = house.sync(hour("2026-03-02", 13));
        assert_eq!((synced.full, synced.customers.new, synced.invoices.same, synced.payments), (true, 0, 1, 0));
        house.clean();
    });
}

#[test]
fn what_was_paid_too_much_at_the_biller_is_never_sent_back_by_us() {
    on_both(|url| {
        let mut house = House::new(url);
        let policy = crate::common::POLICY.replace("calendar: br-banking", "calendar: br-banking\nsecond_payment: refund");
        assert!(policy.contains("second_payment"));
        house.engine().publish(house.company.tenant, "refund.yaml", &policy, 10_000, &act(), hour("2026-01-02", 0)).unwrap();
        house.account.person("cus_a");
        let twice = house.account.invoice("in_1", "cus_a", ("2026-02-10", "2026-03-02"), 10_000);
        twice.payments = vec![paid("pi_1", 10_000, "2026-02-20"), paid("pi_2", 10_000, "2026-02-21")];
        twice.status = BilledStatus::Paid;
        house.sync(hour("2026-03-02", 9));
        assert_eq!(house.payments("in_1"), ["pi_1 10000 kept kept", "pi_2 10000 second credited"]);
        house.clean();
    });
}
