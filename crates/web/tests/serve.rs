//! The server over real sockets: every route, everything that is too long, too slow or too much, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use regua_engine::hooks::BODY_MAX;
use regua_web::{Hooks, ROUTES, Rate, Settings, Stop, Taken, To, serve};

/// What a webhook came with.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Came {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Knows the tenant `nuvem` with the gateway `cards`; what a body says, it answers.
struct Fake {
    came: Mutex<Vec<Came>>,
    calls: AtomicUsize,
    ready: AtomicBool,
    /// A body `wait` waits for this.
    go_on: Mutex<Receiver<()>>,
}

impl Hooks for Fake {
    fn take(&self, tenant: &str, gateway: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Taken {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if tenant != "nuvem" || gateway != "cards" {
            return Taken::NotFound;
        }
        self.came.lock().unwrap().push(Came { path: path.to_owned(), headers: headers.to_vec(), body: body.to_vec() });
        match body {
            b"known" => Taken::Known,
            b"forged" => Taken::Refused,
            b"busy" => Taken::Busy,
            b"long" => Taken::TooLarge,
            b"panic" => panic!("this panic is the test's"),
            b"wait" => {
                // Ends with the server at the latest: then the other end is gone.
                let _ = self.go_on.lock().unwrap().recv_timeout(Duration::from_secs(30));
                Taken::Stored
            }
            _ => Taken::Stored,
        }
    }

    fn ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }
}

/// A server on a port of its own, stopped when it is dropped.
struct Server {
    address: SocketAddr,
    fake: Arc<Fake>,
    go_on: Option<Sender<()>>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

fn quick() -> Settings {
    Settings { header_time: Duration::from_millis(400), body_time: Duration::from_millis(400), ..Settings::default() }
}

impl Server {
    fn with(settings: Settings) -> Self {
        let (go_on, waits) = channel();
        let fake = Fake { came: Mutex::default(), calls: AtomicUsize::new(0), ready: AtomicBool::new(true), go_on: Mutex::new(waits) };
        let fake = Arc::new(fake);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = Stop::default();
        // Written as a call of the value's own, so that it becomes the trait's.
        let hooks: Arc<dyn Hooks> = fake.clone();
        let end = stop.clone();
        let thread = std::thread::spawn(move || serve(listener, hooks, settings, &end).expect("it serves"));
        Self { address, fake, go_on: Some(go_on), stop, thread: Some(thread) }
    }

    fn open(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        stream
    }

    /// The status and the rest of an answer.
    fn ask(&self, request: &[u8]) -> (u16, String) {
        let mut stream = self.open();
        stream.write_all(request).expect("it reads");
        answer(&mut stream)
    }

    fn post(&self, path: &str, body: &[u8]) -> (u16, String) {
        self.ask(&request("POST", path, "", body))
    }

