//! How the installation is, and the proof that it is whole, which goes on beside requests.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use regua_core::time::Instant;
use regua_engine::replay;
use serde_json::{Value, json};

use super::moment;
use crate::live::doctor;
use crate::live::installation::Installation;
use crate::live::serve::Door;
use crate::live::verify::as_json;
use crate::world::{World, clock};

/// What is looked at, one by one.
pub(super) fn doctor(installation: &Installation, world: &World) -> Vec<Value> {
    let world = World { now: clock(), ..world.clone() };
    let findings = doctor::look(&installation.config.dir, &world);
    let told = findings.0.into_iter().map(|one| {
        let mend = Some(one.mend).filter(|mend| !mend.is_empty());
        json!({ "what": one.what, "state": one.state.as_str(), "found": one.found, "mend": mend })
    });
    told.collect()
}

/// Where the proof stands, in this process.
#[derive(Default)]
pub(crate) struct Proof(Mutex<Standing>);

#[derive(Default)]
struct Standing {
    /// Since when one is under way.
    running: bool,
    began_at: Option<Instant>,
    ended_at: Option<Instant>,
    verdict: Option<Value>,
    failed: Option<&'static str>,
    /// The second database of the one under way: taken away at the end of the process too.
    folder: Option<PathBuf>,
}

impl Proof {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As the API tells it.
    pub(super) fn state(&self) -> Value {
        let standing = self.standing();
        json!({
            "running": standing.running,
            "began_at": standing.began_at.map(moment),
            "ended_at": standing.ended_at.map(moment),
            "verdict": standing.verdict,
            "failed": standing.failed,
        })
    }

    /// Takes away what one that is cut off would leave behind.
    pub(crate) fn clear(&self) {
        if let Some(folder) = self.standing().folder.take() {
            // It holds nothing that anybody needs; what cannot be removed is the system's to clear.
            let _left = std::fs::remove_dir_all(folder);
        }
    }
}

/// Begins a proof, unless one is under way. The process ends without waiting for it.
pub(super) fn verify(door: &Door) -> anyhow::Result<Value> {
    let scratch = tempfile::tempdir_in(&door.world.temp_dir).context("failed to make a folder for the second database")?;
    let mut standing = door.proof.standing();
    if !standing.running {
        *standing = Standing {
            running: true,
            began_at: Some(clock()),
            ended_at: None,
            verdict: standing.verdict.take(),
            failed: None,
            folder: Some(scratch.path().to_owned()),
        };
        let (installation, proof) = (Arc::clone(&door.installation), Arc::clone(&door.proof));
        let begun = std::thread::Builder::new().name("verify".to_owned()).spawn(move || {
            let found = replay::verify(&installation.engine, installation.tenant, scratch.path(), &mut |_, _| {});
            let mut standing = proof.standing();
            (standing.running, standing.ended_at, standing.folder) = (false, Some(clock()), None);
            match found {
                Ok(verdict) => standing.verdict = Some(as_json(&verdict)),
                Err(error) => {
                    tracing::error!(code = error.code, "a proof could not be carried out");
                    standing.failed = Some("it could not be carried out; the log of the server says more");
                }
            }
        });
        if let Err(error) = begun {
            standing.running = false;
            return Err(error).context("failed to begin");
        }
    }
    drop(standing);
    Ok(door.proof.state())
}
