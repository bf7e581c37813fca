//! What a request must be: patterns, amounts, dates, required fields, and the problem document that says what is not.
//!
//! The rules are those of the central bank's description of the Pix API. Deliberately absent: rules that need the account.

use serde_json::{Value, json};

use crate::clock::parse_date;
use crate::serve::{Ask, Reply};

/// An answer that is an error.
pub(crate) type Wrong = Box<Reply>;

/// A problem document (RFC 7807) of a kind of the description.
pub(crate) fn problem(status: u16, kind: &str, title: &str, violations: &[Value]) -> Wrong {
    let mut body = json!({
        "type": format!("https://pix.bcb.gov.br/api/v2/error/{kind}"), "title": title, "status": status,
        "detail": if violations.is_empty() { title } else { "A requisição viola regras descritas em violacoes." },
    });
    if let (Value::Object(fields), false) = (&mut body, violations.is_empty()) {
        fields.insert("violacoes".to_owned(), json!(violations));
    }
    Box::new(Reply::typed(status, "application/problem+json", &body))
}

/// Something that is not there.
pub(crate) fn absent(kind: &str) -> Wrong {
    problem(404, kind, "Não encontrado.", &[])
}

/// One violation.
pub(crate) fn violation(reason: &str, property: &str, value: &Value) -> Value {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    json!({"razao": reason, "propriedade": property, "valor": text})
}

/// A body while it is looked at.
pub(crate) struct Check<'a> {
    name: &'static str,
    body: &'a Value,
    found: Vec<Value>,
}

impl<'a> Check<'a> {
    /// Of a body that stands in properties as `name`.
    pub(crate) fn new(name: &'static str, body: &'a Value) -> Self {
        Self { name, body, found: Vec::new() }
    }

    pub(crate) fn at(&self, path: &str) -> &'a Value {
        path.split('.').fold(self.body, |value, name| value.get(name).unwrap_or(&Value::Null))
    }

    /// Writes down that a field is not as it must be.
    pub(crate) fn refuse(&mut self, path: &str, reason: &str) {
        self.found.push(violation(reason, &format!("{}.{path}", self.name), self.at(path)));
    }

    /// A field that must be there.
    pub(crate) fn must(&mut self, path: &str) {
        if self.at(path).is_null() {
            self.refuse(path, &format!("O campo {}.{path} é obrigatório.", self.name));
        }
    }

    /// A text, if it is there, that fits.
    pub(crate) fn text(&mut self, path: &str, fits: impl Fn(&str) -> bool) {
        if !self.at(path).is_null() && !self.at(path).as_str().is_some_and(fits) {
            self.refuse(path, &format!("O campo {}.{path} não respeita o schema.", self.name));
        }
    }

    /// A text, if it is there, of at most so many characters.
    pub(crate) fn short(&mut self, path: &str, longest: usize) {
        self.text(path, |text| text.chars().count() <= longest);
    }

    /// One of some words, if it is there.
    pub(crate) fn word(&mut self, path: &str, words: &[&str]) {
        self.text(path, |text| words.contains(&text));
    }

    /// A whole number, if it is there, within bounds.
    pub(crate) fn whole(&mut self, path: &str, least: i64, most: i64) {
        let value = self.at(path);
        if !value.is_null() && !value.as_i64().is_some_and(|number| (least..=most).contains(&number)) {
            self.refuse(path, &format!("O campo {}.{path} não respeita o schema.", self.name));
        }
    }

    /// An amount that must be there and be more than nothing.
    pub(crate) fn amount(&mut self, path: &str) {
        self.must(path);
        self.text(path, |text| cents(text).is_some_and(|cents| cents > 0));
    }

    /// A day that must be there, not before another.
    pub(crate) fn day_from(&mut self, path: &str, earliest: i64) {
        self.must(path);
        self.text(path, |text| parse_date(text).is_some());
        if self.at(path).as_str().and_then(parse_date).is_some_and(|day| day < earliest) {
            self.refuse(path, &format!("O campo {}.{path} é anterior à data permitida.", self.name));
        }
    }

    /// A person with exactly one document, and a name.
    pub(crate) fn person(&mut self, path: &str, longest: usize) {
        if self.at(path).is_null() {
            return;
        }
        let (cpf, cnpj) = (format!("{path}.cpf"), format!("{path}.cnpj"));
        if self.at(&cpf).is_null() == self.at(&cnpj).is_null() {
            self.refuse(path, &format!("O objeto {}.{path} deve ter cpf ou cnpj, e somente um deles.", self.name));
        }
        self.text(&cpf, |text| text.len() == 11 && text.bytes().all(|b| b.is_ascii_digit()));
        self.text(&cnpj, |text| text.len() == 14 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        let name = format!("{path}.nome");
        self.must(&name);
        self.short(&name, longest);
    }

    /// What it found, as an error of a kind.
    pub(crate) fn done(self, kind: &str) -> Result<(), Wrong> {
        if self.found.is_empty() { Ok(()) } else { Err(problem(400, kind, "Operação inválida.", &self.found)) }
    }
}

/// The object of a body.
pub(crate) fn body(ask: &Ask, kind: &str) -> Result<Value, Wrong> {
    match serde_json::from_slice::<Value>(&ask.body) {
        Ok(body) if body.is_object() => Ok(body),
        Ok(_) | Err(_) => Err(problem(400, kind, "O corpo da requisição não é um objeto JSON.", &[])),
    }
}

/// Cents of an amount such as `10.00`: one to ten digits, a point, two digits.
pub(crate) fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 10 || part.len() != 2 || !digits(whole) || !digits(part) {
        return None;
    }
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

/// Cents as an amount.
pub(crate) fn reais(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Whether it is the txid of a charge.
pub(crate) fn is_txid(text: &str) -> bool {
    (26..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Whether it is the id of a refund.
pub(crate) fn is_refund_id(text: &str) -> bool {
    (1..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_two_decimals_and_at_most_ten_digits_before_them() {
        assert_eq!(cents("0.01"), Some(1));
        assert_eq!(cents("9999999999.99"), Some(999_999_999_999));
        for wrong in ["10", "10.0", "10.000", ".10", "1,00", "-1.00", "12345678901.00", "1 .00", "+1.00"] {
            assert_eq!(cents(wrong), None, "{wrong}");
        }
        assert_eq!(reais(123_405), "1234.05");
    }

    #[test]
    fn a_body_is_told_everything_that_is_wrong_with_it() {
        let body = json!({"valor": {"original": "0.00"}, "devedor": {"cpf": "1", "cnpj": "2"}});
        let mut check = Check::new("cob", &body);
        check.must("chave");
        check.amount("valor.original");
        check.person("devedor", 200);
        let refused = check.done("CobOperacaoInvalida").unwrap_err();
        let told: Value = serde_json::from_slice(&refused.body).unwrap();
        assert_eq!(told["type"], "https://pix.bcb.gov.br/api/v2/error/CobOperacaoInvalida");
        assert_eq!(told["violacoes"].as_array().unwrap().len(), 6, "{told}");
    }
}
