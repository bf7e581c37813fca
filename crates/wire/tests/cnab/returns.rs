//! Returns line by line: the vectors, and what happens to a line that cannot be read.

use regua_core::bank::{BankFile, Event, Format, Line};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_wire::cnab::{self, bank_side};
use regua_wire::debit150;
use serde_json::Value;

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("the vectors are JSON")
}

fn text<'v>(fields: &'v Value, key: &str) -> &'v str {
    fields[key].as_str().unwrap_or_else(|| panic!("{key} is text"))
}

fn real(fields: &Value, key: &str) -> Option<Money> {
    let cents = fields[key].as_i64().unwrap_or_else(|| panic!("{key} is a whole number"));
    (cents > 0).then(|| Money::new(cents, Currency::BRL))
}

fn only(file: &BankFile) -> &Line {
    let [statement] = file.statements.as_slice() else { panic!("one statement") };
    let [line] = statement.lines.as_slice() else { panic!("one line") };
    line
}

#[test]
fn the_pair_of_segments_of_the_vectors_is_one_payment() {
    let file = vectors(include_str!("vectors/cnab240_return.json"));
    let lines: Vec<&str> = file["lines"].as_array().unwrap().iter().map(|line| text(line, "line")).collect();
    let (t, u) = (&file["lines"][0]["fields"], &file["lines"][1]["fields"]);
    let read = cnab::read(lines.join("\r\n").as_bytes()).unwrap();
    assert_eq!((read.format, read.refused.len()), (Format::Cnab240, 0));
    let line = only(&read);
    assert_eq!((line.event, line.codes[0].as_ref()), (Event::Paid, text(t, "movimento")));
    assert_eq!(line.codes[1..].iter().map(|code| &**code).collect::<Vec<&str>>(), [t["motivos"][0].as_str().unwrap()]);
    assert_eq!(line.names.our_number.as_deref(), t["nosso_numero"].as_str());
    assert_eq!(line.names.document.as_deref(), t["documento"].as_str());
    assert_eq!(line.names.company_use.as_deref(), t["id_empresa"].as_str());
    assert_eq!(line.payer.tax_id.as_deref(), t["pagador_doc"].as_str());
    assert_eq!(line.payer.name.as_deref(), t["pagador_nome"].as_str());
    assert_eq!((line.parts.billed, line.parts.fee), (real(t, "valor_cents"), real(t, "tarifa_cents")));
    assert_eq!((line.parts.added, line.parts.discount), (real(u, "acrescimos_cents"), real(u, "desconto_cents")));
    assert_eq!((line.parts.abatement, line.parts.tax), (real(u, "abatimento_cents"), real(u, "iof_cents")));
    assert_eq!(line.amount, real(u, "pago_cents"));
    assert_eq!(line.paid_on, Some(Day::parse(text(u, "data_ocorrencia")).unwrap()));
    assert_eq!(line.posted_on, Some(Day::parse(text(u, "data_credito")).unwrap()));
}

#[test]
fn the_debit_of_the_vectors_came_back_and_moved_nothing() {
    let file = vectors(include_str!("vectors/febraban150_F.json"));
    let fields = &file["fields"];
    let head = format!("A2{:<20}{:<20}237{:<20}2026121600000104{:<69}", "4321", "ACME", "BRADESCO", "DEBITO AUTOMATICO");
    let read = debit150::read(format!("{head}\n{}\nZ00000300000000000021990", text(&file, "line")).as_bytes()).unwrap();
    assert_eq!((read.refused.len(), read.checks.iter().filter(|check| check.holds()).count()), (0, 2), "{read:?}");
    let line = only(&read);
    assert_eq!((line.event, line.amount), (Event::Returned, None));
    assert_eq!(line.codes[0].as_ref(), text(fields, "return_code"));
    assert_eq!(line.names.document.as_deref(), fields["customer_id"].as_str());
    assert_eq!(line.names.company_use.as_deref(), fields["company_use"].as_str());
    assert_eq!(line.payer.account.as_deref(), Some(format!("{} {}", text(fields, "agency"), text(fields, "account")).as_str()));
    assert_eq!(line.parts.billed, real(fields, "amount_cents"));
    assert_eq!(line.paid_on, Some(Day::parse(text(fields, "date")).unwrap()));
}

#[test]
fn what_came_of_a_debit_goes_by_its_code_and_what_was_asked() {
    let head = format!("A2{:<20}{:<20}237{:<20}2026121600000104", "4321", "ACME", "BRADESCO");
    for (code, movement, event) in [
        ("00", '0', Event::Paid),
        ("31", '0', Event::Paid),
        ("01", '0', Event::Returned),
        ("30", '0', Event::Returned),
        ("99", '1', Event::Closed),
        ("98", '1', Event::Other),
    ] {
        let line = format!("F{:<25}1234{:<14}20261215000000000021990{code}{:<80}{movement}", "CLI42", "567890", "FAT0001");
        let read = debit150::read(format!("{head}\r\n{line}").as_bytes()).unwrap();
        assert_eq!(only(&read).event, event, "{code}");
    }
}

/// A return of one slip at a bank, with something done to its lines.
fn spoilt(format: Format, spoil: impl Fn(&mut Vec<String>)) -> BankFile {
    let bytes = bank_side::write(format, "ACME", &bank_side::example()).unwrap();
    let mut lines: Vec<String> = String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect();
    spoil(&mut lines);
    cnab::read(lines.join("\n").as_bytes()).unwrap()
}

fn put(line: &mut String, column: usize, text: &str) {
    line.replace_range(column - 1..column - 1 + text.len(), text);
}

