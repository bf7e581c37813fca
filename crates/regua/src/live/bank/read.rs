//! `regua bank read`: files of banks into an installation, and what came of each.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use regua_core::bank::{BankFile, Event};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_engine::bank::{BankRead, Reading};
use regua_wire::statements::read_any;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::cli::bank::BankReadArgs;
use crate::exit::{BadInput, Exit};
use crate::live::installation::{Installation, act};
use crate::output::{Format, Listing, Out, Paint, counted};
use crate::source::{is_stdin, name_of, unreadable};
use crate::world::World;

/// The largest file that is read: a year of a large company.
const BYTES_MAX: u64 = 256 << 20;
/// Bad lines of one file that are shown; all are counted.
const SHOWN: usize = 20;

/// Carries out the verb.
pub(super) fn run(args: &BankReadArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = if args.dry_run { None } else { Some(Installation::open(&args.told.place, world)?) };
    let (mut bad, mut all) = (false, Vec::new());
    for path in &args.files {
        let name = name_of(path);
        let bytes = bytes(path)?;
        let file = read_any(&bytes, &name).map_err(|why| BadInput::new(format!("{name}: {why}")))?;
        let done = match &installation {
            None => None,
            Some(installation) => {
                let digest: [u8; 32] = Sha256::digest(&bytes).into();
                let reading = Reading { account: args.account.as_deref(), ..Reading::of(&name, digest, &file) };
                let now = installation.moment(args.told.as_of, world)?;
                let act = act(&args.told.act, world);
                Some(installation.engine.read_bank_file(installation.tenant, &reading, &act, now)?)
            }
        };
        let refused = done.as_ref().map_or(file.refused.len(), |done| done.refused.len());
        bad |= refused > 0 || file.checks.iter().any(|check| !check.holds());
        match args.listing.format {
            Format::Table => tell(&name, &file, done.as_ref(), out)?,
            Format::Json | Format::Csv => all.push(as_json(&name, &file, done.as_ref())),
        }
    }
    match args.listing.format {
        Format::Table => {}
        Format::Json => out.json(&Value::Array(all))?,
        Format::Csv => return Err(BadInput::new("what came of files is no table; use --format json").into()),
    }
    Ok(if bad { Exit::Rejected } else { Exit::Done })
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = |source: &mut dyn std::io::Read, bytes: &mut Vec<u8>| source.take(BYTES_MAX + 1).read_to_end(bytes);
    let read = if is_stdin(path) {
        read(&mut std::io::stdin().lock(), &mut bytes)
    } else {
        File::open(path).and_then(|mut file| read(&mut file, &mut bytes))
    };
    read.map_err(|error| unreadable(path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > BYTES_MAX {
        return Err(BadInput::new(format!("{}: larger than {} MiB; split it by day", name_of(path), BYTES_MAX >> 20)).into());
    }
    Ok(bytes)
}

fn tell(name: &str, file: &BankFile, done: Option<&BankRead>, out: &mut Out) -> anyhow::Result<()> {
    out.heading(&format!("{name} ({})", file.format.as_str()))?;
    match done {
        Some(BankRead { already: Some(_), .. }) => {
            out.aside(Paint::Dim, "This very file was read before; nothing was changed.")?;
            return Ok(());
        }
        Some(done) => {
            let money: Vec<String> =
                done.money.iter().filter_map(|(code, minor)| Some(Money::new(*minor, Currency::parse(code)?).to_string())).collect();
            let mut rows = Listing::new(&[("what", "what"), ("lines", "lines"), ("money", "money")]);
            rows.row(["booked".into(), done.booked.into(), money.join(" ").into()]);
            rows.row(["taken back".into(), done.undone.into(), "".into()]);
            rows.row(["waiting for a person".into(), done.waiting.into(), "".into()]);
            rows.row(["kept, nothing follows".into(), done.kept.into(), "".into()]);
            rows.row(["known from another file".into(), done.known.into(), "".into()]);
            out.listing(&rows, Format::Table)?;
            if done.again > 0 {
                out.aside(Paint::Green, &format!("{} of earlier files could be booked now.", counted(done.again, "line")))?;
            }
            if done.waiting > 0 {
                out.aside(Paint::Yellow, "See what waits with `regua bank lines`.")?;
            }
        }
        None => out.listing(&contents(file), Format::Table)?,
    }
    let refused = done.map_or_else(
        || file.refused.iter().map(|bad| (bad.place, bad.what.as_str())).collect::<Vec<_>>(),
        |done| done.refused.iter().map(|bad| (bad.place, bad.what.as_str())).collect(),
    );
    for (place, what) in refused.iter().take(SHOWN) {
        out.aside(Paint::Red, &format!("{name}:{place}: {what}"))?;
    }
    if refused.len() > SHOWN {
        out.aside(Paint::Red, &format!("… and {} more lines that could not be read.", refused.len() - SHOWN))?;
    }
    for check in file.checks.iter().filter(|check| !check.holds()) {
        let what = format!("{name}:{}: {} is {} by the file, {} by its lines", check.place, check.of, check.told, check.read);
        out.aside(Paint::Red, &what)?;
    }
    Ok(())
}

/// What a file says, by event.
fn contents(file: &BankFile) -> Listing {
    let mut rows = Listing::new(&[("account", "account"), ("event", "event"), ("lines", "lines"), ("money", "money")]);
    for statement in &file.statements {
        for event in Event::ALL {
            let own = || statement.lines.iter().filter(|line| line.event == *event);
            if own().next().is_none() {
                continue;
            }
            let minor = own().filter_map(|line| line.amount).map(Money::minor).fold(0_i64, i64::saturating_add);
            let account = format!("{} {} {}", statement.account.bank, statement.account.branch, statement.account.number);
            rows.row([
                account.into(),
                event.as_str().into(),
                u64::try_from(own().count()).unwrap_or(u64::MAX).into(),
                Money::new(minor, statement.currency).to_string().into(),
            ]);
        }
    }
    rows
}

fn as_json(name: &str, file: &BankFile, done: Option<&BankRead>) -> Value {
    let checks: Vec<Value> = file
        .checks
        .iter()
        .map(|check| json!({ "line": check.place, "of": check.of, "told": check.told, "read": check.read, "holds": check.holds() }))
        .collect();
    let refused: Vec<Value> = match done {
        Some(done) => done.refused.iter().map(|bad| json!({ "line": bad.place, "what": bad.what })).collect(),
        None => file.refused.iter().map(|bad| json!({ "line": bad.place, "what": bad.what })).collect(),
    };
    let lines: usize = file.statements.iter().map(|statement| statement.lines.len()).sum();
    let came = done.map(|done| {
        json!({
            "known_before": done.already.is_some(), "accounts": done.accounts, "booked": done.booked, "money": done.money,
            "taken_back": done.undone, "waiting": done.waiting, "kept": done.kept, "known": done.known, "again": done.again,
        })
    });
    json!({ "file": name, "format": file.format.as_str(), "lines": lines, "refused": refused, "checks": checks, "came": came })
}
