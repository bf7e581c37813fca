//! The pages of customers in a real browser: walks with scripts on and off, in six languages, looked at by axe-core and as
//! pictures; and the script for apps in a page of another origin.
//!
//! `REGUA_BROWSER` is a Chromium, `REGUA_BROWSER_DRIVER` the file `package.json` of playwright-core, with axe-core beside it. Set
//! and missing fails; unset prints what was skipped. `REGUA_PICTURES` is where pictures go that are to be kept.

#![expect(clippy::disallowed_methods, reason = "what the gate set up is named by variables, and the binary lives by the real clock")]

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use regua_core::time::Instant;
use regua_engine::in_app;
use regua_engine::secret::Secret;
use serde_json::{Value, json};

use crate::house::{House, Serving};

/// The languages as addresses name them.
const LANGUAGES: [&str; 6] = ["pt", "en", "es", "it", "fr", "de"];
/// Bills of each customer: one to pay, to promise, to contest, and one that was paid already.
const BILLS: usize = 4;

/// Bills of the customers whose pages are looked at one by one: whose, which, days from now to issue, due date and payment.
const TOURED: &[(&str, &str, i64, i64, Option<i64>)] = &[
    ("T-1", "2026-0871", -99, -69, Some(-70)),
    ("T-1", "2026-0955", -68, -38, Some(-36)),
    ("T-1", "2026-1041", -38, -8, None),
    ("T-1", "2026-1127", -8, 7, None),
    ("T-2", "2026-1042", -38, -8, None),
    ("T-3", "2026-1043", -38, -8, None),
];
/// What comes in the months after them.
const PLAN: &str = "plan: 1\nkey: fibra\nname: Internet Fibra 500\ncurrency: BRL\ncycle: month\nprices:\n  - { key: fee, name: Mensalidade, flat: 189.90 }\n";

/// A walk of one customer.
struct Walk {
    language: &'static str,
    script: bool,
}

impl Walk {
    fn all() -> Vec<Self> {
        LANGUAGES.iter().flat_map(|language| [true, false].map(|script| Self { language, script })).collect()
    }

    fn customer(&self) -> String {
        format!("B-{}-{}", self.language, if self.script { "on" } else { "off" })
    }

    fn bill(&self, nth: usize) -> String {
        format!("R-{}-{}-{nth}", self.language, if self.script { "on" } else { "off" })
    }
}

fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock behind 1970");
    Instant::from_secs(i64::try_from(since.as_secs()).expect("a clock before the end of time"))
}

