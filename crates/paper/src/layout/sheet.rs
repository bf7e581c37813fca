//! Pages while they are written from top to bottom. Deliberately absent: what a kind of document looks like.

use super::{Child, Furniture, Ink, Item, Mpt, Owner, PAGE_HEIGHT, PAGE_WIDTH, Page, Shape, Tag, Tree, length, mm, pt, tenths};
use crate::documents::Brand;
use crate::picture::Picture;
use crate::text::{Faces, Line, Setter, Style, Weight};
use crate::words::Words;

/// The left margin.
pub(crate) const LEFT: Mpt = mm(18);
/// Where the right margin begins.
pub(crate) const RIGHT: Mpt = PAGE_WIDTH - mm(18);
/// What is between the margins.
pub(crate) const WIDTH: Mpt = RIGHT - LEFT;
/// Where a page that is not the first begins.
const TOP: Mpt = mm(30);
/// Where what flows ends.
const BOTTOM: Mpt = PAGE_HEIGHT - mm(22);
/// Where the footer begins.
const FOOTER: Mpt = PAGE_HEIGHT - mm(15);
/// What a footer takes above a form.
const FOOTER_HEIGHT: Mpt = mm(6);
/// Least that is between what flows and a footer above a form.
const FOOTER_GAP: Mpt = tenths(15);

/// The place of a text: its left edge, its top, and its width.
pub(crate) type Slot = (Mpt, Mpt, Mpt);

