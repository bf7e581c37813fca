//! Files from the test suites of public libraries, read where `REGUA_DATA` says they are. Set and missing fails; unset prints
//! what was skipped. `real.txt` holds the exact figures of every one.

use std::path::{Path, PathBuf};

use regua_core::bank::{BankFile, Event, Format};
use regua_wire::statements::{Unreadable, detect};

use super::{READERS, Read, keys};

fn data() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let path = std::env::var("REGUA_DATA");
    if path.is_err() {
        println!("skipped: REGUA_DATA is not set, the public bank files are not read");
    }
    path.ok().map(|path| PathBuf::from(path).join("bank_files"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Every file with its path in the folder, its reader and its bytes.
fn every() -> Vec<(String, Read, Vec<u8>)> {
    let Some(data) = data() else { return Vec::new() };
    let mut all = Vec::new();
    for (folder, read) in READERS {
        let mut found = Vec::new();
        files(&data.join(folder), &mut found);
        for path in found {
            let name = path.strip_prefix(&data).unwrap().to_string_lossy().into_owned();
            all.push((name, read, std::fs::read(path).unwrap()));
        }
    }
    all
}

/// Statements, lines by event, what was paid, refused lines by their places, checks that hold and those that fail.
fn figures(file: &BankFile) -> String {
    let lines = || file.statements.iter().flat_map(|statement| &statement.lines);
    let mut out = format!("{} statements", file.statements.len());
    for event in Event::ALL {
        let count = lines().filter(|line| line.event == *event).count();
        if count > 0 {
            out.push_str(&format!(", {count} {event}"));
        }
    }
    let paid = lines().filter(|line| line.event == Event::Paid).filter_map(|line| line.amount).map(|amount| amount.minor()).sum::<i64>();
    out.push_str(&format!(", {paid} paid in"));
    let mut places = file.refused.iter().map(|bad| bad.place.to_string()).collect::<Vec<_>>();
    places.dedup();
    if !places.is_empty() {
        out.push_str(&format!(", refused {}", places.join(" ")));
    }
    let held = file.checks.iter().filter(|check| check.holds()).count();
    if held > 0 {
        out.push_str(&format!(", {held} checks hold"));
    }
    for check in file.checks.iter().filter(|check| !check.holds()) {
        out.push_str(&format!(", {} at {} is {} not {}", check.of, check.place, check.read, check.told));
    }
    out
}

#[test]
fn every_file_is_read_to_its_last_good_line() {
    let mut read = String::new();
    for (name, reader, bytes) in every() {
        let figures = match reader(&bytes) {
            Ok(file) => figures(&file),
            Err(error) => format!("unreadable: {error}"),
        };
        read.push_str(&format!("{name}: {figures}\n"));
    }
    if read.is_empty() {
        return;
    }
    // What stands behind ` # ` says why, for a person.
    let expected = include_str!("real.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let expected = expected.map(|line| line.split(" # ").next().unwrap().to_owned() + "\n").collect::<String>();
    assert!(read == expected, "\n{read}");
}

#[test]
fn every_file_is_found_to_be_what_it_is() {
    let mut unclear = Vec::new();
    for (name, reader, bytes) in every() {
        let Ok(file) = reader(&bytes) else { continue };
        if detect(&bytes) != Some(file.format) {
            unclear.push(name);
        }
    }
    // Fragments of one field, which no bank gives out alone.
    let fragments = ["mt940/mt940/cmxl/statement_number.sta", "mt940/mt940/betterplace/missing_crlf_at_end.sta"];
    assert!(unclear.iter().all(|name| fragments.contains(&name.as_str())), "{unclear:#?}");
}

#[test]
fn no_return_of_slips_is_taken_for_a_statement() {
    let Some(data) = data() else { return };
    let mut found = Vec::new();
    files(&data.join("cnab"), &mut found);
    assert!(!found.is_empty());
    for path in found {
        let format = detect(&std::fs::read(&path).unwrap());
        let statement = matches!(format, Some(Format::Ofx | Format::Camt | Format::Mt940 | Format::Nacha));
        assert!(!statement, "{}: {format:?}", path.display());
    }
}

#[test]
fn no_file_is_read_differently_a_second_time_or_by_another_reader_with_a_panic() {
    for (name, reader, bytes) in every() {
        assert_eq!(reader(&bytes), reader(&bytes), "{name}");
        for (_, other) in READERS {
            let _: Result<BankFile, Unreadable> = other(&bytes);
        }
        let half = bytes.get(..bytes.len() / 2).unwrap();
        let _: Result<BankFile, Unreadable> = reader(half);
    }
}

#[test]
fn no_two_lines_of_a_statement_have_one_key() {
    for (name, reader, bytes) in every() {
        let Ok(file) = reader(&bytes) else { continue };
        for statement in &file.statements {
            let mut keys = keys(statement);
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), statement.lines.len(), "{name}");
        }
    }
}
