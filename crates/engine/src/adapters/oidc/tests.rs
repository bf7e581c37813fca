//! Signing in against a provider of our own, which is truthful, and then lies in every way there is.

use std::sync::Arc;
use std::time::Duration;

use regua_core::time::Instant;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::oidc::{CODE_SECS, Client, FakeOidc, Lie, Script, Signs, User};
use regua_store::seal::MasterKey;
use regua_wire::oidc::{Callback, What, Wrong};
use serde_json::json;

use super::{OidcError, PATIENCE, Provider, Settings, SignedIn, TRIP_SECS};
use crate::adapters::net::Roots;
use crate::ports::Rng;
use crate::secret::Secret;

const NOW: i64 = 1_796_040_000;

/// Bytes that never come twice.
struct Counter(u64);

impl Rng for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 += 1;
            let drawn = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

/// A provider of the test's own, and us.
struct House {
    fake: FakeOidc,
    provider: Provider,
    rng: Counter,
}

/// A browser on its way back, and what it carries.
struct Back {
    sealed: String,
    query: String,
}

fn settings(issuer: &str) -> Settings {
    let client = Client::default();
    Settings {
        issuer: issuer.to_owned(),
        client_id: client.id,
        client_secret: Secret::new(&client.secret),
        redirect_uri: client.redirects[0].clone(),
        allow_local: true,
        roots: Roots::Public,
    }
}

fn key() -> MasterKey {
    MasterKey::new([7; 32])
}

fn house(script: Script) -> House {
    let fake = FakeOidc::start(script).unwrap();
    let provider = Provider::new(settings(&fake.issuer()), key()).unwrap();
    House { fake, provider, rng: Counter(0) }
}

impl House {
    fn now(&self) -> Instant {
        Instant::from_secs(self.fake.clock().now())
    }

    /// Goes to the provider and back, by an address that a test may change.
    fn travel(&mut self, change: impl Fn(&str) -> String) -> Back {
        let now = self.now();
        let begun = self.provider.begin(&mut self.rng, "/customers", now).unwrap();
        let location = self.fake.visit(&change(&begun.url)).unwrap();
        let (_, query) = location.split_once('?').unwrap();
        assert!(query.contains(&begun.state));
        Back { sealed: begun.sealed, query: query.to_owned() }
    }

    fn finish(&self, back: &Back) -> Result<SignedIn, OidcError> {
        self.provider.finish(&back.sealed, &Callback::read(&back.query).unwrap(), self.now())
    }

    fn sign_in(&mut self) -> Result<SignedIn, OidcError> {
        let back = self.travel(str::to_owned);
        self.finish(&back)
    }

    /// How often a path was asked for.
    fn asked(&self, path: &str) -> usize {
        self.fake.log().seen.iter().filter(|seen| seen.path == path).count()
    }
}

fn wrong(wrong: Wrong) -> Result<SignedIn, OidcError> {
    Err(OidcError::Wrong(wrong))
}

#[test]
fn a_person_signs_in_by_every_kind_of_key_and_every_way_of_showing_ourselves() {
    for signs in [Signs::Rs256, Signs::Es256] {
        for by in ["client_secret_basic", "client_secret_post"] {
            for thin in [false, true] {
                let mut house = house(Script { signs, thin, client_by: vec![by.to_owned()], ..Script::default() });
                let signed_in = house.sign_in().unwrap();
                let identity = &signed_in.identity;
                assert_eq!((&identity.issuer, identity.subject.as_str()), (&house.fake.issuer(), "248289761001"), "{signs:?} {by}");
                assert_eq!((identity.email.as_deref(), identity.name.as_deref()), (Some("ann@example.com"), Some("Ann Example")));
                assert_eq!(signed_in.return_to, "/customers");
                assert_eq!(house.asked("/userinfo"), usize::from(thin), "it is asked only for what the token does not tell");
            }
        }
    }
}

#[test]
fn documents_and_keys_are_read_once_an_hour() {
    let mut house = house(Script::default());
    for _ in 0..3 {
        house.sign_in().unwrap();
    }
    assert_eq!((house.asked("/.well-known/openid-configuration"), house.asked("/jwks"), house.asked("/token")), (1, 1, 3));
    house.fake.clock().advance(3_600);
    house.sign_in().unwrap();
    assert_eq!((house.asked("/.well-known/openid-configuration"), house.asked("/jwks")), (2, 2));
}

