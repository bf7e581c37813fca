//! `regua init`: a new installation, whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_engine::{Act, Engine};
use regua_store::seal::MasterKey;

use super::installation::{EVERYBODY_BP, database};
use crate::cli::live::InitArgs;
use crate::config::{self, Config, KeyFile, Values, own_file};
use crate::exit::{BadInput, Exit};
use crate::output::{Out, Paint};
use crate::source;
use crate::world::{SystemRng, World};

/// What the policy's file is called.
const POLICY: &str = "policy.yaml";

/// Makes an installation.
pub(crate) fn run(args: &InitArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let (source, _compiled) = source::policy(&args.policy)?;
    let dir = args.dir.as_path();
    let name = args.name.clone().map_or_else(|| named_after(dir), Ok)?;
    let mut settings: BTreeMap<&str, &str> = BTreeMap::from([("company.name", name.as_str())]);
    let language = args.language.map(|language| language.to_string());
    let given = [
        ("company.address", &args.address),
        ("company.tax_id", &args.tax_id),
        ("company.contact", &args.contact),
        ("company.link", &args.link),
        ("company.language", &language),
        ("email.from", &args.from),
        ("database.url", &args.database),
    ];
    settings.extend(given.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))));
    // What is wrong with the settings is said before anything is made.
    let config = read(&own_file(&settings), dir, world)?;
    free(dir, &config)?;

    let mut made = Made(Vec::new());
    if !dir.exists() {
        fs::create_dir_all(dir).with_context(|| format!("failed to make {}", dir.display()))?;
        made.0.push(dir.to_owned());
    }
    let key = KeyFile::make(&config.key_file)?;
    made.0.push(config.key_file.clone());
    write(&dir.join(POLICY), &source.text, &mut made)?;
    if let Some(file) = config.database.url.expose().strip_prefix("sqlite:") {
        made.0.extend(["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{file}{end}"))));
    }
    let db = database(&config)?;
    db.migrate(world.now).context("failed to make the tables")?;
    let engine = Engine::new(db, MasterKey::new(key.0));
    let tenant = engine.add_tenant(&name, world.now, &mut SystemRng)?;
    let act = Act { by: world.user.clone(), reason: Some("regua init".to_owned()) };
    let published = engine.publish(tenant, &source.name, &source.text, EVERYBODY_BP, &act, world.now)?;
    let tenant = tenant.to_string();
    settings.insert("company.tenant", &tenant);
    // The settings come last: a folder with them is an installation.
    write(&dir.join(config::FILE), &own_file(&settings), &mut made)?;
    made.keep();

    told(args, &name, &published.hash, &config, out)?;
    Ok(Exit::Done)
}

/// Says what is there now and what comes next.
fn told(args: &InitArgs, name: &str, hash: &str, config: &Config, out: &mut Out) -> anyhow::Result<()> {
    let dir = args.dir.display();
    out.aside(Paint::Green, &format!("{name} is set up in {dir}, in shadow: it decides and shows, and sends nothing."))?;
    out.gap()?;
    let hash = hash.get(..12).unwrap_or(hash);
    let policy = args.policy.display();
    let mut rows = vec![
        (config::FILE.to_owned(), "the settings; `regua config --manual` explains each".to_owned()),
        (POLICY.to_owned(), format!("the rule, {policy}, published as {hash}; after a change: regua policy publish {POLICY}")),
        (name_of(&config.key_file), "the key of personal data: keep a copy apart from the database".to_owned()),
    ];
    if let Some(file) = config.database.url.expose().strip_prefix("sqlite:") {
        rows.push((name_of(Path::new(file)), "the database".to_owned()));
    }
    for (file, what) in rows {
        out.hanging(&format!("  {file:12} "), &what)?;
    }
    out.gap()?;
    if let Err(missing) = &config.company {
        out.paragraph(0, &format!("Before the first message goes out: {missing}."))?;
        out.gap()?;
    }
    out.line("Next:")?;
    for command in [format!("cd {dir}"), "regua import receivables.csv --payments payments.csv".to_owned(), "regua plan".to_owned()] {
        out.command(&command)?;
    }
    Ok(())
}

/// Settings of a text, as if it were the folder's file.
fn read(text: &str, dir: &Path, world: &World) -> Result<Config, BadInput> {
    let path = dir.join(config::FILE);
    Config::of(&Values::read(&path.display().to_string(), text, &world.environment)?, dir)
}

/// Refuses a folder in which something of an installation is already.
fn free(dir: &Path, config: &Config) -> Result<(), BadInput> {
    if dir.join(config::FILE).exists() {
        return Err(BadInput::new(format!("{}: there is an installation already; name another folder", dir.display())));
    }
    let database = config.database.url.expose().strip_prefix("sqlite:").map(PathBuf::from);
    let left = [Some(config.key_file.clone()), Some(dir.join(POLICY)), database].into_iter().flatten().find(|path| path.exists());
    let told = |path: PathBuf| BadInput::new(format!("{}: it is there already; name another folder, or move it away", path.display()));
    left.map_or(Ok(()), |path| Err(told(path)))
}

/// A company called as its folder.
fn named_after(dir: &Path) -> anyhow::Result<String> {
    let full = std::path::absolute(dir).with_context(|| format!("failed to find {}", dir.display()))?;
    let name = full.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    name.ok_or_else(|| BadInput::new(format!("{}: the folder has no name to call a company by; add --name COMPANY", dir.display())).into())
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn write(path: &Path, text: &str, made: &mut Made) -> anyhow::Result<()> {
    made.0.push(path.to_owned());
    fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

/// What was made so far, and goes again unless everything was.
struct Made(Vec<PathBuf>);

impl Made {
    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.0.drain(..).rev() {
            // What cannot be taken away stays, and the next try names it.
            let _left = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
        }
    }
}
