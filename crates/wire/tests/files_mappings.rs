//! Mapping files: what they make of a file, how a wrong one is told, and the four public data sets.

use regua_wire::files::{Mapping, Options, Portfolio, Reading, Refused, RejectList, read_receivables};

#[cfg(test)]
mod mapped {
    use super::*;

    fn read(mapping: &str, file: &str) -> Result<(Reading, RejectList), Refused> {
        let mut rejects = RejectList::new(100);
        let options = Options { mapping: Some(Mapping::parse("map.yaml", mapping)?), ..Options::default() };
        let reading = read_receivables(file.as_bytes(), "in.csv", &options, Portfolio::default(), &mut rejects)?;
        Ok((reading, rejects))
    }

    /// A receivable per line: `id customer issued due amount payments`.
    fn shown(reading: &Reading) -> Vec<String> {
        let portfolio = &reading.portfolio;
        let lines = portfolio.receivables.iter().zip(0_u32..).map(|(row, at)| {
            let customer = &portfolio.customers[usize::try_from(row.customer).unwrap()].id;
            let paid = portfolio.payments.iter().filter(|paid| paid.receivable == at);
            let paid: Vec<String> = paid.map(|paid| format!("{:?}={:?}", paid.paid, paid.amount.map(|amount| amount.minor()))).collect();
            format!(
                "{} {customer} {:?} {} {}{} {}",
                row.id,
                row.issued,
                row.due_on,
                row.amount.minor(),
                row.amount.currency(),
                paid.join(" ")
            )
        });
        lines.map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn a_mapping_makes_a_file_canonical() {
        let mapping = "
    mapping: 1
    name: ERP
    file: { delimiter: semicolon, dates: dmy, decimal: comma }
    receivables:
      receivable_id: { first: [{ column: Numero, strip: '.0' }, { text: 'L{row}-{Serie}' }] }
      customer_id: { column: Cli, strip_zeros: true }
      issued_on: Emissao
      due_on: { column: Emissao, plus_days: 30 }
      amount: { by: Tipo, of: { M: Mensal, A: Anual }, round: true }
      currency: { column: Filial, map: { F1: BRL, F2: USD }, else: EUR }
    attributes:
      ramo: { column: Ramo, map: { '1': comércio } }
    optional: [Ramo]
    skip:
      - { column: Status, is: [C, X], because: cancelled }
    ";
        let file = "Numero;Serie;Cli;Emissao;Tipo;Mensal;Anual;Filial;Status;Ramo\n\
                    77.0;;007;31/01/2026;M;1.234,56;;F1;;1\n\
                    ;A;008;01/02/2026;A;;99,995;F2;;2\n\
                    ;;008;01/02/2026;A;;99,995;F2;;2\n\
                    78;;8;01/02/2026;M;1,00;;F9;;\n\
                    79;;8;01/02/2026;M;1,00;;F9;C;\n\
                    80;;8;01/02/2026;Z;1,00;;F9;;\n";
        let (reading, rejects) = read(mapping, file).unwrap();
        assert_eq!(
            shown(&reading),
            [
                "77 7 On(2026-01-31) 2026-03-02 123456BRL",
                "L3-A 8 On(2026-02-01) 2026-03-03 10000USD",
                "78 8 On(2026-02-01) 2026-03-03 100EUR",
            ]
        );
        let told: Vec<_> = rejects.rows.iter().map(|reject| format!("{} {}: {}", reject.row, reject.column, reject.reason)).collect();
        assert_eq!(told, ["4 receivable_id: `receivable_id` is empty", "7 amount: `amount` is empty"]);
        assert_eq!(reading.report.skipped, [("cancelled".to_owned(), 1)]);
        let meanings: Vec<String> = reading.report.columns.iter().map(|column| format!("{}: {}", column.header, column.meaning)).collect();
        assert_eq!(
            meanings,
            [
                "Numero: for receivable_id",
                "Serie: for receivable_id",
                "Cli: for customer_id",
                "Emissao: issued_on",
                "Tipo: for amount",
                "Mensal: for amount",
                "Anual: for amount",
                "Filial: for currency",
                "Status: for leaving rows out",
                "Ramo: for attribute ramo",
            ]
        );
        let without = read(mapping, "Numero;Serie;Cli;Emissao;Tipo;Mensal;Anual;Filial;Status\n1;;1;01/02/2026;M;1,00;;F1;\n").unwrap().0;
        assert_eq!(shown(&without), ["1 1 On(2026-02-01) 2026-03-03 100BRL"], "Ramo is optional");
    }

    const LOG: &str = "
    mapping: 1
    name: log
    receivables: { currency: { fixed: EUR } }
    events:
      case: case
      activity: what
      date: on
      opens: bill
      due: { days: 10, after: notify, else: bill }
      amounts: { bill: sum, send: cost }
      payments: { pay: paid }
    ";

    #[test]
    fn an_event_log_becomes_receivables() {
        let file = "case,what,on,sum,cost,paid\n\
                    A,bill,2026-01-01,100.00,,\n\
                    B,bill,2026-01-02,50.00,,\n\
                    A,send,2026-01-03,,5.50,\n\
                    A,notify,2026-01-10,,,\n\
                    A,notify,2026-02-10,,,\n\
                    A,pay,2026-01-20,,,30.00\n\
                    A,sing,2026-01-21,,,\n\
                    A,pay,2026-01-22,,,75.50\n\
                    A,pay,2026-01-22,,,0.00\n\
                    C,pay,2026-01-22,,,1.00\n\
                    B,bill,2026-01-02,50.00,,\n\
                    D,bill,soon,50.00,,\n\
                    D,pay,2026-01-22,,,50.00\n";
        let (reading, rejects) = read(LOG, file).unwrap();
        assert_eq!(
            shown(&reading),
            [
                "A A On(2026-01-01) 2026-01-20 10550EUR On(2026-01-20)=Some(3000) On(2026-01-22)=Some(7550)",
                "B B On(2026-01-02) 2026-01-12 5000EUR",
            ]
        );
        let told: Vec<_> = rejects.rows.iter().map(|reject| format!("{} {}: {}", reject.row, reject.column, reject.reason)).collect();
        assert_eq!(
            told,
            [
                "10 paid: `0.00` is zero",
                "11 case: `C` has not been opened by a good `bill` above this row",
                "12 case: `B` is the id of row 3 too; the first one stays",
                "13 on: `soon` is not a date",
                "14 case: `D` has not been opened by a good `bill` above this row",
            ]
        );
        assert_eq!(reading.report.skipped, [("events that the mapping does not use".to_owned(), 1)]);
        let counts = reading.report.counts;
        assert_eq!((counts.rows, counts.receivables, counts.payments, counts.skipped, counts.rejected), (13, 2, 2, 1, 5));
    }

    #[test]
    fn a_wrong_mapping_is_told_with_its_place() {
        let fields = "receivables:\n  receivable_id: id\n";
        for (text, expected) in [
            (
                "mapping: 2\nname: x\nreceivables: {}\n",
                "map.yaml: `mapping: 2` is a version that is not known here; it is 1; see docs/mapping.md",
            ),
            ("mapping: 1\nname: x\n", "map.yaml: the mapping says neither `receivables`, `payments` nor `events`; see docs/mapping.md"),
            ("mapping: 1\nname: x\nreceivables:\n  amont: v\n", "map.yaml:4:3: `amont` is not a canonical column"),
            ("mapping: 1\nname: x\ncolour: red\n", "map.yaml:3:1: unknown field `colour`"),
            (
                "mapping: 1\nname: x\nfile: { dates: yyy }\n",
                "map.yaml:3:16: `yyy` is not an order of dates (ymd, dmy, mdy); see docs/mapping.md",
            ),
            (
                "mapping: 1\nname: x\nreceivables:\n  amount: { fixed: a, column: b }\n",
                "map.yaml:4:11: a value has exactly one of `column`, `fixed`, `text`, `first` and `by`; see docs/mapping.md",
            ),
            (
                "mapping: 1\nname: x\nreceivables:\n  amount: { by: a }\n",
                "map.yaml:4:11: `by` needs `of`: the value for each word of the column; see docs/mapping.md",
            ),
            (
                "mapping: 1\nname: x\nreceivables:\n  amount: { text: 'a{b' }\n",
                "map.yaml:4:11: `a{b` has a brace without its other: write {row} or {header}; see docs/mapping.md",
            ),
            (
                "mapping: 1\nname: x\nreceivables:\n  amount: [1]\n",
                "map.yaml:4:3: invalid type: sequence, expected a column's header, or a map with",
            ),
            ("mapping: [\n", "map.yaml:"),
            (fields, "map.yaml:1:1: missing field `mapping`"),
        ] {
            let refused = Mapping::parse("map.yaml", text).map(|_| ()).unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{text}: {refused}");
        }
        let file = "id,who,from,until,sum\nR1,C1,2026-01-01,2026-01-02,1.00\n";
        for (text, expected) in [
            (
                "mapping: 1\nname: x\nreceivables: { receivable_id: number }\n",
                "in.csv: the mapping map.yaml uses the column `number`, which is missing (found: id, who, from, until, sum); give the file that the mapping is for, mend the header, or list it under `optional` in the mapping",
            ),
            (
                "mapping: 1\nname: x\nreceivables: { receivable_id: id, payment_id: id }\n",
                "map.yaml: `payment_id` is no column of such a file; see docs/mapping.md",
            ),
            (
                "mapping: 1\nname: x\nreceivables: { receivable_id: id, customer_id: who, issued_on: from, due_on: until }\n",
                "in.csv: the columns amount, currency are missing (found: id, who, from, until, sum); add what is missing, rename the columns that hold it, or give a mapping (`--map`)",
            ),
            (
                "mapping: 1\nname: x\nreceivables: { receivable_id: id }\nattributes: { 'a b': who }\n",
                "map.yaml: the attribute `a b` is no name: write letters, digits and `_`; see docs/mapping.md",
            ),
        ] {
            assert_eq!(read(text, file).map(|_| ()).unwrap_err().to_string(), expected);
        }
    }
}

#[cfg(test)]
mod real {
    //! The four public sets, read where `REGUA_DATA` says they are. Set and missing fails; unset prints what was skipped.

