//! Formats beside CSV: gzip, JSON Lines, XLSX; customers, attributes and consent as columns tell them.

use regua_wire::files::{Options, Portfolio, Reading, Refused, RejectList, read_payments, read_receivables};

#[cfg(test)]
mod formats {
    use std::io::Write as _;

    use proptest::prelude::*;
    use regua_core::party::{Address, Attribute, Consent};
    use regua_core::words::{Channel, Language};

    use super::*;

    fn read(bytes: &[u8]) -> Result<(Reading, RejectList), Refused> {
        let mut rejects = RejectList::new(100);
        let reading = read_receivables(bytes, "in", &Options::default(), Portfolio::default(), &mut rejects)?;
        Ok((reading, rejects))
    }

    fn shown(reading: &Reading) -> Vec<String> {
        let rows = reading.portfolio.receivables.iter();
        rows.map(|row| format!("{} {:?} {} {}", row.id, row.issued, row.due_on, row.amount.minor())).collect()
    }

    fn told(rejects: &RejectList) -> Vec<String> {
        rejects.rows.iter().map(|reject| format!("{} {}: {} [{}]", reject.row, reject.column, reject.reason, reject.original)).collect()
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    const CSV: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency\nR1,C1,2026-01-01,2026-01-10,10.00,BRL\n";

    #[test]
    fn gzip_is_told_by_its_bytes_and_a_cut_one_is_refused_whole() {
        let bytes = gz(CSV.as_bytes());
        assert_eq!(shown(&read(&bytes).unwrap().0), ["R1 On(2026-01-01) 2026-01-10 1000"]);
        let two = [gz(CSV.as_bytes()), gz(b"R2,C1,2026-01-01,2026-01-10,20.00,BRL\n")].concat();
        assert_eq!(read(&two).unwrap().0.portfolio.receivables.len(), 2, "members follow each other");
        let cut = read(&bytes[..bytes.len() - 12]).map(|_| ()).unwrap_err();
        assert!(cut.to_string().starts_with("in: reading stopped: "), "{cut}");
        assert!(cut.to_string().ends_with("; get the file again; a cut-off file is not read in part"), "{cut}");
    }

    #[test]
    fn json_lines_have_columns_as_they_come() {
        let file = r#"{"receivable_id":"R1","customer_id":1661240395903230676,"issued_on":"2026-01-01","due_on":"2026-01-10","amount":1234.5,"currency":"BRL","name":"Zé \"Z\" Açaí"}

{"currency":"BRL","amount":"10.00","due_on":"2026-01-10","issued_on":"2026-01-01","customer_id":"C2","receivable_id":2,"paid_at":"2026-01-09T10:00:00-03:00","consent":["email","sms"],"email":"a@example.com","vip":true}
{"receivable_id":"R3","customer_id":"C2"
{"receivable_id":"R4","receivable_id":"R4"}
{"receivable_id":1661240395903230676123,"customer_id":"C2","issued_on":"2026-01-01","due_on":"2026-01-10","amount":1,"currency":"BRL"}
{"receivable_id":"R6","customer_id":"C2","issued_on":null,"due_on":"2026-01-10","amount":1,"currency":"BRL"}
{"receivable_id":{"x":1},"customer_id":"C2","issued_on":"2026-01-01","due_on":"2026-01-10","amount":1,"currency":"BRL"}
[1]
{"receivable_id":"R9","customer_id":"C2","issued_on":"2026-01-01","due_on":"2026-01-10","amount":1.005,"currency":"BRL","address":{"city":"x"}}
{"receivable_id":"R10","customer_id":"C2","issued_on":"2026-01-01","due_on":"2026-01-10","amount":1e2,"currency":"BRL","address":{"city":"x"}}
"#;
        let (reading, rejects) = read(file.as_bytes()).unwrap();
        assert_eq!(
            shown(&reading),
            ["R1 On(2026-01-01) 2026-01-10 123450", "2 On(2026-01-01) 2026-01-10 1000", "R10 On(2026-01-01) 2026-01-10 10000"]
        );
        assert_eq!(&*reading.portfolio.customers[0].id, "1661240395903230676");
        assert_eq!(reading.portfolio.customers[0].customer.name.as_deref(), Some("Zé \"Z\" Açaí"));
        let second = &reading.portfolio.customers[1].customer;
        assert_eq!(second.contacts[0].consent, Consent::OptedIn);
        assert_eq!(second.attributes.get("vip"), Some(&Attribute::Bool(true)));
        assert_eq!(reading.portfolio.payments.len(), 1);
        let reasons: Vec<_> = rejects.rows.iter().map(|reject| format!("{} {}: {}", reject.row, reject.column, reject.reason)).collect();
        assert_eq!(
            reasons,
            [
                "4 : EOF while parsing an object at column 40",
                "5 : the key `receivable_id` comes twice at column 37",
                "6 receivable_id: the id `1661240395903230800000` was rounded by a spreadsheet: its last digits are lost",
                "7 issued_on: `issued_on` is empty",
                "8 receivable_id: `receivable_id` is a list or an object",
                "9 : invalid type: sequence, expected a JSON object at column 0",
                "10 amount: `1.005` has more decimals than BRL has (2)",
            ]
        );
        assert_eq!(reading.report.warnings[0].text, "a list or object is no attribute; it was left out");
    }

    #[test]
    fn a_key_that_comes_up_late_is_a_column_from_there_on() {
        let line = |id: u32, more: &str| {
            format!(
                "{{\"receivable_id\":\"R{id}\",\"customer_id\":\"C{id}\",\"issued_on\":\"2026-01-01\",\"due_on\":\"2026-01-10\",\"amount\":1,\"currency\":\"BRL\"{more}}}\n"
            )
        };
        let mut file: String = (0..3_000).map(|id| line(id, "")).collect();
        file += &line(3_000, ",\"paid_on\":\"2026-02-01\",\"tier\":\"gold\"");
        let reading = read(file.as_bytes()).unwrap().0;
        assert_eq!(reading.portfolio.receivables.len(), 3_001);
        assert_eq!(reading.portfolio.payments.len(), 1);
        assert_eq!(reading.portfolio.customers[3_000].customer.attributes.len(), 1);
        assert_eq!(reading.report.columns.len(), 8);
    }

    #[test]
    fn columns_tell_of_the_customer() {
        let file = "receivable_id;customer_id;issued_on;due_on;amount;currency;nome;e-mail;telefone;whatsapp;cpf_cnpj;idioma;fuso;consent;UF;Porte;score;código\n\
                    R1;C1;01/01/2026;13/01/2026;10,50;BRL;Ana;ana@example.com;(11) 98765-4321;;529.982.247-25;pt-BR;America/Sao_Paulo;;SP;grande;12,5;007\n\
                    R2;C1;01/01/2026;13/01/2026;10,50;BRL;Ana Maria;;;+5511987654322;;;;whatsapp;;;13,5;007\n\
                    R3;C2;01/01/2026;13/01/2026;10,50;BRL;;no at;12;;1;klingon;Mars;email pigeon;;;;\n\
                    R4;C3;01/01/2026;13/01/2026;10,50;BRL;;c@example.com;1133334444;;;en;;none;;;;\n";
        let (reading, rejects) = read(file.as_bytes()).unwrap();
        assert_eq!(told(&rejects), Vec::<String>::new());
        let customers = &reading.portfolio.customers;
        let points = |at: usize| -> Vec<(Channel, String, Consent)> {
            let points = customers[at].customer.contacts.iter();
            points.map(|point| (point.channel, point.address.as_str().to_owned(), point.consent)).collect()
        };
        assert_eq!(
            points(0),
            [
                (Channel::Email, "ana@example.com".to_owned(), Consent::Contract),
                (Channel::Voice, "+5511987654321".to_owned(), Consent::None),
                (Channel::Sms, "+5511987654321".to_owned(), Consent::None),
                (Channel::Whatsapp, "+5511987654322".to_owned(), Consent::OptedIn),
            ]
        );
        assert_eq!(points(1), []);
        assert_eq!(
            points(2),
            [
                (Channel::Email, "c@example.com".to_owned(), Consent::OptedOut),
                (Channel::Voice, "+551133334444".to_owned(), Consent::OptedOut),
            ]
        );
        let ana = &customers[0].customer;
        assert_eq!((ana.name.as_deref(), ana.state.as_deref(), ana.language), (Some("Ana"), Some("SP"), Some(Language::PtBr)));
        assert_eq!(ana.tax_id.as_ref().map(|id| id.as_str()), Some("52998224725"));
        assert_eq!(ana.zone.map(|zone| zone.name()), Some("America/Sao_Paulo"));
        let attributes: Vec<_> = ana.attributes.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
        assert_eq!(attributes, ["Porte=Text(\"grande\")", "UF=Text(\"SP\")", "codigo=Text(\"007\")", "score=Number(12500000)"]);
        assert!(matches!(ana.contacts[0].address, Address::Email(_)));
        let warnings: Vec<_> = reading
            .report
            .warnings
            .iter()
            .map(|warning| format!("{} {} x{}: {}", warning.row, warning.column, warning.times, warning.text))
            .collect();
        assert_eq!(warnings.len(), 8, "{warnings:#?}");
        assert!(
            warnings.contains(&"3 nome x1: differs from what an earlier row said of the same customer; the first value stays".to_owned())
        );
        assert!(
            warnings.contains(&"3 score x1: differs from what an earlier row said of the same customer; the first value stays".to_owned())
        );
        assert!(warnings.iter().all(|warning| !warning.contains("no at")), "no personal data in warnings");
    }

    #[test]
    fn what_was_understood_is_shown_per_column() {
        let file = "Título;Cliente;Emissão;Vencimento;Valor;Moeda;Ativo;Obs\nR1;C1;01/01/2026;13/01/2026;1.234,56;BRL;true;\n";
        let reading = read(file.as_bytes()).unwrap().0;
        let columns: Vec<_> = reading
            .report
            .columns
            .iter()
            .map(|column| format!("{} = {} ({}) e.g. {}", column.header, column.meaning, column.format, column.example))
            .collect();
        assert_eq!(
            columns,
            [
                "Título = receivable_id (text) e.g. R1",
                "Cliente = customer_id (text) e.g. C1",
                "Emissão = issued_on (dates day-first) e.g. 01/01/2026",
                "Vencimento = due_on (dates day-first) e.g. 13/01/2026",
                "Valor = amount (decimal comma) e.g. 1.234,56",
                "Moeda = currency (ISO 4217 codes) e.g. BRL",
                "Ativo = attribute Ativo (true or false) e.g. true",
                "Obs = attribute Obs (empty so far) e.g. ",
            ]
        );
        assert_eq!(reading.report.format, "delimited by semicolons, UTF-8");
    }

    /// A workbook of one sheet whose cells are given as XML, packed without compression.
    fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
        let mut files = vec![
            (
                "[Content_Types].xml".to_owned(),
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>".to_owned(),
            ),
            (
                "_rels/.rels".to_owned(),
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned(),
            ),
            (
                "xl/styles.xml".to_owned(),
                "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".to_owned(),
            ),
        ];
        let (mut list, mut links) = (String::new(), String::new());
        for (at, (name, rows)) in sheets.iter().enumerate() {
            list += &format!("<sheet name=\"{name}\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", at + 1);
            links += &format!(
                "<Relationship Id=\"rId{0}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{0}.xml\"/>",
                at + 1
            );
            files.push((
                format!("xl/worksheets/sheet{}.xml", at + 1),
                format!("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"),
            ));
        }
        links += "<Relationship Id=\"rId90\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>";
        files.push((
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{list}</sheets></workbook>"),
        ));
        files.push((
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{links}</Relationships>"),
        ));
        zip(&files)
    }

    fn zip(files: &[(String, String)]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, text) in files {
            let mut crc = flate2::Crc::new();
            crc.update(text.as_bytes());
            let len = u32::try_from(text.len()).unwrap();
            let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5A];
            common.extend(crc.sum().to_le_bytes());
            common.extend(len.to_le_bytes());
            common.extend(len.to_le_bytes());
            common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            common.extend([0, 0]);
            let at = u32::try_from(out.len()).unwrap();
            out.extend(b"PK\x03\x04");
            out.extend(&common);
            out.extend(name.bytes());
            out.extend(text.bytes());
            directory.extend(b"PK\x01\x02\x14\x00");
            directory.extend(&common);
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(name.bytes());
        }
        let (count, at) = (u16::try_from(files.len()).unwrap(), u32::try_from(out.len()).unwrap());
        let len = u32::try_from(directory.len()).unwrap();
        out.extend(directory);
        out.extend(b"PK\x05\x06\x00\x00\x00\x00");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(len.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend([0, 0]);
        out
    }

