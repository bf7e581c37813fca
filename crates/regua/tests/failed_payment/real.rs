//! The same with the built binary, its workers and its captured mails, by the real clock. The weeks before are played with the
//! moments that commands take; from the webhook on everything happens when it happens.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Clock};

use regua_core::time::Instant;
use regua_engine::in_app;
use regua_engine::secret::Secret;
use regua_wire::channels::shown;
use serde_json::{Value, json};

use crate::far::{Far, HOOK_SECRET, KEY, PATH, POLICY, TOLD};
use crate::page;

/// The longest that anything may take to happen by itself.
const PATIENCE: Duration = Duration::from_secs(45);

/// An installation in a temporary folder, with a gateway, and a customer who owes.
struct House {
    dir: tempfile::TempDir,
    far: Far,
}

/// A server that runs, ended when it is dropped.
struct Serving {
    child: Child,
    address: String,
    key: String,
}

#[expect(clippy::disallowed_methods, reason = "the binary lives by the real clock")]
fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock behind 1970");
    Instant::from_secs(i64::try_from(since.as_secs()).expect("a clock before the end of time"))
}

/// A day that lies so many days from today, in São Paulo.
fn day(from_now: i64) -> String {
    let mut date = Command::new("date");
    let out = date.env("TZ", "America/Sao_Paulo").args(["-d", &format!("{from_now} days"), "+%F"]).output().expect("a date");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

impl House {
    fn new() -> Self {
        let house = Self { dir: tempfile::tempdir().unwrap(), far: Far::new(now()) };
        std::fs::write(house.path("policy.yaml"), POLICY).unwrap();
        let who = ["--address", "Rua A 1, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@acme.example"];
        let place = ["--link", "https://acme.example/contas", "--from", "Acme <contas@acme.example>"];
        house.done(&[&["init", "acme", "--name", "Acme", "--policy", "policy.yaml"], &who[..], &place[..]].concat());
        house.done(&["mode", "live", "--yes", "--dir", "acme"]);
        let row = format!("R-1,C-1,{},{},100.00,BRL,Ana Souza,ana@customer.example,pt-BR", day(-40), day(-30));
        let heading = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,language";
        std::fs::write(house.path("bills.csv"), format!("{heading}\n{row}\n")).unwrap();
        house.done(&["import", "bills.csv", "--dir", "acme", "--as-of", &day(-39)]);
        let card = ["method", "add", "C-1", "--gateway", "stripe", "--customer-token", house.far.customer(), "--scheme", "visa"];
        house.done(&[&card[..], &["--token", &house.far.poor(), "--dir", "acme", "--as-of", &day(-38)]].concat());
        // The due day, the day on which the file says that nothing was paid, and three weeks, whatever days of rest are in them.
        let at = |back: i64, time: &str| format!("{}T{time}:00-03:00", day(-back));
        house.done(&["run", "--dir", "acme", "--as-of", &at(30, "10:00")]);
        house.done(&["import", "bills.csv", "--dir", "acme", "--as-of", &at(29, "08:00")]);
        for back in std::iter::once(29).chain((4..=24).rev()) {
            house.done(&["run", "--dir", "acme", "--as-of", &at(back, "10:00")]);
        }
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_EMAIL_CAPTURE", "captured")
            .env("REGUA_GATEWAY_STRIPE_KEY", KEY)
            .env("REGUA_GATEWAY_STRIPE_BASE", self.far.base())
            .env("REGUA_GATEWAY_STRIPE_WEBHOOK_SECRET", HOOK_SECRET)
            .env("REGUA_GATEWAY_SANDBOX_ENABLED", "on")
            .env("REGUA_SERVE_PUBLIC_ADDRESS", "https://conta.acme.example")
            .env("REGUA_SERVE_LOG", "json")
            .stdin(Stdio::null());
        command
    }

    fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    fn serve(&self) -> Serving {
        std::fs::write(self.path("password"), "tapir-lua-goiaba-7\n").unwrap();
        let who = ["person", "set-up", "--name", "Eva Lima", "--email", "eva@acme.example", "--password-file", "password"];
        self.done(&[&who[..], &["--dir", "acme"]].concat());
        let told = self.done(&["key", "create", "everything", "--scopes", "all", "--format", "json", "--dir", "acme"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let key = told["secret"].as_str().expect("the secret, once").to_owned();
        let log = std::fs::File::create(self.path("serve.log")).unwrap();
        let mut command = self.command(&["serve", "--dir", "acme", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.find_map(|line| Some(line.split_once("Listening on http://")?.1.split(';').next()?.to_owned()));
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let address = first.expect("it says where it listens");
        self.far.tells(&address);
        Serving { child, address, key }
    }

    /// The mails that were captured, the oldest first: subject and text.
    fn mails(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.path("acme/captured")).into_iter().flatten();
        let mut names: Vec<PathBuf> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
        names.retain(|name| name.extension().is_some_and(|ending| ending == "eml"));
        names.sort_unstable();
        let read = |name: PathBuf| {
            let mail = shown::read(&std::fs::read(name).ok()?)?;
            Some(format!("{}\n{}", mail.subject, mail.text.unwrap_or_default()))
        };
        names.into_iter().filter_map(read).collect()
    }

    /// Waits until there is one mail more than so many; that one.
    fn mail_after(&self, count: usize) -> String {
        let why = || panic!("no mail came: {}", self.done(&["explain", "R-1", "--dir", "acme"]));
        soon(|| self.mails().get(count).cloned()).unwrap_or_else(why)
    }
}

/// Waits until there is something.
fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    soon(look).unwrap_or_else(|| panic!("{what} did not come"))
}

/// Waits a while for something.
fn soon<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Clock::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = look() {
            return Some(found);
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
    None
}

impl Serving {
    fn api(&self, method: &str, path: &str, body: &Value) -> Value {
        let bearer = format!("Bearer {}", self.key);
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let text = if method == "GET" { String::new() } else { body.to_string() };
        let answer = page::ask(&self.address, method, path, &headers, text.as_bytes());
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.body);
        serde_json::from_str(&answer.body).unwrap_or(Value::Null)
    }

    fn get(&self, path: &str) -> Value {
        self.api("GET", path, &Value::Null)
    }

    /// The newest attempt on the bill, once it stands so.
    fn attempt(&self, status: &str) -> Value {
        until(status, || Some(self.attempts().first()?.clone()).filter(|newest| newest["status"] == status))
    }

    /// The attempts on the bill, the newest first.
    fn attempts(&self) -> Vec<Value> {
        self.get("/v1/charges?receivable=R-1")["items"].as_array().unwrap().clone()
    }

    /// The types of what the feed tells behind a position, once it tells as much as there is to be told.
    fn told_since(&self, position: i64) -> Vec<String> {
        let mut types = TOLD.to_vec();
        types.sort_unstable();
        types.dedup();
        let path = format!("/v1/events?customer=C-1&cursor={position}&limit=200&types={}", types.join(","));
        until("the feed", || {
            let all = self.get(&path);
            let all = all["items"].as_array()?;
            (all.len() >= TOLD.len()).then(|| all.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect())
        })
    }

    /// The position of the event that tells of the second card.
    fn second_card(&self) -> i64 {
        until("the second card in the feed", || {
            let all = self.get("/v1/events?types=method.added");
            all["items"].as_array()?.get(1)?["position"].as_i64()
        })
    }

    /// What the app shows to the customer.
    fn shown(&self, secret: &Secret) -> String {
        let token = in_app::token_for(secret, "C-1", None, now(), 600).expect("a token");
        let answer = page::ask(&self.address, "GET", "/in-app/feed", &[("Authorization", &format!("Bearer {token}"))], b"");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let shown: Value = serde_json::from_str(&answer.body).unwrap();
        shown["state"].as_str().unwrap_or_default().to_owned()
    }

    /// Ends it as a supervisor would.
    fn end(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

#[test]
fn the_binary_does_the_same_within_seconds() {
    let house = House::new();
    let serving = house.serve();
    let made = serving.api("POST", "/v1/in-app/secret", &json!({}));
    let secret = Secret::new(made["secret"].as_str().unwrap());
    assert_eq!(serving.get("/v1/customers/C-1/access")["state"], "limited");
    assert_eq!(serving.shown(&secret), "read_only");
    // A card of which the gateway cannot say yet what becomes of it is tried at once.
    house.far.set(now());
    let card = json!({
        "gateway": "stripe", "customer_token": house.far.customer(), "token": house.far.slow(), "scheme": "visa", "last4": "0002",
    });
    serving.api("POST", "/v1/customers/C-1/methods", &card);
    let pending = serving.attempt("pending");
    let (mails, before) = (house.mails().len(), serving.second_card());
    // The webhook.
    let begun = Clock::now();
    house.far.declines(pending["reference"].as_str().unwrap(), now());
    let mail = house.mail_after(mails);
    let link = page::link(&mail);
    assert!(mail.contains("https://conta.acme.example/p/"), "{mail}");
    assert_eq!(serving.attempt("declined")["id"], pending["id"]);
    for ((signature, body), status) in house.far.again(now()).iter().zip([401, 200]) {
        let answer = page::ask(&serving.address, "POST", PATH, &[("Stripe-Signature", signature)], body);
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    // The portal, without a browser.
    assert!(page::look(&serving.address, &link).contains("100,00"));
    let card = [("number", "5555 5555 5555 4444"), ("expiry", "12/30"), ("consent", "1")];
    let after = page::send(&serving.address, &format!("{link}/method"), "add", &card);
    assert!(after.contains("4444"), "{after}");
    // The try at once, the receipt, and access as before.
    serving.attempt("settled");
    let receipt = house.mail_after(mails + 1);
    assert!(receipt.contains("100,00"), "{receipt}");
    assert_eq!(serving.get("/v1/receivables/R-1")["status"], "paid");
    assert_eq!(serving.get("/v1/customers/C-1/access")["state"], "active");
    assert_eq!(serving.shown(&secret), "none");
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert!(!page::look(&serving.address, &link).contains("R-1"), "the link goes on, and shows that nothing is owed");
    assert_eq!(serving.told_since(before), TOLD);
    let attempts: Vec<_> = serving.attempts().iter().map(|one| [one["gateway"].clone(), one["status"].clone()]).collect();
    assert_eq!(attempts, [["sandbox", "settled"], ["stripe", "declined"], ["stripe", "declined"]]);
    serving.end();
    // Nothing is left to be done, and the books are whole.
    house.done(&["run", "--dir", "acme"]);
    assert_eq!(house.mails().len(), mails + 2, "one message and one receipt");
    assert_eq!(house.far.taken(), 0, "the gateway whose cards failed took nothing");
    house.done(&["verify", "--dir", "acme"]);
    let log = std::fs::read_to_string(house.path("serve.log")).unwrap();
    for personal in ["ana@customer.example", "Ana Souza", "/p/", "ia_", "rk_", secret.expose()] {
        assert!(!log.contains(personal), "the log says {personal}");
    }
}
