use std::collections::BTreeMap;

use regua_core::time::Instant;
use regua_core::words::{Channel, Language};
use regua_fakes::callback::{FakeCallback, SECRET, Script};
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Order as Turn;
use regua_fakes::serve::Reply;
use regua_wire::channels::answer::{Answer, Next, Standing};
use regua_wire::channels::callback::{News, Order, answer, heard, send, verify};
use regua_wire::channels::stop::Wish;
use regua_wire::webhooks_out::SigningKey;

use crate::receiver::Receiver;
use crate::{carry, refused, taken, told};

fn order<'a>(message: &'a str, to: &'a str) -> Order<'a> {
    Order {
        id: message,
        message,
        channel: Channel::Letter,
        customer: "cus_1",
        reference: Some("C-7"),
        to,
        language: Language::It,
        subject: Some("Fattura"),
        text: "Gentile Ana, …",
        due: &["rec_1"],
        at: Instant::from_secs(1_796_040_000),
    }
}

fn sent(fake: &FakeCallback, order: &Order<'_>, keys: &[SigningKey]) -> Answer {
    answer(&carry(&fake.base(), &send("/carry?x=1", order, keys, Instant::from_secs(fake.clock().now())), &[]))
}

#[test]
fn a_message_is_carried_once_and_told_of() {
    let (fake, receiver) = (FakeCallback::start(Script::default()).unwrap(), Receiver::start(|_| Reply::empty(204)));
    fake.status(&receiver.url("/told"));
    let keys = [SigningKey::new(&[1; 24]).unwrap(), SigningKey::parse(SECRET).unwrap()];
    fake.fault(Rule::always(Fault::ErrorAfter(502)).times(1));
    assert_eq!(told(&refused(sent(&fake, &order("msg_1", "Via Roma 1#read"), &keys))), ("502", Next::Later { wait_secs: None }));
    let reference = taken(sent(&fake, &order("msg_1", "Via Roma 1#read"), &keys));
    assert_eq!((reference.as_str(), fake.messages().len(), fake.messages()[0].times), ("carried-1", 1, 2), "it knows the message again");
    taken(sent(&fake, &order("msg_2", "Via Roma 2#fails"), &keys));
    fake.reply("+39333", "Basta, grazie", Some("msg_1"));
    fake.clock().advance(10);
    fake.deliver(Turn::Storm(2)).unwrap();
    let (mut standings, mut wishes) = (BTreeMap::new(), Vec::new());
    let now = Instant::from_secs(fake.clock().now());
    for ask in receiver.taken() {
        assert!(verify(|name| ask.header(name), &ask.body, &keys, now));
        assert!(!verify(|name| ask.header(name), &ask.body, &keys[..1], now));
        match heard(&ask.body).unwrap() {
            News::Status { message, standing, refusal, .. } => {
                assert_eq!(refusal.map(|refusal| refusal.next), (standing == Standing::Failed).then_some(Next::BadAddress));
                let known = standings.entry(message).or_insert(Standing::Taken);
                *known = known.with(standing);
            }
            News::Reply { id, message, wish, .. } => wishes.push((id, message, wish)),
        }
    }
    assert_eq!(standings.into_values().collect::<Vec<_>>(), [Standing::Read, Standing::Failed]);
    assert_eq!((wishes.len(), &wishes[0], wishes[0].2), (2, &wishes[1], Some(Wish::Stop)), "the same answer twice has one id");
}

#[test]
fn every_refusal_says_what_may_be_done_next() {
    let fake = FakeCallback::start(Script { per_second: 1, ..Script::default() }).unwrap();
    let keys = [SigningKey::parse(SECRET).unwrap()];
    for (ending, next) in [
        ("bad_address", Next::BadAddress),
        ("opted_out", Next::OptedOut),
        ("other_channel", Next::OtherChannel),
        ("later", Next::Later { wait_secs: None }),
    ] {
        assert_eq!(told(&refused(sent(&fake, &order("msg_1", &format!("Via#{ending}")), &keys))), ("422", next));
    }
    let strange = [SigningKey::new(&[1; 24]).unwrap()];
    assert_eq!(told(&refused(sent(&fake, &order("msg_1", "Via"), &strange))), ("401", Next::Alert));
    assert_eq!(told(&refused(sent(&fake, &order("msg_1", ""), &keys))), ("400", Next::Mend));
    taken(sent(&fake, &order("msg_1", "Via"), &keys));
    assert_eq!(told(&refused(sent(&fake, &order("msg_2", "Via"), &keys))), ("429", Next::Later { wait_secs: Some(1) }));
    fake.closed(true);
    assert_eq!(told(&refused(sent(&fake, &order("msg_3", "Via"), &keys))), ("410", Next::Alert));
}
