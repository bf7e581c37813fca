//! Every number of law, network or scheme says where it was read.

use super::{File, Finding};

const FOLDER: &str = "crates/core/src/rulebook/";
const SOURCE: &str = "Source:";

/// Each file with rows names a source, and each constant with a number in it has one of its own.
///
/// A constant's source stands in its doc comment (`Source: …`) or, for a table, in a `source:` field of its rows. Digits
/// within texts are not numbers. A bound that is not law says so: `Source: ours, why`.
#[must_use]
pub fn sources(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with(FOLDER) && file.is_rust() && !file.is_test()) {
        let items = constants(file);
        if !items.is_empty() && !file.path.ends_with("/mod.rs") && !file.text.contains(SOURCE) {
            findings.push(file.finding(1, "rows of the rulebook without one `Source:`; say where they were read"));
        }
        for item in items {
            if has_number(&item.value) && !item.comment.contains(SOURCE) && !item.value.contains("source:") {
                let what = format!(
                    "{} holds a number without a source; add `Source: law, article` (or `Source: ours, why`) to its doc comment",
                    item.name
                );
                findings.push(file.finding(item.line, what));
            }
        }
    }
    findings
}

/// Whether a digit stands outside the texts and comments of an item.
fn has_number(value: &str) -> bool {
    let code = value.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(|line| line.split('"').step_by(2)).any(|outside| outside.contains(|c: char| c.is_ascii_digit()))
}

struct Constant<'a> {
    line: usize,
    name: &'a str,
    comment: String,
    /// What stands right of the `=`.
    value: String,
}

/// Named constants and statics; `const _` is a check of the compiler, not data.
fn constants(file: &File) -> Vec<Constant<'_>> {
    let lines = file.code_lines();
    let mut found = Vec::new();
    let mut comment = String::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let inner = line.trim_start();
        if inner.starts_with("///") || inner.starts_with("#[") {
            comment.push_str(inner);
            comment.push('\n');
            continue;
        }
        if let Some(name) = constant_name(inner).filter(|name| *name != "_") {
            let indent = line.len() - inner.len();
            let mut text = String::new();
            for (_, line) in lines.iter().skip(index) {
                text.push_str(line);
                text.push('\n');
                // rustfmt ends an item with a `;` at the item's own indent.
                if line.ends_with(';') && line.len() - line.trim_start().len() == indent {
                    break;
                }
            }
            let value = text.split_once(" =").map_or("", |(_, value)| value).to_owned();
            found.push(Constant { line: *number, name, comment: comment.clone(), value });
        }
        comment.clear();
    }
    found
}

fn constant_name(line: &str) -> Option<&str> {
    let mut rest = line;
    if let Some(public) = rest.strip_prefix("pub") {
        rest = public.strip_prefix('(').map_or(public, |scope| scope.split_once(')').map_or("", |(_, rest)| rest)).trim_start();
    }
    let rest = rest.strip_prefix("const ").or_else(|| rest.strip_prefix("static "))?;
    let (name, _) = rest.split_once(':')?;
    // `const fn f(x: T)` has a colon too.
    (!name.contains(' ')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::finds;
    use super::*;

    #[test]
    fn a_number_without_a_source_is_found() {
        let path = "crates/core/src/rulebook/br.rs";
        let header = "//! Brazil. Source: see each.\n";
        let check = |text: &str, expected: &[&str]| finds(sources, path, &format!("{header}{text}"), expected);
        check("/// Most of a fine.\npub const FINE_MAX: Rate = Rate::from_bps(200);\n", &["3: FINE_MAX holds a number without a source"]);
        check("/// Most of a fine.\n///\n/// Source: CDC art. 52 §1.\npub const FINE_MAX: Rate = Rate::from_bps(200);\n", &[]);
        check("/// Hours.\nstatic HOURS: &[Hours] = &[\n    Hours { from: 9, to: 19 },\n];\n", &["3: HOURS"]);
        check("/// Hours.\nstatic HOURS: &[Hours] = &[\n    Hours { from: 9, source: \"Lei 1\" },\n];\n", &[]);
        check("const VERSION: &str = \"2026-11\";\nconst SAME: &[&str] = &[\n    \"Lei 8\", // of 1990\n];\n", &[]);
        check("impl A {\n    pub(crate) const B: [i32; 1] = [\n        1,\n    ];\n}\n", &["3: B holds"]);
        check("const NAME: [u8; 0] = [];\nconst fn f(x: i32) -> i32 { x + 1 }\nconst _: () = assert!(1 < 2);\n", &[]);
    }

    #[test]
    fn a_file_of_the_rulebook_names_a_source() {
        finds(
            sources,
            "crates/core/src/rulebook/us.rs",
            "//! The US.\nconst HOURS: Week = daily();\n",
            &["1: rows of the rulebook without"],
        );
        finds(sources, "crates/core/src/rulebook/hours.rs", "//! How hours are asked.\nfn next() {}\n", &[]);
        finds(sources, "crates/core/src/rulebook/mod.rs", "//! Law.\n", &[]);
        finds(sources, "crates/core/src/money.rs", "//! Money.\nconst SCALE: i64 = 100;\n", &[]);
    }
}
