//! schemathesis, which reads our document and tries to prove it wrong: inputs at every border and made-up ones, right and wrong.
//! There must be no 5xx and no answer that the document does not have. Set and missing fails; unset prints what was skipped.
#![expect(clippy::print_stdout, reason = "a test says what it skips, and what it asked")]
#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by variables")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use regua_testkit::postgres::{Kind, cluster};

use crate::house::{House, Serving};

const HOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/hooks.py");

/// What is not asked: it never ends, or ends what the others need.
const LEFT_OUT: [&str; 1] = ["stream_events"];

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
    response_headers_conformance,unsupported_method,allow_header_conformance";

#[test]
fn no_answer_on_sqlite_is_one_that_the_document_does_not_have() {
    asked(House::new(None), "1");
}

#[test]
fn no_answer_on_postgresql_is_one_that_the_document_does_not_have() {
    asked(House::new(Some(cluster(Kind::Quick).blank())), "2");
}

fn asked(house: House, seed: &str) {
    let Ok(python) = std::env::var("REGUA_PYTHON") else {
        println!("skipped: REGUA_PYTHON is not set, schemathesis is not asked");
        return;
    };
    let python = PathBuf::from(python);
    let program = python.with_file_name("schemathesis");
    assert!(program.exists(), "{} is not there; run scripts/setup, or unset REGUA_PYTHON", program.display());
    let key = house.key();
    let serving = house.serve();
    let known = house.path("known.json");
    std::fs::write(&known, serde_json::to_vec(&things(&serving, &key)).expect("JSON")).expect("a file");
    let mut command = Command::new(&program);
    command.arg("run").arg(format!("http://{}/v1/openapi.json", serving.address));
    command.args(["--header", &format!("Authorization: Bearer {key}"), "--checks", CHECKS, "--seed", seed]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "4", "--request-timeout", "30"]);
    command.args(["--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    for operation in LEFT_OUT {
        command.args(["--exclude-operation-id", operation]);
    }
    // Nothing of the machine's: its proxies, its own settings of schemathesis.
    command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("NO_PROXY", "127.0.0.1").env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("SCHEMATHESIS_HOOKS", HOOKS).env("REGUA_KNOWN", &known).current_dir(house.folder());
    let told = command.output().expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success(), "schemathesis: {}\n{out}\n{err}", told.status);
    println!("{}", out.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n"));
    serving.end();
    house.verified();
    let logged = house.logged();
    for personal in ["@customer.example", "Cliente", "52998224725", "rk_", "tapir-lua"] {
        assert!(!logged.contains(personal), "the log says {personal}");
    }
}

/// Names of what is there, by the parameters of addresses.
fn things(serving: &Serving, key: &str) -> BTreeMap<&'static str, Vec<String>> {
    let lists = [
        ("customer", "/v1/customers"),
        ("receivable", "/v1/receivables"),
        ("message", "/v1/messages"),
        ("policy", "/v1/policies"),
        ("gateway", "/v1/gateways"),
    ];
    let names = |path: &str| {
        let found = serving.ok(path, key);
        let items = found["items"].as_array().cloned().unwrap_or_default();
        let name = |item: &serde_json::Value| {
            ["id", "external_id", "name", "number", "hash"].iter().find_map(|member| item[*member].as_str().map(str::to_owned))
        };
        items.iter().filter_map(name).take(5).collect()
    };
    lists.into_iter().map(|(parameter, path)| (parameter, names(path))).collect()
}
