//! The real binary killed while it bills: the same invoices as without kills, none twice, and `verify` is clean.

use std::cell::OnceCell;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

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
    /// Looks on, where several may.
    db: OnceCell<Db>,
    _database: Option<TempDatabase>,
}

impl Office {
    fn new(database: Option<TempDatabase>, size: Size) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let file = || format!("sqlite:{}", dir.path().join("home/regua.db").display());
        let url = database.as_ref().map_or_else(file, |own| own.url().to_owned());
        let office = Self { dir, url, size, db: OnceCell::new(), _database: database };
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

    /// Something that differs once the database is written to. SQLite's file is not opened: that would be to recover it.
    fn written(&self) -> (u64, Option<SystemTime>) {
        if self.url.starts_with("sqlite:") {
            let log = std::fs::metadata(self.dir.path().join("home/regua.db-wal")).ok();
            return (log.as_ref().map_or(0, std::fs::Metadata::len), log.and_then(|log| log.modified().ok()));
        }
        let db = self.db.get_or_init(|| Db::open(&self.url, &Options::default()).expect("the database opens"));
        let tenant = db.read(Scope::Owner, |tx| tenants::all(tx, 1)).expect("tenants")[0].tenant;
        let found = db.read(Scope::Tenant(tenant), |tx| billing::invoices_page(tx, tenant, [0; 16], 1_000_000)).expect("invoices");
        (u64::try_from(found.len()).unwrap_or(u64::MAX), None)
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

/// When a kill comes.
enum When {
    /// After a time.
    After(Duration),
    /// After so many writes to the database.
    Writes(u64),
}

/// Starts processes on a day's work and kills them; how many were, and whether something was written before.
fn strike(office: &Office, day: &str, processes: usize, when: &When) -> (u64, bool) {
    let before = office.written();
    let begun = Instant::now();
    let mut running: Vec<Child> = (0..processes).map(|_| office.start(day)).collect();
    let (mut last, mut writes) = (before, 0);
    loop {
        let now = office.written();
        writes += u64::from(now != last);
        last = now;
        let wanted = match when {
            When::After(time) => begun.elapsed() >= *time,
            When::Writes(wanted) => writes > *wanted,
        };
        let ended = running.iter_mut().all(|child| child.try_wait().expect("it is ours").is_some());
        if wanted || ended {
            break;
        }
        // A database that is asked all the time has no time for those who are to be killed.
        std::thread::park_timeout(if office.url.starts_with("sqlite:") { Duration::from_micros(300) } else { Duration::from_millis(5) });
    }
    let mut killed = 0;
    for child in &mut running {
        let _late = child.kill();
        killed += u64::from(!child.wait().expect("it ends").success());
    }
    (killed, writes > 0)
}

/// Kills that hit, by whether they came before the first write or between writes.
#[derive(Default)]
struct Hits {
    early: u64,
    between: u64,
}

/// A day's work with kills, until the processes come to their end or enough have hit.
fn day(office: &Office, day: &str, (processes, most): (usize, u64), hits: &mut Hits, draw: &mut Draw) {
    let mut hit = 0;
    while hit < most {
        let when =
            if draw.below(4) == 0 { When::After(Duration::from_micros(20_000 + draw.below(400_000))) } else { When::Writes(draw.below(6)) };
        let (killed, wrote) = strike(office, day, processes, &when);
        if killed == 0 {
            break;
        }
        hit += killed;
        *(if wrote { &mut hits.between } else { &mut hits.early }) += killed;
    }
}

/// Bills the same with and without kills.
pub(crate) fn killed_while_billing(database: impl Fn() -> Option<TempDatabase>, processes: usize, many: Option<u64>, seed: u64) {
    let begun = Instant::now();
    let mut draw = Draw(seed);
    let size = if many.is_some() { Size { customers: 240, batch: 4 } } else { Size { customers: 40, batch: 2 } };
    let wanted = many.unwrap_or(14);
    let calm = Office::new(database(), size);
    for (place, on) in DAYS.iter().enumerate() {
        calm.change(place);
        calm.done(&["run", "--dir", "home", "--as-of", &at(on)]);
    }
    let expected = calm.listed();
    let (mut hits, mut offices) = (Hits::default(), 0_u64);
    while hits.early + hits.between < wanted {
        let office = Office::new(database(), size);
        for (place, on) in DAYS.iter().enumerate() {
            office.change(place);
            let each = wanted.div_ceil(7).min(wanted.saturating_sub(hits.early + hits.between)).min(20);
            day(&office, on, (processes, each), &mut hits, &mut draw);
            office.done(&["run", "--dir", "home", "--as-of", &at(on)]);
        }
        offices += 1;
        assert_eq!(office.listed(), expected, "the same invoices, each once (seed {seed:#x})");
        let verdict: serde_json::Value =
            serde_json::from_str(&office.done(&["verify", "--dir", "home", "--format", "json"])).expect("JSON");
        assert_eq!(verdict["clean"], true, "{verdict}");
    }
    let Hits { early, between } = hits;
    println!(
        "{} kills hit while {processes} at a time billed, {between} of them between writes; {offices} installations of {} documents, each \
         as without kills; verify clean; {} s (seed {seed:#x})",
        early + between,
        expected.len() - 1,
        begun.elapsed().as_secs()
    );
}
