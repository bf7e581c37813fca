//! `cargo xtask`: the gate's command line.
#![expect(clippy::print_stdout, reason = "a command line answers on standard output")]

use std::process::ExitCode;
use xtask::gate::{self, Section};

const HELP: &str = "\
cargo xtask <command>

  gate        every check, in order, ending at the first that fails (what `make test` runs)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] | ["help" | "-h" | "--help"] | [_, "-h" | "--help"] => {
            println!("{HELP}");
            for section in Section::ALL {
                println!("  {:<11} {}", section.name(), section.about());
            }
            println!("\nREGUA_DATA names the folder of real receivables files; without it their tests say what they skip.");
            return ExitCode::SUCCESS;
        }
        ["gate"] => gate::run(Section::ALL),
        [name] => match Section::ALL.iter().find(|section| section.name() == *name) {
            Some(&section) => gate::run(&[section]),
            None => return misuse(&format!("there is no command `{name}`")),
        },
        [name, more, ..] => return misuse(&format!("`{name}` takes no argument, and was given `{more}`")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn misuse(what: &str) -> ExitCode {
    eprintln!("{what}; `cargo xtask --help` lists the commands");
    ExitCode::from(2)
}
