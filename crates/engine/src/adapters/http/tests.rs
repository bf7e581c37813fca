//! The client against servers that break every rule: what is said of a request must be what its server saw.

#![expect(clippy::disallowed_methods, reason = "a server that is slow takes its time")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use regua_wire::gateways::{Request, Trouble, Verb};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::{ANSWER_BYTES_MAX, Carrier, Credential, Http, Identity, ReadOnly, Settings};
use crate::adapters::net::Roots;
use crate::secret::Secret;

/// Connections that a test's server takes at most.
const TAKES_MAX: usize = 8;

/// A server that does with its nth connection what the test says. Its port, and how many connections it took.
fn server(each: impl Fn(usize, TcpStream) + Send + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    thread::spawn(move || {
        for (nth, stream) in listener.incoming().take(TAKES_MAX).enumerate() {
            let Ok(stream) = stream else { return };
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            each(nth, stream);
        }
    });
    (port, taken)
}

/// Reads one request: its head, and as many bytes as it says.
fn read(stream: &mut impl Read) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, body)
}

fn answer(stream: &mut impl Write, head: &str, body: &str) {
    let _sent = write!(stream, "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    let _flushed = stream.flush();
}

fn settings(port: u16) -> Settings {
    Settings { connect: Duration::from_secs(2), whole: Duration::from_millis(1_500), ..Settings::new(&format!("http://127.0.0.1:{port}")) }
}

fn client(port: u16) -> Http {
    Http::new(&settings(port)).unwrap()
}

fn order(method: Verb, repeatable: bool) -> Request {
    let body = if method == Verb::Get { Vec::new() } else { b"amount=100".to_vec() };
    Request { method, path: "/v1/things?a=b%20c".to_owned(), headers: vec![("idempotency-key", "k1".to_owned())], body, repeatable }
}

fn post() -> Request {
    order(Verb::Post, false)
}

fn get() -> Request {
    order(Verb::Get, true)
}

#[test]
fn a_request_arrives_as_it_was_made_and_its_answer_comes_back_whatever_its_status() {
    for (status, said) in [(200, "200 OK"), (402, "402 Payment Required"), (500, "500 Oh"), (503, "503 Away")] {
        let (port, _) = server(move |_, mut stream| {
            let (head, body) = read(&mut stream);
            let seen = format!("{head}|{}", String::from_utf8(body).unwrap());
            answer(&mut stream, &format!("{said}\r\nX-Name: Value"), &seen);
        });
        let credentials = [Credential::bearer(&Secret::new("sk_test")), Credential::header("access_token", Secret::new("t"))];
        let response = client(port).carry(&post(), &credentials).unwrap();
        assert_eq!(response.status, status);
        assert!(response.headers.contains(&("x-name".to_owned(), "Value".to_owned())));
        let seen = String::from_utf8(response.body).unwrap().to_ascii_lowercase();
        assert!(seen.starts_with("post /v1/things?a=b%20c http/1.1\r\n"), "{seen}");
        for part in ["authorization: bearer sk_test", "access_token: t", "idempotency-key: k1", "user-agent: regua/", "|amount=100"] {
            assert!(seen.contains(part), "{part} is missing in {seen}");
        }
    }
}

#[test]
fn where_nobody_listens_nothing_was_done() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(matches!(client(port).carry(&post(), &[]), Err(Trouble::Outage { wait_secs: None, .. })));
    let nowhere = Settings { whole: Duration::from_secs(5), ..Settings::new("https://no-such-host.invalid") };
    let trouble = Http::new(&nowhere).unwrap().carry(&post(), &[]).unwrap_err();
    assert!(matches!(trouble, Trouble::Outage { .. }), "{trouble:?}");
}

