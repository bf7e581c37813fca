//! What must hold for any file: no panic, no good row lost, every dialect reads as the canonical file.

use regua_wire::files::{
    DateOrder, DecimalMark, Delimiter, Encoding, Options, Portfolio, Reading, Refused, RefusedKind, RejectList, RejectWriter,
    read_payments, read_receivables,
};

#[cfg(test)]
mod properties {
    use proptest::prelude::*;
    use regua_core::time::Day;

    use super::*;

    #[derive(Clone, Debug)]
    struct Line {
        issued: Day,
        due: Day,
        minor: i64,
        customer: u8,
        name: String,
        paid: Option<Day>,
    }

    fn line() -> impl Strategy<Value = Line> {
        let day = || (-20_000..60_000_i32).prop_map(Day::from_epoch);
        let name = "[A-Zçãéüß][a-zçãéüß ,;\"'\t.|/-]{0,12}(\n[a-z]{1,5})?";
        (day(), day(), 1..10_000_000_000_i64, any::<u8>(), name, prop::option::of(day()))
            .prop_map(|(issued, due, minor, customer, name, paid)| Line { issued, due, minor, customer, name, paid })
    }

    #[derive(Clone, Debug)]
    struct Dialect {
        delimiter: Delimiter,
        order: DateOrder,
        slash: char,
        mark: DecimalMark,
        grouped: bool,
        encoding: Encoding,
        bom: bool,
        crlf: bool,
        quote_all: bool,
        portuguese: bool,
    }

    fn dialect() -> impl Strategy<Value = Dialect> {
        let pick = (
            prop::sample::select(Delimiter::ALL.to_vec()),
            prop::sample::select(DateOrder::ALL.to_vec()),
            prop::sample::select(vec!['/', '-', '.']),
            prop::sample::select(DecimalMark::ALL.to_vec()),
            prop::sample::select(Encoding::ALL.to_vec()),
        );
        (pick, any::<[bool; 5]>()).prop_map(|((delimiter, order, slash, mark, encoding), [grouped, bom, crlf, quote_all, portuguese])| {
            Dialect { delimiter, order, slash, mark, grouped, encoding, bom, crlf, quote_all, portuguese }
        })
    }

    impl Dialect {
        fn day(&self, day: Day) -> String {
            let date = day.civil();
            let (y, m, d, s) = (date.year(), date.month(), date.day(), self.slash);
            match self.order {
                DateOrder::YearFirst => format!("{y:04}{s}{m:02}{s}{d:02}"),
                DateOrder::DayFirst => format!("{d:02}{s}{m:02}{s}{y:04}"),
                DateOrder::MonthFirst => format!("{m:02}{s}{d:02}{s}{y:04}"),
            }
        }

        fn amount(&self, minor: i64) -> String {
            let (mark, group) = if self.mark == DecimalMark::Point { ('.', ',') } else { (',', '.') };
            let mut whole = String::new();
            for (place, digit) in (minor / 100).to_string().chars().rev().enumerate() {
                if self.grouped && place > 0 && place % 3 == 0 {
                    whole.insert(0, group);
                }
                whole.insert(0, digit);
            }
            format!("{whole}{mark}{:02}", minor % 100)
        }

        fn write(&self, lines: &[Line]) -> Vec<u8> {
            let separator = match self.delimiter {
                Delimiter::Comma => ',',
                Delimiter::Semicolon => ';',
                Delimiter::Tab => '\t',
            };
            let cell = |text: &str| {
                if self.quote_all || text.contains([separator, '"', '\n']) {
                    format!("\"{}\"", text.replace('"', "\"\""))
                } else {
                    text.to_owned()
                }
            };
            let end = if self.crlf { "\r\n" } else { "\n" };
            let headers = if self.portuguese {
                ["Título", "Código do cliente", "Emissão", "Vencimento", "Valor", "Moeda", "Nome", "Pagamento"]
            } else {
                ["receivable_id", "customer_id", "issued_on", "due_on", "amount", "currency", "name", "paid_on"]
            };
            let mut text = headers.map(cell).join(&separator.to_string()) + end;
            for (at, line) in lines.iter().enumerate() {
                let paid = line.paid.map(|day| self.day(day)).unwrap_or_default();
                let cells = [
                    format!("R{at}"),
                    format!("C{}", line.customer),
                    self.day(line.issued),
                    self.day(line.due),
                    self.amount(line.minor),
                    "BRL".to_owned(),
                    line.name.clone(),
                    paid,
                ];
                text += &(cells.map(|text| cell(&text)).join(&separator.to_string()) + end);
            }
            match self.encoding {
                Encoding::Utf8 if self.bom => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
                Encoding::Utf8 => text.into_bytes(),
                Encoding::Latin1 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
                Encoding::Utf16Le => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
                Encoding::Utf16Be => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            }
        }
    }

