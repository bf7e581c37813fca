//! Documents as PDF: what the engine knows becomes what `regua-paper` prints, in the company's brand and the customer's language.

use anyhow::Context as _;
use regua_core::billing::{Collection, DraftInvoice, TaxMode};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::TaxId;
use regua_core::policy::program::LateCharges;
use regua_core::time::Day;
use regua_core::words::{Language, Rail};
use regua_engine::bank::{Debtor, Slip};
use regua_engine::commands::statement::{Account, Line};
use regua_paper::{
    Adjustment, Brand, Colour, Instalment, Invoice, InvoiceKind, InvoiceLine, Movement, Paid, Party, Press, Receipt, SlipBank, Statement,
    TaxLine,
};

use crate::config::Config;
use crate::exit::BadInput;
use crate::live::bank::slips::{Codes, printed};

/// What prints.
pub(crate) fn press() -> anyhow::Result<Press> {
    Press::new().context("the fonts of documents cannot be read")
}

/// The company as its documents show it.
pub(crate) fn brand(config: &Config) -> anyhow::Result<Brand> {
    let company = config.company.as_ref().map_err(|missing| BadInput::new(missing.clone()))?;
    let creditor = &company.creditor;
    let colour = Colour::parse(&config.brand.colour).unwrap_or(Colour::new(0x1f, 0x4e, 0x79));
    let mut brand = Brand::named(creditor.name.as_str(), colour);
    brand.tax_id = tax_id(creditor.tax_id.as_str());
    brand.address = vec![creditor.address.as_str().to_owned()];
    brand.contact = vec![creditor.contact.as_str().to_owned()];
    Ok(brand)
}

/// The company as the documents of a customer show it: with the brand that the customer's messages come from, if one is set up.
/// Pictures of brands are elsewhere on the network, so that the name stands in their place.
pub(crate) fn brand_for(config: &Config, own: Option<&regua_engine::brands::Brand>) -> anyhow::Result<Brand> {
    let Some(own) = own else { return brand(config) };
    let colour = Colour::parse(&own.colour).or_else(|| Colour::parse(&config.brand.colour)).unwrap_or(Colour::new(0x1f, 0x4e, 0x79));
    let mut shown = Brand::named(&own.name, colour);
    if !own.legal_name.trim().is_empty() {
        shown.legal_name.clone_from(&own.legal_name);
    }
    shown.tax_id = tax_id(&own.tax_id);
    shown.address = vec![own.address.clone()];
    shown.contact = vec![own.contact.clone()];
    Ok(shown)
}

/// The number behind a label such as `CNPJ 12.345.678/0001-95`.
fn tax_id(text: &str) -> Option<TaxId> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    TaxId::parse(text.get(start..)?.trim(), "BR").ok()
}

/// The city that a Pix code shows.
pub(crate) fn city(config: &Config) -> anyhow::Result<&str> {
    let missing = || BadInput::new("company.city is empty, and a Pix code shows it; write it in regua.toml");
    Ok(config.brand.city.as_deref().ok_or_else(missing)?)
}

/// Who owes.
pub(crate) fn party(debtor: &Debtor) -> Party {
    Party { name: debtor.name.clone(), tax_id: debtor.tax_id.clone(), address: debtor.address.clone() }
}

/// A slip for print.
pub(crate) fn slip(slip: &Slip, codes: &Codes, brand: &Brand, language: Language) -> anyhow::Result<regua_paper::Slip> {
    let (bank, agency_and_code, our_number, portfolio) = printed(codes)?;
    Ok(regua_paper::Slip {
        language,
        bank: SlipBank { name: bank.name().to_owned(), code: bank.printed_code().to_owned() },
        barcode: codes.barcode.to_string(),
        line: codes.barcode.line(),
        pix: codes.pix.clone(),
        place_of_payment: "Pagável em qualquer banco, casa lotérica ou pelo aplicativo do seu banco".to_owned(),
        beneficiary: Party { name: brand.legal_name.clone(), tax_id: brand.tax_id.clone(), address: brand.address.clone() },
        agency_and_code,
        our_number,
        document_number: slip.receivable.clone(),
        document_on: slip.issued_on,
        processed_on: slip.issued_on,
        due_on: slip.due_on,
        document_kind: "DM".to_owned(),
        is_accepted: false,
        portfolio,
        amount: slip.amount,
        instructions: slip.late.as_ref().map(instructions).unwrap_or_default(),
        payer: party(&slip.debtor),
        guarantor: None,
    })
}

