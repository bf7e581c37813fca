//! What can be asked of lists of receivables: filters, orders, and places as cursors.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_engine::views::book::Search;
use regua_store::lists::receivables::{self, Among, Place, STATUSES, Sort, Wanted};
use serde_json::json;

use super::super::op::Call;
use super::super::problem::Problem;
use super::super::shape::{Field, Kind, may};
use super::page;

/// Beyond this nobody counts.
pub(super) const COUNTED_MAX: i64 = 10_000;

/// In which order.
pub(super) const SORT: Field = may(
    "sort",
    Kind::Word(&["newest", "due_on", "-due_on", "balance", "-balance"]),
    "The newest first, by the due date, or by the balance, with `-` the largest first. When nothing is said a list of everybody's with \
     a filter is by the due date, and others are newest first. By balance one currency is listed.",
);

/// Which.
macro_rules! with_filters {
    ($($more:expr),* $(,)?) => {
        &[
    may("q", Kind::Text(200), "Only those whose number, or whose customer's, begins so, and those of whoever is called so: each word that was typed begins a word of the name, accents apart, one of them with three letters. Names are looked through for who may read customers; 500 are found by number, 500 by customer."),
    may("status", Kind::Word(STATUSES), "Only those that stand so."),
    may("overdue", Kind::Bool, "`true`: only open ones whose due date is past."),
    may("currency", Kind::Currency, "Only those in a currency."),
    may("due_from", Kind::Day, "Due on this day or later."),
    may("due_until", Kind::Day, "Due on this day or earlier."),
    may("balance_from", Kind::Text(40), "With this balance or a larger one, such as 100.00; with `currency`."),
    may("balance_until", Kind::Text(40), "With this balance or a smaller one, such as 999.99; with `currency`."),
    may("customer", Kind::Name, "Only a customer's: our id, or what its source calls it."),
            $($more),*
        ]
    };
}

/// What a list can be asked for.
pub(super) const LISTED: &[Field] = with_filters![may("external_id", Kind::Name, "Only the one that its source calls so."), SORT];
/// What is counted.
pub(super) const COUNTED: &[Field] = with_filters![];

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) wanted: Wanted<'a>,
    pub(super) search: Option<Search<'a>>,
    pub(super) sort: Sort,
}

/// Reads the query.
pub(super) fn asked<'a>(call: &'a Call<'_>, customer: Option<&str>) -> Result<Asked<'a>, Problem> {
    let query = &call.query;
    let customer = customer.map(|name| call.engine().found(call.tenant, &About::Customer(name.to_owned()))).transpose()?;
    let among = customer.map_or(Among::All, |found| Among::Customer(found.customer));
    let search = searched(call);
    if search.is_some() && among != Among::All {
        return Err(Problem::field("query/q", "does_not_fit", "leave out `q`, or `customer`"));
    }
    let (from, mut until) = (query.day("due_from").unwrap_or(Day::MIN), query.day("due_until").unwrap_or(Day::MAX));
    let mut status = query.text("status");
    if query.is("overdue") {
        if status.is_some_and(|status| status != "open") {
            return Err(Problem::field("query/overdue", "does_not_fit", "only what is open is overdue; leave out `status`"));
        }
        status = Some("open");
        let yesterday = call.engine().zone(call.tenant)?.day_of(call.now).plus(-1);
        until = until.min(yesterday);
    }
    let currency = query.text("currency");
    let (least, most) = (balance(call, "balance_from")?.unwrap_or(i64::MIN), balance(call, "balance_until")?.unwrap_or(i64::MAX));
    let wanted = Wanted { among, status, currency, from, until, least, most };
    let sort = match query.text("sort") {
        Some("due_on") => Sort::DueFirst,
        Some("-due_on") => Sort::DueLast,
        Some("balance") => Sort::Smallest,
        Some("-balance") => Sort::Largest,
        Some(_) => Sort::Newest,
        None if wanted == Wanted { among, ..Wanted::ALL } || among != Among::All => Sort::Newest,
        None => Sort::DueFirst,
    };
    if matches!(sort, Sort::Smallest | Sort::Largest) && currency.is_none() {
        one_currency(call, status)?;
    }
    Ok(Asked { wanted, search, sort })
}

/// Amounts of several currencies are in no order.
fn one_currency(call: &Call<'_>, status: Option<&str>) -> Result<(), Problem> {
    let one = status.map(|status| [status]);
    let mut found: Vec<String> = Vec::new();
    for status in one.as_ref().map_or(STATUSES, |one| one.as_slice()) {
        found.extend(call.read(|tx| receivables::currencies(tx, call.tenant, status, None))?);
    }
    found.sort_unstable();
    found.dedup();
    if found.len() < 2 {
        return Ok(());
    }
    let told = format!("amounts of several currencies are in no order; say `currency`, one of {}", found.join(", "));
    Err(Problem::field("query/sort", "does_not_fit", told))
}

/// A balance that was asked for, in minor units.
fn balance(call: &Call<'_>, name: &'static str) -> Result<Option<i64>, Problem> {
    let Some(text) = call.query.text(name) else { return Ok(None) };
    let place = format!("query/{name}");
    let Some(currency) = call.query.text("currency").and_then(Currency::parse) else {
        return Err(Problem::field(&place, "does_not_fit", "say which `currency` it is in"));
    };
    match Money::parse(text, currency) {
        Ok(money) => Ok(Some(money.minor())),
        Err(bad) => Err(Problem::field(&place, "money", bad.to_string())),
    }
}

/// What is looked for.
pub(super) fn searched<'a>(call: &'a Call<'_>) -> Option<Search<'a>> {
    call.query.text("q").map(|text| Search { text, names: sees_names(call) })
}

/// Whether who asks may know what customers are called.
pub(super) fn sees_names(call: &Call<'_>) -> bool {
    call.caller.is_some_and(|caller| caller.allows(Scope::CustomersRead))
}

/// A place as a cursor.
pub(super) fn cursor(place: &Place) -> String {
    page::cursor(&json!([place.due.to_string(), place.balance, page::hex(&place.receivable)]))
}

/// The place that the cursor names.
pub(super) fn place(call: &Call<'_>) -> Result<Option<Place>, Problem> {
    let Some(place) = page::place(call, 3)? else { return Ok(None) };
    Ok(Some(Place { due: place.day(0)?, balance: place.int(1)?, receivable: place.id(2)? }))
}
