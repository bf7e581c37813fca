//! What a company's app shows over HTTP: tokens, states from failure to cure, pages that may ask, the stream and the script.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by variables")]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use common::{Answer, Site, act, at, hour, on_both, on_one, payment};
use regua_core::ids::CustomerId;
use regua_core::time::Instant;
use regua_engine::in_app::{self, State};
use regua_engine::people::Scope;
use regua_engine::secret::Secret;
use regua_web::Host as _;
use regua_wire::files::portfolio::Portfolio;
use serde_json::{Value, json};

/// The one page that may ask, see `Program::in_app_origins`.
const PAGE: &str = "https://app.nuvem.example";

/// A new secret of the first company.
fn secret(site: &Site) -> Secret {
    let key = site.key(&[Scope::SettingsAct]);
    let made = site.act(&key, "POST", "/v1/in-app/secret", &json!({}));
    assert_eq!(made.status, 201, "{}", made.text());
    Secret::new(made.json()["secret"].as_str().unwrap())
}

fn token(site: &Site, secret: &Secret, customer: &str) -> String {
    in_app::token_for(secret, customer, None, site.program.now(), 600).unwrap()
}

fn feed(site: &Site, token: &str) -> Answer {
    site.send("GET", "/in-app/feed", &[("Authorization", &format!("Bearer {token}")), ("Origin", PAGE)], b"")
}

fn shown(site: &Site, token: &str) -> Value {
    let answer = feed(site, token);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn put_away(site: &Site, token: &str, state: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Origin", PAGE), ("Content-Type", "application/json")];
    site.send("POST", "/in-app/seen", &headers, json!({"state": state}).to_string().as_bytes())
}

/// One bill of C1, due on the tenth of January, and every pass until a day.
fn owing(site: &Site, until: &str) {
    site.bill("C1", "R1", ("2026-01-02", "2026-01-12"), 10_000, at("2026-01-02T10:00"));
    site.pass_days("2026-01-02", until);
}

#[test]
fn from_failure_to_cure_the_app_shows_what_is_so() {
    on_both(|site| {
        let secret = secret(site);
        let state = |day: &str| {
            site.program.set_now(hour(day, 18));
            shown(site, &token(site, &secret, "C1"))
        };
        owing(site, "2026-01-13");
        assert_eq!(state("2026-01-12")["state"], "none", "what is due today is not late");
        let late = state("2026-01-15");
        assert_eq!((&late["state"], &late["access"]), (&json!("banner"), &json!("active")));
        assert_eq!(late["owed"][0]["receivable_external_id"], "R1");
        assert_eq!(late["language"], "pt-BR");
        assert!(late["lines"][0].as_str().unwrap().contains("12 de janeiro de 2026"), "{late}");
        site.pass_days("2026-01-14", "2026-01-23");
        let told = state("2026-01-23");
        assert_eq!(told["coming"][0]["what"], "limited", "{told}");
        assert!(told["coming"][0]["on"].as_str().unwrap() >= "2026-01-24", "{told}");
        site.pass_days("2026-01-24", "2026-01-30");
        let limited = state("2026-01-30");
        assert_eq!((&limited["state"], &limited["access"]), (&json!("read_only"), &json!("limited")), "{limited}");
        assert_eq!(limited["can_be_put_away"], false);
        // Paid: there is nothing at once, before any pass.
        let now = hour("2026-01-30", 19);
        site.program.set_now(now);
        let paid = Portfolio {
            customers: vec![common::customer("C1")],
            receivables: vec![common::receivable("R1", 0, "2026-01-02", "2026-01-12", 10_000)],
            payments: vec![payment(0, "2026-01-30", None)],
        };
        let done = site.import_of(site.tenant(), &paid, now);
        assert!(done.refused.is_empty(), "{:?}", done.refused);
        let cured = shown(site, &token(site, &secret, "C1"));
        assert_eq!((&cured["state"], &cured["owed"]), (&json!("none"), &json!([])));
    });
}

#[test]
fn what_is_promised_or_disputed_is_not_asked_for() {
    on_both(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let key = site.master();
        site.program.set_now(hour("2026-01-16", 10));
        let token = token(site, &secret, "C1");
        assert_eq!(shown(site, &token)["state"], "banner");
        let promised = site.act(&key, "POST", "/v1/receivables/R1/promises", &json!({"on": "2026-01-20"}));
        assert!((200..300).contains(&promised.status), "{}", promised.text());
        let now = shown(site, &token);
        assert_eq!((&now["state"], &now["owed"]), (&json!("none"), &json!([])), "{now}");
    });
}

