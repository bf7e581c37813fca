//! Tables: columns as wide as they must be, rows that stay whole, headings on every page. Deliberately absent: cells over
//! several rows or columns.

use super::{Align, Furniture, Ink, LEFT, Mpt, Owner, RIGHT, Sheet, Tag, length, mm, pt, tenths};
use crate::text::{Line, Style, Weight};

/// Between two columns.
const GAP: Mpt = mm(5);
/// Above and below the text of a row.
const PADDING: Mpt = tenths(15);
/// Most of a table's width, in percent, for the columns that are not the widest.
const NARROW_MAX: Mpt = 66;
/// Lines of a cell that stay together: more are continued as if in a row of their own.
const LINES_MAX: usize = 40;

const HEAD: Style = Style::new(Weight::Semibold, pt(7) + 500, Ink::Quiet);
const BODY: Style = Style::new(Weight::Regular, pt(9), Ink::Text);
const DETAIL: Style = Style::new(Weight::Regular, pt(7) + 500, Ink::Quiet);

/// A column: its heading, and where its texts stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) align: Align,
    /// Whether it takes the width that is left. One column of a table does.
    pub(crate) is_wide: bool,
}

impl Column {
    pub(crate) const fn wide(title: &'static str) -> Self {
        Self { title, align: Align::Left, is_wide: true }
    }

    pub(crate) const fn left(title: &'static str) -> Self {
        Self { title, align: Align::Left, is_wide: false }
    }

    pub(crate) const fn right(title: &'static str) -> Self {
        Self { title, align: Align::Right, is_wide: false }
    }
}

/// A cell: its text, and more in small print below.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) detail: String,
    pub(crate) is_strong: bool,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), detail: String::new(), is_strong: false }
    }

    pub(crate) fn strong(text: impl Into<String>) -> Self {
        Self { is_strong: true, ..Self::new(text) }
    }
}

/// A table that is to be laid out.
pub(crate) struct Table {
    pub(crate) summary: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// Where it begins, and how wide it is.
    pub(crate) x: Mpt,
    pub(crate) width: Mpt,
    /// What follows and must stand on the page of its last row.
    pub(crate) keep: Mpt,
}

type SetCell = Vec<(Line, Style)>;

impl Table {
    pub(crate) fn new(summary: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        Self { summary: summary.to_owned(), columns, rows, x: LEFT, width: RIGHT - LEFT, keep: 0 }
    }

    /// Lays it out from where the sheet is.
    pub(crate) fn place(&self, sheet: &mut Sheet<'_>, parent: usize) {
        let widths = self.widths(sheet);
        let table = sheet.tree.add(parent, Tag::Table(self.summary.clone()));
        let first = self.rows.first().map_or(0, |row| self.set(sheet, row, &widths).iter().map(height).max().unwrap_or(0));
        sheet.need(HEAD.line_height() * 2 + first + PADDING * 4 + if self.rows.len() == 1 { self.keep } else { 0 });
        let head = sheet.tree.add(table, Tag::TableHead);
        let row = sheet.tree.add(head, Tag::Row);
        self.head(sheet, &widths, Some(row));
        let body = sheet.tree.add(table, Tag::TableBody);
        for (at, cells) in self.rows.iter().enumerate() {
            let node = sheet.tree.add(body, Tag::Row);
            let owners: Vec<Owner> = self.columns.iter().map(|_| Owner::Node(sheet.tree.add(node, Tag::Cell))).collect();
            let set = self.set(sheet, cells, &widths);
            let is_last = at + 1 == self.rows.len();
            self.row(sheet, set, &widths, &owners, is_last);
        }
    }

    fn row(&self, sheet: &mut Sheet<'_>, set: Vec<SetCell>, widths: &[Mpt], owners: &[Owner], is_last: bool) {
        let parts = set.iter().map(|cell| cell.len().div_ceil(LINES_MAX)).max().unwrap_or(0).max(1);
        for part in 0..parts {
            let of = |cell: &SetCell| -> SetCell { cell.iter().skip(part * LINES_MAX).take(LINES_MAX).cloned().collect() };
            let cells: Vec<SetCell> = set.iter().map(of).collect();
            let tall = cells.iter().map(height).max().unwrap_or(0) + PADDING * 2;
            let keep = if is_last && part + 1 == parts { self.keep } else { 0 };
            if sheet.need(tall + keep) {
                self.head(sheet, widths, None);
            }
            let top = sheet.y + PADDING;
            let mut x = self.x;
            for (((cell, column), width), owner) in cells.into_iter().zip(&self.columns).zip(widths).zip(owners) {
                let mut y = top;
                for (line, style) in cell {
                    y = sheet.lines((x, y, *width), vec![line], style, column.align, *owner);
                }
                x += width + GAP;
            }
            sheet.y += tall;
        }
        if !is_last {
            sheet.rule(self.x, sheet.y, self.width, Ink::Rule);
        }
    }

