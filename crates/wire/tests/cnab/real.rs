//! Public files of banks, read where `REGUA_DATA` says they are. Set and missing fails; unset prints what was skipped.
//!
//! The figures were counted by a program of its own, not by this reader.

use std::path::{Path, PathBuf};

use regua_core::bank::{BankFile, Event, Format};
use regua_wire::cnab;

/// What a file holds, as it was counted by hand.
struct Expected {
    path: &'static str,
    format: Format,
    bank: &'static str,
    /// Lines of statements: slips, and records that are none.
    lines: usize,
    /// Payments, those of closed or unregistered slips among them, and their sum in cents.
    paid: usize,
    sum: i64,
    refused: usize,
    /// Trailers that do not add up: of what, told, read. The file's own fault each time, as said beside it.
    broken: &'static [(&'static str, i64, i64)],
}

const FILES: [Expected; 18] = [
    // Its batch's header has a blank too many, so that its day stands one column too far to the right.
    Expected {
        path: "CnabPHP/cnab240/retorno_bb.ret",
        format: Format::Cnab240,
        bank: "001",
        lines: 5,
        paid: 5,
        sum: 12_880,
        refused: 1,
        broken: &[],
    },
    Expected {
        path: "CnabPHP/cnab400/retorno-cnab400-bb.ret",
        format: Format::Cnab400,
        bank: "001",
        lines: 1,
        paid: 1,
        sum: 2_500,
        refused: 0,
        broken: &[],
    },
    Expected { path: "OpenCnabPHP/CN03116A.RET", format: Format::Cnab400, bank: "341", lines: 1, paid: 0, sum: 0, refused: 0, broken: &[] },
    Expected { path: "OpenCnabPHP/CN04116A.RET", format: Format::Cnab400, bank: "341", lines: 1, paid: 0, sum: 0, refused: 0, broken: &[] },
    // 8.10 credited and 3.90 of fee: the payer paid 12.00.
    Expected {
        path: "OpenCnabPHP/CN07116A.RET",
        format: Format::Cnab400,
        bank: "341",
        lines: 1,
        paid: 1,
        sum: 1_200,
        refused: 0,
        broken: &[],
    },
    // An example with zeros for amounts, whose trailer tells of a portfolio that the file does not hold.
    Expected {
        path: "OpenCnabPHP/sicoob-example.ret",
        format: Format::Cnab240,
        bank: "756",
        lines: 5,
        paid: 1,
        sum: 0,
        refused: 0,
        broken: &[("titles of the batch", 17, 5), ("sum of titles of the batch", 8_600, 2_600)],
    },
    Expected {
        path: "brcobranca/CBR64310.RET",
        format: Format::Cnab400,
        bank: "001",
        lines: 26,
        paid: 26,
        sum: 1_005_183,
        refused: 0,
        broken: &[],
    },
    // The blanks of its batch's header are one too few, and were one too many above: both were edited by hand.
    Expected {
        path: "brcobranca/CNAB240.RET",
        format: Format::Cnab240,
        bank: "001",
        lines: 35,
        paid: 35,
        sum: 2_188_094,
        refused: 1,
        broken: &[],
    },
    // Cut from a longer file: 65 titles were 2 when the trailer was kept.
    Expected {
        path: "brcobranca/CNAB240SANTANDER.RET",
        format: Format::Cnab240,
        bank: "033",
        lines: 2,
        paid: 1,
        sum: 1_000,
        refused: 0,
        broken: &[("lines of the batch", 4, 6), ("titles of the batch", 65, 2), ("sum of titles of the batch", 1_190_475, 2_000)],
    },
    Expected {
        path: "brcobranca/CNAB400.RET",
        format: Format::Cnab400,
        bank: "341",
        lines: 52,
        paid: 51,
        sum: 265_332,
        refused: 0,
        broken: &[],
    },
    // Cut from a file of 30 lines.
    Expected {
        path: "brcobranca/CNAB400BANCOBRASILIA.RET",
        format: Format::Cnab400,
        bank: "070",
        lines: 1,
        paid: 1,
        sum: 26_492,
        refused: 0,
        broken: &[("lines of the file", 30, 3)],
    },
    Expected {
        path: "brcobranca/CNAB400BANRISUL.RET",
        format: Format::Cnab400,
        bank: "041",
        lines: 1,
        paid: 1,
        sum: 145_000,
        refused: 0,
        broken: &[],
    },
    // Itaú's file above under another bank's number, and a line of type 2: its amounts are what Itaú credited, 2.10 short each.
    Expected {
        path: "brcobranca/CNAB400SANTANDER.RET",
        format: Format::Cnab400,
        bank: "033",
        lines: 53,
        paid: 51,
        sum: 254_622,
        refused: 0,
        broken: &[],
    },
    Expected {
        path: "laravel-boleto/cnab400/banrisul.ret",
        format: Format::Cnab400,
        bank: "041",
        lines: 1,
        paid: 0,
        sum: 0,
        refused: 0,
        broken: &[],
    },
    Expected {
        path: "laravel-boleto/cnab400/bnb.ret",
        format: Format::Cnab400,
        bank: "004",
        lines: 10,
        paid: 7,
        sum: 1_655_516,
        refused: 0,
        broken: &[],
    },
    Expected {
        path: "laravel-boleto/cnab400/cef.ret",
        format: Format::Cnab400,
        bank: "104",
        lines: 1,
        paid: 0,
        sum: 0,
        refused: 0,
        broken: &[],
    },
    // Made up: its header has a day of six digits where Sicredi writes eight.
    Expected {
        path: "laravel-boleto/cnab400/sicredi.ret",
        format: Format::Cnab400,
        bank: "748",
        lines: 1,
        paid: 0,
        sum: 0,
        refused: 1,
        broken: &[],
    },
    Expected {
        path: "python-cnab/cobranca.itau.ret",
        format: Format::Cnab240,
        bank: "341",
        lines: 2,
        paid: 0,
        sum: 0,
        refused: 0,
        broken: &[],
    },
];

