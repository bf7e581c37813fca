//! Parquet as rows, by the record API: without arrow, which is a quarter of a build for one format.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;
use regua_core::time::{Day, Instant, Zone};

use super::delimited::COLUMNS_MAX;
use super::refused::{Refused, RefusedKind};
use super::rows::{Kind, Row, Rows};

/// How a column of times is meant.
#[derive(Clone, Copy, Default)]
struct Clock {
    /// Of some local clock, without an offset.
    local: bool,
    /// In nanoseconds, which the record API gives as plain numbers.
    nanos: bool,
}

impl Clock {
    fn of(column: &Type) -> Self {
        match column.get_basic_info().logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => Self { local: !time.is_adjusted_to_u_t_c, nanos: time.unit == TimeUnit::NANOS },
            Some(_) | None => Self::default(),
        }
    }
}

/// A Parquet file, read row by row.
pub(super) struct Columnar {
    file: String,
    headers: Vec<String>,
    clocks: Vec<Clock>,
    rows: RowIter<'static>,
    number: u64,
}

impl Columnar {
    /// Opens a file that is held whole.
    ///
    /// # Errors
    /// When it is no Parquet, or one of a kind that this build does not read.
    pub(super) fn open(bytes: Vec<u8>, file: &str) -> Result<Self, Refused> {
        // Another's parser: a mistake in it is a refused file, not the end of the process.
        type Parts = (Vec<String>, Vec<Clock>, RowIter<'static>);
        let opened = catch_unwind(AssertUnwindSafe(|| -> Result<Parts, String> {
            let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(|error| error.to_string())?;
            let schema = reader.metadata().file_metadata().schema();
            let columns = schema.get_fields().iter().map(|column| (column.name().to_owned(), Clock::of(column)));
            let (headers, clocks) = columns.unzip();
            Ok((headers, clocks, RowIter::from_file_into(Box::new(reader))))
        }));
        let (headers, clocks, rows) = match opened {
            Ok(Ok(opened)) => opened,
            Ok(Err(problem)) => return Err(unreadable(file, &problem)),
            Err(_) => return Err(unreadable(file, "it is broken")),
        };
        if headers.len() > COLUMNS_MAX {
            return Err(Refused::new(
                file,
                RefusedKind::TooLarge,
                format!("the file has {} columns", headers.len()),
                format!("give at most {COLUMNS_MAX}"),
            ));
        }
        Ok(Self { file: file.to_owned(), headers, clocks, rows, number: 1 })
    }
}

fn unreadable(file: &str, problem: &str) -> Refused {
    let mend = "write it uncompressed or with snappy, or export it as CSV";
    Refused::new(file, RefusedKind::Unreadable, format!("the Parquet file cannot be read: {problem}"), mend)
}

impl Rows for Columnar {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, Refused> {
        loop {
            self.number += 1;
            let next = catch_unwind(AssertUnwindSafe(|| self.rows.next()));
            let record = match next {
                Ok(None) => return Ok(false),
                Ok(Some(Ok(record))) => record,
                Ok(Some(Err(error))) => return Err(unreadable(&self.file, &error.to_string())),
                Err(_) => return Err(unreadable(&self.file, "it is broken")),
            };
            row.clear(self.number);
            for (index, (_, field)) in record.get_column_iter().enumerate() {
                let (text, kind) = cell(field, self.clocks.get(index).copied().unwrap_or_default());
                row.push_cell(&text, kind);
            }
            if !row.is_blank() {
                return Ok(true);
            }
        }
    }
}

/// A value as a cell holds it.
fn cell(field: &Field, clock: Clock) -> (String, Kind) {
    let whole = |text: String| (text, Kind::Number);
    match field {
        Field::Null => (String::new(), Kind::Text),
        Field::Bool(value) => (value.to_string(), Kind::Text),
        Field::Byte(value) => whole(value.to_string()),
        Field::Short(value) => whole(value.to_string()),
        Field::Int(value) => whole(value.to_string()),
        Field::Long(nanos) if clock.nanos => moment(nanos.div_euclid(1_000), clock),
        Field::Long(value) => whole(value.to_string()),
        Field::UByte(value) => whole(value.to_string()),
        Field::UShort(value) => whole(value.to_string()),
        Field::UInt(value) => whole(value.to_string()),
        Field::ULong(value) => whole(value.to_string()),
        Field::Float(value) => float(value.to_string(), 7),
        Field::Double(value) => float(value.to_string(), 15),
        Field::Decimal(_) => whole(field.to_string()),
        Field::Str(text) => (text.clone(), Kind::Text),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => (text.to_owned(), Kind::Text),
            Err(_) => ("…".to_owned(), Kind::Nested),
        },
        Field::Date(days) => (Day::from_epoch(*days).to_string(), Kind::Moment),
        Field::TimestampMillis(millis) => moment(millis.saturating_mul(1_000), clock),
        Field::TimestampMicros(micros) => moment(*micros, clock),
        Field::Float16(_) | Field::TimeMillis(_) | Field::TimeMicros(_) => (field.to_string(), Kind::Text),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => ("{…}".to_owned(), Kind::Nested),
    }
}

