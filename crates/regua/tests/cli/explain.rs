//! `regua explain`.

use insta::assert_snapshot;

use crate::Bench;
use crate::backtest::{SPREADSHEET, WORKED};

fn walked() -> Bench {
    let bench = Bench::new();
    bench.write("r.csv", WORKED);
    let told = bench.regua("backtest --receivables r.csv --policy spec-example --down 2026-12-10..2026-12-26");
    assert_eq!(told.code, 0, "{told}");
    bench
}

#[test]
fn the_worked_examples_outage_is_told_in_sentences() {
    assert_snapshot!(walked().regua("explain R-1"));
}

#[test]
fn one_step_is_told_with_its_notice_and_a_slip_is_mended() {
    let bench = walked();
    let rows = bench.regua("explain R-1 --step limit --format json").json();
    let told = |place: usize, key: &str| rows[place][key].as_str().unwrap_or_default().to_owned();
    assert_eq!([told(0, "step"), told(0, "outcome")], ["limit.notice", "done"]);
    assert_eq!([told(1, "outcome"), told(1, "reason"), told(1, "until")], ["deferred", "unannounced", "2027-01-04T09:00:00-03:00"]);
    assert_eq!([told(2, "step"), told(2, "outcome")], ["limit", "done"]);
    let slip = bench.regua("explain R-1 --step limits");
    assert_eq!(slip.code, 2);
    assert!(slip.stderr.starts_with("regua: --step limits: the policy has no such step; it has bureau, "), "{slip}");
}

#[test]
fn a_customer_is_told_receivable_by_receivable() {
    let bench = Bench::new();
    bench.write("r.csv", format!("{SPREADSHEET}R-4;C-2;02/12/2026;12/12/2026;20,00;BRL;;;;\n"));
    let facts = r#"{"at":"2026-12-15","receivable":"R-4","event":"dispute_opened"}"#;
    bench.write("f.jsonl", facts);
    let told = bench.regua("backtest --receivables r.csv --facts f.jsonl --policy brasil-saas --until 2027-01-10");
    assert_eq!(told.code, 3, "{told}");
    assert_snapshot!(bench.regua("explain C-2"));
    let unknown = bench.regua("explain C-3");
    assert_eq!(
        (unknown.code, unknown.stderr.as_str()),
        (2, "regua: no receivable and no customer `C-3` in this backtest; decisions.csv has the ids in its first columns\n")
    );
}

#[test]
fn changed_files_are_named_when_they_matter() {
    let bench = walked();
    bench.write("r.csv", WORKED.replace("100.00", "100.01"));
    let same = bench.regua("explain R-1");
    assert_eq!(same.code, 0, "{same}");
    let text = same.stdout.replace('\n', " ");
    assert!(text.contains("with the same result, though <dir>/r.csv has changed since"), "{same}");
    bench.write("r.csv", WORKED.replace("100.00", "0.50"));
    let other = bench.regua("explain R-1");
    assert_eq!(
        (other.code, other.stderr.as_str()),
        (
            2,
            "regua: the decisions stored for customer `C-1` are not those of today's files: <dir>/r.csv has changed since; \
             run the backtest again\n"
        )
    );
    bench.write("r.csv", WORKED);
    bench.write("backtest/decisions.csv", bench.read("backtest/decisions.csv").replace("late2,0,skipped,stale", "late2,0,done,"));
    assert!(bench.regua("explain R-1").stderr.contains("decisions.csv itself was changed"));
}

#[test]
fn what_is_no_backtest_is_told() {
    let bench = Bench::new();
    let told = bench.regua("explain R-1 --in nowhere");
    assert_eq!(
        (told.code, told.stderr.as_str()),
        (2, "regua: nowhere holds no backtest; name the folder that `regua backtest --out` wrote\n")
    );
    bench.piped("backtest --receivables - --policy spec-example", WORKED);
    let told = bench.regua("explain R-1");
    assert_eq!(
        (told.code, told.stderr.as_str()),
        (2, "regua: the receivables of this backtest came from standard input and are gone; run it again from a file\n")
    );
}