    /// Ends it; how long that took.
    fn end(&mut self) -> Duration {
        let begun = Instant::now();
        self.stop.stop();
        self.thread.take().expect("it runs").join().expect("it ends well");
        begun.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.stop();
        self.go_on = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

/// Reads to the end. What comes as a reset after the answer is no matter.
fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    let mut part = [0; 4_096];
    while let Ok(count @ 1..) = stream.read(&mut part) {
        bytes.extend_from_slice(&part[..count]);
    }
    let text = String::from_utf8(bytes).expect("text");
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, text)
}

/// An answer without its date and its number.
fn undated(text: &str) -> String {
    let own = |line: &str| ["date:", "x-request-id:"].iter().any(|name| line.to_lowercase().starts_with(name));
    text.lines().filter(|line| !own(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_route_of_the_table_answers_its_method_and_no_other() {
    let server = Server::with(Settings::default());
    // The others answer where the API is beside the webhooks.
    for route in ROUTES.iter().filter(|route| matches!(route.to, To::Hook | To::Health | To::Ready)) {
        let path = route.path.replace("{tenant}", "nuvem").replace("{gateway}", "cards").replace("{*rest}", "pix/x");
        assert!(!path.contains('{'), "{path}: say in this test what stands for it");
        assert_eq!(server.ask(&request(route.method, &path, "", b"")).0, 200, "{} {path}", route.method);
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            if method != route.method {
                // A sender of webhooks may ask whether the address is ours: it is no other's question.
                let asked = ROUTES.iter().any(|other| (other.method, other.path) == (method, route.path));
                assert_eq!(server.ask(&request(method, &path, "", b"")).0, if asked { 404 } else { 405 }, "{method} {path}");
            }
        }
        assert_eq!(server.ask(&request(route.method, &format!("/x{path}"), "", b"")).0, 404, "/x{path}");
        assert!(!route.what.is_empty());
    }
    let hooks = ROUTES.iter().filter(|route| route.to == To::Hook).count();
    assert_eq!(server.fake.came.lock().unwrap().len(), hooks, "only these come to the hooks");
    for path in ["/", "/webhooks", "/webhooks/nuvem", "/webhooks/nuvem/", "/webhooks//cards", "/webhooks/%ff/cards", "/webhooks/../health"]
    {
        let (status, _) = server.post(path, b"");
        assert_eq!(status, 404, "{path}");
    }
}

#[test]
fn a_webhook_comes_with_its_path_its_headers_and_every_byte() {
    let server = Server::with(Settings::default());
    let body: Vec<u8> = (0..=255).collect();
    let headers = "X-Signature: t=1,v1=ab\r\nX-Odd: \u{e9}\r\n";
    assert_eq!(server.ask(&request("POST", "/webhooks/nuvem/cards/pix?a=b", headers, &body)).0, 200);
    let came = server.fake.came.lock().unwrap().remove(0);
    assert_eq!((came.path.as_str(), came.body), ("pix", body));
    assert!(came.headers.contains(&("x-signature".to_owned(), "t=1,v1=ab".to_owned())), "{:?}", came.headers);
    assert!(!came.headers.iter().any(|(name, _)| name == "x-odd"), "what is no text is left out");
    // Names come decoded, once.
    assert_eq!(server.post("/webhooks/n%75vem/c%61rds/r%2525", b"").0, 200);
    assert_eq!(server.fake.came.lock().unwrap().remove(0).path, "r%25");
}

#[test]
fn each_outcome_has_its_status_and_no_reason() {
    let server = Server::with(Settings::default());
    for (body, expected) in
        [("stored", 200), ("known", 200), ("forged", 401), ("busy", 503), ("long", 413), ("panic", 503), ("stored again", 200)]
    {
        let (status, text) = server.post("/webhooks/nuvem/cards", body.as_bytes());
        assert_eq!(status, expected, "{body}");
        assert!(text.ends_with("\r\n\r\n"), "{body}: nothing is said: {text}");
        assert_eq!(text.to_lowercase().contains("retry-after"), expected == 503, "{body}: {text}");
    }
}

#[test]
fn an_unknown_tenant_and_an_unknown_gateway_are_told_alike() {
    let server = Server::with(Settings::default());
    let answers = ["/webhooks/nobody/cards", "/webhooks/nuvem/others", "/webhooks/nobody/others", "/somewhere"]
        .map(|path| server.post(path, b"forged"))
        .map(|(status, text)| (status, undated(&text)));
    assert_eq!(answers[0].0, 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let long = "n".repeat(200);
    assert_eq!(server.post(&format!("/webhooks/{long}/cards"), b"").0, 404);
    assert_eq!(server.fake.calls.load(Ordering::SeqCst), 3, "a name that is too long is nobody's");
}

#[test]
fn a_body_that_is_too_long_is_refused_before_and_while_it_is_read() {
    let server = Server::with(Settings::default());
    let declared = format!("POST /webhooks/nuvem/cards HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n", BODY_MAX + 1);
    assert_eq!(server.ask(declared.as_bytes()).0, 413, "before a byte of it");
    let mut chunked = b"POST /webhooks/nuvem/cards HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..BODY_MAX / 1_024 + 1 {
        chunked.extend_from_slice(b"400\r\n");
        chunked.extend_from_slice(&[b'a'; 1_024]);
        chunked.extend_from_slice(b"\r\n");
    }
    // Its end does not come: what was read is too much already.
    assert_eq!(server.ask(&chunked).0, 413);
    assert_eq!(server.fake.calls.load(Ordering::SeqCst), 0);
    assert_eq!(server.post("/webhooks/nuvem/cards", &vec![b'a'; BODY_MAX]).0, 200, "the limit itself is taken");
    let headers = format!("X-Long: {}\r\n", "a".repeat(20_000));
    assert_eq!(server.ask(&request("POST", "/webhooks/nuvem/cards", &headers, b"")).0, 431);
    let many: String = (0..80).map(|number| format!("X-{number}: a\r\n")).collect();
    assert_eq!(server.ask(&request("POST", "/webhooks/nuvem/cards", &many, b"")).0, 431);
}

#[test]
fn who_is_slow_is_cut_off_and_holds_nobody_up() {
    let server = Server::with(quick());
    let begun = Instant::now();
    // Nothing, half a request line, and headers that never end.
    let mut slow: Vec<TcpStream> = (0..30).map(|_| server.open()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        let part: &[u8] = [b"".as_slice(), b"POST /web", b"POST /webhooks/nuvem/cards HTTP/1.1\r\nHost: test\r\nX-A: b"][number % 3];
        stream.write_all(part).unwrap();
    }
    let mut slow_body = server.open();
    slow_body.write_all(b"POST /webhooks/nuvem/cards HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nabc").unwrap();
    assert_eq!(server.post("/webhooks/nuvem/cards", b"quick").0, 200);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(answer(&mut slow_body).0, 408);
    for stream in &mut slow {
        let (status, text) = answer(stream);
        assert!(status == 0 || status == 408, "{text}");
    }
    // Each waits at most as long as it may, and all of them at once.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(server.fake.calls.load(Ordering::SeqCst), 1);
}

#[test]
fn a_header_a_byte_at_a_time_gains_no_time() {
    let server = Server::with(quick());
    let mut stream = server.open();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let begun = Instant::now();
    // Each read waits, so that a byte goes out every tenth of a second, until the far side has closed.
    let closed = (0..100).any(|_| {
        let wrote = stream.write_all(b"P");
        let ended = matches!(stream.read(&mut [0; 512]), Ok(0)) || wrote.is_err();
        ended || matches!(stream.read(&mut [0; 512]), Ok(0))
    });
    assert!(closed && begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[test]
fn a_hundred_at_once_are_all_stored() {
    let server = Server::with(Settings::default());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..100)
            .map(|number| {
                let server = &server;
                scope.spawn(move || server.post("/webhooks/nuvem/cards", format!("event {number}").as_bytes()).0)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 100]);
    let mut bodies: Vec<Vec<u8>> = server.fake.came.lock().unwrap().iter().map(|came| came.body.clone()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    assert_eq!(bodies.len(), 100);
}

#[test]
fn several_webhooks_over_one_connection_are_each_answered() {
    let server = Server::with(Settings::default());
    let mut stream = server.open();
    let one = b"POST /webhooks/nuvem/cards HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\na";
    for _ in 0..20 {
        stream.write_all(one).unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            seen.extend_from_slice(&byte);
        }
        assert!(seen.starts_with(b"HTTP/1.1 200 "));
    }
    assert_eq!(server.fake.calls.load(Ordering::SeqCst), 20);
}

#[test]
fn an_address_that_asks_too_often_is_put_off() {
    let rate = Rate { per_second: 1, burst: 3, connections: 100 };
    let server = Server::with(Settings { rate: Some(rate), ..Settings::default() });
    let statuses: Vec<u16> = (0..5).map(|_| server.post("/webhooks/nuvem/cards", b"a").0).collect();
    assert_eq!(statuses[..3], [200; 3]);
    assert!(statuses[3..].contains(&429), "{statuses:?}");
    // Behind a proxy it is the address that the proxy saw; what the far side wrote before it counts for nothing.
    let server = Server::with(Settings { rate: Some(rate), behind_proxy: true, ..Settings::default() });
    let from = |who: &str| {
        let header = format!("X-Forwarded-For: 10.9.9.9, {who}\r\n");
        server.ask(&request("POST", "/webhooks/nuvem/cards", &header, b"a")).0
    };
    let of_one: Vec<u16> = (0..5).map(|_| from("192.0.2.1")).collect();
    assert!(of_one.contains(&429), "{of_one:?}");
    assert_eq!([from("192.0.2.2"), from("2001:db8::1")], [200, 200]);
}

#[test]
fn an_address_holds_so_many_connections_and_no_more() {
    let rate = Rate { connections: 4, ..Rate::default() };
    let server = Server::with(Settings { rate: Some(rate), header_time: Duration::from_secs(20), ..Settings::default() });
    let held: Vec<TcpStream> = (0..4).map(|_| server.open()).collect();
    // The fifth is closed without a word.
    let mut fifth = server.open();
    let _ = fifth.write_all(b"GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(answer(&mut fifth).0, 0);
    drop(held);
    let until = Instant::now() + Duration::from_secs(10);
    // The places come back when the server has seen that they are gone.
    while server.ask(&request("GET", "/health", "", b"")).0 != 200 {
        assert!(Instant::now() < until, "the places do not come back");
    }
}

#[test]
fn what_is_not_ready_says_so_and_lives() {
    let server = Server::with(Settings::default());
    assert_eq!(server.ask(&request("GET", "/ready", "", b"")).0, 200);
    server.fake.ready.store(false, Ordering::SeqCst);
    assert_eq!(server.ask(&request("GET", "/ready", "", b"")).0, 503);
    assert_eq!(server.ask(&request("GET", "/health", "", b"")).0, 200);
}

#[test]
fn who_waits_too_long_for_the_database_is_told_to_come_again() {
    let settings = Settings { hops: 1, hop_time: Duration::from_millis(300), ..Settings::default() };
    let server = Server::with(settings);
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| server.post("/webhooks/nuvem/cards", b"wait").0);
        let second = scope.spawn(|| server.post("/webhooks/nuvem/cards", b"a").0);
        (first.join().unwrap(), second.join().unwrap())
    });
    assert!(first == 503 && (second == 503 || second == 200), "{first} {second}");
    // The one that held it up goes on, and after it there is room again.
    server.go_on.as_ref().unwrap().send(()).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while server.post("/webhooks/nuvem/cards", b"b").0 != 200 {
        assert!(Instant::now() < until, "there is no room again");
    }
}

#[test]
fn a_stop_lets_what_is_under_way_end_and_accepts_nothing_new() {
    let mut server = Server::with(Settings::default());
    let mut idle = server.open();
    let mut under_way = server.open();
    under_way.write_all(&request("POST", "/webhooks/nuvem/cards", "", b"wait")).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while server.fake.calls.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < until, "it does not come");
        std::thread::yield_now();
    }
    server.stop.stop();
    server.stop.stop();
    // Nobody listens any more, or it is closed unanswered, once the stop was seen.
    while TcpStream::connect(server.address).is_ok() {
        assert!(Instant::now() < until, "it still listens");
    }
    server.go_on.as_ref().unwrap().send(()).unwrap();
    assert_eq!(answer(&mut under_way).0, 200, "what was under way is answered");
    assert_eq!(answer(&mut idle).0, 0);
    assert!(server.end() < Duration::from_secs(8));
}

#[test]
fn a_stop_ends_in_time_whatever_does_not() {
    let settings = Settings { stop_time: Duration::from_millis(300), hop_time: Duration::from_secs(60), ..Settings::default() };
    let mut server = Server::with(settings);
    let mut under_way = server.open();
    under_way.write_all(&request("POST", "/webhooks/nuvem/cards", "", b"wait")).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while server.fake.calls.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < until, "it does not come");
        std::thread::yield_now();
    }
    assert!(server.end() < Duration::from_secs(8), "it waits for what never ends");
    assert_eq!(answer(&mut under_way).0, 0, "nobody is told that it was stored");
}
