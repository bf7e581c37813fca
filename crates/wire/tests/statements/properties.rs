//! What holds for any bytes, and for any statement that a bank might write.

use proptest::prelude::*;
use regua_core::bank::{BankAccount, BankFile, Event, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_wire::statements::bank_side::{camt053, ofx102};
use regua_wire::statements::{camt, mt940, nacha, ofx, read_any};

use super::{READERS, keys, vectors};

/// A file without the places of its lines, which depend on how it was written.
fn placeless(file: BankFile) -> Vec<Statement> {
    let mut statements = file.statements;
    statements.iter_mut().flat_map(|statement| &mut statement.lines).for_each(|line| line.place = 0);
    statements
}

fn word(length: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[1-9A-Z][0-9A-Za-z]{{0,{length}}}")).unwrap()
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-zçãéü&<>\"';:./-]{1,9}( [A-Za-zçãéü&<>\"'0-9;:./-]{1,9}){0,3}"
}

fn day() -> impl Strategy<Value = Day> {
    (0..40_i32).prop_map(|days| Day::new(2026, 11, 1).unwrap().plus(days))
}

fn maybe<S: Strategy<Value = String>>(of: S) -> impl Strategy<Value = Option<Box<str>>> {
    prop::option::of(of.prop_map(String::into_boxed_str))
}

/// A line as both formats can say it; each test fills in what only its own can.
fn line(currency: Currency) -> impl Strategy<Value = Line> {
    let events = prop::sample::select(vec![Event::Paid, Event::Paid, Event::Pending, Event::Spent, Event::Fee, Event::Returned]);
    let names = (maybe(word(12)), maybe(word(8)));
    (events, 1..9_999_999_999_i64, day(), prop::option::of(day()), names, maybe(text()), maybe("[1-9][0-9]{5,9}"), text()).prop_map(
        move |(event, minor, posted, paid, (bank_id, document), name, account, text)| {
            let came = matches!(event, Event::Paid | Event::Pending);
            Line {
                place: 0,
                event,
                amount: Some(Money::new(minor, currency)),
                paid_on: paid,
                posted_on: Some(posted),
                names: Names { bank_id, document, ..Names::default() },
                payer: Payer { name: name.filter(|_| came), tax_id: None, account: account.filter(|_| came) },
                parts: Parts::default(),
                text: text.into(),
                codes: Vec::new(),
            }
        },
    )
}

fn statement() -> impl Strategy<Value = Statement> {
    let currency = prop::sample::select(vec![Currency::BRL, Currency::EUR, Currency::parse("JPY").unwrap()]);
    currency.prop_flat_map(|currency| {
        (prop::collection::vec(line(currency), 0..8), "[1-9][0-9]{3,8}-[0-9X]", prop::option::of(day()), prop::option::of(day())).prop_map(
            move |(lines, number, made_on, until)| Statement {
                account: BankAccount { bank: "341".into(), branch: "1234".into(), number: number.into() },
                currency,
                number: None,
                made_on,
                until,
                lines,
            },
        )
    })
}

fn for_ofx(mut statement: Statement) -> Statement {
    for line in &mut statement.lines {
        line.names.of = (line.event == Event::Returned).then(|| "EARLIER1".into());
        let codes = [(Event::Paid, "CREDIT"), (Event::Pending, "HOLD"), (Event::Fee, "FEE")];
        let code = codes.into_iter().find(|(event, _)| *event == line.event).map_or("DEBIT", |(_, code)| code);
        line.codes = vec![code.into()];
    }
    statement
}

fn for_camt(mut statement: Statement, uses: &str) -> Statement {
    statement.number = Some(7);
    for line in &mut statement.lines {
        line.names.company_use = (line.event == Event::Paid).then(|| uses.into());
        let codes = [(Event::Returned, "PMNT/IDDT/UPDD"), (Event::Fee, "ACMT/MDOP/CHRG"), (Event::Spent, "PMNT/ICDT/DMCT")];
        let code = codes.into_iter().find(|(event, _)| *event == line.event).map_or("PMNT/RCDT/DMCT", |(_, code)| code);
        line.codes = vec![code.into()];
        if line.event == Event::Returned {
            line.codes.push("MD06".into());
            line.payer.name = Some("Who owed it".into());
            line.payer.tax_id = Some("11222333000181".into());
        }
    }
    statement
}

/// Files that are good, one of each format at least.
fn good() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(vectors::all().into_iter().map(|(_, bytes, _)| bytes).collect::<Vec<_>>())
}

