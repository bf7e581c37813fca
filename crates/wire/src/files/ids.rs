//! Ids as texts: never numbers, because a number of 19 digits does not survive a spreadsheet.

use std::borrow::Cow;

use super::reject::Fault;
use super::rows::{Cell, Kind};

/// The longest id, in bytes.
const ID_BYTES_MAX: usize = 128;

/// An id that can be one.
///
/// # Errors
/// When it is empty, too long, or was rounded by a spreadsheet.
pub(super) fn checked<'c>(cell: &'c Cell<'_>, header: &str) -> Result<&'c str, Fault> {
    let text = cell.text.as_ref();
    let fault = |reason: String, mend: &str| Err(Fault::at(header, reason, mend));
    if text.is_empty() {
        return fault(format!("`{header}` is empty"), "write the id");
    }
    if cell.kind == Kind::Nested {
        return fault(format!("`{header}` is a list or an object"), "write the id as a text");
    }
    if text.len() > ID_BYTES_MAX {
        return fault(format!("the id has {} bytes", text.len()), "give ids of at most 128 bytes");
    }
    if cell.kind == Kind::Blurred || is_rounded(text) {
        return fault(
            format!("the id `{}` was rounded by a spreadsheet: its last digits are lost", short(text)),
            "export the column as text",
        );
    }
    if text.chars().any(char::is_control) {
        return fault("the id holds a line break or another control character".to_owned(), "write the id on one line");
    }
    Ok(text)
}

/// Whether a text is what spreadsheets make of a long number: `1.66124E+18`.
fn is_rounded(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    digits(exponent) && digits(whole) && digits(decimals)
}

/// The start of a text, for quoting it in a message.
pub(super) fn short(text: &str) -> Cow<'_, str> {
    const QUOTED_MAX: usize = 40;
    match text.char_indices().nth(QUOTED_MAX) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_number_is_no_id() {
        for (text, rounded) in
            [("1.66124E+18", true), ("1,66E+18", true), ("2E+3", true), ("1661240395903230676", false), ("E+1", false), ("A1.E+2", false)]
        {
            assert_eq!(is_rounded(text), rounded, "{text}");
        }
    }
}
