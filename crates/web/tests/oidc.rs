//! Signing in with a provider of identities, from our page over the provider's and back, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "common/door.rs"]
mod door;

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use common::{Answer, Site, on_both};
use door::{Browser, hire, set_cookie, set_up, sign_in, stranger};
use regua_engine::adapters::Roots;
use regua_engine::adapters::oidc::{Provider, Settings};
use regua_engine::people::Role;
use regua_engine::secret::Secret;
use regua_fakes::oidc::{Client, FakeOidc, Script, User};
use regua_store::seal::MasterKey;
use regua_web::Host as _;
use regua_web::api::OIDC_CALLBACK;
use serde_json::json;

/// A provider that knows somebody, and a site that takes its word.
fn with_provider(site: &Site, user: User) -> FakeOidc {
    let redirect = format!("http://127.0.0.1:8080{OIDC_CALLBACK}");
    let client = Client { redirects: vec![redirect.clone()], ..Client::default() };
    let script = Script { now: site.program.now().secs(), clients: vec![client.clone()], users: vec![user], ..Script::default() };
    let fake = FakeOidc::start(script).unwrap();
    let settings = Settings {
        issuer: fake.issuer(),
        client_id: client.id,
        client_secret: Secret::new(&client.secret),
        redirect_uri: redirect,
        allow_local: true,
        roots: Roots::Public,
    };
    assert!(site.program.oidc.set(Provider::new(settings, MasterKey::new([7; 32])).unwrap()).is_ok(), "one provider");
    fake
}

fn ana(subject: &str, verified: bool) -> User {
    User { subject: subject.to_owned(), email: "ana@nuvem.example".to_owned(), verified, name: "Ana".to_owned() }
}

/// Where the provider sends a browser that is sent to it: the part behind its host.
fn at_the_provider(fake: &FakeOidc, url: &str) -> String {
    let rest = url.strip_prefix(&fake.issuer()).unwrap_or_else(|| panic!("{url} is not at the provider"));
    let host = fake.issuer().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.write_all(format!("GET {rest} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let location = text.lines().find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("location")));
    let location = location.unwrap_or_else(|| panic!("{text}")).1.trim().to_owned();
    location.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
}

/// Begins: the cookie, and the way back.
fn begun(site: &Site, fake: &FakeOidc, to: &str) -> (String, String) {
    let answer = site.send("GET", &format!("/v1/oidc/start{to}"), &[], b"");
    assert_eq!(answer.status, 302, "{}", answer.text());
    let header = answer.header("set-cookie").unwrap();
    assert!(header.contains("HttpOnly") && header.contains("Secure") && header.contains("SameSite=Lax"), "{header}");
    (set_cookie(&answer, "regua_oidc").unwrap(), at_the_provider(fake, answer.header("location").unwrap()))
}

fn back(site: &Site, cookie: &str, path: &str) -> Answer {
    site.send("GET", path, &[("Cookie", &format!("regua_oidc={cookie}"))], b"")
}

#[test]
fn somebody_known_comes_in_by_the_providers_word_once() {
    on_both(|site| {
        set_up(site);
        let fake = with_provider(site, ana("one", true));
        let (cookie, path) = begun(site, &fake, "?to=/people?page=2");
        let answer = back(site, &cookie, &path);
        assert_eq!((answer.status, answer.header("location")), (302, Some("/people?page=2")), "{}", answer.text());
        let session = set_cookie(&answer, "regua_session").unwrap();
        assert_eq!(set_cookie(&answer, "regua_oidc").as_deref(), Some(""), "what it travelled with is gone");
        let came = Browser { cookie: session, csrf: String::new() };
        let seen = came.get(site, "/v1/session").json();
        assert_eq!(seen["caller"]["name"], "Ana");
        let came = Browser { csrf: seen["csrf_token"].as_str().unwrap().to_owned(), ..came };
        assert_eq!(came.act(site, "DELETE", "/v1/session", &json!({})).status, 204);
        // Nothing of it counts again, and nothing of it counts for another browser.
        assert_eq!(back(site, &cookie, &path).status, 401);
        let (cookie, path) = begun(site, &fake, "");
        for (cookie, path) in [("", path.as_str()), ("rubbish", &path), (&cookie, &path.replace("state=", "state=x"))] {
            let answer = back(site, cookie, path);
            assert_eq!(answer.status, 401, "{cookie} {path}");
            assert!(set_cookie(&answer, "regua_session").is_none());
        }
        assert_eq!(back(site, &cookie, &path).status, 302);
    });
}

#[test]
fn nobody_is_sent_elsewhere_by_a_link() {
    on_both(|site| {
        set_up(site);
        let fake = with_provider(site, ana("one", true));
        for to in ["//evil.example/", "https://evil.example/", "/%5Cevil.example", "/%09/evil.example", "javascript:alert(1)", "people"] {
            let (cookie, path) = begun(site, &fake, &format!("?to={to}"));
            let answer = back(site, &cookie, &path);
            assert_eq!((answer.status, answer.header("location")), (302, Some("/")), "{to}");
        }
    });
}

#[test]
fn who_is_not_known_or_not_verified_or_kept_out_does_not_come_in() {
    on_both(|site| {
        set_up(site);
        let fake = with_provider(site, ana("one", false));
        let (cookie, path) = begun(site, &fake, "");
        let answer = back(site, &cookie, &path);
        assert_eq!((answer.status, answer.code().as_str()), (401, "sign_in_refused"), "an address that nobody verified proves nothing");
        assert!(set_cookie(&answer, "regua_session").is_none());
        hire(site, "Bea", Role::Reader, None);
        assert_eq!(sign_in(site, "bea@nuvem.example", door::PASSWORD).status, 200, "passwords go on");
        let denied = "/v1/oidc/callback?error=access_denied&state=x";
        assert_eq!(stranger(site, "GET", denied, &json!(null)).status, 401);
        let shown = site.send("GET", denied, &[("Accept", "text/html,application/xhtml+xml;q=0.9")], b"");
        let to = shown.header("location").unwrap_or_default();
        assert!(shown.status == 302 && to.starts_with("/oidc-refused?code=oidc_") && set_cookie(&shown, "regua_session").is_none(), "{to}");
        assert_eq!(stranger(site, "GET", "/v1/setup", &json!(null)).json()["oidc"], true, "the page of signing in knows of it");
    });
}
