//! Remittances: what is written reads back, and what does not fit is named.

use proptest::prelude::*;
use regua_core::bank::Format;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::TaxId;
use regua_core::rate::Rate;
use regua_core::time::{Day, LocalTime};
use regua_wire::cnab::{Charge, Company, Discount, Fine, Instruction, Interest, InterestRate, Place, Title, remittance};
use regua_wire::debit150::{self, Debit, Sender};

fn company(bank: &str) -> Company {
    Company {
        bank: bank.into(),
        name: "ACME LTDA".into(),
        tax_id: TaxId::parse("11222333000181", "BR").unwrap(),
        branch: "1234".into(),
        branch_digit: "5".into(),
        account: "56789".into(),
        account_digit: "0".into(),
        agreement: "4321".into(),
        portfolio: "9".into(),
        file_number: 7,
        made_on: Day::parse("2026-12-01").unwrap(),
        made_at: LocalTime::new(14, 35).unwrap(),
    }
}

fn title() -> Title {
    let due = Day::parse("2026-12-10").unwrap();
    Title {
        instruction: Instruction::Register,
        our_number: "12345678901".into(),
        check_digit: None,
        document: "FAT0001".into(),
        company_use: "CLI42-FAT0001".into(),
        due,
        amount: Money::new(21_990, Currency::BRL),
        issued_on: due.plus(-10),
        sort: "02".into(),
        fine: Some(Fine { from: due.plus(1), charge: Charge::Share(Rate::from_bps(200)) }),
        interest: Some(Interest { from: due.plus(1), rate: InterestRate::Daily(Money::new(7, Currency::BRL)) }),
        discounts: vec![Discount { until: due.plus(-5), charge: Charge::Amount(Money::new(500, Currency::BRL)) }],
        abatement: Some(Money::new(100, Currency::BRL)),
        payer: Place {
            tax_id: TaxId::parse("52998224725", "BR").unwrap(),
            name: "MARIA SILVA".into(),
            street: "RUA A, 1".into(),
            district: "CENTRO".into(),
            postcode: "01310000".into(),
            city: "SAO PAULO".into(),
            state: "SP".into(),
        },
        write_off_days: None,
        messages: Vec::new(),
    }
}

/// Any title that FEBRABAN's segments hold.
fn any_title() -> impl Strategy<Value = Title> {
    let charge = || {
        prop_oneof![
            (1..1_000_000_i64).prop_map(|cents| Charge::Amount(Money::new(cents, Currency::BRL))),
            (1..10_000_i32).prop_map(|bps| Charge::Share(Rate::from_bps(bps))),
        ]
    };
    let rate = prop_oneof![
        (1..1_000_000_i64).prop_map(|cents| InterestRate::Daily(Money::new(cents, Currency::BRL))),
        (1..10_000_i32).prop_map(|bps| InterestRate::Monthly(Rate::from_bps(bps))),
    ];
    let texts = ("[1-9][0-9]{0,19}", "[A-Z0-9]{0,15}", "[A-Z0-9]{0,25}", "[A-Z]{1,20} [A-Z]{1,19}", "[!-~]{1,40}");
    let days = (11_000..30_000_i32, 0..60_i32, prop::option::of(1..999_u16));
    let money = (
        0..999_999_999_999_i64,
        prop::option::of(charge()),
        prop::option::of(rate),
        prop::collection::vec(charge(), 0..=3),
        prop::option::of(1..99_999_i64),
    );
    (prop::sample::select(Instruction::ALL.to_vec()), texts, days, money).prop_map(|(instruction, texts, days, money)| {
        let (due, later, write_off_days) = (Day::from_epoch(days.0), days.1, days.2);
        let (amount, fine, interest, discounts, abatement) = money;
        Title {
            instruction,
            our_number: texts.0.into(),
            document: texts.1.into(),
            company_use: texts.2.into(),
            due,
            amount: Money::new(amount, Currency::BRL),
            issued_on: due.plus(-later),
            fine: fine.map(|charge| Fine { from: due.plus(later), charge }),
            interest: interest.map(|rate| Interest { from: due.plus(later), rate }),
            discounts: discounts.into_iter().map(|charge| Discount { until: due.plus(-later), charge }).collect(),
            abatement: abatement.map(|cents| Money::new(cents, Currency::BRL)),
            payer: Place { name: texts.3.into(), ..title().payer },
            write_off_days,
            messages: if later % 2 == 0 { vec![texts.4.into()] } else { Vec::new() },
            ..title()
        }
    })
}

