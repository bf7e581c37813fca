//! A channel that somebody else carries: one signed POST for each message, for voice, letters and whatever a provider can do.
//!
//! The signature is that of Standard Webhooks ([`webhooks_out`]), both ways: we sign what goes out, the carrier signs what it tells
//! of it. The id stays the same in every try, so a carrier that had a message answers as it did before; the same message to another
//! address, or over another channel, has another id ([`id_of`]). Deliberately absent: sockets, and more of a person than the
//! address.

use regua_core::time::Instant;
use regua_core::words::{Channel, Language};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::{Answer, Next, Refusal, Standing, Unreadable, name, wait};
use super::stop::{Wish, wish};
use crate::gateways::{Request, Response, Verb};
use crate::webhooks_out::{self, SigningKey, Told};

/// The word of a message's type.
pub const SEND: &str = "message.send";
/// The word of what a carrier tells of a message.
pub const STATUS: &str = "message.status";
/// The word of what somebody answered.
pub const REPLY: &str = "message.reply";
/// Bytes of a body that comes in.
pub const BODY_MAX: usize = 64 << 10;
/// Seconds that the time of a signature may lie away from now, before and behind.
pub const TOLERANCE_SECS: i64 = 300;
/// Characters of an answer that are kept.
const TEXT_CHARS_MAX: usize = 4_096;

/// What parts a message from its address in the id of an order; no id of ours has it.
const PART: char = '-';

/// The id of a message on its way to an address: the same in every try, and another one when it goes on to the next address,
/// which a carrier that had the first shall not take for a second try.
///
/// ```
/// use regua_core::words::Channel;
/// use regua_wire::channels::callback::id_of;
/// let first = id_of("msg_1", Channel::Voice, "+5511987654321");
/// assert_eq!(first, id_of("msg_1", Channel::Voice, "+5511987654321"));
/// assert!(first.starts_with("msg_1-") && first != id_of("msg_1", Channel::Sms, "+5511987654321"));
/// ```
#[must_use]
pub fn id_of(message: &str, channel: Channel, to: &str) -> String {
    let digest = Sha256::digest(format!("{channel} {to}"));
    let whither: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{message}{PART}{whither}")
}

/// A message to be carried. Personal: it does not show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// As [`id_of`] makes it: the same in every try.
    pub id: &'a str,
    /// Our id of the message.
    pub message: &'a str,
    /// How it shall reach the person.
    pub channel: Channel,
    /// Our id of the customer.
    pub customer: &'a str,
    /// The tenant's own id of the customer.
    pub reference: Option<&'a str>,
    /// The address on that channel.
    pub to: &'a str,
    /// The language of the text.
    pub language: Language,
    /// The subject, where there is one.
    pub subject: Option<&'a str>,
    /// The text.
    pub text: &'a str,
    /// What is owed, as ids: amounts and days stand in the text.
    pub due: &'a [&'a str],
    /// When the message was made.
    pub at: Instant,
}

impl std::fmt::Debug for Order<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Order({} by {})", self.message, self.channel)
    }
}

/// The body, the same bytes in every try.
///
/// ```
/// use regua_core::time::Instant;
/// use regua_core::words::{Channel, Language};
/// use regua_wire::channels::callback::{Order, body};
/// let order = Order {
///     id: "msg_1-0a", message: "msg_1", channel: Channel::Letter, customer: "cus_1", reference: Some("C-7"), to: "Rua A, 1", language: Language::PtBr,
///     subject: None, text: "Olá", due: &["rec_1"], at: Instant::from_secs(1_800_000_000),
/// };
/// assert_eq!(String::from_utf8(body(&order)).unwrap(), concat!(
///     r#"{"id":"msg_1-0a","type":"message.send","timestamp":"2027-01-15T08:00:00Z","data":{"message":"msg_1","channel":"letter","#,
///     r#""customer":"cus_1","reference":"C-7","to":"Rua A, 1","language":"pt-BR","text":"Olá","due":["rec_1"]}}"#,
/// ));
/// ```
#[must_use]
pub fn body(order: &Order<'_>) -> Vec<u8> {
    let mut data = json!({
        "message": order.message, "channel": order.channel.as_str(), "customer": order.customer, "reference": order.reference,
        "to": order.to, "language": order.language.as_str(), "subject": order.subject, "text": order.text, "due": order.due,
    });
    if let Some(fields) = data.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    webhooks_out::body(&Told { id: order.id, kind: SEND, at: order.at, data: &data.to_string() })
}

