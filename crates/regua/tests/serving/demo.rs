//! `regua demo --listen`: the made-up company behind the API, with its captured messages as pages.

use std::process::{Command, Stdio};

use crate::house::Served;

#[test]
fn the_demo_is_served_with_an_owner_a_key_and_its_messages() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
    command.args(["demo", "--seed", "5", "--listen", "127.0.0.1:0"]).current_dir(dir.path()).env_clear();
    let served = Served::begin(command.stdin(Stdio::null()).stderr(Stdio::null()));
    let after = |what: &str| {
        let line = served.said.lines().find_map(|line| line.trim().strip_prefix(what));
        line.unwrap_or_else(|| panic!("no {what} in {}", served.said)).trim().to_owned()
    };
    let key = after("Key");
    assert!(after("Console").starts_with("http://127.0.0.1:"), "what a person opens is named first: {}", served.said);
    let waiting = served.get("/v1/bank-lines", &key);
    assert!(waiting["items"].as_array().is_some_and(|lines| lines.len() >= 2), "somebody has to look at some lines: {waiting}");
    assert!(after("Sign in").starts_with("demo@example.com with "), "{}", served.said);
    assert!(!served.said.contains("person set-up"), "there is an owner: {}", served.said);
    let me = served.get("/v1/me", &key);
    assert_eq!(me["name"], "demo", "{me}");
    let customers = served.get("/v1/customers?limit=5", &key);
    assert_eq!(customers["items"].as_array().map(Vec::len), Some(5), "{customers}");

    let text = |path: &str| {
        let answer = served.ask("GET", path, "", None);
        assert_eq!(answer.status, 200, "{path}");
        (answer.head.to_ascii_lowercase(), String::from_utf8(answer.body).unwrap())
    };
    let (head, list) = text("/captured");
    assert!(head.contains("default-src 'none'") && !list.contains("<script"), "{head}");
    let first = list.split("href=\"/captured/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let (_, one) = text(&format!("/captured/{first}"));
    assert!(one.contains("<dt>To</dt>"), "{one}");
    let older = list.split("/captured?after=").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let (_, second) = text(&format!("/captured?after={older}"));
    assert!(!second.contains(&format!("/captured/{first}\"")), "pages do not overlap");
    assert_eq!(served.ask("GET", "/captured/..%2Fregua.key", "", None).status, 404);
    assert_eq!(served.ask("GET", "/captured/regua.key", "", None).status, 404);
    served.ended();
}