#[test]
fn each_lie_of_the_id_token_has_its_own_error() {
    let mut house = house(Script::default());
    for (lie, expected) in [
        (Lie::Claims(json!({"iss": "https://evil.example"})), Wrong::Issuer),
        (Lie::Claims(json!({"aud": "another-client"})), Wrong::Audience),
        (Lie::Claims(json!({"aud": ["fake-client", "another-client"]})), Wrong::AuthorisedParty),
        (Lie::Claims(json!({"azp": "another-client"})), Wrong::AuthorisedParty),
        (Lie::Claims(json!({"nonce": "of-another-sign-in"})), Wrong::Nonce),
        (Lie::Claims(json!({"nonce": null})), Wrong::Nonce),
        (Lie::Claims(json!({"exp": NOW - 120})), Wrong::Expired),
        (Lie::Claims(json!({"iat": NOW + 121})), Wrong::Future),
        (Lie::Claims(json!({"sub": "x".repeat(256)})), Wrong::Field { what: What::IdToken, field: "sub" }),
        (Lie::Unsigned, Wrong::Algorithm),
        (Lie::SignedWithThePublished, Wrong::Algorithm),
        (Lie::Tampered, Wrong::Signature),
        (Lie::OtherKey, Wrong::Signature),
        (Lie::Token(json!({"id_token": null})), Wrong::NoIdToken),
        (Lie::Token(json!({"id_token": "a.b"})), Wrong::NotAToken),
        (Lie::Longer("token", 256 << 10), Wrong::TooLong(What::Reply)),
    ] {
        house.fake.lie(lie.clone());
        assert_eq!(house.sign_in(), wrong(expected), "{lie:?}");
        house.fake.honest();
        // Clocks may be two minutes apart, and a lie leaves nothing behind.
        house.fake.lie(Lie::Claims(json!({"exp": NOW - 119, "iat": NOW + 120})));
        house.sign_in().unwrap();
        house.fake.honest();
    }
}

#[test]
fn a_lie_of_p_256_is_no_better() {
    let mut house = house(Script { signs: Signs::Es256, ..Script::default() });
    for (lie, expected) in [
        (Lie::Unsigned, Wrong::Algorithm),
        (Lie::SignedWithThePublished, Wrong::Algorithm),
        (Lie::OtherKey, Wrong::Signature),
        (Lie::Tampered, Wrong::Signature),
    ] {
        house.fake.lie(lie.clone());
        assert_eq!(house.sign_in(), wrong(expected), "{lie:?}");
        house.fake.honest();
    }
}

#[test]
fn an_address_that_was_not_verified_is_not_taken_over() {
    let mut house = house(Script::default());
    house.fake.user(User { verified: false, ..User::default() });
    let identity = house.sign_in().unwrap().identity;
    assert_eq!((identity.email, identity.name.as_deref()), (None, Some("Ann Example")));
    // By the userinfo endpoint neither, and what that says of somebody else is not used at all.
    house.fake.lie(Lie::Userinfo(json!({"email": "ceo@example.com", "email_verified": "no"})));
    assert_eq!(house.sign_in().unwrap().identity.email, None);
    house.fake.lie(Lie::Userinfo(json!({"sub": "somebody-else", "email_verified": true})));
    assert_eq!(house.sign_in(), wrong(Wrong::OtherPerson));
}

#[test]
fn a_code_is_good_once_for_a_minute_and_for_whom_it_was_made() {
    let other = Client { id: "another-client".to_owned(), secret: "s".to_owned(), ..Client::default() };
    let mut house = house(Script { clients: vec![Client::default(), other], ..Script::default() });
    // Another client's code, and one of another PKCE.
    let back = house.travel(|url| url.replace("client_id=fake-client", "client_id=another-client"));
    assert_eq!(house.finish(&back), wrong(Wrong::Code));
    let back = house.travel(|url| {
        let (before, challenge) = url.split_once("code_challenge=").unwrap();
        format!("{before}code_challenge={}{}", "A".repeat(43), &challenge[43..])
    });
    assert_eq!(house.finish(&back), wrong(Wrong::Code));
    // A code of another nonce gives a token of another nonce.
    let back = house.travel(|url| url.replace("&nonce=", "&nonce=x"));
    assert_eq!(house.finish(&back), wrong(Wrong::Nonce));
    // Too old.
    let back = house.travel(str::to_owned);
    house.fake.clock().advance(CODE_SECS);
    assert_eq!(house.finish(&back), wrong(Wrong::Code));
    // Used by another process of ours, which this one does not know of.
    let back = house.travel(str::to_owned);
    let beside = Provider::new(settings(&house.fake.issuer()), key()).unwrap();
    beside.finish(&back.sealed, &Callback::read(&back.query).unwrap(), house.now()).unwrap();
    assert_eq!(house.finish(&back), wrong(Wrong::Code));
    // Of a client whose secret is another.
    let settings = Settings { client_secret: Secret::new("wrong"), ..settings(&house.fake.issuer()) };
    house.provider = Provider::new(settings, key()).unwrap();
    assert_eq!(house.sign_in(), wrong(Wrong::Client));
}

