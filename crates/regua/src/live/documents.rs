//! `regua document`: invoices, receipts and statements of account as PDF.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use regua_core::words::Language;
use regua_engine::bank::Debtor;
use regua_paper::Printed;

use super::bank::slips::{codes, only_with_slips};
use super::installation::{Installation, act};
use super::print;
use crate::cli::documents::{DocumentVerb, PaperArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Out, Paint, counted};
use crate::world::World;

/// Carries out a verb.
pub(crate) fn run(verb: &DocumentVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        DocumentVerb::Invoice { id, slip, account, paper } => invoice(id, *slip, account.as_deref(), paper, world, out),
        DocumentVerb::Receipt { id, paper } => receipt(id, paper, world, out),
        DocumentVerb::Statement { id, from, until, currency, paper } => {
            let installation = Installation::open(&paper.told.place, world)?;
            let (engine, tenant) = (&installation.engine, installation.tenant);
            let debtor = engine.debtor(tenant, &engine.resolve(tenant, id)?)?;
            let now = installation.moment(paper.told.as_of, world)?;
            let statement = engine.statement(tenant, id, *from, *until, now)?;
            let account = print::only(&statement.accounts, *currency)?;
            let first = from.or_else(|| account.lines.first().map(|line| line.on)).unwrap_or(statement.as_of);
            let said = (language(&installation, &debtor, paper), statement.zone.day_of(now));
            let made = print::statement(account, &debtor, said, (first, statement.as_of));
            let printed = print::press()?.statement(&print::brand(&installation.config)?, &made)?;
            write(&paper.out, &printed, out)
        }
    }
}

fn invoice(id: &str, slip: bool, account: Option<&str>, paper: &PaperArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&paper.told.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let one = engine.invoice(tenant, id)?;
    let debtor = engine.debtor(tenant, &engine.resolve(tenant, &format!("cus:{}", one.customer))?)?;
    let language = language(&installation, &debtor, paper);
    let brand = print::brand(&installation.config)?;
    let made = print::invoice(&one.invoiced.draft, &one.invoiced.row.key, &debtor, language);
    let with = if slip {
        let [part] = one.parts.as_slice() else {
            return Err(BadInput::new("the invoice is due in several parts; print each slip with `regua bank slip`").into());
        };
        let account = match account {
            Some(name) => name.to_owned(),
            None => only_with_slips(engine.bank_accounts(tenant)?)?,
        };
        let now = installation.moment(paper.told.as_of, world)?;
        let about = engine.resolve(tenant, &part.receivable.to_string())?;
        let issued = engine.issue_slip(tenant, &about, &account, &act(&paper.told.act, world), now)?;
        let codes = codes(&issued, &installation.config, &brand)?;
        Some(print::slip(&issued, &codes, &brand, language)?)
    } else {
        None
    };
    let printed = print::press()?.invoice(&brand, &made, with.as_ref())?;
    write(&paper.out, &printed, out)
}

fn receipt(id: &str, paper: &PaperArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&paper.told.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let about = engine.resolve(tenant, id)?;
    let debtor = engine.debtor(tenant, &about)?;
    let (customer, receivable, due_on) = engine.owner(tenant, &about)?;
    let now = installation.moment(paper.told.as_of, world)?;
    let statement = engine.statement(tenant, &customer, None, None, now)?;
    let paid: Vec<_> = statement
        .accounts
        .iter()
        .flat_map(|account| &account.lines)
        .filter(|line| line.kind == "payment" && line.receivable.as_deref() == Some(&receivable))
        .collect();
    let newest = paid.last().ok_or_else(|| BadInput::new(format!("nothing was paid on {receivable}, so there is no receipt")))?;
    let said = (language(&installation, &debtor, paper), statement.zone.day_of(now));
    let made = print::receipt(newest, paid.len(), &debtor, said, due_on);
    let printed = print::press()?.receipt(&print::brand(&installation.config)?, &made)?;
    write(&paper.out, &printed, out)
}

/// The language of a document: what is asked for, the customer's, the company's.
pub(crate) fn language(installation: &Installation, debtor: &Debtor, paper: &PaperArgs) -> Language {
    let company = installation.config.language;
    paper.language.or(debtor.language).or(company).unwrap_or(Language::PtBr)
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
