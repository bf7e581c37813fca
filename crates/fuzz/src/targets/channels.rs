//! Channels: what far sides answer and post, what browsers tell, what people write, templates.

use regua_core::time::Instant;
use regua_wire::channels::answer::{Answer, Next, Refusal, WAIT_SECS_MAX};
use regua_wire::channels::push::{self, Subscription};
use regua_wire::channels::sms::hooks::{self as sms_hooks};
use regua_wire::channels::whatsapp::hooks::{self as whatsapp_hooks, News};
use regua_wire::channels::whatsapp::template::{self, Draft};
use regua_wire::channels::{callback, sms, stop, whatsapp};
use regua_wire::gateways::Response;

use crate::random::hash;
use crate::target::{Target, kind, words_of};

const STATUSES: [u16; 13] = [200, 201, 301, 400, 401, 404, 409, 410, 413, 422, 429, 500, 503];

const SUBSCRIPTION: &str = "{\"endpoint\":\"https://push.example.net/p/1\",\"expirationTime\":null,\"keys\":{\"p256dh\":\
     \"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\",\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}}";

const STATUS: &str = "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{\
     \"metadata\":{\"phone_number_id\":\"106\"},\"statuses\":[{\"id\":\"wamid.A\",\"status\":\"failed\",\"timestamp\":\"1764504000\",\
     \"errors\":[{\"code\":131047}],\"pricing\":{\"type\":\"regular\"}}],\"messages\":[{\"from\":\"5511\",\"id\":\"wamid.B\",\
     \"timestamp\":\"1764504000\",\"type\":\"text\",\"text\":{\"body\":\"sair\"},\"context\":{\"id\":\"wamid.A\"}}]}}]}]}";

const QUALITY: &str = "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[\
     {\"field\":\"phone_number_quality_update\",\"value\":{\"display_phone_number\":\"+55 11\",\"event\":\"UPGRADE\",\"current_limit\":\"TIER_2K\"}},\
     {\"field\":\"message_template_status_update\",\"value\":{\"event\":\"PAUSED\",\"message_template_name\":\"a\",\"reason\":\"NONE\"}},\
     {\"field\":\"template_category_update\",\"value\":{\"message_template_name\":\"a\",\"new_category\":\"MARKETING\"}}]}]}";

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "sms_hook",
        sms_hook,
        &[
            "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003&To=%2B5511&From=%2B1",
            "SmsSid=SM2&SmsStatus=received&From=%2B5511&To=%2B1&Body=Sair&NumMedia=0&OptOutType=STOP",
        ],
    )
    .words("MessageSid=¦SmsSid=¦&MessageStatus=delivered¦&SmsStatus=received¦&From=¦&Body=¦&ErrorCode=30003¦&OptOutType=STOP¦%2B¦%00¦&"),
    Target::new(
        "channel_answer",
        answer,
        &[
            r#"{"sid":"SM1","status":"queued","error_code":null}"#,
            r#"{"code":21610,"message":"x","status":400}"#,
            r#"{"contacts":[{"wa_id":"5511"}],"messages":[{"id":"wamid.A"}]}"#,
            r#"{"error":{"message":"x","type":"OAuthException","code":131047}}"#,
            r#"{"refused":"bad_address","reference":"1"}"#,
        ],
    )
    .words("{\"sid\":\"¦\"code\":¦21610¦131047¦\"error\":{¦\"status\":\"failed\"¦\"messages\":[{\"id\":\"¦\"refused\":\"opted_out\"¦null¦[]¦-1¦1e9"),
    Target::new("whatsapp_hook", whatsapp_hook, &[STATUS, QUALITY]).words(
        "\"statuses\":[{¦\"messages\":[{¦\"id\":\"¦\"status\":\"read\"¦\"timestamp\":¦\"type\":\"reaction\"¦\"reaction\":{\"emoji\":\"¦\
         \"interactive\":{\"button_reply\":{\"title\":\"¦\"field\":\"messages\"¦\"errors\":[{\"code\":¦\"from\":\"¦\"changes\":[{¦null¦[]¦{}",
    ),
    Target::new("whatsapp_handshake", handshake, &["hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=token"])
        .words("hub.mode=subscribe¦hub.challenge=¦hub.verify_token=token¦&¦%3C¦token"),
    Target::new("whatsapp_template", a_template, &["Olá {{1}}, a sua fatura de {{2}} vence em {{3}}. Qualquer dúvida, responda aqui."])
        .words("{{1}}¦{{2}}¦{{¦}}¦ word¦{{0}}¦{{99}}"),
    Target::new("push_subscription", subscription, &[SUBSCRIPTION]).words("\"endpoint\":\"https://¦\"keys\":{¦\"p256dh\":\"¦\"auth\":\"¦==¦:443¦@¦#¦?"),
    Target::new(
        "callback_hook",
        callback_hook,
        &[
            r#"{"id":"evt_1","type":"message.status","data":{"message":"msg_1","status":"failed","refused":"bad_address"}}"#,
            r#"{"id":"evt_2","type":"message.reply","data":{"from":"+5511","text":"PARAR"}}"#,
        ],
    )
    .words("\"type\":\"message.reply\"¦\"data\":{¦\"status\":\"read\"¦\"message\":\"¦\"from\":\"¦\"text\":\"¦null"),
    Target::new("stop_words", wish, &["Sair, por favor!", "START", "ajuda", "já paguei"]).words("stop¦sair¦ARRÊT¦please¦ ¦!¦start"),
];

