//! What the two Brazilian dialects share: bodies and paths, texts that go out or are shown, and what a status means.
//!
//! Deliberately absent: everything that only one of them says.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regua_core::time::{Day, Instant, Zone};
use serde::{Deserialize, Serialize};

use super::{Request, Response, Trouble, Verb};

/// Bytes of a reply or webhook at most: a page of a thousand charges has less than a quarter of it.
pub(super) const BODY_MAX: usize = 8 * 1024 * 1024;
/// Characters of what a gateway said that are shown.
const SAID_MAX: usize = 200;
/// Digits in a row from which on a number is not shown: it may be a document, an account, a card.
const HIDDEN_DIGITS: usize = 4;
/// No gateway makes us wait longer than a day.
const WAIT_SECS_MAX: u64 = 86_400;
/// What stands in a path as it is (RFC 3986 §2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request with a JSON body.
pub(super) fn send<T: Serialize>(method: Verb, path: String, body: &T, repeatable: bool) -> Request {
    // Only maps whose keys are no text cannot be written, and no body has any.
    let body = serde_json::to_vec(body).unwrap_or_default();
    Request { method, path, headers: vec![("content-type", "application/json".to_owned())], body, repeatable }
}

/// A request without a body.
pub(super) fn bare(method: Verb, path: String, repeatable: bool) -> Request {
    Request { method, path, headers: Vec::new(), body: Vec::new(), repeatable }
}

/// A question.
pub(super) fn get(path: String) -> Request {
    bare(Verb::Get, path, true)
}

/// A part of a path.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// A path with its query.
pub(super) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Reads JSON. What is wrong is told by its place alone: the words around it may be a person's.
pub(super) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    if body.len() > BODY_MAX {
        return Err(format!("it has more than {BODY_MAX} bytes"));
    }
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "a field that is missing or has another form",
            serde_json::error::Category::Eof => "it ends too early",
            serde_json::error::Category::Io | serde_json::error::Category::Syntax => "it is not JSON",
        };
        format!("{what}, at line {} column {}", error.line(), error.column())
    })
}

/// The first characters of a text on one line.
pub(super) fn cut(text: &str, chars: usize) -> String {
    text.trim().chars().take(chars).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The same, and nothing when nothing is left.
pub(super) fn some_cut(text: &str, chars: usize) -> Option<String> {
    Some(cut(text, chars)).filter(|text| !text.is_empty())
}

/// What a gateway said, fit to be shown: short, on one line, without long numbers and addresses.
pub(super) fn said(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        out.push_str(if digits >= HIDDEN_DIGITS || word.contains('@') { "…" } else { word });
        if out.len() > SAID_MAX * 4 {
            break;
        }
    }
    cut(&out, SAID_MAX)
}

/// A code of a gateway, fit to be looked up by: letters, digits, `_`, `-` and `.`.
pub(super) fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).take(64).collect()
}

/// Whether an id of a gateway's can be stored and put into a path: 1 to 128 visible ASCII characters.
pub(super) fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// What a reply that is no success means. `only_reads` tells whether it can have changed anything.
pub(super) fn trouble(response: &Response, only_reads: bool, code: String, why: String) -> Trouble {
    let outage = |why| Trouble::Outage { why, wait_secs: wait(response) };
    match response.status {
        404 => Trouble::NotFound,
        429 | 503 => outage(why),
        400..=407 | 409..=499 => Trouble::Refused { code, why },
        _ if only_reads => outage(why),
        _ => Trouble::Unknown { why },
    }
}

/// A reply that says that it was done, and cannot be read.
pub(super) fn unreadable(only_reads: bool, why: &str) -> Trouble {
    let why = format!("its reply cannot be read: {why}");
    if only_reads { Trouble::Outage { why, wait_secs: None } } else { Trouble::Unknown { why } }
}

/// `Retry-After` in seconds.
fn wait(response: &Response) -> Option<u64> {
    let value = response.headers.iter().find(|(name, _)| name == "retry-after")?.1.trim();
    value.parse().ok().map(|secs: u64| secs.min(WAIT_SECS_MAX))
}

/// The zone of days and hours that are told without one.
pub(super) fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap_or_else(|_error| Zone::utc())
}

/// The day on which something happened there.
pub(super) fn day(at: Instant) -> Day {
    zone().day_of(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16) -> Response {
        Response { status, headers: vec![("retry-after".to_owned(), "999999".to_owned())], body: Vec::new() }
    }

    #[test]
    fn a_failed_write_is_open_where_a_failed_question_is_an_outage() {
        let of = |status, only_reads| trouble(&reply(status), only_reads, "c".to_owned(), "w".to_owned());
        for (status, only_reads, kind) in [
            (404, false, "NotFound"),
            (429, false, "Outage"),
            (503, false, "Outage"),
            (500, true, "Outage"),
            (500, false, "Unknown"),
            (504, false, "Unknown"),
            (408, false, "Unknown"),
            (302, false, "Unknown"),
            (400, false, "Refused"),
            (401, true, "Refused"),
            (422, true, "Refused"),
        ] {
            assert!(format!("{:?}", of(status, only_reads)).starts_with(kind), "{status}");
        }
        assert!(matches!(of(503, true), Trouble::Outage { wait_secs: Some(WAIT_SECS_MAX), .. }));
    }

    #[test]
    fn what_is_shown_has_no_documents_and_no_addresses() {
        assert_eq!(said("O CPF 52998224725 de ana@example.com\nfalta em 3 campos"), "O CPF … de … falta em 3 campos");
        assert_eq!(said(&"é".repeat(2_000)).chars().count(), SAID_MAX);
        let wrong = read::<Vec<u32>>(b"[1,\n\"52998224725\"]").unwrap_err();
        assert_eq!(wrong, "a field that is missing or has another form, at line 2 column 13");
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(segment("+55/a@b?c"), "%2B55%2Fa%40b%3Fc");
        assert_eq!(with_query("/p", &[("dueDate[ge]", "2026-01-01"), ("q", "a&b")]), "/p?dueDate%5Bge%5D=2026-01-01&q=a%26b");
        assert_eq!(with_query("/p", &[]), "/p");
    }
}
