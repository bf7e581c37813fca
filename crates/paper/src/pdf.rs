//! Boxes to a PDF/A-2a and PDF/UA-1 file. The only place with floats: the writer takes points as such.
//! Deliberately absent: layout.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder, ValidationError};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag as PdfTag, TagGroup, TagKind, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};

use crate::Printed;
use crate::colour::Colour;
use crate::error::PaperError;
use crate::layout::{Child, Furniture, Ink, Item, Module, Mpt, Owner, PAGE_HEIGHT, PAGE_WIDTH, Shape, Sheet, Tag, Tree};
use crate::text::{Faces, Line, Style, UNITS_PER_EM};

/// What wrote the file, in its metadata.
const CREATOR: &str = "Régua";
/// How far the control points of a quarter circle are from its ends, in thousandths of its radius.
const CIRCLE: Mpt = 552;

/// Writes a document that is laid out.
pub(crate) fn write(faces: &Faces, sheet: &Sheet<'_>) -> Result<Printed, PaperError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|why| PaperError::Pdf(format!("{why:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() });
    let size = Size::from_wh(points(PAGE_WIDTH), points(PAGE_HEIGHT)).ok_or_else(|| PaperError::Pdf("page size".to_owned()))?;
    let mut identifiers: Vec<Vec<Identifier>> = Vec::with_capacity(sheet.pages.len());
    for page in &sheet.pages {
        let mut open = document.start_page_with(PageSettings::new(size));
        let mut surface = open.surface();
        let mut painter = Painter { surface: &mut surface, faces, sheet };
        identifiers.push(page.items.iter().map(|item| painter.item(item)).collect());
        surface.finish();
        open.finish();
    }
    document.set_tag_tree(tag_tree(&sheet.tree, &identifiers));
    document.set_outline(outline(sheet));
    document.set_metadata(metadata(sheet));
    let bytes = document.finish().map_err(|why| refused(&why))?;
    Ok(Printed { bytes, pages: sheet.pages.len(), missing: sheet.missing, shortened: sheet.shortened })
}

fn refused(why: &KrillaError) -> PaperError {
    match why {
        KrillaError::Image(_, _, why) => PaperError::Logo(format!("it is damaged ({why}); save it again")),
        KrillaError::Validation(errors) if errors.iter().any(|(error, _)| *error == ValidationError::MissingCMYKProfile) => {
            PaperError::Logo("it is in CMYK; save it in RGB".to_owned())
        }
        // What the writer says of itself holds no text of the document, but its list of errors may.
        KrillaError::Validation(errors) => PaperError::Pdf(format!("{} errors of validation", errors.len())),
        KrillaError::Font(..)
        | KrillaError::Limit(_)
        | KrillaError::DuplicateNamedDestination(_)
        | KrillaError::DuplicateTagId(..)
        | KrillaError::UnknownTagId(..)
        | KrillaError::SixteenBitImage(..) => PaperError::Pdf(why.to_string()),
    }
}

fn metadata(sheet: &Sheet<'_>) -> Metadata {
    let day = sheet.issued_on.civil();
    let year = u16::try_from(day.year()).unwrap_or(0);
    let (month, day) = (u8::try_from(day.month()).unwrap_or(1), u8::try_from(day.day()).unwrap_or(1));
    // The clock of no machine: the day that the document itself names.
    let date = DateTime::new(year).month(month).day(day).hour(0).minute(0).second(0).utc_offset_hour(0).utc_offset_minute(0);
    Metadata::new()
        .title(format!("{} – {}", sheet.title, crate::text::one_line(&sheet.brand.name)))
        .authors(vec![crate::text::one_line(&sheet.brand.legal_name)])
        .language(sheet.language.to_owned())
        .creator(CREATOR.to_owned())
        .creation_date(date)
}

fn outline(sheet: &Sheet<'_>) -> Outline {
    let mut outline = Outline::new();
    for (text, page, y) in &sheet.outline {
        outline.push_child(OutlineNode::new(text.clone(), XyzDestination::new(*page, Point::from_xy(0.0, points(*y)))));
    }
    outline
}

