//! People, sessions and keys over HTTP: who comes in, who does not, and what ends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "common/door.rs"]
mod door;

mod common;

use common::{Site, at, on_both, on_one};
use door::{Browser, PASSWORD, hire, set_cookie, set_up, sign_in, stranger};
use hmac::{Hmac, KeyInit as _, Mac as _};
use regua_core::time::Instant;
use regua_engine::people::{Role, Scope};
use regua_web::{Host as _, Settings};
use serde_json::{Value, json};
use sha1::Sha1;

const ANA: &str = "ana@nuvem.example";

fn first(token: &str, email: &str) -> Value {
    json!({"token": token, "name": "Ana", "email": email, "password": PASSWORD})
}

/// The clock goes on.
fn later(site: &Site, secs: i64) {
    site.program.set_now(Instant::from_micros(site.program.now().micros() + secs * 1_000_000));
}

#[test]
fn the_first_owner_is_set_up_once_by_who_has_the_token_whoever_else_tries_at_once() {
    on_both(|site| {
        assert_eq!(site.send("GET", "/v1/setup", &[], b"").json(), json!({"needed": true, "oidc": false}));
        for token in ["", "wrong", "first-token-and-more"] {
            let answer = stranger(site, "POST", "/v1/setup", &first(token, ANA));
            assert!([401, 422].contains(&answer.status), "{}", answer.text());
        }
        let answers: Vec<_> = std::thread::scope(|scope| {
            let asks = (0..6)
                .map(|n| scope.spawn(move || stranger(site, "POST", "/v1/setup", &first("first-token", &format!("p{n}@nuvem.example")))));
            asks.collect::<Vec<_>>().into_iter().map(|ask| ask.join().unwrap()).collect()
        });
        let came: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(came.len(), 1, "{:?}", answers.iter().map(|answer| (answer.status, answer.text())).collect::<Vec<_>>());
        for other in answers.iter().filter(|answer| answer.status != 200) {
            assert!(other.code() == "set_up_before" || other.code() == "busy", "{}", other.text());
        }
        let owner = Browser::of(came[0]);
        let people = owner.get(site, "/v1/people").json();
        assert_eq!(people["items"].as_array().unwrap().len(), 1);
        assert_eq!(people["items"][0]["role"], "owner");
        assert_eq!(site.send("GET", "/v1/setup", &[], b"").json(), json!({"needed": false, "oidc": false}));
        assert_eq!(stranger(site, "POST", "/v1/setup", &first("first-token", "late@nuvem.example")).code(), "set_up_before");
    });
}

#[test]
fn who_signs_in_has_a_cookie_that_no_script_reads_and_no_token_in_the_body() {
    on_both(|site| {
        set_up(site);
        let answer = sign_in(site, " Ana@Nuvem.example ", PASSWORD);
        let browser = Browser::of(&answer);
        let header = answer.header("set-cookie").unwrap();
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age="] {
            assert!(header.contains(part), "{header}");
        }
        assert!(!answer.text().contains(&browser.cookie), "the token is in the cookie alone");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let session = browser.get(site, "/v1/session").json();
        assert_eq!((&session["csrf_token"], &session["caller"]["name"]), (&json!(browser.csrf), &json!("Ana")));
        // Whatever is wrong is told alike, in as many words.
        let (wrong, nobody) = (sign_in(site, ANA, "not the password"), sign_in(site, "nobody@nuvem.example", PASSWORD));
        assert_eq!((wrong.status, wrong.text()), (401, nobody.text()));
        assert!(set_cookie(&wrong, "regua_session").is_none());
        assert_eq!(site.send("GET", "/v1/session", &[("Cookie", "regua_session=rs_x")], b"").status, 401);
        assert_eq!(site.send("GET", "/v1/session", &[], b"").code(), "unauthenticated");
    });
}

