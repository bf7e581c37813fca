//! The reader against the `csv` crate's on sound files, and on unsound ones.

use proptest::prelude::*;

use super::*;

fn open(bytes: &[u8], delimiter: Delimiter) -> Delimited<'static> {
    let text = Text {
        head: bytes.to_vec(),
        bytes: Box::new(std::io::Cursor::new(bytes.to_vec())),
        encoding: Some(Encoding::Utf8),
        encoding_name: "UTF-8",
    };
    Delimited::open(text, "t.csv", &Options { delimiter: Some(delimiter), ..Options::default() }, &|_| false).unwrap()
}

/// The cells of every row, or the fault's reason.
fn rows(bytes: &[u8], delimiter: Delimiter) -> Vec<Result<Vec<String>, String>> {
    let mut file = open(bytes, delimiter);
    let mut row = Row::default();
    let mut rows = Vec::new();
    while file.next(&mut row).unwrap() {
        rows.push(match &row.fault {
            Some(fault) => Err(fault.reason.clone()),
            None => Ok((0..row.len()).map(|index| row.cell(index).text.into_owned()).collect()),
        });
    }
    rows
}

/// Columns: the lines below a header of four columns | the rows, cells joined by `/`, faults as `!`.
#[test]
fn quotes_are_read_as_spreadsheets_write_them() {
    for (lines, expected) in [
        ("a,b,c,d", "a/b/c/d"),
        ("a,\"b,c\",c,d", "a/b,c/c/d"),
        ("a,\"b\"\"c\",c,d", "a/b\"c/c/d"),
        ("a,b\"c,c,d", "a/b\"c/c/d"),
        ("a,\"\",c,\"\"", "a//c/"),
        ("a,\"b\nc\",c,d", "a/b\nc/c/d"),
        ("\"a\nb\",b,c,d", "a\nb/b/c/d"),
        ("a,b,c,\"d\n\n e\"", "a/b/c/d\n\n e"),
        ("a,\"b,c,d\ne,f,g,h", "! e/f/g/h"),
        ("a,\"b,c,d\ne,f\",g,h", "! e/f\"/g/h"),
        ("a,\"b,c,d\ni,j,k,l\ne,f\",g,h", "! i/j/k/l e/f\"/g/h"),
        ("a,\"b\nx,y,z,w\nb\",c,d", "! x/y/z/w ! "),
        ("a,\"b\" ,c,d\ne,f,g,h", "! e/f/g/h"),
        ("a,b,c,d,e\ne,f,g,h", "! e/f/g/h"),
        ("a,b,c,d,", "a/b/c/d"),
        ("a,b,c,,,", "a/b/c/"),
        ("a,b,c,", "a/b/c/"),
    ] {
        let file = format!("h1,h2,h3,h4\n{lines}\n");
        let found: Vec<String> =
            rows(file.as_bytes(), Delimiter::Comma).into_iter().map(|row| row.map_or("!".to_owned(), |cells| cells.join("/"))).collect();
        let expected: Vec<&str> = if expected.contains('!') { expected.split_whitespace().collect() } else { vec![expected] };
        assert_eq!(found, expected, "{lines}");
    }
}

proptest! {
    /// What the `csv` crate writes reads back as the `csv` crate reads it.
    #[test]
    fn sound_files_read_as_the_csv_crate_reads_them(
        table in prop::collection::vec(prop::collection::vec("[a-z;,\t\"\n é]{0,8}", 4), 1..20),
        delimiter in prop::sample::select(Delimiter::ALL.to_vec()),
        always in any::<bool>(),
    ) {
        // A text that looks like a row of the table is taken for one: that is the price of losing no row.
        let separator = char::from(delimiter.byte());
        let tame = |cell: &String| match cell.split_once('\n') {
            Some((first, rest)) => format!("{first}\n{}", rest.replace(separator, "")),
            None => cell.clone(),
        };
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut out = csv::WriterBuilder::new().delimiter(delimiter.byte()).quote_style(style).from_writer(Vec::new());
        out.write_record(["h1", "h2", "h3", "h4"]).unwrap();
        table.iter().for_each(|row| out.write_record(row.iter().map(tame)).unwrap());
        let bytes = out.into_inner().unwrap();
        let mut oracle = csv::ReaderBuilder::new().delimiter(delimiter.byte()).from_reader(bytes.as_slice());
        let expected: Vec<Result<Vec<String>, String>> = oracle
            .records()
            .map(|row| Ok(row.unwrap().iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()))
            .filter(|row| row.as_ref().is_ok_and(|cells| cells.iter().any(|cell| !cell.is_empty())))
            .collect();
        prop_assert_eq!(rows(&bytes, delimiter), expected);
    }

    /// Whatever stands between them, sound rows without quotes are all there.
    #[test]
    fn rubbish_between_rows_takes_none_of_them(rubbish in prop::collection::vec("[a-z,\"\r é]{0,20}", 0..12)) {
        let mut file = "h1,h2,h3,h4\n".to_owned();
        for (at, line) in rubbish.iter().enumerate() {
            file += &format!("{line}\nGOOD{at},b,c,d\n");
        }
        let found = rows(file.as_bytes(), Delimiter::Comma);
        for at in 0..rubbish.len() {
            let good = vec![format!("GOOD{at}"), "b".to_owned(), "c".to_owned(), "d".to_owned()];
            prop_assert!(found.contains(&Ok(good)), "GOOD{} of {:?}", at, file);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let file = [b"h1,h2,h3,h4\n".as_slice(), &bytes].concat();
        let _any = rows(&file, Delimiter::Comma);
    }
}
