//! The rules that no compiler checks: one function each, from the tree's texts to findings.
//!
//! Deliberately absent: parsing. The rules read lines of rustfmt's output and of Markdown, so each is short enough to
//! be believed; a text that fools one is rarer than a parser's own faults.

pub mod arrows;
pub mod documents;
pub mod rulebook;
pub mod source;

use crate::metadata;
use anyhow::{Context, Result, bail};
use std::fmt;
use std::path::Path;
use std::process::Command;

/// Something to mend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The file, relative to the workspace.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// A text of the tree.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the workspace, with `/`.
    pub path: String,
    /// Everything in it.
    pub text: String,
}

impl File {
    /// A file that exists only in a test of a rule.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether it is Rust.
    #[must_use]
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it holds only tests: `tests.rs`, or anything under a `tests/` folder.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.split('/').any(|part| part == "tests")
    }

    /// A finding at a line (from 1) of this file.
    #[must_use]
    pub fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, what: what.into() }
    }

    /// Its lines with their numbers from 1, without inline test modules (`#[cfg(test)] mod tests { … }`).
    #[must_use]
    pub fn code_lines(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = self.text.lines().zip(1..).map(|(line, number)| (number, line)).peekable();
        while let Some((number, line)) = lines.next() {
            let opens_tests = line == "#[cfg(test)]"
                && lines.peek().is_some_and(|(_, next)| next.contains("mod ") && next.ends_with('{') && !next.starts_with(' '));
            if opens_tests {
                // rustfmt puts the closing brace of a top-level module alone at the left edge.
                lines.by_ref().find(|(_, line)| *line == "}");
            } else {
                code.push((number, line));
            }
        }
        code
    }
}

/// Every finding of every rule on the tree at `root`.
///
/// # Errors
/// When the tree cannot be read or cargo cannot be asked.
pub fn check(root: &Path) -> Result<Vec<Finding>> {
    let files = read(root)?;
    let mut findings = Vec::new();
    for rule in RULES {
        findings.extend(rule(&files));
    }
    findings.extend(arrows::arrows(&metadata::ours(root)?));
    Ok(findings)
}

type Rule = fn(&[File]) -> Vec<Finding>;

const RULES: &[Rule] = &[
    source::long_files,
    source::long_functions,
    source::headers,
    source::absences,
    source::markers,
    source::ignored_tests,
    source::machine_paths,
    source::sql,
    rulebook::sources,
    documents::decisions,
    documents::links,
    documents::map,
];

/// Every text file that git tracks or would track, in order of path.
fn read(root: &Path) -> Result<Vec<File>> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("cannot start git, which lists the files of the tree; install it")?;
    if !output.status.success() {
        bail!("git cannot list the files of the tree: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let list = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut paths: Vec<&str> = list.split_terminator('\0').collect();
    paths.sort_unstable();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read(root.join(path)) {
            // What is not UTF-8 is a picture, an archive or a test's spoilt input: links may lead there, and no rule reads it.
            Ok(bytes) => files.push(File { path: path.to_owned(), text: String::from_utf8(bytes).unwrap_or_default() }),
            // Deleted and not yet committed.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        }
    }
    Ok(files)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Asserts what a rule finds in one file, as `line: beginning of the message`.
    pub(crate) fn finds(rule: Rule, path: &str, text: &str, expected: &[&str]) {
        let found: Vec<String> = rule(&[File::new(path, text)]).iter().map(|f| format!("{}: {}", f.line, f.what)).collect();
        assert_eq!(found.len(), expected.len(), "{path}: {found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{path}: `{found}` should begin with `{expected}`");
        }
    }

    #[test]
    fn inline_test_modules_are_not_code() {
        let file = File::new("a.rs", "one\n#[cfg(test)]\nmod tests;\ntwo\n#[cfg(test)]\nmod tests {\n    three\n}\nfour\n");
        assert_eq!(file.code_lines(), [(1, "one"), (2, "#[cfg(test)]"), (3, "mod tests;"), (4, "two"), (9, "four")]);
    }

    #[test]
    fn a_finding_is_a_place_and_a_mend() {
        let finding = File::new("crates/core/src/a.rs", "").finding(7, "too much; split it");
        assert_eq!(finding.to_string(), "crates/core/src/a.rs:7: too much; split it");
    }
}
