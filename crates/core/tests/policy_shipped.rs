//! Every file of `policies/` compiles without a finding.

use std::path::{Path, PathBuf};

use regua_core::policy::{Names, check};
use regua_core::words::Language;

fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files: Vec<PathBuf> = [root.clone(), root.join("baselines")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("the folder of shipped policies"))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    files
}

#[test]
fn shipped_policies_compile_without_a_finding() {
    let files = shipped();
    assert!(files.len() >= 12, "{files:?}");
    let names = Names::shipped(Language::ALL);
    let mut wrong = String::new();
    for path in files {
        let outcome = check(&std::fs::read_to_string(&path).unwrap(), &names);
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for finding in &outcome.findings {
            wrong.push_str(&format!("{}\n", finding.in_file(&file)));
        }
        assert!(outcome.policy.is_some() || !outcome.findings.is_empty(), "{file}: refused without a reason");
    }
    assert!(wrong.is_empty(), "{wrong}");
}
