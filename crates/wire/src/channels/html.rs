//! The HTML part of a mail: the same text, laid out. One column without tables, styles in line, light and dark.
//!
//! A picture that tells that the mail was opened is in it only where [`Mail::picture`] says so. Deliberately absent: scripts, and
//! sentences of its own. The one word that is not in the text is the button's.

use std::fmt;

use regua_core::party::Email;
use regua_core::words::Language;

use super::blocks::{self, Block};
use super::mime::Mail;

/// A brand's colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colour([u8; 3]);

impl Colour {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([r, g, b]))
    }

    /// Relative luminance in ten-thousandths (WCAG 2.2), the display's curve taken as c² (0.68 + 0.32 c), which is within
    /// 0.005 of it.
    fn luminance(self) -> u32 {
        let [r, g, b] = self.0.map(|part| u32::from(part) * u32::from(part) * (68 * 255 + 32 * u32::from(part)) / (100 * 255));
        (2_126 * r + 7_152 * g + 722 * b) / (255 * 255)
    }

    /// The text colour that is easier to read on this one.
    fn ink(self) -> &'static str {
        // Where white and black contrast alike: (L + 0.05)² = 1.05 × 0.05.
        if self.luminance() > 1_791 { "#111418" } else { "#ffffff" }
    }

    /// An edge that shows where the colour itself would vanish, on a white or on a dark page.
    fn edge(self) -> Self {
        if (200..8_000).contains(&self.luminance()) { self } else { Self([0x76, 0x7c, 0x85]) }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// Until a brand has a colour.
const COLOUR: Colour = Colour([0x1f, 0x4b, 0x99]);

/// What styles in line cannot say: the dark page, and the narrow one.
const STYLE: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{color:inherit}
@media (max-width:480px){.o{padding:0 0 24px!important}.r,.c{border-radius:0!important}.c{padding:24px 20px 8px!important}\
.f{padding:20px 20px 0!important}.n{display:block!important;text-align:center!important}}
@media (prefers-color-scheme:dark){.b{background:#101317!important}.c{background:#1a1e24!important}.t{color:#e8eaed!important}\
.m{color:#a6aeb8!important}.i{background:#232830!important;border-color:#343b45!important}.l{background:#ffffff!important;padding:8px!important}}
[data-ogsc] .t{color:#e8eaed!important}[data-ogsc] .m{color:#a6aeb8!important}[data-ogsb] .c{background:#1a1e24!important}\
[data-ogsb] .i{background:#232830!important}
";

const FONT: &str = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/// Behind the preview's words: without it a mail client goes on reading into the amounts. A joiner that takes no room, then
/// a space that is not merged with the next.
const PREVIEW_END: &str = "&#847;&#8199;";
const PREVIEW_TIMES: usize = 90;

/// The button, in every language neutral and true for every message.
const fn button(language: Language) -> &'static str {
    match language {
        Language::PtBr => "Ver detalhes",
        Language::En => "See the details",
        Language::Es => "Ver los detalles",
        Language::It => "Vedi i dettagli",
        Language::Fr => "Voir les détails",
        Language::De => "Details ansehen",
    }
}

/// Writes the whole page.
pub(super) fn page(mail: &Mail<'_>, subject: &str) -> String {
    let creditor = mail.creditor;
    let is_creditor = |lines: &[&str]| {
        let first = lines.first().copied().unwrap_or_default();
        let names = !creditor.name.is_empty() && first.starts_with(creditor.name.as_str());
        names && lines.iter().any(|line| holds(line, creditor.tax_id.as_str()) || holds(line, creditor.address.as_str()))
    };
    let blocks = blocks::read(&mail.text.body, mail.link.as_str(), is_creditor);
    let mut page = Page { mail, colour: mail.brand.colour.unwrap_or(COLOUR), out: String::with_capacity(8_192) };
    page.head(subject, &preview(&blocks, mail.brand.name.as_str()));
    page.brand();
    for (at, block) in blocks.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| blocks.get(before));
        page.block(block, before);
    }
    page.out.push_str("</div>\n");
    page.footer(&blocks);
    if let Some(picture) = mail.picture {
        // The last of the page, so that nothing moves when it comes late or never.
        let from = escaped(picture.as_str());
        page.put(&["<img src=\"", &from, "\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">\n"]);
    }
    page.out.push_str("</div>\n</body>\n</html>\n");
    page.out
}

fn holds(line: &str, part: &str) -> bool {
    !part.is_empty() && line.contains(part)
}

/// What a list of mails shows beside the subject, perhaps on a locked screen: the greeting, or the brand when the first words
/// hold a number.
fn preview(blocks: &[Block<'_>], brand: &str) -> String {
    let first = match blocks.first() {
        Some(Block::Paragraph(lines)) => lines.first().copied().unwrap_or_default(),
        Some(Block::Heading(_) | Block::Item { .. } | Block::List(_) | Block::Total(_) | Block::Button | Block::Footer(_)) | None => "",
    };
    if first.is_empty() || first.contains(|c: char| c.is_numeric()) { brand.to_owned() } else { first.to_owned() }
}

struct Page<'m> {
    mail: &'m Mail<'m>,
    colour: Colour,
    out: String,
}

impl Page<'_> {
    fn head(&mut self, subject: &str, preview: &str) {
        let language = self.mail.language.as_str();
        let (subject, preview) = (escaped(subject), escaped(preview));
        self.put(&[
            "<!doctype html>\n<html lang=\"",
            language,
            "\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n\
             <meta name=\"x-apple-disable-message-reformatting\">\n\
             <meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\">\n<title>",
            &subject,
            "</title>\n<style>",
            STYLE,
            "</style>\n</head>\n<body class=\"b\" style=\"margin:0;padding:0;background:#f1f3f5;-webkit-text-size-adjust:100%\">\n\
             <div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all;opacity:0\" aria-hidden=\"true\">",
            &preview,
            &PREVIEW_END.repeat(PREVIEW_TIMES),
            "</div>\n<div class=\"o\" role=\"article\" aria-label=\"",
            &subject,
            "\" lang=\"",
            language,
            "\" style=\"max-width:600px;margin:0 auto;padding:24px 16px 32px;",
            FONT,
            "\">\n<div class=\"r\" style=\"height:6px;border-radius:12px 12px 0 0;background:",
            &self.colour.to_string(),
            "\"></div>\n<div class=\"c\" style=\"background:#ffffff;border-radius:0 0 12px 12px;padding:26px 32px 12px\">\n",
        ]);
    }

    fn brand(&mut self) {
        let name = escaped(self.mail.brand.name.as_str());
        match &self.mail.brand.logo {
            Some(logo) => self.put(&[
                "<div style=\"margin:0 0 24px\"><img class=\"l t\" src=\"",
                &escaped(logo.as_str()),
                "\" alt=\"",
                &name,
                "\" style=\"display:inline-block;max-height:44px;max-width:240px;border:0;border-radius:6px;font-size:18px;font-weight:700;color:#1b1f24\"></div>\n",
            ]),
            None => self.put(&[
                "<div class=\"t\" style=\"margin:0 0 24px;font-size:18px;line-height:24px;font-weight:700;color:#1b1f24\">",
                &name,
                "</div>\n",
            ]),
        }
    }

    fn block(&mut self, block: &Block<'_>, before: Option<&Block<'_>>) {
        match block {
            Block::Paragraph(lines) => self.paragraph(lines, before),
            Block::Heading(line) => {
                let line = escaped(line);
                self.put(&[
                    "<h2 class=\"t\" style=\"margin:24px 0 10px;font-size:17px;line-height:24px;font-weight:700;color:#1b1f24\">",
                    &line,
                    "</h2>\n",
                ]);
            }
            Block::Item { title, rows } => self.item(title, rows),
            Block::List(entries) => self.list(entries),
            Block::Total(line) => {
                let (label, sum) = line.split_once(": ").unwrap_or(("", line));
                let (label, sum) = (escaped(label), escaped(sum));
                self.put(&[
                    "<p class=\"t\" style=\"margin:0 0 24px;padding:2px 16px 0;font-size:16px;line-height:24px;color:#1b1f24\">",
                    &label,
                    ": <strong>",
                    &sum,
                    "</strong></p>\n",
                ]);
            }
            Block::Button => self.button(before),
            // All footers stand together below the page.
            Block::Footer(_) => {}
        }
    }

    fn paragraph(&mut self, lines: &[&str], before: Option<&Block<'_>>) {
        let top = if matches!(before, Some(Block::Item { .. })) { "24px" } else { "0" };
        let text: Vec<String> = lines.iter().map(|line| self.linked(line)).collect();
        self.put(&[
            "<p class=\"t\" style=\"margin:",
            top,
            " 0 16px;font-size:16px;line-height:25px;color:#1b1f24\">",
            &text.join("<br>\n"),
            "</p>\n",
        ]);
    }

    fn item(&mut self, title: &str, rows: &[&str]) {
        let title = escaped(title);
        self.put(&[
            "<div class=\"i\" style=\"margin:0 0 12px;padding:14px 16px;border:1px solid #dfe3e8;border-radius:8px;background:#f8f9fa\">\n\
             <div class=\"t\" style=\"font-size:16px;line-height:24px;font-weight:600;color:#1b1f24\">",
            &title,
            "</div>\n",
        ]);
        for row in rows {
            let (label, value) = row.split_once(": ").unwrap_or(("", row));
            // The parenthesis explains the value before it.
            let (value, rest) =
                value.split_once(" (").map_or((value, String::new()), |(value, rest)| (value, format!(" ({}", escaped(rest))));
            let label = if label.is_empty() { String::new() } else { format!("{}: ", escaped(label)) };
            self.put(&[
                "<div class=\"m\" style=\"margin:4px 0 0;font-size:15px;line-height:22px;color:#5a626c\">",
                &label,
                "<span class=\"t\" style=\"color:#1b1f24\">",
                &escaped(value),
                "</span>",
                &rest,
                "</div>\n",
            ]);
        }
        self.out.push_str("</div>\n");
    }

    fn list(&mut self, entries: &[&str]) {
        self.out.push_str("<ul style=\"margin:0 0 16px;padding:0 0 0 22px\">\n");
        for entry in entries {
            let entry = self.linked(entry);
            self.put(&["<li class=\"t\" style=\"margin:0 0 6px;font-size:16px;line-height:25px;color:#1b1f24\">", &entry, "</li>\n"]);
        }
        self.out.push_str("</ul>\n");
    }

    /// The button, and its address in words for whoever checks before pressing.
    fn button(&mut self, before: Option<&Block<'_>>) {
        let link = escaped(self.mail.link.as_str());
        let (colour, edge) = (self.colour.to_string(), self.colour.edge().to_string());
        let top = if matches!(before, Some(Block::Paragraph(_))) { "0" } else { "20px" };
        self.put(&[
            "<p style=\"margin:",
            top,
            " 0 8px\"><a class=\"n\" href=\"",
            &link,
            "\" style=\"display:inline-block;padding:13px 28px;border-radius:8px;border:1px solid ",
            &edge,
            ";background:",
            &colour,
            ";color:",
            self.colour.ink(),
            ";font-size:16px;line-height:22px;font-weight:600;text-decoration:none\">",
            button(self.mail.language),
            "</a></p>\n<p class=\"m\" style=\"margin:0 0 24px;font-size:13px;line-height:20px;color:#5a626c;word-break:break-all\">",
            "<a class=\"m\" href=\"",
            &link,
            "\" style=\"color:#5a626c\">",
            &link,
            "</a></p>\n",
        ]);
    }

    /// Who writes, by law and by courtesy: the text's own last paragraphs, or, for a text without, what is known.
    fn footer(&mut self, blocks: &[Block<'_>]) {
        let footers = blocks.iter().filter_map(|block| if let Block::Footer(lines) = block { Some(lines) } else { None });
        let mut paragraphs: Vec<String> =
            footers.map(|lines| lines.iter().map(|line| self.linked(line)).collect::<Vec<_>>().join("<br>\n")).collect();
        if paragraphs.is_empty() {
            let creditor = self.mail.creditor;
            let lines = [&creditor.name, &creditor.tax_id, &creditor.address, &creditor.contact];
            let lines = lines.iter().filter(|line| !line.is_empty()).map(|line| self.linked(line.as_str()));
            paragraphs.push(lines.collect::<Vec<_>>().join("<br>\n"));
        }
        self.out.push_str("<div class=\"f\" style=\"padding:20px 32px 0\">\n");
        for paragraph in paragraphs {
            self.put(&["<p class=\"m\" style=\"margin:0 0 12px;font-size:13px;line-height:20px;color:#5a626c\">", &paragraph, "</p>\n"]);
        }
        self.out.push_str("</div>\n");
    }

    /// A line with the mail's own links made to work. Only those: a text from outside that looks like a link stays text.
    fn linked(&self, line: &str) -> String {
        let own = [Some(self.mail.link), self.mail.preferences];
        for link in own.iter().flatten() {
            let Some(before) = line.strip_suffix(link.as_str()) else { continue };
            let words = before.trim_end();
            let words = words.strip_suffix(':').unwrap_or(words).trim_end();
            let words = if words.is_empty() { link.as_str() } else { words };
            return format!("<a href=\"{}\" style=\"color:inherit\">{}</a>", escaped(link.as_str()), escaped(words));
        }
        let contact = self.mail.creditor.contact.as_str();
        match line.strip_suffix(contact).filter(|_| Email::parse(contact).is_ok()) {
            Some(before) => {
                let contact = escaped(contact);
                format!("{}<a href=\"mailto:{contact}\" style=\"color:inherit\">{contact}</a>", escaped(before))
            }
            None => escaped(line),
        }
    }

    fn put(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.push_str(part);
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_and_its_ink_is_readable() {
        for (text, expected) in
            [("#1F4b99", Some("#1f4b99")), ("1f4b99", None), ("#1f4b9", None), ("#1f4b9g", None), ("#+f4b99", None), ("red", None)]
        {
            assert_eq!(Colour::parse(text).map(|colour| colour.to_string()).as_deref(), expected, "{text}");
        }
        for (colour, ink, edge) in [
            ("#ffffff", "#111418", "#767c85"),
            ("#ffd400", "#111418", "#ffd400"),
            ("#00a86b", "#111418", "#00a86b"),
            ("#1f4b99", "#ffffff", "#1f4b99"),
            ("#0a7d55", "#ffffff", "#0a7d55"),
            ("#d0021b", "#ffffff", "#d0021b"),
            ("#000000", "#ffffff", "#767c85"),
        ] {
            let colour = Colour::parse(colour).unwrap();
            assert_eq!((colour.ink(), colour.edge().to_string().as_str()), (ink, edge), "{colour}");
        }
    }
}