fn folder() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let path = std::env::var("REGUA_DATA");
    if path.is_err() {
        println!("skipped: REGUA_DATA is not set, the public bank files are not read");
    }
    path.ok().map(|path| PathBuf::from(path).join("bank_files/cnab"))
}

fn read(path: &Path) -> BankFile {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    cnab::read(&bytes).unwrap_or_else(|refused| panic!("{}: {refused}", path.display()))
}

/// Payments and their sum.
fn paid(file: &BankFile) -> (usize, i64) {
    let lines = file.statements.iter().flat_map(|statement| &statement.lines);
    let paid: Vec<i64> = lines
        .filter(|line| matches!(line.event, Event::Paid | Event::PaidClosed))
        .map(|line| line.amount.expect("a payment has an amount").minor())
        .collect();
    (paid.len(), paid.iter().sum())
}

#[test]
fn every_public_file_is_read_to_its_last_good_line() {
    let Some(folder) = folder() else { return };
    let mut differing = Vec::new();
    println!("{:40} {:8} {:4} {:>5} {:>5} {:>10} {:>7}  checks", "file", "format", "bank", "lines", "paid", "cents", "refused");
    for expected in FILES {
        let file = read(&folder.join(expected.path));
        let lines: usize = file.statements.iter().map(|statement| statement.lines.len()).sum();
        let bank = file.statements.first().map_or("", |statement| &*statement.account.bank);
        let (count, sum) = paid(&file);
        let broken: Vec<(&str, i64, i64)> =
            file.checks.iter().filter(|check| !check.holds()).map(|check| (check.of, check.told, check.read)).collect();
        let holds = file.checks.iter().filter(|check| check.holds()).count();
        println!(
            "{:40} {:8} {bank:4} {lines:5} {count:5} {sum:10} {:7}  {holds} hold{}",
            expected.path,
            file.format.as_str(),
            file.refused.len(),
            broken.iter().map(|(of, told, read)| format!("; {of}: {told} told, {read} read")).collect::<String>(),
        );
        for refused in &file.refused {
            println!("{:40} line {}: {}", "", refused.place, refused.what);
        }
        let found = (file.format, bank, lines, count, sum, file.refused.len());
        let wanted = (expected.format, expected.bank, expected.lines, expected.paid, expected.sum, expected.refused);
        if found != wanted || broken != expected.broken || file.checks.is_empty() {
            differing.push(format!("{}: {found:?} {broken:?}, and {wanted:?} {:?} were counted", expected.path, expected.broken));
        }
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn no_public_file_is_left_unread() {
    let Some(folder) = folder() else { return };
    let mut folders = vec![folder.clone()];
    let mut found = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("an entry of the folder").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(&folder).expect("within the folder").display().to_string());
            }
        }
    }
    found.sort();
    let mut known: Vec<&str> = FILES.iter().map(|expected| expected.path).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}

#[test]
fn slips_of_public_files_have_the_numbers_and_days_of_their_banks() {
    let Some(folder) = folder() else { return };
    for (path, number, paid_on, posted_on, branch, account) in [
        ("brcobranca/CNAB400.RET", "11", "2013-05-20", "2013-05-21", "730", "3511-0"),
        ("brcobranca/CNAB240.RET", "14499570000020673", "2011-12-29", "2012-01-02", "1234", "5432-1"),
        ("brcobranca/CBR64310.RET", "16224200000000003", "2009-01-20", "2009-01-22", "3325", "28935-3"),
        ("laravel-boleto/cnab400/bnb.ret", "990871", "2017-03-07", "", "9999", "999-9"),
    ] {
        let file = read(&folder.join(path));
        let statement = &file.statements[0];
        let line = &statement.lines[0];
        let day = |day: Option<regua_core::time::Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let found = (line.names.our_number.as_deref().unwrap_or_default(), day(line.paid_on), day(line.posted_on));
        assert_eq!(found, (number, paid_on.to_owned(), posted_on.to_owned()), "{path}");
        assert_eq!((&*statement.account.branch, &*statement.account.number), (branch, account), "{path}");
    }
}
