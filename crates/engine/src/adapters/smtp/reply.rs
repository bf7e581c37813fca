//! A server's answer: three digits and some words.

use std::io;
use std::time::Duration;

use crate::adapters::net::Peer;
use crate::ports::Sent;

/// RFC 5321 §4.5.3.1.5 allows 512 bytes in a line of an answer; servers write more.
const LINE_MAX: usize = 2_048;
/// An answer to EHLO has a line per extension.
const LINES_MAX: usize = 100;
/// What is kept of an answer's words.
const TEXT_MAX: usize = 500;

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// The words of each line.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Reads one answer, in at most `patience` for each line.
    pub(super) fn read(peer: &mut Peer, patience: Duration) -> io::Result<Self> {
        peer.patience(patience)?;
        let mut lines = Vec::new();
        loop {
            let line = peer.line(LINE_MAX)?;
            let (code, last, words) = parse(&line).ok_or_else(|| bad("the server's answer is not SMTP"))?;
            lines.push(words);
            if last {
                return Ok(Self { code, lines });
            }
            if lines.len() >= LINES_MAX {
                return Err(bad("the server's answer has no end"));
            }
        }
    }

    pub(super) const fn is_done(&self) -> bool {
        matches!(self.code, 200..=299)
    }

    /// Code and words in one line.
    pub(super) fn text(&self) -> String {
        let text = format!("{} {}", self.code, self.lines.join(" "));
        text.chars().take(TEXT_MAX).collect::<String>().trim_end().to_owned()
    }

    /// What a refusal of a mail means. Some codes speak of the connection or of us and not of the mail, so another try,
    /// perhaps after a person mended the settings, can succeed. Source: RFC 5321 §4.2.3, RFC 4954 §6, RFC 7504.
    pub(super) fn refusal(&self) -> Sent {
        let (code, reply) = (Some(self.code), self.text());
        let ours = matches!(self.code, 500 | 502 | 503 | 521 | 530 | 534 | 535 | 538);
        if matches!(self.code, 500..=599) && !ours { Sent::Refused { code, reply } } else { Sent::Later { code, reply } }
    }
}

fn bad(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// Code, whether it is the last line, and words. Words lose what could disturb a log.
fn parse(line: &[u8]) -> Option<(u16, bool, String)> {
    let (digits, rest) = line.split_at_checked(3)?;
    let digits = std::str::from_utf8(digits).ok()?;
    let code: u16 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    let last = match rest.first() {
        None | Some(b' ') => true,
        Some(b'-') => false,
        Some(_) => return None,
    };
    let words = String::from_utf8_lossy(rest.get(1..).unwrap_or_default());
    let words = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    (200..600).contains(&code).then_some((code, last, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_answer_or_it_is_not() {
        for (line, expected) in [
            ("250 ok", Some((250, true, "ok"))),
            ("250-SIZE 1", Some((250, false, "SIZE 1"))),
            ("354", Some((354, true, ""))),
            ("550 5.1.1 gone\u{7}\t!", Some((550, true, "5.1.1 gone  !"))),
            ("25", None),
            ("25x ok", None),
            ("250ok", None),
            ("+OK", None),
            ("999 ok", None),
            ("150 wait", None),
            ("+25 ok", None),
            ("", None),
        ] {
            let expected = expected.map(|(code, last, words): (u16, bool, &str)| (code, last, words.to_owned()));
            assert_eq!(parse(line.as_bytes()), expected, "{line:?}");
        }
        assert_eq!(parse(b"\xff\xff\xff a"), None);
    }

    #[test]
    fn a_refusal_is_the_mails_own_unless_the_code_speaks_of_us() {
        let refused = |code: u16| matches!(Reply { code, lines: vec![] }.refusal(), Sent::Refused { .. });
        for code in [501, 504, 550, 551, 552, 553, 554, 555, 556, 571] {
            assert!(refused(code), "{code}");
        }
        for code in [354, 421, 450, 451, 452, 500, 502, 503, 521, 530, 534, 535, 538] {
            assert!(!refused(code), "{code}");
        }
    }
}
