//! The rendered text of a mail as the parts that a reader sees in it, so that its HTML needs no text of its own.
//!
//! The parts are found by form, which is the same in every language: bullets, indented lines, a line that is the link, the
//! creditor's block at the end.

/// A part of a mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Block<'t> {
    /// Lines that are read as text.
    Paragraph(Vec<&'t str>),
    /// What the items below are.
    Heading(&'t str),
    /// A bullet with lines of its own: an amount due.
    Item { title: &'t str, rows: Vec<&'t str> },
    /// Bullets of one line each.
    List(Vec<&'t str>),
    /// The sum of the items above.
    Total(&'t str),
    /// Where to go.
    Button,
    /// The creditor, and everything after.
    Footer(Vec<&'t str>),
}

/// Reads the parts of a text. Every word of it is in one of them, except a line that is `link`.
pub(super) fn read<'t>(text: &'t str, link: &str, is_creditor: impl Fn(&[&str]) -> bool) -> Vec<Block<'t>> {
    let mut blocks: Vec<Block<'t>> = Vec::new();
    let mut paragraphs = paragraphs(text).into_iter();
    for lines in paragraphs.by_ref() {
        if is_creditor(&lines) {
            blocks.push(Block::Footer(lines));
            break;
        }
        if let ([line], Some(Block::Item { .. })) = (lines.as_slice(), blocks.last())
            && line.split_once(": ").is_some_and(|(_, sum)| sum.contains(|c: char| c.is_ascii_digit()))
        {
            blocks.push(Block::Total(line));
            continue;
        }
        paragraph(lines, link, &mut blocks);
    }
    blocks.extend(paragraphs.map(Block::Footer));
    blocks
}

fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty()).map(<[&str]>::to_vec).collect()
}

fn bullet(line: &str) -> Option<&str> {
    line.strip_prefix("• ")
}

fn paragraph<'t>(lines: Vec<&'t str>, link: &str, blocks: &mut Vec<Block<'t>>) {
    let mut plain: Vec<&'t str> = Vec::new();
    let mut rest = lines.into_iter().peekable();
    while let Some(line) = rest.next() {
        if line.trim() == link {
            flush(&mut plain, blocks);
            blocks.push(Block::Button);
        } else if let Some(title) = bullet(line) {
            flush(&mut plain, blocks);
            let mut rows = Vec::new();
            while let Some(row) = rest.next_if(|row| row.starts_with("  ")) {
                rows.push(row.trim());
            }
            match blocks.last_mut() {
                _ if !rows.is_empty() => blocks.push(Block::Item { title, rows }),
                Some(Block::List(list)) => list.push(title),
                _ => blocks.push(Block::List(vec![title])),
            }
        } else {
            let above_items = plain.is_empty() && rest.peek().is_some_and(|next| bullet(next).is_some());
            if above_items && !line.trim_end().ends_with([':', '.']) {
                blocks.push(Block::Heading(line));
            } else {
                plain.push(line);
            }
        }
    }
    flush(&mut plain, blocks);
}

fn flush<'t>(plain: &mut Vec<&'t str>, blocks: &mut Vec<Block<'t>>) {
    if !plain.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(plain)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINK: &str = "https://x.example/p/1";

    #[test]
    fn each_part_is_found_by_its_form() {
        let text = "Hello,\n\nOpen\n• One · 1\n  Due: today\n  Amount: R$ 1\n\n• Two\n  Amount: R$ 2\n\nTotal open: R$ 3\n\nTo pay:\n\
                    https://x.example/p/1\n\nWhat comes:\n• this\n• that\n\nTwo\nlines\n\nAcme · VAT 1\nStreet 1\n\nStop: here";
        let blocks = read(text, LINK, |lines| lines.first().is_some_and(|line| line.starts_with("Acme")));
        let expected = [
            Block::Paragraph(vec!["Hello,"]),
            Block::Heading("Open"),
            Block::Item { title: "One · 1", rows: vec!["Due: today", "Amount: R$ 1"] },
            Block::Item { title: "Two", rows: vec!["Amount: R$ 2"] },
            Block::Total("Total open: R$ 3"),
            Block::Paragraph(vec!["To pay:"]),
            Block::Button,
            Block::Paragraph(vec!["What comes:"]),
            Block::List(vec!["this", "that"]),
            Block::Paragraph(vec!["Two", "lines"]),
            Block::Footer(vec!["Acme · VAT 1", "Street 1"]),
            Block::Footer(vec!["Stop: here"]),
        ];
        assert_eq!(blocks, expected);
    }

    proptest! {
        #[test]
        fn no_word_is_lost(lines in prop::collection::vec(prop::sample::select(vec!["• a", "  b: 1", "c: 2", "d", "", "e:", LINK, "Acme"]), 0..30)) {
            let text = lines.join("\n");
            let mut words = Vec::new();
            for block in read(&text, LINK, |lines| lines == ["Acme"]) {
                match block {
                    Block::Paragraph(lines) | Block::List(lines) | Block::Footer(lines) => words.extend(lines),
                    Block::Heading(line) | Block::Total(line) => words.push(line),
                    Block::Item { title, rows } => words.extend([title].into_iter().chain(rows)),
                    Block::Button => words.push(LINK),
                }
            }
            let words: Vec<&str> = words.into_iter().map(|word| word.trim_start_matches("• ").trim()).collect();
            let expected: Vec<&str> = lines.iter().map(|line| line.trim_start_matches("• ").trim()).filter(|line| !line.is_empty()).collect();
            prop_assert_eq!(words, expected);
        }
    }
}
