//! `run.json`: what a backtest was made of, so that `explain` can make a part of it again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_core::decide::ENGINE_VERSION;
use regua_core::policy::Policy;
use regua_core::rulebook;
use regua_core::time::Instant;
use regua_sim::backtest::Span;
use serde::{Deserialize, Serialize};

use crate::cli::ReadingArgs;
use crate::exit::BadInput;
use crate::input::{InputFile, Loaded, Map};
use crate::source::{PolicyText, unreadable};

/// The file's name in an output folder.
pub(crate) const RUN_FILE: &str = "run.json";
/// The decisions' name in an output folder.
pub(crate) const DECISIONS_FILE: &str = "decisions.csv";

/// What a backtest was made of.
#[derive(Serialize, Deserialize)]
pub(crate) struct Run {
    /// The version of the binary.
    pub(crate) regua: String,
    /// The version of the engine.
    pub(crate) engine: String,
    /// The version of the rulebooks.
    pub(crate) rulebook: String,
    /// What the policy was called: its path or its shipped name.
    pub(crate) policy: String,
    /// The policy's text, whole.
    pub(crate) policy_text: String,
    /// The files. A path within the folder is relative to it, any other absolute.
    pub(crate) inputs: Vec<InputFile>,
    /// How the files were read.
    pub(crate) reading: ReadingArgs,
    /// The mapping by which they were read.
    pub(crate) map: Option<Map>,
    /// Nothing is decided at or after this moment.
    pub(crate) until: Option<String>,
    /// When the engine slept.
    pub(crate) down: Vec<(String, String)>,
}

impl Run {
    /// What a run is made of that writes into `dir`.
    pub(crate) fn of(source: &PolicyText, loaded: &Loaded, span: &Span, reading: &ReadingArgs, policy: &Policy, dir: &Path) -> Self {
        let text = |at: Instant| policy.zone.rfc3339(at);
        Self {
            regua: env!("CARGO_PKG_VERSION").to_owned(),
            engine: ENGINE_VERSION.to_owned(),
            rulebook: rulebook::VERSION.to_owned(),
            policy: source.name.clone(),
            policy_text: source.text.clone(),
            inputs: anchored(loaded.files.clone(), dir),
            reading: reading.clone(),
            map: loaded.map.clone(),
            until: span.until.map(text),
            down: span.down.iter().map(|&(from, to)| (text(from), text(to))).collect(),
        }
    }

    /// Reads the file of an output folder.
    pub(crate) fn read(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(RUN_FILE);
        let text = fs::read_to_string(&path).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                BadInput::new(format!("{} holds no backtest; name the folder that `regua backtest --out` wrote", dir.display()))
            } else {
                unreadable(&path, &error)
            }
        })?;
        let run = serde_json::from_str(&text)
            .map_err(|error| BadInput::new(format!("{}: {error}; run the backtest again with this version", path.display())))?;
        Ok(run)
    }

    /// Writes it into an output folder.
    pub(crate) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let path = dir.join(RUN_FILE);
        let text = serde_json::to_string_pretty(self).context("failed to write run.json")?;
        fs::write(&path, text + "\n").with_context(|| format!("failed to write {}", path.display()))
    }

    /// From when to when, and when the engine slept.
    pub(crate) fn span(&self) -> anyhow::Result<Span> {
        let at = |text: &String| Instant::parse(text).map_err(|error| BadInput::new(format!("{RUN_FILE}: {error}")));
        let until = self.until.as_ref().map(at).transpose()?;
        let down = self.down.iter().map(|(from, to)| Ok((at(from)?, at(to)?))).collect::<anyhow::Result<_>>()?;
        Ok(Span { until, down })
    }
}

/// The files with paths that still lead to them from elsewhere: within `dir` relative to it, else absolute.
fn anchored(files: Vec<InputFile>, dir: &Path) -> Vec<InputFile> {
    let folder = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let anchor = |file: InputFile| {
        if file.path == "-" {
            return file;
        }
        let whole = Path::new(&file.path).canonicalize().unwrap_or_else(|_| PathBuf::from(&file.path));
        let path = whole.strip_prefix(&folder).unwrap_or(&whole);
        InputFile { path: path.display().to_string(), ..file }
    };
    files.into_iter().map(anchor).collect()
}
