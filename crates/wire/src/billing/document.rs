//! A document as its reader sees it: in the reader's language, with dates and amounts as that language writes them.
//!
//! Deliberately absent: layout, names and addresses, which stand around it.

use regua_core::billing::{Collection, DocumentKind, DraftInvoice, Line, LineKind, TaxMode};
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::Language;

use crate::messages::locale::{date_short, money, number};

/// A document in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// What it is called, with its number.
    pub title: String,
    /// What stands above the lines: label and value.
    pub facts: Vec<(&'static str, String)>,
    /// Headings of the lines: description, period, quantity, amount.
    pub headings: [&'static str; 4],
    /// The lines.
    pub lines: Vec<[String; 4]>,
    /// What stands below them, the total last: label and amount.
    pub sums: Vec<(String, String)>,
    /// When it is due in parts: day and amount. Empty when it is due as a whole, or nothing is.
    pub parts: Vec<(String, String)>,
}

/// The words of one language.
struct Words {
    invoice: &'static str,
    credit: &'static str,
    issued: &'static str,
    due: &'static str,
    period: &'static str,
    order: &'static str,
    attached: &'static str,
    collection: &'static str,
    automatic: &'static str,
    headings: [&'static str; 4],
    /// Between a part and a whole: `10 of 30`.
    of: &'static str,
    days: &'static str,
    given_back: &'static str,
    minimum: &'static str,
    discount: &'static str,
    /// Before a tax that the price contains.
    contained: &'static str,
    total: &'static str,
}

/// The document in a language.
///
/// * `name` — what it is known by, where it is not its own key.
#[must_use]
pub fn document(draft: &DraftInvoice, name: &str, language: Language) -> Document {
    let words = words(language);
    let amount = |minor: i64| money(language, Money::new(minor, draft.currency));
    let is_credit = draft.kind == DocumentKind::Credit;
    let mut facts = vec![(words.issued, date_short(language, draft.issued_on))];
    if !is_credit {
        facts.push((words.due, date_short(language, draft.due_on)));
    }
    if let Some((from, to)) = draft.period {
        facts.push((words.period, span(language, from, to)));
    }
    if draft.collection == Collection::Automatic && !is_credit {
        facts.push((words.collection, words.automatic.to_owned()));
    }
    if let Some(order) = &draft.purchase_order {
        facts.push((words.order, order.to_string()));
    }
    for attachment in &draft.attachments {
        facts.push((words.attached, format!("{} ({})", attachment.name, attachment.place)));
    }
    let line = |line: &Line| {
        let days = if line.from < line.to { span(language, line.from, line.to) } else { String::new() };
        [described(line, &words), days, number(language, line.quantity), amount(line.amount)]
    };
    let mut sums: Vec<(String, String)> =
        draft.discounts.iter().map(|off| (format!("{} {}", words.discount, off.code), amount(off.amount))).collect();
    let (on_top, contained): (Vec<_>, Vec<_>) = draft.taxes.iter().partition(|tax| tax.mode == TaxMode::Exclusive);
    sums.extend(on_top.iter().map(|tax| (format!("{} {}", tax.name, tax.rate), amount(tax.amount))));
    let total = (words.total.to_owned(), amount(draft.total));
    sums.extend(contained.iter().map(|tax| (format!("{} {} {}", words.contained, tax.name, tax.rate), amount(tax.amount))));
    sums.push(total);
    let parts = draft.instalments.iter().filter(|_| draft.instalments.len() > 1);
    Document {
        title: format!("{} {name}", if is_credit { words.credit } else { words.invoice }),
        facts,
        headings: words.headings,
        lines: draft.lines.iter().map(line).collect(),
        sums,
        parts: parts.map(|part| (date_short(language, part.due_on), amount(part.amount))).collect(),
    }
}

/// From a day to the last one, which is the day before the first that is not in it.
fn span(language: Language, from: Day, to: Day) -> String {
    format!("{} – {}", date_short(language, from), date_short(language, to.plus(-1).max(from)))
}

fn described(line: &Line, words: &Words) -> String {
    let mut notes = Vec::new();
    match line.kind {
        LineKind::Credit => notes.push(words.given_back.to_owned()),
        LineKind::Minimum => notes.push(words.minimum.to_owned()),
        LineKind::Charge | LineKind::Usage | LineKind::Manual => {}
    }
    let days = line.to.since(line.from);
    if line.whole_days > 0 && days != line.whole_days && line.kind != LineKind::Usage {
        notes.push(format!("{days} {} {} {}", words.of, line.whole_days, words.days));
    }
    if notes.is_empty() { line.name.to_string() } else { format!("{} ({})", line.name, notes.join(", ")) }
}

const fn words(language: Language) -> Words {
    match language {
        Language::PtBr => PT_BR,
        Language::En => EN,
        Language::Es => ES,
        Language::It => IT,
        Language::Fr => FR,
        Language::De => DE,
    }
}

const PT_BR: Words = Words {
    invoice: "Fatura",
    credit: "Crédito",
    issued: "Emissão",
    due: "Vencimento",
    period: "Período",
    order: "Pedido de compra",
    attached: "Anexo",
    collection: "Cobrança",
    automatic: "automática",
    headings: ["Descrição", "Período", "Quantidade", "Valor"],
    of: "de",
    days: "dias",
    given_back: "crédito",
    minimum: "mínimo",
    discount: "Desconto",
    contained: "dos quais",
    total: "Total",
};

const EN: Words = Words {
    invoice: "Invoice",
    credit: "Credit",
    issued: "Issued",
    due: "Due",
    period: "Period",
    order: "Purchase order",
    attached: "Attached",
    collection: "Collection",
    automatic: "charged automatically",
    headings: ["Description", "Period", "Quantity", "Amount"],
    of: "of",
    days: "days",
    given_back: "credit",
    minimum: "minimum",
    discount: "Discount",
    contained: "of which",
    total: "Total",
};

const ES: Words = Words {
    invoice: "Factura",
    credit: "Abono",
    issued: "Emisión",
    due: "Vencimiento",
    period: "Período",
    order: "Orden de compra",
    attached: "Adjunto",
    collection: "Cobro",
    automatic: "automático",
    headings: ["Descripción", "Período", "Cantidad", "Importe"],
    of: "de",
    days: "días",
    given_back: "abono",
    minimum: "mínimo",
    discount: "Descuento",
    contained: "de los cuales",
    total: "Total",
};

const IT: Words = Words {
    invoice: "Fattura",
    credit: "Nota di credito",
    issued: "Emissione",
    due: "Scadenza",
    period: "Periodo",
    order: "Ordine d’acquisto",
    attached: "Allegato",
    collection: "Incasso",
    automatic: "addebito automatico",
    headings: ["Descrizione", "Periodo", "Quantità", "Importo"],
    of: "di",
    days: "giorni",
    given_back: "credito",
    minimum: "minimo",
    discount: "Sconto",
    contained: "di cui",
    total: "Totale",
};

const FR: Words = Words {
    invoice: "Facture",
    credit: "Avoir",
    issued: "Émission",
    due: "Échéance",
    period: "Période",
    order: "Bon de commande",
    attached: "Pièce jointe",
    collection: "Encaissement",
    automatic: "prélèvement automatique",
    headings: ["Description", "Période", "Quantité", "Montant"],
    of: "sur",
    days: "jours",
    given_back: "avoir",
    minimum: "minimum",
    discount: "Remise",
    contained: "dont",
    total: "Total",
};

const DE: Words = Words {
    invoice: "Rechnung",
    credit: "Gutschrift",
    issued: "Ausgestellt",
    due: "Fällig",
    period: "Zeitraum",
    order: "Bestellnummer",
    attached: "Anlage",
    collection: "Einzug",
    automatic: "wird abgebucht",
    headings: ["Beschreibung", "Zeitraum", "Menge", "Betrag"],
    of: "von",
    days: "Tagen",
    given_back: "Gutschrift",
    minimum: "Mindestbetrag",
    discount: "Rabatt",
    contained: "davon",
    total: "Summe",
};

#[cfg(test)]
mod tests {
    use regua_core::billing::{Change, Cycle, Effect, Kind, NewSubscription, Plan, Price, Scale, Settle, Subscription, Tax, Terms, Timing};
    use regua_core::currency::Currency;
    use regua_core::rate::Rate;

    use super::*;

    fn drafts() -> Vec<DraftInvoice> {
        let day = |text| Day::parse(text).unwrap();
        let seat = Kind::PerUnit { scale: Scale::each(3_000), timing: Timing::Advance };
        let seat = Price { key: "seat".into(), name: "Usuário".into(), kind: seat };
        let iss = Tax { name: "ISS".into(), rate: Rate::from_bps(500), mode: TaxMode::Within };
        let mut subscription = Subscription::new(NewSubscription {
            key: "s1".into(),
            plan: Plan::new("team", "Time", Currency::BRL, Cycle::MONTHLY, vec![seat]).unwrap(),
            quantity: 3,
            begins_on: day("2026-11-01"),
            trial_until: None,
            anchor: None,
            terms: Terms { taxes: vec![iss], collection: Collection::Automatic, purchase_order: Some("PO 7".into()), ..Terms::default() },
            coupons: Vec::new(),
        })
        .unwrap();
        let first = subscription.bill(day("2026-11-01")).unwrap().unwrap();
        let effect = Effect::Now(Settle::OwnInvoice);
        let less = Change::QuantityChanged { quantity: 1, effect };
        assert!(subscription.apply(less, day("2026-11-21")).is_ok());
        vec![first, subscription.bill(day("2026-11-21")).unwrap().unwrap()]
    }

    fn told(draft: &DraftInvoice, language: Language) -> String {
        let Document { title, facts, lines, sums, .. } = document(draft, &draft.key.to_string(), language);
        let facts: Vec<String> = facts.into_iter().map(|(label, value)| format!("{label} {value}")).collect();
        let lines: Vec<String> = lines.into_iter().map(|line| line.join(" | ")).collect();
        let sums: Vec<String> = sums.into_iter().map(|(label, value)| format!("{label} {value}")).collect();
        format!("{title}\n{}\n{}\n{}", facts.join("; "), lines.join("\n"), sums.join("; ")).replace('\u{a0}', " ")
    }

    #[test]
    fn a_document_speaks_the_language_of_its_reader() {
        let drafts = drafts();
        assert_eq!(
            told(&drafts[0], Language::PtBr),
            "Fatura s1/0/period\nEmissão 01/11/2026; Vencimento 01/11/2026; Período 01/11/2026 – 30/11/2026; Cobrança automática; \
             Pedido de compra PO 7\nUsuário | 01/11/2026 – 30/11/2026 | 3 | R$ 90,00\ndos quais ISS 5% R$ 4,50; Total R$ 90,00"
        );
        assert_eq!(
            told(&drafts[1], Language::De),
            "Gutschrift s1/0/change-0\nAusgestellt 21.11.2026; Zeitraum 01.11.2026 – 30.11.2026; Bestellnummer PO 7\n\
             Usuário (Gutschrift, 10 von 30 Tagen) | 21.11.2026 – 30.11.2026 | 3 | -30,00 R$\n\
             Usuário (10 von 30 Tagen) | 21.11.2026 – 30.11.2026 | 1 | 10,00 R$\ndavon ISS 5% -1,00 R$; Summe -20,00 R$"
        );
        for language in Language::ALL {
            assert!(!told(&drafts[0], *language).contains("  "), "{language}: no word is missing");
        }
    }
}
