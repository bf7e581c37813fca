use base64::Engine as _;
use regua_fakes::callback::{FakeCallback, SECRET, Script, sign};
use regua_fakes::client::Answer;
use regua_fakes::hooks::Order;
use serde_json::json;

use crate::ask;
use crate::receiver::Receiver;

fn key() -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(&SECRET[6..]).unwrap()
}

fn post(fake: &FakeCallback, id: &str, to: &str, secs: i64) -> Answer {
    let data = json!({"message": id, "channel": "voice", "customer": "cus_1", "to": to, "language": "pt-BR", "text": "Oi", "due": []});
    let body = json!({"id": id, "type": "message.send", "timestamp": "2026-12-01T00:00:00Z", "data": data}).to_string();
    let signature = sign(&key(), id, secs, body.as_bytes());
    let secs = secs.to_string();
    let headers =
        [("webhook-id", id), ("webhook-timestamp", &secs), ("webhook-signature", &signature), ("content-type", "application/json")];
    ask("POST", &format!("{}/carry", fake.base()), &headers, body.as_bytes())
}

#[test]
fn a_message_is_taken_once_and_told_of() {
    let (fake, receiver) = (FakeCallback::start(Script::default()).unwrap(), Receiver::start());
    fake.status(&receiver.url("/told"));
    let now = fake.clock().now();
    let (first, second) = (post(&fake, "msg_1", "+5511", now), post(&fake, "msg_1", "+5511", now + 1));
    assert_eq!((first.status, second.status), (202, 200));
    assert_eq!(first.json(), second.json(), "the same answer in every try");
    assert_eq!(fake.messages().iter().map(|message| message.times).collect::<Vec<_>>(), [2]);
    for (ending, expected) in
        [("bad_address", 422), ("opted_out", 422), ("other_channel", 422), ("later", 422), ("fails", 202), ("silent", 202)]
    {
        let answer = post(&fake, &format!("msg_{ending}"), &format!("Rua A#{ending}"), now);
        assert_eq!(answer.status, expected, "{ending}");
        assert!(expected == 202 || answer.json()["refused"] == ending);
    }
    fake.reply("+5511", "PARAR", Some("msg_1"));
    fake.clock().advance(10);
    fake.deliver(Order::Doubled).unwrap();
    let told: Vec<String> =
        receiver.bodies().iter().step_by(2).map(|body| format!("{} {}", body["type"], body["data"]["status"])).collect();
    let reply = "\"message.reply\" null";
    let status = |word: &str| format!("\"message.status\" \"{word}\"");
    assert_eq!(told, [reply.to_owned(), status("sent"), status("sent"), status("delivered"), status("failed")]);
    for hook in receiver.taken() {
        let header = |name: &str| hook.header(name).unwrap().to_owned();
        let secs = header("webhook-timestamp").parse().unwrap();
        assert_eq!(header("webhook-signature"), sign(&key(), &header("webhook-id"), secs, &hook.body));
    }
}

#[test]
fn what_is_not_signed_now_is_refused_and_a_closed_carrier_says_so() {
    let fake = FakeCallback::start(Script { per_second: 1, ..Script::default() }).unwrap();
    let now = fake.clock().now();
    assert_eq!([post(&fake, "msg_1", "+5511", now - 301).status, post(&fake, "msg_1", "+5511", now + 301).status], [401, 401]);
    assert_eq!(ask("POST", &fake.base(), &[("webhook-id", "msg_1")], b"{}").status, 401);
    assert_eq!(ask("GET", &fake.base(), &[], b"").status, 405);
    let body = b"{}";
    let signature = sign(&key(), "msg_1", now, body);
    let headers = [("webhook-id", "msg_1"), ("webhook-timestamp", &*now.to_string()), ("webhook-signature", &*signature)];
    assert_eq!(ask("POST", &fake.base(), &headers, body).status, 400);
    assert_eq!([post(&fake, "msg_1", "+5511", now).status, post(&fake, "msg_2", "+5511", now).status], [202, 429]);
    fake.closed(true);
    assert_eq!(post(&fake, "msg_3", "+5511", now).status, 410);
}
