//! A mapping laid over a file's header: names become columns.

use std::collections::BTreeMap;

use super::super::columns::Columns;
use super::super::header::{Content, Field, name_fits};
use super::super::refused::{Refused, RefusedKind};
use super::super::rows::Row;
use super::super::source::{Change, Piece, Source};
use super::value::{Base, Value, pieces};
use super::{Events, Mapping};

/// A filter of rows.
pub(in super::super) struct Filter {
    pub(in super::super) column: usize,
    is: Vec<String>,
    pub(in super::super) because: String,
}

impl Filter {
    /// Whether the row is to be left out.
    pub(in super::super) fn hits(&self, row: &Row) -> bool {
        let cell = row.cell(self.column);
        self.is.iter().any(|word| *word == cell.text)
    }
}

impl Mapping {
    /// Whether the mapping speaks of this kind of file.
    pub(in super::super) const fn covers(&self, content: Content) -> bool {
        match content {
            Content::Receivables => self.document.receivables.is_some() || self.document.events.is_some(),
            Content::Payments => self.document.payments.is_some(),
        }
    }

    /// Whether the mapping uses a header.
    pub(in super::super) fn uses(&self, header: &str) -> bool {
        let document = &self.document;
        let fields = document.receivables.iter().chain(&document.payments).flat_map(BTreeMap::values);
        let events = document.events.iter().flat_map(Events::headers);
        let skips = document.skip.iter().map(|skip| skip.column.as_str());
        fields.chain(document.attributes.values()).flat_map(Value::headers).chain(events).chain(skips).any(|name| name == header)
    }

    /// Where each field of a file comes from.
    ///
    /// # Errors
    /// When the file lacks a column that the mapping needs, or the mapping gives a field that this file has not.
    pub(in super::super) fn columns(&self, content: Content, headers: &[String], file: &str) -> Result<(Columns, Vec<Filter>), Refused> {
        let resolver = Resolver { mapping: self, headers, file };
        let empty = BTreeMap::new();
        let fields = match content {
            Content::Receivables => self.document.receivables.as_ref(),
            Content::Payments => self.document.payments.as_ref(),
        };
        let mut columns = Columns::mapped(content, headers.len());
        for (&field, value) in fields.unwrap_or(&empty) {
            if !content.fields().any(|known| known == field) {
                return Err(resolver.refuse(format!("`{}` is no column of such a file", field.as_str())));
            }
            if value.has_inner_changes() {
                let problem = format!("`plus_days` and `round` of `{}` stand within another value", field.as_str());
                return Err(Refused { mend: "write them at the field itself".to_owned(), ..resolver.refuse(problem) });
            }
            columns.set(field, resolver.source(value)?, value.plus_days, value.round);
        }
        if let (Content::Receivables, Some(events)) = (content, &self.document.events) {
            let taken = [Field::IssuedOn, Field::IssuedAt, Field::DueOn, Field::Amount, Field::PaidOn, Field::PaidAt, Field::PaidAmount];
            if let Some(field) = taken.into_iter().find(|&field| columns.source(field) != &Source::Absent) {
                return Err(resolver.refuse(format!("`{}` comes from the events and cannot be mapped too", field.as_str())));
            }
            columns.note(resolver.required(&events.activity)?, "the events' names");
            let case = resolver.required(&events.case)?;
            columns.set_default(Field::ReceivableId, Source::Column(case));
            columns.set_default(Field::CustomerId, Source::Column(case));
            columns.set(Field::IssuedOn, Source::Column(resolver.required(&events.date)?), 0, false);
            let amounts =
                events.amounts.values().chain(events.payments.values()).map(|header| resolver.required(header).map(Source::Column));
            columns.set(Field::Amount, Source::First(amounts.collect::<Result<_, _>>()?), 0, false);
        }
        if content == Content::Receivables {
            for (name, value) in &self.document.attributes {
                if !name_fits(name) {
                    return Err(resolver.refuse(format!("the attribute `{name}` is no name: write letters, digits and `_`")));
                }
                columns.set_attribute(name, resolver.source(value)?);
            }
        }
        let filters = self.document.skip.iter().map(|skip| {
            let column = resolver.required(&skip.column)?;
            Ok(Filter { column, is: skip.is.clone(), because: skip.because.clone() })
        });
        let filters: Vec<Filter> = filters.collect::<Result<_, Refused>>()?;
        for filter in &filters {
            columns.note(filter.column, "leaving rows out");
        }
        Ok((columns, filters))
    }
}

