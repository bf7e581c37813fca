//! `regua document`: invoices, receipts and statements of account as PDF.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use regua_core::currency::Currency;
use regua_core::time::{Day, Instant};
use regua_core::words::Language;
use regua_engine::Act;
use regua_engine::bank::{Debtor, Slip};
use regua_paper::Printed;

use super::bank::slips::{codes, only_with_slips};
use super::installation::{Installation, act};
use super::print;
use crate::cli::documents::DocumentVerb;
use crate::exit::{BadInput, Exit};
use crate::output::{Out, Paint, counted};
use crate::world::World;

/// Carries out a verb.
pub(crate) fn run(verb: &DocumentVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let (DocumentVerb::Invoice { paper, .. } | DocumentVerb::Receipt { paper, .. } | DocumentVerb::Statement { paper, .. }) = verb;
    let installation = Installation::open(&paper.told.place, world)?;
    let now = installation.moment(paper.told.as_of, world)?;
    let desk = Desk { installation: &installation, language: paper.language, now };
    let printed = match verb {
        DocumentVerb::Invoice { id, slip: true, account, .. } => {
            desk.invoice(id, Some((account.as_deref(), &act(&paper.told.act, world))))?
        }
        DocumentVerb::Invoice { id, .. } => desk.invoice(id, None)?,
        DocumentVerb::Receipt { id, .. } => desk.receipt(id)?,
        DocumentVerb::Statement { id, from, until, currency, .. } => desk.statement(id, (*from, *until), *currency)?,
    };
    write(&paper.out, &printed, out)
}

/// What prints documents of an installation.
pub(crate) struct Desk<'i> {
    pub(crate) installation: &'i Installation,
    /// The language that is asked for, if any is.
    pub(crate) language: Option<Language>,
    pub(crate) now: Instant,
}

impl Desk<'_> {
    /// An invoice; with a slip of an account when one is asked for, which is issued if none is out.
    pub(crate) fn invoice(&self, id: &str, slip: Option<(Option<&str>, &Act)>) -> anyhow::Result<Printed> {
        let (engine, tenant, config) = (&self.installation.engine, self.installation.tenant, &self.installation.config);
        let one = engine.invoice(tenant, id)?;
        let debtor = engine.debtor(tenant, &engine.resolve(tenant, &format!("cus:{}", one.customer))?)?;
        let language = self.language(&debtor);
        let brand = self.brand(&format!("cus:{}", one.customer))?;
        let made = print::invoice(&one.invoiced.draft, &one.invoiced.row.key, &debtor, language);
        let with = if let Some((account, act)) = slip {
            let [part] = one.parts.as_slice() else {
                return Err(BadInput::new("the invoice is due in several parts; print each slip with `regua bank slip`").into());
            };
            let issued = self.issue(&part.receivable.to_string(), account, act)?;
            let payee = print::brand(config)?;
            let codes = codes(&issued, config, &payee)?;
            Some(print::slip(&issued, &codes, &payee, language)?)
        } else {
            None
        };
        Ok(print::press()?.invoice(&brand, &made, with.as_ref())?)
    }

    /// The slip of a receivable; it is issued if none is out.
    pub(crate) fn slip(&self, receivable: &str, account: Option<&str>, act: &Act) -> anyhow::Result<Printed> {
        let config = &self.installation.config;
        let issued = self.issue(receivable, account, act)?;
        // The bank knows the company whose account it is; the brand is how its customer knows it.
        let payee = print::brand(config)?;
        let codes = codes(&issued, config, &payee)?;
        Ok(print::press()?.slip(&self.brand(receivable)?, &print::slip(&issued, &codes, &payee, self.language(&issued.debtor))?)?)
    }

    /// How the company shows itself to whom this is about.
    fn brand(&self, id: &str) -> anyhow::Result<regua_paper::Brand> {
        let (engine, tenant) = (&self.installation.engine, self.installation.tenant);
        let own = engine.brand_of(tenant, &engine.resolve(tenant, id)?)?;
        print::brand_for(&self.installation.config, own.as_ref())
    }

    fn issue(&self, receivable: &str, account: Option<&str>, act: &Act) -> anyhow::Result<Slip> {
        let (engine, tenant) = (&self.installation.engine, self.installation.tenant);
        let account = match account {
            Some(name) => name.to_owned(),
            None => only_with_slips(engine.bank_accounts(tenant)?)?,
        };
        let about = engine.resolve(tenant, receivable)?;
        Ok(engine.issue_slip(tenant, &about, &account, act, self.now)?)
    }

    /// A receipt of the newest payment on a receivable.
    pub(crate) fn receipt(&self, id: &str) -> anyhow::Result<Printed> {
        let (engine, tenant) = (&self.installation.engine, self.installation.tenant);
        let about = engine.resolve(tenant, id)?;
        let debtor = engine.debtor(tenant, &about)?;
        let (customer, receivable, due_on) = engine.owner(tenant, &about)?;
        let statement = engine.statement(tenant, &customer, None, None, self.now)?;
        let paid: Vec<_> = statement
            .accounts
            .iter()
            .flat_map(|account| &account.lines)
            .filter(|line| line.kind == "payment" && line.receivable.as_deref() == Some(&receivable))
            .collect();
        let newest = paid.last().ok_or_else(|| BadInput::new(format!("nothing was paid on {receivable}, so there is no receipt")))?;
        let said = (self.language(&debtor), statement.zone.day_of(self.now));
        let made = print::receipt(newest, paid.len(), &debtor, said, due_on);
        Ok(print::press()?.receipt(&self.brand(id)?, &made)?)
    }

    /// A statement of account.
    pub(crate) fn statement(
        &self,
        id: &str,
        (from, until): (Option<Day>, Option<Day>),
        currency: Option<Currency>,
    ) -> anyhow::Result<Printed> {
        let (engine, tenant) = (&self.installation.engine, self.installation.tenant);
        let debtor = engine.debtor(tenant, &engine.resolve(tenant, id)?)?;
        let statement = engine.statement(tenant, id, from, until, self.now)?;
        let account = print::only(&statement.accounts, currency)?;
        let first = from.or_else(|| account.lines.first().map(|line| line.on)).unwrap_or(statement.as_of);
        let said = (self.language(&debtor), statement.zone.day_of(self.now));
        let made = print::statement(account, &debtor, said, (first, statement.as_of));
        Ok(print::press()?.statement(&self.brand(id)?, &made)?)
    }

    /// The language of a document: what is asked for, the customer's, the company's.
    fn language(&self, debtor: &Debtor) -> Language {
        self.language.or(debtor.language).or(self.installation.config.language).unwrap_or(Language::PtBr)
    }
}

/// Writes a document.
pub(crate) fn write(path: &Path, printed: &Printed, out: &mut Out) -> anyhow::Result<Exit> {
    fs::write(path, &printed.bytes).with_context(|| format!("failed to write {}", path.display()))?;
    let pages = counted(u64::try_from(printed.pages).unwrap_or(u64::MAX), "page");
    out.aside(Paint::Green, &format!("{}: {pages}, {} kB.", path.display(), printed.bytes.len().div_ceil(1_000)))?;
    if printed.missing > 0 {
        out.aside(
            Paint::Yellow,
            &format!("{} are not in the fonts and stand as □.", counted(u64::try_from(printed.missing).unwrap_or(u64::MAX), "character")),
        )?;
    }
    Ok(Exit::Done)
}
