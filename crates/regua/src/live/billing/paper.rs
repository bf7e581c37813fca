//! Documents on a terminal and as JSON.

use regua_core::billing::{DraftInvoice, Terms};
use regua_core::money::Money;
use regua_core::words::Language;
use regua_wire::billing::{Document, document, net_words};
use serde_json::{Value, json};

use crate::output::{Out, Paint, clean};

/// Prints a document as its reader sees it.
///
/// * `name` — what it is known by.
pub(super) fn print(draft: &DraftInvoice, name: &str, language: Language, out: &mut Out) -> anyhow::Result<()> {
    let Document { title, facts, headings, lines, sums, parts } = document(draft, name, language);
    out.aside(Paint::Bold, &clean(&title))?;
    let label = facts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    for (name, value) in &facts {
        out.hanging(&format!("  {name:label$}  "), &clean(value))?;
    }
    let mut rows: Vec<[String; 4]> = vec![headings.map(str::to_owned)];
    rows.extend(lines);
    let wide = |rows: &[[String; 4]], column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let amounts = sums.iter().map(|(_, amount)| amount.chars().count()).max().unwrap_or(0);
    let (what, when, count, amount) = (wide(&rows, 0), wide(&rows, 1), wide(&rows, 2), wide(&rows, 3).max(amounts));
    for [name, days, quantity, sum] in &rows {
        out.line(&clean(&format!("  {name:what$}  {days:when$}  {quantity:>count$}  {sum:>amount$}")))?;
    }
    let before = what + when + count + 4;
    for (place, (name, sum)) in sums.iter().enumerate() {
        let line = clean(&format!("  {name:>before$}  {sum:>amount$}"));
        out.line(&if place + 1 == sums.len() { out.paint(Paint::Bold, &line) } else { line })?;
    }
    for (day, sum) in &parts {
        out.line(&format!("  {day:>before$}  {sum:>amount$}"))?;
    }
    Ok(())
}

/// A document for a program: every amount with its currency.
pub(super) fn as_json(draft: &DraftInvoice, name: &str) -> Value {
    let money = |minor: i64| Money::new(minor, draft.currency).to_string();
    let lines = draft.lines.iter().map(|line| {
        json!({
            "kind": line.kind.as_str(), "plan": line.plan, "price": line.price, "name": line.name, "quantity": line.quantity,
            "from": line.from.to_string(), "to": line.to.to_string(), "amount": money(line.amount),
        })
    });
    let taxes = draft.taxes.iter().map(|tax| {
        json!({
            "name": tax.name, "rate": tax.rate.to_string(), "mode": tax.mode.as_str(), "base": money(tax.base), "amount": money(tax.amount),
        })
    });
    json!({
        "invoice": name,
        "kind": draft.kind.as_str(),
        "issued_on": draft.issued_on.to_string(),
        "due_on": draft.due_on.to_string(),
        "period": draft.period.map(|(from, to)| json!({ "from": from.to_string(), "to": to.to_string() })),
        "lines": lines.collect::<Vec<_>>(),
        "discounts": draft.discounts.iter()
            .map(|off| json!({ "code": off.code, "amount": money(off.amount) })).collect::<Vec<_>>(),
        "taxes": taxes.collect::<Vec<_>>(),
        "total": money(draft.total),
        "collection": draft.collection.as_str(),
        "instalments": draft.instalments.iter()
            .map(|part| json!({ "due_on": part.due_on.to_string(), "amount": money(part.amount) })).collect::<Vec<_>>(),
        "purchase_order": draft.purchase_order,
        "attachments": draft.attachments,
    })
}

/// Terms in words.
pub(super) fn terms(terms: &Terms) -> Vec<(&'static str, String)> {
    let taxes: Vec<String> = terms.taxes.iter().map(|tax| format!("{} {} {}", tax.name, tax.rate, tax.mode)).collect();
    let mut told = vec![
        ("collection", terms.collection.to_string()),
        ("due", format!("{} after its issue", net_words(terms.net))),
        ("taxes", if taxes.is_empty() { "none".to_owned() } else { taxes.join(", ") }),
    ];
    if terms.instalments.get() > 1 {
        told.push(("instalments", terms.instalments.to_string()));
    }
    if let Some(order) = &terms.purchase_order {
        told.push(("purchase order", order.to_string()));
    }
    told.extend(terms.attachments.iter().map(|one| ("attached", format!("{} ({})", one.name, one.place))));
    told
}
