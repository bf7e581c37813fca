//! One act after the other: where money goes, and what becomes of it.

use regua_core::facts::Fact;
use regua_core::money::Money;
use regua_engine::commands::account::{Booking, Payment};
use regua_engine::commands::tell::About;

use crate::common::{act, brl, day, on_both};
use crate::house::{company, cus, hour, rcv};

/// Three bills of one customer, due on the 10th, 20th and 30th of March 2026: all open days.
fn three(url: &str) -> crate::common::Company1 {
    let mut company = company(url);
    let now = hour("2026-03-01", 9);
    for (id, due, minor) in [("R1", "2026-03-20", 10_000), ("R2", "2026-03-10", 5_000), ("R3", "2026-03-30", 20_000)] {
        company.issue("C1", id, ("2026-03-01", due), brl(minor), now);
    }
    company
}

#[test]
fn a_payment_pays_what_is_named_or_what_is_due_for_longest_and_the_rest_is_credit() {
    on_both(|url| {
        let company = three(url);
        let now = hour("2026-03-05", 9);
        let moved = company.pays(&cus("C1"), brl(8_000), None, now).unwrap();
        let parts: Vec<(&str, i64, i64)> =
            moved.parts.iter().map(|part| (part.receivable.as_str(), part.amount.minor(), part.due.minor())).collect();
        assert_eq!(parts, [("R2", 5_000, 0), ("R1", 3_000, 7_000)]);
        // Named: in that order, and nothing else is paid with what is left.
        let named = ["R1".to_owned()];
        let payment = Payment { amount: brl(30_000), on: None, named: &named, id: Some("E2E-1") };
        let moved = company.engine.pay(company.tenant, &rcv("R3"), payment, &act(), now).unwrap();
        let parts: Vec<(&str, i64)> = moved.parts.iter().map(|part| (part.receivable.as_str(), part.amount.minor())).collect();
        assert_eq!((parts, moved.rest, moved.credit), (vec![("R3", 20_000), ("R1", 7_000)], brl(3_000), brl(3_000)));
        let line = company.clean();
        assert_eq!((line.paid, line.applied, line.credit, line.returned, line.balance), (38_000, 35_000, 3_000, 0, 0));
    });
}

#[test]
fn a_payment_with_an_id_is_entered_once() {
    on_both(|url| {
        let company = three(url);
        let now = hour("2026-03-05", 9);
        let payment = Payment { amount: brl(40_000), on: Some(day("2026-03-04")), named: &[], id: Some("E2E-1") };
        let enter = |payment| company.engine.pay(company.tenant, &cus("C1"), payment, &act(), now);
        let first = enter(payment).unwrap();
        assert_eq!((first.parts.len(), first.rest, first.known), (3, brl(5_000), false));
        for same in [payment, Payment { on: None, ..payment }] {
            let again = enter(same).unwrap();
            assert_eq!((again.parts.len(), again.credit, again.known), (0, brl(5_000), true));
        }
        for other in [Payment { amount: brl(40_001), ..payment }, Payment { on: Some(day("2026-03-03")), ..payment }] {
            assert_eq!(enter(other).unwrap_err().code, "known_otherwise");
        }
        assert_eq!(company.clean().paid, 40_000);
        // A statement of the bank that names one receivable and the same id tells nothing new.
        let books = company.books_of("C1");
        assert_eq!(books.credits(), "received 5000");
        assert_eq!(books.account[0].payment.as_deref(), Some("=1=E2E-1"));
    });
}

#[test]
fn a_payment_of_a_day_to_come_of_another_currency_or_of_somebody_else_is_refused() {
    on_both(|url| {
        let mut company = three(url);
        let now = hour("2026-03-05", 9);
        company.issue("C2", "X1", ("2026-03-01", "2026-03-20"), brl(100), now);
        let dollars = Money::new(100, regua_core::currency::Currency::USD);
        assert_eq!(company.pays(&cus("C1"), brl(100), Some("2026-03-06"), now).unwrap_err().code, "day_to_come");
        assert_eq!(company.pays(&rcv("R1"), dollars, None, now).unwrap_err().code, "currency");
        let named = ["X1".to_owned()];
        let payment = Payment { amount: brl(100), on: None, named: &named, id: None };
        let refused = company.engine.pay(company.tenant, &cus("C1"), payment, &act(), now);
        assert_eq!(refused.unwrap_err().code, "another_customer");
        // Without a receivable in that currency all of it is credit.
        assert_eq!(company.pays(&cus("C1"), dollars, None, now).unwrap().credit, dollars);
        company.clean();
    });
}

