//! The verbs that work on an installation: a folder with `regua.toml`, and the database that it names.
//!
//! Deliberately absent: rules and SQL. The engine does what is asked; these files ask, and tell what came of it.

use crate::cli::live::{CustomerVerb, LiveVerb, MessagesVerb, MigrateArgs, PlaceArgs, PublishArgs, ReportVerb};
use crate::cli::{ExplainArgs, PlanArgs};
use crate::config;
use crate::exit::Exit;
use crate::output::{Format, Out};
use crate::world::World;

/// Carries out a verb.
pub(crate) fn run(verb: &LiveVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        LiveVerb::Config(args) if args.manual => config::manual(out),
        LiveVerb::Config(args) => {
            let dir = config::folder(args.place.dir.as_deref(), &world.environment)?;
            config::show(&dir, &world.environment, args.listing.format, out)
        }
        LiveVerb::Init(_) => unwired("init"),
        LiveVerb::Import(_) => unwired("import"),
        LiveVerb::Run(_) => unwired("run"),
        LiveVerb::Mode(_) => unwired("mode"),
        LiveVerb::Hold(_) => unwired("hold"),
        LiveVerb::Release(_) => unwired("release"),
        LiveVerb::Pause(_) => unwired("pause"),
        LiveVerb::Resume(_) => unwired("resume"),
        LiveVerb::Promise(_) => unwired("promise"),
        LiveVerb::Dispute(_) => unwired("dispute"),
        LiveVerb::Approve(_) => unwired("approve"),
        LiveVerb::Reject(_) => unwired("reject"),
        LiveVerb::Messages(args) => match args.verb {
            None => unwired("messages"),
            Some(MessagesVerb::Show { .. }) => unwired("messages show"),
            Some(MessagesVerb::Settle { .. }) => unwired("messages settle"),
        },
        LiveVerb::Report(ReportVerb::Aging { .. }) => unwired("report aging"),
        LiveVerb::Customer(CustomerVerb::Export { .. }) => unwired("customer export"),
        LiveVerb::Customer(CustomerVerb::Erase { .. }) => unwired("customer erase"),
        LiveVerb::Backup(_) => unwired("backup"),
        LiveVerb::Restore(_) => unwired("restore"),
        LiveVerb::Verify(_) => unwired("verify"),
        LiveVerb::Doctor(_) => unwired("doctor"),
    }
}

/// `plan` on an installation.
pub(crate) fn plan(args: &PlanArgs, world: &World, _out: &mut Out) -> anyhow::Result<Exit> {
    config::folder(args.place.dir.as_deref(), &world.environment)?;
    unwired("plan")
}

/// `explain` on an installation.
pub(crate) fn explain(args: &ExplainArgs, world: &World, _out: &mut Out) -> anyhow::Result<Exit> {
    config::folder(args.place.dir.as_deref(), &world.environment)?;
    unwired("explain")
}

/// `policy list --published`.
pub(crate) fn published(_place: &PlaceArgs, _format: Format, _world: &World, _out: &mut Out) -> anyhow::Result<Exit> {
    unwired("policy list --published")
}

/// `policy publish`.
pub(crate) fn publish(_args: &PublishArgs, _world: &World, _out: &mut Out) -> anyhow::Result<Exit> {
    unwired("policy publish")
}

/// `policy migrate`.
pub(crate) fn migrate(_args: &MigrateArgs, _world: &World, _out: &mut Out) -> anyhow::Result<Exit> {
    unwired("policy migrate")
}

// TODO(#3): goes with the engine's functions.
fn unwired(verb: &str) -> anyhow::Result<Exit> {
    anyhow::bail!("`regua {verb}` is not built yet")
}
