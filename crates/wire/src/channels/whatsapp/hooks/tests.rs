use proptest::prelude::*;
use serde_json::json;

use super::super::super::answer::Next;
use super::*;

fn body(field: &str, value: &Value) -> Vec<u8> {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}]})
        .to_string()
        .into_bytes()
}

fn status(word: &str, errors: &Value) -> Value {
    json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "5511", "phone_number_id": "106"}, "statuses": [{
        "id": "wamid.A", "status": word, "timestamp": "1764504000", "recipient_id": "5511987654321", "biz_opaque_callback_data": "msg_1",
        "pricing": {"billable": true, "pricing_model": "PMP", "category": "utility", "type": "regular"}, "errors": errors,
    }]})
}

#[test]
fn a_status_is_read_whole() {
    let news = heard(&body("messages", &status("delivered", &Value::Null))).unwrap();
    let expected = News::Status {
        number: "106".to_owned(),
        reference: "wamid.A".to_owned(),
        standing: Standing::Delivered,
        at: Some(Instant::from_secs(1_764_504_000)),
        tag: Some("msg_1".to_owned()),
        billed: Some("regular".to_owned()),
        refusal: None,
    };
    assert!(news == [expected], "{news:?}");
    for (word, code, next) in [("failed", 131_026, Next::BadAddress), ("failed", 131_049, Next::Later { wait_secs: Some(86_400) })] {
        let news = heard(&body("messages", &status(word, &json!([{"code": code, "title": "to +5511", "message": "x"}])))).unwrap();
        let [News::Status { standing: Standing::Failed, refusal: Some(refusal), .. }] = &news[..] else { panic!("{news:?}") };
        assert_eq!((refusal.code.as_str(), refusal.next), (code.to_string().as_str(), next));
    }
    let played = heard(&body("messages", &status("played", &Value::Null))).unwrap();
    assert!(matches!(&played[..], [News::Status { standing: Standing::Read, .. }]));
    assert!(heard(&body("messages", &status("dreamt", &Value::Null))).unwrap() == [News::Nothing("messages".to_owned())]);
}

fn message(kind: &str, content: &Value) -> Inbound {
    let mut message =
        json!({"from": "5511987654321", "id": "wamid.B", "timestamp": "1764504000", "type": kind, "context": {"id": "wamid.A"}});
    message[kind] = content.clone();
    let value = json!({"metadata": {"phone_number_id": "106"}, "contacts": [{"profile": {"name": "Ana"}}], "messages": [message]});
    let News::Inbound(inbound) = heard(&body("messages", &value)).unwrap().remove(0) else { panic!("{kind}") };
    inbound
}

#[test]
fn what_people_send_is_read_by_its_kind() {
    let text = message("text", &json!({"body": "Sair"}));
    assert!(text.said == Said::Text("Sair".to_owned()) && text.wish == Some(Wish::Stop));
    assert_eq!((text.from.as_str(), text.number.as_str(), text.answers.as_deref()), ("5511987654321", "106", Some("wamid.A")));
    let button = message("button", &json!({"text": "Parar mensagens", "payload": "x"}));
    assert!(button.said == Said::Button("Parar mensagens".to_owned()) && button.wish == Some(Wish::Stop));
    let reply = message("interactive", &json!({"type": "button_reply", "button_reply": {"id": "1", "title": "Já paguei"}}));
    assert!(reply.said == Said::Button("Já paguei".to_owned()) && reply.wish.is_none());
    let reaction = message("reaction", &json!({"message_id": "wamid.A", "emoji": "👍"}));
    assert!(reaction.said == Said::Reaction("👍".to_owned()));
    let picture = message("image", &json!({"id": "1"}));
    assert!(picture.said == Said::Other("image".to_owned()));
    assert!(message("unsupported", &json!({})).said == Said::Other("unsupported".to_owned()));
    assert_eq!(format!("{text:?}"), "Inbound(wamid.B Text)", "a person's words do not show");
}

#[test]
fn news_of_templates_and_numbers_are_read() {
    let category = json!({"message_template_id": 1, "message_template_name": "fatura", "message_template_language": "pt_BR",
        "previous_category": "UTILITY", "new_category": "MARKETING"});
    let of = |text: &str| text.to_owned();
    let expected = News::Category { template: of("fatura"), language: of("pt_BR"), now: of("MARKETING") };
    assert!(heard(&body("template_category_update", &category)).unwrap() == [expected]);
    let paused = json!({"event": "PAUSED", "message_template_id": 1, "message_template_name": "fatura", "message_template_language": "pt_BR",
        "reason": "NONE", "other_info": {"title": "FIRST_PAUSE"}});
    let expected = News::Template { template: of("fatura"), language: of("pt_BR"), event: of("PAUSED"), why: None };
    assert!(heard(&body("message_template_status_update", &paused)).unwrap() == [expected]);
    for (limit, expected) in [("TIER_10K", Some(Some(10_000))), ("TIER_UNLIMITED", Some(None)), ("TIER_NEW", None)] {
        let quality = json!({"display_phone_number": "+55 11 9876-5432", "event": "UPGRADE", "current_limit": limit});
        let expected = News::Quality { number: of("551198765432"), event: of("UPGRADE"), limit: expected };
        assert!(heard(&body("phone_number_quality_update", &quality)).unwrap() == [expected]);
    }
    assert!(heard(&body("account_alerts", &json!({}))).unwrap() == [News::Nothing(of("account_alerts"))]);
    assert!(heard(b"{\"object\":\"page\",\"entry\":[]}").is_err() && heard(b"[]").is_err() && heard(b"").is_err());
    assert!(heard(b"{\"object\":\"whatsapp_business_account\"}").is_err());
}

#[test]
fn a_signature_is_of_one_body_and_one_secret() {
    let header = sign(b"{}", "secret");
    for (body, secret, header) in [
        (&b"{} "[..], "secret", Some(header.as_str())),
        (b"{}", "other", Some(&header)),
        (b"{}", "secret", Some(&header[7..])),
        (b"{}", "secret", Some("")),
        (b"{}", "secret", None),
        (b"{}", "", Some(&sign(b"{}", ""))),
    ] {
        assert!(!verify(body, secret, header), "{header:?}");
    }
    assert!(verify(b"{}", "secret", Some(&header)));
    for query in [
        "",
        "hub.mode=subscribe&hub.verify_token=t",
        "hub.mode=x&hub.verify_token=t&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=t&hub.challenge=%3Cb%3E",
    ] {
        assert_eq!(challenge(query, "t"), None, "{query}");
    }
    assert_eq!(challenge("hub.mode=subscribe&hub.verify_token=&hub.challenge=1", ""), None);
}

proptest! {
    #[test]
    fn statuses_join_the_same_in_any_order(words in Just(vec!["sent", "delivered", "read", "failed"]).prop_shuffle(), many in 1_usize..5) {
        let standing = |news: News| match news {
            News::Status { standing, .. } => standing,
            News::Inbound(_) | News::Category { .. } | News::Template { .. } | News::Quality { .. } | News::Nothing(_) => panic!("{news:?}"),
        };
        let of = |word: &&str| heard(&body("messages", &status(word, &Value::Null))).unwrap().into_iter().map(standing).collect::<Vec<_>>();
        let standings = |words: &[&str]| words.iter().flat_map(of).fold(Standing::Taken, Standing::with);
        let mut some = words[..many.min(words.len())].to_vec();
        let forward = standings(&some);
        some.reverse();
        some.extend(some.clone());
        prop_assert_eq!(forward, standings(&some));
        if some.contains(&"read") {
            prop_assert_eq!(forward, Standing::Read);
        }
    }
}
