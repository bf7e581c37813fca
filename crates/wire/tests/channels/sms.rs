use std::collections::BTreeMap;

use base64::Engine as _;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order as Turn;
use regua_fakes::serve::Reply;
use regua_fakes::sms::{ACCOUNT, FakeSms, NUMBER, SERVICE, Script, TOKEN};
use regua_wire::channels::answer::{Answer, Next, Standing};
use regua_wire::channels::sms::hooks::{News, SIGNATURE, heard, verify};
use regua_wire::channels::sms::{Order, Sender, answer, look, looked, send};
use regua_wire::channels::stop::Wish;
use regua_wire::gateways::{Request, Response};

use crate::receiver::Receiver;
use crate::{carry, refused, taken, told};

fn order<'a>(to: &'a str, callback: Option<&'a str>) -> Order<'a> {
    Order { account: ACCOUNT, sender: Sender::Service(SERVICE), to, text: "Olá & até já", callback, validity_secs: Some(600) }
}

fn ask(fake: &FakeSms, request: &Request) -> Response {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
    carry(&fake.base(), request, &[("authorization", &format!("Basic {pair}"))])
}

fn sent(fake: &FakeSms, order: &Order<'_>) -> Answer {
    answer(&ask(fake, &send(order).unwrap()))
}

#[test]
fn what_is_sent_is_taken_and_its_statuses_join_from_any_order() {
    let (fake, receiver) = (FakeSms::start(Script::default()).unwrap(), Receiver::start(|_| Reply::empty(204)));
    let callback = receiver.url("/hooks/sms?tenant=t1");
    let sids: Vec<String> =
        ["+5511987654321", "+5511987630005", "+5511987640000"].iter().map(|to| taken(sent(&fake, &order(to, Some(&callback))))).collect();
    assert_eq!(fake.messages()[0].body, "Olá & até já");
    fake.clock().advance(4);
    fake.deliver(Turn::Storm(11)).unwrap();
    let mut standings = BTreeMap::new();
    for ask in receiver.taken() {
        assert!(verify(&callback, &ask.body, TOKEN, ask.header(SIGNATURE)));
        assert!(!verify(&callback, &ask.body, "other", ask.header(SIGNATURE)));
        let News::Status { reference, standing, refusal } = heard(&ask.body).unwrap() else { panic!() };
        assert_eq!(refusal.map(|refusal| refusal.next), (standing == Standing::Failed).then_some(Next::BadAddress));
        let known = standings.entry(reference).or_insert(Standing::Taken);
        *known = known.with(standing);
    }
    let ends: Vec<Standing> = sids.iter().map(|sid| standings[sid]).collect();
    assert_eq!(ends, [Standing::Delivered, Standing::Failed, Standing::Sent]);
    for (sid, end) in sids.iter().zip(ends) {
        let (standing, refusal) = looked(&ask(&fake, &look(ACCOUNT, sid))).unwrap();
        assert_eq!((standing, refusal.is_some()), (end, end == Standing::Failed));
    }
    assert!(looked(&ask(&fake, &look(ACCOUNT, "SMnone"))).is_err());
}

#[test]
fn every_refusal_says_what_may_be_done_next() {
    let fake = FakeSms::start(Script { per_second: 9, ..Script::default() }).unwrap();
    for (to, code, next) in [
        ("+15005550001", "21211", Next::BadAddress),
        ("+15005550002", "21612", Next::OtherChannel),
        ("+15005550003", "21408", Next::Mend),
        ("+15005550004", "21610", Next::OptedOut),
        ("+15005550009", "21614", Next::BadAddress),
    ] {
        assert_eq!(told(&refused(sent(&fake, &order(to, None)))), (code, next));
    }
    let from = Order { sender: Sender::From("+5511"), ..order("+5511987654321", None) };
    assert_eq!(told(&refused(sent(&fake, &from))), ("21606", Next::Alert));
    let stranger = carry(&fake.base(), &send(&from).unwrap(), &[]);
    assert_eq!(told(&refused(answer(&stranger))), ("20003", Next::Alert));
    fake.fault(Rule::always(Fault::Busy(Some(7))).times(1));
    assert_eq!(told(&refused(sent(&fake, &order("+5511987654321", None)))), ("20429", Next::Later { wait_secs: Some(7) }));
    fake.fault(Rule::always(Fault::ErrorAfter(500)).times(1));
    assert!(matches!(sent(&fake, &order("+5511987654321", None)), Answer::Unknown { .. }), "it was done, and nobody knows");
    assert_eq!(fake.messages().len(), 1);
}

#[test]
fn what_people_write_is_heard_and_stop_holds_on_both_sides() {
    let (fake, receiver) = (FakeSms::start(Script::default()).unwrap(), Receiver::start(|_| Reply::empty(204)));
    fake.account(ACCOUNT, |account| (account.inbound, account.tells_opt_out) = (Some(receiver.url("/in")), true));
    for text in ["já paguei ontem!", "Sair", "STOP", "START"] {
        fake.write("+5511987654321", NUMBER, text).unwrap();
    }
    fake.deliver(Turn::AsMade).unwrap();
    let wishes: Vec<(String, Option<Wish>)> = receiver
        .taken()
        .iter()
        .map(|ask| {
            assert!(verify(&receiver.url("/in"), &ask.body, TOKEN, ask.header(SIGNATURE)));
            let News::Inbound(inbound) = heard(&ask.body).unwrap() else { panic!() };
            assert_eq!((inbound.from.as_str(), inbound.to.as_str()), ("+5511987654321", NUMBER));
            (inbound.text, inbound.wish)
        })
        .collect();
    let of = |text: &str, wish| (text.to_owned(), wish);
    let expected =
        [of("já paguei ontem!", None), of("Sair", Some(Wish::Stop)), of("STOP", Some(Wish::Stop)), of("START", Some(Wish::Start))];
    assert_eq!(wishes, expected);
    fake.write("+5511987654321", NUMBER, "STOP").unwrap();
    assert_eq!(refused(sent(&fake, &order("+5511987654321", None))).next, Next::OptedOut);
}
