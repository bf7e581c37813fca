//! An installation to kill processes of: a folder, a database, a mail server, customers and a few weeks of work.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use regua_store::db::{Db, Options, Scope};
use regua_store::{reports, tenants};
use regua_testkit::postgres::TempDatabase;
use regua_testkit::smtp::Sink;

/// Days on which something is due, each run until it is done.
pub(crate) const DAYS: [&str; 6] = [
    "2026-03-02T09:00:00-03:00",
    "2026-03-05T09:00:00-03:00",
    "2026-03-10T09:00:00-03:00",
    "2026-03-12T09:00:00-03:00",
    "2026-03-17T09:00:00-03:00",
    "2026-03-25T09:00:00-03:00",
];

/// When the leases of the last day have run out: what was being sent when a process died is unknown then.
const AFTER: &str = "2026-03-25T12:00:00-03:00";

/// E-mails that are written down together: few, so that there are several groups in a day.
pub(crate) const GROUP: usize = 6;

/// Messages to one customer over these days: the last one brings a restriction instead.
pub(crate) const MESSAGES_EACH: usize = 5;

const POLICY: &str = "
regua: 1
name: Crash
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
contact: { rulebook: br, caps: [1/day], channels: [email], consolidate: true }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued,   at: I,    do: notify, template: invoice_issued, tone: friendly }
    - { id: upcoming, at: D-5,  do: notify, template: upcoming, tone: friendly }
    - { id: due,      at: D,    do: notify, template: due_today, tone: friendly }
    - { id: late2,    at: D+2,  do: notify, template: overdue, tone: friendly }
    - { id: late7,    at: D+7,  do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: limit,    at: D+12, do: access, state: limited }
";

/// How large a house is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) customers: usize,
    /// Customers in one transaction: small ones leave many places to die at, and many parts to share.
    pub(crate) batch: usize,
}

/// An installation in a temporary folder, with a mail server of its own.
pub(crate) struct House {
    dir: tempfile::TempDir,
    pub(crate) url: String,
    pub(crate) sink: Sink,
    pub(crate) size: Size,
    _database: Option<TempDatabase>,
}

impl House {
    /// Everything is imported and nothing has run.
    pub(crate) fn new(database: Option<TempDatabase>, size: Size) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let file = || format!("sqlite:{}", dir.path().join("home/regua.db").display());
        let url = database.as_ref().map_or_else(file, |own| own.url().to_owned());
        let house = Self { dir, url, sink: Sink::start().expect("a mail server"), size, _database: database };
        std::fs::write(house.path("policy.yaml"), POLICY).expect("a file");
        let mut rows = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n".to_owned();
        for customer in 0..size.customers {
            for part in 0..1 + customer % 2 {
                rows.push_str(&format!(
                    "R{customer}-{part},C{customer},2026-03-02,2026-03-10,10{part}.00,BRL,Cliente {customer},c{customer}@customer.example\n"
                ));
            }
        }
        std::fs::write(house.path("receivables.csv"), rows).expect("a file");
        let from = "Nuvem <contas@nuvem.example>";
        let who = ["--address", "Rua A 1, São Paulo", "--tax-id", "CNPJ 12.345.678/0001-95", "--contact", "contas@nuvem.example"];
        let place = ["--link", "https://nuvem.example/contas", "--from", from, "--database", &house.url];
        house.done(&[&["init", "home", "--name", "Nuvem", "--policy", "policy.yaml"], &who[..], &place[..]].concat());
        house.done(&["mode", "live", "--yes", "--dir", "home"]);
        house.done(&["import", "receivables.csv", "--dir", "home", "--as-of", "2026-03-02T08:00:00-03:00"]);
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let address = self.sink.address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("REGUA_DATABASE_BATCH", self.size.batch.to_string())
            .env("REGUA_EMAIL_SMTP_HOST", address.ip().to_string())
            .env("REGUA_EMAIL_SMTP_PORT", address.port().to_string())
            .env("REGUA_EMAIL_SMTP_TLS", "none")
            .env("REGUA_EMAIL_SMTP_PER_SECOND", "0")
            .env("REGUA_EMAIL_SMTP_GROUP", GROUP.to_string())
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end, which must be a good one; what it printed.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    /// The same, as JSON.
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        let told = self.done(&[args, &["--dir", "home", "--format", "json"]].concat());
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error} in {told}"))
    }

    /// The source is read: nothing new, but steps on overdue amounts wait for it.
    pub(crate) fn read(&self, day: &str) {
        self.done(&["import", "receivables.csv", "--dir", "home", "--as-of", &day.replace("T09:00", "T08:30")]);
    }

    /// A day's work, to its end.
    pub(crate) fn finish(&self, day: &str) {
        self.done(&["run", "--dir", "home", "--as-of", day]);
    }

    /// What is left once everybody who died is known to be dead.
    pub(crate) fn settle(&self) {
        self.finish(AFTER);
    }

    /// How many decisions there are, asked over a connection of its own.
    pub(crate) fn decisions(&self) -> u64 {
        let db = Db::open(&self.url, &Options::default()).expect("the database opens");
        let mut count = 0;
        let counted = db.read(Scope::Owner, |tx| tenants::all(tx, 1)).and_then(|all| {
            let tenant = all[0].tenant;
            db.read(Scope::Tenant(tenant), |tx| {
                reports::decisions(tx, tenant, |_| {
                    count += 1;
                    Ok(())
                })
            })
        });
        counted.expect("the database answers");
        count
    }

    /// A day's work begins.
    pub(crate) fn start(&self, day: &str) -> Child {
        let mut command = self.command(&["run", "--dir", "home", "--as-of", day]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    }
}