    /// A row of cells: `#` before a number, `@` before a date's serial number, else text.
    fn row(number: u32, cells: &[&str]) -> String {
        let cell = |(at, text): (usize, &&str)| {
            let column = char::from(b'A' + u8::try_from(at).unwrap());
            match text.split_at_checked(1) {
                None => String::new(),
                Some(("#", value)) => format!("<c r=\"{column}{number}\"><v>{value}</v></c>"),
                Some(("@", value)) => format!("<c r=\"{column}{number}\" s=\"1\"><v>{value}</v></c>"),
                Some(_) => format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            }
        };
        format!("<row r=\"{number}\">{}</row>", cells.iter().enumerate().map(cell).collect::<String>())
    }

    const HEADER: [&str; 7] = ["Título", "Cliente", "Emissão", "Vencimento", "Valor", "Moeda", "Paid on"];

    #[test]
    fn a_workbook_is_read_with_its_own_numbers_and_dates() {
        let sheet = [
            row(1, &["Contas a receber"]),
            row(3, &HEADER),
            row(4, &["R1", "#77", "@46023", "@46035", "#1234.56", "BRL", ""]),
            row(5, &["R2", "#1661240395903230676", "@46023", "@46035", "#1", "BRL", ""]),
            row(6, &["R3", "C3", "2026-01-01", "13/01/2026", "1.234,56", "BRL", "@46036.5"]),
            row(8, &["#4", "C3", "@46023", "@46035", "#0.30000000000000004", "BRL", "@46036"]),
            row(9, &["#5", "C3", "@46023", "@46035", "#1.234", "BRL", ""]),
            row(10, &["#6", "C3", "@46023", "@46035", "", "BRL", "", "x"]),
        ];
        let bytes = xlsx(&[("Notas", &row(1, &["nothing", "here"])), ("Títulos", &sheet.concat())]);
        let (reading, rejects) = read(&bytes).unwrap();
        assert_eq!(
            shown(&reading),
            ["R1 On(2026-01-01) 2026-01-13 123456", "R3 On(2026-01-01) 2026-01-13 123456", "4 On(2026-01-01) 2026-01-13 30",]
        );
        assert_eq!(&*reading.portfolio.customers[0].id, "77");
        assert_eq!(
            told(&rejects),
            [
                "5 Cliente: the id `1661240395903230000` was rounded by a spreadsheet: its last digits are lost [R2,1661240395903230000,2026-01-01,2026-01-13,1,BRL]",
                "9 Valor: `1.234` has more decimals than BRL has (2) [5,C3,2026-01-01,2026-01-13,1.234,BRL]",
                "10 : a cell in column 8 stands right of the header's 7 columns [6,C3,2026-01-01,2026-01-13,,BRL,,x]",
            ]
        );
        assert_eq!(reading.portfolio.payments.len(), 2);
        assert_eq!(reading.report.format, "XLSX, sheet `Títulos`");
    }

