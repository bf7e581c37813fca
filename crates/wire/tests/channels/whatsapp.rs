use std::collections::BTreeMap;

use regua_core::words::Language;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order as Turn;
use regua_fakes::serve::{Ask, Reply};
use regua_fakes::whatsapp::{FakeWhatsapp, NUMBER, SECRET, Script, TOKEN, VERIFY};
use regua_wire::channels::answer::{Answer, Next, Standing};
use regua_wire::channels::stop::Wish;
use regua_wire::channels::whatsapp::hooks::{News, SIGNATURE, Said, challenge, heard, verify};
use regua_wire::channels::whatsapp::{Content, Order, answer, send};
use serde_json::json;

use crate::receiver::Receiver;
use crate::{carry, refused, taken, told};

const ANA: &str = "+5511987654321";

/// As our own endpoint answers: the handshake, or 200.
fn endpoint(ask: &Ask) -> Reply {
    match challenge(&ask.query, VERIFY) {
        Some(challenge) => Reply { status: 200, headers: Vec::new(), body: challenge.into_bytes() },
        None if ask.verb == "GET" => Reply::empty(403),
        None => Reply::empty(200),
    }
}

fn template<'a>(to: &'a str, parameters: &'a [&'a str]) -> Order<'a> {
    let content = Content::Template { name: "fatura_vence", language: Language::PtBr, parameters, button: Some("p/abc") };
    Order { number: NUMBER, to, content, tag: Some("msg_1") }
}

const WORDS: &[&str] = &["Ana\nMaria", "R$ 219,90", "10/12     2026"];

fn sent(fake: &FakeWhatsapp, order: &Order<'_>) -> (Answer, Option<String>) {
    answer(&carry(&fake.base(), &send(order).unwrap(), &[("authorization", &format!("Bearer {TOKEN}"))]))
}

fn news(receiver: &Receiver) -> Vec<News> {
    let taken = receiver.taken();
    let signed = taken.iter().filter(|ask| ask.verb == "POST").inspect(|ask| assert!(verify(&ask.body, SECRET, ask.header(SIGNATURE))));
    signed.flat_map(|ask| heard(&ask.body).unwrap()).collect()
}

#[test]
fn an_address_is_known_by_the_token_that_was_agreed_on() {
    let (fake, receiver) = (FakeWhatsapp::start(Script::default()).unwrap(), Receiver::start(endpoint));
    assert_eq!(fake.handshake(&receiver.url("/wa"), VERIFY), Ok(true));
    assert_eq!(fake.handshake(&receiver.url("/wa"), "other"), Ok(false));
}

#[test]
fn a_template_goes_its_way_whatever_the_order_of_its_statuses() {
    let (fake, receiver) =
        (FakeWhatsapp::start(Script { latency: (1, 2, Some(3)), ..Script::default() }).unwrap(), Receiver::start(endpoint));
    fake.webhook(&receiver.url("/wa"));
    let to = ["+5531987654321", "+5511987000001", "+5511987000002", "+5511987131026", "+5511987131049"];
    let (ids, people): (Vec<String>, Vec<Option<String>>) =
        to.iter().map(|to| sent(&fake, &template(to, WORDS))).map(|(answer, person)| (taken(answer), person)).unzip();
    assert_eq!(people[0].as_deref(), Some("553187654321"), "the far side knows Ana without the ninth digit");
    assert_eq!(fake.messages()[0].words, ["Ana Maria", "R$ 219,90", "10/12    2026"]);
    fake.clock().advance(10);
    fake.deliver(Turn::Storm(4)).unwrap();
    let mut standings = BTreeMap::new();
    for news in news(&receiver) {
        let News::Status { number, reference, standing, tag, billed, refusal, at } = news else { panic!("{news:?}") };
        assert_eq!((number.as_str(), tag.as_deref(), at.is_some()), (NUMBER, Some("msg_1"), true));
        assert_eq!(refusal.is_some(), standing == Standing::Failed);
        assert_eq!(billed.as_deref(), refusal.is_none().then_some("regular"));
        let (known, why) = standings.entry(reference).or_insert((Standing::Taken, None));
        *known = known.with(standing);
        *why = refusal.map(|refusal| refusal.next).or(*why);
    }
    let ends: Vec<(Standing, Option<Next>)> = ids.iter().map(|id| standings[id]).collect();
    assert_eq!(
        ends,
        [
            (Standing::Read, None),
            (Standing::Read, None),
            (Standing::Sent, None),
            (Standing::Failed, Some(Next::BadAddress)),
            (Standing::Failed, Some(Next::Later { wait_secs: Some(86_400) })),
        ]
    );
}