#[test]
fn a_sign_in_is_finished_once_by_the_browser_that_began_it_within_ten_minutes() {
    let mut house = house(Script::default());
    let back = house.travel(str::to_owned);
    house.finish(&back).unwrap();
    assert_eq!(house.finish(&back), Err(OidcError::Used));
    assert_eq!(house.asked("/token"), 1, "the provider is not asked again");
    // With another code neither.
    let other = house.travel(str::to_owned);
    let state = |back: &Back| Callback::read(&back.query).unwrap().state;
    let query = other.query.replace(&state(&other), &state(&back));
    assert_eq!(house.finish(&Back { sealed: back.sealed, query }), Err(OidcError::Used));
    // A return of another browser's, which is how somebody is signed in as somebody else.
    let (mine, theirs) = (house.travel(str::to_owned), house.travel(str::to_owned));
    assert_eq!(house.finish(&Back { sealed: mine.sealed.clone(), query: theirs.query }), Err(OidcError::State));
    house.finish(&mine).unwrap();
    // Late, to the second.
    let begun = house.provider.begin(&mut house.rng, "/", Instant::from_secs(NOW)).unwrap();
    let (_, query) = house.fake.visit(&begun.url).unwrap().split_once('?').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let callback = Callback::read(&query).unwrap();
    let late = Instant::from_secs(NOW + TRIP_SECS);
    assert_eq!(house.provider.finish(&begun.sealed, &callback, late), Err(OidcError::Late));
    house.provider.finish(&begun.sealed, &callback, Instant::from_secs(NOW + 59)).unwrap();
}

#[test]
fn a_cookie_of_another_key_or_of_other_settings_or_altered_is_none() {
    let mut house = house(Script::default());
    let back = house.travel(str::to_owned);
    let callback = Callback::read(&back.query).unwrap();
    let ours = settings(&house.fake.issuer());
    for (other, key) in [
        (ours.clone(), MasterKey::new([8; 32])),
        (Settings { client_id: "another".to_owned(), ..ours.clone() }, key()),
        (Settings { redirect_uri: "http://127.0.0.1:8080/elsewhere".to_owned(), ..ours.clone() }, key()),
        (Settings { issuer: format!("{}/", ours.issuer), ..ours }, key()),
    ] {
        let other = Provider::new(other, key).unwrap();
        assert_eq!(other.finish(&back.sealed, &callback, house.now()), Err(OidcError::Sealed));
    }
    for place in (0..back.sealed.len()).step_by(7) {
        let mut altered = back.sealed.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(house.provider.finish(&altered, &callback, house.now()), Err(OidcError::Sealed), "{place}");
    }
    for none in ["", "=", "AAAA", &"A".repeat(10_000)] {
        assert_eq!(house.provider.finish(none, &callback, house.now()), Err(OidcError::Sealed));
    }
    house.finish(&back).unwrap();
}

#[test]
fn the_provider_or_the_person_may_say_no_and_the_return_must_be_the_providers() {
    let mut house = house(Script::default());
    house.fake.declines(true);
    assert_eq!(house.sign_in(), wrong(Wrong::Denied));
    house.fake.declines(false);
    let back = house.travel(|url| url.replace("scope=openid", "scope=opened"));
    assert_eq!(house.finish(&back), wrong(Wrong::Refused("invalid_scope".to_owned())));
    // A return that names another issuer, or none although the provider always names itself.
    let mut back = house.travel(str::to_owned);
    back.query = back.query.replace("&iss=", "&iss=x");
    assert_eq!(house.finish(&back), wrong(Wrong::IssuerOfCallback));
    let mut back = house.travel(str::to_owned);
    back.query = back.query.split("&iss=").next().unwrap().to_owned();
    assert_eq!(house.finish(&back), wrong(Wrong::IssuerOfCallback));
}

