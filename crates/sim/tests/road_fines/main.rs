//! Real books: road fines with expenses, penalties and payments in parts, replayed as receivables, fact by fact, and held
//! against the file's own sums. Read where `REGUA_DATA` says; set and missing fails, unset prints what was skipped.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::facts::{Entry, Fact, FactError, Facts, Policies};
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::policy::{Names, compile};
use regua_core::time::{Day, Zone};
use regua_core::words::Mode;

/// Nothing runs by itself: penalty and expense stand in the file.
const POLICY: &str = "\
regua: 1
name: Multas
currency: EUR
timezone: Europe/Rome
segments: [{ name: default }]
ladders:
  default:
    - { id: due, at: D, do: notify, template: due_today, tone: friendly }
";

/// An event of the file.
struct Event {
    what: String,
    on: Day,
    /// The money of the event, and the file's own running sum of payments.
    amount: Option<Money>,
    total: Option<Money>,
}

/// The events of each case, in the order of the file.
fn cases(path: &PathBuf) -> BTreeMap<String, Vec<Event>> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut rows = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let header = rows.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let [case, what, on] = ["case_id", "activity", "date"].map(place);
    let [amount, expense, paid, total] = ["amount", "expense", "paymentAmount", "totalPaymentAmount"].map(place);
    let mut cases: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for row in rows.records() {
        let row = row.unwrap();
        let money = |place: usize| (!row[place].is_empty()).then(|| euros(&row[place]));
        let what_it_is = row[what].to_owned();
        let of = match what_it_is.as_str() {
            "Send Fine" => money(expense),
            "Payment" => money(paid),
            _ => money(amount),
        };
        let event = Event { what: what_it_is, on: Day::parse(&row[on]).unwrap(), amount: of, total: money(total) };
        cases.entry(row[case].to_owned()).or_default().push(event);
    }
    cases
}

/// `71.5`: at most two decimals, or the file has parts of a cent.
fn euros(text: &str) -> Money {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    assert!(part.len() <= 2, "{text} has parts of a cent");
    Money::parse(&format!("{whole}.{part:0<2}"), Currency::EUR).unwrap()
}

/// What the cases came to, in cents.
#[derive(Default, Debug, PartialEq, Eq)]
struct Sums {
    cases: u64,
    payments: u64,
    paid: i64,
    exact: u64,
    part: u64,
    over: u64,
    credit: i64,
    given_up: i64,
    open: i64,
    collected: u64,
    /// Payments of nothing: there is nothing to enter.
    of_nothing: u64,
    /// Payments behind which the file's own running sum is another one than the sum of its payments.
    other_total: u64,
}

/// One case lived through: what the books say is what the file says.
fn live(name: &str, events: &[Event], policies: &Policies, customer: &Customer, zone: Zone, sums: &mut Sums) {
    let mut facts = Facts::new(Cow::Borrowed(customer), zone);
    let (mut billed, mut expense, mut paid, mut collected) = (0, 0, 0, false);
    let mut first = None;
    for event in events {
        let (at, on) = (zone.midnight(event.on.plus(1)), event.on);
        let amount = event.amount.unwrap_or(Money::zero(Currency::EUR));
        let (walk, fact) = match event.what.as_str() {
            "Create Fine" => {
                billed = amount.minor();
                first = Some(on);
                let entry =
                    Entry { issued_on: on, due_on: on.plus(60), amount, method: None, subscription: None, policy: None, mode: Mode::Live };
                (None, Fact::Entered(entry))
            }
            "Add penalty" => {
                billed = amount.minor();
                let issued_on = first.unwrap();
                (Some(0), Fact::Amended { issued_on, due_on: issued_on.plus(60), amount, method: None })
            }
            "Send Fine" => {
                expense += amount.minor();
                (Some(0), Fact::FeeAdded { on, amount })
            }
            "Payment" => {
                sums.payments += 1;
                paid += amount.minor();
                sums.other_total += u64::from(event.total.unwrap().minor() != paid);
                (Some(0), Fact::Paid { paid_on: on, amount: Some(amount) })
            }
            "Send for Credit Collection" => {
                collected = true;
                (Some(0), Fact::WrittenOff)
            }
            _ => continue,
        };
        match facts.apply(walk, &fact, at, policies) {
            Ok(_) => {}
            // There is nothing to enter.
            Err(FactError::Ledger(_)) if amount.is_zero() => sums.of_nothing += u64::from(event.what == "Payment"),
            Err(refused) => panic!("{name}: {} of {}: {refused}", event.what, event.on),
        }
    }
    let ledger = &facts.walks[0].ledger;
    let sum: i64 = ledger.entries().map(|entry| entry.amount.minor()).sum();
    let (open, given_up, credit) = (ledger.balance().minor(), ledger.written_off().minor(), facts.account.credit(Currency::EUR).minor());
    assert_eq!(open, sum, "{name}: the entries are the balance");
    assert_eq!(ledger.billed().minor(), billed, "{name}: billed is what was billed last");
    assert_eq!(open + given_up - credit, billed + expense - paid, "{name}: what is missing is what the file says");
    assert!(credit >= 0 && open >= 0 && given_up >= 0, "{name}");
    assert_eq!(ledger.is_paid(), open + given_up == 0, "{name}");
    sums.cases += 1;
    sums.paid += paid;
    (sums.credit, sums.given_up, sums.open) = (sums.credit + credit, sums.given_up + given_up, sums.open + open);
    sums.collected += u64::from(collected);
    let of = if paid == 0 { return } else { (billed + expense).cmp(&paid) };
    match of {
        std::cmp::Ordering::Equal => sums.exact += 1,
        std::cmp::Ordering::Greater => sums.part += 1,
        std::cmp::Ordering::Less => sums.over += 1,
    }
}

#[test]
fn the_books_of_road_fines_agree_with_the_file_to_the_cent() {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let Some(data) = std::env::var("REGUA_DATA").ok().map(PathBuf::from) else {
        println!("skipped: REGUA_DATA is not set, the road fines were not replayed");
        return;
    };
    let cases = cases(&data.join("road_fines/events.csv.gz"));
    let policies = Policies::new(vec![Arc::new(compile(POLICY, &Names::any()).unwrap())]).unwrap();
    let (customer, zone) = (Customer::default(), Zone::parse("Europe/Rome").unwrap());
    let mut sums = Sums::default();
    for (name, events) in &cases {
        live(name, events, &policies, &customer, zone, &mut sums);
    }
    println!("{sums:?}");
    // Counted once more by other means, from the file alone.
    let known = (sums.cases, sums.payments, sums.paid, sums.exact, sums.part, sums.over);
    assert_eq!(known, (75_166, 38_708, 179_629_461, 29_483, 4_699, 632));
    assert_eq!((sums.of_nothing, sums.other_total, sums.collected), (2, 46, 29_628));
}