/// The request of one try.
///
/// * `path` — of the carrier's address, query included; begins with `/`.
/// * `keys` — every key that holds: two while one takes the place of another.
/// * `now` — when it is sent, which is signed.
#[must_use]
pub fn send(path: &str, order: &Order<'_>, keys: &[SigningKey], now: Instant) -> Request {
    let body = body(order);
    let mut headers = webhooks_out::headers(order.id, now.secs(), &body, keys);
    headers.push(("content-type", "application/json".to_owned()));
    Request { method: Verb::Post, path: path.to_owned(), headers, body, repeatable: true }
}

/// What became of [`send`]. A carrier may say why it refuses, as `{"refused":"…"}` with 4xx: `bad_address`, `opted_out`,
/// `other_channel`, `later`.
#[must_use]
pub fn answer(response: &Response) -> Answer {
    let said: Option<Value> = (response.body.len() <= BODY_MAX).then(|| serde_json::from_slice(&response.body).ok()).flatten();
    let word = |field: &str| said.as_ref().and_then(|said| said[field].as_str()).unwrap_or_default();
    let status = response.status;
    let later = Next::Later { wait_secs: wait(response) };
    let (next, why) = match status {
        200..=299 => return Answer::Taken { reference: name(word("reference")) },
        // It had it before, and says so.
        409 => return Answer::Taken { reference: name(word("reference")) },
        300..=399 => (Next::Alert, "the carrier points elsewhere, which is not followed"),
        401 | 403 => (Next::Alert, "the carrier does not take our signature"),
        404 | 405 => (Next::Alert, "there is nothing at the carrier's address"),
        410 => (Next::Alert, "the carrier wants no more messages"),
        408 | 425 | 429 => (later, "the carrier wants fewer messages at a time"),
        400..=499 => match word("refused") {
            "bad_address" => (Next::BadAddress, "the carrier cannot reach the address"),
            "opted_out" => (Next::OptedOut, "the person said stop to the carrier"),
            "other_channel" => (Next::OtherChannel, "the carrier does not carry this message"),
            "later" => (later, "the carrier takes it later"),
            _ => (Next::Mend, "the carrier refuses the message"),
        },
        // It knows a message by its id: sending again is safe.
        _ => (later, "the carrier has trouble of its own"),
    };
    Answer::Refused(Refusal::new(&status.to_string(), next, why))
}

/// What a carrier tells. Personal: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub enum News {
    /// How far a message came.
    Status {
        /// The carrier's id of what it tells; the same when it tells it again.
        id: Option<String>,
        /// The id of the order, when the carrier names it and not the message alone.
        order: Option<String>,
        /// Our id of the message.
        message: String,
        /// How far.
        standing: Standing,
        /// Why it did not arrive.
        refusal: Option<Refusal>,
    },
    /// Somebody answered.
    Reply {
        /// The carrier's id of the answer.
        id: String,
        /// Ours, when the carrier knows it.
        message: Option<String>,
        /// Over which channel it came, when the carrier says so.
        channel: Option<Channel>,
        /// Who.
        from: String,
        /// What.
        text: String,
        /// What it asks for, when that is plain.
        wish: Option<Wish>,
    },
}

impl std::fmt::Debug for News {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status { message, standing, .. } => write!(f, "Status({message} {standing:?})"),
            Self::Reply { id, .. } => write!(f, "Reply({id})"),
        }
    }
}

/// Whether the carrier signed a body with one of the keys, not long ago.
///
/// * `header` — gives a header's value by its name in small letters.
#[must_use]
pub fn verify<'a>(header: impl Fn(&str) -> Option<&'a str>, body: &[u8], keys: &[SigningKey], now: Instant) -> bool {
    let (id, secs, signatures) = (header(webhooks_out::ID), header(webhooks_out::TIMESTAMP), header(webhooks_out::SIGNATURE));
    let (Some(id), Some(secs), Some(signatures)) = (id, secs.and_then(|secs| secs.parse::<i64>().ok()), signatures) else { return false };
    let age = now.secs().saturating_sub(secs);
    (-TOLERANCE_SECS..=TOLERANCE_SECS).contains(&age) && keys.iter().any(|key| key.verify(id, secs, body, signatures))
}

