//! Help, and what happens to who holds it wrong.

use insta::assert_snapshot;

use crate::Bench;

#[test]
fn help_fits_a_screen_and_ends_in_examples() {
    let bench = Bench::new();
    assert_snapshot!("help", bench.regua("--help"));
    for verb in [
        "backtest",
        "plan",
        "explain",
        "policy",
        "policy check",
        "price publish",
        "subscription",
        "subscription change",
        "subscription import",
        "invoice",
        "invoice credit",
    ] {
        assert_snapshot!(format!("help {verb}").replace(' ', "-"), bench.regua(&format!("{verb} --help")));
    }
}

#[test]
fn bad_usage_is_2_and_says_what_is_possible() {
    let bench = Bench::new();
    for line in ["", "frobnicate", "policy check", "policy list --format xml"] {
        let told = bench.regua(line);
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{told}");
        assert!(!told.stderr.is_empty(), "{told}");
    }
    assert!(bench.regua("policy list --format xml").stderr.contains("[possible values: table, json, csv]"));
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_regua"))
        .args(["policy", "show", "brasil-saas"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("the binary ends");
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(0), ""));
}
