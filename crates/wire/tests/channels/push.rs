use regua_core::time::Instant;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::push::{FakePush, Script};
use regua_wire::channels::answer::{Answer, Next};
use regua_wire::channels::push::{Manner, PLAIN_BYTES_MAX, Subscription, Urgency, VapidKey, answer, seal, send};

use crate::{carry, refused, taken, told};

const MANNER: Manner<'_> = Manner { ttl_secs: 3_600, urgency: Urgency::Normal, topic: Some("due") };

fn subscribed(fake: &FakePush, key: &VapidKey) -> Subscription {
    Subscription::parse(fake.subscribe(Some(&key.public())).unwrap().to_string().as_bytes()).unwrap()
}

fn sent(fake: &FakePush, to: &Subscription, key: &VapidKey, plain: &[u8], salt: u8) -> Answer {
    let sealed = seal(to, plain, 0, [salt; 16], [salt.max(1); 32]).unwrap();
    let header = key.authorization(to, "mailto:us@example.com", Instant::from_secs(fake.clock().now()));
    answer(&carry(to.origin(), &send(to, sealed, &MANNER), &[("authorization", &header)]))
}

#[test]
fn the_browser_reads_what_was_meant_for_it_and_nobody_else_does() {
    let fake = FakePush::start(Script::default()).unwrap();
    let key = VapidKey::new(&[7; 32]).unwrap();
    let (ana, bia) = (subscribed(&fake, &key), subscribed(&fake, &key));
    let long = vec![b'x'; PLAIN_BYTES_MAX];
    for (place, plain) in [&b""[..], b"{\"title\":\"Fatura\"}", "olá\0\0".as_bytes(), &long].into_iter().enumerate() {
        let place = u8::try_from(place).unwrap();
        assert!(taken(sent(&fake, &ana, &key, plain, place)).contains("/message/"));
        let received = fake.received(&ana.endpoint()).pop().unwrap();
        assert_eq!((received.plain, received.urgency.as_str(), received.topic.as_deref()), (plain.to_vec(), "normal", Some("due")));
    }
    let padded = seal(&ana, b"short", 512, [9; 16], [9; 32]).unwrap();
    let header = key.authorization(&ana, "mailto:us@example.com", Instant::from_secs(fake.clock().now()));
    taken(answer(&carry(ana.origin(), &send(&ana, padded, &MANNER), &[("authorization", &header)])));
    assert_eq!(fake.received(&ana.endpoint()).pop().unwrap().plain, b"short");
    let for_ana = seal(&ana, b"Ana's", 0, [8; 16], [8; 32]).unwrap();
    taken(answer(&carry(bia.origin(), &send(&bia, for_ana, &MANNER), &[("authorization", &header)])));
    assert_eq!((fake.received(&bia.endpoint()).len(), fake.unopened(&bia.endpoint()), fake.unopened(&ana.endpoint())), (0, 1, 0));
}

#[test]
fn every_refusal_says_what_may_be_done_next() {
    let fake = FakePush::start(Script { per_minute: 2, ..Script::default() }).unwrap();
    let (key, other) = (VapidKey::new(&[7; 32]).unwrap(), VapidKey::new(&[8; 32]).unwrap());
    let to = subscribed(&fake, &key);
    assert_eq!(told(&refused(sent(&fake, &to, &other, b"x", 1))), ("403", Next::Alert));
    let request = send(&to, vec![0; 4_097], &MANNER);
    let header = |secs| key.authorization(&to, "mailto:us@example.com", Instant::from_secs(fake.clock().now() + secs));
    let with = |header: &str| refused(answer(&carry(to.origin(), &request, &[("authorization", header)])));
    assert_eq!(told(&with(&header(0))), ("413", Next::Mend));
    assert_eq!(told(&with(&header(-86_400))), ("401", Next::Alert), "an old token");
    assert_eq!(told(&with(&header(86_400))), ("401", Next::Alert), "one that lives too long");
    assert_eq!(told(&with(&key.authorization(&to, "us", Instant::from_secs(fake.clock().now())))), ("401", Next::Alert));
    taken(sent(&fake, &to, &key, b"x", 1));
    taken(sent(&fake, &to, &key, b"x", 2));
    assert_eq!(told(&refused(sent(&fake, &to, &key, b"x", 3))), ("429", Next::Later { wait_secs: Some(60) }));
    fake.fault(Rule::always(Fault::ErrorBefore(502)).times(1));
    assert_eq!(told(&refused(sent(&fake, &to, &key, b"x", 3))), ("502", Next::Later { wait_secs: None }));
    fake.end(&to.endpoint(), false);
    assert_eq!(told(&refused(sent(&fake, &to, &key, b"x", 3))), ("410", Next::BadAddress));
    fake.end(&to.endpoint(), true);
    assert_eq!(told(&refused(sent(&fake, &to, &key, b"x", 3))), ("404", Next::BadAddress));
}
