//! Whole commands on the built binary: what they print, write and end with.

mod backtest;
mod bank;
mod bench;
mod billing;
mod charging;
mod demo;
mod explain;
mod feed;
mod live;
mod money;
mod overlay;
mod owed;
mod plan;
mod policy;
mod usage;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A folder of its own for one test, and the binary in it.
struct Bench {
    dir: tempfile::TempDir,
}

/// What a command did.
struct Told {
    command: String,
    code: i32,
    stdout: String,
    stderr: String,
}

impl Bench {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), text).expect("a file is written");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs a command line whose words are divided by spaces.
    fn regua(&self, line: &str) -> Told {
        self.piped(line, "")
    }

    /// Runs a command with text on its standard input.
    fn piped(&self, line: &str, input: &str) -> Told {
        let mut child = Command::new(env!("CARGO_BIN_EXE_regua"))
            .args(line.split(' ').filter(|word| !word.is_empty()))
            .current_dir(self.path())
            .env_remove("COLUMNS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        // A command that does not read its input may have ended already.
        let _unread = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let done = child.wait_with_output().expect("the binary ends");
        // Where the folder is differs from run to run; on some systems it has two names.
        let real = self.path().canonicalize().expect("the folder exists");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("output is UTF-8");
            [real.as_path(), self.path()].iter().fold(text, |text, path| text.replace(&path.display().to_string(), "<dir>"))
        };
        Told {
            command: line.to_owned(),
            code: done.status.code().expect("no signal ended it"),
            stdout: text(done.stdout),
            stderr: text(done.stderr),
        }
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "$ regua {}", self.command)?;
        f.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "--- stderr\n{}", self.stderr)?;
        }
        write!(f, "--- exit {}", self.code)
    }
}

impl Told {
    /// The output as JSON.
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in\n{self}"))
    }

    /// The output as CSV: the header, then the rows.
    fn csv(&self) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(self.stdout.as_bytes());
        reader.records().map(|row| row.expect("CSV of equal rows").iter().map(str::to_owned).collect()).collect()
    }
}
