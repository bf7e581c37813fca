//! YAML text → a tree in which every value knows its line and column and keeps its exact text.
//!
//! Scalars stay text: `1.00` is never a float and `09:00` never a number. Deliberately absent: tags,
//! several documents, keys that are not text, duplicate keys.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{self, ErrorKind, Event, Parser, ScalarStyle, Span};

use super::finding::{Findings, Mark};

/// Bytes of a régua file.
pub(super) const FILE_BYTES_MAX: usize = 256 * 1024;
/// Values in the tree, aliases written out.
const NODES_MAX: usize = 20_000;
/// Levels of nesting.
const DEPTH_MAX: usize = 16;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) mark: Mark,
    /// Byte range of the value in the text.
    pub(super) span: (usize, usize),
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// Its exact text, and whether it stood there without quotes.
    Scalar(String, bool),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) mark: Mark,
    pub(super) text: String,
}

impl Node {
    /// The value of a key.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match &self.body {
            Body::Map(entries) => entries.iter().find(|(key, _)| key.text == name).map(|(_, value)| value),
            Body::Scalar(..) | Body::List(_) => None,
        }
    }

    /// Whether nothing stands there: an empty value, `~` or `null`.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.body, Body::Scalar(text, true) if matches!(text.as_str(), "" | "~" | "null"))
    }

    fn count(&self) -> usize {
        1 + match &self.body {
            Body::Scalar(..) => 0,
            Body::List(items) => items.iter().map(Self::count).sum(),
            Body::Map(entries) => entries.iter().map(|(_, value)| value.count()).sum(),
        }
    }
}

/// Reads the one document of a file. What is wrong is in `findings`; `None` when no tree could be made.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Node> {
    let start = Mark { line: 1, column: 1 };
    if text.len() > FILE_BYTES_MAX {
        findings.error(start, format!("the file has more than {FILE_BYTES_MAX} bytes"), "split it into several policies");
        return None;
    }
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = DEPTH_MAX;
    options.block_nesting_limit = DEPTH_MAX;
    options.disallow_directives = true;
    options.emit_unresolved_aliases = true;
    let mut builder = Builder { findings, open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, root: None };
    for event in Parser::new_from_str_with_options(text, options) {
        let stop = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                let at = mark(error.marker());
                let deep = matches!(error.kind(), ErrorKind::RecursionLimitExceeded);
                if deep {
                    builder.findings.error(at, format!("values are nested more than {DEPTH_MAX} deep"), "flatten them");
                } else {
                    let mend = "correct the text here: quotes and brackets close, lists and maps are indented evenly";
                    builder.findings.error(at, format!("not YAML: {}", error.info()), mend);
                }
                Err(Stop)
            }
        };
        if stop.is_err() {
            return None;
        }
    }
    let root = builder.root;
    if root.is_none() {
        findings.error(start, "the file is empty", "start with `regua: 1`, or copy one of the shipped policies");
    }
    root
}

fn mark(marker: &granit_parser::Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

/// Reading cannot go on; why is among the findings.
struct Stop;

struct Builder<'f> {
    findings: &'f mut Findings,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    root: Option<Node>,
}

/// A list or a map whose end is not read yet.
struct Open {
    mark: Mark,
    start: usize,
    anchor: usize,
    body: OpenBody,
}

enum OpenBody {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, merges: Vec<Node>, key: Option<Key> },
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let at = mark(&span.start);
        let bytes = span.byte_range().map_or((0, 0), |range| (range.start, range.end));
        let tagged = event.tag().is_some();
        if tagged {
            self.findings.error(at, "a tag has no meaning here", "remove the word that starts with `!`");
            return Err(Stop);
        }
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                self.findings.error(at, "a second document", "a file holds one policy: remove everything from `---` on");
                Err(Stop)
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                self.put(Node { mark: at, span: bytes, body: Body::Scalar(text.into_owned(), plain) }, anchor, 1)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => {
                    let weight = node.count();
                    self.put(node, 0, weight)
                }
                None => {
                    self.findings.error(at, "an alias inside its own anchor", "write the value out");
                    Err(Stop)
                }
            },
            Event::SequenceStart(_, anchor, _) => self.begin(at, bytes.0, anchor, OpenBody::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                self.begin(at, bytes.0, anchor, OpenBody::Map { entries: Vec::new(), merges: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes.1),
            Event::UnresolvedAlias(name) => {
                self.findings.error(
                    at,
                    format!("nothing is anchored as `{name}`"),
                    format!("anchor a value with `&{name}` before this line"),
                );
                Err(Stop)
            }
            // Events without a value; the parser's list of them is open.
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::Comment(..)
            | _ => Ok(()),
        }
    }

    fn begin(&mut self, mark: Mark, start: usize, anchor: usize, body: OpenBody) -> Result<(), Stop> {
        if let Some(Open { body: OpenBody::Map { key: None, .. }, .. }) = self.open.last() {
            self.findings.error(mark, "a key that is not text", "keys are words; quote a text that starts with `[` or `{`");
            return Err(Stop);
        }
        self.open.push(Open { mark, start, anchor, body });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let body = match open.body {
            OpenBody::List(items) => Body::List(items),
            OpenBody::Map { entries, merges, .. } => Body::Map(merge(entries, merges)),
        };
        self.put(Node { mark: open.mark, span: (open.start, end), body }, open.anchor, 1)
    }

    /// Puts a finished value where it belongs: into the open list, as a key, as a value, or at the top.
    fn put(&mut self, node: Node, anchor: usize, weight: usize) -> Result<(), Stop> {
        self.nodes += weight;
        if self.nodes > NODES_MAX {
            self.findings.error(node.mark, format!("the file holds more than {NODES_MAX} values"), "use fewer aliases or split the policy");
            return Err(Stop);
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.body) {
            None => self.root = Some(node),
            Some(OpenBody::List(items)) => items.push(node),
            Some(OpenBody::Map { entries, merges, key }) => match key.take() {
                None => match node.body {
                    Body::Scalar(text, _) => *key = Some(Key { mark: node.mark, text }),
                    Body::List(_) | Body::Map(_) => {
                        self.findings.error(node.mark, "a key that is not text", "keys are words");
                        return Err(Stop);
                    }
                },
                Some(name) if name.text == "<<" => merges.extend(maps(node, self.findings)),
                Some(name) => match entries.iter().find(|(other, _)| other.text == name.text) {
                    Some((first, _)) => self.findings.error(
                        name.mark,
                        format!("`{}` stands here twice, first on line {}", name.text, first.mark.line),
                        "keep one of them",
                    ),
                    None => entries.push((name, node)),
                },
            },
        }
        Ok(())
    }
}

/// The maps that `<<` names: one, or a list of them.
fn maps(node: Node, findings: &mut Findings) -> Vec<Node> {
    let items = match node.body {
        Body::Map(_) => vec![node],
        Body::List(items) => items,
        Body::Scalar(..) => {
            findings.error(node.mark, "`<<` takes a map", "name an anchored map, as in `<<: *late`");
            Vec::new()
        }
    };
    items.into_iter().filter(|item| matches!(item.body, Body::Map(_))).collect()
}

/// The entries of a map with those of the merged maps that it does not have itself.
fn merge(mut entries: Vec<(Key, Node)>, merges: Vec<Node>) -> Vec<(Key, Node)> {
    for merged in merges {
        if let Body::Map(others) = merged.body {
            for (key, value) in others {
                if !entries.iter().any(|(own, _)| own.text == key.text) {
                    entries.push((key, value));
                }
            }
        }
    }
    entries
}
