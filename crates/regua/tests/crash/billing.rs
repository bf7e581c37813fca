//! The real binary killed while it bills: the same invoices as without kills, none twice, and `verify` is clean.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use regua_store::db::{Db, Options, Scope};
use regua_store::{billing, tenants};
use regua_testkit::postgres::TempDatabase;

use crate::house::Size;
use crate::kills::Draw;

/// Days on which something is due: boundaries of months and weeks, and one after an outage.
const DAYS: [&str; 7] = ["2026-01-31", "2026-02-02", "2026-02-14", "2026-02-28", "2026-03-16", "2026-03-31", "2026-05-31"];

const POLICY: &str = "
regua: 1
name: Billing
currency: BRL
timezone: America/Sao_Paulo
segments: [{ name: default }]
ladders:
  default:
    - { id: issued, at: I, do: notify, template: invoice_issued, tone: friendly }
";

const PLANS: [&str; 3] = [
    "plan: 1\nkey: monthly\nname: Mensal\ncurrency: BRL\nprices:\n  - { key: seat, name: Usuario, unit: 30.00 }\n",
    "plan: 1\nkey: weekly\nname: Semanal\ncurrency: BRL\ncycle: week\nprices:\n  - { key: fee, name: Semana, flat: 10.00 }\n",
    "plan: 1\nkey: plus\nname: Mais\ncurrency: BRL\nprices:\n  - { key: seat, name: Usuario, unit: 45.00 }\n",
];

/// An installation in shadow that bills.
struct Office {
    dir: tempfile::TempDir,
    url: String,
    size: Size,
    _database: Option<TempDatabase>,
}

impl Office {
    fn new(database: Option<TempDatabase>, size: Size) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let file = || format!("sqlite:{}", dir.path().join("home/regua.db").display());
        let url = database.as_ref().map_or_else(file, |own| own.url().to_owned());
        let office = Self { dir, url, size, _database: database };
        office.write("policy.yaml", POLICY);
        office.done(&["init", "home", "--name", "Nuvem", "--policy", "policy.yaml", "--database", &office.url]);
        for (number, plan) in PLANS.iter().enumerate() {
            let name = format!("plan{number}.yaml");
            office.write(&name, plan);
            office.done(&["price", "publish", &name, "--yes", "--dir", "home", "--as-of", "2026-01-01"]);
        }
        let mut rows = "subscription_id,customer_id,plan,quantity,started_on,instalments,name\n".to_owned();
        for number in 0..size.customers {
            let (plan, parts) = if number % 4 == 3 { ("weekly", 1) } else { ("monthly", 1 + number % 3 / 2) };
            // Some customers have two.
            let customer = number - number % 5 / 4;
            let started = 28 + number % 4;
            rows.push_str(&format!("s{number},C{customer},{plan},{},2026-01-{started},{parts},Cliente {customer}\n", 1 + number % 7));
        }
        office.write("subs.csv", &rows);
        office.done(&["subscription", "import", "subs.csv", "--dir", "home", "--as-of", "2026-01-02"]);
        office
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).expect("a file");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regua"));
        let batch = self.size.batch.to_string();
        command.args(args).current_dir(self.dir.path()).env_clear().env("REGUA_DATABASE_BATCH", batch).stdin(Stdio::null());
        command
    }

    fn done(&self, args: &[&str]) -> String {
        let told = self.command(args).output().expect("the binary runs");
        let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success(), "regua {}: {}\n{out}{err}", args.join(" "), told.status);
        out.into_owned()
    }

    fn start(&self, day: &str) -> Child {
        let mut command = self.command(&["run", "--dir", "home", "--as-of", &at(day)]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    }

    /// What happens to some subscriptions between two days.
    fn change(&self, place: usize) {
        let day = DAYS[place];
        let change = |args: &[&str]| {
            self.done(&[&["subscription"], args, &["--dir", "home", "--as-of", &at(day)]].concat());
        };
        match place {
            1 => change(&["change", "s1", "--quantity", "9", "--yes"]),
            2 => change(&["change", "s4", "--plan", "plus", "--settle", "next", "--yes"]),
            3 => change(&["cancel", "s5", "--now", "--yes"]),
            4 => change(&["pause", "s8", "--yes"]),
            _ => {}
        }
    }

    /// How many documents there are, asked over a connection of its own.
    fn invoices(&self) -> usize {
        let db = Db::open(&self.url, &Options::default()).expect("the database opens");
        let tenant = db.read(Scope::Owner, |tx| tenants::all(tx, 1)).expect("tenants")[0].tenant;
        db.read(Scope::Tenant(tenant), |tx| billing::invoices_page(tx, tenant, [0; 16], 1_000_000)).expect("invoices").len()
    }

    /// Every invoice as it is listed, in the order of their numbers.
    fn listed(&self) -> Vec<String> {
        let told = self.done(&["invoice", "list", "--dir", "home", "--format", "csv", "--limit", "1000000"]);
        let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }
}

