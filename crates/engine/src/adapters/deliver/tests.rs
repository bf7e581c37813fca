//! The deliverer against servers and names that do what they should not.

#![expect(clippy::disallowed_methods, reason = "a server that is slow takes its time")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::*;

/// A server that answers each request with these bytes, after a while; what it got.
fn server(answer: &'static str, after: Duration) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let got = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&got);
    std::thread::spawn(move || {
        for stream in listener.incoming().take(20) {
            let Ok(mut stream) = stream else { return };
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || {
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let mut bytes = Vec::new();
                while !bytes.ends_with(b"{}") {
                    let mut buffer = [0; 4096];
                    let Ok(read @ 1..) = stream.read(&mut buffer) else { break };
                    bytes.extend_from_slice(&buffer[..read]);
                }
                seen.lock().unwrap().push(String::from_utf8(bytes).unwrap());
                std::thread::sleep(after);
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    (address, got)
}

fn post(url: &str) -> Post {
    Post { url: url.to_owned(), headers: vec![("webhook-id", "evt_1".to_owned())], body: b"{}".to_vec() }
}

fn near() -> Settings {
    Settings { reach: Reach::Private, whole: Duration::from_secs(1), connect: Duration::from_secs(1), ..Settings::default() }
}

fn once(settings: &Settings, url: &str) -> Posted {
    HttpsDeliverer::new(settings).unwrap().deliver(&[post(url)]).pop().unwrap()
}

#[test]
fn a_webhook_is_one_post_and_its_answer_a_status() {
    let (address, got) = server("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n", Duration::ZERO);
    assert_eq!(once(&near(), &format!("http://{address}/hook?a=b")), Posted::Answered { status: 204, wait_secs: None });
    let got = got.lock().unwrap();
    let text = got.first().unwrap().to_ascii_lowercase();
    assert!(text.starts_with("post /hook?a=b http/1.1\r\n"), "{text}");
    assert!(text.contains("webhook-id: evt_1\r\n") && text.contains("content-type: application/json\r\n"), "{text}");
    assert!(text.contains("user-agent: regua/") && text.ends_with("\r\n\r\n{}"), "{text}");
}

#[test]
fn a_redirect_is_an_answer_and_nobody_goes_there() {
    let (inside, visited) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Duration::ZERO);
    let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{inside}/\r\ncontent-length: 0\r\n\r\n");
    let (address, _) = server(Box::leak(answer.into_boxed_str()), Duration::ZERO);
    assert_eq!(once(&near(), &format!("http://{address}/")), Posted::Answered { status: 307, wait_secs: None });
    assert!(visited.lock().unwrap().is_empty());
}

#[test]
fn waits_that_are_asked_for_are_heard_and_endless_answers_are_not_read() {
    let (address, _) = server("HTTP/1.1 503 No\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n", Duration::ZERO);
    assert_eq!(once(&near(), &format!("http://{address}/")), Posted::Answered { status: 503, wait_secs: Some(120) });
    let (address, _) =
        server("HTTP/1.1 503 No\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\ncontent-length: 9999999999\r\n\r\nxxx", Duration::ZERO);
    assert_eq!(once(&near(), &format!("http://{address}/")), Posted::Answered { status: 503, wait_secs: None });
}

#[test]
fn who_is_slow_or_not_there_is_missed_in_time_and_holds_up_nobody_of_the_same_group() {
    let (slow, _) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Duration::from_secs(4));
    let (quick, _) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Duration::ZERO);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let began = Instant::now();
    let posts = [slow, quick, closed, slow].map(|address| post(&format!("http://{address}/")));
    let answers = HttpsDeliverer::new(&near()).unwrap().deliver(&posts);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let ok = Posted::Answered { status: 200, wait_secs: None };
    assert_eq!(answers, [Posted::Missed("timeout"), ok, Posted::Missed("connect"), Posted::Missed("timeout")]);
}

#[test]
fn a_server_without_tls_or_with_an_unknown_certificate_is_missed() {
    let (plain, _) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Duration::ZERO);
    assert!(matches!(once(&near(), &format!("https://{plain}/")), Posted::Missed(_)));
}

/// Names that answer otherwise each time they are asked.
#[derive(Debug)]
struct Turning {
    answers: Vec<Vec<SocketAddr>>,
    asked: Arc<AtomicUsize>,
}

impl Resolver for Turning {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let mut found = self.empty();
        for address in &self.answers[turn.min(self.answers.len() - 1)] {
            found.push(*address);
        }
        Ok(found)
    }
}

#[test]
fn no_name_leads_inside_and_what_was_looked_at_is_what_is_connected_to() {
    let (inside, visited) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Duration::ZERO);
    let public: SocketAddr = "8.8.8.8:443".parse().unwrap();
    let quick = Settings { whole: Duration::from_millis(300), connect: Duration::from_millis(300), ..Settings::default() };
    for (answers, first) in [
        (vec![vec![inside]], Posted::Missed("address")),
        // One bad address among good ones is enough.
        (vec![vec![public, inside]], Posted::Missed("address")),
        (vec![vec!["[::ffff:127.0.0.1]:443".parse().unwrap()]], Posted::Missed("address")),
        (vec![vec!["169.254.169.254:443".parse().unwrap()]], Posted::Missed("address")),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let names = Turning { answers, asked: Arc::clone(&asked) };
        let mut deliverer = HttpsDeliverer::over(&quick, names).unwrap();
        assert_eq!(deliverer.deliver(&[post("https://rebinding.example.com/")]), [first]);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    // A name that leads elsewhere when it is asked again: it is not asked again, and what was looked at is connected to.
    let (first, got) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Duration::ZERO);
    let asked = Arc::new(AtomicUsize::new(0));
    let names = Turning { answers: vec![vec![first], vec![inside]], asked: Arc::clone(&asked) };
    let mut deliverer = HttpsDeliverer::over(&near(), names).unwrap();
    assert_eq!(deliverer.deliver(&[post("http://rebinding.example.com/")]), [Posted::Answered { status: 200, wait_secs: None }]);
    assert_eq!((asked.load(Ordering::SeqCst), got.lock().unwrap().len()), (1, 1));
    assert!(visited.lock().unwrap().is_empty(), "nothing came inside");
    // An address that was stored and may not be used any more.
    assert_eq!(once(&quick, &format!("http://{inside}/")), Posted::Missed("address"));
    assert_eq!(once(&quick, "https://127.0.0.1/"), Posted::Missed("address"));
}