impl Events {
    fn headers(&self) -> impl Iterator<Item = &str> {
        let single = [&self.case, &self.activity, &self.date].into_iter();
        single.chain(self.amounts.values()).chain(self.payments.values()).map(String::as_str)
    }
}

/// Turns headers into columns.
struct Resolver<'m> {
    mapping: &'m Mapping,
    headers: &'m [String],
    file: &'m str,
}

impl Resolver<'_> {
    fn refuse(&self, problem: String) -> Refused {
        Refused::new(&self.mapping.file, RefusedKind::Mapping, problem, "see docs/mapping.md")
    }

    fn required(&self, header: &str) -> Result<usize, Refused> {
        let mut places = self.headers.iter().enumerate().filter(|(_, found)| found.trim() == header);
        match (places.next(), places.next()) {
            (Some((index, _)), None) => Ok(index),
            (Some(_), Some(_)) => {
                let mend = "rename one of them in the file";
                Err(Refused::new(self.file, RefusedKind::TwoColumns, format!("two columns have the header `{header}`"), mend))
            }
            (None, _) => {
                let problem = format!(
                    "the mapping {} uses the column `{header}`, which is missing (found: {})",
                    self.mapping.file,
                    self.headers.join(", ")
                );
                let mend = "give the file that the mapping is for, mend the header, or list it under `optional` in the mapping";
                Err(Refused::new(self.file, RefusedKind::MissingColumn, problem, mend))
            }
        }
    }

    /// The column of a header; none when it is missing and may be.
    fn column(&self, header: &str) -> Result<Option<usize>, Refused> {
        let missing = !self.headers.iter().any(|found| found.trim() == header);
        let may_be = self.mapping.document.optional.iter().any(|name| name == header);
        if missing && may_be { Ok(None) } else { self.required(header).map(Some) }
    }

    fn source(&self, value: &Value) -> Result<Source, Refused> {
        let base = match &value.base {
            Base::Column(header) => self.column(header)?.map_or(Source::Absent, Source::Column),
            Base::Fixed(text) => Source::Fixed(text.as_str().into()),
            Base::Text(text) => {
                let piece = |piece| match piece {
                    Ok(text) => Ok(Piece::Text(Box::<str>::from(text))),
                    Err("row") => Ok(Piece::Row),
                    Err(header) => Ok(self.column(header)?.map_or(Piece::Empty, Piece::Column)),
                };
                Source::Text(pieces(text).map(piece).collect::<Result<_, Refused>>()?)
            }
            Base::First(values) => Source::First(values.iter().map(|value| self.source(value)).collect::<Result<_, _>>()?),
            Base::By(header, values) => {
                let of = values.iter().map(|(word, value)| Ok((Box::<str>::from(word.as_str()), self.source(value)?)));
                self.column(header)?.map_or(Ok(Source::Absent), |column| Ok(Source::By(column, of.collect::<Result<_, Refused>>()?)))?
            }
        };
        if value.strip.is_none() && !value.strip_zeros && value.map.is_empty() && value.otherwise.is_none() {
            return Ok(base);
        }
        Ok(Source::Changed(Box::new(Change {
            of: base,
            strip: value.strip.as_deref().map(Into::into),
            strip_zeros: value.strip_zeros,
            map: value.map.iter().map(|(from, to)| (from.as_str().into(), to.as_str().into())).collect(),
            otherwise: value.otherwise.as_deref().map(Into::into),
        })))
    }
}
