//! `regua bank slip|remit`: slips with everything that a payer needs, and the files that register them.

use std::fs;

use anyhow::Context as _;
use regua_core::party::TaxId;
use regua_core::words::Language;
use regua_engine::bank::{NamedAccount, Remittance, Slip, Wanted, beneficiary, txid_of};
use regua_paper::Brand;
use regua_wire::boleto::banks::{Bank, Beneficiary, OurNumber, free_field, printed_beneficiary, printed_our_number, printed_wallet};
use regua_wire::boleto::{BankCode, Barcode};
use regua_wire::pix::{Amount, BrCode, Merchant, Payment, PixKey, StaticTxid};
use serde_json::json;

use crate::cli::bank::{RemitArgs, SlipArgs};
use crate::config::Config;
use crate::exit::{BadInput, Exit};
use crate::live::installation::{Installation, act};
use crate::live::print;
use crate::output::{Format, Out, Paint, counted};
use crate::world::World;

/// What a payer needs of a slip.
pub(crate) struct Codes {
    pub(crate) company: Beneficiary,
    pub(crate) number: OurNumber,
    pub(crate) barcode: Barcode,
    /// The copy-and-paste code of the Pix for the same debt, when the account has a key.
    pub(crate) pix: Option<String>,
}

/// The codes of a slip.
pub(crate) fn codes(slip: &Slip, config: &Config, brand: &Brand) -> anyhow::Result<Codes> {
    let account = &slip.account.account;
    let company = beneficiary(account)?;
    let number = OurNumber::new(company.bank(), &slip.number)?;
    let free = free_field(&company, &number)?;
    let bank = BankCode::parse(&account.bank)?;
    let barcode = Barcode::new(bank, Some(slip.due_on), Some(slip.amount), free)?;
    let pix = if account.pix_key.is_empty() { None } else { Some(pix(slip, &brand.name, print::city(config)?)?) };
    Ok(Codes { company, number, barcode, pix })
}

/// The static Pix code for a slip's receivable: its transaction id names the receivable.
fn pix(slip: &Slip, name: &str, city: &str) -> anyhow::Result<String> {
    let key = PixKey::parse(&slip.account.account.pix_key)?;
    let payment = Payment::Static { key, amount: Some(Amount::of(slip.amount)?), note: None, facilitator: None };
    let txid = Some(StaticTxid::parse(&txid_of(slip.id))?);
    Ok(BrCode { txid, ..BrCode::new(payment, Merchant::new(name, city)?) }.encode()?)
}

/// Issues a slip, or shows the one that is out.
pub(super) fn slip(args: &SlipArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let account = match &args.account {
        Some(name) => name.clone(),
        None => only_with_slips(engine.bank_accounts(tenant)?)?,
    };
    let about = engine.resolve(tenant, &args.id)?;
    let now = installation.moment(args.told.as_of, world)?;
    let slip = engine.issue_slip(tenant, &about, &account, &act(&args.told.act, world), now)?;
    let brand = print::brand(&installation.config)?;
    let codes = codes(&slip, &installation.config, &brand)?;
    if let Some(path) = &args.pdf {
        let language = slip.debtor.language.or(installation.config.language).unwrap_or(Language::PtBr);
        let printed = print::press()?.slip(&brand, &print::slip(&slip, &codes, &brand, language)?)?;
        fs::write(path, &printed.bytes).with_context(|| format!("failed to write {}", path.display()))?;
    }
    match args.listing.format {
        Format::Table => {
            let known = if slip.known { "is out" } else { "was issued" };
            let head = format!("Slip {} of {} {known}: {} due {}.", slip.number, slip.receivable, slip.amount, slip.due_on);
            out.aside(Paint::Green, &head)?;
            out.line(&format!("Line  {}", codes.barcode.line()))?;
            if let Some(pix) = &codes.pix {
                out.line(&format!("Pix   {pix}"))?;
            }
            if slip.status == "issued" {
                out.aside(Paint::Yellow, &format!("The bank does not know it yet: regua bank remit {account} --out FILE"))?;
            }
        }
        Format::Json => out.json(&json!({
            "receivable": slip.receivable, "account": account, "number": slip.number, "status": slip.status, "known": slip.known,
            "amount": slip.amount.to_string(), "due_on": slip.due_on.to_string(), "barcode": codes.barcode.to_string(),
            "line": codes.barcode.line(), "pix": codes.pix,
        }))?,
        Format::Csv => return Err(BadInput::new("a slip is no table; use --format json").into()),
    }
    Ok(Exit::Done)
}

/// The account of slips when there is only one.
pub(crate) fn only_with_slips(accounts: Vec<NamedAccount>) -> anyhow::Result<String> {
    let mut with: Vec<String> = accounts.into_iter().filter(|one| beneficiary(&one.account).is_ok()).map(|one| one.name).collect();
    match (with.pop(), with.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(BadInput::new("several accounts have slips; say which with --account").into()),
        (None, _) => Err(BadInput::new("no account can issue slips; add one with `regua bank add NAME --wallet …`").into()),
    }
}

/// Writes the file that registers slips.
pub(super) fn remit(args: &RemitArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let brand = print::brand(&installation.config)?;
    let tax_id: TaxId = brand.tax_id.clone().ok_or_else(|| BadInput::new("company.tax_id is no CNPJ or CPF; banks ask for it"))?;
    let now = installation.moment(args.told.as_of, world)?;
    let wanted = Wanted { account: &args.account, name: &brand.legal_name, tax_id: &tax_id, again: args.again };
    // Nothing is taken from the database for a file that cannot be written.
    let folder = args.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(BadInput::new(format!("{}: its folder is not there; make it first", args.out.display())).into());
    }
    let made = installation.engine.remit(installation.tenant, wanted, &act(&args.told.act, world), now)?;
    let Remittance { number, format, bytes, slips, sum, refused } = &made;
    for (receivable, why) in refused {
        out.aside(Paint::Red, &format!("{receivable}: {why}"))?;
    }
    if bytes.is_empty() {
        out.line("No slip waits that the bank could register.")?;
        return Ok(if refused.is_empty() { Exit::Done } else { Exit::Rejected });
    }
    let again = format!("write it again with `regua bank remit {} --again {number} --out FILE`", args.account);
    fs::write(&args.out, bytes).with_context(|| format!("failed to write {}; {again}", args.out.display()))?;
    let told = format!("{}: file {number} ({}), {} of {sum}.", args.out.display(), format.as_str(), counted(*slips, "slip"));
    out.aside(Paint::Green, &told)?;
    Ok(if refused.is_empty() { Exit::Done } else { Exit::Rejected })
}

/// «Agência/Código», «Nosso número» and «Carteira» as a slip prints them, and the bank.
pub(crate) fn printed(codes: &Codes) -> anyhow::Result<(Bank, String, String, String)> {
    let Codes { company, number, .. } = codes;
    Ok((company.bank(), printed_beneficiary(company), printed_our_number(company, number)?, printed_wallet(company).to_owned()))
}
