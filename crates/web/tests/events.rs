//! The event feed over HTTP: pages, types, the stream that tells as it happens, and endpoints.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "common/door.rs"]
mod door;

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::{Site, on_both, on_one};
use door::{Browser, set_up};
use regua_engine::people::Scope;
use regua_web::{Host as _, Settings};
use serde_json::{Value, json};

/// Something happens to a customer, and the feed has it.
fn happens(site: &Site, n: usize) {
    site.bill(&format!("C{n}"), &format!("R{n}"), ("2026-01-01", "2026-01-10"), 10_000, site.program.now());
    fed(site);
}

fn fed(site: &Site) {
    while !site.engine().feed_due(site.program.now(), 500).expect("it is fed").is_still() {}
    site.program.bell.ring();
}

/// An event of a stream.
#[derive(Debug)]
struct Told {
    id: i64,
    kind: String,
    data: Value,
}

/// A stream that is read.
struct Listener {
    status: u16,
    head: Vec<String>,
    lines: BufReader<TcpStream>,
}

impl Listener {
    fn open(site: &Site, token: &str, query: &str, more: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(site.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let mut head = format!("GET /v1/events/stream{query} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n");
        for (name, value) in more {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).expect("it takes the head");
        let mut lines = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).expect("a head");
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        let status = head.first().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).expect("a status");
        Self { status, head, lines }
    }

    /// The next line that is no size of a chunk; nothing when the stream has ended.
    fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            match self.lines.read_line(&mut line) {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
            let line = line.trim_end();
            if line == "0" {
                return None;
            }
            if !line.is_empty() && !line.chars().all(|c| c.is_ascii_hexdigit()) {
                return Some(line.to_owned());
            }
        }
    }

    /// The next event; nothing when the stream has ended.
    fn next(&mut self) -> Option<Told> {
        let (mut id, mut kind) = (0, String::new());
        loop {
            let line = self.line()?;
            let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
            match name {
                "id" => id = value.parse().expect("a position"),
                "event" => value.clone_into(&mut kind),
                "data" => return Some(Told { id, kind, data: serde_json::from_str(value).expect("JSON") }),
                _ => {}
            }
        }
    }

    /// Reads until it ends.
    fn drain(&mut self) {
        while self.line().is_some() {}
    }
}

#[test]
fn pages_of_the_feed_are_whole_and_in_order_and_can_be_narrowed() {
    on_both(|site| {
        for n in 1..=7 {
            happens(site, n);
        }
        let key = site.key(&[Scope::EventsRead]);
        fed(site);
        let all = site.all(&key, "/v1/events", 200);
        let positions: Vec<i64> = all.iter().map(|event| event["position"].as_i64().unwrap()).collect();
        let count = i64::try_from(positions.len()).unwrap();
        assert_eq!(positions, (1..=count).collect::<Vec<_>>());
        assert_eq!(site.all(&key, "/v1/events", 3), all, "small pages are the same");
        let created = site.all(&key, "/v1/events?types=receivable.created", 2);
        assert_eq!(created.len(), 7);
        assert!(created.iter().all(|event| event["type"] == "receivable.created" && event["data"]["receivable"].is_string()));
        let both = site.all(&key, "/v1/events?types=receivable.created,customer.created", 50);
        assert_eq!(both.len(), 14);
        let of_one = site.all(&key, "/v1/events?customer=C3", 50);
        assert!(of_one.len() >= 2 && of_one.iter().all(|event| event["customer"] == of_one[0]["customer"]), "{of_one:?}");
        assert!(!all.iter().any(|event| event.to_string().contains("Cliente")), "nothing of persons");
        // Any position is a cursor.
        let rest = site.ok(&key, &format!("/v1/events?cursor={}&limit=200", positions[4]));
        assert_eq!(rest["items"].as_array().unwrap()[0]["position"], positions[5]);
        let one = site.ok(&key, &format!("/v1/events/{}", all[2]["id"].as_str().unwrap()));
        assert_eq!(one, all[2]);
        for bad in ["?types=receivable.payed", "?cursor=-1", "?cursor=x", "?customer=nobody", "?limit=0", "?after=1"] {
            let status = site.get(&key, &format!("/v1/events{bad}")).status;
            assert!([404, 422].contains(&status), "{bad}: {status}");
        }
        let other = site.key_of(site.other, &[Scope::EventsRead]);
        assert_eq!(site.get(&other, &format!("/v1/events/{}", all[2]["id"].as_str().unwrap())).status, 404);
        assert!(site.all(&other, "/v1/events", 200).iter().all(|event| event["type"] != "receivable.created"));
        let types = site.ok(&key, "/v1/events/types");
        assert!(types["items"].as_array().unwrap().iter().any(|kind| kind["type"] == "receivable.created"));
    });
}

