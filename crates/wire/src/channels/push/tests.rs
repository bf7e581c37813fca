use proptest::prelude::*;
use regua_core::time::Instant;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use super::*;

// RFC 8291 §5 and appendix A.
const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";
const SENDER_PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
const PLAIN: &[u8] = b"When I grow up, I want to be a watermelon";
const SEALED: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_\
                      yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

fn subscription() -> Subscription {
    Subscription::new("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", POINT, SECRET).unwrap()
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    decode(text).unwrap().try_into().unwrap()
}

fn response(status: u16, headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Response { status, headers, body: Vec::new() }
}

#[test]
fn the_example_of_the_standard_is_sealed_byte_for_byte() {
    let sealed = seal(&subscription(), PLAIN, 0, bytes(SALT), bytes(SENDER_PRIVATE)).unwrap();
    assert_eq!(encode(&sealed), SEALED);
}

#[test]
fn padding_hides_a_length_and_the_limit_is_that_of_push_services() {
    let to = subscription();
    let len = |plain: usize, padded| seal(&to, &vec![b'a'; plain], padded, [1; 16], [2; 32]).map(|sealed| sealed.len());
    assert_eq!(len(41, 512), len(300, 512));
    assert_eq!((len(PLAIN_BYTES_MAX, 0), len(1, PLAIN_BYTES_MAX)), (Ok(4_096), Ok(4_096)));
    assert_eq!((len(PLAIN_BYTES_MAX + 1, 0), len(0, PLAIN_BYTES_MAX + 1)), (Err(Wrong::Long), Err(Wrong::Long)));
    assert_eq!(VapidKey::new(&[1; 31]).map(|_| ()), Err(Wrong::Key));
    for key in [[0; 32], [0xff; 32]] {
        assert_eq!(seal(&to, b"", 0, [1; 16], key), Err(Wrong::Key));
        assert_eq!(VapidKey::new(&key).map(|_| ()), Err(Wrong::Key));
    }
}

#[test]
fn the_example_of_vapid_is_what_we_would_sign() {
    // RFC 8292 §2.4: signed with a key that is not told, so its signature is verified as ours is.
    let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXN\
                 oQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
    let public = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
    let verified = |token: &str, public: &str| {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(public).unwrap());
        key.verify(signed.as_bytes(), &decode(signature).unwrap()).is_ok()
    };
    assert!(verified(token, public));
    let key = VapidKey::parse(SENDER_PRIVATE).unwrap();
    let header = key.authorization(&subscription(), "mailto:push@example.com", Instant::from_secs(1_453_523_768 - 43_200));
    let (ours, of) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert!(verified(ours, of));
    assert_eq!(of, "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
    let said = |token: &str| token.rsplit_once('.').unwrap().0.to_owned();
    assert_eq!(said(ours), said(token), "header and claims are those of the standard");
    assert_eq!(format!("{key:?}"), "VapidKey(…)");
}