    #[test]
    fn a_broken_workbook_is_refused() {
        for bytes in [
            b"PK\x03\x04 and nothing more".to_vec(),
            xlsx(&[]),
            xlsx(&[("Empty", "")]),
            xlsx(&[("Odd", "<row r=\"0\"><c r=\"A0\"><v>1</v></c></row>")]),
        ] {
            let refused = read(&bytes).map(|_| ()).unwrap_err().to_string();
            assert!(refused.starts_with("in: the workbook "), "{refused}");
        }
        let header_only = xlsx(&[("Títulos", &row(1, &HEADER))]);
        assert_eq!(
            read(&header_only).map(|_| ()).unwrap_err().to_string(),
            "in: the file has a header and no rows; give a file with at least one row below its header"
        );
    }

    proptest! {
        #[test]
        fn no_sheet_panics(pieces in prop::collection::vec(prop::sample::select(vec![
            "<row r=\"1\">", "<row r=\"2\">", "<row r=\"4294967296\">", "<row>", "</row>", "<c r=\"A1\">", "<c r=\"B2\" t=\"s\">", "<c r=\"XFD1048576\">",
            "<c r=\"ZZZZZZZZ1\">", "<c r=\"A1\" s=\"1\">", "<c t=\"inlineStr\">", "<c>", "</c>", "<v>", "</v>", "1e308", "-1", "46023.5", "99999999999", "Valor", "Cliente",
            "<is><t>", "</t></is>", "&amp;", "&bad;", "<", "NaN",
        ]), 0..40), cut in any::<prop::sample::Index>()) {
            let bytes = xlsx(&[("S", &pieces.concat())]);
            prop_assert!(read(&bytes).map(|_| ()).map_err(|refused| refused.to_string().is_empty()) != Err(true));
            let _any = read(&bytes[..cut.index(bytes.len())]).map(|_| ());
        }
    }

    #[test]
    fn other_formats_are_named() {
        for (bytes, expected) in [
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), "in: the file is a workbook of Excel before 2007; save it as XLSX or CSV"),
            (b"%PDF-1.7", "in: the file is a PDF; export the table as CSV or XLSX"),
        ] {
            assert_eq!(read(bytes).map(|_| ()).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn payments_come_as_json_lines_too() {
        let reading = read(CSV.as_bytes()).unwrap().0;
        let file = b"{\"receivable_id\":\"R1\",\"paid_at\":\"2026-01-20T10:00:00Z\",\"amount\":4.5}\n";
        let mut rejects = RejectList::new(10);
        let reading = read_payments(file.as_slice(), "p", &Options::default(), reading.portfolio, &mut rejects).unwrap();
        assert_eq!(reading.portfolio.payments[0].amount.map(|amount| amount.minor()), Some(450));
    }
}
