//! Which column means what, and how its values are written.

use super::amount::{AmountFormat, AmountVotes};
use super::date::{DateFormat, DateVotes, Decided, Slashed};
use super::header::{Content, Field, attribute_key, normal};
use super::options::{DecimalMark, Options};
use super::refused::{Refused, RefusedKind};
use super::report::{ColumnUnderstood, Meaning};
use super::rows::{Cell, Kind, Row};
use super::source::Source;

/// Where each field comes from and how it is written.
pub(super) struct Columns {
    pub(super) content: Content,
    fields: Vec<(Field, Source)>,
    /// By key, in column order.
    pub(super) attributes: Vec<Attribute>,
    pub(super) formats: Formats,
    /// What a mapping does to dates and amounts: days added, decimals rounded.
    changes: Vec<(Field, i32, bool)>,
    /// What else a mapping uses a column for.
    notes: Vec<(usize, &'static str)>,
    /// Whether a mapping said what each column means, so that the others mean nothing.
    mapped: bool,
    /// How many of the file's headers were looked at.
    width: usize,
}

/// A further column: an attribute of the customer.
pub(super) struct Attribute {
    pub(super) key: Box<str>,
    pub(super) source: Source,
    pub(super) mark: DecimalMark,
}

/// How the fields' values are written.
#[derive(Clone, Copy, Default)]
pub(super) struct Formats {
    pub(super) issued: DateFormat,
    pub(super) due: DateFormat,
    pub(super) paid: DateFormat,
    pub(super) amount: AmountFormat,
    pub(super) paid_amount: AmountFormat,
}

/// Fields whose values are dates without an offset, fields whose values are amounts.
const DATES: [Field; 3] = [Field::IssuedOn, Field::DueOn, Field::PaidOn];
const AMOUNTS: [Field; 2] = [Field::Amount, Field::PaidAmount];

/// A header that came up.
struct New<'a> {
    index: usize,
    header: &'a String,
    /// The field that it names.
    canonical: Option<Field>,
    /// The field that it means, by any word for it.
    meant: Option<Field>,
}

impl Columns {
    /// Gives every header a meaning: canonical names first, then synonyms, else an attribute.
    ///
    /// # Errors
    /// When two columns have one meaning or the first row is no header.
    pub(super) fn assign(content: Content, headers: &[String], file: &str) -> Result<Self, Refused> {
        let mut columns = Self { mapped: false, ..Self::mapped(content, 0) };
        columns.grow(headers, file)?;
        let looks_like_data = |header: &String| {
            let mut votes = AmountVotes::default();
            votes.look(header);
            DateFormat::default().date(header).is_ok() || (!header.is_empty() && votes.other == 0)
        };
        if columns.fields.is_empty() && headers.iter().any(looks_like_data) {
            let mend = "put a header row above the data: receivable_id,customer_id,issued_on,due_on,amount,currency";
            return Err(Refused::new(file, RefusedKind::NoHeader, "the first row is data, not a header", mend));
        }
        Ok(columns)
    }

