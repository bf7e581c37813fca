//! Taxes, due dates and instalments of invoices.

use std::num::NonZeroU16;

use proptest::prelude::*;
use regua_core::billing::{
    Attachment, BillingError, Change, Collection, Cycle, DraftInvoice, Head, InvoiceKey, Line, LineKind, Net, NewSubscription, Purpose,
    Subscription, Tax, TaxMode, Terms, preview,
};
use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::policy::program::Rounding;
use regua_core::rate::Rate;
use regua_core::time::Day;

use crate::harness::{assert_sums, begin, bill_until, calls, day, flat, new, plan, shown};

fn tax(name: &str, bps: i32, mode: TaxMode) -> Tax {
    Tax { name: name.into(), rate: Rate::from_bps(bps), mode }
}

fn line(amount: i64) -> Line {
    let on = day("2026-12-01");
    let (plan, price, name) = ("".into(), "a".into(), "A".into());
    Line { kind: LineKind::Manual, plan, price, name, quantity: 1, from: on, to: on, whole_days: 0, amount }
}

fn by_hand(amounts: &[i64], terms: &Terms, issued_on: &str) -> Result<DraftInvoice, BillingError> {
    let key = InvoiceKey { subscription: "cus_a".into(), period: 0, purpose: Purpose::Manual(1), revision: 0 };
    let head = Head { key, currency: Currency::BRL, issued_on: day(issued_on), period: None };
    DraftInvoice::assemble(head, amounts.iter().map(|&amount| line(amount)).collect(), Vec::new(), terms)
}

#[test]
fn taxes_are_on_top_contained_or_within() {
    use TaxMode::{Exclusive, Inclusive, Within};
    for (taxes, price, amounts, total) in [
        // 22 % of 100.00.
        (vec![tax("IVA", 2_200, Exclusive)], 10_000, vec![2_200], 12_200),
        // 100.00 − 100.00 / 1.20 = 100.00 − 83.33.
        (vec![tax("VAT", 2_000, Inclusive)], 10_000, vec![1_667], 10_000),
        // ISS of 5 % is 5 % of the price itself.
        (vec![tax("ISS", 500, Within)], 10_000, vec![500], 10_000),
        // PIS 0.65 % and COFINS 3 % of 99.90: 0.64935 + 2.997 = 3.64635, 3.65 in all, the first 0.65.
        (vec![tax("PIS", 65, Within), tax("COFINS", 300, Within)], 9_990, vec![65, 300], 9_990),
        // A city's tax on top of a state's: both of the price, not one of the other.
        (vec![tax("state", 625, Exclusive), tax("city", 225, Exclusive)], 1_000, vec![62, 22], 1_084),
        // 20 % of 0.025: a half goes to the even neighbour.
        (vec![tax("VAT", 5_000, Exclusive)], 5, vec![2], 7),
        (vec![tax("VAT", 5_000, Exclusive)], 7, vec![4], 11),
        // Given back as it was taken.
        (vec![tax("VAT", 2_000, Inclusive), tax("eco", 100, Exclusive)], -10_000, vec![-1_667, -83], -10_083),
        (vec![tax("VAT", 2_000, Exclusive)], 0, vec![0], 0),
    ] {
        let terms = Terms { taxes: taxes.clone(), ..Terms::default() };
        let invoice = by_hand(&[price], &terms, "2026-12-01").unwrap();
        let found: Vec<i64> = invoice.taxes.iter().map(|tax| tax.amount).collect();
        assert_eq!((found, invoice.total), (amounts, total), "{taxes:?} on {price}");
    }
    for taxes in [vec![tax("A", 10_000, Within)], vec![tax("B", 5_000, Within), tax("A", 5_000, Within)], vec![tax("A", -1, Exclusive)]] {
        let terms = Terms { taxes, ..Terms::default() };
        assert_eq!(by_hand(&[1], &terms, "2026-12-01"), Err(BillingError::Percentage("A".into())));
        let new = NewSubscription { terms: terms.clone(), ..new(plan("p", Cycle::MONTHLY, vec![flat(1)]), "2026-12-01") };
        assert!(Subscription::new(new).is_err());
        let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![flat(1)]), "2026-12-01");
        assert!(subscription.apply(Change::TermsChanged(Box::new(terms)), day("2026-12-01")).is_err());
    }
}

#[test]
fn due_dates_count_days_or_open_days() {
    let br = Calendar::BrBanking;
    for (net, issued_on, due_on) in [
        (Net::Days(0), "2026-12-12", "2026-12-12"),
        (Net::Days(10), "2026-12-02", "2026-12-12"),
        (Net::Rolled(10), "2026-12-02", "2026-12-14"),
        (Net::Rolled(0), "2026-12-25", "2026-12-28"),
        (Net::OpenDays(5), "2026-12-18", "2026-12-28"),
        (Net::Days(30), "2027-01-31", "2027-03-02"),
    ] {
        let terms = Terms { net, calendar: br, ..Terms::default() };
        let invoice = by_hand(&[100], &terms, issued_on).unwrap();
        assert_eq!((invoice.due_on, invoice.instalments[0].due_on), (day(due_on), day(due_on)), "{net:?}");
    }
}