#[test]
fn a_server_that_hangs_up_leaves_what_changes_something_in_doubt() {
    // Before reading: what lies unread makes the system reset the connection.
    let (port, taken) = server(|_, stream| {
        let _peeked = stream.peek(&mut [0]);
    });
    assert!(matches!(client(port).carry(&post(), &[]), Err(Trouble::Unknown { .. })));
    assert_eq!(taken.load(Ordering::SeqCst), 1, "what is not repeatable is sent once");
    assert!(matches!(client(port).carry(&get(), &[]), Err(Trouble::Outage { .. })));

    // After reading.
    let (port, taken) = server(|_, mut stream| drop(read(&mut stream)));
    assert!(matches!(client(port).carry(&post(), &[]), Err(Trouble::Unknown { .. })));
    assert_eq!(taken.load(Ordering::SeqCst), 1);
    assert!(matches!(client(port).carry(&get(), &[]), Err(Trouble::Outage { .. })));
}

#[test]
fn what_is_repeatable_is_sent_again_with_the_same_bytes_a_bounded_number_of_times() {
    let (port, taken) = server(|nth, mut stream| {
        let (head, body) = read(&mut stream);
        if nth == 2 {
            answer(&mut stream, "200 OK", &format!("{head}|{}", String::from_utf8(body).unwrap()));
        }
    });
    let response = client(port).carry(&order(Verb::Post, true), &[]).unwrap();
    assert_eq!(taken.load(Ordering::SeqCst), 3);
    let seen = String::from_utf8(response.body).unwrap();
    assert!(seen.contains("idempotency-key: k1") && seen.ends_with("|amount=100"), "{seen}");

    let (port, taken) = server(|_, mut stream| drop(read(&mut stream)));
    assert!(matches!(client(port).carry(&order(Verb::Post, true), &[]), Err(Trouble::Unknown { .. })));
    assert_eq!(taken.load(Ordering::SeqCst), 3, "once, and twice again");
}

#[test]
fn what_is_sure_of_the_second_try_says_nothing_of_the_first() {
    // The first may have arrived; the second is turned away.
    for head in ["429 Too Many\r\nRetry-After: 7", "503 Away", "500 Oh", "401 Who", "302 Found\r\nLocation: /"] {
        let (port, taken) = server(move |nth, mut stream| {
            read(&mut stream);
            if nth == 1 {
                answer(&mut stream, head, "");
            }
        });
        assert!(matches!(client(port).carry(&order(Verb::Post, true), &[]), Err(Trouble::Unknown { .. })), "{head}");
        assert_eq!(taken.load(Ordering::SeqCst), 2, "{head}");
    }
}

#[test]
fn a_gateway_that_asks_to_wait_did_nothing() {
    for (head, wait) in [
        ("429 Too Many\r\nRetry-After: 7", Some(7)),
        ("429 Too Many", None),
        ("503 Away\r\nRetry-After: 99999999999999999999999", Some(86_400)),
        ("503 Away\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT", None),
    ] {
        let (port, _) = server(move |_, mut stream| {
            read(&mut stream);
            answer(&mut stream, head, "{}");
        });
        match client(port).carry(&post(), &[]) {
            Err(Trouble::Outage { wait_secs, .. }) => assert_eq!(wait_secs, wait, "{head}"),
            other => panic!("{head}: {other:?}"),
        }
    }
}

#[test]
fn half_an_answer_and_one_that_is_too_long_are_none() {
    for head in ["HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "nonsense\r\n\r\n"] {
        let (port, _) = server(move |_, mut stream| {
            read(&mut stream);
            let _sent = stream.write_all(head.as_bytes());
        });
        assert!(matches!(client(port).carry(&post(), &[]), Err(Trouble::Unknown { .. })), "{head}");
        assert!(matches!(client(port).carry(&get(), &[]), Err(Trouble::Outage { .. })), "{head}");
    }
    let (port, _) = server(|_, mut stream| {
        read(&mut stream);
        let long = "x".repeat(usize::try_from(ANSWER_BYTES_MAX).unwrap() + 1);
        answer(&mut stream, "200 OK", &long);
    });
    let slow = Settings { whole: Duration::from_secs(20), ..settings(port) };
    let trouble = Http::new(&slow).unwrap().carry(&post(), &[]).unwrap_err();
    assert!(matches!(&trouble, Trouble::Unknown { why } if why.contains("longer")), "{trouble:?}");
}

