//! `regua run`: one pass over everything due, or pass after pass.
//!
//! A pass can be cut off anywhere and run again. Only a mail that is being handed over when the process dies is unknown
//! afterwards; so an interrupt is heard, and the mails under way are finished first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant as Clock};

use anyhow::Context as _;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::charging::{Charged, Charging, Gateways};
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::Mailbox;
use regua_engine::{Kind, Passed, Ticked};
use regua_store::db::Dialect;
use regua_store::tenants::StoredTenant;

use super::installation::Installation;
use super::post::{Post, mailbox};
use super::serve::wake::{Pulse, Wake};
use crate::cli::live::RunArgs;
use crate::exit::{BadInput, Exit, note};
use crate::output::{Format, Listing, Out, Paint, counted};
use crate::progress::Progress;
use crate::why::moment;
use crate::world::{World, clock};

/// Longest wait between two passes: payments and acts of other processes wake customers meanwhile.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// How often a wait looks whether it is interrupted.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Keeps running, as `serve` does beside its sockets: woken by what rings, with a pulse that shows that it lives.
pub(super) fn follow(
    installation: &Installation,
    world: &World,
    (wake, pulse): (&Wake, &Pulse),
    stop: &Arc<AtomicBool>,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let mut running = Running::of(installation, world, Some((wake, pulse)), stop);
    running.equip(None)?;
    running.follow(out)
}

/// Runs.
pub(crate) fn run(args: &RunArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let now = installation.moment(args.as_of, world)?;
    let stored = installation.stored()?;
    let mode: Mode = stored.mode.parse().unwrap_or(Mode::Shadow);
    if now > world.now && mode != Mode::Shadow && installation.config.email.capture.is_none() && !args.no_send {
        let told = "--as-of lies in the future, and messages would go out now; capture them (email.capture) or add --no-send";
        return Err(BadInput::new(told).into());
    }
    if now > world.now && super::gateway::is_real(&installation.config) && !args.no_send {
        let told = "--as-of lies in the future, and gateways would take real money now; use the sandbox, or add --no-send";
        return Err(BadInput::new(told).into());
    }
    let (stop, fixed) = (interrupted()?, args.as_of.map(|_| now));
    let mut running = Running { fixed, no_send: args.no_send, ..Running::of(&installation, world, None, &stop) };
    running.equip(Some(stored.clone()))?;
    if args.follow {
        return running.follow(out);
    }
    let passed = running.pass()?;
    let zone = installation.zone()?;
    if args.listing.format == Format::Table {
        out.line(&format!("{}, {mode}, at {}", stored.name, moment(zone, now)))?;
    }
    told(&passed, args.listing.format, out)?;
    if args.listing.format == Format::Table {
        remarks(&passed, out)?;
    }
    Ok(if passed.ticked.parked + passed.billed.parked > 0 { Exit::Rejected } else { Exit::Done })
}

/// As many threads as help: SQLite has one writer.
fn workers(installation: &Installation, world: &World) -> usize {
    match installation.engine.db().dialect() {
        Dialect::Sqlite => 1,
        Dialect::Postgres => world.threads.min(usize::from(installation.config.database.connections)).max(1),
    }
}

/// Set by the first interrupt; the second one ends the process at once.
pub(super) fn interrupted() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // In this order, so that one interrupt does not do both.
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&stop)).context("failed to listen to interrupts")?;
        signal_hook::flag::register(signal, Arc::clone(&stop)).context("failed to listen to interrupts")?;
    }
    Ok(stop)
}

struct Running<'i> {
    installation: &'i Installation,
    /// As what, and for whom, it was made ready: made ready anew when that has become another.
    ready_for: Option<(Mode, Option<Vec<u8>>)>,
    /// Nothing where nothing is sent.
    post: Option<Post>,
    /// Where bounces return.
    mailbox: Option<Box<dyn Mailbox>>,
    /// The moment that is played, if not the real one.
    fixed: Option<Instant>,
    /// Whether nothing is sent, whatever the mode.
    no_send: bool,
    stop: Arc<AtomicBool>,
    workers: usize,
    /// Those that can be reached; none where nothing is sent.
    gateways: Gateways,
    /// What wakes it before its time, and its pulse; beside a server.
    beside: Option<(&'i Wake, &'i Pulse)>,
    /// How often it was woken.
    seen: u64,
    /// When bounces were read last.
    received: Option<Clock>,
}

impl<'i> Running<'i> {
    /// Not equipped yet.
    fn of(installation: &'i Installation, world: &World, beside: Option<(&'i Wake, &'i Pulse)>, stop: &Arc<AtomicBool>) -> Self {
        Self {
            installation,
            ready_for: None,
            post: None,
            mailbox: None,
            fixed: None,
            no_send: false,
            stop: Arc::clone(stop),
            workers: workers(installation, world),
            gateways: Gateways::default(),
            beside,
            seen: 0,
            received: None,
        }
    }