fn day(from_now: i64) -> String {
    let out = Command::new("date").args(["-d", &format!("{from_now} days"), "+%F"]).output().expect("a date");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// Late bills of a customer for each walk, and a page of an app that may ask.
fn furnished(house: &House, port: u16) {
    let settings = house.path("acme/regua.toml");
    let file = std::fs::read_to_string(&settings).unwrap();
    let own = file.replacen("# origins = \"\"", &format!("origins = \"http://127.0.0.1:{port}\""), 1).replacen(
        "# public_address = \"\"",
        "public_address = \"https://conta.acme.example\"",
        1,
    );
    assert!(own.contains("conta.acme.example") && own.contains(&format!("127.0.0.1:{port}")), "{file}");
    std::fs::write(&settings, own).unwrap();
    let mut csv = "receivable_id,customer_id,issued_on,due_on,amount,currency,paid_on,name,email,phone\n".to_owned();
    for walk in Walk::all() {
        let (customer, address) = (walk.customer(), walk.customer().to_lowercase());
        for nth in 0..BILLS {
            let row = [walk.bill(nth).as_str(), &customer, &day(-30), &day(-8), "100.00,BRL,"].join(",");
            csv.push_str(&format!("{row},Cliente {customer},{address}@customer.example,\n"));
        }
    }
    for (customer, bill, issued, due, paid) in TOURED {
        let paid = paid.map_or_else(String::new, day);
        let row = [*bill, *customer, &day(*issued), &day(*due), "189.90,BRL", &paid].join(",");
        csv.push_str(&format!("{row},Marina Duarte,marina.{}@customer.example,+5511987654321\n", customer.to_lowercase()));
    }
    std::fs::write(house.path("walks.csv"), csv).unwrap();
    house.done(&["import", "walks.csv", "--dir", "acme"]);
    std::fs::write(house.path("plan.yaml"), PLAN).unwrap();
    house.done(&["price", "publish", "plan.yaml", "--yes", "--dir", "acme"]);
    house.done(&["subscription", "add", "internet", "--customer", "T-1", "--plan", "fibra", "--from", &day(12), "--yes", "--dir", "acme"]);
}

/// What an app is shown, with a token of a customer.
fn shown(serving: &Serving, secret: &Secret, customer: &str) -> (String, Value) {
    let token = in_app::token_for(secret, customer, None, now(), 3_000).expect("a token");
    let (status, body) = serving.ask("GET", "/in-app/feed", &token, "");
    assert_eq!(status, 200, "{customer}: {body}");
    (token, serde_json::from_str(&body).unwrap())
}

#[test]
fn customers_find_their_way_with_scripts_and_without_in_six_languages() {
    let (Ok(browser), Ok(driver)) = (std::env::var("REGUA_BROWSER"), std::env::var("REGUA_BROWSER_DRIVER")) else {
        println!("skipped: REGUA_BROWSER and REGUA_BROWSER_DRIVER are not both set, no page is looked at in a browser");
        return;
    };
    assert!(Path::new(&browser).exists() && Path::new(&driver).exists(), "{browser} or {driver} is not there; run scripts/setup");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let house = House::new(None);
    furnished(&house, port);
    let key = house.key();
    let serving = house.serve();
    let (status, made) = serving.ask("POST", "/v1/in-app/secret", &key, "{}");
    assert_eq!(status, 201, "{made}");
    let made: Value = serde_json::from_str(&made).unwrap();
    let secret = Secret::new(made["secret"].as_str().unwrap());
    let pictures = std::env::var("REGUA_PICTURES").ok();
    let link = |customer: &str| {
        let (_, shown) = shown(&serving, &secret, customer);
        let href = shown["action"]["href"].as_str().unwrap_or_else(|| panic!("{shown}"));
        href.strip_prefix("https://conta.acme.example").unwrap_or_else(|| panic!("{href}")).to_owned()
    };
    let walks: Vec<Value> = Walk::all()
        .iter()
        .map(|walk| {
            let link = link(&walk.customer());
            let ids: Vec<String> = (0..BILLS).map(|nth| id(&serving, &key, &walk.bill(nth))).collect();
            json!({"customer": walk.customer(), "language": walk.language, "script": walk.script, "link": link, "bills": ids,
                   "amount": "100.00"})
        })
        .collect();
    let (banner, late) = shown(&serving, &secret, "C-2");
    assert_eq!(late["state"], "banner", "{late}");
    let revoked = link("T-3");
    assert_eq!(serving.ask("DELETE", "/v1/customers/T-3/links", &key, "").0, 204);
    let tour = json!({"link": link("T-1"), "only": link("T-2"), "late": id(&serving, &key, "2026-1041"), "revoked": revoked,
                      "coming": id(&serving, &key, "2026-1127"), "captured": house.path("acme/captured")});
    let app = json!([{"name": "banner", "token": banner, "role": "region"}]);
    let plan = json!({"base": format!("http://{}", serving.address), "browser": browser, "pictures": pictures, "port": port,
                      "walks": walks, "tour": tour, "app": app});
    let file = house.path("plan.json");
    std::fs::write(&file, plan.to_string()).unwrap();
    // The file stands in node_modules/playwright-core of the folder that is meant.
    let folder = Path::new(&driver).ancestors().nth(3).expect("a folder with node_modules");
    let mut command = Command::new("node");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/walks.mjs")).arg(folder).arg(&file);
    command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("NO_PROXY", "127.0.0.1").current_dir(house.folder());
    let told = command.output().expect("node runs");
    let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success(), "{out}\n{err}");
    println!("{out}");
    for walk in Walk::all() {
        came_to(&serving, &key, &walk);
    }
    serving.end();
    house.verified();
    let logged = house.logged();
    for personal in ["@customer.example", "Cliente", "Marina", "98765", "/p/", "ia_", "rk_", secret.expose()] {
        assert!(!logged.contains(personal), "the log says {personal}");
    }
}

fn id(serving: &Serving, key: &str, external: &str) -> String {
    serving.ok(&format!("/v1/receivables/{external}"), key)["id"].as_str().unwrap().to_owned()
}

/// What a walk came to in the books.
fn came_to(serving: &Serving, key: &str, walk: &Walk) {
    let of = |nth: usize| serving.ok(&format!("/v1/receivables/{}", walk.bill(nth)), key);
    let whose = walk.customer();
    let paid = of(0);
    assert_eq!(paid["status"], "paid", "{whose}: {paid}");
    let promised = of(1);
    assert_eq!(promised["stands"]["promises"].as_array().map(Vec::len), Some(1), "{whose}: {promised}");
    for (nth, cause) in [(2, "\"dispute\""), (3, "\"in_flight\"")] {
        let found = of(nth);
        assert!(found["stands"].to_string().contains(cause), "{whose}, {cause}: {found}");
    }
    let customer = serving.ok(&format!("/v1/customers/{whose}"), key);
    assert!(customer["profile"]["contacts"].to_string().contains(&format!("new-{}@", whose.to_lowercase())), "{customer}");
    let methods = serving.ok(&format!("/v1/customers/{whose}/methods"), key);
    assert!(methods.to_string().contains("4242"), "{whose}: {methods}");
}
