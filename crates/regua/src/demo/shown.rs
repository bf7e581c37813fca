//! The demo's company, served: the API on the company's day, with an owner, a key, and everything captured in its folder.
//!
//! Deliberately absent: the settings of whoever runs it. Whatever the environment says of other installations does not reach here.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use regua_core::time::Instant;
use regua_engine::people::{Caller, NewKey, NewPerson, Role, Who};
use regua_engine::ports::Rng as _;

use super::desk;
use crate::cli::live::PlaceArgs;
use crate::config::Environment;
use crate::exit::Exit;
use crate::live::installation::Installation;
use crate::live::serve::Serving;
use crate::lived::CAPTURED;
use crate::output::Out;
use crate::world::{SystemRng, World, play};

/// Who owns the demo.
const OWNER: &str = "demo@example.com";
/// Where it is served when nobody says otherwise.
const PORT: u16 = 8_420;
/// Letters of its password, without those that look like others.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";
/// How many of them, in groups.
const GROUPS: usize = 4;
const OF_GROUP: usize = 5;

/// The usual address, or any that is free when another program has it.
pub(super) fn usual() -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    let is_free = TcpListener::bind(usual).is_ok();
    if is_free { usual } else { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
}

/// Serves the company in a folder until interrupted.
pub(super) fn serve(dir: &Path, listen: SocketAddr, now: Instant, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    play(now);
    let world = World { now, environment: Environment::default(), ..world.clone() };
    let installation = Installation::open(&PlaceArgs { dir: Some(dir.to_owned()) }, &world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let password = password();
    let new = NewPerson { name: "Demo Owner", email: OWNER };
    let owner = engine.set_up(tenant, new, &password, now, &mut SystemRng)?;
    let scopes = Role::Owner.scopes();
    let by = Caller {
        tenant,
        who: Who::Person(owner),
        name: new.name.to_owned(),
        role: Some(Role::Owner),
        scopes,
        limit: None,
        csrf: None,
        session: None,
    };
    let key = engine.create_key(&by, NewKey { name: "demo", scopes, limit: None, expires_at: None }, now, &mut SystemRng)?;
    desk::lay(&installation, &by, now)?;
    let captured = dir.join(CAPTURED);
    out.heading("Served until you interrupt it")?;
    Serving { listen: Some(listen), captured: Some(captured), quiet: true }.serve(installation, &world, out, |address, out| {
        for (what, where_is) in [
            ("Console", format!("http://{address}/")),
            ("Sign in", format!("{OWNER} with {password}")),
            ("Messages", format!("http://{address}/captured")),
            ("API", format!("http://{address}/v1/docs")),
            ("Key", key.secret.expose().to_owned()),
        ] {
            out.line(&format!("  {what:<9} {where_is}"))?;
        }
        out.line("Try:")?;
        out.line(&format!("  curl -H \"Authorization: Bearer {}\" http://{address}/v1/me", key.secret.expose()))?;
        Ok(out.flush()?)
    })
}

/// A password that is drawn for this run.
fn password() -> String {
    let mut drawn = [0; GROUPS * OF_GROUP];
    SystemRng.fill(&mut drawn);
    let letter = |byte: &u8| char::from(LETTERS.get(usize::from(*byte) % LETTERS.len()).copied().unwrap_or(b'x'));
    let groups = drawn.chunks(OF_GROUP).map(|group| group.iter().map(letter).collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_drawn_anew_each_time() {
        let (one, two) = (password(), password());
        assert_eq!((one.len(), one.matches('-').count()), (GROUPS * OF_GROUP + GROUPS - 1, GROUPS - 1));
        assert_ne!(one, two);
    }
}
