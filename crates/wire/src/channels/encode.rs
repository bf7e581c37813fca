//! Text as mail carries it: quoted-printable bodies (RFC 2045 §6.7) and encoded words in headers (RFC 2047).

/// Most characters of a body line, the soft break's `=` included.
const LINE_MAX: usize = 76;
/// Most characters of an encoded word with its frame (RFC 2047 §2).
const WORD_MAX: usize = 75;
const WORD_START: &str = "=?UTF-8?Q?";
const WORD_END: &str = "?=";
/// An unencoded header value longer than this would not fit its line beside the name.
const PLAIN_MAX: usize = 60;

/// Appends text as quoted-printable with CRLF line ends and one at the end.
pub(super) fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + text.len() / 8);
    for line in text.lines() {
        let mut used = 0;
        let mut rest = line.as_bytes();
        // Mailboxes in one file mark a line `From `.
        if line.starts_with("From ") {
            hex(b'F', out);
            used = 3;
            rest = rest.get(1..).unwrap_or_default();
        }
        // The last byte has rules of its own: white space there does not survive the way, and no soft break follows it.
        let Some((last, most)) = rest.split_last() else {
            out.extend_from_slice(b"\r\n");
            continue;
        };
        used = quoted(most, used, out);
        let literal = is_literal(*last) && !matches!(last, b' ' | b'\t');
        if used + if literal { 1 } else { 3 } > LINE_MAX {
            out.extend_from_slice(b"=\r\n");
        }
        if literal {
            out.push(*last);
        } else {
            hex(*last, out);
        }
        out.extend_from_slice(b"\r\n");
    }
}

const fn is_literal(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t') && byte != b'='
}

