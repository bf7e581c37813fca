//! Webhooks: verified by the gateway's dialect, stored sealed before they are acknowledged, and processed apart.
//!
//! The same event twice is one row, in whatever order it comes. What cannot be processed is tried again with longer and longer
//! waits, and in the end kept as poison for a person, who may replay it: nothing that was acknowledged is lost. Deliberately
//! absent: what an event does, which whoever processes passes in, and sockets.

use std::panic::{AssertUnwindSafe, catch_unwind};

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::StoreError;
use regua_store::charging::webhooks::{self, Due, HookRow};
use regua_store::db::{Scope, Tx};
use regua_wire::gateways::{Heard, HookRefused, News};
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::commands::days::hex;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};

pub use regua_store::charging::webhooks::Count;

/// The longest body that is taken in, in bytes.
pub const BODY_MAX: usize = 256 << 10;
/// Webhooks that are listed at once.
const PAGE_MAX: i64 = 1_000;
/// How often one is tried before it is poison.
pub const TRIES_MAX: i64 = 8;
/// The wait after the first failed try; each further one is twice as long.
const WAIT_SECS: i64 = 60;
/// The longest wait between two tries.
const WAIT_MAX_SECS: i64 = 3_600;
/// Characters that are kept of names and reasons.
const TEXT_MAX: usize = 300;
/// What bodies are sealed for.
const PURPOSE: &str = "webhook";

/// A webhook as it came over the wire.
#[derive(Clone, Copy)]
pub struct Hook<'a> {
    /// The gateway, by the name that its address has.
    pub gateway: &'a str,
    /// What stands behind the gateway in the address, without its slash; often nothing.
    pub path: &'a str,
    /// Lower-case names.
    pub headers: &'a [(String, String)],
    /// The body, byte for byte: signatures are over it.
    pub body: &'a [u8],
}

/// Headers hold secrets and bodies people: they do not show.
impl std::fmt::Debug for Hook<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hook({}, {} bytes)", self.gateway, self.body.len())
    }
}

/// A webhook as it is kept until it was processed.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// As in [`Hook::path`].
    pub path: String,
    /// The body.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: Instant,
}

/// As for [`Hook`].
impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kept({} bytes)", self.body.len())
    }
}

/// What became of a webhook that came in. Whoever sent it is told of `Stored` and `Known` alike that it arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It is stored for good.
    Stored,
    /// It was stored before.
    Known,
    /// It is not the gateway's; whoever sent it is told nothing more.
    Refused(HookRefused),
    /// It is longer than [`BODY_MAX`].
    TooLarge,
    /// The tenant has no such gateway.
    NoGateway,
}

/// Whether somebody had to do something about an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Acted {
    /// Something changed, or it was known already.
    Done,
    /// It is about nothing of ours.
    Nothing,
}

/// What a round of processing came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Worked {
    /// Webhooks that were looked at.
    pub taken: u64,
    /// Those that were acted on.
    pub done: u64,
    /// Those about nothing of ours.
    pub nothing: u64,
    /// Those that failed and are tried again.
    pub failed: u64,
    /// Those that are poison now.
    pub poison: u64,
}

/// A webhook that a person must look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Poison {
    /// From which gateway.
    pub gateway: String,
    /// Names it, to replay it.
    pub hook: [u8; 16],
    /// The gateway's id of the event.
    pub event: String,
    /// The gateway's word for its kind.
    pub kind: String,
    /// When it came.
    pub received_at: Instant,
    /// How often it was tried.
    pub tries: i64,
    /// Why it could not be processed.
    pub why: String,
}

impl Poison {
    fn of(row: HookRow) -> Self {
        Self {
            gateway: row.gateway,
            hook: row.hook,
            event: row.event,
            kind: row.kind,
            received_at: row.received_at,
            tries: row.tries,
            why: row.said.unwrap_or_default(),
        }
    }
}

