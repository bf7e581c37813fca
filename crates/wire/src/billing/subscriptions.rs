//! A file of subscriptions: CSV with a header, read row by row (`docs/billing.md`).
//!
//! Good rows are taken beside bad ones. Deliberately absent: other formats and mappings, and what is known already; the file
//! is written for this purpose, so dates are ISO 8601 and nothing is detected but the delimiter.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use regua_core::party::{Attribute, ContactPoint, Customer, Email, TaxId};
use regua_core::time::{Day, Zone};
use regua_core::words::Rail;

use super::{AnchorWords, TermsWords, net, tax};
use crate::files::{CustomerRow, Refused, RefusedKind, Reject, Rejects};

/// Columns that a file must have.
const REQUIRED: [&str; 4] = ["subscription_id", "customer_id", "plan", "started_on"];
/// Columns that it may have.
const OPTIONAL: [&str; 16] = [
    "quantity",
    "billed_from",
    "trial_until",
    "anchor",
    "collection",
    "net",
    "instalments",
    "taxes",
    "purchase_order",
    "coupons",
    "method",
    "name",
    "email",
    "tax_id",
    "language",
    "time_zone",
];
/// Columns whose names begin so are attributes of the customer.
const ATTRIBUTE: &str = "attribute.";

/// A subscription that a file tells of.
pub struct SubscriptionRow {
    /// Its line in the file.
    pub row: u64,
    /// The row as it stands there.
    pub original: String,
    /// What it is called.
    pub id: Box<str>,
    /// Whose it is.
    pub customer: CustomerRow,
    /// The key of its plan.
    pub plan: Box<str>,
    /// How many.
    pub quantity: u64,
    /// The first day.
    pub started_on: Day,
    /// The first day that is billed here, where others billed before.
    pub billed_from: Option<Day>,
    /// The first day that is billed at all.
    pub trial_until: Option<Day>,
    /// Where periods begin.
    pub anchor: Option<AnchorWords>,
    /// Its terms, as far as they are said.
    pub terms: TermsWords,
    /// Its coupons, as they are written: a sum has the currency of the plan.
    pub coupons: Vec<Box<str>>,
    /// The rail on which it is paid.
    pub method: Option<Rail>,
}

/// Reads a file of subscriptions; rows that cannot be right go to `rejects`.
///
/// * `file` — its name, for messages.
///
/// # Errors
/// [`Refused`] when it is no such file; what `rejects` says.
pub fn read_subscriptions(file: &str, bytes: &[u8], rejects: &mut dyn Rejects) -> Result<Vec<SubscriptionRow>, ReadError> {
    let refuse = |kind: RefusedKind, problem: String, mend: &str| Err(Refused::new(file, kind, problem, mend).into());
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse(RefusedKind::Unreadable, "the file is not UTF-8".to_owned(), "save it as UTF-8");
    };
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|&mark| first.bytes().filter(|&byte| byte == mark).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>(),
        Err(error) => {
            return refuse(
                RefusedKind::Unreadable,
                format!("the header cannot be read: {error}"),
                "write the columns of docs/billing.md in its first line",
            );
        }
    };
    for name in REQUIRED {
        if !header.iter().any(|column| column == name) {
            return refuse(
                RefusedKind::MissingColumn,
                format!("the file has no column `{name}`"),
                &format!("it needs {}", REQUIRED.join(", ")),
            );
        }
    }
    let known = |name: &str| REQUIRED.contains(&name) || OPTIONAL.contains(&name) || name.starts_with(ATTRIBUTE);
    if let Some(other) = header.iter().find(|name| !known(name)) {
        let near = regua_core::policy::nearest(other, REQUIRED.into_iter().chain(OPTIONAL));
        let mend =
            near.map_or_else(|| "name an attribute of the customer `attribute.NAME`".to_owned(), |near| format!("did you mean `{near}`?"));
        return refuse(RefusedKind::MissingColumn, format!("`{other}` is not a column of subscriptions"), &mend);
    }
    let (mut rows, mut seen) = (Vec::new(), BTreeSet::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return refuse(RefusedKind::Unreadable, format!("the file is not CSV: {error}"), "close every quote"),
        };
        let line = record.position().map_or(0, csv::Position::line);
        let original = record.iter().collect::<Vec<_>>().join(",");
        let cells = header.iter().map(String::as_str).zip(record.iter().map(str::trim)).filter(|(_, value)| !value.is_empty()).collect();
        match (Cells { cells }).row(line, &original) {
            Ok(_) | Err(_) if record.len() > header.len() => {
                let reason = format!("the row has {} fields, the header {}", record.len(), header.len());
                rejects.reject(Reject {
                    row: line,
                    column: String::new(),
                    reason,
                    mend: "quote fields that hold the delimiter".to_owned(),
                    original,
                })?;
            }
            Ok(row) if !seen.insert(row.id.clone()) => {
                let reason = format!("`{}` stands in the file twice", row.id);
                let mend = "keep one row for each subscription".to_owned();
                rejects.reject(Reject { row: line, column: "subscription_id".to_owned(), reason, mend, original })?;
            }
            Ok(row) => rows.push(row),
            Err((column, reason, mend)) => {
                rejects.reject(Reject { row: line, column: column.to_owned(), reason, mend, original })?;
            }
        }
    }
    Ok(rows)
}

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no such file.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Rejected rows could not be written.
    #[error("failed to write the rejected rows")]
    Rejects(#[from] io::Error),
}

