//! The file that asks a bank to register slips: made of what is stored, so that a file that was lost can be written again.
//!
//! Fine and interest are those of the policy that the receivable walks, from the day after the slip's; what a slip says was
//! fixed when it was issued. Deliberately absent: asking a bank to change or close a slip.

use std::collections::BTreeMap;

use regua_core::bank::Format;
use regua_core::currency::Currency;
use regua_core::facts::Walk;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::party::{Attribute, Customer, TaxId};
use regua_core::policy::program::Rounding;
use regua_core::rate::Rate;
use regua_core::time::{Day, Instant, LocalTime};
use regua_store::bank::{self, SlipRow};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_wire::boleto::BankCode;
use regua_wire::boleto::banks::{self, Bank, Beneficiary, Contract, OurNumber};
use regua_wire::cnab::{self, Charge, Fine, Instruction, Interest, InterestRate, Place, Title, remittance};

use super::accounts::{Account, named};
use super::row::{SlipNote, slip_noted};
use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::tenancy::Tenancy;

/// Slips in one file.
const SLIPS_MAX: i64 = 10_000;

/// Days after its due date for which a slip can be paid.
const PAYABLE_DAYS: u16 = 60;

/// Who asks the bank.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The account.
    pub account: &'a str,
    /// The company's name.
    pub name: &'a str,
    /// Its CNPJ or CPF.
    pub tax_id: &'a TaxId,
    /// The number of a file that is written once more.
    pub again: Option<i64>,
}

/// A file to the bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remittance {
    /// Its number in the account's count.
    pub number: i64,
    /// Its format.
    pub format: Format,
    /// The file; empty when no slip could go out.
    pub bytes: Vec<u8>,
    /// How many slips it registers, and what they come to.
    pub slips: u64,
    /// Their sum.
    pub sum: Money,
    /// Slips that cannot go out: what the source calls the receivable, and why with the mend.
    pub refused: Vec<(String, String)>,
}

impl Engine {
    /// Writes the file that registers the slips which an account's bank does not know yet.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the account cannot issue slips; [`crate::Kind::NotFound`] when there is none, or no such
    /// file. A slip that cannot go out is no error: it is in what is returned, and waits for the next file.
    pub fn remit(&self, tenant: TenantId, wanted: Wanted<'_>, act: &Act, now: Instant) -> Result<Remittance> {
        let account = wanted.account;
        self.db.write(Scope::Tenant(tenant), |tx| {
            let row = bank::lock_account(tx, tenant, account)?
                .ok_or_else(|| Error::not_found("no_account", format!("there is no account {account}; see: regua bank list")))?;
            let own = named(&row)?;
            let beneficiary = beneficiary(&own.account)?;
            let slips = match wanted.again {
                None => bank::slips_unsent(tx, tenant, account, SLIPS_MAX)?,
                Some(file) => bank::slips_in(tx, tenant, account, file, SLIPS_MAX)?,
            };
            if slips.is_empty() && wanted.again.is_some() {
                return Err(Error::not_found("no_file", format!("{account} has no file of that number")));
            }
            let number = wanted.again.unwrap_or(row.next_file);
            let format = format_of(beneficiary.bank());
            let mut cases = self.cases_of(tx, tenant, &slips)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let zone = tenancy.published.zone();
            let mut made =
                Remittance { number, format, bytes: Vec::new(), slips: 0, sum: Money::new(0, Currency::BRL), refused: Vec::new() };
            let company = company(&own.account, &beneficiary, &wanted, number, zone.day_of(now))?;
            let (mut titles, mut going) = (Vec::new(), Vec::new());
            for slip in &slips {
                let Some(case) = cases.get(&slip.customer) else { continue };
                let name = called(case, slip);
                let asked = title(case, &tenancy, slip, &beneficiary, (format, &name));
                // One by one, so that what is wrong with a slip is said of it, and holds up no other.
                let asked = asked.and_then(|title| match remittance::write(format, &company, std::slice::from_ref(&title)) {
                    Ok(_) => Ok(title),
                    Err(bad) => Err(bad.to_string()),
                });
                match asked {
                    Ok(title) => {
                        made.slips += 1;
                        made.sum = Money::new(made.sum.minor().saturating_add(slip.amount), Currency::BRL);
                        titles.push(title);
                        going.push(slip);
                    }
                    Err(why) => made.refused.push((name, why)),
                }
            }
            if titles.is_empty() {
                return Ok(made);
            }
            made.bytes = remittance::write(format, &company, &titles)
                .map_err(|bad| Error::refused("bad_remittance", format!("the file for {account} cannot be written: {bad}")))?;
            if wanted.again.is_none() {
                bank::count_on(tx, tenant, account, (row.next_number, row.next_file + 1))?;
                let mut batch = Batch::default();
                for slip in going {
                    bank::set_slip(tx, tenant, (account, &slip.number), "sent", Some(number))?;
                    let Some(case) = cases.get_mut(&slip.customer) else { continue };
                    let note = SlipNote { act: Some(act.clone()), ..slip_noted(slip, "sent", Some(number)) };
                    case.note(&tenancy, now, "slip", (log::json(&note)?, None), &mut batch)?;
                }
                for case in cases.values_mut() {
                    case.save_if_changed(&tenancy, now, &mut batch)?;
                }
                batch.write(tx, tenant)?;
            }
            Ok(made)
        })
    }

