//! Who may ask for what: every route of the router against every role, a key without scopes, another company and nobody, as it is
//! answered, beside `access_matrix.csv`, where a person can read it. A route that is missing from the file fails, and so does one
//! that the router no longer has.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::{Answer, Site, at, on_both, on_one};
use regua_engine::people::{Credentials, NewPerson, Role, Scope, SignIn, SignedIn, Standing};
use regua_web::listed;
use serde_json::Value;

const PASSWORD: &str = "tapir-lua-goiaba-7";

/// Who asks.
enum Asks {
    Person(Box<SignedIn>),
    Key(String),
    Nobody,
}

/// The columns of the file.
const COLUMNS: [&str; 7] = ["owner", "manager", "collector", "analyst", "reader", "key_with_one_scope", "nobody"];

fn email(role: Role) -> String {
    format!("{}@nuvem.example", role.word())
}

/// Signs the person of a role in.
fn signed_in(site: &Site, role: Role) -> Box<SignedIn> {
    let typed = Credentials { email: &email(role), password: PASSWORD, code: None };
    let mut rng = site.program.random();
    match site.engine().sign_in(site.tenant(), typed, "127.0.0.1", now(site), &mut rng).expect("it is looked at") {
        SignIn::Done(signed) => signed,
        other @ (SignIn::NeedsCode | SignIn::Refused | SignIn::Throttled { .. }) => panic!("{role}: {other:?}"),
    }
}

fn now(site: &Site) -> regua_core::time::Instant {
    regua_web::Host::now(site.program.as_ref())
}

/// One person of each role.
fn hired(site: &Site) {
    let (engine, mut rng) = (site.engine(), site.program.random());
    let owner = NewPerson { name: "Owner", email: &email(Role::Owner) };
    engine.set_up(site.tenant(), owner, PASSWORD, now(site), &mut rng).expect("the first owner");
    let owner = signed_in(site, Role::Owner);
    for role in Role::ALL.iter().copied().filter(|role| *role != Role::Owner) {
        let new = NewPerson { name: role.word(), email: &email(role) };
        let (_, token) = engine.invite(&owner.caller, new, Standing { role, limit: None }, now(site), &mut rng).expect("an invitation");
        engine.accept(token.expose(), PASSWORD, now(site), &mut rng).expect("a password");
    }
}

fn asking(site: &Site, column: &str) -> Asks {
    match Role::parse(column) {
        Some(role) => Asks::Person(signed_in(site, role)),
        None if column == "nobody" => Asks::Nobody,
        None => Asks::Key(site.key(&[Scope::AccessRead])),
    }
}

/// What a page of ours proves itself with.
fn csrf(signed: &SignedIn) -> String {
    signed.caller.csrf.expect("a session has one").iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ask(site: &Site, who: &Asks, method: &str, path: &str) -> Answer {
    let body: &[u8] = if method == "GET" { b"" } else { b"{}" };
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    match who {
        Asks::Person(signed) => {
            headers.push(("Cookie".to_owned(), format!("regua_session={}", signed.token.expose())));
            headers.push(("X-CSRF-Token".to_owned(), csrf(signed)));
        }
        Asks::Key(token) => headers.push(("Authorization".to_owned(), format!("Bearer {token}"))),
        Asks::Nobody => {}
    }
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    site.send(method, path, &headers, body)
}

/// What an answer says about whether who asked may.
fn verdict(answer: &Answer, path: &str) -> &'static str {
    let forbidden =
        answer.status == 403 && answer.header("content-type") == Some("application/problem+json") && answer.code() == "forbidden";
    match answer.status {
        // Signing in and webhooks say no to what was sent, not to who asked.
        401 if path.starts_with("/v1/") && answer.code() == "unauthenticated" => "401",
        _ if forbidden => "403",
        _ => "yes",
    }
}

/// What needs settings is not there in a program without any; `regua` asks for it over its own.
fn not_offered(answer: &Answer) -> bool {
    answer.status == 501 && answer.code() == "not_offered"
}

fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

/// Streams end with their connection, so a test asks for them otherwise.
fn is_endless(path: &str) -> bool {
    path.ends_with("/stream")
}

