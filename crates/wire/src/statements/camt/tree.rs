//! XML of camt files as small trees, one record at a time, whatever is broken in it.
//!
//! Deliberately absent: DTDs and entities (only the five of XML and numbers are letters; others stay as they are written),
//! namespaces (a local name is enough), schemas. End tags are matched here and not by the parser, so that a broken record
//! is refused and the next one is read.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::Unreadable;
use super::super::text::{LineCount, clean, word};

/// Deepest nesting; the schemas have some twenty levels.
const DEPTH_MAX: usize = 64;
/// Most elements that are held at once. Records are let go as they end, so that only a bomb comes near.
const NODES_MAX: usize = 500_000;
/// How often reading starts anew behind markup that is no XML.
const RESTARTS_MAX: usize = 100;
/// Longest text of one element that is kept.
const TEXT_BYTES_MAX: usize = 16 << 10;

/// An element.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: Box<str>,
    /// Its line, from 1.
    pub(super) place: u32,
    /// Its attribute `Ccy`.
    pub(super) currency: Box<str>,
    /// Whether its markup, or that of anything within, is broken.
    pub(super) spoilt: bool,
    text: String,
    inner: Vec<Node>,
    size: usize,
}

impl Node {
    /// The first element at a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.all(name).next())
    }

    /// Every child of a name.
    pub(super) fn all<'n, 'k>(&'n self, name: &'k str) -> impl Iterator<Item = &'n Self> + use<'n, 'k> {
        self.inner.iter().filter(move |node| &*node.name == name)
    }

    /// The text at a path, trimmed; empty where there is none.
    pub(super) fn text(&self, path: &[&str]) -> &str {
        self.at(path).map_or("", |node| node.text.trim())
    }

    /// The text at a path as a name or number, if it is one.
    pub(super) fn word(&self, path: &[&str]) -> Option<Box<str>> {
        word(self.text(path))
    }

    /// The text at a path for a person.
    pub(super) fn clean(&self, path: &[&str]) -> Box<str> {
        clean(self.text(path))
    }
}

/// Who is told of elements as they end.
pub(super) trait Sink {
    /// An element ended, within others. What is given back becomes a child of the innermost of these.
    fn ended(&mut self, node: Node, around: &[Node]) -> Option<Node>;
    /// The markup is broken at a line.
    fn broken(&mut self, place: u32, what: String);
}

/// Elements that do not nest in themselves: a second one means that the first was not closed.
fn is_record(name: &str) -> bool {
    matches!(name, "Ntry" | "TxDtls") || is_statement(name)
}

/// The roots of the three messages.
pub(super) const ROOTS: [&str; 3] = ["BkToCstmrAcctRpt", "BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"];

pub(super) fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

pub(super) fn is_statement(name: &str) -> bool {
    matches!(name, "Stmt" | "Rpt" | "Ntfctn")
}

struct Walker<'t, 's, S> {
    text: &'t str,
    lines: LineCount,
    stack: Vec<Node>,
    held: usize,
    sink: &'s mut S,
}

/// Walks through a text and tells a sink of every element.
///
/// # Errors
/// [`Unreadable::DocumentType`]; everything else is told to the sink.
pub(super) fn walk(text: &str, sink: &mut impl Sink) -> Result<(), Unreadable> {
    let mut walker = Walker { text, lines: LineCount::new(), stack: Vec::new(), held: 0, sink };
    let mut from = 0;
    for _ in 0..RESTARTS_MAX {
        let Some(broken) = walker.run(from)? else { return Ok(()) };
        let line = walker.lines.of(text, broken);
        walker.sink.broken(line, "the XML is broken here; what it says up to the next entry is lost".to_owned());
        walker.spoil();
        let next = restart(text, broken + 1);
        let Some(next) = next.filter(|_| walker.unwind_to_statement()) else {
            walker.unwind(0);
            return Ok(());
        };
        from = next;
    }
    let last = walker.lines.of(text, text.len());
    walker.sink.broken(last, format!("the XML is broken in more than {RESTARTS_MAX} places; the rest is not read"));
    walker.unwind(0);
    Ok(())
}

/// The next `<Ntry` or end of a statement behind a place, with any prefix.
fn restart(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let rest = text.get(at..)?;
    let good = |(found, _): &(usize, &str)| {
        let inner = rest.get(found + 1..).unwrap_or("");
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        // No name of the standard is longer than this.
        let tag = inner.bytes().take(64).position(|byte| matches!(byte, b'>' | b' ' | b'\n' | b'\r' | b'\t' | b'<'));
        let name = tag.and_then(|end| inner.get(..end)).unwrap_or("");
        let name = name.rsplit_once(':').map_or(name, |(_, local)| local);
        if closes { is_statement(name) } else { name == "Ntry" }
    };
    rest.match_indices('<').find(good).map(|(found, _)| at + found)
}

