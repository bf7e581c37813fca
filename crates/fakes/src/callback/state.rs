//! What a carrier holds: messages by their ids, what becomes of them, what it tells.
//!
//! Deliberately absent: sockets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;
use serde_json::{Value, json};

use super::Script;
use crate::clock::Clock;
use crate::hooks::Hooks;
use crate::serve::{Ask, Reply};

/// Seconds until each try, as the specification of Standard Webhooks proposes.
const LADDER: &[i64] = &[0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Seconds that a signature's time may lie away.
const TOLERANCE: i64 = 300;
/// The channels that it carries.
const CHANNELS: [&str; 7] = ["voice", "letter", "sms", "whatsapp", "push", "email", "in_app"];

/// A message as the carrier holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// The sender's id of it on its way to one address; the message is named in `data`.
    pub id: String,
    /// The carrier's own.
    pub reference: String,
    /// Everything that was sent with it.
    pub data: Value,
    /// How far it came.
    pub status: String,
    /// How often it was sent.
    pub times: u32,
    /// When it was taken.
    pub at: i64,
    future: Vec<(i64, &'static str)>,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) key: Vec<u8>,
    pub(crate) status: Option<String>,
    pub(crate) closed: bool,
    pub(crate) messages: Vec<Message>,
    pub(crate) hooks: Hooks,
    pub(crate) made: u64,
    latency: (i64, i64),
    per_second: usize,
}

impl State {
    pub(crate) fn new(clock: Clock, script: Script) -> Option<Self> {
        let key = BASE64.decode(script.secret.strip_prefix("whsec_")?).ok()?;
        let (messages, hooks) = (Vec::new(), Hooks::new(LADDER));
        let (status, latency, per_second) = (script.status, script.latency, script.per_second);
        Some(Self { clock, key, status, closed: false, messages, hooks, made: 0, latency, per_second })
    }

    pub(crate) fn take(&mut self, ask: &Ask) -> Reply {
        if self.closed {
            return Reply::empty(410);
        }
        let now = self.clock.now();
        let (id, secs) = (ask.header("webhook-id").unwrap_or_default(), ask.header("webhook-timestamp").unwrap_or_default());
        let secs = secs.parse().unwrap_or(0_i64);
        let expected = sign(&self.key, id, secs, &ask.body);
        let signed = ask.header("webhook-signature").unwrap_or_default().split(' ').any(|signature| signature == expected);
        if id.is_empty() || !signed || (now - secs).abs() > TOLERANCE {
            return Reply::json(401, &json!({"error": "the signature is not right, or not of now"}));
        }
        if let Some(known) = self.messages.iter_mut().find(|message| message.id == id) {
            known.times += 1;
            return Reply::json(200, &json!({"reference": known.reference}));
        }
        let body: Value = serde_json::from_slice(&ask.body).unwrap_or_default();
        let data = &body["data"];
        let text = |field: &str| data[field].as_str().unwrap_or_default();
        let whole = ["message", "channel", "customer", "to", "language", "text"].into_iter().all(|field| !text(field).is_empty());
        let (typed, listed) = (body["type"] == "message.send" && body["timestamp"].is_string(), data["due"].is_array());
        if !whole || !typed || !listed || !id.starts_with(text("message")) || !CHANNELS.contains(&text("channel")) {
            return Reply::json(400, &json!({"error": "a field of the message is missing or not right"}));
        }
        let ending = text("to").rsplit_once('#').map_or("", |(_, ending)| ending);
        if ["bad_address", "opted_out", "other_channel", "later"].contains(&ending) {
            return Reply::json(422, &json!({"refused": ending}));
        }
        if self.per_second > 0 && self.messages.iter().rev().take_while(|message| message.at == now).count() >= self.per_second {
            return Reply::empty(429).with("retry-after", "1");
        }
        self.made += 1;
        let reference = format!("carried-{}", self.made);
        let (sent, end) = (now + self.latency.0, now + self.latency.0 + self.latency.1);
        let future = match ending {
            "silent" => Vec::new(),
            "fails" => vec![(sent, "sent"), (end, "failed")],
            "read" => vec![(sent, "sent"), (end, "delivered"), (end, "read")],
            _ => vec![(sent, "sent"), (end, "delivered")],
        };
        let (id, data, status) = (id.to_owned(), data.clone(), "taken".to_owned());
        self.messages.push(Message { id, reference: reference.clone(), data, status, times: 1, at: now, future });
        Reply::json(202, &json!({"reference": reference}))
    }

    /// Everything becomes what it is by now, and what is to be told is put on its way.
    pub(crate) fn advance(&mut self) {
        let now = self.clock.now();
        let mut told = Vec::new();
        for message in &mut self.messages {
            while let Some((at, status)) = message.future.first().copied().filter(|(at, _)| *at <= now) {
                message.future.remove(0);
                status.clone_into(&mut message.status);
                let mut data = json!({"message": message.id, "reference": message.reference, "status": status});
                if let Some(fields) = data.as_object_mut().filter(|_| status == "failed") {
                    fields.insert("refused".to_owned(), json!("bad_address"));
                    fields.insert("code".to_owned(), json!("no-such-address"));
                }
                told.push((at, data));
            }
        }
        told.sort_by_key(|(at, _)| *at);
        for (_, data) in told {
            self.tell("message.status", &data);
        }
    }
}

/// One signature of Standard Webhooks.
#[must_use]
pub fn sign(key: &[u8], id: &str, secs: i64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(format!("{id}.{secs}.").as_bytes());
    context.update(body);
    format!("v1,{}", BASE64.encode(context.sign().as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example_has_its_signature() {
        let key = BASE64.decode("AAECAwQFBgcICQoLDA0ODxAREhMUFRYX").unwrap();
        let body = br#"{"type":"invoice.paid","timestamp":"2023-01-19T00:13:51Z","data":{"id":"in_1"}}"#;
        let signature = sign(&key, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1_674_087_231, body);
        assert_eq!(signature, "v1,UG6poI80cNIAFnNdT7WdnqxOZgy6Vuu4ecSkkzob2xU=");
    }
}