#[test]
fn instalments_are_monthly_and_split_exactly() {
    let terms = Terms { instalments: NonZeroU16::new(3).unwrap(), ..Terms::default() };
    let parts = |invoice: &DraftInvoice| -> Vec<(String, i64)> {
        invoice.instalments.iter().map(|part| (part.due_on.to_string(), part.amount)).collect()
    };
    let invoice = by_hand(&[10_000], &terms, "2027-12-31").unwrap();
    let expected = [("2027-12-31", 3_334), ("2028-01-31", 3_333), ("2028-02-29", 3_333)];
    assert_eq!(parts(&invoice), expected.map(|(day, amount)| (day.to_owned(), amount)));
    // 30 January 2027 is a Saturday, and so is the 27th of February plus one: both roll.
    let rolled = Terms { net: Net::Rolled(0), calendar: Calendar::BrBanking, ..terms.clone() };
    let invoice = by_hand(&[10_000], &rolled, "2027-01-30").unwrap();
    let expected = [("2027-02-01", 3_334), ("2027-03-01", 3_333), ("2027-04-01", 3_333)];
    assert_eq!(parts(&invoice), expected.map(|(day, amount)| (day.to_owned(), amount)));
    assert_eq!(by_hand(&[2], &terms, "2027-12-31").unwrap().instalments.len(), 2, "two cents have two parts");
    assert_eq!(by_hand(&[100], &terms, "2199-12-31"), Err(BillingError::OutOfRange));
}

#[test]
fn an_invoice_carries_what_its_terms_say() {
    let contract = Attachment { name: "contract.pdf".into(), place: "https://acme.example/contract.pdf".into(), sha256: None };
    let terms = Terms {
        collection: Collection::Automatic,
        purchase_order: Some("PO-4711".into()),
        attachments: vec![contract.clone()],
        ..Terms::default()
    };
    let new = NewSubscription { terms, ..new(plan("p", Cycle::MONTHLY, vec![flat(100)]), "2026-12-01") };
    let mut subscription = Subscription::new(new).unwrap();
    let invoice = subscription.bill(day("2026-12-09")).unwrap().unwrap();
    assert_eq!((invoice.collection, invoice.purchase_order.as_deref()), (Collection::Automatic, Some("PO-4711")));
    assert_eq!(invoice.attachments, [contract]);
    // Billed late, it is issued and due late; the period is what it was.
    assert_eq!((invoice.issued_on, invoice.period), (day("2026-12-09"), Some((day("2026-12-01"), day("2027-01-01")))));
    assert_eq!(subscription.bill(day("2026-12-09")), Ok(None), "a period is billed once");
}

#[test]
fn a_preview_shows_the_first_three_invoices() {
    let offered = plan("p", Cycle::MONTHLY, vec![flat(10_000), calls(15)]);
    let shop = NewSubscription { trial_until: Some(day("2027-01-31")), ..new(offered.clone(), "2027-01-01") };
    let used = [("calls".into(), 100_000), ("other".into(), 7)];
    let invoices = preview(shop, &used).unwrap();
    assert_eq!(invoices.each_ref().map(|invoice| invoice.total), [10_000, 11_500, 11_500]);
    assert_eq!(shown(&invoices[1])[1], "usage calls × 100000 2027-01-31..2027-02-28 1500");
    assert_eq!(invoices.map(|invoice| invoice.issued_on.to_string()), ["2027-01-31", "2027-02-28", "2027-03-31"]);
    // What a customer then gets is what was shown.
    let mut real = begin(plan("p", Cycle::MONTHLY, vec![flat(10_000)]), "2027-01-31");
    let shown_before = preview(new(plan("p", Cycle::MONTHLY, vec![flat(10_000)]), "2027-01-31"), &[]).unwrap();
    assert_eq!(bill_until(&mut real, day("2027-03-31")), shown_before);
    let afterwards = preview(new(plan("p", Cycle::MONTHLY, vec![calls(15)]), "2027-01-31"), &used).unwrap();
    assert_eq!(afterwards.map(|invoice| invoice.total), [1_500; 3]);
}

proptest! {
    #[test]
    fn the_sum_of_everything_is_the_total(
        amounts in proptest::collection::vec(-9_999_999..99_999_999_i64, 0..9),
        rates in proptest::collection::vec((0..3_000_i32, 0..3_usize), 0..4),
        parts in 1..40_u16,
        which in 0..3_usize,
        issued in 10_000..40_000_i32,
    ) {
        let taxes: Vec<Tax> = rates.iter().map(|&(bps, mode)| tax("t", bps, TaxMode::ALL[mode])).collect();
        let rounding = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Truncate][which];
        let terms = Terms { taxes, rounding, instalments: NonZeroU16::new(parts).unwrap(), ..Terms::default() };
        let within: i32 = rates.iter().filter(|rate| rate.1 == 2).map(|rate| rate.0).sum();
        prop_assume!(within < 10_000);
        let invoice = by_hand(&amounts, &terms, &Day::from_epoch(issued).to_string()).unwrap();
        assert_sums(&invoice);
        // Contained taxes are less than what contains them.
        let price: i64 = amounts.iter().sum();
        let contained: i64 = invoice.taxes.iter().filter(|tax| tax.mode != TaxMode::Exclusive).map(|tax| tax.amount).sum();
        prop_assert!(contained.abs() <= price.abs());
    }

    #[test]
    fn no_amount_panics(amounts in proptest::collection::vec(any::<i64>(), 0..5), bps in 0..10_001_i32, mode in 0..2_usize) {
        let terms = Terms { taxes: vec![tax("t", bps, TaxMode::ALL[mode])], ..Terms::default() };
        match by_hand(&amounts, &terms, "2026-12-01") {
            Ok(invoice) => prop_assert_eq!(i128::from(invoice.total) >= 0, invoice.total >= 0),
            Err(error) => prop_assert_eq!(error, BillingError::Overflow),
        }
    }
}