impl<S: Sink> Walker<'_, '_, S> {
    /// Reads from a byte on. The place of broken markup, if it did not get to the end.
    fn run(&mut self, from: usize) -> Result<Option<usize>, Unreadable> {
        let mut reader = Reader::from_str(self.text.get(from..).unwrap_or(""));
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        let size = self.text.len();
        let place = |position: u64| from.saturating_add(usize::try_from(position).unwrap_or(usize::MAX)).min(size);
        loop {
            let at = place(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(_) => return Ok(Some(place(reader.error_position()).max(at))),
            };
            match event {
                Event::Start(tag) => {
                    if !self.begins(&tag, at) {
                        return Ok(None);
                    }
                }
                Event::Empty(tag) => {
                    if !self.begins(&tag, at) {
                        return Ok(None);
                    }
                    self.pop();
                }
                Event::End(tag) => self.ends(tag.local_name().as_ref(), at),
                Event::Text(text) => self.push(&text),
                Event::CData(text) => self.push(&text),
                Event::GeneralRef(reference) => self.push(&letters(&reference)),
                Event::DocType(_) => return Err(Unreadable::DocumentType { place: self.lines.of(self.text, at) }),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => {
                    self.end_of_file();
                    return Ok(None);
                }
            }
        }
    }

    /// An element begins. False if there are too many of them, and reading ends.
    fn begins(&mut self, tag: &BytesStart<'_>, at: usize) -> bool {
        let place = self.lines.of(self.text, at);
        let name = tag.local_name();
        let name: &str = name.as_ref();
        if is_record(name)
            && let Some(open) = self.stack.iter().rposition(|node| &*node.name == name)
        {
            self.spoil();
            self.unwind(open);
        }
        if self.stack.len() >= DEPTH_MAX || self.held >= NODES_MAX {
            let what = format!("more than {DEPTH_MAX} elements within each other or {NODES_MAX} at once; the rest is not read");
            self.sink.broken(place, what);
            self.spoil();
            self.unwind(0);
            return false;
        }
        let currency = tag.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == "Ccy");
        let currency = currency.map_or_else(|| "".into(), |attribute| clean(&attribute.value));
        self.held += 1;
        self.stack.push(Node { name: name.into(), place, currency, spoilt: false, text: String::new(), inner: Vec::new(), size: 1 });
        true
    }

    fn ends(&mut self, name: &str, at: usize) {
        let open = self.stack.iter().rposition(|node| &*node.name == name);
        match open {
            Some(open) if open + 1 == self.stack.len() => self.pop(),
            Some(open) => {
                self.spoil();
                self.unwind(open + 1);
                self.pop();
            }
            None => {
                if self.stack.is_empty() {
                    let place = self.lines.of(self.text, at);
                    self.sink.broken(place, "an end tag of nothing that is open".to_owned());
                }
                self.spoil();
            }
        }
    }

    fn end_of_file(&mut self) {
        if !self.stack.is_empty() {
            let last = self.lines.of(self.text, self.text.len());
            let what = "the file ends before its elements do: lines may be missing; ask the bank for the file again";
            self.sink.broken(last, what.to_owned());
            self.spoil();
            self.unwind(0);
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(top) = self.stack.last_mut()
            && top.text.len() + text.len() <= TEXT_BYTES_MAX
        {
            top.text.push_str(text);
        }
    }

    /// Ends the innermost element.
    fn pop(&mut self) {
        let Some(node) = self.stack.pop() else { return };
        let (size, spoilt) = (node.size, node.spoilt);
        let of_statement = self.stack.last().is_some_and(|parent| is_statement(&parent.name));
        if spoilt && of_statement && &*node.name != "Ntry" {
            self.sink.broken(node.place, format!("{}: its XML is broken, a tag is missing or not closed", node.name));
        }
        let kept = self.sink.ended(node, &self.stack);
        match (kept, self.stack.last_mut()) {
            (Some(node), Some(parent)) => {
                parent.spoilt |= spoilt && !of_statement;
                parent.size += size;
                parent.inner.push(node);
            }
            (None, Some(parent)) => {
                parent.spoilt |= spoilt && !of_statement;
                self.held = self.held.saturating_sub(size);
            }
            (_, None) => self.held = self.held.saturating_sub(size),
        }
    }

    /// Ends elements until so many are open.
    fn unwind(&mut self, depth: usize) {
        while self.stack.len() > depth {
            self.pop();
        }
    }

    /// The innermost element is broken, and with it the record that it is in, but no statement.
    fn spoil(&mut self) {
        if let Some(top) = self.stack.last_mut() {
            top.spoilt |= !is_statement(&top.name);
        }
    }

    /// Ends elements until a statement is the innermost; false if none is open.
    fn unwind_to_statement(&mut self) -> bool {
        let open = self.stack.iter().rposition(|node| is_statement(&node.name));
        if let Some(open) = open {
            self.unwind(open + 1);
        }
        open.is_some()
    }
}

/// What a reference stands for; an entity that XML does not know stays as it is written.
fn letters(reference: &BytesRef<'_>) -> String {
    let name: &str = reference;
    let known = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    known.map_or_else(|| format!("&{name};"), String::from)
}