#[test]
fn no_wait_is_longer_than_the_whole_call_may_take() {
    // One that never answers, one that drips, and one that takes a repeatable order each time and says nothing.
    let (silent, _) = server(|_, mut stream| {
        read(&mut stream);
        thread::sleep(Duration::from_secs(3));
    });
    let (dripping, _) = server(|_, mut stream| {
        read(&mut stream);
        let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for _ in 0..30 {
            thread::sleep(Duration::from_millis(100));
            if stream.write_all(b"x").is_err() {
                return;
            }
        }
    });
    for (port, repeatable) in [(silent, false), (dripping, false), (silent, true)] {
        let start = Instant::now();
        let trouble = client(port).carry(&order(Verb::Post, repeatable), &[]).unwrap_err();
        assert!(matches!(trouble, Trouble::Unknown { .. }), "{trouble:?}");
        let took = start.elapsed();
        assert!((Duration::from_millis(1_400)..Duration::from_millis(2_500)).contains(&took), "{took:?}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (elsewhere, reached) = server(|_, mut stream| {
        read(&mut stream);
        answer(&mut stream, "200 OK", "{}");
    });
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let (port, _) = server(move |_, mut stream| {
            read(&mut stream);
            answer(&mut stream, &format!("{status}\r\nLocation: http://127.0.0.1:{elsewhere}/"), "");
        });
        for request in [post(), get()] {
            let trouble = client(port).carry(&request, &[Credential::bearer(&Secret::new("k"))]).unwrap_err();
            assert!(matches!(&trouble, Trouble::Refused { code, .. } if code == "redirect"), "{status}: {trouble:?}");
        }
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[test]
fn the_read_only_switch_lets_no_other_verb_reach_the_socket() {
    let (port, taken) = server(|_, mut stream| {
        read(&mut stream);
        answer(&mut stream, "200 OK", "{}");
    });
    let mut only = ReadOnly(client(port));
    for method in [Verb::Post, Verb::Put, Verb::Patch, Verb::Delete] {
        let trouble = only.carry(&order(method, true), &[]).unwrap_err();
        assert!(matches!(&trouble, Trouble::Refused { code, .. } if code == "read_only"), "{trouble:?}");
    }
    assert_eq!(taken.load(Ordering::SeqCst), 0);
    assert_eq!(only.carry(&get(), &[]).unwrap().status, 200);
    assert_eq!(taken.load(Ordering::SeqCst), 1);
}

#[test]
fn an_address_that_would_show_a_key_to_the_network_is_refused() {
    for (base, good) in [
        ("https://api.example.com", true),
        ("https://api.example.com:8443/v3/", true),
        ("http://127.0.0.1:9000", true),
        ("http://localhost:9000/api", true),
        ("http://[::1]:9000", true),
        ("http://api.example.com", false),
        ("http://127.0.0.1.example.com", false),
        ("https://user:key@api.example.com", false),
        ("https://api.example.com/?key=1", false),
        ("ftp://api.example.com", false),
        ("api.example.com", false),
        ("", false),
    ] {
        assert_eq!(Settings::new(base).check().is_ok(), good, "{base}");
        assert_eq!(Http::new(&Settings::new(base)).is_ok(), good, "{base}");
    }
    let open = Settings { plain_anywhere: true, ..Settings::new("http://api.example.com") };
    assert!(open.check().is_ok());
}

#[test]
fn a_key_with_a_line_end_in_it_is_refused_and_not_shown() {
    let mut client = client(1);
    let trouble = client.carry(&post(), &[Credential::bearer(&Secret::new("sk_live\r\nx: y"))]).unwrap_err();
    assert!(matches!(&trouble, Trouble::Refused { .. }), "{trouble:?}");
    let shown = format!("{trouble:?} {:?}", Credential::bearer(&Secret::new("sk_live")));
    assert!(!shown.contains("sk_live"), "{shown}");
    let blank = Request { path: "no slash".to_owned(), ..post() };
    assert!(matches!(client.carry(&blank, &[]), Err(Trouble::Refused { .. })));
}

/// A certificate that vouches for itself, in PEM, with its key.
struct Certificate {
    pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
    key_pem: String,
}

fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    Certificate {
        pem: made.cert.pem(),
        der: made.cert.der().clone(),
        key: made.signing_key.serialize_der(),
        key_pem: made.signing_key.serialize_pem(),
    }
}

