//! The sections of the gate, each a check that can also be run alone.

use crate::{licences, metadata, root, servers, tidy, witnesses};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One check of the gate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// Every file is as rustfmt writes it.
    Fmt,
    /// The rules of [`crate::tidy`].
    Tidy,
    /// The licences of everything that is linked.
    Licences,
    /// The console's types, tests, build and size.
    Console,
    /// Clippy without a warning.
    Clippy,
    /// Rustdoc without a warning.
    Docs,
    /// The readers that the default build leaves out.
    Features,
    /// The examples in the documentation.
    Doctest,
    /// Every decoder on spoilt input, for a minute.
    Fuzz,
    /// Every other test.
    Test,
}

impl Section {
    /// In the order of the gate: the quick ones first. The tests come last, so that the last line of the gate is
    /// the test runner's own summary.
    pub const ALL: &'static [Self] = &[
        Self::Fmt,
        Self::Tidy,
        Self::Licences,
        Self::Console,
        Self::Clippy,
        Self::Docs,
        Self::Features,
        Self::Doctest,
        Self::Fuzz,
        Self::Test,
    ];

    /// The word on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Tidy => "tidy",
            Self::Licences => "licences",
            Self::Console => "console",
            Self::Clippy => "clippy",
            Self::Docs => "docs",
            Self::Features => "features",
            Self::Doctest => "doctest",
            Self::Fuzz => "fuzz",
            Self::Test => "test",
        }
    }

    /// One line of help.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Fmt => "formatting (mend: cargo fmt --all)",
            Self::Tidy => "what no compiler checks: sizes, arrows between crates, sources of numbers, links",
            Self::Licences => "licences of all dependencies, and which of them are there twice",
            Self::Console => "the operator console: types, tests, and that a browser fetches little of it first",
            Self::Clippy => "lints, warnings refused",
            Self::Docs => "documentation builds without a warning",
            Self::Features => "what the default build leaves out: reading Parquet",
            Self::Doctest => "the examples in the documentation",
            Self::Fuzz => "every decoder on spoilt input for a minute, from a seed that it prints",
            Self::Test => "all other tests, with cargo-nextest when it is installed",
        }
    }

    fn check(self, root: &Path) -> Result<()> {
        match self {
            Self::Fmt => cargo(root, &["fmt", "--all", "--check"], &[]),
            Self::Tidy => tidy_section(root),
            Self::Licences => licences_section(root),
            Self::Console => ["types", "test", "build", "size"].iter().try_for_each(|script| npm(root, script)),
            Self::Clippy => {
                cargo(root, &["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"], &[])
            }
            Self::Docs => cargo(
                root,
                &["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"],
                &[("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links")],
            ),
            Self::Features => cargo(root, &["test", "--locked", "-p", "regua-wire", "--features", "parquet", "--lib", "columnar"], &[]),
            Self::Doctest => cargo(root, &["test", "--workspace", "--doc", "--locked"], &[]),
            // A test like the others, so that nothing is built for this alone.
            Self::Fuzz => cargo(
                root,
                &["test", "--workspace", "--locked", "--test", "decoders", "--", "--nocapture"],
                &[("REGUA_FUZZ_SECONDS", "60")],
            ),
            Self::Test => test(root),
        }
    }
}