/// The tags, from the inside out: a node comes after its parent, so the last has no children that are open.
fn tag_tree(tree: &Tree, identifiers: &[Vec<Identifier>]) -> TagTree {
    let mut groups: Vec<Option<TagGroup>> = tree.nodes.iter().map(|_| None).collect();
    for (at, node) in tree.nodes.iter().enumerate().rev() {
        let mut group = TagGroup::new(kind(&node.tag));
        for child in &node.children {
            match *child {
                // A part in which nothing stands, such as an empty cell, stays: a row has all its cells.
                Child::Node(index) => {
                    if let Some(inner) = groups.get_mut(index).and_then(Option::take) {
                        group.push(inner);
                    }
                }
                Child::Item(page, item) => {
                    if let Some(identifier) = identifiers.get(page).and_then(|page| page.get(item)) {
                        group.push(*identifier);
                    }
                }
            }
        }
        if let Some(place) = groups.get_mut(at) {
            *place = Some(group);
        }
    }
    let mut whole = TagTree::new();
    if let Some(root) = groups.get_mut(Tree::ROOT).and_then(Option::take) {
        whole.push(root);
    }
    whole
}

fn kind(tag: &Tag) -> TagKind {
    match tag {
        Tag::Section(language) => PdfTag::Section.with_lang(language.map(str::to_owned)).into(),
        Tag::Heading(level, text) => PdfTag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(text.clone())).into(),
        Tag::Paragraph => PdfTag::P.into(),
        Tag::Table(summary) => PdfTag::Table.with_summary(Some(summary.clone())).into(),
        Tag::TableHead => PdfTag::THead.into(),
        Tag::TableBody => PdfTag::TBody.into(),
        Tag::Row => PdfTag::TR.into(),
        Tag::ColumnHeader => PdfTag::TH(TableHeaderScope::Column).into(),
        Tag::RowHeader => PdfTag::TH(TableHeaderScope::Row).into(),
        Tag::Cell => PdfTag::TD.into(),
        Tag::Code => PdfTag::Code.into(),
        Tag::Figure(shows) => PdfTag::Figure(Some(shows.clone())).into(),
    }
}

struct Painter<'p, 's, 'a> {
    surface: &'p mut Surface<'s>,
    faces: &'a Faces,
    sheet: &'a Sheet<'a>,
}

impl Painter<'_, '_, '_> {
    /// Draws one thing and returns how the tags name it.
    fn item(&mut self, item: &Item) -> Identifier {
        let tag = match (item.owner, &item.shape) {
            (Owner::Furniture(furniture), _) => ContentTag::Artifact(Artifact::with_kind(artifact(furniture))),
            (Owner::Node(_), Shape::Code { actual, .. }) => ContentTag::Span(SpanTag::empty().with_actual_text(Some(actual))),
            (Owner::Node(_), _) => ContentTag::Other,
        };
        let identifier = self.surface.start_tagged(tag);
        self.shape(&item.shape);
        self.surface.end_tagged();
        identifier
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Text { x, baseline, line, style } => self.text(*x, *baseline, line, *style),
            Shape::Code { x, baseline, lines, style, .. } => {
                let mut baseline = *baseline;
                for line in lines {
                    self.text(*x, baseline, line, *style);
                    baseline += style.line_height();
                }
            }
            Shape::Area { x, y, width, height, radius, ink } => {
                self.fill(*ink);
                if let Some(path) = area(*x, *y, *width, *height, *radius) {
                    self.surface.draw_path(&path);
                }
            }
            Shape::Dashes { x, y, width } => self.dashes(*x, *y, *width),
            Shape::Symbol { x, y, across, down, modules } => self.symbol((*x, *y), (*across, *down), modules),
            Shape::Logo { x, y, width, height } => self.logo((*x, *y), (*width, *height)),
        }
    }

    fn text(&mut self, x: Mpt, baseline: Mpt, line: &Line, style: Style) {
        self.fill(style.ink);
        let glyphs: Vec<KrillaGlyph> = line.glyphs.iter().map(glyph).collect();
        let font = self.faces.font(style.weight);
        self.surface.draw_glyphs(point(x, baseline), &glyphs, font, &line.text, points(style.size), false);
    }

    fn dashes(&mut self, x: Mpt, y: Mpt, width: Mpt) {
        let mut path = PathBuilder::new();
        path.move_to(points(x), points(y));
        path.line_to(points(x + width), points(y));
        let Some(path) = path.finish() else { return };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: self.colour(Ink::Quiet).into(),
            width: points(500),
            dash: Some(StrokeDash { array: vec![points(2_500), points(2_500)], offset: 0.0 }),
            ..Stroke::default()
        }));
        self.surface.draw_path(&path);
        self.surface.set_stroke(None);
    }

    /// One path in whole modules, so that no reader rounds one of them away from its neighbour.
    fn symbol(&mut self, (x, y): (Mpt, Mpt), (across, down): (Mpt, Mpt), modules: &[Module]) {
        let mut path = PathBuilder::new();
        for module in modules {
            let (left, top) = (f32::from(module.column), f32::from(module.row));
            let (right, bottom) = (f32::from(module.column.saturating_add(module.width)), f32::from(module.row.saturating_add(1)));
            if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
                path.push_rect(rect);
            }
        }
        let Some(path) = path.finish() else { return };
        self.fill(Ink::Black);
        self.surface.push_transform(&Transform::from_row(points(across), 0.0, 0.0, points(down), points(x), points(y)));
        self.surface.draw_path(&path);
        self.surface.pop();
    }

    fn logo(&mut self, (x, y): (Mpt, Mpt), (width, height): (Mpt, Mpt)) {
        let Some(picture) = &self.sheet.logo else { return };
        let Some(size) = Size::from_wh(points(width), points(height)) else { return };
        self.surface.push_transform(&Transform::from_translate(points(x), points(y)));
        self.surface.draw_image(picture.image.clone(), size);
        self.surface.pop();
    }

    fn fill(&mut self, ink: Ink) {
        let paint = self.colour(ink).into();
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
    }

    fn colour(&self, ink: Ink) -> rgb::Color {
        let brand = self.sheet.brand.colour;
        let colour = match ink {
            Ink::Text => Colour::INK,
            Ink::Quiet => QUIET,
            Ink::Rule => RULE,
            Ink::Brand => brand.as_text(),
            Ink::Band => brand,
            Ink::Tint => brand.tint(),
            Ink::Black => Colour::new(0, 0, 0),
            Ink::White => Colour::WHITE,
        };
        rgb::Color::new(colour.red, colour.green, colour.blue)
    }
}

