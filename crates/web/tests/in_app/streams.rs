//! News for an app: told at once, ended with whoever may look, few for one customer.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant as Began};

use regua_engine::in_app;
use regua_engine::people::Scope;
use regua_web::{Host as _, Settings};
use regua_wire::files::portfolio::Portfolio;
use serde_json::{Value, json};

use super::common::{self, Site, on_both, on_one, payment};
use super::{PAGE, owing, secret, token};

/// A stream that is open.
struct Stream {
    status: u16,
    lines: Lines<BufReader<TcpStream>>,
}

impl Stream {
    fn open(site: &Site, token: &str) -> Self {
        let mut stream = TcpStream::connect(site.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let head = format!(
            "GET /in-app/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: {PAGE}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines();
        let first = lines.next().unwrap().unwrap();
        Self { status: first.split(' ').nth(1).unwrap().parse().unwrap(), lines }
    }

    /// The next state; none when it has ended.
    fn next(&mut self) -> Option<Value> {
        let data = self.lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("data: ").map(str::to_owned))?;
        Some(serde_json::from_str(&data).unwrap())
    }
}

fn quick() -> Settings {
    Settings { rate: None, pace: None, stream_check: Duration::from_millis(200), ..Settings::default() }
}

#[test]
fn the_stream_tells_at_once_what_has_become_another_and_ends_with_its_token() {
    on_both(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let token = in_app::token_for(&secret, "C1", None, site.program.now(), 8).unwrap();
        let mut stream = Stream::open(site, &token);
        assert_eq!(stream.next().expect("at once")["state"], "banner");
        let now = site.program.now();
        let paid = Portfolio {
            customers: vec![common::customer("C1")],
            receivables: vec![common::receivable("R1", 0, "2026-01-02", "2026-01-12", 10_000)],
            payments: vec![payment(0, "2026-01-15", None)],
        };
        site.import_of(site.tenant(), &paid, now);
        site.program.bell.ring();
        assert_eq!(stream.next().expect("news")["state"], "none");
        // Eight seconds of its life, and there is nothing more to read.
        assert_eq!(stream.next(), None);
    });
}

#[test]
fn a_customer_has_four_streams_and_gets_a_place_back() {
    on_one(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let token = token(site, &secret, "C1");
        let mut opened: Vec<Stream> = (0..4).map(|_| Stream::open(site, &token)).collect();
        assert!(opened.iter().all(|stream| stream.status == 200));
        let mut fifth = Stream::open(site, &token);
        assert_eq!(fifth.status, 429);
        let head: Vec<String> = fifth.lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let has = |line: &str| head.iter().any(|own| own.eq_ignore_ascii_case(line));
        assert!(has("retry-after: 30") && has(&format!("access-control-allow-origin: {PAGE}")), "the page may read why: {head:?}");
        assert_eq!(Stream::open(site, &super::token(site, &secret, "nobody")).status, 200, "others have their own");
        drop(opened.pop());
        let until = Began::now() + Duration::from_secs(20);
        while Stream::open(site, &token).status != 200 {
            assert!(Began::now() < until, "the place does not come back");
        }
    });
}

#[test]
fn a_stream_ends_when_its_secret_does() {
    let site = Site::with("sqlite::memory:", quick());
    let secret = secret(&site);
    owing(&site, "2026-01-15");
    let mut stream = Stream::open(&site, &token(&site, &secret, "C1"));
    assert_eq!(stream.next().unwrap()["state"], "banner");
    let key = site.key(&[Scope::SettingsAct]);
    let begun = Began::now();
    assert_eq!(site.act(&key, "DELETE", "/v1/in-app/secret", &json!({})).status, 204);
    assert_eq!(stream.next(), None);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn whoever_waits_for_news_holds_no_thread_and_is_let_go_at_a_stop() {
    let site = Site::with("sqlite::memory:", Settings { hops: 1, ..quick() });
    let secret = secret(&site);
    owing(&site, "2026-01-15");
    let token = token(&site, &secret, "C1");
    let mut streams: Vec<Stream> = (0..3).map(|_| Stream::open(&site, &token)).collect();
    for stream in &mut streams {
        assert_eq!(stream.next().unwrap()["state"], "banner");
    }
    assert_eq!(super::feed(&site, &token).status, 200, "the only thread is free");
    let begun = Began::now();
    drop(site);
    assert!(begun.elapsed() < Duration::from_secs(8), "a stop waits for no page: {:?}", begun.elapsed());
    for stream in &mut streams {
        assert_eq!(stream.next(), None);
    }
}
