//! A person may ask what is held about them, and that it be erased; the books and the chain stay whole.

use regua_core::facts::Fact;
use regua_engine::Kind;
use regua_store::db::Scope;
use regua_store::{lookup, person};

use crate::company::{Company, day, moment, money, on_lived, shown};

#[test]
fn an_erased_person_is_gone_and_the_chain_and_the_books_stay_whole() {
    on_lived(|fresh| {
        let copy = fresh.copied();
        let mut company = Company::again(copy.url());
        let (engine, tenant, act, now) = (&company.engine, company.tenant, Company::act(), moment("2027-02-10", 8));
        let refused = engine.erase(tenant, "ana@x.example", false, &act, now).unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Refused, "open_receivables"));
        let customer = engine.erase(tenant, "ana@x.example", true, &act, now).unwrap();
        assert_eq!(engine.erase(tenant, &customer.to_string(), true, &act, now).unwrap_err().code, "erased");
        let known = engine.db().read(Scope::Tenant(tenant), |tx| lookup::customers(tx, tenant, &["ana@x.example"])).unwrap();
        assert!(known.is_empty());
        // Nothing that anybody can read names her.
        let export = engine.export(tenant, &customer.to_string(), now).unwrap();
        assert!(export["profile"].is_null() && export["erased"] == true);
        let text = export.to_string();
        assert!(!text.contains("ana@") && !text.contains("Ana") && !text.contains("987654321"), "{text}");
        assert!(text.contains("R01"), "the books stay");
        let written = engine.db().read(Scope::Tenant(tenant), |tx| person::messages(tx, tenant, customer)).unwrap();
        assert!(!written.is_empty() && written.iter().all(|one| one.letter.is_none() && one.reply.is_none()), "not even sealed");
        // Life goes on: money comes, decisions are made, nobody is written to.
        company.tell("R01", Fact::Paid { paid_on: day("2027-02-11"), amount: Some(money("10.00")) }, moment("2027-02-12", 8));
        company.pass("2027-02-10", "2027-03-20");
        let later = company.engine.export(tenant, &customer.to_string(), now).unwrap();
        let messages = |export: &serde_json::Value| export["messages"].as_array().unwrap().len();
        assert_eq!(messages(&later), messages(&export), "nobody is written to");
        let verdict = company.verdict();
        assert!(verdict.is_clean(), "{}", shown(&verdict.findings));
        assert_eq!(verdict.erased, 1);
    });
}

#[test]
fn an_export_holds_everything_about_one_customer_and_nothing_about_another() {
    on_lived(|fresh| {
        let company = Company::again(fresh.url());
        let export = company.engine.export(company.tenant, "C5", moment("2027-02-10", 8)).unwrap();
        assert_eq!(export["held_by"], "Casa");
        assert_eq!(export["customer"], "C5");
        assert_eq!(export["profile"]["name"], "Eva");
        let ids: Vec<&str> = export["receivables"].as_array().unwrap().iter().map(|one| one["receivable"].as_str().unwrap()).collect();
        assert_eq!(ids, ["R07", "R08"]);
        assert_eq!(export["receivables"][1]["billed"], "BRL 300.00");
        assert_eq!(export["receivables"][1]["ledger"][0]["kind"], "charge");
        let text = export.to_string();
        for part in ["eva@x.example", "promised", "was skipped", "went out by email", "\"kind\":\"decided\"", "\"subject\""] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        for other in ["bruno@", "R01", "\"C2\""] {
            assert!(!text.contains(other), "{other}");
        }
    });
}
