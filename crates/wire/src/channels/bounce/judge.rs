//! What a refusal means for the address: the enhanced code (RFC 3463), the SMTP code, and the words that servers write.

use std::fmt;

use super::Kind;

/// An enhanced status code: `5.1.1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Status {
    /// 2 success, 4 a failure that may pass, 5 one that will not (RFC 3463 §2).
    pub class: u8,
    /// What it is about: 1 the address, 2 the mailbox, 7 policy …
    pub subject: u16,
    /// More exactly.
    pub detail: u16,
}

impl Status {
    /// Reads a code at the start of a text: `5.1.1 (bad mailbox)`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut parts = text.get(..end)?.trim_end_matches('.').split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let short = |part: &str| !part.is_empty() && part.len() <= 3;
        if parts.next().is_some() || !matches!(class, "2" | "4" | "5") || !short(subject) || !short(detail) {
            return None;
        }
        Some(Self { class: class.parse().ok()?, subject: subject.parse().ok()?, detail: detail.parse().ok()? })
    }

    /// The first code among the words of a text, such as `host said: 550-5.1.1 gone`.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '#' | '(' | ')' | '<' | '>' | ';' | '[' | ']')).find_map(|word| {
            // `10.0.0.1` and `5.1.1.2` are no codes: the whole word must be one.
            let word = word.trim_end_matches(['.', ':', ',']);
            word.bytes().all(|b| b.is_ascii_digit() || b == b'.').then(|| Self::parse(word)).flatten()
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The mailbox is there and full, or the server is busy.
const SOFT: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "inbox is full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded storage",
    "exceeds quota",
    "out of storage",
    "insufficient system storage",
    "caixa cheia",
    "caixa postal cheia",
    "casella piena",
    "boîte pleine",
    "buzón lleno",
    "postfach voll",
    "try again later",
    "temporarily",
    "greylist",
    "timed out",
    "too busy",
    "connection refused",
    "retry timeout",
    "resources temporarily",
];

/// There is no such mailbox or domain.
const HARD: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "recipient unknown",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such person",
    "no mailbox here",
    "mailbox not found",
    "mailbox unavailable",
    "mailbox does not exist",
    "recipient not found",
    "recipient does not exist",
    "address does not exist",
    "account does not exist",
    "user does not exist",
    "that you tried to reach does not exist",
    "recipient address rejected: access denied",
    "doesn't have a",
    "doesn't exist",
    "invalid recipient",
    "invalid mailbox",
    "unrouteable address",
    "unknown or illegal alias",
    "not a valid mailbox",
    "bad destination mailbox",
    "account has been disabled",
    "account is disabled",
    "mailbox disabled",
    "mailbox is disabled",
    "mailbox is inactive",
    "account is inactive",
    "user not found",
    "recipientnotfound",
    "host not found",
    "host or domain name not found",
    "domain not found",
    "couldn't find any host",
    "does not accept mail (nullmx)",
    "usuário desconhecido",
    "usuário inexistente",
    "conta inexistente",
    "utente sconosciuto",
    "usuario desconocido",
    "destinataire inconnu",
    "empfänger unbekannt",
];

/// The far side does not want us, or this mail.
const BLOCKED: &[&str] = &[
    "spam",
    "blocked",
    "blacklist",
    "blocklist",
    "block list",
    "denylist",
    "listed by",
    "spamhaus",
    "reputation",
    "policy",
    "dmarc",
    "spf",
    "dkim",
    "unauthenticated",
    "relay",
    "not permitted",
    "access denied",
    "content rejected",
    "virus",
];

/// What a refusal says about the address, from everything that was said.
///
/// * `code` — the SMTP code, if one is known.
///
/// A code that is about the address decides alone; a vague one is read together with the words. Suppressing a good address
/// costs a customer's mails, trying a bad one again costs little, so what stays unclear is not [`Kind::Hard`].
#[must_use]
pub fn judge(status: Option<Status>, code: Option<u16>, words: &str) -> Kind {
    let class = status.map(|status| u16::from(status.class)).or(code.map(|code| code / 100));
    if class == Some(2) {
        return Kind::Delivered;
    }
    if class == Some(4) {
        return Kind::Soft;
    }
    match status.map(|status| (status.subject, status.detail)) {
        Some((1, 0..=6 | 9 | 10) | (2, 1) | (4, 4 | 310)) => return Kind::Hard,
        Some((2, 2) | (3, 1 | 2)) => return Kind::Soft,
        Some((1, 7 | 8) | (2, 3) | (3, 4) | (6, _)) => return Kind::Blocked,
        Some(_) | None => {}
    }
    let words = words.to_lowercase();
    let says = |list: &[&str]| list.iter().any(|phrase| words.contains(phrase));
    if says(SOFT) {
        return Kind::Soft;
    }
    if says(HARD) {
        return Kind::Hard;
    }
    if says(BLOCKED) {
        return Kind::Blocked;
    }
    match status.map(|status| status.subject) {
        Some(5 | 7) => return Kind::Blocked,
        Some(2..=4) => return Kind::Soft,
        Some(_) | None => {}
    }
    // RFC 5321 §4.2.3: 550, 551 and 553 are about the mailbox.
    match code {
        Some(550 | 551 | 553) => Kind::Hard,
        Some(554 | 555) => Kind::Blocked,
        Some(_) | None => Kind::Soft,
    }
}

