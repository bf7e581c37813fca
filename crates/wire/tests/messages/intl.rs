use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::Language;
use regua_wire::messages::locale;

#[test]
fn money_dates_plurals_and_lists_are_those_of_intl() {
    let mut reader = csv::Reader::from_reader(include_str!("vectors/intl.csv").as_bytes());
    let mut checked = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let [language, what, input, expected] = [0, 1, 2, 3].map(|at| &row[at]);
        let language: Language = language.parse().unwrap();
        let day = || Day::parse(input).unwrap();
        let printed = match what {
            "money" => {
                let (minor, code) = input.split_once(' ').unwrap();
                let Some(currency) = Currency::parse(code) else { continue };
                locale::money(language, Money::new(minor.parse().unwrap(), currency))
            }
            "number" => locale::number(language, input.parse().unwrap()),
            "date" => locale::date(language, day()),
            "date_long" => locale::date_long(language, day()),
            "date_short" => locale::date_short(language, day()),
            "month" => locale::month(language, day()),
            "weekday" => locale::weekday(language, day()).to_owned(),
            "plural" => if locale::is_singular(language, input.parse().unwrap()) { "one" } else { "other" }.to_owned(),
            "list" => locale::list(language, &input.split('|').map(str::to_owned).collect::<Vec<_>>()),
            other => panic!("{other}"),
        };
        assert_eq!(printed, ordinal(language, what, input, expected), "{language} {what} {input}");
        checked += 1;
    }
    assert!(checked > 1_100, "{checked} rows");
}

/// Our one difference: the first of the month, in words, in Portuguese and French.
fn ordinal(language: Language, what: &str, input: &str, expected: &str) -> String {
    if !(input.ends_with("-01") && matches!(what, "date" | "date_long")) {
        return expected.to_owned();
    }
    match language {
        Language::PtBr => expected.replacen("1 de ", "1º de ", 1),
        Language::Fr => expected.replacen("1 ", "1er ", 1),
        Language::En | Language::Es | Language::It | Language::De => expected.to_owned(),
    }
}
