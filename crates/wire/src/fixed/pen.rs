//! A line of fixed columns while it is written.
//!
//! Nothing is cut silently but names. Deliberately absent: letters beyond ASCII, which each bank reads in a way of its own.

use regua_core::time::Day;

use super::column::{Column, DayForm};

/// Why something cannot be written: a field does not fit.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct BadField {
    /// Which field.
    pub field: &'static str,
    /// What is wrong with it and what would be right; never what stands in it.
    pub problem: String,
}

impl BadField {
    /// A field that cannot be written.
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

/// A line of blanks that is being filled.
pub(crate) struct Pen {
    bytes: Vec<u8>,
}

impl Pen {
    /// A line of `width` blanks.
    pub(crate) fn new(width: usize) -> Self {
        Self { bytes: vec![b' '; width] }
    }

    /// Puts text as it is; the rest of the column is blank, or zero in front of a number.
    ///
    /// # Errors
    /// When it is longer than the column, or has a sign that is not printable ASCII.
    pub(crate) fn text(&mut self, column: Column, text: &str) -> Result<&mut Self, BadField> {
        if text.len() > column.width() {
            let problem = format!("{} characters do not fit into {}; shorten it", text.chars().count(), column.width());
            return Err(BadField::new(column.name(), problem));
        }
        if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err(BadField::new(column.name(), "has a letter beyond ASCII; write it without accents"));
        }
        let pad = column.width() - text.len();
        let (fill, skip) = if column.is_number() { (b'0', pad) } else { (b' ', 0) };
        let from = column.from().saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(from..column.to()) {
            place.fill(fill);
            if let Some(inside) = place.get_mut(skip..skip + text.len()) {
                inside.copy_from_slice(text.as_bytes());
            }
        }
        Ok(self)
    }

    /// Puts a name: folded to upper case ASCII, and cut where the column ends.
    pub(crate) fn name(&mut self, column: Column, name: &str) -> Result<&mut Self, BadField> {
        let folded = fold(name);
        let cut = folded.get(..column.width().min(folded.len())).unwrap_or_default();
        self.text(column, cut.trim_end())
    }

    /// Puts a number or an amount in cents.
    ///
    /// # Errors
    /// When it is negative or has more digits than the column.
    pub(crate) fn whole(&mut self, column: Column, whole: i64) -> Result<&mut Self, BadField> {
        if whole < 0 {
            return Err(BadField::new(column.name(), "is below zero; only zero and more can be written"));
        }
        self.text(column, &whole.to_string())
    }

    /// Puts a day, zeros for none.
    ///
    /// # Errors
    /// A year that two digits would not tell.
    pub(crate) fn day(&mut self, column: Column, day: Option<Day>) -> Result<&mut Self, BadField> {
        let Some(form) = column.day_form() else { return Ok(self) };
        let Some(date) = day.map(Day::civil) else { return self.text(column, "00000000".get(..form.len()).unwrap_or_default()) };
        let (year, month, day) = (date.year(), date.month(), date.day());
        let text = match form {
            DayForm::Ddmmyy if !(1990..2090).contains(&year) => {
                return Err(BadField::new(column.name(), "two digits cannot tell its year; it is 1990 to 2089"));
            }
            DayForm::Ddmmyy => format!("{day:02}{month:02}{:02}", year % 100),
            DayForm::Ddmmyyyy => format!("{day:02}{month:02}{year:04}"),
            DayForm::Yyyymmdd => format!("{year:04}{month:02}{day:02}"),
        };
        self.text(column, &text)
    }

    /// The whole line.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Adds a line and its ending.
pub(crate) fn write_line(out: &mut Vec<u8>, pen: &Pen) {
    out.extend_from_slice(pen.bytes());
    out.extend_from_slice(b"\r\n");
}

/// Upper case ASCII of a name: letters without their accents, anything else a question mark.
fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars() {
        let plain = match letter {
            'À'..='Å' | 'à'..='å' | 'ª' => "A",
            'Æ' | 'æ' => "AE",
            'Ç' | 'ç' => "C",
            'È'..='Ë' | 'è'..='ë' => "E",
            'Ì'..='Ï' | 'ì'..='ï' => "I",
            'Ñ' | 'ñ' => "N",
            'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'º' => "O",
            'Ù'..='Ü' | 'ù'..='ü' => "U",
            'Ý' | 'ý' | 'ÿ' => "Y",
            'ß' => "SS",
            '‘' | '’' | '´' => "'",
            '“' | '”' => "\"",
            '–' | '—' => "-",
            letter if letter == ' ' || letter.is_ascii_graphic() => {
                folded.push(letter.to_ascii_uppercase());
                continue;
            }
            letter if letter.is_whitespace() => " ",
            _ => "?",
        };
        folded.push_str(plain);
    }
    folded.trim().to_owned()
}
