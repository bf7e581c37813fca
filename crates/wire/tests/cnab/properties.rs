//! What must hold for any file: no panic, no good line lost, and what is written reads back.

use proptest::prelude::*;
use regua_core::bank::{BankAccount, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_wire::cnab::{self, bank_side};
use regua_wire::debit150;
use regua_wire::fixed::Lines;

const BANKS: [&str; 10] = ["001", "004", "033", "041", "070", "104", "237", "341", "748", "756"];
const EVENTS: [Event; 7] = [Event::Paid, Event::PaidClosed, Event::Registered, Event::Rejected, Event::Closed, Event::Changed, Event::Fee];

fn real(cents: i64) -> Option<Money> {
    (cents > 0).then(|| Money::new(cents, Currency::BRL))
}

/// A slip as a bank tells of it: what was paid is what it came to.
fn slip() -> impl Strategy<Value = (usize, Line)> {
    let cents = || prop_oneof![Just(0_i64), 1..1_000_000_i64];
    let money = (1..10_000_000_i64, cents(), cents(), cents(), cents());
    let names = ("[1-9][0-9]{0,5}", "[A-Z1-9][A-Z0-9]{0,8}", "[A-Z1-9][A-Z0-9]{0,20}", "[A-Z]{1,12} [A-Z]{1,12}");
    (0..EVENTS.len(), money, names, 10_957..30_000_i32, 0..5_i32).prop_map(|(event, money, names, day, later)| {
        let (billed, added, discount, abatement, fee) = money;
        let (discount, abatement) = (discount.min(billed / 2), abatement.min(billed / 3));
        let kind = EVENTS[event];
        let moves = matches!(kind, Event::Paid | Event::PaidClosed);
        let amount = if kind == Event::Fee { fee } else { billed + added - discount - abatement };
        let fee = if moves { fee.min(amount - 1) } else { fee };
        let line = Line {
            place: 0,
            event: kind,
            amount: if moves || kind == Event::Fee { real(amount) } else { None },
            paid_on: Some(Day::from_epoch(day)),
            posted_on: moves.then(|| Day::from_epoch(day + later)),
            names: Names {
                our_number: Some(names.0.into()),
                document: Some(names.1.into()),
                company_use: Some(names.2.into()),
                ..Names::default()
            },
            payer: Payer { name: Some(names.3.into()), tax_id: Some("52998224725".into()), account: None },
            parts: Parts {
                billed: real(billed),
                added: real(added),
                discount: real(discount),
                abatement: real(abatement),
                tax: None,
                fee: real(fee),
            },
            text: "".into(),
            codes: Vec::new(),
        };
        (event, line)
    })
}

/// A month of a bank in one format, with the bank's own codes; lines without a code there are left out.
fn month() -> impl Strategy<Value = (Format, Statement)> {
    let format = prop::sample::select(vec![Format::Cnab240, Format::Cnab400]);
    (format, prop::sample::select(BANKS.to_vec()), prop::collection::vec(slip(), 1..12), 1..999_u64).prop_map(
        |(format, bank, slips, number)| {
            let mut lines: Vec<Line> = slips.into_iter().map(|(_, line)| line).collect();
            lines.retain_mut(|line| {
                line.codes = bank_side::code(bank, format, line.event).map(|code| vec![code.into()]).unwrap_or_default();
                !line.codes.is_empty()
            });
            let step = if format == Format::Cnab240 { 2 } else { 1 };
            let first = if format == Format::Cnab240 { 3 } else { 2 };
            for (line, at) in lines.iter_mut().zip(0_u32..) {
                line.place = first + step * at;
                fit(format, bank, line);
            }
            let account = account(format, bank);
            let statement = Statement {
                account,
                currency: Currency::BRL,
                number: Some(number),
                made_on: Some(Day::from_epoch(20_000)),
                until: None,
                lines,
            };
            (format, statement)
        },
    )
}

/// Takes away what a bank's CNAB 400 has no column for.
fn fit(format: Format, bank: &str, line: &mut Line) {
    if format == Format::Cnab240 {
        return;
    }
    line.payer.tax_id = None;
    if bank != "341" {
        line.payer.name = None;
    }
    if bank == "748" {
        line.names.company_use = None;
    }
    if bank == "070" {
        line.amount = line.amount.map(|amount| amount.minus(line.parts.added.unwrap_or(Money::zero(Currency::BRL))).unwrap());
        line.parts.added = None;
    }
}

fn account(format: Format, bank: &str) -> BankAccount {
    let (branch, number) = match (format, bank) {
        (Format::Cnab400, "033" | "041" | "104") => ("1234", "56789"),
        (Format::Cnab400, "070" | "748") => ("", "56789"),
        _ => ("1234", "56789-0"),
    };
    BankAccount { bank: bank.into(), branch: branch.into(), number: number.into() }
}

fn lines_of(bytes: &[u8]) -> Vec<Line> {
    cnab::read(bytes).unwrap().statements.into_iter().flat_map(|statement| statement.lines).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_a_bank_writes_reads_back_and_adds_up((format, statement) in month()) {
        let bytes = bank_side::write(format, "Empresa São João", &statement).unwrap();
        let width = if format == Format::Cnab240 { 240 } else { 400 };
        prop_assert!(bytes.chunks(width + 2).all(|line| line.len() == width + 2 && line.ends_with(b"\r\n") && line.is_ascii()));
        let file = cnab::read(&bytes).unwrap();
        prop_assert!(file.refused.is_empty(), "{:?}", file.refused);
        prop_assert!(file.checks.iter().all(|check| check.holds()), "{:?}", file.checks);
        let [read] = file.statements.as_slice() else { panic!("one statement") };
        prop_assert_eq!(&read.lines, &statement.lines);
        prop_assert_eq!(&read.account.branch, &statement.account.branch);
        if !statement.lines.is_empty() {
            prop_assert_eq!(&read.account, &statement.account);
        }
        prop_assert_eq!(read.made_on, statement.made_on);
        prop_assert_eq!(bank_side::write(format, "Empresa São João", &Statement { number: statement.number, ..read.clone() }).unwrap(), bytes);
    }

    #[test]
    fn a_spoilt_line_loses_no_other((format, statement) in month(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let bytes = bank_side::write(format, "ACME", &statement).unwrap();
        let width = if format == Format::Cnab240 { 242 } else { 402 };
        // The header of CNAB 400 names the bank, and with that every column.
        let header = if format == Format::Cnab240 { 0 } else { width };
        let mut spoilt = bytes.clone();
        let place = header + at.index(bytes.len() - header);
        prop_assume!(place % width < width - 2 && byte != b'\n' && byte != b'\r');
        spoilt[place] = byte;
        let number = u32::try_from(place / width + 1).unwrap();
        let others = |lines: Vec<Line>| -> Vec<Line> {
            let near = |line: &Line| line.place == number || (format == Format::Cnab240 && line.place + 1 == number);
            lines.into_iter().filter(|line| !near(line)).collect()
        };
        let expected: Vec<Line> = others(lines_of(&bytes));
        let read = others(lines_of(&spoilt));
        // A spoilt T leaves its U alone, which is a line of its own place.
        let read: Vec<Line> = read.into_iter().filter(|line| format != Format::Cnab240 || line.place != number + 1).collect();
        let expected: Vec<Line> = expected.into_iter().filter(|line| format != Format::Cnab240 || line.place != number + 1).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = cnab::read(&bytes);
        let _ = cnab::remittance::read(&bytes);
        let _ = debit150::read(&bytes);
        let mut like = b"02RETORNO01COBRANCA".to_vec();
        like.resize(76, b' ');
        like.extend_from_slice(b"341");
        like.push(b'\n');
        like.extend_from_slice(&bytes);
        prop_assert!(cnab::read(&like).is_ok());
    }

    #[test]
    fn records_with_anything_in_them_are_read_or_refused(kinds in prop::collection::vec(0..8_usize, 1..30), noise in prop::collection::vec(any::<u8>(), 400)) {
        let starts = [&b"34100000"[..], b"34100011", b"3410001300001T 06", b"3410001300002U 06", b"34100015", b"34199999", b"3410001300002P 01", b"3410001300002Q 01"];
        let mut file = Vec::new();
        for kind in kinds {
            file.extend_from_slice(starts[kind]);
            file.extend(noise.iter().copied().filter(|byte| *byte != b'\n').take(240 - starts[kind].len()));
            file.push(b'\n');
        }
        let _ = cnab::read(&file);
        let _ = cnab::remittance::read(&file);
    }

    #[test]
    fn the_lines_of_a_file_are_the_file(bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(0x1A), any::<u8>()], 0..300), bom in any::<bool>()) {
        let mut file = if bom { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        file.extend_from_slice(&bytes);
        let mut again: Vec<u8> = if file.starts_with(b"\xEF\xBB\xBF") { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        for line in Lines::of(&file) {
            again.extend_from_slice(line.raw);
            again.extend_from_slice(line.ending);
        }
        prop_assert_eq!(again, file);
    }
}
