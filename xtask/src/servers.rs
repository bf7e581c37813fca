//! The PostgreSQL that tests started, stopped at the end of the gate.
//!
//! Deliberately absent: starting it. The tests' own kit does that, in `crates/testkit/src/postgres/`, and leaves a file that
//! names the folder.

use std::path::Path;
use std::process::{Command, Stdio};

/// Stops every server that tests of this target folder started. Says so when it cannot: the gate's answer stays the tests'.
pub fn stop() {
    let own = std::env::current_exe().unwrap_or_default();
    let Some(target) = own.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()) else { return };
    let Ok(base) = std::fs::read_to_string(target.join("postgres.where")) else { return };
    let folders = std::fs::read_dir(base.trim()).into_iter().flatten().flatten();
    for folder in folders.map(|entry| entry.path()) {
        if let Some(process) = process(&folder)
            && !ended(&process)
        {
            eprintln!("   the tests' PostgreSQL (process {process}) does not stop; its files are in {}", folder.display());
        }
    }
}

/// The first line of the file that a running server keeps.
fn process(folder: &Path) -> Option<String> {
    let file = std::fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
    let process = file.lines().next()?.trim();
    // A file without a process is left over from a machine that was switched off.
    let program = std::fs::read_link(Path::new("/proc").join(process).join("exe")).ok()?;
    program.file_name()?.to_str()?.starts_with("postgres").then(|| process.to_owned())
}

/// Asks the server to end now (SIGINT is its fast shutdown) and waits for that.
fn ended(process: &str) -> bool {
    let quiet = |command: &mut Command| command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let asked = quiet(Command::new("kill").args(["-INT", process]));
    asked.is_ok_and(|asked| asked.success())
        && quiet(Command::new("timeout").args(["30", "tail", "--follow", "--sleep-interval=0.1", &format!("--pid={process}"), "/dev/null"]))
            .is_ok_and(|waited| waited.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_running_postgresql_is_taken_for_a_server() {
        let folder = std::env::temp_dir().join(format!("regua-servers-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("data")).unwrap();
        assert_eq!(process(&folder), None, "no file");
        // A number of long ago, and this test's own.
        for number in [999_999_999, std::process::id()] {
            std::fs::write(folder.join("data/postmaster.pid"), format!("{number}\n/data\n")).unwrap();
            assert_eq!(process(&folder), None);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