    fn cases_of(&self, tx: &mut Tx<'_>, tenant: TenantId, slips: &[SlipRow]) -> Result<BTreeMap<CustomerId, Case>> {
        let mut customers: Vec<[u8; 16]> = slips.iter().map(|slip| slip.customer.to_bytes()).collect();
        customers.sort_unstable();
        customers.dedup();
        due::lock(tx, tenant, &customers)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let also: Vec<[u8; 16]> = slips.iter().map(|slip| slip.receivable.to_bytes()).collect();
        let cases = case::load_also(tx, &tenancy, &self.master, &customers, Which::Live, &also)?;
        Ok(cases.into_iter().filter_map(|(customer, case)| Some((customer, case.ok()?))).collect())
    }
}

/// The company at its bank.
///
/// # Errors
/// [`crate::Kind::Refused`] when no slips can be made for this account, with the mend.
pub fn beneficiary(account: &Account) -> Result<Beneficiary> {
    let refused = |bad: String| Error::refused("no_slips", format!("this account cannot issue slips: {bad}"));
    let code = BankCode::parse(&account.bank).map_err(|bad| refused(bad.to_string()))?;
    let bank = Bank::of(code).map_err(|bad| refused(bad.to_string()))?;
    let contract = Contract {
        branch: &account.branch,
        account: &account.number,
        wallet: &account.wallet,
        // Bradesco's names the company in its files, and stands on no slip.
        agreement: if bank == Bank::Bradesco { "" } else { &account.agreement },
        post: &account.post,
    };
    Beneficiary::new(bank, &contract).map_err(|bad| refused(bad.to_string()))
}

/// The format in which a bank takes slips: Itaú and Bradesco have a CNAB 400 that is known, the others take FEBRABAN's 240.
const fn format_of(bank: Bank) -> Format {
    match bank {
        Bank::Itau | Bank::Bradesco => Format::Cnab400,
        Bank::BancoDoBrasil | Bank::Santander | Bank::Caixa | Bank::Sicredi | Bank::Sicoob => Format::Cnab240,
    }
}

fn company(account: &Account, beneficiary: &Beneficiary, wanted: &Wanted<'_>, number: i64, made_on: Day) -> Result<cnab::Company> {
    let split = |text: &str| {
        text.rsplit_once('-').map_or_else(|| (text.to_owned(), String::new()), |(own, digit)| (own.to_owned(), digit.to_owned()))
    };
    if beneficiary.bank() == Bank::Bradesco && account.agreement.is_empty() {
        return Err(Error::refused("no_agreement", "Bradesco wants the company's code in its files; add the account with --agreement"));
    }
    let ((branch, branch_digit), (own, digit)) = (split(&account.branch), split(&account.number));
    let file_number = u32::try_from(number).map_err(|_over| Error::refused("file_number", "the account has written too many files"))?;
    Ok(cnab::Company {
        bank: account.bank.as_str().into(),
        name: wanted.name.into(),
        tax_id: wanted.tax_id.clone(),
        branch: branch.into(),
        branch_digit: branch_digit.into(),
        account: own.into(),
        account_digit: digit.into(),
        agreement: account.agreement.as_str().into(),
        portfolio: beneficiary.wallet().into(),
        file_number,
        made_on,
        made_at: LocalTime::hour(0), // a file that is written again is the same
    })
}

/// What the source calls the receivable of a slip.
fn called(case: &Case, slip: &SlipRow) -> String {
    let held = case.walk_of(slip.receivable).and_then(|place| case.held.get(place));
    held.map_or_else(|| slip.number.clone(), |held| held.external_id.clone())
}

