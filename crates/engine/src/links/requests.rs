//! What customers ask of a person: it stands in their chain, waits in a list, and what they wrote is sealed.

use regua_core::facts::{Cause, Fact, FactError};
use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::party::{Customer, Health};
use regua_core::time::{Instant, Zone};
use regua_core::words::{Channel, Rail};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::links::{self, FileRow, RequestRow};
use regua_store::lists::NEWEST;
use regua_store::tasks::{self, TaskRow};
use serde_json::{Value, json};

use super::act;
use super::open::Visitor;
use crate::Engine;
use crate::case;
use crate::commands::days::hex;
use crate::commands::tenant::{millis, note};
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::ports::Rng;
use crate::profile;

/// The longest file that a customer sends, in bytes.
pub const FILE_MAX: usize = 5 << 20;
/// Requests of one customer that wait at a time.
pub const OPEN_MAX: i64 = 20;
/// Requests of one customer within a day, answered or not: a link that got into wrong hands fills no disk.
pub const DAY_MAX: i64 = 40;
/// Most requests that are listed at once.
const PAGE_MAX: i64 = 1_000;

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Asks {
    /// It was paid already: the ladder waits as for a payment on its way, and a person looks.
    Paid,
    /// To pay in parts.
    Split,
    /// A question.
    Question,
    /// The debt is contested: its ladder stands still.
    Dispute,
    /// Another day of the month to pay on.
    PayDay,
    /// To be erased.
    Erase,
    /// "This is not me": the contact point is used no more.
    NotMe,
    /// How it was: nobody has to do anything.
    Survey,
}

impl Asks {
    /// Every one.
    pub const ALL: [Self; 8] =
        [Self::Paid, Self::Split, Self::Question, Self::Dispute, Self::PayDay, Self::Erase, Self::NotMe, Self::Survey];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Split => "split",
            Self::Question => "question",
            Self::Dispute => "dispute",
            Self::PayDay => "pay_day",
            Self::Erase => "erase",
            Self::NotMe => "not_me",
            Self::Survey => "survey",
        }
    }

    /// What becomes known of the receivable with it. A claim of having paid holds for as long as money of its rail takes.
    fn fact(self, words: &Value) -> Option<Fact> {
        match self {
            Self::Paid => {
                let rail = words.get("rail").and_then(Value::as_str).and_then(|word| word.parse::<Rail>().ok());
                Some(Fact::Initiated { rail })
            }
            Self::Dispute => Some(Fact::Froze { cause: Cause::Dispute }),
            Self::Split | Self::Question | Self::PayDay | Self::Erase | Self::NotMe | Self::Survey => None,
        }
    }

    /// Whether it is answered by being asked.
    const fn is_done(self) -> bool {
        matches!(self, Self::Survey)
    }
}

/// What a file is, by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl FileKind {
    /// What bytes begin as, if it is one that is taken.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let known: [(&[u8], Self); 3] = [(b"%PDF-", Self::Pdf), (b"\x89PNG\r\n\x1a\n", Self::Png), (b"\xff\xd8\xff", Self::Jpeg)];
        known.into_iter().find(|(begins, _)| bytes.starts_with(begins)).map(|(_, kind)| kind)
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Pdf, Self::Png, Self::Jpeg].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Something that a customer asks.
#[derive(Clone, Copy)]
pub struct NewAsk<'a> {
    /// What.
    pub what: Asks,
    /// About which receivable.
    pub receivable: Option<ReceivableId>,
    /// What they wrote, by the names of fields: it is sealed. Of [`Asks::Paid`], `rail` says by which rail.
    pub words: &'a Value,
    /// What they sent with it.
    pub file: Option<&'a [u8]>,
}

