//! The grammar of a BR Code: fields of a two-digit id, a two-digit length in characters, and a value.
//!
//! Ids ascend and none comes twice, in the code as a whole and in each template; the checksum, 63, comes last of all.
//! Deliberately absent: what the fields mean.

use std::fmt;

use super::BadBrCode;

/// A field's place: its id, and before it the id of the template that it is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tag {
    /// The template, if it is in one.
    pub within: Option<u8>,
    /// The id, 0 to 99.
    pub id: u8,
}

impl Tag {
    /// A field of the code itself.
    #[must_use]
    pub const fn root(id: u8) -> Self {
        Self { within: None, id }
    }

    /// A field of a template.
    #[must_use]
    pub const fn inner(within: u8, id: u8) -> Self {
        Self { within: Some(within), id }
    }
}

/// `54`, `26-01`.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.within {
            Some(within) => write!(f, "{within:02}-{:02}", self.id),
            None => write!(f, "{:02}", self.id),
        }
    }
}

/// The checksum's id.
pub(super) const CRC: u8 = 63;
/// Characters of the longest value: its length has two digits.
pub(super) const VALUE_MAX: usize = 99;

/// Takes a text apart into its fields, in order.
pub(super) fn fields(text: &str, within: Option<u8>) -> Result<Vec<(u8, &str)>, BadBrCode> {
    // In a template 63 is a field like any other.
    let is_checksum = |id: u8| within.is_none() && id == CRC;
    let mut fields: Vec<(u8, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let field = fields.len() + 1;
        let (id, behind) = two_digits(rest).ok_or(BadBrCode::Grammar { within, field })?;
        let tag = Tag { within, id };
        let (len, behind) = two_digits(behind).ok_or(BadBrCode::Grammar { within, field })?;
        let value = first_chars(behind, len.into()).filter(|value| !value.is_empty()).ok_or(BadBrCode::Length(tag))?;
        match fields.last() {
            Some((last, _)) if *last == id => return Err(BadBrCode::Twice(tag)),
            // Nothing comes behind the checksum, and it does not count for the order.
            Some((last, _)) if is_checksum(*last) || (*last > id && !is_checksum(id)) => return Err(BadBrCode::Order(tag)),
            _ => {}
        }
        fields.push((id, value));
        rest = behind.get(value.len()..).unwrap_or_default();
    }
    Ok(fields)
}

fn two_digits(text: &str) -> Option<(u8, &str)> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some((digits.parse().ok()?, text.get(2..)?))
}

/// As many characters from the front, if there are.
fn first_chars(text: &str, count: usize) -> Option<&str> {
    let mut ends = text.char_indices().map(|(start, c)| start + c.len_utf8());
    match count {
        0 => Some(""),
        _ => text.get(..ends.nth(count - 1)?),
    }
}

/// Puts fields together, in the order of their ids.
pub(super) fn text(mut fields: Vec<(u8, String)>, within: Option<u8>) -> Result<String, BadBrCode> {
    fields.sort();
    let mut text = String::new();
    let mut last = None;
    for (id, value) in fields {
        let tag = Tag { within, id };
        let len = value.chars().count();
        if len == 0 || len > VALUE_MAX {
            return Err(BadBrCode::Length(tag));
        }
        if last == Some(id) {
            return Err(BadBrCode::Twice(tag));
        }
        last = Some(id);
        text.push_str(&format!("{id:02}{len:02}{value}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_characters() {
        assert_eq!(fields("5904Açaí6002SP", None), Ok(vec![(59, "Açaí"), (60, "SP")]));
        assert_eq!(text(vec![(60, "SP".to_owned()), (59, "Açaí".to_owned())], None).as_deref(), Ok("5904Açaí6002SP"));
    }

    #[test]
    fn what_is_no_field_is_named_by_its_place() {
        for (text, expected) in [
            ("5", BadBrCode::Grammar { within: Some(26), field: 1 }),
            ("5902SPx", BadBrCode::Grammar { within: Some(26), field: 2 }),
            ("59+1S", BadBrCode::Grammar { within: Some(26), field: 1 }),
            ("59é1S", BadBrCode::Grammar { within: Some(26), field: 1 }),
            ("5903SP", BadBrCode::Length(Tag::inner(26, 59))),
            ("5900", BadBrCode::Length(Tag::inner(26, 59))),
            ("5901A5901A", BadBrCode::Twice(Tag::inner(26, 59))),
            ("6001A5901A", BadBrCode::Order(Tag::inner(26, 59))),
            ("8001A6301A", BadBrCode::Order(Tag::inner(26, 63))),
        ] {
            assert_eq!(fields(text, Some(26)), Err(expected), "{text}");
        }
        assert_eq!(fields("8001A6301A", None), Ok(vec![(80, "A"), (63, "A")]), "the checksum comes last of all");
        assert_eq!(fields("6301A8001A", None), Err(BadBrCode::Order(Tag::root(80))));
        assert_eq!(fields("6301A8001A", Some(62)), Ok(vec![(63, "A"), (80, "A")]), "in a template it is no checksum");
        assert_eq!((Tag::inner(26, 1).to_string(), Tag::root(0).to_string()), ("26-01".to_owned(), "00".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_put_together_comes_apart_again(values in prop::collection::btree_map(0..63_u8, "\\PC{1,99}", 0..8)) {
            let fields_in: Vec<(u8, String)> = values.into_iter().collect();
            let put = text(fields_in.clone(), None).unwrap();
            let out: Vec<(u8, String)> = fields(&put, None).unwrap().into_iter().map(|(id, value)| (id, value.to_owned())).collect();
            prop_assert_eq!(out, fields_in);
        }

        #[test]
        fn any_text_is_answered(text in "[0-9é]{0,8}\\PC{0,60}") {
            let _ = fields(&text, None);
        }
    }
}