    use std::path::PathBuf;

    use super::*;

    fn data() -> Option<PathBuf> {
        #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
        let path = std::env::var("REGUA_DATA");
        if path.is_err() {
            println!("skipped: REGUA_DATA is not set, the public data sets are not read");
        }
        path.ok().map(PathBuf::from)
    }

    /// Reads a set through its mapping into what was read before.
    fn read(path: &str, mapping: &str, portfolio: Portfolio, rejects: &mut RejectList) -> Option<Reading> {
        let file = data()?.join(path);
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let text = std::fs::read_to_string(format!("{}/../../mappings/{mapping}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let options = Options { mapping: Some(Mapping::parse(mapping, &text).unwrap()), ..Options::default() };
        Some(read_receivables(bytes.as_slice(), path, &options, portfolio, rejects).unwrap_or_else(|refused| panic!("{refused}")))
    }

    /// Rows, receivables, customers, payments, skipped, rejected.
    fn counts(reading: &Reading) -> [u64; 6] {
        let counts = reading.report.counts;
        [counts.rows, counts.receivables, counts.customers, counts.payments, counts.skipped, counts.rejected]
    }

    /// All amounts of a currency, in minor units.
    fn sum(reading: &Reading, currency: &str) -> i64 {
        let amounts = reading.portfolio.receivables.iter().map(|row| row.amount);
        amounts.filter(|amount| amount.currency().code() == currency).map(|amount| amount.minor()).sum()
    }

    /// How often each reason was given, without the values it quotes.
    fn reasons(rejects: &RejectList) -> Vec<(String, usize)> {
        let mut reasons: Vec<(String, usize)> = Vec::new();
        for reject in &rejects.rows {
            let rest = reject.reason.split_once("` ").unwrap_or_default().1;
            let words: Vec<&str> = rest.split(' ').filter(|word| !word.starts_with(|letter: char| letter.is_ascii_digit())).collect();
            let reason = format!("{}: {}", reject.column, words.join(" "));
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, times)) => *times += 1,
                None => reasons.push((reason, 1)),
            }
        }
        reasons
    }

