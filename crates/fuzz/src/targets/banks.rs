//! Files of banks: returns, remittances, statements.

use regua_core::bank::matching::identity;
use regua_core::bank::{BankFile, Format};
use regua_wire::cnab::{self, remittance};
use regua_wire::debit150;
use regua_wire::statements::{bank_side, camt, mt940, nacha, ofx, read_any};

use crate::target::{Target, kind};

/// An OFX of one credit, and one without end tags.
const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>341\
     <ACCTID>123-4</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260310120000[-3:BRT]\
     <TRNAMT>150.00<FITID>F1<MEMO>PIX E18236120202603101200abcdefghijk</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>150.00\
     <DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";
const MT940: &str = ":20:X\n:25:10020030/1234567\n:28C:5/1\n:60F:C261130EUR1000,00\n:61:2611301130CR12,34NTRFNONREF//B1\n\
     :86:166?00UEBERWEISUNG?20EREF+INV-1?32ACME GMBH\n:62F:C261130EUR1012,34\n-\n";

pub(super) const TARGETS: &[Target] = &[
    Target::new("cnab", |input| file(&cnab::read(input), cnab::read(input).ok()), &[])
        .files(&["crates/fuzz/seeds/itau400.ret", "crates/fuzz/seeds/brasil240.ret"])
        .data(&["bank_files/cnab"])
        .words(&["02RETORNO01COBRANCA", "341", "237", "001", "033", "104", "748", "756", "06", "17", "\r\n", "\x1a", "000000", "T", "U"])
        .len_max(4_096),
    Target::new("remittance", remitted, &[])
        .files(&["crates/fuzz/seeds/itau400.rem"])
        .words(&["01REMESSA", "\r\n", "P", "Q", "R"])
        .len_max(2_400),
    Target::new("debit150", |input| file(&debit150::read(input), debit150::read(input).ok()), &[])
        .files(&["crates/fuzz/seeds/debit150.ret"])
        .words(&["A2", "F", "Z", "00", "01", "31", "99", "\r\n"])
        .len_max(1_024),
    Target::new("ofx", |input| file(&ofx::read(input), ofx::read(input).ok()), &[OFX])
        .files(&["crates/wire/tests/statements/vectors/two_in_a_row_and_a_card.qfx"])
        .data(&["bank_files/ofx"])
        .words(&["<STMTTRN>", "</STMTTRN>", "<TRNAMT>", "<DTPOSTED>", "<FITID>", "<OFX>", "-", ",", "&amp;", "&#x0;", "CHARSET:1252", "<"]),
    Target::new("camt", |input| file(&camt::read(input), camt::read(input).ok()), &[])
        .files(&["crates/wire/tests/statements/vectors/batch_returns_pending.xml"])
        .data(&["bank_files/camt"])
        .words(&[
            "<Ntry>",
            "</Ntry>",
            "<Amt Ccy=\"EUR\">",
            "<TxDtls>",
            "</TxDtls>",
            "<CdtDbtInd>CRDT</CdtDbtInd>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
        ])
        .len_max(4_096),
    Target::new("mt940", |input| file(&mt940::read(input), mt940::read(input).ok()), &[MT940])
        .files(&["crates/wire/tests/statements/vectors/structured_and_reversed.sta"])
        .data(&["bank_files/mt940"])
        .words(&[":20:", ":25:", ":28C:", ":60F:", ":61:", ":86:", ":62F:", "?20", "?32", "RC", "RD", "NTRF", "//", "\r\n", "-}", "{4:"]),
    Target::new("nacha", |input| file(&nacha::read(input), nacha::read(input).ok()), &[])
        .files(&["crates/wire/tests/statements/vectors/returns_and_changes.ach"])
        .data(&["bank_files/nacha"])
        .words(&["799R01", "798C01", "101 ", "5200", "627", "8200", "9000", "\n"])
        .len_max(4_096),
    Target::new("bank-file", |input| kind(&read_any(input, "x.txt")), &[OFX, MT940])
        .files(&["crates/fuzz/seeds/itau400.ret", "crates/fuzz/seeds/debit150.ret"])
        .words(&["<OFX>", ":20:", "101 ", "02RETORNO", "A2", "<?xml", "<Document"]),
];

/// What holds for every file that is read: it is read again as the same, each line has a place and says what it is the same
/// as, and what a bank would write of it reads back.
fn file<E: std::fmt::Display>(answer: &Result<BankFile, E>, again: Option<BankFile>) -> u64 {
    if let Ok(file) = answer {
        assert_eq!(Some(file), again.as_ref(), "it is read otherwise the second time");
        for line in file.statements.iter().flat_map(|statement| &statement.lines) {
            assert!(line.place > 0 && line.amount.is_none_or(|amount| amount.minor() >= 0), "{line:?}");
            assert!(!identity("account", line).is_empty());
        }
        if file.format == Format::Ofx {
            for statement in &file.statements {
                assert!(ofx::read(bank_side::ofx102(statement, None).as_bytes()).is_ok(), "what was written is refused");
            }
        }
    }
    kind(answer)
}

/// A remittance that is read is written again, where every title of it can be.
fn remitted(input: &[u8]) -> u64 {
    let answer = remittance::read(input);
    if let Ok(asked) = &answer
        && let Some(company) = &asked.company
        && let Some(format) = cnab::sniff(input)
        && let Ok(bytes) = remittance::write(format, company, &asked.titles)
    {
        let again = remittance::read(&bytes).unwrap_or_else(|error| panic!("what was written is refused: {error}"));
        assert_eq!(again.titles.len(), asked.titles.len());
    }
    kind(&answer)
}
