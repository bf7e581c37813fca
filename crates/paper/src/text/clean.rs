//! What of a text is printed: visible characters and single spaces. Deliberately absent: changes of what is visible.

/// Marks above or below one letter that are kept; more of them would run into the lines around.
const MARKS_MAX: usize = 2;

/// A text as one line: breaks, tabs and all kinds of spaces become one space, what is not visible goes.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        if is_space(c) {
            if !out.is_empty() && !out.ends_with([' ', NO_BREAK]) {
                out.push(' ');
            }
        } else if c == NO_BREAK || c == '\u{202f}' {
            out.push(NO_BREAK);
        } else if !is_invisible(c) {
            marks = if is_mark(c) { marks + 1 } else { 0 };
            if marks <= MARKS_MAX {
                out.push(c);
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

const NO_BREAK: char = '\u{a0}';

fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | ' ' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{205f}' | '\u{3000}')
}

/// Controls, joiners, marks of direction, variation selectors, tags: they print nothing by themselves.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Combining marks that the fonts may have.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
        || matches!(c, '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_goes_and_spaces_are_single() {
        for (text, expected) in [
            ("  Ana\t\n Lúcia \r\n", "Ana Lúcia"),
            ("R$\u{a0}10,00", "R$\u{a0}10,00"),
            ("a\u{200b}b\u{202e}c\u{feff}", "abc"),
            ("e\u{301}\u{301}\u{301}\u{301}x", "e\u{301}\u{301}x"),
            ("\u{3000}", ""),
        ] {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }
}
