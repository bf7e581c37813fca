//! A fault that is planted is found, made small, saved, and found again; and a run follows from its seed.

use std::time::Duration;

use regua_fuzz::driver::{Budget, Plan, once, quiet_panics, run};
use regua_fuzz::target::Target;

/// Fails on a `7` somewhere behind an `x`, and catches a panic of its own, which is no fault.
fn planted(input: &[u8]) -> u64 {
    let caught = std::panic::catch_unwind(|| assert!(input.len() != 3, "caught"));
    let x = input.iter().position(|byte| *byte == b'x');
    assert!(!x.is_some_and(|x| input[x..].contains(&b'7')), "planted");
    u64::from(caught.is_err()) + 1
}

fn target() -> Target {
    Target::new("planted", planted, &["ax12345b", "y7y7"]).words("xy¦99")
}

fn plan(save: &std::path::Path, budget: Budget) -> Plan {
    Plan { budget, threads: 2, seed: 4, save: save.to_owned() }
}

#[test]
fn a_fault_is_found_made_small_and_saved() {
    quiet_panics();
    let folder = tempfile::tempdir().unwrap();
    let (target, corpus) = (target(), target().corpus(folder.path(), None));
    let outcome = run(&target, &corpus, &plan(folder.path(), Budget::Executions(20_000))).unwrap();
    assert_eq!((outcome.executions, outcome.faults.len(), outcome.kinds), (20_000, 1, 2), "{outcome:?}");
    let fault = &outcome.faults[0];
    assert_eq!(fault.input, b"x7", "two bytes are enough");
    assert!(fault.message.contains("planted") && fault.message.contains("driver.rs:"), "{}", fault.message);
    let saved = std::fs::read(&fault.path).unwrap();
    assert_eq!(once(&target, &saved), Err(fault.message.clone()));
}

#[test]
fn a_run_ends_in_time() {
    quiet_panics();
    let folder = tempfile::tempdir().unwrap();
    let corpus = target().corpus(folder.path(), None);
    let outcome = run(&target(), &corpus, &plan(folder.path(), Budget::Time(Duration::from_millis(50)))).unwrap();
    assert!(outcome.executions > 0 && outcome.time < Duration::from_secs(5), "{outcome:?}");
}