#[test]
fn what_changes_something_needs_the_token_of_the_form_and_a_page_of_ours() {
    on_one(|site| {
        set_up(site);
        let (own, other) = (Browser::signed_in(site, ANA), Browser::signed_in(site, ANA));
        let ask = |headers: &[(&str, &str)]| {
            let cookie = own.cookie_header();
            let mut all = vec![("Cookie", cookie.as_str()), ("Content-Type", "application/json")];
            all.extend_from_slice(headers);
            site.send("POST", "/v1/people", &all, br#"{"email":"bea@nuvem.example","name":"Bea","role":"reader"}"#)
        };
        let upper = own.csrf.to_uppercase();
        for headers in [
            &[][..],
            &[("X-CSRF-Token", "")],
            &[("X-CSRF-Token", &other.csrf)],
            &[("X-CSRF-Token", &own.csrf[1..])],
            &[("X-CSRF-Token", &upper)],
        ] {
            let answer = ask(headers);
            assert_eq!((answer.status, answer.code().as_str()), (403, "csrf"), "{headers:?}");
        }
        for site_of in ["cross-site", "same-site", "nonsense"] {
            assert_eq!(ask(&[("X-CSRF-Token", &own.csrf), ("Sec-Fetch-Site", site_of)]).code(), "csrf", "{site_of}");
        }
        assert_eq!(own.get(site, "/v1/people").json()["items"].as_array().unwrap().len(), 1, "nothing happened");
        assert_eq!(ask(&[("X-CSRF-Token", &own.csrf), ("Sec-Fetch-Site", "same-origin")]).status, 201);
        // Nobody is signed in as somebody else by a page of another site.
        let body = json!({"email": ANA, "password": PASSWORD}).to_string();
        let headers = [("Content-Type", "application/json"), ("Sec-Fetch-Site", "cross-site")];
        assert_eq!(site.send("POST", "/v1/session", &headers, body.as_bytes()).code(), "csrf");
        assert_eq!(site.send("POST", "/v1/session", &[("Content-Type", "text/plain")], body.as_bytes()).status, 415);
    });
}

#[test]
fn a_planted_cookie_is_never_adopted_and_an_old_session_ends_with_the_next() {
    on_both(|site| {
        set_up(site);
        hire(site, "Bea", Role::Reader, None);
        let planted = Browser::signed_in(site, "bea@nuvem.example");
        let body = json!({"email": ANA, "password": PASSWORD}).to_string();
        for cookie in [planted.cookie_header(), "regua_session=rs_0_0_0".to_owned(), "regua_session=".to_owned()] {
            let headers = [("Content-Type", "application/json"), ("Cookie", cookie.as_str())];
            let answer = site.send("POST", "/v1/session", &headers, body.as_bytes());
            let own = Browser::of(&answer);
            assert_ne!(own.cookie_header(), cookie);
            assert_eq!(own.get(site, "/v1/session").json()["caller"]["name"], "Ana");
        }
        assert_eq!(planted.get(site, "/v1/session").status, 401, "the session that the browser showed is over");
        // Whoever fails to sign in ends nothing.
        let still = Browser::signed_in(site, "bea@nuvem.example");
        let wrong = json!({"email": ANA, "password": "not the password"}).to_string();
        let cookie = still.cookie_header();
        let headers = [("Content-Type", "application/json"), ("Cookie", cookie.as_str())];
        assert_eq!(site.send("POST", "/v1/session", &headers, wrong.as_bytes()).status, 401);
        assert_eq!(still.get(site, "/v1/session").status, 200);
    });
}

#[test]
fn signing_out_ends_the_session_and_no_other() {
    on_both(|site| {
        set_up(site);
        let (here, there) = (Browser::signed_in(site, ANA), Browser::signed_in(site, ANA));
        let answer = here.act(site, "DELETE", "/v1/session", &json!({}));
        assert_eq!((answer.status, set_cookie(&answer, "regua_session")), (204, Some(String::new())));
        assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
        assert_eq!(here.get(site, "/v1/people").status, 401);
        let sessions = there.get(site, "/v1/sessions").json();
        assert_eq!(sessions["items"].as_array().unwrap().len(), 1);
        assert_eq!(sessions["items"][0]["current"], true);
        // One ends another of one's own, and nobody else's.
        let third = Browser::signed_in(site, ANA);
        let third_id = third.get(site, "/v1/session").json()["id"].as_str().unwrap().to_owned();
        hire(site, "Bea", Role::Manager, None);
        let bea = Browser::signed_in(site, "bea@nuvem.example");
        assert_eq!(bea.act(site, "DELETE", &format!("/v1/sessions/{third_id}"), &json!({})).status, 404);
        assert_eq!(there.act(site, "DELETE", &format!("/v1/sessions/{third_id}"), &json!({})).status, 204);
        assert_eq!(third.get(site, "/v1/session").status, 401);
    });
}

#[test]
fn who_guesses_waits_and_is_told_how_long() {
    on_both(|site| {
        set_up(site);
        let mut statuses = Vec::new();
        for _ in 0..7 {
            statuses.push(sign_in(site, ANA, "not the password").status);
        }
        assert!(statuses.starts_with(&[401, 401, 401, 401]) && statuses.ends_with(&[429]), "{statuses:?}");
        let answer = sign_in(site, ANA, PASSWORD);
        assert_eq!((answer.status, answer.code().as_str()), (429, "sign_in_throttled"), "not with the right one either");
        let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=15 * 60 + 1).contains(&wait), "{wait}");
        later(site, wait + 1);
        assert_eq!(sign_in(site, ANA, PASSWORD).status, 200);
    });
}

