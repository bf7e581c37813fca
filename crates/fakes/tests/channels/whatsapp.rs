use regua_fakes::client::Answer;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order;
use regua_fakes::whatsapp::{FakeWhatsapp, NUMBER, SECRET, Script, TOKEN, signature};
use serde_json::{Value, json};

use crate::ask;
use crate::receiver::Receiver;

fn post(fake: &FakeWhatsapp, body: &Value) -> Answer {
    let url = format!("{}/v23.0/{NUMBER}/messages", fake.base());
    ask("POST", &url, &[("authorization", &format!("Bearer {TOKEN}")), ("content-type", "application/json")], body.to_string().as_bytes())
}

fn text(to: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "oi"}})
}

fn template(to: &str, name: &str, words: &[&str], button: bool) -> Value {
    let of = |text: &&str| json!({"type": "text", "text": text});
    let mut components = vec![json!({"type": "body", "parameters": words.iter().map(of).collect::<Vec<_>>()})];
    if button {
        components.push(json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [of(&"p/x")]}));
    }
    json!({"messaging_product": "whatsapp", "to": to, "type": "template",
        "template": {"name": name, "language": {"code": "pt_BR"}, "components": components}})
}

fn code(answer: &Answer) -> (u16, u64) {
    (answer.status, answer.json()["error"]["code"].as_u64().unwrap_or(0))
}

const ANA: &str = "+5511987654321";

