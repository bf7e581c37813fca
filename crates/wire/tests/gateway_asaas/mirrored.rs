//! An existing account as it is mirrored: only read, and what Asaas itself still does is named with its switch.

use regua_core::words::Rail;
use regua_wire::gateways::News;
use regua_wire::gateways::asaas::mirror::{self, read_customers};
use regua_wire::gateways::asaas::notification::{self, Notification};
use regua_wire::gateways::asaas::{Customer, Page, Payment, Subscription, subscription};
use regua_wire::gateways::mirror::{Acts, BilledInvoice, BilledReturn, BilledStatus, Collection, Switch};

use super::{at, day, reais, shown};

#[test]
fn a_mirror_only_reads() {
    let (from, until) = (at("2026-12-01T12:00:00Z"), at("2026-12-02T12:00:00Z"));
    let requests = [
        mirror::customers(0),
        mirror::payments(None, 100),
        mirror::payments(Some(day("2026-12-01")), 0),
        mirror::paid(from, until, 0),
        subscription::list(0),
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
fn customers_are_read_and_tell_whether_asaas_still_reminds_them() {
    let body = include_bytes!("vectors/customers_page.json");
    let read = read_customers(body).unwrap();
    assert_eq!((read.items.len(), read.unreadable.len(), read.next), (2, 0, None));
    let maria = &read.items[0];
    assert_eq!((maria.reference.as_str(), maria.name.as_deref(), maria.deleted), ("cus_1", Some("Maria Silva"), false));
    assert_eq!((maria.email.as_deref(), maria.tax_id.as_deref()), (Some("maria@example.com"), Some("52998224725")));
    assert_eq!(maria.phones, ["47998781877", "4738010919"]);
    assert_eq!((maria.country.as_deref(), maria.languages.as_slice()), (Some("BR"), &["pt-BR".to_owned()][..]));
    assert_eq!((read.items[1].email.as_deref(), read.items[1].phones.len()), (None, 0));
    assert!(!format!("{:?}", read.items).contains("Maria"));
    let customers: Page<Customer> = Page::read(body).unwrap();
    assert_eq!(customers.data.iter().map(Customer::is_reminded).collect::<Vec<_>>(), [true, false]);
    let all = notification::read(include_bytes!("vectors/notifications.json")).unwrap();
    assert!(all.iter().any(Notification::speaks), "one of them reaches the customer");
    assert!(!all[1..].iter().any(Notification::speaks), "the account's owner alone is told");
}

#[test]
fn payments_tell_what_is_owed_what_was_paid_and_whether_asaas_charges_or_reminds() {
    let page: Page<Payment> = Page::read(include_bytes!("vectors/payments_page.json")).unwrap();
    assert_eq!(page.next(), Some(7));
    let read = |is_reminded: bool| -> Vec<BilledInvoice> {
        page.data.iter().map(|payment| mirror::invoice(payment, is_reminded).unwrap()).collect()
    };
    let invoices = read(false);
    let of = |at: usize| -> &BilledInvoice { &invoices[at] };
    let statuses: Vec<BilledStatus> = invoices.iter().map(|invoice| invoice.status).collect();
    let (open, paid, void) = (BilledStatus::Open, BilledStatus::Paid, BilledStatus::Void);
    assert_eq!(statuses, [paid, open, open, void, paid, paid, paid]);
    let money = |at: usize| of(at).payments.first().and_then(|payment| payment.settled.as_ref());
    // Paid late with what was added: 125.00 was owed, 129.90 was paid, due on the day that was agreed at first.
    let late = money(0).unwrap();
    assert_eq!((of(0).amount, late.amount, late.paid_on), (reais(12_500), reais(12_990), day("2026-11-15")));
    assert_eq!((of(0).payments[0].reference.as_str(), of(0).payments[0].added), ("pay_1", Some(reais(490))));
    assert_eq!((of(0).due_on, of(0).ours.as_deref()), (day("2026-11-09"), Some("old-1")));
    assert_eq!((of(0).rail, of(0).collection), (Some(Rail::Boleto), Collection::Invoice));
    assert_eq!((of(1).amount, of(1).collection, of(1).subscription.as_deref()), (reais(10_000), Collection::Automatic, Some("sub_1")));
    assert!(money(2).is_none());
    assert_eq!(money(4).unwrap().rail, Rail::Cash);
    assert_eq!(of(4).payments[0].added, None);
    // What Asaas does by itself, when it reminds and when it does not.
    let acts = |invoices: &[BilledInvoice]| -> Vec<Option<(bool, bool, Vec<Switch>)>> {
        let told = |acts: Acts| (acts.charges, acts.reminds, acts.switches);
        invoices.iter().map(|invoice| invoice.acts.clone().map(told)).collect()
    };
    let card = Some((true, false, vec![Switch::AsaasCard]));
    assert_eq!(acts(&invoices), [None, card, None, None, None, None, None]);
    let (both, messages) = (vec![Switch::AsaasCard, Switch::AsaasMessages], vec![Switch::AsaasMessages]);
    let (both, messages) = (Some((true, true, both)), Some((false, true, messages)));
    assert_eq!(acts(&read(true)), [None, both, messages, None, None, None, None]);
}

#[test]
fn what_went_back_of_a_payment_is_told_by_the_names_that_webhooks_tell() {
    let page: Page<Payment> = Page::read(include_bytes!("vectors/payments_page.json")).unwrap();
    let returned = |at: usize| mirror::invoice(&page.data[at], false).unwrap().returned;
    let back = |payment: &str, name: &str, taken_back: bool, amount: i64, on: &str| {
        let (payment, reference) = (payment.to_owned(), format!("{payment}/{name}"));
        vec![BilledReturn { payment, reference, taken_back, amount: reais(amount), on: day(on) }]
    };
    assert!((0..5).all(|at| returned(at).is_empty()));
    assert_eq!(returned(5), back("pay_6", "chargeback", true, 7_000, "2026-11-01"));
    assert_eq!(returned(6), back("pay_7", "2026-11-20142419/6000", false, 6_000, "2026-11-20"));
    // Given back without a word of when: on the day on which it was paid.
    let payment = Payment { refunds: None, ..page.data[6].clone() };
    let told = mirror::invoice(&payment, false).unwrap().returned;
    assert_eq!(told, back("pay_7", "all", false, 6_000, "2026-11-01"));
    // Nobody owes on no day.
    let payment = Payment { due_date: None, original_due_date: None, ..page.data[1].clone() };
    assert_eq!(mirror::invoice(&payment, false), None);
}

#[test]
fn subscriptions_tell_how_they_are_paid() {
    let page: Page<Subscription> = Page::read(include_bytes!("vectors/subscriptions_page.json")).unwrap();
    assert_eq!((page.data.len(), page.next()), (2, None));
    let (card, slip) = (&page.data[0], &page.data[1]);
    assert_eq!((card.is_active(), card.billing_type.as_deref()), (true, Some("CREDIT_CARD")));
    assert_eq!((slip.is_active(), slip.billing_type.as_deref(), slip.value.money()), (false, Some("BOLETO"), reais(1_999)));
    assert_eq!((slip.end_date, slip.cycle.as_deref()), (Some(day("2027-06-01")), Some("YEARLY")));
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