/// Runs sections in order, with a heading and the time of each.
///
/// # Errors
/// Ends at the first section that fails, saying how to run it alone; fails at once when `REGUA_DATA` names no folder.
pub fn run(sections: &[Section]) -> Result<()> {
    let root = root();
    if sections.contains(&Section::Test) {
        eprintln!("{}", real_data(std::env::var_os("REGUA_DATA").as_deref().map(Path::new))?);
    }
    let started = Instant::now();
    for &section in sections {
        let name = section.name();
        eprintln!("\n== {name}: {} ({} in)", section.about(), seconds(started.elapsed()));
        let own = Instant::now();
        let checked = section.check(&root);
        if section == Section::Test && sections.len() > 1 {
            // A gate leaves nothing running; who runs the tests alone finds their server again the next time.
            servers::stop();
        }
        checked.with_context(|| format!("the gate ends at `{name}`, which runs alone with: cargo xtask {name}\nwhy"))?;
        if section != Section::Test {
            eprintln!("   {name} passed in {}", seconds(own.elapsed()));
        }
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

/// Says whether tests on real data will run.
fn real_data(folder: Option<&Path>) -> Result<String> {
    match folder {
        None => Ok("REGUA_DATA is unset: the tests on real receivables files will say what they skip".to_owned()),
        Some(folder) if folder.is_dir() => Ok(format!("REGUA_DATA is set: real receivables files are read from {}", folder.display())),
        Some(folder) => {
            bail!("REGUA_DATA names `{}`, which is not a folder; correct it, or unset it to skip the tests on real data", folder.display())
        }
    }
}

fn tidy_section(root: &Path) -> Result<()> {
    let findings = tidy::check(root)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => bail!("1 finding"),
        count => bail!("{count} findings"),
    }
}

fn licences_section(root: &Path) -> Result<()> {
    let packages = metadata::everything_linked(root)?;
    let refused = licences::refused(&packages);
    for line in &refused {
        eprintln!("{line}");
    }
    for line in licences::duplicates(&packages) {
        eprintln!("   there more than once: {line}");
    }
    match refused.len() {
        0 => Ok(()),
        count => bail!("{count} of {} packages have a licence that the list does not allow", packages.len()),
    }
}

/// Every other test, with the witnesses that `scripts/setup` installed.
fn test(root: &Path) -> Result<()> {
    let witnesses = witnesses::found();
    for (name, path) in &witnesses {
        eprintln!("   {name} is {path}");
    }
    let environment: Vec<(&str, &str)> = witnesses.iter().map(|(name, path)| (*name, path.as_str())).collect();
    if has_nextest(root) {
        return cargo(root, &["nextest", "run", "--workspace", "--locked", "--no-fail-fast"], &environment);
    }
    // `--show-output`: tests on real data print their counts, or what they skipped.
    cargo(root, &["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast", "--", "--show-output"], &environment)
}

fn has_nextest(root: &Path) -> bool {
    let asked = Command::new("cargo").args(["nextest", "--version"]).current_dir(root).stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// Runs a script of the console's, which `scripts/setup` prepared.
fn npm(root: &Path, script: &str) -> Result<()> {
    let folder = root.join("console");
    if !folder.join("node_modules").is_dir() {
        eprintln!("   skipped `npm run {script}`: the console's tools are not installed (scripts/setup, with Node 20.19 or newer)");
        return Ok(());
    }
    let line = format!("npm run {script}");
    eprintln!("   {line} (in console)");
    let status = Command::new("npm").args(["run", "--silent", script]).current_dir(folder).status();
    let status = status.with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs cargo with its output passed through.
fn cargo(root: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let line = format!("cargo {}", arguments.join(" "));
    eprintln!("   {line}");
    let status = Command::new("cargo")
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root)
        .status()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_folder_that_is_named_and_missing_fails_at_once() {
        let missing = root().join("no-such-folder");
        let error = real_data(Some(&missing)).unwrap_err().to_string();
        assert!(error.contains("no-such-folder") && error.contains("unset it"), "{error}");
        assert!(real_data(Some(&root())).unwrap().starts_with("REGUA_DATA is set"));
        assert!(real_data(None).unwrap().starts_with("REGUA_DATA is unset"));
    }

    #[test]
    fn each_section_has_a_command_of_its_own() {
        let mut names: Vec<&str> = Section::ALL.iter().map(|section| section.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Section::ALL.len());
        assert_eq!(Section::ALL.last(), Some(&Section::Test), "the runner's summary is the last line of the gate");
    }
}