#[test]
fn credit_pays_where_somebody_says_so_and_is_given_back_at_most_once() {
    on_both(|url| {
        let company = three(url);
        let now = hour("2026-03-05", 9);
        company.pays(&rcv("R2"), brl(9_000), None, now).unwrap();
        assert_eq!(company.books_of("C1").credits(), "overpaid 4000");
        assert_eq!(company.books_of("C1").row("R1").balance, 10_000, "credit does not pay by itself");
        let apply = |about: &About, amount: Option<i64>| {
            company.engine.apply_credit(company.tenant, about, (amount.map(brl), regua_core::currency::Currency::BRL), &act(), now)
        };
        assert_eq!(apply(&cus("C1"), Some(4_001)).unwrap_err().code, "no_credit");
        let moved = apply(&cus("C1"), Some(1_500)).unwrap();
        assert_eq!((moved.parts[0].receivable.as_str(), moved.parts[0].due, moved.credit), ("R1", brl(8_500), brl(2_500)));
        apply(&rcv("R3"), Some(500)).unwrap();
        assert_eq!(company.refunds(&cus("C1"), Some(brl(2_001)), now).unwrap_err().code, "does_not_fit");
        assert_eq!(company.refunds(&cus("C1"), None, now).unwrap().credit, brl(0));
        assert_eq!(company.refunds(&cus("C1"), None, now).unwrap_err().code, "no_credit");
        let line = company.clean();
        assert_eq!((line.paid, line.applied, line.credit, line.returned), (9_000, 7_000, 0, 2_000));
    });
}

#[test]
fn money_that_was_used_cannot_be_given_back_and_what_is_taken_back_leaves_a_debt() {
    on_both(|url| {
        let company = three(url);
        let now = hour("2026-03-05", 9);
        company.pays(&rcv("R2"), brl(9_000), None, now).unwrap();
        company.engine.apply_credit(company.tenant, &cus("C1"), (None, regua_core::currency::Currency::BRL), &act(), now).unwrap();
        assert_eq!(company.refunds(&rcv("R2"), Some(brl(1_000)), now).unwrap_err().code, "credit_used");
        // The bank asks nobody.
        let moved = company.books("R2", Booking::ChargedBack(None), now).unwrap();
        assert_eq!((moved.parts[0].due, moved.credit), (brl(5_000), brl(-4_000)));
        let line = company.clean();
        assert_eq!((line.paid, line.applied, line.credit, line.returned), (9_000, 4_000, -4_000, 9_000));
        // What comes next fills it up.
        let moved = company.pays(&cus("C1"), brl(36_000), None, now).unwrap();
        assert_eq!((moved.rest, moved.credit), (brl(5_000), brl(1_000)));
        company.clean();
    });
}

#[test]
fn a_void_makes_credit_of_what_was_paid_and_a_write_off_is_recovered_by_what_comes_later() {
    on_both(|url| {
        let company = three(url);
        let now = hour("2026-03-05", 9);
        company.pays(&rcv("R1"), brl(4_000), None, now).unwrap();
        company.pays(&rcv("R2"), brl(5_000), None, now).unwrap();
        assert_eq!(company.books("R1", Booking::Void, now).unwrap().credit, brl(4_000));
        assert_eq!(company.books("R2", Booking::Void, now).unwrap().credit, brl(9_000), "what was paid in full can be void too");
        assert_eq!(company.books("R1", Booking::Void, now).unwrap_err().code, "void");
        company.books("R3", Booking::WriteOff, now).unwrap();
        assert_eq!(company.books("R3", Booking::WriteOff, now).unwrap_err().code, "settled");
        // Money of nobody's asking is no recovery, money for it is.
        assert_eq!(company.pays(&cus("C1"), brl(100), None, now).unwrap().credit, brl(9_100));
        assert_eq!(company.pays(&rcv("R3"), brl(6_000), None, now).unwrap().credit, brl(9_100));
        let books = company.books_of("C1");
        books.add_up();
        assert_eq!(books.told("R1"), "payment -4000, void -10000, overpayment 4000");
        assert_eq!(books.told("R3"), "write_off -20000, payment -6000, write_off 6000");
        let stands = ["R1", "R2", "R3"].map(|id| (books.row(id).status.as_str(), books.row(id).balance));
        assert_eq!(stands, [("void", 0), ("void", 0), ("written_off", 0)]);
        let line = company.clean();
        assert_eq!((line.paid, line.applied, line.credit, line.balance), (15_100, 6_000, 9_100, 0));
    });
}

