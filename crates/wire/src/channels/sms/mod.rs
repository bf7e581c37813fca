//! SMS as Twilio's REST API of 2010 has it, which others speak too: what is sent, what is answered, what comes back.
//!
//! `errors` what each code means; `hooks` statuses and messages that come in, and who signed them. Deliberately absent: sockets
//! and the account's basic authentication, which the adapter does; pictures, schedules, shortened links.
//!
//! Source: Twilio's documentation of the Message resource, its error dictionary and its webhook security, 2026.

pub mod errors;
pub mod hooks;

use form_urlencoded::Serializer;
use serde_json::Value;

use super::answer::{Answer, Next, Refusal, Standing, Unreadable, name, wait};
use crate::gateways::{Request, Response, Verb};

/// Characters of a text; a longer one is refused with 21617.
pub const TEXT_CHARS_MAX: usize = 1_600;
/// Bytes of an answer that are read.
const BODY_MAX: usize = 1 << 20;
/// Seconds that a message may wait with the far side.
const VALIDITY_SECS: std::ops::RangeInclusive<u32> = 1..=36_000;

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender<'a> {
    /// A number of the account, or a short code.
    From(&'a str),
    /// A service of the account, which picks one of its numbers: `MG…`.
    Service(&'a str),
}

/// A message to be sent. Personal: it does not show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// The account: `AC…`.
    pub account: &'a str,
    /// Who sends.
    pub sender: Sender<'a>,
    /// To whom: a number of E.164, with its `+`.
    pub to: &'a str,
    /// What.
    pub text: &'a str,
    /// Where to tell how far it came.
    pub callback: Option<&'a str>,
    /// Seconds after which it is not worth sending: 1 to 36,000.
    pub validity_secs: Option<u32>,
}

impl std::fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Order")
    }
}

/// The request that sends a message. It has no key by which the far side would know a second try.
///
/// # Errors
/// A [`Refusal`] with the code that the far side would answer, when it surely would.
///
/// ```
/// use regua_wire::channels::sms::{Order, Sender, send};
/// let order = Order {
///     account: "AC1", sender: Sender::From("+15005550006"), to: "+5511987654321", text: "Oi & tchau", callback: None, validity_secs: None,
/// };
/// let request = send(&order).unwrap();
/// assert_eq!(request.path, "/2010-04-01/Accounts/AC1/Messages.json");
/// assert_eq!(request.body, b"To=%2B5511987654321&From=%2B15005550006&Body=Oi+%26+tchau");
/// ```
pub fn send(order: &Order<'_>) -> Result<Request, Refusal> {
    let refused = |code: u32| Err(errors::refusal(code));
    if !is_number(order.to) {
        return refused(21_211);
    }
    if order.text.trim().is_empty() {
        return refused(21_602);
    }
    if order.text.chars().count() > TEXT_CHARS_MAX {
        return refused(21_617);
    }
    let mut form = Serializer::new(String::new());
    form.append_pair("To", order.to);
    match order.sender {
        Sender::From(number) => form.append_pair("From", number),
        Sender::Service(service) => form.append_pair("MessagingServiceSid", service),
    };
    form.append_pair("Body", order.text);
    if let Some(callback) = order.callback {
        form.append_pair("StatusCallback", callback);
    }
    if let Some(secs) = order.validity_secs {
        form.append_pair("ValidityPeriod", &secs.clamp(*VALIDITY_SECS.start(), *VALIDITY_SECS.end()).to_string());
    }
    Ok(Request {
        method: Verb::Post,
        path: format!("/2010-04-01/Accounts/{}/Messages.json", segment(order.account)),
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: form.finish().into_bytes(),
        repeatable: false,
    })
}

/// The request that asks how far a message came.
#[must_use]
pub fn look(account: &str, reference: &str) -> Request {
    let path = format!("/2010-04-01/Accounts/{}/Messages/{}.json", segment(account), segment(reference));
    Request { method: Verb::Get, path, headers: Vec::new(), body: Vec::new(), repeatable: true }
}

