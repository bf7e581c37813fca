//! A template file: `--- <kind> [tone]` lines, each followed by its text. `templates/README.md` is the manual.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use regua_core::words::{Channel, Tone};

/// What a section's text is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// E-mail subject, title of a push or in-app message and of a letter: no debt, no amount.
    Subject,
    /// E-mail and letter body.
    Email,
    /// SMS, WhatsApp, in-app, voice: one paragraph.
    Short,
    /// Push: what a locked screen shows, so no debt and no amount.
    Push,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Subject, Self::Email, Self::Short, Self::Push];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Email => "email",
            Self::Short => "short",
            Self::Push => "push",
        }
    }

    /// The body's kind on a channel.
    pub(super) const fn of(channel: Channel) -> Self {
        match channel {
            Channel::Email | Channel::Letter => Self::Email,
            Channel::Sms | Channel::Whatsapp | Channel::InApp | Channel::Voice => Self::Short,
            Channel::Push => Self::Push,
        }
    }

    /// One line or paragraph: its line breaks are white space.
    pub(super) const fn is_one_line(self) -> bool {
        matches!(self, Self::Subject | Self::Short | Self::Push)
    }
}

/// What a section's head names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Head {
    /// A text, for one tone or for all that have none of their own.
    Text(Kind, Option<Tone>),
    /// A part that texts of the same language include.
    Part(String),
}

/// A section's text and the line of the file on which it starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Section {
    pub(super) line: usize,
    pub(super) text: String,
}

/// Cuts a file into sections.
///
/// # Errors
/// The line and what is wrong with it.
pub(super) fn parse(source: &str) -> Result<BTreeMap<Head, Section>, (usize, String)> {
    let mut sections = BTreeMap::new();
    let mut open: Option<(Head, Section)> = None;
    for (at, line) in source.lines().enumerate() {
        let number = at + 1;
        if let Some(head) = line.strip_prefix("--- ") {
            close(open.take(), &mut sections)?;
            open = Some((parse_head(head).map_err(|why| (number, why))?, Section { line: number + 1, text: String::new() }));
        } else if let Some((_, section)) = &mut open {
            push_line(&mut section.text, line);
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            return Err((
                number,
                "text before the first section: begin with a line such as `--- subject`, or with `#` for a note".to_owned(),
            ));
        }
    }
    close(open, &mut sections)?;
    Ok(sections)
}

fn close(open: Option<(Head, Section)>, sections: &mut BTreeMap<Head, Section>) -> Result<(), (usize, String)> {
    let Some((head, mut section)) = open else { return Ok(()) };
    let line = section.line.saturating_sub(1);
    let start = section.text.len() - section.text.trim_start_matches('\n').len();
    section.line += start;
    section.text = section.text.trim_matches('\n').to_owned();
    if section.text.trim().is_empty() {
        return Err((line, "this section is empty: write its text or remove it".to_owned()));
    }
    match sections.insert(head, section) {
        None => Ok(()),
        Some(_) => Err((line, "this section stands twice in the file: keep one".to_owned())),
    }
}

fn parse_head(head: &str) -> Result<Head, String> {
    let words: Vec<&str> = head.split_whitespace().collect();
    let kind = |word: &str| Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let known =
        || format!("`--- {}` is no section: write subject, email, short or push, with a tone or without, or part and a name", head.trim());
    match words.as_slice() {
        ["part", name] if is_name(name) => Ok(Head::Part((*name).to_owned())),
        [word] => Ok(Head::Text(kind(word).ok_or_else(known)?, None)),
        [word, tone] => {
            let tone = Tone::from_str(tone).map_err(|error| error.to_string())?;
            Ok(Head::Text(kind(word).ok_or_else(known)?, Some(tone)))
        }
        [] | [..] => Err(known()),
    }
}

/// Whether a text can name a template or a part.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Adds a line. One that holds nothing but statements prints nothing: its line break moves into its last tag, so that
/// errors still name the right line.
fn push_line(text: &mut String, line: &str) {
    let bare = line.trim();
    let stands_alone =
        bare.strip_suffix("%}").filter(|_| only_statements(bare)).or_else(|| bare.strip_suffix("#}").filter(|_| bare.starts_with("{#")));
    match stands_alone {
        Some(tag) => {
            text.push_str(tag.trim_end_matches('-'));
            text.push('\n');
            text.push_str(bare.get(bare.len().saturating_sub(2)..).unwrap_or_default());
        }
        None => {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}

/// Whether a line is one or more statements that print nothing themselves; an include prints, so it keeps its line.
fn only_statements(line: &str) -> bool {
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix("{%") {
        let Some((tag, after)) = inner.split_once("%}") else { return false };
        let word = tag.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        if word == "include" {
            return false;
        }
        rest = after.trim_start();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_at_its_heads() {
        let sections =
            parse("# note\n--- subject\nHello\n\n--- email firm\n\n{% if a %}\nx\n{% endif %}\ny\n\n--- part foot\nz\n").unwrap();
        let text = |head: Head| sections.get(&head).map(|section| (section.line, section.text.as_str()));
        assert_eq!(text(Head::Text(Kind::Subject, None)), Some((3, "Hello")));
        assert_eq!(text(Head::Text(Kind::Email, Some(Tone::Firm))), Some((7, "{% if a \n%}x\n{% endif \n%}y")));
        assert_eq!(text(Head::Part("foot".to_owned())), Some((13, "z")));
    }

    #[test]
    fn a_wrong_head_is_named_with_its_line() {
        for (source, line, why) in [
            ("hello\n", 1, "text before the first section"),
            ("--- subject\nx\n--- mail\ny\n", 3, "`--- mail` is no section"),
            ("--- email angry\ny\n", 1, "`angry` is not a tone (friendly, neutral, firm)"),
            ("--- part A b\ny\n", 1, "is no section"),
            ("--- short\n\n--- subject\nx\n", 1, "empty"),
            ("--- short\nx\n--- short\ny\n", 3, "twice"),
        ] {
            let (at, message) = parse(source).unwrap_err();
            assert_eq!(at, line, "{source:?}");
            assert!(message.contains(why), "{source:?}: {message}");
        }
    }
}
