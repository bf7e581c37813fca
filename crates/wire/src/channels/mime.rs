//! A message as the bytes of an e-mail: headers, the text, and the same text as HTML.
//!
//! The same arguments give the same bytes, so that a second try is the same mail with the same `Message-ID`, and the mail as
//! it was sent can be shown again. Every value in a header is of a type that cannot hold a line break, or is encoded.
//! Deliberately absent: attachments, signatures (the relay signs), and amounts in what a list of mails shows.

use std::fmt::Write as _;

use regua_core::ids::MessageId;
use regua_core::party::Email;
use regua_core::time::{Instant, Zone};
use regua_core::words::Language;

use super::encode::{header_text, phrase, quoted_printable};
use super::html::{self, Colour};
use crate::messages::context::Creditor;
use crate::messages::{Line, Link, Rendered};

/// The header that carries our message's id, and nothing about the person.
pub const ID_HEADER: &str = "X-Regua-Message";
/// Characters of a subject; shipped ones have half of it.
const SUBJECT_MAX: usize = 250;
/// A header's line may have 998 bytes; a link that does not fit one is left out of the headers.
const HEADER_LINK_MAX: usize = 900;

/// Who a mail is from, as its reader knows it.
#[derive(Clone, Debug)]
pub struct Brand {
    /// What stands beside the sender's address.
    pub name: Line,
    /// The address that it is from.
    pub sender: Email,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Email>,
    /// The colour of the button and the page's edge.
    pub colour: Option<Colour>,
    /// A picture in place of the name.
    pub logo: Option<Link>,
}

/// All that a mail is made of.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'m> {
    /// Our message.
    pub id: MessageId,
    /// Who it is from.
    pub brand: &'m Brand,
    /// The creditor's data, which stand at the end.
    pub creditor: &'m Creditor,
    /// Who it is to.
    pub to: &'m Email,
    /// Who gets a copy, and is seen to.
    pub copies: &'m [&'m Email],
    /// When it was written; the same on every try.
    pub at: Instant,
    /// The zone in which `at` is shown.
    pub zone: Zone,
    /// The text's language.
    pub language: Language,
    /// Subject and text.
    pub text: &'m Rendered,
    /// The link of the text, which becomes the button.
    pub link: &'m Link,
    /// The text's other link: where to choose channel and language, or to stop reminders.
    pub preferences: Option<&'m Link>,
    /// Where a mail program's own unsubscribe button posts to (RFC 8058); never a page that shows anything.
    pub unsubscribe: Option<&'m Link>,
    /// Where a mail to unsubscribe goes.
    pub unsubscribe_by_mail: Option<&'m Email>,
    /// A picture of one dot that is fetched when the mail is opened; only where somebody switched that on.
    pub picture: Option<&'m Link>,
}

/// The mail's bytes: ASCII, lines of at most 998 bytes ended by CRLF.
#[must_use]
pub fn write(mail: &Mail<'_>) -> Vec<u8> {
    let subject = mail.text.subject.as_deref().filter(|subject| !subject.is_empty()).unwrap_or(mail.brand.name.as_str());
    let subject: String = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SUBJECT_MAX).collect();
    let boundary = format!("=_{}", mail.id);
    let mut out = headers(mail, &subject, &boundary).into_bytes();
    let mut part = |kind: &str, text: &str| {
        let head =
            format!("--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        out.extend_from_slice(head.as_bytes());
        quoted_printable(text, &mut out);
    };
    // The boundary is in no part: quoted-printable never writes `=_`.
    part("plain", &mail.text.body);
    part("html", &html::page(mail, &subject));
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

fn headers(mail: &Mail<'_>, subject: &str, boundary: &str) -> String {
    let Mail { id, brand, to, .. } = mail;
    let domain = brand.sender.domain();
    let mut out = String::with_capacity(1_024);
    let mut add = |name: &str, value: &str| {
        out.push_str(name);
        out.push_str(": ");
        out.push_str(value);
        out.push_str("\r\n");
    };
    add("From", &mailbox(brand.name.as_str(), &brand.sender));
    if let Some(reply_to) = brand.reply_to.as_ref().filter(|reply_to| **reply_to != brand.sender) {
        add("Reply-To", &mailbox(brand.name.as_str(), reply_to));
    }
    add("To", to.as_str());
    if !mail.copies.is_empty() {
        // One a line: no line grows too long.
        add("Cc", &mail.copies.iter().map(|copy| copy.as_str()).collect::<Vec<_>>().join(",\r\n "));
    }
    add("Subject", &header_text(subject));
    add("Date", &date(mail.at, mail.zone));
    add("Message-ID", &format!("<{id}@{domain}>"));
    add(ID_HEADER, &id.to_string());
    // Machines must not answer (RFC 3834); the second line says it to those who do not know the first.
    add("Auto-Submitted", "auto-generated");
    add("X-Auto-Response-Suppress", "OOF, AutoReply");
    add("List-Id", &format!("<account.{domain}>"));
    let link = mail.unsubscribe.filter(|link| link.as_str().len() <= HEADER_LINK_MAX);
    let places = [
        link.map(|link| format!("<{}>", link.as_str())),
        mail.unsubscribe_by_mail.map(|address| format!("<mailto:{}?subject=unsubscribe%20{id}>", in_link(address))),
    ];
    let places: Vec<String> = places.into_iter().flatten().collect();
    if !places.is_empty() {
        add("List-Unsubscribe", &places.join(",\r\n "));
    }
    if link.is_some_and(|link| link.as_str().starts_with("https://")) {
        add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    add("Content-Language", mail.language.as_str());
    add("MIME-Version", "1.0");
    add("Content-Type", &format!("multipart/alternative; boundary=\"{boundary}\""));
    out.push_str("\r\n");
    out
}

fn mailbox(name: &str, address: &Email) -> String {
    let name = phrase(name);
    // A long name in encoded words has lines of its own; the address begins one too.
    let space = if name.contains('\n') || name.len() + address.as_str().len() > 60 { "\r\n " } else { " " };
    if name.is_empty() { address.as_str().to_owned() } else { format!("{name}{space}<{}>", address.as_str()) }
}

/// An address inside a `mailto:` link (RFC 6068 §2): what means something in a link is escaped.
fn in_link(address: &Email) -> String {
    let mut out = String::with_capacity(address.as_str().len());
    for byte in address.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@+".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// RFC 5322 §3.3.
fn date(at: Instant, zone: Zone) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (day, secs) = zone.local(at);
    let civil = day.civil();
    let word = |words: &[&'static str], at: i64| usize::try_from(at).ok().and_then(|at| words.get(at)).copied().unwrap_or("Jan");
    let (name, month) = (word(&DAYS, i64::from(day.weekday())), word(&MONTHS, i64::from(civil.month()) - 1));
    let offset = zone.offset_secs(at) / 60;
    let (sign, ahead) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
    let (day, year) = (civil.day(), civil.year());
    format!("{name}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} {sign}{:02}{:02}", ahead / 60, ahead % 60)
}

/// The envelope's sender of one message, `bounces+msg_…@example.com` for `bounces@example.com`: a bounce then says by its
/// recipient which message it is about, whatever else it leaves out. An address too long for that stays as it is.
#[must_use]
pub fn return_path(bounces: &Email, id: MessageId) -> Email {
    let (local, domain) = bounces.as_str().rsplit_once('@').unwrap_or_default();
    Email::parse(&format!("{local}+{id}@{domain}")).unwrap_or_else(|_long| bounces.clone())
}

#[cfg(test)]
mod tests;