#[test]
fn a_subscription_is_what_a_browser_gives() {
    let json = format!(
        r#"{{"endpoint":"https://push.example.net/a?b=c","expirationTime":null,"keys":{{"p256dh":"{POINT}","auth":"{SECRET}=="}}}}"#
    );
    let read = Subscription::parse(json.as_bytes()).unwrap();
    assert_eq!((read.origin(), read.endpoint().as_str()), ("https://push.example.net", "https://push.example.net/a?b=c"));
    assert_eq!(Subscription::parse(read.json().as_bytes()), Ok(read.clone()));
    assert!(!read.is_local() && Subscription::new("http://localhost:9/p", POINT, SECRET).unwrap().is_local());
    assert_eq!(format!("{read:?}"), "Subscription(https://push.example.net)", "its path lets anybody send");
    let off_curve = encode(&{
        let mut point: [u8; 65] = bytes(POINT);
        point[64] ^= 1;
        point
    });
    for (endpoint, point, secret, expected) in [
        ("http://push.example.net/a", POINT, SECRET, Wrong::Endpoint),
        ("https://", POINT, SECRET, Wrong::Endpoint),
        ("https:///a", POINT, SECRET, Wrong::Endpoint),
        ("https://us:pw@push.example.net/a", POINT, SECRET, Wrong::Endpoint),
        ("https://push.example.net/a b", POINT, SECRET, Wrong::Endpoint),
        ("https://push.example.net/a#b", POINT, SECRET, Wrong::Endpoint),
        ("https://push.example.net/a", off_curve.as_str(), SECRET, Wrong::Point),
        ("https://push.example.net/a", SECRET, SECRET, Wrong::Point),
        ("https://push.example.net/a", POINT, POINT, Wrong::Secret),
    ] {
        assert_eq!(Subscription::new(endpoint, point, secret), Err(expected), "{endpoint}");
    }
    for odd in ["", "[]", "{}", r#"{"endpoint":"https://a.example","keys":{}}"#] {
        assert_eq!(Subscription::parse(odd.as_bytes()), Err(Wrong::Shape));
    }
    let origin = |endpoint: &str| Subscription::new(endpoint, POINT, SECRET).map(|read| (read.origin.clone(), read.path.clone()));
    assert_eq!(origin("https://A.example:443"), Ok(("https://a.example".to_owned(), "/".to_owned())));
    assert_eq!(origin("https://a.example:8443?x"), Ok(("https://a.example:8443".to_owned(), "/?x".to_owned())));
    assert_eq!(origin("http://127.0.0.1:9/p"), Ok(("http://127.0.0.1:9".to_owned(), "/p".to_owned())));
    for odd in ["http://127.0.0.1:9@evil.example/p", "http://127.0.0.1:9.evil.example/p", "http://localhost:/p"] {
        assert_eq!(origin(odd), Err(Wrong::Endpoint), "{odd}");
    }
}

#[test]
fn a_request_says_how_long_and_how_soon() {
    let manner = Manner { ttl_secs: u32::MAX, urgency: Urgency::High, topic: Some("msg_01kbaa4ng0e00r60g30g2gc1r8") };
    let request = send(&subscription(), vec![1, 2], &manner);
    let header = |name: &str| request.headers.iter().find(|(have, _)| *have == name).map(|(_, value)| value.as_str());
    assert_eq!(request.path, "/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV");
    assert_eq!((header("ttl"), header("urgency"), header("content-encoding")), (Some("2419200"), Some("high"), Some("aes128gcm")));
    assert_eq!((header("topic"), request.repeatable), (Some("msg_01kbaa4ng0e00r60g30g2gc1r8"), true));
    for topic in [None, Some(""), Some("a b"), Some("a\r\nb"), Some("abcdefghijklmnopqrstuvwxyz0123456")] {
        let request = send(&subscription(), Vec::new(), &Manner { topic, ..manner });
        assert!(!request.repeatable && request.headers.iter().all(|(name, _)| *name != "topic"), "{topic:?}");
    }
}

#[test]
fn an_answer_says_what_may_be_done_next() {
    for (status, expected) in [
        (201, None),
        (200, None),
        (202, None),
        (301, Some(Next::Alert)),
        (400, Some(Next::Mend)),
        (401, Some(Next::Alert)),
        (403, Some(Next::Alert)),
        (404, Some(Next::BadAddress)),
        (410, Some(Next::BadAddress)),
        (413, Some(Next::Mend)),
        (429, Some(Next::Later { wait_secs: Some(30) })),
        (500, Some(Next::Later { wait_secs: Some(30) })),
        (503, Some(Next::Later { wait_secs: Some(30) })),
    ] {
        match answer(&response(status, &[("retry-after", "30"), ("location", "https://push.example.net/m/1")])) {
            Answer::Taken { reference } => assert_eq!((None, reference.as_str()), (expected, "https://push.example.net/m/1")),
            Answer::Refused(refusal) => assert_eq!((Some(refusal.next), refusal.code), (expected, status.to_string())),
            Answer::Unknown { why } => panic!("{status}: {why}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_sealed_shows_nothing_but_its_length(plain in prop::collection::vec(any::<u8>(), 20..200), salt in any::<[u8; 16]>(), key in 1_u8..) {
        let (to, key) = (subscription(), [key; 32]);
        let sealed = seal(&to, &plain, 0, salt, key);
        prop_assume!(sealed != Err(Wrong::Key));
        let sealed = sealed.unwrap();
        prop_assert_eq!(sealed.len(), 86 + plain.len() + 17);
        prop_assert!(!sealed.windows(plain.len()).any(|window| window == plain));
        prop_assert_eq!(Ok(sealed), seal(&to, &plain, 0, salt, key), "the same arguments give the same bytes");
    }
}
