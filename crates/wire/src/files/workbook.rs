//! XLSX as rows: the sheet whose header is understood best, its cells as texts, numbers and dates of their own.
//!
//! The sheet is read cell by cell: a dense range would be as large as its remotest cell wants. Spreadsheets keep 15
//! digits of a number, so longer whole numbers are marked as blurred and are no ids.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, open_workbook_from_rs};

use super::delimited::COLUMNS_MAX;
use super::refused::{Refused, RefusedKind};
use super::rows::{Kind, Row, Rows};

/// The header is looked for in this many rows: reports have titles above it.
const TITLE_ROWS_MAX: usize = 20;

/// The cells of one sheet, in order of rows and columns.
pub(super) struct Workbook {
    headers: Vec<String>,
    cells: Vec<Stored>,
    text: String,
    /// The next cell to hand out.
    at: usize,
}

struct Stored {
    row: u32,
    column: usize,
    start: usize,
    end: usize,
    kind: Kind,
}

impl Workbook {
    /// Reads a workbook's most promising sheet; gives its name too.
    ///
    /// # Errors
    /// When it is no workbook, or one beyond the limits.
    pub(super) fn open(bytes: Vec<u8>, file: &str, known: &dyn Fn(&str) -> bool) -> Result<(Self, String), Refused> {
        let unreadable =
            |problem: String| Refused::new(file, RefusedKind::Unreadable, problem, "open it in a spreadsheet and save it as XLSX or CSV");
        // Another's parser: a mistake in it is a refused file, not the end of the process.
        let read = catch_unwind(AssertUnwindSafe(|| sheets(bytes, known)));
        let sheets = match read {
            Ok(Ok(sheets)) => sheets,
            Ok(Err(problem)) => return Err(unreadable(format!("the workbook cannot be read: {problem}"))),
            Err(_) => return Err(unreadable("the workbook is broken".to_owned())),
        };
        // The first of the best: `max_by_key` would take the last.
        let best = sheets.into_iter().rev().max_by_key(|sheet| sheet.known);
        let Some(Sheet { name, mut cells, header_row, width, .. }) = best.filter(|sheet| !sheet.cells.cells.is_empty()) else {
            return Err(Refused::new(
                file,
                RefusedKind::Empty,
                "the workbook has no visible sheet with cells",
                "give a sheet with a header row and rows below it",
            ));
        };
        if width > COLUMNS_MAX {
            return Err(Refused::new(
                file,
                RefusedKind::TooLarge,
                format!("the sheet `{name}` has {width} columns"),
                format!("give at most {COLUMNS_MAX}"),
            ));
        }
        let mut row = Row::default();
        while cells.peek_row().is_some_and(|row| row <= header_row) {
            cells.take_row(&mut row);
        }
        cells.headers = (0..width).map(|index| row.cell(index).text.into_owned()).collect();
        while cells.headers.last().is_some_and(String::is_empty) {
            cells.headers.pop();
        }
        Ok((cells, name))
    }

    fn peek_row(&self) -> Option<u32> {
        self.cells.get(self.at).map(|cell| cell.row)
    }

    /// Hands out the cells of the next row that has any.
    fn take_row(&mut self, row: &mut Row) {
        let Some(number) = self.peek_row() else { return };
        row.clear(u64::from(number) + 1);
        while let Some(cell) = self.cells.get(self.at).filter(|cell| cell.row == number) {
            row.put_cell(cell.column, self.text.get(cell.start..cell.end).unwrap_or_default(), cell.kind);
            self.at += 1;
        }
    }
}

impl Rows for Workbook {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, Refused> {
        while self.peek_row().is_some() {
            self.take_row(row);
            if row.is_blank() {
                continue;
            }
            let further = (self.headers.len()..row.len()).find(|&index| !row.cell(index).text.is_empty());
            if let Some(index) = further {
                row.fault = Some(super::reject::Fault::row(
                    format!("a cell in column {} stands right of the header's {} columns", index + 1, self.headers.len()),
                    "give the column a header, or empty the cell",
                ));
            }
            return Ok(true);
        }
        Ok(false)
    }
}

/// A sheet and how much of its header is known.
struct Sheet {
    name: String,
    cells: Workbook,
    header_row: u32,
    known: usize,
    width: usize,
}

