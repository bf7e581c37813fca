//! Channels over the API: what people answered, addresses that are left alone, and how far messages came.

mod common;

use std::sync::atomic::Ordering;

use common::{Site, at, hour, on_both, on_one};
use regua_core::time::Instant;
use regua_engine::adapters::post::Memory;
use regua_engine::charging::Charging;
use regua_engine::outbox::Sending;
use regua_engine::people::Scope;
use regua_engine::stationery::Stationery;
use regua_web::Host as _;
use regua_wire::channels::news;
use regua_wire::messages::Link;
use serde_json::{Value, json};

const ANA: &str = "+5511987654321";
const NOW: &str = "2026-01-05T10:00";

fn hear(site: &common::Site, body: &str, now: Instant) {
    for heard in news::of_sms("", body.as_bytes()).expect("a post of the provider") {
        site.engine().hear(site.tenant(), "sms", &heard, Charging::default(), now).expect("the database answers");
    }
}

#[test]
fn an_answer_is_listed_until_somebody_has_looked_at_it() {
    on_both(|site| {
        let now = at(NOW);
        site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 10_000, now);
        site.program.set_now(now);
        hear(site, "MessageSid=SM1&From=%2B5511987654321&Body=Quem+%C3%A9%3F", now);
        hear(site, "MessageSid=SM2&From=%2B5511987654321&Body=Sair", now.plus_hours(1));
        let (read, act) = (site.key(&[Scope::MessagesRead]), site.key(&[Scope::MessagesAct]));
        let all = site.all(&read, "/v1/replies", 1);
        let texts: Vec<&str> = all.iter().filter_map(|one| one["text"].as_str()).collect();
        assert_eq!(texts, ["Sair", "Quem é?"], "the newest first, a page each");
        assert_eq!((&all[0]["wish"], &all[0]["status"], &all[1]["status"]), (&json!("stop"), &json!("done"), &json!("open")));
        assert_eq!((&all[1]["customer"], &all[1]["from"]), (&Value::Null, &json!(ANA)));
        let open = site.ok(&read, "/v1/replies?status=open");
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1), "{open}");
        let id = open["items"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(site.act(&read, "POST", &format!("/v1/replies/{id}/done"), &json!({})).status, 403);
        let done = site.act(&act, "POST", &format!("/v1/replies/{id}/done"), &json!({}));
        assert_eq!((done.status, &done.json()["status"]), (200, &json!("done")));
        assert_eq!(site.ok(&read, "/v1/replies?status=open")["items"], json!([]));
        for odd in ["x", "00000000000000000000000000000000"] {
            assert_eq!(site.act(&act, "POST", &format!("/v1/replies/{odd}/done"), &json!({})).status, 404, "{odd}");
        }
        let talks = site.ok(&read, "/v1/conversations");
        assert!(
            talks["items"].as_array().is_some_and(|items| !items.is_empty() && items.iter().all(|one| one["channel"] == "sms")),
            "{talks}"
        );
        assert_eq!(site.ok(&read, "/v1/customers/C1/replies")["items"], json!([]));
    });
}

