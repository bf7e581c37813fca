//! `regua brand`: the names under which a company writes.

use std::fs;

use regua_core::ids::BrandId;
use regua_core::policy::nearest;
use regua_engine::brands::Brand;

use super::gateway::zone_of;
use super::installation::{Installation, act};
use super::people::times;
use crate::cli::feed::BrandVerb;
use crate::cli::live::LookArgs;
use crate::exit::{BadInput, Exit};
use crate::output::{Listing, Out, Paint};
use crate::source::unreadable;
use crate::world::{SystemRng, World};

/// Carries out a verb.
pub(crate) fn run(verb: &BrandVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        BrandVerb::Put { key, file, act: acting, place } => {
            let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
            let brand = read(&file.display().to_string(), &text)?;
            let installation = Installation::open(place, world)?;
            let id = installation.engine.put_brand(installation.tenant, key, &brand, &act(acting, world), world.now, &mut SystemRng)?;
            out.aside(Paint::Green, &format!("{key} ({id}) writes as {} from now on.", brand.name))?;
            Ok(Exit::Done)
        }
        BrandVerb::List(args) => list(args, world, out),
        BrandVerb::Default { key, act: acting, place, .. } => {
            let installation = Installation::open(place, world)?;
            let id = key.as_deref().map(|key| named(&installation, key)).transpose()?;
            installation.engine.make_default_brand(installation.tenant, id, &act(acting, world), world.now)?;
            let told = key.as_deref().map_or_else(
                || "The company of the settings writes to customers that choose no brand.".to_owned(),
                |key| format!("{key} writes to customers that choose no brand."),
            );
            out.aside(Paint::Green, &told)?;
            Ok(Exit::Done)
        }
        BrandVerb::Remove { key, act: acting, place } => {
            let installation = Installation::open(place, world)?;
            let id = named(&installation, key)?;
            installation.engine.remove_brand(installation.tenant, id, &act(acting, world), world.now)?;
            out.aside(Paint::Green, &format!("{key} is taken away."))?;
            Ok(Exit::Done)
        }
    }
}

/// The keys of the file.
const KEYS: [&str; 12] =
    ["name", "legal_name", "address", "tax_id", "contact", "link", "sender_name", "sender", "reply_to", "colour", "logo", "portal_domain"];

/// A brand of a file.
fn read(name: &str, text: &str) -> Result<Brand, BadInput> {
    let told = |bad: &toml::de::Error| {
        let line = bad.span().map_or(1, |span| text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1));
        BadInput::new(format!("{name}:{line}: {}", bad.message().lines().next().unwrap_or_default()))
    };
    let table: toml::Table = text.parse().map_err(|bad| told(&bad))?;
    if let Some(strange) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let near = nearest(strange, KEYS);
        let mend = near.map_or_else(|| format!("there are {}", KEYS.join(", ")), |near| format!("did you mean `{near}`?"));
        return Err(BadInput::new(format!("{name}: no key `{strange}`; {mend}")));
    }
    toml::from_str(text).map_err(|bad| told(&bad))
}

fn named(installation: &Installation, key: &str) -> anyhow::Result<BrandId> {
    let all = installation.engine.brands(installation.tenant)?;
    let missing = || BadInput::new(format!("no brand has the key `{key}`; see: regua brand list"));
    all.into_iter().find(|one| one.key == key).map(|one| one.id).ok_or_else(|| missing().into())
}

fn list(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let format = args.listing.format;
    let at = times(zone_of(&installation), format);
    let mut rows = Listing::new(&[
        ("key", "key"),
        ("brand", "brand"),
        ("name", "name"),
        ("default", "default"),
        ("sender", "sender"),
        ("link", "link"),
        ("changed", "changed"),
    ]);
    for one in installation.engine.brands(installation.tenant)? {
        rows.row([
            one.key.into(),
            one.id.to_string().into(),
            one.brand.name.into(),
            if one.is_default { "yes" } else { "no" }.into(),
            one.brand.sender.into(),
            one.brand.link.into(),
            at(one.changed_at).into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}
