//! What a person or a program reads: listings as table, JSON or CSV, headings, and paragraphs that fit the window.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell as Painted, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};
use serde_json::{Map, Value};

use crate::world::World;

/// How a listing is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Format {
    // Plain comments: documented values would make every help page three times as long.
    // Aligned columns, for people.
    #[default]
    Table,
    // An array with one object a row.
    Json,
    // A header and one line a row.
    Csv,
}

/// Standard output, locked for the whole run.
pub(crate) struct Out {
    to: Box<dyn Write>,
    colours: bool,
    /// Columns that a line may take.
    pub(crate) width: usize,
    /// Whether a person looks on.
    pub(crate) terminal: bool,
}

/// How a piece of text stands out on a terminal that takes colours; nothing in a pipe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Paint {
    /// Headings.
    Bold,
    /// What matters less.
    Dim,
    /// What went well.
    Green,
    /// What waits or was left out.
    Yellow,
    /// What went wrong.
    Red,
    /// Names of things to look for: ids, files, commands.
    Cyan,
}

impl Paint {
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Red => "31",
            Self::Cyan => "36",
        }
    }
}

impl Out {
    /// Takes standard output.
    pub(crate) fn new(world: &World) -> Self {
        let to = io::BufWriter::new(io::stdout().lock());
        Self { to: Box::new(to), colours: world.colours, width: world.width, terminal: world.terminal }
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "{text}")
    }

    /// Writes an empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        self.line("")
    }

    /// Writes a heading with an empty line before it.
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        self.gap()?;
        self.aside(Paint::Bold, text)
    }

    /// Writes text in lines that fit the window, all indented by as many spaces.
    pub(crate) fn paragraph(&mut self, indent: usize, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width.saturating_sub(indent)) {
            writeln!(self.to, "{}", format!("{:indent$}{line}", "").trim_end())?;
        }
        Ok(())
    }

    /// As [`Out::paragraph`] without an indent, standing out.
    pub(crate) fn aside(&mut self, paint: Paint, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width) {
            let line = self.paint(paint, &line);
            writeln!(self.to, "{line}")?;
        }
        Ok(())
    }

    /// Writes text behind a head, its further lines under its first.
    pub(crate) fn hanging(&mut self, head: &str, text: &str) -> io::Result<()> {
        let indent = head.chars().count();
        let lines = wrap(text, self.width.saturating_sub(indent).max(WRAP_MIN));
        for (place, line) in lines.iter().enumerate() {
            let before = if place == 0 { head } else { "" };
            writeln!(self.to, "{}", format!("{before:indent$}{line}").trim_end())?;
        }
        Ok(())
    }

    /// Writes a command with its options in lines that fit the window and can be pasted as they are.
    pub(crate) fn command(&mut self, command: &str) -> io::Result<()> {
        let words: Vec<String> =
            command.split(" --").enumerate().map(|(place, word)| if place == 0 { word.to_owned() } else { format!("--{word}") }).collect();
        let mut lines: Vec<String> = Vec::new();
        for word in words {
            match lines.last_mut() {
                Some(line) if line.chars().count() + word.chars().count() < self.width.saturating_sub(6) => {
                    line.push(' ');
                    line.push_str(&word);
                }
                Some(_) | None => lines.push(word),
            }
        }
        let count = lines.len();
        for (place, line) in lines.into_iter().enumerate() {
            let (indent, end) = (if place == 0 { "  " } else { "    " }, if place + 1 < count { " \\" } else { "" });
            let line = self.paint(Paint::Cyan, &line);
            writeln!(self.to, "{indent}{line}{end}")?;
        }
        Ok(())
    }

    /// Writes text as it is, without a line end.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(text.as_bytes())
    }

    /// A piece of a line that stands out.
    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if self.colours { format!("\u{1b}[{}m{text}\u{1b}[0m", paint.code()) } else { text.to_owned() }
    }

    /// Writes a listing.
    pub(crate) fn listing(&mut self, listing: &Listing, format: Format) -> anyhow::Result<()> {
        match format {
            Format::Table => {
                let table = listing.table(self.width, self.terminal, self.colours);
                self.text(&table)?;
            }
            Format::Json => self.json(&listing.json())?,
            Format::Csv => {
                let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(&mut self.to);
                csv.write_record(listing.columns.iter().map(|column| column.key))?;
                for row in &listing.rows {
                    csv.write_record(row.iter().map(Cell::text))?;
                }
                csv.flush()?;
            }
        }
        Ok(())
    }

    /// Writes a JSON value, indented, with a line end.
    pub(crate) fn json(&mut self, value: &Value) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut self.to, value).map_err(io::Error::from)?;
        self.gap()?;
        Ok(())
    }

    /// Hands everything on. Dropping does so too, but hides what went wrong.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A text is not broken into lines narrower than this, whatever stands before it.
const WRAP_MIN: usize = 30;

/// Rows under named columns.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column of a listing.
#[derive(Clone, Debug)]
struct Column {
    /// Its name in JSON and CSV.
    key: &'static str,
    /// Its heading in a table.
    title: String,
}

