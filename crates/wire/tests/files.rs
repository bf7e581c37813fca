//! Spoilt files: no good row is lost, and every bad one is explained.

use regua_core::currency::Currency;
use regua_wire::files::{Options, Portfolio, Reading, Refused, RejectList, read_payments, read_receivables};

#[cfg(test)]
mod spoilt {
    use super::*;

    const HEADER: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency\n";

    fn read_with(bytes: &[u8], options: &Options) -> Result<(Reading, RejectList), Refused> {
        let mut rejects = RejectList::new(1_000);
        let reading = read_receivables(bytes, "in.csv", options, Portfolio::default(), &mut rejects)?;
        Ok((reading, rejects))
    }

    fn read(bytes: &[u8]) -> Result<(Reading, RejectList), Refused> {
        read_with(bytes, &Options::default())
    }

    /// A portfolio in one line per receivable: `id customer issued due amount`.
    fn shown(reading: &Reading) -> Vec<String> {
        let portfolio = &reading.portfolio;
        let customer = |at: u32| &portfolio.customers[usize::try_from(at).unwrap()].id;
        let line = |row: &regua_wire::files::ReceivableRow| {
            format!(
                "{} {} {:?} {} {} {}",
                row.id,
                customer(row.customer),
                row.issued,
                row.due_on,
                row.amount.minor(),
                row.amount.currency()
            )
        };
        portfolio.receivables.iter().map(line).collect()
    }

    fn ids(reading: &Reading) -> Vec<&str> {
        reading.portfolio.receivables.iter().map(|receivable| &*receivable.id).collect()
    }

    fn explained(rejects: &RejectList) -> Vec<String> {
        rejects.rows.iter().map(|reject| format!("{} {}: {}; {}", reject.row, reject.column, reject.reason, reject.mend)).collect()
    }

    /// A good row, the spoilt line, a good row: the two good ones stay and the spoilt one is told as `expected`.
    #[test]
    fn a_spoilt_row_takes_no_other_with_it() {
        for (spoilt, expected) in [
            (
                "R2,C1,2026-02-30,2026-03-10,10.00,BRL",
                "3 issued_on: `2026-02-30` is not a day of the calendar; write the date as 2026-12-31",
            ),
            ("R2,C1,2026-01-01,soon,10.00,BRL", "3 due_on: `soon` is not a date; write the date as 2026-12-31"),
            ("R2,C1,2026-01-01,,10.00,BRL", "3 due_on: `due_on` is empty; write the due date"),
            ("R2,C1,2026-01-01,1899-12-31,10.00,BRL", "3 due_on: `1899-12-31` lies outside the years 1900 to 2199; write the right year"),
            (
                "R2,C1,2026-01-01,31/12/2026,10.00,BRL",
                "3 due_on: `31/12/2026` is not in the order of the column's other dates; write the date as 2026-12-31",
            ),
            (
                "R2,C1,2026-01-01,31/12/26,10.00,BRL",
                "3 due_on: `31/12/26` has a year of two digits; write the year with four digits, as in 2026-12-31",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10T12:00:00Z,10.00,BRL",
                "3 due_on: `2026-01-10T12:00:00Z` is a moment, not a date; write the date as 2026-12-31",
            ),
            ("R2,C1,2026-01-01,2026-01-10,,BRL", "3 amount: `amount` is empty; write the amount, or take the row out"),
            (
                "R2,C1,2026-01-01,2026-01-10,0.00,BRL",
                "3 amount: `0.00` is zero; a receivable or payment is more than zero: enter credits and refunds on their own, or take the row out",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,-1.00,BRL",
                "3 amount: `-1.00` is negative; a receivable or payment is more than zero: enter credits and refunds on their own, or take the row out",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,10.005,BRL",
                "3 amount: `10.005` has three decimals, and BRL has 2: a thousand, or a fraction?; write the amount with its decimals, as in 1234.56",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,10.5,JPY",
                "3 amount: `10.5` has more decimals than JPY has (0); round the amount to the currency's smallest unit",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,\"10,50\",BRL",
                "3 amount: `10,50` has a decimal comma, and the column's decimal mark is the point; write the amount as the column's others are written",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,1e999,BRL",
                "3 amount: `1e999` is not an amount; write the amount with its decimals, as in 1234.56",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,9999999999999999999,BRL",
                "3 amount: `9999999999999999999` is too large; write an amount below ten trillion",
            ),
            ("R2,C1,2026-01-01,2026-01-10,10.00,", "3 currency: `currency` is empty; write the three letters of ISO 4217, such as BRL"),
            (
                "R2,C1,2026-01-01,2026-01-10,10.00,REAL",
                "3 currency: `REAL` is not a currency of ISO 4217; write its three letters, such as BRL",
            ),
            (
                "R1,C1,2026-01-01,2026-01-10,10.00,BRL",
                "3 receivable_id: `R1` is the id of row 2 too; the first one stays; give every receivable an id of its own",
            ),
            (",C1,2026-01-01,2026-01-10,10.00,BRL", "3 receivable_id: `receivable_id` is empty; write the id"),
            ("R2, ,2026-01-01,2026-01-10,10.00,BRL", "3 customer_id: `customer_id` is empty; write the id"),
            (
                "1.66124E+18,C1,2026-01-01,2026-01-10,10.00,BRL",
                "3 receivable_id: the id `1.66124E+18` was rounded by a spreadsheet: its last digits are lost; export the column as text",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,10.00,BRL,x",
                "3 : 7 columns where the header has 6: 1 too many; quote a text that holds the separator, or take the further cells out",
            ),
            (
                "R2,C1,2026-01-01,2026-01-10,10,00,BRL",
                "3 : 7 columns where the header has 6: 1 too many; quote a text that holds the separator, or take the further cells out",
            ),
            ("R2,C1,2026-01-01", "3 : 3 columns where the header has 6: 3 too few; give every column of the header, empty ones too"),
            (
                "R2,\"C1,2026-01-01,2026-01-10,10.00,BRL",
                "3 : a quote is opened and not closed properly; put a closing quote before the next separator, and write a quote within a quoted text twice",
            ),
            (
                "R2,\"C\"1,2026-01-01,2026-01-10,10.00,BRL",
                "3 : a quote is opened and not closed properly; put a closing quote before the next separator, and write a quote within a quoted text twice",
            ),
            (
                "R2,C\0,2026-01-01,2026-01-10,10.00,BRL",
                "3 : the row contains a NUL byte; the file is damaged or binary here: write the row again",
            ),
        ] {
            let file = format!("{HEADER}R1,C1,2026-01-01,2026-01-10,10.00,BRL\n{spoilt}\nR3,\"C1\",2026-01-01,2026-01-10,30.00,BRL\n");
            let (reading, rejects) = read(file.as_bytes()).unwrap();
            assert_eq!(ids(&reading), ["R1", "R3"], "{spoilt}");
            assert_eq!(explained(&rejects), [expected]);
            assert_eq!(rejects.rows[0].original, spoilt);
            assert_eq!((reading.report.counts.rows, reading.report.counts.rejected), (3, 1));
        }
    }

