//! A company's own texts of templates: versions in the database, over those of its folder, over those that ship.
//!
//! Messages are written with the newest version; one that was sent keeps its words, so that no later version changes what was said.
//! Each publication is an event of the tenant's chain with a digest of the text, and `verify` compares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use regua_core::ids::TenantId;
use regua_core::policy::program::Act as Verb;
use regua_core::time::Instant;
use regua_core::words::Language;
use regua_store::db::{Scope, Tx};
use regua_store::tenants;
use regua_store::texts::{self, TextRow};
use regua_wire::messages::{Remark, Templates, remarks};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::letters::NOTICE;
use crate::log::{self, Act};
use crate::tenancy;

/// The file of parts that every text of a language may include: it is changed in the folder only.
const PARTS: &str = "_parts";
/// Versions that `verify` reads at once.
const CHUNK: i64 = 500;

/// A version that was put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PutText {
    /// Its number; 0 when there is none, and nothing was to be withdrawn.
    pub number: i64,
    /// Whether that was the newest already.
    pub unchanged: bool,
}

/// The payload of events of the kind `text_published`.
#[derive(Serialize, Deserialize)]
struct Published {
    number: i64,
    language: String,
    name: String,
    /// SHA-256 of the text; nothing when from then on the one that ships counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    act: Act,
}

/// What to say of a text as the file of a template, as an editor shows it.
#[must_use]
pub fn check(base: &Templates, language: Language, name: &str, body: &str) -> Vec<Remark> {
    match base.over([(path(language, name), body)]) {
        Ok(made) => remarks(&made, language, name),
        Err(bad) => {
            let (message, mend) = bad.message.split_once(": ").unwrap_or((&bad.message, "see templates/README.md"));
            vec![Remark { line: bad.line, column: 1, is_warning: false, message: message.to_owned(), mend: mend.to_owned() }]
        }
    }
}

fn path(language: Language, name: &str) -> String {
    format!("{language}/{name}.txt")
}

/// The texts of tenants that were compiled last.
#[derive(Default)]
pub(crate) struct Shelf {
    known: Mutex<BTreeMap<TenantId, Compiled>>,
}

#[derive(Clone)]
struct Compiled {
    /// The newest version that is in it, and over what.
    of: (i64, [u8; 32]),
    made: Arc<Templates>,
}

impl Shelf {
    /// The texts that a tenant writes with; nothing when it has none of its own.
    pub(crate) fn read(&self, tx: &mut Tx<'_>, tenant: TenantId, base: &Templates) -> Result<Option<Arc<Templates>>> {
        let last = texts::last(tx, tenant)?;
        if last == 0 {
            return Ok(None);
        }
        let of = (last, base.digest());
        // A panic while it was locked cannot have left half an entry: an insert is the last thing done.
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some(known) = known.filter(|known| known.of == of) {
            return Ok(Some(known.made));
        }
        let own = texts::newest(tx, tenant)?.into_iter().filter_map(|row| Some((format!("{}/{}.txt", row.language, row.name), row.body?)));
        let made = base.over(own).map_err(|bad| Error::bug("text_unreadable", format!("a text cannot be used any more: {bad}")))?;
        let made = Arc::new(made);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Compiled { of, made: Arc::clone(&made) });
        Ok(Some(made))
    }
}

