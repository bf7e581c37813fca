//! What `cargo metadata` knows of our packages and of everything they link.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// A package, ours or another's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SPDX expression of its manifest, if it has one.
    pub licence: Option<String>,
    /// What its manifest asks for.
    pub dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// Whether only tests and examples use it.
    pub only_tests: bool,
}

/// Our own packages.
///
/// # Errors
/// When cargo cannot be run or does not answer as expected.
pub fn ours(root: &Path) -> Result<Vec<Package>> {
    ask(root, &["--no-deps"])
}

/// Our packages and all others that a build on this kind of machine links, features that are off included.
///
/// # Errors
/// When cargo cannot be run or does not answer as expected.
pub fn everything_linked(root: &Path) -> Result<Vec<Package>> {
    let version = run(root, "rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("`rustc -vV` names no host")?;
    ask(root, &["--all-features", "--filter-platform", host])
}

fn ask(root: &Path, more: &[&str]) -> Result<Vec<Package>> {
    let mut arguments = vec!["metadata", "--format-version", "1", "--locked"];
    arguments.extend(more);
    let answer: Value = serde_json::from_str(&run(root, "cargo", &arguments)?).context("`cargo metadata` did not answer in JSON")?;
    let packages = answer.get("packages").and_then(Value::as_array).context("`cargo metadata` lists no packages")?;
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let dependencies = value.get("dependencies").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Ok(Package {
        name: text("name").context("a package without a name")?,
        version: text("version").context("a package without a version")?,
        licence: text("license"),
        dependencies: dependencies.iter().map(dependency).collect::<Result<_>>()?,
    })
}

fn dependency(value: &Value) -> Result<Dependency> {
    Ok(Dependency {
        name: value.get("name").and_then(Value::as_str).context("a dependency without a name")?.to_owned(),
        only_tests: value.get("kind").and_then(Value::as_str) == Some("dev"),
    })
}

fn run(root: &Path, program: &str, arguments: &[&str]) -> Result<String> {
    let line = format!("{program} {}", arguments.join(" "));
    let output = Command::new(program).args(arguments).current_dir(root).output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not answer in UTF-8"))
}
