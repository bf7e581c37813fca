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