    #[test]
    fn a_long_id_and_a_long_line_are_rejected_alone() {
        let long_id = "x".repeat(129);
        let long_name = "n".repeat(5_000);
        let long_line = "y".repeat(2 * 1024 * 1024);
        let file = format!(
            "receivable_id,customer_id,issued_on,due_on,amount,currency,name\n\
             {long_id},C1,2026-01-01,2026-01-10,1.00,BRL,Ana\n\
             R2,C1,2026-01-01,2026-01-10,1.00,BRL,{long_name}\n\
             {long_line}\n\
             R4,C1,2026-01-01,2026-01-10,1.00,BRL,Ana\n"
        );
        let (reading, rejects) = read(file.as_bytes()).unwrap();
        assert_eq!(ids(&reading), ["R4"]);
        assert_eq!(
            explained(&rejects),
            [
                "2 receivable_id: the id has 129 bytes; give ids of at most 128 bytes",
                "3 name: the value has 5000 bytes, at most 4096 are read; shorten it, or leave the column out",
                "4 : the line is longer than 1 MiB; a quote may be missing; mend or take out the line",
            ]
        );
        assert!(rejects.rows.iter().all(|reject| reject.original.len() < 5_000));
    }

    #[test]
    fn ids_of_nineteen_digits_stay_texts() {
        let file = format!("{HEADER}0001661240395903230676,1661240395903230676,2026-01-01,2026-01-10,10.00,BRL\n");
        let (reading, _) = read(file.as_bytes()).unwrap();
        assert_eq!(shown(&reading), ["0001661240395903230676 1661240395903230676 On(2026-01-01) 2026-01-10 1000 BRL"]);
    }

