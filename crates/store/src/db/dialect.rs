//! One SQL text for both databases: what little differs, a marker or a type word says.
//!
//! In statements `$n` numbers parameters, and markers are comments:
//!
//! | written | SQLite | PostgreSQL |
//! | --- | --- | --- |
//! | `$2` | `?2` | `$2` |
//! | `/*+for_update*/` | nothing: there is one writer | `FOR UPDATE` |
//! | `/*+skip_locked*/` | nothing | `FOR UPDATE SKIP LOCKED` |
//! | `IN /*+list*/ ($2)` | `IN rarray(?2)` | `= ANY($2)` |
//! | `UPDATE t SET a = v.a FROM /*+rows: id id, a int*/ AS v WHERE t.id = v.id` | one row at a time, `v.a` its value | `FROM unnest(…) AS v(id, a)` |
//!
//! The two locks take `of t` where a join must lock one table only: `/*+for_update of t*/`.
//!
//! In migrations eight words in braces name the kinds of columns, and `{strict}` ends a table. Deliberately absent: any
//! understanding of SQL beyond quotes and comments.

use super::{Place, StoreError, Type};
use std::fmt::Write as _;

/// A database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// A file, or memory.
    Sqlite,
    /// A server.
    Postgres,
}

/// A statement as one database reads it.
#[derive(Debug)]
pub(crate) struct Translated {
    pub(crate) text: String,
    /// The highest `$n`, rows not counted.
    pub(crate) params: usize,
    /// The columns of `/*+rows: …*/`, which follow the parameters.
    pub(crate) rows: Vec<(String, Type)>,
}

