//! `regua backup` and `restore`: the database as one file, and back.

use std::path::Path;

use anyhow::Context as _;
use regua_store::db::StoreError;

use super::installation::{Installation, database};
use crate::cli::live::CopyArgs;
use crate::config::{self, Config, KeyFile};
use crate::exit::{BadInput, Exit};
use crate::output::{Out, Paint, counted, grouped};
use crate::source::unreadable;
use crate::world::World;

/// Writes a copy.
pub(crate) fn backup(args: &CopyArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let file = args.file.display();
    let copy = installation.engine.db().backup(&args.file, world.now).map_err(|error| mendable(error, &args.file))?;
    let rows = copy.tables.iter().map(|(_, rows)| u64::try_from(*rows).unwrap_or(0)).sum();
    let told = format!("{file}: {} in {} bytes, one state of the whole database.", counted(rows, "row"), grouped(copy.bytes));
    out.aside(Paint::Green, &told)?;
    let key = installation.config.key_file.display();
    out.paragraph(
        0,
        &format!("It does not hold the key. Without {key} nobody can read its personal data: keep a copy of that file elsewhere."),
    )?;
    Ok(Exit::Done)
}

/// Fills an empty database with a copy.
pub(crate) fn restore(args: &CopyArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let dir = config::folder(args.place.dir.as_deref(), &world.environment)?;
    let config = Config::load(&dir, &world.environment)?;
    KeyFile::read(&config.key_file)?;
    let db = database(&config)?;
    db.migrate(world.now).context("failed to make the tables")?;
    let copy = db.restore(&args.file).map_err(|error| mendable(error, &args.file))?;
    let rows = copy.tables.iter().map(|(_, rows)| u64::try_from(*rows).unwrap_or(0)).sum();
    out.aside(Paint::Green, &format!("{} restored from {}.", counted(rows, "row"), args.file.display()))?;
    out.paragraph(0, "Messages that went out after the copy was made are not known in it and would go out again: before the next run,")?;
    out.command("regua mode shadow")?;
    out.line("and see what is due:")?;
    out.command("regua plan")?;
    Ok(Exit::Done)
}

/// What is wrong with the file that was named, the caller can mend.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else a database says is passed on")]
fn mendable(error: StoreError, file: &Path) -> anyhow::Error {
    let told = error.to_string();
    match error {
        StoreError::Damaged { .. } | StoreError::Mismatch { .. } | StoreError::NotEmpty { .. } => {
            BadInput::new(format!("{}: {told}", file.display())).into()
        }
        StoreError::File { .. } => match std::fs::metadata(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => unreadable(file, &error).into(),
            Ok(_) | Err(_) => BadInput::new(told).into(),
        },
        other => other.into(),
    }
}