#[test]
fn a_bar_is_put_away_until_tomorrow_and_what_is_stricter_is_not() {
    on_both(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        site.program.set_now(hour("2026-01-16", 10));
        let today = token(site, &secret, "C1");
        let before = feed(site, &today);
        assert_eq!(put_away(site, &today, "banner").json(), json!({"put_away": true}));
        let after = feed(site, &today);
        assert_eq!(after.json()["put_away"], true);
        assert_ne!(before.header("etag"), after.header("etag"));
        site.program.set_now(hour("2026-01-17", 10));
        assert_eq!(shown(site, &token(site, &secret, "C1"))["put_away"], false, "another day");
        site.pass_days("2026-01-17", "2026-01-30");
        site.program.set_now(hour("2026-01-30", 18));
        let limited = token(site, &secret, "C1");
        assert_eq!(put_away(site, &limited, "banner").json(), json!({"put_away": false}));
        for bad in ["wall", "read_only", "none", "x"] {
            assert_eq!(put_away(site, &limited, bad).status, 422, "{bad}");
        }
        assert_eq!(shown(site, &limited)["state"], "read_only");
    });
}

#[test]
fn an_answer_is_known_again_by_its_tag() {
    on_both(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let token = token(site, &secret, "C1");
        let first = feed(site, &token);
        let tag = first.header("etag").unwrap().to_owned();
        let bearer = format!("Bearer {token}");
        let again = site.send("GET", "/in-app/feed", &[("Authorization", &bearer), ("If-None-Match", &tag)], b"");
        assert_eq!((again.status, again.body.len()), (304, 0));
        let kept = first.header("cache-control").unwrap();
        assert!(kept.starts_with("private, max-age="), "{kept}");
    });
}

#[test]
fn whoever_has_no_good_token_sees_nothing() {
    on_both(|site| {
        let own = secret(site);
        owing(site, "2026-01-15");
        let good = token(site, &own, "C1");
        assert_eq!(feed(site, &good).status, 200);
        // Altered anywhere, of another secret, over, or none.
        for place in [1, 5, 40, 75, good.len() - 3] {
            let mut bytes = good.clone().into_bytes();
            bytes[place] = if bytes[place] == b'a' { b'b' } else { b'a' };
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(feed(site, &altered).status, 401, "{altered}");
        }
        let key = own.expose().rsplit_once('_').unwrap().0.to_owned();
        let guessed = in_app::token_for(&Secret::new(&format!("{key}_{}", "0".repeat(64))), "C1", None, site.program.now(), 600).unwrap();
        assert_eq!(feed(site, &guessed).status, 401);
        for none in ["", "x", "ia_", &site.master()] {
            assert_eq!(feed(site, none).status, 401);
        }
        assert_eq!(site.send("GET", "/in-app/feed", &[], b"").status, 401);
        // Nobody that we know is nobody who owes.
        assert_eq!(shown(site, &token(site, &own, "nobody"))["state"], "none");
        site.program.set_now(Instant::from_secs(site.program.now().secs() + 601));
        assert_eq!(feed(site, &good).status, 401, "it is over");
    });
}

#[test]
fn a_token_opens_nothing_of_another_company_and_nothing_of_the_api() {
    on_both(|site| {
        let own = secret(site);
        owing(site, "2026-01-15");
        let other = site.key_of(site.other, &[Scope::SettingsAct]);
        let made = site.act(&other, "POST", "/v1/in-app/secret", &json!({})).json();
        let foreign = Secret::new(made["secret"].as_str().unwrap());
        assert_eq!(shown(site, &token(site, &foreign, "C1"))["state"], "none", "the other company knows no C1");
        let token = token(site, &own, "C1");
        assert_eq!(site.get(&token, "/v1/customers/C1/access").status, 401);
        let reader = site.engine().in_app_reader(&token, site.program.now()).unwrap().unwrap();
        assert_eq!(reader.tenant, site.tenant());
        assert!(site.engine().in_app(site.other, reader.customer.unwrap(), None, site.program.now()).is_err());
    });
}