#[test]
fn an_address_is_left_alone_by_an_act_and_only_with_a_reason_no_more() {
    on_both(|site| {
        let now = at(NOW);
        site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 10_000, now);
        site.program.set_now(now);
        let (read, act) = (site.key(&[Scope::MessagesRead]), site.key(&[Scope::MessagesAct]));
        let body = json!({"channel": "sms", "address": ANA, "reason": "asked by phone"});
        let first = site.act(&act, "POST", "/v1/suppressions", &body).json();
        let second = site.act(&act, "POST", "/v1/suppressions", &body).json();
        assert_eq!((&first["new"], &second["new"], &first["mark"]), (&json!(true), &json!(false), &second["mark"]));
        let odd = site.act(&act, "POST", "/v1/suppressions", &json!({"channel": "sms", "address": "987654321", "reason": "x"}));
        assert_eq!((odd.status, &odd.json()["code"]), (422, &json!("no_address")), "it would be left alone in vain");
        let listed = site.ok(&read, "/v1/suppressions");
        assert_eq!((&listed["items"][0]["why"], &listed["items"][0]["mark"]), (&json!("person"), &first["mark"]));
        assert!(!listed.to_string().contains("98765"), "an address is not in the list: {listed}");
        let mark = first["mark"].as_str().expect("a mark");
        let path = format!("/v1/suppressions/sms/{mark}/lift");
        assert_eq!(site.act(&act, "POST", &path, &json!({})).status, 422, "without a reason");
        assert_eq!(site.act(&act, "POST", &path, &json!({"reason": " "})).status, 422);
        let telephone = site.act(&act, "POST", "/v1/suppressions/sms/5511987654321/lift", &json!({"reason": "x"}));
        assert_eq!(telephone.status, 404, "an address stands in no path");
        assert!((200..300).contains(&site.act(&act, "POST", &path, &json!({"reason": "she called"})).status));
        assert_eq!(site.act(&act, "POST", &path, &json!({"reason": "again"})).status, 404);
        assert_eq!(site.ok(&read, "/v1/suppressions")["items"], json!([]));
    });
}

#[test]
fn a_message_that_no_carrier_has_has_no_deliveries_and_channels_need_the_settings() {
    on_one(|site| {
        let now = at("2026-01-01T10:00");
        site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 10_000, now);
        site.program.set_now(now);
        site.pass(now);
        let read = site.key(&[Scope::MessagesRead, Scope::SettingsRead, Scope::SettingsAct]);
        let messages = site.ok(&read, "/v1/messages");
        let id = messages["items"][0]["id"].as_str().expect("a message").to_owned();
        assert_eq!(site.ok(&read, &format!("/v1/messages/{id}/deliveries"))["items"], json!([]), "mail servers tell by letters");
        assert_eq!(site.get(&read, "/v1/messages/msg_01jf2z8s9ge1ca12r2r7mgyhg8/deliveries").status, 404);
        assert_eq!(site.ok(&read, "/v1/channel-states")["items"], json!([]));
        assert!(site.get(&read, "/v1/channels").status >= 400, "a server without settings has none");
        assert_eq!(site.act(&read, "POST", "/v1/channels/smoke/test", &json!({"to": ANA})).status, 404);
    });
}

const PORTAL: &str = "https://portal.example";
/// What a person's browser calls itself.
const BROWSER: (&str, &str) = ("User-Agent", "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36");

/// A mail with a picture and a link: message, picture, link.
fn mailed(site: &Site, now: Instant) -> (String, String, String) {
    site.bill("C1", "R1", ("2026-03-01", "2026-03-10"), 10_000, now);
    site.program.set_now(now);
    let paper = Stationery { portal: Link::parse(PORTAL).ok(), asks_opens: true, ..common::stationery() };
    let mut memory = Memory::default();
    site.engine().source_read(site.tenant(), regua_engine::commands::tenant::FILES, now).expect("it is read");
    site.engine().pass(&|| now, 1, &mut memory, &paper, Sending::default(), &|_| {}).expect("a pass");
    let parcel = memory.parcels.pop().expect("a mail");
    let html = String::from_utf8(parcel.mail.expect("it has bytes").bytes).expect("ASCII").replace("=\r\n", "");
    // What stands in the headers is for mail programs.
    let body = html.split_once("\r\n\r\n").expect("a head and a body").1;
    let token = |path: &str| -> String {
        let rest = body.split(&format!("{PORTAL}/{path}/")).nth(1).expect("it is in the mail");
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    };
    (parcel.key.0.clone(), token("o"), token("p"))
}

/// Three days after the due date, a Friday.
fn sent() -> Instant {
    hour("2026-03-13", 10)
}

fn message(site: &Site, id: &str) -> Value {
    site.ok(&site.key(&[Scope::MessagesRead]), &format!("/v1/messages/{id}"))
}