/// Where a text stands in its width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A document while it is laid out, and after.
pub(crate) struct Sheet<'a> {
    pub(crate) setter: Setter<'a>,
    pub(crate) brand: &'a Brand,
    pub(crate) words: &'static Words,
    /// RFC 3066 tag of the document's language.
    pub(crate) language: &'static str,
    /// What the document is called at the top of further pages.
    pub(crate) title: String,
    /// The day in its metadata.
    pub(crate) issued_on: regua_core::time::Day,
    /// The logo, where the head has shown it.
    pub(crate) logo: Option<Picture>,
    pub(crate) pages: Vec<Page>,
    pub(crate) tree: Tree,
    /// Headings with page and height, for the outline.
    pub(crate) outline: Vec<(String, usize, Mpt)>,
    /// Where the next thing begins on the last page.
    pub(crate) y: Mpt,
    pub(crate) missing: usize,
    pub(crate) shortened: usize,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(
        faces: &'a Faces,
        brand: &'a Brand,
        language: regua_core::words::Language,
        title: String,
        issued_on: regua_core::time::Day,
    ) -> Self {
        Self {
            setter: Setter::new(faces),
            brand,
            words: crate::words::words(language),
            language: crate::words::tag(language),
            title: crate::text::one_line(&title),
            issued_on,
            logo: None,
            pages: vec![Page::default()],
            tree: Tree::new(),
            outline: Vec::new(),
            y: mm(16),
            missing: 0,
            shortened: 0,
        }
    }

    /// What is left of the page.
    pub(crate) fn room(&self) -> Mpt {
        let bottom = self.pages.last().and_then(|page| page.footer).map_or(BOTTOM, |footer| footer - mm(4));
        bottom - self.y
    }

    /// Where a form of a height that is cut off begins, so that it ends with the page.
    pub(crate) const fn form_top(height: Mpt) -> Mpt {
        PAGE_HEIGHT - mm(6) - height
    }

    /// Moves the page's footer above a form of a height.
    pub(crate) fn footer_above_form(&mut self, height: Mpt) {
        if let Some(page) = self.pages.last_mut() {
            page.footer = Some(Self::form_top(height) - FOOTER_HEIGHT);
        }
    }

    /// Whether a form of a height has room below what stands on this page, and the footer between them.
    pub(crate) fn has_room_for_form(&self, height: Mpt) -> bool {
        let bottom = self.pages.last().into_iter().flat_map(|page| &page.items).map(|item| item.shape.bottom()).max();
        bottom.unwrap_or(0) + FOOTER_GAP <= Self::form_top(height) - FOOTER_HEIGHT
    }

    /// Begins a page when less than `height` is left. Says whether it did.
    pub(crate) fn need(&mut self, height: Mpt) -> bool {
        // A page on which nothing stands yet has all the room that there is.
        let begins = height > self.room() && (self.y > TOP || self.pages.len() == 1);
        if begins {
            self.break_page();
        }
        begins
    }

    /// Begins a page, with the brand's name and the document's title at its top.
    pub(crate) fn break_page(&mut self) {
        self.pages.push(Page::default());
        let small = Style::new(Weight::Regular, pt(8), Ink::Quiet);
        let owner = Owner::Furniture(Furniture::Header);
        let (name, title) = (self.brand.name.clone(), self.title.clone());
        self.one((LEFT, mm(14), WIDTH / 2 - mm(3)), &name, small.inked(Ink::Brand), Align::Left, owner);
        self.one((LEFT + WIDTH / 2, mm(14), WIDTH / 2), &title, small, Align::Right, owner);
        self.rule(LEFT, mm(20), WIDTH, Ink::Rule);
        self.y = TOP;
    }

    /// A text that must stand in one line; cut when it must. Returns where it ends downwards.
    pub(crate) fn one(&mut self, slot: Slot, text: &str, style: Style, align: Align, owner: Owner) -> Mpt {
        self.few(slot, text, style, align, (1, style.size * 3 / 4), owner)
    }

    /// A text that must stand in `few.0` lines: not smaller than `few.1`, and cut when it must. Returns where it ends.
    pub(crate) fn few(
        &mut self,
        (x, top, width): Slot,
        text: &str,
        style: Style,
        align: Align,
        (count, least): (usize, Mpt),
        owner: Owner,
    ) -> Mpt {
        let (fitted, lines, cut) = self.setter.fit(text, style, width, count, least);
        self.shortened += usize::from(cut);
        // What is smaller still stands on the baseline of its neighbours.
        let lower = style.baseline() - fitted.baseline();
        self.lines((x, top + lower, width), lines, fitted, align, owner)
    }

    /// A text as long as it is, on this page. Returns where it ends.
    pub(crate) fn block(&mut self, (x, top, width): Slot, text: &str, style: Style, align: Align, owner: Owner) -> Mpt {
        let lines = self.setter.wrap(text, style, width);
        self.lines((x, top, width), lines, style, align, owner)
    }

    /// Lines that are set. Returns where they end.
    pub(crate) fn lines(&mut self, (x, top, width): Slot, lines: Vec<Line>, style: Style, align: Align, owner: Owner) -> Mpt {
        let mut y = top;
        for line in lines {
            let x = match align {
                Align::Left => x,
                Align::Right => x + width - line.width,
            };
            self.missing += line.missing;
            self.put(Shape::Text { x, baseline: y + style.baseline(), line, style }, owner);
            y += style.line_height();
        }
        y
    }

    /// A code over as many lines as it takes. Returns where it ends.
    pub(crate) fn code(&mut self, (x, top, width): Slot, text: &str, style: Style, owner: Owner) -> Mpt {
        let lines = self.setter.code(text, style, width);
        self.code_lines((x, top, width), lines, style, text, owner)
    }

    /// Lines of a code that are set; copied from the page they are `text` without breaks. Returns where they end.
    pub(crate) fn code_lines(&mut self, (x, top, _): Slot, lines: Vec<Line>, style: Style, text: &str, owner: Owner) -> Mpt {
        let height = style.line_height() * length(lines.len());
        self.missing += lines.iter().map(|line| line.missing).sum::<usize>();
        self.put(Shape::Code { x, baseline: top + style.baseline(), lines, style, actual: text.to_owned() }, owner);
        top + height
    }

    /// A thin line across.
    pub(crate) fn rule(&mut self, x: Mpt, y: Mpt, width: Mpt, ink: Ink) {
        self.area(x, y, width, tenths(2), 0, ink);
    }

    /// A filled area.
    pub(crate) fn area(&mut self, x: Mpt, y: Mpt, width: Mpt, height: Mpt, radius: Mpt, ink: Ink) {
        self.put(Shape::Area { x, y, width, height, radius, ink }, Owner::Furniture(Furniture::Layout));
    }

    /// A shape on the last page.
    pub(crate) fn put(&mut self, shape: Shape, owner: Owner) {
        let page = self.pages.len() - 1;
        let Some(last) = self.pages.last_mut() else { return };
        if let Owner::Node(node) = owner {
            self.tree.push(node, Child::Item(page, last.items.len()));
        }
        last.items.push(Item { shape, owner });
    }

    /// A heading that is in the outline. Returns its owner.
    pub(crate) fn heading(&mut self, parent: usize, level: u16, text: &str, top: Mpt) -> Owner {
        let text = crate::text::one_line(text);
        self.outline.push((text.clone(), self.pages.len() - 1, top));
        Owner::Node(self.tree.add(parent, Tag::Heading(level, text)))
    }

    /// A paragraph as an owner.
    pub(crate) fn paragraph(&mut self, parent: usize) -> Owner {
        Owner::Node(self.tree.add(parent, Tag::Paragraph))
    }

    /// Paragraphs that flow over pages, under a heading.
    pub(crate) fn notes(&mut self, heading: &str, notes: &[String]) {
        let title = Style::new(Weight::Semibold, pt(9), Ink::Text);
        let body = Style::new(Weight::Regular, pt(8) + 500, Ink::Quiet);
        let mut is_first = true;
        for note in notes {
            let lines = self.setter.wrap(note, body, WIDTH * 4 / 5);
            if lines.is_empty() {
                continue;
            }
            if is_first {
                self.need(title.line_height() + mm(2) + body.line_height() * 2);
                let owner = self.heading(Tree::ROOT, 2, heading, self.y);
                self.y = self.block((LEFT, self.y, WIDTH), heading, title, Align::Left, owner) + mm(1);
                is_first = false;
            }
            let owner = self.paragraph(Tree::ROOT);
            for line in lines {
                self.need(body.line_height());
                self.y = self.lines((LEFT, self.y, WIDTH), vec![line], body, Align::Left, owner);
            }
            self.y += mm(2);
        }
        if !is_first {
            self.y += mm(4);
        }
    }

    /// Writes the footers, when all pages are there.
    pub(crate) fn finish(mut self) -> Self {
        let small = Style::new(Weight::Regular, pt(7), Ink::Quiet).figures();
        let count = self.pages.len();
        let who: Vec<&str> = self.brand.contact.iter().map(String::as_str).collect();
        let who = if who.is_empty() { self.brand.name.clone() } else { who.join("  ·  ") };
        for at in 0..count {
            let page = self.words.page_of.replace("{page}", &(at + 1).to_string()).replace("{pages}", &count.to_string());
            let top = self.pages.get(at).and_then(|page| page.footer).unwrap_or(FOOTER);
            let (style, who, cut) = self.setter.fit(&who, small, WIDTH * 3 / 4, 1, pt(6));
            self.shortened += usize::from(cut);
            let number = self.setter.line(&page, small);
            self.missing += who.iter().map(|line| line.missing).sum::<usize>();
            let right = RIGHT - number.width;
            let Some(page) = self.pages.get_mut(at) else { continue };
            let owner = Owner::Furniture(Furniture::Footer);
            let baseline = top + small.baseline();
            let texts = who.into_iter().map(|line| (LEFT, line, style)).chain([(right, number, small)]);
            page.items.extend(texts.map(|(x, line, style)| Item { shape: Shape::Text { x, baseline, line, style }, owner }));
        }
        self
    }
}
