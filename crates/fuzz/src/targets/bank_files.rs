//! Files of banks: CNAB, direct debit, OFX, camt, MT940, NACHA.

use regua_core::bank::{BankFile, Format};
use regua_wire::cnab::{self, bank_side, remittance};
use regua_wire::debit150;
use regua_wire::statements::bank_side::{camt053, ofx102};
use regua_wire::statements::{camt, mt940, nacha, ofx, read_any};

use crate::random::hash;
use crate::repair::lines_of;
use crate::target::{Target, kind};

const MT940: &str = ":20:X\n:25:1/2\n:28C:7/1\n:60F:C261130EUR1,00\n:61:2611301130C1,00NTRFREF//B7\n\
     :86:166?00SEPA?20EREF+E1?21SVWZ+FAT 1?30DEUTDEFF?31DE89370400440532013000?32MARIA\n:62F:C261130EUR2,00\n-\n";

pub(super) const TARGETS: &[Target] = &[
    Target::new("cnab240", |input| read(&cnab::read(input)), &[])
        .made(|| returns(Format::Cnab240))
        .data(&["bank_files/cnab"])
        .words("23700013¦T 06¦U 06¦10122026¦000000000021990¦9999¦00000¦ \r\n¦09¦17¦02")
        .repair(lines_of::<240>),
    Target::new("cnab400", |input| read(&cnab::read(input)), &[])
        .made(|| returns(Format::Cnab400))
        .data(&["bank_files/cnab"])
        .words("02RETORNO01COBRANCA¦341¦237¦001¦101226¦0000000021990¦9¦ \r\n¦06¦17¦02")
        .repair(lines_of::<400>),
    Target::new("remittance", asked, &[])
        .data(&["bank_files/cnab"])
        .words(
            "01REMESSA01COBRANCA¦341¦237¦101226¦\
         0000000021990¦ \r\n¦P 01¦Q 01¦R 01",
        )
        .made(|| returns(Format::Cnab240)),
    Target::new("debit150", |input| read(&debit150::read(input)), &[])
        .made(debits)
        .words("A2¦F¦Z¦00¦31¦99¦20261215¦\r\n")
        .repair(lines_of::<150>),
    Target::new("ofx", |input| read(&ofx::read(input)), &[])
        .made(|| vec![ofx102(&bank_side::example(), None).into_bytes()])
        .files(&["crates/wire/tests/statements/vectors/two_in_a_row_and_a_card.qfx"])
        .data(&["bank_files/ofx"])
        .words(
            "<STMTTRN>¦</STMTTRN>¦<TRNAMT>¦<FITID>¦<DTPOSTED>20261210¦<BANKTRANLIST>¦<OFX>¦</OFX>¦<![CDATA[¦]]>¦&amp;¦&#¦<¦>¦\
             </¦1.234,56¦-",
        ),
    Target::new("camt", |input| read(&camt::read(input)), &[])
        .made(|| vec![camt053(&bank_side::example(), None).into_bytes()])
        .files(&["crates/wire/tests/statements/vectors/batch_returns_pending.xml"])
        .data(&["bank_files/camt"])
        .words(
            "<Ntry>¦</Ntry>¦<TxDtls>¦</TxDtls>¦<Amt Ccy=\"EUR\">¦<CdtDbtInd>CRDT</CdtDbtInd>¦<!--¦-->¦<![CDATA[¦]]>¦&amp;¦\
             &#x0;¦<!DOCTYPE¦<?¦?>¦/>¦xmlns=\"",
        )
        .len_max(3_000),
    Target::new("mt940", |input| read(&mt940::read(input)), &[MT940])
        .files(&["crates/wire/tests/statements/vectors/structured_and_reversed.sta"])
        .data(&["bank_files/mt940"])
        .words(":20:¦:25:¦:28C:¦:60F:¦:61:¦:86:¦:62F:¦\r\n-\r\n¦{1:¦{4:¦-}¦C¦RD¦NTRF¦//¦?20¦?00¦,00¦261130¦EREF+"),
    Target::new("nacha", |input| read(&nacha::read(input)), &[])
        .files(&["crates/wire/tests/statements/vectors/returns_and_changes.ach"])
        .data(&["bank_files/nacha"])
        .words("101 ¦5200¦626¦799R01¦798C01¦8200¦9000001¦9999¦\r\n¦PPD¦IAT¦COR")
        .repair(lines_of::<94>),
    Target::new("bank-file", any, &[MT940])
        .made(|| [returns(Format::Cnab240), returns(Format::Cnab400), debits()].concat())
        .data(&["bank_files"])
        .words("<OFX>¦<BkToCstmrStmt>¦:20:¦:61:¦101 ¦02RETORNO¦A2¦23700000"),
];

fn returns(format: Format) -> Vec<Vec<u8>> {
    bank_side::write(format, "ACME", &bank_side::example()).into_iter().collect()
}

fn debits() -> Vec<Vec<u8>> {
    let head = format!("A2{:<20}{:<20}237{:<20}2026121600000104{:<69}", "4321", "ACME", "BRADESCO", "DEBITO AUTOMATICO");
    let line = format!("F{:<25}1234{:<14}2026121500000000002199000{:<80}0", "CLI42", "567890", "FAT0001");
    let last = format!("Z00000300000000000021990{:<126}", "");
    vec![format!("{head}\r\n{line}\r\n{last}\r\n").into_bytes()]
}

/// What must hold of every file, whatever its format.
fn read<E: std::fmt::Display>(answer: &Result<BankFile, E>) -> u64 {
    let Ok(file) = answer else { return kind(answer) };
    for line in file.statements.iter().flat_map(|statement| &statement.lines) {
        assert!(line.place > 0 && line.amount.is_none_or(|amount| amount.minor() >= 0), "an amount is never below zero");
    }
    for bad in &file.refused {
        assert!(bad.place > 0 && !bad.what.is_empty());
    }
    // Which events and how many refusals: files that differ in these are different to a reader.
    let lines = file.statements.iter().flat_map(|statement| &statement.lines);
    let events = lines.fold(0_u64, |seen, line| seen | 1 << (hash(line.event.as_str().as_bytes()) % 48));
    let refused = u64::try_from(file.refused.len().min(3)).unwrap_or(3);
    let unbalanced = u64::from(file.checks.iter().any(|check| !check.holds()));
    // A good file is one that adds up and loses nothing.
    if refused == 0 && unbalanced == 0 { 1 } else { 2 + (events << 3 | refused << 1 | unbalanced) }
}

fn any(input: &[u8]) -> u64 {
    read(&read_any(input, "fuzz"))
}

/// A remittance that is read can be written, or the refusal says why; and then it reads as the same.
fn asked(input: &[u8]) -> u64 {
    let answer = remittance::read(input);
    if let Ok(remittance::Remittance { company: Some(company), titles, .. }) = &answer {
        for format in [Format::Cnab240, Format::Cnab400] {
            if let Ok(written) = remittance::write(format, company, titles) {
                let again = remittance::read(&written).unwrap_or_else(|error| panic!("what was written is refused: {error}"));
                assert!(again.refused.is_empty(), "{:?}", again.refused.first());
                assert_eq!(again.titles.len(), titles.len());
            }
        }
    }
    kind(&answer)
}
