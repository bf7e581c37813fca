//! A mail as it goes over the line: every line ended by CRLF, dots stuffed.

/// The bytes between `DATA` and the final dot.
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    /// How big the mail is without what the line adds.
    pub(super) size: usize,
    pub(super) eight_bit: bool,
}

impl Content {
    /// Makes every kind of line end a CRLF: a lone CR or LF before a dot reads as the end of the mail to some servers, and what
    /// follows as commands of ours. Source: RFC 5321 §2.3.8, §4.5.2.
    pub(super) fn of(mail: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(mail.len() + 64);
        let mail = mail.strip_suffix(b"\n").map_or(mail, |mail| mail.strip_suffix(b"\r").unwrap_or(mail));
        for line in mail.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            for line in line.split(|byte| *byte == b'\r') {
                if line.first() == Some(&b'.') {
                    bytes.push(b'.');
                }
                bytes.extend_from_slice(line);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        let size = mail.len() + 2;
        Self { bytes, size, eight_bit: !mail.is_ascii() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_with_crlf_and_dots_are_doubled() {
        for (mail, expected) in [
            ("", "\r\n"),
            ("a", "a\r\n"),
            ("a\r\n", "a\r\n"),
            ("a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
            (".\r\n..\r\n.a\r\n", "..\r\n...\r\n..a\r\n"),
            ("a\n.\nMAIL FROM:<x>\n", "a\r\n..\r\nMAIL FROM:<x>\r\n"),
            ("a\r.\rb", "a\r\n..\r\nb\r\n"),
            ("a\r\r\n.\r\r\n", "a\r\n\r\n..\r\n"),
            ("a.b\r\n", "a.b\r\n"),
        ] {
            assert_eq!(String::from_utf8_lossy(&Content::of(mail.as_bytes()).bytes), expected, "{mail:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_mail_early(mail in prop::collection::vec(prop::sample::select(b"a.\r\n\xe9".to_vec()), 0..40)) {
            let bytes = Content::of(&mail).bytes;
            prop_assert!(bytes.ends_with(b"\r\n"));
            for line in bytes.strip_suffix(b"\r\n").unwrap().split(|byte| *byte == b'\n') {
                prop_assert!(line != b"." && line != b".\r");
            }
            let (crs, lfs) = (bytes.iter().filter(|b| **b == b'\r').count(), bytes.iter().filter(|b| **b == b'\n').count());
            prop_assert_eq!(crs, lfs);
            prop_assert_eq!(bytes.windows(2).filter(|pair| pair == b"\r\n").count(), lfs);
        }
    }
}
