//! What comes back of our mails: reports of failed delivery, complaints, machines that answer, people who do.
//!
//! Forms read: RFC 3464 (delivery reports), RFC 5965 (complaints), RFC 3834 (automatic answers), and the plain texts of qmail,
//! Exim and others. Never panics, and takes whatever bytes a mailbox holds: they come from strangers. Therefore nothing
//! here is proof. A report is about one of our messages only if it names it, by an id that only its reader could know.
//! Deliberately absent: what follows from a bounce.

mod forms;
mod judge;
mod report;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders as _};
use regua_core::ids::MessageId;
use regua_core::party::Email;

pub use judge::{Status, judge, of_reply};

use super::mime::ID_HEADER;
use forms::Form;
use report::{Complaint, Delivery};

/// Bytes of a letter that are looked at. Reports put what matters first.
const BYTES_MAX: usize = 1_000_000;
/// Characters kept of what the far side said.
const WORDS_MAX: usize = 500;

/// What a letter is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Not delivered: the address does not work, and will not.
    Hard,
    /// Not delivered this time: the mailbox was full, or the server could not be reached for days.
    Soft,
    /// Not delivered: the far side refuses us or the mail. The address may be good.
    Blocked,
    /// Not yet delivered, still being tried. No outcome.
    Delayed,
    /// Delivered, or passed on to a system that reports nothing.
    Delivered,
    /// The reader called it spam.
    Complaint,
    /// The reader's mail program asks that nothing more be sent.
    Unsubscribe,
    /// A machine answered: out of office, a ticket opened.
    AutoReply,
    /// A person wrote.
    Reply,
}

/// A letter that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bounce {
    /// Which of our messages it is about, if it says so.
    pub message: Option<MessageId>,
    /// What it is.
    pub kind: Kind,
    /// The far side's code, of a failed delivery.
    pub status: Option<Status>,
    /// The address that the mail could not reach, or that complained or wrote.
    pub address: Option<Email>,
    /// What the far side said, for a person to read; of an answer, its subject.
    pub words: String,
}

/// Reads a letter. None when the bytes are no mail at all.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Bounce> {
    let bytes = bytes.get(..BYTES_MAX).unwrap_or(bytes);
    let known = |mail: &Message<'_>| mail.headers().iter().any(|header| !matches!(header.name, HeaderName::Other(_)));
    // The parser panics on some letters that were spoilt on their way (mail-parser 0.11.9, nested parts): no mail at all.
    let parsed = catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(bytes)));
    let mail = parsed.ok().flatten().filter(known)?;
    let texts = texts(&mail);
    let message = message(&mail, &texts);
    let bounce = complaint(&mail).or_else(|| delivery(&mail)).or_else(|| by_form(&mail, &texts)).unwrap_or_else(|| answer(&mail));
    Some(Bounce { message, ..bounce })
}

fn bounce(kind: Kind, status: Option<Status>, address: Option<Email>, words: &str) -> Bounce {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect();
    Bounce { message: None, kind, status, address, words }
}

fn complaint(mail: &Message<'_>) -> Option<Bounce> {
    let part = mail.parts.iter().find(|part| part.is_content_type("message", "feedback-report"))?;
    let complaint = Complaint::read(&String::from_utf8_lossy(part.contents()));
    Some(bounce(complaint.kind, None, complaint.address, &complaint.words))
}

fn delivery(mail: &Message<'_>) -> Option<Bounce> {
    let names = ["delivery-status", "global-delivery-status"];
    let part = mail.parts.iter().find(|part| names.iter().any(|name| part.is_content_type("message", name)))?;
    let delivery = Delivery::read(&String::from_utf8_lossy(part.contents()))?;
    let address = delivery.address.or_else(|| failed_recipient(mail));
    Some(bounce(delivery.kind, delivery.status, address, &delivery.words))
}

/// A report of failure without the standard's part.
fn by_form(mail: &Message<'_>, texts: &[String]) -> Option<Bounce> {
    let body = texts.first().map_or("", String::as_str);
    let failed = failed_recipient(mail);
    match forms::form(mail.subject().unwrap_or_default(), body, sender(mail), failed.is_some()) {
        Form::Failure { address, words } => {
            let status = Status::find(&words);
            let kind = judge::failed(status, judge::find_code(&words), &words);
            Some(bounce(kind, status, failed.or(address), &words))
        }
        Form::Delay { words } => Some(bounce(Kind::Delayed, Status::find(&words), failed, &words)),
        Form::Other => None,
    }
}

