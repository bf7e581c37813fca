//! OFX as tags and values, whether it is SGML without end tags or XML: one tolerant scanner for both, and for what is between.
//!
//! Deliberately absent: which tags there are, attributes, DTDs. No entity is expanded but the five of XML, blanks and
//! numbers. Every byte is looked at a bounded number of times.

use std::borrow::Cow;

use super::super::text::LineCount;

/// A piece of an OFX file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token<'t> {
    /// `<TAG>` with nothing behind it but another tag: an aggregate begins, or an element is empty.
    Open(Cow<'t, str>),
    /// `</TAG>`.
    Close(Cow<'t, str>),
    /// `<TAG>value`, with or without its end tag.
    Leaf(Cow<'t, str>, Cow<'t, str>),
}

/// The tokens of a text with their lines.
#[derive(Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
    lines: LineCount,
}

impl<'t> Scan<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, lines: LineCount::new() }
    }

    /// The last line of the text.
    pub(super) fn last_line(&mut self) -> u32 {
        self.lines.of(self.text, self.text.len())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes behind the next `end`, or to the end of the text.
    fn skip(&mut self, end: &str) {
        self.at += self.rest().find(end).map_or(self.rest().len(), |at| at + end.len());
    }

    /// The value that stands here, up to the next tag.
    fn value(&mut self) -> Cow<'t, str> {
        let mut parts: Vec<Cow<'t, str>> = Vec::new();
        loop {
            let rest = self.rest();
            if let Some(data) = rest.strip_prefix("<![CDATA[") {
                let (data, _) = data.split_once("]]>").unwrap_or((data, ""));
                parts.push(Cow::Borrowed(data));
                self.skip("]]>");
                continue;
            }
            let mut end = 0;
            while let Some(at) = rest.get(end..).and_then(|rest| rest.find('<')) {
                end += at;
                if rest.get(end..).is_some_and(begins_tag) {
                    break;
                }
                end += 1;
            }
            if !rest.get(end..).is_some_and(begins_tag) {
                end = rest.len();
            }
            if end == 0 {
                break;
            }
            parts.push(unescaped(rest.get(..end).unwrap_or("")));
            self.at += end;
        }
        match parts.pop() {
            None => Cow::Borrowed(""),
            Some(only) if parts.is_empty() => only,
            Some(last) => parts.iter().map(AsRef::as_ref).chain([last.as_ref()]).collect(),
        }
    }
}

impl<'t> Iterator for Scan<'t> {
    type Item = (u32, Token<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.at += self.rest().find('<')?;
            let (place, rest) = (self.at, self.rest());
            if rest.starts_with("<!--") {
                self.skip("-->");
                continue;
            }
            if rest.starts_with("<![CDATA[") {
                self.skip("]]>");
                continue;
            }
            if rest.starts_with("<!") || rest.starts_with("<?") {
                self.skip(">");
                continue;
            }
            let closes = rest.starts_with("</");
            let inner = rest.get(if closes { 2 } else { 1 }..).unwrap_or("");
            let end = inner.find(['<', '>']).filter(|end| inner.get(*end..).is_some_and(|rest| rest.starts_with('>')));
            let Some((name, end)) = end.and_then(|end| Some((name(inner.get(..end)?)?, end))) else {
                self.at += 1;
                continue;
            };
            self.at += end + if closes { 3 } else { 2 };
            let line = self.lines.of(self.text, place);
            if closes {
                return Some((line, Token::Close(name)));
            }
            if inner.get(..end).is_some_and(|tag| tag.ends_with('/')) {
                return Some((line, Token::Leaf(name, Cow::Borrowed(""))));
            }
            let value = self.value();
            let empty = value.trim().is_empty();
            if !empty || self.closes_here(&name) {
                return Some((line, Token::Leaf(name, value)));
            }
            return Some((line, Token::Open(name)));
        }
    }
}

impl Scan<'_> {
    fn closes_here(&self, name: &str) -> bool {
        let Some(inner) = self.rest().strip_prefix("</") else { return false };
        inner.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
            && inner.get(name.len()..).is_some_and(|rest| rest.starts_with(['>', ' ']))
    }
}

/// Whether a `<` is that of a tag; `A < B` is text.
fn begins_tag(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    rest.starts_with('<') && letters.next().is_some_and(|letter| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?'))
}

/// The name of a tag in capitals, without attributes.
fn name(tag: &str) -> Option<Cow<'_, str>> {
    let name = tag.trim_end_matches('/').split_ascii_whitespace().next()?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':');
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) || !name.bytes().all(good) {
        return None;
    }
    Some(if name.bytes().any(|byte| byte.is_ascii_lowercase()) { Cow::Owned(name.to_ascii_uppercase()) } else { Cow::Borrowed(name) })
}

/// A text with the entities that may stand in it written out; all others stay as they are.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        // The longest entity that is known has 8 letters (`#x10FFFF`): no need to look for a `;` further away.
        let name = piece.bytes().take(9).position(|byte| byte == b';').and_then(|end| piece.get(..end));
        match name.and_then(|name| Some((letter(name)?, name.len() + 1))) {
            Some((letter, behind)) => {
                out.push(letter);
                out.push_str(piece.get(behind..).unwrap_or(""));
            }
            None => {
                out.push('&');
                out.push_str(piece);
            }
        }
    }
    Cow::Owned(out)
}

fn letter(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        other => {
            let number = other.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let shown = Scan::new(text).map(|(line, token)| match token {
            Token::Open(name) => format!("{line}<{name}>"),
            Token::Close(name) => format!("{line}</{name}>"),
            Token::Leaf(name, value) => format!("{line}{name}={}", value.trim()),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn sgml_and_xml_are_the_same_tokens() {
        let tokens = "1<A> 2B=1 3C=2 & 3 4</A>";
        assert_eq!(shown("<A>\n<B>1\n<C>2 & 3\n</A>"), tokens);
        assert_eq!(shown("<a>\n<b>1</b>\n<c>2 &amp; 3</c>\n</a>").replace(" 2</B>", "").replace(" 3</C>", ""), tokens);
    }

    #[test]
    fn empty_elements_and_stray_signs_are_no_aggregates() {
        assert_eq!(shown("<A></A><B/><C >x < y<D>"), "1A= 1</A> 1B= 1C=x < y 1<D>");
        assert_eq!(shown("<![CDATA[<A>]]><!-- <B> --><?x <C> ?><D><![CDATA[ <1> ]]>&#233;&euro;"), "1D=<1> é&euro;");
        assert_eq!(shown("<A<A<A<A"), "");
        assert_eq!(shown("< > <> <1> </> <A>1"), "1A=1");
        assert_eq!(shown("<A>&"), "1A=&");
    }
}