/// What a bank's clerk reads about lateness; the form is in Portuguese.
fn instructions(late: &LateCharges) -> Vec<String> {
    let mut lines = Vec::new();
    if late.fine.units() > 0 {
        lines.push(format!("Após o vencimento, multa de {}.", late.fine.to_string().replace('.', ",")));
    }
    if late.interest.rate.units() > 0 {
        let per = match late.interest.base_days {
            1 => "ao dia".to_owned(),
            30 => "ao mês".to_owned(),
            days => format!("a cada {days} dias"),
        };
        lines.push(format!("Após o vencimento, juros de {} {per}, por dia de atraso.", late.interest.rate.to_string().replace('.', ",")));
    }
    lines
}

/// An invoice for print.
pub(crate) fn invoice(draft: &DraftInvoice, number: &str, debtor: &Debtor, language: Language) -> Invoice {
    let money = |minor: i64| Money::new(minor, draft.currency);
    let mut paper = Invoice::new(language, number, party(debtor), draft.issued_on, draft.due_on, money(draft.total));
    if draft.total < 0 {
        paper.kind = InvoiceKind::Credit;
    }
    paper.period = draft.period.map(|(from, to)| (from, to.plus(-1)));
    paper.purchase_order = draft.purchase_order.as_deref().map(str::to_owned);
    paper.is_automatic = draft.collection == Collection::Automatic;
    for line in &draft.lines {
        let mut shown = InvoiceLine::new(&line.name, money(line.amount));
        shown.quantity = line.quantity;
        shown.period = Some((line.from, line.to.plus(-1))).filter(|(from, to)| from <= to);
        paper.lines.push(shown);
    }
    for discount in &draft.discounts {
        paper.discounts.push(Adjustment { label: discount.code.to_string(), amount: money(discount.amount) });
    }
    for tax in &draft.taxes {
        let is_contained = tax.mode != TaxMode::Exclusive;
        paper.taxes.push(TaxLine { name: tax.name.to_string(), rate: tax.rate, amount: money(tax.amount), is_contained });
    }
    if draft.instalments.len() > 1 {
        for part in &draft.instalments {
            paper.instalments.push(Instalment { due_on: part.due_on, amount: money(part.amount) });
        }
    }
    paper
}

/// A receipt of a payment on a receivable.
pub(crate) fn receipt(line: &Line, number: usize, debtor: &Debtor, (language, today): (Language, Day), due_on: Day) -> Receipt {
    let amount = Money::new(-line.amount.minor(), line.amount.currency());
    let document = line.receivable.clone().unwrap_or_default();
    Receipt {
        language,
        number: format!("{document}/{number}"),
        payer: party(debtor),
        issued_on: today,
        paid_on: line.on,
        amount,
        rail: Rail::Other,
        reference: None,
        paid: vec![Paid { document: document.clone(), description: document, due_on, amount }],
        credit: None,
        notes: Vec::new(),
    }
}

/// A statement for print.
pub(crate) fn statement(account: &Account, debtor: &Debtor, (language, today): (Language, Day), (from, to): (Day, Day)) -> Statement {
    let own = |money: Money, credit: Money| Money::new(money.minor().saturating_sub(credit.minor()), account.currency);
    let moves = account.lines.iter().filter(|line| line.kind != "overpayment" && line.kind != "application");
    Statement {
        language,
        customer: party(debtor),
        issued_on: today,
        from,
        to,
        opening: own(account.opening, account.opening_credit),
        movements: moves
            .map(|line| Movement {
                on: line.on,
                description: says(line.kind, language).to_owned(),
                document: line.receivable.clone(),
                amount: match line.kind {
                    // Of credit alone, more of it is less that is owed.
                    "received" | "refunded" => Money::new(-line.amount.minor(), line.amount.currency()),
                    _ => line.amount,
                },
            })
            .collect(),
        closing: own(account.closing, account.credit),
        notes: Vec::new(),
    }
}

/// The account of a currency, where a customer has several.
pub(crate) fn only(accounts: &[Account], currency: Option<Currency>) -> anyhow::Result<&Account> {
    match (accounts, currency) {
        (accounts, Some(currency)) => accounts
            .iter()
            .find(|account| account.currency == currency)
            .ok_or_else(|| BadInput::new(format!("the customer has nothing in {}", currency.code())).into()),
        ([only], None) => Ok(only),
        ([], None) => Err(BadInput::new("nothing was billed and nothing paid, so there is no statement").into()),
        (several, None) => {
            let codes: Vec<&str> = several.iter().map(|account| account.currency.code()).collect();
            Err(BadInput::new(format!("the customer has accounts in {}; say which with --currency", codes.join(", "))).into())
        }
    }
}

