//! Rules about source text: sizes, headers, markers, paths, SQL.

use super::{File, Finding};

/// Most lines of a file that is not a test. A median file has some 150: a newcomer knows where in it to look.
const FILE_LINES_MAX: usize = 700;
/// Most lines of a function, signature and closing brace included: it fits on a tall screen.
const FUNCTION_LINES_MAX: usize = 80;

/// Files are short enough to know.
#[must_use]
pub fn long_files(files: &[File]) -> Vec<Finding> {
    let long = |file: &&File| file.is_rust() && !file.is_test() && file.text.lines().count() > FILE_LINES_MAX;
    let what = |file: &File| {
        let lines = file.text.lines().count();
        file.finding(
            FILE_LINES_MAX + 1,
            format!("{lines} lines, at most {FILE_LINES_MAX}; move its tests to tests.rs, or a part to a module"),
        )
    };
    files.iter().filter(long).map(what).collect()
}

/// Functions are short enough to read at once.
#[must_use]
pub fn long_functions(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() && !file.is_test()) {
        for (line, name, length) in functions(file) {
            if length > FUNCTION_LINES_MAX {
                findings.push(
                    file.finding(line, format!("fn {name} has {length} lines, at most {FUNCTION_LINES_MAX}; give a part of it a name")),
                );
            }
        }
    }
    findings
}

/// Line, name and length of each function. In rustfmt's output a body ends at the first `}` indented as its `fn`.
fn functions(file: &File) -> Vec<(usize, &str, usize)> {
    let lines = file.code_lines();
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let Some(name) = function_name(line.trim_start()) else { continue };
        let indent = line.len() - line.trim_start().len();
        let rest = lines.iter().skip(index).map(|(_, line)| *line);
        let length = rest
            .take_while(|line| {
                let inner = line.trim_start();
                let same = line.len() - inner.len() == indent && !inner.is_empty();
                // The end of a body, or of a declaration without one.
                !(same && (inner == "}" || inner.ends_with(';') || (inner.contains(" {") && inner.ends_with('}'))))
            })
            .count();
        found.push((*number, name, length + 1));
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line;
    if let Some(public) = rest.strip_prefix("pub") {
        rest = public.strip_prefix('(').map_or(public, |scope| scope.split_once(')').map_or("", |(_, rest)| rest)).trim_start();
    }
    for word in ["const ", "async ", "unsafe ", "extern \"C\" "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let name = rest.strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

/// A module says what it is for before it begins.
#[must_use]
pub fn headers(files: &[File]) -> Vec<Finding> {
    let silent = |file: &&File| file.is_rust() && !file.is_test() && !head(file).any(|line| line.starts_with("//! "));
    let what = "no header; begin the file with `//!` and one sentence of purpose, then what is deliberately not here";
    files.iter().filter(silent).map(|file| file.finding(1, what)).collect()
}

/// A crate exists to forbid something, and says so.
#[must_use]
pub fn absences(files: &[File]) -> Vec<Finding> {
    let open = |file: &&File| file.path.ends_with("/src/lib.rs") && !head(file).any(|line| line.contains("eliberately absent"));
    let what = "the crate does not say what it forbids; write `Deliberately absent: …` into its header";
    files.iter().filter(open).map(|file| file.finding(1, what)).collect()
}

/// Comments and attributes before the first item.
fn head(file: &File) -> impl Iterator<Item = &str> {
    file.text.lines().take_while(|line| line.is_empty() || line.starts_with("//") || line.starts_with("#!["))
}

/// Unfinished work has an issue, where it is not forgotten.
#[must_use]
pub fn markers(files: &[File]) -> Vec<Finding> {
    // Written in two parts, so that the rule does not find itself.
    let markers = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    each_line(
        files,
        |file| !file.path.ends_with(".md"),
        |line| {
            let marker =
                markers.iter().find(|marker| words(line).any(|word| word == marker.trim_end_matches(':')) && line.contains(**marker))?;
            let after = line.split_once(marker).map_or("", |(_, after)| after).trim_start_matches(['(', ' ', ':']);
            let numbered = after.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            (!numbered).then(|| {
                format!("a marker without an issue; do it now, or write {}(#12) with the issue's number", marker.trim_end_matches(':'))
            })
        },
    )
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// A test that does not run holds nothing.
#[must_use]
pub fn ignored_tests(files: &[File]) -> Vec<Finding> {
    let marker = concat!("#[", "ignore");
    each_line(files, File::is_rust, |line| {
        let ignored = line.trim_start().starts_with(marker);
        ignored.then(|| "a test that is never run; mend it, make it fast, or remove it".to_owned())
    })
}

/// The tree works on every machine.
#[must_use]
pub fn machine_paths(files: &[File]) -> Vec<Finding> {
    let roots = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/t", "mp/")];
    let begins_there = |line: &str, root: &str| {
        // Not the middle of a longer path or of an address.
        line.match_indices(root)
            .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | ')')))
    };
    each_line(
        files,
        |_| true,
        |line| {
            let root = roots.iter().find(|root| begins_there(line, root))?;
            Some(format!("a path of one machine (`{root}…`); take it as an argument, or make it relative"))
        },
    )
}