const QUIET: Colour = Colour::new(84, 92, 106);
const RULE: Colour = Colour::new(220, 224, 230);

const fn artifact(furniture: Furniture) -> ArtifactType {
    match furniture {
        Furniture::Header => ArtifactType::Header,
        Furniture::Footer => ArtifactType::Footer,
        Furniture::Layout => ArtifactType::Layout,
    }
}

fn glyph(glyph: &crate::text::Glyph) -> KrillaGlyph {
    let (advance, dx, dy) = (em(glyph.advance), em(glyph.dx), em(glyph.dy));
    KrillaGlyph::new(GlyphId::new(glyph.id), advance, dx, dy, 0.0, glyph.range.clone(), None)
}

/// A rectangle, its corners rounded where a radius is given.
fn area(x: Mpt, y: Mpt, width: Mpt, height: Mpt, radius: Mpt) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (right, bottom) = (x + width, y + height);
    if radius == 0 {
        path.push_rect(Rect::from_ltrb(points(x), points(y), points(right), points(bottom))?);
        return path.finish();
    }
    let near = radius - radius * CIRCLE / 1_000;
    path.move_to(points(x + radius), points(y));
    let mut curve = |from: (Mpt, Mpt), first: (Mpt, Mpt), second: (Mpt, Mpt), to: (Mpt, Mpt)| {
        path.line_to(points(from.0), points(from.1));
        path.cubic_to(points(first.0), points(first.1), points(second.0), points(second.1), points(to.0), points(to.1));
    };
    curve((right - radius, y), (right - near, y), (right, y + near), (right, y + radius));
    curve((right, bottom - radius), (right, bottom - near), (right - near, bottom), (right - radius, bottom));
    curve((x + radius, bottom), (x + near, bottom), (x, bottom - near), (x, bottom - radius));
    curve((x, y + radius), (x, y + near), (x + near, y), (x + radius, y));
    path.close();
    path.finish()
}

fn point(x: Mpt, y: Mpt) -> Point {
    Point::from_xy(points(x), points(y))
}

/// Thousandths of a point as points.
#[expect(clippy::float_arithmetic, reason = "the writer takes points as floats; everything before is whole numbers")]
fn points(length: Mpt) -> f32 {
    let whole = i16::try_from(length / 1_000).unwrap_or(i16::MAX);
    let rest = i16::try_from(length % 1_000).unwrap_or(0);
    f32::from(whole) + f32::from(rest) / 1_000.0
}

/// Units of the typeface as parts of its height.
#[expect(clippy::float_arithmetic, reason = "the writer takes advances as floats")]
fn em(units: i32) -> f32 {
    let (units, per_em) = (i16::try_from(units).unwrap_or(0), i16::try_from(UNITS_PER_EM).unwrap_or(i16::MAX));
    f32::from(units) / f32::from(per_em)
}
