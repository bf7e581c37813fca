//! Amounts as Asaas writes them, JSON numbers in reais, to cents and back, without a float being reckoned with.
//!
//! Deliberately absent: rounding. More than two decimals are refused.

use serde_json::{Number, Value};

/// Cents of a JSON number; none when it is no number, negative, or finer than a cent.
pub(crate) fn cents(value: &Value) -> Option<i64> {
    let text = value.as_number()?.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(part)
}

/// Cents as a JSON number in reais.
pub(crate) fn reais(cents: i64) -> Value {
    let text = if cents % 100 == 0 { format!("{}", cents / 100) } else { format!("{}.{:02}", cents / 100, cents % 100) };
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cents_and_reais_are_inverse() {
        for amount in (0..2_000).chain([9_451, 12_345_678, 99_999_999_999]) {
            assert_eq!(cents(&reais(amount)), Some(amount), "{amount}");
        }
        assert_eq!(reais(9_451).to_string(), "94.51");
        assert_eq!(reais(9_450).to_string(), "94.5");
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for wrong in [json!("10.00"), json!(-1), json!(1.005), json!(null), json!(true), json!(1e30)] {
            assert_eq!(cents(&wrong), None, "{wrong}");
        }
    }
}