/// A request as a person is shown it.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerRequest {
    /// Which.
    pub request: [u8; 16],
    /// Whose.
    pub customer: CustomerId,
    /// About which receivable.
    pub receivable: Option<ReceivableId>,
    /// A word of [`Asks`].
    pub what: String,
    /// Whether nobody is done with it yet.
    pub is_open: bool,
    /// When it was asked.
    pub asked_at: Instant,
    /// When somebody was done with it.
    pub done_at: Option<Instant>,
    /// What they wrote; nothing once the person is erased.
    pub words: Option<Value>,
    /// What they sent with it: which, what it is, and how long in bytes.
    pub files: Vec<([u8; 16], String, i64)>,
}

/// What people write is theirs: it does not show.
impl std::fmt::Debug for CustomerRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CustomerRequest({} of {}, {} files)", self.what, self.customer, self.files.len())
    }
}

/// A file that a customer sent.
#[derive(Clone, PartialEq, Eq)]
pub struct CustomerFile {
    /// What it is.
    pub kind: FileKind,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What people send is theirs: it does not show.
impl std::fmt::Debug for CustomerFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CustomerFile({}, {} bytes)", self.kind.as_str(), self.bytes.len())
    }
}

impl Engine {
    /// A customer asks something of a person; its id. What follows from asking by itself is entered with it: a claim of having paid
    /// lets the ladder wait, a dispute lets it stand still, "this is not me" ends the use of the contact point.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when the receivable is not this customer's; [`crate::Kind::Refused`]: `many_requests` beyond
    /// [`OPEN_MAX`] that wait or [`DAY_MAX`] of a day, `bad_file` for a file that is none of those taken or too long, `erased`, or why it does not fit.
    pub fn ask_person(&self, visitor: &Visitor, ask: &NewAsk<'_>, now: Instant, rng: &mut dyn Rng) -> Result<[u8; 16]> {
        let (tenant, customer) = (visitor.tenant, visitor.customer);
        let kind = match ask.file {
            None => None,
            Some(file) => {
                let refused = || Error::refused("bad_file", "send a PDF, a PNG or a JPEG of at most 5 MiB");
                Some((FileKind::of(file).filter(|_| file.len() <= FILE_MAX).ok_or_else(refused)?, file))
            }
        };
        let (request, file) = (MessageId::new(millis(now), rng.bytes()).to_bytes(), MessageId::new(millis(now), rng.bytes()).to_bytes());
        let words = log::json(ask.words)?;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            if links::open(tx, tenant, customer)? >= OPEN_MAX && !ask.what.is_done() && ask.what != Asks::NotMe {
                return Err(Error::refused("many_requests", "so much waits for an answer already; a person will read it"));
            }
            let yesterday = MessageId::new(millis(now.plus_hours(-24)), [0; 10]).to_bytes();
            if ask.what != Asks::NotMe && links::since(tx, tenant, customer, yesterday)? >= DAY_MAX {
                return Err(Error::refused("many_requests", "so much was asked today already; a person will read it"));
            }
            let fact = ask.what.fact(ask.words);
            self.heed_biller(tx, tenant, ask.receivable, fact.as_slice())?;
            let about: Vec<[u8; 16]> = ask.receivable.iter().map(|id| id.to_bytes()).collect();
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let loaded = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)?.pop();
            let mut case = loaded.ok_or_else(missing)?.1?;
            let Some(key) = case.key.clone() else {
                return Err(Error::refused("erased", "this person was erased; nothing of them is kept any more"));
            };
            let walk = ask.receivable.map(|id| case.walk_of(id).ok_or_else(|| Error::not_found("no_receivable", "there is no such bill")));
            let walk = walk.transpose()?;
            case.act = Some(act());
            let misfit = |bad: FactError| Error::refused("does_not_fit", bad.to_string());
            if let Some(fact) = fact {
                case.tell(&tenancy, walk, fact, now).map_err(misfit)?;
            }
            if ask.what == Asks::NotMe {
                for (channel, place) in self.points_of(visitor, &case.facts.customer)? {
                    case.tell(&tenancy, None, Fact::Suppressed { channel, point: Some(place) }, now).map_err(misfit)?;
                }
            }
            let mut batch = Batch::default();
            let payload = json!({
                "request": hex(&request), "what": ask.what.as_str(), "receivable": ask.receivable.map(|id| id.to_string()), "act": act(),
            });
            case.note(&tenancy, now, "asked", (log::json(&payload)?, Some(words.as_str())), &mut batch)?;
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant)?;
            let done = ask.what.is_done();
            let row = RequestRow {
                request,
                customer,
                receivable: ask.receivable,
                what: ask.what.as_str().to_owned(),
                state: if done { "done" } else { "open" }.to_owned(),
                asked_at: now,
                done_at: done.then_some(now),
                body: profile::seal_message(&key, tenant, customer, words.as_bytes())?,
            };
            links::add_request(tx, tenant, &row)?;
            if !done {
                let wait = TaskRow {
                    step: "portal".to_owned(),
                    queue: row.what.clone(),
                    ..TaskRow::new(request, "request", customer, ask.receivable, now)
                };
                tasks::add(tx, tenant, &wait, case.facts.zone.day_of(now))?;
            }
            if let Some((kind, bytes)) = kind {
                let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
                let body = profile::seal_message(&key, tenant, customer, bytes)?;
                links::add_file(tx, tenant, &FileRow { file, request, customer, kind: kind.as_str().to_owned(), size, body })?;
            }
            Ok(request)
        })
    }

    /// "This is not me": the address that the link was sent to is left alone from now on, whoever has it, and a person is told.
    ///
    /// # Errors
    /// As [`Engine::ask_person`]; `no_contact` for a link that was sent to nobody.
    pub fn not_me(&self, visitor: &Visitor, now: Instant, rng: &mut dyn Rng) -> Result<[u8; 16]> {
        let tenant = visitor.tenant;
        let same = self.db.read(Scope::Tenant(tenant), |tx| {
            let Some(person) = self.person_behind(tx, tenant, visitor.customer)? else { return Ok(Vec::new()) };
            let own = self.point_behind(visitor, &person).map(|own| own.address.clone());
            let same = person.contacts.iter().filter(|point| Some(&point.address) == own.as_ref());
            Ok::<_, Error>(same.map(|point| (point.channel, point.address.as_str().to_owned())).collect())
        })?;
        for (channel, address) in &same {
            self.suppress(tenant, (*channel, address.as_str()), "not_me", &act(), now)?;
        }
        self.ask_person(visitor, &NewAsk { what: Asks::NotMe, receivable: None, words: &json!({}), file: None }, now, rng)
    }

    /// Every contact point with the address that a visitor's link was sent to: a telephone number is one on all its channels.
    fn points_of(&self, visitor: &Visitor, person: &Customer) -> Result<Vec<(Channel, u16)>> {
        let own = self.point_behind(visitor, person);
        let own =
            own.ok_or_else(|| Error::refused("no_contact", "this link was sent to nobody, so there is nobody to write to no more"))?;
        let same =
            person.contacts.iter().enumerate().filter(|(_, point)| point.address == own.address && point.health != Health::Suppressed);
        let placed = same.map(|(place, point)| {
            let place = u16::try_from(place).map_err(|_many| Error::bug("contacts", "a customer has too many ways to be reached"))?;
            Ok((point.channel, place))
        });
        placed.collect()
    }

    /// Requests that wait for a person, or those that are done, before one, newest first; at most a thousand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn customer_requests(&self, tenant: TenantId, open: bool, before: Option<[u8; 16]>, limit: i64) -> Result<Vec<CustomerRequest>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let state = if open { "open" } else { "done" };
            let rows = links::in_state(tx, tenant, state, before.unwrap_or(NEWEST), limit.clamp(0, PAGE_MAX))?;
            rows.into_iter().map(|row| self.request_shown(tx, tenant, row)).collect()
        })
    }

    /// A customer's requests, newest first; at most a thousand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn requests_of(&self, tenant: TenantId, customer: CustomerId, limit: i64) -> Result<Vec<CustomerRequest>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let rows = links::of(tx, tenant, customer, limit.clamp(0, PAGE_MAX))?;
            rows.into_iter().map(|row| self.request_shown(tx, tenant, row)).collect()
        })
    }

    /// A person is done with a request; whether it was open.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none; whatever the database says.
    pub fn close_request(&self, tenant: TenantId, request: [u8; 16], act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let missing = || Error::not_found("no_request", "there is no such request");
            let row = links::one_request(tx, tenant, request)?.ok_or_else(missing)?;
            let ended = self.end_request(tx, tenant, (request, row.customer), act, now)?;
            if let Some(task) = tasks::one(tx, tenant, request)?.filter(|task| task.state == "open") {
                let (worked_by, worked_at) = (Some(act.by.clone()), Some(now));
                tasks::set(tx, tenant, &TaskRow { state: "done".to_owned(), code: None, worked_by, worked_at, ..task })?;
            }
            Ok(ended)
        })
    }

    /// Enters that a person is done with a request; whether it was open.
    pub(crate) fn end_request(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        (request, customer): ([u8; 16], CustomerId),
        act: &Act,
        now: Instant,
    ) -> Result<bool> {
        if !links::close(tx, tenant, request, now)? {
            return Ok(false);
        }
        let mut stored = self.locked_tenant(tx, tenant)?;
        let payload = json!({ "request": hex(&request), "customer": customer.to_string(), "act": act });
        note(tx, &mut stored, now, "request_closed", log::json(&payload)?)?;
        Ok(true)
    }

    /// A file that a customer sent.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none, or the person was erased.
    pub fn customer_file(&self, tenant: TenantId, file: [u8; 16]) -> Result<CustomerFile> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let missing = || Error::not_found("no_file", "there is no such file any more");
            let row = links::file(tx, tenant, file)?.ok_or_else(missing)?;
            let (_, wrapped) = regua_store::log::keys(tx, tenant, &[row.customer.to_bytes()])?.pop().ok_or_else(missing)?;
            let key = profile::unwrap(&self.master, tenant, row.customer, &wrapped)?;
            let bytes = profile::open_message(&key, tenant, row.customer, &row.body)?;
            let kind = FileKind::read(&row.kind).ok_or_else(|| Error::bug("file_read", "a file is of no kind that is known"))?;
            Ok(CustomerFile { kind, bytes })
        })
    }

    /// What a customer asked, for an export of everything that is held: what they sent is named, with its length.
    pub(crate) fn asked_by(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
        let utc = Zone::utc();
        let rows = links::of(tx, tenant, customer, PAGE_MAX)?.into_iter().map(|row| {
            let one = self.request_shown(tx, tenant, row)?;
            let files: Vec<Value> = one.files.iter().map(|(_, kind, size)| json!({ "kind": kind, "bytes": size })).collect();
            Ok(json!({
                "request": hex(&one.request), "asks": one.what, "receivable": one.receivable.map(|id| id.to_string()),
                "asked_at": utc.rfc3339(one.asked_at), "done_at": one.done_at.map(|at| utc.rfc3339(at)), "wrote": one.words,
                "files": files,
            }))
        });
        rows.collect()
    }

    fn request_shown(&self, tx: &mut Tx<'_>, tenant: TenantId, row: RequestRow) -> Result<CustomerRequest> {
        let key = regua_store::log::keys(tx, tenant, &[row.customer.to_bytes()])?.pop();
        let key = key.map(|(_, wrapped)| profile::unwrap(&self.master, tenant, row.customer, &wrapped)).transpose()?;
        let plain = key.map(|key| profile::open_message(&key, tenant, row.customer, &row.body)).transpose()?;
        let read = |plain: Vec<u8>| serde_json::from_slice(&plain).map_err(|bad| Error::bug("request_read", bad.to_string()));
        let words = plain.map(read).transpose()?;
        let files = links::files(tx, tenant, row.request)?.into_iter().map(|file| (file.file, file.kind, file.size)).collect();
        Ok(CustomerRequest {
            request: row.request,
            customer: row.customer,
            receivable: row.receivable,
            what: row.what,
            is_open: row.state == "open",
            asked_at: row.asked_at,
            done_at: row.done_at,
            words,
            files,
        })
    }
}
