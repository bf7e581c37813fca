//! `regua policy`: check, compare and describe policy files.

use std::path::{Path, PathBuf};

use regua_core::policy::{Finding, Outcome, Policy, Severity, check, diff, hash, vocabulary};
use serde_json::{Value, json};

use crate::cli::PolicyVerb;
use crate::exit::{BadInput, Exit};
use crate::live::policies;
use crate::output::{Cell, Format, Listing, Out, Paint, counted};
use crate::shipped::{self, SHIPPED};
use crate::source::{self, PolicyText};
use crate::world::World;

/// Carries out a verb of `policy`.
pub(crate) fn run(verb: &PolicyVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        PolicyVerb::Check { files, listing } => check_all(files, listing.format, out),
        PolicyVerb::Schema => {
            out.json(&regua_core::policy::schema())?;
            Ok(Exit::Done)
        }
        PolicyVerb::Diff { old, new, listing } => compare(old, new, listing.format, out),
        PolicyVerb::Vocabulary { listing } => {
            let mut rows = Listing::new(&[("name", "name"), ("type", "type"), ("meaning", "meaning")]);
            for row in vocabulary() {
                rows.row([row.name.into(), row.kind.as_str().into(), row.meaning.into()]);
            }
            out.listing(&rows, listing.format)?;
            Ok(Exit::Done)
        }
        PolicyVerb::List { published: false, listing, .. } => list(listing.format, out),
        PolicyVerb::List { published: true, place, listing } => policies::published(place, listing.format, world, out),
        PolicyVerb::Publish(args) => policies::publish(args, world, out),
        PolicyVerb::Migrate(args) => policies::migrate(args, world, out),
        PolicyVerb::Show { name } => {
            let shown = name.to_str().and_then(shipped::find);
            let shown =
                shown.ok_or_else(|| BadInput::new(format!("{} does not ship; `regua policy list` shows what does", name.display())))?;
            out.text(shown.text)?;
            Ok(Exit::Done)
        }
    }
}

/// A file, its findings, and its policy when none is an error.
struct Checked {
    source: PolicyText,
    outcome: Outcome,
}

fn check_all(files: &[PathBuf], format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    let checked = files.iter().map(|path| {
        let source = source::policy_text(path)?;
        let outcome = check(&source.text, &source::names());
        Ok(Checked { source, outcome })
    });
    let checked = checked.collect::<anyhow::Result<Vec<_>>>()?;
    let refused = checked.iter().any(|checked| checked.outcome.policy.is_none());
    match format {
        Format::Table => checked.iter().try_for_each(|checked| told(checked, out))?,
        Format::Json => {
            out.json(&Value::Array(checked.iter().flat_map(findings).map(|(file, finding)| as_json(file, finding)).collect()))?
        }
        Format::Csv => {
            let columns = ["file", "line", "column", "severity", "message", "mend"];
            let mut rows = Listing::new(&columns.map(|name| (name, name)));
            for (file, finding) in checked.iter().flat_map(findings) {
                let place = [finding.line, finding.column].map(Cell::from);
                let [line, column] = place;
                let (message, mend) = (finding.message.as_str().into(), finding.mend.as_str().into());
                rows.row([file.into(), line, column, severity(finding).into(), message, mend]);
            }
            out.listing(&rows, format)?;
        }
    }
    Ok(if refused { Exit::Input } else { Exit::Done })
}

fn findings(checked: &Checked) -> impl Iterator<Item = (&str, &Finding)> {
    checked.outcome.findings.iter().map(|finding| (checked.source.name.as_str(), finding))
}

fn as_json(file: &str, finding: &Finding) -> Value {
    json!({
        "file": file, "line": finding.line, "column": finding.column, "severity": severity(finding),
        "message": finding.message, "mend": finding.mend,
    })
}

const fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// One file in words: its findings, then the verdict.
fn told(checked: &Checked, out: &mut Out) -> anyhow::Result<()> {
    let Checked { source, outcome } = checked;
    for finding in &outcome.findings {
        let paint = if finding.severity == Severity::Error { Paint::Red } else { Paint::Yellow };
        let place = format!("{}:{}:{}:", source.name, finding.line, finding.column);
        let head =
            format!("{} {} {}", out.paint(Paint::Bold, &place), out.paint(paint, &format!("{}:", severity(finding))), finding.message);
        out.line(&head)?;
        out.line(&format!("  mend: {}", finding.mend))?;
    }
    let count = |wanted: Severity| outcome.findings.iter().filter(|finding| finding.severity == wanted).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let warned = if warnings == 0 { String::new() } else { format!(", {}", of(warnings, "warning")) };
    let verdict = match &outcome.policy {
        Some(policy) => format!("{}: {}{warned}; {}", source.name, out.paint(Paint::Green, "right"), described(policy)),
        None => format!("{}: {}, {}{warned}", source.name, out.paint(Paint::Red, "refused"), of(errors, "error")),
    };
    out.line(&verdict)?;
    Ok(())
}

/// As [`counted`], of a length.
fn of(count: usize, what: &str) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), what)
}

fn described(policy: &Policy) -> String {
    let steps = policy.ladders.iter().map(|ladder| ladder.steps.len()).sum();
    let hash = policy.hash.get(..12).unwrap_or(&policy.hash);
    format!(
        "\"{}\", {}, {}, {}, hash {hash}",
        policy.name,
        of(policy.segments.len(), "segment"),
        of(policy.ladders.len(), "ladder"),
        of(steps, "step"),
    )
}

/// What changes from one policy to another.
fn compare(old: &Path, new: &Path, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    let ((old_text, old), (new_text, new)) = (source::policy(old)?, source::policy(new)?);
    let changes = diff(&old, &new);
    let mut rows = Listing::new(&[("subject", "what"), ("part", "part"), ("before", "before"), ("after", "after")]);
    for change in &changes {
        rows.row([change.subject.as_str().into(), change.part.into(), change.before.clone().into(), change.after.clone().into()]);
    }
    if format != Format::Table {
        out.listing(&rows, format)?;
        return Ok(Exit::Done);
    }
    let verdict = match (changes.len(), old.hash == new.hash) {
        (0, true) => "the same file".to_owned(),
        (0, false) => "the same rule in other words".to_owned(),
        (count, _) => of(count, "change"),
    };
    out.line(&format!("{} → {}: {verdict}", old_text.name, new_text.name))?;
    for change in &changes {
        let line = change.to_string();
        let line = match (line.starts_with('+'), line.starts_with('-')) {
            (true, _) => out.paint(Paint::Green, &line),
            (_, true) => out.paint(Paint::Red, &line),
            (false, false) => line,
        };
        out.line(&line)?;
    }
    Ok(Exit::Done)
}

fn list(format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    let mut rows = Listing::new(&[("name", "name"), ("kind", "kind"), ("about", "about"), ("hash", "hash")]);
    for shipped in SHIPPED {
        let hash = hash(shipped.text);
        let hash = if format == Format::Table { hash.get(..12).unwrap_or(&hash).to_owned() } else { hash };
        rows.row([shipped.name.into(), if shipped.baseline { "baseline" } else { "policy" }.into(), shipped.about().into(), hash.into()]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}
