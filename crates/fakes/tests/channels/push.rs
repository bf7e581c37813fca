use regua_fakes::client::Answer;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::push::{FakePush, Script};

use crate::ask;

fn post(endpoint: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    ask("POST", endpoint, headers, body)
}

fn endpoint(fake: &FakePush, sender: Option<&str>) -> String {
    fake.subscribe(sender).unwrap()["endpoint"].as_str().unwrap().to_owned()
}

/// The public key of RFC 8292 §2.4.
const SENDER: &str = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";

#[test]
fn a_message_needs_its_headers() {
    let fake = FakePush::start(Script::default()).unwrap();
    let open = endpoint(&fake, None);
    let status = |headers: &[(&str, &str)], body: &[u8]| post(&open, headers, body).status;
    assert_eq!(status(&[("ttl", "5")], b""), 201, "without a payload");
    for (headers, body, expected) in [
        (vec![], vec![], 400),
        (vec![("ttl", "-1")], vec![], 400),
        (vec![("ttl", "5"), ("urgency", "now")], vec![], 400),
        (vec![("ttl", "5"), ("topic", "a b")], vec![], 400),
        (vec![("ttl", "5")], vec![1], 400),
        (vec![("ttl", "5"), ("content-encoding", "aes128gcm")], vec![1; 4_097], 413),
        (vec![("ttl", "5"), ("content-encoding", "aes128gcm")], vec![1; 4_096], 201),
        (vec![("ttl", "5"), ("authorization", "WebPush x")], vec![], 401),
        (vec![("ttl", "5"), ("authorization", "vapid t=a.b.c, k=x")], vec![], 401),
    ] {
        assert_eq!(status(&headers, &body), expected, "{headers:?}");
    }
    assert_eq!((fake.received(&open).len(), fake.unopened(&open)), (1, 1), "what does not open is dropped without a word");
    let closed = endpoint(&fake, Some(SENDER));
    assert_eq!(post(&closed, &[("ttl", "5")], b"").status, 401);
    assert!(fake.subscribe(Some("AAAA")).is_err());
}

#[test]
fn a_subscription_ends_waits_and_replaces() {
    let fake = FakePush::start(Script { per_minute: 3, ..Script::default() }).unwrap();
    let open = endpoint(&fake, None);
    fake.online(&open, false);
    let send = |ttl: &str, topic: &str| {
        let mut headers = vec![("ttl", ttl)];
        headers.extend((!topic.is_empty()).then_some(("topic", topic)));
        post(&open, &headers, b"").status
    };
    assert_eq!([send("100", "due"), send("100", "due"), send("0", "")], [201, 201, 201]);
    let busy = post(&open, &[("ttl", "5")], b"");
    assert_eq!((busy.status, busy.header("retry-after")), (429, Some("60")));
    fake.online(&open, true);
    let received = fake.received(&open);
    assert_eq!((received.len(), received[0].topic.as_deref()), (1, Some("due")), "one took the place of the other, one could not wait");
    fake.online(&open, false);
    fake.clock().advance(60);
    assert_eq!(send("10", ""), 201);
    fake.clock().advance(11);
    fake.online(&open, true);
    assert_eq!(fake.received(&open).len(), 1, "its time was over");
    let now = fake.clock().now();
    fake.end_at(&open, now + 5);
    assert_eq!(send("5", ""), 201);
    fake.clock().advance(5);
    assert_eq!(send("5", ""), 410);
    fake.end(&open, true);
    assert_eq!(send("5", ""), 404);
    let other = endpoint(&fake, None);
    fake.fault(Rule::always(Fault::ErrorBefore(502)).times(1));
    assert_eq!([post(&other, &[("ttl", "5")], b"").status, post(&other, &[("ttl", "5")], b"").status], [502, 201]);
    fake.end(&other, false);
    assert_eq!(post(&other, &[("ttl", "5")], b"").status, 410);
}
