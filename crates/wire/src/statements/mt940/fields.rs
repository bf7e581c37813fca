//! MT940 as fields: `:tag:` at the beginning of a line, and everything up to the next one.
//!
//! Deliberately absent: what a field means. Blocks of SWIFT (`{1:…}{2:…}{4:`), control characters, blank lines and a tag
//! that was broken over two lines are taken as they come.

/// Most fields of a file: what [`super::super::FILE_BYTES_MAX`] holds of those that banks write.
pub(super) const FIELDS_MAX: usize = 1_000_000;

/// A field with the lines of its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field<'t> {
    /// Between the colons, such as `61`.
    pub(super) tag: &'t str,
    /// The line of its tag, from 1.
    pub(super) place: u32,
    /// The message that it is in: how many ended before it.
    pub(super) message: u32,
    /// Its value, line by line, without line ends.
    pub(super) lines: Vec<&'t str>,
}

/// The fields of a text in its order, at most [`FIELDS_MAX`].
pub(super) fn fields(text: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    // Behind `-` a message is over, and what follows belongs to no field.
    let mut within = false;
    let (mut colon, mut message) = (false, 0_u32);
    for (line, place) in text.split('\n').zip(1_u32..) {
        let line = unblocked(line.trim_end_matches(['\r', '\u{3}', '\u{1a}']).trim_start_matches('\u{1}'));
        let broken = std::mem::replace(&mut colon, line.trim_end() == ":");
        let tagged = match line.strip_prefix(':') {
            Some(rest) => tag(rest),
            None if broken => tag(line),
            None => None,
        };
        if let Some((tag, value)) = tagged {
            if fields.len() == FIELDS_MAX {
                break;
            }
            fields.push(Field { tag, place, message, lines: vec![value] });
            within = true;
        } else if matches!(line.trim(), "-" | "-}") {
            within = false;
            message = message.saturating_add(1);
        } else if within
            && !colon
            && let Some(field) = fields.last_mut()
        {
            field.lines.push(line);
        }
    }
    for field in &mut fields {
        while field.lines.len() > 1 && field.lines.last().is_some_and(|line| line.trim().is_empty()) {
            field.lines.pop();
        }
    }
    fields
}

/// A line without the blocks of SWIFT before its text.
fn unblocked(line: &str) -> &str {
    if !line.starts_with('{') {
        return line;
    }
    match line.rfind("{4:") {
        Some(at) => line.get(at + 3..).unwrap_or(""),
        None => "",
    }
}

/// A tag and the value behind it: two digits or letters, perhaps a third, and a colon.
fn tag(rest: &str) -> Option<(&str, &str)> {
    let end = rest.bytes().take(4).position(|byte| byte == b':')?;
    let (tag, value) = (rest.get(..end)?, rest.get(end + 1..)?);
    let good = (2..=3).contains(&end) && tag.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    good.then_some((tag, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let shown = fields(text).into_iter().map(|field| format!("{}@{}={}", field.tag, field.place, field.lines.join("|")));
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fields_are_found_in_blocks_and_bare() {
        assert_eq!(shown("{1:F01X}{2:I940}{4:\r\n:20:A\r\n:86:x\r\ny\r\n-}"), "20@2=A 86@3=x|y");
        assert_eq!(shown("\u{1}\n:20:A\n\n:25:B\n-\u{3}"), "20@2=A 25@4=B");
        assert_eq!(shown("{4::20:A\n-\nrest\n:21:C"), "20@1=A 21@4=C");
        assert_eq!(shown(":61:1\n:\n86:2"), "61@1=1 86@3=2");
        assert_eq!(shown("1\n2\n:x:\n:1:2\n::"), "");
    }
}