#[test]
fn a_stream_tells_what_happens_within_two_seconds_and_a_narrow_one_only_that() {
    on_both(|site| {
        happens(site, 1);
        let key = site.key(&[Scope::EventsRead]);
        fed(site);
        let mut listener = Listener::open(site, &key, "", &[]);
        assert_eq!(listener.status, 200);
        let has = |text: &str| listener.head.iter().any(|line| line.to_lowercase().contains(text));
        assert!(has("content-type: text/event-stream") && has("cache-control: no-store"), "{:?}", listener.head);
        let mut narrow = Listener::open(site, &key, "?types=receivable.created&after=0", &[]);
        assert_eq!(narrow.next().unwrap().data["type"], "receivable.created", "from the beginning");
        // Both are open once their first line is there.
        assert!(listener.line().unwrap().starts_with("retry: "));
        let begun = Instant::now();
        happens(site, 2);
        let told = listener.next().expect("an event");
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!((told.id, told.kind.as_str()), (told.data["position"].as_i64().unwrap(), told.data["type"].as_str().unwrap()));
        let narrowed = narrow.next().unwrap();
        assert_eq!(narrowed.kind, "receivable.created");
        assert!(begun.elapsed() < Duration::from_secs(3));
    });
}

#[test]
fn a_stream_goes_on_behind_the_last_event_that_was_seen() {
    on_both(|site| {
        let key = site.key(&[Scope::EventsRead]);
        for n in 1..=3 {
            happens(site, n);
        }
        let all: Vec<i64> = site.all(&key, "/v1/events", 200).iter().map(|event| event["position"].as_i64().unwrap()).collect();
        let mut seen = Vec::new();
        let mut first = Listener::open(site, &key, "?after=0", &[]);
        for _ in 0..2 {
            seen.push(first.next().unwrap().id);
        }
        drop(first);
        // What happens while nobody listens is told when somebody does.
        happens(site, 4);
        let last = seen.last().unwrap().to_string();
        let mut second = Listener::open(site, &key, "?after=0", &[("Last-Event-ID", &last)]);
        while seen.len() < all.len() + 2 {
            seen.push(second.next().unwrap().id);
        }
        let expected: Vec<i64> = (1..).take(seen.len()).collect();
        assert_eq!(seen, expected, "none is missing and none comes twice");
        for bad in ["x", "-1", "1.5"] {
            assert_eq!(Listener::open(site, &key, "", &[("Last-Event-ID", bad)]).status, 422, "{bad}");
        }
    });
}

fn quick() -> Settings {
    Settings { rate: None, pace: None, stream_check: Duration::from_millis(200), ..Settings::default() }
}

