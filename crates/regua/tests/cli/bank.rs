//! Banks: a slip from its issue to its payment, files in, and what a person answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use regua_core::bank::{Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_wire::boleto;
use regua_wire::cnab::{bank_side, remittance};
use regua_wire::pix::BrCode;
use regua_wire::statements::bank_side::ofx102;

use crate::Bench;

const RECEIVABLES: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,tax_id,address,city,state,postal_code\n\
    R-1,C-1,2026-12-01,2026-12-10,219.90,BRL,Padaria Sol,sol@customer.example,11.222.333/0001-81,\"Rua A, 1\",Sao Paulo,SP,01310-100\n\
    R-2,C-2,2026-12-01,2026-12-11,80.00,BRL,Ana Lima,ana@customer.example,529.982.247-25,\"Rua B, 2\",Sao Paulo,SP,01310-200\n\
    R-3,C-3,2026-12-01,2026-12-12,50.00,BRL,Bruno Reis,bruno@customer.example,,,,,\n";

/// Replaces commented keys of the settings.
fn settings(bench: &Bench, keys: &[(&str, &str)]) {
    let mut file = bench.read("acme/regua.toml");
    for (key, value) in keys {
        let line = file.lines().find(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = "))).map(str::to_owned);
        let line = line.unwrap_or_else(|| panic!("no key {key} in\n{file}"));
        file = file.replacen(&line, &format!("{key} = \"{value}\""), 1);
    }
    bench.write("acme/regua.toml", file);
}

fn acme() -> Bench {
    let bench = Bench::new();
    bench.write("receivables.csv", RECEIVABLES);
    let told = bench.regua("init acme --name Acme");
    assert_eq!(told.code, 0, "{told}");
    let company = [
        ("address", "Rua das Flores 10, Sao Paulo"),
        ("city", "Sao Paulo"),
        ("tax_id", "CNPJ 11.444.777/0001-61"),
        ("contact", "contas@acme.example"),
        ("link", "https://pay.acme.example"),
    ];
    settings(&bench, &company);
    for line in [
        "import receivables.csv --dir acme --as-of 2026-12-01",
        "bank add itau --bank 341 --branch 0811 --number 53678-8 --wallet 109 --pix-key contas@acme.example --dir acme --as-of 2026-12-01",
    ] {
        let told = bench.regua(line);
        assert_eq!(told.code, 0, "{told}");
    }
    bench
}

fn paid(minor: i64, on: &str, names: Names) -> Line {
    let day = Day::parse(on).unwrap();
    Line {
        place: 1,
        event: Event::Paid,
        amount: Some(Money::new(minor, Currency::BRL)),
        paid_on: Some(day),
        posted_on: Some(day),
        names,
        payer: Payer::default(),
        parts: Parts { billed: Some(Money::new(minor, Currency::BRL)), ..Parts::default() },
        text: "PIX RECEBIDO".into(),
        codes: vec!["06".into()],
    }
}

fn statement(lines: Vec<Line>) -> Statement {
    let account = regua_core::bank::BankAccount { bank: "341".into(), branch: "811".into(), number: "53678-8".into() };
    let made_on = Day::parse("2026-12-15").ok();
    Statement { account, currency: Currency::BRL, number: Some(1), made_on, until: made_on, lines }
}

#[test]
fn a_slip_is_issued_once_printed_registered_and_paid() {
    let bench = acme();
    let told = bench.regua("bank slip R-1 --pdf slip.pdf --format json --as-of 2026-12-02 --dir acme");
    assert_eq!(told.code, 0, "{told}");
    let slip = told.json();
    let line = slip["line"].as_str().unwrap();
    let read = boleto::decode(line, Day::parse("2026-12-02").unwrap()).unwrap();
    assert_eq!((read.due_on, read.amount()), (Day::parse("2026-12-10").ok(), Some(Money::new(21_990, Currency::BRL))));
    let code = BrCode::decode(slip["pix"].as_str().unwrap()).unwrap();
    assert_eq!(code.txid.map(|txid| txid.as_str().len()), Some(25), "it names the receivable");
    assert!(std::fs::read(bench.path().join("slip.pdf")).unwrap().starts_with(b"%PDF"));
    let again = bench.regua("bank slip R-1 --format json --as-of 2026-12-03 --dir acme").json();
    assert_eq!((again["known"].as_bool(), again["line"].as_str()), (Some(true), Some(line)));
    // A payer without an address is named, and the others go out.
    assert_eq!(bench.regua("bank slip R-3 --as-of 2026-12-02 --dir acme").code, 0);
    let told = bench.regua("bank remit itau --out out.rem --as-of 2026-12-02 --dir acme");
    assert_eq!((told.code, told.stdout.contains("1 slip of BRL 219.90")), (3, true), "{told}");
    assert!(told.stdout.contains("R-3: the customer has no tax id"), "{told}");
    let sent = std::fs::read(bench.path().join("out.rem")).unwrap();
    let asked = remittance::read(&sent).unwrap();
    assert_eq!((asked.titles.len(), &*asked.titles[0].company_use), (1, "R-1"));
    let told = bench.regua("bank remit itau --again 1 --out again.rem --as-of 2026-12-02 --dir acme");
    assert_eq!((told.code, std::fs::read(bench.path().join("again.rem")).unwrap() == sent), (0, true), "{told}");
    // The bank registers it, and it is paid.
    let names = || Names { our_number: Some("1".into()), document: Some("R-1".into()), ..Names::default() };
    let registered = Line { event: Event::Registered, amount: None, codes: vec!["02".into()], ..paid(0, "2026-12-03", names()) };
    let file = bank_side::write(Format::Cnab400, "ACME", &statement(vec![registered, paid(21_990, "2026-12-10", names())])).unwrap();
    bench.write("first.ret", &file);
    let told = bench.regua("bank read first.ret --as-of 2026-12-16 --dir acme");
    assert_eq!((told.code, told.stdout.contains("BRL 219.90")), (0, true), "{told}");
    let told = bench.regua("bank read first.ret --as-of 2026-12-16 --dir acme");
    assert!(told.stdout.contains("read before"), "{told}");
    let open = bench.regua("statement C-1 --as-of 2026-12-31 --dir acme --format json").json();
    assert_eq!(open["accounts"][0]["closing"].as_str(), Some("BRL 0.00"), "{open}");
    for line in ["document receipt R-1 --out receipt.pdf", "document statement C-1 --out statement.pdf"] {
        let told = bench.regua(&format!("{line} --as-of 2026-12-31 --dir acme"));
        assert!(told.code == 0 && told.stdout.contains("1 page"), "{told}");
    }
    let verified = bench.regua("verify --dir acme");
    assert_eq!(verified.code, 0, "{verified}");
}

#[test]
fn what_is_not_sure_waits_and_a_person_answers() {
    let bench = acme();
    let names = |id: &str| Names { bank_id: Some(id.into()), ..Names::default() };
    let short = Line { text: "TED ANA LIMA R-2".into(), ..paid(7_000, "2026-12-11", names("F1")) };
    let loan = Line { text: "EMPRESTIMO".into(), ..paid(1_000_000, "2026-12-12", names("F2")) };
    bench.write("december.ofx", ofx102(&statement(vec![short, loan]), None));
    let told = bench.regua("bank read december.ofx --dry-run");
    assert!(told.code == 0 && told.stdout.contains("paid"), "{told}");
    let told = bench.regua("bank read december.ofx --format json --as-of 2026-12-16 --dir acme");
    assert_eq!(told.json()[0]["came"]["waiting"].as_u64(), Some(2), "{told}");
    let waiting = bench.regua("bank lines --format json --dir acme").json();
    let line = |text: &str| {
        let found = waiting.as_array().unwrap().iter().find(|one| one["told"]["text"].as_str().unwrap().contains(text)).unwrap();
        found["line"].as_str().unwrap()[..10].to_owned()
    };
    assert_eq!(waiting[0]["suggestions"][0]["receivable"].as_str(), Some("R-2"), "{waiting}");
    let told = bench.regua(&format!("bank book {} R-2 --as-of 2026-12-16 --dir acme", line("ANA")));
    assert!(told.code == 0 && told.stdout.contains("R-2: BRL 70.00"), "{told}");
    let told = bench.regua(&format!("bank set-aside {} --as-of 2026-12-16 --dir acme", line("EMPRESTIMO")));
    assert_eq!(told.code, 0, "{told}");
    let told = bench.regua("bank lines --dir acme");
    assert!(told.stdout.contains("No line of a bank waits"), "{told}");
    let told = bench.regua(&format!("bank undo {} --as-of 2026-12-16 --dir acme", line("ANA")));
    assert!(told.code == 0 && told.stdout.contains("was taken back"), "{told}");
    let verified = bench.regua("verify --dir acme");
    assert_eq!(verified.code, 0, "{verified}");
}

#[test]
fn what_cannot_be_read_says_where_and_the_mend() {
    let bench = acme();
    bench.write("letter.txt", "dear bank");
    bench.write("broken.sta", ":20:X\n:25:341/53678-8\n:60F:C261130BRL0,00\n:61:2602300230C1,00NMSC\n:61:2612011201C2,00NMSC\n");
    for (line, code, says) in [
        ("bank read letter.txt --dir acme", 2, "is of no format that is read here"),
        ("bank read nowhere.ret --dir acme", 2, "nowhere.ret"),
        ("bank read broken.sta --dry-run", 3, "broken.sta:4:"),
        ("bank slip R-9 --dir acme", 2, "no receivable or customer `R-9`"),
        ("bank slip C-1 --dir acme", 2, "of a receivable"),
        ("bank slip R-1 --account other --dir acme", 2, "no account other"),
        ("bank add itau --bank 341 --number 1-9 --dir acme", 2, "there is an account itau already"),
        ("bank add second --bank 341 --branch 811 --number 536788 --dir acme", 2, "itau is the same account"),
        ("bank book zz R-1 --dir acme", 2, "is no line"),
        ("bank book 00 R-1 --dir acme", 2, "no line begins with"),
        ("bank remit itau --out nowhere/out.rem --dir acme", 2, "its folder is not there"),
        ("document receipt R-1 --out r.pdf --dir acme", 2, "nothing was paid on R-1"),
    ] {
        let told = bench.regua(line);
        assert_eq!(told.code, code, "{told}");
        assert!(told.stdout.contains(says) || told.stderr.contains(says), "{told}");
    }
}
