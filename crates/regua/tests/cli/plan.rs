//! `regua plan`.

use insta::assert_snapshot;

use crate::Bench;

/// Three customers on 14 December 2026: one pays the next day, one owes in another currency and has no address, one owes
/// twice and gets one message.
const PORTFOLIO: &str = "\
receivable_id,customer_id,issued_on,due_on,amount,currency,paid_on,name,email
R-1,C-1,2026-12-01,2026-12-12,100.00,BRL,2026-12-15,Ana,ana@example.com
R-2,C-2,2026-12-01,2026-12-12,250.00,USD,,Bruno,
R-3,C-3,2026-11-20,2026-12-14,300.00,BRL,,Caio,caio@example.com
R-4,C-3,2026-11-20,2026-12-14,30.00,BRL,,Caio,caio@example.com
";

#[test]
fn the_next_days_are_shown_with_every_message() {
    let bench = Bench::new();
    bench.write("r.csv", PORTFOLIO);
    let company = "name: Padaria Aurora\naddress: Rua A, 1, São Paulo\ntax_id: CNPJ 12.345.678/0001-95\ncontact: oi@example.com\nlink: https://pay.example.com/p\n";
    bench.write("company.yaml", company);
    assert_snapshot!(
        bench.regua("plan --receivables r.csv --policy spec-example --as-of 2026-12-14 --days 3 --render --company company.yaml")
    );
    assert!(!bench.path().join("backtest").exists(), "nothing is written");
}

#[test]
fn a_plan_knows_nothing_later_than_its_first_moment() {
    let bench = Bench::new();
    bench.write("r.csv", PORTFOLIO);
    let planned = |as_of: &str| {
        let told = bench.regua(&format!("plan --receivables r.csv --policy spec-example --as-of {as_of} --days 7 --format csv"));
        assert_eq!(told.code, 0, "{told}");
        told.csv().iter().any(|row| row[3] == "R-1" && row[5] == "late2" && row[7] == "done")
    };
    assert!(planned("2026-12-15"), "paid on the 15th, which statements show on the 16th");
    assert!(!planned("2026-12-16"));
}

#[test]
fn every_row_is_json_and_csv_too() {
    let bench = Bench::new();
    bench.write("r.csv", PORTFOLIO);
    let line = "plan --receivables r.csv --policy spec-example --as-of 2026-12-14 --days 3 --render --format";
    let (json, csv) = (bench.regua(&format!("{line} json")), bench.regua(&format!("{line} csv")));
    let (rows, lines) = (json.json(), csv.csv());
    let rows = rows.as_array().expect("an array");
    assert_eq!(rows.len(), lines.len() - 1);
    for outcome in ["done", "skipped"] {
        assert!(rows.iter().any(|row| row["outcome"] == outcome), "{outcome} in {json}");
    }
    assert!(rows.iter().any(|row| row["body"].as_str().is_some_and(|body| body.contains("R$"))), "{json}");
}

#[test]
fn without_a_date_the_plan_begins_now() {
    let bench = Bench::new();
    bench.write("r.csv", PORTFOLIO);
    let told = bench.regua("plan --receivables r.csv --policy spec-example");
    assert_eq!(told.code, 0, "{told}");
    assert!(told.stdout.starts_with("From "), "{told}");
}

#[test]
fn a_company_file_that_lacks_something_says_what() {
    let bench = Bench::new();
    bench.write("r.csv", PORTFOLIO);
    bench.write("company.yaml", "name: Padaria Aurora\n");
    let told = bench.regua("plan --receivables r.csv --policy spec-example --company company.yaml");
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("company.yaml") && told.stderr.contains("address"), "{told}");
}
