//! What is run: a decoder, the inputs to begin with, and what makes a spoilt one look right again.

use std::fmt::Display;
use std::path::Path;

use crate::random::hash;

/// Bytes of an input where a target does not say: small ones are quick, and most faults need few bytes.
pub const LEN_MAX: usize = 2_048;
/// Files of real data that are taken as seeds, each cut to the limit of its target.
const SEED_FILES_MAX: usize = 400;
/// Bytes of a refusal that tell its kind; what follows is often a list of what was found.
const KIND_BYTES_MAX: usize = 40;

/// A decoder under test.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Runs it, and panics when something does not hold. The number tells kinds of answers apart: an input with a kind of its
    /// own is kept and mutated further.
    pub run: fn(&[u8]) -> u64,
    /// Inputs to begin with.
    pub seeds: &'static [&'static str],
    /// Files of the repository to begin with, from its root.
    pub files: &'static [&'static str],
    /// Folders of real data to begin with, below `REGUA_DATA`.
    pub data: &'static [&'static str],
    /// Inputs to begin with that are made.
    pub made: Option<fn() -> Vec<Vec<u8>>>,
    /// Words of the format, parted by `¦`.
    pub words: &'static str,
    /// Sets sums and lengths right in half of the inputs, so that what lies behind their check is reached.
    pub repair: Option<fn(&mut Vec<u8>)>,
    /// Bytes of an input at most.
    pub len_max: usize,
}

impl Target {
    /// A target that begins with some inputs.
    #[must_use]
    pub const fn new(name: &'static str, run: fn(&[u8]) -> u64, seeds: &'static [&'static str]) -> Self {
        Self { name, run, seeds, files: &[], data: &[], made: None, words: "", repair: None, len_max: LEN_MAX }
    }

    /// With inputs that are made.
    #[must_use]
    pub const fn made(self, made: fn() -> Vec<Vec<u8>>) -> Self {
        Self { made: Some(made), ..self }
    }

    /// With words of its format, parted by `¦`.
    #[must_use]
    pub const fn words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// With files of the repository.
    #[must_use]
    pub const fn files(self, files: &'static [&'static str]) -> Self {
        Self { files, ..self }
    }

    /// With folders of real data.
    #[must_use]
    pub const fn data(self, data: &'static [&'static str]) -> Self {
        Self { data, ..self }
    }

    /// With a repair.
    #[must_use]
    pub const fn repair(self, repair: fn(&mut Vec<u8>)) -> Self {
        Self { repair: Some(repair), ..self }
    }

    /// With another limit of bytes.
    #[must_use]
    pub const fn len_max(self, len_max: usize) -> Self {
        Self { len_max, ..self }
    }

    /// Everything that it begins with; never empty.
    #[must_use]
    pub fn corpus(&self, root: &Path, data: Option<&Path>) -> Vec<Vec<u8>> {
        let mut corpus: Vec<Vec<u8>> = self.seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
        corpus.extend(self.made.into_iter().flat_map(|made| made()));
        let mut paths: Vec<_> = self.files.iter().map(|file| root.join(file)).collect();
        for folder in self.data.iter().filter_map(|folder| data.map(|data| data.join(folder))) {
            files_below(&folder, &mut paths);
        }
        for path in paths.iter().take(SEED_FILES_MAX) {
            let mut bytes = std::fs::read(path).unwrap_or_default();
            bytes.truncate(self.len_max);
            corpus.push(bytes);
        }
        if corpus.is_empty() {
            corpus.push(Vec::new());
        }
        corpus
    }
}

/// Every file in a folder and those in it, in order of path; none of a folder that is not there.
fn files_below(folder: &Path, paths: &mut Vec<std::path::PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files_below(&entry, paths);
        } else {
            paths.push(entry);
        }
    }
}

/// The kind of an answer: 1 when it is good, else the text of the refusal without its digits, which are places.
pub fn kind<T, E: Display>(answer: &Result<T, E>) -> u64 {
    match answer {
        Ok(_) => 1,
        Err(error) => words_of(error),
    }
}

/// The kind of a text by how it begins: the same for two that differ in digits, in what they quote between backticks, or behind.
pub fn words_of(text: &impl Display) -> u64 {
    let mut quoted = false;
    let own = |byte: &u8| {
        quoted ^= *byte == b'`';
        !quoted && !byte.is_ascii_digit()
    };
    hash(&text.to_string().into_bytes().into_iter().filter(own).take(KIND_BYTES_MAX).collect::<Vec<u8>>())
}
