//! OpenID Connect: documents, keys, tokens, answers, and what a browser brings back.

use regua_core::time::Instant;
use regua_wire::oidc::{Address, Algorithm, Callback, Discovery, Expected, Jwks, Material, Reply, Token, Userinfo, Wrong, encode};

use crate::random::hash;
use crate::target::{Target, kind};

const ISSUER: &str = "https://login.example/a";
/// 2026-11-30T00:00:00Z.
const NOW: i64 = 1_796_040_000;

const WORDS: &str = "\"iss\":\"https://login.example/a\"¦\"sub\":\"¦\"aud\":[\"us\",\"them\"]¦\"azp\":\"us\"¦\"exp\":1796040300¦\"iat\":1796040000¦\
     \"nbf\":¦\"nonce\":\"n\"¦\"email_verified\":\"true\"¦\"kid\":\"k\"¦\"alg\":\"ES256\"¦\"alg\":\"none\"¦\"crit\":[¦null¦{}¦[]¦-1¦1e400¦9223372036854775807¦\
     \"kty\":\"EC\"¦\"crv\":\"P-256\"¦\"use\":\"enc\"¦\"key_ops\":[\"verify\"]¦AQAB¦https://¦http://127.0.0.1¦[::1]¦@¦#¦%00";

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "oidc_discovery",
        discovery,
        &[r#"{"issuer":"https://login.example/a","authorization_endpoint":"https://login.example/a/authorize","token_endpoint":"https://login.example/a/token","jwks_uri":"https://login.example/a/keys","userinfo_endpoint":"https://login.example/a/me","id_token_signing_alg_values_supported":["RS256"],"token_endpoint_auth_methods_supported":["client_secret_post"]}"#],
    )
    .words(WORDS),
    Target::new("oidc_address", address, &["https://login.example:8443/a?b=c", "http://[::1]:8080/", "http://127.0.0.1"]).words(WORDS),
    Target::new("oidc_keys", keys, &[r#"{"keys":[7,{"kty":"OKP"}]}"#]).made(key_sets).words(WORDS).len_max(4_000),
    Target::new("oidc_token", token, &["eyJhbGciOiJub25lIn0.e30.", ".."]).made(|| vec![signed(CLAIMS).into_bytes()]).words("eyJhbGciOiJSUzI1NiJ9¦.¦e30¦="),
    Target::new("oidc_claims", claims, &[CLAIMS, r#"{"iss":"https://login.example/a","sub":"1","aud":["us"],"exp":1,"iat":1.5,"nonce":"n"}"#])
        .words(WORDS),
    Target::new(
        "oidc_reply",
        reply,
        &[r#"{"access_token":"a","token_type":"Bearer","id_token":"a.b.c"}"#, r#"{"error":"invalid_grant"}"#, r#"{"sub":"1","email":"a@b","email_verified":true}"#],
    )
    .words("\"id_token\":\"¦\"token_type\":\"bearer\"¦\"error\":\"invalid_client\"¦\"sub\":\"1\"¦null¦{}¦[]"),
    Target::new("oidc_callback", callback, &["code=a&state=b&iss=https%3A%2F%2Flogin.example%2Fa", "error=access_denied&state=b"])
        .words("code=¦state=¦iss=¦error=¦&¦%00¦%ff¦+"),
];

const CLAIMS: &str = r#"{"iss":"https://login.example/a","sub":"1","aud":"us","exp":1796040300,"iat":1796040000,"nonce":"n","email":"ana@example.com","email_verified":true,"name":"Ana"}"#;

fn signed(claims: &str) -> String {
    format!("{}.{}.{}", encode(br#"{"alg":"ES256","kid":"k"}"#), encode(claims.as_bytes()), encode(&[1; 64]))
}

fn key_sets() -> Vec<Vec<u8>> {
    let (n, x) = (encode(&[0xff; 256]), encode(&[7; 32]));
    let rsa = format!(r#"{{"kty":"RSA","kid":"k","use":"sig","alg":"RS256","n":"{n}","e":"AQAB"}}"#);
    let ec = format!(r#"{{"kty":"EC","crv":"P-256","kid":"k","x":"{x}","y":"{x}"}}"#);
    vec![format!(r#"{{"keys":[{rsa},{ec}]}}"#).into_bytes(), format!(r#"{{"keys":[{ec}]}}"#).into_bytes()]
}

fn discovery(bytes: &[u8]) -> u64 {
    // A far issuer gets no plain endpoint, whatever is allowed.
    let answer = Discovery::read(bytes, ISSUER, true);
    if let Ok(read) = &answer {
        for endpoint in [Some(&read.authorization), Some(&read.token), Some(&read.keys), read.userinfo.as_ref()].into_iter().flatten() {
            assert!(endpoint.is_secure() && endpoint.path.starts_with('/'), "a sign-in goes over https alone");
        }
        assert_eq!(Discovery::read(bytes, "https://login.example", true), Err(Wrong::IssuerOfDiscovery), "a document is of one issuer");
    }
    kind(&answer)
}

fn address(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let (plain, secure) = (Address::read(&text, true), Address::read(&text, false));
    if let Some(read) = &plain {
        assert_eq!(Address::read(&read.whole(), true).as_ref(), Some(read), "what was read is read again");
        assert_eq!(secure.is_some(), read.is_secure(), "only plain ones need leave");
        assert!(!read.origin.contains('@') && !read.whole().contains('#'), "an address names no user and no place in a page");
    }
    if secure.is_some() { 1 } else { 2 + u64::from(plain.is_some()) }
}

fn keys(bytes: &[u8]) -> u64 {
    let answer = Jwks::read(bytes);
    if let Ok(read) = &answer {
        for key in read.keys() {
            match &key.material {
                Material::Rsa { modulus, exponent } => {
                    assert!((256..=1_024).contains(&modulus.len()) && (1..=4).contains(&exponent.len()), "RSA of 2048 to 8192 bits");
                }
                Material::P256(point) => assert_eq!(point.len(), 65, "a point has two coordinates"),
            }
        }
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            assert!(read.candidates(algorithm, None).len() <= 1, "without a name only one can be meant");
            let candidates = read.candidates(algorithm, Some("k"));
            assert!(candidates.iter().all(|key| key.material.algorithm() == algorithm), "a key verifies one algorithm");
        }
    }
    kind(&answer)
}

fn token(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let answer = Token::read(&text);
    let Ok(read) = answer else { return kind(&answer) };
    assert_eq!(read.claims(|_| false), Err(Wrong::Signature), "nothing is read behind a signature that does not hold");
    kind(&read.claims(|_| true))
}

fn claims(bytes: &[u8]) -> u64 {
    let text = signed(&String::from_utf8_lossy(bytes));
    let answer = Token::read(&text).and_then(|token| token.claims(|_| true));
    let Ok(read) = &answer else { return kind(&answer) };
    let expected = Expected { issuer: ISSUER, client: "us", nonce: "n", now: Instant::from_secs(NOW) };
    let checked = read.check(&expected);
    if checked.is_ok() {
        assert!(read.subject.len() <= 255 && !read.subject.is_empty(), "a subject has at most 255 bytes");
        for other in [
            Expected { issuer: "https://login.example", ..expected },
            Expected { client: "", ..expected },
            Expected { nonce: "m", ..expected },
            Expected { now: Instant::from_secs(read.expires.secs() + 120), ..expected },
            Expected { now: Instant::from_secs(read.issued.secs() - 121), ..expected },
        ] {
            assert!(read.check(&other).is_err(), "a token is one issuer's, for one client, of one sign-in, for a while");
        }
    }
    kind(&checked)
}

fn reply(bytes: &[u8]) -> u64 {
    let mut kinds = Vec::new();
    for status in [200, 204, 400, 401, 500] {
        let answer = Reply::read(status, bytes);
        if let Some(Ok(read)) = &answer {
            assert_eq!(status, 200, "only a 200 has tokens");
            assert!(read.access_token.iter().all(|token| token.bytes().all(|byte| byte.is_ascii_graphic())), "a token fits into a header");
        }
        kinds.push(answer.as_ref().map(kind));
    }
    let told = Userinfo::read(bytes);
    kinds.push(Some(kind(&told)));
    if kinds.contains(&Some(1)) { 1 } else { hash(format!("{kinds:?}").as_bytes()) }
}

fn callback(bytes: &[u8]) -> u64 {
    let answer = Callback::read(&String::from_utf8_lossy(bytes));
    if let Ok(read) = &answer {
        assert!(!read.state.is_empty(), "a return is of a sign-in");
    }
    kind(&answer)
}