    /// Makes ready what the mode asks for, again when somebody has changed the mode.
    fn equip(&mut self, stored: Option<StoredTenant>) -> anyhow::Result<()> {
        let stored = stored.map_or_else(|| self.installation.stored(), Ok)?;
        let mode: Mode = stored.mode.parse().unwrap_or(Mode::Shadow);
        if self.ready_for.as_ref().is_some_and(|(known, redirect)| *known == mode && *redirect == stored.redirect_to) {
            return Ok(());
        }
        (self.post, self.mailbox, self.gateways) = (None, None, Gateways::default());
        if mode != Mode::Shadow && !self.no_send {
            self.post = Some(Post::of(self.installation, &stored)?);
            self.mailbox = mailbox(&self.installation.config)?;
            self.gateways = super::gateway::gateways(self.installation, self.now())?;
        }
        self.ready_for = Some((mode, stored.redirect_to));
        Ok(())
    }

    /// It lives.
    fn beat(&self) {
        if let Some((_, pulse)) = self.beside {
            pulse.beat(clock());
        }
    }

    fn now(&self) -> Instant {
        self.fixed.unwrap_or_else(clock)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Bills, decides and sends until all are still, or interrupted.
    fn pass(&mut self) -> anyhow::Result<Passed> {
        let mut passed = Passed::default();
        self.receive()?;
        let progress = Progress::of_count("deciding", "customers");
        let engine = &self.installation.engine;
        while !self.stopped() {
            let beside = self.beside;
            let advance = |ticked: &Ticked| {
                progress.advance(ticked.customers);
                if let Some((_, pulse)) = beside {
                    pulse.beat(clock());
                }
            };
            self.beat();
            passed.billed.add(engine.bill_due(self.now(), self.workers)?);
            let ticked = engine.decide_due(self.now(), self.workers, &advance)?;
            passed.ticked.add(ticked);
            let charged = self.charge()?;
            passed.charged.add(charged);
            let sent = self.send()?;
            passed.dispatched.add(sent);
            if sent.taken == 0 && charged.is_still() {
                break;
            }
        }
        // A moment that is only played ends no day.
        if self.fixed.is_none() && !self.stopped() {
            engine.seal_days(self.now())?;
        }
        Ok(passed)
    }

    /// Takes in what came back of mails. A mailbox that cannot be read now holds up nothing else.
    fn receive(&mut self) -> anyhow::Result<()> {
        let now = self.now();
        // A bell may ring many times a minute, and no mail server wants to be asked as often.
        let lately = |at: Clock| self.beside.is_some() && at.elapsed() < WAIT_MAX;
        if self.received.is_some_and(lately) {
            return Ok(());
        }
        let Some(mailbox) = &mut self.mailbox else { return Ok(()) };
        self.received = Some(Clock::now());
        while !self.stop.load(Ordering::Relaxed) {
            match self.installation.engine.receive(self.installation.tenant, mailbox.as_mut(), now) {
                Ok(received) if received.letters == 0 => break,
                Ok(_) => {}
                Err(error) if error.kind == Kind::Busy => {
                    note(&format!("bounces were not read: {error}"));
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Takes in what gateways told, and does with them whatever is due.
    fn charge(&mut self) -> anyhow::Result<Charged> {
        if self.gateways.is_empty() {
            return Ok(Charged::default());
        }
        let (fixed, how) = (self.fixed, Charging::default());
        let now = alive(fixed, self.beside);
        super::gateway::work_hooks(self.installation, now(), how)?;
        Ok(self.installation.engine.gateways_due(&now, &mut self.gateways, how)?)
    }

    /// Sends what is due, group by group: between two groups an interrupt is heard.
    fn send(&mut self) -> anyhow::Result<Dispatched> {
        let fixed = self.fixed;
        let Some(post) = &mut self.post else { return Ok(Dispatched::default()) };
        let now = alive(fixed, self.beside);
        let more = |_: &Dispatched| !self.stop.load(Ordering::Relaxed);
        let config = &self.installation.config;
        let people_a_day = config.channels.whatsapp.as_ref().and_then(|own| own.tier);
        let sending = Sending { group: i64::from(config.email.group), people_a_day, ..Sending::default() };
        let engine = &self.installation.engine;
        let sent = engine.dispatch(&now, &mut post.courier, &post.stationery, sending, &more)?;
        engine.send_links(&now, &mut post.courier, &post.stationery)?;
        Ok(sent)
    }

    /// Pass after pass, each when something is due.
    fn follow(&mut self, out: &mut Out) -> anyhow::Result<Exit> {
        let zone = self.installation.zone()?;
        out.line("Running; interrupt to stop.")?;
        out.flush()?;
        while !self.stopped() {
            self.beat();
            // What was changed while it runs, a mode that lacks something, say, is told and waits; it ends nothing.
            if let Err(error) = self.equip(None) {
                note(&format!("nothing is sent: {error:#}"));
            }
            match self.pass() {
                Ok(passed) if passed == Passed::default() => {}
                Ok(passed) => {
                    out.line(&format!("{}  {}", moment(zone, clock()), in_short(&passed)))?;
                    out.flush()?;
                    // What was decided belongs into the feed at once; oneself has seen it already.
                    if let Some((wake, _)) = self.beside {
                        wake.ring_others(&mut self.seen);
                    }
                }
                Err(error) if is_passing(&error) => note(&format!("{error:#}; trying again")),
                Err(error) => return Err(error),
            }
            self.beat();
            let next = self.installation.engine.next_due().unwrap_or(Instant::NEVER);
            self.wait(next);
        }
        out.line("Stopped; nothing was left half done.")?;
        Ok(Exit::Done)
    }

    /// Waits until a moment, but no longer than is good for hearing of others' acts.
    fn wait(&mut self, next: Instant) {
        let micros = next.micros().saturating_sub(clock().micros());
        let mut left = u64::try_from(micros).map_or(LOOK_EVERY, Duration::from_micros).clamp(LOOK_EVERY, WAIT_MAX);
        if let Some((wake, _)) = self.beside {
            return wake.wait(&mut self.seen, left, &self.stop);
        }
        while !left.is_zero() && !self.stopped() {
            let part = left.min(LOOK_EVERY);
            sleep(part);
            left = left.saturating_sub(part);
        }
    }
}

/// The moment, asked between two groups of work: whoever asks lives.
fn alive(fixed: Option<Instant>, beside: Option<(&Wake, &Pulse)>) -> impl Fn() -> Instant {
    move || {
        if let Some((_, pulse)) = beside {
            pulse.beat(clock());
        }
        fixed.unwrap_or_else(clock)
    }
}

#[expect(clippy::disallowed_methods, reason = "a process that keeps running waits for the real clock")]
pub(super) fn sleep(length: Duration) {
    std::thread::sleep(length);
}

/// Whether an error goes by itself: the database is busy or away for a while.
fn is_passing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<regua_engine::Error>().is_some_and(|error| error.kind == Kind::Busy)
}

const COUNTS: [(&str, &str); 2] = [("what", "what"), ("count", "count")];
/// What a person is told even when it is nothing.
const ALWAYS_TOLD: [&str; 3] = ["customers looked at", "decisions", "messages sent"];

fn told(passed: &Passed, format: Format, out: &mut Out) -> anyhow::Result<()> {
    let Passed { billed, ticked, dispatched, charged } = passed;
    let mut rows = Listing::new(&COUNTS);
    for (what, count) in [
        ("invoices made", billed.invoices),
        ("credits made", billed.credits),
        ("customers looked at", ticked.customers),
        ("receivables looked at", ticked.receivables),
        ("decisions", ticked.decisions),
        ("other effects recorded", ticked.effects),
        ("customers set aside", ticked.parked + billed.parked),
        ("charges settled", charged.settled),
        ("charges declined", charged.declined),
        ("charges put off", charged.later),
        ("charges not made", charged.dropped),
        ("charges awaited", charged.unknown),
        ("ways to pay made or closed", charged.instruments),
        ("refunds sent", charged.refunds),
        ("messages ordered", ticked.messages),
        ("messages sent", dispatched.sent),
        ("messages put off", dispatched.later),
        ("messages cancelled", dispatched.cancelled),
        ("messages failed", dispatched.failed),
        ("messages unknown", dispatched.unknown),
    ] {
        // Programs get every count; a person what there was.
        if count > 0 || format != Format::Table || ALWAYS_TOLD.contains(&what) {
            rows.row([what.into(), count.into()]);
        }
    }
    out.listing(&rows, format)
}

/// What needs a person.
fn remarks(passed: &Passed, out: &mut Out) -> anyhow::Result<()> {
    if passed.ticked.parked + passed.billed.parked > 0 {
        out.aside(Paint::Red, "Customers were set aside because they could not be decided or billed; `regua doctor` says why.")?;
    }
    if passed.dispatched.failed + passed.dispatched.unknown > 0 {
        out.aside(Paint::Yellow, "Some messages need a person: regua messages")?;
    }
    Ok(())
}

fn in_short(passed: &Passed) -> String {
    let Passed { billed, ticked, dispatched, charged } = passed;
    let mut parts = vec![counted(ticked.decisions, "decision")];
    for (count, what) in [
        (billed.invoices + billed.credits, "invoiced"),
        (charged.settled, "paid"),
        (charged.declined, "declined"),
        (charged.dropped, "not charged"),
        (dispatched.sent, "sent"),
        (dispatched.later, "put off"),
        (dispatched.cancelled, "cancelled"),
        (dispatched.failed, "failed"),
        (dispatched.unknown, "unknown"),
        (ticked.parked + billed.parked, "set aside"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}
