//! HTML and SVG that cannot be ill-formed: a tag closes where its closure ends, and every text is escaped.
//!
//! Deliberately absent: a way to write data unescaped. Only texts known at compile time go in raw.

use std::fmt::{Display, Write as _};

/// Attributes of a tag, in order.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

/// A page or a part of it, being written.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    /// What was written.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A tag with something in it.
    pub(super) fn tag(&mut self, name: &'static str, attributes: Attributes<'_>, body: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        self.text.push('>');
        body(self);
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// A tag that starts a line of the file, so that a person can read its source.
    pub(super) fn block(&mut self, name: &'static str, attributes: Attributes<'_>, body: impl FnOnce(&mut Self)) {
        self.text.push('\n');
        self.tag(name, attributes, body);
    }

    /// A tag without content: `<meta …/>` in HTML, any shape in SVG.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.open(name, attributes);
        self.text.push_str("/>");
    }

    /// A tag of a class that holds one text.
    pub(super) fn line(&mut self, name: &'static str, class: &'static str, text: &str) {
        let attributes: Attributes<'_> = if class.is_empty() { &[] } else { &[("class", &class)] };
        self.tag(name, attributes, |out| out.text(text));
    }

    /// Escaped text.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.text);
    }

    /// A style sheet of ours.
    pub(super) fn style(&mut self, css: &'static str) {
        self.tag("style", &[], |out| out.text.push_str(css));
    }

    /// The first line of an HTML file.
    pub(super) fn doctype(&mut self) {
        self.text.push_str("<!doctype html>\n");
    }

    fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            // Writing to a String cannot fail.
            let mut plain = String::new();
            let _ = write!(plain, "{value}");
            self.text.push(' ');
            self.text.push_str(key);
            self.text.push_str("=\"");
            escape(&plain, &mut self.text);
            self.text.push('"');
        }
    }
}

/// Writes text so that it is only text, within a tag or a quoted attribute.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            // Not allowed in HTML, and a way to hide things from whoever reads the source.
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_only_text_wherever_it_stands() {
        for (text, escaped) in [
            ("Ana & Filhos", "Ana &amp; Filhos"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("a\u{0}b\u{1b}c\u{85}d\r\n\te", "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}\n\te"),
            ("São Luís ✓", "São Luís ✓"),
        ] {
            let mut out = Markup::default();
            out.tag("p", &[("title", &text)], |out| out.text(text));
            assert_eq!(out.finish(), format!("<p title=\"{escaped}\">{escaped}</p>"), "{text:?}");
        }
    }

    #[test]
    fn tags_close_in_order() {
        let mut out = Markup::default();
        out.tag("ul", &[], |out| {
            out.line("li", "first", "a");
            out.tag("li", &[("id", &7)], |out| out.leaf("hr", &[]));
        });
        assert_eq!(out.finish(), "<ul><li class=\"first\">a</li><li id=\"7\"><hr/></li></ul>");
    }
}
