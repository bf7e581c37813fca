use proptest::prelude::*;

use super::*;

fn template() -> Order<'static> {
    Order {
        number: "106540352242922",
        to: "+5511987654321",
        content: Content::Template {
            name: "fatura_vence",
            language: Language::PtBr,
            parameters: &["Ana", "R$\u{a0}219,90\npor  mês"],
            button: Some("p/abc"),
        },
        tag: Some("msg_1"),
    }
}

fn response(status: u16, body: &str) -> Response {
    Response { status, headers: vec![("retry-after".to_owned(), "9".to_owned())], body: body.as_bytes().to_vec() }
}

#[test]
fn a_template_is_named_with_what_stands_in_its_places() {
    let request = send(&template()).unwrap();
    assert_eq!(request.path, "/v23.0/106540352242922/messages");
    assert!(!request.repeatable, "a second try is a second message");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+5511987654321", "type": "template",
        "template": {"name": "fatura_vence", "language": {"code": "pt_BR"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "R$\u{a0}219,90 por  mês"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "p/abc"}]},
        ]},
        "biz_opaque_callback_data": "msg_1",
    });
    assert_eq!(body, expected);
    let text = Order { content: Content::Text("Oi"), tag: None, ..template() };
    let body: Value = serde_json::from_slice(&send(&text).unwrap().body).unwrap();
    assert_eq!((&body["type"], &body["text"]), (&json!("text"), &json!({"preview_url": false, "body": "Oi"})));
    let odd = Order { number: "1/../2?x", ..text };
    assert_eq!(send(&odd).unwrap().path, "/v23.0/12x/messages");
}

#[test]
fn what_would_surely_be_refused_is_not_sent() {
    let long = "a".repeat(TEXT_CHARS_MAX + 1);
    let with = |content| Order { content, ..template() };
    let names = |parameters| Content::Template { name: "a", language: Language::En, parameters, button: None };
    for (order, code, next) in [
        (Order { to: "5511987654321", ..template() }, "131026", Next::BadAddress),
        (with(Content::Text(" ")), "131008", Next::Mend),
        (with(Content::Text(&long)), "131009", Next::Mend),
        (with(names(&["\n"])), "131008", Next::Mend),
        (with(names(&[&long])), "132005", Next::Mend),
    ] {
        let refusal = send(&order).unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.next), (code, next));
    }
}

#[test]
fn an_answer_says_what_may_be_done_next() {
    let taken = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+5511987654321","wa_id":"551187654321"}],
        "messages":[{"id":"wamid.HBg=","message_status":"accepted"}]}"#;
    let (told, person) = answer(&response(200, taken));
    assert_eq!((told, person.as_deref()), (Answer::Taken { reference: "wamid.HBg=".to_owned() }, Some("551187654321")));
    let error = |code: u32| format!(r#"{{"error":{{"message":"(#{code}) to +5511","type":"OAuthException","code":{code}}}}}"#);
    for (status, body, code, next) in [
        (400, error(131_047), "131047", Next::AsTemplate),
        (429, error(130_429), "130429", Next::Later { wait_secs: Some(9) }),
        (400, error(131_056), "131056", Next::Later { wait_secs: Some(9) }),
        (404, error(132_001), "132001", Next::OtherTemplate),
        (401, error(190), "190", Next::Alert),
        (403, error(200), "200", Next::Alert),
        (500, error(131_000), "131000", Next::Later { wait_secs: Some(9) }),
        (400, error(7_777_777), "7777777", Next::OtherChannel),
        (429, String::new(), "429", Next::Later { wait_secs: None }),
        (403, "<html>".to_owned(), "403", Next::Alert),
        (503, String::new(), "503", Next::Later { wait_secs: Some(9) }),
    ] {
        let (Answer::Refused(refusal), None) = answer(&response(status, &body)) else { panic!("{status} {body}") };
        assert_eq!((refusal.code.as_str(), refusal.next), (code, next), "{status} {body}");
        assert!(!refusal.why.contains('+'), "{}", refusal.why);
    }
    for (status, body) in [(200, "{}".to_owned()), (200, "[]".to_owned()), (500, error(7_777_777)), (504, String::new())] {
        assert!(matches!(answer(&response(status, &body)).0, Answer::Unknown { .. }), "{status} {body}");
    }
}

proptest! {
    #[test]
    fn a_parameter_has_no_lines_and_few_blanks(text in "[a-zé \t\n\r{}\"\\\\]{0,80}") {
        match parameter(&text) {
            Err(refusal) => prop_assert!(refusal.code == "131008" && text.trim().is_empty()),
            Ok(value) => {
                let kept = value["text"].as_str().unwrap();
                prop_assert!(!kept.contains(['\n', '\t', '\r']) && !kept.contains("     "));
                let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
                prop_assert_eq!(letters(kept), letters(&text), "nothing but blanks is lost");
            }
        }
    }

    #[test]
    fn any_order_is_json_that_says_what_was_meant(text in "\\PC{1,300}", tag in "\\PC{0,40}") {
        prop_assume!(!text.trim().is_empty());
        let order = Order { content: Content::Text(&text), tag: Some(&tag), ..template() };
        let body: Value = serde_json::from_slice(&send(&order).unwrap().body).unwrap();
        prop_assert_eq!((body["text"]["body"].as_str(), body["biz_opaque_callback_data"].as_str()), (Some(&*text), Some(&*tag)));
    }
}