#[test]
fn free_text_fails_without_a_window_and_goes_inside_one() {
    let (fake, receiver) = (FakeWhatsapp::start(Script::default()).unwrap(), Receiver::start(endpoint));
    fake.webhook(&receiver.url("/wa"));
    let text = Order { number: NUMBER, to: ANA, content: Content::Text("Oi, Ana\nTudo bem?"), tag: None };
    taken(sent(&fake, &text).0);
    fake.clock().advance(3);
    fake.deliver(Turn::AsMade).unwrap();
    let heard = news(&receiver);
    let [News::Status { standing: Standing::Failed, refusal: Some(refusal), .. }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!(told(refusal), ("131047", Next::AsTemplate));
    let _ = fake.write(ANA, NUMBER, "Quem é?");
    taken(sent(&fake, &text).0);
    fake.clock().advance(3);
    fake.deliver(Turn::AsMade).unwrap();
    let heard = news(&receiver);
    let News::Inbound(inbound) = &heard[0] else { panic!("{heard:?}") };
    assert!(inbound.from == "5511987654321" && inbound.said == Said::Text("Quem é?".to_owned()));
    let free = heard.iter().filter(|news| matches!(news, News::Status { billed: Some(billed), .. } if billed == "free_customer_service"));
    assert_eq!(free.count(), 2);
}

#[test]
fn what_people_and_the_far_side_do_is_heard() {
    let (fake, receiver) = (FakeWhatsapp::start(Script::default()).unwrap(), Receiver::start(endpoint));
    fake.webhook(&receiver.url("/wa"));
    let id = taken(sent(&fake, &template(ANA, WORDS)).0);
    let _ = fake.write(ANA, NUMBER, "sair");
    let _ = fake.send_kind(ANA, NUMBER, "button", &json!({"text": "Já paguei", "payload": "paid"}), Some(&id));
    let _ = fake.send_kind(ANA, NUMBER, "reaction", &json!({"message_id": id, "emoji": "👍"}), None);
    let _ = fake.send_kind(ANA, NUMBER, "image", &json!({"id": "1", "mime_type": "image/jpeg"}), None);
    let _ = fake.send_kind(ANA, NUMBER, "unsupported", &json!({}), None);
    fake.template("fatura_vence", "pt_BR", "PAUSED");
    fake.recategorise("fatura_vence", "pt_BR", "MARKETING");
    fake.quality(NUMBER, "UPGRADE", "TIER_10K");
    fake.deliver(Turn::AsMade).unwrap();
    let heard = news(&receiver);
    let inbound: Vec<_> = heard
        .iter()
        .filter_map(|news| match news {
            News::Inbound(inbound) => Some((inbound.said.clone(), inbound.wish, inbound.answers.clone())),
            News::Status { .. } | News::Category { .. } | News::Template { .. } | News::Quality { .. } | News::Nothing(_) => None,
        })
        .collect();
    let of = |text: &str| text.to_owned();
    assert!(
        inbound
            == [
                (Said::Text(of("sair")), Some(Wish::Stop), None),
                (Said::Button(of("Já paguei")), None, Some(id.clone())),
                (Said::Reaction(of("👍")), None, Some(id)),
                (Said::Other(of("image")), None, None),
                (Said::Other(of("unsupported")), None, None),
            ]
    );
    let (template, language) = (of("fatura_vence"), of("pt_BR"));
    assert!(
        heard[5..]
            == [
                News::Template { template: template.clone(), language: language.clone(), event: of("PAUSED"), why: None },
                News::Category { template, language, now: of("MARKETING") },
                News::Quality { number: of("551130000000"), event: of("UPGRADE"), limit: Some(Some(10_000)) },
            ],
        "{:?}",
        &heard[5..]
    );
    assert_eq!(told(&refused(sent(&fake, &self::template(ANA, WORDS)).0)), ("132015", Next::OtherTemplate));
}

#[test]
fn every_refusal_says_what_may_be_done_next() {
    let fake = FakeWhatsapp::start(Script { per_second: 3, per_pair: 2, ..Script::default() }).unwrap();
    let one = |to: &str, words: &[&str]| sent(&fake, &template(to, words)).0;
    for (to, words, code, next) in [
        ("+5511900131031", WORDS, "131031", Next::Alert),
        ("+5511900131042", WORDS, "131042", Next::Alert),
        ("+5511900131016", WORDS, "131016", Next::Later { wait_secs: Some(60) }),
        ("+5511900131000", WORDS, "131000", Next::Later { wait_secs: Some(60) }),
        ("+5511900000368", WORDS, "368", Next::Alert),
        (ANA, &WORDS[1..], "132000", Next::Mend),
    ] {
        assert_eq!(told(&refused(one(to, words))), (code, next));
    }
    taken(one(ANA, WORDS));
    taken(one(ANA, WORDS));
    assert_eq!(told(&refused(one(ANA, WORDS))), ("131056", Next::Later { wait_secs: Some(60) }));
    taken(one("+5511987654322", WORDS));
    assert_eq!(told(&refused(one("+5511987654323", WORDS))), ("130429", Next::Later { wait_secs: Some(60) }));
    let stranger = carry(&fake.base(), &send(&template(ANA, WORDS)).unwrap(), &[("authorization", "Bearer other")]);
    assert_eq!(told(&refused(answer(&stranger).0)), ("190", Next::Alert));
    fake.clock().advance(10);
    fake.fault(Rule::always(Fault::ErrorAfter(502)).times(1));
    assert!(matches!(one(ANA, WORDS), Answer::Unknown { .. }), "it was done, and nobody knows");
    assert_eq!(fake.messages().len(), 4);
}