#[test]
fn a_slip_whose_money_cannot_be_read_settles_nothing() {
    let read = spoilt(Format::Cnab240, |lines| put(&mut lines[3], 78, "?"));
    assert_eq!((only(&read).event, only(&read).amount), (Event::Other, None));
    assert_eq!(only(&read).names.our_number.as_deref(), Some("12345678901"));
    let [refused] = read.refused.as_slice() else { panic!("one refused line") };
    assert_eq!((refused.place, refused.what.as_str()), (4, "columns 78-92 (paid): not digits alone; ask the bank for the file again"));
}

#[test]
fn money_whose_slip_cannot_be_read_is_still_told() {
    let read = spoilt(Format::Cnab240, |lines| put(&mut lines[2], 82, "?"));
    assert_eq!((only(&read).event, only(&read).amount), (Event::Paid, Some(Money::new(22_540, Currency::BRL))));
    assert_eq!(only(&read).names.our_number, None);
    assert_eq!(read.refused.len(), 1);
}

#[test]
fn a_line_that_was_cut_on_its_way_is_refused() {
    let read = spoilt(Format::Cnab400, |lines| lines[1].truncate(300));
    assert_eq!(read.refused[0].what, "columns 395-400 (sequence): the line ends before it; ask the bank for the file again");
    let read = spoilt(Format::Cnab240, |lines| lines[3].truncate(85));
    assert_eq!((read.refused.len(), only(&read).event), (1, Event::Other));
}

#[test]
fn trailers_are_held_against_what_was_read() {
    let read = spoilt(Format::Cnab240, |lines| {
        lines.remove(3);
    });
    let broken: Vec<_> = read.checks.iter().filter(|check| !check.holds()).map(|check| (check.of, check.told, check.read)).collect();
    assert_eq!(broken, [("lines of the batch", 4, 3), ("lines of the file", 6, 5)]);
}

#[test]
fn names_are_letters_in_every_encoding() {
    for bytes in [&b"JO\xC3O DA CONCEI\xC7\xC3O"[..], b"JO\xC7O DA CONCEI\x80\xC7O", "JOÃO DA CONCEIÇÃO".as_bytes()] {
        let mut file = bank_side::write(Format::Cnab240, "ACME", &bank_side::example()).unwrap();
        let place = file.windows(11).position(|part| part == b"MARIA SILVA").unwrap();
        let end = if bytes.len() > 17 { place + 17 } else { place + bytes.len() };
        file.splice(place..end, bytes.iter().copied());
        let read = cnab::read(&file).unwrap();
        assert_eq!(only(&read).payer.name.as_deref(), Some("JOÃO DA CONCEIÇÃO"));
        assert_eq!((only(&read).event, read.refused.len()), (Event::Paid, 0));
    }
}

#[test]
fn a_file_that_is_no_return_is_refused_with_the_mend() {
    let (unknown, spoilt) = (format!("02RETORNO01COBRANCA{:57}999", ""), format!("02RETORNO01COBRANCA{:57}9X9", ""));
    for (file, problem) in [
        ("", "not a return of CNAB 240 or 400"),
        ("{\"json\": true}", "not a return of CNAB 240 or 400"),
        ("01REMESSA01COBRANCA", "a remittance"),
        (unknown.as_str(), "CNAB 400 of bank 999, whose columns are not known here (known: 001, 004"),
        (spoilt.as_str(), "line 1, columns 77-79 (bank): not three digits"),
    ] {
        let refused = cnab::read(file.as_bytes()).unwrap_err().to_string();
        assert!(refused.starts_with(problem) && refused.contains("; "), "{refused}");
    }
    assert!(debit150::read(b"A1").is_err());
}

#[test]
fn an_unknown_bank_is_read_by_the_columns_of_febraban() {
    let mut statement = bank_side::example();
    statement.account.bank = "999".into();
    let read = cnab::read(&bank_side::write(Format::Cnab240, "ACME", &statement).unwrap()).unwrap();
    assert_eq!(only(&read).names.our_number.as_deref(), Some("12345678901"));
    assert_eq!(&*read.statements[0].account.bank, "999");
}

#[test]
fn an_unknown_code_is_kept_and_the_other_segments_too() {
    let read = spoilt(Format::Cnab240, |lines| {
        put(&mut lines[2], 16, "ZZ");
        lines.insert(4, "2370001300003Y 0603".to_owned());
    });
    let [slip, segment] = read.statements[0].lines.as_slice() else { panic!("two lines") };
    assert_eq!((slip.event, slip.codes[0].as_ref(), slip.amount), (Event::Other, "ZZ", Some(Money::new(22_540, Currency::BRL))));
    assert_eq!((segment.event, segment.codes[0].as_ref()), (Event::Other, "segment Y"));
}

#[test]
fn a_bank_that_tells_what_it_credited_is_read_as_what_the_payer_paid() {
    let mut statement = bank_side::example();
    statement.account.bank = "341".into();
    statement.account.number = "56789-0".into();
    statement.lines[0].names.our_number = Some("12345678".into());
    let file = bank_side::write(Format::Cnab400, "ACME", &statement).unwrap();
    assert_eq!(&file[402 + 253..402 + 266], b"0000000022341");
    assert_eq!(only(&cnab::read(&file).unwrap()).amount, Some(Money::new(22_540, Currency::BRL)));
}

#[test]
fn many_slips_make_several_batches_and_all_add_up() {
    let mut statement = bank_side::example();
    statement.lines = vec![statement.lines[0].clone(); 40_000];
    let read = cnab::read(&bank_side::write(Format::Cnab240, "ACME", &statement).unwrap()).unwrap();
    let lines: Vec<usize> = read.statements.iter().map(|statement| statement.lines.len()).collect();
    assert_eq!((lines, read.refused.len()), (vec![33_333, 6_667], 0));
    assert!(read.checks.iter().all(|check| check.holds()) && read.checks.len() == 8, "{:?}", read.checks);
}
