//! Who may ask what an app shows, and from which pages: tokens, secrets and their ends, origins, and how often.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use regua_core::time::Instant;
use regua_engine::in_app;
use regua_engine::people::Scope;
use regua_engine::secret::Secret;
use regua_web::{Host as _, Rate, Settings};
use serde_json::{Value, json};
use sha2::Sha256;

use super::common::{Site, on_both, on_one};
use super::{PAGE, feed, owing, put_away, secret, shown, token};

/// Bytes as addresses write them.
fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The parts of a secret: company, id and key.
fn parts(secret: &Secret) -> (String, String, Vec<u8>) {
    let parts: Vec<&str> = secret.expose().split('_').collect();
    let key = (0..parts[3].len() / 2).map(|place| u8::from_str_radix(&parts[3][2 * place..2 * place + 2], 16).unwrap()).collect();
    (parts[1].to_owned(), parts[2].to_owned(), key)
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A token by hand, as docs/in-app.md says, whatever it says.
fn signed(secret: &Secret, says: &str) -> String {
    let (company, id, key) = parts(secret);
    let text = format!("ia_{company}_{id}_{}", base64(says.as_bytes()));
    let mac = hex(&mac(&key, &text));
    format!("{text}_{mac}")
}

#[test]
fn a_token_is_made_by_hand_as_the_documentation_says() {
    on_one(|site| {
        let own = secret(site);
        owing(site, "2026-01-15");
        let now = site.program.now().secs();
        let says = |exp: i64| format!(r#"{{"customer":"C1","exp":{exp}}}"#);
        assert_eq!(shown(site, &signed(&own, &says(now + 600)))["state"], "banner");
        for (bad, why) in [
            (says(now), "it is over"),
            (says(now + 3_700), "it is made to last"),
            (says(i64::MAX), "it is made to last for ever"),
            (format!(r#"{{"customer":"C1","exp":"{}"}}"#, now + 600), "its end is a text"),
            (format!(r#"{{"customer":"C1","exp":{}.5}}"#, now + 600), "its end is a part of a second"),
            (r#"{"customer":"C1"}"#.to_owned(), "it has no end"),
            (format!(r#"{{"exp":{}}}"#, now + 600), "it names nobody"),
            (format!(r#"{{"customer":["C1"],"exp":{}}}"#, now + 600), "it names a list"),
            (format!(r#"{{"customer":"C1","exp":{},"exp":{}}}"#, now - 1, now + 600), "it has two ends"),
            (String::new(), "it says nothing"),
        ] {
            assert_eq!(feed(site, &signed(&own, &bad)).status, 401, "{why}: {bad}");
        }
    });
}

#[test]
fn nothing_in_a_token_says_how_it_is_checked() {
    on_one(|site| {
        owing(site, "2026-01-15");
        let (own, second) = (secret(site), secret(site));
        let foreign = {
            let key = site.key_of(site.other, &[Scope::SettingsAct]);
            Secret::new(site.act(&key, "POST", "/v1/in-app/secret", &json!({})).json()["secret"].as_str().unwrap())
        };
        let says = format!(r#"{{"customer":"C1","exp":{}}}"#, site.program.now().secs() + 600);
        let good = signed(&own, &says);
        assert_eq!(feed(site, &good).status, 200);
        let (company, id, key) = parts(&own);
        let (text, mark) = good.rsplit_once('_').unwrap();
        // Tokens of the web, signed by nobody, by the key, and by what everybody knows.
        for (header, by) in [
            (r#"{"alg":"none","typ":"JWT"}"#, None),
            (r#"{"alg":"HS256","typ":"JWT"}"#, Some(key.clone())),
            (r#"{"alg":"HS256","typ":"JWT"}"#, Some(own.expose().as_bytes().to_vec())),
            (r#"{"alg":"HS256","typ":"JWT"}"#, Some(Vec::new())),
        ] {
            let text = format!("{}.{}", base64(header.as_bytes()), base64(says.as_bytes()));
            let mark = by.map_or_else(String::new, |by| base64(&mac(&by, &text)));
            assert_eq!(feed(site, &format!("{text}.{mark}")).status, 401, "{header}");
        }
        let named = says.replace('}', r#","alg":"none"}"#);
        let unsigned = format!("ia_{company}_{id}_{}", base64(named.as_bytes()));
        let (other, ..) = parts(&foreign);
        let (_, later, _) = parts(&second);
        let renamed = |from: &str, to: &str| good.replacen(from, to, 1);
        for (bad, why) in [
            (format!("{unsigned}_"), "signed by nobody"),
            (format!("{unsigned}_{}", "0".repeat(64)), "signed with zeros"),
            (format!("{unsigned}_{mark}"), "another's signature"),
            (format!("{text}_{}", hex(&mac(&key, "")[..])), "a signature of nothing"),
            (format!("{text}_{}", &mark[..32]), "half a signature"),
            (format!("{text}_{}", mark.to_uppercase()), "a signature has one text"),
            (format!("{text}_{}", hex(&mac(own.expose().as_bytes(), text))), "signed by the text of the secret"),
            (format!("{text}=_{}", hex(&mac(&key, &format!("{text}=")))), "padding"),
            (renamed(&company, &other), "put into another company"),
            (renamed(&id, &later), "put under another secret"),
            (renamed("ia_", "is_"), "of another kind"),
            (format!("{good}_{mark}"), "signed twice"),
            (format!(" {good}x"), "longer"),
        ] {
            assert_eq!(feed(site, &bad).status, 401, "{why}");
        }
        let (_, foreign_id, _) = parts(&foreign);
        let both = renamed(&company, &other).replacen(&id, &foreign_id, 1);
        assert_eq!(feed(site, &both).status, 401, "put under another company's secret");
        let way = site.send("GET", "/in-app/feed", &[("Authorization", &format!("bearer {good}"))], b"").status;
        let cookie = site.send("GET", "/in-app/feed", &[("Cookie", &format!("token={good}"))], b"").status;
        let query = site.send("GET", &format!("/in-app/feed?token={good}"), &[], b"").status;
        assert_eq!((way, cookie, query), (401, 401, 401), "there is one way to show it");
    });
}

#[test]
fn a_token_that_somebody_copied_is_good_until_it_is_over_and_opens_no_more() {
    on_both(|site| {
        let own = secret(site);
        owing(site, "2026-01-15");
        let now = site.program.now();
        let copied = in_app::token_for(&own, "C1", Some(PAGE), now, 120).unwrap();
        // It is the bearer's for two minutes, in this page alone, and it says nothing of others.
        assert_eq!((feed(site, &copied).status, feed(site, &copied).status), (200, 200));
        let bearer = format!("Bearer {copied}");
        assert_eq!(site.send("GET", "/in-app/feed", &[("Authorization", &bearer)], b"").status, 401, "in no page");
        for path in ["/v1/me", "/v1/customers/C1", "/v1/in-app"] {
            assert_eq!(site.get(&copied, path).status, 401, "{path}");
        }
        site.program.set_now(Instant::from_secs(now.secs() + 120));
        assert_eq!((feed(site, &copied).status, put_away(site, &copied, "banner").status), (401, 401));
    });
}

#[test]
fn a_customer_asks_so_often_and_no_more() {
    let pace = Some(Rate { per_second: 1, burst: 4, connections: u32::MAX });
    let site = Site::with("sqlite::memory:", Settings { rate: None, pace, ..Settings::default() });
    let own = secret(&site);
    owing(&site, "2026-01-15");
    let (one, other) = (token(&site, &own, "C1"), token(&site, &own, "nobody"));
    // Looks, words and streams count alike.
    let answers: Vec<_> = (0..8).map(|n| if n % 2 == 0 { feed(&site, &one) } else { put_away(&site, &one, "banner") }).collect();
    let put_off: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!((2..=4).contains(&put_off.len()), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for answer in put_off {
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "the page may read why");
    }
    assert_eq!(feed(&site, &other).status, 200, "others are not put off");
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
        let refused = feed(site, "x");
        assert_eq!(refused.header("access-control-allow-origin"), Some(PAGE), "or the page could not tell it from a dead server");
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
