//! Documents that the code can check: `docs/policy.md` names every key, verb, word and variable that a régua file can hold,
//! and the mistaken file of `ARCHITECTURE.md` is refused with the words that stand there.

use regua_core::calendar::Calendar;
use regua_core::policy::program::Event;
use regua_core::policy::{Names, Verb, check as check_policy, compile, schema, vocabulary};
use regua_core::rulebook::RulebookName;
use regua_core::words::{AccessState, Channel, Language, Mode, Role, Tone};
use serde_json::Value;

fn reference() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.md");
    std::fs::read_to_string(path).expect("docs/policy.md stands beside the crates")
}

fn check<'a>(what: &str, words: impl IntoIterator<Item = &'a str>) {
    let text = reference();
    let missing: Vec<&str> = words.into_iter().filter(|word| !text.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "docs/policy.md does not name the {what} {missing:?}");
}

#[test]
fn the_reference_names_every_word_of_the_file() {
    check("verbs", Verb::ALL.iter().map(|word| word.as_str()));
    check("calendars", Calendar::ALL.iter().map(|word| word.as_str()));
    check("rulebooks", RulebookName::ALL.iter().map(|word| word.as_str()));
    check("channels", Channel::ALL.iter().map(|word| word.as_str()));
    check("roles", Role::ALL.iter().map(|word| word.as_str()));
    check("tones", Tone::ALL.iter().map(|word| word.as_str()));
    check("modes", Mode::ALL.iter().map(|word| word.as_str()));
    check("events", Event::ALL.iter().map(|word| word.as_str()));
    check("access states", AccessState::ALL.iter().map(|word| word.as_str()).filter(|word| *word != "active"));
}

/// The names of all properties at any depth of a JSON Schema.
fn properties(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::Object(keys)) = map.get("properties") {
                found.extend(keys.keys().cloned());
            }
            map.values().for_each(|value| properties(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_reference_names_every_key_of_the_schema() {
    let (text, mut keys) = (reference(), Vec::new());
    properties(&schema(), &mut keys);
    assert!(keys.len() > 50, "{keys:?}");
    // A key stands in code, alone or within a map such as `{ from, to }`.
    let code: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let named = |key: &String| code.iter().any(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == key));
    keys.retain(|key| !named(key));
    assert!(keys.is_empty(), "docs/policy.md does not name the keys {keys:?}");
}

#[test]
fn the_whole_file_of_the_reference_is_taken_without_a_finding() {
    let text = reference();
    let file = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the file");
    let outcome = check_policy(file, &Names::shipped(Language::ALL));
    assert!(outcome.policy.is_some() && outcome.findings.is_empty(), "{:#?}", outcome.findings);
}

#[test]
fn the_reference_gives_every_variable_with_its_kind_and_meaning() {
    let text = reference();
    for row in vocabulary() {
        let line = format!("| `{}` | {} | {} |", row.name, row.kind.as_str(), row.meaning);
        assert!(text.contains(&line), "docs/policy.md lacks the line\n{line}");
    }
}

/// The file of ARCHITECTURE.md's third walkthrough, and what is said of it.
#[test]
fn the_walkthrough_of_a_mistaken_file_is_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect("ARCHITECTURE.md stands beside the crates");
    let section = text.split("\n### A policy file with a mistake\n").nth(1).expect("the walkthrough");
    let mut blocks = section.split("\n```").skip(1).step_by(2);
    let file = blocks.next().and_then(|block| block.strip_prefix("yaml\n")).expect("the file");
    let said = blocks.next().expect("what is said").trim_start();
    let findings = compile(file, &Names::shipped(&[])).expect_err("the file is mistaken");
    let lines: Vec<String> = findings.iter().map(|finding| finding.in_file("mine.yaml").to_string()).collect();
    assert_eq!(lines.join("\n"), said);
}