#[test]
fn a_provider_whose_document_cannot_be_trusted_is_not_used() {
    for (lie, expected) in [
        (json!({"issuer": "https://evil.example"}), Wrong::IssuerOfDiscovery),
        (json!({"token_endpoint": "http://login.example/token"}), Wrong::Endpoint("token_endpoint")),
        (json!({"jwks_uri": "http://169.254.169.254/keys"}), Wrong::Endpoint("jwks_uri")),
        (json!({"authorization_endpoint": null}), Wrong::Field { what: What::Discovery, field: "authorization_endpoint" }),
        (json!({"id_token_signing_alg_values_supported": ["HS256"]}), Wrong::NoAlgorithm),
        (json!({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}), Wrong::NoClientBy),
    ] {
        let mut house = house(Script::default());
        house.fake.lie(Lie::Discovery(lie));
        assert_eq!(house.provider.begin(&mut house.rng, "/", Instant::from_secs(NOW)), Err(OidcError::Wrong(expected)));
        house.fake.honest();
        house.sign_in().unwrap();
    }
    for (which, what) in [("discovery", What::Discovery), ("keys", What::Keys)] {
        let mut house = house(Script::default());
        house.fake.lie(Lie::Longer(which, 256 << 10));
        assert_eq!(house.provider.check(house.now()), Err(OidcError::Wrong(Wrong::TooLong(what))));
        house.fake.honest();
        house.sign_in().unwrap();
        assert!(house.provider.check(house.now()).unwrap().ends_with(": 1 keys for signatures"));
    }
}

#[test]
fn keys_rotate_and_an_unknown_name_is_looked_up_once_a_minute() {
    let mut house = house(Script::default());
    house.sign_in().unwrap();
    house.fake.clock().advance(60);
    house.fake.rotate().unwrap();
    house.sign_in().unwrap();
    assert_eq!(house.asked("/jwks"), 2);
    // Within the minute nobody asks again, whatever a token says.
    house.fake.lie(Lie::KeyId("made-up".to_owned()));
    for _ in 0..3 {
        assert_eq!(house.sign_in(), Err(OidcError::UnknownKey));
    }
    assert_eq!(house.asked("/jwks"), 2);
    house.fake.clock().advance(60);
    for _ in 0..3 {
        assert_eq!(house.sign_in(), Err(OidcError::UnknownKey));
    }
    assert_eq!(house.asked("/jwks"), 3);
    house.fake.honest();
    house.sign_in().unwrap();
    // A key that was withdrawn is good for an hour at most.
    house.fake.lie(Lie::KeyId("key-1".to_owned()));
    house.fake.withdraw();
    assert_eq!(house.sign_in(), wrong(Wrong::Signature), "the old name under the new key");
    house.fake.clock().advance(3_600);
    assert_eq!(house.sign_in(), Err(OidcError::UnknownKey));
}

#[test]
fn a_provider_that_is_slow_broken_or_gone_is_told_as_such_and_soon() {
    let mut house = house(Script::default());
    house.provider.fetch.patience = Duration::from_millis(400);
    house.sign_in().unwrap();
    let unreachable = |result: Result<SignedIn, OidcError>, what: What| match result {
        Err(OidcError::Unreachable { what: had, why }) if had == what => why,
        other => panic!("{other:?}"),
    };
    house.fake.fault(Rule::always(Fault::Delay(Duration::from_secs(5))).on("POST", "/token").times(1));
    let began = std::time::Instant::now();
    let why = unreachable(house.sign_in(), What::Reply);
    assert!(why.contains("too long") && began.elapsed() < Duration::from_secs(3), "{why} {:?}", began.elapsed());
    house.fake.fault(Rule::always(Fault::CutAfter).on("POST", "/token").times(1));
    unreachable(house.sign_in(), What::Reply);
    house.fake.faults(|faults| faults.clear());
    house.fake.fault(Rule::always(Fault::ErrorBefore(500)).on("POST", "/token").times(1));
    assert_eq!(house.sign_in(), Err(OidcError::Answered { what: What::Reply, status: 500 }));
    house.fake.faults(|faults| faults.clear());
    house.fake.fault(Rule::always(Fault::Busy(Some(9))).on("POST", "/token").times(1));
    unreachable(house.sign_in(), What::Reply);
    house.fake.faults(|faults| faults.clear());
    house.sign_in().unwrap();
    let back = house.travel(str::to_owned);
    house.fake.stop();
    unreachable(house.finish(&back), What::Reply);
}

