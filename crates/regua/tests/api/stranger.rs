//! Two companies in one database, and the server of one of them: a key of the other sees nothing of it, also not through what the
//! server does with its settings (documents, plans, gateways), and makes it do nothing.

use regua_core::time::Instant;
use regua_engine::people::{Credentials, NewKey, NewPerson, Scopes, SignIn};
use regua_engine::ports::Rng;
use serde_json::Value;

use crate::house::House;

struct Counting(u8);

impl Rng for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(3);
            *byte = self.0;
        }
    }
}

/// Now, by the system's own program: tests do not read clocks.
fn now() -> Instant {
    let out = std::process::Command::new("date").arg("+%s").output().expect("a date");
    Instant::from_secs(String::from_utf8_lossy(&out.stdout).trim().parse().expect("seconds"))
}

/// Another company with an owner in the same database, and a key of it that may do everything.
fn other_company(house: &House) -> String {
    let (engine, now, mut rng) = (house.engine(), now(), Counting(7));
    let own = engine.tenants().expect("companies").first().expect("one").tenant;
    house.belongs_to(&own.to_string());
    let tenant = engine.add_tenant("Outra", now, &mut rng).expect("another company");
    let (email, password) = ("bia@outra.example", "goiaba-lua-tapir-9");
    engine.set_up(tenant, NewPerson { name: "Bia", email }, password, now, &mut rng).expect("an owner");
    let typed = Credentials { email, password, code: None };
    let SignIn::Done(signed) = engine.sign_in(tenant, typed, "127.0.0.1", now, &mut rng).expect("it is looked at") else {
        panic!("the owner signs in");
    };
    let new = NewKey { name: "all", scopes: Scopes::ALL, limit: None, expires_at: None };
    engine.create_key(&signed.caller, new, now, &mut rng).expect("a key").secret.expose().to_owned()
}

#[test]
fn a_key_of_another_company_gets_nothing_done_by_this_ones_settings() {
    let house = House::new(None);
    let own = house.key();
    // Messages are sent for one company alone; a database of several serves those that only decide.
    house.done(&["mode", "shadow", "--yes", "--dir", "acme"]);
    let other = other_company(&house);
    let serving = house.serve();
    let document = serving.ok("/v1/openapi.json", &own);
    let names = [("customer", "C-1"), ("receivable", "R-1"), ("gateway", "sandbox")];
    let mut settings_asked = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        if path.ends_with("/stream") {
            continue;
        }
        let parts: Vec<&str> = path
            .split('/')
            .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => names.iter().find(|(known, _)| *known == name).map_or("x", |(_, value)| value),
                None => part,
            })
            .collect();
        let named = path.contains("{customer}") || path.contains("{receivable}");
        for method in methods.as_object().expect("methods").keys() {
            let body = if method == "get" { "" } else { "{}" };
            let (status, text) = serving.ask(&method.to_ascii_uppercase(), &parts.join("/"), &other, body);
            for mark in ["Cliente C-", "@customer.example", "R-1\"", "cus_"] {
                assert!(!text.contains(mark), "{method} {path} shows {mark}: {text}");
            }
            assert!(status < 500, "{method} {path}: {status} {text}");
            assert!(!(named && status < 400), "{method} {path}: {status} {text}");
            settings_asked += usize::from(code(&text) == "not_offered");
        }
    }
    assert!(settings_asked >= 10, "documents, plans and gateways were asked for: {settings_asked}");
    serving.end();
    house.verified();
}

fn code(text: &str) -> String {
    serde_json::from_str::<Value>(text).ok().and_then(|problem| problem["code"].as_str().map(str::to_owned)).unwrap_or_default()
}
