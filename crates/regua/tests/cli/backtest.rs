//! `regua backtest`.

use insta::assert_snapshot;

use crate::Bench;

/// Two customers: one pays nothing, the other three days after a due date that rolls over a week-end; one row is bad.
pub(crate) const SPREADSHEET: &str = "\
receivable_id;customer_id;issued_on;due_on;amount;currency;paid_on;name;email;tier
R-1;C-1;01/12/2026;12/12/2026;100,00;BRL;;Ana;ana@example.com;
R-2;C-2;01/12/2026;13/12/2026;1.250,50;BRL;16/12/2026;Bruno & Filhos;bruno@example.com;gold
R-3;C-2;01/12/2026;31/02/2026;10,00;BRL;;;;
";

/// The customer of the worked example (SPEC §3).
pub(crate) const WORKED: &str = "\
receivable_id,customer_id,issued_on,due_on,amount,currency,name,email
R-1,C-1,2026-12-01,2026-12-12,100.00,BRL,Ana,ana@example.com
";

#[test]
fn the_worked_example_walks_as_the_specification_says() {
    let bench = Bench::new();
    bench.write("r.csv", WORKED);
    assert_snapshot!("worked", bench.regua("backtest --receivables r.csv --policy spec-example"));
    assert_snapshot!("worked-decisions", bench.read("backtest/decisions.csv"));
    assert_snapshot!("down", bench.regua("backtest --receivables r.csv --policy spec-example --down 2026-12-10..2026-12-26 --out down"));
    assert_snapshot!("down-decisions", bench.read("down/decisions.csv"));
}

#[test]
fn bad_rows_are_left_out_told_and_end_in_3() {
    let bench = Bench::new();
    bench.write("r.csv", SPREADSHEET);
    let told = bench.regua("backtest --receivables r.csv --policy brasil-saas --out some/where");
    assert_eq!(told.code, 3, "{told}");
    assert_snapshot!(told);
    assert_snapshot!("rejects", bench.read("some/where/rejects.csv"));
    assert_eq!(bench.json("some/where/summary.json")["rejected"], 1);
    assert!(bench.read("some/where/decisions.csv").contains("\nR-2,C-2,"), "good rows stay");
}

#[test]
fn a_dry_run_shows_what_was_understood_and_writes_nothing() {
    let bench = Bench::new();
    bench.write("r.csv", SPREADSHEET);
    assert_snapshot!(bench.regua("backtest --receivables r.csv --policy brasil-saas --dry-run"));
    assert!(!bench.path().join("backtest").exists());
    let rows = bench.regua("backtest --receivables r.csv --policy brasil-saas --dry-run --format csv").csv();
    assert_eq!(rows[1][..3], ["r.csv", "receivable_id", "receivable_id"]);
}

#[test]
fn payments_and_facts_files_are_walked_too() {
    let bench = Bench::new();
    bench.write("r.csv", WORKED);
    bench.write("p.csv", "receivable_id,paid_on,amount\nR-1,2026-12-17,100.00\nR-9,2026-12-17,1.00\n");
    let facts = [
        r#"{"at":"2026-12-15","receivable":"R-1","event":"dispute_opened"}"#,
        r#"{"at":"2026-12-16","receivable":"R-1","event":"dispute_settled"}"#,
        r#"{"at":"2026-12-16","receivable":"R-9","event":"hold"}"#,
    ];
    bench.write("f.jsonl", facts.join("\n"));
    let told = bench.regua("backtest --receivables r.csv --payments p.csv --facts f.jsonl --policy spec-example --format json");
    assert_eq!(told.code, 3, "{told}");
    let rows = told.json();
    let count = |step: &str, outcome: &str, reason: &str| {
        let rows = rows.as_array().expect("an array").iter();
        rows.filter(|row| row["step"] == step && row["outcome"] == outcome && row["reason"].as_str().unwrap_or("") == reason)
            .filter_map(|row| row["count"].as_u64())
            .sum::<u64>()
    };
    assert_eq!(count("late2", "deferred", "frozen"), 1, "{told}");
    assert_snapshot!("facts-rejects", bench.read("backtest/rejects.csv"));
}

#[test]
fn an_earlier_runs_files_do_not_pass_for_this_ones() {
    let bench = Bench::new();
    bench.write("bad.csv", SPREADSHEET);
    bench.write("good.csv", WORKED);
    assert_eq!(bench.regua("backtest --receivables bad.csv --policy brasil-saas").code, 3);
    assert_eq!(bench.regua("backtest --receivables good.csv --policy brasil-saas").code, 0);
    assert!(!bench.path().join("backtest/rejects.csv").exists());
    bench.write("empty.csv", "");
    assert_eq!(bench.regua("backtest --receivables empty.csv --policy brasil-saas").code, 2);
    assert!(!bench.path().join("backtest/decisions.csv").exists());
}