    /// The same two receivables in every dialect.
    #[test]
    fn dialects_are_detected() {
        let expected = ["R1 Açaí Ltda On(2026-01-31) 2026-02-13 123456 BRL", "R2 C2 On(2026-01-31) 2026-02-01 99900 BRL"];
        let comma = "Receivable ID,Customer ID,Issued on,Due on,Amount,Currency\nR1,Açaí Ltda,2026-01-31,2026-02-13,\"1,234.56\",BRL\nR2,C2,2026-01-31,2026-02-01,999.00,brl\n";
        let brazil = "Título;Cliente;Emissão;Vencimento;Valor (R$);Moeda\nR1;Açaí Ltda;31/01/2026;13/02/2026;R$ 1.234,56;BRL\nR2;C2;31/01/2026;01/02/2026;999,00;BRL\n";
        let us = "invoice number\tcustomer\tinvoice date\tdue date\tamount\tcurrency\nR1\tAçaí Ltda\t01/31/2026\t02/13/2026\t$1,234.56\tBRL\nR2\tC2\t1/31/2026\t2/1/2026\t$999.00\tBRL\n";
        let latin1 = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
        let utf16 = |text: &str, big: bool| {
            let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            let mark: [u8; 2] = if big { [0xFE, 0xFF] } else { [0xFF, 0xFE] };
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        for (what, bytes) in [
            ("comma", comma.as_bytes().to_vec()),
            ("Brazil", brazil.as_bytes().to_vec()),
            ("US, tabs", us.as_bytes().to_vec()),
            ("CRLF", comma.replace('\n', "\r\n").into_bytes()),
            ("CR", comma.replace('\n', "\r").into_bytes()),
            ("no newline at the end", comma.trim_end().as_bytes().to_vec()),
            ("byte order mark", [b"\xEF\xBB\xBF", comma.as_bytes()].concat()),
            ("Latin-1", latin1(brazil)),
            ("UTF-16LE", utf16(brazil, false)),
            ("UTF-16BE", utf16(us, true)),
            ("UTF-16LE without mark", utf16(comma, false)[2..].to_vec()),
            ("blank lines", comma.replace('\n', "\n\n,,,,,\n").into_bytes()),
            ("sep=", format!("sep=;\n{brazil}").into_bytes()),
        ] {
            let (reading, rejects) = read(&bytes).unwrap_or_else(|refused| panic!("{what}: {refused}"));
            assert_eq!(shown(&reading), expected, "{what}");
            assert_eq!(explained(&rejects), Vec::<String>::new(), "{what}");
        }
    }

    #[test]
    fn quoted_texts_hold_separators_quotes_and_line_breaks() {
        let file = "receivable_id,customer_id,issued_on,due_on,amount,currency,name\r\n\
                    R1,C1,2026-01-01,2026-01-10,1.00,BRL,\"Silva, \"\"Zé\"\"\r\ne filhos\"\r\n\
                    R2,C2,2026-01-01,2026-01-10,1.00,BRL,5\" pipes\r\n";
        let (reading, rejects) = read(file.as_bytes()).unwrap();
        assert_eq!(explained(&rejects), Vec::<String>::new());
        let names: Vec<_> = reading.portfolio.customers.iter().map(|row| row.customer.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["Silva, \"Zé\"\r\ne filhos", "5\" pipes"]);
    }

    #[test]
    fn a_missing_quote_loses_only_its_own_line() {
        let good = |id: usize| format!("R{id},C1,2026-01-01,2026-01-10,1.00,BRL,\"Ana, {id}\"\n");
        let mut file = "receivable_id,customer_id,issued_on,due_on,amount,currency,name\n".to_owned();
        for id in 0..50 {
            file += &if id % 10 == 5 { format!("R{id},C1,2026-01-01,2026-01-10,1.00,BRL,\"Ana, {id}\n") } else { good(id) };
        }
        let (reading, rejects) = read(file.as_bytes()).unwrap();
        assert_eq!(reading.portfolio.receivables.len(), 45);
        assert_eq!(rejects.rows.iter().map(|reject| reject.row).collect::<Vec<_>>(), [7, 17, 27, 37, 47]);
    }

    #[test]
    fn bytes_that_are_no_letters_spoil_their_row_alone() {
        let header = HEADER.as_bytes();
        let row = |id: &str, customer: &[u8]| [id.as_bytes(), b",", customer, b",2026-01-01,2026-01-10,1.00,BRL\n"].concat();
        let utf8 = [header, &row("R1", "Zé".as_bytes()), &row("R2", b"Z\xE9"), &row("R3", b"C")].concat();
        let (reading, rejects) = read(&utf8).unwrap();
        assert_eq!(ids(&reading), ["R1", "R3"]);
        assert_eq!(
            explained(&rejects),
            ["3 : the bytes of the row are not UTF-8 (at byte 5); write the row in the encoding of the rest of the file"]
        );
        let latin1 = [header, &row("R1", b"Z\xE9"), &row("R2", b"Z\x81"), &row("R3", b"\xC7a\xE9")].concat();
        let (reading, rejects) = read(&latin1).unwrap();
        assert_eq!(ids(&reading), ["R1", "R3"]);
        assert_eq!(&*reading.portfolio.customers[1].id, "Çaé");
        assert_eq!(
            explained(&rejects),
            ["3 : the row has a byte that is no letter of Windows-1252 (Latin-1); export the file again as UTF-8"]
        );
    }

    #[test]
    fn the_first_letter_beyond_ascii_decides_when_it_comes_late() {
        let mut file = HEADER.as_bytes().to_vec();
        for id in 0..10_000 {
            file.extend(format!("R{id},C{id},2026-01-01,2026-01-10,1.00,BRL\n").bytes());
        }
        file.extend(b"R,Jos\xE9,2026-01-01,2026-01-10,1.00,BRL\n");
        let (reading, rejects) = read(&file).unwrap();
        assert_eq!(rejects.count, 0);
        assert_eq!(&*reading.portfolio.customers[10_000].id, "José");
    }

    #[test]
    fn files_that_cannot_be_read_are_refused_with_the_mend() {
        let row = "R1,C1,01/02/2026,02/03/2026,10.00,BRL\n";
        for (file, expected) in [
            (String::new(), "in.csv: the file is empty; give a file with a header row and at least one row below it"),
            (" \n\n".to_owned(), "in.csv: the file is empty; give a file with a header row and at least one row below it"),
            (HEADER.to_owned(), "in.csv: the file has a header and no rows; give a file with at least one row below its header"),
            (row.to_owned(), "in.csv: the first row is data, not a header; put a header row above the data: receivable_id,customer_id,issued_on,due_on,amount,currency"),
            (
                "receivable_id,customer_id,issued_on,amount\nR1,C1,2026-01-01,1.00\n".to_owned(),
                "in.csv: the columns due_on, currency are missing (found: receivable_id, customer_id, issued_on, amount); add what is missing, rename the columns that hold it, or give a mapping (`--map`)",
            ),
            (
                "receivable_id,customer_id,issued_on,due_on,amount\nR1,C1,2026-01-01,2026-01-10,1.00\n".to_owned(),
                "in.csv: the column currency is missing (found: receivable_id, customer_id, issued_on, due_on, amount); add it, or say `--currency` with its three letters",
            ),
            (
                "titulo,cliente,emissao,vencimento,data_vencimento,valor,moeda\nR1,C1,2026-01-01,2026-01-10,2026-01-10,1.00,BRL\n".to_owned(),
                "in.csv: the columns `vencimento` and `data_vencimento` both mean due_on; rename or take out one of them, or give a mapping (`--map`)",
            ),
            (
                format!("{HEADER}{row}"),
                "in.csv: the dates of column `issued_on` could be day-first or month-first (`01/02/2026`); say which: `--dates dmy|mdy`",
            ),
            (
                "receivable_id;customer_id;issued_on;due_on;amount;currency\nR1;C1;2026-01-01;2026-01-10;1.234;BRL\nR2;C1;2026-01-01;2026-01-10;20;BRL\n".to_owned(),
                "in.csv: the amounts of column `amount` could have thousands or decimals (`1.234`); say which mark stands before decimals: `--decimal comma|point`",
            ),
            ("[{\"receivable_id\": 1}]".to_owned(), "in.csv: the file is one JSON array; write one object per line (JSON Lines), as `jq -c '.[]'` does"),
            ("<html><table></table></html>".to_owned(), "in.csv: the file is HTML or XML, whatever its name says; export it as CSV or XLSX"),
        ] {
            assert_eq!(read(file.as_bytes()).map(|_| ()).map_err(|refused| refused.to_string()), Err(expected.to_owned()), "{file}");
        }
    }

    #[test]
    fn a_question_that_is_answered_is_not_asked_again() {
        let file = format!("{HEADER}R1,C1,01/02/2026,02/03/2026,1.234,BRL\n");
        for (dates, decimal, expected) in
            [("dmy", "comma", "R1 C1 On(2026-02-01) 2026-03-02 123400 BRL"), ("mdy", "comma", "R1 C1 On(2026-01-02) 2026-02-03 123400 BRL")]
        {
            let options = Options {
                dates: regua_wire::files::DateOrder::parse(dates),
                decimal: regua_wire::files::DecimalMark::parse(decimal),
                ..Options::default()
            };
            let (reading, _) = read_with(file.as_bytes(), &options).unwrap();
            assert_eq!(shown(&reading), [expected]);
        }
        let options = Options { currency: Some(Currency::EUR), ..Options::default() };
        let (reading, _) = read_with(b"id;cliente;emissao;vencimento;valor\n7;9;2026-01-01;2026-01-02;5\n", &options).unwrap();
        assert_eq!(shown(&reading), ["7 9 On(2026-01-01) 2026-01-02 500 EUR"]);
    }

    #[test]
    fn payments_of_the_row_and_of_the_payments_file_come_together() {
        let file = "receivable_id,customer_id,issued_on,due_on,amount,currency,paid_on,paid_amount,method\n\
                    R1,C1,2026-01-01,2026-01-10,100.00,BRL,2026-01-09,,pix\n\
                    R2,C1,2026-01-01,2026-01-10,100.00,BRL,2026-01-20,40.00,Boleto bancário\n\
                    R3,C1,2026-01-01,2026-01-10,100.00,BRL,,0.00,\n\
                    R4,C1,2026-01-01,2026-01-10,100.00,BRL,,1.00,\n\
                    R5,C1,2026-01-01,2026-01-10,100.00,BRL,09/01/2026,,barter\n\
                    R6,C1,2026-01-01,2026-01-10,100.00,BRL,2026-01-20T10:00:00-03:00,,barter\n";
        let (reading, rejects) = read(file.as_bytes()).unwrap();
        assert_eq!(ids(&reading), ["R1", "R2", "R3", "R6"]);
        assert_eq!(
            explained(&rejects),
            [
                "5 paid_amount: `1.00` was paid, and there is no day of payment; write the day in `paid_on`",
                "6 paid_on: `09/01/2026` is not in the order of the column's other dates; write the date as 2026-12-31",
            ]
        );
        assert_eq!(reading.report.warnings.len(), 1);
        assert_eq!(reading.report.warnings[0].text, "`barter` is no payment rail we know; taken as other");
        let payments = "receivable_id,paid_on,amount,payment_id\n\
                        R3,2026-02-01,10.00,P1\n\
                        R3,2026-02-01,10.00,P1\n\
                        R3,2026-02-01,10.00,\n\
                        R3,2026-02-01,10.00,\n\
                        R9,2026-02-01,10.00,P2\n\
                        R3,2026-02-01,,P3\n\
                        R3,2026-02-01,-5,P4\n\
                        R3,,5,P5\n";
        let mut rejects = RejectList::new(10);
        let reading = read_payments(payments.as_bytes(), "paid.csv", &Options::default(), reading.portfolio, &mut rejects).unwrap();
        let paid: Vec<_> =
            reading.portfolio.payments.iter().map(|paid| (paid.receivable, paid.amount.map(|amount| amount.minor()))).collect();
        assert_eq!(paid, [(0, None), (1, Some(4_000)), (3, None), (2, Some(1_000)), (2, Some(1_000)), (2, Some(1_000)), (2, None)]);
        assert_eq!(
            explained(&rejects),
            [
                "3 payment_id: `P1` is the payment id of row 2 too; the first one stays; take the second row out, or give it an id of its own",
                "6 receivable_id: `R9` is not a receivable of the portfolio; give the receivables file that holds it, or mend the id (the receivable itself may have been rejected)",
                "8 amount: `-5` is negative; a receivable or payment is more than zero: enter credits and refunds on their own, or take the row out",
                "9 paid_on: `paid_on` is empty; write the day of payment",
            ]
        );
    }
}

#[cfg(test)]
mod documents {
    use regua_wire::files::Field;

    /// `docs/columns.md` has every column and every synonym, and no others.
    #[test]
    fn the_list_of_headers_is_that_of_the_reader() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/columns.md")).unwrap();
        let rows: Vec<Vec<&str>> = text.lines().filter_map(|line| line.strip_prefix("| `")).map(|line| line.split('|').collect()).collect();
        for (field, row) in Field::ALL.iter().zip(&rows) {
            assert_eq!(row[0].trim().trim_matches('`'), field.as_str());
            let listed: Vec<&str> = row[2].split(", ").map(|word| word.trim().trim_matches('`')).filter(|word| !word.is_empty()).collect();
            assert_eq!(listed, field.synonyms(), "{}", field.as_str());
        }
        assert!(rows.len() >= Field::ALL.len());
    }
}