/// The code of a moment (RFC 6238), computed here.
fn code(secret: &str, now: Instant) -> String {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u64, 0);
    for letter in secret.bytes() {
        let digit = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        held = (held << 5) | u64::from(digit);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap());
        }
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&(now.micros() / 30_000_000).to_be_bytes());
    let mac: [u8; 20] = mac.finalize().into_bytes().into();
    let from = usize::from(mac[19] & 15);
    let word = u32::from_be_bytes(mac[from..from + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

#[test]
fn a_second_factor_is_asked_for_once_confirmed_and_codes_are_good_once() {
    on_both(|site| {
        set_up(site);
        let ana = Browser::signed_in(site, ANA);
        let secret = ana.act(site, "POST", "/v1/second-factor", &json!({})).json()["secret"].as_str().unwrap().to_owned();
        assert_eq!(sign_in(site, ANA, PASSWORD).status, 200, "it does not count yet");
        assert_eq!(ana.act(site, "POST", "/v1/second-factor/confirm", &json!({"code": "000000x"})).code(), "wrong_code");
        let answer = ana.act(site, "POST", "/v1/second-factor/confirm", &json!({"code": code(&secret, site.program.now())}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let codes: Vec<String> = answer.json()["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        assert_eq!(codes.len(), 10);
        let with = |code: &str| stranger(site, "POST", "/v1/session", &json!({"email": ANA, "password": PASSWORD, "code": code}));
        let asked = sign_in(site, ANA, PASSWORD);
        assert_eq!((asked.status, asked.code().as_str()), (401, "second_factor"));
        assert!(set_cookie(&asked, "regua_session").is_none());
        assert_eq!(sign_in(site, ANA, "not the password").code(), "sign_in_refused", "who has not the password learns nothing");
        later(site, 60);
        let now = code(&secret, site.program.now());
        assert_eq!(with(&now).status, 200);
        assert_eq!(with(&now).code(), "sign_in_refused", "a code is good once");
        assert_eq!(with(&codes[0]).status, 200);
        assert_eq!(with(&codes[0]).code(), "sign_in_refused");
        assert_eq!(ana.get(site, "/v1/second-factor/recovery-codes").json(), json!({"left": 9}));
        assert_eq!(ana.act(site, "POST", "/v1/second-factor/remove", &json!({"password": "not the password"})).code(), "wrong_password");
        assert_eq!(ana.act(site, "POST", "/v1/second-factor/remove", &json!({"password": PASSWORD})).status, 204);
        assert_eq!(sign_in(site, ANA, PASSWORD).status, 200);
    });
}

#[test]
fn who_is_invited_chooses_a_password_and_comes_in_as_what_they_are() {
    on_both(|site| {
        set_up(site);
        let ana = Browser::signed_in(site, ANA);
        let new = json!({"email": "bea@nuvem.example", "name": "Bea", "role": "collector", "limit": 10_000});
        let answer = ana.act(site, "POST", "/v1/people", &new);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let invited = answer.json();
        assert_eq!((&invited["person"]["state"], &invited["person"]["limit"]), (&json!("invited"), &json!(10_000)));
        let token = invited["token"].as_str().unwrap();
        assert_eq!(sign_in(site, "bea@nuvem.example", PASSWORD).status, 401);
        let accept = |password: &str| stranger(site, "POST", "/v1/invitations/accept", &json!({"token": token, "password": password}));
        assert_eq!(accept("short").status, 422);
        assert_eq!(accept("bea-goiaba-lua-99").status, 204);
        assert_eq!(accept("bea-goiaba-lua-99").code(), "bad_token", "it is good once");
        let bea = Browser::of(&sign_in(site, "bea@nuvem.example", "bea-goiaba-lua-99"));
        assert_eq!(bea.get(site, "/v1/me").json()["role"], "collector");
        assert_eq!(bea.get(site, "/v1/people").code(), "forbidden");
        assert_eq!(bea.act(site, "POST", "/v1/people", &new).code(), "forbidden");
        // A reset ends what ran; so does being kept out.
        let id = invited["person"]["id"].as_str().unwrap();
        let reset = ana.act(site, "POST", &format!("/v1/people/{id}/reset"), &json!({})).json()["token"].as_str().unwrap().to_owned();
        assert_eq!(stranger(site, "POST", "/v1/password/reset", &json!({"token": reset, "password": "other-goiaba-lua-1"})).status, 204);
        assert_eq!(bea.get(site, "/v1/me").status, 401);
        let bea = Browser::of(&sign_in(site, "bea@nuvem.example", "other-goiaba-lua-1"));
        assert_eq!(ana.act(site, "POST", &format!("/v1/people/{id}/disable"), &json!({})).json()["state"], "disabled");
        assert_eq!((bea.get(site, "/v1/me").status, sign_in(site, "bea@nuvem.example", "other-goiaba-lua-1").status), (401, 401));
        let changed = ana.act(site, "PATCH", &format!("/v1/people/{id}"), &json!({"role": "analyst", "limit": null})).json();
        assert_eq!((&changed["role"], &changed["limit"], &changed["name"]), (&json!("analyst"), &Value::Null, &json!("Bea")));
        let own = ana.get(site, "/v1/session").json()["caller"]["id"].as_str().unwrap().to_owned();
        assert_eq!(ana.act(site, "POST", &format!("/v1/people/{own}/disable"), &json!({})).code(), "own_standing");
    });
}

#[test]
fn a_password_is_changed_by_who_knows_it_and_other_sessions_end() {
    on_one(|site| {
        set_up(site);
        let (here, there) = (Browser::signed_in(site, ANA), Browser::signed_in(site, ANA));
        let change = |old: &str| here.act(site, "POST", "/v1/password", &json!({"old": old, "new": "lua-nova-goiaba-11"}));
        assert_eq!(change("not the password").code(), "wrong_password");
        assert_eq!(change(PASSWORD).status, 204);
        assert_eq!((here.get(site, "/v1/me").status, there.get(site, "/v1/me").status), (200, 401));
        assert_eq!((sign_in(site, ANA, PASSWORD).status, sign_in(site, ANA, "lua-nova-goiaba-11").status), (401, 200));
    });
}

/// A key that is made over HTTP: its id and its text.
fn key(site: &Site, who: &Browser, body: &Value) -> (String, String) {
    let answer = who.act(site, "POST", "/v1/keys", body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    (made["key"]["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

#[test]
fn a_key_does_what_its_scopes_say_until_it_ends() {
    on_both(|site| {
        set_up(site);
        let ana = Browser::signed_in(site, ANA);
        let (id, secret) = key(site, &ana, &json!({"name": "BI", "scopes": ["customers:read", "people:read"]}));
        assert_eq!(site.get(&secret, "/v1/people").status, 200);
        let refused = site.get(&secret, "/v1/events");
        assert!(refused.status == 403 && refused.text().contains("events:read"), "{}", refused.text());
        assert_eq!(site.act(&secret, "POST", "/v1/keys", &json!({"name": "More", "scopes": ["customers:read"]})).status, 403);
        assert_eq!(site.get(&secret, "/v1/session").status, 403, "a key is no person");
        let listed = ana.get(site, "/v1/keys");
        assert!(!listed.text().contains(&secret), "it is shown once");
        assert_eq!(listed.json()["items"][0]["state"], "active");
        // One that ends by itself.
        let until = "2026-01-01T02:00:00-03:00";
        let (_, short) = key(site, &ana, &json!({"name": "Short", "scopes": ["people:read"], "expires_at": until}));
        assert_eq!(site.get(&short, "/v1/people").status, 200);
        site.program.set_now(at("2026-01-01T02:00"));
        assert_eq!(site.get(&short, "/v1/people").status, 401);
        // The one before a rotation counts for as long as was said.
        let turned = ana.act(site, "POST", &format!("/v1/keys/{id}/rotate"), &json!({"overlap_hours": 2})).json();
        let new = turned["secret"].as_str().unwrap().to_owned();
        assert_eq!((site.get(&secret, "/v1/people").status, site.get(&new, "/v1/people").status), (200, 200));
        later(site, 2 * 60 * 60);
        assert_eq!((site.get(&secret, "/v1/people").status, site.get(&new, "/v1/people").status), (401, 200));
        assert_eq!(ana.act(site, "DELETE", &format!("/v1/keys/{id}"), &json!({})).status, 204);
        assert_eq!(site.get(&new, "/v1/people").status, 401);
        assert_eq!(ana.get(site, &format!("/v1/keys/{id}")).json()["state"], "revoked");
        for bad in ["", "rk_", "rk_0_0_0", &new.to_uppercase(), &new[..new.len() - 1]] {
            assert_eq!(site.get(bad, "/v1/people").status, 401, "{bad}");
        }
        assert_eq!(site.send("GET", "/v1/people", &[("Authorization", "Basic YTpi")], b"").status, 401);
    });
}

#[test]
fn a_key_of_one_company_sees_nothing_of_another() {
    on_both(|site| {
        let person = set_up(site);
        let other = site.key_of(site.other, Scope::ALL);
        for path in [format!("/v1/people/{person}"), "/v1/people".to_owned(), "/v1/keys".to_owned()] {
            let text = site.get(&other, &path).text();
            // What was asked for may be said again; whether it is anybody may not.
            let text = if path.contains(&person.to_string()) { text.replace(&person.to_string(), "") } else { text };
            assert!(!text.contains(ANA) && !text.contains(&person.to_string()), "{path}: {text}");
        }
        assert_eq!(site.act(&other, "POST", &format!("/v1/people/{person}/disable"), &json!({})).status, 404);
        let me = site.get(&other, "/v1/me").json();
        assert_eq!(me["tenant"], site.other.to_string());
        assert_eq!(Browser::signed_in(site, ANA).get(site, "/v1/me").json()["tenant"], site.tenant().to_string());
    });
}

#[test]
fn without_a_provider_nobody_is_sent_to_one() {
    on_one(|site| {
        for path in ["/v1/oidc/start", "/v1/oidc/start?to=/people", "/v1/oidc/callback?code=a&state=b&session_state=c"] {
            let answer = site.send("GET", path, &[], b"");
            assert_eq!((answer.status, answer.code().as_str()), (404, "no_provider"), "{path}");
        }
    });
}

#[test]
fn one_person_who_asks_too_often_is_put_off_wherever_they_ask_from() {
    let pace = regua_web::Rate { per_second: 1, burst: 5, connections: 100 };
    let site = Site::with("sqlite::memory:", Settings { rate: None, pace: Some(pace), ..Settings::default() });
    set_up(&site);
    let ana = Browser::signed_in(&site, ANA);
    let statuses: Vec<u16> = (0..10).map(|_| ana.get(&site, "/v1/me").status).collect();
    assert!(statuses.starts_with(&[200; 5]) && statuses.contains(&429), "{statuses:?}");
    let key = site.key(&[Scope::PeopleRead]);
    assert_eq!(site.get(&key, "/v1/me").status, 200, "others go on");
}

#[test]
fn every_answer_says_how_it_may_be_used_and_which_request_it_was() {
    on_one(|site| {
        let key = site.key(&[Scope::ReportsRead]);
        for path in ["/v1/me", "/v1/nothing", "/v1/people", "/health", "/elsewhere", "/v1/docs"] {
            let answer = site.send("GET", path, &[("Authorization", &format!("Bearer {key}")), ("X-Request-Id", "order-17")], b"");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
            assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("x-request-id"), Some("order-17"), "{path}");
        }
        let own = site.send("GET", "/health", &[("X-Request-Id", "a b;c")], b"");
        assert_ne!(own.header("x-request-id"), Some("a b;c"));
        let metrics = site.get(&key, "/v1/metrics");
        assert!(metrics.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
        let line = "regua_http_requests_total{operation=\"me\",status=\"200\"} 1";
        assert!(metrics.text().lines().any(|seen| seen == line), "{}", metrics.text());
        assert_eq!(site.send("GET", "/metrics", &[], b"").status, 404, "unless the settings show it");
    });
}

#[test]
fn views_are_ones_own_and_the_shared_ones_the_companys() {
    on_both(|site| {
        set_up(site);
        hire(site, "Bea", Role::Collector, None);
        hire(site, "Cid", Role::Collector, None);
        let (ana, bea, cid) =
            (Browser::signed_in(site, ANA), Browser::signed_in(site, "bea@nuvem.example"), Browser::signed_in(site, "cid@nuvem.example"));
        let body = |name: &str, shared: bool| json!({"page": "receivables", "name": name, "shared": shared, "filters": {"status": "open", "age": "over_90"}, "columns": ["number", "due"]});
        let names = |who: &Browser| -> Vec<String> {
            let all = who.get(site, "/v1/views").json();
            all["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
        };
        let own = bea.act(site, "POST", "/v1/views", &body("minhas", false));
        assert_eq!(own.status, 201, "{}", own.text());
        let shared = bea.act(site, "POST", "/v1/views", &body("todas", true)).json();
        assert_eq!((&shared["filters"]["age"], &shared["columns"][1], &shared["by"]), (&json!("over_90"), &json!("due"), &json!("Bea")));
        assert_eq!(names(&bea), ["minhas", "todas"]);
        assert_eq!(names(&cid), ["todas"]);

        // A name is taken once a person and page; others may have one of the same name.
        let again = bea.act(site, "POST", "/v1/views", &body("minhas", false));
        assert_eq!((again.status, again.json()["fields"][0]["at"].as_str()), (422, Some("/name")), "{}", again.text());
        assert_eq!(cid.act(site, "POST", "/v1/views", &body("minhas", false)).status, 201);

        // Others' are changed by nobody but who may change settings, and private ones are not there for them.
        let path = format!("/v1/views/{}", shared["id"].as_str().unwrap());
        let secret = format!("/v1/views/{}", own.json()["id"].as_str().unwrap());
        assert_eq!(cid.act(site, "PATCH", &path, &json!({"name": "x"})).code(), "not_yours");
        assert_eq!(cid.act(site, "DELETE", &path, &json!({})).code(), "not_yours");
        assert_eq!(ana.act(site, "PATCH", &secret, &json!({"name": "x"})).status, 404);
        assert_eq!(ana.act(site, "DELETE", &secret, &json!({})).status, 404);
        let changed = ana.act(site, "PATCH", &path, &json!({"filters": {"status": "paid"}}));
        assert_eq!(
            (changed.status, &changed.json()["name"], &changed.json()["filters"]),
            (200, &json!("todas"), &json!({"status": "paid"}))
        );
        assert_eq!(bea.act(site, "PATCH", &path, &json!({"shared": false})).status, 200);
        assert_eq!(names(&cid), ["minhas"]);
        assert_eq!(bea.act(site, "DELETE", &path, &json!({})).status, 204);
        assert_eq!(names(&bea), ["minhas"]);

        // Nothing of a customer is kept in a view.
        for filters in [json!({"customer": "C-1"}), json!({"q": "Ana"}), json!({"status": "x".repeat(61)})] {
            let refused = bea.act(site, "POST", "/v1/views", &json!({"page": "receivables", "name": "n", "filters": filters}));
            assert_eq!(refused.status, 422, "{}", refused.text());
        }
        for n in 1..100 {
            assert_eq!(bea.act(site, "POST", "/v1/views", &body(&format!("v{n}"), false)).status, 201);
        }
        assert_eq!(bea.act(site, "POST", "/v1/views", &body("one more", false)).code(), "many_views");
        let key = site.key(&[Scope::SettingsAct]);
        assert_eq!(site.get(&key, "/v1/views").status, 403);
    });
}

#[test]
fn everybody_changes_their_own_name_and_nothing_else_of_themselves() {
    on_both(|site| {
        set_up(site);
        hire(site, "Bea", Role::Reader, None);
        let bea = Browser::signed_in(site, "bea@nuvem.example");
        let own = bea.get(site, "/v1/me/person").json();
        assert_eq!((&own["name"], &own["role"], &own["second_factor"]), (&json!("Bea"), &json!("reader"), &json!(false)));
        let changed = bea.act(site, "PATCH", "/v1/me/person", &json!({"name": "Beatriz"}));
        assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("Beatriz")), "{}", changed.text());
        assert_eq!(bea.get(site, "/v1/me").json()["name"], "Beatriz");
        assert_eq!(bea.act(site, "PATCH", "/v1/me/person", &json!({"name": "Beatriz", "role": "owner"})).status, 422);
        assert_eq!(site.get(&site.master(), "/v1/me/person").status, 403, "a key is nobody");
    });
}
