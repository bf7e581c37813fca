//! Billing follows from the log: whoever alters a row of it is named.

use regua_core::billing::{Change, Cycle, Effect, Settle};
use regua_engine::replay::Sort;
use regua_store::db::Scope;

use crate::common::{Company1, act, on_both};
use crate::harness::{flat, hour, new, seats};

fn lived(url: &str) -> Company1 {
    let mut company = Company1::new(url);
    company.subscribe("C1", new("s1", seats("team", 3_000), "2026-04-01"), hour("2026-03-20", 9));
    company.subscribe("C2", new("s2", flat("basic", 10_000, Cycle::MONTHLY), "2026-04-01"), hour("2026-03-20", 9));
    company.bill(hour("2026-04-01", 9));
    let effect = Effect::Now(Settle::OwnInvoice);
    company.change("s1", Change::QuantityChanged { quantity: 4, effect }, hour("2026-04-10", 9)).unwrap();
    company.bill(hour("2026-04-10", 9));
    company.engine.void_invoice(company.tenant, "s2/0/period", &act(), hour("2026-04-11", 9)).unwrap();
    company
}

#[test]
fn an_altered_row_of_billing_is_named() {
    on_both(|url| {
        let company = lived(url);
        company.assert_clean();
        // What is done, how it is undone, and what must be found.
        let rows = [
            ("invoices", "total = total + 1", "total = total - 1", "key = 's1/0/period'", "`total` is 3001, the log says 3000"),
            ("invoices", "due_on = '2026-05-01'", "due_on = '2026-04-01'", "key = 's1/0/period'", "`due_on` is 2026-05-01"),
            ("invoices", "body = body || ' '", "body = trim(body)", "key = 's1/0/change-0'", "invoices inv_"),
            ("invoices", "credit_left = 7", "credit_left = 0", "key = 's2/0/period'", "`credit_left` is 7, the log says 0"),
            ("invoice_receivables", "number = 2", "number = 1", "1 = 1", "invoice_receivables inv_"),
            ("subscriptions", "plan = 'free'", "plan = 'team'", "external_id = 's1'", "`plan` is `free`, the log says `team`"),
            ("subscriptions", "external_id = 's9'", "external_id = 's2'", "plan = 'basic'", "`external_id` is `s9`"),
            ("plans", "body = body || ' '", "body = trim(body)", "plan = 'basic'", "plans plan `basic`, version 1"),
        ];
        for (table, alter, undo, which, expected) in rows {
            // The words are apart: statements of ours live in the store, these are somebody else's.
            let update = |set: &str| {
                let sql = ["UPDATE", table, "SET", set, "WHERE", which].join(" ");
                company.engine.db().write(Scope::Owner, |tx| tx.batch(&sql)).unwrap();
            };
            update(alter);
            let findings = company.verdict().findings;
            let hit = findings.iter().any(|one| one.what.contains(expected));
            assert!(hit, "{table}: {alter}\n{findings:#?}");
            assert!(findings.iter().all(|one| one.what.starts_with(table)), "{findings:#?}");
            assert!(findings.iter().all(|one| [Sort::AlteredRow, Sort::UnknownRow, Sort::MissingRow].contains(&one.sort)), "{findings:#?}");
            update(undo);
        }
        company.assert_clean();
    });
}

#[test]
fn nobody_who_was_erased_is_billed() {
    on_both(|url| {
        let company = lived(url);
        let other = company.engine.erase(company.tenant, "C2", false, &act(), hour("2026-04-20", 9));
        assert_eq!(other.unwrap_err().code, "running_subscriptions", "its one invoice is void, and it would be billed again");
        company.engine.erase(company.tenant, "C1", true, &act(), hour("2026-04-20", 9)).unwrap();
        assert_eq!(company.bill(hour("2026-07-01", 9)).invoices, 3, "May, June and July of the other customer");
        let verdict = company.assert_clean();
        assert_eq!(verdict.erased, 1);
    });
}

#[test]
fn a_customer_gets_subscriptions_and_invoices_with_everything_else_that_is_held() {
    on_both(|url| {
        let company = lived(url);
        let all = company.engine.export(company.tenant, "C1", hour("2026-04-20", 9)).unwrap();
        assert_eq!(all["subscriptions"][0]["subscription"], "s1");
        assert_eq!(all["invoices"][0]["invoice"], "s1/0/period");
        assert_eq!(all["invoices"].as_array().unwrap().len(), 2);
    });
}