/// What is said of a refusal is ours, short, and safe to show; a wait ends.
fn safe(refusal: &Refusal) {
    assert!(refusal.code.len() <= 255 && refusal.code.bytes().all(|byte| byte.is_ascii_graphic()), "a code is short and visible");
    assert!(!refusal.why.is_empty() && refusal.why.len() <= 200 && refusal.why.is_ascii(), "the words are ours");
    if let Next::Later { wait_secs: Some(secs) } = refusal.next {
        assert!(secs <= WAIT_SECS_MAX, "a wait is at most a day");
    }
}

fn sms_hook(body: &[u8]) -> u64 {
    let signature = sms_hooks::sign("https://r.example/sms", body, "token");
    // What has too many fields is not signed at all.
    let verified = sms_hooks::verify("https://r.example/sms", body, "token", Some(&signature));
    assert_eq!(verified, !signature.is_empty(), "what is signed is verified");
    assert!(!sms_hooks::verify("https://r.example/smt", body, "token", Some(&signature)), "a signature is of one address");
    let heard = sms_hooks::heard(body);
    match &heard {
        Ok(sms_hooks::News::Status { reference, refusal, .. }) => {
            assert!(!reference.is_empty(), "a message has a name");
            refusal.iter().for_each(safe);
        }
        Ok(sms_hooks::News::Inbound(inbound)) => assert!(!inbound.reference.is_empty() && !inbound.from.is_empty(), "somebody wrote it"),
        Err(_) => {}
    }
    kind(&heard)
}

fn answer(body: &[u8]) -> u64 {
    let header = String::from_utf8_lossy(body).into_owned();
    let (mut kinds, mut is_good) = (Vec::new(), false);
    for status in STATUSES {
        let response = Response { status, headers: vec![("retry-after".to_owned(), header.clone())], body: body.to_vec() };
        let answers = [sms::answer(&response), whatsapp::answer(&response).0, push::answer(&response), callback::answer(&response)];
        for answer in &answers {
            match answer {
                Answer::Taken { reference } => {
                    assert!(status < 300 || status == 409, "only a good answer says that it was taken");
                    is_good |= !reference.is_empty();
                }
                Answer::Refused(refusal) => safe(refusal),
                Answer::Unknown { why } => assert!(why.is_ascii() && why.len() <= 200, "the words are ours"),
            }
        }
        kinds.push(answers.map(|answer| std::mem::discriminant(&answer)));
        let _ = sms::looked(&response);
    }
    if is_good { 1 } else { hash(format!("{kinds:?}").as_bytes()) }
}