#[test]
fn standard_input_is_a_file_and_threads_change_nothing() {
    let bench = Bench::new();
    let told = bench.piped("backtest --receivables - --policy brasil-saas --threads 1 --out one --format csv", WORKED);
    assert_eq!((told.code, told.csv()[0].join(",").as_str()), (0, "step,outcome,reason,count"), "{told}");
    bench.write("r.csv", WORKED);
    assert_eq!(bench.regua("backtest --receivables r.csv --policy brasil-saas --threads 3 --out three").code, 0);
    for name in ["decisions.csv", "summary.json"] {
        assert_eq!(bench.read(&format!("one/{name}")), bench.read(&format!("three/{name}")));
    }
}

#[test]
fn until_is_exclusive_and_reads_dates_in_the_policys_zone() {
    let bench = Bench::new();
    bench.write("r.csv", WORKED);
    let last = |until: &str| {
        let told = bench.regua(&format!("backtest --receivables r.csv --policy spec-example --until {until}"));
        assert_eq!(told.code, 0, "{told}");
        bench.json("backtest/summary.json")["last_instant"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(last("2026-12-16"), "2026-12-14T09:00:00-03:00");
    assert_eq!(last("2026-12-16T09:00:00-03:00"), "2026-12-14T09:00:00-03:00");
    assert_eq!(last("2026-12-16T12:00:01Z"), "2026-12-16T09:00:00-03:00");
}

#[test]
fn what_cannot_be_read_says_how_to_mend_it() {
    let bench = Bench::new();
    bench.write("r.csv", WORKED);
    bench.write("both.csv", "receivable_id,customer_id,issued_on,due_on,amount,currency\nR-1,C-1,01/02/2026,03/04/2026,1.00,BRL\n");
    let mut all = String::new();
    for line in [
        "backtest --receivables nowhere.csv --policy brasil-saas",
        "backtest --receivables r.csv --policy nowhere.yaml",
        "backtest --receivables r.csv --policy r.csv",
        "backtest --receivables both.csv --policy brasil-saas",
        "backtest --receivables - --payments - --policy brasil-saas",
        "backtest --receivables r.csv --policy brasil-saas --down 2026-12-10",
        "backtest --receivables r.csv --policy brasil-saas --down 2026-12-26..2026-12-10",
        "backtest --receivables r.csv --policy brasil-saas --until soon",
        "backtest --receivables r.csv --policy brasil-saas --currency XYZ",
        "backtest --receivables r.csv --policy brasil-saas --out r.csv/there",
        "backtest --receivables r.csv --policy brasil-saas --threads 0",
    ] {
        let told = bench.regua(line);
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{told}");
        all = format!("{all}{told}\n\n");
    }
    assert_snapshot!("refused", all);
}

#[test]
fn a_file_of_another_shape_is_read_by_its_mapping() {
    let bench = Bench::new();
    bench.write("erp.csv", "Numero;Cliente;Emissao;Vencto;Valor\n77;7;2026-12-01;2026-12-12;1.234,50\n");
    let map = "mapping: 1\nname: ERP\nfile: { delimiter: semicolon, dates: ymd, decimal: comma }\nreceivables:\n  receivable_id: Numero\n  \
               customer_id: Cliente\n  issued_on: Emissao\n  due_on: Vencto\n  amount: Valor\n  currency: { fixed: BRL }\n";
    bench.write("erp.yaml", map);
    let line = "backtest --receivables erp.csv --map erp.yaml --policy spec-example";
    let told = bench.regua(line);
    assert_eq!(told.code, 0, "{told}");
    assert!(bench.read("backtest/decisions.csv").contains("\n77,7,"), "{told}");
    bench.write("erp.yaml", map.replace("due_on", "due"));
    assert_eq!(bench.regua("explain 77").code, 0, "the mapping is kept with the run");
    let refused = bench.regua(line);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.starts_with("regua: erp.yaml:8:3: `due` is not a canonical column"), "{refused}");
}

#[test]
fn a_report_is_a_page_of_its_own() {
    let bench = Bench::new();
    bench.write("r.csv", SPREADSHEET);
    let told = bench.regua("backtest --receivables r.csv --policy brasil-saas --until 2026-12-20 --report");
    assert!(told.stdout.contains("Written to backtest: decisions.csv, summary.json, rejects.csv, report.html\n"), "{told}");
    let page = bench.read("backtest/report.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("SaaS Brasil") && page.contains("<title>r.csv"), "{page}");
    for fetched in ["<script", "src=\"http", "href=\"http", "url("] {
        assert!(!page.contains(fetched), "{fetched}");
    }
    bench.write("paid.csv", WORKED);
    assert_eq!(bench.regua("backtest --receivables paid.csv --policy us-saas --report --out us").code, 0);
    assert!(bench.read("us/report.html").contains("<html lang=\"en\""));
}