#[test]
fn a_secret_is_shown_once_and_the_one_before_counts_for_a_while() {
    on_both(|site| {
        owing(site, "2026-01-15");
        let key = site.key(&[Scope::SettingsAct, Scope::SettingsRead]);
        let first = secret(site);
        let second =
            Secret::new(site.act(&key, "POST", "/v1/in-app/secret", &json!({"overlap_seconds": 300})).json()["secret"].as_str().unwrap());
        assert_ne!(first.expose(), second.expose());
        let listed = site.ok(&key, "/v1/in-app");
        assert_eq!(listed["secrets"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains(first.expose().rsplit_once('_').unwrap().1), "{listed}");
        assert_eq!(listed["origins"], json!([PAGE]));
        assert_eq!(feed(site, &token(site, &first, "C1")).status, 200);
        site.program.set_now(Instant::from_secs(site.program.now().secs() + 301));
        assert_eq!(feed(site, &token(site, &first, "C1")).status, 401);
        assert_eq!(feed(site, &token(site, &second, "C1")).status, 200);
        assert_eq!(site.act(&key, "POST", "/v1/in-app/secret", &json!({"overlap_seconds": 604_801})).status, 422);
        assert_eq!(site.act(&key, "DELETE", "/v1/in-app/secret", &Value::Null).status, 204);
        assert_eq!(feed(site, &token(site, &second, "C1")).status, 401);
        assert_eq!(site.ok(&key, "/v1/in-app")["secrets"], json!([]));
        for reads in [Scope::SettingsRead, Scope::AccessRead] {
            assert_eq!(site.act(&site.key(&[reads]), "POST", "/v1/in-app/secret", &json!({})).status, 403);
        }
        // Not more than a handful at the same time.
        let made: Vec<u16> = (0..7).map(|_| site.act(&key, "POST", "/v1/in-app/secret", &json!({})).status).collect();
        assert_eq!(made.iter().filter(|status| **status == 201).count(), in_app::SECRETS_MAX, "{made:?}");
    });
}

#[test]
fn only_pages_of_listed_origins_may_ask() {
    on_one(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let bearer = format!("Bearer {}", token(site, &secret, "C1"));
        let from = |origin: &str| site.send("GET", "/in-app/feed", &[("Authorization", &bearer), ("Origin", origin)], b"");
        let good = from(PAGE);
        assert_eq!((good.status, good.header("access-control-allow-origin")), (200, Some(PAGE)));
        assert!(good.header("vary").unwrap().contains("origin"));
        assert_eq!(good.header("access-control-allow-credentials"), None, "no cookie has a say");
        for bad in ["https://evil.example", "null", "https://app.nuvem.example.evil.example", "http://app.nuvem.example"] {
            let answer = from(bad);
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{bad}");
        }
        let before =
            |origin: &str| site.send("OPTIONS", "/in-app/stream", &[("Origin", origin), ("Access-Control-Request-Method", "GET")], b"");
        let may = before(PAGE);
        assert_eq!((may.status, may.header("access-control-allow-origin")), (204, Some(PAGE)));
        assert!(may.header("access-control-allow-headers").unwrap().contains("authorization"));
        assert_eq!(before("https://evil.example").header("access-control-allow-origin"), None);
        // A token for one page is good in no other, and in none without a page.
        let now = site.program.now();
        let narrow = format!("Bearer {}", in_app::token_for(&secret, "C1", Some(PAGE), now, 600).unwrap());
        let other = format!("Bearer {}", in_app::token_for(&secret, "C1", Some("https://b.example"), now, 600).unwrap());
        let ask = |bearer: &str, more: &[(&str, &str)]| {
            let mut headers = vec![("Authorization", bearer)];
            headers.extend(more);
            site.send("GET", "/in-app/feed", &headers, b"").status
        };
        assert_eq!(ask(&narrow, &[("Origin", PAGE)]), 200);
        assert_eq!((ask(&narrow, &[]), ask(&other, &[("Origin", PAGE)])), (401, 401));
    });
}