fn whatsapp_hook(body: &[u8]) -> u64 {
    let header = whatsapp_hooks::sign(body, "secret");
    assert!(whatsapp_hooks::verify(body, "secret", Some(&header)) && !whatsapp_hooks::verify(body, "other", Some(&header)));
    let heard = whatsapp_hooks::heard(body);
    assert!(whatsapp_hooks::heard(body) == heard, "the same body says the same");
    let Ok(news) = &heard else { return kind(&heard) };
    let mut kinds: Vec<String> = Vec::new();
    for one in news {
        match one {
            News::Status { reference, refusal, .. } => {
                assert!(!reference.is_empty(), "a message has a name");
                refusal.iter().for_each(safe);
            }
            News::Inbound(inbound) => assert!(!inbound.reference.is_empty() && !inbound.from.is_empty(), "somebody wrote it"),
            News::Category { .. } | News::Template { .. } | News::Quality { .. } | News::Nothing(_) => {}
        }
        kinds.push(format!("{:?}", std::mem::discriminant(one)));
    }
    kinds.dedup();
    if news.iter().any(|one| !matches!(one, News::Nothing(_))) { 1 } else { hash(kinds.concat().as_bytes()) }
}

fn handshake(query: &[u8]) -> u64 {
    let query = String::from_utf8_lossy(query);
    assert_eq!(whatsapp_hooks::challenge(&query, ""), None, "a token that was left empty is none");
    match whatsapp_hooks::challenge(&query, "token") {
        Some(challenge) => {
            assert!(challenge.bytes().all(|byte| byte.is_ascii_alphanumeric()), "it goes into a page");
            1
        }
        None => 2,
    }
}

fn a_template(body: &[u8]) -> u64 {
    let body = String::from_utf8_lossy(body);
    let checked = template::check(&Draft { name: "a", body: &body, footer: None, button: Some(("Pagar", "https://r.example/{{1}}")) });
    if let Ok(count) = checked {
        assert!(!body.trim().starts_with("{{") && !body.trim().ends_with("}}"), "a place stands between words");
        assert!(count == 0 || body.contains(&format!("{{{{{count}}}}}")) || body.contains(&format!("{count}}}}}")), "every place is there");
    }
    kind(&checked)
}

fn subscription(json: &[u8]) -> u64 {
    let read = Subscription::parse(json);
    if let Ok(read) = &read {
        assert_eq!(Subscription::parse(read.json().as_bytes()).as_ref(), Ok(read), "what is kept is read again");
        assert!(read.endpoint().starts_with(read.origin()) && !format!("{read:?}").contains("/p/"), "its path does not show");
        let sealed = push::seal(read, b"words", 0, [1; 16], [2; 32]);
        assert!(sealed.is_ok_and(|sealed| sealed.len() == 86 + 5 + 17), "any browser can be written to");
    }
    kind(&read)
}

fn callback_hook(body: &[u8]) -> u64 {
    let heard = callback::heard(body);
    match &heard {
        Ok(callback::News::Status { message, refusal, .. }) => {
            assert!(!message.is_empty(), "a message has a name");
            refusal.iter().for_each(safe);
        }
        Ok(callback::News::Reply { id, from, .. }) => assert!(!id.is_empty() && !from.is_empty(), "somebody wrote it"),
        Err(_) => {}
    }
    assert!(!callback::verify(|_| None, body, &[], Instant::from_secs(0)), "nobody signed it");
    kind(&heard)
}

fn wish(text: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(text);
    match stop::wish(&text) {
        Some(wish) => {
            assert!(text.trim().chars().count() <= 60, "a long text is for a person");
            assert_eq!(stop::wish(&format!(" {} ", text.trim())), Some(wish), "blanks around it change nothing");
            1
        }
        None => words_of(&"none"),
    }
}
