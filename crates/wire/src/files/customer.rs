//! What a row says of its customer. The first non-empty value of each column stays; later differences are warnings.

use std::hash::{DefaultHasher, Hasher};

use regua_core::party::{Attribute, ContactPoint, Customer, Email, Phone, TaxId};
use regua_core::time::Zone;
use regua_core::words::Channel;

use super::amount::millionths;
use super::columns::Columns;
use super::contact::{self, Consents};
use super::header::{Field, attribute_key};
use super::options::DecimalMark;
use super::report::{Report, Warning};
use super::rows::{Kind, Row};
use super::source::Source;

/// The longest value of a column about a customer, in bytes.
pub(super) const FIELD_BYTES_MAX: usize = 4096;

/// The value of a further column.
pub(super) fn attribute(text: &str, kind: Kind, mark: DecimalMark) -> Attribute {
    if text.eq_ignore_ascii_case("true") {
        Attribute::Bool(true)
    } else if text.eq_ignore_ascii_case("false") {
        Attribute::Bool(false)
    } else {
        millionths(text, kind, mark).map_or_else(|| Attribute::Text(text.into()), Attribute::Number)
    }
}

/// The value that a text is as an attribute, as further columns are read: `true`, a number with a point, else itself.
///
/// ```
/// # use regua_core::party::Attribute;
/// # use regua_wire::files::attribute_of;
/// assert_eq!(attribute_of("true"), Attribute::Bool(true));
/// assert_eq!(attribute_of("1.5"), Attribute::Number(1_500_000));
/// ```
#[must_use]
pub fn attribute_of(text: &str) -> Attribute {
    attribute(text, Kind::Text, DecimalMark::Point)
}

/// What is remembered of a customer while a file is read.
#[derive(Clone, Copy, Default)]
pub(super) struct Draft {
    /// The hash of the customer's cells in the last row: most rows say nothing new.
    seen: Option<u64>,
    consents: Option<Consents>,
}

/// The columns of a file that tell of customers.
pub(super) struct CustomerColumns {
    /// With the header, for warnings.
    fields: Vec<(Field, Source, String)>,
    attributes: Vec<(Box<str>, Source, DecimalMark, String)>,
    /// Per field and attribute: the first row that differed from the value that stays, and how many did.
    differing: Vec<(u64, u64)>,
}

impl CustomerColumns {
    /// Takes the customer's part of a file's columns.
    pub(super) fn of(columns: &Columns, headers: &[String]) -> Self {
        let header =
            |source: &Source, name: &str| source.column().and_then(|index| headers.get(index)).map_or(name, String::as_str).to_owned();
        let fields: Vec<_> = Field::ALL
            .iter()
            .filter(|field| field.is_of_customer())
            .map(|&field| (field, columns.source(field)))
            .filter(|(_, source)| *source != &Source::Absent)
            .map(|(field, source)| (field, source.clone(), header(source, field.as_str())))
            .collect();
        let attributes: Vec<_> = columns
            .attributes
            .iter()
            .map(|attribute| (attribute.key.clone(), attribute.source.clone(), attribute.mark, header(&attribute.source, &attribute.key)))
            .collect();
        let differing = vec![(0, 0); fields.len() + attributes.len()];
        Self { fields, attributes, differing }
    }

    /// Learns from a row what is new about its customer.
    pub(super) fn learn(&mut self, customer: &mut Customer, draft: &mut Draft, row: &Row, country: &str, report: &mut Report) {
        if self.differing.is_empty() {
            return;
        }
        let seen = self.hash(row);
        if draft.seen == Some(seen) {
            return;
        }
        draft.seen = Some(seen);
        for at in 0..self.fields.len() {
            let Some((field, source, header)) = self.fields.get(at) else { break };
            let cell = source.fetch(row);
            if cell.text.is_empty() {
                continue;
            }
            match field_value((*field, header), (&cell.text, country), customer, draft) {
                Told::New | Told::Same => {}
                Told::Differs => self.differs(at, row.number),
                Told::Unusable(text) => report.warn(row.number, header, text),
            }
        }
        for at in 0..self.attributes.len() {
            let Some((key, source, mark, header)) = self.attributes.get(at) else { break };
            let cell = source.fetch(row);
            if cell.text.is_empty() {
                continue;
            }
            if cell.kind == Kind::Nested {
                report.warn(row.number, header, "a list or object is no attribute; it was left out".to_owned());
                continue;
            }
            let value = attribute(&cell.text, cell.kind, *mark);
            match customer.attributes.get(key) {
                None => {
                    customer.attributes.insert(key.clone(), value);
                }
                Some(known) if *known == value => {}
                Some(_) => self.differs(self.fields.len() + at, row.number),
            }
        }
    }

    fn hash(&self, row: &Row) -> u64 {
        let mut hasher = DefaultHasher::new();
        let sources = self.fields.iter().map(|(_, source, _)| source).chain(self.attributes.iter().map(|(_, source, ..)| source));
        for source in sources {
            hasher.write(source.fetch(row).text.as_bytes());
            hasher.write_u8(0xFF);
        }
        hasher.finish()
    }

    fn differs(&mut self, at: usize, row: u64) {
        if let Some((first, times)) = self.differing.get_mut(at) {
            if *times == 0 {
                *first = row;
            }
            *times += 1;
        }
    }