#[test]
fn every_route_is_in_the_matrix_and_answers_as_it_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/access_matrix.csv");
    let written = std::fs::read_to_string(file).unwrap_or_default();
    let heading = format!("method,path,{}\n", COLUMNS.join(","));
    on_one(|site| {
        hired(site);
        let mut asks: BTreeMap<&str, Asks> = COLUMNS.iter().map(|column| (*column, asking(site, column))).collect();
        let mut lines = String::new();
        for route in listed() {
            let _ = write!(lines, "{},{}", route.method, route.path);
            for column in COLUMNS {
                let answer = if is_endless(&route.path) {
                    // A place that is none is told after who asks was looked at.
                    ask(site, &asks[column], route.method, &format!("{}?after=x", filled(&route.path)))
                } else {
                    ask(site, &asks[column], route.method, &filled(&route.path))
                };
                assert!(answer.status < 500 || not_offered(&answer), "{} {} as {column}: {}", route.method, route.path, answer.text());
                let _ = write!(lines, ",{}", verdict(&answer, &route.path));
                // Whoever ended their session comes back.
                if route.method != "GET" && (200..300).contains(&answer.status) && matches!(asks[column], Asks::Person(_)) {
                    asks.insert(column, asking(site, column));
                }
            }
            lines.push('\n');
        }
        // The file's own order: by path, so that it can be read.
        let mut sorted: Vec<&str> = lines.lines().collect();
        sorted.sort_by_key(|line| line.split(',').nth(1).unwrap_or_default().to_owned());
        let saved = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("access_matrix.csv");
        let all = format!("{heading}{}\n", sorted.join("\n"));
        std::fs::write(&saved, &all).expect("what was seen is kept");
        let known: Vec<&str> = written.lines().collect();
        let different: Vec<&str> = all.lines().filter(|line| !known.contains(line)).collect();
        let gone: Vec<&&str> = known.iter().filter(|line| !all.lines().any(|seen| seen == **line)).collect();
        assert!(
            different.is_empty() && gone.is_empty(),
            "answered otherwise than the file says:\n{}\nonly in the file:\n{gone:#?}\nif this is meant, copy {} over {file}",
            different.join("\n"),
            saved.display()
        );
    });
}

/// Everything that is known of the first company, by the names of parameters.
fn known(site: &Site, key: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let lists = [("customer", "/v1/customers"), ("receivable", "/v1/receivables"), ("message", "/v1/messages"), ("key", "/v1/keys")];
    for (name, path) in lists {
        for item in site.ok(key, path)["items"].as_array().expect("items") {
            for member in ["id", "external_id"] {
                if let Some(id) = item[member].as_str() {
                    all.entry(name.to_owned()).or_default().push(id.to_owned());
                }
            }
        }
    }
    all
}

#[test]
fn nothing_of_one_company_is_seen_or_moved_by_another() {
    on_both(|site| {
        let start = at("2026-01-05T10:00");
        site.bill("SECRETO1", "MARCADO1", ("2026-01-01", "2026-01-10"), 10_000, start);
        site.pass_days("2026-01-05", "2026-01-16");
        let (own, other) = (site.master(), site.key_of(site.other, Scope::ALL));
        let known = known(site, &own);
        assert!(known.len() >= 3, "there is something to find: {known:?}");
        let before = events(site);
        for route in listed().into_iter().filter(|route| route.path.starts_with("/v1/") && !is_endless(&route.path)) {
            let parameter = route.path.split('/').find_map(|part| part.strip_prefix('{')?.strip_suffix('}')).unwrap_or_default();
            // Whoever puts something under a name makes it their own.
            let named = known.get(parameter).filter(|_| route.method != "PUT");
            let ids = named.cloned().unwrap_or_else(|| vec!["x".to_owned()]);
            for id in ids {
                let path: Vec<&str> = route.path.split('/').map(|part| if part.starts_with('{') { id.as_str() } else { part }).collect();
                let answer = ask(site, &Asks::Key(other.clone()), route.method, &path.join("/"));
                let text = answer.text();
                for mark in ["SECRETO1", "MARCADO1", "secreto1@"] {
                    let echoed = id == mark && answer.status >= 400;
                    assert!(echoed || !text.contains(mark), "{} {} shows {mark}: {text}", route.method, path.join("/"));
                }
                if named.is_some() && route.method == "GET" && !not_offered(&answer) {
                    assert_eq!(answer.status, 404, "{} {}: {text}", route.method, path.join("/"));
                }
            }
        }
        assert_eq!(events(site), before, "nothing of the first company has moved");
    });
}

/// How much happened to the first company.
fn events(site: &Site) -> usize {
    let scope = regua_store::db::Scope::Tenant(site.tenant());
    let read = site.engine().db().read(scope, |tx| regua_store::log::after(tx, site.tenant(), ([0; 16], 0), 100_000));
    // Keys that were made for the test are events of the company too.
    read.expect("the log").iter().filter(|event| !event.kind.starts_with("key")).count()
}

#[test]
fn the_document_has_each_operation_of_the_router_once() {
    on_one(|site| {
        let document: Value = site.send("GET", "/v1/openapi.json", &[], b"").json();
        let mut ids = Vec::new();
        let mut routes = Vec::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                ids.push(operation["operationId"].as_str().expect("a name").to_owned());
                routes.push((method.to_ascii_uppercase(), path.clone()));
            }
        }
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "names are given once");
        for route in listed().into_iter().filter(|route| route.path.starts_with("/v1/") && route.path != "/v1/docs") {
            assert!(routes.contains(&(route.method.to_owned(), route.path.clone())), "{route:?} is not in the document");
        }
    });
}