/// A server that speaks TLS, and demands a certificate of `demands` if there is one. How many requests it read.
fn tls_server(own: &Certificate, demands: Option<&Certificate>) -> (u16, Arc<AtomicUsize>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
    let builder = match demands {
        None => builder.with_no_client_auth(),
        Some(theirs) => {
            let mut roots = RootCertStore::empty();
            roots.add(theirs.der.clone()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap())
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.key.clone()));
    let config = Arc::new(builder.with_single_cert(vec![own.der.clone()], key).unwrap());
    let served = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&served);
    let (port, _) = server(move |_, stream| {
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        while tls.conn.is_handshaking() {
            if tls.conn.complete_io(&mut tls.sock).is_err() {
                // The alert is on its way; what the client sent meanwhile is read, so that it is not reset.
                let _waited = tls.sock.set_read_timeout(Some(Duration::from_millis(200)));
                let _read = tls.sock.read_to_end(&mut Vec::new());
                return;
            }
        }
        let (head, _) = read(&mut tls);
        if !head.is_empty() {
            counter.fetch_add(1, Ordering::SeqCst);
            answer(&mut tls, "200 OK", "{}");
        }
    });
    (port, served)
}

fn secured(port: u16, roots: Roots, identity: Option<Identity>) -> Http {
    Http::new(&Settings { base: format!("https://127.0.0.1:{port}"), roots, identity, ..settings(port) }).unwrap()
}

#[test]
fn a_certificate_that_does_not_check_out_ends_it_before_anything_is_sent() {
    let (own, other) = (certificate(), certificate());
    let (port, served) = tls_server(&own, None);
    for roots in [Roots::Public, Roots::Pem(other.pem.clone().into_bytes())] {
        let trouble = secured(port, roots, None).carry(&order(Verb::Post, true), &[]).unwrap_err();
        assert!(matches!(trouble, Trouble::Outage { .. }), "{trouble:?}");
    }
    assert_eq!(served.load(Ordering::SeqCst), 0);
    let response = secured(port, Roots::Pem(own.pem.clone().into_bytes()), None).carry(&post(), &[]).unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(served.load(Ordering::SeqCst), 1);
}

#[test]
fn a_gateway_that_demands_our_certificate_did_nothing_without_it() {
    let (own, ours, strange) = (certificate(), certificate(), certificate());
    let (port, served) = tls_server(&own, Some(&ours));
    let roots = Roots::Pem(own.pem.clone().into_bytes());
    let identity = |of: &Certificate| Some(Identity { chain: of.pem.clone().into_bytes(), key: Secret::new(&of.key_pem) });
    for shown in [None, identity(&strange)] {
        let trouble = secured(port, roots.clone(), shown).carry(&post(), &[]).unwrap_err();
        assert!(matches!(&trouble, Trouble::Outage { why, .. } if why.contains("certificate")), "{trouble:?}");
    }
    assert_eq!(served.load(Ordering::SeqCst), 0);
    assert_eq!(secured(port, roots, identity(&ours)).carry(&post(), &[]).unwrap().status, 200);
    assert_eq!(served.load(Ordering::SeqCst), 1);
}

#[test]
fn a_key_that_is_not_its_certificates_is_refused_before_any_call() {
    let (ours, strange) = (certificate(), certificate());
    for (chain, key) in [
        (ours.pem.clone(), strange.key_pem.clone()),
        (ours.pem.clone(), "no key".to_owned()),
        ("no certificate".to_owned(), ours.key_pem.clone()),
    ] {
        let identity = Some(Identity { chain: chain.into_bytes(), key: Secret::new(&key) });
        let bad = Settings { identity, ..Settings::new("https://api.example.com") };
        let error = bad.check().unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");
        assert!(!error.to_string().contains("PRIVATE KEY-----\n"), "{error}");
        assert!(Http::new(&bad).is_err());
    }
    let bad = Settings { roots: Roots::Pem(b"nothing".to_vec()), ..Settings::new("https://api.example.com") };
    assert!(bad.check().is_err());
}