/// Whether a webhook is the gateway's, and what it says: headers, body, now.
pub type Verify<'v> = dyn Fn(&Hook<'_>, Instant) -> Result<Vec<Heard>, HookRefused> + 'v;
/// What a stored webhook says, read anew: its signature was looked at when it came, and may be too old by now.
pub type Reader<'r> = dyn Fn(TenantId, &str, &Kept) -> Result<Vec<Heard>, HookRefused> + 'r;
/// Acts on one event within the transaction that marks its webhook as done. The same event may come again: acting on it
/// twice must do what acting once does.
pub type Actor<'a> = dyn FnMut(&mut Tx<'_>, TenantId, &str, &Heard) -> Result<Acted> + 'a;

/// What became of one that was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Came {
    Done,
    Nothing,
    Failed,
    Poison,
}

/// Why one could not be processed.
struct Failure {
    why: String,
    /// Whether trying again is of no use.
    for_good: bool,
}

impl Worked {
    fn count(&mut self, came: Came) {
        self.taken += 1;
        match came {
            Came::Done => self.done += 1,
            Came::Nothing => self.nothing += 1,
            Came::Failed => self.failed += 1,
            Came::Poison => self.poison += 1,
        }
    }
}

impl Engine {
    /// Takes a webhook in: when this returns [`Taken::Stored`] or [`Taken::Known`], it is stored for good.
    ///
    /// One that the gateway surely sent and nobody can read is stored as poison, and one that says nothing as done.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database cannot be reached: the gateway must send it again. Whatever else it says.
    pub fn take_hook(&self, tenant: TenantId, hook: &Hook<'_>, now: Instant, verify: &Verify<'_>) -> Result<Taken> {
        if hook.body.len() > BODY_MAX {
            return Ok(Taken::TooLarge);
        }
        let (heard, unreadable) = match verify(hook, now) {
            Ok(heard) => (heard, None),
            Err(HookRefused::Unreadable(why)) => (Vec::new(), Some(HookRefused::Unreadable(why).to_string())),
            Err(refused @ (HookRefused::Unsigned | HookRefused::Forged | HookRefused::Stale)) => return Ok(Taken::Refused(refused)),
        };
        let row = self.row(tenant, hook, now, &heard, unreadable)?;
        match self.db.write(Scope::Tenant(tenant), |tx| webhooks::receive(tx, tenant, &row)) {
            Ok(true) => Ok(Taken::Stored),
            Ok(false) => Ok(Taken::Known),
            Err(StoreError::Foreign { .. }) => Ok(Taken::NoGateway),
            Err(error) => Err(error.into()),
        }
    }

    fn row(&self, tenant: TenantId, hook: &Hook<'_>, now: Instant, heard: &[Heard], unreadable: Option<String>) -> Result<HookRow> {
        let id = identity(heard, hook.body);
        let nothing = unreadable.is_none() && heard.iter().all(|one| one.news == News::Nothing);
        let (status, due_at) = match (&unreadable, nothing) {
            (Some(_), _) => ("poison", None),
            (None, true) => ("nothing", None),
            (None, false) => ("waiting", Some(now)),
        };
        let (event, kind) = heard.first().map_or(("", ""), |first| (&first.event, &first.kind));
        let kind = if heard.len() > 1 { format!("{} and {} more", cut(kind), heard.len() - 1) } else { cut(kind) };
        Ok(HookRow {
            gateway: hook.gateway.to_owned(),
            hook: id,
            event: cut(event),
            kind,
            received_at: now,
            status: status.to_owned(),
            due_at,
            tries: 0,
            done_at: nothing.then_some(now),
            said: unreadable.map(|why| cut(&why)),
            body: if nothing { None } else { Some(self.sealed(tenant, hook, &id)?) },
        })
    }

    fn sealed(&self, tenant: TenantId, hook: &Hook<'_>, id: &[u8; 16]) -> Result<Vec<u8>> {
        let length = u32::try_from(hook.path.len()).unwrap_or(u32::MAX);
        let mut plain = Vec::with_capacity(4 + hook.path.len() + hook.body.len());
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(hook.path.as_bytes());
        plain.extend_from_slice(hook.body);
        let sealed = self.master.seal(PURPOSE, &owner(tenant, hook.gateway, id), &plain);
        sealed.map_err(|why| Error::bug("sealed", format!("a webhook cannot be sealed: {why}")))
    }

