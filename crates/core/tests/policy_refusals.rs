//! Each bad file of `policies_bad/` is refused with exactly the text that stands beside it.
//!
//! To take a new text over, run the test and copy the files that it names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use regua_core::policy::{Names, Severity, check};
use regua_core::words::Language;

/// A tenant that writes Portuguese and Italian and has one template in Portuguese alone.
fn tenant() -> Names {
    let mut names = Names::shipped(&[Language::PtBr, Language::It]);
    let templates = names.templates.get_or_insert_with(BTreeMap::new);
    templates.insert("only_portuguese".to_owned(), vec![Language::PtBr]);
    let one = |name: &str| Some(vec![name.to_owned()]);
    Names { queues: one("collectors"), bureaus: one("serasa"), agencies: one("aval"), ..names }
}

fn bad_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies_bad");
    let entries = std::fs::read_dir(folder).expect("the folder of bad policies");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

#[test]
fn every_bad_file_is_refused_with_its_exact_text() {
    let (names, mut wrong) = (tenant(), String::new());
    for path in bad_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let outcome = check(&text, &names);
        assert!(outcome.findings.iter().any(|finding| finding.severity == Severity::Error), "{name} is not refused");
        assert!(outcome.policy.is_none(), "{name} compiles");
        let mut found = String::new();
        for finding in &outcome.findings {
            writeln!(found, "{}", finding.in_file(&name)).unwrap();
        }
        let expected = path.with_extension("txt");
        if std::fs::read_to_string(&expected).ok().as_deref() != Some(found.as_str()) {
            let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(expected.file_name().unwrap());
            std::fs::write(&made, &found).unwrap();
            writeln!(wrong, "cp {} {}\n{found}", made.display(), expected.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_bad_file_is_without_a_text_and_no_text_without_a_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies_bad");
    let texts = std::fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().path().extension().unwrap() == "txt").count();
    assert_eq!(texts, bad_files().len());
}

#[test]
fn what_is_only_doubtful_is_a_warning_and_compiles() {
    let text = "
regua: 1
name: Doubtful
currency: BRL
timezone: America/Sao_Paulo
contact: { rulebook: br }
late_charges: { interest: { rate: 13%, per: year } }
segments: [{ name: default }]
ladders:
  default:
    - { id: limit, at: D+9, do: access, state: limited }
    - { id: late, at: D+10, do: notify, template: overdue, announces: [limit] }
";
    let outcome = check(text, &tenant());
    assert!(outcome.policy.is_some());
    let found: Vec<String> = outcome.findings.iter().map(|finding| finding.in_file("doubtful.yaml").to_string()).collect();
    assert_eq!(
        found.join("\n"),
        "doubtful.yaml:7:27: warning: default interest above 1 % a month is unusual and may be reduced by a judge
  mend: write 1% a month or less (market practice; Código Civil art. 406)
doubtful.yaml:12:72: warning: announces `limit`, which lies before it: a notice of its own will go out
  mend: announce it from a step before `limit`, or move it behind this one"
    );
}

#[test]
fn a_mistake_in_a_condition_is_found_where_it_stands_in_the_file() {
    // The condition compares an amount with 7; whatever the quoting, the finding points at the 7.
    for written in [
        "receivable.amount_due > 7",
        "'receivable.amount_due > 7'",
        "\"receivable.amount_due > 7\"",
        "'customer.state == ''SP'' && receivable.amount_due > 7'",
        "\"customer.state == \\\"SP\\\" && receivable.amount_due > 7\"",
        "\"customer.state == 'São' && receivable.amount_due > 7\"",
        "|\n        receivable.days_late > 3\n        && receivable.amount_due > 7\n",
        ">-\n        receivable.days_late > 3\n        && receivable.amount_due\n        > 7\n",
        "\"receivable.days_late > 3\n          && receivable.amount_due > 7\"",
    ] {
        let text = format!(
            "regua: 1\nname: Place\ncurrency: BRL\ntimezone: America/Sao_Paulo\nsegments: [{{ name: default }}]\nladders:\n  default:\n    - id: due\n      at: D\n      do: notify\n      template: due_today\n      if: {written}\n"
        );
        let findings = check(&text, &tenant()).findings;
        let found: Vec<char> = findings
            .iter()
            .map(|finding| text.lines().nth(finding.line - 1).unwrap().chars().nth(finding.column - 1).unwrap_or('?'))
            .collect();
        assert_eq!(found, ['7'], "{written}: {findings:?}");
    }
}

#[test]
fn everything_is_bounded() {
    let head = "regua: 1\nname: Big\ncurrency: BRL\ntimezone: America/Sao_Paulo\n";
    let step = |id: usize| format!("    - {{ id: s{id}, at: D, do: notify, template: due_today }}\n");
    let one = "segments: [{ name: default }]\nladders:\n  default:\n";
    let ladder = |id: usize| format!("  l{id}:\n{}", step(0));
    let segment = |id: usize| format!("  - {{ name: s{id}, when: 'receivable.days_late > {id}', ladder: default }}\n");
    for (what, text, expected) in [
        ("bytes", format!("{head}{one}{}# {}\n", step(0), "x".repeat(256 * 1024)), "the file has more than 262144 bytes"),
        ("steps", format!("{head}{one}{}", (0..201).map(step).collect::<String>()), "`default` has more than 200 items"),
        (
            "ladders",
            format!("{head}segments: [{{ name: l0 }}]\nladders:\n{}", (0..51).map(ladder).collect::<String>()),
            "more than 50 ladders",
        ),
        (
            "segments",
            format!("{head}segments:\n{}ladders:\n  default:\n{}", (0..201).map(segment).collect::<String>(), step(0)),
            "`segments` has more than 200 items",
        ),
        (
            "condition",
            format!("{head}{one}    - {{ id: s, at: D, do: charge, if: \"{}true\" }}\n", "true && ".repeat(130)),
            "the condition has more than 1000 bytes",
        ),
        (
            "nesting",
            format!("{head}{one}    - {{ id: s, at: D, do: charge, if: \"1{} == 1\" }}\n", " + 1".repeat(100)),
            "the condition is nested too deeply",
        ),
    ] {
        let outcome = check(&text, &tenant());
        assert!(outcome.policy.is_none(), "{what}");
        assert!(outcome.findings.iter().any(|finding| finding.message.contains(expected)), "{what}: {:?}", outcome.findings);
    }
    let wrong: String = (0..150).map(|id| format!("    - {{ id: s{id}, at: Q, do: charge }}\n")).collect();
    let outcome = check(&format!("{head}{one}{wrong}"), &tenant());
    assert!(outcome.policy.is_none() && outcome.findings.len() == 100, "findings are bounded too");
}