fn at(day: &str) -> String {
    format!("{day}T09:00:00-03:00")
}

/// A day's work with kills, until one process comes to its end or enough have hit; how many hit.
fn day(office: &Office, day: &str, (processes, most): (usize, u64), micros: &mut u64, draw: &mut Draw, early: &mut u64) -> u64 {
    let mut hit = 0;
    while hit < most {
        let before = office.invoices();
        let begun = Instant::now();
        let mut running: Vec<Child> = (0..processes).map(|_| office.start(day)).collect();
        let time = Duration::from_micros(*micros * (30 + draw.below(140)) / 100);
        while begun.elapsed() < time {
            std::thread::park_timeout(Duration::from_micros(200));
        }
        let mut killed = 0;
        for child in &mut running {
            let _late = child.kill();
            killed += u64::from(!child.wait().expect("it ends").success());
        }
        let wrote = office.invoices() > before;
        hit += killed;
        *early += if wrote { 0 } else { killed };
        *micros = (if killed == 0 {
            *micros * 85
        } else if wrote {
            *micros * 97
        } else {
            *micros * 115
        } / 100)
            .clamp(5_000, 3_000_000);
        if killed == 0 {
            break;
        }
    }
    hit
}

/// Bills the same with and without kills.
pub(crate) fn killed_while_billing(database: impl Fn() -> Option<TempDatabase>, processes: usize, many: Option<u64>, seed: u64) {
    let begun = Instant::now();
    let mut draw = Draw(seed);
    let size = if many.is_some() { Size { customers: 240, batch: 4 } } else { Size { customers: 40, batch: 2 } };
    let wanted = many.unwrap_or(14);
    let calm = Office::new(database(), size);
    for place in 0..DAYS.len() {
        calm.change(place);
        calm.done(&["run", "--dir", "home", "--as-of", &at(DAYS[place])]);
    }
    let expected = calm.listed();
    let (mut hit, mut early, mut offices, mut micros) = (0, 0, 0_u64, 80_000);
    while hit < wanted {
        let office = Office::new(database(), size);
        for place in 0..DAYS.len() {
            office.change(place);
            let each = (wanted.div_ceil(7)).min(wanted.saturating_sub(hit)).min(20);
            hit += day(&office, DAYS[place], (processes, each), &mut micros, &mut draw, &mut early);
            office.done(&["run", "--dir", "home", "--as-of", &at(DAYS[place])]);
        }
        offices += 1;
        assert_eq!(office.listed(), expected, "the same invoices, each once (seed {seed:#x})");
        let verdict: serde_json::Value =
            serde_json::from_str(&office.done(&["verify", "--dir", "home", "--format", "json"])).expect("JSON");
        assert_eq!(verdict["clean"], true, "{verdict}");
    }
    println!(
        "{hit} kills hit while {processes} at a time billed, {early} of them before the first write; {offices} installations of {} \
         documents, each as without kills; verify clean; {} s (seed {seed:#x})",
        expected.len() - 1,
        begun.elapsed().as_secs()
    );
}
