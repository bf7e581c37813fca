//! The published and computed vectors of `vectors/`, each row checked; see `vectors/SOURCE.md`.

use regua_wire::boleto::itf;
use serde_json::Value;

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("the vectors are JSON")
}

fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().filter(|rows| !rows.is_empty()).expect("a list with rows")
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{key} is text in {row}"))
}

fn whole(row: &Value, key: &str) -> i64 {
    row[key].as_i64().unwrap_or_else(|| panic!("{key} is a whole number in {row}"))
}

#[test]
fn interleaved_two_of_five() {
    for row in rows(&vectors(include_str!("vectors/itf.json"))["vectors"]) {
        let bars = itf::bars(text(row, "digits")).unwrap_or_else(|error| panic!("{error} in {row}"));
        let widths: String = bars.iter().map(|bar| if bar.modules == itf::WIDE { 'W' } else { 'N' }).collect();
        let modules: i64 = bars.iter().map(|bar| i64::from(bar.modules)).sum();
        assert_eq!((widths.as_str(), modules), (text(row, "widths"), whole(row, "modules_at_3to1")), "{row}");
    }
}