/// The words of the feed about messages that somebody did something with.
fn fed(site: &Site) -> Vec<String> {
    while !site.engine().feed_due(site.program.now(), 500).expect("it is fed").is_still() {}
    let items = site.all(&site.key(&[Scope::EventsRead]), "/v1/events", 100);
    let words = items.iter().filter_map(|one| one["type"].as_str().map(str::to_owned));
    words.filter(|word| ["message.opened", "message.prefetched", "message.clicked", "message.read"].contains(&word.as_str())).collect()
}

#[test]
fn the_picture_of_a_mail_is_the_same_whatever_is_asked_for_and_tells_only_where_that_is_switched_on() {
    on_one(|site| {
        let (id, picture, link) = mailed(site, sent());
        let first = site.send("GET", &format!("/o/{picture}"), &[BROWSER], b"");
        site.program.set_now(sent().plus_hours(1));
        assert_eq!((first.status, first.header("content-type")), (200, Some("image/gif")));
        assert_eq!(
            (first.header("cache-control"), first.header("cross-origin-resource-policy")),
            (Some("no-store, private"), Some("cross-origin"))
        );
        assert!(first.header("set-cookie").is_none() && first.body.starts_with(b"GIF89a"));
        let long = "a".repeat(4_000);
        for other in [&picture, &link, "x", &long, "%ff", &picture.to_uppercase()] {
            let answer = site.send("GET", &format!("/o/{other}"), &[BROWSER], b"");
            assert_eq!((answer.status, &answer.body), (200, &first.body), "{other}");
        }
        let got = message(site, &id);
        assert_eq!(
            (&got["opened_at"], &got["prefetched_at"]),
            (&Value::Null, &Value::Null),
            "it is off: mails that went out before tell nothing"
        );
        site.program.asks_opens.store(true, Ordering::SeqCst);
        let fetch = |headers: &[(&str, &str)]| site.send("GET", &format!("/o/{picture}"), headers, b"").body == first.body;
        assert_eq!(site.send("HEAD", &format!("/o/{picture}"), &[BROWSER], b"").status, 200);
        assert_eq!(fed(site), Vec::<String>::new(), "nothing was fetched");
        assert!(fetch(&[("User-Agent", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")]));
        assert!(fetch(&[]) && fetch(&[BROWSER]) && fetch(&[BROWSER]));
        let got = message(site, &id);
        assert!(got["opened_at"].is_string() && got["prefetched_at"].is_string(), "{got}");
        let mut words = fed(site);
        words.sort_unstable();
        assert_eq!(words, ["message.opened", "message.prefetched"]);
        let told = site.all(&site.key(&[Scope::CustomersRead]), "/v1/customers/C1/timeline", 100);
        let of: Vec<&Value> = told.iter().filter(|one| one["message"] == json!(id) && !one["reason"].is_null()).collect();
        assert!(of.iter().any(|one| one["reason"] == "opened") && of.iter().any(|one| one["reason"] == "prefetched"), "{told:?}");
    });
}

#[test]
fn a_link_that_a_program_looks_at_was_not_followed() {
    on_one(|site| {
        let (id, _, link) = mailed(site, sent());
        site.program.set_now(sent().plus_hours(1));
        let path = format!("/p/{link}");
        assert_eq!(site.send("HEAD", &path, &[BROWSER], b"").status, 200);
        for headers in [&[][..], &[BROWSER, ("Sec-Purpose", "prefetch;prerender")], &[("User-Agent", "WhatsApp/2.24.20 A")]] {
            assert_eq!(site.send("GET", &path, headers, b"").status, 200);
        }
        assert_eq!((message(site, &id)["clicked_at"].clone(), fed(site)), (Value::Null, vec![]));
        for _ in 0..2 {
            assert_eq!(site.send("GET", &path, &[BROWSER], b"").status, 200);
        }
        // It is written down when the page is out already.
        let begun = std::time::Instant::now();
        while !message(site, &id)["clicked_at"].is_string() {
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "that the link was followed was not written down");
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
        let mut words = fed(site);
        words.sort_unstable();
        assert_eq!(words, ["message.clicked", "message.read"], "once each");
    });
}
