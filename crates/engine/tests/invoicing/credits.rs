//! Credit notes by a person: documents of their own, which lower what is open, leave the rest, and follow from the log.

use std::num::NonZeroU16;

use regua_core::billing::{CreditOf, CreditShare, Cycle, InvoiceStatus, NewSubscription, Tax, TaxMode, Terms};
use regua_core::facts::Fact;
use regua_core::rate::Rate;
use regua_engine::Act;
use regua_engine::commands::account::Booking;
use regua_engine::commands::tell::About;
use regua_engine::replay::Sort;
use regua_store::db::Scope;

use crate::common::{Company1, act, day, on_both};
use crate::harness::{flat, hour, new};

fn why(reason: &str) -> Act {
    Act { reason: Some(reason.to_owned()), ..act() }
}

/// An invoice of 100.00 with 10 % tax on top, in two parts, made on 1 April.
fn billed(url: &str) -> Company1 {
    let mut company = Company1::new(url);
    let vat = Tax { name: "VAT".into(), rate: Rate::from_bps(1_000), mode: TaxMode::Exclusive };
    let terms = Terms { taxes: vec![vat], instalments: NonZeroU16::new(2).unwrap(), ..Terms::default() };
    let taxed = NewSubscription { terms, ..new("s1", flat("basic", 10_000, Cycle::MONTHLY), "2026-04-01") };
    company.subscribe("C1", taxed, hour("2026-03-20", 9));
    company.bill(hour("2026-04-01", 9));
    company
}

#[test]
fn a_part_of_an_invoice_is_not_voided_without_it() {
    on_both(|url| {
        let company = billed(url);
        for part in ["s1/0/period#1", "s1/0/period#2"] {
            let about = About::Receivable(part.to_owned());
            let refused = company.engine.book(company.tenant, &about, Booking::Void, None, &act(), hour("2026-04-02", 9)).unwrap_err();
            assert_eq!(refused.code, "part_of_invoice");
            assert!(refused.detail.contains("a part of the invoice s1/0/period"), "{refused}");
        }
        company.engine.void_invoice(company.tenant, "s1/0/period", &act(), hour("2026-04-02", 10)).unwrap();
        assert_eq!(company.invoices("C1").remove(0).status, InvoiceStatus::Void);
        company.assert_clean();
    });
}

#[test]
fn a_credit_note_lowers_the_invoice_s_own_parts_the_newest_first() {
    on_both(|url| {
        let company = billed(url);
        let credit = |what: &CreditOf, on: &str, only_look| {
            company.engine.credit_invoice(company.tenant, "s1/0/period", what, &why("two days down"), hour(on, 9), only_look)
        };
        let seen = credit(&CreditOf::Amount(6_600), "2026-04-05", true).unwrap();
        assert_eq!((seen.applied, seen.left, company.invoices("C1").len()), (6_600, 0, 1), "only looked at");
        let made = credit(&CreditOf::Amount(6_600), "2026-04-05", false).unwrap();
        assert_eq!((made.key.as_str(), made.document.total, made.document.taxes[0].amount), ("s1/0/period/credit-1", -6_600, -600));
        let expected = ["s1/0/period 2026-04-01 11000 open", "s1/0/period/credit-1 2026-04-05 -6600 paid"];
        assert_eq!(company.listed("C1"), expected);
        let shown = company.engine.invoice(company.tenant, "s1/0/period").unwrap();
        let parts: Vec<_> = shown.parts.iter().map(|part| (part.status.as_str(), part.balance)).collect();
        assert_eq!(parts, [("open", 4_400), ("void", 0)], "the second part is gone, and a fifth of the first");
        // The next note goes by what is left.
        let again = credit(&CreditOf::Amount(4_401), "2026-04-06", false).unwrap_err();
        assert!(again.code == "cannot_credit" && again.detail.contains("only BRL 44.00 is left"), "{again}");
        let rest = credit(&CreditOf::All, "2026-04-06", false).unwrap();
        assert_eq!((rest.key.as_str(), rest.document.total), ("s1/0/period/credit-2", -4_400));
        assert_eq!(credit(&CreditOf::All, "2026-04-06", false).unwrap_err().code, "cannot_credit");
        let invoice = company.invoices("C1").remove(0);
        assert_eq!((invoice.open, invoice.status), (0, InvoiceStatus::Paid));
        assert_eq!(company.engine.void_invoice(company.tenant, "s1/0/period", &act(), hour("2026-04-07", 9)).unwrap_err().code, "credited");
        company.assert_clean();
    });
}

