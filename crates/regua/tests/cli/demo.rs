//! `regua demo`: it tells what it should, leaves an installation, and every command that it prints works.
//!
//! Each run lives two years on a database, so that there are few of them.

use std::fs;
use std::path::PathBuf;

use crate::Bench;

const FILES: [&str; 8] =
    ["report.html", "receivables.csv", "payments.csv", "facts.jsonl", "policy.yaml", "decisions.csv", "summary.json", "run.json"];

#[test]
fn the_demo_tells_its_story_again_in_the_same_bytes_and_every_command_that_it_prints_works() {
    let bench = Bench::new();
    let (told, again) = std::thread::scope(|scope| {
        let again = scope.spawn(|| bench.regua("demo --seed 3 --out regua-again"));
        (bench.regua("demo --seed 3"), again.join().expect("the second demo ends"))
    });
    assert_eq!((told.code, told.stderr.as_str()), (0, ""), "{told}");
    for heading in [
        "Who was contacted, and why",
        "What was skipped, and why",
        "What waited, and why",
        "What came in",
        "The next 7 days, if nobody pays before",
        "Three of these messages, as their readers get them",
        "Ask why",
        "The installation",
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
    let run = bench.read("regua-demo/run.json");
    assert!(!run.contains("<dir>") && !run.contains("/tmp"), "the folder can be moved");
    holds_what_was_told(&bench, &told.stdout);
    same_bytes(&bench, &told.stdout, &again.stdout);
    commands_work(&bench, &told.stdout);
}

/// One seed makes one company, wherever it lives: its story, its files and its messages.
fn same_bytes(bench: &Bench, one: &str, two: &str) {
    // Lines break where the folder's name ends.
    let words = |story: &str| story.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\ ", "");
    assert_eq!(words(one), words(two).replace("regua-again", "regua-demo"));
    for name in FILES.into_iter().filter(|name| *name != "run.json") {
        assert_eq!(bench.read(&format!("regua-demo/{name}")), bench.read(&format!("regua-again/{name}")), "{name}");
    }
    let (one, two) = (captured(bench, "regua-demo"), captured(bench, "regua-again"));
    assert_eq!(one.iter().map(|(name, _)| name).collect::<Vec<_>>(), two.iter().map(|(name, _)| name).collect::<Vec<_>>());
    for ((name, one), (_, two)) in one.iter().zip(&two).step_by(500) {
        let read = |path| fs::read(path).expect("a message");
        assert_eq!(read(one), read(two), "{name}");
    }
}

/// The messages of an installation: their files, by name.
fn captured(bench: &Bench, dir: &str) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(bench.path().join(dir).join("captured")).expect("a folder of messages");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = paths.map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path)).collect();
    found.sort();
    found
}

/// What the installation holds is what was told of it: decisions, messages, and what is open.
fn holds_what_was_told(bench: &Bench, story: &str) {
    let summary = bench.json("regua-demo/summary.json");
    let count = |key: &str| summary[key].as_u64().and_then(|count| usize::try_from(count).ok()).expect("a count");
    assert_eq!(captured(bench, "regua-demo").len(), count("messages"), "a file for each message");
    let joined = story.split_whitespace().collect::<Vec<_>>().join(" ");
    for (key, what) in [("decisions", "decisions"), ("messages", "messages")] {
        let number = count(key);
        let told = format!("{},{:03} {what}", number / 1_000, number % 1_000);
        assert!(joined.contains(&told), "{told} in\n{story}");
    }
    let aging = bench.regua("report aging --dir regua-demo --on 2026-12-01");
    let open = aging.stdout.lines().filter(|line| line.starts_with("BRL") && !line.contains("in all"));
    let open: Vec<&str> = open.filter_map(|line| line.split_whitespace().last()).collect();
    assert!(open.len() > 3, "{aging}");
    let joined = joined.replace(',', "");
    for amount in open {
        assert!(joined.contains(&format!("R${amount}")), "{amount} of\n{aging}in\n{story}");
    }
}

fn commands_work(bench: &Bench, story: &str) {
    let joined = story.replace(" \\\n    ", " ");
    let lines = joined.lines().flat_map(|line| line.split("  ")).map(str::trim);
    let commands: Vec<&str> = lines.filter_map(|line| line.strip_prefix("regua ")).filter(|line| !line.contains("FILE")).collect();
    for verb in ["plan", "explain", "policy", "backtest", "plan --dir", "messages --dir", "report aging --dir", "doctor --dir"] {
        assert!(commands.iter().any(|command| command.starts_with(verb)), "{verb} in {commands:?}");
    }
    assert!(commands.len() >= 15, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let answer = bench.regua(&words.join(" "));
        assert_eq!(answer.code, 0, "{answer}");
    }
}

#[test]
fn an_installation_that_is_no_demo_is_never_made_anew() {
    let bench = Bench::new();
    assert_eq!(bench.regua("init mine --policy brasil-saas --name Mine").code, 0);
    let before = bench.read("mine/regua.toml");
    let told = bench.regua("demo --out mine");
    assert_eq!((told.code, told.stderr.as_str()), (2, "regua: mine: there is an installation already; name another folder with --out\n"));
    assert_eq!(bench.read("mine/regua.toml"), before);
    fs::remove_file(bench.path().join("mine/regua.toml")).expect("the settings were there");
    let told = bench.regua("demo --out mine");
    assert_eq!(told.code, 2, "{told}");
    assert!(told.stderr.contains("regua.key: it is there already"), "{told}");
}
