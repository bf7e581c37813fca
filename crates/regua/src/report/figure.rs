//! What all parts of the page share: its data and texts, figures with their numbers behind them, tables.

use super::data::ReportData;
use super::format::Format;
use super::markup::Markup;
use super::texts::Texts;

/// The page being written.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    /// What it says.
    pub(super) data: &'a ReportData,
    /// In which words.
    pub(super) texts: &'static Texts,
    /// With which numbers.
    pub(super) format: Format,
}

impl<'a> Page<'a> {
    /// The page of some data.
    pub(super) const fn of(data: &'a ReportData) -> Self {
        Self { data, texts: data.lang.texts(), format: Format { lang: data.lang, currency: data.currency } }
    }
}

/// A plot with its heading, what it says in a sentence, and its numbers.
#[derive(Clone, Copy)]
pub(super) struct Figure<'a> {
    /// Unique on the page.
    pub(super) id: &'static str,
    /// How much of the page it takes.
    pub(super) class: &'static str,
    /// The heading.
    pub(super) title: &'a str,
    /// What someone reads who cannot see the plot.
    pub(super) told: &'a str,
    /// How to read the plot; empty when that is plain.
    pub(super) caption: &'a str,
}

impl Figure<'_> {
    /// Writes the figure; `plot` draws, `table` lists the same numbers.
    pub(super) fn write(&self, out: &mut Markup, texts: &Texts, table: &Table, plot: impl FnOnce(&mut Markup)) {
        self.frame(out, |out| {
            plot(out);
            out.block("details", &[], |out| {
                out.line("summary", "", texts.see_numbers);
                table.write(out, self.title);
            });
        });
    }

    /// Writes the heading with its sentences, and something below it.
    pub(super) fn frame(&self, out: &mut Markup, body: impl FnOnce(&mut Markup)) {
        let class = format!("plot {}", self.class);
        out.block("figure", &[("class", &class), ("aria-labelledby", &self.id)], |out| {
            out.tag("figcaption", &[], |out| {
                out.tag("h2", &[("id", &self.id)], |out| out.text(self.title));
                for (class, text) in [("told", self.told), ("hint", self.caption)] {
                    if !text.is_empty() {
                        out.line("p", class, text);
                    }
                }
            });
            out.tag("div", &[], body);
        });
    }

    /// Writes the heading over a sentence that says why there is no plot.
    pub(super) fn empty(&self, out: &mut Markup, why: &str) {
        Figure { told: "", caption: "", ..*self }.frame(out, |out| out.line("p", "empty", why));
    }
}

/// Rows under headings.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Headings.
    pub(super) columns: Vec<Column>,
    /// Cells, as many as columns; the first names the row.
    pub(super) rows: Vec<Vec<String>>,
    /// What happens where the table is too wide.
    pub(super) narrow: Narrow,
}

/// What a table does on a narrow page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Narrow {
    /// It scrolls sideways.
    #[default]
    Scroll,
    /// Each row becomes a paragraph, each cell a line that names its column.
    Stack,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    title: String,
    class: &'static str,
}

/// A column of words.
pub(super) fn words(title: &str) -> Column {
    Column { title: title.to_owned(), class: "" }
}

/// A column of numbers.
pub(super) fn numbers(title: &str) -> Column {
    Column { title: title.to_owned(), class: "n" }
}

impl Table {
    /// Writes the table under a name for those who do not see where it stands.
    pub(super) fn write(&self, out: &mut Markup, name: &str) {
        let class = match self.narrow {
            Narrow::Scroll => "flat",
            Narrow::Stack => "stack",
        };
        out.tag("div", &[("class", &"scroll"), ("role", &"region"), ("tabindex", &0), ("aria-label", &name)], |out| {
            out.tag("table", &[("class", &class)], |out| {
                out.tag("thead", &[], |out| {
                    out.tag("tr", &[], |out| {
                        for column in &self.columns {
                            out.tag("th", &[("scope", &"col"), ("class", &column.class)], |out| out.text(&column.title));
                        }
                    });
                });
                out.tag("tbody", &[], |out| self.rows.iter().for_each(|row| self.row(out, row)));
            });
        });
    }

    fn row(&self, out: &mut Markup, row: &[String]) {
        out.block("tr", &[], |out| {
            for ((cell, column), index) in row.iter().zip(&self.columns).zip(0_usize..) {
                if index == 0 {
                    out.tag("th", &[("scope", &"row"), ("class", &column.class)], |out| out.text(cell));
                } else if self.narrow == Narrow::Stack {
                    out.tag("td", &[("class", &column.class), ("data-name", &column.title)], |out| out.text(cell));
                } else {
                    out.tag("td", &[("class", &column.class)], |out| out.text(cell));
                }
            }
        });
    }
}