/// An entry in words: Portuguese, English, Spanish, Italian, French, German.
fn says(kind: &str, language: Language) -> &'static str {
    let words = match kind {
        "charge" => ["Cobrança", "Billed", "Cargo", "Addebito", "Facturé", "Rechnung"],
        "fine" => ["Multa", "Late fee", "Multa por mora", "Penale", "Pénalité de retard", "Verzugspauschale"],
        "interest" => ["Juros", "Interest", "Intereses", "Interessi", "Intérêts", "Zinsen"],
        "fee" => ["Tarifa", "Fee", "Comisión", "Commissione", "Frais", "Gebühr"],
        "compensation" => [
            "Indenização fixa por atraso",
            "Fixed sum for lateness",
            "Indemnización fija por mora",
            "Indennizzo fisso",
            "Indemnité forfaitaire de retard",
            "Pauschale für Verzug",
        ],
        "discount" => ["Desconto", "Discount", "Descuento", "Sconto", "Remise", "Nachlass"],
        "payment" => ["Pagamento", "Payment", "Pago", "Pagamento", "Paiement", "Zahlung"],
        "received" => {
            ["Pagamento adiantado", "Payment in advance", "Pago anticipado", "Pagamento anticipato", "Paiement d’avance", "Vorauszahlung"]
        }
        "withholding" => ["Imposto retido", "Tax withheld", "Retención", "Ritenuta", "Impôt retenu", "Einbehaltene Steuer"],
        "credit" => ["Abatimento", "Reduction", "Rebaja", "Riduzione", "Réduction", "Minderung"],
        "refund" | "refunded" => ["Devolução", "Refund", "Devolución", "Rimborso", "Remboursement", "Erstattung"],
        "chargeback" => [
            "Pagamento estornado",
            "Payment taken back",
            "Pago revertido",
            "Pagamento stornato",
            "Paiement repris",
            "Zurückgebuchte Zahlung",
        ],
        "write_off" => ["Baixa por perda", "Given up", "Baja por pérdida", "Stralcio", "Perte constatée", "Ausgebucht"],
        "void" => ["Cancelamento", "Cancelled", "Anulación", "Annullamento", "Annulation", "Storno"],
        _ => ["Lançamento", "Entry", "Movimiento", "Movimento", "Écriture", "Buchung"],
    };
    match language {
        Language::PtBr => words[0],
        Language::Es => words[2],
        Language::It => words[3],
        Language::En => words[1],
        Language::Fr => words[4],
        Language::De => words[5],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Values;
    use std::path::Path;

    #[test]
    fn a_brand_shows_itself_and_who_is_behind_it() {
        let config = Config::of(&Values::defaults(), Path::new(".")).unwrap();
        let own = regua_engine::brands::Brand {
            name: "Acme".into(),
            legal_name: "Acme Serviços Ltda.".into(),
            address: "Rua das Flores 12, São Paulo".into(),
            tax_id: "CNPJ 12.345.678/0001-95".into(),
            contact: "contas@acme.example".into(),
            colour: "#7a1fa2".into(),
            ..regua_engine::brands::Brand::default()
        };
        let shown = brand_for(&config, Some(&own)).unwrap();
        assert_eq!((shown.name.as_str(), shown.legal_name.as_str()), ("Acme", "Acme Serviços Ltda."));
        assert_eq!(shown.tax_id.map(|id| id.to_formatted()).as_deref(), Some("12.345.678/0001-95"));
        assert_eq!((shown.contact, shown.colour), (vec!["contas@acme.example".to_owned()], Colour::new(0x7a, 0x1f, 0xa2)));
        assert_eq!(shown.address, ["Rua das Flores 12, São Paulo"]);
    }

    #[test]
    fn every_entry_has_a_word_of_its_own_in_each_language() {
        for kind in ["charge", "fine", "interest", "fee", "discount", "payment", "credit", "refund", "chargeback", "write_off", "void"] {
            let english = says(kind, Language::En);
            for language in [Language::PtBr, Language::Es, Language::It, Language::Fr, Language::De] {
                assert_ne!(says(kind, language), english, "{kind} {language}");
            }
        }
    }
}
