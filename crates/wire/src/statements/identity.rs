//! What makes a line of a statement the same line in another statement that overlaps it.
//!
//! Deliberately absent: accounts. The same key in two accounts is two lines; whoever keeps keys keeps them per account.

use std::collections::BTreeMap;

use regua_core::bank::{Line, Statement};

/// What stands between the parts of a key; [`super::text`] leaves no control character in any of them.
const BETWEEN: char = '\u{1f}';

/// One key for each line of a statement, in its order.
///
/// A key is the event, the day and the amount with the bank's id of the line, or without one with its text and names. A bank's
/// id alone is not enough: some number anew in each file. Lines that are equal in all of this are told apart by
/// counting, `0`, `1`, `2`: two coffees of one price on one day are two lines. The count is the same in another statement
/// that tells of the whole day. The event belongs to it, so that what was pending and is then paid is news.
///
/// ```
/// let file = regua_wire::statements::mt940::read(b":20:X\n:60F:C261129EUR0,00\n:61:261130C1,00NMSC\n:61:261130C1,00NMSC\n")?;
/// let keys = regua_wire::statements::identity::keys(&file.statements[0]);
/// assert_ne!(keys[0], keys[1]);
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
#[must_use]
pub fn keys(statement: &Statement) -> Vec<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let numbered = |line: &Line| {
        let key = key(line);
        let count = seen.entry(key.clone()).or_default();
        let numbered = format!("{key}{BETWEEN}{count}");
        *count = count.saturating_add(1);
        numbered
    };
    statement.lines.iter().map(numbered).collect()
}

fn key(line: &Line) -> String {
    let day = line.posted_on.map(|day| day.to_string()).unwrap_or_default();
    let amount = line.amount.map(|amount| amount.to_string()).unwrap_or_default();
    let mut parts = vec![line.event.as_str(), &day, &amount];
    let names = &line.names;
    match &names.bank_id {
        Some(id) => parts.push(id),
        None => {
            let others =
                [&names.our_number, &names.document, &names.company_use, &names.end_to_end, &names.txid, &names.of, &line.payer.name];
            parts.extend(others.into_iter().map(|name| name.as_deref().unwrap_or("")));
            parts.push(&line.text);
        }
    }
    parts.join(&BETWEEN.to_string())
}
