//! A file as text that a person compares: one line for each thing, without what is empty.

use regua_core::bank::{BankFile, Line};

/// Everything in a file.
pub(crate) fn file(file: &BankFile) -> String {
    let mut out = vec![file.format.to_string()];
    for statement in &file.statements {
        let account = &statement.account;
        let told = |name: &str, value: Option<String>| value.map(|value| format!(" {name} {value}")).unwrap_or_default();
        out.push(format!(
            "statement {}/{}/{} {}{}{}{}",
            account.bank,
            account.branch,
            account.number,
            statement.currency,
            told("number", statement.number.map(|number| number.to_string())),
            told("made", statement.made_on.map(|day| day.to_string())),
            told("until", statement.until.map(|day| day.to_string())),
        ));
        out.extend(statement.lines.iter().map(line));
    }
    out.extend(file.refused.iter().map(|bad| format!("refused {}: {}", bad.place, bad.what)));
    for check in &file.checks {
        let verdict = if check.holds() { "holds" } else { "fails" };
        out.push(format!("check {}: {} told {} read {} {verdict}", check.place, check.of, check.told, check.read));
    }
    out.join("\n") + "\n"
}

fn line(line: &Line) -> String {
    let mut out = format!("  {} {}", line.place, line.event);
    let mut say = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.push_str(&format!(" {name}={value}"));
        }
    };
    let word = |word: &Option<Box<str>>| word.as_deref().map(str::to_owned);
    say("amount", line.amount.map(|amount| amount.to_string()));
    say("posted", line.posted_on.map(|day| day.to_string()));
    say("paid", line.paid_on.map(|day| day.to_string()));
    say("id", word(&line.names.bank_id));
    say("document", word(&line.names.document));
    say("use", word(&line.names.company_use));
    say("e2e", word(&line.names.end_to_end));
    say("txid", word(&line.names.txid));
    say("of", word(&line.names.of));
    say("payer", word(&line.payer.name));
    say("tax", word(&line.payer.tax_id));
    say("from", word(&line.payer.account));
    say("codes", Some(line.codes.join(",")));
    say("text", Some(line.text.to_string()));
    out
}