/// Reads every visible sheet.
fn sheets(bytes: Vec<u8>, known: &dyn Fn(&str) -> bool) -> Result<Vec<Sheet>, String> {
    let mut book: Xlsx<Cursor<Vec<u8>>> =
        open_workbook_from_rs(Cursor::new(bytes)).map_err(|error: calamine::XlsxError| error.to_string())?;
    let visible = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> = book.sheets_metadata().iter().filter(visible).map(|sheet| sheet.name.clone()).collect();
    let mut sheets = Vec::new();
    for name in names {
        let mut reader = book.worksheet_cells_reader(&name).map_err(|error| error.to_string())?;
        let mut cells = Workbook { headers: Vec::new(), cells: Vec::new(), text: String::new(), at: 0 };
        while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
            let (row, column) = cell.get_position();
            let start = cells.text.len();
            let kind = write(cell.get_value(), &mut cells.text);
            if cells.text.len() > start {
                cells.cells.push(Stored { row, column: usize::try_from(column).unwrap_or(usize::MAX), start, end: cells.text.len(), kind });
            }
        }
        cells.cells.sort_by_key(|cell| (cell.row, cell.column));
        let width = cells.cells.iter().map(|cell| cell.column.saturating_add(1)).max().unwrap_or(0);
        let (header_row, known) = header(&cells, known);
        sheets.push(Sheet { name, cells, header_row, known, width });
    }
    Ok(sheets)
}

/// The row with the most known headers among the first ones, and how many they are.
fn header(sheet: &Workbook, known: &dyn Fn(&str) -> bool) -> (u32, usize) {
    let mut best = (sheet.cells.first().map_or(0, |cell| cell.row), 0);
    for group in sheet.cells.chunk_by(|one, next| one.row == next.row).take(TITLE_ROWS_MAX) {
        let count = group.iter().filter(|cell| known(sheet.text.get(cell.start..cell.end).unwrap_or_default())).count();
        if let (Some(first), true) = (group.first(), count > best.1) {
            best = (first.row, count);
        }
    }
    best
}

/// Writes a cell's value as text.
fn write(value: &DataRef<'_>, text: &mut String) -> Kind {
    use std::fmt::Write as _;
    match value {
        DataRef::Empty => Kind::Text,
        DataRef::String(value) => {
            text.push_str(value);
            Kind::Text
        }
        DataRef::SharedString(value) => {
            text.push_str(value);
            Kind::Text
        }
        DataRef::Bool(value) => {
            text.push_str(if *value { "true" } else { "false" });
            Kind::Text
        }
        DataRef::Int(value) => {
            let _always = write!(text, "{value}");
            if value.unsigned_abs() >= 1_000_000_000_000_000 { Kind::Blurred } else { Kind::Number }
        }
        DataRef::Float(value) => number(*value, text),
        DataRef::DateTime(value) if value.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
            let _always = write!(text, "{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) != (0, 0, 0) {
                let _always = write!(text, "T{hour:02}:{minute:02}:{second:02}");
            }
            Kind::Moment
        }
        DataRef::DateTime(value) => number(value.as_f64(), text),
        DataRef::DateTimeIso(value) => {
            text.push_str(value);
            Kind::Moment
        }
        DataRef::DurationIso(value) => {
            text.push_str(value);
            Kind::Text
        }
        DataRef::Error(error) => {
            let _always = write!(text, "{error}");
            Kind::Text
        }
    }
}

/// Writes a number with the 15 digits that a spreadsheet keeps, in plain decimal form.
fn number(value: f64, text: &mut String) -> Kind {
    let scientific = format!("{value:.14e}");
    let Some((digits, exponent)) = scientific.split_once('e').and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?)))
    else {
        text.push_str(&scientific); // not a number, or infinite
        return Kind::Text;
    };
    if digits.starts_with('-') {
        text.push('-');
    }
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let whole = usize::try_from(exponent + 1).unwrap_or(0);
    if exponent < 0 {
        let zeros = usize::try_from(-(exponent + 1)).unwrap_or(0);
        text.push_str("0.");
        text.extend(std::iter::repeat_n('0', zeros));
        text.push_str(if digits.is_empty() { "0" } else { digits });
    } else if digits.len() <= whole {
        text.push_str(digits);
        text.extend(std::iter::repeat_n('0', whole - digits.len()));
    } else {
        text.push_str(digits.get(..whole).unwrap_or_default());
        text.push('.');
        text.push_str(digits.get(whole..).unwrap_or_default());
    }
    if whole > 15 { Kind::Blurred } else { Kind::Number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_fifteen_digits_in_plain_form() {
        for (value, expected, kind) in [
            (0.0, "0", Kind::Number),
            (1234.56, "1234.56", Kind::Number),
            (-0.05, "-0.05", Kind::Number),
            (0.1 + 0.2, "0.3", Kind::Number),
            (1e3, "1000", Kind::Number),
            (123_456_789_012_345.0, "123456789012345", Kind::Number),
            (1_661_240_395_903_230_676.0, "1661240395903230000", Kind::Blurred),
            (1e-7, "0.0000001", Kind::Number),
            (f64::NAN, "NaN", Kind::Text),
        ] {
            let mut text = String::new();
            assert_eq!((number(value, &mut text), text.as_str()), (kind, expected), "{value}");
        }
    }
}
