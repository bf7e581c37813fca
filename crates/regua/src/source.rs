//! Where texts come from: a file, standard input, or what ships.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use regua_core::policy::{Names, Outcome, Policy, Severity, check};
use regua_core::words::Language;

use crate::exit::BadInput;
use crate::shipped::{self, SHIPPED};

/// A policy's text and what people call it in messages.
pub(crate) struct PolicyText {
    /// The file's path, the shipped policy's name, or `standard input`.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
}

/// Standard input on the command line.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What a path is called in messages.
pub(crate) fn name_of(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Reads a policy: a file if there is one, else the shipped policy of that name.
pub(crate) fn policy_text(path: &Path) -> anyhow::Result<PolicyText> {
    let name = name_of(path);
    if !is_stdin(path)
        && !path.exists()
        && let Some(shipped) = path.to_str().and_then(shipped::find)
    {
        return Ok(PolicyText { name: shipped.name.to_owned(), text: shipped.text.to_owned() });
    }
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).context("failed to read standard input")?;
        bytes
    } else {
        fs::read(path).map_err(|error| missing(path, &error))?
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|&&byte| byte == b'\n').count() + 1;
        BadInput::new(format!("{name}:{line}: not UTF-8; save the file as UTF-8"))
    })?;
    Ok(PolicyText { name, text })
}

fn missing(path: &Path, error: &io::Error) -> BadInput {
    let looks_like_a_name = path.components().count() == 1 && path.extension().is_none();
    if error.kind() == io::ErrorKind::NotFound && looks_like_a_name {
        let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
        let path = path.display();
        return BadInput::new(format!(
            "{path}: no such file, and no shipped policy of this name; the shipped ones are {}",
            names.join(", ")
        ));
    }
    unreadable(path, error)
}

/// A file that cannot be opened or read: the caller named it, so the caller can mend it.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> BadInput {
    let known = [
        (io::ErrorKind::NotFound, "no such file; correct the path"),
        (io::ErrorKind::PermissionDenied, "not allowed to read it; change its permissions"),
        (io::ErrorKind::IsADirectory, "a folder; name a file in it"),
    ];
    let what = known.iter().find(|(kind, _)| *kind == error.kind()).map_or_else(|| error.to_string(), |(_, what)| (*what).to_owned());
    BadInput::new(format!("{}: {what}", path.display()))
}

/// The names that a policy may use here: shipped templates; queues, bureaus and agencies come with their adapters.
pub(crate) fn names() -> Names {
    Names::shipped(Language::ALL)
}

/// Reads and compiles a policy; every error of it is told.
pub(crate) fn policy(path: &Path) -> anyhow::Result<(PolicyText, Arc<Policy>)> {
    let source = policy_text(path)?;
    let policy = compiled(&source)?;
    Ok((source, policy))
}

/// Compiles a policy; every error of it is told.
pub(crate) fn compiled(source: &PolicyText) -> anyhow::Result<Arc<Policy>> {
    let Outcome { policy, findings } = check(&source.text, &names());
    policy.map(Arc::new).ok_or_else(|| {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let told: Vec<String> = errors.map(|finding| finding.in_file(&source.name).to_string()).collect();
        BadInput::new(format!("the policy is refused\n{}", told.join("\n"))).into()
    })
}