impl Engine {
    /// The texts that a tenant writes with: its own over `base`.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn texts(&self, tenant: TenantId, base: &Arc<Templates>) -> Result<Arc<Templates>> {
        let own = self.db.read(Scope::Tenant(tenant), |tx| self.shelf.read(tx, tenant, base))?;
        Ok(own.unwrap_or_else(|| Arc::clone(base)))
    }

    /// Publishes a text of the company's own for a template that `base` has in the language; with nothing, the one of `base` counts
    /// again.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] `no_template`; [`crate::Kind::Refused`] `bad_text` with what is wrong. Whatever the database says.
    pub fn put_text(
        &self,
        tenant: TenantId,
        base: &Templates,
        (language, name): (Language, &str),
        body: Option<&str>,
        act: &Act,
        now: Instant,
    ) -> Result<PutText> {
        if name == PARTS || base.source(language, name).is_none() {
            return Err(Error::not_found("no_template", format!("there is no template `{name}` in {language}")));
        }
        let wrong = body.map(|body| check(base, language, name, body)).unwrap_or_default();
        if let Some(first) = wrong.iter().find(|remark| !remark.is_warning) {
            return Err(Error::refused("bad_text", format!("line {}: {}; {}", first.line, first.message, first.mend)));
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            // The tenant's row is locked, so that nobody else publishes meanwhile.
            let mut stored = self.locked_tenant(tx, tenant)?;
            let newest = texts::of(tx, tenant, (language.as_str(), name), i64::MAX, 1)?.pop();
            let known = newest.as_ref().and_then(|row| row.body.as_deref());
            if known == body {
                return Ok(PutText { number: newest.map_or(0, |row| row.number), unchanged: true });
            }
            let number = texts::last(tx, tenant)?.saturating_add(1);
            let row = TextRow {
                number,
                language: language.as_str().to_owned(),
                name: name.to_owned(),
                body: body.map(str::to_owned),
                by: act.by.clone(),
                reason: act.reason.clone(),
                published_at: now,
            };
            texts::add(tx, tenant, &row)?;
            let digest = row.body.as_deref().map(digest);
            let payload = Published { number, language: row.language, name: row.name, digest, act: act.clone() };
            note(tx, &mut stored, now, "text_published", log::json(&payload)?)?;
            Ok(PutText { number, unchanged: false })
        })
    }

    /// The steps of the newest policy that use each template, by name; nothing where none is published.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn template_users(&self, tenant: TenantId) -> Result<BTreeMap<String, BTreeSet<String>>> {
        let newest = self.db.read(Scope::Tenant(tenant), |tx| tenants::policies(tx, tenant, 0).map_err(Error::from))?.pop();
        let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let Some(policy) = newest.map(|row| tenancy::compile(&row)).transpose()? else { return Ok(users) };
        let mut uses = |template: &str, step: String| {
            users.entry(template.to_owned()).or_default().insert(step);
        };
        for ladder in &policy.ladders {
            for (index, step) in ladder.steps.iter().enumerate() {
                match &step.act {
                    Verb::Notify(contact) | Verb::Offer(contact, _) => uses(&contact.template, step.id.clone()),
                    Verb::Access(_) | Verb::Fee(_) | Verb::Report(_) | Verb::Assign(_) => {
                        if !ladder.steps.iter().any(|other| other.announces.contains(&index)) {
                            uses(NOTICE, format!("{}.notice", step.id));
                        }
                    }
                    Verb::Charge | Verb::Task(_) | Verb::WriteOff => {}
                }
            }
        }
        for reaction in &policy.reactions {
            if let Some(contact) = reaction.act.contact() {
                uses(&contact.template, reaction.id.clone());
            }
        }
        Ok(users)
    }
}

/// The versions of texts as the tenant's chain tells of them: number → language, name and digest.
#[derive(Default)]
pub(crate) struct Told(BTreeMap<i64, (String, String, Option<String>)>);

impl Told {
    /// Takes an event in.
    pub(crate) fn take(&mut self, payload: &str) -> Result<()> {
        let unread = |why: serde_json::Error| Error::bug("event_read", format!("a `text_published` event cannot be read: {why}"));
        let Published { number, language, name, digest, .. } = serde_json::from_str(payload).map_err(unread)?;
        self.0.insert(number, (language, name, digest));
        Ok(())
    }

    /// The numbers of versions that the chain does not know, of those that are not as it says, and of those that are missing.
    pub(crate) fn differing(mut self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<[Vec<i64>; 3]> {
        let (mut unknown, mut altered, mut place) = (Vec::new(), Vec::new(), 0);
        loop {
            let rows = texts::after(tx, tenant, place, CHUNK)?;
            let Some(last) = rows.last() else { break };
            place = last.number;
            for row in rows {
                match self.0.remove(&row.number) {
                    None => unknown.push(row.number),
                    Some(told) if told != (row.language, row.name, row.body.as_deref().map(digest)) => altered.push(row.number),
                    Some(_) => {}
                }
            }
        }
        Ok([unknown, altered, self.0.into_keys().collect()])
    }
}

fn digest(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
