//! Documents that stay true: the index of decisions, links, the code map.

use super::{File, Finding};
use std::collections::BTreeMap;

const DECISIONS: &str = "docs/adr/";
const INDEX: &str = "docs/adr/README.md";
const MAP: &str = "ARCHITECTURE.md";

/// Each decision record has its own number and stands in the index.
#[must_use]
pub fn decisions(files: &[File]) -> Vec<Finding> {
    let index = files.iter().find(|file| file.path == INDEX).map_or("", |file| file.text.as_str());
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for file in files {
        let Some(name) = file.path.strip_prefix(DECISIONS).filter(|name| *name != "README.md" && name.ends_with(".md")) else { continue };
        let number = name.split('-').next().unwrap_or_default();
        if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) {
            findings.push(file.finding(1, "a decision record without a number; name it such as 0004-outbox.md"));
        } else if let Some(other) = numbers.insert(number, name) {
            findings.push(file.finding(1, format!("its number is taken by {other}; take the next free one")));
        }
        if !index.contains(&format!("({name})")) {
            findings.push(file.finding(1, format!("not in the index; add a line with a link to ({name}) to {INDEX}")));
        }
    }
    findings
}

/// A link to a file of ours leads to a file.
#[must_use]
pub fn links(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (line, number) in file.text.lines().zip(1..) {
            for target in targets(line) {
                let path = resolve(&file.path, target);
                let leads = files.iter().any(|other| other.path == path || other.path.starts_with(&format!("{path}/")));
                if !leads && !path.is_empty() {
                    findings.push(file.finding(number, format!("the link to `{target}` leads nowhere; correct it, or write the file")));
                }
            }
        }
    }
    findings
}

/// The targets within the tree of `[text](target)` in a line, without their `#part`.
fn targets(line: &str) -> Vec<&str> {
    let ends = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    ends.filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
        .collect()
}

/// A target relative to the file that links to it, as a path of the tree.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The code map names every source file.
///
/// Under the heading of its crate (``### `crates/core` ``) a file stands by its name without `.rs`: one at the top of
/// `src` anywhere, one in a folder within the list item that begins with the folder (``- `policy/` … `program` …``).
/// The folder alone stands for its `mod.rs`.
#[must_use]
pub fn map(files: &[File]) -> Vec<Finding> {
    let Some(map) = files.iter().find(|file| file.path == MAP) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() && !file.is_test()) {
        let Some((room, inner)) = file.path.split_once("/src/") else { continue };
        let heading = format!("`{room}`");
        let section =
            map.text.split("\n##").map(|section| section.trim_start_matches(['#', ' '])).find(|section| section.starts_with(&heading));
        let stem = inner.trim_end_matches(".rs");
        let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
        let named = section.is_some_and(|section| {
            let first = format!("`{folder}/`");
            let place = if folder.is_empty() { Some(section) } else { section.split("\n- ").find(|item| item.starts_with(&first)) };
            place.is_some_and(|place| (name == "mod" && !folder.is_empty()) || place.contains(&format!("`{name}`")))
        });
        if !named {
            let whose = if folder.is_empty() { String::new() } else { format!(" in the item `{folder}/`") };
            findings.push(file.finding(1, format!("not on the code map; name `{name}`{whose} under {heading} in {MAP}")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&[File]) -> Vec<Finding>, files: &[(&str, &str)], expected: &[&str]) {
        let files: Vec<File> = files.iter().map(|(path, text)| File::new(path, text)).collect();
        let found: Vec<String> = rule(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "`{found}` should begin with `{expected}`");
        }
    }

    #[test]
    fn a_decision_that_is_not_in_the_index_is_found() {
        check(
            decisions,
            &[
                ("docs/adr/0001-a.md", ""),
                ("docs/adr/0001-b.md", ""),
                ("docs/adr/c.md", ""),
                ("docs/adr/README.md", "- [a](0001-a.md)\n- [c](c.md)"),
            ],
            &[
                "docs/adr/0001-b.md:1: its number is taken by 0001-a.md",
                "docs/adr/0001-b.md:1: not in the index",
                "docs/adr/c.md:1: a decision record without a number",
            ],
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "[up](../README.md) [part](a.md#b) [dir](adr/) [out](https://x.org/a) [here](#a)\n[bad](b.md) [worse](../docs/adr/2.md)";
        check(
            links,
            &[("docs/a.md", text), ("README.md", ""), ("docs/adr/1.md", "")],
            &["docs/a.md:2: the link to `b.md` leads nowhere", "docs/a.md:2: the link to `../docs/adr/2.md` leads"],
        );
    }

    #[test]
    fn a_file_that_is_not_on_the_map_is_found() {
        let map_text = "# Map\n\n### `crates/core`: x\n- `lib`, `ids`\n- `party/`: `phone`,\n  `tax_id`\n- `policy/`: `cel`\n\n### `crates/wire`\n- `money` `email`";
        check(
            map,
            &[
                ("ARCHITECTURE.md", map_text),
                ("crates/core/src/lib.rs", ""),
                ("crates/core/src/party/mod.rs", ""),
                ("crates/core/src/party/tax_id.rs", ""),
                ("crates/core/src/party/email.rs", ""),
                ("crates/core/src/policy/cel/parse.rs", ""),
                ("crates/core/src/money.rs", ""),
                ("crates/core/src/money/tests.rs", ""),
                ("crates/wire/src/money.rs", ""),
            ],
            &[
                "crates/core/src/party/email.rs:1: not on the code map; name `email` in the item `party/` under `crates/core`",
                "crates/core/src/policy/cel/parse.rs:1: not on the code map; name `parse` in the item `policy/cel/`",
                "crates/core/src/money.rs:1: not on the code map; name `money` under `crates/core`",
            ],
        );
    }
}