impl Dialect {
    /// The type of a column of this kind.
    #[must_use]
    pub const fn column(self, kind: Type) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, Type::Int | Type::Bool | Type::At) => "INTEGER",
            (Self::Sqlite, Type::Text | Type::Date | Type::Json) => "TEXT",
            (Self::Sqlite, Type::Id | Type::Bytes) => "BLOB",
            (Self::Postgres, Type::Text) => "TEXT COLLATE \"C\"",
            (Self::Postgres, other) => array_of(other),
        }
    }

    /// A migration's text with its type words replaced.
    ///
    /// # Errors
    /// [`StoreError::Text`] for a word in braces that is none of them.
    pub fn migration(self, sql: &'static str) -> Result<String, StoreError> {
        let mut out = String::with_capacity(sql.len() + 256);
        for piece in pieces(sql) {
            let Piece::Code(code) = piece else {
                out.push_str(piece.text());
                continue;
            };
            let mut rest = code;
            while let Some((before, after)) = rest.split_once('{') {
                let bad = |why: String| StoreError::Text { place: Place(sql), why };
                let (word, after) = after.split_once('}').ok_or_else(|| bad("`{` without `}`".to_owned()))?;
                out.push_str(before);
                match (word, Type::ALL.iter().find(|kind| kind.word() == word)) {
                    (_, Some(&kind)) => out.push_str(self.column(kind)),
                    ("strict", None) => out.push_str(if self == Self::Sqlite { "STRICT" } else { "" }),
                    (_, None) => {
                        return Err(bad(format!(
                            "`{{{word}}}` is no type word; write id, int, text, bool, at, date, json, bytes or strict"
                        )));
                    }
                }
                rest = after;
            }
            out.push_str(rest);
        }
        Ok(out)
    }

    /// A statement with its markers and parameters replaced.
    pub(crate) fn translate(self, sql: &'static str) -> Result<Translated, StoreError> {
        let bad = |why: &str| StoreError::Text { place: Place(sql), why: why.to_owned() };
        let rows = rows_marker(sql).map_err(|why| bad(&why))?;
        let params = highest(sql);
        let mut out = String::with_capacity(sql.len() + 64);
        let mut list = false;
        let mut dropped = false;
        for piece in pieces(sql) {
            match piece {
                Piece::Other(text) => out.push_str(text),
                Piece::Marker(marker) => match marker.split_once(" of ").map_or((marker, None), |(name, table)| (name, Some(table.trim())))
                {
                    ("for_update", table) => self.lock(&mut out, table, ""),
                    ("skip_locked", table) => self.lock(&mut out, table, " SKIP LOCKED"),
                    ("list", None) => {
                        self.list(&mut out).ok_or_else(|| bad("`/*+list*/` stands between `IN` and `($n)`"))?;
                        list = true;
                    }
                    (_, None) if marker.starts_with("rows:") => dropped = self.rows(&mut out, &rows.columns, params),
                    _ => return Err(bad("a marker that is none; write for_update, skip_locked, list or rows")),
                },
                Piece::Code(code) => {
                    let mut code = code;
                    if list {
                        // `IN rarray(?2)` and `= ANY($2)` both continue with the parenthesis.
                        code = code.trim_start();
                        if !code.starts_with("($") {
                            return Err(bad("`/*+list*/` stands between `IN` and `($n)`"));
                        }
                        list = false;
                    }
                    if dropped {
                        code = rows.after_alias(code).ok_or_else(|| bad("`/*+rows: …*/ AS v` is followed by `WHERE`"))?;
                        dropped = false;
                    } else if self == Self::Postgres
                        && out.ends_with(')')
                        && !rows.columns.is_empty()
                        && code.trim_start().starts_with("AS ")
                    {
                        code = rows.name_columns(&mut out, code);
                    }
                    self.code(&mut out, code, &rows, params);
                }
            }
        }
        Ok(Translated { text: out, params, rows: rows.columns })
    }

    fn lock(self, out: &mut String, table: Option<&str>, more: &str) {
        if self == Self::Postgres {
            out.push_str("FOR UPDATE");
            if let Some(table) = table {
                out.push_str(" OF ");
                out.push_str(table);
            }
            out.push_str(more);
        }
    }

    /// Turns the `IN` that was just written into the database's own test of a list.
    fn list(self, out: &mut String) -> Option<()> {
        let kept = out.trim_end().strip_suffix("IN")?.len();
        match self {
            Self::Sqlite => {
                out.truncate(kept);
                out.push_str("IN rarray");
            }
            Self::Postgres => {
                let negated = out.get(..kept)?.trim_end().strip_suffix("NOT").map(str::len);
                out.truncate(negated.unwrap_or(kept));
                out.push_str(if negated.is_some() { "<> ALL" } else { "= ANY" });
            }
        }
        Some(())
    }

    /// Writes where rows come from; says whether the `FROM` was taken back instead.
    fn rows(self, out: &mut String, columns: &[(String, Type)], params: usize) -> bool {
        match self {
            Self::Sqlite => {
                let kept = out.trim_end().strip_suffix("FROM").map_or(out.len(), str::len);
                out.truncate(kept);
                true
            }
            Self::Postgres => {
                out.push_str("unnest(");
                for (index, (_, kind)) in columns.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    // Writing to a String cannot fail.
                    let _ = write!(out, "{comma}${}::{}[]", params + 1 + index, array_of(*kind));
                }
                out.push(')');
                false
            }
        }
    }

    /// Copies code, with parameters in the database's spelling, and on SQLite `v.a` as the parameter that holds it.
    fn code(self, out: &mut String, code: &str, rows: &Rows, params: usize) {
        let mut rest = code;
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            let starts_word = (c.is_alphabetic() || c == '_') && !(before.is_alphanumeric() || matches!(before, '_' | '.' | '$'));
            if c == '$' && rest.get(1..2).is_some_and(|digit| digit.bytes().all(|b| b.is_ascii_digit())) {
                out.push(if self == Self::Sqlite { '?' } else { '$' });
            } else if self == Self::Sqlite
                && starts_word
                && let Some((index, length)) = rows.reads(rest)
            {
                let _ = write!(out, "?{}", params + 1 + index);
                before = 'a';
                rest = rest.get(length..).unwrap_or("");
                continue;
            } else {
                out.push(c);
            }
            before = c;
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        }
    }
}

/// The type as elements of an array have it: without a collation.
const fn array_of(kind: Type) -> &'static str {
    match kind {
        Type::Id => "UUID",
        Type::Int => "BIGINT",
        Type::Text => "TEXT",
        Type::Bool => "BOOLEAN",
        Type::At => "TIMESTAMPTZ",
        Type::Date => "DATE",
        Type::Json => "JSONB",
        Type::Bytes => "BYTEA",
    }
}

/// What `/*+rows: id id, a int*/ AS v` declares.
#[derive(Default)]
struct Rows {
    alias: String,
    columns: Vec<(String, Type)>,
}

