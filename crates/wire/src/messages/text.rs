//! Texts from outside, made safe to print: one line, no control characters, bounded, no person's tax id.

use std::fmt;

/// A link is cut nowhere, so one longer than this is refused.
const LINK_BYTES_MAX: usize = 2_000;

/// One line of text from outside, in the form in which a message may print it.
///
/// Line breaks and runs of white space become one space; control, direction and invisible characters go; a CPF is masked
/// (LGPD minimisation); what is longer than the bound ends in `…`. Template syntax in it is text like any other:
/// a line is only ever printed, never parsed.
///
/// ```
/// # use regua_wire::messages::Line;
/// assert_eq!(Line::new(" Maria\r\n Souza\u{202e} ").as_str(), "Maria Souza");
/// assert_eq!(Line::new("Laudo de 529.982.247-25").as_str(), "Laudo de ***.982.247-**");
/// assert_eq!(Line::name("MARIA SOUZA 52998224725").as_str(), "MARIA SOUZA", "a sole trader's registered name");
/// assert_eq!(Line::name("Prize at www.example.com").as_str(), "", "not a name: the greeting goes without");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Line(Box<str>);

impl Line {
    /// Most characters of a name.
    pub const NAME_MAX: usize = 60;
    /// Most characters of any other line.
    pub const MAX: usize = 160;

    /// Any line: a description, an address, an id.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(bounded(&masked(&flat(text)), Self::MAX).into())
    }

    /// What a person or company is called. Numbers that can be a tax id are dropped from it; what looks like a link is no name.
    #[must_use]
    pub fn name(text: &str) -> Self {
        let flat = flat(text);
        if ["://", "www.", "@"].iter().any(|mark| flat.to_lowercase().contains(mark)) {
            return Self::default();
        }
        let words: Vec<&str> = flat.split(' ').filter(|word| !matches!(digits_of(word), Some(11 | 14))).collect();
        Self(bounded(&words.join(" "), Self::NAME_MAX).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to print.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Names and addresses are personal data: only the length shows.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} bytes)", self.0.len())
    }
}

/// An `https` address that a message prints as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(Box<str>);

impl Link {
    /// Checks that a text is one `https` address of printable ASCII.
    ///
    /// # Errors
    /// [`BadLink`] for anything else, and for more than 2,000 bytes. `http` is allowed towards this machine, for trials.
    pub fn parse(text: &str) -> Result<Self, BadLink> {
        let local = ["http://localhost:", "http://127.0.0.1:"].iter().any(|start| text.starts_with(start));
        let host = text.strip_prefix("https://").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        let plain = text.len() <= LINK_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"'`{}\\^|".contains(&b));
        if (host || local) && plain { Ok(Self(text.into())) } else { Err(BadLink) }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A link may hold a token that opens the portal: only the length shows.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({} bytes)", self.0.len())
    }
}

/// A text that is not a link for a message; it does not repeat the text, which may hold a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the link is not an https address in printable ASCII of at most {LINK_BYTES_MAX} bytes")]
pub struct BadLink;

/// White space to single spaces, invisible characters away.
fn flat(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(512));
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !is_invisible(c) {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// Control and format characters that could hide, reorder or split text. The two joiners stay: some scripts need them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{e0000}'..='\u{e007f}')
}

/// At most `max` characters, the last one `…` when something was cut.
fn bounded(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let mut cut: String = text.chars().take(max.saturating_sub(1)).collect();
            cut.truncate(cut.trim_end().len());
            cut.push('…');
            cut
        }
    }
}

/// How many digits a word has that is nothing but digits and the punctuation of tax ids.
fn digits_of(word: &str) -> Option<usize> {
    let inner = word.trim_matches(|c: char| c.is_ascii_punctuation());
    let plain = inner.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/'));
    plain.then(|| inner.chars().filter(char::is_ascii_digit).count())
}

/// Masks each CPF written as one (`000.000.000-00`): the middle stays, as authorities print it.
///
/// Source: facts/brazil.md §7, minimisation: `***.982.247-**`.
fn masked(text: &str) -> String {
    const SHAPE: &str = "000.000.000-00";
    const MASK: &str = "***.   .   -**";
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = chars.as_slice();
    while let Some((&first, tail)) = rest.split_first() {
        let fits = rest.len() >= SHAPE.len()
            && rest.iter().zip(SHAPE.chars()).all(|(c, shape)| if shape == '0' { c.is_ascii_digit() } else { *c == shape });
        if fits {
            out.extend(rest.iter().zip(MASK.chars()).map(|(c, mask)| if mask == ' ' { *c } else { mask }));
            rest = rest.get(SHAPE.len()..).unwrap_or_default();
        } else {
            out.push(first);
            rest = tail;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_visible_line() {
        for (text, expected) in [
            ("", ""),
            (" \t\r\n ", ""),
            ("Ana\u{0}\u{7}\u{1b}[31m", "Ana[31m"),
            ("Ana\u{2028}Bcc: x", "Ana Bcc: x"),
            ("\u{202e}anA\u{feff}", "anA"),
            ("{{ 7*7 }}{% raw %}", "{{ 7*7 }}{% raw %}"),
            ("a 123.456.789-09 b", "a ***.456.789-** b"),
            ("نام\u{200c}ها", "نام\u{200c}ها"),
        ] {
            assert_eq!(Line::new(text).as_str(), expected, "{text:?}");
        }
        assert_eq!(Line::new(&"é".repeat(5_000)).as_str().chars().count(), Line::MAX);
    }

    #[test]
    fn a_name_holds_no_number_of_the_person_and_no_link() {
        for (text, expected) in [
            ("Padaria São João", "Padaria São João"),
            ("JOAO DA SILVA 52998224725", "JOAO DA SILVA"),
            ("JOAO DA SILVA (529.982.247-25)", "JOAO DA SILVA"),
            ("12.345.678/0001-95 Acme", "Acme"),
            ("Route 66", "Route 66"),
            ("win https://evil.example", ""),
            ("a@b.example", ""),
        ] {
            assert_eq!(Line::name(text).as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn only_whole_safe_links_pass() {
        for good in ["https://pay.example/p/abc?x=1", "http://localhost:8080/p/1"] {
            assert_eq!(Link::parse(good).unwrap().as_str(), good);
        }
        for bad in
            ["", "http://pay.example", "https://", "https:// a", "javascript:alert(1)", "https://a.example/\nBcc: x", "https://a/{{x}}"]
        {
            assert_eq!(Link::parse(bad), Err(BadLink), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_stable_bounded_line(text in ".{0,400}") {
            for (line, max) in [(Line::new(&text), Line::MAX), (Line::name(&text), Line::NAME_MAX)] {
                prop_assert!(line.as_str().chars().count() <= max);
                prop_assert!(!line.as_str().chars().any(char::is_control));
                prop_assert_eq!(line.as_str().trim(), line.as_str());
                prop_assert_eq!(Line::new(line.as_str()), line);
            }
        }
    }
}