    fn opened(&self, tenant: TenantId, row: &HookRow) -> Result<Kept> {
        let bad = |why: String| Error::bug("sealed", format!("a webhook cannot be opened: {why}; is this the right key file?"));
        let sealed = row.body.as_deref().ok_or_else(|| bad("it has no body".to_owned()))?;
        let plain = self.master.open(PURPOSE, &owner(tenant, &row.gateway, &row.hook), sealed).map_err(|why| bad(why.to_string()))?;
        let cut = plain.split_first_chunk::<4>().and_then(|(length, rest)| {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            rest.split_at_checked(length)
        });
        let (path, body) = cut.ok_or_else(|| bad("it is cut off".to_owned()))?;
        let path = String::from_utf8(path.to_vec()).map_err(|why| bad(why.to_string()))?;
        Ok(Kept { path, body: body.to_vec(), received_at: row.received_at })
    }

    /// Processes up to `limit` webhooks of any tenant that are due, the longest first, each in a transaction of its own, in
    /// which `act` is asked about every event of it and the webhook is marked. What fails leaves nothing behind but the mark
    /// that it failed; a panic is caught and makes it poison. Several threads and processes may work at once.
    ///
    /// # Errors
    /// When the database cannot be reached; nothing is lost.
    pub fn work_hooks(&self, now: Instant, limit: u64, reader: &Reader<'_>, act: &mut Actor<'_>) -> Result<Worked> {
        let mut worked = Worked::default();
        while worked.taken < limit {
            let Some(came) = self.work_one(now, reader, act)? else { break };
            worked.count(came);
        }
        Ok(worked)
    }