/// What a bank's CNAB 240 holds of a title.
fn for_240(bank: &str, title: Title) -> Title {
    let (digits, check_digit) = match bank {
        "033" => (12, Some('7')),
        "104" => (17, Some('7')),
        "237" => (11, Some('P')),
        "748" => (8, Some('7')),
        "756" => (9, Some('7')),
        _ => (20, None),
    };
    let document = if bank == "104" { 11 } else { 15 };
    Title {
        our_number: title.our_number.get(..title.our_number.len().min(digits)).unwrap().into(),
        check_digit,
        document: title.document.get(..title.document.len().min(document)).unwrap().into(),
        write_off_days: match bank {
            "748" => Some(60),
            "756" => None,
            _ => title.write_off_days,
        },
        ..title
    }
}

/// What the two banks' CNAB 400 hold of a title.
fn for_400(bank: &str, title: Title) -> Title {
    let number = title.our_number.get(..title.our_number.len().min(8)).unwrap().into();
    let first = title.discounts.into_iter().find(|discount| matches!(discount.charge, Charge::Amount(_)));
    let daily = title.interest.filter(|interest| matches!(interest.rate, InterestRate::Daily(_)));
    let next = title.due.plus(1);
    let itau = bank == "341";
    Title {
        our_number: number,
        check_digit: (!itau).then_some('P'),
        document: title.document.get(..title.document.len().min(10)).unwrap().into(),
        fine: if itau {
            title.fine
        } else {
            title.fine.filter(|fine| matches!(fine.charge, Charge::Share(_))).map(|fine| Fine { from: next, ..fine })
        },
        interest: if itau { daily } else { daily.map(|interest| Interest { from: next, ..interest }) },
        discounts: first.into_iter().collect(),
        payer: if itau {
            Place { name: title.payer.name.get(..title.payer.name.len().min(30)).unwrap().trim_end().into(), ..title.payer }
        } else {
            Place { district: "".into(), city: "".into(), state: "".into(), ..title.payer }
        },
        write_off_days: title.write_off_days.filter(|days| *days < 100),
        messages: if itau {
            Vec::new()
        } else {
            title.messages.iter().map(|text| text.get(..text.len().min(12)).unwrap().into()).collect()
        },
        amount: Money::new(title.amount.minor() % 10_000_000_000_000, Currency::BRL),
        ..title
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_asked_reads_back(titles in prop::collection::vec(any_title(), 0..6), bank in prop::sample::select(vec!["001", "033", "104", "237", "748", "756", "999"])) {
        let titles: Vec<Title> = titles.into_iter().map(|title| for_240(bank, title)).collect();
        let bytes = remittance::write(Format::Cnab240, &company(bank), &titles).unwrap();
        prop_assert!(bytes.chunks(242).all(|line| line.len() == 242 && line.ends_with(b"\r\n") && line.is_ascii()));
        let read = remittance::read(&bytes).unwrap();
        prop_assert!(read.refused.is_empty(), "{:?}", read.refused);
        prop_assert!(read.checks.iter().all(|check| check.holds()));
        prop_assert_eq!(&read.titles, &titles);
        if !titles.is_empty() && matches!(bank, "001" | "237" | "999") {
            prop_assert_eq!(read.company, Some(company(bank)));
        }
    }

    #[test]
    fn what_is_asked_in_400_columns_reads_back(titles in prop::collection::vec(any_title(), 0..6), bank in prop::sample::select(vec!["237", "341"])) {
        let titles: Vec<Title> = titles.into_iter().map(|title| for_400(bank, title)).collect();
        let bytes = remittance::write(Format::Cnab400, &company(bank), &titles).unwrap();
        prop_assert!(bytes.chunks(402).all(|line| line.len() == 402 && line.ends_with(b"\r\n") && line.is_ascii()));
        let read = remittance::read(&bytes).unwrap();
        prop_assert!(read.refused.is_empty(), "{:?}", read.refused);
        prop_assert!(read.checks.iter().all(|check| check.holds()));
        prop_assert_eq!(&read.titles, &titles);
    }
}

/// Puts something into a title that does not fit.
type Spoil = fn(&mut Title);

#[test]
fn a_field_that_does_not_fit_is_named() {
    let long = |field: Spoil| {
        let mut title = title();
        field(&mut title);
        let cnab240 = remittance::write(Format::Cnab240, &company("001"), std::slice::from_ref(&title));
        cnab240.unwrap_err().to_string()
    };
    let cases: [(Spoil, &str); 6] = [
        (|title| title.document = "FAT-2026-000000001".into(), "document: 18 characters do not fit into 15; shorten it"),
        (|title| title.company_use = "ação".into(), "company use: has a letter beyond ASCII; write it without accents"),
        (|title| title.amount = Money::new(1, Currency::USD), "amount: is not in reais; slips are"),
        (|title| title.amount = Money::new(-1, Currency::BRL), "amount: is below zero; only zero and more can be written"),
        (
            |title| title.fine = Some(Fine { from: title.due, charge: Charge::Share(Rate::from_units(1)) }),
            "fine: has more than two digits after the point; the file holds two",
        ),
        (
            |title| title.payer.tax_id = TaxId::parse("DE1234567", "DE").unwrap(),
            "tax id: is neither CPF nor CNPJ; a slip needs one of these",
        ),
    ];
    for (field, expected) in cases {
        assert_eq!(long(field), expected);
    }
    let refused = remittance::write(Format::Cnab400, &company("033"), &[title()]).unwrap_err();
    assert_eq!(refused.to_string(), "bank: its CNAB 400 is not written here; write CNAB 240");
}

#[test]
fn a_name_is_folded_and_cut_and_nothing_else_is() {
    let mut title = title();
    title.payer.name = "Maria da Conceição de Albuquerque Gonçalves Júnior".into();
    title.payer.city = "Pindamonhangaba do Norte".into();
    let bytes = remittance::write(Format::Cnab240, &company("001"), &[title]).unwrap();
    let read = remittance::read(&bytes).unwrap();
    assert_eq!(&*read.titles[0].payer.name, "MARIA DA CONCEICAO DE ALBUQUERQUE GONCAL");
    assert_eq!(&*read.titles[0].payer.city, "PINDAMONHANGABA");
}

#[test]
fn the_segments_of_a_title_stand_where_febraban_says() {
    let bytes = remittance::write(Format::Cnab240, &company("999"), &[title()]).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    let at = |line: usize, from: usize, to: usize| &lines[line][from - 1..to];
    for (line, from, to, expected) in [
        (0, 143, 143, "1"),
        (0, 144, 157, "01122026143500"),
        (1, 8, 11, "1R01"),
        (2, 8, 17, "300001P 01"),
        (2, 38, 57, "12345678901         "),
        (2, 63, 77, "FAT0001        "),
        (2, 78, 100, "10122026000000000021990"),
        (2, 107, 117, "02N30112026"),
        (2, 118, 141, "111122026000000000000007"),
        (2, 142, 165, "105122026000000000000500"),
        (2, 181, 195, "000000000000100"),
        (2, 196, 220, "CLI42-FAT0001            "),
        (2, 221, 229, "300200009"),
        (3, 14, 33, "Q 011000052998224725"),
        (3, 34, 44, "MARIA SILVA"),
        (3, 129, 153, "01310000SAO PAULO      SP"),
        (4, 14, 17, "R 01"),
        (4, 66, 89, "211122026000000000000200"),
        (5, 18, 46, "00000500000100000000000021990"),
        (6, 18, 29, "000001000007"),
    ] {
        assert_eq!(at(line, from, to), expected, "line {} columns {from}-{to}", line + 1);
    }
}

#[test]
fn each_bank_gets_its_number_where_it_looks_for_it() {
    for (bank, from, to, expected, title_of) in [
        ("001", 38, 62, "12345670000000021   7    ", ("12345670000000021", None, "17")),
        ("033", 33, 62, "0000567890  0000000001406512  ", ("140", Some('6'), "101")),
        ("104", 38, 62, "0014000000000000021811220", ("14000000000000021", Some('8'), "RG")),
        ("237", 38, 62, "0090000000000000021P11122", ("21", Some('P'), "9")),
        ("748", 38, 62, "0000000000026200001511122", ("26200001", Some('5'), "1")),
        ("756", 38, 62, "000000021801014     10 22", ("21", Some('8'), "1")),
    ] {
        let (number, digit, wallet) = title_of;
        let title = Title { our_number: number.into(), check_digit: digit, write_off_days: Some(60), ..title() };
        let who = Company { portfolio: wallet.into(), ..company(bank) };
        let text = String::from_utf8(remittance::write(Format::Cnab240, &who, &[title]).unwrap()).unwrap();
        let segment = text.lines().nth(2).unwrap();
        assert_eq!(&segment[from - 1..to], expected, "{bank}");
    }
}

#[test]
fn headers_name_the_company_as_its_bank_does() {
    for (bank, from, to, expected) in [
        ("001", 33, 52, "000004321001409000  "),
        ("033", 17, 47, "2011222333000181123400000004321"),
        ("104", 53, 72, "01234500043210000000"),
        ("237", 33, 52, "00000000000000004321"),
        ("748", 33, 52, "00000000000000004321"),
        ("756", 33, 52, "                    "),
        ("999", 33, 52, "4321                "),
    ] {
        let bytes = remittance::write(Format::Cnab240, &company(bank), &[]).unwrap();
        let found = std::str::from_utf8(&bytes[from - 1..to]).unwrap();
        assert_eq!(found, expected, "{bank}");
    }
}

#[test]
fn debits_stand_where_febraban_says() {
    let day = Day::parse("2026-12-10").unwrap();
    let sender = Sender {
        agreement: "4321".into(),
        company: "Açúcar União".into(),
        bank: "237".into(),
        bank_name: "BRADESCO".into(),
        number: 12,
        made_on: day.plus(-3),
    };
    let debit = Debit {
        customer: "CLI42".into(),
        branch: "1234".into(),
        account: "567890".into(),
        day,
        amount: Money::new(21_990, Currency::BRL),
        company_use: "FAT0001".into(),
        takes_back: false,
    };
    let text = String::from_utf8(debit150::write(&sender, &[debit.clone(), Debit { takes_back: true, ..debit.clone() }]).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().all(|line| line.len() == 150));
    assert!(lines[0].starts_with("A14321                ACUCAR UNIAO        237BRADESCO            2026120700001204DEBITO AUTOMATICO"));
    assert!(lines[1].starts_with("ECLI42                    1234567890        2026121000000000002199003FAT0001"));
    assert!(lines[1].ends_with(" 0") && lines[2].ends_with(" 1"));
    assert!(lines[3].starts_with("Z00000400000000000043980"));
    let refused = debit150::write(&sender, &[Debit { account: "123456789012345".into(), ..debit }]).unwrap_err();
    assert_eq!(refused.to_string(), "account: 15 characters do not fit into 14; shorten it");
}