#[test]
fn each_refusal_has_its_code() {
    let fake = FakeWhatsapp::start(Script::default()).unwrap();
    let good = ["Ana", "R$ 1,00", "01/12"];
    for (body, expected) in [
        (template(ANA, "fatura_vence", &good, true), (200, 0)),
        (template(ANA, "outra", &good, true), (404, 132_001)),
        (template(ANA, "fatura_vence", &good[1..], true), (400, 132_000)),
        (template(ANA, "fatura_vence", &good, false), (400, 131_008)),
        (template(ANA, "fatura_vence", &["a\nb", "c", "d"], true), (400, 132_018)),
        (template(ANA, "fatura_vence", &["a     b", "c", "d"], true), (400, 132_018)),
        (template(ANA, "fatura_vence", &["", "c", "d"], true), (400, 131_008)),
        (text("+551130000000"), (400, 131_021)),
        (text("+5511"), (400, 131_009)),
        (text("+55119000368"), (403, 368)),
        (text("+5511900131031"), (403, 131_031)),
        (text("+5511900131000"), (500, 131_000)),
        (json!({"to": ANA}), (400, 100)),
        (json!({"messaging_product": "whatsapp", "to": ANA, "type": "image"}), (400, 131_051)),
        (json!({"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {}}), (400, 131_008)),
        (json!({"messaging_product": "whatsapp", "to": ANA, "text": {"body": "a".repeat(4_097)}}), (400, 100)),
    ] {
        assert_eq!(code(&post(&fake, &body)), expected, "{body}");
    }
    for (event, expected) in [("PAUSED", (400, 132_015)), ("DISABLED", (400, 132_016)), ("PENDING", (404, 132_001)), ("APPROVED", (200, 0))]
    {
        fake.template("fatura_vence", "pt_BR", event);
        assert_eq!(code(&post(&fake, &template(ANA, "fatura_vence", &good, true))), expected, "{event}");
    }
    let url = format!("{}/v23.0/{NUMBER}/messages", fake.base());
    assert_eq!(code(&ask("POST", &url, &[("authorization", "Bearer other")], b"{}")), (401, 190));
    assert_eq!(code(&ask("POST", &url, &[], b"{}")), (401, 0));
    assert_eq!(code(&ask("POST", &url.replace(NUMBER, "1"), &[("authorization", &format!("Bearer {TOKEN}"))], b"{}")), (400, 100));
}

#[test]
fn free_text_needs_an_open_window_and_fails_later_without_one() {
    let (fake, receiver) = (FakeWhatsapp::start(Script::default()).unwrap(), Receiver::start());
    fake.webhook(&receiver.url("/wa"));
    assert_eq!(post(&fake, &text(ANA)).status, 200, "it is taken, and told as failed");
    fake.clock().advance(1);
    fake.deliver(Order::AsMade).unwrap();
    let failed = &receiver.bodies()[0]["entry"][0]["changes"][0]["value"]["statuses"][0];
    assert_eq!((failed["status"].as_str(), failed["errors"][0]["code"].as_u64()), (Some("failed"), Some(131_047)));
    let _ = fake.write(ANA, NUMBER, "Oi");
    fake.clock().advance(86_399);
    assert_eq!(post(&fake, &text(ANA)).status, 200);
    fake.clock().advance(1);
    assert_eq!(post(&fake, &text(ANA)).status, 200);
    fake.clock().advance(3);
    let ends: Vec<(String, Option<u32>)> = fake.messages().into_iter().map(|message| (message.status, message.error)).collect();
    let of = |text: &str| text.to_owned();
    assert_eq!(ends, [(of("failed"), Some(131_047)), (of("delivered"), None), (of("failed"), Some(131_047))]);
    fake.deliver(Order::AsMade).unwrap();
    for told in receiver.taken() {
        assert_eq!(told.header("x-hub-signature-256"), Some(signature(SECRET, &told.body).as_str()));
    }
    let free = receiver.bodies().into_iter().filter(|body| body.to_string().contains("free_customer_service")).count();
    assert_eq!(free, 2, "sent and delivered inside the window");
}

#[test]
fn statuses_come_as_the_number_asks_and_the_ninth_digit_is_dropped() {
    let (fake, receiver) = (FakeWhatsapp::start(Script { latency: (1, 2, Some(3)), ..Script::default() }).unwrap(), Receiver::start());
    fake.webhook(&receiver.url("/wa"));
    let words = ["a", "b", "c"];
    for to in ["+5531987654321", "+5511987000001", "+5511987000002", "+5511987131026"] {
        let mut body = template(to, "fatura_vence", &words, true);
        body["biz_opaque_callback_data"] = json!("msg_1");
        assert_eq!(post(&fake, &body).status, 200);
    }
    fake.clock().advance(10);
    fake.deliver(Order::Storm(5)).unwrap();
    let mut told: Vec<String> = receiver
        .bodies()
        .iter()
        .map(|body| {
            let status = &body["entry"][0]["changes"][0]["value"]["statuses"][0];
            assert_eq!(status["biz_opaque_callback_data"], "msg_1");
            format!("{} {}", status["recipient_id"].as_str().unwrap(), status["status"].as_str().unwrap())
        })
        .collect();
    told.sort();
    told.dedup();
    assert_eq!(
        told,
        [
            "5511987000001 read",
            "5511987000001 sent",
            "5511987000002 sent",
            "5511987131026 failed",
            "553187654321 delivered",
            "553187654321 read",
            "553187654321 sent",
        ]
    );
}

#[test]
fn limits_by_number_and_by_pair_and_offers_that_nobody_wants() {
    let fake = FakeWhatsapp::start(Script { per_second: 3, per_pair: 2, ..Script::default() }).unwrap();
    let send = |to: &str| code(&post(&fake, &template(to, "fatura_vence", &["a", "b", "c"], true)));
    assert_eq!([send(ANA), send(ANA), send(ANA)], [(200, 0), (200, 0), (400, 131_056)]);
    assert_eq!([send("+5511987654322"), send("+5511987654323")], [(200, 0), (429, 130_429)]);
    fake.clock().advance(6);
    assert_eq!(send(ANA), (200, 0));
    fake.recategorise("fatura_vence", "pt_BR", "MARKETING");
    fake.no_offers(ANA);
    assert_eq!(send(ANA), (200, 0));
    fake.clock().advance(6);
    assert_eq!(fake.messages().last().and_then(|message| message.error), Some(131_050));
    fake.fault(Rule::always(Fault::ErrorBefore(503)).times(1));
    assert_eq!((send(ANA), fake.messages().len()), ((503, 131_016), 5));
}