#[test]
fn a_withheld_tax_a_reduction_and_a_fee_change_what_is_owed() {
    on_both(|url| {
        let company = three(url);
        let now = hour("2026-03-05", 9);
        company.books("R1", Booking::Withheld(brl(465)), now).unwrap();
        company.books("R1", Booking::Reduction(brl(1_000)), now).unwrap();
        assert_eq!(company.books("R1", Booking::Fee(brl(250)), now).unwrap().parts[0].due, brl(8_785));
        assert_eq!(company.books("R1", Booking::Reduction(brl(8_786)), now).unwrap_err().code, "does_not_fit");
        assert_eq!(company.pays(&rcv("R1"), brl(8_785), None, now).unwrap().rest, brl(0));
        assert_eq!(company.books_of("C1").row("R1").status, "paid");
        // A fee for what is paid opens it again.
        assert_eq!(company.books("R1", Booking::Fee(brl(100)), now).unwrap().parts[0].due, brl(100));
        assert_eq!(company.books_of("C1").row("R1").status, "open");
        company.pays(&rcv("R1"), brl(100), None, now).unwrap();
        // A tax that covers all is a payment too.
        company.books("R2", Booking::Withheld(brl(5_000)), now).unwrap();
        let books = company.books_of("C1");
        assert_eq!(books.told("R1"), "withholding -465, credit -1000, fee 250, payment -8785, fee 100, payment -100");
        assert_eq!([books.row("R1").status.as_str(), books.row("R2").status.as_str()], ["paid", "paid"]);
        company.clean();
    });
}

#[test]
fn the_ladder_adds_its_fee_and_writes_off_in_the_ledger() {
    on_both(|url| {
        let company = three(url);
        let mut today = day("2026-03-02");
        while today < day("2026-07-15") {
            company.pass(hour(&today.to_string(), 9));
            today = today.plus(1);
        }
        let books = company.books_of("C1");
        books.add_up();
        for id in ["R1", "R2", "R3"] {
            let told = books.told(id);
            assert!(told.starts_with("fee 500, write_off -") && told.contains("interest"), "{id}: {told}");
            assert_eq!((books.row(id).status.as_str(), books.row(id).balance), ("written_off", 0));
        }
        assert_eq!(company.clean().balance, 0);
    });
}

#[test]
fn what_is_paid_and_taken_back_is_a_new_cycle_and_an_adverse_step_is_announced_anew() {
    on_both(|url| {
        let mut company = company(url);
        company.issue("C1", "R1", ("2026-03-01", "2026-03-10"), brl(10_000), hour("2026-03-01", 9));
        let mut today = day("2026-03-02");
        let step = |company: &crate::common::Company1, from: regua_core::time::Day, until: &str| {
            let mut today = from;
            while today < day(until) {
                company.pass(hour(&today.to_string(), 9));
                today = today.plus(1);
            }
            today
        };
        today = step(&company, today, "2026-03-24");
        let limited = |cycle| {
            let books = company.books_of("C1");
            let done =
                |step: &str| books.decisions.iter().find(|row| row.step == step && row.cycle == cycle && row.outcome == "done").cloned();
            (done("limit"), done("limit.notice"))
        };
        assert!(limited(0).0.is_some(), "access was limited");
        company.pays(&rcv("R1"), brl(10_300), None, hour("2026-03-24", 8)).unwrap();
        assert_eq!(company.books_of("C1").row("R1").status, "paid");
        today = step(&company, today, "2026-03-30");
        let taken = hour("2026-03-30", 8);
        company.books("R1", Booking::ChargedBack(None), taken).unwrap();
        let books = company.books_of("C1");
        assert_eq!((books.row("R1").status.as_str(), books.row("R1").balance > 10_000), ("open", true));
        step(&company, today, "2026-04-20");
        let (again, notice) = limited(1);
        let (again, notice) = (again.unwrap(), notice.unwrap());
        let days = |at| regua_core::time::Zone::parse("America/Sao_Paulo").unwrap().day_of(at);
        assert!(notice.decided_at > taken && days(again.decided_at).since(days(notice.decided_at)) >= 3, "{notice:?} {again:?}");
        // What was known of it was not told to anybody by a fact.
        company.engine.tell(company.tenant, &rcv("R1"), Fact::Voided, Some(&act()), hour("2026-04-20", 10)).unwrap();
        company.clean();
    });
}
