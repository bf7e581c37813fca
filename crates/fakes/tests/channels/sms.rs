use base64::Engine as _;
use regua_fakes::client::Answer;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order;
use regua_fakes::sms::{ACCOUNT, FakeSms, NUMBER, SERVICE, Script, TOKEN, signature};

use crate::ask;
use crate::receiver::Receiver;

fn post(fake: &FakeSms, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
    let url = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", fake.base());
    ask(
        "POST",
        &url,
        &[("authorization", &format!("Basic {pair}")), ("content-type", "application/x-www-form-urlencoded")],
        body.as_bytes(),
    )
}

fn code(answer: &Answer) -> (u16, u64) {
    (answer.status, answer.json()["code"].as_u64().unwrap_or(0))
}

#[test]
fn each_refusal_has_its_code() {
    let fake = FakeSms::start(Script { queue: 3, ..Script::default() }).unwrap();
    let to = |to| code(&post(&fake, &[("To", to), ("From", NUMBER), ("Body", "oi")]));
    for (number, expected) in [
        ("+15005550001", 21_211),
        ("11987654321", 21_211),
        ("+15005550002", 21_612),
        ("+15005550003", 21_408),
        ("+15005550004", 21_610),
        ("+15005550009", 21_614),
        ("", 21_604),
    ] {
        assert_eq!(to(number), (400, expected), "{number}");
    }
    let long = "a".repeat(1_601);
    for (fields, expected) in [
        (vec![("To", "+5511987654321"), ("From", NUMBER)], 21_602),
        (vec![("To", "+5511987654321"), ("Body", "oi")], 21_603),
        (vec![("To", "+5511987654321"), ("From", "+5511"), ("Body", "oi")], 21_606),
        (vec![("To", "+5511987654321"), ("MessagingServiceSid", "MGx"), ("Body", "oi")], 21_701),
        (vec![("To", "+5511987654321"), ("From", NUMBER), ("Body", &long)], 21_617),
        (vec![("To", "+5511987654321"), ("From", NUMBER), ("Body", "oi"), ("StatusCallback", "ftp://x")], 21_609),
    ] {
        assert_eq!(code(&post(&fake, &fields)), (400, expected));
    }
    assert_eq!(ask("GET", &format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", fake.base()), &[], b"").json()["code"], 20_003);
    for _ in 0..3 {
        assert_eq!(to("+5511987654321"), (201, 0));
    }
    assert_eq!(to("+5511987654321"), (400, 21_611), "the queue is full");
    fake.account(ACCOUNT, |account| account.countries = vec!["+1".to_owned()]);
    assert_eq!(to("+5511987654322"), (400, 21_408));
    assert_eq!(fake.messages().len(), 3);
}

#[test]
fn a_message_goes_its_way_and_tells_of_it() {
    let (fake, receiver) = (FakeSms::start(Script::default()).unwrap(), Receiver::start());
    let url = receiver.url("/sms?tenant=1");
    for to in ["+5511987654321", "+5511987630003", "+5511987640000"] {
        let answer = post(&fake, &[("To", to), ("MessagingServiceSid", SERVICE), ("Body", "oi"), ("StatusCallback", &url)]);
        assert_eq!((answer.status, answer.json()["status"].as_str()), (201, Some("accepted")));
    }
    assert_eq!(fake.deliver(Order::AsMade).unwrap(), []);
    fake.clock().advance(4);
    assert_eq!(fake.deliver(Order::Storm(3)).unwrap().len(), 10, "five statuses, each twice");
    let statuses: Vec<String> = fake.messages().iter().map(|message| format!("{} {:?}", message.status, message.error)).collect();
    assert_eq!(statuses, ["delivered None", "undelivered Some(30003)", "sent None"]);
    for told in receiver.taken() {
        let url = format!("{}?{}", receiver.url(&told.path), told.query);
        assert_eq!(told.header("x-twilio-signature"), Some(signature(TOKEN, &url, &told.body).as_str()));
        assert_eq!(told.header("content-type"), Some("application/x-www-form-urlencoded; charset=UTF-8"));
    }
    receiver.answer(500);
    fake.deliver_again();
    assert!(fake.deliver(Order::AsMade).unwrap().iter().all(|sent| sent.status == Some(500)));
    assert_eq!(fake.deliver(Order::AsMade).unwrap(), [], "what was refused waits");
    fake.clock().advance(2);
    assert_eq!(fake.deliver(Order::AsMade).unwrap().len(), 5);
}

#[test]
fn who_says_stop_is_not_written_to_until_start() {
    let (fake, receiver) = (FakeSms::start(Script::default()).unwrap(), Receiver::start());
    fake.account(ACCOUNT, |account| (account.inbound, account.tells_opt_out) = (Some(receiver.url("/in")), true));
    let send = || code(&post(&fake, &[("To", "+5511987654321"), ("From", NUMBER), ("Body", "oi")]));
    assert_eq!(send(), (201, 0));
    fake.write("+5511987654321", NUMBER, " stop ").unwrap();
    assert!(fake.stopped(NUMBER, "+5511987654321"));
    assert_eq!(send(), (400, 21_610));
    fake.write("+5511987654321", NUMBER, "START").unwrap();
    assert_eq!(send(), (201, 0));
    fake.write("+5511987654321", NUMBER, "Olá, já paguei & obrigado").unwrap();
    assert!(fake.write("+5511", "+1999", "x").is_err());
    assert_eq!(fake.deliver(Order::AsMade).unwrap().len(), 3);
    let field = |body: &[u8], name: &str| form_urlencoded::parse(body).find(|(have, _)| have == name).map(|(_, value)| value.into_owned());
    let taken = receiver.taken();
    let kinds: Vec<Option<String>> = taken.iter().map(|told| field(&told.body, "OptOutType")).collect();
    assert_eq!(kinds, [Some("STOP".to_owned()), Some("START".to_owned()), None]);
    assert_eq!(field(&taken[2].body, "Body").as_deref(), Some("Olá, já paguei & obrigado"));
}

#[test]
fn limits_suspension_and_faults() {
    let fake = FakeSms::start(Script { per_second: 2, ..Script::default() }).unwrap();
    let send = || code(&post(&fake, &[("To", "+5511987654321"), ("From", NUMBER), ("Body", "oi")]));
    assert_eq!([send(), send(), send()], [(201, 0), (201, 0), (429, 20_429)]);
    fake.clock().advance(1);
    fake.account(ACCOUNT, |account| account.suspended = true);
    assert_eq!(send(), (201, 0));
    assert_eq!(fake.messages().last().map(|message| (message.status.clone(), message.error)), Some(("failed".to_owned(), Some(30_002))));
    fake.clock().advance(1);
    fake.fault(Rule::always(Fault::ErrorAfter(500)).on("POST", "/2010-04-01").times(1));
    fake.fault(Rule::always(Fault::Busy(Some(7))).on("POST", "/2010-04-01").nth(2));
    assert_eq!((send(), fake.messages().len()), ((500, 20_500), 4), "it was done all the same");
    assert_eq!((send(), fake.messages().len()), ((429, 20_429), 4));
}