/// What became of [`send`].
#[must_use]
pub fn answer(response: &Response) -> Answer {
    let body = json(&response.body);
    match (response.status, body) {
        (200..=299, Some(body)) => match body["sid"].as_str().filter(|sid| !sid.is_empty()) {
            // It was taken, and refused at once: an account or number that may not.
            Some(_) if standing(&body) == Some(Standing::Failed) => {
                Answer::Refused(errors::refusal(code(&body["error_code"]).unwrap_or(0)))
            }
            Some(sid) => Answer::Taken { reference: name(sid) },
            None => Answer::Unknown { why: "it was taken, and the answer does not name it".to_owned() },
        },
        (200..=299, None) => Answer::Unknown { why: "it was taken, and the answer cannot be read".to_owned() },
        (status, Some(body)) if status < 500 => {
            let mut refusal = match code(&body["code"]) {
                Some(code) => errors::refusal(code),
                None => errors::of_status(status),
            };
            if let Next::Later { wait_secs } = &mut refusal.next {
                *wait_secs = wait(response).or(*wait_secs);
            }
            Answer::Refused(refusal)
        }
        (status, None) if status < 500 => Answer::Refused(errors::of_status(status)),
        // It says that it did nothing.
        (503, _) => Answer::Refused(Refusal::new("503", Next::Later { wait_secs: wait(response) }, "the service is not available")),
        (status, _) => Answer::Unknown { why: format!("the far side answered {status}") },
    }
}

/// How far a message came, as [`look`] is answered, and why it did not arrive.
///
/// # Errors
/// [`Unreadable`] when the answer is none.
pub fn looked(response: &Response) -> Result<(Standing, Option<Refusal>), Unreadable> {
    let body = json(&response.body).filter(|_| response.status == 200).ok_or(Unreadable("no answer about a message"))?;
    let standing = standing(&body).ok_or(Unreadable("a status that is not known"))?;
    Ok((standing, (standing == Standing::Failed).then(|| errors::refusal(code(&body["error_code"]).unwrap_or(0)))))
}

fn standing(body: &Value) -> Option<Standing> {
    hooks::standing(body["status"].as_str()?)
}

fn json(body: &[u8]) -> Option<Value> {
    (body.len() <= BODY_MAX).then(|| serde_json::from_slice(body).ok()).flatten().filter(Value::is_object)
}

/// A code as a number, or as a text of one.
fn code(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|code| u32::try_from(code).ok()).or_else(|| value.as_str()?.parse().ok())
}

/// Whether a text is a number of E.164: `+`, and 7 to 15 digits of which the first is not 0.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