impl Rows {
    /// If the text begins with `v.a`: which column that is, and its length.
    fn reads(&self, text: &str) -> Option<(usize, usize)> {
        if self.columns.is_empty() {
            return None;
        }
        let name = text.strip_prefix(self.alias.as_str())?.strip_prefix('.')?;
        let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
        let name = name.get(..end)?;
        let index = self.columns.iter().position(|(column, _)| column == name)?;
        Some((index, self.alias.len() + 1 + end))
    }

    /// What follows ` AS v`, which must be `WHERE`.
    fn after_alias<'a>(&self, code: &'a str) -> Option<&'a str> {
        let rest = code.trim_start().strip_prefix("AS ")?.trim_start().strip_prefix(self.alias.as_str())?;
        rest.trim_start().starts_with("WHERE").then_some(rest.trim_start())
    }

    /// Writes ` AS v(id, a)` and returns what follows.
    fn name_columns<'a>(&self, out: &mut String, code: &'a str) -> &'a str {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let _ = write!(out, " AS {}({})", self.alias, names.join(", "));
        let rest = code.trim_start().strip_prefix("AS ").unwrap_or(code).trim_start();
        rest.strip_prefix(self.alias.as_str()).unwrap_or(rest)
    }
}

fn rows_marker(sql: &str) -> Result<Rows, String> {
    const MARKER: &str = "/*+rows:";
    let Some((_, after)) = sql.split_once(MARKER) else { return Ok(Rows::default()) };
    let (columns, after) = after.split_once("*/").ok_or("`/*+rows:` without `*/`")?;
    let alias = after.trim_start().strip_prefix("AS ").ok_or("`/*+rows: …*/` is followed by `AS` and a name")?.trim_start();
    let end = alias.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(alias.len());
    let alias = alias.get(..end).filter(|alias| !alias.is_empty()).ok_or("`/*+rows: …*/` is followed by `AS` and a name")?;
    if after.contains(MARKER) {
        return Err("two `/*+rows: …*/` in one statement".to_owned());
    }
    let mut found = Vec::new();
    for column in columns.split(',') {
        let mut words = column.split_whitespace();
        let (name, word, end) = (words.next(), words.next(), words.next());
        let kind = word.and_then(|word| Type::ALL.iter().find(|kind| kind.word() == word));
        match (name, kind, end) {
            (Some(name), Some(&kind), None) => found.push((name.to_owned(), kind)),
            _ => return Err(format!("`{}` in `/*+rows: …*/` is no name and type word", column.trim())),
        }
    }
    Ok(Rows { alias: alias.to_owned(), columns: found })
}

/// The highest number behind a `$` in code.
fn highest(sql: &'static str) -> usize {
    let mut highest = 0;
    for piece in pieces(sql) {
        if let Piece::Code(code) = piece {
            for after in code.split('$').skip(1) {
                let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                highest = highest.max(after.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0));
            }
        }
    }
    highest
}