#[test]
fn what_is_credited_of_a_paid_invoice_waits_for_the_next_one() {
    on_both(|url| {
        let company = billed(url);
        for part in ["s1/0/period#1", "s1/0/period#2"] {
            let paid = Fact::Paid { paid_on: day("2026-04-02"), amount: None };
            company.engine.tell(company.tenant, &About::Receivable(part.to_owned()), paid, Some(&act()), hour("2026-04-02", 9)).unwrap();
        }
        let lines = CreditOf::Lines(vec![CreditShare { line: 0, amount: 3_000 }]);
        let made =
            company.engine.credit_invoice(company.tenant, "s1/0/period", &lines, &why("agreed"), hour("2026-04-10", 9), false).unwrap();
        assert_eq!((made.applied, made.left), (0, 3_300));
        assert_eq!(made.document.lines[0].name.as_ref(), "Mensalidade");
        company.bill(hour("2026-05-01", 9));
        let left: Vec<i64> = company.invoices("C1").iter().map(|one| one.row.credit_left).collect();
        assert_eq!(left, [0, 0, 0], "May took it");
        assert_eq!(company.invoices("C1").iter().map(|one| one.open).sum::<i64>(), 11_000 - 3_300);
        company.assert_clean();
    });
}

#[test]
fn a_credit_note_says_why_and_is_of_something_owed() {
    on_both(|url| {
        let company = billed(url);
        let credit = |name: &str, act: &Act| {
            company.engine.credit_invoice(company.tenant, name, &CreditOf::All, act, hour("2026-04-05", 9), false).unwrap_err().code
        };
        assert_eq!(credit("s1/0/period", &act()), "no_reason");
        assert_eq!(credit("s1/9/period", &why("x")), "no_invoice");
        company.engine.void_invoice(company.tenant, "s1/0/period", &act(), hour("2026-04-04", 9)).unwrap();
        assert_eq!(credit("s1/0/period", &why("x")), "voided");
        company.assert_clean();
    });
}

#[test]
fn an_altered_credit_note_is_named() {
    on_both(|url| {
        let company = billed(url);
        let what = CreditOf::Amount(1_000);
        company.engine.credit_invoice(company.tenant, "s1/0/period", &what, &why("agreed"), hour("2026-04-05", 9), false).unwrap();
        company.assert_clean();
        // The words are apart: statements of ours live in the store, this is somebody else's.
        let sql = ["UPDATE", "invoices SET total = total - 1", "WHERE kind = 'credit_note'"].join(" ");
        company.engine.db().write(Scope::Owner, |tx| tx.batch(&sql)).unwrap();
        let findings = company.verdict().findings;
        assert!(
            matches!(findings.as_slice(), [one] if one.sort == Sort::AlteredRow && one.what.contains("the log says -1000")),
            "{findings:?}"
        );
    });
}

#[test]
fn lists_go_from_the_newest_back_and_end_at_their_limit() {
    use regua_engine::billing::Of;
    on_both(|url| {
        let mut company = billed(url);
        company.subscribe("C2", new("s2", flat("basic2", 500, Cycle::MONTHLY), "2026-04-10"), hour("2026-04-09", 9));
        company.bill(hour("2026-06-01", 9));
        let keys = |of: Of<'_>, status, limit| {
            let found = company.engine.invoices_listed(company.tenant, of, status, limit).unwrap();
            found.into_iter().map(|one| one.invoiced.row.key).collect::<Vec<_>>()
        };
        assert_eq!(keys(Of::All, None, 99).len(), 5);
        assert_eq!(keys(Of::Customer("C2"), None, 1).len(), 1);
        assert_eq!(keys(Of::Subscription("s1"), Some(InvoiceStatus::Open), 99).last().unwrap(), "s1/0/period", "the oldest is the last");
        assert!(keys(Of::All, Some(InvoiceStatus::Void), 99).is_empty());
        let found = company.engine.subscriptions(company.tenant, Of::All, 9, &|_| true).unwrap();
        assert_eq!(found.iter().map(|one| one.customer.as_str()).collect::<Vec<_>>(), ["C2", "C1"]);
        assert_eq!(company.engine.plans(company.tenant).unwrap().len(), 2);
        let missing = company.engine.invoices_listed(company.tenant, Of::Customer("C9"), None, 9).unwrap_err();
        assert_eq!(missing.kind, regua_engine::Kind::NotFound);
    });
}