#[test]
fn the_time_of_a_sign_in_is_that_of_all_its_requests() {
    let mut house = house(Script { thin: true, ..Script::default() });
    house.provider.fetch.patience = Duration::from_millis(1_500);
    let back = house.travel(str::to_owned);
    // Each alone would be in time.
    house.fake.fault(Rule::always(Fault::Delay(Duration::from_millis(900))));
    let began = std::time::Instant::now();
    assert!(matches!(house.finish(&back), Err(OidcError::Unreachable { .. })));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(PATIENCE, Duration::from_secs(10));
}

#[test]
fn nobody_follows_a_provider_elsewhere() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _read = stream.read(&mut [0; 4_096]).unwrap();
        stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    });
    let provider = Provider::new(settings(&issuer), key()).unwrap();
    assert_eq!(provider.check(Instant::from_secs(NOW)), Err(OidcError::Redirected { what: What::Discovery }));
    server.join().unwrap();
}

#[test]
fn many_sign_in_at_a_time() {
    let house = house(Script::default());
    let provider = Arc::new(house.provider);
    let (fake, now) = (&house.fake, Instant::from_secs(NOW));
    std::thread::scope(|scope| {
        for seed in 0..8 {
            let provider = Arc::clone(&provider);
            scope.spawn(move || {
                let begun = provider.begin(&mut Counter(1_000 * seed), "/", now).unwrap();
                let location = fake.visit(&begun.url).unwrap();
                let callback = Callback::read(location.split_once('?').unwrap().1).unwrap();
                provider.finish(&begun.sealed, &callback, now).unwrap();
            });
        }
    });
}

#[test]
fn nothing_of_a_sign_in_shows() {
    let mut house = house(Script::default());
    let begun = house.provider.begin(&mut house.rng, "/", Instant::from_secs(NOW)).unwrap();
    let signed_in = house.sign_in().unwrap();
    let shown = format!("{begun:?} {signed_in:?} {:?} {:?}", house.provider, house.provider.settings);
    for secret in [begun.state.as_str(), &begun.sealed, "ann@", "Ann", "248289761001", "fake-secret"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn settings_that_cannot_be_used_say_which() {
    let good = settings("https://login.example/a");
    assert!(Provider::new(good.clone(), key()).is_ok());
    for (settings, word) in [
        (Settings { issuer: "login.example".to_owned(), ..good.clone() }, "issuer"),
        (Settings { issuer: "http://login.example".to_owned(), ..good.clone() }, "issuer"),
        (Settings { issuer: "http://127.0.0.1:1".to_owned(), allow_local: false, ..good.clone() }, "issuer"),
        (Settings { client_id: String::new(), ..good.clone() }, "client's id"),
        (Settings { client_secret: Secret::new(""), ..good.clone() }, "secret"),
        (Settings { redirect_uri: "/openid/return".to_owned(), ..good.clone() }, "return address"),
        (Settings { roots: Roots::Pem(b"no".to_vec()), ..good }, "authorities"),
    ] {
        let bad = Provider::new(settings, key()).unwrap_err();
        assert!(bad.0.contains(word), "{bad}");
    }
}

#[test]
fn every_error_has_a_name_and_a_sentence_that_ends_in_what_to_do() {
    let what = What::Reply;
    for (error, code, ours) in [
        (OidcError::Unreachable { what, why: "it is gone".to_owned() }, "unreachable", true),
        (OidcError::Answered { what, status: 500 }, "answered", true),
        (OidcError::Sealed, "sealed", false),
        (OidcError::Late, "late", false),
        (OidcError::Used, "used", false),
        (OidcError::State, "state", false),
        (OidcError::UnknownKey, "unknown_key", true),
        (Wrong::Denied.into(), "denied", false),
        (Wrong::Client.into(), "client", true),
    ] {
        assert_eq!((error.code(), error.is_ours_to_mend()), (code, ours));
        assert!(error.to_string().len() > 30, "{error}");
    }
}
