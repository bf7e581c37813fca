//! Real receivables, from where `REGUA_DATA` says they are: set and missing fails, unset prints what was skipped.

use std::path::PathBuf;

use regua_core::party::{Attribute, Consent, ContactPoint, Email, Phone};
use regua_core::time::Zone;
use regua_core::words::Channel;
use regua_wire::files::{CustomerRow, Mapping, Options, Portfolio, RejectList, read_receivables};

const DATARISK: &str = include_str!("../../../../mappings/datarisk.yaml");
const PLACES: [(&str, &str); 6] = [
    ("America/Sao_Paulo", "SP"),
    ("America/Manaus", "AM"),
    ("America/Fortaleza", "MA"),
    ("America/Rio_Branco", "AC"),
    ("America/Noronha", "PE"),
    ("America/Cuiaba", "MT"),
];

/// Charges of Brazilian companies, each customer given a place and ways to be reached by its number.
pub(crate) fn datarisk(test: &str) -> Option<Portfolio> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let Some(data) = std::env::var("REGUA_DATA").ok().map(PathBuf::from) else {
        println!("skipped: REGUA_DATA is not set, {test} did not run");
        return None;
    };
    let mut portfolio = Portfolio::default();
    for file in ["datarisk/payments.csv.gz", "datarisk/open_charges.csv.gz"] {
        let path = data.join(file);
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let options = Options { mapping: Some(Mapping::parse(file, DATARISK).unwrap()), ..Options::default() };
        let mut rejects = RejectList::new(0);
        portfolio = read_receivables(bytes.as_slice(), file, &options, portfolio, &mut rejects).unwrap().portfolio;
    }
    for (number, row) in portfolio.customers.iter_mut().enumerate() {
        let (zone, state) = PLACES[number % PLACES.len()];
        row.customer.zone = Some(Zone::parse(zone).unwrap());
        row.customer.state = Some(state.into());
        if number.is_multiple_of(17) {
            row.customer.attributes.insert("tier".into(), Attribute::Text("gold".into()));
        }
        contact(row, number);
    }
    Some(portfolio)
}

fn contact(row: &mut CustomerRow, number: usize) {
    if number % 10 < 8 {
        row.customer.contacts.push(ContactPoint::email(Email::parse(&format!("c{number}@customer.example")).unwrap()));
    }
    if number % 5 < 3 {
        let phone = Phone::parse(&format!("+551190{number:07}"), "BR").unwrap();
        let consent = if number.is_multiple_of(3) { Consent::OptedIn } else { Consent::None };
        row.customer.contacts.push(ContactPoint::phone(Channel::Whatsapp, phone).with_consent(consent));
    }
}