    /// Adds the warnings about differing values, one per column.
    pub(super) fn close(&self, report: &mut Report) {
        let headers = self.fields.iter().map(|(_, _, header)| header).chain(self.attributes.iter().map(|(.., header)| header));
        for (header, &(row, times)) in headers.zip(&self.differing).filter(|(_, (_, times))| *times > 0) {
            report.counts.warnings += times;
            let text = "differs from what an earlier row said of the same customer; the first value stays".to_owned();
            report.warnings.push(Warning { row, column: header.clone(), text, times });
        }
    }
}

/// What a cell brought.
enum Told {
    New,
    Same,
    Differs,
    Unusable(String),
}

/// Sets a slot that is empty, or compares.
fn set<T: PartialEq>(slot: &mut Option<T>, value: T) -> Told {
    match slot {
        None => {
            *slot = Some(value);
            Told::New
        }
        Some(known) if *known == value => Told::Same,
        Some(_) => Told::Differs,
    }
}

/// The texts of warnings do not repeat names, numbers and addresses: they are personal data.
fn unusable(what: &str) -> Told {
    Told::Unusable(format!("{what}; it was left out"))
}

/// Takes in one cell about a customer, under its header; `country` is that of its tax id and phone.
fn field_value((field, header): (Field, &str), (text, country): (&str, &str), customer: &mut Customer, draft: &mut Draft) -> Told {
    match field {
        Field::Name => set(&mut customer.name, text.into()),
        Field::TaxId => match TaxId::parse(text, country) {
            Ok(id) => set(&mut customer.tax_id, id),
            Err(bad) => unusable(&bad.to_string()),
        },
        Field::Language => match contact::language(text) {
            Some(language) => set(&mut customer.language, language),
            None => unusable("not a language we speak (pt-BR, en, es, it, fr, de)"),
        },
        Field::TimeZone => match Zone::parse(text) {
            Ok(zone) => set(&mut customer.zone, zone),
            Err(bad) => unusable(&bad.to_string()),
        },
        // SPEC §17 knows this column as a further one: it is an attribute too, whatever its word means.
        Field::State => {
            if let Some(state) = contact::state(text) {
                customer.state.get_or_insert(state);
            }
            set_attribute(customer, &attribute_key(header, 0), text)
        }
        Field::PreferredChannel => match contact::channel(text) {
            Some(channel) => {
                customer.preferred.get_or_insert(channel);
                set_attribute(customer, &attribute_key(header, 0), text)
            }
            None => unusable("not a channel (email, sms, whatsapp …)"),
        },
        Field::Consent => consent(text, customer, draft),
        Field::Email => match Email::parse(text) {
            Ok(email) => add(customer, draft, ContactPoint::email(email)),
            Err(bad) => unusable(&bad.to_string()),
        },
        Field::Whatsapp => match Phone::parse(text, country) {
            Ok(phone) => add(customer, draft, ContactPoint::phone(Channel::Whatsapp, phone)),
            Err(bad) => unusable(&bad.to_string()),
        },
        Field::Phone => match Phone::parse(text, country) {
            Ok(phone) if phone.takes_text() => {
                let _voice = add(customer, draft, ContactPoint::phone(Channel::Voice, phone.clone()));
                add(customer, draft, ContactPoint::phone(Channel::Sms, phone))
            }
            Ok(landline) => add(customer, draft, ContactPoint::phone(Channel::Voice, landline)),
            Err(bad) => unusable(&bad.to_string()),
        },
        Field::ReceivableId
        | Field::CustomerId
        | Field::IssuedOn
        | Field::IssuedAt
        | Field::DueOn
        | Field::Amount
        | Field::Currency
        | Field::PaidOn
        | Field::PaidAt
        | Field::PaidAmount
        | Field::PaymentId
        | Field::Method => Told::Same, // not of the customer
    }
}

fn set_attribute(customer: &mut Customer, key: &str, text: &str) -> Told {
    let value = attribute(text, Kind::Text, DecimalMark::Point);
    match customer.attributes.get(key) {
        None => {
            customer.attributes.insert(key.into(), value);
            Told::New
        }
        Some(known) if *known == value => Told::Same,
        Some(_) => Told::Differs,
    }
}

/// Takes a consent in: it holds for the contact points that are known and for those to come.
fn consent(text: &str, customer: &mut Customer, draft: &mut Draft) -> Told {
    let consents = match Consents::parse(text) {
        Ok(consents) => consents,
        Err(word) => {
            let word = super::ids::short(word);
            return unusable(&format!(
                "`{word}` is no channel (write email, sms, whatsapp, voice, all or none): the customer's consent is unknown"
            ));
        }
    };
    let told = set(&mut draft.consents, consents);
    if matches!(told, Told::New) {
        for point in &mut customer.contacts {
            point.consent = Consents::ground(Some(consents), point.channel);
        }
    }
    told
}

/// Adds a contact point unless the customer has one on its channel.
fn add(customer: &mut Customer, draft: &Draft, point: ContactPoint) -> Told {
    match customer.contacts.iter().find(|known| known.channel == point.channel) {
        None => {
            let consent = Consents::ground(draft.consents, point.channel);
            customer.contacts.push(point.with_consent(consent));
            Told::New
        }
        Some(known) if known.address == point.address => Told::Same,
        Some(_) => Told::Differs,
    }
}