/// An answer by a machine or a person, or a wish to hear no more.
fn answer(mail: &Message<'_>) -> Bounce {
    let subject = mail.subject().unwrap_or_default();
    let says = |name: &str| header(mail, name).unwrap_or_default().trim().to_ascii_lowercase();
    let submitted = says("Auto-Submitted");
    let by_header = !submitted.is_empty() && !submitted.starts_with("no")
        || ["X-Autoreply", "X-Autorespond", "X-Autoresponder"]
            .iter()
            .any(|name| header(mail, name).is_some_and(|value| value.trim() != "no"))
        || matches!(says("Precedence").as_str(), "auto_reply" | "auto-reply")
        || matches!(says("X-Auto-Response-Suppress").as_str(), "all");
    let kind = if forms::is_unsubscribe(subject) {
        Kind::Unsubscribe
    } else if by_header || forms::is_automatic(subject) {
        Kind::AutoReply
    } else {
        Kind::Reply
    };
    bounce(kind, None, sender(mail).and_then(|sender| Email::parse(sender).ok()), subject)
}

fn sender<'m>(mail: &'m Message<'_>) -> Option<&'m str> {
    mail.from().and_then(|from| from.first()).and_then(|from| from.address())
}

/// The raw text of the first header of this name, its folds undone.
fn header(mail: &Message<'_>, name: &str) -> Option<String> {
    let found = mail.headers_raw().find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Exim and others name the address in a header of their own.
fn failed_recipient(mail: &Message<'_>) -> Option<Email> {
    header(mail, "X-Failed-Recipients").and_then(|value| Email::parse(value.split(',').next().unwrap_or_default()).ok())
}

/// The text of each part but those that only hold others, in order. A text that is only there as HTML counts too.
fn texts(mail: &Message<'_>) -> Vec<String> {
    let parts = mail.parts.iter().filter(|part| !part.contents().is_empty());
    parts.map(|part| String::from_utf8_lossy(part.contents()).into_owned()).collect()
}

/// Which of our messages a letter is about: the address it came to, else what it refers to, else our header in what it
/// returns, else our `Message-ID` anywhere in it.
fn message(mail: &Message<'_>, texts: &[String]) -> Option<MessageId> {
    let addressed = ["Delivered-To", "X-Original-To", "Envelope-To", "To", "Original-Recipient"];
    let addressed = addressed.iter().filter_map(|name| header(mail, name)).find_map(|value| find_id(&value, "+"));
    let refers = || {
        let values = [mail.in_reply_to(), mail.references()];
        values.into_iter().flat_map(ids).find_map(|id| find_id(&id, ""))
    };
    let returned = || texts.iter().find_map(|text| find_after(text, ID_HEADER));
    let anywhere = || texts.iter().find_map(|text| find_id(text, "<")).or_else(|| texts.iter().find_map(|text| find_id(text, "+")));
    let subject = || find_id(mail.subject().unwrap_or_default(), "");
    addressed.or_else(refers).or_else(subject).or_else(returned).or_else(anywhere)
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    value.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// The id in the header of this name somewhere in a text.
fn find_after(text: &str, name: &str) -> Option<MessageId> {
    let lower = text.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    lower.match_indices(&name).find_map(|(at, _)| {
        let rest = lower.get(at + name.len()..)?.lines().next()?;
        find_id(rest.strip_prefix(':')?, "")
    })
}

/// The first id of ours in a text that directly follows `before`.
fn find_id(text: &str, before: &str) -> Option<MessageId> {
    /// The prefix, the underscore and 26 characters.
    const ID_BYTES: usize = 30;
    let lower = text.to_ascii_lowercase();
    let mark = format!("{before}{}_", MessageId::PREFIX);
    lower.match_indices(&mark).find_map(|(at, _)| lower.get(at + before.len()..at + before.len() + ID_BYTES)?.parse().ok())
}

#[cfg(test)]
mod tests;