    fn read(bytes: &[u8], options: &Options) -> Result<(Reading, RejectList), Refused> {
        let mut rejects = RejectList::new(100);
        let reading = read_receivables(bytes, "in", options, Portfolio::default(), &mut rejects)?;
        Ok((reading, rejects))
    }

    fn shown(reading: &Reading) -> Vec<String> {
        let portfolio = &reading.portfolio;
        let mut paid = vec![String::new(); portfolio.receivables.len()];
        for payment in &portfolio.payments {
            paid[usize::try_from(payment.receivable).unwrap()] += &format!("{:?}", payment.paid);
        }
        let rows = portfolio.receivables.iter().zip(paid).map(|(row, paid)| {
            let customer = &portfolio.customers[usize::try_from(row.customer).unwrap()];
            format!("{} {} {:?} {:?} {} {} {paid}", row.id, customer.id, customer.customer.name, row.issued, row.due_on, row.amount.minor())
        });
        rows.collect()
    }

    fn expected(lines: &[Line]) -> Vec<String> {
        let name = |customer: u8| lines.iter().find(|line| line.customer == customer).map(|line| line.name.trim());
        let rows = lines.iter().enumerate().map(|(at, line)| {
            let paid = line.paid.map(|day| format!("On({day})")).unwrap_or_default();
            format!("R{at} C{} {:?} On({}) {} {} {paid}", line.customer, name(line.customer), line.issued, line.due, line.minor)
        });
        rows.collect()
    }

