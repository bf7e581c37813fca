//! `regua customer export|erase`: all that is kept of a person, and its end.

use super::installation::{Installation, act};
use super::sure;
use crate::cli::live::CustomerVerb;
use crate::exit::Exit;
use crate::output::{Out, Paint};
use crate::world::World;

/// Exports or erases.
pub(crate) fn run(verb: &CustomerVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        CustomerVerb::Export { id, place } => {
            let installation = Installation::open(place, world)?;
            out.json(&installation.engine.export(installation.tenant, id, world.now)?)?;
        }
        CustomerVerb::Erase { id, act: acting, sure: wanted, place } => {
            let installation = Installation::open(place, world)?;
            let question = format!(
                "Name, addresses, attributes and messages of {id} are gone for good, and so is what the source calls this person. Nobody is asked any more for what is open."
            );
            if !sure::sure(*wanted, &question, world, out)? {
                return Ok(Exit::Input);
            }
            // Who was told what goes with the person has said that open receivables are no hindrance.
            installation.engine.erase(installation.tenant, id, true, &act(acting, world), world.now)?;
            out.aside(Paint::Green, &format!("{id} is erased. Backups made before still hold the key: let them age out."))?;
        }
    }
    Ok(Exit::Done)
}
