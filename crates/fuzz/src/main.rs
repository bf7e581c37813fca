//! `regua-fuzz`: the command line of the fuzz driver.
#![expect(clippy::print_stdout, reason = "a command line answers on standard output")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use regua_fuzz::driver::{self, Budget, Plan};
use regua_fuzz::target::Target;
use regua_fuzz::targets;

const HELP: &str = "\
regua-fuzz [--seconds N | --executions N] [--threads N] [--seed N] [--only NAME,NAME] [--save FOLDER]
regua-fuzz --only NAME --replay FILE
regua-fuzz --list

Runs every decoder on spoilt input. N is shared by the targets; a seed that is not given is drawn and printed.
An input that a target fails on is made small and saved below FOLDER (target/fuzz), and the exit code is 1.
REGUA_DATA names the folder of real data to begin with; without it the repository's own files are.";

struct Arguments {
    seconds: u64,
    executions: Option<u64>,
    threads: usize,
    seed: u64,
    only: Vec<String>,
    save: PathBuf,
    replay: Option<PathBuf>,
    list: bool,
}

fn main() -> ExitCode {
    let arguments = match read(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}; `regua-fuzz --help` says how");
            return ExitCode::from(2);
        }
    };
    let chosen: Vec<Target> = targets::all()
        .into_iter()
        .filter(|target| arguments.only.is_empty() || arguments.only.iter().any(|name| name == target.name))
        .collect();
    if arguments.list {
        chosen.iter().for_each(|target| println!("{}", target.name));
        return ExitCode::SUCCESS;
    }
    driver::quiet_panics();
    let clean = match &arguments.replay {
        Some(file) => replay(&chosen, file),
        None => fuzz(&chosen, &arguments),
    };
    match clean {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut arguments = Arguments {
        seconds: 60,
        executions: None,
        threads,
        seed: driver::drawn_seed(),
        only: Vec::new(),
        save: PathBuf::from("target/fuzz"),
        replay: None,
        list: false,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|error| format!("`{text}` is no number: {error}"));
        match word.as_str() {
            "--seconds" => arguments.seconds = number(value()?)?,
            "--executions" => arguments.executions = Some(number(value()?)?),
            "--threads" => arguments.threads = usize::try_from(number(value()?)?).map_err(|error| error.to_string())?,
            "--seed" => arguments.seed = number(value()?)?,
            "--only" => arguments.only = value()?.split(',').map(str::to_owned).collect(),
            "--save" => arguments.save = PathBuf::from(value()?),
            "--replay" => arguments.replay = Some(PathBuf::from(value()?)),
            "--list" => arguments.list = true,
            "--help" | "-h" => return Ok(None),
            other => return Err(format!("there is no argument `{other}`")),
        }
    }
    let known = targets::all();
    match arguments.only.iter().find(|name| known.iter().all(|target| target.name != name.as_str())) {
        Some(unknown) => Err(format!("there is no target `{unknown}`, and `--list` lists them")),
        None if arguments.replay.is_some() && arguments.only.len() != 1 => {
            Err("`--replay` needs one target, named with `--only`".to_owned())
        }
        None => Ok(Some(arguments)),
    }
}

/// Runs one input again; true when nothing happens.
fn replay(targets: &[Target], file: &Path) -> std::io::Result<bool> {
    let input = std::fs::read(file)?;
    let mut clean = true;
    for target in targets {
        match driver::once(target, &input) {
            Ok(kind) => println!("{}: an answer of kind {kind:016x}", target.name),
            Err(message) => {
                println!("{}: {message}", target.name);
                clean = false;
            }
        }
    }
    Ok(clean)
}

fn fuzz(targets: &[Target], arguments: &Arguments) -> std::io::Result<bool> {
    let data = std::env::var_os("REGUA_DATA").map(PathBuf::from);
    let total = match arguments.executions {
        Some(executions) => Budget::Executions(executions),
        None => Budget::Time(Duration::from_secs(arguments.seconds)),
    };
    let plan = Plan { budget: total, threads: arguments.threads, seed: arguments.seed, save: arguments.save.clone() };
    driver::all(targets, &plan, data.as_deref(), &mut std::io::stdout())
}