    /// A workbook-like, gzip-like or plain start, then anything.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let starts = vec![
            b"".to_vec(),
            b"receivable_id,customer_id,issued_on,due_on,amount,currency,consent,phone\n".to_vec(),
            b"receivable_id;paid_on;amount\n".to_vec(),
            b"{\"receivable_id\":\"R1\",".to_vec(),
            b"\x1F\x8B\x08\x00".to_vec(),
            b"PK\x03\x04".to_vec(),
            b"\xFF\xFE".to_vec(),
            b"\xFE\xFF".to_vec(),
            b"\xEF\xBB\xBF".to_vec(),
            b"sep=;\n".to_vec(),
        ];
        let pieces = prop::sample::select(vec![
            &b","[..],
            b";",
            b"\n",
            b"\r\n",
            b"\"",
            b"\"\"",
            b"R1",
            b"C1",
            b"2026-01-01",
            b"31/12/2026",
            b"01/02/2026",
            b"1.234,56",
            b"1,234",
            b"BRL",
            b"\0",
            b"\xE9",
            b"\xC3\xA9",
            b"{",
            b"}",
            b"[",
            b":",
            b"email sms",
            b"(11) 98765-4321",
            b"1e309",
            b"-",
            b" ",
        ]);
        let noise = prop_oneof![pieces.prop_map(<[u8]>::to_vec), prop::collection::vec(any::<u8>(), 0..6)];
        (prop::sample::select(starts), prop::collection::vec(noise, 0..80)).prop_map(|(start, noise)| [start, noise.concat()].concat())
    }

    proptest! {
        /// A portfolio written in any dialect reads back; where a question is asked, the answer settles it.
        #[test]
        fn every_dialect_reads_back(lines in prop::collection::vec(line(), 1..12), dialect in dialect()) {
            let bytes = dialect.write(&lines);
            let asked = read(&bytes, &Options::default());
            let (reading, rejects) = match asked {
                Err(refused) if refused.kind == RefusedKind::Ambiguous => {
                    let told = Options { dates: Some(dialect.order), decimal: Some(dialect.mark), ..Options::default() };
                    read(&bytes, &told).unwrap()
                }
                other => other.unwrap(),
            };
            prop_assert_eq!(&rejects.rows, &[]);
            prop_assert_eq!(shown(&reading), expected(&lines));
        }

        /// With rubbish lines between its rows a file loses none of them, and names every other line.
        #[test]
        fn rubbish_loses_no_good_row(lines in prop::collection::vec(line(), 1..8), rubbish in prop::collection::vec("[a-z0-9,.\" é-]{1,40}", 0..8)) {
            let dialect = Dialect {
                delimiter: Delimiter::Comma,
                order: DateOrder::YearFirst,
                slash: '-',
                mark: DecimalMark::Point,
                grouped: false,
                encoding: Encoding::Utf8,
                bom: false,
                crlf: false,
                quote_all: false,
                portuguese: false,
            };
            let plain: Vec<Line> = lines.iter().map(|line| Line { name: "Zé".to_owned(), ..line.clone() }).collect();
            let text = String::from_utf8(dialect.write(&plain)).unwrap();
            let mut spoilt = String::new();
            for (at, row) in text.lines().enumerate() {
                spoilt += &format!("{row}\n");
                if let Some(line) = rubbish.get(at) {
                    spoilt += &format!("{line}\n");
                }
            }
            let told = Options { dates: Some(DateOrder::YearFirst), decimal: Some(DecimalMark::Point), delimiter: Some(Delimiter::Comma), ..Options::default() };
            let (reading, rejects) = read(spoilt.as_bytes(), &told).unwrap();
            prop_assert_eq!(shown(&reading), expected(&plain));
            let blank = |line: &&String| line.split(',').all(|cell| cell.trim().is_empty());
            let noted = rubbish.iter().take(lines.len() + 1).filter(|line| !blank(line)).count();
            // A quoted line break may join two rubbish lines; a quoted blank cell may look blank.
            prop_assert!(usize::try_from(rejects.count).unwrap() <= noted);
            prop_assert_eq!(reading.report.counts.rows, reading.report.counts.receivables + reading.report.counts.rejected);
        }

        /// No bytes make it panic, every row is accounted for, and the rejects file is sound CSV.
        #[test]
        fn no_bytes_panic(bytes in bytes()) {
            let mut rejects = RejectWriter::new(Vec::new());
            if let Ok(reading) = read_receivables(bytes.as_slice(), "in", &Options::default(), Portfolio::default(), &mut rejects) {
                let counts = reading.report.counts;
                prop_assert_eq!(counts.rows, counts.receivables + counts.rejected);
                prop_assert_eq!(counts.rejected, rejects.count());
                let paid = read_payments(bytes.as_slice(), "in", &Options::default(), reading.portfolio, &mut RejectList::new(0));
                prop_assert!(paid.is_ok() || paid.is_err());
            }
            let count = rejects.count();
            let out = rejects.finish().unwrap();
            let rows = csv::Reader::from_reader(out.as_slice()).records().filter(|row| row.as_ref().is_ok_and(|row| row.len() == 5)).count();
            prop_assert_eq!(u64::try_from(rows).unwrap(), count);
        }

        /// The same bytes through gzip are the same portfolio.
        #[test]
        fn gzip_changes_nothing(lines in prop::collection::vec(line(), 1..6), dialect in dialect()) {
            use std::io::Write as _;
            let bytes = dialect.write(&lines);
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&bytes).unwrap();
            let packed = packed.finish().unwrap();
            let told = Options { dates: Some(dialect.order), decimal: Some(dialect.mark), ..Options::default() };
            prop_assert_eq!(shown(&read(&bytes, &told).unwrap().0), shown(&read(&packed, &told).unwrap().0));
        }
    }
}