/// What the bank is asked for a slip; else why it cannot be.
fn title(
    case: &Case,
    tenancy: &Tenancy,
    slip: &SlipRow,
    beneficiary: &Beneficiary,
    (format, name): (Format, &str),
) -> std::result::Result<Title, String> {
    let walk = case.walk_of(slip.receivable).and_then(|place| case.facts.walks.get(place));
    let walk = walk.ok_or("it is gone; run: regua verify")?;
    let payer = payer(&case.facts.customer)?;
    let number = OurNumber::new(beneficiary.bank(), &slip.number).map_err(|bad| bad.to_string())?;
    let digit = banks::our_number_digit(beneficiary, &number).map_err(|bad| bad.to_string())?;
    let at_bank = banks::our_number_at_bank(beneficiary, &number).map_err(|bad| bad.to_string())?;
    let issued_on = case.facts.zone.day_of(slip.issued_at);
    let (fine, interest) = late(walk, case, tenancy, slip, format, issued_on);
    let fits = |max: usize| if name.len() <= max && name.is_ascii() { name.to_owned() } else { slip.number.clone() };
    Ok(Title {
        instruction: Instruction::Register,
        our_number: at_bank.into(),
        check_digit: digit,
        document: fits(10).into(),
        company_use: fits(25).into(),
        due: slip.due_on,
        amount: Money::new(slip.amount, Currency::BRL),
        issued_on,
        sort: duplicata(format).into(),
        fine,
        interest,
        discounts: Vec::new(),
        abatement: None,
        payer,
        write_off_days: Some(PAYABLE_DAYS),
        messages: Vec::new(),
    })
}

/// A duplicata mercantil in the list of a format: what a company sells is billed by one.
const fn duplicata(format: Format) -> &'static str {
    match format {
        Format::Cnab400 => "01",
        Format::Cnab240 | Format::Debit150 | Format::Ofx | Format::Camt | Format::Mt940 | Format::Nacha => "02",
    }
}

/// What the bank adds when the slip is paid late; nothing when it was issued late, since its amount has it already.
fn late(walk: &Walk, case: &Case, tenancy: &Tenancy, slip: &SlipRow, format: Format, issued_on: Day) -> (Option<Fine>, Option<Interest>) {
    let terms = walk.terms(tenancy.policies(case.customer));
    if issued_on > walk.due {
        return (None, None);
    }
    let (from, charges) = (slip.due_on.plus(1), terms.late);
    let fine = (charges.fine.units() > 0).then_some(Fine { from, charge: Charge::Share(charges.fine) });
    let monthly = charges.interest.base_days == 30;
    let rate = charges.interest.rate;
    let amount = Money::new(slip.amount, Currency::BRL);
    // CNAB 400 takes reais a day: what is sent is what the bank adds, whatever the monthly rate comes to.
    let daily = || {
        let per_day = Rate::from_units(rate.units() / i64::from(charges.interest.base_days.max(1)));
        amount.times(per_day, Rounding::HalfUp).ok().filter(|daily| daily.minor() > 0).map(InterestRate::Daily)
    };
    let interest = if rate.units() == 0 {
        None
    } else if monthly && format == Format::Cnab240 {
        Some(InterestRate::Monthly(rate))
    } else {
        daily()
    };
    (fine, interest.map(|rate| Interest { from, rate }))
}

/// Who is to pay, with an address: banks register no slip without one.
fn payer(customer: &Customer) -> std::result::Result<Place, String> {
    let text = |key: &str| match customer.attributes.get(key)? {
        Attribute::Text(text) => Some(text.to_string()),
        // A file may have a postal code as a number, without its zeros in front.
        Attribute::Number(millionths) if key == "postal_code" => Some(format!("{:08}", millionths / 1_000_000)),
        Attribute::Number(_) | Attribute::Bool(_) => None,
    };
    let wanted =
        |key: &str| text(key).ok_or_else(|| format!("the customer has no `{key}`, and banks register no slip without it; import it"));
    let tax_id = customer.tax_id.clone().ok_or("the customer has no tax id, and banks register no slip without one; import it")?;
    let state = customer.state.as_deref().map(str::to_owned).or_else(|| text("state"));
    let digits: String = wanted("postal_code")?.chars().filter(char::is_ascii_digit).collect();
    Ok(Place {
        tax_id,
        name: customer.name.clone().ok_or("the customer has no name; import it")?,
        street: wanted("address")?.into(),
        district: text("district").unwrap_or_default().into(),
        postcode: digits.into(),
        city: wanted("city")?.into(),
        state: state.ok_or("the customer has no `state`; import it")?.into(),
    })
}
