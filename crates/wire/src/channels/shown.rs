//! A mail as a person looks at it: who, to whom, when, and its two texts. For mails that were captured.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Address, Message, MessageParser};
use regua_core::time::Instant;

/// Bytes of a mail that are read; ours are far smaller.
const BYTES_MAX: usize = 4 << 20;

/// What is shown of a mail.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    /// Its subject.
    pub subject: String,
    /// Who it is from: name and address.
    pub from: String,
    /// Who it is to, and who gets a copy.
    pub to: Vec<String>,
    /// When it was written.
    pub at: Option<Instant>,
    /// Its text.
    pub text: Option<String>,
    /// Its text as HTML, which is to be shown where nothing in it can run.
    pub html: Option<String>,
}

/// Reads a mail. None when the bytes are no mail.
///
/// ```
/// let mail = b"From: Acme <us@acme.example>\r\nTo: ana@example.com\r\nSubject: =?utf-8?q?Ol=C3=A1?=\r\n\r\nOi";
/// let shown = regua_wire::channels::shown::read(mail).unwrap();
/// assert_eq!((shown.subject.as_str(), shown.to), ("Olá", vec!["ana@example.com".to_owned()]));
/// assert_eq!(shown.from, "Acme <us@acme.example>");
/// ```
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Shown> {
    let bytes = bytes.get(..BYTES_MAX).unwrap_or(bytes);
    // The parser panics on some spoilt letters; see `bounce`.
    let mail = catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(bytes))).ok().flatten()?;
    let text = part(&mail, "plain").map(|text| text.replace("\r\n", "\n"));
    Some(Shown {
        subject: mail.subject().unwrap_or_default().to_owned(),
        from: addresses(mail.from()).into_iter().next().unwrap_or_default(),
        to: addresses(mail.to()).into_iter().chain(addresses(mail.cc())).collect(),
        at: mail.date().and_then(|date| date.to_timestamp().checked_mul(1_000_000)).map(Instant::from_micros),
        text,
        html: part(&mail, "html"),
    })
}

/// The first text of a kind as it was written: the parser would make one of the other where it lacks.
fn part(mail: &Message<'_>, kind: &str) -> Option<String> {
    let is = |part: &&mail_parser::MessagePart<'_>| match kind {
        "html" => part.is_text_html(),
        _ => part.is_text() && !part.is_text_html(),
    };
    mail.parts.iter().find(is).and_then(|part| part.text_contents()).map(str::to_owned)
}

fn addresses(of: Option<&Address<'_>>) -> Vec<String> {
    let Some(of) = of else { return Vec::new() };
    let one = |addr: &mail_parser::Addr<'_>| {
        let address = addr.address().unwrap_or_default();
        addr.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    };
    of.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_are_read_whatever_their_encoding() {
        let mail = "From: =?utf-8?q?Caf=C3=A9?= <us@acme.example>\r\nTo: a@example.com, Bia <b@example.com>\r\nCc: c@example.com\r\n\
                    Date: Tue, 01 Dec 2026 09:00:00 -0300\r\nSubject: Fatura\r\nMIME-Version: 1.0\r\n\
                    Content-Type: multipart/alternative; boundary=\"=_x\"\r\n\r\n\
                    --=_x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nOl=C3=A1=\r\n!\r\n\
                    --=_x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Oi</p>\r\n--=_x--\r\n";
        let shown = read(mail.as_bytes()).unwrap();
        assert_eq!(shown.from, "Café <us@acme.example>");
        assert_eq!(shown.to, ["a@example.com", "Bia <b@example.com>", "c@example.com"]);
        assert_eq!(shown.at, Instant::parse("2026-12-01T12:00:00Z").ok());
        assert_eq!(shown.text.as_deref().map(str::trim), Some("Olá!"));
        assert_eq!(shown.html.as_deref().map(str::trim), Some("<p>Oi</p>"));
    }

    #[test]
    fn a_mail_without_html_has_none() {
        let shown = read(b"From: a@example.com\r\nSubject: x\r\n\r\nonly text").unwrap();
        assert_eq!((shown.text.as_deref(), shown.html), (Some("only text"), None));
        let spoilt: Vec<u8> = (0..=255).cycle().take(2_000).collect();
        // Whatever it is, it is read or not, and nothing breaks.
        let _read = read(&spoilt);
    }
}
