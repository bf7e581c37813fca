//! Repairs that several formats share: what makes a spoilt input pass the first check again.
//!
//! Deliberately absent: sums of a single format, which stand beside its target.

/// Makes every line `WIDTH` bytes wide, with blanks behind short ones, and ends each with CRLF: CNAB (240, 400), NACHA (94).
pub fn lines_of<const WIDTH: usize>(input: &mut Vec<u8>) {
    let mut repaired = Vec::with_capacity(input.len() + WIDTH);
    for line in input.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        repaired.extend(line.iter().copied().chain(std::iter::repeat(b' ')).take(WIDTH));
        repaired.extend(b"\r\n");
    }
    *input = repaired;
}

/// Writes fields of id, length and value (BR Code) again, each with the length of what follows, inside `templates` too.
///
/// Where an id or a length is no number any more, the rest belongs to the field before.
#[must_use]
pub fn lengths(text: &str, templates: &[&str]) -> String {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while !rest.is_empty() {
        let head: String = rest.iter().take(4).collect();
        let number = |from: usize| head.get(from..from + 2).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        match (number(0), number(2).and_then(|len| len.parse::<usize>().ok())) {
            (Some(id), Some(len)) => {
                let behind = rest.split_off(4);
                let value: String = behind.iter().take(len).collect();
                fields.push((id.to_owned(), value));
                rest = behind.into_iter().skip(len).collect();
            }
            _ => {
                let left: String = rest.iter().collect();
                match fields.last_mut() {
                    Some((_, value)) => value.push_str(&left),
                    None => fields.push(("00".to_owned(), left)),
                }
                break;
            }
        }
    }
    let write = |(id, value): (String, String)| {
        let value = if templates.contains(&&*id) { lengths(&value, &[]) } else { value };
        let value: String = value.chars().take(99).collect();
        format!("{id}{:02}{value}", value.chars().count())
    };
    fields.into_iter().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_get_their_width() {
        let mut input = b"ab\r\n\nabcdef\nx".to_vec();
        lines_of::<4>(&mut input);
        assert_eq!(input, b"ab  \r\nabcd\r\nx   \r\n");
    }

    #[test]
    fn lengths_follow_their_values() {
        for (text, expected) in [
            ("0002015903ABC", "0002015903ABC"),
            ("0002015909ABC", "0002015903ABC"),
            ("5902ABxy", "5904ABxy"),
            ("26100014br.gov", "26100006br.gov"),
            ("xy", "0002xy"),
            ("", ""),
        ] {
            assert_eq!(lengths(text, &["26"]), expected, "{text}");
        }
    }
}