/// As [`judge`], of what is known to have failed: a code of success in it is a mistake.
pub(super) fn failed(status: Option<Status>, code: Option<u16>, words: &str) -> Kind {
    let kind = judge(status, code, words);
    if kind == Kind::Delivered { Kind::Soft } else { kind }
}

/// What a server's answer to us, as the mailer reports it, says about the address.
#[must_use]
pub fn of_reply(code: Option<u16>, reply: &str) -> Kind {
    judge(Status::find(reply), code, reply)
}

/// The first SMTP code of a refusal in a text: `550` in `said: 550-5.1.1 gone`.
pub(super) fn find_code(text: &str) -> Option<u16> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | ';' | '(' | ')' | ':' | '#')).find_map(|word| {
        let code: u16 = (word.len() == 3).then(|| word.parse().ok())??;
        (400..600).contains(&code).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_only_where_there_is_one() {
        for (text, expected) in [
            ("550 5.1.1 <a@x.example>: gone", Some("5.1.1")),
            ("550-5.7.26 not authenticated", Some("5.7.26")),
            ("smtp;550 5.4.310 DNS domain does not exist", Some("5.4.310")),
            ("(#5.1.1)", Some("5.1.1")),
            ("from 10.1.1.1 at 4.2", None),
            ("5.1.1.1", None),
            ("3.1.1 6.1.1 5.1 5.1111.1", None),
            ("", None),
        ] {
            assert_eq!(Status::find(text).map(|status| status.to_string()).as_deref(), expected, "{text}");
        }
        for (text, expected) in
            [("said: 550-5.1.1 gone", Some(550)), ("(554.30)", None), ("in 2026: 421 busy", Some(421)), ("12 999 250", None)]
        {
            assert_eq!(find_code(text), expected, "{text}");
        }
    }

    /// Answers as servers give them.
    #[test]
    fn a_refusal_is_the_addresss_own_only_when_it_says_so() {
        for (code, reply, expected) in [
            (550, "550 5.1.1 <a@x.example>: Recipient address rejected: User unknown in virtual mailbox table", Kind::Hard),
            (550, "550-5.1.1 The email account that you tried to reach does not exist.", Kind::Hard),
            (550, "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)", Kind::Hard),
            (554, "554 delivery error: dd This user doesn't have a yahoo.example account (a@yahoo.example) [0]", Kind::Hard),
            (550, "550 5.4.1 Recipient address rejected: Access denied", Kind::Hard),
            (550, "550 5.2.1 The email account that you tried to reach is disabled.", Kind::Hard),
            (556, "556 5.1.10 Domain does not accept mail (nullMX)", Kind::Hard),
            (550, "550 No such user here", Kind::Hard),
            (553, "553 sorry, that domain isn't in my list of allowed rcpthosts", Kind::Hard),
            (552, "552 5.2.2 The email account that you tried to reach is over quota", Kind::Soft),
            (554, "554 5.0.0 mailbox is full", Kind::Soft),
            (452, "452 4.2.2 over quota", Kind::Soft),
            (550, "550 5.3.2 system not accepting messages, try again later", Kind::Soft),
            (550, "550 5.7.1 Message rejected due to spam content", Kind::Blocked),
            (550, "550-5.7.26 This mail is unauthenticated, which poses a security risk", Kind::Blocked),
            (554, "554 5.7.1 <a@x.example>: Relay access denied", Kind::Blocked),
            (550, "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus", Kind::Blocked),
            (552, "552 5.3.4 Message size exceeds fixed limit", Kind::Blocked),
            (554, "554 Transaction failed", Kind::Blocked),
            (501, "501 5.1.7 Invalid sender address", Kind::Blocked),
            (552, "552 something", Kind::Soft),
        ] {
            assert_eq!(of_reply(Some(code), reply), expected, "{reply}");
        }
        assert_eq!(of_reply(None, "the recipient's address cannot be written in SMTP"), Kind::Soft);
    }
}
