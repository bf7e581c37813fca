//! The verbs that work on an installation: a folder with `regua.toml`, and the database that it names.
//!
//! Deliberately absent: rules and SQL. The engine does what is asked; these files ask, and tell what came of it.

mod access;
mod acts;
pub(crate) mod aging;
mod authorise;
pub(crate) mod bank;
mod billing;
mod brand;
mod channels;
mod charging;
mod copies;
mod doctor;
mod documents;
mod endpoints;
mod explain;
mod gateway;
mod held;
mod import;
mod init;
pub(crate) mod installation;
mod messages;
mod mirrors;
mod mode;
mod money;
mod office;
mod overlay;
mod pauses;
mod people;
mod person;
pub(crate) mod plan;
pub(crate) mod policies;
pub(crate) mod post;
mod print;
mod run;
mod second_copy;
pub(crate) mod serve;
mod statement;
mod sure;
mod verify;

use crate::cli::live::{LiveVerb, ReportVerb, VerdictArgs};
use crate::config;
use crate::exit::Exit;
use crate::output::Out;
use crate::world::World;

pub(crate) use explain::run as explain;

/// Carries out a verb.
pub(crate) fn run(verb: &LiveVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        LiveVerb::Config(args) if args.manual => config::manual(out),
        LiveVerb::Config(args) => {
            let dir = config::folder(args.place.dir.as_deref(), &world.environment)?;
            config::show(&dir, &world.environment, args.listing.format, out)
        }
        LiveVerb::Init(args) => init::run(args, world, out),
        LiveVerb::Import(args) => import::run(args, world, out),
        LiveVerb::Price(verb) => billing::prices::run(verb, world, out),
        LiveVerb::Subscription(verb) => billing::subscription(verb, world, out),
        LiveVerb::Invoice(verb) => billing::invoices::run(verb, world, out),
        LiveVerb::Run(args) => run::run(args, world, out),
        LiveVerb::Mode(args) => mode::run(args, world, out),
        LiveVerb::Hold(args) => acts::hold(args, true, world, out),
        LiveVerb::Release(args) => acts::hold(args, false, world, out),
        LiveVerb::Pause(args) => pauses::pause(args, world, out),
        LiveVerb::Resume(args) => pauses::resume(args, world, out),
        LiveVerb::Promise(args) => acts::promise(args, world, out),
        LiveVerb::Dispute(args) => acts::dispute(args, world, out),
        LiveVerb::Approve(args) => verdict(args, true, world, out),
        LiveVerb::Reject(args) => verdict(args, false, world, out),
        LiveVerb::Bank(verb) => bank::run(verb, world, out),
        LiveVerb::Channel(verb) => channels::run(verb, world, out),
        LiveVerb::Gateway(verb) => gateway::run(verb, world, out),
        LiveVerb::Method(verb) => charging::method(verb, world, out),
        LiveVerb::Charge(verb) => charging::charge(verb, world, out),
        LiveVerb::PayBy(args) => charging::pay_by(args, world, out),
        LiveVerb::Retries(verb) => charging::retries(verb, world, out),
        LiveVerb::Sandbox(verb) => charging::sandbox(verb, world, out),
        LiveVerb::Serve(args) => serve::serve(args, world, out),
        LiveVerb::Person(verb) => people::person(verb, world, out),
        LiveVerb::Key(verb) => people::key(verb, world, out),
        LiveVerb::Endpoint(verb) => endpoints::endpoint(verb, world, out),
        LiveVerb::Events(args) => endpoints::events(args, world, out),
        LiveVerb::Held(verb) => held::run(verb, world, out),
        LiveVerb::Brand(verb) => brand::run(verb, world, out),
        LiveVerb::Document(verb) => documents::run(verb, world, out),
        LiveVerb::Sync(args) => overlay::sync(args, world, out),
        LiveVerb::Eject(args) => overlay::eject(args, world, out),
        LiveVerb::Money(verb) => money::run(verb, world, out),
        LiveVerb::Messages(args) => messages::run(args, world, out),
        LiveVerb::Report(ReportVerb::Discounts { span, place, listing }) => charging::discounts(*span, place, listing, world, out),
        LiveVerb::Report(ReportVerb::Aging { on, hindsight, place, listing }) => aging::run(*on, *hindsight, place, listing, world, out),
        LiveVerb::Customer(verb) => person::run(verb, world, out),
        LiveVerb::Access(args) => access::run(args, world, out),
        LiveVerb::SecondCopy(args) => second_copy::run(args, world, out),
        LiveVerb::Backup(args) => copies::backup(args, world, out),
        LiveVerb::Restore(args) => copies::restore(args, world, out),
        LiveVerb::Verify(args) => verify::run(args, world, out),
        LiveVerb::Doctor(args) => doctor::run(args, world, out),
    }
}

/// `approve` and `reject`.
fn verdict(args: &VerdictArgs, released: bool, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match (&args.id, &args.step) {
        (Some(id), Some(step)) => acts::verdict(args, id, step, released, world, out),
        (_, _) => acts::awaiting(args, world, out),
    }
}