#[test]
fn a_stream_ends_with_its_key_and_nobody_without_one_has_any() {
    let site = Site::with("sqlite::memory:", quick());
    set_up(&site);
    let ana = Browser::signed_in(&site, "ana@nuvem.example");
    let made = ana.act(&site, "POST", "/v1/keys", &json!({"name": "listener", "scopes": ["events:read"]})).json();
    let (id, token) = (made["key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let mut listener = Listener::open(&site, token, "", &[]);
    assert_eq!(listener.status, 200);
    assert_eq!(ana.act(&site, "DELETE", &format!("/v1/keys/{id}"), &json!({})).status, 204);
    let begun = Instant::now();
    listener.drain();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(Listener::open(&site, token, "", &[]).status, 401);
    let other = site.key(&[Scope::CustomersRead]);
    assert_eq!(Listener::open(&site, &other, "", &[]).status, 403);
}

#[test]
fn streams_hold_no_thread_are_few_for_one_and_outlive_the_time_of_a_connection() {
    let settings = Settings { hops: 1, connection_time: Duration::from_millis(300), header_time: Duration::from_millis(300), ..quick() };
    let site = Site::with("sqlite::memory:", settings);
    let (key, other) = (site.key(&[Scope::EventsRead]), site.key(&[Scope::EventsRead]));
    let mut open: Vec<Listener> = (0..4).map(|_| Listener::open(&site, &key, "", &[])).collect();
    assert!(open.iter().all(|listener| listener.status == 200));
    let fifth = Listener::open(&site, &key, "", &[]);
    assert_eq!(fifth.status, 429);
    assert!(fifth.head.iter().any(|line| line.to_lowercase().starts_with("retry-after:")));
    assert_eq!(Listener::open(&site, &other, "", &[]).status, 200, "others have their own");
    assert_eq!(site.get(&key, "/v1/me").status, 200, "the only thread is free");
    // Longer than a connection without a stream may last.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1_200) {
        std::thread::yield_now();
    }
    happens(&site, 1);
    for listener in &mut open {
        assert!(listener.next().is_some());
    }
    // A place comes back when its reader goes.
    drop(open.pop());
    let until = Instant::now() + Duration::from_secs(10);
    while Listener::open(&site, &key, "", &[]).status != 200 {
        assert!(Instant::now() < until, "the place does not come back");
    }
}

#[test]
fn a_stop_ends_streams_at_once_and_so_does_their_time() {
    let site = Site::with("sqlite::memory:", quick());
    let key = site.key(&[Scope::EventsRead]);
    let mut listener = Listener::open(&site, &key, "", &[]);
    assert!(listener.line().is_some());
    let begun = Instant::now();
    drop(site);
    assert!(begun.elapsed() < Duration::from_secs(5), "a stop waits for no reader: {:?}", begun.elapsed());
    listener.drain();
    assert!(begun.elapsed() < Duration::from_secs(6));
    let site = Site::with("sqlite::memory:", Settings { stream_time: Duration::from_millis(500), ..quick() });
    let key = site.key(&[Scope::EventsRead]);
    let begun = Instant::now();
    Listener::open(&site, &key, "", &[]).drain();
    assert!(begun.elapsed() >= Duration::from_millis(400) && begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// An endpoint that is added, with its secret.
fn added(site: &Site, key: &str, body: &Value) -> (String, String) {
    let answer = site.act(key, "POST", "/v1/endpoints", body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let new = answer.json();
    (new["endpoint"]["id"].as_str().unwrap().to_owned(), new["secret"].as_str().unwrap().to_owned())
}

#[test]
fn endpoints_are_added_changed_paused_rotated_and_removed() {
    on_both(|site| {
        let key = site.key(&[Scope::EventsRead, Scope::EndpointsAct]);
        let (id, secret) =
            added(site, &key, &json!({"url": "https://hooks.acme.example/regua", "types": ["receivable.created"], "description": "BI"}));
        assert!(secret.starts_with("whsec_"), "{secret}");
        let path = format!("/v1/endpoints/{id}");
        let listed = site.get(&key, "/v1/endpoints");
        assert!(!listed.text().contains(&secret), "it is shown once");
        assert_eq!(listed.json()["items"][0]["types"], json!(["receivable.created"]));
        let changed = site.act(&key, "PATCH", &path, &json!({"types": []})).json();
        assert_eq!((&changed["types"], &changed["description"]), (&json!([]), &json!("BI")));
        let changed = site.act(&key, "PATCH", &path, &json!({"description": null})).json();
        assert_eq!(changed["description"], Value::Null);
        assert_eq!(site.act(&key, "POST", &format!("{path}/pause"), &json!({})).json()["state"], "paused");
        assert_eq!(site.act(&key, "POST", &format!("{path}/test"), &json!({})).code(), "endpoint_not_active");
        assert_eq!(site.act(&key, "POST", &format!("{path}/resume"), &json!({})).json()["state"], "active");
        let turned = site.act(&key, "POST", &format!("{path}/rotate"), &json!({"overlap_seconds": 60})).json();
        assert!(turned["secret"] != json!(secret) && turned["endpoint"]["rotating_until"].is_string(), "{turned}");
        let own = site.key(&[Scope::EventsRead]);
        assert_eq!(site.act(&own, "POST", &format!("{path}/pause"), &json!({})).status, 403);
        let other = site.key_of(site.other, Scope::ALL);
        assert_eq!(site.get(&other, &path).status, 404);
        assert_eq!(site.act(&other, "DELETE", &path, &json!({})).status, 404);
        assert_eq!(site.act(&key, "DELETE", &path, &json!({})).status, 204);
        assert_eq!(site.get(&key, &path).status, 404);
        assert_eq!(site.get(&key, "/v1/endpoints").json()["items"], json!([]));
    });
}

#[test]
fn nobody_makes_us_ask_inside_our_own_network() {
    on_one(|site| {
        let key = site.key(&[Scope::EventsRead, Scope::EndpointsAct]);
        let (id, _) = added(site, &key, &json!({"url": "https://hooks.acme.example/"}));
        for url in [
            "http://hooks.acme.example/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://10.0.0.8/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://user:word@acme.example/",
            "ftp://acme.example/",
            "file:///etc/passwd",
            "https://acme.example/#part",
            "javascript:alert(1)",
        ] {
            for answer in [
                site.act(&key, "POST", "/v1/endpoints", &json!({"url": url})),
                site.act(&key, "PATCH", &format!("/v1/endpoints/{id}"), &json!({"url": url})),
            ] {
                assert_eq!((answer.status, answer.code().as_str()), (422, "bad_endpoint_url"), "{url}: {}", answer.text());
            }
        }
    });
}

#[test]
fn deliveries_are_listed_and_sent_once_more() {
    on_both(|site| {
        let key = site.key(&[Scope::EventsRead, Scope::EndpointsAct]);
        let (id, _) = added(site, &key, &json!({"url": "https://hooks.acme.example/", "types": ["receivable.created"]}));
        let path = format!("/v1/endpoints/{id}");
        for n in 1..=5 {
            happens(site, n);
        }
        assert_eq!(site.act(&key, "POST", &format!("{path}/test"), &json!({})).status, 200);
        fed(site);
        let all = site.all(&key, &format!("{path}/deliveries"), 2);
        let types: Vec<&str> = all.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(
            types,
            ["endpoint.test", "receivable.created", "receivable.created", "receivable.created", "receivable.created", "receivable.created"]
        );
        assert!(all.iter().all(|one| one["state"] == "waiting" && one["tries"] == 0), "{all:?}");
        assert_eq!(site.all(&key, &format!("{path}/deliveries?state=failed"), 50), Vec::<Value>::new());
        let (event, position) = (all[1]["event"].as_str().unwrap(), all[1]["position"].as_i64().unwrap());
        let again = site.act(&key, "POST", &format!("{path}/deliveries/{event}/replay"), &json!({}));
        assert_eq!((again.status, again.json()["position"].as_i64()), (200, Some(position)), "{}", again.text());
        let range = site.act(&key, "POST", &format!("{path}/replay"), &json!({"from": 1, "to": position}));
        assert!(range.status == 200 && range.json()["deliveries"].is_i64(), "{}", range.text());
        for (from, to) in [(5, 4), (1, 10_001), (0, 5)] {
            assert_eq!(site.act(&key, "POST", &format!("{path}/replay"), &json!({"from": from, "to": to})).status, 422, "{from}..{to}");
        }
        assert_eq!(site.act(&key, "POST", &format!("{path}/deliveries/evt_x/replay"), &json!({})).status, 404);
    });
}

#[test]
fn access_that_has_not_changed_is_not_sent_again() {
    on_both(|site| {
        happens(site, 1);
        let key = site.key(&[Scope::AccessRead]);
        let first = site.get(&key, "/v1/customers/C1/access");
        assert_eq!(first.status, 200, "{}", first.text());
        let tag = first.header("etag").expect("a tag").to_owned();
        assert!(first.header("cache-control").unwrap().starts_with("private, max-age="));
        let bearer = format!("Bearer {key}");
        let ask = |tag: &str| site.send("GET", "/v1/customers/C1/access", &[("Authorization", &bearer), ("If-None-Match", tag)], b"");
        for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let answer = ask(&known);
            assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, Some(tag.as_str())), "{known}");
        }
        assert_eq!(ask("\"other\"").status, 200);
        // Whoever may not ask is not told that it has not changed.
        let other = format!("Bearer {}", site.key_of(site.other, &[Scope::AccessRead]));
        assert_eq!(site.send("GET", "/v1/customers/C1/access", &[("Authorization", &other), ("If-None-Match", &tag)], b"").status, 404);
    });
}

#[test]
fn brands_are_put_chosen_and_removed() {
    on_both(|site| {
        let key = site.key(&[Scope::SettingsRead, Scope::SettingsAct]);
        let brand = json!({
            "name": "Acme", "address": "Rua das Flores 12, São Paulo SP", "tax_id": "CNPJ 12.345.678/0001-95",
            "contact": "contas@acme.example", "link": "https://pay.acme.example", "sender": "contas@acme.example", "legal_name": null,
        });
        let put = site.act(&key, "PUT", "/v1/brands/acme", &brand);
        assert_eq!((put.status, &put.json()["default"]), (200, &json!(false)), "{}", put.text());
        assert_eq!(site.ok(&key, "/v1/brands/acme"), put.json());
        assert_eq!(site.act(&key, "PUT", "/v1/default-brand", &json!({"brand": "acme"})).status, 204);
        assert_eq!(site.act(&key, "DELETE", "/v1/brands/acme", &json!({})).code(), "default_brand");
        let mut other = brand.clone();
        other["name"] = json!("Outra");
        assert_eq!(site.act(&key, "PUT", "/v1/brands/acme", &other).json()["name"], "Outra");
        other["sender"] = json!("nobody");
        assert!(site.act(&key, "PUT", "/v1/brands/acme", &other).text().contains("sender"));
        assert_eq!(site.act(&key, "PUT", "/v1/default-brand", &json!({"brand": null})).status, 204);
        assert_eq!(site.act(&key, "DELETE", "/v1/brands/acme", &json!({})).status, 204);
        assert_eq!(site.get(&key, "/v1/brands/acme").status, 404);
        assert_eq!(site.act(&key, "PUT", "/v1/default-brand", &json!({"brand": "acme"})).status, 404);
    });
}