/// Column, reason and mend.
type Bad = (&'static str, String, String);

/// The cells of a row that hold something.
struct Cells<'t> {
    cells: BTreeMap<&'t str, &'t str>,
}

impl Cells<'_> {
    fn row(&self, row: u64, original: &str) -> Result<SubscriptionRow, Bad> {
        let started_on = self.need("started_on", day)?;
        Ok(SubscriptionRow {
            row,
            original: original.to_owned(),
            id: self.need("subscription_id", text)?,
            customer: CustomerRow { id: self.need("customer_id", text)?, customer: self.customer()? },
            plan: self.need("plan", text)?,
            quantity: self.get("quantity", whole)?.unwrap_or(1),
            started_on,
            billed_from: self.get("billed_from", day)?,
            trial_until: self.get("trial_until", day)?,
            anchor: self.get("anchor", |text| AnchorWords::parse(text).map_err(|bad| apart(&bad.to_string())))?,
            terms: self.terms()?,
            coupons: self
                .get("coupons", |text| Ok(text.split(' ').filter(|word| !word.is_empty()).map(Box::from).collect()))?
                .unwrap_or_default(),
            method: self.get("method", |text| word::<Rail>(text, "pix, boleto, card"))?,
        })
    }

    fn terms(&self) -> Result<TermsWords, Bad> {
        let taxes = |text: &str| {
            let taxes = text.split(' ').filter(|word| !word.is_empty()).map(tax).collect::<Result<Vec<_>, _>>();
            taxes.map_err(|bad| apart(&bad.to_string()))
        };
        Ok(TermsWords {
            collection: self.get("collection", |text| word(text, "automatic or invoice"))?,
            net: self.get("net", |text| net(text).map_err(|bad| apart(&bad.to_string())))?,
            instalments: self.get("instalments", whole)?,
            taxes: self.get("taxes", taxes)?,
            purchase_order: self.get("purchase_order", text)?,
            attachments: None,
        })
    }

    fn customer(&self) -> Result<Customer, Bad> {
        let email =
            |text: &str| Email::parse(text).map_err(|bad| (bad.to_string(), "write one address such as ana@acme.example".to_owned()));
        let tax_id =
            |text: &str| TaxId::parse(text, "BR").map_err(|bad| (bad.to_string(), "write a CPF or CNPJ with its check digits".to_owned()));
        let zone = |text: &str| Zone::parse(text).map_err(|bad| (bad.to_string(), "write a name such as America/Sao_Paulo".to_owned()));
        let attributes = self
            .cells
            .iter()
            .filter_map(|(name, value)| Some((Box::from(name.strip_prefix(ATTRIBUTE)?), Attribute::Text(Box::from(*value)))));
        Ok(Customer {
            name: self.get("name", text)?,
            tax_id: self.get("tax_id", tax_id)?,
            language: self.get("language", |text| word(text, "pt-BR, en, es, it, fr or de"))?,
            zone: self.get("time_zone", zone)?,
            contacts: self.get("email", email)?.map(ContactPoint::email).into_iter().collect(),
            attributes: attributes.collect(),
            ..Customer::default()
        })
    }

    fn get<T>(&self, column: &'static str, read: impl Fn(&str) -> Result<T, (String, String)>) -> Result<Option<T>, Bad> {
        self.cells.get(column).map(|text| read(text)).transpose().map_err(|(reason, mend)| (column, reason, mend))
    }

    fn need<T>(&self, column: &'static str, read: impl Fn(&str) -> Result<T, (String, String)>) -> Result<T, Bad> {
        self.get(column, read)?.ok_or_else(|| (column, "it is empty".to_owned(), "fill it in".to_owned()))
    }
}