    /// Columns that a mapping is about to set.
    pub(super) fn mapped(content: Content, width: usize) -> Self {
        let (fields, attributes, changes, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { content, fields, attributes, formats: Formats::default(), changes, notes, mapped: true, width }
    }

    /// Sets where a field comes from and what is done to it.
    pub(super) fn set(&mut self, field: Field, source: Source, plus_days: i32, round: bool) {
        self.fields.retain(|(known, _)| *known != field);
        self.fields.push((field, source));
        self.changes.push((field, plus_days, round));
    }

    /// Notes what else a column is used for.
    pub(super) fn note(&mut self, index: usize, use_for: &'static str) {
        self.notes.push((index, use_for));
    }

    /// Sets where an attribute comes from.
    pub(super) fn set_attribute(&mut self, key: &str, source: Source) {
        self.attributes.push(Attribute { key: key.into(), source, mark: DecimalMark::Point });
    }

    /// Days that a mapping adds to a date field.
    pub(super) fn plus_days(&self, field: Field) -> i32 {
        self.changes.iter().find(|(known, ..)| *known == field).map_or(0, |&(_, days, _)| days)
    }

    /// Whether a mapping rounds an amount field.
    pub(super) fn rounds(&self, field: Field) -> bool {
        self.changes.iter().any(|&(known, _, round)| known == field && round)
    }

    /// Takes in headers that came up since (JSON Lines may bring new keys in any row).
    ///
    /// # Errors
    /// When two columns have one meaning.
    pub(super) fn grow(&mut self, headers: &[String], file: &str) -> Result<(), Refused> {
        let new = headers.iter().enumerate().skip(self.width);
        self.width = headers.len();
        if self.mapped {
            return Ok(());
        }
        // What each means is found once: a file may have hundreds of columns.
        let canonical = |header: &String| {
            let normal = normal(header);
            self.content.fields().find(|field| field.as_str() == normal)
        };
        let meant = |(index, header)| New { index, header, canonical: canonical(header), meant: self.content.field(header) };
        let mut rest: Vec<New<'_>> = new.map(meant).collect();
        for canonical in [true, false] {
            for field in self.content.fields() {
                if self.source(field) != &Source::Absent {
                    continue;
                }
                let means = |new: &&New<'_>| if canonical { new.canonical == Some(field) } else { new.meant == Some(field) };
                let found: Vec<(usize, &String)> = rest.iter().filter(means).map(|new| (new.index, new.header)).collect();
                match found.as_slice() {
                    [] => {}
                    [(index, _)] => {
                        self.fields.push((field, Source::Column(*index)));
                        rest.retain(|new| new.index != *index);
                    }
                    [(_, first), (_, second), ..] => return Err(two(file, first, second, field.as_str())),
                }
            }
        }
        if self.content == Content::Payments {
            return Ok(()); // a payment has no attributes
        }
        for New { index, header, .. } in rest {
            let key = attribute_key(header, index);
            if let Some(twin) = self.attributes.iter().find(|attribute| attribute.key == key) {
                let first = twin.source.column().and_then(|index| headers.get(index)).map_or("", String::as_str);
                return Err(two(file, first, header, &format!("the attribute {key}")));
            }
            self.attributes.push(Attribute { key, source: Source::Column(index), mark: DecimalMark::Point });
        }
        Ok(())
    }

    /// Where a field comes from.
    pub(super) fn source(&self, field: Field) -> &Source {
        self.fields.iter().find(|(found, _)| *found == field).map_or(&Source::Absent, |(_, source)| source)
    }

    /// Sets where a field comes from, unless the file says it itself.
    pub(super) fn set_default(&mut self, field: Field, source: Source) {
        if self.source(field) == &Source::Absent {
            self.fields.push((field, source));
        }
    }

    /// Refuses a file that lacks a required column. Each group of fields may be met by any of them.
    ///
    /// # Errors
    /// Names what is missing and what was found.
    pub(super) fn require(&self, groups: &[&[Field]], headers: &[String], file: &str) -> Result<(), Refused> {
        let missing: Vec<&str> = groups
            .iter()
            .filter(|group| group.iter().all(|&field| self.source(field) == &Source::Absent))
            .filter_map(|group| group.first().map(|field| field.as_str()))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (noun, verb) = if missing.len() == 1 { ("column", "is") } else { ("columns", "are") };
        let problem = format!("the {noun} {} {verb} missing (found: {})", missing.join(", "), headers.join(", "));
        let mend = if missing == ["currency"] {
            "add it, or say `--currency` with its three letters"
        } else {
            "add what is missing, rename the columns that hold it, or give a mapping (`--map`)"
        };
        Err(Refused::new(file, RefusedKind::MissingColumn, problem, mend))
    }

    /// Finds out how dates and amounts are written, from the first rows.
    ///
    /// # Errors
    /// When two readings fit a column and the options say neither.
    pub(super) fn detect(&mut self, sample: &[Row], options: &Options, headers: &[String], file: &str) -> Result<(), Refused> {
        let header_of = |field: Field| self.source(field).column().and_then(|index| headers.get(index)).map_or("", String::as_str);
        let dates = DATES.map(|field| {
            let mut votes = DateVotes::default();
            texts(self.source(field), sample, &mut |text| votes.look(text));
            options.dates.map_or_else(|| votes.decide(), |order| Decided::As(DateFormat::of(order)))
        });
        let dates = settle_dates(&dates).map_err(|(at, example)| {
            let header = DATES.get(at).map_or("", |&field| header_of(field));
            let problem = format!("the dates of column `{header}` could be day-first or month-first (`{example}`)");
            Refused::new(file, RefusedKind::Ambiguous, problem, "say which: `--dates dmy|mdy`")
        })?;
        let amounts = AMOUNTS.map(|field| {
            let mut votes = AmountVotes::default();
            texts(self.source(field), sample, &mut |text| votes.look(text));
            options.decimal.map_or_else(|| votes.decide(), |mark| Ok(AmountFormat::told(mark)))
        });
        let (amounts, mark) = settle_amounts(&amounts).map_err(|(at, example)| {
            let header = AMOUNTS.get(at).map_or("", |&field| header_of(field));
            let problem = format!("the amounts of column `{header}` could have thousands or decimals (`{example}`)");
            Refused::new(file, RefusedKind::Ambiguous, problem, "say which mark stands before decimals: `--decimal comma|point`")
        })?;
        [self.formats.issued, self.formats.due, self.formats.paid] = dates;
        [self.formats.amount, self.formats.paid_amount] = amounts;
        for attribute in &mut self.attributes {
            let mut votes = AmountVotes::default();
            texts(&attribute.source, sample, &mut |text| votes.look(text));
            let own = if votes.other == 0 { votes.decide().ok().and_then(|format| format.mark) } else { None };
            attribute.mark = own.or(mark).unwrap_or(DecimalMark::Point);
        }
        Ok(())
    }

    /// What was understood of each column, with the first value as an example.
    pub(super) fn understood(&self, headers: &[String], sample: &[Row]) -> Vec<ColumnUnderstood> {
        let explain = |(index, header): (usize, &String)| {
            let values =
                || sample.iter().filter(|row| row.fault.is_none()).map(move |row| row.cell(index)).filter(|cell| !cell.text.is_empty());
            let example = values().next();
            let is = |source: &Source| source.column() == Some(index);
            let field = self.fields.iter().find(|(_, source)| is(source)).map(|&(field, _)| field);
            let attribute = self.attributes.iter().find(|attribute| is(&attribute.source));
            let (meaning, format) = match (field, attribute) {
                (Some(field), _) => (Meaning::Field(field), self.format_of(field, example.as_ref())),
                (None, Some(attribute)) => (Meaning::Attribute(attribute.key.to_string()), attribute_format(attribute, values())),
                (None, None) => (self.used_for(index), String::new()),
            };
            let example = example.map(|cell| cell.text.into_owned()).unwrap_or_default();
            ColumnUnderstood { header: header.clone(), meaning, format, example }
        };
        headers.iter().enumerate().map(explain).collect()
    }

    /// What a mapping makes of a column that is no field as it stands.
    fn used_for(&self, index: usize) -> Meaning {
        let fields = self.fields.iter().filter(|(_, source)| source.uses(index)).map(|(field, _)| field.as_str().to_owned());
        let attributes =
            self.attributes.iter().filter(|attribute| attribute.source.uses(index)).map(|attribute| format!("attribute {}", attribute.key));
        let notes = self.notes.iter().filter(|(column, _)| *column == index).map(|(_, note)| (*note).to_owned());
        let uses: Vec<String> = fields.chain(attributes).chain(notes).collect();
        if uses.is_empty() { Meaning::Unused } else { Meaning::Mapped(format!("for {}", uses.join(", "))) }
    }

    /// How a field's values are written, in words.
    fn format_of(&self, field: Field, example: Option<&Cell<'_>>) -> String {
        let dates = |format: DateFormat| match (format.slashed, format.mixed, example.map(|cell| cell.kind)) {
            (_, _, Some(Kind::Moment)) => "dates of the file's own",
            (None, ..) => "dates year-first",
            (Some(Slashed::DayFirst), false, _) => "dates day-first",
            (Some(Slashed::MonthFirst), false, _) => "dates month-first",
            (Some(Slashed::DayFirst), true, _) => "dates day-first where clear",
            (Some(Slashed::MonthFirst), true, _) => "dates month-first where clear",
        };
        let amounts = |format: AmountFormat| match (format.mark, format.mixed, example.map(|cell| cell.kind)) {
            (_, _, Some(Kind::Number | Kind::Blurred)) => "numbers of the file's own",
            (None, ..) => "whole amounts",
            (Some(DecimalMark::Point), false, _) => "decimal point",
            (Some(DecimalMark::Comma), false, _) => "decimal comma",
            (Some(DecimalMark::Point), true, _) => "decimal point, some commas",
            (Some(DecimalMark::Comma), true, _) => "decimal comma, some points",
        };
        let text = match field {
            Field::IssuedOn => dates(self.formats.issued),
            Field::DueOn => dates(self.formats.due),
            Field::PaidOn => dates(self.formats.paid),
            Field::IssuedAt | Field::PaidAt => "times with an offset",
            Field::Amount => amounts(self.formats.amount),
            Field::PaidAmount => amounts(self.formats.paid_amount),
            Field::Currency => "ISO 4217 codes",
            Field::ReceivableId | Field::CustomerId | Field::PaymentId | Field::Method | Field::Name | Field::TaxId => "text",
            Field::Email => "e-mail addresses",
            Field::Phone | Field::Whatsapp => "phone numbers",
            Field::Language => "languages",
            Field::TimeZone => "IANA time zones",
            Field::Consent => "lists of channels",
            Field::State => "ISO 3166-2 subdivisions",
            Field::PreferredChannel => "channels",
        };
        text.to_owned()
    }
}

/// Shows the texts of a source to `look`; what is a number or a date by itself is in no dialect.
fn texts(source: &Source, sample: &[Row], look: &mut dyn FnMut(&str)) {
    for row in sample.iter().filter(|row| row.fault.is_none()) {
        let cell = source.fetch(row);
        if cell.kind == Kind::Text && !cell.text.is_empty() {
            look(&cell.text);
        }
    }
}

/// The formats of the date columns. One that leaves the order open follows the file's others when they agree:
/// one file has one writer. Else its place and an example are given back.
fn settle_dates<const N: usize>(decided: &[Decided; N]) -> Result<[DateFormat; N], (usize, String)> {
    let sure = |decided: &Decided| match decided {
        Decided::As(format) if !format.mixed => format.slashed,
        Decided::As(_) | Decided::Open(_) | Decided::Unseen | Decided::Same => None,
    };
    let mut orders = decided.iter().filter_map(sure);
    let order = orders.next().filter(|first| orders.all(|order| order == *first));
    let mut formats = [DateFormat::default(); N];
    for (at, (decided, slot)) in decided.iter().zip(&mut formats).enumerate() {
        *slot = match (decided, order) {
            (Decided::As(format), _) => *format,
            (Decided::Unseen, slashed) | (Decided::Open(_) | Decided::Same, slashed @ Some(_)) => DateFormat { slashed, mixed: false },
            (Decided::Same, None) => DateFormat { slashed: Some(Slashed::DayFirst), mixed: true },
            (Decided::Open(example), None) => return Err((at, example.clone())),
        };
    }
    Ok(formats)
}

/// The formats of the amount columns, in the same way, and the file's decimal mark.
fn settle_amounts<const N: usize>(
    decided: &[Result<AmountFormat, String>; N],
) -> Result<([AmountFormat; N], Option<DecimalMark>), (usize, String)> {
    let mut marks = decided.iter().flatten().filter(|format| !format.mixed).filter_map(|format| format.mark);
    let mark = marks.next().filter(|first| marks.all(|mark| mark == *first));
    let mut formats = [AmountFormat::default(); N];
    for (at, (decided, slot)) in decided.iter().zip(&mut formats).enumerate() {
        *slot = match (decided, mark) {
            (Ok(format), mark) => AmountFormat { mark: format.mark.or(mark), ..*format },
            (Err(_), Some(_)) => AmountFormat { mark, told: false, mixed: false },
            (Err(example), None) => return Err((at, example.clone())),
        };
    }
    Ok((formats, mark))
}

/// How an attribute's values are written, in words.
fn attribute_format<'a>(attribute: &Attribute, values: impl Iterator<Item = Cell<'a>>) -> String {
    let (mut texts, mut numbers, mut words) = (0_u32, 0_u32, 0_u32);
    for cell in values {
        match super::customer::attribute(&cell.text, cell.kind, attribute.mark) {
            regua_core::party::Attribute::Text(_) => texts += 1,
            regua_core::party::Attribute::Number(_) => numbers += 1,
            regua_core::party::Attribute::Bool(_) => words += 1,
        }
    }
    match (texts, numbers, words) {
        (0, 0, 0) => "empty so far",
        (0, _, 0) => match attribute.mark {
            DecimalMark::Point => "numbers",
            DecimalMark::Comma => "numbers, decimal comma",
        },
        (0, 0, _) => "true or false",
        (_, 0, 0) => "text",
        _ => "text and numbers",
    }
    .to_owned()
}

fn two(file: &str, first: &str, second: &str, meaning: &str) -> Refused {
    let problem = format!("the columns `{first}` and `{second}` both mean {meaning}");
    Refused::new(file, RefusedKind::TwoColumns, problem, "rename or take out one of them, or give a mapping (`--map`)")
}