/// Appends bytes inside a line of which `used` characters are there; how many are in its last line then. What needs no
/// quoting is nearly all of a mail, and goes over in runs.
fn quoted(mut rest: &[u8], mut used: usize, out: &mut Vec<u8>) -> usize {
    const MAX: usize = LINE_MAX - 1;
    while let Some(&first) = rest.first() {
        let room = rest.get(..MAX.saturating_sub(used)).unwrap_or(rest);
        // Without leaving early: many bytes are looked at at once.
        let whole = room.iter().fold(true, |all, byte| all & is_literal(*byte));
        let run = if whole { room.len() } else { room.iter().position(|byte| !is_literal(*byte)).unwrap_or(room.len()) };
        if run > 0 {
            out.extend_from_slice(rest.get(..run).unwrap_or_default());
            used += run;
            rest = rest.get(run..).unwrap_or_default();
        } else if is_literal(first) || used + 3 > MAX {
            out.extend_from_slice(b"=\r\n");
            used = 0;
        } else {
            hex(first, out);
            used += 3;
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    used
}

fn hex(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(b'=');
    out.extend([byte >> 4, byte & 15].iter().filter_map(|digit| DIGITS.get(usize::from(*digit))));
}

/// A text as the value of a header: as it is, or in encoded words on lines of their own. Control characters, which could
/// begin another header, become spaces.
pub(super) fn header_text(text: &str) -> String {
    let plain = text.len() <= PLAIN_MAX && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("=?");
    if plain && text.trim() == text { text.to_owned() } else { words(text) }
}

/// A text as a display name (RFC 5322 §3.2.5): atoms, a quoted string, or encoded words.
pub(super) fn phrase(text: &str) -> String {
    let value = header_text(text);
    if value.starts_with(WORD_START) || value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') {
        value
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut used = WORD_MAX;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        let mut letter = Vec::with_capacity(12);
        for &byte in c.encode_utf8(&mut [0; 4]).as_bytes() {
            // What is safe in a display name too (RFC 2047 §5, rule 3).
            match byte {
                b' ' => letter.push(b'_'),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'*' | b'+' | b'-' | b'/' => letter.push(byte),
                _ => hex(byte, &mut letter),
            }
        }
        // A character may not be cut in two.
        if used + letter.len() > WORD_MAX - WORD_END.len() {
            if !out.is_empty() {
                out.push_str(WORD_END);
                out.push_str("\r\n ");
            }
            out.push_str(WORD_START);
            used = WORD_START.len();
        }
        used += letter.len();
        out.extend(letter.into_iter().map(char::from));
    }
    if !out.is_empty() {
        out.push_str(WORD_END);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &str) -> String {
        let mut out = Vec::new();
        quoted_printable(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    /// One byte after the other, as the standard tells it.
    fn byte_by_byte(text: &str) -> String {
        let mut out = Vec::new();
        for line in text.lines() {
            let bytes = line.as_bytes();
            let mut used = 0;
            for (at, &byte) in bytes.iter().enumerate() {
                let last = at + 1 == bytes.len();
                let fragile = last && matches!(byte, b' ' | b'\t') || at == 0 && line.starts_with("From ");
                let literal = matches!(byte, b' '..=b'~' | b'\t') && byte != b'=' && !fragile;
                let width = if literal { 1 } else { 3 };
                if used + width > if last { LINE_MAX } else { LINE_MAX - 1 } {
                    out.extend_from_slice(b"=\r\n");
                    used = 0;
                }
                if literal {
                    out.push(byte)
                } else {
                    hex(byte, &mut out)
                }
                used += width;
            }
            out.extend_from_slice(b"\r\n");
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_body_is_quoted_where_it_must_be() {
        let long = "x".repeat(77);
        for (text, expected) in [
            ("", ""),
            ("Olá = já\r\n", "Ol=C3=A1 =3D j=C3=A1\r\n"),
            ("a \n\tb\t", "a=20\r\n\tb=09\r\n"),
            ("From me\nfrom you", "=46rom me\r\nfrom you\r\n"),
            (".\n", ".\r\n"),
            ("a\u{7}\r b", "a=07=0D b\r\n"),
            (&long, &format!("{}=\r\nxx\r\n", "x".repeat(75))),
            (&long[1..], &format!("{}\r\n", "x".repeat(76))),
        ] {
            assert_eq!(encoded(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_header_is_encoded_where_it_must_be() {
        for (text, value, name) in [
            ("Nuvem Clara", "Nuvem Clara", "Nuvem Clara"),
            ("Souza, Ana", "Souza, Ana", "\"Souza, Ana\""),
            ("Ana \"Bia\" \\", "Ana \"Bia\" \\", "\"Ana \\\"Bia\\\" \\\\\""),
            ("Olá", "=?UTF-8?Q?Ol=C3=A1?=", "=?UTF-8?Q?Ol=C3=A1?="),
            ("=?x", "=?UTF-8?Q?=3D=3Fx?=", "=?UTF-8?Q?=3D=3Fx?="),
            ("a\r\nBcc: b@x.example", "=?UTF-8?Q?a__Bcc=3A_b=40x=2Eexample?=", "=?UTF-8?Q?a__Bcc=3A_b=40x=2Eexample?="),
            (" a", "=?UTF-8?Q?_a?=", "=?UTF-8?Q?_a?="),
            ("", "", ""),
        ] {
            assert_eq!((header_text(text).as_str(), phrase(text).as_str()), (value, name), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn runs_are_quoted_as_their_bytes_are(text in "(From )?([a-z =é\t]{0,9}|[a-z]{60,80}|[a-zé]{70,160}){0,4}([a-z é=\n\t]{0,5}|[a-z]{74,77}\n){0,3}") {
            prop_assert_eq!(encoded(&text), byte_by_byte(&text));
        }

        #[test]
        fn encoded_text_keeps_to_its_lines(text in "\\PC*[\\r\\n\u{0}é ]{0,3}\\PC{0,200}") {
            for line in encoded(&text).strip_suffix("\r\n").unwrap_or_default().split("\r\n") {
                prop_assert!(line.len() <= LINE_MAX && line.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')), "{line:?}");
                prop_assert!(!line.ends_with([' ', '\t']));
            }
            for value in [header_text(&text), phrase(&text)] {
                for (at, line) in value.split("\r\n").enumerate() {
                    prop_assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')) && line.len() <= WORD_MAX + 1 + 60, "{line:?}");
                    prop_assert!(at == 0 || line.starts_with(" =?"), "{value:?}");
                }
            }
        }
    }
}
