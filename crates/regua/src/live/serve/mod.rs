//! `regua serve`: the API and webhooks in, pass after pass, the event feed and its deliveries, mirrored accounts read now and
//! then: one process, of which any number may run on one PostgreSQL.

mod door;
mod log;
mod standing;
pub(crate) mod wake;
mod workers;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use regua_engine::adapters::Roots;
use regua_engine::adapters::oidc::{self, Provider};
use regua_store::seal::MasterKey;
use regua_web::api::OIDC_CALLBACK;
use regua_web::{Bell, Host, Rate, Settings, Stop};
use sha2::{Digest as _, Sha256};

use self::wake::{Pulse, Wake};
use super::gateway::gateways;
use super::installation::Installation;
use super::office::Place;
use super::run;
use crate::cli::charging::ServeArgs;
use crate::config::{self, KeyFile, Log};
use crate::exit::{BadInput, Exit};
use crate::output::{Out, Paint};
use crate::world::{World, clock};

pub(crate) use door::Door;
pub(super) use workers::reach;

/// How many times more requests than in a second may come at once.
const BURST: u32 = 10;
/// Calls that wait for the database at once, on each of its connections: most of a request is not spent there.
const HOPS_PER_CONNECTION: usize = 2;

/// Serves until interrupted.
pub(crate) fn serve(args: &ServeArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    Serving { listen: args.listen, captured: None, quiet: false }.serve(installation, world, out, |_address, _out| Ok(()))
}

/// How it is served besides the settings.
pub(crate) struct Serving {
    /// Where to listen, in place of the settings.
    pub(crate) listen: Option<SocketAddr>,
    /// Where a demo's messages are: shown to whoever comes.
    pub(crate) captured: Option<PathBuf>,
    /// Whether nothing is logged, whatever the settings say.
    pub(crate) quiet: bool,
}

impl Serving {
    /// Serves an installation until interrupted; `begun` is told the address before anything is done.
    pub(crate) fn serve(
        self,
        installation: Installation,
        world: &World,
        out: &mut Out,
        begun: impl FnOnce(SocketAddr, &mut Out) -> anyhow::Result<()>,
    ) -> anyhow::Result<Exit> {
        log::begin(if self.quiet { Log::Off } else { installation.config.serve.log });
        gateways(&installation, clock())?;
        let name = slug(&installation.stored()?.name);
        let listen = self.listen.map_or_else(|| installation.config.serve.listen.clone(), |address| address.to_string());
        let listener = TcpListener::bind(&listen).with_context(|| format!("failed to listen on {listen}; is another one running?"))?;
        let address = listener.local_addr().context("failed to listen")?;
        let key = KeyFile::read(&installation.config.key_file)?;
        let public = installation.config.serve.public_address.clone().unwrap_or_else(|| format!("http://{address}"));
        let door = Arc::new(Door {
            setup: setup_token(&key),
            provider: provider(&installation.config, &key, &public)?,
            installation: Arc::new(installation),
            world: world.clone(),
            name,
            wake: Arc::new(Wake::default()),
            bell: Bell::default(),
            pulse: Arc::new(Pulse::default()),
            captured: self.captured,
            slow: Place::default(),
            proof: Arc::default(),
            trial: Arc::default(),
        });
        addresses(&door, address, &public, out)?;
        begun(address, out)?;
        let served = both(&door, listener, world, out);
        door.proof.clear();
        served
    }
}

/// Where everything is, and while nobody is there how the first owner comes in.
fn addresses(door: &Door, address: SocketAddr, public: &str, out: &mut Out) -> anyhow::Result<()> {
    let name = &door.name;
    out.line(&format!("Listening on http://{address}; webhooks at http://{address}/webhooks/{name}/GATEWAY"))?;
    out.line(&format!("The API is at {public}/v1, explained at {public}/v1/docs"))?;
    if door.installation.engine.wants_set_up(door.installation.tenant)? {
        out.aside(Paint::Yellow, "Nobody can sign in yet. Set the first owner up here:")?;
        out.command("regua person set-up --name NAME --email ADDRESS")?;
        out.line(&format!("or by POST /v1/setup with the token {}", door.setup))?;
    }
    out.flush()?;
    Ok(())
}

/// The web and the workers, until interrupted; whichever ends ends the other.
fn both(door: &Arc<Door>, listener: TcpListener, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let settings = settings(&door.installation.config);
    let stop = Stop::default();
    let halt = run::interrupted()?;
    std::thread::scope(|scope| {
        let ours = stop.clone();
        let host: Arc<dyn Host> = Arc::<Door>::clone(door);
        let ended = Arc::clone(&halt);
        let web = scope.spawn(move || {
            let served = regua_web::serve_api(listener, host, settings, &ours);
            // Nobody is heard any more: then nobody works behind a closed door either.
            ended.store(true, Ordering::Relaxed);
            served
        });
        let threads = workers::begin(scope, door, &halt);
        let done = run::follow(&door.installation, world, (&door.wake, &door.pulse), &halt, out);
        halt.store(true, Ordering::Relaxed);
        door.wake.ring();
        stop.stop();
        for thread in threads.into_iter() {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
        match web.join() {
            Ok(served) => served.context("failed to serve")?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        done
    })
}

fn settings(config: &config::Config) -> Settings {
    let rate = |per_second: u32, connections: u32| {
        (per_second > 0).then(|| Rate { per_second, burst: per_second.saturating_mul(BURST), connections })
    };
    Settings {
        hops: usize::from(config.database.connections).max(1).saturating_mul(HOPS_PER_CONNECTION),
        behind_proxy: config.serve.behind_proxy,
        rate: rate(config.serve.rate_per_address, Rate::default().connections),
        pace: rate(config.serve.rate_per_key, u32::MAX),
        ..Settings::default()
    }
}

/// What whoever sets the first owner up over the network must send: the same in every process, and known to nobody who has not
/// the key of this installation or sees what the server prints.
fn setup_token(key: &KeyFile) -> String {
    let digest = Sha256::new().chain_update(b"regua set-up token 1").chain_update(key.0).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Who vouches for people besides passwords, as the settings have it. Nobody is asked yet.
fn provider(config: &config::Config, key: &KeyFile, public: &str) -> anyhow::Result<Option<Provider>> {
    let Some(own) = &config.oidc else { return Ok(None) };
    let settings = oidc::Settings {
        issuer: own.issuer.clone(),
        client_id: own.client_id.clone(),
        client_secret: own.client_secret.clone(),
        redirect_uri: format!("{public}{OIDC_CALLBACK}"),
        // The settings let a provider without TLS be on this machine only.
        allow_local: own.issuer.starts_with("http://"),
        roots: Roots::Public,
    };
    let told = |bad| BadInput::new(format!("[sign_in]: {bad}"));
    Ok(Some(Provider::new(settings, MasterKey::new(key.0)).map_err(told)?))
}

/// The company's name as an address has it: lower case, letters and digits, `-` for everything between.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Whether it is to end.
fn is_over(halt: &AtomicBool) -> bool {
    halt.load(Ordering::Relaxed)
}
