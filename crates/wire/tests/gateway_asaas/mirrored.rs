//! An existing account as it is mirrored: only read, and what Asaas itself still does is named with its switch.

use regua_core::words::Rail;
use regua_wire::gateways::News;
use regua_wire::gateways::asaas::mirror::{
    self, InvoiceStatus, MirroredInvoice, SWITCH_CHARGES, SWITCH_REMINDERS, read_customers, read_payments, read_subscriptions,
};
use regua_wire::gateways::asaas::{notification, subscription};

use super::{at, day, reais, shown};

#[test]
fn a_mirror_only_reads() {
    let (from, until) = (at("2026-12-01T12:00:00Z"), at("2026-12-02T12:00:00Z"));
    let requests = [
        mirror::customers(0),
        mirror::payments(None, 100),
        mirror::payments(Some(day("2026-12-01")), 0),
        mirror::paid(from, until, 0),
        mirror::subscriptions(0),
        subscription::one("sub_1"),
        subscription::payments("sub_1", 0),
        notification::of("cus_1"),
    ];
    for request in &requests {
        assert!(request.method.only_reads() && request.body.is_empty(), "{request:?}");
    }
    assert_eq!(shown(&requests[2]), "GET /payments?dateCreated%5Bge%5D=2026-12-01&offset=0&limit=100");
    assert_eq!(shown(&requests[6]), "GET /subscriptions/sub_1/payments?offset=0&limit=100");
}

#[test]
fn customers_tell_whether_asaas_still_reminds_them() {
    let (customers, next) = read_customers(include_bytes!("vectors/customers_page.json")).unwrap();
    assert_eq!((customers.len(), next), (2, None));
    assert_eq!(customers[0].switch(), Some(SWITCH_REMINDERS));
    assert_eq!(customers[0].phones, ["47998781877", "4738010919"]);
    assert_eq!(customers[1].switch(), None);
    assert!(!format!("{customers:?}").contains("Maria"));
    let all = notification::read(include_bytes!("vectors/notifications.json")).unwrap();
    assert!(customers[0].clone().with(&all).biller_reminds, "one of them reaches the customer");
    assert!(!customers[0].clone().with(&all[1..]).biller_reminds, "the account's owner alone is told");
}

#[test]
fn payments_tell_what_is_owed_what_was_paid_and_whether_asaas_charges() {
    let (invoices, next) = read_payments(include_bytes!("vectors/payments_page.json")).unwrap();
    assert_eq!(next, Some(7));
    let of = |at: usize| -> &MirroredInvoice { &invoices[at] };
    let statuses: Vec<InvoiceStatus> = invoices.iter().map(|invoice| invoice.status).collect();
    let want = [
        InvoiceStatus::Paid,
        InvoiceStatus::Open,
        InvoiceStatus::Open,
        InvoiceStatus::Voided,
        InvoiceStatus::Paid,
        InvoiceStatus::Disputed,
        InvoiceStatus::Refunded,
    ];
    assert_eq!(statuses, want);
    // Paid late with what was added: 125.00 was owed, 129.90 was paid, due on the day that was agreed at first.
    let paid = of(0).paid.clone().unwrap();
    assert_eq!((of(0).amount, paid.amount, paid.paid_on), (reais(12_500), reais(12_990), day("2026-11-15")));
    assert_eq!((of(0).due_on, of(0).external_reference.as_deref()), (Some(day("2026-11-09")), Some("old-1")));
    assert_eq!((of(1).amount, of(1).switch(), of(1).subscription.as_deref()), (reais(10_000), Some(SWITCH_CHARGES), Some("sub_1")));
    assert_eq!((of(2).switch(), of(2).paid.is_none()), (None, true));
    assert_eq!(of(4).paid.clone().unwrap().rail, Rail::Cash);
    assert_eq!((of(5).switch(), of(6).returned), (None, reais(6_000)));
}

#[test]
fn subscriptions_tell_whether_asaas_charges_a_card() {
    let (subscriptions, next) = read_subscriptions(include_bytes!("vectors/subscriptions_page.json")).unwrap();
    assert_eq!((subscriptions.len(), next), (2, None));
    assert_eq!((subscriptions[0].active, subscriptions[0].switch()), (true, Some(SWITCH_CHARGES)));
    assert_eq!((subscriptions[1].active, subscriptions[1].switch(), subscriptions[1].amount), (false, None, reais(1_999)));
    assert_eq!((subscriptions[1].ends_on, subscriptions[1].cycle.as_deref()), (Some(day("2027-06-01")), Some("YEARLY")));
}

#[test]
fn an_event_of_a_mirrored_account_says_what_to_read_anew() {
    let told = |body: &str| mirror::heard(body.as_bytes()).unwrap().remove(0).news;
    let mirrored = |object: &str, reference: &str| News::Mirror { object: object.to_owned(), reference: reference.to_owned() };
    assert_eq!(told(include_str!("vectors/event_refunded.json")), mirrored("invoice", "pay_9"));
    let subscription = "{\"id\":\"evt_1\",\"event\":\"SUBSCRIPTION_CREATED\",\"subscription\":{\"id\":\"sub_1\",\"value\":1}}";
    assert_eq!(told(subscription), mirrored("subscription", "sub_1"));
    assert_eq!(told("{\"id\":\"evt_1\",\"event\":\"TRANSFER_CREATED\"}"), News::Nothing);
    assert!(mirror::heard(b"{\"id\":\"\",\"event\":\"x\"}").is_err());
}
