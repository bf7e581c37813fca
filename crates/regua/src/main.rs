//! The `regua` binary: the only place where the real clock, files and arguments are plugged in.
//!
//! Deliberately absent: rules, formats and arithmetic; those are in the crates that this one wires together.

mod backtest;
mod bench;
mod both;
mod cli;
mod config;
mod demo;
mod exit;
mod explain;
mod input;
mod letters;
mod live;
mod lived;
mod meaning;
mod open;
mod output;
mod page;
mod plan;
mod policy;
mod progress;
mod rejects;
mod report;
mod run;
mod shipped;
mod source;
mod tale;
mod time;
mod understood;
mod warnings;
mod witness;
mod world;

pub(crate) use regua_engine::telling::why;

fn main() -> std::process::ExitCode {
    exit::code(cli::run())
}