/// What a body says; its signature was looked at before.
///
/// # Errors
/// [`Unreadable`] when it is neither of the two types.
///
/// ```
/// use regua_wire::channels::{answer::Standing, callback::{News, heard}};
/// let body = br#"{"type":"message.status","data":{"message":"msg_1","status":"delivered"}}"#;
/// let expected = |order: Option<&str>| News::Status {
///     id: None, order: order.map(str::to_owned), message: "msg_1".to_owned(), standing: Standing::Delivered, refusal: None,
/// };
/// assert!(heard(body) == Ok(expected(None)));
/// let body = br#"{"type":"message.status","data":{"message":"msg_1-0a1b2c3d","status":"delivered"}}"#;
/// assert!(heard(body) == Ok(expected(Some("msg_1-0a1b2c3d"))));
/// ```
pub fn heard(body: &[u8]) -> Result<News, Unreadable> {
    if body.len() > BODY_MAX {
        return Err(Unreadable("it is too long"));
    }
    let body: Value = serde_json::from_slice(body).or(Err(Unreadable("it is no JSON")))?;
    let data = &body["data"];
    let text = |value: &Value| value.as_str().map(name).filter(|text| !text.is_empty());
    // Carriers repeat what they got: the id of the order, or that of the message.
    let named = text(&data["message"]);
    let message = named.as_deref().map(|named| named.split_once(PART).map_or(named, |(message, _)| message).to_owned());
    let message = message.filter(|message| !message.is_empty());
    match body["type"].as_str() {
        Some(STATUS) => {
            let word = data["status"].as_str().unwrap_or_default();
            let standing =
                Standing::ALL.into_iter().find(|standing| standing.as_str() == word).ok_or(Unreadable("a status that is not known"))?;
            let (next, why) = match data["refused"].as_str() {
                Some("bad_address") => (Next::BadAddress, "the carrier cannot reach the address"),
                Some("opted_out") => (Next::OptedOut, "the person said stop to the carrier"),
                Some(_) | None => (Next::OtherChannel, "the carrier could not deliver it"),
            };
            let code = data["code"].as_str().or(data["refused"].as_str()).unwrap_or("failed");
            let refusal = (standing == Standing::Failed).then(|| Refusal::new(code, next, why));
            let order = named.filter(|named| named.contains(PART));
            let message = message.ok_or(Unreadable("no message is named"))?;
            Ok(News::Status { id: text(&body["id"]), order, message, standing, refusal })
        }
        Some(REPLY) => {
            let said: String = data["text"].as_str().unwrap_or_default().chars().take(TEXT_CHARS_MAX).collect();
            let from = data["from"].as_str().unwrap_or_default().chars().take(255).collect::<String>();
            let id = text(&body["id"]).ok_or(Unreadable("an answer without an id"))?;
            let wish = wish(&said);
            let channel = data["channel"].as_str().and_then(|word| word.parse().ok());
            if from.is_empty() {
                Err(Unreadable("an answer of nobody"))
            } else {
                Ok(News::Reply { id, message, channel, from, text: said, wish })
            }
        }
        Some(_) | None => Err(Unreadable("a type that is not known")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn order() -> Order<'static> {
        Order {
            id: "msg_1-0a1b2c3d",
            message: "msg_1",
            channel: Channel::Voice,
            customer: "cus_1",
            reference: None,
            to: "+5511987654321",
            language: Language::Es,
            subject: Some("Factura"),
            text: "Hola",
            due: &["rec_1", "rec_2"],
            at: Instant::from_secs(1_800_000_000),
        }
    }

    #[test]
    fn a_try_is_signed_anew_and_says_the_same() {
        let keys = [SigningKey::new(&[1; 24]).unwrap(), SigningKey::new(&[2; 24]).unwrap()];
        let (first, second) =
            (send("/a?b", &order(), &keys, Instant::from_secs(7)), send("/a?b", &order(), &keys[1..], Instant::from_secs(8)));
        assert_eq!((first.path.as_str(), &first.body, first.repeatable), ("/a?b", &second.body, true));
        let header = |request: &Request, name: &str| request.headers.iter().find(|(have, _)| *have == name).map(|(_, value)| value.clone());
        assert_eq!(header(&first, "webhook-id"), header(&second, "webhook-id"));
        let by = |request: &Request, keys: &[SigningKey], now| {
            verify(
                |name| request.headers.iter().find(|(have, _)| *have == name).map(|(_, value)| value.as_str()),
                &request.body,
                keys,
                Instant::from_secs(now),
            )
        };
        assert!(by(&first, &keys[..1], 7) && by(&first, &keys[1..], 307) && by(&second, &keys, 8));
        assert!(!by(&second, &keys[..1], 8) && !by(&first, &keys, 308) && !by(&first, &keys, -294) && !by(&first, &[], 7));
        assert!(!verify(|_| None, b"", &keys, Instant::from_secs(7)));
        let body: Value = serde_json::from_slice(&first.body).unwrap();
        let fields: Vec<&str> = body["data"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["message", "channel", "customer", "to", "language", "subject", "text", "due"], "no more of a person than this");
    }

    #[test]
    fn an_answer_says_what_may_be_done_next() {
        for (status, body, expected) in [
            (202, r#"{"reference":"call 7"}"#, None),
            (200, "", None),
            (409, r#"{"reference":"call7"}"#, None),
            (302, "", Some(Next::Alert)),
            (400, "", Some(Next::Mend)),
            (401, "", Some(Next::Alert)),
            (404, "", Some(Next::Alert)),
            (410, "", Some(Next::Alert)),
            (422, r#"{"refused":"bad_address"}"#, Some(Next::BadAddress)),
            (422, r#"{"refused":"opted_out"}"#, Some(Next::OptedOut)),
            (422, r#"{"refused":"other_channel"}"#, Some(Next::OtherChannel)),
            (422, r#"{"refused":"later"}"#, Some(Next::Later { wait_secs: Some(5) })),
            (422, r#"{"refused":"?"}"#, Some(Next::Mend)),
            (429, "", Some(Next::Later { wait_secs: Some(5) })),
            (500, "<html>", Some(Next::Later { wait_secs: Some(5) })),
        ] {
            let response = Response { status, headers: vec![("retry-after".to_owned(), "5".to_owned())], body: body.as_bytes().to_vec() };
            match answer(&response) {
                Answer::Taken { reference } => assert!(expected.is_none() && (reference.is_empty() || reference == "call7"), "{status}"),
                Answer::Refused(refusal) => assert_eq!(Some(refusal.next), expected, "{status} {body}"),
                Answer::Unknown { why } => panic!("{status}: {why}"),
            }
        }
    }

    #[test]
    fn news_are_statuses_and_replies() {
        let of = |data: &str, kind: &str| heard(format!(r#"{{"id":"evt_1","type":"{kind}","data":{data}}}"#).as_bytes());
        let failed = of(r#"{"message":"msg_1","status":"failed","refused":"bad_address"}"#, STATUS);
        let Ok(News::Status { standing: Standing::Failed, refusal: Some(refusal), .. }) = failed else { panic!() };
        assert_eq!((refusal.code.as_str(), refusal.next), ("bad_address", Next::BadAddress));
        let Ok(News::Status { id, order, message, .. }) = of(r#"{"message":"msg_1-0a","status":"sent"}"#, STATUS) else { panic!() };
        assert_eq!((id.as_deref(), order.as_deref(), message.as_str()), (Some("evt_1"), Some("msg_1-0a"), "msg_1"));
        let body = r#"{"from":"+5511","text":"oi","message":"msg_1-0a","channel":"sms"}"#;
        let Ok(News::Reply { message, channel, .. }) = of(body, REPLY) else { panic!() };
        assert_eq!((message.as_deref(), channel), (Some("msg_1"), Some(Channel::Sms)));
        let reply = of(r#"{"from":"+5511","text":"PARAR"}"#, REPLY).unwrap();
        assert_eq!(format!("{reply:?}"), "Reply(evt_1)", "a person's words do not show");
        assert!(matches!(reply, News::Reply { wish: Some(Wish::Stop), message: None, .. }));
        for (data, kind) in [
            ("{}", STATUS),
            (r#"{"status":"sent"}"#, STATUS),
            (r#"{"message":"msg_1","status":"?"}"#, STATUS),
            (r#"{"message":"-0a","status":"sent"}"#, STATUS),
            (r#"{"text":"a"}"#, REPLY),
            ("{}", "message.other"),
        ] {
            assert!(of(data, kind).is_err(), "{data}");
        }
    }

    proptest! {
        #[test]
        fn any_text_goes_as_it_is(text in "\\PC{0,200}", to in "\\PC{0,40}") {
            let order = Order { text: &text, to: &to, ..order() };
            let read: Value = serde_json::from_slice(&body(&order)).unwrap();
            prop_assert_eq!((read["data"]["text"].as_str(), read["data"]["to"].as_str()), (Some(&*text), Some(&*to)));
        }
    }
}