    fn work_one(&self, now: Instant, reader: &Reader<'_>, act: &mut Actor<'_>) -> Result<Option<Came>> {
        let mut taken: Option<Due> = None;
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.db.write(Scope::Claim, |tx| {
                let Some(due) = webhooks::take(tx, now, 1)?.pop() else { return Ok(None) };
                let due = taken.insert(due);
                tx.scope(Scope::Tenant(due.tenant))?;
                self.process(tx, due, now, reader, act).map(Some)
            })
        }));
        let failure = match done {
            Ok(Ok(came)) => return Ok(came),
            Ok(Err(error)) if taken.is_none() => return Err(error),
            Ok(Err(error)) => Failure { why: error.to_string(), for_good: false },
            // Its words may quote what was read.
            Err(_panic) => Failure { why: "processing it failed; this is a bug, please report it".to_owned(), for_good: true },
        };
        let due = taken.ok_or_else(|| Error::bug("panicked", "looking for webhooks failed; this is a bug, please report it"))?;
        self.failed(&due, now, &failure).map(Some)
    }

    /// Everything about one, within its transaction.
    fn process(&self, tx: &mut Tx<'_>, due: &Due, now: Instant, reader: &Reader<'_>, act: &mut Actor<'_>) -> Result<Came> {
        let (tenant, gateway) = (due.tenant, due.gateway.as_str());
        let row = webhooks::load(tx, tenant, gateway, &[due.hook])?.pop();
        let mut row = row.ok_or_else(|| Error::bug("hook_gone", "a webhook that was due is not there"))?;
        let kept = self.opened(tenant, &row)?;
        let heard = match reader(tenant, gateway, &kept) {
            Ok(heard) => heard,
            Err(refused) => {
                mark(&mut row, now, &Failure { why: refused.to_string(), for_good: true });
                webhooks::set(tx, tenant, gateway, &[row])?;
                return Ok(Came::Poison);
            }
        };
        let mut came = Came::Nothing;
        for one in &heard {
            if one.news != News::Nothing && act(tx, tenant, gateway, one)? == Acted::Done {
                came = Came::Done;
            }
        }
        row.status = if came == Came::Done { "done" } else { "nothing" }.to_owned();
        (row.due_at, row.done_at, row.said) = (None, Some(now), None);
        webhooks::set(tx, tenant, gateway, &[row])?;
        Ok(came)
    }

    /// Marks that one failed, in a transaction of its own: the one that failed left nothing.
    fn failed(&self, due: &Due, now: Instant, failure: &Failure) -> Result<Came> {
        let (tenant, gateway) = (due.tenant, due.gateway.as_str());
        let marked = self.db.write(Scope::Tenant(tenant), |tx| {
            let row = webhooks::load(tx, tenant, gateway, &[due.hook])?.pop();
            // Somebody else was faster since, or the commit that was not answered had happened.
            let Some(mut row) = row.filter(|row| row.due_at.is_some_and(|due_at| due_at <= now)) else { return Ok(Came::Failed) };
            let came = mark(&mut row, now, failure);
            webhooks::set(tx, tenant, gateway, &[row])?;
            Ok::<_, StoreError>(came)
        });
        match marked {
            Ok(came) => Ok(came),
            Err(StoreError::Vanished { .. }) => Ok(Came::Failed),
            Err(error) => Err(error.into()),
        }
    }

    /// When the next webhook of any tenant is due; [`Instant::NEVER`] when none is.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn next_hook(&self) -> Result<Instant> {
        Ok(self.db.read(Scope::Claim, webhooks::next_due)?)
    }

    /// Up to `limit` webhooks that could not be processed, at most a thousand, oldest first.
    ///
    /// * `after` — when the last one of the page before came, its gateway and its id; nothing for the first page.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn poison_hooks(&self, tenant: TenantId, after: Option<(Instant, &str, [u8; 16])>, limit: i64) -> Result<Vec<Poison>> {
        let after = after.unwrap_or((Instant::from_secs(0), "", [0; 16]));
        let rows = self.db.read(Scope::Tenant(tenant), |tx| webhooks::poison(tx, tenant, after, limit.clamp(0, PAGE_MAX)))?;
        Ok(rows.into_iter().map(Poison::of).collect())
    }

    /// A webhook that could not be processed; none when there is none such any more.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn poison_hook(&self, tenant: TenantId, gateway: &str, hook: [u8; 16]) -> Result<Option<Poison>> {
        let row = self.db.read(Scope::Tenant(tenant), |tx| webhooks::load(tx, tenant, gateway, &[hook]))?.pop();
        Ok(row.filter(|row| row.status == "poison").map(Poison::of))
    }

    /// Lets a webhook that is poison be processed once more from now on; whether it was poison.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn replay_hook(&self, tenant: TenantId, gateway: &str, hook: [u8; 16], act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let was_poison = webhooks::replay(tx, tenant, gateway, hook, now)?;
            if was_poison {
                let payload = log::json(&serde_json::json!({ "gateway": gateway, "hook": hex(&hook), "act": act }))?;
                note(tx, &mut stored, now, "hook_replayed", payload)?;
            }
            Ok(was_poison)
        })
    }

    /// How many webhooks there are of each gateway and status.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn count_hooks(&self, tenant: TenantId) -> Result<Vec<Count>> {
        Ok(self.db.read(Scope::Tenant(tenant), |tx| webhooks::counts(tx, tenant))?)
    }

    /// Forgets up to `limit` webhooks that were done before a moment; how many. One that is told again afterwards is taken in
    /// anew, so the moment lies further back than any gateway repeats itself.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn forget_hooks(&self, tenant: TenantId, before: Instant, limit: i64) -> Result<u64> {
        Ok(self.db.write(Scope::Tenant(tenant), |tx| webhooks::forget(tx, tenant, before, limit))?)
    }
}

/// Writes a failed try into its row.
fn mark(row: &mut HookRow, now: Instant, failure: &Failure) -> Came {
    row.tries = row.tries.saturating_add(1);
    row.said = Some(cut(&failure.why));
    if failure.for_good || row.tries >= TRIES_MAX {
        row.status = "poison".to_owned();
        row.due_at = None;
        return Came::Poison;
    }
    row.due_at = Some(Instant::from_micros(now.micros().saturating_add(wait_secs(row.tries) * 1_000_000)));
    Came::Failed
}

