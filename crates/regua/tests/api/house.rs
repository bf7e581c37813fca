//! An installation with a few customers, a sandbox and a server in front of it: the binary, as somebody would run it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use regua_testkit::postgres::TempDatabase;
use serde_json::Value;

/// Customers with bills that are paid, late and yet to come, seen from the day on which the test runs.
const ROWS: &[(&str, &str, i64, i64)] =
    &[("R-1", "C-1", -40, -20), ("R-2", "C-1", -10, 5), ("R-3", "C-2", -30, -8), ("R-4", "C-3", -60, -45), ("R-5", "C-3", -5, 25)];

/// An installation in a temporary folder.
pub(crate) struct House {
    dir: tempfile::TempDir,
    _database: Option<TempDatabase>,
}

/// A server that runs, ended when it is dropped.
pub(crate) struct Serving {
    child: Child,
    /// Where it listens, without `http://`.
    pub(crate) address: String,
}

impl House {
    /// Imported and live, with everything captured in a folder.
    pub(crate) fn new(database: Option<TempDatabase>) -> Self {
        let house = Self { dir: tempfile::tempdir().expect("a folder"), _database: None };
        let file = format!("sqlite:{}", house.path("acme/regua.db").display());
        let url = database.as_ref().map_or(file, |own| own.url().to_owned());
        let who = ["--address", "Rua A 1, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@acme.example"];
        let place = ["--link", "https://acme.example/contas", "--from", "Acme <contas@acme.example>", "--database", &url];
        house.done(&[&["init", "acme", "--name", "Acme", "--policy", "brasil-saas"], &who[..], &place[..]].concat());
        house.done(&["mode", "live", "--yes", "--dir", "acme"]);
        let mut csv = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,tax_id\n".to_owned();
        for (receivable, customer, issued, due) in ROWS {
            let row = [receivable, customer, day(*issued).as_str(), day(*due).as_str(), "100.00,BRL"].join(",");
            csv.push_str(&format!("{row},Cliente {customer},{}@customer.example,52998224725\n", customer.to_lowercase()));
        }
        std::fs::write(house.path("receivables.csv"), csv).expect("a file");
        house.done(&["import", "receivables.csv", "--dir", "acme"]);
        house.done(&["run", "--dir", "acme"]);
        Self { _database: database, ..house }
    }

    /// Something in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_EMAIL_CAPTURE", "captured")
            .env("REGUA_GATEWAY_SANDBOX_ENABLED", "on")
            .env("REGUA_GATEWAY_SANDBOX_SECRET", "sandbox-secret")
            .env("REGUA_SERVE_RATE_PER_ADDRESS", "0")
            .env("REGUA_SERVE_RATE_PER_KEY", "0")
            .env("REGUA_SERVE_LOG", "json")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to a good end; what it printed.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    /// The first owner, and a key that may do everything.
    pub(crate) fn key(&self) -> String {
        std::fs::write(self.path("password"), "tapir-lua-goiaba-7\n").expect("a file");
        let who =
            ["person", "set-up", "--name", "Ana Souza", "--email", "ana@acme.example", "--password-file", "password", "--dir", "acme"];
        self.done(&who);
        let told = self.done(&["key", "create", "everything", "--scopes", "all", "--format", "json", "--dir", "acme"]);
        let told: Value = serde_json::from_str(&told).expect("JSON");
        let rows = told.as_array().map_or(std::slice::from_ref(&told), Vec::as_slice);
        rows[0]["secret"].as_str().expect("the secret, once").to_owned()
    }

    /// Begins to serve; what it logs goes to a file.
    pub(crate) fn serve(&self) -> Serving {
        let log = std::fs::File::create(self.path("serve.log")).expect("a file");
        let mut command = self.command(&["serve", "--dir", "acme", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| {
            let rest = line.split_once("http://")?.1;
            Some(
                rest.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ':')).next()?.trim_end_matches(['.', ':']).to_owned(),
            )
        });
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Serving { child, address: address.expect("it says where it listens") }
    }

    /// What the server logged.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.path("serve.log")).expect("a file")
    }

    /// Every invariant of the books holds.
    pub(crate) fn verified(&self) {
        self.done(&["verify", "--dir", "acme"]);
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }
}

/// A day that lies so many days from today.
fn day(from_now: i64) -> String {
    let out = Command::new("date").args(["-d", &format!("{from_now} days"), "+%F"]).output().expect("a date");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

impl Serving {
    /// Asks; the status and the body.
    pub(crate) fn ask(&self, method: &str, path: &str, key: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it takes the head");
        stream.write_all(body.as_bytes()).expect("it takes the body");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, body.to_owned())
    }

    /// Something that must be answered with 200, as JSON.
    pub(crate) fn ok(&self, path: &str, key: &str) -> Value {
        let (status, body) = self.ask("GET", path, key, "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap_or_else(|bad| panic!("{path}: {bad}: {body}"))
    }

    /// Ends it as a supervisor would, and waits for a good end.
    pub(crate) fn end(mut self) {
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
