//! `regua policy …`.

use insta::assert_snapshot;

use crate::Bench;

const BAD: &str = "\
regua: 1
name: Ação
currency: BRL
timezone: America/Sao_Paulo
segments:
  - { name: gold, when: \"customer.attributes.tier = 'gold'\" }
  - { name: default }
ladders:
  default:
    - { id: due, at: D, do: notify, template: due_todya }
    - { id: suspend, at: D+22, do: access, state: suspended }
";

#[test]
fn a_bad_file_is_refused_with_places_and_mends() {
    let bench = Bench::new();
    bench.write("bad.yaml", BAD);
    assert_snapshot!(bench.regua("policy check bad.yaml brasil-saas"));
}

#[test]
fn findings_are_json_and_csv_too() {
    let bench = Bench::new();
    bench.write("bad.yaml", BAD);
    let json = bench.regua("policy check bad.yaml --format json");
    let findings = json.json();
    let rows = bench.regua("policy check bad.yaml --format csv").csv();
    assert_eq!(json.code, 2);
    assert_eq!(rows[0], ["file", "line", "column", "severity", "message", "mend"]);
    let list = findings.as_array().expect("an array");
    assert!(!list.is_empty());
    assert_eq!(list.len(), rows.len() - 1);
    for (finding, row) in list.iter().zip(&rows[1..]) {
        assert_eq!(finding["file"], "bad.yaml");
        assert_eq!(finding["line"].to_string(), row[1]);
        assert_eq!(finding["mend"], row[5].as_str());
    }
}

#[test]
fn a_policy_comes_from_standard_input_too() {
    let bench = Bench::new();
    let told = bench.piped("policy check -", BAD);
    assert!(told.stdout.starts_with("standard input:"), "{told}");
    assert_eq!(told.code, 2);
}

#[test]
fn a_file_that_is_no_policy_is_told_with_the_mend() {
    let bench = Bench::new();
    bench.write("latin1.yaml", b"regua: 1\nname: A\xe7\xe3o\n");
    bench.write("empty.yaml", "");
    for (line, told) in [
        ("policy check nowhere/at-all.yaml", "regua: nowhere/at-all.yaml: no such file; correct the path\n"),
        ("policy check latin1.yaml", "regua: latin1.yaml:2: not UTF-8; save the file as UTF-8\n"),
        ("policy check .", "regua: .: a folder; name a file in it\n"),
    ] {
        let answer = bench.regua(line);
        assert_eq!((answer.code, answer.stderr.as_str()), (2, told), "{line}");
    }
    let unknown = bench.regua("policy check brazil");
    assert!(
        unknown.stderr.starts_with("regua: brazil: no such file, and no shipped policy of this name; the shipped ones are brasil-saas"),
        "{unknown}"
    );
    assert_eq!(bench.regua("policy check empty.yaml").code, 2);
}

#[test]
fn every_shipped_policy_is_right() {
    let bench = Bench::new();
    let names: Vec<String> = bench.regua("policy list --format csv").csv().into_iter().skip(1).map(|row| row[0].clone()).collect();
    assert!(names.iter().any(|name| name == "brasil-saas"));
    for name in &names {
        let told = bench.regua(&format!("policy check {name}"));
        assert_eq!(told.code, 0, "{told}");
    }
}

#[test]
fn a_shipped_policy_can_be_taken_home() {
    let bench = Bench::new();
    let shown = bench.regua("policy show brasil-saas");
    bench.write("mine.yaml", &shown.stdout);
    let hash = |name: &str| bench.regua(&format!("policy check {name}")).stdout.rsplit_once("hash ").expect("a hash").1.to_owned();
    assert_eq!(hash("mine.yaml"), hash("brasil-saas"));
}

#[test]
fn the_vocabulary_names_what_conditions_can_read() {
    let rows = Bench::new().regua("policy vocabulary --format json").json();
    let names: Vec<&str> = rows.as_array().expect("an array").iter().filter_map(|row| row["name"].as_str()).collect();
    for name in ["receivable.amount_due", "subscription.collection", "history.late_rate_12m"] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn changes_from_one_policy_to_another_are_listed() {
    let bench = Bench::new();
    let text = bench.regua("policy show brasil-saas").stdout;
    bench.write("words.yaml", format!("# mine\n{text}"));
    bench.write("mine.yaml", text.replace("max_delay: 3d", "max_delay: 2d").replace("id: late2,    at: D+2,", "id: late2,    at: D+3,"));
    let told = bench.regua("policy diff brasil-saas mine.yaml");
    assert!(told.stdout.starts_with("brasil-saas → mine.yaml: 2 changes\n~ max_delay: 3d → 2d\n"), "{told}");
    let rows = bench.regua("policy diff brasil-saas mine.yaml --format csv").csv();
    assert_eq!(rows[1], ["max_delay", "", "3d", "2d"], "{rows:?}");
    assert_eq!(rows.len(), 3);
    assert_eq!(bench.regua("policy diff brasil-saas brasil-saas").stdout, "brasil-saas → brasil-saas: the same file\n");
    assert!(bench.regua("policy diff brasil-saas words.yaml").stdout.ends_with(": the same rule in other words\n"));
    assert_eq!(bench.regua("policy diff brasil-saas nowhere.yaml").code, 2);
}

#[test]
fn the_schema_is_the_one_in_the_tree() {
    let shown = Bench::new().regua("policy schema").json();
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/regua.schema.json")).expect("the schema");
    assert_eq!(shown, serde_json::from_str::<serde_json::Value>(&file).expect("JSON"));
}