#[test]
fn the_stream_tells_at_once_what_has_become_another_and_ends_with_its_token() {
    on_both(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let token = in_app::token_for(&secret, "C1", None, site.program.now(), 8).unwrap();
        let mut stream = TcpStream::connect(site.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let head = format!(
            "GET /in-app/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: {PAGE}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        let mut next =
            || lines.by_ref().find_map(|line| line.strip_prefix("data: ").map(|data| serde_json::from_str::<Value>(data).unwrap()));
        assert_eq!(next().expect("at once")["state"], "banner");
        let now = site.program.now();
        let paid = Portfolio {
            customers: vec![common::customer("C1")],
            receivables: vec![common::receivable("R1", 0, "2026-01-02", "2026-01-12", 10_000)],
            payments: vec![payment(0, "2026-01-15", None)],
        };
        site.import_of(site.tenant(), &paid, now);
        site.program.bell.ring();
        assert_eq!(next().expect("news")["state"], "none");
        // Eight seconds of its life, and there is nothing more to read.
        assert_eq!(next(), None);
    });
}

#[test]
fn a_customer_has_four_streams() {
    on_one(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        let token = token(site, &secret, "C1");
        let open = || {
            let mut stream = TcpStream::connect(site.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream
                .write_all(format!("GET /in-app/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n").as_bytes())
                .unwrap();
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
            (status, reader)
        };
        let opened: Vec<_> = (0..5).map(|_| open()).collect();
        let statuses: Vec<u16> = opened.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [200, 200, 200, 200, 429]);
    });
}

#[test]
fn the_script_is_public_and_kept_for_ever_under_its_content() {
    on_one(|site| {
        let key = site.key(&[Scope::SettingsRead]);
        let path = site.ok(&key, "/v1/in-app")["script"].as_str().unwrap().to_owned();
        let (plain, fixed) = (site.send("GET", "/in-app.js", &[], b""), site.send("GET", &path, &[], b""));
        assert_eq!((plain.status, fixed.status), (200, 200));
        assert_eq!(plain.body, fixed.body);
        assert!(fixed.header("cache-control").unwrap().contains("immutable"));
        assert_eq!(plain.header("cross-origin-resource-policy"), Some("cross-origin"), "pages of other origins run it");
        assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(site.send("GET", "/in-app.0000000000000000.js", &[], b"").status, 404);
        assert_eq!(site.send("GET", "/health", &[], b"").header("cross-origin-resource-policy"), Some("same-origin"));
    });
}

#[test]
fn nothing_is_shown_in_shadow() {
    on_one(|site| {
        let own = secret(site);
        let now = at("2026-01-02T10:00");
        site.engine().set_mode(site.tenant(), regua_core::words::Mode::Shadow, None, &act(), now).unwrap();
        owing(site, "2026-01-30");
        site.program.set_now(hour("2026-01-30", 18));
        assert_eq!(shown(site, &token(site, &own, "C1"))["state"], "none");
    });
}

#[test]
fn what_is_put_away_is_the_customers_own() {
    on_both(|site| {
        let secret = secret(site);
        owing(site, "2026-01-15");
        site.bill("C2", "R2", ("2026-01-02", "2026-01-12"), 5_000, at("2026-01-15T10:00"));
        site.program.set_now(hour("2026-01-16", 10));
        let id = |name: &str| -> CustomerId {
            let token = token(site, &secret, name);
            site.engine().in_app_reader(&token, site.program.now()).unwrap().unwrap().customer.unwrap()
        };
        let now = site.program.now();
        assert!(site.engine().put_in_app_away(site.tenant(), id("C1"), State::Banner, now).unwrap());
        assert!(site.engine().in_app(site.tenant(), id("C1"), None, now).unwrap().put_away);
        assert!(!site.engine().in_app(site.tenant(), id("C2"), None, now).unwrap().put_away);
    });
}

mod real {
    use super::*;

    /// The script in a page of jsdom: `tests/in_app_js/run.mjs`.
    #[test]
    fn the_script_does_in_a_page_what_it_says() {
        let Ok(folder) = std::env::var("REGUA_JSDOM") else {
            println!("skipped: REGUA_JSDOM is not set, the script for apps is not run");
            return;
        };
        // The variable names the package's own file, in a folder node_modules of the folder that is wanted.
        let folder = PathBuf::from(folder).ancestors().nth(3).map(PathBuf::from).expect("a folder with node_modules");
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new("node");
        command.arg(here.join("tests/in_app_js/run.mjs")).arg(&folder).arg(here.join("src/in_app/in-app.js"));
        let told = command.output().expect("node runs");
        let out = String::from_utf8_lossy(&told.stdout);
        assert!(told.status.success(), "{out}\n{}", String::from_utf8_lossy(&told.stderr));
        println!("{out}");
    }
}
