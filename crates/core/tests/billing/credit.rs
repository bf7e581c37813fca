//! Credit notes and voiding.

use proptest::prelude::*;
use regua_core::billing::{
    CreditError, CreditNote, CreditOf, CreditShare, DraftInvoice, Head, InvoiceKey, InvoiceMove, InvoiceStatus, Line, LineKind, Purpose,
    Tax, TaxMode, Terms, void,
};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::rate::Rate;

use crate::harness::day;

fn invoice(amounts: &[i64], taxes: &[(i32, TaxMode)]) -> DraftInvoice {
    let on = day("2026-12-01");
    let key = InvoiceKey { subscription: "cus_a".into(), period: 0, purpose: Purpose::Manual(1), revision: 0 };
    let head = Head { key, currency: Currency::EUR, issued_on: on, period: None };
    let line = |&amount: &i64| {
        let (plan, price, name) = ("".into(), "a".into(), "A".into());
        Line { kind: LineKind::Manual, plan, price, name, quantity: 1, from: on, to: on, whole_days: 0, amount }
    };
    let taxes = taxes.iter().map(|&(bps, mode)| Tax { name: "t".into(), rate: Rate::from_bps(bps), mode }).collect();
    DraftInvoice::assemble(head, amounts.iter().map(line).collect(), Vec::new(), &Terms { taxes, ..Terms::default() })
        .expect("an invoice in a test")
}

fn note(invoice: &DraftInvoice, before: &[CreditNote], what: CreditOf) -> Result<CreditNote, CreditError> {
    invoice.credit_note(before, what, day("2026-12-05"), "agreed")
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[test]
fn a_line_is_credited_with_its_tax() {
    // 100.00 + 50.00, 22 % on top: 183.00.
    let invoice = invoice(&[10_000, 5_000], &[(2_200, TaxMode::Exclusive)]);
    let half = CreditOf::Lines(vec![CreditShare { line: 1, amount: 2_500 }]);
    let first = note(&invoice, &[], half.clone()).unwrap();
    assert_eq!((first.number, first.price, first.taxes[0].base, first.taxes[0].amount, first.total), (1, 2_500, 2_500, 550, 3_050));
    let second = note(&invoice, std::slice::from_ref(&first), half.clone()).unwrap();
    let before = [first, second];
    assert_eq!(note(&invoice, &before, half), Err(CreditError::TooMuch { left: euros(0) }));
    let rest = note(&invoice, &before, CreditOf::All).unwrap();
    assert_eq!((rest.number, rest.price, rest.taxes[0].amount, rest.total), (3, 10_000, 2_200, 12_200));
}

#[test]
fn what_cannot_be_credited_is_refused() {
    let bill = invoice(&[10_000], &[]);
    let line = |line, amount| CreditOf::Lines(vec![CreditShare { line, amount }]);
    for (what, error) in [
        (CreditOf::Amount(0), CreditError::NotPositive),
        (CreditOf::Amount(-5), CreditError::NotPositive),
        (CreditOf::Amount(i64::MAX), CreditError::TooMuch { left: euros(10_000) }),
        (CreditOf::Amount(10_001), CreditError::TooMuch { left: euros(10_000) }),
        (CreditOf::Lines(vec![]), CreditError::NotPositive),
        (line(0, 0), CreditError::NotPositive),
        (line(1, 1), CreditError::NoLine(1)),
        (line(0, i64::MAX), CreditError::TooMuch { left: euros(10_000) }),
    ] {
        assert_eq!(note(&bill, &[], what), Err(error));
    }
    let all = note(&bill, &[], CreditOf::All).unwrap();
    assert_eq!(note(&bill, std::slice::from_ref(&all), CreditOf::All), Err(CreditError::NotPositive));
    let other = CreditNote { of: bill.key.replacement(), ..all };
    assert!(matches!(note(&bill, &[other], CreditOf::All), Err(CreditError::OtherInvoice(_))));
    for nothing in [invoice(&[-1], &[]), invoice(&[], &[])] {
        assert_eq!(note(&nothing, &[], CreditOf::All), Err(CreditError::NothingOwed));
    }
}

#[test]
fn only_an_unpaid_invoice_is_voided_and_another_may_take_its_place() {
    let bill = invoice(&[10_000], &[]);
    let part = note(&bill, &[], CreditOf::Amount(1_000)).unwrap();
    let on = day("2026-12-09");
    let voided = void(&bill, InvoiceStatus::Open, 0, &[part], on, "wrong name").unwrap();
    assert_eq!((voided.amount, voided.replacement.to_string().as_str()), (9_000, "cus_a/0/manual-1/1"));
    assert_eq!(void(&bill, InvoiceStatus::Open, 1, &[], on, ""), Err(CreditError::Paid { paid: euros(1) }));
    for status in [InvoiceStatus::Paid, InvoiceStatus::Void] {
        assert!(matches!(void(&bill, status, 0, &[], on, ""), Err(CreditError::NotAllowed(_))), "{status}");
    }
}

#[test]
fn an_invoice_moves_as_the_words_say() {
    use InvoiceStatus::{Draft, Open, Paid, Uncollectible, Void};
    let moves = |from: InvoiceStatus| InvoiceMove::ALL.iter().map(move |&to| from.after(to).ok());
    for (from, expected) in [
        // issue, pay, reopen, void, give up
        (Draft, [Some(Open), None, None, Some(Void), None]),
        (Open, [None, Some(Paid), None, Some(Void), Some(Uncollectible)]),
        (Paid, [None, None, Some(Open), None, None]),
        (Void, [None; 5]),
        (Uncollectible, [None, Some(Paid), None, Some(Void), None]),
    ] {
        assert_eq!(moves(from).collect::<Vec<_>>(), expected, "{from}");
    }
    let error = Paid.after(InvoiceMove::Void).unwrap_err().to_string();
    assert_eq!(error, "an invoice that is `paid` cannot take the move `void`");
}

proptest! {
    #[test]
    fn notes_for_the_whole_give_back_each_tax_to_the_cent(
        amounts in proptest::collection::vec(1..99_999_i64, 1..4),
        taxes in proptest::collection::vec((0..3_000_i32, 0..3_usize), 0..3),
        parts in proptest::collection::vec((1..50_000_i64, any::<bool>(), 0..4_u32), 0..12),
    ) {
        let taxes: Vec<_> = taxes.into_iter().map(|(bps, mode)| (bps, TaxMode::ALL[mode])).collect();
        let invoice = invoice(&amounts, &taxes);
        let mut notes = Vec::new();
        for (amount, whole, line) in parts {
            let what = if whole { CreditOf::Amount(amount) } else { CreditOf::Lines(vec![CreditShare { line, amount }]) };
            if let Ok(note) = note(&invoice, &notes, what) {
                notes.push(note);
            }
        }
        if let Ok(rest) = note(&invoice, &notes, CreditOf::All) {
            notes.push(rest);
        }
        let sum = |read: &dyn Fn(&CreditNote) -> i64| notes.iter().map(read).sum::<i64>();
        prop_assert_eq!(sum(&|note| note.total), invoice.total);
        for (place, tax) in invoice.taxes.iter().enumerate() {
            prop_assert_eq!(sum(&|note| note.taxes[place].amount), tax.amount);
        }
        for note in &notes {
            let on_top: i64 = note.taxes.iter().filter(|tax| tax.mode == TaxMode::Exclusive).map(|tax| tax.amount).sum();
            prop_assert_eq!(note.price + on_top, note.total);
            prop_assert!(note.price >= 0 && note.total > 0);
        }
    }
}