/// A value of a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A count, set right and grouped in a table.
    Count(u64),
    /// An amount in words, set right.
    Amount(String),
    /// A bar, set apart by its colour.
    Bar(String),
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Amount(text) | Self::Bar(text) => text.clone(),
            Self::Count(count) => count.to_string(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl Listing {
    /// A listing without rows; each column by its key in JSON and CSV and its title in a table.
    pub(crate) fn new(columns: &[(&'static str, &'static str)]) -> Self {
        Self::owned(columns.iter().map(|&(key, title)| (key, title.to_owned())).collect())
    }

    /// As [`Listing::new`], with titles made for the occasion.
    pub(crate) fn owned(columns: Vec<(&'static str, String)>) -> Self {
        Self { columns: columns.into_iter().map(|(key, title)| Column { key, title }).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| {
            let cells = self.columns.iter().zip(row).map(|(column, cell)| {
                let value = match cell {
                    Cell::Empty => Value::Null,
                    Cell::Text(text) | Cell::Amount(text) | Cell::Bar(text) => text.as_str().into(),
                    Cell::Count(count) => (*count).into(),
                };
                (column.key.to_owned(), value)
            });
            Value::Object(cells.collect::<Map<_, _>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }

    /// The table, wrapped to a width on a terminal and never in a pipe, where lines are searched.
    fn table(&self, width: usize, wrapped: bool, colours: bool) -> String {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        if wrapped {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        table.force_no_tty();
        if colours {
            table.enforce_styling();
        }
        let number = |place: usize| {
            let counts = self.rows.iter().filter_map(|row| row.get(place)).any(|cell| matches!(cell, Cell::Count(_) | Cell::Amount(_)));
            if counts { CellAlignment::Right } else { CellAlignment::Left }
        };
        table.set_header(
            self.columns
                .iter()
                .enumerate()
                .map(|(place, column)| Painted::new(&column.title).set_alignment(number(place)).add_attribute(Attribute::Bold)),
        );
        for row in &self.rows {
            table.add_row(row.iter().enumerate().map(|(place, cell)| {
                let text = if let Cell::Count(count) = cell { grouped(*count) } else { clean(&cell.text()) };
                let painted = Painted::new(text).set_alignment(number(place));
                if matches!(cell, Cell::Bar(_)) { painted.fg(Color::Cyan) } else { painted }
            }));
        }
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            // A number is of no use in parts.
            if number(place) == CellAlignment::Right {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

/// A count with its thousands apart, as English has it: `1,234,567`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share of a whole as a bar of at most `width` characters, in eighths; a share that is something shows.
pub(crate) fn bar(part: u64, whole: u64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let most = u128::try_from(width).unwrap_or(0) * 8;
    let length = (u128::from(part) * most).checked_div(u128::from(whole)).unwrap_or(0).min(most);
    let length = if part > 0 { length.max(1) } else { 0 };
    let (full, rest) = (usize::try_from(length / 8).unwrap_or(0), usize::try_from(length % 8).unwrap_or(0));
    format!("{}{}", "█".repeat(full), EIGHTHS.get(rest).copied().unwrap_or_default())
}

/// A count and what it counts: `1 row`, `1,200 rows`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Text from outside without what could move a terminal's cursor or change its colours.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// A text of at most so many characters, the last one `…` when something was cut.
pub(crate) fn shortened(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

/// Lines of at most `width` characters, broken between words; a longer word stands alone.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Listing {
        let mut listing = Listing::new(&[("step", "step"), ("done", "done")]);
        listing.row(["upcoming".into(), Cell::Count(1_234_567)]);
        listing.row(["late, 5".into(), Cell::Empty]);
        listing
    }

    #[test]
    fn a_table_sets_numbers_right_and_ends_no_line_in_spaces() {
        assert_eq!(sample().table(100, false, false), "step           done\nupcoming  1,234,567\nlate, 5\n");
    }

    #[test]
    fn a_name_cannot_paint_the_terminal() {
        let mut listing = Listing::new(&[("name", "name")]);
        listing.row(["Ana\u{1b}[31m\r\u{7}".into()]);
        assert_eq!(listing.table(100, false, false), "name\nAna[31m\n");
        assert_eq!(listing.json()[0]["name"], "Ana\u{1b}[31m\r\u{7}");
    }

    #[test]
    fn json_keeps_types() {
        assert_eq!(sample().json().to_string(), r#"[{"step":"upcoming","done":1234567},{"step":"late, 5","done":null}]"#);
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two  three\n\nfourfourfour", 8), ["one two ", "three", "", "fourfourfour"]);
        let bars: Vec<String> = [0, 1, 50, 99, 100, 300].into_iter().map(|part| bar(part, 100, 2)).collect();
        assert_eq!(bars, ["", "▏", "█", "█▉", "██", "██"]);
        assert_eq!(bar(1, 0, 2), "▏");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
    }
}
