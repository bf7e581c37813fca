//! `regua demo`: it tells what it should, and every command that it prints works.

use crate::Bench;

const FILES: [&str; 8] =
    ["report.html", "receivables.csv", "payments.csv", "facts.jsonl", "policy.yaml", "decisions.csv", "summary.json", "run.json"];

#[test]
fn the_demo_tells_its_story_and_leaves_its_books() {
    let bench = Bench::new();
    let told = bench.regua("demo --seed 3");
    assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{told}");
    for heading in [
        "Who was contacted, and why",
        "What was skipped, and why",
        "What waited, and why",
        "What came in",
        "The next 7 days, if nobody pays before",
        "Three of these messages, as their readers get them",
        "Ask why",
        "Go on",
    ] {
        assert!(told.stdout.contains(&format!("\n\n{heading}\n")), "{heading} in\n{told}");
    }
    assert_eq!(told.stdout.matches("\n── ").count(), 3, "{told}");
    let wide: Vec<&str> = told.stdout.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "{wide:?}");
    for name in FILES {
        assert!(!bench.read(&format!("regua-demo/{name}")).is_empty(), "{name}");
    }
    assert!(
        !bench.read("regua-demo/run.json").contains("<dir>") && !bench.read("regua-demo/run.json").contains("/tmp"),
        "the folder can be moved"
    );
}

#[test]
fn every_command_that_the_demo_prints_works() {
    let bench = Bench::new();
    let told = bench.regua("demo");
    let joined = told.stdout.replace(" \\\n    ", " ");
    let lines = joined.lines().flat_map(|line| line.split("  ")).map(str::trim);
    let commands: Vec<&str> = lines.filter_map(|line| line.strip_prefix("regua ")).filter(|line| !line.contains("FILE")).collect();
    for verb in ["plan", "explain", "policy", "backtest"] {
        assert!(commands.iter().any(|command| command.starts_with(verb)), "{verb} in {commands:?}");
    }
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let answer = bench.regua(&words.join(" "));
        assert_eq!(answer.code, 0, "{answer}");
    }
}

#[test]
fn the_same_seed_tells_the_same_bytes() {
    let bench = Bench::new();
    let (one, two) = (bench.regua("demo --out one"), bench.regua("demo --out two"));
    assert_eq!(one.stdout.replace("one/", "two/").replace("--in one", "--in two"), two.stdout);
    for name in FILES.into_iter().filter(|name| *name != "run.json") {
        assert_eq!(bench.read(&format!("one/{name}")), bench.read(&format!("two/{name}")), "{name}");
    }
    assert_ne!(bench.regua("demo --out three --seed 2").stdout, two.stdout);
}
