//! Slips: lines, barcodes, bars, and contracts with banks.

use regua_core::time::Day;
use regua_wire::boleto::banks::{self, Bank, Beneficiary, Contract, OurNumber};
use regua_wire::boleto::{Barcode, Slip, decode, itf, mod10, mod11_bank, mod11_utility};

use crate::target::{Target, kind};

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "boleto",
        slip,
        &[
            "23791.23405 91234.567898 01001.234507 1 16560000021990",
            "23791165600000219901234091234567890100123450",
            "23791234059123456789801001234507600000000010000",
            "00190000090114971860168524522114675860000102656",
            "83620000001-3 50750123202-3 61210000000-1 00000012345-5",
            "83620000001507501232026121000000000000012345",
            "866200000002999011222331320261210001000000001230",
        ],
    )
    .words("2379¦8362¦8489¦0019¦0000¦9999¦ ¦.¦-")
    .repair(check_digits)
    .len_max(160),
    Target::new("itf", bars, &["23791165600000219901234091234567890100123450", "0123456789", "00"]).len_max(160),
    Target::new(
        "boleto-banks",
        bank,
        &[
            "001\n0548-7\n1448-6\n18\n1238798\n\n7777700168",
            "033\n0059\n\n102\n1899775\n\n90000267",
            "104\n1825\n\nRG\n245274-0\n\n1",
            "104\n1825\n\nRG\n1100001\n\n1",
            "237\n1172\n0403005\n06\n\n\n75896452",
            "341\n0811\n53678-8\n109\n\n\n4711",
            "748\n1234\n\n1\n12345\n18\n12213871",
            "756\n1\n\n1\n19\n\n21",
        ],
    )
    .words("-X¦-P¦-0¦RG¦101¦102¦109¦112¦\n")
    .len_max(200),
];

fn today() -> Day {
    // 2026-11-21; which day it is makes no difference to what can go wrong.
    Day::from_epoch(20_778)
}

fn slip(input: &[u8]) -> u64 {
    let answer = decode(&String::from_utf8_lossy(input), today());
    if let Ok(read) = answer {
        let (line, digits, barcode) = match read.slip {
            Slip::Bank(slip) => (slip.line(), slip.line_digits(), slip.to_string()),
            Slip::Utility(slip) => (slip.line(), slip.line_digits(), slip.to_string()),
        };
        for written in [line, digits, barcode] {
            let again = decode(&written, today()).unwrap_or_else(|error| panic!("what was written is refused: {error}"));
            assert_eq!((again.slip, again.due_on, again.amount()), (read.slip, read.due_on, read.amount()));
        }
        if let Slip::Bank(slip) = read.slip {
            assert_eq!(Barcode::new(slip.bank(), read.due_on, slip.amount(), slip.free()), Ok(slip));
        }
    }
    kind(&answer)
}

fn bars(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let answer = itf::bars(&text);
    if let Ok(bars) = &answer {
        let modules: usize = bars.iter().map(|bar| usize::from(bar.modules)).sum();
        assert_eq!(modules, 9 + 9 * text.len());
    }
    kind(&answer)
}

/// Lines: bank, branch, account, wallet, agreement, post, the slip's number.
fn bank(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let code = line();
    let Some(bank) = Bank::ALL.iter().copied().find(|bank| bank.code() == code) else { return 2 };
    let contract = Contract { branch: line(), account: line(), wallet: line(), agreement: line(), post: line() };
    let made = Beneficiary::new(bank, &contract).and_then(|company| {
        let number = OurNumber::new(bank, line())?;
        let free = banks::free_field(&company, &number)?;
        let printed = (banks::printed_our_number(&company, &number)?, banks::printed_beneficiary(&company));
        assert!(free.as_str().len() == 25 && printed.0.len() <= 20 && printed.1.len() <= 24, "{printed:?}");
        // A contract that was checked is one that passes the check.
        let again = Contract {
            branch: company.branch(),
            account: company.account(),
            wallet: company.wallet(),
            agreement: company.agreement(),
            post: company.post(),
        };
        assert_eq!(Beneficiary::new(bank, &again).as_ref(), Ok(&company));
        Ok(())
    });
    kind(&made)
}

/// Sets the check digits of whatever the digits are nearly: a line of 47 or 48, else a barcode.
fn check_digits(input: &mut Vec<u8>) {
    let mut text: String = input.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    let utility = text.starts_with('8');
    let lines = if utility { 48 } else { 47 };
    let barcode_wanted = text.len() < 46;
    let len = if barcode_wanted { 44 } else { lines };
    text.truncate(len);
    let text = format!("{text:0<len$}");
    let code = match (barcode_wanted, utility) {
        (true, _) => text,
        (false, false) => [&text[..4], &text[32..47], &text[4..9], &text[10..20], &text[21..31]].concat(),
        (false, true) => [&text[..11], &text[12..23], &text[24..35], &text[36..47]].concat(),
    };
    let check: fn(&str) -> char = match (utility, code.as_bytes().get(2)) {
        (false, _) => mod11_bank,
        (true, Some(b'8' | b'9')) => mod11_utility,
        (true, _) => mod10,
    };
    let code = if utility {
        format!("{}{}{}", &code[..3], check(&[&code[..3], &code[4..]].concat()), &code[4..])
    } else {
        let code = format!("{}9{}", &code[..3], &code[4..]);
        format!("{}{}{}", &code[..4], check(&[&code[..4], &code[5..]].concat()), &code[5..])
    };
    let line = match (barcode_wanted, utility) {
        (true, _) => code,
        (false, false) => {
            let fields = [[&code[..4], &code[19..24]].concat(), code[24..34].to_owned(), code[34..].to_owned()];
            let fields: String = fields.iter().map(|field| format!("{field}{}", mod10(field))).collect();
            format!("{fields}{}{}", &code[4..5], &code[5..19])
        }
        (false, true) => [0, 11, 22, 33].map(|from| format!("{}{}", &code[from..from + 11], check(&code[from..from + 11]))).concat(),
    };
    *input = line.into_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_repaired_checks() {
        for text in
            ["", "8", "237", "83", "23791234059123456789801001234507116560000021991", "23701165600000219901234091234567890100123450"]
        {
            for head in ["", "836", "848", "2379"] {
                let mut input = format!("{head}{text}").into_bytes();
                check_digits(&mut input);
                let error = decode(&String::from_utf8_lossy(&input), today()).err().map(|error| error.to_string()).unwrap_or_default();
                assert!(!error.contains("check digit"), "{text}: {error}");
            }
        }
    }
}
