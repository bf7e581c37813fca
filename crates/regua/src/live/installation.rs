//! An installation that is open: its settings, its engine, and whose rows these are.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use regua_core::ids::TenantId;
use regua_core::policy::{self, Names, Policy};
use regua_core::time::{Instant, Zone};
use regua_engine::{Act, Engine, Limits};
use regua_store::db::{Db, Options, Scope};
use regua_store::seal::MasterKey;
use regua_store::tenants::{self, StoredPolicy, StoredTenant};

use crate::cli::live::{ActArgs, PlaceArgs};
use crate::config::{self, Config, KeyFile};
use crate::exit::BadInput;
use crate::time::Moment;
use crate::world::World;

/// All customers, in basis points.
pub(crate) const EVERYBODY_BP: i64 = 10_000;

/// An installation.
pub(crate) struct Installation {
    pub(crate) config: Config,
    pub(crate) engine: Engine,
    /// Whose rows these are.
    pub(crate) tenant: TenantId,
}

/// Opens a database as the settings say; the schema is what it is.
pub(crate) fn database(config: &Config) -> anyhow::Result<Db> {
    let settings = &config.database;
    let connections = usize::from(settings.connections);
    let options = Options {
        pool: connections,
        readers: connections,
        wait: settings.lock_timeout,
        busy_timeout: settings.lock_timeout,
        statement_timeout: settings.statement_timeout,
        lock_timeout: settings.lock_timeout,
        ..Options::default()
    };
    Db::open(settings.url.expose(), &options).context("failed to open the database")
}

impl Installation {
    /// Opens an installation and brings its database to the schema of this program.
    ///
    /// # Errors
    /// Whatever is wrong with its settings, key and database, with the mend.
    pub(crate) fn open(place: &PlaceArgs, world: &World) -> anyhow::Result<Self> {
        let dir = config::folder(place.dir.as_deref(), &world.environment)?;
        Self::at(&dir, world)
    }

    fn at(dir: &Path, world: &World) -> anyhow::Result<Self> {
        let config = Config::load(dir, &world.environment)?;
        let key = KeyFile::read(&config.key_file)?;
        if let Some(file) = config.database.url.expose().strip_prefix("sqlite:")
            && !Path::new(file).exists()
        {
            // Opening would make an empty one, and what was in the other would look lost.
            let mend = "bring it back, or restore a backup with `regua restore FILE`";
            return Err(BadInput::new(format!("{file}: no such database, though {} names it; {mend}", dir.display())).into());
        }
        let db = database(&config)?;
        db.migrate(world.now).context("failed to bring the database to this version")?;
        let limits = Limits { customers: i64::from(config.database.batch), ..Limits::default() };
        let engine = Engine::new(db, MasterKey::new(key.0)).with_limits(limits);
        let tenant = whose(&config, &engine)?;
        Ok(Self { config, engine, tenant })
    }

    /// The company's row.
    pub(crate) fn stored(&self) -> anyhow::Result<StoredTenant> {
        let found = self.engine.db().read(Scope::Tenant(self.tenant), |tx| tenants::one(tx, self.tenant));
        found?.context("the company's row is gone from the database")
    }

    /// Every published policy, in the order of publication.
    pub(crate) fn published(&self) -> anyhow::Result<Vec<StoredPolicy>> {
        Ok(self.engine.db().read(Scope::Tenant(self.tenant), |tx| tenants::policies(tx, self.tenant, 0))?)
    }

    /// The newest policy that covers everybody.
    pub(crate) fn policy(&self) -> anyhow::Result<Arc<Policy>> {
        let published = self.published()?;
        let newest = published
            .iter()
            .rfind(|policy| policy.share_bp == EVERYBODY_BP)
            .context("no policy is published; publish one: regua policy publish FILE")?;
        let compiled = policy::compile(&newest.body, &Names::any());
        compiled.map(Arc::new).map_err(|_findings| anyhow::anyhow!("version {} of the policy cannot be read any more", newest.number))
    }

    /// The zone of dates on the command line.
    pub(crate) fn zone(&self) -> anyhow::Result<Zone> {
        Ok(self.policy()?.zone)
    }

    /// The instant that is meant, else now.
    pub(crate) fn moment(&self, moment: Option<Moment>, world: &World) -> anyhow::Result<Instant> {
        moment.map_or(Ok(world.now), |moment| Ok(moment.instant(self.zone()?)))
    }
}

/// Who acts, and why.
pub(crate) fn act(args: &ActArgs, world: &World) -> Act {
    Act { by: args.by.clone().unwrap_or_else(|| world.user.clone()), reason: args.reason.clone() }
}

/// Whose rows the settings mean.
fn whose(config: &Config, engine: &Engine) -> anyhow::Result<TenantId> {
    if let Some(text) = &config.tenant {
        return text
            .parse()
            .map_err(|_bad| BadInput::new(format!("company.tenant: `{text}` is not an id such as `regua init` wrote")).into());
    }
    let known = engine.tenants()?;
    match known.as_slice() {
        [only] => Ok(only.tenant),
        [] => Err(BadInput::new("the database is empty; make an installation with `regua init`, or restore a backup").into()),
        several => {
            let names: Vec<String> = several.iter().map(|one| format!("{} ({})", one.tenant, one.name)).collect();
            Err(BadInput::new(format!("the database has several companies; set company.tenant to one of {}", names.join(", "))).into())
        }
    }
}