/// A float's shortest text; a longer one than floats keep is blurred.
fn float(text: String, digits_max: usize) -> (String, Kind) {
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    (text, if digits > digits_max { Kind::Blurred } else { Kind::Number })
}

/// A moment in UTC; a time of some local clock has no offset.
fn moment(micros: i64, clock: Clock) -> (String, Kind) {
    let text = Zone::utc().rfc3339(Instant::from_micros(micros));
    let text = if clock.local { text.get(..19).unwrap_or_default().to_owned() } else { text };
    (text, Kind::Moment)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::super::{Options, Portfolio, RejectList, read_receivables};
    use super::*;

    /// Two receivables: ids, dates, a decimal and a double, a local and a UTC time, nothing where it may be absent.
    fn file() -> Vec<u8> {
        let schema = "message m {
            required binary receivable_id (UTF8); required int64 customer_id; required int32 issued_on (DATE); required int64 due_on (TIMESTAMP(MICROS,false));
            required int64 amount (DECIMAL(12,2)); required binary currency (UTF8); optional int64 paid_at (TIMESTAMP(NANOS,true)); required double score;
        }";
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(parse_message_type(schema).unwrap()), Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let texts = |list: [&str; 2]| list.map(ByteArray::from);
        for at in 0..8 {
            let mut column = group.next_column().unwrap().unwrap();
            match at {
                0 => column.typed::<ByteArrayType>().write_batch(&texts(["R1", "R2"]), None, None),
                1 => column.typed::<Int64Type>().write_batch(&[1_661_240_395_903_230_676, 7], None, None),
                2 => column.typed::<Int32Type>().write_batch(&[20_454, 20_454], None, None),
                3 => column.typed::<Int64Type>().write_batch(&[20_466 * 86_400_000_000, 20_466 * 86_400_000_000], None, None),
                4 => column.typed::<Int64Type>().write_batch(&[123_456, 0], None, None),
                5 => column.typed::<ByteArrayType>().write_batch(&texts(["BRL", "BRL"]), None, None),
                6 => column.typed::<Int64Type>().write_batch(&[20_466 * 86_400_000_000_000], Some(&[1, 0]), None),
                _ => column.typed::<DoubleType>().write_batch(&[0.5, 1.25], None, None),
            }
            .unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
        writer.into_inner().unwrap()
    }

    #[test]
    fn parquet_is_read_with_its_own_numbers_and_dates() {
        let mut rejects = RejectList::new(10);
        let reading = read_receivables(file().as_slice(), "in", &Options::default(), Portfolio::default(), &mut rejects).unwrap();
        let row = &reading.portfolio.receivables[0];
        assert_eq!((&*row.id, row.due_on.to_string(), row.amount.minor()), ("R1", "2026-01-13".to_owned(), 123_456));
        assert_eq!(&*reading.portfolio.customers[0].id, "1661240395903230676");
        let paid = super::super::When::At(Instant::from_secs(20_466 * 86_400));
        assert_eq!(reading.portfolio.payments[0].paid, paid);
        assert_eq!(rejects.rows[0].reason, "`0.00` is zero");
        assert_eq!(rejects.rows[0].original, "R2,7,2026-01-01,2026-01-13T00:00:00,0.00,BRL,,1.25");
    }

    #[test]
    fn a_broken_file_is_refused() {
        let bytes = file();
        for cut in [4, 12, bytes.len() / 2, bytes.len() - 1] {
            let refused = read_receivables(&bytes[..cut], "in", &Options::default(), Portfolio::default(), &mut RejectList::new(0));
            assert!(refused.map(|_| ()).unwrap_err().to_string().starts_with("in: the Parquet file cannot be read: "));
        }
    }
}