/// A name as one part of a path: nothing in it can lead elsewhere.
pub(super) fn segment(name: &str) -> String {
    let kept: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')).collect();
    // An empty one would make the path of a list; this one is nobody's.
    if kept.is_empty() { "_".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order() -> Order<'static> {
        Order {
            account: "AC1",
            sender: Sender::Service("MG1"),
            to: "+5511987654321",
            text: "Fatura nº 7",
            callback: Some("https://r.example/hooks/sms?t=1"),
            validity_secs: Some(99_999),
        }
    }

    fn response(status: u16, body: &str) -> Response {
        Response { status, headers: vec![("retry-after".to_owned(), "9".to_owned())], body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_form_has_every_field_that_was_asked_for() {
        let request = send(&order()).unwrap();
        assert!(!request.repeatable, "a second try is a second message");
        assert_eq!(
            String::from_utf8(request.body).unwrap(),
            "To=%2B5511987654321&MessagingServiceSid=MG1&Body=Fatura+n%C2%BA+7&\
             StatusCallback=https%3A%2F%2Fr.example%2Fhooks%2Fsms%3Ft%3D1&ValidityPeriod=36000"
        );
        let odd = Order { account: "../x?y", ..order() };
        assert_eq!(send(&odd).unwrap().path, "/2010-04-01/Accounts/xy/Messages.json");
        assert_eq!(look("AC1", "").path, "/2010-04-01/Accounts/AC1/Messages/_.json");
    }

    #[test]
    fn what_would_surely_be_refused_is_not_sent() {
        let long = "a".repeat(TEXT_CHARS_MAX + 1);
        for (order, code, next) in [
            (Order { to: "11987654321", ..order() }, "21211", Next::BadAddress),
            (Order { to: "+0011987654321", ..order() }, "21211", Next::BadAddress),
            (Order { to: "+55 11 98765", ..order() }, "21211", Next::BadAddress),
            (Order { text: " \n", ..order() }, "21602", Next::Mend),
            (Order { text: &long, ..order() }, "21617", Next::Mend),
        ] {
            let refusal = send(&order).unwrap_err();
            assert_eq!((refusal.code.as_str(), refusal.next), (code, next));
        }
    }

    #[test]
    fn an_answer_says_what_may_be_done_next() {
        let refused = |code: &str, next| Some((code.to_owned(), next));
        for (status, body, expected) in [
            (201, r#"{"sid":"SM1","status":"queued","error_code":null}"#, None),
            (201, r#"{"sid":"SM1","status":"failed","error_code":30002}"#, refused("30002", Next::Alert)),
            (400, r#"{"code":21610,"message":"to +55…","status":400}"#, refused("21610", Next::OptedOut)),
            (400, r#"{"code":21408,"status":400}"#, refused("21408", Next::Mend)),
            (429, r#"{"code":20429,"status":429}"#, refused("20429", Next::Later { wait_secs: Some(9) })),
            (429, "busy", refused("429", Next::Later { wait_secs: None })),
            (401, r#"{"code":20003}"#, refused("20003", Next::Alert)),
            (404, "<html>", refused("404", Next::Alert)),
            (503, "", refused("503", Next::Later { wait_secs: Some(9) })),
        ] {
            let told = match answer(&response(status, body)) {
                Answer::Taken { reference } => {
                    assert_eq!(reference, "SM1");
                    None
                }
                Answer::Refused(refusal) => {
                    assert!(!refusal.why.contains('+'), "{}", refusal.why);
                    Some((refusal.code, refusal.next))
                }
                Answer::Unknown { why } => panic!("{status} {body}: {why}"),
            };
            assert_eq!(told, expected, "{status} {body}");
        }
        for (status, body) in [(201, "{}"), (200, ""), (500, r#"{"code":20500}"#), (502, "<html>")] {
            assert!(matches!(answer(&response(status, body)), Answer::Unknown { .. }), "{status} {body}");
        }
    }

    #[test]
    fn a_message_is_looked_up() {
        let told = looked(&response(200, r#"{"status":"undelivered","error_code":30003}"#)).unwrap();
        assert_eq!((told.0, told.1.unwrap().next), (Standing::Failed, Next::Later { wait_secs: Some(3_600) }));
        assert_eq!(looked(&response(200, r#"{"status":"delivered","error_code":null}"#)), Ok((Standing::Delivered, None)));
        assert!(looked(&response(200, r#"{"status":"dreamt"}"#)).is_err() && looked(&response(404, r#"{"status":"sent"}"#)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_sent_is_read_as_it_was_meant(to in "\\+[1-9][0-9]{6,14}", text in "\\PC{1,200}", callback in "https://[a-z]{1,9}/[ -~]{0,30}") {
            prop_assume!(!text.trim().is_empty());
            let order = Order { to: &to, text: &text, callback: Some(&callback), ..order() };
            let request = send(&order).unwrap();
            let read: Vec<(String, String)> = form_urlencoded::parse(&request.body).into_owned().collect();
            let value = |name: &str| read.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str());
            prop_assert_eq!((value("To"), value("Body"), value("StatusCallback")), (Some(&*to), Some(&*text), Some(&*callback)));
        }
    }
}