/// SQL is written where it is tested on every database.
#[must_use]
pub fn sql(files: &[File]) -> Vec<Finding> {
    let statements = [
        (concat!("SELECT", " "), " FROM "),
        (concat!("INSERT", " INTO "), " "),
        (concat!("UPDATE", " "), " SET "),
        (concat!("DELETE", " FROM "), " "),
        (concat!("CREATE", " TABLE "), " "),
    ];
    // The kit of the tests makes databases and knows no table of ours; tests look behind the store's back, which is their business.
    let rooms = ["crates/store/", "crates/testkit/src/postgres/"];
    let ours = |file: &File| rooms.iter().any(|room| file.path.starts_with(room)) || file.path.contains("/tests/");
    let elsewhere = |file: &File| file.is_rust() && !ours(file);
    each_line(files, elsewhere, |line| {
        let is_sql = |(verb, then): &(&str, &str)| line.split_once(verb).is_some_and(|(_, rest)| format!("{rest} ").contains(then));
        let found = !line.trim_start().starts_with("//") && statements.iter().any(is_sql);
        found.then(|| "SQL outside `store`; put the statement beside its function there".to_owned())
    })
}

/// The findings of a rule that looks at one line at a time.
fn each_line(files: &[File], of: impl Fn(&File) -> bool, rule: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| of(file) && !file.path.ends_with(".lock")) {
        for (line, number) in file.text.lines().zip(1..) {
            findings.extend(rule(line).map(|what| file.finding(number, what)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::finds;
    use super::*;

    #[test]
    fn a_long_file_is_found_unless_it_is_a_test() {
        let long = "//! x\n".repeat(FILE_LINES_MAX + 1);
        finds(long_files, "crates/core/src/a.rs", &long, &["701: 701 lines, at most 700"]);
        finds(long_files, "crates/core/src/a.rs", &"//! x\n".repeat(FILE_LINES_MAX), &[]);
        finds(long_files, "crates/core/src/a/tests.rs", &long, &[]);
        finds(long_files, "crates/core/tests/a.rs", &long, &[]);
        finds(long_files, "docs/a.md", &long, &[]);
    }

    #[test]
    fn a_long_function_is_found_by_name() {
        let body = |lines: usize| "        x();\n\n".repeat(lines / 2);
        let method = |lines| format!("impl A {{\n    pub(crate) const fn go<T>(\n        t: T,\n    ) {{\n{}    }}\n}}\n", body(lines));
        finds(long_functions, "a.rs", &method(78), &["2: fn go has 82 lines, at most 80"]);
        finds(long_functions, "a.rs", &method(76), &[]);
        let short = "fn a() {}\ntrait B {\n    fn b(\n        x: i32,\n    ) -> i32;\n}\nfn c() -> i32 { 1 }\n";
        finds(long_functions, "a.rs", &format!("{short}{}", "\n".repeat(99)), &[]);
        let test = format!("#[cfg(test)]\nmod tests {{\n    fn t() {{\n{}    }}\n}}\n", body(99));
        finds(long_functions, "a.rs", &test, &[]);
    }

    #[test]
    fn a_module_without_a_header_is_found() {
        finds(headers, "crates/core/src/a.rs", "use std::fmt;\n", &["1: no header"]);
        finds(headers, "crates/core/src/a.rs", "// Not a doc comment\nfn a() {}\n//! too late\n", &["1: no header"]);
        finds(headers, "crates/core/src/a.rs", "#![expect(lint)]\n//! What it is for.\n", &[]);
        finds(headers, "crates/core/src/a/tests.rs", "use super::*;\n", &[]);
    }

    #[test]
    fn a_crate_that_does_not_say_what_it_forbids_is_found() {
        finds(absences, "crates/core/src/lib.rs", "//! Money.\n", &["1: the crate does not say what it forbids"]);
        finds(absences, "crates/core/src/lib.rs", "//! Money.\n//!\n//! Deliberately absent: clocks.\n", &[]);
        finds(absences, "crates/core/src/money.rs", "//! Money.\n", &[]);
    }

    #[test]
    fn a_marker_needs_an_issue() {
        let marker = concat!("TO", "DO");
        finds(markers, "a.rs", &format!("\n// {marker}: later\n"), &["2: a marker without an issue"]);
        finds(markers, "Makefile", &format!("# {}\n", concat!("FIX", "ME")), &["1: a marker without an issue"]);
        finds(markers, "a.rs", &format!("// {marker}(#12): with the store\n// {marker} #7\nlet {marker}S = 1; // MÉ{marker}\n"), &[]);
    }

    #[test]
    fn an_ignored_test_is_found() {
        finds(ignored_tests, "a.rs", concat!("    #[", "ignore]\n#[", "ignore = \"slow\"]\n"), &["1: a test", "2: a test"]);
        finds(ignored_tests, "a.rs", "// we ignore it\n", &[]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_in_any_file() {
        let path = concat!("/ro", "ot/data");
        finds(machine_paths, "docs/a.md", &format!("see {path}\n\"{path}\"\n`{path}`\n"), &["1: a path", "2: a path", "3: a path"]);
        finds(machine_paths, "a.rs", concat!("https://example.org/ho", "me/page and a/wo", "rk/b\n"), &[]);
    }

    #[test]
    fn sql_is_found_outside_the_store() {
        let query = concat!("    \"SELECT", " id FROM cases\"\n    \"DELETE", " FROM cases\"\n");
        finds(sql, "crates/sim/src/a.rs", query, &["1: SQL outside `store`", "2: SQL outside `store`"]);
        finds(sql, "crates/engine/tests/people/a.rs", query, &[]);
        finds(sql, "crates/store/src/a.rs", query, &[]);
        finds(sql, "crates/sim/src/a.rs", concat!("// SELECT", " x FROM y\n\"SELECT", " a date\"\n"), &[]);
    }
}
