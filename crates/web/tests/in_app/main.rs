//! What a company's app shows over HTTP: states from failure to cure, and what is put away. `tokens` is who may ask and from which
//! pages, `streams` the news, `real` the script in a page of jsdom and in a browser.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by variables")]

#[path = "../common/mod.rs"]
mod common;
mod real;
mod streams;
mod tokens;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Answer, POLICY, START, Site, Taker, act, at, hour, on_both, on_one, payment, stationery};
use regua_core::ids::CustomerId;
use regua_core::time::Instant;
use regua_engine::adapters::gateways::Sandbox;
use regua_engine::charging::{Charging, Gateways};
use regua_engine::commands::tenant::FILES;
use regua_engine::in_app::{self, State};
use regua_engine::outbox::Sending;
use regua_engine::people::Scope;
use regua_engine::ports::Courier;
use regua_engine::secret::Secret;
use regua_web::Host as _;
use regua_wire::files::portfolio::Portfolio;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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

/// As C1 is asked for its bill at a moment.
fn seen_at(site: &Site, secret: &Secret, now: Instant) -> Value {
    site.program.set_now(now);
    shown(site, &token(site, secret, "C1"))
}

/// A card that has no money, charged on the fifth of January, a week before the bill is due.
fn charge_in_vain(site: &Site) {
    let now = hour("2026-01-05", 11);
    site.program.set_now(now);
    site.engine().add_gateway(site.tenant(), "far", "sandbox", "owner", &act(), now).unwrap();
    let key = site.master();
    let card = json!({"gateway": "far", "token": "sandbox_decline_insufficient_funds", "scheme": "visa", "last4": "0001",
                      "expires_on": "2028-12-31", "consent": "terms v3"});
    let made = site.act(&key, "POST", "/v1/customers/C1/methods", &card);
    assert_eq!(made.status, 201, "{}", made.text());
    let order = json!({"method": made.json()["id"], "reason": "asked by phone"});
    let ordered = site.act(&key, "POST", "/v1/receivables/R1/charges", &order);
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    let mut gateways = Gateways::default();
    gateways.add(site.tenant(), "far", Box::new(Sandbox::waiting(move || now, |_| {})));
    let (paper, mut taker) = (stationery(), Taker);
    site.engine().source_read(site.tenant(), FILES, now).unwrap();
    let courier: &mut dyn Courier = &mut taker;
    let post = (courier, &paper, Sending::default());
    site.engine().pass_charging(&|| now, 1, post, (&mut gateways, Charging::default()), &|_| {}).unwrap();
}

#[test]
fn a_charge_that_fails_is_a_notice_and_a_suspension_a_wall() {
    on_both(|site| {
        let secret = secret(site);
        let policy = POLICY.replace(", approval: true", "");
        site.engine().publish(site.tenant(), "own.yaml", &policy, 10_000, &act(), at(START)).unwrap();
        owing(site, "2026-01-04");
        assert_eq!(seen_at(site, &secret, hour("2026-01-05", 10))["state"], "none");
        charge_in_vain(site);
        let failed = seen_at(site, &secret, hour("2026-01-05", 12));
        assert_eq!(
            (&failed["state"], &failed["owed"][0]["failed"], &failed["owed"][0]["late"]),
            (&json!("notice"), &json!(true), &json!(false))
        );
        assert_eq!(failed["lines"].as_array().unwrap().len(), 1, "{failed}");
        site.pass_days("2026-01-06", "2026-02-12");
        let wall = seen_at(site, &secret, hour("2026-02-12", 18));
        assert_eq!((&wall["state"], &wall["access"]), (&json!("wall"), &json!("suspended")), "{wall}");
        assert_eq!((&wall["can_be_put_away"], &wall["later"]), (&json!(false), &Value::Null));
        assert!(wall["owed"][0]["text"].as_str().unwrap().starts_with("R1: R$"), "{wall}");
    });
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
fn the_script_is_public_and_kept_for_ever_under_its_content() {
    on_one(|site| {
        let key = site.key(&[Scope::SettingsRead]);
        let told = site.ok(&key, "/v1/in-app");
        let path = told["script"].as_str().unwrap().to_owned();
        let (plain, fixed) = (site.send("GET", "/in-app.js", &[], b""), site.send("GET", &path, &[], b""));
        assert_eq!((plain.status, fixed.status), (200, 200));
        assert_eq!(plain.body, fixed.body);
        let integrity = format!("sha256-{}", STANDARD.encode(Sha256::digest(&fixed.body)));
        assert_eq!(told["integrity"], integrity.as_str(), "browsers run what was meant");
        assert!(fixed.header("cache-control").unwrap().contains("immutable"));
        assert_eq!(plain.header("cross-origin-resource-policy"), Some("cross-origin"), "pages of other origins run it");
        assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(site.send("GET", "/in-app.0000000000000000.js", &[], b"").status, 404);
        assert_eq!(site.send("GET", "/health", &[], b"").header("cross-origin-resource-policy"), Some("same-origin"));
    });
}

#[test]
fn whoever_was_erased_is_asked_for_nothing() {
    on_both(|site| {
        let own = secret(site);
        owing(site, "2026-01-30");
        let now = hour("2026-01-30", 18);
        site.program.set_now(now);
        let before = token(site, &own, "C1");
        assert_eq!(shown(site, &before)["state"], "read_only");
        let id = site.engine().in_app_reader(&before, now).unwrap().unwrap().customer.unwrap();
        site.engine().erase(site.tenant(), "C1", true, &act(), now).unwrap();
        // By the name that it had it is nobody; by our id it has nothing to see.
        for token in [before, token(site, &own, &id.to_string())] {
            let told = shown(site, &token);
            assert_eq!((&told["state"], &told["owed"], &told["lines"]), (&json!("none"), &json!([]), &json!([])), "{told}");
        }
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
