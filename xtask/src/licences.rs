//! Which licences may be linked into the binary.

use crate::metadata::Package;
use std::collections::BTreeMap;

/// Licences that ask for nothing which a self-hosted binary cannot give: a notice, or changes to their own files.
pub const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // A licence for data: the list of certificate authorities has it.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Packages whose manifest states no licence, with the expression found in their source and where.
const CLARIFIED: &[(&str, &str, &str)] = &[];

/// One line for each package whose licence does not permit linking it.
#[must_use]
pub fn refused(packages: &[Package]) -> Vec<String> {
    packages.iter().filter_map(refusal).collect()
}

fn refusal(package: &Package) -> Option<String> {
    let Package { name, version, licence, .. } = package;
    let clarified = CLARIFIED.iter().find(|(of, _, _)| of == name).map(|(_, expression, _)| *expression);
    let Some(expression) = clarified.or(licence.as_deref()) else {
        return Some(format!(
            "{name} {version}: its manifest states no licence; find it and add a row to CLARIFIED, or use another package"
        ));
    };
    match permits(expression) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name} {version}: `{expression}` is not among {}; use another package", ALLOWED.join(", "))),
        Err(bad) => Some(format!("{name} {version}: `{expression}` is not an SPDX expression ({bad}); add a row to CLARIFIED")),
    }
}

/// The packages that are linked in several versions: `name 1.0.0, 2.0.0`.
#[must_use]
pub fn duplicates(packages: &[Package]) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    versions.iter().filter(|(_, found)| found.len() > 1).map(|(name, found)| format!("{name} {}", found.join(", "))).collect()
}

/// Whether an SPDX expression leaves a choice that [`ALLOWED`] permits: one arm of an `OR`, both of an `AND`.
///
/// `/` is read as `OR`, as old manifests mean it. A licence `WITH` an exception is allowed when the licence alone is:
/// an exception only adds permissions.
///
/// # Errors
/// Names the word at which the text stops being an expression.
pub fn permits(expression: &str) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words { words: spaced.split_whitespace().collect(), next: 0 };
    let permitted = either(&mut words)?;
    match words.peek() {
        None => Ok(permitted),
        Some(word) => Err(format!("unexpected `{word}`")),
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    next: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    fn take(&mut self) -> Result<&'a str, String> {
        let word = self.peek().ok_or("it ends too early")?;
        self.next += 1;
        Ok(word)
    }

    fn took(&mut self, word: &str) -> bool {
        let same = self.peek() == Some(word);
        self.next += usize::from(same);
        same
    }
}

fn either(words: &mut Words<'_>) -> Result<bool, String> {
    let mut permitted = both(words)?;
    while words.took("OR") {
        permitted |= both(words)?;
    }
    Ok(permitted)
}

fn both(words: &mut Words<'_>) -> Result<bool, String> {
    let mut permitted = one(words)?;
    while words.took("AND") {
        permitted &= one(words)?;
    }
    Ok(permitted)
}

fn one(words: &mut Words<'_>) -> Result<bool, String> {
    match words.take()? {
        "(" => {
            let permitted = either(words)?;
            if words.took(")") { Ok(permitted) } else { Err("a bracket is left open".to_owned()) }
        }
        word @ (")" | "OR" | "AND" | "WITH") => Err(format!("unexpected `{word}`")),
        licence => {
            if words.took("WITH") {
                words.take()?;
            }
            Ok(ALLOWED.contains(&licence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str, licence: Option<&str>) -> Package {
        Package { name: name.to_owned(), version: version.to_owned(), licence: licence.map(str::to_owned), dependencies: Vec::new() }
    }

    #[test]
    fn an_expression_permits_what_one_of_its_choices_permits() {
        for (expression, expected) in [
            ("MIT", Ok(true)),
            ("GPL-3.0-only", Ok(false)),
            ("GPL-3.0-only OR MIT", Ok(true)),
            ("GPL-3.0-only AND MIT", Ok(false)),
            ("MIT OR Apache-2.0 AND GPL-3.0-only", Ok(true)),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", Ok(true)),
            ("(MIT OR Apache-2.0) AND AGPL-3.0-only", Ok(false)),
            ("MIT/Apache-2.0", Ok(true)),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", Ok(true)),
            ("GPL-2.0-only WITH Classpath-exception-2.0", Ok(false)),
            ("", Err("it ends too early")),
            ("MIT OR", Err("it ends too early")),
            ("(MIT", Err("a bracket is left open")),
            ("MIT MIT", Err("unexpected `MIT`")),
            ("AND MIT", Err("unexpected `AND`")),
        ] {
            assert_eq!(permits(expression), expected.map_err(str::to_owned), "{expression}");
        }
    }

    #[test]
    fn a_refusal_names_package_expression_and_mend() {
        let found = refused(&[
            package("good", "1.0.0", Some("ISC")),
            package("viral", "2.0.0", Some("AGPL-3.0-only")),
            package("silent", "3.0.0", None),
            package("muddled", "4.0.0", Some("MIT and more")),
        ]);
        let [viral, silent, muddled] = found.as_slice() else { panic!("three refusals: {found:?}") };
        assert!(viral.starts_with("viral 2.0.0: `AGPL-3.0-only` is not among 0BSD, Apache-2.0"), "{viral}");
        assert!(silent.starts_with("silent 3.0.0: its manifest states no licence"), "{silent}");
        assert!(muddled.starts_with("muddled 4.0.0: `MIT and more` is not an SPDX expression (unexpected `and`)"), "{muddled}");
    }

    #[test]
    fn several_versions_of_one_package_are_reported() {
        let packages = [package("syn", "2.0.1", None), package("jiff", "0.2.0", None), package("syn", "3.0.0", None)];
        assert_eq!(duplicates(&packages), ["syn 2.0.1, 3.0.0"]);
    }
}