    #[test]
    fn datarisk_reads_but_for_its_missing_amounts() {
        let mut rejects = RejectList::new(10_000);
        let Some(closed) = read("datarisk/payments.csv.gz", "datarisk.yaml", Portfolio::default(), &mut rejects) else { return };
        assert_eq!(counts(&closed), [39_815, 39_232, 618, 39_232, 0, 583]);
        assert_eq!(sum(&closed, "BRL"), 183_674_350_494);
        let Some(open) = read("datarisk/open_charges.csv.gz", "datarisk.yaml", closed.portfolio, &mut rejects) else { return };
        assert_eq!(counts(&open), [6_107, 6_044, 46, 0, 0, 63]);
        assert_eq!(reasons(&rejects), [("VALOR_A_PAGAR: is empty".to_owned(), 646)]);
        assert!(open.portfolio.customers.iter().any(|customer| &*customer.id == "1661240395903230676"));
    }

    #[test]
    fn highradius_reads_but_for_its_doubled_invoices() {
        let mut rejects = RejectList::new(10_000);
        let Some(closed) = read("highradius/closed.csv.gz", "highradius-closed.yaml", Portfolio::default(), &mut rejects) else { return };
        assert_eq!(counts(&closed), [14_380, 14_370, 548, 14_370, 0, 10]);
        let Some(open) = read("highradius/open.csv.gz", "highradius-open.yaml", closed.portfolio, &mut rejects) else { return };
        assert_eq!(counts(&open), [3_299, 3_299, 28, 0, 0, 0]);
        assert_eq!(reasons(&rejects), [("receivable_id: is the id of row too; the first one stays".to_owned(), 10)]);
        assert_eq!(sum(&open, "CAD"), 9_580_400_507);
        let cad = open.portfolio.receivables.iter().filter(|row| row.amount.currency().code() == "CAD").count();
        assert_eq!(cad, 1_535);
    }

    #[test]
    fn ravenstack_reads_one_receivable_per_paid_subscription() {
        let mut rejects = RejectList::new(10);
        let path = "ravenstack_saas/ravenstack_subscriptions.csv.gz";
        let Some(reading) = read(path, "ravenstack_saas.yaml", Portfolio::default(), &mut rejects) else { return };
        assert_eq!(counts(&reading), [5_000, 4_222, 500, 0, 778, 0]);
        assert_eq!(reading.report.skipped, [("a trial is not billed".to_owned(), 778)]);
    }

    #[test]
    fn road_fines_read_one_receivable_per_case() {
        let mut rejects = RejectList::new(100);
        let Some(reading) = read("road_fines/events.csv.gz", "road_fines.yaml", Portfolio::default(), &mut rejects) else { return };
        assert_eq!(counts(&reading), [281_189, 75_149, 75_149, 38_700, 75_216, 47]);
        assert_eq!(sum(&reading, "EUR"), 398_183_354);
        assert_eq!(
            reasons(&rejects),
            [
                ("amount: is zero".to_owned(), 17),
                ("case_id: has not been opened by a good `Create Fine` above this row".to_owned(), 29),
                ("paymentAmount: is zero".to_owned(), 1),
            ]
        );
    }
}