    /// The headings; on a further page they are furniture, said once.
    fn head(&self, sheet: &mut Sheet<'_>, widths: &[Mpt], row: Option<usize>) {
        let set: Vec<Vec<Line>> = self.columns.iter().zip(widths).map(|(c, width)| sheet.setter.wrap(c.title, HEAD, *width)).collect();
        let tall = HEAD.line_height() * length(set.iter().map(Vec::len).max().unwrap_or(0));
        let mut x = self.x;
        for ((lines, column), width) in set.into_iter().zip(&self.columns).zip(widths) {
            let owner = match row {
                Some(row) => Owner::Node(sheet.tree.add(row, Tag::ColumnHeader)),
                None => Owner::Furniture(Furniture::Header),
            };
            // Headings of several lines end together.
            let top = sheet.y + tall - HEAD.line_height() * length(lines.len());
            sheet.lines((x, top, *width), lines, HEAD, column.align, owner);
            x += width + GAP;
        }
        sheet.y += tall + tenths(12);
        sheet.area(self.x, sheet.y, self.width, tenths(4), 0, Ink::Brand);
        sheet.y += tenths(4);
    }

    fn set(&self, sheet: &mut Sheet<'_>, cells: &[Cell], widths: &[Mpt]) -> Vec<SetCell> {
        let set = |((cell, column), width): ((&Cell, &Column), &Mpt)| {
            let style = style(cell, *column);
            let text = sheet.setter.wrap(&cell.text, style, *width).into_iter().map(|line| (line, style));
            let mut lines: SetCell = text.collect();
            lines.extend(sheet.setter.wrap(&cell.detail, DETAIL, *width).into_iter().map(|line| (line, DETAIL)));
            lines
        };
        cells.iter().zip(&self.columns).zip(widths).map(set).collect()
    }

    /// Columns as wide as their widest text, and the wide one as what is left.
    fn widths(&self, sheet: &mut Sheet<'_>) -> Vec<Mpt> {
        let gaps = GAP * length(self.columns.len().saturating_sub(1));
        let all = self.width - gaps;
        let narrow = length(self.columns.iter().filter(|column| !column.is_wide).count()).max(1);
        let natural = |(at, column): (usize, &Column)| {
            let head = sheet.setter.line(column.title, HEAD).width;
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| sheet.setter.line(&cell.text, style(cell, *column)).width).fold(head, Mpt::max)
        };
        let natural: Vec<Mpt> = self.columns.iter().enumerate().map(natural).collect();
        let of_narrow =
            |widths: &[Mpt]| widths.iter().zip(&self.columns).filter(|(_, c)| !c.is_wide).map(|(width, _)| i64::from(*width)).sum();
        let room = i64::from(all / 100 * NARROW_MAX);
        let wanted: i64 = of_narrow(&natural);
        // When they want too much, none gets more than an equal part; their texts wrap.
        let most = if wanted > room { all / 100 * NARROW_MAX / narrow } else { Mpt::MAX };
        let given: Vec<Mpt> = natural.iter().map(|width| (*width).min(most)).collect();
        let left = i64::from(all) - of_narrow(&given);
        let left = Mpt::try_from(left).unwrap_or(0);
        given.iter().zip(&self.columns).map(|(width, column)| if column.is_wide { left } else { *width }).collect()
    }
}

const fn style(cell: &Cell, column: Column) -> Style {
    let weight = if cell.is_strong { Weight::Semibold } else { Weight::Regular };
    let style = Style::new(weight, BODY.size, BODY.ink);
    match column.align {
        Align::Left if column.is_wide => style,
        Align::Left | Align::Right => style.figures(),
    }
}

fn height(cell: &SetCell) -> Mpt {
    cell.iter().map(|(_, style)| style.line_height()).sum()
}
