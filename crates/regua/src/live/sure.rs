//! What concerns many is asked about once more.

use std::io::{self, Write as _};

use crate::cli::live::SureArgs;
use crate::exit::note;
use crate::output::Out;
use crate::world::World;

/// Whether a person wants it: `--yes`, or the answer to a question. Where nobody can answer, what to add is told.
pub(crate) fn sure(args: SureArgs, question: &str, world: &World, out: &mut Out) -> anyhow::Result<bool> {
    out.paragraph(0, question)?;
    if args.yes {
        return Ok(true);
    }
    out.flush()?;
    if !world.asks {
        note("nothing changed; add --yes to do it");
        return Ok(false);
    }
    let mut ask = io::stderr();
    ask.write_all(b"Do it? [y/N] ")?;
    ask.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "s" | "sim");
    if !yes {
        note("nothing changed");
    }
    Ok(yes)
}