/// How long one waits after so many failed tries, in seconds.
fn wait_secs(tries: i64) -> i64 {
    let doubled = u32::try_from(tries.saturating_sub(1)).ok().and_then(|times| 2_i64.checked_pow(times));
    doubled.and_then(|times| times.checked_mul(WAIT_SECS)).unwrap_or(WAIT_MAX_SECS).min(WAIT_MAX_SECS)
}

/// What makes two webhooks the same: the events that they tell of. Of one whose events have no ids, or that nobody can read,
/// its bytes.
fn identity(heard: &[Heard], body: &[u8]) -> [u8; 16] {
    let mut events: Vec<&str> = heard.iter().map(|one| one.event.as_str()).collect();
    events.sort_unstable();
    events.dedup();
    let mut hash = Sha256::new();
    if events.first().is_none_or(|first| first.is_empty()) {
        hash.update(b"body");
        hash.update(body);
    } else {
        hash.update(b"events");
        for event in events {
            // Lengths keep the texts apart.
            hash.update(u64::try_from(event.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(event);
        }
    }
    let mut id = [0; 16];
    id.copy_from_slice(&hash.finalize()[..16]);
    id
}

/// For whom a body is sealed: nobody's row can be given the body of another.
fn owner(tenant: TenantId, gateway: &str, id: &[u8; 16]) -> Vec<u8> {
    let mut owner = Vec::with_capacity(32 + gateway.len());
    owner.extend_from_slice(&tenant.to_bytes());
    owner.extend_from_slice(id);
    owner.extend_from_slice(gateway.as_bytes());
    owner
}

/// The beginning of a text from outside.
fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(event: &str) -> Heard {
        Heard { event: event.to_owned(), kind: "paid".to_owned(), news: News::Nothing, at: None }
    }

    #[test]
    fn the_wait_doubles_from_a_minute_to_an_hour() {
        let waits: Vec<i64> = (1..=8).map(wait_secs).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        for odd in [i64::MIN, -1, 0, 64, 1_000, i64::MAX] {
            assert!((0..=WAIT_MAX_SECS).contains(&wait_secs(odd)), "{odd}");
        }
    }

    #[test]
    fn a_webhook_is_known_by_its_events_whatever_their_order_and_else_by_its_bytes() {
        let one = identity(&[heard("a"), heard("b")], b"x");
        assert_eq!(one, identity(&[heard("b"), heard("a"), heard("a")], b"y"));
        for other in [vec![heard("a")], vec![heard("ab")], vec![heard("a"), heard("c")], vec![]] {
            assert_ne!(one, identity(&other, b"x"));
        }
        assert_ne!(identity(&[], b"x"), identity(&[], b"y"));
        assert_ne!(identity(&[heard("")], b"x"), identity(&[heard("")], b"y"), "without an id each is another");
        assert_ne!(identity(&[heard(""), heard("a")], b"x"), identity(&[heard(""), heard("a")], b"y"));
    }

    #[test]
    fn a_failed_one_becomes_poison_with_its_last_try_and_keeps_why() {
        let now = Instant::from_secs(1_800_000_000);
        let mut row = HookRow {
            gateway: "g".to_owned(),
            hook: [1; 16],
            event: "e".to_owned(),
            kind: "k".to_owned(),
            received_at: now,
            status: "waiting".to_owned(),
            due_at: Some(now),
            tries: 0,
            done_at: None,
            said: None,
            body: None,
        };
        let failure = Failure { why: "é".repeat(1_000), for_good: false };
        for try_ in 1..TRIES_MAX {
            assert_eq!((mark(&mut row, now, &failure), row.tries), (Came::Failed, try_));
            assert!(row.due_at > Some(now) && row.status == "waiting");
        }
        assert_eq!(mark(&mut row, now, &failure), Came::Poison);
        assert_eq!((row.status.as_str(), row.due_at), ("poison", None));
        assert_eq!(row.said.map(|said| said.chars().count()), Some(TEXT_MAX));
    }
}