/// A message with its mend behind the first semicolon or comma, apart.
fn apart(told: &str) -> (String, String) {
    let (what, mend) = told.split_once("; ").unwrap_or((told, "see docs/billing.md"));
    (what.to_owned(), mend.to_owned())
}

fn text(text: &str) -> Result<Box<str>, (String, String)> {
    Ok(text.into())
}

fn day(text: &str) -> Result<Day, (String, String)> {
    Day::parse(text).map_err(|_bad| (format!("`{text}` is not a date"), "write year, month and day: 2026-12-31".to_owned()))
}

fn whole<T: std::str::FromStr>(text: &str) -> Result<T, (String, String)> {
    text.parse()
        .map_err(|_bad| (format!("`{text}` is not a number that it can have"), "write a whole number without separators".to_owned()))
}

fn word<T: std::str::FromStr>(text: &str, known: &str) -> Result<T, (String, String)> {
    text.parse().map_err(|_bad| (format!("`{text}` is not known here"), format!("write {known}")))
}

#[cfg(test)]
mod tests {
    use regua_core::billing::{Collection, Net};

    use super::*;
    use crate::files::RejectList;

    #[test]
    fn good_rows_are_read_beside_bad_ones() {
        let file = "\
subscription_id;customer_id;plan;quantity;started_on;billed_from;anchor;net;collection;coupons;email;attribute.tier
s1;C1;team;3;2026-01-31;2026-12-31;31;10d;automatic;HALF=50%:once TEN=10.00:2;ana@acme.example;gold
s2;C2;team;;2026-01-31;;;;;;;
s3;C3;team;x;2026-01-31;;;;;;;
s4;C4;team;1;31/01/2026;;;;;;;
;C5;team;1;2026-01-31;;;;;;;
s6;C6;team;1;2026-01-31;;;ten;;;;
s1;C1;team;1;2026-01-31;;;;;;;
";
        let mut rejects = RejectList::new(9);
        let rows = read_subscriptions("subs.csv", file.as_bytes(), &mut rejects).unwrap();
        assert_eq!(rows.iter().map(|row| &*row.id).collect::<Vec<_>>(), ["s1", "s2"]);
        assert_eq!((rows[0].quantity, rows[1].quantity, rows[0].row), (3, 1, 2));
        assert_eq!((rows[0].terms.net, rows[0].terms.collection), (Some(Net::Days(10)), Some(Collection::Automatic)));
        assert_eq!((rows[0].anchor, rows[0].coupons.len()), (Some(AnchorWords::DayOfMonth(31)), 2));
        assert_eq!(rows[0].customer.customer.attributes.len(), 1);
        let told: Vec<String> =
            rejects.rows.iter().map(|one| format!("{} {}: {}; {}", one.row, one.column, one.reason, one.mend)).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told[0].starts_with("4 quantity: `x`") && told[1].starts_with("5 started_on: `31/01/2026` is not a date"), "{told:?}");
        assert!(told[2].starts_with("6 subscription_id: it is empty") && told[3].starts_with("7 net: `ten` does not say when"), "{told:?}");
    }

    #[test]
    fn another_file_is_refused_with_what_is_missing() {
        let refused =
            |text: &str| read_subscriptions("a.csv", text.as_bytes(), &mut RejectList::new(9)).map(|_| ()).unwrap_err().to_string();
        assert!(refused("subscription_id,customer_id,plan\n").contains("no column `started_on`"));
        assert!(refused("subscription_id,customer_id,plan,started_on,quantitty\n").contains("did you mean `quantity`?"));
    }
}
