//! `regua serve`: webhooks in, pass after pass, and mirrored accounts read now and then, in one process.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use regua_engine::hooks::{self, Hook};
use regua_store::db::Scope;
use regua_web::{Hooks, Settings, Stop, Taken};

use super::gateway::{gateways, verify, zone_of};
use super::installation::Installation;
use super::{mirrors, run};
use crate::cli::charging::ServeArgs;
use crate::exit::Exit;
use crate::output::Out;
use crate::world::{World, clock};

/// What takes webhooks in.
struct Door {
    installation: Installation,
    /// The company's name in addresses, besides its id.
    name: String,
}

impl Hooks for Door {
    fn take(&self, tenant: &str, gateway: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Taken {
        if tenant != self.name && tenant != self.installation.tenant.to_string() {
            return Taken::NotFound;
        }
        let (config, zone) = (&self.installation.config, zone_of(&self.installation));
        let hook = Hook { gateway, path, headers, body };
        let taken =
            self.installation.engine.take_hook(self.installation.tenant, &hook, clock(), &|hook, now| verify(config, zone, hook, now));
        match taken {
            Ok(hooks::Taken::Stored) => Taken::Stored,
            Ok(hooks::Taken::Known) => Taken::Known,
            Ok(hooks::Taken::Refused(_)) => Taken::Refused,
            Ok(hooks::Taken::TooLarge) => Taken::TooLarge,
            Ok(hooks::Taken::NoGateway) => Taken::NotFound,
            Err(_) => Taken::Busy,
        }
    }

    fn ready(&self) -> bool {
        let own = self.installation.tenant;
        let found = self.installation.engine.db().read(Scope::Tenant(own), |tx| regua_store::tenants::one(tx, own));
        found.is_ok_and(|found| found.is_some())
    }
}

/// The company's name as an address has it: lower case, letters and digits, `-` for everything between.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Serves until interrupted.
pub(crate) fn serve(args: &ServeArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    gateways(&installation, world.now)?;
    let name = slug(&installation.stored()?.name);
    let listen = args.listen.map_or_else(|| installation.config.serve.listen.clone(), |address| address.to_string());
    let listener = TcpListener::bind(&listen).with_context(|| format!("failed to listen on {listen}; is another one running?"))?;
    let address = listener.local_addr().context("failed to listen")?;
    let settings = Settings {
        hops: usize::from(installation.config.database.connections).max(1),
        behind_proxy: installation.config.serve.behind_proxy,
        ..Settings::default()
    };
    out.line(&format!("Listening on http://{address}; webhooks at http://{address}/webhooks/{name}/GATEWAY"))?;
    let stop = Stop::default();
    let door = Arc::new(Door { installation, name });
    let halt = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (ours, own) = (stop.clone(), stop.clone());
        let (mirror, halted) = (Arc::clone(&door), &halt);
        let reading = scope.spawn(move || mirrors::keep_up(&mirror.installation, halted));
        let web = scope.spawn(move || regua_web::serve(listener, door, settings, &ours));
        let done = run::follow(&args.place, world, out);
        own.stop();
        halt.store(true, Ordering::Relaxed);
        if let Err(panic) = reading.join() {
            std::panic::resume_unwind(panic);
        }
        match web.join() {
            Ok(served) => served.context("failed to serve")?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        done
    })
}
