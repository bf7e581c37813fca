//! The document as those read it who do not see it: sections, headings, paragraphs, tables, figures, in order.
//! Deliberately absent: places.

/// What a part is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tag {
    /// A section, with its language where it is not the document's.
    Section(Option<&'static str>),
    /// A heading of a level from 1, with its text.
    Heading(u16, String),
    /// A paragraph.
    Paragraph,
    /// A table and what it is about.
    Table(String),
    /// The rows of its headings.
    TableHead,
    /// Its other rows.
    TableBody,
    /// A row.
    Row,
    /// A cell that heads its column.
    ColumnHeader,
    /// A cell that heads its row.
    RowHeader,
    /// Another cell.
    Cell,
    /// A code to copy.
    Code,
    /// A picture or symbol, and what it shows.
    Figure(String),
}

/// A part within a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Child {
    /// Another node, by index.
    Node(usize),
    /// A shape: page and place in its list.
    Item(usize, usize),
}

/// A part and what is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) tag: Tag,
    pub(crate) children: Vec<Child>,
}

/// The parts. The first is the whole document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
}

impl Tree {
    /// The index of the whole document.
    pub(crate) const ROOT: usize = 0;

    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node { tag: Tag::Section(None), children: Vec::new() }] }
    }

    /// A new last part of `parent`.
    pub(crate) fn add(&mut self, parent: usize, tag: Tag) -> usize {
        let index = self.nodes.len();
        self.nodes.push(Node { tag, children: Vec::new() });
        self.push(parent, Child::Node(index));
        index
    }

    pub(crate) fn push(&mut self, parent: usize, child: Child) {
        if let Some(node) = self.nodes.get_mut(parent) {
            node.children.push(child);
        }
    }
}