/// An MT940 of so many movements, the `spoilt` one with a day that does not exist.
fn mt940_of(count: usize, spoilt: usize) -> String {
    let mut text = ":20:X\r\n:25:1\r\n:60F:C261130EUR0,00\r\n".to_owned();
    for number in 0..count {
        let day = if number == spoilt { "260230" } else { "261130" };
        text.push_str(&format!(":61:{day}C{number},01NTRFR{number}//B{number}\r\n:86:Line {number}\r\n"));
    }
    text
}

/// A NACHA file of so many debits, the `spoilt` one with letters in its amount.
fn nacha_of(count: usize, spoilt: usize) -> String {
    let batch = ("Company", "", "1234567890", "PAYMENT", "", "09222117", "0000001");
    let mut text =
        format!("5200{:<16}{:<20}{}PPD{:<10}{:<6}261130   1{}{}\n", batch.0, batch.1, batch.2, batch.3, batch.4, batch.5, batch.6);
    for number in 0..count {
        let amount = if number == spoilt { "00000x0000".to_owned() } else { format!("{:010}", number + 1) };
        text.push_str(&format!("62709222117212345678         {amount}{:<15}{:<22}DD0{:015}\n", "ID", "Jane Doe", number + 1));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_or_refused_and_twice_alike(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for (_, read) in READERS {
            prop_assert_eq!(read(&bytes), read(&bytes));
        }
        prop_assert_eq!(read_any(&bytes, "x"), read_any(&bytes, "x"));
    }

    #[test]
    fn pieces_of_the_formats_in_any_order_are_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<OFX>", "</OFX>", "<STMTRS>", "</STMTRS>", "<STMTTRN>", "</STMTTRN>", "<TRNAMT>", "1,0", "<DTPOSTED>20261130", "<CURDEF>BRL",
            "<BkToCstmrStmt>", "<Stmt>", "</Stmt>", "<Ntry>", "</Ntry>", "<Amt Ccy=\"EUR\">", "</Amt>", "<TxDtls>", "</TxDtls>", "<!--",
            "-->", "<![CDATA[", "]]>", "&amp;", "&#0;", "<", ">", "\n:20:", "\n:61:", "261130C1,00NMSC", "\n:86:", "?20", "\n-\n", "é",
            "\n:60F:C261130EUR1,00", "\n52", "\n6", "\n799R01", "\n", "\r",
        ]), 0..60),
    ) {
        let text = pieces.concat();
        for start in ["", "<OFX>", "<BkToCstmrStmt><Stmt>", ":20:1\n"] {
            let text = format!("{start}{text}");
            for (_, read) in READERS {
                prop_assert_eq!(read(text.as_bytes()), read(text.as_bytes()));
            }
        }
    }

    #[test]
    fn a_good_file_with_any_bytes_changed_never_panics(
        good in good(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12),
    ) {
        let mut bytes = good;
        for (at, byte, how) in changes {
            if bytes.is_empty() { break }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        for (_, read) in READERS {
            let _ = read(&bytes);
        }
        let _ = read_any(&bytes, "x");
    }

    #[test]
    fn an_ofx_statement_that_is_written_reads_back_equal(statement in statement(), opening in prop::option::of(0..9_999_i64)) {
        let statement = for_ofx(statement);
        let written = ofx102(&statement, opening.map(|minor| Money::new(minor, statement.currency)));
        let file = ofx::read(written.as_bytes()).unwrap();
        prop_assert_eq!(&file.refused, &[]);
        prop_assert_eq!(placeless(file), vec![statement]);
    }

    #[test]
    fn a_camt_statement_that_is_written_reads_back_equal(statement in statement(), uses in word(20), opening in prop::option::of(-9_999..9_999_i64)) {
        let statement = for_camt(statement, &uses);
        let written = camt053(&statement, opening.map(|minor| Money::new(minor, statement.currency)));
        let file = camt::read(written.as_bytes()).unwrap();
        prop_assert_eq!(&file.refused, &[]);
        prop_assert!(file.checks.iter().all(|check| check.holds()), "{:?}", file.checks);
        prop_assert_eq!(placeless(file), vec![statement]);
    }

    #[test]
    fn a_spoilt_transaction_loses_no_other(statement in statement(), which in any::<prop::sample::Index>()) {
        prop_assume!(!statement.lines.is_empty());
        let spoilt = which.index(statement.lines.len());
        let mut left = statement.clone();
        left.lines.remove(spoilt);
        let ofx_left = for_ofx(left.clone());
        let written = ofx102(&for_ofx(statement.clone()), None);
        for (from, to) in [("<DTPOSTED>2026", "<DTPOSTED>2026x"), ("<TRNAMT>", "<TRNAMT>x"), ("<TRNAMT>", "<TRNOTH>")] {
            let (at, _) = written.match_indices(from).nth(spoilt).unwrap();
            let broken = format!("{}{to}{}", &written[..at], &written[at + from.len()..]);
            let file = ofx::read(broken.as_bytes()).unwrap();
            prop_assert_eq!(file.refused.len(), 1);
            prop_assert_eq!(placeless(file), vec![ofx_left.clone()]);
        }
        let camt_left = for_camt(left, "U");
        let written = camt053(&for_camt(statement, "U"), None);
        for (from, to) in [("<Amt Ccy", "<Amt Cxx"), ("<BookgDt><Dt>2", "<BookgDt><Dt>x"), ("</Sts>", ""), ("<Amt Ccy=", "<Amt <"), ("</Ntry>", "")] {
            let (at, _) = written.match_indices(from).nth(spoilt).unwrap();
            let broken = format!("{}{to}{}", &written[..at], &written[at + from.len()..]);
            let file = camt::read(broken.as_bytes()).unwrap();
            prop_assert!(!file.refused.is_empty());
            prop_assert_eq!(placeless(file), vec![camt_left.clone()], "{} -> {}", from, to);
        }
    }

    #[test]
    fn a_spoilt_line_of_mt940_and_nacha_loses_no_other(count in 1..9_usize, which in any::<prop::sample::Index>()) {
        let spoilt = which.index(count);
        let file = mt940::read(mt940_of(count, spoilt).as_bytes()).unwrap();
        prop_assert_eq!(file.refused.iter().map(|bad| usize::try_from(bad.place).unwrap()).collect::<Vec<_>>(), vec![4 + 2 * spoilt]);
        let ids = |file: &BankFile| file.statements[0].lines.iter().map(|line| line.names.bank_id.as_deref().unwrap_or("").to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(ids(&file), (0..count).filter(|number| *number != spoilt).map(|number| format!("B{number}")).collect::<Vec<_>>());
        let file = nacha::read(nacha_of(count, spoilt).as_bytes()).unwrap();
        prop_assert!(file.refused.iter().any(|bad| usize::try_from(bad.place) == Ok(2 + spoilt)), "{:?}", file.refused);
        prop_assert_eq!(ids(&file), (0..count).filter(|number| *number != spoilt).map(|number| format!("{:015}", number + 1)).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_keeps_its_key_in_a_statement_that_overlaps(statement in statement(), from in 0..40_i32) {
        let mut later = statement.clone();
        let first = Day::new(2026, 11, 1).unwrap().plus(from);
        later.lines.retain(|line| line.posted_on >= Some(first));
        let known = keys(&statement);
        for (line, key) in later.lines.iter().zip(keys(&later)) {
            let at = known.iter().position(|one| *one == key);
            prop_assert_eq!(at.map(|at| &statement.lines[at]).map(|line| (line.amount, line.posted_on)), Some((line.amount, line.posted_on)));
        }
    }
}