/// A stretch of SQL.
enum Piece {
    /// What is neither quoted nor a comment.
    Code(&'static str),
    /// The inside of `/*+ … */`.
    Marker(&'static str),
    /// A quoted text or name, or a comment, with its quotes.
    Other(&'static str),
}

impl Piece {
    const fn text(&self) -> &'static str {
        match self {
            Self::Code(text) | Self::Marker(text) | Self::Other(text) => text,
        }
    }
}

/// Cuts SQL at its quotes and comments.
fn pieces(sql: &'static str) -> impl Iterator<Item = Piece> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let start = ["'", "\"", "--", "/*"].iter().filter_map(|opening| rest.find(opening)).min().unwrap_or(rest.len());
        if start > 0 {
            let (code, after) = rest.split_at(start);
            rest = after;
            return Some(Piece::Code(code));
        }
        let (opening, closing) = match rest.as_bytes() {
            [b'\'', ..] => (1, "'"),
            [b'"', ..] => (1, "\""),
            [b'-', ..] => (2, "\n"),
            _ => (2, "*/"),
        };
        let inside = rest.get(opening..).unwrap_or("");
        let end = inside.find(closing).map_or(rest.len(), |at| opening + at + closing.len());
        let (other, after) = rest.split_at(end);
        rest = after;
        let marker = other.strip_prefix("/*+").and_then(|marker| marker.strip_suffix("*/"));
        Some(marker.map_or(Piece::Other(other), |marker| Piece::Marker(marker.trim())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_marker_has_a_spelling_on_each_database() {
        for (written, sqlite, postgres) in [
            (
                "SELECT a FROM t WHERE b = $2 AND a = $1",
                "SELECT a FROM t WHERE b = ?2 AND a = ?1",
                "SELECT a FROM t WHERE b = $2 AND a = $1",
            ),
            (
                "SELECT '$1', \"$2\" FROM t -- $3\nWHERE a = $1",
                "SELECT '$1', \"$2\" FROM t -- $3\nWHERE a = ?1",
                "SELECT '$1', \"$2\" FROM t -- $3\nWHERE a = $1",
            ),
            ("SELECT 1 /*+for_update*/", "SELECT 1 ", "SELECT 1 FOR UPDATE"),
            ("SELECT 1 /*+skip_locked of t*/", "SELECT 1 ", "SELECT 1 FOR UPDATE OF t SKIP LOCKED"),
            (
                "SELECT 1 WHERE a IN /*+list*/ ($1) AND b = $2",
                "SELECT 1 WHERE a IN rarray(?1) AND b = ?2",
                "SELECT 1 WHERE a = ANY($1) AND b = $2",
            ),
            ("SELECT 1 WHERE a NOT IN /*+list*/ ($1)", "SELECT 1 WHERE a NOT IN rarray(?1)", "SELECT 1 WHERE a <> ALL($1)"),
            (
                "UPDATE t SET a = v.a + av.a, b = $2 FROM /*+rows: id id, a int*/ AS v WHERE t.tenant = $1 AND t.id = v.id",
                "UPDATE t SET a = ?4 + av.a, b = ?2 WHERE t.tenant = ?1 AND t.id = ?3",
                "UPDATE t SET a = v.a + av.a, b = $2 FROM unnest($3::UUID[], $4::BIGINT[]) AS v(id, a) WHERE t.tenant = $1 AND t.id = v.id",
            ),
        ] {
            let squeeze = |text: String| text.replace("  ", " ");
            assert_eq!(squeeze(Dialect::Sqlite.translate(written).unwrap().text), sqlite);
            assert_eq!(squeeze(Dialect::Postgres.translate(written).unwrap().text), postgres);
        }
    }

    #[test]
    fn a_marker_that_is_wrong_is_refused_with_the_mend() {
        for (written, expected) in [
            ("SELECT 1 /*+forupdate*/", "write for_update, skip_locked, list or rows"),
            ("SELECT 1 WHERE a /*+list*/ ($1)", "stands between `IN` and `($n)`"),
            ("SELECT 1 WHERE a IN /*+list*/ $1", "stands between `IN` and `($n)`"),
            (
                "UPDATE t SET a = v.a FROM /*+rows: a integer*/ AS v WHERE t.a = v.a",
                "`a integer` in `/*+rows: …*/` is no name and type word",
            ),
            ("UPDATE t SET a = v.a FROM /*+rows: a int*/ v WHERE t.a = v.a", "followed by `AS` and a name"),
            ("UPDATE t SET a = v.a FROM /*+rows: a int*/ AS v, u WHERE t.a = v.a", "followed by `WHERE`"),
        ] {
            let error = Dialect::Sqlite.translate(written).unwrap_err().to_string();
            assert!(error.contains(expected), "{written}: {error}");
        }
    }

    #[test]
    fn type_words_become_types_and_quoted_braces_stay() {
        let written = "CREATE TABLE t (a {id}, b {int}, c {text}, d {bool}, e {at}, f {date}, g {json} DEFAULT '{}', h {bytes}) {strict};";
        assert_eq!(
            Dialect::Sqlite.migration(written).unwrap(),
            "CREATE TABLE t (a BLOB, b INTEGER, c TEXT, d INTEGER, e INTEGER, f TEXT, g TEXT DEFAULT '{}', h BLOB) STRICT;"
        );
        assert_eq!(
            Dialect::Postgres.migration(written).unwrap(),
            "CREATE TABLE t (a UUID, b BIGINT, c TEXT COLLATE \"C\", d BOOLEAN, e TIMESTAMPTZ, f DATE, g JSONB DEFAULT '{}', h BYTEA) ;"
        );
        let error = Dialect::Sqlite.migration("CREATE TABLE t (a {uuid})").unwrap_err().to_string();
        assert!(error.contains("`{uuid}` is no type word"), "{error}");
    }
}
